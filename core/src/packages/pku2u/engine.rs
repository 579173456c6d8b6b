//! The `sspi` crate's PKU2U context, step by step: the only file that drives it.

use super::NEGOEX;
use super::certificate::{Known, Own};
use super::fence::{fenced, handshake_failure, message_failure};
use super::messages::LARGEST_TOKEN;
use crate::credentials::{ChannelBindings, Secret};
use crate::error::{Error, Result};
use crate::packages::negotiate::messages::{
    NegState, NegTokenResp, NegotiationToken, write_init, write_list,
};
use crate::status::Status;
use sspi::{
    AuthIdentityBuffers, BufferType, ClientRequestFlags, DataRepresentation, DecryptionFlags,
    EncryptionFlags, Pku2u, Pku2uConfig, SecurityBuffer, SecurityBufferFlags, SecurityBufferRef,
    SecurityStatus, ServerRequestFlags, Sspi, SspiImpl,
};
use zeroize::Zeroizing;

/// A context of the crate's. A panic in it costs the context: whatever comes next is INTERNAL_ERROR.
#[derive(Clone)]
pub(super) struct Engine {
    context: Option<Pku2u>,
}

/// What a step came to.
pub(super) struct Stepped {
    /// The token to send, without SPNEGO around it; empty at the initiator's end.
    pub(super) token: Vec<u8>,
    /// Whether the context stands.
    pub(super) is_done: bool,
}

/// The error of a context that stands too early, or not at its last leg.
pub(super) fn wrong_end() -> Error {
    Error::new(Status::INTERNAL_ERROR, "PKU2U ended at another leg than the last")
}

/// One part of a message: its bytes, and whether they are only signed.
pub(super) struct Part {
    pub(super) bytes: Zeroizing<Vec<u8>>,
    pub(super) is_only_signed: bool,
}

impl Engine {
    /// An initiator that believes these servers.
    pub(super) fn initiator(own: &Own, host_name: &str, servers: &[&Known]) -> Result<Self> {
        if servers.is_empty() {
            // The crate would believe anybody.
            return Err(Error::new(Status::UNTRUSTED_ROOT, "PKU2U: no server is trusted"));
        }
        Self::new(own, host_name, |mut config| {
            config.trusted_server_certificates =
                servers.iter().map(|known| known.parsed.clone()).collect();
            Pku2u::new_client_from_config(config)
        })
    }

    /// An acceptor that lets these clients in.
    pub(super) fn acceptor(own: &Own, host_name: &str, clients: &[Known]) -> Result<Self> {
        Self::new(own, host_name, |mut config| {
            config.trusted_client_certificates =
                clients.iter().map(|known| known.parsed.clone()).collect();
            Pku2u::new_server_from_config(config)
        })
    }

    fn new(
        own: &Own,
        host_name: &str,
        make: impl FnOnce(Pku2uConfig) -> sspi::Result<Pku2u>,
    ) -> Result<Self> {
        let context = fenced(|| {
            let certificate = own.certificate.parsed.clone();
            let mut config = Pku2uConfig::new(certificate, own.key.clone(), host_name.to_owned());
            // The crate begins with trust in its own certificate.
            config.trusted_client_certificates.clear();
            make(config)
        })?;
        Ok(Self { context: Some(context.map_err(|cause| handshake_failure(&cause))?) })
    }

    /// Calls the context, which is gone for good if it panics.
    fn call<T>(
        &mut self,
        call: impl FnOnce(&mut Pku2u) -> sspi::Result<T>,
    ) -> Result<sspi::Result<T>> {
        let mut context = self.context.take().ok_or_else(|| {
            Error::new(Status::INTERNAL_ERROR, "PKU2U failed before: the context is lost")
        })?;
        let (context, outcome) = fenced(move || {
            let outcome = call(&mut context);
            (context, outcome)
        })?;
        self.context = Some(context);
        Ok(outcome)
    }

