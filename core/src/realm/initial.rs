//! The AS exchange, as the KDC answers it (RFC 4120 3.1.3).

use super::Realm;
use super::issue::{Grant, LIFETIME, RENEWABLE, ReplyKey};
use super::pac;
use super::principals::{Entry, TYPES};
use super::refused::Refused;
use crate::error::Result;
use crate::kerberos::key_usage::KeyUsage;
use crate::kerberos::{EncryptionType, Key, NameType, Principal};
use crate::packages::kerberos::messages::{
    self, AsRequest, EncryptedData, ErrorCode, EtypeInfo2Entry, EtypeInfoEntry, KdcOptions,
    KdcRequestBody, KdcRequestFields, KerberosTime, PaData, PrincipalName, Text, TicketFlags,
    TimestampToEncrypt, VERSION, kind, pa_data,
};
use crate::time::Time;
use std::time::Duration;

/// How much the clocks of a client and of the KDC may differ.
const SKEW: Duration = Duration::from_secs(300);

impl Realm {
    pub(super) fn initial(&self, request: &[u8]) -> Result<Vec<u8>, Refused> {
        let request: AsRequest<'_> = messages::read(request, "AS-REQ")?;
        let request = request.0;
        let body = body(&request, kind::AS_REQUEST)?;
        let user = self.client(&body)?;
        let server = self.server(&body)?;
        let types = types(&body);
        let Some(key) = user.first_key(&types) else {
            return Err(Refused::because(
                ErrorCode::ENCRYPTION_TYPE_UNSUPPORTED,
                "the client has no key of a type it asked for",
            ));
        };
        let has_proven = self.has_proven(&request, &user, &types)?;
        if user.needs_pre_authentication && !has_proven {
            let code = ErrorCode::PRE_AUTHENTICATION_REQUIRED;
            let refused = Refused::because(code, "pre-authentication is required");
            return Err(refused.about(&server.principal).with_data(methods(&user, &types)?));
        }
        let options = KdcOptions::from_bits_retain(body.options.0);
        let mut flags = TicketFlags::INITIAL;
        flags.set(TicketFlags::PRE_AUTHENTICATED, has_proven);
        flags.set(TicketFlags::FORWARDABLE, options.contains(KdcOptions::FORWARDABLE));
        flags.set(TicketFlags::PROXIABLE, options.contains(KdcOptions::PROXIABLE));
        flags.set(TicketFlags::OK_AS_DELEGATE, server.is_trusted_for_delegation);
        let now = self.now();
        let ends = ends(&body, now)?.min(now.after(LIFETIME));
        let renewable_until = renewable_until(&body, options, now, ends);
        flags.set(TicketFlags::RENEWABLE, renewable_until.is_some());
        let Some(server_key) = server.keys.first() else {
            return Err(Refused::because(ErrorCode::NO_KEYS, "the service has no key"));
        };
        let with_rc4 = user.has_key(EncryptionType::RC4);
        let pac = self.own_pac(&user.principal, now, pac::wanted(&request)?)?;
        let grant = Grant {
            client: user.principal.clone(),
            server: server.principal.clone(),
            session_key: self.session_key(&types, &server, with_rc4)?,
            flags,
            authenticated: now,
            starts: now,
            ends,
            renewable_until,
            pac: pac::going_to(&server.principal, pac),
        };
        let ticket = self.ticket(&grant, server_key, Some(server.version))?;
        let hint = hint2(&user, &[key])?;
        let pa_data = PaData { kind: pa_data::ETYPE_INFO2, value: messages::octets(&hint)? };
        let reply_key = ReplyKey { key, version: Some(user.version), usage: KeyUsage::AS_REPLY };
        let nonce = body.nonce.0;
        Ok(self.reply(kind::AS_REPLY, &grant, &ticket, nonce, Some(vec![pa_data]), &reply_key)?)
    }

