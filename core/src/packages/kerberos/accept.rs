//! The acceptor (RFC 4120 3.2.3, 3.2.4, RFC 4121 4.1). Everything is checked before it says OK.

use super::credential::{Inbound, OpenedTicket};
use super::established::{Agreed, user_of, without_realm};
use super::framing::{self, Framing, Kind, Token};
use super::initiate::{HAD, open_reply, unexpected, write_reply};
use super::keys::{self, ContextKeys};
use super::messages::{
    self, ApOptions, ApReplyPart, ApRequest, ApRequestFields, Application, Authenticator,
    AuthenticatorFields, EncryptedApReplyPart, EncryptedTicketPart, EncryptionKey, ErrorCode,
    Number, TicketFields, TicketFlags, TicketPart, VERSION, kind,
};
use super::refusal::{refusing, told, with_token};
use super::request_checksum::{self, GssFlags, RequestChecksum};
use super::ticket_store::SKEW;
use super::tickets::{Asked, Asking, Wanted as WantedTicket, ticket_granting};
use super::{authorization_data, delegation, pac, transited, user_to_user};
use crate::context::{BindingsChecked, Side};
use crate::credentials::{Allow, ChannelBindingPolicy, ChannelBindings, PacPolicy, UserName};
use crate::error::{Error, Result};
use crate::flags::ContextFlags;
use crate::kerberos::key_usage::KeyUsage;
use crate::kerberos::{EncryptionType, Key, NameType, Principal, Ticket};
use crate::package::{AcceptRequest, Established, Exchange, Progress, StepInput};
use crate::packages::checks::{bindings_are_given, not_accepted};
use crate::status::Status;
use crate::time::Time;
use std::sync::Arc;
use std::time::Duration;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Before the AP-REQ.
pub(super) struct Judge {
    inbound: Arc<Inbound>,
    wanted: Wanted,
    /// The ticket-granting ticket that was sent to the client, in user-to-user authentication.
    granting: Option<Arc<Ticket>>,
}

/// What is wanted of the context, kept from the first step to the last.
struct Wanted {
    flags: ContextFlags,
    binding_policy: ChannelBindingPolicy,
    pac_policy: PacPolicy,
    accepted_targets: Vec<String>,
}

impl Judge {
    pub(super) fn new(inbound: Arc<Inbound>, request: AcceptRequest<'_>) -> Self {
        let wanted = Wanted {
            flags: request.flags,
            binding_policy: request.binding_policy,
            pac_policy: request.pac_policy,
            accepted_targets: request.accepted_targets.to_vec(),
        };
        Self { inbound, wanted, granting: None }
    }
}

impl Exchange for Judge {
    fn step(self: Box<Self>, input: StepInput<'_>) -> Result<Progress> {
        bindings_are_given(self.wanted.binding_policy, input.bindings)?;
        let token = Token::parse(input.token)?;
        match token.kind {
            Kind::ApRequest => self.judge(token, input.bindings),
            Kind::TgtRequest if self.granting.is_none() => {
                user_to_user::read_request(token.message)?;
                self.grant()
            }
            Kind::Error => Err(told(token.message)),
            _ => Err(unexpected("a client's first token is an AP-REQ")),
        }
    }
}

/// While a KDC is asked for a ticket-granting ticket of this side's.
struct AwaitingGranting {
    judge: Judge,
    asking: Box<Asking>,
}

impl Exchange for AwaitingGranting {
    fn step(self: Box<Self>, mut input: StepInput<'_>) -> Result<Progress> {
        let Self { judge, asking } = *self;
        let reply = input.kdc_reply.take();
        let reply = reply.ok_or_else(|| unexpected("the reply of a KDC is awaited"))?;
        judge.send_granting(asking.reply(reply)?)
    }
}

impl Judge {
    /// Sends the client a ticket-granting ticket, for user-to-user authentication.
    fn grant(self) -> Result<Progress> {
        let user = self.inbound.user.as_ref().ok_or_else(|| {
            refusing(
                Status::NO_CREDENTIALS,
                ErrorCode::NO_KEY,
                "the client asks for user-to-user authentication, which needs a credential cache \
                 with this side's ticket-granting ticket",
            )
        })?;
        let realm = user.principal.realm();
        let asked = Asking::start(user, WantedTicket::Service(ticket_granting(realm, realm)))?;
        self.send_granting(asked)
    }

