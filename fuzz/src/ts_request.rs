//! CredSSP's messages ([MS-CSSP] 2.2.1): what is read is part of the input, and written again it reads
//! the same; nothing may follow a message, and nothing of it may be missing; the length that is told from
//! its beginning is its length.

use crate::wire;
use anysspi::{Delegated, fuzzing};

pub(crate) fn run(input: &[u8]) {
    request(input);
    credentials(input);
}

fn request(input: &[u8]) {
    let read = fuzzing::ts_request(input);
    // Told from any beginning, the length is never another, and never beyond the limit.
    for cut in [1, 2, 3, 4, 5, input.len()] {
        let beginning = input.get(..cut).unwrap_or(input);
        match fuzzing::ts_request_length(beginning) {
            Ok(length) => {
                assert!(length.is_none_or(|length| length <= wire::LARGEST_TOKEN));
                let told = length.is_none_or(|length| read.is_none() || length == input.len());
                assert!(told, "another length");
            }
            Err(_) => assert!(read.is_none(), "refused too early"),
        }
    }
    let Some(fields) = read else { return };
    assert!(input.len() <= wire::LARGEST_TOKEN);
    let (_, parts, _) = fields;
    assert!(parts.iter().flatten().all(|part| wire::is_within(part, input)));
    assert!(parts[3].is_none_or(|nonce| nonce.len() == 32));
    let written = fuzzing::write_ts_request(&fields).expect("what was read can be written");
    assert_eq!(fuzzing::ts_request(&written), Some(fields), "written again");
    let longer = [input, &[0xA5]].concat();
    assert_eq!(fuzzing::ts_request(&longer), None, "something follows");
    let shorter = input.split_last().map(|(_, shorter)| shorter);
    assert_eq!(shorter.and_then(fuzzing::ts_request), None, "something is missing");
}

fn credentials(input: &[u8]) {
    let Some(delegated) = fuzzing::ts_credentials(input) else { return };
    assert!(input.len() <= 16 * 1024);
    let written = fuzzing::write_ts_credentials(&delegated).expect("what was read can be written");
    assert_eq!(fuzzing::ts_credentials(&written).as_ref(), Some(&delegated), "written again");
    let longer = [input, &[0xA5]].concat();
    assert_eq!(fuzzing::ts_credentials(&longer), None, "something follows");
    let shorter = input.split_last().map(|(_, shorter)| shorter);
    assert_eq!(shorter.and_then(fuzzing::ts_credentials), None, "something is missing");
    let shown = format!("{delegated:?}");
    let secret = match &delegated {
        Delegated::Password { password, .. } => password.expose_text(),
        _ => None,
    };
    // Shorter ones stand in any name.
    let is_shown = secret.is_some_and(|secret| secret.len() > 16 && shown.contains(secret));
    assert!(!is_shown || names_hold(&delegated, secret), "a secret is shown");
}

/// Whether the name itself holds the secret.
fn names_hold(delegated: &Delegated, secret: Option<&str>) -> bool {
    match (delegated, secret) {
        (Delegated::Password { name, .. }, Some(secret)) => format!("{name:?}").contains(secret),
        _ => false,
    }
}
