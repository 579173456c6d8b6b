//! What the caller requires of a context. What is required and not had is an error, never a silent
//! downgrade.

use crate::error::{Error, Result};
use crate::flags::ContextFlags;
use crate::package::{Capabilities, PackageInfo};
use crate::status::Status;

/// What is asked of the peer, and what of that must come true.
#[derive(Clone, Copy, Debug)]
pub(super) struct Requirements {
    asked: ContextFlags,
    required: ContextFlags,
    /// Mutual authentication was required by name, and not only by default.
    mutual_by_name: bool,
}

impl Default for Requirements {
    fn default() -> Self {
        let flags = ContextFlags::default();
        Self { asked: flags, required: flags, mutual_by_name: false }
    }
}

impl Requirements {
    pub(super) fn require(&mut self, flags: ContextFlags) {
        self.asked |= flags;
        self.required |= flags;
        self.mutual_by_name |= flags.contains(ContextFlags::MUTUAL_AUTH);
    }

    pub(super) fn request(&mut self, flags: ContextFlags) {
        self.asked |= flags;
    }

    pub(super) fn relax(&mut self, flags: ContextFlags) {
        self.required -= flags;
        self.mutual_by_name &= !flags.contains(ContextFlags::MUTUAL_AUTH);
    }

    pub(super) fn without(&mut self, flags: ContextFlags) {
        self.relax(flags);
        self.asked -= flags;
    }

    pub(super) fn asked(&self) -> ContextFlags {
        self.asked
    }

    pub(super) fn required(&self) -> ContextFlags {
        self.required
    }

    /// Drops the default that a package cannot meet, and refuses what it never can.
    pub(super) fn for_package(mut self, package: &PackageInfo) -> Result<Self> {
        if !package.capabilities.contains(Capabilities::MUTUAL_AUTH) {
            if self.mutual_by_name {
                return Err(Error::new(
                    Status::MUTUAL_AUTH_FAILED,
                    format!("mutual authentication is required and {} has none", package.name),
                ));
            }
            self.required -= ContextFlags::MUTUAL_AUTH;
        }
        // A package that protects a stream protects nothing else.
        if package.capabilities.contains(Capabilities::STREAM) {
            self.asked |= ContextFlags::STREAM | ContextFlags::CONNECTION;
        }
        // Where the transport has no order, a context cannot keep it.
        if self.asked.contains(ContextFlags::DATAGRAM) {
            self.required -= ContextFlags::REPLAY_DETECT | ContextFlags::SEQUENCE_DETECT;
        }
        Ok(self)
    }

    /// Checks what the context has against what is required.
    pub(super) fn check(&self, has: ContextFlags) -> Result<()> {
        let missing = self.required - has;
        if missing.is_empty() {
            return Ok(());
        }
        let status = if missing.contains(ContextFlags::MUTUAL_AUTH) {
            Status::MUTUAL_AUTH_FAILED
        } else {
            Status::SECURITY_QOS_FAILED
        };
        let names: Vec<&str> = missing.iter_names().map(|(name, _)| name).collect();
        Err(Error::new(
            status,
            format!(
                "the peer did not agree to {}: relax it by name to go on without",
                names.join(", ")
            ),
        ))
    }
}
