//! The certificates of both sides: the caller's, or one that is made for an acceptor.

use super::settings::provider;
use crate::credentials::{Certificate, Identity, Secret};
use crate::error::{Error, Result};
use crate::status::Status;
use der::pem::{LineEnding, encode_string};
use rcgen::{CertificateParams, DnType, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use zeroize::Zeroizing;

/// The largest certificate, key or chain in PEM that is read.
const LARGEST: usize = 1024 * 1024;

/// The most certificates of a chain.
const LONGEST_CHAIN: usize = 16;

impl Certificate {
    /// Reads a chain and its private key from PEM, which may be one file or two put together. The
    /// key is PKCS#8, PKCS#1 or SEC1, and not encrypted.
    pub fn from_pem(pem: &[u8]) -> Result<Self> {
        let chain = certificates(pem)?;
        if chain.len() > LONGEST_CHAIN {
            return Err(unreadable("it has more than 16 certificates"));
        }
        // What is wrong with a key is not repeated: the cause could quote it.
        let key = PrivateKeyDer::from_pem_slice(pem)
            .map_err(|_| unreadable("it has no private key that can be read"))?;
        Ok(Self { chain, private_key: Secret::new(key.secret_der()) })
    }

    /// The chain and the private key in PEM, as [`Certificate::from_pem`] reads them: for a file that
    /// nobody else may read.
    pub fn to_pem(&self) -> Result<Secret> {
        let label = match private_key(self)? {
            PrivateKeyDer::Pkcs1(_) => "RSA PRIVATE KEY",
            PrivateKeyDer::Sec1(_) => "EC PRIVATE KEY",
            _ => "PRIVATE KEY",
        };
        let certificates = self.chain.iter().map(|own| ("CERTIFICATE", own.as_slice()));
        let mut pem = Zeroizing::new(String::new());
        for (label, der) in certificates.chain([(label, self.private_key.expose())]) {
            let block = encode_string(label, LineEnding::LF, der).map_err(|_| {
                Error::new(Status::CERT_UNKNOWN, "the certificate is too large for PEM")
            })?;
            pem.push_str(&Zeroizing::new(block));
        }
        Ok(Secret::from(pem.as_str()))
    }

    /// A certificate that signs itself, with a new key (ECDSA over P-256): what an acceptor uses when
    /// it is given none. To use one for long, keep it: clients may remember a server by its key.
    pub fn self_signed(host_name: &str) -> Result<Self> {
        let (certificate, private_key) = self_signed(host_name)?;
        Ok(Self { chain: vec![certificate], private_key })
    }
}

impl Identity {
    /// The roots in PEM, any number of them in a file, by which an initiator judges a server's
    /// certificate.
    pub fn trusted_roots_pem(pem: &[u8]) -> Result<Self> {
        certificates(pem).map(Self::trusted_roots)
    }
}

/// All certificates in PEM, at least one.
fn certificates(pem: &[u8]) -> Result<Vec<Vec<u8>>> {
    if pem.len() > LARGEST {
        return Err(unreadable("it is larger than 1 MiB"));
    }
    let certificates: Vec<Vec<u8>> = CertificateDer::pem_slice_iter(pem)
        .map(|certificate| certificate.map(|der| der.to_vec()))
        .collect::<Result<_, _>>()
        .map_err(|_| unreadable("a certificate in it is damaged"))?;
    if certificates.is_empty() {
        return Err(unreadable("it has no certificate"));
    }
    Ok(certificates)
}

fn unreadable(what: &str) -> Error {
    Error::new(Status::CERT_UNKNOWN, format!("the certificate in PEM cannot be used: {what}"))
}

/// A certificate for a host name, and its private key.
pub(super) fn self_signed(host_name: &str) -> Result<(Vec<u8>, Secret)> {
    let make = || -> Result<_, rcgen::Error> {
        let key = KeyPair::generate()?;
        // A name that cannot stand in a certificate as DNS has it stands as text alone.
        let mut params = CertificateParams::new([host_name.to_owned()])
            .or_else(|_| CertificateParams::new(Vec::new()))?;
        params.distinguished_name.push(DnType::CommonName, host_name);
        let certificate = params.self_signed(&key)?;
        Ok((certificate.der().to_vec(), Secret::new(&key.serialize_der())))
    };
    make().map_err(|cause| {
        Error::new(Status::INTERNAL_ERROR, "no certificate could be made").with_source(cause)
    })
}

fn private_key(certificate: &Certificate) -> Result<PrivateKeyDer<'_>> {
    PrivateKeyDer::try_from(certificate.private_key.expose()).map_err(|_| {
        Error::new(Status::CERT_UNKNOWN, "the private key is none in DER: convert PEM first")
    })
}

/// The certificate as TLS uses it: the key must be that of the first certificate.
pub(super) fn certified(certificate: &Certificate) -> Result<CertifiedKey> {
    if certificate.chain.is_empty() || certificate.chain.len() > LONGEST_CHAIN {
        return Err(Error::new(
            Status::CERT_UNKNOWN,
            "a certificate chain has one to 16 certificates",
        ));
    }
    let size = certificate.chain.iter().map(Vec::len).fold(0, usize::saturating_add);
    if size > LARGEST {
        return Err(Error::new(Status::CERT_UNKNOWN, "the certificate is larger than 1 MiB"));
    }
    let chain = certificate.chain.iter().cloned().map(CertificateDer::from).collect();
    let key = private_key(certificate)?.clone_key();
    CertifiedKey::from_der(chain, key, &provider()).map_err(|cause| {
        Error::new(
            Status::CERT_UNKNOWN,
            "the certificate and its private key cannot be used together",
        )
        .with_source(cause)
    })
}

/// The chain that TLS presents, in DER.
pub(super) fn chain_of(certified: &CertifiedKey) -> Vec<Vec<u8>> {
    certified.cert.iter().map(|certificate| certificate.to_vec()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_in_pem_is_read_again() {
        let own = Certificate::self_signed("desk7.corp.example").unwrap();
        let other = Certificate::self_signed("authority.corp.example").unwrap();
        let chain = vec![own.chain[0].clone(), other.chain[0].clone()];
        let whole = Certificate { chain: chain.clone(), private_key: own.private_key };
        let pem = whole.to_pem().unwrap();
        assert_eq!(Certificate::from_pem(pem.expose()).unwrap(), whole);
        // The key among roots is passed over.
        let Identity::TrustedRoots(roots) = Identity::trusted_roots_pem(pem.expose()).unwrap()
        else {
            panic!("roots are roots");
        };
        assert_eq!(*roots, *chain);
        assert!(Identity::trusted_roots_pem(b"").is_err());
        let keyless = Certificate { chain, private_key: Secret::from("no key") };
        assert_eq!(keyless.to_pem().unwrap_err().status(), Status::CERT_UNKNOWN);
    }
}
