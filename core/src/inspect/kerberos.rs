//! Kerberos (RFC 4120 5, RFC 4121 4): messages, and the tokens that protect others.
//!
//! A message is shown when all of it can be read, and otherwise nothing of it: a wrong length must not
//! make a name of what is encrypted. Of what is encrypted, signed or a key only the length is shown,
//! because passwords can be guessed from it.

use super::kerberos_layout::{self as layout, Layout, Part};
use super::spnego;
use super::token::{Stretch, Token, flags};
use super::value::{Field, Value};
use super::{LARGEST_TOKEN, UNKNOWN};
use crate::error::Result;
use crate::kerberos::EncryptionType;
use crate::packages::kerberos::messages as wire;
use crate::time::Time;
use der::{Decode, Header, Reader, SliceReader};
use std::borrow::Cow;

/// A message: what its encoding begins with, its name, what it is made of, and whether it can be read.
struct Message {
    tag: u8,
    name: &'static str,
    layout: &'static [Part],
    check: fn(&[u8]) -> Result<()>,
}

const MESSAGES: [Message; 8] = [
    Message { tag: 0x6A, name: "AS-REQ", layout: layout::KDC_REQ, check: kdc_request::<10> },
    Message { tag: 0x6B, name: "AS-REP", layout: layout::KDC_REP, check: kdc_reply::<11> },
    Message { tag: 0x6C, name: "TGS-REQ", layout: layout::KDC_REQ, check: kdc_request::<12> },
    Message { tag: 0x6D, name: "TGS-REP", layout: layout::KDC_REP, check: kdc_reply::<13> },
    Message { tag: 0x6E, name: "AP-REQ", layout: layout::AP_REQ, check: ap_request },
    Message { tag: 0x6F, name: "AP-REP", layout: layout::AP_REP, check: ap_reply },
    Message { tag: 0x76, name: "KRB-CRED", layout: layout::KRB_CRED, check: credential },
    Message { tag: 0x7E, name: "KRB-ERROR", layout: layout::KRB_ERROR, check: error },
];

/// More elements of a list than this are not shown.
const MOST_ELEMENTS: usize = 16;

/// A longer text is no name; what is behind so many characters is left out.
const LONGEST_TEXT: usize = 256;

/// How deep the messages go: a name within a ticket within a list within a request.
const DEEPEST: usize = 12;

fn ticket(bytes: der::asn1::AnyRef<'_>) -> Result<()> {
    wire::read::<wire::Ticket<'_>>(&wire::write(&bytes)?, "ticket").map(drop)
}

fn kdc_request<const NUMBER: u32>(bytes: &[u8]) -> Result<()> {
    let read: wire::Application<NUMBER, wire::KdcRequestFields<'_>> = wire::read(bytes, "request")?;
    let body = wire::write(&read.0.body)?;
    let body: wire::KdcRequestBody<'_> = wire::read(&body, "request's body")?;
    body.additional_tickets.into_iter().flatten().try_for_each(ticket)
}

fn kdc_reply<const NUMBER: u32>(bytes: &[u8]) -> Result<()> {
    let read: wire::Application<NUMBER, wire::KdcReplyFields<'_>> = wire::read(bytes, "reply")?;
    ticket(read.0.ticket)
}

fn ap_request(bytes: &[u8]) -> Result<()> {
    ticket(wire::read::<wire::ApRequest<'_>>(bytes, "AP-REQ")?.0.ticket)
}

fn ap_reply(bytes: &[u8]) -> Result<()> {
    wire::read::<wire::ApReply<'_>>(bytes, "AP-REP").map(drop)
}

fn credential(bytes: &[u8]) -> Result<()> {
    let read = wire::read::<wire::CredentialMessage<'_>>(bytes, "KRB-CRED")?;
    read.0.tickets.into_iter().try_for_each(ticket)
}

fn error(bytes: &[u8]) -> Result<()> {
    wire::read::<wire::ErrorMessage<'_>>(bytes, "KRB-ERROR").map(drop)
}

/// Whether this begins as a message or as a token of RFC 4121 does.
pub(super) fn recognise(token: &[u8]) -> bool {
    is_protection(token) || message_of(token).is_some()
}

fn message_of(bytes: &[u8]) -> Option<&'static Message> {
    let [tag, ..] = bytes else { return None };
    let (content, _) = spnego::header(bytes)?;
    // A message is a SEQUENCE, as far as it is there.
    let is_sequence = bytes.get(content).is_none_or(|first| *first == 0x30);
    MESSAGES.iter().find(|message| message.tag == *tag).filter(|_| is_sequence)
}

