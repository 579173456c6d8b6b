//! Samba's `ntlm_auth` as the peer, on both sides: `tests/interop/ntlm-auth`.
//!
//! It has no message protection, so what it is asked for after a handshake are the session key and
//! the flags. Not compared:
//! - unknown users and domains with its acceptor, because the password that it is started with is
//!   every user's in every domain;
//! - channel bindings with its acceptor, because it does not look at them;
//! - its acceptor's rule for NTLMv1, because it applies none to that password;
//! - anonymous logons with its initiator, because it sends a response even for no user.

#[path = "support/peer.rs"]
mod peer;
#[path = "support/samba.rs"]
mod samba;
mod support;

use anysspi::{
    AcceptBuilder, Allow, BindingsChecked, ChannelBindingPolicy, ChannelBindings, Context,
    ContextFlags, Error, Family, Identity, InitiateBuilder, Status, Step, accept, initiate,
};
use peer::token::{self, Hand, UNTOUCHED, announces_mic};
use peer::{Peer, from_base64, to_base64};
use samba::{ALICE, NOTHING, NTLM, SEAL, SIGN, Samba, UNICODE, User, accounts, key_of};

/// What Samba's end of an established context has.
#[derive(Debug)]
struct Theirs {
    key: Vec<u8>,
    flags: u32,
}

impl Theirs {
    fn of(samba: &mut Peer) -> Self {
        let key = key_of(samba);
        let flags = samba.ask("GF");
        let flags = flags.strip_prefix("GF 0x").unwrap_or_else(|| panic!("no flags: {flags}"));
        let flags = u32::from_str_radix(flags, 16).expect("hexadecimal flags");
        Self { key, flags }
    }

    /// Both ends have the same key, and mean the same by it.
    fn agrees(&self, ours: &Context, sent: &[u8]) {
        assert_eq!(self.key, ours.session_key().expose());
        let meant = token::SIGN
            | token::SEAL
            | token::EXTENDED
            | token::KEY_128
            | token::KEY_56
            | token::KEY_EXCHANGE;
        // In an AUTHENTICATE_MESSAGE stands what both sides want.
        assert_eq!(self.flags & token::flags(sent) & meant, token::flags(sent) & meant);
        let protects = ours.flags().contains(ContextFlags::INTEGRITY);
        assert_eq!(self.flags & token::SIGN != 0, protects);
        let seals = ours.flags().contains(ContextFlags::CONFIDENTIALITY);
        assert_eq!(self.flags & token::SEAL != 0, seals);
    }
}

mod our_initiator {
    use super::*;

    fn client(user: User) -> InitiateBuilder {
        initiate("NTLM").target("HTTP/samba.example.com").credential(user.identity())
    }

    /// A handshake to its end: ours, and what Samba says about it.
    struct Outcome {
        context: Context,
        authenticate: Vec<u8>,
        /// The name Samba lets in, and what it has; or the NTSTATUS it refuses with.
        verdict: Result<(String, Theirs), String>,
    }

    impl Outcome {
        /// Samba lets the client in under this name, and both ends agree.
        fn accepted(self, name: &str) -> Self {
            let (known, theirs) = self.verdict.as_ref().expect("Samba lets us in");
            assert_eq!(known, name);
            theirs.agrees(&self.context, &self.authenticate);
            self
        }

        fn refused(self, status: &str) {
            assert_eq!(self.verdict.expect_err("Samba had to refuse"), status);
        }
    }

    /// Logs on to Samba's acceptor, with a hand on every token.
    fn run_with(
        client: InitiateBuilder,
        mut samba: Peer,
        hand: Hand<'_>,
    ) -> anysspi::Result<Outcome> {
        let mut client = client.start()?;
        let Step::SendToken(negotiate) = client.next()? else { panic!("no first token") };
        let answer = samba.ask(&format!("YR {}", to_base64(&hand(0, negotiate))));
        let challenge = answer.strip_prefix("TT ").unwrap_or_else(|| panic!("{answer}"));
        let challenge = hand(1, from_base64(challenge));
        let Step::SendToken(authenticate) = client.step(Some(&challenge))? else {
            panic!("no last token")
        };
        let authenticate = hand(2, authenticate);
        let answer = samba.ask(&format!("KK {}", to_base64(&authenticate)));
        let verdict = match answer.split_once(' ') {
            Some(("AF", name)) => Ok((name.to_owned(), Theirs::of(&mut samba))),
            Some(("NA", status)) => {
                assert!(samba.ask("GK").starts_with("BH"), "a refused client has no session key");
                Err(status.to_owned())
            }
            _ => panic!("{answer}"),
        };
        Ok(Outcome { context: client.into_context()?, authenticate, verdict })
    }

