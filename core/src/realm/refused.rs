//! What the KDC says instead of a ticket: a KRB-ERROR (RFC 4120 5.9).

use super::Realm;
use crate::error::Error;
use crate::kerberos::Principal;
use crate::packages::kerberos::messages::{
    self, Application, ErrorCode, ErrorFields, ErrorMessage, KerberosTime, Microseconds, Note,
    PrincipalName, Text, VERSION, kind,
};
use crate::status::Status;
use der::asn1::OctetStringRef;

/// A request that gets no ticket.
pub(super) struct Refused(Box<Reason>);

struct Reason {
    code: ErrorCode,
    text: &'static str,
    data: Option<Vec<u8>>,
    server: Option<Principal>,
    client_realm: Option<String>,
}

impl Refused {
    pub(super) fn because(code: ErrorCode, text: &'static str) -> Self {
        Self(Box::new(Reason { code, text, data: None, server: None, client_realm: None }))
    }

    /// The same with e-data.
    pub(super) fn with_data(mut self, data: Vec<u8>) -> Self {
        self.0.data = Some(data);
        self
    }

    /// The same, and the realm that the client is in.
    pub(super) fn with_client_realm(mut self, realm: String) -> Self {
        self.0.client_realm = Some(realm);
        self
    }

    /// The same about a service.
    pub(super) fn about(mut self, server: &Principal) -> Self {
        self.0.server = Some(server.clone());
        self
    }

    pub(super) fn long_request() -> Self {
        Self::because(ErrorCode::GENERIC, "the request is too long")
    }

    pub(super) fn unknown_request() -> Self {
        Self::because(ErrorCode::MESSAGE_TYPE, "neither an AS-REQ nor a TGS-REQ")
    }

    pub(super) fn long_reply() -> Self {
        Self::because(ErrorCode::RESPONSE_TOO_BIG, "ask over TCP")
    }

    /// The KRB-ERROR.
    pub(super) fn message(self, realm: &Realm) -> Vec<u8> {
        let granting = super::Entry::name_of_granting(realm.name());
        let server = self.0.server.as_ref().unwrap_or(&granting);
        let microseconds = realm.0.surroundings.now().filetime() / 10 % 1_000_000;
        let message: ErrorMessage<'_> = Application(ErrorFields {
            version: VERSION,
            kind: kind::ERROR,
            client_time: None,
            client_microseconds: None,
            time: KerberosTime(realm.now()),
            microseconds: Microseconds(u32::try_from(microseconds).unwrap_or_default()),
            code: self.0.code.0,
            client_realm: self.0.client_realm.as_deref().map(Text),
            client: None,
            realm: Text(server.realm()),
            server: PrincipalName::of(server),
            text: Some(Note(self.0.text.as_bytes())),
            data: self.0.data.as_deref().and_then(|data| OctetStringRef::new(data).ok()),
        });
        // Nothing in it can be too long to be written.
        messages::write(&message).unwrap_or_default()
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        match error.status() {
            Status::INVALID_TOKEN => {
                Self::because(ErrorCode::GENERIC, "the request cannot be read")
            }
            _ => Self::because(ErrorCode::GENERIC, "the KDC failed"),
        }
    }
}
