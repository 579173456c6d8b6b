//! The tokens: messages of NEGOEX ([MS-NEGOEX] 2.2) in which those of Kerberos travel.
//!
//! The engine reads them again, and it is lenient. Here a token is taken only where it is what is due at
//! this leg, nothing in it goes beyond its end and nothing follows it: no length that the engine reads is
//! the peer's word alone. What two peers may differ about without a checksum over it, the last message of
//! each side, has to be exactly as the specification has it.

use crate::codec::reader::Reader;
use crate::error::{Error, Result};
use crate::packages::negotiate::messages::gss_token;
use crate::status::Status;

/// The largest token that is read or made.
pub(super) const LARGEST_TOKEN: usize = 48 * 1024;

/// "NEGOEXTS", with which every message begins.
const SIGNATURE: &[u8; 8] = b"NEGOEXTS";

/// PKU2U among the authentication schemes, {0D53335C-F9EA-4D0D-B2EC-4AE3786EC308}, as it is sent.
const SCHEME: [u8; 16] = [
    0x5C, 0x33, 0x53, 0x0D, 0xEA, 0xF9, 0x0D, 0x4D, 0xB2, 0xEC, 0x4A, 0xE3, 0x78, 0x6E, 0xC3, 0x08,
];

/// PKU2U's own object identifier, 1.3.6.1.5.2.7 (draft-zhu-pku2u 6).
const PKU2U: &[u8] = &[0x2B, 0x06, 0x01, 0x05, 0x02, 0x07];

/// How deep values may be within values.
const DEEPEST: usize = 24;

/// The most messages in a token, and the most schemes in an offer.
const MOST_MESSAGES: usize = 4;
const MOST_SCHEMES: u32 = 16;

/// A message of NEGOEX.
struct Message<'a> {
    /// MESSAGE_TYPE ([MS-NEGOEX] 2.2.6.1).
    kind: u32,
    conversation: [u8; 16],
    body: Body<'a>,
}

/// What a message says.
enum Body<'a> {
    /// NEGO_MESSAGE: the schemes in order of preference.
    Nego { schemes: &'a [u8] },
    /// EXCHANGE_MESSAGE: a scheme, and what it sends.
    Exchange { scheme: [u8; 16], exchange: &'a [u8] },
    /// VERIFY_MESSAGE: a scheme; the checksum is the engine's to check.
    Verify { scheme: [u8; 16] },
}

/// The numbers of the messages.
mod kind {
    pub(super) const INITIATOR_NEGO: u32 = 0;
    pub(super) const ACCEPTOR_NEGO: u32 = 1;
    pub(super) const INITIATOR_META_DATA: u32 = 2;
    pub(super) const ACCEPTOR_META_DATA: u32 = 3;
    pub(super) const AP_REQUEST: u32 = 5;
    pub(super) const VERIFY: u32 = 6;
    pub(super) const ALERT: u32 = 7;
}

/// The token that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leg {
    /// The initiator's offer.
    Offer,
    /// The acceptor's choice.
    Choice,
    /// AS-REQ, with the initiator's certificate.
    Request,
    /// AS-REP, with the acceptor's.
    Reply,
    /// AP-REQ, and the initiator's checksum.
    Proof,
    /// AP-REP, and the acceptor's.
    Answer,
}

impl Leg {
    /// The messages, and the object of Kerberos in the exchange: TOK_ID (draft-zhu-pku2u 6) and tag.
    fn shape(self) -> (&'static [u32], Option<([u8; 2], u8)>) {
        match self {
            Self::Offer => (&[kind::INITIATOR_NEGO, kind::INITIATOR_META_DATA], None),
            Self::Choice => (&[kind::ACCEPTOR_NEGO, kind::ACCEPTOR_META_DATA], None),
            Self::Request => (&[kind::AP_REQUEST], Some(([5, 0], 0x6A))),
            Self::Reply => (&[kind::AP_REQUEST], Some(([6, 0], 0x6B))),
            Self::Proof => (&[kind::AP_REQUEST, kind::VERIFY], Some(([1, 0], 0x6E))),
            Self::Answer => (&[kind::AP_REQUEST, kind::VERIFY], Some(([2, 0], 0x6F))),
        }
    }

