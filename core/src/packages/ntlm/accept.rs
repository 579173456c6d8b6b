//! The acceptor ([MS-NLMP] 3.2.5). It says OK only after the peer has proven the secret.

use super::INFO;
use super::credential::Inbound;
use super::flags::{check_strength, context_flags};
use super::keys::{self, Key};
use super::messages::{
    Authenticate, AvFlags, AvId, AvPairs, Challenge, ChallengeWriter, Negotiate, NegotiateFlags,
    Ntlm2Response, decode_name,
};
use super::protection::{NtlmContext, SIZES};
use crate::accounts::{Account, AccountQuery, AccountState};
use crate::codec::utf16;
use crate::context::{BindingsChecked, Facts, Side};
use crate::credentials::{Allow, ChannelBindingPolicy, ChannelBindings, Secret, UserName};
use crate::crypto::hmac_md5::HmacMd5Key;
use crate::error::{Error, ProtocolCode, Result};
use crate::flags::ContextFlags;
use crate::package::{AcceptRequest, Exchange, Progress, StepInput};
use crate::packages::checks::{bindings_are_given, not_accepted, target_is_accepted};
use crate::status::Status;
use crate::time::Time;
use std::sync::Arc;
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

/// What is wanted of the context, kept from the first step to the last.
struct Wanted {
    flags: ContextFlags,
    binding_policy: ChannelBindingPolicy,
    accepted_targets: Vec<String>,
}

/// Before the NEGOTIATE_MESSAGE.
pub(super) struct Challenger {
    inbound: Arc<Inbound>,
    wanted: Wanted,
}

/// The flags this side knows.
const KNOWN: NegotiateFlags = NegotiateFlags::UNICODE
    .union(NegotiateFlags::OEM)
    .union(NegotiateFlags::SIGN)
    .union(NegotiateFlags::SEAL)
    .union(NegotiateFlags::DATAGRAM)
    .union(NegotiateFlags::NTLM)
    .union(NegotiateFlags::ALWAYS_SIGN)
    .union(NegotiateFlags::EXTENDED_SESSION_SECURITY)
    .union(NegotiateFlags::IDENTIFY)
    .union(NegotiateFlags::VERSION)
    .union(NegotiateFlags::REQUEST_TARGET)
    .union(NegotiateFlags::KEY_128)
    .union(NegotiateFlags::KEY_56)
    .union(NegotiateFlags::KEY_EXCHANGE);

impl Challenger {
    pub(super) fn new(inbound: Arc<Inbound>, request: AcceptRequest<'_>) -> Self {
        let wanted = Wanted {
            flags: request.flags,
            binding_policy: request.binding_policy,
            accepted_targets: request.accepted_targets.to_vec(),
        };
        Self { inbound, wanted }
    }
}

impl Exchange for Challenger {
    fn step(self: Box<Self>, input: StepInput<'_>) -> Result<Progress> {
        let Self { inbound, wanted } = *self;
        bindings_are_given(wanted.binding_policy, input.bindings)?;
        let datagram = wanted.flags.contains(ContextFlags::DATAGRAM);
        let offered = if datagram {
            // Without a connection there is no NEGOTIATE_MESSAGE: everything is on offer
            // ([MS-NLMP] 3.2.5.2).
            if !input.token.is_empty() {
                return Err(Error::new(
                    Status::INVALID_TOKEN,
                    "a connectionless NTLM acceptor speaks first and was given a token",
                ));
            }
            KNOWN
        } else {
            Negotiate::parse(input.token)?.flags & (KNOWN - NegotiateFlags::DATAGRAM)
        };
        let mut flags = offered;
        if flags.contains(NegotiateFlags::UNICODE) {
            flags.remove(NegotiateFlags::OEM);
        } else if !flags.contains(NegotiateFlags::OEM) {
            return Err(Error::new(
                Status::INVALID_TOKEN,
                "the client's NEGOTIATE message names no character set",
            ));
        }
        check_strength(flags, inbound.allow)?;
        flags |= NegotiateFlags::NTLM | NegotiateFlags::TARGET_INFO;
        flags |= if inbound.in_domain {
            NegotiateFlags::TARGET_TYPE_DOMAIN
        } else {
            NegotiateFlags::TARGET_TYPE_SERVER
        };

        let mut server_challenge = [0; 8];
        inbound.surroundings.fill(&mut server_challenge)?;
        let now = inbound.surroundings.now();
        let target_name = if flags.contains(NegotiateFlags::UNICODE) {
            &inbound.target_name
        } else {
            &inbound.oem_target_name
        };
        let challenge = ChallengeWriter {
            flags,
            server_challenge,
            target_name,
            target_info: [&inbound.target_info, &timestamp_and_end(now)],
        }
        .write();
        let token = challenge.clone();
        let negotiate = input.token.to_vec();
        let next =
            Box::new(Judge { inbound, wanted, negotiate, challenge, flags, server_challenge });
        Ok(Progress::Continue { token, next })
    }
}

