//! An account file: every line is an account, or an error that names the line and nothing in it, or
//! one of the few kinds that are left out by design.

use anysspi::accounts::{Account, AccountQuery, AccountState, AccountStore, FileAccounts};
use anysspi::{Error, Status};
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many of the accounts are looked up.
const LOOKED_UP: usize = 16;

pub(crate) fn run(input: &[u8]) {
    let file = Temporary::new(input);
    let opened = FileAccounts::open(&file.0);
    let Ok(text) = std::str::from_utf8(input) else {
        assert_eq!(status(opened), Status::NO_CREDENTIALS);
        return;
    };
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let lines: Vec<Line<'_>> = text.lines().map(Line::read).collect();
    let damaged =
        lines.iter().position(|line| matches!(line, Line::Damaged)).map(|index| index + 1);
    let store = match (opened, damaged) {
        (Ok(store), None) => store,
        (Err(error), Some(number)) => {
            check_error(&error, number, text, &file);
            return;
        }
        (Ok(_), Some(number)) => panic!("line {number} was taken"),
        (Err(error), None) => panic!("refused without a reason: {error}"),
    };
    assert!(!format!("{store:?}").contains(text.trim()) || text.trim().len() < 8);

    let accounts: Vec<&Named<'_>> = lines.iter().filter_map(Line::account).collect();
    for (index, account) in accounts.iter().enumerate().take(LOOKED_UP) {
        // Of two lines for one account the last one counts.
        let is_replaced = accounts[index + 1..].iter().any(|other| other.is_same(account));
        let is_ambiguous = accounts.iter().any(|other| account.is_in_the_shadow_of(other));
        if !is_replaced && !is_ambiguous {
            account.check(&store);
        }
    }
}

fn status(opened: anysspi::Result<FileAccounts>) -> Status {
    opened.expect_err("a file that cannot be read").status()
}

/// The error says which file and which line. The line may hold a password and is not repeated.
fn check_error(error: &Error, number: usize, text: &str, file: &Temporary) {
    assert_eq!(error.status(), Status::INVALID_PARAMETER);
    let path = file.0.display().to_string();
    let context = error.context();
    assert!(context.contains(&path), "{context}");
    assert!(context.contains(&format!("line {number}:")), "{context}");
    let line = text.lines().nth(number - 1).unwrap_or_default();
    // What is shorter may stand in any sentence.
    assert!(line.len() < 24 || !context.contains(line), "{context}");
}

/// A line, read as plainly as can be.
enum Line<'a> {
    Skipped,
    Damaged,
    Account(Named<'a>),
}

struct Named<'a> {
    domain: &'a str,
    user: &'a str,
    key: Key<'a>,
}

enum Key<'a> {
    Password(&'a str),
    Hash([u8; 16], AccountState),
}

impl<'a> Line<'a> {
    fn read(line: &'a str) -> Self {
        let line = line.trim_end_matches('\r');
        if line.trim().is_empty() || line.starts_with('#') {
            return Self::Skipped;
        }
        let parts: Vec<&str> = line.split(':').collect();
        if let [user, uid, lm_hash, nt_hash, flags, ..] = *parts
            && !uid.is_empty()
            && uid.chars().all(|digit| digit.is_ascii_digit())
            && flags.len() >= 2
            && flags.starts_with('[')
            && flags.ends_with(']')
        {
            if lm_hash.len() != 32 || nt_hash.len() != 32 {
                return Self::Damaged;
            }
            return Self::smbpasswd(user, nt_hash, flags);
        }
        let mut parts = line.splitn(3, ':');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(domain), Some(user), Some(password)) if !user.is_empty() => {
                Self::Account(Named { domain, user, key: Key::Password(password) })
            }
            _ => Self::Damaged,
        }
    }

    fn smbpasswd(user: &'a str, nt_hash: &str, flags: &str) -> Self {
        if user.is_empty() {
            return Self::Damaged;
        }
        let digits: Option<Vec<u8>> =
            nt_hash.chars().map(|digit| digit.to_digit(16).map(|digit| digit as u8)).collect();
        let Some(digits) = digits.filter(|_| flags.contains('U') && !flags.contains('N')) else {
            return Self::Skipped;
        };
        let (pairs, _) = digits.as_chunks::<2>();
        let bytes: Vec<u8> = pairs.iter().map(|[high, low]| high << 4 | low).collect();
        let state = match (flags.contains('D'), flags.contains('L')) {
            (true, _) => AccountState::Disabled,
            (false, true) => AccountState::Locked,
            (false, false) => AccountState::Active,
        };
        Self::Account(Named {
            domain: "",
            user,
            key: Key::Hash(bytes.try_into().expect("16 bytes"), state),
        })
    }

    fn account(&self) -> Option<&Named<'a>> {
        match self {
            Self::Account(account) => Some(account),
            _ => None,
        }
    }
}

impl Named<'_> {
    /// Whether both may be the same account. The forms of one name are not told apart: a line too
    /// many is then not looked at, never one too few.
    fn is_same(&self, other: &Self) -> bool {
        let whole = |named: &Self| match named.domain {
            "" => folded(named.user),
            domain => folded(&format!("{}@{domain}", named.user)),
        };
        whole(self) == whole(other)
    }

    /// The user without the realm of a `user@realm`, and the domain or the realm.
    fn parts(&self) -> (&str, &str) {
        match (self.domain, self.user.rsplit_once('@')) {
            ("", Some((user, realm))) if !realm.is_empty() => (user, realm),
            (domain, _) => (self.user, domain),
        }
    }

    /// Whether the other account is in the way when this one is looked up by its name.
    fn is_in_the_shadow_of(&self, other: &Self) -> bool {
        let (user, home) = self.parts();
        let (other_user, other_home) = other.parts();
        // A dot is no domain, and without one an account is found where it is the only one of its
        // name.
        home == "." && other_home != "." && folded(user) == folded(other_user)
    }

    fn check(&self, store: &FileAccounts) {
        let query = AccountQuery::new(self.user, self.domain, "NTLM");
        let found = store.look_up(&query).expect("the file is there");
        let found = found.unwrap_or_else(|| panic!("no account {}\\{}", self.domain, self.user));
        match self.key {
            Key::Password(password) => {
                let text = found.password().and_then(anysspi::Secret::expose_text);
                assert_eq!(text, Some(password));
                let expected = Account::with_password("", password);
                assert_eq!(found.nt_hash(), expected.nt_hash());
                assert_eq!(found.state(), AccountState::Active);
            }
            Key::Hash(hash, state) => {
                assert_eq!(*found.nt_hash(), hash);
                assert_eq!(found.state(), state);
                assert!(found.password().is_none());
            }
        }
    }
}

/// Case is folded more freely than the library folds it, for the same reason.
fn folded(name: &str) -> String {
    name.to_uppercase().to_lowercase()
}

/// A file of its own for every run: runs are in parallel, and a file that only changes is not
/// always seen to change.
struct Temporary(PathBuf);

impl Temporary {
    fn new(content: &[u8]) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("anysspi-fuzz-{}-{count}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::write(&path, content).expect("a temporary file is written");
        Self(path)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}
