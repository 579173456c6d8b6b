//! NTLM ([MS-NLMP]), as initiator and as acceptor.

mod accept;
mod credential;
mod flags;
mod initiate;
mod keys;
pub(crate) mod messages;
mod protection;
mod responses;
#[cfg(test)]
mod vectors;

use crate::credentials::CredentialRequest;
use crate::error::Result;
use crate::package::{Capabilities, Package, PackageCredential, PackageInfo};
use std::borrow::Cow;
use std::sync::Arc;

/// The largest token either side makes. The parts of a token are bounded so that this is true:
/// see [`messages::LARGEST_TARGET_INFO`] and [`credential::LONGEST_NAME`].
const MAX_TOKEN: usize = 16 * 1024;

static INFO: PackageInfo = PackageInfo {
    name: Cow::Borrowed("NTLM"),
    comment: Cow::Borrowed("NTLM challenge and response, as client and as server"),
    capabilities: Capabilities::INTEGRITY
        .union(Capabilities::PRIVACY)
        .union(Capabilities::TOKEN_ONLY)
        .union(Capabilities::DATAGRAM)
        .union(Capabilities::CONNECTION)
        .union(Capabilities::MULTI_REQUIRED)
        .union(Capabilities::ACCEPT_WIN32_NAME)
        .union(Capabilities::NEGOTIABLE)
        .union(Capabilities::READONLY_WITH_CHECKSUM),
    version: 1,
    rpc_id: 10,
    max_token: MAX_TOKEN,
};

/// The package as the registry holds it.
pub(crate) struct NtlmPackage;

impl Package for NtlmPackage {
    fn info(&self) -> &PackageInfo {
        &INFO
    }

    fn mechanisms(&self) -> &[&'static [u8]] {
        // 1.3.6.1.4.1.311.2.2.10 ([MS-SPNG] 1.9)
        &[&[0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0A]]
    }

    fn recognises(&self, token: &[u8]) -> bool {
        token.starts_with(&messages::SIGNATURE)
    }

    fn acquire(&self, request: CredentialRequest) -> Result<Arc<dyn PackageCredential>> {
        Ok(Arc::new(credential::NtlmCredential::new(&request)?))
    }
}
