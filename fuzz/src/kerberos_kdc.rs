//! Questions to the KDC of a realm in a box: every one is answered with one whole message, no answer shows
//! a key, and a ticket for a service is there only for whoever asked just that with the key of a ticket.

use crate::parties::{self, NOW};
use crate::seeds::Seed;
use anysspi::kerberos::{EncryptionType, Principal};
use anysspi::realm::{Realm, Service, User};
use anysspi::testing::{FixedClock, TicketClient};
use anysspi::{Surroundings, fuzzing};
use std::sync::OnceLock;

const PASSWORD: &str = "Passw0rd!";
const WEB: &str = "HTTP/web.example.test";

/// What an answer is, by its first byte (RFC 4120 5.10), and what the reader of messages calls it.
const AS_REPLY: u8 = 0x6B;
const TGS_REPLY: u8 = 0x6D;
const ANSWERS: [(u8, &str); 3] = [
    (AS_REPLY, "kerberos::AsReply<'_>"),
    (TGS_REPLY, "kerberos::TgsReply<'_>"),
    (0x7E, "kerberos::ErrorMessage<'_>"),
];

/// The field of a request that has its body (RFC 4120 5.4.1).
const BODY: u8 = 0xA4;

pub(crate) fn run(input: &[u8]) {
    let stage = stage();
    let answer = stage.realm.answer(input);
    let kind = answer.first().copied().unwrap_or_default();
    let name = ANSWERS.iter().find(|(first, _)| *first == kind).map(|(_, name)| *name);
    let read = fuzzing::kerberos_messages(&answer);
    assert!(read.iter().any(|(other, _)| Some(*other) == name), "no answer: {answer:02x?}");
    for key in &stage.keys {
        assert!(!answer.windows(key.len()).any(|bytes| bytes == key), "a key is shown");
    }
    if kind == TGS_REPLY {
        let asked = |own: &[u8]| input.windows(own.len()).any(|bytes| bytes == own);
        let mut bodies = stage.questions.iter().filter_map(|(_, question)| body(question));
        assert!(bodies.any(asked), "nobody asked that");
    }
}

/// The body of a request: its last field, which ends where the request does.
fn body(request: &[u8]) -> Option<&[u8]> {
    (0..request.len()).find_map(|at| {
        let [BODY, field @ ..] = &request[at..] else { return None };
        let (length, content) = match field {
            [0x82, high, low, content @ ..] => {
                (usize::from(u16::from_be_bytes([*high, *low])), content)
            }
            [0x81, length, content @ ..] | [length, content @ ..] => {
                (usize::from(*length), content)
            }
            [] => return None,
        };
        (content.len() == length).then_some(content)
    })
}

struct Stage {
    realm: Realm,
    keys: Vec<Vec<u8>>,
    questions: Vec<Seed>,
}

fn stage() -> &'static Stage {
    static STAGE: OnceLock<Stage> = OnceLock::new();
    STAGE.get_or_init(|| {
        let realm = realm();
        let table = realm.keytab(&["alice", "bob", WEB]).expect("a keytab");
        let keys = table.entries().iter().map(|entry| entry.key.bytes().expose().to_vec());
        Stage { keys: keys.collect(), questions: questions(&realm), realm }
    })
}

/// The same one every time, but for what it draws later.
fn realm() -> Realm {
    let entropy = parties::Repeated(b"the realm's own randomness, 43 bytes of it.");
    let surroundings = Surroundings::system().with_clock(FixedClock::at(NOW)).with_entropy(entropy);
    let realm = Realm::with_surroundings("EXAMPLE.TEST", surroundings).expect("a realm");
    let types = [EncryptionType::AES256_SHA1];
    let user = |name| User::new(name, PASSWORD).encryption_types(&types);
    realm.add_user(user("alice")).expect("a user");
    realm.add_user(user("bob").without_pre_authentication()).expect("a user");
    realm.add_service(Service::new(WEB).encryption_types(&types)).expect("a service");
    realm
}

/// What two users ask the KDC: one who needs pre-authentication, and one who does not.
fn questions(realm: &Realm) -> Vec<Seed> {
    let mut questions: Vec<Seed> = Vec::new();
    let surroundings = || {
        let entropy = parties::Repeated(b"and the client's, which is another one");
        Surroundings::system().with_clock(FixedClock::at(NOW)).with_entropy(entropy)
    };
    for user in ["alice", "bob"] {
        let principal: Principal = format!("{user}@EXAMPLE.TEST").parse().expect("a name");
        let client = TicketClient::with_password(principal, PASSWORD, surroundings());
        let mut number = 0;
        let carry = |request: &anysspi::KdcRequest| {
            number += 1;
            questions.push((format!("{user}_{number}"), request.message().to_vec()));
            realm.carry(request)
        };
        client.ticket(WEB, carry).expect("a ticket");
    }
    questions
}

pub(crate) fn seeds() -> Vec<Seed> {
    questions(&realm())
}

#[test]
fn the_seeds_are_answered_with_what_they_ask_for() {
    let seeds = seeds();
    assert_eq!(seeds, stage().questions, "the same in every run");
    for (name, question) in &seeds {
        let expected = match name.as_str() {
            "alice_1" => 0x7E,
            "alice_2" | "bob_1" => AS_REPLY,
            "alice_3" | "bob_2" => TGS_REPLY,
            other => panic!("{other}"),
        };
        assert_eq!(stage().realm.answer(question)[0], expected, "{name}");
        let body = body(question).expect("a body");
        assert!(body.first() == Some(&0x30) && body.len() > 50, "{name}: {body:02x?}");
    }
}
