//! What the packages ask of the machine: the time, randomness, the host's names, and where the current
//! user's tickets and the machine's keys are. This is the only file that reads a clock, draws
//! randomness, asks for the host name or looks at the environment.

use crate::credentials::{CredentialCache, Keytab};
use crate::error::{Error, Result};
use crate::status::Status;
use crate::time::Time;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Time;
}

/// Draws randomness.
pub trait Entropy: Send + Sync {
    /// Fills the buffer with bytes nobody can predict, or fails: never fills it with less.
    fn fill(&self, buffer: &mut [u8]) -> Result<()>;
}

/// The clock of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    fn now(&self) -> Time {
        std::time::SystemTime::now().into()
    }
}

/// The randomness of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(clippy::disallowed_methods, reason = "the one place that draws randomness")]
    fn fill(&self, buffer: &mut [u8]) -> Result<()> {
        getrandom::fill(buffer).map_err(|cause| {
            Error::new(Status::INTERNAL_ERROR, "the operating system gave no randomness")
                .with_source(cause)
        })
    }
}

/// The names this host goes by, as an acceptor announces them and an initiator signs with them.
///
/// ```
/// use anysspi::HostNames;
///
/// let names = HostNames::from_host_name("web.example.com");
/// assert_eq!(names.computer, "WEB");
/// assert_eq!(names.dns_computer, "web.example.com");
/// assert_eq!(names.dns_domain.as_deref(), Some("example.com"));
/// assert_eq!(names.domain, None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostNames {
    /// The NetBIOS name of the computer.
    pub computer: String,
    /// The NetBIOS name of the domain it is a member of; none for a computer on its own.
    pub domain: Option<String>,
    /// The DNS name of the computer.
    pub dns_computer: String,
    /// The DNS name of the domain.
    pub dns_domain: Option<String>,
    /// The DNS name of the forest.
    pub dns_tree: Option<String>,
}

impl HostNames {
    /// The names that follow from a host name: its first label, in upper case and at most 15
    /// characters, is the NetBIOS name.
    pub fn from_host_name(host_name: &str) -> Self {
        let host_name = host_name.trim_matches('.');
        let (label, domain) = match host_name.split_once('.') {
            Some((label, domain)) if !domain.is_empty() => (label, Some(domain.to_owned())),
            _ => (host_name, None),
        };
        let mut computer: String = label.to_uppercase().chars().take(15).collect();
        if computer.is_empty() {
            computer.push_str("LOCALHOST");
        }
        let dns_computer = if host_name.is_empty() { "localhost" } else { host_name };
        Self {
            computer,
            domain: None,
            dns_computer: dns_computer.to_owned(),
            dns_domain: domain,
            dns_tree: None,
        }
    }

    /// The names of this host, from the operating system.
    #[expect(clippy::disallowed_methods, reason = "the one place that asks for the host name")]
    pub fn of_this_host() -> Self {
        Self::from_host_name(&gethostname::gethostname().to_string_lossy())
    }
}

/// The clock, the randomness and the names that a registry's packages work with.
///
/// ```
/// use anysspi::{HostNames, Registry, Surroundings};
///
/// let surroundings = Surroundings::system()
///     .with_host_names(HostNames::from_host_name("mail.example.com"));
/// let registry = Registry::with_default_packages().with_surroundings(surroundings);
/// assert_eq!(registry.surroundings().host_names().computer, "MAIL");
/// ```
#[derive(Clone)]
pub struct Surroundings(Arc<Parts>);

// Behind one count: every credential, and every context that can expire, shares them.
#[derive(Clone)]
struct Parts {
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    host_names: HostNames,
    machine_id: OnceLock<[u8; 32]>,
    current_user: CurrentUser,
}

/// Where the current user's tickets and the machine's keys are.
#[derive(Clone)]
enum CurrentUser {
    /// Where the system says when somebody asks.
    System,
    /// Here, where they are anywhere.
    Known { cache: Option<CredentialCache>, keytab: Option<Keytab> },
}

impl Surroundings {
    /// The operating system's clock, randomness and host name.
    pub fn system() -> Self {
        Self(Arc::new(Parts {
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            host_names: HostNames::of_this_host(),
            machine_id: OnceLock::new(),
            current_user: CurrentUser::System,
        }))
    }

