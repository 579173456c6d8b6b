//! A negotiation's acceptor and somebody in between, who may change, cut, make, repeat and reorder
//! what the client sends: a context stands only on NTLM's own proof, and where there is a list of
//! mechanisms, only on the very list that the client made and signed.

use crate::spnego_legs::Negotiation;
use crate::wire;
use anysspi::fuzzing::{self, Spnego};
use anysspi::{Status, Step};

pub(crate) fn run(input: &[u8]) {
    let (negotiation, legs) = Negotiation::script(input);
    let recorded = negotiation.recorded();
    let mut acceptor = negotiation.acceptor();
    let mut asked = false;
    for (number, leg) in legs.iter().enumerate() {
        let before = acceptor.done();
        match acceptor.step(Some(leg)) {
            Ok(step) => {
                assert!(!before, "nothing follows the end");
                if let Step::SendToken(token) = step
                    && let Some(Spnego::Resp { state, .. }) = fuzzing::spnego(&token)
                {
                    asked |= state == Some(3);
                }
            }
            Err(error) if !before => {
                assert!(
                    matches!(
                        error.status(),
                        Status::INVALID_TOKEN
                            | Status::ALGORITHM_MISMATCH
                            | Status::LOGON_DENIED
                            | Status::MESSAGE_ALTERED
                            | Status::SECURITY_QOS_FAILED
                            | Status::BAD_BINDINGS
                    ),
                    "refused with {error}"
                );
                assert!(acceptor.context().is_err());
                // What the peer is told is a token of its own kind.
                let told = error.token().is_none_or(|token| fuzzing::spnego(token).is_some());
                assert!(told, "{error}");
                for good in &recorded.tape.legs {
                    assert!(acceptor.step(Some(good)).is_err(), "a failed handshake");
                }
                return;
            }
            Err(_) => return,
        }
        if !before && acceptor.done() {
            let heard = &legs[..=number];
            let context = acceptor.context().expect("the context");
            assert_eq!(context.client().to_string(), crate::parties::ACCOUNT);
            let proven = heard.iter().any(|leg| wire::holds(leg, &recorded.authenticate));
            assert!(proven, "a proof that the client did not make");
            let negotiated = context.negotiation().expect("it was negotiated");
            let signed = negotiated.list_was_signed;
            assert!(signed || !asked, "the MIC that was asked for is missing");
            let list = heard.iter().find_map(|leg| match fuzzing::spnego(leg) {
                Some(Spnego::Init { list, .. }) => Some(list),
                _ => None,
            });
            // NTLM's own messages, without SPNEGO around them, have no list.
            assert_eq!(signed, list.is_some(), "a list that nobody vouches for");
            if signed {
                // The legs of the other negotiation are a client's own too.
                let genuine = Negotiation::ALL.map(Negotiation::recorded).into_iter().any(|own| {
                    list.as_ref() == Some(&own.list)
                        && heard.iter().any(|leg| wire::holds(leg, &own.mics[0]))
                });
                assert!(genuine, "another list is signed");
            }
            let key = context.session_key();
            assert!(*key == recorded.session_key, "another session key");
        }
    }
}
