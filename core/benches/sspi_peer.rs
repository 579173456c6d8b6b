//! The `sspi` crate as a peer: its NTLM on either side, token by token, and its message protection.
//!
//! The benches measure against it and the differential tests run against it, so both include this
//! file. Every call into that crate is fenced: a panic in it becomes a panic here that says whose it
//! was.
#![allow(dead_code, unreachable_pub, reason = "each bench and test uses the part it needs")]

use sspi::{
    AuthIdentityBuffers, BufferType, ClientRequestFlags, DataRepresentation, EncryptionFlags, Ntlm,
    SecurityBuffer, SecurityBufferRef, ServerRequestFlags, Sspi, SspiImpl,
};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The size of a signature, which is the TOKEN buffer of a sealed message.
pub const SIGNATURE: usize = 16;

/// Both ends of that crate, with one credential for every handshake.
pub struct SspiPeer {
    credential: AuthIdentityBuffers,
}

impl SspiPeer {
    pub fn new() -> Self {
        Self { credential: credential("alice", "CORP", "Passw0rd!") }
    }

    /// A whole handshake with confidentiality: the initiator's context and the acceptor's.
    pub fn handshake(&mut self) -> (Ntlm, Ntlm) {
        let mut client =
            SspiInitiator::new(self.credential.clone(), ClientRequestFlags::CONFIDENTIALITY);
        let mut server = SspiAcceptor::new(self.credential.clone());
        let negotiate = client.open().expect("its initiator opens");
        let challenge = server.challenge(&negotiate).expect("its acceptor challenges");
        let authenticate = client.answer(&challenge).expect("its initiator answers");
        server.judge(&authenticate).expect("its acceptor accepts its own initiator");
        (client.context, server.context)
    }

    /// Encrypts in place; the signature goes into the token.
    pub fn seal(context: &mut Ntlm, data: &mut [u8], token: &mut [u8; SIGNATURE]) {
        try_seal(context, data, token).expect("it seals");
    }

    /// Decrypts in place and checks the signature.
    pub fn unseal(context: &mut Ntlm, data: &mut [u8], token: &mut [u8; SIGNATURE]) {
        try_unseal(context, data, token).expect("it unseals its own message");
    }
}

impl Default for SspiPeer {
    fn default() -> Self {
        Self::new()
    }
}

/// A user and a password as that crate keeps them.
pub fn credential(user: &str, domain: &str, password: &str) -> AuthIdentityBuffers {
    fenced("making a credential", || AuthIdentityBuffers::from_utf8(user, domain, password))
}

/// A user and an NT hash in hexadecimal as that crate keeps them.
pub fn credential_with_hash(user: &str, domain: &str, hash: &str) -> AuthIdentityBuffers {
    fenced("making a credential", || {
        let hash = hash.try_into().expect("32 digits");
        AuthIdentityBuffers::from_utf8_with_hash(user, domain, &hash)
    })
}

/// That crate's initiator.
pub struct SspiInitiator {
    pub context: Ntlm,
    credential: Option<AuthIdentityBuffers>,
    flags: ClientRequestFlags,
    /// As a `SEC_CHANNEL_BINDINGS` structure.
    bindings: Option<Vec<u8>>,
}

impl SspiInitiator {
    pub fn new(credential: AuthIdentityBuffers, flags: ClientRequestFlags) -> Self {
        let context = fenced("a new context", Ntlm::new);
        Self { context, credential: Some(credential), flags, bindings: None }
    }

    pub fn with_bindings(mut self, structure: Option<Vec<u8>>) -> Self {
        self.bindings = structure;
        self
    }

    /// The NEGOTIATE_MESSAGE.
    pub fn open(&mut self) -> sspi::Result<Vec<u8>> {
        self.step("its initiator's first step", &[])
    }

    /// The AUTHENTICATE_MESSAGE. The context then stands.
    pub fn answer(&mut self, challenge: &[u8]) -> sspi::Result<Vec<u8>> {
        self.step("its initiator's second step", challenge)
    }

    fn step(&mut self, what: &str, received: &[u8]) -> sspi::Result<Vec<u8>> {
        let mut input = input(received, self.bindings.as_deref());
        let mut output = [SecurityBuffer::new(Vec::new(), BufferType::Token)];
        let Self { context, credential, flags, .. } = self;
        fenced(what, || {
            let mut builder = context
                .initialize_security_context()
                .with_credentials_handle(credential)
                .with_context_requirements(*flags | ClientRequestFlags::ALLOCATE_MEMORY)
                .with_target_data_representation(DataRepresentation::Native)
                .with_input(&mut input)
                .with_output(&mut output);
            context.initialize_security_context_impl(&mut builder)?.resolve_to_result()
        })?;
        let [token] = output;
        Ok(token.buffer)
    }
}

