//! Kerberos: everything that an acceptor and an initiator must refuse, of peers, clocks, keys and tokens.

#[path = "support/kerberos.rs"]
mod support;

use anysspi::raw::CredentialsRequest;
use anysspi::realm::Service;
use anysspi::{Error, Handshake, Identity, KdcAccess, Side, Status, Step, Usage, accept, initiate};
use support::{Failure, OTHER, PASSWORD, Stage, TYPES, WEB, at, check_refusal, keytab_of};

#[test]
fn a_request_is_taken_once() {
    let stage = Stage::new();
    let credentials = CredentialsRequest::new("Kerberos", Usage::INBOUND)
        .with_identity(stage.keytab(&[WEB]))
        .acquire(&stage.server_registry)
        .unwrap();
    let server = || {
        let server = accept("Kerberos").kdc(KdcAccess::Caller).registry(&stage.server_registry);
        server.credential(credentials.clone()).start().unwrap()
    };
    let mut client = stage.client().start().unwrap();
    let token = stage.step(&mut client, None).unwrap().unwrap();
    assert!(server().step(Some(&token)).is_ok());
    let error = server().step(Some(&token)).unwrap_err();
    check_refusal(&Failure { side: Side::Acceptor, error }, Status::OUT_OF_SEQUENCE, 34);
    // Another one with the same ticket is another one.
    let mut client = stage.client().start().unwrap();
    let token = stage.step(&mut client, None).unwrap().unwrap();
    assert!(server().step(Some(&token)).is_ok());
}

#[test]
fn clocks_and_lifetimes_are_checked() {
    let stage = Stage::new();
    let hours = 36_000;
    for (client, server, status, expected) in [
        // Ahead and behind by more than five minutes.
        (0, 301, Status::TIME_SKEW, 37),
        (901, 600, Status::TIME_SKEW, 37),
        (hours - 1, hours + 301, Status::CONTEXT_EXPIRED, 32),
    ] {
        stage.client_clock.set(at(client));
        let mut end = stage.client().start().unwrap();
        let token = stage.step(&mut end, None).unwrap().unwrap();
        stage.server_clock.set(at(server));
        let error = stage.server().start().unwrap().step(Some(&token)).unwrap_err();
        check_refusal(&Failure { side: Side::Acceptor, error: error.clone() }, status, expected);
        // The client understands what it is told.
        let told = stage.step(&mut end, error.token()).unwrap_err();
        assert_eq!((told.status(), told.kerberos_code()), (status, Some(expected)));
    }
    for (client, server) in [(0, 300), (600, 300), (hours - 1, hours + 200)] {
        stage.client_clock.set(at(client));
        stage.server_clock.set(at(server));
        let (_, context) = stage.establish(stage.client(), stage.server());
        assert!(context.expiry() > at(server));
    }
    // A server whose clock is behind the ticket's beginning.
    let early = anysspi::Time::from_unix_seconds(support::START - 301);
    stage.client_clock.set(anysspi::Time::from_unix_seconds(support::START - 300));
    stage.server_clock.set(early);
    let failure = stage.refused(stage.client(), stage.server());
    check_refusal(&failure, Status::TIME_SKEW, 33);
}

