//! Authorization data: what restricts the use of a ticket (RFC 4120 5.2.6), and what a client says about
//! itself ([MS-KILE] 2.2.3).

use super::messages::{self, ErrorCode, Typed};
use super::refusal::refusing;
use crate::error::Result;
use crate::status::Status;

/// ad-type (RFC 4120 7.5.4, [MS-KILE] 2.2.3).
pub(crate) const IF_RELEVANT: i32 = 1;
const MANDATORY_FOR_KDC: i32 = 8;
pub(crate) const PAC: i32 = 128;
const AP_OPTIONS: i32 = 143;

/// KERB_AP_OPTIONS_CBT ([MS-KILE] 3.2.5.8): the client knows of channel bindings.
const KNOWS_BINDINGS: u32 = 0x4000;

/// Refuses what would restrict a ticket in a way that is not known here: only what lies in
/// AD-IF-RELEVANT may be passed over (RFC 4120 5.2.6), and what is for KDCs alone (5.2.6.4).
pub(super) fn check(ticket: &[Typed<'_>], authenticator: &[Typed<'_>]) -> Result<()> {
    let is_unknown = |known: &[i32], one: &Typed<'_>| !known.contains(&one.number);
    let of_ticket =
        ticket.iter().find(|one| is_unknown(&[IF_RELEVANT, MANDATORY_FOR_KDC, PAC], one));
    let of_client = authenticator.iter().find(|one| is_unknown(&[IF_RELEVANT], one));
    match of_ticket.or(of_client) {
        None => Ok(()),
        Some(one) => Err(refusing(
            Status::LOGON_DENIED,
            ErrorCode::POLICY,
            format!(
                "the client's ticket is restricted by authorization data of type {}, which is not \
                 known here and may not be passed over",
                one.number
            ),
        )),
    }
}

/// Whether the client says that it knows of channel bindings: then it has a reason to send none, such as
/// that it speaks with somebody without TLS.
pub(super) fn knows_bindings(authenticator: &[Typed<'_>]) -> Result<bool> {
    for one in authenticator.iter().filter(|one| one.number == IF_RELEVANT) {
        let within: Vec<Typed<'_>> = messages::read(one.bytes.as_bytes(), "AD-IF-RELEVANT")?;
        let knows = within.iter().filter(|one| one.number == AP_OPTIONS).any(|one| {
            let options = one.bytes.as_bytes().first_chunk().copied().map(u32::from_le_bytes);
            options.is_some_and(|options| options & KNOWS_BINDINGS != 0)
        });
        if knows {
            return Ok(true);
        }
    }
    Ok(false)
}
