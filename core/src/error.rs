//! The one error of the library: a [`Status`] from the table, what was being done, and where there
//! is one the underlying cause, the code of the protocol and the token the peer is owed.

use crate::status::{Family, Status};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// The result of every call that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The code the protocol itself gave for a failure, beside the status of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProtocolCode {
    /// An NTSTATUS ([MS-ERREF] 2.3), such as 0xC0000072 for a disabled account.
    NtStatus(u32),
    /// A Kerberos error code (RFC 4120 7.5.9).
    Kerberos(i32),
}

impl fmt::Display for ProtocolCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NtStatus(number) => write!(formatter, "NTSTATUS 0x{number:08X}"),
            Self::Kerberos(number) => write!(formatter, "Kerberos error {number}"),
        }
    }
}

/// Why a call failed.
///
/// It can be cloned, because a failed handshake answers every later call with the same error.
///
/// ```
/// use anysspi::{Error, Family, Status};
///
/// let error = Error::new(Status::LOGON_DENIED, "the response does not match the account's key");
/// assert_eq!(error.status(), Status::LOGON_DENIED);
/// assert_eq!(error.family(), Family::Credential);
/// assert_eq!(
///     error.to_string(),
///     "SEC_E_LOGON_DENIED: the response does not match the account's key"
/// );
/// ```
#[derive(Clone, thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<Detail>);

// Boxed, so that a Result of a small value stays small.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{status}: {context}{}", CodeSuffix(*.code))]
struct Detail {
    status: Status,
    context: Cow<'static, str>,
    code: Option<ProtocolCode>,
    source: Option<Cause>,
    token: Option<Vec<u8>>,
}

// An error behind an Arc: `thiserror` asks a source to be an error itself, and a clone to be cheap.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
struct Cause(Arc<dyn std::error::Error + Send + Sync>);

struct CodeSuffix(Option<ProtocolCode>);

impl fmt::Display for CodeSuffix {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(code) => write!(formatter, " ({code})"),
            None => Ok(()),
        }
    }
}

impl Error {
    /// An error with a status and a sentence on what was being done and the likely cause.
    pub fn new(status: Status, context: impl Into<Cow<'static, str>>) -> Self {
        let context = context.into();
        Self(Box::new(Detail { status, context, code: None, source: None, token: None }))
    }

    /// The same error with the underlying cause.
    #[must_use]
    pub fn with_source(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.0.source = Some(Cause(Arc::from(source.into())));
        self
    }

    /// The same error with the code of the protocol.
    #[must_use]
    pub fn with_code(mut self, code: ProtocolCode) -> Self {
        self.0.code = Some(code);
        self
    }

    /// The same error of what this was part of, whose cause it is.
    #[must_use]
    pub(crate) fn within(self, what: &str) -> Self {
        let context = format!("{what}: {}", self.context());
        let mut error = Self::new(self.status(), context);
        error.0.code = self.code();
        error.with_source(self)
    }

    /// The same error with a token that the peer should still be sent.
    #[must_use]
    pub fn with_token(mut self, token: Vec<u8>) -> Self {
        self.0.token = Some(token);
        self
    }

    /// The status of the interface.
    pub fn status(&self) -> Status {
        self.0.status
    }

    /// What the caller should do about it.
    pub fn family(&self) -> Family {
        self.0.status.family()
    }

    /// What was being done and the likely cause.
    pub fn context(&self) -> &str {
        &self.0.context
    }

    /// The NTSTATUS or Kerberos code, where there is one.
    pub fn code(&self) -> Option<ProtocolCode> {
        self.0.code
    }

    /// The Kerberos error code (RFC 4120 7.5.9), where that is what there is.
    ///
    /// ```
    /// use anysspi::{Error, ProtocolCode, Status};
    ///
    /// let error = Error::from(Status::TIME_SKEW).with_code(ProtocolCode::Kerberos(37));
    /// assert_eq!((error.kerberos_code(), error.nt_status()), (Some(37), None));
    /// ```
    pub fn kerberos_code(&self) -> Option<i32> {
        match self.0.code {
            Some(ProtocolCode::Kerberos(code)) => Some(code),
            _ => None,
        }
    }

    /// The NTSTATUS, where that is what there is.
    pub fn nt_status(&self) -> Option<u32> {
        match self.0.code {
            Some(ProtocolCode::NtStatus(status)) => Some(status),
            _ => None,
        }
    }

    /// The token to send to the peer all the same, where the package wants it told.
    pub fn token(&self) -> Option<&[u8]> {
        self.0.token.as_deref()
    }

    /// The cause that [`Error::with_source`] was given, shared: an exception of another language
    /// travels through the library here.
    pub fn cause(&self) -> Option<&Arc<dyn std::error::Error + Send + Sync>> {
        self.0.source.as_ref().map(|cause| &cause.0)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The token is left out: it is long, and it is the peer's.
        formatter
            .debug_struct("Error")
            .field("status", &self.0.status)
            .field("context", &self.0.context)
            .field("code", &self.0.code)
            .field("source", &self.0.source.as_ref().map(|cause| &cause.0))
            .finish_non_exhaustive()
    }
}

impl From<Status> for Error {
    fn from(status: Status) -> Self {
        Self::new(status, status.sentence().unwrap_or("the number is not in the status table"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_its_status_context_and_code() {
        let error = Error::new(Status::LOGON_DENIED, "the account is disabled")
            .with_code(ProtocolCode::NtStatus(0xC000_0072));
        assert_eq!(
            error.to_string(),
            "SEC_E_LOGON_DENIED: the account is disabled (NTSTATUS 0xC0000072)"
        );
    }

    #[test]
    fn a_source_is_found_and_survives_a_clone() {
        let error = Error::new(Status::INTERNAL_ERROR, "the store failed")
            .with_source(std::io::Error::other("disk"));
        let source = std::error::Error::source(&error.clone()).map(ToString::to_string);
        assert_eq!(source.as_deref(), Some("disk"));
    }

    #[test]
    fn a_debug_print_leaves_the_token_out() {
        let error = Error::new(Status::INVALID_TOKEN, "bad").with_token(vec![0xAB; 4]);
        assert!(!format!("{error:?}").contains("171"));
        assert_eq!(error.token(), Some(&[0xAB; 4][..]));
    }
}
