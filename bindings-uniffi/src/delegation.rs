//! What a client hands to a server to act with, and to which servers.

use crate::credentials::NativeIdentity;
use crate::error::{Answer, answer, wrong};
use anysspi::{Delegated, DelegationPolicy, Identity, Secret, SmartCard, binding};
use std::sync::Arc;

/// A smart card by its names. Its PIN is asked for by itself.
#[derive(Clone, uniffi::Record)]
pub struct SmartCardFacts {
    /// Which key of the container.
    pub key_spec: u32,
    /// The name of the card.
    pub card: Option<String>,
    /// The name of the reader.
    pub reader: Option<String>,
    /// The name of the container.
    pub container: Option<String>,
    /// The name of the cryptographic service provider.
    pub provider: Option<String>,
    /// The user the card is to log on.
    pub user_hint: Option<String>,
    /// The domain of that user.
    pub domain_hint: Option<String>,
}

#[uniffi::export]
impl NativeIdentity {
    /// A smart card to delegate.
    #[uniffi::constructor]
    pub fn smart_card(pin: String, facts: SmartCardFacts) -> Answer<Arc<Self>> {
        answer(|| {
            Ok(Arc::new(Self(Identity::SmartCard(SmartCard {
                pin: Secret::from(pin),
                key_spec: facts.key_spec,
                card: facts.card,
                reader: facts.reader,
                container: facts.container,
                provider: facts.provider,
                user_hint: facts.user_hint,
                domain_hint: facts.domain_hint,
            }))))
        })
    }

    /// The names of a smart card; of another identity none.
    pub fn smart_card_facts(&self) -> Answer<Option<SmartCardFacts>> {
        answer(|| {
            let Identity::SmartCard(card) = &self.0 else { return Ok(None) };
            Ok(Some(SmartCardFacts {
                key_spec: card.key_spec,
                card: card.card.clone(),
                reader: card.reader.clone(),
                container: card.container.clone(),
                provider: card.provider.clone(),
                user_hint: card.user_hint.clone(),
                domain_hint: card.domain_hint.clone(),
            }))
        })
    }

    /// The user of a password, as `DOMAIN\user`.
    pub fn user_name(&self) -> Answer<String> {
        answer(|| match &self.0 {
            Identity::Password { name, .. } | Identity::NtHash { name, .. } => Ok(name.to_string()),
            other => Err(wrong(format!("an identity of the kind {} has no name", other.kind()))),
        })
    }

    /// The password, or the PIN of a smart card.
    pub fn secret_text(&self) -> Answer<String> {
        answer(|| {
            let secret = match &self.0 {
                Identity::Password { password, .. } => password,
                Identity::SmartCard(card) => &card.pin,
                other => {
                    let kind = other.kind();
                    return Err(wrong(format!("an identity of the kind {kind} has no password")));
                }
            };
            let text = secret.expose_text();
            Ok(text.ok_or_else(|| wrong("the secret is not text in UTF-8"))?.to_owned())
        })
    }
}

/// What was delegated, as an identity to act with; none where it is nothing.
pub(crate) fn identity_of(delegated: Delegated) -> anysspi::Result<Option<Arc<NativeIdentity>>> {
    let identity = binding::identity_of(delegated)?;
    Ok(identity.map(|identity| Arc::new(NativeIdentity(identity))))
}

/// To which targets credentials may be delegated.
#[derive(Clone, uniffi::Record)]
pub struct DelegationLists {
    /// Patterns of targets that authenticated themselves beforehand; without any list, the target that
    /// the caller names is allowed.
    pub allow: Option<Vec<String>>,
    /// Patterns of targets with which only NTLM was possible.
    pub ntlm_only: Option<Vec<String>>,
}

impl From<DelegationLists> for DelegationPolicy {
    fn from(lists: DelegationLists) -> Self {
        binding::delegation_policy(lists.allow, lists.ntlm_only)
    }
}

/// Whether credentials may be delegated to a server that authenticated itself beforehand.
#[uniffi::export]
pub fn delegation_allows(lists: DelegationLists, target: String) -> Answer<bool> {
    answer(|| Ok(DelegationPolicy::from(lists).allows(&target)))
}

/// Whether credentials may be delegated to a server with which only NTLM was possible.
#[uniffi::export]
pub fn delegation_allows_ntlm_only(lists: DelegationLists, target: String) -> Answer<bool> {
    answer(|| Ok(DelegationPolicy::from(lists).allows_ntlm_only(&target)))
}
