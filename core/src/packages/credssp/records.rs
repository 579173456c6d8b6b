//! The records of TLS by their headers (RFC 8446 5.1): where one ends, and how much of it is missing.

use crate::error::{Error, Result};
use crate::status::Status;

/// The length of a record's header (RFC 8446 5.1).
pub(super) const RECORD_HEADER: usize = 5;
/// The most that a record may hold besides: what is encrypted, and 2048 bytes for protecting it
/// (RFC 5246 6.2.3).
const LARGEST_RECORD: usize = (1 << 14) + 2048;
/// The longest message of one record.
pub(super) const LONGEST_MESSAGE: usize = 1 << 14;

/// A whole record and what is behind it, or how many bytes are missing, at least.
pub(super) type Split<'a> = std::result::Result<(&'a [u8], &'a [u8]), usize>;

/// The first record of the bytes. What cannot become a record is an error at once.
pub(super) fn first_record(bytes: &[u8]) -> Result<Split<'_>> {
    let Some((header, _)) = bytes.split_first_chunk::<RECORD_HEADER>() else {
        check_type(bytes)?;
        return Ok(Err(RECORD_HEADER.saturating_sub(bytes.len())));
    };
    check_type(header)?;
    let &[_, _, _, high, low] = header;
    let length = usize::from(u16::from_be_bytes([high, low]));
    if length > LARGEST_RECORD {
        return Err(no_record("a record is longer than it may be"));
    }
    let whole = RECORD_HEADER.saturating_add(length);
    match bytes.split_at_checked(whole) {
        Some(parts) => Ok(Ok(parts)),
        None => Ok(Err(whole.saturating_sub(bytes.len()))),
    }
}

/// How many bytes are missing until the last record of the bytes is whole.
pub(super) fn missing(mut bytes: &[u8]) -> Result<usize> {
    loop {
        match first_record(bytes)? {
            Ok((_, [])) => return Ok(0),
            Ok((_, rest)) => bytes = rest,
            Err(missing) => return Ok(missing),
        }
    }
}

/// The types of records are 20 to 24, and all versions begin with 3.
fn check_type(header: &[u8]) -> Result<()> {
    let is_type = header.first().is_none_or(|kind| (20..=24).contains(kind));
    if is_type && header.get(1).is_none_or(|major| *major == 3) {
        return Ok(());
    }
    Err(no_record("the bytes are no TLS"))
}

fn no_record(what: &'static str) -> Error {
    Error::new(Status::INVALID_TOKEN, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_whole_missing_or_none() {
        let record = [22, 3, 1, 0, 2, 7, 7];
        assert_eq!(first_record(&record).unwrap(), Ok((&record[..], &[][..])));
        for length in 0..record.len() {
            let expected = if length < 5 { 5 - length } else { 7 - length };
            assert_eq!(first_record(&record[..length]).unwrap(), Err(expected), "{length}");
        }
        let two = [&record[..], &record].concat();
        assert_eq!(first_record(&two).unwrap(), Ok((&record[..], &record[..])));
        assert_eq!((missing(&two).unwrap(), missing(&two[..12]).unwrap()), (0, 2));
        assert_eq!(missing(&[]).unwrap(), 5);
        for lie in [
            &[0x30][..],
            &[0x80, 0x2E],
            &[22, 2],
            b"NTLMSSP\0",
            b"GET / HTTP/1.1",
            &[23, 3, 3, 0x48, 1],
            &[25, 3, 3, 0, 0],
        ] {
            assert_eq!(first_record(lie).unwrap_err().status(), Status::INVALID_TOKEN, "{lie:x?}");
        }
        // Behind a good record too.
        assert!(missing(&[&record[..], &[0x30]].concat()).is_err());
    }
}
