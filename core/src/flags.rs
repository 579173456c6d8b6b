//! The one place for flags: what a context is asked for and what it has.
//!
//! Inside, and in the handshake layer, a flag is one bit of [`ContextFlags`] on both sides. The
//! interface numbers the same flags in four ways, `ISC_REQ_*`, `ISC_RET_*`, `ASC_REQ_*` and
//! `ASC_RET_*` (sspi.h); the raw layer translates at its edge through the table at the end.

use bitflags::bitflags;

bitflags! {
    /// What a context is asked for, and what it has once it stands.
    ///
    /// ```
    /// use anysspi::ContextFlags;
    ///
    /// let wanted = ContextFlags::default();
    /// assert!(wanted.contains(ContextFlags::CONFIDENTIALITY | ContextFlags::MUTUAL_AUTH));
    /// ```
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct ContextFlags: u32 {
        /// The peer may act for the user elsewhere.
        const DELEGATE = 1 << 0;
        /// The server is authenticated to the client too.
        const MUTUAL_AUTH = 1 << 1;
        /// A message that comes a second time is refused.
        const REPLAY_DETECT = 1 << 2;
        /// A message out of its place is refused.
        const SEQUENCE_DETECT = 1 << 3;
        /// Messages can be encrypted.
        const CONFIDENTIALITY = 1 << 4;
        /// A new session key is wanted.
        const USE_SESSION_KEY = 1 << 5;
        /// Three legs, as DCE RPC has them.
        const DCE_STYLE = 1 << 6;
        /// The transport is connectionless.
        const DATAGRAM = 1 << 7;
        /// The transport is connection-oriented.
        const CONNECTION = 1 << 8;
        /// Errors are told to the peer.
        const EXTENDED_ERROR = 1 << 9;
        /// The transport is a stream of bytes.
        const STREAM = 1 << 10;
        /// Messages can be signed.
        const INTEGRITY = 1 << 11;
        /// The server may learn who the client is, and not act as the client.
        const IDENTIFY = 1 << 12;
        /// Nobody in particular: an anonymous logon.
        const NULL_SESSION = 1 << 13;
        /// The caller judges the peer's certificate itself.
        const MANUAL_CRED_VALIDATION = 1 << 14;
        /// Credentials come in a PKG_PARAMS buffer.
        const USE_SUPPLIED_CREDENTIALS = 1 << 15;
        /// The target's name comes from a source nobody vouches for.
        const UNVERIFIED_TARGET_NAME = 1 << 16;
        /// A peer that sends no channel bindings is let in; wrong ones are still refused.
        const ALLOW_MISSING_BINDINGS = 1 << 17;
        /// Integrity is not wanted.
        const NO_INTEGRITY = 1 << 18;
        /// Encryption without integrity, for peers that ask for it.
        const CONFIDENTIALITY_ONLY = 1 << 19;
        /// The last leg had no token to send.
        const NO_ADDITIONAL_TOKEN = 1 << 20;
    }
}

impl ContextFlags {
    /// Message protection of every kind: integrity, confidentiality, replay and sequence detection.
    pub const PROTECTION: Self = Self::INTEGRITY
        .union(Self::CONFIDENTIALITY)
        .union(Self::REPLAY_DETECT)
        .union(Self::SEQUENCE_DETECT);
}

impl Default for ContextFlags {
    /// What a handshake requires unless the caller says otherwise.
    fn default() -> Self {
        Self::PROTECTION | Self::MUTUAL_AUTH
    }
}

