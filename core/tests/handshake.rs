//! Handshakes: two ends in one process, the rules of the iterator, and everything that must fail.

mod support;

use anysspi::accounts::{Account, AccountQuery, AccountState, AccountStore, MemoryAccounts};
use anysspi::{
    Allow, BindingsChecked, ChannelBindingPolicy, ChannelBindings, ContextFlags, Error, HostNames,
    Identity, ProtocolCode, Registry, Side, Status, Step, Surroundings, accept, initiate,
};
use support::{Failure, client, establish, refused, run, run_with, server};

fn assert_refused(failure: &Failure, side: Side, status: Status) {
    assert_eq!((failure.side, failure.error.status()), (side, status), "{}", failure.error);
}

#[test]
fn both_ends_agree_on_everything() {
    let (client, server) = establish(client(), server()).unwrap();
    assert_eq!(client.session_key(), server.session_key());
    assert_eq!(server.client().to_string(), r"CORP\alice");
    assert_eq!(server.target(), Some("HTTP/server.example.com"));
    assert_eq!(server.facts().workstation.as_deref(), Some("CLIENT"));
    assert_eq!(client.server(), Some("server.example.com"));
    let flags = ContextFlags::PROTECTION | ContextFlags::CONNECTION;
    assert_eq!((client.flags(), server.flags()), (flags, flags));
}

#[test]
fn real_surroundings_do_too() {
    let accounts = support::accounts();
    let mut server = accept("NTLM").credential(Identity::accounts(accounts)).start().unwrap();
    let mut client = initiate("NTLM")
        .credential(Identity::password(support::USER, support::PASSWORD))
        .start()
        .unwrap();
    run(&mut client, &mut server).unwrap();
}

#[test]
fn every_form_of_a_name_logs_on() {
    for (user, expected) in [
        (r"CORP\alice", r"CORP\alice"),
        (r"corp\ALICE", r"CORP\alice"),
        ("alice@corp", r"CORP\alice"),
        (r".\alice", r"CORP\alice"),
        ("alice", r"CORP\alice"),
        ("ünïcødé-\u{1F512}", "Ünïcødé-\u{1F512}"),
    ] {
        let accounts = MemoryAccounts::new([
            Account::with_password(r"CORP\alice", "pw"),
            Account::with_password("Ünïcødé-\u{1F512}", "pw"),
        ]);
        let client = client().credential(Identity::password(user, "pw"));
        let server = server().credential(Identity::accounts(accounts));
        let (_, server) = establish(client, server).unwrap();
        assert_eq!(server.client().to_string(), expected, "{user}");
    }
}

#[test]
fn a_client_does_not_choose_its_domain() {
    // The account is one of every domain; which one the client claims is not part of its name.
    let accounts = MemoryAccounts::new([Account::with_password("bob", "pw")]);
    let client = client().credential(Identity::password(r"ADMINS\bob", "pw"));
    let (_, server) = establish(client, server().credential(Identity::accounts(accounts))).unwrap();
    assert_eq!(server.client().to_string(), "bob");
}

#[test]
fn an_nt_hash_is_as_good_as_the_password() {
    // MD4 of "Password" in UTF-16LE: [MS-NLMP] 4.2.2.1.2
    let hash = 0xA4F4_9C40_6510_BDCA_B682_4EE7_C30F_D852_u128.to_be_bytes();
    let accounts = MemoryAccounts::new([Account::with_password(r"CORP\alice", "Password")]);
    let client = client().credential(Identity::nt_hash(r"CORP\alice", hash));
    establish(client, server().credential(Identity::accounts(accounts))).unwrap();
}

#[test]
fn a_wrong_password_and_an_unknown_user_look_the_same() {
    let wrong = client().credential(Identity::password(r"CORP\alice", "wrong"));
    let unknown = client().credential(Identity::password(r"CORP\mallory", support::PASSWORD));
    let (wrong, unknown) = (refused(wrong, server()), refused(unknown, server()));
    assert_refused(&wrong, Side::Acceptor, Status::LOGON_DENIED);
    assert_eq!(wrong.error.to_string(), unknown.error.to_string());
    assert_eq!(wrong.error.code(), unknown.error.code());
}

