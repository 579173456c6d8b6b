//! Contexts, call by call.

use super::attributes::attribute_of;
use super::credentials::CredentialsHandle;
use crate::buffer::{self, Buffer, BufferKind};
use crate::context::{Attribute, AttributeValue, Facts, Side};
use crate::credentials::{ChannelBindingPolicy, ChannelBindings, PacPolicy};
use crate::error::{Error, Result};
use crate::fence::guarded;
use crate::flags::{AscReq, AscRet, ContextFlags, IscReq, IscRet};
use crate::kdc::{KdcAccess, KdcReply, KdcRequest};
use crate::package::{AcceptRequest, Established, Exchange, InitiateRequest, Progress, StepInput};
use crate::status::Status;
use crate::surroundings::Surroundings;
use crate::time::Time;
use std::fmt;

/// How many questions to KDCs one call carries: far more than any handshake has.
const MOST_QUESTIONS: usize = 64;

/// A context (`CtxtHandle`): null at first, then a handshake, then established.
///
/// ```
/// use anysspi::raw::{self, Attribute, SecurityContext};
/// use anysspi::Status;
///
/// let null = SecurityContext::new();
/// let error = raw::query_context_attributes(&null, Attribute::SIZES).unwrap_err();
/// assert_eq!(error.status(), Status::INVALID_HANDLE);
/// ```
#[derive(Default)]
pub struct SecurityContext {
    state: State,
    binding_policy: Option<ChannelBindingPolicy>,
    pac_policy: PacPolicy,
    accepted_targets: Vec<String>,
    bindings: Option<Box<ChannelBindings>>,
    kdc_access: KdcAccess,
    kdc_reply: Option<Box<KdcReply>>,
    /// A token that did not fit into the caller's buffer, and what was to be said with it.
    undelivered: Option<Box<(Vec<u8>, Outcome<ContextFlags>)>>,
    /// The peer asked for credentials that were not there: the next call may bring them.
    asks_credentials: bool,
    /// The surroundings of the credentials, from the start of the handshake to its end.
    surroundings: Option<Surroundings>,
}

#[derive(Default)]
enum State {
    #[default]
    Null,
    Running(Side, Box<dyn Exchange>),
    Established(Standing),
    Failed(Error),
    Deleted,
}

/// An established context with the clock that its expiry is judged by.
pub(crate) struct Standing {
    context: Box<dyn Established>,
    surroundings: Surroundings,
}

impl Standing {
    pub(crate) fn facts(&self) -> &Facts {
        self.context.facts()
    }

    pub(crate) fn context(&self) -> &dyn Established {
        &*self.context
    }

    /// The context for a message: one that has expired protects none.
    pub(crate) fn protecting(&mut self) -> Result<&mut (dyn Established + 'static)> {
        let expiry = self.context.facts().expiry;
        if expiry < Time::FOREVER && expiry <= self.surroundings.now() {
            return Err(Error::new(
                Status::CONTEXT_EXPIRED,
                format!("the context expired at {expiry}: authenticate again"),
            ));
        }
        Ok(&mut *self.context)
    }
}

/// What a call answers besides the token: the status, which is OK or one of the `SEC_I_` family,
/// the flags, and the expiry. Flags and expiry are final only with OK.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome<Flags> {
    /// OK, CONTINUE_NEEDED, COMPLETE_NEEDED, COMPLETE_AND_CONTINUE or INCOMPLETE_CREDENTIALS.
    pub status: Status,
    /// What the context has.
    pub flags: Flags,
    /// When it ends.
    pub expiry: Time,
    /// A question for a KDC, with [`KdcAccess::Caller`]. Give [`SecurityContext::provide_kdc_reply`] the answer and call again
    /// without a token.
    pub kdc_request: Option<KdcRequest>,
}

