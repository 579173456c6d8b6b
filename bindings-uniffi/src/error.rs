//! What a call gives when it fails: a variant for each status, from the core's table.

use anysspi::binding::{Thrown, guarded};
use anysspi::{Error, Status};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

/// What is known about a failure. There is no field `message`: Kotlin's exceptions have one already.
#[derive(Clone, Debug, uniffi::Record)]
pub struct FaultDetail {
    /// The number of the status.
    pub status: u32,
    /// The name of the status in the Windows SDK, or the number in hexadecimal.
    pub symbol: String,
    /// What the caller should do about it, in a word.
    pub family: String,
    /// What was being done and the likely cause.
    pub explanation: String,
    /// All of it on one line, for people.
    pub text: String,
    /// The NTSTATUS behind it.
    pub nt_status: Option<u32>,
    /// The Kerberos error code behind it.
    pub kerberos_code: Option<i32>,
    /// A token that the peer should still be sent.
    pub token: Option<Vec<u8>>,
    /// The number under which the language keeps what a look-up threw.
    pub cause: Option<u64>,
}

impl From<&Error> for FaultDetail {
    fn from(error: &Error) -> Self {
        let (nt_status, kerberos_code) = (error.nt_status(), error.kerberos_code());
        Self {
            status: error.status().0,
            symbol: error.status().to_string(),
            family: error.family().name().to_owned(),
            explanation: error.context().to_owned(),
            text: error.to_string(),
            nt_status,
            kerberos_code,
            token: error.token().map(<[u8]>::to_vec),
            cause: Thrown::number(error),
        }
    }
}

/// Makes the enumeration. The rows come one after another, and those that are no errors are passed over.
macro_rules! define_faults {
    (@sort [$($taken:tt)*]
        ($name:ident, $constant:ident, $number:tt, $symbol:ident, Success, $sentence:tt) $($rest:tt)*
    ) => {
        define_faults! { @sort [$($taken)*] $($rest)* }
    };
    (@sort [$($taken:tt)*]
        ($name:ident, $constant:ident, $number:tt, $symbol:ident, $family:ident, $sentence:tt)
        $($rest:tt)*
    ) => {
        define_faults! { @sort [$($taken)* ($name, $constant, $sentence)] $($rest)* }
    };
    (@sort [$(($name:ident, $constant:ident, $sentence:tt))*]) => {
        /// Why a call failed.
        #[derive(Clone, Debug, uniffi::Error)]
        pub enum Fault {
            $(
                #[doc = $sentence]
                $name {
                    /// What is known about it.
                    detail: FaultDetail,
                },
            )*
            /// A status that is not in the table.
            Unlisted {
                /// What is known about it.
                detail: FaultDetail,
            },
        }

        impl From<&Error> for Fault {
            fn from(error: &Error) -> Self {
                let detail = FaultDetail::from(error);
                match error.status() {
                    $(Status::$constant => Self::$name { detail },)*
                    _ => Self::Unlisted { detail },
                }
            }
        }

        impl Fault {
            /// What is known about it.
            pub(crate) fn detail(&self) -> &FaultDetail {
                match self {
                    $(Self::$name { detail } => detail,)*
                    Self::Unlisted { detail } => detail,
                }
            }
        }
    };
    (($($first:tt)*) $($rest:tt)*) => {
        define_faults! { @sort [] ($($first)*) $($rest)* }
    };
}

anysspi::for_each_status!(define_faults);

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.detail().text)
    }
}

impl std::error::Error for Fault {}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::from(&error)
    }
}

/// The result of every call.
pub(crate) type Answer<T> = Result<T, Fault>;

/// The answer of a call of the library, behind the fence around its panics.
pub(crate) fn answer<T>(call: impl FnOnce() -> anysspi::Result<T>) -> Answer<T> {
    #[cfg(feature = "testing")]
    crate::testing::count();
    Ok(guarded(call)?)
}

pub(crate) fn wrong(text: impl Into<String>) -> Error {
    Error::new(Status::INVALID_PARAMETER, text.into())
}

/// The object for one call. Two at once would wait for each other, or forever for themselves.
pub(crate) fn alone<'a, T>(object: &'a Mutex<T>, what: &str) -> anysspi::Result<MutexGuard<'a, T>> {
    match object.try_lock() {
        Ok(guard) => Ok(guard),
        Err(TryLockError::Poisoned(guard)) => Ok(PoisonError::into_inner(guard)),
        Err(TryLockError::WouldBlock) => Err(Error::new(
            Status::OUT_OF_SEQUENCE,
            format!(
                "another call on this {what} is under way, in another thread or in an account \
                 look-up of its own: one at a time, or one {what} for each"
            ),
        )),
    }
}
