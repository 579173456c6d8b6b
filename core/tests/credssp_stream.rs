//! The bytes of CredSSP on their way: cut anywhere, and the stream that they become.
#![cfg(feature = "credssp")]

#[path = "support/between.rs"]
mod between;
#[path = "support/credssp.rs"]
mod credssp;
#[path = "support/der.rs"]
mod der;
mod support;

use anysspi::raw::{Attribute, AttributeValue, Quality};
use anysspi::{Context, Side, Status, Step};
use between::{Fate, between};
use credssp::{certificate, client, contexts, password, run_cut, run_in_pieces, server};
use rustls::version::{TLS12, TLS13};

#[test]
fn any_slicing_of_the_bytes_comes_to_the_same() {
    for size in [1, 2, 3, 5, 7, 64, 333, 1000] {
        let (mut client, mut server) = (client().start().unwrap(), server().start().unwrap());
        run_in_pieces(&mut client, &mut server, size).unwrap();
        let (mut client, mut server) =
            (client.into_context().unwrap(), server.into_context().unwrap());
        assert_eq!(server.delegated().unwrap(), password());
        // And the stream: every slicing of two records.
        let sealed = client.wrap(&vec![7; 20_000]).unwrap();
        let mut opened = Vec::new();
        for piece in sealed.chunks(size) {
            opened.extend(server.unwrap(piece).unwrap());
        }
        assert_eq!(opened, vec![7; 20_000]);
    }
}

#[test]
fn everything_in_a_stream_is_encrypted() {
    let (mut client, mut server) = contexts(client(), server());
    let mut sealed = client.wrap(b"hello").unwrap();
    let (first, rest) = sealed.split_at(7);
    assert_eq!(server.unwrap_with_quality(first).unwrap(), (vec![], Quality::DEFAULT));
    assert_eq!(server.unwrap_with_quality(rest).unwrap(), (b"hello".to_vec(), Quality::DEFAULT));
    sealed = client.wrap(b"changed").unwrap();
    *sealed.last_mut().unwrap() ^= 1;
    for _ in 0..2 {
        let error = server.unwrap_with_quality(&sealed).unwrap_err();
        assert_eq!(error.status(), Status::MESSAGE_ALTERED);
    }
}

/// Runs a handshake in which what one side receives is cut once, at this place: whether there was such
/// a place.
fn run_cut_once(receiver: Side, place: usize) -> bool {
    let (mut client, mut server) = (client().start().unwrap(), server().start().unwrap());
    let (mut passed, mut was_cut) = (0, false);
    run_cut(&mut client, &mut server, |side, bytes| {
        let start = if side == receiver { passed } else { usize::MAX };
        passed += if side == receiver { bytes.len() } else { 0 };
        match place.checked_sub(start).and_then(|at| bytes.split_at_checked(at)) {
            Some((before, behind)) if !before.is_empty() && !behind.is_empty() => {
                was_cut = true;
                vec![before.to_vec(), behind.to_vec()]
            }
            _ => vec![bytes.to_vec()],
        }
    })
    .unwrap();
    assert_eq!(server.into_context().unwrap().delegated().unwrap(), password());
    was_cut || place < passed
}

#[test]
fn one_cut_at_every_place_of_either_direction_changes_nothing() {
    for receiver in [Side::Acceptor, Side::Initiator] {
        let places = (1..).take_while(|place| run_cut_once(receiver, *place)).count();
        assert!(places > 1000, "{receiver:?}: {places}");
    }
    // And of the stream, in which these are two records.
    let (mut client, mut server) = contexts(client(), server());
    let message: Vec<u8> = (0..300).map(|at| (at % 251) as u8).collect();
    let sealed = |client: &mut Context| {
        let parts = message.chunks(150).flat_map(|part| client.wrap(part).unwrap());
        parts.collect::<Vec<u8>>()
    };
    for place in 0..=2 * (5 + 150 + 17) {
        let bytes = sealed(&mut client);
        let mut opened = server.unwrap(&bytes[..place]).unwrap();
        opened.extend(server.unwrap(&bytes[place..]).unwrap());
        assert_eq!(opened, message, "{place}");
    }
}

#[test]
fn what_is_sent_behind_the_handshake_is_extra() {
    let (mut client, mut server) = (client().start().unwrap(), server().start().unwrap());
    let mut token = match client.next().unwrap() {
        Step::SendToken(token) => token,
        other => panic!("{other:?}"),
    };
    while !client.done() {
        let Step::SendToken(answer) = server.step(Some(&token)).unwrap() else {
            panic!("no answer")
        };
        let Step::SendToken(next) = client.step(Some(&answer)).unwrap() else { panic!("no token") };
        token = next;
    }
    let hello = client.context().unwrap().wrap(b"hello").unwrap();
    let mut partly = [&token[..], &hello].concat();
    let rest = partly.split_off(partly.len() - 3);
    // The end of the record is still missing: so is the record for the acceptor.
    server.receive(&partly).unwrap();
    server.next().unwrap();
    assert!(!server.done());
    server.receive(&rest).unwrap();
    server.next().unwrap();
    let extra = server.extra().to_vec();
    assert_eq!(extra, hello);
    assert_eq!(server.context().unwrap().unwrap(&extra).unwrap(), b"hello");
}

