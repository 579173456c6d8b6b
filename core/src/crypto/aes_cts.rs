//! AES in CBC with ciphertext stealing (RFC 3962 5), the form that NIST calls CBC-CS3: in place, over
//! a text that may stand in several pieces.

use super::parts::{Cursor, Part};
use aes::cipher::{
    Array, BlockModeDecrypt, BlockModeEncrypt, InnerIvInit, IvState, KeyInit, consts::U16,
};
use aes::{Aes128, Aes256};
use zeroize::{Zeroize, Zeroizing};

pub(crate) const BLOCK: usize = 16;

/// How much of a text in pieces is put together at a time.
const RUN: usize = 32 * BLOCK;

/// The block before, which the next one is added to.
pub(super) type Previous = Array<u8, U16>;

/// A key, with its schedules.
#[expect(clippy::large_enum_variant, reason = "every variant is a schedule, and kept behind a box")]
pub(crate) enum AesKey {
    Aes128(Aes128),
    Aes256(Aes256),
}

/// Which way a text goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Encrypt,
    Decrypt,
}

impl AesKey {
    pub(crate) fn new_128(key: &[u8; 16]) -> Self {
        Self::Aes128(Aes128::new(key.into()))
    }

    pub(crate) fn new_256(key: &[u8; 32]) -> Self {
        Self::Aes256(Aes256::new(key.into()))
    }

    /// Whole blocks in CBC.
    pub(super) fn blocks(
        &self,
        direction: Direction,
        previous: &mut Previous,
        blocks: &mut [[u8; BLOCK]],
    ) {
        let blocks = Array::cast_slice_from_core_mut(blocks);
        match (self, direction) {
            (Self::Aes128(key), Direction::Encrypt) => encrypt(key, previous, blocks),
            (Self::Aes256(key), Direction::Encrypt) => encrypt(key, previous, blocks),
            (Self::Aes128(key), Direction::Decrypt) => decrypt(key, previous, blocks),
            (Self::Aes256(key), Direction::Decrypt) => decrypt(key, previous, blocks),
        }
    }

    /// The rest of a text, `left` bytes from a cursor on, to its end.
    pub(super) fn finish(
        &self,
        direction: Direction,
        previous: &mut Previous,
        parts: &mut [Part<'_>],
        mut at: Cursor,
        mut left: usize,
    ) {
        let mut run = Zeroizing::new([0; RUN]);
        while left > 2 * BLOCK {
            // Between 17 and 32 bytes stay for the end.
            let most = left.saturating_sub(BLOCK + 1) / BLOCK * BLOCK;
            let length = most.min(RUN);
            let Some(bytes) = run.get_mut(..length) else { return };
            at.gather(parts, bytes);
            self.blocks(direction, previous, bytes.as_chunks_mut().0);
            at = at.scatter(parts, bytes);
            left = left.saturating_sub(length);
        }
        let Some(bytes) = run.get_mut(..left) else { return };
        at.gather(parts, bytes);
        match direction {
            Direction::Encrypt => self.encrypt_end(previous, bytes),
            Direction::Decrypt => self.decrypt_end(previous, bytes),
        }
        at.scatter(parts, bytes);
    }

    /// The last block and what is behind it: both are encrypted, and change places.
    fn encrypt_end(&self, previous: &mut Previous, end: &mut [u8]) {
        let length = end.len().saturating_sub(BLOCK);
        let mut last = Zeroizing::new([[0; BLOCK]; 2]);
        let flat = last.as_flattened_mut();
        flat.iter_mut().zip(&*end).for_each(|(place, byte)| *place = *byte);
        if length == 0 {
            // A single block has nothing to steal from.
            let [only, _] = &mut *last;
            self.blocks(Direction::Encrypt, previous, std::slice::from_mut(only));
        } else {
            self.blocks(Direction::Encrypt, previous, &mut *last);
            last.swap(0, 1);
        }
        end.iter_mut().zip(last.as_flattened()).for_each(|(place, byte)| *place = *byte);
    }

    fn decrypt_end(&self, previous: &mut Previous, end: &mut [u8]) {
        let length = end.len().saturating_sub(BLOCK);
        let mut last = Zeroizing::new([[0; BLOCK]; 2]);
        let flat = last.as_flattened_mut();
        flat.iter_mut().zip(&*end).for_each(|(place, byte)| *place = *byte);
        let [first, second] = &mut *last;
        if length == 0 {
            self.blocks(Direction::Decrypt, previous, std::slice::from_mut(first));
        } else {
            // What was stolen is found by decrypting the last block alone.
            let mut stolen = *first;
            self.blocks(
                Direction::Decrypt,
                &mut Previous::default(),
                std::slice::from_mut(&mut stolen),
            );
            second.iter_mut().zip(stolen).skip(length).for_each(|(place, byte)| *place = byte);
            stolen.zeroize();
            last.swap(0, 1);
            self.blocks(Direction::Decrypt, previous, &mut *last);
        }
        end.iter_mut().zip(last.as_flattened()).for_each(|(place, byte)| *place = *byte);
    }
}

fn encrypt<Cipher>(key: &Cipher, previous: &mut Previous, blocks: &mut [Array<u8, U16>])
where
    Cipher: aes::cipher::BlockCipherEncrypt<BlockSize = U16>,
{
    let mut mode = cbc::Encryptor::inner_iv_init(key, previous);
    mode.encrypt_blocks(blocks);
    *previous = mode.iv_state();
}

fn decrypt<Cipher>(key: &Cipher, previous: &mut Previous, blocks: &mut [Array<u8, U16>])
where
    Cipher: aes::cipher::BlockCipherDecrypt<BlockSize = U16>,
{
    let mut mode = cbc::Decryptor::inner_iv_init(key, previous);
    mode.decrypt_blocks(blocks);
    *previous = mode.iv_state();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kerberos::vectors::{self, hex};

    /// A text cut into two pieces.
    fn pass(key: &AesKey, direction: Direction, text: &mut [u8], cut: usize) {
        let length = text.len();
        let (first, second) = text.split_at_mut(cut);
        let mut parts = [Part::Sealed(first), Part::Signed(b"between"), Part::Sealed(second)];
        key.finish(direction, &mut Previous::default(), &mut parts, Cursor::default(), length);
    }

    #[test]
    fn published_ciphertexts_are_reproduced_however_they_are_cut() {
        let published = vectors::read("ciphertext_stealing.json");
        assert!(published.len() >= 6);
        for vector in published {
            let key = AesKey::new_128(hex(&vector["key"]).as_slice().try_into().unwrap());
            let (text, expected) = (hex(&vector["input"]), hex(&vector["output"]));
            for cut in 0..=text.len() {
                let mut bytes = text.clone();
                pass(&key, Direction::Encrypt, &mut bytes, cut);
                assert_eq!(bytes, expected);
                pass(&key, Direction::Decrypt, &mut bytes, text.len() - cut);
                assert_eq!(bytes, text);
            }
        }
    }

    #[test]
    fn long_texts_are_the_same_however_they_are_cut() {
        let key = AesKey::new_256(&[7; 32]);
        let text: Vec<u8> = (0..3 * RUN + 5).map(|at| at as u8).collect();
        let mut expected = text.clone();
        pass(&key, Direction::Encrypt, &mut expected, 0);
        for cut in (1..text.len()).step_by(97) {
            let mut bytes = text.clone();
            pass(&key, Direction::Encrypt, &mut bytes, cut);
            assert!(bytes == expected);
            pass(&key, Direction::Decrypt, &mut bytes, cut);
            assert!(bytes == text);
        }
    }
}
