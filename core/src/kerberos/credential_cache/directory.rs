//! A directory of credential caches, one for each client, of which one is the primary one.

use super::name::is_cache_of_directory;
use super::{CacheName, Place, TicketCache};
use crate::credentials::Secret;
use crate::error::{Error, Result};
use crate::kerberos::files::{self, Access, Kind};
use crate::status::Status;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The file with the name of the primary cache, and what it is where there is none.
const PRIMARY: &str = "primary";
const FIRST_CACHE: &str = "tkt";

/// A directory of credential caches, as `DIR:/path` names it.
///
/// ```
/// use anysspi::kerberos::{CacheDirectory, TicketCache, Tickets};
///
/// let path = std::env::temp_dir().join(format!("anysspi-directory-{}", std::process::id()));
/// let directory = CacheDirectory::at(&path);
/// directory.primary()?.replace(&Tickets::new("alice@EXAMPLE.COM".parse()?))?;
/// let other = directory.new_cache()?;
/// other.replace(&Tickets::new("bob@EXAMPLE.COM".parse()?))?;
/// directory.set_primary(&other)?;
///
/// let clients: Vec<String> = directory
///     .caches()?
///     .iter()
///     .map(|cache| Ok(cache.read()?.client().to_string()))
///     .collect::<anysspi::Result<_>>()?;
/// assert_eq!(clients, ["bob@EXAMPLE.COM", "alice@EXAMPLE.COM"]);
/// # std::fs::remove_dir_all(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheDirectory(PathBuf);

impl CacheDirectory {
    /// The directory at a path, whether it is there yet or not.
    pub fn at(path: impl AsRef<Path>) -> Self {
        Self(path.as_ref().to_owned())
    }

    fn cache(&self, file_name: &str) -> TicketCache {
        TicketCache {
            name: CacheName::InDirectory(self.0.join(file_name)),
            place: Place::InDirectory(self.clone()),
        }
    }

    /// The primary cache: the one that counts where none is asked for.
    pub fn primary(&self) -> Result<TicketCache> {
        let path = self.0.join(PRIMARY);
        let Some(file) = files::open_if_there(&path, Kind::CredentialCache, Access::Read)? else {
            return Ok(self.cache(FIRST_CACHE));
        };
        let line = file.read()?;
        let name = std::str::from_utf8(&line).ok().and_then(primary_name);
        name.map(|name| self.cache(name)).ok_or_else(|| {
            Error::new(
                Status::INVALID_PARAMETER,
                format!("{} is damaged: no name of a cache, at byte 0", path.display()),
            )
        })
    }

    /// The caches that are there, the primary one first, and then by their names.
    pub fn caches(&self) -> Result<Vec<TicketCache>> {
        let unreadable = |cause| Kind::CredentialCache.unreadable(&self.0, cause);
        let primary = self.primary()?;
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.0).map_err(unreadable)? {
            let name = entry.map_err(unreadable)?.file_name();
            // Of other names there is no cache, and none has a name that is no text.
            names.extend(name.into_string().ok().filter(|name| is_cache_of_directory(name)));
        }
        names.sort();
        let mut caches: Vec<TicketCache> = names.iter().map(|name| self.cache(name)).collect();
        // Sorting by a truth keeps the order of the others.
        caches.sort_by_key(|cache| cache.name != primary.name);
        Ok(caches)
    }

    /// A cache of a name that no other one has. Its file is there when something is written.
    pub fn new_cache(&self) -> Result<TicketCache> {
        Ok(self.cache(&format!("{FIRST_CACHE}{}", files::random_name()?)))
    }

    /// Makes one of its caches the primary one.
    pub fn set_primary(&self, cache: &TicketCache) -> Result<()> {
        let path = cache.path();
        let name = path.file_name().and_then(|name| name.to_str());
        match (&cache.name, name) {
            (CacheName::InDirectory(_), Some(name)) if path.parent() == Some(&self.0) => {
                self.write_primary(name)
            }
            _ => Err(Error::new(
                Status::INVALID_PARAMETER,
                format!("the cache {} is not in the directory {}", cache.name, self.0.display()),
            )),
        }
    }

    fn write_primary(&self, name: &str) -> Result<()> {
        let line = Secret::from(format!("{name}\n"));
        files::replace(&self.0.join(PRIMARY), Kind::CredentialCache, &line)
    }

    /// Makes the directory, and its first cache the primary one, where they are missing.
    pub(super) fn prepare(&self, path: &Path) -> Result<()> {
        let unwritable = |cause| Kind::CredentialCache.unwritable(&self.0, cause);
        #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has modes"))]
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        match builder.create(&self.0) {
            Err(cause) if cause.kind() != io::ErrorKind::AlreadyExists => {
                return Err(unwritable(cause));
            }
            _ => {}
        }
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name == FIRST_CACHE && !self.0.join(PRIMARY).exists() {
            self.write_primary(FIRST_CACHE)?;
        }
        Ok(())
    }
}

/// The name in the file, which is its first line.
fn primary_name(text: &str) -> Option<&str> {
    let (name, _) = text.split_once('\n')?;
    let is_a_file = !name.contains(['/', '\\', '\0']) && name.len() < 64;
    (is_cache_of_directory(name) && is_a_file).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kerberos::Tickets;

    struct Folder(PathBuf);

    impl Folder {
        fn new() -> Self {
            let name = format!("anysspi-caches-{}", files::random_name().unwrap());
            Self(std::env::temp_dir().join(name))
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn tickets(client: &str) -> Tickets {
        Tickets::new(client.parse().unwrap())
    }

    #[test]
    fn the_first_cache_makes_the_directory() {
        let folder = Folder::new();
        let cache = TicketCache::named(&format!("DIR:{}", folder.0.display())).unwrap();
        assert!(cache.read().is_err() && !folder.0.exists());
        cache.replace(&tickets("alice@A")).unwrap();
        assert_eq!(fs::read(folder.0.join("primary")).unwrap(), b"tkt\n");
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            assert_eq!(fs::metadata(&folder.0).unwrap().mode() & 0o777, 0o700);
        }
        let name = format!("DIR::{}", folder.0.join("tkt").display());
        assert_eq!(cache.name().to_string(), name);
        assert_eq!(TicketCache::named(&name).unwrap().read().unwrap(), tickets("alice@A"));
    }

    #[test]
    fn what_the_primary_file_says_cannot_lead_elsewhere() {
        let folder = Folder::new();
        fs::create_dir(&folder.0).unwrap();
        let directory = CacheDirectory::at(&folder.0);
        for text in ["", "tkt", "other\n", "tkt/../x\n", "tkt\\x\n", "\ntkt\n", "tkt\0\n", "\u{FF}"]
        {
            fs::write(folder.0.join("primary"), text).unwrap();
            let error = directory.primary().unwrap_err();
            assert!(error.context().contains("primary"), "{text}: {error}");
        }
        fs::write(folder.0.join("primary"), "tktX\nmore").unwrap();
        let name = directory.primary().unwrap().name().to_string();
        assert!(name.ends_with("/tktX"), "{name}");
    }

    #[test]
    fn only_its_own_caches_are_made_primary() {
        let (folder, other) = (Folder::new(), Folder::new());
        let directory = CacheDirectory::at(&folder.0);
        let stranger = CacheDirectory::at(&other.0).new_cache().unwrap();
        assert!(directory.set_primary(&stranger).is_err());
        let file = TicketCache::named(&folder.0.join("tkt").display().to_string()).unwrap();
        assert!(directory.set_primary(&file).is_err());
        assert!(directory.caches().is_err());
    }
}