#[test]
fn an_unknown_user_is_refused_whatever_the_key_of_the_decoy() {
    // With counted entropy the decoy is known; a response made with it must not log on.
    struct Nobody;
    impl AccountStore for Nobody {
        fn look_up(&self, _: &AccountQuery<'_>) -> anysspi::Result<Option<Account>> {
            Ok(None)
        }
    }
    let decoy: [u8; 16] = std::array::from_fn(|at| 0x80 + at as u8);
    let client = client().credential(Identity::nt_hash(r"CORP\nobody", decoy));
    let failure = refused(client, server().credential(Identity::accounts(Nobody)));
    assert_refused(&failure, Side::Acceptor, Status::LOGON_DENIED);
}

#[test]
fn an_accounts_state_is_told_only_to_who_knows_the_password() {
    for (state, code) in [
        (AccountState::Disabled, 0xC000_0072),
        (AccountState::Expired, 0xC000_0193),
        (AccountState::Locked, 0xC000_0234),
        (AccountState::PasswordExpired, 0xC000_0071),
        (AccountState::MustChangePassword, 0xC000_0224),
        (AccountState::OutsideLogonHours, 0xC000_006F),
        (AccountState::WorkstationNotAllowed, 0xC000_0070),
    ] {
        let store = || {
            let account = Account::with_password(support::USER, support::PASSWORD).in_state(state);
            Identity::accounts(MemoryAccounts::new([account]))
        };
        let failure = refused(client(), server().credential(store()));
        assert_refused(&failure, Side::Acceptor, Status::LOGON_DENIED);
        assert_eq!(failure.error.code(), Some(ProtocolCode::NtStatus(code)));
        let wrong = client().credential(Identity::password(support::USER, "wrong"));
        let failure = refused(wrong, server().credential(store()));
        assert_eq!(failure.error.code(), None);
    }
}

#[test]
fn an_account_past_its_time_is_expired() {
    let past = anysspi::Time::from_unix_seconds(1_600_000_000);
    let account = Account::with_password(support::USER, support::PASSWORD).until(past);
    let accounts = Identity::accounts(MemoryAccounts::new([account]));
    let failure = refused(client(), server().credential(accounts));
    assert_eq!(failure.error.code(), Some(ProtocolCode::NtStatus(0xC000_0193)));
}

#[test]
fn a_store_that_fails_ends_the_handshake_with_its_own_error() {
    struct Broken;
    impl AccountStore for Broken {
        fn look_up(&self, _: &AccountQuery<'_>) -> anysspi::Result<Option<Account>> {
            let cause = std::io::Error::other("the disk is gone");
            Err(Error::new(Status::INTERNAL_ERROR, "no accounts").with_source(cause))
        }
    }
    let failure = refused(client(), server().credential(Identity::accounts(Broken)));
    assert_refused(&failure, Side::Acceptor, Status::INTERNAL_ERROR);
    assert_eq!(failure.error.cause().unwrap().to_string(), "the disk is gone");
}

#[test]
fn a_store_is_asked_for_the_names_as_they_were_sent() {
    struct Asked(std::sync::Mutex<Vec<(String, String, String)>>);
    impl AccountStore for Asked {
        fn look_up(&self, query: &AccountQuery<'_>) -> anysspi::Result<Option<Account>> {
            let asked = (query.user.into(), query.domain.into(), query.package.into());
            self.0.lock().unwrap().push(asked);
            Ok(Some(Account::with_password("", support::PASSWORD)))
        }
    }
    let asked = std::sync::Arc::new(Asked(std::sync::Mutex::default()));
    let server = server().credential(Identity::Accounts(asked.clone()));
    let (_, server) = establish(client(), server).unwrap();
    assert_eq!(server.client().to_string(), r"CORP\alice", "an account without a name of its own");
    let asked = asked.0.lock().unwrap();
    assert_eq!(*asked, [("alice".to_owned(), "CORP".to_owned(), "NTLM".to_owned())]);
}

fn bindings(text: &str) -> ChannelBindings {
    ChannelBindings::tls_server_end_point(text.as_bytes())
}

