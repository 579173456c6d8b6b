//! Typed buffers (`SecBuffer`): what every call of the raw layer takes and gives.

use crate::error::{Error, Result};
use crate::status::Status;
use bitflags::bitflags;
use std::fmt;

/// What a buffer holds (`SECBUFFER_*`).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct BufferKind(pub u32);

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $number:literal;)*) => {
        impl BufferKind {
            $($(#[$doc])* pub const $name: Self = Self($number);)*

            /// The name after `SECBUFFER_`, if the number is a documented one.
            pub fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($number => Some(stringify!($name)),)*
                    _ => None,
                }
            }
        }
    };
}

kinds! {
    /// Nothing yet; a place the package may use for MISSING or EXTRA.
    EMPTY = 0;
    /// The message itself.
    DATA = 1;
    /// A token of the handshake, or the signature of a message.
    TOKEN = 2;
    /// Parameters of the package.
    PKG_PARAMS = 3;
    /// How many bytes of the input are still missing.
    MISSING = 4;
    /// How many bytes at the end of the input were not used.
    EXTRA = 5;
    /// What a stream package puts behind the message.
    STREAM_TRAILER = 6;
    /// What a stream package puts before the message.
    STREAM_HEADER = 7;
    /// Parameters of a negotiation.
    NEGOTIATION_INFO = 8;
    /// Padding of the message.
    PADDING = 9;
    /// A whole protected message, signature and all.
    STREAM = 10;
    /// A list of mechanisms.
    MECHLIST = 11;
    /// The signature of a list of mechanisms.
    MECHLIST_SIGNATURE = 12;
    /// The target's name.
    TARGET = 13;
    /// Channel bindings, as `SEC_CHANNEL_BINDINGS`.
    CHANNEL_BINDINGS = 14;
    /// The answer to a change of password.
    CHANGE_PASS_RESPONSE = 15;
    /// The target's host name.
    TARGET_HOST = 16;
    /// An alert of the protocol.
    ALERT = 17;
    /// A list of application protocols.
    APPLICATION_PROTOCOLS = 18;
}

impl fmt::Debug for BufferKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => formatter.write_str(name),
            None => write!(formatter, "BufferKind({})", self.0),
        }
    }
}

bitflags! {
    /// How a buffer takes part in protection (`SECBUFFER_ATTRMASK`).
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct BufferAttributes: u32 {
        /// `SECBUFFER_READONLY`: not encrypted. Whether it is signed is up to the package: NTLM signs
        /// it, but for the first version's signatures ([MS-NLMP] 3.4.6).
        const READONLY = 0x8000_0000;
        /// `SECBUFFER_READONLY_WITH_CHECKSUM`: signed, not encrypted.
        const READONLY_WITH_CHECKSUM = 0x1000_0000;
    }
}

/// Whose memory a buffer is.
enum Memory<'a> {
    None,
    Shared(&'a [u8]),
    Exclusive(&'a mut [u8]),
    Owned(Vec<u8>),
}

/// One typed buffer: a kind, attributes, memory, and how much of it is in use.
///
/// The memory is the caller's, to read or to write in place, or the buffer's own, where the package
/// allocates the output.
///
/// ```
/// use anysspi::raw::{Buffer, BufferKind};
///
/// let mut space = [0; 64];
/// let mut token = Buffer::exclusive(BufferKind::TOKEN, &mut space);
/// token.fill(b"three")?;
/// assert_eq!(token.bytes(), b"three");
/// assert_eq!(token.capacity(), 64);
/// # Ok::<(), anysspi::Error>(())
/// ```
pub struct Buffer<'a> {
    kind: BufferKind,
    attributes: BufferAttributes,
    memory: Memory<'a>,
    length: usize,
}

impl<'a> Buffer<'a> {
    fn new(kind: BufferKind, memory: Memory<'a>, length: usize) -> Self {
        Self { kind, attributes: BufferAttributes::empty(), memory, length }
    }

    /// A buffer over memory that is only read.
    pub fn shared(kind: BufferKind, bytes: &'a [u8]) -> Self {
        Self::new(kind, Memory::Shared(bytes), bytes.len())
    }