    fn send_granting(mut self, asked: Asked) -> Result<Progress> {
        let ticket = match asked {
            Asked::Ticket(ticket) => ticket,
            Asked::AskKdc { request, next: asking } => {
                let next = Box::new(AwaitingGranting { judge: self, asking });
                return Ok(Progress::AskKdc { request, next });
            }
        };
        let message = user_to_user::write_reply(&ticket.ticket)?;
        let token = Framing::Of(framing::USER_TO_USER).write(Kind::TgtReply, message);
        self.granting = Some(ticket);
        Ok(Progress::Continue { token, next: Box::new(self) })
    }

    fn judge(&self, token: Token<'_>, bindings: Option<&ChannelBindings>) -> Result<Progress> {
        let Application(request): ApRequest<'_> = messages::read(token.message, "AP-REQ")?;
        let ticket: Result<messages::Ticket<'_>, _> = request.ticket.decode_as();
        let Application(ticket) = ticket.map_err(|cause| {
            Error::new(Status::INVALID_TOKEN, "the ticket in the AP-REQ cannot be read")
                .with_source(cause)
        })?;
        let server = ticket.server.in_realm(ticket.realm);
        let now = self.inbound.surroundings.now();
        self.check(&request, &ticket, &server, now, token.framing, bindings)
            .map_err(|error| with_token(error, &server, now, token.framing))
    }

