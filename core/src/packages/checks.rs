//! What several packages ask and refuse, in the same words.

use crate::buffer::{Buffer, BufferKind, signature_of};
use crate::codec::utf16;
use crate::context::{Attribute, AttributeValue, Facts, NegotiationState};
use crate::credentials::{ChannelBindingPolicy, ChannelBindings};
use crate::error::{Error, Result};
use crate::package::{Quality, unsupported_attribute};
use crate::status::Status;

/// Refuses to begin without channel bindings where the policy requires them.
pub(super) fn bindings_are_given(
    policy: ChannelBindingPolicy,
    bindings: Option<&ChannelBindings>,
) -> Result<()> {
    if policy == ChannelBindingPolicy::Always && bindings.is_none() {
        return Err(no_bindings("none were given"));
    }
    Ok(())
}

/// The error for required channel bindings that are not to be had.
pub(super) fn no_bindings(why: &str) -> Error {
    Error::new(
        Status::BAD_BINDINGS,
        format!("channel bindings are required by this side's policy, and {why}"),
    )
}

/// Refuses a target that is not among those that an acceptor has named, if it has named any.
pub(super) fn target_is_accepted(accepted: &[String], target: &str) -> Result<()> {
    if accepted.is_empty() || accepted.iter().any(|own| utf16::same_name(own, target)) {
        return Ok(());
    }
    Err(not_accepted(target))
}

/// The error for a target that is not accepted.
pub(super) fn not_accepted(target: &str) -> Error {
    Error::new(
        Status::WRONG_PRINCIPAL,
        format!("the client meant {target:?}, which is not among the accepted target names"),
    )
}

/// Refuses a quality of protection that a package with signed and encrypted messages has not.
pub(super) fn quality_is_known(package: &str, quality: Quality) -> Result<()> {
    if matches!(quality, Quality::DEFAULT | Quality::NO_ENCRYPT) {
        return Ok(());
    }
    Err(Error::new(
        Status::QOP_NOT_SUPPORTED,
        format!("{package} knows no quality of protection 0x{:08X}", quality.0),
    ))
}

/// Makes sure of the room for a signature before a cipher moves or a message is counted. Nothing is
/// padded.
pub(super) fn prepare_signature(message: &mut [Buffer<'_>], room: usize) -> Result<()> {
    signature_of(message)?.reserve(room)?;
    for buffer in message.iter_mut().filter(|buffer| buffer.kind() == BufferKind::PADDING) {
        buffer.set_length(0);
    }
    Ok(())
}

/// What a package answers that negotiates nothing, where it knows no better.
pub(super) fn plain_attribute(facts: &Facts, attribute: Attribute) -> Result<AttributeValue> {
    match attribute {
        Attribute::NEGOTIATION_INFO => Ok(AttributeValue::NegotiationInfo {
            package: facts.package.clone(),
            state: NegotiationState::Complete,
        }),
        _ => Err(unsupported_attribute(facts, attribute)),
    }
}

/// What a package asks that has certificates.
#[cfg(any(feature = "credssp", feature = "pku2u"))]
pub(super) mod with_certificates {
    use crate::error::{Error, Result};
    use crate::flags::ContextFlags;
    use crate::status::Status;

    /// Refuses the flags that a package has no use for, and must not seem to heed.
    pub(in super::super) fn flags_are_known(
        package: &str,
        flags: ContextFlags,
        unsupported: ContextFlags,
    ) -> Result<()> {
        let unsupported = flags & unsupported;
        if unsupported.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = unsupported.iter_names().map(|(name, _)| name).collect();
        Err(Error::new(
            Status::UNSUPPORTED_FUNCTION,
            format!("{package} has no {}", names.join(", ")),
        ))
    }

    /// The error for credentials that were acquired for the other side.
    pub(in super::super) fn wrong_side(what: &str) -> Error {
        Error::new(
            Status::NO_CREDENTIALS,
            format!("the credentials were not acquired to {what} with"),
        )
    }

    /// The host of a target's name with its port: `TERMSRV/host`, `WSMAN/host:port`, or a host alone.
    pub(in super::super) fn host_and_port(target: &str) -> &str {
        let host = target.split_once('/').map_or(target, |(_, rest)| rest);
        host.split_once('/').map_or(host, |(host, _)| host)
    }

    /// The host alone. More than one colon is an address without a port.
    pub(in super::super) fn without_port(host: &str) -> &str {
        match host.split_once(':') {
            Some((name, port)) if !port.contains(':') => name,
            _ => host,
        }
    }
}
