//! String-to-key of aes128-cts-hmac-sha1-96 and aes256-cts-hmac-sha1-96 (RFC 3962 4).

use super::derive_key::{derive_key_128, derive_key_256};
use pbkdf2::pbkdf2_hmac;
use sha1::Sha1;
use zeroize::Zeroizing;

/// What the derivation of the password's key from PBKDF2's output is for.
const CONSTANT: &[u8] = b"kerberos";

/// The key of 128 bits.
pub(crate) fn string_to_key_128(
    password: &[u8],
    salt: &[u8],
    iterations: u32,
) -> Zeroizing<[u8; 16]> {
    let mut stretched = Zeroizing::new([0; 16]);
    pbkdf2_hmac::<Sha1>(password, salt, iterations, &mut *stretched);
    derive_key_128(&stretched, CONSTANT)
}

/// The key of 256 bits.
pub(crate) fn string_to_key_256(
    password: &[u8],
    salt: &[u8],
    iterations: u32,
) -> Zeroizing<[u8; 32]> {
    let mut stretched = Zeroizing::new([0; 32]);
    pbkdf2_hmac::<Sha1>(password, salt, iterations, &mut *stretched);
    derive_key_256(&stretched, CONSTANT)
}
