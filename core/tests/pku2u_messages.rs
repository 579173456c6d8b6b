//! Messages of PKU2U: protected both ways, changed, out of turn, and in typed buffers.
#![cfg(feature = "pku2u")]

#[path = "support/certificates.rs"]
mod certificates;
#[path = "support/pku2u.rs"]
mod pku2u;
mod support;

use anysspi::raw::{
    self, AscReq, Buffer, BufferAttributes, BufferKind, CredentialsRequest, IscReq, Quality,
    SecurityContext,
};
use anysspi::{Identity, Registry, Status, Usage};
use certificates::{alice, server as server_certificate};
use pku2u::{TARGET, pair, trusting};

#[test]
fn messages_are_protected_in_both_directions() {
    let (mut client, mut server) = pair();
    for length in [0, 1, 15, 16, 17, 1000, 70_000] {
        let message = vec![0x5A; length];
        let sealed = client.wrap(&message).unwrap();
        assert_eq!(sealed.len(), 76 + length);
        assert!(length < 15 || !sealed.windows(15).any(|window| window == [0x5A; 15]));
        assert_eq!(server.unwrap(&sealed).unwrap(), message);
        let signature = server.sign(&message).unwrap();
        assert_eq!(signature.len(), 28);
        client.verify(&message, &signature).unwrap();
        let sealed = server.wrap(&message).unwrap();
        assert_eq!(client.unwrap(&sealed).unwrap(), message);
        let signature = client.sign(&message).unwrap();
        server.verify(&message, &signature).unwrap();
    }
    let (mut place, mut signature) = (*b"in place", [0; 76]);
    assert_eq!(client.wrap_in_place(&mut place, &mut signature).unwrap(), 76);
    assert_ne!(&place, b"in place");
    server.open_in_place(&mut place, &signature).unwrap();
    assert_eq!(&place, b"in place");
}

#[test]
fn a_changed_message_is_refused_and_the_next_good_one_opens() {
    let (mut client, mut server) = pair();
    let sealed = client.wrap(b"attack at dawn").unwrap();
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        let error = server.unwrap(&changed).unwrap_err();
        let status = error.status();
        assert!(
            matches!(status, Status::MESSAGE_ALTERED | Status::OUT_OF_SEQUENCE),
            "{at}: {error}"
        );
        assert!(server.unwrap(&sealed[..at]).is_err(), "cut at {at}");
    }
    assert_eq!(server.unwrap(&sealed).unwrap(), b"attack at dawn");
    let signature = server.sign(b"attack at dawn").unwrap();
    for at in 0..signature.len() {
        let mut changed = signature.clone();
        changed[at] ^= 1;
        assert!(client.verify(b"attack at dawn", &changed).is_err(), "{at}");
        assert!(client.verify(b"attack at dawn", &signature[..at]).is_err(), "cut at {at}");
    }
    assert!(client.verify(b"attack at dusk", &signature).is_err());
    client.verify(b"attack at dawn", &signature).unwrap();
}

#[test]
fn a_message_out_of_its_turn_is_refused() {
    let (mut client, mut server) = pair();
    let messages: Vec<_> = (0..3_u8).map(|number| client.wrap(&[number]).unwrap()).collect();
    // Later ones, one's own, and again
    assert_eq!(server.unwrap(&messages[1]).unwrap_err().status(), Status::OUT_OF_SEQUENCE);
    assert!(client.unwrap(&messages[0]).is_err(), "reflected");
    server.unwrap(&messages[0]).unwrap();
    assert_eq!(server.unwrap(&messages[0]).unwrap_err().status(), Status::OUT_OF_SEQUENCE);
    // A signature is not moved past an encrypted message, in either direction.
    let signature = client.sign(b"after three").unwrap();
    let error = server.verify(b"after three", &signature).unwrap_err();
    assert_eq!(error.status(), Status::OUT_OF_SEQUENCE);
    server.unwrap(&messages[1]).unwrap();
    server.unwrap(&messages[2]).unwrap();
    server.verify(b"after three", &signature).unwrap();
    assert!(server.verify(b"after three", &signature).is_err(), "again");
    let signature = client.sign(b"before").unwrap();
    let sealed = client.wrap(b"after").unwrap();
    server.unwrap(&sealed).unwrap();
    assert_eq!(server.verify(b"before", &signature).unwrap_err().status(), Status::OUT_OF_SEQUENCE);
    // Nothing of one context opens in another.
    let (mut other_client, mut other_server) = pair();
    let foreign = other_client.wrap(b"x").unwrap();
    assert!(pair().1.unwrap(&foreign).is_err());
    other_server.unwrap(&foreign).unwrap();
}

