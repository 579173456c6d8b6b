//! The TGS exchange: with a ticket-granting ticket a client gets tickets for services (RFC 4120 3.3).

use super::ap_request;
use super::kdc_reply::{self, Client as ReplyClient, Expected, Said, Server};
use super::messages::{
    self, ApOptions, Application, Authenticator, AuthenticatorFields, Checksum,
    EncryptedTgsReplyPart, EncryptionKey, ErrorCode, ErrorFields, Flags, KdcOptions,
    KdcReplyFields, KdcRequestBody, KdcRequestFields, KerberosTime, Number, PaData, PrincipalName,
    Text, TgsReply, TgsRequest, TicketFlags, VERSION, kind, pa_data,
};
use super::refusal;
use super::ticket_store::Ahead;
use super::tickets::{Client, granted_realm};
use crate::error::{Error, Result};
use crate::kdc::KdcRequest;
use crate::kerberos::key_usage::KeyUsage;
use crate::kerberos::{EncryptionType, Key, Principal, Ticket};
use crate::status::Status;
use crate::time::Time;
use std::sync::Arc;
use std::time::Duration;

/// What is wanted of a ticket-granting service.
pub(super) struct ServiceWanted {
    /// For whom, in the realm that is asked.
    pub(super) server: Principal,
    /// Beside those that go with the ticket-granting ticket.
    pub(super) options: KdcOptions,
    /// The types of keys that are taken.
    pub(super) types: Vec<EncryptionType>,
    /// The ticket whose session key it is to be encrypted with, for user-to-user authentication.
    pub(super) second_ticket: Vec<u8>,
}

/// A question to a ticket-granting service, while it is on its way.
pub(super) struct ServiceQuestion {
    client: Arc<Client>,
    granting: Arc<Ticket>,
    wanted: ServiceWanted,
    /// What the reply is encrypted with.
    subkey: Key,
    nonce: u32,
    ends: Time,
    /// What the KDC said of its clock, once.
    ahead: Option<Ahead>,
}

/// What came of the question.
pub(super) enum Service {
    Ticket(Box<Ticket>),
    /// It has to be asked once more.
    Again(Box<ServiceQuestion>, KdcRequest),
}

impl ServiceQuestion {
    pub(super) fn start(
        client: &Arc<Client>,
        granting: &Arc<Ticket>,
        wanted: ServiceWanted,
    ) -> Result<(Box<Self>, KdcRequest)> {
        let subkey = Key::random(granting.key.encryption_type(), &client.surroundings)?;
        Box::new(Self {
            client: Arc::clone(client),
            granting: Arc::clone(granting),
            wanted,
            subkey,
            nonce: 0,
            ends: Time::FOREVER,
            ahead: None,
        })
        .ask()
    }