/// MsvAvTimestamp and MsvAvEOL.
fn timestamp_and_end(now: Time) -> [u8; 16] {
    let mut pairs = [0; 16];
    let (head, rest) = pairs.split_at_mut(4);
    head.copy_from_slice(&[AvId::TIMESTAMP.0 as u8, 0, 8, 0]);
    if let Some(value) = rest.first_chunk_mut() {
        *value = now.filetime().to_le_bytes();
    }
    pairs
}

/// Between the CHALLENGE_MESSAGE and the AUTHENTICATE_MESSAGE.
pub(super) struct Judge {
    inbound: Arc<Inbound>,
    wanted: Wanted,
    negotiate: Vec<u8>,
    challenge: Vec<u8>,
    flags: NegotiateFlags,
    server_challenge: [u8; 8],
}

/// What came with a proof that holds.
struct Proven<'a> {
    session_key: Key,
    /// The account; none for an anonymous client.
    account: Option<Account>,
    /// The name as the client sent it.
    sent: UserName,
    /// The AV pairs of the response, where it is one of NTLMv2.
    pairs: Option<AvPairs<'a>>,
    has_mic: bool,
}

impl Exchange for Judge {
    fn step(self: Box<Self>, input: StepInput<'_>) -> Result<Progress> {
        let message = Authenticate::parse(input.token)?;
        // The character set is the challenge's; for the rest both sides must want it.
        let charset = NegotiateFlags::UNICODE | NegotiateFlags::OEM;
        let mut flags = self.flags & (message.flags | charset);
        flags.set(NegotiateFlags::ANONYMOUS, message.is_anonymous());
        check_strength(flags, self.inbound.allow)?;

        // The proof comes first: whoever does not have the secret learns nothing but that. With it
        // the MIC, so that nothing an attacker changed is judged; then the policies and the account.
        let Proven { session_key, account, sent, pairs, has_mic } =
            self.prove(&message, input.token, flags)?;
        self.check_target_info(pairs)?;
        let bindings_checked = self.check_bindings(pairs, input.bindings)?;
        let target = self.check_target(pairs)?;
        let now = self.inbound.surroundings.now();
        let expiry = check_account(account.as_ref(), now)?;

        let workstation = decode_name(message.workstation, self.flags);
        let facts = Facts {
            package: INFO.clone(),
            side: Side::Acceptor,
            flags: context_flags(flags, self.wanted.flags),
            start: now,
            expiry,
            client: known_name(account.as_ref(), sent),
            peer: None,
            server: Some(Arc::clone(&self.inbound.server)),
            workstation: workstation.filter(|name| !name.is_empty()).map(Arc::from),
            target: target.map(Arc::from),
            target_information: Vec::new(),
            session_key: Secret::new(&*session_key),
            sizes: SIZES,
            stream_sizes: None,
            bindings: input.bindings.cloned(),
            bindings_checked,
            negotiation: None,
        };
        let context = Box::new(NtlmContext::new(facts, flags, has_mic));
        Ok(Progress::Done { token: None, extra: 0, context })
    }
}

