//! Why a server refuses, as it is told to the client: an NTSTATUS ([MS-CSSP] 2.2.1, errorCode).

use crate::error::{Error, ProtocolCode};
use crate::status::{Family, Status};

/// `STATUS_LOGON_FAILURE`: the user is not told more than that ([MS-ERREF] 2.3.1).
const LOGON_FAILURE: u32 = 0xC000_006D;
/// `STATUS_NO_LOGON_SERVERS`
const NO_LOGON_SERVERS: u32 = 0xC000_005E;
/// `STATUS_DOMAIN_CONTROLLER_NOT_FOUND`
const DOMAIN_CONTROLLER_NOT_FOUND: u32 = 0xC000_0233;

/// The errorCode for an error of this side. Whatever is wrong with a logon is told the same way.
pub(super) fn code_of(error: &Error) -> u32 {
    match error.family() {
        Family::Credential => LOGON_FAILURE,
        Family::Network => NO_LOGON_SERVERS,
        // Windows sends statuses of the interface as they are.
        _ => error.status().0,
    }
}

/// The error for a server's errorCode.
pub(super) fn error_of(code: u32) -> Error {
    // Statuses of the interface have a facility of their own: 0x8009.
    let (status, context) = match code {
        NO_LOGON_SERVERS | DOMAIN_CONTROLLER_NOT_FOUND => {
            (Status::NO_AUTHENTICATING_AUTHORITY, "the server reaches no domain controller")
        }
        // Only those that say why a logon failed: another would be taken for this side's own.
        code if code & 0xFFFF_0000 == 0x8009_0000 && is_refusal(Status(code)) => {
            (Status(code), "the server refuses")
        }
        _ => (Status::LOGON_DENIED, "the server refuses the logon"),
    };
    Error::new(status, context).with_code(ProtocolCode::NtStatus(code))
}

fn is_refusal(status: Status) -> bool {
    matches!(status.family(), Family::Credential | Family::Handshake | Family::Network)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_told_and_understood() {
        for (code, status) in [
            (0xC000_006D, Status::LOGON_DENIED),
            (0xC000_0072, Status::LOGON_DENIED),
            (0xC000_005E, Status::NO_AUTHENTICATING_AUTHORITY),
            (0x8009_030C, Status::LOGON_DENIED),
            (0x8009_0303, Status::TARGET_UNKNOWN),
            (0, Status::LOGON_DENIED),
            // INCOMPLETE_MESSAGE and CONTINUE_NEEDED are for this side's caller.
            (0x8009_0318, Status::LOGON_DENIED),
            (0x0009_0312, Status::LOGON_DENIED),
        ] {
            let error = error_of(code);
            assert_eq!(error.status(), status, "{code:x}");
            assert_eq!(error.code(), Some(ProtocolCode::NtStatus(code)));
        }
        for (status, code) in [
            (Status::LOGON_DENIED, 0xC000_006D),
            (Status::NO_CREDENTIALS, 0xC000_006D),
            (Status::NO_AUTHENTICATING_AUTHORITY, 0xC000_005E),
            (Status::INVALID_TOKEN, 0x8009_0308),
        ] {
            assert_eq!(code_of(&Error::from(status)), code, "{status}");
        }
    }
}
