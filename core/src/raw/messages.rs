//! Message protection, call by call, over lists of typed buffers.

use super::SecurityContext;
use crate::buffer::Buffer;
use crate::error::Result;
use crate::package::{MessageOptions, Quality};

/// Signs the DATA buffers into the TOKEN buffer (`MakeSignature`). The sequence number counts only
/// where the context does not keep count itself: in connectionless ones.
pub fn make_signature(
    context: &mut SecurityContext,
    quality: Quality,
    message: &mut [Buffer<'_>],
    sequence: u32,
) -> Result<()> {
    context.protecting()?.sign(MessageOptions { quality, sequence }, message)
}

/// Checks the signature in the TOKEN buffer (`VerifySignature`).
pub fn verify_signature(
    context: &mut SecurityContext,
    message: &mut [Buffer<'_>],
    sequence: u32,
) -> Result<Quality> {
    let options = MessageOptions { sequence, ..MessageOptions::default() };
    context.protecting()?.verify(options, message)
}

/// Encrypts the DATA buffers in place and signs them into the TOKEN buffer (`EncryptMessage`).
///
/// A DATA buffer that is READONLY_WITH_CHECKSUM is signed and not encrypted; one that is READONLY is
/// not encrypted, and the package says whether it is signed. The TOKEN buffer needs the size that SIZES calls the security trailer.
pub fn encrypt_message(
    context: &mut SecurityContext,
    quality: Quality,
    message: &mut [Buffer<'_>],
    sequence: u32,
) -> Result<()> {
    context.protecting()?.encrypt(MessageOptions { quality, sequence }, message)
}

/// Decrypts the DATA buffers in place and checks the signature (`DecryptMessage`).
///
/// The signature is in a TOKEN buffer, or before the message in a STREAM buffer; then an empty DATA
/// buffer receives the message, in place. What was decrypted and is not the
/// peer's is wiped; a message out of its turn is left as it came.
pub fn decrypt_message(
    context: &mut SecurityContext,
    message: &mut [Buffer<'_>],
    sequence: u32,
) -> Result<Quality> {
    let options = MessageOptions { sequence, ..MessageOptions::default() };
    context.protecting()?.decrypt(options, message)
}
