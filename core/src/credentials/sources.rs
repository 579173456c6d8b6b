//! Where Kerberos keys, tickets and certificates are kept. The packages that read them interpret
//! the bytes; here they are only named and held.

use super::Secret;
use std::path::{Path, PathBuf};

/// A keytab: the keys of Kerberos services or users, in a file or in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Keytab {
    /// A keytab file.
    File(PathBuf),
    /// The bytes of a keytab file.
    Bytes(Secret),
}

impl Keytab {
    /// A keytab file.
    pub fn file(path: impl AsRef<Path>) -> Self {
        Self::File(path.as_ref().to_owned())
    }

    /// The bytes of a keytab file.
    pub fn bytes(bytes: &[u8]) -> Self {
        Self::Bytes(Secret::new(bytes))
    }
}

/// A credential cache: Kerberos tickets somebody already has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CredentialCache {
    /// A cache by its name, such as `FILE:/tmp/krb5cc_0`.
    Named(String),
    /// The bytes of a cache file.
    Bytes(Secret),
}

impl CredentialCache {
    /// A cache by its name.
    pub fn named(name: &str) -> Self {
        Self::Named(name.to_owned())
    }

    /// The bytes of a cache file.
    pub fn bytes(bytes: &[u8]) -> Self {
        Self::Bytes(Secret::new(bytes))
    }
}

/// A certificate chain and the private key of its first certificate, all in DER.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The chain, the own certificate first.
    pub chain: Vec<Vec<u8>>,
    /// The private key.
    pub private_key: Secret,
}