    /// A buffer over memory that may be written in place. All of it counts as in use.
    pub fn exclusive(kind: BufferKind, bytes: &'a mut [u8]) -> Self {
        let length = bytes.len();
        Self::new(kind, Memory::Exclusive(bytes), length)
    }

    /// A buffer with memory of its own.
    pub fn owned(kind: BufferKind, bytes: Vec<u8>) -> Self {
        let length = bytes.len();
        Self::new(kind, Memory::Owned(bytes), length)
    }

    /// A TOKEN buffer that is only read: the peer's token.
    pub fn token(bytes: &'a [u8]) -> Self {
        Self::shared(BufferKind::TOKEN, bytes)
    }

    /// A DATA buffer that may be written in place: the message.
    pub fn data(bytes: &'a mut [u8]) -> Self {
        Self::exclusive(BufferKind::DATA, bytes)
    }

    /// A buffer without memory: EMPTY as input, or an output that the package allocates.
    pub fn empty(kind: BufferKind) -> Self {
        Self::new(kind, Memory::None, 0)
    }

    /// The same buffer with attributes.
    #[must_use]
    pub fn with_attributes(mut self, attributes: BufferAttributes) -> Self {
        self.attributes = attributes;
        self
    }

    /// The same buffer, of whose memory so many bytes count: those that an input has. An output may
    /// use all of it.
    #[must_use]
    pub fn with_length(mut self, length: usize) -> Self {
        self.set_length(length);
        self
    }

    /// What the buffer holds.
    pub fn kind(&self) -> BufferKind {
        self.kind
    }

    /// How the buffer takes part in protection.
    pub fn attributes(&self) -> BufferAttributes {
        self.attributes
    }

    /// How many bytes are in use; for MISSING and EXTRA the count they stand for, and after
    /// BUFFER_TOO_SMALL the size that is needed.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether no bytes are in use.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// How many bytes the memory has.
    pub fn capacity(&self) -> usize {
        self.memory().len()
    }

    fn memory(&self) -> &[u8] {
        match &self.memory {
            Memory::None => &[],
            Memory::Shared(bytes) => bytes,
            Memory::Exclusive(bytes) => bytes,
            Memory::Owned(bytes) => bytes,
        }
    }

    /// The bytes in use.
    pub fn bytes(&self) -> &[u8] {
        let memory = self.memory();
        memory.get(..self.length).unwrap_or(memory)
    }

    /// The bytes in use, to be written in place, if the memory may be written.
    pub fn bytes_mut(&mut self) -> Option<&mut [u8]> {
        let length = self.length;
        let memory: &mut [u8] = match &mut self.memory {
            Memory::None | Memory::Shared(_) => return None,
            Memory::Exclusive(bytes) => bytes,
            Memory::Owned(bytes) => bytes,
        };
        let length = length.min(memory.len());
        memory.get_mut(..length)
    }

    /// Writes the bytes into the memory, or allocates where there is none. Too little memory is
    /// BUFFER_TOO_SMALL, and [`Buffer::len`] then says how much is needed.
    pub fn fill(&mut self, bytes: &[u8]) -> Result<()> {
        let memory: &mut [u8] = match &mut self.memory {
            Memory::None | Memory::Owned(_) => {
                self.memory = Memory::Owned(bytes.to_vec());
                self.length = bytes.len();
                return Ok(());
            }
            Memory::Shared(_) => {
                return Err(Error::new(
                    Status::INVALID_PARAMETER,
                    format!(
                        "the {:?} buffer is an output and its memory is only readable",
                        self.kind
                    ),
                ));
            }
            Memory::Exclusive(memory) => memory,
        };
        self.length = bytes.len();
        match memory.get_mut(..bytes.len()) {
            Some(place) => {
                place.copy_from_slice(bytes);
                Ok(())
            }
            None => Err(self.too_small(bytes.len())),
        }
    }

    /// Makes the buffer own the bytes, without a copy: the package allocated them.
    pub fn allocate(&mut self, bytes: Vec<u8>) {
        self.length = bytes.len();
        self.memory = Memory::Owned(bytes);
    }

