//! CredSSP with a server that asks for the client's certificate: INCOMPLETE_CREDENTIALS, the authorities
//! it names, and other credentials in the middle of the handshake. The server is rustls itself.
#![cfg(feature = "credssp")]

mod support;

use anysspi::raw::{
    self, Attribute, AttributeValue, Buffer, BufferKind, CredentialsHandle, CredentialsRequest,
    IscReq, SecurityContext,
};
use anysspi::{Certificate, Error, Identity, Secret, Status, Step, Usage};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::version::{TLS12, TLS13};
use rustls::{RootCertStore, ServerConfig, ServerConnection, SupportedProtocolVersion};
use std::io::{Cursor, Read};
use std::sync::Arc;
use support::{PASSWORD, USER, registry};

const TARGET: &str = "TERMSRV/server.example.com";
const FLAGS: IscReq = IscReq::STREAM.union(IscReq::ALLOCATE_MEMORY);

type Version = &'static SupportedProtocolVersion;

fn made(name: &str) -> Certificate {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new([name.to_owned()]).unwrap();
    params.distinguished_name.push(rcgen::DnType::CommonName, name);
    let made = params.self_signed(&key).unwrap();
    Certificate { chain: vec![made.der().to_vec()], private_key: Secret::new(&key.serialize_der()) }
}

/// A server that asks for certificates of these authorities.
struct Server(ServerConnection);

impl Server {
    fn new(version: Version, trusted: &[&Certificate], is_needed: bool, record: usize) -> Self {
        let provider = Arc::new(default_provider());
        let mut roots = RootCertStore::empty();
        for certificate in trusted {
            roots.add(CertificateDer::from(certificate.chain[0].clone())).unwrap();
        }
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
        let verifier = if is_needed { verifier } else { verifier.allow_unauthenticated() };
        let own = made("server.example.com");
        let key = PrivateKeyDer::try_from(own.private_key.expose()).unwrap().clone_key();
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])
            .unwrap()
            .with_client_cert_verifier(verifier.build().unwrap())
            .with_single_cert(vec![CertificateDer::from(own.chain[0].clone())], key)
            .unwrap();
        config.max_fragment_size = Some(record);
        Self(ServerConnection::new(Arc::new(config)).unwrap())
    }

    /// Takes what the client sends and gives what it is answered.
    fn answer(&mut self, token: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        let mut input = Cursor::new(token);
        while usize::try_from(input.position()).unwrap() < token.len() {
            self.0.read_tls(&mut input).unwrap();
            self.0.process_new_packets()?;
        }
        let mut output = Vec::new();
        while self.0.wants_write() {
            self.0.write_tls(&mut output).unwrap();
        }
        Ok(output)
    }

    /// The certificate that it was shown, and what came inside TLS.
    fn outcome(&mut self) -> (Option<Vec<u8>>, Vec<u8>) {
        assert!(!self.0.is_handshaking());
        let certificates = self.0.peer_certificates();
        let first = certificates.and_then(|chain| chain.first()).map(|own| own.to_vec());
        let mut inside = vec![0; 4096];
        let count = self.0.reader().read(&mut inside).unwrap_or_default();
        inside.truncate(count);
        (first, inside)
    }
}

fn handle(more: impl IntoIterator<Item = Identity>) -> CredentialsHandle {
    CredentialsRequest::new("CREDSSP", Usage::OUTBOUND)
        .with_identity(Identity::password(USER, PASSWORD))
        .with_identities(more)
        .acquire(&registry(1, "client.example.com"))
        .unwrap()
}

fn call(
    context: &mut SecurityContext,
    credentials: Option<&CredentialsHandle>,
    token: &[u8],
) -> Result<(Status, Vec<u8>), Error> {
    let mut input = [Buffer::token(token), Buffer::empty(BufferKind::EMPTY)];
    let mut output = [Buffer::empty(BufferKind::TOKEN)];
    let outcome = raw::initialize_security_context(
        credentials,
        context,
        Some(TARGET),
        FLAGS,
        &mut input,
        &mut output,
    )?;
    let [output] = output;
    Ok((outcome.status, output.into_bytes()))
}

