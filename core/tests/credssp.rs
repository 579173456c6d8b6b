//! CredSSP: both ends in one process, and everything that somebody in between can try.
#![cfg(feature = "credssp")]

#[path = "support/between.rs"]
mod between;
mod support;

use anysspi::raw::{Attribute, AttributeValue};
use anysspi::{
    AcceptBuilder, Allow, Certificate, Context, ContextFlags, Delegated, DelegationPolicy, Error,
    Handshake, Identity, InitiateBuilder, ProtocolCode, Secret, Side, SmartCard, Status, Step,
    UserName, accept, initiate,
};
use between::{
    AUTH_INFO, ERROR_CODE, Fate, Fields, NEGO_TOKENS, NONCE, PUB_KEY_AUTH, Tls, VERSION, between,
    tlv,
};
use rustls::version::{TLS12, TLS13};
use std::sync::OnceLock;
use support::{PASSWORD, USER, accounts, registry};

const TARGET: &str = "TERMSRV/server.example.com";

fn certificate() -> &'static Certificate {
    static CERTIFICATE: OnceLock<Certificate> = OnceLock::new();
    CERTIFICATE.get_or_init(|| Certificate::self_signed("server.example.com").unwrap())
}

fn client_with(password: &str) -> InitiateBuilder {
    initiate("CREDSSP")
        .registry(&registry(1, "client.example.com"))
        .target(TARGET)
        .credential(Identity::password(USER, password))
        .require(ContextFlags::DELEGATE)
}

fn client() -> InitiateBuilder {
    client_with(PASSWORD)
}

fn server() -> AcceptBuilder {
    accept("CREDSSP").registry(&registry(0x80, "server.example.com")).credential(vec![
        Identity::accounts(accounts()),
        Identity::Certificate(certificate().clone()),
    ])
}

/// Runs both ends until both are done, in pieces of at most so many bytes.
fn run_in_pieces(
    client: &mut Handshake,
    server: &mut Handshake,
    size: usize,
) -> Result<(), (Side, Error)> {
    let feed = |handshake: &mut Handshake, bytes: &[u8]| -> Result<Vec<u8>, (Side, Error)> {
        let mut answer = Vec::new();
        let side = handshake.side();
        for piece in bytes.chunks(size) {
            assert!(!handshake.done(), "{side:?} is done and more comes");
            match handshake.step(Some(piece)).map_err(|error| (side, error))? {
                Step::SendToken(token) => answer.extend(token),
                _ => assert!(handshake.done()),
            }
        }
        Ok(answer)
    };
    let Step::SendToken(mut token) = client.next().map_err(|error| (Side::Initiator, error))?
    else {
        panic!("no first token");
    };
    for _ in 0..20 {
        let answer = feed(server, &token)?;
        if client.done() && server.done() {
            // TLS 1.3 has tickets for the client, which are none of the handshake's.
            return Ok(());
        }
        token = feed(client, &answer)?;
    }
    panic!("no end: {client:?} {server:?}");
}

fn contexts(client: InitiateBuilder, server: AcceptBuilder) -> (Context, Context) {
    let (mut client, mut server) = (client.start().unwrap(), server.start().unwrap());
    run_in_pieces(&mut client, &mut server, usize::MAX).unwrap();
    assert!(client.extra().is_empty() && server.extra().is_empty());
    (client.into_context().unwrap(), server.into_context().unwrap())
}

fn password() -> Delegated {
    Delegated::Password { name: UserName::parse(USER), password: Secret::from(PASSWORD) }
}

#[test]
fn the_password_arrives_once_and_the_contexts_say_what_they_have() {
    let (mut client, mut server) = contexts(client(), server());
    assert_eq!(server.client().to_string(), USER);
    assert_eq!(client.package().name, "CREDSSP");
    assert_eq!(server.delegated().unwrap(), password());
    assert_eq!(server.delegated().unwrap_err().status(), Status::NO_CREDENTIALS);
    assert_eq!(client.delegated().unwrap_err().status(), Status::NO_CREDENTIALS);
    let both = ContextFlags::default()
        | ContextFlags::STREAM
        | ContextFlags::CONNECTION
        | ContextFlags::DELEGATE;
    assert!(client.flags().contains(both | ContextFlags::MANUAL_CRED_VALIDATION));
    assert!(server.flags().contains(both));
    let own = AttributeValue::Certificates(certificate().chain.clone());
    assert_eq!(client.query(Attribute::REMOTE_CERT_CONTEXT).unwrap(), own);
    assert_eq!(server.query(Attribute::LOCAL_CERT_CONTEXT).unwrap(), own);
    for (context, attribute) in
        [(&client, Attribute::LOCAL_CERT_CONTEXT), (&server, Attribute::REMOTE_CERT_CONTEXT)]
    {
        assert_eq!(context.query(attribute).unwrap_err().status(), Status::NO_CREDENTIALS);
    }
    for context in [&client, &server] {
        let AttributeValue::ConnectionInfo(info) =
            context.query(Attribute::CONNECTION_INFO).unwrap()
        else {
            panic!("another answer");
        };
        assert_eq!((info.version, info.version_name), (0x0304, "TLS 1.3"));
        assert!(!info.is_resumed && info.cipher_suite_name.starts_with("TLS13_"));
        let AttributeValue::NegotiationInfo { package, .. } =
            context.query(Attribute::NEGOTIATION_INFO).unwrap()
        else {
            panic!("another answer");
        };
        assert_eq!(package.name, "NTLM");
        assert!(matches!(
            context.query(Attribute::ENDPOINT_BINDINGS).unwrap(),
            AttributeValue::Bytes(bindings) if bindings.ends_with(&end_point())
        ));
        let error = context.query(Attribute::ISSUER_LIST_EX).unwrap_err();
        assert_eq!(error.status(), Status::UNSUPPORTED_FUNCTION);
        let AttributeValue::StreamSizes(sizes) = context.query(Attribute::STREAM_SIZES).unwrap()
        else {
            panic!("another answer");
        };
        assert_eq!((sizes.header, sizes.trailer, sizes.maximum_message), (5, 17, 16_384));
        let AttributeValue::Names(name) = context.query(Attribute::NAMES).unwrap() else {
            panic!("another answer");
        };
        assert_eq!(name, USER);
    }
}

