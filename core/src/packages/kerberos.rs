//! Kerberos (RFC 4120, RFC 4121, [MS-KILE]), as initiator and as acceptor.

mod accept;
mod ap_request;
mod ask_initial;
mod ask_service;
mod authorization_data;
mod credential;
mod credential_file;
mod credential_message;
mod delegation;
mod established;
mod framing;
mod initiate;
mod kdc_reply;
mod keys;
pub(crate) mod messages;
mod old_tokens;
pub(crate) mod pac;
mod pieces;
pub(crate) mod protection;
pub(crate) mod refusal;
pub(crate) mod replay_cache;
mod request_checksum;
mod sequence;
#[cfg(test)]
mod tests;
mod ticket_store;
pub(crate) mod tickets;
mod tokens;
mod transited;
mod user_to_user;

use crate::credentials::CredentialRequest;
use crate::error::{Error, Result};
use crate::flags::ContextFlags;
use crate::package::{Capabilities, Package, PackageCredential, PackageInfo};
use crate::status::Status;
use framing::{Framing, Kind, Token};
use std::borrow::Cow;
use std::sync::Arc;

/// The largest token: what Windows allows by default, for a ticket with a thousand groups.
const MAX_TOKEN: usize = 48 * 1024;

static INFO: PackageInfo = PackageInfo {
    name: Cow::Borrowed("Kerberos"),
    comment: Cow::Borrowed("Kerberos 5 with tickets and keytabs, as client and as server"),
    capabilities: Capabilities::INTEGRITY
        .union(Capabilities::PRIVACY)
        .union(Capabilities::TOKEN_ONLY)
        .union(Capabilities::CONNECTION)
        .union(Capabilities::MULTI_REQUIRED)
        .union(Capabilities::EXTENDED_ERROR)
        .union(Capabilities::ACCEPT_WIN32_NAME)
        .union(Capabilities::NEGOTIABLE)
        .union(Capabilities::GSS_COMPATIBLE)
        .union(Capabilities::MUTUAL_AUTH)
        .union(Capabilities::DELEGATION)
        .union(Capabilities::READONLY_WITH_CHECKSUM),
    version: 1,
    rpc_id: 16,
    max_token: MAX_TOKEN,
};

/// Refuses a transport that the package has no messages for.
fn flags_are_known(flags: ContextFlags) -> Result<()> {
    if !flags.contains(ContextFlags::DATAGRAM) {
        return Ok(());
    }
    Err(Error::new(Status::UNSUPPORTED_FUNCTION, "Kerberos needs a connection"))
}

/// The package as the registry holds it.
pub(crate) struct KerberosPackage;

impl Package for KerberosPackage {
    fn info(&self) -> &PackageInfo {
        &INFO
    }

    fn mechanisms(&self) -> &[&'static [u8]] {
        // Windows offers its own number first, and so does everybody since ([MS-SPNG] 3.1.5.2).
        &[framing::KERBEROS_OF_WINDOWS, framing::KERBEROS]
    }

    fn recognises(&self, token: &[u8]) -> bool {
        let is_first = |kind| matches!(kind, Kind::ApRequest | Kind::TgtRequest);
        Token::parse(token).is_ok_and(|token| {
            // Framed under its own name it is found by that; user-to-user has a name of its own.
            is_first(token.kind) && token.framing != Framing::Of(framing::KERBEROS)
        })
    }

    fn acquire(&self, request: CredentialRequest) -> Result<Arc<dyn PackageCredential>> {
        Ok(Arc::new(credential::KerberosCredential::new(&request)?))
    }
}
