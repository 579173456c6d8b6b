//! Accounts and names, from what a language says about them.

use super::wrong;
use crate::accounts::{Account, AccountState};
use crate::credentials::UserName;
use crate::error::Result;
use crate::time::Time;

/// What a language says about an account.
pub struct AccountParts<'a> {
    /// In one of the forms that name a user.
    pub name: &'a str,
    /// The password, or
    pub password: Option<&'a str>,
    /// the NT hash.
    pub nt_hash: Option<&'a [u8]>,
    /// Whether it may log on, in a word.
    pub state: Option<&'a str>,
    /// When it ends.
    pub expiry: Option<Time>,
}

impl AccountParts<'_> {
    /// The account.
    pub fn account(self) -> Result<Account> {
        let Self { name, password, nt_hash, state, expiry } = self;
        let account = match (password, nt_hash) {
            (Some(password), None) => Account::with_password(name, password),
            (None, Some(hash)) => Account::with_nt_hash(name, nt_hash_of(hash)?),
            _ => return Err(wrong(format!("the account {name} needs a password or an NT hash"))),
        };
        let account = match state {
            None => account,
            Some(word) => account.in_state(AccountState::from_name(word).ok_or_else(|| {
                let names: Vec<&str> = AccountState::ALL.iter().map(|state| state.name()).collect();
                wrong(format!("the state must be one of {}, not {word:?}", names.join(", ")))
            })?),
        };
        Ok(match expiry {
            None => account,
            Some(time) => account.until(time),
        })
    }
}

/// The 16 bytes of an NT hash.
pub fn nt_hash_of(hash: &[u8]) -> Result<[u8; 16]> {
    hash.try_into()
        .map_err(|_| wrong(format!("the NT hash must have 16 bytes, not {}", hash.len())))
}

/// A user's name, in a domain that is given beside it or in one of the forms that name it.
pub fn name_of(user: &str, domain: Option<&str>) -> UserName {
    match domain {
        Some(_) => UserName::new(user, domain),
        None => UserName::parse(user),
    }
}
