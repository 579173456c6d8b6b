//! Who somebody is: identities, and the credentials of a package that are made from them.

use crate::accounts::{AccountRecord, ForeignStore, LookUp, store_of};
use crate::delegation::DelegationLists;
use crate::error::{Answer, answer};
use crate::package::{PackageFacts, when};
use anysspi::accounts::FileAccounts;
use anysspi::binding::{description_of, name_of, nt_hash_of, place_of_identity, usual_usage};
use anysspi::raw::{CredentialsHandle, CredentialsRequest, query_credentials_attributes};
use anysspi::{Allow, Error, Identity, Registry, Secret, Status, Usage};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// An identity. What is secret about it is kept here, and wiped with it.
#[derive(Debug, uniffi::Object)]
pub struct NativeIdentity(pub(crate) Identity);

#[uniffi::export]
impl NativeIdentity {
    /// A user and a password.
    #[uniffi::constructor]
    pub fn password(user: String, password: String, domain: Option<String>) -> Answer<Arc<Self>> {
        answer(|| {
            let name = name_of(&user, domain.as_deref());
            Ok(Arc::new(Self(Identity::Password { name, password: Secret::from(password) })))
        })
    }

    /// A user and the NT hash of the password.
    #[uniffi::constructor]
    pub fn nt_hash(user: String, hash: &[u8], domain: Option<String>) -> Answer<Arc<Self>> {
        answer(|| {
            let name = name_of(&user, domain.as_deref());
            let hash = Secret::new(&nt_hash_of(hash)?);
            Ok(Arc::new(Self(Identity::NtHash { name, hash })))
        })
    }

    /// Nobody in particular.
    #[uniffi::constructor]
    pub fn anonymous() -> Answer<Arc<Self>> {
        answer(|| Ok(Arc::new(Self(Identity::Anonymous))))
    }

    /// A list of accounts.
    #[uniffi::constructor]
    pub fn accounts(accounts: Vec<AccountRecord>) -> Answer<Arc<Self>> {
        answer(|| Ok(Arc::new(Self(store_of(accounts)?))))
    }

    /// The accounts in a file.
    #[uniffi::constructor]
    pub fn accounts_file(path: String) -> Answer<Arc<Self>> {
        answer(|| Ok(Arc::new(Self(Identity::accounts(FileAccounts::open(&path)?)))))
    }

    /// The accounts that a look-up finds.
    #[uniffi::constructor]
    pub fn look_up(store: Arc<dyn LookUp>) -> Answer<Arc<Self>> {
        answer(|| Ok(Arc::new(Self(Identity::accounts(ForeignStore(store))))))
    }

    /// What kind of identity it is, in a word or two.
    pub fn kind(&self) -> Answer<String> {
        answer(|| Ok(self.0.kind().to_owned()))
    }

    /// What kind of identity it is, and whose.
    pub fn describe(&self) -> Answer<String> {
        answer(|| Ok(description_of(&self.0)))
    }

    /// Where the keys or the tickets are.
    pub fn place(&self) -> String {
        place_of_identity(&self.0)
    }
}

/// What credentials are acquired from.
#[derive(uniffi::Record)]
pub struct CredentialOptions {
    /// The package.
    pub package_name: String,
    /// `SECPKG_CRED_*`: 1 to accept, 2 to initiate, 3 for both; 0 for what the identities are good for.
    pub usage: u32,
    /// Among several identities, the one with this name.
    pub principal: Option<String>,
    /// The identities, in order of preference.
    pub identities: Vec<Arc<NativeIdentity>>,
    /// What is off unless it is asked for by name.
    pub allow: u32,
    /// The packages that Negotiate may use, in order of preference.
    pub packages: Option<Vec<String>>,
    /// The packages that it may not use.
    pub without_packages: Vec<String>,
    /// To which targets they may be delegated.
    pub delegation: Option<DelegationLists>,
}

/// Credentials of a package.
#[derive(uniffi::Object)]
pub struct NativeCredential(Mutex<Option<CredentialsHandle>>);

impl NativeCredential {
    /// What it holds, unless it was freed.
    pub(crate) fn handle(&self) -> anysspi::Result<CredentialsHandle> {
        let handle = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        handle.ok_or_else(|| Error::new(Status::INVALID_HANDLE, "the credential was freed"))
    }

    pub(crate) fn acquire_in(
        registry: &Registry,
        options: CredentialOptions,
    ) -> anysspi::Result<Arc<Self>> {
        let identities: Vec<_> = options.identities.iter().map(|one| one.0.clone()).collect();
        let usage = match Usage::from_bits_truncate(options.usage) {
            usage if usage.is_empty() => usual_usage(&identities),
            usage => usage,
        };
        let mut request = CredentialsRequest::new(options.package_name, usage)
            .with_identities(identities)
            .allowing(Allow::from_bits_truncate(options.allow))
            .without_packages(options.without_packages);
        if let Some(principal) = options.principal {
            request = request.with_principal(principal);
        }
        if let Some(packages) = options.packages {
            request = request.with_packages(packages);
        }
        if let Some(lists) = options.delegation {
            request = request.with_delegation(lists.into());
        }
        Ok(Arc::new(Self(Mutex::new(Some(request.acquire(registry)?)))))
    }
}

#[uniffi::export]
impl NativeCredential {
    /// Acquires credentials.
    #[uniffi::constructor]
    pub fn acquire(options: CredentialOptions) -> Answer<Arc<Self>> {
        answer(|| Self::acquire_in(Registry::global(), options))
    }

    /// Whose credentials they are.
    pub fn name(&self) -> Answer<String> {
        answer(|| query_credentials_attributes(&self.handle()?))
    }

    /// The package.
    pub fn package_facts(&self) -> Answer<PackageFacts> {
        answer(|| Ok(PackageFacts::from(self.handle()?.package())))
    }

    /// When they expire; none for never.
    pub fn expiry(&self) -> Answer<Option<SystemTime>> {
        answer(|| Ok(when(self.handle()?.expiry())))
    }

    /// Frees them. Handshakes and contexts that were made from them go on.
    pub fn release(&self) -> Answer<()> {
        answer(|| {
            self.handle()?;
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
            Ok(())
        })
    }
}
