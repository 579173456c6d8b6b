//! A peer in a process of its own that is asked line by line, and whether it is there at all.
#![allow(dead_code, unreachable_pub, reason = "each test file uses the part it needs")]

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

/// The tokens of SPNEGO, read and changed without the code that the tests are for (RFC 4178 4.2).
pub mod spnego {
    /// The fields of a NegTokenResp, by the numbers of their tags; a NegTokenInit's list has the
    /// number of the state, and their other two are alike.
    pub const LIST: u8 = 0;
    pub const STATE: u8 = 0;
    pub const TOKEN: u8 = 2;
    pub const MIC: u8 = 3;

    /// The states.
    pub const REJECT: u8 = 2;

    /// 1.3.6.1.5.5.2
    const SPNEGO: &[u8] = &[0x06, 0x06, 0x2B, 0x06, 0x01, 0x05, 0x05, 0x02];

    /// A token that came apart: its fields, each with what stands in it.
    #[derive(Clone, Debug)]
    pub struct Token {
        is_first: bool,
        fields: Vec<(u8, Vec<u8>)>,
    }

    /// The tag and the content of the first element, and what follows it.
    fn element(bytes: &[u8]) -> (u8, &[u8], &[u8]) {
        let (length, header) = match bytes[1] {
            short @ 0..0x80 => (usize::from(short), 2),
            long => {
                let digits = usize::from(long & 0x7F);
                let length = bytes[2..2 + digits].iter();
                (length.fold(0, |sum, digit| sum << 8 | usize::from(*digit)), 2 + digits)
            }
        };
        (bytes[0], &bytes[header..header + length], &bytes[header + length..])
    }

    fn inside(bytes: &[u8], tag: u8) -> &[u8] {
        let (found, content, rest) = element(bytes);
        assert_eq!(found, tag, "another tag");
        assert!(rest.is_empty(), "bytes behind the end");
        content
    }

    fn encoded(tag: u8, content: &[u8]) -> Vec<u8> {
        let mut bytes = vec![tag];
        let length = content.len();
        match length {
            0..0x80 => bytes.push(length as u8),
            0x80..0x100 => bytes.extend([0x81, length as u8]),
            _ => bytes.extend([0x82, (length >> 8) as u8, length as u8]),
        }
        bytes.extend_from_slice(content);
        bytes
    }

    impl Token {
        pub fn read(bytes: &[u8]) -> Self {
            let is_first = bytes[0] == 0x60;
            let body = if is_first {
                let framed = inside(bytes, 0x60);
                inside(framed.strip_prefix(SPNEGO).expect("SPNEGO's object identifier"), 0xA0)
            } else {
                inside(bytes, 0xA1)
            };
            let mut rest = inside(body, 0x30);
            let mut fields = Vec::new();
            while !rest.is_empty() {
                let (tag, content, behind) = element(rest);
                fields.push((tag & 0x1F, content.to_vec()));
                rest = behind;
            }
            Self { is_first, fields }
        }

        pub fn write(&self) -> Vec<u8> {
            let fields = self.fields.iter();
            let fields: Vec<u8> =
                fields.flat_map(|(number, content)| encoded(0xA0 | number, content)).collect();
            let body = encoded(0x30, &fields);
            if self.is_first {
                encoded(0x60, &[SPNEGO, &encoded(0xA0, &body)].concat())
            } else {
                encoded(0xA1, &body)
            }
        }

        /// What stands in a field, without its own tag.
        pub fn field(&self, number: u8) -> Option<&[u8]> {
            let (_, content) = self.fields.iter().find(|(field, _)| *field == number)?;
            Some(element(content).1)
        }

        pub fn has(&self, number: u8) -> bool {
            self.field(number).is_some()
        }

        pub fn without(mut self, number: u8) -> Self {
            self.fields.retain(|(field, _)| *field != number);
            self
        }

        /// The last bit of a field is another.
        pub fn changed(mut self, number: u8) -> Self {
            let (_, content) =
                self.fields.iter_mut().find(|(field, _)| *field == number).expect("the field");
            *content.last_mut().expect("content") ^= 1;
            self
        }

        /// One more mechanism at the end of the list, which nobody has.
        pub fn with_another_mechanism(mut self) -> Self {
            let list = self.field(LIST).expect("a list").to_vec();
            let list = [&list[..], &[0x06, 0x03, 0x2A, 0x03, 0x04]].concat();
            self.fields.retain(|(field, _)| *field != LIST);
            self.fields.insert(0, (LIST, encoded(0x30, &list)));
            self
        }
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
