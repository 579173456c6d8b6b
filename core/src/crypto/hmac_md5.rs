//! MD5 (RFC 1321) and HMAC-MD5 (RFC 2104) over RustCrypto's compression function.
//!
//! A keyed state is 32 bytes, derived once per key and copied per message: no hashing of pads, no
//! buffers that are kept.

use super::md5_rounds::{BLOCK, compress_four, compress_two, words};
use md5::block_api::compress;
use wide::u32x4;
use zeroize::optimization_barrier;

const INITIAL: [u32; 4] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476];

/// What a key is added to in the blocks that begin the two hashes of HMAC (RFC 2104 section 2).
const INNER_PAD: u32 = 0x3636_3636;
const OUTER_PAD: u32 = 0x5C5C_5C5C;

/// A digest, or a key, in words as MD5 works with them.
pub(crate) type Words = [u32; 4];

/// The MD5 digest of the bytes.
pub(crate) fn md5(pieces: &[&[u8]]) -> [u8; 16] {
    let mut hash = Md5 { state: INITIAL, length: 0, buffer: [0; BLOCK] };
    for piece in pieces {
        hash.update(piece);
    }
    hash.finish()
}

/// MD5 over bytes that come in pieces, from any starting state.
#[derive(Clone)]
struct Md5 {
    state: [u32; 4],
    length: u64,
    buffer: [u8; BLOCK],
}

impl Md5 {
    /// How many bytes wait for their block to fill.
    fn held(&self) -> usize {
        (self.length % BLOCK as u64) as usize
    }

    fn update(&mut self, mut bytes: &[u8]) {
        let held = self.held();
        self.length = self.length.wrapping_add(bytes.len() as u64);
        if held > 0 {
            let space = self.buffer.get_mut(held..).unwrap_or_default();
            let taken = space.len().min(bytes.len());
            let (first, rest) = bytes.split_at(taken);
            if let Some(place) = space.get_mut(..taken) {
                place.copy_from_slice(first);
            }
            if held.wrapping_add(taken) < BLOCK {
                return;
            }
            compress(&mut self.state, &[self.buffer]);
            bytes = rest;
        }
        let (blocks, rest) = bytes.as_chunks::<BLOCK>();
        compress(&mut self.state, blocks);
        if let Some(place) = self.buffer.get_mut(..rest.len()) {
            place.copy_from_slice(rest);
        }
    }

    /// The last block or two: what is held, a bit that marks the end, and the length in bits.
    fn ending(&self) -> ([[u8; BLOCK]; 2], usize) {
        let bits = self.length.wrapping_mul(8);
        let held = self.held();
        let mut last = [[0; BLOCK]; 2];
        let flat = last.as_flattened_mut();
        if let (Some(to), Some(from)) = (flat.get_mut(..held), self.buffer.get(..held)) {
            to.copy_from_slice(from);
        }
        if let Some(end) = flat.get_mut(held) {
            *end = 0x80;
        }
        let blocks = if held < BLOCK - 8 { 1 } else { 2 };
        let length_at = blocks * BLOCK - 8;
        if let Some(place) = flat.get_mut(length_at..length_at + 8) {
            place.copy_from_slice(&bits.to_le_bytes());
        }
        (last, blocks)
    }

    fn finish(mut self) -> [u8; 16] {
        let (last, blocks) = self.ending();
        compress(&mut self.state, last.get(..blocks).unwrap_or(&last));
        digest(self.state)
    }

    /// The next whole block of what is held and what is in the pieces; where there is none, the rest
    /// is held.
    fn next_block(&mut self, pieces: &mut &[&[u8]], offset: &mut usize) -> Option<[u8; BLOCK]> {
        loop {
            let (piece, later) = pieces.split_first()?;
            let bytes = piece.get(*offset..).unwrap_or_default();
            let held = self.held();
            let space = self.buffer.get_mut(held..).unwrap_or_default();
            let taken = space.len().min(bytes.len());
            if let (Some(to), Some(from)) = (space.get_mut(..taken), bytes.get(..taken)) {
                to.copy_from_slice(from);
            }
            self.length = self.length.wrapping_add(taken as u64);
            *offset = offset.saturating_add(taken);
            if taken == bytes.len() {
                *pieces = later;
                *offset = 0;
            }
            if taken > 0 && self.held() == 0 {
                return Some(self.buffer);
            }
        }
    }
}

