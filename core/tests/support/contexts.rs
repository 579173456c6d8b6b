//! Contexts of Kerberos between one of our ends and one of a peer's: its process answers as
//! `tests/interop/mit-kdc/peer.py` says.
#![allow(dead_code, unreachable_pub, reason = "each test file uses the part it needs")]

pub use crate::peer::Refusal;
use crate::peer::{Peer, from_base64, to_base64};
use anysspi::raw::Quality;
use anysspi::{AcceptBuilder, Context, ContextFlags, InitiateBuilder, Status, Step};
use serde_json::{Value, json};

pub const REALM: &str = "EXAMPLE.TEST";
pub const USER: &str = "alice@EXAMPLE.TEST";
pub const PASSWORD: &str = "Passw0rd!";

/// The encryption types by the names that everybody has for them: each has a service of its own.
pub const TYPES: [&str; 5] = [
    "aes256-cts-hmac-sha1-96",
    "aes128-cts-hmac-sha1-96",
    "aes256-cts-hmac-sha384-192",
    "aes128-cts-hmac-sha256-128",
    "arcfour-hmac",
];

pub fn service(encryption_type: &str) -> String {
    format!("test/{encryption_type}.example.test")
}

/// Flags in the words of a peer.
pub const PROTECTION: [&str; 4] =
    ["integrity", "confidentiality", "replay_detection", "out_of_sequence_detection"];

