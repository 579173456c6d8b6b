//! What is in a credential cache: whose it is, the tickets, and what else is noted there.

use super::format::{self, Header};
use crate::credentials::{CredentialCache, Secret};
use crate::error::Result;
use crate::kerberos::fields::TooLarge;
use crate::kerberos::files::Kind;
use crate::kerberos::{Key, Principal, TicketCache};
use crate::time::Time;
use std::fmt;
use std::path::Path;

/// The realm of entries that are no tickets, and the first part of their names.
const SETTING_REALM: &str = "X-CACHECONF:";
const SETTING_PART: &str = "krb5_ccache_conf_data";

/// A ticket with its key, as a credential cache keeps it. Addresses and authorization data are what
/// the client asked for; what the service will see is inside the ticket, which nobody but the service
/// can read.
#[derive(Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Whose ticket it is.
    pub client: Principal,
    /// Whom it is for.
    pub server: Principal,
    /// The session key.
    pub key: Key,
    /// When the client proved who it is.
    pub authenticated: Option<Time>,
    /// From when on it is valid; none if from that moment on.
    pub starts: Option<Time>,
    /// When it expires.
    pub ends: Option<Time>,
    /// Until when it can be renewed.
    pub renewable_until: Option<Time>,
    /// Whether it is encrypted in the session key of the second ticket, for user-to-user
    /// authentication.
    pub is_for_session_key: bool,
    /// The flags of the ticket (RFC 4120 5.3), the first one in the highest bit.
    pub flags: u32,
    /// The addresses it may be used from; none if from everywhere.
    pub addresses: Vec<Typed>,
    /// Authorization data.
    pub authorization_data: Vec<Typed>,
    /// The ticket as it goes to the service, or the value of a setting.
    pub ticket: Vec<u8>,
    /// The second ticket, for user-to-user authentication; mostly empty.
    pub second_ticket: Vec<u8>,
}

impl Ticket {
    /// One of which no more is said.
    pub(crate) fn bare(client: Principal, server: Principal, key: Key, ticket: Vec<u8>) -> Self {
        Self {
            client,
            server,
            key,
            authenticated: None,
            starts: None,
            ends: None,
            renewable_until: None,
            is_for_session_key: false,
            flags: 0,
            addresses: Vec::new(),
            authorization_data: Vec::new(),
            ticket,
            second_ticket: Vec::new(),
        }
    }

    /// What setting this is, where it is one and no ticket: its name, and the principal it is about,
    /// if it is not about the whole cache.
    pub fn setting(&self) -> Option<(&str, Option<&str>)> {
        if self.server.realm() != SETTING_REALM {
            return None;
        }
        match self.server.parts() {
            [first, name] if first == SETTING_PART => Some((name, None)),
            [first, name, about] if first == SETTING_PART => Some((name, Some(about))),
            _ => None,
        }
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Ticket")
            .field("client", &format_args!("{}", self.client))
            .field("server", &format_args!("{}", self.server))
            .field("key", &self.key)
            .field("ends", &self.ends)
            .field("flags", &format_args!("{:#010x}", self.flags))
            .finish_non_exhaustive()
    }
}

/// Bytes with a number that says what they are: an address, or authorization data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// What they are.
    pub number: i32,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// How far the clock of the KDC is ahead of this machine's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimeOffset {
    /// Seconds.
    pub seconds: i32,
    /// And so many microseconds.
    pub microseconds: i32,
}

/// The contents of a credential cache.
///
/// ```
/// use anysspi::kerberos::{MemoryCaches, Principal, Tickets};
///
/// let alice: Principal = "alice@EXAMPLE.COM".parse()?;
/// let mut tickets = Tickets::new(alice);
/// tickets.set_setting("fast_avail", Some("krbtgt/EXAMPLE.COM@EXAMPLE.COM"), Some(b"yes"))?;
///
/// let cache = MemoryCaches::new().named("MEMORY:work")?;
/// cache.replace(&tickets)?;
/// assert_eq!(cache.read()?.client().to_string(), "alice@EXAMPLE.COM");
/// assert_eq!(cache.read()?.tickets().count(), 0);
/// # Ok::<(), anysspi::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tickets {
    pub(super) header: Header,
    pub(super) client: Principal,
    /// Tickets and settings, in the order of the file.
    pub(super) entries: Vec<Ticket>,
}

