//! What a call answers when it fails.

use anysspi::Error;
use anysspi::binding::{Thrown, guarded};
use napi::bindgen_prelude::{Buffer, Either};
use napi_derive::napi;

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
        let (nt_status, kerberos_code) = (error.nt_status(), error.kerberos_code());
        Self {
            fault: true,
            status: error.status().0,
            context: error.context().to_owned(),
            token: error.token().map(Into::into),
            nt_status,
            kerberos_code,
            cause: Thrown::number(error).and_then(|number| u32::try_from(number).ok()),
        }
    }
}

/// The answer of a call of the library, behind the fence around its panics.
pub(crate) fn answer<T>(call: impl FnOnce() -> anysspi::Result<T>) -> Answer<T> {
    match guarded(call) {
        Ok(value) => Either::A(value),
        Err(error) => Either::B(Fault::from(&error)),
    }
}
