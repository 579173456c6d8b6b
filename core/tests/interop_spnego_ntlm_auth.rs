//! Samba's `ntlm_auth` as the peer of Negotiate, on both sides: `tests/interop/ntlm-auth`.
//!
//! It protects no messages, so that what it is asked for after a handshake is the session key. What
//! is the mechanism's own is compared in `interop_ntlm_auth.rs`.

#[path = "support/der.rs"]
mod der;
#[path = "support/peer.rs"]
mod peer;
#[path = "support/samba.rs"]
mod samba;
#[path = "support/spnego.rs"]
mod spnego;

use anysspi::{
    AcceptBuilder, Context, ContextFlags, Handshake, InitiateBuilder, Status, Step, accept,
    initiate,
};
use peer::token::{Hand, UNTOUCHED};
use peer::{Peer, from_base64, to_base64};
use samba::{ALICE, NEGOTIATE, NOTHING, SEAL, SIGN, Samba, UNICODE, User, accounts, key_of};
use spnego::Token;

/// Both ends have the same key, and ours says what was negotiated.
fn assert_agreement(samba: &mut Peer, ours: &Context, is_signed: bool) {
    assert_eq!(key_of(samba), ours.session_key().expose());
    let negotiation = ours.negotiation().expect("it was negotiated");
    assert_eq!(negotiation.chosen.as_deref(), Some("NTLM"));
    assert_eq!(negotiation.list_was_signed, is_signed);
}

/// Changes one of the tokens on its way.
fn at(leg: usize, change: impl Fn(Token) -> Token) -> impl Fn(usize, Vec<u8>) -> Vec<u8> {
    move |passing, token| {
        if passing == leg { change(Token::read(&token)).write() } else { token }
    }
}

mod our_initiator {
    use super::*;

    fn client(user: User) -> InitiateBuilder {
        initiate("Negotiate").target("HTTP/samba.example.com").credential(user.identity())
    }

    /// What Samba says in the end, and what we make of it.
    struct Outcome {
        samba: Peer,
        /// The name that Samba lets in, or the status it refuses with.
        verdict: Result<String, String>,
        tokens: Vec<Vec<u8>>,
        ours: anysspi::Result<Context>,
    }

    impl Outcome {
        fn accepted(mut self, user: User, is_signed: bool) -> (Context, Vec<Vec<u8>>) {
            assert_eq!(self.verdict.expect("Samba lets us in"), user.full_name());
            let context = self.ours.expect("and we accept that");
            assert_agreement(&mut self.samba, &context, is_signed);
            (context, self.tokens)
        }

        fn refused_by_samba(self, status: &str) {
            assert_eq!(self.verdict.expect_err("Samba had to refuse"), status);
            assert!(self.ours.is_err(), "there is no context");
        }

        fn refused_by_us(self, status: Status) {
            assert!(self.verdict.is_ok(), "Samba lets us in: {:?}", self.verdict);
            let error = self.ours.expect_err("we had to refuse");
            assert_eq!(error.status(), status, "{error}");
        }
    }

    /// Logs on to Samba's acceptor, with a hand on every token.
    fn run_with(client: InitiateBuilder, mut samba: Peer, hand: Hand<'_>) -> Outcome {
        let mut client = client.start().unwrap();
        let mut tokens = Vec::new();
        let mut pass = |token| {
            let token = hand(tokens.len(), token);
            tokens.push(token);
            tokens[tokens.len() - 1].clone()
        };
        let mut step = client.next();
        let mut verdict = None;
        let mut verb = "YR";
        while let Ok(Step::SendToken(token)) = &step {
            let answer = samba.ask(&format!("{verb} {}", to_base64(&pass(token.clone()))));
            verb = "KK";
            let mut words = answer.splitn(3, ' ');
            let mut word = || words.next().unwrap_or_else(|| panic!("{answer}")).to_owned();
            let (what, token, rest) = (word(), word(), word());
            match &*what {
                "TT" => {}
                "AF" => verdict = Some(Ok(rest)),
                "NA" => verdict = Some(Err(rest)),
                // It does not refuse the client then, but its token.
                "BH" => verdict = Some(Err(token.clone())),
                _ => panic!("{answer}"),
            }
            if what == "BH" || token == "*" {
                // There is nothing for us, who then go on waiting.
                break;
            }
            step = client.step(Some(&pass(from_base64(&token))));
            if verdict.is_some() {
                break;
            }
        }
        let ours = step.and_then(|step| {
            assert!(step == Step::Done || !client.done(), "nothing is left to say");
            client.into_context()
        });
        let verdict = verdict.unwrap_or_else(|| Err(String::from("it goes on waiting")));
        Outcome { samba, verdict, tokens, ours }
    }

