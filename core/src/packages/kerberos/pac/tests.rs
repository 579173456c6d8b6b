//! PACs of Windows with the keys they are signed with, and what is refused.

use super::*;
use crate::kerberos::key_usage::KeyUsage;
use crate::kerberos::vectors::{hex, read as vectors};
use crate::kerberos::{EncryptionType, Principal};
use crate::packages::kerberos::messages::{
    Application, EncryptedTicketPart, EncryptionKey, Flags, KerberosTime, PrincipalName, Text,
    Ticket, TicketFields, TransitedEncoding, write,
};
use crate::time::Time;
use serde_json::Value;
use signatures::Signature;

fn vector(name: &str) -> Value {
    vectors("pac.json").into_iter().find(|one| one["name"] == name).unwrap()
}

fn key(value: &Value) -> Key {
    let encryption_type = EncryptionType::from_name(value["encryption_type"].as_str().unwrap());
    Key::new(encryption_type.unwrap(), &*hex(&value["key"])).unwrap()
}

fn sid(text: &str) -> Sid {
    text.parse().unwrap()
}

/// Checks what only a KDC can check: its own signature over the service's, and those over the ticket
/// and over the whole PAC.
fn verify_kdc(pac: &Pac<'_>, key: &Key, ticket: Option<&[u8]>) {
    let [server, kdc] =
        [BufferKind::SERVER_SIGNATURE, BufferKind::KDC_SIGNATURE].map(|kind| pac.signature(kind));
    kdc.unwrap().verify(key, server.unwrap().checksum).unwrap();
    let Some(ticket) = ticket else { return };
    pac.signature(BufferKind::TICKET_SIGNATURE).unwrap().verify(key, ticket).unwrap();
    let signed =
        [BufferKind::SERVER_SIGNATURE, BufferKind::KDC_SIGNATURE, BufferKind::FULL_SIGNATURE];
    let full = pac.signature(BufferKind::FULL_SIGNATURE).unwrap();
    full.verify(key, &pac.without(&signed)).unwrap();
}

/// The encoding of a ticket that a KDC signs: one zero in the place of its PAC.
fn without_pac(part: &TicketPart<'_>) -> Vec<u8> {
    let inner =
        write(&vec![Typed { number: 128, bytes: OctetStringRef::new(&[0]).unwrap() }]).unwrap();
    let mut data = part.authorization_data.clone().unwrap();
    data[0] = Typed { number: 1, bytes: OctetStringRef::new(&inner).unwrap() };
    let part: EncryptedTicketPart<'_> =
        Application(TicketPart { authorization_data: Some(data), ..part.clone() });
    write(&part).unwrap()
}

#[test]
fn every_signed_pac_of_the_vectors_is_verified_with_its_key_alone() {
    for name in [
        "saved_pac",
        "s4u_pac_regular",
        "s4u_pac_enterprise",
        "s4u_pac_xrealm",
        "s4u_pac_ent_xrealm",
    ] {
        let vector = vector(name);
        let bytes = hex(&vector["pac"]);
        let pac = Pac::read(&bytes).unwrap();
        let key = key(&vector["server_key"]);
        pac.verify_server(&key).unwrap();
        let client = pac.client_information().unwrap().unwrap();
        assert_eq!(client.authenticated.unix_seconds(), vector["authtime"].as_u64().unwrap());
        let principal: Principal = vector["client"].as_str().unwrap().parse().unwrap();
        let mut expected = principal.parts().join("/");
        if vector["with_realm"] == true {
            expected = format!("{expected}@{}", principal.realm());
        }
        assert_eq!(client.name, expected);

        let mut other = key.bytes().expose().to_vec();
        other[0] ^= 1;
        let other = Key::new(key.encryption_type(), &*other).unwrap();
        let error = pac.verify_server(&other).unwrap_err();
        assert_eq!(error.status(), Status::MESSAGE_ALTERED);
        assert_eq!(error.code(), Some(ProtocolCode::Kerberos(41)));
    }
    let vector = vector("saved_pac");
    let bytes = hex(&vector["pac"]);
    verify_kdc(&Pac::read(&bytes).unwrap(), &key(&vector["kdc_key"]), None);
}

