//! Two ends of a context, and whoever stands between them.

use super::*;
use crate::buffer::BufferAttributes;
use crate::context::Side;
use crate::credentials::Secret;
use crate::crypto::aes_hmac::AesHmac;
use crate::kerberos::key_usage::KeyUsage;
use crate::package;
use crate::package::PackageInfo;
use crate::time::Time;
use std::borrow::Cow;

const AES: [EncryptionType; 4] = [
    EncryptionType::AES128_SHA1,
    EncryptionType::AES256_SHA1,
    EncryptionType::AES128_SHA2,
    EncryptionType::AES256_SHA2,
];
const ALL: [EncryptionType; 5] = [AES[0], AES[1], AES[2], AES[3], EncryptionType::RC4];
const LENGTHS: [usize; 9] = [0, 1, 15, 16, 17, 100, 255, 4096, 70_000];

const SEALED: MessageOptions = MessageOptions { quality: Quality::DEFAULT, sequence: 0 };
const SIGNED: MessageOptions = MessageOptions { quality: Quality::NO_ENCRYPT, sequence: 0 };

fn info() -> PackageInfo {
    PackageInfo {
        name: Cow::Borrowed("Kerberos"),
        comment: Cow::Borrowed(""),
        capabilities: package::Capabilities::empty(),
        version: 1,
        rpc_id: 16,
        max_token: 48_000,
    }
}

fn key(encryption_type: EncryptionType) -> Key {
    let length = encryption_type.key_length().unwrap();
    let bytes: Vec<u8> = (0..length).map(|at| at as u8 ^ 0x5A).collect();
    Key::new(encryption_type, bytes.as_slice()).unwrap()
}

fn context_of(side: Side, key: Key, flags: ContextFlags, subkey: bool) -> KerberosContext {
    let mut facts = Facts::new(info(), side, Time::from_unix_seconds(0));
    facts.flags = flags;
    facts.session_key = Secret::new(key.bytes().expose());
    let (initiator, acceptor) = (0x1234_5678, u32::MAX);
    let (own_sequence, peer_sequence) = match side {
        Side::Initiator => (initiator, acceptor),
        Side::Acceptor => (acceptor, initiator),
    };
    let agreement = Agreement { key, is_acceptor_subkey: subkey, own_sequence, peer_sequence };
    KerberosContext::new(facts, Surroundings::system(), agreement).unwrap()
}

fn context(side: Side, encryption_type: EncryptionType, extra: ContextFlags) -> KerberosContext {
    let flags = ContextFlags::PROTECTION | extra;
    context_of(side, key(encryption_type), flags, true)
}

fn initiator(encryption_type: EncryptionType) -> KerberosContext {
    context(Side::Initiator, encryption_type, ContextFlags::empty())
}

fn acceptor(encryption_type: EncryptionType) -> KerberosContext {
    context(Side::Acceptor, encryption_type, ContextFlags::empty())
}

fn message(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 31 % 251) as u8).collect()
}

fn sign(context: &mut KerberosContext, data: &[u8]) -> Vec<u8> {
    let token = Buffer::owned(BufferKind::TOKEN, vec![0; context.facts.sizes.max_signature]);
    let mut message = [token, Buffer::shared(BufferKind::DATA, data)];
    context.sign(SEALED, &mut message).unwrap();
    let [token, _] = message;
    token.into_bytes()
}

fn verify(context: &mut KerberosContext, data: &[u8], signature: &[u8]) -> Result<Quality> {
    let mut message = [Buffer::token(signature), Buffer::shared(BufferKind::DATA, data)];
    context.verify(SEALED, &mut message)
}

fn wrap(context: &mut KerberosContext, options: MessageOptions, data: &[u8]) -> Vec<u8> {
    package::wrap(context, options, data).unwrap()
}

fn unwrap(context: &mut KerberosContext, wrapped: &[u8]) -> Result<Vec<u8>> {
    package::unwrap(context, SEALED, wrapped).map(|(message, _)| message.to_vec())
}

fn refused<T: std::fmt::Debug>(result: Result<T>, status: Status) {
    assert_eq!(result.unwrap_err().status(), status);
}

