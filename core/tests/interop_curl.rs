//! curl as an initiator, over HTTP: `tests/interop/curl`. It has an NTLM of its own, and with
//! `--negotiate` it speaks MIT's SPNEGO over the NTLM of gss-ntlmssp.
//!
//! HTTP protects no messages with the context, so that the server requires no protection.

#[path = "support/peer.rs"]
mod peer;

use anysspi::accounts::{Account, MemoryAccounts};
use anysspi::{ContextFlags, Handshake, Identity, Step, accept};
use peer::{from_base64, to_base64};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

const PASSWORD: &str = "Passw0rd!";

/// How long the server waits for a client, and a client for everything.
const PATIENCE: Duration = Duration::from_secs(20);

/// The most that the head of a request may have.
const LARGEST_HEAD: u64 = 64 * 1024;

/// A server whose pages are their readers' names. It ends when it is dropped.
struct Server {
    address: SocketAddr,
    is_ending: Arc<AtomicBool>,
    handshakes: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// The scheme is the package's name too.
    #[expect(clippy::disallowed_methods, reason = "the test listens, and not the core")]
    fn start(scheme: &'static str) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let address = listener.local_addr().expect("an address");
        let is_ending = Arc::new(AtomicBool::new(false));
        let handshakes = Arc::new(AtomicUsize::new(0));
        let (ends, counter) = (Arc::clone(&is_ending), Arc::clone(&handshakes));
        let thread = std::thread::spawn(move || {
            let counter = &*counter;
            std::thread::scope(|scope| {
                for (number, stream) in (1..).zip(listener.incoming()) {
                    if ends.load(Ordering::SeqCst) {
                        break;
                    }
                    let Ok(stream) = stream else { continue };
                    scope.spawn(move || {
                        let connection = Connection::new(scheme, number, counter, stream);
                        // A client that goes away, or says nothing for too long, is no concern of
                        // the server's: the test sees what curl says.
                        let _ = connection.and_then(Connection::serve);
                    });
                }
            });
        });
        Self { address, is_ending, handshakes, thread: Some(thread) }
    }

    fn url(&self, page: &str) -> String {
        // By name, since MIT's SPNEGO wants one to make a target's of.
        format!("http://localhost:{}/{page}", self.address.port())
    }

    /// How many handshakes came to their end, well or not.
    fn handshakes(&self) -> usize {
        self.handshakes.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    #[expect(clippy::disallowed_methods, reason = "the test's own server, and not the core")]
    fn drop(&mut self) {
        self.is_ending.store(true, Ordering::SeqCst);
        // So that it looks.
        let _ = TcpStream::connect(self.address);
        let ended = self.thread.take().map(JoinHandle::join);
        if !std::thread::panicking() {
            assert!(matches!(ended, Some(Ok(()))), "the server panicked");
        }
    }
}

/// A connection is what is authenticated, as clients of NTLM over HTTP have it.
struct Connection<'a> {
    scheme: &'static str,
    number: usize,
    handshakes: &'a AtomicUsize,
    reader: BufReader<TcpStream>,
    handshake: Option<Handshake>,
    reader_name: Option<String>,
}