    fn run(client: InitiateBuilder, samba: Peer) -> anysspi::Result<Outcome> {
        run_with(client, samba, UNTOUCHED)
    }

    #[test]
    fn is_let_in_with_a_mic() {
        let Some(samba) = Samba::find(NTLM) else { return };
        let outcome = run(client(ALICE), samba.acceptor(ALICE, &[])).unwrap();
        // Samba's challenge has the time, so that a MIC is due.
        let outcome = outcome.accepted(r"EXAMPLE\alice");
        assert!(announces_mic(&outcome.authenticate));
        assert_ne!(outcome.authenticate[token::MIC], [0; 16]);
        assert_eq!(outcome.context.flags(), ContextFlags::PROTECTION | ContextFlags::CONNECTION);
        assert!(outcome.context.server().is_some());
    }

    #[test]
    fn is_let_in_without_a_mic() {
        let Some(samba) = Samba::find(NTLM) else { return };
        // Samba sends target information, and with it the time, only to clients that ask for the
        // target. One of the oldest kind did not.
        let hand = token::clearing(0, token::REQUEST_TARGET);
        let outcome = run_with(client(ALICE), samba.acceptor(ALICE, &[]), &hand).unwrap();
        let outcome = outcome.accepted(r"EXAMPLE\alice");
        assert!(!announces_mic(&outcome.authenticate));
        let lm_response = token::field(&outcome.authenticate, token::LM_RESPONSE);
        assert_ne!(outcome.authenticate[lm_response], [0; 24], "an LMv2 response is due then");
    }

    #[test]
    fn is_let_in_under_every_form_of_a_name() {
        let Some(samba) = Samba::find(NTLM) else { return };
        for (user, known) in [
            (r"EXAMPLE\alice", r"EXAMPLE\alice"),
            (r"example\ALICE", r"example\ALICE"),
            ("alice", r"\alice"),
            (r".\alice", r".\alice"),
            ("alice@example.test", r"\alice@example.test"),
            (r"EXAMPLE\alice@example.test", r"EXAMPLE\alice@example.test"),
        ] {
            let client = client(ALICE).credential(Identity::password(user, ALICE.password));
            run(client, samba.acceptor(ALICE, &[])).unwrap().accepted(known);
        }
    }

    #[test]
    fn is_let_in_with_names_and_passwords_of_every_alphabet() {
        let Some(samba) = Samba::find(NTLM) else { return };
        let name = UNICODE.full_name();
        run(client(UNICODE), samba.acceptor(UNICODE, &[])).unwrap().accepted(&name);
        let wrong = client(UNICODE.with_password("Пароль"));
        run(wrong, samba.acceptor(UNICODE, &[])).unwrap().refused("NT_STATUS_LOGON_FAILURE");
    }

    #[test]
    fn is_let_in_with_an_empty_password_and_with_a_long_one() {
        let Some(samba) = Samba::find(NTLM) else { return };
        let long: &'static str = "0123456789abcdef".repeat(8).leak();
        for password in ["", " ", "%", long] {
            let user = ALICE.with_password(password);
            run(client(user), samba.acceptor(user, &[])).unwrap().accepted(r"EXAMPLE\alice");
            let outcome = run(client(user), samba.acceptor(ALICE, &[])).unwrap();
            outcome.refused("NT_STATUS_LOGON_FAILURE");
        }
    }

