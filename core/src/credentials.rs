//! Who somebody is and how it is proven: identities, secrets, and the request that turns them into
//! the credentials of a package.

mod allowance;
mod bindings;
mod certificate;
mod delegation;
mod identity;
mod name;
mod pac_policy;
mod secret;
mod sources;

pub use allowance::Allow;
pub use bindings::{ChannelBindingPolicy, ChannelBindings};
pub use delegation::{Delegated, DelegationPolicy, SmartCard};
pub use identity::Identity;
pub use name::UserName;
pub use pac_policy::PacPolicy;
pub use secret::Secret;
pub use sources::{Certificate, CredentialCache, Keytab};

use crate::registry::Registry;
use bitflags::bitflags;

bitflags! {
    /// What credentials are for (`SECPKG_CRED_*`).
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct Usage: u32 {
        /// `SECPKG_CRED_INBOUND`: to accept.
        const INBOUND = 1;
        /// `SECPKG_CRED_OUTBOUND`: to initiate.
        const OUTBOUND = 2;
        /// `SECPKG_CRED_BOTH`: to do either.
        const BOTH = 3;
    }
}

/// What a package is given to make its credentials from.
#[derive(Clone, Debug)]
pub struct CredentialRequest {
    /// What the credentials are for.
    pub usage: Usage,
    /// The principal, where the identities do not say it.
    pub principal: Option<String>,
    /// The identities, in order of preference. Empty means the current user.
    pub identities: Vec<Identity>,
    /// What is off unless asked for by name.
    pub allow: Allow,
    /// Which packages a package that negotiates may use.
    pub packages: PackageChoice,
    /// To which servers credentials may be delegated.
    pub delegation: DelegationPolicy,
    /// The registry the package is in, with the clock, randomness and host names to work with.
    pub registry: Registry,
}

impl CredentialRequest {
    /// The certificate that says who one is, if there is one among the identities.
    #[cfg(any(feature = "credssp", feature = "pku2u"))]
    pub(crate) fn certificate(&self) -> Option<&Certificate> {
        self.identities.iter().find_map(|identity| match identity {
            Identity::Certificate(certificate) => Some(certificate),
            _ => None,
        })
    }
}

/// Which packages a package that negotiates may use, by name. One that is left out is not asked for
/// anything: no look-up, no file, no network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PackageChoice {
    /// These and no others, in this order of preference.
    pub only: Option<Vec<String>>,
    /// Not these.
    pub without: Vec<String>,
}
