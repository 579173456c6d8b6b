//! pyspnego as the peer of Negotiate, on both sides and with message protection:
//! `tests/interop/pyspnego`. NTLM is all it has to negotiate.
//!
//! What is the mechanism's own is compared in `interop_pyspnego.rs`.

#[path = "support/der.rs"]
mod der;
#[path = "support/peer.rs"]
mod peer;
#[path = "support/pyspnego.rs"]
mod pyspnego;
#[path = "support/spnego.rs"]
mod spnego;

use anysspi::accounts::{Account, MemoryAccounts};
use anysspi::{
    AcceptBuilder, BindingsChecked, ChannelBindingPolicy, ChannelBindings, Context, ContextFlags,
    Identity, InitiateBuilder, Status, Step, accept,
};
use peer::to_base64;
use peer::token::{Hand, UNTOUCHED};
use pyspnego::{
    EVERYTHING, INTEGRITY, PASSWORD, Pyspnego, Refused, TARGET, UNICODE_PASSWORD, UNICODE_USER,
    USER, assert_sealing, assert_signatures, bytes, text, with,
};
use serde_json::Value;
use spnego::Token;

fn its_client(user: &str, password: &str, flags: &[&str]) -> Value {
    pyspnego::its_client("negotiate", user, password, flags)
}

fn its_server(flags: &[&str]) -> Value {
    pyspnego::its_server("negotiate", &[], flags)
}

fn client() -> InitiateBuilder {
    pyspnego::our_client("Negotiate")
}

fn server() -> AcceptBuilder {
    accept("Negotiate").credential(Identity::accounts(MemoryAccounts::new([
        Account::with_password(USER, PASSWORD),
        Account::with_password(UNICODE_USER, UNICODE_PASSWORD),
    ])))
}

/// Both ends of a handshake that came to its end.
#[derive(Debug)]
struct Established {
    ours: Context,
    tokens: Vec<Vec<u8>>,
}

/// The most tokens that a handshake may have.
const MOST_TOKENS: usize = 8;

/// Both ends have the same key, and mean the same mechanism.
fn established(
    peer: &mut Pyspnego,
    ours: Context,
    tokens: Vec<Vec<u8>>,
) -> Result<Established, Refused> {
    let facts = peer.facts();
    assert_eq!(ours.session_key().expose(), bytes(&facts["key"]));
    assert_eq!(text(&facts["negotiated"]), "ntlm");
    let negotiation = ours.negotiation().expect("it was negotiated");
    assert_eq!(negotiation.chosen.as_deref(), Some("NTLM"));
    Ok(Established { ours, tokens })
}

/// Our initiator against the acceptor that the request describes, with a hand on every token.
fn to_pyspnego(
    peer: &mut Pyspnego,
    request: &Value,
    client: InitiateBuilder,
    hand: Hand<'_>,
) -> Result<Established, Refused> {
    peer.start(request);
    let mut client = client.start().map_err(Refused::Us)?;
    let mut tokens: Vec<Vec<u8>> = Vec::new();
    let mut step = client.next().map_err(Refused::Us)?;
    while let Step::SendToken(token) = step {
        assert!(tokens.len() < MOST_TOKENS, "it does not come to an end");
        tokens.push(hand(tokens.len(), token));
        let (answer, is_complete) =
            peer.step(tokens.last().map(Vec::as_slice)).map_err(Refused::Them)?;
        let Some(answer) = answer else {
            assert!(client.done() && is_complete, "it has no more to say");
            break;
        };
        tokens.push(hand(tokens.len(), answer));
        step = client.step(tokens.last().map(Vec::as_slice)).map_err(Refused::Us)?;
    }
    let ours = client.into_context().map_err(Refused::Us)?;
    established(peer, ours, tokens)
}

