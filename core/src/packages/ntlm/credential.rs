//! NTLM's credentials: everything that is derived once and serves every handshake.

use super::accept::Challenger;
use super::initiate::Opener;
use super::keys::{self, Key};
use super::messages::{AvId, write_av_pair};
use crate::accounts::{AccountStore, NtHash};
use crate::codec::utf16;
use crate::credentials::{Allow, CredentialRequest, Identity, Usage, UserName};
use crate::crypto::hmac_md5::HmacMd5Key;
use crate::error::{Error, Result};
use crate::package::{AcceptRequest, Exchange, InitiateRequest, PackageCredential};
use crate::status::Status;
use crate::surroundings::Surroundings;
use std::sync::Arc;
use zeroize::Zeroizing;

/// The longest user, domain or target name in bytes of UTF-16: a thousand characters.
pub(super) const LONGEST_NAME: usize = 2048;

/// Credentials for one side or both.
pub(super) struct NtlmCredential {
    outbound: Option<Arc<Outbound>>,
    inbound: Option<Arc<Inbound>>,
}

/// What an initiator needs.
pub(super) struct Outbound {
    pub(super) name: UserName,
    /// User, domain and workstation in UTF-16LE, as they go out.
    pub(super) user: Vec<u8>,
    pub(super) domain: Vec<u8>,
    pub(super) workstation: Vec<u8>,
    pub(super) workstation_name: Arc<str>,
    pub(super) proof: Proof,
    pub(super) allow: Allow,
    pub(super) surroundings: Surroundings,
}

/// How an initiator proves itself.
pub(super) enum Proof {
    /// With the NT hash, from which the key of NTLMv2's responses is derived once.
    Keys { nt_hash: Key, response_key: HmacMd5Key },
    /// Not at all.
    Anonymous,
}

/// What an acceptor needs.
pub(super) struct Inbound {
    pub(super) accounts: Arc<dyn AccountStore>,
    /// The name of the domain, or of the computer where it is in none, in UTF-16LE and in ASCII.
    pub(super) target_name: Vec<u8>,
    pub(super) oem_target_name: Vec<u8>,
    /// The DNS name of this computer.
    pub(super) server: Arc<str>,
    pub(super) in_domain: bool,
    /// The AV pairs with this host's names, without a timestamp and without an end.
    pub(super) target_info: Vec<u8>,
    /// The key that an unknown user's response is compared with: the same work as for a known one.
    pub(super) decoy: NtHash,
    pub(super) allow: Allow,
    pub(super) surroundings: Surroundings,
}

impl NtlmCredential {
    pub(super) fn new(request: &CredentialRequest) -> Result<Self> {
        let outbound = if request.usage.contains(Usage::OUTBOUND) {
            Some(Arc::new(Outbound::new(request)?))
        } else {
            None
        };
        let inbound = if request.usage.contains(Usage::INBOUND) {
            Some(Arc::new(Inbound::new(request)?))
        } else {
            None
        };
        Ok(Self { outbound, inbound })
    }
}

impl NtlmCredential {
    pub(super) fn challenger(&self, request: AcceptRequest<'_>) -> Result<Challenger> {
        let inbound = self.inbound.as_ref().ok_or_else(|| wrong_usage("INBOUND", "accept"))?;
        Ok(Challenger::new(Arc::clone(inbound), request))
    }
}

impl Outbound {
    fn new(request: &CredentialRequest) -> Result<Self> {
        let wanted = request.principal.as_deref();
        let (name, proof) = request
            .identities
            .iter()
            .find_map(|identity| proof_of(identity, wanted, request.allow))
            .unwrap_or_else(|| Err(nothing_usable(request, "a password or an NT hash")))?;
        let surroundings = request.registry.surroundings().clone();
        let user = encode_name(name.user(), "user")?;
        let domain = encode_name(name.domain().unwrap_or_default(), "domain")?;
        let workstation = encode_name(&surroundings.host_names().computer, "workstation")?;
        let proof = match proof {
            Some(nt_hash) => {
                let response_key = keys::response_key(&HmacMd5Key::new(&nt_hash), &user, &domain);
                Proof::Keys { nt_hash, response_key }
            }
            None => Proof::Anonymous,
        };
        Ok(Self {
            name,
            user,
            domain,
            workstation,
            workstation_name: surroundings.host_names().computer.as_str().into(),
            proof,
            allow: request.allow,
            surroundings,
        })
    }
}

