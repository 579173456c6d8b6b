//! PKU2U: both ends in one process, with certificates made here, and everything that a stranger or
//! somebody in between can try.
#![cfg(feature = "pku2u")]

#[path = "support/certificates.rs"]
mod certificates;
mod support;

use anysspi::{AcceptBuilder, Certificate, Identity, InitiateBuilder, accept, initiate};
use certificates::{alice, server as server_certificate};
use support::{establish, registry};

const TARGET: &str = "HTTP/server.example.com";

/// A client with this certificate, who believes that server.
fn client_with(own: &Certificate, trusted: &Certificate) -> InitiateBuilder {
    initiate("PKU2U").registry(&registry(1, "client.example.com")).target(TARGET).credential(vec![
        Identity::Certificate(own.clone()),
        Identity::trusted_roots(trusted.chain.clone()),
    ])
}

/// A server with this certificate, who lets that client in.
fn server_with(own: &Certificate, trusted: &Certificate) -> AcceptBuilder {
    accept("PKU2U").registry(&registry(0x80, "server.example.com")).credential(vec![
        Identity::Certificate(own.clone()),
        Identity::trusted_roots(trusted.chain.clone()),
    ])
}

fn client() -> InitiateBuilder {
    client_with(alice(), server_certificate())
}

fn server() -> AcceptBuilder {
    server_with(server_certificate(), alice())
}

#[test]
fn both_sides_know_each_other_and_protect_messages() {
    let start = std::time::Instant::now();
    let (mut client, mut server) = establish(client(), server()).unwrap();
    eprintln!("{:?}", start.elapsed());
    assert_eq!(server.client().to_string(), r"alice\alice");
    for _ in 0..3 {
        let sealed = client.wrap(b"hello").unwrap();
        assert_eq!(server.unwrap(&sealed).unwrap(), b"hello");
        let sealed = server.wrap(b"").unwrap();
        assert_eq!(client.unwrap(&sealed).unwrap(), b"");
    }
    eprintln!("{:?}", start.elapsed());
}
