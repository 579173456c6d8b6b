//! pyspnego in a process of its own: `tests/interop/pyspnego`. What both of its protocols share,
//! which are "ntlm" and "negotiate".
#![allow(dead_code, unreachable_pub, reason = "each test file uses the part it needs")]

pub use crate::peer::Refusal;
use crate::peer::{self, Peer, from_base64, to_base64};
use anysspi::{Context, Error, Identity, InitiateBuilder, Status, initiate};
use serde_json::{Value, json};
use std::process::Command;

pub const USER: &str = r"EXAMPLE\alice";
pub const PASSWORD: &str = "Passw0rd!";
pub const TARGET: &str = "HTTP/server.example.com";

/// Latin, Greek, Cyrillic, Chinese and a character outside the basic plane.
pub const UNICODE_USER: &str = "ÉXÄMPLE\\Ünïcødé-Ωμέγα-Жук-王-\u{1F512}";
pub const UNICODE_PASSWORD: &str = "Пароль-密码-\u{1F511}";

/// One of its contexts.
pub struct Pyspnego(Peer);

impl Pyspnego {
    pub fn find() -> Option<Self> {
        let python = peer::variable("ANYSSPI_PYSPNEGO_PYTHON")?;
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/interop/pyspnego/peer.py");
        Some(Self(Peer::start(Command::new(python).arg(script))))
    }

    pub fn call(&mut self, request: &Value) -> Result<Value, Refusal> {
        self.0.call(request)
    }

    pub fn start(&mut self, request: &Value) {
        self.call(request).expect("a context of its own");
    }

    pub fn step(&mut self, token: Option<&[u8]>) -> Result<(Option<Vec<u8>>, bool), Refusal> {
        self.0.step(token)
    }

    pub fn facts(&mut self) -> Value {
        self.0.facts()
    }

    pub fn session_key(&mut self) -> Vec<u8> {
        bytes(&self.facts()["key"])
    }

    /// The user that it authenticated.
    pub fn known_client(&mut self) -> String {
        text(&self.facts()["client"]).to_owned()
    }

    pub fn protect(&mut self, what: &str, data: &[u8]) -> Result<Vec<u8>, Refusal> {
        self.call(&json!({ "do": what, "data": to_base64(data) })).map(|value| bytes(&value))
    }

    pub fn verify(&mut self, data: &[u8], signature: &[u8]) -> Result<(), Refusal> {
        let request =
            json!({ "do": "verify", "data": to_base64(data), "mic": to_base64(signature) });
        self.call(&request).map(|_| ())
    }

    /// Typed buffers in and out, for `wrap_iov` and `unwrap_iov`. No bytes: to be made.
    pub fn buffers(
        &mut self,
        what: &str,
        list: &[(&str, Option<&[u8]>)],
    ) -> Result<Vec<Vec<u8>>, Refusal> {
        let list: Vec<_> =
            list.iter().map(|(kind, data)| json!([kind, data.map(to_base64)])).collect();
        let answer = self.call(&json!({ "do": what, "buffers": list }))?;
        Ok(answer.as_array().expect("a list").iter().map(bytes).collect())
    }
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

pub fn bytes(value: &Value) -> Vec<u8> {
    from_base64(text(value))
}

/// What it is asked for.
pub const EVERYTHING: &[&str] =
    &["integrity", "confidentiality", "replay_detect", "sequence_detect", "mutual_auth"];
pub const INTEGRITY: &[&str] = &["integrity"];
pub const NOTHING: &[&str] = &[];

/// Its initiator.
pub fn its_client(protocol: &str, user: &str, password: &str, flags: &[&str]) -> Value {
    json!({
        "do": "client", "protocol": protocol, "user": user, "password": password,
        "target": TARGET, "flags": flags,
    })
}

/// Its acceptor, which knows the two users and more: domain, name and password.
pub fn its_server(protocol: &str, more: &[[&str; 3]], flags: &[&str]) -> Value {
    let (unicode_domain, unicode_user) = UNICODE_USER.split_once('\\').expect("a domain");
    let known = [["EXAMPLE", "alice", PASSWORD], [unicode_domain, unicode_user, UNICODE_PASSWORD]];
    let accounts = [&known, more].concat();
    json!({ "do": "server", "protocol": protocol, "accounts": accounts, "flags": flags })
}

/// The same request with more said.
pub fn with(mut request: Value, name: &str, value: impl Into<Value>) -> Value {
    request[name] = value.into();
    request
}

/// Our initiator.
pub fn our_client(package: &str) -> InitiateBuilder {
    initiate(package).target(TARGET).credential(Identity::password(USER, PASSWORD))
}

/// Which end refused, and what it said.
#[derive(Debug)]
pub enum Refused {
    Us(Error),
    Them(Refusal),
}

impl Refused {
    pub fn by_us(self, status: Status) -> Error {
        match self {
            Self::Us(error) => {
                assert_eq!(error.status(), status, "{error}");
                error
            }
            Self::Them(refusal) => panic!("pyspnego refused, and not we: {refusal:?}"),
        }
    }

    pub fn by_them(self, class: &str, message: &str) {
        match self {
            Self::Them(refusal) => {
                assert_eq!(refusal.class, class, "{refusal:?}");
                assert!(refusal.message.contains(message), "{refusal:?}");
            }
            Self::Us(error) => panic!("we refused, and not pyspnego: {error}"),
        }
    }
}

/// A message sealed by both ends, one after the other, and what was sent: ours first.
pub fn assert_sealing(peer: &mut Pyspnego, ours: &mut Context, message: &[u8]) -> [Vec<u8>; 2] {
    let length = message.len();
    let from_us = ours.wrap(message).unwrap();
    assert_eq!(from_us.len(), length + 16);
    assert!(length < 16 || from_us[16..] != *message, "it is encrypted");
    assert_eq!(peer.protect("unwrap", &from_us).unwrap(), message, "{length} bytes to it");
    let from_it = peer.protect("wrap", message).unwrap();
    assert_eq!(ours.unwrap(&from_it).unwrap(), message, "{length} bytes from it");
    [from_us, from_it]
}

/// A message signed by both ends, one after the other.
pub fn assert_signatures(peer: &mut Pyspnego, ours: &mut Context, message: &[u8]) {
    let signature = ours.sign(message).unwrap();
    peer.verify(message, &signature).unwrap();
    let signature = peer.protect("sign", message).unwrap();
    ours.verify(message, &signature).unwrap();
}
