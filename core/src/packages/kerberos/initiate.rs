//! The initiator (RFC 4120 3.2.2, 3.2.5, RFC 4121 4.1).

use super::ap_request;
use super::credential::Outbound;
use super::established::{Agreed, user_of};
use super::framing::{self, Framing, Kind, Token};
use super::kdc_reply::timestamp;
use super::keys::{self, ContextKeys};
use super::messages::{
    self, ApOptions, ApReply, ApReplyFields, ApReplyPart, Application, Authenticator,
    AuthenticatorFields, Checksum, EncryptedApReplyPart, EncryptedData, EncryptionKey, ErrorCode,
    KerberosTime, Microseconds, Number, PrincipalName, Text, VERSION, kind,
};
use super::refusal::{refusing, told};
use super::request_checksum::{self, GssFlags, RequestChecksum};
use super::tickets::{Asked, Asking, Wanted as WantedTicket};
use super::{delegation, user_to_user};
use crate::context::{BindingsChecked, Side};
use crate::credentials::{ChannelBindingPolicy, ChannelBindings};
use crate::error::{Error, Result};
use crate::flags::ContextFlags;
use crate::kerberos::key_usage::KeyUsage;
use crate::kerberos::{Key, Principal, Ticket};
use crate::package::{Exchange, InitiateRequest, Progress, StepInput};
use crate::packages::checks::bindings_are_given;
use crate::status::Status;
use crate::time::Time;
use std::sync::Arc;
use zeroize::Zeroizing;

/// Before the first token.
pub(super) struct Opener(Requester);

/// What is wanted, and with which credentials: kept from the first step to the last.
struct Requester {
    outbound: Arc<Outbound>,
    flags: ContextFlags,
    required: ContextFlags,
    target: Arc<str>,
    server: Principal,
    binding_policy: ChannelBindingPolicy,
}

impl Opener {
    pub(super) fn new(outbound: Arc<Outbound>, request: InitiateRequest<'_>) -> Result<Self> {
        let target = request.target.filter(|target| !target.is_empty()).ok_or_else(|| {
            Error::new(
                Status::TARGET_UNKNOWN,
                "Kerberos needs the target's name, such as HTTP/web.example.com: the ticket is for it",
            )
        })?;
        if !request.can_ask_kdc && outbound.client.store.is_empty() {
            return Err(Error::new(
                Status::NO_AUTHENTICATING_AUTHORITY,
                format!(
                    "there is no ticket of {} yet, and nobody to carry a question to a KDC",
                    outbound.client.principal
                ),
            ));
        }
        let mut flags = request.flags;
        // DCE RPC has the server prove itself, and what is sealed is signed.
        if flags.contains(ContextFlags::DCE_STYLE) {
            flags |= ContextFlags::MUTUAL_AUTH;
        }
        if flags.contains(ContextFlags::CONFIDENTIALITY) {
            flags |= ContextFlags::INTEGRITY;
        }
        // What is asked in its session key may be a user, whose name has no host.
        let is_user = flags.contains(ContextFlags::USE_SESSION_KEY) && !target.contains('/');
        let server = if is_user { target.parse()? } else { Principal::service(target)? };
        Ok(Self(Requester {
            outbound,
            flags,
            required: request.required,
            target: target.into(),
            server,
            binding_policy: request.binding_policy,
        }))
    }
}

impl Exchange for Opener {
    fn step(self: Box<Self>, input: StepInput<'_>) -> Result<Progress> {
        let Self(requester) = *self;
        bindings_are_given(requester.binding_policy, input.bindings)?;
        if !input.token.is_empty() {
            return Err(unexpected("an initiator speaks first and was given a token"));
        }
        if requester.flags.contains(ContextFlags::USE_SESSION_KEY) {
            let message = user_to_user::write_request(&requester.server)?;
            let token = requester.framing().write(Kind::TgtRequest, message);
            return Ok(Progress::Continue { token, next: Box::new(AwaitingGranting(requester)) });
        }
        let wanted = WantedTicket::Service(requester.server.clone());
        let asked = Asking::start(&requester.outbound.client, wanted)?;
        requester.take_ticket(asked, input.bindings)
    }
}

/// In user-to-user authentication, between the question for the server's ticket-granting ticket and
/// its answer.
struct AwaitingGranting(Requester);

