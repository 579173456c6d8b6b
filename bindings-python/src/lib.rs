//! The native half of the Python package: `anysspi._native`.
//!
//! Each file has the classes of one concern, under the names that every binding uses. What is only
//! Python (exceptions, enums, coroutines, the command line) is in `python/anysspi`.

#![deny(unsafe_code)]
#![warn(clippy::pedantic)]
#![allow(
    clippy::doc_markdown,
    clippy::missing_errors_doc,
    clippy::must_use_candidate,
    clippy::needless_pass_by_value,
    clippy::trivially_copy_pass_by_ref,
    reason = "the macros of pyo3 ask for owned arguments, and the docs are Python's"
)]

mod accounts;
mod authorization;
mod bindings;
mod bytes;
mod certificates;
mod context;
mod credentials;
mod delegation;
mod error;
mod handshake;
mod hints;
mod inspect;
mod kdc;
mod kerberos;
mod package;
mod peer;
mod raw;
mod realm;
#[cfg(feature = "testing")]
mod testing;

use pyo3::prelude::*;

/// The native half of anysspi: import `anysspi` instead.
#[pymodule]
mod _native {
    #[pymodule_export]
    use crate::accounts::{Account, Accounts};
    #[pymodule_export]
    use crate::authorization::EarlyUserAuthResult;
    #[pymodule_export]
    use crate::bindings::ChannelBindings;
    #[pymodule_export]
    use crate::certificates::{Certificate, TrustedRoots};
    #[pymodule_export]
    use crate::context::{
        ConnectionInfo, Context, DroppedPackage, KeyInfo, Negotiation, Sizes, StreamSizes,
    };
    #[pymodule_export]
    use crate::credentials::{Anonymous, Credential, Identity, NtHash, Password};
    #[pymodule_export]
    use crate::delegation::{DelegationPolicy, SmartCard};
    #[pymodule_export]
    use crate::handshake::{Handshake, accept, initiate};
    #[pymodule_export]
    use crate::inspect::{Field, Inspection, inspect};
    #[pymodule_export]
    use crate::kerberos::{CredentialCache, Keytab};
    #[pymodule_export]
    use crate::package::{PackageInfo, package, packages};
    #[pymodule_export]
    use crate::peer::{Group, Peer};
    #[pymodule_export]
    use crate::raw::{
        Buffer, Outcome, SecurityContext, accept_security_context, complete_auth_token,
        decrypt_message, delete_security_context, encrypt_message, free_credentials_handle,
        initialize_security_context, make_signature, query_context_attributes,
        query_credentials_attributes, query_security_context_token, set_context_attributes,
        shut_down_stream, verify_signature,
    };
    #[pymodule_export]
    use crate::realm::{Realm, Serving};

    #[cfg(feature = "testing")]
    #[pymodule_export]
    use crate::testing::testing;

    /// The version of the package.
    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "the name that Python gives it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
