//! One end: a handshake, and the context that comes of it. Both are one object here, so that an end
//! costs one object of JavaScript's.

use crate::credentials::{Choice, NativeCredential, NativeIdentity, acquired};
use crate::error::{Answer, Fault, answer};
use crate::look_up::{asking, with_step};
use crate::package::PackageInfo;
use anysspi::binding::{guarded, token_of};
use anysspi::raw::{Attribute, AttributeValue};
use anysspi::{
    ChannelBindingPolicy, ChannelBindings, Context, ContextFlags, CredentialSource, Error,
    Handshake, Registry, Status, Time,
};
use napi::Env;
use napi::bindgen_prelude::{
    Buffer, BufferSlice, ClassInstance, Either, Either3, Either4, Null, Object,
};
use napi_derive::napi;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// From this size on, bytes are handed over in the memory they were made in.
const WORTH_HANDING_OVER: usize = 4096;

/// The settings of a handshake that are not the usual ones.
#[napi(object)]
pub struct Settings {
    pub target: Option<String>,
    pub require: u32,
    pub request: u32,
    pub relax: u32,
    pub without: u32,
    /// Application data.
    pub channel_bindings: Option<Buffer>,
    pub binding_policy: Option<String>,
    pub accepted_targets: Option<Vec<String>>,
}

/// One end of a handshake.
#[napi]
pub struct NativeEnd {
    state: Arc<Mutex<State>>,
}

enum State {
    Running(Box<Handshake>),
    Standing(Box<Context>, Vec<u8>),
    Closed,
}

/// Puts the settings into the builder of either side.
macro_rules! configured {
    ($builder:expr, $source:expr, $settings:expr, $registry:expr) => {{
        let mut builder = $builder.registry($registry).credential($source);
        if let Some(settings) = $settings {
            builder = builder
                .require(ContextFlags::from_bits_truncate(settings.require))
                .request(ContextFlags::from_bits_truncate(settings.request))
                .relax(ContextFlags::from_bits_truncate(settings.relax))
                .without(ContextFlags::from_bits_truncate(settings.without));
            if let Some(data) = &settings.channel_bindings {
                builder = builder.channel_bindings(ChannelBindings::new(data.to_vec()));
            }
            if let Some(name) = &settings.binding_policy {
                builder = builder.binding_policy(policy_of(name)?);
            }
        }
        builder
    }};
}

fn policy_of(name: &str) -> anysspi::Result<ChannelBindingPolicy> {
    ChannelBindingPolicy::from_name(name).ok_or_else(|| {
        Error::new(Status::INVALID_PARAMETER, format!("there is no binding policy {name:?}"))
    })
}

pub(crate) fn start(
    registry: &Registry,
    package: &str,
    is_acceptor: bool,
    source: CredentialSource,
    settings: Option<&Settings>,
) -> anysspi::Result<NativeEnd> {
    let handshake = if is_acceptor {
        let mut builder = configured!(anysspi::accept(package), source, settings, registry);
        if let Some(targets) = settings.and_then(|settings| settings.accepted_targets.as_ref()) {
            builder = builder.accepted_targets(targets);
        }
        builder.start()?
    } else {
        let mut builder = configured!(anysspi::initiate(package), source, settings, registry);
        if let Some(target) = settings.and_then(|settings| settings.target.as_ref()) {
            builder = builder.target(target);
        }
        builder.start()?
    };
    Ok(NativeEnd { state: Arc::new(Mutex::new(State::Running(Box::new(handshake)))) })
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    // The JavaScript half makes one call at a time, so that nobody waits here.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn out_of_turn(why: &str) -> Error {
    Error::new(Status::OUT_OF_SEQUENCE, format!("a call out of turn: {why}"))
}

fn closed() -> Error {
    Error::new(Status::INVALID_HANDLE, "it was closed")
}

impl State {
    fn running(&mut self) -> anysspi::Result<&mut Handshake> {
        match self {
            Self::Running(handshake) => Ok(handshake),
            Self::Standing(..) => Err(out_of_turn("the handshake is at its end")),
            Self::Closed => Err(closed()),
        }
    }

    fn context(&mut self) -> anysspi::Result<&mut Context> {
        match self {
            Self::Standing(context, _) => Ok(context),
            Self::Running(handshake) => handshake.context(),
            Self::Closed => Err(closed()),
        }
    }

    /// The next token to send; none at the end.
    fn step(&mut self, token: Option<&[u8]>) -> anysspi::Result<Option<Vec<u8>>> {
        if token.is_none() && matches!(self, Self::Standing(..)) {
            return Ok(None);
        }
        let handshake = self.running()?;
        let step = handshake.step(token)?;
        if handshake.done()
            && let Self::Running(handshake) = std::mem::replace(self, Self::Closed)
        {
            let extra = handshake.extra().to_vec();
            *self = Self::Standing(Box::new(handshake.into_context()?), extra);
        }
        token_of(step)
    }
}

