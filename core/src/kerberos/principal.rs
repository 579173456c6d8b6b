//! The name of a user or a service: its parts, its realm and what kind of name it says it is.

use crate::error::{Error, Result};
use crate::status::Status;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

/// What kind of name a principal says it is (RFC 4120 6.2): a hint, and no part of the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NameType(pub i32);

impl NameType {
    /// NT-UNKNOWN: nothing is said.
    pub const UNKNOWN: Self = Self(0);
    /// NT-PRINCIPAL: a user, or a service that is named like one.
    pub const PRINCIPAL: Self = Self(1);
    /// NT-SRV-INST: a service and an instance; what Windows sends for a service principal name.
    pub const SERVICE_INSTANCE: Self = Self(2);
    /// NT-SRV-HST: a service and the host it is on.
    pub const SERVICE_HOST: Self = Self(3);
    /// NT-ENTERPRISE: a whole `user@domain` in one part (RFC 6806 5).
    pub const ENTERPRISE: Self = Self(10);
    /// NT-WELLKNOWN: a name with a meaning of its own, such as the anonymous one (RFC 6111).
    pub const WELL_KNOWN: Self = Self(11);
}

/// A principal: parts and a realm.
///
/// Its text is that of MIT Kerberos: parts between slashes, the realm behind an `@`, and a backslash
/// before a slash, an `@` or a backslash that belongs to a part.
///
/// ```
/// use anysspi::kerberos::Principal;
///
/// let principal: Principal = r"HTTP/web.example.com@EXAMPLE.COM".parse()?;
/// assert_eq!(principal.parts(), ["HTTP", "web.example.com"]);
/// assert_eq!(principal.realm(), "EXAMPLE.COM");
///
/// let odd: Principal = r"a\/b\@c@EXAMPLE.COM".parse()?;
/// assert_eq!(odd.parts(), ["a/b@c"]);
/// assert_eq!(odd.to_string(), r"a\/b\@c@EXAMPLE.COM");
/// # Ok::<(), anysspi::Error>(())
/// ```
///
/// Two principals are the same when their parts and realms are, whatever kind of name they say they
/// are; case counts.
#[derive(Clone, Debug)]
pub struct Principal {
    name_type: NameType,
    parts: Vec<String>,
    realm: String,
}

impl Principal {
    /// A principal from its parts. The realm may be empty: the one of whoever asks.
    pub fn new<Part: Into<String>>(
        name_type: NameType,
        parts: impl IntoIterator<Item = Part>,
        realm: &str,
    ) -> Self {
        let parts = parts.into_iter().map(Into::into).collect();
        Self { name_type, parts, realm: realm.to_owned() }
    }

    /// A user's name as somebody logs on with it to a realm that knows it by another: the whole text
    /// is one part.
    ///
    /// ```
    /// use anysspi::kerberos::{NameType, Principal};
    ///
    /// let alice = Principal::enterprise("alice@example.com", "CORP.EXAMPLE.COM");
    /// assert_eq!(alice.name_type(), NameType::ENTERPRISE);
    /// assert_eq!(alice.to_string(), r"alice\@example.com@CORP.EXAMPLE.COM");
    /// ```
    pub fn enterprise(name: &str, realm: &str) -> Self {
        Self::new(NameType::ENTERPRISE, [name], realm)
    }