#[test]
fn the_service_has_to_be_the_one_that_was_meant() {
    let stage = Stage::new();
    // Another service, and another realm of the same name.
    let failure = stage.refused(stage.client(), stage.server_with(stage.keytab(&[OTHER])));
    check_refusal(&failure, Status::WRONG_PRINCIPAL, 35);
    let elsewhere = Stage::new();
    let failure = stage.refused(stage.client(), elsewhere.server());
    check_refusal(&failure, Status::MESSAGE_ALTERED, 31);
    let realm = anysspi::realm::Realm::new("OTHER.TEST").unwrap();
    realm.add_service(Service::new(WEB)).unwrap();
    let foreign = keytab_of(&realm.keytab(&[WEB]).unwrap());
    let failure = stage.refused(stage.client(), stage.server_with(foreign));
    check_refusal(&failure, Status::WRONG_PRINCIPAL, 35);

    // Of several targets those that are accepted.
    let both = || stage.server_with(stage.keytab(&[OTHER, WEB]));
    for accepted in [
        WEB,
        "http/WEB.example.test",
        "HTTP@web.example.test",
        "HTTP/web.example.test@EXAMPLE.TEST",
    ] {
        stage.establish(stage.client(), both().accepted_targets([accepted]));
    }
    for accepted in [OTHER, "HTTP/web.example.test@OTHER.TEST", "HTTP/web"] {
        let failure = stage.refused(stage.client(), both().accepted_targets([accepted]));
        assert_eq!(failure.error.status(), Status::WRONG_PRINCIPAL);
        assert!(failure.error.token().is_some());
    }
    let none = stage.client().target("").start().unwrap().next().unwrap_err();
    assert_eq!(none.status(), Status::TARGET_UNKNOWN);
}

#[test]
fn the_case_of_a_service_does_not_count() {
    let stage = Stage::new();
    let mut table = anysspi::kerberos::KeyTable::new();
    for entry in stage.realm.keytab(&[WEB]).unwrap().entries() {
        let mut entry = entry.clone();
        entry.principal = "http/WEB.Example.test@EXAMPLE.TEST".parse().unwrap();
        table.add(entry);
    }
    stage.establish(stage.client(), stage.server_with(keytab_of(&table)));
    let mut wrong = anysspi::kerberos::KeyTable::new();
    for entry in stage.realm.keytab(&[WEB]).unwrap().entries() {
        let mut entry = entry.clone();
        entry.principal = "HTTP/web.example.test@example.test".parse().unwrap();
        wrong.add(entry);
    }
    let failure = stage.refused(stage.client(), stage.server_with(keytab_of(&wrong)));
    check_refusal(&failure, Status::WRONG_PRINCIPAL, 35);
}

#[test]
fn keys_of_other_versions_and_types_are_told_apart() {
    let stage = Stage::new();
    let old = stage.keytab(&[WEB]);
    let client = stage.client();
    let changed = Service::new(WEB).encryption_types(&TYPES[..1]).version(7);
    stage.realm.add_service(changed).unwrap();
    // The ticket is of the old key: with the new keytab its version is not there.
    let failure = stage.refused(client, stage.server());
    check_refusal(&failure, Status::NO_KERB_KEY, 44);
    let failure = stage.refused(stage.client(), stage.server_with(old));
    check_refusal(&failure, Status::NO_KERB_KEY, 44);
    // Where only the number differs the key is found all the same.
    let mut table = anysspi::kerberos::KeyTable::new();
    for entry in stage.realm.keytab(&[WEB]).unwrap().entries() {
        let mut entry = entry.clone();
        entry.version = 3;
        table.add(entry);
    }
    stage.establish(stage.client(), stage.server_with(keytab_of(&table)));

    let others = Service::new(WEB).encryption_types(&TYPES[1..2]);
    let client = stage.client();
    stage.realm.add_service(others).unwrap();
    check_refusal(&stage.refused(client, stage.server()), Status::NO_KERB_KEY, 45);
}

#[test]
fn rc4_has_to_be_allowed_by_name_on_each_side() {
    let stage = Stage::of(TYPES[4]);
    let registry = &stage.server_registry;
    let plain = accept("Kerberos")
        .kdc(KdcAccess::Caller)
        .registry(registry)
        .credential(stage.keytab(&[WEB]));
    let error = plain.start().unwrap_err();
    assert_eq!(error.status(), Status::NO_KERB_KEY);
    let plain = initiate("Kerberos")
        .kdc(KdcAccess::Caller)
        .registry(registry)
        .target(WEB)
        .credential(stage.cache(&[WEB]));
    let mut plain = plain.start().unwrap();
    assert!(stage.step(&mut plain, None).is_err());
    stage.establish(stage.client(), stage.server());
    let hash = Identity::nt_hash("alice@EXAMPLE.TEST", *nt_hash(PASSWORD));
    let (_, context) = stage.establish(stage.client_with(hash.clone()), stage.server());
    assert_eq!(context.client().user(), "alice");
    let error = initiate("Kerberos")
        .kdc(KdcAccess::Caller)
        .target(WEB)
        .credential(hash)
        .start()
        .unwrap_err();
    assert_eq!(error.status(), Status::CRYPTO_SYSTEM_INVALID);
}