    fn run(client: InitiateBuilder, samba: Peer) -> Outcome {
        run_with(client, samba, UNTOUCHED)
    }

    #[test]
    fn is_let_in_with_the_list_signed() {
        let Some(samba) = Samba::find(NEGOTIATE) else { return };
        for user in [ALICE, UNICODE] {
            let (context, tokens) =
                run(client(user), samba.acceptor(user, &[])).accepted(user, true);
            assert_eq!(context.flags(), ContextFlags::PROTECTION | ContextFlags::CONNECTION);
            assert_eq!(tokens.len(), 4);
            // The MICs are in the last token of either side.
            let has_mic = |token: &Vec<u8>| Token::read(token).has(spnego::MIC);
            assert_eq!(tokens.iter().map(has_mic).collect::<Vec<_>>(), [false, false, true, true]);
        }
    }

    #[test]
    fn is_let_in_by_a_server_that_spoke_first() {
        let Some(samba) = Samba::find(NEGOTIATE) else { return };
        let mut acceptor = samba.acceptor(ALICE, &[]);
        let hints = acceptor.ask("YR");
        assert!(hints.starts_with("TT "), "{hints}");
        run(client(ALICE), acceptor).accepted(ALICE, true);
    }

    #[test]
    fn is_let_in_where_less_is_protected() {
        let Some(samba) = Samba::find(NEGOTIATE) else { return };
        for without in [ContextFlags::CONFIDENTIALITY, ContextFlags::PROTECTION] {
            let client = client(ALICE).without(without);
            let (context, _) = run(client, samba.acceptor(ALICE, &[])).accepted(ALICE, true);
            assert!(!context.flags().contains(ContextFlags::CONFIDENTIALITY));
        }
    }

    #[test]
    fn is_refused_with_a_wrong_password() {
        let Some(samba) = Samba::find(NEGOTIATE) else { return };
        for (user, password) in [(ALICE, "wrong"), (ALICE, ""), (UNICODE, "Пароль")] {
            let client = client(user.with_password(password));
            run(client, samba.acceptor(user, &[])).refused_by_samba("NT_STATUS_LOGON_FAILURE");
        }
    }

    #[test]
    fn is_refused_when_the_list_is_not_what_was_signed() {
        let Some(samba) = Samba::find(NEGOTIATE) else { return };
        let changes: [(&str, Hand<'_>); 3] = [
            ("a changed MIC", &at(2, |token| token.changed(spnego::MIC))),
            ("no MIC", &at(2, |token| token.without(spnego::MIC))),
            ("a longer list", &at(0, Token::with_another_mechanism)),
        ];
        for (what, hand) in changes {
            let outcome = run_with(client(ALICE), samba.acceptor(ALICE, &[]), hand);
            let status = outcome.verdict.expect_err(what);
            // That it is not the password that it dislikes.
            assert_ne!(status, "NT_STATUS_LOGON_FAILURE", "{what}");
        }
    }

    #[test]
    fn refuses_a_server_whose_mic_is_wrong_or_missing() {
        let Some(samba) = Samba::find(NEGOTIATE) else { return };
        let run_with = |hand: Hand<'_>| run_with(client(ALICE), samba.acceptor(ALICE, &[]), hand);
        let altered = Status::MESSAGE_ALTERED;
        run_with(&at(3, |token| token.changed(spnego::MIC))).refused_by_us(altered);
        run_with(&at(3, |token| token.without(spnego::MIC))).refused_by_us(altered);
    }
}

mod our_acceptor {
    use super::*;

