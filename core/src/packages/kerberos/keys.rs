//! Which key a context protects with: the session key of the ticket, the initiator's subkey or the
//! acceptor's (RFC 4120 3.2.6, RFC 4121 2).

use super::messages::EncryptionKey;
use crate::credentials::{Allow, Secret};
use crate::error::{Error, Result};
use crate::kerberos::{EncryptionType, Key};
use crate::status::Status;
use crate::surroundings::Surroundings;

/// The keys that a handshake has come to.
pub(super) struct ContextKeys {
    pub(super) session: Key,
    pub(super) initiator: Option<Key>,
    pub(super) acceptor: Option<Key>,
    pub(super) is_dce_style: bool,
}

impl ContextKeys {
    /// The key that protects messages, and whether it is the acceptor's subkey.
    pub(super) fn protecting(self) -> (Key, bool) {
        let uses_acceptor = self.uses_acceptor();
        let Self { session, initiator, acceptor, .. } = self;
        match acceptor {
            Some(acceptor) if uses_acceptor => (acceptor, true),
            _ => (initiator.unwrap_or(session), false),
        }
    }

    /// The tokens of rc4-hmac cannot say whose subkey it is (RFC 4757 7): both sides take the
    /// initiator's, but for DCE RPC, and but for an acceptor that goes over to a better type.
    fn uses_acceptor(&self) -> bool {
        let own = self.initiator.as_ref().unwrap_or(&self.session).encryption_type();
        self.acceptor.as_ref().is_some_and(|acceptor| {
            self.is_dce_style
                || own != EncryptionType::RC4
                || acceptor.encryption_type() != EncryptionType::RC4
        })
    }
}

/// Refuses a type that is unknown here, or off unless it is allowed by name.
pub(super) fn type_is_allowed(encryption_type: EncryptionType, allow: Allow) -> Result<()> {
    if encryption_type.key_length().is_none() {
        return Err(Error::new(
            Status::CRYPTO_SYSTEM_INVALID,
            format!("a key is of {encryption_type}, which is not known here"),
        ));
    }
    if encryption_type == EncryptionType::RC4 && !allow.contains(Allow::RC4) {
        return Err(Error::new(
            Status::CRYPTO_SYSTEM_INVALID,
            "a key is of rc4-hmac, which is broken: allow RC4 by name to go on with it",
        ));
    }
    Ok(())
}

/// The key in a message, of a type that is allowed.
pub(super) fn read_key(key: &EncryptionKey<'_>, allow: Allow) -> Result<Key> {
    let encryption_type = EncryptionType(key.encryption_type);
    type_is_allowed(encryption_type, allow)?;
    Key::new(encryption_type, Secret::new(key.bytes.as_bytes())).map_err(|cause| {
        Error::new(Status::INVALID_TOKEN, "a key in a message has a wrong length")
            .with_source(cause)
    })
}

/// Where a side begins to count its messages: 31 random bits, because some have taken the highest one
/// for a sign.
pub(super) fn first_sequence(surroundings: &Surroundings) -> Result<u32> {
    let mut bytes = [0; 4];
    surroundings.fill(&mut bytes)?;
    Ok(u32::from_be_bytes(bytes) & 0x7FFF_FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(encryption_type: EncryptionType, byte: u8) -> Key {
        let length = encryption_type.key_length().unwrap();
        Key::new(encryption_type, vec![byte; length].as_slice()).unwrap()
    }

    #[test]
    fn the_last_subkey_protects_but_for_rc4() {
        let (aes, rc4) = (EncryptionType::AES256_SHA1, EncryptionType::RC4);
        for (own, acceptor, is_dce_style, expected) in [
            (aes, None, false, (2, false)),
            (aes, Some(aes), false, (3, true)),
            (rc4, Some(rc4), false, (2, false)),
            (rc4, Some(rc4), true, (3, true)),
            (rc4, Some(aes), false, (3, true)),
        ] {
            let keys = ContextKeys {
                session: key(own, 1),
                initiator: Some(key(own, 2)),
                acceptor: acceptor.map(|acceptor| key(acceptor, 3)),
                is_dce_style,
            };
            let (protecting, is_acceptor) = keys.protecting();
            assert_eq!((protecting.bytes().expose()[0], is_acceptor), expected);
        }
        let session = key(aes, 1);
        let keys = ContextKeys { session, initiator: None, acceptor: None, is_dce_style: false };
        assert_eq!(keys.protecting().0, key(aes, 1));
    }

    #[test]
    fn weak_and_unknown_types_are_refused() {
        let refused =
            |number, allow| type_is_allowed(EncryptionType(number), allow).unwrap_err().status();
        assert_eq!(refused(23, Allow::empty()), Status::CRYPTO_SYSTEM_INVALID);
        for number in [0, 1, 3, 16, -128, 99] {
            assert_eq!(refused(number, Allow::RC4), Status::CRYPTO_SYSTEM_INVALID);
        }
        assert!(type_is_allowed(EncryptionType::RC4, Allow::RC4).is_ok());
    }
}