    /// Refuses a token that is not the one that is due; gives the conversation it belongs to, and the
    /// object of Kerberos in it.
    pub(super) fn check(self, token: &[u8]) -> Result<([u8; 16], &[u8])> {
        let messages = read(token)?;
        let (kinds, object) = self.shape();
        if messages.iter().any(|message| message.kind == kind::ALERT) {
            return Err(Error::new(Status::LOGON_DENIED, "PKU2U: the peer gave up with an alert"));
        }
        let is_due = messages.iter().map(|message| message.kind).eq(kinds.iter().copied());
        let [first, ..] = &*messages else { return Err(refused("it has no message")) };
        if !is_due || messages.iter().any(|one| one.conversation != first.conversation) {
            return Err(refused("it is not the token that is due"));
        }
        let mut found = None;
        for message in &messages {
            match message.body {
                Body::Exchange { scheme: SCHEME, exchange } => {
                    found = Some(match object {
                        Some(object) => kerberos(exchange, object)?,
                        None => exchange,
                    });
                }
                Body::Nego { schemes } => {
                    if !schemes.as_chunks::<16>().0.contains(&SCHEME) {
                        return Err(Error::new(
                            Status::ALGORITHM_MISMATCH,
                            "PKU2U is not among the schemes that the peer offers in NEGOEX",
                        ));
                    }
                }
                Body::Verify { scheme: SCHEME } => {}
                _ => return Err(refused("it is of another scheme than PKU2U")),
            }
        }
        let object = found.ok_or_else(|| refused("it carries nothing"))?;
        if !is_der(object, 0) {
            return Err(refused("what it carries is not DER"));
        }
        Ok((first.conversation, object))
    }
}

/// Refuses a token of another conversation.
pub(super) fn is_same(conversation: [u8; 16], found: [u8; 16]) -> Result<()> {
    if found == conversation {
        return Ok(());
    }
    Err(Error::new(Status::INVALID_TOKEN, "PKU2U: the peer's token is of another conversation"))
}

/// Whether these are messages of NEGOEX.
pub(super) fn recognise(token: &[u8]) -> bool {
    token.starts_with(SIGNATURE)
}

/// The messages of a token.
fn read(token: &[u8]) -> Result<Vec<Message<'_>>> {
    if token.len() > LARGEST_TOKEN {
        return Err(refused("it is larger than 48 KiB"));
    }
    let mut messages = Vec::new();
    let mut rest = token;
    while !rest.is_empty() {
        if messages.len() == MOST_MESSAGES {
            return Err(refused("it has too many messages"));
        }
        let (message, after) = Message::read(rest)?;
        messages.push(message);
        rest = after;
    }
    Ok(messages)
}

impl<'a> Message<'a> {
    /// The first message, and what follows it.
    fn read(bytes: &'a [u8]) -> Result<(Self, &'a [u8])> {
        let mut reader = Reader::new(bytes);
        if reader.array::<8>("the signature of NEGOEX")? != *SIGNATURE {
            return Err(refused("it begins like no message of NEGOEX"));
        }
        let kind = reader.u32_le("MessageType")?;
        // The engine counts them.
        reader.u32_le("SequenceNum")?;
        let header = reader.u32_le("cbHeaderLength")?;
        let length = reader.u32_le("cbMessageLength")?;
        let conversation = reader.array("ConversationId")?;
        let length = usize::try_from(length).map_err(|_| refused("a message is too long"))?;
        let (message, rest) = bytes
            .split_at_checked(length)
            .ok_or_else(|| refused("a message goes on beyond the end"))?;
        let mut reader = Reader::new(message);
        reader.take(40, "the header of a message")?;
        let body = match kind {
            kind::INITIATOR_NEGO | kind::ACCEPTOR_NEGO => Body::read_nego(reader, message, header)?,
            kind::INITIATOR_META_DATA..=kind::AP_REQUEST => {
                let scheme = reader.array("AuthScheme")?;
                let exchange = tail(&mut reader, message, header, 64)?;
                Body::Exchange { scheme, exchange }
            }
            kind::VERIFY => Body::read_verify(reader, message, header)?,
            // What an alert says changes nothing.
            kind::ALERT => Body::Exchange { scheme: SCHEME, exchange: &[] },
            _ => return Err(refused("a message is of a kind that there is not")),
        };
        Ok((Self { kind, conversation, body }, rest))
    }
}

impl<'a> Body<'a> {
    /// NEGO_MESSAGE ([MS-NEGOEX] 2.2.6.3).
    fn read_nego(mut reader: Reader<'a>, message: &'a [u8], header: u32) -> Result<Self> {
        reader.take(32, "Random")?;
        if reader.u64_le("ProtocolVersion")? != 0 || header != 96 {
            return Err(refused("it is of another version of NEGOEX"));
        }
        let (offset, count) = (reader.u32_le("AuthSchemes")?, reader.u32_le("AuthSchemes")?);
        reader.u32_le("Extensions")?;
        // An extension can be one that must be understood, and there is none that is.
        if reader.u32_le("Extensions")? != 0 || count == 0 || count > MOST_SCHEMES || offset != 96 {
            return Err(refused("its offer is malformed, or has extensions"));
        }
        let schemes = message.get(96..).unwrap_or_default();
        if Some(schemes.len()) != usize::try_from(count).ok().and_then(|n| n.checked_mul(16)) {
            return Err(refused("its list of schemes is not whole"));
        }
        Ok(Self::Nego { schemes })
    }

