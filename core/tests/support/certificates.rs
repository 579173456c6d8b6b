//! Certificates for PKU2U, made when they are needed: keys of RSA by the crate that PKU2U signs with,
//! certificates by rcgen.
#![allow(dead_code, unreachable_pub, reason = "each test file uses the part it needs")]

use anysspi::{Certificate, Secret};
use picky::key::PrivateKey;
use rcgen::{
    CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose, PKCS_RSA_SHA256,
    date_time_ymd,
};
use rustls::pki_types::PrivatePkcs8KeyDer;
use std::sync::OnceLock;

/// Keys take a while to make: there are two, made at the first use.
pub fn key(number: usize) -> &'static [u8] {
    static KEYS: [OnceLock<Vec<u8>>; 2] = [OnceLock::new(), OnceLock::new()];
    KEYS[number].get_or_init(|| PrivateKey::generate_rsa(2048).unwrap().to_pkcs8().unwrap())
}

/// What a certificate says.
#[derive(Clone)]
pub struct Recipe {
    pub common_name: Option<String>,
    pub hosts: Vec<String>,
    pub key: Vec<u8>,
    /// The first year and the last in which it is valid.
    pub years: (i32, i32),
    pub usages: Vec<KeyUsagePurpose>,
    pub purposes: Vec<ExtendedKeyUsagePurpose>,
}

/// A certificate for somebody, or for a host, as PKU2U wants it.
pub fn recipe(common_name: &str, key_number: usize) -> Recipe {
    Recipe {
        common_name: Some(common_name.to_owned()),
        hosts: Vec::new(),
        key: key(key_number).to_vec(),
        years: (2020, 2090),
        usages: vec![KeyUsagePurpose::DigitalSignature],
        purposes: vec![ExtendedKeyUsagePurpose::ClientAuth],
    }
}

impl Recipe {
    pub fn years(mut self, first: i32, last: i32) -> Self {
        self.years = (first, last);
        self
    }

    pub fn hosts(mut self, hosts: &[&str]) -> Self {
        self.hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
        self
    }

    /// The certificate, which signs itself, and its key.
    pub fn make(&self) -> Certificate {
        let key = PrivatePkcs8KeyDer::from(self.key.clone());
        let pair = KeyPair::from_pkcs8_der_and_sign_algo(&key, &PKCS_RSA_SHA256).unwrap();
        let mut params = CertificateParams::new(self.hosts.clone()).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        if let Some(name) = &self.common_name {
            params.distinguished_name.push(DnType::CommonName, name.as_str());
        }
        params.not_before = date_time_ymd(self.years.0, 1, 1);
        params.not_after = date_time_ymd(self.years.1, 12, 31);
        params.key_usages = self.usages.clone();
        params.extended_key_usages = self.purposes.clone();
        let certificate = params.self_signed(&pair).unwrap();
        Certificate { chain: vec![certificate.der().to_vec()], private_key: Secret::new(&self.key) }
    }
}

/// A client's certificate.
pub fn alice() -> &'static Certificate {
    static ALICE: OnceLock<Certificate> = OnceLock::new();
    ALICE.get_or_init(|| recipe("alice", 0).make())
}

/// A server's.
pub fn server() -> &'static Certificate {
    static SERVER: OnceLock<Certificate> = OnceLock::new();
    SERVER.get_or_init(|| recipe("The server", 1).hosts(&["server.example.com"]).make())
}
