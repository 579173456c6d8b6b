//! What a KDC puts into a PAC, and how it signs it.

use super::client_information::ClientInformation;
use super::signatures::{LENGTHS, TYPE_LENGTH};
use super::{
    BufferKind, LogonInformation, PacAttributes, UpnDnsInformation, authorization_data, name_of,
    verified,
};
use crate::error::{Error, Result};
use crate::kerberos::Key;
use crate::kerberos::key_usage::KeyUsage;
use crate::packages::kerberos::messages::{
    Application, EncryptedTicketPart, TicketPart, Typed, write,
};
use crate::status::Status;
use der::asn1::OctetStringRef;
use zeroize::Zeroizing;

/// What is in a PAC that is made. Whose ticket it belongs to is in that ticket.
#[derive(Clone, Debug)]
pub(crate) struct PacContents {
    pub(crate) logon: LogonInformation,
    pub(crate) names: UpnDnsInformation,
    /// Why there is one, which stands in a ticket-granting ticket.
    pub(crate) attributes: PacAttributes,
}

/// A buffer that is written: its place is known.
struct Written {
    kind: BufferKind,
    offset: usize,
    bytes: Vec<u8>,
}

impl PacContents {
    /// What a KDC takes out of the PAC of a ticket-granting ticket, which must be signed with its key and
    /// belong to it; nothing where there is none, or one that says nothing of the user.
    pub(crate) fn of(ticket: &TicketPart<'_>, key: &Key) -> Result<Option<Self>> {
        let Some(pac) = verified(ticket, key)? else { return Ok(None) };
        let attributes = pac.attributes()?.unwrap_or(PacAttributes::WAS_GIVEN);
        let (logon, names) = (pac.logon_information()?, pac.upn_dns_information()?);
        Ok(logon.zip(names).map(|(logon, names)| Self { logon, names, attributes }))
    }

    /// The encoded part of a ticket with this PAC as the first of its authorization data, signed with
    /// the key of the service and that of the KDC. A ticket that is not a ticket-granting one has the
    /// signatures over the ticket and over the whole PAC too ([MS-PAC] 2.8.3, 2.8.4).
    pub(crate) fn write_ticket(
        &self,
        ticket: &TicketPart<'_>,
        server_key: &Key,
        kdc_key: &Key,
        is_ticket_granting: bool,
    ) -> Result<Zeroizing<Vec<u8>>> {
        let mut ticket_checksum = None;
        if !is_ticket_granting {
            // In the place of the PAC is one zero while the ticket is signed.
            let signed = with_pac(ticket, &[0])?;
            ticket_checksum = Some(kdc_key.checksum(KeyUsage::PAC_SIGNATURE, &[&signed])?);
        }
        let (authenticated, name) = (ticket.authenticated.0, name_of(&ticket.client));
        let client = ClientInformation { authenticated, name };
        with_pac(ticket, &self.sign(&client, server_key, kdc_key, ticket_checksum.as_deref())?)
    }

    fn sign(
        &self,
        client: &ClientInformation,
        server_key: &Key,
        kdc_key: &Key,
        ticket_checksum: Option<&[u8]>,
    ) -> Result<Vec<u8>> {
        let mut contents = vec![
            (BufferKind::LOGON_INFORMATION, self.logon.write()),
            (BufferKind::CLIENT_INFORMATION, client.write()),
            (BufferKind::UPN_DNS_INFORMATION, self.names.write()),
        ];
        // What the KDC asks itself when it sees a ticket-granting ticket again.
        if ticket_checksum.is_none() {
            contents.push((BufferKind::ATTRIBUTES, self.attributes.write()));
            let requestor = self.logon.user_sid().map(|sid| sid.to_bytes());
            contents.extend(requestor.map(|sid| (BufferKind::REQUESTOR, sid)));
        }
        contents.push((BufferKind::SERVER_SIGNATURE, room(server_key)?));
        contents.push((BufferKind::KDC_SIGNATURE, room(kdc_key)?));
        if let Some(checksum) = ticket_checksum {
            let kind = kdc_key.checksum_type()?.to_le_bytes();
            contents.push((BufferKind::TICKET_SIGNATURE, [&kind[..], checksum].concat()));
            contents.push((BufferKind::FULL_SIGNATURE, room(kdc_key)?));
        }
        let mut bytes = Vec::new();
        let written = place(contents, &mut bytes)?;
        let checksum = |key: &Key, bytes: &[u8]| key.checksum(KeyUsage::PAC_SIGNATURE, &[bytes]);
        // Each signature is over the ones before it.
        if ticket_checksum.is_some() {
            let full = checksum(kdc_key, &bytes)?;
            fill(&mut bytes, &written, BufferKind::FULL_SIGNATURE, &full)?;
        }
        let server = checksum(server_key, &bytes)?;
        fill(&mut bytes, &written, BufferKind::SERVER_SIGNATURE, &server)?;
        let kdc = checksum(kdc_key, &server)?;
        fill(&mut bytes, &written, BufferKind::KDC_SIGNATURE, &kdc)?;
        Ok(bytes)
    }
}

