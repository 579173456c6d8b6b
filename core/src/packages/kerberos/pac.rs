//! The PAC ([MS-PAC]): what a domain controller says in a ticket about the client.

mod attributes;
mod client_information;
#[cfg(any(feature = "realm", test))]
mod contents;
mod logon_information;
mod ndr;
#[cfg(any(feature = "realm", feature = "testing", test))]
mod ndr_writer;
mod signatures;
#[cfg(any(feature = "realm", feature = "testing", test))]
mod structures;
#[cfg(test)]
mod tests;
mod upn_dns;

#[cfg(any(feature = "realm", test))]
pub(crate) use contents::PacContents;
pub(crate) use logon_information::{LogonInformation, Membership};
pub(crate) use upn_dns::UpnDnsInformation;

use super::authorization_data;
use super::messages::{PrincipalName, TicketPart, Typed, read};
use crate::codec::reader::{Malformed, Reader};
use crate::context::{Group, Peer};
use crate::credentials::PacPolicy;
use crate::error::{Error, ProtocolCode, Result};
use crate::kerberos::Key;
use crate::packages::kerberos::messages::ErrorCode;
use crate::sid::Sid;
use crate::status::Status;
pub(crate) use attributes::PacAttributes;
use client_information::ClientInformation;
use der::asn1::OctetStringRef;
use signatures::refused;

/// How deep a PAC may lie in AD-IF-RELEVANT; Windows, MIT and Heimdal put it into one.
const DEEPEST: usize = 4;

/// The most buffers: there are fifteen kinds of them.
const MOST_BUFFERS: u32 = 64;

/// ulType of PAC_INFO_BUFFER ([MS-PAC] 2.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BufferKind(pub(crate) u32);

impl BufferKind {
    pub(crate) const LOGON_INFORMATION: Self = Self(1);
    pub(crate) const SERVER_SIGNATURE: Self = Self(6);
    pub(crate) const KDC_SIGNATURE: Self = Self(7);
    pub(crate) const CLIENT_INFORMATION: Self = Self(10);
    pub(crate) const UPN_DNS_INFORMATION: Self = Self(12);
    pub(crate) const CLIENT_CLAIMS: Self = Self(13);
    pub(crate) const DEVICE_INFORMATION: Self = Self(14);
    pub(crate) const DEVICE_CLAIMS: Self = Self(15);
    pub(crate) const TICKET_SIGNATURE: Self = Self(16);
    pub(crate) const ATTRIBUTES: Self = Self(17);
    pub(crate) const REQUESTOR: Self = Self(18);
    pub(crate) const FULL_SIGNATURE: Self = Self(19);
}

/// A PAC whose buffers are known to lie in it.
#[derive(Debug)]
pub(crate) struct Pac<'a> {
    bytes: &'a [u8],
    buffers: Vec<Buffer<'a>>,
}

#[derive(Clone, Copy, Debug)]
struct Buffer<'a> {
    kind: BufferKind,
    offset: usize,
    bytes: &'a [u8],
}

/// What an acceptor learns of the client of a ticket: its name, and what the PAC says, which must be
/// signed with the key that the ticket was opened with and belong to that ticket.
pub(crate) fn check(ticket: &TicketPart<'_>, key: &Key, policy: PacPolicy) -> Result<Peer> {
    let mut peer = Peer::named(name_of(&ticket.client), ticket.client_realm.0.to_owned());
    if policy == PacPolicy::Never {
        return Ok(peer);
    }
    match verified(ticket, key)? {
        Some(pac) => pac.tell(&mut peer)?,
        None if policy == PacPolicy::Always => {
            return Err(Error::new(
                Status::LOGON_DENIED,
                "the client's ticket has no PAC, and without one nobody is let in here",
            ));
        }
        None => {}
    }
    Ok(peer)
}

/// The PAC of a ticket that this key opened, signed with the key and made for the ticket.
fn verified<'a>(ticket: &TicketPart<'a>, key: &Key) -> Result<Option<Pac<'a>>> {
    let authorization_data = ticket.authorization_data.as_deref().unwrap_or_default();
    let Some(bytes) = find(authorization_data)? else { return Ok(None) };
    let pac = Pac::read(bytes)?;
    pac.verify_server(key)?;
    pac.verify_client(ticket)?;
    Ok(Some(pac))
}

/// The name of a client as a PAC has it.
fn name_of(client: &PrincipalName<'_>) -> String {
    let parts: Vec<&str> = client.parts.iter().map(|part| part.0).collect();
    parts.join("/")
}

