//! The initiator ([MS-CSSP] 3.1.5, client).

use super::INFO;
use super::certificate::chain_of;
use super::channel::Channel;
use super::credential::{Outbound, outbound_of};
use super::inner::{self, Stepped};
use super::keys::{KeyProof, is_proven, public_key};
use super::look_ahead::Issuers;
use super::messages::{NONCE_LENGTH, TsRequest, read_credentials, write_credentials};
use super::protection::Protected;
use super::refusal;
use super::settings::server_name;
use super::versions::Versions;
use super::wire::{Wire, unexpected};
use crate::codec::append;
use crate::context::{Attribute, AttributeValue, BindingsChecked, Facts, Side};
use crate::credentials::{ChannelBindingPolicy, ChannelBindings, Delegated};
use crate::error::{Error, Result};
use crate::flags::ContextFlags;
use crate::kdc::{KdcReply, KdcRequest};
use crate::package::{
    Established, Exchange, InitiateRequest, PackageCredential, Progress, StepInput,
};
use crate::packages::checks::with_certificates::flags_are_known;
use crate::status::Status;
use std::sync::Arc;

/// What this package has no use for, and must not seem to heed.
const UNSUPPORTED: ContextFlags = ContextFlags::DATAGRAM
    .union(ContextFlags::DCE_STYLE)
    .union(ContextFlags::USE_SESSION_KEY)
    .union(ContextFlags::IDENTIFY)
    .union(ContextFlags::NULL_SESSION)
    .union(ContextFlags::NO_INTEGRITY)
    .union(ContextFlags::CONFIDENTIALITY_ONLY);

/// What must be asked for.
const MANDATORY: ContextFlags = ContextFlags::STREAM;

/// What every context has, on both sides.
pub(super) const PROVIDED: ContextFlags = ContextFlags::PROTECTION
    .union(ContextFlags::MUTUAL_AUTH)
    .union(ContextFlags::CONNECTION)
    .union(ContextFlags::STREAM)
    .union(ContextFlags::EXTENDED_ERROR);

/// Refuses what cannot be had, and what is asked for without the mandatory flags.
pub(super) fn check_flags(flags: ContextFlags) -> Result<()> {
    flags_are_known("CredSSP", flags, UNSUPPORTED)?;
    if !flags.contains(MANDATORY) {
        return Err(Error::new(
            Status::UNSUPPORTED_FUNCTION,
            "CredSSP protects a stream: STREAM must be among the flags",
        ));
    }
    Ok(())
}

/// A handshake of the initiator's.
pub(super) struct Initiating {
    outbound: Arc<Outbound>,
    target: String,
    flags: ContextFlags,
    delegated: Option<Delegated>,
    wire: Wire,
    stage: Stage,
    /// Records that came with the one that a KDC was asked for, or that asks for a certificate.
    unread: Vec<u8>,
    can_ask_kdc: bool,
    binding_policy: ChannelBindingPolicy,
    /// The server's question for a certificate, until the next step answers it.
    asked: Option<Asked>,
}

/// The server asks for a certificate, and there is none.
struct Asked {
    /// The authorities it names.
    issuers: Issuers,
    /// What came in with the question, which may come again with the answer.
    input: Vec<u8>,
}

enum Stage {
    /// Nothing was sent yet.
    New(Box<dyn Exchange>),
    /// TLS is on its way.
    Connecting(Box<dyn Exchange>),
    /// The authentication inside TLS is.
    Authenticating(Box<dyn Exchange>),
    /// So is a question to a KDC.
    AskingKdc(Box<dyn Exchange>),
    /// The server has to prove its key.
    AwaitingProof(Box<dyn Established>, KeyProof),
    /// All is said.
    Standing(Box<dyn Established>),
    /// In the middle of a step.
    Working,
}

