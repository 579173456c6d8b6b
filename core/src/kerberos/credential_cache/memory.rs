//! Credential caches in memory.

use super::{CacheName, Place, Ticket, TicketCache, Tickets};
use crate::error::Result;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Credential caches in memory, by their names. They live as long as this does, or one of its clones,
/// or the cache itself: nothing in the process knows them besides.
///
/// ```
/// use anysspi::kerberos::{MemoryCaches, Tickets};
///
/// let caches = MemoryCaches::new();
/// caches.named("MEMORY:work")?.replace(&Tickets::new("alice@EXAMPLE.COM".parse()?))?;
/// assert_eq!(caches.clone().named("MEMORY:work")?.read()?.client().parts(), ["alice"]);
/// assert!(caches.named("MEMORY:play")?.read().is_err());
/// assert!(MemoryCaches::new().named("MEMORY:work")?.read().is_err());
/// # Ok::<(), anysspi::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct MemoryCaches(Arc<Mutex<HashMap<String, Slot>>>);

/// The place of one cache.
#[derive(Clone, Default)]
pub(super) struct Slot(Arc<Mutex<Option<Tickets>>>);

impl MemoryCaches {
    /// No caches yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The cache of a name: one of these where it begins with `MEMORY:`, and otherwise what
    /// [`TicketCache::named`] says.
    pub fn named(&self, name: &str) -> Result<TicketCache> {
        let name = name.parse()?;
        let CacheName::Memory(label) = &name else { return TicketCache::at(name) };
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = Place::Memory(slots.entry(label.clone()).or_default().clone());
        Ok(TicketCache { name, place })
    }
}

impl fmt::Debug for MemoryCaches {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("MemoryCaches(…)")
    }
}

impl Slot {
    fn held(&self) -> MutexGuard<'_, Option<Tickets>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn read(&self) -> Option<Tickets> {
        self.held().clone()
    }

    /// What was there before.
    pub(super) fn replace(&self, tickets: Option<Tickets>) -> Option<Tickets> {
        std::mem::replace(&mut *self.held(), tickets)
    }

    /// Whether there is a cache to add to.
    pub(super) fn add(&self, ticket: &Ticket) -> bool {
        let mut held = self.held();
        let Some(tickets) = held.as_mut() else { return false };
        tickets.add(ticket.clone());
        true
    }
}