#[test]
fn channel_bindings_are_compared() {
    use ChannelBindingPolicy::{Always, Never, WhenSupported};
    let refused_with = Some(Status::BAD_BINDINGS);
    // (client's, server's, server's policy): what comes of it
    let table = [
        (Some("right"), Some("right"), WhenSupported, None, BindingsChecked::Verified),
        (Some("right"), Some("right"), Always, None, BindingsChecked::Verified),
        (Some("wrong"), Some("right"), WhenSupported, refused_with, BindingsChecked::No),
        (Some("wrong"), Some("right"), Always, refused_with, BindingsChecked::No),
        (Some("wrong"), Some("right"), Never, None, BindingsChecked::No),
        (None, Some("right"), WhenSupported, None, BindingsChecked::No),
        (None, Some("right"), Always, refused_with, BindingsChecked::No),
        (Some("right"), None, WhenSupported, None, BindingsChecked::No),
        (Some("right"), None, Always, refused_with, BindingsChecked::No),
    ];
    for (of_client, of_server, policy, expected, checked) in table {
        let (mut client, mut server) = (client(), server().binding_policy(policy));
        if let Some(text) = of_client {
            client = client.channel_bindings(bindings(text));
        }
        if let Some(text) = of_server {
            server = server.channel_bindings(bindings(text));
        }
        let case = format!("{of_client:?} {of_server:?} {policy:?}");
        match (establish(client, server), expected) {
            (Ok((client, server)), None) => {
                assert_eq!(server.bindings_checked(), checked, "{case}");
                let sent =
                    if of_client.is_some() { BindingsChecked::Sent } else { BindingsChecked::No };
                assert_eq!(client.bindings_checked(), sent, "{case}");
            }
            (Err(error), Some(status)) => {
                assert_eq!(error.status(), status, "{case}");
                assert!(error.context().contains("channel bindings"), "{case}: {error}");
            }
            (result, _) => panic!("{case}: {result:?}"),
        }
    }
}

#[test]
fn an_initiator_keeps_to_its_own_policy() {
    let error = client().binding_policy(ChannelBindingPolicy::Always).start().unwrap().next();
    assert_eq!(error.unwrap_err().status(), Status::BAD_BINDINGS);
    // NTLMv1 cannot carry them.
    let client = client()
        .allow(Allow::NTLM_V1)
        .channel_bindings(bindings("x"))
        .binding_policy(ChannelBindingPolicy::Always);
    assert_refused(&refused(client, server()), Side::Initiator, Status::BAD_BINDINGS);
    let never = support::client()
        .channel_bindings(bindings("x"))
        .binding_policy(ChannelBindingPolicy::Never);
    let (never, _) = establish(never, server().channel_bindings(bindings("y"))).unwrap();
    assert_eq!(never.bindings_checked(), BindingsChecked::No);
}

#[test]
fn target_names_are_checked_where_some_are_given() {
    let accepting = |names: &[&str]| server().accepted_targets(names.iter().copied());
    establish(client(), accepting(&["CIFS/x", "http/SERVER.example.com"])).unwrap();
    let failure = refused(client(), accepting(&["CIFS/server.example.com"]));
    assert_refused(&failure, Side::Acceptor, Status::WRONG_PRINCIPAL);
    // Without a target, and with one that nobody vouches for.
    let silent = initiate("NTLM").credential(Identity::password(support::USER, support::PASSWORD));
    let failure = refused(silent, accepting(&["HTTP/server.example.com"]));
    assert_refused(&failure, Side::Acceptor, Status::WRONG_PRINCIPAL);
    let unverified = client().request(ContextFlags::UNVERIFIED_TARGET_NAME);
    let failure = refused(unverified, accepting(&["HTTP/server.example.com"]));
    assert_refused(&failure, Side::Acceptor, Status::WRONG_PRINCIPAL);
}

#[test]
fn the_first_version_is_off_unless_allowed_on_both_sides() {
    let v1 = || client().allow(Allow::NTLM_V1);
    let failure = refused(v1(), server());
    assert_refused(&failure, Side::Acceptor, Status::LOGON_DENIED);
    assert!(failure.error.context().contains("NTLMv1"), "{}", failure.error);
    let (mut client, mut server) = establish(v1(), server().allow(Allow::NTLM_V1)).unwrap();
    let wrapped = client.wrap(b"session response").unwrap();
    assert_eq!(server.unwrap(&wrapped).unwrap(), b"session response");
    let wrong = v1().credential(Identity::password(support::USER, "wrong"));
    let failure = refused(wrong, support::server().allow(Allow::NTLM_V1));
    assert_refused(&failure, Side::Acceptor, Status::LOGON_DENIED);
}

