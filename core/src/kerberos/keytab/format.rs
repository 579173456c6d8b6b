//! The file of a keytab: two bytes with its version, then entries, each behind its length.
//!
//! Nothing specifies it but the programs that use it: version 2 is what MIT Kerberos, Heimdal, Java,
//! Samba and Windows' ktpass write; version 1, in the byte order of the machine, is of before 1994.

use super::KeyTableEntry;
use crate::codec::reader::Malformed;
use crate::credentials::Secret;
use crate::kerberos::fields::{Fields, Order, TooLarge, Writer};
use crate::kerberos::{NameType, Principal};

/// The keys in the bytes of a file.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<KeyTableEntry>, Malformed> {
    let mut fields = Fields::new(bytes, Order::Network);
    let unknown = fields.malformed("no version of a keytab that is known");
    let is_first_version = match fields.u16("the version")? {
        0x0501 => true,
        0x0502 => false,
        _ => return Err(unknown),
    };
    let mut fields = if is_first_version { fields.in_order(Order::Native) } else { fields };
    let mut entries = Vec::new();
    while !fields.is_empty() {
        let hole = fields.malformed("the length of a hole");
        let length = fields.i32("the length of an entry")?;
        match usize::try_from(length) {
            // What follows is room that nothing was written to yet.
            Ok(0) => break,
            Ok(length) => {
                let part = fields.part(length, "an entry that is longer than the file")?;
                entries.push(read_entry(part, is_first_version)?);
            }
            // An entry that was deleted. The most negative number has no positive.
            Err(_) => {
                let length = length.checked_neg().and_then(|length| usize::try_from(length).ok());
                fields.take(length.ok_or(hole)?, "a hole that is longer than the file")?;
            }
        }
    }
    Ok(entries)
}

fn read_entry(mut fields: Fields<'_>, is_first_version: bool) -> Result<KeyTableEntry, Malformed> {
    let no_count = fields.malformed("the number of a name's parts");
    // The first version counts the realm too.
    let count = fields.u16("the number of a name's parts")?;
    let count = count.checked_sub(is_first_version.into()).filter(|count| *count > 0);
    let realm = fields.text(Fields::bytes16, "a realm")?;
    let mut parts = Vec::new();
    for _ in 0..count.ok_or(no_count)? {
        parts.push(fields.text(Fields::bytes16, "a part of a name")?);
    }
    let name_type =
        if is_first_version { NameType::UNKNOWN } else { NameType(fields.i32("a name's type")?) };
    let principal = Principal::new(name_type, parts, &realm);
    let written = fields.time("the time of a key")?;
    let short_version = fields.u8("the version of a key")?;
    let encryption_type = fields.i16("the type of a key")?;
    let key = fields.key(encryption_type, Fields::bytes16)?;
    // Where there is room for it, the whole version follows; zeros are only filling. What may follow
    // that is other people's.
    let version = match fields.u32("the whole version of a key") {
        Ok(0) | Err(_) => short_version.into(),
        Ok(version) => version,
    };
    Ok(KeyTableEntry { principal, written, version, key })
}

/// The bytes of a file of version 2.
pub(super) fn write(entries: &[KeyTableEntry]) -> Result<Secret, TooLarge> {
    let mut file = Writer::new(Order::Network);
    file.u16(0x0502);
    for entry in entries {
        let mut writer = Writer::new(Order::Network);
        write_entry(&mut writer, entry)?;
        file.bytes32(writer.finish().expose(), "an entry")?;
    }
    Ok(file.finish())
}