    fn server() -> AcceptBuilder {
        accept("Negotiate").credential(accounts())
    }

    struct Outcome {
        /// What Samba's initiator says to our last token.
        last_word: String,
        samba: Peer,
        tokens: Vec<Vec<u8>>,
        ours: anysspi::Result<Context>,
    }

    impl Outcome {
        fn accepted(mut self, user: User, is_signed: bool) -> (Context, Vec<Vec<u8>>) {
            let context = self.ours.expect("we let Samba in");
            assert_eq!(self.last_word, "AF");
            assert_eq!(context.client().to_string(), user.full_name());
            assert_agreement(&mut self.samba, &context, is_signed);
            (context, self.tokens)
        }

        /// We refuse, and Samba is told so.
        fn refused_by_us(self, status: Status) {
            let error = self.ours.expect_err("we had to refuse");
            assert_eq!(error.status(), status, "{error}");
            let reject = Token::read(&self.tokens[self.tokens.len() - 1]);
            assert_eq!(reject.field(spnego::STATE), Some(&[spnego::REJECT][..]));
            assert_ne!(self.last_word, "AF");
        }
    }

    /// Lets Samba's initiator log on. It starts from the hints of a server that speaks first.
    fn run_with(mut samba: Peer, server: AcceptBuilder, hand: Hand<'_>) -> Outcome {
        let mut server: Handshake = server.start().unwrap();
        let Step::SendToken(hints) = server.speak_first().unwrap() else { panic!("no hints") };
        let mut tokens = Vec::new();
        let mut to_samba = (format!("TT {}", to_base64(&hints)), false);
        loop {
            let answer = samba.ask(&to_samba.0);
            if to_samba.1 {
                let ours = server.into_context();
                return Outcome { last_word: answer, samba, tokens, ours };
            }
            let token = answer.strip_prefix("KK ").unwrap_or_else(|| panic!("{answer}"));
            tokens.push(hand(tokens.len(), from_base64(token)));
            let (verb, token) = match server.step(Some(&tokens[tokens.len() - 1])) {
                Ok(Step::SendToken(token)) if server.done() => ("AF", token),
                Ok(Step::SendToken(token)) => ("TT", token),
                Ok(step) => panic!("the last token is ours: {step:?}"),
                Err(error) => {
                    let token = error.token().unwrap_or_else(|| panic!("no token: {error}"));
                    ("NA", token.to_vec())
                }
            };
            let token = hand(tokens.len(), token);
            to_samba = (format!("{verb} {}", to_base64(&token)), verb != "TT");
            tokens.push(token);
        }
    }

    fn run(samba: Peer, server: AcceptBuilder) -> Outcome {
        run_with(samba, server, UNTOUCHED)
    }

    #[test]
    fn lets_it_in_with_the_list_signed() {
        let Some(samba) = Samba::find(NEGOTIATE) else { return };
        let order = ContextFlags::REPLAY_DETECT | ContextFlags::SEQUENCE_DETECT;
        for (user, features, has) in [
            (ALICE, SEAL, ContextFlags::PROTECTION),
            (UNICODE, SEAL, ContextFlags::PROTECTION),
            (ALICE, SIGN, ContextFlags::INTEGRITY | order),
        ] {
            let server = server().relax(ContextFlags::PROTECTION);
            let outcome = run(samba.initiator(user, features, &[]), server);
            let (context, tokens) = outcome.accepted(user, true);
            assert_eq!(context.flags(), has | ContextFlags::CONNECTION);
            let has_mic = |token: &Vec<u8>| Token::read(token).has(spnego::MIC);
            assert_eq!(tokens.iter().map(has_mic).collect::<Vec<_>>(), [false, false, true, true]);
        }
    }

