//! Tickets that credentials have, and how they get more.

use crate::credentials::Secret;
use crate::error::{Error, Result};
use crate::kdc::{KdcReply, KdcRequest};
use crate::kerberos::{Key, Principal, Ticket};
use crate::status::Status;
use crate::surroundings::Surroundings;
use std::sync::{Arc, Mutex};

/// A client: who it is, how it proves that to a KDC, and the tickets it has. Shared by all handshakes
/// of its credentials.
pub(crate) struct Client {
    /// Its name, with its realm.
    pub(crate) principal: Principal,
    /// How it proves who it is.
    pub(crate) proof: Proof,
    /// The tickets it has. The second handshake with a service asks nobody.
    pub(crate) store: TicketStore,
    pub(crate) surroundings: Surroundings,
}

/// How a client proves to a KDC who it is.
pub(crate) enum Proof {
    /// By a password, whose salt the KDC names.
    Password(Secret),
    /// By keys, of a keytab or an NT hash.
    Keys(Vec<Key>),
    /// Only by the tickets it has.
    Tickets,
}

/// The tickets of a client, ticket-granting ones among them.
#[derive(Default)]
pub(crate) struct TicketStore {
    tickets: Mutex<Vec<Arc<Ticket>>>,
}

/// What is wanted.
#[derive(Clone)]
pub(crate) enum Wanted {
    /// A ticket for a service. A realm that is empty is the client's.
    Service(Principal),
    /// A ticket-granting ticket of the client's to be handed to a service (RFC 4121 4.1.1).
    Forwarded { service: Principal },
    /// A ticket for somebody who has no key but that of his own ticket-granting ticket
    /// (RFC 4120 3.3.3, ENC-TKT-IN-SKEY).
    UserToUser { server: Principal, ticket: Vec<u8> },
}

/// What came of it.
pub(crate) enum Asked {
    /// Here it is.
    Ticket(Arc<Ticket>),
    /// A KDC has to be asked first.
    AskKdc { request: KdcRequest, next: Box<Asking> },
}

/// On the way to a ticket.
pub(crate) struct Asking {}

impl Asking {
    /// Looks among the tickets of the client, and begins to ask where it has none.
    pub(crate) fn start(_client: &Arc<Client>, _wanted: Wanted) -> Result<Asked> {
        Err(Error::new(Status::UNSUPPORTED_FUNCTION, "not there yet"))
    }

    /// Goes on with what the KDC said.
    pub(crate) fn reply(self, _reply: KdcReply) -> Result<Asked> {
        Err(Error::new(Status::UNSUPPORTED_FUNCTION, "not there yet"))
    }
}
