//! pyspnego as the peer, on both sides and with message protection: `tests/interop/pyspnego`.
//!
//! Not compared:
//! - anonymous logons, because it has none;
//! - `wrap` where only integrity was negotiated, because it encrypts there too, as other
//!   implementations of GSS_Wrap do, and ours signs alone: `sign` is compared instead;
//! - the order of messages, because it does not judge it: its own numbers go on after a refusal.

#[path = "support/peer.rs"]
mod peer;
#[path = "support/pyspnego.rs"]
mod pyspnego;
mod support;

use anysspi::accounts::{Account, MemoryAccounts};
use anysspi::raw::{Buffer, BufferAttributes, BufferKind};
use anysspi::{
    AcceptBuilder, Allow, BindingsChecked, ChannelBindingPolicy, ChannelBindings, Context,
    ContextFlags, Identity, InitiateBuilder, Status, Step, accept,
};
use peer::to_base64;
use peer::token::{self, Hand, UNTOUCHED, announces_mic};
use pyspnego::{
    EVERYTHING, INTEGRITY, NOTHING, PASSWORD, Pyspnego, Refused, TARGET, UNICODE_PASSWORD,
    UNICODE_USER, USER, assert_sealing, assert_signatures, with,
};
use serde_json::{Value, json};

fn client_of(user: &str, password: &str, flags: &[&str]) -> Value {
    pyspnego::its_client("ntlm", user, password, flags)
}

fn server_with(flags: &[&str]) -> Value {
    let more =
        [["", "alice@example.test", PASSWORD], ["", "bare", PASSWORD], ["EXAMPLE", "empty", ""]];
    pyspnego::its_server("ntlm", &more, flags)
}

fn client() -> InitiateBuilder {
    pyspnego::our_client("NTLM")
}

fn accounts() -> Identity {
    Identity::accounts(MemoryAccounts::new([
        Account::with_password(USER, PASSWORD),
        Account::with_password(r"EXAMPLE\empty", ""),
        Account::with_password(UNICODE_USER, UNICODE_PASSWORD),
    ]))
}

fn server() -> AcceptBuilder {
    accept("NTLM").credential(accounts())
}

/// Both ends of a handshake that came to its end: our context, and the AUTHENTICATE_MESSAGE.
#[derive(Debug)]
struct Established {
    ours: Context,
    authenticate: Vec<u8>,
}

/// Our initiator against the acceptor that the request describes.
fn to_pyspnego(
    peer: &mut Pyspnego,
    request: &Value,
    client: InitiateBuilder,
    hand: Hand<'_>,
) -> Result<Established, Refused> {
    peer.start(request);
    let mut client = client.start().map_err(Refused::Us)?;
    let Step::SendToken(negotiate) = client.next().map_err(Refused::Us)? else {
        panic!("no first token")
    };
    let (challenge, _) = peer.step(Some(&hand(0, negotiate))).map_err(Refused::Them)?;
    let challenge = hand(1, challenge.expect("a challenge"));
    let step = client.step(Some(&challenge)).map_err(Refused::Us)?;
    let Step::SendToken(authenticate) = step else { panic!("no last token") };
    let authenticate = hand(2, authenticate);
    let (last, _) = peer.step(Some(&authenticate)).map_err(Refused::Them)?;
    assert_eq!(last, None, "a handshake has three tokens");
    let ours = client.into_context().expect("a context");
    assert_eq!(ours.session_key().expose(), peer.session_key());
    Ok(Established { ours, authenticate })
}

/// The initiator that the request describes against our acceptor.
fn from_pyspnego(
    peer: &mut Pyspnego,
    request: &Value,
    server: AcceptBuilder,
    hand: Hand<'_>,
) -> Result<Established, Refused> {
    peer.start(request);
    let mut server = server.start().map_err(Refused::Us)?;
    let (negotiate, _) = peer.step(None).map_err(Refused::Them)?;
    let negotiate = hand(0, negotiate.expect("a first token"));
    let step = server.step(Some(&negotiate)).map_err(Refused::Us)?;
    let Step::SendToken(challenge) = step else { panic!("no challenge") };
    let (authenticate, _) = peer.step(Some(&hand(1, challenge))).map_err(Refused::Them)?;
    let authenticate = hand(2, authenticate.expect("a last token"));
    let step = server.step(Some(&authenticate)).map_err(Refused::Us)?;
    assert_eq!(step, Step::Done);
    let ours = server.into_context().expect("a context");
    assert_eq!(ours.session_key().expose(), peer.session_key());
    Ok(Established { ours, authenticate })
}

