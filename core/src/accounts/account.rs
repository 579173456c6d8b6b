//! One account: its names, its keys and its state.

use crate::codec::utf16;
use crate::credentials::{Secret, UserName};
use crate::crypto::md4::md4;
use crate::time::Time;
use zeroize::Zeroizing;

/// Whether an account may log on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AccountState {
    /// It may.
    #[default]
    Active,
    /// An administrator disabled it.
    Disabled,
    /// It has expired.
    Expired,
    /// It is locked after too many wrong passwords.
    Locked,
    /// Its password has expired.
    PasswordExpired,
    /// Its password must be changed before the first logon.
    MustChangePassword,
    /// It may not log on at this time of day.
    OutsideLogonHours,
    /// It may not log on from that workstation.
    WorkstationNotAllowed,
}

impl AccountState {
    /// The NTSTATUS of a logon in this state ([MS-ERREF] 2.3.1).
    pub fn nt_status(self) -> u32 {
        match self {
            Self::Active => 0,
            Self::Disabled => 0xC000_0072,
            Self::Expired => 0xC000_0193,
            Self::Locked => 0xC000_0234,
            Self::PasswordExpired => 0xC000_0071,
            Self::MustChangePassword => 0xC000_0224,
            Self::OutsideLogonHours => 0xC000_006F,
            Self::WorkstationNotAllowed => 0xC000_0070,
        }
    }

    /// The state in words, to follow "the account".
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Active => "is active",
            Self::Disabled => "is disabled",
            Self::Expired => "has expired",
            Self::Locked => "is locked",
            Self::PasswordExpired => "has a password that has expired",
            Self::MustChangePassword => "must change its password first",
            Self::OutsideLogonHours => "may not log on at this time",
            Self::WorkstationNotAllowed => "may not log on from this workstation",
        }
    }
}

/// An account: what an [`AccountStore`](super::AccountStore) answers.
///
/// ```
/// use anysspi::accounts::{Account, AccountState};
///
/// let account = Account::with_password(r"CORP\alice", "secret").in_state(AccountState::Disabled);
/// assert_eq!(account.state().nt_status(), 0xC000_0072);
/// assert!(!format!("{account:?}").contains("secret"));
/// ```
#[derive(Clone, Debug)]
pub struct Account {
    name: UserName,
    nt_hash: Secret,
    password: Option<Secret>,
    state: AccountState,
    expiry: Time,
}

impl Account {
    /// An account with a password. The name is in any of the forms of [`UserName::parse`].
    pub fn with_password(name: &str, password: impl Into<Secret>) -> Self {
        let password = password.into();
        let mut unicode = Zeroizing::new(Vec::new());
        utf16::encode_into(password.expose_text().unwrap_or_default(), &mut unicode);
        let hash = Zeroizing::new(md4(&unicode));
        Self {
            password: Some(password),
            ..Self::with_nt_hash(name, *hash)
        }
    }

    /// An account with the NT hash of a password.
    pub fn with_nt_hash(name: &str, hash: [u8; 16]) -> Self {
        let hash = Zeroizing::new(hash);
        Self {
            name: UserName::parse(name),
            nt_hash: Secret::new(&*hash),
            password: None,
            state: AccountState::Active,
            expiry: Time::FOREVER,
        }
    }

    /// The same account under another name, as it is known to the server.
    #[must_use]
    pub fn named(mut self, name: UserName) -> Self {
        self.name = name;
        self
    }

    /// The same account in another state.
    #[must_use]
    pub fn in_state(mut self, state: AccountState) -> Self {
        self.state = state;
        self
    }

    /// The same account with a time after which it, and a context that stands, is no longer good.
    #[must_use]
    pub fn until(mut self, expiry: Time) -> Self {
        self.expiry = expiry;
        self
    }

    /// The name the account is known by.
    pub fn name(&self) -> &UserName {
        &self.name
    }

    /// Whether it may log on.
    pub fn state(&self) -> AccountState {
        self.state
    }

    /// When it expires.
    pub fn expiry(&self) -> Time {
        self.expiry
    }

    /// The NT hash.
    pub fn nt_hash(&self) -> &Secret {
        &self.nt_hash
    }

    /// The password, where the store knows it.
    pub fn password(&self) -> Option<&Secret> {
        self.password.as_ref()
    }
}
