//! The two sides that the targets play with: one user, one server, a clock that stands still and
//! randomness that is the same at every draw. So every message of theirs is the same in every run,
//! whichever target ran before, and the credentials are derived once.

use crate::wire::{self, flag};
use anysspi::accounts::{Account, MemoryAccounts};
use anysspi::raw::{CredentialsHandle, CredentialsRequest};
use anysspi::testing::FixedClock;
use anysspi::{
    AcceptBuilder, Allow, ChannelBindings, Context, ContextFlags, Entropy, Handshake, HostNames,
    Identity, InitiateBuilder, Registry, Step, Surroundings, Time, Usage,
};
use std::sync::OnceLock;

/// The account of [MS-NLMP] 4.2.1, so that the published messages are good ones.
pub(crate) const ACCOUNT: &str = r"Domain\User";
pub(crate) const PASSWORD: &str = "Password";
/// NTOWFv1 of the password ([MS-NLMP] 4.2.2.1.2).
pub(crate) const NT_HASH: [u8; 16] = 0xA4F4_9C40_6510_BDCA_B682_4EE7_C30F_D852_u128.to_be_bytes();
/// The server challenge of [MS-NLMP] 4.2.1.
pub(crate) const SERVER_CHALLENGE: [u8; 8] = 0x0123_4567_89AB_CDEF_u64.to_be_bytes();
/// The time at which everything happens.
pub(crate) const NOW: Time = Time::from_unix_seconds(1_700_000_000);
pub(crate) const TARGET: &str = "HTTP/server.example.com";

/// The bindings of the channel that every handshake runs in.
pub(crate) fn bindings() -> ChannelBindings {
    ChannelBindings::tls_server_end_point(&[0xCB; 32])
}

/// Randomness that starts anew at every draw, where the library's counted entropy goes on: then a
/// run would depend on the runs before it.
pub(crate) struct Repeated(pub(crate) &'static [u8]);

impl Entropy for Repeated {
    fn fill(&self, buffer: &mut [u8]) -> anysspi::Result<()> {
        for (place, byte) in buffer.iter_mut().zip(self.0.iter().cycle()) {
            *place = *byte;
        }
        Ok(())
    }
}

fn registry(host_name: &str, random: &'static [u8]) -> Registry {
    let surroundings = Surroundings::system()
        .with_clock(FixedClock::at(NOW))
        .with_entropy(Repeated(random))
        .with_host_names(HostNames::from_host_name(host_name))
        .with_machine_id([0x33; 32]);
    Registry::with_default_packages().with_surroundings(surroundings)
}

/// The client's and the server's.
pub(crate) fn registries() -> (Registry, Registry) {
    // The client's first eight bytes are its challenge, the other sixteen the session key.
    let random = b"\xAA\xAA\xAA\xAA\xAA\xAA\xAA\xAA\x55\x56\x57\x58\x59\x5A\x5B\x5C";
    (registry("computer", random), registry("server.example.com", &SERVER_CHALLENGE))
}

/// The server's accounts.
pub(crate) fn accounts() -> Identity {
    Identity::accounts(MemoryAccounts::new([Account::with_password(ACCOUNT, PASSWORD)]))
}

/// Changes bytes, leaves some out or puts in new ones: a place in two bytes, what to do, and a value.
pub(crate) fn change(bytes: &mut Vec<u8>, changes: &[u8]) {
    for [low, high, what, value] in changes.as_chunks::<4>().0 {
        let at = usize::from(u16::from_le_bytes([*low, *high]));
        if at >= bytes.len() {
            continue;
        }
        match what % 4 {
            0 => bytes[at] ^= value,
            1 => bytes.truncate(at),
            2 => bytes.insert(at, *value),
            _ => {
                bytes.remove(at);
            }
        }
    }
}

/// The credentials of both sides.
pub(crate) struct Parties {
    package: &'static str,
    client: CredentialsHandle,
    pub(crate) server: CredentialsHandle,
}

impl Parties {
    fn new(identity: Identity, allow: Allow) -> Self {
        Self::of("NTLM", |_| {}, identity, allow)
    }

    /// Of a package; the client's registry has more than the server's.
    pub(crate) fn of(
        package: &'static str,
        more: impl FnOnce(&Registry),
        identity: Identity,
        allow: Allow,
    ) -> Self {
        let acquire = |registry: &Registry, usage: Usage, identity: Identity| {
            CredentialsRequest::new(package, usage)
                .with_identity(identity)
                .allowing(allow)
                .acquire(registry)
                .expect("credentials are acquired")
        };
        let (clients, servers) = registries();
        more(&clients);
        Self {
            package,
            client: acquire(&clients, Usage::OUTBOUND, identity),
            server: acquire(&servers, Usage::INBOUND, accounts()),
        }
    }

    pub(crate) fn initiate(&self) -> InitiateBuilder {
        anysspi::initiate(self.package).credential(&self.client).target(TARGET)
    }

    pub(crate) fn accept(&self) -> AcceptBuilder {
        anysspi::accept(self.package).credential(&self.server)
    }
}

/// Nothing is allowed that is off by default.
pub(crate) fn strict() -> &'static Parties {
    static PARTIES: OnceLock<Parties> = OnceLock::new();
    PARTIES.get_or_init(|| Parties::new(Identity::password(ACCOUNT, PASSWORD), Allow::empty()))
}