    fn with(mut self, change: impl FnOnce(&mut Parts)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// The same with another clock.
    #[must_use]
    pub fn with_clock(self, clock: impl Clock + 'static) -> Self {
        self.with(|parts| parts.clock = Arc::new(clock))
    }

    /// The same with another source of randomness.
    #[must_use]
    pub fn with_entropy(self, entropy: impl Entropy + 'static) -> Self {
        self.with(|parts| parts.entropy = Arc::new(entropy))
    }

    /// The same with other host names.
    #[must_use]
    pub fn with_host_names(self, host_names: HostNames) -> Self {
        self.with(|parts| parts.host_names = host_names)
    }

    /// The same with a given machine identifier.
    #[must_use]
    pub fn with_machine_id(self, machine_id: [u8; 32]) -> Self {
        self.with(|parts| parts.machine_id = OnceLock::from(machine_id))
    }

    /// The same with a given place for the current user's Kerberos tickets and for the machine's keys,
    /// or with none.
    ///
    /// ```
    /// use anysspi::{CredentialCache, Surroundings};
    ///
    /// let cache = CredentialCache::named("FILE:/run/user/1000/tickets");
    /// let surroundings = Surroundings::system().with_current_user(Some(cache.clone()), None);
    /// assert_eq!(surroundings.default_cache(), Some(cache));
    /// assert_eq!(surroundings.default_keytab(), None);
    /// ```
    #[must_use]
    pub fn with_current_user(self, cache: Option<CredentialCache>, keytab: Option<Keytab>) -> Self {
        self.with(|parts| parts.current_user = CurrentUser::Known { cache, keytab })
    }

    /// The credential cache of the current user: what `KRB5CCNAME` names, and otherwise the file that
    /// MIT Kerberos uses. It may not be there.
    pub fn default_cache(&self) -> Option<CredentialCache> {
        match &self.0.current_user {
            CurrentUser::System => system::cache_name().map(|name| CredentialCache::named(&name)),
            CurrentUser::Known { cache, .. } => cache.clone(),
        }
    }

    /// The keytab of this machine: what `KRB5_KTNAME` names, and otherwise the file that MIT Kerberos
    /// uses. It may not be there.
    pub fn default_keytab(&self) -> Option<Keytab> {
        match &self.0.current_user {
            CurrentUser::System => system::keytab_path().map(Keytab::file),
            CurrentUser::Known { keytab, .. } => keytab.clone(),
        }
    }

    /// The time now.
    pub fn now(&self) -> Time {
        self.0.clock.now()
    }

    /// Fills the buffer with randomness.
    pub fn fill(&self, buffer: &mut [u8]) -> Result<()> {
        self.0.entropy.fill(buffer)
    }

    /// The names this host goes by.
    pub fn host_names(&self) -> &HostNames {
        &self.0.host_names
    }

    /// A random identifier of the calling machine, drawn once ([MS-NLMP] 2.2.2.2, MachineID).
    pub fn machine_id(&self) -> Result<&[u8; 32]> {
        if let Some(machine_id) = self.0.machine_id.get() {
            return Ok(machine_id);
        }
        let mut drawn = [0; 32];
        self.fill(&mut drawn)?;
        Ok(self.0.machine_id.get_or_init(|| drawn))
    }
}

/// Where the system has the tickets of the current user and the keys of the machine, by the names and
/// variables of libkrb5.
mod system {
    use std::path::PathBuf;

    #[expect(clippy::disallowed_methods, reason = "the one place that looks at the environment")]
    fn variable(name: &str) -> Option<String> {
        // Whoever started a program that has more rights than he has does not choose its files.
        if has_more_rights() {
            return None;
        }
        std::env::var(name).ok().filter(|value| !value.is_empty())
    }

    #[cfg(unix)]
    fn has_more_rights() -> bool {
        use nix::unistd::{getegid, geteuid, getgid, getuid};
        getuid() != geteuid() || getgid() != getegid()
    }

    #[cfg(not(unix))]
    fn has_more_rights() -> bool {
        false
    }

    pub(super) fn cache_name() -> Option<String> {
        variable("KRB5CCNAME").or_else(|| USUAL_CACHE.map(|usual| usual()))
    }

    #[cfg(unix)]
    const USUAL_CACHE: Option<fn() -> String> =
        Some(|| format!("FILE:/tmp/krb5cc_{}", nix::unistd::getuid()));

    #[cfg(not(unix))]
    const USUAL_CACHE: Option<fn() -> String> = None;

    pub(super) fn keytab_path() -> Option<PathBuf> {
        let usual = || cfg!(unix).then(|| "/etc/krb5.keytab".to_owned());
        let name = variable("KRB5_KTNAME").or_else(usual)?;
        let path = name.strip_prefix("FILE:").unwrap_or(&name);
        Some(PathBuf::from(path))
    }
}

impl Default for Surroundings {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Surroundings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Surroundings")
            .field("now", &self.now())
            .field("host_names", &self.0.host_names)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names_are_bounded_and_never_empty() {
        let names = HostNames::from_host_name("a-very-long-host-name-indeed.corp.example");
        assert_eq!(names.computer, "A-VERY-LONG-HOS");
        assert_eq!(HostNames::from_host_name("").computer, "LOCALHOST");
        assert_eq!(HostNames::from_host_name("...").dns_computer, "localhost");
        assert_eq!(HostNames::from_host_name("box.").dns_domain, None);
    }

    #[test]
    fn the_system_draws_different_bytes_each_time() {
        let surroundings = Surroundings::system();
        let (mut first, mut second) = ([0; 32], [0; 32]);
        surroundings.fill(&mut first).unwrap();
        surroundings.fill(&mut second).unwrap();
        assert_ne!(first, second);
    }

    #[test]
    fn the_machine_id_is_drawn_once() {
        let surroundings = Surroundings::system();
        let first = *surroundings.machine_id().unwrap();
        assert_eq!(&first, surroundings.clone().machine_id().unwrap());
    }
}
