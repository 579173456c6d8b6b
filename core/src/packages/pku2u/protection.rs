//! The context that stands: messages of RFC 4121, which the crate makes, and what can be asked about it.
//!
//! The crate counts what is encrypted and leaves the numbers of signatures to its caller. A signature has
//! the number of all messages before it, of both kinds, so that none can be moved past it.

use super::INFO;
use super::engine::{Engine, Part};
use crate::buffer::{
    self, Buffer, BufferKind, check_writable, is_sealed, signature_of, stream_and_data,
};
use crate::context::{Attribute, AttributeValue, Facts, Side, Sizes};
use crate::error::{Error, Result};
use crate::package::{Established, MessageOptions, Quality};
use crate::packages::checks::{plain_attribute, prepare_signature, quality_is_known};
use crate::status::Status;
use zeroize::Zeroizing;

/// A MIC token (RFC 4121 4.2.6.1), and a wrap token that is only signed.
const SIGNATURE: usize = 28;

/// What stands before an encrypted message: the header of a wrap token, the confounder, filler, the header
/// again, and the checksum (RFC 4121 4.2.4).
const TRAILER: usize = 76;

/// The numbers with which the two sides begin: those of their last messages in NEGOEX.
const FIRST_OF_INITIATOR: u32 = 6;
const FIRST_OF_ACCEPTOR: u32 = 8;

/// The most messages in one direction. The crate's numbers have 32 bits and would begin anew.
const MOST_MESSAGES: u32 = u32::MAX / 2;

pub(super) struct Pku2uContext {
    engine: Engine,
    facts: Facts,
    local: Vec<Vec<u8>>,
    remote: Vec<Vec<u8>>,
    sent: Count,
    received: Count,
}

/// The messages of a direction.
struct Count {
    first: u32,
    messages: u32,
}

impl Count {
    fn from(first: u32) -> Self {
        Self { first, messages: 0 }
    }

    /// The number of the next message.
    fn next(&self) -> Result<u32> {
        if self.messages >= MOST_MESSAGES {
            return Err(Error::new(
                Status::CONTEXT_EXPIRED,
                "the context has protected as many messages as it may: authenticate again",
            ));
        }
        Ok(self.first.saturating_add(self.messages))
    }

    fn count(&mut self) {
        self.messages = self.messages.saturating_add(1);
    }
}

impl Pku2uContext {
    pub(super) fn new(
        engine: Engine,
        mut facts: Facts,
        local: Vec<Vec<u8>>,
        remote: Vec<Vec<u8>>,
    ) -> Self {
        facts.sizes = Sizes {
            max_token: INFO.max_token,
            max_signature: SIGNATURE,
            block_size: 1,
            security_trailer: TRAILER,
        };
        let (own, peer) = match facts.side {
            Side::Initiator => (FIRST_OF_INITIATOR, FIRST_OF_ACCEPTOR),
            Side::Acceptor => (FIRST_OF_ACCEPTOR, FIRST_OF_INITIATOR),
        };
        let (sent, received) = (Count::from(own), Count::from(peer));
        Self { engine, facts, local, remote, sent, received }
    }
}

impl Established for Pku2uContext {
    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn facts_mut(&mut self) -> &mut Facts {
        &mut self.facts
    }

    fn attribute(&self, attribute: Attribute) -> Result<AttributeValue> {
        match attribute {
            Attribute::REMOTE_CERT_CONTEXT => Ok(AttributeValue::Certificates(self.remote.clone())),
            Attribute::LOCAL_CERT_CONTEXT => Ok(AttributeValue::Certificates(self.local.clone())),
            _ => plain_attribute(&self.facts, attribute),
        }
    }