#[test]
fn no_byte_of_a_signed_pac_can_be_changed() {
    let vector = vector("s4u_pac_regular");
    let (bytes, key) = (hex(&vector["pac"]), key(&vector["server_key"]));
    let pac = Pac::read(&bytes).unwrap();
    // Of the KDC's own signature the service cannot see whether it is right.
    let [kdc] =
        pac.buffers.iter().filter(|one| one.kind == BufferKind::KDC_SIGNATURE).collect::<Vec<_>>()
            [..]
    else {
        panic!("one signature of the KDC");
    };
    let unseen = kdc.offset + 4..kdc.offset + kdc.bytes.len();
    for at in (0..bytes.len()).filter(|at| !unseen.contains(at)) {
        let mut altered = bytes.clone();
        altered[at] ^= 0x40;
        let verified = Pac::read(&altered).and_then(|pac| pac.verify_server(&key));
        assert!(verified.is_err(), "byte {at}");
    }
}

#[test]
fn a_ticket_of_windows_tells_who_its_client_is() {
    let vector = vector("w2022_ticket");
    let bytes = hex(&vector["ticket"]);
    let ticket = read::<Ticket<'_>>(&bytes, "ticket").unwrap().0;
    let server: Principal = vector["server"].as_str().unwrap().parse().unwrap();
    assert_eq!(ticket.server.in_realm(ticket.realm), server);
    let TicketFields { encrypted, .. } = &ticket;
    let key = key(&vector["server_key"]);
    let opened = key.decrypt(KeyUsage::TICKET, encrypted.cipher.as_bytes()).unwrap();
    let part = read::<EncryptedTicketPart<'_>>(&opened, "ticket").unwrap();
    assert_eq!(write(&part).unwrap(), *opened);
    let part = part.0;

    let peer = check(&part, &key, PacPolicy::Always).unwrap();
    let expected: Principal = vector["client"].as_str().unwrap().parse().unwrap();
    assert!(peer.user.eq_ignore_ascii_case(&expected.parts()[0]), "{peer:?}");
    assert_eq!((peer.realm.as_str(), peer.has_pac), ("W2022-L7.BASE", true));
    assert_eq!(peer.upn.as_deref(), Some("Administrator@w2022-l7.base"));
    assert_eq!(peer.dns_domain.as_deref(), Some("W2022-L7.BASE"));
    assert_eq!(peer.domain.as_deref(), Some("W2022-L7"));
    assert_eq!(peer.account.as_deref(), Some("Administrator"));
    let user = peer.sid.clone().unwrap();
    assert_eq!(user.relative_id(), Some(500));
    let domain_users = user.domain().unwrap().with(513).unwrap();
    assert_eq!(peer.primary_group.as_ref(), Some(&domain_users));
    assert!(peer.is_member_of(&domain_users) && peer.is_member_of(&user));
    assert!(peer.has_ticket_signature && peer.has_full_signature);
    // S-1-18-1: the domain itself asked for the password.
    assert!(peer.is_member_of(&sid("S-1-18-1")), "{peer:?}");

    let pac = find(part.authorization_data.as_deref().unwrap()).unwrap().unwrap();
    let pac = Pac::read(pac).unwrap();
    verify_kdc(&pac, &super::tests::key(&vector["kdc_key"]), Some(&without_pac(&part)));

    // Every one of these makes it another's, or nobody's.
    let refused = |part: &TicketPart<'_>, key: &Key| {
        check(part, key, PacPolicy::WhenPresent).unwrap_err().status()
    };
    let later = KerberosTime(Time::from_unix_seconds(part.authenticated.0.unix_seconds() + 1));
    let other_time = TicketPart { authenticated: later, ..part.clone() };
    assert_eq!(refused(&other_time, &key), Status::MESSAGE_ALTERED);
    let mallory = PrincipalName { name_type: 1, parts: vec![Text("mallory")] };
    let other_name = TicketPart { client: mallory, ..part.clone() };
    assert_eq!(refused(&other_name, &key), Status::MESSAGE_ALTERED);
    let weak = Key::new(EncryptionType::RC4, &key.bytes().expose()[..16]).unwrap();
    assert_eq!(refused(&part, &weak), Status::MESSAGE_ALTERED);
    let twice = part.authorization_data.clone().unwrap();
    let twice = [&twice[..], &twice].concat();
    let twice = TicketPart { authorization_data: Some(twice), ..part.clone() };
    assert_eq!(refused(&twice, &key), Status::MESSAGE_ALTERED);

    let without = TicketPart { authorization_data: None, ..part.clone() };
    let named = check(&without, &key, PacPolicy::WhenPresent).unwrap();
    assert_eq!((named.user, named.has_pac, named.sid), (peer.user, false, None));
    let error = check(&without, &key, PacPolicy::Always).unwrap_err();
    assert_eq!(error.status(), Status::LOGON_DENIED);
    assert!(!check(&other_name, &key, PacPolicy::Never).unwrap().has_pac);
}

