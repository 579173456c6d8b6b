//! What an acceptor refuses of requests that no client of this library makes: each is whole but for one
//! thing.

use super::KerberosPackage;
use super::framing::{self, Framing, Kind, Token};
use super::messages::{
    self, ApRequest, ApRequestFields, Application, Authenticator, AuthenticatorFields, Checksum,
    EncryptedData, EncryptedTicketPart, EncryptionKey, ErrorMessage, Flags, KerberosTime,
    Microseconds, Number, PrincipalName, Text, TicketFields, TicketFlags, TicketPart,
    TransitedEncoding, Typed, VERSION, kind, octets,
};
use super::request_checksum::{self, GssFlags, RequestChecksum};
use super::user_to_user;
use crate::context::{BindingsChecked, Facts};
use crate::credentials::{
    Allow, ChannelBindingPolicy, ChannelBindings, CredentialCache, CredentialRequest,
    DelegationPolicy, Identity, Keytab, PacPolicy, PackageChoice, Usage,
};
use crate::error::{Error, ProtocolCode, Result};
use crate::flags::ContextFlags;
use crate::kerberos::key_usage::KeyUsage;
use crate::kerberos::{
    EncryptionType, Key, KeyTable, KeyTableEntry, NameType, Principal, Ticket, Tickets,
};
use crate::package::{AcceptRequest, Package, PackageCredential, Progress, StepInput};
use crate::registry::Registry;
use crate::status::Status;
use crate::surroundings::Surroundings;
use crate::testing::FixedClock;
use crate::time::Time;
use std::sync::Arc;

const NOW: u64 = 1_700_000_000;

fn at(seconds: i64) -> Time {
    Time::from_unix_seconds(NOW.checked_add_signed(seconds).unwrap())
}

fn principal(text: &str) -> Principal {
    Principal::service(text).unwrap()
}

/// A request, and what can be wrong with it.
#[derive(Clone)]
struct Request {
    key: Key,
    version: u32,
    kind: u32,
    ticket_version: u32,
    server: Principal,
    flags: TicketFlags,
    client: Principal,
    transited: &'static [u8],
    starts: Option<Time>,
    ends: Time,
    session: Key,
    authenticator_key: Key,
    authenticator_version: u32,
    authenticator_client: Principal,
    time: Time,
    microseconds: u32,
    checksum: Option<(i32, Vec<u8>)>,
    subkey: Option<(i32, Vec<u8>)>,
    options: u32,
    framing: Framing,
    key_version: u32,
    /// Authorization data of the ticket, and of the authenticator.
    ticket_data: Vec<(i32, Vec<u8>)>,
    client_data: Vec<(i32, Vec<u8>)>,
}

fn typed(data: &[(i32, Vec<u8>)]) -> Option<Vec<Typed<'_>>> {
    let data =
        data.iter().map(|(number, bytes)| Typed { number: *number, bytes: octets(bytes).unwrap() });
    Some(data.collect()).filter(|data: &Vec<_>| !data.is_empty())
}

fn key(byte: u8) -> Key {
    Key::new(EncryptionType::AES256_SHA1, &[byte; 32][..]).unwrap()
}

impl Request {
    fn new() -> Self {
        let flags = GssFlags::MUTUAL | GssFlags::INTEGRITY;
        let checksum = RequestChecksum::write(None, flags, None).unwrap().to_vec();
        let alice: Principal = "alice@A".parse().unwrap();
        Self {
            key: key(1),
            version: VERSION,
            kind: kind::AP_REQUEST,
            ticket_version: VERSION,
            server: principal("HTTP/web@A"),
            flags: TicketFlags::empty(),
            client: alice.clone(),
            transited: b"",
            starts: None,
            ends: at(3600),
            session: key(2),
            authenticator_key: key(2),
            authenticator_version: VERSION,
            authenticator_client: alice,
            time: at(0),
            microseconds: 5,
            checksum: Some((request_checksum::KIND, checksum)),
            subkey: Some((18, vec![3; 32])),
            options: 0,
            framing: Framing::Of(framing::KERBEROS),
            key_version: 1,
            ticket_data: Vec::new(),
            client_data: Vec::new(),
        }
    }

    fn encrypt(key: &Key, usage: KeyUsage, text: &[u8]) -> Vec<u8> {
        key.encrypt(usage, &Surroundings::system(), text).unwrap()
    }

