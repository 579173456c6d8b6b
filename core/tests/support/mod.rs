//! What the integration tests share: two ends in one process, stepped by hand.
#![allow(dead_code, unreachable_pub, reason = "each test file uses the part it needs")]

pub mod cases;

use anysspi::accounts::{Account, MemoryAccounts};
use anysspi::testing::fixed_surroundings;
use anysspi::{
    AcceptBuilder, Context, Error, Handshake, Identity, InitiateBuilder, Registry, Result, Side,
    Step, Time, accept, initiate,
};

pub const USER: &str = r"CORP\alice";
pub const PASSWORD: &str = "Passw0rd!";

/// A registry in which everything is known.
pub fn registry(first_byte: u8, host_name: &str) -> Registry {
    let now = Time::from_unix_seconds(1_700_000_000);
    Registry::with_default_packages()
        .with_surroundings(fixed_surroundings(now, first_byte, host_name))
}

pub fn accounts() -> MemoryAccounts {
    MemoryAccounts::new([Account::with_password(USER, PASSWORD)])
}

/// The client that the tests start from.
pub fn client() -> InitiateBuilder {
    initiate("NTLM")
        .registry(&registry(1, "client.example.com"))
        .target("HTTP/server.example.com")
        .credential(Identity::password(USER, PASSWORD))
}

/// The server that the tests start from.
pub fn server() -> AcceptBuilder {
    accept("NTLM")
        .registry(&registry(0x80, "server.example.com"))
        .credential(Identity::accounts(accounts()))
}

/// A handshake that failed: which end said so, and why.
#[derive(Debug)]
pub struct Failure {
    pub side: Side,
    pub error: Error,
}

/// Runs both ends, with a hand on every token: `change(leg, token)` may alter it on its way.
pub fn run_with(
    client: &mut Handshake,
    server: &mut Handshake,
    mut change: impl FnMut(usize, Vec<u8>) -> Vec<u8>,
) -> std::result::Result<Vec<Vec<u8>>, Failure> {
    let failed = |side| move |error| Failure { side, error };
    let mut tokens = Vec::new();
    let mut to_client: Option<Vec<u8>> = None;
    for _ in 0..10 {
        let step = client.step(to_client.as_deref()).map_err(failed(Side::Initiator))?;
        let Step::SendToken(token) = step else { break };
        let token = change(tokens.len(), token);
        tokens.push(token.clone());
        if server.done() {
            break;
        }
        match server.step(Some(&token)).map_err(failed(Side::Acceptor))? {
            Step::SendToken(token) => {
                let token = change(tokens.len(), token);
                tokens.push(token.clone());
                to_client = Some(token);
            }
            _ => break,
        }
        if client.done() {
            break;
        }
    }
    assert!(client.done() && server.done(), "both ends are done: {client:?}, {server:?}");
    Ok(tokens)
}

pub fn run(
    client: &mut Handshake,
    server: &mut Handshake,
) -> std::result::Result<Vec<Vec<u8>>, Failure> {
    run_with(client, server, |_, token| token)
}

/// Two contexts that stand.
pub fn establish(client: InitiateBuilder, server: AcceptBuilder) -> Result<(Context, Context)> {
    let (mut client, mut server) = (client.start()?, server.start()?);
    run(&mut client, &mut server).map_err(|failure| failure.error)?;
    Ok((client.into_context()?, server.into_context()?))
}

/// The failure of a handshake that must fail.
pub fn refused(client: InitiateBuilder, server: AcceptBuilder) -> Failure {
    let (mut client, mut server) = (client.start().unwrap(), server.start().unwrap());
    run(&mut client, &mut server).expect_err("the handshake had to fail")
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn unhex(text: &str) -> Vec<u8> {
    assert!(text.len().is_multiple_of(2), "an odd number of digits: {text}");
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal digits"))
        .collect()
}
