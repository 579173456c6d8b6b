//! Signing and sealing ([MS-NLMP] 3.4).

use super::keys::{self, Key, MessageKeys};
use super::messages::NegotiateFlags;
use crate::buffer::{
    Buffer, BufferAttributes, BufferKind, check_writable, is_sealed, signature_of, stream_and_data,
};
use crate::context::{Attribute, AttributeValue, Facts, KeyInfo, Side, Sizes};
use crate::crypto::crc32::Crc32;
use crate::crypto::hmac_md5::{HmacMd5, HmacMd5Key, md5};
use crate::crypto::rc4::Rc4;
use crate::crypto::rc4_md5;
use crate::error::{Error, Result};
use crate::package::{Established, ListMics, MessageOptions, Quality};
use crate::packages::checks::{plain_attribute, prepare_signature, quality_is_known};
use crate::status::Status;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

/// Every signature is 16 bytes: a version, eight bytes that prove, and a number
/// ([MS-NLMP] 2.2.2.9).
const SIGNATURE: usize = 16;
const SIGNATURE_VERSION: [u8; 4] = 1_u32.to_le_bytes();

/// The sizes of every NTLM context.
pub(super) const SIZES: Sizes = Sizes {
    max_token: super::MAX_TOKEN,
    max_signature: SIGNATURE,
    block_size: 1,
    security_trailer: SIGNATURE,
};

/// An established context.
///
/// What protects messages is derived when the first one comes, from the session key: many contexts
/// never protect any.
pub(super) struct NtlmContext {
    facts: Facts,
    flags: NegotiateFlags,
    /// Whether the client's last message had a MIC.
    has_mic: bool,
    /// The keys and counts of both directions, from the first message on.
    directions: Option<Box<Directions>>,
}

#[expect(clippy::large_enum_variant, reason = "it is boxed, and nearly always the large one")]
enum Directions {
    Each {
        sent: Direction,
        received: Direction,
    },
    /// Without extended session security one stream and one count serve both directions.
    Shared(Direction),
}

/// The keys of the messages one side sends, and how many there were.
struct Direction {
    sequence: u32,
    sealing: Key,
    /// The stream, from the first message on; a restart begins it anew.
    cipher: Option<Rc4>,
    scheme: Scheme,
}

/// How the code in a signature is made.
enum Scheme {
    /// With extended session security: HMAC-MD5, encrypted where keys were exchanged
    /// ([MS-NLMP] 3.4.4.2).
    Extended { signing: HmacMd5Key, key_exchange: bool },
    /// Without: an encrypted CRC-32 ([MS-NLMP] 3.4.4.1).
    Original,
}

impl NtlmContext {
    pub(super) fn new(facts: Facts, flags: NegotiateFlags, has_mic: bool) -> Self {
        Self { facts, flags, has_mic, directions: None }
    }

    fn is_datagram(&self) -> bool {
        self.flags.contains(NegotiateFlags::DATAGRAM)
    }

    fn session_key(&self) -> Result<Zeroizing<[u8; 16]>> {
        self.facts.session_key.expose().try_into().map(Zeroizing::new).map_err(|_| {
            Error::new(Status::INTERNAL_ERROR, "the session key of an NTLM context has 16 bytes")
        })
    }

    /// The state of both directions before the first message; without a connection, before this one.
    fn derive(&self, sequence: u32) -> Result<Box<Directions>> {
        let session_key = self.session_key()?;
        if !self.flags.contains(NegotiateFlags::EXTENDED_SESSION_SECURITY) {
            // The session key itself seals, in both directions.
            let (sealing, cipher, scheme) = (session_key, None, Scheme::Original);
            let direction = Direction { sequence, sealing, cipher, scheme };
            return Ok(Box::new(Directions::Shared(direction)));
        }
        let key_exchange = self.flags.contains(NegotiateFlags::KEY_EXCHANGE);
        let direction = |(signing, mut sealing): MessageKeys| {
            if self.is_datagram() {
                // Without a connection every message starts its own stream ([MS-NLMP] 3.4.3).
                *sealing = md5(&[&*sealing, &sequence.to_le_bytes()]);
            }
            let scheme = Scheme::Extended { signing, key_exchange };
            Direction { sequence, sealing, cipher: None, scheme }
        };
        let (client, server) = keys::message_keys(&session_key, self.flags);
        let (sent, received) = match self.facts.side {
            Side::Initiator => (client, server),
            Side::Acceptor => (server, client),
        };
        Ok(Box::new(Directions::Each { sent: direction(sent), received: direction(received) }))
    }

