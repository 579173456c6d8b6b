//! MD4 (RFC 1320): the NT hash of a password, and what NTLMv1 makes of it.

use crate::codec::utf16;
use md4::{Digest, Md4};
use zeroize::Zeroizing;

/// The MD4 digest of the bytes.
pub(crate) fn md4(bytes: &[u8]) -> [u8; 16] {
    Md4::digest(bytes).into()
}

/// The NT hash: MD4 of the password in UTF-16LE, NTOWFv1 of [MS-NLMP] 3.3.1 and the key of rc4-hmac
/// (RFC 4757 2).
pub(crate) fn nt_hash(password: &str) -> Zeroizing<[u8; 16]> {
    let mut unicode = Zeroizing::new(Vec::new());
    utf16::encode_into(password, &mut unicode);
    Zeroizing::new(md4(&unicode))
}
