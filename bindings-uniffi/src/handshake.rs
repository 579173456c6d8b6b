//! One end: a handshake, and the context that comes of it. Both are one object here, so that the step
//! that ends a handshake brings everything with it.

use crate::context::{ContextFacts, facts_of};
use crate::credentials::{NativeCredential, NativeIdentity};
use crate::delegation::{DelegationLists, identity_of};
use crate::error::{Answer, alone, answer};
use crate::kdc::{Carrier, ForeignCarrier};
use crate::peer::PeerFacts;
use anysspi::binding::{End, HandshakeParts, pac_policy_of, policy_of};
use anysspi::{Allow, ChannelBindings, ContextFlags, CredentialSource, KdcCarrier, Registry};
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
    /// To which targets credentials may be delegated; for an initiator.
    pub delegation: Option<DelegationLists>,
    /// What is off unless it is asked for by name.
    pub allow: u32,
    /// The packages that Negotiate may use, in order of preference.
    pub packages: Option<Vec<String>>,
    /// The packages that it may not use.
    pub without_packages: Vec<String>,
    /// Who carries questions to KDCs, if anybody.
    #[uniffi(default = None)]
    pub carrier: Option<Arc<dyn Carrier>>,
    /// What to do about the PAC in a client's ticket, in a word; for an acceptor.
    #[uniffi(default = None)]
    pub pac_policy: Option<String>,
}

pub(crate) fn start_in(
    registry: &Registry,
    options: HandshakeOptions,
) -> anysspi::Result<Arc<NativeEnd>> {
    let credential: CredentialSource = match &options.credential {
        Some(credential) => credential.handle()?.into(),
        None => options.identities.iter().map(|one| one.0.clone()).collect::<Vec<_>>().into(),
    };
    let parts = HandshakeParts {
        package: &options.package_name,
        is_acceptor: options.is_acceptor,
        credential,
        target: options.target,
        accepted_targets: options.accepted_targets,
        require: ContextFlags::from_bits_truncate(options.require),
        request: ContextFlags::from_bits_truncate(options.request),
        relax: ContextFlags::from_bits_truncate(options.relax),
        without: ContextFlags::from_bits_truncate(options.without),
        channel_bindings: options.channel_bindings.map(ChannelBindings::new),
        binding_policy: options.binding_policy.as_deref().map(policy_of).transpose()?,
        delegation: options.delegation.map(Into::into),
        pac_policy: options.pac_policy.as_deref().map(pac_policy_of).transpose()?,
        allow: Allow::from_bits_truncate(options.allow),
        packages: options.packages,
        without_packages: options.without_packages,
        kdc: options
            .carrier
            .map(|carrier| -> Arc<dyn KdcCarrier> { Arc::new(ForeignCarrier(carrier)) }),
    };
    let state = Mutex::new(End::new(parts.start(registry)?));
    Ok(Arc::new(NativeEnd { state, is_shut: AtomicBool::new(false) }))
}

/// One end of a handshake.
#[derive(uniffi::Object)]
pub struct NativeEnd {
    state: Mutex<End>,
    /// Somebody wants it closed: whoever is at work with it does that.
    is_shut: AtomicBool,
}

