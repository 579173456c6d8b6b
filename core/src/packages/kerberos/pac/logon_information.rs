//! KERB_VALIDATION_INFO ([MS-PAC] 2.5): who the user is and which groups it is in.

use super::ndr::NdrReader;
use crate::codec::reader::Malformed;
use crate::context::Group;
use crate::sid::Sid;
use crate::time::Time;

/// What is read of KERB_VALIDATION_INFO. The key in it is not: it is for NTLM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogonInformation {
    pub(crate) logon_time: Time,
    pub(crate) account: String,
    pub(crate) full_name: String,
    pub(crate) logon_server: String,
    pub(crate) domain: String,
    /// The domain of the user and its groups.
    pub(crate) domain_sid: Option<Sid>,
    pub(crate) user_id: u32,
    pub(crate) primary_group_id: u32,
    /// The groups in that domain, and how the user is in each.
    pub(crate) groups: Vec<Membership>,
    pub(crate) extra: Vec<Group>,
    pub(crate) resource_domain_sid: Option<Sid>,
    pub(crate) resource_groups: Vec<Membership>,
    pub(crate) account_control: u32,
}

/// GROUP_MEMBERSHIP ([MS-PAC] 2.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Membership {
    pub(crate) relative_id: u32,
    pub(crate) attributes: u32,
}

impl LogonInformation {
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut ndr = NdrReader::new(bytes)?;
        let logon_time = ndr.time("LogonTime")?;
        for what in [
            "LogoffTime",
            "KickOffTime",
            "PasswordLastSet",
            "PasswordCanChange",
            "PasswordMustChange",
        ] {
            ndr.time(what)?;
        }
        let account = ndr.text_header("EffectiveName")?;
        let full_name = ndr.text_header("FullName")?;
        let logon_script = ndr.text_header("LogonScript")?;
        let profile_path = ndr.text_header("ProfilePath")?;
        let home_directory = ndr.text_header("HomeDirectory")?;
        let home_drive = ndr.text_header("HomeDirectoryDrive")?;
        ndr.u16("LogonCount")?;
        ndr.u16("BadPasswordCount")?;
        let user_id = ndr.u32("UserId")?;
        let primary_group_id = ndr.u32("PrimaryGroupId")?;
        let group_count = ndr.u32("GroupCount")?;
        let has_groups = ndr.pointer("GroupIds")?;
        ndr.u32("UserFlags")?;
        ndr.skip(16, "UserSessionKey")?;
        let logon_server = ndr.text_header("LogonServer")?;
        let domain = ndr.text_header("LogonDomainName")?;
        let has_domain_sid = ndr.pointer("LogonDomainId")?;
        ndr.skip(8, "Reserved1")?;
        let account_control = ndr.u32("UserAccountControl")?;
        ndr.u32("SubAuthStatus")?;
        ndr.time("LastSuccessfulILogon")?;
        ndr.time("LastFailedILogon")?;
        ndr.u32("FailedILogonCount")?;
        ndr.u32("Reserved3")?;
        let extra_count = ndr.u32("SidCount")?;
        let has_extra = ndr.pointer("ExtraSids")?;
        let has_resource_domain = ndr.pointer("ResourceGroupDomainSid")?;
        let resource_count = ndr.u32("ResourceGroupCount")?;
        let has_resource_groups = ndr.pointer("ResourceGroupIds")?;

        let account = ndr.text(account, "EffectiveName")?.unwrap_or_default();
        let full_name = ndr.text(full_name, "FullName")?.unwrap_or_default();
        ndr.text(logon_script, "LogonScript")?;
        ndr.text(profile_path, "ProfilePath")?;
        ndr.text(home_directory, "HomeDirectory")?;
        ndr.text(home_drive, "HomeDirectoryDrive")?;
        let groups = memberships(&mut ndr, group_count, has_groups, "GroupIds")?;
        let logon_server = ndr.text(logon_server, "LogonServer")?.unwrap_or_default();
        let domain = ndr.text(domain, "LogonDomainName")?.unwrap_or_default();
        let domain_sid = has_domain_sid.then(|| ndr.sid("LogonDomainId")).transpose()?;
        let extra = extra_sids(&mut ndr, extra_count, has_extra)?;
        let resource_domain_sid =
            has_resource_domain.then(|| ndr.sid("ResourceGroupDomainSid")).transpose()?;
        let resource_groups =
            memberships(&mut ndr, resource_count, has_resource_groups, "ResourceGroupIds")?;
        Ok(Self {
            logon_time,
            account,
            full_name,
            logon_server,
            domain,
            domain_sid,
            user_id,
            primary_group_id,
            groups,
            extra,
            resource_domain_sid,
            resource_groups,
            account_control,
        })
    }

    /// The identifier of the user. One whose number is 0 is the first of the extra ones, and of no
    /// domain that is named ([MS-PAC] 2.5).
    pub(super) fn user_sid(&self) -> Option<Sid> {
        match self.user_id {
            0 => self.extra.first().map(|group| group.sid.clone()),
            number => self.domain_sid.as_ref()?.with(number).ok(),
        }
    }
}

fn memberships(
    ndr: &mut NdrReader<'_>,
    count: u32,
    is_there: bool,
    what: &'static str,
) -> Result<Vec<Membership>, Malformed> {
    // What is counted and is nowhere is nothing, as for every other implementation.
    let count = if is_there { ndr.array(count, 8, what)? } else { 0 };
    let membership = |_| Ok(Membership { relative_id: ndr.u32(what)?, attributes: ndr.u32(what)? });
    (0..count).map(membership).collect()
}

/// KERB_SID_AND_ATTRIBUTES ([MS-PAC] 2.2.1): all pointers, and then all they point to.
fn extra_sids(
    ndr: &mut NdrReader<'_>,
    count: u32,
    is_there: bool,
) -> Result<Vec<Group>, Malformed> {
    const WHAT: &str = "ExtraSids";
    let count = if is_there { ndr.array(count, 8, WHAT)? } else { 0 };
    let attributes: Vec<Option<u32>> = (0..count)
        .map(|_| {
            let is_there = ndr.pointer(WHAT)?;
            let attributes = ndr.u32(WHAT)?;
            Ok(is_there.then_some(attributes))
        })
        .collect::<Result<_, Malformed>>()?;
    let there = attributes.into_iter().flatten();
    there.map(|attributes| Ok(Group::new(ndr.sid(WHAT)?, attributes))).collect()
}
