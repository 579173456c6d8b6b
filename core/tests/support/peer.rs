//! A peer in a process of its own that is asked line by line, and whether it is there at all.
#![allow(dead_code, unreachable_pub, reason = "each test file uses the part it needs")]

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// How long a peer may take for one answer: much longer than it does, and no hang of the tests.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a peer may take to end.
const FAREWELL: Duration = Duration::from_secs(5);

/// What the environment says about a peer. `None` where it says nothing: the test is then skipped,
/// loudly, or fails where peers are required.
#[expect(
    clippy::disallowed_methods,
    reason = "the commands tell the tests through the environment where the peers are"
)]
pub fn variable(name: &str) -> Option<String> {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    if let Some(value) = set(name) {
        return Some(value);
    }
    assert!(
        set("ANYSSPI_REQUIRE_PEERS").is_none(),
        "{name} is not set, and ANYSSPI_REQUIRE_PEERS says that no peer may be missing: run \
         `cargo xtask test`, which gets the peers"
    );
    // Not with eprintln: the harness would keep that to itself.
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    let line = format!("SKIPPED: {test}: {name} is not set; run `cargo xtask test`\n");
    std::io::stderr().write_all(line.as_bytes()).expect("standard error");
    None
}

/// Runs a program that is given a line: whether it went well, and what it says.
pub fn outcome(command: &mut Command, line: &str) -> (bool, String) {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program");
    // It may end without reading.
    let _ = writeln!(child.stdin.take().expect("a pipe"), "{line}");
    let output = child.wait_with_output().expect("an end");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

/// A process that answers lines with lines. It is ended when this is dropped.
pub struct Peer {
    name: String,
    child: Child,
    input: Option<ChildStdin>,
    output: Receiver<std::io::Result<String>>,
}

impl Peer {
    pub fn start(command: &mut Command) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let input = child.stdin.take();
        let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let (sender, output) = channel();
        // The reader ends with the process, or when nobody listens any more.
        std::thread::spawn(move || lines.into_iter().try_for_each(|line| sender.send(line)));
        Self { name, child, input, output }
    }

    /// Sends a line and gives the one that comes back.
    pub fn ask(&mut self, line: &str) -> String {
        let input = self.input.as_mut().expect("a pipe");
        let sent = input.write_all(format!("{line}\n").as_bytes()).and_then(|()| input.flush());
        sent.unwrap_or_else(|error| panic!("{} takes no more lines: {error}", self.name));
        match self.output.recv_timeout(PATIENCE) {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => panic!("{}'s answer cannot be read: {error}", self.name),
            Err(error) => panic!("{} does not answer: {error}", self.name),
        }
    }

    /// Asks for something as `tests/interop/lines.py` says.
    pub fn call(&mut self, request: &Value) -> Result<Value, Refusal> {
        let answer: Value = serde_json::from_str(&self.ask(&request.to_string())).expect("JSON");
        let text = |name: &str| answer[name].as_str().map(str::to_owned);
        match answer.get("ok") {
            Some(value) => Ok(value.clone()),
            None => Err(Refusal {
                class: text("error").expect("a class"),
                message: text("message").unwrap_or_default(),
                token: text("token").as_deref().map(from_base64),
            }),
        }
    }

    /// Our token in, its own out, and whether its context stands.
    pub fn step(&mut self, token: Option<&[u8]>) -> Result<(Option<Vec<u8>>, bool), Refusal> {
        let answer = self.call(&json!({ "do": "step", "token": token.map(to_base64) }))?;
        let is_complete = answer["complete"].as_bool().expect("yes or no");
        Ok((answer["token"].as_str().map(from_base64), is_complete))
    }

    /// What it knows about its context.
    pub fn facts(&mut self) -> Value {
        self.call(&json!({ "do": "facts" })).expect("facts")
    }
}

/// What a peer says when it refuses: the class of its exception, its text, and the token for its peer.
#[derive(Debug)]
pub struct Refusal {
    pub class: String,
    pub message: String,
    pub token: Option<Vec<u8>>,
}