/// Two contexts of the raw layer.
fn raw_pair() -> (SecurityContext, SecurityContext) {
    let of = |usage, identities: Vec<Identity>| {
        let request = CredentialsRequest::new("PKU2U", usage);
        let request = identities.into_iter().fold(request, CredentialsRequest::with_identity);
        request.acquire(&Registry::with_default_packages()).unwrap()
    };
    let outbound = of(Usage::OUTBOUND, trusting(alice(), &[server_certificate()]));
    let inbound = of(Usage::INBOUND, trusting(server_certificate(), &[alice()]));
    let (mut client, mut server) = (SecurityContext::new(), SecurityContext::new());
    let mut token = Vec::new();
    while !client.is_established() {
        for is_client in [true, false] {
            let mut output = [Buffer::empty(BufferKind::TOKEN)];
            let input = &mut [Buffer::token(&token)];
            if is_client {
                let (target, flags) = (Some(TARGET), IscReq::ALLOCATE_MEMORY);
                raw::initialize_security_context(
                    Some(&outbound),
                    &mut client,
                    target,
                    flags,
                    input,
                    &mut output,
                )
                .unwrap();
            } else if !server.is_established() {
                let flags = AscReq::ALLOCATE_MEMORY;
                raw::accept_security_context(
                    Some(&inbound),
                    &mut server,
                    flags,
                    input,
                    &mut output,
                )
                .unwrap();
            }
            let [produced] = output;
            token = produced.into_bytes();
        }
    }
    (client, server)
}

#[test]
fn buffers_are_typed_and_say_how_they_take_part() {
    let (mut client, mut server) = raw_pair();
    for quality in [Quality::DEFAULT, Quality::NO_ENCRYPT] {
        let (mut token, mut head, mut body) = (vec![0; 76], *b"head", *b"body");
        let mut message = [
            Buffer::exclusive(BufferKind::TOKEN, &mut token),
            Buffer::shared(BufferKind::DATA, b"signed")
                .with_attributes(BufferAttributes::READONLY_WITH_CHECKSUM),
            Buffer::data(&mut head),
            Buffer::data(&mut body),
        ];
        raw::encrypt_message(&mut client, quality, &mut message, 0).unwrap();
        let length = message[0].len();
        assert_eq!(length, if quality == Quality::DEFAULT { 76 } else { 28 });
        drop(message);
        assert_eq!(head == *b"head", quality == Quality::NO_ENCRYPT);
        token.truncate(length);
        // What is only signed cannot be changed either.
        let before = (head, body);
        for signed in [&b"signet"[..], b"signed"] {
            let mut message = [
                Buffer::token(&token),
                Buffer::shared(BufferKind::DATA, signed)
                    .with_attributes(BufferAttributes::READONLY_WITH_CHECKSUM),
                Buffer::data(&mut head),
                Buffer::data(&mut body),
            ];
            let opened = raw::decrypt_message(&mut server, &mut message, 0);
            drop(message);
            if signed == b"signed" {
                assert_eq!(opened.unwrap(), quality);
            } else {
                assert_eq!(opened.unwrap_err().status(), Status::MESSAGE_ALTERED);
                assert_eq!((head, body), before, "nothing was handed out");
            }
        }
        assert_eq!((&head, &body), (b"head", b"body"));
    }
    // What is wrong with the buffers is said before a message is counted.
    let mut small = [0; 75];
    let mut data = *b"data";
    let message = &mut [Buffer::exclusive(BufferKind::TOKEN, &mut small), Buffer::data(&mut data)];
    let error = raw::encrypt_message(&mut client, Quality::DEFAULT, message, 0).unwrap_err();
    assert_eq!((error.status(), message[0].len()), (Status::BUFFER_TOO_SMALL, 76));
    let message = &mut [Buffer::empty(BufferKind::TOKEN), Buffer::shared(BufferKind::DATA, b"x")];
    let error = raw::encrypt_message(&mut client, Quality::DEFAULT, message, 0).unwrap_err();
    assert_eq!(error.status(), Status::INVALID_PARAMETER);
    let error = raw::encrypt_message(&mut client, Quality(7), message, 0).unwrap_err();
    assert_eq!(error.status(), Status::QOP_NOT_SUPPORTED);
    let message = &mut [Buffer::empty(BufferKind::TOKEN), Buffer::data(&mut data)];
    raw::encrypt_message(&mut client, Quality::DEFAULT, message, 0).unwrap();
    raw::decrypt_message(&mut server, message, 0).unwrap();
    assert_eq!(message[1].bytes(), b"data");
    let message = &mut [Buffer::token(b"only read"), Buffer::shared(BufferKind::STREAM, b"x")];
    assert!(raw::decrypt_message(&mut server, message, 0).is_err());
}
