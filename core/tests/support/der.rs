//! Elements of DER, written and read without the code that the tests are for.
#![allow(dead_code, unreachable_pub, reason = "each test file uses the part it needs")]

pub fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).expect("a length").to_be_bytes();
    let leading = length.iter().take_while(|byte| **byte == 0).count();
    let digits = &length[leading.min(3)..];
    let mut bytes = vec![tag];
    if content.len() >= 0x80 {
        bytes.push(0x80 | digits.len() as u8);
    }
    bytes.extend_from_slice(digits);
    bytes.extend_from_slice(content);
    bytes
}

pub fn octets(bytes: &[u8]) -> Vec<u8> {
    element(0x04, bytes)
}

pub fn integer(number: u8) -> Vec<u8> {
    element(0x02, &[number])
}

/// A sequence whose fields have the numbers of their places for tags.
pub fn sequence(fields: &[Vec<u8>]) -> Vec<u8> {
    let fields = fields.iter().zip(0xA0..).flat_map(|(field, tag)| element(tag, field));
    element(0x30, &fields.collect::<Vec<_>>())
}

/// Where the content of the first element is, if all of it is there.
fn extent(bytes: &[u8]) -> Option<(usize, usize)> {
    let first = usize::from(*bytes.get(1)?);
    let digits = if first < 0x80 { 0 } else { first & 0x7F };
    let length = match digits {
        0 => first,
        _ => bytes.get(2..2 + digits)?.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit)),
    };
    let start = 2 + digits;
    (bytes.len() >= start + length).then_some((start, start + length))
}

/// How long the first element is, if all of it is there.
pub fn whole(bytes: &[u8]) -> Option<usize> {
    extent(bytes).map(|(_, end)| end)
}

/// The tag and the content of the first element, and what follows it.
pub fn read(bytes: &[u8]) -> (u8, &[u8], &[u8]) {
    let (start, end) = extent(bytes).expect("a whole element");
    (bytes[0], &bytes[start..end], &bytes[end..])
}

pub fn elements(mut bytes: &[u8]) -> Vec<(u8, &[u8])> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let (tag, content, rest) = read(bytes);
        found.push((tag, content));
        bytes = rest;
    }
    found
}
