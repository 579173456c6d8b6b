//! The TGS exchange, as the KDC answers it (RFC 4120 3.3.3).

use super::Realm;
use super::initial::{body, ends, is_granting, is_now, types, unknown_service};
use super::issue::{Grant, LIFETIME, ReplyKey};
use super::pac;
use super::principals::Entry;
use super::refused::Refused;
use crate::kerberos::key_usage::KeyUsage;
use crate::kerberos::{EncryptionType, Key, Principal};
use crate::packages::kerberos::messages::{
    self, ApRequest, Authenticator, EncryptedTicketPart, EncryptionKey, ErrorCode, KdcOptions,
    KdcRequestBody, KdcRequestFields, KerberosTime, TgsRequest, Ticket, TicketFlags, VERSION, kind,
    pa_data,
};
use crate::packages::kerberos::pac::PacContents;
use crate::time::Time;
use der::Encode;
use md5::{Digest as _, Md5};
use std::time::Duration;

/// rsa-md5 (RFC 3961 6.1.1).
const RSA_MD5: i32 = 7;

/// Who asks, by the ticket-granting ticket and the authenticator that came with the request.
struct Asker {
    ticket: Opened,
    subkey: Option<Key>,
}

/// What a ticket of this realm says, decrypted.
struct Opened {
    client: Principal,
    session_key: Key,
    flags: TicketFlags,
    authenticated: Time,
    starts: Time,
    ends: Time,
    renewable_until: Option<Time>,
    pac: Option<PacContents>,
}

/// The key that the ticket to be is encrypted in.
struct TicketKey {
    key: Key,
    version: Option<u32>,
}

impl Realm {
    pub(super) fn service(&self, request: &[u8]) -> Result<Vec<u8>, Refused> {
        let request: TgsRequest<'_> = messages::read(request, "TGS-REQ")?;
        let request = request.0;
        let body = body(&request, kind::TGS_REQUEST)?;
        let asker = self.asker(&request)?;
        let options = KdcOptions::from_bits_retain(body.options.0);
        let impossible = KdcOptions::PROXY | KdcOptions::POSTDATED | KdcOptions::VALIDATE;
        if options.intersects(impossible) {
            return Err(bad_option("tickets are neither for others nor for later here"));
        }
        let server = self.wanted(&body, options)?;
        let types = types(&body);
        let ticket_key = self.ticket_key(&body, options, &server)?;
        let with_rc4 = self.knows_rc4(&asker);
        let mut grant = Grant {
            client: asker.ticket.client.clone(),
            server: server.principal.clone(),
            session_key: self.session_key(&types, &server, with_rc4)?,
            flags: asker.flags(options)?,
            authenticated: asker.ticket.authenticated,
            starts: self.now(),
            ends: Time::FOREVER,
            renewable_until: asker.ticket.renewable_until,
            pac: pac::going_to(&server.principal, asker.ticket.pac.clone()),
        };
        grant.flags.set(TicketFlags::OK_AS_DELEGATE, server.is_trusted_for_delegation);
        if options.contains(KdcOptions::RENEW) {
            grant.ends = asker.renewed(&grant)?;
        } else {
            let latest = asker.ticket.ends.min(grant.starts.after(LIFETIME));
            grant.ends = ends(&body, grant.starts)?.min(latest);
            let is_renewable = options.contains(KdcOptions::RENEWABLE)
                && asker.ticket.flags.contains(TicketFlags::RENEWABLE);
            grant.flags.set(TicketFlags::RENEWABLE, is_renewable);
            grant.renewable_until = grant.renewable_until.filter(|_| is_renewable);
        }
        let ticket = self.ticket(&grant, &ticket_key.key, ticket_key.version)?;
        let (key, usage) = asker
            .subkey
            .as_ref()
            .map_or((&asker.ticket.session_key, KeyUsage::TGS_REPLY), |subkey| {
                (subkey, KeyUsage::TGS_REPLY_SUBKEY)
            });
        let reply_key = ReplyKey { key, version: None, usage };
        Ok(self.reply(kind::TGS_REPLY, &grant, &ticket, body.nonce.0, None, &reply_key)?)
    }

    /// Whom the ticket is to be for; or the ticket-granting service of the realm that knows more.
    fn wanted(&self, body: &KdcRequestBody<'_>, options: KdcOptions) -> Result<Entry, Refused> {
        let Some(name) = &body.server else {
            return Err(Refused::because(ErrorCode::SERVICE_UNKNOWN, "no service is named"));
        };
        let parts: Vec<&str> = name.parts.iter().map(|part| part.0).collect();
        let principals = self.principals();
        if body.realm.0 != self.name() {
            return Err(unknown_service(name, body.realm));
        }
        if let Some(found) = principals.find(&parts) {
            return Ok(found.clone());
        }
        let other = match parts.as_slice() {
            ["krbtgt", realm] => principals.outgoing.get(*realm),
            _ if options.contains(KdcOptions::CANONICALIZE) => principals.referral(&parts),
            _ => None,
        };
        other.cloned().ok_or_else(|| unknown_service(name, body.realm))
    }