    #[test]
    fn lets_it_in_without_a_signed_list() {
        let Some(samba) = Samba::find(NEGOTIATE) else { return };
        // Who wants no protection has nothing to sign with, and the oldest clients did not sign.
        let relaxed = server().relax(ContextFlags::PROTECTION);
        run(samba.initiator(ALICE, NOTHING, &[]), relaxed).accepted(ALICE, false);
        let option = "--option=ntlmssp_client:force_old_spnego=yes";
        run(samba.initiator(ALICE, SEAL, &[option]), server()).accepted(ALICE, false);
    }

    #[test]
    fn refuses_a_wrong_password_and_an_unknown_user_alike() {
        let Some(samba) = Samba::find(NEGOTIATE) else { return };
        for user in [
            ALICE.with_password("wrong"),
            ALICE.with_password(""),
            ALICE.called("mallory"),
            ALICE.of("OTHER"),
            UNICODE.with_password("Пароль"),
        ] {
            let outcome = run(samba.initiator(user, SEAL, &[]), server());
            outcome.refused_by_us(Status::LOGON_DENIED);
        }
    }

    #[test]
    fn refuses_it_without_the_protection_that_is_required() {
        let Some(samba) = Samba::find(NEGOTIATE) else { return };
        let mut server = server().start().unwrap();
        let Step::SendToken(hints) = server.speak_first().unwrap() else { panic!("no hints") };
        let mut initiator = samba.initiator(ALICE, SIGN, &[]);
        let mut token = hints;
        let error = loop {
            let answer = initiator.ask(&format!("TT {}", to_base64(&token)));
            let answer = answer.strip_prefix("KK ").unwrap_or_else(|| panic!("{answer}"));
            match server.step(Some(&from_base64(answer))) {
                Ok(Step::SendToken(next)) if !server.done() => token = next,
                Ok(step) => panic!("it was let in: {step:?}"),
                Err(error) => break error,
            }
        };
        assert_eq!(error.status(), Status::SECURITY_QOS_FAILED, "{error}");
    }

    #[test]
    fn refuses_a_mic_that_is_wrong_or_over_another_list() {
        let Some(samba) = Samba::find(NEGOTIATE) else { return };
        let changes: [Hand<'_>; 2] =
            [&at(2, |token| token.changed(spnego::MIC)), &at(0, Token::with_another_mechanism)];
        for hand in changes {
            let outcome = run_with(samba.initiator(ALICE, SEAL, &[]), server(), hand);
            outcome.refused_by_us(Status::MESSAGE_ALTERED);
        }
    }

    #[test]
    fn refuses_a_client_whose_mic_was_taken_out() {
        let Some(samba) = Samba::find(NEGOTIATE) else { return };
        let hand = at(2, |token| token.without(spnego::MIC));
        let outcome = run_with(samba.initiator(ALICE, SEAL, &[]), server(), &hand);
        outcome.refused_by_us(Status::MESSAGE_ALTERED);
    }

    #[test]
    fn is_refused_when_its_own_mic_is_changed_or_taken_out() {
        let Some(samba) = Samba::find(NEGOTIATE) else { return };
        let changes: [(&str, Hand<'_>); 2] = [
            ("a changed MIC", &at(3, |token| token.changed(spnego::MIC))),
            ("no MIC", &at(3, |token| token.without(spnego::MIC))),
        ];
        for (what, hand) in changes {
            let outcome = run_with(samba.initiator(ALICE, SEAL, &[]), server(), hand);
            assert_ne!(outcome.last_word, "AF", "{what}");
        }
    }
}
