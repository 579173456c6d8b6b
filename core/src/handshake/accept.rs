//! Starting a handshake as the server.

use super::settings::{Settings, shared_settings};
use super::step::Handshake;
use crate::context::Side;
use crate::credentials::{PacPolicy, Usage};
use crate::error::Result;
use crate::flags::ContextFlags;

/// Starts a handshake as the server of a package. It receives first.
///
/// ```
/// use anysspi::accounts::{Account, MemoryAccounts};
/// use anysspi::{Identity, Step};
///
/// let accounts = MemoryAccounts::new([Account::with_password(r"CORP\alice", "secret")]);
/// let mut server = anysspi::accept("NTLM").credential(Identity::accounts(accounts)).start()?;
/// let mut client = anysspi::initiate("NTLM")
///     .credential(Identity::password(r"CORP\alice", "secret"))
///     .start()?;
///
/// while let Step::SendToken(token) = client.next()? {
///     if let Step::SendToken(answer) = server.step(Some(&token))? {
///         client.receive(&answer)?;
///     }
/// }
/// assert_eq!(server.context()?.client().to_string(), r"CORP\alice");
/// # Ok::<(), anysspi::Error>(())
/// ```
pub fn accept(package: &str) -> AcceptBuilder {
    AcceptBuilder {
        settings: Settings::new(package),
        accepted_targets: Vec::new(),
        pac_policy: PacPolicy::default(),
    }
}

/// The settings of a server's handshake.
#[derive(Debug)]
#[must_use = "a builder does nothing until `start`"]
pub struct AcceptBuilder {
    settings: Settings,
    accepted_targets: Vec<String>,
    pac_policy: PacPolicy,
}

impl AcceptBuilder {
    shared_settings!();

    /// Lets in only clients that meant one of these targets. Without any, every target will do.
    pub fn accepted_targets(
        mut self,
        targets: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.accepted_targets = targets.into_iter().map(Into::into).collect();
        self
    }

    /// What to do about the PAC in a client's ticket. Without this one that is there must be right,
    /// and none need be there. Packages other than Kerberos have no PAC.
    ///
    /// ```
    /// use anysspi::PacPolicy;
    ///
    /// let builder = anysspi::accept("Negotiate").pac_policy(PacPolicy::Always);
    /// # let _ = builder;
    /// ```
    pub fn pac_policy(mut self, policy: PacPolicy) -> Self {
        self.pac_policy = policy;
        self
    }

    /// Lets anonymous clients in. The credential must be allowed ANONYMOUS as well.
    pub fn anonymous(self) -> Self {
        self.request(ContextFlags::NULL_SESSION)
    }

    /// Acquires the credentials where that is still to do, and starts.
    pub fn start(self) -> Result<Handshake> {
        let mut ready = self.settings.prepare(Usage::INBOUND)?;
        ready.context = ready
            .context
            .with_accepted_targets(self.accepted_targets)
            .with_pac_policy(self.pac_policy);
        Ok(Handshake::new(Side::Acceptor, ready, None))
    }
}
