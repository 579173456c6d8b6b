//! Typed buffers over memory of the caller's language.

use crate::buffer::Buffer;
use std::ops::Range;

/// Where the bytes of a buffer are after a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// There are none: the length is a count, or nothing.
    Nowhere,
    /// In the memory that was lent for it, from its start on.
    Own,
    /// In the memory that was lent for another of the buffers: for which, and where in it they begin.
    Within(usize, usize),
    /// In memory that the call allocated.
    Allocated,
}

/// The addresses of memory that is lent.
pub fn addresses(memory: &[u8]) -> Range<usize> {
    let start = memory.as_ptr() as usize;
    start..start.saturating_add(memory.len())
}

/// Where the bytes of a buffer are, to whose list this memory was lent. Its own is `memory[own]`.
pub fn place_of(buffer: &Buffer<'_>, own: usize, memory: &[Option<Range<usize>>]) -> Place {
    if buffer.capacity() == 0 {
        return Place::Nowhere;
    }
    let bytes = addresses(buffer.bytes());
    let start_in = |at: usize| {
        let range = memory.get(at)?.as_ref()?;
        let is_within = range.start <= bytes.start && bytes.end <= range.end;
        is_within.then(|| bytes.start.saturating_sub(range.start))
    };
    if start_in(own).is_some() {
        return Place::Own;
    }
    let mut others = (0..memory.len()).filter(|at| *at != own);
    match others.find_map(|at| Some((at, start_in(at)?))) {
        Some((at, start)) => Place::Within(at, start),
        None => Place::Allocated,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::buffer::BufferKind;

    #[test]
    fn bytes_are_found_in_the_memory_that_was_lent() {
        let (mut stream, mut token) = ([0; 32], [0; 8]);
        let memory = [Some(addresses(&stream)), Some(addresses(&token)), None];
        let of = |buffer: &Buffer<'_>, own| place_of(buffer, own, &memory);
        assert_eq!(of(&Buffer::exclusive(BufferKind::TOKEN, &mut token), 1), Place::Own);
        assert_eq!(of(&Buffer::exclusive(BufferKind::STREAM, &mut stream), 0), Place::Own);
        let part = Buffer::shared(BufferKind::DATA, stream.get(16..).unwrap());
        assert_eq!(of(&part, 2), Place::Within(0, 16));
        assert_eq!(of(&Buffer::owned(BufferKind::TOKEN, vec![1]), 1), Place::Allocated);
        assert_eq!(of(&Buffer::empty(BufferKind::EMPTY), 2), Place::Nowhere);
        let mut count = Buffer::empty(BufferKind::EMPTY);
        count.become_count(BufferKind::MISSING, 7);
        assert_eq!(of(&count, 2), Place::Nowhere);
    }
}
