//! The loop: a handshake is an iterator over the tokens to send.

use crate::accounts::LookUps;
use crate::bindings::ChannelBindings;
use crate::bytes::Token;
use crate::context::Context;
use crate::credentials::source_of;
use crate::delegation::DelegationPolicy;
use crate::error::{Failure, Result, alone, detached};
use crate::hints::{
    AllowOf, Anything, BytesLater, BytesLike, CarrierLike, CredentialLike, FlagOf, Names, Never,
    PacPolicyWord, PolicyWord, Raisable, SideWord, TokenLater,
};
use crate::kdc::carrier_of;
use anysspi::binding::{HandshakeParts, token_of};
use anysspi::{
    Allow, ChannelBindingPolicy, ContextFlags, Error, PacPolicy, Registry, Side, Status, Step,
};
use pyo3::exceptions::PyStopIteration;
use pyo3::prelude::*;
use pyo3::pyclass::{PyTraverseError, PyVisit};
use pyo3::sync::PyOnceLock;
use pyo3::types::PyBytes;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// A handshake: an iterator over the tokens to send, made by `initiate` or `accept`.
///
/// `receive` takes the peer's token, and iteration does the work:
///
///     for token in handshake:
///         send(token)
///         if not handshake.done:
///             handshake.receive(recv())
///     context = handshake.context
///
/// It is a generator too (`context = yield from handshake`), and an asynchronous iterator (`async
/// for`), whose work runs in a thread. An empty token has nothing to say: more of the peer's bytes are
/// wanted.
#[pyclass(frozen, module = "anysspi")]
pub(crate) struct Handshake {
    side: Side,
    package: String,
    phase: Mutex<Phase>,
    /// Whether it was closed while a call was under way, which sees to it when it comes back.
    is_closing: AtomicBool,
    look_ups: LookUps,
}

enum Phase {
    /// On its way, or failed: the handshake itself knows.
    Running(Box<anysspi::Handshake>),
    Done {
        context: Py<Context>,
        extra: Vec<u8>,
    },
    Closed,
}

fn out_of_turn(why: &str) -> Failure {
    Error::new(Status::OUT_OF_SEQUENCE, format!("a call out of turn: {why}")).into()
}

const AT_ITS_END: &str = "the handshake is at its end";
const CLOSED: &str = "the handshake was closed";

impl Phase {
    fn running(&mut self) -> Result<&mut anysspi::Handshake> {
        match self {
            Self::Running(handshake) => Ok(handshake),
            Self::Done { .. } => Err(out_of_turn(AT_ITS_END)),
            Self::Closed => Err(out_of_turn(CLOSED)),
        }
    }

    /// Takes the context out of a handshake that is at its end.
    fn finish(&mut self, py: Python<'_>) -> Result<()> {
        if let Self::Running(handshake) = std::mem::replace(self, Self::Closed) {
            let extra = handshake.extra().to_vec();
            let context = Py::new(py, Context::new(handshake.into_context()?))?;
            *self = Self::Done { context, extra };
        }
        Ok(())
    }
}

impl Handshake {
    fn new(package: &str, handshake: anysspi::Handshake, look_ups: LookUps) -> Self {
        let side = handshake.side();
        let phase = Mutex::new(Phase::Running(Box::new(handshake)));
        let is_closing = AtomicBool::new(false);
        Self { side, package: package.to_owned(), phase, is_closing, look_ups }
    }

    /// The next token to send; none at the end.
    fn advance<'py>(
        &self,
        py: Python<'py>,
        token: Option<&Bound<'py, PyAny>>,
    ) -> Result<Option<Bound<'py, PyBytes>>> {
        let token = token.map(|token| Token::of(token, "token")).transpose()?;
        let mut phase = alone(&self.phase, "handshake")?;
        if token.is_none() && matches!(*phase, Phase::Done { .. }) {
            return Ok(None);
        }
        let handshake = phase.running()?;
        let token = token.as_ref().map(Token::as_slice);
        let step = detached(py, || handshake.step(token));
        if self.is_closing.load(Ordering::SeqCst) {
            *phase = Phase::Closed;
            return Err(out_of_turn(CLOSED));
        }
        let step = step?;
        if handshake.done() {
            phase.finish(py)?;
        }
        Ok(token_of(step)?.map(|token| PyBytes::new(py, &token)))
    }

    /// What a generator ends with.
    fn or_stop<'py>(
        &self,
        py: Python<'py>,
        token: Option<Bound<'py, PyBytes>>,
    ) -> Result<Bound<'py, PyBytes>> {
        match token {
            Some(token) => Ok(token),
            None => Err(PyStopIteration::new_err((self.context(py)?,)).into()),
        }
    }
}