/// The bytes of a digest.
pub(crate) fn digest(state: Words) -> [u8; 16] {
    let mut digest = [0; 16];
    for (out, word) in digest.as_chunks_mut::<4>().0.iter_mut().zip(state) {
        *out = word.to_le_bytes();
    }
    digest
}

/// A key of HMAC-MD5, ready for any number of messages.
#[derive(Clone)]
pub(crate) struct HmacMd5Key {
    inner: [u32; 4],
    outer: [u32; 4],
}

impl HmacMd5Key {
    /// Every key of NTLM is 16 bytes long, so a key never needs hashing first.
    pub(crate) fn new(key: &[u8; 16]) -> Self {
        let mut pads = pads(key);
        let [inner_pad, outer_pad] = &pads;
        let mut made = Self { inner: INITIAL, outer: INITIAL };
        compress_two(&mut made.inner, inner_pad, &mut made.outer, outer_pad);
        wipe(&mut pads);
        made
    }

    /// Two keys, in hardly more than the time of one.
    pub(crate) fn two(keys: [&Words; 2]) -> [Self; 2] {
        let fill = u32x4::new([INNER_PAD, OUTER_PAD, INNER_PAD, OUTER_PAD]);
        let mut block = [fill; 16];
        let [one, two] = keys;
        for (place, (one, two)) in block.iter_mut().zip(one.iter().zip(two)) {
            *place = fill ^ u32x4::new([*one, *one, *two, *two]);
        }
        let mut state = INITIAL.map(u32x4::splat);
        compress_four(&mut state, &block);
        wipe(&mut block);
        let [a, b, c, d] = u32x4::transpose(state).map(u32x4::to_array);
        [Self { inner: a, outer: b }, Self { inner: c, outer: d }]
    }

    /// The codes of one message under two keys, in hardly more than the time of one.
    pub(crate) fn codes(keys: [&Self; 2], pieces: &[&[u8]]) -> [[u8; 16]; 2] {
        let [mut one, mut two] = keys.map(|key| key.inner);
        let start = Md5 { state: INITIAL, length: BLOCK as u64, buffer: [0; BLOCK] };
        let mut blocks = Blocks::of(start, pieces);
        while let Some(block) = blocks.next() {
            let words = words(&block);
            compress_two(&mut one, &words, &mut two, &words);
        }
        let (one_words, two_words) = (last_words(one), last_words(two));
        let [mut one, mut two] = keys.map(|key| key.outer);
        compress_two(&mut one, &one_words, &mut two, &two_words);
        [digest(one), digest(two)]
    }

    /// Starts a message.
    pub(crate) fn start(&self) -> HmacMd5 {
        HmacMd5 {
            hash: Md5 { state: self.inner, length: BLOCK as u64, buffer: [0; BLOCK] },
            outer: self.outer,
        }
    }

    /// The code of a message that is already in pieces.
    pub(crate) fn code(&self, pieces: &[&[u8]]) -> [u8; 16] {
        let mut message = self.start();
        for piece in pieces {
            message.update(piece);
        }
        message.finish()
    }
}

/// The blocks that a key begins its inner and its outer hash with (RFC 2104 section 2), in words.
fn pads(key: &[u8; 16]) -> [[u32; 16]; 2] {
    [INNER_PAD, OUTER_PAD].map(|fill| {
        let mut block = [fill; 16];
        for (place, bytes) in block.iter_mut().zip(key.as_chunks::<4>().0) {
            *place ^= u32::from_le_bytes(*bytes);
        }
        block
    })
}

/// The last block of an outer hash: that of the inner one, the bit that marks the end, and the length
/// in bits.
fn last_words([a, b, c, d]: [u32; 4]) -> [u32; 16] {
    let bits = (BLOCK as u32 + 16) * 8;
    [a, b, c, d, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, bits, 0]
}

fn wipe<T: Default + Copy, const N: usize>(words: &mut [T; N]) {
    *words = [T::default(); N];
    optimization_barrier(words);
}

impl Drop for HmacMd5Key {
    fn drop(&mut self) {
        (self.inner, self.outer) = ([0; 4], [0; 4]);
        optimization_barrier(self);
    }
}

