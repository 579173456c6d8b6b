//! Kerberos: both ends in one process, with tickets of a realm in a box.

#[path = "support/kerberos.rs"]
mod support;

use anysspi::accounts::{Account, MemoryAccounts};
use anysspi::raw::{CredentialsRequest, query_credentials_attributes};
use anysspi::{
    Allow, BindingsChecked, ChannelBindingPolicy, ChannelBindings, ContextFlags, CredentialCache,
    Delegated, DelegationPolicy, Error, Family, Handshake, Identity, KdcAccess, KdcReply, Keytab,
    Registry, Side, Status, Step, Usage, accept, initiate,
};
use support::{OTHER, PASSWORD, REALM, Stage, TYPES, WEB, at, cache_of};

#[test]
fn contexts_of_every_type_stand_with_and_without_mutual_authentication() {
    for encryption_type in TYPES {
        let stage = Stage::of(encryption_type);
        for mutual in [true, false] {
            let (mut client, mut server) = (stage.client(), stage.server());
            if !mutual {
                client = client.without(ContextFlags::MUTUAL_AUTH);
                server = server.relax(ContextFlags::MUTUAL_AUTH);
            }
            let (mut client, mut server) = (client.start().unwrap(), server.start().unwrap());
            let tokens = stage.run_with(&mut client, &mut server, |_, token| token).unwrap();
            assert_eq!(tokens.len(), if mutual { 2 } else { 1 });
            let (client, server) = (client.into_context().unwrap(), server.into_context().unwrap());
            assert_eq!(client.session_key(), server.session_key());
            assert_eq!(client.flags(), server.flags());
            assert_eq!(client.flags().contains(ContextFlags::MUTUAL_AUTH), mutual);
            for context in [&client, &server] {
                assert_eq!(context.client().user(), "alice");
                assert_eq!(context.client().domain(), Some(REALM));
                assert_eq!(context.target(), Some(WEB));
                assert_eq!(context.server(), Some(&*format!("{WEB}@{REALM}")));
                assert_eq!(context.expiry(), at(36_000));
                assert!(context.flags().contains(ContextFlags::PROTECTION));
            }
        }
    }
}

#[test]
fn an_acceptor_that_requires_mutual_authentication_gets_it_or_says_so() {
    let stage = Stage::new();
    let client = stage.client().without(ContextFlags::MUTUAL_AUTH);
    let failure = stage.refused(client, stage.server());
    assert_eq!(failure.error.status(), Status::MUTUAL_AUTH_FAILED);
}

#[test]
fn a_ticket_is_asked_for_once() {
    let stage = Stage::new();
    let credentials = CredentialsRequest::new("Kerberos", Usage::OUTBOUND)
        .with_identity(stage.cache(&[]))
        .acquire(&stage.client_registry)
        .unwrap();
    let mut asked = 0;
    for _ in 0..3 {
        let client = initiate("Kerberos")
            .kdc(KdcAccess::Caller)
            .registry(&stage.client_registry)
            .target(WEB);
        let client = client.credential(credentials.clone());
        let mut client = client.start().unwrap();
        let mut server = stage.server().start().unwrap();
        let mut step = client.next().unwrap();
        while let Step::AskKdc(request) = step {
            asked += 1;
            client.receive_kdc_reply(stage.realm.carry(&request)).unwrap();
            step = client.next().unwrap();
        }
        let Step::SendToken(token) = step else { panic!() };
        assert!(server.step(Some(&token)).is_ok());
    }
    assert_eq!(asked, 1);
}

#[test]
fn a_password_and_a_keytab_are_enough_where_a_kdc_can_be_asked() {
    let stage = Stage::new();
    for identity in [
        Identity::password("alice@example.test", PASSWORD),
        Identity::password_in("alice", "example.test", PASSWORD),
        stage.keytab(&["alice"]),
    ] {
        let (_, server) = stage.establish(stage.client_with(identity), stage.server());
        assert_eq!(server.client().to_string(), format!(r"{REALM}\alice"));
    }
    let unknown = Identity::password("alice", PASSWORD);
    let error = stage.client_with(unknown).start().unwrap_err();
    assert_eq!(error.status(), Status::NO_CREDENTIALS);
    assert!(error.context().contains("realm"), "{error}");
    let wrong = Identity::password("alice@EXAMPLE.TEST", "wrong");
    let failure = stage.refused(stage.client_with(wrong), stage.server());
    assert_eq!((failure.side, failure.error.status()), (Side::Initiator, Status::LOGON_DENIED));
}

