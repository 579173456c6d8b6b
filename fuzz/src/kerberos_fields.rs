//! What the second readers of Kerberos' files share: fields, read as plainly as can be.

use anysspi::Error;

/// A cursor; `None` is a file that is damaged.
pub(crate) struct Fields<'a> {
    pub(crate) rest: &'a [u8],
    pub(crate) is_native: bool,
}

impl<'a> Fields<'a> {
    pub(crate) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    /// An unsigned integer of so many bytes.
    pub(crate) fn number(&mut self, length: usize) -> Option<u32> {
        let mut bytes = self.take(length)?.to_vec();
        if self.is_native && cfg!(target_endian = "little") {
            bytes.reverse();
        }
        Some(bytes.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
    }

    /// Bytes behind a length of so many bytes.
    pub(crate) fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let length = self.number(length)?;
        self.take(length as usize)
    }

    pub(crate) fn text(&mut self, length: usize) -> Option<&'a str> {
        std::str::from_utf8(self.bytes(length)?).ok()
    }

    /// A key's type and bytes, where the length is that of the type.
    pub(crate) fn key(&mut self, kind: i16, length: usize) -> Option<(i32, &'a [u8])> {
        let bytes = self.bytes(length)?;
        let is_right = match kind {
            17 | 19 | 23 => bytes.len() == 16,
            18 | 20 => bytes.len() == 32,
            _ => true,
        };
        is_right.then_some((kind.into(), bytes))
    }
}

/// An error names a place within the input.
pub(crate) fn check_error(error: &Error, input: &[u8]) {
    let context = error.context();
    let (_, place) = context.rsplit_once("at byte ").expect("the place of the damage");
    let place: usize = place.parse().expect("a number");
    assert!(place <= input.len(), "{context}");
}