    /// VERIFY_MESSAGE ([MS-NEGOEX] 2.2.6.5). Nothing vouches for its own bytes but this.
    fn read_verify(mut reader: Reader<'a>, message: &'a [u8], header: u32) -> Result<Self> {
        let scheme = reader.array("AuthScheme")?;
        let (length, checksums) = (reader.u32_le("Checksum")?, reader.u32_le("ChecksumScheme")?);
        if (length, checksums) != (20, 1) {
            return Err(refused("its checksum is not one of RFC 3961"));
        }
        reader.u32_le("ChecksumType")?;
        tail(&mut reader, message, header, 80)?;
        if reader.u32_le("padding")? != 0 {
            return Err(refused("its padding is not zero"));
        }
        Ok(Self::Verify { scheme })
    }
}

/// The vector that is all of a message behind its header.
fn tail<'a>(
    reader: &mut Reader<'a>,
    message: &'a [u8],
    header: u32,
    expected: u32,
) -> Result<&'a [u8]> {
    let (offset, length) = (reader.u32_le("a vector")?, reader.u32_le("a vector")?);
    let start = usize::try_from(expected).map_err(|_| refused("a message is too long"))?;
    let bytes = message.get(start..).ok_or_else(|| refused("a message is too short"))?;
    if header != expected || offset != expected || usize::try_from(length) != Ok(bytes.len()) {
        return Err(refused("a message is not laid out as NEGOEX has it"));
    }
    Ok(bytes)
}

/// The object of Kerberos in the frame of GSS-API.
fn kerberos(exchange: &[u8], (token_id, tag): ([u8; 2], u8)) -> Result<&[u8]> {
    let (mechanism, framed) =
        gss_token(exchange).ok_or_else(|| refused("it has no frame of GSS-API"))?;
    let object = framed.strip_prefix(&token_id);
    match object {
        Some(object) if mechanism == PKU2U && object.first() == Some(&tag) => Ok(object),
        _ => Err(refused("it carries something else than is due")),
    }
}

/// The first value of DER: its tag, its content, and what follows it.
fn value(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first().filter(|(tag, _)| *tag & 0x1F != 0x1F)?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7F => (usize::from(*first), rest),
        0x81 => {
            let (length, rest) = rest.split_first().filter(|(length, _)| **length >= 0x80)?;
            (usize::from(*length), rest)
        }
        // A token is shorter than what a third byte would count.
        0x82 => {
            let (length, rest) = rest.split_first_chunk().filter(|(first, _)| first[0] != 0)?;
            (usize::from(u16::from_be_bytes(*length)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

/// Whether these are values of DER, each within the one that holds it, to the end.
fn is_der(mut bytes: &[u8], depth: usize) -> bool {
    if depth > DEEPEST {
        return false;
    }
    while !bytes.is_empty() {
        let Some((tag, content, rest)) = value(bytes) else { return false };
        if tag & 0x20 != 0 && !is_der(content, depth.saturating_add(1)) {
            return false;
        }
        bytes = rest;
    }
    true
}

/// What stands within the only value of a tag.
fn within(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    let (found, content, rest) = value(bytes)?;
    (found == tag && rest.is_empty()).then_some(content)
}

/// The field of a sequence's content that has this tag.
fn field(mut bytes: &[u8], tag: u8) -> Option<&[u8]> {
    while let Some((found, content, rest)) = value(bytes) {
        if found == tag {
            return Some(content);
        }
        bytes = rest;
    }
    None
}

/// The target that an AS-REQ is for: the `sname` of its body (RFC 4120 5.4.1), which the initiator signs.
pub(super) fn requested_target(request: &[u8]) -> Option<String> {
    let request = within(within(request, 0x6A)?, 0x30)?;
    let body = within(field(request, 0xA4)?, 0x30)?;
    let name = within(field(body, 0xA3)?, 0x30)?;
    let mut parts = within(field(name, 0xA1)?, 0x30)?;
    let mut target = String::new();
    while let Some((0x1B, part, rest)) = value(parts) {
        let part = std::str::from_utf8(part).ok()?;
        if part.chars().any(char::is_control) {
            return None;
        }
        if !target.is_empty() {
            target.push('/');
        }
        target.push_str(part);
        parts = rest;
    }
    (parts.is_empty() && !target.is_empty()).then_some(target)
}

fn refused(what: &str) -> Error {
    Error::new(Status::INVALID_TOKEN, format!("PKU2U: the peer's token is refused: {what}"))
}