#[test]
fn dce_style_has_three_legs_without_framing() {
    for encryption_type in TYPES {
        let stage = Stage::of(encryption_type);
        let mut client = stage.client().require(ContextFlags::DCE_STYLE).start().unwrap();
        let mut server = stage.server().start().unwrap();
        let tokens = stage.run_with(&mut client, &mut server, |_, token| token).unwrap();
        let first: Vec<u8> = tokens.iter().map(|token| token[0]).collect();
        assert_eq!(first, [0x6E, 0x6F, 0x6F]);
        let (client, server) = (client.into_context().unwrap(), server.into_context().unwrap());
        assert_eq!(client.session_key(), server.session_key());
        assert!(server.flags().contains(ContextFlags::DCE_STYLE));
    }
    // The server's own token is no last leg, and neither is one of another handshake.
    let stage = Stage::new();
    let run = |change: &dyn Fn(&[Vec<u8>]) -> Vec<u8>| {
        let mut client = stage.client().require(ContextFlags::DCE_STYLE).start().unwrap();
        let mut server = stage.server().start().unwrap();
        let mut seen = Vec::new();
        let failure = stage.run_with(&mut client, &mut server, |leg, token| {
            seen.push(token.clone());
            if leg == 2 { change(&seen) } else { token }
        });
        failure.expect_err("it had to fail").error.status()
    };
    assert_eq!(run(&|seen| seen[1].clone()), Status::MUTUAL_AUTH_FAILED);
    assert_eq!(run(&|seen| seen[0].clone()), Status::INVALID_TOKEN);
    let mut client = stage.client().require(ContextFlags::DCE_STYLE).start().unwrap();
    let mut server = stage.server().start().unwrap();
    let other = stage.run_with(&mut client, &mut server, |_, token| token).unwrap();
    assert_eq!(run(&|_| other[2].clone()), Status::MUTUAL_AUTH_FAILED);
}

#[test]
fn channel_bindings_follow_the_policy() {
    let stage = Stage::new();
    let (right, wrong) = (ChannelBindings::new(*b"right"), ChannelBindings::new(*b"wrong"));
    let server = || stage.server().channel_bindings(right.clone());
    let always = ChannelBindingPolicy::Always;
    let (client, served) =
        stage.establish(stage.client().channel_bindings(right.clone()), server());
    assert_eq!(client.bindings_checked(), BindingsChecked::Sent);
    assert_eq!(served.bindings_checked(), BindingsChecked::Verified);
    let (_, served) = stage.establish(stage.client(), server());
    assert_eq!(served.bindings_checked(), BindingsChecked::No);
    let never = server().binding_policy(ChannelBindingPolicy::Never);
    let (_, served) = stage.establish(stage.client().channel_bindings(wrong.clone()), never);
    assert_eq!(served.bindings_checked(), BindingsChecked::No);
    for (client, server) in [
        (stage.client().channel_bindings(wrong.clone()), server()),
        (stage.client(), server().binding_policy(always)),
        (stage.client(), stage.server().binding_policy(always)),
    ] {
        let failure = stage.refused(client, server);
        assert_eq!((failure.side, failure.error.status()), (Side::Acceptor, Status::BAD_BINDINGS));
    }
    let failure = stage.refused(stage.client().binding_policy(always), server());
    assert_eq!((failure.side, failure.error.status()), (Side::Initiator, Status::BAD_BINDINGS));
}

