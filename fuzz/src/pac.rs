//! A PAC ([MS-PAC]) and the structures in it: what is read lies within it, and written again it reads
//! the same; only what the KDC signed is taken for signed.

use crate::seeds::{self, Seed};
use crate::wire;
use anysspi::fuzzing;
use anysspi::kerberos::{EncryptionType, Key};

const LOGON_INFORMATION: u32 = 1;
const KDC_SIGNATURE: u32 = 7;
const UPN_DNS_INFORMATION: u32 = 12;

/// Where the PAC with a key has the KDC's signature, which a service cannot check.
const SIGNED: &str = "s4u_pac_regular";

pub(crate) fn run(input: &[u8]) {
    check_parts(input, input);
    if let Some(pac) = fuzzing::pac_of(input) {
        assert!(wire::is_within(pac, input));
    }
    let Some(buffers) = fuzzing::pac_buffers(input) else { return };
    assert!(buffers.len() <= 64);
    for (at, (kind, bytes)) in buffers.iter().enumerate() {
        assert!(bytes.is_empty() || wire::is_within(bytes, input));
        assert!(buffers[..at].iter().all(|(other, _)| other != kind), "twice");
        match *kind {
            LOGON_INFORMATION | UPN_DNS_INFORMATION => check_parts(bytes, input),
            _ => {}
        }
    }
    if let Some(peer) = fuzzing::pac_peer(input) {
        let opaque = [&peer.claims, &peer.device, &peer.device_claims];
        for bytes in opaque.into_iter().flatten() {
            assert!(buffers.iter().any(|(_, other)| other == bytes), "nobody wrote that");
        }
        assert!(peer.all_groups().count() <= input.len() / 8);
    }
    let (signed, key) = signed();
    if fuzzing::pac_is_signed(input, &key) {
        assert_eq!(without_kdc(input), without_kdc(&signed), "nobody signed it");
    }
}

/// The bytes with nothing where the KDC's own signature is.
fn without_kdc(pac: &[u8]) -> Vec<u8> {
    let buffers = fuzzing::pac_buffers(pac).expect("a PAC");
    let kdc = buffers.iter().find(|(kind, _)| *kind == KDC_SIGNATURE).expect("a signature").1;
    let start = kdc.as_ptr() as usize - pac.as_ptr() as usize;
    let mut bytes = pac.to_vec();
    bytes[start + 4..start + kdc.len()].fill(0);
    bytes
}

fn check_parts(bytes: &[u8], input: &[u8]) {
    if let Some((groups, written)) = fuzzing::logon_information(bytes) {
        assert!(groups <= input.len() / 8, "more groups than there is room for");
        let again = fuzzing::logon_information(&written);
        assert_eq!(again, Some((groups, written)), "written again");
    }
    if let Some(written) = fuzzing::upn_dns_information(bytes)
        // What is put one behind the other may be more than a place can say.
        && written.len() <= 0xFFFF
    {
        assert_eq!(fuzzing::upn_dns_information(&written), Some(written), "written again");
    }
}

fn published() -> Vec<serde_json::Value> {
    seeds::vectors(include_str!("../../tests/vectors/kerberos/pac.json"))
}

/// A PAC and the key it is signed with.
fn signed() -> (Vec<u8>, Key) {
    let all = published();
    let one = all.iter().find(|one| one["name"] == SIGNED).expect("a PAC");
    let bytes = |text: &serde_json::Value| seeds::hex(text.as_str().expect("hex")).expect("hex");
    let key = Key::new(EncryptionType::AES256_SHA1, &bytes(&one["server_key"]["key"])[..]);
    (bytes(&one["pac"]), key.expect("a key"))
}

pub(crate) fn seeds() -> Vec<Seed> {
    let all = published();
    let wanted = ["saved_pac", SIGNED, "fuzz1", "fuzz2"];
    let mut seeds: Vec<Seed> = all
        .iter()
        .filter_map(|one| {
            let name = one["name"].as_str().filter(|name| wanted.contains(name))?;
            Some((name.to_owned(), seeds::hex(one["pac"].as_str()?)?))
        })
        .collect();
    let mut parts = Vec::new();
    for (_, pac) in &seeds {
        for (kind, bytes) in fuzzing::pac_buffers(pac).unwrap_or_default() {
            let name = match kind {
                LOGON_INFORMATION => "logon_information",
                UPN_DNS_INFORMATION => "upn_dns_information",
                _ => continue,
            };
            if parts.iter().all(|(other, _)| other != name) {
                parts.push((name.to_owned(), bytes.to_vec()));
            }
        }
    }
    seeds.extend(parts);
    seeds
}

#[test]
fn the_seeds_are_pacs_and_their_parts() {
    let (signed, key) = signed();
    assert!(fuzzing::pac_is_signed(&signed, &key));
    let seeds = seeds();
    let seed = |name: &str| {
        let seed = seeds.iter().find(|(other, _)| other == name);
        &seed.unwrap_or_else(|| panic!("no seed {name}")).1
    };
    assert!(fuzzing::pac_buffers(seed("saved_pac")).is_some());
    assert!(fuzzing::logon_information(seed("logon_information")).is_some());
    assert!(fuzzing::upn_dns_information(seed("upn_dns_information")).is_some());
}
