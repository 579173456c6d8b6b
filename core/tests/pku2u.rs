//! PKU2U: both ends in one process, with certificates made here, and everything that a stranger or
//! somebody in between can try.
#![cfg(feature = "pku2u")]

#[path = "support/certificates.rs"]
mod certificates;
mod support;

use anysspi::raw::{
    self, AscReq, Attribute, AttributeValue, Buffer, BufferAttributes, BufferKind,
    CredentialsRequest, IscReq, Quality, SecurityContext,
};
use anysspi::{
    AcceptBuilder, BindingsChecked, Certificate, ChannelBindingPolicy, ChannelBindings, Context,
    ContextFlags, Error, Handshake, Identity, InitiateBuilder, Registry, Secret, Side, Status,
    Step, Usage, accept, initiate,
};
use certificates::{alice, key, recipe, server as server_certificate};
use rcgen::{ExtendedKeyUsagePurpose, KeyUsagePurpose};
use support::{Failure, establish, refused, registry, run, run_with};

const TARGET: &str = "HTTP/server.example.com";

/// A client with this certificate, who believes that server.
fn client_with(own: &Certificate, trusted: &Certificate) -> InitiateBuilder {
    initiate("PKU2U").registry(&registry(1, "client.example.com")).target(TARGET).credential(vec![
        Identity::Certificate(own.clone()),
        Identity::trusted_roots(trusted.chain.clone()),
    ])
}

/// A server with this certificate, who lets that client in.
fn server_with(own: &Certificate, trusted: &Certificate) -> AcceptBuilder {
    accept("PKU2U").registry(&registry(0x80, "server.example.com")).credential(vec![
        Identity::Certificate(own.clone()),
        Identity::trusted_roots(trusted.chain.clone()),
    ])
}

fn client() -> InitiateBuilder {
    client_with(alice(), server_certificate())
}

fn server() -> AcceptBuilder {
    server_with(server_certificate(), alice())
}

fn trusting(own: &Certificate, trusted: &[&Certificate]) -> Vec<Identity> {
    let trusted = trusted.iter().map(|one| one.chain[0].clone());
    vec![Identity::Certificate(own.clone()), Identity::trusted_roots(trusted)]
}

fn pair() -> (Context, Context) {
    establish(client(), server()).unwrap()
}

/// The failure of a handshake, one of whose tokens somebody in between changed.
fn changed(leg: usize, change: impl Fn(&mut Vec<u8>)) -> Failure {
    let (mut client, mut server) = (client().start().unwrap(), server().start().unwrap());
    run_with(&mut client, &mut server, |at, mut token| {
        if at == leg {
            change(&mut token);
        }
        token
    })
    .expect_err("a changed token had to be refused")
}

#[test]
fn both_sides_know_each_other() {
    let (client, server) = pair();
    for context in [&client, &server] {
        assert_eq!(context.client().to_string(), r"alice\alice");
        assert_eq!(context.server(), Some(r"The server\The server"));
        assert_eq!(context.target(), Some(TARGET));
        assert_eq!(context.flags(), ContextFlags::default());
        assert_eq!(context.package().name, "PKU2U");
        assert_eq!(context.bindings_checked(), BindingsChecked::No);
        let sizes = context.sizes();
        assert_eq!((sizes.max_signature, sizes.security_trailer, sizes.block_size), (28, 76, 1));
        let AttributeValue::PackageInfo(info) = context.query(Attribute::PACKAGE_INFO).unwrap()
        else {
            panic!("another answer");
        };
        assert_eq!((&*info.name, info.rpc_id, info.max_token), ("PKU2U", 31, 48 * 1024));
        assert!(context.expiry() < anysspi::Time::FOREVER);
        let error = context.query(Attribute::STREAM_SIZES).unwrap_err();
        assert_eq!(error.status(), Status::UNSUPPORTED_FUNCTION);
    }
    assert_eq!(client.session_key().expose(), server.session_key().expose());
    assert_eq!(client.session_key().expose().len(), 32);
    let certificates =
        |certificate: &Certificate| AttributeValue::Certificates(certificate.chain.clone());
    let (own, peers) = (Attribute::LOCAL_CERT_CONTEXT, Attribute::REMOTE_CERT_CONTEXT);
    assert_eq!(client.query(own).unwrap(), certificates(alice()));
    assert_eq!(client.query(peers).unwrap(), certificates(server_certificate()));
    assert_eq!(server.query(own).unwrap(), certificates(server_certificate()));
    assert_eq!(server.query(peers).unwrap(), certificates(alice()));
    let (other, _) = pair();
    assert_ne!(client.session_key().expose(), other.session_key().expose());
}

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

