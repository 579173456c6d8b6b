//! NEGOTIATE_MESSAGE ([MS-NLMP] 2.2.1.1): the reader takes what the specification allows, takes it
//! for what it is, and never looks beyond it.

use crate::wire::{self, flag};
use anysspi::fuzzing;

pub(crate) fn run(input: &[u8]) {
    let read = fuzzing::negotiate(input);
    let expected = plainly(input);
    assert_eq!(
        read.as_ref().map(|fields| (fields.flags, &*fields.parts, fields.version)),
        expected.as_ref().map(|(flags, parts, version)| (*flags, &**parts, *version)),
    );
    let Some(fields) = read else { return };
    assert!(fields.parts.iter().all(|part| wire::is_within(part, input)));

    // What stands behind the message changes nothing.
    if (40..wire::LARGEST_TOKEN).contains(&input.len()) {
        let longer = [input, &[0xA5]].concat();
        assert_eq!(fuzzing::negotiate(&longer).as_ref(), Some(&fields));
    }

    // What is written from the flags is read as the flags. It has no names.
    let supplied = flag::OEM_DOMAIN_SUPPLIED | flag::OEM_WORKSTATION_SUPPLIED;
    let written = fuzzing::write_negotiate_message(&fields);
    let again = fuzzing::negotiate(&written).expect("our own message is read");
    assert_eq!(again.flags, fields.flags);
    assert!(again.parts.iter().all(|part| part.is_empty()));
    assert_eq!(again.version.is_some(), fields.flags & flag::VERSION != 0);
    assert!(fields.flags & supplied != 0 || fields.parts == again.parts);
}

type Plain<'a> = (u32, Vec<&'a [u8]>, Option<[u8; 8]>);

fn plainly(input: &[u8]) -> Option<Plain<'_>> {
    if !wire::is_message(input, 1) {
        return None;
    }
    let flags = wire::u32_at(input, 12)?;
    if input.len() == 16 {
        return Some((flags, vec![&[], &[]], None));
    }
    // Both descriptions are there, even where the flags say that they mean nothing.
    input.get(16..32)?;
    let name = |supplied: u32, at: usize| match flags & supplied {
        0 => Some(&[][..]),
        _ => wire::field(input, at),
    };
    let domain = name(flag::OEM_DOMAIN_SUPPLIED, 16)?;
    let workstation = name(flag::OEM_WORKSTATION_SUPPLIED, 24)?;
    let version = match flags & flag::VERSION {
        0 => None,
        _ => input.get(32..).and_then(<[u8]>::first_chunk).copied(),
    };
    Some((flags, vec![domain, workstation], version))
}
