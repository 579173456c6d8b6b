//! A realm in a box: a small KDC in the process, for tests and demonstrations.

use crate::credentials::NativeIdentity;
use crate::error::{Answer, answer};
use anysspi::Identity;
use anysspi::binding::{ServiceParts, UserParts, keytab_of, tickets_of};
use anysspi::realm::{Realm, Serving};
use std::sync::{Arc, Mutex, PoisonError};

/// A realm with its KDC, in memory.
#[derive(uniffi::Object)]
pub struct NativeRealm(Realm);

#[uniffi::export]
impl NativeRealm {
    /// A realm with nobody in it.
    #[uniffi::constructor]
    pub fn create(name: String) -> Answer<Arc<Self>> {
        answer(|| Ok(Arc::new(Self(Realm::new(&name)?))))
    }

    /// The SID of its domain.
    pub fn domain_sid(&self) -> Answer<String> {
        answer(|| Ok(self.0.domain_sid().to_string()))
    }

    /// Adds a user.
    pub fn add_user(
        &self,
        name: String,
        password: String,
        encryption_types: Option<Vec<String>>,
        salt: Option<String>,
        pre_authentication: bool,
        groups: Vec<u32>,
    ) -> Answer<()> {
        let (name, password, salt) = (&*name, &*password, salt.as_deref());
        answer(|| {
            UserParts { name, password, encryption_types, salt, pre_authentication, groups }
                .add_to(&self.0)
        })
    }

    /// Adds a service.
    pub fn add_service(
        &self,
        name: String,
        encryption_types: Option<Vec<String>>,
        version: Option<u32>,
        trusted_for_delegation: bool,
    ) -> Answer<()> {
        let name = &*name;
        answer(|| {
            ServiceParts { name, encryption_types, version, trusted_for_delegation }.add_to(&self.0)
        })
    }

    /// Lets the clients of each of two realms use the services of the other one.
    pub fn trust(&self, other: Arc<Self>) -> Answer<()> {
        answer(|| self.0.trust(&other.0))
    }

    /// The keys of services or users.
    pub fn keytab(&self, names: Vec<String>) -> Answer<Arc<NativeIdentity>> {
        answer(|| Ok(Arc::new(NativeIdentity(Identity::Keytab(keytab_of(&self.0, &names)?)))))
    }

    /// The tickets of a user who logged on and used these services.
    pub fn tickets(&self, user: String, services: Vec<String>) -> Answer<Arc<NativeIdentity>> {
        answer(|| {
            let cache = tickets_of(&self.0, &user, &services)?;
            Ok(Arc::new(NativeIdentity(Identity::CredentialCache(cache))))
        })
    }

    /// What the KDC says to a request.
    pub fn reply(&self, request: &[u8]) -> Answer<Vec<u8>> {
        answer(|| Ok(self.0.answer(request)))
    }

    /// Serves the KDC on a port of this machine.
    pub fn serve(&self) -> Answer<Arc<NativeServing>> {
        answer(|| Ok(Arc::new(NativeServing(Mutex::new(Some(self.0.serve()?))))))
    }
}

/// A realm that answers on a port.
#[derive(uniffi::Object)]
pub struct NativeServing(Mutex<Option<Serving>>);

impl NativeServing {
    fn with<T: Default>(&self, look: impl FnOnce(&Serving) -> T) -> T {
        let serving = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        serving.as_ref().map(look).unwrap_or_default()
    }
}

#[uniffi::export]
impl NativeServing {
    /// The port, of TCP and UDP.
    pub fn port(&self) -> Answer<u16> {
        answer(|| Ok(self.with(|serving| serving.address().port())))
    }

    /// The configuration for other people's clients.
    pub fn krb5_conf(&self) -> Answer<String> {
        answer(|| Ok(self.with(Serving::krb5_conf)))
    }

    /// Ends it.
    pub fn stop(&self) -> Answer<()> {
        answer(|| {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
            Ok(())
        })
    }
}