#[test]
fn a_client_that_is_not_trusted_is_not_let_in() {
    // Its names are alice's, and nothing else is.
    let mallory = recipe("alice", 1).make();
    let failure = refused(client_with(&mallory, server_certificate()), server());
    assert_eq!((failure.side, failure.error.status()), (Side::Acceptor, Status::UNTRUSTED_ROOT));
    // The same key in another certificate is another certificate.
    let again = recipe("alice", 0).years(2021, 2090).make();
    let failure = refused(client_with(&again, server_certificate()), server());
    assert_eq!((failure.side, failure.error.status()), (Side::Acceptor, Status::UNTRUSTED_ROOT));
    // The server's own certificate lets nobody in.
    let failure = refused(client_with(server_certificate(), server_certificate()), server());
    assert_eq!(failure.error.status(), Status::UNTRUSTED_ROOT);
    // A client whose issuer the server does not name does not even try.
    let failure = refused(client_with(&recipe("bob", 0).make(), server_certificate()), server());
    assert_eq!((failure.side, failure.error.status()), (Side::Initiator, Status::UNTRUSTED_ROOT));
}

#[test]
fn a_server_that_is_not_trusted_is_not_believed() {
    let host = ["server.example.com"];
    let mallory = recipe("The server", 0).hosts(&host).make();
    let failure = refused(client(), server_with(&mallory, alice()));
    assert_eq!((failure.side, failure.error.status()), (Side::Initiator, Status::UNTRUSTED_ROOT));
    // A trusted one that is for another host does not speak for this one.
    let other = recipe("Another", 1).hosts(&["other.example.com"]).make();
    let client = || client().credential(trusting(alice(), &[server_certificate(), &other]));
    let failure = refused(client(), server_with(&other, alice()));
    assert_eq!((failure.side, failure.error.status()), (Side::Initiator, Status::UNTRUSTED_ROOT));
    establish(client().target("HTTP/OTHER.example.com:80"), server_with(&other, alice())).unwrap();
    establish(client(), server()).unwrap();
    let error = client().target("HTTP/third.example.com").start().unwrap().next().unwrap_err();
    assert_eq!(error.status(), Status::WRONG_PRINCIPAL);
    for target in ["", "HTTP/h\u{f6}st", "HTTP/a\nb", &"x".repeat(2000)] {
        let error = client().target(target).start().unwrap().next().unwrap_err();
        assert_eq!(error.status(), Status::TARGET_UNKNOWN, "{target:?}");
    }
    let error = initiate("PKU2U").credential(trusting(alice(), &[alice()])).start();
    assert_eq!(error.unwrap().next().unwrap_err().status(), Status::TARGET_UNKNOWN);
    // Without DNS names the common name is the host's.
    let plain = recipe("server.example.com", 1).make();
    establish(client_with(alice(), &plain), server_with(&plain, alice())).unwrap();
}

#[test]
fn a_certificate_is_good_only_in_its_time() {
    // The tests' clock stands in 2023.
    for (years, when) in [((2015, 2020), "expired"), ((2024, 2090), "not valid before")] {
        let mine = recipe("alice", 0).years(years.0, years.1).make();
        let error = client_with(&mine, server_certificate()).start().unwrap_err();
        assert_eq!(error.status(), Status::CERT_EXPIRED);
        assert!(error.context().contains(when), "{error}");
    }
    // The peer's, by the machine's clock, and by the caller's.
    let ended = recipe("alice", 0).years(2020, 2024).make();
    let failure = refused(
        client_with(&ended, server_certificate()),
        server_with(server_certificate(), &ended),
    );
    assert_eq!((failure.side, failure.error.status()), (Side::Acceptor, Status::CERT_EXPIRED));
    let later = recipe("alice", 0).years(2025, 2090).make();
    let client =
        client_with(&later, server_certificate()).registry(&Registry::with_default_packages());
    let failure = refused(client, server_with(server_certificate(), &later));
    assert_eq!((failure.side, failure.error.status()), (Side::Acceptor, Status::CERT_EXPIRED));
    let later = recipe("The server", 1).hosts(&["server.example.com"]).years(2025, 2090).make();
    let server = server_with(&later, alice()).registry(&Registry::with_default_packages());
    let failure = refused(client_with(alice(), &later), server);
    assert_eq!((failure.side, failure.error.status()), (Side::Initiator, Status::CERT_EXPIRED));
}