/// Takes the time out of the challenge, so that the client makes no MIC.
fn without_time(leg: usize, mut token: Vec<u8>) -> Vec<u8> {
    if leg != 1 {
        return token;
    }
    // The target information is the last field of a challenge, and described at 40.
    let described_at = 40;
    let mut at = token::field(&token, described_at).start;
    while token[at] != 7 {
        assert_ne!(token[at], 0, "no time in the challenge");
        at += 4 + usize::from(token[at + 2]);
    }
    token.drain(at..at + 12);
    let length = u16::from_le_bytes([token[described_at], token[described_at + 1]]) - 12;
    for place in [described_at, described_at + 2] {
        token[place..place + 2].copy_from_slice(&length.to_le_bytes());
    }
    token
}

/// Messages of many sizes, up to the largest, sealed and signed, both ways and in turn.
fn assert_protection(peer: &mut Pyspnego, ours: &mut Context, largest: usize) {
    let large: Vec<u8> = (0..largest).map(|at| (at % 251) as u8).collect();
    for length in [0, 1, 15, 16, 17, 255, 4096, 65_537, largest] {
        let Some(message) = large.get(..length) else { continue };
        assert_sealing(peer, ours, message);
        assert_signatures(peer, ours, message);
    }
    // Several one way before one comes back.
    let sealed = [&b"one"[..], b"two", b"three"].map(|message| ours.wrap(message).unwrap());
    for (sealed, message) in sealed.iter().zip([&b"one"[..], b"two", b"three"]) {
        assert_eq!(peer.protect("unwrap", sealed).unwrap(), message);
    }
    let sealed = peer.protect("wrap", b"and back").unwrap();
    assert_eq!(ours.unwrap(&sealed).unwrap(), b"and back");
}

/// What is changed on its way is refused by both ends. It does not go on afterwards, so this comes
/// last.
fn assert_changes_are_seen(peer: &mut Pyspnego, ours: &mut Context) {
    let sealed = peer.protect("wrap", b"from it").unwrap();
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        let error = ours.unwrap(&changed).unwrap_err();
        assert!(
            [Status::MESSAGE_ALTERED, Status::OUT_OF_SEQUENCE].contains(&error.status()),
            "byte {at}: {error}"
        );
    }
    assert_eq!(ours.unwrap(&sealed).unwrap(), b"from it", "a forgery does not cost the context");
    let mut sealed = ours.wrap(b"to it").unwrap();
    sealed[17] ^= 1;
    assert_eq!(peer.protect("unwrap", &sealed).unwrap_err().class, "BadMICError");
}

mod our_initiator {
    use super::*;

    fn run(peer: &mut Pyspnego, client: InitiateBuilder) -> Result<Established, Refused> {
        to_pyspnego(peer, &server_with(EVERYTHING), client, UNTOUCHED)
    }

