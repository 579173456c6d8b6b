//! HMAC (RFC 2104) with SHA-1, SHA-256 and SHA-384: a key made ready once, for any number of messages.

use hmac::block_api::HmacCore;
use hmac::digest::Key;
use hmac::digest::block_api::{BlockSizeUser, Buffer, CoreProxy};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Sha256, Sha384};
use zeroize::Zeroize;

/// A key: the states of both hashes, and nothing that waits for its block to fill.
pub(crate) enum HmacShaKey {
    Sha1(HmacCore<Sha1>),
    Sha256(HmacCore<Sha256>),
    Sha384(HmacCore<Sha384>),
}

impl HmacShaKey {
    pub(crate) fn sha1(key: &[u8]) -> Self {
        Self::Sha1(keyed(key))
    }

    pub(crate) fn sha256(key: &[u8]) -> Self {
        Self::Sha256(keyed(key))
    }

    pub(crate) fn sha384(key: &[u8]) -> Self {
        Self::Sha384(keyed(key))
    }

    /// Starts a message.
    pub(crate) fn start(&self) -> HmacSha {
        match self {
            Self::Sha1(key) => HmacSha::Sha1(started(key)),
            Self::Sha256(key) => HmacSha::Sha256(started(key)),
            Self::Sha384(key) => HmacSha::Sha384(started(key)),
        }
    }
}

/// A message on its way.
pub(crate) enum HmacSha {
    Sha1(Hmac<Sha1>),
    Sha256(Hmac<Sha256>),
    Sha384(Hmac<Sha384>),
}

impl HmacSha {
    /// How many bytes the hash takes at a time.
    #[inline]
    pub(super) fn block_length(&self) -> usize {
        match self {
            Self::Sha1(_) => Sha1::block_size(),
            Self::Sha256(_) => Sha256::block_size(),
            Self::Sha384(_) => Sha384::block_size(),
        }
    }

    #[inline]
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

fn started<Code: CoreProxy<Core: Clone>>(key: &Code::Core) -> Code {
    Code::compose(key.clone(), Buffer::<Code::Core>::default())
}

/// HMAC fills a shorter key with zeros to a block (RFC 2104 2), and such a key cannot be refused. No
/// key of Kerberos is longer than a block.
pub(super) fn keyed<Code: KeyInit>(key: &[u8]) -> Code {
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
