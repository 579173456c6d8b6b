//! Packages and credentials, call by call.

use crate::credentials::{
    Allow, CredentialRequest, DelegationPolicy, Identity, PackageChoice, Usage,
};
use crate::error::{Error, Result};
use crate::package::{Package, PackageCredential, PackageInfo};
use crate::registry::Registry;
use crate::status::Status;
use crate::surroundings::Surroundings;
use crate::time::Time;
use std::fmt;
use std::sync::Arc;

/// What is told about every package (`EnumerateSecurityPackages`).
pub fn enumerate_security_packages(registry: &Registry) -> Vec<PackageInfo> {
    registry.enumerate()
}

/// What is told about a package (`QuerySecurityPackageInfo`).
pub fn query_security_package_info(registry: &Registry, name: &str) -> Result<PackageInfo> {
    registry.query(name)
}

/// What credentials are acquired from: the arguments of `AcquireCredentialsHandle`.
///
/// ```
/// use anysspi::raw::{self, CredentialsRequest};
/// use anysspi::{Identity, Registry, Status, Usage};
///
/// let request = CredentialsRequest::new("NTLM", Usage::OUTBOUND)
///     .with_identity(Identity::password("alice@corp.example.com", "secret"));
/// let (credentials, _expiry) = raw::acquire_credentials_handle(Registry::global(), request)?;
/// assert_eq!(raw::query_credentials_attributes(&credentials)?, "alice@corp.example.com");
///
/// // NTLM does not know the current user's password.
/// let nobody = CredentialsRequest::new("NTLM", Usage::OUTBOUND);
/// let error = raw::acquire_credentials_handle(Registry::global(), nobody).unwrap_err();
/// assert_eq!(error.status(), Status::NO_CREDENTIALS);
/// # Ok::<(), anysspi::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct CredentialsRequest {
    package: String,
    usage: Usage,
    principal: Option<String>,
    identities: Vec<Identity>,
    allow: Allow,
    packages: PackageChoice,
    delegation: DelegationPolicy,
}

impl CredentialsRequest {
    /// A request for a package's credentials. Without an identity they are the current user's.
    pub fn new(package: impl Into<String>, usage: Usage) -> Self {
        Self {
            package: package.into(),
            usage,
            principal: None,
            identities: Vec::new(),
            allow: Allow::empty(),
            packages: PackageChoice::default(),
            delegation: DelegationPolicy::default(),
        }
    }

    /// The same request for a principal: among several identities, the one with this name.
    #[must_use]
    pub fn with_principal(mut self, principal: impl Into<String>) -> Self {
        self.principal = Some(principal.into());
        self
    }

    /// The same request with one more identity. The first that a package knows is used.
    #[must_use]
    pub fn with_identity(mut self, identity: Identity) -> Self {
        self.identities.push(identity);
        self
    }

    /// The same request with several more identities.
    #[must_use]
    pub fn with_identities(mut self, identities: impl IntoIterator<Item = Identity>) -> Self {
        self.identities.extend(identities);
        self
    }

    /// The same request with something allowed by name.
    #[must_use]
    pub fn allowing(mut self, allow: Allow) -> Self {
        self.allow |= allow;
        self
    }

    /// The same request with a policy on where credentials may be delegated.
    #[must_use]
    pub fn with_delegation(mut self, policy: DelegationPolicy) -> Self {
        self.delegation = policy;
        self
    }

    /// The same request for a package that negotiates, which is to use these packages and no
    /// others, in this order.
    #[must_use]
    pub fn with_packages(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.packages.only = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// The same request for a package that negotiates, which is not to use these packages.
    #[must_use]
    pub fn without_packages(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.packages.without.extend(names.into_iter().map(Into::into));
        self
    }

    pub(crate) fn choosing(mut self, packages: PackageChoice) -> Self {
        self.packages = packages;
        self
    }

    /// Acquires the credentials.
    pub fn acquire(self, registry: &Registry) -> Result<CredentialsHandle> {
        acquire_credentials_handle(registry, self).map(|(handle, _)| handle)
    }
}

/// Credentials of a package (`CredHandle`). Cloning shares them; they are freed, and their secrets
/// wiped, when the last clone and the last context that uses them are gone.
#[derive(Clone)]
pub struct CredentialsHandle {
    // Held, so that the registry knows that the package is in use.
    package: Arc<dyn Package>,
    credential: Arc<dyn PackageCredential>,
    surroundings: Surroundings,
}

impl CredentialsHandle {
    /// What is told about the package.
    pub fn package(&self) -> &PackageInfo {
        self.package.info()
    }

    /// When the credentials expire.
    pub fn expiry(&self) -> Time {
        self.credential.expiry()
    }

    pub(crate) fn surroundings(&self) -> &Surroundings {
        &self.surroundings
    }

    /// The package's side of the credentials, unless they have expired.
    pub(crate) fn usable(&self) -> Result<&dyn PackageCredential> {
        let expiry = self.credential.expiry();
        if expiry < Time::FOREVER && expiry <= self.surroundings.now() {
            return Err(Error::new(
                Status::NO_CREDENTIALS,
                format!("the credentials expired at {expiry}: acquire new ones"),
            ));
        }
        Ok(&*self.credential)
    }
}

impl fmt::Debug for CredentialsHandle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.credential.name().unwrap_or_default();
        formatter
            .debug_struct("CredentialsHandle")
            .field("package", &self.package().name)
            .field("name", &name)
            .finish_non_exhaustive()
    }
}

/// Acquires credentials, and says when they expire (`AcquireCredentialsHandle`).
pub fn acquire_credentials_handle(
    registry: &Registry,
    request: CredentialsRequest,
) -> Result<(CredentialsHandle, Time)> {
    let package = registry.find(&request.package)?;
    let surroundings = registry.surroundings().clone();
    let credential = package.acquire(CredentialRequest {
        usage: request.usage,
        principal: request.principal,
        identities: request.identities,
        allow: request.allow,
        packages: request.packages,
        delegation: request.delegation,
        registry: registry.clone(),
    })?;
    let expiry = credential.expiry();
    Ok((CredentialsHandle { package, credential, surroundings }, expiry))
}

/// Whose credentials they are (`QueryCredentialsAttributes` with `SECPKG_CRED_ATTR_NAMES`).
pub fn query_credentials_attributes(credentials: &CredentialsHandle) -> Result<String> {
    credentials.credential.name()
}

/// Frees credentials (`FreeCredentialsHandle`). Contexts that were made from them go on.
pub fn free_credentials_handle(credentials: CredentialsHandle) {
    drop(credentials);
}
