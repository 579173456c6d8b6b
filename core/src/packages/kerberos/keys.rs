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
}

impl ContextKeys {
    /// The key that protects messages, and whether it is the acceptor's subkey: the last that was sent
    /// (RFC 4120 3.2.6), with rc4-hmac too. There MIT's acceptors send none, and those of Windows the
    /// initiator's ([MS-KILE] 3.1.1.2), so that it makes no difference; those of Java may have their own.
    pub(super) fn protecting(self) -> (Key, bool) {
        let Self { session, initiator, acceptor } = self;
        match acceptor {
            Some(acceptor) => (acceptor, true),
            None => (initiator.unwrap_or(session), false),
        }
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
    fn the_last_subkey_protects() {
        let (aes, rc4) = (EncryptionType::AES256_SHA1, EncryptionType::RC4);
        for (own, acceptor, expected) in [
            (aes, None, (2, false)),
            (aes, Some(aes), (3, true)),
            (rc4, None, (2, false)),
            (rc4, Some(rc4), (3, true)),
            (rc4, Some(aes), (3, true)),
        ] {
            let keys = ContextKeys {
                session: key(own, 1),
                initiator: Some(key(own, 2)),
                acceptor: acceptor.map(|acceptor| key(acceptor, 3)),
            };
            let (protecting, is_acceptor) = keys.protecting();
            assert_eq!((protecting.bytes().expose()[0], is_acceptor), expected);
        }
        let session = key(aes, 1);
        let keys = ContextKeys { session, initiator: None, acceptor: None };
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
