//! The certificates of both sides, as the crate takes them, and what has to be true of them. Whom the
//! caller trusts it says certificate by certificate: the crate builds no chains, so that what is trusted is
//! the peer's certificate itself, to the last byte.

use super::fence::fenced;
use crate::credentials::{Certificate, UserName};
use crate::error::{Error, Result};
use crate::packages::checks::with_certificates::{host_and_port, without_port};
use crate::status::Status;
use crate::time::Time;
use der::DateTime;
use picky::key::{KeyKind, PrivateKey, PublicKey};
use picky_asn1_x509::certificate::Certificate as X509;
use picky_asn1_x509::name::{GeneralName, Name};
use picky_asn1_x509::validity::Time as X509Time;
use picky_asn1_x509::{AttributeTypeAndValueParameters, ExtensionView, PublicKey as KeyBits, oids};

/// The largest certificate that is read.
const LARGEST: usize = 16 * 1024;

/// The fewest bits of a key of RSA.
const SHORTEST_KEY: usize = 2048;

/// id-pkinit-KPClientAuth (RFC 4556 3.2.2).
const PKINIT_CLIENT: &str = "1.3.6.1.5.2.3.4";

/// A certificate that can take part: its key is RSA's, its names can be said in Kerberos, and it is for
/// signing and for authenticating a client, which is what the crate asks of both sides.
#[derive(Clone)]
pub(super) struct Known {
    pub(super) der: Vec<u8>,
    pub(super) parsed: X509,
    /// Whose it is: the subject's common name, and the issuer's as the domain.
    pub(super) name: UserName,
    /// The hosts it is for: the DNS names among its names or, where there are none, the common names.
    hosts: Vec<String>,
    not_before: Time,
    pub(super) not_after: Time,
}

impl Known {
    /// Reads a certificate of the caller's.
    pub(super) fn read(der: &[u8]) -> Result<Self> {
        if der.len() > LARGEST {
            return Err(unusable("it is larger than 16 KiB"));
        }
        fenced(|| Self::parse(der))?
    }

    fn parse(der: &[u8]) -> Result<Self> {
        let parsed: X509 = picky_asn1_der::from_bytes(der)
            .map_err(|_| unusable("it is not X.509 in DER: convert PEM first"))?;
        let contents = &parsed.tbs_certificate;
        let KeyBits::Rsa(key) = &contents.subject_public_key_info.subject_public_key else {
            return Err(other_key());
        };
        if key.0.modulus.as_unsigned_bytes_be().len().saturating_mul(8) < SHORTEST_KEY {
            return Err(unusable("its key has fewer than 2048 bits"));
        }
        let subject = common_names(&contents.subject)?;
        let issuer = common_names(&contents.issuer)?;
        let (Some(user), Some(domain)) = (subject.last(), issuer.last()) else {
            return Err(unusable("its subject or its issuer has no common name"));
        };
        let name = UserName::new(user, Some(domain));
        let not_before = read_time(&contents.validity.not_before)?;
        let not_after = read_time(&contents.validity.not_after)?;
        let hosts = hosts(&parsed, subject)?;
        Ok(Self { der: der.to_vec(), name, hosts, not_before, not_after, parsed })
    }

    /// Whether this is a certificate of the target's host.
    pub(super) fn is_for(&self, target: &str) -> bool {
        let host = host_of(target);
        self.hosts.iter().any(|own| own.eq_ignore_ascii_case(host))
    }

    /// Refuses a certificate before its first day and after its last.
    pub(super) fn check_dates(&self, now: Time, whose: &str) -> Result<()> {
        if now > self.not_after {
            let ended = self.not_after;
            return Err(Error::new(
                Status::CERT_EXPIRED,
                format!("PKU2U: {whose} certificate has expired, at {ended}"),
            ));
        }
        if now < self.not_before {
            let starts = self.not_before;
            return Err(Error::new(
                Status::CERT_EXPIRED,
                format!("PKU2U: {whose} certificate is not valid before {starts}"),
            ));
        }
        Ok(())
    }
}

/// This side's certificate and key.
#[derive(Clone)]
pub(super) struct Own {
    pub(super) certificate: Known,
    pub(super) chain: Vec<Vec<u8>>,
    pub(super) key: PrivateKey,
}

impl Own {
    pub(super) fn read(certificate: &Certificate) -> Result<Self> {
        let Certificate { chain, private_key } = certificate;
        let [first, ..] = &**chain else { return Err(unusable("there is none in the chain")) };
        let known = Known::read(first)?;
        check_usage(&known)?;
        let key = fenced(|| read_key(private_key.expose()))??;
        let is_its_key = fenced(|| {
            let own = PublicKey::from(known.parsed.tbs_certificate.subject_public_key_info.clone());
            key.to_public_key().is_ok_and(|public| components(&public) == components(&own))
        })?;
        if !is_its_key {
            return Err(unusable("the private key is that of another certificate"));
        }
        Ok(Self { certificate: known, chain: chain.clone(), key })
    }
}

