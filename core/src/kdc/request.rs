//! A question to a KDC as data: whoever drives the handshake carries it over any transport.

use crate::error::{Error, Result};
use std::fmt;

/// A question to a KDC of a realm.
///
/// Carry [`KdcRequest::message`] to a KDC of the realm, over TCP with its length before it
/// (RFC 4120 7.2.2), and give the handshake the reply.
#[derive(Clone, PartialEq, Eq)]
pub struct KdcRequest {
    realm: String,
    message: Vec<u8>,
}

impl KdcRequest {
    /// A question: the encoded message for a KDC of a realm.
    pub fn new(realm: impl Into<String>, message: Vec<u8>) -> Self {
        Self { realm: realm.into(), message }
    }

    /// The realm whose KDC is asked.
    pub fn realm(&self) -> &str {
        &self.realm
    }

    /// The message to send.
    pub fn message(&self) -> &[u8] {
        &self.message
    }
}

impl fmt::Debug for KdcRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("KdcRequest")
            .field("realm", &self.realm)
            .field("length", &self.message.len())
            .finish()
    }
}

/// What came of a [`KdcRequest`].
#[derive(Clone, Debug)]
pub enum KdcReply {
    /// A KDC answered.
    Answer(Vec<u8>),
    /// No KDC could be asked, and why.
    Unreachable(Error),
}

impl From<Result<Vec<u8>>> for KdcReply {
    fn from(carried: Result<Vec<u8>>) -> Self {
        match carried {
            Ok(answer) => Self::Answer(answer),
            Err(error) => Self::Unreachable(error),
        }
    }
}
