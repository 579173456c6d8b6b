//! The `sspi` crate as a peer: its Kerberos on either side, with a realm in a box for its KDC, and its
//! message protection.
//!
//! The benches measure against it and the differential tests run against it, so both include this
//! file. Every call into that crate is fenced: a panic in it becomes a panic here that says whose it was.
#![allow(dead_code, unreachable_pub, reason = "each bench and test uses the part it needs")]

use anysspi::realm::Realm;
use sspi::generator::NetworkRequest;
use sspi::kerberos::ServerProperties;
use sspi::network_client::NetworkClient;
use sspi::{
    AuthIdentity, BufferType, ClientRequestFlags, Credentials, CredentialsBuffers,
    DataRepresentation, EncryptionFlags, Kerberos, KerberosConfig, SecurityBuffer,
    SecurityBufferRef, ServerRequestFlags, Sspi, SspiImpl, Username,
};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// Carries that crate's questions to the realm: over TCP there is a length before each.
struct Carrier(Realm);

impl NetworkClient for Carrier {
    fn send(&self, request: &NetworkRequest) -> sspi::Result<Vec<u8>> {
        let answer = self.0.answer(request.data.get(4..).unwrap_or_default());
        let length = u32::try_from(answer.len()).expect("a short answer").to_be_bytes();
        Ok([&length[..], &answer].concat())
    }
}

fn config() -> KerberosConfig {
    KerberosConfig::new_with_kdc_url("tcp://127.0.0.1:88", "client.example.test".to_owned())
}

/// That crate's initiator.
pub struct SspiInitiator {
    pub context: Kerberos,
    credentials: Option<CredentialsBuffers>,
    target: String,
    carrier: Carrier,
}

impl SspiInitiator {
    /// Of a user of the realm, to a service.
    pub fn new(realm: &Realm, user: &str, password: &str, target: &str) -> Self {
        fenced("a new context", || {
            let name = Username::new_down_level_logon_name(user, realm.name());
            let identity = Credentials::AuthIdentity(AuthIdentity {
                username: name.expect("a user's name"),
                password: password.to_owned().into(),
            });
            Self {
                context: Kerberos::new_client_from_config(config()).expect("its context"),
                credentials: Some(identity.try_into().expect("credentials")),
                target: target.to_owned(),
                carrier: Carrier(realm.clone()),
            }
        })
    }

    /// The AP-REQ.
    pub fn open(&mut self) -> sspi::Result<Vec<u8>> {
        self.step("its initiator's first step", Vec::new())
    }

    /// Takes the AP-REP. The context then stands.
    pub fn finish(&mut self, answer: &[u8]) -> sspi::Result<Vec<u8>> {
        self.step("its initiator's last step", answer.to_vec())
    }

    pub fn session_key(&self) -> Vec<u8> {
        session_key(&self.context)
    }

    fn step(&mut self, what: &str, received: Vec<u8>) -> sspi::Result<Vec<u8>> {
        let Self { context, credentials, target, carrier } = self;
        let mut input = [SecurityBuffer::new(received, BufferType::Token)];
        let mut output = [SecurityBuffer::new(Vec::new(), BufferType::Token)];
        fenced(what, || {
            let flags = ClientRequestFlags::MUTUAL_AUTH
                | ClientRequestFlags::INTEGRITY
                | ClientRequestFlags::CONFIDENTIALITY
                | ClientRequestFlags::SEQUENCE_DETECT
                | ClientRequestFlags::REPLAY_DETECT
                | ClientRequestFlags::ALLOCATE_MEMORY;
            let mut builder = context
                .initialize_security_context()
                .with_credentials_handle(credentials)
                .with_context_requirements(flags)
                .with_target_data_representation(DataRepresentation::Native)
                .with_target_name(target)
                .with_input(&mut input)
                .with_output(&mut output);
            let mut generator = context.initialize_security_context_impl(&mut builder)?;
            generator.resolve_with_client(carrier)
        })?;
        let [token] = output;
        Ok(token.buffer)
    }
}

/// That crate's acceptor, with one key.
pub struct SspiAcceptor {
    pub context: Kerberos,
    credentials: Option<CredentialsBuffers>,
}

impl SspiAcceptor {
    pub fn new(service: &str, key: Vec<u8>) -> Self {
        fenced("a new context", || {
            let parts: Vec<&str> = service.split('/').collect();
            let skew = Duration::from_secs(300);
            let properties = ServerProperties::new(&parts, None, skew, Some(key.into()));
            let properties = properties.expect("its properties");
            let context = Kerberos::new_server_from_config(config(), properties);
            Self { context: context.expect("its context"), credentials: None }
        })
    }

    /// Takes the AP-REQ and gives the AP-REP. The context then stands.
    pub fn judge(&mut self, request: &[u8]) -> sspi::Result<Vec<u8>> {
        let Self { context, credentials } = self;
        let mut input = [SecurityBuffer::new(request.to_vec(), BufferType::Token)];
        let mut output = [SecurityBuffer::new(Vec::new(), BufferType::Token)];
        fenced("its acceptor's step", || {
            let flags = ServerRequestFlags::MUTUAL_AUTH
                | ServerRequestFlags::INTEGRITY
                | ServerRequestFlags::CONFIDENTIALITY
                | ServerRequestFlags::SEQUENCE_DETECT
                | ServerRequestFlags::REPLAY_DETECT
                | ServerRequestFlags::ALLOCATE_MEMORY;
            let builder = context
                .accept_security_context()
                .with_credentials_handle(credentials)
                .with_context_requirements(flags)
                .with_target_data_representation(DataRepresentation::Native)
                .with_input(&mut input)
                .with_output(&mut output);
            context.accept_security_context_impl(builder)?.resolve_to_result()
        })?;
        let [token] = output;
        Ok(token.buffer)
    }

    pub fn session_key(&self) -> Vec<u8> {
        session_key(&self.context)
    }
}

fn session_key(context: &Kerberos) -> Vec<u8> {
    let keys = fenced("asking for the session key", || context.query_context_session_key());
    keys.expect("its session key").session_key.as_ref().clone()
}

/// Encrypts in place, and gives the token.
pub fn seal(context: &mut Kerberos, data: &mut [u8]) -> sspi::Result<Vec<u8>> {
    let sizes = fenced("asking for sizes", || context.query_context_sizes())?;
    let mut token = vec![0; sizes.security_trailer as usize];
    let mut message = [SecurityBufferRef::token_buf(&mut token), SecurityBufferRef::data_buf(data)];
    fenced("sealing", || context.encrypt_message(EncryptionFlags::empty(), &mut message))?;
    let length = message[0].data().len();
    token.truncate(length);
    Ok(token)
}

/// Decrypts in place.
pub fn unseal(context: &mut Kerberos, token: &mut [u8], data: &mut [u8]) -> sspi::Result<()> {
    let mut message = [SecurityBufferRef::token_buf(token), SecurityBufferRef::data_buf(data)];
    fenced("unsealing", || context.decrypt_message(&mut message))?;
    Ok(())
}

/// Runs a call into that crate; a panic in it is not mistaken for one of ours.
fn fenced<T>(what: &str, call: impl FnOnce() -> T) -> T {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(value) => value,
        Err(cause) => {
            let text = cause
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| cause.downcast_ref::<&str>().copied())
                .unwrap_or("no message");
            panic!("the sspi crate, and not this one, panicked while {what}: {text}")
        }
    }
}
