//! Published values, and what is refused.

use super::*;
use crate::kerberos::vectors::{self, hex};
use crate::surroundings::Entropy;
use proptest::prelude::*;
use serde_json::Value;

const TYPES: [EncryptionType; 5] = [
    EncryptionType::AES128_SHA1,
    EncryptionType::AES256_SHA1,
    EncryptionType::AES128_SHA2,
    EncryptionType::AES256_SHA2,
    EncryptionType::RC4,
];
const USAGE: KeyUsage = KeyUsage(2);

/// The randomness of a published example.
struct Known(Vec<u8>);

impl Entropy for Known {
    fn fill(&self, buffer: &mut [u8]) -> Result<()> {
        buffer.copy_from_slice(&self.0[..buffer.len()]);
        Ok(())
    }
}

fn known(bytes: Vec<u8>) -> Surroundings {
    Surroundings::system().with_entropy(Known(bytes))
}

fn key_of(vector: &Value) -> Key {
    let name = vector["encryption_type"].as_str().unwrap();
    let encryption_type = EncryptionType::from_name(name).unwrap();
    Key::new(encryption_type, hex(&vector["key"]).as_slice()).unwrap()
}

fn usage_of(vector: &Value) -> KeyUsage {
    KeyUsage(vector["usage"].as_u64().unwrap().try_into().unwrap())
}

#[test]
fn published_ciphertexts_are_reproduced() {
    let published = vectors::read("encryption.json");
    assert!(published.len() >= 23);
    for vector in published {
        let (key, usage) = (key_of(&vector), usage_of(&vector));
        let (text, ciphertext) = (hex(&vector["text"]), hex(&vector["ciphertext"]));
        assert_eq!(*key.decrypt(usage, &ciphertext).unwrap(), text, "{vector}");
        // With the confounder that was drawn there, every byte is the same here.
        let cipher = Cipher::new(&key, usage).unwrap();
        let (before, confounder, behind) = cipher.layout();
        let mut whole = ciphertext[before..ciphertext.len() - behind].to_vec();
        match &cipher.0 {
            Encryption::Aes(key) => {
                let code = &ciphertext[ciphertext.len() - behind..];
                assert!(key.open(&mut [Part::Sealed(&mut whole)], code));
            }
            Encryption::Rc4(key) => {
                assert!(key.open(&mut whole, ciphertext[..before].try_into().unwrap()));
            }
        }
        let surroundings = known(whole[..confounder].to_vec());
        assert_eq!(cipher.encrypt(&surroundings, &text).unwrap(), ciphertext, "{vector}");
    }
}

#[test]
fn published_checksums_are_reproduced() {
    let published = vectors::read("checksum.json");
    assert!(published.len() >= 5);
    for vector in published {
        let (key, usage, text) = (key_of(&vector), usage_of(&vector), hex(&vector["text"]));
        let kind = i32::try_from(vector["kind"].as_i64().unwrap()).unwrap();
        assert_eq!(key.checksum_type().unwrap(), kind);
        let (first, second) = text.split_at(text.len() / 3);
        let checksum = key.checksum(usage, &[first, b"", second]).unwrap();
        assert_eq!(checksum, hex(&vector["checksum"]), "{vector}");
        key.verify_checksum(usage, kind, &[&text], &checksum).unwrap();
    }
}

#[test]
fn published_pseudo_random_bytes_are_reproduced() {
    let published = vectors::read("pseudo_random.json");
    assert!(published.len() >= 8);
    for vector in published {
        let output = key_of(&vector).pseudo_random(&hex(&vector["input"])).unwrap();
        assert_eq!(output.expose(), hex(&vector["output"]), "{vector}");
    }
}

#[test]
fn pseudo_random_bytes_of_rc4_are_hmac_with_sha1() {
    // Computed by Python:
    // hmac.new(b"k" * 16, b"input", "sha1")
    let key = Key::new(EncryptionType::RC4, &[b'k'; 16][..]).unwrap();
    let output = key.pseudo_random(b"input").unwrap();
    assert_eq!(output.len(), 20);
    assert_eq!(output.expose(), hex(&Value::from("3ba1b0c0bf2946e51f6dc54a68ed8e2ecc9f411d")));
}

#[test]
fn every_truncation_and_every_flipped_bit_is_refused() {
    let surroundings = Surroundings::system();
    for encryption_type in TYPES {
        let key = Key::random(encryption_type, &surroundings).unwrap();
        let cipher = Cipher::new(&key, USAGE).unwrap();
        for length in [0, 1, 15, 16, 17, 40] {
            let ciphertext = cipher.encrypt(&surroundings, &vec![7; length]).unwrap();
            assert_eq!(*cipher.decrypt(&ciphertext).unwrap(), vec![7; length]);
            for shorter in 0..ciphertext.len() {
                let error = cipher.decrypt(&ciphertext[..shorter]).unwrap_err();
                assert_eq!(error.status(), Status::MESSAGE_ALTERED);
            }
            let mut longer = ciphertext.clone();
            longer.push(0);
            assert!(cipher.decrypt(&longer).is_err());
            for bit in 0..ciphertext.len() * 8 {
                let mut flipped = ciphertext.clone();
                flipped[bit / 8] ^= 1 << (bit % 8);
                let error = cipher.decrypt(&flipped).unwrap_err();
                assert_eq!(error.status(), Status::MESSAGE_ALTERED, "{encryption_type} {bit}");
            }
        }
    }
}

