//! Typed buffers over the memory of JavaScript.

use crate::context::number;
use anysspi::raw::{Buffer as Core, BufferAttributes, BufferKind};
use napi::bindgen_prelude::{Buffer, BufferSlice};
use napi_derive::napi;
use std::ops::Range;

/// A buffer, as JavaScript hands it over. The JavaScript half has seen to it that no two of a call share
/// memory.
#[napi(object, object_to_js = false)]
pub struct LentBuffer<'env> {
    pub kind: u32,
    pub attributes: u32,
    /// How many bytes count.
    pub length: u32,
    pub data: Option<BufferSlice<'env>>,
}

/// What became of a buffer in a call.
#[napi(object, object_from_js = false)]
pub struct Became {
    pub kind: u32,
    pub length: u32,
    /// The buffer in whose memory its bytes are, and from where on.
    pub within: Option<u32>,
    pub start: Option<u32>,
    /// Its bytes, where they are not in its memory yet.
    pub bytes: Option<Buffer>,
}

/// Makes a call on the memory itself. No JavaScript runs meanwhile.
pub(super) fn in_place<T>(
    mut lent: Vec<LentBuffer<'_>>,
    call: impl FnOnce(&mut [Core<'_>]) -> T,
) -> (T, Vec<Became>) {
    let parts = lent.iter_mut().map(|buffer| Part {
        kind: buffer.kind,
        attributes: buffer.attributes,
        length: buffer.length,
        memory: buffer.data.as_deref_mut(),
    });
    lend(parts.collect(), call)
}

/// Makes a call on copies: a look-up of JavaScript's may write to its memory meanwhile, or give it away.
/// What the call wrote to the last buffers, the outputs, comes with what became of them.
pub(super) fn on_copies<T>(
    lent: &[LentBuffer<'_>],
    inputs: usize,
    call: impl FnOnce(&mut [Core<'_>]) -> T,
) -> (T, Vec<Became>) {
    let mut copies: Vec<Option<Vec<u8>>> =
        lent.iter().map(|buffer| buffer.data.as_ref().map(|data| data.to_vec())).collect();
    let parts = lent.iter().zip(&mut copies).map(|(buffer, copy)| Part {
        kind: buffer.kind,
        attributes: buffer.attributes,
        length: buffer.length,
        memory: copy.as_deref_mut(),
    });
    let (result, mut became) = lend(parts.collect(), call);
    for (at, (one, copy)) in became.iter_mut().zip(&copies).enumerate().skip(inputs) {
        if one.within == Some(number(at)) {
            let written = copy.as_ref().and_then(|copy| copy.get(..one.length as usize));
            one.bytes = written.map(Into::into);
        }
    }
    (result, became)
}

struct Part<'a> {
    kind: u32,
    attributes: u32,
    length: u32,
    memory: Option<&'a mut [u8]>,
}

fn lend<T>(parts: Vec<Part<'_>>, call: impl FnOnce(&mut [Core<'_>]) -> T) -> (T, Vec<Became>) {
    let ranges: Vec<Option<Range<usize>>> =
        parts.iter().map(|part| part.memory.as_deref().map(addresses)).collect();
    let mut buffers: Vec<Core<'_>> = parts
        .into_iter()
        .map(|part| {
            let kind = BufferKind(part.kind);
            match part.memory {
                None => Core::empty(kind),
                Some(memory) => Core::exclusive(kind, memory),
            }
            // What counts of an input; an output may use all of its memory.
            .with_length(part.length as usize)
            .with_attributes(BufferAttributes::from_bits_truncate(part.attributes))
        })
        .collect();
    let result = call(&mut buffers);
    let became = buffers.iter().enumerate().map(|(at, buffer)| became(buffer, at, &ranges));
    (result, became.collect())
}

fn addresses(bytes: &[u8]) -> Range<usize> {
    let start = bytes.as_ptr() as usize;
    start..start.saturating_add(bytes.len())
}

fn became(buffer: &Core<'_>, own: usize, ranges: &[Option<Range<usize>>]) -> Became {
    let place = place(buffer, own, ranges);
    Became {
        kind: buffer.kind().0,
        length: number(buffer.len()),
        within: place.as_ref().map(|(at, _)| number(*at)),
        start: place.as_ref().map(|(_, start)| number(*start)),
        bytes: match place {
            None if buffer.capacity() > 0 => Some(buffer.bytes().into()),
            _ => None,
        },
    }
}

/// In which buffer's memory the bytes of a buffer are after a call, and where in it.
fn place(buffer: &Core<'_>, own: usize, ranges: &[Option<Range<usize>>]) -> Option<(usize, usize)> {
    let bytes = addresses(buffer.bytes());
    let start_within = |range: &Range<usize>| {
        let is_within = range.start <= bytes.start && bytes.end <= range.end;
        is_within.then(|| bytes.start.saturating_sub(range.start))
    };
    let of = |at: usize| ranges.get(at)?.as_ref();
    if buffer.capacity() == 0 {
        // One of no bytes, or a count: what is missing, or what was not used.
        return of(own).filter(|range| range.is_empty()).map(|_| (own, 0));
    }
    let others = (0..ranges.len()).filter(|at| *at != own);
    std::iter::once(own).chain(others).find_map(|at| Some((at, start_within(of(at)?)?)))
}
