//! CredSSP's initiator and somebody in between who is within TLS: nothing is delegated but to a server
//! that proved the key of its certificate, and no request holds a secret.

use crate::credssp_legs::{self, Sides, begin, contents, recorded, requests};
use crate::{parties, wire};
use anysspi::{Status, Step};

pub(crate) fn run(input: &[u8]) {
    let legs = credssp_legs::script(input);
    let recorded = recorded();
    let mut initiator = Sides::without_tls().initiator();
    assert!(parties::token(initiator.next()).is_empty());
    let first = parties::token(initiator.step(Some(&begin())));
    assert_eq!(contents(&first), recorded.tape.legs[0]);
    let mut heard = Vec::new();
    for leg in &legs {
        heard.extend_from_slice(leg);
        let is_proven = || wire::holds(&contents(&heard), &recorded.proofs[1]);
        match initiator.step(Some(leg)) {
            Ok(step) => {
                let Step::SendToken(token) = step else { panic!("nothing is delegated") };
                parties::assert_no_secret(&token, &heard);
                let said = contents(&token);
                let said = requests(&said).expect("our own requests are read");
                assert!(said.iter().all(|(version, _, code)| *version == 6 && code.is_none()));
                let delegates =
                    said.iter().any(|(_, [_, credentials, ..], _)| credentials.is_some());
                assert!(!delegates || is_proven(), "delegated without a proof");
                assert_eq!(delegates, initiator.done());
                if initiator.done() {
                    assert!(is_proven());
                    let mut context = initiator.into_context().expect("the context");
                    assert_eq!(context.query(anysspi::raw::Attribute::REMOTE_CERT_CONTEXT).ok(), {
                        let own = credssp_legs::certificate().chain.clone();
                        Some(anysspi::raw::AttributeValue::Certificates(own))
                    });
                    assert!(context.delegated().is_err());
                    return;
                }
            }
            Err(error) => {
                assert!(
                    // What the server says why, or what is wrong with what it says.
                    error.code().is_some()
                        || matches!(
                            error.status(),
                            Status::INVALID_TOKEN
                                | Status::ALGORITHM_MISMATCH
                                | Status::LOGON_DENIED
                                | Status::MESSAGE_ALTERED
                                | Status::SECURITY_QOS_FAILED
                                | Status::BAD_BINDINGS
                                | Status::MUTUAL_AUTH_FAILED
                                | Status::CONTEXT_EXPIRED
                                | Status::UNSUPPORTED_FUNCTION
                        ),
                    "refused with {error}"
                );
                assert!(error.status() != Status::OK && initiator.context().is_err());
                // What it had said in the same step, and the end.
                let told = contents(error.token().unwrap_or_default());
                let told = requests(&told).expect("our own requests are read");
                let delegates =
                    told.iter().any(|(_, [_, credentials, ..], _)| credentials.is_some());
                assert!(!delegates, "delegated in vain");
                assert!(initiator.step(Some(leg)).is_err(), "a failed handshake");
                return;
            }
        }
    }
}
