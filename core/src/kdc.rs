//! Questions to a Kerberos KDC: what is asked, and who carries it.

mod access;
mod request;

pub use access::{KdcAccess, KdcCarrier};
pub use request::{KdcReply, KdcRequest};
