//! The initiator (RFC 4178 4.1 and 5, [MS-SPNG] 3.1.5).

use super::credential::{Candidate, Candidates, Offer, may_go_on_without, nobody_left};
use super::inner::{Inner, Stepped, step_inner};
use super::list_mic::{self, ListMic};
use super::messages::{NegState, NegTokenResp, NegotiationToken, write_init};
use super::protection::Negotiated;
use crate::context::{DroppedPackage, Negotiation};
use crate::credentials::{ChannelBindingPolicy, ChannelBindings};
use crate::error::{Error, Result};
use crate::flags::ContextFlags;
use crate::kdc::KdcReply;
use crate::package::{Exchange, InitiateRequest, Progress, StepInput};
use crate::status::Status;
use std::sync::Arc;

/// What is wanted of the context, kept from the first step to the last.
struct Wanted {
    target: Option<String>,
    flags: ContextFlags,
    required: ContextFlags,
    binding_policy: ChannelBindingPolicy,
    can_ask_kdc: bool,
}

impl Wanted {
    fn start(&self, candidate: &Candidate) -> Result<Box<dyn Exchange>> {
        candidate.credential.initiate(InitiateRequest {
            target: self.target.as_deref(),
            // The list of mechanisms is signed with the context, whatever the caller wants of it.
            flags: self.flags | ContextFlags::INTEGRITY,
            required: self.required,
            binding_policy: self.binding_policy,
            can_ask_kdc: self.can_ask_kdc,
        })
    }
}

/// Before the NegTokenInit.
pub(super) struct Opener {
    candidates: Arc<Candidates>,
    wanted: Wanted,
    /// The candidate whose turn it is, and its handshake while a KDC is asked.
    at: usize,
    asking: Option<Box<dyn Exchange>>,
    dropped: Vec<DroppedPackage>,
}

impl Opener {
    pub(super) fn new(candidates: Arc<Candidates>, request: InitiateRequest<'_>) -> Self {
        let wanted = Wanted {
            target: request.target.map(str::to_owned),
            flags: request.flags,
            required: request.required,
            binding_policy: request.binding_policy,
            can_ask_kdc: request.can_ask_kdc,
        };
        let dropped = candidates.dropped.clone();
        Self { candidates, wanted, at: 0, asking: None, dropped }
    }
}

impl Exchange for Opener {
    fn step(mut self: Box<Self>, mut input: StepInput<'_>) -> Result<Progress> {
        if !input.token.is_empty() {
            // A server that speaks first only gives hints. Nobody vouches for them, so that they do
            // not change what is offered.
            match NegotiationToken::parse(input.token)? {
                NegotiationToken::Init(_) => {}
                NegotiationToken::Resp(_) => {
                    return Err(unexpected("an answer came before anything was offered"));
                }
            }
        }
        let candidates = Arc::clone(&self.candidates);
        while let Some(candidate) = candidates.in_order.get(self.at) {
            let started = match self.asking.take() {
                Some(asking) => Ok(asking),
                None => self.wanted.start(candidate),
            };
            let step = StepInput {
                token: &[],
                bindings: input.bindings,
                kdc_reply: input.kdc_reply.take(),
                parameters: None,
            };
            match started.and_then(|exchange| step_inner(exchange, step)) {
                Ok(Stepped::Token(inner, token)) => {
                    return Ok(self.offer(inner, token.as_deref()));
                }
                Ok(Stepped::AskKdc(request, exchange)) => {
                    self.asking = Some(exchange);
                    return Ok(Progress::AskKdc { request, next: self });
                }
                Err(error) if may_go_on_without(&error) => {
                    let package = candidate.info().name.clone();
                    self.dropped.push(DroppedPackage { package, error });
                    self.at = self.at.saturating_add(1);
                }
                Err(error) => return Err(error),
            }
        }
        Err(nobody_left(&self.dropped))
    }
}

