//! `tests/vectors/spnego/tokens.json`: published tokens, looked into and answered.

mod support;

use anysspi::inspect::inspect;
use anysspi::raw::{self, Buffer, BufferKind, CredentialsRequest, IscReq, SecurityContext};
use anysspi::testing::fixed_surroundings;
use anysspi::{Handshake, Identity, Registry, Status, Step, Time, Usage, accept};
use serde_json::Value;

fn bytes(hex: &str) -> Vec<u8> {
    let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex digits");
    (0..hex.len()).step_by(2).map(byte).collect()
}

fn tokens() -> Vec<Value> {
    let text = include_str!("../../tests/vectors/spnego/tokens.json");
    let mut values: Value = serde_json::from_str(text).expect("the vectors are JSON");
    let Value::Array(tokens) = values["tokens"].take() else { panic!("a list of tokens") };
    tokens
}

fn token(name: &str) -> Vec<u8> {
    let tokens = tokens();
    let found = tokens.iter().find(|token| token["name"] == name);
    bytes(found.expect(name)["token"].as_str().expect("hex"))
}

fn acceptor() -> Handshake {
    let server = accept("Negotiate").credential(Identity::accounts(support::accounts()));
    server.start().unwrap()
}

/// The negState, the supportedMech and the kind of the responseToken of an answer.
fn answer(step: Step) -> [Option<String>; 3] {
    let Step::SendToken(token) = step else { panic!("{step:?} in the place of an answer") };
    let inspection = inspect(&token);
    assert_eq!(inspection.message, "NegTokenResp", "{inspection}");
    assert!(inspection.problems.is_empty(), "{inspection}");
    let flat = inspection.flatten();
    let value = |name: &str| flat.iter().find(|(field, _)| field == name).map(|(_, v)| v.clone());
    let inner = value("responseToken.MessageType");
    [value("negState"), value("supportedMech"), inner]
}

const NTLMSSP: &str = "NTLMSSP (1.3.6.1.4.1.311.2.2.10)";

#[test]
fn published_tokens_show_what_is_in_them() {
    let tokens = tokens();
    assert_eq!(tokens.len(), 20);
    for token in tokens {
        let name = token["name"].as_str().expect("a name");
        let inspection = inspect(&bytes(token["token"].as_str().expect("hex")));
        assert_eq!(inspection.protocol, token["protocol"], "{name}");
        assert_eq!(&*inspection.message, token["message"], "{name}");
        assert_eq!(Value::from(inspection.problems.clone()), token["problems"], "{name}");
        let expected = token["fields"].as_object().expect("fields by name");
        let flat = inspection.flatten();
        assert_eq!(flat.len(), expected.len(), "{name}: {inspection}");
        for (field, value) in flat {
            assert_eq!(expected.get(&field), Some(&Value::String(value)), "{name}: {field}");
        }
    }
}

#[test]
fn published_offers_of_ntlm_are_answered_with_a_challenge() {
    for name in ["windows_10_init", "samba_init", "smbj_init"] {
        let step = acceptor().step(Some(&token(name)));
        let expected = ["accept-incomplete", NTLMSSP, "2"].map(|text| Some(text.to_owned()));
        assert_eq!(answer(step.unwrap()), expected, "{name}");
    }
}

#[test]
fn ntlm_behind_kerberos_is_chosen_and_the_list_has_to_be_signed() {
    for name in ["kerberos_first", "init_with_mic_of_rfc4178"] {
        let step = acceptor().step(Some(&token(name)));
        let [state, mechanism, token] = answer(step.unwrap());
        assert_eq!(state.as_deref(), Some("request-mic"), "{name}");
        assert_eq!(mechanism.as_deref(), Some(NTLMSSP), "{name}");
        assert_eq!(token, None, "the token was for another mechanism");
    }
}

#[test]
fn published_hints_do_not_change_what_is_offered() {
    let now = Time::from_unix_seconds(1_700_000_000);
    let registry = || {
        let surroundings = fixed_surroundings(now, 1, "client.example.com");
        Registry::with_default_packages().with_surroundings(surroundings)
    };
    // Hints reach a client through the raw layer: its first call may have a token.
    let offer = |hints: &[u8]| {
        let credentials = CredentialsRequest::new("Negotiate", Usage::OUTBOUND)
            .with_identity(Identity::password(support::USER, support::PASSWORD))
            .acquire(&registry())
            .expect("credentials");
        let mut output = [Buffer::empty(BufferKind::TOKEN)];
        raw::initialize_security_context(
            Some(&credentials),
            &mut SecurityContext::new(),
            Some("HTTP/server.example.com"),
            IscReq::ALLOCATE_MEMORY,
            &mut [Buffer::token(hints)],
            &mut output,
        )
        .expect("an offer");
        let [token] = output;
        token.into_bytes()
    };
    let plain = offer(&[]);
    for name in [
        "windows_hints_every_mechanism",
        "windows_hints_without_a_name",
        "windows_server_2016_hints_with_negoex",
        "windows_negoex_and_hints",
    ] {
        assert_eq!(offer(&token(name)), plain, "{name}");
    }
}

#[test]
fn tokens_of_others_are_no_offer() {
    for name in ["kerberos_bare", "kerberos_completed", "windows_completed_for_samba"] {
        let error = acceptor().step(Some(&token(name))).unwrap_err();
        assert_eq!(error.status(), Status::INVALID_TOKEN, "{name}");
    }
}

#[test]
fn ten_thousand_mechanisms_are_refused_and_bounded() {
    let mut list = Vec::new();
    for number in 0..10_000_u16 {
        let [high, low] = (number & 0x3FFF).to_be_bytes();
        list.extend([6, 3, 0x2A, 0x80 | (high << 1) | (low >> 7), low & 0x7F]);
    }
    let wrap = |tag: u8, content: &[u8]| {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[tag, 0x82], &length[..], content].concat()
    };
    let body = wrap(0xA0, &wrap(0x30, &wrap(0xA0, &wrap(0x30, &list))));
    let token = wrap(0x60, &[&[6, 6, 0x2B, 6, 1, 5, 5, 2], &body[..]].concat());
    let inspection = inspect(&token);
    assert!(inspection.flatten().len() <= 65, "{inspection}");
    assert_eq!(inspection.problems, ["more mechanisms than are shown stand in mechTypes"]);
    let error = acceptor().step(Some(&token)).unwrap_err();
    assert_eq!(error.status(), Status::INVALID_TOKEN);
}