impl<Flags> Outcome<Flags> {
    fn with_flags<Other>(self, flags: Other) -> Outcome<Other> {
        let Self { status, expiry, kdc_request, .. } = self;
        Outcome { status, flags, expiry, kdc_request }
    }
}

/// The arguments of a call beside the buffers, with neutral flags.
pub(crate) struct Call<'a> {
    pub(crate) side: Side,
    pub(crate) credentials: Option<&'a CredentialsHandle>,
    pub(crate) target: Option<&'a str>,
    pub(crate) flags: ContextFlags,
    /// What of the flags the caller will not go on without.
    pub(crate) required: ContextFlags,
    /// Whether the package allocates the output.
    pub(crate) allocate: bool,
}

impl SecurityContext {
    /// A null handle.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same handle with a policy for channel bindings. Without one the flags decide: an
    /// acceptor with bindings refuses a client that has none, unless ALLOW_MISSING_BINDINGS is
    /// among them.
    #[must_use]
    pub fn with_binding_policy(mut self, policy: ChannelBindingPolicy) -> Self {
        self.binding_policy = Some(policy);
        self
    }

    /// The same handle for an acceptor with a policy for the PAC in a client's ticket.
    #[must_use]
    pub fn with_pac_policy(mut self, policy: PacPolicy) -> Self {
        self.pac_policy = policy;
        self
    }

    /// The same handle for an acceptor that lets in only clients that meant one of these targets.
    #[must_use]
    pub fn with_accepted_targets(
        mut self,
        targets: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.accepted_targets = targets.into_iter().map(Into::into).collect();
        self
    }

    /// The same handle with somebody to carry questions to KDCs. Without, nobody does.
    ///
    /// ```
    /// use anysspi::KdcAccess;
    /// use anysspi::raw::SecurityContext;
    ///
    /// // Questions come in `Outcome::kdc_request`.
    /// let context = SecurityContext::new().with_kdc_access(KdcAccess::Caller);
    /// # assert!(!context.is_established());
    /// ```
    #[must_use]
    pub fn with_kdc_access(mut self, access: KdcAccess) -> Self {
        self.kdc_access = access;
        self
    }

    /// Whether the context is established.
    pub fn is_established(&self) -> bool {
        matches!(self.state, State::Established(_))
    }

    /// Gives the context the answer to the question in [`Outcome::kdc_request`].
    pub fn provide_kdc_reply(&mut self, reply: KdcReply) {
        self.kdc_reply = Some(Box::new(reply));
    }

    /// The established context, if it is one.
    pub(super) fn standing(&self) -> Result<&Standing> {
        match &self.state {
            State::Established(standing) => Ok(standing),
            other => Err(other.not_established()),
        }
    }

    /// Answers a query: of the context, or of the handshake on the way to it.
    pub(super) fn attribute(&self, attribute: Attribute) -> Result<AttributeValue> {
        if let State::Running(_, exchange) = &self.state
            && let Some(value) = exchange.attribute(attribute)
        {
            return Ok(value);
        }
        attribute_of(self.standing()?, attribute)
    }

    /// The established context for a message.
    pub(super) fn protecting(&mut self) -> Result<&mut (dyn Established + 'static)> {
        match &mut self.state {
            State::Established(standing) => standing.protecting(),
            other => Err(other.not_established()),
        }
    }

    /// The established context, out of its handle.
    pub(crate) fn into_standing(self) -> Result<Standing> {
        match self.state {
            State::Established(standing) => Ok(standing),
            other => Err(other.not_established()),
        }
    }

    pub(super) fn set_bindings(&mut self, bindings: ChannelBindings) -> Result<()> {
        match self.state {
            State::Null | State::Running(..) => {
                self.bindings = Some(Box::new(bindings));
                Ok(())
            }
            _ => Err(Error::new(
                Status::OUT_OF_SEQUENCE,
                "channel bindings are set before the context is established",
            )),
        }
    }