impl Opener {
    /// The NegTokenInit: every candidate from here on, and the optimistic token of the first.
    fn offer(self, inner: Inner, token: Option<&[u8]>) -> Progress {
        let Self { candidates, wanted, at, dropped, .. } = self;
        let Offer { names, list } = match candidates.in_order.get(at..) {
            Some(left) if at > 0 => Offer::of(left),
            _ => candidates.all.clone(),
        };
        let token = write_init(&list, token, false);
        let negotiation =
            Negotiation { offered: names, dropped, chosen: None, list_was_signed: false };
        let next = Box::new(Negotiating {
            candidates,
            wanted,
            first: at,
            chosen: at,
            is_answered: false,
            inner,
            is_asking: false,
            list_mic: ListMic::over(list),
            negotiation,
        });
        Progress::Continue { token, next }
    }
}

/// Between the NegTokenInit and the end.
struct Negotiating {
    candidates: Arc<Candidates>,
    wanted: Wanted,
    first: usize,
    chosen: usize,
    /// Whether the acceptor has said which mechanism it is.
    is_answered: bool,
    inner: Inner,
    is_asking: bool,
    list_mic: ListMic,
    negotiation: Negotiation,
}

impl Exchange for Negotiating {
    fn step(mut self: Box<Self>, input: StepInput<'_>) -> Result<Progress> {
        let StepInput { token, bindings, kdc_reply, .. } = input;
        if self.is_asking {
            self.is_asking = false;
            return self.advance(NegTokenResp::default(), Some(&[]), bindings, kdc_reply);
        }
        let answer = match NegotiationToken::parse(token)? {
            NegotiationToken::Resp(answer) => answer,
            NegotiationToken::Init(_) => {
                return Err(unexpected("an offer came where an answer was due"));
            }
        };
        if answer.state == Some(NegState::Reject) {
            return Err(self.rejected(&answer, bindings));
        }
        let restarts = self.take_choice(&answer)?;
        let token = if restarts { Some(&[][..]) } else { answer.token };
        self.advance(answer, token, bindings, None)
    }
}

impl Negotiating {
    /// Takes the acceptor's choice; true where it is another than the first, which then starts anew.
    fn take_choice(&mut self, answer: &NegTokenResp<'_>) -> Result<bool> {
        if self.is_answered {
            // Only the first answer chooses, and only the first asks for a MIC (RFC 4178 4.2.2).
            let chosen = self.candidates.in_order.get(self.chosen);
            let differs = answer
                .mechanism
                .is_some_and(|mechanism| chosen.is_none_or(|chosen| !chosen.has(mechanism)));
            if differs || answer.state == Some(NegState::RequestMic) {
                return Err(unexpected("a later answer chooses anew"));
            }
            return Ok(false);
        }
        self.is_answered = true;
        self.list_mic.is_required |= answer.state == Some(NegState::RequestMic);
        let Some(mechanism) = answer.mechanism else { return Ok(false) };
        let offered = self.candidates.in_order.iter().enumerate().skip(self.first);
        let position = offered
            .filter(|(_, candidate)| candidate.has(mechanism))
            .map(|(position, _)| position)
            .next();
        let Some(position) = position else {
            return Err(unexpected("the server chose a mechanism that was not offered"));
        };
        if position == self.first {
            return Ok(false);
        }
        if answer.token.is_some_and(|token| !token.is_empty()) {
            return Err(unexpected("the server answers a mechanism that has not spoken"));
        }
        let candidate = self.candidates.in_order.get(position);
        let candidate = candidate.ok_or_else(|| unexpected("the choice is not in the list"))?;
        self.inner = Inner::Running(self.wanted.start(candidate)?);
        self.chosen = position;
        // Whoever changed the list on its way is found out (RFC 4178 5).
        self.list_mic.is_required = true;
        Ok(true)
    }

    fn rejected(self, answer: &NegTokenResp<'_>, bindings: Option<&ChannelBindings>) -> Error {
        // The mechanism's own token says more, where there is one.
        if let (Inner::Running(exchange), Some(token)) = (self.inner, answer.token) {
            let input = StepInput { token, bindings, ..StepInput::default() };
            if let Err(error) = exchange.step(input) {
                return error;
            }
        }
        if self.is_answered {
            Error::new(Status::LOGON_DENIED, "the server rejected the negotiation")
        } else {
            let offered = self.negotiation.offered.join(", ");
            Error::new(
                Status::ALGORITHM_MISMATCH,
                format!("the server rejected the negotiation: it takes none of {offered}"),
            )
        }
    }

