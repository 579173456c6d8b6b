//! Points in time as the interface counts them: 100 nanoseconds since 1601, a FILETIME.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A point in time: the number of 100-nanosecond intervals since 1 January 1601, UTC.
///
/// ```
/// use anysspi::Time;
///
/// let time = Time::from_unix_seconds(0);
/// assert_eq!(time.filetime(), 116_444_736_000_000_000);
/// assert_eq!(time.to_string(), "1970-01-01T00:00:00Z");
/// assert_eq!(Time::FOREVER.to_string(), "never");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(u64);

/// Seconds between 1601-01-01 and 1970-01-01: 369 years with 89 leap days.
const UNIX_EPOCH_SECONDS: u64 = 11_644_473_600;
const INTERVALS_PER_SECOND: u64 = 10_000_000;

impl Time {
    /// What does not expire. Windows writes it as the largest signed number.
    pub const FOREVER: Self = Self(0x7FFF_FFFF_FFFF_FFFF);

    /// A time from its FILETIME number.
    pub const fn from_filetime(filetime: u64) -> Self {
        Self(filetime)
    }

    /// A time from seconds since 1970.
    pub const fn from_unix_seconds(seconds: u64) -> Self {
        Self(seconds.saturating_add(UNIX_EPOCH_SECONDS).saturating_mul(INTERVALS_PER_SECOND))
    }

    /// The FILETIME number.
    pub const fn filetime(self) -> u64 {
        self.0
    }

    /// Seconds since 1970; zero for anything earlier.
    pub const fn unix_seconds(self) -> u64 {
        (self.0 / INTERVALS_PER_SECOND).saturating_sub(UNIX_EPOCH_SECONDS)
    }

    /// This time moved on by a duration, at most to [`Time::FOREVER`].
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        let intervals = u64::try_from(duration.as_nanos() / 100).unwrap_or(u64::MAX);
        Self(self.0.saturating_add(intervals)).min(Self::FOREVER)
    }
}

impl From<SystemTime> for Time {
    fn from(time: SystemTime) -> Self {
        let epoch = Self::from_unix_seconds(0);
        match time.duration_since(UNIX_EPOCH) {
            Ok(since) => epoch.after(since),
            Err(before) => {
                let intervals = u64::try_from(before.duration().as_nanos() / 100);
                Self(epoch.0.saturating_sub(intervals.unwrap_or(u64::MAX)))
            }
        }
    }
}

impl fmt::Display for Time {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self >= Self::FOREVER {
            return formatter.write_str("never");
        }
        let seconds = self.0 / INTERVALS_PER_SECOND;
        let (days, rest) = (seconds / 86_400, seconds % 86_400);
        let (year, month, day) = civil_date(days);
        write!(
            formatter,
            "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z",
            rest / 3_600,
            rest / 60 % 60,
            rest % 60
        )
    }
}

// The Gregorian date of a day counted from 1601-01-01, which begins a cycle of 400 years. Years are
// counted from March, so that the leap day comes last.
fn civil_date(days_since_1601: u64) -> (u64, u64, u64) {
    let days = days_since_1601 + 306; // from 1600-03-01
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = 1_600 + 400 * era + year_of_era + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_dates_print_as_known() {
        for (seconds, text) in [
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_583_020_799, "2020-02-29T23:59:59Z"),
            (1_700_000_000, "2023-11-14T22:13:20Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(Time::from_unix_seconds(seconds).to_string(), text);
        }
        assert_eq!(Time::from_filetime(0).to_string(), "1601-01-01T00:00:00Z");
    }

    #[test]
    fn system_times_convert_on_both_sides_of_1970() {
        assert_eq!(Time::from(UNIX_EPOCH), Time::from_unix_seconds(0));
        let before = UNIX_EPOCH - Duration::from_secs(1);
        assert_eq!(Time::from(before).filetime(), 116_444_735_990_000_000);
    }

    #[test]
    fn nothing_passes_forever() {
        assert_eq!(Time::FOREVER.after(Duration::from_secs(1)), Time::FOREVER);
        assert_eq!(Time::from_unix_seconds(u64::MAX).filetime(), u64::MAX);
    }
}
