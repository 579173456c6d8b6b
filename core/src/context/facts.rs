//! What was learnt during a handshake: one struct, read-only from then on.

use super::{Peer, Sizes, StreamSizes};
use crate::credentials::{ChannelBindings, Secret, UserName};
use crate::error::Error;
use crate::flags::ContextFlags;
use crate::package::PackageInfo;
use crate::time::Time;
use std::borrow::Cow;
use std::sync::Arc;

/// Which end of a context this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The client: it sends the first token.
    Initiator,
    /// The server.
    Acceptor,
}

impl Side {
    /// The side in a word: `initiator` or `acceptor`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Initiator => "initiator",
            Self::Acceptor => "acceptor",
        }
    }
}

/// What became of the channel bindings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BindingsChecked {
    /// Nothing was checked: this side had none, or the peer sent none and was let in.
    #[default]
    No,
    /// An initiator sent its bindings for the acceptor to check.
    Sent,
    /// An acceptor checked the client's bindings and they are the right ones.
    Verified,
}

impl BindingsChecked {
    /// What became of them, in a word: `no`, `sent` or `verified`.
    pub fn name(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Sent => "sent",
            Self::Verified => "verified",
        }
    }
}

/// What a handshake learnt.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Facts {
    /// The package of the context.
    pub package: PackageInfo,
    /// Which end this is.
    pub side: Side,
    /// What the context has. Every flag is true of it.
    pub flags: ContextFlags,
    /// When it was established.
    pub start: Time,
    /// When it ends.
    pub expiry: Time,
    /// The client, as the acceptor authenticated it or the initiator called itself. An anonymous
    /// client has an empty name.
    pub client: UserName,
    /// What an acceptor knows of the client beyond its name, where the package tells it (Kerberos).
    pub peer: Option<Arc<Peer>>,
    /// The server, as it announced itself. Only a package with mutual authentication proves it.
    pub server: Option<Arc<str>>,
    /// The workstation the client says it is on. Nobody vouches for it.
    pub workstation: Option<Arc<str>>,
    /// The target's name as the client gave it.
    pub target: Option<Arc<str>>,
    /// What the server told about itself (NTLM: the AV pairs of the challenge).
    pub target_information: Vec<u8>,
    /// The session key.
    pub session_key: Secret,
    /// The sizes for message protection.
    pub sizes: Sizes,
    /// The sizes for the protection of a stream, where the context has one.
    pub stream_sizes: Option<StreamSizes>,
    /// The channel bindings of this side.
    pub bindings: Option<ChannelBindings>,
    /// What became of them.
    pub bindings_checked: BindingsChecked,
    /// How the package was agreed on, where it was.
    pub negotiation: Option<Arc<Negotiation>>,
}

/// How a package was agreed on.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Negotiation {
    /// The packages this side was ready for, in its order.
    pub offered: Arc<[Cow<'static, str>]>,
    /// The package that was agreed on.
    pub chosen: Option<Cow<'static, str>>,
    /// The packages that were passed over before anything was offered, and why.
    pub dropped: Vec<DroppedPackage>,
    /// Whether the peer signed the list of mechanisms.
    pub list_was_signed: bool,
}

/// A package that could not take part.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DroppedPackage {
    /// The package.
    pub package: Cow<'static, str>,
    /// Why not.
    pub error: Error,
}

impl Facts {
    /// The facts of a context that has nothing yet: for packages, which fill in what they learnt.
    ///
    /// ```
    /// use anysspi::{ContextFlags, Facts, Registry, Side, Time};
    ///
    /// let package = Registry::global().query("NTLM")?;
    /// let mut facts = Facts::new(package, Side::Acceptor, Time::from_unix_seconds(0));
    /// facts.flags = ContextFlags::INTEGRITY;
    /// # Ok::<(), anysspi::Error>(())
    /// ```
    pub fn new(package: PackageInfo, side: Side, start: Time) -> Self {
        Self {
            sizes: Sizes { max_token: package.max_token, ..Sizes::default() },
            stream_sizes: None,
            package,
            side,
            flags: ContextFlags::empty(),
            start,
            expiry: Time::FOREVER,
            client: UserName::new("", None),
            peer: None,
            server: None,
            workstation: None,
            target: None,
            target_information: Vec::new(),
            session_key: Secret::new(&[]),
            bindings: None,
            bindings_checked: BindingsChecked::No,
            negotiation: None,
        }
    }
}
