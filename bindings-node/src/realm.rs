//! A realm in a box: a small KDC in the process, for tests and demonstrations.

use crate::error::{Answer, answer};
use crate::kept::{Thing, keep};
use anysspi::Identity;
use anysspi::binding::{ServiceParts, UserParts, keytab_of, tickets_of};
use anysspi::realm::{Realm, Serving};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;

#[napi(object)]
pub struct UserFacts {
    pub encryption_types: Option<Vec<String>>,
    pub salt: Option<String>,
    pub pre_authentication: bool,
    pub groups: Option<Vec<u32>>,
}

#[napi(object)]
pub struct ServiceFacts {
    pub encryption_types: Option<Vec<String>>,
    pub version: Option<u32>,
    pub trusted_for_delegation: bool,
}

#[napi]
pub struct NativeRealm(Realm);

#[napi]
impl NativeRealm {
    #[napi]
    pub fn create(name: String) -> Answer<NativeRealm> {
        answer(|| Realm::new(&name).map(Self))
    }

    #[napi]
    pub fn domain_sid(&self) -> String {
        self.0.domain_sid().to_string()
    }

    #[napi]
    pub fn add_user(&self, name: String, password: String, facts: UserFacts) -> Answer<bool> {
        let UserFacts { encryption_types, salt, pre_authentication, groups } = facts;
        let groups = groups.unwrap_or_default();
        let (name, password, salt) = (&*name, &*password, salt.as_deref());
        answer(|| {
            UserParts { name, password, encryption_types, salt, pre_authentication, groups }
                .add_to(&self.0)
                .map(|()| true)
        })
    }

    #[napi]
    pub fn add_service(&self, name: String, facts: ServiceFacts) -> Answer<bool> {
        let ServiceFacts { encryption_types, version, trusted_for_delegation } = facts;
        let name = &*name;
        answer(|| {
            ServiceParts { name, encryption_types, version, trusted_for_delegation }
                .add_to(&self.0)
                .map(|()| true)
        })
    }

    #[napi]
    pub fn trust(&self, other: &NativeRealm) -> Answer<bool> {
        answer(|| self.0.trust(&other.0).map(|()| true))
    }

    #[napi]
    pub fn keytab(&self, names: Vec<String>) -> Answer<i64> {
        answer(|| Ok(keep(Thing::Identity(Identity::Keytab(keytab_of(&self.0, &names)?)))))
    }

    #[napi]
    pub fn tickets(&self, user: String, services: Vec<String>) -> Answer<i64> {
        answer(|| {
            let cache = tickets_of(&self.0, &user, &services)?;
            Ok(keep(Thing::Identity(Identity::CredentialCache(cache))))
        })
    }

    #[napi]
    pub fn answer(&self, request: &[u8]) -> Answer<Buffer> {
        answer(|| Ok(self.0.answer(request).into()))
    }

    #[napi]
    pub fn serve(&self) -> Answer<NativeServing> {
        answer(|| self.0.serve().map(|serving| NativeServing(Some(serving))))
    }
}

#[napi]
pub struct NativeServing(Option<Serving>);

#[napi]
impl NativeServing {
    #[napi]
    pub fn port(&self) -> u16 {
        self.0.as_ref().map_or(0, |serving| serving.address().port())
    }

    #[napi]
    pub fn krb5_conf(&self) -> String {
        self.0.as_ref().map(Serving::krb5_conf).unwrap_or_default()
    }

    #[napi]
    pub fn stop(&mut self) {
        self.0 = None;
    }
}