#[test]
fn an_anonymous_client_needs_every_consent() {
    let anonymous = |allow| client().allow(allow).credential(Identity::Anonymous);
    let error = anonymous(Allow::empty()).start().unwrap_err();
    assert_eq!(error.status(), Status::NO_CREDENTIALS);
    for server in [server(), server().anonymous(), server().allow(Allow::ANONYMOUS)] {
        let client = anonymous(Allow::ANONYMOUS).relax(ContextFlags::PROTECTION);
        let failure = refused(client, server);
        assert_refused(&failure, Side::Acceptor, Status::LOGON_DENIED);
    }
    // What is protected with a key that everybody knows is not protected: a fourth consent.
    let server = || server().anonymous().allow(Allow::ANONYMOUS);
    let failure = refused(anonymous(Allow::ANONYMOUS), server());
    assert_refused(&failure, Side::Initiator, Status::SECURITY_QOS_FAILED);
    let client = anonymous(Allow::ANONYMOUS).relax(ContextFlags::PROTECTION);
    let failure = refused(client, server());
    assert_refused(&failure, Side::Acceptor, Status::SECURITY_QOS_FAILED);
    let client = anonymous(Allow::ANONYMOUS).relax(ContextFlags::PROTECTION);
    let (client, server) = establish(client, server().relax(ContextFlags::PROTECTION)).unwrap();
    let flags = ContextFlags::NULL_SESSION | ContextFlags::CONNECTION;
    assert_eq!((client.flags(), server.flags()), (flags, flags));
    assert!(client.is_anonymous() && server.is_anonymous());
    assert_eq!(server.client().to_string(), "");
}

#[test]
fn requirements_are_enforced_before_the_last_token_goes_out() {
    // The client refuses a server that does not agree to seal.
    let without_seal = |leg: usize, mut token: Vec<u8>| {
        if leg == 1 {
            token[20] &= !0x20;
        }
        token
    };
    let (mut initiator, mut acceptor) = (client().start().unwrap(), server().start().unwrap());
    let failure = run_with(&mut initiator, &mut acceptor, without_seal).unwrap_err();
    assert_refused(&failure, Side::Initiator, Status::SECURITY_QOS_FAILED);
    assert!(failure.error.context().contains("CONFIDENTIALITY"), "{}", failure.error);
    // The server refuses a client that does not ask for it.
    let plain = || client().without(ContextFlags::PROTECTION);
    let failure = refused(plain(), server());
    assert_refused(&failure, Side::Acceptor, Status::SECURITY_QOS_FAILED);
    let (client, _) = establish(plain(), server().relax(ContextFlags::PROTECTION)).unwrap();
    assert_eq!(client.flags(), ContextFlags::CONNECTION);
}

#[test]
fn mutual_authentication_by_name_is_refused_at_once() {
    let error = client().require(ContextFlags::MUTUAL_AUTH).start().unwrap_err();
    assert_eq!(error.status(), Status::MUTUAL_AUTH_FAILED);
    let relaxed = client().require(ContextFlags::MUTUAL_AUTH).relax(ContextFlags::MUTUAL_AUTH);
    relaxed.start().unwrap();
}

#[test]
fn weaker_keys_and_no_extended_security_are_refused_unless_allowed() {
    let clear = |bit: u32| {
        move |leg: usize, mut token: Vec<u8>| {
            let at = if leg == 0 { 12 } else { 20 };
            if leg < 2 {
                let flags = u32::from_le_bytes(token[at..at + 4].try_into().unwrap());
                token[at..at + 4].copy_from_slice(&(flags & !bit).to_le_bytes());
            }
            token
        }
    };
    for bit in [0x2000_0000, 0x0008_0000] {
        let (mut client, mut server) = (client().start().unwrap(), server().start().unwrap());
        let failure = run_with(&mut client, &mut server, clear(bit)).unwrap_err();
        assert_refused(&failure, Side::Acceptor, Status::ALGORITHM_MISMATCH);
    }
    // Only the answer is changed: the client refuses.
    let (mut client, mut server) = (client().start().unwrap(), server().start().unwrap());
    let answer = clear(0x2000_0000);
    let change = |leg, token| if leg == 1 { answer(leg, token) } else { token };
    let failure = run_with(&mut client, &mut server, change).unwrap_err();
    assert_refused(&failure, Side::Initiator, Status::ALGORITHM_MISMATCH);
}

