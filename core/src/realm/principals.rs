//! Who is in the realm, and with which keys.

use crate::credentials::Secret;
use crate::error::{Error, Result};
use crate::kerberos::{EncryptionType, Key, KeyTableEntry, NameType, Principal};
use crate::status::Status;
use crate::surroundings::Surroundings;
use crate::time::Time;
use std::collections::BTreeMap;

/// The types of the keys that users and services have where nothing else is said.
pub(super) const TYPES: [EncryptionType; 4] = [
    EncryptionType::AES256_SHA1,
    EncryptionType::AES128_SHA1,
    EncryptionType::AES256_SHA2,
    EncryptionType::AES128_SHA2,
];

/// A user of a [`Realm`](super::Realm).
///
/// ```
/// use anysspi::kerberos::EncryptionType;
/// use anysspi::realm::{Realm, User};
///
/// let realm = Realm::new("EXAMPLE.TEST")?;
/// realm.add_user(User::new("alice", "Passw0rd!"))?;
/// realm.add_user(
///     User::new("carol", "Passw0rd!")
///         .encryption_types(&[EncryptionType::AES256_SHA2])
///         .salt("EXAMPLE.TESTformerly-caroline")
///         .without_pre_authentication(),
/// )?;
/// # Ok::<(), anysspi::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct User {
    name: String,
    password: Secret,
    salt: Option<String>,
    types: Vec<EncryptionType>,
    needs_pre_authentication: bool,
    groups: Vec<u32>,
}

/// Domain Users, which every user is in.
const DOMAIN_USERS: u32 = 513;

impl User {
    /// A user and a password.
    pub fn new(name: &str, password: impl Into<Secret>) -> Self {
        Self {
            name: name.to_owned(),
            password: password.into(),
            salt: None,
            types: TYPES.to_vec(),
            needs_pre_authentication: true,
            groups: vec![DOMAIN_USERS],
        }
    }

    /// The groups of the realm's domain that the user is in besides Domain Users, by their relative
    /// identifiers: 512 are Domain Admins.
    #[must_use]
    pub fn groups(mut self, relative_ids: &[u32]) -> Self {
        self.groups = [DOMAIN_USERS].into_iter().chain(relative_ids.iter().copied()).collect();
        self
    }

    /// The types of the user's keys, instead of all those with AES; rc4-hmac if it is among them.
    #[must_use]
    pub fn encryption_types(mut self, types: &[EncryptionType]) -> Self {
        self.types = types.to_vec();
        self
    }

    /// The salt of the password, as of somebody who had another name when it was set.
    #[must_use]
    pub fn salt(mut self, salt: &str) -> Self {
        self.salt = Some(salt.to_owned());
        self
    }

    /// Whoever asks gets a ticket, which only the user can read.
    #[must_use]
    pub fn without_pre_authentication(mut self) -> Self {
        self.needs_pre_authentication = false;
        self
    }
}

/// A service of a [`Realm`](super::Realm). Its keys are drawn at random; services get them in a
/// [keytab](super::Realm::keytab).
///
/// ```
/// use anysspi::kerberos::EncryptionType;
/// use anysspi::realm::{Realm, Service};
///
/// let realm = Realm::new("EXAMPLE.TEST")?;
/// realm.add_service(Service::new("HTTP/web.example.test"))?;
/// realm.add_service(
///     Service::new("ldap/dc.example.test")
///         .encryption_types(&[EncryptionType::AES128_SHA1])
///         .version(7)
///         .trusted_for_delegation(),
/// )?;
/// assert_eq!(realm.keytab(&["ldap/dc.example.test"])?.entries()[0].version, 7);
/// # Ok::<(), anysspi::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Service {
    name: String,
    types: Vec<EncryptionType>,
    version: u32,
    is_trusted: bool,
}

impl Service {
    /// A service by its name, such as `HTTP/web.example.test`.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), types: TYPES.to_vec(), version: 1, is_trusted: false }
    }

    /// The types of the service's keys, instead of all those with AES; rc4-hmac if it is among them.
    #[must_use]
    pub fn encryption_types(mut self, types: &[EncryptionType]) -> Self {
        self.types = types.to_vec();
        self
    }

    /// The version of the keys (kvno), which is 1 otherwise.
    #[must_use]
    pub fn version(mut self, version: u32) -> Self {
        self.version = version;
        self
    }

    /// Clients may delegate to it: the tickets for it say OK-AS-DELEGATE.
    #[must_use]
    pub fn trusted_for_delegation(mut self) -> Self {
        self.is_trusted = true;
        self
    }
}

/// What the realm keeps of a user or a service.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) principal: Principal,
    pub(super) keys: Vec<Key>,
    pub(super) version: u32,
    pub(super) salt: Option<String>,
    pub(super) is_user: bool,
    pub(super) needs_pre_authentication: bool,
    pub(super) is_trusted_for_delegation: bool,
    /// Who a user is to Windows.
    pub(super) account: Option<Account>,
}

