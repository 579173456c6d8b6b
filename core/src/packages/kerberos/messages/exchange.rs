//! What a client and a KDC say to each other (RFC 4120 5.4).

use super::{
    Application, EncryptedData, EncryptionKey, Flags, KerberosTime, Microseconds, Number,
    PrincipalName, Text, Typed,
};
use bitflags::bitflags;
use der::Sequence;
use der::asn1::{AnyRef, OctetStringRef};

bitflags! {
    /// KDCOptions.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub(crate) struct KdcOptions: u32 {
        const FORWARDABLE = 1 << 30;
        const FORWARDED = 1 << 29;
        const PROXIABLE = 1 << 28;
        const PROXY = 1 << 27;
        const ALLOW_POSTDATE = 1 << 26;
        const POSTDATED = 1 << 25;
        const RENEWABLE = 1 << 23;
        const CANONICALIZE = 1 << 16;
        const DISABLE_TRANSITED_CHECK = 1 << 5;
        const RENEWABLE_OK = 1 << 4;
        const ENC_TKT_IN_SKEY = 1 << 3;
        const RENEW = 1 << 1;
        const VALIDATE = 1;
    }
}

/// AS-REQ.
pub(crate) type AsRequest<'a> = Application<10, KdcRequestFields<'a>>;
/// TGS-REQ.
pub(crate) type TgsRequest<'a> = Application<12, KdcRequestFields<'a>>;

/// KDC-REQ.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct KdcRequestFields<'a> {
    #[asn1(context_specific = "1")]
    pub(crate) version: u32,
    #[asn1(context_specific = "2")]
    pub(crate) kind: u32,
    #[asn1(context_specific = "3", optional = "true")]
    pub(crate) pa_data: Option<Vec<PaData<'a>>>,
    /// A [`KdcRequestBody`], whose bytes are what a checksum of a TGS-REQ is over.
    #[asn1(context_specific = "4")]
    pub(crate) body: AnyRef<'a>,
}

/// KDC-REQ-BODY.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct KdcRequestBody<'a> {
    #[asn1(context_specific = "0")]
    pub(crate) options: Flags,
    #[asn1(context_specific = "1", optional = "true")]
    pub(crate) client: Option<PrincipalName<'a>>,
    #[asn1(context_specific = "2")]
    pub(crate) realm: Text<'a>,
    #[asn1(context_specific = "3", optional = "true")]
    pub(crate) server: Option<PrincipalName<'a>>,
    #[asn1(context_specific = "4", optional = "true")]
    pub(crate) starts: Option<KerberosTime>,
    #[asn1(context_specific = "5")]
    pub(crate) ends: KerberosTime,
    #[asn1(context_specific = "6", optional = "true")]
    pub(crate) renewable_until: Option<KerberosTime>,
    #[asn1(context_specific = "7")]
    pub(crate) nonce: Number,
    #[asn1(context_specific = "8")]
    pub(crate) encryption_types: Vec<i32>,
    #[asn1(context_specific = "9", optional = "true")]
    pub(crate) addresses: Option<Vec<Typed<'a>>>,
    #[asn1(context_specific = "10", optional = "true")]
    pub(crate) authorization_data: Option<EncryptedData<'a>>,
    #[asn1(context_specific = "11", optional = "true")]
    pub(crate) additional_tickets: Option<Vec<AnyRef<'a>>>,
}

/// padata-type (RFC 4120 7.5.2).
pub(crate) mod pa_data {
    pub(crate) const TGS_REQUEST: i32 = 1;
    pub(crate) const ENCRYPTED_TIMESTAMP: i32 = 2;
    pub(crate) const ETYPE_INFO: i32 = 11;
    pub(crate) const ETYPE_INFO2: i32 = 19;
    /// [MS-KILE] 2.2.3.
    #[cfg(any(feature = "realm", test))]
    pub(crate) const PAC_REQUEST: i32 = 128;
}

/// PA-DATA.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct PaData<'a> {
    #[asn1(context_specific = "1")]
    pub(crate) kind: i32,
    #[asn1(context_specific = "2")]
    pub(crate) value: &'a OctetStringRef,
}

/// PA-ENC-TS-ENC (RFC 4120 5.2.7.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct TimestampToEncrypt {
    #[asn1(context_specific = "0")]
    pub(crate) time: KerberosTime,
    #[asn1(context_specific = "1", optional = "true")]
    pub(crate) microseconds: Option<Microseconds>,
}

