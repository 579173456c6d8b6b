//! What the negotiated flags mean: whether they are good enough, and what the context then has.

use super::messages::NegotiateFlags;
use crate::credentials::Allow;
use crate::error::{Error, Result};
use crate::flags::ContextFlags;
use crate::status::Status;

/// Refuses protection weaker than what was allowed by name. Without protection the flags about it
/// mean nothing: the response stands for itself.
pub(super) fn check_strength(flags: NegotiateFlags, allow: Allow) -> Result<()> {
    if !flags.intersects(NegotiateFlags::SIGN | NegotiateFlags::SEAL) {
        return Ok(());
    }
    if !flags.contains(NegotiateFlags::EXTENDED_SESSION_SECURITY) && !allow.contains(Allow::NTLM_V1)
    {
        return Err(Error::new(
            Status::ALGORITHM_MISMATCH,
            "the peer does without extended session security: allow NTLM_V1 by name to go on",
        ));
    }
    if !flags.contains(NegotiateFlags::KEY_128) && !allow.contains(Allow::WEAK_SEALING) {
        return Err(Error::new(
            Status::ALGORITHM_MISMATCH,
            "the peer does without 128-bit keys: allow WEAK_SEALING by name to go on",
        ));
    }
    Ok(())
}

/// What the context has, in the words of the interface: never more than is true.
pub(super) fn context_flags(flags: NegotiateFlags, wanted: ContextFlags) -> ContextFlags {
    let datagram = flags.contains(NegotiateFlags::DATAGRAM);
    // A package that does not keep count of messages cannot tell their order.
    let order = if datagram {
        ContextFlags::empty()
    } else {
        ContextFlags::REPLAY_DETECT | ContextFlags::SEQUENCE_DETECT
    };
    let mut context = wanted & ContextFlags::DCE_STYLE;
    context |= if datagram { ContextFlags::DATAGRAM } else { ContextFlags::CONNECTION };
    // The session key of an anonymous logon travels under a key that everybody knows: what it
    // protects is not protected.
    let anonymous = flags.contains(NegotiateFlags::ANONYMOUS);
    if flags.intersects(NegotiateFlags::SIGN | NegotiateFlags::SEAL) && !anonymous {
        context |= ContextFlags::INTEGRITY | order;
    }
    context.set(ContextFlags::CONFIDENTIALITY, flags.contains(NegotiateFlags::SEAL) && !anonymous);
    context.set(ContextFlags::IDENTIFY, flags.contains(NegotiateFlags::IDENTIFY));
    context.set(ContextFlags::NULL_SESSION, anonymous);
    context
}
