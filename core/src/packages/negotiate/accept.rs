//! The acceptor (RFC 4178 4.1 and 5, [MS-SPNG] 3.2.5).

use super::credential::{Candidate, Candidates};
use super::initiate::unexpected;
use super::inner::{Inner, Stepped, step_inner};
use super::list_mic::{self, ListMic};
use super::messages::{
    Mechanism, NegState, NegTokenInit, NegTokenResp, NegotiationToken, gss_token, write_init,
};
use super::protection::Negotiated;
use crate::context::Negotiation;
use crate::credentials::{ChannelBindingPolicy, ChannelBindings, PacPolicy};
use crate::error::{Error, Result};
use crate::flags::ContextFlags;
use crate::kdc::KdcReply;
use crate::package::{AcceptRequest, Exchange, Progress, StepInput};
use crate::status::Status;
use std::sync::Arc;

/// What is wanted of the context, kept from the first step to the last.
struct Wanted {
    flags: ContextFlags,
    binding_policy: ChannelBindingPolicy,
    pac_policy: PacPolicy,
    accepted_targets: Vec<String>,
}

impl Wanted {
    fn start(&self, candidate: &Candidate) -> Result<Box<dyn Exchange>> {
        candidate.credential.accept(AcceptRequest {
            flags: self.flags,
            binding_policy: self.binding_policy,
            pac_policy: self.pac_policy,
            accepted_targets: &self.accepted_targets,
        })
    }
}

/// Before the NegTokenInit.
pub(super) struct Chooser {
    candidates: Arc<Candidates>,
    wanted: Wanted,
    has_hinted: bool,
}

impl Chooser {
    pub(super) fn new(candidates: Arc<Candidates>, request: AcceptRequest<'_>) -> Self {
        let wanted = Wanted {
            flags: request.flags,
            binding_policy: request.binding_policy,
            pac_policy: request.pac_policy,
            accepted_targets: request.accepted_targets.to_vec(),
        };
        Self { candidates, wanted, has_hinted: false }
    }

    fn negotiation(&self, chosen: &Candidate) -> Negotiation {
        Negotiation {
            offered: Arc::clone(&self.candidates.all.names),
            dropped: self.candidates.dropped.clone(),
            chosen: Some(chosen.info().name.clone()),
            list_was_signed: false,
        }
    }

    /// The hints of a server that speaks first.
    fn hint(mut self: Box<Self>) -> Progress {
        self.has_hinted = true;
        let token = write_init(&self.candidates.all.list, None, true);
        Progress::Continue { token, next: self }
    }

    /// The candidate whose own token this is, outside of SPNEGO.
    fn whose(&self, token: &[u8], mechanism: Option<&Mechanism>) -> Option<&Candidate> {
        self.candidates.in_order.iter().find(|candidate| {
            candidate.package.recognises(token)
                || mechanism.is_some_and(|mechanism| candidate.has(mechanism))
        })
    }
}

impl Exchange for Chooser {
    fn step(self: Box<Self>, input: StepInput<'_>) -> Result<Progress> {
        if input.token.is_empty() {
            if self.has_hinted {
                return Err(unexpected("the client has nothing to offer"));
            }
            return Ok(self.hint());
        }
        let frame = gss_token(input.token);
        let mechanism = frame.map(|(mechanism, _)| mechanism);
        if let Some(candidate) = self.whose(input.token, mechanism) {
            let exchange = self.wanted.start(candidate)?;
            return Box::new(Bare { exchange, negotiation: self.negotiation(candidate) })
                .step(input);
        }
        match NegotiationToken::parse_framed(input.token, frame)? {
            NegotiationToken::Init(offer) => self.choose(&offer, input.bindings),
            NegotiationToken::Resp(_) => {
                Err(unexpected("an answer came before anything was offered"))
            }
        }
    }
}

impl Chooser {
    /// The first of this server's packages that the client offers.
    fn choose(
        &self,
        offer: &NegTokenInit<'_>,
        bindings: Option<&ChannelBindings>,
    ) -> Result<Progress> {
        let mut choices = self.candidates.in_order.iter().enumerate();
        let choice = choices.find_map(|(position, candidate)| {
            let mut mechanisms = offer.list.iter().enumerate();
            mechanisms.find_map(|(at, mechanism)| {
                candidate.own(mechanism).map(|own| (position, candidate, at, own))
            })
        });
        let Some((position, candidate, at, mechanism)) = choice else {
            let error = Error::new(
                Status::ALGORITHM_MISMATCH,
                "the client offers no mechanism that this server has",
            );
            return Err(with_reject(error));
        };
        let mut list_mic = ListMic::over(offer.list.encoding().into());
        // The first of both sides cannot be the work of somebody in between (RFC 4178 5).
        list_mic.is_required = position > 0 || at > 0;
        let token = offer.mech_token.filter(|_| at == 0);
        let accepting = Box::new(Accepting {
            inner: Inner::Running(self.wanted.start(candidate)?),
            list_mic,
            mechanism: Some(mechanism),
            is_asking: false,
            negotiation: self.negotiation(candidate),
        });
        accepting.advance(token, None, bindings, None)
    }
}

/// A mechanism's own tokens, without SPNEGO around them.
struct Bare {
    exchange: Box<dyn Exchange>,
    negotiation: Negotiation,
}

