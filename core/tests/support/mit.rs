//! MIT's GSS-API in a process of its own (`tests/interop/mit-kdc`), and its KDC.
#![allow(dead_code, unreachable_pub, reason = "each test file uses the part it needs")]

use crate::contexts::{PASSWORD, Theirs};
use crate::peer::{self, Peer};
use crate::transport::kdc_at;
use anysspi::kerberos::{KeyTable, TicketCache, Tickets};
use anysspi::{CredentialCache, Identity, KdcAccess, Keytab};
use std::path::PathBuf;
use std::process::Command;

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
        self.log_on("alice", PASSWORD, &self.cache());
        Some(self)
    }

    /// Has MIT's program log somebody on.
    pub fn log_on(&self, user: &str, password: &str, cache: &str) {
        self.run("kinit", &["-f", "-c", cache, user], password);
    }

    /// The name of alice's cache.
    pub fn cache(&self) -> String {
        self.cache_of("cache")
    }

    /// The name of another.
    pub fn cache_of(&self, user: &str) -> String {
        format!("FILE:{}", self.folder.join(user).display())
    }

    /// Has MIT's program get a ticket for a service into the cache.
    pub fn fetch(&self, service: &str) {
        self.run("kvno", &["-c", &self.cache(), service], "");
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

    fn run(&self, program: &str, arguments: &[&str], line: &str) {
        let mut command = Command::new(program);
        command.args(arguments).env("KRB5_CONFIG", &self.config);
        let (is_good, said) = peer::outcome(&mut command, line);
        assert!(is_good, "{program} {arguments:?}: {said}");
    }

    /// A process with one of MIT's contexts.
    pub fn peer(&self) -> Theirs {
        self.script("peer.py")
    }

    /// A process with one of its ends of user-to-user authentication.
    pub fn user_to_user(&self) -> Theirs {
        self.script("user_to_user.py")
    }

    fn script(&self, name: &str) -> Theirs {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/interop/mit-kdc");
        let script = PathBuf::from(folder).join(name);
        let mut command = Command::new(&self.python);
        command.arg(script).env("KRB5_CONFIG", &self.config).env_remove("KRB5CCNAME");
        Theirs::new(Peer::start(&mut command))
    }

    /// Its KDC.
    pub fn kdc(&self) -> KdcAccess {
        let config = std::fs::read_to_string(&self.config).expect("a configuration");
        let address = config.lines().find_map(|line| line.trim().strip_prefix("kdc = "));
        kdc_at(address.expect("a KDC").to_owned())
    }
}

impl Drop for Mit {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
