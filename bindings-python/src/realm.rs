//! A realm in a box: a small KDC in the process, for tests and demonstrations.

use crate::bytes::Bytes;
use crate::error::{Result, alone, detached, guarded};
use crate::hints::{Anything, BytesLike, Names, Numbers};
use crate::kerberos::{CredentialCache, Keytab};
use anysspi::binding::{ServiceParts, UserParts, keytab_of, tickets_of};
use anysspi::{Error, Status};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::sync::Mutex;

/// A Kerberos realm with its KDC, in memory. It is not for production: it is forgotten with the object,
/// and has no protection against guessing.
///
///     realm = Realm("EXAMPLE.TEST")
///     realm.add_user("alice", "secret")
///     realm.add_service("HTTP/web.example.test")
///     keytab = realm.keytab("HTTP/web.example.test")              # for the server
///     tickets = realm.tickets("alice", "HTTP/web.example.test")   # of a user who logged on
///
/// A realm can be the `kdc` of a handshake: a user then logs on with a password.
#[pyclass(frozen, module = "anysspi.realm")]
pub(crate) struct Realm(anysspi::realm::Realm);

#[pymethods]
impl Realm {
    #[new]
    fn new(name: &str) -> Result<Self> {
        Ok(Self(guarded(|| anysspi::realm::Realm::new(name))?))
    }

    /// Its name.
    #[getter]
    fn name(&self) -> &str {
        self.0.name()
    }

    /// The SID of its domain, which those of its users and groups begin with.
    #[getter]
    fn domain_sid(&self) -> String {
        self.0.domain_sid().to_string()
    }

    /// Adds a user, or puts one in the place of another of the same name. `encryption_types` are names
    /// such as "aes256-cts-hmac-sha1-96"; `groups` are the groups of the realm's domain that the user is
    /// in besides Domain Users, by their relative identifiers: 512 are Domain Admins.
    #[pyo3(signature = (
        name, password, *, encryption_types=None, salt=None, pre_authentication=true, groups=None
    ))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords")]
    fn add_user(
        &self,
        py: Python<'_>,
        name: &str,
        password: &str,
        encryption_types: Option<Names>,
        salt: Option<&str>,
        pre_authentication: bool,
        groups: Option<Numbers>,
    ) -> Result<()> {
        let encryption_types = encryption_types.map(|names| names.0);
        let groups = groups.map_or_else(Vec::new, |numbers| numbers.0);
        let parts =
            UserParts { name, password, encryption_types, salt, pre_authentication, groups };
        detached(py, || parts.add_to(&self.0))
    }

    /// Adds a service, or gives it new keys. `version` is the version of its keys (kvno).
    #[pyo3(signature = (
        name, *, encryption_types=None, version=None, trusted_for_delegation=false
    ))]
    fn add_service(
        &self,
        name: &str,
        encryption_types: Option<Names>,
        version: Option<u32>,
        trusted_for_delegation: bool,
    ) -> Result<()> {
        let encryption_types = encryption_types.map(|names| names.0);
        let parts = ServiceParts { name, encryption_types, version, trusted_for_delegation };
        guarded(|| parts.add_to(&self.0))
    }

    /// Lets the clients of each of two realms use the services of the other one.
    fn trust(&self, other: &Self) -> Result<()> {
        guarded(|| self.0.trust(&other.0))
    }

    /// The keys of services or users.
    #[pyo3(signature = (*names: "str"))]
    fn keytab(&self, py: Python<'_>, names: Vec<String>) -> Result<Py<Keytab>> {
        let keytab = guarded(|| keytab_of(&self.0, &names))?;
        Ok(Py::new(py, Keytab::init(keytab))?)
    }

    /// The tickets of a user who logged on and used these services. Nobody is asked for a password.
    #[pyo3(signature = (user, *services: "str"))]
    fn tickets(
        &self,
        py: Python<'_>,
        user: &str,
        services: Vec<String>,
    ) -> Result<Py<CredentialCache>> {
        let cache = guarded(|| tickets_of(&self.0, user, &services))?;
        Ok(Py::new(py, CredentialCache::init(cache))?)
    }

    /// What the KDC says to a request.
    fn answer<'py>(&self, py: Python<'py>, request: BytesLike<'py>) -> Result<Bound<'py, PyBytes>> {
        let request = Bytes::of(&request.0, "request")?;
        let answer = guarded(|| Ok(self.0.answer(request.as_slice())))?;
        Ok(PyBytes::new(py, &answer))
    }

    /// The `kdc` of a handshake: the answer to a message for a KDC of this realm.
    fn __call__<'py>(
        &self,
        py: Python<'py>,
        realm: &str,
        message: BytesLike<'py>,
    ) -> Result<Bound<'py, PyBytes>> {
        if realm != self.0.name() {
            let text = format!("{} is not the realm {realm}", self.0.name());
            return Err(Error::new(Status::NO_AUTHENTICATING_AUTHORITY, text).into());
        }
        self.answer(py, message)
    }

    /// Serves the KDC on a port of this machine, over TCP and UDP, for programs on this machine, until
    /// `stop` or the end of the `with` block.
    fn serve(&self) -> Result<Serving> {
        let serving = guarded(|| self.0.serve())?;
        let (port, krb5_conf) = (serving.address().port(), serving.krb5_conf());
        Ok(Serving { held: Mutex::new(Some(serving)), port, krb5_conf })
    }

    fn __repr__(&self) -> String {
        format!("Realm({:?})", self.0.name())
    }
}

/// A realm that answers on a port.
#[pyclass(frozen, module = "anysspi.realm")]
pub(crate) struct Serving {
    held: Mutex<Option<anysspi::realm::Serving>>,
    port: u16,
    krb5_conf: String,
}

#[pymethods]
impl Serving {
    /// The port, of TCP and UDP, on 127.0.0.1.
    #[getter]
    fn port(&self) -> u16 {
        self.port
    }

    /// The configuration for clients of MIT Kerberos, Heimdal and Java, which `KRB5_CONFIG` names.
    #[getter]
    fn krb5_conf(&self) -> &str {
        &self.krb5_conf
    }

    /// Ends it.
    fn stop(&self, py: Python<'_>) -> Result<()> {
        let serving = alone(&self.held, "realm")?.take();
        detached(py, || {
            drop(serving);
            Ok(())
        })
    }

    fn __enter__(this: Py<Self>) -> Py<Self> {
        this
    }

    fn __exit__(
        &self,
        py: Python<'_>,
        _kind: Anything<'_>,
        _value: Anything<'_>,
        _traceback: Anything<'_>,
    ) -> Result<()> {
        self.stop(py)
    }

    fn __repr__(&self) -> String {
        format!("<Serving on port {}>", self.port)
    }
}