    /// Whether the client knows rc4-hmac: its ticket-granting ticket has a key of it, or it has one itself.
    fn knows_rc4(&self, asker: &Asker) -> bool {
        let has_key = || {
            let principals = self.principals();
            let own = principals.find(asker.ticket.client.parts());
            own.is_some_and(|user| user.has_key(EncryptionType::RC4))
        };
        asker.ticket.session_key.encryption_type() == EncryptionType::RC4
            || (asker.ticket.client.realm() == self.name() && has_key())
    }

    fn ticket_key(
        &self,
        body: &KdcRequestBody<'_>,
        options: KdcOptions,
        server: &Entry,
    ) -> Result<TicketKey, Refused> {
        if options.contains(KdcOptions::ENC_TKT_IN_SKEY) {
            let Some([second]) = body.additional_tickets.as_deref() else {
                return Err(bad_option("user-to-user authentication takes one second ticket"));
            };
            let bytes = second.to_der().map_err(|_| bad_option("the second ticket is damaged"))?;
            let second: Ticket<'_> = messages::read(&bytes, "second ticket")?;
            let second = self.open(&second)?;
            if second.client != server.principal {
                return Err(Refused::because(
                    ErrorCode::BAD_MATCH,
                    "the second ticket belongs to somebody else",
                ));
            }
            self.check_times(second.starts, second.ends)?;
            return Ok(TicketKey { key: second.session_key, version: None });
        }
        if server.is_user {
            // A ticket in the key of a password would be there for whoever wants to guess it.
            return Err(Refused::because(
                ErrorCode::MUST_USE_USER_TO_USER,
                "users are asked for with their ticket-granting ticket",
            )
            .about(&server.principal));
        }
        let Some(key) = server.keys.first() else {
            return Err(Refused::because(ErrorCode::NO_KEYS, "the service has no key"));
        };
        Ok(TicketKey { key: key.clone(), version: Some(server.version) })
    }

    /// Who asks: opens the ticket and the authenticator, and checks both.
    fn asker(&self, request: &KdcRequestFields<'_>) -> Result<Asker, Refused> {
        let found = request.pa_data.iter().flatten().find(|d| d.kind == pa_data::TGS_REQUEST);
        let Some(data) = found else {
            return Err(Refused::because(
                ErrorCode::PRE_AUTHENTICATION_UNSUPPORTED,
                "no ticket-granting ticket came with the request",
            ));
        };
        let ap_request: ApRequest<'_> = messages::read(data.value.as_bytes(), "AP-REQ")?;
        let ap_request = ap_request.0;
        if ap_request.version != VERSION || ap_request.kind != kind::AP_REQUEST {
            return Err(Refused::because(ErrorCode::MESSAGE_TYPE, "no AP-REQ"));
        }
        let unreadable = |_| Refused::because(ErrorCode::GENERIC, "the ticket cannot be read");
        let bytes = ap_request.ticket.to_der().map_err(unreadable)?;
        let ticket: Ticket<'_> = messages::read(&bytes, "ticket")?;
        let opened = self.open(&ticket)?;
        self.check_times(opened.starts, opened.ends)?;

        let cipher = ap_request.authenticator.cipher.as_bytes();
        let key = &opened.session_key;
        let Ok(text) = key.decrypt(KeyUsage::TGS_REQUEST_AUTHENTICATOR, cipher) else {
            return Err(altered("the authenticator cannot be decrypted"));
        };
        let authenticator: Authenticator<'_> = messages::read(&text, "Authenticator")?;
        let authenticator = authenticator.0;
        if authenticator.client.in_realm(authenticator.client_realm) != opened.client {
            return Err(Refused::because(ErrorCode::BAD_MATCH, "the ticket is somebody else's"));
        }
        if !is_now(authenticator.time.0, self.now()) {
            return Err(Refused::because(ErrorCode::SKEW, "the clocks differ too much"));
        }
        let Some(checksum) = authenticator.checksum else {
            return Err(Refused::because(
                ErrorCode::INAPPROPRIATE_CHECKSUM,
                "the request has no checksum",
            ));
        };
        let body = request.body.to_der().map_err(unreadable)?;
        let (usage, bytes) = (KeyUsage::TGS_REQUEST_CHECKSUM, checksum.bytes.as_bytes());
        // Windows sends a checksum without a key; what it is in is encrypted.
        let is_right = if checksum.kind == RSA_MD5 {
            Md5::digest(&body).as_slice() == bytes
        } else {
            key.verify_checksum(usage, checksum.kind, &[&body], bytes).is_ok()
        };
        if !is_right {
            return Err(Refused::because(ErrorCode::MODIFIED, "the checksum is wrong"));
        }
        let subkey = authenticator.subkey.as_ref().map(known_key).transpose()?;
        Ok(Asker { ticket: opened, subkey })
    }

