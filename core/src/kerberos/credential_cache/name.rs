//! The names of credential caches, as KRB5CCNAME and krb5.conf have them.

use crate::error::{Error, Result};
use crate::status::Status;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Where a credential cache is.
///
/// ```
/// use anysspi::kerberos::CacheName;
///
/// let name: CacheName = "/tmp/krb5cc_1000".parse()?;
/// assert_eq!(name.to_string(), "FILE:/tmp/krb5cc_1000");
/// assert!(matches!("DIR:/run/user/1000/krb5cc".parse()?, CacheName::Directory(_)));
/// assert!("KCM:".parse::<CacheName>().is_err());
/// # Ok::<(), anysspi::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CacheName {
    /// `FILE:/path`, or a path by itself.
    File(PathBuf),
    /// `DIR:/path`: the primary cache of a directory.
    Directory(PathBuf),
    /// `DIR::/path/tktX`: a cache of a directory.
    InDirectory(PathBuf),
    /// `MEMORY:name`.
    Memory(String),
}

/// What the file name of a cache in a directory begins with.
pub(super) fn is_cache_of_directory(file_name: &str) -> bool {
    file_name.starts_with("tkt")
}

impl FromStr for CacheName {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let (kind, rest) = match name.split_once(':') {
            // The letter of a drive of Windows.
            Some((kind, _)) if kind.chars().count() == 1 => ("FILE", name),
            Some(parts) => parts,
            None => ("FILE", name),
        };
        let refused = |problem: &str| {
            let context = format!("no name of a credential cache: \"{name}\": {problem}");
            Error::new(Status::INVALID_PARAMETER, context)
        };
        if !["FILE", "DIR", "MEMORY"].contains(&kind) {
            return Err(Error::new(
                Status::UNSUPPORTED_FUNCTION,
                format!("credential caches of the kind of \"{name}\" are not supported"),
            ));
        }
        if rest.is_empty() || rest.contains('\0') {
            return Err(refused("it says no place"));
        }
        match kind {
            "MEMORY" => Ok(Self::Memory(rest.to_owned())),
            "DIR" => match rest.strip_prefix(':') {
                None => Ok(Self::Directory(rest.into())),
                Some(rest) => {
                    let path = Path::new(rest);
                    let file_name = path.file_name().and_then(|name| name.to_str());
                    let has_parent = path.parent().is_some_and(|parent| parent != "");
                    if !has_parent || !file_name.is_some_and(is_cache_of_directory) {
                        return Err(refused("it is no path of a file that begins with tkt"));
                    }
                    Ok(Self::InDirectory(path.to_owned()))
                }
            },
            _ => Ok(Self::File(rest.into())),
        }
    }
}

impl fmt::Display for CacheName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(formatter, "FILE:{}", path.display()),
            Self::Directory(path) => write!(formatter, "DIR:{}", path.display()),
            Self::InDirectory(path) => write!(formatter, "DIR::{}", path.display()),
            Self::Memory(name) => write!(formatter, "MEMORY:{name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_libkrb5_reads_them() {
        for (text, name) in [
            ("FILE:/a:b", CacheName::File("/a:b".into())),
            ("relative", CacheName::File("relative".into())),
            (r"C:\cache", CacheName::File(r"C:\cache".into())),
            ("DIR:/a", CacheName::Directory("/a".into())),
            ("DIR::/a/tktX", CacheName::InDirectory("/a/tktX".into())),
            ("MEMORY:a:b", CacheName::Memory("a:b".into())),
        ] {
            assert_eq!(text.parse::<CacheName>().unwrap(), name, "{text}");
            assert_eq!(name.to_string().parse::<CacheName>().unwrap(), name, "{text}");
        }
        for text in ["", "FILE:", "DIR:", "DIR::", "DIR::tkt", "DIR::/a/x", "MEMORY:", "FILE:a\0"] {
            let error = text.parse::<CacheName>().unwrap_err();
            assert_eq!(error.status(), Status::INVALID_PARAMETER, "{text}");
        }
        for text in ["KEYRING:persistent:0", "KCM:", "API:x", "file:/x"] {
            assert!(text.parse::<CacheName>().is_err(), "{text}");
        }
    }
}
