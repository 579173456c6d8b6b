//! Tickets as KRB-CRED (RFC 4120 5.8) in files, which others call `.kirbi`: not encrypted, or in a key
//! that both sides have.

use super::messages::{
    self, Application, CredentialFields, CredentialInfo, CredentialMessage, CredentialPart,
    EncryptedCredentialPart, EncryptedData, KerberosTime, PrincipalName, Text, Typed, VERSION,
    kind,
};
use crate::credentials::Secret;
use crate::error::{Error, Result};
use crate::kerberos::key_usage::KeyUsage;
use crate::kerberos::{EncryptionType, Key, Ticket, Tickets};
use crate::status::Status;
use der::asn1::AnyRef;
use der::{Decode, Encode};
use zeroize::Zeroizing;

/// The number that stands for no encryption; RFC 3961 8 has it reserved.
pub(super) const NOT_ENCRYPTED: i32 = 0;

impl Tickets {
    /// Reads the tickets of a KRB-CRED: with no key one that is not encrypted, as files are, and with a
    /// key one that is encrypted with it. The first ticket says whose they are.
    ///
    /// ```
    /// use anysspi::kerberos::{EncryptionType, Key, Ticket, Tickets};
    ///
    /// let mut tickets = Tickets::new("alice@EXAMPLE.COM".parse()?);
    /// tickets.add(Ticket {
    ///     client: "alice@EXAMPLE.COM".parse()?,
    ///     server: "krbtgt/EXAMPLE.COM@EXAMPLE.COM".parse()?,
    ///     key: Key::new(EncryptionType::AES256_SHA1, &[7; 32][..])?,
    ///     authenticated: None,
    ///     starts: None,
    ///     ends: None,
    ///     renewable_until: None,
    ///     is_for_session_key: false,
    ///     flags: 0,
    ///     addresses: vec![],
    ///     authorization_data: vec![],
    ///     ticket: vec![0x61, 0x00],
    ///     second_ticket: vec![],
    /// });
    /// let file = tickets.to_krb_cred()?;
    /// let again = Tickets::from_krb_cred(file.expose(), None)?;
    /// assert_eq!(again, tickets);
    /// # Ok::<(), anysspi::Error>(())
    /// ```
    pub fn from_krb_cred(bytes: &[u8], key: Option<&Key>) -> Result<Self> {
        let Application(message): CredentialMessage<'_> = messages::read(bytes, "KRB-CRED")?;
        if message.version != VERSION || message.kind != kind::CREDENTIAL {
            return Err(refused("it is of another version or kind"));
        }
        let EncryptedData { encryption_type, cipher, .. } = message.encrypted;
        let part = match key {
            None if encryption_type == NOT_ENCRYPTED => Zeroizing::new(cipher.as_bytes().to_vec()),
            Some(key) if encryption_type == key.encryption_type().0 => {
                key.decrypt(KeyUsage::CREDENTIAL, cipher.as_bytes())?
            }
            _ => {
                let found = EncryptionType(encryption_type);
                return Err(refused(&format!("it is encrypted with another key, of {found}")));
            }
        };
        let Application(part): EncryptedCredentialPart<'_> =
            messages::read(&part, "description of the tickets in a KRB-CRED")?;
        if part.tickets.len() != message.tickets.len() {
            return Err(refused("it describes another number of tickets than it has"));
        }
        let mut tickets = None;
        for (info, ticket) in part.tickets.iter().zip(&message.tickets) {
            let ticket = read_ticket(info, ticket)?;
            tickets.get_or_insert_with(|| Self::new(ticket.client.clone())).add(ticket);
        }
        tickets.ok_or_else(|| refused("there is no ticket in it"))
    }

    /// The tickets as a KRB-CRED that is not encrypted, as files have it: whoever reads it has the
    /// tickets. Settings, authorization data and second tickets have no place in it.
    pub fn to_krb_cred(&self) -> Result<Secret> {
        let tickets: Vec<&Ticket> = self.tickets().collect();
        let part: EncryptedCredentialPart<'_> = Application(CredentialPart {
            tickets: tickets
                .iter()
                .map(|ticket| CredentialInfo::of(ticket).map_err(too_large))
                .collect::<Result<_>>()?,
            nonce: None,
            time: None,
            microseconds: None,
            sender: None,
            recipient: None,
        });
        let part = Zeroizing::new(messages::write(&part)?);
        let as_they_are = tickets.iter().map(|ticket| {
            AnyRef::from_der(&ticket.ticket).map_err(|cause| {
                let context = format!("the ticket for {} is none", ticket.server);
                Error::new(Status::INVALID_PARAMETER, context).with_source(cause)
            })
        });
        let message: CredentialMessage<'_> = Application(CredentialFields {
            version: VERSION,
            kind: kind::CREDENTIAL,
            tickets: as_they_are.collect::<Result<_>>()?,
            encrypted: EncryptedData {
                encryption_type: NOT_ENCRYPTED,
                key_version: None,
                cipher: messages::octets(&part).map_err(too_large)?,
            },
        });
        Ok(Secret::new(&Zeroizing::new(messages::write(&message)?)))
    }
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

