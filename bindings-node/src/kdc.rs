//! Who carries questions to KDCs: functions of JavaScript, which may answer later. They are called as
//! look-ups are (`look_up.rs`).

use crate::look_up::{Found, Question, asked};
use anysspi::{Error, KdcCarrier, KdcReply, KdcRequest, Status};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;

/// What is asked of a KDC.
#[napi(object, object_from_js = false)]
pub struct KdcQuestion {
    pub realm: String,
    pub message: Buffer,
}

/// A carrier of the JavaScript half, by its number.
pub(crate) struct JavaScriptCarrier(pub(crate) u32);

impl KdcCarrier for JavaScriptCarrier {
    fn carry(&self, request: &KdcRequest) -> KdcReply {
        let (realm, message) = (request.realm().to_owned(), request.message().into());
        let question =
            Question { number: self.0, account: None, kdc: Some(KdcQuestion { realm, message }) };
        match asked(question) {
            Some(Found { answer: Some(answer), .. }) => KdcReply::Answer(answer.to_vec()),
            Some(Found { problem: Some(problem), .. }) => unanswered(problem),
            _ => unanswered("the function for the KDC could not be called".into()),
        }
    }
}

fn unanswered(text: String) -> KdcReply {
    KdcReply::Unreachable(Error::new(Status::NO_AUTHENTICATING_AUTHORITY, text))
}