/// The code of a message that comes in pieces.
pub(crate) struct HmacMd5 {
    hash: Md5,
    outer: [u32; 4],
}

impl HmacMd5 {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
    }

    /// How many bytes the hash lacks to a whole block; none where it stands at the end of one.
    pub(super) fn lacks(&self) -> usize {
        (BLOCK - self.hash.held()) % BLOCK
    }

    /// Has somebody else hash so many whole blocks into the state.
    pub(super) fn with_state(&mut self, blocks: usize, hash: impl FnOnce(&mut [u32; 4])) {
        hash(&mut self.hash.state);
        self.hash.length = self.hash.length.wrapping_add((blocks * BLOCK) as u64);
    }

    pub(crate) fn finish(self) -> [u8; 16] {
        let inner = self.hash.finish();
        let mut outer = Md5 { state: self.outer, length: BLOCK as u64, buffer: [0; BLOCK] };
        outer.update(&inner);
        outer.finish()
    }
}

/// Four messages that differ behind their first 16 bytes, and whose rest never changes: it is laid
/// out while compiling, as the words of two blocks each, those of the same place beside one another.
pub(crate) struct FourEndings([[u32x4; 16]; 2]);

impl FourEndings {
    /// Every ending has so many bytes that a message has two blocks.
    #[expect(
        clippy::indexing_slicing,
        reason = "computed while compiling, where it would not compile"
    )]
    pub(crate) const fn new<const N: usize>(endings: [&[u8; N]; 4]) -> Self {
        assert!(N >= 40 && N < 2 * BLOCK - 16 - 8, "two blocks");
        let mut words = [[0; 4]; 32];
        let mut lane = 0;
        while lane < 4 {
            let mut at = 0;
            while at <= N {
                let byte = if at < N { endings[lane][at] } else { 0x80 };
                let place = 16 + at;
                words[place / 4][lane] |= (byte as u32) << (place % 4 * 8);
                at += 1;
            }
            words[30][lane] = (16 + N as u32) * 8;
            lane += 1;
        }
        let mut blocks = [[u32x4::ZERO; 16]; 2];
        let mut at = 0;
        while at < words.len() {
            blocks[at / 16][at % 16] = u32x4::new(words[at]);
            at += 1;
        }
        Self(blocks)
    }

    /// The digests of the four that begin with these bytes, in hardly more than the time of one.
    pub(crate) fn md5(&self, start: &[u8; 16]) -> [Words; 4] {
        let mut state = INITIAL.map(u32x4::splat);
        let [first, second] = &self.0;
        let mut first = *first;
        for (place, bytes) in first.iter_mut().zip(start.as_chunks::<4>().0) {
            *place = u32x4::splat(u32::from_le_bytes(*bytes));
        }
        compress_four(&mut state, &first);
        compress_four(&mut state, second);
        wipe(&mut first);
        u32x4::transpose(state).map(u32x4::to_array)
    }
}

/// The blocks of a whole message, its ending among them.
struct Blocks<'a> {
    hash: Md5,
    pieces: &'a [&'a [u8]],
    offset: usize,
    /// The last blocks, once the pieces are used up, and how many of them are left.
    ending: Option<([[u8; BLOCK]; 2], usize)>,
    given: usize,
}

impl<'a> Blocks<'a> {
    fn of(hash: Md5, pieces: &'a [&'a [u8]]) -> Self {
        Self { hash, pieces, offset: 0, ending: None, given: 0 }
    }

    fn next(&mut self) -> Option<[u8; BLOCK]> {
        if self.ending.is_none() {
            let block = self.hash.next_block(&mut self.pieces, &mut self.offset);
            if block.is_some() {
                return block;
            }
        }
        let hash = &self.hash;
        let (last, count) = self.ending.get_or_insert_with(|| hash.ending());
        let block = last.iter().take(*count).nth(self.given).copied();
        self.given = self.given.saturating_add(1);
        block
    }
}

