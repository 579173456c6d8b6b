//! The tickets that a client has: those it came with, and those it got since.

use super::messages::TicketFlags;
use crate::kerberos::{EncryptionType, Principal, Ticket, Tickets, TimeOffset};
use crate::time::Time;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The most tickets that are kept. The one that came first goes first.
const MOST_TICKETS: usize = 1024;

/// Tickets of a client, ticket-granting ones among them, and how far the KDC's clock is ahead. Shared
/// by all handshakes of the client.
#[derive(Default)]
pub(crate) struct TicketStore(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    entries: VecDeque<Entry>,
    ahead: Ahead,
    /// The moment of the last request, in microseconds.
    last: u64,
}

/// A ticket, and what it was that was asked for. A KDC that was asked for a service in no realm may
/// know it in another one, and the same service asked for in that realm is not the same question: the
/// client's KDC did not say where it is.
struct Entry {
    asked: Principal,
    ticket: Arc<Ticket>,
}

/// How far the clock of the KDC is ahead of this machine's, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ahead(i64);

impl Ahead {
    pub(super) fn between(here: Time, there: Time) -> Self {
        let microseconds = |time: Time| i64::try_from(time.filetime() / 10).unwrap_or(i64::MAX);
        Self(microseconds(there).saturating_sub(microseconds(here)))
    }

    pub(super) fn applied(self, here: Time) -> Time {
        let intervals = self.0.saturating_mul(10);
        Time::from_filetime(here.filetime().saturating_add_signed(intervals))
    }

    /// Whether it is more than clocks may differ (RFC 4120 1.6).
    pub(super) fn is_skew(self) -> bool {
        self.0.unsigned_abs() > SKEW_MICROSECONDS
    }
}

const SKEW_MICROSECONDS: u64 = 300_000_000;

/// How much clocks may differ: five minutes, as everybody has it.
pub(super) const SKEW: Duration = Duration::from_secs(300);

impl From<TimeOffset> for Ahead {
    fn from(offset: TimeOffset) -> Self {
        let seconds = i64::from(offset.seconds).saturating_mul(1_000_000);
        Self(seconds.saturating_add(offset.microseconds.into()))
    }
}

impl From<&Tickets> for TicketStore {
    /// The tickets of a credential cache that are its client's own.
    fn from(tickets: &Tickets) -> Self {
        let store = Self::default();
        store.held().ahead = tickets.time_offset().map(Ahead::from).unwrap_or_default();
        for ticket in tickets.tickets().filter(|ticket| ticket.client == *tickets.client()) {
            let asked = ticket.server.clone().or_in_realm(tickets.client().realm());
            store.add(asked, Arc::new(ticket.clone()));
        }
        store
    }
}

impl TicketStore {
    fn held(&self) -> MutexGuard<'_, Kept> {
        // What is kept is whole at every moment.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a ticket for the next one who asks. It takes the place of the one that was kept for the
    /// same question.
    pub(super) fn add(&self, asked: Principal, ticket: Arc<Ticket>) {
        let kept = &mut *self.held();
        kept.entries.retain(|entry| {
            entry.asked != asked || entry.ticket.second_ticket != ticket.second_ticket
        });
        if kept.entries.len() >= MOST_TICKETS {
            kept.entries.pop_front();
        }
        kept.entries.push_back(Entry { asked, ticket });
    }

    /// The ticket that was kept for a question, with a key of one of the types, which is valid at all
    /// the times; of several the one that expires last. For user-to-user authentication it is
    /// encrypted for this second ticket, which is empty otherwise.
    pub(super) fn find(
        &self,
        asked: &Principal,
        second_ticket: &[u8],
        types: &[EncryptionType],
        times: &[Time],
    ) -> Option<Arc<Ticket>> {
        let held = self.held();
        let found = held.entries.iter().filter(|Entry { asked: other, ticket }| {
            other == asked
                && ticket.is_for_session_key != second_ticket.is_empty()
                && ticket.second_ticket == second_ticket
                && types.contains(&ticket.key.encryption_type())
                && times.iter().all(|time| is_valid(ticket, *time))
        });
        found.max_by_key(|entry| entry.ticket.ends).map(|entry| Arc::clone(&entry.ticket))
    }

    /// All tickets, in the order in which they came.
    #[cfg(feature = "testing")]
    pub(crate) fn all(&self) -> Vec<Arc<Ticket>> {
        self.held().entries.iter().map(|entry| Arc::clone(&entry.ticket)).collect()
    }

    /// A moment for a request that no other request has: the answer to one is known by it, and some
    /// services take two of the same moment for one that is repeated (RFC 4120 3.2.3).
    pub(super) fn moment(&self, now: Time) -> Time {
        let mut held = self.held();
        let now = now.filetime() / 10;
        // A clock that was set back is not waited for.
        let is_near = held.last >= now && held.last.abs_diff(now) < 1_000_000;
        held.last = if is_near { held.last.saturating_add(1) } else { now };
        Time::from_filetime(held.last.saturating_mul(10))
    }

    /// Whether it has no ticket at all.
    pub(super) fn is_empty(&self) -> bool {
        self.held().entries.is_empty()
    }

    /// How far the clock of the KDC is ahead.
    pub(super) fn ahead(&self) -> Ahead {
        self.held().ahead
    }

    /// Notes how far the clock of the KDC is ahead.
    pub(super) fn set_ahead(&self, ahead: Ahead) {
        self.held().ahead = ahead;
    }
}

