//! User-to-user authentication with MIT's krb5 library, in both roles. Its GSS-API has none, so that what
//! GSS-API has around the messages is put on and taken off here (draft-swift-win2k-krb-user2user-03).

#[path = "support/contexts.rs"]
mod contexts;
#[path = "support/der.rs"]
mod der;
#[path = "support/mit.rs"]
mod mit;
#[path = "support/peer.rs"]
mod peer;
#[path = "support/transport.rs"]
mod transport;

use anysspi::{
    Context, ContextFlags, CredentialCache, Handshake, Identity, ProtocolCode, Status, Step,
    accept, initiate,
};
use contexts::{REALM, Theirs, USER};
use der::{element, elements, integer, read, sequence};
use mit::Mit;
use peer::{from_base64, to_base64};
use serde_json::{Value, json};

const BOB: &str = "bob@EXAMPLE.TEST";

/// 1.2.840.113554.1.2.2.3
const USER_TO_USER: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 0x01, 0x02, 0x02, 0x03];

const AP_REQUEST: [u8; 2] = [1, 0];
const AP_REPLY: [u8; 2] = [2, 0];
const ERROR: [u8; 2] = [3, 0];
const TGT_REQUEST: [u8; 2] = [4, 0];
const TGT_REPLY: [u8; 2] = [4, 1];

/// The token around a message.
fn framed(kind: [u8; 2], message: &[u8]) -> Vec<u8> {
    element(0x60, &[&element(0x06, USER_TO_USER), &kind[..], message].concat())
}

/// The message in a token, which must be of this kind.
fn unframed(kind: [u8; 2], token: &[u8]) -> Vec<u8> {
    let (tag, inside, rest) = read(token);
    assert!(tag == 0x60 && rest.is_empty(), "{token:?}");
    let (_, mechanism, message) = read(inside);
    assert_eq!(mechanism, USER_TO_USER);
    message.strip_prefix(&kind).expect("this kind of message").to_vec()
}

/// KERB-TGT-REPLY
fn granting_reply(ticket: &[u8]) -> Vec<u8> {
    sequence(&[integer(5), integer(17), ticket.to_vec()])
}

/// The ticket in a KERB-TGT-REPLY.
fn granting_in(reply: &[u8]) -> Vec<u8> {
    let fields = elements(read(reply).1);
    let [(0xA0, _), (0xA1, kind), (0xA2, ticket)] = fields[..] else { panic!("{fields:?}") };
    assert_eq!(kind, integer(17));
    ticket.to_vec()
}

/// Channel bindings that are none, and MUTUAL, REPLAY, SEQUENCE, CONFIDENTIALITY and INTEGRITY
/// (RFC 4121 4.1.1).
fn checksum() -> Vec<u8> {
    [&16_u32.to_le_bytes()[..], &[0; 16], &0x3E_u32.to_le_bytes()].concat()
}

fn token(step: Step) -> Vec<u8> {
    match step {
        Step::SendToken(token) => token,
        other => panic!("a token, not {other:?}"),
    }
}

fn ask(theirs: &mut Theirs, request: &Value) -> Vec<u8> {
    from_base64(theirs.call(request).unwrap().as_str().unwrap())
}

fn check_key(ours: &Context, theirs: &mut Theirs) {
    assert_eq!(ours.session_key().expose(), ask(theirs, &json!({ "do": "subkey" })));
    assert!(ours.flags().contains(ContextFlags::USE_SESSION_KEY | ContextFlags::MUTUAL_AUTH));
}

/// A stage on which alice and bob have logged on, and a peer.
fn find(test: &str) -> Option<(Mit, String, Theirs)> {
    let mit = Mit::find(test)?;
    let bob = mit.cache_of("bob");
    mit.log_on("bob", "second", &bob);
    let theirs = mit.user_to_user();
    Some((mit, bob, theirs))
}

