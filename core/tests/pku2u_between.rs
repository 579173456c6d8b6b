//! Everything that somebody in between can try with the tokens of PKU2U.
#![cfg(feature = "pku2u")]

#[path = "support/certificates.rs"]
mod certificates;
#[path = "support/pku2u.rs"]
mod pku2u;
mod support;

use anysspi::{Side, Status, Step};
use pku2u::{changed, client, server};
use support::{establish, run};

/// Positions of a token: all of its beginning and end, and some in between.
fn positions(length: usize, whole: bool) -> Vec<usize> {
    let is_tried = |at: &usize| whole || *at < 64 || *at + 92 > length || at.is_multiple_of(41);
    (0..length).filter(is_tried).collect()
}

fn no_byte_of_a_token_can_be_changed(leg: usize, whole: bool) {
    let length = {
        let (mut client, mut server) = (client().start().unwrap(), server().start().unwrap());
        run(&mut client, &mut server).unwrap()[leg].len()
    };
    for at in positions(length, whole) {
        let failure = changed(leg, |token| {
            if let Some(byte) = token.get_mut(at) {
                *byte ^= 0x04;
            }
        });
        assert_ne!(failure.error.status(), Status::INTERNAL_ERROR, "{leg}, {at}: {failure:?}");
        // The last tokens end the handshake of whoever takes them.
        match leg {
            4 => assert_eq!(failure.side, Side::Acceptor, "{at}"),
            5 => assert_eq!(failure.side, Side::Initiator, "{at}"),
            _ => {}
        }
    }
    for cut in [0, 1, 8, 40, 63, 64, 65, length / 2, length - 1] {
        changed(leg, |token| token.truncate(cut));
    }
    changed(leg, |token| token.push(0));
    changed(leg, |token| token.extend_from_within(..));
    changed(leg, |token| token.resize(48 * 1024 + 1, 0));
}

#[test]
fn the_offer_cannot_be_changed() {
    no_byte_of_a_token_can_be_changed(0, true);
}

#[test]
fn the_choice_cannot_be_changed() {
    no_byte_of_a_token_can_be_changed(1, true);
}

#[test]
fn the_request_cannot_be_changed() {
    no_byte_of_a_token_can_be_changed(2, false);
}

#[test]
fn the_reply_cannot_be_changed() {
    no_byte_of_a_token_can_be_changed(3, false);
}

#[test]
fn the_proof_cannot_be_changed() {
    no_byte_of_a_token_can_be_changed(4, false);
}

#[test]
fn the_answer_cannot_be_changed() {
    no_byte_of_a_token_can_be_changed(5, false);
}

/// The tokens of a whole handshake.
fn tokens() -> Vec<Vec<u8>> {
    let (mut client, mut server) = (client().start().unwrap(), server().start().unwrap());
    let tokens = run(&mut client, &mut server).unwrap();
    assert_eq!(tokens.len(), 6);
    tokens
}

#[test]
fn what_one_server_was_told_is_nothing_to_another() {
    let tokens = tokens();
    let mut second = server().start().unwrap();
    second.step(Some(&tokens[0])).unwrap();
    // The request is signed and fresh: it is answered, with a key that only alice can make.
    second.step(Some(&tokens[2])).unwrap();
    let error = second.step(Some(&tokens[4])).unwrap_err();
    assert_ne!(error.status(), Status::INTERNAL_ERROR, "{error}");
    // Nor does the other's answer help.
    let mut second = client().start().unwrap();
    second.next().unwrap();
    assert!(second.step(Some(&tokens[1])).is_err());
    // A failed handshake stays failed.
    assert!(second.step(Some(&tokens[1])).is_err() && second.context().is_err());
}

#[test]
fn legs_come_in_their_order() {
    let tokens = tokens();
    for first in [1, 2, 3, 4, 5] {
        let error = server().start().unwrap().step(Some(&tokens[first])).unwrap_err();
        assert_eq!(error.status(), Status::INVALID_TOKEN, "{first}");
    }
    for second in [0, 1, 3, 4, 5] {
        let mut server = server().start().unwrap();
        server.step(Some(&tokens[0])).unwrap();
        let error = server.step(Some(&tokens[second])).unwrap_err();
        assert_eq!(error.status(), Status::INVALID_TOKEN, "{second}");
    }
    for third in [0, 1, 2, 3, 5] {
        let mut server = server().start().unwrap();
        server.step(Some(&tokens[0])).unwrap();
        server.step(Some(&tokens[2])).unwrap();
        let error = server.step(Some(&tokens[third])).unwrap_err();
        assert_eq!(error.status(), Status::INVALID_TOKEN, "{third}");
    }
    // The client, who gets its own tokens back, or the server's too early.
    for leg in [0, 2, 3, 4, 5] {
        let mut client = client().start().unwrap();
        let Step::SendToken(own) = client.next().unwrap() else { panic!("no token") };
        let token = if leg == 0 { &own } else { &tokens[leg] };
        let error = client.step(Some(token)).unwrap_err();
        assert_eq!(error.status(), Status::INVALID_TOKEN, "{leg}");
    }
    let mut early = client().start().unwrap();
    assert!(early.step(Some(&tokens[1])).is_err(), "the server spoke first");
    // A request of another conversation
    let mut server = server().start().unwrap();
    server.step(Some(&self::tokens()[0])).unwrap();
    let error = server.step(Some(&tokens[2])).unwrap_err();
    assert!(error.context().contains("conversation"), "{error}");
}

#[test]
fn rubbish_is_refused_and_costs_nothing() {
    let mut deep = vec![0x30, 0x80];
    for _ in 0..2000 {
        deep =
            [&[0x30, 0x82][..], &u16::try_from(deep.len()).unwrap().to_be_bytes(), &deep].concat();
    }
    let offer = tokens().swap_remove(0);
    let meta_data = &offer[112..];
    let mut nested = offer[..112].to_vec();
    nested.extend_from_slice(&meta_data[..20]);
    nested.extend_from_slice(&u32::try_from(64 + deep.len()).unwrap().to_le_bytes());
    nested.extend_from_slice(&meta_data[24..60]);
    nested.extend_from_slice(&u32::try_from(deep.len()).unwrap().to_le_bytes());
    nested.extend_from_slice(&deep);
    let mut lies = offer.clone();
    lies[132..136].fill(0xFF);
    let alert = [&b"NEGOEXTS\x07\0\0\0\0\0\0\0\x28\0\0\0\x28\0\0\0"[..], &[0; 16]].concat();
    for (token, status) in [
        (nested, Status::INVALID_TOKEN),
        (lies, Status::INVALID_TOKEN),
        (alert, Status::LOGON_DENIED),
        (b"NEGOEXTS".to_vec(), Status::INVALID_TOKEN),
        (b"NTLMSSP\0".to_vec(), Status::INVALID_TOKEN),
        (vec![0; 100], Status::INVALID_TOKEN),
    ] {
        let error = server().start().unwrap().step(Some(&token)).unwrap_err();
        assert_eq!(error.status(), status, "{error}");
    }
    establish(client(), server()).unwrap();
}
