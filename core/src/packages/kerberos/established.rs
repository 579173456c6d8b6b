//! What a handshake came to, as a context: the same for both sides.

use super::INFO;
use super::keys::ContextKeys;
use super::protection::{Agreement, KerberosContext};
use crate::context::{BindingsChecked, Facts, Peer, Side};
use crate::credentials::{ChannelBindings, Delegated, Secret, UserName};
use crate::error::Result;
use crate::flags::ContextFlags;
use crate::kerberos::{Principal, Tickets};
use crate::package::Established;
use crate::surroundings::Surroundings;
use crate::time::Time;
use std::sync::Arc;

/// What both sides know at the end.
pub(super) struct Agreed<'a> {
    pub(super) side: Side,
    pub(super) flags: ContextFlags,
    pub(super) start: Time,
    pub(super) expiry: Time,
    pub(super) client: UserName,
    pub(super) server: &'a Principal,
    /// The target as the client called it.
    pub(super) target: Arc<str>,
    pub(super) keys: ContextKeys,
    /// The first numbers of the messages of this side, and of the peer's.
    pub(super) sent: u32,
    pub(super) received: u32,
    pub(super) bindings: Option<&'a ChannelBindings>,
    pub(super) bindings_checked: BindingsChecked,
    /// What the client delegated.
    pub(super) delegated: Option<Tickets>,
    /// What the ticket says about the client.
    pub(super) peer: Option<Peer>,
}

impl Agreed<'_> {
    pub(super) fn stand(self, surroundings: &Surroundings) -> Result<Box<dyn Established>> {
        let mut facts = Facts::new(INFO.clone(), self.side, self.start);
        facts.flags = self.flags | ContextFlags::CONNECTION;
        facts.expiry = self.expiry;
        facts.client = self.client;
        facts.peer = self.peer.map(Arc::new);
        facts.server = Some(self.server.to_string().into());
        facts.target = Some(self.target);
        facts.bindings = self.bindings.cloned();
        facts.bindings_checked = self.bindings_checked;
        let (key, is_acceptor_subkey) = self.keys.protecting();
        facts.session_key = Secret::new(key.bytes().expose());
        let agreement = Agreement {
            key,
            is_acceptor_subkey,
            own_sequence: self.sent,
            peer_sequence: self.received,
        };
        let context = KerberosContext::new(facts, surroundings.clone(), agreement)?;
        let delegated = self.delegated.map_or(Delegated::Nothing, Delegated::Tickets);
        Ok(match self.side {
            Side::Acceptor => Box::new(context.with_delegated(delegated)),
            Side::Initiator => Box::new(context),
        })
    }
}

/// A principal as the name of a user: what it is called in its realm, and the realm.
pub(super) fn user_of(principal: &Principal) -> UserName {
    UserName::new(&without_realm(principal), Some(principal.realm()))
}

/// The text of a principal without its realm.
pub(super) fn without_realm(principal: &Principal) -> String {
    Principal::new(principal.name_type(), principal.parts(), "").to_string()
}
