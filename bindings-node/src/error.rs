//! What a call answers when it fails.

use anysspi::binding::guarded;
use anysspi::{Error, ProtocolCode};
use napi::bindgen_prelude::{Buffer, Either};
use napi_derive::napi;
use std::fmt;

/// Why a call failed.
#[napi(object, object_from_js = false)]
pub struct Fault {
    /// Tells it from every other answer.
    pub fault: bool,
    pub status: u32,
    pub context: String,
    pub token: Option<Buffer>,
    pub nt_status: Option<u32>,
    pub kerberos_code: Option<i32>,
    /// The number of the error of the application that is behind it, in the JavaScript half.
    pub cause: Option<u32>,
}

/// An answer, or why there is none.
pub type Answer<T> = Either<T, Fault>;

impl From<&Error> for Fault {
    fn from(error: &Error) -> Self {
        let (nt_status, kerberos_code) = match error.code() {
            Some(ProtocolCode::NtStatus(number)) => (Some(number), None),
            Some(ProtocolCode::Kerberos(number)) => (None, Some(number)),
            _ => (None, None),
        };
        let thrown = error.cause().and_then(|cause| cause.downcast_ref::<Thrown>());
        Self {
            fault: true,
            status: error.status().0,
            context: error.context().to_owned(),
            token: error.token().map(Into::into),
            nt_status,
            kerberos_code,
            cause: thrown.map(|Thrown(number)| *number),
        }
    }
}

/// An error that a look-up of the application threw, by its number in the JavaScript half.
#[derive(Debug)]
pub(crate) struct Thrown(pub(crate) u32);

impl fmt::Display for Thrown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an error of JavaScript")
    }
}

impl std::error::Error for Thrown {}

/// The answer of a call of the library, behind the fence around its panics.
pub(crate) fn answer<T>(call: impl FnOnce() -> anysspi::Result<T>) -> Answer<T> {
    match guarded(call) {
        Ok(value) => Either::A(value),
        Err(error) => Either::B(Fault::from(&error)),
    }
}
