//! One end of a handshake. When it is done, the same end holds the context.

use crate::credentials::{Choice, acquired};
use crate::error::{Answer, Fault, answer};
use crate::events::{self, Events, Made};
use crate::kept::{self, keep_end};
use crate::look_up::in_call;
use anysspi::binding::{guarded, policy_of, token_of};
use anysspi::{
    ChannelBindings, Context, ContextFlags, CredentialSource, Error, Handshake, Registry, Result,
    Status,
};
use napi::Env;
use napi::bindgen_prelude::{Buffer, BufferSlice, Either3};
use napi_derive::napi;
use std::sync::{Mutex, MutexGuard, PoisonError};

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

/// One end, which threads share while a call is under way off the main thread.
pub(crate) struct End(Mutex<State>);

enum State {
    Running(Box<Handshake>),
    Standing(Context, Vec<u8>),
    /// Only while one becomes the other.
    Nothing,
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

/// Starts a handshake, and gives the number of its end.
pub(crate) fn started(
    env: Env,
    registry: &Registry,
    package: &str,
    is_acceptor: bool,
    source: CredentialSource,
    settings: Option<&Settings>,
) -> Result<i64> {
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
    Ok(keep_end(env, End(Mutex::new(State::Running(Box::new(handshake))))))
}

/// Starts a handshake with credentials that were acquired before. The package is told where it is not
/// theirs: to convert its name costs more than to look it up.
#[napi]
pub fn start_with(
    env: Env,
    package: Option<String>,
    is_acceptor: bool,
    credential: i64,
    settings: Option<Settings>,
) -> Answer<i64> {
    answer(|| {
        let credential = kept::credential(credential)?;
        let own = credential.package().name.clone();
        let package = package.as_deref().unwrap_or(&own);
        let registry = Registry::global();
        started(env, registry, package, is_acceptor, credential.into(), settings.as_ref())
    })
}

/// Starts a handshake with credentials that are made for it.
#[napi]
pub fn start(
    env: Env,
    package: String,
    is_acceptor: bool,
    identities: Vec<i64>,
    choice: Option<Choice>,
    settings: Option<Settings>,
) -> Answer<i64> {
    answer(|| {
        let (registry, identities) = (Registry::global(), kept::identities(&identities)?);
        let source = match choice {
            None => identities.into(),
            Some(choice) => acquired(registry, &package, is_acceptor, identities, choice)?.into(),
        };
        started(env, registry, &package, is_acceptor, source, settings.as_ref())
    })
}

impl End {
    pub(crate) fn with<T>(&self, call: impl FnOnce(&mut Context) -> Result<T>) -> Result<T> {
        match &mut *self.locked() {
            State::Standing(context, _) => call(context),
            State::Running(handshake) => call(handshake.context()?),
            State::Nothing => Err(Error::new(Status::INVALID_HANDLE, "it failed at its end")),
        }
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        // The JavaScript half makes one call at a time, so that nobody waits here.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next token to send, none at the end; and whether the context stands.
    fn step(&self, token: Option<&[u8]>) -> Result<(Option<Vec<u8>>, bool)> {
        let state = &mut *self.locked();
        if token.is_none() && matches!(state, State::Standing(..)) {
            return Ok((None, true));
        }
        let handshake = state.running()?;
        let step = handshake.step(token)?;
        let is_done = handshake.done();
        if is_done && let State::Running(handshake) = std::mem::replace(state, State::Nothing) {
            let extra = handshake.extra().to_vec();
            *state = State::Standing(handshake.into_context()?, extra);
        }
        Ok((token_of(step)?, is_done))
    }
}

impl State {
    fn running(&mut self) -> Result<&mut Handshake> {
        match self {
            Self::Running(handshake) => Ok(handshake),
            _ => Err(Error::new(
                Status::OUT_OF_SEQUENCE,
                "a call out of turn: the handshake is at its end",
            )),
        }
    }
}

#[napi]
pub fn receive(end: i64, token: &[u8]) -> Option<Fault> {
    let result = guarded(|| kept::end(end)?.locked().running()?.receive(token));
    result.err().as_ref().map(Fault::from)
}

/// The token of a server that speaks first.
#[napi]
pub fn speak_first(end: i64) -> Answer<Buffer> {
    answer(|| {
        let end = kept::end(end)?;
        let token = token_of(end.locked().running()?.speak_first()?)?;
        let token = token.ok_or_else(|| {
            Error::new(Status::OUT_OF_SEQUENCE, "a call out of turn: there is nothing to say first")
        })?;
        Ok(token.into())
    })
}

/// A step: how many bytes of `space` are the token, and below zero where there is none; the token where
/// it does not fit; or why there is neither. The lowest bit of the number says that the context stands.
#[napi]
pub fn step(
    end: i64,
    mut space: BufferSlice<'_>,
    token: Option<&[u8]>,
) -> Either3<i32, Buffer, Fault> {
    // Copied: a look-up that is called in the step may write to JavaScript's memory, or give it away.
    let token = token.map(<[u8]>::to_vec);
    match guarded(|| kept::end(end)?.step(token.as_deref())) {
        Ok((None, _)) => Either3::A(-1),
        Ok((Some(token), is_done)) => {
            match (space.get_mut(..token.len()), numbered(token.len(), is_done)) {
                (Some(place), Some(number)) => {
                    place.copy_from_slice(&token);
                    Either3::A(number)
                }
                _ => Either3::B(token.into()),
            }
        }
        Err(error) => Either3::C(Fault::from(&error)),
    }
}

fn numbered(length: usize, is_done: bool) -> Option<i32> {
    i32::try_from(length).ok()?.checked_mul(2)?.checked_add(is_done.into())
}

/// A step off the main thread, as the call with this number.
#[napi]
pub fn step_async(call: u32, end: i64, token: Option<&[u8]>) -> Option<Fault> {
    // Copied: JavaScript may write to its memory meanwhile, or give it away.
    let (end, token, events) = (kept::end(end), token.map(<[u8]>::to_vec), Events::here());
    events::call(call, move || {
        let (token, _) = in_call(call, events, || guarded(|| end?.step(token.as_deref())))?;
        Ok(Made::Token(token))
    })
}

/// Whether the context stands.
#[napi]
pub fn is_done(end: i64) -> bool {
    kept::end(end).is_ok_and(|end| matches!(*end.locked(), State::Standing(..)))
}

/// The peer's bytes beyond the end of the handshake.
#[napi]
pub fn extra(end: i64) -> Buffer {
    match kept::end(end) {
        Ok(end) => match &*end.locked() {
            State::Standing(_, extra) => extra.as_slice().into(),
            _ => Buffer::default(),
        },
        Err(_) => Buffer::default(),
    }
}