/// The name and the NT hash of an identity that NTLM can initiate with; no hash for an anonymous
/// one, and nothing for a kind it does not know.
fn proof_of(
    identity: &Identity,
    wanted: Option<&str>,
    allow: Allow,
) -> Option<Result<(UserName, Option<Key>)>> {
    let is_wanted =
        |name: &UserName| wanted.is_none_or(|wanted| utf16::same_name(&name.to_string(), wanted));
    match identity {
        Identity::Password { name, password } if is_wanted(name) => {
            let key = password.expose_text().map(keys::nt_hash).ok_or_else(|| {
                Error::new(Status::INVALID_PARAMETER, "the password is not valid UTF-8")
            });
            Some(key.map(|key| (name.clone(), Some(key))))
        }
        Identity::NtHash { name, hash } if is_wanted(name) => {
            let key = hash
                .expose()
                .try_into()
                .map(Zeroizing::new)
                .map_err(|_| Error::new(Status::INVALID_PARAMETER, "an NT hash has 16 bytes"));
            Some(key.map(|key| (name.clone(), Some(key))))
        }
        Identity::Anonymous if allow.contains(Allow::ANONYMOUS) => {
            Some(Ok((UserName::new("", None), None)))
        }
        Identity::Anonymous => Some(Err(Error::new(
            Status::NO_CREDENTIALS,
            "anonymous logons are off: allow ANONYMOUS by name to use them",
        ))),
        _ => None,
    }
}

fn nothing_usable(request: &CredentialRequest, wanted: &str) -> Error {
    let given: Vec<&str> = request.identities.iter().map(Identity::kind).collect();
    let given = if given.is_empty() {
        "none was given, and NTLM does not know the current user's password".to_owned()
    } else {
        format!("given: {}", given.join(", "))
    };
    let principal = match &request.principal {
        Some(principal) => format!(" for {principal}"),
        None => String::new(),
    };
    Error::new(Status::NO_CREDENTIALS, format!("NTLM needs {wanted}{principal}; {given}"))
}

pub(super) fn encode_name(name: &str, what: &str) -> Result<Vec<u8>> {
    let encoded = utf16::encode(name);
    if encoded.len() > LONGEST_NAME {
        return Err(Error::new(
            Status::INVALID_PARAMETER,
            format!("the {what} name is longer than {} characters", LONGEST_NAME / 2),
        ));
    }
    Ok(encoded)
}

impl Inbound {
    fn new(request: &CredentialRequest) -> Result<Self> {
        let accounts = request
            .identities
            .iter()
            .find_map(|identity| match identity {
                Identity::Accounts(accounts) => Some(Arc::clone(accounts)),
                _ => None,
            })
            .ok_or_else(|| nothing_usable(request, "an account store to accept with"))?;
        let surroundings = request.registry.surroundings().clone();
        let names = surroundings.host_names();
        let mut target_info = Vec::new();
        let mut announce = |id: AvId, name: &str| -> Result<()> {
            write_av_pair(&mut target_info, id, &encode_name(name, "host")?);
            Ok(())
        };
        // The order of Windows. A computer in no domain is its own domain.
        let target_name = names.domain.as_ref().unwrap_or(&names.computer);
        announce(AvId::NETBIOS_DOMAIN, target_name)?;
        announce(AvId::NETBIOS_COMPUTER, &names.computer)?;
        announce(AvId::DNS_DOMAIN, names.dns_domain.as_ref().unwrap_or(&names.dns_computer))?;
        announce(AvId::DNS_COMPUTER, &names.dns_computer)?;
        if let Some(tree) = &names.dns_tree {
            announce(AvId::DNS_TREE, tree)?;
        }
        let mut decoy = Zeroizing::new([0; 16]);
        surroundings.fill(&mut *decoy)?;
        Ok(Self {
            accounts,
            target_name: utf16::encode(target_name),
            oem_target_name: target_name.bytes().filter(u8::is_ascii).collect(),
            server: names.dns_computer.as_str().into(),
            in_domain: names.domain.is_some(),
            target_info,
            decoy: NtHash::new(&decoy),
            allow: request.allow,
            surroundings,
        })
    }
}

impl PackageCredential for NtlmCredential {
    fn name(&self) -> Result<String> {
        match (&self.outbound, &self.inbound) {
            (Some(outbound), _) => Ok(outbound.name.to_string()),
            (None, Some(inbound)) => Ok(inbound.surroundings.host_names().computer.clone()),
            (None, None) => Err(Status::NO_CREDENTIALS.into()),
        }
    }

    fn initiate(&self, request: InitiateRequest<'_>) -> Result<Box<dyn Exchange>> {
        let outbound = self.outbound.as_ref().ok_or_else(|| wrong_usage("OUTBOUND", "initiate"))?;
        Ok(Box::new(Opener::new(Arc::clone(outbound), request)?))
    }

    fn accept(&self, request: AcceptRequest<'_>) -> Result<Box<dyn Exchange>> {
        Ok(Box::new(self.challenger(request)?))
    }
}

fn wrong_usage(usage: &str, verb: &str) -> Error {
    Error::new(
        Status::NO_CREDENTIALS,
        format!("these credentials were not acquired for {usage} use and cannot {verb}"),
    )
}