#[pymethods]
impl Handshake {
    /// Hands over the peer's token. The next iteration does the work.
    fn receive(&self, token: BytesLike<'_>) -> Result<()> {
        let token = Token::of(&token.0, "token")?;
        let mut phase = alone(&self.phase, "handshake")?;
        Ok(phase.running()?.receive(token.as_slice())?)
    }

    /// `receive` and the next iteration in one call: the token to send, or None at the end. A client's
    /// first step has no token.
    #[pyo3(signature = (token=None))]
    fn step<'py>(
        &self,
        py: Python<'py>,
        token: Option<BytesLike<'py>>,
    ) -> Result<Option<Bound<'py, PyBytes>>> {
        self.advance(py, token.as_ref().map(|token| &token.0))
    }

    /// `step` in a thread of its own: the event loop goes on.
    #[pyo3(signature = (token=None))]
    fn astep<'py>(
        this: Bound<'py, Self>,
        token: Option<BytesLike<'py>>,
    ) -> Result<TokenLater<'py>> {
        static STEP: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let step = STEP.import(this.py(), "anysspi._asynchronous", "step")?;
        Ok(TokenLater(step.call1((&this, token.map(|token| token.0)))?))
    }

    /// Has a server speak first, where a protocol wants that.
    fn speak_first<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyBytes>> {
        let mut phase = alone(&self.phase, "handshake")?;
        let handshake = phase.running()?;
        match detached(py, || handshake.speak_first())? {
            Step::SendToken(token) => Ok(PyBytes::new(py, &token)),
            _ => Err(out_of_turn("there is nothing to say first")),
        }
    }

    /// Whether the context stands. A last token may still have to be sent.
    #[getter]
    fn done(&self) -> bool {
        // While a call is under way, it is not.
        matches!(alone(&self.phase, "handshake").as_deref(), Ok(Phase::Done { .. }))
    }

    /// The context; OutOfSequence before `done`.
    #[getter]
    fn context(&self, py: Python<'_>) -> Result<Py<Context>> {
        match &mut *alone(&self.phase, "handshake")? {
            Phase::Done { context, .. } => Ok(context.clone_ref(py)),
            Phase::Running(handshake) => match handshake.context() {
                Err(error) => Err(error.into()),
                Ok(_) => Err(out_of_turn("there is no context yet")),
            },
            Phase::Closed => Err(out_of_turn(CLOSED)),
        }
    }

    /// The peer's bytes beyond the end of the handshake.
    #[getter]
    fn extra<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        match alone(&self.phase, "handshake").as_deref() {
            Ok(Phase::Done { extra, .. }) => PyBytes::new(py, extra),
            _ => PyBytes::new(py, &[]),
        }
    }

    /// Which end this is: "initiator" or "acceptor".
    #[getter]
    fn side(&self) -> SideWord {
        side_name(self.side)
    }

    fn __iter__(this: Bound<'_, Self>) -> Bound<'_, Self> {
        this
    }

    fn __next__<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyBytes>> {
        let token = self.advance(py, None)?;
        self.or_stop(py, token)
    }

    /// `step` for generators: StopIteration with the context at the end. Once the handshake is `done`
    /// it takes no more tokens, and None is what to send.
    #[pyo3(signature = (token))]
    fn send<'py>(
        &self,
        py: Python<'py>,
        token: Option<BytesLike<'py>>,
    ) -> Result<Bound<'py, PyBytes>> {
        let token = self.advance(py, token.as_ref().map(|token| &token.0))?;
        self.or_stop(py, token)
    }

    /// Ends the handshake with the exception, as `throw` of any generator does.
    #[pyo3(signature = (exception, value=None, traceback=None))]
    fn throw<'py>(
        &self,
        exception: Raisable<'py>,
        value: Option<Raisable<'py>>,
        traceback: Option<Anything<'py>>,
    ) -> Result<Never<'py>> {
        self.close();
        // The form of three arguments is that of old; the traceback is in the exception.
        drop(traceback);
        Err(PyErr::from_value(value.unwrap_or(exception).0).into())
    }

    /// Ends the handshake and wipes its secrets. Afterwards there is no context. A call that is under
    /// way ends with OutOfSequence when it comes back.
    fn close(&self) {
        self.is_closing.store(true, Ordering::SeqCst);
        if let Ok(mut phase) = alone(&self.phase, "handshake") {
            *phase = Phase::Closed;
        }
    }

    fn __aiter__(this: Bound<'_, Self>) -> Bound<'_, Self> {
        this
    }

    fn __anext__(this: Bound<'_, Self>) -> Result<BytesLater<'_>> {
        static ADVANCE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let advance = ADVANCE.import(this.py(), "anysspi._asynchronous", "advance")?;
        Ok(BytesLater(advance.call1((&this,))?))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.look_ups.traverse(&visit)
    }

    fn __repr__(&self) -> String {
        let phase = match alone(&self.phase, "handshake").as_deref() {
            Ok(Phase::Done { .. }) => "done",
            Ok(Phase::Running(handshake)) if handshake.failure().is_some() => "failed",
            Ok(Phase::Running(_)) => "running",
            Ok(Phase::Closed) => "closed",
            Err(_) => "busy",
        };
        format!("<Handshake {}, {}, {phase}>", self.package, self.side().0)
    }
}

pub(crate) fn side_name(side: Side) -> SideWord {
    SideWord(side.name())
}

/// The keywords that both sides have.
#[derive(Default)]
pub(crate) struct Keywords<'py> {
    pub(crate) credential: Option<CredentialLike<'py>>,
    pub(crate) require: Option<FlagOf>,
    pub(crate) request: Option<FlagOf>,
    pub(crate) relax: Option<FlagOf>,
    pub(crate) without: Option<FlagOf>,
    pub(crate) channel_bindings: Option<Bound<'py, ChannelBindings>>,
    pub(crate) binding_policy: Option<PolicyWord>,
    pub(crate) allow: Option<AllowOf>,
    pub(crate) packages: Option<Names>,
    pub(crate) without_packages: Option<Names>,
    pub(crate) delegation: Option<Bound<'py, DelegationPolicy>>,
    pub(crate) pac_policy: Option<PacPolicyWord>,
    pub(crate) kdc: Option<CarrierLike<'py>>,
}