    #[test]
    fn is_let_in_with_a_mic_and_without() {
        let Some(mut peer) = Pyspnego::find() else { return };
        for (hand, has_mic) in [(UNTOUCHED, true), (&without_time as Hand<'_>, false)] {
            let established =
                to_pyspnego(&mut peer, &server_with(EVERYTHING), client(), hand).unwrap();
            assert_eq!(announces_mic(&established.authenticate), has_mic);
            assert_eq!(established.authenticate[token::MIC] != [0; 16], has_mic);
            assert_eq!(peer.known_client(), USER);
            let flags = ContextFlags::PROTECTION | ContextFlags::CONNECTION;
            assert_eq!(established.ours.flags(), flags);
            let sent = token::response_pair(&established.authenticate, 9).expect("a target");
            let target: Vec<u8> = TARGET.encode_utf16().flat_map(u16::to_le_bytes).collect();
            assert_eq!(sent, target);
        }
    }

    #[test]
    fn is_let_in_under_every_form_of_a_name() {
        let Some(mut peer) = Pyspnego::find() else { return };
        for (user, password) in [
            (USER, PASSWORD),
            (r"EXAMPLE\ALICE", PASSWORD),
            ("alice@example.test", PASSWORD),
            ("bare", PASSWORD),
            (r"EXAMPLE\empty", ""),
            (UNICODE_USER, UNICODE_PASSWORD),
        ] {
            let established =
                run(&mut peer, client().credential(Identity::password(user, password)));
            established.unwrap_or_else(|refused| panic!("{user}: {refused:?}"));
            assert_eq!(peer.known_client(), user);
        }
        // MD4 of "Passw0rd!" in UTF-16LE
        let hash = 0xFC52_5C96_83E8_FE06_7095_BA2D_DC97_1889_u128.to_be_bytes();
        run(&mut peer, client().credential(Identity::nt_hash(USER, hash))).unwrap();
    }

    #[test]
    fn is_refused_with_a_wrong_password_and_as_an_unknown_user() {
        let Some(mut peer) = Pyspnego::find() else { return };
        for (user, password, message) in [
            (USER, "wrong", "Invalid NTLM response"),
            (USER, "", "Invalid NTLM response"),
            (UNICODE_USER, PASSWORD, "Invalid NTLM response"),
            (r"EXAMPLE\mallory", PASSWORD, "matching credential"),
            (r"OTHER\alice", PASSWORD, "matching credential"),
        ] {
            let client = client().credential(Identity::password(user, password));
            let class =
                if message.contains("Invalid") { "InvalidTokenError" } else { "SpnegoError" };
            run(&mut peer, client).unwrap_err().by_them(class, message);
        }
    }

    #[test]
    fn is_refused_when_a_token_is_changed_on_its_way() {
        let Some(mut peer) = Pyspnego::find() else { return };
        let proof = |token: &[u8]| token::field(token, token::NT_RESPONSE).start;
        let changes: [(&str, Hand<'_>, &str); 4] = [
            ("a flag in NEGOTIATE", &token::clearing(0, token::KEY_56), "Invalid MIC"),
            ("a flag in CHALLENGE", &token::clearing(1, token::KEY_56), "Invalid MIC"),
            ("the MIC", &token::changing(2, |_| token::MIC.start), "Invalid MIC"),
            ("the proof", &token::changing(2, proof), "Invalid NTLM response"),
        ];
        for (what, hand, message) in changes {
            match to_pyspnego(&mut peer, &server_with(EVERYTHING), client(), hand) {
                Err(refused) => refused.by_them("InvalidTokenError", message),
                Ok(established) => panic!("{what}: {established:?}"),
            }
        }
    }

    #[test]
    fn binds_the_channel() {
        let Some(mut peer) = Pyspnego::find() else { return };
        let right = ChannelBindings::tls_server_end_point(&[7; 32]);
        let data = to_base64(right.application_data());
        let bound = with(server_with(EVERYTHING), "bindings", data);
        let bound_client = client().channel_bindings(right.clone());
        let established = to_pyspnego(&mut peer, &bound, bound_client, UNTOUCHED).unwrap();
        assert_eq!(established.ours.bindings_checked(), BindingsChecked::Sent);
        let wrong = client().channel_bindings(ChannelBindings::tls_server_end_point(&[8; 32]));
        let refused = to_pyspnego(&mut peer, &bound, wrong, UNTOUCHED).unwrap_err();
        refused.by_them("BadBindingsError", "do not match");
        // It lets zeros in, which is how a client says that it has none ([MS-NLMP] 2.2.2.1).
        let established = to_pyspnego(&mut peer, &bound, client(), UNTOUCHED).unwrap();
        assert_eq!(established.ours.bindings_checked(), BindingsChecked::No);
        assert_eq!(token::response_pair(&established.authenticate, 10), Some(&[0; 16][..]));
        // It does not look at bindings where it was given none.
        run(&mut peer, client().channel_bindings(right)).unwrap();
    }

    #[test]
    fn protects_messages_both_ways() {
        let Some(mut peer) = Pyspnego::find() else { return };
        let mut ours = run(&mut peer, client()).unwrap().ours;
        assert_protection(&mut peer, &mut ours, 1 << 20);
        assert_changes_are_seen(&mut peer, &mut ours);
    }

    #[test]
    fn signs_where_only_integrity_was_negotiated() {
        let Some(mut peer) = Pyspnego::find() else { return };
        let client = client().without(ContextFlags::CONFIDENTIALITY);
        let request = server_with(INTEGRITY);
        let mut ours = to_pyspnego(&mut peer, &request, client, UNTOUCHED).unwrap().ours;
        assert!(!ours.flags().contains(ContextFlags::CONFIDENTIALITY));
        for message in [&b""[..], b"one", &[7; 70_000]] {
            assert_signatures(&mut peer, &mut ours, message);
        }
        let signature = ours.sign(b"one").unwrap();
        assert_eq!(peer.verify(b"two", &signature).unwrap_err().class, "BadMICError");
    }

    #[test]
    fn has_the_same_key_where_nothing_is_protected() {
        let Some(mut peer) = Pyspnego::find() else { return };
        let client = client().without(ContextFlags::PROTECTION);
        let request = server_with(NOTHING);
        let established = to_pyspnego(&mut peer, &request, client, UNTOUCHED).unwrap();
        assert_eq!(established.ours.flags(), ContextFlags::CONNECTION);
    }

    #[test]
    fn sends_the_first_responses_where_they_are_allowed() {
        let Some(mut peer) = Pyspnego::find() else { return };
        let v1 = || client().allow(Allow::NTLM_V1);
        // LM_COMPAT_LEVEL 4 is the last at which it takes them.
        let request = with(server_with(EVERYTHING), "level", 4);
        let established = to_pyspnego(&mut peer, &request, v1(), UNTOUCHED).unwrap();
        let response = token::field(&established.authenticate, token::NT_RESPONSE);
        assert_eq!(response.len(), 24);
        let wrong = v1().credential(Identity::password(USER, "wrong"));
        let refused = to_pyspnego(&mut peer, &request, wrong, UNTOUCHED).unwrap_err();
        refused.by_them("InvalidTokenError", "Invalid NTLM response");
        let request = with(server_with(EVERYTHING), "level", 5);
        let refused = to_pyspnego(&mut peer, &request, v1(), UNTOUCHED).unwrap_err();
        refused.by_them("InvalidTokenError", "reject NTv1 responses");
        // And without the allowance it sends NTLMv2 whatever the server would take.
        let request = with(server_with(EVERYTHING), "level", 0);
        let established = to_pyspnego(&mut peer, &request, client(), UNTOUCHED).unwrap();
        let response = token::field(&established.authenticate, token::NT_RESPONSE);
        assert!(response.len() > 24);
    }

    #[test]
    fn protects_messages_with_every_scheme_and_strength() {
        let Some(mut peer) = Pyspnego::find() else { return };
        // The first responses come without a MIC, so that flags can be taken away.
        let weak = || client().allow(Allow::NTLM_V1 | Allow::WEAK_SEALING);
        for cleared in SCHEMES {
            let hand = token::clearing(0, cleared);
            let established = to_pyspnego(&mut peer, &server_with(EVERYTHING), weak(), &hand);
            let mut ours = established.unwrap().ours;
            assert_protection(&mut peer, &mut ours, 5_000);
        }
    }

    #[test]
    fn signs_what_it_does_not_encrypt() {
        let Some(mut peer) = Pyspnego::find() else { return };
        let mut ours = RawEnd::initiator(&mut peer);
        assert_buffers(&mut peer, &mut ours);
    }
}

/// What is cleared in the flags: the strengths, the exchange of keys, the original signatures.
const SCHEMES: [u32; 6] = [
    0,
    token::KEY_128,
    token::KEY_128 | token::KEY_56,
    token::KEY_EXCHANGE,
    token::EXTENDED,
    token::EXTENDED | token::KEY_EXCHANGE,
];

mod our_acceptor {
    use super::*;

    fn run(peer: &mut Pyspnego, server: AcceptBuilder) -> Result<Established, Refused> {
        from_pyspnego(peer, &client_of(USER, PASSWORD, EVERYTHING), server, UNTOUCHED)
    }

    #[test]
    fn lets_it_in_with_a_mic_and_without() {
        let Some(mut peer) = Pyspnego::find() else { return };
        let request = client_of(USER, PASSWORD, EVERYTHING);
        let established = from_pyspnego(&mut peer, &request, server(), UNTOUCHED).unwrap();
        assert!(announces_mic(&established.authenticate));
        assert_eq!(established.ours.client().to_string(), USER);
        assert_eq!(established.ours.target(), Some(TARGET));
        let flags = ContextFlags::PROTECTION | ContextFlags::CONNECTION;
        assert_eq!(established.ours.flags(), flags);
        // A client that sees no target information makes no MIC, like the oldest ones, which knew of
        // none. Its length and the room for it stand at 40.
        let hand: Hand<'_> = &|leg, mut token| {
            if leg == 1 {
                token[40..44].fill(0);
            }
            token
        };
        let established = from_pyspnego(&mut peer, &request, server(), hand).unwrap();
        assert!(!announces_mic(&established.authenticate));
        assert_eq!(established.ours.client().to_string(), USER);
    }

    #[test]
    fn sees_that_the_time_was_taken_out_on_its_way() {
        let Some(mut peer) = Pyspnego::find() else { return };
        // Without the time the client makes no MIC; that it answers to other target information than
        // was sent stands in what it proves.
        let request = client_of(USER, PASSWORD, EVERYTHING);
        let refused = from_pyspnego(&mut peer, &request, server(), &without_time).unwrap_err();
        refused.by_us(Status::MESSAGE_ALTERED);
    }

    #[test]
    fn lets_it_in_under_every_form_of_a_name() {
        let Some(mut peer) = Pyspnego::find() else { return };
        for (user, password, known) in [
            (USER, PASSWORD, USER),
            (r"example\ALICE", PASSWORD, USER),
            ("alice", PASSWORD, USER),
            (r".\alice", PASSWORD, USER),
            ("alice@example", PASSWORD, USER),
            (r"EXAMPLE\empty", "", r"EXAMPLE\empty"),
            (UNICODE_USER, UNICODE_PASSWORD, UNICODE_USER),
        ] {
            let request = client_of(user, password, EVERYTHING);
            let established = from_pyspnego(&mut peer, &request, server(), UNTOUCHED);
            let established = established.unwrap_or_else(|refused| panic!("{user}: {refused:?}"));
            assert_eq!(established.ours.client().to_string(), known);
        }
        let request = json!({
            "do": "client", "user": USER, "flags": EVERYTHING,
            "nt_hash": "FC525C9683E8FE067095BA2DDC971889",
        });
        from_pyspnego(&mut peer, &request, server(), UNTOUCHED).unwrap();
    }

    #[test]
    fn refuses_a_wrong_password_and_an_unknown_user_alike() {
        let Some(mut peer) = Pyspnego::find() else { return };
        let sentences = [
            (USER, "wrong"),
            (USER, ""),
            (r"EXAMPLE\empty", PASSWORD),
            (r"EXAMPLE\mallory", PASSWORD),
            (r"OTHER\alice", PASSWORD),
            (UNICODE_USER, PASSWORD),
        ]
        .map(|(user, password)| {
            let request = client_of(user, password, EVERYTHING);
            let refused = from_pyspnego(&mut peer, &request, server(), UNTOUCHED).unwrap_err();
            refused.by_us(Status::LOGON_DENIED).to_string()
        });
        assert!(sentences.iter().all(|sentence| *sentence == sentences[0]), "{sentences:?}");
    }

    #[test]
    fn refuses_a_token_that_was_changed_on_its_way() {
        let Some(mut peer) = Pyspnego::find() else { return };
        let proof = |token: &[u8]| token::field(token, token::NT_RESPONSE).start;
        let altered = Status::MESSAGE_ALTERED;
        let changes: [(&str, Hand<'_>, Status); 4] = [
            ("a flag in NEGOTIATE", &token::clearing(0, token::KEY_56), altered),
            ("a flag in CHALLENGE", &token::clearing(1, token::KEY_56), altered),
            ("the MIC", &token::changing(2, |_| token::MIC.start), altered),
            ("the proof", &token::changing(2, proof), Status::LOGON_DENIED),
        ];
        let request = client_of(USER, PASSWORD, EVERYTHING);
        for (what, hand, status) in changes {
            match from_pyspnego(&mut peer, &request, server(), hand) {
                Err(refused) => drop(refused.by_us(status)),
                Ok(established) => panic!("{what}: {established:?}"),
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
            (Some(&wrong), Always, refused_with, BindingsChecked::No),
            (Some(&wrong), Never, None, BindingsChecked::No),
            (None, WhenSupported, None, BindingsChecked::No),
            (None, Always, refused_with, BindingsChecked::No),
        ] {
            let mut request = client_of(USER, PASSWORD, EVERYTHING);
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

    #[test]
    fn judges_the_target_it_means() {
        let Some(mut peer) = Pyspnego::find() else { return };
        run(&mut peer, server().accepted_targets(["http/SERVER.example.com"])).unwrap();
        let refused = run(&mut peer, server().accepted_targets(["CIFS/server.example.com"]));
        refused.unwrap_err().by_us(Status::WRONG_PRINCIPAL);
    }

    #[test]
    fn protects_messages_both_ways() {
        let Some(mut peer) = Pyspnego::find() else { return };
        let mut ours = run(&mut peer, server()).unwrap().ours;
        assert_protection(&mut peer, &mut ours, 1 << 20);
        assert_changes_are_seen(&mut peer, &mut ours);
    }

    #[test]
    fn keeps_to_the_protection_that_it_requires() {
        let Some(mut peer) = Pyspnego::find() else { return };
        let request = client_of(USER, PASSWORD, INTEGRITY);
        let refused = from_pyspnego(&mut peer, &request, server(), UNTOUCHED).unwrap_err();
        refused.by_us(Status::SECURITY_QOS_FAILED);
        let relaxed = || server().relax(ContextFlags::PROTECTION);
        let mut ours = from_pyspnego(&mut peer, &request, relaxed(), UNTOUCHED).unwrap().ours;
        assert!(!ours.flags().contains(ContextFlags::CONFIDENTIALITY));
        for message in [&b""[..], b"one", &[7; 70_000]] {
            assert_signatures(&mut peer, &mut ours, message);
        }
        let signature = peer.protect("sign", b"one").unwrap();
        let error = ours.verify(b"two", &signature).unwrap_err();
        assert_eq!(error.status(), Status::MESSAGE_ALTERED);
        // It then sends one byte in the place of the session key, which means nothing.
        let request = client_of(USER, PASSWORD, NOTHING);
        let ours = from_pyspnego(&mut peer, &request, relaxed(), UNTOUCHED).unwrap().ours;
        assert_eq!(ours.flags(), ContextFlags::CONNECTION);
    }

    #[test]
    fn takes_the_first_responses_where_they_are_allowed() {
        let Some(mut peer) = Pyspnego::find() else { return };
        // LM_COMPAT_LEVEL: without and with extended session security, and with an LM response or
        // the NT response in its place.
        for level in 0..=2 {
            let of = |password| with(client_of(USER, password, EVERYTHING), "level", level);
            let refused = from_pyspnego(&mut peer, &of(PASSWORD), server(), UNTOUCHED).unwrap_err();
            let status = if level == 0 { Status::ALGORITHM_MISMATCH } else { Status::LOGON_DENIED };
            refused.by_us(status);
            let v1 = || server().allow(Allow::NTLM_V1);
            let established = from_pyspnego(&mut peer, &of(PASSWORD), v1(), UNTOUCHED).unwrap();
            let response = token::field(&established.authenticate, token::NT_RESPONSE);
            assert_eq!(response.len(), 24);
            let extended = token::flags(&established.authenticate) & token::EXTENDED != 0;
            assert_eq!(extended, level > 0);
            let mut ours = established.ours;
            assert_protection(&mut peer, &mut ours, 5_000);
            let refused = from_pyspnego(&mut peer, &of("wrong"), v1(), UNTOUCHED).unwrap_err();
            refused.by_us(Status::LOGON_DENIED);
        }
    }

    #[test]
    fn protects_messages_with_every_scheme_and_strength() {
        let Some(mut peer) = Pyspnego::find() else { return };
        let weak = || server().allow(Allow::NTLM_V1 | Allow::WEAK_SEALING);
        // The first responses come without a MIC, so that flags can be taken away.
        let request = with(client_of(USER, PASSWORD, EVERYTHING), "level", 2);
        for cleared in SCHEMES {
            let hand = token::clearing(0, cleared);
            let mut ours = from_pyspnego(&mut peer, &request, weak(), &hand).unwrap().ours;
            assert_protection(&mut peer, &mut ours, 5_000);
        }
    }

    #[test]
    fn signs_what_it_does_not_encrypt() {
        let Some(mut peer) = Pyspnego::find() else { return };
        let mut ours = RawEnd::acceptor(&mut peer);
        assert_buffers(&mut peer, &mut ours);
    }
}

/// Our end on the raw layer, where buffers have attributes.
struct RawEnd(anysspi::raw::SecurityContext);

impl RawEnd {
    fn initiator(peer: &mut Pyspnego) -> Self {
        use anysspi::raw::{self, CredentialsRequest, SecurityContext};
        let credentials = CredentialsRequest::new("NTLM", anysspi::Usage::OUTBOUND)
            .with_identity(Identity::password(USER, PASSWORD))
            .acquire(anysspi::Registry::global())
            .unwrap();
        peer.start(&server_with(EVERYTHING));
        let mut context = SecurityContext::new();
        let mut received = Vec::new();
        while !context.is_established() {
            let flags = raw::IscReq::CONFIDENTIALITY | raw::IscReq::ALLOCATE_MEMORY;
            let mut output = [Buffer::empty(BufferKind::TOKEN)];
            let mut input = [Buffer::token(&received)];
            raw::initialize_security_context(
                Some(&credentials),
                &mut context,
                Some(TARGET),
                flags,
                &mut input,
                &mut output,
            )
            .unwrap();
            let [token] = output;
            received = peer.step(Some(token.bytes())).unwrap().0.unwrap_or_default();
        }
        Self(context)
    }

    fn acceptor(peer: &mut Pyspnego) -> Self {
        use anysspi::raw::{self, CredentialsRequest, SecurityContext};
        let credentials = CredentialsRequest::new("NTLM", anysspi::Usage::INBOUND)
            .with_identity(accounts())
            .acquire(anysspi::Registry::global())
            .unwrap();
        peer.start(&client_of(USER, PASSWORD, EVERYTHING));
        let mut context = SecurityContext::new();
        let (mut received, _) = peer.step(None).unwrap();
        while !context.is_established() {
            let flags = raw::AscReq::CONFIDENTIALITY | raw::AscReq::ALLOCATE_MEMORY;
            let mut output = [Buffer::empty(BufferKind::TOKEN)];
            let mut input = [Buffer::token(received.as_deref().expect("a token"))];
            raw::accept_security_context(
                Some(&credentials),
                &mut context,
                flags,
                &mut input,
                &mut output,
            )
            .unwrap();
            let [token] = output;
            if !token.is_empty() {
                (received, _) = peer.step(Some(token.bytes())).unwrap();
            }
        }
        Self(context)
    }
}

/// A message as DCE RPC has it: a header and a trailer in the clear that are signed too, and a body
/// that is encrypted.
fn assert_buffers(peer: &mut Pyspnego, ours: &mut RawEnd) {
    use anysspi::raw::{decrypt_message, encrypt_message};
    // How a buffer in the clear is called by us and by it. Every buffer of data is signed
    // ([MS-NLMP] 3.4.6.1).
    for (attributes, name) in [
        (BufferAttributes::READONLY_WITH_CHECKSUM, "sign_only"),
        (BufferAttributes::READONLY, "data_readonly"),
    ] {
        let clear = |bytes| Buffer::shared(BufferKind::DATA, bytes).with_attributes(attributes);
        for body in [&b"the body"[..], b"", &[7; 5_000]] {
            let mut sealed = body.to_vec();
            let mut token = [0; 16];
            let mut buffers = [
                clear(b"header"),
                Buffer::data(&mut sealed),
                clear(b"trailer"),
                Buffer::exclusive(BufferKind::TOKEN, &mut token),
            ];
            encrypt_message(&mut ours.0, anysspi::Quality::DEFAULT, &mut buffers, 0).unwrap();
            let opened = peer.buffers(
                "unwrap_iov",
                &[
                    (name, Some(b"header")),
                    ("data", Some(&sealed)),
                    (name, Some(b"trailer")),
                    ("header", Some(&token)),
                ],
            );
            let opened = opened.unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"));
            assert_eq!(opened[1], body, "{name}");

            let list = [
                (name, Some(&b"header"[..])),
                ("data", Some(body)),
                (name, Some(b"trailer")),
                ("header", None),
            ];
            let mut made = peer.buffers("wrap_iov", &list).unwrap();
            let token = made.pop().expect("a signature");
            let sealed = &mut made[1];
            let mut buffers =
                [clear(b"header"), Buffer::data(sealed), clear(b"trailer"), Buffer::token(&token)];
            decrypt_message(&mut ours.0, &mut buffers, 0)
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(sealed, body, "{name}");
        }
    }
}
