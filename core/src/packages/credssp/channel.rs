//! The TLS connection, by rustls: bytes in, bytes out, no socket and no thread.

use super::look_ahead::{Issuers, LookAhead};
use super::records::{LONGEST_MESSAGE, RECORD_HEADER};
use crate::codec::append;
use crate::context::{ConnectionInfo, StreamSizes};
use crate::credentials::ChannelBindings;
use crate::error::{Error, Result};
use crate::status::Status;
use rustls::pki_types::ServerName;
use rustls::sign::CertifiedKey;
use rustls::{
    CertificateError, ClientConfig, ClientConnection, Connection, ProtocolVersion, ServerConfig,
    ServerConnection, SupportedCipherSuite,
};
use std::io::{BufRead, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// One connection.
pub(super) struct Channel {
    connection: Connection,
    is_closed: bool,
    /// For a client whose credentials have no certificate.
    ahead: Option<LookAhead>,
    /// Whether this side has said so.
    has_ended: bool,
    /// What stands in for TLS in fuzz targets.
    #[cfg(feature = "testing")]
    pub(super) bare: Option<super::without_tls::Bare>,
}

impl Channel {
    /// A client that stops where the server asks for a certificate, if it has none.
    pub(super) fn client(
        settings: &Arc<ClientConfig>,
        name: ServerName<'static>,
        has_certificate: bool,
    ) -> Result<Self> {
        let connection =
            ClientConnection::new(Arc::clone(settings), name).map_err(|e| failure(&e))?;
        let mut channel = Self::new(connection.into());
        channel.ahead = (!has_certificate).then(LookAhead::default);
        Ok(channel)
    }

    pub(super) fn server(settings: &Arc<ServerConfig>) -> Result<Self> {
        let connection = ServerConnection::new(Arc::clone(settings)).map_err(|e| failure(&e))?;
        Ok(Self::new(connection.into()))
    }

    fn new(mut connection: Connection) -> Self {
        // What is written is bounded by who writes it, and taken out at once.
        connection.set_buffer_limit(None);
        Self {
            connection,
            is_closed: false,
            ahead: None,
            has_ended: false,
            #[cfg(feature = "testing")]
            bare: None,
        }
    }

    pub(super) fn is_handshaking(&self) -> bool {
        #[cfg(feature = "testing")]
        if self.bare.is_some() {
            return false;
        }
        self.connection.is_handshaking()
    }

    /// Whether the peer has said that it sends no more.
    pub(super) fn is_closed(&self) -> bool {
        #[cfg(feature = "testing")]
        if let Some(bare) = self.bare.as_ref() {
            return bare.is_closed();
        }
        self.is_closed
    }

    /// The authorities that the server names, where the whole record that is to be fed next asks for a
    /// certificate, and there is none.
    pub(super) fn asks_certificate(&mut self, record: &[u8]) -> Option<Issuers> {
        let suite = self.connection.negotiated_cipher_suite();
        self.ahead.as_mut()?.read(record, suite)
    }

    /// Has a certificate for the server to ask for, or none after all.
    pub(super) fn present(&mut self, certificate: Option<Arc<CertifiedKey>>) {
        if let Some(ahead) = &mut self.ahead {
            ahead.present(certificate);
        }
    }

    /// Takes one whole record. An error carries the alert that the peer is owed.
    pub(super) fn feed(&mut self, mut record: &[u8]) -> Result<()> {
        #[cfg(feature = "testing")]
        if let Some(bare) = self.bare.as_mut() {
            return bare.feed(record);
        }
        while !record.is_empty() {
            self.read_tls(&mut record)?;
        }
        self.process()
    }

    /// Takes the beginning of the bytes, which are cut anywhere: as much as TLS reads at once.
    pub(super) fn feed_some(&mut self, bytes: &mut &[u8]) -> Result<()> {
        #[cfg(feature = "testing")]
        if let Some(bare) = self.bare.as_mut() {
            return bare.feed_some(bytes);
        }
        self.read_tls(bytes)?;
        self.process()
    }

    fn read_tls(&mut self, bytes: &mut &[u8]) -> Result<()> {
        match self.connection.read_tls(bytes) {
            Ok(1..) => Ok(()),
            _ => Err(stuck()),
        }
    }

    fn process(&mut self) -> Result<()> {
        let Self { connection, has_ended, ahead, .. } = self;
        let mut process = || {
            if !*has_ended {
                return connection.process_new_packets();
            }
            // Over a record that it cannot take rustls says a last word, and where debug assertions are
            // on it panics if it has said one already: the peer is not to end the process by that.
            catch_unwind(AssertUnwindSafe(|| connection.process_new_packets()))
                .unwrap_or(Err(rustls::Error::DecryptError))
        };
        let processed = match ahead {
            Some(ahead) => ahead.turn(process),
            None => process(),
        };
        match processed {
            Ok(state) => {
                self.is_closed |= state.peer_has_closed();
                if !self.connection.is_handshaking() {
                    // The server asks no more: the stream is spared the look.
                    self.ahead = None;
                }
                Ok(())
            }
            Err(cause) => {
                let alert = self.output().unwrap_or_default();
                Err(failure(&cause).with_token(alert))
            }
        }
    }

    /// Moves what was received to the end of `plaintext`, of which there may be `limit` bytes.
    pub(super) fn receive(&mut self, plaintext: &mut Vec<u8>, limit: usize) -> Result<()> {
        #[cfg(feature = "testing")]
        if let Some(bare) = self.bare.as_mut() {
            return bare.receive(plaintext, limit);
        }
        let mut reader = self.connection.reader();
        loop {
            let received = match reader.fill_buf() {
                Ok(received) => received,
                Err(cause) if cause.kind() == std::io::ErrorKind::WouldBlock => return Ok(()),
                Err(_) => return Err(stuck()),
            };
            let count = received.len();
            if count == 0 {
                return Ok(());
            }
            if plaintext.len().saturating_add(count) > limit {
                return Err(Error::new(
                    Status::INVALID_TOKEN,
                    "more came inside TLS than a TSRequest may have",
                ));
            }
            append(plaintext, received)?;
            reader.consume(count);
        }
    }

    /// Moves what was received into the memory; none where nothing is left.
    pub(super) fn read(&mut self, memory: &mut [u8]) -> Result<usize> {
        match self.connection.reader().read(memory) {
            Ok(count) => Ok(count),
            Err(cause) if cause.kind() == std::io::ErrorKind::WouldBlock => Ok(0),
            Err(_) => Err(stuck()),
        }
    }

    /// Encrypts a message; [`Channel::output`] has the records.
    pub(super) fn write(&mut self, message: &[u8]) -> Result<()> {
        #[cfg(feature = "testing")]
        if let Some(bare) = self.bare.as_mut() {
            bare.write(message);
            return Ok(());
        }
        self.connection
            .writer()
            .write_all(message)
            .map_err(|_| Error::new(Status::ENCRYPT_FAILURE, "TLS does not take the message"))
    }

    /// Whether this side has said that it sends no more.
    pub(super) fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// Says that no more will be sent.
    pub(super) fn close(&mut self) {
        self.has_ended = true;
        #[cfg(feature = "testing")]
        if let Some(bare) = self.bare.as_mut() {
            return bare.close();
        }
        self.connection.send_close_notify();
    }

    /// What is to be sent.
    pub(super) fn output(&mut self) -> Result<Vec<u8>> {
        let mut output = Vec::new();
        self.output_to(&mut output)?;
        Ok(output)
    }

    /// Puts what is to be sent behind what is there.
    pub(super) fn output_to(&mut self, output: &mut Vec<u8>) -> Result<()> {
        #[cfg(feature = "testing")]
        if let Some(bare) = self.bare.as_mut() {
            return bare.output_to(output);
        }
        while self.connection.wants_write() {
            if self.connection.write_tls(output).map_err(|_| stuck())? == 0 {
                return Err(stuck());
            }
        }
        Ok(())
    }

    /// The peer's own certificate.
    pub(super) fn peer_certificate(&self) -> Result<&[u8]> {
        #[cfg(feature = "testing")]
        if let Some(bare) = self.bare.as_ref() {
            return Ok(&bare.peer);
        }
        let own = self.connection.peer_certificates().and_then(<[_]>::first);
        own.map(|own| &**own)
            .ok_or_else(|| Error::new(Status::CERT_UNKNOWN, "the server has no certificate"))
    }

    /// The peer's certificates, its own first.
    pub(super) fn peer_certificates(&self) -> Vec<Vec<u8>> {
        #[cfg(feature = "testing")]
        if let Some(bare) = self.bare.as_ref() {
            return vec![bare.peer.clone()];
        }
        let chain = self.connection.peer_certificates().unwrap_or_default();
        chain.iter().map(|certificate| certificate.to_vec()).collect()
    }

    /// The bindings of the connection itself. In TLS 1.2 they would be `tls-unique`, which does not tell
    /// connections apart that share a master secret (RFC 7627), and which rustls does not give.
    pub(super) fn unique_bindings(&self) -> Option<ChannelBindings> {
        if self.connection.protocol_version()? != ProtocolVersion::TLSv1_3 {
            return None;
        }
        let label = b"EXPORTER-Channel-Binding";
        let exported = self.connection.export_keying_material([0; 32], label, Some(&[])).ok()?;
        Some(ChannelBindings::tls_exporter(&exported))
    }

    /// What was agreed on.
    pub(super) fn info(&self) -> Option<ConnectionInfo> {
        let suite = self.connection.negotiated_cipher_suite()?.suite();
        let version = self.connection.protocol_version()?;
        let group = self.connection.negotiated_key_exchange_group();
        Some(ConnectionInfo {
            version: u16::from(version),
            version_name: match version {
                ProtocolVersion::TLSv1_3 => "TLS 1.3",
                _ => "TLS 1.2",
            },
            cipher_suite: u16::from(suite),
            cipher_suite_name: suite.as_str().unwrap_or_default(),
            key_exchange: group.and_then(|group| group.name().as_str()),
            is_resumed: self.connection.handshake_kind() == Some(rustls::HandshakeKind::Resumed),
        })
    }

    /// How long a record's parts are.
    pub(super) fn sizes(&self) -> StreamSizes {
        let suite = self.connection.negotiated_cipher_suite();
        let (nonce, trailer) = match suite {
            // The tag, and the type of the record (RFC 8446 5.2).
            Some(SupportedCipherSuite::Tls13(_)) | None => (0, 17),
            Some(suite) => {
                let name = suite.suite().as_str().unwrap_or_default();
                // The nonce is in the record but for ChaCha20 (RFC 5288 3, RFC 7905 2).
                (if name.contains("CHACHA20") { 0 } else { 8 }, 16)
            }
        };
        StreamSizes {
            header: RECORD_HEADER + nonce,
            trailer,
            maximum_message: LONGEST_MESSAGE,
            buffers: 4,
            block_size: 1,
        }
    }
}

fn stuck() -> Error {
    Error::new(Status::INTERNAL_ERROR, "TLS does not go on")
}

/// What failed, in the interface's words.
fn failure(cause: &rustls::Error) -> Error {
    use rustls::Error as Tls;
    let (status, context): (Status, &'static str) = match cause {
        Tls::InvalidCertificate(reason) => match reason {
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                (Status::WRONG_PRINCIPAL, "the server's certificate is for another name")
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                (Status::CERT_EXPIRED, "the server's certificate has expired")
            }
            CertificateError::UnknownIssuer => {
                (Status::UNTRUSTED_ROOT, "none of the trusted roots vouches for the server")
            }
            CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
                (Status::CERT_WRONG_USAGE, "the server's certificate is for another purpose")
            }
            _ => (Status::CERT_UNKNOWN, "the peer's certificate cannot be used"),
        },
        Tls::PeerIncompatible(_) => {
            (Status::ALGORITHM_MISMATCH, "the peer has no TLS in common with this side")
        }
        Tls::AlertReceived(alert) => match alert {
            rustls::AlertDescription::HandshakeFailure
            | rustls::AlertDescription::ProtocolVersion
            | rustls::AlertDescription::InsufficientSecurity => {
                (Status::ALGORITHM_MISMATCH, "the peer has no TLS in common with this side")
            }
            rustls::AlertDescription::AccessDenied => {
                (Status::LOGON_DENIED, "the peer denies access by an alert of TLS")
            }
            _ => (Status::ILLEGAL_MESSAGE, "the peer ended TLS with an alert"),
        },
        Tls::DecryptError => (
            Status::MESSAGE_ALTERED,
            "a record of TLS is not the peer's: it was changed or replayed",
        ),
        Tls::General(_) | Tls::FailedToGetCurrentTime | Tls::FailedToGetRandomBytes => {
            (Status::INTERNAL_ERROR, "TLS failed on this side")
        }
        _ => (Status::INVALID_TOKEN, "the peer does not keep to TLS"),
    };
    Error::new(status, context).with_source(cause.clone())
}