/// The initiator that the request describes against our acceptor, with a hand on every token.
fn from_pyspnego(
    peer: &mut Pyspnego,
    request: &Value,
    server: AcceptBuilder,
    hand: Hand<'_>,
) -> Result<Established, Refused> {
    peer.start(request);
    let mut server = server.start().map_err(Refused::Us)?;
    let mut tokens: Vec<Vec<u8>> = Vec::new();
    let mut received: Option<Vec<u8>> = None;
    loop {
        assert!(tokens.len() < MOST_TOKENS, "it does not come to an end");
        let (token, is_complete) = peer.step(received.as_deref()).map_err(Refused::Them)?;
        let Some(token) = token else {
            assert!(is_complete, "it has no more to say");
            break;
        };
        tokens.push(hand(tokens.len(), token));
        match server.step(tokens.last().map(Vec::as_slice)).map_err(Refused::Us)? {
            Step::SendToken(token) => {
                tokens.push(hand(tokens.len(), token));
                received = tokens.last().cloned();
            }
            _ => break,
        }
    }
    let ours = server.into_context().map_err(Refused::Us)?;
    established(peer, ours, tokens)
}

/// Changes one of the tokens on its way.
fn at(leg: usize, change: impl Fn(Token) -> Token) -> impl Fn(usize, Vec<u8>) -> Vec<u8> {
    move |passing, token| {
        if passing == leg { change(Token::read(&token)).write() } else { token }
    }
}

/// The MICs are in the last token of either side, and were made with the numbers that come first.
fn assert_list_is_signed(established: &Established) {
    let tokens: Vec<Token> = established.tokens.iter().map(|token| Token::read(token)).collect();
    let has_mic: Vec<bool> = tokens.iter().map(|token| token.has(spnego::MIC)).collect();
    assert_eq!(has_mic, [false, false, true, true]);
    for token in &tokens[2..] {
        let mic = token.field(spnego::MIC).expect("a MIC");
        assert_eq!((mic[0], &mic[12..]), (1, &[0; 4][..]), "version 1, and the number 0");
    }
    assert!(established.ours.negotiation().expect("negotiated").list_was_signed);
}

/// Messages of many sizes, sealed and signed, both ways and in turn. The streams of both ends have
/// started anew after the MICs, and the numbers go on ([MS-SPNG] 3.3.5.1).
fn assert_protection(peer: &mut Pyspnego, ours: &mut Context) {
    let large: Vec<u8> = (0..100_000).map(|at| (at % 251) as u8).collect();
    let mut number = 1_u32;
    for length in [0, 1, 15, 16, 17, 255, 4096, 65_537, large.len()] {
        let message = &large[..length];
        for sealed in assert_sealing(peer, ours, message) {
            assert_eq!(sealed[12..16], number.to_le_bytes());
        }
        assert_signatures(peer, ours, message);
        number += 2;
    }
}

/// What is changed on its way is refused by both ends. It does not go on afterwards, so this comes
/// last.
fn assert_changes_are_seen(peer: &mut Pyspnego, ours: &mut Context) {
    let sealed = peer.protect("wrap", b"from it").unwrap();
    let mut changed = sealed.clone();
    changed[17] ^= 1;
    assert_eq!(ours.unwrap(&changed).unwrap_err().status(), Status::MESSAGE_ALTERED);
    assert_eq!(ours.unwrap(&sealed).unwrap(), b"from it", "a forgery does not cost the context");
    let mut sealed = ours.wrap(b"to it").unwrap();
    sealed[17] ^= 1;
    assert_eq!(peer.protect("unwrap", &sealed).unwrap_err().class, "BadMICError");
}

mod our_initiator {
    use super::*;

    fn run(peer: &mut Pyspnego, client: InitiateBuilder) -> Result<Established, Refused> {
        to_pyspnego(peer, &its_server(EVERYTHING), client, UNTOUCHED)
    }

