//! NDR as a PAC has it, written: the counterpart of `ndr.rs`.

use super::ndr::COMMON_HEADER;
use crate::codec::utf16;
use crate::sid::{self, Sid};
use crate::time::Time;

/// What Windows fills the header with.
pub(super) const FILLER: [u8; 4] = [0xCC; 4];

/// What a pointer has that points to something; Windows begins with it and counts on by four.
pub(super) const FIRST_POINTER: u32 = 0x0002_0000;

/// A structure while it is written.
pub(super) struct NdrWriter {
    out: Vec<u8>,
    next_pointer: u32,
}

impl NdrWriter {
    pub(super) fn new() -> Self {
        let mut new = Self { out: Vec::new(), next_pointer: FIRST_POINTER };
        new.pointer(true);
        new
    }

    /// The structure behind its headers, filled up to eight bytes.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.out.resize(self.out.len().next_multiple_of(8), 0);
        let length = u32::try_from(self.out.len()).unwrap_or(u32::MAX);
        [&COMMON_HEADER[..], &FILLER, &length.to_le_bytes(), &[0; 4], &self.out].concat()
    }

    fn align(&mut self) {
        self.out.resize(self.out.len().next_multiple_of(4), 0);
    }

    pub(super) fn u16(&mut self, number: u16) {
        self.out.extend_from_slice(&number.to_le_bytes());
    }

    pub(super) fn u32(&mut self, number: u32) {
        self.align();
        self.out.extend_from_slice(&number.to_le_bytes());
    }

    pub(super) fn zeros(&mut self, length: usize) {
        self.out.resize(self.out.len().saturating_add(length), 0);
    }

    pub(super) fn time(&mut self, time: Time) {
        self.align();
        self.out.extend_from_slice(&time.filetime().to_le_bytes());
    }

    pub(super) fn pointer(&mut self, is_there: bool) {
        let pointer = if is_there { self.next_pointer } else { 0 };
        if is_there {
            self.next_pointer = self.next_pointer.saturating_add(4);
        }
        self.u32(pointer);
    }

    pub(super) fn text_header(&mut self, text: &str) {
        let length = text_length(text);
        self.u16(length);
        self.u16(length);
        self.pointer(true);
    }

    pub(super) fn text(&mut self, text: &str) {
        let length = text_length(text);
        let bytes = utf16::encode(text);
        self.u32(u32::from(length / 2));
        self.u32(0);
        self.u32(u32::from(length / 2));
        self.out.extend_from_slice(bytes.get(..length.into()).unwrap_or_default());
        self.align();
    }

    pub(super) fn sid(&mut self, sid: &Sid) {
        self.u32(u32::try_from(sid.parts().len().min(sid::MOST_PARTS)).unwrap_or(0));
        self.out.extend_from_slice(&sid.to_bytes());
    }
}

/// How many bytes a text has in UTF-16; a longer one than a header can say is cut.
fn text_length(text: &str) -> u16 {
    let length = text.encode_utf16().count().saturating_mul(2);
    u16::try_from(length).unwrap_or(u16::MAX - 1)
}
