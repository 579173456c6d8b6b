//! Credentials from what a language says about them.

use crate::credentials::{CredentialCache, Identity, Keytab, Secret, Usage};
use crate::error::Result;
use crate::kerberos::{KeyTable, Tickets};

/// What credentials of these identities are for, where nobody says it: those that check others are a
/// server's.
pub fn usual_usage(identities: &[Identity]) -> Usage {
    let is_for_servers =
        |identity: &Identity| matches!(identity, Identity::Accounts(_) | Identity::Keytab(_));
    if identities.iter().any(is_for_servers) { Usage::INBOUND } else { Usage::OUTBOUND }
}

/// The bytes of a file with the keys of a keytab.
pub fn read_keytab(keytab: &Keytab) -> Result<Secret> {
    KeyTable::open(keytab)?.to_bytes()
}

/// Whose tickets are in a cache, and the bytes of a file with them.
pub fn read_cache(cache: &CredentialCache) -> Result<(String, Secret)> {
    let tickets = Tickets::open(cache)?;
    Ok((tickets.client().to_string(), tickets.to_bytes()?))
}
