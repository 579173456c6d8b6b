//! Certificates with their private keys, and the roots by which a server's is judged.

use crate::credentials::NativeIdentity;
use crate::error::{Answer, answer, wrong};
use anysspi::{Certificate, Identity, Secret};
use std::sync::Arc;

impl NativeIdentity {
    fn certificate_in(&self) -> anysspi::Result<&Certificate> {
        match &self.0 {
            Identity::Certificate(certificate) => Ok(certificate),
            other => Err(wrong(format!("an identity of the kind {} has no chain", other.kind()))),
        }
    }
}

#[uniffi::export]
impl NativeIdentity {
    /// A certificate chain and the private key of its first certificate, in DER.
    #[uniffi::constructor]
    pub fn certificate(chain: Vec<Vec<u8>>, private_key: &[u8]) -> Answer<Arc<Self>> {
        answer(|| {
            let certificate = Certificate { chain, private_key: Secret::new(private_key) };
            Ok(Arc::new(Self(Identity::Certificate(certificate))))
        })
    }

    /// A certificate chain and its private key in PEM.
    #[uniffi::constructor]
    pub fn certificate_from_pem(pem: &[u8]) -> Answer<Arc<Self>> {
        answer(|| Ok(Arc::new(Self(Identity::Certificate(Certificate::from_pem(pem)?)))))
    }

    /// A certificate that signs itself, with a new key.
    #[uniffi::constructor]
    pub fn self_signed_certificate(host_name: String) -> Answer<Arc<Self>> {
        answer(|| Ok(Arc::new(Self(Identity::Certificate(Certificate::self_signed(&host_name)?)))))
    }

    /// The roots, in DER, by which a client judges a server's certificate.
    #[uniffi::constructor]
    pub fn trusted_roots(roots: Vec<Vec<u8>>) -> Answer<Arc<Self>> {
        answer(|| Ok(Arc::new(Self(Identity::trusted_roots(roots)))))
    }

    /// The roots in PEM, any number of them.
    #[uniffi::constructor]
    pub fn trusted_roots_from_pem(pem: &[u8]) -> Answer<Arc<Self>> {
        answer(|| Ok(Arc::new(Self(Identity::trusted_roots_pem(pem)?))))
    }

    /// The certificates of a certificate chain, in DER.
    pub fn chain(&self) -> Answer<Vec<Vec<u8>>> {
        answer(|| Ok(self.certificate_in()?.chain.clone()))
    }

    /// A certificate chain and its private key in PEM.
    pub fn to_pem(&self) -> Answer<Vec<u8>> {
        answer(|| Ok(self.certificate_in()?.to_pem()?.expose().to_vec()))
    }
}
