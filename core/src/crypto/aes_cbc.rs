//! AES in CBC, in place, over whole blocks; and beside it a hash over the same bytes.
//!
//! Not by the crate `cbc`: it is entered anew for every turn of the hash, which costs a fifth of the time.

#![expect(
    clippy::inline_always,
    reason = "the instructions of AES are there only within what is made one with the backend's function"
)]

use super::hmac_sha::HmacSha;
use aes::cipher::{
    Array, BlockCipherDecBackend, BlockCipherDecClosure, BlockCipherDecrypt, BlockCipherEncBackend,
    BlockCipherEncClosure, BlockCipherEncrypt, BlockSizeUser, KeyInit, consts::U16,
    typenum::Unsigned,
};
use aes::{Aes128, Aes256};

pub(crate) const BLOCK: usize = 16;

/// The ciphertext of the block before, which is added to the next one: zeros before the first.
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

/// A hash over the blocks, before they go through the cipher or afterwards.
///
/// The two take turns at every block of the hash. Each waits for itself most of the time, so that a
/// processor that looks ahead does both at once.
pub(super) struct Beside<'c> {
    pub(super) code: &'c mut HmacSha,
    pub(super) takes_what_comes_in: bool,
    /// So many bytes are lacking to the block that the hash has begun. They are the first turn, so that
    /// the hash need not copy what comes after them.
    pub(super) lacking: usize,
}

impl AesKey {
    pub(crate) fn new_128(key: &[u8; 16]) -> Self {
        Self::Aes128(Aes128::new(key.into()))
    }

    pub(crate) fn new_256(key: &[u8; 32]) -> Self {
        Self::Aes256(Aes256::new(key.into()))
    }

    /// One after the other, whole blocks alone.
    pub(super) fn blocks(
        &self,
        direction: Direction,
        previous: &mut Previous,
        blocks: &mut [[u8; BLOCK]],
        beside: Option<Beside<'_>>,
    ) {
        let blocks = Array::cast_slice_from_core_mut(blocks);
        let pass = Pass { previous, blocks, beside };
        match (self, direction) {
            (Self::Aes128(key), Direction::Encrypt) => key.encrypt_with_backend(pass),
            (Self::Aes256(key), Direction::Encrypt) => key.encrypt_with_backend(pass),
            (Self::Aes128(key), Direction::Decrypt) => key.decrypt_with_backend(pass),
            (Self::Aes256(key), Direction::Decrypt) => key.decrypt_with_backend(pass),
        }
    }
}

/// What a key is asked to do.
struct Pass<'p> {
    previous: &'p mut Previous,
    blocks: &'p mut [Previous],
    beside: Option<Beside<'p>>,
}

impl BlockSizeUser for Pass<'_> {
    type BlockSize = U16;
}

/// The instructions of AES are there within these two calls, and within what is made one with them.
impl BlockCipherEncClosure for Pass<'_> {
    #[inline(always)]
    fn call<Backend: BlockCipherEncBackend<BlockSize = U16>>(self, backend: &Backend) {
        self.take_turns(&Encryption(backend));
    }
}

impl BlockCipherDecClosure for Pass<'_> {
    #[inline(always)]
    fn call<Backend: BlockCipherDecBackend<BlockSize = U16>>(self, backend: &Backend) {
        self.take_turns(&Decryption(backend));
    }
}

impl Pass<'_> {
    #[inline(always)]
    fn take_turns(self, cipher: &impl Cipher) {
        let Self { previous, blocks, beside } = self;
        let Some(Beside { code, takes_what_comes_in, lacking }) = beside else {
            *previous = cipher.pass(*previous, blocks);
            return;
        };
        let (first, rest) = blocks.split_at_mut((lacking / BLOCK).min(blocks.len()));
        let turn = code.block_length() / BLOCK;
        let mut last = *previous;
        for run in std::iter::once(first).chain(rest.chunks_mut(turn)) {
            if takes_what_comes_in {
                code.update(Array::slice_as_flattened(run));
            }
            last = cipher.pass(last, run);
            if !takes_what_comes_in {
                code.update(Array::slice_as_flattened(run));
            }
        }
        *previous = last;
    }
}

/// A direction, with its key.
trait Cipher {
    /// Passes blocks through, and gives back the ciphertext of the last one.
    fn pass(&self, previous: Previous, blocks: &mut [Previous]) -> Previous;
}

struct Encryption<'b, Backend>(&'b Backend);

impl<Backend: BlockCipherEncBackend<BlockSize = U16>> Cipher for Encryption<'_, Backend> {
    #[inline(always)]
    fn pass(&self, mut previous: Previous, blocks: &mut [Previous]) -> Previous {
        for block in blocks {
            add(block, &previous);
            self.0.encrypt_block_inplace(block);
            previous = *block;
        }
        previous
    }
}

struct Decryption<'b, Backend>(&'b Backend);

impl<Backend: BlockCipherDecBackend<BlockSize = U16>> Cipher for Decryption<'_, Backend> {
    #[inline(always)]
    fn pass(&self, mut previous: Previous, blocks: &mut [Previous]) -> Previous {
        // Where there are no instructions for it, several blocks are decrypted in the time of one. Where
        // there are, the processor looks ahead, and does several at once by itself.
        let (groups, singles) = if Backend::ParBlocksSize::USIZE <= 4 {
            Array::slice_as_chunks_mut(blocks)
        } else {
            (&mut [][..], blocks)
        };
        for group in groups {
            let ciphertexts: Array<Previous, Backend::ParBlocksSize> = group.clone();
            self.0.decrypt_par_blocks_inplace(group);
            for (block, ciphertext) in group.iter_mut().zip(&ciphertexts) {
                add(block, &previous);
                previous = *ciphertext;
            }
        }
        for block in singles {
            let ciphertext = *block;
            self.0.decrypt_block_inplace(block);
            add(block, &previous);
            previous = ciphertext;
        }
        previous
    }
}

#[inline(always)]
fn add(block: &mut Previous, other: &Previous) {
    block.iter_mut().zip(other).for_each(|(byte, other)| *byte ^= other);
}
