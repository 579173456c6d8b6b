//! The context that stands: a stream of bytes through TLS, and what can be asked about it.

use super::channel::Channel;
use super::records::{LONGEST_MESSAGE, first_record};
use super::wire::Wire;
use crate::buffer::{self, Buffer, BufferKind};
use crate::codec::reserve;
use crate::context::{Attribute, AttributeValue, Facts, NegotiationState};
use crate::credentials::Delegated;
use crate::error::{Error, Result};
use crate::package::{Established, MessageOptions, PackageInfo, Quality, unsupported_attribute};
use crate::status::Status;
use std::sync::{Mutex, PoisonError};

pub(super) struct Protected {
    channel: Channel,
    facts: Facts,
    /// The package that authenticated inside.
    inner: PackageInfo,
    remote: Vec<Vec<u8>>,
    local: Vec<Vec<u8>>,
    /// What the client delegated, until it is read.
    delegated: Mutex<Option<Delegated>>,
    /// A stream that failed once does not go on: what follows could be anything.
    failure: Option<Error>,
}

impl Protected {
    pub(super) fn new(
        wire: Wire,
        mut facts: Facts,
        inner: PackageInfo,
        remote: Vec<Vec<u8>>,
        local: Vec<Vec<u8>>,
        delegated: Option<Delegated>,
    ) -> Self {
        let Wire { channel, .. } = wire;
        facts.stream_sizes = Some(channel.sizes());
        let delegated = Mutex::new(delegated);
        Self { channel, facts, inner, remote, local, delegated, failure: None }
    }

    /// Checks that something can still be sent.
    fn check_sending(&self) -> Result<()> {
        match &self.failure {
            Some(failure) => Err(failure.clone()),
            None if self.channel.has_ended() => Err(Error::new(
                Status::CONTEXT_EXPIRED,
                "this side has ended its stream: nothing more can be sent",
            )),
            None => Ok(()),
        }
    }

    /// Makes a failure last.
    fn lasting<T>(&mut self, result: Result<T>) -> Result<T> {
        if let Err(error) = &result {
            self.failure = Some(error.clone());
        }
        result
    }
}

impl Established for Protected {
    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn facts_mut(&mut self) -> &mut Facts {
        &mut self.facts
    }

    fn attribute(&self, attribute: Attribute) -> Result<AttributeValue> {
        let chain = |chain: &[Vec<u8>]| match chain {
            [] => Err(Error::new(
                Status::NO_CREDENTIALS,
                format!("there is no certificate for {}", attribute.symbol()),
            )),
            chain => Ok(AttributeValue::Certificates(chain.to_vec())),
        };
        match attribute {
            Attribute::STREAM_SIZES => Ok(AttributeValue::StreamSizes(self.channel.sizes())),
            Attribute::REMOTE_CERT_CONTEXT => chain(&self.remote),
            Attribute::LOCAL_CERT_CONTEXT => chain(&self.local),
            Attribute::NEGOTIATION_INFO => Ok(AttributeValue::NegotiationInfo {
                package: self.inner.clone(),
                state: NegotiationState::Complete,
            }),
            Attribute::UNIQUE_BINDINGS => self
                .channel
                .unique_bindings()
                .map(|bindings| AttributeValue::Bytes(bindings.to_structure()))
                .ok_or_else(|| unsupported_attribute(&self.facts, attribute)),
            Attribute::CONNECTION_INFO => self
                .channel
                .info()
                .map(AttributeValue::ConnectionInfo)
                .ok_or_else(|| unsupported_attribute(&self.facts, attribute)),
            Attribute::CREDS => {
                let mut delegated = self.delegated.lock().unwrap_or_else(PoisonError::into_inner);
                delegated.take().map(AttributeValue::Delegated).ok_or_else(|| {
                    Error::new(
                        Status::NO_CREDENTIALS,
                        "delegated credentials are an acceptor's, and are read once",
                    )
                })
            }
            _ => Err(unsupported_attribute(&self.facts, attribute)),
        }
    }