#[test]
fn tickets_are_delegated_where_it_is_asked_for_and_allowed() {
    let stage = Stage::new();
    let client = || stage.client().require(ContextFlags::DELEGATE);
    let (client_context, mut server) = stage.establish(client(), stage.server());
    assert!(client_context.flags().contains(ContextFlags::DELEGATE));
    assert!(server.flags().contains(ContextFlags::DELEGATE));
    let Delegated::Tickets(tickets) = server.delegated().unwrap() else { panic!() };
    assert_eq!(tickets.client().to_string(), format!("alice@{REALM}"));
    assert_eq!(server.delegated().unwrap_err().status(), Status::NO_CREDENTIALS);
    let (mut client_context, mut server) = stage.establish(stage.client(), stage.server());
    assert_eq!(server.delegated().unwrap(), Delegated::Nothing);
    assert_eq!(server.delegated().unwrap_err().status(), Status::NO_CREDENTIALS);
    assert_eq!(client_context.delegated().unwrap_err().status(), Status::NO_CREDENTIALS);

    // The server goes on to another one with it.
    let next = stage.client_with(cache_of(&tickets)).target(OTHER);
    let (_, other) = stage.establish(next, stage.server_with(stage.keytab(&[OTHER])));
    assert_eq!(other.client().user(), "alice");

    let nowhere = client().delegation(DelegationPolicy::nowhere());
    let failure = stage.refused(nowhere, stage.server());
    assert_eq!(failure.error.status(), Status::DELEGATION_POLICY);
    // With no ticket-granting ticket there is nothing to delegate.
    let mut alone = stage.realm.tickets_for("alice", &[WEB]).unwrap();
    let service = alone.tickets().last().unwrap().clone();
    alone = anysspi::kerberos::Tickets::new(alone.client().clone());
    alone.add(service);
    let without = stage.client_with(cache_of(&alone)).require(ContextFlags::DELEGATE);
    let failure = stage.refused(without, stage.server());
    assert_eq!(failure.error.status(), Status::NO_CREDENTIALS);
    assert!(failure.error.context().starts_with("there is no ticket to delegate"), "{failure:?}");
    let without = stage.client_with(cache_of(&alone)).request(ContextFlags::DELEGATE);
    let (context, _) = stage.establish(without, stage.server());
    assert!(!context.flags().contains(ContextFlags::DELEGATE));
}

#[test]
fn users_are_named_with_their_realm_or_in_a_domain() {
    let stage = Stage::new();
    for name in [
        "alice@EXAMPLE.TEST",
        "alice@example.test",
        r"EXAMPLE.TEST\alice",
        // A user principal name, which the KDC of the domain looks up.
        r"example.test\alice@example.test",
    ] {
        let client = stage.client_with(Identity::password(name, PASSWORD));
        let (client, server) = stage.establish(client, stage.server());
        for context in [client, server] {
            assert_eq!(context.client().to_string(), r"EXAMPLE.TEST\alice", "{name}");
        }
    }
    // The one who is named in it is nobody else.
    let client = stage.client_with(Identity::password(r"EXAMPLE.TEST\bob@other.test", PASSWORD));
    let failure = stage.refused(client, stage.server());
    assert_eq!(failure.error.status(), Status::LOGON_DENIED, "{}", failure.error);
    for name in ["alice", r"EXAMPLE\alice", r".\alice@example.test"] {
        let client = stage.client_with(Identity::password(name, PASSWORD));
        assert_eq!(client.start().unwrap_err().status(), Status::NO_CREDENTIALS, "{name}");
    }
}

#[test]
fn users_authenticate_to_users() {
    let stage = Stage::new();
    let bob = || cache_of(&stage.realm.tickets_for("bob", &[]).unwrap());
    let client = || stage.client().target("bob").require(ContextFlags::USE_SESSION_KEY);
    let mut initiator = client().start().unwrap();
    let mut acceptor = stage.server_with(bob()).start().unwrap();
    let tokens = stage.run_with(&mut initiator, &mut acceptor, |_, token| token).unwrap();
    assert_eq!(tokens.len(), 4);
    let context = acceptor.into_context().unwrap();
    assert_eq!(context.client().user(), "alice");
    assert!(context.flags().contains(ContextFlags::USE_SESSION_KEY));
    assert_eq!(context.session_key(), initiator.into_context().unwrap().session_key());

    let whole = stage.client().target("bob@EXAMPLE.TEST").require(ContextFlags::USE_SESSION_KEY);
    let (_, context) = stage.establish(whole, stage.server_with(bob()));
    assert_eq!(context.target(), Some("bob"));

    // Whoever has no ticket-granting ticket cannot, and its last token belongs to this handshake.
    let failure = stage.refused(client(), stage.server());
    assert_eq!(failure.error.status(), Status::NO_CREDENTIALS);
    let mut acceptor = stage.server_with(bob()).start().unwrap();
    let error = stage.step(&mut acceptor, Some(&tokens[2])).unwrap_err();
    assert_eq!(error.status(), Status::NO_KERB_KEY);
}