bitflags! {
    /// What the client asks of `InitializeSecurityContext`.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct IscReq: u64 {
        /// `ISC_REQ_DELEGATE`
        const DELEGATE = 0x0000_0001;
        /// `ISC_REQ_MUTUAL_AUTH`
        const MUTUAL_AUTH = 0x0000_0002;
        /// `ISC_REQ_REPLAY_DETECT`
        const REPLAY_DETECT = 0x0000_0004;
        /// `ISC_REQ_SEQUENCE_DETECT`
        const SEQUENCE_DETECT = 0x0000_0008;
        /// `ISC_REQ_CONFIDENTIALITY`
        const CONFIDENTIALITY = 0x0000_0010;
        /// `ISC_REQ_USE_SESSION_KEY`
        const USE_SESSION_KEY = 0x0000_0020;
        /// `ISC_REQ_PROMPT_FOR_CREDS`
        const PROMPT_FOR_CREDS = 0x0000_0040;
        /// `ISC_REQ_USE_SUPPLIED_CREDS`
        const USE_SUPPLIED_CREDS = 0x0000_0080;
        /// `ISC_REQ_ALLOCATE_MEMORY`
        const ALLOCATE_MEMORY = 0x0000_0100;
        /// `ISC_REQ_USE_DCE_STYLE`
        const USE_DCE_STYLE = 0x0000_0200;
        /// `ISC_REQ_DATAGRAM`
        const DATAGRAM = 0x0000_0400;
        /// `ISC_REQ_CONNECTION`
        const CONNECTION = 0x0000_0800;
        /// `ISC_REQ_CALL_LEVEL`
        const CALL_LEVEL = 0x0000_1000;
        /// `ISC_REQ_FRAGMENT_SUPPLIED`
        const FRAGMENT_SUPPLIED = 0x0000_2000;
        /// `ISC_REQ_EXTENDED_ERROR`
        const EXTENDED_ERROR = 0x0000_4000;
        /// `ISC_REQ_STREAM`
        const STREAM = 0x0000_8000;
        /// `ISC_REQ_INTEGRITY`
        const INTEGRITY = 0x0001_0000;
        /// `ISC_REQ_IDENTIFY`
        const IDENTIFY = 0x0002_0000;
        /// `ISC_REQ_NULL_SESSION`
        const NULL_SESSION = 0x0004_0000;
        /// `ISC_REQ_MANUAL_CRED_VALIDATION`
        const MANUAL_CRED_VALIDATION = 0x0008_0000;
        /// `ISC_REQ_RESERVED1`
        const RESERVED1 = 0x0010_0000;
        /// `ISC_REQ_FRAGMENT_TO_FIT`
        const FRAGMENT_TO_FIT = 0x0020_0000;
        /// `ISC_REQ_FORWARD_CREDENTIALS`
        const FORWARD_CREDENTIALS = 0x0040_0000;
        /// `ISC_REQ_NO_INTEGRITY`
        const NO_INTEGRITY = 0x0080_0000;
        /// `ISC_REQ_USE_HTTP_STYLE`
        const USE_HTTP_STYLE = 0x0100_0000;
        /// `ISC_REQ_UNVERIFIED_TARGET_NAME`
        const UNVERIFIED_TARGET_NAME = 0x2000_0000;
        /// `ISC_REQ_CONFIDENTIALITY_ONLY`
        const CONFIDENTIALITY_ONLY = 0x4000_0000;
        /// `ISC_REQ_MESSAGES`
        const MESSAGES = 0x0000_0001_0000_0000;
        /// `ISC_REQ_DEFERRED_CRED_VALIDATION`
        const DEFERRED_CRED_VALIDATION = 0x0000_0002_0000_0000;
    }
}

bitflags! {
    /// What `InitializeSecurityContext` says the context has.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct IscRet: u64 {
        /// `ISC_RET_DELEGATE`
        const DELEGATE = 0x0000_0001;
        /// `ISC_RET_MUTUAL_AUTH`
        const MUTUAL_AUTH = 0x0000_0002;
        /// `ISC_RET_REPLAY_DETECT`
        const REPLAY_DETECT = 0x0000_0004;
        /// `ISC_RET_SEQUENCE_DETECT`
        const SEQUENCE_DETECT = 0x0000_0008;
        /// `ISC_RET_CONFIDENTIALITY`
        const CONFIDENTIALITY = 0x0000_0010;
        /// `ISC_RET_USE_SESSION_KEY`
        const USE_SESSION_KEY = 0x0000_0020;
        /// `ISC_RET_USED_COLLECTED_CREDS`
        const USED_COLLECTED_CREDS = 0x0000_0040;
        /// `ISC_RET_USED_SUPPLIED_CREDS`
        const USED_SUPPLIED_CREDS = 0x0000_0080;
        /// `ISC_RET_ALLOCATED_MEMORY`
        const ALLOCATED_MEMORY = 0x0000_0100;
        /// `ISC_RET_USED_DCE_STYLE`
        const USED_DCE_STYLE = 0x0000_0200;
        /// `ISC_RET_DATAGRAM`
        const DATAGRAM = 0x0000_0400;
        /// `ISC_RET_CONNECTION`
        const CONNECTION = 0x0000_0800;
        /// `ISC_RET_INTERMEDIATE_RETURN`
        const INTERMEDIATE_RETURN = 0x0000_1000;
        /// `ISC_RET_CALL_LEVEL`
        const CALL_LEVEL = 0x0000_2000;
        /// `ISC_RET_EXTENDED_ERROR`
        const EXTENDED_ERROR = 0x0000_4000;
        /// `ISC_RET_STREAM`
        const STREAM = 0x0000_8000;
        /// `ISC_RET_INTEGRITY`
        const INTEGRITY = 0x0001_0000;
        /// `ISC_RET_IDENTIFY`
        const IDENTIFY = 0x0002_0000;
        /// `ISC_RET_NULL_SESSION`
        const NULL_SESSION = 0x0004_0000;
        /// `ISC_RET_MANUAL_CRED_VALIDATION`
        const MANUAL_CRED_VALIDATION = 0x0008_0000;
        /// `ISC_RET_RESERVED1`
        const RESERVED1 = 0x0010_0000;
        /// `ISC_RET_FRAGMENT_ONLY`
        const FRAGMENT_ONLY = 0x0020_0000;
        /// `ISC_RET_FORWARD_CREDENTIALS`
        const FORWARD_CREDENTIALS = 0x0040_0000;
        /// `ISC_RET_USED_HTTP_STYLE`
        const USED_HTTP_STYLE = 0x0100_0000;
        /// `ISC_RET_NO_ADDITIONAL_TOKEN`
        const NO_ADDITIONAL_TOKEN = 0x0200_0000;
        /// `ISC_RET_REAUTHENTICATION`
        const REAUTHENTICATION = 0x0800_0000;
        /// `ISC_RET_CONFIDENTIALITY_ONLY`
        const CONFIDENTIALITY_ONLY = 0x4000_0000;
        /// `ISC_RET_MESSAGES`
        const MESSAGES = 0x0000_0001_0000_0000;
        /// `ISC_RET_DEFERRED_CRED_VALIDATION`
        const DEFERRED_CRED_VALIDATION = 0x0000_0002_0000_0000;
    }
}

