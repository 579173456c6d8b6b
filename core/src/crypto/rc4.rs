//! RC4, the stream cipher of NTLM ([MS-NLMP] 3.4).
//!
//! Our own, for three reasons: the published crate is slower, because each step waits for the swap
//! before it to reach memory; a context must be able to put a state back when a message turns out to
//! be forged; and long messages run beside their hash (`rc4_md5`).

use super::rc4_md5::WideRc4;
use zeroize::optimization_barrier;

/// The state of one direction: 258 bytes.
#[derive(Clone)]
pub(crate) struct Rc4 {
    table: [u8; 256],
    i: u8,
    j: u8,
}

impl Rc4 {
    /// The state before a key: every byte at its own place.
    const START: Self = Self { table: IN_ORDER, i: 0, j: 0 };

    /// The state for a key. Every key of the packages has 16 bytes.
    pub(crate) fn new(key: &[u8; 16]) -> Self {
        let mut table = IN_ORDER;
        let (mut here, mut there) = (0, 0_u8);
        let mut entry = at(&table, 0);
        for _ in 0..table.len() / key.len() {
            for key_byte in key {
                there = there.wrapping_add(entry).wrapping_add(*key_byte);
                entry = swap(&mut table, here, there, entry).1;
                here = here.wrapping_add(1);
            }
        }
        Self { table, i: 0, j: 0 }
    }

    /// The states for two keys, little slower than one: like every chain, two of them run side by
    /// side.
    // Where it is not inlined, it writes the states to where they belong, and nobody copies them.
    #[inline(never)]
    pub(crate) fn two(one: &[u8; 16], two: &[u8; 16]) -> [Self; 2] {
        let mut both = [Self::START; 2];
        let [Self { table: first, .. }, Self { table: second, .. }] = &mut both;
        let mut here = 0_u8;
        let (mut there, mut other_there) = (0_u8, 0_u8);
        let (mut entry, mut other_entry) = (at(first, 0), at(second, 0));
        for _ in 0..first.len() / one.len() {
            for (key_byte, other_key_byte) in one.iter().zip(two) {
                there = there.wrapping_add(entry).wrapping_add(*key_byte);
                other_there = other_there.wrapping_add(other_entry).wrapping_add(*other_key_byte);
                entry = swap(first, here, there, entry).1;
                other_entry = swap(second, here, other_there, other_entry).1;
                here = here.wrapping_add(1);
            }
        }
        both
    }

    /// Encrypts or decrypts in place.
    pub(crate) fn apply(&mut self, bytes: &mut [u8]) {
        let Self { table, i, j } = self;
        let (mut here, mut there) = (*i, *j);
        let mut entry = at(table, here.wrapping_add(1));
        for byte in bytes {
            here = here.wrapping_add(1);
            there = there.wrapping_add(entry);
            let (other, next) = swap(table, here, there, entry);
            *byte ^= at(table, entry.wrapping_add(other));
            entry = next;
        }
        (*i, *j) = (here, there);
    }

    /// Works for a while with a table of words.
    pub(super) fn widened(&mut self, work: impl FnOnce(&mut WideRc4)) {
        let mut wide = WideRc4 { table: self.table.map(u32::from), i: self.i, j: self.j };
        work(&mut wide);
        for (narrow, word) in self.table.iter_mut().zip(wide.table) {
            *narrow = word as u8;
        }
        (self.i, self.j) = (wide.i, wide.j);
        wide.table = [0; 256];
        optimization_barrier(&wide.table);
    }

    /// The bytes encrypted or decrypted.
    pub(crate) fn applied<const N: usize>(&mut self, mut bytes: [u8; N]) -> [u8; N] {
        self.apply(&mut bytes);
        bytes
    }
}

impl Drop for Rc4 {
    fn drop(&mut self) {
        // All at once: byte by byte, as `zeroize` itself does it, takes as long as a message does.
        self.table = [0; 256];
        (self.i, self.j) = (0, 0);
        optimization_barrier(self);
    }
}

/// Swaps two entries, the first of which is known, and gives the second and the one that the next
/// step begins with. That one is read before the swap, so that nobody waits for the swap to reach
/// memory; in the one case in 256 where the swap touches it, it is read again.
#[inline]
fn swap(table: &mut [u8; 256], here: u8, there: u8, entry: u8) -> (u8, u8) {
    let next = here.wrapping_add(1);
    let (other, next_entry) = (at(table, there), at(table, next));
    put(table, there, entry);
    put(table, here, other);
    if next == there {
        seldom();
        return (other, entry);
    }
    (other, next_entry)
}

/// Keeps the compiler from turning the branch into a computation that every step would wait for.
#[cold]
fn seldom() {}

/// The table before a key: every byte at its own place.
#[expect(clippy::indexing_slicing, reason = "computed while compiling, where it would not compile")]
const IN_ORDER: [u8; 256] = {
    let mut table = [0; 256];
    let mut index = 0;
    while index < table.len() {
        table[index] = index as u8;
        index += 1;
    }
    table
};

#[inline]
#[expect(clippy::indexing_slicing, reason = "a byte cannot lie outside a table of 256")]
fn at(table: &[u8; 256], index: u8) -> u8 {
    table[usize::from(index)]
}

#[inline]
#[expect(clippy::indexing_slicing, reason = "a byte cannot lie outside a table of 256")]
fn put(table: &mut [u8; 256], index: u8, value: u8) {
    table[usize::from(index)] = value;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_streams_are_reproduced() {
        // RFC 6229 section 2, the key of 128 bits
        let key = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
        let stream = Rc4::new(&key).applied([0; 4112]);
        for (offset, expected) in [
            (0, 0x9AC7_CC9A_609D_1EF7_B293_2899_CDE4_1B97),
            (16, 0x5248_C495_9014_126A_6E8A_84F1_1D1A_9E1C),
            (240, 0x0659_02E4_B620_F6CC_36C8_589F_6643_2F2B),
            (4096, 0xA36A_4C30_1AE8_AC13_610C_CBC1_2256_CACC_u128),
        ] {
            let bytes = stream[offset..].first_chunk().unwrap();
            assert_eq!(u128::from_be_bytes(*bytes), expected, "at {offset}");
        }
    }

    #[test]
    fn two_at_once_are_the_same_as_one_after_the_other() {
        let (one, two) = (*b"sixteen-byte key", *b"another such key");
        let [mut first, mut second] = Rc4::two(&one, &two);
        assert_eq!(first.applied([0; 300]), Rc4::new(&one).applied([0; 300]));
        assert_eq!(second.applied([0; 300]), Rc4::new(&two).applied([0; 300]));
    }

    #[test]
    fn any_cut_gives_the_same_stream() {
        let mut whole = Rc4::new(b"sixteen-byte key");
        let expected = whole.applied([0; 700]);
        for cut in [0, 1, 255, 256, 257, 511, 699] {
            let mut cipher = Rc4::new(b"sixteen-byte key");
            let mut stream = [0; 700];
            let (first, second) = stream.split_at_mut(cut);
            cipher.apply(first);
            cipher.apply(second);
            assert_eq!(stream, expected);
        }
    }
}
