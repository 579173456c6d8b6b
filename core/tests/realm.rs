//! The realm in a box by itself: who can be in it, what it refuses, and how it is served.

use anysspi::kerberos::{EncryptionType, Principal, Ticket, Tickets};
use anysspi::realm::{Realm, Service, User};
use anysspi::testing::{FixedClock, NoEntropy, TicketClient};
use anysspi::{KdcReply, KdcRequest, Status, Surroundings, Time};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

const REALM: &str = "EXAMPLE.TEST";
const WEB: &str = "HTTP/web.example.test";
const START: u64 = 1_700_000_000;

fn user(name: &str) -> User {
    User::new(name, "Passw0rd!").encryption_types(&[EncryptionType::AES128_SHA1])
}

fn realm() -> (Realm, FixedClock) {
    let clock = FixedClock::at(Time::from_unix_seconds(START));
    let surroundings = Surroundings::system().with_clock(clock.clone());
    let realm = Realm::with_surroundings(REALM, surroundings).unwrap();
    realm.add_user(user("alice")).unwrap();
    realm.add_service(Service::new(WEB)).unwrap();
    (realm, clock)
}

fn client(tickets: &Tickets, clock: &FixedClock) -> TicketClient {
    TicketClient::with_tickets(tickets, Surroundings::system().with_clock(clock.clone()))
}

/// error-code of a KRB-ERROR, behind the tag of its field: [6] INTEGER.
fn error_code(message: &[u8]) -> Option<u8> {
    let is_error = message.first() == Some(&0x7E);
    let field = message.windows(4).find(|bytes| bytes[..4] == [0xA6, 3, 2, 1]);
    let at = field.map(|field| field.as_ptr() as usize - message.as_ptr() as usize + 4)?;
    is_error.then(|| message[at])
}

