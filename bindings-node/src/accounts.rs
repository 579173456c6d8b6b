//! Accounts of JavaScript, and stores that are read once.

use crate::look_up::JavaScriptStore;
use anysspi::accounts::{Account, AccountState, MemoryAccounts};
use anysspi::{Error, Status, Time, UserName};
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

fn wrong(text: String) -> Error {
    Error::new(Status::INVALID_PARAMETER, text)
}

pub(crate) fn account_of(account: AccountOf) -> anysspi::Result<Account> {
    let AccountOf { name, password, nt_hash, state, expiry } = account;
    let made = match (password, nt_hash) {
        (Some(password), None) => Account::with_password(&name, password),
        (None, Some(hash)) => Account::with_nt_hash(&name, nt_hash_of(&hash)?),
        _ => return Err(wrong(format!("the account {name} needs a password or an ntHash"))),
    };
    let state = match state {
        None => AccountState::Active,
        Some(word) => AccountState::from_name(&word).ok_or_else(|| {
            let names: Vec<&str> = AccountState::ALL.iter().map(|state| state.name()).collect();
            wrong(format!("state must be one of {}, not {word:?}", names.join(", ")))
        })?,
    };
    let made = made.in_state(state);
    Ok(match expiry {
        None => made,
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates")]
        Some(milliseconds) => made.until(Time::from_unix_seconds((milliseconds / 1e3) as u64)),
    })
}

pub(crate) fn nt_hash_of(hash: &[u8]) -> anysspi::Result<[u8; 16]> {
    hash.try_into().map_err(|_| wrong(format!("ntHash must have 16 bytes, not {}", hash.len())))
}

/// A user's name, in a domain that is given beside it or in one of the forms that name it.
pub(crate) fn name_of(user: &str, domain: Option<&str>) -> UserName {
    match domain {
        Some(_) => UserName::new(user, domain),
        None => UserName::parse(user),
    }
}

pub(crate) fn store_of(accounts: Vec<AccountOf>) -> anysspi::Result<anysspi::Identity> {
    let store = MemoryAccounts::default();
    for account in accounts {
        store.insert(account_of(account)?);
    }
    Ok(anysspi::Identity::accounts(store))
}

pub(crate) fn look_up_of(number: u32) -> anysspi::Identity {
    anysspi::Identity::accounts(JavaScriptStore(number))
}
