//! A token while it is looked into: its bytes, which of them are secret, what was found.

use super::value::{Field, Value};
use crate::codec::reader::{Malformed, Reader};
use crate::codec::utf16;
use std::borrow::Cow;
use std::ops::Range;

/// More problems than this help nobody.
const MOST_PROBLEMS: usize = 32;

/// A longer text is not a name any more; what is behind this many bytes is left out.
const LONGEST_TEXT: usize = 1024;

/// A token while it is looked into.
pub(super) struct Token<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) fields: Vec<Field>,
    secrets: Vec<Range<usize>>,
    problems: Vec<String>,
}

/// A stretch of the token that the token itself describes, as far as it is there.
#[derive(Clone, Copy, Default)]
pub(super) struct Stretch<'a> {
    pub(super) offset: usize,
    /// The length the token states.
    pub(super) length: usize,
    /// The bytes that are there: fewer, where the stretch goes beyond the end of the token.
    pub(super) bytes: &'a [u8],
}

impl Stretch<'_> {
    pub(super) fn range(&self) -> Range<usize> {
        self.offset..self.offset.saturating_add(self.length)
    }

    pub(super) fn is_all_zero(&self) -> bool {
        self.bytes.len() == self.length && self.bytes.iter().all(|byte| *byte == 0)
    }

    pub(super) fn field(&self, name: impl Into<Cow<'static, str>>, value: Value) -> Field {
        Field::new(name, value, self.offset, self.length)
    }

    /// A field of which only the length and the kind are shown.
    pub(super) fn hidden(&self, name: &'static str, kind: &'static str) -> Field {
        let value = if self.length == 0 {
            Value::Empty
        } else if self.bytes.is_empty() {
            Value::Missing
        } else {
            let length = self.length;
            Value::Hidden { length, kind }
        };
        self.field(name, value)
    }
}

impl<'a> Token<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, fields: Vec::new(), secrets: Vec::new(), problems: Vec::new() }
    }

    pub(super) fn finish(self) -> (Vec<Field>, Vec<String>) {
        (self.fields, self.problems)
    }

    /// Notes what is wrong. Sentences are our own: nothing a peer wrote goes into them unescaped.
    pub(super) fn problem(&mut self, sentence: impl Into<String>) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(sentence.into());
        } else if self.problems.len() == MOST_PROBLEMS {
            self.problems.push("there are more problems than are listed".to_owned());
        }
    }

    pub(super) fn has_problems(&self) -> bool {
        !self.problems.is_empty()
    }

    /// Reads the next part of the header; where the token ends within it, that is a problem.
    pub(super) fn next<T>(
        &mut self,
        reader: &mut Reader<'a>,
        name: &'static str,
        read: impl FnOnce(&mut Reader<'a>, &'static str) -> Result<T, Malformed>,
    ) -> Option<T> {
        let value = read(reader, name).ok();
        if value.is_none() {
            self.problem(format!("the token ends before the end of {name}"));
        }
        value
    }

    /// Adds a field that stands between `offset` and where the reader is now.
    pub(super) fn push(
        &mut self,
        reader: &Reader<'_>,
        offset: usize,
        name: &'static str,
        value: Value,
    ) {
        let length = reader.position().saturating_sub(offset);
        self.fields.push(Field::new(name, value, offset, length));
    }

    /// The stretch that stands at an offset. One of no bytes may stand anywhere.
    pub(super) fn stretch(&mut self, name: &'static str, range: Range<usize>) -> Stretch<'a> {
        let there = range.end.min(self.bytes.len());
        let stretch = Stretch {
            offset: range.start,
            length: range.end.saturating_sub(range.start),
            bytes: self.bytes.get(range.start..there).unwrap_or_default(),
        };
        if stretch.bytes.is_empty() && stretch.length > 0 {
            self.problem(format!("{name} lies beyond the end of the token"));
        } else if stretch.bytes.len() < stretch.length {
            self.problem(format!("{name} goes on beyond the end of the token"));
        }
        stretch
    }

    /// From now on nothing that shares a byte with this range is shown.
    pub(super) fn hide(&mut self, range: Range<usize>) {
        if !range.is_empty() {
            self.secrets.push(range);
        }
    }

    /// A field that may be shown: every value that comes out of a token's payload passes here.
    pub(super) fn shown(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        stretch: Stretch<'a>,
        value: impl FnOnce(&mut Self) -> Value,
    ) -> Field {
        let name = name.into();
        let range = stretch.range();
        let value = if stretch.length == 0 {
            Value::Empty
        } else if stretch.bytes.is_empty() {
            Value::Missing
        } else if self
            .secrets
            .iter()
            .any(|secret| secret.start < range.end && range.start < secret.end)
        {
            self.problem(format!("{name} lies over a field that is not shown"));
            Value::Hidden {
                length: stretch.length,
                kind: "not shown because they may be part of another field",
            }
        } else {
            value(self)
        };
        stretch.field(name, value)
    }

    /// A name as text, with replacement characters where it is damaged.
    pub(super) fn text(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        stretch: Stretch<'a>,
        encoding: Encoding,
    ) -> Field {
        let name = name.into();
        self.shown(name.clone(), stretch, |token| {
            let bytes = match stretch.bytes.get(..LONGEST_TEXT) {
                Some(start) if stretch.bytes.len() > LONGEST_TEXT => {
                    token.problem(format!("only the beginning of {name} is shown"));
                    start
                }
                _ => stretch.bytes,
            };
            let text = encoding.decode(bytes).unwrap_or_else(|damaged| {
                token.problem(match encoding {
                    Encoding::Utf16 => format!("{name} is not valid UTF-16"),
                    Encoding::Oem => format!("{name} is in a code page the token does not name"),
                });
                damaged
            });
            Value::Text(text)
        })
    }
}

/// How a name is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// UTF-16LE.
    Utf16,
    /// The code page of the peer, of which only ASCII is certain.
    Oem,
}

impl Encoding {
    /// The text, or what is left of it with replacement characters for the rest.
    fn decode(self, bytes: &[u8]) -> Result<String, String> {
        match self {
            Self::Utf16 => utf16::decode(bytes).ok_or_else(|| {
                let (units, rest) = bytes.as_chunks::<2>();
                let units = units.iter().map(|unit| u16::from_le_bytes(*unit));
                char::decode_utf16(units)
                    .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
                    .chain(rest.iter().map(|_| char::REPLACEMENT_CHARACTER))
                    .collect()
            }),
            Self::Oem => {
                let characters = bytes.iter().map(|byte| match byte {
                    0..0x80 => char::from(*byte),
                    _ => char::REPLACEMENT_CHARACTER,
                });
                let text = characters.collect();
                if bytes.is_ascii() { Ok(text) } else { Err(text) }
            }
        }
    }
}

/// The names of the bits that are set, in the order of the table; the others as one number in hex.
pub(super) fn flags(bits: u32, names: impl Iterator<Item = (u32, &'static str)>) -> Value {
    let mut rest = bits;
    let mut set = Vec::new();
    for (bit, name) in names.filter(|(bit, _)| bits & bit != 0) {
        set.push(name.to_owned());
        rest &= !bit;
    }
    if rest != 0 {
        set.push(format!("{rest:#010x}"));
    }
    Value::Flags(set)
}