/// A token turned to have another RRC.
fn turned(token: &[u8], rotation: u16) -> Vec<u8> {
    let mut token = token.to_vec();
    let (header, body) = token.split_at_mut(16);
    let before = usize::from(u16::from_be_bytes([header[6], header[7]])) % body.len();
    header[6..8].copy_from_slice(&rotation.to_be_bytes());
    body.rotate_left(before);
    body.rotate_right(usize::from(rotation) % body.len());
    token
}

#[test]
fn both_ends_understand_one_another() {
    for encryption_type in ALL {
        for dce in [ContextFlags::empty(), ContextFlags::DCE_STYLE] {
            let mut one = context(Side::Initiator, encryption_type, dce);
            let mut two = context(Side::Acceptor, encryption_type, dce);
            for length in LENGTHS {
                let text = message(length);
                for _ in 0..2 {
                    let signature = sign(&mut one, &text);
                    assert_eq!(signature.len(), one.facts.sizes.max_signature);
                    assert_eq!(verify(&mut two, &text, &signature).unwrap(), Quality::NO_ENCRYPT);
                    let wrapped = wrap(&mut one, SEALED, &text);
                    assert!(length < 16 || !wrapped.windows(16).any(|part| part == &text[..16]));
                    assert_eq!(unwrap(&mut two, &wrapped).unwrap(), text);
                    let wrapped = wrap(&mut one, SIGNED, &text);
                    assert_eq!(unwrap(&mut two, &wrapped).unwrap(), text);
                    std::mem::swap(&mut one, &mut two);
                }
            }
        }
    }
}

#[test]
fn a_message_tells_how_it_was_protected() {
    for encryption_type in ALL {
        let (mut one, mut two) = (initiator(encryption_type), acceptor(encryption_type));
        for options in [SEALED, SIGNED] {
            let mut wrapped = wrap(&mut one, options, b"message");
            let mut buffers = [
                Buffer::exclusive(BufferKind::STREAM, &mut wrapped),
                Buffer::empty(BufferKind::DATA),
            ];
            // Whatever is asked for.
            assert_eq!(two.decrypt(SEALED, &mut buffers).unwrap(), options.quality);
            assert_eq!(buffers[1].bytes(), b"message");
        }
    }
}

#[test]
fn tokens_are_those_of_the_specification() {
    // RFC 4121 4.2.6 and 4.2.4, with nothing but encryption and checksums.
    for encryption_type in AES {
        let mut one = initiator(encryption_type);
        let key = key(encryption_type);
        let code = key.checksum(KeyUsage(1), &[]).unwrap().len();

        let signature = sign(&mut one, b"message");
        let (header, checksum) = signature.split_at(16);
        assert_eq!(
            header,
            [4, 4, 4, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0x12, 0x34, 0x56, 0x78]
        );
        assert_eq!(checksum, key.checksum(KeyUsage(25), &[b"message", header]).unwrap());

        let token = wrap(&mut one, SEALED, b"message");
        assert_eq!(token[6..8], (16 + code as u16).to_be_bytes());
        let token = turned(&token, 0);
        let (header, body) = token.split_at(16);
        assert_eq!(header, [5, 4, 6, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0x12, 0x34, 0x56, 0x79]);
        let text = key.decrypt(KeyUsage(24), body).unwrap();
        assert_eq!(*text, [&b"message"[..], header].concat());

        let token = wrap(&mut one, SIGNED, b"message");
        assert_eq!(token[4..6], (code as u16).to_be_bytes());
        assert_eq!(token[6..8], (code as u16).to_be_bytes());
        let token = turned(&token, 0);
        let (header, body) = token.split_at(16);
        let mut header = header.to_vec();
        header[4..8].fill(0);
        assert_eq!(header, [5, 4, 4, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0x12, 0x34, 0x56, 0x7A]);
        let checksum = key.checksum(KeyUsage(24), &[b"message", &header]).unwrap();
        assert_eq!(body, [&b"message"[..], &checksum].concat());
    }
}