#[test]
fn a_pac_says_what_windows_put_in_it() {
    let bytes = hex(&vector("saved_pac")["pac"]);
    let logon = Pac::read(&bytes).unwrap().logon_information().unwrap().unwrap();
    assert_eq!(logon.account, "W2003FINAL$");
    assert_eq!((logon.logon_server.as_str(), logon.domain.as_str()), ("W2003FINAL", "WIN2K3THINK"));
    let domain = sid("S-1-5-21-3048156945-3961193616-3706469200");
    assert_eq!(logon.domain_sid.as_ref(), Some(&domain));
    assert_eq!((logon.user_id, logon.primary_group_id), (1005, 516));
    assert_eq!(logon.groups, [Membership { relative_id: 516, attributes: 7 }]);
    assert_eq!(logon.extra, [Group::new(sid("S-1-5-9"), 7)]);
    assert_eq!(logon.user_sid(), domain.with(1005).ok());
    // The same again, written here.
    assert_eq!(LogonInformation::read(&logon.write()), Ok(logon));

    let bytes = hex(&vector("s4u_pac_regular")["pac"]);
    let names = Pac::read(&bytes).unwrap().upn_dns_information().unwrap().unwrap();
    assert_eq!((names.upn.as_str(), names.dns_domain.as_str()), ("w2k8u@abc", "ACME.COM"));
    assert_eq!((names.was_made, names.account), (false, None));
}

#[test]
fn damaged_pacs_are_refused() {
    for name in ["fuzz1", "fuzz2"] {
        assert!(Pac::read(&hex(&vector(name)["pac"])).is_err(), "{name}");
    }
    let bytes = hex(&vector("saved_pac")["pac"]);
    let header = 8 + 4 * 16;
    for end in 0..bytes.len() {
        // The last four bytes fill it up.
        assert_eq!(Pac::read(&bytes[..end]).is_ok(), end >= bytes.len() - 4, "{end}");
    }
    for (at, value) in [
        (0, 65_u32.to_le_bytes()),
        (0, u32::MAX.to_le_bytes()),
        (4, 1_u32.to_le_bytes()),
        // The second buffer is the first again.
        (8 + 16, 1_u32.to_le_bytes()),
        // The length and the offset of the first one.
        (12, u32::MAX.to_le_bytes()),
        (16, u32::MAX.to_le_bytes()),
        (20, u32::MAX.to_le_bytes()),
        (16, 76_u32.to_le_bytes()),
        (16, 0_u32.to_le_bytes()),
    ] {
        let mut wrong = bytes.clone();
        wrong[at..at + 4].copy_from_slice(&value);
        let error = Pac::read(&wrong).unwrap_err();
        assert_eq!(error.status(), Status::INVALID_TOKEN, "{at}");
    }
    // No cut of a buffer is read as anything.
    let logon = Pac::read(&bytes).unwrap().buffer(BufferKind::LOGON_INFORMATION).unwrap();
    assert!((0..logon.len()).all(|end| LogonInformation::read(&logon[..end]).is_err()));
    let mut wrong = bytes.clone();
    wrong[header + 16] = 0;
    wrong[header + 18] = 0;
    assert!(Pac::read(&wrong).unwrap().logon_information().is_err());
}