    fn advance(
        mut self: Box<Self>,
        answer: NegTokenResp<'_>,
        token: Option<&[u8]>,
        bindings: Option<&ChannelBindings>,
        kdc_reply: Option<KdcReply>,
    ) -> Result<Progress> {
        let is_completed = answer.state == Some(NegState::AcceptCompleted);
        let (inner, sent) = match (self.inner, token) {
            (Inner::Running(exchange), Some(token)) => {
                let input = StepInput { token, bindings, kdc_reply, parameters: None };
                match step_inner(exchange, input)? {
                    Stepped::Token(inner, sent) => (inner, sent),
                    Stepped::AskKdc(request, exchange) => {
                        self.inner = Inner::Running(exchange);
                        self.is_asking = true;
                        return Ok(Progress::AskKdc { request, next: self });
                    }
                }
            }
            (Inner::Running(_), None) => {
                return Err(unexpected("the server has no token for a mechanism that awaits one"));
            }
            (Inner::Standing(_), Some(token)) if !token.is_empty() => {
                return Err(unexpected(
                    "the server has a token for a mechanism that is at its end",
                ));
            }
            (standing @ Inner::Standing(_), _) => (standing, None),
        };
        let sent = sent.filter(|token| !token.is_empty());
        match inner {
            Inner::Running(exchange) => {
                if is_completed || answer.mic.is_some() {
                    return Err(unexpected(
                        "the server says that a handshake on its way is at its end",
                    ));
                }
                let state = Some(NegState::AcceptIncomplete);
                let token =
                    NegTokenResp { state, token: sent.as_deref(), ..NegTokenResp::default() };
                let token = token.write();
                self.inner = Inner::Running(exchange);
                Ok(Progress::Continue { token, next: self })
            }
            Inner::Standing(context) => {
                self.inner = Inner::Standing(context);
                self.conclude(answer, is_completed, sent.as_deref())
            }
        }
    }

    /// The mechanism is at its end; what is left is the MIC, and the acceptor's last word.
    fn conclude(
        mut self: Box<Self>,
        answer: NegTokenResp<'_>,
        is_completed: bool,
        sent: Option<&[u8]>,
    ) -> Result<Progress> {
        let Inner::Standing(context) = &mut self.inner else {
            return Err(unexpected("the handshake is not at its end"));
        };
        let list_mic = &mut self.list_mic;
        if let Some(mic) = answer.mic {
            list_mic.verify(&mut **context, mic)?;
        }
        // A mechanism may want the list signed even where the choice was the first of both.
        let wants = list_mic.is_required || list_mic.is_verified || context.wants_list_mic();
        let own = if wants && !list_mic.is_sent && !is_completed {
            Some(list_mic.make(&mut **context)?)
        } else {
            None
        };
        if is_completed && sent.is_some() {
            return Err(unexpected("the server says that a handshake on its way is at its end"));
        }
        let both = list_mic.is_sent && list_mic.is_verified;
        if !is_completed && !both {
            let state = Some(NegState::AcceptIncomplete);
            let token = NegTokenResp { state, token: sent, mic: own.as_deref(), mechanism: None };
            let token = token.write();
            return Ok(Progress::Continue { token, next: self });
        }
        let token = if sent.is_some() || own.is_some() {
            let state = Some(NegState::AcceptCompleted);
            let token = NegTokenResp { state, token: sent, mic: own.as_deref(), mechanism: None };
            Some(token.write())
        } else {
            None
        };
        let Self { inner, list_mic, mut negotiation, candidates, chosen, .. } = *self;
        let Inner::Standing(mut context) = inner else {
            return Err(list_mic::missing());
        };
        list_mic.finish(&mut *context)?;
        negotiation.chosen = candidates.in_order.get(chosen).map(|one| one.info().name.clone());
        negotiation.list_was_signed = list_mic.is_verified;
        let context = Box::new(Negotiated::new(context, negotiation));
        Ok(Progress::Done { token, extra: 0, context })
    }
}

pub(super) fn unexpected(what: &str) -> Error {
    Error::new(Status::INVALID_TOKEN, format!("SPNEGO: {what}"))
}
