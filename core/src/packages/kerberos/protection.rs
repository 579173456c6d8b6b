//! Signing and sealing (RFC 4121 4.2, RFC 4757 7, [MS-KILE] 3.4.5).

use super::old_tokens::OldTokens;
use super::sequence::Window;
use super::tokens::Tokens;
use crate::buffer::{Buffer, BufferKind, check_writable, stream_and_data};
use crate::context::{Attribute, AttributeValue, Facts, KeyInfo};
use crate::credentials::Delegated;
use crate::error::{Error, Result};
use crate::flags::ContextFlags;
use crate::kerberos::{EncryptionType, Key};
use crate::package::{Established, MessageOptions, Quality};
use crate::packages::checks::{plain_attribute, prepare_signature, quality_is_known};
use crate::status::Status;
use crate::surroundings::Surroundings;
use std::sync::{Mutex, PoisonError};

/// What the two sides agreed on to protect messages with.
pub(crate) struct Agreement {
    /// The key: a subkey, or the session key of the ticket.
    pub(crate) key: Key,
    /// Whether it is the acceptor's subkey, which every token says.
    pub(crate) is_acceptor_subkey: bool,
    /// The number of this side's first message.
    pub(crate) own_sequence: u32,
    /// The number of the peer's first message.
    pub(crate) peer_sequence: u32,
}

/// An established context.
pub(crate) struct KerberosContext {
    facts: Facts,
    surroundings: Surroundings,
    encryption_type: EncryptionType,
    protection: Protection,
    first: u32,
    /// The number of the next message.
    next: u64,
    received: Window,
    /// The number of the peer's first message.
    peer_first: u32,
    /// What the client delegated, on an acceptor until it is read.
    delegated: Mutex<Option<Box<Delegated>>>,
}

/// The tokens of the key's type.
enum Protection {
    Each(Box<Tokens>),
    Rc4(Box<OldTokens>),
}

impl KerberosContext {
    /// The facts get the sizes that follow from the key.
    pub(crate) fn new(
        mut facts: Facts,
        surroundings: Surroundings,
        agreement: Agreement,
    ) -> Result<Self> {
        let Agreement { key, is_acceptor_subkey, own_sequence, peer_sequence } = agreement;
        let is_dce_style = facts.flags.contains(ContextFlags::DCE_STYLE);
        let encryption_type = key.encryption_type();
        let max_token = facts.sizes.max_token;
        let (protection, sizes, mask) = if encryption_type == EncryptionType::RC4 {
            let bytes = key.bytes().expose().try_into().map_err(|_| Status::INTERNAL_ERROR)?;
            let tokens = OldTokens::new(bytes, facts.side, is_dce_style);
            let sizes = tokens.sizes(max_token);
            (Protection::Rc4(Box::new(tokens)), sizes, u64::from(u32::MAX))
        } else {
            let tokens = Tokens::new(key, facts.side, is_acceptor_subkey, is_dce_style)?;
            let sizes = tokens.sizes(max_token);
            (Protection::Each(Box::new(tokens)), sizes, u64::MAX)
        };
        facts.sizes = sizes;
        let received = Window::new(peer_sequence, mask, facts.flags);
        Ok(Self {
            facts,
            surroundings,
            encryption_type,
            protection,
            first: own_sequence,
            next: own_sequence.into(),
            received,
            peer_first: peer_sequence,
            delegated: Mutex::default(),
        })
    }

    /// The same with what the client delegated, on an acceptor.
    pub(crate) fn with_delegated(mut self, delegated: Delegated) -> Self {
        self.delegated = Mutex::new(Some(Box::new(delegated)));
        self
    }

    /// The number of a message that is sent. Without a connection the caller counts.
    fn number(&self, options: MessageOptions) -> u64 {
        if self.is_datagram() {
            return u64::from(self.first).wrapping_add(options.sequence.into());
        }
        self.next
    }

    fn count(&mut self) {
        self.next = self.next.wrapping_add(1);
    }

    /// Whether a received message may come now.
    fn check(&self, number: u64, options: MessageOptions) -> Result<()> {
        if !self.is_datagram() {
            return self.received.check(number);
        }
        let due = u64::from(self.peer_first).wrapping_add(options.sequence.into());
        // With RC4 there are 32 bits of it.
        if number == due || number == due & u64::from(u32::MAX) {
            return Ok(());
        }
        Err(Error::new(
            Status::OUT_OF_SEQUENCE,
            format!("message {number} came when message {due} was due"),
        ))
    }

    fn is_datagram(&self) -> bool {
        self.facts.flags.contains(ContextFlags::DATAGRAM)
    }

    fn require(&self, flags: ContextFlags, what: &str) -> Result<()> {
        if self.facts.flags.intersects(flags) {
            return Ok(());
        }
        Err(Error::new(
            Status::UNSUPPORTED_FUNCTION,
            format!("{what} was not agreed on for this Kerberos context"),
        ))
    }

    fn require_integrity(&self) -> Result<()> {
        self.require(ContextFlags::INTEGRITY | ContextFlags::CONFIDENTIALITY, "integrity")
    }

