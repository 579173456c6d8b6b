//! Handshakes in fixed surroundings, a call that panics, and a count of calls: for the tests, never in a
//! package.

use crate::credentials::{CredentialOptions, NativeCredential};
use crate::error::{Answer, answer};
use crate::handshake::{HandshakeOptions, NativeEnd, start_in};
use anysspi::testing::{fail_with, fixed_surroundings};
use anysspi::{Registry, Status, Time};
use std::cell::Cell;
use std::sync::Arc;

thread_local! {
    static CALLS: Cell<u64> = const { Cell::new(0) };
}

/// Counts a call, in its thread: what a garbage collector frees meanwhile is another's.
pub(crate) fn count() {
    CALLS.set(CALLS.get() + 1);
}

/// How many calls this thread has made.
#[uniffi::export]
pub fn calls_of_this_thread() -> u64 {
    CALLS.get()
}

/// A registry whose clock stands still, whose randomness counts, and which has a package, `Failing`,
/// that fails with a status.
#[derive(uniffi::Object)]
pub struct NativeSurroundings(Registry);

#[uniffi::export]
impl NativeSurroundings {
    /// Surroundings in which everything is known.
    #[uniffi::constructor]
    pub fn fixed(now: u64, entropy: u8, host: String, failing: u32) -> Answer<Arc<Self>> {
        answer(|| {
            let registry = Registry::with_default_packages();
            registry.add(fail_with(Status(failing)))?;
            let now = Time::from_unix_seconds(now);
            let surroundings = fixed_surroundings(now, entropy, &host);
            Ok(Arc::new(Self(registry.with_surroundings(surroundings))))
        })
    }

    /// Starts a handshake in them.
    pub fn start(&self, options: HandshakeOptions) -> Answer<Arc<NativeEnd>> {
        answer(|| start_in(&self.0, options))
    }

    /// Acquires credentials in them.
    pub fn acquire(&self, options: CredentialOptions) -> Answer<Arc<NativeCredential>> {
        answer(|| NativeCredential::acquire_in(&self.0, options))
    }
}

/// Panics inside the library.
#[uniffi::export]
#[expect(clippy::panic, reason = "what it is for")]
pub fn panic_in_the_library() -> Answer<()> {
    answer(|| panic!("as the test asked for"))
}
