//! The file of a credential cache: a version, from version 4 on a header, whose it is, and then
//! entries to the end.
//!
//! Nothing specifies it but the programs that use it. Versions 1 and 2 are in the byte order of the
//! machine; version 1 has no types of names and counts the realm among the parts; version 3 has the
//! type of a key twice.

use super::tickets::{Ticket, Tickets, TimeOffset, Typed};
use crate::codec::reader::Malformed;
use crate::credentials::Secret;
use crate::kerberos::fields::{Fields, Order, TooLarge, Writer};
use crate::kerberos::{NameType, Principal};

/// The tag of the header that says how far the clock of the KDC is ahead.
const TIME_OFFSET: u16 = 1;

/// The version of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Version {
    One,
    Two,
    Three,
    Four,
}

impl Version {
    /// The version that the first two bytes of a file say.
    pub(super) fn of(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut fields = Fields::new(bytes, Order::Network);
        let unknown = fields.malformed("no version of a credential cache that is known");
        match fields.u16("the version")? {
            0x0501 => Ok(Self::One),
            0x0502 => Ok(Self::Two),
            0x0503 => Ok(Self::Three),
            0x0504 => Ok(Self::Four),
            _ => Err(unknown),
        }
    }

    fn order(self) -> Order {
        if self < Self::Three { Order::Native } else { Order::Network }
    }
}

/// What stands in the header of version 4.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) time_offset: Option<TimeOffset>,
    /// Fields that are not known here: they are kept.
    others: Vec<(u16, Vec<u8>)>,
}

/// Everything in the bytes of a file.
pub(super) fn read(bytes: &[u8]) -> Result<Tickets, Malformed> {
    let version = Version::of(bytes)?;
    let mut fields = Fields::new(bytes, Order::Network);
    fields.u16("the version")?;
    let header =
        if version == Version::Four { read_header(&mut fields)? } else { Header::default() };
    let mut fields = fields.in_order(version.order());
    let client = read_principal(&mut fields, version)?;
    let mut entries = Vec::new();
    while !fields.is_empty() {
        let entry = read_entry(&mut fields, version)?;
        // libkrb5 removes an entry by having it end before it began.
        if entry.ends.is_some() || entry.authenticated.is_none() {
            entries.push(entry);
        }
    }
    Ok(Tickets { header, client, entries })
}

fn read_header(fields: &mut Fields<'_>) -> Result<Header, Malformed> {
    let length = fields.u16("the length of the header")?;
    let mut part = fields.part(length.into(), "a header that is longer than the file")?;
    let mut header = Header::default();
    while !part.is_empty() {
        let tag = part.u16("a tag of the header")?;
        let length = part.u16("the length of a field of the header")?;
        let mut field = part.part(length.into(), "a field that is longer than the header")?;
        if tag == TIME_OFFSET {
            let seconds = field.i32("the offset of the clock")?;
            let microseconds = field.i32("the offset of the clock")?;
            if !field.is_empty() {
                return Err(field.malformed("an offset of the clock that is too long"));
            }
            header.time_offset = Some(TimeOffset { seconds, microseconds });
        } else {
            let bytes = field.take(length.into(), "a field of the header")?;
            header.others.push((tag, bytes.to_vec()));
        }
    }
    Ok(header)
}

fn read_principal(fields: &mut Fields<'_>, version: Version) -> Result<Principal, Malformed> {
    let name_type = match version {
        Version::One => NameType::UNKNOWN,
        _ => NameType(fields.i32("a name's type")?),
    };
    let no_count = fields.malformed("the number of a name's parts");
    let count = fields.u32("the number of a name's parts")?;
    let count = count.checked_sub(u32::from(version == Version::One)).ok_or(no_count)?;
    let realm = fields.text(Fields::bytes32, "a realm")?;
    // One at a time: there are as many as there are bytes for, whatever the number says.
    let mut parts = Vec::new();
    for _ in 0..count {
        parts.push(fields.text(Fields::bytes32, "a part of a name")?);
    }
    Ok(Principal::new(name_type, parts, &realm))
}