    #[test]
    fn is_let_in_with_an_nt_hash() {
        let Some(samba) = Samba::find(NTLM) else { return };
        // MD4 of "Password" in UTF-16LE: [MS-NLMP] 4.2.2.1.2
        let hash = 0xA4F4_9C40_6510_BDCA_B682_4EE7_C30F_D852_u128.to_be_bytes();
        let client = client(ALICE).credential(Identity::nt_hash(r"EXAMPLE\alice", hash));
        let user = ALICE.with_password("Password");
        run(client, samba.acceptor(user, &[])).unwrap().accepted(r"EXAMPLE\alice");
    }

    #[test]
    fn is_refused_with_a_wrong_password() {
        let Some(samba) = Samba::find(NTLM) else { return };
        for user in [
            ALICE.with_password("wrong"),
            ALICE.with_password("passw0rd!"),
            ALICE.with_password("wrong").called("mallory"),
        ] {
            let outcome = run(client(user), samba.acceptor(ALICE, &[])).unwrap();
            outcome.refused("NT_STATUS_LOGON_FAILURE");
        }
    }

    #[test]
    fn is_refused_as_an_anonymous_client() {
        let Some(samba) = Samba::find(NTLM) else { return };
        let client = client(ALICE)
            .allow(Allow::ANONYMOUS)
            .credential(Identity::Anonymous)
            .relax(ContextFlags::PROTECTION);
        run(client, samba.acceptor(ALICE, &[])).unwrap().refused("NT_STATUS_LOGON_FAILURE");
    }

    #[test]
    fn is_refused_when_a_token_is_changed_on_its_way() {
        let Some(samba) = Samba::find(NTLM) else { return };
        let start = |described_at| move |token: &[u8]| token::field(token, described_at).start;
        let changes: [(&str, Hand<'_>); 6] = [
            ("the version in NEGOTIATE", &token::changing(0, |_| 32)),
            ("a flag in NEGOTIATE", &token::clearing(0, token::KEY_56)),
            ("a flag in CHALLENGE", &token::clearing(1, token::KEY_56)),
            ("the workstation", &token::changing(2, start(token::WORKSTATION))),
            ("the MIC", &token::changing(2, |_| token::MIC.start)),
            ("the session key", &token::changing(2, start(token::SESSION_KEY))),
        ];
        for (what, hand) in changes {
            let outcome = run_with(client(ALICE), samba.acceptor(ALICE, &[]), hand).unwrap();
            // It proves that our MIC is a MIC to Samba: the password was right.
            let status = outcome.verdict.expect_err(what);
            assert_eq!(status, "NT_STATUS_INVALID_PARAMETER", "{what}");
        }
    }

    #[test]
    fn agrees_on_what_is_protected() {
        let Some(samba) = Samba::find(NTLM) else { return };
        let order = ContextFlags::REPLAY_DETECT | ContextFlags::SEQUENCE_DETECT;
        for (without, has) in [
            (ContextFlags::empty(), ContextFlags::PROTECTION),
            (ContextFlags::CONFIDENTIALITY, ContextFlags::INTEGRITY | order),
            // Who only logs on, over HTTP for one, wants neither, and there is no key to exchange.
            (ContextFlags::PROTECTION, ContextFlags::empty()),
        ] {
            let client = client(ALICE).without(without);
            let outcome = run(client, samba.acceptor(ALICE, &[])).unwrap();
            let outcome = outcome.accepted(r"EXAMPLE\alice");
            assert_eq!(outcome.context.flags(), has | ContextFlags::CONNECTION);
        }
    }

    #[test]
    fn agrees_on_the_key_with_weaker_servers() {
        let Some(samba) = Samba::find(NTLM) else { return };
        let weak = Allow::WEAK_SEALING;
        let v1 = Allow::NTLM_V1;
        for (option, needed) in [
            ("--option=ntlmssp_server:128bit=no", weak),
            ("--option=ntlmssp_server:56bit=no", Allow::empty()),
            ("--option=ntlmssp_server:keyexchange=no", Allow::empty()),
            ("--option=ntlmssp_server:alwayssign=no", Allow::empty()),
            ("--option=ntlmssp_server:ntlm2=no", v1),
        ] {
            for allowed in [Allow::empty(), weak, v1, weak | v1] {
                let client = client(ALICE).allow(allowed);
                match run(client, samba.acceptor(ALICE, &[option])) {
                    Ok(outcome) => {
                        assert!(allowed.contains(needed), "{option} {allowed:?}");
                        outcome.accepted(r"EXAMPLE\alice");
                    }
                    Err(error) => {
                        assert!(!allowed.contains(needed), "{option} {allowed:?}: {error}");
                        assert_eq!(error.status(), Status::ALGORITHM_MISMATCH, "{option}");
                    }
                }
            }
        }
    }

    #[test]
    fn sends_the_first_responses_where_they_are_allowed() {
        let Some(samba) = Samba::find(NTLM) else { return };
        // The "NTLM2 session response", and without extended session security NTLMv1 as it was.
        for option in ["--option=ntlmssp_server:ntlm2=yes", "--option=ntlmssp_server:ntlm2=no"] {
            let v1 = |user| client(user).allow(Allow::NTLM_V1);
            let outcome = run(v1(ALICE), samba.acceptor(ALICE, &[option])).unwrap();
            let outcome = outcome.accepted(r"EXAMPLE\alice");
            let response = token::field(&outcome.authenticate, token::NT_RESPONSE);
            assert_eq!(response.len(), 24, "{option}");
            let wrong = run(v1(ALICE.with_password("wrong")), samba.acceptor(ALICE, &[option]));
            wrong.unwrap().refused("NT_STATUS_LOGON_FAILURE");
        }
    }

    #[test]
    fn speaks_without_unicode_where_the_server_has_none() {
        let Some(samba) = Samba::find(NTLM) else { return };
        // Without target information there is no MIC, so that the flag may be taken away.
        let hand = token::clearing(0, token::REQUEST_TARGET | token::UNICODE);
        let outcome = run_with(client(ALICE), samba.acceptor(ALICE, &[]), &hand).unwrap();
        let outcome = outcome.accepted(r"EXAMPLE\alice");
        let user = token::field(&outcome.authenticate, token::USER);
        assert_eq!(&outcome.authenticate[user], b"alice");
        let error = run_with(client(UNICODE), samba.acceptor(UNICODE, &[]), &hand).err().unwrap();
        assert_eq!(error.status(), Status::UNSUPPORTED_FUNCTION);
    }
}

mod our_acceptor {
    use super::*;

