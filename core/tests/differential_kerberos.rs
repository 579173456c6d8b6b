//! The `sspi` crate as a differential peer: its Kerberos against ours, in both roles, with the realm in a
//! box for the KDC that it needs.
//!
//! Not compared:
//! - signatures without a message, because that crate has none for Kerberos;
//! - rc4-hmac, AES with SHA-2 and contexts without mutual authentication, because that crate has not got
//!   them;
//! - messages that were wrapped and not encrypted, because that crate encrypts them.

#[path = "../benches/sspi_kerberos_peer.rs"]
mod sspi_kerberos_peer;
#[path = "support/kerberos.rs"]
mod support;

use anysspi::kerberos::EncryptionType;
use anysspi::{Context, Status};
use sspi_kerberos_peer::{SspiAcceptor, SspiInitiator};
use support::{PASSWORD, REALM, Stage, TYPES, WEB};

/// The types that crate has service keys of.
const SHARED: [EncryptionType; 1] = [TYPES[0]];

const LENGTHS: [usize; 8] = [0, 1, 15, 16, 17, 255, 4096, 70_000];

fn message(length: usize) -> Vec<u8> {
    (0..length).map(|place| place as u8 ^ 0x5A).collect()
}

/// What we seal for it, as SSPI lays it out: everything in front of the message, in the TOKEN.
fn seal(ours: &mut Context, text: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let wrapped = ours.wrap(text).expect("we seal");
    let (token, data) = wrapped.split_at(wrapped.len() - text.len());
    (token.to_vec(), data.to_vec())
}

/// Messages of every length, both ways, in both layouts, and those that somebody changed.
fn exchange(ours: &mut Context, theirs: &mut sspi::Kerberos) {
    for length in LENGTHS {
        let text = message(length);
        let (mut token, mut data) = seal(ours, &text);
        sspi_kerberos_peer::unseal(theirs, &mut token, &mut data).expect("it opens what we sealed");
        assert_eq!(data, text, "{length} bytes of ours");

        let mut data = text.clone();
        let token = sspi_kerberos_peer::seal(theirs, &mut data).expect("it seals");
        let mut changed = [&token[..], &data].concat();
        let last = changed.len() - 1;
        changed[last] ^= 1;
        let error = ours.unwrap(&changed).expect_err("a message that was changed");
        assert_eq!(error.status(), Status::MESSAGE_ALTERED);
        let whole = [&token[..], &data].concat();
        if length % 2 == 0 {
            assert_eq!(ours.unwrap(&whole).expect("we open what it sealed"), text);
        } else {
            ours.open_in_place(&mut data, &token).expect("we open what it sealed");
            assert_eq!(data, text);
        }
        let error = ours.unwrap(&whole).expect_err("a message that comes twice");
        assert_eq!(error.status(), Status::OUT_OF_SEQUENCE);
    }
}

#[test]
fn its_initiator_and_our_acceptor_come_to_a_context() {
    for encryption_type in SHARED {
        let stage = Stage::of_now(encryption_type);
        let mut client = SspiInitiator::new(&stage.realm, "alice", PASSWORD, WEB);
        let mut server = stage.server().start().unwrap();
        let token = client.open().expect("its AP-REQ");
        let answer = stage.step(&mut server, Some(&token)).expect("we accept it").unwrap();
        client.finish(&answer).expect("it takes our AP-REP");
        let mut ours = server.into_context().unwrap();
        assert_eq!(ours.client().to_string(), format!(r"{REALM}\alice"));
        assert_eq!(ours.session_key().expose(), client.session_key());
        exchange(&mut ours, &mut client.context);
    }
}

#[test]
fn our_initiator_and_its_acceptor_come_to_a_context() {
    for encryption_type in SHARED {
        let stage = Stage::of_now(encryption_type);
        let table = stage.realm.keytab(&[WEB]).unwrap();
        let key = table.entries()[0].key.bytes().expose().to_vec();
        let mut server = SspiAcceptor::new(WEB, key);
        let mut client = stage.client().start().unwrap();
        let token = stage.step(&mut client, None).unwrap().unwrap();
        let answer = server.judge(&token).expect("it accepts our AP-REQ");
        assert_eq!(stage.step(&mut client, Some(&answer)).expect("we take its AP-REP"), None);
        let mut ours = client.into_context().unwrap();
        assert_eq!(ours.session_key().expose(), server.session_key());
        exchange(&mut ours, &mut server.context);
    }
}

#[test]
fn wrong_passwords_and_keys_are_refused_by_both() {
    let stage = Stage::of_now(TYPES[0]);
    assert!(SspiInitiator::new(&stage.realm, "alice", "wrong", WEB).open().is_err());
    let token = SspiInitiator::new(&stage.realm, "alice", PASSWORD, WEB).open().unwrap();
    let other = Stage::of_now(TYPES[0]);
    let mut server = other.server().start().unwrap();
    let error = other.step(&mut server, Some(&token)).expect_err("a key of another realm");
    assert_eq!(error.status(), Status::MESSAGE_ALTERED);
    let mut client = stage.client().start().unwrap();
    let token = stage.step(&mut client, None).unwrap().unwrap();
    assert!(SspiAcceptor::new(WEB, vec![7; 32]).judge(&token).is_err());
}
