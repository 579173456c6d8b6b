//! The initiator (draft-zhu-pku2u 5 and 6). The crate checks the server's certificate against those that
//! are trusted, its signature, and that the keys agree; which of them may speak for the target is decided
//! here, before anything is sent.

use super::credential::Parties;
use super::engine::{Engine, Stepped, wrong_end};
use super::messages::{Leg, is_same};
use super::protection::Pku2uContext;
use super::{INFO, PROVIDED};
use crate::context::{BindingsChecked, Facts, Side};
use crate::credentials::{ChannelBindingPolicy, ChannelBindings};
use crate::error::{Error, Result};
use crate::package::{Exchange, InitiateRequest, Progress, StepInput};
use crate::packages::checks::bindings_are_given;
use crate::status::Status;
use std::sync::Arc;

/// The longest target.
const LONGEST_TARGET: usize = 1024;

/// Before the first token.
pub(super) struct Initiating {
    parties: Arc<Parties>,
    engine: Engine,
    target: Arc<str>,
    binding_policy: ChannelBindingPolicy,
}

impl Initiating {
    pub(super) fn new(parties: Arc<Parties>, request: InitiateRequest<'_>) -> Result<Self> {
        let target = request.target.unwrap_or_default();
        let can_be_said = |one: char| (' '..='~').contains(&one);
        if target.is_empty() || target.len() > LONGEST_TARGET || !target.chars().all(can_be_said) {
            return Err(Error::new(
                Status::TARGET_UNKNOWN,
                "PKU2U needs the target's name, such as HTTP/host, in ASCII: the server's certificate is \
                 held against it",
            ));
        }
        let servers: Vec<_> = parties.trusted.iter().filter(|known| known.is_for(target)).collect();
        if servers.is_empty() {
            return Err(Error::new(
                Status::WRONG_PRINCIPAL,
                format!("PKU2U: none of the trusted certificates is for the host of {target}"),
            ));
        }
        parties.own.certificate.check_dates(parties.surroundings.now(), "the own")?;
        let host_name = &parties.surroundings.host_names().computer;
        let engine = Engine::initiator(&parties.own, host_name, &servers)?;
        let binding_policy = request.binding_policy;
        Ok(Self { target: target.into(), engine, binding_policy, parties })
    }
}

impl Exchange for Initiating {
    fn step(mut self: Box<Self>, input: StepInput<'_>) -> Result<Progress> {
        if !input.token.is_empty() {
            return Err(Error::new(
                Status::INVALID_TOKEN,
                "a PKU2U initiator speaks first and was given a token of the peer's",
            ));
        }
        bindings_are_given(self.binding_policy, input.bindings)?;
        let is_used = self.binding_policy != ChannelBindingPolicy::Never;
        let bindings = input.bindings.filter(|_| is_used).cloned();
        let Stepped { token, .. } = self.engine.initiate(&self.target, None, None)?;
        let (conversation, _) = Leg::Offer.check(&token)?;
        let Self { parties, engine, target, .. } = *self;
        let next = Box::new(Awaiting {
            parties,
            engine,
            target,
            bindings,
            conversation,
            due: Leg::Choice,
        });
        Ok(Progress::Continue { token, next })
    }
}

/// Between the first token and the end.
struct Awaiting {
    parties: Arc<Parties>,
    engine: Engine,
    target: Arc<str>,
    bindings: Option<ChannelBindings>,
    conversation: [u8; 16],
    due: Leg,
}

impl Exchange for Awaiting {
    fn step(mut self: Box<Self>, input: StepInput<'_>) -> Result<Progress> {
        let (conversation, _) = self.due.check(input.token)?;
        is_same(self.conversation, conversation)?;
        let stepped =
            self.engine.initiate(&self.target, Some(input.token), self.bindings.as_ref())?;
        let (is_due_to_end, next) = match self.due {
            Leg::Choice => (false, Leg::Reply),
            Leg::Reply => (false, Leg::Answer),
            _ => (true, Leg::Answer),
        };
        if stepped.is_done != is_due_to_end {
            return Err(wrong_end());
        }
        if stepped.is_done {
            let context = Box::new(self.finish()?);
            return Ok(Progress::Done { token: None, extra: 0, context });
        }
        self.due = next;
        Ok(Progress::Continue { token: stepped.token, next: self })
    }
}

impl Awaiting {
    fn finish(mut self) -> Result<Pku2uContext> {
        let parties = &self.parties;
        let now = parties.surroundings.now();
        let server = self.engine.peer(&parties.trusted)?;
        // The crate judges by the machine's clock; this is the caller's.
        server.check_dates(now, "the server's")?;
        if !server.is_for(&self.target) {
            return Err(Error::new(
                Status::WRONG_PRINCIPAL,
                "PKU2U: the server's certificate is for another host",
            ));
        }
        let mut facts = Facts::new(INFO.clone(), Side::Initiator, now);
        facts.flags = PROVIDED;
        facts.client = parties.own.certificate.name.clone();
        facts.server = Some(server.name.to_string().into());
        facts.target = Some(Arc::clone(&self.target));
        facts.expiry = server.not_after.min(parties.own.certificate.not_after);
        facts.session_key = self.engine.session_key()?;
        if self.bindings.is_some() {
            facts.bindings_checked = BindingsChecked::Sent;
        }
        facts.bindings = self.bindings;
        let (local, remote) = (parties.own.chain.clone(), vec![server.der.clone()]);
        Ok(Pku2uContext::new(self.engine, facts, local, remote))
    }
}
