//! Encryption with a checksum as both families with AES have it: ciphertext stealing, and HMAC over
//! the text (RFC 3961 5.3) or over the ciphertext (RFC 8009 5).

use super::aes_cbc::{AesKey, BLOCK, Beside, Direction, Previous};
use super::hmac_sha::{HmacSha, HmacShaKey};
use super::parts::{Cursor, Part, sealed_length};
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

/// The longest checksum: half of SHA-384 (RFC 8009 5).
pub(crate) const MAX_CODE: usize = 24;

/// The keys of a usage.
pub(crate) struct AesHmac {
    pub(super) cipher: AesKey,
    pub(super) integrity: HmacShaKey,
    /// Whether the checksum is over the ciphertext, and over the initial vector of zeros before it.
    pub(super) covers_ciphertext: bool,
    pub(super) code_length: usize,
}

impl AesHmac {
    /// What a text begins with: a block that nobody can predict (RFC 3961 5.3).
    pub(crate) const CONFOUNDER: usize = BLOCK;

    /// How long the checksum is.
    pub(crate) fn code_length(&self) -> usize {
        self.code_length
    }

    /// Encrypts in place, from a confounder on, and writes the checksum.
    pub(crate) fn seal(&self, parts: &mut [Part<'_>], code: &mut [u8]) {
        self.pass(Direction::Encrypt, parts).finish(code);
    }

    /// Decrypts in place, and says whether the checksum is right. What does not hold is wiped.
    #[must_use]
    pub(crate) fn open(&self, parts: &mut [Part<'_>], code: &[u8]) -> bool {
        let mut expected = [0; MAX_CODE];
        let Some(expected) = expected.get_mut(..self.code_length) else { return false };
        // One block at least, or there is nothing that ciphertext stealing could have made.
        if sealed_length(parts) < BLOCK {
            return false;
        }
        self.pass(Direction::Decrypt, parts).finish(expected);
        if bool::from((*expected).ct_eq(code)) {
            return true;
        }
        for part in parts {
            if let Part::Sealed(bytes) = part {
                bytes.zeroize();
            }
        }
        false
    }

    fn pass(&self, direction: Direction, parts: &mut [Part<'_>]) -> HmacSha {
        let mut code = self.integrity.start();
        let mut hashed = 0_usize;
        if self.covers_ciphertext {
            code.update(&[0; BLOCK]);
            hashed = BLOCK;
        }
        // The hash takes what comes in or what goes out, whichever the checksum is over.
        let takes_what_comes_in = (direction == Direction::Encrypt) != self.covers_ciphertext;
        let mut previous = Previous::default();
        let mut left = sealed_length(parts);
        let mut at = Cursor { part: parts.len(), offset: 0 };
        // As long as blocks begin where the pieces do, nothing has to be put together.
        for (index, part) in parts.iter_mut().enumerate() {
            let bytes = match part {
                Part::Signed(bytes) => {
                    code.update(bytes);
                    hashed = hashed.wrapping_add(bytes.len());
                    continue;
                }
                Part::Sealed(bytes) => bytes,
            };
            // Between 17 and 32 bytes stay for the end.
            let most = left.saturating_sub(BLOCK + 1) / BLOCK;
            let length = most.min(bytes.len() / BLOCK).saturating_mul(BLOCK);
            let whole = bytes.get_mut(..length).unwrap_or_default();
            let turn = code.block_length();
            let lacking = turn.wrapping_sub(hashed % turn);
            let beside = Beside { code: &mut code, takes_what_comes_in, lacking };
            self.cipher.blocks(direction, &mut previous, whole.as_chunks_mut().0, Some(beside));
            hashed = hashed.wrapping_add(length);
            left = left.saturating_sub(length);
            if length < bytes.len() {
                at = Cursor { part: index, offset: length };
                break;
            }
        }
        if takes_what_comes_in {
            at.rest(parts).for_each(|bytes| code.update(bytes));
        }
        self.cipher.finish(direction, &mut previous, parts, at, left);
        if !takes_what_comes_in {
            at.rest(parts).for_each(|bytes| code.update(bytes));
        }
        code
    }
}