    /// A step of the initiator: nothing comes into the first.
    pub(super) fn initiate(
        &mut self,
        target: &str,
        token: Option<&[u8]>,
        bindings: Option<&ChannelBindings>,
    ) -> Result<Stepped> {
        let input = token.map(answered).unwrap_or_default();
        let mut input = buffers(input, bindings);
        let outcome = self.call(|context| {
            let mut credentials: Option<AuthIdentityBuffers> = None;
            let mut output = [SecurityBuffer::new(Vec::new(), BufferType::Token)];
            let mut builder = context
                .initialize_security_context()
                .with_credentials_handle(&mut credentials)
                .with_context_requirements(
                    ClientRequestFlags::MUTUAL_AUTH
                        | ClientRequestFlags::INTEGRITY
                        | ClientRequestFlags::CONFIDENTIALITY
                        | ClientRequestFlags::REPLAY_DETECT
                        | ClientRequestFlags::SEQUENCE_DETECT,
                )
                .with_target_data_representation(DataRepresentation::Native)
                .with_target_name(target)
                .with_input(&mut input)
                .with_output(&mut output);
            let status =
                context.initialize_security_context_impl(&mut builder)?.resolve_to_result()?.status;
            let [output] = output;
            Ok((status, output.buffer))
        })?;
        finish(outcome)
    }

    /// A step of the acceptor; the first token is an offer.
    pub(super) fn accept(
        &mut self,
        token: &[u8],
        is_first: bool,
        bindings: Option<&ChannelBindings>,
    ) -> Result<Stepped> {
        let input = if is_first { offered(token) } else { answered(token) };
        let mut input = buffers(input, bindings);
        let outcome = self.call(|context| {
            let mut credentials: Option<AuthIdentityBuffers> = None;
            let mut output = [SecurityBuffer::new(Vec::new(), BufferType::Token)];
            let builder = context
                .accept_security_context()
                .with_credentials_handle(&mut credentials)
                .with_context_requirements(ServerRequestFlags::empty())
                .with_target_data_representation(DataRepresentation::Native)
                .with_input(&mut input)
                .with_output(&mut output);
            let status = context.accept_security_context_impl(builder)?.resolve_to_result()?.status;
            let [output] = output;
            Ok((status, output.buffer))
        })?;
        finish(outcome)
    }

