//! The encryption types of Kerberos: a number, a name, the length of a key.

use std::fmt;

/// An encryption type by its number (RFC 3961 8), known here or not.
///
/// ```
/// use anysspi::kerberos::EncryptionType;
///
/// let encryption_type = EncryptionType::from_name("aes256-cts").unwrap();
/// assert_eq!(encryption_type, EncryptionType::AES256_SHA1);
/// assert_eq!(encryption_type.to_string(), "aes256-cts-hmac-sha1-96");
/// assert_eq!(encryption_type.key_length(), Some(32));
/// assert_eq!(EncryptionType(-128).to_string(), "encryption type -128");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EncryptionType(pub i32);

/// What is known about a type: its number, its name, other names for it, and the length of its keys.
struct Row(EncryptionType, &'static str, &'static [&'static str], usize);

const ROWS: [Row; 5] = [
    Row(EncryptionType::AES256_SHA1, "aes256-cts-hmac-sha1-96", &["aes256-cts", "aes256-sha1"], 32),
    Row(EncryptionType::AES128_SHA1, "aes128-cts-hmac-sha1-96", &["aes128-cts", "aes128-sha1"], 16),
    Row(EncryptionType::AES256_SHA2, "aes256-cts-hmac-sha384-192", &["aes256-sha2"], 32),
    Row(EncryptionType::AES128_SHA2, "aes128-cts-hmac-sha256-128", &["aes128-sha2"], 16),
    Row(EncryptionType::RC4, "rc4-hmac", &["arcfour-hmac", "arcfour-hmac-md5"], 16),
];

impl EncryptionType {
    /// aes128-cts-hmac-sha1-96 (RFC 3962).
    pub const AES128_SHA1: Self = Self(17);
    /// aes256-cts-hmac-sha1-96 (RFC 3962).
    pub const AES256_SHA1: Self = Self(18);
    /// aes128-cts-hmac-sha256-128 (RFC 8009).
    pub const AES128_SHA2: Self = Self(19);
    /// aes256-cts-hmac-sha384-192 (RFC 8009).
    pub const AES256_SHA2: Self = Self(20);
    /// rc4-hmac (RFC 4757), whose key is the NT hash of the password. It is broken, and nothing
    /// here takes it unless it is named.
    pub const RC4: Self = Self(23);

    fn row(self) -> Option<&'static Row> {
        ROWS.iter().find(|row| row.0 == self)
    }

    /// The registered name, where the type is known here.
    pub fn name(self) -> Option<&'static str> {
        self.row().map(|row| row.1)
    }

    /// The type of this name, in any case, or of one of the shorter names that MIT Kerberos takes.
    pub fn from_name(name: &str) -> Option<Self> {
        let is_same = |known: &&str| known.eq_ignore_ascii_case(name);
        ROWS.iter().find(|row| is_same(&row.1) || row.2.iter().any(is_same)).map(|row| row.0)
    }

    /// How many bytes a key has, where the type is known here.
    pub fn key_length(self) -> Option<usize> {
        self.row().map(|row| row.3)
    }
}

impl fmt::Display for EncryptionType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => formatter.write_str(name),
            None => write!(formatter, "encryption type {}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_to_its_number() {
        for Row(number, name, others, _) in &ROWS {
            assert_eq!(EncryptionType::from_name(&name.to_uppercase()), Some(*number));
            assert_eq!(number.name(), Some(*name));
            for other in *others {
                assert_eq!(EncryptionType::from_name(other), Some(*number));
            }
        }
        assert_eq!(EncryptionType::from_name("des-cbc-md5"), None);
        assert_eq!(EncryptionType(3).key_length(), None);
    }
}
