//! What a user hands to a server to act with, and to which servers.

use crate::error::{Answer, answer};
use crate::kept::{self, Thing, keep};
use anysspi::binding::{delegation_policy, identity_of};
use anysspi::{Delegated, DelegationPolicy, Error, Identity, Result, Secret, SmartCard, Status};
use napi_derive::napi;

/// The lists of a policy; without any it is the target that the client names.
#[napi(object)]
pub struct DelegationLists {
    pub allow: Option<Vec<String>>,
    pub ntlm_only: Option<Vec<String>>,
}

impl From<DelegationLists> for DelegationPolicy {
    fn from(DelegationLists { allow, ntlm_only }: DelegationLists) -> Self {
        delegation_policy(allow, ntlm_only)
    }
}

#[napi]
pub fn delegation_allows(lists: DelegationLists, target: String) -> bool {
    DelegationPolicy::from(lists).allows(&target)
}

#[napi]
pub fn delegation_allows_ntlm_only(lists: DelegationLists, target: String) -> bool {
    DelegationPolicy::from(lists).allows_ntlm_only(&target)
}

/// What is known of a smart card, but for its PIN.
#[napi(object)]
pub struct SmartCardFacts {
    pub key_spec: u32,
    pub card: Option<String>,
    pub reader: Option<String>,
    pub container: Option<String>,
    pub provider: Option<String>,
    pub user_hint: Option<String>,
    pub domain_hint: Option<String>,
}

#[napi]
pub fn smart_card(pin: String, facts: SmartCardFacts) -> i64 {
    let SmartCardFacts { key_spec, card, reader, container, provider, user_hint, domain_hint } =
        facts;
    let pin = Secret::from(pin);
    let card =
        SmartCard { pin, key_spec, card, reader, container, provider, user_hint, domain_hint };
    keep(Thing::Identity(Identity::SmartCard(card)))
}

#[napi]
pub fn smart_card_facts(identity: i64) -> Answer<SmartCardFacts> {
    answer(|| match kept::identity(identity)? {
        Identity::SmartCard(card) => Ok(SmartCardFacts {
            key_spec: card.key_spec,
            card: card.card,
            reader: card.reader,
            container: card.container,
            provider: card.provider,
            user_hint: card.user_hint,
            domain_hint: card.domain_hint,
        }),
        _ => Err(without("smart card")),
    })
}

/// The user of a password.
#[napi]
pub fn identity_user(identity: i64) -> Answer<String> {
    answer(|| match kept::identity(identity)? {
        Identity::Password { name, .. } => Ok(name.to_string()),
        _ => Err(without("user")),
    })
}

/// The password, or the PIN of a smart card.
#[napi]
pub fn identity_secret(identity: i64) -> Answer<String> {
    answer(|| {
        let secret = match kept::identity(identity)? {
            Identity::Password { password, .. } => password,
            Identity::SmartCard(card) => card.pin,
            _ => return Err(without("secret")),
        };
        Ok(secret.expose_text().ok_or_else(|| without("text"))?.to_owned())
    })
}

fn without(what: &str) -> Error {
    Error::new(Status::INTERNAL_ERROR, format!("the identity has no {what}"))
}

/// What a client delegated: the number of an identity, if anything, and its kind.
#[napi(object, object_from_js = false)]
pub struct Handed {
    pub identity: Option<i64>,
    pub kind: &'static str,
}

pub(crate) fn handed(delegated: Delegated) -> Result<Handed> {
    Ok(match identity_of(delegated)? {
        None => Handed { identity: None, kind: "nothing" },
        Some(identity) => {
            let kind = identity.kind();
            Handed { identity: Some(keep(Thing::Identity(identity))), kind }
        }
    })
}
