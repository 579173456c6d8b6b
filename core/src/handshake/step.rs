//! The iterator itself.

use super::context::Context;
use super::requirements::Requirements;
use super::settings::Ready;
use crate::buffer::{Buffer, BufferKind};
use crate::codec::append;
use crate::context::Side;
use crate::error::{Error, Result};
use crate::kdc::{KdcReply, KdcRequest};
use crate::raw::{self, Call, CredentialsHandle, Outcome, SecurityContext};
use crate::status::Status;
use std::fmt;

/// What is to be done next.
#[derive(Clone, PartialEq, Eq)]
pub enum Step {
    /// Send the token to the peer. An empty one means that more of the peer's bytes are wanted;
    /// sending it is harmless.
    SendToken(Vec<u8>),
    /// Ask a KDC of the realm and give the handshake the reply: only of a handshake with
    /// [`KdcAccess::Caller`](crate::KdcAccess::Caller).
    AskKdc(KdcRequest),
    /// The context stands and there is nothing more to send.
    Done,
}

impl fmt::Debug for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SendToken(token) => write!(formatter, "SendToken({} bytes)", token.len()),
            Self::AskKdc(request) => formatter.debug_tuple("AskKdc").field(request).finish(),
            Self::Done => formatter.write_str("Done"),
        }
    }
}

/// A handshake: an iterator over the tokens to send. See [`initiate`](crate::initiate) and
/// [`accept`](crate::accept).
///
/// A handshake that has failed stays failed: every later call answers with the same error.
pub struct Handshake {
    side: Side,
    credentials: CredentialsHandle,
    target: Option<String>,
    requirements: Requirements,
    bindings: Option<Vec<u8>>,
    /// The peer's bytes that are still to be used.
    received: Vec<u8>,
    extra: Vec<u8>,
    phase: Phase,
}

enum Phase {
    /// It is this side's turn.
    Ready(SecurityContext),
    /// It is the peer's turn.
    AwaitingToken(SecurityContext),
    /// A KDC's reply is awaited.
    AwaitingKdc(SecurityContext),
    Done(Context),
    Failed(Error),
    /// In the middle of a call; nobody sees it, unless the call panicked.
    Working,
}

impl Handshake {
    pub(super) fn new(side: Side, ready: Ready, target: Option<String>) -> Self {
        let Ready { credentials, requirements, context, bindings } = ready;
        let phase = match side {
            Side::Initiator => Phase::Ready(context),
            Side::Acceptor => Phase::AwaitingToken(context),
        };
        let (received, extra) = (Vec::new(), Vec::new());
        Self { side, credentials, target, requirements, bindings, received, extra, phase }
    }

    /// Lets the acceptor take its turn before the client has: for connectionless contexts, and for
    /// protocols whose server gives hints to a negotiation.
    pub fn speak_first(&mut self) -> Result<Step> {
        self.take_turn(&[])
    }

    /// Gives the handshake the peer's token. The work is done by [`Handshake::next`].
    pub fn receive(&mut self, token: &[u8]) -> Result<()> {
        match &self.phase {
            Phase::AwaitingToken(_) => {}
            Phase::Failed(error) => return Err(error.clone()),
            Phase::Ready(_) => return Err(out_of_turn("it is this side's turn to send a token")),
            Phase::AwaitingKdc(_) => return Err(out_of_turn("the reply of a KDC is awaited")),
            Phase::Done(_) => return Err(out_of_turn("the handshake is at its end")),
            Phase::Working => return Err(broken()),
        }
        append(&mut self.received, token)?;
        self.become_ready();
        Ok(())
    }

    /// Gives the handshake the reply to [`Step::AskKdc`].
    pub fn receive_kdc_reply(&mut self, reply: KdcReply) -> Result<()> {
        match &mut self.phase {
            Phase::AwaitingKdc(context) => context.provide_kdc_reply(reply),
            Phase::Failed(error) => return Err(error.clone()),
            _ => return Err(out_of_turn("no reply of a KDC is awaited")),
        }
        self.become_ready();
        Ok(())
    }

