//! The ticket (RFC 4120 5.3).

use super::{
    Application, EncryptedData, EncryptionKey, Flags, KerberosTime, PrincipalName, Text, Typed,
};
use bitflags::bitflags;
use der::Sequence;
use der::asn1::OctetStringRef;

bitflags! {
    /// TicketFlags.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub(crate) struct TicketFlags: u32 {
        const FORWARDABLE = 1 << 30;
        const FORWARDED = 1 << 29;
        const PROXIABLE = 1 << 28;
        const PROXY = 1 << 27;
        const MAY_POSTDATE = 1 << 26;
        const POSTDATED = 1 << 25;
        const INVALID = 1 << 24;
        const RENEWABLE = 1 << 23;
        const INITIAL = 1 << 22;
        const PRE_AUTHENTICATED = 1 << 21;
        const HARDWARE_AUTHENTICATED = 1 << 20;
        const TRANSITED_POLICY_CHECKED = 1 << 19;
        const OK_AS_DELEGATE = 1 << 18;
        const ENC_PA_REP = 1 << 16;
        const ANONYMOUS = 1 << 15;
    }
}

/// Ticket.
pub(crate) type Ticket<'a> = Application<1, TicketFields<'a>>;

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct TicketFields<'a> {
    #[asn1(context_specific = "0")]
    pub(crate) version: u32,
    #[asn1(context_specific = "1")]
    pub(crate) realm: Text<'a>,
    #[asn1(context_specific = "2")]
    pub(crate) server: PrincipalName<'a>,
    #[asn1(context_specific = "3")]
    pub(crate) encrypted: EncryptedData<'a>,
}

/// EncTicketPart: what the service alone can read.
pub(crate) type EncryptedTicketPart<'a> = Application<3, TicketPart<'a>>;

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct TicketPart<'a> {
    #[asn1(context_specific = "0")]
    pub(crate) flags: Flags,
    #[asn1(context_specific = "1")]
    pub(crate) key: EncryptionKey<'a>,
    #[asn1(context_specific = "2")]
    pub(crate) client_realm: Text<'a>,
    #[asn1(context_specific = "3")]
    pub(crate) client: PrincipalName<'a>,
    #[asn1(context_specific = "4")]
    pub(crate) transited: TransitedEncoding<'a>,
    #[asn1(context_specific = "5")]
    pub(crate) authenticated: KerberosTime,
    #[asn1(context_specific = "6", optional = "true")]
    pub(crate) starts: Option<KerberosTime>,
    #[asn1(context_specific = "7")]
    pub(crate) ends: KerberosTime,
    #[asn1(context_specific = "8", optional = "true")]
    pub(crate) renewable_until: Option<KerberosTime>,
    #[asn1(context_specific = "9", optional = "true")]
    pub(crate) addresses: Option<Vec<Typed<'a>>>,
    #[asn1(context_specific = "10", optional = "true")]
    pub(crate) authorization_data: Option<Vec<Typed<'a>>>,
}

/// The realms a ticket came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct TransitedEncoding<'a> {
    #[asn1(context_specific = "0")]
    pub(crate) kind: i32,
    #[asn1(context_specific = "1")]
    pub(crate) contents: &'a OctetStringRef,
}
