//! OpenSSL as a stranger, on loopback: `s_client` reaches our acceptor's TLS, and `s_server` asks our
//! initiator for a certificate.
#![cfg(feature = "credssp")]

#[path = "support/peer.rs"]
mod peer;

use anysspi::accounts::{Account, MemoryAccounts};
use anysspi::raw::{
    self, Attribute, AttributeValue, Buffer, BufferKind, CredentialsHandle, CredentialsRequest,
    IscReq, SecurityContext,
};
use anysspi::{Certificate, Identity, Registry, Status, Step, Usage, accept};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// What it says, and what became of our acceptor.
#[expect(clippy::disallowed_methods, reason = "the test listens, and not the core")]
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

fn credentials(certificate: Option<&Certificate>) -> CredentialsHandle {
    CredentialsRequest::new("CREDSSP", Usage::OUTBOUND)
        .with_identity(Identity::password(r"CORP\alice", "secret"))
        .with_identities(certificate.cloned().map(Identity::Certificate))
        .acquire(Registry::global())
        .unwrap()
}

/// An `s_server` that asks for a certificate of this authority, and its address.
fn serve(
    openssl: &str,
    version: &str,
    folder: &std::path::Path,
    authority: &[u8],
) -> (Child, String) {
    let own = Certificate::self_signed("localhost").unwrap();
    let file = |name: &str, contents: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, contents).unwrap();
        path
    };
    let certificate = file("server.pem", own.to_pem().unwrap().expose());
    let authority = file("authority.pem", authority);
    let mut server = Command::new(openssl)
        .args([
            "s_server",
            "-accept",
            "127.0.0.1:0",
            "-naccept",
            "1",
            version,
            "-Verify",
            "1",
            "-cert",
        ])
        .arg(&certificate)
        .arg("-key")
        .arg(&certificate)
        .arg("-CAfile")
        .arg(&authority)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap());
    let mut line = String::new();
    let address = loop {
        line.clear();
        assert_ne!(lines.read_line(&mut line).unwrap(), 0, "s_server does not start");
        if let Some(address) = line.strip_prefix("ACCEPT ") {
            break address.trim().to_owned();
        }
    };
    server.stdout = Some(lines.into_inner());
    (server, address)
}

#[test]
#[expect(clippy::disallowed_methods, reason = "it is a test, and the core opens none")]
fn s_server_names_its_authorities_and_takes_the_certificate_that_follows() {
    let Some(openssl) = peer::variable("ANYSSPI_OPENSSL") else { return };
    let folder = new_folder();
    let own = Certificate::self_signed("client.example.com").unwrap();
    for version in ["-tls1_2", "-tls1_3"] {
        let pem = own.to_pem().unwrap();
        let (mut server, address) = serve(&openssl, version, &folder, pem.expose());
        let mut socket = TcpStream::connect(address).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let mut context = SecurityContext::new();
        let (mut received, mut handle) = (Vec::new(), credentials(None));
        let mut issuers = None;
        // Until the first TSRequest is out, which s_server does not answer.
        for leg in 0.. {
            assert!(leg < 20, "no end");
            let mut input = [Buffer::token(&received), Buffer::empty(BufferKind::EMPTY)];
            let mut output = [Buffer::empty(BufferKind::TOKEN)];
            let outcome = raw::initialize_security_context(
                Some(&handle),
                &mut context,
                Some("TERMSRV/localhost"),
                IscReq::STREAM | IscReq::ALLOCATE_MEMORY,
                &mut input,
                &mut output,
            );
            match outcome.map(|outcome| outcome.status).map_err(|error| error.status()) {
                Err(Status::INCOMPLETE_MESSAGE) => {}
                Ok(Status::INCOMPLETE_CREDENTIALS) => {
                    let answer =
                        raw::query_context_attributes(&context, Attribute::ISSUER_LIST_EX).unwrap();
                    let AttributeValue::Issuers(names) = answer else { panic!("{answer:?}") };
                    issuers = Some(names);
                    handle = credentials(Some(&own));
                    continue;
                }
                other => {
                    assert_eq!(other, Ok(Status::CONTINUE_NEEDED));
                    received.clear();
                }
            }
            let [token] = output;
            let token = token.into_bytes();
            socket.write_all(&token).unwrap();
            // A record of application data that goes out is the TSRequest's, or Finished before it.
            if issuers.is_some() && token.len() > 40 && (version == "-tls1_3" || token[0] == 23) {
                break;
            }
            let mut space = [0; 4096];
            let count = socket.read(&mut space).unwrap();
            assert!(count > 0, "it closed the connection before its time");
            received.extend_from_slice(&space[..count]);
        }
        let issuers = issuers.unwrap();
        assert_eq!(issuers.len(), 1);
        assert!(issuers[0].ends_with(b"client.example.com"), "{issuers:x?}");
        drop(socket);
        // It ends after one connection.
        let mut said = Vec::new();
        server.stdout.take().unwrap().read_to_end(&mut said).unwrap();
        drop(server.stdin.take());
        server.wait().unwrap();
        let said = String::from_utf8_lossy(&said);
        assert!(
            said.contains("Client certificate") && said.contains("client.example.com"),
            "{said}"
        );
        // The TSRequest's token.
        assert!(said.contains("NTLMSSP"), "{said}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}

fn new_folder() -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("anysspi-openssl-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
