//! Handshakes in fixed surroundings, and a call that panics: for the tests, never in a package.

use crate::credentials::{Choice, NativeIdentity, acquired};
use crate::error::{Answer, answer};
use crate::handshake::{NativeEnd, Settings, start};
use anysspi::testing::{fail_with, fixed_surroundings};
use anysspi::{Registry, Status, Time};
use napi::bindgen_prelude::{ClassInstance, Either};
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
    pub fn start(
        &self,
        package: String,
        is_acceptor: bool,
        identities: Vec<ClassInstance<'_, NativeIdentity>>,
        choice: Choice,
        settings: Option<Settings>,
    ) -> Answer<NativeEnd> {
        let identities = identities.iter().map(|one| one.0.clone()).collect();
        match acquired(&self.0, &package, is_acceptor, identities, choice) {
            Either::A(credential) => answer(|| {
                start(&self.0, &package, is_acceptor, credential.0.into(), settings.as_ref())
            }),
            Either::B(fault) => Either::B(fault),
        }
    }
}

/// Panics inside the library.
#[napi]
pub fn panic_in_the_library() -> Answer<bool> {
    answer(|| panic!("as the test asked for"))
}
