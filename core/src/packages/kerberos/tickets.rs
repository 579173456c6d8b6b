//! How a client gets tickets: it has them, or a KDC is asked. Questions and answers are data, and
//! whoever drives the handshake carries them.

use super::ask_initial::{Initial, InitialQuestion};
use super::ask_service::{Service, ServiceQuestion, ServiceWanted};
use super::messages::{KdcOptions, TicketFlags};
pub(crate) use super::ticket_store::TicketStore;
use crate::credentials::Secret;
use crate::error::{Error, Result};
use crate::kdc::{KdcReply, KdcRequest};
use crate::kerberos::{EncryptionType, Key, NameType, Principal, Ticket};
use crate::status::Status;
use crate::surroundings::Surroundings;
use crate::time::Time;
use std::sync::Arc;
use std::time::Duration;

/// A client: who it is, how it proves that to a KDC, and the tickets it has. Shared by all handshakes
/// of its credentials.
pub(crate) struct Client {
    /// Its name, with its realm.
    pub(crate) principal: Principal,
    /// How it proves who it is.
    pub(crate) proof: Proof,
    /// The tickets it has. The second handshake with a service asks nobody.
    pub(crate) store: TicketStore,
    /// The types of keys it takes, the preferred one first: [`permitted_types`].
    pub(crate) encryption_types: Vec<EncryptionType>,
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

/// The types of keys that a client takes, in the order in which it asks for them; rc4-hmac among them
/// only where it was allowed by name.
pub(crate) fn permitted_types(with_rc4: bool) -> Vec<EncryptionType> {
    let mut types = vec![
        EncryptionType::AES256_SHA1,
        EncryptionType::AES128_SHA1,
        EncryptionType::AES256_SHA2,
        EncryptionType::AES128_SHA2,
    ];
    types.extend(with_rc4.then_some(EncryptionType::RC4));
    types
}

/// What is wanted.
#[derive(Clone)]
pub(crate) enum Wanted {
    /// A ticket for a service. A realm that is empty is the client's, or the one that its KDC refers
    /// to.
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
pub(crate) struct Asking {
    way: Way,
    question: Question,
}

/// What a KDC was asked for.
enum Question {
    Initial(Box<InitialQuestion>),
    Service(Box<ServiceQuestion>),
}

/// Where somebody goes, and through which realms already.
struct Way {
    client: Arc<Client>,
    wanted: Wanted,
    /// The realms whose tickets it came with since the client's own, and what each was asked for.
    passed: Vec<String>,
}

/// The most realms that KDCs may send a client through.
const MOST_REALMS: usize = 10;

/// A ticket that ends sooner is asked for anew, where somebody can be asked.
const SOON: Duration = Duration::from_secs(60);

impl Client {
    /// The time as the KDC has it.
    pub(crate) fn now(&self) -> Time {
        self.store.ahead().applied(self.surroundings.now())
    }

    /// A ticket that is there, for a question.
    fn kept(&self, asked: &Principal, second_ticket: &[u8], times: &[Time]) -> Option<Arc<Ticket>> {
        self.store.find(asked, second_ticket, &self.encryption_types, times)
    }

    /// A ticket that lasts a while or, where it is the best one can have, still lasts.
    fn ticket(&self, asked: &Principal, second_ticket: &[u8]) -> Option<Arc<Ticket>> {
        let now = self.now();
        self.kept(asked, second_ticket, &[now, now.after(SOON)]).or_else(|| {
            let can_ask = match self.proof {
                Proof::Password(_) | Proof::Keys(_) => true,
                Proof::Tickets => {
                    let granting = ticket_granting(self.principal.realm(), self.principal.realm());
                    granting != *asked && self.kept(&granting, &[], &[now.after(SOON)]).is_some()
                }
            };
            if can_ask { None } else { self.kept(asked, second_ticket, &[now]) }
        })
    }
}

/// The service that grants tickets for a realm, in the realm that issues tickets for it (RFC 4120 7.3).
pub(super) fn ticket_granting(of: &str, issuer: &str) -> Principal {
    Principal::new(NameType::SERVICE_INSTANCE, ["krbtgt", of], issuer)
}

/// The realm that a ticket-granting ticket is for.
pub(super) fn granted_realm(server: &Principal) -> Option<&str> {
    match server.parts() {
        [first, realm] if first == "krbtgt" => Some(realm),
        _ => None,
    }
}

impl Asking {
    /// Looks among the tickets of the client, and begins to ask where it has none.
    pub(crate) fn start(client: &Arc<Client>, wanted: Wanted) -> Result<Asked> {
        Way { client: Arc::clone(client), wanted, passed: Vec::new() }.set_out()
    }

    /// Goes on with what the KDC said.
    pub(crate) fn reply(self, reply: KdcReply) -> Result<Asked> {
        let Self { way, question } = self;
        let bytes = match reply {
            KdcReply::Answer(bytes) => bytes,
            KdcReply::Unreachable(error) => return Err(error),
        };
        match question {
            Question::Initial(question) => match question.reply(&bytes)? {
                Initial::Again(question, request) => {
                    Ok(way.ask(Question::Initial(question), request))
                }
                Initial::Ticket(ticket) => {
                    let realm = way.client.principal.realm();
                    let ticket: Arc<Ticket> = ticket.into();
                    way.client.store.add(ticket_granting(realm, realm), Arc::clone(&ticket));
                    way.set_out_with(&ticket)
                }
            },
            Question::Service(question) => match question.reply(&bytes)? {
                Service::Again(question, request) => {
                    Ok(way.ask(Question::Service(question), request))
                }
                Service::Ticket(ticket) => way.arrive(ticket.into()),
            },
        }
    }
}

impl Way {
    fn ask(self, question: Question, request: KdcRequest) -> Asked {
        Asked::AskKdc { request, next: Box::new(Asking { way: self, question }) }
    }

