//! Tickets from a KDC: the realm in a box is asked, every question and answer is in the test's hands.

use anysspi::kerberos::{EncryptionType, KeyTable, Principal, Tickets};
use anysspi::realm::{Realm, Service, User};
use anysspi::testing::{FixedClock, TicketClient};
use anysspi::{Error, KdcReply, KdcRequest, Keytab, Status, Surroundings, Time};

const REALM: &str = "EXAMPLE.TEST";
const WEB: &str = "HTTP/web.example.test";
const PASSWORD: &str = "Passw0rd!";
const START: u64 = 1_700_000_000;

const TYPES: [EncryptionType; 5] = [
    EncryptionType::AES256_SHA1,
    EncryptionType::AES128_SHA1,
    EncryptionType::AES256_SHA2,
    EncryptionType::AES128_SHA2,
    EncryptionType::RC4,
];

fn at(seconds: u64) -> Time {
    Time::from_unix_seconds(START + seconds)
}

fn principal(text: &str) -> Principal {
    text.parse().unwrap()
}

/// A realm with one user and one service, and the clocks of both sides.
struct Stage {
    realm: Realm,
    kdc_clock: FixedClock,
    clock: FixedClock,
    surroundings: Surroundings,
}

impl Stage {
    fn new() -> Self {
        let (kdc_clock, clock) = (FixedClock::at(at(0)), FixedClock::at(at(0)));
        let surroundings = Surroundings::system().with_clock(kdc_clock.clone());
        let realm = Realm::with_surroundings(REALM, surroundings).unwrap();
        // One type is enough where types are not what it is about: keys from passwords take time.
        realm.add_user(user("alice")).unwrap();
        realm.add_service(Service::new(WEB)).unwrap();
        let surroundings = Surroundings::system().with_clock(clock.clone());
        Self { realm, kdc_clock, clock, surroundings }
    }

    fn client(&self) -> TicketClient {
        self.client_of("alice", PASSWORD)
    }

    fn client_of(&self, name: &str, password: &str) -> TicketClient {
        let name = principal(name).or_in_realm(REALM);
        TicketClient::with_password(name, password, self.surroundings.clone())
    }

    fn tickets(&self, tickets: &Tickets) -> TicketClient {
        TicketClient::with_tickets(tickets, self.surroundings.clone())
    }

    /// Carries, and counts.
    fn carry<'a>(&'a self, asked: &'a mut usize) -> impl FnMut(&KdcRequest) -> KdcReply + 'a {
        |request| {
            *asked += 1;
            self.realm.carry(request)
        }
    }

    fn get(&self, client: &TicketClient) -> Result<anysspi::kerberos::Ticket, Error> {
        client.ticket(WEB, |request| self.realm.carry(request))
    }
}

fn user(name: &str) -> User {
    User::new(name, PASSWORD).encryption_types(&[EncryptionType::AES256_SHA1])
}

/// The same bytes with something else of the same length in them.
fn replaced(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut bytes = bytes.to_vec();
    let found: Vec<usize> =
        (0..bytes.len()).filter(|place| bytes[*place..].starts_with(from.as_bytes())).collect();
    assert!(!found.is_empty(), "{from} is not there");
    for place in found {
        bytes[place..place + to.len()].copy_from_slice(to.as_bytes());
    }
    bytes
}

fn answer(reply: KdcReply) -> Vec<u8> {
    match reply {
        KdcReply::Answer(bytes) => bytes,
        KdcReply::Unreachable(error) => panic!("{error}"),
    }
}

#[test]
fn a_password_gets_tickets_of_every_type_and_the_second_time_nobody_is_asked() {
    let stage = Stage::new();
    for kind in TYPES {
        let user = User::new("typed", PASSWORD).encryption_types(&[kind]);
        stage.realm.add_user(user).unwrap();
        let service = format!("HTTP/{}.example.test", kind.0);
        stage.realm.add_service(Service::new(&service).encryption_types(&[kind])).unwrap();
        let client = stage.client_of("typed", PASSWORD).taking(&[kind]);
        let mut asked = 0;
        let ticket = client.ticket(&service, stage.carry(&mut asked)).unwrap();
        assert_eq!(asked, 3, "PREAUTH_REQUIRED, the AS-REP, the TGS-REP");
        assert_eq!(ticket.key.encryption_type(), kind);
        assert_eq!(ticket.server, principal(&format!("{service}@{REALM}")));
        assert_eq!(ticket.client, principal("typed@EXAMPLE.TEST"));
        assert_eq!(ticket.ends, Some(at(10 * 3600)));
        let again = client.ticket(&service, stage.carry(&mut asked)).unwrap();
        assert_eq!((again, asked), (ticket, 3));
        assert_eq!(client.tickets().tickets().count(), 2);
    }
}

