//! A realm in a box: a small Kerberos KDC in the process, for tests and demonstrations.
//!
//! **It is not for production.** It keeps everything in memory and forgets it when it is dropped, it
//! has no administrators, no policies and no protection against guessing. Who can reach it can try.
//!
//! ```
//! use anysspi::realm::{Realm, Service, User};
//!
//! let realm = Realm::new("EXAMPLE.TEST")?;
//! realm.add_user(User::new("alice", "Passw0rd!"))?;
//! realm.add_service(Service::new("HTTP/web.example.test"))?;
//!
//! // What a server needs, and what a client has after it logged on.
//! let keytab = realm.keytab(&["HTTP/web.example.test"])?;
//! let tickets = realm.tickets_for("alice", &["HTTP/web.example.test"])?;
//! assert_eq!(tickets.tickets().count(), 2);
//!
//! // Other people's clients: kinit, kvno, a browser.
//! let serving = realm.serve()?;
//! println!("{}", serving.krb5_conf());
//! # Ok::<(), anysspi::Error>(())
//! ```

mod initial;
mod issue;
mod pac;
mod principals;
mod refused;
mod serve;
mod service;

pub use principals::{Service, User};
pub use serve::Serving;

use crate::error::{Error, Result};
use crate::kdc::{KdcCarrier, KdcReply, KdcRequest};
use crate::kerberos::{EncryptionType, Key, KeyTable, Principal, Tickets};
use crate::packages::kerberos::messages::TicketFlags;
use crate::packages::kerberos::pac::PacAttributes;
use crate::sid::Sid;
use crate::status::Status;
use crate::surroundings::Surroundings;
use crate::time::Time;
use issue::{Grant, LIFETIME, RENEWABLE};
use principals::{Entry, Principals};
use refused::Refused;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// The longest request that is read.
const LONGEST_REQUEST: usize = 64 * 1024;

/// A realm with its KDC, in memory. Clones are the same realm. See the [module](self).
#[derive(Clone)]
pub struct Realm(Arc<Inner>);

struct Inner {
    name: String,
    surroundings: Surroundings,
    domain: Sid,
    /// The relative identifier of the next user.
    next: AtomicU32,
    principals: RwLock<Principals>,
}

/// The first relative identifier that Windows gives to a user.
const FIRST_USER: u32 = 1104;

impl Realm {
    /// A realm with nobody in it. Names of realms are written in capital letters.
    pub fn new(name: &str) -> Result<Self> {
        Self::with_surroundings(name, Surroundings::system())
    }

