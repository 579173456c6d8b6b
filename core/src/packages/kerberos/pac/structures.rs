//! How the structures of a PAC are written: what their own files read.

#[cfg(any(feature = "realm", test))]
use super::client_information::ClientInformation;
use super::logon_information::{LogonInformation, Membership};
use super::ndr_writer::NdrWriter;
use super::upn_dns::{IS_EXTENDED, UpnDnsInformation, WAS_MADE};
use crate::codec::utf16;
use crate::time::Time;

/// UserFlags ([MS-PAC] 2.5): there are extra identifiers, and groups of the resource's domain.
const EXTRA_SIDS: u32 = 0x20;
const RESOURCE_GROUPS: u32 = 0x200;

/// The length of the header of the longer form.
const HEADER: usize = 24;

impl LogonInformation {
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut ndr = NdrWriter::new();
        ndr.time(self.logon_time);
        ndr.time(Time::FOREVER);
        ndr.time(Time::FOREVER);
        ndr.time(Time::from_filetime(0));
        ndr.time(Time::from_filetime(0));
        ndr.time(Time::FOREVER);
        let texts = [self.account.as_str(), &self.full_name, "", "", "", ""];
        for text in texts {
            ndr.text_header(text);
        }
        ndr.u16(0);
        ndr.u16(0);
        ndr.u32(self.user_id);
        ndr.u32(self.primary_group_id);
        ndr.u32(count(self.groups.len()));
        ndr.pointer(!self.groups.is_empty());
        let mut flags = 0;
        if !self.extra.is_empty() {
            flags |= EXTRA_SIDS;
        }
        if !self.resource_groups.is_empty() {
            flags |= RESOURCE_GROUPS;
        }
        ndr.u32(flags);
        ndr.zeros(16);
        ndr.text_header(&self.logon_server);
        ndr.text_header(&self.domain);
        ndr.pointer(self.domain_sid.is_some());
        ndr.zeros(8);
        ndr.u32(self.account_control);
        ndr.u32(0);
        ndr.time(Time::from_filetime(0));
        ndr.time(Time::from_filetime(0));
        ndr.u32(0);
        ndr.u32(0);
        ndr.u32(count(self.extra.len()));
        ndr.pointer(!self.extra.is_empty());
        ndr.pointer(self.resource_domain_sid.is_some());
        ndr.u32(count(self.resource_groups.len()));
        ndr.pointer(!self.resource_groups.is_empty());

        for text in texts {
            ndr.text(text);
        }
        write_memberships(&mut ndr, &self.groups);
        ndr.text(&self.logon_server);
        ndr.text(&self.domain);
        self.domain_sid.iter().for_each(|sid| ndr.sid(sid));
        if !self.extra.is_empty() {
            ndr.u32(count(self.extra.len()));
            for group in &self.extra {
                ndr.pointer(true);
                ndr.u32(group.attributes);
            }
            self.extra.iter().for_each(|group| ndr.sid(&group.sid));
        }
        self.resource_domain_sid.iter().for_each(|sid| ndr.sid(sid));
        write_memberships(&mut ndr, &self.resource_groups);
        ndr.finish()
    }
}

fn write_memberships(ndr: &mut NdrWriter, memberships: &[Membership]) {
    if memberships.is_empty() {
        return;
    }
    ndr.u32(count(memberships.len()));
    for membership in memberships {
        ndr.u32(membership.relative_id);
        ndr.u32(membership.attributes);
    }
}

/// A list that is longer than its count can say would not be written in this life.
fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(any(feature = "realm", test))]
impl ClientInformation {
    pub(super) fn write(&self) -> Vec<u8> {
        let name = utf16::encode(&self.name);
        let length = u16::try_from(name.len()).unwrap_or(u16::MAX);
        let time = self.authenticated.filetime().to_le_bytes();
        [&time[..], &length.to_le_bytes(), &name].concat()
    }
}

impl UpnDnsInformation {
    pub(crate) fn write(&self) -> Vec<u8> {
        let account =
            self.account.as_ref().map(|(name, sid)| (utf16::encode(name), sid.to_bytes()));
        let is_extended = account.is_some();
        let (name, sid) = account.unwrap_or_default();
        let parts = [utf16::encode(&self.upn), utf16::encode(&self.dns_domain), name, sid];
        let mut content = Vec::new();
        let mut places = Vec::new();
        for part in &parts {
            let offset = HEADER.saturating_add(content.len());
            let number = |number| u16::try_from(number).unwrap_or(u16::MAX).to_le_bytes();
            places.push([number(part.len()), number(offset)].concat());
            content.extend_from_slice(part);
            content.resize(content.len().next_multiple_of(8), 0);
        }
        let mut flags = 0;
        if self.was_made {
            flags |= WAS_MADE;
        }
        if is_extended {
            flags |= IS_EXTENDED;
        }
        let [upn, dns, rest @ ..] = places.as_slice() else { return Vec::new() };
        let header = [&upn[..], dns, &u32::to_le_bytes(flags), &rest.concat()].concat();
        let mut out = header;
        out.resize(HEADER, 0);
        out.extend_from_slice(&content);
        out
    }
}