#[test]
fn a_keytab_gets_tickets_with_any_of_its_keys() {
    let stage = Stage::new();
    stage.realm.add_user(User::new("alice", PASSWORD)).unwrap();
    let table = stage.realm.keytab(&["alice"]).unwrap();
    assert_eq!(table.entries().len(), 4);
    for entry in table.entries() {
        let mut own = KeyTable::new();
        own.add(entry.clone());
        // As it comes from a file.
        let own = KeyTable::open(&Keytab::bytes(own.to_bytes().unwrap().expose())).unwrap();
        let alice = principal("alice@EXAMPLE.TEST");
        let client = TicketClient::with_keys(alice.clone(), &own, stage.surroundings.clone());
        assert_eq!(stage.get(&client).unwrap().client, alice);
    }
    // rc4-hmac was not allowed.
    stage
        .realm
        .add_user(User::new("old", PASSWORD).encryption_types(&[EncryptionType::RC4]))
        .unwrap();
    let table = stage.realm.keytab(&["old"]).unwrap();
    let old = principal("old@EXAMPLE.TEST");
    let client = TicketClient::with_keys(old, &table, stage.surroundings.clone());
    assert_eq!(stage.get(&client).unwrap_err().status(), Status::NO_KERB_KEY);
    assert!(stage.get(&client.taking(&[EncryptionType::RC4])).is_err(), "the service has none");
}

#[test]
fn who_needs_no_pre_authentication_and_who_was_renamed_get_tickets() {
    let stage = Stage::new();
    stage.realm.add_user(user("open").without_pre_authentication()).unwrap();
    stage.realm.add_user(user("renamed").salt("EXAMPLE.TESTformer")).unwrap();
    stage
        .realm
        .add_user(user("both").without_pre_authentication().salt("EXAMPLE.TESTformer"))
        .unwrap();
    for (name, questions) in [("open", 2), ("renamed", 3), ("both", 2)] {
        let mut asked = 0;
        let client = stage.client_of(name, PASSWORD);
        client.ticket(WEB, stage.carry(&mut asked)).unwrap();
        assert_eq!(asked, questions, "{name}");
    }
}

#[test]
fn who_is_not_let_in_hears_why() {
    let stage = Stage::new();
    stage.realm.add_user(user("open").without_pre_authentication()).unwrap();
    for (name, password, expected_status, expected_code) in [
        ("alice", "n0t-right", Status::LOGON_DENIED, Some(24)),
        ("open", "n0t-right", Status::LOGON_DENIED, None),
        ("nobody", PASSWORD, Status::LOGON_DENIED, Some(6)),
        ("krbtgt/EXAMPLE.TEST", PASSWORD, Status::LOGON_DENIED, Some(6)),
    ] {
        let error = stage.get(&stage.client_of(name, password)).unwrap_err();
        assert_eq!(error.status(), expected_status, "{name}: {error}");
        assert_eq!(error.kerberos_code(), expected_code, "{name}: {error}");
        assert!(error.context().contains(name), "{error}");
        assert!(!format!("{error:?}").contains(password));
    }
    let client = stage.client();
    let error = client.ticket("HTTP/other.test", |request| stage.realm.carry(request)).unwrap_err();
    assert_eq!((error.status(), error.kerberos_code()), (Status::TARGET_UNKNOWN, Some(7)));
    assert!(error.context().contains("HTTP/other.test@EXAMPLE.TEST"), "{error}");
    // A user is no service.
    let error = client.ticket("open", |request| stage.realm.carry(request)).unwrap_err();
    assert_eq!((error.status(), error.kerberos_code()), (Status::NO_KERB_KEY, Some(27)));
    // Nothing to log on with.
    let nothing = stage.tickets(&Tickets::new(principal("alice@EXAMPLE.TEST")));
    assert_eq!(stage.get(&nothing).unwrap_err().status(), Status::NO_CREDENTIALS);
    let homeless =
        TicketClient::with_password(principal("alice"), PASSWORD, stage.surroundings.clone());
    assert_eq!(stage.get(&homeless).unwrap_err().status(), Status::INVALID_PARAMETER);
    // No type in common.
    let client = stage.client().taking(&[EncryptionType::RC4]);
    let error = stage.get(&client).unwrap_err();
    assert_eq!((error.status(), error.kerberos_code()), (Status::KDC_UNKNOWN_ETYPE, Some(14)));
    let unreachable = stage.client().ticket(WEB, |_| {
        KdcReply::Unreachable(Error::new(Status::NO_AUTHENTICATING_AUTHORITY, "far away"))
    });
    assert_eq!(unreachable.unwrap_err().status(), Status::NO_AUTHENTICATING_AUTHORITY);
}

