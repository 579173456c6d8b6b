//! Accounts of JavaScript, and stores that are read once.

use crate::look_up::JavaScriptStore;
use anysspi::accounts::{Account, MemoryAccounts};
use anysspi::binding::AccountParts;
use anysspi::{Result, Time};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;

/// An account: the JavaScript half has checked the types.
#[napi(object)]
pub struct AccountOf {
    pub name: String,
    pub password: Option<String>,
    pub nt_hash: Option<Buffer>,
    pub state: Option<String>,
    /// In milliseconds since 1970.
    pub expiry: Option<f64>,
}

pub(crate) fn account_of(account: AccountOf) -> Result<Account> {
    let AccountOf { name, password, nt_hash, state, expiry } = account;
    AccountParts {
        name: &name,
        password: password.as_deref(),
        nt_hash: nt_hash.as_deref(),
        state: state.as_deref(),
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it saturates"
        )]
        expiry: expiry.map(|milliseconds| Time::from_unix_seconds((milliseconds / 1e3) as u64)),
    }
    .account()
}

pub(crate) fn store_of(accounts: Vec<AccountOf>) -> Result<anysspi::Identity> {
    let store = MemoryAccounts::default();
    for account in accounts {
        store.insert(account_of(account)?);
    }
    Ok(anysspi::Identity::accounts(store))
}

pub(crate) fn look_up_of(number: u32) -> anysspi::Identity {
    anysspi::Identity::accounts(JavaScriptStore(number))
}