/// ETYPE-INFO2-ENTRY (RFC 4120 5.2.7.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct EtypeInfo2Entry<'a> {
    #[asn1(context_specific = "0")]
    pub(crate) encryption_type: i32,
    #[asn1(context_specific = "1", optional = "true")]
    pub(crate) salt: Option<Text<'a>>,
    #[asn1(context_specific = "2", optional = "true")]
    pub(crate) parameters: Option<&'a OctetStringRef>,
}

/// ETYPE-INFO-ENTRY (RFC 4120 5.2.7.4), of KDCs that know rc4-hmac only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct EtypeInfoEntry<'a> {
    #[asn1(context_specific = "0")]
    pub(crate) encryption_type: i32,
    #[asn1(context_specific = "1", optional = "true")]
    pub(crate) salt: Option<&'a OctetStringRef>,
}

/// KERB-PA-PAC-REQUEST ([MS-KILE] 2.2.3).
#[cfg(any(feature = "realm", test))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct PacRequest {
    #[asn1(context_specific = "0")]
    pub(crate) is_wanted: bool,
}

/// AS-REP.
pub(crate) type AsReply<'a> = Application<11, KdcReplyFields<'a>>;
/// TGS-REP.
pub(crate) type TgsReply<'a> = Application<13, KdcReplyFields<'a>>;

/// KDC-REP.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct KdcReplyFields<'a> {
    #[asn1(context_specific = "0")]
    pub(crate) version: u32,
    #[asn1(context_specific = "1")]
    pub(crate) kind: u32,
    #[asn1(context_specific = "2", optional = "true")]
    pub(crate) pa_data: Option<Vec<PaData<'a>>>,
    #[asn1(context_specific = "3")]
    pub(crate) client_realm: Text<'a>,
    #[asn1(context_specific = "4")]
    pub(crate) client: PrincipalName<'a>,
    /// The ticket, as it goes on to the service.
    #[asn1(context_specific = "5")]
    pub(crate) ticket: AnyRef<'a>,
    #[asn1(context_specific = "6")]
    pub(crate) encrypted: EncryptedData<'a>,
}

/// EncASRepPart.
pub(crate) type EncryptedAsReplyPart<'a> = Application<25, EncryptedReplyPart<'a>>;
/// EncTGSRepPart. Some KDCs write it in answer to an AS-REQ too (RFC 4120 5.4.2).
pub(crate) type EncryptedTgsReplyPart<'a> = Application<26, EncryptedReplyPart<'a>>;

/// EncKDCRepPart.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct EncryptedReplyPart<'a> {
    #[asn1(context_specific = "0")]
    pub(crate) key: EncryptionKey<'a>,
    #[asn1(context_specific = "1")]
    pub(crate) last_request: Vec<LastRequest>,
    #[asn1(context_specific = "2")]
    pub(crate) nonce: Number,
    #[asn1(context_specific = "3", optional = "true")]
    pub(crate) key_expires: Option<KerberosTime>,
    #[asn1(context_specific = "4")]
    pub(crate) flags: Flags,
    #[asn1(context_specific = "5")]
    pub(crate) authenticated: KerberosTime,
    #[asn1(context_specific = "6", optional = "true")]
    pub(crate) starts: Option<KerberosTime>,
    #[asn1(context_specific = "7")]
    pub(crate) ends: KerberosTime,
    #[asn1(context_specific = "8", optional = "true")]
    pub(crate) renewable_until: Option<KerberosTime>,
    #[asn1(context_specific = "9")]
    pub(crate) server_realm: Text<'a>,
    #[asn1(context_specific = "10")]
    pub(crate) server: PrincipalName<'a>,
    #[asn1(context_specific = "11", optional = "true")]
    pub(crate) addresses: Option<Vec<Typed<'a>>>,
    /// RFC 6806 11.
    #[asn1(context_specific = "12", optional = "true")]
    pub(crate) pa_data: Option<Vec<PaData<'a>>>,
}

/// An entry of LastReq.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct LastRequest {
    #[asn1(context_specific = "0")]
    pub(crate) kind: i32,
    #[asn1(context_specific = "1")]
    pub(crate) time: KerberosTime,
}
