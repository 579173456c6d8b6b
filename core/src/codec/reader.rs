//! A cursor over a peer's bytes that cannot be made to read beyond them.

use crate::error::Error;
use crate::status::Status;

/// What is wrong with a peer's bytes, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// What was being read.
    pub what: &'static str,
    /// Where in the token.
    pub offset: usize,
}

impl From<Malformed> for Error {
    fn from(malformed: Malformed) -> Self {
        Self::new(
            Status::INVALID_TOKEN,
            format!(
                "the peer's token is malformed: {} at byte {}",
                malformed.what, malformed.offset
            ),
        )
    }
}

/// A cursor over a slice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    pub(crate) fn position(&self) -> usize {
        self.position
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.position >= self.bytes.len()
    }

    pub(crate) fn malformed(&self, what: &'static str) -> Malformed {
        Malformed { what, offset: self.position }
    }

    pub(crate) fn take(
        &mut self,
        length: usize,
        what: &'static str,
    ) -> Result<&'a [u8], Malformed> {
        let end = self.position.checked_add(length).ok_or(self.malformed(what))?;
        let taken = self.bytes.get(self.position..end).ok_or(self.malformed(what))?;
        self.position = end;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(
        &mut self,
        what: &'static str,
    ) -> Result<[u8; N], Malformed> {
        let malformed = self.malformed(what);
        self.take(N, what)?.try_into().map_err(|_| malformed)
    }

    pub(crate) fn u16_le(&mut self, what: &'static str) -> Result<u16, Malformed> {
        self.array(what).map(u16::from_le_bytes)
    }

    pub(crate) fn u32_le(&mut self, what: &'static str) -> Result<u32, Malformed> {
        self.array(what).map(u32::from_le_bytes)
    }

    pub(crate) fn u64_le(&mut self, what: &'static str) -> Result<u64, Malformed> {
        self.array(what).map(u64::from_le_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_beyond_the_end_says_where() {
        let mut reader = Reader::new(&[1, 0, 2]);
        assert_eq!(reader.u16_le("first"), Ok(1));
        assert_eq!(reader.u32_le("second"), Err(Malformed { what: "second", offset: 2 }));
        assert_eq!(reader.take(usize::MAX, "huge"), Err(Malformed { what: "huge", offset: 2 }));
        assert_eq!(reader.take(1, "last"), Ok(&[2][..]));
        assert!(reader.is_empty());
    }
}
