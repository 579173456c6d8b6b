//! The chosen package's handshake inside SPNEGO's, the same for both sides.

use super::initiate::unexpected;
use crate::error::Result;
use crate::kdc::KdcRequest;
use crate::package::{Established, Exchange, Progress, StepInput, no_others};

/// The chosen package's handshake, or what came of it.
pub(super) enum Inner {
    Running(Box<dyn Exchange>),
    Standing(Box<dyn Established>),
}

/// What a step of the chosen package's handshake gave.
pub(super) enum Stepped {
    Token(Inner, Option<Vec<u8>>),
    AskKdc(KdcRequest, Box<dyn Exchange>),
}

pub(super) fn step_inner(exchange: Box<dyn Exchange>, input: StepInput<'_>) -> Result<Stepped> {
    match exchange.step(input)? {
        Progress::Continue { token, next } => Ok(Stepped::Token(Inner::Running(next), Some(token))),
        Progress::Done { token, context, .. } => {
            Ok(Stepped::Token(Inner::Standing(context), token))
        }
        Progress::AskKdc { request, next } => Ok(Stepped::AskKdc(request, next)),
        Progress::Incomplete { .. } => Err(unexpected("the token inside SPNEGO's is not whole")),
        Progress::NeedCredentials { .. } => Err(no_others()),
    }
}
