//! Somebody in between two ends of CredSSP: TLS with each of them, and every TSRequest in hand.
#![allow(dead_code, unreachable_pub, reason = "each test file uses the part it needs")]

use crate::der::{element, elements, read};
use anysspi::{Certificate, Error, Handshake, Side, Step};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{
    ClientConfig, ClientConnection, Connection, DigitallySignedStruct, ServerConfig,
    ServerConnection, SignatureScheme, SupportedProtocolVersion,
};
use std::io::{Read, Write};
use std::sync::Arc;

/// One of its connections.
pub struct Tls(Connection);

#[derive(Debug)]
struct AnyServer;

impl rustls::client::danger::ServerCertVerifier for AnyServer {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<rustls::client::danger::ServerCertVerified, rustls::Error> {
        Ok(rustls::client::danger::ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        Ok(rustls::client::danger::HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        Ok(rustls::client::danger::HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        default_provider().signature_verification_algorithms.supported_schemes()
    }
}

pub type Version = &'static SupportedProtocolVersion;

impl Tls {
    pub fn client(version: Version) -> Self {
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(&[version])
            .unwrap()
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AnyServer))
            .with_no_client_auth();
        let name = ServerName::try_from("server.example.com").unwrap();
        Self::unlimited(ClientConnection::new(Arc::new(config), name).unwrap().into())
    }

    /// A server that shows these certificates, be they any, and has this key.
    pub fn server(version: Version, certificate: &Certificate) -> Self {
        let chain = certificate.chain.iter().cloned().map(CertificateDer::from).collect();
        let key = PrivateKeyDer::try_from(certificate.private_key.expose()).unwrap().clone_key();
        let key = default_provider().key_provider.load_private_key(key).unwrap();
        let shown = SingleCertAndKey::from(CertifiedKey::new(chain, key));
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(&[version])
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(shown));
        Self::unlimited(ServerConnection::new(Arc::new(config)).unwrap().into())
    }

    fn unlimited(mut connection: Connection) -> Self {
        connection.set_buffer_limit(None);
        Self(connection)
    }

    pub fn feed(&mut self, mut bytes: &[u8]) -> Result<(), rustls::Error> {
        while !bytes.is_empty() {
            self.0.read_tls(&mut bytes).unwrap();
            self.0.process_new_packets()?;
        }
        Ok(())
    }

    pub fn output(&mut self) -> Vec<u8> {
        let mut output = Vec::new();
        while self.0.wants_write() {
            self.0.write_tls(&mut output).unwrap();
        }
        output
    }

    pub fn write(&mut self, plaintext: &[u8]) {
        self.0.writer().write_all(plaintext).unwrap();
    }

    pub fn read(&mut self) -> Vec<u8> {
        let mut plaintext = Vec::new();
        let mut space = [0; 4096];
        while let Ok(count @ 1..) = self.0.reader().read(&mut space) {
            plaintext.extend_from_slice(&space[..count]);
        }
        plaintext
    }

    pub fn close(&mut self) {
        self.0.send_close_notify();
    }

    pub fn is_up(&self) -> bool {
        !self.0.is_handshaking()
    }

    pub fn new_keys(&mut self) {
        self.0.refresh_traffic_keys().unwrap();
    }
}

/// A TSRequest taken apart: the number of each field, and its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields(pub Vec<(u8, Vec<u8>)>);

pub const VERSION: u8 = 0;
pub const NEGO_TOKENS: u8 = 1;
pub const AUTH_INFO: u8 = 2;
pub const PUB_KEY_AUTH: u8 = 3;
pub const ERROR_CODE: u8 = 4;
pub const NONCE: u8 = 5;

impl Fields {
    pub fn read(request: &[u8]) -> Self {
        let (tag, content, rest) = read(request);
        assert_eq!((tag, rest), (0x30, &[][..]));
        let fields = elements(content).into_iter();
        Self(fields.map(|(tag, field)| (tag - 0xA0, field.to_vec())).collect())
    }

    pub fn write(&self) -> Vec<u8> {
        let fields: Vec<_> =
            self.0.iter().map(|(number, field)| element(0xA0 + number, field)).collect();
        element(0x30, &fields.concat())
    }

    pub fn has(&self, number: u8) -> bool {
        self.0.iter().any(|(other, _)| *other == number)
    }