#[test]
fn credentials_say_what_is_missing_or_wrong() {
    let roots = Identity::trusted_roots(server_certificate().chain.clone());
    let error = |identities: Vec<Identity>| {
        let builder = initiate("PKU2U").target(TARGET).credential(identities.clone());
        let error = builder.start().unwrap_err();
        let accepting = accept("PKU2U").credential(identities).start().unwrap_err();
        assert_eq!(accepting.status(), error.status());
        error
    };
    let missing = error(vec![roots.clone()]);
    assert_eq!(missing.status(), Status::NO_CREDENTIALS);
    assert!(missing.context().contains("Identity::Certificate"), "{missing}");
    for identities in [
        vec![Identity::Certificate(alice().clone())],
        vec![Identity::Certificate(alice().clone()), Identity::trusted_roots(Vec::new())],
    ] {
        let missing = error(identities);
        assert_eq!(missing.status(), Status::NO_CREDENTIALS);
        assert!(missing.context().contains("Identity::TrustedRoots"), "{missing}");
    }
    let with =
        |certificate: Certificate| error(vec![Identity::Certificate(certificate), roots.clone()]);
    let elliptic = with(Certificate::self_signed("host").unwrap());
    assert_eq!(elliptic.status(), Status::UNSUPPORTED_FUNCTION);
    assert!(elliptic.context().contains("RSA"), "{elliptic}");
    let mut other_key = alice().clone();
    other_key.private_key = Secret::new(key(1));
    let mut no_key = alice().clone();
    no_key.private_key = Secret::new(b"secret rubbish");
    let mut other_kind = alice().clone();
    other_kind.private_key = Certificate::self_signed("host").unwrap().private_key;
    let empty = Certificate { chain: vec![], private_key: Secret::new(key(0)) };
    let mut pem = alice().clone();
    pem.chain[0] = b"-----BEGIN CERTIFICATE-----".to_vec();
    let mut huge = alice().clone();
    huge.chain[0].resize(20_000, 0);
    for (certificate, words) in [
        (other_key, "another certificate"),
        (no_key.clone(), "private key cannot be read"),
        (empty, "none in the chain"),
        (pem, "DER"),
        (huge, "16 KiB"),
        (recipe("a/b", 0).make(), "slash"),
        (recipe("\u{f6}", 0).make(), "ASCII"),
    ] {
        let error = with(certificate);
        assert_eq!(error.status(), Status::CERT_UNKNOWN, "{words}");
        assert!(error.context().contains(words), "{words}: {error}");
    }
    assert!(!with(no_key).to_string().contains("rubbish"));
    assert_eq!(with(other_kind).status(), Status::UNSUPPORTED_FUNCTION);
    let mut nameless = recipe("", 0);
    nameless.common_name = None;
    assert_eq!(with(nameless.make()).status(), Status::CERT_UNKNOWN);
    let mut signs_not = recipe("alice", 0);
    signs_not.usages = vec![KeyUsagePurpose::KeyEncipherment];
    let mut serves = recipe("alice", 0);
    serves.purposes = vec![ExtendedKeyUsagePurpose::ServerAuth];
    for recipe in [signs_not, serves] {
        assert_eq!(with(recipe.make()).status(), Status::CERT_WRONG_USAGE);
    }
    // What is trusted has to be readable too.
    let rubbish = Identity::trusted_roots([b"rubbish".to_vec()]);
    let error = error(vec![Identity::Certificate(alice().clone()), rubbish]);
    assert_eq!(error.status(), Status::CERT_UNKNOWN);
    let many = Identity::trusted_roots(vec![alice().chain[0].clone(); 257]);
    let identities = vec![Identity::Certificate(alice().clone()), many];
    let error = accept("PKU2U").credential(identities).start().unwrap_err();
    assert_eq!(error.status(), Status::INVALID_PARAMETER);
    // The key may be in PKCS#1.
    let pkcs1 = picky::key::PrivateKey::from_pkcs8(key(0)).unwrap().to_pkcs1().unwrap();
    let mut certificate = alice().clone();
    certificate.private_key = Secret::new(&pkcs1);
    establish(client_with(&certificate, server_certificate()), server()).unwrap();
}

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

