//! Certificates of strangers and of callers: what is no certificate is an error, wherever it is taken.
//!
//! The input is PEM, or a certificate in DER. It is also a list of certificates, each with its length in
//! two bytes before it, and a private key behind them.

use crate::credssp_legs::certificate;
use crate::{parties, wire};
use anysspi::raw::CredentialsRequest;
use anysspi::{Certificate, ChannelBindings, Identity, Secret, Status, Usage, fuzzing};

pub(crate) fn run(input: &[u8]) {
    match Certificate::from_pem(input) {
        Ok(read) => {
            assert!((1..=16).contains(&read.chain.len()));
            acquire(read);
        }
        Err(error) => assert_eq!(error.status(), Status::CERT_UNKNOWN),
    }
    seen(input);
    let (chain, key) = parts(input);
    for own in &chain {
        root(own);
    }
    acquire(Certificate { chain: chain.clone(), private_key: Secret::new(key) });
    // A key that is good, and a certificate that is.
    let good = certificate();
    acquire(Certificate { chain, private_key: good.private_key.clone() });
    acquire(Certificate { chain: good.chain.clone(), private_key: Secret::new(key) });
}

fn parts(mut input: &[u8]) -> (Vec<Vec<u8>>, &[u8]) {
    let mut chain = Vec::new();
    while let [high, low, rest @ ..] = input
        && let Some((own, behind)) =
            rest.split_at_checked(usize::from(u16::from_be_bytes([*high, *low])))
    {
        chain.push(own.to_vec());
        input = behind;
    }
    (chain, input)
}

/// An acceptor's: only a key that belongs to the certificate is taken.
fn acquire(certificate: Certificate) {
    let good = crate::credssp_legs::certificate();
    let is_good = certificate.chain.first() == good.chain.first()
        && certificate.private_key == good.private_key;
    let acquired = CredentialsRequest::new("CREDSSP", Usage::INBOUND)
        .with_identities([parties::accounts(), Identity::Certificate(certificate)])
        .acquire(&parties::registries().1);
    match acquired {
        Ok(_) => {}
        Err(error) => {
            assert_eq!(error.status(), Status::CERT_UNKNOWN, "{error}");
            assert!(!is_good || error.to_string().contains("16"), "{error}");
        }
    }
}

/// A client's.
fn root(root: &[u8]) {
    let identities = [
        Identity::password(parties::ACCOUNT, parties::PASSWORD),
        Identity::trusted_roots([root.to_vec()]),
    ];
    let acquired = CredentialsRequest::new("CREDSSP", Usage::OUTBOUND)
        .with_identities(identities)
        .acquire(&parties::registries().0);
    if let Err(error) = acquired {
        assert_eq!(error.status(), Status::CERT_UNKNOWN, "{error}");
    }
}

/// A server's, as a client sees it.
fn seen(certificate: &[u8]) {
    let key = fuzzing::public_key(certificate);
    match &key {
        Ok(key) => assert!(wire::is_within(key, certificate)),
        Err(error) => assert_eq!(error.status(), Status::CERT_UNKNOWN, "{error}"),
    }
    match ChannelBindings::of_certificate(certificate) {
        Ok(bindings) => {
            let hash = bindings.application_data().strip_prefix(b"tls-server-end-point:");
            assert!(hash.is_some_and(|hash| matches!(hash.len(), 28 | 32 | 48 | 64)));
        }
        Err(error) => assert!(
            matches!(error.status(), Status::INVALID_PARAMETER | Status::UNSUPPORTED_FUNCTION),
            "{error}"
        ),
    }
}
