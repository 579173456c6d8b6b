//! Security identifiers: who a user or a group is to Windows.

use crate::codec::reader::{Malformed, Reader};
use crate::error::{Error, Result};
use crate::status::Status;
use std::fmt;
use std::str::FromStr;

/// The most parts that an identifier has ([MS-DTYP] 2.4.2.2).
pub(crate) const MOST_PARTS: usize = 15;

/// The only revision there is.
const REVISION: u8 = 1;

/// A security identifier ([MS-DTYP] 2.4.2): what names a user, a group or a domain for good, whatever
/// they are called.
///
/// ```
/// use anysspi::Sid;
///
/// let administrators: Sid = "S-1-5-32-544".parse()?;
/// assert_eq!(administrators.relative_id(), Some(544));
/// assert_eq!(administrators.to_string(), "S-1-5-32-544");
///
/// let domain: Sid = "S-1-5-21-1-2-3".parse()?;
/// let domain_users = domain.with(513)?;
/// assert_eq!(domain_users.to_string(), "S-1-5-21-1-2-3-513");
/// assert_eq!(domain_users.domain(), Some(domain));
/// assert_eq!(Sid::from_bytes(&domain_users.to_bytes())?, domain_users);
/// # Ok::<(), anysspi::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sid {
    /// 48 bits.
    authority: u64,
    parts: Vec<u32>,
}

impl Sid {
    /// An identifier from its authority, of 48 bits, and its parts, of which there are at most 15.
    pub fn new(authority: u64, parts: impl Into<Vec<u32>>) -> Result<Self> {
        let parts = parts.into();
        if authority >> 48 != 0 || parts.len() > MOST_PARTS {
            return Err(Error::new(
                Status::INVALID_PARAMETER,
                "a security identifier has an authority of 48 bits and at most 15 parts",
            ));
        }
        Ok(Self { authority, parts })
    }

    /// Reads the bytes of a SID structure, and nothing behind it.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader::new(bytes);
        let sid = Self::read(&mut reader)?;
        if !reader.is_empty() {
            return Err(reader.malformed("the end of a security identifier").into());
        }
        Ok(sid)
    }

    /// Reads a SID structure.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        const WHAT: &str = "a security identifier";
        let malformed = reader.malformed(WHAT);
        let [revision, count] = reader.array(WHAT)?;
        let [a, b, c, d, e, f] = reader.array(WHAT)?;
        let count = usize::from(count);
        if revision != REVISION || count > MOST_PARTS {
            return Err(malformed);
        }
        let parts = (0..count).map(|_| reader.u32_le(WHAT)).collect::<Result<_, _>>()?;
        Ok(Self { authority: u64::from_be_bytes([0, 0, a, b, c, d, e, f]), parts })
    }

    /// The bytes of a SID structure.
    pub fn to_bytes(&self) -> Vec<u8> {
        let [_, _, authority @ ..] = self.authority.to_be_bytes();
        // There are at most 15.
        let count = u8::try_from(self.parts.len()).unwrap_or(u8::MAX);
        let mut bytes = vec![REVISION, count];
        bytes.extend_from_slice(&authority);
        self.parts.iter().for_each(|part| bytes.extend_from_slice(&part.to_le_bytes()));
        bytes
    }

    /// Who gave it: 5 is Windows NT.
    pub fn authority(&self) -> u64 {
        self.authority
    }

    /// Its parts.
    pub fn parts(&self) -> &[u32] {
        &self.parts
    }

    /// The last part: which one it is in its domain.
    pub fn relative_id(&self) -> Option<u32> {
        self.parts.last().copied()
    }

    /// Everything but the last part. What has no parts is in no domain.
    pub fn domain(&self) -> Option<Self> {
        let (_, parts) = self.parts.split_last()?;
        Some(Self { authority: self.authority, parts: parts.to_vec() })
    }

    /// The one with this number in the domain that this is.
    pub fn with(&self, relative_id: u32) -> Result<Self> {
        let mut parts = self.parts.clone();
        parts.push(relative_id);
        Self::new(self.authority, parts)
    }
}

