//! What a server says first inside CredSSP's stream, where the connection was negotiated so.

use crate::error::{Error, Result};
use crate::status::Status;

/// Whether the server lets the user in whom it has authenticated ([MS-RDPBCGR] 2.2.10.2): the first
/// four bytes of the stream in RDP with `PROTOCOL_HYBRID_EX`. They are the application's to send and
/// to read, because nothing in CredSSP says whether they come.
///
/// ```
/// use anysspi::{EarlyUserAuthResult, Status};
///
/// let sent = EarlyUserAuthResult::AccessDenied.to_bytes();
/// let received = EarlyUserAuthResult::from_bytes(&sent)?;
/// assert_eq!(received.check().unwrap_err().status(), Status::LOGON_DENIED);
/// # Ok::<(), anysspi::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EarlyUserAuthResult {
    /// `AUTHZ_SUCCESS`: the user may go on.
    Success = 0,
    /// `AUTHZ_ACCESS_DENIED`: the user may not.
    AccessDenied = 5,
}

impl EarlyUserAuthResult {
    /// How many bytes it is.
    pub const LENGTH: usize = 4;

    /// What is sent.
    pub fn to_bytes(self) -> [u8; Self::LENGTH] {
        (self as u32).to_le_bytes()
    }

    /// What was received: four bytes, and nothing else than the two answers.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        [Self::Success, Self::AccessDenied]
            .into_iter()
            .find(|answer| answer.to_bytes() == bytes)
            .ok_or_else(|| {
                Error::new(
                    Status::INVALID_TOKEN,
                    "it is no answer to whether the user is let in: that is four bytes, 0 or 5",
                )
            })
    }

    /// LOGON_DENIED where the user is not let in.
    pub fn check(self) -> Result<()> {
        match self {
            Self::Success => Ok(()),
            Self::AccessDenied => Err(Error::new(
                Status::LOGON_DENIED,
                "the server knows the user and does not let it in",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_two_answers_are_read() {
        for answer in [EarlyUserAuthResult::Success, EarlyUserAuthResult::AccessDenied] {
            assert_eq!(EarlyUserAuthResult::from_bytes(&answer.to_bytes()).unwrap(), answer);
        }
        assert!(EarlyUserAuthResult::Success.check().is_ok());
        for wrong in [&[][..], &[0], &[0; 3], &[0; 5], &[0, 0, 0, 5], &[1, 0, 0, 0], &[5; 4]] {
            let error = EarlyUserAuthResult::from_bytes(wrong).unwrap_err();
            assert_eq!(error.status(), Status::INVALID_TOKEN, "{wrong:?}");
        }
    }
}