#[test]
fn flags_are_what_the_context_has() {
    for flags in [ContextFlags::DATAGRAM, ContextFlags::STREAM, ContextFlags::DCE_STYLE] {
        let error = client().require(flags).start().unwrap().next().unwrap_err();
        assert_eq!(error.status(), Status::UNSUPPORTED_FUNCTION, "{flags:?}");
        let error = server().require(flags).start().unwrap().step(Some(b"x")).unwrap_err();
        assert_eq!(error.status(), Status::UNSUPPORTED_FUNCTION, "{flags:?}");
    }
    for flags in [ContextFlags::DELEGATE, ContextFlags::IDENTIFY] {
        let failure = refused(client().require(flags), server());
        assert_eq!(failure.error.status(), Status::SECURITY_QOS_FAILED, "{flags:?}");
        let (client, _) = establish(client().request(flags), server()).unwrap();
        assert!(!client.flags().contains(flags));
    }
}

#[test]
fn channel_bindings_are_compared() {
    use BindingsChecked::{No, Sent, Verified};
    use ChannelBindingPolicy::{Always, Never, WhenSupported};
    let bindings = |text: &str| ChannelBindings::new(text.as_bytes());
    for (clients, servers, policy, expected) in [
        (Some("x"), Some("x"), WhenSupported, Some((Sent, Verified))),
        (Some("x"), Some("x"), Always, Some((Sent, Verified))),
        (Some("x"), Some("y"), WhenSupported, None),
        (Some("x"), Some("y"), Always, None),
        (None, Some("y"), WhenSupported, Some((No, No))),
        (None, Some("y"), Always, None),
        (None, Some("y"), Never, Some((No, No))),
        (None, None, WhenSupported, Some((No, No))),
        // What the client sent cannot be seen, and so not be passed over either.
        (Some("x"), None, WhenSupported, None),
        (Some("x"), Some("x"), Never, None),
    ] {
        let case = format!("{clients:?} {servers:?} {policy:?}");
        let (mut client, mut server) = (client(), server().binding_policy(policy));
        if let Some(text) = clients {
            client = client.channel_bindings(bindings(text));
        }
        if let Some(text) = servers {
            server = server.channel_bindings(bindings(text));
        }
        let (mut client, mut server) = (client.start().unwrap(), server.start().unwrap());
        match (run(&mut client, &mut server), expected) {
            (Ok(_), Some((sent, checked))) => {
                let (mut client, mut server) =
                    (client.into_context().unwrap(), server.into_context().unwrap());
                assert_eq!(
                    (client.bindings_checked(), server.bindings_checked()),
                    (sent, checked),
                    "{case}"
                );
                let sealed = client.wrap(b"x").unwrap();
                assert_eq!(server.unwrap(&sealed).unwrap(), b"x", "{case}");
            }
            (Err(failure), None) => {
                let found = (failure.side, failure.error.status());
                assert_eq!(found, (Side::Acceptor, Status::BAD_BINDINGS), "{case}");
            }
            (other, _) => panic!("{case}: {other:?}"),
        }
    }
    let never = client().channel_bindings(bindings("x")).binding_policy(Never);
    let (client, _) = establish(never, server()).unwrap();
    assert_eq!(client.bindings_checked(), No);
    let error = self::client().binding_policy(Always).start().unwrap().next().unwrap_err();
    assert_eq!(error.status(), Status::BAD_BINDINGS);
    let error = server().binding_policy(Always).start().unwrap().step(Some(b"x")).unwrap_err();
    assert_eq!(error.status(), Status::BAD_BINDINGS);
}

#[test]
fn a_server_lets_in_only_who_meant_it() {
    let (_, context) =
        establish(client(), server().accepted_targets(["http/SERVER.example.com"])).unwrap();
    assert_eq!(context.target(), Some(TARGET));
    let failure = refused(client(), server().accepted_targets(["HTTP/other.example.com"]));
    assert_eq!((failure.side, failure.error.status()), (Side::Acceptor, Status::WRONG_PRINCIPAL));
}