#[test]
fn a_clock_that_is_wrong_is_found_out_once() {
    for (kdc, own) in [(4000, 0), (0, 4000), (200, 0)] {
        let stage = Stage::new();
        stage.kdc_clock.set(at(kdc));
        stage.clock.set(at(own));
        let client = stage.client();
        let mut asked = 0;
        let ticket = client.ticket(WEB, stage.carry(&mut asked)).unwrap();
        // With a skew the encrypted time is asked for twice; the TGS exchange knows it already.
        assert_eq!(asked, if kdc.abs_diff(own) > 300 { 4 } else { 3 }, "{kdc} {own}");
        assert_eq!(ticket.ends, Some(at(kdc + 10 * 3600)));
    }
    // Tickets alone do not say how late it is: the TGS exchange finds it out.
    let stage = Stage::new();
    let tickets = stage.realm.tickets_for("alice", &[]).unwrap();
    stage.clock.set(at(3600));
    let client = stage.tickets(&tickets);
    let mut asked = 0;
    client.ticket(WEB, stage.carry(&mut asked)).unwrap();
    assert_eq!(asked, 2);
    // Somebody who says so again and again is not believed.
    let stage = Stage::new();
    stage.kdc_clock.set(at(3600));
    let mut said = Vec::new();
    let error = stage
        .client()
        .ticket(WEB, |request| {
            if said.len() < 2 {
                said.push(answer(stage.realm.carry(request)));
            } else {
                said.push(said[1].clone());
            }
            KdcReply::Answer(said.last().unwrap().clone())
        })
        .unwrap_err();
    assert_eq!((error.status(), error.kerberos_code()), (Status::TIME_SKEW, Some(37)), "{error}");
    assert_eq!(said.len(), 3);
}

#[test]
fn a_ticket_is_asked_for_anew_before_it_ends() {
    let stage = Stage::new();
    let client = stage.client();
    let mut asked = 0;
    let first = client.ticket(WEB, stage.carry(&mut asked)).unwrap();
    for clock in [&stage.clock, &stage.kdc_clock] {
        clock.set(at(10 * 3600 - 61));
    }
    assert_eq!(client.ticket(WEB, stage.carry(&mut asked)).unwrap(), first);
    assert_eq!(asked, 3);
    for clock in [&stage.clock, &stage.kdc_clock] {
        clock.set(at(10 * 3600 - 30));
    }
    let second = client.ticket(WEB, stage.carry(&mut asked)).unwrap();
    assert_eq!(asked, 6);
    assert_eq!(second.ends, Some(at(20 * 3600 - 30)));
    // Where nobody can be asked it lasts as long as it lasts, and no longer.
    let tickets = stage.realm.tickets_for("alice", &[WEB]).unwrap();
    let client = stage.tickets(&tickets);
    for (seconds, is_there) in [(20 * 3600 - 31, true), (20 * 3600 - 30, false)] {
        stage.clock.set(at(seconds));
        let got = client.ticket(WEB, |_| panic!("nobody is there"));
        assert_eq!(got.is_ok(), is_there, "{got:?}");
    }
}

