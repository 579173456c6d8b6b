//! Starting a handshake as the client.

use super::settings::{Settings, shared_settings};
use super::step::Handshake;
use crate::context::Side;
use crate::credentials::Usage;
use crate::error::Result;

/// Starts a handshake as the client of a package.
///
/// ```
/// use anysspi::{Identity, Step};
///
/// let mut handshake = anysspi::initiate("NTLM")
///     .target("HTTP/web.example.com")
///     .credential(Identity::password(r"CORP\alice", "secret"))
///     .start()?;
/// let Step::SendToken(token) = handshake.next()? else { unreachable!() };
/// assert!(token.starts_with(b"NTLMSSP\0"));
/// # Ok::<(), anysspi::Error>(())
/// ```
pub fn initiate(package: &str) -> InitiateBuilder {
    InitiateBuilder { settings: Settings::new(package), target: None }
}

/// The settings of a client's handshake.
#[derive(Debug)]
#[must_use = "a builder does nothing until `start`"]
pub struct InitiateBuilder {
    settings: Settings,
    target: Option<String>,
}

impl InitiateBuilder {
    shared_settings!();

    /// The target's name, such as `HTTP/web.example.com`.
    pub fn target(mut self, target: impl Into<String>) -> Self {
        self.target = Some(target.into());
        self
    }

    /// To which targets credentials may be delegated, where [`ContextFlags::DELEGATE`] asks for it.
    /// Credentials that were acquired before carry their own policy.
    ///
    /// [`ContextFlags::DELEGATE`]: crate::ContextFlags::DELEGATE
    pub fn delegation(mut self, policy: crate::DelegationPolicy) -> Self {
        self.settings.delegation = Some(policy);
        self
    }

    /// Acquires the credentials where that is still to do, and starts.
    pub fn start(self) -> Result<Handshake> {
        let ready = self.settings.prepare(Usage::OUTBOUND)?;
        Ok(Handshake::new(Side::Initiator, ready, self.target))
    }
}
