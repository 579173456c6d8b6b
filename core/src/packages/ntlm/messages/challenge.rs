//! CHALLENGE_MESSAGE ([MS-NLMP] 2.2.1.2): the acceptor's only one.

use super::{
    Field, LARGEST_TARGET_INFO, MessageType, NegotiateFlags, SIGNATURE, VERSION, header,
    write_field,
};
use crate::codec::reader::Malformed;

/// What a CHALLENGE_MESSAGE says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Challenge<'a> {
    pub(crate) flags: NegotiateFlags,
    pub(crate) server_challenge: [u8; 8],
    /// The server's realm, in the character set of the flags.
    #[allow(dead_code, reason = "read by the fuzz targets only")]
    pub(crate) target_name: &'a [u8],
    /// The AV pairs, not looked into.
    pub(crate) target_info: &'a [u8],
    pub(crate) version: Option<[u8; 8]>,
}

impl<'a> Challenge<'a> {
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let mut reader = header(bytes, MessageType::Challenge)?;
        let target_name = Field::read(&mut reader, "the target name field")?;
        let flags = NegotiateFlags::from_bits_retain(reader.u32_le("the flags")?);
        let server_challenge = reader.array("the server challenge")?;
        let mut message = Self {
            flags,
            server_challenge,
            target_name: target_name.bytes(bytes, "the target name")?,
            target_info: &[],
            version: None,
        };
        // The oldest servers end here.
        if reader.is_empty() || !flags.contains(NegotiateFlags::TARGET_INFO) {
            return Ok(message);
        }
        reader.take(8, "the reserved bytes")?;
        let target_info = Field::read(&mut reader, "the target information field")?;
        message.target_info = target_info.bytes(bytes, "the target information")?;
        if message.target_info.len() > LARGEST_TARGET_INFO {
            return Err(Malformed { what: "the target information is too long", offset: 40 });
        }
        if flags.contains(NegotiateFlags::VERSION) {
            message.version = reader.array("the version").ok();
        }
        Ok(message)
    }
}

/// A CHALLENGE_MESSAGE to write.
pub(crate) struct ChallengeWriter<'a> {
    pub(crate) flags: NegotiateFlags,
    pub(crate) server_challenge: [u8; 8],
    pub(crate) target_name: &'a [u8],
    /// The AV pairs in two pieces: what stays the same, and what is of this challenge alone.
    pub(crate) target_info: [&'a [u8]; 2],
}

/// The bytes before the payload, the version among them.
const HEADER: usize = 56;

impl ChallengeWriter<'_> {
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut offset = HEADER;
        let [first, second] = self.target_info;
        let info_length = first.len().saturating_add(second.len());
        let length = HEADER.saturating_add(self.target_name.len()).saturating_add(info_length);
        let mut out = Vec::with_capacity(length);
        out.extend_from_slice(&SIGNATURE);
        out.extend_from_slice(&(MessageType::Challenge as u32).to_le_bytes());
        write_field(&mut out, self.target_name.len(), &mut offset);
        out.extend_from_slice(&self.flags.bits().to_le_bytes());
        out.extend_from_slice(&self.server_challenge);
        out.extend_from_slice(&[0; 8]);
        write_field(&mut out, info_length, &mut offset);
        out.extend_from_slice(&VERSION);
        out.extend_from_slice(self.target_name);
        out.extend_from_slice(first);
        out.extend_from_slice(second);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_comes_back() {
        let flags = NegotiateFlags::UNICODE | NegotiateFlags::TARGET_INFO | NegotiateFlags::VERSION;
        let bytes = ChallengeWriter {
            flags,
            server_challenge: [7; 8],
            target_name: b"n\0",
            target_info: [&[0; 3], &[0; 1]],
        }
        .write();
        let message = Challenge::parse(&bytes).unwrap();
        assert_eq!(message.server_challenge, [7; 8]);
        assert_eq!(message.target_name, b"n\0");
        assert_eq!(message.target_info, [0; 4]);
        assert_eq!(message.version, Some(VERSION));
        for length in 0..bytes.len() {
            let cut = Challenge::parse(&bytes[..length]);
            assert!(cut.is_err(), "{length}");
        }
    }

    #[test]
    fn a_challenge_of_the_oldest_servers_is_read() {
        let mut bytes = [SIGNATURE.as_slice(), &[2, 0, 0, 0]].concat();
        bytes.extend_from_slice(&[0; 8]);
        bytes.extend_from_slice(&[1, 2, 0, 0]);
        bytes.extend_from_slice(&[9; 8]);
        assert_eq!(Challenge::parse(&bytes).unwrap().server_challenge, [9; 8]);
    }
}
