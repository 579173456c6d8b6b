//! The versions of CredSSP, and which one both sides speak.

use crate::credentials::Allow;
use crate::error::{Error, Result};
use crate::status::Status;

/// The version of this side ([MS-CSSP] 2.2.1, version).
pub(super) const OWN: u32 = 6;
/// The first that there was.
const FIRST: u32 = 2;
/// The first whose proof of the server's key has a nonce.
const HASHED: u32 = 5;

/// What the peer has said about its version. It must say the same every time.
#[derive(Clone, Copy, Default)]
pub(super) struct Versions {
    allow_old: bool,
    peer: Option<u32>,
}

impl Versions {
    pub(super) fn new(allow: Allow) -> Self {
        Self { allow_old: allow.contains(Allow::OLD_CREDSSP), peer: None }
    }

    /// Takes the version of one of the peer's messages.
    pub(super) fn check(&mut self, version: u32) -> Result<()> {
        match self.peer {
            Some(before) if before == version => return Ok(()),
            Some(_) => {
                return Err(Error::new(
                    Status::INVALID_TOKEN,
                    "the peer changes its version of CredSSP on the way",
                ));
            }
            None => {}
        }
        if version < FIRST {
            return Err(Error::new(
                Status::INVALID_TOKEN,
                format!("there is no version {version} of CredSSP"),
            ));
        }
        // Kept before it is judged: the peer is told in its own version's way.
        self.peer = Some(version);
        if version < HASHED && !self.allow_old {
            return Err(Error::new(
                Status::ALGORITHM_MISMATCH,
                format!(
                    "the peer speaks version {version} of CredSSP, whose proof of the server's key \
                     is broken (CVE-2018-0886): update it, or allow OLD_CREDSSP by name"
                ),
            ));
        }
        Ok(())
    }

    fn common(self) -> u32 {
        self.peer.unwrap_or(OWN).min(OWN)
    }

    /// Whether the proof of the server's key has a nonce.
    pub(super) fn is_hashed(self) -> bool {
        self.common() >= HASHED
    }

    /// Whether the peer understands an errorCode: versions 3, 4 and 6 ([MS-CSSP] 2.2.1, errorCode).
    pub(super) fn has_error_code(self) -> bool {
        self.peer.is_some() && matches!(self.common(), 3 | 4 | 6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_agreed_on_and_do_not_change() {
        for (theirs, hashed, error_code) in [(5, true, false), (6, true, true), (7, true, true)] {
            let mut versions = Versions::new(Allow::empty());
            assert!(!versions.has_error_code());
            versions.check(theirs).unwrap();
            versions.check(theirs).unwrap();
            assert_eq!((versions.is_hashed(), versions.has_error_code()), (hashed, error_code));
            let error = versions.check(theirs + 1).unwrap_err();
            assert_eq!(error.status(), Status::INVALID_TOKEN);
            assert_eq!(versions.check(2).unwrap_err().status(), Status::INVALID_TOKEN);
        }
    }

    #[test]
    fn old_versions_must_be_allowed_by_name() {
        for theirs in [2, 3, 4] {
            let error = Versions::new(Allow::NTLM_V1).check(theirs).unwrap_err();
            assert_eq!(error.status(), Status::ALGORITHM_MISMATCH);
            let mut versions = Versions::new(Allow::OLD_CREDSSP);
            versions.check(theirs).unwrap();
            assert_eq!((versions.is_hashed(), versions.has_error_code()), (false, theirs > 2));
        }
        for theirs in [0, 1] {
            let error = Versions::new(Allow::OLD_CREDSSP).check(theirs).unwrap_err();
            assert_eq!(error.status(), Status::INVALID_TOKEN);
        }
    }
}
