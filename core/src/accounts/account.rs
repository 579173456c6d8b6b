//! One account: its names, its keys and its state.

use crate::credentials::{Secret, UserName};
use crate::crypto::hmac_md5::HmacMd5Key;
use crate::crypto::md4::nt_hash;
use crate::time::Time;
use std::fmt;
use std::sync::Arc;
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
    /// Every state.
    pub const ALL: &[Self] = &[
        Self::Active,
        Self::Disabled,
        Self::Expired,
        Self::Locked,
        Self::PasswordExpired,
        Self::MustChangePassword,
        Self::OutsideLogonHours,
        Self::WorkstationNotAllowed,
    ];

    /// The state in a word, the same in every language.
    ///
    /// ```
    /// use anysspi::accounts::AccountState;
    ///
    /// assert_eq!(AccountState::PasswordExpired.name(), "password_expired");
    /// assert_eq!(AccountState::from_name("locked"), Some(AccountState::Locked));
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
            Self::Expired => "expired",
            Self::Locked => "locked",
            Self::PasswordExpired => "password_expired",
            Self::MustChangePassword => "must_change_password",
            Self::OutsideLogonHours => "outside_logon_hours",
            Self::WorkstationNotAllowed => "workstation_not_allowed",
        }
    }

    /// The state with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| state.name() == name)
    }

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
pub struct Account(Arc<Parts>);

// Behind one count: a look-up answers with a copy.
#[derive(Clone, Debug)]
struct Parts {
    name: UserName,
    nt_hash: NtHash,
    password: Option<Secret>,
    state: AccountState,
    expiry: Time,
}

/// An NT hash, and what NTLM makes of it first, derived once.
#[derive(Clone)]
pub(crate) struct NtHash {
    pub(crate) hash: Zeroizing<[u8; 16]>,
    pub(crate) key: HmacMd5Key,
}

impl NtHash {
    pub(crate) fn new(hash: &[u8; 16]) -> Self {
        Self { hash: Zeroizing::new(*hash), key: HmacMd5Key::new(hash) }
    }
}

impl fmt::Debug for NtHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("NtHash(…)")
    }
}

impl Account {
    /// An account with a password. The name is in any of the forms of [`UserName::parse`].
    pub fn with_password(name: &str, password: impl Into<Secret>) -> Self {
        let password = password.into();
        let hash = nt_hash(password.expose_text().unwrap_or_default());
        Self::with_nt_hash(name, *hash).with(|parts| parts.password = Some(password))
    }

    /// An account with the NT hash of a password.
    pub fn with_nt_hash(name: &str, hash: [u8; 16]) -> Self {
        let hash = Zeroizing::new(hash);
        Self(Arc::new(Parts {
            name: UserName::parse(name),
            nt_hash: NtHash::new(&hash),
            password: None,
            state: AccountState::Active,
            expiry: Time::FOREVER,
        }))
    }

    fn with(mut self, change: impl FnOnce(&mut Parts)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// The same account under another name, as it is known to the server.
    #[must_use]
    pub fn named(self, name: UserName) -> Self {
        self.with(|parts| parts.name = name)
    }

    /// The same account in another state.
    #[must_use]
    pub fn in_state(self, state: AccountState) -> Self {
        self.with(|parts| parts.state = state)
    }

    /// The same account with a time after which it, and a context that stands, is no longer good.
    #[must_use]
    pub fn until(self, expiry: Time) -> Self {
        self.with(|parts| parts.expiry = expiry)
    }

    /// The name the account is known by.
    pub fn name(&self) -> &UserName {
        &self.0.name
    }

    /// Whether it may log on.
    pub fn state(&self) -> AccountState {
        self.0.state
    }

    /// When it expires.
    pub fn expiry(&self) -> Time {
        self.0.expiry
    }

    /// The NT hash: MD4 of the password in UTF-16LE, and as good as the password to NTLM.
    pub fn nt_hash(&self) -> &[u8; 16] {
        &self.0.nt_hash.hash
    }

    /// The NT hash with what was derived from it.
    pub(crate) fn keys(&self) -> &NtHash {
        &self.0.nt_hash
    }

    /// The password, where the store knows it.
    pub fn password(&self) -> Option<&Secret> {
        self.0.password.as_ref()
    }
}