    /// The same with another clock or other randomness.
    pub fn with_surroundings(name: &str, surroundings: Surroundings) -> Result<Self> {
        let is_name =
            |character: char| character.is_ascii_graphic() && !"/@:\\".contains(character);
        if name.is_empty() || !name.chars().all(is_name) {
            return Err(Error::new(Status::INVALID_PARAMETER, "that is no name for a realm"));
        }
        let key = Key::random(EncryptionType::AES256_SHA1, &surroundings)?;
        let mut principals = Principals::default();
        principals.add(Entry::granting(name, name, key));
        let domain = random_domain(&surroundings)?;
        Ok(Self(Arc::new(Inner {
            name: name.to_owned(),
            surroundings,
            domain,
            next: AtomicU32::new(FIRST_USER),
            principals: RwLock::new(principals),
        })))
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The security identifier of its domain, which those of its users and groups begin with.
    pub fn domain_sid(&self) -> &Sid {
        &self.0.domain
    }

    /// Adds a user, or puts one in the place of another of the same name.
    pub fn add_user(&self, user: User) -> Result<()> {
        // The keys take a moment, in which others may ask.
        let entry = Entry::user(user, self.name(), self.0.next.fetch_add(1, Ordering::Relaxed))?;
        self.add(entry)
    }

    /// Adds a service, or gives it new keys.
    pub fn add_service(&self, service: Service) -> Result<()> {
        let entry = Entry::service(service, self.name(), &self.0.surroundings)?;
        self.add(entry)
    }

    fn add(&self, entry: Entry) -> Result<()> {
        if entry.principal.parts().first().is_some_and(|first| first == "krbtgt") {
            return Err(Error::new(
                Status::INVALID_PARAMETER,
                "ticket-granting services are the realm's own",
            ));
        }
        if entry.keys.is_empty() {
            return Err(Error::new(
                Status::INVALID_PARAMETER,
                format!("{} would have no key", entry.principal),
            ));
        }
        self.changed().add(entry);
        Ok(())
    }

    /// Lets the clients of each of two realms use the services of the other one. A service whose host
    /// is in the domain with the name of a realm is looked for there.
    ///
    /// ```
    /// use anysspi::realm::{Realm, Service};
    ///
    /// let (one, other) = (Realm::new("ONE.TEST")?, Realm::new("OTHER.TEST")?);
    /// other.add_service(Service::new("HTTP/web.other.test"))?;
    /// one.trust(&other)?;
    /// # Ok::<(), anysspi::Error>(())
    /// ```
    pub fn trust(&self, other: &Self) -> Result<()> {
        if self.name() == other.name() {
            return Err(Error::new(Status::INVALID_PARAMETER, "a realm trusts itself"));
        }
        for (from, to) in [(self, other), (other, self)] {
            let key = Key::random(EncryptionType::AES256_SHA1, &self.0.surroundings)?;
            let entry = Entry::granting(to.name(), from.name(), key);
            from.changed().outgoing.insert(to.name().to_owned(), entry.clone());
            to.changed().incoming.insert(from.name().to_owned(), entry);
        }
        Ok(())
    }

    /// The keys of services or users, for whoever has to be one of them.
    pub fn keytab(&self, names: &[&str]) -> Result<KeyTable> {
        let mut table = KeyTable::new();
        let written = self.now();
        for name in names {
            for entry in self.named(name)?.keytab_entries(written) {
                table.add(entry);
            }
        }
        Ok(table)
    }

    /// The tickets of a user who logged on and used these services: nobody is asked for a password.
    /// They can be forwarded and renewed, and are valid for ten hours.
    pub fn tickets_for(&self, user: &str, services: &[&str]) -> Result<Tickets> {
        let user = self.named(user)?;
        let mut tickets = Tickets::new(user.principal.clone());
        let granting = self.granting()?;
        for (at, service) in std::iter::once(Ok(granting))
            .chain(services.iter().map(|name| self.named(name)))
            .enumerate()
        {
            let service = service?;
            let mut flags =
                TicketFlags::FORWARDABLE | TicketFlags::RENEWABLE | TicketFlags::PRE_AUTHENTICATED;
            flags.set(TicketFlags::INITIAL, at == 0);
            flags.set(TicketFlags::OK_AS_DELEGATE, service.is_trusted_for_delegation);
            let key = service.keys.first().ok_or_else(|| no_key(&service))?;
            let now = self.now();
            let grant = Grant {
                client: user.principal.clone(),
                server: service.principal.clone(),
                session_key: Key::random(key.encryption_type(), &self.0.surroundings)?,
                flags,
                authenticated: now,
                starts: now,
                ends: now.after(LIFETIME),
                renewable_until: Some(now.after(RENEWABLE)),
                pac: self.own_pac(&user.principal, now, PacAttributes::WAS_GIVEN)?,
            };
            let bytes = self.ticket(&grant, key, Some(service.version))?;
            tickets.add(grant.into_ticket(bytes));
        }
        Ok(tickets)
    }

    /// What the KDC says to a request: an AS-REP, a TGS-REP or a KRB-ERROR.
    ///
    /// ```
    /// let realm = anysspi::realm::Realm::new("EXAMPLE.TEST")?;
    /// // APPLICATION 30: a KRB-ERROR.
    /// assert_eq!(realm.answer(b"what is this?").first(), Some(&0x7E));
    /// # Ok::<(), anysspi::Error>(())
    /// ```
    pub fn answer(&self, request: &[u8]) -> Vec<u8> {
        let answered = match request.first() {
            _ if request.len() > LONGEST_REQUEST => Err(Refused::long_request()),
            // APPLICATION 10 and 12, constructed (RFC 4120 5.4.1).
            Some(0x6A) => self.initial(request),
            Some(0x6C) => self.service(request),
            _ => Err(Refused::unknown_request()),
        };
        answered.unwrap_or_else(|refused| refused.message(self))
    }

    /// Carries a question of a handshake to this KDC, without any network. A question for another realm
    /// has to be carried there. A realm is a [`KdcCarrier`]: `.kdc(KdcAccess::through(realm.clone()))`.
    pub fn carry(&self, request: &KdcRequest) -> KdcReply {
        if request.realm() == self.name() {
            return KdcReply::Answer(self.answer(request.message()));
        }
        KdcReply::Unreachable(Error::new(
            Status::NO_AUTHENTICATING_AUTHORITY,
            format!("{} is not the realm {}", self.name(), request.realm()),
        ))
    }

    /// Serves the KDC on a port of this machine that only programs on this machine can reach, over TCP
    /// and UDP, until what is returned is dropped.
    pub fn serve(&self) -> Result<Serving> {
        Serving::start(self.clone())
    }

    fn now(&self) -> Time {
        // In whole seconds, as tickets have it.
        Time::from_unix_seconds(self.0.surroundings.now().unix_seconds())
    }

    fn principals(&self) -> RwLockReadGuard<'_, Principals> {
        self.0.principals.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn changed(&self) -> RwLockWriteGuard<'_, Principals> {
        self.0.principals.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn named(&self, name: &str) -> Result<Entry> {
        let principal: Principal = Principal::service(name)?.or_in_realm(self.name());
        let found = self.principals().find(principal.parts()).cloned();
        found.filter(|entry| entry.principal.realm() == principal.realm()).ok_or_else(|| {
            Error::new(
                Status::TARGET_UNKNOWN,
                format!("nobody in the realm {} is called {name}", self.name()),
            )
        })
    }

    fn granting(&self) -> Result<Entry> {
        self.named(&format!("krbtgt/{}", self.name()))
    }
}

/// S-1-5-21 and three numbers that nobody else has.
fn random_domain(surroundings: &Surroundings) -> Result<Sid> {
    let mut bytes = [0; 12];
    surroundings.fill(&mut bytes)?;
    let (numbers, _) = bytes.as_chunks();
    let numbers = numbers.iter().map(|number| u32::from_le_bytes(*number));
    Sid::new(5, [21].into_iter().chain(numbers).collect::<Vec<_>>())
}

fn no_key(entry: &Entry) -> Error {
    Error::new(Status::NO_KERB_KEY, format!("{} has no key", entry.principal))
}

impl KdcCarrier for Realm {
    fn carry(&self, request: &KdcRequest) -> KdcReply {
        Self::carry(self, request)
    }
}

impl fmt::Debug for Realm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Realm").field(&self.0.name).finish()
    }
}