#[test]
fn a_signature_has_a_known_type_and_its_length() {
    let read = |kind: i32, length: usize| {
        Signature::read(&[&kind.to_le_bytes()[..], &vec![1; length]].concat())
            .map(|signature| signature.checksum.len())
    };
    assert_eq!(read(-138, 16).unwrap(), 16);
    assert_eq!(read(16, 12).unwrap(), 12);
    // Behind it the number of a read-only domain controller.
    assert_eq!(read(15, 14).unwrap(), 12);
    assert_eq!(read(20, 24).unwrap(), 24);
    for (kind, length) in
        [(-138, 15), (16, 11), (19, 15), (20, 23), (1, 16), (7, 16), (14, 20), (0, 64)]
    {
        assert!(read(kind, length).is_err(), "{kind} {length}");
    }
    assert!(Signature::read(&[]).is_err());
}

#[test]
fn a_pac_lies_where_it_belongs() {
    fn octets(bytes: &[u8]) -> &OctetStringRef {
        OctetStringRef::new(bytes).unwrap()
    }
    let pac = Typed { number: 128, bytes: octets(b"pac") };
    let wrapped =
        |bytes: Vec<u8>| write(&vec![Typed { number: 1, bytes: octets(&bytes) }]).unwrap();
    let mut nested = write(&vec![pac]).unwrap();
    for depth in 0..6 {
        let data = [Typed { number: 1, bytes: octets(&nested) }];
        match find(&data) {
            Ok(found) => assert!(depth < DEEPEST && found == Some(b"pac"), "{depth}"),
            Err(error) => assert!(depth >= DEEPEST && error.status() == Status::INVALID_TOKEN),
        }
        nested = wrapped(nested);
    }
    assert_eq!(find(&[pac]).unwrap(), Some(&b"pac"[..]));
    assert_eq!(find(&[Typed { number: 64, ..pac }]).unwrap(), None);
    assert!(find(&[pac, pac]).is_err());
    assert!(find(&[Typed { number: 1, bytes: octets(b"\x30\x01") }]).is_err());
}

/// A ticket and a PAC for it.
fn sample() -> (TicketPart<'static>, PacContents) {
    let octets = |bytes| OctetStringRef::new(bytes).unwrap();
    let time = KerberosTime(Time::from_unix_seconds(1_700_000_000));
    let part = TicketPart {
        flags: Flags(0x4080_0000),
        key: EncryptionKey { encryption_type: 18, bytes: octets(&[7; 32]) },
        client_realm: Text("EXAMPLE.COM"),
        client: PrincipalName { name_type: 1, parts: vec![Text("alice")] },
        transited: TransitedEncoding { kind: 1, contents: octets(b"") },
        authenticated: time,
        starts: None,
        ends: time,
        renewable_until: None,
        addresses: None,
        authorization_data: Some(vec![Typed { number: 1, bytes: octets(b"\x30\x00") }]),
    };
    let domain = sid("S-1-5-21-1-2-3");
    let contents = PacContents {
        logon: LogonInformation {
            logon_time: time.0,
            account: "alice".into(),
            full_name: "Älice".into(),
            logon_server: "KDC".into(),
            domain: "EXAMPLE".into(),
            domain_sid: Some(domain.clone()),
            user_id: 1000,
            primary_group_id: 513,
            groups: vec![
                Membership { relative_id: 513, attributes: 7 },
                Membership { relative_id: 512, attributes: 7 },
            ],
            extra: vec![Group::new(sid("S-1-18-1"), 7), Group::new(sid("S-1-5-21-7-8-9-1"), 7)],
            resource_domain_sid: Some(sid("S-1-5-21-4-5-6")),
            resource_groups: vec![Membership { relative_id: 1, attributes: 0x2000_0007 }],
            account_control: 0x10,
        },
        names: UpnDnsInformation {
            upn: "alice@example.com".into(),
            dns_domain: "EXAMPLE.COM".into(),
            was_made: true,
            account: Some(("alice".into(), domain.with(1000).unwrap())),
        },
        attributes: PacAttributes::WAS_REQUESTED,
    };
    (part, contents)
}

