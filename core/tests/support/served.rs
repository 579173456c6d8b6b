//! A realm in a box that is served, with a service for each encryption type, and a folder with what other
//! people's programs read: their configuration, a keytab and a credential cache.
#![allow(dead_code, unreachable_pub, reason = "each test file uses the part it needs")]

use crate::contexts::{PASSWORD, REALM, TYPES, USER, service};
use anysspi::kerberos::{EncryptionType, TicketCache};
use anysspi::realm::{Realm, Service, Serving, User};
use anysspi::{
    AcceptBuilder, Allow, Identity, InitiateBuilder, KdcAccess, Keytab, accept, initiate,
};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

pub struct ServedRealm {
    pub realm: Realm,
    serving: Serving,
    folder: PathBuf,
}

impl ServedRealm {
    /// With `settings` for the section `libdefaults` of the configuration.
    pub fn new(test: &str, settings: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("anysspi-served-{test}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let realm = Realm::new(REALM).expect("a realm");
        let types = TYPES.map(|name| EncryptionType::from_name(name).expect("a type"));
        realm.add_user(User::new("alice", PASSWORD).encryption_types(&types)).expect("alice");
        for (name, kind) in TYPES.iter().zip(types) {
            let service = Service::new(&service(name)).encryption_types(&[kind]);
            realm.add_service(service.trusted_for_delegation()).expect("a service");
        }
        let serving = realm.serve().expect("a port");
        let served = Self { realm, serving, folder };
        let section = "[libdefaults]\n";
        let config = served.serving.krb5_conf();
        let config = config.replacen(section, &format!("{section}{settings}"), 1);
        std::fs::write(served.config(), config).expect("a configuration");
        let services = TYPES.map(service);
        let keys = served.realm.keytab(&services.each_ref().map(String::as_str));
        keys.and_then(|keys| keys.save(served.keytab())).expect("a keytab");
        let own = served.realm.keytab(&["alice"]);
        own.and_then(|keys| keys.save(served.user_keytab())).expect("a keytab of alice");
        let tickets = served.realm.tickets_for("alice", &[]).expect("tickets");
        let cache = TicketCache::named(&name_of(&served.cache()));
        cache.and_then(|cache| cache.replace(&tickets)).expect("a cache");
        served
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub fn config(&self) -> PathBuf {
        self.path("krb5.conf")
    }

    /// The keys of all services.
    pub fn keytab(&self) -> PathBuf {
        self.path("services.keytab")
    }

    /// The keys of alice.
    pub fn user_keytab(&self) -> PathBuf {
        self.path("alice.keytab")
    }

    /// A ticket-granting ticket of alice.
    pub fn cache(&self) -> PathBuf {
        self.path("cache")
    }

    /// Their end as alice, with the credential cache.
    pub fn their_client(&self, target: &str, flags: &[&str]) -> Value {
        let (cache, target) = (name_of(&self.cache()), format!("{target}@{REALM}"));
        json!({ "do": "client", "cache": cache, "target": target, "flags": flags })
    }

    /// Their end as the services.
    pub fn their_server(&self) -> Value {
        json!({ "do": "server", "keytab": self.keytab() })
    }

    /// Our end as alice with her password.
    pub fn client(&self, package: &str, target: &str) -> InitiateBuilder {
        self.client_with(package, target, Identity::password(USER, PASSWORD))
    }

    pub fn client_with(&self, package: &str, target: &str, identity: Identity) -> InitiateBuilder {
        initiate(package)
            .kdc(KdcAccess::through(self.realm.clone()))
            .target(target)
            .credential(identity)
            .allow(Allow::RC4)
    }

    /// Our end as the services.
    pub fn server(&self, package: &str) -> AcceptBuilder {
        accept(package).credential(Identity::Keytab(Keytab::file(self.keytab()))).allow(Allow::RC4)
    }
}

/// The name of a credential cache in a file.
pub fn name_of(cache: &Path) -> String {
    format!("FILE:{}", cache.display())
}

impl Drop for ServedRealm {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
