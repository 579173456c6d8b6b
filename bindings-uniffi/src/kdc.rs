//! Who carries questions to KDCs: code of the application.

use crate::accounts::LookUpFault;
use anysspi::binding::Thrown;
use anysspi::{Error, KdcReply, KdcRequest, Status};
use std::sync::Arc;

/// What came of a question.
#[derive(uniffi::Enum)]
pub enum Carried {
    /// A KDC answered.
    Answered {
        /// Its answer.
        answer: Vec<u8>,
    },
    /// The application's code threw something.
    NotCarried {
        /// The number under which the language keeps it.
        number: u64,
        /// What happened, in words.
        explanation: String,
    },
}

/// A carrier of the application, wrapped by the hand-written layer, which catches whatever it throws.
#[uniffi::export(with_foreign)]
pub trait Carrier: Send + Sync {
    /// Carries a question to a KDC of a realm.
    fn carry(&self, realm: String, message: Vec<u8>) -> Result<Carried, LookUpFault>;
}

/// The carrier as the core wants it.
pub(crate) struct ForeignCarrier(pub(crate) Arc<dyn Carrier>);

impl anysspi::KdcCarrier for ForeignCarrier {
    fn carry(&self, request: &KdcRequest) -> KdcReply {
        match self.0.carry(request.realm().to_owned(), request.message().to_vec()) {
            Ok(Carried::Answered { answer }) => KdcReply::Answer(answer),
            Ok(Carried::NotCarried { number, explanation }) => {
                let error = Error::new(Status::NO_AUTHENTICATING_AUTHORITY, explanation);
                KdcReply::Unreachable(error.with_source(Thrown(number)))
            }
            Err(LookUpFault::Unanswered { explanation }) => KdcReply::Unreachable(Error::new(
                Status::NO_AUTHENTICATING_AUTHORITY,
                format!("the carrier of the question did not answer: {explanation}"),
            )),
        }
    }
}
