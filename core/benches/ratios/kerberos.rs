//! Kerberos: wrap plus unwrap, against the bare primitives and against the cipher that the `sspi` crate
//! wraps with.

use crate::{Row, Turn};
use anysspi::kerberos::EncryptionType;
use anysspi::raw::{Buffer, BufferKind};
use anysspi::{MessageOptions, testing::kerberos_contexts};
use cbc::cipher::{Array, BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};
use picky_krb::crypto::CipherSuite;
use sha1::{Digest as _, Sha1};
use std::hint::black_box;

const KIB_64: usize = 64 * 1024;

pub(crate) fn rows() -> Vec<Row> {
    vec![
        Row {
            name: "kerberos.protect.64k",
            unit: "MB/s",
            peer: "AES-256-CBC and SHA-1 in turn",
            units: KIB_64 as f64 / 1e6,
            make: || (our_protection(), primitives()),
        },
        Row {
            name: "kerberos.protect.64k",
            unit: "MB/s",
            peer: "the cipher of the sspi crate 0.23.1",
            units: KIB_64 as f64 / 1e6,
            make: || (our_protection(), their_cipher()),
        },
    ]
}

fn our_protection() -> Turn {
    let (mut one, mut two) = kerberos_contexts(EncryptionType::AES256_SHA1).expect("contexts");
    let mut token = vec![0; one.facts().sizes.security_trailer];
    let mut text = vec![0x5A; KIB_64];
    Box::new(move || {
        let mut message =
            [Buffer::exclusive(BufferKind::TOKEN, &mut token), Buffer::data(&mut text)];
        one.encrypt(MessageOptions::default(), &mut message).expect("a sealed message");
        two.decrypt(MessageOptions::default(), &mut message).expect("an opened message");
    })
}

/// The limit: over the same bytes, SHA-1 and then AES-256-CBC to seal, AES-256-CBC and then SHA-1 to
/// unseal, by the published crates, one whole pass after the other.
fn primitives() -> Turn {
    type Encryptor = cbc::Encryptor<aes::Aes256>;
    type Decryptor = cbc::Decryptor<aes::Aes256>;
    let (key, start) = ([7; 32].into(), [0; 16].into());
    let (mut sealing, mut unsealing) = (Encryptor::new(&key, &start), Decryptor::new(&key, &start));
    let mut message = vec![[0x5A; 16]; KIB_64 / 16];
    Box::new(move || {
        black_box(Sha1::digest(message.as_flattened()));
        sealing.encrypt_blocks(Array::cast_slice_from_core_mut(&mut message));
        unsealing.decrypt_blocks(Array::cast_slice_from_core_mut(&mut message));
        black_box(Sha1::digest(message.as_flattened()));
    })
}

/// That crate's Kerberos context is not to be had without a KDC, so this is what it wraps and unwraps
/// with: picky-krb's cipher, without the token around it.
fn their_cipher() -> Turn {
    let cipher = CipherSuite::Aes256CtsHmacSha196.cipher();
    let (key, message) = ([7; 32], vec![0x5A; KIB_64]);
    Box::new(move || {
        let sealed = cipher.encrypt(&key, 24, &message).expect("a sealed message");
        black_box(cipher.decrypt(&key, 24, &sealed).expect("an opened message"));
    })
}
