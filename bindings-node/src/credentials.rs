//! Who somebody is: identities, and the credentials of a package that are made from them.

use crate::accounts::{AccountOf, look_up_of, store_of};
use crate::context::milliseconds;
use crate::delegation::DelegationLists;
use crate::error::{Answer, answer};
use crate::kept::{self, Thing, keep};
use crate::package::PackageInfo;
use anysspi::accounts::FileAccounts;
use anysspi::binding::{description_of, name_of, nt_hash_of, place_of_identity, usual_usage};
use anysspi::raw::{CredentialsRequest, query_credentials_attributes};
use anysspi::{Allow, Registry, Result, Secret, Usage};
use napi_derive::napi;

fn kept_as(identity: anysspi::Identity) -> i64 {
    keep(Thing::Identity(identity))
}

#[napi]
pub fn password(user: String, password: String, domain: Option<String>) -> i64 {
    let name = name_of(&user, domain.as_deref());
    kept_as(anysspi::Identity::Password { name, password: Secret::from(password) })
}

#[napi]
pub fn nt_hash(user: String, hash: &[u8], domain: Option<String>) -> Answer<i64> {
    answer(|| {
        let name = name_of(&user, domain.as_deref());
        let hash = Secret::new(&nt_hash_of(hash)?);
        Ok(kept_as(anysspi::Identity::NtHash { name, hash }))
    })
}

#[napi]
pub fn anonymous() -> i64 {
    kept_as(anysspi::Identity::Anonymous)
}

#[napi]
pub fn accounts(accounts: Vec<AccountOf>) -> Answer<i64> {
    answer(|| store_of(accounts).map(kept_as))
}

#[napi]
pub fn accounts_file(path: String) -> Answer<i64> {
    answer(|| FileAccounts::open(&path).map(|file| kept_as(anysspi::Identity::accounts(file))))
}

/// The accounts that the look-up with this number finds.
#[napi]
pub fn accounts_of_look_up(number: u32) -> i64 {
    kept_as(look_up_of(number))
}

/// What kind of identity it is.
#[napi]
pub fn identity_kind(identity: i64) -> Answer<String> {
    answer(|| Ok(kept::identity(identity)?.kind().to_owned()))
}

/// What kind of identity it is, and whose.
#[napi]
pub fn describe_identity(identity: i64) -> Answer<String> {
    answer(|| Ok(description_of(&kept::identity(identity)?)))
}

/// Where the keys or the tickets are.
#[napi]
pub fn identity_place(identity: i64) -> Answer<String> {
    answer(|| Ok(place_of_identity(&kept::identity(identity)?)))
}

/// What credentials are made with, beside identities.
#[napi(object)]
pub struct Choice {
    pub allow: u32,
    pub packages: Option<Vec<String>>,
    pub without_packages: Option<Vec<String>>,
    pub delegation: Option<DelegationLists>,
}

impl Choice {
    pub(crate) fn request(
        self,
        package: &str,
        usage: Usage,
        identities: Vec<anysspi::Identity>,
    ) -> CredentialsRequest {
        let mut request = CredentialsRequest::new(package, usage)
            .with_identities(identities)
            .allowing(Allow::from_bits_truncate(self.allow))
            .without_packages(self.without_packages.unwrap_or_default());
        if let Some(lists) = self.delegation {
            request = request.with_delegation(lists.into());
        }
        match self.packages {
            Some(packages) => request.with_packages(packages),
            None => request,
        }
    }
}

/// Acquires the credentials of a package. The usage is in the bits of the interface; 0 stands for what the
/// identities are good for.
#[napi]
pub fn acquire(
    package: String,
    principal: Option<String>,
    usage: u32,
    identities: Vec<i64>,
    choice: Choice,
) -> Answer<i64> {
    answer(|| acquired(Registry::global(), &package, principal, usage, &identities, choice))
}

pub(crate) fn acquired(
    registry: &Registry,
    package: &str,
    principal: Option<String>,
    usage: u32,
    identities: &[i64],
    choice: Choice,
) -> Result<i64> {
    let identities = kept::identities(identities)?;
    let usage = match Usage::from_bits_truncate(usage) {
        usage if usage.is_empty() => usual_usage(&identities),
        usage => usage,
    };
    let mut request = choice.request(package, usage, identities);
    if let Some(principal) = principal {
        request = request.with_principal(principal);
    }
    Ok(keep(Thing::Credential(request.acquire(registry)?)))
}

/// When they expire, in milliseconds since 1970.
#[napi]
pub fn credential_expiry(credential: i64) -> Answer<Option<f64>> {
    answer(|| Ok(milliseconds(kept::credential(credential)?.expiry())))
}

/// Whose credentials they are.
#[napi]
pub fn credential_name(credential: i64) -> Answer<String> {
    answer(|| query_credentials_attributes(&kept::credential(credential)?))
}

#[napi]
pub fn credential_package(credential: i64) -> Answer<PackageInfo> {
    answer(|| Ok(kept::credential(credential)?.package().into()))
}
