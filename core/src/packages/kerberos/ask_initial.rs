//! The AS exchange: a client proves who it is and gets its ticket-granting ticket (RFC 4120 3.1).

use super::kdc_reply::{self, Client as ReplyClient, Expected, Said, Server};
use super::messages::{
    self, AsReply, AsRequest, EncryptedAsReplyPart, EncryptedData, EncryptedReplyPart,
    EncryptedTgsReplyPart, ErrorCode, ErrorFields, EtypeInfo2Entry, EtypeInfoEntry, Flags,
    KdcOptions, KdcReplyFields, KdcRequestBody, KdcRequestFields, KerberosTime, Number, PaData,
    PrincipalName, Text, TimestampToEncrypt, VERSION, kind, pa_data,
};
use super::refusal;
use super::ticket_store::Ahead;
use super::tickets::{Client, Proof, ticket_granting};
use crate::credentials::Secret;
use crate::error::{Error, Result};
use crate::kdc::KdcRequest;
use crate::kerberos::key_usage::KeyUsage;
use crate::kerberos::{EncryptionType, Key, NameType, Principal, Ticket};
use crate::status::Status;
use crate::time::Time;
use der::asn1::OctetStringRef;
use std::sync::Arc;
use std::time::Duration;

/// How long a ticket should be valid. A KDC gives less where it has a limit.
const LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// The most realms that say the client is in another one.
const MOST_REALMS: usize = 5;

/// The fewest iterations of PBKDF2 that a KDC may ask for. They come before anything proves that it is
/// the KDC, and somebody else would ask for one, to find the password from what it is answered.
const FEWEST_ITERATIONS: u32 = 4096;

/// A question to a KDC for a ticket-granting ticket, while it is on its way.
pub(super) struct InitialQuestion {
    client: Arc<Client>,
    /// The name that is asked for, in the realm whose KDC is asked.
    principal: Principal,
    realms: usize,
    nonce: u32,
    ends: Time,
    /// What was answered to the KDC's question for pre-authentication.
    pre_authentication: Option<PreAuthentication>,
    /// What a KDC said of its clock, once.
    ahead: Option<Ahead>,
}

struct PreAuthentication {
    key: Key,
}

/// What came of the question.
pub(super) enum Initial {
    Ticket(Box<Ticket>),
    /// Something has to be asked once more.
    Again(Box<InitialQuestion>, KdcRequest),
}

impl InitialQuestion {
    pub(super) fn start(client: &Arc<Client>) -> Result<(Box<Self>, KdcRequest)> {
        if let Proof::Tickets = client.proof {
            return Err(Error::new(
                Status::NO_CREDENTIALS,
                format!(
                    "there is no ticket for this, and no valid ticket-granting ticket of {}: log \
                     on first, or pass a password or a keytab",
                    client.principal
                ),
            ));
        }
        if client.principal.realm().is_empty() {
            return Err(Error::new(
                Status::INVALID_PARAMETER,
                format!("{} has no realm to ask in", client.principal),
            ));
        }
        let question = Box::new(Self {
            client: Arc::clone(client),
            principal: client.principal.clone(),
            realms: 0,
            nonce: 0,
            ends: Time::FOREVER,
            pre_authentication: None,
            ahead: None,
        });
        if question.types().is_empty() {
            return Err(Error::new(
                Status::NO_KERB_KEY,
                format!("{} has no key of a type that is allowed here", client.principal),
            ));
        }
        question.ask()
    }

