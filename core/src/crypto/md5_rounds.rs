//! The rounds of MD5 (RFC 1321 3.4) beside something else.
//!
//! MD5 is a chain in which every step waits for the one before, so that a processor that runs one of
//! them stands idle most of the time: what runs beside it costs next to nothing. A single MD5 is
//! RustCrypto's; here are two or four at a time, and (`rc4_md5`) one with RC4.

use std::ops::{BitAnd, BitOr, BitXor, Not};
use wide::u32x4;

pub(super) const BLOCK: usize = 64;

/// Hashes a block into each of several states, step by step side by side, and does `beside` after
/// every step with the step's number. Each lane is `name = state, words`, and its words may be vectors.
macro_rules! rounds {
    ($($lane:ident = $state:expr, $words:expr);+ => |$at:ident| $beside:expr) => {
        $(
            let mut $lane = $crate::crypto::md5_rounds::Lane::new($state, $words);
        )+
        // One step of every lane, whose four words take turns in the places of a, b, c and d.
        macro_rules! one {
            ($mix:ident, $a:ident $b:ident $c:ident $d:ident, $step:expr, $word:expr, $turn:expr) => {
                $(
                    $lane.$a = $crate::crypto::md5_rounds::$mix(
                        $lane.$a.plus($lane.words[$word & 15]).plus_number(SINES[$step]),
                        $lane.$b,
                        $lane.$c,
                        $lane.$d,
                    )
                    .turned($turn)
                    .plus($lane.$b);
                )+
                let $at: usize = $step;
                $beside;
            };
        }
        macro_rules! four {
            ($mix:ident, $step:expr, $by:expr, $from:expr, $turns:expr) => {
                one!($mix, a b c d, $step, $by * $step + $from, $turns[0]);
                one!($mix, d a b c, $step + 1, $by * ($step + 1) + $from, $turns[1]);
                one!($mix, c d a b, $step + 2, $by * ($step + 2) + $from, $turns[2]);
                one!($mix, b c d a, $step + 3, $by * ($step + 3) + $from, $turns[3]);
            };
        }
        macro_rules! round {
            ($mix:ident, $step:expr, $by:expr, $from:expr, $turns:expr) => {
                four!($mix, $step, $by, $from, $turns);
                four!($mix, $step + 4, $by, $from, $turns);
                four!($mix, $step + 8, $by, $from, $turns);
                four!($mix, $step + 12, $by, $from, $turns);
            };
        }
        round!(f, 0, 1, 0, [7, 12, 17, 22]);
        round!(g, 16, 5, 1, [5, 9, 14, 20]);
        round!(h, 32, 3, 5, [4, 11, 16, 23]);
        round!(i, 48, 7, 0, [6, 10, 15, 21]);
        $($lane.finish();)+
    };
}

pub(super) use rounds;

/// A word of one MD5, or the same word of four.
pub(super) trait Word:
    Copy + BitAnd<Output = Self> + BitOr<Output = Self> + BitXor<Output = Self> + Not<Output = Self>
{
    fn plus(self, other: Self) -> Self;
    fn plus_number(self, number: u32) -> Self;
    fn turned(self, turn: u32) -> Self;
}

impl Word for u32 {
    #[inline]
    fn plus(self, other: Self) -> Self {
        self.wrapping_add(other)
    }

    #[inline]
    fn plus_number(self, number: u32) -> Self {
        self.wrapping_add(number)
    }

    #[inline]
    fn turned(self, turn: u32) -> Self {
        self.rotate_left(turn)
    }
}

impl Word for u32x4 {
    #[inline]
    fn plus(self, other: Self) -> Self {
        self + other
    }

    #[inline]
    fn plus_number(self, number: u32) -> Self {
        self + Self::splat(number)
    }

    #[inline]
    fn turned(self, turn: u32) -> Self {
        (self << turn) | (self >> (32 - turn))
    }
}

/// One MD5 on its way through a block, or four.
pub(super) struct Lane<'a, W> {
    state: &'a mut [W; 4],
    pub(super) words: &'a [W; 16],
    pub(super) a: W,
    pub(super) b: W,
    pub(super) c: W,
    pub(super) d: W,
}

