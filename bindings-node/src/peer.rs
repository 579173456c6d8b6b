//! Who the client is, as a domain knows it.

use crate::error::{Answer, answer};
use crate::kept;
use anysspi::binding::{GroupParts, granted_sids, group_parts};
use anysspi::{Peer, Sid};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;

#[napi(object, object_from_js = false)]
pub struct GroupFacts {
    pub sid: String,
    pub attributes: u32,
    pub is_enabled: bool,
}

/// What is known of a client, and the SIDs by which it is let in.
#[napi(object, object_from_js = false)]
pub struct PeerFacts {
    pub user: String,
    pub realm: String,
    pub has_pac: bool,
    pub account: Option<String>,
    pub domain: Option<String>,
    pub dns_domain: Option<String>,
    pub upn: Option<String>,
    pub full_name: Option<String>,
    pub logon_server: Option<String>,
    pub sid: Option<String>,
    pub primary_group: Option<String>,
    pub groups: Vec<GroupFacts>,
    pub resource_groups: Vec<GroupFacts>,
    pub extra: Vec<GroupFacts>,
    pub claims: Option<Buffer>,
    pub device: Option<Buffer>,
    pub device_claims: Option<Buffer>,
    pub asked_for_pac: Option<bool>,
    pub has_ticket_signature: bool,
    pub has_full_signature: bool,
    pub granted: Vec<String>,
}

impl From<&Peer> for PeerFacts {
    fn from(peer: &Peer) -> Self {
        let fact =
            |GroupParts { sid, attributes, is_enabled }| GroupFacts { sid, attributes, is_enabled };
        let bytes = |bytes: &Option<Vec<u8>>| bytes.as_deref().map(Buffer::from);
        let groups = |all| group_parts(all).into_iter().map(fact).collect();
        Self {
            user: peer.user.clone(),
            realm: peer.realm.clone(),
            has_pac: peer.has_pac,
            account: peer.account.clone(),
            domain: peer.domain.clone(),
            dns_domain: peer.dns_domain.clone(),
            upn: peer.upn.clone(),
            full_name: peer.full_name.clone(),
            logon_server: peer.logon_server.clone(),
            sid: peer.sid.as_ref().map(Sid::to_string),
            primary_group: peer.primary_group.as_ref().map(Sid::to_string),
            groups: groups(&peer.groups),
            resource_groups: groups(&peer.resource_groups),
            extra: groups(&peer.extra),
            claims: bytes(&peer.claims),
            device: bytes(&peer.device),
            device_claims: bytes(&peer.device_claims),
            asked_for_pac: peer.asked_for_pac,
            has_ticket_signature: peer.has_ticket_signature,
            has_full_signature: peer.has_full_signature,
            granted: granted_sids(peer),
        }
    }
}

/// Who the client is, where the package knows.
#[napi]
pub fn peer(end: i64) -> Answer<Option<PeerFacts>> {
    answer(|| kept::end(end)?.with(|context| Ok(context.peer().map(PeerFacts::from))))
}
