//! AUTHENTICATE_MESSAGE ([MS-NLMP] 2.2.1.3): no field lies over the header or the MIC, and what was
//! read can be written and read again.

use crate::wire::{self, flag};
use anysspi::fuzzing::{self, Fields};

/// Where the header describes the fields, in its order.
const DESCRIPTIONS: [usize; 6] = [12, 20, 28, 36, 44, 52];

/// Where the descriptions and the flags end.
const FIELDS_END: usize = 64;

pub(crate) fn run(input: &[u8]) {
    let read = fuzzing::authenticate(input);
    assert_eq!(
        read.as_ref().map(|fields| (fields.flags, &*fields.parts)),
        plainly(input).as_ref().map(|(flags, parts)| (*flags, &**parts))
    );
    let Some(fields) = read else { return };
    assert!(fields.parts.iter().all(|part| wire::is_within(part, input)));
    let starts = DESCRIPTIONS.map(|at| wire::start(input, at));
    let payload_at = starts.into_iter().flatten().min();

    check_mic(input, &fields, payload_at);
    if payload_at.is_some() {
        // What stands behind the message changes nothing.
        if input.len() < wire::LARGEST_TOKEN {
            let longer = [input, &[0xA5]].concat();
            assert_eq!(fuzzing::authenticate(&longer).as_ref(), Some(&fields));
        }
        // Without its last byte it is refused.
        let end = fields
            .parts
            .iter()
            .zip(starts)
            .filter_map(|(part, start)| Some(start? + part.len()))
            .max()
            .expect("a field that starts also ends");
        assert!(fuzzing::authenticate(&input[..end - 1]).is_none());
    }

    let written = fuzzing::write_authenticate_message(&fields);
    if written.len() > wire::LARGEST_TOKEN {
        // Fields may lie over each other, and side by side they are longer than a token.
        assert!(fuzzing::authenticate(&written).is_none());
        return;
    }
    let again = fuzzing::authenticate(&written).expect("our own message is read");
    assert_eq!((again.flags, &again.parts), (fields.flags, &fields.parts));
    assert_eq!(again.mic_at, Some(FIELDS_END + 8));
}

/// The room for a MIC lies behind the header and before the payload, and the version before it.
fn check_mic(input: &[u8], fields: &Fields<'_>, payload_at: Option<usize>) {
    let end = payload_at.unwrap_or(input.len()).min(input.len());
    let has_version = fields.flags & flag::VERSION != 0;
    match fields.mic_at {
        Some(at) => {
            assert!(at == FIELDS_END + 8 || (at == FIELDS_END && !has_version));
            assert!(at + 16 <= end);
        }
        None => assert!(end < FIELDS_END + 16 + if has_version { 8 } else { 0 }),
    }
    if let Some(version) = fields.version {
        assert!(has_version);
        assert_eq!(version, input[FIELDS_END..FIELDS_END + 8]);
    }
}

fn plainly(input: &[u8]) -> Option<(u32, Vec<&[u8]>)> {
    if !wire::is_message(input, 3) {
        return None;
    }
    let flags = wire::u32_at(input, 60)?;
    let parts: Option<Vec<&[u8]>> =
        DESCRIPTIONS.into_iter().map(|at| wire::field(input, at)).collect();
    let parts = parts?;
    let lies_over_the_header = DESCRIPTIONS
        .into_iter()
        .any(|at| wire::start(input, at).is_some_and(|start| start < FIELDS_END));
    (!lies_over_the_header).then_some((flags, parts))
}