    fn become_ready(&mut self) {
        let phase = std::mem::replace(&mut self.phase, Phase::Working);
        self.phase = match phase {
            Phase::AwaitingToken(context) | Phase::AwaitingKdc(context) => Phase::Ready(context),
            other => other,
        };
    }

    /// Does the work and says what is to be done next.
    ///
    /// ```
    /// # use anysspi::{Identity, Status, Step};
    /// # fn send(_: &[u8]) {}
    /// # fn recv() -> Vec<u8> { Vec::new() }
    /// # let mut handshake = anysspi::initiate("NTLM")
    /// #     .credential(Identity::password("alice", "secret")).start()?;
    /// # let mut run = || -> anysspi::Result<()> {
    /// while let Step::SendToken(token) = handshake.next()? {
    ///     send(&token);
    ///     if !handshake.done() {
    ///         handshake.receive(&recv())?;
    ///     }
    /// }
    /// # Ok(()) };
    /// # assert_eq!(run().unwrap_err().status(), Status::INVALID_TOKEN);
    /// # Ok::<(), anysspi::Error>(())
    /// ```
    #[expect(clippy::should_implement_trait, reason = "a step can fail, and an iterator's cannot")]
    pub fn next(&mut self) -> Result<Step> {
        match &self.phase {
            Phase::Ready(_) => {
                let received = std::mem::take(&mut self.received);
                self.take_turn(&received)
            }
            Phase::Done(_) => Ok(Step::Done),
            Phase::Failed(error) => Err(error.clone()),
            Phase::AwaitingToken(_) => Err(out_of_turn("the peer's token is awaited")),
            Phase::AwaitingKdc(_) => Err(out_of_turn("the reply of a KDC is awaited")),
            Phase::Working => Err(broken()),
        }
    }

    /// [`Handshake::receive`] and [`Handshake::next`] in one call, for callers that loop by hand.
    /// An initiator's first step has no token.
    pub fn step(&mut self, token: Option<&[u8]>) -> Result<Step> {
        match token {
            // Whole tokens are not copied.
            Some(token)
                if self.received.is_empty() && matches!(self.phase, Phase::AwaitingToken(_)) =>
            {
                self.take_turn(token)
            }
            Some(token) => {
                self.receive(token)?;
                self.next()
            }
            None => self.next(),
        }
    }

    /// One leg on the raw layer.
    fn take_turn(&mut self, received: &[u8]) -> Result<Step> {
        let phase = std::mem::replace(&mut self.phase, Phase::Working);
        let mut context = match phase {
            Phase::Ready(context) | Phase::AwaitingToken(context) => context,
            other => {
                self.phase = other;
                return Err(out_of_turn("it is not this side's turn"));
            }
        };
        match self.leg(&mut context, received) {
            Ok((step, true)) => {
                self.phase = Phase::Done(Context::new(context.into_standing()?));
                Ok(step)
            }
            Ok((step @ Step::AskKdc(_), _)) => {
                self.phase = Phase::AwaitingKdc(context);
                Ok(step)
            }
            Ok((step, _)) => {
                self.phase = Phase::AwaitingToken(context);
                Ok(step)
            }
            Err(error) => {
                self.phase = Phase::Failed(error.clone());
                Err(error)
            }
        }
    }

