//! placeholder until k-crypto
use crate::buffer::Buffer;
use crate::context::Facts;
use crate::context::{Attribute, AttributeValue};
use crate::credentials::Delegated;
use crate::error::Result;
use crate::kerberos::{Key, Tickets};
use crate::package::{Established, MessageOptions, Quality};
use crate::status::Status;
use std::sync::Mutex;

pub(super) struct KerberosContext {
    facts: Facts,
    delegated: Mutex<Option<Tickets>>,
}
impl KerberosContext {
    pub(super) fn new(
        facts: Facts,
        _key: &Key,
        _is_acceptor_subkey: bool,
        _sent: u32,
        _received: u32,
        delegated: Option<Tickets>,
    ) -> Result<Self> {
        Ok(Self { facts, delegated: Mutex::new(delegated) })
    }
}
impl Established for KerberosContext {
    fn facts(&self) -> &Facts {
        &self.facts
    }
    fn facts_mut(&mut self) -> &mut Facts {
        &mut self.facts
    }
    fn attribute(&self, attribute: Attribute) -> Result<AttributeValue> {
        match attribute {
            Attribute::CREDS => self
                .delegated
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .take()
                .map(|t| AttributeValue::Delegated(Delegated::Tickets(t)))
                .ok_or_else(|| Status::NO_CREDENTIALS.into()),
            _ => crate::packages::checks::plain_attribute(&self.facts, attribute),
        }
    }
    fn sign(&mut self, _: MessageOptions, _: &mut [Buffer<'_>]) -> Result<()> {
        Err(Status::UNSUPPORTED_FUNCTION.into())
    }
    fn verify(&mut self, _: MessageOptions, _: &mut [Buffer<'_>]) -> Result<Quality> {
        Err(Status::UNSUPPORTED_FUNCTION.into())
    }
    fn encrypt(&mut self, _: MessageOptions, _: &mut [Buffer<'_>]) -> Result<()> {
        Err(Status::UNSUPPORTED_FUNCTION.into())
    }
    fn decrypt(&mut self, _: MessageOptions, _: &mut [Buffer<'_>]) -> Result<Quality> {
        Err(Status::UNSUPPORTED_FUNCTION.into())
    }
}
