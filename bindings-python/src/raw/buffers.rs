//! Typed buffers over the memory of Python's objects.

use crate::bytes::{Bytes, Lent};
use crate::error::{Result, alone};
use crate::hints::{BufferAttributesOf, BufferKindOf, BytesLike, Data};
use anysspi::binding::{Place, place_of};
use anysspi::raw::{self as core, BufferAttributes, BufferKind};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyMemoryView, PySlice};
#[cfg(feature = "stubs")]
use pyo3::{
    inspect::PyStaticExpr, type_hint_identifier, type_hint_subscript, type_object::PyTypeInfo,
};
use std::ops::Range;
use std::sync::{Mutex, MutexGuard};

/// A typed buffer (`SecBuffer`) over `data`, which is written in place where it is writable.
///
/// `length` says how many of its bytes count as an input: all at first, and after a call those that the
/// call wrote, or how many are needed. An output may use all of them. Memory that a call allocated is in
/// `data` as bytes.
#[pyclass(frozen, module = "anysspi.raw")]
pub(crate) struct Buffer(Mutex<Content>);

struct Content {
    kind: BufferKind,
    attributes: BufferAttributes,
    data: Option<Py<PyAny>>,
    length: usize,
}

#[pymethods]
impl Buffer {
    #[new]
    #[pyo3(signature = (kind, data=None, *, attributes=None))]
    fn new(
        kind: BufferKindOf,
        data: Option<BytesLike<'_>>,
        attributes: Option<BufferAttributesOf>,
    ) -> Result<Self> {
        let length = match &data {
            Some(data) => Bytes::of(&data.0, "data")?.len(),
            None => 0,
        };
        Ok(Self(Mutex::new(Content {
            kind: BufferKind(kind.0),
            attributes: attributes.map_or(BufferAttributes::empty(), |attributes| attributes.0),
            data: data.map(|data| data.0.unbind()),
            length,
        })))
    }

    /// What it is for.
    #[getter]
    fn kind(&self) -> Result<BufferKindOf> {
        Ok(BufferKindOf(alone(&self.0, "buffer")?.kind.0))
    }

    /// How it may be used.
    #[getter]
    fn attributes(&self) -> Result<BufferAttributesOf> {
        Ok(BufferAttributesOf(alone(&self.0, "buffer")?.attributes))
    }

    /// The object with the bytes.
    #[getter]
    fn data<'py>(&self, py: Python<'py>) -> Result<Data<'py>> {
        let content = alone(&self.0, "buffer")?;
        let data = content.data.as_ref().map_or_else(|| py.None(), |data| data.clone_ref(py));
        Ok(Data(data.into_bound(py)))
    }

    /// How many bytes count, or are needed.
    #[getter]
    fn length(&self) -> Result<usize> {
        Ok(alone(&self.0, "buffer")?.length)
    }

    /// A copy of the bytes that count.
    fn __bytes__<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyBytes>> {
        let content = alone(&self.0, "buffer")?;
        let Some(data) = &content.data else { return Ok(PyBytes::new(py, &[])) };
        let bytes = Bytes::of(data.bind(py), "data")?;
        let bytes = bytes.as_slice();
        Ok(PyBytes::new(py, bytes.get(..content.length).unwrap_or(bytes)))
    }

    fn __len__(&self) -> Result<usize> {
        self.length()
    }

    fn __repr__(&self) -> String {
        match alone(&self.0, "buffer") {
            Ok(content) => format!("<Buffer {:?}, {} bytes>", content.kind, content.length),
            Err(_) => "<Buffer, busy>".into(),
        }
    }
}

/// A list of buffers.
pub(crate) struct Buffers<'py>(Vec<Bound<'py, Buffer>>);

impl<'py> FromPyObject<'_, 'py> for Buffers<'py> {
    type Error = PyErr;
    #[cfg(feature = "stubs")]
    const INPUT_TYPE: PyStaticExpr = type_hint_subscript!(
        type_hint_identifier!("collections.abc", "Sequence"),
        <Buffer as PyTypeInfo>::TYPE_HINT
    );

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        Ok(Self(object.extract()?))
    }
}

impl Buffers<'_> {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

/// Buffers on loan to a call: their memory stays where it is until the call is over.
pub(super) struct Loan<'a, 'py> {
    py: Python<'py>,
    contents: Vec<MutexGuard<'a, Content>>,
    memory: Vec<Option<Bytes<'py>>>,
}

