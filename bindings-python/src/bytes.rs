//! The bytes of Python's objects: `bytes`, `bytearray`, `memoryview` and whatever else has a buffer.
//!
//! The buffer protocol is part of the stable interface from Python 3.11 on, and pyo3 offers it from
//! there on. Every Python before has the same three things under the same names, so that they are
//! declared here and Python 3.10 is served by the same module; not on Windows, where its `python3.dll`
//! has none of them. All `unsafe` of the binding is in this file.
#![expect(unsafe_code, reason = "the buffer protocol hands out pointers")]

use crate::error::{Result, type_name};
use pyo3::exceptions::PyTypeError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use std::ffi::{c_char, c_int, c_void};
use std::marker::PhantomData;
use std::ptr;

/// `Py_buffer` (Include/pybuffer.h), which has not changed since Python 3.0.
#[repr(C)]
struct View {
    buf: *mut c_void,
    obj: *mut ffi::PyObject,
    len: ffi::Py_ssize_t,
    itemsize: ffi::Py_ssize_t,
    readonly: c_int,
    ndim: c_int,
    format: *mut c_char,
    shape: *mut ffi::Py_ssize_t,
    strides: *mut ffi::Py_ssize_t,
    suboffsets: *mut ffi::Py_ssize_t,
    internal: *mut c_void,
}

/// `PyBUF_SIMPLE`: bytes one after the other.
const SIMPLE: c_int = 0;
/// `PyBUF_WRITABLE`
const WRITABLE: c_int = 1;

unsafe extern "C" {
    fn PyObject_GetBuffer(object: *mut ffi::PyObject, view: *mut View, flags: c_int) -> c_int;
    fn PyBuffer_Release(view: *mut View);
}

/// The bytes of an object, which cannot be moved or resized while this is held.
pub(crate) struct Bytes<'py> {
    // Boxed: some exporters let `shape` point into the view itself.
    view: Box<View>,
    is_writable: bool,
    python: PhantomData<Python<'py>>,
}

impl<'py> Bytes<'py> {
    /// The bytes to read.
    pub(crate) fn of(object: &Bound<'py, PyAny>, what: &str) -> Result<Self> {
        Self::get(object, SIMPLE).map_err(|error| refused(object, what, &error).into())
    }

    /// The bytes, to write too where the object allows it.
    pub(crate) fn of_any(object: &Bound<'py, PyAny>, what: &str) -> Result<Self> {
        let writable = Self::get(object, WRITABLE);
        writable
            .or_else(|_| Self::get(object, SIMPLE))
            .map_err(|error| refused(object, what, &error).into())
    }

    fn get(object: &Bound<'py, PyAny>, flags: c_int) -> PyResult<Self> {
        let mut view = Box::new(View {
            buf: ptr::null_mut(),
            obj: ptr::null_mut(),
            len: 0,
            itemsize: 0,
            readonly: 0,
            ndim: 0,
            format: ptr::null_mut(),
            shape: ptr::null_mut(),
            strides: ptr::null_mut(),
            suboffsets: ptr::null_mut(),
            internal: ptr::null_mut(),
        });
        // SAFETY: the object is alive, the interpreter is attached, and the view has the layout that
        // CPython fills in.
        if unsafe { PyObject_GetBuffer(object.as_ptr(), &raw mut *view, flags) } != 0 {
            return Err(PyErr::fetch(object.py()));
        }
        Ok(Self { view, is_writable: flags == WRITABLE, python: PhantomData })
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        usize::try_from(self.view.len).unwrap_or(0)
    }

    /// Whether they may be written.
    pub(crate) fn is_writable(&self) -> bool {
        self.is_writable
    }

    /// Where they are.
    pub(crate) fn addresses(&self) -> std::ops::Range<usize> {
        let start = self.view.buf as usize;
        start..start.saturating_add(self.len())
    }

    /// The bytes. Another thread must not write them meanwhile, as with any function of Python that
    /// reads a buffer without the interpreter's lock.
    pub(crate) fn as_slice(&self) -> &[u8] {
        if self.view.buf.is_null() {
            return &[];
        }
        // SAFETY: the exporter keeps `len` bytes at `buf` in place until the view is released.
        unsafe { std::slice::from_raw_parts(self.view.buf.cast(), self.len()) }
    }

    /// The bytes for a call, to write where that is allowed.
    pub(crate) fn lend(&mut self) -> Lent<'_> {
        if !self.is_writable {
            return Lent::Readable(self.as_slice());
        }
        if self.view.buf.is_null() {
            return Lent::Writable(&mut []);
        }
        // SAFETY: as in `as_slice`, and the exporter agreed to writes. Whoever borrows two objects at
        // once makes sure that they do not overlap (`raw/buffers.rs`).
        Lent::Writable(unsafe { std::slice::from_raw_parts_mut(self.view.buf.cast(), self.len()) })
    }
}

/// Bytes for a call.
pub(crate) enum Lent<'a> {
    Readable(&'a [u8]),
    Writable(&'a mut [u8]),
}

impl Drop for Bytes<'_> {
    fn drop(&mut self) {
        // SAFETY: the view was filled in by `PyObject_GetBuffer`, is released once, and the lifetime
        // says that the interpreter is attached.
        unsafe { PyBuffer_Release(&raw mut *self.view) }
    }
}

fn refused(object: &Bound<'_, PyAny>, what: &str, error: &PyErr) -> PyErr {
    let py = object.py();
    if object.is_instance_of::<PyString>() {
        return PyTypeError::new_err(format!(
            "{what} must be bytes, not str: decode it first, with base64.b64decode or \
             bytes.fromhex for example"
        ));
    }
    if !error.is_instance_of::<PyTypeError>(py) {
        // It has bytes, but not one after the other, or not any more.
        return PyErr::from_type(error.get_type(py), format!("{what}: {}", error.value(py)));
    }
    let kind = type_name(object);
    PyTypeError::new_err(format!("{what} must be bytes, bytearray or memoryview, not {kind}"))
}

/// A token of the peer: immutable bytes as they are, anything else copied, so that nobody changes it
/// while it is read.
pub(crate) enum Token<'a, 'py> {
    Borrowed(&'a Bound<'py, PyBytes>),
    Copied(Vec<u8>),
}

impl<'a, 'py> Token<'a, 'py> {
    pub(crate) fn of(object: &'a Bound<'py, PyAny>, what: &str) -> Result<Self> {
        match object.cast::<PyBytes>() {
            Ok(bytes) => Ok(Self::Borrowed(bytes)),
            Err(_) => Ok(Self::Copied(Bytes::of(object, what)?.as_slice().to_vec())),
        }
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        match self {
            Self::Borrowed(bytes) => bytes.as_bytes(),
            Self::Copied(bytes) => bytes,
        }
    }
}