    /// One leg of a handshake, on either side.
    pub(crate) fn advance(
        &mut self,
        call: &Call<'_>,
        input: &mut [Buffer<'_>],
        output: &mut [Buffer<'_>],
    ) -> Result<Outcome<ContextFlags>> {
        match &self.state {
            State::Failed(error) => return Err(error.clone()),
            State::Deleted => return Err(self.state.not_established()),
            State::Running(side, _) if *side != call.side => {
                return Err(Error::new(
                    Status::INVALID_HANDLE,
                    "a context that initiates cannot accept, nor the other way round",
                ));
            }
            _ => {}
        }
        if let Some(undelivered) = self.undelivered.take() {
            let (token, outcome) = *undelivered;
            return self.deliver(token, outcome, call.allocate, output);
        }
        if let Some(bindings) = buffer::first(input, BufferKind::CHANNEL_BINDINGS) {
            self.bindings = Some(Box::new(ChannelBindings::from_structure(bindings.bytes())?));
        }
        if self.asks_credentials
            && let State::Running(_, exchange) = &mut self.state
        {
            if let Some(credentials) = call.credentials {
                exchange.renew(credentials.usable()?)?;
            }
            self.asks_credentials = false;
        }
        // A second call after success authenticates anew; until it succeeds there is no context.
        let exchange = match std::mem::take(&mut self.state) {
            State::Running(_, exchange) => exchange,
            before => match self.start(call) {
                Ok(exchange) => exchange,
                Err(error) => {
                    self.state = before;
                    return Err(error);
                }
            },
        };
        let step = StepInput {
            token: buffer::first(input, BufferKind::TOKEN).map_or(&[], Buffer::bytes),
            bindings: self.bindings.as_deref(),
            kdc_reply: self.kdc_reply.take().map(|reply| *reply),
            parameters: buffer::first(input, BufferKind::PKG_PARAMS).map(Buffer::bytes),
        };
        let progress = guarded(|| exchange.step(step));
        match progress.and_then(|progress| self.carry_questions(progress)) {
            Ok(progress) => self.proceed(progress, call, input, output),
            Err(error) => {
                self.state = State::Failed(error.clone());
                Err(error)
            }
        }
    }

    /// Carries the questions to KDCs that are not the caller's to carry, until the handshake goes on.
    fn carry_questions(&self, mut progress: Progress) -> Result<Progress> {
        for _ in 0..MOST_QUESTIONS {
            let Progress::AskKdc { request, next } = progress else { return Ok(progress) };
            let Some(reply) = self.kdc_access.ask(&request) else {
                return Ok(Progress::AskKdc { request, next });
            };
            let bindings = self.bindings.as_deref();
            let step = StepInput { bindings, kdc_reply: Some(reply), ..StepInput::default() };
            progress = guarded(|| next.step(step))?;
        }
        Err(Error::new(Status::INTERNAL_ERROR, "the package goes on asking KDCs without an end"))
    }

    fn start(&mut self, call: &Call<'_>) -> Result<Box<dyn Exchange>> {
        let credentials = call.credentials.ok_or_else(|| {
            Error::new(Status::INVALID_HANDLE, "the first call of a handshake needs credentials")
        })?;
        let credential = credentials.usable()?;
        let binding_policy = self.binding_policy.unwrap_or(match call.side {
            Side::Acceptor
                if self.bindings.is_some()
                    && !call.flags.contains(ContextFlags::ALLOW_MISSING_BINDINGS) =>
            {
                ChannelBindingPolicy::Always
            }
            _ => ChannelBindingPolicy::WhenSupported,
        });
        let exchange = match call.side {
            Side::Initiator => credential.initiate(InitiateRequest {
                target: call.target,
                flags: call.flags,
                required: call.required,
                binding_policy,
                can_ask_kdc: !matches!(self.kdc_access, KdcAccess::Nobody),
            })?,
            Side::Acceptor => credential.accept(AcceptRequest {
                flags: call.flags,
                binding_policy,
                pac_policy: self.pac_policy,
                accepted_targets: &self.accepted_targets,
            })?,
        };
        self.surroundings = Some(credentials.surroundings().clone());
        Ok(exchange)
    }

    fn proceed(
        &mut self,
        progress: Progress,
        call: &Call<'_>,
        input: &mut [Buffer<'_>],
        output: &mut [Buffer<'_>],
    ) -> Result<Outcome<ContextFlags>> {
        let mut outcome = Outcome {
            status: Status::CONTINUE_NEEDED,
            flags: ContextFlags::empty(),
            expiry: Time::FOREVER,
            kdc_request: None,
        };
        let token = match progress {
            Progress::Continue { token, next } => {
                if next.needs_completion() {
                    outcome.status = Status::COMPLETE_AND_CONTINUE;
                }
                self.state = State::Running(call.side, next);
                token
            }
            Progress::NeedCredentials { next } => {
                self.state = State::Running(call.side, next);
                self.asks_credentials = true;
                outcome.status = Status::INCOMPLETE_CREDENTIALS;
                Vec::new()
            }
            Progress::AskKdc { request, next } => {
                self.state = State::Running(call.side, next);
                outcome.kdc_request = Some(request);
                Vec::new()
            }
            Progress::Incomplete { missing, next } => {
                self.state = State::Running(call.side, next);
                if let Some(buffer) = buffer::first_mut(input, BufferKind::EMPTY) {
                    buffer.become_count(BufferKind::MISSING, missing);
                }
                return Err(Error::new(
                    Status::INCOMPLETE_MESSAGE,
                    format!("the peer's token is not whole: at least {missing} bytes are missing"),
                ));
            }
            Progress::Done { token, extra, context } => {
                let facts = context.facts();
                outcome.status =
                    if context.needs_completion() { Status::COMPLETE_NEEDED } else { Status::OK };
                outcome.flags = facts.flags;
                outcome.expiry = facts.expiry;
                outcome.flags.set(ContextFlags::NO_ADDITIONAL_TOKEN, token.is_none());
                let surroundings = self.surroundings.take().unwrap_or_default();
                self.state = State::Established(Standing { context, surroundings });
                if extra > 0
                    && let Some(buffer) = buffer::first_mut(input, BufferKind::EMPTY)
                {
                    buffer.become_count(BufferKind::EXTRA, extra);
                }
                token.unwrap_or_default()
            }
        };
        self.deliver(token, outcome, call.allocate, output)
    }

    /// Puts the token into the caller's buffer. One that does not fit is kept for the next call.
    fn deliver(
        &mut self,
        token: Vec<u8>,
        outcome: Outcome<ContextFlags>,
        allocate: bool,
        output: &mut [Buffer<'_>],
    ) -> Result<Outcome<ContextFlags>> {
        let problem = match buffer::first_mut(output, BufferKind::TOKEN) {
            None if token.is_empty() => None,
            None => Some(Error::new(
                Status::INVALID_PARAMETER,
                "there is a token to send and no TOKEN buffer among the outputs",
            )),
            Some(buffer) if allocate => {
                buffer.allocate(token);
                return Ok(outcome);
            }
            Some(buffer) if buffer.capacity() < token.len() => Some(buffer.too_small(token.len())),
            Some(buffer) => buffer.fill(&token).err(),
        };
        match problem {
            None => Ok(outcome),
            Some(problem) => {
                self.undelivered = Some(Box::new((token, outcome)));
                Err(problem)
            }
        }
    }
}

impl State {
    fn not_established(&self) -> Error {
        match self {
            Self::Null => Error::new(Status::INVALID_HANDLE, "the context handle is null"),
            Self::Deleted => Error::new(Status::INVALID_HANDLE, "the context was deleted"),
            Self::Failed(error) => error.clone(),
            Self::Running(..) | Self::Established(_) => Error::new(
                Status::OUT_OF_SEQUENCE,
                "the handshake is not at its end: there is no context yet",
            ),
        }
    }
}

impl fmt::Debug for SecurityContext {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state: &dyn fmt::Debug = match &self.state {
            State::Null => &"null",
            State::Running(Side::Initiator, _) => &"initiating",
            State::Running(Side::Acceptor, _) => &"accepting",
            State::Established(_) => &"established",
            State::Failed(error) => error,
            State::Deleted => &"deleted",
        };
        formatter.debug_tuple("SecurityContext").field(state).finish()
    }
}

/// One leg as the client (`InitializeSecurityContext`).
///
/// The first call takes credentials and a null context; later calls may leave the credentials out.
/// Input buffers: TOKEN with the peer's token, EMPTY for MISSING or EXTRA, CHANNEL_BINDINGS. Output
/// buffers: TOKEN. With ALLOCATE_MEMORY the package allocates it; without, a buffer that is too
/// small is BUFFER_TOO_SMALL, its length says what is needed, and the same call may be made again.
/// Calling again after success authenticates anew.
///
/// INCOMPLETE_CREDENTIALS means that the server asks for a certificate and the credentials have none:
/// ISSUER_LIST_EX can be asked now. The input was not used up. Make the same call again with other
/// credentials, or with the same or none to go on without a certificate.
pub fn initialize_security_context(
    credentials: Option<&CredentialsHandle>,
    context: &mut SecurityContext,
    target: Option<&str>,
    flags: IscReq,
    input: &mut [Buffer<'_>],
    output: &mut [Buffer<'_>],
) -> Result<Outcome<IscRet>> {
    let allocate = flags.contains(IscReq::ALLOCATE_MEMORY);
    let call = Call {
        side: Side::Initiator,
        credentials,
        target,
        flags: flags.into(),
        // Whoever calls looks at the flags that come back.
        required: ContextFlags::empty(),
        allocate,
    };
    let outcome = context.advance(&call, input, output)?;
    let mut flags = IscRet::from(outcome.flags);
    flags.set(IscRet::ALLOCATED_MEMORY, allocate);
    Ok(outcome.with_flags(flags))
}

/// One leg as the server (`AcceptSecurityContext`). The buffers are those of
/// [`initialize_security_context`].
pub fn accept_security_context(
    credentials: Option<&CredentialsHandle>,
    context: &mut SecurityContext,
    flags: AscReq,
    input: &mut [Buffer<'_>],
    output: &mut [Buffer<'_>],
) -> Result<Outcome<AscRet>> {
    let allocate = flags.contains(AscReq::ALLOCATE_MEMORY);
    let call = Call {
        side: Side::Acceptor,
        credentials,
        target: None,
        flags: flags.into(),
        required: ContextFlags::empty(),
        allocate,
    };
    let outcome = context.advance(&call, input, output)?;
    let mut flags = AscRet::from(outcome.flags);
    flags.set(AscRet::ALLOCATED_MEMORY, allocate);
    Ok(outcome.with_flags(flags))
}

/// Completes a token after COMPLETE_NEEDED or COMPLETE_AND_CONTINUE (`CompleteAuthToken`).
pub fn complete_auth_token(context: &mut SecurityContext, token: &mut [Buffer<'_>]) -> Result<()> {
    match &mut context.state {
        State::Running(_, exchange) => exchange.complete(token),
        State::Established(standing) => standing.context.complete(token),
        other => Err(other.not_established()),
    }
}

/// Deletes a context and wipes its secrets (`DeleteSecurityContext`). Every later call on it is
/// INVALID_HANDLE.
pub fn delete_security_context(context: &mut SecurityContext) -> Result<()> {
    if matches!(context.state, State::Null | State::Deleted) {
        return Err(context.state.not_established());
    }
    *context = SecurityContext { state: State::Deleted, ..SecurityContext::default() };
    Ok(())
}