/// A token, nothing at the end, or why there is none.
type Stepped<Bytes> = Either3<Bytes, Null, Fault>;

fn stepped<Bytes>(result: Result<Option<Bytes>, Error>) -> Stepped<Bytes> {
    match result {
        Ok(Some(token)) => Either3::A(token),
        Ok(None) => Either3::B(Null),
        Err(error) => Either3::C(Fault::from(&error)),
    }
}

/// Bytes for JavaScript: few are copied, since that costs less than watching over their memory.
fn bytes(env: &Env, made: Vec<u8>) -> napi::Result<BufferSlice<'_>> {
    if made.len() < WORTH_HANDING_OVER {
        BufferSlice::copy_from(env, &made)
    } else {
        BufferSlice::from_data(env, made)
    }
}

#[napi]
impl NativeEnd {
    #[napi]
    pub fn start(
        package: String,
        is_acceptor: bool,
        credential: Option<ClassInstance<'_, NativeCredential>>,
        identities: Option<Vec<ClassInstance<'_, NativeIdentity>>>,
        choice: Option<Choice>,
        settings: Option<Settings>,
    ) -> Answer<NativeEnd> {
        let registry = Registry::global();
        let source: CredentialSource = match (credential, identities, choice) {
            (Some(credential), _, _) => credential.0.clone().into(),
            (None, identities, choice) => {
                let identities = identities.unwrap_or_default();
                let identities: Vec<_> = identities.iter().map(|one| one.0.clone()).collect();
                match choice {
                    None => identities.into(),
                    Some(choice) => {
                        match acquired(registry, &package, is_acceptor, identities, choice) {
                            Either::A(credential) => credential.0.into(),
                            Either::B(fault) => return Either::B(fault),
                        }
                    }
                }
            }
        };
        answer(|| start(registry, &package, is_acceptor, source, settings.as_ref()))
    }

    #[napi]
    pub fn receive(&self, token: &[u8]) -> Option<Fault> {
        let result = guarded(|| locked(&self.state).running()?.receive(token));
        result.err().as_ref().map(Fault::from)
    }

    /// Answers with how many bytes of `space` are the token, or with the token where it does not fit:
    /// a new buffer costs more than the step.
    #[napi]
    pub fn step<'env>(
        &self,
        env: &'env Env,
        mut space: BufferSlice<'_>,
        token: Option<&[u8]>,
    ) -> napi::Result<Either4<u32, Null, BufferSlice<'env>, Fault>> {
        Ok(match guarded(|| locked(&self.state).step(token)) {
            Ok(Some(token)) => match space.get_mut(..token.len()) {
                Some(place) => {
                    place.copy_from_slice(&token);
                    Either4::A(number(token.len()))
                }
                None => Either4::C(bytes(env, token)?),
            },
            Ok(None) => Either4::B(Null),
            Err(error) => Either4::D(Fault::from(&error)),
        })
    }

    /// The step with this number, off the main thread.
    #[napi]
    pub fn step_async<'env>(
        &self,
        env: &'env Env,
        step: u32,
        token: Option<&[u8]>,
    ) -> napi::Result<Object<'env>> {
        let (state, token) = (Arc::clone(&self.state), token.map(<[u8]>::to_vec));
        let asking = asking();
        in_a_thread(env, move || {
            let made =
                with_step(step, asking, || guarded(|| locked(&state).step(token.as_deref())));
            stepped(made.map(|token| token.map(Buffer::from)))
        })
    }

    #[napi]
    pub fn is_done(&self) -> bool {
        matches!(*locked(&self.state), State::Standing(..))
    }

    #[napi]
    pub fn extra(&self) -> Buffer {
        match &*locked(&self.state) {
            State::Standing(_, extra) => extra.as_slice().into(),
            _ => Buffer::default(),
        }
    }

    #[napi]
    pub fn close(&self) {
        *locked(&self.state) = State::Closed;
    }

    #[napi]
    pub fn wrap<'env>(
        &self,
        env: &'env Env,
        message: &[u8],
    ) -> napi::Result<Either<BufferSlice<'env>, Fault>> {
        self.made(env, |context| context.wrap(message))
    }

    #[napi]
    pub fn unwrap<'env>(
        &self,
        env: &'env Env,
        wrapped: &[u8],
    ) -> napi::Result<Either<BufferSlice<'env>, Fault>> {
        self.made(env, |context| context.unwrap(wrapped))
    }

    #[napi]
    pub fn sign<'env>(
        &self,
        env: &'env Env,
        message: &[u8],
    ) -> napi::Result<Either<BufferSlice<'env>, Fault>> {
        self.made(env, |context| context.sign(message))
    }

    #[napi]
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Option<Fault> {
        let result = guarded(|| locked(&self.state).context()?.verify(message, signature));
        result.err().as_ref().map(Fault::from)
    }

    /// `wrap` off the main thread, or `unwrap`.
    #[napi]
    pub fn protect_async<'env>(
        &self,
        env: &'env Env,
        is_wrapping: bool,
        message: &[u8],
    ) -> napi::Result<Object<'env>> {
        // Copied: JavaScript may write to its memory meanwhile, or give it away.
        let (state, message) = (Arc::clone(&self.state), message.to_vec());
        in_a_thread(env, move || {
            answer(|| {
                let mut state = locked(&state);
                let context = state.context()?;
                let made =
                    if is_wrapping { context.wrap(&message) } else { context.unwrap(&message) };
                made.map(Buffer::from)
            })
        })
    }

    #[napi]
    pub fn facts(&self) -> Answer<Facts> {
        answer(|| facts_of(locked(&self.state).context()?))
    }
}