/// A token as GSS-API has it: nothing is turned, and any filler stands behind the message.
fn gss_token(key: &Key, number: u64, extra: u16, text: &[u8], again: fn(&mut [u8])) -> Vec<u8> {
    let mut header = vec![5, 4, 7, 0xFF];
    header.extend(extra.to_be_bytes());
    header.extend([0, 0]);
    header.extend(number.to_be_bytes());
    let mut inner = header.clone();
    again(&mut inner);
    let text = [text, &vec![0xAA; extra.into()], &inner].concat();
    let sealed = key.encrypt(KeyUsage(22), &Surroundings::system(), &text).unwrap();
    [header, sealed].concat()
}

#[test]
fn every_rotation_and_filler_is_understood() {
    for encryption_type in AES {
        let key = key(encryption_type);
        for extra in [0, 1, 16, 300, u16::MAX] {
            for length in [0, 5, 40] {
                let text = message(length);
                let token = gss_token(&key, u32::MAX.into(), extra, &text, |_| {});
                let rotations = (0..140).chain([255, 256, 3000, 0x8000, u16::MAX]);
                for rotation in rotations.step_by(if extra > 16 { 19 } else { 1 }) {
                    let token = turned(&token, rotation);
                    let opened = unwrap(&mut initiator(encryption_type), &token).unwrap();
                    assert_eq!(opened, text, "{extra} {rotation}");
                }
            }
        }
        for length in [0, 5, 40] {
            let text = message(length);
            let token = wrap(&mut acceptor(encryption_type), SIGNED, &text);
            for rotation in (0..90).chain([255, 256, 3000, 0x8000, u16::MAX]) {
                let token = turned(&token, rotation);
                let opened = unwrap(&mut initiator(encryption_type), &token).unwrap();
                assert_eq!(opened, text, "{rotation}");
            }
        }
    }
}

#[test]
fn a_header_that_differs_from_its_encrypted_copy_is_refused() {
    let key = key(EncryptionType::AES256_SHA1);
    let opened = |again| {
        let token = gss_token(&key, u32::MAX.into(), 0, b"message", again);
        unwrap(&mut initiator(EncryptionType::AES256_SHA1), &token)
    };
    assert_eq!(opened(|_| {}).unwrap(), b"message");
    // Some have written RRC before they encrypted.
    assert_eq!(opened(|header| header[7] = 28).unwrap(), b"message");
    let others: [fn(&mut [u8]); 6] = [
        |header| header[0] = 4,
        |header| header[2] ^= 4,
        |header| header[2] ^= 0x80,
        |header| header[3] = 0,
        |header| header[5] = 1,
        |header| header[15] ^= 1,
    ];
    for other in others {
        refused(opened(other), Status::MESSAGE_ALTERED);
    }
}

#[test]
fn every_truncation_and_every_flipped_bit_is_refused() {
    for encryption_type in ALL {
        for length in [0, 21] {
            let text = message(length);
            for options in [SEALED, SIGNED] {
                let token = wrap(&mut initiator(encryption_type), options, &text);
                for shorter in 0..token.len() {
                    let mut two = acceptor(encryption_type);
                    assert!(unwrap(&mut two, &token[..shorter]).is_err(), "{shorter}");
                    assert_eq!(unwrap(&mut two, &token).unwrap(), text);
                }
                let longer = [&token[..], &[1]].concat();
                assert!(unwrap(&mut acceptor(encryption_type), &longer).is_err());
                for bit in 0..token.len() * 8 {
                    let mut flipped = token.clone();
                    flipped[bit / 8] ^= 1 << (bit % 8);
                    let mut two = acceptor(encryption_type);
                    match unwrap(&mut two, &flipped) {
                        Err(error) => assert!(matches!(
                            error.status(),
                            Status::MESSAGE_ALTERED | Status::OUT_OF_SEQUENCE
                        )),
                        // Nobody vouches for RRC: by a whole number of turns more it is the same.
                        Ok(opened) => {
                            assert!((48..64).contains(&bit) && opened == text, "bit {bit}");
                            assert_ne!(encryption_type, EncryptionType::RC4);
                            continue;
                        }
                    }
                    // A forgery does not cost the context anything.
                    assert_eq!(unwrap(&mut two, &token).unwrap(), text);
                }
            }
            let signature = sign(&mut initiator(encryption_type), &text);
            let mut two = acceptor(encryption_type);
            for shorter in 0..signature.len() {
                assert!(verify(&mut two, &text, &signature[..shorter]).is_err());
            }
            for bit in 0..signature.len() * 8 {
                let mut flipped = signature.clone();
                flipped[bit / 8] ^= 1 << (bit % 8);
                assert!(verify(&mut two, &text, &flipped).is_err(), "bit {bit}");
            }
            for bit in 0..text.len() * 8 {
                let mut flipped = text.clone();
                flipped[bit / 8] ^= 1 << (bit % 8);
                refused(verify(&mut two, &flipped, &signature), Status::MESSAGE_ALTERED);
            }
            verify(&mut two, &text, &signature).unwrap();
        }
    }
}

