//! What the targets of Kerberos' handshakes share: a realm in a box, both sides of handshakes in it as
//! they are when nobody interferes, and scripts of legs in which somebody does.

use crate::kerberos_wire;
use crate::parties::{self, NOW};
use crate::scripts::{self, Tape};
use anysspi::kerberos::EncryptionType;
use anysspi::raw::{CredentialsHandle, CredentialsRequest};
use anysspi::realm::{Realm, Service, User};
use anysspi::testing::FixedClock;
use anysspi::{
    Allow, Context, ContextFlags, CredentialCache, Entropy, Handshake, Identity, KdcAccess,
    KdcReply, Keytab, Registry, Step, Surroundings, Time, Usage,
};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

const MOST_LEGS: usize = 8;

const REALM: &str = "EXAMPLE.TEST";
pub(crate) const PASSWORD: &str = "Passw0rd!";

/// The services whose keys the acceptor has, and one whose key it has not.
const SERVICES: [(&str, EncryptionType); 4] = [
    ("HTTP/server.example.test", EncryptionType::AES256_SHA1),
    ("HTTP/sha2.example.test", EncryptionType::AES128_SHA2),
    ("HTTP/rc4.example.test", EncryptionType::RC4),
    ("HTTP/other.example.test", EncryptionType::AES256_SHA1),
];

/// The ways in which the two sides come to a context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// A ticket that is there, channel bindings, mutual authentication.
    Plain,
    /// The same without mutual authentication and without channel bindings.
    OneSided,
    /// In three legs.
    DceStyle,
    /// With a ticket that is asked for and delegated.
    Delegating,
    /// With keys of other types.
    Sha2,
    Rc4,
    /// With a key of the user: the KDC is asked for both tickets.
    Asking,
    /// The service is a user.
    UserToUser,
}

impl Way {
    pub(crate) const ALL: [Self; 8] = [
        Self::Plain,
        Self::OneSided,
        Self::DceStyle,
        Self::Delegating,
        Self::Sha2,
        Self::Rc4,
        Self::Asking,
        Self::UserToUser,
    ];

    fn target(self) -> &'static str {
        match self {
            Self::Sha2 => SERVICES[1].0,
            Self::Rc4 => SERVICES[2].0,
            Self::UserToUser => "bob",
            _ => SERVICES[0].0,
        }
    }

    fn flags(self) -> ContextFlags {
        match self {
            Self::DceStyle => ContextFlags::DCE_STYLE,
            Self::Delegating => ContextFlags::DELEGATE,
            Self::UserToUser => ContextFlags::USE_SESSION_KEY,
            _ => ContextFlags::empty(),
        }
    }

    fn identity(self) -> &'static Identity {
        let stage = stage();
        match self {
            Self::Asking => &stage.keytab_of_alice,
            _ => &stage.cache_of_alice,
        }
    }

    pub(crate) fn initiator(self) -> Handshake {
        let client = client(self.identity(), NOW, self.target()).require(self.flags());
        let client = match self {
            Self::Plain => client.channel_bindings(parties::bindings()),
            Self::OneSided => client.without(ContextFlags::MUTUAL_AUTH),
            _ => client,
        };
        client.start().expect("an initiator starts")
    }

    /// What an acceptor has; new, because it remembers what it has seen.
    pub(crate) fn service(self) -> CredentialsHandle {
        let identity = match self {
            Self::UserToUser => &stage().cache_of_bob,
            _ => &stage().keytab,
        };
        acquire(Usage::INBOUND, identity, NOW)
    }

    pub(crate) fn recorded(self) -> &'static Recorded {
        // All at once, in the same order: what the KDC draws depends on what it drew before.
        static RECORDED: OnceLock<Vec<Recorded>> = OnceLock::new();
        &RECORDED.get_or_init(|| Self::ALL.map(Self::record).into())[self as usize]
    }

    fn record(self) -> Recorded {
        let (mut client, mut server) = (self.initiator(), acceptor(&self.service()));
        let (mut heard, mut said) = (Vec::new(), Vec::new());
        let mut step = client.next();
        loop {
            match step.expect("nobody interferes") {
                Step::AskKdc(request) => {
                    let answer = stage().realm.answer(request.message());
                    client.receive_kdc_reply(KdcReply::Answer(answer.clone())).expect("a reply");
                    heard.push(answer);
                    step = client.next();
                }
                Step::SendToken(token) => {
                    let answer = server.step(Some(&token)).expect("nobody interferes");
                    said.push(token);
                    match answer {
                        Step::SendToken(token) if !client.done() => {
                            step = client.step(Some(&token));
                            heard.push(token);
                        }
                        _ => break,
                    }
                }
                Step::Done => break,
            }
        }
        let context = server.context().expect("the server's context");
        let flags = context.flags();
        let session_key = context.session_key().expose().to_vec();
        let client = client.context().expect("the client's context");
        assert_eq!(client.session_key().expose(), session_key);
        Recorded { heard, said, flags, session_key }
    }

    /// Both contexts, anew.
    pub(crate) fn contexts(self) -> (Context, Context) {
        let recorded = self.recorded();
        let (mut client, mut server) = (self.initiator(), acceptor(&self.service()));
        client.next().expect("the first token");
        for token in &recorded.said {
            server.step(Some(token)).expect("a token of our own");
        }
        for token in &recorded.heard {
            client.step(Some(token)).expect("a token of our own");
        }
        let context = |side: Handshake| side.into_context().expect("a context");
        (context(client), context(server))
    }
}

