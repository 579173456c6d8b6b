//! The context that was negotiated: everything passes through to the chosen package.

use super::INFO;
use crate::buffer::Buffer;
use crate::context::{Attribute, AttributeValue, Facts, Negotiation, NegotiationState};
use crate::error::Result;
use crate::package::{Established, MessageOptions, PackageInfo, Quality};
use std::sync::Arc;

pub(super) struct Negotiated {
    inner: Box<dyn Established>,
    chosen: PackageInfo,
}

impl Negotiated {
    pub(super) fn new(mut inner: Box<dyn Established>, negotiation: Negotiation) -> Self {
        // The chosen package's facts, under the name of this one.
        let facts = inner.facts_mut();
        let chosen = std::mem::replace(&mut facts.package, INFO.clone());
        facts.negotiation = Some(Arc::new(negotiation));
        Self { inner, chosen }
    }
}

impl Established for Negotiated {
    fn facts(&self) -> &Facts {
        self.inner.facts()
    }

    fn facts_mut(&mut self) -> &mut Facts {
        self.inner.facts_mut()
    }

    fn attribute(&self, attribute: Attribute) -> Result<AttributeValue> {
        match attribute {
            Attribute::NEGOTIATION_INFO => Ok(AttributeValue::NegotiationInfo {
                package: self.chosen.clone(),
                state: NegotiationState::Complete,
            }),
            _ => self.inner.attribute(attribute),
        }
    }

    fn sign(&mut self, options: MessageOptions, message: &mut [Buffer<'_>]) -> Result<()> {
        self.inner.sign(options, message)
    }

    fn verify(&mut self, options: MessageOptions, message: &mut [Buffer<'_>]) -> Result<Quality> {
        self.inner.verify(options, message)
    }

    fn encrypt(&mut self, options: MessageOptions, message: &mut [Buffer<'_>]) -> Result<()> {
        self.inner.encrypt(options, message)
    }

    fn decrypt(&mut self, options: MessageOptions, message: &mut [Buffer<'_>]) -> Result<Quality> {
        self.inner.decrypt(options, message)
    }

    fn signature_length(&self, wrapped: &[u8]) -> Option<usize> {
        self.inner.signature_length(wrapped)
    }

    fn restart_protection(&mut self) -> Result<()> {
        self.inner.restart_protection()
    }
}
