//! The fence around the `sspi` crate and what it is made of: no panic comes out of it, nothing of what it
//! says goes to a log, and its errors become ours.

use crate::error::{Error, Result};
use crate::status::Status;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tracing::dispatcher::{Dispatch, with_default};

/// The longest explanation that is repeated: it can hold what a peer sent.
const LONGEST_EXPLANATION: usize = 300;

/// Calls the crate. A panic is INTERNAL_ERROR, and what was being worked on is lost with it.
///
/// The crate tells `tracing` about keys and whole messages. Nobody hears it: whoever listens to the
/// application's own events does not listen here.
pub(super) fn fenced<T>(call: impl FnOnce() -> T) -> Result<T> {
    let silent = || with_default(&Dispatch::none(), call);
    catch_unwind(AssertUnwindSafe(silent)).map_err(|_| {
        Error::new(
            Status::INTERNAL_ERROR,
            "PKU2U failed in a way that is a defect: the context is lost",
        )
    })
}

/// The crate's error during a handshake, which is nearly always about what the peer sent.
pub(super) fn handshake_failure(cause: &sspi::Error) -> Error {
    let explanation = explanation(cause);
    let says = |words: &str| explanation.contains(words);
    let status = match cause.error_type as u32 {
        number if number == Status::PKU2U_CERT_FAILURE.0 => {
            if says("trusted") {
                Status::UNTRUSTED_ROOT
            } else if says("is not valid at") {
                Status::CERT_EXPIRED
            } else if says("does not allow") {
                Status::CERT_WRONG_USAGE
            } else {
                Status::PKU2U_CERT_FAILURE
            }
        }
        number if number == Status::MESSAGE_ALTERED.0 && says("channel bindings") => {
            Status::BAD_BINDINGS
        }
        // A field that the peer left out is an internal error to the crate; so is a name it cannot take.
        number if number == Status::INTERNAL_ERROR.0 || number == 0 => Status::INVALID_TOKEN,
        number => Status(number),
    };
    Error::new(status, format!("PKU2U: {explanation}"))
}

/// The crate's error on a message. Everything but the wrong number is a message that does not hold.
pub(super) fn message_failure(cause: &sspi::Error) -> Error {
    let explanation = explanation(cause);
    let status = match cause.error_type {
        sspi::ErrorKind::OutOfSequence => Status::OUT_OF_SEQUENCE,
        _ => Status::MESSAGE_ALTERED,
    };
    Error::new(status, format!("PKU2U: {explanation}"))
}

/// What the crate says, short and in one line.
fn explanation(cause: &sspi::Error) -> String {
    let text = cause.description.chars().map(|one| if one.is_control() { ' ' } else { one });
    text.take(LONGEST_EXPLANATION).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_stays_within_and_costs_only_the_call() {
        let failure = fenced::<()>(|| panic!("a defect of the crate"));
        assert_eq!(failure.unwrap_err().status(), Status::INTERNAL_ERROR);
        assert_eq!(fenced(|| 7).unwrap(), 7);
    }

    #[test]
    fn errors_have_the_status_that_says_what_to_do() {
        use sspi::ErrorKind;
        for (kind, text, status) in [
            (ErrorKind::Pku2uCertFailure, "certificate is not trusted", Status::UNTRUSTED_ROOT),
            (ErrorKind::Pku2uCertFailure, "is not valid at noon", Status::CERT_EXPIRED),
            (ErrorKind::Pku2uCertFailure, "does not allow it", Status::CERT_WRONG_USAGE),
            (ErrorKind::Pku2uCertFailure, "else", Status::PKU2U_CERT_FAILURE),
            (ErrorKind::MessageAltered, "the channel bindings differ", Status::BAD_BINDINGS),
            (ErrorKind::MessageAltered, "else", Status::MESSAGE_ALTERED),
            (ErrorKind::InternalError, "AS-REQ has no cname", Status::INVALID_TOKEN),
            (ErrorKind::Unknown, "else", Status::INVALID_TOKEN),
            (ErrorKind::TimeSkew, "late", Status::TIME_SKEW),
        ] {
            let error = handshake_failure(&sspi::Error::new(kind, text));
            assert_eq!(error.status(), status, "{text}");
        }
        let long = "\n".repeat(10_000);
        let error = message_failure(&sspi::Error::new(ErrorKind::InvalidToken, long));
        assert_eq!(error.status(), Status::MESSAGE_ALTERED);
        assert!(error.context().len() < 400 && !error.context().contains('\n'));
    }
}
