//! Who carries a question to a KDC.

use super::{KdcReply, KdcRequest};
use crate::error::Error;
use crate::status::Status;
use std::fmt;
use std::sync::Arc;

/// Carries questions to KDCs, over whatever transport it has. A function can be one.
///
/// ```
/// use anysspi::{Error, KdcCarrier, KdcReply, KdcRequest, Status};
///
/// fn nowhere(request: &KdcRequest) -> KdcReply {
///     let text = format!("no KDC of {} is known", request.realm());
///     KdcReply::Unreachable(Error::new(Status::NO_AUTHENTICATING_AUTHORITY, text))
/// }
///
/// let carrier: &dyn KdcCarrier = &nowhere;
/// let reply = carrier.carry(&KdcRequest::new("EXAMPLE.COM", vec![]));
/// assert!(matches!(reply, KdcReply::Unreachable(_)));
/// ```
pub trait KdcCarrier: Send + Sync {
    /// Brings the question to a KDC of its realm and comes back with the reply. Where no KDC could be
    /// asked, a package that negotiates goes on without Kerberos, if it may.
    fn carry(&self, request: &KdcRequest) -> KdcReply;
}

impl<Function> KdcCarrier for Function
where
    Function: Fn(&KdcRequest) -> KdcReply + Send + Sync,
{
    fn carry(&self, request: &KdcRequest) -> KdcReply {
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
            Self::Carrier(carrier) => Some(carrier.carry(request)),
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
