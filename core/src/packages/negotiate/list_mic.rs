//! The mechListMIC (RFC 4178 5): what ties the list of mechanisms to the context that came of it.

use crate::buffer::{Buffer, BufferKind};
use crate::error::{Error, Result};
use crate::flags::ContextFlags;
use crate::package::{Established, ListMics, MessageOptions};
use crate::status::Status;
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// How far the exchange of the two MICs is, over the list as the initiator sent it.
pub(super) struct ListMic {
    list: Arc<[u8]>,
    /// Both MICs, where the package made them together.
    both: Option<ListMics>,
    /// Whether the context may not stand without both.
    pub(super) is_required: bool,
    pub(super) is_sent: bool,
    pub(super) is_verified: bool,
}

impl ListMic {
    pub(super) fn over(list: Arc<[u8]>) -> Self {
        Self { list, both: None, is_required: false, is_sent: false, is_verified: false }
    }

    /// Whether one was exchanged at all.
    pub(super) fn happened(&self) -> bool {
        self.is_sent || self.is_verified
    }

    /// The own MIC, which is then sent.
    pub(super) fn make(&mut self, context: &mut dyn Established) -> Result<Vec<u8>> {
        if let Some(both) = self.together(context)? {
            let own = both.own.to_vec();
            self.is_sent = true;
            return Ok(own);
        }
        let mut buffers = [
            Buffer::owned(BufferKind::TOKEN, vec![0; context.facts().sizes.max_signature]),
            Buffer::shared(BufferKind::DATA, &self.list),
        ];
        context.sign(MessageOptions::default(), &mut buffers)?;
        self.is_sent = true;
        let [mic, _] = buffers;
        Ok(mic.into_bytes())
    }

    /// Checks the peer's.
    pub(super) fn verify(&mut self, context: &mut dyn Established, mic: &[u8]) -> Result<()> {
        let differs = "the two sides have seen different lists of mechanisms";
        if let Some(both) = self.together(context)? {
            if !bool::from(both.peer.ct_eq(mic)) {
                return Err(altered(differs));
            }
        } else {
            let mut buffers = [Buffer::token(mic), Buffer::shared(BufferKind::DATA, &self.list)];
            context
                .verify(MessageOptions::default(), &mut buffers)
                .map_err(|cause| altered(differs).with_source(cause))?;
        }
        self.is_verified = true;
        Ok(())
    }

    /// Both MICs, if the package makes them together.
    fn together(&mut self, context: &mut dyn Established) -> Result<Option<&ListMics>> {
        if !context.facts().flags.contains(ContextFlags::INTEGRITY) {
            return Err(Error::new(
                Status::SECURITY_QOS_FAILED,
                "the list of mechanisms has to be signed, and the peer did not agree to integrity",
            ));
        }
        if self.both.is_none() && !self.happened() {
            self.both = context.list_mics(&self.list)?;
        }
        Ok(self.both.as_ref())
    }

    /// Sees to it that nothing that is required is missing at the end.
    pub(super) fn finish(&self, context: &mut dyn Established) -> Result<()> {
        // Where one was sent, the other is due (RFC 4178 5).
        if (self.is_required || self.happened()) && !(self.is_verified && self.is_sent) {
            return Err(missing());
        }
        if self.happened() {
            context.restart_protection()?;
        }
        Ok(())
    }
}

pub(super) fn missing() -> Error {
    altered("the mechListMIC that has to confirm the choice is missing")
}

fn altered(what: &str) -> Error {
    Error::new(Status::MESSAGE_ALTERED, format!("the negotiation was tampered with: {what}"))
}
