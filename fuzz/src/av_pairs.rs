//! AV pairs ([MS-NLMP] 2.2.2.1), on their own and within an NTLMv2 response (2.2.2.8): a list means
//! one thing to every reader, and the proof is over the bytes as they came.

use crate::wire;
use anysspi::fuzzing;

pub(crate) fn run(input: &[u8]) {
    let read = fuzzing::av_pairs(input);
    assert_eq!(read, wire::pairs(input));
    if let Some(pairs) = read {
        assert!(pairs.iter().all(|(_, value)| wire::is_within(value, input)));
        let written = fuzzing::write_av_pairs(&pairs);
        assert_eq!(fuzzing::av_pairs(&written), Some(pairs));
        // The pairs stand in it as they came. Without its end it is no list, but for the empty one.
        let endless = &written[..written.len() - 4];
        assert!(input.starts_with(endless));
        assert_eq!(fuzzing::av_pairs(endless).is_some(), endless.is_empty());
    }

    let response = fuzzing::ntlm2_response(input);
    let fixed = input.first_chunk::<44>();
    let is_version_1 = fixed.is_some_and(|fixed| fixed[16..18] == [1, 1]);
    let expected = fixed.filter(|_| is_version_1).and_then(|_| wire::pairs(&input[44..]));
    assert_eq!(response.as_ref().map(|(_, _, pairs)| pairs), expected.as_ref());
    if let Some((proof, blob, _)) = response {
        // Nothing between the proof and what it is over, and nothing left out at the end.
        assert_eq!(proof, input[..16]);
        assert_eq!(blob, &input[16..]);
    }
}
