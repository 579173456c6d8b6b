//! Both ends of CredSSP, as its tests start from them.
#![allow(dead_code, unreachable_pub, reason = "each test file uses the part it needs")]

use crate::support::{PASSWORD, USER, accounts, registry};
use anysspi::{
    AcceptBuilder, Certificate, Context, ContextFlags, Delegated, Error, Handshake, Identity,
    InitiateBuilder, Secret, Side, Step, UserName, accept, initiate,
};
use std::sync::OnceLock;

pub const TARGET: &str = "TERMSRV/server.example.com";

pub fn certificate() -> &'static Certificate {
    static CERTIFICATE: OnceLock<Certificate> = OnceLock::new();
    CERTIFICATE.get_or_init(|| Certificate::self_signed("server.example.com").unwrap())
}

pub fn client_with(password: &str) -> InitiateBuilder {
    initiate("CREDSSP")
        .registry(&registry(1, "client.example.com"))
        .target(TARGET)
        .credential(Identity::password(USER, password))
        .require(ContextFlags::DELEGATE)
}

pub fn client() -> InitiateBuilder {
    client_with(PASSWORD)
}

pub fn server() -> AcceptBuilder {
    accept("CREDSSP").registry(&registry(0x80, "server.example.com")).credential(vec![
        Identity::accounts(accounts()),
        Identity::Certificate(certificate().clone()),
    ])
}

/// Runs both ends until both are done, in pieces of at most so many bytes.
pub fn run_in_pieces(
    client: &mut Handshake,
    server: &mut Handshake,
    size: usize,
) -> Result<(), (Side, Error)> {
    run_cut(client, server, |_, bytes| bytes.chunks(size).map(<[u8]>::to_vec).collect())
}

/// The same in the pieces that `cut(receiver, bytes)` makes.
pub fn run_cut(
    client: &mut Handshake,
    server: &mut Handshake,
    mut cut: impl FnMut(Side, &[u8]) -> Vec<Vec<u8>>,
) -> Result<(), (Side, Error)> {
    let mut feed = |handshake: &mut Handshake, bytes: &[u8]| -> Result<Vec<u8>, (Side, Error)> {
        let mut answer = Vec::new();
        let side = handshake.side();
        for piece in &cut(side, bytes) {
            assert!(!handshake.done(), "{side:?} is done and more comes");
            match handshake.step(Some(piece)).map_err(|error| (side, error))? {
                Step::SendToken(token) => answer.extend(token),
                _ => assert!(handshake.done()),
            }
        }
        Ok(answer)
    };
    let Step::SendToken(mut token) = client.next().map_err(|error| (Side::Initiator, error))?
    else {
        panic!("no first token");
    };
    for _ in 0..20 {
        let answer = feed(server, &token)?;
        if client.done() && server.done() {
            // TLS 1.3 has tickets for the client, which are none of the handshake's.
            return Ok(());
        }
        token = feed(client, &answer)?;
    }
    panic!("no end: {client:?} {server:?}");
}

pub fn contexts(client: InitiateBuilder, server: AcceptBuilder) -> (Context, Context) {
    let (mut client, mut server) = (client.start().unwrap(), server.start().unwrap());
    run_in_pieces(&mut client, &mut server, usize::MAX).unwrap();
    assert!(client.extra().is_empty() && server.extra().is_empty());
    (client.into_context().unwrap(), server.into_context().unwrap())
}

pub fn password() -> Delegated {
    Delegated::Password { name: UserName::parse(USER), password: Secret::from(PASSWORD) }
}

/// The key of a certificate over P-256: the point that is not compressed, at the end of its algorithm.
pub fn key_of(certificate: &[u8]) -> Vec<u8> {
    // prime256v1, and a bit string of 66 bytes of which the first counts unused bits.
    let curve = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7, 3, 0x42, 0];
    let at = certificate.windows(curve.len()).position(|part| part == curve).unwrap();
    certificate[at + curve.len()..][..65].to_vec()
}

pub fn sha256(parts: &[&[u8]]) -> Vec<u8> {
    let hash = rustls::crypto::ring::default_provider()
        .cipher_suites
        .iter()
        .find_map(|suite| match suite.suite() {
            rustls::CipherSuite::TLS13_AES_128_GCM_SHA256 => {
                Some(suite.tls13()?.common.hash_provider)
            }
            _ => None,
        })
        .expect("SHA-256");
    hash.hash(&parts.concat()).as_ref().to_vec()
}