    pub fn without(mut self, number: u8) -> Self {
        self.0.retain(|(other, _)| *other != number);
        self
    }

    pub fn with(self, number: u8, field: &[u8]) -> Self {
        let mut fields = self.without(number);
        fields.0.push((number, field.to_vec()));
        fields.0.sort();
        fields
    }

    pub fn get(&self, number: u8) -> &[u8] {
        &self.0.iter().find(|(other, _)| *other == number).expect("the field").1
    }

    /// The same with the last byte of a field changed.
    pub fn flipped(self, number: u8) -> Self {
        let mut field = self.get(number).to_vec();
        *field.last_mut().unwrap() ^= 1;
        self.with(number, &field)
    }
}

/// How each end came out, and the TSRequests on their way, from the client first.
pub struct Outcome {
    pub client: Result<(), Error>,
    pub server: Result<(), Error>,
    pub requests: Vec<Vec<u8>>,
    /// The connections to the client and to the server.
    pub near: Tls,
    pub far: Tls,
}

/// What happens to a TSRequest on its way.
pub enum Fate {
    Pass(Vec<u8>),
    /// The connection to the receiver ends.
    Close,
    /// These bytes go to the receiver, without TLS.
    Bare(Vec<u8>),
}

/// Lets both ends talk through somebody who shows the client this certificate and may change every
/// TSRequest: `change(sender, number, request)`.
pub fn between(
    version: Version,
    shown: &Certificate,
    client: &mut Handshake,
    server: &mut Handshake,
    mut change: impl FnMut(Side, usize, Vec<u8>) -> Fate,
) -> Outcome {
    let (mut near, mut far) = (Tls::server(version, shown), Tls::client(version));
    let mut requests = Vec::new();
    let mut results = [Ok(()), Ok(())];
    let (mut to_client, mut to_server) = (None, Some(Vec::new()));
    let mut counts = [0, 0];
    let send = |handshake: &mut Handshake, bytes: Option<Vec<u8>>| {
        if handshake.done() || handshake.failure().is_some() {
            return (Ok(()), Vec::new());
        }
        let bytes = bytes.filter(|bytes| !bytes.is_empty());
        if bytes.is_none() && handshake.side() == Side::Acceptor {
            return (Ok(()), Vec::new());
        }
        match handshake.step(bytes.as_deref()) {
            Ok(Step::SendToken(token)) => (Ok(()), token),
            Ok(_) => (Ok(()), Vec::new()),
            Err(error) => {
                let token = error.token().unwrap_or_default().to_vec();
                (Err(error), token)
            }
        }
    };
    let mut is_first = true;
    for _ in 0..40 {
        // The client speaks.
        if is_first || to_client.as_ref().is_some_and(|bytes: &Vec<u8>| !bytes.is_empty()) {
            is_first = false;
            let (result, token) = send(client, to_client.take());
            if result.is_err() {
                results[0] = result;
            }
            let _ = near.feed(&token);
        }
        let mut bytes = to_server.take().unwrap_or_default();
        bytes.extend(far.output());
        if far.is_up() {
            let plaintext = near.read();
            if !plaintext.is_empty() {
                requests.push(plaintext.clone());
                match change(Side::Initiator, counts[0], plaintext) {
                    Fate::Pass(plaintext) => far.write(&plaintext),
                    Fate::Close => far.close(),
                    Fate::Bare(bare) => bytes.extend(bare),
                }
                counts[0] += 1;
                bytes.extend(far.output());
            }
        }
        let (result, token) = send(server, Some(bytes));
        if result.is_err() {
            results[1] = result;
        }
        let _ = far.feed(&token);
        let mut bytes = near.output();
        let plaintext = far.read();
        if !plaintext.is_empty() {
            requests.push(plaintext.clone());
            match change(Side::Acceptor, counts[1], plaintext) {
                Fate::Pass(plaintext) => near.write(&plaintext),
                Fate::Close => near.close(),
                Fate::Bare(bare) => bytes.extend(bare),
            }
            counts[1] += 1;
            bytes.extend(near.output());
        }
        to_client = Some(bytes);
    }
    let [mut client_result, mut server_result] = results;
    for (handshake, result) in [(client, &mut client_result), (server, &mut server_result)] {
        if let Some(failure) = handshake.failure() {
            *result = Err(failure.clone());
        }
    }
    Outcome { client: client_result, server: server_result, requests, near, far }
}
