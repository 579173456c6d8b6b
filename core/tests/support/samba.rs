//! Samba's `ntlm_auth`, each end of a handshake in a process of its own: `tests/interop/ntlm-auth`.
#![allow(dead_code, unreachable_pub, reason = "each test file uses the part it needs")]

use crate::peer::{self, Peer, from_base64};
use anysspi::Identity;
use anysspi::accounts::{Account, MemoryAccounts};
use std::process::Command;

/// Who logs on to Samba's acceptor, or whom its initiator logs on.
#[derive(Clone, Copy)]
pub struct User {
    pub name: &'static str,
    pub domain: &'static str,
    pub password: &'static str,
}

pub const ALICE: User = User { name: "alice", domain: "EXAMPLE", password: "Passw0rd!" };

/// Latin, Greek, Cyrillic, Chinese and a character outside the basic plane.
pub const UNICODE: User = User {
    name: "Ünïcødé-Ωμέγα-Жук-王-\u{1F512}",
    domain: "ÉXÄMPLE",
    password: "Пароль-密码-\u{1F511}",
};

impl User {
    pub fn identity(self) -> Identity {
        Identity::password_in(self.name, self.domain, self.password)
    }

    pub fn full_name(self) -> String {
        format!(r"{}\{}", self.domain, self.name)
    }

    pub fn with_password(self, password: &'static str) -> Self {
        Self { password, ..self }
    }

    pub fn called(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    pub fn of(self, domain: &'static str) -> Self {
        Self { domain, ..self }
    }
}

/// Both users, as our acceptor knows them.
pub fn accounts() -> Identity {
    let account = |user: User| Account::with_password(&user.full_name(), user.password);
    Identity::accounts(MemoryAccounts::new([account(ALICE), account(UNICODE)]))
}

/// What is asked of Samba's initiator.
pub const SEAL: &str = "NTLMSSP_FEATURE_SIGN,NTLMSSP_FEATURE_SEAL";
pub const SIGN: &str = "NTLMSSP_FEATURE_SIGN";
pub const NOTHING: &str = "";

/// The helper protocols of a program's two ends.
#[derive(Clone, Copy)]
pub struct Protocols {
    acceptor: &'static str,
    initiator: &'static str,
}

pub const NTLM: Protocols =
    Protocols { acceptor: "squid-2.5-ntlmssp", initiator: "ntlmssp-client-1" };
pub const NEGOTIATE: Protocols =
    Protocols { acceptor: "gss-spnego", initiator: "gss-spnego-client" };

/// The program, where it is.
pub struct Samba {
    program: String,
    configuration: String,
    protocols: Protocols,
}

impl Samba {
    pub fn find(protocols: Protocols) -> Option<Self> {
        let program = peer::variable("ANYSSPI_NTLM_AUTH")?;
        let configuration = peer::variable("ANYSSPI_NTLM_AUTH_CONFIG")?;
        Some(Self { program, configuration, protocols })
    }

    /// Starts the program; the options are arguments of its own, such as `--option=…`.
    fn start(&self, protocol: &str, user: User, options: &[&str]) -> Peer {
        let mut command = Command::new(&self.program);
        command
            .arg(format!("--configfile={}", self.configuration))
            .arg(format!("--username={}", user.name))
            .arg(format!("--domain={}", user.domain))
            .arg(format!("--password={}", user.password))
            .arg(format!("--helper-protocol={protocol}"))
            .args(options);
        Peer::start(&mut command)
    }

    pub fn acceptor(&self, user: User, options: &[&str]) -> Peer {
        self.start(self.protocols.acceptor, user, options)
    }

    pub fn initiator(&self, user: User, features: &str, options: &[&str]) -> Peer {
        let mut samba = self.start(self.protocols.initiator, user, options);
        if !features.is_empty() {
            assert_eq!(samba.ask(&format!("SF {features}")), "OK");
        }
        samba
    }
}

/// The session key of Samba's end.
pub fn key_of(samba: &mut Peer) -> Vec<u8> {
    let answer = samba.ask("GK");
    let key = answer.strip_prefix("GK ").unwrap_or_else(|| panic!("no session key: {answer}"));
    from_base64(key)
}