impl Initiating {
    pub(super) fn new(outbound: Arc<Outbound>, request: InitiateRequest<'_>) -> Result<Self> {
        check_flags(request.flags)?;
        let target = request.target.ok_or_else(|| {
            Error::new(
                Status::TARGET_UNKNOWN,
                "CredSSP needs the target's name, such as TERMSRV/host: whom to delegate to is \
                 decided by it",
            )
        })?;
        let has_certificate = outbound.certificate.is_some();
        let channel = Channel::client(&outbound.tls, server_name(target)?, has_certificate)?;
        let binding_policy = request.binding_policy;
        let can_ask_kdc = request.can_ask_kdc;
        let inner = authentication(&outbound, target, binding_policy, can_ask_kdc)?;
        Ok(Self {
            target: target.to_owned(),
            flags: request.flags,
            delegated: outbound.delegated.clone(),
            wire: Wire::new(channel, Versions::new(outbound.allow)),
            stage: Stage::New(inner),
            unread: Vec::new(),
            binding_policy,
            can_ask_kdc,
            asked: None,
            outbound,
        })
    }
}

/// The authentication inside, at its beginning.
fn authentication(
    outbound: &Outbound,
    target: &str,
    binding_policy: ChannelBindingPolicy,
    can_ask_kdc: bool,
) -> Result<Box<dyn Exchange>> {
    outbound.inner.initiate(InitiateRequest {
        target: Some(target),
        flags: inner::ASKED,
        required: ContextFlags::empty(),
        binding_policy,
        can_ask_kdc,
    })
}

#[cfg(feature = "testing")]
impl Initiating {
    /// Puts something in the place of TLS.
    pub(super) fn strip_tls(&mut self, bare: super::without_tls::Bare) {
        self.wire.channel.bare = Some(bare);
    }
}

impl Exchange for Initiating {
    fn step(mut self: Box<Self>, input: StepInput<'_>) -> Result<Progress> {
        // Nobody is told of an error before there is a connection.
        let stopped = match std::mem::replace(&mut self.stage, Stage::Working) {
            Stage::New(exchange) => self.begin(exchange, &input)?,
            stage => {
                self.stage = stage;
                self.take(input).map_err(|error| self.wire.hang_up(error))?
            }
        };
        match stopped {
            Stop::Missing(missing) => return Ok(Progress::Incomplete { missing, next: self }),
            Stop::Kdc(request) => return Ok(Progress::AskKdc { request, next: self }),
            Stop::Certificate => return Ok(Progress::NeedCredentials { next: self }),
            Stop::End => {}
        }
        let token = self.wire.channel.output()?;
        match std::mem::replace(&mut self.stage, Stage::Working) {
            Stage::Standing(inner) => {
                let extra = self.unread.len();
                let context = self.finish(&*inner);
                Ok(Progress::Done { token: Some(token), extra, context })
            }
            stage => {
                self.stage = stage;
                Ok(Progress::Continue { token, next: self })
            }
        }
    }

    /// Everything is the new credentials' from here on, but for TLS: its connection goes on.
    fn renew(&mut self, credential: &dyn PackageCredential) -> Result<()> {
        let outbound = outbound_of(credential)?;
        if Arc::ptr_eq(outbound, &self.outbound) {
            return Ok(());
        }
        if outbound.roots != self.outbound.roots {
            return Err(Error::new(
                Status::INVALID_PARAMETER,
                "the server is judged by the roots of the first credentials: give the new ones the \
                 same",
            ));
        }
        let inner = authentication(outbound, &self.target, self.binding_policy, self.can_ask_kdc)?;
        self.stage = Stage::Connecting(inner);
        if !self.flags.contains(ContextFlags::USE_SUPPLIED_CREDENTIALS) {
            self.delegated.clone_from(&outbound.delegated);
        }
        self.wire.versions = Versions::new(outbound.allow);
        self.wire.channel.present(outbound.certificate.clone());
        self.outbound = Arc::clone(outbound);
        Ok(())
    }

    fn attribute(&self, attribute: Attribute) -> Option<AttributeValue> {
        let asked = self.asked.as_ref().filter(|_| attribute == Attribute::ISSUER_LIST_EX)?;
        Some(AttributeValue::Issuers(asked.issuers.clone()))
    }
}

