//! TSRequests through TLS: what both sides do with the bytes of their peer.

use super::channel::Channel;
use super::messages::{LARGEST_REQUEST, TsRequest};
use super::records::{first_record, missing};
use super::refusal;
use super::versions::{OWN, Versions};
use crate::codec::append;
use crate::error::{Error, Result};
use crate::status::Status;
use zeroize::Zeroizing;

/// The most bytes of a peer that are looked at in one step. A flight of TLS or a TSRequest has less.
const LARGEST_INPUT: usize = 256 * 1024;

pub(super) struct Wire {
    pub(super) channel: Channel,
    pub(super) versions: Versions,
    /// What came inside TLS and is not a whole TSRequest yet.
    plaintext: Zeroizing<Vec<u8>>,
}

impl Wire {
    pub(super) fn new(channel: Channel, versions: Versions) -> Self {
        Self { channel, versions, plaintext: Zeroizing::default() }
    }

    /// How many bytes the last of the input's records lacks.
    pub(super) fn missing(input: &[u8]) -> Result<usize> {
        let missing = missing(input)?;
        if input.len().saturating_add(missing) > LARGEST_INPUT {
            return Err(Error::new(
                Status::INVALID_TOKEN,
                "more came at once than has any meaning",
            ));
        }
        Ok(missing)
    }

    /// The first of the input's records, which are whole, and what is behind it.
    pub(super) fn first(input: &[u8]) -> Result<(&[u8], &[u8])> {
        first_record(input)?.map_err(|_| unexpected("a record is not whole"))
    }

    /// Takes one record.
    pub(super) fn feed(&mut self, record: &[u8]) -> Result<()> {
        self.channel.feed(record)?;
        let Self { channel, plaintext, .. } = self;
        channel.receive(plaintext, LARGEST_REQUEST)
    }

    /// The next TSRequest's bytes, where they are all there.
    pub(super) fn next_request(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>> {
        match TsRequest::length(&self.plaintext)? {
            Some(length) if length <= self.plaintext.len() => {
                let mut rest = Zeroizing::default();
                append(&mut rest, self.plaintext.get(length..).unwrap_or_default())?;
                self.plaintext.truncate(length);
                Ok(Some(std::mem::replace(&mut self.plaintext, rest)))
            }
            _ => Ok(None),
        }
    }

    /// Checks that the peer sent nothing behind its last TSRequest, and has not gone.
    pub(super) fn finish(&self) -> Result<()> {
        if self.plaintext.is_empty() {
            return Ok(());
        }
        Err(Error::new(Status::INVALID_TOKEN, "something follows the peer's last TSRequest"))
    }

    /// Puts a TSRequest into TLS.
    pub(super) fn send(&mut self, request: TsRequest<'_>) -> Result<()> {
        let request = TsRequest { version: OWN, ..request };
        self.channel.write(&request.write()?)
    }

    /// The error with what a client is owed: an errorCode where it understands one, otherwise
    /// the inner authentication's own last word, and otherwise the end of the connection.
    pub(super) fn refuse(&mut self, error: Error) -> Error {
        if !self.channel.is_handshaking() && !is_alert(&error) {
            let request = if self.versions.has_error_code() {
                let error_code = Some(refusal::code_of(&error));
                Some(TsRequest { error_code, ..TsRequest::default() })
            } else {
                let nego_token = error.token();
                nego_token.map(|_| TsRequest { nego_token, ..TsRequest::default() })
            };
            // Who is told why needs no other end: some clients wait for ever for what follows one.
            if let Some(request) = request
                && self.send(request).is_ok()
            {
                let token = self.channel.output().unwrap_or_default();
                return error.with_token(token);
            }
        }
        self.hang_up(error)
    }

    /// The error with the end of the connection for the peer.
    pub(super) fn hang_up(&mut self, error: Error) -> Error {
        if is_alert(&error) {
            return error;
        }
        self.channel.close();
        let token = self.channel.output().unwrap_or_default();
        error.with_token(token)
    }

    /// The error of a peer that closed the connection before the end.
    pub(super) fn check_open(&self) -> Result<()> {
        if self.channel.is_closed() {
            return Err(Error::new(
                Status::CONTEXT_EXPIRED,
                "the peer closed the connection before the handshake's end: a server that speaks \
                 version 2 or 5 refuses a logon so",
            ));
        }
        Ok(())
    }
}

/// Whether TLS itself failed: its alert is then all that can be said, and is the error's token.
fn is_alert(error: &Error) -> bool {
    error.token().is_some_and(|token| first_record(token).is_ok())
}

pub(super) fn unexpected(what: &'static str) -> Error {
    Error::new(Status::INVALID_TOKEN, format!("CredSSP: {what}"))
}
