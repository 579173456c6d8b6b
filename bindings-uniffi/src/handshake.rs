//! One end: a handshake, and the context that comes of it. Both are one object here, so that the step
//! that ends a handshake brings everything with it.

use crate::context::{ContextFacts, facts_of};
use crate::credentials::{NativeCredential, NativeIdentity};
use crate::error::{Answer, alone, answer, closed};
use anysspi::binding::{policy_of, token_of};
use anysspi::{
    Allow, ChannelBindings, Context, ContextFlags, CredentialSource, Error, Handshake, Registry,
    Status,
};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Everything a handshake is made of.
#[derive(uniffi::Record)]
pub struct HandshakeOptions {
    /// The package.
    pub package_name: String,
    /// Which end this is.
    pub is_acceptor: bool,
    /// Credentials that were acquired before, or
    pub credential: Option<Arc<NativeCredential>>,
    /// the identities to acquire them from.
    pub identities: Vec<Arc<NativeIdentity>>,
    /// The server's name; for an initiator.
    pub target: Option<String>,
    /// The names by which clients may have called the server; for an acceptor.
    pub accepted_targets: Vec<String>,
    /// What must be had beside the default.
    pub require: u32,
    /// What is asked for and not insisted on.
    pub request: u32,
    /// What of the default is not insisted on.
    pub relax: u32,
    /// What is not even asked for.
    pub without: u32,
    /// The application data of the channel bindings.
    pub channel_bindings: Option<Vec<u8>>,
    /// What to do about channel bindings, in a word.
    pub binding_policy: Option<String>,
    /// What is off unless it is asked for by name.
    pub allow: u32,
    /// The packages that Negotiate may use, in order of preference.
    pub packages: Option<Vec<String>>,
    /// The packages that it may not use.
    pub without_packages: Vec<String>,
}

/// Puts the options into the builder of either side.
macro_rules! configured {
    ($builder:expr, $options:expr, $registry:expr, $source:expr) => {{
        let mut builder = $builder
            .registry($registry)
            .credential($source)
            .require(ContextFlags::from_bits_truncate($options.require))
            .request(ContextFlags::from_bits_truncate($options.request))
            .relax(ContextFlags::from_bits_truncate($options.relax))
            .without(ContextFlags::from_bits_truncate($options.without))
            .allow(Allow::from_bits_truncate($options.allow))
            .without_packages($options.without_packages);
        if let Some(packages) = $options.packages {
            builder = builder.packages(packages);
        }
        if let Some(data) = $options.channel_bindings {
            builder = builder.channel_bindings(ChannelBindings::new(data));
        }
        if let Some(name) = &$options.binding_policy {
            builder = builder.binding_policy(policy_of(name)?);
        }
        builder
    }};
}

pub(crate) fn start_in(
    registry: &Registry,
    options: HandshakeOptions,
) -> anysspi::Result<Arc<NativeEnd>> {
    let source: CredentialSource = match &options.credential {
        Some(credential) => credential.handle()?.into(),
        None => options.identities.iter().map(|one| one.0.clone()).collect::<Vec<_>>().into(),
    };
    let name = &options.package_name;
    let handshake = if options.is_acceptor {
        let builder = configured!(anysspi::accept(name), options, registry, source);
        builder.accepted_targets(options.accepted_targets).start()?
    } else {
        let builder = configured!(anysspi::initiate(name), options, registry, source);
        match options.target {
            Some(target) => builder.target(target).start()?,
            None => builder.start()?,
        }
    };
    let state = Mutex::new(State::Running(Box::new(handshake)));
    Ok(Arc::new(NativeEnd { state, is_shut: AtomicBool::new(false) }))
}

/// One end of a handshake.
#[derive(uniffi::Object)]
pub struct NativeEnd {
    state: Mutex<State>,
    /// Somebody wants it closed: whoever is at work with it does that.
    is_shut: AtomicBool,
}

enum State {
    Running(Box<Handshake>),
    Standing(Box<Context>),
    Closed,
}

impl State {
    fn running(&mut self) -> anysspi::Result<&mut Handshake> {
        match self {
            Self::Running(handshake) => Ok(handshake),
            Self::Standing(_) => Err(Error::new(
                Status::OUT_OF_SEQUENCE,
                "a call out of turn: the handshake is at its end",
            )),
            Self::Closed => Err(closed()),
        }
    }

    fn context(&mut self) -> anysspi::Result<&mut Context> {
        match self {
            Self::Standing(context) => Ok(context),
            Self::Running(handshake) => handshake.context(),
            Self::Closed => Err(closed()),
        }
    }

    fn step(&mut self, token: Option<&[u8]>) -> anysspi::Result<Stepped> {
        if token.is_none() && matches!(self, Self::Standing(_)) {
            return Ok(Stepped { token: None, facts: None, extra: Vec::new() });
        }
        let handshake = self.running()?;
        let token = token_of(handshake.step(token)?)?;
        let extra = handshake.extra().to_vec();
        if !handshake.done() {
            return Ok(Stepped { token, facts: None, extra });
        }
        let facts = facts_of(handshake.context()?)?;
        if let Self::Running(handshake) = std::mem::replace(self, Self::Closed) {
            *self = Self::Standing(Box::new(handshake.into_context()?));
        }
        Ok(Stepped { token, facts: Some(facts), extra })
    }
}

