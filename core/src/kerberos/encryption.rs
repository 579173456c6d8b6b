//! What a key does: it encrypts, it makes checksums, it gives pseudo-random bytes (RFC 3961 3).

use super::key_usage::KeyUsage;
use super::{EncryptionType, Key};
use crate::error::{Error, Result};
use crate::status::Status;
use crate::surroundings::Surroundings;
use zeroize::Zeroizing;

/// A key for one usage: what is derived of it, once.
pub(crate) struct Cipher {}

impl Cipher {
    /// Derives what the usage needs.
    pub(crate) fn new(_key: &Key, _usage: KeyUsage) -> Result<Self> {
        Err(Error::new(Status::UNSUPPORTED_FUNCTION, "not there yet"))
    }

    /// A whole ciphertext with a confounder and a checksum.
    pub(crate) fn encrypt(&self, _surroundings: &Surroundings, _text: &[u8]) -> Result<Vec<u8>> {
        Err(Error::new(Status::UNSUPPORTED_FUNCTION, "not there yet"))
    }

    /// What is in a ciphertext. One that was altered, or another key's, is MESSAGE_ALTERED.
    pub(crate) fn decrypt(&self, _ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        Err(Error::new(Status::UNSUPPORTED_FUNCTION, "not there yet"))
    }
}

impl Key {
    /// A key of this type that nobody knows.
    pub(crate) fn random(
        _encryption_type: EncryptionType,
        _surroundings: &Surroundings,
    ) -> Result<Self> {
        Err(Error::new(Status::UNSUPPORTED_FUNCTION, "not there yet"))
    }

    /// Encrypts for a usage, once. What is used again is a [`Cipher`].
    pub(crate) fn encrypt(
        &self,
        usage: KeyUsage,
        surroundings: &Surroundings,
        text: &[u8],
    ) -> Result<Vec<u8>> {
        Cipher::new(self, usage)?.encrypt(surroundings, text)
    }

    /// Decrypts for a usage, once.
    pub(crate) fn decrypt(&self, usage: KeyUsage, ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        Cipher::new(self, usage)?.decrypt(ciphertext)
    }

    /// The number of the checksum that belongs to the type of the key (RFC 3961 8).
    pub(crate) fn checksum_type(&self) -> Result<i32> {
        Err(Error::new(Status::UNSUPPORTED_FUNCTION, "not there yet"))
    }

    /// The checksum of these bytes, one after the other.
    pub(crate) fn checksum(&self, _usage: KeyUsage, _parts: &[&[u8]]) -> Result<Vec<u8>> {
        Err(Error::new(Status::UNSUPPORTED_FUNCTION, "not there yet"))
    }

    /// Checks a checksum of a type, in constant time. One that does not belong to the key's type, or
    /// is wrong, is MESSAGE_ALTERED.
    pub(crate) fn verify_checksum(
        &self,
        _usage: KeyUsage,
        _kind: i32,
        _parts: &[&[u8]],
        _checksum: &[u8],
    ) -> Result<()> {
        Err(Error::new(Status::UNSUPPORTED_FUNCTION, "not there yet"))
    }

    /// PRF(key, input) of the encryption type.
    pub(crate) fn pseudo_random(&self, _input: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        Err(Error::new(Status::UNSUPPORTED_FUNCTION, "not there yet"))
    }
}
