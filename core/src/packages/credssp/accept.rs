//! The acceptor ([MS-CSSP] 3.1.5, server).

use super::INFO;
use super::channel::Channel;
use super::credential::Inbound;
use super::initiate::{PROVIDED, check_flags};
use super::inner::{self, Stepped};
use super::keys::{KeyProof, is_proven, public_key};
use super::messages::{TsRequest, read_credentials};
use super::protection::Protected;
use super::versions::Versions;
use super::wire::{Wire, unexpected};
use crate::codec::append;
use crate::context::{BindingsChecked, Facts, Side};
use crate::credentials::{ChannelBindings, Delegated};
use crate::error::{Error, Result};
use crate::flags::ContextFlags;
use crate::kdc::{KdcReply, KdcRequest};
use crate::package::{AcceptRequest, Established, Exchange, Progress, StepInput};
use crate::status::Status;
use std::sync::Arc;

/// A handshake of the acceptor's.
pub(super) struct Accepting {
    inbound: Arc<Inbound>,
    wire: Wire,
    stage: Stage,
    /// Records that came with the one that a KDC was asked for, or behind the end.
    unread: Vec<u8>,
}

enum Stage {
    /// TLS is on its way, or the authentication inside it.
    Authenticating(Box<dyn Exchange>),
    /// So is a question to a KDC, and the client's request that it came from waits.
    AskingKdc(Box<dyn Exchange>, Vec<u8>),
    /// The client has to say which key it saw.
    AwaitingProof(Box<dyn Established>),
    /// The client has to delegate, be it nothing.
    AwaitingCredentials(Box<dyn Established>),
    Standing(Box<dyn Established>, Delegated),
    /// In the middle of a step.
    Working,
}

impl Accepting {
    pub(super) fn new(inbound: Arc<Inbound>, request: AcceptRequest<'_>) -> Result<Self> {
        check_flags(request.flags)?;
        let channel = Channel::server(&inbound.tls)?;
        let inner = inbound.inner.accept(AcceptRequest {
            flags: inner::ASKED | request.flags & ContextFlags::ALLOW_MISSING_BINDINGS,
            ..request
        })?;
        Ok(Self {
            wire: Wire::new(channel, Versions::new(inbound.allow)),
            stage: Stage::Authenticating(inner),
            unread: Vec::new(),
            inbound,
        })
    }
}

#[cfg(feature = "testing")]
impl Accepting {
    /// Puts something in the place of TLS.
    pub(super) fn strip_tls(&mut self, bare: super::without_tls::Bare) {
        self.wire.channel.bare = Some(bare);
    }
}

impl Exchange for Accepting {
    fn step(mut self: Box<Self>, input: StepInput<'_>) -> Result<Progress> {
        let StepInput { token, bindings, kdc_reply, .. } = input;
        let unread = std::mem::take(&mut self.unread);
        let outcome = match std::mem::replace(&mut self.stage, Stage::Working) {
            Stage::AskingKdc(exchange, waiting) => {
                self.resume(exchange, &waiting, &unread, bindings, kdc_reply)
            }
            stage => {
                self.stage = stage;
                match Wire::missing(token).map_err(|error| self.wire.refuse(error))? {
                    0 => self.go_through(token, bindings),
                    missing => return Ok(Progress::Incomplete { missing, next: self }),
                }
            }
        };
        if let Some(request) = outcome.map_err(|error| self.wire.refuse(error))? {
            return Ok(Progress::AskKdc { request, next: self });
        }
        let token = self.wire.channel.output()?;
        match std::mem::replace(&mut self.stage, Stage::Working) {
            Stage::Standing(inner, delegated) => {
                let extra = self.unread.len();
                let context = self.finish(&*inner, delegated);
                let token = Some(token).filter(|token| !token.is_empty());
                Ok(Progress::Done { token, extra, context })
            }
            stage => {
                self.stage = stage;
                Ok(Progress::Continue { token, next: self })
            }
        }
    }
}

impl Accepting {
    /// Goes on with a KDC's reply, and then with what had come besides.
    fn resume(
        &mut self,
        exchange: Box<dyn Exchange>,
        waiting: &[u8],
        unread: &[u8],
        bindings: Option<&ChannelBindings>,
        kdc_reply: Option<KdcReply>,
    ) -> Result<Option<KdcRequest>> {
        let request = TsRequest::read(waiting)?;
        let asked = self.authenticate(exchange, &[], &request, waiting, bindings, kdc_reply)?;
        if asked.is_some() {
            append(&mut self.unread, unread)?;
            return Ok(asked);
        }
        self.go_through(unread, bindings)
    }

    /// Takes the records one after the other until the end of the handshake, or until a KDC has to be
    /// asked. What is behind that is left in `unread`.
    fn go_through(
        &mut self,
        mut input: &[u8],
        bindings: Option<&ChannelBindings>,
    ) -> Result<Option<KdcRequest>> {
        while !input.is_empty() {
            let (record, rest) = Wire::first(input)?;
            self.wire.feed(record)?;
            input = rest;
            while let Some(bytes) = self.wire.next_request()? {
                let asked = self.receive(&bytes, bindings)?;
                if asked.is_some() {
                    append(&mut self.unread, input)?;
                    return Ok(asked);
                }
            }
            if matches!(self.stage, Stage::Standing(..)) {
                append(&mut self.unread, input)?;
                return Ok(None);
            }
            self.wire.check_open()?;
        }
        Ok(None)
    }

