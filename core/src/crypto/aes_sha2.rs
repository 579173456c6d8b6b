//! String-to-key of aes128-cts-hmac-sha256-128 and aes256-cts-hmac-sha384-192 (RFC 8009 3 and 4).

use hmac::digest::Key;
use hmac::{Hmac, KeyInit, Mac};
use pbkdf2::pbkdf2_hmac;
use sha2::{Sha256, Sha384};
use zeroize::{Zeroize, Zeroizing};

/// The label of the derivation of the password's key from PBKDF2's output.
const LABEL: &[u8] = b"kerberos";

/// The key of 128 bits.
pub(crate) fn string_to_key_128(
    password: &[u8],
    salt: &[u8],
    iterations: u32,
) -> Zeroizing<[u8; 16]> {
    let salt = salted(b"aes128-cts-hmac-sha256-128", salt);
    let mut stretched = Zeroizing::new([0; 16]);
    pbkdf2_hmac::<Sha256>(password, &salt, iterations, &mut *stretched);
    derive::<Hmac<Sha256>, 16>(&stretched)
}

/// The key of 256 bits.
pub(crate) fn string_to_key_256(
    password: &[u8],
    salt: &[u8],
    iterations: u32,
) -> Zeroizing<[u8; 32]> {
    let salt = salted(b"aes256-cts-hmac-sha384-192", salt);
    let mut stretched = Zeroizing::new([0; 32]);
    pbkdf2_hmac::<Sha384>(password, &salt, iterations, &mut *stretched);
    derive::<Hmac<Sha384>, 32>(&stretched)
}

/// The salt of PBKDF2 begins with the name of the encryption type (RFC 8009 4).
fn salted(name: &[u8], salt: &[u8]) -> Vec<u8> {
    [name, &[0], salt].concat()
}

/// KDF-HMAC-SHA2(key, "kerberos", k), of one block (RFC 8009 3).
fn derive<Code: Mac + KeyInit, const N: usize>(key: &[u8; N]) -> Zeroizing<[u8; N]> {
    // HMAC fills a shorter key with zeros to a block (RFC 2104 2), and such a key cannot be refused.
    let mut block = Key::<Code>::default();
    block.iter_mut().zip(key).for_each(|(place, byte)| *place = *byte);
    let mut code = Code::new(&block);
    block.zeroize();
    let bits = (N as u32).saturating_mul(8);
    for part in [&1_u32.to_be_bytes()[..], LABEL, &[0], &bits.to_be_bytes()] {
        code.update(part);
    }
    let mut whole = code.finalize().into_bytes();
    let mut derived = Zeroizing::new([0; N]);
    derived.iter_mut().zip(&whole).for_each(|(place, byte)| *place = *byte);
    whole.zeroize();
    derived
}
