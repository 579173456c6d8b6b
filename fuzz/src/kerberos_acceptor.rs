//! An acceptor of Kerberos and somebody in between, who may change, cut, put together, repeat and
//! reorder what clients send. A context stands only on a request that a client with a ticket made for
//! this service, in this channel, at this time, with what is encrypted in it as it was, and once.
//!
//! An input's first byte chooses the acceptor, a service or a user; the rest is a script of tokens. They
//! go to handshakes one after the other, which share a credential.

use crate::kerberos_legs::{self, Recorded, Way};
use crate::kerberos_wire;
use anysspi::{BindingsChecked, ContextFlags, Delegated, Handshake, Status, Step};

pub(crate) fn run(input: &[u8]) {
    let (first, script) = input.split_first().unwrap_or((&0, &[]));
    let side = if first % 2 == 0 { Way::Plain } else { Way::UserToUser };
    let credential = side.service();
    let mut acceptor = kerberos_legs::acceptor(&credential);
    // What this handshake has heard, and what all of them have let in.
    let mut heard: Vec<Vec<u8>> = Vec::new();
    let mut taken: Vec<&'static [u8]> = Vec::new();
    for leg in kerberos_legs::acceptor_script(script) {
        let step = acceptor.step(Some(&leg));
        heard.push(leg);
        match step {
            Ok(step) => {
                assert!(matches!(step, Step::SendToken(_) | Step::Done), "{step:?}");
                if !acceptor.done() {
                    continue;
                }
                let request = check_established(side, &heard, &mut acceptor);
                assert!(!taken.contains(&request), "the same request twice");
                taken.push(request);
            }
            Err(error) => check_refused(&error, &heard, &mut acceptor),
        }
        acceptor = kerberos_legs::acceptor(&credential);
        heard.clear();
    }
}

/// Gives the authenticator that it was.
fn check_established(side: Way, heard: &[Vec<u8>], acceptor: &mut Handshake) -> &'static [u8] {
    let (way, recorded, request) = heard.iter().find_map(|leg| genuine(leg)).expect(
        "a context without a request that a client made for this service, as the client made it",
    );
    assert_eq!(side == Way::UserToUser, way == Way::UserToUser);
    let context = acceptor.context().expect("the context");
    assert_eq!(
        (context.client().user(), context.client().domain()),
        ("alice", Some("EXAMPLE.TEST"))
    );
    // That the client wants an answer is said in the clear too, and somebody may say it for it.
    let flags = context.flags() - ContextFlags::MUTUAL_AUTH;
    assert_eq!(flags, recorded.flags - ContextFlags::MUTUAL_AUTH, "{way:?}");
    assert!(context.flags().contains(recorded.flags & ContextFlags::MUTUAL_AUTH));
    let expected = match way {
        Way::Plain => BindingsChecked::Verified,
        _ => BindingsChecked::No,
    };
    assert_eq!(context.bindings_checked(), expected);
    if context.flags() == recorded.flags {
        // Both sides draw the same in every handshake.
        assert_eq!(context.session_key().expose(), recorded.session_key);
    }
    let has_tickets = matches!(context.delegated(), Ok(Delegated::Tickets(_)));
    assert_eq!(has_tickets, way == Way::Delegating);
    if way == Way::DceStyle {
        let last = recorded.said.last().and_then(|last| kerberos_wire::reply(last));
        let came = heard.last().and_then(|last| kerberos_wire::reply(last));
        assert!(came.is_some() && came == last, "a last leg that the client did not make");
    }
    request
}

/// The handshake that a token holds the request of, with everything in it that is encrypted.
fn genuine(leg: &[u8]) -> Option<(Way, &'static Recorded, &'static [u8])> {
    let came = kerberos_wire::request(leg)?;
    Way::ALL.into_iter().find_map(|way| {
        let recorded = way.recorded();
        let own = kerberos_wire::request(recorded.request()).expect("an AP-REQ of our own");
        let is_it =
            own.sealed_ticket == came.sealed_ticket && own.authenticator == came.authenticator;
        is_it.then_some((way, recorded, own.authenticator))
    })
}

/// A handshake that failed stays failed, and what the peer is told is a token of Kerberos.
fn check_refused(error: &anysspi::Error, heard: &[Vec<u8>], acceptor: &mut Handshake) {
    assert!(acceptor.context().is_err());
    let is_token = |token: &[u8]| matches!(token.first(), Some(0x60 | 0x7E));
    assert!(error.token().is_none_or(is_token), "{error}");
    // Only what the peer says of itself may be a reason that nobody knows.
    let last = heard.last().map_or(&[][..], Vec::as_slice);
    assert!(error.status() != Status::INTERNAL_ERROR || last.contains(&0x7E), "{error}");
    let good = Way::Plain.recorded().request();
    let again = acceptor.step(Some(good)).expect_err("a failed handshake");
    assert_eq!(again.status(), error.status());
    for secret in kerberos_legs::secrets() {
        assert!(!error.token().is_some_and(|token| crate::wire::holds(token, secret)));
    }
}
