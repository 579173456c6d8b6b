//! What a server says first inside CredSSP's stream, where the connection was negotiated so.

use crate::error::{Answer, answer};
use anysspi::EarlyUserAuthResult;

/// Whether the server lets the user in.
#[derive(Clone, Copy, uniffi::Enum)]
pub enum EarlyAnswer {
    /// The user may go on.
    Success,
    /// The user may not.
    AccessDenied,
}

impl From<EarlyAnswer> for EarlyUserAuthResult {
    fn from(early: EarlyAnswer) -> Self {
        match early {
            EarlyAnswer::Success => Self::Success,
            EarlyAnswer::AccessDenied => Self::AccessDenied,
        }
    }
}

/// What is sent.
#[uniffi::export]
pub fn early_answer_to_bytes(early: EarlyAnswer) -> Answer<Vec<u8>> {
    answer(|| Ok(EarlyUserAuthResult::from(early).to_bytes().to_vec()))
}

/// What was received.
#[uniffi::export]
pub fn early_answer_from_bytes(received: &[u8]) -> Answer<EarlyAnswer> {
    answer(|| {
        Ok(match EarlyUserAuthResult::from_bytes(received)? {
            EarlyUserAuthResult::Success => EarlyAnswer::Success,
            EarlyUserAuthResult::AccessDenied => EarlyAnswer::AccessDenied,
        })
    })
}

/// LOGON_DENIED where the user is not let in.
#[uniffi::export]
pub fn check_early_answer(early: EarlyAnswer) -> Answer<()> {
    answer(|| EarlyUserAuthResult::from(early).check())
}
