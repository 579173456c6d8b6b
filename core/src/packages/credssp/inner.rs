//! The authentication inside: what it must have, and messages protected with it.

use super::wire::unexpected;
use crate::buffer::{Buffer, BufferKind};
use crate::context::{Attribute, AttributeValue};
use crate::error::{Error, Result};
use crate::flags::ContextFlags;
use crate::kdc::KdcRequest;
use crate::package::{Established, Exchange, MessageOptions, PackageInfo, Progress, StepInput};
use crate::status::Status;
use zeroize::Zeroizing;

/// What the authentication is asked for.
pub(super) const ASKED: ContextFlags = ContextFlags::PROTECTION.union(ContextFlags::MUTUAL_AUTH);

/// What it must have: without these the proof and the credentials would not be protected.
const REQUIRED: ContextFlags = ContextFlags::INTEGRITY.union(ContextFlags::CONFIDENTIALITY);

/// What a step of the authentication gave.
pub(super) enum Stepped {
    Token(Vec<u8>, Box<dyn Exchange>),
    Done(Option<Vec<u8>>, Box<dyn Established>),
    AskKdc(KdcRequest, Box<dyn Exchange>),
}

pub(super) fn step(exchange: Box<dyn Exchange>, input: StepInput<'_>) -> Result<Stepped> {
    match exchange.step(input)? {
        Progress::Continue { token, next } => Ok(Stepped::Token(token, next)),
        Progress::Done { token, context, .. } => {
            check(&*context)?;
            Ok(Stepped::Done(token.filter(|token| !token.is_empty()), context))
        }
        Progress::AskKdc { request, next } => Ok(Stepped::AskKdc(request, next)),
        Progress::Incomplete { .. } => Err(unexpected("the token inside is not whole")),
    }
}

fn check(context: &dyn Established) -> Result<()> {
    let flags = context.facts().flags;
    if flags.contains(ContextFlags::NULL_SESSION) {
        return Err(Error::new(Status::LOGON_DENIED, "CredSSP has no anonymous logon"));
    }
    if !flags.contains(REQUIRED) {
        return Err(Error::new(
            Status::SECURITY_QOS_FAILED,
            "the authentication inside CredSSP protects no messages",
        ));
    }
    Ok(())
}

/// Encrypts a message: the signature, and the message behind it ([MS-CSSP] 3.1.5).
pub(super) fn encrypt(context: &mut dyn Established, message: &[u8]) -> Result<Vec<u8>> {
    let trailer = context.facts().sizes.security_trailer;
    let mut wrapped = Vec::with_capacity(trailer.saturating_add(message.len()));
    wrapped.resize(trailer, 0);
    wrapped.extend_from_slice(message);
    let (signature, data) = wrapped.split_at_mut(trailer);
    let mut buffers = [Buffer::exclusive(BufferKind::TOKEN, signature), Buffer::data(data)];
    let encrypted = context.encrypt(MessageOptions::default(), &mut buffers);
    let used = buffers.first().map_or(0, Buffer::len);
    if let Err(error) = encrypted {
        drop(Zeroizing::new(wrapped));
        return Err(error);
    }
    if used < trailer {
        wrapped.drain(used..trailer);
    }
    Ok(wrapped)
}

/// Decrypts a message of the peer's.
pub(super) fn decrypt(context: &mut dyn Established, wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(wrapped.to_vec());
    let mut buffers =
        [Buffer::exclusive(BufferKind::STREAM, &mut bytes), Buffer::empty(BufferKind::DATA)];
    context.decrypt(MessageOptions::default(), &mut buffers)?;
    let [_, data] = buffers;
    let length = data.len();
    drop(data);
    // The message stands at the end, behind its signature. What is moved up leaves its copy within
    // the memory that is wiped.
    let start = bytes.len().saturating_sub(length);
    bytes.drain(..start);
    Ok(bytes)
}

/// The package that authenticated: the one that was negotiated, where one was.
pub(super) fn package(context: &dyn Established) -> PackageInfo {
    match context.attribute(Attribute::NEGOTIATION_INFO) {
        Ok(AttributeValue::NegotiationInfo { package, .. }) => package,
        _ => context.facts().package.clone(),
    }
}
