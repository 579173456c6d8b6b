//! User-to-user authentication: a server without a key of its own sends its ticket-granting ticket
//! first, and the client's ticket is encrypted in the key of that one (RFC 4120 2.9.2,
//! draft-swift-win2k-krb-user2user-03, [MS-KILE] 3.1.5.2).

use super::messages::{self, PrincipalName, Text, VERSION, kind};
use crate::error::{Error, Result};
use crate::kerberos::Principal;
use crate::status::Status;
use der::asn1::AnyRef;
use der::{Decode, Encode, Sequence};

/// KERB-TGT-REQUEST.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
struct TgtRequest<'a> {
    #[asn1(context_specific = "0")]
    version: u32,
    #[asn1(context_specific = "1")]
    kind: u32,
    /// Whom the client means, and in which realm.
    #[asn1(context_specific = "2", optional = "true")]
    server: Option<PrincipalName<'a>>,
    #[asn1(context_specific = "3", optional = "true")]
    realm: Option<Text<'a>>,
}

/// KERB-TGT-REPLY.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
struct TgtReply<'a> {
    #[asn1(context_specific = "0")]
    version: u32,
    #[asn1(context_specific = "1")]
    kind: u32,
    #[asn1(context_specific = "2")]
    ticket: AnyRef<'a>,
}

/// Asks a server for its ticket-granting ticket.
pub(super) fn write_request(server: &Principal) -> Result<Vec<u8>> {
    messages::write(&TgtRequest {
        version: VERSION,
        kind: kind::TGT_REQUEST,
        server: Some(PrincipalName::of(server)),
        realm: Some(Text(server.realm())).filter(|realm| !realm.0.is_empty()),
    })
}

/// Makes sure that it is such a question. What it says about the server the ticket will say again,
/// proven.
pub(super) fn read_request(bytes: &[u8]) -> Result<()> {
    let request: TgtRequest<'_> = messages::read(bytes, "question for a ticket-granting ticket")?;
    if request.version != VERSION || request.kind != kind::TGT_REQUEST {
        return Err(refused());
    }
    Ok(())
}

/// Answers with a ticket-granting ticket.
pub(super) fn write_reply(ticket: &[u8]) -> Result<Vec<u8>> {
    let ticket = AnyRef::from_der(ticket).map_err(|cause| {
        Error::new(Status::INTERNAL_ERROR, "the ticket-granting ticket is damaged")
            .with_source(cause)
    })?;
    messages::write(&TgtReply { version: VERSION, kind: kind::TGT_REPLY, ticket })
}

/// The ticket-granting ticket in an answer.
pub(super) fn read_reply(bytes: &[u8]) -> Result<Vec<u8>> {
    let reply: TgtReply<'_> = messages::read(bytes, "answer with a ticket-granting ticket")?;
    if reply.version != VERSION || reply.kind != kind::TGT_REPLY {
        return Err(refused());
    }
    let whole: Result<messages::Ticket<'_>, _> = reply.ticket.decode_as();
    whole.map_err(|_| refused())?;
    reply.ticket.to_der().map_err(|_| refused())
}

fn refused() -> Error {
    Error::new(
        Status::INVALID_TOKEN,
        "what was to be a message of user-to-user authentication is another one",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_back_and_others_are_refused() {
        let server = Principal::service("host/desk@A").unwrap();
        let request = write_request(&server).unwrap();
        assert!(read_request(&request).is_ok());
        assert!(read_reply(&request).is_err());
        for length in 0..request.len() {
            assert!(read_request(&request[..length]).is_err());
        }
        // A value that is no ticket.
        let reply = write_reply(&[0x04, 0x01, 0x00]).unwrap();
        assert_eq!(read_reply(&reply).unwrap_err().status(), Status::INVALID_TOKEN);
        assert!(read_request(&reply).is_err());
        assert!(write_reply(&[0x61, 0x05, 0x00]).is_err());
    }
}
