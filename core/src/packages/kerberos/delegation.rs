//! Tickets that a client hands to a service to act with: a KRB-CRED in the checksum of its request
//! (RFC 4121 4.1.1, RFC 4120 5.8).

use super::credential_message::{self, NOT_ENCRYPTED, refused};
use super::keys::type_is_allowed;
use crate::credentials::Allow;
use crate::error::Result;
use crate::kerberos::key_usage::KeyUsage;
use crate::kerberos::{Key, Ticket, Tickets};
use crate::surroundings::Surroundings;
use zeroize::Zeroizing;

/// The most tickets that are taken. Everybody sends one.
const MOST_TICKETS: usize = 16;

/// A KRB-CRED with this ticket, which only the session key of the service opens.
pub(super) fn write(
    ticket: &Ticket,
    session_key: &Key,
    surroundings: &Surroundings,
) -> Result<Vec<u8>> {
    // A service uses it from where it is.
    let ticket = Ticket { addresses: Vec::new(), ..ticket.clone() };
    credential_message::write(&[&ticket], Some(surroundings.now()), |part| {
        let cipher = session_key.encrypt(KeyUsage::CREDENTIAL, surroundings, part)?;
        Ok((session_key.encryption_type(), Zeroizing::new(cipher)))
    })
}

/// The tickets in a KRB-CRED, which one of the keys opens: most clients take the session key, some the
/// subkey of their authenticator, and Heimdal none, because the authenticator around it is encrypted
/// (RFC 4120 5.8.1).
pub(super) fn read(bytes: &[u8], keys: &[&Key], allow: Allow) -> Result<Tickets> {
    let open = |encryption_type, cipher: &[u8]| {
        if encryption_type == NOT_ENCRYPTED {
            return Ok(Zeroizing::new(cipher.to_vec()));
        }
        let mut fitting = keys.iter().filter(|key| key.encryption_type() == encryption_type);
        fitting
            .find_map(|key| key.decrypt(KeyUsage::CREDENTIAL, cipher).ok())
            .ok_or_else(|| refused("no key of the context opens it"))
    };
    let read = credential_message::read(bytes, open);
    read.and_then(|tickets| is_usable(&tickets, allow).map(|()| tickets))
        .map_err(|cause| cause.within("what the client delegates cannot be taken"))
}

fn is_usable(tickets: &Tickets, allow: Allow) -> Result<()> {
    if tickets.tickets().count() > MOST_TICKETS {
        return Err(refused("it has too many tickets"));
    }
    let mut types = tickets.tickets().map(|ticket| ticket.key.encryption_type());
    types.try_for_each(|encryption_type| type_is_allowed(encryption_type, allow))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kerberos::EncryptionType;
    use crate::status::Status;

    fn key(byte: u8) -> Key {
        Key::new(EncryptionType::AES256_SHA1, &[byte; 32][..]).unwrap()
    }

    fn ticket() -> Ticket {
        let [client, server] = ["alice@A", "krbtgt/A@A"].map(|name| name.parse().unwrap());
        Ticket::bare(client, server, key(1), vec![0x61, 0x00])
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