    #[test]
    fn is_let_in_with_the_list_signed() {
        let Some(mut peer) = Pyspnego::find() else { return };
        for (user, password) in [(USER, PASSWORD), (UNICODE_USER, UNICODE_PASSWORD)] {
            let client = client().credential(Identity::password(user, password));
            let established = run(&mut peer, client).unwrap();
            assert_list_is_signed(&established);
            assert_eq!(text(&peer.facts()["client"]), user);
            let flags = ContextFlags::PROTECTION | ContextFlags::CONNECTION;
            assert_eq!(established.ours.flags(), flags);
        }
    }

    #[test]
    fn protects_messages_both_ways() {
        let Some(mut peer) = Pyspnego::find() else { return };
        let mut ours = run(&mut peer, client()).unwrap().ours;
        assert_protection(&mut peer, &mut ours);
        assert_changes_are_seen(&mut peer, &mut ours);
    }

    #[test]
    fn signs_where_only_integrity_was_negotiated() {
        let Some(mut peer) = Pyspnego::find() else { return };
        let client = client().without(ContextFlags::CONFIDENTIALITY);
        let request = its_server(INTEGRITY);
        let mut ours = to_pyspnego(&mut peer, &request, client, UNTOUCHED).unwrap().ours;
        assert!(!ours.flags().contains(ContextFlags::CONFIDENTIALITY));
        for message in [&b""[..], b"one", &[7; 70_000]] {
            assert_signatures(&mut peer, &mut ours, message);
        }
    }

    #[test]
    fn is_refused_with_a_wrong_password_and_as_an_unknown_user() {
        let Some(mut peer) = Pyspnego::find() else { return };
        for (user, password, class, message) in [
            (USER, "wrong", "InvalidTokenError", "Invalid NTLM response"),
            (USER, "", "InvalidTokenError", "Invalid NTLM response"),
            (UNICODE_USER, PASSWORD, "InvalidTokenError", "Invalid NTLM response"),
            (r"EXAMPLE\mallory", PASSWORD, "SpnegoError", "matching credential"),
            (r"OTHER\alice", PASSWORD, "SpnegoError", "matching credential"),
        ] {
            let client = client().credential(Identity::password(user, password));
            run(&mut peer, client).unwrap_err().by_them(class, message);
        }
    }

    #[test]
    fn is_refused_when_the_list_is_not_what_was_signed() {
        let Some(mut peer) = Pyspnego::find() else { return };
        let changes: [Hand<'_>; 2] =
            [&at(2, |token| token.changed(spnego::MIC)), &at(0, Token::with_another_mechanism)];
        for hand in changes {
            let refused = to_pyspnego(&mut peer, &its_server(EVERYTHING), client(), hand);
            refused.unwrap_err().by_them("BadMICError", "");
        }
    }

    #[test]
    fn refuses_a_server_whose_mic_is_wrong_or_missing() {
        let Some(mut peer) = Pyspnego::find() else { return };
        let changes: [Hand<'_>; 2] = [
            &at(3, |token| token.changed(spnego::MIC)),
            &at(3, |token| token.without(spnego::MIC)),
        ];
        for hand in changes {
            let refused = to_pyspnego(&mut peer, &its_server(EVERYTHING), client(), hand);
            refused.unwrap_err().by_us(Status::MESSAGE_ALTERED);
        }
    }

    #[test]
    fn binds_the_channel() {
        let Some(mut peer) = Pyspnego::find() else { return };
        let right = ChannelBindings::tls_server_end_point(&[7; 32]);
        let bound = with(its_server(EVERYTHING), "bindings", to_base64(right.application_data()));
        let bound_client = client().channel_bindings(right);
        let established = to_pyspnego(&mut peer, &bound, bound_client, UNTOUCHED).unwrap();
        assert_eq!(established.ours.bindings_checked(), BindingsChecked::Sent);
        let wrong = client().channel_bindings(ChannelBindings::tls_server_end_point(&[8; 32]));
        let refused = to_pyspnego(&mut peer, &bound, wrong, UNTOUCHED).unwrap_err();
        refused.by_them("BadBindingsError", "do not match");
        // It lets zeros in, which is how a client says that it has none ([MS-NLMP] 2.2.2.1).
        let established = to_pyspnego(&mut peer, &bound, client(), UNTOUCHED).unwrap();
        assert_eq!(established.ours.bindings_checked(), BindingsChecked::No);
    }
}

mod our_acceptor {
    use super::*;

