//! The tokens of SPNEGO, read and changed without the code that the tests are for (RFC 4178 4.2).
#![allow(dead_code, unreachable_pub, reason = "each test file uses the part it needs")]

use crate::der::{element, elements, read};

/// The fields of a NegTokenResp, by the numbers of their tags; a NegTokenInit's list has the
/// number of the state, and their other two are alike.
pub const LIST: u8 = 0;
pub const STATE: u8 = 0;
pub const TOKEN: u8 = 2;
pub const MIC: u8 = 3;

/// The states.
pub const REJECT: u8 = 2;

/// 1.3.6.1.5.5.2
const SPNEGO: &[u8] = &[0x06, 0x06, 0x2B, 0x06, 0x01, 0x05, 0x05, 0x02];

/// A token that came apart: its fields, each with what stands in it.
#[derive(Clone, Debug)]
pub struct Token {
    is_first: bool,
    fields: Vec<(u8, Vec<u8>)>,
}

fn inside(bytes: &[u8], tag: u8) -> &[u8] {
    let (found, content, rest) = read(bytes);
    assert_eq!(found, tag, "another tag");
    assert!(rest.is_empty(), "bytes behind the end");
    content
}

impl Token {
    pub fn read(bytes: &[u8]) -> Self {
        let is_first = bytes[0] == 0x60;
        let body = if is_first {
            let framed = inside(bytes, 0x60);
            inside(framed.strip_prefix(SPNEGO).expect("SPNEGO's object identifier"), 0xA0)
        } else {
            inside(bytes, 0xA1)
        };
        let fields = elements(inside(body, 0x30)).into_iter();
        Self {
            is_first,
            fields: fields.map(|(tag, content)| (tag & 0x1F, content.to_vec())).collect(),
        }
    }

    pub fn write(&self) -> Vec<u8> {
        let fields = self.fields.iter();
        let fields: Vec<u8> =
            fields.flat_map(|(number, content)| element(0xA0 | number, content)).collect();
        let body = element(0x30, &fields);
        if self.is_first {
            element(0x60, &[SPNEGO, &element(0xA0, &body)].concat())
        } else {
            element(0xA1, &body)
        }
    }

    /// What stands in a field, without its own tag.
    pub fn field(&self, number: u8) -> Option<&[u8]> {
        let (_, content) = self.fields.iter().find(|(field, _)| *field == number)?;
        Some(read(content).1)
    }

    pub fn has(&self, number: u8) -> bool {
        self.field(number).is_some()
    }

    pub fn without(mut self, number: u8) -> Self {
        self.fields.retain(|(field, _)| *field != number);
        self
    }

    /// The last bit of a field is another.
    pub fn changed(mut self, number: u8) -> Self {
        let (_, content) =
            self.fields.iter_mut().find(|(field, _)| *field == number).expect("the field");
        *content.last_mut().expect("content") ^= 1;
        self
    }

    /// One more mechanism at the end of the list, which nobody has.
    pub fn with_another_mechanism(mut self) -> Self {
        let list = self.field(LIST).expect("a list").to_vec();
        let list = [&list[..], &[0x06, 0x03, 0x2A, 0x03, 0x04]].concat();
        self.fields.retain(|(field, _)| *field != LIST);
        self.fields.insert(0, (LIST, element(0x30, &list)));
        self
    }
}
