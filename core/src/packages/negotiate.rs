//! Negotiate: SPNEGO (RFC 4178, [MS-SPNG]) over any package of the registry that says it is
//! negotiable. It names none of them.

mod accept;
mod credential;
mod initiate;
mod inner;
mod list_mic;
pub(crate) mod messages;
mod protection;

use crate::credentials::CredentialRequest;
use crate::error::Result;
use crate::package::{Capabilities, Package, PackageCredential, PackageInfo};
use std::borrow::Cow;
use std::sync::Arc;

/// What SPNEGO puts around a mechanism's token and its list: 64 mechanisms and their MIC at most.
const OVERHEAD: usize = 4 * 1024;

static INFO: PackageInfo = PackageInfo {
    name: Cow::Borrowed("Negotiate"),
    comment: Cow::Borrowed("SPNEGO: agrees on one of the other packages, as client and as server"),
    capabilities: Capabilities::INTEGRITY
        .union(Capabilities::PRIVACY)
        .union(Capabilities::TOKEN_ONLY)
        .union(Capabilities::CONNECTION)
        .union(Capabilities::MULTI_REQUIRED)
        .union(Capabilities::ACCEPT_WIN32_NAME)
        .union(Capabilities::GSS_COMPATIBLE)
        .union(Capabilities::READONLY_WITH_CHECKSUM),
    version: 1,
    rpc_id: 9,
    max_token: 48 * 1024 + OVERHEAD,
};

/// The package as the registry holds it.
pub(crate) struct NegotiatePackage;

impl Package for NegotiatePackage {
    fn info(&self) -> &PackageInfo {
        &INFO
    }

    fn acquire(&self, request: CredentialRequest) -> Result<Arc<dyn PackageCredential>> {
        Ok(Arc::new(credential::NegotiateCredential::new(&request)?))
    }
}