/// Starts a handshake of either side.
fn started(
    py: Python<'_>,
    registry: &Registry,
    package: &str,
    is_acceptor: bool,
    names: (Option<String>, Vec<String>),
    keywords: Keywords<'_>,
) -> Result<Handshake> {
    let (credential, mut look_ups) = source_of(keywords.credential.as_ref())?;
    let kdc = keywords.kdc.map(|carrier| carrier_of(&carrier.0, &mut look_ups)).transpose()?;
    let (target, accepted_targets) = names;
    let flags = |given: Option<FlagOf>| given.map_or(ContextFlags::empty(), |flags| flags.0);
    let parts = HandshakeParts {
        package,
        is_acceptor,
        credential,
        target,
        accepted_targets,
        require: flags(keywords.require),
        request: flags(keywords.request),
        relax: flags(keywords.relax),
        without: flags(keywords.without),
        channel_bindings: keywords.channel_bindings.map(|bindings| bindings.get().0.clone()),
        binding_policy: keywords.binding_policy.map(policy_of).transpose()?,
        delegation: keywords.delegation.map(|policy| policy.get().policy.clone()),
        pac_policy: keywords.pac_policy.map(pac_policy_of).transpose()?,
        allow: keywords.allow.map_or(Allow::empty(), |allow| allow.0),
        packages: keywords.packages.map(|names| names.0),
        without_packages: keywords.without_packages.map_or_else(Vec::new, |names| names.0),
        kdc,
    };
    Ok(Handshake::new(package, detached(py, || parts.start(registry))?, look_ups))
}

pub(crate) fn initiate_in(
    py: Python<'_>,
    registry: &Registry,
    package: &str,
    target: Option<&str>,
    keywords: Keywords<'_>,
) -> Result<Handshake> {
    let names = (target.map(str::to_owned), Vec::new());
    started(py, registry, package, false, names, keywords)
}

pub(crate) fn accept_in(
    py: Python<'_>,
    registry: &Registry,
    package: &str,
    accepted_targets: Option<Names>,
    keywords: Keywords<'_>,
) -> Result<Handshake> {
    let names = (None, accepted_targets.map_or_else(Vec::new, |names| names.0));
    started(py, registry, package, true, names, keywords)
}

pub(crate) fn policy_of(word: PolicyWord) -> Result<ChannelBindingPolicy> {
    ChannelBindingPolicy::from_name(word.0).ok_or_else(|| word.unknown().into())
}

pub(crate) fn pac_policy_of(word: PacPolicyWord) -> Result<PacPolicy> {
    PacPolicy::from_name(word.0).ok_or_else(|| word.unknown().into())
}

