//! CredSSP's acceptor and somebody in between who is within TLS: what is changed, made, left out,
//! repeated or reordered of the client's requests. A context stands only on the client's own
//! authentication, its own proof of the key and its own credentials.

use crate::credssp_legs::{self, Sides, contents, recorded, requests};
use crate::{parties, wire};
use anysspi::{Status, Step};

pub(crate) fn run(input: &[u8]) {
    let legs = credssp_legs::script(input);
    let recorded = recorded();
    let mut acceptor = Sides::without_tls().acceptor();
    let mut heard = Vec::new();
    for leg in &legs {
        heard.extend_from_slice(leg);
        match acceptor.step(Some(leg)) {
            Ok(step) => {
                if let Step::SendToken(token) = &step {
                    parties::assert_no_secret(token, &heard);
                    let said = contents(token);
                    let said = requests(&said).expect("our own requests are read");
                    assert!(said.iter().all(|(version, _, code)| *version == 6 && code.is_none()));
                }
            }
            Err(error) => {
                assert!(
                    matches!(
                        error.status(),
                        Status::INVALID_TOKEN
                            | Status::ALGORITHM_MISMATCH
                            | Status::LOGON_DENIED
                            | Status::MESSAGE_ALTERED
                            | Status::SECURITY_QOS_FAILED
                            | Status::BAD_BINDINGS
                            | Status::CONTEXT_EXPIRED
                            | Status::OUT_OF_SEQUENCE
                    ),
                    "refused with {error}"
                );
                assert!(acceptor.context().is_err());
                // The peer is owed a word: a request, or the end.
                let token = error.token().expect("a word to the peer");
                assert!(!token.is_empty());
                let said = contents(token);
                assert!(requests(&said).is_some());
                assert!(acceptor.step(Some(leg)).is_err(), "a failed handshake");
                return;
            }
        }
        if acceptor.done() {
            let extra = acceptor.extra().to_vec();
            assert!(heard.ends_with(&extra));
            let mut context = acceptor.into_context().expect("the context");
            assert_eq!(context.client().to_string(), parties::ACCOUNT);
            let heard = contents(&heard);
            assert!(wire::holds(&heard, &recorded.proofs[0]), "a proof that is not the client's");
            assert!(wire::holds(&heard, &recorded.credentials), "other credentials");
            assert_eq!(context.delegated().expect("credentials"), credssp_legs::password());
            // Whatever follows is a part of the stream.
            let _ = context.unwrap(&extra);
            return;
        }
    }
}
