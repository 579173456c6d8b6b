//! The initiator ([MS-NLMP] 3.1.5).

use super::INFO;
use super::credential::{Outbound, Proof, encode_name};
use super::flags::{check_strength, context_flags};
use super::keys::Key;
use super::messages::{
    AuthenticateWriter, AvFlags, AvId, AvPairs, Challenge, NegotiateFlags, decode_name,
    write_av_pair, write_negotiate,
};
use super::protection::{NtlmContext, SIZES};
use super::responses::{Blob, Responses};
use crate::codec::utf16;
use crate::context::{BindingsChecked, Facts, Side};
use crate::credentials::{Allow, ChannelBindingPolicy, ChannelBindings, Secret};
use crate::error::{Error, Result};
use crate::flags::ContextFlags;
use crate::package::{Exchange, InitiateRequest, Progress, StepInput};
use crate::packages::checks::{bindings_are_given, no_bindings};
use crate::status::Status;
use crate::time::Time;
use std::sync::Arc;
use zeroize::Zeroizing;

/// What is wanted of the context, kept from the first step to the last.
struct Wanted {
    flags: ContextFlags,
    target: Option<Arc<str>>,
    /// The target in UTF-16LE.
    target_name: Vec<u8>,
    binding_policy: ChannelBindingPolicy,
}

/// Before the NEGOTIATE_MESSAGE.
pub(super) struct Opener {
    outbound: Arc<Outbound>,
    wanted: Wanted,
}

impl Opener {
    pub(super) fn new(outbound: Arc<Outbound>, request: InitiateRequest<'_>) -> Result<Self> {
        let wanted = Wanted {
            flags: request.flags,
            target: request.target.map(Arc::from),
            target_name: encode_name(request.target.unwrap_or_default(), "target")?,
            binding_policy: request.binding_policy,
        };
        Ok(Self { outbound, wanted })
    }

    /// The flags to ask for ([MS-NLMP] 3.1.5.1.1).
    fn offer(&self) -> NegotiateFlags {
        let wanted = self.wanted.flags;
        let mut offer = NegotiateFlags::UNICODE
            | NegotiateFlags::OEM
            | NegotiateFlags::REQUEST_TARGET
            | NegotiateFlags::NTLM
            | NegotiateFlags::ALWAYS_SIGN
            | NegotiateFlags::EXTENDED_SESSION_SECURITY
            | NegotiateFlags::VERSION
            | NegotiateFlags::KEY_128
            | NegotiateFlags::KEY_56;
        let protects = wanted.intersects(ContextFlags::PROTECTION);
        offer.set(NegotiateFlags::SIGN | NegotiateFlags::KEY_EXCHANGE, protects);
        offer.set(NegotiateFlags::SEAL, wanted.contains(ContextFlags::CONFIDENTIALITY));
        offer.set(NegotiateFlags::IDENTIFY, wanted.contains(ContextFlags::IDENTIFY));
        offer.set(NegotiateFlags::DATAGRAM, wanted.contains(ContextFlags::DATAGRAM));
        offer
    }
}

impl Exchange for Opener {
    fn step(self: Box<Self>, input: StepInput<'_>) -> Result<Progress> {
        let offered = self.offer();
        let Self { outbound, wanted } = *self;
        bindings_are_given(wanted.binding_policy, input.bindings)?;
        // Without a connection the server speaks first ([MS-NLMP] 3.1.5.2).
        let datagram = offered.contains(NegotiateFlags::DATAGRAM);
        let negotiate = if datagram { Vec::new() } else { write_negotiate(offered) };
        let token = negotiate.clone();
        let responder = Box::new(Responder { outbound, wanted, offered, negotiate });
        if datagram && !input.token.is_empty() {
            return responder.step(input);
        }
        if !input.token.is_empty() {
            return Err(Error::new(
                Status::INVALID_TOKEN,
                "an NTLM initiator speaks first and was given a token of the peer's",
            ));
        }
        Ok(Progress::Continue { token, next: responder })
    }
}

/// Between the NEGOTIATE_MESSAGE and the CHALLENGE_MESSAGE.
struct Responder {
    outbound: Arc<Outbound>,
    wanted: Wanted,
    offered: NegotiateFlags,
    negotiate: Vec<u8>,
}