#[test]
fn negotiate_prefers_kerberos_and_falls_back_to_ntlm() {
    let stage = Stage::new();
    let accounts = || {
        let alice = Account::with_password(r"CORP\alice", PASSWORD);
        Identity::accounts(MemoryAccounts::new([alice]))
    };
    let client = |identities: Vec<Identity>| {
        initiate("Negotiate")
            .kdc(KdcAccess::Caller)
            .registry(&stage.client_registry)
            .target(WEB)
            .credential(identities)
    };
    let server = || {
        let server = accept("Negotiate").kdc(KdcAccess::Caller).registry(&stage.server_registry);
        server.credential(vec![stage.keytab(&[WEB]), accounts()])
    };
    let password = || Identity::password(r"CORP\alice", PASSWORD);
    let chosen =
        |context: &anysspi::Context| context.negotiation().unwrap().chosen.clone().unwrap();

    let (ours, theirs) = stage.establish(client(vec![stage.cache(&[WEB]), password()]), server());
    assert_eq!((&*chosen(&ours), &*chosen(&theirs)), ("Kerberos", "Kerberos"));
    assert!(ours.flags().contains(ContextFlags::MUTUAL_AUTH));

    // A password is enough for it where its user's realm is known and a KDC can be asked.
    let with_realm = || client(vec![Identity::password("alice@EXAMPLE.TEST", PASSWORD)]);
    let (ours, _) = stage.establish(with_realm(), server());
    assert_eq!(chosen(&ours), "Kerberos");
    let mut end = with_realm().kdc(KdcAccess::Nobody).start().unwrap();
    let Step::SendToken(token) = end.next().unwrap() else { panic!() };
    assert!(token.windows(8).any(|window| window == b"NTLMSSP\0"));
    let (ours, _) = stage.establish(client(vec![password()]), server());
    assert_eq!(chosen(&ours), "NTLM");
    // A wrong one is not tried again with NTLM: the account may be locked.
    let wrong = client(vec![Identity::password("alice@EXAMPLE.TEST", "wrong")]);
    let failure = stage.refused(wrong, server());
    assert_eq!((failure.side, failure.error.status()), (Side::Initiator, Status::LOGON_DENIED));
    let dropped = &ours.negotiation().unwrap().dropped;
    assert_eq!((dropped.len(), &*dropped[0].package), (1, "Kerberos"));
    assert_eq!(dropped[0].error.status(), Status::NO_CREDENTIALS);

    // No KDC, or none that knows the service: NTLM, unless it is forbidden.
    let unreachable = |end: &mut Handshake| {
        let mut step = end.next().unwrap();
        while let Step::AskKdc(_) = step {
            let error = Error::new(Status::NO_AUTHENTICATING_AUTHORITY, "nobody is there");
            end.receive_kdc_reply(KdcReply::Unreachable(error)).unwrap();
            step = end.next()?;
        }
        Ok::<_, Error>(step)
    };
    let mut end = client(vec![stage.cache(&[]), password()]).start().unwrap();
    assert!(matches!(unreachable(&mut end).unwrap(), Step::SendToken(_)));
    let only = client(vec![stage.cache(&[]), password()]).packages(["Kerberos"]);
    let error = unreachable(&mut only.start().unwrap()).unwrap_err();
    assert_eq!(error.status(), Status::NO_AUTHENTICATING_AUTHORITY);
    let unknown = client(vec![stage.cache(&[]), password()]).target("HTTP/nobody.example.test");
    let (ours, _) = stage.establish(unknown, server());
    assert_eq!(chosen(&ours), "NTLM");
}

