//! AES in CBC with ciphertext stealing (RFC 3962 5), the form that NIST calls CBC-CS3: in place, over
//! a text that may stand in several pieces.

use super::aes_cbc::{AesKey, BLOCK, Direction, Previous};
use super::parts::{Cursor, Part};
use zeroize::{Zeroize, Zeroizing};

/// How much of a text in pieces is put together at a time.
const RUN: usize = 32 * BLOCK;

impl AesKey {
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
            self.blocks(direction, previous, bytes.as_chunks_mut().0, None);
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
            self.blocks(Direction::Encrypt, previous, std::slice::from_mut(only), None);
        } else {
            self.blocks(Direction::Encrypt, previous, &mut *last, None);
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
            self.blocks(Direction::Decrypt, previous, std::slice::from_mut(first), None);
        } else {
            // What was stolen is found by decrypting the last block alone.
            let mut stolen = *first;
            self.blocks(
                Direction::Decrypt,
                &mut Previous::default(),
                std::slice::from_mut(&mut stolen),
                None,
            );
            second.iter_mut().zip(stolen).skip(length).for_each(|(place, byte)| *place = byte);
            stolen.zeroize();
            last.swap(0, 1);
            self.blocks(Direction::Decrypt, previous, &mut *last, None);
        }
        end.iter_mut().zip(last.as_flattened()).for_each(|(place, byte)| *place = *byte);
    }
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
