//! What was learnt during a handshake: one struct, read-only from then on.

use super::Sizes;
use crate::credentials::{ChannelBindings, Secret, UserName};
use crate::flags::ContextFlags;
use crate::package::PackageInfo;
use crate::time::Time;

/// Which end of a context this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The client: it sends the first token.
    Initiator,
    /// The server.
    Acceptor,
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
    /// The server, as it announced itself. Only a package with mutual authentication proves it.
    pub server: Option<String>,
    /// The workstation the client says it is on. Nobody vouches for it.
    pub workstation: Option<String>,
    /// The target's name as the client gave it.
    pub target: Option<String>,
    /// What the server told about itself (NTLM: the AV pairs of the challenge).
    pub target_information: Vec<u8>,
    /// The session key.
    pub session_key: Secret,
    /// The sizes for message protection.
    pub sizes: Sizes,
    /// The channel bindings of this side.
    pub bindings: Option<ChannelBindings>,
    /// What became of them.
    pub bindings_checked: BindingsChecked,
}
