//! Certificates: a side's own, and those by which a client judges a server's.

use crate::bytes::{Bytes, Token};
use crate::credentials::Identity;
use crate::error::{Result, guarded};
use crate::hints::{ByteStrings, BytesLike, PemLike};
use anysspi::Secret;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

/// A certificate chain in DER, the own certificate first, and the private key of that one.
///
/// A server without one makes one for itself. To use one for long, keep it: clients may remember a
/// server by its key. Neither `repr` nor pickle ever has the key.
#[pyclass(frozen, extends = Identity, module = "anysspi")]
pub(crate) struct Certificate(anysspi::Certificate);

impl Certificate {
    fn init(certificate: anysspi::Certificate) -> PyClassInitializer<Self> {
        let identity = Identity(anysspi::Identity::Certificate(certificate.clone()));
        PyClassInitializer::from(identity).add_subclass(Self(certificate))
    }
}

#[pymethods]
impl Certificate {
    #[new]
    fn new(chain: ByteStrings, private_key: BytesLike<'_>) -> Result<PyClassInitializer<Self>> {
        let private_key = Token::of(&private_key.0, "private_key")?;
        let private_key = Secret::new(private_key.as_slice());
        Ok(Self::init(anysspi::Certificate { chain: chain.0, private_key }))
    }

    /// Reads a chain and its private key from PEM, which may be one file or two put together. The key
    /// is PKCS#8, PKCS#1 or SEC1, and not encrypted.
    #[staticmethod]
    fn from_pem(py: Python<'_>, pem: PemLike<'_>) -> Result<Py<Self>> {
        let read = with_pem(&pem, anysspi::Certificate::from_pem)?;
        Ok(Py::new(py, Self::init(read))?)
    }

    /// A certificate that signs itself, with a new key (ECDSA over P-256).
    #[staticmethod]
    fn self_signed(py: Python<'_>, host_name: &str) -> Result<Py<Self>> {
        let made = guarded(|| anysspi::Certificate::self_signed(host_name))?;
        Ok(Py::new(py, Self::init(made))?)
    }

    /// The chain and the private key in PEM, as `from_pem` reads them: for a file that nobody else
    /// may read.
    fn to_pem<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyBytes>> {
        let pem = guarded(|| self.0.to_pem())?;
        Ok(PyBytes::new(py, pem.expose()))
    }

    /// The chain in DER, the own certificate first.
    #[getter]
    fn chain<'py>(&self, py: Python<'py>) -> Vec<Bound<'py, PyBytes>> {
        byte_strings(py, &self.0.chain)
    }

    fn __repr__(&self) -> String {
        format!("<Certificate, {} in its chain>", self.0.chain.len())
    }
}

/// The roots, in DER, by which a client judges a server's certificate and the name in it, before
/// anything is sent; to PKU2U the certificates of the peers that are trusted, on both sides.
#[pyclass(frozen, extends = Identity, module = "anysspi")]
pub(crate) struct TrustedRoots(usize);

impl TrustedRoots {
    fn init(identity: anysspi::Identity) -> PyClassInitializer<Self> {
        let count = match &identity {
            anysspi::Identity::TrustedRoots(roots) => roots.len(),
            _ => 0,
        };
        PyClassInitializer::from(Identity(identity)).add_subclass(Self(count))
    }
}

#[pymethods]
impl TrustedRoots {
    #[new]
    fn new(roots: ByteStrings) -> PyClassInitializer<Self> {
        Self::init(anysspi::Identity::trusted_roots(roots.0))
    }

    /// Reads roots from PEM, any number of them in a file.
    #[staticmethod]
    fn from_pem(py: Python<'_>, pem: PemLike<'_>) -> Result<Py<Self>> {
        let read = with_pem(&pem, anysspi::Identity::trusted_roots_pem)?;
        Ok(Py::new(py, Self::init(read))?)
    }

    fn __repr__(&self) -> String {
        format!("<TrustedRoots, {} of them>", self.0)
    }
}

/// Reads PEM, which is text and is read from files as bytes.
fn with_pem<T>(pem: &PemLike<'_>, read: impl FnOnce(&[u8]) -> anysspi::Result<T>) -> Result<T> {
    if let Ok(text) = pem.0.cast::<PyString>() {
        let text = text.to_cow()?;
        return guarded(|| read(text.as_bytes()));
    }
    let bytes = Bytes::of(&pem.0, "pem")?;
    guarded(|| read(bytes.as_slice()))
}

pub(crate) fn byte_strings<'py>(py: Python<'py>, all: &[Vec<u8>]) -> Vec<Bound<'py, PyBytes>> {
    all.iter().map(|one| PyBytes::new(py, one)).collect()
}
