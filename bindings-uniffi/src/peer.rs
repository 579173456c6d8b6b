//! Who the client is, as a domain knows it.

use anysspi::binding::{GroupParts, granted_sids, group_parts};
use anysspi::{Peer, Sid};

/// A group that a client is in.
#[derive(Clone, Debug, uniffi::Record)]
pub struct GroupFacts {
    /// Which group.
    pub sid: String,
    /// `SE_GROUP_*`
    pub attributes: u32,
    /// Whether it lets its members in somewhere.
    pub is_enabled: bool,
}

/// What is known of a client.
#[derive(Clone, Debug, uniffi::Record)]
pub struct PeerFacts {
    /// The name of the client in its realm.
    pub user: String,
    /// The realm of the client.
    pub realm: String,
    /// Whether the ticket had a PAC.
    pub has_pac: bool,
    /// The name of the account.
    pub account: Option<String>,
    /// The name of its domain, as NetBIOS has it.
    pub domain: Option<String>,
    /// The name of its domain in the DNS.
    pub dns_domain: Option<String>,
    /// The user principal name.
    pub upn: Option<String>,
    /// Its name for people.
    pub full_name: Option<String>,
    /// The domain controller that authenticated it.
    pub logon_server: Option<String>,
    /// The SID of the user.
    pub sid: Option<String>,
    /// The SID of the primary group.
    pub primary_group: Option<String>,
    /// The groups of its domain.
    pub groups: Vec<GroupFacts>,
    /// The groups of the server's domain.
    pub resource_groups: Vec<GroupFacts>,
    /// What else it is.
    pub extra: Vec<GroupFacts>,
    /// What the domain claims of the client.
    pub claims: Option<Vec<u8>>,
    /// Which device it sits at.
    pub device: Option<Vec<u8>>,
    /// What the domain claims of that device.
    pub device_claims: Option<Vec<u8>>,
    /// Whether the client asked for the PAC by itself.
    pub asked_for_pac: Option<bool>,
    /// Whether the KDC has signed the ticket for itself.
    pub has_ticket_signature: bool,
    /// Whether it has signed the whole PAC for itself.
    pub has_full_signature: bool,
    /// The SIDs by which it is let in somewhere.
    pub granted: Vec<String>,
}

impl From<&Peer> for PeerFacts {
    fn from(peer: &Peer) -> Self {
        let fact =
            |GroupParts { sid, attributes, is_enabled }| GroupFacts { sid, attributes, is_enabled };
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
            claims: peer.claims.clone(),
            device: peer.device.clone(),
            device_claims: peer.device_claims.clone(),
            asked_for_pac: peer.asked_for_pac,
            has_ticket_signature: peer.has_ticket_signature,
            has_full_signature: peer.has_full_signature,
            granted: granted_sids(peer),
        }
    }
}