    /// What is to be done, and whether the context stands.
    fn leg(&mut self, context: &mut SecurityContext, received: &[u8]) -> Result<(Step, bool)> {
        let call = Call {
            side: self.side,
            credentials: Some(&self.credentials),
            target: self.target.as_deref(),
            flags: self.requirements.asked(),
            required: self.requirements.required(),
            allocate: true,
        };
        let bindings = match self.bindings.as_deref() {
            Some(bindings) => Buffer::shared(BufferKind::CHANNEL_BINDINGS, bindings),
            None => Buffer::empty(BufferKind::EMPTY),
        };
        let mut input = [Buffer::token(received), Buffer::empty(BufferKind::EMPTY), bindings];
        let mut output = [Buffer::empty(BufferKind::TOKEN)];
        let mut outcome = context.advance(&call, &mut input, &mut output);
        if let Ok(Outcome { status: Status::INCOMPLETE_CREDENTIALS, .. }) = outcome {
            // Nobody is here to bring a certificate: the handshake goes on without one.
            outcome = context.advance(&call, &mut input, &mut output);
        }
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(error) if error.status() == Status::INCOMPLETE_MESSAGE => {
                // What follows it is awaited.
                append(&mut self.received, received)?;
                return Ok((Step::SendToken(Vec::new()), false));
            }
            Err(error) => return Err(error),
        };
        if matches!(outcome.status, Status::COMPLETE_NEEDED | Status::COMPLETE_AND_CONTINUE) {
            raw::complete_auth_token(context, &mut output)?;
        }
        if let Some(request) = outcome.kdc_request {
            return Ok((Step::AskKdc(request), false));
        }
        let [token] = output;
        if !context.is_established() {
            return Ok((Step::SendToken(token.into_bytes()), false));
        }
        // Before the last token goes out: a context that is not good enough is none.
        self.requirements.check(outcome.flags)?;
        let [_, extra, _] = input;
        if extra.kind() == BufferKind::EXTRA {
            let from = received.len().saturating_sub(extra.len());
            append(&mut self.extra, received.get(from..).unwrap_or_default())?;
        }
        let token = token.into_bytes();
        let step = if token.is_empty() { Step::Done } else { Step::SendToken(token) };
        Ok((step, true))
    }

    /// Whether the context stands. A last token may still have to be sent.
    pub fn done(&self) -> bool {
        matches!(self.phase, Phase::Done(_))
    }

    /// The error that every call answers with from now on, if the handshake has failed.
    pub fn failure(&self) -> Option<&Error> {
        match &self.phase {
            Phase::Failed(error) => Some(error),
            _ => None,
        }
    }

    /// Which end this is.
    pub fn side(&self) -> Side {
        self.side
    }

    /// The context; OUT_OF_SEQUENCE before [`Handshake::done`].
    pub fn context(&mut self) -> Result<&mut Context> {
        match &mut self.phase {
            Phase::Done(context) => Ok(context),
            Phase::Failed(error) => Err(error.clone()),
            _ => Err(out_of_turn("there is no context yet")),
        }
    }

    /// The context, out of the handshake; OUT_OF_SEQUENCE before [`Handshake::done`].
    pub fn into_context(self) -> Result<Context> {
        match self.phase {
            Phase::Done(context) => Ok(context),
            Phase::Failed(error) => Err(error),
            _ => Err(out_of_turn("there is no context yet")),
        }
    }

    /// The peer's bytes beyond the end of the handshake.
    pub fn extra(&self) -> &[u8] {
        &self.extra
    }
}

fn broken() -> Error {
    Error::new(Status::INTERNAL_ERROR, "an earlier call on this handshake did not come to its end")
}

fn out_of_turn(why: &str) -> Error {
    Error::new(Status::OUT_OF_SEQUENCE, format!("a call out of turn: {why}"))
}

impl fmt::Debug for Handshake {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let phase: &dyn fmt::Debug = match &self.phase {
            Phase::Ready(_) => &"ready",
            Phase::AwaitingToken(_) => &"awaiting the peer's token",
            Phase::AwaitingKdc(_) => &"awaiting a KDC's reply",
            Phase::Done(context) => context,
            Phase::Failed(error) => error,
            Phase::Working => &"broken",
        };
        formatter
            .debug_struct("Handshake")
            .field("side", &self.side)
            .field("package", &self.credentials.package().name)
            .field("phase", phase)
            .finish()
    }
}