/// What a step brings.
#[derive(uniffi::Record)]
pub struct Stepped {
    /// The token to send; none at the end.
    pub token: Option<Vec<u8>>,
    /// The facts of the context, from the step that made it.
    pub facts: Option<ContextFacts>,
    /// The peer's bytes beyond the end of the handshake.
    pub extra: Vec<u8>,
}

impl NativeEnd {
    /// One call on it, which nobody else makes at the same time.
    fn with<T>(&self, call: impl FnOnce(&mut State) -> anysspi::Result<T>) -> Answer<T> {
        answer(|| {
            let mut state = alone(&self.state, "handshake or its context")?;
            self.shut_if_asked(&mut state);
            let result = call(&mut state);
            self.shut_if_asked(&mut state);
            drop(state);
            // Asked for between the look and the end of the call.
            self.try_to_shut();
            result
        })
    }

    fn shut_if_asked(&self, state: &mut State) {
        if self.is_shut.load(Ordering::SeqCst) {
            *state = State::Closed;
        }
    }

    fn try_to_shut(&self) {
        if self.is_shut.load(Ordering::SeqCst)
            && let Ok(mut state) = self.state.try_lock()
        {
            *state = State::Closed;
        }
    }
}

#[uniffi::export]
impl NativeEnd {
    /// Starts a handshake.
    #[uniffi::constructor]
    pub fn start(options: HandshakeOptions) -> Answer<Arc<Self>> {
        answer(|| start_in(Registry::global(), options))
    }

    /// Hands over the peer's token.
    pub fn receive(&self, token: &[u8]) -> Answer<()> {
        self.with(|state| state.running()?.receive(token))
    }

    /// The next token to send, with what was handed over before.
    pub fn advance(&self) -> Answer<Stepped> {
        self.with(|state| state.step(None))
    }

    /// Hands over the peer's token, and gives the next one to send.
    pub fn step(&self, token: &[u8]) -> Answer<Stepped> {
        self.with(|state| state.step(Some(token)))
    }

    /// Has a server speak first, where a protocol wants that: the token to send.
    pub fn speak_first(&self) -> Answer<Vec<u8>> {
        self.with(|state| {
            let token = token_of(state.running()?.speak_first()?)?;
            token.ok_or_else(|| {
                Error::new(
                    Status::OUT_OF_SEQUENCE,
                    "a call out of turn: there is nothing to say first",
                )
            })
        })
    }

    /// Closes it and wipes its secrets: at once, or at the end of the call that is under way. Every later
    /// call is INVALID_HANDLE; closing it again is none.
    pub fn shut(&self) -> Answer<()> {
        answer(|| {
            self.is_shut.store(true, Ordering::SeqCst);
            match self.state.try_lock() {
                Ok(mut state) => *state = State::Closed,
                Err(std::sync::TryLockError::Poisoned(state)) => {
                    *PoisonError::into_inner(state) = State::Closed;
                }
                Err(std::sync::TryLockError::WouldBlock) => {}
            }
            Ok(())
        })
    }

    /// The facts of the context; OUT_OF_SEQUENCE before there is one.
    pub fn facts(&self) -> Answer<ContextFacts> {
        self.with(|state| facts_of(state.context()?))
    }

    /// The session key, which is not among the facts: few ask for it.
    pub fn session_key(&self) -> Answer<Vec<u8>> {
        self.with(|state| Ok(state.context()?.session_key().expose().to_vec()))
    }

    /// Asks anything else (`SECPKG_ATTR_*`).
    pub fn query(&self, attribute: u32) -> Answer<crate::attributes::AttributeAnswer> {
        self.with(|state| state.context()?.query(anysspi::Attribute(attribute))?.try_into())
    }

    /// Protects a message.
    pub fn wrap(&self, payload: &[u8]) -> Answer<Vec<u8>> {
        self.with(|state| state.context()?.wrap(payload))
    }

    /// Opens a message.
    pub fn unwrap(&self, wrapped: &[u8]) -> Answer<Vec<u8>> {
        self.with(|state| state.context()?.unwrap(wrapped))
    }

    /// Signs a message that goes out in the clear.
    pub fn sign(&self, payload: &[u8]) -> Answer<Vec<u8>> {
        self.with(|state| state.context()?.sign(payload))
    }

    /// Checks the signature of a message in the clear.
    pub fn verify(&self, payload: &[u8], signature: &[u8]) -> Answer<()> {
        self.with(|state| state.context()?.verify(payload, signature))
    }

    /// `wrap` on a connectionless context, whose messages the caller numbers.
    pub fn wrap_datagram(&self, number: u32, payload: &[u8]) -> Answer<Vec<u8>> {
        self.with(|state| state.context()?.wrap_datagram(number, payload))
    }

    /// `unwrap` on a connectionless context.
    pub fn unwrap_datagram(&self, number: u32, wrapped: &[u8]) -> Answer<Vec<u8>> {
        self.with(|state| state.context()?.unwrap_datagram(number, wrapped))
    }

    /// `sign` on a connectionless context.
    pub fn sign_datagram(&self, number: u32, payload: &[u8]) -> Answer<Vec<u8>> {
        self.with(|state| state.context()?.sign_datagram(number, payload))
    }

    /// `verify` on a connectionless context.
    pub fn verify_datagram(&self, number: u32, payload: &[u8], signature: &[u8]) -> Answer<()> {
        self.with(|state| state.context()?.verify_datagram(number, payload, signature))
    }
}

#[cfg(feature = "testing")]
impl Drop for NativeEnd {
    fn drop(&mut self) {
        // The call that frees it is one too.
        crate::testing::count();
    }
}