    /// The principal of a service from what a client calls it.
    ///
    /// | target | parts | realm |
    /// |---|---|---|
    /// | `HTTP/web.example.com` | `HTTP`, `web.example.com` | none |
    /// | `HTTP/web.example.com:8080` | `HTTP`, `web.example.com:8080` | none |
    /// | `ldap/dc1.example.com/example.com` | `ldap`, `dc1.example.com`, `example.com` | none |
    /// | `HTTP@web.example.com` | `HTTP`, `web.example.com`: the form of GSS-API | none |
    /// | `host/web.example.com@EXAMPLE.COM` | `host`, `web.example.com` | `EXAMPLE.COM` |
    /// | `alice` | `alice` | none |
    ///
    /// ```
    /// use anysspi::kerberos::{NameType, Principal};
    ///
    /// let service = Principal::service("HTTP@web.example.com")?;
    /// assert_eq!(service, Principal::service("HTTP/web.example.com")?);
    /// assert_eq!(service.name_type(), NameType::SERVICE_HOST);
    /// assert!(Principal::service("HTTP/").is_err());
    /// # Ok::<(), anysspi::Error>(())
    /// ```
    pub fn service(target: &str) -> Result<Self> {
        let mut principal: Self = target.parse()?;
        match principal.parts.as_slice() {
            // A service at a host (RFC 2743 4.1): a realm by itself names no service.
            [_] if !principal.realm.is_empty() => {
                let host = std::mem::take(&mut principal.realm);
                principal.parts.push(host);
                principal.name_type = NameType::SERVICE_HOST;
            }
            [_] => {}
            _ => principal.name_type = NameType::SERVICE_INSTANCE,
        }
        if principal.parts.iter().any(String::is_empty) {
            return Err(malformed(target, "a part of it is empty"));
        }
        Ok(principal)
    }

    /// The same with this realm, if it has none.
    #[must_use]
    pub fn or_in_realm(mut self, realm: &str) -> Self {
        if self.realm.is_empty() {
            realm.clone_into(&mut self.realm);
        }
        self
    }

    /// What kind of name it says it is.
    pub fn name_type(&self) -> NameType {
        self.name_type
    }

    /// The parts of the name.
    pub fn parts(&self) -> &[String] {
        &self.parts
    }

    /// The realm; empty where none is named.
    pub fn realm(&self) -> &str {
        &self.realm
    }

    /// The salt of its passwords where the KDC names no other: the realm and all parts, one after
    /// the other (RFC 4120 4).
    ///
    /// ```
    /// use anysspi::kerberos::Principal;
    ///
    /// let principal: Principal = "host/web@EXAMPLE.COM".parse()?;
    /// assert_eq!(principal.default_salt(), "EXAMPLE.COMhostweb");
    /// # Ok::<(), anysspi::Error>(())
    /// ```
    pub fn default_salt(&self) -> String {
        [self.realm.as_str()].into_iter().chain(self.parts.iter().map(String::as_str)).collect()
    }
}

impl FromStr for Principal {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut parts = vec![String::new()];
        let mut realm = None;
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            let meant = match (character, &realm) {
                ('/' | '@', Some(_)) => return Err(malformed(text, "its realm holds a separator")),
                ('/', None) => {
                    parts.push(String::new());
                    continue;
                }
                ('@', None) => {
                    realm = Some(String::new());
                    continue;
                }
                ('\\', _) => match characters.next() {
                    Some('n') => '\n',
                    Some('t') => '\t',
                    Some('b') => '\u{8}',
                    Some('0') => '\0',
                    Some(other) => other,
                    None => return Err(malformed(text, "it ends with a backslash")),
                },
                (other, _) => other,
            };
            if let Some(place) = realm.as_mut().or(parts.last_mut()) {
                place.push(meant);
            }
        }
        let name_type = inferred(&parts);
        Ok(Self { name_type, parts, realm: realm.unwrap_or_default() })
    }
}

/// What kind of name its parts make of it (RFC 4120 7.3, RFC 6111 3).
fn inferred(parts: &[String]) -> NameType {
    match parts {
        [first, _] if first == "krbtgt" => NameType::SERVICE_INSTANCE,
        [first, _, ..] if first == "WELLKNOWN" => NameType::WELL_KNOWN,
        _ => NameType::PRINCIPAL,
    }
}

fn malformed(text: &str, problem: &str) -> Error {
    // As a caller wrote it, with nothing in it that could make a second line.
    let shown: String = text.chars().take(200).flat_map(char::escape_debug).collect();
    Error::new(Status::INVALID_PARAMETER, format!("no Kerberos name: \"{shown}\": {problem}"))
}

impl fmt::Display for Principal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, part) in self.parts.iter().enumerate() {
            if at > 0 {
                formatter.write_str("/")?;
            }
            escape(part, formatter)?;
        }
        if self.realm.is_empty() {
            return Ok(());
        }
        formatter.write_str("@")?;
        escape(&self.realm, formatter)
    }
}