impl Exchange for Responder {
    fn step(self: Box<Self>, input: StepInput<'_>) -> Result<Progress> {
        let challenge = Challenge::parse(input.token)?;
        let flags = self.negotiated(challenge.flags)?;
        let pairs = AvPairs::parse(challenge.target_info)?;
        let now = self.outbound.surroundings.now();

        // One draw for everything random: the client challenge and the session key.
        let mut random = Zeroizing::new([0; 24]);
        self.outbound.surroundings.fill(&mut *random)?;
        let (client_challenge, session_key) = random.split_at(8);
        let client_challenge = client_challenge.try_into().unwrap_or_default();
        // The exported session key, where one is exchanged ([MS-NLMP] 3.1.5.1.2).
        let exchanged: Option<Key> = flags
            .contains(NegotiateFlags::KEY_EXCHANGE)
            .then(|| Zeroizing::new(session_key.try_into().unwrap_or_default()));

        let responses = match &self.outbound.proof {
            Proof::Anonymous => Responses::anonymous(),
            Proof::Keys { nt_hash, .. } if self.outbound.allow.contains(Allow::NTLM_V1) => {
                Responses::v1(nt_hash, &challenge, client_challenge, flags)
            }
            Proof::Keys { response_key, .. } => {
                let blob = self.blob(&challenge, pairs, client_challenge, now, input.bindings)?;
                Responses::v2(response_key, &challenge, blob)
            }
        };
        if self.wanted.binding_policy == ChannelBindingPolicy::Always
            && responses.bindings != BindingsChecked::Sent
        {
            return Err(no_bindings("the server's challenge leaves no room for them"));
        }
        let (mut token, nt_response_at) =
            self.authenticate(flags, &responses, exchanged.is_some())?;
        let messages = [&*self.negotiate, input.token];
        let session_key = responses.complete(&mut token, nt_response_at, exchanged, messages);
        let (bindings_checked, has_mic) = (responses.bindings, responses.has_mic());

        let facts = self.facts(flags, pairs, now, input.bindings, bindings_checked, &session_key);
        let context = Box::new(NtlmContext::new(facts, flags, has_mic));
        Ok(Progress::Done { token: Some(token), extra: 0, context })
    }
}

impl Responder {
    /// What both sides want, if it is good enough to go on with.
    fn negotiated(&self, challenge: NegotiateFlags) -> Result<NegotiateFlags> {
        let mut flags = self.offered & challenge;
        if flags.contains(NegotiateFlags::UNICODE) {
            flags.remove(NegotiateFlags::OEM);
        } else if !flags.contains(NegotiateFlags::OEM) {
            return Err(Error::new(
                Status::INVALID_TOKEN,
                "the server's challenge names no character set",
            ));
        }
        // A key is exchanged only to protect with it ([MS-NLMP] 3.1.5.1.2).
        if !flags.intersects(NegotiateFlags::SIGN | NegotiateFlags::SEAL) {
            flags.remove(NegotiateFlags::KEY_EXCHANGE);
        }
        flags |= challenge & NegotiateFlags::TARGET_INFO;
        check_strength(flags, self.outbound.allow)?;
        if matches!(self.outbound.proof, Proof::Anonymous) {
            flags |= NegotiateFlags::ANONYMOUS;
        }
        Ok(flags)
    }

    /// The NTLMv2_CLIENT_CHALLENGE with the server's AV pairs and what the client adds to them
    /// ([MS-NLMP] 2.2.2.7, 3.1.5.1.2), behind room for the proof.
    fn blob(
        &self,
        challenge: &Challenge<'_>,
        pairs: AvPairs<'_>,
        client_challenge: [u8; 8],
        now: Time,
        bindings: Option<&ChannelBindings>,
    ) -> Result<Blob> {
        let timestamp = pairs.timestamp()?;
        let names = self.wanted.target_name.len();
        let mut bytes = Vec::with_capacity(pairs.bytes().len().saturating_add(names + 160));
        bytes.extend_from_slice(&[0; 16]);
        bytes.extend_from_slice(&[1, 1, 0, 0, 0, 0, 0, 0]);
        bytes.extend_from_slice(&timestamp.unwrap_or(now.filetime()).to_le_bytes());
        bytes.extend_from_slice(&client_challenge);
        bytes.extend_from_slice(&[0; 4]);
        let has_timestamp = timestamp.is_some();
        let mut blob = Blob { bytes, client_challenge, has_timestamp, has_bindings: false };
        if challenge.target_info.is_empty() {
            blob.bytes.extend_from_slice(&[0; 8]);
            return Ok(blob);
        }
        let out = &mut blob.bytes;
        // These are the client's to say; a server has no business sending them.
        let own = [AvId::FLAGS, AvId::SINGLE_HOST, AvId::TARGET_NAME, AvId::CHANNEL_BINDINGS];
        for (id, value) in pairs.iter().filter(|(id, _)| !own.contains(id)) {
            write_av_pair(out, id, value);
        }
        let mut av_flags = AvFlags::empty();
        av_flags.set(AvFlags::MIC, blob.has_timestamp);
        av_flags.set(
            AvFlags::UNTRUSTED_TARGET_NAME,
            self.wanted.flags.contains(ContextFlags::UNVERIFIED_TARGET_NAME),
        );
        if !av_flags.is_empty() {
            write_av_pair(out, AvId::FLAGS, &av_flags.bits().to_le_bytes());
        }
        write_av_pair(out, AvId::SINGLE_HOST, &self.single_host()?);
        // No bindings are said with zeros, so that a server can tell "none" from "does not know".
        let sent = bindings.filter(|_| self.wanted.binding_policy != ChannelBindingPolicy::Never);
        let hash = sent.map_or([0; 16], ChannelBindings::hash);
        blob.has_bindings = sent.is_some();
        write_av_pair(out, AvId::CHANNEL_BINDINGS, &hash);
        write_av_pair(out, AvId::TARGET_NAME, &self.wanted.target_name);
        write_av_pair(out, AvId::END, &[]);
        out.extend_from_slice(&[0; 4]);
        Ok(blob)
    }

