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
/// In a stream there are STREAM_HEADER, DATA and STREAM_TRAILER with the sizes of STREAM_SIZES, and an
/// EMPTY buffer. Where that becomes TOKEN, it has to be sent first.
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
/// A stream comes as it was received, in one DATA buffer with three EMPTY ones behind it. They become
/// STREAM_HEADER, DATA with the message, STREAM_TRAILER, and EXTRA with what follows. Too few bytes
/// are INCOMPLETE_MESSAGE, and an EMPTY buffer becomes MISSING; the end of the stream is
/// CONTEXT_EXPIRED.
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

/// Ends a stream: gives the bytes to send as its last (`ApplyControlToken` with `SCHANNEL_SHUTDOWN`,
/// and the call after it).
pub fn shut_down_stream(context: &mut SecurityContext) -> Result<Vec<u8>> {
    context.protecting()?.shut_down()
}
