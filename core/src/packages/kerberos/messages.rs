//! The messages of Kerberos (RFC 4120 5), read from a peer's bytes and written.
//!
//! All of them are DER. What is read borrows from the input, so that nothing is allocated by a peer's
//! lengths; numbers, flags and times are taken as generously as MIT, Heimdal and Windows need it.

mod authentication;
mod credential;
mod encrypted;
mod error;
mod exchange;
mod fields;
#[cfg(test)]
mod tests;
mod ticket;

pub(crate) use authentication::{
    ApOptions, ApReply, ApReplyFields, ApReplyPart, ApRequest, ApRequestFields, Authenticator,
    AuthenticatorFields, EncryptedApReplyPart,
};
pub(crate) use credential::{
    CredentialFields, CredentialInfo, CredentialMessage, CredentialPart, EncryptedCredentialPart,
};
pub(crate) use encrypted::{Checksum, EncryptedData, EncryptionKey};
pub(crate) use error::{ErrorCode, ErrorFields, ErrorMessage};
pub(crate) use exchange::{
    AsReply, AsRequest, EncryptedAsReplyPart, EncryptedReplyPart, EncryptedTgsReplyPart,
    EtypeInfo2Entry, EtypeInfoEntry, KdcOptions, KdcReplyFields, KdcRequestBody, KdcRequestFields,
    PaData, TgsReply, TgsRequest, TimestampToEncrypt, pa_data,
};
#[cfg(any(feature = "realm", test))]
pub(crate) use exchange::{LastRequest, PacRequest};
pub(crate) use fields::{
    Application, Flags, KerberosTime, Microseconds, Note, Number, PrincipalName, Text, Typed,
};
pub(crate) use ticket::{
    EncryptedTicketPart, Ticket, TicketFields, TicketFlags, TicketPart, TransitedEncoding,
};

use crate::error::{Error, Result};
use crate::status::Status;
use der::asn1::{AnyRef, OctetStringRef};
use der::{Decode, Encode};

/// The protocol's version, in every message (RFC 4120 5).
pub(crate) const VERSION: u32 = 5;

/// msg-type: which message it is (RFC 4120 7.5.7).
pub(crate) mod kind {
    pub(crate) const AS_REQUEST: u32 = 10;
    pub(crate) const AS_REPLY: u32 = 11;
    pub(crate) const TGS_REQUEST: u32 = 12;
    pub(crate) const TGS_REPLY: u32 = 13;
    pub(crate) const AP_REQUEST: u32 = 14;
    pub(crate) const AP_REPLY: u32 = 15;
    /// Of user-to-user authentication ([MS-KILE], draft-swift-win2k-krb-user2user).
    pub(crate) const TGT_REQUEST: u32 = 16;
    pub(crate) const TGT_REPLY: u32 = 17;
    pub(crate) const CREDENTIAL: u32 = 22;
    pub(crate) const ERROR: u32 = 30;
}

/// The longest message that is read: longer than the largest ticket of a Windows user in a thousand
/// groups, with everything that can come with it.
pub(crate) const LARGEST_MESSAGE: usize = 1 << 20;

/// Reads a whole message with nothing behind it. `what` is its name, for the error.
pub(crate) fn read<'a, Message: Decode<'a, Error = der::Error>>(
    bytes: &'a [u8],
    what: &str,
) -> Result<Message> {
    if bytes.len() > LARGEST_MESSAGE {
        return Err(Error::new(
            Status::INVALID_TOKEN,
            format!("the {what} is too long: {} bytes", bytes.len()),
        ));
    }
    Message::from_der(bytes).map_err(|cause| {
        Error::new(Status::INVALID_TOKEN, format!("the {what} cannot be read")).with_source(cause)
    })
}

/// Writes a message.
pub(crate) fn write(message: &impl Encode) -> Result<Vec<u8>> {
    message.to_der().map_err(|cause| {
        Error::new(Status::INTERNAL_ERROR, "a message of Kerberos cannot be written")
            .with_source(cause)
    })
}

/// Bytes as they stand in a message that is written.
pub(crate) fn octets(bytes: &[u8]) -> Result<&OctetStringRef> {
    OctetStringRef::new(bytes).map_err(unwritable)
}

/// A part of a message that is there already, written here or by a peer.
pub(crate) fn any(bytes: &[u8]) -> Result<AnyRef<'_>> {
    AnyRef::from_der(bytes).map_err(unwritable)
}

fn unwritable(cause: der::Error) -> Error {
    Error::new(Status::INTERNAL_ERROR, "a part of a message of Kerberos cannot be written")
        .with_source(cause)
}