    fn client(&self, body: &KdcRequestBody<'_>) -> Result<Entry, Refused> {
        let unknown = || Refused::because(ErrorCode::CLIENT_UNKNOWN, "no such client");
        if body.realm.0 != self.name() {
            return Err(Refused::because(ErrorCode::WRONG_REALM, "another realm"));
        }
        let name = body.client.as_ref().ok_or_else(unknown)?;
        let mut parts: Vec<&str> = name.parts.iter().map(|part| part.0).collect();
        let options = KdcOptions::from_bits_retain(body.options.0);
        let is_enterprise = name.name_type == NameType::ENTERPRISE.0;
        // `alice@example.test`, in one part (RFC 6806 5 and 7).
        if is_enterprise && options.contains(KdcOptions::CANONICALIZE) {
            let [text] = parts.as_slice() else { return Err(unknown()) };
            let (user, domain) = text.rsplit_once('@').unwrap_or((text, self.name()));
            if !domain.eq_ignore_ascii_case(self.name()) {
                let realm = self.principals().trusted(domain).ok_or_else(unknown)?;
                return Err(Refused::because(ErrorCode::WRONG_REALM, "another realm's client")
                    .with_client_realm(realm));
            }
            parts = vec![user];
        }
        let found = self.principals().find(&parts).cloned();
        let is_client = |entry: &Entry| !is_granting(&entry.principal);
        found.filter(is_client).ok_or_else(unknown)
    }

    fn server(&self, body: &KdcRequestBody<'_>) -> Result<Entry, Refused> {
        let Some(name) = &body.server else {
            return Err(Refused::because(ErrorCode::SERVICE_UNKNOWN, "no service is named"));
        };
        let parts: Vec<&str> = name.parts.iter().map(|part| part.0).collect();
        let found = self.principals().find(&parts).cloned();
        found.filter(|entry| !entry.is_user).ok_or_else(|| unknown_service(name, body.realm))
    }

    /// Whether the client has proven that it knows the key, by the encrypted time.
    fn has_proven(
        &self,
        request: &KdcRequestFields<'_>,
        user: &Entry,
        types: &[EncryptionType],
    ) -> Result<bool, Refused> {
        let timestamp =
            request.pa_data.iter().flatten().find(|data| data.kind == pa_data::ENCRYPTED_TIMESTAMP);
        let Some(timestamp) = timestamp else { return Ok(false) };
        let failed = || -> Result<Refused, Refused> {
            let code = ErrorCode::PRE_AUTHENTICATION_FAILED;
            Ok(Refused::because(code, "the encrypted time cannot be read")
                .with_data(methods(user, types)?))
        };
        let data: EncryptedData<'_> =
            messages::read(timestamp.value.as_bytes(), "PA-ENC-TIMESTAMP")?;
        let Some(key) = user.key(EncryptionType(data.encryption_type)) else {
            return Err(failed()?);
        };
        let Ok(text) = key.decrypt(KeyUsage::ENCRYPTED_TIMESTAMP, data.cipher.as_bytes()) else {
            return Err(failed()?);
        };
        let text: TimestampToEncrypt = messages::read(&text, "PA-ENC-TS-ENC")?;
        if !is_now(text.time.0, self.now()) {
            return Err(Refused::because(ErrorCode::SKEW, "the clocks differ too much"));
        }
        Ok(true)
    }

    /// A session key of the first type that client and service have.
    pub(super) fn session_key(
        &self,
        types: &[EncryptionType],
        server: &Entry,
        with_rc4: bool,
    ) -> Result<Key, Refused> {
        // A ticket-granting service has one key and knows everything; a user with another user's
        // ticket-granting ticket does too.
        let knows_all = server.is_user || is_granting(&server.principal);
        let is_known = |kind: &&EncryptionType| {
            if knows_all {
                TYPES.contains(kind) || (with_rc4 && **kind == EncryptionType::RC4)
            } else {
                server.has_key(**kind)
            }
        };
        let Some(kind) = types.iter().find(is_known) else {
            return Err(Refused::because(
                ErrorCode::ENCRYPTION_TYPE_UNSUPPORTED,
                "the service knows no type that was asked for",
            ));
        };
        Ok(Key::random(*kind, &self.0.surroundings)?)
    }
}

