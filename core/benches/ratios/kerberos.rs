//! Kerberos: contexts and wrap plus unwrap, against the bare primitives and against the `sspi` crate; and
//! the memory of requests.

use crate::sspi_kerberos_peer::{SspiAcceptor, SspiInitiator, seal, unseal};
use crate::{Row, Turn};
use anysspi::kerberos::EncryptionType;
use anysspi::raw::{Buffer, BufferKind, CredentialsRequest};
use anysspi::realm::{Realm, Service, User};
use anysspi::testing::{SeenRequests, kerberos_contexts};
use anysspi::{
    CredentialCache, Identity, Keytab, MessageOptions, Registry, Step, Usage, accept, initiate,
};
use cbc::cipher::{Array, BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};
use sha1::{Digest as _, Sha1};
use std::collections::HashSet;
use std::hint::black_box;

const KIB_64: usize = 64 * 1024;

pub(crate) fn rows() -> Vec<Row> {
    vec![
        Row {
            name: "kerberos.exchange",
            unit: "pair/s",
            peer: "sspi crate 0.23.1, which asks the KDC anew",
            units: 1.0,
            make: || (our_exchange(), their_exchange()),
        },
        Row {
            name: "kerberos.replay",
            unit: "M/s",
            peer: "a HashSet of numbers",
            units: 1e-6,
            make: || (our_memory(), hash_set()),
        },
        Row {
            name: "kerberos.protect.64k",
            unit: "MB/s",
            peer: "AES-256-CBC and SHA-1 in turn",
            units: KIB_64 as f64 / 1e6,
            make: || (our_protection(), primitives()),
        },
        Row {
            name: "kerberos.protect.64k",
            unit: "MB/s",
            peer: "sspi crate 0.23.1",
            units: KIB_64 as f64 / 1e6,
            make: || (our_protection(), their_protection()),
        },
    ]
}

fn our_protection() -> Turn {
    let (mut one, mut two) = kerberos_contexts(EncryptionType::AES256_SHA1).expect("contexts");
    let mut token = vec![0; one.facts().sizes.security_trailer];
    let mut text = vec![0x5A; KIB_64];
    Box::new(move || {
        let mut message =
            [Buffer::exclusive(BufferKind::TOKEN, &mut token), Buffer::data(&mut text)];
        one.encrypt(MessageOptions::default(), &mut message).expect("a sealed message");
        two.decrypt(MessageOptions::default(), &mut message).expect("an opened message");
    })
}

/// The limit: over the same bytes, SHA-1 and then AES-256-CBC to seal, AES-256-CBC and then SHA-1 to
/// unseal, by the published crates, one whole pass after the other.
fn primitives() -> Turn {
    type Encryptor = cbc::Encryptor<aes::Aes256>;
    type Decryptor = cbc::Decryptor<aes::Aes256>;
    let (key, start) = ([7; 32].into(), [0; 16].into());
    let (mut sealing, mut unsealing) = (Encryptor::new(&key, &start), Decryptor::new(&key, &start));
    let mut message = vec![[0x5A; 16]; KIB_64 / 16];
    Box::new(move || {
        black_box(Sha1::digest(message.as_flattened()));
        sealing.encrypt_blocks(Array::cast_slice_from_core_mut(&mut message));
        unsealing.decrypt_blocks(Array::cast_slice_from_core_mut(&mut message));
        black_box(Sha1::digest(message.as_flattened()));
    })
}

const SERVICE: &str = "HTTP/web.example.test";
const PASSWORD: &str = "Passw0rd!";

fn realm() -> Realm {
    let realm = Realm::new("EXAMPLE.TEST").expect("a realm");
    let types = [EncryptionType::AES256_SHA1];
    realm.add_user(User::new("alice", PASSWORD).encryption_types(&types)).expect("a user");
    realm.add_service(Service::new(SERVICE).encryption_types(&types)).expect("a service");
    realm
}

/// An initiator with a ticket, and an acceptor that remembers every request: both legs, mutual.
fn our_exchange() -> Turn {
    let realm = realm();
    let tickets = realm.tickets_for("alice", &[SERVICE]).expect("tickets");
    let cache = CredentialCache::bytes(tickets.to_bytes().expect("a cache").expose());
    let keys = realm.keytab(&[SERVICE]).expect("keys").to_bytes().expect("a keytab");
    let of = |usage, identity| {
        let request = CredentialsRequest::new("Kerberos", usage).with_identity(identity);
        request.acquire(Registry::global()).expect("credentials")
    };
    let client = of(Usage::OUTBOUND, Identity::CredentialCache(cache));
    let server = of(Usage::INBOUND, Identity::Keytab(Keytab::bytes(keys.expose())));
    Box::new(move || {
        let mut client =
            initiate("Kerberos").target(SERVICE).credential(&client).start().expect("a client");
        let mut server = accept("Kerberos").credential(&server).start().expect("a server");
        let Ok(Step::SendToken(request)) = client.next() else { panic!("no request") };
        let Ok(Step::SendToken(reply)) = server.step(Some(&request)) else { panic!("no reply") };
        assert!(matches!(client.step(Some(&reply)), Ok(Step::Done)));
        black_box((client, server));
    })
}

/// The same two legs of that crate. It keeps no tickets: each time it asks the KDC, which is the realm in
/// a box in the same process.
fn their_exchange() -> Turn {
    let realm = realm();
    let key = realm.keytab(&[SERVICE]).expect("keys").entries()[0].key.bytes().expose().to_vec();
    Box::new(move || {
        black_box(their_contexts(&realm, &key));
    })
}

fn their_contexts(realm: &Realm, key: &[u8]) -> (SspiInitiator, SspiAcceptor) {
    let mut client = SspiInitiator::new(realm, "alice", PASSWORD, SERVICE);
    let mut server = SspiAcceptor::new(SERVICE, key.to_vec());
    let request = client.open().expect("a request");
    let reply = server.judge(&request).expect("a reply");
    client.finish(&reply).expect("an end");
    (client, server)
}

fn their_protection() -> Turn {
    let realm = realm();
    let key = realm.keytab(&[SERVICE]).expect("keys").entries()[0].key.bytes().expose().to_vec();
    let (mut client, mut server) = their_contexts(&realm, &key);
    let mut text = vec![0x5A; KIB_64];
    Box::new(move || {
        let mut token = seal(&mut client.context, &mut text).expect("a sealed message");
        unseal(&mut server.context, &mut token, &mut text).expect("an opened message");
    })
}

/// A request is looked for and remembered.
fn our_memory() -> Turn {
    let mut seen = SeenRequests::new().expect("a memory");
    let mut number = 0;
    Box::new(move || {
        number += 1;
        match seen.is_new(number) {
            Ok(is_new) => assert!(is_new),
            // It is full, and lets nobody in: the next one begins anew.
            Err(_) => seen = SeenRequests::new().expect("a memory"),
        }
    })
}

fn hash_set() -> Turn {
    let (mut seen, mut number) = (HashSet::new(), 0_u128);
    Box::new(move || {
        number += 1;
        if seen.len() > 1 << 22 {
            seen = HashSet::new();
        }
        assert!(seen.insert(number));
    })
}