impl Judge {
    /// Whether the client knows the secret, and its messages came through as they were sent.
    /// Everything else about it is judged afterwards.
    fn prove<'a>(
        &self,
        message: &Authenticate<'a>,
        token: &[u8],
        flags: NegotiateFlags,
    ) -> Result<Proven<'a>> {
        if flags.contains(NegotiateFlags::ANONYMOUS) {
            return self.anonymous(message, flags);
        }
        let user = self.name(message.user, "user")?;
        let domain = self.name(message.domain, "domain")?;
        // The form of the response is public; it is judged before anybody is looked up.
        let response = match message.nt_response.len() {
            24 if self.inbound.allow.contains(Allow::NTLM_V1) => None,
            24 => {
                return Err(denied("the client answered with NTLMv1, which is off unless allowed"));
            }
            Ntlm2Response::SHORTEST.. => Some(Ntlm2Response::parse(message.nt_response)?),
            _ => {
                return Err(denied("the client sent no NT response; LM responses are never taken"));
            }
        };

        let query = AccountQuery::new(&user, &domain, &INFO.name);
        let account = self.inbound.accounts.look_up(&query)?;
        let is_known = Choice::from(u8::from(account.is_some()));
        // An unknown user costs what a wrong password costs, with a key that nobody has.
        let hash = account.as_ref().map_or(&self.inbound.decoy, Account::keys);
        let (holds, mic_holds, session_key) = match &response {
            Some(response) => {
                // The names as they were sent are part of the key ([MS-NLMP] 3.3.2).
                let key = if self.flags.contains(NegotiateFlags::UNICODE) {
                    keys::response_key(&hash.key, message.user, message.domain)
                } else {
                    keys::response_key(&hash.key, &utf16::encode(&user), &utf16::encode(&domain))
                };
                self.v2_proof(message, token, flags, response, &key)?
            }
            None => self.v1_proof(message, flags, &hash.hash)?,
        };
        if !bool::from(is_known & holds) {
            return Err(denied("the user name or the password is wrong"));
        }
        if !bool::from(mic_holds) {
            return Err(altered("its messages do not match the MIC that the client announces"));
        }
        let sent = UserName::new(&user, (!domain.is_empty()).then_some(&*domain));
        let pairs = response.map(|response| response.pairs);
        let has_mic = match pairs {
            Some(pairs) => pairs.flags()?.contains(AvFlags::MIC),
            None => false,
        };
        Ok(Proven { session_key, account, sent, pairs, has_mic })
    }

    /// NTLMv2: whether the proof holds over the received blob, byte for byte; whether the MIC holds
    /// wherever the client says that it sent one; and the session key, which is good only if the
    /// proof is.
    ///
    /// The client says inside the proven blob that there is a MIC, so nobody on the way can take it
    /// back ([MS-NLMP] 3.2.5.1.2). The session key follows from the proof that was received, so that
    /// proof and MIC can be computed side by side; both are compared only when both are there.
    fn v2_proof(
        &self,
        message: &Authenticate<'_>,
        token: &[u8],
        flags: NegotiateFlags,
        response: &Ntlm2Response<'_>,
        key: &HmacMd5Key,
    ) -> Result<(Choice, Choice, Key)> {
        let key_exchange_key = keys::session_base_key(key, &response.proof);
        let session_key = exported_session_key(message, flags, &key_exchange_key)?;
        let announced = response.pairs.flags()?.contains(AvFlags::MIC);
        let place = message
            .mic_at
            .and_then(|at| token.split_at_checked(at))
            .and_then(|(before, rest)| Some((before, rest.split_first_chunk::<16>()?)));
        let (proof, mic_holds) = match place {
            Some((before, (received, after))) if announced => {
                let mut mic = keys::start_mic(&session_key);
                let messages = [&*self.negotiate, &self.challenge, before, &[0; 16], after];
                let challenge = &self.server_challenge;
                let proof =
                    keys::proof_beside_mic(key, challenge, response.blob, &mut mic, &messages);
                (proof, mic.finish().ct_eq(received))
            }
            // One that is announced and has no place is one that does not hold.
            _ => {
                let proof = keys::proof(key, &self.server_challenge, response.blob);
                (proof, Choice::from(u8::from(!announced)))
            }
        };
        Ok((proof.ct_eq(&response.proof), mic_holds, session_key))
    }

    /// The first response, or with extended session security the "NTLM2 session response". It has
    /// no MIC.
    fn v1_proof(
        &self,
        message: &Authenticate<'_>,
        flags: NegotiateFlags,
        hash: &[u8; 16],
    ) -> Result<(Choice, Choice, Key)> {
        let extended = flags.contains(NegotiateFlags::EXTENDED_SESSION_SECURITY);
        let client_challenge = message.lm_response.first_chunk::<8>().filter(|_| extended);
        let expected = keys::nt_v1_response(hash, &self.server_challenge, client_challenge);
        let key = keys::v1_key_exchange_key(hash, &self.server_challenge, client_challenge);
        let session_key = exported_session_key(message, flags, &key)?;
        Ok((expected.as_slice().ct_eq(message.nt_response), Choice::from(1), session_key))
    }

    /// Nobody in particular, where that was asked for twice: by the flag and by name. Guests are
    /// never let in.
    fn anonymous(
        &self,
        message: &Authenticate<'_>,
        flags: NegotiateFlags,
    ) -> Result<Proven<'static>> {
        let asked = self.wanted.flags.contains(ContextFlags::NULL_SESSION);
        if !asked || !self.inbound.allow.contains(Allow::ANONYMOUS) {
            return Err(denied(
                "the client is anonymous, which needs NULL_SESSION asked for and ANONYMOUS allowed",
            ));
        }
        // A key that everybody knows ([MS-NLMP] 3.3.2).
        let session_key = exported_session_key(message, flags, &Zeroizing::new([0; 16]))?;
        let sent = UserName::new("", None);
        Ok(Proven { session_key, account: None, sent, pairs: None, has_mic: false })
    }

    fn name(&self, bytes: &[u8], what: &str) -> Result<String> {
        decode_name(bytes, self.flags).ok_or_else(|| {
            Error::new(Status::INVALID_TOKEN, format!("the client's {what} name is not valid text"))
        })
    }

    /// The target information that the client answered to, where it copied it into its blob: a
    /// client that copies one pair copies them all. One who takes the timestamp out on the way, so
    /// that the client makes no MIC, is seen here.
    fn check_target_info(&self, pairs: Option<AvPairs<'_>>) -> Result<()> {
        let Some(pairs) = pairs else { return Ok(()) };
        let sent = AvPairs::parse(Challenge::parse(&self.challenge)?.target_info)?;
        let copied = sent.iter().filter(|(id, value)| pairs.get(*id) == Some(value)).count();
        if copied == 0 || copied == sent.iter().count() {
            return Ok(());
        }
        Err(altered("the client answered to other target information than was sent"))
    }

    /// Channel bindings (EPA). Zeros, or no pair at all, are a client without any.
    fn check_bindings(
        &self,
        pairs: Option<AvPairs<'_>>,
        own: Option<&ChannelBindings>,
    ) -> Result<BindingsChecked> {
        let policy = self.wanted.binding_policy;
        let (Some(own), true) = (own, policy != ChannelBindingPolicy::Never) else {
            return Ok(BindingsChecked::No);
        };
        let sent = pairs
            .and_then(|pairs| pairs.get(AvId::CHANNEL_BINDINGS))
            .filter(|hash| hash.iter().any(|byte| *byte != 0));
        match sent {
            Some(hash) if bool::from(own.hash().as_slice().ct_eq(hash)) => {
                Ok(BindingsChecked::Verified)
            }
            Some(_) => Err(Error::new(
                Status::BAD_BINDINGS,
                "the client's channel bindings are of another channel: it speaks TLS with somebody \
                 in between, or the two sides hash different certificates",
            )),
            None if policy == ChannelBindingPolicy::Always => Err(Error::new(
                Status::BAD_BINDINGS,
                "channel bindings are required and the client sent none",
            )),
            None => Ok(BindingsChecked::No),
        }
    }

    /// The name of the target that the client meant, and whether it is one of this server's.
    fn check_target(&self, pairs: Option<AvPairs<'_>>) -> Result<Option<String>> {
        let name = pairs.and_then(|pairs| pairs.get(AvId::TARGET_NAME));
        let target = name.and_then(utf16::decode).filter(|name| !name.is_empty());
        let accepted = &self.wanted.accepted_targets;
        if accepted.is_empty() {
            return Ok(target);
        }
        let untrusted = match pairs {
            Some(pairs) => pairs.flags()?.contains(AvFlags::UNTRUSTED_TARGET_NAME),
            None => false,
        };
        match &target {
            Some(name) if untrusted => Err(not_accepted(name)),
            Some(name) => target_is_accepted(accepted, name).map(|()| target),
            None => Err(Error::new(
                Status::WRONG_PRINCIPAL,
                "the client does not say which target it means, and only some are accepted",
            )),
        }
    }
}