/// That crate's acceptor, which knows one account.
pub struct SspiAcceptor {
    pub context: Ntlm,
    account: Option<AuthIdentityBuffers>,
    bindings: Option<Vec<u8>>,
}

impl SspiAcceptor {
    pub fn new(account: AuthIdentityBuffers) -> Self {
        let context = fenced("a new context", Ntlm::new);
        Self { context, account: Some(account), bindings: None }
    }

    pub fn with_bindings(mut self, structure: Option<Vec<u8>>) -> Self {
        self.bindings = structure;
        self
    }

    /// The CHALLENGE_MESSAGE.
    pub fn challenge(&mut self, negotiate: &[u8]) -> sspi::Result<Vec<u8>> {
        self.step("its acceptor's first step", negotiate)
    }

    /// Takes the AUTHENTICATE_MESSAGE. The context then stands.
    pub fn judge(&mut self, authenticate: &[u8]) -> sspi::Result<()> {
        self.step("its acceptor's second step", authenticate)?;
        let context = &mut self.context;
        fenced("completing its acceptor's context", || context.complete_auth_token(&mut []))?;
        Ok(())
    }

    fn step(&mut self, what: &str, received: &[u8]) -> sspi::Result<Vec<u8>> {
        let mut input = input(received, self.bindings.as_deref());
        let mut output = [SecurityBuffer::new(Vec::new(), BufferType::Token)];
        let Self { context, account, .. } = self;
        fenced(what, || {
            let builder = context
                .accept_security_context()
                .with_credentials_handle(account)
                .with_context_requirements(ServerRequestFlags::ALLOCATE_MEMORY)
                .with_target_data_representation(DataRepresentation::Native)
                .with_input(&mut input)
                .with_output(&mut output);
            context.accept_security_context_impl(builder)?.resolve_to_result()
        })?;
        let [token] = output;
        Ok(token.buffer)
    }
}

fn input(token: &[u8], bindings: Option<&[u8]>) -> Vec<SecurityBuffer> {
    let mut input = vec![SecurityBuffer::new(token.to_vec(), BufferType::Token)];
    input.extend(
        bindings
            .map(|bindings| SecurityBuffer::new(bindings.to_vec(), BufferType::ChannelBindings)),
    );
    input
}

pub fn session_key(context: &Ntlm) -> sspi::Result<Vec<u8>> {
    let keys = fenced("asking for the session key", || context.query_context_session_key())?;
    Ok(keys.session_key.as_ref().clone())
}

pub fn try_seal(context: &mut Ntlm, data: &mut [u8], token: &mut [u8]) -> sspi::Result<()> {
    let mut message = [SecurityBufferRef::token_buf(token), SecurityBufferRef::data_buf(data)];
    fenced("sealing", || context.encrypt_message(EncryptionFlags::empty(), &mut message))?;
    Ok(())
}

pub fn try_unseal(context: &mut Ntlm, data: &mut [u8], token: &mut [u8]) -> sspi::Result<()> {
    let mut message = [SecurityBufferRef::token_buf(token), SecurityBufferRef::data_buf(data)];
    fenced("unsealing", || context.decrypt_message(&mut message))?;
    Ok(())
}

pub fn try_sign(
    context: &mut Ntlm,
    data: &mut [u8],
    token: &mut [u8],
    sequence: u32,
) -> sspi::Result<()> {
    let mut message = [SecurityBufferRef::token_buf(token), SecurityBufferRef::data_buf(data)];
    fenced("signing", || context.make_signature(0, &mut message, sequence))
}

pub fn try_verify(
    context: &mut Ntlm,
    data: &mut [u8],
    token: &mut [u8],
    sequence: u32,
) -> sspi::Result<()> {
    let mut message = [SecurityBufferRef::token_buf(token), SecurityBufferRef::data_buf(data)];
    fenced("verifying", || context.verify_signature(&mut message, sequence))?;
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

#[test]
fn it_talks_to_itself() {
    let (mut client, mut server) = SspiPeer::new().handshake();
    let (mut data, mut token) = ([0x5A; 256], [0; SIGNATURE]);
    SspiPeer::seal(&mut client, &mut data, &mut token);
    assert_ne!(data, [0x5A; 256]);
    SspiPeer::unseal(&mut server, &mut data, &mut token);
    assert_eq!(data, [0x5A; 256]);
    SspiPeer::seal(&mut server, &mut data, &mut token);
    SspiPeer::unseal(&mut client, &mut data, &mut token);
    assert_eq!(data, [0x5A; 256]);
}
