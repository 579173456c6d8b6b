//! A realm in a box from what a language says about it.

use super::credentials::encryption_type_of;
use crate::credentials::{CredentialCache, Keytab};
use crate::error::Result;
use crate::kerberos::EncryptionType;
use crate::realm::{Realm, Service, User};

/// What a language says about a user.
pub struct UserParts<'a> {
    /// The name.
    pub name: &'a str,
    /// The password.
    pub password: &'a str,
    /// The names of the types of the keys, instead of the usual ones.
    pub encryption_types: Option<Vec<String>>,
    /// The salt of the password, where it is not the usual one.
    pub salt: Option<&'a str>,
    /// Whether whoever asks has to prove who he is.
    pub pre_authentication: bool,
    /// The relative identifiers of groups, besides Domain Users.
    pub groups: Vec<u32>,
}

impl UserParts<'_> {
    /// Adds the user.
    pub fn add_to(self, realm: &Realm) -> Result<()> {
        let mut user = User::new(self.name, self.password).groups(&self.groups);
        if let Some(names) = self.encryption_types {
            user = user.encryption_types(&types_of(&names)?);
        }
        if let Some(salt) = self.salt {
            user = user.salt(salt);
        }
        if !self.pre_authentication {
            user = user.without_pre_authentication();
        }
        realm.add_user(user)
    }
}

/// What a language says about a service.
pub struct ServiceParts<'a> {
    /// The name.
    pub name: &'a str,
    /// The names of the types of the keys, instead of the usual ones.
    pub encryption_types: Option<Vec<String>>,
    /// The version of the keys.
    pub version: Option<u32>,
    /// Whether clients may delegate to it.
    pub trusted_for_delegation: bool,
}

impl ServiceParts<'_> {
    /// Adds the service.
    pub fn add_to(self, realm: &Realm) -> Result<()> {
        let mut service = Service::new(self.name);
        if let Some(names) = self.encryption_types {
            service = service.encryption_types(&types_of(&names)?);
        }
        if let Some(version) = self.version {
            service = service.version(version);
        }
        if self.trusted_for_delegation {
            service = service.trusted_for_delegation();
        }
        realm.add_service(service)
    }
}

fn types_of(names: &[String]) -> Result<Vec<EncryptionType>> {
    names.iter().map(|name| encryption_type_of(name)).collect()
}

/// The keys of services or users.
pub fn keytab_of(realm: &Realm, names: &[String]) -> Result<Keytab> {
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    Ok(Keytab::bytes(realm.keytab(&names)?.to_bytes()?.expose()))
}

/// The tickets of a user who logged on and used these services.
pub fn tickets_of(realm: &Realm, user: &str, services: &[String]) -> Result<CredentialCache> {
    let services: Vec<_> = services.iter().map(String::as_str).collect();
    Ok(CredentialCache::bytes(realm.tickets_for(user, &services)?.to_bytes()?.expose()))
}
