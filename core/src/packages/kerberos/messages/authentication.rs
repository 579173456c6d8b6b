//! What client and service say to each other (RFC 4120 5.5).

use super::{
    Application, Checksum, EncryptedData, EncryptionKey, Flags, KerberosTime, Microseconds, Number,
    PrincipalName, Text, Typed,
};
use bitflags::bitflags;
use der::Sequence;
use der::asn1::AnyRef;

bitflags! {
    /// APOptions.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub(crate) struct ApOptions: u32 {
        const USE_SESSION_KEY = 1 << 30;
        const MUTUAL_REQUIRED = 1 << 29;
    }
}

/// AP-REQ.
pub(crate) type ApRequest<'a> = Application<14, ApRequestFields<'a>>;

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct ApRequestFields<'a> {
    #[asn1(context_specific = "0")]
    pub(crate) version: u32,
    #[asn1(context_specific = "1")]
    pub(crate) kind: u32,
    #[asn1(context_specific = "2")]
    pub(crate) options: Flags,
    /// The ticket as it came from the KDC.
    #[asn1(context_specific = "3")]
    pub(crate) ticket: AnyRef<'a>,
    #[asn1(context_specific = "4")]
    pub(crate) authenticator: EncryptedData<'a>,
}

/// Authenticator.
pub(crate) type Authenticator<'a> = Application<2, AuthenticatorFields<'a>>;

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct AuthenticatorFields<'a> {
    #[asn1(context_specific = "0")]
    pub(crate) version: u32,
    #[asn1(context_specific = "1")]
    pub(crate) client_realm: Text<'a>,
    #[asn1(context_specific = "2")]
    pub(crate) client: PrincipalName<'a>,
    #[asn1(context_specific = "3", optional = "true")]
    pub(crate) checksum: Option<Checksum<'a>>,
    #[asn1(context_specific = "4")]
    pub(crate) microseconds: Microseconds,
    #[asn1(context_specific = "5")]
    pub(crate) time: KerberosTime,
    #[asn1(context_specific = "6", optional = "true")]
    pub(crate) subkey: Option<EncryptionKey<'a>>,
    #[asn1(context_specific = "7", optional = "true")]
    pub(crate) sequence: Option<Number>,
    #[asn1(context_specific = "8", optional = "true")]
    pub(crate) authorization_data: Option<Vec<Typed<'a>>>,
}

/// AP-REP.
pub(crate) type ApReply<'a> = Application<15, ApReplyFields<'a>>;

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct ApReplyFields<'a> {
    #[asn1(context_specific = "0")]
    pub(crate) version: u32,
    #[asn1(context_specific = "1")]
    pub(crate) kind: u32,
    #[asn1(context_specific = "2")]
    pub(crate) encrypted: EncryptedData<'a>,
}

/// EncAPRepPart.
pub(crate) type EncryptedApReplyPart<'a> = Application<27, ApReplyPart<'a>>;

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct ApReplyPart<'a> {
    #[asn1(context_specific = "0")]
    pub(crate) time: KerberosTime,
    #[asn1(context_specific = "1")]
    pub(crate) microseconds: Microseconds,
    #[asn1(context_specific = "2", optional = "true")]
    pub(crate) subkey: Option<EncryptionKey<'a>>,
    #[asn1(context_specific = "3", optional = "true")]
    pub(crate) sequence: Option<Number>,
}