    fn token(&self) -> Vec<u8> {
        let part: EncryptedTicketPart<'_> = Application(TicketPart {
            flags: Flags(self.flags.bits()),
            key: EncryptionKey {
                encryption_type: self.session.encryption_type().0,
                bytes: octets(self.session.bytes().expose()).unwrap(),
            },
            client_realm: Text(self.client.realm()),
            client: PrincipalName::of(&self.client),
            transited: TransitedEncoding { kind: 1, contents: octets(self.transited).unwrap() },
            authenticated: KerberosTime(at(0)),
            starts: self.starts.map(KerberosTime),
            ends: KerberosTime(self.ends),
            renewable_until: None,
            addresses: None,
            authorization_data: typed(&self.ticket_data),
        });
        let part = messages::write(&part).unwrap();
        let cipher = Self::encrypt(&self.key, KeyUsage::TICKET, &part);
        let ticket: messages::Ticket<'_> = Application(TicketFields {
            version: self.ticket_version,
            realm: Text(self.server.realm()),
            server: PrincipalName::of(&self.server),
            encrypted: EncryptedData {
                encryption_type: self.key.encryption_type().0,
                key_version: Some(Number(self.key_version)),
                cipher: octets(&cipher).unwrap(),
            },
        });
        let ticket = messages::write(&ticket).unwrap();
        let authenticator: Authenticator<'_> = Application(AuthenticatorFields {
            version: self.authenticator_version,
            client_realm: Text(self.authenticator_client.realm()),
            client: PrincipalName::of(&self.authenticator_client),
            checksum: self
                .checksum
                .as_ref()
                .map(|(kind, bytes)| Checksum { kind: *kind, bytes: octets(bytes).unwrap() }),
            microseconds: Microseconds(self.microseconds),
            time: KerberosTime(self.time),
            subkey: self.subkey.as_ref().map(|(number, bytes)| EncryptionKey {
                encryption_type: *number,
                bytes: octets(bytes).unwrap(),
            }),
            sequence: Some(Number(7)),
            authorization_data: typed(&self.client_data),
        });
        let authenticator = messages::write(&authenticator).unwrap();
        let usage = KeyUsage::AP_REQUEST_AUTHENTICATOR;
        let cipher = Self::encrypt(&self.authenticator_key, usage, &authenticator);
        let request: ApRequest<'_> = Application(ApRequestFields {
            version: self.version,
            kind: self.kind,
            options: Flags(self.options),
            ticket: messages::any(&ticket).unwrap(),
            authenticator: EncryptedData {
                encryption_type: self.authenticator_key.encryption_type().0,
                key_version: None,
                cipher: octets(&cipher).unwrap(),
            },
        });
        self.framing.write(Kind::ApRequest, messages::write(&request).unwrap())
    }
}

fn credential(allow: Allow) -> Arc<dyn PackageCredential> {
    let mut table = KeyTable::new();
    for (encryption_type, length) in [(EncryptionType::AES256_SHA1, 32), (EncryptionType::RC4, 16)]
    {
        table.add(KeyTableEntry {
            principal: principal("HTTP/web@A"),
            written: None,
            version: 1,
            key: Key::new(encryption_type, vec![1; length].as_slice()).unwrap(),
        });
    }
    credential_of(Identity::Keytab(Keytab::Bytes(table.to_bytes().unwrap())), allow)
}

fn credential_of(identity: Identity, allow: Allow) -> Arc<dyn PackageCredential> {
    let surroundings = Surroundings::system().with_clock(FixedClock::at(at(0)));
    let request = CredentialRequest {
        usage: Usage::INBOUND,
        principal: None,
        identities: vec![identity],
        allow,
        packages: PackageChoice::default(),
        delegation: DelegationPolicy::default(),
        registry: Registry::empty().with_surroundings(surroundings),
    };
    KerberosPackage.acquire(request).unwrap()
}

fn accept_with(
    credential: &dyn PackageCredential,
    flags: ContextFlags,
    token: &[u8],
) -> Result<Facts> {
    let request = AcceptRequest {
        flags,
        binding_policy: ChannelBindingPolicy::default(),
        pac_policy: PacPolicy::default(),
        accepted_targets: &[],
    };
    match credential.accept(request)?.step(StepInput::token(token))? {
        Progress::Done { context, .. } => Ok(context.facts().clone()),
        _ => panic!("the context should stand"),
    }
}

fn accept(token: &[u8]) -> Result<Facts> {
    accept_with(&*credential(Allow::empty()), ContextFlags::default(), token)
}

