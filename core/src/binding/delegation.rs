//! What is delegated, and to whom, from and for the words of a language.

use crate::credentials::{CredentialCache, Delegated, DelegationPolicy, Identity};
use crate::error::{Error, Result};
use crate::status::Status;

/// The policy of these lists; without any it is the target that the client names.
pub fn delegation_policy(
    allow: Option<Vec<String>>,
    ntlm_only: Option<Vec<String>>,
) -> DelegationPolicy {
    let mut policy = DelegationPolicy::named_target();
    if let Some(patterns) = allow {
        policy = policy.allowing(patterns);
    }
    if let Some(patterns) = ntlm_only {
        policy = policy.allowing_ntlm_only(patterns);
    }
    policy
}

/// What was delegated, as an identity to act with; none where it is nothing.
pub fn identity_of(delegated: Delegated) -> Result<Option<Identity>> {
    Ok(match delegated {
        Delegated::Nothing => None,
        Delegated::Password { name, password } => Some(Identity::Password { name, password }),
        Delegated::SmartCard(card) => Some(Identity::SmartCard(card)),
        Delegated::Tickets(tickets) => {
            let cache = CredentialCache::bytes(tickets.to_bytes()?.expose());
            Some(Identity::CredentialCache(cache))
        }
    })
}

/// For an answer of a kind that a binding does not know.
pub fn unknown_kind() -> Error {
    let text = "the answer is of a kind that this version cannot show";
    Error::new(Status::UNSUPPORTED_FUNCTION, text)
}
