//! Whether the server asks for the client's certificate, seen one record before rustls does: rustls has
//! its answer ready in the same call, and cannot stop and ask the caller first.
//!
//! What is read here decides when to stop, and nothing else. rustls reads the same bytes and judges
//! them. What cannot be read here is left to it, and the handshake does not stop.

use super::records::RECORD_HEADER;
use crate::codec::reader::{Malformed, Reader};
use ring::aead::{self, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::hkdf::{self, KeyType, Prk};
use rustls::client::ResolvesClientCert;
use rustls::sign::CertifiedKey;
use rustls::{KeyLog, SignatureScheme, SupportedCipherSuite};
use std::cell::RefCell;
use std::sync::Arc;
use zeroize::Zeroizing;

/// What rustls asks and tells the settings of a connection while it takes a record. They are shared by
/// all connections of the credentials (a session is resumed only between the same ones), and rustls
/// does not say for which it asks; but it asks on the thread on which it was called.
#[derive(Default)]
struct Turn {
    /// What the connection presents.
    certificate: Option<Arc<CertifiedKey>>,
    /// The secret of TLS 1.3 under which the server goes on with its handshake.
    secret: Option<Zeroizing<Vec<u8>>>,
}

thread_local! {
    static TURN: RefCell<Option<Turn>> = const { RefCell::new(None) };
}

/// Forgets the connection when its turn is over, even by a panic.
struct EndOfTurn;

impl Drop for EndOfTurn {
    fn drop(&mut self) {
        TURN.set(None);
    }
}

/// The certificate of the connection that rustls works on.
#[derive(Debug)]
pub(super) struct OfConnection;

impl ResolvesClientCert for OfConnection {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        TURN.with_borrow(|turn| turn.as_ref()?.certificate.clone())
    }

    fn has_certs(&self) -> bool {
        true
    }
}

const SERVER_HANDSHAKE: &str = "SERVER_HANDSHAKE_TRAFFIC_SECRET";

impl KeyLog for OfConnection {
    fn log(&self, label: &str, _: &[u8], secret: &[u8]) {
        if label == SERVER_HANDSHAKE {
            TURN.with_borrow_mut(|turn| {
                if let Some(turn) = turn {
                    turn.secret = Some(Zeroizing::new(secret.to_vec()));
                }
            });
        }
    }

    fn will_log(&self, label: &str) -> bool {
        label == SERVER_HANDSHAKE
    }
}

/// The longest message of a handshake that is read, and the most there may be before the request.
const LONGEST: usize = 64 * 1024;

/// The types of records and messages that matter (RFC 8446 5.1 and 4, RFC 5246 7.4).
const HANDSHAKE: u8 = 22;
const APPLICATION_DATA: u8 = 23;
const CERTIFICATE_REQUEST: u8 = 13;
const SERVER_HELLO_DONE: u8 = 14;
const FINISHED: u8 = 20;

/// The extension that names authorities (RFC 8446 4.2.4).
const CERTIFICATE_AUTHORITIES: u16 = 47;

/// The names of authorities, in DER.
pub(super) type Issuers = Vec<Vec<u8>>;

/// What the server says, as far as it was read.
#[derive(Default)]
pub(super) struct LookAhead {
    certificate: Option<Arc<CertifiedKey>>,
    secret: Option<Zeroizing<Vec<u8>>>,
    opener: Option<Opener>,
    /// What was read and is not a whole message yet.
    messages: Vec<u8>,
    /// Nothing that matters comes any more, or what comes cannot be read.
    is_over: bool,
}