impl<'a, W: Word> Lane<'a, W> {
    #[inline]
    pub(super) fn new(state: &'a mut [W; 4], words: &'a [W; 16]) -> Self {
        let [a, b, c, d] = *state;
        Self { state, words, a, b, c, d }
    }

    #[inline]
    pub(super) fn finish(self) {
        for (word, added) in self.state.iter_mut().zip([self.a, self.b, self.c, self.d]) {
            *word = word.plus(added);
        }
    }
}

/// The words of a block.
#[inline]
pub(super) fn words(block: &[u8; BLOCK]) -> [u32; 16] {
    let mut words = [0; 16];
    for (word, bytes) in words.iter_mut().zip(block.as_chunks::<4>().0) {
        *word = u32::from_le_bytes(*bytes);
    }
    words
}

// The four mixing functions, each added to the sum in the order that waits least for `b`.

#[inline]
pub(super) fn f<W: Word>(sum: W, b: W, c: W, d: W) -> W {
    sum.plus(d ^ (b & (c ^ d)))
}

#[inline]
pub(super) fn g<W: Word>(sum: W, b: W, c: W, d: W) -> W {
    // The two halves share no bit, so that adding them is joining them.
    sum.plus(c & !d).plus(b & d)
}

#[inline]
pub(super) fn h<W: Word>(sum: W, b: W, c: W, d: W) -> W {
    sum.plus(b ^ (c ^ d))
}

#[inline]
pub(super) fn i<W: Word>(sum: W, b: W, c: W, d: W) -> W {
    sum.plus(c ^ (b | !d))
}

/// Hashes a block into each of two states in the time of one.
pub(super) fn compress_two(
    one: &mut [u32; 4],
    one_words: &[u32; 16],
    two: &mut [u32; 4],
    two_words: &[u32; 16],
) {
    rounds!(first = one, one_words; second = two, two_words => |_step| ());
}

/// Hashes a block into each of four states, which are the lanes of vectors: in hardly more than the
/// time of two.
pub(super) fn compress_four(state: &mut [u32x4; 4], words: &[u32x4; 16]) {
    rounds!(four = state, words => |_step| ());
}

/// The table of RFC 1321 3.4: the whole part of 2^32 times the sine of 1 to 64, its sign left out.
#[rustfmt::skip]
pub(super) const SINES: [u32; 64] = [
    0xD76A_A478, 0xE8C7_B756, 0x2420_70DB, 0xC1BD_CEEE, 0xF57C_0FAF, 0x4787_C62A, 0xA830_4613, 0xFD46_9501,
    0x6980_98D8, 0x8B44_F7AF, 0xFFFF_5BB1, 0x895C_D7BE, 0x6B90_1122, 0xFD98_7193, 0xA679_438E, 0x49B4_0821,
    0xF61E_2562, 0xC040_B340, 0x265E_5A51, 0xE9B6_C7AA, 0xD62F_105D, 0x0244_1453, 0xD8A1_E681, 0xE7D3_FBC8,
    0x21E1_CDE6, 0xC337_07D6, 0xF4D5_0D87, 0x455A_14ED, 0xA9E3_E905, 0xFCEF_A3F8, 0x676F_02D9, 0x8D2A_4C8A,
    0xFFFA_3942, 0x8771_F681, 0x6D9D_6122, 0xFDE5_380C, 0xA4BE_EA44, 0x4BDE_CFA9, 0xF6BB_4B60, 0xBEBF_BC70,
    0x289B_7EC6, 0xEAA1_27FA, 0xD4EF_3085, 0x0488_1D05, 0xD9D4_D039, 0xE6DB_99E5, 0x1FA2_7CF8, 0xC4AC_5665,
    0xF429_2244, 0x432A_FF97, 0xAB94_23A7, 0xFC93_A039, 0x655B_59C3, 0x8F0C_CC92, 0xFFEF_F47D, 0x8584_5DD1,
    0x6FA8_7E4F, 0xFE2C_E6E0, 0xA301_4314, 0x4E08_11A1, 0xF753_7E82, 0xBD3A_F235, 0x2AD7_D2BB, 0xEB86_D391,
];