#[test]
fn our_initiator_with_their_acceptor() {
    let Some((mit, bob, mut theirs)) = find("u2u-initiator") else { return };
    let granting = ask(&mut theirs, &json!({ "do": "granting", "cache": bob }));
    let client = || {
        let client = initiate("Kerberos").kdc(mit.kdc()).target("bob");
        let client = client.credential(mit.client_identity());
        client.require(ContextFlags::USE_SESSION_KEY).start().unwrap()
    };
    // Up to the AP-REQ.
    let request = |client: &mut Handshake| {
        unframed(TGT_REQUEST, &token(client.next().unwrap()));
        let reply = framed(TGT_REPLY, &granting_reply(&granting));
        unframed(AP_REQUEST, &token(client.step(Some(&reply)).unwrap()))
    };
    let accept = |cache: &str, message: &[u8], subkey: bool| json!({ "do": "accept", "cache": cache, "message": to_base64(message), "subkey": subkey });
    for subkey in [true, false] {
        let mut ours = client();
        let accept = accept(&bob, &request(&mut ours), subkey);
        let accepted = theirs.call(&accept).unwrap();
        assert_eq!(accepted["client"], USER);
        assert_eq!(accepted["server"], BOB);
        assert_eq!(from_base64(accepted["checksum"].as_str().unwrap()), checksum());
        let reply = from_base64(accepted["message"].as_str().unwrap());
        ours.step(Some(&framed(AP_REPLY, &reply))).unwrap();
        check_key(&ours.into_context().unwrap(), &mut theirs);
    }
    // Whoever has another ticket-granting ticket cannot read it.
    let refusal = theirs.call(&accept(&mit.cache(), &request(&mut client()), true)).unwrap_err();
    assert!(refusal.message.starts_with("krb5_rd_req"), "{refusal:?}");
    assert!(refusal.message.contains("integrity"), "{refusal:?}");
}

#[test]
fn their_initiator_with_our_acceptor() {
    let Some((mit, bob, mut theirs)) = find("u2u-acceptor") else { return };
    let own = Identity::CredentialCache(CredentialCache::named(&bob));
    // Up to the ticket-granting ticket.
    let start = || {
        let mut server = accept("Kerberos").kdc(mit.kdc()).credential(own.clone()).start().unwrap();
        let asked = sequence(&[integer(5), integer(16)]);
        let reply = server.step(Some(&framed(TGT_REQUEST, &asked))).unwrap();
        let granting = granting_in(&unframed(TGT_REPLY, &token(reply)));
        (server, granting)
    };
    let request = |theirs: &mut Theirs, server: &str, granting: &[u8]| {
        let request = json!({
            "do": "request",
            "cache": mit.cache(),
            "server": server,
            "granting": to_base64(granting),
            "checksum": to_base64(&checksum()),
        });
        framed(AP_REQUEST, &ask(theirs, &request))
    };
    let (mut ours, granting) = start();
    let asked = request(&mut theirs, BOB, &granting);
    let reply = unframed(AP_REPLY, &token(ours.step(Some(&asked)).unwrap()));
    theirs.call(&json!({ "do": "read_reply", "message": to_base64(&reply) })).unwrap();
    let ours = ours.into_context().unwrap();
    check_key(&ours, &mut theirs);
    assert_eq!((ours.client().user(), ours.client().domain()), ("alice", Some(REALM)));
    assert_eq!(ours.target(), Some("bob"));

    // A request for somebody else's ticket-granting ticket, and one that nobody asked for.
    let (mut ours, _) = start();
    let granting = ask(&mut theirs, &json!({ "do": "granting", "cache": mit.cache() }));
    let asked = request(&mut theirs, USER, &granting);
    let error = ours.step(Some(&asked)).unwrap_err();
    assert_eq!(error.status(), Status::MESSAGE_ALTERED, "{error}");
    assert_eq!(error.code(), Some(ProtocolCode::Kerberos(31)));
    unframed(ERROR, error.token().unwrap());
    let mut ours = accept("Kerberos").credential(own.clone()).start().unwrap();
    let error = ours.step(Some(&asked)).unwrap_err();
    assert_eq!(error.status(), Status::NO_KERB_KEY, "{error}");
    assert_eq!(error.code(), Some(ProtocolCode::Kerberos(45)));
}
