//! An initiator of Kerberos and somebody in between, who may change, cut, repeat and reorder what KDCs
//! and services answer. A context with mutual authentication stands only on the service's own answer to
//! this very request, and nothing that is sent holds a key.
//!
//! An input's first byte chooses the handshake; the rest is a script of what the initiator hears.

use crate::kerberos_legs::{self, Way};
use crate::kerberos_wire;
use crate::wire;
use anysspi::{Handshake, KdcReply, Step};

/// The largest token that the package says it makes.
const MAX_TOKEN: usize = 128 * 1024;

pub(crate) fn run(input: &[u8]) {
    let (first, script) = input.split_first().unwrap_or((&0, &[]));
    let way = Way::ALL[usize::from(*first) % Way::ALL.len()];
    let legs = kerberos_legs::initiator_script(way, script);
    let mut initiator = way.initiator();
    let mut step = initiator.next();
    let mut legs = legs.iter();
    let mut heard: Vec<&[u8]> = Vec::new();
    loop {
        let asks = match step {
            Ok(Step::SendToken(token)) => {
                check_token(&token);
                assert!(token.len() <= MAX_TOKEN);
                false
            }
            Ok(Step::AskKdc(request)) => {
                check_token(request.message());
                true
            }
            Ok(_) => break,
            Err(_) => return check_failed(way, initiator),
        };
        if initiator.done() {
            break;
        }
        let Some(leg) = legs.next() else { return };
        heard.push(leg);
        step = if asks {
            initiator
                .receive_kdc_reply(KdcReply::Answer(leg.clone()))
                .and_then(|()| initiator.next())
        } else {
            initiator.step(Some(leg))
        };
    }
    check_established(way, &heard, initiator);
}

/// No key and no password, be it sent to a service or to a KDC.
fn check_token(token: &[u8]) {
    for secret in kerberos_legs::secrets() {
        assert!(!wire::holds(token, secret), "a secret is sent");
    }
}

fn check_established(way: Way, heard: &[&[u8]], mut initiator: Handshake) {
    let recorded = way.recorded();
    let context = initiator.context().expect("the context");
    assert_eq!(context.client().user(), "alice");
    if way == Way::OneSided {
        return;
    }
    let own = recorded.heard.iter().find_map(|leg| kerberos_wire::reply(leg));
    let came = heard.last().and_then(|leg| kerberos_wire::reply(leg));
    assert!(own.is_some() && came == own, "an answer that the service did not make");
    assert_eq!(context.session_key().expose(), recorded.session_key);
}

/// A handshake that failed stays failed.
fn check_failed(way: Way, mut initiator: Handshake) {
    assert!(initiator.context().is_err());
    for good in &way.recorded().heard {
        assert!(initiator.step(Some(good)).is_err(), "a failed handshake");
    }
}
