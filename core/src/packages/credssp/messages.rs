//! The messages of CredSSP ([MS-CSSP] 2.2.1), read from a peer's bytes and written.
//!
//! All of them are DER. They are read whole or not at all: wrong tags, lengths that are not the
//! shortest, numbers out of their range, fields twice or out of order, and bytes behind the end are
//! errors. What is read borrows from the input, so that nothing is allocated by a peer's lengths.

mod credentials;

#[cfg(test)]
use credentials::LARGEST_CREDENTIALS;
pub(crate) use credentials::{read_credentials, write_credentials};

use crate::error::{Error, Result};
use crate::status::Status;
use der::asn1::OctetStringRef;
use der::{Decode, Encode, Header, Reader, Sequence, SliceReader};

/// The largest TSRequest that is read: a token of Negotiate has up to 52 KiB.
pub(crate) const LARGEST_REQUEST: usize = 64 * 1024;

/// The length of a client's nonce ([MS-CSSP] 2.2.1).
pub(crate) const NONCE_LENGTH: usize = 32;

/// What both sides say to each other. A field that is not there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct TsRequest<'a> {
    /// The highest version the sender has.
    pub(crate) version: u32,
    /// The token of the authentication inside.
    pub(crate) nego_token: Option<&'a [u8]>,
    /// The delegated credentials, encrypted.
    pub(crate) auth_info: Option<&'a [u8]>,
    /// The proof of the server's public key, encrypted.
    pub(crate) pub_key_auth: Option<&'a [u8]>,
    /// Why the server refuses: an NTSTATUS.
    pub(crate) error_code: Option<u32>,
    /// What the client adds to the proof from version 5 on.
    pub(crate) client_nonce: Option<&'a [u8; NONCE_LENGTH]>,
}

/// TSRequest as it is on the wire.
#[derive(Sequence)]
struct Request<'a> {
    #[asn1(context_specific = "0")]
    version: u32,
    #[asn1(context_specific = "1", optional = "true")]
    nego_tokens: Option<Vec<NegoToken<'a>>>,
    #[asn1(context_specific = "2", optional = "true")]
    auth_info: Option<&'a OctetStringRef>,
    #[asn1(context_specific = "3", optional = "true")]
    pub_key_auth: Option<&'a OctetStringRef>,
    #[asn1(context_specific = "4", optional = "true")]
    error_code: Option<i64>,
    #[asn1(context_specific = "5", optional = "true")]
    client_nonce: Option<&'a OctetStringRef>,
}

/// One of the tokens in NegoData ([MS-CSSP] 2.2.1.1).
#[derive(Sequence)]
struct NegoToken<'a> {
    #[asn1(context_specific = "0")]
    token: &'a OctetStringRef,
}

impl<'a> TsRequest<'a> {
    /// How many bytes the TSRequest has that begins here; none where not even that can be told.
    /// What cannot become one is an error before the rest of it has come.
    pub(crate) fn length(beginning: &[u8]) -> Result<Option<usize>> {
        match beginning.first() {
            None => return Ok(None),
            // SEQUENCE
            Some(0x30) => {}
            Some(_) => return Err(malformed("it does not begin as a TSRequest does")),
        }
        // The longest header that can matter: a tag, and a length below LARGEST_REQUEST.
        let header = beginning.get(..5).unwrap_or(beginning);
        let mut reader = SliceReader::new(header).map_err(|_| malformed("it cannot be read"))?;
        let length = match Header::decode(&mut reader) {
            Ok(header) => usize::try_from(u32::from(header.length())).unwrap_or(usize::MAX),
            Err(_) if header.len() < 5 => return Ok(None),
            Err(cause) => return Err(malformed("its length is none").with_source(cause)),
        };
        let whole =
            length.saturating_add(usize::try_from(u32::from(reader.position())).unwrap_or(5));
        if whole > LARGEST_REQUEST {
            return Err(malformed("it is larger than 64 KiB"));
        }
        Ok(Some(whole))
    }

    /// Reads a whole TSRequest with nothing behind it.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self> {
        if bytes.len() > LARGEST_REQUEST {
            return Err(malformed("it is larger than 64 KiB"));
        }
        let request = Request::from_der(bytes)
            .map_err(|cause| malformed("it is not what [MS-CSSP] 2.2.1 says").with_source(cause))?;
        let nego_token = match request.nego_tokens.as_deref() {
            None => None,
            Some([one]) => Some(one.token.as_bytes()),
            Some(_) => return Err(malformed("it has another number of tokens than one")),
        };
        let client_nonce = request.client_nonce.map(|nonce| {
            nonce.as_bytes().try_into().map_err(|_| malformed("its nonce has not 32 bytes"))
        });
        Ok(Self {
            version: request.version,
            nego_token,
            auth_info: request.auth_info.map(OctetStringRef::as_bytes),
            pub_key_auth: request.pub_key_auth.map(OctetStringRef::as_bytes),
            error_code: request.error_code.map(nt_status).transpose()?,
            client_nonce: client_nonce.transpose()?,
        })
    }

    /// Writes it.
    pub(crate) fn write(&self) -> Result<Vec<u8>> {
        let octets = |bytes| OctetStringRef::new(bytes);
        // A negative number of four bytes, as Windows writes it.
        let error_code = self.error_code.map(|code| i64::from(code.cast_signed()));
        let request = || -> der::Result<Vec<u8>> {
            let nego_tokens = match self.nego_token {
                Some(token) => Some(vec![NegoToken { token: octets(token)? }]),
                None => None,
            };
            Request {
                version: self.version,
                nego_tokens,
                auth_info: self.auth_info.map(octets).transpose()?,
                pub_key_auth: self.pub_key_auth.map(octets).transpose()?,
                error_code,
                client_nonce: self.client_nonce.map(|nonce| octets(nonce)).transpose()?,
            }
            .to_der()
        };
        let written = request().map_err(too_large)?;
        if written.len() > LARGEST_REQUEST {
            return Err(too_large("it is larger than 64 KiB"));
        }
        Ok(written)
    }
}

/// An NTSTATUS, which some write as a negative number of four bytes and some as a positive one of
/// five.
fn nt_status(code: i64) -> Result<u32> {
    let negative = i32::try_from(code).map(i32::cast_unsigned);
    negative.or_else(|_| u32::try_from(code)).map_err(|_| malformed("its errorCode is no NTSTATUS"))
}

fn malformed(what: &str) -> Error {
    Error::new(Status::INVALID_TOKEN, format!("the TSRequest cannot be read: {what}"))
}

fn too_large(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(Status::INTERNAL_ERROR, "the TSRequest cannot be written").with_source(cause)
}

#[cfg(test)]
mod tests;