    fn run(peer: &mut Pyspnego, server: AcceptBuilder) -> Result<Established, Refused> {
        from_pyspnego(peer, &its_client(USER, PASSWORD, EVERYTHING), server, UNTOUCHED)
    }

    #[test]
    fn lets_it_in_with_the_list_signed() {
        let Some(mut peer) = Pyspnego::find() else { return };
        for (user, password) in [(USER, PASSWORD), (UNICODE_USER, UNICODE_PASSWORD)] {
            let request = its_client(user, password, EVERYTHING);
            let established = from_pyspnego(&mut peer, &request, server(), UNTOUCHED).unwrap();
            assert_list_is_signed(&established);
            assert_eq!(established.ours.client().to_string(), user);
            assert_eq!(established.ours.target(), Some(TARGET));
            let flags = ContextFlags::PROTECTION | ContextFlags::CONNECTION;
            assert_eq!(established.ours.flags(), flags);
        }
    }

    #[test]
    fn lets_it_in_after_speaking_first() {
        let Some(mut peer) = Pyspnego::find() else { return };
        peer.start(&its_client(USER, PASSWORD, EVERYTHING));
        let mut server = server().start().unwrap();
        let Step::SendToken(mut token) = server.speak_first().unwrap() else { panic!("no hints") };
        while !server.done() {
            let (answer, _) = peer.step(Some(&token)).unwrap();
            let step = server.step(answer.as_deref()).unwrap();
            let Step::SendToken(next) = step else { panic!("the last token is ours") };
            token = next;
        }
        let (last, is_complete) = peer.step(Some(&token)).unwrap();
        assert_eq!((last, is_complete), (None, true));
        let mut ours = server.into_context().unwrap();
        assert!(ours.negotiation().expect("negotiated").list_was_signed);
        assert_protection(&mut peer, &mut ours);
    }

    #[test]
    fn lets_ntlm_in_without_spnego_around_it() {
        let Some(mut peer) = Pyspnego::find() else { return };
        let request = with(its_client(USER, PASSWORD, EVERYTHING), "protocol", "ntlm");
        let established = from_pyspnego(&mut peer, &request, server(), UNTOUCHED).unwrap();
        assert_eq!(established.tokens.len(), 3);
        assert!(established.tokens.iter().all(|token| token.starts_with(b"NTLMSSP\0")));
        let mut ours = established.ours;
        assert_eq!(ours.client().to_string(), USER);
        assert!(!ours.negotiation().expect("negotiated").list_was_signed);
        for message in [&b""[..], b"one", &[7; 70_000]] {
            assert_signatures(&mut peer, &mut ours, message);
            let sealed = ours.wrap(message).unwrap();
            assert_eq!(peer.protect("unwrap", &sealed).unwrap(), message);
            let sealed = peer.protect("wrap", message).unwrap();
            assert_eq!(ours.unwrap(&sealed).unwrap(), message);
        }
        let request = with(its_client(USER, "wrong", EVERYTHING), "protocol", "ntlm");
        let refused = from_pyspnego(&mut peer, &request, server(), UNTOUCHED).unwrap_err();
        refused.by_us(Status::LOGON_DENIED);
    }

    #[test]
    fn protects_messages_both_ways() {
        let Some(mut peer) = Pyspnego::find() else { return };
        let mut ours = run(&mut peer, server()).unwrap().ours;
        assert_protection(&mut peer, &mut ours);
        assert_changes_are_seen(&mut peer, &mut ours);
    }