/// The code that the acceptor has for itself, which is the one that the client is told.
fn code(error: &Error) -> Option<i32> {
    let token = Token::parse(error.token()?).unwrap();
    assert_eq!(token.kind, Kind::Error);
    let Application(told): ErrorMessage<'_> = messages::read(token.message, "KRB-ERROR").unwrap();
    assert_eq!((told.realm, told.time.0.unix_seconds(), told.text), (Text("A"), NOW, None));
    match error.code() {
        Some(ProtocolCode::Kerberos(code)) => assert_eq!(code, told.code),
        _ => assert_eq!(told.code, 60),
    }
    Some(told.code)
}

#[test]
fn a_whole_request_is_taken_in_every_framing() {
    for framing in
        [Framing::Of(framing::KERBEROS), Framing::Of(framing::KERBEROS_OF_WINDOWS), Framing::Bare]
    {
        let facts = accept(&Request { framing, ..Request::new() }.token()).unwrap();
        assert_eq!(facts.client.to_string(), r"A\alice");
        assert_eq!(facts.bindings_checked, BindingsChecked::No);
        assert_eq!(facts.target.as_deref(), Some("HTTP/web"));
    }
    let without_subkey = Request { subkey: None, ..Request::new() };
    assert!(accept(&without_subkey.token()).is_ok());
}

#[test]
fn what_is_wrong_is_refused_with_its_code() {
    let whole = Request::new;
    let checksum = |bytes: &[u8]| Some((request_checksum::KIND, bytes.to_vec()));
    let bob = || "bob@A".parse().unwrap();
    let elsewhere = || "alice@B".parse().unwrap();
    for (name, request, status, expected) in [
        ("version", Request { version: 4, ..whole() }, Status::INVALID_TOKEN, 39),
        ("kind", Request { kind: 15, ..whole() }, Status::INVALID_TOKEN, 40),
        ("ticket's version", Request { ticket_version: 4, ..whole() }, Status::INVALID_TOKEN, 39),
        (
            "service",
            Request { server: principal("HTTP/other@A"), ..whole() },
            Status::WRONG_PRINCIPAL,
            35,
        ),
        ("ticket's key", Request { key: key(9), ..whole() }, Status::MESSAGE_ALTERED, 31),
        ("session key", Request { authenticator_key: key(9), ..whole() }, Status::LOGON_DENIED, 31),
        ("client", Request { authenticator_client: bob(), ..whole() }, Status::LOGON_DENIED, 36),
        (
            "client's realm",
            Request { authenticator_client: elsewhere(), ..whole() },
            Status::LOGON_DENIED,
            36,
        ),
        (
            "authenticator's version",
            Request { authenticator_version: 6, ..whole() },
            Status::INVALID_TOKEN,
            39,
        ),
        ("expired", Request { ends: at(-301), ..whole() }, Status::CONTEXT_EXPIRED, 32),
        ("not yet", Request { starts: Some(at(301)), ..whole() }, Status::TIME_SKEW, 33),
        ("invalid", Request { flags: TicketFlags::INVALID, ..whole() }, Status::TIME_SKEW, 33),
        ("late", Request { time: at(-301), ..whole() }, Status::TIME_SKEW, 37),
        // Microseconds count too.
        ("early", Request { time: at(300), ..whole() }, Status::TIME_SKEW, 37),
        ("no checksum", Request { checksum: None, ..whole() }, Status::INVALID_TOKEN, 50),
        (
            "another checksum",
            Request { checksum: Some((16, vec![0; 12])), ..whole() },
            Status::INVALID_TOKEN,
            50,
        ),
        (
            "short checksum",
            Request { checksum: checksum(&[16, 0]), ..whole() },
            Status::INVALID_TOKEN,
            60,
        ),
        (
            "no delegated ticket",
            Request {
                checksum: checksum(
                    &RequestChecksum::write(None, GssFlags::DELEGATE, Some(b"nonsense")).unwrap(),
                ),
                ..whole()
            },
            Status::INVALID_TOKEN,
            60,
        ),
        (
            "unknown subkey",
            Request { subkey: Some((3, vec![0; 8])), ..whole() },
            Status::CRYPTO_SYSTEM_INVALID,
            60,
        ),
        (
            "weak subkey",
            Request { subkey: Some((23, vec![0; 16])), ..whole() },
            Status::CRYPTO_SYSTEM_INVALID,
            60,
        ),
        (
            "short subkey",
            Request { subkey: Some((18, vec![0; 31])), ..whole() },
            Status::INVALID_TOKEN,
            60,
        ),
        (
            "way",
            Request {
                client: elsewhere(),
                authenticator_client: elsewhere(),
                transited: b"C",
                ..whole()
            },
            Status::LOGON_DENIED,
            28,
        ),
        (
            "user-to-user",
            Request { options: messages::ApOptions::USE_SESSION_KEY.bits(), ..whole() },
            Status::NO_KERB_KEY,
            45,
        ),
    ] {
        let error = accept(&request.token()).expect_err(name);
        assert_eq!((error.status(), code(&error)), (status, Some(expected)), "{name}: {error}");
    }
}

