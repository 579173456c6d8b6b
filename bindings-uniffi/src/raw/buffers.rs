//! Typed buffers of the other language, whose memory is copied here for the time of a call.

use crate::error::wrong;
use crate::package::number;
use anysspi::binding::{Place, addresses, place_of};
use anysspi::raw::{Buffer, BufferAttributes, BufferKind};
use std::ops::Range;

/// A typed buffer (`SecBuffer`) on its way into a call.
#[derive(uniffi::Record)]
pub struct RawBuffer {
    /// What it is for (`SECBUFFER_*`).
    pub kind: u32,
    /// How it may be used (`SECBUFFER_READONLY*`).
    pub attributes: u32,
    /// Its memory; none where the call is to allocate it.
    pub memory: Option<Vec<u8>>,
    /// How many bytes of it count.
    pub length: u32,
}

/// A typed buffer after a call.
#[derive(uniffi::Record)]
pub struct BufferAfter {
    /// What it is now.
    pub kind: u32,
    /// How many bytes count, or are needed.
    pub length: u32,
    /// Where they are.
    pub place: BufferPlace,
}

/// Where the bytes of a buffer are after a call.
#[derive(uniffi::Enum)]
pub enum BufferPlace {
    /// There are none: the length is a count.
    Nowhere,
    /// Where they were, as they were.
    Unchanged,
    /// In its own memory, from its start on.
    Written {
        /// What was written there.
        bytes: Vec<u8>,
    },
    /// In memory that the call allocated.
    Allocated {
        /// The memory.
        bytes: Vec<u8>,
    },
    /// In the memory of another buffer of the lists.
    Within {
        /// Which, counted from 0.
        buffer: u32,
        /// Where in it they begin.
        offset: u32,
        /// What was written there.
        bytes: Vec<u8>,
    },
}

/// The memory of lists of buffers during a call.
pub(super) struct Memory(Vec<Held>);

struct Held {
    kind: BufferKind,
    attributes: BufferAttributes,
    bytes: Option<Vec<u8>>,
    length: usize,
    is_written: bool,
}

impl Memory {
    /// A list, whose memory a call may write or only read.
    pub(super) fn of(buffers: Vec<RawBuffer>, is_written: bool) -> anysspi::Result<Self> {
        let mut memory = Self(Vec::new());
        memory.add(buffers, is_written)?;
        Ok(memory)
    }

    pub(super) fn add(&mut self, buffers: Vec<RawBuffer>, is_written: bool) -> anysspi::Result<()> {
        for RawBuffer { kind, attributes, memory, length } in buffers {
            let length = length as usize;
            if length > memory.as_ref().map_or(0, Vec::len) {
                return Err(wrong("a buffer cannot have more bytes than its memory"));
            }
            self.0.push(Held {
                kind: BufferKind(kind),
                attributes: BufferAttributes::from_bits_retain(attributes),
                bytes: memory,
                length,
                is_written,
            });
        }
        Ok(())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Makes the call, and says what became of the buffers, also when it failed.
    pub(super) fn lend<T>(
        mut self,
        call: impl FnOnce(&mut [Buffer<'_>]) -> anysspi::Result<T>,
    ) -> (anysspi::Result<T>, Vec<BufferAfter>) {
        let memory: Vec<Option<Range<usize>>> =
            self.0.iter().map(|held| held.bytes.as_deref().map(addresses)).collect();
        let written: Vec<bool> = self.0.iter().map(|held| held.is_written).collect();
        let mut buffers: Vec<Buffer<'_>> = self
            .0
            .iter_mut()
            .map(|held| {
                let buffer = match (&mut held.bytes, held.is_written) {
                    (None, _) => Buffer::empty(held.kind),
                    (Some(bytes), true) => Buffer::exclusive(held.kind, bytes),
                    (Some(bytes), false) => Buffer::shared(held.kind, bytes),
                };
                buffer.with_length(held.length).with_attributes(held.attributes)
            })
            .collect();
        let result = call(&mut buffers);
        let buffers = buffers.iter().zip(written).enumerate();
        let after =
            buffers.map(|(own, (buffer, is_written))| after(buffer, own, is_written, &memory));
        (result, after.collect())
    }
}

fn after(
    buffer: &Buffer<'_>,
    own: usize,
    is_written: bool,
    memory: &[Option<Range<usize>>],
) -> BufferAfter {
    let bytes = || buffer.bytes().to_vec();
    BufferAfter {
        kind: buffer.kind().0,
        length: number(buffer.len()),
        place: match place_of(buffer, own, memory) {
            Place::Nowhere => BufferPlace::Nowhere,
            Place::Own if is_written => BufferPlace::Written { bytes: bytes() },
            Place::Own => BufferPlace::Unchanged,
            Place::Within(at, start) => {
                BufferPlace::Within { buffer: number(at), offset: number(start), bytes: bytes() }
            }
            Place::Allocated => BufferPlace::Allocated { bytes: bytes() },
        },
    }
}