    /// The state for the next message in a direction.
    fn direction(&mut self, is_sent: bool, options: MessageOptions) -> Result<&mut Direction> {
        if self.is_datagram() || self.directions.is_none() {
            let sequence = if self.is_datagram() { options.sequence } else { 0 };
            self.directions = Some(self.derive(sequence)?);
        }
        match self.directions.as_deref_mut() {
            Some(Directions::Shared(direction)) => Ok(direction),
            Some(Directions::Each { sent, received }) => {
                sent.start_beside(received);
                Ok(if is_sent { sent } else { received })
            }
            None => Err(Status::INTERNAL_ERROR.into()),
        }
    }

    fn require(&self, flags: NegotiateFlags, what: &str) -> Result<()> {
        if self.flags.intersects(flags) {
            return Ok(());
        }
        Err(Error::new(
            Status::UNSUPPORTED_FUNCTION,
            format!("{what} was not negotiated for this NTLM context"),
        ))
    }
}

impl Established for NtlmContext {
    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn facts_mut(&mut self) -> &mut Facts {
        &mut self.facts
    }

    fn attribute(&self, attribute: Attribute) -> Result<AttributeValue> {
        match attribute {
            Attribute::KEY_INFO => Ok(AttributeValue::KeyInfo(self.key_info())),
            _ => plain_attribute(&self.facts, attribute),
        }
    }

