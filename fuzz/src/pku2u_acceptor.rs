//! PKU2U's acceptor and somebody in between, who may change, cut, make, repeat and reorder what the client
//! sends: a context stands only on the client's own tokens, all of them and as they were.
//!
//! An input is a script of legs, each an operation, the length of its operands in two bytes, and the
//! operands. A leg is the honest client's next, one of another conversation of the client's, or bytes.

#[path = "../../core/tests/support/certificates.rs"]
mod certificates;

use anysspi::raw::{CredentialsHandle, CredentialsRequest};
use anysspi::{Certificate, Handshake, Identity, Registry, Status, Step, Usage, accept, initiate};
use std::sync::OnceLock;

/// More legs than any handshake has.
const MOST_LEGS: usize = 5;

/// Both sides, and the client's tokens of another conversation.
struct Parties {
    client: CredentialsHandle,
    server: CredentialsHandle,
    recorded: Vec<Vec<u8>>,
}

impl Parties {
    fn get() -> &'static Self {
        static PARTIES: OnceLock<Parties> = OnceLock::new();
        PARTIES.get_or_init(|| {
            let (alice, server) = (certificates::alice(), certificates::server());
            let of = |usage, own: &Certificate, peer: &Certificate| {
                CredentialsRequest::new("PKU2U", usage)
                    .with_identity(Identity::Certificate(own.clone()))
                    .with_identity(Identity::trusted_roots(peer.chain.clone()))
                    .acquire(&Registry::with_default_packages())
                    .expect("certificates of our own")
            };
            let client = of(Usage::OUTBOUND, alice, server);
            let server = of(Usage::INBOUND, server, alice);
            let mut parties = Self { client, server, recorded: Vec::new() };
            let (mut initiator, mut acceptor) = (parties.initiator(), parties.acceptor());
            let mut answer = None;
            while let Some(token) = next(&mut initiator, answer.as_deref()) {
                answer = next(&mut acceptor, Some(&token));
                parties.recorded.push(token);
            }
            parties
        })
    }

    fn initiator(&self) -> Handshake {
        let builder = initiate("PKU2U").target("HTTP/server.example.com");
        builder.credential(self.client.clone()).start().expect("an initiator starts")
    }

    fn acceptor(&self) -> Handshake {
        accept("PKU2U").credential(self.server.clone()).start().expect("an acceptor starts")
    }
}

/// The next token of a side that nobody interferes with.
fn next(side: &mut Handshake, token: Option<&[u8]>) -> Option<Vec<u8>> {
    match side.step(token) {
        Ok(Step::SendToken(token)) => Some(token),
        _ => None,
    }
}

pub(crate) fn run(input: &[u8]) {
    let parties = Parties::get();
    let (mut client, mut server) = (parties.initiator(), parties.acceptor());
    let (mut rest, mut answer) = (input, None);
    let mut is_genuine = true;
    for number in 0..MOST_LEGS {
        let [operation, low, high, after @ ..] = rest else { return };
        let length = usize::from(u16::from_le_bytes([*low, *high])).min(after.len());
        let (operands, next_leg) = after.split_at(length);
        rest = next_leg;
        let leg = match operation % 3 {
            0 => {
                let Some(own) = next(&mut client, answer.as_deref()) else { return };
                let leg = changed(own.clone(), operands);
                is_genuine &= leg == own;
                leg
            }
            1 => {
                is_genuine = false;
                operands.to_vec()
            }
            _ => {
                is_genuine = false;
                let (which, changes) = operands.split_first().unwrap_or((&0, &[]));
                let which = usize::from(*which) % parties.recorded.len();
                changed(parties.recorded[which].clone(), changes)
            }
        };
        let before = server.done();
        match server.step(Some(&leg)) {
            Ok(step) => {
                assert!(!before, "nothing follows the end");
                if let Step::SendToken(token) = step {
                    answer = Some(token);
                }
            }
            Err(error) if !before => {
                assert!(
                    matches!(
                        error.status(),
                        Status::INVALID_TOKEN
                            | Status::OUT_OF_SEQUENCE
                            | Status::MESSAGE_ALTERED
                            | Status::DECRYPT_FAILURE
                            | Status::ALGORITHM_MISMATCH
                            | Status::ENCRYPT_FAILURE
                            | Status::TIME_SKEW
                            | Status::LOGON_DENIED
                            | Status::UNTRUSTED_ROOT
                            | Status::CERT_EXPIRED
                            | Status::CERT_WRONG_USAGE
                            | Status::PKU2U_CERT_FAILURE
                            | Status::BAD_BINDINGS
                    ),
                    "refused with {error}"
                );
                assert!(server.context().is_err());
                assert!(server.step(Some(&leg)).is_err(), "a failed handshake");
                return;
            }
            Err(_) => return,
        }
        if !before && server.done() {
            assert!(is_genuine && number == 2, "a context on what the client did not send");
            let context = server.context().expect("the context");
            assert_eq!(context.client().to_string(), r"alice\alice");
            assert_eq!(next(&mut client, answer.as_deref()), None);
            let key = client.context().expect("the client's context").session_key().clone();
            assert!(*server.context().expect("the context").session_key() == key, "another key");
        }
    }
}

/// A token with some of its bytes changed, missing or new.
fn changed(mut leg: Vec<u8>, changes: &[u8]) -> Vec<u8> {
    for [low, high, what, value] in changes.as_chunks::<4>().0 {
        let at = usize::from(u16::from_le_bytes([*low, *high]));
        if at >= leg.len() {
            continue;
        }
        match what % 4 {
            0 => leg[at] ^= value,
            1 => leg.truncate(at),
            2 => leg.insert(at, *value),
            _ => {
                leg.remove(at);
            }
        }
    }
    leg
}
