//! Accounts in a file: `DOMAIN:user:password` lines, as NTLM_USER_FILE of other libraries has them,
//! or the lines of smbpasswd.

use super::{Account, AccountQuery, AccountState, AccountStore, MemoryAccounts};
use crate::credentials::UserName;
use crate::error::{Error, Result};
use crate::status::Status;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;
use zeroize::Zeroizing;

/// The largest file that is read: about a million accounts.
const LARGEST_FILE: u64 = 64 * 1024 * 1024;

/// Accounts in a file, read again when the file changes.
///
/// Empty lines and lines that start with `#` are skipped. A line is one of:
///
/// - `DOMAIN:user:password` — the domain may be empty, and the password may hold colons;
/// - `user:uid:LM hash:NT hash:[flags]:LCT-time:` — smbpasswd; `D` among the flags is a disabled
///   account, `L` a locked one, and accounts that are not users are left out.
///
/// ```
/// use anysspi::accounts::{AccountQuery, AccountStore, FileAccounts};
///
/// let path = std::env::temp_dir().join(format!("anysspi-doc-{}", std::process::id()));
/// std::fs::write(&path, "# accounts\nCORP:alice:secret\n")?;
/// let accounts = FileAccounts::open(&path)?;
/// assert!(accounts.look_up(&AccountQuery::new("alice", "CORP", "NTLM"))?.is_some());
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct FileAccounts {
    path: PathBuf,
    read: Mutex<Read>,
}

/// What was read, and the marks of the file by which a change is seen.
struct Read {
    marks: Marks,
    accounts: Arc<MemoryAccounts>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Marks {
    modified: Option<SystemTime>,
    length: u64,
    #[cfg(unix)]
    inode: u64,
    #[cfg(unix)]
    changed: (i64, i64),
}

impl Marks {
    fn of(metadata: &fs::Metadata) -> Self {
        #[cfg(unix)]
        use std::os::unix::fs::MetadataExt;
        Self {
            modified: metadata.modified().ok(),
            length: metadata.len(),
            #[cfg(unix)]
            inode: metadata.ino(),
            #[cfg(unix)]
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

impl FileAccounts {
    /// Reads the file. A file that cannot be read, or a line that cannot be understood, is an error
    /// that names the file and the line.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref().to_owned();
        let read = Mutex::new(read(&path)?);
        Ok(Self { path, read })
    }

    fn current(&self) -> Result<Arc<MemoryAccounts>> {
        let mut held = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let metadata = fs::metadata(&self.path).map_err(|cause| unreadable(&self.path, cause))?;
        if Marks::of(&metadata) != held.marks {
            *held = read(&self.path)?;
        }
        Ok(Arc::clone(&held.accounts))
    }
}

impl AccountStore for FileAccounts {
    fn look_up(&self, query: &AccountQuery<'_>) -> Result<Option<Account>> {
        self.current()?.look_up(query)
    }
}

impl fmt::Debug for FileAccounts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("FileAccounts").field("path", &self.path).finish_non_exhaustive()
    }
}

fn unreadable(path: &Path, cause: std::io::Error) -> Error {
    Error::new(
        Status::NO_CREDENTIALS,
        format!("the account file {} cannot be read: {cause}", path.display()),
    )
    .with_source(cause)
}

fn read(path: &Path) -> Result<Read> {
    // The marks are taken before the content: a change in between is then seen at the next look-up.
    let metadata = fs::metadata(path).map_err(|cause| unreadable(path, cause))?;
    if metadata.len() > LARGEST_FILE {
        return Err(Error::new(
            Status::INVALID_PARAMETER,
            format!("the account file {} is larger than 64 MiB", path.display()),
        ));
    }
    let text = Zeroizing::new(fs::read_to_string(path).map_err(|cause| unreadable(path, cause))?);
    let accounts = MemoryAccounts::default();
    // Some editors begin a file with a byte order mark.
    let lines = text.strip_prefix('\u{FEFF}').unwrap_or(&text).lines();
    for (number, line) in (1_u64..).zip(lines) {
        let line = line.trim_end_matches('\r');
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let parsed = account(line).map_err(|problem| {
            Error::new(
                Status::INVALID_PARAMETER,
                format!("the account file {}, line {number}: {problem}", path.display()),
            )
        })?;
        if let Some(account) = parsed {
            accounts.insert(account);
        }
    }
    Ok(Read { marks: Marks::of(&metadata), accounts: Arc::new(accounts) })
}

/// The account of a line; none for an smbpasswd line of something that is not a user.
fn account(line: &str) -> Result<Option<Account>, &'static str> {
    if let Some(account) = smbpasswd_account(line) {
        return account;
    }
    let mut parts = line.splitn(3, ':');
    let (Some(domain), Some(user), Some(password)) = (parts.next(), parts.next(), parts.next())
    else {
        return Err("neither DOMAIN:user:password nor an smbpasswd line");
    };
    if user.is_empty() {
        return Err("the user name is empty");
    }
    let name = UserName::new(user, (!domain.is_empty()).then_some(domain));
    Ok(Some(Account::with_password("", password).named(name)))
}

