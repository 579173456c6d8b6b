//! One end of a handshake. When it is done, the same end holds the context.

use crate::credentials::Choice;
use crate::error::{Answer, Fault, answer};
use crate::events::{self, Events, Made};
use crate::kdc::JavaScriptCarrier;
use crate::kept::{self, keep_end};
use crate::look_up::in_call;
use anysspi::binding::{self, HandshakeParts, guarded, pac_policy_of, policy_of};
use anysspi::{Allow, ChannelBindings, Context, ContextFlags, KdcCarrier, Registry, Result};
use napi::Env;
use napi::bindgen_prelude::{Buffer, BufferSlice, Either3};
use napi_derive::napi;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
    pub pac_policy: Option<String>,
    /// The number of the function that carries questions to KDCs.
    pub kdc: Option<u32>,
}

/// One end, which threads share while a call is under way off the main thread.
pub(crate) struct End(Mutex<binding::End>);

/// Starts a handshake, and gives the number of its end.
pub(crate) fn started(
    env: Env,
    registry: &Registry,
    mut parts: HandshakeParts<'_>,
    choice: Option<Choice>,
    settings: Option<Settings>,
) -> Result<i64> {
    if let Some(choice) = choice {
        parts.allow = Allow::from_bits_truncate(choice.allow);
        parts.packages = choice.packages;
        parts.without_packages = choice.without_packages.unwrap_or_default();
        parts.delegation = choice.delegation.map(Into::into);
    }
    if let Some(settings) = settings {
        parts.target = settings.target;
        parts.kdc = settings
            .kdc
            .map(|number| -> Arc<dyn KdcCarrier> { Arc::new(JavaScriptCarrier(number)) });
        parts.accepted_targets = settings.accepted_targets.unwrap_or_default();
        parts.require = ContextFlags::from_bits_truncate(settings.require);
        parts.request = ContextFlags::from_bits_truncate(settings.request);
        parts.relax = ContextFlags::from_bits_truncate(settings.relax);
        parts.without = ContextFlags::from_bits_truncate(settings.without);
        parts.channel_bindings =
            settings.channel_bindings.map(|data| ChannelBindings::new(data.to_vec()));
        parts.binding_policy = settings.binding_policy.as_deref().map(policy_of).transpose()?;
        parts.pac_policy = settings.pac_policy.as_deref().map(pac_policy_of).transpose()?;
    }
    let end = binding::End::new(parts.start(registry)?);
    Ok(keep_end(env, End(Mutex::new(end))))
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
        let parts = HandshakeParts::new(package, is_acceptor, credential.into());
        started(env, Registry::global(), parts, None, settings)
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
        let source = kept::identities(&identities)?.into();
        let parts = HandshakeParts::new(&package, is_acceptor, source);
        started(env, Registry::global(), parts, choice, settings)
    })
}

impl End {
    pub(crate) fn with<T>(&self, call: impl FnOnce(&mut Context) -> Result<T>) -> Result<T> {
        call(self.locked().context()?)
    }

    fn locked(&self) -> MutexGuard<'_, binding::End> {
        // The JavaScript half makes one call at a time, so that nobody waits here.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next token to send, none at the end; and whether the context stands.
    fn step(&self, token: Option<&[u8]>) -> Result<(Option<Vec<u8>>, bool)> {
        let mut end = self.locked();
        let token = end.step(token)?;
        Ok((token, end.is_done()))
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
    answer(|| Ok(kept::end(end)?.locked().speak_first()?.into()))
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
    kept::end(end).is_ok_and(|end| end.locked().is_done())
}

/// The peer's bytes beyond the end of the handshake.
#[napi]
pub fn extra(end: i64) -> Buffer {
    kept::end(end).map(|end| end.locked().extra().into()).unwrap_or_default()
}
