//! Credentials from what a language says about them.

use super::wrong;
use crate::credentials::{CredentialCache, Identity, Keytab, Secret, Usage};
use crate::error::Result;
use crate::kerberos::{EncryptionType, Key, KeyTable, Tickets};

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

/// What kind of identity it is, and whose, for whoever looks at it.
pub fn description_of(identity: &Identity) -> String {
    match identity {
        Identity::Password { name, .. } | Identity::NtHash { name, .. } => {
            format!("{} of {name}", identity.kind())
        }
        other => other.kind().to_owned(),
    }
}

/// Where the keys or the tickets of an identity are.
pub fn place_of_identity(identity: &Identity) -> String {
    match identity {
        Identity::Keytab(Keytab::File(path)) => path.display().to_string(),
        Identity::CredentialCache(CredentialCache::Named(name)) => name.clone(),
        _ => "in memory".to_owned(),
    }
}

/// A cache with the tickets of a KRB-CRED, which is encrypted with a key or not at all. Of a key there are
/// the name of its encryption type, and its bytes.
pub fn read_krb_cred(bytes: &[u8], key: Option<(&str, &[u8])>) -> Result<CredentialCache> {
    let key = key.map(|(name, bytes)| Key::new(encryption_type_of(name)?, bytes)).transpose()?;
    let tickets = Tickets::from_krb_cred(bytes, key.as_ref())?;
    Ok(CredentialCache::Bytes(tickets.to_bytes()?))
}

/// The tickets of a cache as a KRB-CRED that is not encrypted.
pub fn write_krb_cred(cache: &CredentialCache) -> Result<Secret> {
    Tickets::open(cache)?.to_krb_cred()
}

/// The encryption type of this name.
pub(super) fn encryption_type_of(name: &str) -> Result<EncryptionType> {
    let found = EncryptionType::from_name(name);
    found.ok_or_else(|| wrong(format!("there is no encryption type {name:?} here")))
}