fn step(end: &mut End, token: Option<&[u8]>) -> anysspi::Result<Stepped> {
    let was_done = end.is_done();
    let token = end.step(token)?;
    if was_done {
        return Ok(Stepped { token, facts: None, extra: Vec::new() });
    }
    let facts = if end.is_done() { Some(facts_of(end.context()?)?) } else { None };
    Ok(Stepped { token, facts, extra: end.extra().to_vec() })
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

/// A message that was opened.
#[derive(uniffi::Record)]
pub struct Opened {
    /// The message.
    pub message: Vec<u8>,
    /// The quality of the protection.
    pub quality: u32,
}

impl NativeEnd {
    /// One call on it, which nobody else makes at the same time.
    fn with<T>(&self, call: impl FnOnce(&mut End) -> anysspi::Result<T>) -> Answer<T> {
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

    fn shut_if_asked(&self, state: &mut End) {
        if self.is_shut.load(Ordering::SeqCst) {
            *state = End::Closed;
        }
    }

    fn try_to_shut(&self) {
        if self.is_shut.load(Ordering::SeqCst)
            && let Ok(mut state) = self.state.try_lock()
        {
            *state = End::Closed;
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
        self.with(|end| end.running()?.receive(token))
    }

    /// The next token to send, with what was handed over before.
    pub fn advance(&self) -> Answer<Stepped> {
        self.with(|end| step(end, None))
    }

    /// Hands over the peer's token, and gives the next one to send.
    pub fn step(&self, token: &[u8]) -> Answer<Stepped> {
        self.with(|end| step(end, Some(token)))
    }

    /// Has a server speak first, where a protocol wants that: the token to send.
    pub fn speak_first(&self) -> Answer<Vec<u8>> {
        self.with(End::speak_first)
    }

    /// Closes it and wipes its secrets: at once, or at the end of the call that is under way. Every later
    /// call is INVALID_HANDLE; closing it again is none.
    pub fn shut(&self) -> Answer<()> {
        answer(|| {
            self.is_shut.store(true, Ordering::SeqCst);
            match self.state.try_lock() {
                Ok(mut state) => *state = End::Closed,
                Err(std::sync::TryLockError::Poisoned(state)) => {
                    *PoisonError::into_inner(state) = End::Closed;
                }
                Err(std::sync::TryLockError::WouldBlock) => {}
            }
            Ok(())
        })
    }

    /// The facts of the context; OUT_OF_SEQUENCE before there is one.
    pub fn facts(&self) -> Answer<ContextFacts> {
        self.with(|end| facts_of(end.context()?))
    }

    /// Who the client is, where the package knows; not among the facts either.
    pub fn peer(&self) -> Answer<Option<PeerFacts>> {
        self.with(|end| Ok(end.context()?.peer().map(PeerFacts::from)))
    }

    /// The session key, which is not among the facts: few ask for it.
    pub fn session_key(&self) -> Answer<Vec<u8>> {
        self.with(|end| Ok(end.context()?.session_key().expose().to_vec()))
    }

    /// Asks anything else (`SECPKG_ATTR_*`).
    pub fn query(&self, attribute: u32) -> Answer<crate::attributes::AttributeAnswer> {
        self.with(|end| end.context()?.query(anysspi::Attribute(attribute))?.try_into())
    }

    /// Protects a message.
    pub fn wrap(&self, payload: &[u8]) -> Answer<Vec<u8>> {
        self.with(|end| end.context()?.wrap(payload))
    }

    /// Opens a message.
    pub fn unwrap(&self, wrapped: &[u8]) -> Answer<Vec<u8>> {
        self.with(|end| end.context()?.unwrap(wrapped))
    }

    /// Opens a message, and says how it was protected.
    pub fn unwrap_with_quality(&self, wrapped: &[u8]) -> Answer<Opened> {
        self.with(|end| {
            let (message, quality) = end.context()?.unwrap_with_quality(wrapped)?;
            Ok(Opened { message, quality: quality.0 })
        })
    }

    /// Ends a stream: the bytes to send as its last.
    pub fn shut_down(&self) -> Answer<Vec<u8>> {
        self.with(|end| end.context()?.shut_down())
    }

    /// What the client delegated, once, as an identity to act with; none where it is nothing.
    pub fn delegated(&self) -> Answer<Option<Arc<NativeIdentity>>> {
        self.with(|end| identity_of(end.context()?.delegated()?))
    }

    /// Signs a message that goes out in the clear.
    pub fn sign(&self, payload: &[u8]) -> Answer<Vec<u8>> {
        self.with(|end| end.context()?.sign(payload))
    }

    /// Checks the signature of a message in the clear.
    pub fn verify(&self, payload: &[u8], signature: &[u8]) -> Answer<()> {
        self.with(|end| end.context()?.verify(payload, signature))
    }

    /// `wrap` on a connectionless context, whose messages the caller numbers.
    pub fn wrap_datagram(&self, number: u32, payload: &[u8]) -> Answer<Vec<u8>> {
        self.with(|end| end.context()?.wrap_datagram(number, payload))
    }

    /// `unwrap` on a connectionless context.
    pub fn unwrap_datagram(&self, number: u32, wrapped: &[u8]) -> Answer<Vec<u8>> {
        self.with(|end| end.context()?.unwrap_datagram(number, wrapped))
    }

    /// `sign` on a connectionless context.
    pub fn sign_datagram(&self, number: u32, payload: &[u8]) -> Answer<Vec<u8>> {
        self.with(|end| end.context()?.sign_datagram(number, payload))
    }

    /// `verify` on a connectionless context.
    pub fn verify_datagram(&self, number: u32, payload: &[u8], signature: &[u8]) -> Answer<()> {
        self.with(|end| end.context()?.verify_datagram(number, payload, signature))
    }
}

#[cfg(feature = "testing")]
impl Drop for NativeEnd {
    fn drop(&mut self) {
        // The call that frees it is one too.
        crate::testing::count();
    }
}