#[test]
fn what_is_signed_here_is_verified_here() {
    let types = [
        (EncryptionType::AES128_SHA1, 16),
        (EncryptionType::AES256_SHA1, 32),
        (EncryptionType::AES128_SHA2, 16),
        (EncryptionType::AES256_SHA2, 32),
        (EncryptionType::RC4, 16),
    ];
    let (part, contents) = sample();
    for (encryption_type, length) in types {
        let server_key = Key::new(encryption_type, &*vec![1; length]).unwrap();
        let kdc_key = Key::new(EncryptionType::AES256_SHA1, &[2; 32][..]).unwrap();
        for is_ticket_granting in [false, true] {
            let written =
                contents.write_ticket(&part, &server_key, &kdc_key, is_ticket_granting).unwrap();
            let ticket = read::<EncryptedTicketPart<'_>>(&written, "ticket").unwrap().0;
            let peer = check(&ticket, &server_key, PacPolicy::Always).unwrap();
            let user = sid("S-1-5-21-1-2-3-1000");
            assert_eq!((peer.user.as_str(), peer.realm.as_str()), ("alice", "EXAMPLE.COM"));
            assert_eq!(peer.sid.as_ref(), Some(&user));
            assert_eq!(peer.full_name.as_deref(), Some("Älice"));
            assert_eq!(peer.upn.as_deref(), Some("alice@example.com"));
            let groups: Vec<String> = peer.all_groups().map(|one| one.sid.to_string()).collect();
            assert_eq!(
                groups,
                [
                    "S-1-5-21-1-2-3-513",
                    "S-1-5-21-1-2-3-512",
                    "S-1-5-21-4-5-6-1",
                    "S-1-18-1",
                    "S-1-5-21-7-8-9-1",
                ]
            );
            let data = ticket.authorization_data.as_deref().unwrap();
            assert_eq!(data.len(), 2);
            let pac = Pac::read(find(data).unwrap().unwrap()).unwrap();
            assert_eq!(pac.requestor().unwrap(), is_ticket_granting.then_some(user));
            // Two bits, of which the first is set: PAC_WAS_REQUESTED ([MS-PAC] 2.14).
            let attributes = is_ticket_granting.then_some(&[2, 0, 0, 0, 1, 0, 0, 0][..]);
            assert_eq!(pac.buffer(BufferKind::ATTRIBUTES), attributes);
            let signed = without_pac(&ticket);
            verify_kdc(&pac, &kdc_key, (!is_ticket_granting).then_some(&signed));
            assert!(check(&ticket, &kdc_key, PacPolicy::WhenPresent).is_err());
        }
    }
}

#[test]
fn a_pac_that_names_two_users_is_refused() {
    let key = Key::new(EncryptionType::AES256_SHA1, &[1; 32][..]).unwrap();
    let (part, contents) = sample();
    let mut two = contents.clone();
    two.names.account = Some(("mallory".into(), sid("S-1-5-21-1-2-3-1001")));
    let written = two.write_ticket(&part, &key, &key, false).unwrap();
    let ticket = read::<EncryptedTicketPart<'_>>(&written, "ticket").unwrap().0;
    let error = check(&ticket, &key, PacPolicy::WhenPresent).unwrap_err();
    assert_eq!(error.status(), Status::MESSAGE_ALTERED);

    // A user of another domain has no number and is the first of the extra identifiers.
    let mut foreign = contents;
    foreign.logon.user_id = 0;
    foreign.names.account = None;
    let written = foreign.write_ticket(&part, &key, &key, true).unwrap();
    let ticket = read::<EncryptedTicketPart<'_>>(&written, "ticket").unwrap().0;
    let peer = check(&ticket, &key, PacPolicy::WhenPresent).unwrap();
    assert_eq!(peer.sid, Some(sid("S-1-18-1")));
}

#[test]
fn what_a_kdc_says_besides_is_told() {
    let key = Key::new(EncryptionType::AES256_SHA1, &[1; 32][..]).unwrap();
    let (part, mut contents) = sample();
    let told = |contents: &PacContents, is_ticket_granting| {
        let written = contents.write_ticket(&part, &key, &key, is_ticket_granting).unwrap();
        let ticket = read::<EncryptedTicketPart<'_>>(&written, "ticket").unwrap().0;
        let peer = check(&ticket, &key, PacPolicy::Always).unwrap();
        let again = PacContents::of(&ticket, &key).unwrap().unwrap();
        (peer, again.attributes)
    };
    for (attributes, asked) in [
        (PacAttributes::WAS_REQUESTED, true),
        (PacAttributes::WAS_GIVEN, false),
        (PacAttributes::empty(), false),
    ] {
        contents.attributes = attributes;
        let (peer, again) = told(&contents, true);
        assert_eq!((peer.asked_for_pac, again), (Some(asked), attributes));
        assert!(!peer.has_ticket_signature && !peer.has_full_signature);
    }
    let (peer, again) = told(&contents, false);
    assert_eq!((peer.asked_for_pac, again), (None, PacAttributes::WAS_GIVEN));
    assert!(peer.has_ticket_signature && peer.has_full_signature);
    assert_eq!((peer.claims, peer.device, peer.device_claims), (None, None, None));
}

