//! RC4 and MD5 over the same message, a step of one beside a step of the other.
//!
//! A long message is sealed at the speed of MD5 alone.

use super::hmac_md5::HmacMd5;
use super::md5_rounds::{BLOCK, SINES, Word, rounds, words};
use super::rc4::Rc4;

/// Messages shorter than this are not worth the wider table.
const WORTH_IT: usize = 512;

/// Adds the message to the code and encrypts it.
pub(crate) fn seal(code: &mut HmacMd5, cipher: &mut Rc4, message: &mut [u8]) {
    if message.len() < WORTH_IT {
        code.update(message);
        cipher.apply(message);
        return;
    }
    // The hash may hold back an incomplete block; what it lacks goes ahead by itself.
    let (start, rest) = message.split_at_mut(code.lacks());
    code.update(start);
    cipher.apply(start);
    let (blocks, end) = rest.as_chunks_mut::<BLOCK>();
    cipher.widened(|cipher| {
        code.with_state(blocks.len(), |state| {
            for block in blocks {
                let clear = *block;
                step(state, &clear, cipher, block);
            }
        });
    });
    code.update(end);
    cipher.apply(end);
}

/// Decrypts the message and adds it to the code.
pub(crate) fn open(code: &mut HmacMd5, cipher: &mut Rc4, message: &mut [u8]) {
    if message.len() < WORTH_IT {
        cipher.apply(message);
        code.update(message);
        return;
    }
    let (start, rest) = message.split_at_mut(code.lacks());
    cipher.apply(start);
    code.update(start);
    let (blocks, end) = rest.as_chunks_mut::<BLOCK>();
    // The cipher is a block ahead of the hash.
    let Some((first, others)) = blocks.split_first_mut() else { return };
    cipher.apply(first);
    let mut clear = *first;
    cipher.widened(|cipher| {
        code.with_state(others.len(), |state| {
            for block in others {
                step(state, &clear, cipher, block);
                clear = *block;
            }
        });
    });
    code.update(&clear);
    cipher.apply(end);
    code.update(end);
}

/// RC4 with a table of words, which a processor reads and writes faster than one of bytes.
pub(super) struct WideRc4 {
    pub(super) table: [u32; 256],
    pub(super) i: u8,
    pub(super) j: u8,
}

impl WideRc4 {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the steps must lie beside those of MD5")]
    #[expect(clippy::indexing_slicing, reason = "a byte cannot lie outside a table of 256")]
    fn next(&mut self) -> u8 {
        self.i = self.i.wrapping_add(1);
        let (i, entry) = (usize::from(self.i), self.table[usize::from(self.i)]);
        self.j = self.j.wrapping_add(entry as u8);
        let other = self.table[usize::from(self.j)];
        self.table[i] = other;
        self.table[usize::from(self.j)] = entry;
        self.table[usize::from((entry as u8).wrapping_add(other as u8))] as u8
    }
}

/// One block of MD5 over `clear`, and 64 bytes of RC4 over `sealed`.
#[expect(clippy::indexing_slicing, reason = "every index is a constant within its array")]
fn step(state: &mut [u32; 4], clear: &[u8; BLOCK], cipher: &mut WideRc4, sealed: &mut [u8; BLOCK]) {
    let words = words(clear);
    rounds!(lane = state, &words => |at| sealed[at] ^= cipher.next());
}

#[cfg(test)]
mod tests {
    use super::super::hmac_md5::HmacMd5Key;
    use super::*;

    #[test]
    fn side_by_side_is_the_same_as_one_after_the_other() {
        let key = HmacMd5Key::new(&[5; 16]);
        for askew in [0, 1, 4, 60, 63, 64, 65] {
            for length in (0..200).chain(500..800).chain([4096, 10_001]) {
                let message: Vec<u8> = (0..length).map(|at: u32| (at * 7 % 253) as u8).collect();
                let before = vec![9; askew];

                let (mut code, mut cipher) = (key.start(), Rc4::new(b"sixteen-byte key"));
                code.update(&before);
                code.update(&message);
                let mut expected = message.clone();
                cipher.apply(&mut expected);
                let after = cipher.applied([0; 8]);
                let expected_code = code.finish();

                let (mut code, mut cipher) = (key.start(), Rc4::new(b"sixteen-byte key"));
                code.update(&before);
                let mut sealed = message.clone();
                seal(&mut code, &mut cipher, &mut sealed);
                assert_eq!(sealed, expected, "{askew} {length}");
                assert_eq!(code.finish(), expected_code, "{askew} {length}");
                assert_eq!(cipher.applied([0; 8]), after, "{askew} {length}");

                let (mut code, mut cipher) = (key.start(), Rc4::new(b"sixteen-byte key"));
                code.update(&before);
                open(&mut code, &mut cipher, &mut sealed);
                assert_eq!(sealed, message, "{askew} {length}");
                assert_eq!(code.finish(), expected_code, "{askew} {length}");
                assert_eq!(cipher.applied([0; 8]), after, "{askew} {length}");
            }
        }
    }
}
