//! What is encrypted, keys and checksums (RFC 4120 5.2.9).

use super::Number;
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

/// EncryptionKey. It has no Debug: it is a secret.
#[derive(Clone, Copy, PartialEq, Eq, Sequence)]
pub(crate) struct EncryptionKey<'a> {
    #[asn1(context_specific = "0")]
    pub(crate) encryption_type: i32,
    #[asn1(context_specific = "1")]
    pub(crate) bytes: &'a OctetStringRef,
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