/// A user's relative identifier, and those of the groups.
#[derive(Clone)]
pub(super) struct Account {
    pub(super) relative_id: u32,
    pub(super) groups: Vec<u32>,
}

impl Entry {
    pub(super) fn user(user: User, realm: &str, relative_id: u32) -> Result<Self> {
        let principal = user.name.parse::<Principal>()?;
        let principal = in_realm(principal, realm)?;
        let salt = user.salt.unwrap_or_else(|| principal.default_salt());
        let key = |kind: &EncryptionType| {
            Key::from_salted_password(*kind, &user.password, salt.as_bytes(), None)
        };
        Ok(Self {
            principal,
            keys: user.types.iter().map(key).collect::<Result<_>>()?,
            version: 1,
            salt: Some(salt),
            is_user: true,
            needs_pre_authentication: user.needs_pre_authentication,
            is_trusted_for_delegation: false,
            account: Some(Account { relative_id, groups: user.groups }),
        })
    }

    pub(super) fn service(
        service: Service,
        realm: &str,
        surroundings: &Surroundings,
    ) -> Result<Self> {
        let principal = in_realm(Principal::service(&service.name)?, realm)?;
        let key = |kind| Key::random(kind, surroundings);
        Ok(Self {
            principal,
            keys: service.types.into_iter().map(key).collect::<Result<_>>()?,
            version: service.version,
            salt: None,
            is_user: false,
            needs_pre_authentication: true,
            is_trusted_for_delegation: service.is_trusted,
            account: None,
        })
    }

    /// The ticket-granting service of a realm, with one key.
    pub(super) fn granting(of: &str, issuer: &str, key: Key) -> Self {
        Self {
            principal: Self::name_of(of, issuer),
            keys: vec![key],
            version: 1,
            salt: None,
            is_user: false,
            needs_pre_authentication: true,
            is_trusted_for_delegation: false,
            account: None,
        }
    }

    fn name_of(of: &str, issuer: &str) -> Principal {
        Principal::new(NameType::SERVICE_INSTANCE, ["krbtgt", of], issuer)
    }

    /// The name of the ticket-granting service of a realm.
    pub(super) fn name_of_granting(realm: &str) -> Principal {
        Self::name_of(realm, realm)
    }

    /// The key of the first of the types that it has one of.
    pub(super) fn first_key(&self, types: &[EncryptionType]) -> Option<&Key> {
        types.iter().find_map(|kind| self.key(*kind))
    }

    pub(super) fn key(&self, kind: EncryptionType) -> Option<&Key> {
        self.keys.iter().find(|key| key.encryption_type() == kind)
    }

    pub(super) fn has_key(&self, kind: EncryptionType) -> bool {
        self.key(kind).is_some()
    }

    pub(super) fn keytab_entries(&self, written: Time) -> impl Iterator<Item = KeyTableEntry> {
        self.keys.iter().map(move |key| KeyTableEntry {
            principal: self.principal.clone(),
            written: Some(written),
            version: self.version,
            key: key.clone(),
        })
    }
}

fn in_realm(principal: Principal, realm: &str) -> Result<Principal> {
    let principal = principal.or_in_realm(realm);
    if principal.realm() != realm {
        return Err(Error::new(
            Status::INVALID_PARAMETER,
            format!("{principal} does not belong into the realm {realm}"),
        ));
    }
    Ok(principal)
}

/// Everybody in the realm, and what it shares with other realms.
#[derive(Default)]
pub(super) struct Principals {
    entries: BTreeMap<Vec<String>, Entry>,
    /// By the names of the realms that trust this one's clients: the service that grants tickets there.
    pub(super) outgoing: BTreeMap<String, Entry>,
    /// By the names of the realms whose clients come here: the key their tickets are encrypted in.
    pub(super) incoming: BTreeMap<String, Entry>,
}

impl Principals {
    pub(super) fn add(&mut self, entry: Entry) {
        self.entries.insert(entry.principal.parts().to_vec(), entry);
    }

    pub(super) fn find<Part: AsRef<str>>(&self, parts: &[Part]) -> Option<&Entry> {
        let parts: Vec<String> = parts.iter().map(|part| part.as_ref().to_owned()).collect();
        self.entries.get(&parts)
    }

    /// The name of a trusted realm, from the domain of the same name.
    pub(super) fn trusted(&self, domain: &str) -> Option<String> {
        self.outgoing.keys().find(|realm| realm.eq_ignore_ascii_case(domain)).cloned()
    }

    /// The realm that the host of a service is in, by the end of its name.
    pub(super) fn referral<Part: AsRef<str>>(&self, parts: &[Part]) -> Option<&Entry> {
        let [_, host, ..] = parts else { return None };
        let host = host.as_ref().to_ascii_lowercase();
        let found = self.outgoing.iter().find(|(realm, _)| {
            let domain = realm.to_ascii_lowercase();
            host.strip_suffix(&domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        });
        found.map(|(_, entry)| entry)
    }
}