impl Exchange for AwaitingGranting {
    fn step(self: Box<Self>, input: StepInput<'_>) -> Result<Progress> {
        let Self(requester) = *self;
        let token = Token::parse(input.token)?;
        let ticket = match token.kind {
            Kind::TgtReply => user_to_user::read_reply(token.message)?,
            Kind::Error => return Err(told(token.message)),
            _ => {
                return Err(Error::new(
                    Status::NO_TGT_REPLY,
                    "the server does not answer with the ticket-granting ticket that \
                     user-to-user authentication needs",
                ));
            }
        };
        let server = requester.server.clone();
        let wanted = WantedTicket::UserToUser { server, ticket };
        let asked = Asking::start(&requester.outbound.client, wanted)?;
        requester.take_ticket(asked, input.bindings)
    }
}

/// While a KDC is asked for the ticket.
struct AwaitingTicket {
    requester: Requester,
    asking: Box<Asking>,
}

impl Exchange for AwaitingTicket {
    fn step(self: Box<Self>, mut input: StepInput<'_>) -> Result<Progress> {
        let Self { requester, asking } = *self;
        let reply = input.kdc_reply.take().ok_or_else(no_reply)?;
        requester.take_ticket(asking.reply(reply)?, input.bindings)
    }
}

/// While a KDC is asked for a ticket to delegate.
struct AwaitingForwarded {
    requester: Requester,
    ticket: Arc<Ticket>,
    asking: Box<Asking>,
}

impl Exchange for AwaitingForwarded {
    fn step(self: Box<Self>, mut input: StepInput<'_>) -> Result<Progress> {
        let Self { requester, ticket, asking } = *self;
        let reply = input.kdc_reply.take().ok_or_else(no_reply)?;
        requester.take_forwarded(ticket, asking.reply(reply), input.bindings)
    }
}

impl Requester {
    fn framing(&self) -> Framing {
        if self.flags.contains(ContextFlags::USE_SESSION_KEY) {
            Framing::Of(framing::USER_TO_USER)
        } else if self.flags.contains(ContextFlags::DCE_STYLE) {
            Framing::Bare
        } else {
            Framing::Of(framing::KERBEROS)
        }
    }

    fn take_ticket(self, asked: Asked, bindings: Option<&ChannelBindings>) -> Result<Progress> {
        let ticket = match asked {
            Asked::Ticket(ticket) => ticket,
            Asked::AskKdc { request, next: asking } => {
                let next = Box::new(AwaitingTicket { requester: self, asking });
                return Ok(Progress::AskKdc { request, next });
            }
        };
        if !self.flags.contains(ContextFlags::DELEGATE) {
            return self.request(&ticket, None, bindings);
        }
        if !self.outbound.delegation.allows(&self.target) {
            return Err(Error::new(
                Status::DELEGATION_POLICY,
                format!("the policy of these credentials allows no delegation to {}", self.target),
            ));
        }
        let service = ticket.server.clone();
        let asked = Asking::start(&self.outbound.client, WantedTicket::Forwarded { service });
        self.take_forwarded(ticket, asked, bindings)
    }

    /// Where there is nothing to delegate, it goes on without, unless it is required.
    fn take_forwarded(
        self,
        ticket: Arc<Ticket>,
        asked: Result<Asked>,
        bindings: Option<&ChannelBindings>,
    ) -> Result<Progress> {
        match asked {
            Ok(Asked::Ticket(forwarded)) => self.request(&ticket, Some(&forwarded), bindings),
            Ok(Asked::AskKdc { request, next: asking }) => {
                let next = Box::new(AwaitingForwarded { requester: self, ticket, asking });
                Ok(Progress::AskKdc { request, next })
            }
            Err(cause) if self.required.contains(ContextFlags::DELEGATE) => {
                Err(cause.within("there is no ticket to delegate"))
            }
            Err(_) => self.request(&ticket, None, bindings),
        }
    }