#[test]
fn what_does_not_hold_is_wiped() {
    for encryption_type in TYPES {
        let surroundings = Surroundings::system();
        let key = Key::random(encryption_type, &surroundings).unwrap();
        let mut text = [0x55; 64];
        match Cipher::new(&key, USAGE).unwrap().into_encryption() {
            Encryption::Aes(key) => {
                let code = vec![0; key.code_length()];
                let (first, second) = text.split_at_mut(21);
                let mut parts =
                    [Part::Sealed(first), Part::Signed(b"header"), Part::Sealed(second)];
                assert!(!key.open(&mut parts, &code));
            }
            Encryption::Rc4(key) => assert!(!key.open(&mut text, &[0; 16])),
        }
        assert_eq!(text, [0; 64]);
    }
}

#[test]
fn other_keys_usages_and_kinds_are_refused() {
    let surroundings = Surroundings::system();
    for encryption_type in TYPES {
        let key = Key::random(encryption_type, &surroundings).unwrap();
        let other = Key::random(encryption_type, &surroundings).unwrap();
        assert_ne!(key, other);
        let ciphertext = key.encrypt(USAGE, &surroundings, b"text").unwrap();
        assert!(other.decrypt(USAGE, &ciphertext).is_err());
        assert!(key.decrypt(KeyUsage(11), &ciphertext).is_err());
        assert_ne!(ciphertext, key.encrypt(USAGE, &surroundings, b"text").unwrap());

        let kind = key.checksum_type().unwrap();
        let checksum = key.checksum(USAGE, &[b"text"]).unwrap();
        key.verify_checksum(USAGE, kind, &[b"te", b"xt"], &checksum).unwrap();
        for wrong in [
            other.verify_checksum(USAGE, kind, &[b"text"], &checksum),
            key.verify_checksum(KeyUsage(11), kind, &[b"text"], &checksum),
            key.verify_checksum(USAGE, kind, &[b"test"], &checksum),
            // CRC-32 and MD5, which prove nothing, and none at all
            key.verify_checksum(USAGE, 1, &[b"text"], &checksum),
            key.verify_checksum(USAGE, 7, &[b"text"], &checksum),
            key.verify_checksum(USAGE, kind, &[b"text"], &[]),
            key.verify_checksum(USAGE, kind, &[b"text"], &checksum[1..]),
        ] {
            assert_eq!(wrong.unwrap_err().status(), Status::MESSAGE_ALTERED);
        }
        for bit in 0..checksum.len() * 8 {
            let mut flipped = checksum.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(key.verify_checksum(USAGE, kind, &[b"text"], &flipped).is_err());
        }
    }
}

#[test]
fn unknown_types_do_nothing() {
    let key = Key::new(EncryptionType(3), &[0; 8][..]).unwrap();
    let surroundings = Surroundings::system();
    for error in [
        key.encrypt(USAGE, &surroundings, b"").unwrap_err(),
        key.decrypt(USAGE, &[0; 64]).unwrap_err(),
        key.checksum(USAGE, &[]).unwrap_err(),
        key.pseudo_random(b"").unwrap_err(),
        Key::random(EncryptionType(3), &surroundings).unwrap_err(),
    ] {
        assert_eq!(error.status(), Status::UNSUPPORTED_FUNCTION);
    }
}

#[test]
fn without_randomness_nothing_is_encrypted() {
    let surroundings = Surroundings::system().with_entropy(crate::testing::NoEntropy);
    let key = Key::new(EncryptionType::AES256_SHA1, &[1; 32][..]).unwrap();
    assert!(key.encrypt(USAGE, &surroundings, b"text").is_err());
    assert!(Key::random(EncryptionType::AES256_SHA1, &surroundings).is_err());
}

/// The pieces of a text that is cut, with something between them that is only signed.
fn parts<'a>(mut bytes: &'a mut [u8], cuts: &[usize]) -> Vec<Part<'a>> {
    let mut parts = Vec::new();
    let mut done = 0;
    for cut in cuts {
        let (first, rest) = bytes.split_at_mut(cut - done);
        parts.extend([Part::Sealed(first), Part::Signed(b"between the pieces")]);
        (bytes, done) = (rest, *cut);
    }
    parts.push(Part::Sealed(bytes));
    parts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// However a message is divided, it is the same message.
    #[test]
    fn texts_in_pieces_come_back(
        kind in 0_usize..4,
        text in prop::collection::vec(any::<u8>(), 16..1200),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..5),
        flipped in any::<prop::sample::Index>(),
    ) {
        let surroundings = Surroundings::system();
        let key = Key::random(TYPES[kind], &surroundings).unwrap();
        let Encryption::Aes(key) = Cipher::new(&key, USAGE).unwrap().into_encryption() else {
            unreachable!()
        };
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len() + 1)).collect();
        cuts.sort_unstable();
        let mut sealed = text.clone();
        let mut code = vec![0; key.code_length()];
        key.seal(&mut parts(&mut sealed, &cuts), &mut code);
        prop_assert!(sealed != text);
        let mut opened = sealed.clone();
        prop_assert!(key.open(&mut parts(&mut opened, &cuts), &code));
        prop_assert_eq!(&opened, &text);
        // In one piece the ciphertext is the same, and so is the code where nothing stood between.
        let mut whole = text.clone();
        let mut whole_code = code.clone();
        key.seal(&mut [Part::Sealed(&mut whole)], &mut whole_code);
        prop_assert_eq!(&whole, &sealed);
        prop_assert_eq!(whole_code == code, cuts.is_empty());
        let at = flipped.index(sealed.len());
        sealed[at] ^= 0x10;
        prop_assert!(!key.open(&mut parts(&mut sealed, &cuts), &code));
        prop_assert!(sealed.iter().all(|byte| *byte == 0));
    }
}
