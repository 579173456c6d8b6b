//! A panic in an account store ends the handshake, and nothing else.

mod support;

use anysspi::accounts::{Account, AccountQuery, AccountStore};
use anysspi::{Handshake, Identity, Status, Step, accept, initiate};
use support::{PASSWORD, USER, registry};

struct Broken;

impl AccountStore for Broken {
    fn look_up(&self, _: &AccountQuery<'_>) -> anysspi::Result<Option<Account>> {
        panic!("the store is broken");
    }
}

fn ends(package: &str) -> (Handshake, Handshake) {
    let client = initiate(package)
        .registry(&registry(1, "client.example.com"))
        .target("TERMSRV/server.example.com")
        .credential(Identity::password(USER, PASSWORD));
    let server = accept(package)
        .registry(&registry(0x80, "server.example.com"))
        .credential(Identity::accounts(Broken));
    (client.start().unwrap(), server.start().unwrap())
}

#[test]
fn a_panic_is_an_internal_error_that_stays() {
    let packages = registry(0, "server.example.com");
    for package in packages.enumerate() {
        // Without accounts there is nothing to break.
        if !["NTLM", "Negotiate", "CREDSSP"].contains(&&*package.name) {
            continue;
        }
        let (mut client, mut server) = ends(&package.name);
        let error = loop {
            let Step::SendToken(token) = client.next().unwrap() else { panic!("no token") };
            match server.step(Some(&token)) {
                Ok(Step::SendToken(answer)) => client.receive(&answer).unwrap(),
                Ok(other) => panic!("{other:?}"),
                Err(error) => break error,
            }
        };
        assert_eq!(error.status(), Status::INTERNAL_ERROR, "{}", package.name);
        assert_eq!(server.next().unwrap_err().status(), Status::INTERNAL_ERROR);
        assert!(!server.done() && server.context().is_err());
    }
}
