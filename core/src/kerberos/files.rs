//! Keytabs and credential caches on disk: read whole and with a limit, replaced in one stroke, locked
//! as libkrb5 locks them. With `accounts/file.rs` the only place of the core that touches files.

use super::locks::{Lock, try_lock};
use crate::codec::reader::Malformed;
use crate::credentials::Secret;
use crate::error::{Error, Result};
use crate::status::Status;
use crate::surroundings::{Entropy, SystemEntropy};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
use zeroize::Zeroizing;

/// The largest file that is read.
const LARGEST_FILE: u64 = 64 * 1024 * 1024;

/// How long a lock is waited for, and how often it is asked for meanwhile. libkrb5 waits for ever.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(5);

/// What a file is, for the errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Keytab,
    CredentialCache,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Keytab => "keytab",
            Self::CredentialCache => "credential cache",
        }
    }

    fn at(self, path: Option<&Path>) -> String {
        match path {
            Some(path) => format!("the {} {}", self.name(), path.display()),
            None => format!("the {}", self.name()),
        }
    }

    pub(super) fn damaged(self, path: Option<&Path>, malformed: Malformed) -> Error {
        let Malformed { what, offset } = malformed;
        Error::new(
            Status::INVALID_PARAMETER,
            format!("{} is damaged: {what}, at byte {offset}", self.at(path)),
        )
    }

    pub(super) fn does_not_fit(self, what: &str) -> Error {
        let context = format!("{} cannot be written: {what} does not fit", self.at(None));
        Error::new(Status::INVALID_PARAMETER, context)
    }

    pub(super) fn unreadable(self, path: &Path, cause: io::Error) -> Error {
        let context = format!("{} cannot be read: {cause}", self.at(Some(path)));
        Error::new(Status::NO_CREDENTIALS, context).with_source(cause)
    }

    pub(super) fn unwritable(self, path: &Path, cause: io::Error) -> Error {
        let context = format!("{} cannot be written: {cause}", self.at(Some(path)));
        Error::new(Status::INTERNAL_ERROR, context).with_source(cause)
    }
}

/// What a file is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    Write,
}

/// A file that is open, and locked until this is dropped.
pub(super) struct Held<'a> {
    file: File,
    path: &'a Path,
    kind: Kind,
}

/// Opens a file and waits for its lock.
pub(super) fn open(path: &Path, kind: Kind, access: Access) -> Result<Held<'_>> {
    let found = open_if_there(path, kind, access)?;
    found.ok_or_else(|| kind.unreadable(path, io::ErrorKind::NotFound.into()))
}

/// The same; none where there is no such file.
pub(super) fn open_if_there(path: &Path, kind: Kind, access: Access) -> Result<Option<Held<'_>>> {
    loop {
        let file = match open_regular(path, access) {
            Ok(file) => file,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(cause) if access == Access::Write => return Err(kind.unwritable(path, cause)),
            Err(cause) => return Err(kind.unreadable(path, cause)),
        };
        wait_for_lock(&file, path, kind, access)?;
        // While the lock was waited for, another file may have taken its place.
        if is_at(&file, path) {
            return Ok(Some(Held { file, path, kind }));
        }
    }
}

fn open_regular(path: &Path, access: Access) -> io::Result<File> {
    // Asked first, because to open a pipe may take for ever, and of what was opened, because it may
    // have changed in between.
    let regular = |metadata: &fs::Metadata| {
        let is_regular = metadata.is_file().then_some(());
        is_regular.ok_or_else(|| io::Error::other("it is no regular file"))
    };
    regular(&fs::metadata(path)?)?;
    let file = OpenOptions::new().read(true).append(access == Access::Write).open(path)?;
    regular(&file.metadata()?)?;
    Ok(file)
}

