//! Negotiate's credentials: those of every package that takes part, in order of preference.

use super::INFO;
use super::accept::Chooser;
use super::initiate::Opener;
use super::messages::{Mechanism, write_list};
use crate::context::DroppedPackage;
use crate::credentials::CredentialRequest;
use crate::error::{Error, Result};
use crate::flags::ContextFlags;
use crate::package::{
    AcceptRequest, Capabilities, Exchange, InitiateRequest, Package, PackageCredential, PackageInfo,
};
use crate::status::{Family, Status};
use crate::time::Time;
use std::borrow::Cow;
use std::sync::Arc;

/// The packages that take part, and those that do not and why.
pub(super) struct Candidates {
    pub(super) in_order: Vec<Candidate>,
    pub(super) dropped: Vec<DroppedPackage>,
    /// What an offer of all of them says: their names and the encoded list of mechanisms. Every
    /// handshake shares the two.
    pub(super) all: Offer,
}

/// The names of packages, and the encoded list of their mechanisms.
#[derive(Clone)]
pub(super) struct Offer {
    pub(super) names: Arc<[Cow<'static, str>]>,
    pub(super) list: Arc<[u8]>,
}

impl Offer {
    pub(super) fn of(candidates: &[Candidate]) -> Self {
        let mechanisms = candidates.iter().flat_map(|one| one.package.mechanisms());
        Self {
            names: candidates.iter().map(|one| one.info().name.clone()).collect(),
            list: write_list(mechanisms.copied()).into(),
        }
    }
}

/// A package that takes part.
pub(super) struct Candidate {
    pub(super) package: Arc<dyn Package>,
    pub(super) credential: Arc<dyn PackageCredential>,
}

impl Candidate {
    pub(super) fn info(&self) -> &PackageInfo {
        self.package.info()
    }

    pub(super) fn has(&self, mechanism: &Mechanism) -> bool {
        self.own(mechanism).is_some()
    }

    /// The mechanism as the package itself has it, if it does.
    pub(super) fn own(&self, mechanism: &Mechanism) -> Option<&'static Mechanism> {
        self.package.mechanisms().iter().find(|own| **own == mechanism).copied()
    }
}

pub(super) struct NegotiateCredential(Arc<Candidates>);

impl NegotiateCredential {
    pub(super) fn new(request: &CredentialRequest) -> Result<Self> {
        let (mut in_order, mut dropped) = (Vec::new(), Vec::new());
        for package in in_order_of_preference(request)? {
            match package.acquire(request.clone()) {
                Ok(credential) => in_order.push(Candidate { package, credential }),
                Err(error) if may_go_on_without(&error) => {
                    let package = package.info().name.clone();
                    dropped.push(DroppedPackage { package, error });
                }
                Err(error) => return Err(error),
            }
        }
        if in_order.is_empty() {
            return Err(nobody_left(&dropped));
        }
        let all = Offer::of(&in_order);
        Ok(Self(Arc::new(Candidates { in_order, dropped, all })))
    }
}

/// The packages that may take part: those the caller lists, in that order; otherwise every
/// negotiable one of the registry that is not only for who asks for it, those that authenticate the
/// server too before those that do not.
fn in_order_of_preference(request: &CredentialRequest) -> Result<Vec<Arc<dyn Package>>> {
    let choice = &request.packages;
    let mut packages = if let Some(names) = &choice.only {
        let find = |name: &String| request.registry.find(name);
        names.iter().map(find).collect::<Result<Vec<_>>>()?
    } else {
        let mut packages = request.registry.packages();
        packages.retain(|package| !package.is_on_request());
        packages
    };
    for name in &choice.without {
        request.registry.find(name)?;
    }
    let listed = choice.only.is_some();
    for package in &packages {
        if listed && package.mechanisms().is_empty() {
            let name = &package.info().name;
            return Err(Error::new(
                Status::INVALID_PARAMETER,
                format!("{name} is listed for Negotiate and cannot be negotiated"),
            ));
        }
    }
    packages.retain(|package| {
        let name = &package.info().name;
        !package.mechanisms().is_empty()
            && !choice.without.iter().any(|without| without.eq_ignore_ascii_case(name))
    });
    if packages.is_empty() {
        return Err(Error::new(
            Status::INVALID_PARAMETER,
            "the lists of packages leave Negotiate none to offer",
        ));
    }
    if !listed {
        let is_one_sided = |package: &Arc<dyn Package>| {
            !package.info().capabilities.contains(Capabilities::MUTUAL_AUTH)
        };
        packages.sort_by_key(is_one_sided);
    }
    Ok(packages)
}

/// Whether a package that failed with this error is only passed over: it has no credential, no
/// KDC, does not know the target. A mistake of the caller's, or a failed check, is the end. So is a
/// wrong password: to try it with the next package too would count as two against the account.
pub(super) fn may_go_on_without(error: &Error) -> bool {
    if error.status() == Status::LOGON_DENIED {
        return false;
    }
    matches!(error.family(), Family::Credential | Family::Network | Family::Unsupported)
        || matches!(error.status(), Status::TARGET_UNKNOWN | Status::WRONG_PRINCIPAL)
}

/// The error when no package is left, which says why for each.
pub(super) fn nobody_left(dropped: &[DroppedPackage]) -> Error {
    let reasons: Vec<String> =
        dropped.iter().map(|dropped| format!("{}: {}", dropped.package, dropped.error)).collect();
    let status = match dropped {
        [only] => only.error.status(),
        _ => Status::NO_CREDENTIALS,
    };
    let mut error =
        Error::new(status, format!("no package can be negotiated; {}", reasons.join("; ")));
    if let Some(last) = dropped.last() {
        error = error.with_source(last.error.clone());
    }
    error
}

impl PackageCredential for NegotiateCredential {
    fn name(&self) -> Result<String> {
        let first = self.0.in_order.first().ok_or_else(|| nobody_left(&self.0.dropped))?;
        first.credential.name()
    }

    fn expiry(&self) -> Time {
        let expiries = self.0.in_order.iter().map(|candidate| candidate.credential.expiry());
        expiries.max().unwrap_or(Time::FOREVER)
    }

    fn initiate(&self, request: InitiateRequest<'_>) -> Result<Box<dyn Exchange>> {
        refuse_datagram(request.flags)?;
        Ok(Box::new(Opener::new(Arc::clone(&self.0), request)))
    }

    fn accept(&self, request: AcceptRequest<'_>) -> Result<Box<dyn Exchange>> {
        refuse_datagram(request.flags)?;
        Ok(Box::new(Chooser::new(Arc::clone(&self.0), request)))
    }
}

fn refuse_datagram(flags: ContextFlags) -> Result<()> {
    if !flags.contains(ContextFlags::DATAGRAM) {
        return Ok(());
    }
    Err(Error::new(
        Status::UNSUPPORTED_FUNCTION,
        format!("{} needs a connection: use the package itself without one", INFO.name),
    ))
}
