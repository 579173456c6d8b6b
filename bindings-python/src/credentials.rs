//! Who somebody is: identities, and the credentials of a package that are made from them.

use crate::accounts::{LookUps, nt_hash_of};
use crate::delegation::{DelegationPolicy, text_of};
use crate::error::{Result, detached, type_name};
use crate::hints::{AllowOf, BytesLike, CredentialLike, IdentityLike, Names, UsageOf, When};
use crate::package::PackageInfo;
use anysspi::binding::usual_usage;
use anysspi::raw::{CredentialsHandle, CredentialsRequest, query_credentials_attributes};
use anysspi::{Allow, CredentialSource, Error, Registry, Status, UserName};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::pyclass::{PyTraverseError, PyVisit};
use std::sync::{Mutex, PoisonError};

/// One way to prove who somebody is, or to check it: `Password`, `NtHash`, `Anonymous`, `Accounts`,
/// `Keytab`, `CredentialCache`, `Certificate`, `TrustedRoots`, `SmartCard`.
#[pyclass(frozen, subclass, module = "anysspi")]
pub(crate) struct Identity(pub(crate) anysspi::Identity);

/// A user and a password.
///
/// `user` is `DOMAIN\user`, `user@realm` or `user`, unless the domain is given beside it.
#[pyclass(frozen, extends = Identity, module = "anysspi")]
pub(crate) struct Password;

impl Password {
    pub(crate) fn init(identity: anysspi::Identity) -> PyClassInitializer<Self> {
        PyClassInitializer::from(Identity(identity)).add_subclass(Self)
    }
}

#[pymethods]
impl Password {
    #[new]
    #[pyo3(signature = (user, password, *, domain=None))]
    fn new(user: &str, password: &str, domain: Option<&str>) -> PyClassInitializer<Self> {
        let identity = match domain {
            Some(domain) => anysspi::Identity::password_in(user, domain, password),
            None => anysspi::Identity::password(user, password),
        };
        Self::init(identity)
    }

    /// The user, as `DOMAIN\user` where there is a domain.
    #[getter]
    fn user(this: PyClassGuard<'_, Self>) -> String {
        name_of(&this.as_super().0)
    }

    /// The password.
    #[getter]
    fn password(this: PyClassGuard<'_, Self>) -> Result<String> {
        match &this.as_super().0 {
            anysspi::Identity::Password { password, .. } => Ok(text_of(password)?.to_owned()),
            _ => Ok(String::new()),
        }
    }

    fn __repr__(this: PyClassGuard<'_, Self>) -> String {
        format!("Password({:?})", name_of(&this.as_super().0))
    }
}

/// A user and the NT hash of the password, 16 bytes, which is as good as the password to NTLM.
#[pyclass(frozen, extends = Identity, module = "anysspi")]
pub(crate) struct NtHash;

#[pymethods]
impl NtHash {
    #[new]
    #[pyo3(signature = (user, nt_hash, *, domain=None))]
    fn new(
        user: &str,
        nt_hash: BytesLike<'_>,
        domain: Option<&str>,
    ) -> Result<PyClassInitializer<Self>> {
        let mut identity = anysspi::Identity::nt_hash(user, nt_hash_of(&nt_hash)?);
        if let (anysspi::Identity::NtHash { name, .. }, Some(_)) = (&mut identity, domain) {
            *name = UserName::new(user, domain);
        }
        Ok(PyClassInitializer::from(Identity(identity)).add_subclass(Self))
    }

    /// The user, as `DOMAIN\user` where there is a domain.
    #[getter]
    fn user(this: PyClassGuard<'_, Self>) -> String {
        name_of(&this.as_super().0)
    }

    fn __repr__(this: PyClassGuard<'_, Self>) -> String {
        format!("NtHash({:?})", name_of(&this.as_super().0))
    }
}

/// Nobody in particular. Needs `allow=Allow.ANONYMOUS`.
#[pyclass(frozen, extends = Identity, module = "anysspi")]
pub(crate) struct Anonymous;

#[pymethods]
impl Anonymous {
    #[new]
    fn new() -> PyClassInitializer<Self> {
        PyClassInitializer::from(Identity(anysspi::Identity::Anonymous)).add_subclass(Self)
    }

    #[expect(clippy::unused_self, reason = "a method of Python")]
    fn __repr__(&self) -> &'static str {
        "Anonymous()"
    }
}

fn name_of(identity: &anysspi::Identity) -> String {
    match identity {
        anysspi::Identity::Password { name, .. } | anysspi::Identity::NtHash { name, .. } => {
            name.to_string()
        }
        _ => String::new(),
    }
}

/// Credentials of a package, acquired once and shared by any number of handshakes: keys are derived
/// once, and a file is opened once.
///
/// `identity` is an identity or several in order of preference; without one the credentials are the
/// current user's. `packages` and `without_packages` are for Negotiate, `delegation` is for CREDSSP.
#[pyclass(frozen, module = "anysspi")]
pub(crate) struct Credential {
    handle: Mutex<Option<CredentialsHandle>>,
    look_ups: LookUps,
}

/// What credentials are made with, beside identities.
pub(crate) struct Choice<'py> {
    pub(crate) usage: Option<UsageOf>,
    pub(crate) principal: Option<String>,
    pub(crate) allow: Option<AllowOf>,
    pub(crate) packages: Option<Names>,
    pub(crate) without_packages: Option<Names>,
    pub(crate) delegation: Option<Bound<'py, DelegationPolicy>>,
}

