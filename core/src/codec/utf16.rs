//! UTF-16LE as Windows protocols carry names and passwords.

/// Appends the text in UTF-16LE.
pub(crate) fn encode_into(text: &str, out: &mut Vec<u8>) {
    // One reservation: the buffer of a password must not be moved about while it grows.
    out.reserve(text.encode_utf16().count().saturating_mul(2));
    for unit in text.encode_utf16() {
        out.extend_from_slice(&unit.to_le_bytes());
    }
}

/// The text in UTF-16LE.
pub(crate) fn encode(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    encode_into(text, &mut out);
    out
}

/// The text of UTF-16LE bytes, or `None` for an odd length or half a surrogate pair.
pub(crate) fn decode(bytes: &[u8]) -> Option<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    char::decode_utf16(pairs.iter().map(|pair| u16::from_le_bytes(*pair)))
        .collect::<Result<String, _>>()
        .ok()
}

/// Appends UTF-16LE bytes in upper case, unit by unit, as NTOWFv2 asks for ([MS-NLMP] 3.3.2).
///
/// Windows maps one unit to one unit and leaves alone what has no such mapping: `ß` stays, and so
/// does everything outside the basic plane.
pub(crate) fn uppercase_into(bytes: &[u8], out: &mut Vec<u8>) {
    out.reserve(bytes.len());
    let (pairs, rest) = bytes.as_chunks::<2>();
    for pair in pairs {
        let unit = u16::from_le_bytes(*pair);
        out.extend_from_slice(&uppercase_unit(unit).to_le_bytes());
    }
    out.extend_from_slice(rest);
}

fn uppercase_unit(unit: u16) -> u16 {
    if unit < 0x80 {
        return u16::from((unit as u8).to_ascii_uppercase());
    }
    // Micro sign, dotless i and long s: their capitals lie in another alphabet's or in ASCII, and
    // the tables of Windows leave them as they are.
    if matches!(unit, 0x00B5 | 0x0131 | 0x017F) {
        return unit;
    }
    let Some(character) = char::from_u32(u32::from(unit)) else {
        return unit;
    };
    let mut upper = character.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(only), None) => u16::try_from(u32::from(only)).unwrap_or(unit),
        _ => unit,
    }
}

/// Whether two names are the same to Windows: compared unit by unit in upper case.
pub(crate) fn same_name(one: &str, other: &str) -> bool {
    one.encode_utf16().map(uppercase_unit).eq(other.encode_utf16().map(uppercase_unit))
}

/// A name as it is looked up: in upper case, unit by unit.
pub(crate) fn folded(name: &str) -> Vec<u16> {
    name.encode_utf16().map(uppercase_unit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upper(text: &str) -> String {
        let mut out = Vec::new();
        uppercase_into(&encode(text), &mut out);
        decode(&out).unwrap()
    }

    #[test]
    fn upper_case_maps_unit_by_unit() {
        assert_eq!(upper("Straße"), "STRAßE");
        assert_eq!(upper("éàÿ"), "ÉÀŸ");
        assert_eq!(upper("µıſ"), "µıſ");
        assert_eq!(upper("\u{10428}x"), "\u{10428}X");
    }

    #[test]
    fn text_comes_back_and_damage_is_refused() {
        assert_eq!(decode(&encode("pä\u{1F512}")).as_deref(), Some("pä\u{1F512}"));
        assert_eq!(decode(&[0x41]), None);
        assert_eq!(decode(&[0x00, 0xD8]), None);
    }

    #[test]
    fn names_compare_without_case() {
        assert!(same_name("Älice", "äLICE"));
        assert!(!same_name("ss", "ß"));
    }
}
