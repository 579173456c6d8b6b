//! KRB-CRED (RFC 4120 5.8): tickets with their keys, from one who has them to another.

use super::kdc_reply::timestamp;
use super::messages::{
    self, Application, CredentialFields, CredentialInfo, CredentialMessage, CredentialPart,
    EncryptedCredentialPart, EncryptedData, KerberosTime, PrincipalName, Text, Typed, VERSION,
    kind,
};
use crate::error::{Error, Result};
use crate::kerberos::{EncryptionType, Key, Ticket, Tickets};
use crate::status::Status;
use crate::time::Time;
use der::Encode;
use der::asn1::AnyRef;
use zeroize::Zeroizing;

/// The number that stands for no encryption; RFC 3961 8 has it reserved.
pub(super) const NOT_ENCRYPTED: EncryptionType = EncryptionType(0);

/// Reads the tickets. `open` decrypts what describes them, or takes it as it is where it is
/// [`NOT_ENCRYPTED`].
pub(super) fn read(
    bytes: &[u8],
    open: impl FnOnce(EncryptionType, &[u8]) -> Result<Zeroizing<Vec<u8>>>,
) -> Result<Tickets> {
    let Application(message): CredentialMessage<'_> = messages::read(bytes, "KRB-CRED")?;
    if message.version != VERSION || message.kind != kind::CREDENTIAL {
        return Err(refused("it is of another version or kind"));
    }
    let EncryptedData { encryption_type, cipher, .. } = message.encrypted;
    let part = open(EncryptionType(encryption_type), cipher.as_bytes())?;
    let Application(part): EncryptedCredentialPart<'_> =
        messages::read(&part, "description of the tickets in a KRB-CRED")?;
    if part.tickets.len() != message.tickets.len() {
        return Err(refused("it describes another number of tickets than it has"));
    }
    let mut tickets = None;
    for (info, ticket) in part.tickets.iter().zip(&message.tickets) {
        let ticket = read_ticket(info, ticket)?;
        tickets.get_or_insert_with(|| Tickets::new(ticket.client.clone())).add(ticket);
    }
    tickets.ok_or_else(|| refused("there is no ticket in it"))
}

fn read_ticket(info: &CredentialInfo<'_>, ticket: &AnyRef<'_>) -> Result<Ticket> {
    let named = |name: &Option<PrincipalName<'_>>, realm: Option<Text<'_>>| {
        let name = name.as_ref().zip(realm).map(|(name, realm)| name.in_realm(realm));
        name.ok_or_else(|| refused("it does not say whose its tickets are or whom they are for"))
    };
    let given = |time: Option<KerberosTime>| time.and_then(KerberosTime::given);
    Ok(Ticket {
        client: named(&info.client, info.client_realm)?,
        server: named(&info.server, info.server_realm)?,
        key: Key::new(EncryptionType(info.key.encryption_type), info.key.bytes.as_bytes())
            .map_err(|cause| refused("a key in it has the wrong length").with_source(cause))?,
        authenticated: given(info.authenticated),
        starts: given(info.starts),
        ends: given(info.ends),
        renewable_until: given(info.renewable_until),
        is_for_session_key: false,
        flags: info.flags.unwrap_or_default().0,
        addresses: info.addresses.iter().flatten().map(Typed::owned).collect(),
        authorization_data: Vec::new(),
        ticket: ticket.to_der().map_err(|cause| refused("a ticket in it").with_source(cause))?,
        second_ticket: Vec::new(),
    })
}

/// Writes tickets. `made` says when, and `seal` encrypts what describes them, and says how.
pub(super) fn write(
    tickets: &[&Ticket],
    made: Option<Time>,
    seal: impl FnOnce(&[u8]) -> Result<(EncryptionType, Zeroizing<Vec<u8>>)>,
) -> Result<Vec<u8>> {
    let infos = tickets.iter().map(|ticket| CredentialInfo::of(ticket).map_err(too_large));
    let moment = made.map(timestamp);
    let part: EncryptedCredentialPart<'_> = Application(CredentialPart {
        tickets: infos.collect::<Result<_>>()?,
        nonce: None,
        time: moment.map(|(time, _)| time),
        microseconds: moment.map(|(_, microseconds)| microseconds),
        sender: None,
        recipient: None,
    });
    let part = Zeroizing::new(messages::write(&part)?);
    let (encryption_type, cipher) = seal(&part)?;
    let as_they_are = tickets.iter().map(|ticket| {
        messages::any(&ticket.ticket).map_err(|cause| {
            let context = format!("the ticket for {} is none", ticket.server);
            Error::new(Status::INVALID_PARAMETER, context).with_source(cause)
        })
    });
    let message: CredentialMessage<'_> = Application(CredentialFields {
        version: VERSION,
        kind: kind::CREDENTIAL,
        tickets: as_they_are.collect::<Result<_>>()?,
        encrypted: EncryptedData {
            encryption_type: encryption_type.0,
            key_version: None,
            cipher: messages::octets(&cipher).map_err(too_large)?,
        },
    });
    messages::write(&message)
}

fn too_large(cause: Error) -> Error {
    Error::new(Status::INVALID_PARAMETER, "a ticket is too large for a KRB-CRED").with_source(cause)
}

pub(super) fn refused(problem: &str) -> Error {
    Error::new(Status::INVALID_TOKEN, format!("the KRB-CRED cannot be taken: {problem}"))
}
