//! The pieces of a message: which are signed, which are encrypted, and in which order they come.

use super::tokens::altered;
use crate::buffer::{
    Buffer, BufferAttributes, BufferKind, check_writable, is_sealed, signature_of,
};
use crate::crypto::parts::Part;
use crate::error::Result;
use zeroize::{Zeroize, Zeroizing};

/// Whether a buffer is signed: READONLY is neither signed nor encrypted, READONLY_WITH_CHECKSUM is
/// only signed.
fn is_signed(buffer: &Buffer<'_>) -> bool {
    let attributes = buffer.attributes();
    buffer.kind() == BufferKind::DATA
        && (attributes.is_empty() || attributes.contains(BufferAttributes::READONLY_WITH_CHECKSUM))
}

/// All that a checksum is over: the message, and the header behind it (RFC 4121 4.2.4).
pub(super) fn signed<'m>(
    message: &'m [Buffer<'_>],
    header: &'m [u8],
) -> impl Iterator<Item = &'m [u8]> {
    let data = message.iter().filter(|buffer| is_signed(buffer)).map(Buffer::bytes);
    data.chain(std::iter::once(header))
}

/// What is signed of a message.
pub(super) fn data<'m, 'b>(
    message: &'m mut [Buffer<'b>],
) -> impl Iterator<Item = Part<'m>> + use<'m, 'b> {
    message.iter_mut().filter(|buffer| is_signed(buffer)).map(|buffer| {
        // What may not be written is signed all the same.
        if is_sealed(buffer) && buffer.bytes_mut().is_some() {
            Part::Sealed(buffer.bytes_mut().unwrap_or_default())
        } else {
            Part::Signed(buffer.bytes())
        }
    })
}

/// Gives the pieces of a message to a cipher, with what stands before them and behind them.
pub(super) fn with_sealed<T>(
    before: &mut [u8],
    message: &mut [Buffer<'_>],
    behind: &mut [u8],
    work: impl FnOnce(&mut [Part<'_>]) -> T,
) -> T {
    let mut pieces = std::iter::once(Part::Sealed(before))
        .chain(data(message))
        .chain(std::iter::once(Part::Sealed(behind)));
    // Nothing is allocated for the few pieces that nearly every message has.
    let mut few: [Part<'_>; 6] = std::array::from_fn(|_| Part::Signed(&[]));
    for (place, piece) in few.iter_mut().zip(pieces.by_ref()) {
        *place = piece;
    }
    match pieces.next() {
        None => work(&mut few),
        Some(piece) => {
            let mut all: Vec<Part<'_>> = few.into();
            all.push(piece);
            all.extend(pieces);
            work(&mut all)
        }
    }
}

/// Forgets what was decrypted and does not hold.
pub(super) fn wipe(message: &mut [Buffer<'_>]) {
    for buffer in message.iter_mut().filter(|buffer| is_sealed(buffer)) {
        if let Some(bytes) = buffer.bytes_mut() {
            bytes.zeroize();
        }
    }
}

/// How what follows a header is laid out.
pub(super) struct Layout {
    /// How much of it belongs to the TOKEN.
    pub(super) token: usize,
    /// How much of it stood behind the message, before it was turned. SSPI has it turned by just that.
    pub(super) behind: usize,
    /// By how much it is turned to the right.
    pub(super) rotation: usize,
}

impl Layout {
    /// How far it has still to be turned to the right.
    fn missing_turn(&self, length: usize) -> Result<usize> {
        if length < self.token {
            return Err(altered("it is shorter than its protection"));
        }
        let is = self.rotation.checked_rem(length).unwrap_or(0);
        let due = self.behind.checked_rem(length).unwrap_or(0);
        Ok(if due >= is { due.wrapping_sub(is) } else { length.wrapping_sub(is.wrapping_sub(due)) })
    }

    /// Whether it is where SSPI has it, being so long.
    pub(super) fn is_turned(&self, length: usize) -> bool {
        matches!(self.missing_turn(length), Ok(0))
    }

    /// Turns it to where SSPI has it.
    pub(super) fn turn(&self, body: &mut [u8]) -> Result<()> {
        let turn = self.missing_turn(body.len())?;
        if turn > 0 {
            body.rotate_right(turn);
        }
        Ok(())
    }
}

/// The same for a TOKEN, from behind its header on, and the DATA beside it.
pub(super) fn arrange(message: &mut [Buffer<'_>], header: usize, layout: &Layout) -> Result<()> {
    let token = signature_of(message)?.bytes();
    if token.len() != header.saturating_add(layout.token) {
        return Err(altered("it is not as long as its header says"));
    }
    let sealed = message.iter().filter(|buffer| is_sealed(buffer));
    let length = sealed.fold(layout.token, |sum, buffer| sum.saturating_add(buffer.len()));
    if layout.missing_turn(length)? == 0 {
        return Ok(());
    }
    // Nobody sends this: a token of a peer that turns otherwise comes as one STREAM. So it may cost.
    check_writable(message)?;
    let mut whole = Zeroizing::new(Vec::with_capacity(length.saturating_add(header)));
    whole.extend_from_slice(signature_of(message)?.bytes());
    for buffer in message.iter().filter(|buffer| is_sealed(buffer)) {
        whole.extend_from_slice(buffer.bytes());
    }
    layout.turn(whole.get_mut(header..).unwrap_or_default())?;
    let (token, mut rest) = whole.split_at(header.saturating_add(layout.token).min(whole.len()));
    for buffer in message.iter_mut().filter(|buffer| is_sealed(buffer)) {
        let (here, later) = rest.split_at(buffer.len().min(rest.len()));
        rest = later;
        if let Some(place) = buffer.bytes_mut().filter(|place| place.len() == here.len()) {
            place.copy_from_slice(here);
        }
    }
    signature_of(message)?.allocate(token.to_vec());
    Ok(())
}

/// So much fits without an allocation: all that stands in the TOKEN of every message that is not out
/// of the ordinary.
const FEW: usize = 96;

/// A copy of a few bytes, to be worked on.
pub(super) struct Space {
    few: [u8; FEW],
    many: Vec<u8>,
    length: usize,
}

impl Space {
    pub(super) fn copied(bytes: &[u8]) -> Self {
        let mut space = Self { few: [0; FEW], many: Vec::new(), length: bytes.len() };
        match space.few.get_mut(..bytes.len()) {
            Some(place) => place.copy_from_slice(bytes),
            None => space.many = bytes.to_vec(),
        }
        space
    }

    pub(super) fn bytes(&mut self) -> &mut [u8] {
        match self.few.get_mut(..self.length) {
            Some(bytes) => bytes,
            None => &mut self.many,
        }
    }
}