bitflags! {
    /// What the server asks of `AcceptSecurityContext`.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct AscReq: u64 {
        /// `ASC_REQ_DELEGATE`
        const DELEGATE = 0x0000_0001;
        /// `ASC_REQ_MUTUAL_AUTH`
        const MUTUAL_AUTH = 0x0000_0002;
        /// `ASC_REQ_REPLAY_DETECT`
        const REPLAY_DETECT = 0x0000_0004;
        /// `ASC_REQ_SEQUENCE_DETECT`
        const SEQUENCE_DETECT = 0x0000_0008;
        /// `ASC_REQ_CONFIDENTIALITY`
        const CONFIDENTIALITY = 0x0000_0010;
        /// `ASC_REQ_USE_SESSION_KEY`
        const USE_SESSION_KEY = 0x0000_0020;
        /// `ASC_REQ_SESSION_TICKET`
        const SESSION_TICKET = 0x0000_0040;
        /// `ASC_REQ_ALLOCATE_MEMORY`
        const ALLOCATE_MEMORY = 0x0000_0100;
        /// `ASC_REQ_USE_DCE_STYLE`
        const USE_DCE_STYLE = 0x0000_0200;
        /// `ASC_REQ_DATAGRAM`
        const DATAGRAM = 0x0000_0400;
        /// `ASC_REQ_CONNECTION`
        const CONNECTION = 0x0000_0800;
        /// `ASC_REQ_CALL_LEVEL`
        const CALL_LEVEL = 0x0000_1000;
        /// `ASC_REQ_FRAGMENT_SUPPLIED`
        const FRAGMENT_SUPPLIED = 0x0000_2000;
        /// `ASC_REQ_EXTENDED_ERROR`
        const EXTENDED_ERROR = 0x0000_8000;
        /// `ASC_REQ_STREAM`
        const STREAM = 0x0001_0000;
        /// `ASC_REQ_INTEGRITY`
        const INTEGRITY = 0x0002_0000;
        /// `ASC_REQ_LICENSING`
        const LICENSING = 0x0004_0000;
        /// `ASC_REQ_IDENTIFY`
        const IDENTIFY = 0x0008_0000;
        /// `ASC_REQ_ALLOW_NULL_SESSION`
        const ALLOW_NULL_SESSION = 0x0010_0000;
        /// `ASC_REQ_ALLOW_NON_USER_LOGONS`
        const ALLOW_NON_USER_LOGONS = 0x0020_0000;
        /// `ASC_REQ_ALLOW_CONTEXT_REPLAY`
        const ALLOW_CONTEXT_REPLAY = 0x0040_0000;
        /// `ASC_REQ_FRAGMENT_TO_FIT`
        const FRAGMENT_TO_FIT = 0x0080_0000;
        /// `ASC_REQ_NO_TOKEN`
        const NO_TOKEN = 0x0100_0000;
        /// `ASC_REQ_PROXY_BINDINGS`
        const PROXY_BINDINGS = 0x0400_0000;
        /// `ASC_REQ_ALLOW_MISSING_BINDINGS`
        const ALLOW_MISSING_BINDINGS = 0x1000_0000;
        /// `ASC_REQ_MESSAGES`
        const MESSAGES = 0x0000_0001_0000_0000;
    }
}

