//! pyspnego as the peer of CredSSP, on both sides, in both versions of TLS: `tests/interop/pyspnego`.
#![cfg(feature = "credssp")]

#[path = "support/peer.rs"]
mod peer;
#[path = "support/pyspnego.rs"]
mod pyspnego;

use anysspi::accounts::{Account, MemoryAccounts};
use anysspi::{
    AcceptBuilder, Allow, Certificate, Context, ContextFlags, Delegated, Handshake, Identity,
    InitiateBuilder, Secret, Status, Step, UserName, accept, initiate,
};
use pyspnego::{
    NOTHING, PASSWORD, Pyspnego, Refused, UNICODE_PASSWORD, UNICODE_USER, USER, text, with,
};
use serde_json::{Value, json};

const TARGET: &str = "TERMSRV/server.example.com";

fn its_client(user: &str, password: &str, tls: &str) -> Value {
    with(pyspnego::its_client("credssp", user, password, NOTHING), "tls", tls)
}

fn its_server(tls: &str) -> Value {
    with(pyspnego::its_server("credssp", &[], NOTHING), "tls", tls)
}

fn client(user: &str, password: &str) -> InitiateBuilder {
    initiate("CREDSSP")
        .target(TARGET)
        .credential(Identity::password(user, password))
        .require(ContextFlags::DELEGATE)
}

/// Our acceptor, with a certificate of its own making: its initiator takes RSA keys alone.
fn server(peer: &mut Pyspnego) -> AcceptBuilder {
    let pem = peer.call(&json!({ "do": "certificate" })).unwrap();
    let accounts = MemoryAccounts::new([
        Account::with_password(USER, PASSWORD),
        Account::with_password(UNICODE_USER, UNICODE_PASSWORD),
    ]);
    accept("CREDSSP").credential(vec![
        Identity::accounts(accounts),
        Identity::Certificate(Certificate::from_pem(text(&pem).as_bytes()).unwrap()),
    ])
}

/// More legs than any handshake has.
const MOST_LEGS: usize = 16;

/// Our initiator against its acceptor.
fn to_pyspnego(
    peer: &mut Pyspnego,
    request: &Value,
    client: InitiateBuilder,
) -> Result<Context, Refused> {
    peer.start(request);
    let mut client = client.start().map_err(Refused::Us)?;
    let mut step = client.next().map_err(Refused::Us)?;
    for _ in 0..MOST_LEGS {
        let Step::SendToken(token) = step else { panic!("no token: {step:?}") };
        let (answer, is_complete) = peer.step(Some(&token)).map_err(Refused::Them)?;
        if client.done() {
            assert!(is_complete, "it is not at its end");
            return client.into_context().map_err(Refused::Us);
        }
        step = client.step(answer.as_deref().or(Some(&[]))).map_err(Refused::Us)?;
    }
    panic!("it does not come to an end: {client:?}");
}

/// Its initiator against our acceptor.
fn from_pyspnego(
    peer: &mut Pyspnego,
    request: &Value,
    server: AcceptBuilder,
) -> Result<Context, Refused> {
    peer.start(request);
    let mut server: Handshake = server.start().map_err(Refused::Us)?;
    let (mut token, _) = peer.step(None).map_err(Refused::Them)?;
    for _ in 0..MOST_LEGS {
        let sent = token.expect("a token");
        let answer = match server.step(Some(&sent)) {
            Ok(Step::SendToken(answer)) => answer,
            Ok(_) => Vec::new(),
            Err(error) => {
                // It understands why.
                let refusal = peer.step(error.token()).expect_err("a refusal");
                assert!(refusal.message.contains("NTStatus"), "{refusal:?}");
                return Err(Refused::Us(error));
            }
        };
        if server.done() {
            return server.into_context().map_err(Refused::Us);
        }
        (token, _) = peer.step(Some(&answer)).map_err(Refused::Them)?;
    }
    panic!("it does not come to an end: {server:?}");
}

/// Messages both ways.
fn assert_stream(peer: &mut Pyspnego, ours: &mut Context) {
    for length in [1, 100, 5_000] {
        let message: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
        let sealed = ours.wrap(&message).unwrap();
        assert_eq!(peer.protect("unwrap", &sealed).unwrap(), message);
        let sealed = peer.protect("wrap", &message).unwrap();
        assert_eq!(ours.unwrap(&sealed).unwrap(), message);
    }
}

