//! The security packages: one folder per protocol, the same file names in each.

mod checks;
#[cfg(feature = "credssp")]
pub(crate) mod credssp;
pub(crate) mod kerberos;
pub(crate) mod negotiate;
pub(crate) mod ntlm;
#[cfg(feature = "pku2u")]
pub(crate) mod pku2u;

use crate::package::Package;
use std::sync::Arc;

/// Every package of this library, in the order in which the registry lists them.
pub(crate) fn defaults() -> Vec<Arc<dyn Package>> {
    vec![
        Arc::new(negotiate::NegotiatePackage),
        Arc::new(ntlm::NtlmPackage),
        Arc::new(kerberos::KerberosPackage),
        #[cfg(feature = "credssp")]
        Arc::new(credssp::CredSspPackage),
        #[cfg(feature = "pku2u")]
        Arc::new(pku2u::Pku2uPackage),
    ]
}