fn escape(text: &str, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    use fmt::Write;
    for character in text.chars() {
        let escaped = match character {
            '/' | '@' | '\\' => character,
            '\n' => 'n',
            '\t' => 't',
            '\u{8}' => 'b',
            '\0' => '0',
            other => {
                formatter.write_char(other)?;
                continue;
            }
        };
        formatter.write_char('\\')?;
        formatter.write_char(escaped)?;
    }
    Ok(())
}

impl PartialEq for Principal {
    fn eq(&self, other: &Self) -> bool {
        self.parts == other.parts && self.realm == other.realm
    }
}

impl Eq for Principal {}

impl Hash for Principal {
    fn hash<State: Hasher>(&self, state: &mut State) {
        (&self.parts, &self.realm).hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{ProptestConfig, any, proptest};

    fn parsed(text: &str) -> (Vec<String>, String) {
        let principal: Principal = text.parse().unwrap();
        (principal.parts, principal.realm)
    }

    #[test]
    fn names_come_apart_as_with_mit() {
        for (text, parts, realm) in [
            ("alice@EXAMPLE.COM", &["alice"][..], "EXAMPLE.COM"),
            ("alice", &["alice"], ""),
            ("alice@", &["alice"], ""),
            ("", &[""], ""),
            ("/", &["", ""], ""),
            ("alice/admin@A", &["alice", "admin"], "A"),
            (r"a\nb\tc\bd\0e\\f\/g\@h\i@R\@S", &["a\nb\tc\u{8}d\0e\\f/g@hi"], "R@S"),
        ] {
            let expected = parts.iter().map(|part| (*part).to_owned()).collect();
            assert_eq!(parsed(text), (expected, realm.to_owned()), "{text}");
        }
        for text in ["a@b@c", "a@b/c", "a\\", "a@b\\"] {
            let error = text.parse::<Principal>().unwrap_err();
            assert_eq!(error.status(), Status::INVALID_PARAMETER, "{text}");
        }
    }

    #[test]
    fn kinds_of_names_are_inferred_as_with_mit() {
        let name_type = |text: &str| text.parse::<Principal>().unwrap().name_type();
        assert_eq!(name_type("krbtgt/A@A"), NameType::SERVICE_INSTANCE);
        assert_eq!(name_type("krbtgt@A"), NameType::PRINCIPAL);
        assert_eq!(name_type("WELLKNOWN/ANONYMOUS@A"), NameType::WELL_KNOWN);
        assert_eq!(name_type("host/a@A"), NameType::PRINCIPAL);
        assert_eq!(Principal::service("host/a").unwrap().name_type(), NameType::SERVICE_INSTANCE);
    }

    #[test]
    fn targets_of_every_form_are_services() {
        for (target, parts, realm) in [
            ("HTTP/web", &["HTTP", "web"][..], ""),
            ("HTTP/web:8080", &["HTTP", "web:8080"], ""),
            ("ldap/dc/domain", &["ldap", "dc", "domain"], ""),
            ("HTTP@web", &["HTTP", "web"], ""),
            ("host/h@REALM", &["host", "h"], "REALM"),
            ("alice", &["alice"], ""),
        ] {
            let service = Principal::service(target).unwrap();
            assert_eq!(service.parts(), parts, "{target}");
            assert_eq!(service.realm(), realm, "{target}");
        }
        for target in ["", "/", "HTTP/", "/web", "@web", "HTTP//x", "a@b@c"] {
            assert!(Principal::service(target).is_err(), "{target}");
        }
        let named = Principal::service("HTTP/web").unwrap().or_in_realm("A").or_in_realm("B");
        assert_eq!(named.realm(), "A");
    }

    #[test]
    fn an_error_holds_no_line_of_its_own() {
        let error = "a@b@c\nd".parse::<Principal>().unwrap_err();
        assert!(error.context().contains(r"\n") && !error.context().contains('\n'));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

        #[test]
        fn what_is_shown_reads_the_same(parts in any::<Vec<String>>(), realm in any::<String>()) {
            let parts = if parts.is_empty() { vec![String::new()] } else { parts };
            let principal = Principal::new(NameType::PRINCIPAL, parts, &realm);
            let shown = principal.to_string();
            proptest::prop_assert_eq!(shown.parse::<Principal>().unwrap(), principal);
        }
    }
}
