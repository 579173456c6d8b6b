//! Both ends of PKU2U, as its tests start from them.
#![allow(dead_code, unreachable_pub, reason = "each test file uses the part it needs")]

use crate::certificates::{alice, server as server_certificate};
use crate::support::{Failure, establish, registry, run_with};
use anysspi::{AcceptBuilder, Certificate, Context, Identity, InitiateBuilder, accept, initiate};

pub const TARGET: &str = "HTTP/server.example.com";

/// A client with this certificate, who believes that server.
pub fn client_with(own: &Certificate, trusted: &Certificate) -> InitiateBuilder {
    initiate("PKU2U").registry(&registry(1, "client.example.com")).target(TARGET).credential(vec![
        Identity::Certificate(own.clone()),
        Identity::trusted_roots(trusted.chain.clone()),
    ])
}

/// A server with this certificate, who lets that client in.
pub fn server_with(own: &Certificate, trusted: &Certificate) -> AcceptBuilder {
    accept("PKU2U").registry(&registry(0x80, "server.example.com")).credential(vec![
        Identity::Certificate(own.clone()),
        Identity::trusted_roots(trusted.chain.clone()),
    ])
}

pub fn client() -> InitiateBuilder {
    client_with(alice(), server_certificate())
}

pub fn server() -> AcceptBuilder {
    server_with(server_certificate(), alice())
}

pub fn trusting(own: &Certificate, trusted: &[&Certificate]) -> Vec<Identity> {
    let trusted = trusted.iter().map(|one| one.chain[0].clone());
    vec![Identity::Certificate(own.clone()), Identity::trusted_roots(trusted)]
}

pub fn pair() -> (Context, Context) {
    establish(client(), server()).unwrap()
}

/// The failure of a handshake, one of whose tokens somebody in between changed.
pub fn changed(leg: usize, change: impl Fn(&mut Vec<u8>)) -> Failure {
    let (mut client, mut server) = (client().start().unwrap(), server().start().unwrap());
    run_with(&mut client, &mut server, |at, mut token| {
        if at == leg {
            change(&mut token);
        }
        token
    })
    .expect_err("a changed token had to be refused")
}