fn end_point() -> Vec<u8> {
    let bindings = anysspi::ChannelBindings::of_certificate(&certificate().chain[0]).unwrap();
    bindings.application_data().to_vec()
}

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
        for piece in sealed.chunks(size.max(64)) {
            opened.extend(server.unwrap(piece).unwrap());
        }
        assert_eq!(opened, vec![7; 20_000]);
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
fn nothing_is_delegated_unless_it_is_asked_for() {
    let (client, mut server) = contexts(client().without(ContextFlags::DELEGATE), server());
    assert_eq!(server.delegated().unwrap(), Delegated::Nothing);
    assert!(!client.flags().contains(ContextFlags::DELEGATE));
    assert!(!server.flags().contains(ContextFlags::DELEGATE));
    // A server that requires it says so.
    let failing = server_requires_delegation();
    assert_eq!(failing.status(), Status::SECURITY_QOS_FAILED);
}

fn server_requires_delegation() -> Error {
    let mut client = client().without(ContextFlags::DELEGATE).start().unwrap();
    let mut server = server().require(ContextFlags::DELEGATE).start().unwrap();
    run_in_pieces(&mut client, &mut server, usize::MAX).unwrap_err().1
}

#[test]
fn a_smart_card_is_passed_through() {
    let card = SmartCard {
        pin: Secret::from("1234"),
        key_spec: 1,
        card: Some("card".to_owned()),
        reader: Some("reader".to_owned()),
        container: None,
        provider: Some("provider".to_owned()),
        user_hint: None,
        domain_hint: None,
    };
    let identities = vec![Identity::password(USER, PASSWORD), Identity::SmartCard(card.clone())];
    let (_, mut server) = contexts(client().credential(identities), server());
    assert_eq!(server.delegated().unwrap(), Delegated::SmartCard(card));
}

#[test]
fn the_policy_decides_after_the_proof_and_before_anything_is_sent() {
    for (policy, status) in [
        (DelegationPolicy::nowhere(), Status::DELEGATION_POLICY),
        (DelegationPolicy::nowhere().allowing(["WSMAN/*"]), Status::DELEGATION_POLICY),
        (DelegationPolicy::nowhere().allowing(["TERMSRV/*"]), Status::POLICY_NLTM_ONLY),
        (
            DelegationPolicy::nowhere().allowing(["*"]).allowing_ntlm_only(["TERMSRV/other*"]),
            Status::POLICY_NLTM_ONLY,
        ),
    ] {
        let mut client = client().delegation(policy).start().unwrap();
        let mut server = server().start().unwrap();
        let (side, error) = run_in_pieces(&mut client, &mut server, usize::MAX).unwrap_err();
        assert_eq!((side, error.status()), (Side::Initiator, status), "{error}");
        // The server is told that nothing more comes.
        let error = server.step(error.token()).unwrap_err();
        assert_eq!(error.status(), Status::CONTEXT_EXPIRED);
    }
    let policy = DelegationPolicy::nowhere().allowing_ntlm_only(["termsrv/*.example.com"]);
    let (_, mut server) = contexts(client().delegation(policy), server());
    assert_eq!(server.delegated().unwrap(), password());
}

#[test]
fn a_hash_authenticates_and_cannot_be_delegated() {
    // MD4 of the password in UTF-16LE.
    let hash = support::unhex("fc525c9683e8fe067095ba2ddc971889");
    let identity = Identity::nt_hash(USER, hash.try_into().unwrap());
    let mut client = client().credential(identity.clone()).start().unwrap();
    let mut acceptor = server().start().unwrap();
    let (side, error) = run_in_pieces(&mut client, &mut acceptor, usize::MAX).unwrap_err();
    assert_eq!((side, error.status()), (Side::Initiator, Status::NO_CREDENTIALS), "{error}");
    let without = client_with("").credential(identity).without(ContextFlags::DELEGATE);
    let (_, mut server) = contexts(without, server());
    assert_eq!(server.delegated().unwrap(), Delegated::Nothing);
}