/// What was said in a handshake.
pub(crate) struct Recorded {
    /// What the initiator heard: the KDC's replies and the acceptor's tokens.
    pub(crate) heard: Vec<Vec<u8>>,
    /// What the initiator said to the acceptor.
    pub(crate) said: Vec<Vec<u8>>,
    pub(crate) flags: ContextFlags,
    pub(crate) session_key: Vec<u8>,
}

impl Recorded {
    /// The AP-REQ.
    pub(crate) fn request(&self) -> &[u8] {
        let mut requests = self.said.iter().filter(|leg| kerberos_wire::request(leg).is_some());
        requests.next().expect("an AP-REQ")
    }
}

/// So many hours from now.
fn hours(number: i64) -> Time {
    Time::from_unix_seconds(NOW.unix_seconds().saturating_add_signed(3600 * number))
}

/// Requests of clients that no acceptor may let in: to another service, of an hour ago, of a later
/// hour, in another channel.
fn refused() -> Vec<Vec<u8>> {
    let alice = &stage().cache_of_alice;
    let (web, other) = (SERVICES[0].0, SERVICES[3].0);
    let channel = anysspi::ChannelBindings::tls_unique(b"another");
    [
        client(alice, NOW, other),
        client(alice, hours(-1), web),
        client(alice, hours(7), web),
        client(alice, NOW, web).channel_bindings(channel),
    ]
    .map(|client| parties::token(client.start().expect("an initiator starts").next()))
    .into()
}

/// What an acceptor says to a client whose clock is an hour behind.
pub(crate) fn refusal() -> Vec<u8> {
    let request = &refused()[1];
    let error = acceptor(&Way::Plain.service()).step(Some(request)).expect_err("an old request");
    error.token().expect("a KRB-ERROR").to_vec()
}

/// All that a script for an acceptor is made of.
pub(crate) fn requests() -> &'static Tape {
    static TAPE: OnceLock<Tape> = OnceLock::new();
    TAPE.get_or_init(|| {
        let mut legs: Vec<Vec<u8>> =
            Way::ALL.iter().flat_map(|way| way.recorded().said.clone()).collect();
        legs.extend(refused());
        let parts = legs.iter().filter(|leg| kerberos_wire::request(leg).is_some()).cloned();
        Tape { parts: parts.collect(), legs }
    })
}

/// The legs of a script for an acceptor.
pub(crate) fn acceptor_script(script: &[u8]) -> Vec<Vec<u8>> {
    let tape = requests();
    scripts::read(script, MOST_LEGS, |operation, operands| match operation % 3 {
        0 => tape.changed(operands),
        1 => operands.to_vec(),
        // The ticket of one request and the authenticator of another, or one that is given.
        _ => {
            let [options, ticket, encryption_type, authenticator, rest @ ..] = operands else {
                return Vec::new();
            };
            let read = |which: u8| kerberos_wire::request(tape.part(which, rest)?);
            let ticket = read(*ticket).map_or(rest, |request| request.ticket);
            let sealed = read(*authenticator).map_or(rest, |request| request.authenticator);
            kerberos_wire::write_request(*options, ticket, *encryption_type, sealed)
        }
    })
}

/// What an initiator hears, in this way and in all others.
pub(crate) fn replies(way: Way) -> &'static Tape {
    static TAPES: [OnceLock<Tape>; Way::ALL.len()] = [const { OnceLock::new() }; Way::ALL.len()];
    TAPES[way as usize].get_or_init(|| {
        let legs = way.recorded().heard.clone();
        let all = Way::ALL.iter().flat_map(|way| way.recorded().heard.clone());
        Tape { legs: if legs.is_empty() { vec![Vec::new()] } else { legs }, parts: all.collect() }
    })
}

/// The legs of a script for an initiator.
pub(crate) fn initiator_script(way: Way, script: &[u8]) -> Vec<Vec<u8>> {
    let tape = replies(way);
    scripts::read(script, MOST_LEGS, |operation, operands| match operation % 3 {
        0 => tape.changed(operands),
        1 => operands.to_vec(),
        // Another handshake's.
        _ => {
            let (which, changes) = operands.split_first().unwrap_or((&0, &[]));
            let mut leg = tape.part(*which, changes).unwrap_or_default().to_vec();
            parties::change(&mut leg, changes);
            leg
        }
    })
}

