//! The shared cases of CredSSP (tests/cases/credssp.json).
#![cfg(feature = "credssp")]

mod support;

use anysspi::{
    Certificate, ContextFlags, Delegated, DelegationPolicy, Error, Handshake, Identity, Secret,
    Side, SmartCard, Step, UserName, accept, initiate,
};
use serde::Deserialize;
use support::{USER, accounts, cases, registry};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    client: Client,
    result: Outcome,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Client {
    password: String,
    target: Option<String>,
    #[serde(default)]
    delegate: bool,
    policy: Option<Policy>,
    smart_card: Option<Card>,
    packages: Option<Vec<String>>,
    roots: Option<Roots>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Policy {
    #[serde(default)]
    allow: Vec<String>,
    #[serde(default)]
    ntlm_only: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Card {
    pin: String,
    key_spec: u32,
    card: Option<String>,
    reader: Option<String>,
    container: Option<String>,
    provider: Option<String>,
    user_hint: Option<String>,
    domain_hint: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Roots {
    Server,
    Other,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Outcome {
    status: String,
    side: Option<String>,
    delegated: Option<Expected>,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Expected {
    Nothing,
    Password { user: String, password: String },
    SmartCard(Card),
}

impl From<Card> for SmartCard {
    fn from(card: Card) -> Self {
        Self {
            pin: Secret::from(card.pin),
            key_spec: card.key_spec,
            card: card.card,
            reader: card.reader,
            container: card.container,
            provider: card.provider,
            user_hint: card.user_hint,
            domain_hint: card.domain_hint,
        }
    }
}

impl From<Expected> for Delegated {
    fn from(expected: Expected) -> Self {
        match expected {
            Expected::Nothing => Self::Nothing,
            Expected::Password { user, password } => {
                Self::Password { name: UserName::parse(&user), password: Secret::from(password) }
            }
            Expected::SmartCard(card) => Self::SmartCard(card.into()),
        }
    }
}

fn start(client: Client, certificate: &Certificate) -> anysspi::Result<Handshake> {
    let mut identities = vec![Identity::password(USER, client.password)];
    identities.extend(client.smart_card.map(|card| Identity::SmartCard(card.into())));
    let other = Certificate::self_signed("other.example.com").unwrap();
    identities.extend(client.roots.map(|roots| {
        Identity::trusted_roots(match roots {
            Roots::Server => certificate.chain.clone(),
            Roots::Other => other.chain,
        })
    }));
    let mut builder =
        initiate("CREDSSP").registry(&registry(1, "client.example.com")).credential(identities);
    if let Some(target) = client.target {
        builder = builder.target(target);
    }
    if client.delegate {
        builder = builder.require(ContextFlags::DELEGATE);
    }
    if let Some(Policy { allow, ntlm_only }) = client.policy {
        let policy = DelegationPolicy::nowhere().allowing(allow).allowing_ntlm_only(ntlm_only);
        builder = builder.delegation(policy);
    }
    if let Some(packages) = client.packages {
        builder = builder.packages(packages);
    }
    builder.start()
}

fn run(client: Client) -> Result<Delegated, (Side, Error)> {
    let certificate = Certificate::self_signed("server.example.com").unwrap();
    let mut server = accept("CREDSSP")
        .registry(&registry(0x80, "server.example.com"))
        .credential(vec![
            Identity::accounts(accounts()),
            Identity::Certificate(certificate.clone()),
        ])
        .start()
        .unwrap();
    let by = |side: Side| move |error: Error| (side, error);
    let mut client = start(client, &certificate).map_err(by(Side::Initiator))?;
    while let Step::SendToken(token) = client.next().map_err(by(Side::Initiator))? {
        if token.is_empty() {
            break;
        }
        if let Step::SendToken(answer) = server.step(Some(&token)).map_err(by(Side::Acceptor))?
            && !client.done()
        {
            client.receive(&answer).map_err(by(Side::Initiator))?;
        }
    }
    let (client, mut server) = (client.into_context().unwrap(), server.into_context().unwrap());
    let delegated = server.delegated().map_err(by(Side::Acceptor))?;
    let is_delegated = delegated != Delegated::Nothing;
    for context in [&client, &server] {
        assert_eq!(context.flags().contains(ContextFlags::DELEGATE), is_delegated);
        assert_eq!(context.client().to_string(), USER);
    }
    Ok(delegated)
}

#[test]
fn cases_are_answered_as_written() {
    for Case { name, client, result } in cases::read::<Case>("credssp.json").cases {
        match run(client) {
            Ok(delegated) => {
                assert_eq!(result.status, "SEC_E_OK", "{name}");
                assert_eq!(delegated, result.delegated.unwrap().into(), "{name}");
            }
            Err((side, error)) => {
                let outcome = (error.status().to_string(), Some(side.name()));
                assert_eq!(outcome, (result.status, result.side.as_deref()), "{name}");
                assert!(result.delegated.is_none(), "{name}");
            }
        }
    }
}
