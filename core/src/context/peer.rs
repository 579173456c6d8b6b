//! Who the client is: what an acceptor learns of it beyond its name.

use crate::sid::Sid;

/// What an acceptor learns of a client that a domain has authenticated: its names, and where the
/// ticket carries a PAC ([MS-PAC]) who it is to Windows and the groups it is in.
///
/// Everything but the name and the realm comes from the PAC. The acceptor has checked that the PAC was
/// signed for it and belongs to the ticket.
///
/// ```
/// use anysspi::{Context, Sid};
///
/// fn may_print(context: &Context, printers: &Sid) -> bool {
///     context.peer().is_some_and(|peer| peer.is_member_of(printers))
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Peer {
    /// The name of the client in its realm, its parts between slashes.
    pub user: String,
    /// The realm of the client.
    pub realm: String,
    /// Whether the ticket had a PAC. Without one there is nothing but the name and the realm.
    pub has_pac: bool,
    /// The name of the account (`sAMAccountName`).
    pub account: Option<String>,
    /// The name of the client's domain, as NetBIOS has it.
    pub domain: Option<String>,
    /// The name of its domain in the DNS.
    pub dns_domain: Option<String>,
    /// The user principal name, such as `alice@example.com`.
    pub upn: Option<String>,
    /// Its name for people.
    pub full_name: Option<String>,
    /// The domain controller that authenticated it.
    pub logon_server: Option<String>,
    /// The identifier of the user.
    pub sid: Option<Sid>,
    /// The primary group, which is among the groups too.
    pub primary_group: Option<Sid>,
    /// The groups of the client's domain that it is in.
    pub groups: Vec<Group>,
    /// The groups of the service's domain that it is in.
    pub resource_groups: Vec<Group>,
    /// What else it is: groups of other domains, and what it has from its history.
    pub extra: Vec<Group>,
    /// What the domain claims of the client, as it wrote it and not looked into
    /// (PAC_CLIENT_CLAIMS_INFO, [MS-PAC] 2.11).
    pub claims: Option<Vec<u8>>,
    /// Which device the client sits at, likewise (PAC_DEVICE_INFO, [MS-PAC] 2.12).
    pub device: Option<Vec<u8>>,
    /// What the domain claims of that device (PAC_DEVICE_CLAIMS_INFO, [MS-PAC] 2.13).
    pub device_claims: Option<Vec<u8>>,
    /// Whether the client asked for the PAC by itself, where the KDC says so. Those of services seldom
    /// do (PAC_ATTRIBUTES_INFO, [MS-PAC] 2.14).
    pub asked_for_pac: Option<bool>,
    /// Whether the KDC has signed the ticket for itself, so that it will notice a service that changes it
    /// ([MS-PAC] 2.8.3). Only the KDC can tell whether the signature is right.
    pub has_ticket_signature: bool,
    /// Whether it has signed the whole PAC for itself ([MS-PAC] 2.8.4).
    pub has_full_signature: bool,
}

/// A group that a client is in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Group {
    /// Which group.
    pub sid: Sid,
    /// How the client is in it (`SE_GROUP_*`, [MS-PAC] 2.2.1).
    pub attributes: u32,
}

impl Group {
    /// The group is mandatory: a user cannot do without it.
    pub const MANDATORY: u32 = 0x1;
    /// The group counts unless somebody says otherwise.
    pub const ENABLED_BY_DEFAULT: u32 = 0x2;
    /// The group counts.
    pub const ENABLED: u32 = 0x4;
    /// The group is one of a domain of resources.
    pub const RESOURCE: u32 = 0x2000_0000;
    /// The group counts only where somebody is kept out.
    const USE_FOR_DENY_ONLY: u32 = 0x10;

    /// A group, and how somebody is in it.
    pub fn new(sid: Sid, attributes: u32) -> Self {
        Self { sid, attributes }
    }

    /// Whether it lets its members in somewhere.
    pub fn is_enabled(&self) -> bool {
        self.attributes & (Self::ENABLED | Self::USE_FOR_DENY_ONLY) == Self::ENABLED
    }
}

impl Peer {
    /// A client of which nothing is known but its name.
    pub(crate) fn named(user: String, realm: String) -> Self {
        Self {
            user,
            realm,
            has_pac: false,
            account: None,
            domain: None,
            dns_domain: None,
            upn: None,
            full_name: None,
            logon_server: None,
            sid: None,
            primary_group: None,
            groups: Vec::new(),
            resource_groups: Vec::new(),
            extra: Vec::new(),
            claims: None,
            device: None,
            device_claims: None,
            asked_for_pac: None,
            has_ticket_signature: false,
            has_full_signature: false,
        }
    }

    /// All groups, of every kind.
    pub fn all_groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.iter().chain(&self.resource_groups).chain(&self.extra)
    }

    /// Whether the client is this user or in this group, and the group counts. It says nothing of
    /// groups of the machine itself, which no domain knows.
    pub fn is_member_of(&self, sid: &Sid) -> bool {
        self.sid.as_ref() == Some(sid)
            || self.all_groups().any(|group| group.sid == *sid && group.is_enabled())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_groups_that_count_let_in() {
        let sid = |text: &str| text.parse::<Sid>().unwrap();
        let mut peer = Peer::named("alice".into(), "EXAMPLE.COM".into());
        assert!(!peer.is_member_of(&sid("S-1-5-21-1-2-3-500")));
        peer.sid = Some(sid("S-1-5-21-1-2-3-500"));
        peer.groups = vec![Group::new(sid("S-1-5-21-1-2-3-513"), 7)];
        peer.resource_groups = vec![Group::new(sid("S-1-5-21-9-9-9-1000"), 0x2000_0007)];
        peer.extra = vec![
            Group::new(sid("S-1-18-1"), 7),
            Group::new(sid("S-1-5-21-7-7-7-1"), 0x14),
            Group::new(sid("S-1-5-21-7-7-7-2"), 3),
        ];
        for (text, is_member) in [
            ("S-1-5-21-1-2-3-500", true),
            ("S-1-5-21-1-2-3-513", true),
            ("S-1-5-21-9-9-9-1000", true),
            ("S-1-18-1", true),
            ("S-1-5-21-7-7-7-1", false),
            ("S-1-5-21-7-7-7-2", false),
            ("S-1-5-21-1-2-3-512", false),
        ] {
            assert_eq!(peer.is_member_of(&sid(text)), is_member, "{text}");
        }
        assert_eq!(peer.all_groups().count(), 5);
    }
}