    /// Takes a KDC's reply.
    pub(super) fn reply(self: Box<Self>, bytes: &[u8]) -> Result<Initial> {
        let said = kdc_reply::read(bytes, kind::AS_REPLY, "AS-REP", |reply: AsReply<'_>| reply.0)?;
        match said {
            Said::Reply(reply) => self.take(&reply).map(Box::new).map(Initial::Ticket),
            Said::Error(error) => {
                let (question, request) = self.again(&error.0)?;
                Ok(Initial::Again(question, request))
            }
        }
    }

    /// The types that are asked for: those of the keys, where there is no password.
    fn types(&self) -> Vec<EncryptionType> {
        let mut types = self.client.encryption_types.clone();
        if let Proof::Keys(keys) = &self.client.proof {
            // The reply is encrypted in one of them; the session key may be of any of the others.
            let has_key =
                |kind: &EncryptionType| keys.iter().any(|key| key.encryption_type() == *kind);
            types.retain(has_key);
        }
        types
    }

    fn options(&self) -> KdcOptions {
        let mut options = KdcOptions::FORWARDABLE;
        // A name of this kind means nothing but what the KDC makes of it (RFC 6806 5).
        options.set(KdcOptions::CANONICALIZE, self.is_enterprise());
        options
    }

    fn is_enterprise(&self) -> bool {
        self.principal.name_type() == NameType::ENTERPRISE
    }

    fn ahead(&self) -> Ahead {
        self.ahead.unwrap_or_else(|| self.client.store.ahead())
    }

    fn now(&self) -> Time {
        self.ahead().applied(self.client.surroundings.now())
    }

    fn ask(mut self: Box<Self>) -> Result<(Box<Self>, KdcRequest)> {
        // Each question has a nonce of its own.
        self.nonce = kdc_reply::nonce(&self.client.surroundings)?;
        // In whole seconds, as it is written.
        self.ends = Time::from_unix_seconds(self.now().after(LIFETIME).unix_seconds());
        let realm = self.principal.realm();
        let server = ticket_granting(realm, realm);
        let types = self.types();
        let body = messages::write(&KdcRequestBody {
            options: Flags(self.options().bits()),
            client: Some(PrincipalName::of(&self.principal)),
            realm: Text(realm),
            server: Some(PrincipalName::of(&server)),
            starts: None,
            ends: KerberosTime(self.ends),
            renewable_until: None,
            nonce: Number(self.nonce),
            encryption_types: types.iter().map(|kind| kind.0).collect(),
            addresses: None,
            authorization_data: None,
            additional_tickets: None,
        })?;
        let proof = self.timestamp()?;
        let pa_data = match &proof {
            Some(proof) => Some(vec![PaData {
                kind: pa_data::ENCRYPTED_TIMESTAMP,
                value: messages::octets(proof)?,
            }]),
            None => None,
        };
        let request: AsRequest<'_> = messages::Application(KdcRequestFields {
            version: VERSION,
            kind: kind::AS_REQUEST,
            pa_data,
            body: messages::any(&body)?,
        });
        let request = KdcRequest::new(realm, messages::write(&request)?);
        Ok((self, request))
    }

    /// PA-ENC-TIMESTAMP (RFC 4120 5.2.7.2), where the KDC has asked for it.
    fn timestamp(&self) -> Result<Option<Vec<u8>>> {
        let Some(PreAuthentication { key }) = &self.pre_authentication else { return Ok(None) };
        let (time, microseconds) = kdc_reply::timestamp(self.now());
        let text = messages::write(&TimestampToEncrypt { time, microseconds: Some(microseconds) })?;
        let cipher =
            key.encrypt(KeyUsage::ENCRYPTED_TIMESTAMP, &self.client.surroundings, &text)?;
        messages::write(&EncryptedData::of(key, None, &cipher)?).map(Some)
    }

    /// What can be done about an error.
    fn again(mut self: Box<Self>, error: &ErrorFields<'_>) -> Result<(Box<Self>, KdcRequest)> {
        match ErrorCode(error.code) {
            ErrorCode::PRE_AUTHENTICATION_REQUIRED if self.pre_authentication.is_none() => {
                let data = error.data.map(OctetStringRef::as_bytes).unwrap_or_default();
                let methods: Vec<PaData<'_>> = messages::read(data, "METHOD-DATA")?;
                if !methods.iter().any(|method| method.kind == pa_data::ENCRYPTED_TIMESTAMP) {
                    return Err(self.no_timestamp(&methods));
                }
                let key = self.key(Some(&methods), None)?;
                self.pre_authentication = Some(PreAuthentication { key });
            }
            // The KDC's word for its time is not proven. It can only make this client encrypt another
            // time, and the reply has to fit it.
            ErrorCode::SKEW if self.ahead.is_none() => {
                let microseconds = Duration::from_micros(error.microseconds.0.into());
                let there = error.time.0.after(microseconds);
                self.ahead = Some(Ahead::between(self.client.surroundings.now(), there));
            }
            ErrorCode::WRONG_REALM if self.is_enterprise() && self.realms < MOST_REALMS => {
                let realm = error.client_realm.map(|realm| realm.0).unwrap_or_default();
                if realm.is_empty() || realm == self.principal.realm() {
                    return Err(self.refused(error));
                }
                self.realms = self.realms.saturating_add(1);
                let parts = self.principal.parts().to_vec();
                self.principal = Principal::new(NameType::ENTERPRISE, parts, realm);
                self.pre_authentication = None;
            }
            _ => return Err(self.refused(error)),
        }
        self.ask()
    }

    fn refused(&self, error: &ErrorFields<'_>) -> Error {
        let realm = self.principal.realm();
        refusal::refused(error, &format!("the KDC of {realm} gives {} no ticket", self.principal))
    }

    /// The key of the client: the one of a type, or the first that the KDC names and is allowed here.
    fn key(&self, methods: Option<&[PaData<'_>]>, asked: Option<EncryptionType>) -> Result<Key> {
        let named = methods.map(named_keys).transpose()?.unwrap_or_default();
        let types = self.types();
        let is_good =
            |kind: EncryptionType| types.contains(&kind) && asked.is_none_or(|asked| asked == kind);
        let hint = named.iter().find(|hint| is_good(hint.encryption_type));
        match &self.client.proof {
            Proof::Password(password) => match hint {
                Some(hint) => self.key_from(password, hint),
                // Nothing is said of the salt: it is the one that follows from the name.
                None if named.is_empty() => {
                    let Some(kind) = asked.or(types.first().copied()) else {
                        return Err(self.no_key());
                    };
                    Key::from_password(kind, password, &self.principal)
                }
                None => Err(self.no_key()),
            },
            Proof::Keys(keys) => {
                let kind = match hint {
                    Some(hint) => Some(hint.encryption_type),
                    None if named.is_empty() => asked.or(types.first().copied()),
                    None => None,
                };
                let key = keys.iter().find(|key| Some(key.encryption_type()) == kind);
                key.cloned().ok_or_else(|| self.no_key())
            }
            Proof::Tickets => Err(self.no_key()),
        }
    }

    fn no_timestamp(&self, methods: &[PaData<'_>]) -> Error {
        let names_keys = |method: &PaData<'_>| {
            [pa_data::ETYPE_INFO, pa_data::ETYPE_INFO2].contains(&method.kind)
        };
        // A KDC that could read one with a key of these types says with which.
        if !methods.iter().any(names_keys) {
            return self.no_key();
        }
        Error::new(
            Status::UNSUPPORTED_PREAUTH,
            format!(
                "the KDC of {} takes no encrypted timestamp of {}, only other kinds of \
                 pre-authentication",
                self.principal.realm(),
                self.principal
            ),
        )
    }

    fn no_key(&self) -> Error {
        Error::new(
            Status::KDC_UNKNOWN_ETYPE,
            format!(
                "the KDC of {} wants a key of {} of a type that is not here or not allowed; \
                 rc4-hmac has to be allowed by name",
                self.principal.realm(),
                self.principal
            ),
        )
    }

    fn key_from(&self, password: &Secret, hint: &Hint) -> Result<Key> {
        if let Some(parameters) = &hint.parameters
            && let Ok(bytes) = <[u8; 4]>::try_from(parameters.as_slice())
            && u32::from_be_bytes(bytes) < FEWEST_ITERATIONS
        {
            return Err(Error::new(
                Status::DOWNGRADE_DETECTED,
                format!(
                    "the KDC of {} asks for so few iterations that the password could be found \
                     from the reply",
                    self.principal.realm()
                ),
            ));
        }
        let default = || self.principal.default_salt().into_bytes();
        let salt = hint.salt.clone().unwrap_or_else(default);
        let parameters = hint.parameters.as_deref();
        Key::from_salted_password(hint.encryption_type, password, &salt, parameters)
    }

    /// Decrypts what the KDC gave, checks it and takes the ticket.
    fn take(&self, reply: &KdcReplyFields<'_>) -> Result<Ticket> {
        let kind = EncryptionType(reply.encrypted.encryption_type);
        if !self.types().contains(&kind) {
            return Err(Error::new(
                Status::KDC_UNKNOWN_ETYPE,
                format!("the KDC's reply is encrypted with {kind}, which was not asked for"),
            ));
        }
        let key = match &self.pre_authentication {
            Some(PreAuthentication { key }) if key.encryption_type() == kind => key.clone(),
            _ => self.key(reply.pa_data.as_deref(), Some(kind))?,
        };
        let decrypted = key.decrypt(KeyUsage::AS_REPLY, reply.encrypted.cipher.as_bytes());
        let decrypted = decrypted.map_err(|cause| self.undecrypted(cause))?;
        let part = read_part(&decrypted)?;
        let realm = self.principal.realm();
        let client = if self.is_enterprise() {
            ReplyClient::Canonical
        } else {
            ReplyClient::Exactly(&self.principal)
        };
        // The time at which the KDC answered: nobody else could write it, and the nonce says that it is
        // now. A clock that is wrong needs no error to be found out.
        let here = self.client.surroundings.now();
        let mut ahead = self.ahead();
        let found = Ahead::between(here, part.authenticated.0);
        if self.ahead.is_some()
            || Ahead::between(ahead.applied(here), part.authenticated.0).is_skew()
        {
            ahead = found;
        }
        let ticket = kdc_reply::take_ticket(
            reply,
            &part,
            &Expected {
                client,
                server: Server::Exactly(&ticket_granting(realm, realm)),
                nonce: self.nonce,
                ends: self.ends,
                types: &self.types(),
                now: ahead.applied(here),
            },
            false,
            &[],
        )?;
        self.client.store.set_ahead(ahead);
        Ok(ticket)
    }

    fn undecrypted(&self, cause: Error) -> Error {
        // Without pre-authentication this is where a wrong password is found out.
        let (status, problem) = match self.pre_authentication {
            None => (
                Status::LOGON_DENIED,
                "the password or the key is wrong, or the reply was altered on its way",
            ),
            Some(_) => (Status::MESSAGE_ALTERED, "it was altered on its way"),
        };
        Error::new(
            status,
            format!(
                "the reply of the KDC of {} to {} cannot be decrypted: {problem}",
                self.principal.realm(),
                self.principal
            ),
        )
        .with_source(cause)
    }
}

