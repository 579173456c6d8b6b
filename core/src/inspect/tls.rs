//! Records of TLS (RFC 8446 5.1, RFC 5246 6.2.1): their types, and of what is not encrypted the messages,
//! the server's name and the certificates.

use super::certificate;
use super::token::Token;
use super::value::{Field, Value};
use crate::codec::reader::{Malformed, Reader};
use std::borrow::Cow;

/// The types of records.
const TYPES: [&str; 5] =
    ["change_cipher_spec", "alert", "handshake", "application_data", "heartbeat"];

/// More records than this are not listed.
const MOST_RECORDS: usize = 64;

/// More certificates than this are not listed.
const MOST_CERTIFICATES: usize = 16;

/// The longest name of a host (RFC 1035 2.3.4).
const LONGEST_HOST: usize = 255;

fn type_of(number: u8) -> Option<&'static str> {
    TYPES.get(usize::from(number.checked_sub(20)?)).copied()
}

/// Whether this begins as a record does.
pub(super) fn recognise(token: &[u8]) -> bool {
    matches!(token, [kind, 3, 0..=4, _, _, ..] if type_of(*kind).is_some())
}

/// Reads the records.
pub(super) fn read(token: &mut Token<'_>) -> Cow<'static, str> {
    let mut at: usize = 0;
    // Behind ChangeCipherSpec, and behind the first encrypted record, handshakes are encrypted.
    let mut is_encrypted = false;
    while at < token.bytes.len() {
        if token.fields.len() == MOST_RECORDS {
            token.problem("there are more records than are listed");
            break;
        }
        let rest = token.bytes.get(at..).unwrap_or_default();
        let Some((&[kind, major, minor, high, low], content)) = rest.split_first_chunk::<5>()
        else {
            token.problem("the token ends within the header of a record");
            break;
        };
        let Some(name) = type_of(kind) else {
            token.problem("what follows is no record");
            break;
        };
        let length = usize::from(u16::from_be_bytes([high, low]));
        if content.len() < length {
            token.problem("the last record goes on beyond the end of the token");
        }
        let content = content.get(..length.min(content.len())).unwrap_or_default();
        let start = at.saturating_add(5);
        let mut parts = vec![
            Field::new("version", Value::Text(version(major, minor)), at.saturating_add(1), 2),
            Field::new("length", Value::Number(length as u64), at.saturating_add(3), 2),
        ];
        if kind == 22 && !is_encrypted {
            parts.extend(messages(content, start));
        } else {
            let value = Value::Hidden { length: content.len(), kind: "not shown" };
            parts.push(Field::new("content", value, start, content.len()));
        }
        is_encrypted |= kind == 20 || kind == 23;
        let field = Field::new(name, Value::Parts, at, length.saturating_add(5));
        token.fields.push(field.with_parts(parts));
        at = start.saturating_add(length);
    }
    "records".into()
}

fn version(major: u8, minor: u8) -> String {
    match (major, minor) {
        (3, 1..=4) => format!("TLS 1.{}", minor.saturating_sub(1)),
        _ => format!("{major}.{minor}"),
    }
}

/// The messages of a handshake, each by its name and length.
fn messages(mut content: &[u8], mut at: usize) -> Vec<Field> {
    let mut fields = Vec::new();
    while let Some((&[kind, high, middle, low], rest)) = content.split_first_chunk::<4>() {
        let length = u32::from_be_bytes([0, high, middle, low]) as usize;
        let body = rest.get(..length.min(rest.len())).unwrap_or_default();
        let (name, parts) = match kind {
            1 => ("ClientHello", server_name(body, at.saturating_add(4))),
            2 => ("ServerHello", Vec::new()),
            4 => ("NewSessionTicket", Vec::new()),
            11 => ("Certificate", certificates(body, at.saturating_add(4))),
            12 => ("ServerKeyExchange", Vec::new()),
            13 => ("CertificateRequest", Vec::new()),
            14 => ("ServerHelloDone", Vec::new()),
            15 => ("CertificateVerify", Vec::new()),
            16 => ("ClientKeyExchange", Vec::new()),
            20 => ("Finished", Vec::new()),
            _ => ("message", Vec::new()),
        };
        let whole = length.saturating_add(4);
        fields.push(Field::new(name, Value::Parts, at, whole).with_parts(parts));
        content = rest.get(length..).unwrap_or_default();
        at = at.saturating_add(whole);
    }
    fields
}

/// The certificates of a side in TLS 1.2 (RFC 5246 7.4.2). Those of TLS 1.3 are encrypted.
fn certificates(body: &[u8], at: usize) -> Vec<Field> {
    let mut fields = Vec::new();
    let mut rest = body.get(3..).unwrap_or_default();
    let mut at = at.saturating_add(6);
    while let Some((&[high, middle, low], behind)) = rest.split_first_chunk::<3>() {
        let length = u32::from_be_bytes([0, high, middle, low]) as usize;
        let Some((certificate, behind)) = behind.split_at_checked(length) else { break };
        if fields.len() == MOST_CERTIFICATES {
            break;
        }
        let field = match certificate::fields(certificate, at) {
            Some(parts) => Field::new("certificate", Value::Parts, at, length).with_parts(parts),
            None => Field::new("certificate", Value::Bytes(certificate.to_vec()), at, length),
        };
        fields.push(field);
        rest = behind;
        at = at.saturating_add(length).saturating_add(3);
    }
    fields
}

/// The name that a ClientHello asks for (RFC 6066 3), where it asks for one.
fn server_name(hello: &[u8], at: usize) -> Vec<Field> {
    match find_name(hello) {
        Ok(Some((offset, name))) if name.len() <= LONGEST_HOST => {
            let text = Value::Text(String::from_utf8_lossy(name).into_owned());
            vec![Field::new("server_name", text, at.saturating_add(offset), name.len())]
        }
        _ => Vec::new(),
    }
}

fn find_name(hello: &[u8]) -> Result<Option<(usize, &[u8])>, Malformed> {
    const WHAT: &str = "ClientHello";
    let mut reader = Reader::new(hello);
    let number = |reader: &mut Reader<'_>| -> Result<usize, Malformed> {
        let bytes = reader.array::<2>(WHAT)?;
        Ok(usize::from(u16::from_be_bytes(bytes)))
    };
    // legacy_version and random
    reader.take(34, WHAT)?;
    let session = usize::from(reader.array::<1>(WHAT)?[0]);
    reader.take(session, WHAT)?;
    let suites = number(&mut reader)?;
    reader.take(suites, WHAT)?;
    let compressions = usize::from(reader.array::<1>(WHAT)?[0]);
    reader.take(compressions, WHAT)?;
    number(&mut reader)?;
    while reader.position() < hello.len() {
        let kind = number(&mut reader)?;
        let length = number(&mut reader)?;
        if kind == 0 {
            // A list with one name, whose type is zero.
            number(&mut reader)?;
            reader.array::<1>(WHAT)?;
            let length = number(&mut reader)?;
            let offset = reader.position();
            return Ok(Some((offset, reader.take(length, WHAT)?)));
        }
        reader.take(length, WHAT)?;
    }
    Ok(None)
}
