//! Kerberos' credentials: a client with its tickets, and a service with its keys and a memory of the
//! authenticators it has seen.

use super::accept::{Judge, is_same_service, not_us, undecryptable};
use super::established::without_realm;
use super::initiate::Opener;
use super::keys::type_is_allowed;
use super::messages::{EncryptedData, ErrorCode};
use super::refusal::refusing;
use super::replay_cache::ReplayCache;
use super::tickets::{Client, Proof, TicketStore, granted_realm, permitted_types};
use crate::credentials::{Allow, CredentialRequest, DelegationPolicy, Identity, Usage, UserName};
use crate::error::{Error, Result};
use crate::kerberos::encryption::Cipher;
use crate::kerberos::key_usage::KeyUsage;
use crate::kerberos::{EncryptionType, Key, KeyTable, KeyTableEntry, NameType, Principal, Tickets};
use crate::package::{AcceptRequest, Exchange, InitiateRequest, PackageCredential};
use crate::status::Status;
use crate::surroundings::Surroundings;
use crate::time::Time;
use std::sync::Arc;
use zeroize::Zeroizing;

/// Credentials for one side or both.
pub(super) struct KerberosCredential {
    outbound: Option<Arc<Outbound>>,
    inbound: Option<Arc<Inbound>>,
    expiry: Time,
}

/// What an initiator needs.
pub(super) struct Outbound {
    pub(super) client: Arc<Client>,
    pub(super) delegation: DelegationPolicy,
    pub(super) allow: Allow,
}

/// What an acceptor needs.
pub(super) struct Inbound {
    keys: Vec<ServiceKey>,
    /// Who this side is as a user, for user-to-user authentication.
    pub(super) user: Option<Arc<Client>>,
    pub(super) seen: ReplayCache,
    pub(super) allow: Allow,
    pub(super) surroundings: Surroundings,
}

/// A key of a service, ready to open tickets.
struct ServiceKey {
    principal: Principal,
    version: u32,
    key: Key,
    /// None for a type that is not allowed: the service has this name all the same.
    cipher: Option<Cipher>,
}

/// What a ticket holds, decrypted, and the key that opened it.
pub(super) struct OpenedTicket<'a> {
    pub(super) text: Zeroizing<Vec<u8>>,
    pub(super) key: &'a Key,
}

impl KerberosCredential {
    pub(super) fn new(request: &CredentialRequest) -> Result<Self> {
        let mut expiry = Time::FOREVER;
        let outbound = if request.usage.contains(Usage::OUTBOUND) {
            let (client, ends) = client_of(request)?;
            expiry = ends;
            Some(Arc::new(Outbound {
                client: Arc::new(client),
                delegation: request.delegation.clone(),
                allow: request.allow,
            }))
        } else {
            None
        };
        let inbound = if request.usage.contains(Usage::INBOUND) {
            Some(Arc::new(Inbound::new(request)?))
        } else {
            None
        };
        Ok(Self { outbound, inbound, expiry })
    }
}

/// The client of the first identity that is one, and until when its tickets last.
fn client_of(request: &CredentialRequest) -> Result<(Client, Time)> {
    let found = if request.identities.is_empty() {
        let cache = request.registry.surroundings().default_cache();
        let own = cache.map(Identity::CredentialCache);
        own.and_then(|identity| identified(&identity, request).transpose())
    } else {
        request.identities.iter().find_map(|identity| identified(identity, request).transpose())
    };
    found.unwrap_or_else(|| {
        Err(nothing_usable(
            request,
            "a credential cache, a keytab, or a password or NT hash of a user",
        ))
    })
}

/// The client that an identity is, if it is one and the one that is wanted.
fn identified(identity: &Identity, request: &CredentialRequest) -> Result<Option<(Client, Time)>> {
    let wanted = request.principal.as_deref();
    let (principal, proof, store, expiry) = match identity {
        Identity::CredentialCache(cache) => {
            let tickets = Tickets::open(cache)?;
            let expiry = expiry_of(&tickets);
            (tickets.client().clone(), Proof::Tickets, TicketStore::from(&tickets), expiry)
        }
        Identity::Keytab(keytab) => {
            let table = KeyTable::open(keytab)?;
            let Some((principal, keys)) = keys_of(&table, wanted, request.allow) else {
                return Ok(None);
            };
            (principal, Proof::Keys(keys), TicketStore::default(), Time::FOREVER)
        }
        Identity::Password { name, password } => {
            let Some(principal) = user_principal(name) else { return Ok(None) };
            let proof = Proof::Password(password.clone());
            (principal, proof, TicketStore::default(), Time::FOREVER)
        }
        Identity::NtHash { name, hash } => {
            let Some(principal) = user_principal(name) else { return Ok(None) };
            type_is_allowed(EncryptionType::RC4, request.allow)?;
            let key = Key::new(EncryptionType::RC4, hash.clone())?;
            (principal, Proof::Keys(vec![key]), TicketStore::default(), Time::FOREVER)
        }
        _ => return Ok(None),
    };
    if wanted.is_some_and(|wanted| !is_called(&principal, wanted)) {
        return Ok(None);
    }
    let client = Client {
        principal,
        proof,
        store,
        encryption_types: permitted_types(request.allow.contains(Allow::RC4)),
        surroundings: request.registry.surroundings().clone(),
    };
    Ok(Some((client, expiry)))
}