/// A client that has come to the server's question, what was asked, and what the server said last.
fn asked(server: &mut Server) -> (SecurityContext, Vec<u8>) {
    let mut context = SecurityContext::new();
    let (status, mut token) = call(&mut context, Some(&handle([])), &[]).unwrap();
    assert_eq!(status, Status::CONTINUE_NEEDED);
    for _ in 0..4 {
        let answer = server.answer(&token).unwrap();
        let (status, next) = call(&mut context, None, &answer).unwrap();
        if status == Status::INCOMPLETE_CREDENTIALS {
            assert!(next.is_empty());
            return (context, answer);
        }
        assert_eq!(status, Status::CONTINUE_NEEDED);
        token = next;
    }
    panic!("the question is not noticed");
}

fn issuers(context: &SecurityContext) -> Vec<Vec<u8>> {
    match raw::query_context_attributes(context, Attribute::ISSUER_LIST_EX).unwrap() {
        AttributeValue::Issuers(issuers) => issuers,
        other => panic!("{other:?}"),
    }
}

/// What a TSRequest begins with: SEQUENCE.
fn is_request(inside: &[u8]) -> bool {
    inside.first() == Some(&0x30)
}

/// Versions, and how long the records of the server may be: the question is in a record with everything
/// else, in one of its own, or in several.
const SHAPES: [(Version, usize); 6] =
    [(&TLS12, 16_384), (&TLS12, 100), (&TLS12, 32), (&TLS13, 16_384), (&TLS13, 100), (&TLS13, 32)];

#[test]
fn the_authorities_are_told_and_a_certificate_goes_on() {
    let (own, other) = (made("client.example.com"), made("authority.example.com"));
    for (version, record) in SHAPES {
        // The input comes again with the answer, as Windows wants it, or not.
        for comes_again in [true, false] {
            let mut server = Server::new(version, &[&own, &other], true, record);
            let (mut context, last) = asked(&mut server);
            let issuers = issuers(&context);
            assert_eq!(issuers.len(), 2, "{version:?} {record}");
            for (issuer, name) in
                issuers.iter().zip(["client.example.com", "authority.example.com"])
            {
                assert!(issuer.ends_with(name.as_bytes()), "{issuer:x?}");
            }
            let new = handle([Identity::Certificate(own.clone())]);
            let input = if comes_again { &last[..] } else { &[] };
            let (status, token) = call(&mut context, Some(&new), input).unwrap();
            assert_eq!(status, Status::CONTINUE_NEEDED);
            let error = raw::query_context_attributes(&context, Attribute::ISSUER_LIST_EX);
            assert_eq!(error.unwrap_err().status(), Status::OUT_OF_SEQUENCE);
            let mut token = token;
            if version == &TLS12 {
                // Its Finished comes before the first TSRequest.
                let answer = server.answer(&token).unwrap();
                token = call(&mut context, None, &answer).unwrap().1;
            }
            server.answer(&token).unwrap();
            let (shown, inside) = server.outcome();
            assert_eq!(shown.as_ref(), own.chain.first(), "{version:?} {record}");
            assert!(is_request(&inside));
        }
    }
}

#[test]
fn the_same_credentials_or_none_go_on_without_a_certificate() {
    let own = made("client.example.com");
    for (version, record) in SHAPES {
        for credentials in [None, Some(handle([]))] {
            let mut server = Server::new(version, &[&own], false, record);
            let (mut context, last) = asked(&mut server);
            let (_, mut token) = call(&mut context, credentials.as_ref(), &last).unwrap();
            if version == &TLS12 {
                let answer = server.answer(&token).unwrap();
                token = call(&mut context, None, &answer).unwrap().1;
            }
            server.answer(&token).unwrap();
            let (shown, inside) = server.outcome();
            assert!(shown.is_none() && is_request(&inside), "{version:?} {record}");
        }
    }
}

