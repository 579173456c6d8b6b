//! KRB-ERROR (RFC 4120 5.9).

use super::{Application, KerberosTime, Microseconds, Note, PrincipalName, Text};
use der::Sequence;
use der::asn1::OctetStringRef;

/// KRB-ERROR.
pub(crate) type ErrorMessage<'a> = Application<30, ErrorFields<'a>>;

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct ErrorFields<'a> {
    #[asn1(context_specific = "0")]
    pub(crate) version: u32,
    #[asn1(context_specific = "1")]
    pub(crate) kind: u32,
    #[asn1(context_specific = "2", optional = "true")]
    pub(crate) client_time: Option<KerberosTime>,
    #[asn1(context_specific = "3", optional = "true")]
    pub(crate) client_microseconds: Option<Microseconds>,
    #[asn1(context_specific = "4")]
    pub(crate) time: KerberosTime,
    #[asn1(context_specific = "5")]
    pub(crate) microseconds: Microseconds,
    #[asn1(context_specific = "6")]
    pub(crate) code: i32,
    #[asn1(context_specific = "7", optional = "true")]
    pub(crate) client_realm: Option<Text<'a>>,
    #[asn1(context_specific = "8", optional = "true")]
    pub(crate) client: Option<PrincipalName<'a>>,
    #[asn1(context_specific = "9")]
    pub(crate) realm: Text<'a>,
    #[asn1(context_specific = "10")]
    pub(crate) server: PrincipalName<'a>,
    #[asn1(context_specific = "11", optional = "true")]
    pub(crate) text: Option<Note<'a>>,
    #[asn1(context_specific = "12", optional = "true")]
    pub(crate) data: Option<&'a OctetStringRef>,
}

/// error-code (RFC 4120 7.5.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ErrorCode(pub(crate) i32);

impl ErrorCode {
    pub(crate) const CLIENT_EXPIRED: Self = Self(1);
    pub(crate) const SERVICE_EXPIRED: Self = Self(2);
    pub(crate) const CLIENT_UNKNOWN: Self = Self(6);
    pub(crate) const SERVICE_UNKNOWN: Self = Self(7);
    pub(crate) const NOT_UNIQUE: Self = Self(8);
    pub(crate) const NO_KEYS: Self = Self(9);
    pub(crate) const NEVER_VALID: Self = Self(11);
    pub(crate) const POLICY: Self = Self(12);
    pub(crate) const BAD_OPTION: Self = Self(13);
    pub(crate) const ENCRYPTION_TYPE_UNSUPPORTED: Self = Self(14);
    pub(crate) const CHECKSUM_TYPE_UNSUPPORTED: Self = Self(15);
    pub(crate) const PRE_AUTHENTICATION_UNSUPPORTED: Self = Self(16);
    pub(crate) const CLIENT_REVOKED: Self = Self(18);
    pub(crate) const SERVICE_REVOKED: Self = Self(19);
    pub(crate) const TICKET_REVOKED: Self = Self(20);
    pub(crate) const CLIENT_NOT_YET_VALID: Self = Self(21);
    pub(crate) const SERVICE_NOT_YET_VALID: Self = Self(22);
    pub(crate) const PASSWORD_EXPIRED: Self = Self(23);
    pub(crate) const PRE_AUTHENTICATION_FAILED: Self = Self(24);
    pub(crate) const PRE_AUTHENTICATION_REQUIRED: Self = Self(25);
    pub(crate) const MUST_USE_USER_TO_USER: Self = Self(27);
    pub(crate) const PATH_NOT_ACCEPTED: Self = Self(28);
    pub(crate) const SERVICE_UNAVAILABLE: Self = Self(29);
    pub(crate) const BAD_INTEGRITY: Self = Self(31);
    pub(crate) const TICKET_EXPIRED: Self = Self(32);
    pub(crate) const TICKET_NOT_YET_VALID: Self = Self(33);
    pub(crate) const REPEAT: Self = Self(34);
    pub(crate) const NOT_US: Self = Self(35);
    pub(crate) const BAD_MATCH: Self = Self(36);
    pub(crate) const SKEW: Self = Self(37);
    pub(crate) const BAD_ADDRESS: Self = Self(38);
    pub(crate) const BAD_VERSION: Self = Self(39);
    pub(crate) const MESSAGE_TYPE: Self = Self(40);
    pub(crate) const MODIFIED: Self = Self(41);
    pub(crate) const BAD_KEY_VERSION: Self = Self(44);
    pub(crate) const NO_KEY: Self = Self(45);
    pub(crate) const MUTUAL_FAILED: Self = Self(46);
    pub(crate) const BAD_DIRECTION: Self = Self(47);
    pub(crate) const INAPPROPRIATE_CHECKSUM: Self = Self(50);
    pub(crate) const RESPONSE_TOO_BIG: Self = Self(52);
    pub(crate) const GENERIC: Self = Self(60);
    pub(crate) const WRONG_REALM: Self = Self(68);
    pub(crate) const USER_TO_USER_REQUIRED: Self = Self(69);
}