/// An smbpasswd line is told by its shape: a number second, and fifth flags in brackets.
fn smbpasswd_account(line: &str) -> Option<Result<Option<Account>, &'static str>> {
    let mut parts = line.split(':');
    let (user, uid) = (parts.next()?, parts.next()?);
    let (lm_hash, nt_hash, flags) = (parts.next()?, parts.next()?, parts.next()?);
    let flags = flags.strip_prefix('[')?.strip_suffix(']')?;
    if uid.is_empty() || !uid.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if lm_hash.len() != 32 || nt_hash.len() != 32 {
        return Some(Err("an smbpasswd line whose hashes have not 32 characters"));
    }
    if user.is_empty() {
        return Some(Err("the user name is empty"));
    }
    if !flags.contains('U') {
        return Some(Ok(None));
    }
    // An account without a password lets anyone in: it is left out, like one with no NT hash.
    let is_hex = nt_hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    let hash = match u128::from_str_radix(nt_hash, 16) {
        Ok(hash) if is_hex && !flags.contains('N') => hash.to_be_bytes(),
        _ => return Some(Ok(None)),
    };
    let state = if flags.contains('D') {
        AccountState::Disabled
    } else if flags.contains('L') {
        AccountState::Locked
    } else {
        AccountState::Active
    };
    let account = Account::with_nt_hash("", hash).named(UserName::new(user, None));
    Some(Ok(Some(account.in_state(state))))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Temporary(PathBuf);

    impl Temporary {
        fn new(name: &str, text: &str) -> Self {
            let path = std::env::temp_dir().join(format!("anysspi-{name}-{}", std::process::id()));
            fs::write(&path, text).unwrap();
            Self(path)
        }
    }

    impl Drop for Temporary {
        fn drop(&mut self) {
            let _ = fs::remove_file(&self.0);
        }
    }

    fn found(store: &FileAccounts, user: &str, domain: &str) -> Option<Account> {
        store.look_up(&AccountQuery::new(user, domain, "NTLM")).unwrap()
    }

    const SMBPASSWD: &str = "\
carol:1000:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:A4F49C406510BDCAB6824EE7C30FD852:[U          ]:LCT-5F:
dave:1001:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:A4F49C406510BDCAB6824EE7C30FD852:[UD         ]:LCT-5F:
box$:1002:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:A4F49C406510BDCAB6824EE7C30FD852:[W          ]:LCT-5F:
open:1003:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:NO PASSWORDXXXXXXXXXXXXXXXXXXXXX:[NU         ]:LCT-5F:
";

    #[test]
    fn both_formats_are_read() {
        let file = Temporary::new("formats", &format!("#x\n\nCORP:al:a:b\r\n:bob:pw\n{SMBPASSWD}"));
        let store = FileAccounts::open(&file.0).unwrap();
        let alice = found(&store, "AL", "corp").unwrap();
        assert_eq!(alice.password().and_then(crate::Secret::expose_text), Some("a:b"));
        assert!(found(&store, "bob", "anything").is_some());
        let carol = found(&store, "carol", "").unwrap();
        assert_eq!(carol.nt_hash(), Account::with_password("", "Password").nt_hash());
        assert_eq!(found(&store, "dave", "").unwrap().state(), AccountState::Disabled);
        assert!(found(&store, "box$", "").is_none());
        assert!(found(&store, "open", "").is_none());
    }

    #[test]
    fn hashes_of_a_wrong_form_make_no_account() {
        let hash = "A4F49C406510BDCAB6824EE7C30FD852";
        let line = |lm: &str, nt: &str| format!("carol:1000:{lm}:{nt}:[U          ]:LCT-5F:\n");
        let short = Temporary::new("short", &line(&hash[1..], hash));
        assert!(FileAccounts::open(&short.0).unwrap_err().context().contains("line 1"));
        let signed = Temporary::new("signed", &line(hash, &format!("+{}", &hash[1..])));
        assert!(found(&FileAccounts::open(&signed.0).unwrap(), "carol", "").is_none());
        let marked = Temporary::new("marked", "\u{FEFF}CORP:alice:secret\n");
        assert!(found(&FileAccounts::open(&marked.0).unwrap(), "alice", "CORP").is_some());
    }

    #[test]
    fn a_changed_file_is_read_again() {
        let file = Temporary::new("changed", "CORP:alice:one\n");
        let store = FileAccounts::open(&file.0).unwrap();
        let before = found(&store, "alice", "CORP").unwrap();
        fs::write(&file.0, "CORP:alice:three\n").unwrap();
        assert_ne!(found(&store, "alice", "CORP").unwrap().nt_hash(), before.nt_hash());
        fs::remove_file(&file.0).unwrap();
        let error = store.look_up(&AccountQuery::new("alice", "CORP", "NTLM")).unwrap_err();
        assert!(error.context().contains("anysspi-changed"), "{error}");
    }

    #[test]
    fn damage_names_the_file_and_the_line() {
        let file = Temporary::new("damage", "CORP:alice:one\nnonsense\n");
        let error = FileAccounts::open(&file.0).unwrap_err();
        assert_eq!(error.status(), Status::INVALID_PARAMETER);
        assert!(error.context().contains("line 2"), "{error}");
        assert!(FileAccounts::open("/nonexistent/accounts").is_err());
    }
}
