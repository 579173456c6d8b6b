//! Where a handshake gets its credentials from.

use crate::credentials::{Allow, Identity, PackageChoice, Usage};
use crate::error::Result;
use crate::raw::{CredentialsHandle, CredentialsRequest};
use crate::registry::Registry;

/// Credentials that were acquired before, or identities to acquire them from.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum CredentialSource {
    /// Credentials to share: keys are derived once for all handshakes.
    Acquired(CredentialsHandle),
    /// Identities to acquire credentials from, for this handshake alone. None at all means the
    /// current user.
    Identities(Vec<Identity>),
}

impl Default for CredentialSource {
    fn default() -> Self {
        Self::Identities(Vec::new())
    }
}

impl From<CredentialsHandle> for CredentialSource {
    fn from(handle: CredentialsHandle) -> Self {
        Self::Acquired(handle)
    }
}

impl From<&CredentialsHandle> for CredentialSource {
    fn from(handle: &CredentialsHandle) -> Self {
        Self::Acquired(handle.clone())
    }
}

impl From<Identity> for CredentialSource {
    fn from(identity: Identity) -> Self {
        Self::Identities(vec![identity])
    }
}

impl From<Vec<Identity>> for CredentialSource {
    fn from(identities: Vec<Identity>) -> Self {
        Self::Identities(identities)
    }
}

impl CredentialSource {
    pub(super) fn acquire(
        self,
        registry: &Registry,
        package: &str,
        usage: Usage,
        allow: Allow,
        packages: PackageChoice,
    ) -> Result<CredentialsHandle> {
        match self {
            Self::Acquired(handle) => Ok(handle),
            Self::Identities(identities) => CredentialsRequest::new(package, usage)
                .with_identities(identities)
                .allowing(allow)
                .choosing(packages)
                .acquire(registry),
        }
    }
}