/// Whether the account may log on now, and until when.
fn check_account(account: Option<&Account>, now: Time) -> Result<Time> {
    let Some(account) = account else {
        return Ok(Time::FOREVER);
    };
    let state = match account.state() {
        AccountState::Active if account.expiry() <= now => AccountState::Expired,
        state => state,
    };
    if state == AccountState::Active {
        return Ok(account.expiry());
    }
    Err(denied(format!("the account {} {}", account.name(), state.sentence()))
        .with_code(ProtocolCode::NtStatus(state.nt_status())))
}

/// The name the account is known by, and never a domain that only the client claims; the name that
/// was sent where the account has none, because its store has judged that one.
fn known_name(account: Option<&Account>, sent: UserName) -> UserName {
    match account.map(Account::name) {
        Some(name) if !name.user().is_empty() => name.clone(),
        _ => sent,
    }
}

/// The exported session key ([MS-NLMP] 3.2.5.1.2). Without message protection whatever a client may
/// have put in its place means nothing; some exchange a key all the same.
fn exported_session_key(
    message: &Authenticate<'_>,
    flags: NegotiateFlags,
    key_exchange_key: &Key,
) -> Result<Key> {
    if !flags.contains(NegotiateFlags::KEY_EXCHANGE) {
        return Ok(key_exchange_key.clone());
    }
    match message.encrypted_session_key.try_into() {
        Ok(encrypted) => Ok(keys::exchange_session_key(key_exchange_key, encrypted)),
        Err(_) if !flags.intersects(NegotiateFlags::SIGN | NegotiateFlags::SEAL) => {
            Ok(key_exchange_key.clone())
        }
        Err(_) => Err(Error::new(
            Status::INVALID_TOKEN,
            "the client's encrypted session key is missing or not 16 bytes long",
        )),
    }
}

fn altered(what: &str) -> Error {
    Error::new(Status::MESSAGE_ALTERED, format!("the handshake was tampered with: {what}"))
}

fn denied(context: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(Status::LOGON_DENIED, context)
}

#[cfg(test)]
impl Judge {
    /// An acceptor that has sent this very challenge: to judge recorded exchanges.
    pub(super) fn after(
        credential: &super::credential::NtlmCredential,
        request: AcceptRequest<'_>,
        negotiate: &[u8],
        challenge: &[u8],
    ) -> Self {
        let Challenger { inbound, wanted } = credential.challenger(request).unwrap();
        let message = Challenge::parse(challenge).unwrap();
        let flags = message.flags & (KNOWN | NegotiateFlags::TARGET_INFO);
        let (negotiate, challenge) = (negotiate.to_vec(), challenge.to_vec());
        let server_challenge = message.server_challenge;
        Self { inbound, wanted, negotiate, challenge, flags, server_challenge }
    }
}
