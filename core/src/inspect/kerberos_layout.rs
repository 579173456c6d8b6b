//! What the messages of Kerberos are made of, by the names of RFC 4120.

/// A field of a SEQUENCE: its number, its name, and what it holds.
pub(super) struct Part(pub(super) u8, pub(super) &'static str, pub(super) Layout);

/// What a field holds, and how it is shown.
#[derive(Clone, Copy)]
pub(super) enum Layout {
    Number,
    EncryptionType,
    EncryptionTypes,
    ErrorCode,
    Time,
    Text,
    Flags(&'static [(u32, &'static str)]),
    Name,
    /// Nothing but the length of it.
    Hidden(&'static str),
    Sequence(&'static [Part]),
    Ticket,
    List(&'static Layout),
    /// The type and the length.
    PaData,
}

const ENCRYPTED_DATA: &[Part] = &[
    Part(0, "etype", Layout::EncryptionType),
    Part(1, "kvno", Layout::Number),
    Part(2, "cipher", Layout::Hidden("encrypted")),
];

pub(super) const TICKET: &[Part] = &[
    Part(0, "tkt-vno", Layout::Number),
    Part(1, "realm", Layout::Text),
    Part(2, "sname", Layout::Name),
    Part(3, "enc-part", Layout::Sequence(ENCRYPTED_DATA)),
];

pub(super) const AP_REQ: &[Part] = &[
    Part(0, "pvno", Layout::Number),
    Part(1, "msg-type", Layout::Number),
    Part(
        2,
        "ap-options",
        Layout::Flags(&[(1 << 30, "use-session-key"), (1 << 29, "mutual-required")]),
    ),
    Part(3, "ticket", Layout::Ticket),
    Part(4, "authenticator", Layout::Sequence(ENCRYPTED_DATA)),
];

pub(super) const AP_REP: &[Part] = &[
    Part(0, "pvno", Layout::Number),
    Part(1, "msg-type", Layout::Number),
    Part(2, "enc-part", Layout::Sequence(ENCRYPTED_DATA)),
];

pub(super) const KRB_CRED: &[Part] = &[
    Part(0, "pvno", Layout::Number),
    Part(1, "msg-type", Layout::Number),
    Part(2, "tickets", Layout::List(&Layout::Ticket)),
    Part(3, "enc-part", Layout::Sequence(ENCRYPTED_DATA)),
];

pub(super) const KRB_ERROR: &[Part] = &[
    Part(0, "pvno", Layout::Number),
    Part(1, "msg-type", Layout::Number),
    Part(2, "ctime", Layout::Time),
    Part(3, "cusec", Layout::Number),
    Part(4, "stime", Layout::Time),
    Part(5, "susec", Layout::Number),
    Part(6, "error-code", Layout::ErrorCode),
    Part(7, "crealm", Layout::Text),
    Part(8, "cname", Layout::Name),
    Part(9, "realm", Layout::Text),
    Part(10, "sname", Layout::Name),
    Part(11, "e-text", Layout::Text),
    Part(12, "e-data", Layout::Hidden("not looked into")),
];

pub(super) const KDC_REP: &[Part] = &[
    Part(0, "pvno", Layout::Number),
    Part(1, "msg-type", Layout::Number),
    Part(2, "padata", Layout::List(&Layout::PaData)),
    Part(3, "crealm", Layout::Text),
    Part(4, "cname", Layout::Name),
    Part(5, "ticket", Layout::Ticket),
    Part(6, "enc-part", Layout::Sequence(ENCRYPTED_DATA)),
];

pub(super) const KDC_REQ: &[Part] = &[
    Part(1, "pvno", Layout::Number),
    Part(2, "msg-type", Layout::Number),
    Part(3, "padata", Layout::List(&Layout::PaData)),
    Part(4, "req-body", Layout::Sequence(KDC_REQ_BODY)),
];

const KDC_REQ_BODY: &[Part] = &[
    Part(
        0,
        "kdc-options",
        Layout::Flags(&[
            (1 << 30, "forwardable"),
            (1 << 29, "forwarded"),
            (1 << 28, "proxiable"),
            (1 << 27, "proxy"),
            (1 << 26, "allow-postdate"),
            (1 << 25, "postdated"),
            (1 << 23, "renewable"),
            (1 << 17, "cname-in-addl-tkt"),
            (1 << 16, "canonicalize"),
            (1 << 15, "request-anonymous"),
            (1 << 5, "disable-transited-check"),
            (1 << 4, "renewable-ok"),
            (1 << 3, "enc-tkt-in-skey"),
            (1 << 1, "renew"),
            (1, "validate"),
        ]),
    ),
    Part(1, "cname", Layout::Name),
    Part(2, "realm", Layout::Text),
    Part(3, "sname", Layout::Name),
    Part(4, "from", Layout::Time),
    Part(5, "till", Layout::Time),
    Part(6, "rtime", Layout::Time),
    Part(7, "nonce", Layout::Number),
    Part(8, "etype", Layout::EncryptionTypes),
    Part(9, "addresses", Layout::Hidden("not looked into")),
    Part(10, "enc-authorization-data", Layout::Sequence(ENCRYPTED_DATA)),
    Part(11, "additional-tickets", Layout::List(&Layout::Ticket)),
];

/// The name of an error-code (RFC 4120 7.5.9) that is met.
pub(super) fn error_name(code: i64) -> Option<&'static str> {
    Some(match code {
        3 => "KDC_ERR_BAD_PVNO",
        6 => "KDC_ERR_C_PRINCIPAL_UNKNOWN",
        7 => "KDC_ERR_S_PRINCIPAL_UNKNOWN",
        9 => "KDC_ERR_NULL_KEY",
        12 => "KDC_ERR_POLICY",
        13 => "KDC_ERR_BADOPTION",
        14 => "KDC_ERR_ETYPE_NOSUPP",
        18 => "KDC_ERR_CLIENT_REVOKED",
        20 => "KDC_ERR_TGT_REVOKED",
        23 => "KDC_ERR_KEY_EXPIRED",
        24 => "KDC_ERR_PREAUTH_FAILED",
        25 => "KDC_ERR_PREAUTH_REQUIRED",
        27 => "KDC_ERR_MUST_USE_USER2USER",
        29 => "KDC_ERR_SVC_UNAVAILABLE",
        31 => "KRB_AP_ERR_BAD_INTEGRITY",
        32 => "KRB_AP_ERR_TKT_EXPIRED",
        33 => "KRB_AP_ERR_TKT_NYV",
        34 => "KRB_AP_ERR_REPEAT",
        35 => "KRB_AP_ERR_NOT_US",
        36 => "KRB_AP_ERR_BADMATCH",
        37 => "KRB_AP_ERR_SKEW",
        38 => "KRB_AP_ERR_BADADDR",
        39 => "KRB_AP_ERR_BADVERSION",
        40 => "KRB_AP_ERR_MSG_TYPE",
        41 => "KRB_AP_ERR_MODIFIED",
        44 => "KRB_AP_ERR_BADKEYVER",
        45 => "KRB_AP_ERR_NOKEY",
        46 => "KRB_AP_ERR_MUT_FAIL",
        50 => "KRB_AP_ERR_INAPP_CKSUM",
        52 => "KRB_ERR_RESPONSE_TOO_BIG",
        60 => "KRB_ERR_GENERIC",
        68 => "KDC_ERR_WRONG_REALM",
        69 => "KRB_AP_ERR_USER_TO_USER_REQUIRED",
        _ => return None,
    })
}

/// The name of a padata-type (RFC 4120 7.5.2, RFC 6113, [MS-KILE] 2.2) that is met.
pub(super) fn pa_data_name(kind: i64) -> Option<&'static str> {
    Some(match kind {
        1 => "PA-TGS-REQ",
        2 => "PA-ENC-TIMESTAMP",
        3 => "PA-PW-SALT",
        11 => "PA-ETYPE-INFO",
        16 => "PA-PK-AS-REQ",
        17 => "PA-PK-AS-REP",
        19 => "PA-ETYPE-INFO2",
        128 => "PA-PAC-REQUEST",
        129 => "PA-FOR-USER",
        130 => "PA-FOR-X509-USER",
        133 => "PA-FX-COOKIE",
        136 => "PA-FX-FAST",
        137 => "PA-FX-ERROR",
        138 => "PA-ENCRYPTED-CHALLENGE",
        149 => "PA-REQ-ENC-PA-REP",
        165 => "PA-SUPPORTED-ENCTYPES",
        167 => "PA-PAC-OPTIONS",
        _ => return None,
    })
}