/// Writes the descriptions of the buffers and the buffers, each at a multiple of eight.
fn place(contents: Vec<(BufferKind, Vec<u8>)>, bytes: &mut Vec<u8>) -> Result<Vec<Written>> {
    let number = |number: usize| u32::try_from(number).map_err(|_| too_large());
    let mut offset = contents.len().saturating_mul(16).saturating_add(8);
    let mut written = Vec::new();
    bytes.extend_from_slice(&number(contents.len())?.to_le_bytes());
    bytes.extend_from_slice(&0_u32.to_le_bytes());
    for (kind, content) in contents {
        bytes.extend_from_slice(&kind.0.to_le_bytes());
        bytes.extend_from_slice(&number(content.len())?.to_le_bytes());
        bytes.extend_from_slice(&u64::from(number(offset)?).to_le_bytes());
        let end = offset.saturating_add(content.len());
        written.push(Written { kind, offset, bytes: content });
        offset = end.next_multiple_of(8);
    }
    for buffer in &written {
        bytes.extend_from_slice(&buffer.bytes);
        bytes.resize(bytes.len().next_multiple_of(8), 0);
    }
    Ok(written)
}

fn fill(bytes: &mut [u8], written: &[Written], kind: BufferKind, checksum: &[u8]) -> Result<()> {
    let buffer = written.iter().find(|buffer| buffer.kind == kind);
    let start = buffer.map(|buffer| buffer.offset.saturating_add(TYPE_LENGTH));
    let place = start
        .and_then(|start| bytes.get_mut(start..start.checked_add(checksum.len())?))
        .ok_or_else(|| Error::new(Status::INTERNAL_ERROR, "there is no room for a signature"))?;
    place.copy_from_slice(checksum);
    Ok(())
}

/// The encoding of the ticket with the PAC before its other authorization data.
fn with_pac(ticket: &TicketPart<'_>, pac: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
    let inner = vec![Typed { number: authorization_data::PAC, bytes: octets(pac)? }];
    let inner = write(&inner)?;
    let outer = Typed { number: authorization_data::IF_RELEVANT, bytes: octets(&inner)? };
    let others = ticket.authorization_data.iter().flatten().copied();
    let authorization_data = Some([outer].into_iter().chain(others).collect());
    let ticket: EncryptedTicketPart<'_> =
        Application(TicketPart { authorization_data, ..ticket.clone() });
    write(&ticket).map(Zeroizing::new)
}

fn octets(bytes: &[u8]) -> Result<&OctetStringRef> {
    OctetStringRef::new(bytes).map_err(|_| too_large())
}

fn too_large() -> Error {
    Error::new(Status::INVALID_PARAMETER, "a PAC of this size cannot be written")
}

/// A signature that is still to be made: its type and zeros in its place.
fn room(key: &Key) -> Result<Vec<u8>> {
    let kind = key.checksum_type()?;
    let Some((_, length)) = LENGTHS.iter().find(|(known, _)| *known == kind) else {
        return Err(Error::new(
            Status::UNSUPPORTED_FUNCTION,
            format!("no PAC is signed with a key of {}", key.encryption_type()),
        ));
    };
    let mut room = kind.to_le_bytes().to_vec();
    room.resize(TYPE_LENGTH.saturating_add(*length), 0);
    Ok(room)
}
