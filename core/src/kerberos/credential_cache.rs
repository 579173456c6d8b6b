//! Credential caches: the tickets somebody has, in a file, in a directory of files or in memory.

mod directory;
mod format;
mod memory;
mod name;
mod tickets;

pub use directory::CacheDirectory;
pub use memory::MemoryCaches;
pub use name::CacheName;
pub use tickets::{Ticket, Tickets, TimeOffset, Typed};

use super::fields::TooLarge;
use super::files::{self, Access, Kind};
use crate::error::{Error, Result};
use crate::status::Status;
use memory::Slot;
use std::fmt;
use std::path::Path;

/// A credential cache: a place for tickets, whether there are any yet or not.
///
/// ```
/// use anysspi::kerberos::{TicketCache, Tickets};
///
/// let path = std::env::temp_dir().join(format!("anysspi-cache-{}", std::process::id()));
/// let cache = TicketCache::named(&format!("FILE:{}", path.display()))?;
/// assert!(cache.read().is_err());
/// cache.replace(&Tickets::new("alice@EXAMPLE.COM".parse()?))?;
/// assert_eq!(cache.read()?.client().parts(), ["alice"]);
/// cache.destroy()?;
/// assert!(!path.exists());
/// # Ok::<(), anysspi::Error>(())
/// ```
///
/// Every method takes the lock of the file as libkrb5 does, and waits up to ten seconds for it.
pub struct TicketCache {
    name: CacheName,
    place: Place,
}

enum Place {
    /// The file is that of the name.
    File,
    /// The file, which is in a directory of caches: that is made ready when something is written.
    InDirectory(CacheDirectory),
    Memory(Slot),
}

impl TicketCache {
    /// The cache of a name: `FILE:/path`, a path by itself, `DIR:/path` for the primary cache of a
    /// directory, `DIR::/path/tktX` for another one. `MEMORY:name` is known to its [`MemoryCaches`]
    /// alone.
    ///
    /// Nothing is read from the environment: where `KRB5CCNAME` counts, hand it over.
    pub fn named(name: &str) -> Result<Self> {
        Self::at(name.parse()?)
    }

    fn at(name: CacheName) -> Result<Self> {
        let place = match &name {
            CacheName::File(_) => Place::File,
            CacheName::Directory(path) => return CacheDirectory::at(path).primary(),
            CacheName::InDirectory(path) => {
                let directory = path.parent().unwrap_or(Path::new(""));
                Place::InDirectory(CacheDirectory::at(directory))
            }
            CacheName::Memory(_) => {
                return Err(Error::new(
                    Status::NO_CREDENTIALS,
                    format!("the credential cache {name} is known to its MemoryCaches alone"),
                ));
            }
        };
        Ok(Self { name, place })
    }

    /// Its name. That of the primary cache of a directory says which one that was.
    pub fn name(&self) -> &CacheName {
        &self.name
    }

    fn path(&self) -> &Path {
        match &self.name {
            CacheName::File(path) | CacheName::Directory(path) | CacheName::InDirectory(path) => {
                path
            }
            CacheName::Memory(name) => Path::new(name),
        }
    }

    /// What is in it. A cache that is not there, and one that cannot be read, is an error that says
    /// which; one that is damaged says where.
    pub fn read(&self) -> Result<Tickets> {
        if let Place::Memory(slot) = &self.place {
            return slot.read().ok_or_else(|| self.empty());
        }
        let path = self.path();
        let file = files::open(path, Kind::CredentialCache, Access::Read)?;
        Tickets::parse(&file.read()?, Some(path))
    }

    fn empty(&self) -> Error {
        let context = format!("there is nothing in the credential cache {}", self.name);
        Error::new(Status::NO_CREDENTIALS, context)
    }

    /// Puts these tickets in the place of what is in it, in one stroke. Only its owner may read and
    /// write the file.
    pub fn replace(&self, tickets: &Tickets) -> Result<()> {
        match &self.place {
            Place::Memory(slot) => {
                slot.replace(Some(tickets.clone()));
                return Ok(());
            }
            Place::InDirectory(directory) => directory.prepare(self.path())?,
            Place::File => {}
        }
        let bytes = tickets.to_bytes()?;
        let path = self.path();
        let _held = files::open_if_there(path, Kind::CredentialCache, Access::Write)?;
        files::replace(path, Kind::CredentialCache, &bytes)
    }

    /// Adds a ticket to what is in it, in the version of the file.
    ///
    /// ```
    /// use anysspi::kerberos::{EncryptionType, Key, MemoryCaches, Ticket, Tickets};
    ///
    /// let cache = MemoryCaches::new().named("MEMORY:work")?;
    /// cache.replace(&Tickets::new("alice@EXAMPLE.COM".parse()?))?;
    /// cache.store(&Ticket {
    ///     client: "alice@EXAMPLE.COM".parse()?,
    ///     server: "HTTP/web.example.com@EXAMPLE.COM".parse()?,
    ///     key: Key::new(EncryptionType::AES256_SHA1, &[7; 32][..])?,
    ///     authenticated: None,
    ///     starts: None,
    ///     ends: None,
    ///     renewable_until: None,
    ///     is_for_session_key: false,
    ///     flags: 0,
    ///     addresses: vec![],
    ///     authorization_data: vec![],
    ///     ticket: vec![0x61, 0x00],
    ///     second_ticket: vec![],
    /// })?;
    /// assert_eq!(cache.read()?.tickets().count(), 1);
    /// # Ok::<(), anysspi::Error>(())
    /// ```
    pub fn store(&self, ticket: &Ticket) -> Result<()> {
        if let Place::Memory(slot) = &self.place {
            return if slot.add(ticket) { Ok(()) } else { Err(self.empty()) };
        }
        let (kind, path) = (Kind::CredentialCache, self.path());
        let file = files::open(path, kind, Access::Write)?;
        let version = format::Version::of(&file.read_start::<2>()?)
            .map_err(|malformed| kind.damaged(Some(path), malformed))?;
        let entry = format::entry_bytes(version, ticket)
            .map_err(|TooLarge(what)| kind.does_not_fit(what))?;
        file.append(entry.expose())
    }

    /// Removes it with everything in it. One that is not there is an error.
    pub fn destroy(&self) -> Result<()> {
        if let Place::Memory(slot) = &self.place {
            return slot.replace(None).map(drop).ok_or_else(|| self.empty());
        }
        files::open(self.path(), Kind::CredentialCache, Access::Write)?.remove()
    }
}

impl fmt::Debug for TicketCache {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "TicketCache({})", self.name)
    }
}
