//! The kinds of identity a credential can be made from.

use super::{Certificate, CredentialCache, Keytab, Secret, SmartCard, UserName};
use crate::accounts::AccountStore;
use std::fmt;
use std::sync::Arc;

/// One way to prove who somebody is, or to check it. Each package takes the kinds it knows.
///
/// ```
/// use anysspi::Identity;
///
/// let alice = Identity::password(r"CORP\alice", "secret");
/// assert_eq!(format!("{alice:?}"), r"Password { name: CORP\alice }");
/// let same = Identity::password_in("alice", "CORP", "secret");
/// assert_eq!(format!("{same:?}"), format!("{alice:?}"));
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub enum Identity {
    /// A user and a password.
    Password {
        /// The user.
        name: UserName,
        /// The password, in UTF-8.
        password: Secret,
    },
    /// A user and the NT hash of the password, which is as good as the password to NTLM.
    NtHash {
        /// The user.
        name: UserName,
        /// MD4 of the password in UTF-16LE: 16 bytes.
        hash: Secret,
    },
    /// Nobody in particular. A credential must be allowed to use it by name.
    Anonymous,
    /// The accounts an acceptor checks against.
    Accounts(Arc<dyn AccountStore>),
    /// The keys of a Kerberos service or user.
    Keytab(Keytab),
    /// Kerberos tickets somebody already has.
    CredentialCache(CredentialCache),
    /// A certificate and its private key.
    Certificate(Certificate),
    /// The certificates that are trusted, in DER: in CREDSSP the roots by which an initiator judges a
    /// server's certificate and the name in it, in PKU2U the certificates of the peers themselves.
    TrustedRoots(Arc<[Vec<u8>]>),
    /// A smart card to delegate. Nothing here talks to one: another identity authenticates.
    SmartCard(SmartCard),
}

impl Identity {
    /// A user, in any of the forms of [`UserName::parse`], and a password.
    pub fn password(user: &str, password: impl Into<Secret>) -> Self {
        Self::Password { name: UserName::parse(user), password: password.into() }
    }

    /// A user in a domain given explicitly, and a password.
    pub fn password_in(user: &str, domain: &str, password: impl Into<Secret>) -> Self {
        Self::Password { name: UserName::new(user, Some(domain)), password: password.into() }
    }

    /// A user, in any of the forms of [`UserName::parse`], and an NT hash.
    pub fn nt_hash(user: &str, hash: [u8; 16]) -> Self {
        Self::NtHash { name: UserName::parse(user), hash: Secret::new(&hash) }
    }

    /// The accounts an acceptor checks against.
    pub fn accounts(store: impl AccountStore + 'static) -> Self {
        Self::Accounts(Arc::new(store))
    }

    /// The certificates that are trusted, in DER: roots in CREDSSP, those of the peers in PKU2U.
    pub fn trusted_roots(roots: impl IntoIterator<Item = Vec<u8>>) -> Self {
        Self::TrustedRoots(roots.into_iter().collect())
    }

    /// What kind of identity it is, in a word or two.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Password { .. } => "password",
            Self::NtHash { .. } => "NT hash",
            Self::Anonymous => "anonymous",
            Self::Accounts(_) => "account store",
            Self::Keytab(_) => "keytab",
            Self::CredentialCache(_) => "credential cache",
            Self::Certificate(_) => "certificate",
            Self::TrustedRoots(_) => "trusted roots",
            Self::SmartCard(_) => "smart card",
        }
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Password { name, .. } => write!(formatter, "Password {{ name: {name} }}"),
            Self::NtHash { name, .. } => write!(formatter, "NtHash {{ name: {name} }}"),
            Self::Anonymous => formatter.write_str("Anonymous"),
            Self::Accounts(_) => formatter.write_str("Accounts"),
            Self::Keytab(keytab) => fmt::Debug::fmt(keytab, formatter),
            Self::CredentialCache(cache) => fmt::Debug::fmt(cache, formatter),
            Self::Certificate(certificate) => fmt::Debug::fmt(certificate, formatter),
            Self::TrustedRoots(roots) => write!(formatter, "TrustedRoots({})", roots.len()),
            Self::SmartCard(card) => fmt::Debug::fmt(card, formatter),
        }
    }
}