impl<'a> Connection<'a> {
    fn new(
        scheme: &'static str,
        number: usize,
        handshakes: &'a AtomicUsize,
        stream: TcpStream,
    ) -> std::io::Result<Self> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let reader = BufReader::new(stream);
        Ok(Self { scheme, number, handshakes, reader, handshake: None, reader_name: None })
    }

    fn serve(mut self) -> std::io::Result<()> {
        while let Some((page, credentials)) = self.read_head()? {
            let token = match credentials {
                Some(credentials) => self.step(&credentials),
                None => None,
            };
            self.answer(&page, token)?;
        }
        Ok(())
    }

    /// The page and the credentials of the next request, which has no body. None at the end.
    fn read_head(&mut self) -> std::io::Result<Option<(String, Option<String>)>> {
        let mut head = self.reader.by_ref().take(LARGEST_HEAD);
        let mut line = String::new();
        head.read_line(&mut line)?;
        let Some(page) = line.split(' ').nth(1).map(str::to_owned) else { return Ok(None) };
        let mut credentials = None;
        loop {
            line.clear();
            head.read_line(&mut line)?;
            let Some(text) = line.strip_suffix("\r\n") else {
                return Err(std::io::Error::other("a head that is cut off, or too large"));
            };
            let Some((name, value)) = text.split_once(": ") else { break };
            if name.eq_ignore_ascii_case("Authorization") {
                credentials = Some(value.to_owned());
            }
        }
        Ok(Some((page, credentials)))
    }

    /// One leg of the handshake; gives the token for the client.
    fn step(&mut self, credentials: &str) -> Option<Vec<u8>> {
        let token = credentials.strip_prefix(self.scheme)?.trim();
        let mut handshake = self.handshake.take().unwrap_or_else(|| {
            self.reader_name = None;
            accept(self.scheme)
                .credential(Identity::accounts(MemoryAccounts::new([
                    Account::with_password(r"CORP\alice", PASSWORD),
                    Account::with_password(r"CORP\bob", "another"),
                ])))
                .relax(ContextFlags::PROTECTION)
                .start()
                .expect("a server")
        });
        let step = handshake.step(Some(&from_base64(token)));
        match &step {
            Ok(Step::SendToken(_)) if !handshake.done() => self.handshake = Some(handshake),
            _ => {
                self.handshakes.fetch_add(1, Ordering::SeqCst);
                let context = handshake.into_context().ok();
                self.reader_name = context.map(|context| context.client().to_string());
            }
        }
        match step {
            Ok(Step::SendToken(token)) => Some(token),
            Ok(_) => None,
            Err(error) => error.token().map(<[u8]>::to_vec),
        }
    }

    fn answer(&mut self, page: &str, token: Option<Vec<u8>>) -> std::io::Result<()> {
        let (status, body) = match &self.reader_name {
            Some(name) => ("200 OK", format!("{page} {name} {}\n", self.number)),
            None => ("401 Unauthorized", "nobody\n".to_owned()),
        };
        let challenge = match (token, &self.reader_name) {
            (Some(token), _) => {
                format!("WWW-Authenticate: {} {}\r\n", self.scheme, to_base64(&token))
            }
            (None, None) => format!("WWW-Authenticate: {}\r\n", self.scheme),
            (None, Some(_)) => String::new(),
        };
        let length = body.len();
        let answer = format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\n\
             Content-Length: {length}\r\n{challenge}\r\n{body}"
        );
        self.reader.get_mut().write_all(answer.as_bytes())
    }
}

/// Whom curl logs on, and how.
#[derive(Clone, Copy)]
enum Client {
    /// With the NTLM of its own.
    Ntlm,
    /// With MIT's SPNEGO, over the NTLM of gss-ntlmssp.
    Negotiate,
}

impl Client {
    fn scheme(self) -> &'static str {
        match self {
            Self::Ntlm => "NTLM",
            Self::Negotiate => "Negotiate",
        }
    }
}

/// What curl got.
#[derive(Debug)]
struct Fetched {
    /// The bodies, and after each its status.
    lines: Vec<String>,
}

struct Curl(String);

impl Curl {
    fn find() -> Option<Self> {
        peer::variable("ANYSSPI_CURL").map(Self)
    }

    /// Fetches the pages one after the other, on one connection if the server lets it.
    fn fetch(&self, client: Client, user: &str, password: &str, urls: &[String]) -> Fetched {
        let mut command = Command::new(&self.0);
        command
            // No configuration and no proxy of whoever runs the tests.
            .args(["--disable", "--noproxy", "*", "--silent", "--show-error", "--ipv4"])
            .args(["--write-out", "%{http_code}\n", "--max-time"])
            .arg(PATIENCE.as_secs().to_string());
        let (domain, name) = user.split_once('\\').expect("a domain");
        let mut file = None;
        match client {
            Client::Ntlm => {
                command.args(["--ntlm", "--user", &format!("{user}:{password}")]);
            }
            Client::Negotiate => {
                static NUMBER: AtomicUsize = AtomicUsize::new(0);
                let number = NUMBER.fetch_add(1, Ordering::SeqCst);
                let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
                    .join(format!("curl-user-{}-{number}", std::process::id()));
                std::fs::write(&path, format!("{domain}:{name}:{password}\n")).expect("a file");
                command.args(["--negotiate", "--user", ":"]).env("NTLM_USER_FILE", &path);
                // Without a ticket there is only NTLM.
                command.env("KRB5CCNAME", "MEMORY:").env("KRB5_CONFIG", "/dev/null");
                file = Some(path);
            }
        }
        let output = command.args(urls).output().expect("curl runs");
        if let Some(path) = file {
            std::fs::remove_file(path).expect("the file is still there");
        }
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {errors}", output.status);
        let text = String::from_utf8(output.stdout).expect("text");
        Fetched { lines: text.lines().map(str::to_owned).collect() }
    }
}

