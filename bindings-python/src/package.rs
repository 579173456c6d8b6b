//! What there is: security packages.

use crate::error::Result;
use crate::hints::CapabilitiesOf;
use anysspi::Registry;
use pyo3::prelude::*;

/// What is told about a security package.
#[pyclass(frozen, eq, hash, module = "anysspi")]
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct PackageInfo(anysspi::PackageInfo);

impl From<anysspi::PackageInfo> for PackageInfo {
    fn from(info: anysspi::PackageInfo) -> Self {
        Self(info)
    }
}

impl std::hash::Hash for PackageInfo {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.name.hash(state);
    }
}

#[pymethods]
impl PackageInfo {
    /// The name it is asked for by.
    #[getter]
    fn name(&self) -> &str {
        &self.0.name
    }

    /// What it is, in a sentence.
    #[getter]
    fn comment(&self) -> &str {
        &self.0.comment
    }

    /// What it can do.
    #[getter]
    fn capabilities(&self) -> CapabilitiesOf {
        CapabilitiesOf(self.0.capabilities)
    }

    /// The version of its protocol.
    #[getter]
    fn version(&self) -> u16 {
        self.0.version
    }

    /// The number DCE RPC knows it by.
    #[getter]
    fn rpc_id(&self) -> u16 {
        self.0.rpc_id
    }

    /// The largest token it makes.
    #[getter]
    fn max_token(&self) -> usize {
        self.0.max_token
    }

    fn __repr__(&self) -> String {
        format!("PackageInfo(name={:?}, comment={:?})", self.0.name, self.0.comment)
    }
}

/// What is told about every package.
#[pyfunction]
pub(crate) fn packages() -> Vec<PackageInfo> {
    Registry::global().enumerate().into_iter().map(PackageInfo).collect()
}

/// What is told about the package with this name, in any case.
#[pyfunction]
pub(crate) fn package(name: &str) -> Result<PackageInfo> {
    Ok(PackageInfo(Registry::global().query(name)?))
}
