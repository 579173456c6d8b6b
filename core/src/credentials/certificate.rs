//! The hash of a server's certificate that channel bindings are made of (RFC 5929 4.1).

use crate::error::{Error, Result};
use crate::status::Status;
use der::asn1::{AnyRef, BitStringRef, ObjectIdentifier};
use der::{Decode, Reader, Sequence, SliceReader, Tag, TagNumber};
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

/// The largest certificate that is read.
const LARGEST: usize = 1024 * 1024;

/// As much of a certificate as says how it was signed (RFC 5280 4.1).
#[derive(Sequence)]
struct Certificate<'a> {
    contents: AnyRef<'a>,
    algorithm: Algorithm<'a>,
    signature: BitStringRef<'a>,
}

#[derive(Clone, Copy, Sequence)]
struct Algorithm<'a> {
    identifier: ObjectIdentifier,
    parameters: Option<AnyRef<'a>>,
}

/// The hash of the signature, or SHA-256 where that is MD5 or SHA-1.
pub(super) fn hash(certificate: &[u8]) -> Result<Vec<u8>> {
    if certificate.len() > LARGEST {
        return Err(malformed("it is larger than 1 MiB"));
    }
    let read = Certificate::from_der(certificate).map_err(|cause| {
        malformed("it is not X.509 in DER: convert PEM first").with_source(cause)
    })?;
    match read.algorithm.hash() {
        Some(Hash::Sha224) => Ok(Sha224::digest(certificate).to_vec()),
        Some(Hash::Sha256) => Ok(Sha256::digest(certificate).to_vec()),
        Some(Hash::Sha384) => Ok(Sha384::digest(certificate).to_vec()),
        Some(Hash::Sha512) => Ok(Sha512::digest(certificate).to_vec()),
        None => Err(Error::new(
            Status::UNSUPPORTED_FUNCTION,
            format!(
                "the certificate's signature ({}) has no hash that channel bindings are made with",
                read.algorithm.identifier
            ),
        )),
    }
}

fn malformed(what: &str) -> Error {
    Error::new(Status::INVALID_PARAMETER, format!("the certificate cannot be read: {what}"))
}

#[derive(Clone, Copy)]
enum Hash {
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

/// Signatures by what they hash with: RSA (RFC 8017 A.2.4), ECDSA (RFC 5758 3.2, RFC 3279 2.2.3),
/// DSA (RFC 5758 3.1); and the hashes themselves (RFC 8017 B.1), which RSASSA-PSS names.
const ALGORITHMS: &[(&str, Hash)] = &[
    ("1.2.840.113549.1.1.4", Hash::Sha256),
    ("1.2.840.113549.1.1.5", Hash::Sha256),
    ("1.2.840.113549.1.1.11", Hash::Sha256),
    ("1.2.840.113549.1.1.12", Hash::Sha384),
    ("1.2.840.113549.1.1.13", Hash::Sha512),
    ("1.2.840.113549.1.1.14", Hash::Sha224),
    ("1.2.840.10045.4.1", Hash::Sha256),
    ("1.2.840.10045.4.3.1", Hash::Sha224),
    ("1.2.840.10045.4.3.2", Hash::Sha256),
    ("1.2.840.10045.4.3.3", Hash::Sha384),
    ("1.2.840.10045.4.3.4", Hash::Sha512),
    ("1.2.840.10040.4.3", Hash::Sha256),
    ("2.16.840.1.101.3.4.3.1", Hash::Sha224),
    ("2.16.840.1.101.3.4.3.2", Hash::Sha256),
    ("1.3.14.3.2.26", Hash::Sha256),
    ("2.16.840.1.101.3.4.2.4", Hash::Sha224),
    ("2.16.840.1.101.3.4.2.1", Hash::Sha256),
    ("2.16.840.1.101.3.4.2.2", Hash::Sha384),
    ("2.16.840.1.101.3.4.2.3", Hash::Sha512),
];

/// RSASSA-PSS (RFC 8017 A.2.3)
const PSS: &str = "1.2.840.113549.1.1.10";

impl Algorithm<'_> {
    fn hash(self) -> Option<Hash> {
        let identifier = self.identifier.to_string();
        if identifier == PSS {
            // RSASSA-PSS-params names its hash first; SHA-1 is the default.
            return match self.parameters.map(named_hash) {
                Some(Some(inner)) => inner.hash(),
                Some(None) => None,
                None => Some(Hash::Sha256),
            };
        }
        let found = ALGORITHMS.iter().find(|(known, _)| *known == identifier);
        found.map(|(_, hash)| *hash)
    }
}

