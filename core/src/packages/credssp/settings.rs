//! The settings of TLS: versions, primitives, whose certificates are taken, and the clock.

use super::certificate::certified;
use super::look_ahead::OfConnection;
use crate::credentials::Certificate;
use crate::error::{Error, Result};
use crate::packages::checks::with_certificates::{host_and_port, without_port};
use crate::status::Status;
use crate::surroundings::Surroundings;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::time_provider::TimeProvider;
use rustls::{
    ClientConfig, DigitallySignedStruct, RootCertStore, ServerConfig, SignatureScheme, version,
};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

const VERSIONS: &[&rustls::SupportedProtocolVersion] = &[&version::TLS13, &version::TLS12];

/// The clock of the surroundings.
struct Clock(Surroundings);

impl fmt::Debug for Clock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Clock")
    }
}

impl TimeProvider for Clock {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(self.0.now().unix_seconds())))
    }
}

pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// Takes any certificate, for the caller to judge and for the proof of its key; that the server has
/// the private key of it is checked.
#[derive(Debug)]
struct AnyServer(WebPkiSupportedAlgorithms);

impl ServerCertVerifier for AnyServer {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
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

/// The settings of a client. The cache of its sessions is in them, by the server's name: they belong to
/// one credential handle, so that nobody else's session is resumed.
pub(super) fn client_settings(
    surroundings: &Surroundings,
    roots: Option<&[Vec<u8>]>,
    certificate: Option<&CertifiedKey>,
) -> Result<Arc<ClientConfig>> {
    let provider = provider();
    let verifier: Arc<dyn ServerCertVerifier> = match roots {
        None => Arc::new(AnyServer(provider.signature_verification_algorithms)),
        Some(roots) => {
            let mut store = RootCertStore::empty();
            for root in roots {
                store.add(CertificateDer::from(root.as_slice())).map_err(|cause| {
                    Error::new(Status::CERT_UNKNOWN, "a trusted root is no certificate in DER")
                        .with_source(cause)
                })?;
            }
            WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(&provider))
                .build()
                .map_err(|cause| {
                    Error::new(Status::CERT_UNKNOWN, "the trusted roots cannot be used")
                        .with_source(cause)
                })?
        }
    };
    let clock = Arc::new(Clock(surroundings.clone()));
    let builder = ClientConfig::builder_with_details(Arc::clone(&provider), clock)
        .with_protocol_versions(VERSIONS)
        .map_err(unusable)?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let settings = match certificate {
        None => {
            let mut settings = builder.with_client_cert_resolver(Arc::new(OfConnection));
            settings.key_log = Arc::new(OfConnection);
            settings
        }
        Some(key) => {
            let key = SingleCertAndKey::from(key.clone());
            builder.with_client_cert_resolver(Arc::new(key))
        }
    };
    Ok(Arc::new(settings))
}

/// The settings of a server.
pub(super) fn server_settings(
    surroundings: &Surroundings,
    certificate: &Certificate,
) -> Result<Arc<ServerConfig>> {
    let provider = provider();
    let key = certified(certificate)?;
    let clock = Arc::new(Clock(surroundings.clone()));
    let settings = ServerConfig::builder_with_details(provider, clock)
        .with_protocol_versions(VERSIONS)
        .map_err(unusable)?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(key)));
    Ok(Arc::new(settings))
}

fn unusable(cause: rustls::Error) -> Error {
    Error::new(Status::INTERNAL_ERROR, "the settings for TLS cannot be used").with_source(cause)
}

/// The host of a target's name: `TERMSRV/host`, `WSMAN/host:port`, or a host alone.
pub(super) fn server_name(target: &str) -> Result<ServerName<'static>> {
    let host = host_and_port(target);
    let host = match host.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map_or(rest, |(address, _)| address),
        None => without_port(host),
    };
    ServerName::try_from(host.to_owned()).map_err(|cause| {
        Error::new(
            Status::TARGET_UNKNOWN,
            "the target's name has no host that TLS can be asked for",
        )
        .with_source(cause)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_of_a_target_is_found() {
        for (target, host) in [
            ("TERMSRV/desk.corp.example", "desk.corp.example"),
            ("WSMAN/web.corp.example:5986", "web.corp.example"),
            ("MSSQLSvc/db.corp.example:1433/instance", "db.corp.example"),
            ("desk", "desk"),
            ("HTTP/192.0.2.7:443", "192.0.2.7"),
            ("TERMSRV/[2001:db8::1]:3389", "2001:db8::1"),
            ("TERMSRV/2001:db8::1", "2001:db8::1"),
        ] {
            assert_eq!(server_name(target).unwrap().to_str(), host, "{target}");
        }
        for target in ["", "TERMSRV/", "TERMSRV/two words", "TERMSRV/a..b", "TERMSRV/ä"] {
            let error = server_name(target).unwrap_err();
            assert_eq!(error.status(), Status::TARGET_UNKNOWN, "{target}");
        }
    }
}
