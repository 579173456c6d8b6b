//! Messages of NEGOEX ([MS-NEGOEX] 2.2): which there are, and of which conversation and scheme. What the
//! schemes send in them is not looked into.

use super::token::Token;
use super::value::{Field, Value};
use crate::codec::reader::{Malformed, Reader};
use std::borrow::Cow;

const SIGNATURE: &[u8; 8] = b"NEGOEXTS";

/// The messages ([MS-NEGOEX] 2.2.6.1), by their number.
const TYPES: [&str; 8] = [
    "INITIATOR_NEGO",
    "ACCEPTOR_NEGO",
    "INITIATOR_META_DATA",
    "ACCEPTOR_META_DATA",
    "CHALLENGE",
    "AP_REQUEST",
    "VERIFY",
    "ALERT",
];

/// The messages that offer schemes, and name none.
const NEGO: [u32; 2] = [0, 1];

/// More messages than this are not listed.
const MOST_MESSAGES: usize = 16;

/// The length of a message's header.
const HEADER: usize = 40;

/// Whether this begins as a message does.
pub(super) fn recognise(token: &[u8]) -> bool {
    token.starts_with(SIGNATURE)
}

/// Reads the messages.
pub(super) fn read(token: &mut Token<'_>) -> Cow<'static, str> {
    let mut at: usize = 0;
    while at < token.bytes.len() {
        if token.fields.len() == MOST_MESSAGES {
            token.problem("there are more messages than are listed");
            break;
        }
        let rest = token.bytes.get(at..).unwrap_or_default();
        let Ok((field, length)) = message(rest, at) else {
            token.problem("what follows is no whole header of a message");
            break;
        };
        token.fields.push(field);
        if length < HEADER || length > rest.len() {
            token.problem("the length of the last message is not that of a message in the token");
            break;
        }
        at = at.saturating_add(length);
    }
    "messages".into()
}

/// A message, and the length that it states.
fn message(bytes: &[u8], at: usize) -> Result<(Field, usize), Malformed> {
    let mut reader = Reader::new(bytes);
    if reader.array::<8>("Signature")? != *SIGNATURE {
        return Err(reader.malformed("Signature"));
    }
    let kind = reader.u32_le("MessageType")?;
    let sequence = reader.u32_le("SequenceNum")?;
    reader.u32_le("cbHeaderLength")?;
    let length = usize::try_from(reader.u32_le("cbMessageLength")?).unwrap_or(usize::MAX);
    let conversation = reader.array::<16>("ConversationId")?;
    let place = |offset: usize| at.saturating_add(offset);
    let mut parts = vec![
        Field::new("SequenceNum", Value::Number(sequence.into()), place(12), 4),
        Field::new("cbMessageLength", Value::Number(length as u64), place(20), 4),
        Field::new("ConversationId", Value::Text(identifier(&conversation)), place(24), 16),
    ];
    let mut content = HEADER;
    if !NEGO.contains(&kind)
        && let Ok(scheme) = reader.array::<16>("AuthScheme")
    {
        parts.push(Field::new("AuthScheme", Value::Text(identifier(&scheme)), place(40), 16));
        content = content.saturating_add(16);
    }
    let there = length.min(bytes.len()).saturating_sub(content);
    if there > 0 {
        let value = Value::Hidden { length: there, kind: "not shown" };
        parts.push(Field::new("content", value, place(content), there));
    }
    let name = usize::try_from(kind).ok().and_then(|kind| TYPES.get(kind).copied());
    let field = Field::new(name.unwrap_or("message"), Value::Parts, at, length.min(bytes.len()));
    Ok((field.with_parts(parts), length))
}

/// A GUID as it is written ([MS-DTYP] 2.3.4.3): its first three numbers are sent with the low byte first.
fn identifier(bytes: &[u8; 16]) -> String {
    let [a, b, c, d, e, f, g, h, high, low, rest @ ..] = *bytes;
    let first = u32::from_le_bytes([a, b, c, d]);
    let (second, third) = (u16::from_le_bytes([e, f]), u16::from_le_bytes([g, h]));
    let [i, j, k, l, m, n] = rest;
    let node = u64::from_be_bytes([0, 0, i, j, k, l, m, n]);
    format!("{first:08x}-{second:04x}-{third:04x}-{high:02x}{low:02x}-{node:012x}")
}
