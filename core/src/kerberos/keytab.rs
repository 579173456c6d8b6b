//! Keytabs: the keys of services and users, several for each.

mod format;

use super::fields::TooLarge;
use super::files::{self, Access, Kind};
use super::{EncryptionType, Key, Principal};
use crate::credentials::{Keytab, Secret};
use crate::error::Result;
use crate::surroundings::{Clock, SystemClock};
use crate::time::Time;
use std::path::Path;

/// A key in a keytab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyTableEntry {
    /// Whose key it is.
    pub principal: Principal,
    /// When it was written; none where the file does not say.
    pub written: Option<Time>,
    /// The version of the key (kvno): a KDC counts up whenever the password or the key is changed.
    pub version: u32,
    /// The key itself.
    pub key: Key,
}

impl KeyTableEntry {
    /// Whether this one was written after the other one. A small version that was written later than
    /// a large one is newer: old files and KDCs have eight bits for it, and begin anew.
    fn is_newer_than(&self, other: &Self) -> bool {
        if self.written >= other.written && self.version < 128 && other.version > 240 {
            return true;
        }
        if self.written <= other.written && self.version > 240 && other.version < 128 {
            return false;
        }
        self.version > other.version
    }

    fn is_at_the_place_of(&self, other: &Self) -> bool {
        self.principal == other.principal
            && self.version == other.version
            && self.key.encryption_type() == other.key.encryption_type()
    }
}

/// The keys in a keytab, in the order of the file.
///
/// ```
/// use anysspi::Secret;
/// use anysspi::kerberos::{EncryptionType, KeyTable, Principal};
///
/// let path = std::env::temp_dir().join(format!("anysspi-keytab-{}", std::process::id()));
/// let service: Principal = "HTTP/web.example.com@EXAMPLE.COM".parse()?;
/// let mut table = KeyTable::new();
/// for encryption_type in [EncryptionType::AES256_SHA1, EncryptionType::AES128_SHA1] {
///     table.add_password(&service, 2, encryption_type, &Secret::from("secret"))?;
/// }
/// table.save(&path)?;
///
/// let table = KeyTable::open(&anysspi::Keytab::file(&path))?;
/// let found = table.find(&service, None, Some(EncryptionType::AES128_SHA1)).unwrap();
/// assert_eq!(found.version, 2);
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyTable {
    entries: Vec<KeyTableEntry>,
}

impl KeyTable {
    /// A table without keys.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a keytab file, or the bytes of one, of version 1 or 2. An error names the file, and the
    /// place in it where the damage is.
    pub fn open(keytab: &Keytab) -> Result<Self> {
        match keytab {
            Keytab::File(path) => {
                let file = files::open(path, Kind::Keytab, Access::Read)?;
                Self::parse(&file.read()?, Some(path))
            }
            Keytab::Bytes(bytes) => Self::from_bytes(bytes.expose()),
        }
    }

