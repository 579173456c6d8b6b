//! MD4 (RFC 1320): the NT hash of a password and nothing else.

use md4::{Digest, Md4};

/// The MD4 digest of the bytes.
pub(crate) fn md4(bytes: &[u8]) -> [u8; 16] {
    Md4::digest(bytes).into()
}
