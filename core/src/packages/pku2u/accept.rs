//! The acceptor (draft-zhu-pku2u 5 and 6). The crate checks that the client's certificate is one of those
//! that are trusted, its signature over this very request and the time of it, that the keys agree, the
//! checksums over everything that was said, channel bindings, and that nothing is replayed. It does not
//! look at whom the client meant; that is checked here.

use super::credential::Parties;
use super::engine::{Engine, wrong_end};
use super::messages::{Leg, is_same, requested_target};
use super::protection::Pku2uContext;
use super::{INFO, PROVIDED};
use crate::context::{BindingsChecked, Facts, Side};
use crate::credentials::{ChannelBindingPolicy, ChannelBindings};
use crate::error::{Error, Result};
use crate::package::{AcceptRequest, Exchange, Progress, StepInput};
use crate::packages::checks::{bindings_are_given, target_is_accepted};
use crate::status::Status;
use std::sync::Arc;

/// From the first token to the last.
pub(super) struct Accepting {
    parties: Arc<Parties>,
    engine: Engine,
    binding_policy: ChannelBindingPolicy,
    accepted_targets: Vec<String>,
    conversation: Option<[u8; 16]>,
    target: Option<String>,
    due: Leg,
}

impl Accepting {
    pub(super) fn new(parties: Arc<Parties>, request: AcceptRequest<'_>) -> Result<Self> {
        parties.own.certificate.check_dates(parties.surroundings.now(), "the own")?;
        let host_name = &parties.surroundings.host_names().computer;
        let engine = Engine::acceptor(&parties.own, host_name, &parties.trusted)?;
        Ok(Self {
            engine,
            binding_policy: request.binding_policy,
            accepted_targets: request.accepted_targets.to_vec(),
            conversation: None,
            target: None,
            due: Leg::Offer,
            parties,
        })
    }
}

impl Exchange for Accepting {
    fn step(mut self: Box<Self>, input: StepInput<'_>) -> Result<Progress> {
        bindings_are_given(self.binding_policy, input.bindings)?;
        let (conversation, object) = self.due.check(input.token)?;
        is_same(*self.conversation.get_or_insert(conversation), conversation)?;
        match self.due {
            Leg::Offer => {
                let token = self.engine.accept(input.token, true, None)?;
                self.go_on(token.is_done, token.token, Leg::Request)
            }
            Leg::Request => {
                self.check_target(requested_target(object))?;
                let token = self.engine.accept(input.token, false, None)?;
                self.go_on(token.is_done, token.token, Leg::Proof)
            }
            _ => self.prove(input.token, input.bindings),
        }
    }
}

impl Accepting {
    fn go_on(mut self: Box<Self>, is_done: bool, token: Vec<u8>, due: Leg) -> Result<Progress> {
        if is_done {
            return Err(wrong_end());
        }
        self.due = due;
        Ok(Progress::Continue { token, next: self })
    }

    /// The target that the client signs, and whether it is one of this server's.
    fn check_target(&mut self, target: Option<String>) -> Result<()> {
        let Some(name) = &target else {
            return Err(Error::new(
                Status::INVALID_TOKEN,
                "PKU2U: the client does not say which target it means",
            ));
        };
        target_is_accepted(&self.accepted_targets, name)?;
        self.target = target;
        Ok(())
    }

    /// The last leg: the client proves that it has the keys.
    fn prove(mut self, token: &[u8], bindings: Option<&ChannelBindings>) -> Result<Progress> {
        let bindings = bindings.filter(|_| self.binding_policy != ChannelBindingPolicy::Never);
        // The client's bindings cannot be seen, only compared: with ours, and with none.
        let without = match bindings {
            Some(_) if self.binding_policy != ChannelBindingPolicy::Always => {
                Some(self.engine.clone())
            }
            _ => None,
        };
        let mut checked =
            if bindings.is_some() { BindingsChecked::Verified } else { BindingsChecked::No };
        let stepped = match (self.engine.accept(token, false, bindings), without) {
            (Err(error), Some(mut without)) if error.status() == Status::BAD_BINDINGS => {
                // Those of another channel are refused again.
                let stepped = without.accept(token, false, None)?;
                self.engine = without;
                checked = BindingsChecked::No;
                stepped
            }
            (stepped, _) => stepped?,
        };
        if !stepped.is_done {
            return Err(wrong_end());
        }
        let context = Box::new(self.finish(bindings.cloned(), checked)?);
        Ok(Progress::Done { token: Some(stepped.token), extra: 0, context })
    }

    fn finish(
        mut self,
        bindings: Option<ChannelBindings>,
        checked: BindingsChecked,
    ) -> Result<Pku2uContext> {
        let parties = &self.parties;
        let now = parties.surroundings.now();
        let client = self.engine.peer(&parties.trusted)?;
        // The crate judges by the machine's clock; this is the caller's.
        client.check_dates(now, "the client's")?;
        let mut facts = Facts::new(INFO.clone(), Side::Acceptor, now);
        facts.flags = PROVIDED;
        facts.client = client.name.clone();
        facts.server = Some(parties.own.certificate.name.to_string().into());
        facts.target = self.target.map(Arc::from);
        facts.expiry = client.not_after.min(parties.own.certificate.not_after);
        facts.session_key = self.engine.session_key()?;
        facts.bindings = bindings;
        facts.bindings_checked = checked;
        let (local, remote) = (parties.own.chain.clone(), vec![client.der.clone()]);
        Ok(Pku2uContext::new(self.engine, facts, local, remote))
    }
}