#[test]
fn reflected_repeated_and_reordered_messages_are_refused() {
    for encryption_type in ALL {
        let (mut one, mut two) = (initiator(encryption_type), acceptor(encryption_type));
        let tokens: Vec<Vec<u8>> = (0..3).map(|at| wrap(&mut one, SEALED, &message(at))).collect();
        let signature = sign(&mut one, b"last");
        refused(unwrap(&mut one, &tokens[0]), Status::MESSAGE_ALTERED);
        refused(verify(&mut one, b"last", &signature), Status::MESSAGE_ALTERED);
        refused(unwrap(&mut two, &tokens[1]), Status::OUT_OF_SEQUENCE);
        refused(verify(&mut two, b"last", &signature), Status::OUT_OF_SEQUENCE);
        for at in 0..3 {
            assert_eq!(unwrap(&mut two, &tokens[at]).unwrap(), message(at));
            refused(unwrap(&mut two, &tokens[at]), Status::OUT_OF_SEQUENCE);
            refused(unwrap(&mut two, &tokens[0]), Status::OUT_OF_SEQUENCE);
        }
        verify(&mut two, b"last", &signature).unwrap();
        refused(verify(&mut two, b"last", &signature), Status::OUT_OF_SEQUENCE);
        // What is a signature is no message, and the other way round.
        assert!(unwrap(&mut acceptor(encryption_type), &signature).is_err());
        assert!(verify(&mut acceptor(encryption_type), b"", &tokens[0]).is_err());
    }
}

#[test]
fn without_order_only_repeated_messages_are_refused() {
    for encryption_type in ALL {
        let flags = ContextFlags::PROTECTION.difference(ContextFlags::SEQUENCE_DETECT);
        let make = |side| context_of(side, key(encryption_type), flags, false);
        let (mut one, mut two) = (make(Side::Acceptor), make(Side::Initiator));
        // The numbers pass 2^32 on the way.
        let tokens: Vec<Vec<u8>> = (0..70).map(|at| wrap(&mut one, SIGNED, &message(at))).collect();
        for at in [1, 0, 3, 69, 6, 68] {
            assert_eq!(unwrap(&mut two, &tokens[at]).unwrap(), message(at));
            refused(unwrap(&mut two, &tokens[at]), Status::OUT_OF_SEQUENCE);
        }
        refused(unwrap(&mut two, &tokens[5]), Status::OUT_OF_SEQUENCE);
        refused(unwrap(&mut two, &tokens[0]), Status::OUT_OF_SEQUENCE);
    }
}

#[test]
fn without_a_connection_the_caller_counts() {
    for encryption_type in ALL {
        let mut one = context(Side::Initiator, encryption_type, ContextFlags::DATAGRAM);
        let mut two = context(Side::Acceptor, encryption_type, ContextFlags::DATAGRAM);
        for sequence in [7, 0, 7, u32::MAX] {
            let options = MessageOptions { sequence, ..SEALED };
            let token = package::wrap(&mut one, options, b"message").unwrap();
            let other = MessageOptions { sequence: sequence ^ 1, ..SEALED };
            refused(package::unwrap(&mut two, other, &token).map(|_| ()), Status::OUT_OF_SEQUENCE);
            assert_eq!(**package::unwrap(&mut two, options, &token).unwrap().0, *b"message");
        }
    }
}