#[test]
fn who_cannot_be_in_it_is_refused() {
    for name in ["", "A B", "A/B", "A@B", "A:B", "\u{e4}"] {
        assert_eq!(Realm::new(name).unwrap_err().status(), Status::INVALID_PARAMETER, "{name}");
    }
    let no_entropy = Surroundings::system().with_entropy(NoEntropy);
    assert!(Realm::with_surroundings(REALM, no_entropy).is_err());
    let (realm, _) = realm();
    for name in ["krbtgt/EXAMPLE.TEST", "krbtgt/OTHER.TEST", "alice@OTHER.TEST"] {
        assert!(realm.add_user(User::new(name, "secret")).is_err(), "{name}");
    }
    assert!(realm.add_user(User::new("bob", "secret").encryption_types(&[])).is_err());
    let des = [EncryptionType(3)];
    assert!(realm.add_user(User::new("bob", "secret").encryption_types(&des)).is_err());
    assert!(realm.add_service(Service::new("HTTP/")).is_err());
    assert!(realm.add_service(Service::new("HTTP/a").encryption_types(&des)).is_err());
    assert!(realm.trust(&realm.clone()).is_err());
    assert_eq!(realm.keytab(&["nobody"]).unwrap_err().status(), Status::TARGET_UNKNOWN);
    assert!(realm.keytab(&["alice@OTHER.TEST"]).is_err());
    assert!(realm.tickets_for("nobody", &[]).is_err());
    assert!(realm.tickets_for("alice", &["HTTP/nowhere"]).is_err());
    assert_eq!(format!("{realm:?}"), r#"Realm("EXAMPLE.TEST")"#);
}

#[test]
fn what_comes_out_holds_the_keys_that_are_in_it() {
    let (realm, _) = realm();
    let types = [EncryptionType::RC4, EncryptionType::AES256_SHA2];
    let service = Service::new("ldap/dc").encryption_types(&types).version(300);
    realm.add_service(service).unwrap();
    let table = realm.keytab(&["alice", "ldap/dc"]).unwrap();
    let listed: Vec<_> = table
        .entries()
        .iter()
        .map(|entry| (entry.principal.to_string(), entry.version, entry.key.encryption_type()))
        .collect();
    let dc = || "ldap/dc@EXAMPLE.TEST".to_owned();
    assert_eq!(
        listed,
        [
            ("alice@EXAMPLE.TEST".to_owned(), 1, EncryptionType::AES128_SHA1),
            (dc(), 300, EncryptionType::RC4),
            (dc(), 300, EncryptionType::AES256_SHA2),
        ]
    );
    // New keys take the place of the old ones.
    realm.add_service(Service::new("ldap/dc").encryption_types(&types)).unwrap();
    let again = realm.keytab(&["ldap/dc"]).unwrap();
    assert_ne!(again.entries()[0].key, table.entries()[1].key);
    let parts = realm.domain_sid().parts().to_vec();
    assert_eq!((parts[0], parts.len()), (21, 4));
    assert_ne!(Realm::new("A").unwrap().domain_sid(), Realm::new("A").unwrap().domain_sid());
}

#[test]
fn a_ticket_is_forwarded_to_a_service_that_knows_nothing_but_rc4() {
    let (realm, clock) = realm();
    let (rc4, aes) = (EncryptionType::RC4, EncryptionType::AES256_SHA1);
    realm.add_service(Service::new("old/web").encryption_types(&[rc4])).unwrap();
    realm.add_user(User::new("bob", "Passw0rd!").encryption_types(&[aes, rc4])).unwrap();
    let forwarded = |name: &str| {
        let client = client(&realm.tickets_for(name, &[]).unwrap(), &clock).taking(&[aes, rc4]);
        let old = client.ticket("old/web", |request| realm.carry(request)).unwrap();
        assert_eq!(old.key.encryption_type(), rc4);
        client.forwarded("old/web", |request| realm.carry(request))
    };
    assert_eq!(forwarded("bob").unwrap().key.encryption_type(), rc4);
    // Whose keys are all of AES gets no ticket-granting ticket with a weaker one.
    assert_eq!(forwarded("alice").unwrap_err().kerberos_code(), Some(14));
}

#[test]
fn a_ticket_that_is_not_good_gets_no_other() {
    let (realm, clock) = realm();
    let tickets = realm.tickets_for("alice", &[WEB]).unwrap();
    let [granting, web] = &tickets.tickets().collect::<Vec<_>>()[..] else { panic!() };
    realm.add_service(Service::new("ldap/dc")).unwrap();
    let get = |granting: Ticket| {
        let mut tickets = Tickets::new("alice@EXAMPLE.TEST".parse().unwrap());
        tickets.add(granting);
        client(&tickets, &clock).ticket("ldap/dc", |request| realm.carry(request))
    };
    assert!(get(Ticket::clone(granting)).is_ok());

    // Another session key, another ticket's bytes, another client, and one altered bit.
    let other_key = Ticket { key: web.key.clone(), ..Ticket::clone(granting) };
    assert_eq!(get(other_key).unwrap_err().kerberos_code(), Some(31));
    let not_granting = Ticket { ticket: web.ticket.clone(), ..Ticket::clone(granting) };
    assert_eq!(get(not_granting).unwrap_err().kerberos_code(), Some(35));
    let mut altered = Ticket::clone(granting);
    *altered.ticket.last_mut().unwrap() ^= 1;
    assert_eq!(get(altered).unwrap_err().kerberos_code(), Some(31));
    realm.add_user(user("bob")).unwrap();
    let theirs = realm.tickets_for("bob", &[]).unwrap();
    let theirs = theirs.tickets().next().unwrap();
    let mallory = Ticket { client: granting.client.clone(), ..theirs.clone() };
    assert_eq!(get(mallory).unwrap_err().kerberos_code(), Some(36));
    // Of another realm with the same name.
    let stranger = Realm::new(REALM).unwrap();
    stranger.add_user(user("alice")).unwrap();
    let foreign = stranger.tickets_for("alice", &[]).unwrap();
    let mut foreign = foreign.tickets().next().unwrap().clone();
    (foreign.starts, foreign.ends) = (granting.starts, granting.ends);
    assert_eq!(get(foreign).unwrap_err().kerberos_code(), Some(31));
    // One that has expired, though the client thinks otherwise.
    let later = Time::from_unix_seconds(START + 10 * 3600);
    clock.set(later);
    let longer =
        Ticket { ends: Some(later.after(Duration::from_secs(3600))), ..Ticket::clone(granting) };
    let error = get(longer).unwrap_err();
    assert_eq!((error.status(), error.kerberos_code()), (Status::CONTEXT_EXPIRED, Some(32)));
}

#[test]
fn a_request_that_is_changed_on_its_way_gets_nothing() {
    let (realm, clock) = realm();
    let tickets = realm.tickets_for("alice", &[]).unwrap();
    let kept = std::cell::RefCell::new(Vec::new());
    client(&tickets, &clock)
        .ticket(WEB, |request: &KdcRequest| {
            kept.replace(request.message().to_vec());
            realm.carry(request)
        })
        .unwrap();
    let request = kept.into_inner();
    assert_eq!(realm.answer(&request)[0], 0x6D);
    // Whatever bit it is: nothing panics, and what is not an error could be read as it was meant.
    let mut refused = 0;
    for place in 0..request.len() {
        let mut changed = request.clone();
        changed[place] ^= 1 << (place % 8);
        let reply = realm.answer(&changed);
        assert!([0x7E, 0x6D].contains(&reply[0]), "{place}");
        refused += usize::from(reply[0] == 0x7E);
        assert_eq!(realm.answer(&request[..place])[0], 0x7E);
    }
    // Only the key version and name types of the outer ticket may be anything.
    assert!(request.len() - refused < 12, "{} of {}", request.len() - refused, request.len());
    // The name of the service is under the checksum.
    let at = request.windows(3).position(|bytes| bytes == b"web").unwrap();
    let mut changed = request.clone();
    changed[at..at + 3].copy_from_slice(b"wab");
    assert_eq!(error_code(&realm.answer(&changed)), Some(41));
}

#[test]
fn rubbish_gets_an_error_of_the_protocol() {
    let (realm, _) = realm();
    let long = vec![0x6A; 70_000];
    for request in [&[][..], b"GET / HTTP/1.1", &[0x6A], &[0x6C, 0], &[0x6B, 2, 0x30, 0], &long] {
        assert_eq!(realm.answer(request).first(), Some(&0x7E));
    }
    let elsewhere = KdcRequest::new("OTHER.TEST", Vec::new());
    let KdcReply::Unreachable(error) = realm.carry(&elsewhere) else { panic!() };
    assert_eq!(error.status(), Status::NO_AUTHENTICATING_AUTHORITY);
}

#[expect(clippy::disallowed_methods, reason = "the test is a client of the socket")]
fn connect(address: SocketAddr) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    Ok(stream)
}