#[test]
fn a_stream_protects_messages_of_every_length_and_ends() {
    let (mut client, mut server) = contexts(client(), server());
    for length in [0, 1, 2, 16, 1000, 16_383, 16_384, 16_385, 100_000] {
        let message: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
        let sealed = client.wrap(&message).unwrap();
        assert!(length < 16 || !sealed.windows(16).any(|part| part == &message[..16]));
        assert_eq!(server.unwrap(&sealed).unwrap(), message);
        let sealed = server.wrap(&message).unwrap();
        assert_eq!(client.unwrap(&sealed).unwrap(), message);
    }
    for error in [
        client.sign(b"x").unwrap_err(),
        client.verify(b"x", b"y").unwrap_err(),
        client.wrap_in_place(&mut [1, 2], &mut [0; 64]).unwrap_err(),
    ] {
        assert!(
            matches!(error.status(), Status::UNSUPPORTED_FUNCTION | Status::INVALID_TOKEN),
            "{error}"
        );
    }
    let last = client.wrap(b"last").unwrap();
    let end = client.shut_down().unwrap();
    assert_eq!(server.unwrap(&[last, end].concat()).unwrap(), b"last");
    assert_eq!(server.unwrap(&[]).unwrap_err().status(), Status::CONTEXT_EXPIRED);
    // Nothing can follow the end.
    assert_eq!(client.wrap(b"more").unwrap_err().status(), Status::CONTEXT_EXPIRED);
    // The other direction goes on.
    let sealed = server.wrap(b"still here").unwrap();
    assert_eq!(client.unwrap(&sealed).unwrap(), b"still here");
    // What is no record is refused as before the end.
    let mut changed = server.wrap(b"changed").unwrap();
    changed[7] ^= 1;
    assert_eq!(client.unwrap(&changed).unwrap_err().status(), Status::MESSAGE_ALTERED);
    assert_eq!(client.unwrap(&[]).unwrap_err().status(), Status::MESSAGE_ALTERED);
}

#[test]
fn a_changed_replayed_or_reordered_record_ends_the_stream() {
    for change in 0..4 {
        let (mut client, mut server) = contexts(client(), server());
        let first = client.wrap(b"first").unwrap();
        let second = client.wrap(b"second").unwrap();
        let mut changed = first.clone();
        changed[7] ^= 1;
        let bytes = match change {
            0 => changed,
            1 => [first.clone(), first].concat(),
            2 => [second, first].concat(),
            _ => b"in the clear".to_vec(),
        };
        let error = match server.unwrap(&bytes) {
            Err(error) => error,
            Ok(opened) => {
                assert_eq!((change, opened), (1, b"first".to_vec()));
                server.unwrap(&[]).unwrap_err()
            }
        };
        let expected = if change == 3 { Status::INVALID_TOKEN } else { Status::MESSAGE_ALTERED };
        assert_eq!(error.status(), expected, "{error}");
        assert_eq!(server.unwrap(&[]).unwrap_err().status(), expected);
    }
}

#[test]
fn new_keys_on_the_way_are_taken_and_answered() {
    let (mut client, mut server) = (client().start().unwrap(), server().start().unwrap());
    let outcome = between(&TLS13, certificate(), &mut client, &mut server, |_, _, request| {
        Fate::Pass(request)
    });
    let mut near = outcome.near;
    let mut client = client.into_context().unwrap();
    near.new_keys();
    near.write(b"with new keys");
    assert_eq!(client.unwrap(&near.output()).unwrap(), b"with new keys");
    // The client's own new keys come before what it sends.
    let sealed = client.wrap(b"and an answer").unwrap();
    assert!(sealed.len() > 5 + 13 + 17, "{}", sealed.len());
    near.feed(&sealed).unwrap();
    assert_eq!(near.read(), b"and an answer");
    let sealed = client.wrap(b"more").unwrap();
    assert_eq!(sealed.len(), 5 + 4 + 17);
    near.feed(&sealed).unwrap();
    assert_eq!(near.read(), b"more");
}

#[test]
fn tls_1_2_has_its_own_sizes() {
    let (mut client, mut server) = (client().start().unwrap(), server().start().unwrap());
    let outcome = between(&TLS12, certificate(), &mut client, &mut server, |_, _, request| {
        Fate::Pass(request)
    });
    let mut near = outcome.near;
    let mut client = client.into_context().unwrap();
    let sealed = client.wrap(&[7; 100]).unwrap();
    assert_eq!(sealed.len(), 5 + 8 + 100 + 16);
    near.feed(&sealed).unwrap();
    assert_eq!(near.read(), [7; 100]);
    near.write(b"hello");
    assert_eq!(client.unwrap(&near.output()).unwrap(), b"hello");
    let AttributeValue::ConnectionInfo(info) = client.query(Attribute::CONNECTION_INFO).unwrap()
    else {
        panic!("another answer");
    };
    assert_eq!((info.version, info.version_name), (0x0303, "TLS 1.2"));
}