#[test]
fn a_wrong_password_and_an_unknown_user_are_told_the_same() {
    let unknown = initiate("CREDSSP")
        .target(TARGET)
        .credential(Identity::password(r"CORP\mallory", PASSWORD));
    for client in [client_with("wrong"), unknown] {
        let (mut client, mut server) = (client.start().unwrap(), server().start().unwrap());
        let (side, refused) = run_in_pieces(&mut client, &mut server, usize::MAX).unwrap_err();
        assert_eq!((side, refused.status()), (Side::Acceptor, Status::LOGON_DENIED), "{refused}");
        let error = client.step(refused.token()).unwrap_err();
        assert_eq!(error.status(), Status::LOGON_DENIED);
        assert_eq!(error.code(), Some(ProtocolCode::NtStatus(0xC000_006D)));
        // A failed handshake stays failed.
        assert_eq!(client.next().unwrap_err().status(), Status::LOGON_DENIED);
    }
}

#[test]
fn a_target_is_needed_and_flags_are_judged() {
    let start = |client: InitiateBuilder| {
        let mut client = client.start().unwrap();
        client.next().unwrap_err().status()
    };
    let nameless = || initiate("CREDSSP").credential(Identity::password(USER, PASSWORD));
    assert_eq!(start(nameless()), Status::TARGET_UNKNOWN);
    assert_eq!(start(nameless().target("TERMSRV/two words")), Status::TARGET_UNKNOWN);
    for flag in [
        ContextFlags::DATAGRAM,
        ContextFlags::DCE_STYLE,
        ContextFlags::NULL_SESSION,
        ContextFlags::IDENTIFY,
        ContextFlags::USE_SESSION_KEY,
    ] {
        assert_eq!(start(client().request(flag)), Status::UNSUPPORTED_FUNCTION);
    }
    let error = initiate("CREDSSP").target(TARGET).start().unwrap_err();
    assert_eq!(error.status(), Status::NO_CREDENTIALS);
}

/// How the client and the server came out, and the TSRequests.
type Ends = (Result<(), Error>, Result<(), Error>, Vec<Vec<u8>>);

/// Somebody in between who has the server's own certificate and key: what TLS keeps out is let in, and
/// only CredSSP is left to notice.
fn tampered(change: impl FnMut(Side, usize, Fields) -> Fields) -> Ends {
    let mut change = change;
    let (mut client, mut server) = (client().start().unwrap(), server().start().unwrap());
    let outcome =
        between(&TLS13, certificate(), &mut client, &mut server, |side, number, request| {
            Fate::Pass(change(side, number, Fields::read(&request)).write())
        });
    if outcome.server.is_ok() && server.done() {
        assert!(outcome.client.is_ok());
    }
    (outcome.client, outcome.server, outcome.requests)
}

fn status(result: Result<(), Error>) -> Status {
    result.expect_err("a refusal").status()
}

#[test]
fn what_is_not_changed_passes_in_both_versions_of_tls() {
    for version in [&TLS12, &TLS13] {
        let (mut client, mut server) = (client().start().unwrap(), server().start().unwrap());
        let outcome = between(version, certificate(), &mut client, &mut server, |_, _, request| {
            Fate::Pass(Fields::read(&request).write())
        });
        outcome.client.unwrap();
        outcome.server.unwrap();
        assert!(client.done());
        let mut server = server.into_context().unwrap();
        assert_eq!(server.delegated().unwrap(), password());
        // Nothing in clear inside TLS either, neither as text nor as UTF-16.
        let wide: Vec<u8> = PASSWORD.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for request in &outcome.requests {
            assert!(!request.windows(wide.len()).any(|part| part == wide));
            assert!(!request.windows(PASSWORD.len()).any(|part| part == PASSWORD.as_bytes()));
        }
    }
}

#[test]
fn another_key_in_between_is_found_out_and_nothing_is_delegated() {
    let other = Certificate::self_signed("server.example.com").unwrap();
    for version in [&TLS12, &TLS13] {
        let (mut client, mut server) = (client().start().unwrap(), server().start().unwrap());
        let outcome =
            between(version, &other, &mut client, &mut server, |_, _, request| Fate::Pass(request));
        assert_eq!(status(outcome.server), Status::BAD_BINDINGS);
        assert_eq!(status(outcome.client), Status::BAD_BINDINGS);
        assert!(outcome.requests.iter().all(|request| !Fields::read(request).has(AUTH_INFO)));
    }
}

#[test]
fn a_server_that_does_not_prove_its_key_gets_nothing() {
    // The answer is dropped, changed, the client's own, or of an old version.
    for change in 0..4 {
        let mut asked = Vec::new();
        let (client, _, requests) = tampered(|side, _, fields| {
            if side == Side::Initiator && fields.has(PUB_KEY_AUTH) {
                asked = fields.get(PUB_KEY_AUTH).to_vec();
            }
            if side == Side::Acceptor && fields.has(PUB_KEY_AUTH) {
                return match change {
                    0 => fields.without(PUB_KEY_AUTH),
                    1 => fields.flipped(PUB_KEY_AUTH),
                    2 => fields.with(PUB_KEY_AUTH, &asked),
                    _ => fields.with(VERSION, &[2, 1, 2]),
                };
            }
            fields
        });
        let expected = match change {
            0 | 3 => Status::INVALID_TOKEN,
            _ => Status::MUTUAL_AUTH_FAILED,
        };
        assert_eq!(status(client), expected, "{change}");
        assert!(requests.iter().all(|request| !Fields::read(request).has(AUTH_INFO)), "{change}");
    }
}