impl LookAhead {
    /// Lets rustls work for this connection.
    pub(super) fn turn<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let certificate = self.certificate.clone();
        TURN.set(Some(Turn { certificate, secret: None }));
        let _end = EndOfTurn;
        let result = work();
        if let Some(secret) = TURN.with_borrow_mut(|turn| turn.as_mut()?.secret.take()) {
            self.secret = Some(secret);
        }
        result
    }

    /// What the connection is to present when rustls comes to the request.
    pub(super) fn present(&mut self, certificate: Option<Arc<CertifiedKey>>) {
        self.certificate = certificate;
    }

    /// The authorities that the server names, where the record completes its request. The record is
    /// whole, and rustls has had those before it and not this one.
    pub(super) fn read(
        &mut self,
        record: &[u8],
        suite: Option<SupportedCipherSuite>,
    ) -> Option<Issuers> {
        if self.is_over {
            return None;
        }
        let found = self.find(record, suite);
        if let Found::Request(_) | Found::Nothing = found {
            *self = Self { is_over: true, certificate: self.certificate.take(), ..Self::default() };
        }
        match found {
            Found::Request(issuers) => Some(issuers),
            Found::NotYet | Found::Nothing => None,
        }
    }

    fn find(&mut self, record: &[u8], suite: Option<SupportedCipherSuite>) -> Found {
        let Some((&[kind, ..], payload)) = record.split_first_chunk::<RECORD_HEADER>() else {
            return Found::Nothing;
        };
        match kind {
            HANDSHAKE => self.messages.extend_from_slice(payload),
            APPLICATION_DATA => match self.open(record, suite) {
                Some(plaintext) => self.messages.extend_from_slice(&plaintext),
                None => return Found::Nothing,
            },
            // A change of ciphers is for show in TLS 1.3, and behind what matters in TLS 1.2.
            _ => return Found::NotYet,
        }
        self.next_messages()
    }

    /// The messages of a handshake in an encrypted record of TLS 1.3.
    fn open(
        &mut self,
        record: &[u8],
        suite: Option<SupportedCipherSuite>,
    ) -> Option<Zeroizing<Vec<u8>>> {
        if self.opener.is_none() {
            self.opener = Some(Opener::new(&self.secret.take()?, suite?)?);
        }
        self.opener.as_mut()?.open(record)
    }

    fn next_messages(&mut self) -> Found {
        let mut reader = Reader::new(&self.messages);
        let mut read = 0;
        while let Ok((kind, body)) = next_message(&mut reader) {
            match kind {
                CERTIFICATE_REQUEST => {
                    let is_1_3 = self.opener.is_some();
                    let issuers = if is_1_3 { issuers_of_1_3(body) } else { issuers_of_1_2(body) };
                    return issuers.map_or(Found::Nothing, Found::Request);
                }
                SERVER_HELLO_DONE | FINISHED => return Found::Nothing,
                _ => read = reader.position(),
            }
        }
        self.messages.drain(..read);
        if self.messages.len() > LONGEST { Found::Nothing } else { Found::NotYet }
    }
}

enum Found {
    Request(Issuers),
    NotYet,
    Nothing,
}

/// A message with its type (RFC 8446 4), if it is whole.
fn next_message<'a>(reader: &mut Reader<'a>) -> Result<(u8, &'a [u8]), Malformed> {
    let [kind, high, middle, low] = reader.array("a message's header")?;
    let length = usize::from(u16::from_be_bytes([middle, low])) | usize::from(high) << 16;
    Ok((kind, reader.take(length, "a message")?))
}

/// The names in a CertificateRequest of TLS 1.2 (RFC 5246 7.4.4).
fn issuers_of_1_2(body: &[u8]) -> Result<Issuers, Malformed> {
    let mut reader = Reader::new(body);
    short_list(&mut reader, "the types of certificates")?;
    list(&mut reader, "the algorithms")?;
    names(list(&mut reader, "the authorities")?)
}

/// The names in a CertificateRequest of TLS 1.3 (RFC 8446 4.3.2), which has them in an extension.
fn issuers_of_1_3(body: &[u8]) -> Result<Issuers, Malformed> {
    let mut reader = Reader::new(body);
    short_list(&mut reader, "the request's context")?;
    let mut extensions = Reader::new(list(&mut reader, "the extensions")?);
    while !extensions.is_empty() {
        let kind = u16::from_be_bytes(extensions.array("an extension's type")?);
        let extension = list(&mut extensions, "an extension")?;
        if kind == CERTIFICATE_AUTHORITIES {
            return names(list(&mut Reader::new(extension), "the authorities")?);
        }
    }
    Ok(Vec::new())
}

