//! What a KRB-ERROR says, as an error of the interface.

use super::framing::{Framing, Kind};
use super::kdc_reply::timestamp;
use super::messages::{
    self, Application, ErrorCode, ErrorFields, ErrorMessage, PrincipalName, Text, VERSION, kind,
};
use crate::error::{Error, ProtocolCode, Result};
use crate::kerberos::Principal;
use crate::status::Status;
use crate::time::Time;
use std::borrow::Cow;

/// What the codes of a KRB-ERROR mean (RFC 4120 7.5.9).
static MEANINGS: &[(ErrorCode, Status, &str)] = &[
    (ErrorCode::CLIENT_EXPIRED, Status::LOGON_DENIED, "the account has expired"),
    (ErrorCode::SERVICE_EXPIRED, Status::TARGET_UNKNOWN, "the account of the service has expired"),
    (
        ErrorCode::CLIENT_UNKNOWN,
        Status::LOGON_DENIED,
        "the realm knows no user of this name: check name and realm",
    ),
    (
        ErrorCode::SERVICE_UNKNOWN,
        Status::TARGET_UNKNOWN,
        "the realm knows no service of this name: check its spelling and that it is registered",
    ),
    (ErrorCode::NOT_UNIQUE, Status::TOO_MANY_PRINCIPALS, "the realm knows several by this name"),
    (ErrorCode::NO_KEYS, Status::NO_KERB_KEY, "the realm has no key for one of the two"),
    (
        ErrorCode::NEVER_VALID,
        Status::TIME_SKEW,
        "the ticket would never be valid: check the clocks",
    ),
    (ErrorCode::POLICY, Status::LOGON_DENIED, "a policy of the realm forbids it"),
    (
        ErrorCode::BAD_OPTION,
        Status::KDC_INVALID_REQUEST,
        "an option cannot be had, such as forwarding a ticket that may not be forwarded",
    ),
    (
        ErrorCode::ENCRYPTION_TYPE_UNSUPPORTED,
        Status::KDC_UNKNOWN_ETYPE,
        "no encryption type is allowed here and has a key there; rc4-hmac has to be allowed by \
             name",
    ),
    (
        ErrorCode::CHECKSUM_TYPE_UNSUPPORTED,
        Status::KDC_UNKNOWN_ETYPE,
        "the type of the checksum is not supported there",
    ),
    (
        ErrorCode::PRE_AUTHENTICATION_UNSUPPORTED,
        Status::UNSUPPORTED_PREAUTH,
        "this kind of pre-authentication is not supported there",
    ),
    (
        ErrorCode::CLIENT_REVOKED,
        Status::LOGON_DENIED,
        "the account is disabled, locked or may not log on now",
    ),
    (ErrorCode::SERVICE_REVOKED, Status::TARGET_UNKNOWN, "the account of the service is disabled"),
    (ErrorCode::TICKET_REVOKED, Status::LOGON_DENIED, "the ticket-granting ticket was revoked"),
    (ErrorCode::CLIENT_NOT_YET_VALID, Status::LOGON_DENIED, "the account is not valid yet"),
    (
        ErrorCode::SERVICE_NOT_YET_VALID,
        Status::TARGET_UNKNOWN,
        "the account of the service is not valid yet",
    ),
    (
        ErrorCode::PASSWORD_EXPIRED,
        Status::LOGON_DENIED,
        "the password has expired and must be changed",
    ),
    (
        ErrorCode::PRE_AUTHENTICATION_FAILED,
        Status::LOGON_DENIED,
        "the password or the key is wrong",
    ),
    (
        ErrorCode::PRE_AUTHENTICATION_REQUIRED,
        Status::UNSUPPORTED_PREAUTH,
        "the KDC asks for pre-authentication once more",
    ),
    (
        ErrorCode::MUST_USE_USER_TO_USER,
        Status::NO_KERB_KEY,
        "there is no key of the service but that of its ticket-granting ticket: it asks for \
             user-to-user authentication",
    ),
    (
        ErrorCode::USER_TO_USER_REQUIRED,
        Status::NO_KERB_KEY,
        "there is no key of the service but that of its ticket-granting ticket: it asks for \
             user-to-user authentication",
    ),
    (
        ErrorCode::SERVICE_UNAVAILABLE,
        Status::NO_AUTHENTICATING_AUTHORITY,
        "the KDC cannot say at the moment",
    ),
    (
        ErrorCode::BAD_INTEGRITY,
        Status::LOGON_DENIED,
        "what was encrypted cannot be read there: the password is wrong, or the service has \
             another key than the KDC",
    ),
    (ErrorCode::TICKET_EXPIRED, Status::CONTEXT_EXPIRED, "the ticket has expired"),
    (
        ErrorCode::TICKET_NOT_YET_VALID,
        Status::TIME_SKEW,
        "the ticket is not valid yet: check the clocks",
    ),
    (ErrorCode::REPEAT, Status::OUT_OF_SEQUENCE, "the same message came before"),
    (
        ErrorCode::NOT_US,
        Status::WRONG_PRINCIPAL,
        "the ticket is for somebody else: check the target name",
    ),
    (ErrorCode::BAD_MATCH, Status::WRONG_PRINCIPAL, "the ticket belongs to another client"),
    (
        ErrorCode::SKEW,
        Status::TIME_SKEW,
        "the clocks of the two sides differ too much: synchronise them",
    ),
    (ErrorCode::BAD_ADDRESS, Status::WRONG_PRINCIPAL, "the ticket is for other network addresses"),
    (ErrorCode::BAD_VERSION, Status::ILLEGAL_MESSAGE, "the message is of another version or kind"),
    (ErrorCode::MESSAGE_TYPE, Status::ILLEGAL_MESSAGE, "the message is of another version or kind"),
    (ErrorCode::MODIFIED, Status::MESSAGE_ALTERED, "the message was altered on its way"),
    (ErrorCode::BAD_DIRECTION, Status::MESSAGE_ALTERED, "the message was altered on its way"),
    (
        ErrorCode::BAD_KEY_VERSION,
        Status::NO_KERB_KEY,
        "the service has no key of this version: its keytab is older or newer than the ticket",
    ),
    (
        ErrorCode::NO_KEY,
        Status::NO_KERB_KEY,
        "the service has no key for the ticket: check its keytab and the encryption types",
    ),
    (ErrorCode::MUTUAL_FAILED, Status::MUTUAL_AUTH_FAILED, "the service did not prove who it is"),
    (
        ErrorCode::INAPPROPRIATE_CHECKSUM,
        Status::ILLEGAL_MESSAGE,
        "the checksum is of a type that does not belong there",
    ),
    (
        ErrorCode::PATH_NOT_ACCEPTED,
        Status::KDC_UNABLE_TO_REFER,
        "the realms between the two are not trusted: check the trusts between them",
    ),
    (
        ErrorCode::RESPONSE_TOO_BIG,
        Status::NO_AUTHENTICATING_AUTHORITY,
        "the reply is too long for UDP: ask over TCP",
    ),
    (ErrorCode::WRONG_REALM, Status::KDC_UNABLE_TO_REFER, "it belongs to another realm"),
];

