//! Tickets as KRB-CRED (RFC 4120 5.8) in files, which others call `.kirbi`: not encrypted, or in a key
//! that both sides have.

use super::credential_message::{self, NOT_ENCRYPTED, refused};
use crate::credentials::Secret;
use crate::error::Result;
use crate::kerberos::key_usage::KeyUsage;
use crate::kerberos::{Key, Ticket, Tickets};
use zeroize::Zeroizing;

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
        credential_message::read(bytes, |encryption_type, cipher| match key {
            None if encryption_type == NOT_ENCRYPTED => Ok(Zeroizing::new(cipher.to_vec())),
            Some(key) if encryption_type == key.encryption_type() => {
                key.decrypt(KeyUsage::CREDENTIAL, cipher)
            }
            _ => Err(refused(&format!("it is encrypted with another key, of {encryption_type}"))),
        })
    }

    /// The tickets as a KRB-CRED that is not encrypted, as files have it: whoever reads it has the
    /// tickets. Settings, authorization data and second tickets have no place in it.
    pub fn to_krb_cred(&self) -> Result<Secret> {
        let tickets: Vec<&Ticket> = self.tickets().collect();
        let as_it_is = |part: &[u8]| Ok((NOT_ENCRYPTED, Zeroizing::new(part.to_vec())));
        // The keys are in it.
        let message = Zeroizing::new(credential_message::write(&tickets, None, as_it_is)?);
        Ok(Secret::new(&message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kerberos::{EncryptionType, Typed};
    use crate::packages::kerberos::messages::{
        self, Application, CredentialMessage, CredentialPart, EncryptedCredentialPart,
    };
    use crate::status::Status;
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