fn names(authorities: &[u8]) -> Result<Issuers, Malformed> {
    let mut reader = Reader::new(authorities);
    let mut names = Vec::new();
    while !reader.is_empty() {
        names.push(list(&mut reader, "an authority")?.to_vec());
    }
    Ok(names)
}

/// Bytes behind their length in two bytes.
fn list<'a>(reader: &mut Reader<'a>, what: &'static str) -> Result<&'a [u8], Malformed> {
    let length = u16::from_be_bytes(reader.array(what)?);
    reader.take(length.into(), what)
}

/// Bytes behind their length in one.
fn short_list<'a>(reader: &mut Reader<'a>, what: &'static str) -> Result<&'a [u8], Malformed> {
    let [length] = reader.array(what)?;
    reader.take(length.into(), what)
}

/// Opens what the server encrypts of its handshake (RFC 8446 5.2 and 7.3).
struct Opener {
    key: LessSafeKey,
    iv: [u8; aead::NONCE_LEN],
    sequence: u64,
}

impl Opener {
    fn new(secret: &[u8], suite: SupportedCipherSuite) -> Option<Self> {
        let (hash, cipher): (_, &'static aead::Algorithm) = match suite.suite().as_str()? {
            "TLS13_AES_128_GCM_SHA256" => (hkdf::HKDF_SHA256, &aead::AES_128_GCM),
            "TLS13_AES_256_GCM_SHA384" => (hkdf::HKDF_SHA384, &aead::AES_256_GCM),
            "TLS13_CHACHA20_POLY1305_SHA256" => (hkdf::HKDF_SHA256, &aead::CHACHA20_POLY1305),
            _ => return None,
        };
        let secret = Prk::new_less_safe(hash, secret);
        let mut key = Zeroizing::new([0; 32]);
        let key = key.get_mut(..cipher.key_len())?;
        expand_label(&secret, b"tls13 key", key)?;
        let mut iv = [0; aead::NONCE_LEN];
        expand_label(&secret, b"tls13 iv", &mut iv)?;
        let key = LessSafeKey::new(UnboundKey::new(cipher, key).ok()?);
        Some(Self { key, iv, sequence: 0 })
    }

    /// The messages in the next record; none where it is no record of the handshake.
    fn open(&mut self, record: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (header, payload) = record.split_first_chunk::<RECORD_HEADER>()?;
        let mut nonce = self.iv;
        for (byte, count) in nonce.iter_mut().rev().zip(self.sequence.to_le_bytes()) {
            *byte ^= count;
        }
        self.sequence = self.sequence.checked_add(1)?;
        let nonce = Nonce::assume_unique_for_key(nonce);
        let mut plaintext = Zeroizing::new(payload.to_vec());
        let length = self.key.open_in_place(nonce, Aad::from(header), &mut plaintext).ok()?.len();
        plaintext.truncate(length);
        // Behind the messages are the type and zeros (RFC 8446 5.4).
        let end = plaintext.iter().rposition(|byte| *byte != 0)?;
        let is_handshake = plaintext.get(end) == Some(&HANDSHAKE);
        plaintext.truncate(end);
        is_handshake.then_some(plaintext)
    }
}

/// HKDF-Expand-Label without a context (RFC 8446 7.1).
fn expand_label(secret: &Prk, label: &[u8], output: &mut [u8]) -> Option<()> {
    struct Length(usize);
    impl KeyType for Length {
        fn len(&self) -> usize {
            self.0
        }
    }
    let length = u16::try_from(output.len()).ok()?.to_be_bytes();
    let label_length = [u8::try_from(label.len()).ok()?];
    let info = [&length[..], &label_length, label, &[0]];
    secret.expand(&info, Length(output.len())).ok()?.fill(output).ok()
}