/// The status that a code of a KRB-ERROR stands for, and what it means.
pub(crate) fn meaning(code: ErrorCode) -> (Status, &'static str) {
    let found = MEANINGS.iter().find(|(known, ..)| *known == code);
    found.map_or(
        (Status::INTERNAL_ERROR, "it gives no reason that is known here"),
        |(_, status, meaning)| (*status, *meaning),
    )
}

/// The error for a KRB-ERROR. `what` says who refused what.
pub(crate) fn refused(message: &ErrorFields<'_>, what: &str) -> Error {
    let code = ErrorCode(message.code);
    let (status, meaning) = meaning(code);
    let said = match &message.text {
        Some(text) if !text.0.is_empty() => format!("; it says \"{text}\""),
        _ => String::new(),
    };
    Error::new(status, format!("{what}: {meaning}{said}"))
        .with_code(ProtocolCode::Kerberos(message.code))
}

/// An error of our own with the code that a peer is told.
pub(super) fn refusing(
    status: Status,
    code: ErrorCode,
    context: impl Into<Cow<'static, str>>,
) -> Error {
    Error::new(status, context).with_code(ProtocolCode::Kerberos(code.0))
}

/// The error with a KRB-ERROR for the peer (RFC 4120 3.2.3, 5.9.1), which is told the code and nothing of
/// the reason: nobody knows yet who it is.
pub(super) fn with_token(error: Error, server: &Principal, now: Time, framing: Framing) -> Error {
    let code = error.kerberos_code().unwrap_or(ErrorCode::GENERIC.0);
    let (time, microseconds) = timestamp(now);
    let message: ErrorMessage<'_> = Application(ErrorFields {
        version: VERSION,
        kind: kind::ERROR,
        client_time: None,
        client_microseconds: None,
        time,
        microseconds,
        code,
        client_realm: None,
        client: None,
        realm: Text(server.realm()),
        server: PrincipalName::of(server),
        text: None,
        data: None,
    });
    match messages::write(&message) {
        Ok(message) => error.with_token(framing.write(Kind::Error, message)),
        Err(_) => error,
    }
}

/// The error for a KRB-ERROR of the service's.
pub(super) fn told(message: &[u8]) -> Error {
    let read: Result<ErrorMessage<'_>> = messages::read(message, "KRB-ERROR");
    match read {
        Ok(Application(fields)) if fields.kind == kind::ERROR && fields.version == VERSION => {
            let error = refused(&fields, "the service refuses the ticket");
            match ErrorCode(fields.code) {
                // The first thing that a service does is to decrypt the ticket.
                ErrorCode::BAD_INTEGRITY | ErrorCode::MODIFIED => refusing(
                    Status::WRONG_PRINCIPAL,
                    ErrorCode(fields.code),
                    "the service cannot decrypt the ticket: it is not the one that the KDC knows by \
                     the target name, or its keytab is older or newer",
                ),
                _ => error,
            }
        }
        Ok(_) => Error::new(Status::INVALID_TOKEN, "what was to be a KRB-ERROR is none"),
        Err(error) => error,
    }
}