impl FromStr for Sid {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        read_text(text).ok_or_else(|| {
            let shown: String = text.chars().take(200).flat_map(char::escape_debug).collect();
            Error::new(
                Status::INVALID_PARAMETER,
                format!("no security identifier: \"{shown}\": it is written S-1-5-21-1-2-3-500"),
            )
        })
    }
}

/// The text of [MS-DTYP] 2.4.2.1: an authority beyond 32 bits is in hex.
fn read_text(text: &str) -> Option<Sid> {
    let rest = text.strip_prefix("S-1-").or_else(|| text.strip_prefix("s-1-"))?;
    let is_number =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut numbers = rest.split('-');
    let authority = numbers.next()?;
    let authority = match authority.strip_prefix("0x").or_else(|| authority.strip_prefix("0X")) {
        Some(digits) => u64::from_str_radix(digits, 16).ok().filter(|_| is_number(digits))?,
        None => authority.parse().ok().filter(|_| is_number(authority))?,
    };
    let part = |text: &str| text.parse().ok().filter(|_| is_number(text));
    let parts: Option<Vec<u32>> = numbers.take(MOST_PARTS + 1).map(part).collect();
    Sid::new(authority, parts?).ok()
}

impl fmt::Display for Sid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if u32::try_from(self.authority).is_ok() {
            write!(formatter, "S-{REVISION}-{}", self.authority)?;
        } else {
            write!(formatter, "S-{REVISION}-{:#014X}", self.authority)?;
        }
        self.parts.iter().try_for_each(|part| write!(formatter, "-{part}"))
    }
}

impl fmt::Debug for Sid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Sid({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_bytes_come_back() {
        for (text, bytes) in [
            ("S-1-1-0", &[1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0][..]),
            ("S-1-5", &[1, 0, 0, 0, 0, 0, 0, 5]),
            ("S-1-5-32-544", &[1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0]),
            ("S-1-0x010203040506-4294967295", &[1, 1, 1, 2, 3, 4, 5, 6, 0xFF, 0xFF, 0xFF, 0xFF]),
        ] {
            let sid: Sid = text.parse().unwrap();
            assert_eq!(sid.to_bytes(), bytes);
            assert_eq!(
                Sid::from_bytes(bytes).unwrap().to_string().to_lowercase(),
                text.to_lowercase()
            );
        }
    }

    #[test]
    fn what_is_no_identifier_is_refused() {
        let long = format!("S-1-5{}", "-1".repeat(16));
        for text in [
            "",
            "S-1",
            "S-1-",
            "S-2-5-1",
            "S-1-5-",
            "S-1-5--1",
            "S-1-5-+1",
            "S-1-5-4294967296",
            "S-1-0x1000000000000",
            "S-1-+5",
            "S-1-0x+5",
            "S-1-5-1 ",
            "x",
            &long,
        ] {
            assert!(text.parse::<Sid>().is_err(), "{text}");
        }
        let whole = "S-1-5-32-544".parse::<Sid>().unwrap().to_bytes();
        assert!((0..whole.len()).all(|end| Sid::from_bytes(&whole[..end]).is_err()));
        for (at, byte) in [(0, 0), (0, 2), (1, 1), (1, 3), (1, 16), (1, 255)] {
            let mut wrong = whole.clone();
            wrong[at] = byte;
            assert!(Sid::from_bytes(&wrong).is_err(), "{at} {byte}");
        }
        assert!(Sid::new(1 << 48, []).is_err());
        assert!(Sid::new(5, [1; 15]).unwrap().with(1).is_err());
    }

    #[test]
    fn identifiers_have_an_order() {
        let sid = |text: &str| text.parse::<Sid>().unwrap();
        let mut sids = [sid("S-1-5-32-10"), sid("S-1-5-32-9"), sid("S-1-5-32"), sid("S-1-1-0")];
        sids.sort();
        assert_eq!(
            sids.map(|sid| sid.to_string()),
            ["S-1-1-0", "S-1-5-32", "S-1-5-32-9", "S-1-5-32-10"]
        );
    }
}
