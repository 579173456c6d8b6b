//! What the bindings for other languages share, and nobody else needs.

use crate::error::{Error, Result};
use crate::handshake::Step;
use crate::status::Status;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Calls the library. A panic is a defect of ours, becomes INTERNAL_ERROR and goes no further.
pub fn guarded<T>(call: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|_| {
        Err(Error::new(
            Status::INTERNAL_ERROR,
            "the library failed in a way that is a defect of its own: please report it",
        ))
    })
}

/// The token to send; none at the end.
pub fn token_of(step: Step) -> Result<Option<Vec<u8>>> {
    match step {
        Step::SendToken(token) => Ok(Some(token)),
        Step::Done => Ok(None),
        Step::AskKdc(_) => Err(Error::new(
            Status::NO_AUTHENTICATING_AUTHORITY,
            "the package asks for a KDC, and this version has nobody to carry the question",
        )),
    }
}
