//! OpenSSL's `s_client` as a stranger that reaches our acceptor's TLS, on loopback.
#![cfg(feature = "credssp")]

#[path = "support/peer.rs"]
mod peer;

use anysspi::accounts::{Account, MemoryAccounts};
use anysspi::{Identity, Status, Step, accept};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::Duration;

/// What it says, and what became of our acceptor.
fn reach(openssl: &str, version: &str) -> (String, anysspi::Error) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut client = Command::new(openssl)
        .args(["s_client", "-brief", "-ign_eof", version, "-connect"])
        .arg(format!("127.0.0.1:{port}"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut socket, _) = listener.accept().unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let accounts = MemoryAccounts::new([Account::with_password(r"CORP\alice", "secret")]);
    let mut server = accept("CREDSSP").credential(Identity::accounts(accounts)).start().unwrap();
    // Inside TLS it speaks no CredSSP.
    let mut input = client.stdin.take().unwrap();
    input.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    let mut space = [0; 4096];
    let error = loop {
        let count = socket.read(&mut space).unwrap();
        assert!(count > 0, "it closed the connection before its time");
        match server.step(Some(&space[..count])) {
            Ok(Step::SendToken(token)) => socket.write_all(&token).unwrap(),
            Ok(other) => panic!("{other:?}"),
            Err(error) => break error,
        }
    };
    socket.write_all(error.token().unwrap_or_default()).unwrap();
    drop((socket, input));
    let output = client.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (String::from_utf8_lossy(&said).into_owned(), error)
}

#[test]
fn s_client_reaches_our_tls_and_gets_no_further() {
    let Some(openssl) = peer::variable("ANYSSPI_OPENSSL") else { return };
    for (version, name) in [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")] {
        let (said, error) = reach(&openssl, version);
        assert!(said.contains(&format!("Protocol version: {name}")), "{said}");
        assert_eq!(error.status(), Status::INVALID_TOKEN, "{error}");
    }
}
