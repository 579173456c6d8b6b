//! NEGOTIATE_MESSAGE ([MS-NLMP] 2.2.1.1): the initiator's first.

use super::{Field, MessageType, NegotiateFlags, SIGNATURE, VERSION, header};
use crate::codec::reader::Malformed;

/// What a NEGOTIATE_MESSAGE says. Old peers send only the first 16 bytes of it, or leave out the
/// version.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Negotiate<'a> {
    pub(crate) flags: NegotiateFlags,
    /// The initiator's domain and workstation, in the OEM character set, where it sends them.
    pub(crate) domain: &'a [u8],
    pub(crate) workstation: &'a [u8],
    pub(crate) version: Option<[u8; 8]>,
}

impl<'a> Negotiate<'a> {
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let mut reader = header(bytes, MessageType::Negotiate)?;
        let flags = NegotiateFlags::from_bits_retain(reader.u32_le("the flags")?);
        let mut message = Self { flags, domain: &[], workstation: &[], version: None };
        if reader.is_empty() {
            return Ok(message);
        }
        let domain = Field::read(&mut reader, "the domain field")?;
        let workstation = Field::read(&mut reader, "the workstation field")?;
        if flags.contains(NegotiateFlags::OEM_DOMAIN_SUPPLIED) {
            message.domain = domain.bytes(bytes, "the domain name")?;
        }
        if flags.contains(NegotiateFlags::OEM_WORKSTATION_SUPPLIED) {
            message.workstation = workstation.bytes(bytes, "the workstation name")?;
        }
        if flags.contains(NegotiateFlags::VERSION) {
            message.version = reader.array("the version").ok();
        }
        Ok(message)
    }
}

/// A NEGOTIATE_MESSAGE of 40 bytes. Names are not sent: a server has no use for them, and they go
/// out before anybody is authenticated.
pub(crate) fn write_negotiate(flags: NegotiateFlags) -> Vec<u8> {
    let mut out = Vec::with_capacity(40);
    out.extend_from_slice(&SIGNATURE);
    out.extend_from_slice(&(MessageType::Negotiate as u32).to_le_bytes());
    out.extend_from_slice(&flags.bits().to_le_bytes());
    out.extend_from_slice(&[0; 16]);
    out.extend_from_slice(&VERSION);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_16_32_and_40_bytes_are_read() {
        let flags = NegotiateFlags::UNICODE | NegotiateFlags::VERSION;
        let whole = write_negotiate(flags);
        for length in [16, 32, 40] {
            let message = Negotiate::parse(&whole[..length]).unwrap();
            assert_eq!(message.flags, flags);
            assert_eq!(message.version.is_some(), length == 40);
        }
        for length in (0..16).chain(17..32) {
            assert!(Negotiate::parse(&whole[..length]).is_err(), "{length}");
        }
    }

    #[test]
    fn names_are_read_only_where_the_flags_say_so() {
        let mut bytes = write_negotiate(NegotiateFlags::UNICODE);
        bytes[16..24].copy_from_slice(&[0xFF; 8]);
        assert!(Negotiate::parse(&bytes).unwrap().domain.is_empty());
        bytes[13] |= 0x10;
        assert_eq!(Negotiate::parse(&bytes).unwrap_err().what, "the domain name");
    }
}
