//! The certificates of CredSSP: those that are judged, and those that are none.
#![cfg(feature = "credssp")]

#[path = "support/between.rs"]
mod between;
#[path = "support/credssp.rs"]
mod credssp;
#[path = "support/der.rs"]
mod der;
mod support;

use anysspi::{Certificate, ContextFlags, Error, Identity, Secret, Side, Status, Step};
use between::Tls;
use credssp::{certificate, client, contexts, key_of, password, run_in_pieces, server};
use rustls::version::{TLS12, TLS13};
use support::{PASSWORD, USER, accounts};

/// A certificate for a name, from rcgen itself: its first and last day, and whether it may sign.
fn made(name: &str, until: i32) -> Certificate {
    made_with(&rcgen::PKCS_ECDSA_P256_SHA256, name, until)
}

/// The same with a key of this kind.
fn made_with(algorithm: &'static rcgen::SignatureAlgorithm, name: &str, until: i32) -> Certificate {
    let key = rcgen::KeyPair::generate_for(algorithm).unwrap();
    let mut params = rcgen::CertificateParams::new([name.to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(2000, 1, 1);
    params.not_after = rcgen::date_time_ymd(until, 1, 1);
    let made = params.self_signed(&key).unwrap();
    Certificate { chain: vec![made.der().to_vec()], private_key: Secret::new(&key.serialize_der()) }
}

#[test]
fn roots_judge_the_server_where_there_are_any() {
    let good = made("server.example.com", 2100);
    let attempt = |certificate: &Certificate, root: &Certificate| {
        let roots = Identity::trusted_roots(root.chain.clone());
        let mut client =
            client().credential(vec![Identity::password(USER, PASSWORD), roots]).start().unwrap();
        let mut server = server()
            .credential(vec![
                Identity::accounts(accounts()),
                Identity::Certificate(certificate.clone()),
            ])
            .start()
            .unwrap();
        run_in_pieces(&mut client, &mut server, usize::MAX).map(|()| client.into_context().unwrap())
    };
    let client = attempt(&good, &good).unwrap();
    assert!(!client.flags().contains(ContextFlags::MANUAL_CRED_VALIDATION));
    for (certificate, root, status) in [
        (made("other.example.com", 2100), None, Status::WRONG_PRINCIPAL),
        // The fixed clock says 2023.
        (made("server.example.com", 2020), None, Status::CERT_EXPIRED),
        (made("server.example.com", 2100), Some(&good), Status::UNTRUSTED_ROOT),
    ] {
        let (side, error) = attempt(&certificate, root.unwrap_or(&certificate)).unwrap_err();
        // A root of the same name whose signature does not fit is as unknown as any.
        let is_expected = error.status() == status
            || (status == Status::UNTRUSTED_ROOT && error.status() == Status::CERT_UNKNOWN);
        assert_eq!(side, Side::Initiator);
        assert!(is_expected, "{error:?}");
        assert!(error.token().is_some_and(|alert| !alert.is_empty()));
    }
}

/// What our client makes of a server that shows these certificates and has the key of its own.
fn client_of_a_server_that_shows(version: between::Version, chain: Vec<Vec<u8>>) -> Error {
    let shown = Certificate { chain, ..certificate().clone() };
    let mut client = client().start().unwrap();
    let mut tls = Tls::server(version, &shown);
    let mut step = client.next();
    for _ in 0..5 {
        match step {
            Ok(Step::SendToken(token)) => tls.feed(&token).unwrap(),
            Ok(other) => panic!("{other:?}"),
            Err(error) => return error,
        }
        step = client.step(Some(&tls.output()));
    }
    panic!("no end: {client:?}");
}

#[test]
fn a_server_that_shows_no_certificate_at_all_is_refused() {
    let good = &certificate().chain[0];
    let mut changed = good.clone();
    // The end of the key: TLS has a signature that does not fit it.
    let at = good.windows(65).position(|part| part == key_of(good)).unwrap();
    changed[at + 64] ^= 1;
    for version in [&TLS12, &TLS13] {
        for (garbage, status) in [
            (Vec::new(), Status::CERT_UNKNOWN),
            (b"garbage".to_vec(), Status::CERT_UNKNOWN),
            (vec![0x30; 1000], Status::CERT_UNKNOWN),
            (vec![0x30, 0x80, 0, 0], Status::CERT_UNKNOWN),
            (good[..good.len() - 1].to_vec(), Status::CERT_UNKNOWN),
            (good[..100].to_vec(), Status::CERT_UNKNOWN),
            ([&good[..], b"more"].concat(), Status::CERT_UNKNOWN),
            (changed.clone(), Status::CERT_UNKNOWN),
        ] {
            let error = client_of_a_server_that_shows(version, vec![garbage.clone()]);
            assert!(
                error.status() == status || error.status() == Status::INVALID_TOKEN,
                "{garbage:x?} {error:?}"
            );
            assert!(error.token().is_some_and(|alert| !alert.is_empty()));
        }
        // As many bytes as TLS can say, and more than are read.
        let huge = vec![[&good[..], &vec![0; 15_000]].concat(); 8];
        let error = client_of_a_server_that_shows(version, huge);
        assert_eq!(error.status(), Status::INVALID_TOKEN, "{error}");
    }
}

#[test]
fn a_certificate_of_any_kind_of_key_and_of_any_time_is_bound_to() {
    for algorithm in
        [&rcgen::PKCS_ECDSA_P256_SHA256, &rcgen::PKCS_ECDSA_P384_SHA384, &rcgen::PKCS_ED25519]
    {
        // Without roots nobody judges the dates: the key is proven.
        for until in [2020, 2100] {
            let own = made_with(algorithm, "server.example.com", until);
            let identities = vec![Identity::accounts(accounts()), Identity::Certificate(own)];
            let (_, mut server) = contexts(client(), server().credential(identities));
            assert_eq!(server.delegated().unwrap(), password());
        }
    }
    // A key of another kind than the certificate's is none of it.
    let own = made_with(&rcgen::PKCS_ECDSA_P384_SHA384, "server.example.com", 2100);
    let other = made_with(&rcgen::PKCS_ED25519, "server.example.com", 2100);
    let crossed = Certificate { private_key: other.private_key, ..own };
    let identities = vec![Identity::accounts(accounts()), Identity::Certificate(crossed)];
    let error = server().credential(identities).start().unwrap_err();
    assert_eq!(error.status(), Status::CERT_UNKNOWN, "{error}");
}

#[test]
fn a_large_chain_passes_and_a_huge_one_ends_the_handshake() {
    let attempt = |size: usize| {
        let mut own = certificate().clone();
        // Only the first is judged here: the others are for those who have roots.
        own.chain.extend([(); 4].map(|()| vec![0x30; size / 4]));
        let identities = vec![Identity::accounts(accounts()), Identity::Certificate(own)];
        let mut client = client().start().unwrap();
        let mut server = server().credential(identities).start().unwrap();
        run_in_pieces(&mut client, &mut server, 5000)
    };
    attempt(40_000).unwrap();
    let (side, error) = attempt(100_000).unwrap_err();
    assert_eq!((side, error.status()), (Side::Initiator, Status::INVALID_TOKEN), "{error}");
}

#[test]
fn certificates_that_cannot_be_used_are_refused_before_anything_starts() {
    let good = certificate();
    let other = Certificate::self_signed("other.example.com").unwrap();
    let with =
        |chain: Vec<Vec<u8>>, key: &[u8]| Certificate { chain, private_key: Secret::new(key) };
    let key = good.private_key.expose();
    for bad in [
        with(Vec::new(), key),
        with(vec![Vec::new()], key),
        with(vec![b"garbage".to_vec()], key),
        with(vec![good.chain[0][..100].to_vec()], key),
        with(good.chain.clone(), b""),
        with(good.chain.clone(), b"garbage"),
        with(good.chain.clone(), other.private_key.expose()),
        with(vec![good.chain[0].clone(); 17], key),
        with(vec![good.chain[0].clone(), vec![0x30; 2 * 1024 * 1024]], key),
    ] {
        let identities = vec![Identity::accounts(accounts()), Identity::Certificate(bad)];
        let error = server().credential(identities).start().unwrap_err();
        assert_eq!(error.status(), Status::CERT_UNKNOWN, "{error}");
    }
    let roots = vec![Identity::password(USER, PASSWORD), Identity::trusted_roots([b"x".to_vec()])];
    assert_eq!(client().credential(roots).start().unwrap_err().status(), Status::CERT_UNKNOWN);
    for pem in ["", "no PEM", "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n"] {
        let error = Certificate::from_pem(pem.as_bytes()).unwrap_err();
        assert_eq!(error.status(), Status::CERT_UNKNOWN, "{pem}");
    }
    let text = |kind: &str, bytes: &[u8]| {
        format!("-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n", base64(bytes))
    };
    let chain = text("CERTIFICATE", &good.chain[0]);
    assert!(Certificate::from_pem(chain.as_bytes()).is_err());
    let whole = chain + &text("PRIVATE KEY", key);
    assert_eq!(&Certificate::from_pem(whole.as_bytes()).unwrap(), good);
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let mut number = [0; 3];
        number[..group.len()].copy_from_slice(group);
        let number = u32::from_be_bytes([0, number[0], number[1], number[2]]);
        for at in 0..4 {
            let digit = DIGITS[(number >> (18 - 6 * at)) as usize % 64];
            text.push(if at > group.len() { '=' } else { digit.into() });
        }
    }
    text
}
