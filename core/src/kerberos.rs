//! What Kerberos keeps on this machine: names, keys, keytabs and credential caches, as every other
//! implementation reads and writes them.
//!
//! - [`Principal`]: the name of a user or a service.
//! - [`Key`] and [`EncryptionType`]: a key, from its bytes or from a password.
//! - [`KeyTable`]: the keys in a keytab.
//! - [`TicketCache`]: a credential cache, in a file, in a directory of files or in memory, and
//!   [`Tickets`], what is in it.
//!
//! No package of this library uses them yet. [`Keytab`](crate::Keytab) and
//! [`CredentialCache`](crate::CredentialCache) are the identities that name such files;
//! [`KeyTable::open`] and [`Tickets::open`] read what they name.

mod credential_cache;
pub(crate) mod encryption;
mod encryption_type;
mod fields;
mod files;
mod key;
pub(crate) mod key_usage;
mod keytab;
mod locks;
mod principal;
#[cfg(test)]
pub(crate) mod vectors;

pub use credential_cache::{
    CacheDirectory, CacheName, MemoryCaches, Ticket, TicketCache, Tickets, TimeOffset, Typed,
};
pub use encryption_type::EncryptionType;
pub use key::Key;
pub use keytab::{KeyTable, KeyTableEntry};
pub use principal::{NameType, Principal};