#[test]
fn a_downgraded_version_is_refused_by_both() {
    for old in [2, 3, 4] {
        for target in [Side::Initiator, Side::Acceptor] {
            let (client, server, requests) =
                tampered(
                    |side, _, fields| {
                        if side == target { fields.with(VERSION, &[2, 1, old]) } else { fields }
                    },
                );
            let result = if target == Side::Initiator { server } else { client };
            assert_eq!(status(result), Status::ALGORITHM_MISMATCH, "{old} {target:?}");
            assert!(requests.iter().all(|request| !Fields::read(request).has(AUTH_INFO)));
        }
    }
    for nonsense in [&[2, 1, 0][..], &[2, 1, 1], &[2, 1, 0xFF], &[4, 1, 6]] {
        let (_, server, _) = tampered(|side, _, fields| match side {
            Side::Initiator => fields.with(VERSION, nonsense),
            Side::Acceptor => fields,
        });
        assert_eq!(status(server), Status::INVALID_TOKEN);
    }
    // From the second message on.
    let (_, server, _) = tampered(|side, number, fields| match (side, number) {
        (Side::Initiator, 1..) => fields.with(VERSION, &[2, 1, 5]),
        _ => fields,
    });
    assert_eq!(status(server), Status::INVALID_TOKEN);
}

#[test]
fn version_5_and_higher_ones_pass() {
    for version in [5, 7] {
        let (client, server, _) = tampered(|_, _, fields| fields.with(VERSION, &[2, 1, version]));
        client.unwrap();
        server.unwrap();
    }
}

#[test]
fn old_versions_pass_where_both_allow_them_by_name() {
    for version in [2, 3, 4] {
        let old = Allow::OLD_CREDSSP;
        let (mut client, mut server) =
            (client().allow(old).start().unwrap(), server().allow(old).start().unwrap());
        let outcome = between(&TLS13, certificate(), &mut client, &mut server, |_, _, request| {
            Fate::Pass(Fields::read(&request).with(VERSION, &[2, 1, version]).write())
        });
        outcome.client.unwrap();
        outcome.server.unwrap();
        assert_eq!(server.into_context().unwrap().delegated().unwrap(), password());
        assert!(outcome.requests.iter().all(|request| !Fields::read(request).has(NONCE)));
    }
}

#[test]
fn an_acceptor_takes_no_field_away_no_field_added_and_none_changed() {
    type Change = fn(usize, Fields) -> Fields;
    let proof: fn(&Fields) -> bool = |fields| fields.has(PUB_KEY_AUTH);
    let cases: &[(&str, Change, Status)] = &[
        ("no token", |_, fields| fields.without(NEGO_TOKENS), Status::INVALID_TOKEN),
        ("no proof", |_, fields| fields.without(PUB_KEY_AUTH), Status::INVALID_TOKEN),
        ("no nonce", |_, fields| fields.without(NONCE), Status::INVALID_TOKEN),
        (
            "another nonce",
            |_, fields| if fields.has(NONCE) { fields.flipped(NONCE) } else { fields },
            Status::BAD_BINDINGS,
        ),
        (
            "another proof",
            |_, fields| {
                if fields.has(PUB_KEY_AUTH) { fields.flipped(PUB_KEY_AUTH) } else { fields }
            },
            Status::MESSAGE_ALTERED,
        ),
        ("no credentials", |_, fields| fields.without(AUTH_INFO), Status::INVALID_TOKEN),
        (
            "other credentials",
            |_, fields| if fields.has(AUTH_INFO) { fields.flipped(AUTH_INFO) } else { fields },
            Status::MESSAGE_ALTERED,
        ),
        (
            "credentials too early",
            |number, fields| {
                if number == 0 { fields.with(AUTH_INFO, &[4, 1, 7]) } else { fields }
            },
            Status::INVALID_TOKEN,
        ),
        (
            "a proof too early",
            |number, fields| {
                if number == 0 { fields.with(PUB_KEY_AUTH, &[4, 1, 7]) } else { fields }
            },
            Status::INVALID_TOKEN,
        ),
        ("an error", |_, fields| fields.with(ERROR_CODE, &[2, 1, 0]), Status::INVALID_TOKEN),
        (
            "the proof again",
            |_, fields| {
                if fields.has(AUTH_INFO) { fields.with(PUB_KEY_AUTH, &[4, 1, 7]) } else { fields }
            },
            Status::INVALID_TOKEN,
        ),
    ];
    assert!(!proof(&Fields(Vec::new())));
    for (name, change, expected) in cases {
        let (_, server, _) = tampered(|side, number, fields| match side {
            Side::Initiator => change(number, fields),
            Side::Acceptor => fields,
        });
        assert_eq!(status(server), *expected, "{name}");
    }
}

#[test]
fn a_recorded_exchange_does_not_authenticate_again() {
    let mut recorded: Vec<Fields> = Vec::new();
    let (client, server, _) = tampered(|side, _, fields| {
        if side == Side::Initiator {
            recorded.push(fields.clone());
        }
        fields
    });
    client.unwrap();
    server.unwrap();
    // The whole of it, with its nonce; and the proof alone.
    for from in [0, 1, 2, 3] {
        let mut server_handshake = server_on_other_challenge();
        // Other randomness: the same would make the same session key and with it a genuine proof.
        let other = registry(0x77, "client.example.com");
        let mut client = self::client().registry(&other).start().unwrap();
        let outcome = between(
            &TLS13,
            certificate(),
            &mut client,
            &mut server_handshake,
            |side, number, request| match side {
                Side::Initiator if number >= from => {
                    Fate::Pass(recorded.get(number).map_or(request, Fields::write))
                }
                _ => Fate::Pass(request),
            },
        );
        let refused = outcome.server.expect_err("a replay");
        assert!(
            matches!(refused.status(), Status::LOGON_DENIED | Status::MESSAGE_ALTERED),
            "{from}: {refused}"
        );
    }
}

