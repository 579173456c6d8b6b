//! CredSSP: handshake pairs and a stream, against rustls with the same settings, and against what the
//! handshake is made of.

use crate::ntlm::handshake_of;
use crate::pairs::{credentials_with, run};
use crate::{Row, Turn};
use anysspi::raw::CredentialsHandle;
use anysspi::{Certificate, Context, ContextFlags, Identity, accept, initiate};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, ring};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, ClientConnection, Connection, DigitallySignedStruct, ServerConfig,
    ServerConnection, SignatureScheme,
};
use std::hint::black_box;
use std::io::{BufRead as _, Write as _};
use std::sync::{Arc, OnceLock};

const KIB_64: usize = 64 * 1024;

pub(crate) fn rows() -> Vec<Row> {
    let handshake = |name, peer, make| Row { name, unit: "pair/s", peer, units: 1.0, make };
    vec![
        handshake("credssp.handshake", "rustls alone", || (ours(New), rustls(New))),
        handshake("credssp.handshake", "negotiate.handshake", || {
            (ours(New), handshake_of("Negotiate"))
        }),
        handshake("credssp.handshake", "rustls, then negotiate.handshake", || {
            (ours(New), both(New))
        }),
        handshake("credssp.handshake.resumed", "credssp.handshake", || (ours(Resumed), ours(New))),
        handshake("credssp.handshake.resumed", "rustls resumed, then negotiate.handshake", || {
            (ours(Resumed), both(Resumed))
        }),
        Row {
            name: "credssp.protect.64k",
            unit: "MB/s",
            peer: "rustls alone",
            units: KIB_64 as f64 / 1e6,
            make: || (our_stream(), rustls_stream()),
        },
    ]
}

/// Whether the sessions of TLS are new, or go on from the first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Session {
    New,
    Resumed,
}
use Session::{New, Resumed};

/// A host for each handshake: sessions are resumed for the same name alone.
struct Hosts {
    session: Session,
    count: u64,
}

impl Hosts {
    fn new(session: Session) -> Self {
        Self { session, count: 0 }
    }

    fn next(&mut self) -> String {
        if self.session == New {
            self.count += 1;
        }
        format!("host{:010}.example.com", self.count)
    }
}

/// A key of ECDSA over P-256, made once.
fn certificate() -> &'static Certificate {
    static CERTIFICATE: OnceLock<Certificate> = OnceLock::new();
    CERTIFICATE.get_or_init(|| Certificate::self_signed("host.example.com").expect("a certificate"))
}

fn our_credentials() -> (CredentialsHandle, CredentialsHandle) {
    credentials_with("CREDSSP", Some(Identity::Certificate(certificate().clone())))
}

fn our_pair(
    (client, server): &(CredentialsHandle, CredentialsHandle),
    host: &str,
) -> (Context, Context) {
    let client = initiate("CREDSSP")
        .target(format!("TERMSRV/{host}"))
        .credential(client)
        .require(ContextFlags::DELEGATE);
    run(client, accept("CREDSSP").credential(server)).expect("a handshake")
}

fn ours(session: Session) -> Turn {
    let credentials = our_credentials();
    let mut hosts = Hosts::new(session);
    Box::new(move || {
        black_box(our_pair(&credentials, &hosts.next()));
    })
}

fn our_stream() -> Turn {
    let (mut client, mut server) = our_pair(&our_credentials(), "host.example.com");
    let message = vec![0x5A; KIB_64];
    Box::new(move || {
        let sealed = client.wrap(&message).expect("a sealed message");
        assert_eq!(server.unwrap(&sealed).expect("an opened message").len(), KIB_64);
    })
}

fn rustls(session: Session) -> Turn {
    let peer = RustlsPeer::new();
    let mut hosts = Hosts::new(session);
    Box::new(move || {
        black_box(peer.pair(&hosts.next()));
    })
}

fn both(session: Session) -> Turn {
    let (mut tls, mut negotiate) = (rustls(session), handshake_of("Negotiate"));
    Box::new(move || {
        tls();
        negotiate();
    })
}

/// The same with rustls alone, as its manual has it: its buffers have no limit, as ours have none.
fn rustls_stream() -> Turn {
    let [mut client, mut server] = RustlsPeer::new().pair("host.example.com");
    let message = vec![0x5A; KIB_64];
    Box::new(move || {
        client.writer().write_all(&message).expect("a sealed message");
        let sealed = output(&mut client);
        let mut opened = Vec::with_capacity(KIB_64);
        let mut rest = &sealed[..];
        while !rest.is_empty() {
            server.read_tls(&mut rest).expect("bytes");
            let state = server.process_new_packets().expect("records");
            if state.plaintext_bytes_to_read() > 0 {
                let mut reader = server.reader();
                let part = reader.fill_buf().expect("an opened message");
                opened.extend_from_slice(part);
                let length = part.len();
                reader.consume(length);
            }
        }
        assert_eq!(opened.len(), KIB_64);
    })
}

/// Settings of rustls like ours, for both sides.
struct RustlsPeer {
    client: Arc<ClientConfig>,
    server: Arc<ServerConfig>,
}

impl RustlsPeer {
    fn new() -> Self {
        let provider = Arc::new(ring::default_provider());
        let chain = certificate().chain.iter().cloned().map(CertificateDer::from).collect();
        let key = certificate().private_key.expose();
        let key = PrivateKeyDer::try_from(key).expect("a key").clone_key();
        let client = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AnyServer(
                provider.signature_verification_algorithms,
            )))
            .with_no_client_auth();
        let server = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .expect("a certificate");
        Self { client: Arc::new(client), server: Arc::new(server) }
    }

    /// The client's end and the server's, with a ticket for the next.
    fn pair(&self, host: &str) -> [Connection; 2] {
        let name = ServerName::try_from(host.to_owned()).expect("a name");
        let client = ClientConnection::new(Arc::clone(&self.client), name).expect("a client");
        let server = ServerConnection::new(Arc::clone(&self.server)).expect("a server");
        let (mut client, mut server): (Connection, Connection) = (client.into(), server.into());
        client.set_buffer_limit(None);
        server.set_buffer_limit(None);
        while client.wants_write() || server.wants_write() {
            feed(&mut server, &output(&mut client));
            feed(&mut client, &output(&mut server));
        }
        assert!(!client.is_handshaking() && !server.is_handshaking());
        [client, server]
    }
}

fn output(connection: &mut Connection) -> Vec<u8> {
    let mut output = Vec::new();
    while connection.wants_write() {
        connection.write_tls(&mut output).expect("bytes");
    }
    output
}

fn feed(connection: &mut Connection, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        connection.read_tls(&mut bytes).expect("bytes");
        connection.process_new_packets().expect("records");
    }
}

/// Takes any certificate and checks that the server has its key, as CredSSP does.
#[derive(Debug)]
struct AnyServer(WebPkiSupportedAlgorithms);

impl ServerCertVerifier for AnyServer {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(message, certificate, signature, &self.0)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(message, certificate, signature, &self.0)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_schemes()
    }
}