    /// Single_Host_Data ([MS-NLMP] 2.2.2.2): a size, no custom data, and the machine identifier.
    fn single_host(&self) -> Result<[u8; 48]> {
        let mut data = [0; 48];
        let (size, rest) = data.split_at_mut(4);
        size.copy_from_slice(&48_u32.to_le_bytes());
        let (_, machine_id) = rest.split_at_mut(12);
        machine_id.copy_from_slice(self.outbound.surroundings.machine_id()?);
        Ok(data)
    }

    /// The AUTHENTICATE_MESSAGE as far as it is known before the proof, and where its NT response
    /// begins.
    fn authenticate(
        &self,
        flags: NegotiateFlags,
        responses: &Responses<'_>,
        exchanges_key: bool,
    ) -> Result<(Vec<u8>, usize)> {
        let outbound = &*self.outbound;
        let oem;
        let (domain, user, workstation) = if flags.contains(NegotiateFlags::UNICODE) {
            (&*outbound.domain, &*outbound.user, &*outbound.workstation)
        } else {
            oem = [&outbound.domain, &outbound.user, &outbound.workstation]
                .map(|name| oem_name(name));
            let [domain, user, workstation] = &oem;
            match (domain, user, workstation) {
                (Some(domain), Some(user), Some(workstation)) => {
                    (&**domain, &**user, &**workstation)
                }
                _ => {
                    return Err(Error::new(
                        Status::UNSUPPORTED_FUNCTION,
                        "the server has no Unicode and the user's name is not ASCII",
                    ));
                }
            }
        };
        let message = AuthenticateWriter {
            flags,
            lm_response: responses.lm(),
            nt_response: &responses.nt,
            domain,
            user,
            workstation,
            encrypted_session_key: if exchanges_key { &[0; 16] } else { &[] },
        };
        Ok((message.write(), message.nt_response_at()))
    }

    fn facts(
        &self,
        flags: NegotiateFlags,
        pairs: AvPairs<'_>,
        now: Time,
        bindings: Option<&ChannelBindings>,
        bindings_checked: BindingsChecked,
        session_key: &Key,
    ) -> Facts {
        let server = [AvId::DNS_COMPUTER, AvId::NETBIOS_COMPUTER]
            .into_iter()
            .find_map(|id| pairs.get(id))
            .and_then(|name| decode_name(name, NegotiateFlags::UNICODE));
        Facts {
            package: INFO.clone(),
            side: Side::Initiator,
            flags: context_flags(flags, self.wanted.flags),
            start: now,
            expiry: Time::FOREVER,
            client: self.outbound.name.clone(),
            peer: None,
            server: server.map(Arc::from),
            workstation: Some(Arc::clone(&self.outbound.workstation_name)),
            target: self.wanted.target.clone(),
            target_information: pairs.bytes().to_vec(),
            session_key: Secret::new(&**session_key),
            sizes: SIZES,
            stream_sizes: None,
            bindings: bindings.cloned(),
            bindings_checked,
            negotiation: None,
        }
    }
}

fn oem_name(unicode: &[u8]) -> Option<Vec<u8>> {
    utf16::decode(unicode).filter(|name| name.is_ascii()).map(String::into_bytes)
}