fn is_protection(token: &[u8]) -> bool {
    matches!(token, [4, 4, _, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, ..] | [5, 4, _, 0xFF, _, _, _, _, ..])
}

/// Reads a message, or a token that protects one, and gives its name.
pub(super) fn read(token: &mut Token<'_>) -> Cow<'static, str> {
    if token.bytes.len() > LARGEST_TOKEN {
        token.problem("the token is larger than 64 KiB: nothing of it is shown");
        return UNKNOWN.into();
    }
    if is_protection(token.bytes) {
        return protection(token).into();
    }
    message(token, 0).into()
}

/// Reads what stands within the frame of GSS-API: which token it is, and the token (RFC 4121 4.1,
/// RFC 1964 1.1). None where it cannot be told.
pub(super) fn read_framed(token: &mut Token<'_>) -> Option<Cow<'static, str>> {
    let identifier = *token.bytes.first_chunk::<2>()?;
    let rest = token.bytes.get(2..).filter(|rest| !rest.is_empty())?;
    match identifier {
        [1..=3, 0] => {
            message_of(rest)?;
            let shown = Value::Bytes(identifier.to_vec());
            token.fields.push(Field::new("TOK_ID", shown, 0, 2));
            Some(message(token, 2).into())
        }
        [4, 0 | 1] => {
            let name = if identifier == [4, 0] { "KERB-TGT-REQUEST" } else { "KERB-TGT-REPLY" };
            let value = Value::Hidden { length: rest.len(), kind: "not looked into" };
            token.fields.push(Field::new(name, value, 2, rest.len()));
            Some(name.into())
        }
        [1 | 2, 1] => Some(old_protection(token, identifier).into()),
        _ => None,
    }
}

fn message(token: &mut Token<'_>, at: usize) -> &'static str {
    let bytes = token.bytes.get(at..).unwrap_or_default();
    let Some(message) = message_of(bytes) else { return UNKNOWN };
    if let Err(refused) = (message.check)(bytes) {
        token.problem(format!("the message is refused, and not shown: {}", refused.context()));
        return message.name;
    }
    if let Some(content) = element(bytes, at).map(|(_, content)| content) {
        let fields = sequence(token, content, message.layout, DEEPEST);
        token.fields.extend(fields);
    }
    message.name
}

/// The element that bytes begin with: its header, and its content by where it stands in the token.
fn element(bytes: &[u8], at: usize) -> Option<(Header, Stretch<'_>)> {
    let mut reader = SliceReader::new(bytes).ok()?;
    let header = Header::decode(&mut reader).ok()?;
    let start = usize::try_from(reader.position()).ok()?;
    let length = usize::try_from(header.length()).ok()?;
    let content = bytes.get(start..start.checked_add(length)?)?;
    Some((header, Stretch { offset: at.checked_add(start)?, length, bytes: content }))
}

/// Takes the first element of a stretch, and leaves the rest.
fn next<'a>(rest: &mut Stretch<'a>) -> Option<(Header, Stretch<'a>)> {
    let (header, content) = element(rest.bytes, rest.offset)?;
    let end = content.offset.checked_add(content.length)?;
    let taken = end.checked_sub(rest.offset)?;
    rest.bytes = rest.bytes.get(taken..)?;
    (rest.offset, rest.length) = (end, rest.bytes.len());
    Some((header, content))
}

/// The numbered fields of the SEQUENCE that is the content. What was read as a message has no others.
fn sequence(
    token: &mut Token<'_>,
    content: Stretch<'_>,
    parts: &[Part],
    depth: usize,
) -> Vec<Field> {
    let Some((_, mut rest)) = element(content.bytes, content.offset) else { return Vec::new() };
    let mut fields = Vec::new();
    while let Some((header, content)) = next(&mut rest) {
        let number = header.tag().number().value();
        let part = parts.iter().find(|part| u32::from(part.0) == number);
        if let (Some(Part(_, name, layout)), Some(depth)) = (part, depth.checked_sub(1)) {
            fields.extend(field(token, (*name).into(), content, *layout, depth));
        }
    }
    fields
}

/// A field whose content is one element.
fn field(
    token: &mut Token<'_>,
    name: Cow<'static, str>,
    content: Stretch<'_>,
    layout: Layout,
    depth: usize,
) -> Option<Field> {
    let (_, value) = element(content.bytes, content.offset)?;
    let shown = match layout {
        Layout::Number => number(value.bytes),
        Layout::EncryptionType => named_type(value.bytes),
        Layout::EncryptionTypes => {
            let mut rest = value;
            let mut types = Vec::new();
            while let Some((_, number)) = next(&mut rest) {
                if types.len() == MOST_ELEMENTS {
                    types.push("and others".to_owned());
                    break;
                }
                types.push(named_type(number.bytes).to_string());
            }
            Value::Text(types.join(", "))
        }
        Layout::ErrorCode => match signed(value.bytes) {
            Some(code) => Value::Text(match layout::error_name(code) {
                Some(name) => format!("{name} ({code})"),
                None => code.to_string(),
            }),
            None => number(value.bytes),
        },
        Layout::Time => time(content.bytes),
        Layout::Text => text(value.bytes),
        Layout::Flags(names) => flags(bits(content.bytes), names.iter().copied()),
        Layout::Name => {
            let (shown, name_type) = principal(content)?;
            return Some(value.field(name, shown).with_parts(name_type.into_iter().collect()));
        }
        Layout::Hidden(kind) => Value::Hidden { length: value.length, kind },
        Layout::Sequence(parts) => {
            let fields = sequence(token, content, parts, depth);
            return Some(value.field(name, Value::Parts).with_parts(fields));
        }
        // In another element.
        Layout::Ticket => {
            let fields = sequence(token, value, layout::TICKET, depth);
            return Some(value.field(name, Value::Parts).with_parts(fields));
        }
        Layout::List(layout) => {
            let elements = list(token, &name, value, *layout, depth);
            let shown = if elements.is_empty() { Value::Empty } else { Value::Parts };
            return Some(value.field(name, shown).with_parts(elements));
        }
        Layout::PaData => {
            let kind = pa_data_kind(content)?;
            let length = value.length;
            let kind = layout::pa_data_name(kind).map_or_else(|| kind.to_string(), str::to_owned);
            Value::Text(format!("{kind}, {length} bytes"))
        }
    };
    Some(value.field(name, shown))
}

/// The elements of a list, numbered.
fn list(
    token: &mut Token<'_>,
    name: &str,
    mut rest: Stretch<'_>,
    layout: Layout,
    depth: usize,
) -> Vec<Field> {
    let mut fields = Vec::new();
    let Some(depth) = depth.checked_sub(1) else { return fields };
    while !rest.bytes.is_empty() {
        if fields.len() == MOST_ELEMENTS {
            token.problem(format!("there are more in {name} than are shown"));
            break;
        }
        let whole = rest;
        if next(&mut rest).is_none() {
            break;
        }
        let taken = whole.bytes.len().saturating_sub(rest.bytes.len());
        let bytes = whole.bytes.get(..taken).unwrap_or_default();
        let one = Stretch { offset: whole.offset, length: taken, bytes };
        let name = format!("{name}[{}]", fields.len());
        fields.extend(field(token, name.into(), one, layout, depth));
    }
    fields
}

fn signed(bytes: &[u8]) -> Option<i64> {
    let first = *bytes.first()?;
    let start = if first & 0x80 == 0 { 0 } else { -1 };
    (bytes.len() <= 7).then(|| bytes.iter().fold(start, |sum, byte| sum << 8 | i64::from(*byte)))
}

fn number(bytes: &[u8]) -> Value {
    let number = signed(bytes).unwrap_or_default();
    u64::try_from(number).map_or_else(|_| Value::Text(number.to_string()), Value::Number)
}

fn named_type(bytes: &[u8]) -> Value {
    let number = signed(bytes).and_then(|number| i32::try_from(number).ok()).unwrap_or_default();
    match EncryptionType(number).name() {
        Some(name) => Value::Text(name.to_owned()),
        None => Value::Text(number.to_string()),
    }
}

fn time(element: &[u8]) -> Value {
    let time = wire::KerberosTime::from_der(element);
    Value::Time(time.map_or(Time::from_filetime(0), |time| time.0))
}

fn bits(element: &[u8]) -> u32 {
    wire::Flags::from_der(element).unwrap_or_default().0
}

fn text(bytes: &[u8]) -> Value {
    let text = String::from_utf8_lossy(bytes);
    if text.is_empty() {
        return Value::Empty;
    }
    Value::Text(text.chars().take(LONGEST_TEXT).collect())
}

/// The parts of a name between slashes, and its type.
fn principal(content: Stretch<'_>) -> Option<(Value, Option<Field>)> {
    let name = wire::PrincipalName::from_der(content.bytes).ok()?;
    let parts: Vec<&str> = name.parts.iter().take(MOST_ELEMENTS).map(|part| part.0).collect();
    let (_, mut inside) = element(content.bytes, content.offset)?;
    let (_, numbered) = next(&mut inside)?;
    let (_, name_type) = element(numbered.bytes, numbered.offset)?;
    let name_type = name_type.field("name-type", number(name_type.bytes));
    Some((text(parts.join("/").as_bytes()), Some(name_type)))
}

fn pa_data_kind(content: Stretch<'_>) -> Option<i64> {
    wire::PaData::from_der(content.bytes).ok().map(|data| data.kind.into())
}

/// A token of RFC 4121 4.2.6.
fn protection(token: &mut Token<'_>) -> &'static str {
    const FLAGS: [(u32, &str); 3] = [(1, "SentByAcceptor"), (2, "Sealed"), (4, "AcceptorSubkey")];
    let bytes = token.bytes;
    let Some(header) = bytes.first_chunk::<16>() else {
        token.problem("the token ends before the end of its header");
        return if bytes.first() == Some(&4) { "MIC token" } else { "Wrap token" };
    };
    let [kind, _, bits, _, ec_high, ec_low, rrc_high, rrc_low, sequence @ ..] = *header;
    let shown = flags(bits.into(), FLAGS.into_iter());
    let field =
        |name: &'static str, value: u16, at| Field::new(name, Value::Number(value.into()), at, 2);
    token.fields.push(Field::new("Flags", shown, 2, 1));
    if kind == 5 {
        token.fields.push(field("EC", u16::from_be_bytes([ec_high, ec_low]), 4));
        token.fields.push(field("RRC", u16::from_be_bytes([rrc_high, rrc_low]), 6));
    }
    let sequence = Value::Number(u64::from_be_bytes(sequence));
    token.fields.push(Field::new("SND_SEQ", sequence, 8, 8));
    let (name, content, kind) = match (kind, bits & 2) {
        (4, _) => ("MIC token", "SGN_CKSUM", "checksum"),
        (_, 0) => ("Wrap token", "data", "message and checksum, not encrypted"),
        _ => ("Wrap token", "data", "encrypted message"),
    };
    hidden(token, content, kind, 16);
    name
}

/// A token of RFC 1964 1.2, as RFC 4757 7 has it for rc4-hmac.
fn old_protection(token: &mut Token<'_>, identifier: [u8; 2]) -> &'static str {
    let name = if identifier == [1, 1] { "MIC token" } else { "Wrap token" };
    let Some([sign_low, sign_high, seal_low, seal_high]) =
        token.bytes.get(2..).and_then(|rest| rest.first_chunk::<4>()).copied()
    else {
        token.problem("the token ends before the end of its header");
        return name;
    };
    let algorithm = |low, high| Value::Bytes(vec![low, high]);
    token.fields.push(Field::new("SGN_ALG", algorithm(sign_low, sign_high), 2, 2));
    if identifier == [2, 1] {
        token.fields.push(Field::new("SEAL_ALG", algorithm(seal_low, seal_high), 4, 2));
    }
    let rest = token.bytes.len();
    if rest < 24 {
        token.problem("the token ends before the end of its header");
        return name;
    }
    let encrypted = |length, kind| Value::Hidden { length, kind };
    token.fields.push(Field::new("SND_SEQ", encrypted(8, "encrypted sequence number"), 8, 8));
    token.fields.push(Field::new("SGN_CKSUM", encrypted(8, "checksum"), 16, 8));
    if identifier == [2, 1] {
        hidden(token, "data", "message", 24);
    }
    name
}

fn hidden(token: &mut Token<'_>, name: &'static str, kind: &'static str, at: usize) {
    let length = token.bytes.len().saturating_sub(at);
    let value = if length == 0 { Value::Empty } else { Value::Hidden { length, kind } };
    token.fields.push(Field::new(name, value, at, length));
}
