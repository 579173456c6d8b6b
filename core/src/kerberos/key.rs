//! A key of Kerberos: its encryption type and its bytes, or how they follow from a password.

use super::{EncryptionType, Principal};
use crate::credentials::Secret;
use crate::crypto::{aes_sha1, aes_sha2, md4};
use crate::error::{Error, Result};
use crate::status::Status;

/// What PBKDF2 is asked for where nothing else is said (RFC 3962 4, RFC 8009 4).
const ITERATIONS_SHA1: u32 = 4096;
const ITERATIONS_SHA2: u32 = 32_768;

/// The most iterations that are done: they take one to four seconds. The number may come from a KDC,
/// or from somebody who says to be one.
const MOST_ITERATIONS: u32 = 1 << 20;

/// A key.
///
/// ```
/// use anysspi::Secret;
/// use anysspi::kerberos::{EncryptionType, Key, Principal};
///
/// let alice: Principal = "alice@EXAMPLE.COM".parse()?;
/// let key = Key::from_password(EncryptionType::AES256_SHA1, &Secret::from("secret"), &alice)?;
/// assert_eq!(key.bytes().len(), 32);
/// assert_eq!(
///     format!("{key:?}"),
///     "Key { encryption_type: EncryptionType(18), bytes: Secret(…) }"
/// );
/// # Ok::<(), anysspi::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    encryption_type: EncryptionType,
    bytes: Secret,
}

impl Key {
    /// A key from its bytes. Of a type that is known here it must have the right length.
    pub fn new(encryption_type: EncryptionType, bytes: impl Into<Secret>) -> Result<Self> {
        let bytes = bytes.into();
        match encryption_type.key_length() {
            Some(length) if length != bytes.len() => Err(Error::new(
                Status::INVALID_PARAMETER,
                format!("a key of {encryption_type} has {length} bytes, and not {}", bytes.len()),
            )),
            _ => Ok(Self { encryption_type, bytes }),
        }
    }

    /// The key of a principal's password, with the default salt and the default number of
    /// iterations: what a KDC has where nobody was renamed.
    pub fn from_password(
        encryption_type: EncryptionType,
        password: &Secret,
        principal: &Principal,
    ) -> Result<Self> {
        let salt = principal.default_salt();
        Self::from_salted_password(encryption_type, password, salt.as_bytes(), None)
    }

    /// The key of a password with a salt and parameters (`s2kparams`), as a KDC names them: of the
    /// types with AES, four bytes with the number of iterations, at most 2²⁰.
    ///
    /// The key of rc4-hmac is the NT hash of the password; it has no salt and no parameters.
    ///
    /// ```
    /// use anysspi::Secret;
    /// use anysspi::kerberos::{EncryptionType, Key};
    ///
    /// let password = Secret::from("secret");
    /// let made = |parameters: &[u8]| {
    ///     let encryption_type = EncryptionType::AES128_SHA2;
    ///     Key::from_salted_password(encryption_type, &password, b"EXAMPLE.COMalice", Some(parameters))
    /// };
    /// assert!(made(&[0, 0, 0x80, 0]).is_ok());
    /// assert!(made(&[0xFF; 4]).is_err());
    /// ```
    pub fn from_salted_password(
        encryption_type: EncryptionType,
        password: &Secret,
        salt: &[u8],
        parameters: Option<&[u8]>,
    ) -> Result<Self> {
        let text = password.expose();
        let iterations = |default| iterations(parameters, default);
        let bytes = match encryption_type {
            EncryptionType::AES128_SHA1 => {
                Secret::new(&*aes_sha1::string_to_key_128(text, salt, iterations(ITERATIONS_SHA1)?))
            }
            EncryptionType::AES256_SHA1 => {
                Secret::new(&*aes_sha1::string_to_key_256(text, salt, iterations(ITERATIONS_SHA1)?))
            }
            EncryptionType::AES128_SHA2 => {
                Secret::new(&*aes_sha2::string_to_key_128(text, salt, iterations(ITERATIONS_SHA2)?))
            }
            EncryptionType::AES256_SHA2 => {
                Secret::new(&*aes_sha2::string_to_key_256(text, salt, iterations(ITERATIONS_SHA2)?))
            }
            EncryptionType::RC4 => {
                if parameters.is_some_and(|parameters| !parameters.is_empty()) {
                    return Err(parameters_refused("rc4-hmac has none"));
                }
                let text = password.expose_text().ok_or_else(|| {
                    Error::new(Status::INVALID_PARAMETER, "a password of rc4-hmac must be UTF-8")
                })?;
                Secret::new(&*md4::nt_hash(text))
            }
            other => {
                return Err(Error::new(
                    Status::UNSUPPORTED_FUNCTION,
                    format!("no key of {other} can be made from a password here"),
                ));
            }
        };
        Ok(Self { encryption_type, bytes })
    }

