//! The shared cases of tests/cases: read, run, and written anew where ANYSSPI_WRITE_CASES is set.
//! tests/README.md says what the fields mean.

use super::{Failure, hex, run_with, unhex};
use anysspi::accounts::{Account, AccountState, MemoryAccounts};
use anysspi::raw::{CredentialsHandle, CredentialsRequest};
use anysspi::testing::fixed_surroundings;
use anysspi::{
    Allow, ChannelBindingPolicy, ChannelBindings, Context, ContextFlags, CredentialCache, Error,
    Handshake, Identity, InitiateBuilder, Keytab, ProtocolCode, Registry, Side, Time, Usage,
    accept, initiate,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A file of cases.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cases<Case> {
    pub description: String,
    pub cases: Vec<Case>,
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/cases").join(name)
}

pub fn read<Case: DeserializeOwned>(name: &str) -> Cases<Case> {
    let path = path(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path:?}: {error}"))
}

/// Writes what was measured over what was expected, for a person to review in the difference.
#[expect(clippy::disallowed_methods, reason = "a switch of the tests, not of the library")]
pub fn write_where_asked<Case: Serialize>(name: &str, cases: &Cases<Case>) -> bool {
    let asked = std::env::var_os("ANYSSPI_WRITE_CASES").is_some();
    if asked {
        let text = serde_json::to_string_pretty(cases).unwrap();
        std::fs::write(path(name), text + "\n").unwrap();
    }
    asked
}

/// A case of handshake.json.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandshakeCase {
    pub name: String,
    pub package: String,
    pub now: u64,
    pub client: End,
    pub server: End,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub change: Vec<Change>,
    /// The leg whose token comes again, in another handshake of the server's credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<usize>,
    #[serde(default)]
    pub tokens: Vec<String>,
    #[serde(default)]
    pub result: Outcome,
}

/// One end.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct End {
    pub entropy: u8,
    pub host: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nt_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The own clock, where it is not the case's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub now: Option<u64>,
    /// A credential cache file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache: Option<String>,
    /// A keytab file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keytab: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<AccountOf>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allow: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub require: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub request: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub relax: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bindings: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binding_policy: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accepted_targets: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub packages: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub without_packages: Vec<String>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountOf {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nt_hash: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}

/// What somebody on the way does to a token.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    pub leg: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub xor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truncate: Option<usize>,
    /// Another token in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The token of an earlier leg in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_leg: Option<usize>,
}

/// What comes of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Outcome {
    pub status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub side: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
}

fn flags(names: &[String]) -> ContextFlags {
    names
        .iter()
        .map(|name| ContextFlags::from_name(name).unwrap_or_else(|| panic!("no flag {name}")))
        .collect()
}

pub fn state(name: &str) -> AccountState {
    AccountState::from_name(name).unwrap_or_else(|| panic!("no account state {name}"))
}

fn hash(text: &str) -> [u8; 16] {
    unhex(text).try_into().expect("an NT hash has 16 bytes")
}

/// What both sides say about a handshake, whose credentials were acquired before.
macro_rules! common {
    ($builder:expr, $end:expr) => {{
        let (end, mut builder) = ($end, $builder);
        builder = builder
            .require(flags(&end.require))
            .request(flags(&end.request))
            .relax(flags(&end.relax))
            .without(flags(&end.without));
        if let Some(bindings) = &end.bindings {
            builder = builder.channel_bindings(ChannelBindings::new(unhex(bindings)));
        }
        match end.binding_policy.as_deref() {
            None => builder,
            Some(name) => {
                let policy = ChannelBindingPolicy::from_name(name);
                builder.binding_policy(policy.unwrap_or_else(|| panic!("no binding policy {name}")))
            }
        }
    }};
}

impl HandshakeCase {
    fn registry(&self, end: &End) -> Registry {
        let now = Time::from_unix_seconds(end.now.unwrap_or(self.now));
        Registry::with_default_packages().with_surroundings(fixed_surroundings(
            now,
            end.entropy,
            &end.host,
        ))
    }

    fn client(&self) -> Result<InitiateBuilder, Error> {
        let end = &self.client;
        let cache = end
            .cache
            .as_deref()
            .map(|cache| Identity::CredentialCache(CredentialCache::bytes(&unhex(cache))));
        let user = match (&end.user, &end.domain, &end.password, &end.nt_hash) {
            (None, ..) => None,
            (Some(user), Some(domain), Some(password), _) => {
                Some(Identity::password_in(user, domain, password.as_str()))
            }
            (Some(user), None, Some(password), _) => {
                Some(Identity::password(user, password.as_str()))
            }
            (Some(user), _, None, Some(nt_hash)) => Some(Identity::nt_hash(user, hash(nt_hash))),
            _ => panic!("{}: a user needs a password or an NT hash", self.name),
        };
        let mut identities: Vec<_> = cache.into_iter().chain(user).collect();
        if identities.is_empty() {
            identities.push(Identity::Anonymous);
        }
        let credentials = self.acquire(end, Usage::OUTBOUND, identities)?;
        let builder = common!(initiate(&self.package), end).credential(credentials);
        Ok(match &end.target {
            Some(target) => builder.target(target),
            None => builder,
        })
    }

