//! Credentials: what they are made from, and what they never show.

mod support;

use anysspi::raw::{self, CredentialsRequest};
use anysspi::{
    Allow, Certificate, CredentialCache, Identity, Keytab, Registry, Secret, Status, Time, Usage,
};

fn acquire(usage: Usage, identities: Vec<Identity>) -> anysspi::Result<raw::CredentialsHandle> {
    CredentialsRequest::new("NTLM", usage).with_identities(identities).acquire(Registry::global())
}

#[test]
fn the_first_identity_that_the_package_knows_is_used() {
    let identities = vec![
        Identity::Keytab(Keytab::file("/etc/krb5.keytab")),
        Identity::CredentialCache(CredentialCache::named("FILE:/tmp/krb5cc_0")),
        Identity::Certificate(Certificate { chain: vec![], private_key: Secret::from("x") }),
        Identity::password(r"CORP\alice", "one"),
        Identity::password(r"CORP\bob", "two"),
    ];
    let handle = acquire(Usage::OUTBOUND, identities.clone()).unwrap();
    assert_eq!(raw::query_credentials_attributes(&handle).unwrap(), r"CORP\alice");
    assert_eq!(handle.expiry(), Time::FOREVER);
    let principal = CredentialsRequest::new("NTLM", Usage::OUTBOUND)
        .with_identities(identities.clone())
        .with_principal(r"corp\BOB");
    let (handle, _) = raw::acquire_credentials_handle(Registry::global(), principal).unwrap();
    assert_eq!(raw::query_credentials_attributes(&handle).unwrap(), r"CORP\bob");
    let nobody = CredentialsRequest::new("NTLM", Usage::OUTBOUND)
        .with_identities(identities)
        .with_principal("carol");
    let error = nobody.acquire(Registry::global()).unwrap_err();
    assert_eq!(error.status(), Status::NO_CREDENTIALS);
    assert!(error.context().contains("carol"), "{error}");
}

#[test]
fn what_cannot_be_used_is_said_with_what_was_given() {
    let error = acquire(Usage::OUTBOUND, vec![Identity::Keytab(Keytab::bytes(b"x"))]).unwrap_err();
    assert_eq!(error.status(), Status::NO_CREDENTIALS);
    assert!(error.context().contains("keytab"), "{error}");
    let error = acquire(Usage::OUTBOUND, vec![]).unwrap_err();
    assert!(error.context().contains("current user"), "{error}");
    let error = acquire(Usage::INBOUND, vec![Identity::password("a", "b")]).unwrap_err();
    assert!(error.context().contains("account store"), "{error}");
    let error = acquire(Usage::OUTBOUND, vec![Identity::Anonymous]).unwrap_err();
    assert!(error.context().contains("ANONYMOUS"), "{error}");
}

#[test]
fn credentials_for_one_side_do_not_serve_the_other() {
    let outbound = acquire(Usage::OUTBOUND, vec![Identity::password("a", "b")]).unwrap();
    let mut server = anysspi::accept("NTLM").credential(&outbound).start().unwrap();
    assert_eq!(server.step(Some(b"x")).unwrap_err().status(), Status::NO_CREDENTIALS);
    let both = vec![Identity::password("a", "b"), Identity::accounts(support::accounts())];
    let both = acquire(Usage::BOTH, both).unwrap();
    anysspi::initiate("NTLM").credential(&both).start().unwrap().next().unwrap();
    assert!(acquire(Usage::BOTH, vec![Identity::password("a", "b")]).is_err());
}

#[test]
fn credentials_of_one_package_do_not_serve_another() {
    let handle = acquire(Usage::OUTBOUND, vec![Identity::password("a", "b")]).unwrap();
    let error = anysspi::initiate("Negotiate").credential(handle).start().unwrap_err();
    assert_eq!(error.status(), Status::INVALID_PARAMETER);
}

#[test]
fn what_only_matters_while_acquiring_is_not_passed_over() {
    let handle = acquire(Usage::OUTBOUND, vec![Identity::password("a", "b")]).unwrap();
    let error = anysspi::initiate("NTLM").credential(handle).allow(Allow::NTLM_V1).start();
    assert_eq!(error.unwrap_err().status(), Status::INVALID_PARAMETER);
}

#[test]
fn shared_credentials_serve_many_handshakes_at_once() {
    let client =
        acquire(Usage::OUTBOUND, vec![Identity::password(support::USER, support::PASSWORD)])
            .unwrap();
    let server = acquire(Usage::INBOUND, vec![Identity::accounts(support::accounts())]).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    let client = anysspi::initiate("NTLM").credential(&client);
                    let server = anysspi::accept("NTLM").credential(&server);
                    support::establish(client, server).unwrap();
                }
            });
        }
    });
}

#[test]
fn hashes_and_passwords_of_a_wrong_form_are_refused() {
    let name = anysspi::UserName::parse("alice");
    let short = Identity::NtHash { name: name.clone(), hash: Secret::new(&[1; 15]) };
    let error = acquire(Usage::OUTBOUND, vec![short]).unwrap_err();
    assert_eq!(error.status(), Status::INVALID_PARAMETER);
    let bytes = Identity::Password { name, password: Secret::new(&[0xFF, 0xFE]) };
    let error = acquire(Usage::OUTBOUND, vec![bytes]).unwrap_err();
    assert_eq!(error.status(), Status::INVALID_PARAMETER);
}

#[test]
fn secrets_are_in_no_print() {
    let secret = "correct-horse-battery";
    let hash = [0xC7; 16];
    let certificate = Certificate { chain: vec![], private_key: Secret::from(secret) };
    let identities = vec![
        Identity::password(r"CORP\alice", secret),
        Identity::nt_hash(r"CORP\alice", hash),
        Identity::Keytab(Keytab::bytes(secret.as_bytes())),
        Identity::CredentialCache(CredentialCache::bytes(secret.as_bytes())),
        Identity::Certificate(certificate),
        Identity::accounts(anysspi::accounts::MemoryAccounts::new([
            anysspi::accounts::Account::with_password("bob", secret),
        ])),
    ];
    let request = CredentialsRequest::new("NTLM", Usage::BOTH)
        .with_identities(identities.clone())
        .allowing(Allow::NTLM_V1);
    let handle = request.clone().acquire(Registry::global()).unwrap();
    let (mut client, mut server) =
        (support::client().start().unwrap(), support::server().start().unwrap());
    support::run(&mut client, &mut server).unwrap();
    let key = support::hex(client.context().unwrap().session_key().expose());
    for text in [
        format!("{identities:?}"),
        format!("{request:?}"),
        format!("{handle:?}"),
        format!("{client:?} {server:?}"),
        format!("{:?}", client.context().unwrap().facts()),
    ] {
        assert!(!text.contains(secret), "{text}");
        assert!(!text.contains("199, 199"), "{text}");
        assert!(!text.contains(&key) && !text.contains(support::PASSWORD), "{text}");
    }
}