    /// Opens a ticket for the ticket-granting service of this realm, from here or from a trusted realm.
    fn open(&self, ticket: &Ticket<'_>) -> Result<Opened, Refused> {
        let ticket = &ticket.0;
        let not_us = || Refused::because(ErrorCode::NOT_US, "no ticket for this KDC");
        let server = ticket.server.in_realm(ticket.realm);
        let granting = Entry::name_of_granting(self.name());
        if server.parts() != granting.parts() || ticket.version != VERSION {
            return Err(not_us());
        }
        let principals = self.principals();
        let is_own = server.realm() == self.name();
        let entry = if is_own {
            principals.find(granting.parts())
        } else {
            principals.incoming.get(server.realm())
        };
        let entry = entry.ok_or_else(not_us)?;
        let Some(key) = entry.key(EncryptionType(ticket.encrypted.encryption_type)) else {
            return Err(Refused::because(ErrorCode::NO_KEY, "no key of this type"));
        };
        let Ok(text) = key.decrypt(KeyUsage::TICKET, ticket.encrypted.cipher.as_bytes()) else {
            return Err(altered("the ticket cannot be decrypted"));
        };
        let part: EncryptedTicketPart<'_> = messages::read(&text, "EncTicketPart")?;
        let part = part.0;
        let client = part.client.in_realm(part.client_realm);
        // A realm speaks for its own clients only, and nobody is between the two.
        if client.realm() != server.realm() || !part.transited.contents.as_bytes().is_empty() {
            return Err(Refused::because(
                ErrorCode::PATH_NOT_ACCEPTED,
                "the client comes through a realm that is not trusted for it",
            ));
        }
        Ok(Opened {
            client,
            session_key: known_key(&part.key)?,
            flags: TicketFlags::from_bits_retain(part.flags.0),
            authenticated: part.authenticated.0,
            starts: part.starts.and_then(KerberosTime::given).unwrap_or(part.authenticated.0),
            ends: part.ends.0,
            renewable_until: part.renewable_until.and_then(KerberosTime::given),
            pac: self.pac_of(&part, key)?,
        })
    }

    fn check_times(&self, starts: Time, ends: Time) -> Result<(), Refused> {
        let now = self.now();
        if ends <= now {
            return Err(Refused::because(ErrorCode::TICKET_EXPIRED, "the ticket has expired"));
        }
        if starts > now && !is_now(starts, now) {
            let code = ErrorCode::TICKET_NOT_YET_VALID;
            return Err(Refused::because(code, "the ticket is not valid yet"));
        }
        Ok(())
    }
}

impl Asker {
    /// What the new ticket can, of what was asked for and the old one can.
    fn flags(&self, options: KdcOptions) -> Result<TicketFlags, Refused> {
        let own = |flag| self.ticket.flags.contains(flag);
        let mut flags = self.ticket.flags
            & (TicketFlags::PRE_AUTHENTICATED | TicketFlags::FORWARDED | TicketFlags::PROXY);
        for (option, flag) in [
            (KdcOptions::FORWARDABLE, TicketFlags::FORWARDABLE),
            (KdcOptions::PROXIABLE, TicketFlags::PROXIABLE),
        ] {
            flags.set(flag, options.contains(option) && own(flag));
        }
        if options.contains(KdcOptions::FORWARDED) {
            if !own(TicketFlags::FORWARDABLE) {
                return Err(bad_option("the ticket may not be forwarded"));
            }
            flags |= TicketFlags::FORWARDED;
        }
        if options.contains(KdcOptions::RENEW) {
            if !own(TicketFlags::RENEWABLE) {
                return Err(bad_option("the ticket cannot be renewed"));
            }
            flags = self.ticket.flags & !TicketFlags::INITIAL;
        }
        flags |= TicketFlags::TRANSITED_POLICY_CHECKED;
        Ok(flags)
    }

    /// When a renewed ticket ends: it is valid as long as the one before.
    fn renewed(&self, grant: &Grant) -> Result<Time, Refused> {
        if !is_granting(&grant.server) {
            return Err(bad_option("only ticket-granting tickets are renewed here"));
        }
        let until =
            self.ticket.renewable_until.filter(|until| *until > grant.starts).ok_or_else(|| {
                Refused::because(ErrorCode::TICKET_EXPIRED, "the ticket cannot be renewed any more")
            })?;
        let lasted =
            self.ticket.ends.unix_seconds().saturating_sub(self.ticket.starts.unix_seconds());
        Ok(grant.starts.after(Duration::from_secs(lasted)).min(until))
    }
}

fn known_key(key: &EncryptionKey<'_>) -> Result<Key, Refused> {
    let kind = EncryptionType(key.encryption_type);
    let known = kind.name().and_then(|_| Key::new(kind, key.bytes.as_bytes()).ok());
    known.ok_or_else(|| {
        Refused::because(ErrorCode::ENCRYPTION_TYPE_UNSUPPORTED, "a key of an unknown type")
    })
}

fn altered(text: &'static str) -> Refused {
    Refused::because(ErrorCode::BAD_INTEGRITY, text)
}

fn bad_option(text: &'static str) -> Refused {
    Refused::because(ErrorCode::BAD_OPTION, text)
}