#[test]
fn another_key_or_another_ones_subkey_is_refused() {
    for encryption_type in ALL {
        let mut other = key(encryption_type).bytes().expose().to_vec();
        other[0] ^= 1;
        let other = Key::new(encryption_type, other.as_slice()).unwrap();
        let token = wrap(&mut initiator(encryption_type), SEALED, b"message");
        let flags = ContextFlags::PROTECTION;
        let mut stranger = context_of(Side::Acceptor, other, flags, true);
        refused(unwrap(&mut stranger, &token), Status::MESSAGE_ALTERED);
        if encryption_type != EncryptionType::RC4 {
            let mut same = context_of(Side::Acceptor, key(encryption_type), flags, false);
            refused(unwrap(&mut same, &token), Status::MESSAGE_ALTERED);
        }
    }
}

#[test]
fn buffers_are_signed_and_encrypted_as_they_ask() {
    let signed_only = BufferAttributes::READONLY_WITH_CHECKSUM;
    for encryption_type in ALL {
        for dce in [ContextFlags::empty(), ContextFlags::DCE_STYLE] {
            let mut one = context(Side::Initiator, encryption_type, dce);
            let (first, second) = (message(5), message(33));
            let (mut sealed, mut sealed_too) = (first.clone(), second.clone());
            let mut token = vec![0; one.facts.sizes.security_trailer];
            let mut padding = [0; 1];
            let mut list = [
                Buffer::shared(BufferKind::DATA, b"header").with_attributes(signed_only),
                Buffer::data(&mut sealed),
                Buffer::shared(BufferKind::DATA, b"free")
                    .with_attributes(BufferAttributes::READONLY),
                Buffer::data(&mut sealed_too),
                Buffer::shared(BufferKind::DATA, b"trailer").with_attributes(signed_only),
                Buffer::exclusive(BufferKind::PADDING, &mut padding),
                Buffer::exclusive(BufferKind::TOKEN, &mut token),
            ];
            one.encrypt(SEALED, &mut list).unwrap();
            let (used, padded) = (list[6].len(), list[5].len());
            drop(list);
            let padding = &padding[..padded];
            assert_eq!(padded == 1, encryption_type == EncryptionType::RC4 && dce.is_empty());
            let open = |header: &[u8], free: &[u8], sealed: &[u8], sealed_too: &[u8]| {
                let mut two = context(Side::Acceptor, encryption_type, dce);
                let (mut sealed, mut sealed_too) = (sealed.to_vec(), sealed_too.to_vec());
                let mut list = [
                    Buffer::token(&token[..used]),
                    Buffer::shared(BufferKind::DATA, header).with_attributes(signed_only),
                    Buffer::data(&mut sealed),
                    Buffer::shared(BufferKind::DATA, free)
                        .with_attributes(BufferAttributes::READONLY),
                    Buffer::data(&mut sealed_too),
                    Buffer::shared(BufferKind::DATA, b"trailer").with_attributes(signed_only),
                    Buffer::shared(BufferKind::PADDING, padding),
                ];
                let result = two.decrypt(SEALED, &mut list);
                drop(list);
                if result.is_err() {
                    assert!(sealed.iter().chain(&sealed_too).all(|byte| *byte == 0));
                }
                result.map(|quality| (quality, sealed, sealed_too))
            };
            let (quality, one, two) = open(b"header", b"free", &sealed, &sealed_too).unwrap();
            assert_eq!((quality, &one, &two), (Quality::DEFAULT, &first, &second));
            assert!(open(b"header", b"other", &sealed, &sealed_too).is_ok());
            refused(open(b"Header", b"free", &sealed, &sealed_too), Status::MESSAGE_ALTERED);
            let mut other = sealed_too.clone();
            other[32] ^= 1;
            refused(open(b"header", b"free", &sealed, &other), Status::MESSAGE_ALTERED);
        }
    }
}

