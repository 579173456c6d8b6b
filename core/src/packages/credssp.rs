//! CredSSP ([MS-CSSP]): TLS, an authentication inside it, the proof that both belong together, and the
//! user's credentials for the server to act with. The authentication is Negotiate's, or any bare token
//! that Negotiate takes.

mod accept;
mod certificate;
mod channel;
mod credential;
mod initiate;
mod inner;
mod keys;
mod look_ahead;
pub(crate) mod messages;
mod protection;
mod records;
mod refusal;
mod settings;
mod versions;
mod wire;
#[cfg(feature = "testing")]
pub(crate) mod without_tls;

#[cfg(feature = "testing")]
pub(crate) use keys::public_key;

use crate::credentials::CredentialRequest;
use crate::error::Result;
use crate::package::{Capabilities, Package, PackageCredential, PackageInfo};
use std::borrow::Cow;
use std::sync::Arc;

static INFO: PackageInfo = PackageInfo {
    name: Cow::Borrowed("CREDSSP"),
    comment: Cow::Borrowed("CredSSP: TLS with an authentication and delegated credentials inside"),
    capabilities: Capabilities::INTEGRITY
        .union(Capabilities::PRIVACY)
        .union(Capabilities::CONNECTION)
        .union(Capabilities::MULTI_REQUIRED)
        .union(Capabilities::EXTENDED_ERROR)
        .union(Capabilities::ACCEPT_WIN32_NAME)
        .union(Capabilities::STREAM)
        .union(Capabilities::MUTUAL_AUTH)
        .union(Capabilities::DELEGATION),
    version: 1,
    rpc_id: 0xFFFF,
    // A TSRequest in its records, behind the end of a TLS handshake.
    max_token: messages::LARGEST_REQUEST + 32 * 1024,
};

/// The package as the registry holds it.
pub(crate) struct CredSspPackage;

impl Package for CredSspPackage {
    fn info(&self) -> &PackageInfo {
        &INFO
    }

    fn acquire(&self, request: CredentialRequest) -> Result<Arc<dyn PackageCredential>> {
        Ok(Arc::new(credential::CredSspCredential::new(&request)?))
    }
}
