//! A field and its value, as they are shown.

use crate::time::Time;
use std::borrow::Cow;
use std::fmt::{self, Write as _};

/// A field of a token.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Field {
    /// The name in the specification of the protocol.
    pub name: Cow<'static, str>,
    /// What the field holds.
    pub value: Value,
    /// Where the bytes of the value begin in the token, as the token states it: in a damaged one
    /// this may be beyond its end.
    pub offset: usize,
    /// How many bytes the value has, as the token states it.
    pub length: usize,
    /// The fields this one is made of, as far as they are known and may be shown.
    pub fields: Vec<Field>,
}

impl Field {
    pub(super) fn new(
        name: impl Into<Cow<'static, str>>,
        value: Value,
        offset: usize,
        length: usize,
    ) -> Self {
        Self { name: name.into(), value, offset, length, fields: Vec::new() }
    }

    pub(super) fn with_parts(self, fields: Vec<Self>) -> Self {
        Self { fields, ..self }
    }
}

/// What a field holds.
///
/// The variants have the exact values. [`Display`](fmt::Display) is for terminals and logs: it is
/// always one line, and characters that would change how other text looks are escaped.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// The field is there and has no bytes.
    Empty,
    /// The token says that the field is there, but it ends before it.
    Missing,
    /// The field is nothing but its parts: see [`Field::fields`].
    Parts,
    /// Text, such as a name.
    Text(String),
    /// A number.
    Number(u64),
    /// The names of the bits that are set; bits without a name as one number in hex.
    Flags(Vec<String>),
    /// A point in time.
    Time(Time),
    /// Bytes that anybody may see, such as a challenge.
    Bytes(Vec<u8>),
    /// Bytes that are not shown.
    Hidden {
        /// How many bytes there are.
        length: usize,
        /// What they are.
        kind: &'static str,
    },
}

impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => formatter.write_str("empty"),
            Self::Missing => formatter.write_str("missing"),
            Self::Parts => Ok(()),
            Self::Text(text) => write_escaped(formatter, text),
            Self::Number(number) => write!(formatter, "{number}"),
            Self::Flags(names) if names.is_empty() => formatter.write_str("none"),
            Self::Flags(names) => formatter.write_str(&names.join(", ")),
            Self::Time(time) => write!(formatter, "{time}"),
            Self::Bytes(bytes) => bytes.iter().try_for_each(|byte| write!(formatter, "{byte:02x}")),
            Self::Hidden { length: 1, kind } => write!(formatter, "1 byte, {kind}"),
            Self::Hidden { length, kind } => write!(formatter, "{length} bytes, {kind}"),
        }
    }
}

/// Names come from a peer that nobody has authenticated yet: they must not be able to move the
/// cursor of a terminal, to begin a line of a log, or to turn the direction of what follows.
fn write_escaped(formatter: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    for character in text.chars() {
        if changes_other_text(character) {
            write!(formatter, "{}", character.escape_unicode())?;
        } else {
            formatter.write_char(character)?;
        }
    }
    Ok(())
}

/// Controls, and the characters of Unicode that are invisible, separate lines or set directions.
fn changes_other_text(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{AD}'
                | '\u{61C}'
                | '\u{180E}'
                | '\u{200B}'..='\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{FEFF}'
                | '\u{FFF9}'..='\u{FFFB}'
                | '\u{E0000}'..='\u{E0FFF}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_a_peer_cannot_steer_a_terminal() {
        let shown = |text: &str| Value::Text(text.to_owned()).to_string();
        assert_eq!(shown("Jürgen 李 CORP\\a"), "Jürgen 李 CORP\\a");
        assert_eq!(shown("a\x1b[2Jb\r\nc\0"), r"a\u{1b}[2Jb\u{d}\u{a}c\u{0}");
        assert_eq!(shown("\u{202E}x\u{2028}\u{9B}"), r"\u{202e}x\u{2028}\u{9b}");
    }

    #[test]
    fn every_value_is_one_line() {
        for (value, text) in [
            (Value::Empty, "empty"),
            (Value::Missing, "missing"),
            (Value::Parts, ""),
            (Value::Number(3), "3"),
            (Value::Flags(vec![]), "none"),
            (Value::Flags(vec!["A".into(), "0x08".into()]), "A, 0x08"),
            (Value::Time(Time::from_unix_seconds(0)), "1970-01-01T00:00:00Z"),
            (Value::Bytes(vec![0, 0xAB]), "00ab"),
            (Value::Hidden { length: 1, kind: "zero" }, "1 byte, zero"),
            (Value::Hidden { length: 24, kind: "LM response" }, "24 bytes, LM response"),
        ] {
            assert_eq!(value.to_string(), text);
        }
    }
}