    /// A server in which everything is known: it always sends the same challenge.
    fn server() -> AcceptBuilder {
        let registry = support::registry(0x80, "server.example.com");
        accept("NTLM").registry(&registry).credential(accounts())
    }

    fn anything_goes() -> AcceptBuilder {
        server().relax(ContextFlags::PROTECTION)
    }

    struct Outcome {
        tokens: [Vec<u8>; 3],
        theirs: Theirs,
        ours: anysspi::Result<Context>,
    }

    impl Outcome {
        /// We let Samba in under this name, and both ends agree.
        fn accepted(self, name: &str) -> ([Vec<u8>; 3], Context) {
            let context = self.ours.expect("we let Samba in");
            assert_eq!(context.client().to_string(), name);
            self.theirs.agrees(&context, &self.tokens[2]);
            (self.tokens, context)
        }

        fn refused(self, status: Status) -> Error {
            let error = self.ours.expect_err("we had to refuse");
            assert_eq!(error.status(), status, "{error}");
            error
        }
    }

    /// Lets Samba's initiator log on. The error is that of our first step.
    fn run(mut samba: Peer, server: AcceptBuilder) -> anysspi::Result<Outcome> {
        let mut server = server.start()?;
        let answer = samba.ask("YR");
        let negotiate = answer.strip_prefix("YR ").unwrap_or_else(|| panic!("{answer}"));
        let negotiate = from_base64(negotiate);
        let Step::SendToken(challenge) = server.step(Some(&negotiate))? else {
            panic!("no challenge")
        };
        let answer = samba.ask(&format!("TT {}", to_base64(&challenge)));
        let authenticate = answer.strip_prefix("AF ").unwrap_or_else(|| panic!("{answer}"));
        let authenticate = from_base64(authenticate);
        let theirs = Theirs::of(&mut samba);
        let ours = server.step(Some(&authenticate)).and_then(|step| {
            assert_eq!(step, Step::Done);
            server.into_context()
        });
        Ok(Outcome { tokens: [negotiate, challenge, authenticate], theirs, ours })
    }