    /// The AP-REQ.
    fn request(
        mut self,
        ticket: &Ticket,
        forwarded: Option<&Ticket>,
        bindings: Option<&ChannelBindings>,
    ) -> Result<Progress> {
        let client = Arc::clone(&self.outbound.client);
        let surroundings = &client.surroundings;
        let session = ticket.key.clone();
        keys::type_is_allowed(session.encryption_type(), self.outbound.allow)?;
        let subkey = Key::random(session.encryption_type(), surroundings)?;
        let sequence = keys::first_sequence(surroundings)?;
        let delegated = forwarded
            .map(|forwarded| delegation::write(forwarded, &session, surroundings))
            .transpose()?;
        self.flags.set(ContextFlags::DELEGATE, delegated.is_some());
        let bindings = bindings.filter(|_| self.binding_policy != ChannelBindingPolicy::Never);
        let gss = GssFlags::from(self.flags);
        let checksum = RequestChecksum::write(bindings, gss, delegated.as_deref())?;
        let now = client.store.moment(client.now());
        let (time, microseconds) = timestamp(now);
        let authenticator: Authenticator<'_> = Application(AuthenticatorFields {
            version: VERSION,
            client_realm: Text(ticket.client.realm()),
            client: PrincipalName::of(&ticket.client),
            checksum: Some(Checksum {
                kind: request_checksum::KIND,
                bytes: messages::octets(&checksum)?,
            }),
            microseconds,
            time,
            subkey: Some(EncryptionKey::of(&subkey)?),
            sequence: Some(Number(sequence)),
            authorization_data: None,
        });
        let mut options = ApOptions::empty();
        let mutual = self.flags.contains(ContextFlags::MUTUAL_AUTH);
        options.set(ApOptions::MUTUAL_REQUIRED, mutual);
        options.set(ApOptions::USE_SESSION_KEY, ticket.is_for_session_key);
        let usage = KeyUsage::AP_REQUEST_AUTHENTICATOR;
        let request = ap_request::write(ticket, options, &authenticator, usage, surroundings)?;
        let token = self.framing().write(Kind::ApRequest, request);
        let sent = Sent {
            client: ticket.client.clone(),
            server: ticket.server.clone(),
            expiry: ticket.ends.unwrap_or(Time::FOREVER),
            time,
            microseconds,
            session,
            subkey,
            sequence,
            bindings: bindings.cloned(),
        };
        if mutual {
            return Ok(Progress::Continue {
                token,
                next: Box::new(AwaitingReply { requester: self, sent }),
            });
        }
        // Nobody says where the acceptor begins to count: it begins where the initiator does.
        let context = self.stand(sent, None, sequence)?;
        Ok(Progress::Done { token: Some(token), extra: 0, context })
    }

    fn stand(
        self,
        sent: Sent,
        acceptor: Option<Key>,
        received: u32,
    ) -> Result<Box<dyn crate::package::Established>> {
        let client = Arc::clone(&self.outbound.client);
        let keys = ContextKeys { session: sent.session, initiator: Some(sent.subkey), acceptor };
        let bindings_checked =
            if sent.bindings.is_some() { BindingsChecked::Sent } else { BindingsChecked::No };
        Agreed {
            side: Side::Initiator,
            flags: self.flags & HAD,
            start: client.surroundings.now(),
            expiry: sent.expiry,
            client: user_of(&sent.client),
            server: &sent.server,
            target: self.target,
            keys,
            sent: sent.sequence,
            received,
            bindings: sent.bindings.as_ref(),
            bindings_checked,
            delegated: None,
            peer: None,
        }
        .stand(&client.surroundings)
    }
}

/// The flags that a context can have.
pub(super) const HAD: ContextFlags = ContextFlags::PROTECTION
    .union(ContextFlags::DELEGATE)
    .union(ContextFlags::MUTUAL_AUTH)
    .union(ContextFlags::USE_SESSION_KEY)
    .union(ContextFlags::DCE_STYLE)
    .union(ContextFlags::IDENTIFY)
    .union(ContextFlags::EXTENDED_ERROR);

/// What was said in the AP-REQ.
struct Sent {
    client: Principal,
    server: Principal,
    expiry: Time,
    time: KerberosTime,
    microseconds: Microseconds,
    session: Key,
    subkey: Key,
    sequence: u32,
    bindings: Option<ChannelBindings>,
}

/// Between the AP-REQ and the AP-REP.
struct AwaitingReply {
    requester: Requester,
    sent: Sent,
}

