//! Typed buffers over the memory of JavaScript.

use crate::context::number;
use anysspi::binding::{Place, addresses, place_of};
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

fn became(buffer: &Core<'_>, own: usize, memory: &[Option<Range<usize>>]) -> Became {
    let within = match place_of(buffer, own, memory) {
        Place::Own => Some((own, 0)),
        Place::Within(at, start) => Some((at, start)),
        // Memory of no bytes stays where it is.
        Place::Nowhere => {
            let of_own = memory.get(own).and_then(Option::as_ref);
            of_own.filter(|range| range.is_empty()).map(|_| (own, 0))
        }
        Place::Allocated => None,
    };
    Became {
        kind: buffer.kind().0,
        length: number(buffer.len()),
        within: within.map(|(at, _)| number(at)),
        start: within.map(|(_, start)| number(start)),
        bytes: (within.is_none() && buffer.capacity() > 0).then(|| buffer.bytes().into()),
    }
}