/// Until when a client can get tickets: as long as its ticket-granting ticket lasts, or the last of its
/// tickets where there is none.
fn expiry_of(tickets: &Tickets) -> Time {
    let ends = |granting: bool| {
        let of_this =
            tickets.tickets().filter(|ticket| granted_realm(&ticket.server).is_some() == granting);
        of_this.filter_map(|ticket| ticket.ends).max()
    };
    ends(true).or_else(|| ends(false)).unwrap_or(Time::FOREVER)
}

/// The newest keys of a principal in a keytab, one of each type that is allowed: of the wanted one, or
/// of the first.
fn keys_of(table: &KeyTable, wanted: Option<&str>, allow: Allow) -> Option<(Principal, Vec<Key>)> {
    let is_wanted =
        |principal: &Principal| wanted.is_none_or(|wanted| is_called(principal, wanted));
    let principal =
        table.entries().iter().map(|entry| &entry.principal).find(|one| is_wanted(one))?;
    let types = permitted_types(allow.contains(Allow::RC4)).into_iter();
    let keys =
        types.filter_map(|encryption_type| table.find(principal, None, Some(encryption_type)));
    let keys: Vec<Key> = keys.map(|entry| entry.key.clone()).collect();
    (!keys.is_empty()).then(|| (principal.clone(), keys))
}

/// Whether a principal has this name, with its realm or without.
fn is_called(principal: &Principal, name: &str) -> bool {
    principal.to_string() == name || without_realm(principal) == name
}

/// The principal of a user whose realm is known: of `user@REALM`, or of a domain with dots, which is
/// what a realm of Active Directory is called. Both are written in capitals, as realms are. A whole
/// `user@suffix` in such a domain is for its KDC to look up (RFC 6806 5): no realm need be called so.
fn user_principal(name: &UserName) -> Option<Principal> {
    let domain = name.domain().filter(|domain| domain.contains('.') && domain.len() > 1);
    let realm = name.realm().or(domain)?.to_uppercase();
    if name.realm().is_none() && name.user().contains('@') {
        return Some(Principal::enterprise(name.user(), &realm));
    }
    Some(Principal::new(NameType::PRINCIPAL, name.account().split('/'), &realm))
}

fn nothing_usable(request: &CredentialRequest, wanted: &str) -> Error {
    let given: Vec<&str> = request.identities.iter().map(Identity::kind).collect();
    let given = if given.is_empty() { "nothing".to_owned() } else { given.join(", ") };
    let principal = match &request.principal {
        Some(principal) => format!(" for {principal}"),
        None => String::new(),
    };
    Error::new(
        Status::NO_CREDENTIALS,
        format!(
            "Kerberos needs {wanted}{principal}, who is named with the realm, such as \
             alice@EXAMPLE.COM; given: {given}"
        ),
    )
}

impl Inbound {
    fn new(request: &CredentialRequest) -> Result<Self> {
        let mut keys = Vec::new();
        let own = request.registry.surroundings().default_keytab();
        let own = own.filter(|_| request.identities.is_empty()).map(Identity::Keytab);
        for identity in request.identities.iter().chain(&own) {
            if let Identity::Keytab(keytab) = identity {
                let table = KeyTable::open(keytab)?;
                for entry in table.entries() {
                    keys.extend(ServiceKey::of(entry, request)?);
                }
            }
        }
        let has_cache = request
            .identities
            .iter()
            .any(|identity| matches!(identity, Identity::CredentialCache(_)));
        let user = if has_cache { Some(Arc::new(client_of(request)?.0)) } else { None };
        let has_key = keys.iter().any(|key: &ServiceKey| key.cipher.is_some());
        if !has_key && user.is_none() {
            return Err(Error::new(
                Status::NO_KERB_KEY,
                "a Kerberos service needs a keytab with a key of a type that is allowed (rc4-hmac is \
                 off unless RC4 is allowed by name), or for user-to-user authentication a \
                 credential cache",
            ));
        }
        let surroundings = request.registry.surroundings().clone();
        let seen = ReplayCache::new(&surroundings)?;
        Ok(Self { keys, user, seen, allow: request.allow, surroundings })
    }