pub(super) fn is_granting(server: &Principal) -> bool {
    server.parts().first().is_some_and(|part| part == "krbtgt")
}

pub(super) fn unknown_service(name: &PrincipalName<'_>, realm: Text<'_>) -> Refused {
    Refused::because(ErrorCode::SERVICE_UNKNOWN, "no such service").about(&name.in_realm(realm))
}

/// The body of a request of a kind.
pub(super) fn body<'a>(
    request: &'a KdcRequestFields<'_>,
    kind: u32,
) -> Result<KdcRequestBody<'a>, Refused> {
    if request.version != VERSION || request.kind != kind {
        return Err(Refused::unknown_request());
    }
    let body = request.body.decode_as().map_err(|_| {
        Refused::because(ErrorCode::GENERIC, "the body of the request cannot be read")
    })?;
    Ok(body)
}

/// The types that a client takes, those that are known here.
pub(super) fn types(body: &KdcRequestBody<'_>) -> Vec<EncryptionType> {
    let types = body.encryption_types.iter().map(|number| EncryptionType(*number));
    types.filter(|kind| kind.name().is_some()).collect()
}

pub(super) fn is_now(time: Time, now: Time) -> bool {
    time <= now.after(SKEW) && now <= time.after(SKEW)
}

/// When a ticket ends, as it was asked for; no time is as late as possible.
pub(super) fn ends(body: &KdcRequestBody<'_>, now: Time) -> Result<Time, Refused> {
    let ends = body.ends.given().unwrap_or(Time::FOREVER);
    if ends <= now {
        return Err(Refused::because(ErrorCode::NEVER_VALID, "it would have ended already"));
    }
    Ok(ends)
}

fn renewable_until(
    body: &KdcRequestBody<'_>,
    options: KdcOptions,
    now: Time,
    ends: Time,
) -> Option<Time> {
    let wanted = body.ends.given().unwrap_or(Time::FOREVER);
    let until = if options.contains(KdcOptions::RENEWABLE) {
        body.renewable_until.and_then(KerberosTime::given).unwrap_or(Time::FOREVER)
    } else if options.contains(KdcOptions::RENEWABLE_OK) && wanted > ends {
        wanted
    } else {
        return None;
    };
    Some(until.min(now.after(RENEWABLE))).filter(|until| *until > ends)
}

/// METHOD-DATA: how a client can prove who it is, and what its keys are made with.
fn methods(user: &Entry, types: &[EncryptionType]) -> Result<Vec<u8>, Refused> {
    let keys: Vec<&Key> = types.iter().filter_map(|kind| user.key(*kind)).collect();
    let is_old = types.iter().all(|kind| *kind == EncryptionType::RC4);
    let info = if is_old { hint(&keys)? } else { hint2(user, &keys)? };
    let info_kind = if is_old { pa_data::ETYPE_INFO } else { pa_data::ETYPE_INFO2 };
    Ok(messages::write(&vec![
        PaData { kind: info_kind, value: messages::octets(&info)? },
        PaData { kind: pa_data::ENCRYPTED_TIMESTAMP, value: messages::octets(&[])? },
    ])?)
}

/// ETYPE-INFO2.
fn hint2(user: &Entry, keys: &[&Key]) -> Result<Vec<u8>> {
    let entry = |key: &&Key| {
        let has_salt = key.encryption_type() != EncryptionType::RC4;
        EtypeInfo2Entry {
            encryption_type: key.encryption_type().0,
            salt: user.salt.as_deref().filter(|_| has_salt).map(Text),
            parameters: None,
        }
    };
    messages::write(&keys.iter().map(entry).collect::<Vec<_>>())
}

/// ETYPE-INFO, which clients that know nothing newer than rc4-hmac ask for (RFC 4120 3.1.3).
fn hint(keys: &[&Key]) -> Result<Vec<u8>> {
    let entry =
        |key: &&Key| EtypeInfoEntry { encryption_type: key.encryption_type().0, salt: None };
    messages::write(&keys.iter().map(entry).collect::<Vec<_>>())
}
