//! What is encrypted, keys and checksums (RFC 4120 5.2.9).

use super::{Number, octets};
use crate::error::Result;
use crate::kerberos::Key;
use der::Sequence;
use der::asn1::OctetStringRef;

/// EncryptedData.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct EncryptedData<'a> {
    #[asn1(context_specific = "0")]
    pub(crate) encryption_type: i32,
    /// The version of the key (kvno).
    #[asn1(context_specific = "1", optional = "true")]
    pub(crate) key_version: Option<Number>,
    #[asn1(context_specific = "2")]
    pub(crate) cipher: &'a OctetStringRef,
}

impl<'a> EncryptedData<'a> {
    /// What was encrypted with a key, of this version where it has any.
    pub(crate) fn of(key: &Key, key_version: Option<u32>, cipher: &'a [u8]) -> Result<Self> {
        Ok(Self {
            encryption_type: key.encryption_type().0,
            key_version: key_version.map(Number),
            cipher: octets(cipher)?,
        })
    }
}

/// EncryptionKey. It has no Debug: it is a secret.
#[derive(Clone, Copy, PartialEq, Eq, Sequence)]
pub(crate) struct EncryptionKey<'a> {
    #[asn1(context_specific = "0")]
    pub(crate) encryption_type: i32,
    #[asn1(context_specific = "1")]
    pub(crate) bytes: &'a OctetStringRef,
}

impl<'a> EncryptionKey<'a> {
    /// A key as it stands in a message.
    pub(crate) fn of(key: &'a Key) -> Result<Self> {
        let encryption_type = key.encryption_type().0;
        Ok(Self { encryption_type, bytes: octets(key.bytes().expose())? })
    }
}

impl std::fmt::Debug for EncryptionKey<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "EncryptionKey({})", self.encryption_type)
    }
}

/// Checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct Checksum<'a> {
    #[asn1(context_specific = "0")]
    pub(crate) kind: i32,
    #[asn1(context_specific = "1")]
    pub(crate) bytes: &'a OctetStringRef,
}