    fn sign(&mut self, _options: MessageOptions, _message: &mut [Buffer<'_>]) -> Result<()> {
        Err(only_a_stream())
    }

    fn verify(&mut self, _options: MessageOptions, _message: &mut [Buffer<'_>]) -> Result<Quality> {
        Err(only_a_stream())
    }

    fn encrypt(&mut self, options: MessageOptions, message: &mut [Buffer<'_>]) -> Result<()> {
        if options.quality != Quality::DEFAULT {
            return Err(only_a_stream());
        }
        self.check_sending()?;
        let sizes = self.channel.sizes();
        let data = the_data(message)?;
        let length = data.len();
        if length == 0 || length > LONGEST_MESSAGE {
            return Err(Error::new(
                Status::INVALID_PARAMETER,
                format!("a message of a stream has 1 to {LONGEST_MESSAGE} bytes, not {length}"),
            ));
        }
        // Before anything is encrypted: a record that has no room would be lost to the stream.
        let header = [BufferKind::STREAM_HEADER, BufferKind::STREAM_TRAILER];
        for (kind, needed) in header.into_iter().zip([sizes.header, sizes.trailer]) {
            let place = buffer::first_mut(message, kind).ok_or_else(|| missing_buffer(kind))?;
            place.reserve(needed)?;
        }
        let place = the_data(message)?;
        let text = place.bytes_mut().ok_or_else(|| {
            Error::new(
                Status::INVALID_PARAMETER,
                "the DATA buffer is encrypted in place and its memory is only readable",
            )
        })?;
        let written = self.channel.write(text).and_then(|()| self.channel.output());
        let records = self.lasting(written)?;
        // What TLS has to say for itself, such as the answer to a new key, comes before the record.
        let whole = sizes.header.saturating_add(length).saturating_add(sizes.trailer);
        let parts = records.len().checked_sub(whole).and_then(|before| {
            let (before, record) = records.split_at_checked(before)?;
            let (header, rest) = record.split_at_checked(sizes.header)?;
            let (text, trailer) = rest.split_at_checked(length)?;
            Some((before, header, text, trailer))
        });
        let Some((before, header, encrypted, trailer)) = parts else {
            return self.lasting(Err(Error::new(
                Status::ENCRYPT_FAILURE,
                "TLS made a record of another size than expected",
            )));
        };
        text.copy_from_slice(encrypted);
        for (kind, bytes) in
            [(BufferKind::STREAM_HEADER, header), (BufferKind::STREAM_TRAILER, trailer)]
        {
            if let Some(place) = buffer::first_mut(message, kind) {
                place.fill(bytes)?;
            }
        }
        if !before.is_empty() {
            let Some(place) = buffer::first_mut(message, BufferKind::EMPTY) else {
                return self.lasting(Err(missing_buffer(BufferKind::EMPTY)));
            };
            place.allocate(before.to_vec());
            place.become_kind(BufferKind::TOKEN);
        }
        Ok(())
    }

    fn decrypt(&mut self, _options: MessageOptions, message: &mut [Buffer<'_>]) -> Result<Quality> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        check_buffers(message)?;
        if self.channel.is_closed() {
            return Err(closed());
        }
        match self.open(message) {
            // More bytes are wanted, or none will come: what this side sends goes on in both.
            Err(error) if error.status() == Status::INCOMPLETE_MESSAGE => Err(error),
            Err(error) if self.channel.is_closed() => Err(error),
            other => self.lasting(other),
        }
    }

    fn encrypt_stream(&mut self, message: &[u8]) -> Result<Vec<u8>> {
        self.check_sending()?;
        let sizes = self.channel.sizes();
        let records = message.len().div_ceil(LONGEST_MESSAGE);
        let room = records.saturating_mul(sizes.header.saturating_add(sizes.trailer));
        let mut output = Vec::with_capacity(room.saturating_add(message.len()));
        let written =
            self.channel.write(message).and_then(|()| self.channel.output_to(&mut output));
        self.lasting(written)?;
        Ok(output)
    }

    fn decrypt_stream(&mut self, mut received: &[u8], message: &mut Vec<u8>) -> Result<()> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        // Before TLS has anything: then it may be tried again.
        reserve(message, received.len())?;
        while !received.is_empty() && !self.channel.is_closed() {
            let fed = self.channel.feed_some(&mut received);
            // What came before an error is the caller's.
            let moved = self.channel.receive(message, usize::MAX);
            self.lasting(fed.and(moved))?;
        }
        if self.channel.is_closed() { Err(closed()) } else { Ok(()) }
    }

    fn shut_down(&mut self) -> Result<Vec<u8>> {
        self.channel.close();
        self.channel.output()
    }
}

impl Protected {
    /// Opens the first record that holds a part of the message, and says what is behind it.
    fn open(&mut self, message: &mut [Buffer<'_>]) -> Result<Quality> {
        let Some((input, others)) = message.split_first_mut() else {
            return Err(missing_buffer(BufferKind::DATA));
        };
        let total = input.len();
        let memory = input.bytes_mut().unwrap_or_default();
        let mut start: usize = 0;
        let (header, length, end) = loop {
            let rest = memory.get(start..).unwrap_or_default();
            if rest.is_empty() && start > 0 {
                // Only messages of TLS itself, which are dealt with.
                break (start, 0, start);
            }
            let record = match first_record(rest)? {
                Ok((record, _)) => record,
                Err(missing) if start == 0 => {
                    if let Some(place) = buffer::first_mut(others, BufferKind::EMPTY) {
                        place.become_count(BufferKind::MISSING, missing);
                    }
                    return Err(Error::new(
                        Status::INCOMPLETE_MESSAGE,
                        format!("the record is not whole: at least {missing} bytes are missing"),
                    ));
                }
                // What was before is used up; the caller comes back with the rest.
                Err(_) => break (start, 0, start),
            };
            let end = start.saturating_add(record.len());
            self.channel.feed(record)?;
            let header = start.saturating_add(self.channel.sizes().header).min(end);
            let place = memory.get_mut(header..end).unwrap_or_default();
            let length = self.channel.read(place)?;
            if length > 0 {
                break (header, length, end);
            }
            if self.channel.is_closed() {
                return Err(closed());
            }
            start = end;
        };
        // The parts, each in a buffer of its own: what is before the message, it, and what is behind.
        let mut places = others.iter_mut().filter(|place| place.kind() == BufferKind::EMPTY);
        let (Some(data), Some(trailer)) = (places.next(), places.next()) else {
            return Err(missing_buffer(BufferKind::EMPTY));
        };
        input.give_rest(header, data)?;
        input.become_kind(BufferKind::STREAM_HEADER);
        data.give_rest(length, trailer)?;
        data.become_kind(BufferKind::DATA);
        let behind = end.saturating_sub(header).saturating_sub(length);
        trailer.become_kind(BufferKind::STREAM_TRAILER);
        if end < total {
            let Some(extra) = places.next() else {
                return Err(missing_buffer(BufferKind::EMPTY));
            };
            trailer.give_rest(behind, extra)?;
            extra.become_kind(BufferKind::EXTRA);
        }
        Ok(Quality::DEFAULT)
    }
}

/// What is received comes in one DATA buffer that may be written, with three EMPTY ones behind it.
/// Checked before anything is decrypted, which cannot be done twice.
fn check_buffers(message: &mut [Buffer<'_>]) -> Result<()> {
    let Some((input, others)) = message.split_first_mut() else {
        return Err(missing_buffer(BufferKind::DATA));
    };
    if !matches!(input.kind(), BufferKind::DATA | BufferKind::STREAM) {
        return Err(missing_buffer(BufferKind::DATA));
    }
    let empty = others.iter().filter(|place| place.kind() == BufferKind::EMPTY);
    if empty.count() < 3 {
        return Err(missing_buffer(BufferKind::EMPTY));
    }
    if input.bytes_mut().is_none() && !input.is_empty() {
        return Err(Error::new(
            Status::INVALID_PARAMETER,
            "the DATA buffer is decrypted in place and its memory is only readable",
        ));
    }
    Ok(())
}

fn the_data<'b, 'a>(message: &'b mut [Buffer<'a>]) -> Result<&'b mut Buffer<'a>> {
    buffer::first_mut(message, BufferKind::DATA).ok_or_else(|| missing_buffer(BufferKind::DATA))
}

fn closed() -> Error {
    Error::new(Status::CONTEXT_EXPIRED, "the peer has closed the stream: nothing more will come")
}

fn missing_buffer(kind: BufferKind) -> Error {
    Error::new(Status::INVALID_TOKEN, format!("a stream's message needs one more buffer: {kind:?}"))
}

fn only_a_stream() -> Error {
    Error::new(
        Status::UNSUPPORTED_FUNCTION,
        "CredSSP protects a stream: encrypt and decrypt it, there is nothing to sign",
    )
}
