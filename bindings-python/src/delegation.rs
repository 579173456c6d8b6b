//! What a user hands to a server to act with, and to which servers.

use crate::credentials::{Identity, Password};
use crate::error::Result;
use crate::hints::{DelegatedThing, Names};
use crate::kerberos::CredentialCache;
use anysspi::binding::{delegation_policy, identity_of, unknown_kind};
use anysspi::{Delegated, Error, Secret, Status};
use pyo3::prelude::*;

/// A smart card to delegate: how a server finds it, and the PIN that opens it.
///
/// The names are passed on as they are; nothing here talks to a card, and another identity
/// authenticates. `key_spec` says which key of the container it is: 1 for AT_KEYEXCHANGE, 2 for
/// AT_SIGNATURE.
#[pyclass(frozen, extends = Identity, module = "anysspi")]
pub(crate) struct SmartCard(anysspi::SmartCard);

impl SmartCard {
    fn init(card: anysspi::SmartCard) -> PyClassInitializer<Self> {
        let identity = Identity(anysspi::Identity::SmartCard(card.clone()));
        PyClassInitializer::from(identity).add_subclass(Self(card))
    }
}

#[pymethods]
impl SmartCard {
    #[new]
    #[pyo3(signature = (
        pin, *, key_spec=1, card=None, reader=None, container=None, provider=None, user_hint=None,
        domain_hint=None
    ))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords")]
    fn new(
        pin: &str,
        key_spec: u32,
        card: Option<String>,
        reader: Option<String>,
        container: Option<String>,
        provider: Option<String>,
        user_hint: Option<String>,
        domain_hint: Option<String>,
    ) -> PyClassInitializer<Self> {
        let pin = Secret::from(pin);
        Self::init(anysspi::SmartCard {
            pin,
            key_spec,
            card,
            reader,
            container,
            provider,
            user_hint,
            domain_hint,
        })
    }

    /// The PIN.
    #[getter]
    fn pin(&self) -> Result<&str> {
        text_of(&self.0.pin)
    }

    /// Which key of the container it is.
    #[getter]
    fn key_spec(&self) -> u32 {
        self.0.key_spec
    }

    /// The name of the card.
    #[getter]
    fn card(&self) -> Option<&str> {
        self.0.card.as_deref()
    }

    /// The name of the reader.
    #[getter]
    fn reader(&self) -> Option<&str> {
        self.0.reader.as_deref()
    }

    /// The name of the container.
    #[getter]
    fn container(&self) -> Option<&str> {
        self.0.container.as_deref()
    }

    /// The name of the cryptographic service provider.
    #[getter]
    fn provider(&self) -> Option<&str> {
        self.0.provider.as_deref()
    }

    /// The user the card is to log on, where its certificate does not say it.
    #[getter]
    fn user_hint(&self) -> Option<&str> {
        self.0.user_hint.as_deref()
    }

    /// The domain of that user.
    #[getter]
    fn domain_hint(&self) -> Option<&str> {
        self.0.domain_hint.as_deref()
    }

    fn __repr__(&self) -> String {
        match &self.0.reader {
            Some(reader) => format!("SmartCard(…, reader={reader:?})"),
            None => "SmartCard(…)".into(),
        }
    }
}

/// To which servers credentials may be delegated. They are only ever delegated where the caller asks
/// for it (`require=Flag.DELEGATE`), and after the server has proven itself.
///
/// Without lists it is the target that the client names, whatever it is: the default. With lists, a
/// pattern is a target's name, in which `*` stands for any characters; case does not matter. `allow`
/// are the targets that are allowed where the server authenticated itself beforehand, as Kerberos
/// does; `ntlm_only` those that are allowed even where only NTLM was possible. An empty list, and no
/// other, is nowhere.
#[pyclass(frozen, eq, module = "anysspi")]
pub(crate) struct DelegationPolicy {
    pub(crate) policy: anysspi::DelegationPolicy,
    /// The lists as they were given.
    shown: String,
}

impl PartialEq for DelegationPolicy {
    fn eq(&self, other: &Self) -> bool {
        self.policy == other.policy
    }
}

#[pymethods]
impl DelegationPolicy {
    #[new]
    #[pyo3(signature = (*, allow=None, ntlm_only=None))]
    fn new(allow: Option<Names>, ntlm_only: Option<Names>) -> Self {
        let lists = [("allow", allow), ("ntlm_only", ntlm_only)];
        let lists = lists.map(|(name, list)| (name, list.map(|Names(patterns)| patterns)));
        let given = lists.iter().filter_map(|(name, list)| Some((name, list.as_ref()?)));
        let shown: Vec<_> = given.map(|(name, list)| format!("{name}={list:?}")).collect();
        let [(_, allow), (_, ntlm_only)] = lists;
        Self { policy: delegation_policy(allow, ntlm_only), shown: shown.join(", ") }
    }

    /// Whether credentials may be delegated to a server that authenticated itself beforehand.
    fn allows(&self, target: &str) -> bool {
        self.policy.allows(target)
    }

    /// Whether credentials may be delegated to a server with which only NTLM was possible.
    fn allows_ntlm_only(&self, target: &str) -> bool {
        self.policy.allows_ntlm_only(target)
    }

    fn __repr__(&self) -> String {
        format!("DelegationPolicy({})", self.shown)
    }
}

/// What was delegated as an object of Python: an identity, with which the server can act.
pub(crate) fn delegated_of(py: Python<'_>, delegated: Delegated) -> Result<DelegatedThing<'_>> {
    use anysspi::Identity as Kind;
    Ok(DelegatedThing(match identity_of(delegated)? {
        None => py.None().into_bound(py),
        Some(password @ Kind::Password { .. }) => {
            Bound::new(py, Password::init(password))?.into_any()
        }
        Some(Kind::SmartCard(card)) => Bound::new(py, SmartCard::init(card))?.into_any(),
        Some(Kind::CredentialCache(cache)) => {
            Bound::new(py, CredentialCache::init(cache))?.into_any()
        }
        Some(_) => return Err(unknown_kind().into()),
    }))
}

/// A secret as text, which every one is that was given or received as text.
pub(crate) fn text_of(secret: &Secret) -> Result<&str> {
    Ok(secret
        .expose_text()
        .ok_or_else(|| Error::new(Status::INTERNAL_ERROR, "a secret that is to be text is none"))?)
}
