//! FreeRDP's client logs in to our acceptor with NLA and delegates the password, on loopback. As much of
//! RDP as comes before CredSSP is spoken by the test ([MS-RDPBCGR] 2.2.1.1, 2.2.1.2).
#![cfg(feature = "credssp")]

#[path = "support/peer.rs"]
mod peer;

use anysspi::accounts::{Account, MemoryAccounts};
use anysspi::{Delegated, Error, Handshake, Identity, Secret, Status, Step, UserName, accept};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const PASSWORD: &str = "Passw0rd!";

/// PROTOCOL_HYBRID: CredSSP.
const HYBRID: u32 = 2;

/// The connection request, and the answer that CredSSP it is.
fn negotiate(socket: &mut TcpStream) {
    let mut header = [0; 4];
    socket.read_exact(&mut header).unwrap();
    assert_eq!(header[0], 3, "TPKT");
    let mut request = vec![0; usize::from(u16::from_be_bytes([header[2], header[3]])) - 4];
    socket.read_exact(&mut request).unwrap();
    // RDP_NEG_REQ is the end of it.
    let wanted = u32::from_le_bytes(*request.last_chunk().unwrap());
    assert_ne!(wanted & HYBRID, 0, "it does not want CredSSP: {wanted}");
    let response = [3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, 2, 0, 8, 0, 2, 0, 0, 0];
    socket.write_all(&response).unwrap();
}

/// A display that nobody sees: it does not start without one. Ended when this is dropped.
struct Display(Child, String);

impl Display {
    fn start(program: &str) -> Self {
        let mut server = Command::new(program)
            .args(["-displayfd", "1", "-screen", "0", "640x480x24", "-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
        assert!(!number.trim().is_empty(), "Xvfb gives no display");
        Self(server, format!(":{}", number.trim()))
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Where the programs are.
struct Programs {
    xfreerdp: String,
    display: Display,
}

impl Programs {
    fn find() -> Option<Self> {
        let xfreerdp = peer::variable("ANYSSPI_XFREERDP")?;
        let display = Display::start(&peer::variable("ANYSSPI_XVFB")?);
        Some(Self { xfreerdp, display })
    }
}

fn xfreerdp(programs: &Programs, port: u16, user: &str, password: &str, home: &str) -> Child {
    Command::new(&programs.xfreerdp)
        .args([&format!("/v:127.0.0.1:{port}"), &format!("/u:{user}"), "/d:LABDOM"])
        .args([&format!("/p:{password}"), "/sec:nla", "/cert:ignore", "+auth-only"])
        .env("HOME", home)
        .env("DISPLAY", &programs.display.1)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// What our acceptor has to say when FreeRDP logs in.
fn log_in(programs: &Programs, user: &str, password: &str) -> Result<Handshake, Error> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let home = std::env::temp_dir().join(format!("anysspi-freerdp-{port}"));
    std::fs::create_dir_all(&home).unwrap();
    let mut client = xfreerdp(programs, port, user, password, home.to_str().unwrap());
    let (mut socket, _) = listener.accept().unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    negotiate(&mut socket);
    let accounts = MemoryAccounts::new([Account::with_password(r"LABDOM\alice", PASSWORD)]);
    let mut server = accept("CREDSSP").credential(Identity::accounts(accounts)).start().unwrap();
    let mut space = [0; 4096];
    let result = loop {
        let count = socket.read(&mut space).unwrap();
        assert!(count > 0, "it closed the connection before its time");
        match server.step(Some(&space[..count])) {
            Ok(Step::SendToken(token)) => socket.write_all(&token).unwrap(),
            Ok(_) => {}
            Err(error) => {
                socket.write_all(error.token().unwrap_or_default()).unwrap();
                break Err(error);
            }
        }
        if server.done() {
            break Ok(server);
        }
    };
    drop(socket);
    // It has nobody to talk to any more; only this very process is ended.
    let _ = client.kill();
    let _ = client.wait();
    std::fs::remove_dir_all(&home).unwrap();
    result
}

#[test]
fn xfreerdp_logs_in_and_delegates_its_password() {
    let Some(programs) = Programs::find() else { return };
    let mut context = log_in(&programs, "alice", PASSWORD).unwrap().into_context().unwrap();
    assert_eq!(context.client().to_string(), r"LABDOM\alice");
    let expected = Delegated::Password {
        name: UserName::parse(r"LABDOM\alice"),
        password: Secret::from(PASSWORD),
    };
    assert_eq!(context.delegated().unwrap(), expected);
}

#[test]
fn a_wrong_password_and_an_unknown_user_of_xfreerdp_are_refused() {
    let Some(programs) = Programs::find() else { return };
    for (user, password) in [("alice", "wrong"), ("mallory", PASSWORD)] {
        let error = log_in(&programs, user, password).unwrap_err();
        assert_eq!(error.status(), Status::LOGON_DENIED, "{error}");
    }
}
