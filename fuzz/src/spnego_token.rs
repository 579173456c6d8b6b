//! SPNEGO's tokens (RFC 4178 4.2): what is read is part of the input, and written again it reads the
//! same; nothing may follow a token, and nothing of it may be missing.

use crate::wire;
use anysspi::fuzzing::{self, Spnego};

/// The most mechanisms that a list may name.
const MOST_MECHANISMS: usize = 64;

pub(crate) fn run(input: &[u8]) {
    let Some(token) = fuzzing::spnego(input) else { return };
    assert!(input.len() <= wire::LARGEST_TOKEN);
    match &token {
        Spnego::Init { mechanisms, list, token: inner } => {
            assert!((1..=MOST_MECHANISMS).contains(&mechanisms.len()));
            assert!(mechanisms.iter().all(|mechanism| wire::is_within(mechanism, input)));
            assert!(inner.is_none_or(|inner| wire::is_within(inner, input)));
            // The mechListMIC is over the very bytes that came.
            assert!(wire::holds(input, list));
            assert_eq!(fuzzing::write_mechanisms(mechanisms), *list);
        }
        Spnego::Resp { state, mechanism, token: inner, mic } => {
            assert!(state.is_none_or(|state| state < 4));
            let parts = [mechanism, inner, mic].into_iter().flatten();
            assert!(parts.into_iter().all(|part| wire::is_within(part, input)));
        }
    }
    let written = fuzzing::write_spnego(&token);
    assert_eq!(fuzzing::spnego(&written).as_ref(), Some(&token), "written again");

    let longer = [input, &[0xA5]].concat();
    assert_eq!(fuzzing::spnego(&longer), None, "something follows");
    let shorter = input.split_last().map(|(_, shorter)| shorter);
    assert_eq!(shorter.and_then(fuzzing::spnego), None, "something is missing");
}