    #[test]
    fn lets_it_in_with_a_mic_and_without() {
        let Some(samba) = Samba::find(NTLM) else { return };
        let order = ContextFlags::REPLAY_DETECT | ContextFlags::SEQUENCE_DETECT;
        for (features, has) in [
            (SEAL, ContextFlags::PROTECTION),
            (SIGN, ContextFlags::INTEGRITY | order),
            (NOTHING, ContextFlags::empty()),
        ] {
            let outcome = run(samba.initiator(ALICE, features, &[]), anything_goes()).unwrap();
            let (tokens, context) = outcome.accepted(r"EXAMPLE\alice");
            assert_eq!(context.flags(), has | ContextFlags::CONNECTION);
            // It announces a MIC only where messages will be protected.
            assert_eq!(announces_mic(&tokens[2]), !has.is_empty(), "{features}");
        }
        let option = "--option=ntlmssp_client:force_old_spnego=yes";
        let outcome = run(samba.initiator(ALICE, SEAL, &[option]), server()).unwrap();
        let (tokens, _) = outcome.accepted(r"EXAMPLE\alice");
        assert!(!announces_mic(&tokens[2]), "protection without a MIC");
    }

    #[test]
    fn refuses_it_without_the_protection_that_is_required() {
        let Some(samba) = Samba::find(NTLM) else { return };
        for features in [NOTHING, SIGN] {
            let outcome = run(samba.initiator(ALICE, features, &[]), server()).unwrap();
            let error = outcome.refused(Status::SECURITY_QOS_FAILED);
            assert!(error.context().contains("CONFIDENTIALITY"), "{error}");
        }
    }

    #[test]
    fn lets_it_in_under_every_form_of_a_name() {
        let Some(samba) = Samba::find(NTLM) else { return };
        for user in [
            ALICE,
            ALICE.called("ALICE").of("example"),
            ALICE.of(""),
            ALICE.of("."),
            ALICE.called("alice@example").of(""),
        ] {
            let outcome = run(samba.initiator(user, SEAL, &[]), server()).unwrap();
            outcome.accepted(r"EXAMPLE\alice");
        }
    }

    #[test]
    fn lets_it_in_with_names_and_passwords_of_every_alphabet() {
        let Some(samba) = Samba::find(NTLM) else { return };
        let name = UNICODE.full_name();
        let other_case: &'static str = UNICODE.name.to_lowercase().leak();
        for user in [UNICODE, UNICODE.called(other_case)] {
            let outcome = run(samba.initiator(user, SEAL, &[]), server()).unwrap();
            outcome.accepted(&name);
        }
        let wrong = UNICODE.with_password("Пароль");
        let outcome = run(samba.initiator(wrong, SEAL, &[]), server()).unwrap();
        outcome.refused(Status::LOGON_DENIED);
    }

    #[test]
    fn refuses_a_wrong_password_and_an_unknown_user_alike() {
        let Some(samba) = Samba::find(NTLM) else { return };
        for features in [SEAL, NOTHING] {
            let sentences = [
                ALICE.with_password("wrong"),
                ALICE.with_password("passw0rd!"),
                ALICE.called("mallory"),
                ALICE.of("OTHER"),
                ALICE.called("alice@other.example").of(""),
            ]
            .map(|user| {
                let outcome = run(samba.initiator(user, features, &[]), anything_goes()).unwrap();
                outcome.refused(Status::LOGON_DENIED).to_string()
            });
            assert!(sentences.iter().all(|sentence| *sentence == sentences[0]), "{sentences:?}");
        }
    }