    /// The encryption type.
    pub fn encryption_type(&self) -> EncryptionType {
        self.encryption_type
    }

    /// The bytes of the key.
    pub fn bytes(&self) -> &Secret {
        &self.bytes
    }
}

/// The number of iterations that the parameters name (RFC 3962 4). Zero stands for 2³².
fn iterations(parameters: Option<&[u8]>, default: u32) -> Result<u32> {
    let Some(parameters) = parameters else { return Ok(default) };
    let Ok(number) = parameters.try_into().map(u32::from_be_bytes) else {
        return Err(parameters_refused("they have not four bytes"));
    };
    if number == 0 || number > MOST_ITERATIONS {
        return Err(parameters_refused("more iterations than 2^20"));
    }
    Ok(number)
}

fn parameters_refused(problem: &str) -> Error {
    Error::new(
        Status::INVALID_PARAMETER,
        format!("the parameters of a key from a password are refused: {problem}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kerberos::vectors::{self, hex};

    #[test]
    fn published_keys_are_reproduced() {
        let published = vectors::read("string_to_key.json");
        assert!(published.len() >= 16);
        for vector in published {
            let text = |name: &str| vector[name].as_str().unwrap();
            let encryption_type = EncryptionType::from_name(text("encryption_type")).unwrap();
            let key = Key::from_salted_password(
                encryption_type,
                &Secret::from(text("password")),
                &hex(&vector["salt"]),
                Some(&hex(&vector["parameters"])),
            );
            assert_eq!(key.unwrap().bytes().expose(), hex(&vector["key"]), "{vector}");
        }
    }

    #[test]
    fn the_key_of_rc4_is_the_nt_hash() {
        // [MS-NLMP] 4.2.2.1.2
        let password = Secret::from("Password");
        let key = Key::from_salted_password(EncryptionType::RC4, &password, b"ignored", None);
        let bytes = 0xA4F4_9C40_6510_BDCA_B682_4EE7_C30F_D852_u128.to_be_bytes();
        assert_eq!(key.unwrap(), Key::new(EncryptionType::RC4, &bytes[..]).unwrap());
    }

    #[test]
    fn defaults_are_those_of_the_specifications() {
        let alice: Principal = "alice@EXAMPLE.COM".parse().unwrap();
        let password = Secret::from("secret");
        for (encryption_type, iterations) in [
            (EncryptionType::AES128_SHA1, [0, 0, 0x10, 0]),
            (EncryptionType::AES256_SHA1, [0, 0, 0x10, 0]),
            (EncryptionType::AES128_SHA2, [0, 0, 0x80, 0]),
            (EncryptionType::AES256_SHA2, [0, 0, 0x80, 0]),
        ] {
            let made = |parameters| {
                let salt = b"EXAMPLE.COMalice";
                Key::from_salted_password(encryption_type, &password, salt, parameters).unwrap()
            };
            let default = Key::from_password(encryption_type, &password, &alice).unwrap();
            assert_eq!(default, made(None));
            assert_eq!(default, made(Some(&iterations[..])));
        }
    }

    #[test]
    fn what_would_take_for_ever_or_makes_no_sense_is_refused() {
        let password = Secret::from("secret");
        let made = |encryption_type, parameters: &[u8]| {
            Key::from_salted_password(encryption_type, &password, b"salt", Some(parameters))
        };
        for encryption_type in [EncryptionType::AES128_SHA1, EncryptionType::AES256_SHA2] {
            for parameters in [&[][..], &[1], &[0; 5], &[0; 4], &[0xFF; 4], &[0, 0x10, 0, 1]] {
                let error = made(encryption_type, parameters).unwrap_err();
                assert_eq!(error.status(), Status::INVALID_PARAMETER, "{parameters:?}");
            }
        }
        assert!(made(EncryptionType::RC4, &[0, 0, 0x10, 0]).is_err());
        assert!(made(EncryptionType::RC4, &[]).is_ok());
        let unknown = made(EncryptionType(3), &[]).unwrap_err();
        assert_eq!(unknown.status(), Status::UNSUPPORTED_FUNCTION);
        let bytes = Secret::new(&[0xFF]);
        let no_text = Key::from_salted_password(EncryptionType::RC4, &bytes, b"", None);
        assert!(no_text.is_err());
    }

    #[test]
    fn known_types_have_keys_of_their_length() {
        assert!(Key::new(EncryptionType::AES256_SHA1, &[0; 16][..]).is_err());
        assert!(Key::new(EncryptionType(16), &[0; 24][..]).is_ok());
        let shown = format!("{:?}", Key::new(EncryptionType(1), &b"12345678"[..]).unwrap());
        assert!(!shown.contains("49") && !shown.contains("1234"), "{shown}");
    }
}