#[test]
fn negotiate_takes_bare_tokens_and_dce_style() {
    let stage = Stage::new();
    let server = || {
        accept("Negotiate")
            .kdc(KdcAccess::Caller)
            .registry(&stage.server_registry)
            .credential(stage.keytab(&[WEB]))
    };
    for flags in [ContextFlags::empty(), ContextFlags::DCE_STYLE] {
        let (ours, theirs) = stage.establish(stage.client().require(flags), server());
        assert_eq!(ours.session_key(), theirs.session_key());
        assert_eq!(theirs.negotiation().unwrap().chosen.as_deref(), Some("Kerberos"));
    }
    let client = || {
        let client = initiate("Negotiate")
            .kdc(KdcAccess::Caller)
            .registry(&stage.client_registry)
            .target(WEB);
        client.credential(stage.cache(&[WEB]))
    };
    stage.establish(client().require(ContextFlags::DCE_STYLE), server());
    // A refusal comes through SPNEGO with its reason.
    stage.server_clock.set(at(3600));
    let mut ours = client().start().unwrap();
    let token = stage.step(&mut ours, None).unwrap().unwrap();
    let error = server().start().unwrap().step(Some(&token)).unwrap_err();
    assert_eq!(error.status(), Status::TIME_SKEW);
    let told = stage.step(&mut ours, error.token()).unwrap_err();
    assert_eq!((told.status(), told.kerberos_code()), (Status::TIME_SKEW, Some(37)));
}

#[test]
fn credentials_say_whose_they_are_and_what_is_missing() {
    let stage = Stage::new();
    let acquire = |usage, identity: Option<Identity>| {
        let request = CredentialsRequest::new("Kerberos", usage);
        request.with_identities(identity).acquire(&stage.client_registry)
    };
    let cache = acquire(Usage::OUTBOUND, Some(stage.cache(&[]))).unwrap();
    assert_eq!(query_credentials_attributes(&cache).unwrap(), format!("alice@{REALM}"));
    assert_eq!(cache.expiry(), at(36_000));
    let keytab = acquire(Usage::INBOUND, Some(stage.keytab(&[WEB]))).unwrap();
    assert_eq!(query_credentials_attributes(&keytab).unwrap(), format!("{WEB}@{REALM}"));
    for usage in [Usage::OUTBOUND, Usage::INBOUND] {
        assert!(acquire(usage, None).is_err());
        assert!(acquire(usage, Some(Identity::Anonymous)).is_err());
    }
    let datagram = stage.client().request(ContextFlags::DATAGRAM).start().unwrap().next();
    assert_eq!(datagram.unwrap_err().status(), Status::UNSUPPORTED_FUNCTION);
    assert_eq!(Allow::from_name_ignoring_case("rc4"), Some(Allow::RC4));
}

#[test]
fn without_an_identity_it_is_the_current_user_and_the_keys_of_the_machine() {
    let stage = Stage::new();
    let (Identity::CredentialCache(cache), Identity::Keytab(keytab)) =
        (stage.cache(&[WEB]), stage.keytab(&[WEB]))
    else {
        panic!()
    };
    let with = |registry: &Registry, cache, keytab| {
        let surroundings = registry.surroundings().clone().with_current_user(cache, keytab);
        registry.clone().with_surroundings(surroundings)
    };
    let client_registry = with(&stage.client_registry, Some(cache), None);
    let server_registry = with(&stage.server_registry, None, Some(keytab));
    for package in ["Kerberos", "Negotiate"] {
        let client = initiate(package).registry(&client_registry).target(WEB);
        let (_, server) = stage.establish(client, accept(package).registry(&server_registry));
        assert_eq!(server.client().user(), "alice", "{package}");
    }
    let missing = Some(CredentialCache::named("FILE:/nowhere/krb5cc"));
    for (registry, named) in [
        (with(&stage.client_registry, missing, None), "/nowhere/krb5cc"),
        (with(&stage.client_registry, None, None), "credential cache"),
    ] {
        let error = initiate("Kerberos").registry(&registry).target(WEB).start().unwrap_err();
        assert_eq!(error.family(), Family::Credential, "{error}");
        assert!(error.context().contains(named), "{error}");
    }
    let missing = Some(Keytab::file("/nowhere/krb5.keytab"));
    for (registry, named) in [
        (with(&stage.server_registry, None, missing), "/nowhere/krb5.keytab"),
        (with(&stage.server_registry, None, None), "keytab"),
    ] {
        let error = accept("Kerberos").registry(&registry).start().unwrap_err();
        assert_eq!(error.family(), Family::Credential, "{error}");
        assert!(error.context().contains(named), "{error}");
    }
}
