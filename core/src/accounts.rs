//! The accounts an acceptor checks against: a trait to look them up, a store in memory and one in a
//! file.

mod account;
mod file;
mod memory;

pub(crate) use account::NtHash;
pub use account::{Account, AccountState};
pub use file::FileAccounts;
pub use memory::MemoryAccounts;

use crate::credentials::UserName;
use crate::error::Result;

/// What an acceptor asks of an [`AccountStore`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccountQuery<'a> {
    /// The user as the peer sent it; maybe a whole `user@realm`.
    pub user: &'a str,
    /// The domain as the peer sent it; maybe empty, or `.`.
    pub domain: &'a str,
    /// The package that asks, such as `NTLM`.
    pub package: &'a str,
}

impl<'a> AccountQuery<'a> {
    /// A question for a user in a domain, on behalf of a package.
    pub fn new(user: &'a str, domain: &'a str, package: &'a str) -> Self {
        Self { user, domain, package }
    }

    /// The name that was asked for; a realm in the user counts as the domain when the peer sent
    /// none.
    pub fn name(&self) -> UserName {
        UserName::new(self.user, (!self.domain.is_empty()).then_some(self.domain))
    }
}

/// Looks up accounts. An application may bring its own.
///
/// The answer is the account with its keys, whatever its state: the acceptor reports a disabled or
/// expired account only to a peer that has proven the secret. `None` says that there is no such
/// account; the acceptor then does the same work as for a wrong password. An error says that the
/// store itself failed, and ends the handshake with that error.
///
/// ```
/// use anysspi::accounts::{Account, AccountQuery, AccountStore};
///
/// struct OneUser;
///
/// impl AccountStore for OneUser {
///     fn look_up(&self, query: &AccountQuery<'_>) -> anysspi::Result<Option<Account>> {
///         Ok(query
///             .user
///             .eq_ignore_ascii_case("alice")
///             .then(|| Account::with_password("alice", "secret")))
///     }
/// }
/// # let found = OneUser.look_up(&AccountQuery::new("Alice", "", "NTLM")).unwrap();
/// # assert!(found.is_some());
/// ```
pub trait AccountStore: Send + Sync {
    /// The account the peer names, if there is one.
    fn look_up(&self, query: &AccountQuery<'_>) -> Result<Option<Account>>;
}

impl<Store: AccountStore + ?Sized> AccountStore for std::sync::Arc<Store> {
    fn look_up(&self, query: &AccountQuery<'_>) -> Result<Option<Account>> {
        (**self).look_up(query)
    }
}
