//! MIT's GSS-API in a process of its own (`tests/interop/mit-kdc`), and its KDC.
#![allow(dead_code, unreachable_pub, reason = "each test file uses the part it needs")]

use crate::peer::{self, Peer, from_base64, to_base64};
use anysspi::kerberos::{KeyTable, TicketCache, Tickets};
use anysspi::{CredentialCache, Handshake, Identity, KdcReply, KdcRequest, Keytab, Result, Step};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

pub const USER: &str = "alice@EXAMPLE.TEST";
pub const PASSWORD: &str = "Passw0rd!";

/// The encryption types as MIT names them: each has a service of its own.
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

/// The realm, and a cache of alice's in a folder of this test.
pub struct Mit {
    config: String,
    pub services: String,
    python: String,
    folder: PathBuf,
}

impl Mit {
    pub fn find(test: &str) -> Option<Self> {
        let config = peer::variable("ANYSSPI_MIT_KRB5_CONFIG")?;
        let services = peer::variable("ANYSSPI_MIT_SERVICES")?;
        let mut mit = Self::in_folder(test)?;
        (mit.config, mit.services) = (config, services);
        mit.logged_on()
    }

    /// The same in another realm than MIT's: its configuration, and a keytab of its services.
    pub fn in_realm(test: &str, config: &str, services: &KeyTable) -> Option<Self> {
        let mut mit = Self::in_folder(test)?;
        mit.config = mit.folder.join("krb5.conf").display().to_string();
        mit.services = mit.folder.join("keytab").display().to_string();
        std::fs::write(&mit.config, config).expect("a configuration");
        services.save(&mit.services).expect("a keytab");
        mit.logged_on()
    }

    fn in_folder(test: &str) -> Option<Self> {
        let python = peer::variable("ANYSSPI_MIT_PYTHON")?;
        let name = format!("anysspi-contexts-{test}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        Some(Self { config: String::new(), services: String::new(), python, folder })
    }

    fn logged_on(self) -> Option<Self> {
        self.run("kinit", &["-f", "-c", &self.cache(), "alice"], Some(PASSWORD));
        Some(self)
    }

    /// The name of alice's cache.
    pub fn cache(&self) -> String {
        format!("FILE:{}", self.folder.join("cache").display())
    }

    /// Has MIT's program get a ticket for a service into the cache.
    pub fn fetch(&self, service: &str) {
        self.run("kvno", &["-c", &self.cache(), service], None);
    }

    pub fn tickets(&self) -> Tickets {
        TicketCache::named(&self.cache()).and_then(|cache| cache.read()).expect("a cache")
    }

    pub fn client_identity(&self) -> Identity {
        Identity::CredentialCache(CredentialCache::named(&self.cache()))
    }

    pub fn service_identity(&self) -> Identity {
        Identity::Keytab(Keytab::file(&self.services))
    }

    fn run(&self, program: &str, arguments: &[&str], input: Option<&str>) {
        let mut child = Command::new(program)
            .args(arguments)
            .env("KRB5_CONFIG", &self.config)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("MIT's program");
        let mut pipe = child.stdin.take().expect("a pipe");
        if let Some(input) = input {
            writeln!(pipe, "{input}").expect("a reader");
        }
        drop(pipe);
        let output = child.wait_with_output().expect("an end");
        assert!(output.status.success(), "{program} {arguments:?}: {output:?}");
    }

    /// A process with one of MIT's contexts.
    pub fn peer(&self) -> MitPeer {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/interop/mit-kdc/peer.py");
        let mut command = Command::new(&self.python);
        command.arg(script).env("KRB5_CONFIG", &self.config).env_remove("KRB5CCNAME");
        MitPeer(Peer::start(&mut command))
    }

    /// Carries a question to the KDC, over TCP with its length before it.
    #[expect(clippy::disallowed_methods, reason = "whoever drives a handshake asks the KDC")]
    pub fn carry(&self, request: &KdcRequest) -> KdcReply {
        let config = std::fs::read_to_string(&self.config).expect("a configuration");
        let address = config.lines().find_map(|line| line.trim().strip_prefix("kdc = "));
        let mut stream = TcpStream::connect(address.expect("a KDC")).expect("a KDC that listens");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("patience");
        let length = u32::try_from(request.message().len()).expect("a length");
        stream.write_all(&[&length.to_be_bytes(), request.message()].concat()).expect("a reader");
        let mut length = [0; 4];
        stream.read_exact(&mut length).expect("a length");
        let mut answer = vec![0; u32::from_be_bytes(length) as usize];
        stream.read_exact(&mut answer).expect("an answer");
        KdcReply::Answer(answer)
    }

    /// The next token of our end, with the KDC asked for what it needs; none at the end.
    pub fn step(&self, ours: &mut Handshake, token: Option<&[u8]>) -> Result<Option<Vec<u8>>> {
        let mut step = ours.step(token)?;
        loop {
            step = match step {
                Step::SendToken(token) => return Ok(Some(token)),
                Step::Done => return Ok(None),
                Step::AskKdc(request) => {
                    ours.receive_kdc_reply(self.carry(&request))?;
                    ours.next()?
                }
            };
        }
    }
}

impl Drop for Mit {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// One of MIT's contexts.
pub struct MitPeer(Peer);

/// What it says when it refuses: the class of its exception, its text, and the token for its peer.
#[derive(Debug)]
pub struct Refusal {
    pub class: String,
    pub message: String,
    pub token: Option<Vec<u8>>,
}

impl MitPeer {
    pub fn call(&mut self, request: &Value) -> std::result::Result<Value, Refusal> {
        let answer: Value = serde_json::from_str(&self.0.ask(&request.to_string())).expect("JSON");
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
    pub fn step(
        &mut self,
        token: Option<&[u8]>,
    ) -> std::result::Result<(Option<Vec<u8>>, bool), Refusal> {
        let answer = self.call(&json!({ "do": "step", "token": token.map(to_base64) }))?;
        let is_complete = answer["complete"].as_bool().expect("yes or no");
        Ok((answer["token"].as_str().map(from_base64), is_complete))
    }

    pub fn facts(&mut self) -> Value {
        self.call(&json!({ "do": "facts" })).expect("facts")
    }
}
