//! A negotiation's initiator and somebody in between, who may change, cut, make, repeat and reorder
//! what the server sends: no proof goes to another mechanism than was offered, and a choice that is
//! not the client's first stands only with the server's MIC over the list.

use crate::parties;
use crate::spnego_legs::Negotiation;
use crate::wire;
use anysspi::Status;
use anysspi::fuzzing::{self, Spnego};

/// The largest token that the package says it makes.
const MAX_TOKEN: usize = 52 * 1024;

pub(crate) fn run(input: &[u8]) {
    let (negotiation, legs) = Negotiation::script(input);
    let recorded = negotiation.recorded();
    let mut initiator = negotiation.initiator();
    assert_eq!(parties::token(initiator.next()), recorded.tape.legs[0]);
    for (number, leg) in legs.iter().enumerate() {
        let before = initiator.done();
        let step = initiator.step(Some(leg));
        let heard = &legs[..=number];
        match step {
            Ok(step) => {
                assert!(!before, "nothing follows the end");
                if let anysspi::Step::SendToken(token) = step {
                    assert!(token.len() <= MAX_TOKEN);
                    parties::assert_no_secret(&token, &heard.concat());
                    let token = fuzzing::spnego(&token).expect("our own token is read");
                    assert!(matches!(token, Spnego::Resp { mechanism: None, .. }));
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
                            // A MIC is asked for, and the server took integrity away.
                            | Status::UNSUPPORTED_FUNCTION
                    ),
                    "refused with {error}"
                );
                assert!(initiator.context().is_err());
                for good in &recorded.tape.legs {
                    assert!(initiator.step(Some(good)).is_err(), "a failed handshake");
                }
                return;
            }
            Err(_) => return,
        }
        if !before && initiator.done() {
            let context = initiator.context().expect("the context");
            let negotiated = context.negotiation().expect("it was negotiated");
            assert_eq!(negotiated.chosen.as_deref(), Some("NTLM"));
            let asked =
                matches!(fuzzing::spnego(&heard[0]), Some(Spnego::Resp { state: Some(3), .. }));
            let signed = negotiated.list_was_signed;
            assert!(signed || !asked, "the MIC that was asked for is missing");
            assert!(signed || negotiation == Negotiation::Only, "a choice that nobody vouches for");
            if signed {
                // The client draws the same session key every time, so that a recorded MIC is good
                // for another challenge too; what else there is, only the server has.
                let genuine = Negotiation::ALL
                    .map(Negotiation::recorded)
                    .into_iter()
                    .any(|own| heard.iter().any(|leg| wire::holds(leg, &own.mics[1])));
                assert!(genuine, "a MIC that the server did not make");
                let key = context.session_key();
                assert!(*key == recorded.session_key, "another session key");
            }
        }
    }
}