    fn sign(&mut self, options: MessageOptions, message: &mut [Buffer<'_>]) -> Result<()> {
        quality_is_known("PKU2U", options.quality)?;
        prepare_signature(message, SIGNATURE)?;
        let number = self.sent.next()?;
        let signature = self.engine.sign(number, &data(message), SIGNATURE)?;
        self.sent.count();
        signature_of(message)?.fill(&signature)
    }

    fn verify(&mut self, _options: MessageOptions, message: &mut [Buffer<'_>]) -> Result<Quality> {
        let signature = signature_of(message)?.bytes();
        let number = self.received.next()?;
        // SND_SEQ (RFC 4121 4.2.6.1). It is signed; to compare it first is to give the right reason.
        let found = signature.get(8..16).and_then(|number| <[u8; 8]>::try_from(number).ok());
        let Some(found) = found.filter(|_| signature.len() == SIGNATURE) else {
            return Err(altered("a signature of PKU2U has 28 bytes, and this one has not"));
        };
        let found = u64::from_be_bytes(found);
        if found != u64::from(number) {
            return Err(Error::new(
                Status::OUT_OF_SEQUENCE,
                format!("message {found} came when message {number} was due"),
            ));
        }
        let signature = signature.to_vec();
        self.engine.verify(number, &data(message), &signature)?;
        self.received.count();
        Ok(Quality::NO_ENCRYPT)
    }

    fn encrypt(&mut self, options: MessageOptions, message: &mut [Buffer<'_>]) -> Result<()> {
        quality_is_known("PKU2U", options.quality)?;
        let only_signed = options.quality == Quality::NO_ENCRYPT;
        let room = if only_signed { SIGNATURE } else { TRAILER };
        prepare_signature(message, room)?;
        check_writable(message)?;
        self.sent.next()?;
        let mut parts = parts(message);
        let token = self.engine.encrypt(only_signed, &mut parts, room)?;
        self.sent.count();
        put_back(message, &parts);
        signature_of(message)?.fill(&token)
    }

    fn decrypt(&mut self, _options: MessageOptions, message: &mut [Buffer<'_>]) -> Result<Quality> {
        self.received.next()?;
        let was_encrypted = if buffer::first(message, BufferKind::STREAM).is_some() {
            self.open_stream(message)?
        } else {
            check_writable(message)?;
            let token = signature_of(message)?.bytes().to_vec();
            let mut parts = parts(message);
            let was_encrypted = self.engine.decrypt(&token, &mut parts)?;
            put_back(message, &parts);
            was_encrypted
        };
        self.received.count();
        Ok(if was_encrypted { Quality::DEFAULT } else { Quality::NO_ENCRYPT })
    }
}

impl Pku2uContext {
    /// A STREAM buffer, which is a whole message: the rest of it becomes what DATA holds.
    fn open_stream(&mut self, message: &mut [Buffer<'_>]) -> Result<bool> {
        let (stream, data) = stream_and_data(message)?;
        if stream.bytes_mut().is_none() {
            return Err(Error::new(
                Status::INVALID_PARAMETER,
                "the STREAM buffer is decrypted in place and its memory is only readable",
            ));
        }
        let (opened, was_encrypted) = self.engine.decrypt_stream(stream.bytes())?;
        let start = stream.len().saturating_sub(opened.len());
        let place = stream.bytes_mut().and_then(|bytes| bytes.get_mut(start..));
        let Some(place) = place.filter(|place| place.len() == opened.len()) else {
            return Err(altered("the message is longer than what it came in"));
        };
        place.copy_from_slice(&opened);
        stream.give_rest(start, data)?;
        stream.become_kind(BufferKind::TOKEN);
        Ok(was_encrypted)
    }
}

/// All that a signature is over.
fn data(message: &[Buffer<'_>]) -> Zeroizing<Vec<u8>> {
    let mut data = Zeroizing::new(Vec::new());
    for buffer in message.iter().filter(|buffer| buffer.kind() == BufferKind::DATA) {
        data.extend_from_slice(buffer.bytes());
    }
    data
}

/// The message as the crate takes it. What does not hold is thus never in the caller's memory.
fn parts(message: &[Buffer<'_>]) -> Vec<Part> {
    let data = message.iter().filter(|buffer| buffer.kind() == BufferKind::DATA);
    let part = |buffer: &Buffer<'_>| Part {
        bytes: Zeroizing::new(buffer.bytes().to_vec()),
        is_only_signed: !is_sealed(buffer),
    };
    data.map(part).collect()
}

fn put_back(message: &mut [Buffer<'_>], parts: &[Part]) {
    let data = message.iter_mut().filter(|buffer| buffer.kind() == BufferKind::DATA);
    for (buffer, part) in data.zip(parts).filter(|(_, part)| !part.is_only_signed) {
        if let Some(place) = buffer.bytes_mut().filter(|place| place.len() == part.bytes.len()) {
            place.copy_from_slice(&part.bytes);
        }
    }
}

fn altered(what: &str) -> Error {
    Error::new(Status::MESSAGE_ALTERED, what.to_owned())
}
