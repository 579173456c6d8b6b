//! FreeRDP with NLA, on loopback: its client logs in to our acceptor and delegates the password, and our
//! initiator logs in to its shadow server. As much of RDP as comes before CredSSP is spoken by the test ([MS-RDPBCGR] 2.2.1.1, 2.2.1.2).
#![cfg(feature = "credssp")]

#[path = "support/peer.rs"]
mod peer;

use anysspi::accounts::{Account, MemoryAccounts};
use anysspi::{
    ContextFlags, Delegated, Error, Handshake, Identity, Secret, Status, Step, UserName, accept,
    initiate,
};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

const PASSWORD: &str = "Passw0rd!";

/// One test at a time: the shadow server is told a port, which nobody else may take meanwhile.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

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
            // It would start anew whenever the last client goes, and the next one comes in between.
            .arg("-noreset")
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
#[expect(clippy::disallowed_methods, reason = "the test listens, and not the core")]
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
    let _alone = alone();
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
    let _alone = alone();
    let Some(programs) = Programs::find() else { return };
    for (user, password) in [("alice", "wrong"), ("mallory", PASSWORD)] {
        let error = log_in(&programs, user, password).unwrap_err();
        assert_eq!(error.status(), Status::LOGON_DENIED, "{error}");
    }
}

/// FreeRDP's shadow server with two users. Ended when this is dropped.
struct Shadow {
    server: Child,
    port: u16,
    home: PathBuf,
    _display: Display,
}

impl Shadow {
    fn start(program: &str, hash: &str, xvfb: &str) -> Self {
        let shadow = Self::spawn(program, &Self::entry(hash), Display::start(xvfb));
        for _ in 0..200 {
            if shadow.try_connect().is_some() {
                return shadow;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("the shadow server does not listen");
    }

    #[expect(clippy::disallowed_methods, reason = "the test listens, and not the core")]
    fn spawn(program: &str, entry: &[u8], display: Display) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let home = std::env::temp_dir().join(format!("anysspi-shadow-{port}"));
        std::fs::create_dir_all(&home).unwrap();
        let sam = home.join("sam");
        std::fs::write(&sam, entry).unwrap();
        let server = Command::new(program)
            .args(["/bind-address:127.0.0.1", &format!("/port:{port}"), "/sec:nla", "+auth"])
            .arg(format!("/sam-file:{}", sam.display()))
            .env("HOME", &home)
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("DISPLAY", &display.1)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { server, port, home, _display: display }
    }

    /// The line of a file of accounts, made by its own program.
    fn entry(hash: &str) -> Vec<u8> {
        let made = Command::new(hash)
            .args(["-u", "alice", "-p", PASSWORD, "-d", "LABDOM", "-f", "sam"])
            .output()
            .unwrap();
        assert!(made.status.success());
        [made.stdout, b"\n".to_vec()].concat()
    }

    #[expect(clippy::disallowed_methods, reason = "it is a test, and the core opens none")]
    fn try_connect(&self) -> Option<TcpStream> {
        let socket = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        Some(socket)
    }
}

impl Drop for Shadow {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
        let _ = std::fs::remove_dir_all(Path::new(&self.home));
    }
}

/// Our initiator, from the connection request on.
fn log_in_to(shadow: &Shadow, user: &str, password: &str) -> Result<(Handshake, TcpStream), Error> {
    let mut socket = shadow.try_connect().expect("the shadow server listens");
    socket.write_all(&[3, 0, 0, 19, 14, 0xE0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 2, 0, 0, 0]).unwrap();
    let mut response = [0; 19];
    socket.read_exact(&mut response).unwrap();
    assert_eq!(u32::from_le_bytes(*response.last_chunk().unwrap()), HYBRID);
    let mut client = initiate("CREDSSP")
        .target("TERMSRV/localhost")
        .credential(Identity::password_in(user, "LABDOM", password))
        .require(ContextFlags::DELEGATE)
        // The server of FreeRDP 2 has no SPNEGO.
        .packages(["NTLM"])
        .start()
        .unwrap();
    let mut space = [0; 4096];
    while let Step::SendToken(token) = client.next()? {
        socket.write_all(&token).unwrap();
        if client.done() {
            break;
        }
        let count = socket.read(&mut space).unwrap();
        assert!(count > 0, "it closed the connection without a word");
        client.receive(&space[..count])?;
    }
    Ok((client, socket))
}

#[test]
fn our_initiator_logs_in_to_the_shadow_server() {
    let _alone = alone();
    let Some(program) = peer::variable("ANYSSPI_FREERDP_SHADOW") else { return };
    let Some(hash) = peer::variable("ANYSSPI_WINPR_HASH") else { return };
    let Some(xvfb) = peer::variable("ANYSSPI_XVFB") else { return };
    let shadow = Shadow::start(&program, &hash, &xvfb);
    let (mut client, mut socket) = log_in_to(&shadow, "alice", PASSWORD).unwrap();
    assert!(client.context().unwrap().flags().contains(ContextFlags::DELEGATE));
    // It waits for RDP to go on, and does not hang up on what was delegated.
    socket.set_read_timeout(Some(Duration::from_millis(700))).unwrap();
    let waiting = socket.read(&mut [0; 64]).unwrap_err();
    assert!(matches!(
        waiting.kind(),
        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
    ));
    for (user, password) in [("alice", "wrong"), ("mallory", PASSWORD)] {
        let error = log_in_to(&shadow, user, password).expect_err("a refusal");
        // It may close the connection and not say why.
        assert!(
            matches!(error.status(), Status::CONTEXT_EXPIRED | Status::LOGON_DENIED),
            "{error}"
        );
    }
}
