//! Surroundings that stand still and a package that fails on request: for tests, never for
//! production. Behind the feature `testing`.

mod requests;
mod tickets;

pub use requests::SeenRequests;
pub use tickets::{TicketClient, altered_ticket};

use crate::context::{Facts, Side};
use crate::credentials::CredentialRequest;
use crate::error::{Error, Result};
use crate::flags::ContextFlags;
use crate::kerberos::{EncryptionType, Key};
use crate::package::{
    AcceptRequest, Capabilities, Established, Exchange, InitiateRequest, Package,
    PackageCredential, PackageInfo, Progress, StepInput,
};
use crate::packages::kerberos::protection::{Agreement, KerberosContext};
use crate::status::Status;
use crate::surroundings::{Clock, Entropy, HostNames, Surroundings};
use crate::time::Time;
use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

/// A clock that stands still until it is set.
///
/// ```
/// use anysspi::{Clock, Time, testing::FixedClock};
///
/// let clock = FixedClock::at(Time::from_unix_seconds(1_700_000_000));
/// let same = clock.clone();
/// clock.set(Time::from_unix_seconds(1_700_000_060));
/// assert_eq!(same.now().to_string(), "2023-11-14T22:14:20Z");
/// ```
#[derive(Clone, Debug)]
pub struct FixedClock(Arc<AtomicU64>);

impl FixedClock {
    /// A clock that stands at this time.
    pub fn at(time: Time) -> Self {
        Self(Arc::new(AtomicU64::new(time.filetime())))
    }

    /// Sets it, and every clone of it.
    pub fn set(&self, time: Time) {
        self.0.store(time.filetime(), Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Time {
        Time::from_filetime(self.0.load(Ordering::SeqCst))
    }
}

/// Entropy that counts: every byte drawn is one more than the byte before.
///
/// ```
/// use anysspi::{Entropy, testing::CountedEntropy};
///
/// let mut bytes = [0; 4];
/// CountedEntropy::from(0xFE).fill(&mut bytes)?;
/// assert_eq!(bytes, [0xFE, 0xFF, 0x00, 0x01]);
/// # Ok::<(), anysspi::Error>(())
/// ```
#[derive(Debug)]
pub struct CountedEntropy(AtomicU8);

impl From<u8> for CountedEntropy {
    fn from(first: u8) -> Self {
        Self(AtomicU8::new(first))
    }
}

impl Entropy for CountedEntropy {
    fn fill(&self, buffer: &mut [u8]) -> Result<()> {
        for byte in buffer {
            *byte = self.0.fetch_add(1, Ordering::SeqCst);
        }
        Ok(())
    }
}

/// Entropy that fails, as an operating system's can.
#[derive(Clone, Copy, Debug)]
pub struct NoEntropy;

impl Entropy for NoEntropy {
    fn fill(&self, _buffer: &mut [u8]) -> Result<()> {
        Err(Error::new(Status::INTERNAL_ERROR, "there is no randomness, as the test asked for"))
    }
}

/// Surroundings in which everything is known: a time, the first random byte, a host name, and a
/// machine identifier of zeros.
pub fn fixed_surroundings(now: Time, first_byte: u8, host_name: &str) -> Surroundings {
    Surroundings::system()
        .with_clock(FixedClock::at(now))
        .with_entropy(CountedEntropy::from(first_byte))
        .with_host_names(HostNames::from_host_name(host_name))
        .with_machine_id([0; 32])
        .with_current_user(None, None)
}

/// A package, named `Failing`, whose every handshake fails with the status.
///
/// ```
/// use anysspi::{Registry, Status, testing::fail_with};
///
/// let registry = Registry::empty();
/// registry.add(fail_with(Status::TIME_SKEW))?;
/// let error = anysspi::initiate("Failing").registry(&registry).start()?.next().unwrap_err();
/// assert_eq!(error.status(), Status::TIME_SKEW);
/// # Ok::<(), anysspi::Error>(())
/// ```
pub fn fail_with(status: Status) -> impl Package {
    Failing {
        error: status.into(),
        info: PackageInfo {
            name: Cow::Borrowed("Failing"),
            comment: Cow::Borrowed("fails with the status that the test asked for"),
            capabilities: Capabilities::INTEGRITY | Capabilities::PRIVACY,
            version: 1,
            rpc_id: 0xFFFF,
            max_token: 0,
        },
    }
}

/// Both ends of a Kerberos context, with a key that no handshake agreed on: the initiator's and the
/// acceptor's.
///
/// ```
/// use anysspi::kerberos::EncryptionType;
/// use anysspi::raw::{Buffer, BufferKind};
/// use anysspi::{MessageOptions, testing::kerberos_contexts};
///
/// let (mut one, mut two) = kerberos_contexts(EncryptionType::AES256_SHA1)?;
/// let mut text = *b"message";
/// let mut message = [Buffer::empty(BufferKind::TOKEN), Buffer::data(&mut text)];
/// one.encrypt(MessageOptions::default(), &mut message)?;
/// assert_ne!(message[1].bytes(), b"message");
/// two.decrypt(MessageOptions::default(), &mut message)?;
/// assert_eq!(message[1].bytes(), b"message");
/// # Ok::<(), anysspi::Error>(())
/// ```
pub fn kerberos_contexts(
    encryption_type: EncryptionType,
) -> Result<(Box<dyn Established>, Box<dyn Established>)> {
    let surroundings = Surroundings::system();
    let key = Key::random(encryption_type, &surroundings)?;
    let context = |side| -> Result<Box<dyn Established>> {
        let info = PackageInfo {
            name: Cow::Borrowed("Kerberos"),
            comment: Cow::Borrowed("protects messages"),
            capabilities: Capabilities::INTEGRITY | Capabilities::PRIVACY,
            version: 1,
            rpc_id: 16,
            max_token: 0,
        };
        let mut facts = Facts::new(info, side, surroundings.now());
        facts.flags = ContextFlags::PROTECTION;
        facts.session_key = key.bytes().clone();
        let agreement = Agreement {
            key: key.clone(),
            is_acceptor_subkey: false,
            own_sequence: 0,
            peer_sequence: 0,
        };
        Ok(Box::new(KerberosContext::new(facts, surroundings.clone(), agreement)?))
    };
    Ok((context(Side::Initiator)?, context(Side::Acceptor)?))
}

struct Failing {
    error: Error,
    info: PackageInfo,
}

impl Package for Failing {
    fn info(&self) -> &PackageInfo {
        &self.info
    }

    fn acquire(&self, _request: CredentialRequest) -> Result<Arc<dyn PackageCredential>> {
        Ok(Arc::new(FailingCredential(self.error.clone())))
    }
}

#[derive(Clone)]
struct FailingCredential(Error);

impl PackageCredential for FailingCredential {
    fn name(&self) -> Result<String> {
        Ok(String::new())
    }

    fn initiate(&self, _request: InitiateRequest<'_>) -> Result<Box<dyn Exchange>> {
        Ok(Box::new(self.clone()))
    }

    fn accept(&self, _request: AcceptRequest<'_>) -> Result<Box<dyn Exchange>> {
        Ok(Box::new(self.clone()))
    }
}

impl Exchange for FailingCredential {
    fn step(self: Box<Self>, _input: StepInput<'_>) -> Result<Progress> {
        Err(self.0)
    }
}
