//! Where a handshake gets its credentials from.

use crate::credentials::Identity;
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
    /// Acquires what is not acquired yet, with a request that has everything but the identities.
    pub(super) fn acquire(
        self,
        registry: &Registry,
        request: impl FnOnce() -> CredentialsRequest,
    ) -> Result<CredentialsHandle> {
        match self {
            Self::Acquired(handle) => Ok(handle),
            Self::Identities(identities) => request().with_identities(identities).acquire(registry),
        }
    }
}