    fn receive(
        &mut self,
        bytes: &[u8],
        bindings: Option<&ChannelBindings>,
    ) -> Result<Option<KdcRequest>> {
        let request = TsRequest::read(bytes)?;
        self.wire.versions.check(request.version)?;
        if request.error_code.is_some() {
            return Err(unexpected("a client has no errorCode to send"));
        }
        let stage = std::mem::replace(&mut self.stage, Stage::Working);
        let is_last = matches!(stage, Stage::AwaitingCredentials(_));
        if is_last != request.auth_info.is_some() {
            return Err(unexpected(if is_last {
                "the client does not say what it delegates"
            } else {
                "the client delegates before both keys are proven"
            }));
        }
        match stage {
            Stage::Authenticating(exchange) => {
                let token = request
                    .nego_token
                    .ok_or_else(|| unexpected("the client does not authenticate"))?;
                self.authenticate(exchange, token, &request, bytes, bindings, None)
            }
            Stage::AwaitingProof(context) => {
                if request.nego_token.is_some_and(|token| !token.is_empty()) {
                    return Err(unexpected("the client goes on authenticating after the end"));
                }
                self.prove(context, None, &request)?;
                Ok(None)
            }
            Stage::AwaitingCredentials(mut context) => {
                if request.pub_key_auth.is_some() || request.nego_token.is_some() {
                    return Err(unexpected("the client begins anew"));
                }
                let encrypted = request.auth_info.unwrap_or_default();
                let credentials = inner::decrypt(&mut *context, encrypted)?;
                let delegated = read_credentials(&credentials)?;
                self.wire.finish()?;
                self.stage = Stage::Standing(context, delegated);
                Ok(None)
            }
            _ => Err(unexpected("the client speaks out of turn")),
        }
    }

    /// A step of the authentication inside. The client's proof may come with its last token.
    fn authenticate(
        &mut self,
        exchange: Box<dyn Exchange>,
        token: &[u8],
        request: &TsRequest<'_>,
        bytes: &[u8],
        bindings: Option<&ChannelBindings>,
        kdc_reply: Option<KdcReply>,
    ) -> Result<Option<KdcRequest>> {
        let input = StepInput { token, bindings, kdc_reply, parameters: None };
        match inner::step(exchange, input)? {
            Stepped::AskKdc(asked, next) => {
                self.stage = Stage::AskingKdc(next, bytes.to_vec());
                return Ok(Some(asked));
            }
            Stepped::Token(token, next) => {
                if request.pub_key_auth.is_some() {
                    return Err(unexpected("the client's proof comes before it is authenticated"));
                }
                let nego_token = Some(token.as_slice());
                self.wire.send(TsRequest { nego_token, ..TsRequest::default() })?;
                self.stage = Stage::Authenticating(next);
            }
            Stepped::Done(token, context) if request.pub_key_auth.is_some() => {
                self.prove(context, token.as_deref(), request)?;
            }
            Stepped::Done(token, context) => {
                // Without a token of its own the answer says nothing, and the client goes on.
                if let Some(token) = &token {
                    let nego_token = Some(token.as_slice());
                    self.wire.send(TsRequest { nego_token, ..TsRequest::default() })?;
                }
                self.stage = Stage::AwaitingProof(context);
            }
        }
        Ok(None)
    }

    /// Checks that the client saw this server's key, and proves it.
    fn prove(
        &mut self,
        mut context: Box<dyn Established>,
        token: Option<&[u8]>,
        request: &TsRequest<'_>,
    ) -> Result<()> {
        let proof = match (self.wire.versions.is_hashed(), request.client_nonce) {
            (true, Some(nonce)) => KeyProof::Hashed(*nonce),
            (false, None) => KeyProof::Plain,
            (true, None) => return Err(unexpected("the client's proof has no nonce")),
            (false, Some(_)) => {
                return Err(unexpected("the client's version has no nonce, and it sends one"));
            }
        };
        let encrypted =
            request.pub_key_auth.ok_or_else(|| unexpected("the client does not prove a key"))?;
        let own = self.inbound.certificate.chain.first().map(Vec::as_slice).unwrap_or_default();
        let key = public_key(own)?;
        let claimed = inner::decrypt(&mut *context, encrypted)?;
        if !is_proven(&claimed, &proof.of_client(key)) {
            return Err(Error::new(
                Status::BAD_BINDINGS,
                "the client saw another key than this server's: somebody stands in between",
            ));
        }
        let answer = inner::encrypt(&mut *context, &proof.of_server(key))?;
        let pub_key_auth = Some(answer.as_slice());
        self.wire.send(TsRequest { nego_token: token, pub_key_auth, ..TsRequest::default() })?;
        self.stage = Stage::AwaitingCredentials(context);
        Ok(())
    }

    fn finish(
        self: Box<Self>,
        inner: &dyn Established,
        delegated: Delegated,
    ) -> Box<dyn Established> {
        let Self { inbound, wire, .. } = *self;
        let mut facts = Facts::new(INFO.clone(), Side::Acceptor, inbound.surroundings.now());
        let of_inner = inner.facts();
        facts.client = of_inner.client.clone();
        facts.server.clone_from(&of_inner.server);
        facts.workstation.clone_from(&of_inner.workstation);
        facts.target.clone_from(&of_inner.target);
        facts.negotiation.clone_from(&of_inner.negotiation);
        facts.expiry = of_inner.expiry;
        facts.flags = PROVIDED;
        facts.flags.set(ContextFlags::DELEGATE, delegated != Delegated::Nothing);
        let local = inbound.certificate.chain.clone();
        // That the client saw this very key is what it proved.
        facts.bindings = local.first().and_then(|own| ChannelBindings::of_certificate(own).ok());
        if facts.bindings.is_some() {
            facts.bindings_checked = BindingsChecked::Verified;
        }
        let remote = wire.channel.peer_certificates();
        let package = inner::package(inner);
        Box::new(Protected::new(wire, facts, package, remote, local, Some(delegated)))
    }
}