    /// Reads the bytes of a keytab file.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        Self::parse(bytes, None)
    }

    fn parse(bytes: &[u8], path: Option<&Path>) -> Result<Self> {
        let entries = format::read(bytes);
        let entries = entries.map_err(|malformed| Kind::Keytab.damaged(path, malformed))?;
        Ok(Self { entries })
    }

    /// The bytes of a keytab file, of version 2.
    pub fn to_bytes(&self) -> Result<Secret> {
        format::write(&self.entries).map_err(|TooLarge(what)| Kind::Keytab.does_not_fit(what))
    }

    /// Writes a keytab file in one stroke: whoever reads it at the same time reads the one before or
    /// this one. Only its owner may read and write it.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let bytes = self.to_bytes()?;
        let _held = files::open_if_there(path, Kind::Keytab, Access::Write)?;
        files::replace(path, Kind::Keytab, &bytes)
    }

    /// Changes a keytab file. Others that take the lock of the file, as programs of MIT Kerberos do,
    /// change it before or afterwards. Where there is none, it is made.
    ///
    /// ```
    /// use anysspi::Secret;
    /// use anysspi::kerberos::{EncryptionType, KeyTable, Principal};
    ///
    /// let path = std::env::temp_dir().join(format!("anysspi-change-{}", std::process::id()));
    /// let service: Principal = "HTTP/web.example.com@EXAMPLE.COM".parse()?;
    /// KeyTable::change(&path, |table| {
    ///     table.add_password(&service, 3, EncryptionType::AES256_SHA2, &Secret::from("new"))
    /// })?;
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn change(
        path: impl AsRef<Path>,
        change: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        let path = path.as_ref();
        let held = files::open_if_there(path, Kind::Keytab, Access::Write)?;
        let mut table = match &held {
            Some(file) => Self::parse(&file.read()?, Some(path))?,
            None => Self::new(),
        };
        change(&mut table)?;
        files::replace(path, Kind::Keytab, &table.to_bytes()?)
    }

    /// The keys, in the order of the file.
    pub fn entries(&self) -> &[KeyTableEntry] {
        &self.entries
    }

    /// Adds a key. One of the same principal, version and type is replaced.
    pub fn add(&mut self, entry: KeyTableEntry) {
        match self.entries.iter_mut().find(|other| other.is_at_the_place_of(&entry)) {
            Some(place) => *place = entry,
            None => self.entries.push(entry),
        }
    }

    /// Adds the key of a password, with the default salt of the principal.
    pub fn add_password(
        &mut self,
        principal: &Principal,
        version: u32,
        encryption_type: EncryptionType,
        password: &Secret,
    ) -> Result<()> {
        let key = Key::from_password(encryption_type, password, principal)?;
        // In whole seconds, as the file has it.
        let written = Some(Time::from_unix_seconds(SystemClock.now().unix_seconds()));
        self.add(KeyTableEntry { principal: principal.clone(), written, version, key });
        Ok(())
    }

    /// Removes the keys of a principal, those of one version or all of them, and says how many.
    ///
    /// ```
    /// use anysspi::Secret;
    /// use anysspi::kerberos::{EncryptionType, KeyTable, Principal};
    ///
    /// let service: Principal = "HTTP/web.example.com@EXAMPLE.COM".parse()?;
    /// let mut table = KeyTable::new();
    /// table.add_password(&service, 1, EncryptionType::RC4, &Secret::from("old"))?;
    /// assert_eq!(table.remove(&service, Some(2)), 0);
    /// assert_eq!(table.remove(&service, None), 1);
    /// # Ok::<(), anysspi::Error>(())
    /// ```
    pub fn remove(&mut self, principal: &Principal, version: Option<u32>) -> usize {
        let before = self.entries.len();
        self.entries.retain(|entry| {
            entry.principal != *principal || version.is_some_and(|asked| asked != entry.version)
        });
        before.saturating_sub(self.entries.len())
    }

    /// The key of a principal, of a version and a type or of any, the newest first.
    ///
    /// A version that is not there may have been written with its lowest eight bits only, as old
    /// programs do: such a key is found where there is no other.
    pub fn find(
        &self,
        principal: &Principal,
        version: Option<u32>,
        encryption_type: Option<EncryptionType>,
    ) -> Option<&KeyTableEntry> {
        let mut candidates = self.entries.iter().filter(|entry| {
            entry.principal == *principal
                && encryption_type.is_none_or(|asked| asked == entry.key.encryption_type())
        });
        let Some(version) = version else {
            return candidates.reduce(
                |newest, entry| {
                    if entry.is_newer_than(newest) { entry } else { newest }
                },
            );
        };
        let mut by_low_bits = candidates.clone().filter(|entry| entry.version == version & 0xFF);
        candidates.find(|entry| entry.version == version).or_else(|| by_low_bits.next())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service() -> Principal {
        "HTTP/web@A".parse().unwrap()
    }

    fn entry(version: u32, seconds: u64, first: u8) -> KeyTableEntry {
        KeyTableEntry {
            principal: service(),
            written: Some(Time::from_unix_seconds(seconds)),
            version,
            key: Key::new(EncryptionType::AES128_SHA1, &[first; 16][..]).unwrap(),
        }
    }

    fn table(entries: &[KeyTableEntry]) -> KeyTable {
        KeyTable { entries: entries.to_vec() }
    }

    #[test]
    fn the_newest_key_is_found_where_no_version_is_asked_for() {
        let newest = |entries: &[KeyTableEntry]| {
            table(entries).find(&service(), None, None).map(|entry| entry.version)
        };
        assert_eq!(newest(&[entry(2, 9, 1), entry(3, 1, 2), entry(1, 5, 3)]), Some(3));
        // Eight bits have begun anew.
        assert_eq!(newest(&[entry(255, 1, 1), entry(1, 2, 2)]), Some(1));
        assert_eq!(newest(&[entry(1, 2, 1), entry(255, 1, 2)]), Some(1));
        assert_eq!(newest(&[entry(255, 3, 1), entry(1, 2, 2)]), Some(255));
        assert_eq!(newest(&[]), None);
    }

    #[test]
    fn a_version_is_found_exactly_or_by_its_low_bits() {
        let found = |table: &KeyTable, version| {
            table.find(&service(), Some(version), None).map(|entry| entry.version)
        };
        let both = table(&[entry(1, 1, 1), entry(257, 1, 2)]);
        assert_eq!(found(&both, 257), Some(257));
        assert_eq!(found(&both, 1), Some(1));
        assert_eq!(found(&both, 513), Some(1));
        assert_eq!(found(&both, 2), None);
        assert_eq!(found(&table(&[entry(257, 1, 1)]), 1), None);
        let other: Principal = "HTTP/WEB@A".parse().unwrap();
        assert_eq!(both.find(&other, None, None), None);
        assert_eq!(both.find(&service(), None, Some(EncryptionType::RC4)), None);
    }

    #[test]
    fn a_key_replaces_the_one_at_its_place() {
        let mut table = table(&[entry(1, 1, 1), entry(2, 1, 1)]);
        table.add(entry(2, 5, 9));
        assert_eq!(table.entries(), [entry(1, 1, 1), entry(2, 5, 9)]);
        assert_eq!(table.remove(&service(), Some(1)), 1);
        assert_eq!(table.remove(&service(), None), 1);
        assert!(table.entries().is_empty());
    }
}