fn read_entry(fields: &mut Fields<'_>, version: Version) -> Result<Ticket, Malformed> {
    let client = read_principal(fields, version)?;
    let server = read_principal(fields, version)?;
    let encryption_type = fields.i16("the type of a key")?;
    if version == Version::Three {
        fields.u16("the type of a key again")?;
    }
    let key = fields.key(encryption_type, Fields::bytes32)?;
    Ok(Ticket {
        client,
        server,
        key,
        authenticated: fields.time("the time of authentication")?,
        starts: fields.time("the start of a ticket")?,
        ends: fields.time("the end of a ticket")?,
        renewable_until: fields.time("the end of renewal")?,
        is_for_session_key: fields.u8("whether a session key is used")? != 0,
        flags: fields.u32("the flags of a ticket")?,
        addresses: read_typed(fields, "an address", i32::from)?,
        authorization_data: read_typed(fields, "authorization data", |number| {
            number.cast_signed().into()
        })?,
        ticket: fields.bytes32("a ticket")?.to_vec(),
        second_ticket: fields.bytes32("a second ticket")?.to_vec(),
    })
}

fn read_typed(
    fields: &mut Fields<'_>,
    what: &'static str,
    number: fn(u16) -> i32,
) -> Result<Vec<Typed>, Malformed> {
    let mut all = Vec::new();
    for _ in 0..fields.u32(what)? {
        let number = number(fields.u16(what)?);
        all.push(Typed { number, bytes: fields.bytes32(what)?.to_vec() });
    }
    Ok(all)
}

/// The bytes of a file of version 4.
pub(super) fn write(tickets: &Tickets) -> Result<Secret, TooLarge> {
    let mut writer = Writer::new(Order::Network);
    writer.u16(0x0504);
    let mut header = Writer::new(Order::Network);
    if let Some(TimeOffset { seconds, microseconds }) = tickets.header.time_offset {
        header.u16(TIME_OFFSET);
        header.u16(8);
        header.u32(seconds.cast_unsigned());
        header.u32(microseconds.cast_unsigned());
    }
    for (tag, bytes) in &tickets.header.others {
        header.u16(*tag);
        header.bytes16(bytes, "a field of the header")?;
    }
    writer.bytes16(header.finish().expose(), "the header")?;
    write_principal(&mut writer, Version::Four, &tickets.client)?;
    for entry in &tickets.entries {
        write_entry(&mut writer, Version::Four, entry)?;
    }
    Ok(writer.finish())
}

/// The bytes of an entry, to be appended to a file of this version.
pub(super) fn entry_bytes(version: Version, entry: &Ticket) -> Result<Secret, TooLarge> {
    let mut writer = Writer::new(version.order());
    write_entry(&mut writer, version, entry)?;
    Ok(writer.finish())
}

fn write_principal(
    writer: &mut Writer,
    version: Version,
    principal: &Principal,
) -> Result<(), TooLarge> {
    let what = "a name";
    if version != Version::One {
        writer.u32(principal.name_type().0.cast_unsigned());
    }
    let realm_counts = usize::from(version == Version::One);
    writer.count(principal.parts().len().saturating_add(realm_counts), what)?;
    writer.bytes32(principal.realm().as_bytes(), what)?;
    principal.parts().iter().try_for_each(|part| writer.bytes32(part.as_bytes(), what))
}

