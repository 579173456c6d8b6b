//! `SEC_CHANNEL_BINDINGS` (RFC 2744 3.11): what was read is what the structure says, and it can be
//! written and read again.

use crate::wire;
use anysspi::{ChannelBindings, Status};

pub(crate) fn run(input: &[u8]) {
    let bindings = match (ChannelBindings::from_structure(input), plainly(input)) {
        (Ok(bindings), Some(expected)) => {
            assert_eq!(bindings, expected);
            bindings
        }
        (Err(error), None) => {
            assert_eq!(error.status(), Status::INVALID_PARAMETER);
            return;
        }
        (read, expected) => panic!("read as {read:?}, which is {expected:?}"),
    };
    let structure = bindings.to_structure();
    assert_eq!(ChannelBindings::from_structure(&structure).as_ref().ok(), Some(&bindings));
    // Written, it has one form.
    assert!(structure.ends_with(bindings.application_data()));
    for cut in [structure.len() - 1, 31] {
        let is_whole = ChannelBindings::from_structure(&structure[..cut]).is_ok();
        // A structure without data in it ends with its header.
        assert!(!is_whole, "cut to {cut} of {}", structure.len());
    }
}

fn plainly(input: &[u8]) -> Option<ChannelBindings> {
    let number = |index: usize| wire::u32_at(input, 4 * index);
    let part = |index: usize| {
        let (length, offset) = (number(index)? as usize, number(index + 1)? as usize);
        input.get(offset..offset.checked_add(length)?)
    };
    let bindings = ChannelBindings::new(part(6)?);
    let (initiator, acceptor) = ((number(0)?, part(1)?), (number(3)?, part(4)?));
    Some(bindings.with_addresses(initiator, acceptor))
}
