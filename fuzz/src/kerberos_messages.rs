//! The messages of Kerberos (RFC 4120 5) and what is encrypted in them: written again they read the
//! same, nothing follows a message and nothing of it is missing; a KRB-CRED and its tickets are the same.

use crate::seeds::{self, Seed};
use anysspi::fuzzing;
use anysspi::kerberos::Tickets;

/// What an input that is read may become when it is written: numbers and flags have 32 bits then.
const LONGER: usize = 64;

pub(crate) fn run(input: &[u8]) {
    for (name, written) in fuzzing::kerberos_messages(input) {
        assert!(written.len() <= input.len() * 5 + LONGER, "{name} grows");
        let again = fuzzing::kerberos_messages(&written);
        let again = again.into_iter().find(|(other, _)| *other == name);
        assert_eq!(again, Some((name, written)), "written again");
        let is_read = |bytes: &[u8]| {
            fuzzing::kerberos_messages(bytes).into_iter().any(|(other, _)| other == name)
        };
        assert!(!is_read(&[input, &[0]].concat()), "something follows {name}");
        let shorter = input.split_last().map_or(input, |(_, shorter)| shorter);
        assert!(!is_read(shorter), "something is missing from {name}");
    }
    if let Ok(tickets) = Tickets::from_krb_cred(input, None) {
        let shown = format!("{tickets:?}");
        assert!(tickets.tickets().count() == 0 || shown.contains("Secret(…)"), "a key is shown");
        if let Ok(written) = tickets.to_krb_cred() {
            // Times before 1970 are none from then on.
            let once = Tickets::from_krb_cred(written.expose(), None).expect("what was written");
            let written = once.to_krb_cred().expect("what was read");
            let twice = Tickets::from_krb_cred(written.expose(), None).expect("what was written");
            assert_eq!(once, twice);
            assert_eq!(once.tickets().count(), tickets.tickets().count());
        }
    }
}

pub(crate) fn seeds() -> Vec<Seed> {
    let all = seeds::vectors(include_str!("../../tests/vectors/kerberos/messages.json"));
    // One of each; the other forms are near to it.
    let wanted = [
        "ticket",
        "enc_tkt_part",
        "ap_req",
        "authenticator",
        "ap_rep",
        "ap_rep_enc_part",
        "as_req",
        "tgs_rep",
        "enc_kdc_rep_part",
        "error",
        "cred",
        "enc_cred_part",
        "etype_info2",
    ];
    let mut seeds: Vec<Seed> = all
        .iter()
        .filter(|one| one["variant"] == "")
        .filter_map(|one| {
            let name = one["message"].as_str().filter(|name| wanted.contains(name))?;
            Some((name.to_owned(), seeds::hex(one["bytes"].as_str()?)?))
        })
        .collect();
    // Not encrypted, with what is in it.
    let Some((_, cred)) = seeds.iter().find(|(name, _)| name == "cred") else { return seeds };
    let Some((_, part)) = seeds.iter().find(|(name, _)| name == "enc_cred_part") else {
        return seeds;
    };
    seeds.push(("open_cred".to_owned(), open(cred, part)));
    seeds
}

/// The KRB-CRED with this for what is encrypted.
fn open(cred: &[u8], part: &[u8]) -> Vec<u8> {
    let framed = |tag: u8, content: &[u8]| {
        let length = u16::try_from(content.len()).expect("a short message").to_be_bytes();
        [&[tag, 0x82], &length[..], content].concat()
    };
    // The version, the kind and the tickets, as they are; then etype 0 and the part.
    let fields = &cred[6..0xD2];
    let number = [0xA0, 3, 2, 1, 0];
    let encrypted = framed(0x30, &[&number[..], &framed(0xA2, &framed(4, part))].concat());
    framed(0x76, &framed(0x30, &[fields, &framed(0xA3, &encrypted)].concat()))
}

#[test]
fn the_seeds_are_messages() {
    for (name, bytes) in seeds() {
        assert!(!fuzzing::kerberos_messages(&bytes).is_empty(), "{name}");
    }
    let seeds = seeds();
    let (_, open) = seeds.iter().find(|(name, _)| name == "open_cred").expect("a KRB-CRED");
    let tickets = Tickets::from_krb_cred(open, None).expect("tickets");
    assert_eq!(tickets.tickets().count(), 2);
}