    /// From the tickets that are there.
    fn set_out(self) -> Result<Asked> {
        let kept = match &self.wanted {
            Wanted::Service(server) => self.client.ticket(&self.asked(server), &[]),
            Wanted::UserToUser { server, ticket } => {
                self.client.ticket(&self.asked(server), ticket)
            }
            // It is made for one service and goes to nobody else.
            Wanted::Forwarded { .. } => None,
        };
        if let Some(ticket) = kept {
            return Ok(Asked::Ticket(ticket));
        }
        let realm = self.client.principal.realm();
        if let Some(ticket) = self.client.ticket(&ticket_granting(realm, realm), &[]) {
            return self.set_out_with(&ticket);
        }
        let (question, request) = InitialQuestion::start(&self.client)?;
        Ok(self.ask(Question::Initial(question), request))
    }

    /// With the client's own ticket-granting ticket.
    fn set_out_with(mut self, ticket: &Arc<Ticket>) -> Result<Asked> {
        let home = granted_realm(&ticket.server).unwrap_or_else(|| ticket.server.realm());
        self.passed.push(home.to_owned());
        let is_it = |server: &Principal| {
            let realm = self.client.principal.realm();
            self.asked(server) == ticket_granting(realm, realm)
        };
        match &self.wanted {
            Wanted::Service(server) if is_it(server) => Ok(Asked::Ticket(Arc::clone(ticket))),
            _ => self.go_on(ticket),
        }
    }

    /// What a ticket is kept for. A service in the client's realm may be asked for without one.
    fn asked(&self, server: &Principal) -> Principal {
        server.clone().or_in_realm(self.client.principal.realm())
    }

    /// With a ticket-granting ticket for the realm that is asked next.
    fn go_on(self, granting: &Arc<Ticket>) -> Result<Asked> {
        let realm = granted_realm(&granting.server).unwrap_or_default();
        let mut options = KdcOptions::empty();
        let mut types = self.client.encryption_types.clone();
        let mut second_ticket = &[][..];
        let server = match &self.wanted {
            Wanted::Service(server) | Wanted::UserToUser { server, .. } => {
                if let Wanted::UserToUser { ticket, .. } = &self.wanted {
                    options |= KdcOptions::ENC_TKT_IN_SKEY;
                    second_ticket = ticket;
                }
                if server.realm().is_empty() {
                    // The KDC may know which realm it is in (RFC 6806 8).
                    options |= KdcOptions::CANONICALIZE;
                    server.clone().or_in_realm(realm)
                } else if server.realm() == realm {
                    server.clone()
                } else {
                    // A ticket-granting ticket on the way has a key of its own.
                    options = KdcOptions::CANONICALIZE;
                    second_ticket = &[];
                    ticket_granting(server.realm(), realm)
                }
            }
            Wanted::Forwarded { service } => {
                if !TicketFlags::from_bits_retain(granting.flags).contains(TicketFlags::FORWARDABLE)
                {
                    return Err(Error::new(
                        Status::DELEGATION_POLICY,
                        "the client's ticket-granting ticket may not be forwarded: the account or \
                         its KDC does not allow it, or it was not asked for",
                    ));
                }
                options |= KdcOptions::FORWARDED;
                // A type that the service knows, since it has to use the key.
                if let Some(ticket) = self.client.kept(&self.asked(service), &[], &[]) {
                    types = vec![ticket.key.encryption_type()];
                }
                ticket_granting(realm, realm)
            }
        };
        if let Some(kept) = self.client.ticket(&server, second_ticket)
            && !options.contains(KdcOptions::FORWARDED)
            && server.realm() == realm
            && granted_realm(&server).is_some()
        {
            return self.arrive(kept);
        }
        let wanted =
            ServiceWanted { server, options, types, second_ticket: second_ticket.to_vec() };
        let (question, request) = ServiceQuestion::start(&self.client, granting, wanted)?;
        Ok(self.ask(Question::Service(question), request))
    }

    /// With a ticket that is the one that was wanted, or leads to another realm.
    fn arrive(mut self, ticket: Arc<Ticket>) -> Result<Asked> {
        let server = match &self.wanted {
            Wanted::Forwarded { .. } => return Ok(Asked::Ticket(ticket)),
            Wanted::Service(server) | Wanted::UserToUser { server, .. } => server,
        };
        let is_there = ticket.server.parts() == server.parts()
            && (server.realm().is_empty() || server.realm() == ticket.server.realm());
        if is_there {
            self.client.store.add(self.asked(server), Arc::clone(&ticket));
            return Ok(Asked::Ticket(ticket));
        }
        let Some(realm) = granted_realm(&ticket.server).map(str::to_owned) else {
            return Err(Error::new(
                Status::WRONG_PRINCIPAL,
                format!("the KDC gave a ticket for {} instead of {server}", ticket.server),
            ));
        };
        if self.passed.contains(&realm) || self.passed.len() >= MOST_REALMS {
            return Err(Error::new(
                Status::MAX_REFERRALS_EXCEEDED,
                format!("the KDCs of {} refer to each other", self.passed.join(", ")),
            ));
        }
        // Kept as what it is: whoever wants another service there goes the same way.
        self.client.store.add(ticket.server.clone(), Arc::clone(&ticket));
        self.passed.push(realm);
        self.go_on(&ticket)
    }
}
