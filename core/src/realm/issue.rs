//! Tickets, and the replies that bring them.

use super::initial::is_granting;
use super::{Realm, no_key};
use crate::error::Result;
use crate::kerberos::key_usage::KeyUsage;
use crate::kerberos::{Key, Principal, Ticket};
use crate::packages::kerberos::messages::{
    self, Application, EncryptedData, EncryptedTicketPart, EncryptionKey, Flags, KdcReplyFields,
    KerberosTime, LastRequest, Number, PaData, PrincipalName, Text, TicketFields, TicketFlags,
    TicketPart, TransitedEncoding, VERSION,
};
use crate::packages::kerberos::pac::PacContents;
use crate::time::Time;
use std::time::Duration;
use zeroize::Zeroizing;

/// How long a ticket is valid at most.
pub(super) const LIFETIME: Duration = Duration::from_secs(10 * 3600);

/// How long it can be renewed at most.
pub(super) const RENEWABLE: Duration = Duration::from_secs(7 * 24 * 3600);

/// A ticket to be: whose, for whom, and what stands in it.
pub(super) struct Grant {
    pub(super) client: Principal,
    pub(super) server: Principal,
    pub(super) session_key: Key,
    pub(super) flags: TicketFlags,
    pub(super) authenticated: Time,
    pub(super) starts: Time,
    pub(super) ends: Time,
    pub(super) renewable_until: Option<Time>,
    /// Who the client is to Windows.
    pub(super) pac: Option<PacContents>,
}

impl Grant {
    /// As its client keeps it.
    pub(super) fn into_ticket(self, bytes: Vec<u8>) -> Ticket {
        Ticket {
            client: self.client,
            server: self.server,
            key: self.session_key,
            authenticated: Some(self.authenticated),
            starts: Some(self.starts),
            ends: Some(self.ends),
            renewable_until: self.renewable_until,
            is_for_session_key: false,
            flags: self.flags.bits(),
            addresses: Vec::new(),
            authorization_data: Vec::new(),
            ticket: bytes,
            second_ticket: Vec::new(),
        }
    }
}

/// How the part of a reply that its client reads is encrypted.
pub(super) struct ReplyKey<'a> {
    pub(super) key: &'a Key,
    pub(super) version: Option<u32>,
    pub(super) usage: KeyUsage,
}

impl Realm {
    /// The ticket, which the owner of the key can read.
    pub(super) fn ticket(&self, grant: &Grant, key: &Key, version: Option<u32>) -> Result<Vec<u8>> {
        let part = TicketPart {
            flags: Flags(grant.flags.bits()),
            key: EncryptionKey::of(&grant.session_key)?,
            client_realm: Text(grant.client.realm()),
            client: PrincipalName::of(&grant.client),
            // DOMAIN-X500-COMPRESS, and nobody between the two realms (RFC 4120 3.3.3.2).
            transited: TransitedEncoding { kind: 1, contents: messages::octets(&[])? },
            authenticated: KerberosTime(grant.authenticated),
            starts: Some(KerberosTime(grant.starts)),
            ends: KerberosTime(grant.ends),
            renewable_until: grant.renewable_until.map(KerberosTime),
            addresses: None,
            authorization_data: None,
        };
        let part = if let Some(pac) = &grant.pac {
            let granting = self.granting()?;
            let kdc_key = granting.keys.first().ok_or_else(|| no_key(&granting))?;
            pac.write_ticket(&part, key, kdc_key, is_granting(&grant.server))?
        } else {
            let part: EncryptedTicketPart<'_> = Application(part);
            Zeroizing::new(messages::write(&part)?)
        };
        let cipher = key.encrypt(KeyUsage::TICKET, &self.0.surroundings, &part)?;
        let ticket: messages::Ticket<'_> = Application(TicketFields {
            version: VERSION,
            realm: Text(grant.server.realm()),
            server: PrincipalName::of(&grant.server),
            encrypted: EncryptedData::of(key, version, &cipher)?,
        });
        messages::write(&ticket)
    }

    /// The fields of an AS-REP or TGS-REP, written: `write` puts them into the one or the other, and
    /// the encrypted part likewise.
    pub(super) fn reply(
        &self,
        kind: u32,
        grant: &Grant,
        ticket: &[u8],
        nonce: u32,
        pa_data: Option<Vec<PaData<'_>>>,
        key: &ReplyKey<'_>,
    ) -> Result<Vec<u8>> {
        let part = messages::EncryptedReplyPart {
            key: EncryptionKey::of(&grant.session_key)?,
            last_request: vec![LastRequest { kind: 0, time: KerberosTime(grant.authenticated) }],
            nonce: Number(nonce),
            key_expires: None,
            flags: Flags(grant.flags.bits()),
            authenticated: KerberosTime(grant.authenticated),
            starts: Some(KerberosTime(grant.starts)),
            ends: KerberosTime(grant.ends),
            renewable_until: grant.renewable_until.map(KerberosTime),
            server_realm: Text(grant.server.realm()),
            server: PrincipalName::of(&grant.server),
            addresses: None,
            pa_data: None,
        };
        let is_initial = kind == messages::kind::AS_REPLY;
        let part = Zeroizing::new(if is_initial {
            let part: messages::EncryptedAsReplyPart<'_> = Application(part);
            messages::write(&part)?
        } else {
            let part: messages::EncryptedTgsReplyPart<'_> = Application(part);
            messages::write(&part)?
        });
        let cipher = key.key.encrypt(key.usage, &self.0.surroundings, &part)?;
        let fields = KdcReplyFields {
            version: VERSION,
            kind,
            pa_data,
            client_realm: Text(grant.client.realm()),
            client: PrincipalName::of(&grant.client),
            ticket: messages::any(ticket)?,
            encrypted: EncryptedData::of(key.key, key.version, &cipher)?,
        };
        if is_initial {
            let reply: messages::AsReply<'_> = Application(fields);
            messages::write(&reply)
        } else {
            let reply: messages::TgsReply<'_> = Application(fields);
            messages::write(&reply)
        }
    }
}