fn is_valid(ticket: &Ticket, time: Time) -> bool {
    let flags = TicketFlags::from_bits_retain(ticket.flags);
    let starts = ticket.starts.or(ticket.authenticated);
    // The clock of whoever issued it may be ahead a little.
    !flags.contains(TicketFlags::INVALID)
        && starts.is_none_or(|starts| starts <= time.after(SKEW))
        && ticket.ends.is_some_and(|ends| ends > time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kerberos::Key;

    fn at(seconds: u64) -> Time {
        Time::from_unix_seconds(1_700_000_000 + seconds)
    }

    fn principal(text: &str) -> Principal {
        text.parse().unwrap()
    }

    fn ticket(server: &str, starts: u64, ends: u64) -> Ticket {
        let key = Key::new(EncryptionType::AES128_SHA1, &[7; 16][..]).unwrap();
        Ticket {
            starts: Some(at(starts)),
            ends: Some(at(ends)),
            ..Ticket::bare(principal("alice@A"), principal(server), key, vec![1])
        }
    }

    fn find(store: &TicketStore, server: &str, time: u64) -> Option<Arc<Ticket>> {
        store.find(&principal(server), &[], &[EncryptionType::AES128_SHA1], &[at(time)])
    }

    fn filled(tickets: impl IntoIterator<Item = Ticket>) -> TicketStore {
        let mut cache = Tickets::new(principal("alice@A"));
        tickets.into_iter().for_each(|ticket| cache.add(ticket));
        TicketStore::from(&cache)
    }

    #[test]
    fn no_moment_comes_twice() {
        let store = TicketStore::default();
        let at = |seconds: u64| Time::from_unix_seconds(1_700_000_000 + seconds);
        let first = store.moment(at(0));
        assert_eq!(first, at(0));
        let second = store.moment(at(0));
        assert_eq!(second.filetime() - first.filetime(), 10);
        assert!(store.moment(at(0)) > second);
        assert_eq!(store.moment(at(60)), at(60));
        assert_eq!(store.moment(at(0)), at(0));
    }

    #[test]
    fn a_ticket_is_found_while_it_is_valid() {
        let store = filled([ticket("HTTP/web@A", 1000, 2000)]);
        assert!(find(&store, "HTTP/web@A", 1000).is_some());
        assert!(find(&store, "HTTP/web@A", 700).is_some());
        assert!(find(&store, "HTTP/web@A", 699).is_none());
        assert!(find(&store, "HTTP/web@A", 1999).is_some());
        assert!(find(&store, "HTTP/web@A", 2000).is_none());
        assert!(find(&store, "HTTP/web@B", 1000).is_none());
        assert!(find(&store, "HTTP/web", 1000).is_none());
    }

    #[test]
    fn what_cannot_be_used_is_not_found() {
        let invalid = Ticket { flags: TicketFlags::INVALID.bits(), ..ticket("a/invalid@A", 0, 9) };
        let others = Ticket { client: principal("bob@A"), ..ticket("a/others@A", 0, 9) };
        let endless = Ticket { ends: None, ..ticket("a/endless@A", 0, 9) };
        let session = Ticket { is_for_session_key: true, ..ticket("a/session@A", 0, 9) };
        let store = filled([invalid, others, endless, session]);
        for server in ["a/invalid@A", "a/others@A", "a/endless@A", "a/session@A"] {
            assert!(find(&store, server, 1).is_none(), "{server}");
        }
        let store = filled([ticket("HTTP/web@A", 0, 9)]);
        let other_type = [EncryptionType::AES256_SHA1];
        assert!(store.find(&principal("HTTP/web@A"), &[], &other_type, &[at(1)]).is_none());
    }

    #[test]
    fn of_two_the_later_one_is_found_and_tickets_for_session_keys_are_kept_apart() {
        let store = filled([]);
        let second = Ticket {
            is_for_session_key: true,
            second_ticket: vec![2],
            ..ticket("alice@A", 0, 100)
        };
        store.add(principal("alice@A"), Arc::new(ticket("alice@A", 0, 50)));
        store.add(principal("alice@A"), Arc::new(second.clone()));
        store.add(principal("alice@A"), Arc::new(ticket("alice@A", 0, 60)));
        assert_eq!(find(&store, "alice@A", 1).unwrap().ends, Some(at(60)));
        let types = [EncryptionType::AES128_SHA1];
        let found = store.find(&principal("alice@A"), &[2], &types, &[at(1)]);
        assert_eq!(found.as_deref(), Some(&second));
        assert!(store.find(&principal("alice@A"), &[3], &types, &[at(1)]).is_none());
        assert_eq!(store.held().entries.len(), 2);
    }

    #[test]
    fn the_store_is_bounded() {
        let store = TicketStore::default();
        for number in 0..MOST_TICKETS + 10 {
            let server = format!("HTTP/web{number}@A");
            store.add(principal(&server), Arc::new(ticket(&server, 0, 9)));
        }
        assert_eq!(store.held().entries.len(), MOST_TICKETS);
        assert!(find(&store, "HTTP/web9@A", 1).is_none());
        assert!(find(&store, "HTTP/web10@A", 1).is_some());
    }

    #[test]
    fn offsets_go_both_ways() {
        for (here, there) in [(at(0), at(900)), (at(900), at(0))] {
            let ahead = Ahead::between(here, there);
            assert_eq!(ahead.applied(here), there);
            assert!(ahead.is_skew());
        }
        assert!(!Ahead::between(at(300), at(0)).is_skew());
        let mut cache = Tickets::new(principal("alice@A"));
        cache.set_time_offset(Some(TimeOffset { seconds: -3, microseconds: 500_000 }));
        assert_eq!(TicketStore::from(&cache).ahead(), Ahead(-2_500_000));
    }
}
