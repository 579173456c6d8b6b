//! Accounts in memory.

use super::{Account, AccountQuery, AccountStore};
use crate::codec::utf16::{folded, same_name};
use crate::error::Result;
use std::collections::HashMap;
use std::fmt;
use std::sync::{PoisonError, RwLock};

/// Accounts kept in memory, which may change while acceptors use them.
///
/// Names are compared without case. An account without a domain answers for every domain; one with
/// a domain answers for that domain, and for a peer that names none (or `.`) where no other account
/// has the same user name.
///
/// ```
/// use anysspi::accounts::{Account, AccountQuery, AccountStore, MemoryAccounts};
///
/// let accounts = MemoryAccounts::new([
///     Account::with_password(r"CORP\alice", "secret"),
///     Account::with_password("bob", "hunter2"),
/// ]);
/// let found = accounts.look_up(&AccountQuery::new("ALICE", "corp", "NTLM"))?;
/// assert_eq!(found.unwrap().name().to_string(), r"CORP\alice");
/// assert!(accounts.look_up(&AccountQuery::new("alice", "OTHER", "NTLM"))?.is_none());
/// assert!(accounts.look_up(&AccountQuery::new("bob", "OTHER", "NTLM"))?.is_some());
/// # Ok::<(), anysspi::Error>(())
/// ```
#[derive(Default)]
pub struct MemoryAccounts {
    // By user name in upper case: the few accounts of one name are then told apart by domain.
    accounts: RwLock<HashMap<Vec<u16>, Vec<Account>>>,
}

impl MemoryAccounts {
    /// A store with these accounts.
    pub fn new(accounts: impl IntoIterator<Item = Account>) -> Self {
        let store = Self::default();
        for account in accounts {
            store.insert(account);
        }
        store
    }

    /// Adds an account, in the place of one with the same name and domain.
    pub fn insert(&self, account: Account) {
        let mut accounts = self.accounts.write().unwrap_or_else(PoisonError::into_inner);
        let same = accounts.entry(folded(account.name().account())).or_default();
        same.retain(|other| !same_name(domain_of(other), domain_of(&account)));
        same.push(account);
    }

    /// Removes the account with this name, in any of its forms; false if there is none.
    pub fn remove(&self, name: &str) -> bool {
        let name = crate::credentials::UserName::parse(name);
        let domain = name.domain().or(name.realm()).unwrap_or_default();
        let mut accounts = self.accounts.write().unwrap_or_else(PoisonError::into_inner);
        let Some(same) = accounts.get_mut(&folded(name.account())) else {
            return false;
        };
        let before = same.len();
        same.retain(|account| !same_name(domain_of(account), domain));
        same.len() < before
    }
}

fn domain_of(account: &Account) -> &str {
    account.name().domain().or(account.name().realm()).unwrap_or_default()
}

impl AccountStore for MemoryAccounts {
    fn look_up(&self, query: &AccountQuery<'_>) -> Result<Option<Account>> {
        let accounts = self.accounts.read().unwrap_or_else(PoisonError::into_inner);
        Ok(find(&accounts, query).cloned())
    }
}

fn find<'a>(
    accounts: &'a HashMap<Vec<u16>, Vec<Account>>,
    query: &AccountQuery<'_>,
) -> Option<&'a Account> {
    let name = query.name();
    let of = |user: &str| accounts.get(&folded(user)).map_or(&[][..], Vec::as_slice);
    let domain = name.domain().filter(|domain| *domain != ".");
    let Some(realm) = name.realm() else {
        return in_domain(of(query.user), domain);
    };
    // A realm that fits exactly comes first; then an account that is itself named with an `@`; then
    // one of every domain.
    let account = of(name.account());
    let exact = account.iter().find(|account| same_name(domain_of(account), realm));
    exact.or_else(|| in_domain(of(query.user), domain)).or_else(|| in_domain(account, Some(realm)))
}

/// Among the accounts of one name: the one in the domain, else the one of every domain. Where no
/// domain is named, the only one.
fn in_domain<'a>(same: &'a [Account], domain: Option<&str>) -> Option<&'a Account> {
    let exact = match (domain, same) {
        (None, [only]) => return Some(only),
        (None, _) => None,
        (Some(domain), _) => same.iter().find(|account| same_name(domain_of(account), domain)),
    };
    exact.or_else(|| same.iter().find(|account| domain_of(account).is_empty()))
}

impl fmt::Debug for MemoryAccounts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let accounts = self.accounts.read().unwrap_or_else(PoisonError::into_inner);
        let names = accounts.values().flatten().map(|account| account.name().to_string());
        formatter.write_str("MemoryAccounts")?;
        formatter.debug_set().entries(names).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(store: &MemoryAccounts, user: &str, domain: &str) -> Option<String> {
        let query = AccountQuery::new(user, domain, "NTLM");
        store.look_up(&query).unwrap().map(|account| account.name().to_string())
    }

    #[test]
    fn domains_tell_accounts_of_one_name_apart() {
        let store = MemoryAccounts::new([
            Account::with_password(r"A\alice", "1"),
            Account::with_password(r"B\alice", "2"),
            Account::with_password("carol@realm.example", "3"),
        ]);
        assert_eq!(found(&store, "alice", "b").as_deref(), Some(r"B\alice"));
        assert_eq!(found(&store, "alice", ""), None, "ambiguous");
        assert_eq!(found(&store, "alice@a", "").as_deref(), Some(r"A\alice"));
        assert_eq!(found(&store, "carol", "REALM.example").as_deref(), Some("carol@realm.example"));
        assert_eq!(
            found(&store, "Carol@realm.example", "").as_deref(),
            Some("carol@realm.example")
        );
        assert_eq!(found(&store, "carol", ".").as_deref(), Some("carol@realm.example"));
        assert_eq!(found(&store, "alice", "C"), None);
        store.insert(Account::with_password("alice", "4"));
        assert_eq!(found(&store, "alice", "C").as_deref(), Some("alice"));
        assert_eq!(found(&store, "alice", "").as_deref(), Some("alice"));
    }

    #[test]
    fn a_realm_finds_its_account_beside_one_that_is_named_with_an_at() {
        let named = crate::credentials::UserName::new("bob@corp.example", Some("CORP"));
        let store = MemoryAccounts::new([
            Account::with_password("bob@corp.example", "one"),
            Account::with_password("", "two").named(named),
        ]);
        let found = |user, domain| found(&store, user, domain);
        assert_eq!(found("bob@corp.example", "").as_deref(), Some("bob@corp.example"));
        assert_eq!(found("bob@corp.example", "CORP").as_deref(), Some(r"CORP\bob@corp.example"));
        assert_eq!(found("bob@other.example", ""), None);
    }

    #[test]
    fn accounts_are_replaced_and_removed() {
        let store = MemoryAccounts::new([Account::with_password(r"A\alice", "1")]);
        store.insert(Account::with_nt_hash(r"a\ALICE", [7; 16]));
        assert_eq!(format!("{store:?}"), r#"MemoryAccounts{"a\\ALICE"}"#);
        assert!(store.remove(r"A\Alice"));
        assert!(!store.remove(r"A\Alice"));
        assert_eq!(found(&store, "alice", "a"), None);
    }
}
