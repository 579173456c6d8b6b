//! Who somebody is: identities, and the credentials of a package that are made from them.

use crate::accounts::{AccountOf, look_up_of, name_of, nt_hash_of, store_of};
use crate::error::{Answer, answer};
use crate::package::PackageInfo;
use anysspi::accounts::FileAccounts;
use anysspi::raw::{CredentialsHandle, CredentialsRequest, query_credentials_attributes};
use anysspi::{Allow, Registry, Secret, Usage};
use napi::bindgen_prelude::ClassInstance;
use napi_derive::napi;

/// An identity.
#[napi]
pub struct NativeIdentity(pub(crate) anysspi::Identity);

#[napi]
impl NativeIdentity {
    #[napi]
    pub fn password(user: String, password: String, domain: Option<String>) -> Self {
        let name = name_of(&user, domain.as_deref());
        Self(anysspi::Identity::Password { name, password: Secret::from(password) })
    }

    #[napi]
    pub fn nt_hash(user: String, hash: &[u8], domain: Option<String>) -> Answer<NativeIdentity> {
        answer(|| {
            let name = name_of(&user, domain.as_deref());
            let hash = Secret::new(&nt_hash_of(hash)?);
            Ok(Self(anysspi::Identity::NtHash { name, hash }))
        })
    }

    #[napi]
    pub fn anonymous() -> Self {
        Self(anysspi::Identity::Anonymous)
    }

    #[napi]
    pub fn accounts(accounts: Vec<AccountOf>) -> Answer<NativeIdentity> {
        answer(|| store_of(accounts).map(Self))
    }

    #[napi]
    pub fn accounts_file(path: String) -> Answer<NativeIdentity> {
        answer(|| FileAccounts::open(&path).map(|file| Self(anysspi::Identity::accounts(file))))
    }

    /// The accounts that the look-up with this number finds.
    #[napi]
    pub fn look_up(number: u32) -> Self {
        Self(look_up_of(number))
    }

    /// What kind of identity it is, and whose.
    #[napi]
    pub fn describe(&self) -> String {
        match &self.0 {
            anysspi::Identity::Password { name, .. } | anysspi::Identity::NtHash { name, .. } => {
                format!("{} of {name}", self.0.kind())
            }
            other => other.kind().to_owned(),
        }
    }

    #[napi]
    pub fn kind(&self) -> &'static str {
        self.0.kind()
    }
}

/// Credentials of a package.
#[napi]
pub struct NativeCredential(pub(crate) CredentialsHandle);

/// What a package that negotiates may use.
#[napi(object)]
pub struct Choice {
    pub allow: u32,
    pub packages: Option<Vec<String>>,
    pub without_packages: Option<Vec<String>>,
}

impl Choice {
    pub(crate) fn request(
        self,
        package: &str,
        usage: Usage,
        identities: Vec<anysspi::Identity>,
    ) -> CredentialsRequest {
        let request = CredentialsRequest::new(package, usage)
            .with_identities(identities)
            .allowing(Allow::from_bits_truncate(self.allow))
            .without_packages(self.without_packages.unwrap_or_default());
        match self.packages {
            Some(packages) => request.with_packages(packages),
            None => request,
        }
    }
}

#[napi]
impl NativeCredential {
    #[napi]
    pub fn acquire(
        package: String,
        is_inbound: bool,
        identities: Vec<ClassInstance<'_, NativeIdentity>>,
        choice: Choice,
    ) -> Answer<NativeCredential> {
        let identities = identities.iter().map(|identity| identity.0.clone()).collect();
        acquired(&Registry::global().clone(), &package, is_inbound, identities, choice)
    }

    #[napi]
    pub fn name(&self) -> Answer<String> {
        answer(|| query_credentials_attributes(&self.0))
    }

    #[napi]
    pub fn package(&self) -> PackageInfo {
        self.0.package().into()
    }
}

pub(crate) fn acquired(
    registry: &Registry,
    package: &str,
    is_inbound: bool,
    identities: Vec<anysspi::Identity>,
    choice: Choice,
) -> Answer<NativeCredential> {
    let usage = if is_inbound { Usage::INBOUND } else { Usage::OUTBOUND };
    answer(|| choice.request(package, usage, identities).acquire(registry).map(NativeCredential))
}
