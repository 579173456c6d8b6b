//! A realm in a box with alice, bob and services, and both ends of a handshake in it.
#![allow(dead_code, unreachable_pub, reason = "each test file uses the part it needs")]

use anysspi::kerberos::{EncryptionType, KeyTable, Tickets};
use anysspi::realm::{Realm, Service, User};
use anysspi::testing::FixedClock;
use anysspi::{
    AcceptBuilder, Allow, Context, CredentialCache, Error, Handshake, Identity, InitiateBuilder,
    KdcAccess, Keytab, Registry, Side, Status, Step, Surroundings, Time, accept, initiate,
};

pub const REALM: &str = "EXAMPLE.TEST";
pub const PASSWORD: &str = "Passw0rd!";
pub const WEB: &str = "HTTP/web.example.test";
pub const OTHER: &str = "HTTP/other.example.test";
pub const START: u64 = 1_700_000_000;

pub const TYPES: [EncryptionType; 5] = [
    EncryptionType::AES256_SHA1,
    EncryptionType::AES128_SHA1,
    EncryptionType::AES256_SHA2,
    EncryptionType::AES128_SHA2,
    EncryptionType::RC4,
];

pub fn at(seconds: u64) -> Time {
    Time::from_unix_seconds(START + seconds)
}

/// A realm, and the clocks of its KDC, of a client and of a server.
pub struct Stage {
    pub realm: Realm,
    pub client_clock: FixedClock,
    pub server_clock: FixedClock,
    pub client_registry: Registry,
    pub server_registry: Registry,
}

impl Stage {
    pub fn new() -> Self {
        Self::of(EncryptionType::AES256_SHA1)
    }

    /// With keys of this type, at the time of the machine, for peers that have no other.
    pub fn of_now(encryption_type: EncryptionType) -> Self {
        Self::at(encryption_type, Surroundings::system().now())
    }

    /// With keys of this type.
    pub fn of(encryption_type: EncryptionType) -> Self {
        Self::at(encryption_type, at(0))
    }

    fn at(encryption_type: EncryptionType, now: Time) -> Self {
        let on = |clock: &FixedClock| {
            let surroundings = Surroundings::system().with_clock(clock.clone());
            Registry::with_default_packages().with_surroundings(surroundings)
        };
        let [kdc, client_clock, server_clock] = [(); 3].map(|()| FixedClock::at(now));
        let surroundings = Surroundings::system().with_clock(kdc);
        let realm = Realm::with_surroundings(REALM, surroundings).unwrap();
        for user in ["alice", "bob"] {
            realm.add_user(User::new(user, PASSWORD).encryption_types(&[encryption_type])).unwrap();
        }
        for service in [WEB, OTHER] {
            let service = Service::new(service).encryption_types(&[encryption_type]);
            realm.add_service(service.trusted_for_delegation()).unwrap();
        }
        let (client_registry, server_registry) = (on(&client_clock), on(&server_clock));
        Self { realm, client_clock, server_clock, client_registry, server_registry }
    }

    /// Alice's tickets: one to get others with, and those for services.
    pub fn cache(&self, services: &[&str]) -> Identity {
        cache_of(&self.realm.tickets_for("alice", services).unwrap())
    }

    pub fn keytab(&self, services: &[&str]) -> Identity {
        keytab_of(&self.realm.keytab(services).unwrap())
    }

    pub fn client(&self) -> InitiateBuilder {
        self.client_with(self.cache(&[WEB]))
    }

    pub fn client_with(&self, identity: Identity) -> InitiateBuilder {
        let client = initiate("Kerberos")
            .registry(&self.client_registry)
            .allow(Allow::RC4)
            .kdc(KdcAccess::Caller);
        client.target(WEB).credential(identity)
    }

    pub fn server(&self) -> AcceptBuilder {
        self.server_with(self.keytab(&[WEB]))
    }

    pub fn server_with(&self, identity: Identity) -> AcceptBuilder {
        let server = accept("Kerberos")
            .registry(&self.server_registry)
            .allow(Allow::RC4)
            .kdc(KdcAccess::Caller);
        server.credential(identity)
    }

    /// One step of an end, with the KDC asked for what it needs; no token at the end.
    pub fn step(
        &self,
        end: &mut Handshake,
        token: Option<&[u8]>,
    ) -> Result<Option<Vec<u8>>, Error> {
        let mut step = end.step(token)?;
        loop {
            step = match step {
                Step::SendToken(token) => return Ok(Some(token)),
                Step::Done => return Ok(None),
                Step::AskKdc(request) => {
                    end.receive_kdc_reply(self.realm.carry(&request))?;
                    end.next()?
                }
            };
        }
    }

    /// Runs both ends, with a hand on every token.
    pub fn run_with(
        &self,
        client: &mut Handshake,
        server: &mut Handshake,
        mut change: impl FnMut(usize, Vec<u8>) -> Vec<u8>,
    ) -> Result<Vec<Vec<u8>>, Failure> {
        let failed = |side| move |error| Failure { side, error };
        let mut tokens = Vec::new();
        let mut answer: Option<Vec<u8>> = None;
        while let Some(token) =
            self.step(client, answer.as_deref()).map_err(failed(Side::Initiator))?
        {
            let token = change(tokens.len(), token);
            tokens.push(token.clone());
            let token = self.step(server, Some(&token)).map_err(failed(Side::Acceptor))?;
            let Some(token) = token else { break };
            let token = change(tokens.len(), token);
            tokens.push(token.clone());
            answer = Some(token);
            if client.done() {
                break;
            }
        }
        assert!(client.done() && server.done(), "{client:?}, {server:?}");
        Ok(tokens)
    }

    /// Two contexts that stand.
    pub fn establish(&self, client: InitiateBuilder, server: AcceptBuilder) -> (Context, Context) {
        let (mut client, mut server) = (client.start().unwrap(), server.start().unwrap());
        self.run_with(&mut client, &mut server, |_, token| token).unwrap();
        (client.into_context().unwrap(), server.into_context().unwrap())
    }

    /// The failure of a handshake that must fail.
    pub fn refused(&self, client: InitiateBuilder, server: AcceptBuilder) -> Failure {
        let (mut client, mut server) = (client.start().unwrap(), server.start().unwrap());
        let run = self.run_with(&mut client, &mut server, |_, token| token);
        run.expect_err("the handshake had to fail")
    }
}

/// A handshake that failed: which end said so, and why.
#[derive(Debug)]
pub struct Failure {
    pub side: Side,
    pub error: Error,
}

/// An acceptor refused, with this status and this code for the client.
pub fn check_refusal(failure: &Failure, status: Status, expected: i32) {
    let Failure { side, error } = failure;
    assert_eq!(
        (*side, error.status(), error.kerberos_code()),
        (Side::Acceptor, status, Some(expected)),
        "{error}"
    );
    assert!(error.token().is_some(), "the client is told");
}

pub fn cache_of(tickets: &Tickets) -> Identity {
    Identity::CredentialCache(CredentialCache::Bytes(tickets.to_bytes().unwrap()))
}

pub fn keytab_of(table: &KeyTable) -> Identity {
    Identity::Keytab(Keytab::Bytes(table.to_bytes().unwrap()))
}
