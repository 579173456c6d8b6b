//! Tickets that a client hands to a service to act with: a KRB-CRED in the checksum of its request
//! (RFC 4121 4.1.1, RFC 4120 5.8).

use super::credential_file::NOT_ENCRYPTED;
use super::kdc_reply::timestamp;
use super::keys;
use super::messages::{
    self, Application, CredentialFields, CredentialInfo, CredentialMessage, CredentialPart,
    EncryptedCredentialPart, EncryptedData, PrincipalName, Text, Typed, VERSION, kind,
};
use crate::credentials::Allow;
use crate::error::{Error, Result};
use crate::kerberos::key_usage::KeyUsage;
use crate::kerberos::{Key, Ticket, Tickets};
use crate::status::Status;
use crate::surroundings::Surroundings;
use der::Encode;
use der::asn1::AnyRef;
use zeroize::Zeroizing;

/// The most tickets that are taken. Everybody sends one.
const MOST_TICKETS: usize = 16;

/// A KRB-CRED with this ticket, which only the session key of the service opens.
pub(super) fn write(
    ticket: &Ticket,
    session_key: &Key,
    surroundings: &Surroundings,
) -> Result<Vec<u8>> {
    let (time, microseconds) = timestamp(surroundings.now());
    // A service uses it from where it is.
    let info = CredentialInfo { addresses: None, ..CredentialInfo::of(ticket)? };
    let part: EncryptedCredentialPart<'_> = Application(CredentialPart {
        tickets: vec![info],
        nonce: None,
        time: Some(time),
        microseconds: Some(microseconds),
        sender: None,
        recipient: None,
    });
    let part = Zeroizing::new(messages::write(&part)?);
    let cipher = session_key.encrypt(KeyUsage::CREDENTIAL, surroundings, &part)?;
    let message: CredentialMessage<'_> = Application(CredentialFields {
        version: VERSION,
        kind: kind::CREDENTIAL,
        tickets: vec![messages::any(&ticket.ticket)?],
        encrypted: EncryptedData::of(session_key, None, &cipher)?,
    });
    messages::write(&message)
}

/// The tickets in a KRB-CRED, which one of the keys opens: most clients take the session key, some the
/// subkey of their authenticator, and Heimdal none, because the authenticator around it is encrypted
/// (RFC 4120 5.8.1).
pub(super) fn read(bytes: &[u8], keys: &[&Key], allow: Allow) -> Result<Tickets> {
    let Application(message): CredentialMessage<'_> =
        messages::read(bytes, "message with the delegated ticket")?;
    if message.version != VERSION || message.kind != kind::CREDENTIAL {
        return Err(refused("it is of another version or kind"));
    }
    let EncryptedData { encryption_type, cipher, .. } = message.encrypted;
    let part = if encryption_type == NOT_ENCRYPTED {
        Zeroizing::new(cipher.as_bytes().to_vec())
    } else {
        let mut fitting = keys.iter().filter(|key| key.encryption_type().0 == encryption_type);
        fitting
            .find_map(|key| key.decrypt(KeyUsage::CREDENTIAL, cipher.as_bytes()).ok())
            .ok_or_else(|| refused("no key of the context opens it"))?
    };
    let Application(part): EncryptedCredentialPart<'_> =
        messages::read(&part, "delegated ticket's description")?;
    if part.tickets.len() != message.tickets.len() || part.tickets.len() > MOST_TICKETS {
        return Err(refused("the number of its tickets is wrong"));
    }
    let mut tickets = None;
    for (info, ticket) in part.tickets.iter().zip(&message.tickets) {
        let ticket = read_ticket(info, ticket, allow)?;
        tickets.get_or_insert_with(|| Tickets::new(ticket.client.clone())).add(ticket);
    }
    tickets.ok_or_else(|| refused("there is no ticket in it"))
}

fn read_ticket(info: &CredentialInfo<'_>, ticket: &AnyRef<'_>, allow: Allow) -> Result<Ticket> {
    let named = |name: &Option<PrincipalName<'_>>, realm: Option<Text<'_>>| {
        let name = name.as_ref().ok_or_else(|| refused("it does not say whose ticket it is"))?;
        let realm = realm.ok_or_else(|| refused("it does not say of which realm its ticket is"))?;
        Ok::<_, Error>(name.in_realm(realm))
    };
    Ok(Ticket {
        client: named(&info.client, info.client_realm)?,
        server: named(&info.server, info.server_realm)?,
        key: keys::read_key(&info.key, allow)?,
        authenticated: info.authenticated.map(|time| time.0),
        starts: info.starts.map(|time| time.0),
        ends: info.ends.map(|time| time.0),
        renewable_until: info.renewable_until.map(|time| time.0),
        is_for_session_key: false,
        flags: info.flags.unwrap_or_default().0,
        addresses: info.addresses.iter().flatten().map(Typed::owned).collect(),
        authorization_data: Vec::new(),
        ticket: ticket.to_der().map_err(unwritable)?,
        second_ticket: Vec::new(),
    })
}

fn unwritable(cause: der::Error) -> Error {
    Error::new(Status::INTERNAL_ERROR, "a ticket cannot be put into a message").with_source(cause)
}

fn refused(problem: &str) -> Error {
    Error::new(
        Status::INVALID_TOKEN,
        format!("the ticket that the client delegates cannot be taken: {problem}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kerberos::EncryptionType;

    fn key(byte: u8) -> Key {
        Key::new(EncryptionType::AES256_SHA1, &[byte; 32][..]).unwrap()
    }

    fn ticket() -> Ticket {
        Ticket {
            client: "alice@A".parse().unwrap(),
            server: "krbtgt/A@A".parse().unwrap(),
            key: key(1),
            authenticated: None,
            starts: None,
            ends: None,
            renewable_until: None,
            is_for_session_key: false,
            flags: 0,
            addresses: vec![],
            authorization_data: vec![],
            ticket: vec![0x61, 0x00],
            second_ticket: vec![],
        }
    }

    #[test]
    fn any_key_of_the_context_opens_it_or_none_is_needed() {
        let mut tickets = Tickets::new("alice@A".parse().unwrap());
        tickets.add(ticket());
        let read = |bytes: &[u8]| read(bytes, &[&key(2), &key(3)], Allow::empty());
        for byte in [2, 3] {
            let message = write(&ticket(), &key(byte), &Surroundings::system()).unwrap();
            assert_eq!(read(&message).unwrap(), tickets);
        }
        let message = write(&ticket(), &key(4), &Surroundings::system()).unwrap();
        assert_eq!(read(&message).unwrap_err().status(), Status::INVALID_TOKEN);
        let clear = tickets.to_krb_cred().unwrap();
        assert_eq!(read(clear.expose()).unwrap(), tickets);
        for length in 0..clear.len() {
            assert!(read(&clear.expose()[..length]).is_err(), "{length}");
        }
    }
}
