//! A client and a server that authenticate over a loopback TCP socket and exchange sealed messages.

use anysspi::accounts::{Account, MemoryAccounts};
use anysspi::inspect::{Field, Value, inspect};
use anysspi::{
    Capabilities, Context, ContextFlags, Delegated, Handshake, Identity, Registry, Step, accept,
    initiate,
};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;

type AnyError = Box<dyn std::error::Error + Send + Sync>;

const USER: &str = r"DEMO\alice";
pub(super) const PASSWORD: &str = "correct horse battery staple";

/// A server in a thread of its own, and a client that logs in to it.
pub(super) fn log_in(package: &'static str, password: &str) -> Result<(), AnyError> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    println!("  the server listens on {address} and knows {USER}");
    let server = thread::spawn(move || serve(package, &listener));
    let outcome = client(package, &mut TcpStream::connect(address)?, password);
    match server.join().map_err(|_| "the server panicked")? {
        Ok(()) => outcome,
        Err(error) => {
            println!("  the server refuses: {error}");
            // It closed the connection; what the client then saw is no news.
            Ok(())
        }
    }
}

fn client(package: &str, stream: &mut TcpStream, password: &str) -> Result<(), AnyError> {
    let mut settings =
        initiate(package).target("demo/localhost").credential(Identity::password(USER, password));
    if delegates(package)? {
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

fn serve(package: &str, listener: &TcpListener) -> Result<(), AnyError> {
    let (mut stream, _) = listener.accept()?;
    let accounts = MemoryAccounts::new([Account::with_password(USER, PASSWORD)]);
    let handshake = accept(package).credential(Identity::accounts(accounts)).start()?;
    let mut context = authenticate(handshake, &mut stream)?;
    println!("  the server knows the client as {}, {}", context.client(), flags(&context));
    if let Some(chosen) = context.negotiation().and_then(|negotiation| negotiation.chosen.as_ref())
    {
        println!("  {package} agreed on {chosen}");
    }
    if delegates(package)?
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

/// Whether the package hands credentials to the server.
fn delegates(package: &str) -> Result<bool, AnyError> {
    Ok(Registry::global().query(package)?.capabilities.contains(Capabilities::DELEGATION))
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
