//! What a key does: it encrypts, it makes checksums, it gives pseudo-random bytes (RFC 3961 3).

use super::key_usage::KeyUsage;
use super::{EncryptionType, Key};
use crate::credentials::Secret;
use crate::crypto::aes_hmac::{AesHmac, MAX_CODE};
use crate::crypto::hmac_sha::HmacShaKey;
use crate::crypto::parts::Part;
use crate::crypto::rc4_hmac::{self, Rc4Checksum, Rc4Hmac};
use crate::crypto::{aes_sha1, aes_sha2};
use crate::error::{Error, Result};
use crate::status::Status;
use crate::surroundings::Surroundings;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A key for one usage: what is derived of it, once.
pub(crate) struct Cipher(Encryption);

/// What encrypts, by the family of the key's type.
pub(crate) enum Encryption {
    Aes(Box<AesHmac>),
    Rc4(Rc4Hmac),
}

/// The bytes of a key, by their length.
enum Bytes<'k> {
    Sha1Of128(&'k [u8; 16]),
    Sha1Of256(&'k [u8; 32]),
    Sha2Of128(&'k [u8; 16]),
    Sha2Of256(&'k [u8; 32]),
    Rc4(&'k [u8; 16]),
}

impl Cipher {
    /// Derives what the usage needs.
    pub(crate) fn new(key: &Key, KeyUsage(usage): KeyUsage) -> Result<Self> {
        let aes = |made| Encryption::Aes(Box::new(made));
        Ok(Self(match key.known()? {
            Bytes::Sha1Of128(key) => aes(aes_sha1::encryption_128(key, usage)),
            Bytes::Sha1Of256(key) => aes(aes_sha1::encryption_256(key, usage)),
            Bytes::Sha2Of128(key) => aes(aes_sha2::encryption_128(key, usage)),
            Bytes::Sha2Of256(key) => aes(aes_sha2::encryption_256(key, usage)),
            Bytes::Rc4(key) => Encryption::Rc4(Rc4Hmac::new(key, usage)),
        }))
    }

    /// A whole ciphertext with a confounder and a checksum.
    pub(crate) fn encrypt(&self, surroundings: &Surroundings, text: &[u8]) -> Result<Vec<u8>> {
        // The checksum stands behind the ciphertext with AES (RFC 3961 5.3), and before it with RC4
        // (RFC 4757 5).
        let (before, confounder, behind) = self.layout();
        let start = before.saturating_add(confounder);
        let length = start.saturating_add(text.len()).saturating_add(behind);
        // Wiped where something fails before it is encrypted.
        let mut whole = Zeroizing::new(Vec::with_capacity(length));
        whole.resize(start, 0);
        whole.extend_from_slice(text);
        whole.resize(length, 0);
        let (front, rest) = whole.split_at_mut(before);
        let (sealed, code) = rest.split_at_mut(rest.len().saturating_sub(behind));
        surroundings.fill(sealed.get_mut(..confounder).unwrap_or_default())?;
        match &self.0 {
            Encryption::Aes(key) => key.seal(&mut [Part::Sealed(sealed)], code),
            Encryption::Rc4(key) => front.copy_from_slice(&key.seal(sealed)),
        }
        Ok(std::mem::take(&mut *whole))
    }

    /// What is in a ciphertext. One that was altered, or another key's, is MESSAGE_ALTERED.
    pub(crate) fn decrypt(&self, ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let (before, confounder, behind) = self.layout();
        let length = ciphertext.len().checked_sub(behind).ok_or_else(altered)?;
        let (rest, behind) = ciphertext.split_at_checked(length).ok_or_else(altered)?;
        let (before, sealed) = rest.split_at_checked(before).ok_or_else(altered)?;
        let mut text = Zeroizing::new(sealed.to_vec());
        let is_right = match &self.0 {
            Encryption::Aes(key) => key.open(&mut [Part::Sealed(&mut text)], behind),
            Encryption::Rc4(key) => key.open(&mut text, before.try_into().map_err(|_| altered())?),
        };
        if !is_right || text.len() < confounder {
            return Err(altered());
        }
        text.drain(..confounder);
        Ok(text)
    }

    /// How many bytes of a checksum stand before the text, how many a confounder has, and how many
    /// of a checksum stand behind.
    fn layout(&self) -> (usize, usize, usize) {
        match &self.0 {
            Encryption::Aes(key) => (0, AesHmac::CONFOUNDER, key.code_length()),
            Encryption::Rc4(_) => (rc4_hmac::CODE, rc4_hmac::CONFOUNDER, 0),
        }
    }

    /// What encrypts a message that stands in pieces.
    pub(crate) fn into_encryption(self) -> Encryption {
        self.0
    }
}

/// What makes checksums for one usage.
pub(crate) enum Checksums {
    Sha { key: Box<HmacShaKey>, length: usize },
    Rc4(Rc4Checksum),
}

impl Checksums {
    /// Derives what the usage needs.
    pub(crate) fn new(key: &Key, KeyUsage(usage): KeyUsage) -> Result<Self> {
        let sha = |made, length| Self::Sha { key: Box::new(made), length };
        Ok(match key.known()? {
            Bytes::Sha1Of128(key) => sha(aes_sha1::checksum_128(key, usage), aes_sha1::CODE),
            Bytes::Sha1Of256(key) => sha(aes_sha1::checksum_256(key, usage), aes_sha1::CODE),
            Bytes::Sha2Of128(key) => sha(aes_sha2::checksum_128(key, usage), aes_sha2::CODE_128),
            Bytes::Sha2Of256(key) => sha(aes_sha2::checksum_256(key, usage), aes_sha2::CODE_256),
            Bytes::Rc4(key) => Self::Rc4(Rc4Checksum::new(key, usage)),
        })
    }

    /// How long they are.
    pub(crate) fn length(&self) -> usize {
        match self {
            Self::Sha { length, .. } => *length,
            Self::Rc4(_) => rc4_hmac::CODE,
        }
    }

    /// Writes the checksum of these bytes, one after the other, where there is room for it.
    pub(crate) fn write<'p>(&self, parts: impl Iterator<Item = &'p [u8]>, code: &mut [u8]) {
        match self {
            Self::Sha { key, .. } => {
                let mut started = key.start();
                parts.for_each(|part| started.update(part));
                started.finish(code);
            }
            Self::Rc4(key) => {
                let parts: Vec<&[u8]> = parts.collect();
                code.iter_mut().zip(key.code(&parts)).for_each(|(place, byte)| *place = byte);
            }
        }
    }

    /// Whether this is the checksum of these bytes, found out in constant time.
    pub(crate) fn are<'p>(&self, parts: impl Iterator<Item = &'p [u8]>, code: &[u8]) -> bool {
        let mut expected = Zeroizing::new([0; MAX_CODE]);
        let expected = expected.get_mut(..self.length()).unwrap_or_default();
        self.write(parts, expected);
        (*expected).ct_eq(code).into()
    }
}

impl Key {
    /// The bytes of a key whose type is known here.
    fn known(&self) -> Result<Bytes<'_>> {
        let unknown = || {
            let kind = self.encryption_type();
            Error::new(Status::UNSUPPORTED_FUNCTION, format!("there is no {kind} here"))
        };
        let short = |_| unknown();
        let bytes = self.bytes().expose();
        Ok(match self.encryption_type() {
            EncryptionType::AES128_SHA1 => Bytes::Sha1Of128(bytes.try_into().map_err(short)?),
            EncryptionType::AES256_SHA1 => Bytes::Sha1Of256(bytes.try_into().map_err(short)?),
            EncryptionType::AES128_SHA2 => Bytes::Sha2Of128(bytes.try_into().map_err(short)?),
            EncryptionType::AES256_SHA2 => Bytes::Sha2Of256(bytes.try_into().map_err(short)?),
            EncryptionType::RC4 => Bytes::Rc4(bytes.try_into().map_err(short)?),
            _ => return Err(unknown()),
        })
    }

    /// A key of this type that nobody knows.
    pub(crate) fn random(
        encryption_type: EncryptionType,
        surroundings: &Surroundings,
    ) -> Result<Self> {
        let length = encryption_type.key_length().ok_or_else(|| {
            Error::new(Status::UNSUPPORTED_FUNCTION, format!("there is no {encryption_type} here"))
        })?;
        let mut bytes = Zeroizing::new(vec![0; length]);
        surroundings.fill(&mut bytes)?;
        Self::new(encryption_type, Secret::new(&bytes))
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

    /// The number of the checksum that belongs to the type of the key (RFC 3961 8, RFC 3962 7,
    /// RFC 8009 7, RFC 4757 4).
    pub(crate) fn checksum_type(&self) -> Result<i32> {
        Ok(match self.known()? {
            Bytes::Sha1Of128(_) => 15,
            Bytes::Sha1Of256(_) => 16,
            Bytes::Sha2Of128(_) => 19,
            Bytes::Sha2Of256(_) => 20,
            Bytes::Rc4(_) => -138,
        })
    }

    /// How long the checksums of this key are.
    pub(crate) fn checksum_length(&self) -> Result<usize> {
        Ok(match self.known()? {
            Bytes::Sha1Of128(_) | Bytes::Sha1Of256(_) => aes_sha1::CODE,
            Bytes::Sha2Of128(_) => aes_sha2::CODE_128,
            Bytes::Sha2Of256(_) => aes_sha2::CODE_256,
            Bytes::Rc4(_) => rc4_hmac::CODE,
        })
    }

    /// The checksum of these bytes, one after the other.
    pub(crate) fn checksum(&self, usage: KeyUsage, parts: &[&[u8]]) -> Result<Vec<u8>> {
        let checksums = Checksums::new(self, usage)?;
        let mut code = vec![0; checksums.length()];
        checksums.write(parts.iter().copied(), &mut code);
        Ok(code)
    }

    /// Checks a checksum of a type, in constant time. One that does not belong to the key's type, or
    /// is wrong, is MESSAGE_ALTERED.
    pub(crate) fn verify_checksum(
        &self,
        usage: KeyUsage,
        kind: i32,
        parts: &[&[u8]],
        checksum: &[u8],
    ) -> Result<()> {
        let own = self.checksum_type()?;
        if kind != own {
            return Err(Error::new(
                Status::MESSAGE_ALTERED,
                format!("a checksum of type {kind} came where the key's is {own}"),
            ));
        }
        if Checksums::new(self, usage)?.are(parts.iter().copied(), checksum) {
            return Ok(());
        }
        Err(Error::new(
            Status::MESSAGE_ALTERED,
            "the checksum does not match: the message was changed, or it is of another key",
        ))
    }

    /// Bytes that follow from the key and the input, and that nobody can guess who does not know the
    /// key: PRF of the encryption type (RFC 3961 5.3), 16, 20, 32 or 48 of them.
    ///
    /// ```
    /// use anysspi::kerberos::{EncryptionType, Key};
    ///
    /// let key = Key::new(EncryptionType::AES256_SHA2, &[7; 32][..])?;
    /// assert_eq!(key.pseudo_random(b"one use")?.len(), 48);
    /// assert_ne!(key.pseudo_random(b"one use")?, key.pseudo_random(b"another")?);
    /// # Ok::<(), anysspi::Error>(())
    /// ```
    pub fn pseudo_random(&self, input: &[u8]) -> Result<Secret> {
        let vector = Secret::new;
        Ok(match self.known()? {
            Bytes::Sha1Of128(key) => vector(&*aes_sha1::pseudo_random_128(key, input)),
            Bytes::Sha1Of256(key) => vector(&*aes_sha1::pseudo_random_256(key, input)),
            Bytes::Sha2Of128(key) => vector(&*aes_sha2::pseudo_random_128(key, input)),
            Bytes::Sha2Of256(key) => vector(&*aes_sha2::pseudo_random_256(key, input)),
            Bytes::Rc4(key) => {
                let mut output = Zeroizing::new([0; 20]);
                rc4_hmac::pseudo_random(key, input, &mut output);
                vector(&*output)
            }
        })
    }
}

fn altered() -> Error {
    Error::new(
        Status::MESSAGE_ALTERED,
        "the ciphertext cannot be decrypted: it was changed, or it is of another key",
    )
}

#[cfg(test)]
mod tests;