    fn server_credentials(&self) -> CredentialsHandle {
        let end = &self.server;
        let accounts = MemoryAccounts::new(end.accounts.iter().map(|account| {
            let made = match (&account.password, &account.nt_hash) {
                (Some(password), _) => Account::with_password(&account.name, password.as_str()),
                (None, Some(nt_hash)) => Account::with_nt_hash(&account.name, hash(nt_hash)),
                (None, None) => panic!("{}: an account needs a key", self.name),
            };
            made.in_state(state(account.state.as_deref().unwrap_or("active")))
        }));
        let keytab =
            end.keytab.as_deref().map(|keytab| Identity::Keytab(Keytab::bytes(&unhex(keytab))));
        let has_accounts = keytab.is_none() || !end.accounts.is_empty();
        let accounts = has_accounts.then(|| Identity::accounts(accounts));
        let identities = keytab.into_iter().chain(accounts).collect();
        self.acquire(end, Usage::INBOUND, identities).expect("the server has credentials")
    }

    fn acquire(
        &self,
        end: &End,
        usage: Usage,
        identities: Vec<Identity>,
    ) -> Result<CredentialsHandle, Error> {
        let mut request = CredentialsRequest::new(&self.package, usage)
            .with_identities(identities)
            .without_packages(&end.without_packages);
        for name in &end.allow {
            let allow = Allow::from_name_ignoring_case(name);
            request = request.allowing(allow.unwrap_or_else(|| panic!("no allowance {name}")));
        }
        if let Some(packages) = &end.packages {
            request = request.with_packages(packages);
        }
        request.acquire(&self.registry(end))
    }

    fn server(&self, credentials: &CredentialsHandle) -> Handshake {
        let builder = common!(accept(&self.package), &self.server).credential(credentials);
        builder.accepted_targets(&self.server.accepted_targets).start().expect("the server starts")
    }

    /// Runs the case: the tokens as they came in, and what came of it.
    pub fn run(&self) -> (Vec<String>, Outcome, Option<(Context, Context)>) {
        let mut client = match self.client().and_then(InitiateBuilder::start) {
            Ok(client) => client,
            Err(error) => {
                return (Vec::new(), failed(Failure { side: Side::Initiator, error }), None);
            }
        };
        let credentials = self.server_credentials();
        let mut server = self.server(&credentials);
        let mut tokens = Vec::new();
        let result = run_with(&mut client, &mut server, |leg, mut token| {
            for change in self.change.iter().filter(|change| change.leg == leg) {
                change.apply(&mut token, &tokens);
            }
            tokens.push(hex(&token));
            token
        });
        match result {
            Ok(_) => {
                let (stood, contexts) = stood(client, server);
                let repeated = self.repeat.map(|leg| self.repeated(&credentials, &tokens[leg]));
                (tokens, repeated.unwrap_or(stood), Some(contexts))
            }
            Err(failure) => (tokens, failed(failure), None),
        }
    }

    /// What becomes of a token that comes again, in another handshake of the same credentials.
    fn repeated(&self, credentials: &CredentialsHandle, token: &str) -> Outcome {
        let step = self.server(credentials).step(Some(&unhex(token)));
        let error = step.expect_err("what came before is not taken again");
        failed(Failure { side: Side::Acceptor, error })
    }
}

impl Change {
    fn apply(&self, token: &mut Vec<u8>, earlier: &[String]) {
        if let Some(other) = &self.token {
            *token = unhex(other);
        }
        if let Some(leg) = self.of_leg {
            *token = unhex(&earlier[leg]);
        }
        if let Some(length) = self.truncate {
            token.truncate(length);
        }
        if let (Some(at), Some(mask)) = (self.at, &self.xor) {
            for (place, mask) in token[at..].iter_mut().zip(unhex(mask)) {
                *place ^= mask;
            }
        }
    }
}

fn stood(client: Handshake, server: Handshake) -> (Outcome, (Context, Context)) {
    let (client, server) = (client.into_context().unwrap(), server.into_context().unwrap());
    assert_eq!(client.session_key(), server.session_key());
    assert_eq!(client.flags(), server.flags());
    let outcome = Outcome {
        status: "SEC_E_OK".into(),
        session_key: Some(hex(server.session_key().expose())),
        client: Some(server.client().to_string()),
        flags: server.flags().iter_names().map(|(name, _)| name.to_owned()).collect(),
        ..Outcome::default()
    };
    (outcome, (client, server))
}

fn failed(Failure { side, error }: Failure) -> Outcome {
    Outcome {
        status: error.status().to_string(),
        side: Some(match side {
            Side::Initiator => "client".into(),
            Side::Acceptor => "server".into(),
        }),
        code: error.code().map(|code| match code {
            ProtocolCode::NtStatus(number) => format!("0x{number:08X}"),
            other => other.to_string(),
        }),
        ..Outcome::default()
    }
}
