//! The forms in which a user is named.

use std::fmt;
use std::sync::Arc;

/// A user and the domain the user belongs to.
///
/// ```
/// use anysspi::UserName;
///
/// let name = UserName::parse(r"CORP\alice");
/// assert_eq!((name.user(), name.domain()), ("alice", Some("CORP")));
///
/// // A user principal name stays whole: the server finds the domain.
/// let name = UserName::parse("alice@corp.example.com");
/// assert_eq!((name.user(), name.domain()), ("alice@corp.example.com", None));
/// assert_eq!(name.realm(), Some("corp.example.com"));
///
/// // A dot is the target's own computer.
/// let name = UserName::parse(r".\AzureAD\alice@example.com");
/// assert_eq!((name.user(), name.domain()), (r"AzureAD\alice@example.com", Some(".")));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UserName {
    // Shared: every context carries its client's name.
    user: Arc<str>,
    domain: Option<Arc<str>>,
}

impl UserName {
    /// Reads `DOMAIN\user`, `user@realm`, `.\user`, or a bare name. The domain ends at the first
    /// backslash; what follows is the user's name, whatever it holds.
    pub fn parse(name: &str) -> Self {
        match name.split_once('\\') {
            Some((domain, user)) => Self::new(user, Some(domain)),
            None => Self::new(name, None),
        }
    }

    /// A user in a domain said explicitly: the name is then taken as it stands.
    pub fn new(user: &str, domain: Option<&str>) -> Self {
        Self { user: user.into(), domain: domain.map(Arc::from) }
    }

    /// The user, a whole `user@realm` where that form was given.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The domain, where one was given before a backslash or explicitly.
    pub fn domain(&self) -> Option<&str> {
        self.domain.as_deref()
    }

    /// The realm of a `user@realm`, where no domain was given beside it.
    pub fn realm(&self) -> Option<&str> {
        match &self.domain {
            Some(_) => None,
            None => {
                self.user.rsplit_once('@').map(|(_, realm)| realm).filter(|realm| !realm.is_empty())
            }
        }
    }

    /// The user without the realm of a `user@realm`.
    pub fn account(&self) -> &str {
        match self.realm() {
            Some(_) => self.user.rsplit_once('@').map_or(&*self.user, |(account, _)| account),
            None => &self.user,
        }
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.domain.as_deref() {
            Some(domain) if !domain.is_empty() => write!(formatter, "{domain}\\{}", self.user),
            _ => formatter.write_str(&self.user),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read() {
        for (text, user, domain, realm, account) in [
            (r"CORP\alice", "alice", Some("CORP"), None, "alice"),
            ("alice@corp.example", "alice@corp.example", None, Some("corp.example"), "alice"),
            (r".\alice", "alice", Some("."), None, "alice"),
            (r"AzureAD\a@b.c", "a@b.c", Some("AzureAD"), None, "a@b.c"),
            ("alice", "alice", None, None, "alice"),
            ("alice@", "alice@", None, None, "alice@"),
            ("a@b@c", "a@b@c", None, Some("c"), "a@b"),
            (r"\alice", "alice", Some(""), None, "alice"),
            ("", "", None, None, ""),
        ] {
            let name = UserName::parse(text);
            assert_eq!(name.user(), user, "{text}");
            assert_eq!(name.domain(), domain, "{text}");
            assert_eq!(name.realm(), realm, "{text}");
            assert_eq!(name.account(), account, "{text}");
        }
    }

    #[test]
    fn an_explicit_domain_leaves_the_name_alone() {
        let name = UserName::new("alice@x", Some("CORP"));
        assert_eq!(name.to_string(), r"CORP\alice@x");
        assert_eq!(UserName::parse(r"\alice").to_string(), "alice");
    }
}
