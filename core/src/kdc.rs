//! Questions to a Kerberos KDC, which a handshake hands to its caller.

mod request;

pub use request::{KdcReply, KdcRequest};
