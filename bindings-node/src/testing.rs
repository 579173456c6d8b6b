//! Handshakes in fixed surroundings, and a call that panics: for the tests, never in a package.

use crate::credentials::{Choice, acquired};
use crate::error::{Answer, answer};
use crate::handshake::{Settings, started};
use crate::kept;
use anysspi::binding::HandshakeParts;
use anysspi::testing::{fail_with, fixed_surroundings};
use anysspi::{Registry, Status, Time};
use napi::Env;
use napi_derive::napi;

/// A registry whose clock stands still and whose randomness counts.
#[napi]
pub struct NativeSurroundings(Registry);

#[napi]
impl NativeSurroundings {
    #[napi]
    pub fn fixed(now: u32, entropy: u8, host: String, failing: u32) -> Answer<NativeSurroundings> {
        answer(|| {
            let registry = Registry::with_default_packages();
            registry.add(fail_with(Status(failing)))?;
            let now = Time::from_unix_seconds(now.into());
            Ok(Self(registry.with_surroundings(fixed_surroundings(now, entropy, &host))))
        })
    }

    #[napi]
    pub fn acquire(
        &self,
        package: String,
        principal: Option<String>,
        usage: u32,
        identities: Vec<i64>,
        choice: Choice,
    ) -> Answer<i64> {
        answer(|| acquired(&self.0, &package, principal, usage, &identities, choice))
    }

    #[napi]
    pub fn start(
        &self,
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
            started(env, &self.0, parts, choice, settings)
        })
    }
}

/// Panics inside the library.
#[napi]
pub fn panic_in_the_library() -> Answer<bool> {
    answer(|| panic!("as the test asked for"))
}