/// The hash that the parameters of RSASSA-PSS name.
fn named_hash(parameters: AnyRef<'_>) -> Option<Algorithm<'_>> {
    let mut reader = SliceReader::new(parameters.value()).ok()?;
    if reader.is_finished() {
        return Some(Algorithm {
            identifier: ObjectIdentifier::new("1.3.14.3.2.26").ok()?,
            parameters: None,
        });
    }
    let first = AnyRef::decode(&mut reader).ok()?;
    let is_hash = der::Tagged::tag(&first)
        == Tag::ContextSpecific { constructed: true, number: TagNumber(0) };
    let inner = Algorithm::from_der(first.value()).ok().filter(|_| is_hash)?;
    // Only a hash by itself, not another RSASSA-PSS.
    (inner.identifier.to_string() != PSS).then_some(inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::ChannelBindings;

    /// A certificate of a signature algorithm, with nothing in it.
    fn certificate(algorithm: &[u8]) -> Vec<u8> {
        let body = [&[0x30, 0][..], algorithm, &[0x03, 2, 0, 0x5A]].concat();
        [&[0x30, u8::try_from(body.len()).unwrap()][..], &body].concat()
    }

    fn length(algorithm: &[u8]) -> Result<usize> {
        let bindings = ChannelBindings::of_certificate(&certificate(algorithm))?;
        let data = bindings.application_data();
        Ok(data.strip_prefix(b"tls-server-end-point:").unwrap().len())
    }

    const RSA: [u8; 8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01];

    fn rsa(last: u8, parameters: &[u8]) -> Vec<u8> {
        let identifier = [&[0x06, 9][..], &RSA, &[last], parameters].concat();
        [&[0x30, u8::try_from(identifier.len()).unwrap()][..], &identifier].concat()
    }

    #[test]
    fn the_hash_is_the_signatures_and_never_a_broken_one() {
        let null = [5, 0];
        for (last, expected) in [(4, 32), (5, 32), (11, 32), (12, 48), (13, 64), (14, 28)] {
            assert_eq!(length(&rsa(last, &null)).unwrap(), expected, "{last}");
        }
        // ecdsa-with-SHA384
        let ecdsa = [0x30, 10, 0x06, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x03];
        assert_eq!(length(&ecdsa).unwrap(), 48);
        // RSASSA-PSS with SHA-512, with the default, and with something that is no hash
        let sha_512 = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03];
        let named = [&[0x30, 15, 0xA0, 13, 0x30, 11, 0x06, 9][..], &sha_512].concat();
        assert_eq!(length(&rsa(10, &named)).unwrap(), 64);
        assert_eq!(length(&rsa(10, &[0x30, 0])).unwrap(), 32);
        assert!(length(&rsa(10, &[0x30, 2, 0xA1, 0])).is_err());
    }

    #[test]
    fn what_has_no_hash_or_is_no_certificate_is_refused() {
        let ed25519 = [0x30, 5, 0x06, 3, 0x2B, 0x65, 0x70];
        assert_eq!(length(&ed25519).unwrap_err().status(), Status::UNSUPPORTED_FUNCTION);
        let whole = certificate(&rsa(11, &[5, 0]));
        for cut in 0..whole.len() {
            let error = ChannelBindings::of_certificate(&whole[..cut]).unwrap_err();
            assert_eq!(error.status(), Status::INVALID_PARAMETER);
        }
        let pem = ChannelBindings::of_certificate(b"-----BEGIN CERTIFICATE-----").unwrap_err();
        assert!(pem.context().contains("PEM"), "{pem}");
    }
}