/// Why a step stops reading.
enum Stop {
    /// All was read, or all of the handshake.
    End,
    /// The last record lacks so many bytes.
    Missing(usize),
    Kdc(KdcRequest),
    /// The server asks for a certificate.
    Certificate,
}

impl Initiating {
    /// The PKG_PARAMS buffer of the first call: what is to be delegated, in place of what the
    /// credentials have.
    fn take_parameters(&mut self, parameters: Option<&[u8]>) -> Result<()> {
        if !self.flags.contains(ContextFlags::USE_SUPPLIED_CREDENTIALS) {
            return Ok(());
        }
        let parameters = parameters.ok_or_else(|| {
            Error::new(
                Status::NO_CREDENTIALS,
                "USE_SUPPLIED_CREDS asks for credentials in a PKG_PARAMS buffer of the first call, \
                 and there is none",
            )
        })?;
        self.delegated = Some(read_credentials(parameters)?);
        Ok(())
    }

    fn begin(&mut self, exchange: Box<dyn Exchange>, input: &StepInput<'_>) -> Result<Stop> {
        if !input.token.is_empty() {
            return Err(unexpected("the server spoke first"));
        }
        self.take_parameters(input.parameters)?;
        self.stage = Stage::Connecting(exchange);
        Ok(Stop::End)
    }

    fn take(&mut self, input: StepInput<'_>) -> Result<Stop> {
        let StepInput { token, bindings, kdc_reply, .. } = input;
        let unread = std::mem::take(&mut self.unread);
        match std::mem::replace(&mut self.stage, Stage::Working) {
            Stage::AskingKdc(exchange) => {
                if let Some(request) = self.authenticate(exchange, &[], bindings, kdc_reply)? {
                    self.unread = unread;
                    return Ok(Stop::Kdc(request));
                }
                self.go_through(&unread, false, bindings)
            }
            stage => {
                self.stage = stage;
                let asked = self.asked.take();
                let Some(asked) = asked else {
                    return match Wire::missing(token)? {
                        0 => self.go_through(token, false, bindings),
                        missing => Ok(Stop::Missing(missing)),
                    };
                };
                // What came with the question may come with the answer once more, or not.
                let more = token.strip_prefix(asked.input.as_slice()).unwrap_or(token);
                let mut input = Vec::new();
                append(&mut input, &unread)?;
                append(&mut input, more)?;
                match Wire::missing(&input)? {
                    0 => self.go_through(&input, true, bindings),
                    missing => {
                        (self.asked, self.unread) = (Some(asked), unread);
                        Ok(Stop::Missing(missing))
                    }
                }
            }
        }
    }

    /// Takes the records one after the other until the end of the handshake, or until somebody has to be
    /// asked. What is behind that is left in `unread`.
    fn go_through(
        &mut self,
        input: &[u8],
        mut is_answered: bool,
        bindings: Option<&ChannelBindings>,
    ) -> Result<Stop> {
        let mut rest = input;
        while !rest.is_empty() {
            let (record, behind) = Wire::first(rest)?;
            if !std::mem::take(&mut is_answered)
                && let Some(issuers) = self.wire.channel.asks_certificate(record)
            {
                append(&mut self.unread, rest)?;
                let mut asked = Asked { issuers, input: Vec::new() };
                append(&mut asked.input, input)?;
                self.asked = Some(asked);
                return Ok(Stop::Certificate);
            }
            self.wire.feed(record)?;
            rest = behind;
            if let Some(request) = self.advance(bindings)? {
                append(&mut self.unread, rest)?;
                return Ok(Stop::Kdc(request));
            }
            if matches!(self.stage, Stage::Standing(_)) {
                append(&mut self.unread, rest)?;
                return Ok(Stop::End);
            }
            self.wire.check_open()?;
        }
        Ok(Stop::End)
    }

