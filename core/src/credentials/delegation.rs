//! What a user hands to a server to act with, and to which servers.

use super::{Secret, UserName};
use crate::kerberos::Tickets;

/// The credentials that a client delegates and a server reads, once.
///
/// ```
/// use anysspi::{Delegated, Secret, UserName};
///
/// let name = UserName::parse(r"CORP\alice");
/// let delegated = Delegated::Password { name, password: Secret::from("secret") };
/// assert!(!format!("{delegated:?}").contains("secret"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Delegated {
    /// None: the server authenticates the user and cannot act with more.
    Nothing,
    /// A user and a password.
    Password {
        /// The user.
        name: UserName,
        /// The password, in UTF-8.
        password: Secret,
    },
    /// A smart card by its names, and its PIN.
    SmartCard(SmartCard),
    /// Tickets of Kerberos, such as a ticket-granting ticket that was forwarded.
    Tickets(Tickets),
}

/// How a server finds the user's smart card, and the PIN that opens it. The names are passed on as
/// they are; nothing here talks to a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmartCard {
    /// The PIN, in UTF-8.
    pub pin: Secret,
    /// Which key of the container (`AT_KEYEXCHANGE` is 1, `AT_SIGNATURE` 2).
    pub key_spec: u32,
    /// The name of the card.
    pub card: Option<String>,
    /// The name of the reader.
    pub reader: Option<String>,
    /// The name of the container.
    pub container: Option<String>,
    /// The name of the cryptographic service provider.
    pub provider: Option<String>,
    /// The user the card is to log on, where its certificate does not say it.
    pub user_hint: Option<String>,
    /// The domain of that user.
    pub domain_hint: Option<String>,
}

/// To which servers credentials may be delegated. They are only ever delegated where the caller asks
/// for it, and after the server has proven itself.
///
/// A pattern is a target's name, in which `*` stands for any characters; case does not matter. The
/// default allows the target that the caller names, whatever it is.
///
/// ```
/// use anysspi::DelegationPolicy;
///
/// let policy = DelegationPolicy::nowhere()
///     .allowing(["TERMSRV/*", "WSMAN/*.corp.example"])
///     .allowing_ntlm_only(["TERMSRV/lab-*"]);
/// assert!(policy.allows("termsrv/desk7.corp.example"));
/// assert!(!policy.allows("WSMAN/web.elsewhere.example"));
/// assert!(policy.allows_ntlm_only("TERMSRV/lab-3"));
/// assert!(!policy.allows_ntlm_only("TERMSRV/desk7.corp.example"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DelegationPolicy {
    /// None is any target that the caller names.
    lists: Option<Lists>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Lists {
    targets: Vec<String>,
    ntlm_only: Vec<String>,
}

impl DelegationPolicy {
    /// Any target that the caller names: the default.
    pub fn named_target() -> Self {
        Self { lists: None }
    }

    /// No target at all, until some are allowed.
    pub fn nowhere() -> Self {
        Self { lists: Some(Lists::default()) }
    }

    /// The same policy with targets that are allowed where the server authenticated itself
    /// beforehand, as Kerberos does. The first list takes the place of the default.
    #[must_use]
    pub fn allowing(mut self, patterns: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let lists = self.lists.get_or_insert_default();
        lists.targets.extend(patterns.into_iter().map(Into::into));
        self
    }

    /// The same policy with targets that are allowed even where only NTLM was possible, which
    /// proves that the server knows the user and not which server it is.
    #[must_use]
    pub fn allowing_ntlm_only(
        mut self,
        patterns: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let lists = self.lists.get_or_insert_default();
        lists.ntlm_only.extend(patterns.into_iter().map(Into::into));
        self
    }

    /// Whether credentials may be delegated to a server that authenticated itself beforehand.
    pub fn allows(&self, target: &str) -> bool {
        self.is_listed(|lists| &lists.targets, target)
    }

    /// Whether credentials may be delegated to a server with which only NTLM was possible.
    pub fn allows_ntlm_only(&self, target: &str) -> bool {
        self.is_listed(|lists| &lists.ntlm_only, target)
    }

    fn is_listed(&self, list: impl Fn(&Lists) -> &Vec<String>, target: &str) -> bool {
        match &self.lists {
            None => true,
            Some(lists) => list(lists).iter().any(|pattern| matches(pattern, target)),
        }
    }
}

/// Whether the text is one of the pattern's. What is between two stars is looked for from the left,
/// so that the work is at most the product of both lengths.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_lowercase(), text.to_lowercase());
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_whole_names_with_stars() {
        for (pattern, text, expected) in [
            ("*", "TERMSRV/desk", true),
            ("*", "", true),
            ("", "", true),
            ("", "TERMSRV/desk", false),
            ("TERMSRV/desk", "termsrv/DESK", true),
            ("TERMSRV/desk", "TERMSRV/desk2", false),
            ("TERMSRV/*", "TERMSRV/", true),
            ("TERMSRV/*", "xTERMSRV/desk", false),
            ("*.corp.example", "WSMAN/a.corp.example", true),
            ("*.corp.example", "WSMAN/a.corp.example.evil", false),
            ("*.corp.example", "corp.example", false),
            ("a*b*c", "a-b-c", true),
            ("a*b*c", "a-c-b", false),
            // A star's text is not used twice.
            ("ab*ba", "aba", false),
            ("a**b", "ab", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn by_default_the_named_target_is_allowed_and_nowhere_is_nowhere() {
        let policy = DelegationPolicy::default();
        assert!(policy.allows("TERMSRV/desk") && policy.allows_ntlm_only("TERMSRV/desk"));
        let policy = DelegationPolicy::nowhere();
        assert!(!policy.allows("TERMSRV/desk") && !policy.allows_ntlm_only("TERMSRV/desk"));
        let policy = policy.allowing(["TERMSRV/*"]);
        assert_eq!(policy, DelegationPolicy::default().allowing(["TERMSRV/*"]));
        assert!(policy.allows("TERMSRV/desk") && !policy.allows_ntlm_only("TERMSRV/desk"));
    }

    #[test]
    fn nothing_secret_is_printed() {
        let card = SmartCard {
            pin: Secret::from("1234"),
            key_spec: 1,
            card: None,
            reader: Some("reader".to_owned()),
            container: None,
            provider: None,
            user_hint: None,
            domain_hint: None,
        };
        let text = format!("{:?}", Delegated::SmartCard(card));
        assert!(text.contains("reader") && !text.contains("1234"));
    }
}