#[test]
fn without_the_timestamp_on_its_way_the_client_is_refused() {
    // A man in the middle renames MsvAvTimestamp, so that the client makes no MIC.
    let rename = |leg: usize, mut token: Vec<u8>| {
        if leg == 1 {
            let pair = [7, 0, 8, 0];
            let at = token.windows(4).position(|window| window == pair).unwrap();
            token[at] = 11;
        }
        token
    };
    let (mut client, mut server) = (client().start().unwrap(), server().start().unwrap());
    let failure = run_with(&mut client, &mut server, rename).unwrap_err();
    assert_refused(&failure, Side::Acceptor, Status::MESSAGE_ALTERED);
}

#[test]
fn a_datagram_handshake_starts_with_the_servers_challenge() {
    let flags = ContextFlags::DATAGRAM;
    let mut client = client().request(flags).start().unwrap();
    let mut server = server().request(flags).start().unwrap();
    assert_eq!(client.next().unwrap(), Step::SendToken(Vec::new()));
    let Step::SendToken(challenge) = server.speak_first().unwrap() else { panic!() };
    let Step::SendToken(proof) = client.step(Some(&challenge)).unwrap() else { panic!() };
    assert_eq!(server.step(Some(&proof)).unwrap(), Step::Done);
    let (client, server) = (client.into_context().unwrap(), server.into_context().unwrap());
    assert_eq!(client.session_key(), server.session_key());
    let has = ContextFlags::DATAGRAM | ContextFlags::INTEGRITY | ContextFlags::CONFIDENTIALITY;
    assert_eq!((client.flags(), server.flags()), (has, has));
}

#[test]
fn dce_style_and_identify_are_returned() {
    let flags = ContextFlags::DCE_STYLE | ContextFlags::IDENTIFY;
    let (client, server) = establish(client().require(flags), server().request(flags)).unwrap();
    assert!(client.flags().contains(flags) && server.flags().contains(flags));
}

#[test]
fn calls_out_of_turn_say_so_and_do_no_harm() {
    let (mut client, mut server) = (client().start().unwrap(), server().start().unwrap());
    let out_of_turn = |error: Error| assert_eq!(error.status(), Status::OUT_OF_SEQUENCE);
    out_of_turn(client.receive(b"early").unwrap_err());
    out_of_turn(server.next().unwrap_err());
    out_of_turn(client.context().unwrap_err());
    let Step::SendToken(token) = client.next().unwrap() else { panic!() };
    out_of_turn(client.next().unwrap_err());
    server.receive(&token).unwrap();
    out_of_turn(server.receive(&token).unwrap_err());
    let Step::SendToken(token) = server.next().unwrap() else { panic!() };
    let Step::SendToken(token) = client.step(Some(&token)).unwrap() else { panic!() };
    assert_eq!(server.step(Some(&token)).unwrap(), Step::Done);
    assert_eq!((client.next().unwrap(), server.next().unwrap()), (Step::Done, Step::Done));
    out_of_turn(client.receive(&token).unwrap_err());
    assert!(client.done() && client.context().is_ok());
}

#[test]
fn a_failed_handshake_stays_failed() {
    let mut server = server().start().unwrap();
    // A call out of turn is the caller's mistake, and the handshake goes on.
    assert!(server.next().is_err() && server.failure().is_none());
    let first = server.step(Some(b"nonsense")).unwrap_err();
    assert_eq!(first.status(), Status::INVALID_TOKEN);
    for error in [
        server.failure().unwrap().clone(),
        server.next().unwrap_err(),
        server.receive(b"").unwrap_err(),
        server.step(Some(b"more")).unwrap_err(),
        server.context().map(|_| ()).unwrap_err(),
        server.into_context().map(|_| ()).unwrap_err(),
    ] {
        assert_eq!(error.to_string(), first.to_string());
    }
}