/// The PAC in the authorization data of a ticket. That of an authenticator is the client's own word,
/// and no place for one. A second one is refused: nobody could say which counts.
pub(crate) fn find<'a>(data: &[Typed<'a>]) -> Result<Option<&'a [u8]>> {
    let mut found = None;
    find_in(data, DEEPEST, &mut found)?;
    Ok(found)
}

fn find_in<'a>(data: &[Typed<'a>], depth: usize, found: &mut Option<&'a [u8]>) -> Result<()> {
    for one in data {
        let bytes = octets(one.bytes);
        match one.number {
            authorization_data::PAC if found.is_some() => {
                return Err(refused("there is a second one"));
            }
            authorization_data::PAC => *found = Some(bytes),
            authorization_data::IF_RELEVANT => {
                let Some(depth) = depth.checked_sub(1) else {
                    return Err(malformed("its authorization data lies too deep"));
                };
                find_in(&read::<Vec<Typed<'_>>>(bytes, "AD-IF-RELEVANT")?, depth, found)?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn octets(octets: &OctetStringRef) -> &[u8] {
    octets.as_bytes()
}

impl<'a> Pac<'a> {
    /// Reads PACTYPE ([MS-PAC] 2.3): where the buffers are. What is in them is read when it is wanted.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self> {
        read_buffers(bytes)
            .map(|buffers| Self { bytes, buffers })
            .map_err(|Malformed { what, offset }| malformed(format!("{what} at byte {offset}")))
    }

    /// The buffers by their types: for the fuzz targets.
    #[cfg(feature = "testing")]
    pub(crate) fn buffers(&self) -> impl Iterator<Item = (u32, &'a [u8])> {
        self.buffers.iter().map(|buffer| (buffer.kind.0, buffer.bytes))
    }

    /// What it tells, whoever signed it: for the fuzz targets.
    #[cfg(feature = "testing")]
    pub(crate) fn peer(&self) -> Result<Peer> {
        let mut peer = Peer::named(String::new(), String::new());
        self.tell(&mut peer).map(|()| peer)
    }

    /// The content of a buffer. Those that count are in it once at most.
    pub(crate) fn buffer(&self, kind: BufferKind) -> Option<&'a [u8]> {
        self.buffers.iter().find(|buffer| buffer.kind == kind).map(|buffer| buffer.bytes)
    }

    fn parsed<Part>(
        &self,
        kind: BufferKind,
        read: impl FnOnce(&'a [u8]) -> Result<Part, Malformed>,
    ) -> Result<Option<Part>> {
        let part = self.buffer(kind).map(read).transpose();
        part.map_err(|Malformed { what, .. }| malformed(format!("{what} in its buffer {}", kind.0)))
    }

    /// Who the user is and its groups; the PACs of MIT's KDC do not say.
    pub(crate) fn logon_information(&self) -> Result<Option<LogonInformation>> {
        self.parsed(BufferKind::LOGON_INFORMATION, LogonInformation::read)
    }

    fn client_information(&self) -> Result<Option<ClientInformation>> {
        self.parsed(BufferKind::CLIENT_INFORMATION, ClientInformation::read)
    }

    /// The client's names in the DNS.
    pub(crate) fn upn_dns_information(&self) -> Result<Option<UpnDnsInformation>> {
        self.parsed(BufferKind::UPN_DNS_INFORMATION, UpnDnsInformation::read)
    }

    /// Who asked for the ticket-granting ticket ([MS-PAC] 2.15).
    pub(crate) fn requestor(&self) -> Result<Option<Sid>> {
        self.parsed(BufferKind::REQUESTOR, |bytes| Sid::read(&mut Reader::new(bytes)))
    }

    /// Why it is there.
    pub(crate) fn attributes(&self) -> Result<Option<PacAttributes>> {
        self.parsed(BufferKind::ATTRIBUTES, PacAttributes::read)
    }

    /// Checks that it was made for this ticket ([MS-KILE] 3.3.5.6.4.2): a PAC that is signed rightly may
    /// still be another client's, or one of yesterday.
    fn verify_client(&self, ticket: &TicketPart<'_>) -> Result<()> {
        let Some(client) = self.client_information()? else {
            return Err(refused("it does not say whose it is"));
        };
        let is_same = client.name == name_of(&ticket.client)
            && client.authenticated.unix_seconds() == ticket.authenticated.0.unix_seconds();
        if !is_same {
            return Err(refused("it is another ticket's")
                .with_code(ProtocolCode::Kerberos(ErrorCode::BAD_MATCH.0)));
        }
        Ok(())
    }

    /// Puts down what it says. Where it names the user twice, that must be the same one.
    fn tell(&self, peer: &mut Peer) -> Result<()> {
        peer.has_pac = true;
        let text = |text: String| Some(text).filter(|text| !text.is_empty());
        if let Some(logon) = self.logon_information()? {
            peer.sid = logon.user_sid();
            let in_domain = |domain: &Option<Sid>, number| domain.as_ref()?.with(number).ok();
            let groups = |domain: &Option<Sid>, memberships: &[Membership]| {
                let group = |one: &Membership| {
                    Some(Group::new(in_domain(domain, one.relative_id)?, one.attributes))
                };
                memberships.iter().filter_map(group).collect()
            };
            peer.primary_group = in_domain(&logon.domain_sid, logon.primary_group_id);
            peer.groups = groups(&logon.domain_sid, &logon.groups);
            peer.resource_groups = groups(&logon.resource_domain_sid, &logon.resource_groups);
            peer.extra = logon.extra;
            peer.account = text(logon.account);
            peer.domain = text(logon.domain);
            peer.full_name = text(logon.full_name);
            peer.logon_server = text(logon.logon_server);
        }
        if let Some(names) = self.upn_dns_information()? {
            peer.upn = text(names.upn);
            peer.dns_domain = text(names.dns_domain);
            if let Some((account, sid)) = names.account {
                is_same_user(peer.sid.get_or_insert_with(|| sid.clone()), &sid)?;
                peer.account = peer.account.take().or_else(|| text(account));
            }
        }
        if let (Some(requestor), Some(sid)) = (self.requestor()?, &peer.sid) {
            is_same_user(sid, &requestor)?;
        }
        // Nobody here needs to know what is in them.
        let opaque = |kind| self.buffer(kind).map(<[u8]>::to_vec);
        peer.claims = opaque(BufferKind::CLIENT_CLAIMS);
        peer.device = opaque(BufferKind::DEVICE_INFORMATION);
        peer.device_claims = opaque(BufferKind::DEVICE_CLAIMS);
        let attributes = self.attributes()?;
        peer.asked_for_pac =
            attributes.map(|attributes| attributes.contains(PacAttributes::WAS_REQUESTED));
        peer.has_ticket_signature = self.has_signature(BufferKind::TICKET_SIGNATURE)?;
        peer.has_full_signature = self.has_signature(BufferKind::FULL_SIGNATURE)?;
        Ok(())
    }
}

fn is_same_user(one: &Sid, other: &Sid) -> Result<()> {
    if one != other {
        return Err(refused("it names two users"));
    }
    Ok(())
}

fn read_buffers(bytes: &[u8]) -> Result<Vec<Buffer<'_>>, Malformed> {
    let mut reader = Reader::new(bytes);
    let too_many = reader.malformed("the number of its buffers");
    let count = reader.u32_le("the number of its buffers")?;
    if count > MOST_BUFFERS {
        return Err(too_many);
    }
    let version = reader.malformed("its version");
    if reader.u32_le("its version")? != 0 {
        return Err(version);
    }
    let mut buffers: Vec<Buffer<'_>> = Vec::new();
    for _ in 0..count {
        let malformed = reader.malformed("a description of a buffer");
        let kind = BufferKind(reader.u32_le("the type of a buffer")?);
        let length = reader.u32_le("the length of a buffer")?;
        let offset = reader.u64_le("the offset of a buffer")?;
        let (Ok(length), Ok(offset)) = (usize::try_from(length), usize::try_from(offset)) else {
            return Err(malformed);
        };
        let content = bytes.get(offset..).and_then(|rest| rest.get(..length)).ok_or(malformed)?;
        // The alignment is that of [MS-PAC] 2.4.
        let is_repeated = buffers.iter().any(|buffer| buffer.kind == kind);
        if offset % 8 != 0 || is_repeated {
            return Err(malformed);
        }
        buffers.push(Buffer { kind, offset, bytes: content });
    }
    // What describes the buffers is not in one.
    let end = reader.position();
    let beyond = reader.malformed("the offset of a buffer");
    if buffers.iter().any(|buffer| buffer.offset < end && !buffer.bytes.is_empty()) {
        return Err(beyond);
    }
    Ok(buffers)
}

fn malformed(problem: impl AsRef<str>) -> Error {
    Error::new(
        Status::INVALID_TOKEN,
        format!("the PAC of the client's ticket cannot be read: {}", problem.as_ref()),
    )
}