    #[test]
    fn agrees_on_the_key_with_weaker_clients() {
        let Some(samba) = Samba::find(NTLM) else { return };
        let (weak, v1) = (Allow::WEAK_SEALING, Allow::NTLM_V1);
        for (options, needed) in [
            (&["--option=ntlmssp_client:128bit=no"][..], weak),
            (&["--option=ntlmssp_client:56bit=no"], Allow::empty()),
            (&["--option=ntlmssp_client:keyexchange=no"], Allow::empty()),
            (&["--option=ntlmssp_client:alwayssign=no"], Allow::empty()),
            (&["--option=ntlmssp_client:unicode=no"], Allow::empty()),
            (&["--option=ntlmssp_client:ntlm2=no"], v1),
        ] {
            for allowed in [Allow::empty(), weak, v1, weak | v1] {
                let outcome = run(samba.initiator(ALICE, SEAL, options), server().allow(allowed));
                match outcome {
                    Ok(outcome) => {
                        assert!(allowed.contains(needed), "{options:?} {allowed:?}");
                        outcome.accepted(r"EXAMPLE\alice");
                    }
                    Err(error) => {
                        assert!(!allowed.contains(needed), "{options:?} {allowed:?}: {error}");
                        assert_eq!(error.status(), Status::ALGORITHM_MISMATCH, "{options:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn takes_the_first_responses_where_they_are_allowed() {
        let Some(samba) = Samba::find(NTLM) else { return };
        let session_response = &["--option=client ntlmv2 auth=no"][..];
        let original = &["--option=client ntlmv2 auth=no", "--option=ntlmssp_client:ntlm2=no"][..];
        for (options, features) in [
            (session_response, SEAL),
            (session_response, NOTHING),
            (original, SEAL),
            (original, NOTHING),
        ] {
            let initiator = |user| samba.initiator(user, features, options);
            let v1 = || anything_goes().allow(Allow::NTLM_V1);
            let (tokens, _) = run(initiator(ALICE), v1()).unwrap().accepted(r"EXAMPLE\alice");
            assert_eq!(token::field(&tokens[2], token::NT_RESPONSE).len(), 24);
            for user in [ALICE.with_password("wrong"), ALICE.called("mallory")] {
                run(initiator(user), v1()).unwrap().refused(Status::LOGON_DENIED);
            }
            // And not otherwise: protection without extended session security at once, the response
            // when it comes.
            let error = match run(initiator(ALICE), anything_goes()) {
                Ok(outcome) => outcome.refused(Status::LOGON_DENIED),
                Err(error) => error,
            };
            assert!(error.context().contains("NTLM"), "{error}");
        }
    }

    #[test]
    fn judges_its_channel_bindings() {
        let Some(samba) = Samba::find(NTLM) else { return };
        let bound = || server().channel_bindings(ChannelBindings::tls_server_end_point(&[7; 32]));
        // Samba sends the zeros of a client without any.
        let outcome = run(samba.initiator(ALICE, SEAL, &[]), bound()).unwrap();
        assert_eq!(token::response_pair(&outcome.tokens[2], 10), Some(&[0; 16][..]));
        let (_, context) = outcome.accepted(r"EXAMPLE\alice");
        assert_eq!(context.bindings_checked(), BindingsChecked::No);
        let always = bound().binding_policy(ChannelBindingPolicy::Always);
        let outcome = run(samba.initiator(ALICE, SEAL, &[]), always).unwrap();
        outcome.refused(Status::BAD_BINDINGS);
    }

    #[test]
    fn judges_the_target_it_means() {
        let Some(samba) = Samba::find(NTLM) else { return };
        let accepting = |name: &str| server().accepted_targets([name]);
        let options = ["--target-service=http", "--target-hostname=server.example.com"];
        let initiator = || samba.initiator(ALICE, SEAL, &options);
        let outcome = run(initiator(), accepting("HTTP/server.example.com")).unwrap();
        let (_, context) = outcome.accepted(r"EXAMPLE\alice");
        assert_eq!(context.target(), Some("http/server.example.com"));
        let outcome = run(initiator(), accepting("CIFS/server.example.com")).unwrap();
        outcome.refused(Status::WRONG_PRINCIPAL);
        let silent = samba.initiator(ALICE, SEAL, &[]);
        let outcome = run(silent, accepting("HTTP/server.example.com")).unwrap();
        outcome.refused(Status::WRONG_PRINCIPAL);
    }

    /// Judges an AUTHENTICATE_MESSAGE as the server did that sent the challenge it answers.
    fn judge(tokens: &[Vec<u8>; 3], authenticate: &[u8]) -> anysspi::Result<Context> {
        let mut server = anything_goes().start().unwrap();
        let Step::SendToken(challenge) = server.step(Some(&tokens[0]))? else {
            panic!("no challenge")
        };
        assert_eq!(challenge, tokens[1], "the same challenge every time");
        server.step(Some(authenticate))?;
        server.into_context()
    }

    fn assert_refused(result: anysspi::Result<Context>, what: &str) {
        let error = match result {
            Ok(context) => panic!("{what} was accepted: {context:?}"),
            Err(error) => error,
        };
        let family = error.family();
        let expected = [Family::Credential, Family::Handshake, Family::Protection];
        assert!(expected.contains(&family), "{what}: {error}");
    }

    #[test]
    fn refuses_every_changed_bit_of_a_token_with_a_mic() {
        let Some(samba) = Samba::find(NTLM) else { return };
        let outcome = run(samba.initiator(ALICE, SEAL, &[]), server()).unwrap();
        let (tokens, _) = outcome.accepted(r"EXAMPLE\alice");
        judge(&tokens, &tokens[2]).expect("the token as it was");
        for at in 0..tokens[2].len() {
            for bit in 0..8 {
                let mut changed = tokens[2].clone();
                changed[at] ^= 1 << bit;
                assert_refused(judge(&tokens, &changed), &format!("bit {bit} of byte {at}"));
            }
            assert_refused(judge(&tokens, &tokens[2][..at]), &format!("the first {at} bytes"));
        }
        // The messages before it are covered too.
        for at in 0..tokens[0].len() {
            let mut changed = tokens.clone();
            changed[0][at] ^= 1;
            let mut server = anything_goes().start().unwrap();
            let result = server
                .step(Some(&changed[0]))
                .and_then(|_| server.step(Some(&tokens[2])))
                .and_then(|_| server.into_context());
            assert_refused(result, &format!("byte {at} of NEGOTIATE"));
        }
    }

    #[test]
    fn refuses_every_changed_bit_that_is_proven_without_a_mic() {
        let Some(samba) = Samba::find(NTLM) else { return };
        let outcome = run(samba.initiator(ALICE, NOTHING, &[]), anything_goes()).unwrap();
        let (tokens, _) = outcome.accepted(r"EXAMPLE\alice");
        judge(&tokens, &tokens[2]).expect("the token as it was");
        for described_at in [token::NT_RESPONSE, token::DOMAIN, token::USER] {
            for at in token::field(&tokens[2], described_at) {
                for bit in 0..8 {
                    let mut changed = tokens[2].clone();
                    changed[at] ^= 1 << bit;
                    // A user's name in the other case is the same name.
                    let is_letter = tokens[2][at].is_ascii_alphabetic();
                    if described_at == token::USER && bit == 5 && is_letter {
                        judge(&tokens, &changed).expect("the same name");
                        continue;
                    }
                    assert_refused(judge(&tokens, &changed), &format!("bit {bit} of byte {at}"));
                }
            }
        }
        for length in 0..tokens[2].len() {
            assert_refused(judge(&tokens, &tokens[2][..length]), &format!("{length} bytes"));
        }
    }

    #[test]
    fn refuses_a_token_that_answers_another_challenge() {
        let Some(samba) = Samba::find(NTLM) else { return };
        for features in [SEAL, NOTHING] {
            let other = accept("NTLM")
                .registry(&support::registry(0x40, "server.example.com"))
                .credential(accounts())
                .relax(ContextFlags::PROTECTION);
            let outcome = run(samba.initiator(ALICE, features, &[]), other).unwrap();
            let (tokens, _) = outcome.accepted(r"EXAMPLE\alice");
            let mut server = anything_goes().start().unwrap();
            server.step(Some(&tokens[0])).unwrap();
            let error = server.step(Some(&tokens[2])).unwrap_err();
            assert_eq!(error.status(), Status::LOGON_DENIED, "{error}");
        }
    }
}
