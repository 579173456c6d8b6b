//! What Kerberos keeps on a machine: keys and tickets.

use crate::credentials::NativeIdentity;
use crate::error::{Answer, answer, wrong};
use anysspi::binding::{read_cache, read_keytab, read_krb_cred, write_krb_cred};
use anysspi::{CredentialCache, Identity, Keytab};
use std::sync::Arc;

impl NativeIdentity {
    fn cache(&self) -> anysspi::Result<&CredentialCache> {
        match &self.0 {
            Identity::CredentialCache(cache) => Ok(cache),
            other => Err(wrong(format!("an identity of the kind {} has no tickets", other.kind()))),
        }
    }

    fn keys(&self) -> anysspi::Result<&Keytab> {
        match &self.0 {
            Identity::Keytab(keytab) => Ok(keytab),
            other => Err(wrong(format!("an identity of the kind {} has no keys", other.kind()))),
        }
    }
}

#[uniffi::export]
impl NativeIdentity {
    /// A keytab file.
    #[uniffi::constructor]
    pub fn keytab(path: String) -> Answer<Arc<Self>> {
        answer(|| Ok(Arc::new(Self(Identity::Keytab(Keytab::file(path))))))
    }

    /// The bytes of a keytab file.
    #[uniffi::constructor]
    pub fn keytab_from_bytes(bytes: &[u8]) -> Answer<Arc<Self>> {
        answer(|| Ok(Arc::new(Self(Identity::Keytab(Keytab::bytes(bytes))))))
    }

    /// The bytes of a file with the keys of a keytab.
    pub fn keytab_bytes(&self) -> Answer<Vec<u8>> {
        answer(|| Ok(read_keytab(self.keys()?)?.expose().to_vec()))
    }

    /// A credential cache by its name.
    #[uniffi::constructor]
    pub fn credential_cache(name: String) -> Answer<Arc<Self>> {
        answer(|| Ok(Arc::new(Self(Identity::CredentialCache(CredentialCache::named(&name))))))
    }

    /// The bytes of a cache file.
    #[uniffi::constructor]
    pub fn credential_cache_from_bytes(bytes: &[u8]) -> Answer<Arc<Self>> {
        answer(|| Ok(Arc::new(Self(Identity::CredentialCache(CredentialCache::bytes(bytes))))))
    }

    /// A credential cache with the tickets of a KRB-CRED. Without the name of an encryption type it is not
    /// encrypted, and the key is none.
    #[uniffi::constructor]
    pub fn credential_cache_from_krb_cred(
        bytes: &[u8],
        encryption_type: Option<String>,
        key: &[u8],
    ) -> Answer<Arc<Self>> {
        answer(|| {
            let key = encryption_type.as_deref().map(|name| (name, key));
            Ok(Arc::new(Self(Identity::CredentialCache(read_krb_cred(bytes, key)?))))
        })
    }

    /// Whether it is a credential cache.
    pub fn is_credential_cache(&self) -> Answer<bool> {
        answer(|| Ok(matches!(self.0, Identity::CredentialCache(_))))
    }

    /// Whose tickets are in a credential cache.
    pub fn cache_client(&self) -> Answer<String> {
        answer(|| Ok(read_cache(self.cache()?)?.0))
    }

    /// The tickets of a credential cache as a KRB-CRED that is not encrypted.
    pub fn cache_krb_cred(&self) -> Answer<Vec<u8>> {
        answer(|| Ok(write_krb_cred(self.cache()?)?.expose().to_vec()))
    }

    /// The bytes of a file with the tickets of a credential cache.
    pub fn cache_bytes(&self) -> Answer<Vec<u8>> {
        answer(|| Ok(read_cache(self.cache()?)?.1.expose().to_vec()))
    }
}
