//! CredSSP with TLS stripped, for the fuzz targets: they reach what is behind TLS without a handshake
//! of it for each input. Behind the feature `testing`; no registry has it unless it is added.
//!
//! The records are those of TLS with nothing encrypted: data (23) and, as the end, an alert (21).

use super::INFO;
use super::credential::CredSspCredential;
use super::records::{LONGEST_MESSAGE, first_record};
use crate::codec::append;
use crate::credentials::CredentialRequest;
use crate::error::{Error, Result};
use crate::package::{
    AcceptRequest, Exchange, InitiateRequest, Package, PackageCredential, PackageInfo,
};
use crate::status::Status;
use crate::time::Time;
use std::sync::Arc;

const DATA: u8 = 23;
const ALERT: u8 = 21;

/// What stands in for a connection.
pub(super) struct Bare {
    /// The certificate that the peer is said to have shown.
    pub(super) peer: Vec<u8>,
    /// What came and is not a whole record.
    records: Vec<u8>,
    received: Vec<u8>,
    to_send: Vec<u8>,
    is_closed: bool,
}

impl Bare {
    fn new(peer: Vec<u8>) -> Self {
        let (records, received, to_send) = (Vec::new(), Vec::new(), Vec::new());
        Self { peer, records, received, to_send, is_closed: false }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.is_closed
    }

    pub(super) fn feed(&mut self, record: &[u8]) -> Result<()> {
        match record {
            _ if self.is_closed => Ok(()),
            [DATA, _, _, _, _, content @ ..] => append(&mut self.received, content),
            [ALERT, ..] => {
                self.is_closed = true;
                Ok(())
            }
            _ => Err(Error::new(Status::INVALID_TOKEN, "a record that means nothing")),
        }
    }

    pub(super) fn feed_some(&mut self, bytes: &mut &[u8]) -> Result<()> {
        append(&mut self.records, std::mem::take(bytes))?;
        let records = std::mem::take(&mut self.records);
        let mut rest = records.as_slice();
        while let Ok((record, behind)) = first_record(rest)? {
            self.feed(record)?;
            rest = behind;
        }
        append(&mut self.records, rest)
    }

    pub(super) fn receive(&mut self, plaintext: &mut Vec<u8>, limit: usize) -> Result<()> {
        if plaintext.len().saturating_add(self.received.len()) > limit {
            return Err(Error::new(Status::INVALID_TOKEN, "more came than may be"));
        }
        append(plaintext, &std::mem::take(&mut self.received))
    }

    pub(super) fn write(&mut self, message: &[u8]) {
        for part in message.chunks(LONGEST_MESSAGE) {
            self.record(DATA, part);
        }
    }

    pub(super) fn close(&mut self) {
        self.record(ALERT, &[1, 0]);
    }

    fn record(&mut self, kind: u8, content: &[u8]) {
        let length = u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes();
        self.to_send.extend([kind, 3, 3]);
        self.to_send.extend(length);
        self.to_send.extend_from_slice(content);
    }

    pub(super) fn output_to(&mut self, output: &mut Vec<u8>) -> Result<()> {
        append(output, &std::mem::take(&mut self.to_send))
    }
}

/// The package, and the certificate that its initiators see.
pub(crate) struct WithoutTls(pub(crate) Vec<u8>);

impl Package for WithoutTls {
    fn info(&self) -> &PackageInfo {
        &INFO
    }

    fn acquire(&self, request: CredentialRequest) -> Result<Arc<dyn PackageCredential>> {
        let credential = CredSspCredential::new(&request)?;
        Ok(Arc::new(Credential { credential, certificate: self.0.clone() }))
    }
}

struct Credential {
    credential: CredSspCredential,
    certificate: Vec<u8>,
}

impl PackageCredential for Credential {
    fn name(&self) -> Result<String> {
        self.credential.name()
    }

    fn expiry(&self) -> Time {
        self.credential.expiry()
    }

    fn initiate(&self, request: InitiateRequest<'_>) -> Result<Box<dyn Exchange>> {
        let mut initiating = self.credential.initiating(request)?;
        initiating.strip_tls(Bare::new(self.certificate.clone()));
        Ok(Box::new(initiating))
    }

    fn accept(&self, request: AcceptRequest<'_>) -> Result<Box<dyn Exchange>> {
        let mut accepting = self.credential.accepting(request)?;
        accepting.strip_tls(Bare::new(Vec::new()));
        Ok(Box::new(accepting))
    }
}