    /// Goes on with what has arrived.
    fn advance(&mut self, bindings: Option<&ChannelBindings>) -> Result<Option<KdcRequest>> {
        match std::mem::replace(&mut self.stage, Stage::Working) {
            Stage::Connecting(exchange) if !self.wire.channel.is_handshaking() => {
                if let Some(request) = self.authenticate(exchange, &[], bindings, None)? {
                    return Ok(Some(request));
                }
            }
            stage => self.stage = stage,
        }
        if matches!(self.stage, Stage::Connecting(_)) {
            return Ok(None);
        }
        while let Some(bytes) = self.wire.next_request()? {
            let request = TsRequest::read(&bytes)?;
            if let Some(request) = self.receive(request, bindings)? {
                return Ok(Some(request));
            }
        }
        Ok(None)
    }

    fn receive(
        &mut self,
        request: TsRequest<'_>,
        bindings: Option<&ChannelBindings>,
    ) -> Result<Option<KdcRequest>> {
        // A refusal says why, whatever the version it comes with.
        if let Some(code) = request.error_code {
            return Err(refusal::error_of(code));
        }
        self.wire.versions.check(request.version)?;
        // A nonce of the server's, which FreeRDP's has, means nothing: the proof is over this side's.
        if request.auth_info.is_some() {
            return Err(unexpected("the server sends what only a client has"));
        }
        match std::mem::replace(&mut self.stage, Stage::Working) {
            Stage::Authenticating(exchange) => {
                if request.pub_key_auth.is_some() {
                    return Err(unexpected("the server proves its key before it was asked to"));
                }
                let token = request
                    .nego_token
                    .ok_or_else(|| unexpected("the server's answer has no token"))?;
                self.authenticate(exchange, token, bindings, None)
            }
            Stage::AwaitingProof(context, proof) => {
                if request.nego_token.is_some_and(|token| !token.is_empty()) {
                    return Err(unexpected("the server goes on authenticating after the end"));
                }
                let answer = request
                    .pub_key_auth
                    .ok_or_else(|| unexpected("the server does not prove its key"))?;
                self.delegate(context, &proof, answer)?;
                Ok(None)
            }
            _ => Err(unexpected("the server speaks out of turn")),
        }
    }

    /// A step of the authentication inside.
    fn authenticate(
        &mut self,
        exchange: Box<dyn Exchange>,
        token: &[u8],
        bindings: Option<&ChannelBindings>,
        kdc_reply: Option<KdcReply>,
    ) -> Result<Option<KdcRequest>> {
        let input = StepInput { token, bindings, kdc_reply, parameters: None };
        match inner::step(exchange, input)? {
            Stepped::Token(token, next) => {
                let nego_token = Some(token.as_slice());
                self.wire.send(TsRequest { nego_token, ..TsRequest::default() })?;
                self.stage = Stage::Authenticating(next);
                Ok(None)
            }
            Stepped::AskKdc(request, next) => {
                self.stage = Stage::AskingKdc(next);
                Ok(Some(request))
            }
            Stepped::Done(token, context) => {
                self.prove(context, token.as_deref())?;
                Ok(None)
            }
        }
    }

    /// Says which key the server was seen with, and asks for the same.
    fn prove(&mut self, mut context: Box<dyn Established>, token: Option<&[u8]>) -> Result<()> {
        let proof = if self.wire.versions.is_hashed() {
            let mut nonce = [0; NONCE_LENGTH];
            self.outbound.surroundings.fill(&mut nonce)?;
            KeyProof::Hashed(nonce)
        } else {
            KeyProof::Plain
        };
        let key = public_key(self.wire.channel.peer_certificate()?)?;
        let encrypted = inner::encrypt(&mut *context, &proof.of_client(key))?;
        self.wire.send(TsRequest {
            nego_token: token,
            pub_key_auth: Some(&encrypted),
            client_nonce: proof.nonce(),
            ..TsRequest::default()
        })?;
        self.stage = Stage::AwaitingProof(context, proof);
        Ok(())
    }