impl Exchange for Bare {
    fn step(self: Box<Self>, input: StepInput<'_>) -> Result<Progress> {
        let Self { exchange, negotiation } = *self;
        let again = |exchange| Box::new(Self { exchange, negotiation: negotiation.clone() });
        Ok(match exchange.step(input)? {
            Progress::Continue { token, next } => Progress::Continue { token, next: again(next) },
            Progress::AskKdc { request, next } => Progress::AskKdc { request, next: again(next) },
            Progress::Incomplete { missing, next } => {
                Progress::Incomplete { missing, next: again(next) }
            }
            Progress::NeedCredentials { next } => Progress::NeedCredentials { next: again(next) },
            Progress::Done { token, extra, context } => {
                let context = Box::new(Negotiated::new(context, negotiation));
                Progress::Done { token, extra, context }
            }
        })
    }
}

/// Between the NegTokenInit and the end.
struct Accepting {
    inner: Inner,
    list_mic: ListMic,
    /// The chosen mechanism, until the first answer has said it.
    mechanism: Option<&'static Mechanism>,
    is_asking: bool,
    negotiation: Negotiation,
}

impl Exchange for Accepting {
    fn step(mut self: Box<Self>, input: StepInput<'_>) -> Result<Progress> {
        let StepInput { token, bindings, kdc_reply, .. } = input;
        if self.is_asking {
            self.is_asking = false;
            return self.advance(Some(&[]), None, bindings, kdc_reply);
        }
        match NegotiationToken::parse(token)? {
            NegotiationToken::Resp(answer) if answer.state == Some(NegState::Reject) => {
                Err(Error::new(Status::LOGON_DENIED, "the client gave the negotiation up"))
            }
            NegotiationToken::Resp(answer) => {
                let nothing = answer.token.is_none() && answer.mic.is_none();
                if nothing || answer.mechanism.is_some() {
                    return Err(with_reject(unexpected(
                        "the client's answer says nothing it may say",
                    )));
                }
                self.advance(answer.token, answer.mic, bindings, None)
            }
            NegotiationToken::Init(_) => Err(unexpected("a second offer came")),
        }
    }
}

impl Accepting {
    fn advance(
        mut self: Box<Self>,
        token: Option<&[u8]>,
        mic: Option<&[u8]>,
        bindings: Option<&ChannelBindings>,
        kdc_reply: Option<KdcReply>,
    ) -> Result<Progress> {
        let is_first = self.mechanism.is_some();
        let mut sent = None;
        self.inner = match (self.inner, token) {
            (Inner::Running(exchange), Some(token)) => {
                let input = StepInput { token, bindings, kdc_reply, parameters: None };
                match step_inner(exchange, input).map_err(with_reject)? {
                    Stepped::Token(inner, token) => {
                        sent = token;
                        inner
                    }
                    Stepped::AskKdc(request, exchange) => {
                        self.inner = Inner::Running(exchange);
                        self.is_asking = true;
                        return Ok(Progress::AskKdc { request, next: self });
                    }
                }
            }
            // The optimistic token was another mechanism's, or there was none.
            (running @ Inner::Running(_), None) if is_first => running,
            (Inner::Running(_), None) => {
                return Err(with_reject(unexpected("the client has no token for its mechanism")));
            }
            (Inner::Standing(_), Some(token)) if !token.is_empty() => {
                return Err(with_reject(unexpected("the client goes on after the end")));
            }
            (standing @ Inner::Standing(_), _) => standing,
        };
        let sent = sent.filter(|token| !token.is_empty());
        let mechanism = self.mechanism.take();
        let mut own = None;
        let mut is_completed = false;
        match &mut self.inner {
            Inner::Running(_) if mic.is_some() => {
                return Err(with_reject(unexpected("a mechListMIC came before the end")));
            }
            Inner::Running(_) => {}
            Inner::Standing(context) => {
                let list_mic = &mut self.list_mic;
                list_mic.is_required |= context.wants_list_mic();
                match mic {
                    Some(mic) => list_mic.verify(&mut **context, mic).map_err(with_reject)?,
                    // A client whose mechanism was at its end before ours had to send it.
                    None if list_mic.is_required && sent.is_none() => {
                        return Err(with_reject(list_mic::missing()));
                    }
                    None => {}
                }
                let exchanges = list_mic.is_required || list_mic.is_verified;
                if exchanges && !list_mic.is_sent {
                    own = Some(list_mic.make(&mut **context).map_err(with_reject)?);
                }
                is_completed = !exchanges || list_mic.is_verified;
            }
        }
        let state = if is_completed {
            NegState::AcceptCompleted
        } else if is_first && self.list_mic.is_required {
            NegState::RequestMic
        } else {
            NegState::AcceptIncomplete
        };
        let token = answer(state, mechanism, sent.as_deref(), own.as_deref());
        if !is_completed {
            return Ok(Progress::Continue { token, next: self });
        }
        let Self { inner, list_mic, mut negotiation, .. } = *self;
        let Inner::Standing(mut context) = inner else {
            return Err(list_mic::missing());
        };
        list_mic.finish(&mut *context)?;
        negotiation.list_was_signed = list_mic.is_verified;
        let context = Box::new(Negotiated::new(context, negotiation));
        Ok(Progress::Done { token: Some(token), extra: 0, context })
    }
}

fn answer(
    state: NegState,
    mechanism: Option<&Mechanism>,
    token: Option<&[u8]>,
    mic: Option<&[u8]>,
) -> Vec<u8> {
    NegTokenResp { state: Some(state), mechanism, token, mic }.write()
}

/// The error with a reject for the peer, around the token that the mechanism wants it to have.
fn with_reject(error: Error) -> Error {
    let token = answer(NegState::Reject, None, error.token(), None);
    error.with_token(token)
}