    /// Turns the buffer into another kind that stands for a count: MISSING or EXTRA.
    pub fn become_count(&mut self, kind: BufferKind, count: usize) {
        self.kind = kind;
        self.length = count;
        self.memory = Memory::None;
    }

    /// Turns the buffer into another kind, with its memory.
    pub(crate) fn become_kind(&mut self, kind: BufferKind) {
        self.kind = kind;
    }

    /// The bytes in use as a vector; a copy only where the memory is the caller's.
    pub fn into_bytes(self) -> Vec<u8> {
        match self.memory {
            Memory::Owned(mut bytes) => {
                bytes.truncate(self.length);
                bytes
            }
            _ => self.bytes().to_vec(),
        }
    }

    /// The bytes in use of memory that is the caller's to write.
    pub(crate) fn into_exclusive(self) -> Option<&'a mut [u8]> {
        match self.memory {
            Memory::Exclusive(bytes) => bytes.get_mut(..self.length),
            _ => None,
        }
    }

    /// The error for a buffer with less than `needed` bytes; the buffer's length becomes that.
    pub(crate) fn too_small(&mut self, needed: usize) -> Error {
        let capacity = self.capacity();
        self.length = needed;
        Error::new(
            Status::BUFFER_TOO_SMALL,
            format!("the {:?} buffer has {capacity} bytes and {needed} are needed", self.kind),
        )
    }

    /// The first `length` bytes of the memory to be written, whatever was in use; those are then
    /// in use.
    pub(crate) fn reserve(&mut self, length: usize) -> Result<&mut [u8]> {
        if matches!(self.memory, Memory::None) {
            self.memory = Memory::Owned(vec![0; length]);
        }
        if self.capacity() < length {
            return Err(self.too_small(length));
        }
        self.length = length;
        let kind = self.kind;
        self.bytes_mut().ok_or_else(|| {
            Error::new(
                Status::INVALID_PARAMETER,
                format!("the {kind:?} buffer is written and its memory is only readable"),
            )
        })
    }

    /// Sets how much of the memory is in use.
    pub(crate) fn set_length(&mut self, length: usize) {
        self.length = length.min(self.capacity());
    }

    /// Takes the bytes in use behind the first `position` out of this buffer into another: how a
    /// STREAM gives its message to DATA without a copy.
    pub(crate) fn give_rest(&mut self, position: usize, other: &mut Buffer<'a>) -> Result<()> {
        if position > self.length || self.length > self.capacity() {
            return Err(Error::new(
                Status::INVALID_PARAMETER,
                "the buffer ends before its message",
            ));
        }
        let rest_length = self.length.saturating_sub(position);
        let (first, rest) = match std::mem::replace(&mut self.memory, Memory::None) {
            Memory::Exclusive(bytes) => {
                let (first, rest) = bytes.split_at_mut(position);
                (Memory::Exclusive(first), Memory::Exclusive(rest))
            }
            Memory::Owned(mut bytes) => {
                let rest = bytes.split_off(position);
                (Memory::Owned(bytes), Memory::Owned(rest))
            }
            Memory::Shared(bytes) => {
                let (first, rest) = bytes.split_at(position);
                (Memory::Shared(first), Memory::Shared(rest))
            }
            Memory::None => (Memory::None, Memory::None),
        };
        self.memory = first;
        self.length = position;
        other.memory = rest;
        other.length = rest_length;
        Ok(())
    }
}

impl fmt::Debug for Buffer<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Never the bytes: they may be a message in the clear.
        formatter
            .debug_struct("Buffer")
            .field("kind", &self.kind)
            .field("attributes", &self.attributes)
            .field("length", &self.length)
            .field("capacity", &self.capacity())
            .finish()
    }
}

/// The first buffer of a kind.
pub(crate) fn first<'b, 'a>(buffers: &'b [Buffer<'a>], kind: BufferKind) -> Option<&'b Buffer<'a>> {
    buffers.iter().find(|buffer| buffer.kind == kind)
}