#[test]
fn tickets_of_a_cache_are_used_as_they_are() {
    let stage = Stage::new();
    let tickets = stage.realm.tickets_for("alice", &[WEB]).unwrap();
    let tickets = Tickets::from_bytes(tickets.to_bytes().unwrap().expose()).unwrap();
    let client = stage.tickets(&tickets);
    let nobody = |_: &KdcRequest| -> KdcReply { panic!("asked") };
    let ticket = client.ticket(WEB, nobody).unwrap();
    assert_eq!(Some(&ticket), tickets.tickets().last());
    // In the realm that is named, in the form of GSS-API, and not in another case.
    assert!(client.ticket("HTTP/web.example.test@EXAMPLE.TEST", nobody).is_ok());
    assert!(client.ticket("HTTP@web.example.test", nobody).is_ok());
    assert!(stage.get(&client).is_ok());
    let own = client.ticket("krbtgt/EXAMPLE.TEST", nobody).unwrap();
    assert_eq!(Some(&own), tickets.tickets().next());
    // With the ticket-granting ticket it gets others.
    stage.realm.add_service(Service::new("ldap/dc.example.test")).unwrap();
    let mut asked = 0;
    client.ticket("ldap/dc.example.test", stage.carry(&mut asked)).unwrap();
    assert_eq!(asked, 1);
}

#[test]
fn a_forwarded_ticket_and_one_for_a_user_are_got() {
    let stage = Stage::new();
    let client = stage.client();
    let mut asked = 0;
    let forwarded = client.forwarded(WEB, stage.carry(&mut asked)).unwrap();
    assert_eq!(asked, 3);
    assert_eq!(forwarded.server, principal("krbtgt/EXAMPLE.TEST@EXAMPLE.TEST"));
    // FORWARDABLE and FORWARDED, and not INITIAL (RFC 4120 5.3).
    assert_eq!(forwarded.flags & 0x6040_0000, 0x6000_0000);
    assert_eq!(client.tickets().tickets().count(), 1, "it is not for the client");
    // It works for whoever got it.
    let mut handed = Tickets::new(principal("alice@EXAMPLE.TEST"));
    handed.add(forwarded);
    stage.get(&stage.tickets(&handed)).unwrap();

    stage.realm.add_user(user("bob")).unwrap();
    let theirs = stage.realm.tickets_for("bob", &[]).unwrap();
    let granting = theirs.tickets().next().unwrap();
    let bob = principal("bob@EXAMPLE.TEST");
    let got = client.user_to_user(bob.clone(), granting, stage.carry(&mut asked)).unwrap();
    assert_eq!(asked, 4);
    assert_eq!((&got.server, got.is_for_session_key), (&bob, true));
    assert_eq!(got.second_ticket, granting.ticket);
    client.user_to_user(bob.clone(), granting, stage.carry(&mut asked)).unwrap();
    assert_eq!(asked, 4);
    // Not with somebody else's ticket, and not with rubbish.
    let own = client.ticket("krbtgt/EXAMPLE.TEST", stage.carry(&mut asked)).unwrap();
    let error = client.user_to_user(bob.clone(), &own, stage.carry(&mut asked)).unwrap_err();
    assert_eq!((error.status(), error.kerberos_code()), (Status::WRONG_PRINCIPAL, Some(36)));
    let rubbish = anysspi::kerberos::Ticket { ticket: vec![0x61, 0x05], ..own };
    let error = client.user_to_user(bob, &rubbish, stage.carry(&mut asked)).unwrap_err();
    assert_eq!(error.status(), Status::INVALID_TOKEN);
}

#[test]
fn a_ticket_that_may_not_be_forwarded_is_not() {
    let stage = Stage::new();
    let tickets = stage.realm.tickets_for("alice", &[]).unwrap();
    let mut bare = Tickets::new(tickets.client().clone());
    let granting = tickets.tickets().next().unwrap();
    bare.add(anysspi::kerberos::Ticket {
        flags: granting.flags & !0x4000_0000,
        ..granting.clone()
    });
    let client = stage.tickets(&bare);
    let error = client.forwarded(WEB, |request| stage.realm.carry(request)).unwrap_err();
    assert_eq!(error.status(), Status::DELEGATION_POLICY);
}