fn over_tcp(stream: &mut TcpStream, request: &[u8]) -> Vec<u8> {
    let length = u32::try_from(request.len()).unwrap().to_be_bytes();
    stream.write_all(&[&length, request].concat()).unwrap();
    let mut length = [0; 4];
    stream.read_exact(&mut length).unwrap();
    let mut reply = vec![0; u32::from_be_bytes(length) as usize];
    stream.read_exact(&mut reply).unwrap();
    reply
}

#[expect(clippy::disallowed_methods, reason = "the test is a client of the socket")]
fn over_udp(address: SocketAddr, request: &[u8]) -> Vec<u8> {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    socket.send_to(request, address).unwrap();
    let mut reply = vec![0; 65_536];
    let (length, from) = socket.recv_from(&mut reply).unwrap();
    assert_eq!(from, address);
    reply.truncate(length);
    reply
}

#[test]
fn it_is_served_over_tcp_and_udp_until_it_is_dropped() {
    let realm = Realm::new(REALM).unwrap();
    let groups: Vec<u32> = (2000..2500).collect();
    realm.add_user(user("alice").groups(&groups)).unwrap();
    realm.add_user(user("bob")).unwrap();
    realm.add_service(Service::new(WEB)).unwrap();
    let serving = realm.serve().unwrap();
    let address = serving.address();
    assert!(address.ip().is_loopback() && address.port() != 0);
    assert!(serving.krb5_conf().contains(&format!("kdc = {address}")));

    let client = |name: &str| {
        let name: Principal = format!("{name}@{REALM}").parse().unwrap();
        TicketClient::with_password(name, "Passw0rd!", Surroundings::system())
    };
    // Everything over one connection.
    let mut stream = connect(address).unwrap();
    let carried = |request: &KdcRequest| KdcReply::Answer(over_tcp(&mut stream, request.message()));
    client("alice").ticket(WEB, carried).unwrap();
    let datagram = |request: &KdcRequest| KdcReply::Answer(over_udp(address, request.message()));
    client("bob").ticket(WEB, datagram).unwrap();
    // What is too long for UDP has to be asked for over TCP.
    let error = client("alice").ticket(WEB, datagram).unwrap_err();
    assert_eq!(error.kerberos_code(), Some(52));

    // Whoever sends nothing, too much or half of it holds up nobody.
    let _silent = connect(address).unwrap();
    let mut half = connect(address).unwrap();
    half.write_all(&[0, 0, 1, 0, 0x6A]).unwrap();
    let mut much = connect(address).unwrap();
    much.write_all(&[0xFF; 4]).unwrap();
    let mut reply = Vec::new();
    much.read_to_end(&mut reply).unwrap();
    assert_eq!(reply[4], 0x7E);
    assert_eq!(over_tcp(&mut connect(address).unwrap(), b"?")[0], 0x7E);
    assert_eq!(over_udp(address, b"?")[0], 0x7E);
    for _ in 0..100 {
        drop(connect(address).unwrap());
    }
    assert_eq!(over_udp(address, b"?")[0], 0x7E);

    drop(serving);
    assert!(connect(address).is_err());
    // Another one can be served, and the realm is the same.
    let again = realm.serve().unwrap();
    let mut stream = connect(again.address()).unwrap();
    let carried = |request: &KdcRequest| KdcReply::Answer(over_tcp(&mut stream, request.message()));
    client("bob").ticket(WEB, carried).unwrap();
}