fn is_let_in(client: Client) {
    let Some(curl) = Curl::find() else { return };
    let server = Server::start(client.scheme());
    for (user, password, name) in [
        (r"CORP\alice", PASSWORD, r"CORP\alice"),
        (r"corp\ALICE", PASSWORD, r"CORP\alice"),
        (r"CORP\bob", "another", r"CORP\bob"),
    ] {
        let fetched = curl.fetch(client, user, password, &[server.url("page")]);
        let [body, status] = &fetched.lines[..] else { panic!("{fetched:?}") };
        assert_eq!(status, "200", "{fetched:?}");
        assert!(body.starts_with(&format!("/page {name} ")), "{body}");
    }
}

fn is_refused(client: Client) {
    let Some(curl) = Curl::find() else { return };
    let server = Server::start(client.scheme());
    let attempts = [
        (r"CORP\alice", "wrong"),
        (r"CORP\alice", "passw0rd!"),
        (r"CORP\bob", PASSWORD),
        (r"CORP\mallory", PASSWORD),
        (r"OTHER\alice", PASSWORD),
    ];
    for (user, password) in attempts {
        let fetched = curl.fetch(client, user, password, &[server.url("page")]);
        assert_eq!(fetched.lines, ["nobody", "401"], "{user} {password}");
    }
    assert_eq!(server.handshakes(), attempts.len(), "each came to its end");
}

fn stays_logged_on(client: Client) {
    let Some(curl) = Curl::find() else { return };
    let server = Server::start(client.scheme());
    let urls = ["one", "two", "three"].map(|page| server.url(page));
    let fetched = curl.fetch(client, r"CORP\alice", PASSWORD, &urls);
    let expected = ["one", "two", "three"].map(|page| format!(r"/{page} CORP\alice 1"));
    let [one, two, three] = &expected;
    assert_eq!(fetched.lines, [one, "200", two, "200", three, "200"]);
    assert_eq!(server.handshakes(), 1, "the connection is authenticated, and not the request");
}

fn connections_know_their_own_users(client: Client) {
    let Some(curl) = Curl::find() else { return };
    let server = Server::start(client.scheme());
    std::thread::scope(|scope| {
        for turn in 0..12 {
            let (curl, server) = (&curl, &server);
            scope.spawn(move || {
                let (user, password, is_right) = match turn % 3 {
                    0 => (r"CORP\alice", PASSWORD, true),
                    1 => (r"CORP\bob", "another", true),
                    _ => (r"CORP\bob", PASSWORD, false),
                };
                let urls = ["one", "two"].map(|page| server.url(page));
                let lines = curl.fetch(client, user, password, &urls).lines;
                let [first, first_status, second, second_status] = &lines[..] else {
                    panic!("{lines:?}")
                };
                let status = if is_right { "200" } else { "401" };
                assert_eq!([&**first_status, second_status], [status; 2], "{lines:?}");
                for body in [first, second] {
                    assert_eq!(body.contains(user), is_right, "{lines:?}");
                    assert_eq!(body == "nobody", !is_right, "{lines:?}");
                }
            });
        }
    });
}

/// With the NTLM of its own.
mod ntlm {
    use super::*;

    #[test]
    fn is_let_in() {
        super::is_let_in(Client::Ntlm);
    }

    #[test]
    fn is_refused() {
        super::is_refused(Client::Ntlm);
    }

    #[test]
    fn stays_logged_on() {
        super::stays_logged_on(Client::Ntlm);
    }

    #[test]
    fn connections_know_their_own_users() {
        super::connections_know_their_own_users(Client::Ntlm);
    }
}

/// With MIT's SPNEGO, over the NTLM of gss-ntlmssp.
mod negotiate {
    use super::*;

    #[test]
    fn is_let_in() {
        super::is_let_in(Client::Negotiate);
    }

    #[test]
    fn is_refused() {
        super::is_refused(Client::Negotiate);
    }

    #[test]
    fn stays_logged_on() {
        super::stays_logged_on(Client::Negotiate);
    }

    #[test]
    fn connections_know_their_own_users() {
        super::connections_know_their_own_users(Client::Negotiate);
    }
}