    /// Checks the server's proof, and only then delegates.
    fn delegate(
        &mut self,
        mut context: Box<dyn Established>,
        proof: &KeyProof,
        answer: &[u8],
    ) -> Result<()> {
        let not_proven = || {
            Error::new(
                Status::MUTUAL_AUTH_FAILED,
                "the server does not prove the key of its certificate: somebody may stand in \
                 between, and nothing was delegated",
            )
        };
        let key = public_key(self.wire.channel.peer_certificate()?)?;
        let answer = inner::decrypt(&mut *context, answer)
            .map_err(|cause| not_proven().with_source(cause))?;
        if !is_proven(&answer, &proof.of_server(key)) {
            return Err(not_proven());
        }
        self.wire.finish()?;
        let credentials = self.chosen(&*context)?;
        let credentials = write_credentials(&credentials)?;
        let auth_info = Some(inner::encrypt(&mut *context, &credentials)?);
        let auth_info = auth_info.as_deref();
        self.wire.send(TsRequest { auth_info, ..TsRequest::default() })?;
        self.stage = Stage::Standing(context);
        Ok(())
    }

    /// What is delegated: nothing unless it is asked for, and then only where the policy lets it.
    fn chosen(&self, context: &dyn Established) -> Result<Delegated> {
        if !self.flags.contains(ContextFlags::DELEGATE) {
            return Ok(Delegated::Nothing);
        }
        let Outbound { policy, .. } = &*self.outbound;
        // The authentication inside had no server's proof of its own.
        let only_ntlm = !context.facts().flags.contains(ContextFlags::MUTUAL_AUTH);
        if only_ntlm && !policy.allows_ntlm_only(&self.target) {
            return Err(Error::new(
                if policy.allows(&self.target) {
                    Status::POLICY_NLTM_ONLY
                } else {
                    Status::DELEGATION_POLICY
                },
                "only NTLM was possible, and the delegation policy does not list the target for that",
            ));
        }
        if !only_ntlm && !policy.allows(&self.target) {
            return Err(Error::new(
                Status::DELEGATION_POLICY,
                "the delegation policy does not list the target",
            ));
        }
        self.delegated.clone().ok_or_else(|| {
            Error::new(
                Status::NO_CREDENTIALS,
                "there is nothing to delegate: it takes a password or a smart card",
            )
        })
    }

    fn finish(self: Box<Self>, inner: &dyn Established) -> Box<dyn Established> {
        let Self { outbound, target, flags, delegated, wire, .. } = *self;
        let mut facts = Facts::new(INFO.clone(), Side::Initiator, outbound.surroundings.now());
        let of_inner = inner.facts();
        facts.client = of_inner.client.clone();
        facts.server.clone_from(&of_inner.server);
        facts.workstation.clone_from(&of_inner.workstation);
        facts.negotiation.clone_from(&of_inner.negotiation);
        facts.expiry = of_inner.expiry;
        facts.target = Some(target.into());
        facts.flags = PROVIDED;
        // Whoever gave no roots has the certificate to judge.
        facts.flags.set(ContextFlags::MANUAL_CRED_VALIDATION, outbound.roots.is_none());
        let delegates = flags.contains(ContextFlags::DELEGATE)
            && delegated.is_some_and(|delegated| delegated != Delegated::Nothing);
        facts.flags.set(ContextFlags::DELEGATE, delegates);
        let supplied = ContextFlags::USE_SUPPLIED_CREDENTIALS;
        facts.flags.set(supplied, flags.contains(supplied));
        let remote = wire.channel.peer_certificates();
        facts.bindings = remote.first().and_then(|own| ChannelBindings::of_certificate(own).ok());
        if facts.bindings.is_some() {
            facts.bindings_checked = BindingsChecked::Sent;
        }
        let local = outbound.certificate.as_ref().map(|own| chain_of(own));
        let package = inner::package(inner);
        Box::new(Protected::new(wire, facts, package, remote, local.unwrap_or_default(), None))
    }
}