/// PKCS#8, or PKCS#1. What is wrong with a key is not repeated: the cause could quote it.
fn read_key(der: &[u8]) -> Result<PrivateKey> {
    let key = PrivateKey::from_pkcs8(der).or_else(|_| PrivateKey::from_pkcs1(der));
    match key {
        Ok(key) if key.kind() == KeyKind::Rsa => Ok(key),
        Ok(_) => Err(other_key()),
        Err(_) => {
            Err(unusable("its private key cannot be read: it has to be RSA's, in PKCS#8 or PKCS#1"))
        }
    }
}

/// Modulus and exponent, without regard to how they are encoded.
fn components(key: &PublicKey) -> Option<(&[u8], &[u8])> {
    let info: &picky_asn1_x509::SubjectPublicKeyInfo = key.as_ref();
    match &info.subject_public_key {
        KeyBits::Rsa(key) => Some((
            key.0.modulus.as_unsigned_bytes_be(),
            key.0.public_exponent.as_unsigned_bytes_be(),
        )),
        _ => None,
    }
}

/// The common names, each of which Kerberos has to be able to say: it has ASCII alone, and the parts of
/// its names end at a slash.
fn common_names(name: &Name) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for attribute in name.0.0.iter().flat_map(|set| set.0.iter()) {
        if let AttributeTypeAndValueParameters::CommonName(name) = &attribute.value {
            let name = name.to_utf8_lossy().into_owned();
            let can_be_said = |one: char| (' '..='~').contains(&one) && one != '/';
            if name.is_empty() || !name.chars().all(can_be_said) {
                return Err(unusable("a common name in it is empty, has a slash, or is not ASCII"));
            }
            names.push(name);
        }
    }
    Ok(names)
}

fn hosts(certificate: &X509, subject: Vec<String>) -> Result<Vec<String>> {
    let mut hosts = Vec::new();
    for extension in certificate.extensions() {
        if let ExtensionView::SubjectAltName(names) = extension.extn_value() {
            for name in names.0 {
                if let GeneralName::DnsName(name) = name {
                    let name = std::str::from_utf8(name.as_bytes())
                        .map_err(|_| unusable("a DNS name in it is not ASCII"))?;
                    hosts.push(name.to_owned());
                }
            }
        }
    }
    Ok(if hosts.is_empty() { subject } else { hosts })
}

/// What the crate asks of a peer's certificate, asked of the own one when there is time to mend it.
fn check_usage(known: &Known) -> Result<()> {
    let (mut signs, mut authenticates) = (false, false);
    for extension in known.parsed.extensions() {
        match extension.extn_value() {
            ExtensionView::KeyUsage(usage) => signs = usage.digital_signature(),
            ExtensionView::ExtendedKeyUsage(usage) => {
                authenticates = usage.contains(oids::kp_client_auth())
                    || usage.iter().any(|one| Into::<String>::into(&one.0) == PKINIT_CLIENT);
            }
            _ => {}
        }
    }
    if signs && authenticates {
        return Ok(());
    }
    Err(Error::new(
        Status::CERT_WRONG_USAGE,
        "PKU2U: the certificate has to have the key usage digitalSignature and the extended key usage \
         clientAuth, on both sides",
    ))
}

fn read_time(time: &X509Time) -> Result<Time> {
    // The two are of different types with the same methods.
    macro_rules! date {
        ($time:expr) => {
            DateTime::new(
                $time.year(),
                $time.month(),
                $time.day(),
                $time.hour(),
                $time.minute(),
                $time.second(),
            )
        };
    }
    let date = match time {
        X509Time::Utc(time) => date!(time.0),
        X509Time::Generalized(time) => date!(time.0),
    };
    let date = date.map_err(|_| unusable("its dates are none"))?;
    Ok(Time::from_unix_seconds(date.unix_duration().as_secs()))
}

/// The host of a target's name: `HTTP/host`, `TERMSRV/host:port`, or a host alone.
pub(super) fn host_of(target: &str) -> &str {
    without_port(host_and_port(target))
}

fn other_key() -> Error {
    Error::new(
        Status::UNSUPPORTED_FUNCTION,
        "PKU2U signs with RSA (PKCS#1 v1.5 with SHA-1), and the key of the certificate is of another kind",
    )
}

fn unusable(what: &str) -> Error {
    Error::new(Status::CERT_UNKNOWN, format!("PKU2U: the certificate cannot be used: {what}"))
}

#[cfg(test)]
mod tests {
    use super::host_of;

    #[test]
    fn the_host_of_a_target_is_what_certificates_name() {
        for (target, host) in [
            ("HTTP/web.example.com", "web.example.com"),
            ("TERMSRV/desk7:3389", "desk7"),
            ("HTTP/web.example.com/realm", "web.example.com"),
            ("desk7", "desk7"),
            ("HTTP/::1", "::1"),
            ("HTTP/", ""),
        ] {
            assert_eq!(host_of(target), host, "{target}");
        }
    }
}