fn nt_hash(password: &str) -> Box<[u8; 16]> {
    use anysspi::kerberos::{EncryptionType, Key};
    let password = anysspi::Secret::from(password);
    let key = Key::from_salted_password(EncryptionType::RC4, &password, b"", None).unwrap();
    Box::new(key.bytes().expose().try_into().unwrap())
}

#[test]
fn no_altered_or_truncated_token_is_taken() {
    let stage = Stage::new();
    let mut client = stage.client().start().unwrap();
    let token = stage.step(&mut client, None).unwrap().unwrap();
    let server = || stage.server().start().unwrap();
    // What is around the ticket and the authenticator says nothing that is not in them too: the version
    // of the key, and whether an answer is wanted.
    let mut taken = 0;
    for at in 0..token.len() {
        for bit in [0x01, 0x80] {
            let mut changed = token.clone();
            changed[at] ^= bit;
            taken += usize::from(server().step(Some(&changed)).is_ok());
        }
    }
    assert!(taken < 60, "{taken} of {}", token.len());
    for length in 0..token.len() {
        assert!(server().step(Some(&token[..length])).is_err(), "{length}");
    }
    let mut server = server();
    let Step::SendToken(answer) = server.step(Some(&token)).unwrap() else { panic!() };
    let after = |answer: &[u8]| {
        let mut client = stage.client().start().unwrap();
        stage.step(&mut client, None).unwrap();
        stage.step(&mut client, Some(answer)).unwrap_err()
    };
    // Another handshake's, the own token, and every bit.
    assert_eq!(after(&answer).status(), Status::MUTUAL_AUTH_FAILED);
    assert_eq!(after(&token).status(), Status::INVALID_TOKEN);
    for length in 0..answer.len() {
        assert!(after_change(&stage, |answer| answer[..length].to_vec()).is_err(), "{length}");
    }
    for at in (answer.len() - 60)..answer.len() {
        let changed = after_change(&stage, |answer| {
            let mut answer = answer.to_vec();
            let at = at.min(answer.len() - 1);
            answer[at] ^= 0x10;
            answer
        });
        assert_eq!(changed.unwrap_err().status(), Status::MUTUAL_AUTH_FAILED);
    }
}

fn after_change(stage: &Stage, change: impl Fn(&[u8]) -> Vec<u8>) -> Result<(), Error> {
    let mut client: Handshake = stage.client().start()?;
    let mut server: Handshake = stage.server().start()?;
    let run =
        stage.run_with(
            &mut client,
            &mut server,
            |leg, token| {
                if leg == 1 { change(&token) } else { token }
            },
        );
    run.map(drop).map_err(|failure| failure.error)
}

#[test]
fn a_reflected_token_is_no_request() {
    let stage = Stage::new();
    let mut client = stage.client().start().unwrap();
    let mut server = stage.server().start().unwrap();
    let tokens = stage.run_with(&mut client, &mut server, |_, token| token).unwrap();
    let error = stage.server().start().unwrap().step(Some(&tokens[1])).unwrap_err();
    assert_eq!(error.status(), Status::INVALID_TOKEN);
    for nonsense in [&[][..], &[0], &[0x60, 0], &[0x6E, 0], b"NTLMSSP\0", &[0xFF; 100]] {
        let error = stage.server().start().unwrap().step(Some(nonsense)).unwrap_err();
        assert_eq!(error.status(), Status::INVALID_TOKEN);
    }
}