/// The first buffer of a kind, to be written.
pub(crate) fn first_mut<'b, 'a>(
    buffers: &'b mut [Buffer<'a>],
    kind: BufferKind,
) -> Option<&'b mut Buffer<'a>> {
    buffers.iter_mut().find(|buffer| buffer.kind == kind)
}

/// The TOKEN buffer of a message: its signature.
pub(crate) fn signature_of<'b, 'a>(message: &'b mut [Buffer<'a>]) -> Result<&'b mut Buffer<'a>> {
    first_mut(message, BufferKind::TOKEN).ok_or_else(|| {
        Error::new(Status::INVALID_PARAMETER, "the message has no TOKEN buffer for the signature")
    })
}

/// A STREAM buffer, a whole message with its signature, and the DATA buffer that gets what is in it.
pub(crate) fn stream_and_data<'b, 'a>(
    message: &'b mut [Buffer<'a>],
) -> Result<(&'b mut Buffer<'a>, &'b mut Buffer<'a>)> {
    let (mut stream, mut data) = (None, None);
    for buffer in message {
        match buffer.kind() {
            BufferKind::STREAM if stream.is_none() => stream = Some(buffer),
            BufferKind::DATA if data.is_none() => data = Some(buffer),
            _ => {}
        }
    }
    stream.zip(data).ok_or_else(|| {
        Error::new(
            Status::INVALID_PARAMETER,
            "a STREAM buffer needs an empty DATA buffer beside it for the message",
        )
    })
}

/// Whether a buffer of a message is encrypted, and not only signed.
pub(crate) fn is_sealed(buffer: &Buffer<'_>) -> bool {
    buffer.kind() == BufferKind::DATA && buffer.attributes().is_empty()
}

/// Checks that everything to be encrypted may be written, before a cipher moves.
pub(crate) fn check_writable(message: &mut [Buffer<'_>]) -> Result<()> {
    let mut sealed = message.iter_mut().filter(|buffer| is_sealed(buffer) && !buffer.is_empty());
    if sealed.all(|buffer| buffer.bytes_mut().is_some()) {
        return Ok(());
    }
    Err(Error::new(
        Status::INVALID_PARAMETER,
        "a DATA buffer is written and its memory is only readable",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_small_a_buffer_says_what_is_needed() {
        let mut space = [0; 3];
        let mut buffer = Buffer::exclusive(BufferKind::TOKEN, &mut space);
        let error = buffer.fill(b"four").unwrap_err();
        assert_eq!(error.status(), Status::BUFFER_TOO_SMALL);
        assert_eq!((buffer.len(), buffer.capacity()), (4, 3));
        assert_eq!(buffer.bytes(), [0; 3]);
    }

    #[test]
    fn an_input_has_its_length_and_an_output_all_of_its_memory() {
        let mut space = *b"used and free";
        let mut buffer = Buffer::exclusive(BufferKind::TOKEN, &mut space).with_length(4);
        assert_eq!((buffer.bytes(), buffer.capacity()), (&b"used"[..], 13));
        buffer.fill(b"longer").unwrap();
        assert_eq!(buffer.bytes(), b"longer");
        assert_eq!(buffer.with_length(100).len(), 13);
    }

    #[test]
    fn shared_memory_is_never_written() {
        let mut buffer = Buffer::token(b"peer");
        assert_eq!(buffer.fill(b"x").unwrap_err().status(), Status::INVALID_PARAMETER);
        assert!(buffer.bytes_mut().is_none());
    }

    #[test]
    fn a_stream_gives_its_message_without_a_copy() {
        let mut space = *b"headmessage";
        let mut stream = Buffer::exclusive(BufferKind::STREAM, &mut space);
        let mut data = Buffer::empty(BufferKind::DATA);
        stream.give_rest(4, &mut data).unwrap();
        assert_eq!((stream.bytes(), data.bytes()), (&b"head"[..], &b"message"[..]));
        assert!(data.give_rest(8, &mut Buffer::empty(BufferKind::DATA)).is_err());
    }

    #[test]
    fn a_debug_print_hides_the_bytes() {
        let mut secret = *b"secret";
        let text = format!("{:?}", Buffer::data(&mut secret));
        assert!(text.contains("DATA") && !text.contains("115"));
    }
}
