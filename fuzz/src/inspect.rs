//! `inspect`: it shows any token in bounded lines, and what it shows of a message does not depend on
//! the secret bytes in it.

use crate::wire;
use anysspi::fuzzing::{self, Spnego};
use anysspi::inspect::{Field, Inspection, LARGEST_TOKEN, Value, inspect};

/// The most lines that a token is worth: mechanisms, pairs, problems and the fields of a header.
const MOST_LINES: usize = 280;

pub(crate) fn run(input: &[u8]) {
    let inspection = inspect(input);
    assert_eq!(inspection.length, input.len());
    let is_ntlm = input.starts_with(b"NTLMSSP\0");
    assert_eq!(inspection.protocol == "NTLM", is_ntlm);
    check_text(&inspection);
    if inspection.problems.is_empty() {
        check_sound(input, &inspection);
    }
    if let Some(other) = with_other_secrets(input) {
        // Printed, so that a difference is seen in the report.
        assert_eq!(inspection.to_string(), inspect(&other).to_string());
        assert_eq!(inspection, inspect(&other));
    }
}

/// Every field and every problem is one line, and no character in them is a control.
fn check_text(inspection: &Inspection) {
    let text = inspection.to_string();
    let count = inspection.fields.iter().map(count).sum::<usize>();
    let lines = 1 + count + inspection.problems.len();
    assert_eq!(text.split('\n').count(), lines);
    assert!(lines <= MOST_LINES, "{lines} lines");
    assert!(text.chars().all(|character| character == '\n' || !character.is_control()));
    let flat = inspection.flatten();
    assert!(flat.len() <= count);
    assert!(flat.iter().all(|(name, _)| !name.is_empty()));
}

fn count(field: &Field) -> usize {
    1 + field.fields.iter().map(count).sum::<usize>()
}

/// A message without problems is one that the package reads, and all of it is there.
fn check_sound(input: &[u8], inspection: &Inspection) {
    assert!(inspection.fields.iter().all(|field| is_there(field, input)));
    match inspection.protocol {
        "SPNEGO" => {
            assert!(fuzzing::spnego(input).is_some(), "a token without problems is read");
            return;
        }
        "NTLM" => {}
        _ => return,
    }
    let fields = match &*inspection.message {
        "NEGOTIATE_MESSAGE" => fuzzing::negotiate(input),
        "CHALLENGE_MESSAGE" => fuzzing::challenge(input),
        "AUTHENTICATE_MESSAGE" => fuzzing::authenticate(input),
        other => panic!("{other} without a problem"),
    };
    let fields = fields.expect("a message without problems is read");
    if inspection.message == "AUTHENTICATE_MESSAGE" {
        let user = fields.parts[3];
        let (units, _) = user.as_chunks::<2>();
        let text = match fields.flags & wire::flag::UNICODE {
            0 => String::from_utf8_lossy(user).into_owned(),
            _ => units
                .iter()
                .map(|unit| char::from_u32(u16::from_le_bytes(*unit).into()))
                .collect::<Option<_>>()
                .unwrap_or_default(),
        };
        let shown = inspection
            .fields
            .iter()
            .find(|field| field.name == "UserName")
            .expect("the user's name");
        match &shown.value {
            Value::Text(name) => assert!(*name == text || text.is_empty()),
            Value::Empty => assert!(user.is_empty()),
            other => panic!("{other} in the place of a name"),
        }
    }
}

fn is_there(field: &Field, input: &[u8]) -> bool {
    let ends = field.offset.saturating_add(field.length);
    (field.length == 0 || ends <= input.len())
        && field.value != Value::Missing
        && field.fields.iter().all(|part| is_there(part, input))
}

/// The same AUTHENTICATE_MESSAGE with other secrets: every byte of them is another one, but for zeros
/// and ones, by which the kind of a response is told. Its kind is shown.
///
/// None where the input is no such message or where a secret lies over what is public by its form:
/// then the other message would be another one in more than its secrets.
fn with_other_secrets(input: &[u8]) -> Option<Vec<u8>> {
    if input.len() > LARGEST_TOKEN {
        return None;
    }
    let range = |part: &[u8]| {
        let start = part.as_ptr() as usize - input.as_ptr() as usize;
        start..start + part.len()
    };
    if let Some(Spnego::Init { token, .. } | Spnego::Resp { token, .. }) = fuzzing::spnego(input) {
        let token = token?;
        let mut other = input.to_vec();
        other[range(token)].copy_from_slice(&with_other_secrets(token)?);
        return Some(other);
    }
    let fields = fuzzing::authenticate(input)?;
    let [lm_response, nt_response, .., session_key] = *fields.parts else {
        panic!("six fields");
    };
    // The public part of an NTLMv2 response begins behind its proof, whatever the pairs in it are.
    let is_version_2 = nt_response.len() != 24
        && nt_response.get(..44).is_some_and(|fixed| fuzzing::ntlm2_response(fixed).is_some());
    let (proof, public) = match is_version_2 {
        true => nt_response.split_at(16),
        false => (nt_response, &[][..]),
    };
    let secrets = [lm_response, proof, session_key].map(|part| match part {
        [] => 0..0,
        part => range(part),
    });
    let public = match public {
        [] => 0..0,
        public => range(public),
    };
    if secrets.iter().any(|secret| secret.start < public.end && public.start < secret.end) {
        return None;
    }
    let mut other = input.to_vec();
    let mic = fields.mic_at.map_or(0..0, |at| at..at + 16);
    let mut is_secret = vec![false; input.len()];
    for range in secrets.into_iter().chain([mic]) {
        is_secret[range].fill(true);
    }
    for (byte, _) in other.iter_mut().zip(is_secret).filter(|(_, secret)| *secret) {
        *byte = match *byte {
            0 | 1 => *byte,
            0xFF => 2,
            byte => byte + 1,
        };
    }
    Some(other)
}
