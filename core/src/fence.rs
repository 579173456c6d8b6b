//! The fence around a package: what panics there, or in an application's account store, ends the
//! handshake and not the program.

use crate::error::{Error, Result};
use crate::status::Status;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Makes a call. A panic is a defect, becomes INTERNAL_ERROR and goes no further: whoever calls lets go
/// of everything that the call worked on.
pub fn guarded<T>(call: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|_| {
        Err(Error::new(
            Status::INTERNAL_ERROR,
            "the library, or an account store, failed in a way that is a defect: please report it",
        ))
    })
}