impl Drop for Peer {
    fn drop(&mut self) {
        // The end of its input ends it, and with it its output. What does not listen is killed; only
        // this very process.
        self.input = None;
        while matches!(self.output.recv_timeout(FAREWELL), Ok(Ok(_))) {}
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the tests look for in a token, read without the code that they test ([MS-NLMP] 2.2.1).
pub mod token {
    use std::ops::Range;

    /// [MS-NLMP] 2.2.2.5
    pub const UNICODE: u32 = 0x0000_0001;
    pub const REQUEST_TARGET: u32 = 0x0000_0004;
    pub const SIGN: u32 = 0x0000_0010;
    pub const SEAL: u32 = 0x0000_0020;
    pub const EXTENDED: u32 = 0x0008_0000;
    pub const KEY_128: u32 = 0x2000_0000;
    pub const KEY_EXCHANGE: u32 = 0x4000_0000;
    pub const KEY_56: u32 = 0x8000_0000;

    /// The fields of an AUTHENTICATE_MESSAGE, by where they are described.
    pub const LM_RESPONSE: usize = 12;
    pub const NT_RESPONSE: usize = 20;
    pub const DOMAIN: usize = 28;
    pub const USER: usize = 36;
    pub const WORKSTATION: usize = 44;
    pub const SESSION_KEY: usize = 52;

    /// Where the MIC of an AUTHENTICATE_MESSAGE stands.
    pub const MIC: Range<usize> = 72..88;

    fn short(token: &[u8], at: usize) -> usize {
        usize::from(u16::from_le_bytes([token[at], token[at + 1]]))
    }

    fn long(token: &[u8], at: usize) -> u32 {
        u32::from_le_bytes(token[at..at + 4].try_into().expect("four bytes"))
    }

    fn flags_at(token: &[u8]) -> usize {
        match long(token, 8) {
            1 => 12,
            2 => 20,
            3 => 60,
            other => panic!("no NTLM message has the type {other}"),
        }
    }

    /// The flags of any of the three messages.
    pub fn flags(token: &[u8]) -> u32 {
        long(token, flags_at(token))
    }

    /// The same message without some of its flags.
    pub fn without_flags(mut token: Vec<u8>, cleared: u32) -> Vec<u8> {
        let (at, flags) = (flags_at(&token), flags(&token) & !cleared);
        token[at..at + 4].copy_from_slice(&flags.to_le_bytes());
        token
    }

    /// A hand on every token on its way: it is told which it is, and gives what arrives.
    pub type Hand<'a> = &'a dyn Fn(usize, Vec<u8>) -> Vec<u8>;

    pub const UNTOUCHED: Hand<'_> = &|_, token| token;

    /// Changes one bit of one of the tokens.
    pub fn changing(leg: usize, at: impl Fn(&[u8]) -> usize) -> impl Fn(usize, Vec<u8>) -> Vec<u8> {
        move |passing, mut token| {
            if passing == leg {
                let at = at(&token);
                token[at] ^= 1;
            }
            token
        }
    }

    /// Clears flags in one of the tokens.
    pub fn clearing(leg: usize, flags: u32) -> impl Fn(usize, Vec<u8>) -> Vec<u8> {
        move |passing, token| {
            if passing == leg { without_flags(token, flags) } else { token }
        }
    }

    /// Where the bytes of a field are.
    pub fn field(token: &[u8], described_at: usize) -> Range<usize> {
        let start = long(token, described_at + 4) as usize;
        start..start + short(token, described_at)
    }

    /// The bytes of an AV pair in the NTLMv2 response of an AUTHENTICATE_MESSAGE.
    pub fn response_pair(token: &[u8], id: usize) -> Option<&[u8]> {
        // Behind the proof and the fixed part of the client's challenge.
        let mut rest = token[field(token, NT_RESPONSE)].get(44..)?;
        while rest.len() >= 4 && short(rest, 0) != 0 {
            let end = 4 + short(rest, 2);
            if short(rest, 0) == id {
                return rest.get(4..end);
            }
            rest = rest.get(end..)?;
        }
        None
    }

    /// Whether the client says, in its response, that it sent a MIC (MsvAvFlags, 0x2).
    pub fn announces_mic(token: &[u8]) -> bool {
        response_pair(token, 6).is_some_and(|flags| flags[0] & 2 != 0)
    }
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64 (RFC 4648 4).
pub fn to_base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let number = (0..3).fold(0, |sum, at| sum << 8 | u32::from(*group.get(at).unwrap_or(&0)));
        for at in 0..4 {
            let digit = DIGITS[(number >> (18 - 6 * at) & 0x3F) as usize];
            text.push(if at <= group.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

pub fn from_base64(text: &str) -> Vec<u8> {
    assert!(text.len().is_multiple_of(4), "base64 comes in groups of four: {text}");
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let mut number = 0;
    for (at, digit) in text.trim_end_matches('=').bytes().enumerate() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => panic!("no base64: {text}"),
        };
        number = number << 6 | u32::from(value);
        if at % 4 > 0 {
            bytes.push((number >> (6 - 2 * (at % 4))) as u8);
        }
    }
    bytes
}

#[test]
fn base64_is_that_of_its_specification() {
    // RFC 4648 10
    let vectors = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"];
    for (length, text) in vectors.into_iter().enumerate() {
        assert_eq!(to_base64(&b"foobar"[..length]), text);
        assert_eq!(from_base64(text), &b"foobar"[..length]);
    }
    let all: Vec<u8> = (0..=255).collect();
    assert_eq!(from_base64(&to_base64(&all)), all);
}
