//! NDR as a PAC has it: one structure behind the headers of type serialization ([MS-RPCE] 2.2.6), its
//! pointers first and what they point to behind it, in the same order.

use crate::codec::reader::{Malformed, Reader};
use crate::codec::utf16;
use crate::sid::Sid;
use crate::time::Time;

/// Version 1, little endian, with a header of eight bytes ([MS-RPCE] 2.2.6.1).
pub(super) const COMMON_HEADER: [u8; 4] = [1, 0x10, 8, 0];
/// A structure in its serialization.
pub(super) struct NdrReader<'a> {
    reader: Reader<'a>,
}

/// A string whose header was read: how many bytes it has, if there is one.
#[derive(Clone, Copy)]
pub(super) struct TextHeader(Option<u16>);

impl<'a> NdrReader<'a> {
    /// Reads both headers and the pointer to the structure. Behind it there may be bytes that fill up
    /// the buffer.
    pub(super) fn new(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let mut header = Reader::new(bytes);
        let malformed = header.malformed("the header of serialized data");
        if header.array("the header of serialized data")? != COMMON_HEADER {
            return Err(malformed);
        }
        header.take(4, "the header of serialized data")?;
        let length = header.u32_le("the length of serialized data")?;
        header.take(4, "the header of serialized data")?;
        let length = usize::try_from(length).map_err(|_| malformed)?;
        let object = header.take(length, "serialized data")?;
        let mut new = Self { reader: Reader::new(object) };
        if !new.pointer("the pointer to serialized data")? {
            return Err(malformed);
        }
        Ok(new)
    }

    fn align(&mut self) -> Result<(), Malformed> {
        let beyond = self.reader.position() % 4;
        self.reader.take((4 - beyond) % 4, "the alignment of serialized data").map(drop)
    }

    pub(super) fn u16(&mut self, what: &'static str) -> Result<u16, Malformed> {
        self.reader.u16_le(what)
    }

    pub(super) fn u32(&mut self, what: &'static str) -> Result<u32, Malformed> {
        self.align()?;
        self.reader.u32_le(what)
    }

    pub(super) fn skip(&mut self, length: usize, what: &'static str) -> Result<(), Malformed> {
        self.reader.take(length, what).map(drop)
    }

    /// A FILETIME: two numbers of 32 bits.
    pub(super) fn time(&mut self, what: &'static str) -> Result<Time, Malformed> {
        self.align()?;
        self.reader.u64_le(what).map(Time::from_filetime)
    }

    /// Whether a pointer points to something.
    pub(super) fn pointer(&mut self, what: &'static str) -> Result<bool, Malformed> {
        self.u32(what).map(|pointer| pointer != 0)
    }

    /// The header of a RPC_UNICODE_STRING.
    pub(super) fn text_header(&mut self, what: &'static str) -> Result<TextHeader, Malformed> {
        self.align()?;
        let length = self.u16(what)?;
        self.u16(what)?;
        let malformed = self.reader.malformed(what);
        match self.pointer(what)? {
            true => Ok(TextHeader(Some(length))),
            false if length == 0 => Ok(TextHeader(None)),
            false => Err(malformed),
        }
    }

    /// What a string's header points to. Text that is no UTF-16 is refused.
    pub(super) fn text(
        &mut self,
        header: TextHeader,
        what: &'static str,
    ) -> Result<Option<String>, Malformed> {
        let Some(length) = header.0 else { return Ok(None) };
        let malformed = self.reader.malformed(what);
        let room = self.u32(what)?;
        let offset = self.u32(what)?;
        let count = self.u32(what)?;
        // In units of two bytes. The room is the sender's: nothing of it is taken.
        if offset != 0 || count > room || count.checked_mul(2) != Some(length.into()) {
            return Err(malformed);
        }
        let bytes = self.reader.take(length.into(), what)?;
        utf16::decode(bytes).map(Some).ok_or(malformed)
    }

    /// How many elements an array has that is pointed to, which was said before: they are there, of
    /// this size each.
    pub(super) fn array(
        &mut self,
        count: u32,
        size: usize,
        what: &'static str,
    ) -> Result<usize, Malformed> {
        let malformed = self.reader.malformed(what);
        if self.u32(what)? != count {
            return Err(malformed);
        }
        let count = usize::try_from(count).map_err(|_| malformed)?;
        let bytes = count.checked_mul(size).ok_or(malformed)?;
        // A copy of the reader: it is only asked whether so many bytes are there.
        self.reader.clone().take(bytes, what)?;
        Ok(count)
    }

