//! Certificates (RFC 5280 4.1) as TLS carries them in the clear: whose they are, by whom, and from when
//! to when. Nothing is judged.

use super::value::{Field, Value};
use crate::time::Time;
use der::asn1::{AnyRef, GeneralizedTime, ObjectIdentifier, UtcTime};
use der::{Decode, Reader, SliceReader, Tag, TagNumber, Tagged};

/// The attributes of names that have short names (RFC 4514 3).
const ATTRIBUTES: [(&str, &str); 8] = [
    ("2.5.4.3", "CN"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.25", "DC"),
];

/// The longest name that is shown.
const LONGEST_NAME: usize = 4096;

/// The fields of a certificate, which begins at `at`; none where it cannot be read.
pub(super) fn fields(certificate: &[u8], at: usize) -> Option<Vec<Field>> {
    read(certificate, at).ok()
}

fn read(certificate: &[u8], at: usize) -> der::Result<Vec<Field>> {
    let place = |part: &[u8]| {
        at.saturating_add(part.as_ptr().addr().saturating_sub(certificate.as_ptr().addr()))
    };
    let mut outer = SliceReader::new(sequence(AnyRef::from_der(certificate)?)?)?;
    let mut contents = SliceReader::new(sequence(AnyRef::decode(&mut outer)?)?)?;
    let mut serial = AnyRef::decode(&mut contents)?;
    if serial.tag() == (Tag::ContextSpecific { constructed: true, number: TagNumber(0) }) {
        // The version comes first, if it is not the first.
        serial = AnyRef::decode(&mut contents)?;
    }
    let _algorithm = AnyRef::decode(&mut contents)?;
    let issuer = sequence(AnyRef::decode(&mut contents)?)?;
    let mut validity = SliceReader::new(sequence(AnyRef::decode(&mut contents)?)?)?;
    let (from, until) = (AnyRef::decode(&mut validity)?, AnyRef::decode(&mut validity)?);
    let subject = sequence(AnyRef::decode(&mut contents)?)?;
    let mut fields = Vec::new();
    for (title, part) in [("subject", subject), ("issuer", issuer)] {
        let text = Value::Text(name(part)?);
        fields.push(Field::new(title, text, place(part), part.len()));
    }
    for (title, part) in [("notBefore", from), ("notAfter", until)] {
        let value = Value::Time(time(part)?);
        fields.push(Field::new(title, value, place(part.value()), part.value().len()));
    }
    let number = serial.value();
    let value = Value::Bytes(number.to_vec());
    fields.push(Field::new("serialNumber", value, place(number), number.len()));
    Ok(fields)
}

fn sequence(element: AnyRef<'_>) -> der::Result<&[u8]> {
    element.tag().assert_eq(Tag::Sequence)?;
    Ok(element.value())
}

fn time(element: AnyRef<'_>) -> der::Result<Time> {
    let since_1970 = match element.tag() {
        Tag::UtcTime => element.decode_as::<UtcTime>()?.to_unix_duration(),
        _ => element.decode_as::<GeneralizedTime>()?.to_unix_duration(),
    };
    Ok(Time::from_unix_seconds(since_1970.as_secs()))
}

/// A name as text, in the order in which it stands.
fn name(parts: &[u8]) -> der::Result<String> {
    let mut text = String::new();
    let mut parts = SliceReader::new(parts)?;
    while !parts.is_finished() {
        let mut attributes = SliceReader::new(AnyRef::decode(&mut parts)?.value())?;
        while !attributes.is_finished() {
            let mut attribute = SliceReader::new(sequence(AnyRef::decode(&mut attributes)?)?)?;
            let kind: ObjectIdentifier = Decode::decode(&mut attribute)?;
            let kind = kind.to_string();
            let value = AnyRef::decode(&mut attribute)?;
            let known = ATTRIBUTES.iter().find(|(identifier, _)| *identifier == kind);
            if !text.is_empty() {
                text.push_str(", ");
            }
            text.push_str(known.map_or(kind.as_str(), |(_, short)| *short));
            text.push('=');
            match value.tag() {
                Tag::BmpString => text.push_str(&in_utf16(value.value())),
                _ => text.push_str(&String::from_utf8_lossy(value.value())),
            }
            if text.len() > LONGEST_NAME {
                return Err(Tag::Sequence.value_error().into());
            }
        }
    }
    Ok(text)
}

/// BMPString has the other order of bytes.
fn in_utf16(bytes: &[u8]) -> String {
    let units = bytes.as_chunks().0.iter().map(|unit| u16::from_be_bytes(*unit));
    char::decode_utf16(units).map(|one| one.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}