bitflags! {
    /// What `AcceptSecurityContext` says the context has.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct AscRet: u64 {
        /// `ASC_RET_DELEGATE`
        const DELEGATE = 0x0000_0001;
        /// `ASC_RET_MUTUAL_AUTH`
        const MUTUAL_AUTH = 0x0000_0002;
        /// `ASC_RET_REPLAY_DETECT`
        const REPLAY_DETECT = 0x0000_0004;
        /// `ASC_RET_SEQUENCE_DETECT`
        const SEQUENCE_DETECT = 0x0000_0008;
        /// `ASC_RET_CONFIDENTIALITY`
        const CONFIDENTIALITY = 0x0000_0010;
        /// `ASC_RET_USE_SESSION_KEY`
        const USE_SESSION_KEY = 0x0000_0020;
        /// `ASC_RET_SESSION_TICKET`
        const SESSION_TICKET = 0x0000_0040;
        /// `ASC_RET_ALLOCATED_MEMORY`
        const ALLOCATED_MEMORY = 0x0000_0100;
        /// `ASC_RET_USED_DCE_STYLE`
        const USED_DCE_STYLE = 0x0000_0200;
        /// `ASC_RET_DATAGRAM`
        const DATAGRAM = 0x0000_0400;
        /// `ASC_RET_CONNECTION`
        const CONNECTION = 0x0000_0800;
        /// `ASC_RET_CALL_LEVEL`
        const CALL_LEVEL = 0x0000_2000;
        /// `ASC_RET_THIRD_LEG_FAILED`
        const THIRD_LEG_FAILED = 0x0000_4000;
        /// `ASC_RET_EXTENDED_ERROR`
        const EXTENDED_ERROR = 0x0000_8000;
        /// `ASC_RET_STREAM`
        const STREAM = 0x0001_0000;
        /// `ASC_RET_INTEGRITY`
        const INTEGRITY = 0x0002_0000;
        /// `ASC_RET_LICENSING`
        const LICENSING = 0x0004_0000;
        /// `ASC_RET_IDENTIFY`
        const IDENTIFY = 0x0008_0000;
        /// `ASC_RET_NULL_SESSION`
        const NULL_SESSION = 0x0010_0000;
        /// `ASC_RET_ALLOW_NON_USER_LOGONS`
        const ALLOW_NON_USER_LOGONS = 0x0020_0000;
        /// `ASC_RET_ALLOW_CONTEXT_REPLAY`
        const ALLOW_CONTEXT_REPLAY = 0x0040_0000;
        /// `ASC_RET_FRAGMENT_ONLY`
        const FRAGMENT_ONLY = 0x0080_0000;
        /// `ASC_RET_NO_TOKEN`
        const NO_TOKEN = 0x0100_0000;
        /// `ASC_RET_NO_ADDITIONAL_TOKEN`
        const NO_ADDITIONAL_TOKEN = 0x0200_0000;
        /// `ASC_RET_MESSAGES`
        const MESSAGES = 0x0000_0001_0000_0000;
    }
}

/// One flag in the numberings of the interface; `None` where a numbering has no such flag.
struct Row {
    flag: ContextFlags,
    isc_req: IscReq,
    isc_ret: IscRet,
    asc_req: AscReq,
    asc_ret: AscRet,
}

macro_rules! rows {
    ($($flag:ident: $isc_req:ident, $isc_ret:ident, $asc_req:ident, $asc_ret:ident;)*) => {
        &[$(Row {
            flag: ContextFlags::$flag,
            isc_req: rows!(@ IscReq $isc_req),
            isc_ret: rows!(@ IscRet $isc_ret),
            asc_req: rows!(@ AscReq $asc_req),
            asc_ret: rows!(@ AscRet $asc_ret),
        }),*]
    };
    (@ $kind:ident None) => { $kind::empty() };
    (@ $kind:ident $name:ident) => { $kind::$name };
}