#[test]
fn whoever_has_a_ticket_granting_ticket_is_called_by_any_name_that_the_kdc_knows() {
    let mut tickets = Tickets::new("bob@A".parse().unwrap());
    let (client, server) = (tickets.client().clone(), principal("krbtgt/A@A"));
    tickets.add(Ticket {
        authenticated: Some(at(0)),
        ends: Some(at(3600)),
        ..Ticket::bare(client, server, key(1), vec![0x61, 0x00])
    });
    let cache = CredentialCache::Bytes(tickets.to_bytes().unwrap());
    let credential = credential_of(Identity::CredentialCache(cache), Allow::empty());
    let framing = Framing::Of(framing::USER_TO_USER);
    let accept = |request: &Request| {
        let asked = user_to_user::write_request(&request.server).unwrap();
        let asked = framing.write(Kind::TgtRequest, asked);
        let wanted = AcceptRequest {
            flags: ContextFlags::empty(),
            binding_policy: ChannelBindingPolicy::default(),
            pac_policy: PacPolicy::default(),
            accepted_targets: &[],
        };
        let exchange = credential.accept(wanted).unwrap();
        let Progress::Continue { next, .. } = exchange.step(StepInput::token(&asked)).unwrap()
        else {
            panic!("the ticket-granting ticket");
        };
        next.step(StepInput::token(&request.token()))
    };
    let options = messages::ApOptions::USE_SESSION_KEY.bits();
    for server in ["bob@A".parse().unwrap(), principal("HTTP/web@A")] {
        let request = Request { server, options, framing, ..Request::new() };
        assert!(matches!(accept(&request), Ok(Progress::Done { .. })));
        let other = Request { key: key(9), ..request };
        let Err(error) = accept(&other) else { panic!("another key") };
        assert_eq!((error.status(), code(&error)), (Status::MESSAGE_ALTERED, Some(31)));
    }
}

#[test]
fn anonymous_clients_are_let_in_where_that_is_asked_for_twice() {
    let nobody =
        Principal::new(NameType::WELL_KNOWN, ["WELLKNOWN", "ANONYMOUS"], "WELLKNOWN:ANONYMOUS");
    let anonymous = Request {
        client: nobody.clone(),
        authenticator_client: nobody,
        flags: TicketFlags::ANONYMOUS,
        ..Request::new()
    };
    let flagged = Request { flags: TicketFlags::ANONYMOUS, ..Request::new() };
    for (allow, flags, is_in) in [
        (Allow::empty(), ContextFlags::NULL_SESSION, false),
        (Allow::ANONYMOUS, ContextFlags::empty(), false),
        (Allow::ANONYMOUS, ContextFlags::NULL_SESSION, true),
    ] {
        for request in [&anonymous, &flagged] {
            let facts = accept_with(&*credential(allow), flags, &request.token());
            assert_eq!(facts.is_ok(), is_in);
            if let Ok(facts) = facts {
                assert!(facts.flags.contains(ContextFlags::NULL_SESSION));
                assert_eq!(facts.client.user(), "");
            }
        }
    }
}

#[test]
fn rc4_is_taken_only_where_it_is_allowed() {
    let rc4 = |byte| Key::new(EncryptionType::RC4, &[byte; 16][..]).unwrap();
    let of_ticket = Request { key: rc4(1), ..Request::new() };
    let of_session =
        Request { session: rc4(2), authenticator_key: rc4(2), subkey: None, ..Request::new() };
    for (request, expected) in [(of_ticket, 45), (of_session, 60)] {
        let error = accept(&request.token()).unwrap_err();
        assert_eq!(code(&error), Some(expected));
        let allowed = credential(Allow::RC4);
        assert!(accept_with(&*allowed, ContextFlags::default(), &request.token()).is_ok());
    }
}