#[test]
fn a_token_beside_its_message_is_understood_however_it_is_turned() {
    let encryption_type = EncryptionType::AES256_SHA1;
    let size = initiator(encryption_type).facts.sizes;
    for (options, trailer) in [(SEALED, size.security_trailer), (SIGNED, size.max_signature)] {
        let whole = wrap(&mut initiator(encryption_type), options, &message(50));
        for rotation in 0..130 {
            let turned = turned(&whole, rotation);
            let (token, data) = turned.split_at(trailer);
            let mut data = data.to_vec();
            let mut list = [Buffer::token(token), Buffer::data(&mut data)];
            let quality = acceptor(encryption_type).decrypt(SEALED, &mut list).unwrap();
            assert_eq!((quality, list[1].bytes()), (options.quality, &message(50)[..]));
            // Where that costs no turning, it says so itself.
            let body = turned.len() - 16;
            let behind = if options == SEALED { 28 } else { 12 };
            let expected = (usize::from(rotation) % body == behind).then_some(trailer);
            assert_eq!(acceptor(encryption_type).signature_length(&turned), expected);
        }
    }
}

#[test]
fn a_message_says_how_long_its_signature_is() {
    for encryption_type in ALL {
        for dce in [ContextFlags::empty(), ContextFlags::DCE_STYLE] {
            let mut one = context(Side::Initiator, encryption_type, dce);
            let two = context(Side::Acceptor, encryption_type, dce);
            let sizes = one.facts.sizes;
            for (options, length) in
                [(SEALED, sizes.security_trailer), (SIGNED, sizes.max_signature)]
            {
                for text in [0, 1, 5000].map(message) {
                    let wrapped = wrap(&mut one, options, &text);
                    let expected = (encryption_type != EncryptionType::RC4).then_some(length);
                    assert_eq!(two.signature_length(&wrapped), expected);
                    // Somebody cut it, or it is none.
                    assert_eq!(
                        two.signature_length(&wrapped[..length.min(wrapped.len()) - 1]),
                        None
                    );
                    assert_eq!(two.signature_length(&text), None);
                }
            }
        }
    }
}

#[test]
fn tokens_of_dce_rpc_are_those_of_windows() {
    // [MS-KILE] 3.4.5.4.1: EC is 16, RRC is 28, and the turn is by both.
    let mut one = context(Side::Initiator, EncryptionType::AES256_SHA1, ContextFlags::DCE_STYLE);
    assert_eq!(one.facts.sizes.security_trailer, 76);
    let token = wrap(&mut one, SEALED, b"message");
    assert_eq!(token[4..8], [0, 16, 0, 28]);
    let (header, body) = token.split_at(16);
    let mut body = body.to_vec();
    body.rotate_left(44);
    let text = key(EncryptionType::AES256_SHA1).decrypt(KeyUsage(24), &body).unwrap();
    let mut header = header.to_vec();
    header[6..8].fill(0);
    assert_eq!(*text, [&b"message"[..], &[0xFF; 16], &header].concat());
}

#[test]
fn tokens_of_rc4_are_those_of_rfc_4757() {
    let mut one = initiator(EncryptionType::RC4);
    let mechanism = [0x06, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 1, 2, 2];
    let signature = sign(&mut one, b"message");
    assert_eq!(signature[..2], [0x60, 35]);
    assert_eq!(signature[2..13], mechanism);
    assert_eq!(signature[13..21], [1, 1, 0x11, 0, 0xFF, 0xFF, 0xFF, 0xFF]);
    assert_eq!(signature.len(), 37);
    let token = wrap(&mut one, SEALED, b"message");
    assert_eq!(token[..2], [0x60, 11 + 24 + 8 + 7 + 1]);
    assert_eq!(token[13..21], [2, 1, 0x11, 0, 0x10, 0, 0xFF, 0xFF]);
    let token = wrap(&mut one, SIGNED, &message(300));
    assert_eq!(token[..4], [0x60, 0x82, 1, 88]);
    assert_eq!(token[15..23], [2, 1, 0x11, 0, 0xFF, 0xFF, 0xFF, 0xFF]);
    assert_eq!(token[token.len() - 301..], [&message(300)[..], &[1]].concat());
    // There is nowhere to put it.
    let mut data = message(3);
    let mut list = [Buffer::empty(BufferKind::TOKEN), Buffer::data(&mut data)];
    refused(one.encrypt(SEALED, &mut list), Status::INVALID_PARAMETER);
    drop(list);
    assert_eq!(data, message(3));
}