    /// The certificate that the peer has proven the key of: one of those that are trusted.
    pub(super) fn peer<'a>(&mut self, trusted: &'a [Known]) -> Result<&'a Known> {
        let outcome = self.call(|context| {
            let status = context.query_context_cert_trust_status()?;
            let is_trusted = status.error_status == sspi::CertTrustErrorStatus::NO_ERROR;
            Ok((is_trusted, context.query_context_remote_cert()?.cert))
        })?;
        let (is_trusted, certificate) = outcome.map_err(|cause| handshake_failure(&cause))?;
        let known = trusted.iter().find(|known| known.parsed == certificate);
        known.filter(|_| is_trusted).ok_or_else(|| {
            Error::new(Status::UNTRUSTED_ROOT, "PKU2U: the peer's certificate is not trusted")
        })
    }

    /// The key of the context. Only those of AES protect messages.
    pub(super) fn session_key(&mut self) -> Result<Secret> {
        let outcome = self.call(|context| {
            let keys = context.query_context_session_key()?;
            Ok(Secret::new(keys.session_key.as_ref()))
        })?;
        let key = outcome.map_err(|cause| handshake_failure(&cause))?;
        if !matches!(key.expose().len(), 16 | 32) {
            return Err(Error::new(
                Status::ALGORITHM_MISMATCH,
                "PKU2U: the peer chose a cipher that is too weak: only AES is taken",
            ));
        }
        Ok(key)
    }

    /// A signature over the parts.
    pub(super) fn sign(&mut self, number: u32, data: &[u8], room: usize) -> Result<Vec<u8>> {
        let mut data = data.to_vec();
        let mut token = vec![0; room];
        let outcome = self.call(|context| {
            let mut message =
                [SecurityBufferRef::token_buf(&mut token), SecurityBufferRef::data_buf(&mut data)];
            context.make_signature(0, &mut message, number)?;
            let [token, _] = &message;
            Ok(token.data().to_vec())
        })?;
        outcome.map_err(|cause| message_failure(&cause))
    }

    /// Checks a signature over the parts.
    pub(super) fn verify(&mut self, number: u32, data: &[u8], signature: &[u8]) -> Result<()> {
        let (mut data, mut token) = (data.to_vec(), signature.to_vec());
        let outcome = self.call(|context| {
            let mut message =
                [SecurityBufferRef::token_buf(&mut token), SecurityBufferRef::data_buf(&mut data)];
            context.verify_signature(&mut message, number)
        })?;
        outcome.map(drop).map_err(|cause| message_failure(&cause))
    }

    /// Encrypts the parts in place, or with `only_signed` signs them in the format of an encrypted
    /// message; gives what stands before them.
    pub(super) fn encrypt(
        &mut self,
        only_signed: bool,
        parts: &mut [Part],
        room: usize,
    ) -> Result<Vec<u8>> {
        let mut token = vec![0; room];
        let flags =
            if only_signed { EncryptionFlags::WRAP_NO_ENCRYPT } else { EncryptionFlags::empty() };
        let outcome = self.call(|context| {
            let mut message = vec![SecurityBufferRef::token_buf(&mut token)];
            message.extend(parts.iter_mut().map(as_buffer));
            context.encrypt_message(flags, &mut message)?;
            Ok(message.first().map(|token| token.data().to_vec()).unwrap_or_default())
        })?;
        outcome.map_err(|cause| message_failure(&cause))
    }

    /// Decrypts the parts in place; true where they were encrypted, and not only signed.
    pub(super) fn decrypt(&mut self, token: &[u8], parts: &mut [Part]) -> Result<bool> {
        let mut token = token.to_vec();
        let outcome = self.call(|context| {
            let mut message = vec![SecurityBufferRef::token_buf(&mut token)];
            message.extend(parts.iter_mut().map(as_buffer));
            context.decrypt_message(&mut message)
        })?;
        outcome.map(was_encrypted).map_err(|cause| message_failure(&cause))
    }

    /// Decrypts a whole message that stands by itself, and says whether it was encrypted.
    pub(super) fn decrypt_stream(&mut self, stream: &[u8]) -> Result<(Zeroizing<Vec<u8>>, bool)> {
        let mut stream = Zeroizing::new(stream.to_vec());
        let outcome = self.call(|context| {
            let mut message =
                [SecurityBufferRef::stream_buf(&mut stream), SecurityBufferRef::data_buf(&mut [])];
            let flags = context.decrypt_message(&mut message)?;
            let [_, data] = &message;
            Ok((Zeroizing::new(data.data().to_vec()), was_encrypted(flags)))
        })?;
        outcome.map_err(|cause| message_failure(&cause))
    }
}

fn was_encrypted(flags: DecryptionFlags) -> bool {
    !flags.contains(DecryptionFlags::WRAP_NO_ENCRYPT)
}

fn as_buffer(part: &mut Part) -> SecurityBufferRef<'_> {
    let buffer = SecurityBufferRef::data_buf(&mut part.bytes);
    if part.is_only_signed {
        return buffer.with_flags(SecurityBufferFlags::SECBUFFER_READONLY_WITH_CHECKSUM);
    }
    buffer
}

/// A token as the crate wants it: in SPNEGO, at first.
fn offered(token: &[u8]) -> Vec<u8> {
    write_init(&write_list([NEGOEX].into_iter()), Some(token), false)
}

/// The same later on.
fn answered(token: &[u8]) -> Vec<u8> {
    let state = Some(NegState::AcceptIncomplete);
    NegTokenResp { state, token: Some(token), ..NegTokenResp::default() }.write()
}

