//! What is in a token, never a secret.

use crate::bytes::Token;
use crate::error::Result;
use crate::hints::{BytesLike, FieldValue, When};
use anysspi::inspect::Value;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// Looks into a token. Never fails: of a damaged token it shows what can be read and what is wrong.
#[pyfunction]
pub(crate) fn inspect(token: BytesLike<'_>) -> Result<Inspection> {
    let token = Token::of(&token.0, "token")?;
    Ok(Inspection(anysspi::inspect::inspect(token.as_slice())))
}

/// What `inspect` found in a token. As a str it is a tree for people to read.
#[pyclass(frozen, module = "anysspi")]
pub(crate) struct Inspection(anysspi::inspect::Inspection);

#[pymethods]
impl Inspection {
    /// The protocol's name, or "unknown".
    #[getter]
    fn protocol(&self) -> &str {
        self.0.protocol
    }

    /// The message's name in the specification of the protocol, or "unknown".
    #[getter]
    fn message(&self) -> &str {
        &self.0.message
    }

    /// The number of bytes in the token.
    #[getter]
    fn length(&self) -> usize {
        self.0.length
    }

    /// The fields, in the order in which the message describes them.
    #[getter]
    fn fields(&self) -> Vec<Field> {
        self.0.fields.iter().cloned().map(Field).collect()
    }

    /// What is wrong with the token, as sentences.
    #[getter]
    fn problems(&self) -> Vec<&str> {
        self.0.problems.iter().map(String::as_str).collect()
    }

    /// The fields as pairs of a dotted name and the value as it is displayed.
    fn flatten(&self) -> Vec<(String, String)> {
        self.0.flatten()
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __repr__(&self) -> String {
        format!("<Inspection {} {}, {} bytes>", self.0.protocol, self.0.message, self.0.length)
    }
}

/// A field of a token. As a str it is its value on one line.
#[pyclass(frozen, module = "anysspi")]
pub(crate) struct Field(anysspi::inspect::Field);

#[pymethods]
impl Field {
    /// The name in the specification of the protocol.
    #[getter]
    fn name(&self) -> &str {
        &self.0.name
    }

    /// What it holds: text, a number, names of flags, a time or bytes; None where there is nothing
    /// or where it is hidden.
    #[getter]
    fn value<'py>(&self, py: Python<'py>) -> Result<FieldValue<'py>> {
        Ok(FieldValue(match &self.0.value {
            Value::Text(text) => text.into_pyobject(py).map_err(PyErr::from)?.into_any(),
            Value::Number(number) => number.into_pyobject(py).map_err(PyErr::from)?.into_any(),
            Value::Flags(names) => names.into_pyobject(py)?.into_any(),
            Value::Time(time) => When(*time).into_pyobject(py)?,
            Value::Bytes(bytes) => PyBytes::new(py, bytes).into_any(),
            _ => py.None().into_bound(py),
        }))
    }

    /// Whether the bytes are not shown.
    #[getter]
    fn hidden(&self) -> bool {
        matches!(self.0.value, Value::Hidden { .. })
    }

    /// Where the value begins, as the token states it.
    #[getter]
    fn offset(&self) -> usize {
        self.0.offset
    }

    /// How many bytes the value has, as the token states it.
    #[getter]
    fn length(&self) -> usize {
        self.0.length
    }

    /// The fields this one is made of.
    #[getter]
    fn fields(&self) -> Vec<Field> {
        self.0.fields.iter().cloned().map(Field).collect()
    }

    fn __str__(&self) -> String {
        self.0.value.to_string()
    }

    fn __repr__(&self) -> String {
        format!("<Field {}: {}>", self.0.name, self.0.value)
    }
}