/// A PAC out of buffers, signed with the key by both.
fn signed(mut buffers: Vec<(u32, Vec<u8>)>, key: &Key) -> Vec<u8> {
    let room = [&key.checksum_type().unwrap().to_le_bytes()[..], &[0; 12]].concat();
    buffers.extend([(6, room.clone()), (7, room)]);
    let mut bytes = [u32::try_from(buffers.len()).unwrap().to_le_bytes(), [0; 4]].concat();
    let mut offset = bytes.len() + 16 * buffers.len();
    let mut content = Vec::new();
    for (kind, buffer) in &buffers {
        bytes.extend(kind.to_le_bytes());
        bytes.extend(u32::try_from(buffer.len()).unwrap().to_le_bytes());
        bytes.extend(u64::try_from(offset).unwrap().to_le_bytes());
        content.extend_from_slice(buffer);
        content.resize(content.len().next_multiple_of(8), 0);
        offset = 8 + 16 * buffers.len() + content.len();
    }
    bytes.extend(content);
    let checksum = key.checksum(KeyUsage::PAC_SIGNATURE, &[&bytes]).unwrap();
    let pac = Pac::read(&bytes).unwrap();
    let of_server = |buffer: &&Buffer<'_>| buffer.kind == BufferKind::SERVER_SIGNATURE;
    let start = pac.buffers.iter().find(of_server).unwrap().offset + 4;
    bytes[start..start + 12].copy_from_slice(&checksum);
    bytes
}

#[test]
fn claims_are_handed_on_as_they_are_and_what_is_damaged_is_refused() {
    let key = Key::new(EncryptionType::AES256_SHA1, &[1; 32][..]).unwrap();
    let client = ClientInformation {
        authenticated: Time::from_unix_seconds(1_700_000_000),
        name: "alice".into(),
    };
    let told = |more: &[(u32, Vec<u8>)]| {
        let buffers = [&[(10, client.write())][..], more].concat();
        let mut peer = Peer::named(String::new(), String::new());
        let bytes = signed(buffers, &key);
        let pac = Pac::read(&bytes)?;
        pac.verify_server(&key)?;
        pac.tell(&mut peer).map(|()| peer)
    };
    // Of a kind that is not known too.
    let peer = told(&[
        (13, b"claims".to_vec()),
        (14, vec![]),
        (15, b"claims of the device".to_vec()),
        (77, b"?".to_vec()),
    ])
    .unwrap();
    assert_eq!(peer.claims.as_deref(), Some(&b"claims"[..]));
    assert_eq!(peer.device.as_deref(), Some(&b""[..]));
    assert_eq!(peer.device_claims.as_deref(), Some(&b"claims of the device"[..]));
    assert_eq!((peer.has_pac, peer.sid, peer.asked_for_pac), (true, None, None));

    let signature = |kind: i32, length: usize| [&kind.to_le_bytes()[..], &vec![0; length]].concat();
    assert!(told(&[(16, signature(16, 12)), (19, signature(16, 12))]).unwrap().has_full_signature);
    for (kind, bytes, status) in [
        (16, signature(16, 11), Status::INVALID_TOKEN),
        (16, vec![], Status::INVALID_TOKEN),
        (19, signature(99, 12), Status::MESSAGE_ALTERED),
        (17, vec![2, 0, 0, 0], Status::INVALID_TOKEN),
        (17, vec![0; 8], Status::INVALID_TOKEN),
        (17, vec![], Status::INVALID_TOKEN),
        (18, vec![1, 1, 0], Status::INVALID_TOKEN),
    ] {
        let error = told(&[(kind, bytes.clone())]).unwrap_err();
        assert_eq!(error.status(), status, "{kind} {bytes:?}: {error}");
    }
}
