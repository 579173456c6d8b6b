//! CHALLENGE_MESSAGE ([MS-NLMP] 2.2.1.2): the reader takes what the specification allows, takes it
//! for what it is, and what it took can be written and read again.

use crate::wire::{self, flag};
use anysspi::fuzzing::{self, Fields};

/// The largest target information that is answered: it comes back in the answer.
const LARGEST_TARGET_INFO: usize = 6 * 1024;

pub(crate) fn run(input: &[u8]) {
    let read = fuzzing::challenge(input);
    assert_eq!(read, plainly(input));
    let Some(fields) = read else { return };
    assert!(fields.parts.iter().all(|part| wire::is_within(part, input)));

    // What stands behind the message changes nothing.
    if (56..wire::LARGEST_TOKEN).contains(&input.len()) {
        let longer = [input, &[0xA5]].concat();
        assert_eq!(fuzzing::challenge(&longer).as_ref(), Some(&fields));
    }

    let written = fuzzing::write_challenge_message(&fields);
    if written.len() > wire::LARGEST_TOKEN {
        // Two fields may lie over each other, and side by side they are longer than a token.
        assert!(fuzzing::challenge(&written).is_none());
        return;
    }
    let again = fuzzing::challenge(&written).expect("our own message is read");
    assert_eq!(
        (again.flags, again.server_challenge, &again.parts),
        (fields.flags, fields.server_challenge, &fields.parts)
    );
}

fn plainly(input: &[u8]) -> Option<Fields<'_>> {
    if !wire::is_message(input, 2) {
        return None;
    }
    let flags = wire::u32_at(input, 20)?;
    let server_challenge = *input.get(24..)?.first_chunk()?;
    let target_name = wire::field(input, 12)?;
    let mut fields = Fields {
        flags,
        parts: vec![target_name, &[]],
        version: None,
        server_challenge,
        mic_at: None,
    };
    if input.len() == 32 || flags & flag::TARGET_INFO == 0 {
        return Some(fields);
    }
    let target_info = wire::field(input, 40)?;
    if target_info.len() > LARGEST_TARGET_INFO {
        return None;
    }
    fields.parts = vec![target_name, target_info];
    if flags & flag::VERSION != 0 {
        fields.version = input.get(48..).and_then(<[u8]>::first_chunk).copied();
    }
    Some(fields)
}