impl Tickets {
    /// No tickets yet.
    pub fn new(client: Principal) -> Self {
        Self { header: Header::default(), client, entries: Vec::new() }
    }

    /// Reads the cache that the identity names: a file, the primary one of a directory, or the bytes
    /// of a file. A cache in memory is known to its [`MemoryCaches`](super::MemoryCaches) alone.
    ///
    /// ```no_run
    /// use anysspi::CredentialCache;
    /// use anysspi::kerberos::Tickets;
    ///
    /// let tickets = Tickets::open(&CredentialCache::named("FILE:/tmp/krb5cc_1000"))?;
    /// for ticket in tickets.tickets() {
    ///     println!("{}", ticket.server);
    /// }
    /// # Ok::<(), anysspi::Error>(())
    /// ```
    pub fn open(cache: &CredentialCache) -> Result<Self> {
        match cache {
            CredentialCache::Named(name) => TicketCache::named(name)?.read(),
            CredentialCache::Bytes(bytes) => Self::from_bytes(bytes.expose()),
        }
    }

    /// Reads the bytes of a cache file, of version 1 to 4.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        Self::parse(bytes, None)
    }

    pub(super) fn parse(bytes: &[u8], path: Option<&Path>) -> Result<Self> {
        let read = format::read(bytes);
        read.map_err(|malformed| Kind::CredentialCache.damaged(path, malformed))
    }

    /// The bytes of a cache file, of version 4.
    pub fn to_bytes(&self) -> Result<Secret> {
        format::write(self).map_err(|TooLarge(what)| Kind::CredentialCache.does_not_fit(what))
    }

    /// Whose tickets they are.
    pub fn client(&self) -> &Principal {
        &self.client
    }

    /// The tickets, in the order of the file.
    pub fn tickets(&self) -> impl Iterator<Item = &Ticket> {
        self.entries.iter().filter(|entry| entry.server.realm() != SETTING_REALM)
    }

    /// Adds a ticket.
    pub fn add(&mut self, ticket: Ticket) {
        self.entries.push(ticket);
    }

    /// A setting by its name, about a principal or about the whole cache: notes of whoever wrote it,
    /// such as `fast_avail` and `pa_type` of MIT Kerberos.
    pub fn setting(&self, name: &str, about: Option<&str>) -> Option<&[u8]> {
        let found = self.entries.iter().find(|entry| entry.setting() == Some((name, about)));
        found.map(|entry| entry.ticket.as_slice())
    }

    /// Sets a setting, or with no value removes it.
    pub fn set_setting(
        &mut self,
        name: &str,
        about: Option<&str>,
        value: Option<&[u8]>,
    ) -> Result<()> {
        self.entries.retain(|entry| entry.setting() != Some((name, about)));
        let Some(value) = value else { return Ok(()) };
        let parts = [Some(SETTING_PART), Some(name), about];
        let name_type = self.client.name_type();
        let server = Principal::new(name_type, parts.into_iter().flatten(), SETTING_REALM);
        let key = Key::new(crate::kerberos::EncryptionType(0), &[][..])?;
        self.entries.push(Ticket::bare(self.client.clone(), server, key, value.to_vec()));
        Ok(())
    }

    /// How far the clock of the KDC is ahead, where the cache says so.
    ///
    /// ```
    /// use anysspi::kerberos::{TimeOffset, Tickets};
    ///
    /// let mut tickets = Tickets::new("alice@EXAMPLE.COM".parse()?);
    /// let offset = TimeOffset { seconds: -3, microseconds: 250_000 };
    /// tickets.set_time_offset(Some(offset));
    /// let again = Tickets::from_bytes(tickets.to_bytes()?.expose())?;
    /// assert_eq!(again.time_offset(), Some(offset));
    /// # Ok::<(), anysspi::Error>(())
    /// ```
    pub fn time_offset(&self) -> Option<TimeOffset> {
        self.header.time_offset
    }

    /// Notes how far the clock of the KDC is ahead.
    pub fn set_time_offset(&mut self, offset: Option<TimeOffset>) {
        self.header.time_offset = offset;
    }
}