/// Those that a client asks for, with mutual authentication or without, and others.
pub fn flags_with(others: &[&'static str]) -> Vec<&'static str> {
    [&PROTECTION[..], others].concat()
}

/// A peer's end.
pub struct Theirs(Peer);

impl Theirs {
    pub fn new(peer: Peer) -> Self {
        Self(peer)
    }

    pub fn call(&mut self, request: &Value) -> Result<Value, Refusal> {
        self.0.call(request)
    }

    pub fn step(&mut self, token: Option<&[u8]>) -> Result<(Option<Vec<u8>>, bool), Refusal> {
        self.0.step(token)
    }

    pub fn facts(&mut self) -> Value {
        self.0.facts()
    }

    pub fn wrap(&mut self, message: &[u8], is_sealed: bool) -> Vec<u8> {
        let request = json!({ "do": "wrap", "data": to_base64(message), "sealed": is_sealed });
        from_base64(self.call(&request).expect("a token").as_str().expect("bytes"))
    }

    pub fn unwrap(&mut self, token: &[u8]) -> Result<Value, Refusal> {
        self.call(&json!({ "do": "unwrap", "data": to_base64(token) }))
    }

    pub fn sign(&mut self, message: &[u8]) -> Vec<u8> {
        let signature = self.call(&json!({ "do": "sign", "data": to_base64(message) }));
        from_base64(signature.expect("a signature").as_str().expect("bytes"))
    }

    pub fn verify(&mut self, message: &[u8], signature: &[u8]) -> Result<Value, Refusal> {
        let (data, mic) = (to_base64(message), to_base64(signature));
        self.call(&json!({ "do": "verify", "data": data, "mic": mic }))
    }
}

/// What came of two ends that do not agree.
#[derive(Debug)]
pub enum Failure {
    Ours(anysspi::Error),
    Theirs(Refusal),
}

impl Failure {
    pub fn ours(self) -> anysspi::Error {
        match self {
            Self::Ours(error) => error,
            Self::Theirs(refusal) => panic!("it was the peer: {refusal:?}"),
        }
    }

    pub fn theirs(self) -> Refusal {
        match self {
            Self::Theirs(refusal) => refusal,
            Self::Ours(error) => panic!("it was our end: {error}"),
        }
    }
}

/// Our initiator with their acceptor, which is asked for by `server`.
pub fn initiate_to(
    theirs: &mut Theirs,
    client: InitiateBuilder,
    server: &Value,
) -> Result<Context, Failure> {
    let mut ours = client.start().map_err(Failure::Ours)?;
    theirs.call(server).map_err(Failure::Theirs)?;
    let mut answer: Option<Vec<u8>> = None;
    while let Step::SendToken(token) = ours.step(answer.as_deref()).map_err(Failure::Ours)? {
        let (token, is_complete) = theirs.step(Some(&token)).map_err(Failure::Theirs)?;
        if ours.done() {
            assert!(is_complete && token.is_none(), "they want more than there is");
            break;
        }
        answer = Some(token.expect("an answer"));
    }
    ours.into_context().map_err(Failure::Ours)
}

/// Their initiator, which is asked for by `client`, with our acceptor.
pub fn accept_from(
    theirs: &mut Theirs,
    server: AcceptBuilder,
    client: &Value,
) -> Result<Context, Failure> {
    let mut ours = server.start().map_err(Failure::Ours)?;
    theirs.call(client).map_err(Failure::Theirs)?;
    let mut answer: Option<Vec<u8>> = None;
    loop {
        let (token, is_complete) = theirs.step(answer.as_deref()).map_err(Failure::Theirs)?;
        let Some(token) = token else { break };
        let Step::SendToken(token) = ours.step(Some(&token)).map_err(Failure::Ours)? else {
            assert!(is_complete && ours.done(), "they want more than there is");
            break;
        };
        answer = Some(token);
    }
    ours.into_context().map_err(Failure::Ours)
}

pub fn check_facts(ours: &Context, theirs: &mut Theirs, target: &str) {
    let facts = theirs.facts();
    assert_eq!(facts["client"], USER);
    assert_eq!(facts["target"], format!("{target}@{REALM}"));
    assert_eq!(ours.session_key().expose(), from_base64(facts["key"].as_str().unwrap()));
    assert_eq!((ours.client().user(), ours.client().domain()), ("alice", Some(REALM)));
    assert_eq!(ours.target(), Some(target));
    let flags: Vec<&str> =
        facts["flags"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    for (flag, name) in [
        (ContextFlags::MUTUAL_AUTH, "mutual_authentication"),
        (ContextFlags::REPLAY_DETECT, "replay_detection"),
        (ContextFlags::SEQUENCE_DETECT, "out_of_sequence_detection"),
        (ContextFlags::INTEGRITY, "integrity"),
        (ContextFlags::CONFIDENTIALITY, "confidentiality"),
        (ContextFlags::DELEGATE, "delegate_to_peer"),
        (ContextFlags::DCE_STYLE, "dce_style"),
    ] {
        assert_eq!(ours.flags().contains(flag), flags.contains(&name), "{name}: {flags:?}");
    }
}

/// Messages both ways, sealed and only signed, and signatures by themselves. Nothing is sealed where the
/// context has no confidentiality.
pub fn check_protection(ours: &mut Context, theirs: &mut Theirs) {
    let seals = ours.flags().contains(ContextFlags::CONFIDENTIALITY);
    for length in [0, 1, 15, 16, 17, 1000, 70_000] {
        let message: Vec<u8> = (0..length).map(|at: usize| at as u8).collect();
        let wrapped = ours.wrap(&message).unwrap();
        let opened = theirs.unwrap(&wrapped).unwrap();
        assert_eq!(opened, json!({ "data": to_base64(&message), "sealed": seals }));
        for is_sealed in [seals, false] {
            let wrapped = theirs.wrap(&message, is_sealed);
            let (opened, quality) = ours.unwrap_with_quality(&wrapped).unwrap();
            assert_eq!(opened, message);
            assert_eq!(quality == Quality::NO_ENCRYPT, !is_sealed);
        }
        let signature = ours.sign(&message).unwrap();
        theirs.verify(&message, &signature).unwrap();
        ours.verify(&message, &theirs.sign(&message)).unwrap();
    }
}

/// A bit that is another is found out at both ends, and what comes unaltered afterwards our end takes.
pub fn check_alterations(ours: &mut Context, theirs: &mut Theirs) {
    // The very last byte may be padding, about which they may complain first.
    let changed = |message: &[u8]| {
        let mut message = message.to_vec();
        let at = message.len() - 2;
        message[at] ^= 1;
        message
    };
    for is_sealed in [true, false] {
        let wrapped = theirs.wrap(b"message", is_sealed);
        let error = ours.unwrap(&changed(&wrapped)).unwrap_err();
        assert_eq!(error.status(), Status::MESSAGE_ALTERED, "{error}");
        assert_eq!(ours.unwrap(&wrapped).unwrap(), b"message");
    }
    let signature = theirs.sign(b"message");
    let error = ours.verify(b"massage", &signature).unwrap_err();
    assert_eq!(error.status(), Status::MESSAGE_ALTERED, "{error}");
    ours.verify(b"message", &signature).unwrap();

    // Last: some of them have counted what they refuse.
    let says_so = |refusal: &Refusal| {
        let text = refusal.message.to_lowercase();
        ["(mic)", "invalid mic", "checksum"].iter().any(|word| text.contains(word))
    };
    let refusal = theirs.unwrap(&changed(&ours.wrap(b"message").unwrap())).unwrap_err();
    assert!(says_so(&refusal), "{refusal:?}");
    let refusal = theirs.verify(b"massage", &ours.sign(b"message").unwrap()).unwrap_err();
    assert!(says_so(&refusal), "{refusal:?}");
}

/// What DCE RPC protects: in place, with the signature before it.
const DCE_MESSAGES: [&[u8]; 2] = [b"sixteen bytes...", &[7; 4096]];

/// Our messages of DCE RPC are opened by theirs.
pub fn check_dce_messages_to(theirs: &mut Theirs, ours: &mut Context) {
    for message in DCE_MESSAGES {
        let (mut sealed, mut signature) =
            (message.to_vec(), vec![0; ours.sizes().security_trailer]);
        let length = ours.wrap_in_place(&mut sealed, &mut signature).unwrap();
        let request = json!({
            "do": "unwrap_iov",
            "token": to_base64(&signature[..length]),
            "data": to_base64(&sealed),
            "associated": "",
        });
        let opened = theirs.call(&request).unwrap();
        assert_eq!(opened, json!({ "data": to_base64(message), "sealed": true }));
    }
}

/// Their messages of DCE RPC are opened by ours.
pub fn check_dce_messages_from(theirs: &mut Theirs, ours: &mut Context) {
    for message in DCE_MESSAGES {
        let data = to_base64(message);
        let request = json!({ "do": "wrap_iov", "data": data, "associated": "", "sealed": true });
        let wrapped = theirs.call(&request).unwrap();
        let part = |name: &str| from_base64(wrapped[name].as_str().unwrap());
        let mut sealed = part("data");
        ours.open_in_place(&mut sealed, &part("token")).unwrap();
        assert_eq!(sealed, message);
    }
}
