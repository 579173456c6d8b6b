//! CredSSP, and everything that somebody in between can try.
#![cfg(feature = "credssp")]

#[path = "support/between.rs"]
mod between;
#[path = "support/credssp.rs"]
mod credssp;
#[path = "support/der.rs"]
mod der;
mod support;

use anysspi::{
    Allow, Certificate, Error, Handshake, Identity, ProtocolCode, Side, Status, Step, accept,
};
use between::{
    AUTH_INFO, ERROR_CODE, Fate, Fields, NEGO_TOKENS, NONCE, PUB_KEY_AUTH, Tls, VERSION, between,
};
use credssp::{certificate, client, key_of, password, server, sha256};
use der::element;
use rustls::version::{TLS12, TLS13};
use support::{PASSWORD, accounts, registry};

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
                    let field = if code == [0; 4] { vec![2, 1, 0] } else { element(2, &code) };
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
fn an_alert_in_the_middle_of_tls_ends_it_for_both() {
    for (alert, expected) in [
        // handshake_failure, access_denied, and one that there is not
        ([2, 40], Status::ALGORITHM_MISMATCH),
        ([2, 49], Status::LOGON_DENIED),
        ([2, 0xEE], Status::ILLEGAL_MESSAGE),
    ] {
        let record = [&[21, 3, 3, 0, 2][..], &alert].concat();
        let (mut client, mut server) = (client().start().unwrap(), server().start().unwrap());
        client.next().unwrap();
        for handshake in [&mut client, &mut server] {
            let side = handshake.side();
            let error = handshake.step(Some(&record)).expect_err(&format!("{side:?} {alert:?}"));
            assert_eq!(error.status(), expected, "{side:?} {alert:?} {error}");
            assert!(handshake.failure().is_some());
        }
    }
    // Nobody vouches for a warning yet: both go on.
    let (mut client, mut server) = (client().start().unwrap(), server().start().unwrap());
    let warning = [21, 3, 3, 0, 2, 1, 0];
    let Step::SendToken(hello) = client.next().unwrap() else { panic!() };
    assert_eq!(client.step(Some(&warning)).unwrap(), Step::SendToken(Vec::new()));
    assert_eq!(server.step(Some(&warning)).unwrap(), Step::SendToken(Vec::new()));
    let Step::SendToken(answer) = server.step(Some(&hello)).unwrap() else { panic!() };
    assert!(client.step(Some(&answer)).is_ok());
}

#[test]
fn a_nonce_does_not_come_twice() {
    let credentials = anysspi::raw::CredentialsRequest::new("CREDSSP", anysspi::Usage::OUTBOUND)
        .with_identity(anysspi::Identity::password(support::USER, PASSWORD))
        .acquire(&registry(1, "client.example.com"))
        .unwrap();
    let mut nonces = Vec::new();
    for _ in 0..3 {
        let mut client = client().credential(&credentials).start().unwrap();
        let mut server = server().start().unwrap();
        let outcome = between(&TLS13, certificate(), &mut client, &mut server, |_, _, request| {
            Fate::Pass(request)
        });
        let requests = outcome.requests.iter().map(|request| Fields::read(request));
        nonces.extend(requests.filter(|fields| fields.has(NONCE)).map(|f| f.get(NONCE).to_vec()));
    }
    assert_eq!(nonces.len(), 3);
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), 3);
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
fn a_nonce_of_the_servers_changes_nothing() {
    for nonce in [[0x11; 32], [0; 32]] {
        let (client, server, _) = tampered(|side, _, fields| match side {
            Side::Acceptor => fields.with(NONCE, &element(4, &nonce)),
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
                    let token = element(0x30, &element(0x30, &element(0xA0, &element(4, &token))));
                    answer = answer.with(NEGO_TOKENS, &token);
                }
            }
            if fields.has(PUB_KEY_AUTH) {
                let context = ntlm.context().unwrap();
                context.unwrap(&fields.get(PUB_KEY_AUTH)[2..]).unwrap();
                let said = context.wrap(&proof(&fields.get(NONCE)[2..], &key)).unwrap();
                answer = answer.with(PUB_KEY_AUTH, &element(4, &said));
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