/// What no token may hold: the keys of the user, of the tickets and of the contexts.
pub(crate) fn secrets() -> &'static [Vec<u8>] {
    static SECRETS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    SECRETS.get_or_init(|| {
        let contexts = Way::ALL.iter().map(|way| way.recorded().session_key.clone());
        contexts.chain(stage().keys.iter().cloned()).chain([PASSWORD.into()]).collect()
    })
}

/// The realm, and what the two sides have of it.
struct Stage {
    realm: Realm,
    cache_of_alice: Identity,
    keytab_of_alice: Identity,
    cache_of_bob: Identity,
    keytab: Identity,
    keys: Vec<Vec<u8>>,
}

fn stage() -> &'static Stage {
    static STAGE: OnceLock<Stage> = OnceLock::new();
    STAGE.get_or_init(|| {
        // The tickets that are there were given some time ago.
        let clock = FixedClock::at(hours(-2));
        let surroundings = Surroundings::system()
            .with_clock(clock.clone())
            .with_entropy(Counted(AtomicU64::new(0x5EED_0000_0000_0001)));
        let realm = Realm::with_surroundings(REALM, surroundings).expect("a realm");
        let types = [EncryptionType::AES256_SHA1];
        for user in ["alice", "bob"] {
            let user = User::new(user, PASSWORD).encryption_types(&types);
            realm.add_user(user).expect("a user");
        }
        for (name, encryption_type) in SERVICES {
            let service = Service::new(name).encryption_types(&[encryption_type]);
            realm.add_service(service.trusted_for_delegation()).expect("a service");
        }
        let all = SERVICES.map(|(name, _)| name);
        let (alice, bob) = (realm.tickets_for("alice", &all), realm.tickets_for("bob", &[]));
        let (alice, bob) = (alice.expect("tickets"), bob.expect("tickets"));
        clock.set(NOW);
        let table = realm.keytab(&["alice"]).expect("a keytab");
        let services = realm.keytab(&all[..3]).expect("a keytab");
        let keys = alice.tickets().chain(bob.tickets()).map(|ticket| &ticket.key);
        let keys = keys.chain(table.entries().iter().map(|entry| &entry.key));
        let keys = keys.map(|key| key.bytes().expose().to_vec()).collect();
        let cache = |tickets: &anysspi::kerberos::Tickets| {
            let bytes = tickets.to_bytes().expect("a cache");
            Identity::CredentialCache(CredentialCache::Bytes(bytes))
        };
        let keytab = |table: &anysspi::kerberos::KeyTable| {
            Identity::Keytab(Keytab::Bytes(table.to_bytes().expect("a keytab")))
        };
        Stage {
            cache_of_alice: cache(&alice),
            keytab_of_alice: keytab(&table),
            cache_of_bob: cache(&bob),
            keytab: keytab(&services),
            keys,
            realm,
        }
    })
}

fn surroundings(now: Time) -> Surroundings {
    Surroundings::system().with_clock(FixedClock::at(now)).with_current_user(None, None)
}

/// The registries of the two sides, at one time.
fn acquire(usage: Usage, identity: &Identity, now: Time) -> CredentialsHandle {
    // Each draws the same at every draw, so that a handshake can be run again.
    let random: &[u8] = match usage {
        Usage::INBOUND => b"the service's own randomness, 41 bytes...",
        _ => b"and the client's, which is another one",
    };
    let surroundings = surroundings(now).with_entropy(parties::Repeated(random));
    let registry = Registry::with_default_packages().with_surroundings(surroundings);
    CredentialsRequest::new("Kerberos", usage)
        .with_identity(identity.clone())
        .allowing(Allow::RC4)
        .acquire(&registry)
        .expect("credentials are acquired")
}

fn client(identity: &Identity, now: Time, target: &str) -> anysspi::InitiateBuilder {
    let credential = acquire(Usage::OUTBOUND, identity, now);
    anysspi::initiate("Kerberos").kdc(KdcAccess::Caller).target(target).credential(&credential)
}

/// An acceptor in the channel of all handshakes.
pub(crate) fn acceptor(credential: &CredentialsHandle) -> Handshake {
    let server = anysspi::accept("Kerberos").kdc(KdcAccess::Caller).credential(credential);
    let server = server.channel_bindings(parties::bindings()).relax(ContextFlags::MUTUAL_AUTH);
    server.start().expect("an acceptor starts")
}

/// Randomness that never comes again in a run, and is the same in every run (SplitMix64 of Steele, Lea
/// and Flood).
struct Counted(AtomicU64);

impl Entropy for Counted {
    fn fill(&self, buffer: &mut [u8]) -> anysspi::Result<()> {
        for place in buffer.chunks_mut(8) {
            let state = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
            let mixed = (state ^ state >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
            let bytes = (mixed ^ mixed >> 31).to_le_bytes();
            place.iter_mut().zip(bytes).for_each(|(place, byte)| *place = byte);
        }
        Ok(())
    }
}
