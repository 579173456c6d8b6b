//! The KDC on a port of this machine, for other people's clients. Beside `kdc/net.rs` this is the only
//! place with sockets; they listen on loopback only.

use super::{LONGEST_REQUEST, Realm, Refused};
use crate::error::{Error, Result};
use crate::status::Status;
use std::fmt;
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// The longest answer over UDP, that of MIT's KDC: what is longer has to be asked for over TCP
/// (RFC 4120 7.2.1).
const LONGEST_DATAGRAM: usize = 4096;

/// How many ports are tried: one must be free for both TCP and UDP.
const PORTS: usize = 16;

/// How many clients are served at the same time over TCP.
const MOST_CONNECTIONS: usize = 32;

/// How long a client may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often the thread for UDP looks whether it is to end.
const LOOK: Duration = Duration::from_millis(50);

/// A [`Realm`] that answers on a port. It ends when this is dropped.
///
/// ```
/// use anysspi::realm::Realm;
///
/// let serving = Realm::new("EXAMPLE.TEST")?.serve()?;
/// assert!(serving.address().ip().is_loopback());
/// assert!(serving.krb5_conf().contains("default_realm = EXAMPLE.TEST"));
/// # Ok::<(), anysspi::Error>(())
/// ```
pub struct Serving {
    realm: String,
    address: SocketAddr,
    ends: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Serving {
    pub(super) fn start(realm: Realm) -> Result<Self> {
        let (tcp, udp) = both_sockets().map_err(|cause| {
            Error::new(Status::INTERNAL_ERROR, "no port of this machine can be listened on")
                .with_source(cause)
        })?;
        let failed = |cause: io::Error| {
            Error::new(Status::INTERNAL_ERROR, "the KDC cannot be served").with_source(cause)
        };
        let address = tcp.local_addr().map_err(failed)?;
        udp.set_read_timeout(Some(LOOK)).map_err(failed)?;
        let mut serving = Self {
            realm: realm.name().to_owned(),
            address,
            ends: Arc::default(),
            threads: Vec::new(),
        };
        let (ends, datagrams) = (Arc::clone(&serving.ends), realm.clone());
        serving.run("kdc-udp", move || answer_datagrams(&datagrams, &udp, &ends))?;
        let ends = Arc::clone(&serving.ends);
        serving.run("kdc-tcp", move || accept_connections(&realm, &tcp, &ends))?;
        Ok(serving)
    }

    fn run(&mut self, name: &str, work: impl FnOnce() + Send + 'static) -> Result<()> {
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(work);
        self.threads.push(thread.map_err(|cause| {
            Error::new(Status::INTERNAL_ERROR, "no thread for the KDC").with_source(cause)
        })?);
        Ok(())
    }

    /// Where it listens, with TCP and UDP.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The configuration for clients of MIT Kerberos, Heimdal and Java, which `KRB5_CONFIG` names: the
    /// realm is found here, and nothing is asked of any name server.
    pub fn krb5_conf(&self) -> String {
        let (realm, address) = (&self.realm, self.address);
        let domain = realm.to_ascii_lowercase();
        format!(
            "[libdefaults]\n  default_realm = {realm}\n  dns_lookup_kdc = false\n  \
             dns_lookup_realm = false\n  dns_canonicalize_hostname = false\n  rdns = false\n  \
             forwardable = true\n\
             [realms]\n  {realm} = {{\n    kdc = {address}\n  }}\n\
             [domain_realm]\n  .{domain} = {realm}\n  {domain} = {realm}\n"
        )
    }
}

impl Drop for Serving {
    #[expect(clippy::disallowed_methods, reason = "the thread that waits for a client is woken up")]
    fn drop(&mut self) {
        self.ends.store(true, Ordering::SeqCst);
        // Whoever accepts looks at it when somebody comes.
        let _ = TcpStream::connect_timeout(&self.address, PATIENCE);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Serving {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Serving")
            .field("realm", &self.realm)
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

/// Sockets on the same port.
#[expect(clippy::disallowed_methods, reason = "the realm in a box is served, on loopback alone")]
fn both_sockets() -> io::Result<(TcpListener, UdpSocket)> {
    let any = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
    let mut last = None;
    for _ in 0..PORTS {
        let tcp = TcpListener::bind(any)?;
        match UdpSocket::bind(tcp.local_addr()?) {
            Ok(udp) => return Ok((tcp, udp)),
            Err(error) => last = Some(error),
        }
    }
    Err(last.unwrap_or_else(|| io::ErrorKind::AddrInUse.into()))
}

fn answer_datagrams(realm: &Realm, socket: &UdpSocket, ends: &AtomicBool) {
    let mut request = vec![0; LONGEST_REQUEST];
    while !ends.load(Ordering::SeqCst) {
        // Nobody came, or somebody who is gone.
        let Ok((length, client)) = socket.recv_from(&mut request) else { continue };
        let mut reply = realm.answer(request.get(..length).unwrap_or_default());
        if reply.len() > LONGEST_DATAGRAM {
            reply = Refused::long_reply().message(realm);
        }
        let _ = socket.send_to(&reply, client);
    }
}

fn accept_connections(realm: &Realm, listener: &TcpListener, ends: &AtomicBool) {
    let connections = Arc::new(AtomicUsize::new(0));
    for stream in listener.incoming() {
        if ends.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        if connections.load(Ordering::SeqCst) >= MOST_CONNECTIONS {
            continue;
        }
        let held = Held::new(&connections);
        let realm = realm.clone();
        // Without a thread the connection is closed, and the client asks again.
        let _ = std::thread::Builder::new().name("kdc-client".to_owned()).spawn(move || {
            let _held = held;
            let _ = answer_connection(&realm, stream);
        });
    }
}

/// One connection, counted as long as it is there.
struct Held(Arc<AtomicUsize>);

impl Held {
    fn new(connections: &Arc<AtomicUsize>) -> Self {
        connections.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(connections))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Requests behind their lengths, one after the other (RFC 4120 7.2.2).
fn answer_connection(realm: &Realm, mut stream: TcpStream) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    loop {
        let mut length = [0; 4];
        stream.read_exact(&mut length)?;
        let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        let is_long = length > LONGEST_REQUEST;
        let reply = if is_long {
            Refused::long_request().message(realm)
        } else {
            let mut request = vec![0; length];
            stream.read_exact(&mut request)?;
            realm.answer(&request)
        };
        let length = u32::try_from(reply.len()).unwrap_or_default();
        stream.write_all(&[&length.to_be_bytes()[..], &reply].concat())?;
        // What follows is not read, so that there is no next request either.
        if is_long {
            return Ok(());
        }
    }
}