fn wait_for_lock(file: &File, path: &Path, kind: Kind, access: Access) -> Result<()> {
    let lock = match access {
        Access::Read => Lock::Shared,
        Access::Write => Lock::Exclusive,
    };
    for _ in 0..PATIENCE.as_millis() / PAUSE.as_millis() {
        match try_lock(file, lock) {
            Ok(true) => return Ok(()),
            Ok(false) => std::thread::sleep(PAUSE),
            Err(cause) => {
                let context = format!("{} cannot be locked: {cause}", kind.at(Some(path)));
                return Err(Error::new(Status::INTERNAL_ERROR, context).with_source(cause));
            }
        }
    }
    let seconds = PATIENCE.as_secs();
    let context = format!("{} is locked for more than {seconds} s", kind.at(Some(path)));
    Err(Error::new(Status::INTERNAL_ERROR, context))
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    match (file.metadata(), fs::metadata(path)) {
        (Ok(file), Ok(there)) => identity(file) == identity(there),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

impl Held<'_> {
    /// All bytes of the file.
    pub(super) fn read(&self) -> Result<Zeroizing<Vec<u8>>> {
        let unreadable = |cause| self.kind.unreadable(self.path, cause);
        let length = self.file.metadata().map_err(unreadable)?.len();
        if length > LARGEST_FILE {
            return Err(unreadable(io::Error::other("it is larger than 64 MiB")));
        }
        // With room for all of it at once: what is moved is not wiped.
        let mut bytes = Zeroizing::new(Vec::with_capacity(length as usize + 1));
        (&self.file).take(length).read_to_end(&mut bytes).map_err(unreadable)?;
        Ok(bytes)
    }

    /// The first bytes of the file.
    pub(super) fn read_start<const N: usize>(&self) -> Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(N);
        let read = (&self.file).take(N as u64).read_to_end(&mut bytes);
        read.map_err(|cause| self.kind.unreadable(self.path, cause))?;
        Ok(bytes)
    }

    /// Adds bytes at the end: all of them or none.
    pub(super) fn append(&self, bytes: &[u8]) -> Result<()> {
        let append = || {
            let before = self.file.metadata()?.len();
            (&self.file).write_all(bytes).inspect_err(|_| {
                // The first error is the one to tell.
                let _ = self.file.set_len(before);
            })
        };
        append().map_err(|cause| self.kind.unwritable(self.path, cause))
    }

    pub(super) fn remove(self) -> Result<()> {
        fs::remove_file(self.path).map_err(|cause| self.kind.unwritable(self.path, cause))
    }
}

/// Puts a file in the place of another in one stroke. Only its owner may read and write it. A link is
/// replaced, and not what it leads to.
pub(super) fn replace(path: &Path, kind: Kind, bytes: &Secret) -> Result<()> {
    let temporary = beside(path)?;
    let replace = || {
        let file = create_new(&temporary)?;
        let written = fill(&file, path, kind, bytes.expose());
        written.and_then(|()| fs::rename(&temporary, path)).inspect_err(|_| {
            // The first error is the one to tell.
            let _ = fs::remove_file(&temporary);
        })
    };
    replace().map_err(|cause| kind.unwritable(path, cause))
}

/// A name beside the file's that nobody can foresee: the folder may be everybody's.
fn beside(path: &Path) -> Result<PathBuf> {
    let name = path.file_name().ok_or_else(|| {
        Error::new(Status::INVALID_PARAMETER, format!("{} names no file", path.display()))
    })?;
    let mut name = name.to_owned();
    name.push(format!(".{}", random_name()?));
    Ok(path.with_file_name(name))
}

/// Sixteen digits that nobody can foresee.
pub(super) fn random_name() -> Result<String> {
    let mut drawn = [0; 8];
    SystemEntropy.fill(&mut drawn)?;
    Ok(format!("{:016x}", u64::from_be_bytes(drawn)))
}

fn create_new(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    // Never through a link that somebody put there.
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn fill(mut file: &File, path: &Path, kind: Kind, bytes: &[u8]) -> io::Result<()> {
    if kind == Kind::Keytab {
        keep_owner(file, path)?;
    }
    file.write_all(bytes)?;
    // On disk before it has the name, or a crash would leave an empty file under it.
    file.sync_all()
}

/// A keytab stays its service's when root changes it. A credential cache does not: in a folder that is
/// everybody's, somebody may have put one there for root's tickets.
#[cfg(unix)]
fn keep_owner(file: &File, path: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let Ok(before) = fs::symlink_metadata(path) else { return Ok(()) };
    if !before.is_file() || before.uid() == file.metadata()?.uid() {
        return Ok(());
    }
    fchown(file, Some(before.uid()), Some(before.gid()))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "as where files have owners")]