fn write_entry(writer: &mut Writer, entry: &KeyTableEntry) -> Result<(), TooLarge> {
    let principal = &entry.principal;
    let count = i16::try_from(principal.parts().len()).ok().filter(|count| *count > 0);
    let count = count.ok_or(TooLarge("a name without parts, or with more than 32767"))?;
    writer.u16(count.cast_unsigned());
    writer.bytes16(principal.realm().as_bytes(), "a realm")?;
    for part in principal.parts() {
        writer.bytes16(part.as_bytes(), "a part of a name")?;
    }
    writer.u32(principal.name_type().0.cast_unsigned());
    writer.time(entry.written)?;
    writer.put(&[entry.version as u8]);
    writer.encryption_type(&entry.key)?;
    writer.bytes16(entry.key.bytes().expose(), "a key")?;
    writer.u32(entry.version);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kerberos::{EncryptionType, Key};
    use crate::time::Time;

    fn entry() -> KeyTableEntry {
        KeyTableEntry {
            principal: "HTTP/web@A".parse().unwrap(),
            written: Some(Time::from_unix_seconds(1_700_000_000)),
            version: 0x1_0203,
            key: Key::new(EncryptionType::AES128_SHA1, &[7; 16][..]).unwrap(),
        }
    }

    /// An entry as it stands in a file, in either order of bytes, without the whole version.
    fn plain(number: fn(u16) -> [u8; 2], long: fn(u32) -> [u8; 4], first: bool) -> Vec<u8> {
        let mut bytes = number(if first { 3 } else { 2 }).to_vec();
        for text in ["A", "HTTP", "web"] {
            bytes.extend(number(text.len() as u16));
            bytes.extend(text.as_bytes());
        }
        if !first {
            bytes.extend(long(1));
        }
        bytes.extend(long(1_700_000_000));
        bytes.push(3);
        bytes.extend(number(17));
        bytes.extend(number(16));
        bytes.extend([7; 16]);
        bytes
    }

    fn second(entry: &[u8]) -> Vec<u8> {
        [&[5, 2][..], &(entry.len() as u32).to_be_bytes(), entry].concat()
    }

    #[test]
    fn both_versions_are_read() {
        let first = plain(u16::to_ne_bytes, u32::to_ne_bytes, true);
        let file = [&[5, 1][..], &(first.len() as u32).to_ne_bytes(), &first].concat();
        let expected = [KeyTableEntry { version: 3, ..entry() }];
        assert_eq!(read(&file).unwrap(), expected);
        assert_eq!(read(&file).unwrap()[0].principal.name_type(), NameType::UNKNOWN);
        let plain = plain(u16::to_be_bytes, u32::to_be_bytes, false);
        assert_eq!(read(&second(&plain)).unwrap(), expected);
        // Filling, the whole version, and something behind it.
        assert_eq!(read(&second(&[&plain[..], &[0; 3]].concat())).unwrap(), expected);
        assert_eq!(read(&second(&[&plain[..], &[0; 9]].concat())).unwrap(), expected);
        let whole = [&plain[..], &0x1_0203_u32.to_be_bytes(), &[9; 4]].concat();
        assert_eq!(read(&second(&whole)).unwrap(), [entry()]);
        assert_eq!(read(&[5, 2]).unwrap(), []);
    }

    #[test]
    fn what_is_written_reads_the_same() {
        let unknown = KeyTableEntry {
            principal: Principal::new(NameType(-7), ["ä/@", ""], ""),
            written: None,
            version: 0,
            key: Key::new(EncryptionType(-5), &[][..]).unwrap(),
        };
        let entries = [entry(), unknown];
        let written = write(&entries).unwrap();
        let again = read(written.expose()).unwrap();
        assert_eq!(again, entries);
        assert_eq!(again[1].principal.name_type(), NameType(-7));
    }

    #[test]
    fn holes_are_passed_over() {
        let plain = plain(u16::to_be_bytes, u32::to_be_bytes, false);
        let whole = second(&plain);
        let hole = [&(-5_i32).to_be_bytes()[..], &[0xAA; 5]].concat();
        let file = [&whole[..2], &hole, &whole[2..], &hole].concat();
        assert_eq!(read(&file).unwrap().len(), 1);
        // The rest of the file is free.
        let file = [&whole[..], &[0; 4], &whole[2..]].concat();
        assert_eq!(read(&file).unwrap().len(), 1);
    }

    #[test]
    fn every_truncation_but_at_an_entry_is_refused() {
        let whole = write(&[entry(), entry()]).unwrap();
        let whole = whole.expose();
        let one = write(&[entry()]).unwrap().len();
        for length in 0..whole.len() {
            match read(&whole[..length]) {
                Ok(entries) => assert_eq!(entries.len(), usize::from(length == one)),
                Err(malformed) => {
                    assert!(malformed.offset <= length && length != one && length != 2);
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
        assert_eq!(refused(&[5, 3, 0]).1, 0);
        assert_eq!(refused(&[5]), ("the version", 0));
        assert_eq!(refused(&[5, 2, 0x80, 0, 0, 0]), ("the length of a hole", 2));
        let hole = refused(&[5, 2, 0xFF, 0xFF, 0xFF, 0xFE, 0]);
        assert_eq!(hole, ("a hole that is longer than the file", 6));
        let long = refused(&[5, 2, 0x7F, 0xFF, 0xFF, 0xFF, 0]);
        assert_eq!(long, ("an entry that is longer than the file", 6));
        assert_eq!(refused(&second(&[0, 0, 0, 0])), ("the number of a name's parts", 6));
        // As many parts as can be said, and nothing of them.
        assert_eq!(refused(&second(&[0xFF, 0xFF, 0, 0])), ("a part of a name", 10));
        let plain = plain(u16::to_be_bytes, u32::to_be_bytes, false);
        let mut short_key = second(&plain[..plain.len() - 1]);
        assert_eq!(refused(&short_key).0, "a key");
        let at = short_key.len() - 16;
        short_key[at] = 15;
        assert_eq!(refused(&short_key).0, "a key whose length is not that of its type");
        let mut no_text = second(&plain);
        no_text[10] = 0xFF;
        assert_eq!(refused(&no_text).0, "a realm");
    }

    #[test]
    fn what_does_not_fit_is_not_written() {
        let long = "x".repeat(40_000);
        let principal = Principal::new(NameType::PRINCIPAL, [long], "A");
        assert!(write(&[KeyTableEntry { principal, ..entry() }]).is_err());
        let principal = Principal::new(NameType::PRINCIPAL, [""; 0], "A");
        assert!(write(&[KeyTableEntry { principal, ..entry() }]).is_err());
        let key = Key::new(EncryptionType(70_000), &[1][..]).unwrap();
        assert!(write(&[KeyTableEntry { key, ..entry() }]).is_err());
        let written = Some(Time::FOREVER);
        assert!(write(&[KeyTableEntry { written, ..entry() }]).is_err());
    }
}
