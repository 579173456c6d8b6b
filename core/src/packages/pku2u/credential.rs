//! PKU2U's credentials: the own certificate with its key, and the certificates of the peers that are
//! trusted. Both sides need both.

use super::accept::Accepting;
use super::certificate::{Known, Own};
use super::check_flags;
use super::initiate::Initiating;
use crate::credentials::{CredentialRequest, Identity, Usage};
use crate::error::{Error, Result};
use crate::package::{AcceptRequest, Exchange, InitiateRequest, PackageCredential};
use crate::packages::checks::with_certificates::wrong_side;
use crate::status::Status;
use crate::surroundings::Surroundings;
use crate::time::Time;
use std::sync::Arc;

/// The most peers that are trusted. An acceptor names the issuers of all in its first token.
const MOST_TRUSTED: usize = 256;

pub(super) struct Pku2uCredential {
    usage: Usage,
    parties: Arc<Parties>,
}

/// Who takes part.
pub(super) struct Parties {
    pub(super) own: Own,
    pub(super) trusted: Vec<Known>,
    pub(super) surroundings: Surroundings,
}

impl Pku2uCredential {
    pub(super) fn new(request: &CredentialRequest) -> Result<Self> {
        let identities = &request.identities;
        let certificate = request.certificate().ok_or_else(|| {
            missing(
                "a certificate with its private key, Identity::Certificate, which says who one is",
            )
        })?;
        let roots = identities.iter().filter_map(|identity| match identity {
            Identity::TrustedRoots(roots) => Some(roots),
            _ => None,
        });
        let trusted = roots.flat_map(|roots| roots.iter()).map(|der| Known::read(der));
        let trusted = trusted.collect::<Result<Vec<_>>>()?;
        if trusted.is_empty() {
            return Err(missing(
                "the certificates of the peers that are trusted, Identity::TrustedRoots: without any, \
                 nobody is let in and no server is believed",
            ));
        }
        if trusted.len() > MOST_TRUSTED {
            return Err(Error::new(
                Status::INVALID_PARAMETER,
                format!("PKU2U trusts at most {MOST_TRUSTED} certificates"),
            ));
        }
        let own = Own::read(certificate)?;
        let surroundings = request.registry.surroundings().clone();
        own.certificate.check_dates(surroundings.now(), "the own")?;
        Ok(Self { usage: request.usage, parties: Arc::new(Parties { own, trusted, surroundings }) })
    }

    fn parties(&self, usage: Usage, what: &str) -> Result<Arc<Parties>> {
        if self.usage.contains(usage) {
            return Ok(Arc::clone(&self.parties));
        }
        Err(wrong_side(what))
    }
}

fn missing(what: &str) -> Error {
    Error::new(Status::NO_CREDENTIALS, format!("PKU2U needs {what}"))
}

impl PackageCredential for Pku2uCredential {
    fn name(&self) -> Result<String> {
        Ok(self.parties.own.certificate.name.to_string())
    }

    fn expiry(&self) -> Time {
        self.parties.own.certificate.not_after
    }

    fn initiate(&self, request: InitiateRequest<'_>) -> Result<Box<dyn Exchange>> {
        check_flags(request.flags)?;
        let parties = self.parties(Usage::OUTBOUND, "initiate")?;
        Ok(Box::new(Initiating::new(parties, request)?))
    }

    fn accept(&self, request: AcceptRequest<'_>) -> Result<Box<dyn Exchange>> {
        check_flags(request.flags)?;
        let parties = self.parties(Usage::INBOUND, "accept")?;
        Ok(Box::new(Accepting::new(parties, request)?))
    }
}
