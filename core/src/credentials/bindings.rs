//! Channel bindings (EPA): what ties an authentication to the TLS connection it runs in.

use super::certificate;
use crate::codec::reader::Reader;
use crate::crypto::hmac_md5::md5;
use crate::error::{Error, Result};
use crate::status::Status;

/// What a side does about channel bindings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ChannelBindingPolicy {
    /// Neither sent nor looked at.
    Never,
    /// Sent where there are any; an acceptor refuses wrong ones and lets in a client that sends
    /// none.
    #[default]
    WhenSupported,
    /// An acceptor refuses a client without the right ones, and neither side starts without any.
    Always,
}

impl ChannelBindingPolicy {
    /// The policy with this name: `never`, `when_supported` or `always`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "never" => Some(Self::Never),
            "when_supported" => Some(Self::WhenSupported),
            "always" => Some(Self::Always),
            _ => None,
        }
    }
}

/// The bindings of a channel, as `SEC_CHANNEL_BINDINGS` holds them (RFC 2744 3.11).
///
/// ```
/// use anysspi::ChannelBindings;
///
/// // RFC 5929: the hash of the server's certificate
/// let bindings = ChannelBindings::tls_server_end_point(&[0xAB; 32]);
/// assert!(bindings.application_data().starts_with(b"tls-server-end-point:"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ChannelBindings {
    initiator_address_type: u32,
    initiator_address: Vec<u8>,
    acceptor_address_type: u32,
    acceptor_address: Vec<u8>,
    application_data: Vec<u8>,
}

/// The fixed part of `SEC_CHANNEL_BINDINGS`: eight numbers of four bytes.
const HEADER: usize = 32;

impl ChannelBindings {
    /// Bindings of application data alone, which is all that TLS needs.
    pub fn new(application_data: impl Into<Vec<u8>>) -> Self {
        Self { application_data: application_data.into(), ..Self::default() }
    }

    /// The `tls-server-end-point` bindings: the hash of the server's certificate, made with the
    /// hash of its signature, or SHA-256 where that is MD5 or SHA-1 (RFC 5929 4).
    pub fn tls_server_end_point(certificate_hash: &[u8]) -> Self {
        Self::new([b"tls-server-end-point:", certificate_hash].concat())
    }

    /// The `tls-server-end-point` bindings of a server's certificate, in DER: hashed as RFC 5929 4
    /// says, with the hash of its signature. A signature without a hash of its own, such as Ed25519,
    /// has no such bindings and is UNSUPPORTED_FUNCTION.
    pub fn of_certificate(certificate: &[u8]) -> Result<Self> {
        Ok(Self::tls_server_end_point(&certificate::hash(certificate)?))
    }

    /// The `tls-unique` bindings: the first Finished message (RFC 5929 3).
    pub fn tls_unique(finished: &[u8]) -> Self {
        Self::new([b"tls-unique:", finished].concat())
    }

    /// The `tls-exporter` bindings: 32 bytes of the exporter of TLS 1.3 with the label
    /// `EXPORTER-Channel-Binding` and an empty context (RFC 9266).
    pub fn tls_exporter(exported: &[u8]) -> Self {
        Self::new([b"tls-exporter:", exported].concat())
    }

    /// The same bindings with the addresses of both ends.
    #[must_use]
    pub fn with_addresses(
        mut self,
        initiator: (u32, impl Into<Vec<u8>>),
        acceptor: (u32, impl Into<Vec<u8>>),
    ) -> Self {
        (self.initiator_address_type, self.initiator_address) = (initiator.0, initiator.1.into());
        (self.acceptor_address_type, self.acceptor_address) = (acceptor.0, acceptor.1.into());
        self
    }

    /// The application data.
    pub fn application_data(&self) -> &[u8] {
        &self.application_data
    }

    /// Reads a `SEC_CHANNEL_BINDINGS` structure, as a CHANNEL_BINDINGS buffer carries it.
    pub fn from_structure(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader::new(bytes);
        let mut number = || reader.u32_le("channel bindings").map_err(|_| misfit());
        let part = |length: u32, offset: u32| -> Result<Vec<u8>> {
            let (length, offset) = (length as usize, offset as usize);
            let end = offset.checked_add(length);
            let part = end.and_then(|end| bytes.get(offset..end)).ok_or_else(misfit)?;
            Ok(part.to_vec())
        };
        Ok(Self {
            initiator_address_type: number()?,
            initiator_address: part(number()?, number()?)?,
            acceptor_address_type: number()?,
            acceptor_address: part(number()?, number()?)?,
            application_data: part(number()?, number()?)?,
        })
    }

    /// The `SEC_CHANNEL_BINDINGS` structure.
    pub fn to_structure(&self) -> Vec<u8> {
        let initiator_at = HEADER;
        let acceptor_at = initiator_at.saturating_add(self.initiator_address.len());
        let data_at = acceptor_at.saturating_add(self.acceptor_address.len());
        let header = [
            self.initiator_address_type,
            length_of(&self.initiator_address),
            u32::try_from(initiator_at).unwrap_or(u32::MAX),
            self.acceptor_address_type,
            length_of(&self.acceptor_address),
            u32::try_from(acceptor_at).unwrap_or(u32::MAX),
            length_of(&self.application_data),
            u32::try_from(data_at).unwrap_or(u32::MAX),
        ];
        let mut structure = header.map(u32::to_le_bytes).concat();
        structure.extend_from_slice(&self.initiator_address);
        structure.extend_from_slice(&self.acceptor_address);
        structure.extend_from_slice(&self.application_data);
        structure
    }

    /// The MD5 hash that NTLM and Kerberos carry ([MS-NLMP] 2.2.2.1 MsvAvChannelBindings,
    /// RFC 4121 4.1.1.2).
    pub(crate) fn hash(&self) -> [u8; 16] {
        md5(&[
            &self.initiator_address_type.to_le_bytes(),
            &length_of(&self.initiator_address).to_le_bytes(),
            &self.initiator_address,
            &self.acceptor_address_type.to_le_bytes(),
            &length_of(&self.acceptor_address).to_le_bytes(),
            &self.acceptor_address,
            &length_of(&self.application_data).to_le_bytes(),
            &self.application_data,
        ])
    }
}

fn length_of(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

fn misfit() -> Error {
    Error::new(
        Status::INVALID_PARAMETER,
        "the CHANNEL_BINDINGS buffer does not hold a whole SEC_CHANNEL_BINDINGS structure",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_structure_comes_back() {
        let bindings =
            ChannelBindings::new(*b"tls-unique:x").with_addresses((2, *b"abcd"), (2, *b"e"));
        let structure = bindings.to_structure();
        assert_eq!(ChannelBindings::from_structure(&structure).unwrap(), bindings);
        for length in 0..structure.len() {
            let cut = structure.get(..length).unwrap();
            assert!(ChannelBindings::from_structure(cut).is_err(), "{length}");
        }
    }

    #[test]
    fn lengths_that_overflow_are_refused() {
        let mut structure = ChannelBindings::new(*b"x").to_structure();
        structure[24..32].copy_from_slice(&[0xFF; 8]);
        assert!(ChannelBindings::from_structure(&structure).is_err());
    }
}
