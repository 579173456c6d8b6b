//! Handshakes in fixed surroundings, and a call that panics: for the tests, never in a wheel.

use crate::credentials::{Choice, Credential};
use crate::error::{Result, detached};
use crate::handshake::{Handshake, Keywords, accept_in, initiate_in};
use crate::hints::IdentityLike;
use anysspi::testing::{fail_with, fixed_surroundings};
use anysspi::{Registry, Status, Time};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// A registry whose clock stands still, whose randomness counts, and which has a package, `Failing`,
/// that fails with a status.
#[pyclass(frozen, module = "anysspi._native.testing")]
struct Surroundings(Registry);

#[pymethods]
impl Surroundings {
    #[new]
    #[pyo3(signature = (now, entropy, host, failing=0))]
    fn new(now: u64, entropy: u8, host: &str, failing: u32) -> Result<Self> {
        let registry = Registry::with_default_packages();
        registry.add(fail_with(Status(failing)))?;
        let surroundings = fixed_surroundings(Time::from_unix_seconds(now), entropy, host);
        Ok(Self(registry.with_surroundings(surroundings)))
    }

    #[pyo3(signature = (package, identity, **keywords))]
    fn acquire(
        &self,
        py: Python<'_>,
        package: &str,
        identity: IdentityLike<'_>,
        keywords: Option<&Bound<'_, PyDict>>,
    ) -> Result<Credential> {
        let given = Given::of(py, keywords);
        let choice = Choice {
            usage: given.get("usage")?,
            principal: given.get("principal")?,
            allow: given.get("allow")?,
            packages: given.get("packages")?,
            without_packages: given.get("without_packages")?,
            delegation: given.get("delegation")?,
        };
        Credential::acquire_in(py, &self.0, package, Some(identity), choice)
    }

    #[pyo3(signature = (package, **keywords))]
    fn initiate(
        &self,
        py: Python<'_>,
        package: &str,
        keywords: Option<&Bound<'_, PyDict>>,
    ) -> Result<Handshake> {
        let given = Given::of(py, keywords);
        let target: Option<String> = given.get("target")?;
        initiate_in(py, &self.0, package, target.as_deref(), given.keywords()?)
    }

    #[pyo3(signature = (package, **keywords))]
    fn accept(
        &self,
        py: Python<'_>,
        package: &str,
        keywords: Option<&Bound<'_, PyDict>>,
    ) -> Result<Handshake> {
        let given = Given::of(py, keywords);
        let targets = given.get("accepted_targets")?;
        accept_in(py, &self.0, package, targets, given.keywords()?)
    }
}

/// The keywords of a call.
struct Given<'py>(Bound<'py, PyDict>);

impl<'py> Given<'py> {
    fn of(py: Python<'py>, keywords: Option<&Bound<'py, PyDict>>) -> Self {
        Self(keywords.cloned().unwrap_or_else(|| PyDict::new(py)))
    }

    fn get<T: for<'a> FromPyObject<'a, 'py>>(&self, name: &str) -> Result<Option<T>> {
        let Some(value) = self.0.get_item(name)?.filter(|value| !value.is_none()) else {
            return Ok(None);
        };
        Ok(Some(value.extract().map_err(Into::into)?))
    }

    fn keywords(&self) -> Result<Keywords<'py>> {
        Ok(Keywords {
            credential: self.get("credential")?,
            require: self.get("require")?,
            request: self.get("request")?,
            relax: self.get("relax")?,
            without: self.get("without")?,
            channel_bindings: self.get("channel_bindings")?,
            binding_policy: self.get("binding_policy")?,
            allow: self.get("allow")?,
            packages: self.get("packages")?,
            without_packages: self.get("without_packages")?,
            delegation: self.get("delegation")?,
            pac_policy: self.get("pac_policy")?,
            kdc: self.get("kdc")?,
        })
    }
}

/// Panics inside the library.
#[pyfunction]
#[expect(clippy::panic, reason = "what it is for")]
fn panic(py: Python<'_>) -> Result<()> {
    detached(py, || panic!("as the test asked for"))
}

/// For the tests of anysspi itself.
#[pymodule]
pub(crate) mod testing {
    #[pymodule_export]
    use super::{Surroundings, panic};
}
