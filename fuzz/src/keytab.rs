//! A keytab: read as a second reader reads it, or refused by both; written again it reads the same.

use crate::kerberos_fields::{Fields, check_error};
use crate::seeds::Seed;
use anysspi::Time;
use anysspi::kerberos::{EncryptionType, Key, KeyTable, KeyTableEntry, NameType, Principal};

/// What libkrb5 takes for a length and we write.
const LONGEST: usize = 0x7FFF;

pub(crate) fn run(input: &[u8]) {
    let table = match (KeyTable::from_bytes(input), plain(input)) {
        (Ok(table), Some(entries)) => {
            assert_eq!(table.entries().len(), entries.len());
            for (entry, plain) in table.entries().iter().zip(&entries) {
                plain.check(entry);
            }
            table
        }
        (Err(error), None) => return check_error(&error, input),
        (Ok(_), None) => panic!("damage was taken"),
        (Err(error), Some(_)) => panic!("refused without a reason: {error}"),
    };
    match table.to_bytes() {
        Ok(written) => {
            let again = KeyTable::from_bytes(written.expose());
            assert_eq!(again.expect("what was written is read"), table, "written again");
        }
        Err(error) => assert!(input.len() > LONGEST, "{error}"),
    }
    for entry in table.entries() {
        let found = table.find(&entry.principal, Some(entry.version), None);
        assert!(found.is_some_and(|found| found.version == entry.version));
        assert!(table.find(&entry.principal, None, None).is_some());
        let shown = entry.principal.to_string();
        // Nothing shows the difference between no realm and an empty one.
        assert_eq!(shown.parse::<Principal>().ok().as_ref(), Some(&entry.principal));
    }
    let is_hidden = table.entries().is_empty() || format!("{table:?}").contains("Secret(…)");
    assert!(is_hidden, "a key is shown");
}

/// An entry, read as plainly as can be.
struct Plain<'a> {
    realm: &'a str,
    parts: Vec<&'a str>,
    written: u32,
    version: u32,
    key: (i32, &'a [u8]),
}

impl Plain<'_> {
    fn check(&self, entry: &KeyTableEntry) {
        assert_eq!(entry.principal.realm(), self.realm);
        assert_eq!(entry.principal.parts(), self.parts);
        let written = entry.written.map_or(0, Time::unix_seconds);
        assert_eq!((written, entry.version), (self.written.into(), self.version));
        let key = (entry.key.encryption_type().0, entry.key.bytes().expose());
        assert_eq!(key, self.key);
    }
}

fn plain(input: &[u8]) -> Option<Vec<Plain<'_>>> {
    let mut fields = match input {
        [5, 1, rest @ ..] => Fields { rest, is_native: true },
        [5, 2, rest @ ..] => Fields { rest, is_native: false },
        _ => return None,
    };
    let mut entries = Vec::new();
    while !fields.rest.is_empty() {
        let length = fields.number(4)?.cast_signed();
        if length == 0 {
            break;
        }
        let bytes = fields.take(usize::try_from(i64::from(length).abs()).ok()?)?;
        if length > 0 {
            entries.push(entry(Fields { rest: bytes, is_native: fields.is_native })?);
        } else if length == i32::MIN {
            return None;
        }
    }
    Some(entries)
}

fn entry(mut fields: Fields<'_>) -> Option<Plain<'_>> {
    let is_first = fields.is_native;
    let count = fields.number(2)?.checked_sub(is_first.into()).filter(|count| *count > 0)?;
    let realm = fields.text(2)?;
    let parts = (0..count).map(|_| fields.text(2)).collect::<Option<_>>()?;
    if !is_first {
        fields.number(4)?;
    }
    let written = fields.number(4)?;
    let short = fields.number(1)?;
    let kind = fields.number(2)? as u16;
    let key = fields.key(kind.cast_signed(), 2)?;
    let version = fields.number(4).filter(|version| *version > 0).unwrap_or(short);
    Some(Plain { realm, parts, written, version, key })
}

pub(crate) fn seeds() -> Vec<Seed> {
    let mut table = KeyTable::new();
    for (name, version, kind, length) in [
        ("alice@EXAMPLE.COM", 1, EncryptionType::AES256_SHA1, 32),
        (r"HTTP/web.example.com@EXAMPLE.COM", 300, EncryptionType::RC4, 16),
        (r"odd\/ö\@/\n@", 2, EncryptionType(3), 8),
    ] {
        table.add(KeyTableEntry {
            principal: name.parse().expect("a name"),
            written: Some(Time::from_unix_seconds(1_700_000_000)),
            version,
            key: Key::new(kind, &vec![0xA5; length][..]).expect("a key"),
        });
    }
    let mut other = KeyTable::new();
    other.add(KeyTableEntry {
        principal: Principal::new(NameType::PRINCIPAL, ["bob"], "A"),
        written: None,
        version: 7,
        key: Key::new(EncryptionType::AES128_SHA2, &[1; 16][..]).expect("a key"),
    });
    let [second, small] =
        [table, other].map(|table| table.to_bytes().expect("a keytab").expose().to_vec());
    let hole = [&small[..], &(-9_i32).to_be_bytes(), &[0; 9], &small[2..]].concat();
    // By hand: nobody writes the first version any more. In the order of most machines.
    let first = [
        &[5, 1, 36, 0, 0, 0, 2, 0, 1, 0, b'A', 3, 0, b'b', b'o', b'b', 1, 2, 3, 4, 7][..],
        &[17, 0, 16, 0],
        &[1; 16],
        &[0; 1],
    ];
    let seeds = [("first", first.concat()), ("hole", hole), ("second", second)];
    seeds.map(|(name, bytes)| (name.to_owned(), bytes)).into()
}

#[test]
fn the_seeds_are_keytabs() {
    for (name, bytes) in seeds() {
        // On other machines the old one is damaged.
        if name != "first" || cfg!(target_endian = "little") {
            assert!(
                !KeyTable::from_bytes(&bytes).expect("a keytab").entries().is_empty(),
                "{name}"
            );
        }
    }
}
