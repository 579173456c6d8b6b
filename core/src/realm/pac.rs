//! Who a user is to Windows, as the tickets say it ([MS-PAC]).

use super::Realm;
use super::issue::Grant;
use crate::error::Result;
use crate::packages::kerberos::pac::{
    LogonInformation, Membership, PacContents, UpnDnsInformation,
};

/// SE_GROUP_MANDATORY, SE_GROUP_ENABLED_BY_DEFAULT and SE_GROUP_ENABLED ([MS-PAC] 2.2.1).
const ENABLED: u32 = 7;

/// USER_NORMAL_ACCOUNT ([MS-SAMR] 2.2.1.12).
const NORMAL_ACCOUNT: u32 = 0x10;

impl Realm {
    /// What the PAC of a ticket says; none for services, and for clients of other realms.
    pub(super) fn pac(&self, grant: &Grant) -> Result<Option<PacContents>> {
        if grant.client.realm() != self.name() {
            return Ok(None);
        }
        let found = self.principals().find(grant.client.parts()).cloned();
        let Some(account) = found.and_then(|entry| entry.account) else { return Ok(None) };
        let name = grant.client.parts().join("/");
        let domain = self.domain_sid();
        let short = self.name().split('.').next().unwrap_or_default();
        let sid = domain.with(account.relative_id)?;
        let membership =
            |relative_id: &u32| Membership { relative_id: *relative_id, attributes: ENABLED };
        Ok(Some(PacContents {
            logon: LogonInformation {
                logon_time: grant.authenticated,
                account: name.clone(),
                full_name: name.clone(),
                logon_server: "KDC".to_owned(),
                domain: short.to_owned(),
                domain_sid: Some(domain.clone()),
                user_id: account.relative_id,
                primary_group_id: account.groups.first().copied().unwrap_or_default(),
                groups: account.groups.iter().map(membership).collect(),
                extra: Vec::new(),
                resource_domain_sid: None,
                resource_groups: Vec::new(),
                account_control: NORMAL_ACCOUNT,
            },
            names: UpnDnsInformation {
                upn: format!("{name}@{}", self.name().to_ascii_lowercase()),
                dns_domain: self.name().to_owned(),
                was_made: true,
                account: Some((name, sid)),
            },
            was_requested: true,
        }))
    }
}
