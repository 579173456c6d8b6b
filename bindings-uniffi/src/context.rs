//! What is known about a context.

use crate::error::Fault;
use crate::package::{PackageFacts, number, when};
use anysspi::binding::negotiated_package;
use anysspi::{Context, Side};
use std::time::SystemTime;

/// What is known about a context.
#[derive(Clone, Debug, uniffi::Record)]
pub struct ContextFacts {
    /// The package: Negotiate where it was negotiated.
    pub package: PackageFacts,
    /// The package that was negotiated; the package itself where nothing was.
    pub negotiated_package: PackageFacts,
    /// How the package was agreed on, where it was.
    pub negotiation: Option<NegotiationFacts>,
    /// Which end this is.
    pub is_acceptor: bool,
    /// What the context has.
    pub flags: u32,
    /// When it ends; none for never.
    pub expiry: Option<SystemTime>,
    /// The client, as `DOMAIN\user`.
    pub client: String,
    /// The client without the domain.
    pub client_user: String,
    /// The client's domain.
    pub client_domain: Option<String>,
    /// Whether the client is anonymous.
    pub is_anonymous: bool,
    /// The server, as it announced itself.
    pub server: Option<String>,
    /// The workstation the client says it is on.
    pub workstation: Option<String>,
    /// The target's name as the client gave it.
    pub target: Option<String>,
    /// What became of the channel bindings, in a word: `no`, `sent`, `verified`.
    pub bindings_checked: String,
    /// The sizes for message protection.
    pub sizes: SizeFacts,
}

/// Sizes for message protection.
#[derive(Clone, Copy, Debug, uniffi::Record)]
pub struct SizeFacts {
    /// The largest token of the handshake.
    pub max_token: u32,
    /// The largest signature of a signed message.
    pub max_signature: u32,
    /// The size messages are padded to a multiple of.
    pub block_size: u32,
    /// The size of the TOKEN buffer of an encrypted message.
    pub security_trailer: u32,
}

impl From<anysspi::Sizes> for SizeFacts {
    fn from(sizes: anysspi::Sizes) -> Self {
        Self {
            max_token: number(sizes.max_token),
            max_signature: number(sizes.max_signature),
            block_size: number(sizes.block_size),
            security_trailer: number(sizes.security_trailer),
        }
    }
}

/// How a package was agreed on.
#[derive(Clone, Debug, uniffi::Record)]
pub struct NegotiationFacts {
    /// The packages this side was ready for, in its order.
    pub offered: Vec<String>,
    /// The package that was agreed on.
    pub chosen: Option<String>,
    /// The packages that were passed over before anything was offered, and why.
    pub dropped: Vec<Dropped>,
    /// Whether the peer signed the list of mechanisms.
    pub list_was_signed: bool,
}

/// A package that could not take part.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Dropped {
    /// The package.
    pub package_name: String,
    /// Why not.
    pub fault: Fault,
}

pub(crate) fn facts_of(context: &Context) -> anysspi::Result<ContextFacts> {
    let facts = context.facts();
    let text = |text: Option<&str>| text.map(str::to_owned);
    Ok(ContextFacts {
        package: PackageFacts::from(&facts.package),
        negotiated_package: PackageFacts::from(&negotiated_package(context)?),
        negotiation: facts.negotiation.as_deref().map(|negotiation| NegotiationFacts {
            offered: negotiation.offered.iter().map(ToString::to_string).collect(),
            chosen: negotiation.chosen.as_ref().map(ToString::to_string),
            dropped: negotiation
                .dropped
                .iter()
                .map(|dropped| Dropped {
                    package_name: dropped.package.to_string(),
                    fault: Fault::from(&dropped.error),
                })
                .collect(),
            list_was_signed: negotiation.list_was_signed,
        }),
        is_acceptor: facts.side == Side::Acceptor,
        flags: facts.flags.bits(),
        expiry: when(facts.expiry),
        client: facts.client.to_string(),
        client_user: facts.client.user().to_owned(),
        client_domain: text(facts.client.domain()),
        is_anonymous: context.is_anonymous(),
        server: text(facts.server.as_deref()),
        workstation: text(facts.workstation.as_deref()),
        target: text(facts.target.as_deref()),
        bindings_checked: facts.bindings_checked.name().to_owned(),
        sizes: context.sizes().into(),
    })
}
