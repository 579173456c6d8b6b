//! What a server says first inside CredSSP's stream, where the connection was negotiated so. JavaScript
//! knows the two answers by their numbers.

use crate::error::{Answer, Fault, answer};
use anysspi::EarlyUserAuthResult;
use anysspi::binding::guarded;
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;

#[napi]
pub fn early_answer(received: &[u8]) -> Answer<u32> {
    answer(|| EarlyUserAuthResult::from_bytes(received).map(|answer| answer as u32))
}

fn numbered(number: u32) -> anysspi::Result<EarlyUserAuthResult> {
    EarlyUserAuthResult::from_bytes(&number.to_le_bytes())
}

#[napi]
pub fn early_answer_bytes(number: u32) -> Answer<Buffer> {
    answer(|| Ok(numbered(number)?.to_bytes().to_vec().into()))
}

#[napi]
pub fn check_early_answer(number: u32) -> Option<Fault> {
    guarded(|| numbered(number)?.check()).err().as_ref().map(Fault::from)
}
