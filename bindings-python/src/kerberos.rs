//! What Kerberos keeps on a machine: keys and tickets.

use crate::bytes::Token;
use crate::credentials::Identity;
use crate::error::{Result, detached, guarded};
use crate::hints::{BytesLike, PathText};
use anysspi::binding::{read_cache, read_keytab};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::path::PathBuf;

/// A keytab file: the keys of Kerberos services, for a server, or of a user.
///
/// It is opened when credentials are made of it.
#[pyclass(frozen, extends = Identity, module = "anysspi")]
pub(crate) struct Keytab(anysspi::Keytab);

impl Keytab {
    pub(crate) fn init(keytab: anysspi::Keytab) -> PyClassInitializer<Self> {
        let identity = Identity(anysspi::Identity::Keytab(keytab.clone()));
        PyClassInitializer::from(identity).add_subclass(Self(keytab))
    }
}

#[pymethods]
impl Keytab {
    #[new]
    fn new(path: PathText<'_>) -> Result<PyClassInitializer<Self>> {
        Ok(Self::init(anysspi::Keytab::file(path.0.extract::<PathBuf>()?)))
    }

    /// The bytes of a keytab file.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: BytesLike<'_>) -> Result<Py<Self>> {
        let data = Token::of(&data.0, "data")?;
        Ok(Py::new(py, Self::init(anysspi::Keytab::bytes(data.as_slice())))?)
    }

    /// The bytes of a file with these keys: for a file that nobody else may read. The keytab is read for
    /// it.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyBytes>> {
        let bytes = detached(py, || read_keytab(&self.0))?;
        Ok(PyBytes::new(py, bytes.expose()))
    }

    fn __repr__(&self) -> String {
        match &self.0 {
            anysspi::Keytab::File(path) => format!("Keytab({:?})", path.display().to_string()),
            _ => "<Keytab in memory>".into(),
        }
    }
}

/// A credential cache: Kerberos tickets that somebody already has, by the name of the cache, such as
/// `FILE:/tmp/krb5cc_1000`, or by its path.
#[pyclass(frozen, extends = Identity, module = "anysspi")]
pub(crate) struct CredentialCache(anysspi::CredentialCache);

impl CredentialCache {
    pub(crate) fn init(cache: anysspi::CredentialCache) -> PyClassInitializer<Self> {
        let identity = Identity(anysspi::Identity::CredentialCache(cache.clone()));
        PyClassInitializer::from(identity).add_subclass(Self(cache))
    }
}

#[pymethods]
impl CredentialCache {
    #[new]
    fn new(name: PathText<'_>) -> Result<PyClassInitializer<Self>> {
        let name = name.0.extract::<PathBuf>()?;
        Ok(Self::init(anysspi::CredentialCache::named(&name.to_string_lossy())))
    }

    /// The bytes of a cache file.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: BytesLike<'_>) -> Result<Py<Self>> {
        let data = Token::of(&data.0, "data")?;
        Ok(Py::new(py, Self::init(anysspi::CredentialCache::bytes(data.as_slice())))?)
    }

    /// The bytes of a file with these tickets: for a file that nobody else may read. The cache is read
    /// for it.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyBytes>> {
        let (_, bytes) = detached(py, || read_cache(&self.0))?;
        Ok(PyBytes::new(py, bytes.expose()))
    }

    /// Whose tickets they are, such as `alice@EXAMPLE.COM`. The cache is read for it.
    #[getter]
    fn client(&self) -> Result<String> {
        Ok(guarded(|| read_cache(&self.0))?.0)
    }

    fn __repr__(&self) -> String {
        match &self.0 {
            anysspi::CredentialCache::Named(name) => format!("CredentialCache({name:?})"),
            _ => "<CredentialCache in memory>".into(),
        }
    }
}
