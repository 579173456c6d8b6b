//! A client and a server that authenticate over a loopback TCP socket and exchange sealed messages.

use anysspi::accounts::{Account, MemoryAccounts};
use anysspi::inspect::{Field, Value, inspect};
use anysspi::realm::{Realm, Service, User};
use anysspi::{
    Context, ContextFlags, Delegated, Handshake, Identity, KdcAccess, KdcReply, KdcRequest, Keytab,
    Step, accept, initiate,
};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;

type AnyError = Box<dyn std::error::Error + Send + Sync>;

const USER: &str = r"DEMO\alice";
pub(super) const PASSWORD: &str = "correct horse battery staple";

const REALM: &str = "DEMO.TEST";
const SERVICE: &str = "demo/localhost";

/// How a server knows its clients.
#[derive(Clone)]
pub(super) enum Authority {
    /// By their passwords.
    Accounts,
    /// By the tickets of a realm.
    Realm(Realm),
}

impl Authority {
    /// A realm in a box with the user and the service.
    pub(super) fn realm() -> Result<Self, AnyError> {
        let realm = Realm::new(REALM)?;
        realm.add_user(User::new("alice", PASSWORD))?;
        realm.add_service(Service::new(SERVICE))?;
        Ok(Self::Realm(realm))
    }

    fn of_client(&self, password: &str) -> Identity {
        match self {
            Self::Accounts => Identity::password(USER, password),
            Self::Realm(_) => Identity::password(&format!("alice@{REALM}"), password),
        }
    }

    fn of_server(&self) -> Result<Identity, AnyError> {
        Ok(match self {
            Self::Accounts => {
                Identity::accounts(MemoryAccounts::new([Account::with_password(USER, PASSWORD)]))
            }
            Self::Realm(realm) => {
                let keytab = realm.keytab(&[SERVICE])?.to_bytes()?;
                Identity::Keytab(Keytab::Bytes(keytab))
            }
        })
    }

    /// Who carries the client's questions to the KDC; every leg of them is printed too.
    fn kdc(&self) -> KdcAccess {
        let Self::Realm(realm) = self.clone() else { return KdcAccess::Nobody };
        KdcAccess::through(move |request: &KdcRequest| {
            print_leg("client -> KDC   ", request.message());
            let answer = realm.answer(request.message());
            print_leg("KDC    -> client", &answer);
            KdcReply::Answer(answer)
        })
    }
}

/// A server in a thread of its own, and a client that logs in to it.
pub(super) fn log_in(
    package: &'static str,
    authority: &Authority,
    password: &str,
) -> Result<(), AnyError> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    match authority {
        Authority::Accounts => println!("  the server listens on {address} and knows {USER}"),
        Authority::Realm(_) => {
            println!("  the server listens on {address} and has a key of {REALM}")
        }
    }
    let of_server = authority.clone();
    let server = thread::spawn(move || serve(package, &of_server, &listener));
    let outcome = client(package, authority, &mut TcpStream::connect(address)?, password);
    let served = server.join().map_err(|_| "the server panicked")?;
    match (served, outcome) {
        (Ok(()), outcome) => outcome,
        // It never came to ask the server.
        (Err(_), Err(error)) if matches!(authority, Authority::Realm(_)) => {
            println!("  the KDC refuses: {error}");
            Ok(())
        }
        // It closed the connection; what the client then saw is no news.
        (Err(error), _) => {
            println!("  the server refuses: {error}");
            Ok(())
        }
    }
}

fn client(
    package: &str,
    authority: &Authority,
    stream: &mut TcpStream,
    password: &str,
) -> Result<(), AnyError> {
    let mut settings = initiate(package)
        .target(SERVICE)
        .credential(authority.of_client(password))
        .kdc(authority.kdc());
    if hands_over(package) {
        settings = settings.require(ContextFlags::DELEGATE);
    }
    let mut handshake = settings.start()?;
    while let Step::SendToken(token) = handshake.next()? {
        print_leg("client -> server", &token);
        send(stream, &token)?;
        if !handshake.done() {
            handshake.receive(&receive(stream)?)?;
        }
    }
    let mut context = handshake.into_context()?;
    let question = b"Who am I to you?";
    let sealed = context.wrap(question)?;
    println!("  client seals {:?} into {} bytes", String::from_utf8_lossy(question), sealed.len());
    send(stream, &sealed)?;
    let answer = context.unwrap(&receive(stream)?)?;
    println!("  client opens {:?}", String::from_utf8_lossy(&answer));
    Ok(())
}

fn serve(package: &str, authority: &Authority, listener: &TcpListener) -> Result<(), AnyError> {
    let (mut stream, _) = listener.accept()?;
    let handshake = accept(package).credential(authority.of_server()?).start()?;
    let mut context = authenticate(handshake, &mut stream)?;
    println!("  the server knows the client as {}, {}", context.client(), flags(&context));
    if let Some(chosen) = context.negotiation().and_then(|negotiation| negotiation.chosen.as_ref())
    {
        println!("  {package} agreed on {chosen}");
    }
    if let Some(peer) = context.peer() {
        let groups: Vec<String> = peer.all_groups().map(|group| group.sid.to_string()).collect();
        println!("  the realm says that it is in the groups {}", groups.join(", "));
    }
    if hands_over(package)
        && let Delegated::Password { name, password } = context.delegated()?
    {
        let password = password.expose_text().unwrap_or_default();
        println!("  the server may act as {name} now, with the password {password:?}");
    }
    let question = context.unwrap(&receive(&mut stream)?)?;
    println!("  server opens {:?}", String::from_utf8_lossy(&question));
    let answer = format!("You are {}.", context.client());
    send(&mut stream, &context.wrap(answer.as_bytes())?)?;
    Ok(())
}

/// Whether the demonstration has the package hand the password to the server.
fn hands_over(package: &str) -> bool {
    package == "CREDSSP"
}

fn authenticate(mut handshake: Handshake, stream: &mut TcpStream) -> Result<Context, AnyError> {
    while !handshake.done() {
        handshake.receive(&receive(stream)?)?;
        match handshake.next() {
            Ok(Step::SendToken(token)) => {
                print_leg("server -> client", &token);
                send(stream, &token)?;
            }
            Ok(_) => {}
            Err(error) => {
                // Where the package wants the client told, the error carries the token for it.
                if let Some(token) = error.token() {
                    print_leg("server -> client", token);
                    send(stream, token)?;
                }
                return Err(error.into());
            }
        }
    }
    Ok(handshake.into_context()?)
}

fn flags(context: &Context) -> String {
    let names: Vec<&str> = context.flags().iter_names().map(|(name, _)| name).collect();
    names.join(", ")
}

/// One leg for a person to read: what the token is, how long it is, and its flags.
fn print_leg(direction: &str, token: &[u8]) {
    let inspection = inspect(token);
    println!("  {direction}  {:22} {:4} bytes", inspection.message, token.len());
    print_flags(&inspection.fields);
}

/// The flags among the fields, those of a token inside the token too.
fn print_flags(fields: &[Field]) {
    for field in fields {
        if let Value::Flags(names) = &field.value {
            let short = names.iter().map(|name| name.rsplit("NEGOTIATE_").next().unwrap_or(name));
            println!("                    {}", short.collect::<Vec<_>>().join(" "));
        }
        print_flags(&field.fields);
    }
}

/// Tokens and messages travel behind their length.
fn send(stream: &mut TcpStream, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes(), bytes].concat())
}

fn receive(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length) as usize;
    if length > 65_536 {
        return Err(io::Error::other("the peer announces more than 64 KiB"));
    }
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes)?;
    Ok(bytes)
}
