//! The memory of requests that a Kerberos acceptor has, by itself.

use crate::error::Result;
use crate::packages::kerberos::replay_cache::ReplayCache;
use crate::surroundings::Surroundings;
use crate::time::Time;
use std::time::Duration;

/// How long a request is remembered.
const TOLERANCE: Duration = Duration::from_secs(600);

/// What an acceptor remembers of the requests it has seen.
///
/// ```
/// use anysspi::testing::SeenRequests;
///
/// let seen = SeenRequests::new()?;
/// assert!(seen.is_new(1)?);
/// assert!(seen.is_new(2)?);
/// assert!(!seen.is_new(1)?);
/// # Ok::<(), anysspi::Error>(())
/// ```
pub struct SeenRequests {
    cache: ReplayCache,
    now: Time,
}

impl SeenRequests {
    /// Nothing was seen yet.
    pub fn new() -> Result<Self> {
        let surroundings = Surroundings::system();
        Ok(Self { cache: ReplayCache::new(&surroundings)?, now: surroundings.now() })
    }

    /// Whether the request with this number comes for the first time; from now on it does not.
    pub fn is_new(&self, number: u64) -> Result<bool> {
        // As long as the authenticator of a request, which is encrypted.
        let mut authenticator = [0x5A; 200];
        for place in authenticator.as_chunks_mut::<8>().0 {
            *place = number.to_le_bytes();
        }
        self.cache.is_new(&authenticator, self.now, self.now.after(TOLERANCE))
    }
}