impl<'a, 'py> Loan<'a, 'py> {
    pub(super) fn of(py: Python<'py>, lists: &[&'a Buffers<'py>]) -> Result<Self> {
        let mut contents = Vec::new();
        let mut memory = Vec::new();
        let buffers = || lists.iter().flat_map(|list| &list.0);
        for (at, buffer) in buffers().enumerate() {
            if buffers().take(at).any(|earlier| earlier.is(buffer)) {
                let text = "the same buffer is twice in the lists of one call";
                return Err(PyValueError::new_err(text).into());
            }
            let content = alone(&buffer.get().0, "buffer")?;
            let bytes = content.data.as_ref().map(|data| Bytes::of_any(data.bind(py), "data"));
            memory.push(bytes.transpose()?);
            contents.push(content);
        }
        check_apart(&memory)?;
        Ok(Self { py, contents, memory })
    }

    /// How many bytes there are altogether.
    pub(super) fn length(&self) -> usize {
        self.memory.iter().flatten().map(Bytes::len).sum()
    }

    /// Makes the call, and writes down what became of the buffers, also when it failed: a buffer that
    /// is too small says what is needed.
    pub(super) fn lend<T>(
        self,
        call: impl FnOnce(&mut [core::Buffer<'_>]) -> Result<T>,
    ) -> Result<T> {
        let Self { py, mut contents, mut memory } = self;
        let ranges: Vec<Option<Range<usize>>> =
            memory.iter().map(|bytes| Some(bytes.as_ref()?.addresses())).collect();
        let mut buffers = Vec::with_capacity(memory.len());
        for (content, bytes) in contents.iter().zip(&mut memory) {
            let buffer = match bytes {
                None => core::Buffer::empty(content.kind),
                Some(bytes) => match bytes.lend() {
                    Lent::Writable(bytes) => core::Buffer::exclusive(content.kind, bytes),
                    Lent::Readable(bytes) => core::Buffer::shared(content.kind, bytes),
                },
            };
            // What counts of an input; an output may use all of its memory.
            let buffer = buffer.with_length(content.length);
            buffers.push(buffer.with_attributes(content.attributes));
        }
        let result = call(&mut buffers);
        let mut became = Vec::with_capacity(buffers.len());
        for (own, buffer) in buffers.iter().enumerate() {
            let object = object_of(py, &contents, buffer, own, &ranges)?;
            became.push((buffer.kind(), buffer.len(), object));
        }
        drop(buffers);
        for (content, (kind, length, object)) in contents.iter_mut().zip(became) {
            (content.kind, content.length) = (kind, length);
            match object {
                Object::Same => {}
                Object::None => content.data = None,
                Object::Other(object) => content.data = Some(object),
            }
        }
        result
    }
}

/// Which object has the bytes of a buffer after the call.
fn object_of(
    py: Python<'_>,
    contents: &[MutexGuard<'_, Content>],
    buffer: &core::Buffer<'_>,
    own: usize,
    ranges: &[Option<Range<usize>>],
) -> Result<Object> {
    let is_empty = |at: usize| ranges.get(at).and_then(Option::as_ref).is_some_and(Range::is_empty);
    Ok(match place_of(buffer, own, ranges) {
        Place::Own => Object::Same,
        // Memory of no bytes stays where it is.
        Place::Nowhere if is_empty(own) => Object::Same,
        Place::Nowhere => Object::None,
        Place::Within(at, start) => {
            let data = contents.get(at).and_then(|content| content.data.as_ref());
            let Some(data) = data else { return Ok(Object::None) };
            let view = PyMemoryView::from(data.bind(py))?.call_method1("cast", ("B",))?;
            let end = start.saturating_add(buffer.bytes().len());
            let number = |place: usize| isize::try_from(place).unwrap_or(isize::MAX);
            let slice = PySlice::new(py, number(start), number(end), 1);
            Object::Other(view.get_item(slice)?.unbind())
        }
        Place::Allocated => Object::Other(PyBytes::new(py, buffer.bytes()).into_any().unbind()),
    })
}

enum Object {
    /// The one it was.
    Same,
    None,
    Other(Py<PyAny>),
}

/// Memory that is written belongs to one buffer alone.
fn check_apart(memory: &[Option<Bytes<'_>>]) -> Result<()> {
    let mut ranges: Vec<(Range<usize>, bool)> = memory
        .iter()
        .flatten()
        .map(|bytes| (bytes.addresses(), bytes.is_writable()))
        .filter(|(range, _)| !range.is_empty())
        .collect();
    ranges.sort_by_key(|(range, _)| range.start);
    let mut end = 0;
    let mut is_writable = false;
    for (range, writable) in ranges {
        if range.start < end && (writable || is_writable) {
            return Err(PyValueError::new_err(
                "two buffers share memory that is written: give each its own",
            )
            .into());
        }
        is_writable = if range.start < end { is_writable || writable } else { writable };
        end = end.max(range.end);
    }
    Ok(())
}
