//! As much of LDAP as it takes to bind by SASL and to read an entry (RFC 4511), on a connection whose
//! messages a context protects (RFC 4513 5.2).
#![allow(dead_code, unreachable_pub, reason = "each test file uses the part it needs")]

use crate::der::{element, elements, integer, octets, read, whole};
use anysspi::Context;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

pub struct Connection {
    stream: TcpStream,
    layer: Option<Layer>,
    message: u8,
    /// What was received and not read yet.
    received: Vec<u8>,
}

/// What opens and protects messages.
struct Layer {
    context: Context,
    alters: bool,
}

impl Layer {
    fn wrap(&mut self, message: &[u8]) -> Vec<u8> {
        let mut wrapped = self.context.wrap(message).expect("a message");
        *wrapped.last_mut().expect("a byte") ^= u8::from(self.alters);
        wrapped
    }

    fn unwrap(&mut self, wrapped: &[u8]) -> Vec<u8> {
        self.context.unwrap(wrapped).expect("the server's message")
    }
}

/// What a server says to a bind.
#[derive(Debug)]
pub struct Bound {
    pub code: u8,
    pub message: String,
    pub token: Option<Vec<u8>>,
}

/// saslBindInProgress
pub const IN_PROGRESS: u8 = 14;

/// The attributes of an entry with their values.
pub type Entry = Vec<(String, Vec<Vec<u8>>)>;

impl Connection {
    #[expect(clippy::disallowed_methods, reason = "the test is the client")]
    pub fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).expect("an LDAP server");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("patience");
        Self { stream, layer: None, message: 0, received: Vec::new() }
    }

    /// From now on a context protects what is said.
    pub fn protect(&mut self, context: Context) {
        self.layer = Some(Layer { context, alters: false });
    }

    /// From now on a bit of every message is another than the context made it.
    pub fn alter(&mut self) {
        self.layer.as_mut().expect("a layer").alters = true;
    }

    pub fn bind(&mut self, mechanism: &str, token: &[u8]) -> Bound {
        let credentials = [octets(mechanism.as_bytes()), octets(token)].concat();
        let request = [integer(3), octets(b""), element(0xA3, &credentials)].concat();
        let (tag, answer) = self.ask(&element(0x60, &request)).expect("an answer");
        assert_eq!(tag, 0x61, "a BindResponse");
        let (code, message, rest) = result(&answer);
        let token = (!rest.is_empty()).then(|| {
            let (tag, token, _) = read(rest);
            assert_eq!(tag, 0x87, "serverSaslCreds");
            token.to_vec()
        });
        Bound { code, message, token }
    }

    /// One entry by its name. An error is the end of the connection.
    pub fn entry(&mut self, name: &str, attributes: &[&str]) -> io::Result<Entry> {
        let attributes: Vec<u8> =
            attributes.iter().flat_map(|name| octets(name.as_bytes())).collect();
        let request = [
            octets(name.as_bytes()),
            // baseObject, and aliases as they are.
            element(0x0A, &[0]),
            element(0x0A, &[0]),
            integer(0),
            integer(0),
            element(0x01, &[0]),
            element(0x87, b"objectClass"),
            element(0x30, &attributes),
        ]
        .concat();
        let (tag, answer) = self.ask(&element(0x63, &request))?;
        assert_eq!(tag, 0x64, "no SearchResultEntry: {:?}", result(&answer));
        let (_, _, rest) = read(&answer);
        let found = elements(read(rest).1).into_iter().map(|(_, attribute)| {
            let (_, name, values) = read(attribute);
            let values = elements(read(values).1);
            let values = values.into_iter().map(|(_, value)| value.to_vec()).collect();
            (String::from_utf8(name.to_vec()).expect("a name"), values)
        });
        let found = found.collect();
        let (tag, answer) = self.next()?;
        let (code, message, _) = result(&answer);
        assert_eq!((tag, code), (0x65, 0), "{message}");
        Ok(found)
    }

    /// Says one thing, and gives the tag and the content of the answer.
    fn ask(&mut self, request: &[u8]) -> io::Result<(u8, Vec<u8>)> {
        self.message += 1;
        let message = element(0x30, &[integer(self.message), request.to_vec()].concat());
        let message = match &mut self.layer {
            Some(layer) => {
                let wrapped = layer.wrap(&message);
                [&(wrapped.len() as u32).to_be_bytes(), &wrapped[..]].concat()
            }
            None => message,
        };
        self.stream.write_all(&message)?;
        self.next()
    }

    fn next(&mut self) -> io::Result<(u8, Vec<u8>)> {
        let envelope = loop {
            if let Some(length) = whole(&self.received) {
                let rest = self.received.split_off(length);
                break std::mem::replace(&mut self.received, rest);
            }
            self.receive()?;
        };
        let (_, number, rest) = read(read(&envelope).1);
        assert_eq!(number, [self.message], "the answer to another question: {rest:?}");
        let (tag, content, _) = read(rest);
        Ok((tag, content.to_vec()))
    }

    fn receive(&mut self) -> io::Result<()> {
        let Some(layer) = &mut self.layer else {
            let mut some = [0; 4096];
            let length = self.stream.read(&mut some)?;
            if length == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.received.extend_from_slice(&some[..length]);
            return Ok(());
        };
        let mut length = [0; 4];
        self.stream.read_exact(&mut length)?;
        let mut wrapped = vec![0; u32::from_be_bytes(length) as usize];
        self.stream.read_exact(&mut wrapped)?;
        self.received.extend(layer.unwrap(&wrapped));
        Ok(())
    }
}

/// LDAPResult: its code, its message and what follows it.
fn result(bytes: &[u8]) -> (u8, String, &[u8]) {
    let (_, code, rest) = read(bytes);
    let (_, _name, rest) = read(rest);
    let (_, message, rest) = read(rest);
    (code[0], String::from_utf8_lossy(message).into_owned(), rest)
}
