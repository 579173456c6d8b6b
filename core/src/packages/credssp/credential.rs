//! CredSSP's credentials: those of the authentication inside, the settings of TLS, and what is
//! delegated.

use super::accept::Accepting;
use super::certificate::certified;
use super::initiate::Initiating;
use super::settings::{client_settings, server_settings};
use crate::credentials::{
    Allow, Certificate, CredentialRequest, Delegated, DelegationPolicy, Identity, Usage,
};
use crate::error::{Error, Result};
use crate::package::{AcceptRequest, Exchange, InitiateRequest, PackageCredential};
use crate::packages::checks::with_certificates::wrong_side;
use crate::status::Status;
use crate::surroundings::Surroundings;
use crate::time::Time;
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, ServerConfig};
use std::any::Any;
use std::sync::Arc;

/// The package that authenticates inside TLS.
const INNER: &str = "Negotiate";

/// Credentials for one side or both.
pub(super) struct CredSspCredential {
    /// Whose they are: those of the authentication inside.
    inner: Arc<dyn PackageCredential>,
    outbound: Option<Arc<Outbound>>,
    inbound: Option<Arc<Inbound>>,
}

/// What an initiator needs.
pub(super) struct Outbound {
    pub(super) inner: Arc<dyn PackageCredential>,
    pub(super) tls: Arc<ClientConfig>,
    /// The roots by which servers are judged here, and not by the caller.
    pub(super) roots: Option<Vec<Vec<u8>>>,
    pub(super) certificate: Option<Arc<CertifiedKey>>,
    /// What the identities have to delegate.
    pub(super) delegated: Option<Delegated>,
    pub(super) policy: DelegationPolicy,
    pub(super) allow: Allow,
    pub(super) surroundings: Surroundings,
}

/// What an acceptor needs.
pub(super) struct Inbound {
    pub(super) inner: Arc<dyn PackageCredential>,
    pub(super) tls: Arc<ServerConfig>,
    pub(super) certificate: Certificate,
    pub(super) allow: Allow,
    pub(super) surroundings: Surroundings,
}

impl CredSspCredential {
    pub(super) fn new(request: &CredentialRequest) -> Result<Self> {
        let inner = inner_credential(request)?;
        let surroundings = request.registry.surroundings().clone();
        let certificate = request.certificate();
        let outbound = if request.usage.contains(Usage::OUTBOUND) {
            let roots = trusted_roots(&request.identities);
            let certificate = certificate.map(certified).transpose()?.map(Arc::new);
            Some(Arc::new(Outbound {
                inner: bare_credential(request)?.unwrap_or_else(|| Arc::clone(&inner)),
                tls: client_settings(&surroundings, roots.as_deref(), certificate.as_deref())?,
                roots,
                certificate,
                delegated: to_delegate(request),
                policy: request.delegation.clone(),
                allow: request.allow,
                surroundings: surroundings.clone(),
            }))
        } else {
            None
        };
        let inbound = if request.usage.contains(Usage::INBOUND) {
            let certificate = match certificate {
                Some(certificate) => certificate.clone(),
                None => Certificate::self_signed(&surroundings.host_names().dns_computer)?,
            };
            Some(Arc::new(Inbound {
                inner: Arc::clone(&inner),
                tls: server_settings(&surroundings, &certificate)?,
                certificate,
                allow: request.allow,
                surroundings,
            }))
        } else {
            None
        };
        Ok(Self { inner, outbound, inbound })
    }
}

/// The credentials of the authentication inside.
fn inner_credential(request: &CredentialRequest) -> Result<Arc<dyn PackageCredential>> {
    request.registry.find(INNER)?.acquire(inside(request))
}

/// Where the caller lists one package alone, an initiator has nothing to negotiate: the package's own
/// tokens go out, which servers without SPNEGO understand too.
fn bare_credential(request: &CredentialRequest) -> Result<Option<Arc<dyn PackageCredential>>> {
    let Some([only]) = request.packages.only.as_deref() else { return Ok(None) };
    let package = request.registry.find(only)?;
    // Negotiate has refused what cannot be negotiated, this package itself among it.
    if package.mechanisms().is_empty() {
        return Ok(None);
    }
    package.acquire(inside(request)).map(Some)
}

/// The request without what is TLS's, or is only delegated.
fn inside(request: &CredentialRequest) -> CredentialRequest {
    let mut inside = request.clone();
    inside.identities.retain(|identity| {
        !matches!(
            identity,
            Identity::Certificate(_) | Identity::TrustedRoots(_) | Identity::SmartCard(_)
        )
    });
    inside
}

/// The roots by which servers are judged, where the caller gives any.
fn trusted_roots(identities: &[Identity]) -> Option<Vec<Vec<u8>>> {
    let mut roots = None;
    for identity in identities {
        if let Identity::TrustedRoots(more) = identity {
            roots.get_or_insert_with(Vec::new).extend(more.iter().cloned());
        }
    }
    roots
}

/// What there is to delegate: a smart card before a password, which is then for authenticating.
fn to_delegate(request: &CredentialRequest) -> Option<Delegated> {
    let identities = request.identities.iter();
    let card = identities.clone().find_map(|identity| match identity {
        Identity::SmartCard(card) => Some(Delegated::SmartCard(card.clone())),
        _ => None,
    });
    let wanted = request.principal.as_deref();
    let password = || {
        identities.clone().find_map(|identity| match identity {
            Identity::Password { name, password } => wanted
                .is_none_or(|wanted| wanted.eq_ignore_ascii_case(&name.to_string()))
                .then(|| Delegated::Password { name: name.clone(), password: password.clone() }),
            _ => None,
        })
    };
    card.or_else(password)
}

/// What an initiator goes on with when it is given other credentials in the middle of its handshake.
pub(super) fn outbound_of(credential: &dyn PackageCredential) -> Result<&Arc<Outbound>> {
    let any: &dyn Any = credential;
    let own = any.downcast_ref::<CredSspCredential>().ok_or_else(|| {
        Error::new(Status::INVALID_HANDLE, "the handshake began with credentials of CREDSSP")
    })?;
    own.outbound.as_ref().ok_or_else(|| wrong_side("initiate"))
}

impl PackageCredential for CredSspCredential {
    fn name(&self) -> Result<String> {
        self.inner.name()
    }

    fn expiry(&self) -> Time {
        self.inner.expiry()
    }

    fn initiate(&self, request: InitiateRequest<'_>) -> Result<Box<dyn Exchange>> {
        Ok(Box::new(self.initiating(request)?))
    }

    fn accept(&self, request: AcceptRequest<'_>) -> Result<Box<dyn Exchange>> {
        Ok(Box::new(self.accepting(request)?))
    }
}

impl CredSspCredential {
    pub(super) fn initiating(&self, request: InitiateRequest<'_>) -> Result<Initiating> {
        let outbound = self.outbound.as_ref().ok_or_else(|| wrong_side("initiate"))?;
        Initiating::new(Arc::clone(outbound), request)
    }

    pub(super) fn accepting(&self, request: AcceptRequest<'_>) -> Result<Accepting> {
        let inbound = self.inbound.as_ref().ok_or_else(|| wrong_side("accept"))?;
        Accepting::new(Arc::clone(inbound), request)
    }
}