fn keep_owner(_: &File, _: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder that is removed with everything in it.
    struct Folder(PathBuf);

    impl Folder {
        fn new() -> Self {
            let path =
                std::env::temp_dir().join(format!("anysspi-files-{}", random_name().unwrap()));
            fs::create_dir(&path).unwrap();
            Self(path)
        }

        fn names(&self) -> Vec<String> {
            let entries = fs::read_dir(&self.0).unwrap();
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>> {
        open(path, Kind::Keytab, Access::Read)?.read()
    }

    #[test]
    fn a_file_is_replaced_with_nothing_left_beside_it() {
        let folder = Folder::new();
        let path = folder.0.join("it");
        for text in ["one", "the other"] {
            replace(&path, Kind::Keytab, &Secret::from(text)).unwrap();
            assert_eq!(*read(&path).unwrap(), text.as_bytes());
        }
        assert_eq!(folder.names(), ["it"]);
        let error = replace(&folder.0.join("no/it"), Kind::Keytab, &Secret::from("x")).unwrap_err();
        assert!(error.context().contains("no/it"), "{error}");
        let directory = folder.0.join("directory");
        fs::create_dir(&directory).unwrap();
        assert!(replace(&directory, Kind::Keytab, &Secret::from("x")).is_err());
        assert_eq!(folder.names().len(), 2);
        assert!(replace(Path::new("/"), Kind::Keytab, &Secret::from("x")).is_err());
    }

    #[test]
    fn errors_name_the_file() {
        let folder = Folder::new();
        for (path, status) in [
            (folder.0.join("nothing"), Status::NO_CREDENTIALS),
            (folder.0.clone(), Status::NO_CREDENTIALS),
        ] {
            let error = read(&path).unwrap_err();
            assert_eq!(error.status(), status);
            assert!(error.context().contains(&path.display().to_string()), "{error}");
            assert!(std::error::Error::source(&error).is_some());
        }
        let large = folder.0.join("large");
        File::create(&large).unwrap().set_len(LARGEST_FILE + 1).unwrap();
        assert!(read(&large).unwrap_err().context().contains("64 MiB"));
    }

    #[test]
    #[cfg(unix)]
    fn links_and_other_things_than_files_do_no_harm() {
        use std::os::unix::fs::{MetadataExt, symlink};
        use std::process::Command;
        let folder = Folder::new();
        let (target, link) = (folder.0.join("target"), folder.0.join("link"));
        fs::write(&target, "target").unwrap();
        symlink(&target, &link).unwrap();
        assert_eq!(*read(&link).unwrap(), b"target");
        replace(&link, Kind::Keytab, &Secret::from("new")).unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"target");
        assert!(fs::symlink_metadata(&link).unwrap().is_file());
        assert_eq!(fs::metadata(&link).unwrap().mode() & 0o777, 0o600);
        let dangling = folder.0.join("dangling");
        symlink(folder.0.join("nothing"), &dangling).unwrap();
        assert!(read(&dangling).is_err());
        let pipe = folder.0.join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert!(read(&pipe).unwrap_err().context().contains("no regular file"));
    }

    #[test]
    #[cfg(unix)]
    fn a_keytab_keeps_its_owner_and_a_cache_does_not() {
        use std::os::unix::fs::{MetadataExt, chown};
        let folder = Folder::new();
        let owner_of = |kind| {
            let path = folder.0.join("it");
            fs::write(&path, "it").unwrap();
            // Only root may give files away.
            let is_root = chown(&path, Some(1), Some(1)).is_ok();
            replace(&path, kind, &Secret::from("new")).unwrap();
            let uid = fs::metadata(&path).unwrap().uid();
            fs::remove_file(&path).unwrap();
            is_root.then_some(uid)
        };
        if let Some(uid) = owner_of(Kind::Keytab) {
            assert_eq!(uid, 1);
            assert_eq!(owner_of(Kind::CredentialCache), Some(0));
        }
    }

    #[test]
    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn locks_exclude_each_other_within_a_process_too() {
        let folder = Folder::new();
        let path = folder.0.join("it");
        fs::write(&path, "it").unwrap();
        let another = || OpenOptions::new().read(true).write(true).open(&path).unwrap();
        let reader = open(&path, Kind::Keytab, Access::Read).unwrap();
        assert!(try_lock(&another(), Lock::Shared).unwrap());
        assert!(!try_lock(&another(), Lock::Exclusive).unwrap());
        drop(reader);
        let writer = open(&path, Kind::Keytab, Access::Write).unwrap();
        assert!(!try_lock(&another(), Lock::Shared).unwrap());
        drop(writer);
        assert!(try_lock(&another(), Lock::Exclusive).unwrap());
    }

    #[test]
    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn whoever_waited_for_a_replaced_file_gets_the_new_one() {
        let folder = Folder::new();
        let path = folder.0.join("it");
        fs::write(&path, "old").unwrap();
        let writer = open(&path, Kind::Keytab, Access::Write).unwrap();
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| read(&path).unwrap());
            std::thread::sleep(Duration::from_millis(50));
            replace(&path, Kind::Keytab, &Secret::from("new")).unwrap();
            drop(writer);
            assert_eq!(*reader.join().unwrap(), b"new");
        });
    }

    #[test]
    fn what_is_appended_is_behind_the_rest() {
        let folder = Folder::new();
        let path = folder.0.join("it");
        fs::write(&path, "one").unwrap();
        let held = open(&path, Kind::CredentialCache, Access::Write).unwrap();
        assert_eq!(held.read_start::<2>().unwrap(), b"on");
        held.append(b" and two").unwrap();
        drop(held);
        assert_eq!(*read(&path).unwrap(), b"one and two");
        open(&path, Kind::CredentialCache, Access::Write).unwrap().remove().unwrap();
        assert!(open_if_there(&path, Kind::Keytab, Access::Read).unwrap().is_none());
    }
}
