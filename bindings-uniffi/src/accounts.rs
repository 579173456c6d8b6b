//! Accounts of the application, and its look-ups.

use anysspi::accounts::{Account, AccountQuery, AccountStore, MemoryAccounts};
use anysspi::binding::{AccountParts, Thrown};
use anysspi::{Error, Status, Time};
use std::sync::Arc;
use std::time::SystemTime;

/// An account.
#[derive(Clone, uniffi::Record)]
pub struct AccountRecord {
    /// `DOMAIN\user`, `user@realm` or `user`.
    pub name: String,
    /// The password, or
    pub password: Option<String>,
    /// the NT hash.
    pub nt_hash: Option<Vec<u8>>,
    /// Whether it may log on, in a word; active where nothing is said.
    pub state: Option<String>,
    /// When it ends.
    pub expiry: Option<SystemTime>,
}

/// What a look-up found.
#[derive(uniffi::Enum)]
pub enum Found {
    /// There is no such account.
    Nobody,
    /// There is.
    Known {
        /// The account.
        account: AccountRecord,
    },
    /// The application's code threw something.
    Thrown {
        /// The number under which the language keeps it.
        number: u64,
        /// What happened, in words without secrets.
        explanation: String,
    },
}

/// That a look-up could not be called, or did not answer.
#[derive(Debug, uniffi::Error)]
pub enum LookUpFault {
    /// UniFFI says why.
    Unanswered {
        /// In words.
        explanation: String,
    },
}

impl std::fmt::Display for LookUpFault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self::Unanswered { explanation } = self;
        formatter.write_str(explanation)
    }
}

impl std::error::Error for LookUpFault {}

impl From<uniffi::UnexpectedUniFFICallbackError> for LookUpFault {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unanswered { explanation: error.reason }
    }
}

/// A look-up of the application, wrapped by the hand-written layer, which catches whatever it throws: what
/// got through to UniFFI would be logged at best, and zeros taken for the answer.
#[uniffi::export(with_foreign)]
pub trait LookUp: Send + Sync {
    /// The account with this name.
    fn look_up(
        &self,
        user: String,
        domain: String,
        package_name: String,
    ) -> Result<Found, LookUpFault>;
}

/// The look-up as the core wants it.
pub(crate) struct ForeignStore(pub(crate) Arc<dyn LookUp>);

impl AccountStore for ForeignStore {
    fn look_up(&self, query: &AccountQuery<'_>) -> anysspi::Result<Option<Account>> {
        let (user, domain) = (query.user.to_owned(), query.domain.to_owned());
        match self.0.look_up(user, domain, query.package.to_owned()) {
            Ok(Found::Nobody) => Ok(None),
            Ok(Found::Known { account }) => account_of(account).map(Some),
            Ok(Found::Thrown { number, explanation }) => {
                Err(Error::new(Status::INTERNAL_ERROR, explanation).with_source(Thrown(number)))
            }
            Err(LookUpFault::Unanswered { explanation }) => Err(Error::new(
                Status::INTERNAL_ERROR,
                format!("the account look-up did not answer: {explanation}"),
            )),
        }
    }
}

pub(crate) fn account_of(account: AccountRecord) -> anysspi::Result<Account> {
    let AccountRecord { name, password, nt_hash, state, expiry } = account;
    AccountParts {
        name: &name,
        password: password.as_deref(),
        nt_hash: nt_hash.as_deref(),
        state: state.as_deref(),
        expiry: expiry.map(Time::from),
    }
    .account()
}

pub(crate) fn store_of(accounts: Vec<AccountRecord>) -> anysspi::Result<anysspi::Identity> {
    let store = MemoryAccounts::default();
    for account in accounts {
        store.insert(account_of(account)?);
    }
    Ok(anysspi::Identity::accounts(store))
}