#[test]
fn a_replayed_leg_is_refused() {
    let mut recorded = Vec::new();
    let (mut first, mut second) = (client().start().unwrap(), server().start().unwrap());
    run_with(&mut first, &mut second, |_, token| {
        recorded.push(token.clone());
        token
    })
    .unwrap();
    // Another server challenge: the proof of before does not hold.
    let registry = support::registry(0x33, "server.example.com");
    let mut server = server().registry(&registry).start().unwrap();
    server.step(Some(&recorded[0])).unwrap();
    assert_eq!(server.step(Some(&recorded[2])).unwrap_err().status(), Status::LOGON_DENIED);
    // A leg in the place of another.
    for wrong in [1, 2] {
        let mut server = support::server().start().unwrap();
        assert_eq!(
            server.step(Some(&recorded[wrong])).unwrap_err().status(),
            Status::INVALID_TOKEN
        );
    }
}

#[test]
fn tokens_of_more_than_64_kib_are_refused() {
    let mut client = client().start().unwrap();
    let Step::SendToken(mut token) = client.next().unwrap() else { panic!() };
    token.resize(64 * 1024 + 1, 0);
    let error = server().start().unwrap().step(Some(&token)).unwrap_err();
    assert_eq!(error.status(), Status::INVALID_TOKEN);
    let error = client.step(Some(&[0; 70_000])).unwrap_err();
    assert_eq!(error.status(), Status::INVALID_TOKEN);
}

#[test]
fn names_that_are_too_long_are_the_callers_mistake() {
    let long = "x".repeat(1025);
    let error = client().target(&long).start().unwrap().next().unwrap_err();
    assert_eq!(error.status(), Status::INVALID_PARAMETER);
    let error = client().credential(Identity::password(&long, "pw")).start().unwrap_err();
    assert_eq!(error.status(), Status::INVALID_PARAMETER);
    // As long as they may be, every token still fits into what the registry says.
    let name = |length| "\u{1F512}".repeat(length);
    let accounts = MemoryAccounts::new([Account::with_password("", "pw")
        .named(anysspi::UserName::new(&name(512), Some(&name(512))))]);
    let mut client = client()
        .target(name(512))
        .credential(Identity::password_in(&name(512), &name(512), "pw"))
        .start()
        .unwrap();
    let mut server = server().credential(Identity::accounts(accounts)).start().unwrap();
    let max = Registry::global().query("NTLM").unwrap().max_token;
    let tokens = run(&mut client, &mut server).unwrap();
    assert!(tokens.iter().all(|token| token.len() <= max));
}

#[test]
fn a_member_of_a_domain_announces_it() {
    let names = HostNames {
        computer: "SRV".into(),
        domain: Some("CORP".into()),
        dns_computer: "srv.corp.example".into(),
        dns_domain: Some("corp.example".into()),
        dns_tree: Some("example".into()),
    };
    let registry = Registry::with_default_packages()
        .with_surroundings(Surroundings::system().with_host_names(names));
    let (client, _) = establish(client(), server().registry(&registry)).unwrap();
    assert_eq!(client.server(), Some("srv.corp.example"));
    let info = &client.facts().target_information;
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    for name in ["CORP", "SRV", "srv.corp.example", "corp.example", "example"] {
        let name = utf16(name);
        assert!(info.windows(name.len()).any(|window| window == name));
    }
}

#[test]
fn without_randomness_nothing_starts() {
    let surroundings = Surroundings::system().with_entropy(anysspi::testing::NoEntropy);
    let registry = Registry::with_default_packages().with_surroundings(surroundings);
    let error = server().registry(&registry).start().unwrap_err();
    assert_eq!(error.status(), Status::INTERNAL_ERROR);
    let failure = refused(client().registry(&registry), server());
    assert_refused(&failure, Side::Initiator, Status::INTERNAL_ERROR);
}

#[test]
fn the_shared_cases_pass() {
    let mut file = support::cases::read::<support::cases::HandshakeCase>("handshake.json");
    assert!(file.cases.len() >= 20, "{} cases", file.cases.len());
    let measured: Vec<_> = file.cases.iter().map(|case| case.run()).collect();
    for (case, (tokens, outcome, _)) in file.cases.iter_mut().zip(measured) {
        (case.tokens, case.result) = (tokens, outcome);
    }
    if support::cases::write_where_asked("handshake.json", &file) {
        return;
    }
    let expected = support::cases::read::<support::cases::HandshakeCase>("handshake.json");
    for (case, expected) in file.cases.iter().zip(&expected.cases) {
        assert_eq!(case.tokens, expected.tokens, "{}", case.name);
        assert_eq!(case.result, expected.result, "{}", case.name);
    }
}
