//! aes128-cts-hmac-sha256-128 and aes256-cts-hmac-sha384-192 (RFC 8009).

use super::aes_cbc::AesKey;
use super::aes_hmac::AesHmac;
use super::hmac_sha::{HmacShaKey, keyed, write};
use super::usage::{CHECKSUM, ENCRYPTION, INTEGRITY, constant};
use hmac::{Hmac, KeyInit, Mac};
use pbkdf2::pbkdf2_hmac;
use sha2::{Sha256, Sha384};
use zeroize::Zeroizing;

/// The checksum is half of the hash.
pub(crate) const CODE_128: usize = 16;
pub(crate) const CODE_256: usize = 24;

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
    derive::<Hmac<Sha256>, 16>(&*stretched, LABEL)
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
    derive::<Hmac<Sha384>, 32>(&*stretched, LABEL)
}

/// The salt of PBKDF2 begins with the name of the encryption type (RFC 8009 4).
fn salted(name: &[u8], salt: &[u8]) -> Vec<u8> {
    [name, &[0], salt].concat()
}

/// What encrypts for a usage with a key of 128 bits.
pub(crate) fn encryption_128(key: &[u8; 16], usage: u32) -> AesHmac {
    let cipher = AesKey::new_128(&derive::<Hmac<Sha256>, 16>(key, &constant(usage, ENCRYPTION)));
    let integrity = derive::<Hmac<Sha256>, 16>(key, &constant(usage, INTEGRITY));
    let integrity = HmacShaKey::sha256(&*integrity);
    AesHmac { cipher, integrity, covers_ciphertext: true, code_length: CODE_128 }
}

/// What encrypts for a usage with a key of 256 bits.
pub(crate) fn encryption_256(key: &[u8; 32], usage: u32) -> AesHmac {
    let cipher = AesKey::new_256(&derive::<Hmac<Sha384>, 32>(key, &constant(usage, ENCRYPTION)));
    let integrity = derive::<Hmac<Sha384>, 24>(key, &constant(usage, INTEGRITY));
    let integrity = HmacShaKey::sha384(&*integrity);
    AesHmac { cipher, integrity, covers_ciphertext: true, code_length: CODE_256 }
}

/// What makes checksums for a usage with a key of 128 bits.
pub(crate) fn checksum_128(key: &[u8; 16], usage: u32) -> HmacShaKey {
    HmacShaKey::sha256(&*derive::<Hmac<Sha256>, 16>(key, &constant(usage, CHECKSUM)))
}

/// What makes checksums for a usage with a key of 256 bits.
pub(crate) fn checksum_256(key: &[u8; 32], usage: u32) -> HmacShaKey {
    HmacShaKey::sha384(&*derive::<Hmac<Sha384>, 24>(key, &constant(usage, CHECKSUM)))
}

/// PRF with a key of 128 bits (RFC 8009 5).
pub(crate) fn pseudo_random_128(key: &[u8; 16], input: &[u8]) -> Zeroizing<[u8; 32]> {
    derive_with::<Hmac<Sha256>, 32>(key, b"prf", input)
}

/// PRF with a key of 256 bits.
pub(crate) fn pseudo_random_256(key: &[u8; 32], input: &[u8]) -> Zeroizing<[u8; 48]> {
    derive_with::<Hmac<Sha384>, 48>(key, b"prf", input)
}

/// KDF-HMAC-SHA2(key, label, k), of one block (RFC 8009 3).
fn derive<Code: Mac + KeyInit, const N: usize>(key: &[u8], label: &[u8]) -> Zeroizing<[u8; N]> {
    derive_with::<Code, N>(key, label, &[])
}

/// The same with a context.
fn derive_with<Code: Mac + KeyInit, const N: usize>(
    key: &[u8],
    label: &[u8],
    context: &[u8],
) -> Zeroizing<[u8; N]> {
    let mut code = keyed::<Code>(key);
    let bits = (N as u32).saturating_mul(8);
    for part in [&1_u32.to_be_bytes()[..], label, &[0], context, &bits.to_be_bytes()] {
        code.update(part);
    }
    let mut derived = Zeroizing::new([0; N]);
    write(code, &mut *derived);
    derived
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::derive_key::{derive_key_128, derive_key_256};
    use crate::kerberos::vectors::{self, hex};

    #[test]
    fn published_derived_keys_are_reproduced() {
        let published = vectors::read("derivation.json");
        assert!(published.len() >= 12);
        for vector in published {
            let (key, constant) = (hex(&vector["key"]), hex(&vector["constant"]));
            let (key_128, key_256) = (key.as_slice().try_into(), key.as_slice().try_into());
            let derived = hex(&vector["derived"]);
            let made = match (vector["encryption_type"].as_str().unwrap(), derived.len()) {
                ("aes128-cts-hmac-sha1-96", _) => {
                    derive_key_128(key_128.unwrap(), &constant).to_vec()
                }
                ("aes256-cts-hmac-sha1-96", _) => {
                    derive_key_256(key_256.unwrap(), &constant).to_vec()
                }
                ("aes128-cts-hmac-sha256-128", _) => {
                    derive::<Hmac<Sha256>, 16>(&key, &constant).to_vec()
                }
                (_, 24) => derive::<Hmac<Sha384>, 24>(&key, &constant).to_vec(),
                _ => derive::<Hmac<Sha384>, 32>(&key, &constant).to_vec(),
            };
            assert_eq!(made, derived, "{vector}");
        }
    }
}
