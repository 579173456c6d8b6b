//! HMAC (RFC 2104) with SHA-1, SHA-256 and SHA-384: a key made ready once, for any number of messages.

use hmac::digest::Key;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Sha256, Sha384};
use zeroize::Zeroize;

/// A key, or a message that is on its way: both are the states of the two hashes.
#[derive(Clone)]
pub(crate) enum HmacSha {
    Sha1(Hmac<Sha1>),
    Sha256(Hmac<Sha256>),
    Sha384(Hmac<Sha384>),
}

impl HmacSha {
    pub(crate) fn sha1(key: &[u8]) -> Self {
        Self::Sha1(keyed(key))
    }

    pub(crate) fn sha256(key: &[u8]) -> Self {
        Self::Sha256(keyed(key))
    }

    pub(crate) fn sha384(key: &[u8]) -> Self {
        Self::Sha384(keyed(key))
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha1(code) => code.update(bytes),
            Self::Sha256(code) => code.update(bytes),
            Self::Sha384(code) => code.update(bytes),
        }
    }

    /// Writes as much of the code as there is room for.
    pub(crate) fn finish(self, code: &mut [u8]) {
        match self {
            Self::Sha1(whole) => write(whole, code),
            Self::Sha256(whole) => write(whole, code),
            Self::Sha384(whole) => write(whole, code),
        }
    }
}

/// HMAC fills a shorter key with zeros to a block (RFC 2104 2), and such a key cannot be refused. No
/// key of Kerberos is longer than a block.
pub(super) fn keyed<Code: Mac + KeyInit>(key: &[u8]) -> Code {
    let mut block = Key::<Code>::default();
    debug_assert!(key.len() <= block.len());
    block.iter_mut().zip(key).for_each(|(place, byte)| *place = *byte);
    let code = Code::new(&block);
    block.zeroize();
    code
}

pub(super) fn write(code: impl Mac, into: &mut [u8]) {
    let mut whole = code.finalize().into_bytes();
    into.iter_mut().zip(&whole).for_each(|(place, byte)| *place = *byte);
    whole.zeroize();
}