impl NativeEnd {
    fn made<'env>(
        &self,
        env: &'env Env,
        make: impl FnOnce(&mut Context) -> anysspi::Result<Vec<u8>>,
    ) -> napi::Result<Either<BufferSlice<'env>, Fault>> {
        match guarded(|| make(locked(&self.state).context()?)) {
            Ok(message) => Ok(Either::A(bytes(env, message)?)),
            Err(error) => Ok(Either::B(Fault::from(&error))),
        }
    }
}

/// Works in a thread of its own, and not in one of libuv's few: a look-up that waits for one of those
/// would wait forever. Gives the promise of the result.
fn in_a_thread<T: napi::bindgen_prelude::ToNapiValue + Send + 'static>(
    env: &Env,
    work: impl FnOnce() -> T + Send + 'static,
) -> napi::Result<Object<'_>> {
    type Resolver<T> = Box<dyn FnOnce(Env) -> napi::Result<T> + Send>;
    let (deferred, promise) = env.create_deferred::<T, Resolver<T>>()?;
    std::thread::Builder::new().name("anysspi".into()).spawn(move || {
        let made = work();
        deferred.resolve(Box::new(move |_| Ok(made)));
    })?;
    Ok(promise)
}

/// What is known about a context.
#[napi(object, object_from_js = false)]
pub struct Facts {
    pub package: PackageInfo,
    pub negotiated_package: PackageInfo,
    pub negotiation: Option<Negotiation>,
    pub side: &'static str,
    pub flags: Vec<String>,
    /// In milliseconds since 1970; none for never.
    pub expiry: Option<f64>,
    pub client: String,
    pub is_anonymous: bool,
    pub server: Option<String>,
    pub target: Option<String>,
    pub bindings_checked: &'static str,
    pub session_key: Buffer,
    pub sizes: Sizes,
}

#[napi(object, object_from_js = false)]
pub struct Sizes {
    pub max_token: u32,
    pub max_signature: u32,
    pub block_size: u32,
    pub security_trailer: u32,
}

#[napi(object, object_from_js = false)]
pub struct Negotiation {
    pub offered: Vec<String>,
    pub chosen: Option<String>,
    pub dropped: Vec<Dropped>,
    pub list_was_signed: bool,
}

#[napi(object, object_from_js = false)]
pub struct Dropped {
    pub package: String,
    pub reason: String,
}

fn number(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}

fn facts_of(context: &Context) -> anysspi::Result<Facts> {
    let (facts, sizes) = (context.facts(), context.sizes());
    let negotiated = match context.query(Attribute::NEGOTIATION_INFO)? {
        AttributeValue::NegotiationInfo { package, .. } => PackageInfo::from(&package),
        _ => PackageInfo::from(&facts.package),
    };
    Ok(Facts {
        package: PackageInfo::from(&facts.package),
        negotiated_package: negotiated,
        negotiation: facts.negotiation.as_deref().map(|negotiation| Negotiation {
            offered: negotiation.offered.iter().map(ToString::to_string).collect(),
            chosen: negotiation.chosen.as_ref().map(ToString::to_string),
            dropped: negotiation.dropped.iter().map(Dropped::from).collect(),
            list_was_signed: negotiation.list_was_signed,
        }),
        side: facts.side.name(),
        flags: facts.flags.iter_names().map(|(name, _)| name.to_owned()).collect(),
        #[expect(clippy::cast_precision_loss, reason = "a date of JavaScript is no finer")]
        expiry: (facts.expiry < Time::FOREVER).then(|| facts.expiry.unix_seconds() as f64 * 1e3),
        client: facts.client.to_string(),
        is_anonymous: context.is_anonymous(),
        server: facts.server.as_deref().map(str::to_owned),
        target: facts.target.as_deref().map(str::to_owned),
        bindings_checked: facts.bindings_checked.name(),
        session_key: facts.session_key.expose().into(),
        sizes: Sizes {
            max_token: number(sizes.max_token),
            max_signature: number(sizes.max_signature),
            block_size: number(sizes.block_size),
            security_trailer: number(sizes.security_trailer),
        },
    })
}

impl From<&anysspi::DroppedPackage> for Dropped {
    fn from(dropped: &anysspi::DroppedPackage) -> Self {
        Self { package: dropped.package.to_string(), reason: dropped.error.to_string() }
    }
}