fn buffers(token: Vec<u8>, bindings: Option<&ChannelBindings>) -> Vec<SecurityBuffer> {
    let mut buffers = vec![SecurityBuffer::new(token, BufferType::Token)];
    if let Some(bindings) = bindings {
        let structure = bindings.to_structure();
        buffers.push(SecurityBuffer::new(structure, BufferType::ChannelBindings));
    }
    buffers
}

/// What the crate wants sent, without SPNEGO.
fn finish(outcome: sspi::Result<(SecurityStatus, Vec<u8>)>) -> Result<Stepped> {
    let (status, output) = outcome.map_err(|cause| handshake_failure(&cause))?;
    let is_done = match status {
        SecurityStatus::Ok => true,
        SecurityStatus::ContinueNeeded => false,
        _ => return Err(Error::new(Status::INTERNAL_ERROR, "PKU2U: a step came to nothing known")),
    };
    if output.is_empty() {
        return Ok(Stepped { token: Vec::new(), is_done });
    }
    let token = match NegotiationToken::parse(&output)? {
        NegotiationToken::Init(init) => init.mech_token,
        NegotiationToken::Resp(resp) => resp.token,
    };
    let token = token.unwrap_or_default().to_vec();
    if token.len() > LARGEST_TOKEN {
        return Err(Error::new(
            Status::INVALID_PARAMETER,
            "PKU2U: the token is larger than 48 KiB: trust fewer certificates",
        ));
    }
    Ok(Stepped { token, is_done })
}

#[cfg(test)]
mod tests {
    use super::super::certificates;
    use super::*;
    use crate::credentials::Certificate;

    /// The certificates are made with the library as those see it who use it.
    fn own(certificate: &anysspi::Certificate) -> Own {
        let private_key = Secret::new(certificate.private_key.expose());
        Own::read(&Certificate { chain: certificate.chain.clone(), private_key }).unwrap()
    }

    #[test]
    fn a_panic_costs_the_context_for_good() {
        let (alice, server) = (own(certificates::alice()), own(certificates::server()));
        let mut engine = Engine::initiator(&alice, "host", &[&server.certificate]).unwrap();
        assert!(!engine.initiate("HTTP/host", None, None).unwrap().is_done);
        let panicked = engine.call::<()>(|_| panic!("a defect of the crate"));
        assert_eq!(panicked.map(drop).unwrap_err().status(), Status::INTERNAL_ERROR);
        for error in [
            engine.initiate("HTTP/host", Some(b"token"), None).map(drop).unwrap_err(),
            engine.sign(0, b"data", 28).map(drop).unwrap_err(),
            engine.encrypt(false, &mut [], 76).map(drop).unwrap_err(),
            engine.decrypt_stream(b"data").map(drop).unwrap_err(),
            engine.peer(&[]).map(drop).unwrap_err(),
            engine.session_key().map(drop).unwrap_err(),
        ] {
            assert_eq!(error.status(), Status::INTERNAL_ERROR, "{error}");
        }
    }

    #[test]
    fn nothing_is_established_before_the_end_and_nobody_is_trusted_by_default() {
        let (alice, server) = (own(certificates::alice()), own(certificates::server()));
        assert!(Engine::initiator(&alice, "host", &[]).is_err());
        let trusted = [server.certificate.clone()];
        let mut engine = Engine::initiator(&alice, "host", &[&trusted[0]]).unwrap();
        assert!(engine.peer(&trusted).is_err());
        assert!(engine.session_key().is_err());
        assert!(engine.encrypt(false, &mut [], 76).is_err());
        let acceptor = Engine::acceptor(&server, "host", &[]).unwrap();
        let trusted = &acceptor.context.as_ref().unwrap().config().trusted_client_certificates;
        assert!(trusted.is_empty(), "the crate begins with trust in its own certificate");
    }
}
