//! The proof of the server's public key ([MS-CSSP] 3.1.5), which binds the authentication to the TLS
//! connection it runs in: whoever stands in between has another key.

use super::messages::NONCE_LENGTH;
use crate::error::{Error, Result};
use crate::status::Status;
use der::asn1::{AnyRef, BitStringRef};
use der::{Decode, Sequence, SliceReader, Tag, TagNumber, Tagged};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// What the client's hash begins with, the zero at the end included ([MS-CSSP] 3.1.5).
const CLIENT_MAGIC: &[u8] = b"CredSSP Client-To-Server Binding Hash\0";
/// What the server's hash begins with.
const SERVER_MAGIC: &[u8] = b"CredSSP Server-To-Client Binding Hash\0";

/// The form that the proof has in the version that both sides speak.
#[derive(Clone, Copy)]
pub(super) enum KeyProof {
    /// Versions 5 and 6: a hash over a nonce and the key.
    Hashed([u8; NONCE_LENGTH]),
    /// Versions 2 to 4: the key itself, and from the server the key with one added to its first
    /// byte. A server can be made to prove a key of somebody else's choice (CVE-2018-0886), which
    /// is why these versions must be allowed by name.
    Plain,
}

impl KeyProof {
    /// The client's nonce, where the version has one.
    pub(super) fn nonce(&self) -> Option<&[u8; NONCE_LENGTH]> {
        match self {
            Self::Hashed(nonce) => Some(nonce),
            Self::Plain => None,
        }
    }

    /// What the client sends, before it is encrypted.
    pub(super) fn of_client(&self, key: &[u8]) -> Vec<u8> {
        match self {
            Self::Hashed(nonce) => hash(CLIENT_MAGIC, nonce, key),
            Self::Plain => key.to_vec(),
        }
    }

    /// What the server answers, before it is encrypted.
    pub(super) fn of_server(&self, key: &[u8]) -> Vec<u8> {
        match self {
            Self::Hashed(nonce) => hash(SERVER_MAGIC, nonce, key),
            Self::Plain => {
                let mut answer = key.to_vec();
                if let Some(first) = answer.first_mut() {
                    // Without a carry: the first byte alone.
                    *first = first.wrapping_add(1);
                }
                answer
            }
        }
    }
}

fn hash(magic: &[u8], nonce: &[u8; NONCE_LENGTH], key: &[u8]) -> Vec<u8> {
    Sha256::new().chain_update(magic).chain_update(nonce).chain_update(key).finalize().to_vec()
}

/// Compares a peer's proof with what it must be, in constant time.
pub(super) fn is_proven(proof: &[u8], expected: &[u8]) -> bool {
    !expected.is_empty() && proof.ct_eq(expected).into()
}

/// A certificate, as far as its key (RFC 5280 4.1).
#[derive(Sequence)]
struct Certificate<'a> {
    contents: AnyRef<'a>,
    algorithm: AnyRef<'a>,
    signature: BitStringRef<'a>,
}

#[derive(Sequence)]
struct KeyInfo<'a> {
    algorithm: AnyRef<'a>,
    key: BitStringRef<'a>,
}

/// The SubjectPublicKey of a certificate in DER: the content of the bit string, without its
/// algorithm ([MS-CSSP] 2.2.1, pubKeyAuth).
pub(crate) fn public_key(certificate: &[u8]) -> Result<&[u8]> {
    find_key(certificate).map_err(|cause| {
        Error::new(Status::CERT_UNKNOWN, "the server's certificate has no public key to be read")
            .with_source(cause)
    })
}

fn find_key(certificate: &[u8]) -> der::Result<&[u8]> {
    let certificate = Certificate::from_der(certificate)?;
    certificate.contents.tag().assert_eq(Tag::Sequence)?;
    let mut contents = SliceReader::new(certificate.contents.value())?;
    let mut field = AnyRef::decode(&mut contents)?;
    // The version is left out where it is the first.
    if field.tag() == (Tag::ContextSpecific { constructed: true, number: TagNumber(0) }) {
        field = AnyRef::decode(&mut contents)?;
    }
    field.tag().assert_eq(Tag::Integer)?;
    // signature, issuer, validity, subject
    for _ in 0..4 {
        AnyRef::decode(&mut contents)?.tag().assert_eq(Tag::Sequence)?;
    }
    let info = KeyInfo::decode(&mut contents)?;
    // Every key there is has whole bytes.
    info.key.as_bytes().ok_or_else(|| Tag::BitString.value_error().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::credssp::certificate::self_signed;

    #[test]
    fn the_hashes_are_those_of_the_specification() {
        // By hand: printf 'CredSSP … Binding Hash\0' followed by 32 bytes of 0x5A and "key", through
        // sha256sum.
        let proof = KeyProof::Hashed([0x5A; 32]);
        let hex = |bytes: Vec<u8>| {
            bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
        };
        assert_eq!(
            hex(proof.of_client(b"key")),
            "a5904c420fbc8821ff25a767b68f28a9c96d6a8fc461924c77ef7f9626f1d3ff"
        );
        assert_eq!(
            hex(proof.of_server(b"key")),
            "bf5254d8ee6cece30a4b2f52ec6e203027e1b8b04dac7b4ab9d0c52e39e320a6"
        );
    }

    #[test]
    fn old_versions_add_one_to_the_first_byte() {
        assert_eq!(KeyProof::Plain.of_client(&[0x30, 0x82]), [0x30, 0x82]);
        assert_eq!(KeyProof::Plain.of_server(&[0x30, 0x82]), [0x31, 0x82]);
        assert_eq!(KeyProof::Plain.of_server(&[0xFF, 0x82]), [0x00, 0x82]);
    }

    #[test]
    fn a_proof_holds_only_for_its_side_its_nonce_and_its_key() {
        let proof = KeyProof::Hashed([1; 32]);
        let expected = proof.of_client(b"key");
        assert!(is_proven(&proof.of_client(b"key"), &expected));
        assert!(!is_proven(&proof.of_server(b"key"), &expected));
        assert!(!is_proven(&proof.of_client(b"other"), &expected));
        assert!(!is_proven(&KeyProof::Hashed([2; 32]).of_client(b"key"), &expected));
        assert!(!is_proven(&expected[..31], &expected));
        assert!(!is_proven(&[], &expected) && !is_proven(&[], &[]));
    }

    #[test]
    fn the_key_of_a_certificate_is_found_and_nothing_else_is_one() {
        let (certificate, _) = self_signed("server.example.com").unwrap();
        let key = public_key(&certificate).unwrap();
        // A point of P-256 that is not compressed.
        assert_eq!((key.len(), key.first()), (65, Some(&4)));
        for length in 0..certificate.len() {
            let error = public_key(certificate.get(..length).unwrap()).unwrap_err();
            assert_eq!(error.status(), Status::CERT_UNKNOWN);
        }
        // Whatever is changed, it is read or refused, and does not panic.
        for at in 0..certificate.len() {
            for byte in [0, 0x7F, 0x80, 0xFF] {
                let mut changed = certificate.clone();
                changed[at] = byte;
                let _ = public_key(&changed);
            }
        }
    }
}
