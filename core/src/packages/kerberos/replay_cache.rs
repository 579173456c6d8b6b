//! The authenticators that were seen: none is taken a second time (RFC 4120 3.2.3).

use crate::crypto::hmac_md5::HmacMd5Key;
use crate::error::{Error, Result};
use crate::status::Status;
use crate::surroundings::Surroundings;
use crate::time::Time;
use std::collections::{HashSet, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Mutex, PoisonError};
use zeroize::Zeroizing;

/// The most authenticators that are kept. They are kept until the clock's tolerance makes them worth
/// nothing, five to ten minutes: so many are seven thousand handshakes in every second, in 140 MB.
const MOST: usize = 1 << 22;

/// How long the time of a bucket is: buckets are forgotten as a whole.
const BUCKET_SECONDS: u64 = 60;

/// What was seen, of all handshakes of a credential.
///
/// An authenticator is known by 16 bytes that depend on a key of this cache, so that nobody can choose
/// them, and it is in the bucket of the minute in which it expires: the same one has the same time, so
/// that one bucket is looked at.
pub(crate) struct ReplayCache {
    key: HmacMd5Key,
    seen: Mutex<Seen>,
    most: usize,
}

#[derive(Default)]
struct Seen {
    /// The first one is that of the minute `first`.
    buckets: VecDeque<Bucket>,
    first: u64,
    count: usize,
}

type Bucket = HashSet<u128, BuildHasherDefault<Already>>;

/// What is hashed is a keyed hash already.
#[derive(Default)]
struct Already(u64);

impl Hasher for Already {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        // Only numbers of 128 bits come here; others would be hashed badly, and still be found.
        self.0 = bytes.iter().fold(self.0, |hash, byte| hash.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u128(&mut self, number: u128) {
        self.0 = number as u64;
    }
}

impl ReplayCache {
    pub(crate) fn new(surroundings: &Surroundings) -> Result<Self> {
        Self::with_room(surroundings, MOST)
    }

    fn with_room(surroundings: &Surroundings, most: usize) -> Result<Self> {
        let mut key = Zeroizing::new([0; 16]);
        surroundings.fill(&mut *key)?;
        Ok(Self { key: HmacMd5Key::new(&key), seen: Mutex::default(), most })
    }

    /// Whether an authenticator, as it was encrypted, comes for the first time. From then on it does
    /// not, until `expires`, when it is too old to be taken. Where there is no room for it, that is an
    /// error: what cannot be remembered is not let in.
    pub(crate) fn is_new(&self, authenticator: &[u8], now: Time, expires: Time) -> Result<bool> {
        let hash = self.hash(authenticator);
        let minute = |time: Time| time.unix_seconds() / BUCKET_SECONDS;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.forget_before(minute(now));
        // A clock that was set back: what came in the minutes that were forgotten may come again.
        let Some(place) = minute(expires).checked_sub(seen.first) else { return Ok(false) };
        let full = || {
            Error::new(
                Status::INSUFFICIENT_MEMORY,
                "too many clients came in the last minutes for all of them to be remembered",
            )
        };
        // More minutes than any clock's tolerance has.
        let place = usize::try_from(place).ok().filter(|place| *place < 60).ok_or_else(full)?;
        let is_full = seen.count >= self.most;
        if seen.buckets.len() <= place {
            seen.buckets.resize_with(place + 1, Bucket::default);
        }
        let Some(bucket) = seen.buckets.get_mut(place) else { return Err(full()) };
        if is_full {
            return if bucket.contains(&hash) { Ok(false) } else { Err(full()) };
        }
        bucket.try_reserve(1).map_err(|cause| full().with_source(cause))?;
        let is_new = bucket.insert(hash);
        seen.count += usize::from(is_new);
        Ok(is_new)
    }

    /// A ciphertext of Kerberos begins with what is random and ends with a code over all of it, or the
    /// other way round (rc4-hmac): both together are one authenticator's alone.
    fn hash(&self, authenticator: &[u8]) -> u128 {
        let first = authenticator.first_chunk::<16>().unwrap_or(&[0; 16]);
        let last = authenticator.last_chunk::<16>().unwrap_or(&[0; 16]);
        u128::from_le_bytes(self.key.code(&[first, last]))
    }
}

impl Seen {
    fn forget_before(&mut self, minute: u64) {
        while self.first < minute {
            let Some(bucket) = self.buckets.pop_front() else {
                self.first = minute;
                return;
            };
            self.count = self.count.saturating_sub(bucket.len());
            self.first += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Time {
        Time::from_unix_seconds(1_700_000_000 + seconds)
    }

    fn authenticator(number: u32) -> Vec<u8> {
        [&number.to_le_bytes()[..], &[7; 92], &number.to_le_bytes()].concat()
    }

    fn cache(most: usize) -> ReplayCache {
        ReplayCache::with_room(&Surroundings::system(), most).unwrap()
    }

    #[test]
    fn the_second_time_is_seen_until_it_expires() {
        let cache = cache(10);
        let is_new = |number, now, expires| {
            cache.is_new(&authenticator(number), at(now), at(expires)).unwrap()
        };
        assert!(is_new(1, 0, 300));
        assert!(!is_new(1, 0, 300));
        assert!(!is_new(1, 299, 300));
        assert!(is_new(2, 299, 300));
        // Forgotten, and nobody asks: it is too old. An older clock does not make it new.
        assert!(is_new(3, 400, 700));
        assert!(!is_new(1, 0, 300));
        assert!(!is_new(4, 0, 300));
        assert_eq!(cache.seen.lock().unwrap().count, 1);
    }

    #[test]
    fn a_full_cache_lets_nobody_in_until_there_is_room() {
        let cache = cache(3);
        let is_new = |number, now| cache.is_new(&authenticator(number), at(now), at(now + 300));
        for number in 0..3 {
            assert!(is_new(number, 0).unwrap());
        }
        assert_eq!(is_new(3, 0).unwrap_err().status(), Status::INSUFFICIENT_MEMORY);
        // One that was seen is known still.
        assert!(!is_new(0, 0).unwrap());
        assert!(is_new(3, 400).unwrap());
        assert!(is_new(5, 400).unwrap());
    }

    #[test]
    fn a_time_far_away_takes_no_memory() {
        let cache = cache(10);
        assert!(cache.is_new(&authenticator(1), at(0), at(300)).unwrap());
        assert!(cache.is_new(&authenticator(1), at(0), Time::FOREVER).is_err());
        assert!(cache.seen.lock().unwrap().buckets.len() < 10);
    }

    #[test]
    fn a_million_take_less_than_100_megabytes() {
        let cache = cache(MOST);
        for number in 0..1_000_000 {
            // As many as come in a minute or two, in the buckets they fall into.
            let expires = at(300 + u64::from(number) / 10_000);
            assert!(cache.is_new(&authenticator(number), at(0), expires).unwrap());
        }
        let seen = cache.seen.lock().unwrap();
        assert_eq!(seen.count, 1_000_000);
        // An entry has 16 bytes and one of the table's; of eight places seven may be taken.
        let places = seen.buckets.iter().map(|bucket| bucket.capacity() * 8 / 7).sum::<usize>();
        assert!(places * 17 < 100_000_000, "{places} places");
    }

    #[test]
    fn only_one_of_many_threads_is_let_in() {
        let cache = cache(10_000);
        let counts: Vec<usize> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        let new = |number: &u32| {
                            cache.is_new(&authenticator(*number), at(0), at(300)).unwrap()
                        };
                        (0..1000).filter(new).count()
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(counts.iter().sum::<usize>(), 1000);
    }
}