const VERSIONS_OF_TLS: [(&str, &str); 2] = [("1.2", "TLSv1.2"), ("1.3", "TLSv1.3")];

#[test]
fn its_acceptor_gets_the_password_we_delegate() {
    let Some(mut peer) = Pyspnego::find() else { return };
    for (tls, name) in VERSIONS_OF_TLS {
        for (user, password) in [(USER, PASSWORD), (UNICODE_USER, UNICODE_PASSWORD)] {
            let client = client(user, password);
            let mut ours = to_pyspnego(&mut peer, &its_server(tls), client).unwrap();
            let delegated = peer.call(&json!({ "do": "delegated" })).unwrap();
            let known = UserName::parse(user);
            assert_eq!(text(&delegated["domain"]), known.domain().unwrap());
            assert_eq!(text(&delegated["user"]), known.user());
            assert_eq!(text(&delegated["password"]), password);
            assert_eq!((text(&delegated["tls"]), &delegated["version"]), (name, &json!(6)));
            assert_stream(&mut peer, &mut ours);
        }
    }
}

#[test]
fn its_acceptor_gets_nothing_where_nothing_is_to_be_delegated() {
    let Some(mut peer) = Pyspnego::find() else { return };
    let client = client(USER, PASSWORD).without(ContextFlags::DELEGATE);
    to_pyspnego(&mut peer, &its_server("1.3"), client).unwrap();
    let delegated = peer.call(&json!({ "do": "delegated" })).unwrap();
    assert_eq!((text(&delegated["user"]), text(&delegated["password"])), ("", ""));
}

#[test]
fn its_initiator_delegates_to_us() {
    let Some(mut peer) = Pyspnego::find() else { return };
    for (tls, _) in VERSIONS_OF_TLS {
        for (user, password) in [(USER, PASSWORD), (UNICODE_USER, UNICODE_PASSWORD)] {
            let request = its_client(user, password, tls);
            let acceptor = server(&mut peer);
            let mut ours = from_pyspnego(&mut peer, &request, acceptor).unwrap();
            assert_eq!(ours.client().to_string(), user);
            let expected = Delegated::Password {
                name: UserName::parse(user),
                password: Secret::from(password),
            };
            assert_eq!(ours.delegated().unwrap(), expected);
            assert_stream(&mut peer, &mut ours);
        }
    }
}

#[test]
fn a_wrong_password_is_refused_on_both_sides() {
    let Some(mut peer) = Pyspnego::find() else { return };
    for (tls, _) in VERSIONS_OF_TLS {
        let request = its_client(USER, "wrong", tls);
        let acceptor = server(&mut peer);
        from_pyspnego(&mut peer, &request, acceptor).unwrap_err().by_us(Status::LOGON_DENIED);
        let client = client(USER, "wrong");
        to_pyspnego(&mut peer, &its_server(tls), client).unwrap_err().by_us(Status::LOGON_DENIED);
    }
}

#[test]
fn its_old_versions_are_refused_unless_they_are_allowed() {
    let Some(mut peer) = Pyspnego::find() else { return };
    for version in [2, 3, 4] {
        let request = with(its_server("1.3"), "version", version);
        let refused = to_pyspnego(&mut peer, &request, client(USER, PASSWORD)).unwrap_err();
        refused.by_us(Status::ALGORITHM_MISMATCH);
        let old = client(USER, PASSWORD).allow(Allow::OLD_CREDSSP);
        to_pyspnego(&mut peer, &request, old).unwrap();
        let delegated = peer.call(&json!({ "do": "delegated" })).unwrap();
        assert_eq!(text(&delegated["password"]), PASSWORD);
        assert_eq!(delegated["version"], json!(version));
        let request = with(its_client(USER, PASSWORD, "1.3"), "version", version);
        let old = server(&mut peer).allow(Allow::OLD_CREDSSP);
        let mut ours = from_pyspnego(&mut peer, &request, old).unwrap();
        assert!(matches!(ours.delegated().unwrap(), Delegated::Password { .. }));
    }
    let request = with(its_server("1.3"), "version", 5);
    to_pyspnego(&mut peer, &request, client(USER, PASSWORD)).unwrap();
}