fn too_large(cause: Error) -> Error {
    Error::new(Status::INVALID_PARAMETER, "a ticket is too large for a KRB-CRED").with_source(cause)
}

fn refused(problem: &str) -> Error {
    Error::new(Status::INVALID_TOKEN, format!("the KRB-CRED cannot be taken: {problem}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kerberos::Typed;
    use crate::surroundings::Surroundings;
    use crate::time::Time;

    fn tickets() -> Tickets {
        let client = "alice@EXAMPLE.COM";
        let mut tickets = Tickets::new(client.parse().unwrap());
        for (server, byte) in [("krbtgt/EXAMPLE.COM@EXAMPLE.COM", 1), ("HTTP/web@EXAMPLE.COM", 2)] {
            tickets.add(Ticket {
                client: client.parse().unwrap(),
                server: server.parse().unwrap(),
                key: Key::new(EncryptionType::AES256_SHA1, &[byte; 32][..]).unwrap(),
                authenticated: Some(Time::from_unix_seconds(1_700_000_000)),
                starts: None,
                ends: Some(Time::from_unix_seconds(1_700_036_000)),
                renewable_until: None,
                is_for_session_key: false,
                flags: 0x4080_0000,
                addresses: vec![Typed { number: 2, bytes: vec![127, 0, 0, 1] }],
                authorization_data: vec![],
                ticket: vec![0x61, 0x03, 2, 1, byte],
                second_ticket: vec![],
            });
        }
        tickets
    }

    /// The message with its plain part encrypted.
    fn encrypted(bytes: &[u8], key: &Key) -> Vec<u8> {
        let Application(mut message): CredentialMessage<'_> = messages::read(bytes, "").unwrap();
        let plain = message.encrypted.cipher.as_bytes();
        let cipher = key.encrypt(KeyUsage::CREDENTIAL, &Surroundings::system(), plain).unwrap();
        message.encrypted.encryption_type = key.encryption_type().0;
        message.encrypted.cipher = messages::octets(&cipher).unwrap();
        messages::write(&Application::<22, _>(message)).unwrap()
    }

    #[test]
    fn tickets_come_back() {
        let tickets = tickets();
        let file = tickets.to_krb_cred().unwrap();
        assert_eq!(Tickets::from_krb_cred(file.expose(), None).unwrap(), tickets);
        let key = Key::new(EncryptionType::AES128_SHA2, &[9; 16][..]).unwrap();
        let sealed = encrypted(file.expose(), &key);
        assert_eq!(Tickets::from_krb_cred(&sealed, Some(&key)).unwrap(), tickets);
    }

    #[test]
    fn a_key_is_for_what_is_encrypted_with_it() {
        let file = tickets().to_krb_cred().unwrap();
        let key = |byte| Key::new(EncryptionType::AES128_SHA2, &[byte; 16][..]).unwrap();
        let sealed = encrypted(file.expose(), &key(9));
        let status = |bytes: &[u8], key: Option<&Key>| {
            Tickets::from_krb_cred(bytes, key).unwrap_err().status()
        };
        assert_eq!(status(&sealed, None), Status::INVALID_TOKEN);
        assert_eq!(status(file.expose(), Some(&key(9))), Status::INVALID_TOKEN);
        assert_eq!(status(&sealed, Some(&key(8))), Status::MESSAGE_ALTERED);
        let bytes = file.expose();
        assert!((0..bytes.len()).all(|end| Tickets::from_krb_cred(&bytes[..end], None).is_err()));
    }

    #[test]
    fn a_message_without_names_or_tickets_is_refused() {
        let change = |change: &dyn Fn(&mut CredentialPart<'_>)| {
            let file = tickets().to_krb_cred().unwrap();
            let Application(mut message): CredentialMessage<'_> =
                messages::read(file.expose(), "").unwrap();
            let Application(mut part): EncryptedCredentialPart<'_> =
                messages::read(message.encrypted.cipher.as_bytes(), "").unwrap();
            change(&mut part);
            if part.tickets.is_empty() {
                message.tickets.clear();
            }
            let part = messages::write(&Application::<29, _>(part)).unwrap();
            message.encrypted.cipher = messages::octets(&part).unwrap();
            let bytes = messages::write(&Application::<22, _>(message)).unwrap();
            Tickets::from_krb_cred(&bytes, None)
        };
        assert!(change(&|_| {}).is_ok());
        assert!(change(&|part| part.tickets[1].client = None).is_err());
        assert!(change(&|part| part.tickets[1].server_realm = None).is_err());
        assert!(change(&|part| part.tickets[1].key.encryption_type = 17).is_err());
        assert!(change(&|part| part.tickets.truncate(1)).is_err());
        assert!(change(&|part| part.tickets.clear()).is_err());
        let nothing = Tickets::new("alice@EXAMPLE.COM".parse().unwrap()).to_krb_cred().unwrap();
        assert!(Tickets::from_krb_cred(nothing.expose(), None).is_err());
        let mut broken = tickets();
        let first = broken.tickets().next().unwrap().clone();
        broken.add(Ticket { ticket: vec![1, 2, 3], ..first });
        assert_eq!(broken.to_krb_cred().unwrap_err().status(), Status::INVALID_PARAMETER);
    }
}
