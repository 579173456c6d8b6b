//! A client of KDCs by itself, without a context around it, and tickets that somebody altered.

use crate::credentials::Secret;
use crate::error::Result;
use crate::kdc::{KdcReply, KdcRequest};
use crate::kerberos::key_usage::KeyUsage;
use crate::kerberos::{EncryptionType, Key, KeyTable, Principal, Ticket, Tickets};
use crate::packages::kerberos::messages::{self, Application, EncryptedData, TicketFields};
use crate::packages::kerberos::tickets::{
    Asked, Asking, Client, Proof, TicketStore, Wanted, permitted_types,
};
use crate::surroundings::Surroundings;
use std::sync::Arc;

/// What asks KDCs for the tickets of a handshake, by itself.
///
/// ```
/// use anysspi::Surroundings;
/// use anysspi::realm::{Realm, Service, User};
/// use anysspi::testing::TicketClient;
///
/// let realm = Realm::new("EXAMPLE.TEST")?;
/// realm.add_user(User::new("alice", "Passw0rd!"))?;
/// realm.add_service(Service::new("HTTP/web.example.test"))?;
///
/// let alice = "alice@EXAMPLE.TEST".parse()?;
/// let client = TicketClient::with_password(alice, "Passw0rd!", Surroundings::system());
/// let ticket = client.ticket("HTTP/web.example.test", |request| realm.carry(request))?;
/// assert_eq!(ticket.server.to_string(), "HTTP/web.example.test@EXAMPLE.TEST");
/// # Ok::<(), anysspi::Error>(())
/// ```
#[derive(Clone)]
pub struct TicketClient(Arc<Client>);

impl TicketClient {
    /// A client with a password.
    pub fn with_password(
        principal: Principal,
        password: impl Into<Secret>,
        surroundings: Surroundings,
    ) -> Self {
        Self::new(principal, Proof::Password(password.into()), TicketStore::default(), surroundings)
    }

    /// A client with its keys out of a keytab.
    pub fn with_keys(principal: Principal, table: &KeyTable, surroundings: Surroundings) -> Self {
        let own = table.entries().iter().filter(|entry| entry.principal == principal);
        let keys: Vec<Key> = own.map(|entry| entry.key.clone()).collect();
        Self::new(principal, Proof::Keys(keys), TicketStore::default(), surroundings)
    }

    /// A client with tickets and nothing else.
    pub fn with_tickets(tickets: &Tickets, surroundings: Surroundings) -> Self {
        let store = TicketStore::from(tickets);
        Self::new(tickets.client().clone(), Proof::Tickets, store, surroundings)
    }

    fn new(
        principal: Principal,
        proof: Proof,
        store: TicketStore,
        surroundings: Surroundings,
    ) -> Self {
        let encryption_types = permitted_types(false);
        Self(Arc::new(Client { principal, proof, store, encryption_types, surroundings }))
    }

    /// The same client with other types of keys, the preferred one first, and without the tickets that
    /// it got.
    #[must_use]
    pub fn taking(self, types: &[EncryptionType]) -> Self {
        let tickets = self.tickets();
        let Client { principal, proof, surroundings, .. } = &*self.0;
        let proof = match proof {
            Proof::Password(password) => Proof::Password(password.clone()),
            Proof::Keys(keys) => Proof::Keys(keys.clone()),
            Proof::Tickets => Proof::Tickets,
        };
        Self(Arc::new(Client {
            principal: principal.clone(),
            proof,
            store: TicketStore::from(&tickets),
            encryption_types: types.to_vec(),
            surroundings: surroundings.clone(),
        }))
    }

    /// A ticket for a service.
    pub fn ticket(
        &self,
        service: &str,
        carry: impl FnMut(&KdcRequest) -> KdcReply,
    ) -> Result<Ticket> {
        self.ask(Wanted::Service(Principal::service(service)?), carry)
    }

    /// A ticket-granting ticket that a service is handed.
    pub fn forwarded(
        &self,
        service: &str,
        carry: impl FnMut(&KdcRequest) -> KdcReply,
    ) -> Result<Ticket> {
        self.ask(Wanted::Forwarded { service: Principal::service(service)? }, carry)
    }

    /// A ticket for a user who has this ticket-granting ticket.
    pub fn user_to_user(
        &self,
        server: Principal,
        granting: &Ticket,
        carry: impl FnMut(&KdcRequest) -> KdcReply,
    ) -> Result<Ticket> {
        self.ask(Wanted::UserToUser { server, ticket: granting.ticket.clone() }, carry)
    }

    fn ask(
        &self,
        wanted: Wanted,
        mut carry: impl FnMut(&KdcRequest) -> KdcReply,
    ) -> Result<Ticket> {
        let mut asked = Asking::start(&self.0, wanted)?;
        loop {
            match asked {
                Asked::Ticket(ticket) => return Ok(Ticket::clone(&ticket)),
                Asked::AskKdc { request, next } => asked = next.reply(carry(&request))?,
            }
        }
    }

    /// All tickets that it has, as a credential cache keeps them.
    pub fn tickets(&self) -> Tickets {
        let mut tickets = Tickets::new(self.0.principal.clone());
        self.0.store.all().iter().for_each(|ticket| tickets.add(Ticket::clone(ticket)));
        tickets
    }
}

/// The ticket as somebody who has the key of its service would alter it: what is in it, decrypted, and
/// encrypted again.
///
/// ```
/// use anysspi::realm::{Realm, Service, User};
/// use anysspi::testing::altered_ticket;
///
/// let realm = Realm::new("EXAMPLE.TEST")?;
/// realm.add_user(User::new("alice", "Passw0rd!"))?;
/// realm.add_service(Service::new("HTTP/web.example.test"))?;
/// let tickets = realm.tickets_for("alice", &["HTTP/web.example.test"])?;
/// let ticket = tickets.tickets().last().expect("a ticket");
/// let keys = realm.keytab(&["HTTP/web.example.test"])?;
///
/// let mut length = 0;
/// let same = altered_ticket(ticket, &keys.entries()[0].key, |text| length = text.len())?;
/// assert_eq!(same.server, ticket.server);
/// assert!(length > 0);
/// # Ok::<(), anysspi::Error>(())
/// ```
pub fn altered_ticket(
    ticket: &Ticket,
    key: &Key,
    alter: impl FnOnce(&mut Vec<u8>),
) -> Result<Ticket> {
    let Application(fields): messages::Ticket<'_> = messages::read(&ticket.ticket, "ticket")?;
    let mut text = key.decrypt(KeyUsage::TICKET, fields.encrypted.cipher.as_bytes())?;
    alter(&mut text);
    let cipher = key.encrypt(KeyUsage::TICKET, &Surroundings::system(), &text)?;
    let version = fields.encrypted.key_version.map(|version| version.0);
    let encrypted = EncryptedData::of(key, version, &cipher)?;
    let altered: messages::Ticket<'_> = Application(TicketFields { encrypted, ..fields });
    Ok(Ticket { ticket: messages::write(&altered)?, ..ticket.clone() })
}