    /// RFC 4120 3.2.3, from its beginning to its end.
    fn check(
        &self,
        request: &ApRequestFields<'_>,
        ticket: &TicketFields<'_>,
        server: &Principal,
        now: Time,
        framing: Framing,
        bindings: Option<&ChannelBindings>,
    ) -> Result<Progress> {
        if request.kind != kind::AP_REQUEST {
            return Err(refusing(
                Status::INVALID_TOKEN,
                ErrorCode::MESSAGE_TYPE,
                "the client's message is of another kind than it seems",
            ));
        }
        if request.version != VERSION || ticket.version != VERSION {
            return Err(refusing(
                Status::INVALID_TOKEN,
                ErrorCode::BAD_VERSION,
                "the client's message is of another version than 5",
            ));
        }
        let allow = self.inbound.allow;
        let options = ApOptions::from_bits_retain(request.options.0);
        let opened = self.open_ticket(ticket, server, options)?;
        let Application(part): EncryptedTicketPart<'_> = messages::read(&opened.text, "ticket")?;
        let session = keys::read_key(&part.key, allow)?;
        check_ticket(&part, server, now)?;

        let text = open_authenticator(request, &session)?;
        let Application(authenticator): Authenticator<'_> = messages::read(&text, "authenticator")?;
        self.check_authenticator(request, &part, &authenticator, now)?;
        let of_ticket = part.authorization_data.as_deref().unwrap_or_default();
        let of_client = authenticator.authorization_data.as_deref().unwrap_or_default();
        authorization_data::check(of_ticket, of_client)?;
        let client = part.client.in_realm(part.client_realm);
        let anonymous = self.check_anonymous(&part, &client)?;
        let peer = pac::check(&part, opened.key, self.wanted.pac_policy)?;

        let checksum = request_checksum_of(&authenticator)?;
        let knows_bindings = authorization_data::knows_bindings(of_client)?;
        let bindings_checked = self.check_bindings(checksum.bindings, knows_bindings, bindings)?;
        let target = self.check_target(server)?;

        let subkey = authenticator.subkey.map(|key| keys::read_key(&key, allow)).transpose()?;
        let delegated = match checksum.delegated {
            Some(message) => {
                let keys: Vec<&Key> =
                    [Some(&session), subkey.as_ref()].into_iter().flatten().collect();
                Some(delegation::read(message, &keys, allow)?)
            }
            None => None,
        };
        let gss = checksum.flags;
        let is_dce_style = gss.contains(GssFlags::DCE_STYLE);
        let mutual = is_dce_style
            || gss.contains(GssFlags::MUTUAL)
            || options.contains(ApOptions::MUTUAL_REQUIRED);
        let mut flags = ContextFlags::from(gss) & HAD;
        flags.set(ContextFlags::MUTUAL_AUTH, mutual);
        flags.set(ContextFlags::USE_SESSION_KEY, options.contains(ApOptions::USE_SESSION_KEY));
        flags.set(ContextFlags::NULL_SESSION, anonymous);

        let received = authenticator.sequence.unwrap_or_default().0;
        let surroundings = &self.inbound.surroundings;
        // Without an answer this side begins to count where the client does.
        let sent = if mutual { keys::first_sequence(surroundings)? } else { received };
        let acceptor = if mutual { self.subkey(&session, subkey.as_ref(), gss)? } else { None };
        let reply = if mutual {
            let part: EncryptedApReplyPart<'_> = Application(ApReplyPart {
                time: authenticator.time,
                microseconds: authenticator.microseconds,
                subkey: acceptor.as_ref().map(EncryptionKey::of).transpose()?,
                sequence: Some(Number(sent)),
            });
            let message = write_reply(&part, &session, surroundings)?;
            Some(framing.write(Kind::ApReply, message))
        } else {
            None
        };
        let keys = ContextKeys { session: session.clone(), initiator: subkey, acceptor };
        let context = Agreed {
            side: Side::Acceptor,
            flags,
            start: now,
            // A ticket that is taken although it has just expired makes a context that is not.
            expiry: if part.ends.0 > now { part.ends.0 } else { part.ends.0.after(SKEW) },
            client: if anonymous { UserName::new("", None) } else { user_of(&client) },
            server,
            target: target.into(),
            keys,
            sent,
            received,
            bindings,
            bindings_checked,
            delegated,
            peer: Some(peer),
        }
        .stand(surroundings)?;
        match reply {
            Some(token) if is_dce_style => {
                let next = Box::new(AwaitingLastLeg { context, session, sequence: sent });
                Ok(Progress::Continue { token, next })
            }
            token => Ok(Progress::Done { token, extra: 0, context }),
        }
    }

    /// What is in the ticket, which one of this side's keys opens.
    fn open_ticket(
        &self,
        ticket: &TicketFields<'_>,
        server: &Principal,
        options: ApOptions,
    ) -> Result<OpenedTicket<'_>> {
        if !options.contains(ApOptions::USE_SESSION_KEY) {
            return self.inbound.open_ticket(&ticket.encrypted, server);
        }
        let granting = self.granting.as_ref().ok_or_else(|| {
            refusing(
                Status::NO_KERB_KEY,
                ErrorCode::NO_KEY,
                "the client's ticket is for user-to-user authentication, and it did not ask for the \
                 ticket-granting ticket that belongs to it",
            )
        })?;
        // By which of this side's names it is called is the KDC's to check, which has encrypted the ticket
        // for whom the ticket-granting ticket belongs to (RFC 4120 3.3.3): services have several.
        let own = &granting.key;
        if ticket.encrypted.encryption_type != own.encryption_type().0 {
            return Err(undecryptable());
        }
        let text = own.decrypt(KeyUsage::TICKET, ticket.encrypted.cipher.as_bytes());
        let text = text.map_err(|cause| undecryptable().with_source(cause))?;
        Ok(OpenedTicket { text, key: own })
    }

    fn check_authenticator(
        &self,
        request: &ApRequestFields<'_>,
        part: &TicketPart<'_>,
        authenticator: &AuthenticatorFields<'_>,
        now: Time,
    ) -> Result<()> {
        if authenticator.version != VERSION {
            return Err(refusing(
                Status::INVALID_TOKEN,
                ErrorCode::BAD_VERSION,
                "the client's authenticator is of another version than 5",
            ));
        }
        // The names themselves: what kind of name they say they are is a hint (RFC 4120 6.2).
        let is_same = authenticator.client.parts == part.client.parts
            && authenticator.client_realm == part.client_realm;
        if !is_same {
            return Err(refusing(
                Status::LOGON_DENIED,
                ErrorCode::BAD_MATCH,
                "the client uses a ticket that is somebody else's",
            ));
        }
        let time = authenticator.time.0;
        let made = time.after(Duration::from_micros(authenticator.microseconds.0.into()));
        if made > now.after(SKEW) || now > made.after(SKEW) {
            return Err(refusing(
                Status::TIME_SKEW,
                ErrorCode::SKEW,
                "the clocks of the client and this machine differ by more than five minutes, or the \
                 request is old",
            ));
        }
        let cipher = request.authenticator.cipher.as_bytes();
        if self.inbound.seen.is_new(cipher, now, made.after(SKEW))? {
            return Ok(());
        }
        Err(refusing(
            Status::OUT_OF_SEQUENCE,
            ErrorCode::REPEAT,
            "the same request came before: somebody repeats what he overheard",
        ))
    }

    /// Whether the client is nobody in particular (RFC 8062), where that was asked for twice: by the flag
    /// and by name.
    fn check_anonymous(&self, part: &TicketPart<'_>, client: &Principal) -> Result<bool> {
        let flags = TicketFlags::from_bits_retain(part.flags.0);
        let is_named_so = matches!(
            client.parts(),
            [first, second] if first == "WELLKNOWN" && second == "ANONYMOUS"
        );
        if !flags.contains(TicketFlags::ANONYMOUS)
            && !is_named_so
            && client.name_type() != NameType::WELL_KNOWN
        {
            return Ok(false);
        }
        let asked = self.wanted.flags.contains(ContextFlags::NULL_SESSION);
        if asked && self.inbound.allow.contains(Allow::ANONYMOUS) {
            return Ok(true);
        }
        Err(refusing(
            Status::LOGON_DENIED,
            ErrorCode::POLICY,
            "the client is anonymous, which needs NULL_SESSION asked for and ANONYMOUS allowed",
        ))
    }

    /// Channel bindings (EPA). Zeros are a client without any.
    fn check_bindings(
        &self,
        sent: Option<[u8; 16]>,
        knows_bindings: bool,
        own: Option<&ChannelBindings>,
    ) -> Result<BindingsChecked> {
        let policy = self.wanted.binding_policy;
        let (Some(own), true) = (own, policy != ChannelBindingPolicy::Never) else {
            return Ok(BindingsChecked::No);
        };
        match sent {
            Some(hash) if bool::from(own.hash().ct_eq(&hash)) => Ok(BindingsChecked::Verified),
            Some(_) => Err(Error::new(
                Status::BAD_BINDINGS,
                "the client's channel bindings are of another channel: it speaks TLS with somebody \
                 in between, or the two sides hash different certificates",
            )),
            None if policy == ChannelBindingPolicy::Always => Err(Error::new(
                Status::BAD_BINDINGS,
                "channel bindings are required and the client sent none",
            )),
            None if knows_bindings => Err(Error::new(
                Status::BAD_BINDINGS,
                "the client knows of channel bindings and sent none: it speaks with somebody in \
                 between, who has no TLS",
            )),
            None => Ok(BindingsChecked::No),
        }
    }

    /// The target as the ticket names it, and whether it is among those that this side has named.
    fn check_target(&self, server: &Principal) -> Result<String> {
        let target = without_realm(server);
        let accepted = &self.wanted.accepted_targets;
        let is_it = |own: &String| {
            Principal::service(own).is_ok_and(|own| {
                let realm = own.realm();
                is_same_service(&own, server) && (realm.is_empty() || realm == server.realm())
            })
        };
        if accepted.is_empty() || accepted.iter().any(is_it) {
            return Ok(target);
        }
        Err(not_accepted(&target))
    }

    /// The subkey of this side. rc4-hmac has no place for one, but in DCE RPC.
    fn subkey(&self, session: &Key, initiator: Option<&Key>, gss: GssFlags) -> Result<Option<Key>> {
        let encryption_type = initiator.unwrap_or(session).encryption_type();
        if encryption_type == EncryptionType::RC4 && !gss.contains(GssFlags::DCE_STYLE) {
            return Ok(None);
        }
        Key::random(encryption_type, &self.inbound.surroundings).map(Some)
    }
}