fn write_entry(writer: &mut Writer, version: Version, entry: &Ticket) -> Result<(), TooLarge> {
    write_principal(writer, version, &entry.client)?;
    write_principal(writer, version, &entry.server)?;
    writer.encryption_type(&entry.key)?;
    if version == Version::Three {
        writer.encryption_type(&entry.key)?;
    }
    writer.bytes32(entry.key.bytes().expose(), "a key")?;
    for time in [entry.authenticated, entry.starts, entry.ends, entry.renewable_until] {
        writer.time(time)?;
    }
    writer.put(&[entry.is_for_session_key.into()]);
    writer.u32(entry.flags);
    for all in [&entry.addresses, &entry.authorization_data] {
        writer.count(all.len(), "addresses or authorization data")?;
        for Typed { number, bytes } in all {
            if !(-0x8000..0x1_0000).contains(number) {
                return Err(TooLarge("the type of an address or of authorization data"));
            }
            writer.u16(number.cast_unsigned() as u16);
            writer.bytes32(bytes, "an address or authorization data")?;
        }
    }
    writer.bytes32(&entry.ticket, "a ticket")?;
    writer.bytes32(&entry.second_ticket, "a second ticket")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kerberos::{EncryptionType, Key};
    use crate::time::Time;

    const VERSIONS: [Version; 4] = [Version::One, Version::Two, Version::Three, Version::Four];

    fn ticket() -> Ticket {
        Ticket {
            client: "alice@A".parse().unwrap(),
            server: "HTTP/web@A".parse().unwrap(),
            key: Key::new(EncryptionType::AES128_SHA1, &[7; 16][..]).unwrap(),
            authenticated: Some(Time::from_unix_seconds(1_700_000_000)),
            starts: None,
            ends: Some(Time::from_unix_seconds(1_700_036_000)),
            renewable_until: None,
            is_for_session_key: true,
            flags: 0x4080_0001,
            addresses: vec![Typed { number: 0xFFFE, bytes: vec![127, 0, 0, 1] }],
            authorization_data: vec![Typed { number: -2, bytes: vec![] }],
            ticket: vec![0x61, 0],
            second_ticket: vec![0x61, 1],
        }
    }

    fn tickets() -> Tickets {
        let mut tickets = Tickets::new("alice@A".parse().unwrap());
        tickets.add(ticket());
        tickets.set_setting("pa_type", Some("krbtgt/A@A"), Some(b"2")).unwrap();
        tickets
    }

    /// A file of any version, by hand but for its entries.
    fn file(version: Version, entries: &[Ticket]) -> Vec<u8> {
        let mut writer = Writer::new(version.order());
        writer.put(&[5, version as u8 + 1]);
        if version == Version::Four {
            writer.u16(0);
        }
        write_principal(&mut writer, version, &"alice@A".parse().unwrap()).unwrap();
        for entry in entries {
            writer.put(entry_bytes(version, entry).unwrap().expose());
        }
        writer.finish().expose().to_vec()
    }

    #[test]
    fn every_version_is_read() {
        for version in VERSIONS {
            let read = read(&file(version, &tickets().entries)).unwrap();
            assert_eq!(read, tickets(), "{version:?}");
            let name_type = read.client.name_type();
            let expected =
                if version == Version::One { NameType::UNKNOWN } else { NameType::PRINCIPAL };
            assert_eq!(name_type, expected);
        }
    }

    #[test]
    fn the_first_version_is_laid_out_as_it_was() {
        let bytes = file(Version::One, &[]);
        let number = |number: u32| number.to_ne_bytes();
        let expected = [&[5, 1][..], &number(2), &number(1), b"A", &number(5), b"alice"].concat();
        assert_eq!(bytes, expected);
        let expected = [
            &[5, 4, 0, 0][..],
            &[0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1],
            b"A",
            &[0, 0, 0, 5],
            b"alice",
        ];
        assert_eq!(file(Version::Four, &[]), expected.concat());
    }

    #[test]
    fn a_header_is_kept_whether_it_is_known_or_not() {
        let plain = file(Version::Four, &[ticket()]);
        let header =
            [0, 21, 0, 9, 0, 1, 0xAA, 0, 1, 0, 8, 0xFF, 0xFF, 0xFF, 0xFE, 0, 0, 0, 3, 0, 5];
        let header = [&header[..], &[0, 0]].concat();
        let bytes = [&[5, 4], &header[..], &plain[4..]].concat();
        let tickets = read(&bytes).unwrap();
        let offset = TimeOffset { seconds: -2, microseconds: 3 };
        assert_eq!(tickets.time_offset(), Some(offset));
        assert_eq!(tickets.header.others, [(9, vec![0xAA]), (5, vec![])]);
        assert_eq!(read(write(&tickets).unwrap().expose()).unwrap(), tickets);
    }

    #[test]
    fn what_libkrb5_removed_is_left_out() {
        let removed = Ticket {
            authenticated: Some(Time::from_unix_seconds(u32::MAX.into())),
            ends: None,
            ..ticket()
        };
        let read = read(&file(Version::Four, &[removed, ticket()])).unwrap();
        assert_eq!(read.entries, [ticket()]);
    }

    #[test]
    fn every_truncation_but_at_an_entry_is_refused() {
        for version in VERSIONS {
            let ends = [0, 1, 2].map(|count| file(version, &tickets().entries[..count]).len());
            let whole = file(version, &tickets().entries);
            for length in 0..whole.len() {
                match read(&whole[..length]) {
                    Ok(read) => assert_eq!(ends.get(read.entries.len()), Some(&length)),
                    Err(malformed) => {
                        assert!(malformed.offset <= length && !ends.contains(&length));
                    }
                }
            }
        }
    }

    #[test]
    fn lies_are_refused_where_they_are() {
        let refused = |bytes: &[u8]| {
            let malformed = read(bytes).unwrap_err();
            (malformed.what, malformed.offset)
        };
        for bytes in [&[5, 0][..], &[5, 5], &[4, 4], &[0x50, 0x4B]] {
            assert_eq!(refused(bytes), ("no version of a credential cache that is known", 0));
        }
        assert_eq!(refused(&[5, 4, 0, 9, 0]), ("a header that is longer than the file", 4));
        let field = [5, 4, 0, 4, 0, 1, 0, 8];
        assert_eq!(refused(&field), ("a field that is longer than the header", 8));
        let short = [5, 4, 0, 8, 0, 1, 0, 4, 0, 0, 0, 0];
        assert_eq!(refused(&short), ("the offset of the clock", 12));
        let long = [5, 4, 0, 13, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(refused(&long), ("an offset of the clock that is too long", 16));
        // As many parts, addresses and bytes as can be said, and nothing of them.
        let many = [&[5, 4, 0, 0, 0, 0, 0, 1][..], &[0xFF; 4], &[0; 4]].concat();
        assert_eq!(refused(&many), ("a part of a name", 16));
        let long = [&[5, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1][..], &[0xFF; 4], &[0; 4]].concat();
        assert_eq!(refused(&long), ("a realm", 16));
        assert_eq!(refused(&[5, 1, 0, 0, 0, 0]), ("the number of a name's parts", 2));
        let bare = Ticket { addresses: vec![], authorization_data: vec![], ..ticket() };
        let whole = file(Version::Four, &[bare]);
        let mut addresses = whole.clone();
        let at = whole.len() - 20;
        addresses[at..at + 4].fill(0xFF);
        assert_eq!(refused(&addresses).0, "an address");
        let mut data = whole.clone();
        data[at + 4..at + 8].fill(0xFF);
        assert_eq!(refused(&data).0, "authorization data");
    }

    #[test]
    fn what_does_not_fit_is_not_written() {
        let refused = |entry: Ticket| assert!(entry_bytes(Version::Four, &entry).is_err());
        for number in [0x1_0000, -0x8001] {
            refused(Ticket { addresses: vec![Typed { number, bytes: vec![] }], ..ticket() });
        }
        refused(Ticket { ends: Some(Time::FOREVER), ..ticket() });
        let key = Key::new(EncryptionType(0x8000), &[][..]).unwrap();
        refused(Ticket { key, ..ticket() });
    }
}
