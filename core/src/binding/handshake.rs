//! Handshakes from what a language says about them, and their ends.

use super::{token_of, wrong};
use crate::context::{Attribute, AttributeValue};
use crate::credentials::{
    Allow, ChannelBindingPolicy, ChannelBindings, DelegationPolicy, PacPolicy,
};
use crate::error::{Error, Result};
use crate::flags::ContextFlags;
use crate::handshake::{Context, CredentialSource, Handshake, accept, initiate};
use crate::kdc::{KdcAccess, KdcCarrier};
use crate::package::PackageInfo;
use crate::registry::Registry;
use crate::status::Status;
use std::sync::Arc;

/// What a language says about a handshake.
pub struct HandshakeParts<'a> {
    /// The package.
    pub package: &'a str,
    /// Which end it is.
    pub is_acceptor: bool,
    /// Where the credentials come from.
    pub credential: CredentialSource,
    /// The server's name; for an initiator.
    pub target: Option<String>,
    /// The names by which clients may have called the server; for an acceptor.
    pub accepted_targets: Vec<String>,
    /// What must be had beside the default.
    pub require: ContextFlags,
    /// What is asked for and not insisted on.
    pub request: ContextFlags,
    /// What of the default is not insisted on.
    pub relax: ContextFlags,
    /// What is not even asked for.
    pub without: ContextFlags,
    /// The bindings of the channel.
    pub channel_bindings: Option<ChannelBindings>,
    /// What to do about channel bindings.
    pub binding_policy: Option<ChannelBindingPolicy>,
    /// To which targets credentials may be delegated; for an initiator.
    pub delegation: Option<DelegationPolicy>,
    /// What to do about the PAC in a client's ticket; for an acceptor.
    pub pac_policy: Option<PacPolicy>,
    /// What is off unless it is allowed by name.
    pub allow: Allow,
    /// The packages that Negotiate may use, in order of preference.
    pub packages: Option<Vec<String>>,
    /// The packages that it may not use.
    pub without_packages: Vec<String>,
    /// Who carries questions to KDCs, if anybody.
    pub kdc: Option<Arc<dyn KdcCarrier>>,
}

impl<'a> HandshakeParts<'a> {
    /// A handshake with the usual settings.
    pub fn new(package: &'a str, is_acceptor: bool, credential: CredentialSource) -> Self {
        Self {
            package,
            is_acceptor,
            credential,
            target: None,
            accepted_targets: Vec::new(),
            require: ContextFlags::empty(),
            request: ContextFlags::empty(),
            relax: ContextFlags::empty(),
            without: ContextFlags::empty(),
            channel_bindings: None,
            binding_policy: None,
            delegation: None,
            pac_policy: None,
            allow: Allow::empty(),
            packages: None,
            without_packages: Vec::new(),
            kdc: None,
        }
    }

    /// Starts it.
    pub fn start(self, registry: &Registry) -> Result<Handshake> {
        // Both builders have these methods.
        macro_rules! configured {
            ($builder:expr) => {{
                let mut builder = $builder
                    .registry(registry)
                    .credential(self.credential)
                    .require(self.require)
                    .request(self.request)
                    .relax(self.relax)
                    .without(self.without)
                    .allow(self.allow)
                    .without_packages(self.without_packages);
                if let Some(carrier) = self.kdc {
                    builder = builder.kdc(KdcAccess::Carrier(carrier));
                }
                if let Some(bindings) = self.channel_bindings {
                    builder = builder.channel_bindings(bindings);
                }
                if let Some(policy) = self.binding_policy {
                    builder = builder.binding_policy(policy);
                }
                if let Some(packages) = self.packages {
                    builder = builder.packages(packages);
                }
                builder
            }};
        }
        if self.is_acceptor {
            let builder = configured!(accept(self.package));
            return builder
                .accepted_targets(self.accepted_targets)
                .pac_policy(self.pac_policy.unwrap_or_default())
                .start();
        }
        let mut builder = configured!(initiate(self.package));
        if let Some(target) = self.target {
            builder = builder.target(target);
        }
        if let Some(policy) = self.delegation {
            builder = builder.delegation(policy);
        }
        builder.start()
    }
}

/// The policy with this name.
pub fn policy_of(name: &str) -> Result<ChannelBindingPolicy> {
    ChannelBindingPolicy::from_name(name)
        .ok_or_else(|| wrong(format!("there is no binding policy {name:?}")))
}

/// The policy about PACs with this name.
pub fn pac_policy_of(name: &str) -> Result<PacPolicy> {
    PacPolicy::from_name(name).ok_or_else(|| wrong(format!("there is no PAC policy {name:?}")))
}

/// One end: a handshake, and the context that comes of it.
pub enum End {
    /// The handshake is on its way, or has failed.
    Running(Box<Handshake>),
    /// The context stands. Beside it are the peer's bytes beyond the handshake's end.
    Standing(Box<Context>, Vec<u8>),
    /// It was closed.
    Closed,
}

/// What a call on something closed gives.
pub fn closed() -> Error {
    Error::new(Status::INVALID_HANDLE, "it was closed")
}

impl End {
    /// The end of a handshake that begins.
    pub fn new(handshake: Handshake) -> Self {
        Self::Running(Box::new(handshake))
    }

    /// The handshake, which is not at its end.
    pub fn running(&mut self) -> Result<&mut Handshake> {
        match self {
            Self::Running(handshake) => Ok(handshake),
            Self::Standing(..) => Err(Error::new(
                Status::OUT_OF_SEQUENCE,
                "a call out of turn: the handshake is at its end",
            )),
            Self::Closed => Err(closed()),
        }
    }

    /// The context; why there is none before it stands.
    pub fn context(&mut self) -> Result<&mut Context> {
        match self {
            Self::Standing(context, _) => Ok(context),
            Self::Running(handshake) => handshake.context(),
            Self::Closed => Err(closed()),
        }
    }

    /// Whether the context stands.
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Standing(..))
    }

    /// The peer's bytes beyond the handshake's end.
    pub fn extra(&self) -> &[u8] {
        match self {
            Self::Standing(_, extra) => extra,
            Self::Running(_) | Self::Closed => &[],
        }
    }

    /// The next token to send; none at the end.
    pub fn step(&mut self, token: Option<&[u8]>) -> Result<Option<Vec<u8>>> {
        if token.is_none() && self.is_done() {
            return Ok(None);
        }
        let handshake = self.running()?;
        let step = handshake.step(token)?;
        if handshake.done()
            && let Self::Running(handshake) = std::mem::replace(self, Self::Closed)
        {
            let extra = handshake.extra().to_vec();
            *self = Self::Standing(Box::new(handshake.into_context()?), extra);
        }
        token_of(step)
    }

    /// Has a server speak first: the token to send.
    pub fn speak_first(&mut self) -> Result<Vec<u8>> {
        token_of(self.running()?.speak_first()?)?.ok_or_else(|| {
            Error::new(Status::OUT_OF_SEQUENCE, "a call out of turn: there is nothing to say first")
        })
    }
}

/// The package that was negotiated; the package itself where nothing was.
pub fn negotiated_package(context: &Context) -> Result<PackageInfo> {
    Ok(match context.query(Attribute::NEGOTIATION_INFO)? {
        AttributeValue::NegotiationInfo { package, .. } => package,
        _ => context.package().clone(),
    })
}