/// The challenges of the fixed surroundings differ by their first byte.
fn server_on_other_challenge() -> Handshake {
    server().registry(&registry(0x33, "server.example.com")).start().unwrap()
}

#[test]
fn a_refusal_is_understood_whatever_comes_with_it() {
    for (code, expected) in [
        (0xC000_006D_u32, Status::LOGON_DENIED),
        (0xC000_005E, Status::NO_AUTHENTICATING_AUTHORITY),
        (0x8009_0303, Status::TARGET_UNKNOWN),
        (0x8009_0322, Status::WRONG_PRINCIPAL),
        // Never one that the caller would take for a request for more bytes, or for success.
        (0x8009_0318, Status::LOGON_DENIED),
        (0, Status::LOGON_DENIED),
    ] {
        for leg in 0..3 {
            let (client, _, _) = tampered(|side, number, fields| {
                if side == Side::Acceptor && number == leg {
                    let code = code.to_be_bytes();
                    let field = if code == [0; 4] { vec![2, 1, 0] } else { between::tlv(2, &code) };
                    return fields.with(ERROR_CODE, &field);
                }
                fields
            });
            let error = client.expect_err("a refusal");
            assert_eq!(error.status(), expected, "{code:x} {leg}");
            assert_eq!(error.code(), Some(ProtocolCode::NtStatus(code)));
        }
    }
}

#[test]
fn an_early_close_and_bytes_without_tls_end_every_leg() {
    for target in [Side::Initiator, Side::Acceptor] {
        for leg in 0..3 {
            for bare in
                [None, Some(&b"\x30\x05\xA0\x03\x02\x01\x06"[..]), Some(b"\x17\x03\x03\x00\x02ab")]
            {
                let (mut client, mut server) =
                    (client().start().unwrap(), server().start().unwrap());
                let outcome = between(
                    &TLS13,
                    certificate(),
                    &mut client,
                    &mut server,
                    |side, number, request| match bare {
                        _ if side != target || number != leg => Fate::Pass(request),
                        None => Fate::Close,
                        Some(bare) => Fate::Bare(bare.to_vec()),
                    },
                );
                let result =
                    if target == Side::Initiator { outcome.server } else { outcome.client };
                let error = result.expect_err("an end");
                let expected = match bare {
                    None => Status::CONTEXT_EXPIRED,
                    Some([0x30, ..]) => Status::INVALID_TOKEN,
                    Some(_) => Status::MESSAGE_ALTERED,
                };
                assert_eq!(error.status(), expected, "{target:?} {leg} {bare:?} {error}");
            }
        }
    }
}

#[test]
fn garbage_inside_tls_is_refused_with_a_word_to_the_peer() {
    for garbage in [
        &b"GET / HTTP/1.1\r\n\r\n"[..],
        b"\x30\x80\xA0\x03\x02\x01\x06\0\0",
        b"\x30\x84\xFF\xFF\xFF\xFF",
        b"\x30\x00",
        &[0x30; 5000],
    ] {
        for target in [Side::Initiator, Side::Acceptor] {
            let (mut client, mut server) = (client().start().unwrap(), server().start().unwrap());
            let outcome =
                between(&TLS13, certificate(), &mut client, &mut server, |side, _, request| {
                    Fate::Pass(if side == target { garbage.to_vec() } else { request })
                });
            let result = if target == Side::Initiator { outcome.server } else { outcome.client };
            let error = result.expect_err("garbage");
            assert_eq!(error.status(), Status::INVALID_TOKEN);
            assert!(error.token().is_some_and(|token| !token.is_empty()));
        }
    }
    // A TSRequest that never ends is not waited for beyond its limit.
    let (mut client, mut server) = (client().start().unwrap(), server().start().unwrap());
    let outcome = between(&TLS13, certificate(), &mut client, &mut server, |_, _, _| {
        Fate::Pass([&[0x30, 0x82, 0xFF, 0xF0][..], &[0; 70_000]].concat())
    });
    assert_eq!(status(outcome.server), Status::INVALID_TOKEN);
}