/// Starts a handshake as the client of a package: "Negotiate", "Kerberos", "NTLM", "CREDSSP".
///
/// - `target` is the server's name, such as "HTTP/web.example.com".
/// - `credential` is a `Password`, `NtHash` or `Anonymous`, for Kerberos a `CredentialCache` or a
///   `Keytab` too, for CREDSSP `TrustedRoots` and a `SmartCard` beside it, or a `Credential`; without one
///   it is the current user's.
/// - `require`, `request`, `relax` and `without` are flags: what must be had, what is asked for
///   beside it, what of the default is not insisted on, what is not even asked for. The default is
///   mutual authentication (where the package has it), integrity, confidentiality, replay and
///   sequence detection.
/// - `channel_bindings` ties the logon to a TLS connection; `binding_policy` is "never",
///   "when_supported" (default) or "always".
/// - `allow` allows by name what is off: NTLMv1, short keys, anonymous logons, CredSSP's old versions.
/// - `packages` and `without_packages` say what Negotiate may use, in order of preference.
/// - `kdc` carries questions to KDCs: a callable that gets the realm and the message, and gives the
///   answer; it may block. What it raises says that no KDC could be asked: Negotiate then goes on without
///   Kerberos. Without one nobody is asked.
/// - `delegation` says to which targets CREDSSP may delegate credentials, where DELEGATE is among the
///   flags; the named target is the default.
#[pyfunction]
#[pyo3(signature = (
    package, *, target=None,
    credential=None, require=None, request=None, relax=None, without=None, channel_bindings=None,
    binding_policy=None, allow=None, packages=None, without_packages=None, delegation=None, kdc=None
))]
#[expect(clippy::too_many_arguments, reason = "they are keywords")]
pub(crate) fn initiate(
    py: Python<'_>,
    package: &str,
    target: Option<&str>,
    credential: Option<CredentialLike<'_>>,
    require: Option<FlagOf>,
    request: Option<FlagOf>,
    relax: Option<FlagOf>,
    without: Option<FlagOf>,
    channel_bindings: Option<Bound<'_, ChannelBindings>>,
    binding_policy: Option<PolicyWord>,
    allow: Option<AllowOf>,
    packages: Option<Names>,
    without_packages: Option<Names>,
    delegation: Option<Bound<'_, DelegationPolicy>>,
    kdc: Option<CarrierLike<'_>>,
) -> Result<Handshake> {
    let keywords = Keywords {
        credential,
        require,
        request,
        relax,
        without,
        channel_bindings,
        binding_policy,
        allow,
        packages,
        without_packages,
        delegation,
        pac_policy: None,
        kdc,
    };
    initiate_in(py, Registry::global(), package, target, keywords)
}

/// Starts a handshake as the server of a package. It receives first.
///
/// - `credential` is `Accounts`, for CREDSSP with a `Certificate` beside them, a `Keytab` for Kerberos,
///   several of them for Negotiate, or a `Credential` made from them.
/// - `accepted_targets` are the names by which clients may have called the server; without any,
///   every name will do.
/// - `pac_policy` says what becomes of clients of Kerberos by the PAC in their ticket: with "always"
///   only those are let in that have one, with "when_present" (default) one that is there must be the
///   right one, with "never" it is not looked at.
///
/// The other keywords are those of `initiate`.
#[pyfunction]
#[pyo3(signature = (
    package, *, credential=None, require=None, request=None, relax=None, without=None, channel_bindings=None,
    binding_policy=None, allow=None, packages=None, without_packages=None, accepted_targets=None,
    pac_policy=None, kdc=None
))]
#[expect(clippy::too_many_arguments, reason = "they are keywords")]
pub(crate) fn accept(
    py: Python<'_>,
    package: &str,
    credential: Option<CredentialLike<'_>>,
    require: Option<FlagOf>,
    request: Option<FlagOf>,
    relax: Option<FlagOf>,
    without: Option<FlagOf>,
    channel_bindings: Option<Bound<'_, ChannelBindings>>,
    binding_policy: Option<PolicyWord>,
    allow: Option<AllowOf>,
    packages: Option<Names>,
    without_packages: Option<Names>,
    accepted_targets: Option<Names>,
    pac_policy: Option<PacPolicyWord>,
    kdc: Option<CarrierLike<'_>>,
) -> Result<Handshake> {
    let keywords = Keywords {
        credential,
        require,
        request,
        relax,
        without,
        channel_bindings,
        binding_policy,
        allow,
        packages,
        without_packages,
        delegation: None,
        pac_policy,
        kdc,
    };
    accept_in(py, Registry::global(), package, accepted_targets, keywords)
}
