//! What the bindings for other languages share, and nobody else needs.

mod accounts;
mod buffers;
mod credentials;
mod delegation;
mod handshake;
mod messages;
mod peer;
#[cfg(feature = "realm")]
mod realm;

pub use crate::fence::guarded;
pub use accounts::{AccountParts, name_of, nt_hash_of};
pub use buffers::{Place, addresses, place_of};
pub use credentials::{
    description_of, place_of_identity, read_cache, read_keytab, read_krb_cred, usual_usage,
    write_krb_cred,
};
pub use delegation::{delegation_policy, identity_of, unknown_kind};
pub use handshake::{End, HandshakeParts, closed, negotiated_package, pac_policy_of, policy_of};
pub use messages::{
    is_stream, open_beside, signature_length, unwrap_in_room, unwrap_into, wrap_in_room, wrap_into,
};
pub use peer::{GroupParts, granted_sids, group_parts};
#[cfg(feature = "realm")]
pub use realm::{ServiceParts, UserParts, keytab_of, tickets_of};

use crate::error::{Error, Result};
use crate::handshake::Step;
use crate::status::Status;
use std::fmt;

/// The token to send; none at the end.
pub fn token_of(step: Step) -> Result<Option<Vec<u8>>> {
    match step {
        Step::SendToken(token) => Ok(Some(token)),
        Step::Done => Ok(None),
        // No binding leaves questions to its caller.
        Step::AskKdc(_) => Err(Status::NO_AUTHENTICATING_AUTHORITY.into()),
    }
}

/// What a look-up of the application threw, by the number under which its language keeps it.
#[derive(Debug)]
pub struct Thrown(pub u64);

impl Thrown {
    /// The number of what was thrown behind an error.
    pub fn number(error: &Error) -> Option<u64> {
        error.cause()?.downcast_ref::<Self>().map(|Self(number)| *number)
    }
}

impl fmt::Display for Thrown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an error of the application")
    }
}

impl std::error::Error for Thrown {}

fn wrong(text: String) -> Error {
    Error::new(Status::INVALID_PARAMETER, text)
}
