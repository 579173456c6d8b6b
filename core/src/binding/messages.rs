//! Messages in memory of the caller's language.

use super::addresses;
use crate::error::{Error, Result};
use crate::handshake::Context;
use crate::package::Quality;
use crate::status::Status;
use std::ops::Range;

/// Whether messages are a stream of bytes: [`Context::wrap`] and [`Context::unwrap`] then say themselves
/// how long what they give is, and nothing else here applies.
pub fn is_stream(context: &Context) -> bool {
    context.facts().stream_sizes.is_some()
}

/// How much of a message that came is its signature, which is opened beside the message; nothing where
/// they are not apart, or only what is open shows how long the message is. The same for every message of
/// a context where it is not nothing for one of no bytes.
pub fn signature_length(context: &Context, wrapped: &[u8]) -> usize {
    context.signature_length(wrapped).unwrap_or(0)
}

/// [`Context::wrap`] into memory of the caller's language, which has room for the largest signature and
/// the message; gives how many bytes of it are used.
pub fn wrap_into(context: &mut Context, message: &[u8], space: &mut [u8]) -> Result<usize> {
    let (_, data) =
        space.split_at_mut_checked(context.sizes().security_trailer).ok_or_else(wrong_room)?;
    if data.len() != message.len() {
        return Err(wrong_room());
    }
    data.copy_from_slice(message);
    wrap_in_room(context, space)
}

/// Wraps the message that stands in `space` behind the room for the largest signature; gives how many
/// bytes of it are used.
pub fn wrap_in_room(context: &mut Context, space: &mut [u8]) -> Result<usize> {
    let trailer = context.sizes().security_trailer;
    let (signature, data) = space.split_at_mut_checked(trailer).ok_or_else(wrong_room)?;
    let length = data.len();
    let used = match context.wrap_in_place(data, signature) {
        // What is padded cannot be made in its place, and nothing has happened yet.
        Err(error) if error.status() == Status::INVALID_PARAMETER => {
            let wrapped = context.wrap(data)?;
            let (made, rest) = space.split_at_mut_checked(wrapped.len()).ok_or_else(wrong_room)?;
            made.copy_from_slice(&wrapped);
            // The end of the message, which is in nobody's way and nobody's to see.
            rest.fill(0);
            return Ok(wrapped.len());
        }
        used => used?,
    };
    // A signature shorter than the largest leaves a gap.
    if used < trailer {
        space.copy_within(trailer.., used);
    }
    Ok(used.saturating_add(length))
}

/// [`Context::unwrap_with_quality`] into memory of the caller's language, which has room for all of it but
/// the signature, as [`signature_length`] has it; gives how many bytes of it are the message.
pub fn unwrap_into(
    context: &mut Context,
    wrapped: &[u8],
    space: &mut [u8],
) -> Result<(usize, Quality)> {
    let before = wrapped.len().checked_sub(space.len()).ok_or_else(wrong_room)?;
    let (signature, rest) = wrapped.split_at_checked(before).ok_or_else(wrong_room)?;
    space.copy_from_slice(rest);
    if !signature.is_empty() {
        return Ok((space.len(), open_beside(context, space, signature)?));
    }
    let (part, quality) = unwrap_in_room(context, space)?;
    let length = part.len();
    space.copy_within(part, 0);
    // What it left behind, which is nobody's to see.
    space.get_mut(length..).unwrap_or_default().fill(0);
    Ok((length, quality))
}

/// Opens a message in its memory, whose signature is beside it.
pub fn open_beside(context: &mut Context, message: &mut [u8], signature: &[u8]) -> Result<Quality> {
    context.open_in_place_with_quality(message, signature)
}

/// Opens a message in its memory; gives the part of it that is the message.
pub fn unwrap_in_room(context: &mut Context, space: &mut [u8]) -> Result<(Range<usize>, Quality)> {
    let all = addresses(space);
    let (message, quality) = context.unwrap_in_place_with_quality(space)?;
    let message = addresses(message);
    if message.is_empty() {
        return Ok((0..0, quality));
    }
    let start = message.start.saturating_sub(all.start);
    Ok((start..message.end.saturating_sub(all.start), quality))
}

fn wrong_room() -> Error {
    Error::new(Status::INTERNAL_ERROR, "a binding lends memory of the wrong size")
}