#[test]
fn what_was_not_agreed_on_is_refused() {
    let encryption_type = EncryptionType::AES256_SHA1;
    let make = |flags| context_of(Side::Initiator, key(encryption_type), flags, false);
    let mut nothing = make(ContextFlags::empty());
    let mut list = [Buffer::empty(BufferKind::TOKEN), Buffer::empty(BufferKind::DATA)];
    refused(nothing.sign(SEALED, &mut list), Status::UNSUPPORTED_FUNCTION);
    refused(nothing.decrypt(SEALED, &mut list), Status::UNSUPPORTED_FUNCTION);
    let mut signing = make(ContextFlags::INTEGRITY);
    refused(signing.encrypt(SEALED, &mut list), Status::UNSUPPORTED_FUNCTION);
    signing.encrypt(SIGNED, &mut list).unwrap();
    let other = MessageOptions { quality: Quality::OUT_OF_BAND, sequence: 0 };
    refused(initiator(encryption_type).encrypt(other, &mut list), Status::QOP_NOT_SUPPORTED);
}

#[test]
fn memory_that_is_only_read_is_signed_and_never_decrypted() {
    for encryption_type in ALL {
        let mut one = initiator(encryption_type);
        let whole = wrap(&mut one, SEALED, b"message");
        let end = if encryption_type == EncryptionType::RC4 { 8 } else { 7 };
        let (token, data) = whole.split_at(whole.len() - end);
        let mut list = [Buffer::token(token), Buffer::shared(BufferKind::DATA, data)];
        refused(acceptor(encryption_type).decrypt(SEALED, &mut list), Status::INVALID_PARAMETER);
        let mut list =
            [Buffer::shared(BufferKind::STREAM, &whole), Buffer::empty(BufferKind::DATA)];
        refused(acceptor(encryption_type).decrypt(SEALED, &mut list), Status::INVALID_PARAMETER);
        let token = Buffer::empty(BufferKind::TOKEN);
        let mut list = [
            token,
            Buffer::shared(BufferKind::DATA, b"message"),
            Buffer::empty(BufferKind::PADDING),
        ];
        refused(one.encrypt(SEALED, &mut list), Status::INVALID_PARAMETER);
        one.encrypt(SIGNED, &mut list).unwrap();
        let [token, _, padding] = list;
        let (token, padding) = (token.into_bytes(), padding.into_bytes());
        let mut two = acceptor(encryption_type);
        unwrap(&mut two, &whole).unwrap();
        for (text, is_right) in [(b"massage", false), (b"message", true)] {
            let mut list = [
                Buffer::token(&token),
                Buffer::shared(BufferKind::DATA, text),
                Buffer::shared(BufferKind::PADDING, &padding),
            ];
            assert_eq!(two.decrypt(SEALED, &mut list).is_ok(), is_right);
        }
    }
}

#[test]
fn too_small_a_token_changes_nothing() {
    for encryption_type in AES {
        let (mut one, mut two) = (initiator(encryption_type), acceptor(encryption_type));
        let needed = one.facts.sizes.security_trailer;
        let (mut token, mut data) = (vec![0; needed - 1], message(20));
        let mut list = [Buffer::exclusive(BufferKind::TOKEN, &mut token), Buffer::data(&mut data)];
        refused(one.encrypt(SEALED, &mut list), Status::BUFFER_TOO_SMALL);
        assert_eq!(list[0].len(), needed);
        drop(list);
        assert_eq!(data, message(20));
        let token = wrap(&mut one, SEALED, b"first");
        assert_eq!(unwrap(&mut two, &token).unwrap(), b"first");
    }
}

#[test]
fn a_context_is_kept_in_less_than_four_kilobytes() {
    use crate::crypto::hmac_sha::HmacShaKey;
    let ciphers = 2 * size_of::<AesHmac>();
    let checksums = 4 * size_of::<HmacShaKey>();
    let kept = size_of::<KerberosContext>() + size_of::<Tokens>() + ciphers + checksums;
    assert!(kept < 4096, "{kept}: two ciphers {ciphers}, four checksums {checksums}");
    let rc4 = size_of::<KerberosContext>() + size_of::<OldTokens>();
    assert!(rc4 < 4096, "{rc4}");
}