    fn sign(&mut self, options: MessageOptions, message: &mut [Buffer<'_>]) -> Result<()> {
        self.require(NegotiateFlags::SIGN | NegotiateFlags::SEAL, "integrity")?;
        quality_is_known("NTLM", options.quality)?;
        prepare_signature(message, SIGNATURE)?;
        let direction = self.direction(true, options)?;
        let code = direction.code(message);
        let signature = direction.signature(code);
        direction.count();
        write_token(message, &signature)
    }

    fn verify(&mut self, options: MessageOptions, message: &mut [Buffer<'_>]) -> Result<Quality> {
        self.require(NegotiateFlags::SIGN | NegotiateFlags::SEAL, "integrity")?;
        let received = received_signature(message)?;
        let direction = self.direction(false, options)?;
        direction.check_sequence(&received)?;
        let before = direction.cipher.clone();
        let code = direction.code(message);
        if direction.check(code, &received) {
            direction.count();
            return Ok(Quality::NO_ENCRYPT);
        }
        direction.cipher = before;
        Err(altered())
    }

    fn encrypt(&mut self, options: MessageOptions, message: &mut [Buffer<'_>]) -> Result<()> {
        if options.quality == Quality::NO_ENCRYPT {
            return self.sign(options, message);
        }
        self.require(NegotiateFlags::SEAL, "confidentiality")?;
        quality_is_known("NTLM", options.quality)?;
        prepare_signature(message, SIGNATURE)?;
        check_writable(message)?;
        let direction = self.direction(true, options)?;
        // The message goes through the cipher before its signature ([MS-NLMP] 3.4.3).
        let code = direction.pass(message, Code::seal);
        let signature = direction.signature(code);
        direction.count();
        write_token(message, &signature)
    }

    fn decrypt(&mut self, options: MessageOptions, message: &mut [Buffer<'_>]) -> Result<Quality> {
        if options.quality == Quality::NO_ENCRYPT || !self.flags.contains(NegotiateFlags::SEAL) {
            open_stream(message)?;
            return self.verify(options, message);
        }
        open_stream(message)?;
        check_writable(message)?;
        let received = received_signature(message)?;
        let direction = self.direction(false, options)?;
        direction.check_sequence(&received)?;
        let before = direction.cipher.clone();
        let code = direction.pass(message, Code::open);
        if direction.check(code, &received) {
            direction.count();
            return Ok(Quality::DEFAULT);
        }
        // What is not proven is not handed out, and a forgery does not cost the context its place
        // in the stream.
        direction.cipher = before;
        for bytes in message.iter_mut().filter_map(sealed_bytes) {
            bytes.zeroize();
        }
        Err(altered())
    }

    fn wants_list_mic(&self) -> bool {
        // A client that signs its messages signs the list too, as Windows does ([MS-SPNG] 3.1.5.1).
        self.has_mic && self.flags.intersects(NegotiateFlags::SIGN | NegotiateFlags::SEAL)
    }

    fn list_mics(&mut self, list: &[u8]) -> Result<Option<ListMics>> {
        if self.directions.is_some() {
            return Ok(None);
        }
        let mut directions = self.derive(0)?;
        let mics = match &mut *directions {
            Directions::Each { sent, received } => sent.first_signatures(received, list),
            // The two follow one another in the one stream.
            Directions::Shared(_) => None,
        };
        self.directions = Some(directions);
        Ok(mics.map(|[own, peer]| ListMics { own, peer }))
    }

    fn restart_protection(&mut self) -> Result<()> {
        match self.directions.as_deref_mut() {
            None => {}
            Some(Directions::Shared(direction)) => direction.cipher = None,
            Some(Directions::Each { sent, received }) => {
                (sent.cipher, received.cipher) = (None, None);
            }
        }
        Ok(())
    }
}

impl NtlmContext {
    fn key_info(&self) -> KeyInfo {
        let extended = self.flags.contains(NegotiateFlags::EXTENDED_SESSION_SECURITY);
        KeyInfo {
            signature_algorithm_name: if extended { "HMAC-MD5" } else { "RC4-CRC32" },
            encryption_algorithm_name: "RC4",
            key_size: u32::try_from(keys::key_bits(self.flags)).unwrap_or(0),
            // KERB_CHECKSUM_HMAC_MD5 (-138) and KERB_CHECKSUM_CRC32 (ntsecapi.h)
            signature_algorithm: if extended { 0xFFFF_FF76 } else { 1 },
            // CALG_RC4 (wincrypt.h)
            encryption_algorithm: 0x6801,
        }
    }
}

/// A code on its way over a message.
enum Code {
    Extended(HmacMd5),
    Original(Crc32),
}

impl Code {
    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Extended(code) => code.update(bytes),
            Self::Original(code) => code.update(bytes),
        }
    }

    /// Adds the bytes and encrypts them.
    fn seal(&mut self, cipher: &mut Rc4, bytes: &mut [u8]) {
        match self {
            Self::Extended(code) => rc4_md5::seal(code, cipher, bytes),
            Self::Original(code) => {
                code.update(bytes);
                cipher.apply(bytes);
            }
        }
    }

    /// Decrypts the bytes and adds them.
    fn open(&mut self, cipher: &mut Rc4, bytes: &mut [u8]) {
        match self {
            Self::Extended(code) => rc4_md5::open(code, cipher, bytes),
            Self::Original(code) => {
                cipher.apply(bytes);
                code.update(bytes);
            }
        }
    }

    /// The eight bytes of a signature that prove, before they are encrypted.
    fn finish(self) -> [u8; 8] {
        match self {
            Self::Extended(code) => half(code.finish()),
            Self::Original(code) => {
                let [a, b, c, d] = code.finish();
                // Four bytes of pad, which are not sent, and the checksum.
                [0, 0, 0, 0, a, b, c, d]
            }
        }
    }
}

impl Direction {
    /// Starts both streams, where every signature takes of one and neither has begun.
    fn start_beside(&mut self, other: &mut Self) {
        let encrypts_codes = matches!(self.scheme, Scheme::Extended { key_exchange: true, .. });
        if encrypts_codes && self.cipher.is_none() && other.cipher.is_none() {
            let [own, others] = Rc4::two(&self.sealing, &other.sealing);
            (self.cipher, other.cipher) = (Some(own), Some(others));
        }
    }

    fn cipher(&mut self) -> &mut Rc4 {
        self.cipher.get_or_insert_with(|| Rc4::new(&self.sealing))
    }

    fn start(&self) -> Code {
        match &self.scheme {
            Scheme::Extended { signing, .. } => {
                let mut code = signing.start();
                code.update(&self.sequence.to_le_bytes());
                Code::Extended(code)
            }
            Scheme::Original => Code::Original(Crc32::default()),
        }
    }

    /// Whether the code covers a buffer. With extended session security it covers every DATA buffer,
    /// those that are only read too; without, those only where they ask for it ([MS-NLMP] 3.4.6).
    fn covers(&self, buffer: &Buffer<'_>) -> bool {
        let is_extended = matches!(self.scheme, Scheme::Extended { .. });
        buffer.kind() == BufferKind::DATA
            && (is_extended || !buffer.attributes().contains(BufferAttributes::READONLY))
    }

    /// The code over a message that stays as it is.
    fn code(&self, message: &[Buffer<'_>]) -> [u8; 8] {
        let mut code = self.start();
        for buffer in message.iter().filter(|buffer| self.covers(buffer)) {
            code.update(buffer.bytes());
        }
        code.finish()
    }

    /// Takes a message through the cipher, and gives the code over it in the clear. `pass` does one
    /// buffer: it seals or it opens.
    fn pass(
        &mut self,
        message: &mut [Buffer<'_>],
        pass: fn(&mut Code, &mut Rc4, &mut [u8]),
    ) -> [u8; 8] {
        let mut code = self.start();
        for buffer in message {
            if !self.covers(buffer) {
                continue;
            }
            if !is_sealed(buffer) {
                code.update(buffer.bytes());
            } else if let Some(bytes) = buffer.bytes_mut() {
                pass(&mut code, self.cipher(), bytes);
            }
        }
        code.finish()
    }

    /// The signatures of one message that is the first in both directions, which are then counted.
    /// Neither stream is kept: a negotiation begins them anew.
    fn first_signatures(
        &mut self,
        other: &mut Self,
        message: &[u8],
    ) -> Option<[[u8; SIGNATURE]; 2]> {
        let (
            Scheme::Extended { signing, key_exchange },
            Scheme::Extended { signing: other_signing, .. },
        ) = (&self.scheme, &other.scheme)
        else {
            return None;
        };
        let number = self.sequence.to_le_bytes();
        let mut codes = HmacMd5Key::codes([signing, other_signing], &[&number, message]).map(half);
        if *key_exchange {
            let mut ciphers = Rc4::two(&self.sealing, &other.sealing);
            for (cipher, code) in ciphers.iter_mut().zip(&mut codes) {
                cipher.apply(code);
            }
        }
        self.count();
        other.count();
        Some(codes.map(|code| put_together(code, number)))
    }

    /// The signature that carries the code.
    fn signature(&mut self, code: [u8; 8]) -> [u8; SIGNATURE] {
        let sequence = self.sequence.to_le_bytes();
        let (code, number) = match &self.scheme {
            Scheme::Extended { key_exchange: true, .. } => (self.cipher().applied(code), sequence),
            Scheme::Extended { key_exchange: false, .. } => (code, sequence),
            Scheme::Original => {
                let mut rest = [0; 12];
                let (start, end) = rest.split_at_mut(8);
                start.copy_from_slice(&code);
                end.copy_from_slice(&sequence);
                let [_, _, _, _, e, f, g, h, i, j, k, l] = self.cipher().applied(rest);
                ([0, 0, 0, 0, e, f, g, h], [i, j, k, l])
            }
        };
        put_together(code, number)
    }

    /// Whether a message comes in its turn. With extended session security the number stands in the
    /// clear, so that this is known before the cipher moves.
    fn check_sequence(&self, received: &[u8; SIGNATURE]) -> Result<()> {
        let [version @ .., _, _, _, _, _, _, _, _, _, _, _, _] = received;
        if *version != SIGNATURE_VERSION {
            return Err(altered());
        }
        if matches!(self.scheme, Scheme::Original) {
            return Ok(());
        }
        let [.., a, b, c, d] = *received;
        let number = u32::from_le_bytes([a, b, c, d]);
        if number == self.sequence {
            return Ok(());
        }
        Err(Error::new(
            Status::OUT_OF_SEQUENCE,
            format!("message {number} came when message {} was due", self.sequence),
        ))
    }

    /// Whether the received signature carries the code.
    fn check(&mut self, code: [u8; 8], received: &[u8; SIGNATURE]) -> bool {
        let mut received = *received;
        if matches!(self.scheme, Scheme::Original) {
            // The pad is the sender's to choose.
            if let Some(pad) = received.get_mut(4..8) {
                pad.fill(0);
            }
        }
        self.signature(code).ct_eq(&received).into()
    }

    fn count(&mut self) {
        // Both sides go on from zero, as their ciphers go on too.
        self.sequence = self.sequence.wrapping_add(1);
    }
}

/// The half of a code that is sent.
fn half(code: [u8; 16]) -> [u8; 8] {
    let [a, b, c, d, e, f, g, h, ..] = code;
    [a, b, c, d, e, f, g, h]
}

fn put_together(code: [u8; 8], number: [u8; 4]) -> [u8; SIGNATURE] {
    let mut signature = [0; SIGNATURE];
    let parts = SIGNATURE_VERSION.into_iter().chain(code).chain(number);
    for (place, byte) in signature.iter_mut().zip(parts) {
        *place = byte;
    }
    signature
}

fn altered() -> Error {
    Error::new(
        Status::MESSAGE_ALTERED,
        "the signature does not match: the message was changed, or it is not of this context",
    )
}

/// The bytes of a buffer that is encrypted.
fn sealed_bytes<'b>(buffer: &'b mut Buffer<'_>) -> Option<&'b mut [u8]> {
    if is_sealed(buffer) { buffer.bytes_mut() } else { None }
}

fn write_token(message: &mut [Buffer<'_>], signature: &[u8; SIGNATURE]) -> Result<()> {
    signature_of(message)?.fill(signature)
}

fn received_signature(message: &mut [Buffer<'_>]) -> Result<[u8; SIGNATURE]> {
    signature_of(message)?.bytes().try_into().map_err(|_| {
        Error::new(Status::MESSAGE_ALTERED, "an NTLM signature has 16 bytes, and this one has not")
    })
}

/// Divides a STREAM buffer, a signature with its message, into the two: STREAM becomes the TOKEN
/// and the message goes to the DATA buffer, in place.
fn open_stream(message: &mut [Buffer<'_>]) -> Result<()> {
    if !message.iter().any(|buffer| buffer.kind() == BufferKind::STREAM) {
        return Ok(());
    }
    let (stream, data) = stream_and_data(message)?;
    if stream.len() < SIGNATURE {
        return Err(altered());
    }
    stream.give_rest(SIGNATURE, data)?;
    stream.become_kind(BufferKind::TOKEN);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::Secret;
    use crate::time::Time;

    fn context(side: Side, flags: NegotiateFlags) -> NtlmContext {
        let mut facts = Facts::new(super::super::INFO.clone(), side, Time::from_unix_seconds(0));
        facts.session_key = Secret::new(b"sixteen-byte key");
        NtlmContext::new(facts, flags | NegotiateFlags::SIGN, true)
    }

    fn sign(context: &mut NtlmContext, data: &[u8]) -> Vec<u8> {
        let token = Buffer::owned(BufferKind::TOKEN, vec![0; SIGNATURE]);
        let mut message = [token, Buffer::shared(BufferKind::DATA, data)];
        context.sign(MessageOptions::default(), &mut message).unwrap();
        let [token, _] = message;
        token.into_bytes()
    }

    fn verify(context: &mut NtlmContext, data: &[u8], signature: &[u8]) -> Result<Quality> {
        let mut message = [Buffer::token(signature), Buffer::shared(BufferKind::DATA, data)];
        context.verify(MessageOptions::default(), &mut message)
    }

    #[test]
    fn both_list_mics_at_once_are_the_same_as_signatures() {
        let extended = NegotiateFlags::EXTENDED_SESSION_SECURITY;
        let exchanged = extended | NegotiateFlags::KEY_EXCHANGE;
        for flags in [extended, exchanged, exchanged | NegotiateFlags::KEY_56]
            .map(|flags| [flags, flags | NegotiateFlags::KEY_128])
            .as_flattened()
        {
            for length in [0, 14, 51, 52, 200] {
                let list = vec![0x30; length];
                let mut one = context(Side::Initiator, *flags);
                let mut two = context(Side::Acceptor, *flags);
                let mics = one.list_mics(&list).unwrap().unwrap();
                verify(&mut two, &list, &mics.own).unwrap();
                assert_eq!(sign(&mut two, &list), mics.peer);
                let mut third = context(Side::Acceptor, *flags);
                let others = third.list_mics(&list).unwrap().unwrap();
                assert_eq!((others.own, others.peer), (mics.peer, mics.own));
                // Both messages are counted, and what comes after is protected as ever.
                for context in [&mut one, &mut two, &mut third] {
                    context.restart_protection().unwrap();
                }
                let signature = sign(&mut one, b"next");
                verify(&mut two, b"next", &signature).unwrap();
                verify(&mut third, b"next", &signature).unwrap();
                assert!(two.list_mics(&list).unwrap().is_none());
            }
        }
        let mut shared = context(Side::Initiator, NegotiateFlags::KEY_EXCHANGE);
        assert!(shared.list_mics(b"list").unwrap().is_none());
    }
}