// flag: ISC_REQ, ISC_RET, ASC_REQ, ASC_RET
const TABLE: &[Row] = rows! {
    DELEGATE: DELEGATE, DELEGATE, DELEGATE, DELEGATE;
    MUTUAL_AUTH: MUTUAL_AUTH, MUTUAL_AUTH, MUTUAL_AUTH, MUTUAL_AUTH;
    REPLAY_DETECT: REPLAY_DETECT, REPLAY_DETECT, REPLAY_DETECT, REPLAY_DETECT;
    SEQUENCE_DETECT: SEQUENCE_DETECT, SEQUENCE_DETECT, SEQUENCE_DETECT, SEQUENCE_DETECT;
    CONFIDENTIALITY: CONFIDENTIALITY, CONFIDENTIALITY, CONFIDENTIALITY, CONFIDENTIALITY;
    USE_SESSION_KEY: USE_SESSION_KEY, USE_SESSION_KEY, USE_SESSION_KEY, USE_SESSION_KEY;
    DCE_STYLE: USE_DCE_STYLE, USED_DCE_STYLE, USE_DCE_STYLE, USED_DCE_STYLE;
    DATAGRAM: DATAGRAM, DATAGRAM, DATAGRAM, DATAGRAM;
    CONNECTION: CONNECTION, CONNECTION, CONNECTION, CONNECTION;
    EXTENDED_ERROR: EXTENDED_ERROR, EXTENDED_ERROR, EXTENDED_ERROR, EXTENDED_ERROR;
    STREAM: STREAM, STREAM, STREAM, STREAM;
    INTEGRITY: INTEGRITY, INTEGRITY, INTEGRITY, INTEGRITY;
    IDENTIFY: IDENTIFY, IDENTIFY, IDENTIFY, IDENTIFY;
    NULL_SESSION: NULL_SESSION, NULL_SESSION, ALLOW_NULL_SESSION, NULL_SESSION;
    MANUAL_CRED_VALIDATION: MANUAL_CRED_VALIDATION, MANUAL_CRED_VALIDATION, None, None;
    USE_SUPPLIED_CREDENTIALS: USE_SUPPLIED_CREDS, USED_SUPPLIED_CREDS, None, None;
    UNVERIFIED_TARGET_NAME: UNVERIFIED_TARGET_NAME, None, None, None;
    ALLOW_MISSING_BINDINGS: None, None, ALLOW_MISSING_BINDINGS, None;
    NO_INTEGRITY: NO_INTEGRITY, None, None, None;
    CONFIDENTIALITY_ONLY: CONFIDENTIALITY_ONLY, CONFIDENTIALITY_ONLY, None, None;
    NO_ADDITIONAL_TOKEN: None, NO_ADDITIONAL_TOKEN, None, NO_ADDITIONAL_TOKEN;
};

macro_rules! conversions {
    ($($kind:ident, $field:ident;)*) => {$(
        impl From<$kind> for ContextFlags {
            fn from(numbered: $kind) -> Self {
                TABLE
                    .iter()
                    .filter(|row| !row.$field.is_empty() && numbered.contains(row.$field))
                    .fold(Self::empty(), |flags, row| flags | row.flag)
            }
        }

        impl From<ContextFlags> for $kind {
            fn from(flags: ContextFlags) -> Self {
                TABLE
                    .iter()
                    .filter(|row| flags.contains(row.flag))
                    .fold(Self::empty(), |numbered, row| numbered | row.$field)
            }
        }
    )*};
}

conversions! {
    IscReq, isc_req;
    IscRet, isc_ret;
    AscReq, asc_req;
    AscRet, asc_ret;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flag_is_in_the_table_once() {
        let all = TABLE.iter().fold(ContextFlags::empty(), |seen, row| {
            assert!(!seen.intersects(row.flag), "{:?} twice", row.flag);
            seen | row.flag
        });
        assert_eq!(all, ContextFlags::all());
    }

    #[test]
    fn flags_come_back_from_each_numbering() {
        for row in TABLE {
            if !row.isc_req.is_empty() {
                assert_eq!(ContextFlags::from(IscReq::from(row.flag)), row.flag);
            }
            if !row.asc_ret.is_empty() {
                assert_eq!(ContextFlags::from(AscRet::from(row.flag)), row.flag);
            }
        }
    }

    #[test]
    fn the_two_sides_number_integrity_differently() {
        let integrity = ContextFlags::INTEGRITY;
        assert_eq!(IscReq::from(integrity).bits(), 0x0001_0000);
        assert_eq!(AscReq::from(integrity).bits(), 0x0002_0000);
    }
}
