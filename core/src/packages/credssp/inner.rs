//! The authentication inside: what it must have, and messages protected with it.

use super::wire::unexpected;
use crate::context::{Attribute, AttributeValue};
use crate::error::{Error, Result};
use crate::flags::ContextFlags;
use crate::kdc::KdcRequest;
use crate::package::{
    Established, Exchange, MessageOptions, PackageInfo, Progress, Quality, StepInput, no_others,
    unwrap, wrap,
};
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
        Progress::NeedCredentials { .. } => Err(no_others()),
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
pub(super) fn encrypt(
    context: &mut (dyn Established + 'static),
    message: &[u8],
) -> Result<Vec<u8>> {
    wrap(context, MessageOptions::default(), message)
}

/// Decrypts a message of the peer's.
pub(super) fn decrypt(
    context: &mut (dyn Established + 'static),
    wrapped: &[u8],
) -> Result<Zeroizing<Vec<u8>>> {
    let (message, quality) = unwrap(context, MessageOptions::default(), wrapped)?;
    if quality == Quality::NO_ENCRYPT {
        return Err(Error::new(
            Status::MESSAGE_ALTERED,
            "what CredSSP encrypts came with nothing but a signature",
        ));
    }
    Ok(message)
}

/// The package that authenticated: the one that was negotiated, where one was.
pub(super) fn package(context: &dyn Established) -> PackageInfo {
    match context.attribute(Attribute::NEGOTIATION_INFO) {
        Ok(AttributeValue::NegotiationInfo { package, .. }) => package,
        _ => context.facts().package.clone(),
    }
}