#[test]
fn another_realm_is_reached_by_name_and_by_referral() {
    let stage = Stage::new();
    let other = Realm::with_surroundings("OTHER.TEST", stage.surroundings.clone()).unwrap();
    other.add_service(Service::new("HTTP/web.other.test")).unwrap();
    stage.realm.trust(&other).unwrap();
    let either = |asked: &mut Vec<String>, request: &KdcRequest| {
        asked.push(request.realm().to_owned());
        if request.realm() == REALM { stage.realm.carry(request) } else { other.carry(request) }
    };
    for name in ["HTTP/web.other.test", "HTTP/web.other.test@OTHER.TEST"] {
        let client = stage.client();
        let mut asked = Vec::new();
        // The form of GSS-API has no realm: it is a host.
        let ticket = client.ticket(name, |request| either(&mut asked, request)).unwrap();
        assert_eq!(asked, [REALM, REALM, REALM, "OTHER.TEST"]);
        assert_eq!(ticket.server, principal("HTTP/web.other.test@OTHER.TEST"));
        assert_eq!(ticket.client, principal("alice@EXAMPLE.TEST"));
        asked.clear();
        client.ticket(name, |request| either(&mut asked, request)).unwrap();
        assert!(asked.is_empty());
        // The way there is known.
        let missing =
            client.ticket("HTTP/missing@OTHER.TEST", |request| either(&mut asked, request));
        assert_eq!(missing.unwrap_err().kerberos_code(), Some(7));
    }
}

#[test]
fn who_logs_on_with_a_whole_name_is_found_in_the_own_realm_and_in_another() {
    let stage = Stage::new();
    let other = Realm::with_surroundings("OTHER.TEST", stage.surroundings.clone()).unwrap();
    other.add_user(user("bob")).unwrap();
    stage.realm.trust(&other).unwrap();
    let enterprise = |name: &str| {
        let name = Principal::enterprise(name, REALM);
        TicketClient::with_password(name, PASSWORD, stage.surroundings.clone())
    };
    for (name, found, realms) in [
        ("alice@example.test", "alice@EXAMPLE.TEST", &[REALM; 3][..]),
        (
            "bob@other.test",
            "bob@OTHER.TEST",
            &[REALM, "OTHER.TEST", "OTHER.TEST", "OTHER.TEST", REALM],
        ),
    ] {
        let mut asked = Vec::new();
        let carry = |request: &KdcRequest| {
            asked.push(request.realm().to_owned());
            if request.realm() == REALM { stage.realm.carry(request) } else { other.carry(request) }
        };
        let ticket = enterprise(name).ticket("HTTP/web.example.test@EXAMPLE.TEST", carry).unwrap();
        assert_eq!(ticket.client, principal(found));
        assert_eq!(asked, realms, "{name}");
    }
    let error = stage.get(&enterprise("carol@far.test")).unwrap_err();
    assert_eq!(error.kerberos_code(), Some(6));
}

#[test]
fn realms_that_refer_to_each_other_are_left() {
    let stage = Stage::new();
    let named = |name| Realm::with_surroundings(name, stage.surroundings.clone()).unwrap();
    let (above, below) = (named("TEST"), named("BELOW.TEST"));
    above.add_user(user("alice")).unwrap();
    above.trust(&below).unwrap();
    let client =
        TicketClient::with_password(principal("alice@TEST"), PASSWORD, stage.surroundings.clone());
    // Each says that the other one knows the service.
    let mut asked = 0;
    let error = client
        .ticket("HTTP/web.below.test", |request| {
            asked += 1;
            if request.realm() == "TEST" { above.carry(request) } else { below.carry(request) }
        })
        .unwrap_err();
    assert_eq!((error.status(), asked), (Status::MAX_REFERRALS_EXCEEDED, 4), "{error}");
    // A realm that nobody trusts is not asked.
    let error = stage
        .client()
        .ticket("HTTP/web@FAR.TEST", |request| stage.realm.carry(request))
        .unwrap_err();
    assert_eq!(error.status(), Status::TARGET_UNKNOWN, "{error}");
}

#[test]
fn names_that_are_changed_on_the_way_are_refused() {
    let stage = Stage::new();
    // Somebody else with the same key, and somebody who looks like the ticket-granting service.
    stage
        .realm
        .add_user(user("mallo").salt("EXAMPLE.TESTalice").without_pre_authentication())
        .unwrap();
    stage.realm.add_service(Service::new("krbtgf/EXAMPLE.TEST")).unwrap();
    for (from, to) in [("alice", "mallo"), ("krbtgt", "krbtgf")] {
        let error = stage
            .client()
            .ticket(WEB, |request| {
                KdcReply::Answer(stage.realm.answer(&replaced(request.message(), from, to)))
            })
            .unwrap_err();
        assert_eq!(error.status(), Status::WRONG_PRINCIPAL, "{from}: {error}");
    }
    // What stands on the outside of a reply.
    let mut leg = 0;
    for (changed_leg, from, to) in [
        (2, "alice", "mallo"),
        (2, "krbtgt", "krbtgf"),
        (2, "EXAMPLE.TEST", "EXAMPLE.TESS"),
        (3, "alice", "mallo"),
        (3, "web", "wab"),
        (3, "EXAMPLE.TEST", "EXAMPLE.TESS"),
    ] {
        leg = 0;
        let error = stage
            .client()
            .ticket(WEB, |request| {
                leg += 1;
                let reply = answer(stage.realm.carry(request));
                let is_changed = leg == changed_leg;
                KdcReply::Answer(if is_changed { replaced(&reply, from, to) } else { reply })
            })
            .unwrap_err();
        assert!(
            [Status::WRONG_PRINCIPAL, Status::MESSAGE_ALTERED].contains(&error.status()),
            "{changed_leg} {from}: {error}"
        );
    }
    assert_eq!(leg, 3);
}

