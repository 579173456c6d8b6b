//! Who a user is to Windows, as the tickets say it ([MS-PAC]): put into a ticket-granting ticket when the
//! user logs on, and from there into all the tickets that come of it.

use super::Realm;
use super::initial::is_granting;
use super::refused::Refused;
use crate::error::Result;
use crate::kerberos::{Key, Principal};
use crate::packages::kerberos::messages::{
    ErrorCode, KdcRequestFields, PacRequest, TicketPart, pa_data, read,
};
use crate::packages::kerberos::pac::{
    LogonInformation, Membership, PacAttributes, PacContents, UpnDnsInformation,
};
use crate::time::Time;

/// SE_GROUP_MANDATORY, SE_GROUP_ENABLED_BY_DEFAULT and SE_GROUP_ENABLED ([MS-PAC] 2.2.1).
const ENABLED: u32 = 7;

/// USER_NORMAL_ACCOUNT ([MS-SAMR] 2.2.1.12).
const NORMAL_ACCOUNT: u32 = 0x10;

/// Whether a client wants a PAC: PA-PAC-REQUEST ([MS-KILE] 3.3.5.6.2).
pub(super) fn wanted(request: &KdcRequestFields<'_>) -> Result<PacAttributes> {
    let data = request.pa_data.iter().flatten().find(|data| data.kind == pa_data::PAC_REQUEST);
    let Some(data) = data else { return Ok(PacAttributes::WAS_GIVEN) };
    let request: PacRequest = read(data.value.as_bytes(), "PA-PAC-REQUEST")?;
    Ok(if request.is_wanted { PacAttributes::WAS_REQUESTED } else { PacAttributes::empty() })
}

/// What of a PAC goes into a ticket for somebody: all ticket-granting tickets have one, and those of others
/// where the client did not say that it wants none.
pub(super) fn going_to(server: &Principal, pac: Option<PacContents>) -> Option<PacContents> {
    pac.filter(|pac| is_granting(server) || !pac.attributes.is_empty())
}

impl Realm {
    /// What the PAC of a user who logs on says; none for services.
    pub(super) fn own_pac(
        &self,
        client: &Principal,
        authenticated: Time,
        attributes: PacAttributes,
    ) -> Result<Option<PacContents>> {
        let found = self.principals().find(client.parts()).cloned();
        let Some(account) = found.and_then(|entry| entry.account) else { return Ok(None) };
        let name = client.parts().join("/");
        let domain = self.domain_sid();
        let short = self.name().split('.').next().unwrap_or_default();
        let sid = domain.with(account.relative_id)?;
        let membership =
            |relative_id: &u32| Membership { relative_id: *relative_id, attributes: ENABLED };
        Ok(Some(PacContents {
            logon: LogonInformation {
                logon_time: authenticated,
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
            attributes,
        }))
    }

    /// What the PAC of a ticket-granting ticket says, which this key opened. Another realm speaks for its
    /// own domain and for no other ([MS-PAC] 4.1.2.2).
    pub(super) fn pac_of(
        &self,
        ticket: &TicketPart<'_>,
        key: &Key,
    ) -> Result<Option<PacContents>, Refused> {
        let altered =
            |_| Refused::because(ErrorCode::MODIFIED, "the PAC of the ticket is not right");
        let Some(mut pac) = PacContents::of(ticket, key).map_err(altered)? else { return Ok(None) };
        if ticket.client_realm.0 == self.name() {
            return Ok(Some(pac));
        }
        let Some(domain) = pac.logon.domain_sid.clone().filter(|sid| sid != self.domain_sid())
        else {
            return Err(Refused::because(
                ErrorCode::POLICY,
                "the PAC of the ticket is of a domain that its realm does not speak for",
            ));
        };
        pac.logon.extra.retain(|group| group.sid.domain().as_ref() == Some(&domain));
        pac.logon.resource_domain_sid = None;
        pac.logon.resource_groups.clear();
        Ok(Some(pac))
    }
}
