//! AP-REQ: a ticket, and an authenticator that shows that the sender knows its key (RFC 4120 5.5.1). To a
//! service it opens a context, and to a KDC it asks for another ticket.

use super::messages::{
    self, ApOptions, ApRequest, ApRequestFields, Application, Authenticator, EncryptedData, Flags,
    VERSION, kind,
};
use crate::error::Result;
use crate::kerberos::Ticket;
use crate::kerberos::key_usage::KeyUsage;
use crate::surroundings::Surroundings;
use zeroize::Zeroizing;

/// Writes a request with this ticket, whose session key encrypts the authenticator.
pub(super) fn write(
    ticket: &Ticket,
    options: ApOptions,
    authenticator: &Authenticator<'_>,
    usage: KeyUsage,
    surroundings: &Surroundings,
) -> Result<Vec<u8>> {
    // It holds the subkey.
    let text = Zeroizing::new(messages::write(authenticator)?);
    let cipher = ticket.key.encrypt(usage, surroundings, &text)?;
    let request: ApRequest<'_> = Application(ApRequestFields {
        version: VERSION,
        kind: kind::AP_REQUEST,
        options: Flags(options.bits()),
        ticket: messages::any(&ticket.ticket)?,
        authenticator: EncryptedData::of(&ticket.key, None, &cipher)?,
    });
    messages::write(&request)
}