#[test]
fn a_request_comes_once_and_what_differs_is_another() {
    let credential = credential(Allow::empty());
    let token = Request::new().token();
    let accept = |token: &[u8]| accept_with(&*credential, ContextFlags::default(), token);
    assert!(accept(&token).is_ok());
    assert_eq!(code(&accept(&token).unwrap_err()), Some(34));
    // The same moment, written anew.
    assert!(accept(&Request::new().token()).is_ok());
    // Another frame around the same.
    let message = Token::parse(&token).unwrap().message.to_vec();
    let bare = Framing::Bare.write(Kind::ApRequest, message);
    assert_eq!(code(&accept(&bare).unwrap_err()), Some(34));
    // Who was refused for the rest of the request does not come again with it.
    let refused = Request { checksum: None, ..Request::new() }.token();
    assert_eq!(code(&accept(&refused).unwrap_err()), Some(50));
    assert_eq!(code(&accept(&refused).unwrap_err()), Some(34));
}

/// AD-IF-RELEVANT around this.
fn if_relevant(number: i32, bytes: &[u8]) -> (i32, Vec<u8>) {
    (1, messages::write(&typed(&[(number, bytes.to_vec())]).unwrap()).unwrap())
}

#[test]
fn restrictions_that_are_unknown_are_refused() {
    let one = |number| vec![(number, vec![0; 4])];
    // AD-KDC-ISSUED, AD-AND-OR and what nobody knows, of the ticket and of the client.
    for number in [4, 5, 9, 96, 512, -1] {
        for request in [
            Request { ticket_data: one(number), ..Request::new() },
            Request { client_data: one(number), ..Request::new() },
        ] {
            let error = accept(&request.token()).expect_err("a restriction");
            assert_eq!(
                (error.status(), code(&error)),
                (Status::LOGON_DENIED, Some(12)),
                "{number}"
            );
        }
    }
    // A PAC that the client itself has made says nothing, and is no restriction that could be kept.
    let own = Request { client_data: one(128), ..Request::new() };
    assert_eq!(code(&accept(&own.token()).unwrap_err()), Some(12));
    // For KDCs alone, or only where it is understood.
    for ticket_data in [one(8), vec![if_relevant(512, b"x")]] {
        assert!(accept(&Request { ticket_data, ..Request::new() }.token()).is_ok());
    }
    let client_data = vec![if_relevant(512, b"x")];
    assert!(accept(&Request { client_data, ..Request::new() }.token()).is_ok());
}

#[test]
fn a_client_that_knows_of_channel_bindings_has_to_send_them() {
    let own = ChannelBindings::new(*b"own");
    let with = |options: u32, bindings: Option<&ChannelBindings>| {
        let checksum = RequestChecksum::write(bindings, GssFlags::MUTUAL, None).unwrap().to_vec();
        let token = Request {
            client_data: vec![if_relevant(143, &options.to_le_bytes())],
            checksum: Some((request_checksum::KIND, checksum)),
            ..Request::new()
        }
        .token();
        let credential = credential(Allow::empty());
        let request = AcceptRequest {
            flags: ContextFlags::empty(),
            binding_policy: ChannelBindingPolicy::WhenSupported,
            pac_policy: PacPolicy::default(),
            accepted_targets: &[],
        };
        let input = StepInput { bindings: Some(&own), ..StepInput::token(&token) };
        credential.accept(request).unwrap().step(input).map(drop)
    };
    assert!(with(0x4000, Some(&own)).is_ok());
    assert!(with(0, None).is_ok());
    assert_eq!(with(0x4000, None).unwrap_err().status(), Status::BAD_BINDINGS);
}

#[test]
fn no_other_realm_speaks_for_a_client_of_this_one() {
    let through = Request { transited: b"B", ..Request::new() };
    assert_eq!(code(&accept(&through.token()).unwrap_err()), Some(28));
    let flags = TicketFlags::TRANSITED_POLICY_CHECKED;
    assert!(accept(&Request { flags, ..through }.token()).is_ok());
}

#[test]
fn a_version_of_the_key_is_a_hint() {
    // The only key of this type opens it, whatever number stands on the ticket.
    for key_version in [0, 257, u32::MAX] {
        assert!(accept(&Request { key_version, ..Request::new() }.token()).is_ok());
        let wrong = Request { key_version, key: key(9), ..Request::new() };
        assert!(accept(&wrong.token()).is_err());
    }
}

#[test]
fn of_many_threads_one_gets_in_with_a_request() {
    let (credential, token) = (credential(Allow::empty()), Request::new().token());
    let taken: usize = std::thread::scope(|scope| {
        let accept =
            || usize::from(accept_with(&*credential, ContextFlags::empty(), &token).is_ok());
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(accept)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(taken, 1);
}