/// The code of a whole message, and in the time that takes pieces into another.
pub(crate) fn code_beside(
    key: &HmacMd5Key,
    message: &[&[u8]],
    other: &mut HmacMd5,
    pieces: &[&[u8]],
) -> [u8; 16] {
    let (mut pieces, mut offset) = (pieces, 0);
    let other = &mut other.hash;
    let mut beside = |hash: Md5, message: &[&[u8]]| {
        let mut blocks = Blocks::of(hash, message);
        while let Some(block) = blocks.next() {
            let state = &mut blocks.hash.state;
            match other.next_block(&mut pieces, &mut offset) {
                Some(other_block) => {
                    let (words, other_words) = (words(&block), words(&other_block));
                    compress_two(state, &words, &mut other.state, &other_words);
                }
                None => compress(state, &[block]),
            }
        }
        digest(blocks.hash.state)
    };
    let inner = beside(key.start().hash, message);
    let outer = Md5 { state: key.outer, length: BLOCK as u64, buffer: [0; BLOCK] };
    let code = beside(outer, &[&inner]);
    while let Some(block) = other.next_block(&mut pieces, &mut offset) {
        compress(&mut other.state, &[block]);
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;
    use md5::Digest;

    #[test]
    fn published_codes_are_reproduced() {
        // RFC 2202 section 2, cases 1 and 3
        let code = HmacMd5Key::new(&[0x0B; 16]).code(&[b"Hi There"]);
        assert_eq!(u128::from_be_bytes(code), 0x9294_727A_3638_BB1C_13F4_8EF8_158B_FC9D);
        let code = HmacMd5Key::new(&[0xAA; 16]).code(&[&[0xDD; 50]]);
        assert_eq!(u128::from_be_bytes(code), 0x56BE_3452_1D14_4C88_DBB8_C733_F0E8_B3F6);
    }

    #[test]
    fn several_messages_at_once_are_the_same_as_one_after_the_other() {
        let bytes: Vec<u8> = (0..=255).cycle().take(700).collect();
        let (one, two) = (HmacMd5Key::new(&[1; 16]), HmacMd5Key::new(&[2; 16]));
        for (length, other) in (0..300).map(|at| (at, (at * 37) % 701)) {
            let (first, second) = bytes[..length].split_at(length / 3);
            let (third, fourth) = bytes[..other].split_at(other / 2);
            let mut two_code = two.start();
            two_code.update(b"before");
            let pieces = [third, fourth, b""];
            let one_code = code_beside(&one, &[first, b"", second], &mut two_code, &pieces);
            two_code.update(b"after");
            assert_eq!(one_code, one.code(&[first, second]));
            assert_eq!(two_code.finish(), two.code(&[b"before", third, fourth, b"after"]));
        }
    }

    #[test]
    fn four_endings_at_once_are_the_same_as_one_after_the_other() {
        fn compare<const N: usize>() {
            let endings = [[1; N], [2; N], [3; N], [0xFF; N]];
            let made = FourEndings::new(endings.each_ref()).md5(b"the first of all").map(digest);
            assert_eq!(made, endings.map(|ending| md5(&[b"the first of all", &ending])), "{N}");
        }
        compare::<40>();
        compare::<47>();
        compare::<48>();
        compare::<59>();
        compare::<103>();
    }

    #[test]
    fn two_keys_at_once_are_the_same_as_one_after_the_other() {
        let (one, two) = ([7; 4], [1, 2, 3, u32::MAX]);
        let [first, second] = HmacMd5Key::two([&one, &two]);
        let (one, two) = (HmacMd5Key::new(&digest(one)), HmacMd5Key::new(&digest(two)));
        let bytes = [0xA5; 200];
        for length in 0..bytes.len() {
            let pieces = [&[1, 2, 3, 4], bytes.split_at(length).0];
            let both = HmacMd5Key::codes([&first, &second], &pieces);
            assert_eq!(both, [one.code(&pieces), two.code(&pieces)]);
        }
    }

    #[test]
    fn every_length_and_cut_agrees_with_the_library() {
        let bytes: Vec<u8> = (0..=255).cycle().take(300).collect();
        for length in 0..bytes.len() {
            let whole = &bytes[..length];
            let expected: [u8; 16] = md5::Md5::digest(whole).into();
            let (first, second) = whole.split_at(length / 3);
            let (second, third) = second.split_at(second.len() / 2);
            assert_eq!(md5(&[whole]), expected);
            assert_eq!(md5(&[first, second, third]), expected);
        }
    }
}