    /// The number of a received token, as long as it is nothing but said.
    fn received_number(&self, message: &mut [Buffer<'_>]) -> Result<u64> {
        match &self.protection {
            Protection::Each(tokens) => tokens.number(message),
            Protection::Rc4(tokens) => tokens.number(message),
        }
    }

    /// Divides a STREAM buffer, a whole token, into TOKEN and DATA, without a copy.
    fn divide(&self, message: &mut [Buffer<'_>]) -> Result<()> {
        let (stream, data) = stream_and_data(message)?;
        let position = match &self.protection {
            Protection::Each(tokens) => tokens.divide(stream)?,
            Protection::Rc4(_) => OldTokens::divide(stream)?,
        };
        stream.give_rest(position, data)?;
        stream.become_kind(BufferKind::TOKEN);
        Ok(())
    }

    fn key_info(&self) -> KeyInfo {
        // The checksums' numbers (RFC 3961 8), and the names that RFC 3962, 8009 and 4757 give them.
        let (signature_algorithm_name, signature_algorithm) = match self.encryption_type {
            EncryptionType::AES128_SHA1 => ("hmac-sha1-96-aes128", 15),
            EncryptionType::AES256_SHA1 => ("hmac-sha1-96-aes256", 16),
            EncryptionType::AES128_SHA2 => ("hmac-sha256-128-aes128", 19),
            EncryptionType::AES256_SHA2 => ("hmac-sha384-192-aes256", 20),
            // KERB_CHECKSUM_HMAC_MD5 (-138, ntsecapi.h)
            _ => ("hmac-md5", 0xFFFF_FF76),
        };
        let bytes = self.encryption_type.key_length().unwrap_or(0);
        KeyInfo {
            signature_algorithm_name,
            encryption_algorithm_name: self.encryption_type.name().unwrap_or_default(),
            key_size: u32::try_from(bytes.saturating_mul(8)).unwrap_or(0),
            signature_algorithm,
            encryption_algorithm: self.encryption_type.0.cast_unsigned(),
        }
    }
}

impl Established for KerberosContext {
    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn facts_mut(&mut self) -> &mut Facts {
        &mut self.facts
    }

    fn attribute(&self, attribute: Attribute) -> Result<AttributeValue> {
        match attribute {
            Attribute::KEY_INFO => Ok(AttributeValue::KeyInfo(self.key_info())),
            Attribute::CREDS => {
                let mut delegated = self.delegated.lock().unwrap_or_else(PoisonError::into_inner);
                let delegated = delegated.take().map(|delegated| *delegated);
                delegated.map(AttributeValue::Delegated).ok_or_else(|| {
                    Error::new(
                        Status::NO_CREDENTIALS,
                        "what was delegated is an acceptor's, and is read once",
                    )
                })
            }
            _ => plain_attribute(&self.facts, attribute),
        }
    }

    fn sign(&mut self, options: MessageOptions, message: &mut [Buffer<'_>]) -> Result<()> {
        self.require_integrity()?;
        quality_is_known("Kerberos", options.quality)?;
        prepare_signature(message, self.facts.sizes.max_signature)?;
        let number = self.number(options);
        match &mut self.protection {
            Protection::Each(tokens) => tokens.sign(number, message)?,
            Protection::Rc4(tokens) => tokens.sign(number as u32, message)?,
        }
        self.count();
        Ok(())
    }

    fn verify(&mut self, options: MessageOptions, message: &mut [Buffer<'_>]) -> Result<Quality> {
        self.require_integrity()?;
        let number = self.received_number(message)?;
        self.check(number, options)?;
        let quality = match &mut self.protection {
            Protection::Each(tokens) => tokens.verify(message)?,
            Protection::Rc4(tokens) => tokens.verify(message)?,
        };
        self.received.accept(number);
        Ok(quality)
    }

    fn encrypt(&mut self, options: MessageOptions, message: &mut [Buffer<'_>]) -> Result<()> {
        let is_encrypted = options.quality != Quality::NO_ENCRYPT;
        if is_encrypted {
            self.require(ContextFlags::CONFIDENTIALITY, "confidentiality")?;
            check_writable(message)?;
        } else {
            self.require_integrity()?;
        }
        quality_is_known("Kerberos", options.quality)?;
        let number = self.number(options);
        match &mut self.protection {
            Protection::Each(tokens) => {
                let room = tokens.room(is_encrypted);
                prepare_signature(message, room)?;
                if is_encrypted {
                    tokens.seal(number, &self.surroundings, message)?;
                } else {
                    tokens.wrap(number, message)?;
                }
            }
            Protection::Rc4(tokens) => {
                tokens.wrap(number as u32, is_encrypted, &self.surroundings, message)?;
            }
        }
        self.count();
        Ok(())
    }

    fn decrypt(&mut self, options: MessageOptions, message: &mut [Buffer<'_>]) -> Result<Quality> {
        self.require_integrity()?;
        let is_stream = message.iter().any(|buffer| buffer.kind() == BufferKind::STREAM);
        if is_stream {
            self.divide(message)?;
        }
        let number = self.received_number(message)?;
        self.check(number, options)?;
        let quality = match &mut self.protection {
            Protection::Each(tokens) => {
                if !is_stream {
                    tokens.arrange(message)?;
                }
                tokens.open(message)?
            }
            Protection::Rc4(tokens) => tokens.open(number, message)?,
        };
        self.received.accept(number);
        Ok(quality)
    }

    fn signature_length(&self, wrapped: &[u8]) -> Option<usize> {
        match &self.protection {
            Protection::Each(tokens) => tokens.signature_length(wrapped),
            Protection::Rc4(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