#[test]
fn negotiate_offers_it_only_where_it_is_listed() {
    let both = |own: &Certificate, peer: &Certificate, ntlm: Identity| {
        let mut identities = trusting(own, &[peer]);
        identities.push(ntlm);
        identities
    };
    let negotiate =
        || {
            let password = Identity::password(support::USER, support::PASSWORD);
            let accounts = Identity::accounts(support::accounts());
            (
                initiate("Negotiate")
                    .registry(&registry(1, "client.example.com"))
                    .target(TARGET)
                    .credential(both(alice(), server_certificate(), password)),
                accept("Negotiate")
                    .registry(&registry(0x80, "server.example.com"))
                    .credential(both(server_certificate(), alice(), accounts)),
            )
        };
    let chosen = |context: &Context| context.negotiation().unwrap().chosen.clone().unwrap();
    let offered = |context: &Context| context.negotiation().unwrap().offered.join(" ");
    let (client, server) = negotiate();
    let (client, server) = establish(client, server).unwrap();
    assert_eq!((&*chosen(&client), &*chosen(&server)), ("NTLM", "NTLM"));
    assert_eq!((&*offered(&client), &*offered(&server)), ("NTLM", "NTLM"));
    // Where only one side lists it, or the server likes another better, they go on without.
    for servers in [&["NTLM"][..], &["NTLM", "PKU2U"]] {
        let (client, server) = negotiate();
        let server = server.packages(servers.iter().copied());
        let (client, _) = establish(client.packages(["PKU2U", "NTLM"]), server).unwrap();
        assert_eq!((&*offered(&client), &*chosen(&client)), ("PKU2U NTLM", "NTLM"));
    }
    for (clients, servers) in [
        (&["PKU2U"][..], &["PKU2U"][..]),
        (&["PKU2U", "NTLM"], &["PKU2U", "NTLM"]),
        (&["NTLM", "PKU2U"], &["PKU2U"]),
    ] {
        let (client, server) = negotiate();
        let (client, server) =
            (client.packages(clients.iter().copied()), server.packages(servers.iter().copied()));
        let (mut client, mut server) = establish(client, server).unwrap();
        assert_eq!((&*chosen(&client), &*chosen(&server)), ("PKU2U", "PKU2U"), "{clients:?}");
        assert_eq!(server.client().to_string(), r"alice\alice");
        // Signatures were made of the list, in the last case; the numbers go on from there.
        assert_eq!(client.negotiation().unwrap().list_was_signed, clients[0] == "NTLM");
        for _ in 0..2 {
            let sealed = client.wrap(b"hello").unwrap();
            assert_eq!(server.unwrap(&sealed).unwrap(), b"hello");
            let signature = server.sign(b"hello").unwrap();
            client.verify(b"hello", &signature).unwrap();
        }
    }
    // CredSSP has no certificates for what is inside it.
    let error = initiate("CREDSSP")
        .target(TARGET)
        .credential(trusting(alice(), &[server_certificate()]))
        .packages(["PKU2U"])
        .start()
        .unwrap_err();
    assert_eq!(error.status(), Status::NO_CREDENTIALS, "{error}");
}

/// The `sspi` crate's own client, which can be told to lie.
struct Stranger {
    context: sspi::Pku2u,
}

impl Stranger {
    fn new(certificate: &Certificate, key: &[u8]) -> Self {
        let certificate = picky_asn1_der::from_bytes(&certificate.chain[0]).unwrap();
        let key = picky::key::PrivateKey::from_pkcs8(key).unwrap();
        let config = sspi::Pku2uConfig::new(certificate, key, "stranger".to_owned());
        Self { context: sspi::Pku2u::new_client_from_config(config).unwrap() }
    }

