//! Who the client is, in words and numbers that every language has.

use crate::context::{Group, Peer};

/// A group, and how the client is in it.
pub struct GroupParts {
    /// Which group, as text.
    pub sid: String,
    /// `SE_GROUP_*`.
    pub attributes: u32,
    /// Whether it lets its members in somewhere.
    pub is_enabled: bool,
}

/// The groups of a list.
pub fn group_parts(groups: &[Group]) -> Vec<GroupParts> {
    let part = |group: &Group| GroupParts {
        sid: group.sid.to_string(),
        attributes: group.attributes,
        is_enabled: group.is_enabled(),
    };
    groups.iter().map(part).collect()
}

/// The identifiers by which a client is let in somewhere: its own, and those of the groups that count.
pub fn granted_sids(peer: &Peer) -> Vec<String> {
    let groups = peer.all_groups().filter(|group| group.is_enabled()).map(|group| &group.sid);
    peer.sid.iter().chain(groups).map(ToString::to_string).collect()
}