/// Everything weak is allowed.
pub(crate) fn lenient() -> &'static Parties {
    static PARTIES: OnceLock<Parties> = OnceLock::new();
    PARTIES.get_or_init(|| {
        let allow = Allow::NTLM_V1 | Allow::WEAK_SEALING;
        Parties::new(Identity::password(ACCOUNT, PASSWORD), allow)
    })
}

/// The client is anonymous, and the server lets such clients in.
pub(crate) fn anonymous() -> &'static Parties {
    static PARTIES: OnceLock<Parties> = OnceLock::new();
    PARTIES.get_or_init(|| Parties::new(Identity::Anonymous, Allow::ANONYMOUS))
}

/// The ways in which the two sides come to a context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// NTLMv2 with a MIC, key exchange, encryption, channel bindings.
    Sealed,
    /// The same without encryption.
    Signed,
    /// The same without a connection.
    Datagram,
    /// NTLMv2 without a MIC: the client was shown a challenge without target information.
    WithoutMic,
    /// The same, and without key exchange.
    WithoutKeyExchange,
    /// NTLMv1 with extended session security.
    SessionResponse,
    /// NTLMv1 with the original signatures.
    Original,
    /// A client that is nobody in particular.
    Anonymous,
}

impl Way {
    pub(crate) const ALL: [Self; 8] = [
        Self::Sealed,
        Self::Signed,
        Self::Datagram,
        Self::WithoutMic,
        Self::WithoutKeyExchange,
        Self::SessionResponse,
        Self::Original,
        Self::Anonymous,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sealed => "sealed",
            Self::Signed => "signed",
            Self::Datagram => "datagram",
            Self::WithoutMic => "without_mic",
            Self::WithoutKeyExchange => "without_key_exchange",
            Self::SessionResponse => "session_response",
            Self::Original => "original",
            Self::Anonymous => "anonymous",
        }
    }

    pub(crate) fn parties(self) -> &'static Parties {
        match self {
            Self::SessionResponse | Self::Original => lenient(),
            Self::Anonymous => anonymous(),
            _ => strict(),
        }
    }

    fn start_initiator(self) -> Handshake {
        let builder = self.parties().initiate().channel_bindings(bindings());
        let builder = match self {
            Self::Signed => builder.without(ContextFlags::CONFIDENTIALITY),
            Self::Datagram => builder.request(ContextFlags::DATAGRAM),
            // Nothing is protected by a key that everybody knows.
            Self::Anonymous => builder.relax(ContextFlags::PROTECTION),
            _ => builder,
        };
        builder.start().expect("an initiator starts")
    }

    fn start_acceptor(self, bindings: ChannelBindings) -> Handshake {
        let builder = self.parties().accept().channel_bindings(bindings);
        let builder = match self {
            Self::Signed => builder.without(ContextFlags::CONFIDENTIALITY),
            Self::Datagram => {
                builder.request(ContextFlags::DATAGRAM).relax(ContextFlags::PROTECTION)
            }
            // Whoever is let in is let in, and not turned away for want of protection.
            Self::SessionResponse => builder.relax(ContextFlags::PROTECTION),
            Self::Anonymous => builder.anonymous().relax(ContextFlags::PROTECTION),
            _ => builder,
        };
        builder.start().expect("an acceptor starts")
    }

    /// An acceptor that has sent its challenge.
    pub(crate) fn acceptor(self) -> Handshake {
        self.acceptor_in(bindings())
    }

    /// The same in another channel.
    pub(crate) fn acceptor_in(self, bindings: ChannelBindings) -> Handshake {
        let mut acceptor = self.start_acceptor(bindings);
        let step = match self {
            Self::Datagram => acceptor.speak_first(),
            _ => acceptor.step(Some(&self.exchange().negotiate)),
        };
        token(step);
        acceptor
    }

    /// The challenge as the client sees it.
    fn shown(self, mut challenge: Vec<u8>) -> Vec<u8> {
        let dropped = match self {
            Self::WithoutMic => flag::TARGET_INFO,
            Self::WithoutKeyExchange => flag::TARGET_INFO | flag::KEY_EXCHANGE,
            Self::Original => flag::EXTENDED_SESSION_SECURITY,
            _ => 0,
        };
        let flags = wire::u32_at(&challenge, 20).expect("flags") & !dropped;
        challenge[20..24].copy_from_slice(&flags.to_le_bytes());
        challenge
    }

    /// The three messages.
    pub(crate) fn exchange(self) -> &'static Exchange {
        static EXCHANGES: [OnceLock<Exchange>; Way::ALL.len()] =
            [const { OnceLock::new() }; Way::ALL.len()];
        EXCHANGES[self as usize].get_or_init(|| {
            let (mut client, mut server) =
                (self.start_initiator(), self.start_acceptor(bindings()));
            let negotiate = token(client.next());
            let step = match self {
                Self::Datagram => server.speak_first(),
                _ => server.step(Some(&negotiate)),
            };
            let challenge = self.shown(token(step));
            let authenticate = token(client.step(Some(&challenge)));
            assert_eq!(server.step(Some(&authenticate)).expect("the server agrees"), Step::Done);
            Exchange { negotiate, challenge, authenticate }
        })
    }

    /// The client's context, anew.
    pub(crate) fn client(self) -> Context {
        let mut client = self.start_initiator();
        token(client.next());
        token(client.step(Some(&self.exchange().challenge)));
        client.into_context().expect("the client's context")
    }

    /// The server's context, anew.
    pub(crate) fn server(self) -> Context {
        let mut server = self.acceptor();
        let step = server.step(Some(&self.exchange().authenticate));
        assert_eq!(step.expect("the server's last step"), Step::Done);
        server.into_context().expect("the server's context")
    }
}

/// The messages of a handshake as the client sent and saw them.
pub(crate) struct Exchange {
    pub(crate) negotiate: Vec<u8>,
    pub(crate) challenge: Vec<u8>,
    pub(crate) authenticate: Vec<u8>,
}

pub(crate) fn token(step: anysspi::Result<Step>) -> Vec<u8> {
    match step.expect("a step of a handshake of our own") {
        Step::SendToken(token) => token,
        other => panic!("{other:?} in the place of a token"),
    }
}

/// The name in UTF-16LE.
pub(crate) fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Checks that a token holds neither the password nor its hash, but for what the peer itself sent.
pub(crate) fn assert_no_secret(token: &[u8], received: &[u8]) {
    for secret in [PASSWORD.as_bytes(), &utf16(PASSWORD), &NT_HASH] {
        assert!(!wire::holds(token, secret) || wire::holds(received, secret));
    }
}