#[test]
fn every_changed_bit_of_a_reply_is_noticed_or_means_nothing() {
    let stage = Stage::new();
    stage.realm.add_user(user("open").without_pre_authentication()).unwrap();
    let tickets = stage.realm.tickets_for("alice", &[]).unwrap();
    for place in (0..700).step_by(3) {
        let flip = |request: &KdcRequest| {
            let mut reply = answer(stage.realm.carry(request));
            if let Some(byte) = reply.get_mut(place) {
                *byte ^= 1 << (place % 8);
            }
            KdcReply::Answer(reply)
        };
        // An AS exchange, then a TGS exchange. Nothing panics; what comes out is for the right one.
        let open = stage.client_of("open", PASSWORD);
        let initial = open.ticket("krbtgt/EXAMPLE.TEST", flip);
        let service = stage.tickets(&tickets).ticket(WEB, flip);
        for ticket in [initial, service].into_iter().flatten() {
            assert!(["open", "alice"].contains(&ticket.client.parts()[0].as_str()));
            assert_eq!(ticket.server.realm(), REALM);
        }
    }
}

#[test]
fn a_reply_that_came_before_is_refused() {
    let stage = Stage::new();
    let mut kept = Vec::new();
    let client = stage.client();
    client
        .ticket(WEB, |request| {
            let reply = answer(stage.realm.carry(request));
            kept.push(reply.clone());
            KdcReply::Answer(reply)
        })
        .unwrap();
    let [_, as_reply, tgs_reply] = &kept[..] else { panic!() };
    for (late_leg, reply) in [(2, as_reply), (3, tgs_reply)] {
        let mut leg = 0;
        let error = stage
            .client()
            .ticket(WEB, |request| {
                leg += 1;
                if leg == late_leg {
                    return KdcReply::Answer(reply.clone());
                }
                stage.realm.carry(request)
            })
            .unwrap_err();
        assert_eq!(error.status(), Status::MESSAGE_ALTERED, "{late_leg}: {error}");
    }
}

#[test]
fn what_is_no_reply_is_refused() {
    let stage = Stage::new();
    let as_reply = {
        stage.realm.add_user(user("open").without_pre_authentication()).unwrap();
        let mut kept = Vec::new();
        let client = stage.client_of("open", PASSWORD);
        client
            .ticket("krbtgt/EXAMPLE.TEST", |request| {
                kept = answer(stage.realm.carry(request));
                KdcReply::Answer(kept.clone())
            })
            .unwrap();
        kept
    };
    let long = vec![0x6B; 200_000];
    let behind = [&as_reply[..], &[0]].concat();
    let deep = [0x30, 0x80].repeat(1000);
    for reply in
        [&[][..], &[0x6B], b"HTTP/1.1 400 Bad Request", &long, &behind, &deep, &[0x7E, 0x00]]
    {
        let error = stage.client().ticket(WEB, |_| KdcReply::Answer(reply.to_vec())).unwrap_err();
        assert_eq!(error.status(), Status::INVALID_TOKEN, "{error}");
    }
    for length in 0..as_reply.len() {
        let reply = as_reply[..length].to_vec();
        let got = stage.client().ticket(WEB, |_| KdcReply::Answer(reply.clone()));
        assert!(got.is_err());
    }
}

#[test]
fn several_ask_at_once() {
    let stage = Stage::new();
    let client = stage.client();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..5 {
                    assert_eq!(stage.get(&client).unwrap().server.realm(), REALM);
                }
            });
        }
    });
    assert_eq!(client.tickets().tickets().count(), 2);
}
