//! Certificates: a side's own, and those by which a client judges a server's.

use crate::error::{Answer, answer};
use crate::kept::{self, Thing, keep};
use anysspi::{Certificate, Error, Identity, Result, Secret, Status};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;

fn kept_as(identity: Identity) -> i64 {
    keep(Thing::Identity(identity))
}

/// Byte strings on their way to JavaScript.
pub(crate) fn for_javascript(all: Vec<Vec<u8>>) -> Vec<Buffer> {
    all.into_iter().map(Buffer::from).collect()
}

fn byte_strings(all: Vec<Buffer>) -> Vec<Vec<u8>> {
    all.iter().map(|one| one.to_vec()).collect()
}

#[napi]
pub fn certificate(chain: Vec<Buffer>, private_key: &[u8]) -> i64 {
    let (chain, private_key) = (byte_strings(chain), Secret::new(private_key));
    kept_as(Identity::Certificate(Certificate { chain, private_key }))
}

#[napi]
pub fn certificate_from_pem(pem: &[u8]) -> Answer<i64> {
    answer(|| Certificate::from_pem(pem).map(Identity::Certificate).map(kept_as))
}

#[napi]
pub fn self_signed_certificate(host_name: String) -> Answer<i64> {
    answer(|| Certificate::self_signed(&host_name).map(Identity::Certificate).map(kept_as))
}

fn certificate_of(number: i64) -> Result<Certificate> {
    match kept::identity(number)? {
        Identity::Certificate(certificate) => Ok(certificate),
        _ => Err(Error::new(Status::INTERNAL_ERROR, "the identity is no certificate")),
    }
}

#[napi]
pub fn certificate_to_pem(certificate: i64) -> Answer<Buffer> {
    answer(|| Ok(certificate_of(certificate)?.to_pem()?.expose().into()))
}

#[napi]
pub fn certificate_chain(certificate: i64) -> Answer<Vec<Buffer>> {
    answer(|| Ok(for_javascript(certificate_of(certificate)?.chain)))
}

#[napi]
pub fn trusted_roots(roots: Vec<Buffer>) -> i64 {
    kept_as(Identity::trusted_roots(byte_strings(roots)))
}

#[napi]
pub fn trusted_roots_from_pem(pem: &[u8]) -> Answer<i64> {
    answer(|| Identity::trusted_roots_pem(pem).map(kept_as))
}