    fn step(&mut self, token: Vec<u8>) -> (sspi::SecurityStatus, Vec<u8>) {
        use sspi::{BufferType, ClientRequestFlags, SecurityBuffer, Sspi, SspiImpl};
        let mut credentials = None;
        let mut input = [SecurityBuffer::new(token, BufferType::Token)];
        let mut output = [SecurityBuffer::new(Vec::new(), BufferType::Token)];
        let mut builder = self
            .context
            .initialize_security_context()
            .with_credentials_handle(&mut credentials)
            .with_context_requirements(ClientRequestFlags::MUTUAL_AUTH)
            .with_target_data_representation(sspi::DataRepresentation::Native)
            .with_target_name(TARGET)
            .with_input(&mut input)
            .with_output(&mut output);
        let status = self
            .context
            .initialize_security_context_impl(&mut builder)
            .unwrap()
            .resolve_to_result()
            .unwrap()
            .status;
        (status, output[0].buffer.clone())
    }

    /// Encrypts or decrypts a message in place.
    fn pass(&mut self, token: &mut [u8], data: &mut [u8], encrypts: bool) {
        use sspi::{EncryptionFlags, SecurityBufferRef, Sspi};
        let message = &mut [SecurityBufferRef::token_buf(token), SecurityBufferRef::data_buf(data)];
        if encrypts {
            self.context.encrypt_message(EncryptionFlags::empty(), message).unwrap();
        } else {
            self.context.decrypt_message(message).unwrap();
        }
    }

    /// Runs against a server, until it is let in or the server has had enough.
    fn run(&mut self, server: &mut Handshake) -> Result<(), Error> {
        let mut token = Vec::new();
        for _ in 0..4 {
            let (status, sent) = self.step(token);
            if status == sspi::SecurityStatus::Ok {
                return Ok(());
            }
            let Step::SendToken(answer) = server.step(Some(&sent))? else { panic!("no answer") };
            token = answer;
        }
        panic!("no end");
    }
}

#[test]
fn the_crate_itself_is_a_client_of_negotiate_and_has_to_have_the_key() {
    let server = || {
        accept("Negotiate")
            .packages(["PKU2U"])
            .registry(&registry(0x80, "server.example.com"))
            .credential(trusting(server_certificate(), &[alice()]))
            .start()
            .unwrap()
    };
    let (mut honest, mut stranger) = (server(), Stranger::new(alice(), key(0)));
    stranger.run(&mut honest).unwrap();
    let mut context = honest.into_context().unwrap();
    assert_eq!(context.client().to_string(), r"alice\alice");
    let (mut token, mut data) = ([0; 76], *b"from the crate");
    stranger.pass(&mut token, &mut data, true);
    assert_ne!(&data, b"from the crate");
    assert_eq!(context.unwrap(&[&token[..], &data].concat()).unwrap(), b"from the crate");
    let sealed = context.wrap(b"to the crate").unwrap();
    let (mut token, mut data) = (sealed[..76].to_vec(), sealed[76..].to_vec());
    stranger.pass(&mut token, &mut data, false);
    assert_eq!(data, b"to the crate");
    // Alice's certificate is no secret.
    let mut fooled = server();
    let error = Stranger::new(alice(), key(1)).run(&mut fooled).unwrap_err();
    assert_eq!(error.status(), Status::INVALID_TOKEN, "{error}");
    assert!(error.context().contains("signature"), "{error}");
    assert!(!fooled.done());
}

thread_local! {
    /// How much was said on this thread.
    static HEARD: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Listens to everything that is said anywhere.
struct Listener;

impl tracing::Subscriber for Listener {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        HEARD.set(HEARD.get() + 1);
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, _: &tracing::Event<'_>) {
        HEARD.set(HEARD.get() + 1);
    }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

#[test]
fn no_log_hears_of_it() {
    tracing::subscriber::set_global_default(Listener).unwrap();
    // The crate by itself does talk.
    Stranger::new(alice(), key(0)).step(Vec::new());
    let before = HEARD.get();
    assert!(before > 0);
    let (mut client, mut server) = pair();
    let sealed = client.wrap(b"hello").unwrap();
    server.unwrap(&sealed).unwrap();
    refused(client_with(&recipe("alice", 1).make(), server_certificate()), self::server());
    assert_eq!(HEARD.get(), before, "keys and messages would be in the log");
    tracing::info!("the application's own");
    assert_eq!(HEARD.get(), before + 1);
}

#[test]
fn handshakes_move_between_threads() {
    let threads = (0..4).map(|_| std::thread::spawn(|| drop(pair())));
    threads.for_each(|thread| thread.join().unwrap());
}