/// What the KDC says of the client's keys, its preferred one first.
fn named_keys(methods: &[PaData<'_>]) -> Result<Vec<Hint>> {
    let of_kind = |kind| {
        let found = methods.iter().find(|method| method.kind == kind);
        found.map(|method| method.value.as_bytes())
    };
    if let Some(bytes) = of_kind(pa_data::ETYPE_INFO2) {
        let entries: Vec<EtypeInfo2Entry<'_>> = messages::read(bytes, "ETYPE-INFO2")?;
        return Ok(entries.iter().map(Hint::from).collect());
    }
    if let Some(bytes) = of_kind(pa_data::ETYPE_INFO) {
        let entries: Vec<EtypeInfoEntry<'_>> = messages::read(bytes, "ETYPE-INFO")?;
        return Ok(entries.iter().map(Hint::from).collect());
    }
    Ok(Vec::new())
}

/// EncASRepPart, which some KDCs write as EncTGSRepPart (RFC 4120 5.4.2).
fn read_part(bytes: &[u8]) -> Result<EncryptedReplyPart<'_>> {
    // APPLICATION 26, constructed.
    if bytes.first() == Some(&0x7A) {
        let part: EncryptedTgsReplyPart<'_> = messages::read(bytes, "EncTGSRepPart")?;
        return Ok(part.0);
    }
    let part: EncryptedAsReplyPart<'_> = messages::read(bytes, "EncASRepPart")?;
    Ok(part.0)
}

/// What a KDC says of a key of the client's.
struct Hint {
    encryption_type: EncryptionType,
    salt: Option<Vec<u8>>,
    parameters: Option<Vec<u8>>,
}

impl From<&EtypeInfo2Entry<'_>> for Hint {
    fn from(entry: &EtypeInfo2Entry<'_>) -> Self {
        Self {
            encryption_type: EncryptionType(entry.encryption_type),
            salt: entry.salt.map(|salt| salt.0.as_bytes().to_vec()),
            parameters: entry.parameters.map(|bytes| bytes.as_bytes().to_vec()),
        }
    }
}

impl From<&EtypeInfoEntry<'_>> for Hint {
    fn from(entry: &EtypeInfoEntry<'_>) -> Self {
        Self {
            encryption_type: EncryptionType(entry.encryption_type),
            salt: entry.salt.map(|bytes| bytes.as_bytes().to_vec()),
            parameters: None,
        }
    }
}

#[cfg(test)]
mod tests;
