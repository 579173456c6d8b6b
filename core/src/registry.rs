//! Packages by name: enumerate, query, add, remove.

use crate::error::{Error, Result};
use crate::package::{Package, PackageInfo};
use crate::packages;
use crate::status::Status;
use crate::surroundings::Surroundings;
use std::fmt;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

/// A set of security packages and the surroundings they work in. Cloning shares the set.
///
/// ```
/// use anysspi::{Registry, Status};
///
/// let registry = Registry::with_default_packages();
/// for package in registry.enumerate() {
///     println!("{}: {}", package.name, package.comment);
/// }
/// assert_eq!(registry.query("ntlm")?.name, "NTLM");
/// assert_eq!(registry.query("Nothing").unwrap_err().status(), Status::SECPKG_NOT_FOUND);
/// # Ok::<(), anysspi::Error>(())
/// ```
#[derive(Clone)]
pub struct Registry {
    packages: Arc<RwLock<Vec<Arc<dyn Package>>>>,
    surroundings: Surroundings,
}

impl Registry {
    /// A registry without packages.
    pub fn empty() -> Self {
        Self { packages: Arc::default(), surroundings: Surroundings::system() }
    }

    /// A registry with every package of this library.
    pub fn with_default_packages() -> Self {
        let registry = Self::empty();
        for package in packages::defaults() {
            registry.locked(|packages| packages.push(package));
        }
        registry
    }

    /// The registry that is used where none is named.
    pub fn global() -> &'static Self {
        static GLOBAL: OnceLock<Registry> = OnceLock::new();
        GLOBAL.get_or_init(Self::with_default_packages)
    }

    /// The same packages with other surroundings.
    #[must_use]
    pub fn with_surroundings(mut self, surroundings: Surroundings) -> Self {
        self.surroundings = surroundings;
        self
    }

    /// The surroundings the packages work in.
    pub fn surroundings(&self) -> &Surroundings {
        &self.surroundings
    }

    fn locked<T>(&self, change: impl FnOnce(&mut Vec<Arc<dyn Package>>) -> T) -> T {
        change(&mut self.packages.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// What is told about every package, in the order in which they were added
    /// (`EnumerateSecurityPackages`).
    pub fn enumerate(&self) -> Vec<PackageInfo> {
        let packages = self.packages.read().unwrap_or_else(PoisonError::into_inner);
        packages.iter().map(|package| package.info().clone()).collect()
    }

    /// What is told about a package (`QuerySecurityPackageInfo`). The name is looked up without
    /// regard to case.
    pub fn query(&self, name: &str) -> Result<PackageInfo> {
        self.find(name).map(|package| package.info().clone())
    }

    /// The package with this name.
    pub fn find(&self, name: &str) -> Result<Arc<dyn Package>> {
        let packages = self.packages.read().unwrap_or_else(PoisonError::into_inner);
        position(&packages, name)
            .and_then(|position| packages.get(position))
            .cloned()
            .ok_or_else(|| not_found(&packages, name))
    }

    /// Every package, in the order in which they were added.
    pub(crate) fn packages(&self) -> Vec<Arc<dyn Package>> {
        self.packages.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Adds a package (`AddSecurityPackage`). A second one of the same name is refused.
    pub fn add(&self, package: impl Package + 'static) -> Result<()> {
        let name = package.info().name.clone();
        if name.is_empty() {
            return Err(Error::new(Status::INVALID_PARAMETER, "a package needs a name"));
        }
        self.locked(|packages| {
            if position(packages, &name).is_some() {
                return Err(Error::new(
                    Status::INVALID_PARAMETER,
                    format!("a package named {name} is registered already: remove it first"),
                ));
            }
            packages.push(Arc::new(package));
            Ok(())
        })
    }

    /// Removes a package (`DeleteSecurityPackage`). One that credentials still use is refused.
    pub fn remove(&self, name: &str) -> Result<()> {
        self.locked(|packages| {
            let Some(position) = position(packages, name) else {
                return Err(not_found(packages, name));
            };
            // Credentials hold their package, so a count above one is somebody's use.
            if packages.get(position).is_some_and(|package| Arc::strong_count(package) > 1) {
                return Err(Error::new(
                    Status::INVALID_PARAMETER,
                    format!("the package {name} is in use: free its credentials first"),
                ));
            }
            packages.remove(position);
            Ok(())
        })
    }
}

fn position(packages: &[Arc<dyn Package>], name: &str) -> Option<usize> {
    packages.iter().position(|package| package.info().name.eq_ignore_ascii_case(name))
}

fn not_found(packages: &[Arc<dyn Package>], name: &str) -> Error {
    let known: Vec<&str> = packages.iter().map(|package| &*package.info().name).collect();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    Error::new(
        Status::SECPKG_NOT_FOUND,
        format!("there is no package named {name:?}; registered: {known}"),
    )
}

impl Default for Registry {
    fn default() -> Self {
        Self::with_default_packages()
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let packages = self.packages.read().unwrap_or_else(PoisonError::into_inner);
        let names = packages.iter().map(|package| &package.info().name);
        formatter.write_str("Registry")?;
        formatter.debug_list().entries(names).finish()
    }
}