    #[test]
    fn keeps_to_the_protection_that_it_requires() {
        let Some(mut peer) = Pyspnego::find() else { return };
        let request = its_client(USER, PASSWORD, INTEGRITY);
        let refused = from_pyspnego(&mut peer, &request, server(), UNTOUCHED).unwrap_err();
        refused.by_us(Status::SECURITY_QOS_FAILED);
        let relaxed = server().relax(ContextFlags::PROTECTION);
        let mut ours = from_pyspnego(&mut peer, &request, relaxed, UNTOUCHED).unwrap().ours;
        assert!(!ours.flags().contains(ContextFlags::CONFIDENTIALITY));
        assert_signatures(&mut peer, &mut ours, b"one");
    }

    #[test]
    fn refuses_a_wrong_password_and_an_unknown_user_alike() {
        let Some(mut peer) = Pyspnego::find() else { return };
        let sentences = [
            (USER, "wrong"),
            (USER, ""),
            (r"EXAMPLE\mallory", PASSWORD),
            (r"OTHER\alice", PASSWORD),
            (UNICODE_USER, PASSWORD),
        ]
        .map(|(user, password)| {
            let request = its_client(user, password, EVERYTHING);
            let refused = from_pyspnego(&mut peer, &request, server(), UNTOUCHED).unwrap_err();
            let error = refused.by_us(Status::LOGON_DENIED);
            // It is told so.
            let reject = error.token().expect("a token for it");
            let refusal = peer.step(Some(reject)).expect_err("it is refused");
            assert!(refusal.message.contains("rejection"), "{refusal:?}");
            error.to_string()
        });
        assert!(sentences.iter().all(|sentence| *sentence == sentences[0]), "{sentences:?}");
    }

    #[test]
    fn refuses_a_client_whose_mic_is_wrong_or_missing_or_over_another_list() {
        let Some(mut peer) = Pyspnego::find() else { return };
        let changes: [(&str, Hand<'_>); 3] = [
            ("a changed MIC", &at(2, |token| token.changed(spnego::MIC))),
            ("a longer list", &at(0, Token::with_another_mechanism)),
            ("no MIC", &at(2, |token| token.without(spnego::MIC))),
        ];
        let request = its_client(USER, PASSWORD, EVERYTHING);
        for (what, hand) in changes {
            match from_pyspnego(&mut peer, &request, server(), hand) {
                Err(refused) => drop(refused.by_us(Status::MESSAGE_ALTERED)),
                Ok(established) => panic!("{what} was accepted: {:?}", established.ours),
            }
        }
    }

    #[test]
    fn judges_its_channel_bindings() {
        use ChannelBindingPolicy::{Always, Never, WhenSupported};
        let Some(mut peer) = Pyspnego::find() else { return };
        let right = ChannelBindings::tls_server_end_point(&[7; 32]);
        let wrong = ChannelBindings::tls_server_end_point(&[8; 32]);
        let refused_with = Some(Status::BAD_BINDINGS);
        for (sent, policy, expected, checked) in [
            (Some(&right), WhenSupported, None, BindingsChecked::Verified),
            (Some(&right), Always, None, BindingsChecked::Verified),
            (Some(&wrong), WhenSupported, refused_with, BindingsChecked::No),
            (Some(&wrong), Never, None, BindingsChecked::No),
            (None, WhenSupported, None, BindingsChecked::No),
            (None, Always, refused_with, BindingsChecked::No),
        ] {
            let mut request = its_client(USER, PASSWORD, EVERYTHING);
            if let Some(bindings) = sent {
                request = with(request, "bindings", to_base64(bindings.application_data()));
            }
            let server = server().channel_bindings(right.clone()).binding_policy(policy);
            match (from_pyspnego(&mut peer, &request, server, UNTOUCHED), expected) {
                (Ok(established), None) => {
                    assert_eq!(established.ours.bindings_checked(), checked, "{policy:?}");
                }
                (Err(refused), Some(status)) => drop(refused.by_us(status)),
                (result, _) => panic!("{sent:?} {policy:?}: {result:?}"),
            }
        }
    }
}
