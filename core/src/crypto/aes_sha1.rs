//! aes128-cts-hmac-sha1-96 and aes256-cts-hmac-sha1-96 (RFC 3962, RFC 3961 5.3).

use super::aes_cbc::{AesKey, BLOCK};
use super::aes_hmac::AesHmac;
use super::derive_key::{derive_key_128, derive_key_256};
use super::hmac_sha::HmacShaKey;
use super::usage::{CHECKSUM, ENCRYPTION, INTEGRITY, constant};
use aes::cipher::BlockCipherEncrypt;
use aes::cipher::KeyInit;
use aes::{Aes128, Aes256};
use pbkdf2::pbkdf2_hmac;
use sha1::{Digest, Sha1};
use zeroize::Zeroizing;

/// What the derivation of the password's key from PBKDF2's output is for.
const CONSTANT: &[u8] = b"kerberos";

/// The checksum is 96 bits of HMAC.
pub(crate) const CODE: usize = 12;

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

/// What encrypts for a usage with a key of 128 bits.
pub(crate) fn encryption_128(key: &[u8; 16], usage: u32) -> AesHmac {
    let derived = |purpose| derive_key_128(key, &constant(usage, purpose));
    made(AesKey::new_128(&derived(ENCRYPTION)), &*derived(INTEGRITY))
}

/// What encrypts for a usage with a key of 256 bits.
pub(crate) fn encryption_256(key: &[u8; 32], usage: u32) -> AesHmac {
    let derived = |purpose| derive_key_256(key, &constant(usage, purpose));
    made(AesKey::new_256(&derived(ENCRYPTION)), &*derived(INTEGRITY))
}

fn made(cipher: AesKey, integrity: &[u8]) -> AesHmac {
    let integrity = HmacShaKey::sha1(integrity);
    AesHmac { cipher, integrity, covers_ciphertext: false, code_length: CODE }
}

/// What makes checksums for a usage with a key of 128 bits.
pub(crate) fn checksum_128(key: &[u8; 16], usage: u32) -> HmacShaKey {
    HmacShaKey::sha1(&*derive_key_128(key, &constant(usage, CHECKSUM)))
}

/// What makes checksums for a usage with a key of 256 bits.
pub(crate) fn checksum_256(key: &[u8; 32], usage: u32) -> HmacShaKey {
    HmacShaKey::sha1(&*derive_key_256(key, &constant(usage, CHECKSUM)))
}

/// PRF with a key of 128 bits (RFC 3961 5.3): one block of the hash, encrypted.
pub(crate) fn pseudo_random_128(key: &[u8; 16], input: &[u8]) -> Zeroizing<[u8; BLOCK]> {
    encrypted_hash(&Aes128::new((&*derive_key_128(key, b"prf")).into()), input)
}

/// PRF with a key of 256 bits.
pub(crate) fn pseudo_random_256(key: &[u8; 32], input: &[u8]) -> Zeroizing<[u8; BLOCK]> {
    encrypted_hash(&Aes256::new((&*derive_key_256(key, b"prf")).into()), input)
}

fn encrypted_hash<Cipher>(cipher: &Cipher, input: &[u8]) -> Zeroizing<[u8; BLOCK]>
where
    Cipher: BlockCipherEncrypt<BlockSize = aes::cipher::consts::U16>,
{
    let hash: [u8; 20] = Sha1::digest(input).into();
    let mut block = Zeroizing::new([0; BLOCK]);
    block.iter_mut().zip(hash).for_each(|(place, byte)| *place = byte);
    cipher.encrypt_block((&mut *block).into());
    block
}
