//! DR and DK of the simplified profile (RFC 3961 5.1, 5.3) with AES: a key for one use out of another.

use super::n_fold::n_fold;
use aes::cipher::{BlockCipherEncrypt, KeyInit};
use aes::{Aes128, Aes256};
use zeroize::{Zeroize, Zeroizing};

/// DK(key, constant): as long as the key, since random-to-key is the identity with AES (RFC 3962 6).
///
/// The blocks of a derivation are encrypted one at a time with an initial vector of zeros, so that
/// CBC is no more than the cipher itself.
pub(crate) fn derive_key_128(key: &[u8; 16], constant: &[u8]) -> Zeroizing<[u8; 16]> {
    derive::<_, 16>(&Aes128::new(key.into()), constant)
}

/// The same with a key of 256 bits.
pub(crate) fn derive_key_256(key: &[u8; 32], constant: &[u8]) -> Zeroizing<[u8; 32]> {
    derive::<_, 32>(&Aes256::new(key.into()), constant)
}

fn derive<Cipher, const N: usize>(cipher: &Cipher, constant: &[u8]) -> Zeroizing<[u8; N]>
where
    Cipher: BlockCipherEncrypt<BlockSize = aes::cipher::consts::U16>,
{
    let mut derived = Zeroizing::new([0; N]);
    let mut block = n_fold::<16>(constant).into();
    for place in derived.as_chunks_mut::<16>().0 {
        cipher.encrypt_block(&mut block);
        *place = block.into();
    }
    block.zeroize();
    derived
}