#[test]
fn a_handshake_has_nobody_to_ask_and_goes_on_without() {
    let own = made("client.example.com");
    for (version, record) in SHAPES {
        for (certificate, size) in [(None, usize::MAX), (None, 1), (Some(own.clone()), usize::MAX)]
        {
            let mut server = Server::new(version, &[&own], false, record);
            let has_one = certificate.is_some();
            let mut client = anysspi::initiate("CREDSSP")
                .target(TARGET)
                .credential(handle(certificate.map(Identity::Certificate)))
                .start()
                .unwrap();
            let Step::SendToken(mut token) = client.next().unwrap() else { panic!("no token") };
            while server.0.is_handshaking() {
                let answer = server.answer(&token).unwrap();
                token.clear();
                for piece in answer.chunks(size) {
                    let Step::SendToken(more) = client.step(Some(piece)).unwrap() else {
                        panic!("it is done too early");
                    };
                    token.extend(more);
                }
            }
            let (shown, inside) = server.outcome();
            assert_eq!(shown.is_some(), has_one);
            // In TLS 1.2 the server's Finished is still on its way.
            assert!(is_request(&inside) || version == &TLS12);
        }
    }
}

#[test]
fn a_server_that_needs_a_certificate_ends_it_without_one() {
    let own = made("client.example.com");
    for version in [&TLS12, &TLS13] {
        let mut server = Server::new(version, &[&own], true, 16_384);
        let (mut context, last) = asked(&mut server);
        let (_, token) = call(&mut context, None, &last).unwrap();
        assert!(server.answer(&token).is_err());
        let mut alert = Vec::new();
        server.0.write_tls(&mut alert).unwrap();
        let error = call(&mut context, None, &alert).unwrap_err();
        assert_eq!(error.status(), Status::ILLEGAL_MESSAGE, "{error}");
    }
}

#[test]
fn other_credentials_must_be_of_the_same_kind_and_judge_the_server_alike() {
    let own = made("client.example.com");
    let mut server = Server::new(&TLS13, &[&own], true, 16_384);
    let (mut context, last) = asked(&mut server);
    let foreign = CredentialsRequest::new("NTLM", Usage::OUTBOUND)
        .with_identity(Identity::password(USER, PASSWORD))
        .acquire(&registry(1, "client.example.com"))
        .unwrap();
    let error = call(&mut context, Some(&foreign), &last).unwrap_err();
    assert_eq!(error.status(), Status::INVALID_HANDLE);
    let judging = handle([
        Identity::Certificate(own.clone()),
        Identity::trusted_roots(made("other.example.com").chain),
    ]);
    let error = call(&mut context, Some(&judging), &last).unwrap_err();
    assert_eq!(error.status(), Status::INVALID_PARAMETER);
    // What was refused changed nothing.
    let good = handle([Identity::Certificate(own.clone())]);
    let (_, token) = call(&mut context, Some(&good), &last).unwrap();
    server.answer(&token).unwrap();
    assert_eq!(server.outcome().0.as_ref(), own.chain.first());
}

#[test]
fn two_connections_of_the_same_credentials_do_not_present_each_others_certificate() {
    let (own, other) = (made("client.example.com"), made("other.example.com"));
    let mut servers = [&own, &other].map(|trusted| Server::new(&TLS13, &[trusted], true, 16_384));
    let mut clients = servers.each_mut().map(asked);
    for ((server, (context, last)), certificate) in
        servers.iter_mut().zip(&mut clients).zip([&own, &other])
    {
        let new = handle([Identity::Certificate(certificate.clone())]);
        let (_, token) = call(context, Some(&new), last).unwrap();
        server.answer(&token).unwrap();
        assert_eq!(server.outcome().0.as_ref(), certificate.chain.first());
    }
}