    /// Takes a KDC's reply.
    pub(super) fn reply(self: Box<Self>, bytes: &[u8]) -> Result<Service> {
        let said =
            kdc_reply::read(bytes, kind::TGS_REPLY, "TGS-REP", |reply: TgsReply<'_>| reply.0)?;
        match said {
            Said::Reply(reply) => self.take(&reply).map(Box::new).map(Service::Ticket),
            Said::Error(error) => {
                let (question, request) = self.again(&error.0)?;
                Ok(Service::Again(question, request))
            }
        }
    }

    /// The realm that is asked.
    fn realm(&self) -> &str {
        granted_realm(&self.granting.server).unwrap_or_else(|| self.granting.server.realm())
    }

    fn now(&self) -> Time {
        let ahead = self.ahead.unwrap_or_else(|| self.client.store.ahead());
        ahead.applied(self.client.surroundings.now())
    }

    /// What the ticket-granting ticket can, the ticket shall; and what was wanted besides.
    fn options(&self) -> KdcOptions {
        let mut options = self.wanted.options;
        let granting = TicketFlags::from_bits_retain(self.granting.flags);
        options.set(KdcOptions::FORWARDABLE, granting.contains(TicketFlags::FORWARDABLE));
        options
    }

    fn ask(mut self: Box<Self>) -> Result<(Box<Self>, KdcRequest)> {
        // Each question has a nonce of its own.
        self.nonce = kdc_reply::nonce(&self.client.surroundings)?;
        self.ends = self.granting.ends.unwrap_or(Time::FOREVER);
        let realm = self.realm();
        let second_ticket = &self.wanted.second_ticket;
        let additional = if second_ticket.is_empty() {
            None
        } else {
            let unreadable = |_| {
                Error::new(
                    Status::INVALID_TOKEN,
                    "the ticket-granting ticket of the peer cannot be read",
                )
            };
            Some(vec![messages::any(second_ticket).map_err(unreadable)?])
        };
        let body = messages::write(&KdcRequestBody {
            options: Flags(self.options().bits()),
            client: None,
            realm: Text(realm),
            server: Some(PrincipalName::of(&self.wanted.server)),
            starts: None,
            ends: KerberosTime(self.ends),
            renewable_until: None,
            nonce: Number(self.nonce),
            encryption_types: self.wanted.types.iter().map(|kind| kind.0).collect(),
            addresses: None,
            authorization_data: None,
            additional_tickets: additional,
        })?;
        let proof = self.ap_request(&body)?;
        let request: TgsRequest<'_> = Application(KdcRequestFields {
            version: VERSION,
            kind: kind::TGS_REQUEST,
            pa_data: Some(vec![PaData {
                kind: pa_data::TGS_REQUEST,
                value: messages::octets(&proof)?,
            }]),
            body: messages::any(&body)?,
        });
        let request = KdcRequest::new(realm, messages::write(&request)?);
        Ok((self, request))
    }

    /// PA-TGS-REQ: the ticket-granting ticket with an authenticator over the body (RFC 4120 3.3.2).
    fn ap_request(&self, body: &[u8]) -> Result<Vec<u8>> {
        let key = &self.granting.key;
        let checksum = key.checksum(KeyUsage::TGS_REQUEST_CHECKSUM, &[body])?;
        let (time, microseconds) = kdc_reply::timestamp(self.now());
        let client = &self.granting.client;
        let authenticator: Authenticator<'_> = Application(AuthenticatorFields {
            version: VERSION,
            client_realm: Text(client.realm()),
            client: PrincipalName::of(client),
            checksum: Some(Checksum {
                kind: key.checksum_type()?,
                bytes: messages::octets(&checksum)?,
            }),
            microseconds,
            time,
            subkey: Some(EncryptionKey::of(&self.subkey)?),
            sequence: None,
            authorization_data: None,
        });
        ap_request::write(
            &self.granting,
            ApOptions::empty(),
            &authenticator,
            KeyUsage::TGS_REQUEST_AUTHENTICATOR,
            &self.client.surroundings,
        )
    }

    /// What can be done about an error.
    fn again(mut self: Box<Self>, error: &ErrorFields<'_>) -> Result<(Box<Self>, KdcRequest)> {
        // The KDC's word for its time is not proven. It can only make this client write another time
        // into an authenticator of this question.
        if ErrorCode(error.code) == ErrorCode::SKEW && self.ahead.is_none() {
            let microseconds = Duration::from_micros(error.microseconds.0.into());
            let there = error.time.0.after(microseconds);
            self.ahead = Some(Ahead::between(self.client.surroundings.now(), there));
            return self.ask();
        }
        let (realm, server) = (self.realm(), &self.wanted.server);
        Err(refusal::refused(error, &format!("the KDC of {realm} gives no ticket for {server}")))
    }

    /// Decrypts what the KDC gave, checks it and takes the ticket.
    fn take(&self, reply: &KdcReplyFields<'_>) -> Result<Ticket> {
        let cipher = reply.encrypted.cipher.as_bytes();
        if reply.encrypted.encryption_type != self.subkey.encryption_type().0 {
            return Err(kdc_reply::invalid("the TGS-REP is encrypted with a key of another type"));
        }
        let decrypted = self.subkey.decrypt(KeyUsage::TGS_REPLY_SUBKEY, cipher)?;
        let part: EncryptedTgsReplyPart<'_> = messages::read(&decrypted, "EncTGSRepPart")?;
        let asked = &self.wanted.server;
        let server = if self.wanted.options.contains(KdcOptions::CANONICALIZE) {
            Server::OrReferral(asked)
        } else {
            Server::Exactly(asked)
        };
        let expected = Expected {
            client: ReplyClient::Exactly(&self.granting.client),
            server,
            nonce: self.nonce,
            ends: self.ends,
            types: &self.wanted.types,
            now: self.now(),
        };
        let is_for_session_key = self.wanted.options.contains(KdcOptions::ENC_TKT_IN_SKEY);
        let second_ticket = &self.wanted.second_ticket;
        let ticket =
            kdc_reply::take_ticket(reply, &part.0, &expected, is_for_session_key, second_ticket)?;
        // It was decrypted with a key that only the KDC could know: it took the time for its own.
        if let Some(ahead) = self.ahead {
            self.client.store.set_ahead(ahead);
        }
        Ok(ticket)
    }
}