/// Whether a ticket is valid at this time, as far as clocks agree, and came a way that is trusted.
///
/// The addresses in it are passed over, as others do in GSS-API: which address a client has at the end
/// of the connection says nothing behind an address translation, and KDCs put in none.
fn check_ticket(part: &TicketPart<'_>, server: &Principal, now: Time) -> Result<()> {
    let flags = TicketFlags::from_bits_retain(part.flags.0);
    let starts = part.starts.unwrap_or(part.authenticated).0;
    if flags.contains(TicketFlags::INVALID) || starts > now.after(SKEW) {
        return Err(refusing(
            Status::TIME_SKEW,
            ErrorCode::TICKET_NOT_YET_VALID,
            "the client's ticket is not valid yet: the clocks differ, or it has to be validated first",
        ));
    }
    if now > part.ends.0.after(SKEW) {
        return Err(refusing(
            Status::CONTEXT_EXPIRED,
            ErrorCode::TICKET_EXPIRED,
            "the client's ticket has expired",
        ));
    }
    let client_realm = part.client_realm.0;
    if !transited::is_trusted(&part.transited, flags, client_realm, server.realm()) {
        return Err(refusing(
            Status::LOGON_DENIED,
            ErrorCode::PATH_NOT_ACCEPTED,
            format!(
                "the client's ticket came from {client_realm} through realms nobody vouches for"
            ),
        ));
    }
    Ok(())
}