    /// A RPC_SID that is pointed to.
    pub(super) fn sid(&mut self, what: &'static str) -> Result<Sid, Malformed> {
        let malformed = self.reader.malformed(what);
        let count = self.u32(what)?;
        let sid = Sid::read(&mut self.reader)?;
        if usize::try_from(count) != Ok(sid.parts().len()) {
            return Err(malformed);
        }
        Ok(sid)
    }
}

#[cfg(test)]
mod tests {
    use super::super::ndr_writer::{FILLER, FIRST_POINTER, NdrWriter};
    use super::*;

    fn object(content: &[u8]) -> Vec<u8> {
        let content = [&FIRST_POINTER.to_le_bytes(), content].concat();
        let length = u32::try_from(content.len()).unwrap().to_le_bytes();
        [&COMMON_HEADER[..], &FILLER, &length, &[0; 4], &content].concat()
    }

    fn numbers(numbers: &[u32]) -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
    }

    #[test]
    fn headers_are_those_of_the_specification() {
        let whole = object(&[]);
        assert!(NdrReader::new(&whole).is_ok());
        assert!((0..whole.len()).all(|end| NdrReader::new(&whole[..end]).is_err()));
        for (at, byte) in [(0, 2), (1, 0), (2, 4), (8, 0xFF), (11, 0xFF), (16 + 2, 0)] {
            let mut wrong = whole.clone();
            wrong[at] = byte;
            assert!(NdrReader::new(&wrong).is_err(), "{at}");
        }
    }

    #[test]
    fn a_text_has_the_length_that_its_header_says() {
        let read = |length: u16, description: &[u32], text: &[u8]| {
            let header = [&length.to_le_bytes()[..], &length.to_le_bytes(), &[4, 0, 2, 0]].concat();
            let bytes = object(&[&header[..], &numbers(description), text].concat());
            let mut reader = NdrReader::new(&bytes).unwrap();
            let header = reader.text_header("text")?;
            reader.text(header, "text")
        };
        assert_eq!(read(4, &[2, 0, 2], b"a\0b\0"), Ok(Some("ab".into())));
        assert_eq!(read(4, &[3, 0, 2], b"a\0b\0"), Ok(Some("ab".into())));
        assert_eq!(read(0, &[0, 0, 0], b""), Ok(Some(String::new())));
        for (length, description) in [
            (4, [2, 1, 2]),
            (4, [1, 0, 2]),
            (4, [2, 0, 1]),
            (4, [u32::MAX, 0, u32::MAX]),
            (4, [0x8000_0002, 0, 0x8000_0002]),
            (6, [3, 0, 3]),
            (3, [2, 0, 2]),
        ] {
            assert!(read(length, &description, b"a\0b\0").is_err(), "{length} {description:?}");
        }
        assert!(read(2, &[1, 0, 1], &[0, 0xD8]).is_err());
        // A text that is nowhere has no length.
        let nowhere = object(&[2, 0, 2, 0, 0, 0, 0, 0]);
        assert!(NdrReader::new(&nowhere).unwrap().text_header("text").is_err());
    }

    #[test]
    fn an_array_is_there_before_it_is_read() {
        let bytes = object(&numbers(&[2, 1, 2, 3, 4]));
        let array = |count, size| NdrReader::new(&bytes).unwrap().array(count, size, "array");
        assert_eq!(array(2, 8), Ok(2));
        assert!(array(2, 9).is_err());
        assert!(array(3, 1).is_err());
        let bytes = object(&numbers(&[u32::MAX, 1, 2]));
        let mut reader = NdrReader::new(&bytes).unwrap();
        assert!(reader.array(u32::MAX, usize::MAX, "array").is_err());
    }

    #[test]
    fn what_is_written_is_read() {
        let sid: Sid = "S-1-5-21-1-2-3".parse().unwrap();
        let mut writer = NdrWriter::new();
        writer.text_header("abc");
        writer.text_header("");
        writer.time(Time::from_filetime(7));
        writer.pointer(false);
        writer.text("abc");
        writer.text("");
        writer.sid(&sid);
        let bytes = writer.finish();
        let mut reader = NdrReader::new(&bytes).unwrap();
        let (first, second) = (reader.text_header("").unwrap(), reader.text_header("").unwrap());
        assert_eq!(reader.time(""), Ok(Time::from_filetime(7)));
        assert_eq!(reader.pointer(""), Ok(false));
        assert_eq!(reader.text(first, ""), Ok(Some("abc".into())));
        assert_eq!(reader.text(second, ""), Ok(Some(String::new())));
        assert_eq!(reader.sid(""), Ok(sid));
    }
}