impl Exchange for AwaitingReply {
    fn step(self: Box<Self>, input: StepInput<'_>) -> Result<Progress> {
        let Self { requester, sent } = *self;
        let token = Token::parse(input.token)?;
        match token.kind {
            Kind::ApReply => {}
            Kind::Error => return Err(told(token.message)),
            _ => return Err(unexpected("the service's answer is no AP-REP")),
        }
        let (acceptor, sequence) = sent.check_reply(token.message, &requester)?;
        let last = if requester.flags.contains(ContextFlags::DCE_STYLE) {
            Some(sent.last_leg(sequence, &requester)?)
        } else {
            None
        };
        let context = requester.stand(sent, acceptor, sequence)?;
        Ok(Progress::Done { token: last, extra: 0, context })
    }
}

impl Sent {
    /// Checks the AP-REP (RFC 4120 3.2.5): the service has read the authenticator, and so has the key of
    /// the ticket. Gives its subkey and where it begins to count.
    fn check_reply(&self, message: &[u8], requester: &Requester) -> Result<(Option<Key>, u32)> {
        let text = open_reply(message, &self.session)?;
        let Application(part): EncryptedApReplyPart<'_> =
            messages::read(&text, "encrypted part of the AP-REP")?;
        let is_same = part.time.0.unix_seconds() == self.time.0.unix_seconds()
            && part.microseconds == self.microseconds;
        if !is_same {
            return Err(unproven("its answer is to another request"));
        }
        let allow = requester.outbound.allow;
        let subkey = part.subkey.map(|subkey| keys::read_key(&subkey, allow)).transpose()?;
        Ok((subkey, part.sequence.unwrap_or_default().0))
    }

    /// The third leg of DCE RPC ([MS-KILE] 3.4.5.1): an AP-REP as the server's, which shows by the
    /// server's number that it was read.
    fn last_leg(&self, sequence: u32, requester: &Requester) -> Result<Vec<u8>> {
        let part: EncryptedApReplyPart<'_> = Application(ApReplyPart {
            time: self.time,
            microseconds: self.microseconds,
            subkey: None,
            sequence: Some(Number(sequence)),
        });
        let surroundings = &requester.outbound.client.surroundings;
        let message = write_reply(&part, &self.session, surroundings)?;
        Ok(requester.framing().write(Kind::ApReply, message))
    }
}

/// An AP-REP.
pub(super) fn write_reply(
    part: &EncryptedApReplyPart<'_>,
    session: &Key,
    surroundings: &crate::surroundings::Surroundings,
) -> Result<Vec<u8>> {
    let part = Zeroizing::new(messages::write(part)?);
    let cipher = session.encrypt(KeyUsage::AP_REPLY, surroundings, &part)?;
    let reply: ApReply<'_> = Application(ApReplyFields {
        version: VERSION,
        kind: kind::AP_REPLY,
        encrypted: EncryptedData::of(session, None, &cipher)?,
    });
    messages::write(&reply)
}

/// What is in an AP-REP, if it is one under this session key.
pub(super) fn open_reply(message: &[u8], session: &Key) -> Result<Zeroizing<Vec<u8>>> {
    let Application(reply): ApReply<'_> = messages::read(message, "AP-REP")?;
    if reply.version != VERSION || reply.kind != kind::AP_REPLY {
        return Err(unexpected("what was to be an AP-REP is another message"));
    }
    if reply.encrypted.encryption_type != session.encryption_type().0 {
        return Err(unproven("its answer is encrypted in a key of another type"));
    }
    session
        .decrypt(KeyUsage::AP_REPLY, reply.encrypted.cipher.as_bytes())
        .map_err(|cause| unproven("its answer was not made with the key").with_source(cause))
}

fn unproven(problem: &str) -> Error {
    refusing(
        Status::MUTUAL_AUTH_FAILED,
        ErrorCode::MUTUAL_FAILED,
        format!("the peer did not prove that it knows the key of the ticket: {problem}"),
    )
}

fn no_reply() -> Error {
    Error::new(Status::OUT_OF_SEQUENCE, "the reply of a KDC is awaited")
}

pub(super) fn unexpected(problem: &str) -> Error {
    Error::new(Status::INVALID_TOKEN, format!("Kerberos: {problem}"))
}
