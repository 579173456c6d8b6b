//! What Kerberos keeps on a machine: keys and tickets.

use crate::bytes::Token;
use crate::credentials::Identity;
use crate::error::{Result, detached, guarded};
use crate::hints::{BytesLike, PathText};
use anysspi::binding::{read_cache, read_keytab, read_krb_cred, write_krb_cred};
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

    /// The tickets of a KRB-CRED (RFC 4120 5.8), as Windows programs keep them in `.kirbi` files: one that is
    /// not encrypted, or with a key one that is encrypted with it. A key is the name of its encryption type,
    /// such as "aes256-cts-hmac-sha1-96", and its bytes.
    #[staticmethod]
    #[pyo3(signature = (data, key=None))]
    fn from_krb_cred(
        py: Python<'_>,
        data: BytesLike<'_>,
        key: Option<(String, BytesLike<'_>)>,
    ) -> Result<Py<Self>> {
        let data = Token::of(&data.0, "data")?;
        let bytes = key.as_ref().map(|(_, bytes)| Token::of(&bytes.0, "key")).transpose()?;
        let bytes = bytes.as_ref().map(Token::as_slice);
        let key = key.as_ref().map(|(name, _)| &**name).zip(bytes);
        let cache = guarded(|| read_krb_cred(data.as_slice(), key))?;
        Ok(Py::new(py, Self::init(cache))?)
    }

    /// The tickets as a KRB-CRED that is not encrypted: for a file that nobody else may read, since whoever
    /// reads it has the tickets. The cache is read for it.
    fn to_krb_cred<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyBytes>> {
        let bytes = detached(py, || write_krb_cred(&self.0))?;
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
