//! Who carries a question to a KDC.

use super::{KdcReply, KdcRequest};
use crate::error::{Error, Result};
use crate::status::Status;
use std::fmt;
use std::sync::Arc;

/// Carries questions to KDCs, over whatever transport it has. A function can be one.
///
/// ```
/// use anysspi::{Error, KdcCarrier, KdcRequest, Status};
///
/// fn nowhere(request: &KdcRequest) -> anysspi::Result<Vec<u8>> {
///     let text = format!("no KDC of {} is known", request.realm());
///     Err(Error::new(Status::NO_AUTHENTICATING_AUTHORITY, text))
/// }
///
/// let carrier: &dyn KdcCarrier = &nowhere;
/// let error = carrier.carry(&KdcRequest::new("EXAMPLE.COM", vec![])).unwrap_err();
/// assert_eq!(error.status(), Status::NO_AUTHENTICATING_AUTHORITY);
/// ```
pub trait KdcCarrier: Send + Sync {
    /// Brings the question to a KDC of its realm and comes back with the answer. An error says that no
    /// KDC could be asked: a package that negotiates then goes on without Kerberos, if it may.
    fn carry(&self, request: &KdcRequest) -> Result<Vec<u8>>;
}

impl<Function> KdcCarrier for Function
where
    Function: Fn(&KdcRequest) -> Result<Vec<u8>> + Send + Sync,
{
    fn carry(&self, request: &KdcRequest) -> Result<Vec<u8>> {
        self(request)
    }
}

/// Who carries the questions of a handshake to KDCs.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum KdcAccess {
    /// Whoever drives the handshake: it is handed each question.
    Caller,
    /// This carrier, within the call that has the question.
    Carrier(Arc<dyn KdcCarrier>),
    /// Nobody: no KDC can be asked.
    #[default]
    Nobody,
}

impl KdcAccess {
    /// A carrier.
    pub fn through(carrier: impl KdcCarrier + 'static) -> Self {
        Self::Carrier(Arc::new(carrier))
    }

    /// The reply to a question, unless it is the caller's to carry.
    pub(crate) fn ask(&self, request: &KdcRequest) -> Option<KdcReply> {
        match self {
            Self::Caller => None,
            Self::Carrier(carrier) => Some(match carrier.carry(request) {
                Ok(answer) => KdcReply::Answer(answer),
                Err(error) => KdcReply::Unreachable(error),
            }),
            Self::Nobody => Some(KdcReply::Unreachable(Error::new(
                Status::NO_AUTHENTICATING_AUTHORITY,
                format!(
                    "a KDC of {} has to be asked, and nobody is there to carry the question",
                    request.realm()
                ),
            ))),
        }
    }
}

impl fmt::Debug for KdcAccess {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Caller => "Caller",
            Self::Carrier(_) => "Carrier",
            Self::Nobody => "Nobody",
        })
    }
}