#[test]
fn something_behind_the_last_request_is_refused() {
    for target in [Side::Initiator, Side::Acceptor] {
        let (mut client, mut server) = (client().start().unwrap(), server().start().unwrap());
        let outcome =
            between(&TLS13, certificate(), &mut client, &mut server, |side, _, request| {
                let fields = Fields::read(&request);
                let is_last =
                    fields.has(AUTH_INFO) || (side == Side::Acceptor && fields.has(PUB_KEY_AUTH));
                let behind: &[u8] = if side == target && is_last { b"\x30" } else { b"" };
                Fate::Pass([&request[..], behind].concat())
            });
        let result = if target == Side::Initiator { outcome.server } else { outcome.client };
        assert_eq!(status(result), Status::INVALID_TOKEN, "{target:?}");
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

#[test]
fn a_session_is_resumed_for_the_same_credential_and_target_only() {
    let handle = || {
        anysspi::raw::CredentialsRequest::new("CREDSSP", anysspi::Usage::OUTBOUND)
            .with_identity(Identity::password(USER, PASSWORD))
            .acquire(&registry(1, "client.example.com"))
            .unwrap()
    };
    let inbound = anysspi::raw::CredentialsRequest::new("CREDSSP", anysspi::Usage::INBOUND)
        .with_identity(Identity::accounts(accounts()))
        .with_identity(Identity::Certificate(certificate().clone()))
        .acquire(&registry(0x80, "server.example.com"))
        .unwrap();
    let resumed = |outbound: &anysspi::raw::CredentialsHandle, target: &str| {
        let mut client =
            initiate("CREDSSP").registry(&registry(1, "client.example.com")).target(target);
        client = client.credential(outbound).request(ContextFlags::DELEGATE);
        let (mut client, mut server) =
            (client.start().unwrap(), accept("CREDSSP").credential(&inbound).start().unwrap());
        run_in_pieces(&mut client, &mut server, usize::MAX).unwrap();
        let (client, mut server) = (client.into_context().unwrap(), server.into_context().unwrap());
        assert_eq!(server.delegated().unwrap(), password());
        match client.query(Attribute::CONNECTION_INFO).unwrap() {
            AttributeValue::ConnectionInfo(info) => info.is_resumed,
            other => panic!("{other:?}"),
        }
    };
    let first = handle();
    assert!(!resumed(&first, TARGET));
    assert!(resumed(&first, TARGET));
    assert!(!resumed(&first, "TERMSRV/other.example.com"));
    assert!(!resumed(&handle(), TARGET));
}

/// A certificate for a name, from rcgen itself: its first and last day, and whether it may sign.
fn made(name: &str, until: i32) -> Certificate {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new([name.to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(2000, 1, 1);
    params.not_after = rcgen::date_time_ymd(until, 1, 1);
    let made = params.self_signed(&key).unwrap();
    Certificate { chain: vec![made.der().to_vec()], private_key: Secret::new(&key.serialize_der()) }
}

#[test]
fn roots_judge_the_server_where_there_are_any() {
    let good = made("server.example.com", 2100);
    let attempt = |certificate: &Certificate, root: &Certificate| {
        let roots = Identity::trusted_roots(root.chain.clone());
        let mut client =
            client().credential(vec![Identity::password(USER, PASSWORD), roots]).start().unwrap();
        let mut server = server()
            .credential(vec![
                Identity::accounts(accounts()),
                Identity::Certificate(certificate.clone()),
            ])
            .start()
            .unwrap();
        run_in_pieces(&mut client, &mut server, usize::MAX).map(|()| client.into_context().unwrap())
    };
    let client = attempt(&good, &good).unwrap();
    assert!(!client.flags().contains(ContextFlags::MANUAL_CRED_VALIDATION));
    for (certificate, root, status) in [
        (made("other.example.com", 2100), None, Status::WRONG_PRINCIPAL),
        // The fixed clock says 2023.
        (made("server.example.com", 2020), None, Status::CERT_EXPIRED),
        (made("server.example.com", 2100), Some(&good), Status::UNTRUSTED_ROOT),
    ] {
        let (side, error) = attempt(&certificate, root.unwrap_or(&certificate)).unwrap_err();
        // A root of the same name whose signature does not fit is as unknown as any.
        let is_expected = error.status() == status
            || (status == Status::UNTRUSTED_ROOT && error.status() == Status::CERT_UNKNOWN);
        assert_eq!(side, Side::Initiator);
        assert!(is_expected, "{error:?}");
        assert!(error.token().is_some_and(|alert| !alert.is_empty()));
    }
}

#[test]
fn certificates_that_cannot_be_used_are_refused_before_anything_starts() {
    let good = certificate();
    let other = Certificate::self_signed("other.example.com").unwrap();
    let with =
        |chain: Vec<Vec<u8>>, key: &[u8]| Certificate { chain, private_key: Secret::new(key) };
    let key = good.private_key.expose();
    for bad in [
        with(Vec::new(), key),
        with(vec![Vec::new()], key),
        with(vec![b"garbage".to_vec()], key),
        with(vec![good.chain[0][..100].to_vec()], key),
        with(good.chain.clone(), b""),
        with(good.chain.clone(), b"garbage"),
        with(good.chain.clone(), other.private_key.expose()),
        with(vec![good.chain[0].clone(); 17], key),
        with(vec![good.chain[0].clone(), vec![0x30; 2 * 1024 * 1024]], key),
    ] {
        let identities = vec![Identity::accounts(accounts()), Identity::Certificate(bad)];
        let error = server().credential(identities).start().unwrap_err();
        assert_eq!(error.status(), Status::CERT_UNKNOWN, "{error}");
    }
    let roots = vec![Identity::password(USER, PASSWORD), Identity::trusted_roots([b"x".to_vec()])];
    assert_eq!(client().credential(roots).start().unwrap_err().status(), Status::CERT_UNKNOWN);
    for pem in ["", "no PEM", "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n"] {
        let error = Certificate::from_pem(pem.as_bytes()).unwrap_err();
        assert_eq!(error.status(), Status::CERT_UNKNOWN, "{pem}");
    }
    let text = |kind: &str, bytes: &[u8]| {
        format!("-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n", base64(bytes))
    };
    let chain = text("CERTIFICATE", &good.chain[0]);
    assert!(Certificate::from_pem(chain.as_bytes()).is_err());
    let whole = chain + &text("PRIVATE KEY", key);
    assert_eq!(&Certificate::from_pem(whole.as_bytes()).unwrap(), good);
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let mut number = [0; 3];
        number[..group.len()].copy_from_slice(group);
        let number = u32::from_be_bytes([0, number[0], number[1], number[2]]);
        for at in 0..4 {
            let digit = DIGITS[(number >> (18 - 6 * at)) as usize % 64];
            text.push(if at > group.len() { '=' } else { digit.into() });
        }
    }
    text
}

#[test]
fn nothing_secret_is_printed() {
    let (client, server) = contexts(client(), server());
    let shown = format!("{client:?} {server:?} {:?} {:?}", client.facts(), server.facts());
    assert!(!shown.contains(PASSWORD), "{shown}");
    assert!(!format!("{:?}", certificate()).contains("48, 129"));
}

/// A client as some of RDP's are: bare NTLM inside, and its last token together with the proof.
#[test]
fn bare_ntlm_with_the_proof_beside_its_last_token_is_taken() {
    let mut server = server().start().unwrap();
    let mut tls = Tls::client(&TLS13);
    let mut ntlm = initiate("NTLM").credential(Identity::password(USER, PASSWORD)).start().unwrap();
    let token_field = |token: &[u8]| tlv(0x30, &tlv(0x30, &tlv(0xA0, &tlv(4, token))));
    let mut exchange = |tls: &mut Tls, fields: Fields| {
        while !tls.is_up() {
            let Step::SendToken(answer) = server.step(Some(&tls.output())).unwrap() else {
                panic!()
            };
            tls.feed(&answer).unwrap();
        }
        tls.write(&fields.write());
        match server.step(Some(&tls.output())).unwrap() {
            Step::SendToken(answer) => tls.feed(&answer).unwrap(),
            _ => return None,
        }
        Some(Fields::read(&tls.read()))
    };
    let Step::SendToken(negotiate) = ntlm.next().unwrap() else { panic!() };
    assert!(negotiate.starts_with(b"NTLMSSP\0"));
    let version = Fields(vec![(VERSION, vec![2, 1, 6])]);
    let answer =
        exchange(&mut tls, version.clone().with(NEGO_TOKENS, &token_field(&negotiate))).unwrap();
    let inner = answer.get(NEGO_TOKENS);
    let challenge = &inner[inner.windows(8).position(|part| part == b"NTLMSSP\0").unwrap()..];
    let Step::SendToken(authenticate) = ntlm.step(Some(challenge)).unwrap() else { panic!() };
    let mut context = ntlm.into_context().unwrap();
    // By hand, without the code that is tested: SHA-256 over the magic, the nonce and the key.
    let (nonce, key) = ([0x5A; 32], key_of(&certificate().chain[0]));
    let proof = |magic: &[u8]| sha256(&[magic, &nonce, &key]);
    let sealed = context.wrap(&proof(b"CredSSP Client-To-Server Binding Hash\0")).unwrap();
    let fields = version
        .clone()
        .with(NEGO_TOKENS, &token_field(&authenticate))
        .with(PUB_KEY_AUTH, &tlv(4, &sealed))
        .with(NONCE, &tlv(4, &nonce));
    let answer = exchange(&mut tls, fields).unwrap();
    assert!(!answer.has(NEGO_TOKENS) && !answer.has(ERROR_CODE));
    let proven = context.unwrap(&answer.get(PUB_KEY_AUTH)[2..]).unwrap();
    assert_eq!(proven, proof(b"CredSSP Server-To-Client Binding Hash\0"));
    // TSCredentials with domain D, user u and password p.
    let password: &[u8] = &[
        0x30, 0x1D, 0xA0, 3, 2, 1, 1, 0xA1, 0x16, 4, 0x14, 0x30, 0x12, 0xA0, 4, 4, 2, b'D', 0,
        0xA1, 4, 4, 2, b'u', 0, 0xA2, 4, 4, 2, b'p', 0,
    ];
    let sealed = context.wrap(password).unwrap();
    assert_eq!(exchange(&mut tls, version.with(AUTH_INFO, &tlv(4, &sealed))), None);
    let mut context = server.into_context().unwrap();
    assert_eq!(context.client().to_string(), USER);
    let delegated =
        Delegated::Password { name: UserName::parse(r"D\u"), password: Secret::from("p") };
    assert_eq!(context.delegated().unwrap(), delegated);
}

/// The key of a certificate over P-256: the point that is not compressed, at the end of its algorithm.
fn key_of(certificate: &[u8]) -> Vec<u8> {
    // prime256v1, and a bit string of 66 bytes of which the first counts unused bits.
    let curve = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7, 3, 0x42, 0];
    let at = certificate.windows(curve.len()).position(|part| part == curve).unwrap();
    certificate[at + curve.len()..][..65].to_vec()
}

fn sha256(parts: &[&[u8]]) -> Vec<u8> {
    let hash = rustls::crypto::ring::default_provider()
        .cipher_suites
        .iter()
        .find_map(|suite| match suite.suite() {
            rustls::CipherSuite::TLS13_AES_128_GCM_SHA256 => {
                Some(suite.tls13()?.common.hash_provider)
            }
            _ => None,
        })
        .expect("SHA-256");
    hash.hash(&parts.concat()).as_ref().to_vec()
}

#[test]
fn one_package_alone_goes_without_spnego() {
    let (mut ours, mut theirs) =
        (client().packages(["NTLM"]).start().unwrap(), server().start().unwrap());
    let outcome =
        between(&TLS13, certificate(), &mut ours, &mut theirs, |_, _, request| Fate::Pass(request));
    outcome.client.unwrap();
    outcome.server.unwrap();
    assert_eq!(theirs.into_context().unwrap().delegated().unwrap(), password());
    // The tokens begin as NTLM's own: four fields around them, and nothing else.
    let first = Fields::read(&outcome.requests[0]);
    let token = first.get(NEGO_TOKENS);
    assert_eq!(token.windows(8).position(|part| part == b"NTLMSSP\0"), Some(8));
    // The proof goes with the last of them.
    let last = Fields::read(&outcome.requests[2]);
    assert!(last.has(NEGO_TOKENS) && last.has(PUB_KEY_AUTH));
    for nonsense in ["CREDSSP", "Negotiate"] {
        let error = client().packages([nonsense]).start().unwrap_err();
        assert_eq!(error.status(), Status::INVALID_PARAMETER, "{error}");
    }
}

#[test]
fn a_nonce_of_the_servers_changes_nothing() {
    for nonce in [[0x11; 32], [0; 32]] {
        let (client, server, _) = tampered(|side, _, fields| match side {
            Side::Acceptor => fields.with(NONCE, &tlv(4, &nonce)),
            Side::Initiator => fields,
        });
        client.unwrap();
        server.unwrap();
    }
    let (client, _, requests) = tampered(|side, _, fields| match side {
        Side::Acceptor => fields.with(AUTH_INFO, &[4, 1, 7]),
        Side::Initiator => fields,
    });
    assert_eq!(status(client), Status::INVALID_TOKEN);
    assert!(requests.len() < 4);
}

/// A server that knows the user, and says something of its own as the proof of its key: what our client
/// makes of it, and whether it delegated.
fn client_of_a_server_that_proves(
    proof: impl Fn(&[u8], &[u8]) -> Vec<u8>,
) -> (Option<Error>, bool) {
    let mut client = client().packages(["NTLM"]).start().unwrap();
    let mut ntlm = accept("NTLM").credential(Identity::accounts(accounts())).start().unwrap();
    let mut tls = Tls::server(&TLS13, certificate());
    let key = key_of(&certificate().chain[0]);
    let mut to_client = Vec::new();
    let mut delegated = false;
    for _ in 0..10 {
        let step = match to_client.is_empty() {
            true if tls.is_up() => break,
            true => client.next(),
            false => client.step(Some(&to_client)),
        };
        match step {
            Ok(Step::SendToken(token)) => tls.feed(&token).unwrap(),
            Ok(_) => {}
            Err(error) => return (Some(error), delegated),
        }
        let request = tls.read();
        if !request.is_empty() {
            let fields = Fields::read(&request);
            delegated |= fields.has(AUTH_INFO);
            let mut answer = Fields(vec![(VERSION, vec![2, 1, 6])]);
            if fields.has(NEGO_TOKENS) {
                let field = fields.get(NEGO_TOKENS);
                let at = field.windows(8).position(|part| part == b"NTLMSSP\0").unwrap();
                if let Step::SendToken(token) = ntlm.step(Some(&field[at..])).unwrap() {
                    let token = tlv(0x30, &tlv(0x30, &tlv(0xA0, &tlv(4, &token))));
                    answer = answer.with(NEGO_TOKENS, &token);
                }
            }
            if fields.has(PUB_KEY_AUTH) {
                let context = ntlm.context().unwrap();
                context.unwrap(&fields.get(PUB_KEY_AUTH)[2..]).unwrap();
                let said = context.wrap(&proof(&fields.get(NONCE)[2..], &key)).unwrap();
                answer = answer.with(PUB_KEY_AUTH, &tlv(4, &said));
            }
            if !delegated {
                tls.write(&answer.write());
            }
        }
        to_client = tls.output();
        if client.done() {
            break;
        }
    }
    (client.failure().cloned(), delegated)
}

/// What a server says as its proof, from the nonce and its key.
type Proof = fn(&[u8], &[u8]) -> Vec<u8>;

#[test]
fn a_proof_of_another_key_nonce_side_or_version_is_none() {
    const SERVER: &[u8] = b"CredSSP Server-To-Client Binding Hash\0";
    const CLIENT: &[u8] = b"CredSSP Client-To-Server Binding Hash\0";
    let genuine = client_of_a_server_that_proves(|nonce, key| sha256(&[SERVER, nonce, key]));
    assert!(genuine.0.is_none() && genuine.1, "{genuine:?}");
    let wrong: [Proof; 6] = [
        |nonce, key| sha256(&[SERVER, nonce, &key[1..]]),
        |_, key| sha256(&[SERVER, &[0; 32], key]),
        |nonce, key| sha256(&[CLIENT, nonce, key]),
        |nonce, key| sha256(&[SERVER, nonce, key])[..31].to_vec(),
        |_, _| Vec::new(),
        |_, key| [&[key[0] + 1], &key[1..]].concat(),
    ];
    for (number, proof) in wrong.into_iter().enumerate() {
        let (error, delegated) = client_of_a_server_that_proves(proof);
        let error = error.expect("a refusal");
        assert_eq!(error.status(), Status::MUTUAL_AUTH_FAILED, "{number} {error}");
        assert!(!delegated, "{number}");
    }
}
