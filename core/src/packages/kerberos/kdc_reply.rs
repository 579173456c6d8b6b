//! What an AS-REP and a TGS-REP have in common: what is checked of them, and the ticket they bring.

use super::messages::{
    self, EncryptedReplyPart, ErrorMessage, KdcReplyFields, KerberosTime, Microseconds,
    PrincipalName, Text, Ticket as TicketMessage, Typed, VERSION,
};
use super::ticket_store::SKEW;
use crate::error::{Error, Result};
use crate::kerberos::{EncryptionType, Key, Principal, Ticket};
use crate::status::Status;
use crate::surroundings::Surroundings;
use crate::time::Time;
use der::{Encode, FixedTag, Tagged};

/// The longest reply that is read. A ticket with the largest PAC that Windows makes has half of it.
const LONGEST_REPLY: usize = 128 * 1024;

/// What a KDC said: what was asked for, or why not.
pub(super) enum Said<'a> {
    Reply(KdcReplyFields<'a>),
    Error(Box<ErrorMessage<'a>>),
}

/// Reads a reply with the tag of what was asked, or a KRB-ERROR.
pub(super) fn read<'a, Reply, Fields>(
    bytes: &'a [u8],
    kind: u32,
    what: &str,
    fields: Fields,
) -> Result<Said<'a>>
where
    Reply: der::Decode<'a, Error = der::Error>,
    Fields: FnOnce(Reply) -> KdcReplyFields<'a>,
{
    if bytes.len() > LONGEST_REPLY {
        return Err(invalid(format!("the {what} has {} bytes, which is too much", bytes.len())));
    }
    // APPLICATION 30, constructed.
    if bytes.first() == Some(&0x7E) {
        let error: ErrorMessage<'_> = messages::read(bytes, "KRB-ERROR")?;
        if error.0.version != VERSION || error.0.kind != messages::kind::ERROR {
            return Err(invalid("the KRB-ERROR is of another version or kind"));
        }
        return Ok(Said::Error(Box::new(error)));
    }
    let reply = fields(messages::read(bytes, what)?);
    if reply.version != VERSION || reply.kind != kind {
        return Err(invalid(format!("the {what} is of another version or kind")));
    }
    Ok(Said::Reply(reply))
}

/// A number nobody can predict, so that an old reply does not pass for a new one. It has 31 bits,
/// because some KDCs take it for a signed number.
pub(super) fn nonce(surroundings: &Surroundings) -> Result<u32> {
    let mut bytes = [0; 4];
    surroundings.fill(&mut bytes)?;
    Ok(u32::from_be_bytes(bytes) & 0x7FFF_FFFF)
}

/// A moment as messages have it: whole seconds, and microseconds.
pub(super) fn timestamp(time: Time) -> (KerberosTime, Microseconds) {
    let microseconds = time.filetime() / 10 % 1_000_000;
    (KerberosTime(time), Microseconds(u32::try_from(microseconds).unwrap_or_default()))
}

/// What a reply is held against.
pub(super) struct Expected<'a> {
    pub(super) client: Client<'a>,
    pub(super) server: Server<'a>,
    pub(super) nonce: u32,
    /// The latest end that was asked for.
    pub(super) ends: Time,
    /// The types of keys that were asked for.
    pub(super) types: &'a [EncryptionType],
    pub(super) now: Time,
}

/// Whose ticket it must be.
#[derive(Clone, Copy)]
pub(super) enum Client<'a> {
    Exactly(&'a Principal),
    /// The one that the KDC knows by the name that was asked for.
    Canonical,
}