    /// Opens a ticket for a service with one of its keys: those of the version that the ticket names
    /// first, then the others, because not every KDC and keytab count alike.
    pub(super) fn open_ticket(
        &self,
        encrypted: &EncryptedData<'_>,
        server: &Principal,
    ) -> Result<OpenedTicket<'_>> {
        let of_server = |key: &&ServiceKey| {
            key.principal.realm() == server.realm() && is_same_service(&key.principal, server)
        };
        let own = self.keys.iter().filter(of_server);
        if own.clone().next().is_none() {
            return Err(not_us(server));
        }
        let encryption_type = EncryptionType(encrypted.encryption_type);
        let is_fitting = |key: &&ServiceKey| {
            key.key.encryption_type() == encryption_type && key.cipher.is_some()
        };
        let fitting = own.filter(is_fitting);
        if fitting.clone().next().is_none() {
            return Err(refusing(
                Status::NO_KERB_KEY,
                ErrorCode::NO_KEY,
                format!(
                    "the client's ticket is encrypted with a key of {encryption_type}, and there is \
                     none of that type that is allowed for {server}"
                ),
            ));
        }
        let version = encrypted.key_version.map(|version| version.0);
        // Old keytabs have eight bits for the version.
        let has_version = |key: &&ServiceKey| {
            version.is_none_or(|version| key.version == version || key.version == version & 0xFF)
        };
        let (named, others): (Vec<_>, Vec<_>) = fitting.partition(has_version);
        for key in named.iter().chain(&others) {
            let text = key.cipher.as_ref().map(|key| key.decrypt(encrypted.cipher.as_bytes()));
            if let Some(Ok(text)) = text {
                return Ok(OpenedTicket { text, key: &key.key });
            }
        }
        match version {
            Some(version) if named.is_empty() => Err(refusing(
                Status::NO_KERB_KEY,
                ErrorCode::BAD_KEY_VERSION,
                format!(
                    "the client's ticket is encrypted with version {version} of the key of {server}, \
                     which is not in the keytab: one of the two is older"
                ),
            )),
            _ => Err(undecryptable()),
        }
    }
}

impl ServiceKey {
    /// A key of a keytab, if it is one of the principal that is wanted.
    fn of(entry: &KeyTableEntry, request: &CredentialRequest) -> Result<Option<Self>> {
        let wanted = request.principal.as_deref();
        if wanted.is_some_and(|wanted| !is_called(&entry.principal, wanted)) {
            return Ok(None);
        }
        let cipher = match type_is_allowed(entry.key.encryption_type(), request.allow) {
            Ok(()) => Some(Cipher::new(&entry.key, KeyUsage::TICKET)?),
            Err(_) => None,
        };
        let (principal, key) = (entry.principal.clone(), entry.key.clone());
        Ok(Some(Self { principal, version: entry.version, key, cipher }))
    }
}

impl PackageCredential for KerberosCredential {
    fn name(&self) -> Result<String> {
        let principal = match (&self.outbound, &self.inbound) {
            (Some(outbound), _) => Some(&outbound.client.principal),
            (None, Some(inbound)) => {
                let user = inbound.user.as_ref().map(|user| &user.principal);
                inbound.keys.first().map(|key| &key.principal).or(user)
            }
            (None, None) => None,
        };
        principal.map(Principal::to_string).ok_or_else(|| Status::NO_CREDENTIALS.into())
    }

    fn expiry(&self) -> Time {
        self.expiry
    }

    fn initiate(&self, request: InitiateRequest<'_>) -> Result<Box<dyn Exchange>> {
        super::flags_are_known(request.flags)?;
        let outbound = self.outbound.as_ref().ok_or_else(|| wrong_usage("OUTBOUND", "initiate"))?;
        Ok(Box::new(Opener::new(Arc::clone(outbound), request)?))
    }

    fn accept(&self, request: AcceptRequest<'_>) -> Result<Box<dyn Exchange>> {
        super::flags_are_known(request.flags)?;
        let inbound = self.inbound.as_ref().ok_or_else(|| wrong_usage("INBOUND", "accept"))?;
        Ok(Box::new(Judge::new(Arc::clone(inbound), request)))
    }
}

fn wrong_usage(usage: &str, verb: &str) -> Error {
    Error::new(
        Status::NO_CREDENTIALS,
        format!("these credentials were not acquired for {usage} use and cannot {verb}"),
    )
}
