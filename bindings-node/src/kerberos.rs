//! What Kerberos keeps on a machine: keys and tickets.

use crate::error::{Answer, answer};
use crate::kept::{self, Thing, keep};
use anysspi::binding::{read_cache, read_keytab, read_krb_cred, write_krb_cred};
use anysspi::{CredentialCache, Error, Identity, Keytab, Result, Status};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;

fn kept_as(identity: Identity) -> i64 {
    keep(Thing::Identity(identity))
}

#[napi]
pub fn keytab(path: String) -> i64 {
    kept_as(Identity::Keytab(Keytab::file(path)))
}

#[napi]
pub fn keytab_from_bytes(bytes: &[u8]) -> i64 {
    kept_as(Identity::Keytab(Keytab::bytes(bytes)))
}

#[napi]
pub fn keytab_to_bytes(keytab: i64) -> Answer<Buffer> {
    answer(|| match kept::identity(keytab)? {
        Identity::Keytab(keytab) => Ok(read_keytab(&keytab)?.expose().into()),
        _ => Err(Error::new(Status::INTERNAL_ERROR, "the identity is no keytab")),
    })
}

#[napi]
pub fn credential_cache(name: String) -> i64 {
    kept_as(Identity::CredentialCache(CredentialCache::named(&name)))
}

#[napi]
pub fn credential_cache_from_bytes(bytes: &[u8]) -> i64 {
    kept_as(Identity::CredentialCache(CredentialCache::bytes(bytes)))
}

/// Of a key there are both, the name of its encryption type and its bytes, or none.
#[napi]
pub fn credential_cache_from_krb_cred(
    bytes: &[u8],
    encryption_type: Option<String>,
    key: Option<&[u8]>,
) -> Answer<i64> {
    answer(|| {
        let cache = read_krb_cred(bytes, encryption_type.as_deref().zip(key))?;
        Ok(kept_as(Identity::CredentialCache(cache)))
    })
}

fn cache_of(number: i64) -> Result<CredentialCache> {
    match kept::identity(number)? {
        Identity::CredentialCache(cache) => Ok(cache),
        _ => Err(Error::new(Status::INTERNAL_ERROR, "the identity is no credential cache")),
    }
}

#[napi]
pub fn credential_cache_client(cache: i64) -> Answer<String> {
    answer(|| Ok(read_cache(&cache_of(cache)?)?.0))
}

#[napi]
pub fn credential_cache_to_bytes(cache: i64) -> Answer<Buffer> {
    answer(|| Ok(read_cache(&cache_of(cache)?)?.1.expose().into()))
}

#[napi]
pub fn credential_cache_to_krb_cred(cache: i64) -> Answer<Buffer> {
    answer(|| Ok(write_krb_cred(&cache_of(cache)?)?.expose().into()))
}
