//! PKU2U (draft-zhu-pku2u): Kerberos between two peers, without a KDC. Each side has a certificate and
//! its key, and knows the certificates of the peers that it trusts.
//!
//! The protocol is the `sspi` crate's, behind a fence (`fence.rs`): nothing outside of this folder sees
//! it. Its tokens are SPNEGO with NEGOEX inside; SPNEGO is taken off here, since Negotiate has its own, so
//! that this package is the mechanism NEGOEX to it. What the crate does not check is checked before it and
//! after it; each file says what.

mod accept;
mod certificate;
#[cfg(test)]
#[path = "../../tests/support/certificates.rs"]
mod certificates;
mod credential;
mod engine;
mod fence;
mod initiate;
mod messages;
mod protection;

use crate::credentials::CredentialRequest;
use crate::error::Result;
use crate::flags::ContextFlags;
use crate::package::{Capabilities, Package, PackageCredential, PackageInfo};
use crate::packages::checks::with_certificates::flags_are_known;
use std::borrow::Cow;
use std::sync::Arc;

static INFO: PackageInfo = PackageInfo {
    name: Cow::Borrowed("PKU2U"),
    comment: Cow::Borrowed("PKU2U: two peers with certificates that they know, without a KDC"),
    capabilities: Capabilities::INTEGRITY
        .union(Capabilities::PRIVACY)
        .union(Capabilities::TOKEN_ONLY)
        .union(Capabilities::CONNECTION)
        .union(Capabilities::MULTI_REQUIRED)
        .union(Capabilities::ACCEPT_WIN32_NAME)
        .union(Capabilities::NEGOTIABLE)
        .union(Capabilities::GSS_COMPATIBLE)
        .union(Capabilities::MUTUAL_AUTH)
        .union(Capabilities::READONLY_WITH_CHECKSUM),
    version: 1,
    rpc_id: 31,
    max_token: messages::LARGEST_TOKEN,
};

/// NEGOEX, 1.3.6.1.4.1.311.2.2.30 ([MS-NEGOEX] 1.9).
const NEGOEX: &[u8] = &[0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x1E];

/// What every context has, on both sides.
const PROVIDED: ContextFlags = ContextFlags::PROTECTION.union(ContextFlags::MUTUAL_AUTH);

/// What this package has no use for, and must not seem to heed.
const UNSUPPORTED: ContextFlags = ContextFlags::DATAGRAM
    .union(ContextFlags::DCE_STYLE)
    .union(ContextFlags::STREAM)
    .union(ContextFlags::NULL_SESSION)
    .union(ContextFlags::NO_INTEGRITY)
    .union(ContextFlags::CONFIDENTIALITY_ONLY);

/// The package as the registry holds it.
pub(crate) struct Pku2uPackage;

impl Package for Pku2uPackage {
    fn info(&self) -> &PackageInfo {
        &INFO
    }

    fn mechanisms(&self) -> &[&'static [u8]] {
        &[NEGOEX]
    }

    fn is_on_request(&self) -> bool {
        true
    }

    fn recognises(&self, token: &[u8]) -> bool {
        messages::recognise(token)
    }

    fn acquire(&self, request: CredentialRequest) -> Result<Arc<dyn PackageCredential>> {
        Ok(Arc::new(credential::Pku2uCredential::new(&request)?))
    }
}

fn check_flags(flags: ContextFlags) -> Result<()> {
    flags_are_known("PKU2U", flags, UNSUPPORTED)
}