/// What is in the authenticator, which the session key opens.
fn open_authenticator(request: &ApRequestFields<'_>, session: &Key) -> Result<Zeroizing<Vec<u8>>> {
    let unproven = || {
        refusing(
            Status::LOGON_DENIED,
            ErrorCode::BAD_INTEGRITY,
            "the client did not prove that it knows the session key of its ticket",
        )
    };
    if request.authenticator.encryption_type != session.encryption_type().0 {
        return Err(unproven());
    }
    let cipher = request.authenticator.cipher.as_bytes();
    session
        .decrypt(KeyUsage::AP_REQUEST_AUTHENTICATOR, cipher)
        .map_err(|cause| unproven().with_source(cause))
}

/// The checksum of a client of GSS-API, and no other (RFC 4121 4.1.1).
fn request_checksum_of<'a>(authenticator: &AuthenticatorFields<'a>) -> Result<RequestChecksum<'a>> {
    match authenticator.checksum {
        Some(checksum) if checksum.kind == request_checksum::KIND => {
            RequestChecksum::parse(checksum.bytes.as_bytes())
        }
        _ => Err(refusing(
            Status::INVALID_TOKEN,
            ErrorCode::INAPPROPRIATE_CHECKSUM,
            "the client's authenticator has no checksum with the flags of the context, which every \
             client of GSS-API sends",
        )),
    }
}

/// Whether two names are of the same service: case does not count in its class and its host, as with
/// Windows. The realm is another matter.
pub(super) fn is_same_service(one: &Principal, other: &Principal) -> bool {
    let (one, other) = (one.parts(), other.parts());
    one.len() == other.len()
        && one.iter().zip(other).all(|(one, other)| one.eq_ignore_ascii_case(other))
}

pub(super) fn not_us(server: &Principal) -> Error {
    refusing(
        Status::WRONG_PRINCIPAL,
        ErrorCode::NOT_US,
        format!("the client's ticket is for {server}, and no key of this service is for that name"),
    )
}

pub(super) fn undecryptable() -> Error {
    refusing(
        Status::MESSAGE_ALTERED,
        ErrorCode::BAD_INTEGRITY,
        "the client's ticket cannot be decrypted: the KDC has another key for this service than its \
         keytab, or the ticket was altered",
    )
}

/// In DCE RPC, between the AP-REP and the client's.
struct AwaitingLastLeg {
    context: Box<dyn Established>,
    session: Key,
    /// Where this side begins to count, which the client has to repeat.
    sequence: u32,
}

impl Exchange for AwaitingLastLeg {
    fn step(self: Box<Self>, input: StepInput<'_>) -> Result<Progress> {
        let Self { context, session, sequence } = *self;
        let token = Token::parse(input.token)?;
        match token.kind {
            Kind::ApReply => {}
            Kind::Error => return Err(told(token.message)),
            _ => return Err(unexpected("the client's last token is no AP-REP")),
        }
        let text = open_reply(token.message, &session)?;
        let Application(part): EncryptedApReplyPart<'_> =
            messages::read(&text, "encrypted part of the AP-REP")?;
        // With a subkey it is this side's own, sent back.
        if part.sequence != Some(Number(sequence)) || part.subkey.is_some() {
            return Err(refusing(
                Status::MUTUAL_AUTH_FAILED,
                ErrorCode::MUTUAL_FAILED,
                "the client's last token does not show that it read the answer to its request",
            ));
        }
        Ok(Progress::Done { token: None, extra: 0, context })
    }
}