/// Whom the ticket must be for.
#[derive(Clone, Copy)]
pub(super) enum Server<'a> {
    Exactly(&'a Principal),
    /// The same, or the ticket-granting service of a realm.
    OrReferral(&'a Principal),
}

/// Checks a reply and the part of it that was encrypted, and takes the ticket (RFC 4120 3.1.5, 3.3.4).
pub(super) fn take_ticket(
    reply: &KdcReplyFields<'_>,
    part: &EncryptedReplyPart<'_>,
    expected: &Expected<'_>,
    is_for_session_key: bool,
    second_ticket: &[u8],
) -> Result<Ticket> {
    if part.nonce.0 != expected.nonce {
        return Err(altered("it is the answer to another question"));
    }
    let client = reply.client.in_realm(reply.client_realm);
    if let Client::Exactly(asked) = expected.client
        && client != *asked
    {
        return Err(wrong(format!("the KDC gave a ticket of {client} and not of {asked}")));
    }
    let server = part.server.in_realm(part.server_realm);
    let is_asked = match expected.server {
        Server::Exactly(asked) => server == *asked,
        // An issuer has tickets of its own realm only.
        Server::OrReferral(asked) => {
            server.realm() == asked.realm()
                && (server.parts() == asked.parts()
                    || super::tickets::granted_realm(&server).is_some())
        }
    };
    if !is_asked {
        let (Server::Exactly(asked) | Server::OrReferral(asked)) = expected.server;
        return Err(wrong(format!("the KDC gave a ticket for {server} and not for {asked}")));
    }
    let ticket = ticket_bytes(reply, &part.server, part.server_realm)?;
    let encryption_type = EncryptionType(part.key.encryption_type);
    if !expected.types.contains(&encryption_type) {
        return Err(Error::new(
            Status::KDC_UNKNOWN_ETYPE,
            format!("the session key is of {encryption_type}, which was not asked for"),
        ));
    }
    let key = Key::new(encryption_type, part.key.bytes.as_bytes())?;
    check_times(part, expected)?;
    Ok(Ticket {
        client,
        server,
        key,
        authenticated: Some(part.authenticated.0),
        starts: part.starts.and_then(KerberosTime::given),
        ends: Some(part.ends.0),
        renewable_until: part.renewable_until.and_then(KerberosTime::given),
        is_for_session_key,
        flags: part.flags.0,
        addresses: part.addresses.iter().flatten().map(Typed::owned).collect(),
        authorization_data: Vec::new(),
        ticket,
        second_ticket: second_ticket.to_vec(),
    })
}

/// The ticket as it goes on. What stands on it in the clear must be what was encrypted for the client:
/// whoever is on the way could change it.
fn ticket_bytes(
    reply: &KdcReplyFields<'_>,
    server: &PrincipalName<'_>,
    realm: Text<'_>,
) -> Result<Vec<u8>> {
    let cannot = |cause: der::Error| invalid("the ticket cannot be read").with_source(cause);
    let bytes = reply.ticket.to_der().map_err(cannot)?;
    let ticket: TicketMessage<'_> = messages::read(&bytes, "ticket")?;
    if reply.ticket.tag() != TicketMessage::TAG || ticket.0.version != VERSION {
        return Err(invalid("the ticket is of another version"));
    }
    if ticket.0.realm != realm || ticket.0.server.parts != server.parts {
        return Err(altered("another name stands on the ticket"));
    }
    Ok(bytes)
}

fn check_times(part: &EncryptedReplyPart<'_>, expected: &Expected<'_>) -> Result<()> {
    let (ends, now) = (part.ends.0, expected.now);
    let starts = part.starts.and_then(KerberosTime::given).unwrap_or(part.authenticated.0);
    if ends > expected.ends.after(SKEW) || ends <= starts {
        return Err(altered("the ticket is valid at other times than was asked for"));
    }
    if starts > now.after(SKEW) || ends <= now {
        return Err(Error::new(
            Status::TIME_SKEW,
            format!(
                "the KDC's ticket is valid from {starts} to {ends}, and here it is {now}: \
                 synchronise the clocks"
            ),
        ));
    }
    Ok(())
}

pub(super) fn invalid(context: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(Status::INVALID_TOKEN, context)
}

fn wrong(context: String) -> Error {
    Error::new(Status::WRONG_PRINCIPAL, context)
}

fn altered(problem: &str) -> Error {
    Error::new(Status::MESSAGE_ALTERED, format!("the KDC's reply is not to be trusted: {problem}"))
}