impl Credential {
    /// What it holds, unless it was freed.
    pub(crate) fn handle(&self) -> Result<CredentialsHandle> {
        let handle = self.handle.lock().unwrap_or_else(PoisonError::into_inner).clone();
        handle.ok_or_else(|| Error::new(Status::INVALID_HANDLE, "the credential was freed").into())
    }

    pub(crate) fn free(&self) -> Result<()> {
        self.handle()?;
        *self.handle.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(())
    }

    pub(crate) fn acquire_in(
        py: Python<'_>,
        registry: &Registry,
        package: &str,
        identity: Option<IdentityLike<'_>>,
        choice: Choice<'_>,
    ) -> Result<Self> {
        let mut look_ups = LookUps::default();
        let identities = identity.map(|identity| identities_of(&identity.0, &mut look_ups));
        let identities = identities.transpose()?.unwrap_or_default();
        let usage = choice.usage.map_or_else(|| usual_usage(&identities), |usage| usage.0);
        if usage.is_empty() {
            return Err(PyValueError::new_err("usage must be INBOUND, OUTBOUND or BOTH").into());
        }
        let allow = choice.allow.map_or(Allow::empty(), |allow| allow.0);
        let mut request = CredentialsRequest::new(package, usage)
            .with_identities(identities)
            .allowing(allow)
            .without_packages(choice.without_packages.map_or_else(Vec::new, |names| names.0));
        if let Some(principal) = choice.principal {
            request = request.with_principal(principal);
        }
        if let Some(packages) = choice.packages {
            request = request.with_packages(packages.0);
        }
        if let Some(policy) = choice.delegation {
            request = request.with_delegation(policy.get().policy.clone());
        }
        let handle = detached(py, || request.acquire(registry))?;
        Ok(Self { handle: Mutex::new(Some(handle)), look_ups })
    }

    pub(crate) fn look_ups(&self) -> &LookUps {
        &self.look_ups
    }
}

#[pymethods]
impl Credential {
    #[new]
    #[pyo3(signature = (
        package, identity=None, *, usage=None, principal=None, allow=None, packages=None,
        without_packages=None, delegation=None
    ))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords")]
    fn new(
        py: Python<'_>,
        package: &str,
        identity: Option<IdentityLike<'_>>,
        usage: Option<UsageOf>,
        principal: Option<&str>,
        allow: Option<AllowOf>,
        packages: Option<Names>,
        without_packages: Option<Names>,
        delegation: Option<Bound<'_, DelegationPolicy>>,
    ) -> Result<Self> {
        let principal = principal.map(str::to_owned);
        let choice = Choice { usage, principal, allow, packages, without_packages, delegation };
        Self::acquire_in(py, Registry::global(), package, identity, choice)
    }

    /// Whose credentials they are.
    #[getter]
    fn name(&self) -> Result<String> {
        Ok(query_credentials_attributes(&self.handle()?)?)
    }

    /// The package.
    #[getter]
    fn package(&self) -> Result<PackageInfo> {
        Ok(self.handle()?.package().clone().into())
    }

    /// When they expire; None for never.
    #[getter]
    fn expiry(&self) -> Result<When> {
        Ok(When(self.handle()?.expiry()))
    }

    fn __repr__(&self) -> String {
        match self.handle() {
            Ok(handle) => {
                let name = query_credentials_attributes(&handle).unwrap_or_default();
                format!("Credential({:?}, {name:?})", handle.package().name)
            }
            Err(_) => "Credential(freed)".into(),
        }
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.look_ups.traverse(&visit)
    }
}

/// The identity or the identities of an argument.
fn identities_of(
    object: &Bound<'_, PyAny>,
    look_ups: &mut LookUps,
) -> Result<Vec<anysspi::Identity>> {
    if let Ok(identity) = object.cast::<Identity>() {
        look_ups.keep(object);
        return Ok(vec![identity.get().0.clone()]);
    }
    let wrong = |object: &Bound<'_, PyAny>| {
        let kind = type_name(object);
        PyTypeError::new_err(format!(
            "credential must be a Credential, or an identity such as Password, NtHash, Anonymous, \
             Accounts or Certificate, or a sequence of identities, not {kind}"
        ))
    };
    let mut identities = Vec::new();
    for one in object.try_iter().map_err(|_| wrong(object))? {
        let one = one?;
        look_ups.keep(&one);
        identities.push(one.cast::<Identity>().map_err(|_| wrong(&one))?.get().0.clone());
    }
    Ok(identities)
}

/// Where a handshake gets its credentials from, and what it has to keep for that.
pub(crate) fn source_of(
    object: Option<&CredentialLike<'_>>,
) -> Result<(CredentialSource, LookUps)> {
    let mut look_ups = LookUps::default();
    let Some(CredentialLike(object)) = object else {
        return Ok((CredentialSource::default(), look_ups));
    };
    let source = match object.cast::<Credential>() {
        Ok(credential) => {
            look_ups.keep_all(object.py(), credential.get().look_ups());
            credential.get().handle()?.into()
        }
        Err(_) => identities_of(object, &mut look_ups)?.into(),
    };
    Ok((source, look_ups))
}
