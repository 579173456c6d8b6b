//! The three messages ([MS-NLMP] 2.2.1), read from a peer's bytes and written.

mod authenticate;
mod av_pairs;
mod challenge;
mod negotiate;

pub(crate) use authenticate::{Authenticate, AuthenticateWriter, Ntlm2Response};
pub(crate) use av_pairs::{AvFlags, AvId, AvPairs, read_av_pair, write_av_pair};
pub(crate) use challenge::{Challenge, ChallengeWriter};
pub(crate) use negotiate::{Negotiate, write_negotiate};

use crate::codec::reader::{Malformed, Reader};
use bitflags::bitflags;

/// The eight bytes every message starts with.
pub(crate) const SIGNATURE: [u8; 8] = *b"NTLMSSP\0";

/// The largest token that is read at all.
pub(crate) const LARGEST_TOKEN: usize = 64 * 1024;

/// The largest target information of a challenge that is answered; it comes back in the answer.
pub(crate) const LARGEST_TARGET_INFO: usize = 6 * 1024;

bitflags! {
    /// NEGOTIATE flags ([MS-NLMP] 2.2.2.5).
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub(crate) struct NegotiateFlags: u32 {
        const UNICODE = 0x0000_0001;
        const OEM = 0x0000_0002;
        const REQUEST_TARGET = 0x0000_0004;
        const SIGN = 0x0000_0010;
        const SEAL = 0x0000_0020;
        const DATAGRAM = 0x0000_0040;
        const LM_KEY = 0x0000_0080;
        const NTLM = 0x0000_0200;
        const ANONYMOUS = 0x0000_0800;
        const OEM_DOMAIN_SUPPLIED = 0x0000_1000;
        const OEM_WORKSTATION_SUPPLIED = 0x0000_2000;
        const ALWAYS_SIGN = 0x0000_8000;
        const TARGET_TYPE_DOMAIN = 0x0001_0000;
        const TARGET_TYPE_SERVER = 0x0002_0000;
        const EXTENDED_SESSION_SECURITY = 0x0008_0000;
        const IDENTIFY = 0x0010_0000;
        const REQUEST_NON_NT_SESSION_KEY = 0x0040_0000;
        const TARGET_INFO = 0x0080_0000;
        const VERSION = 0x0200_0000;
        const KEY_128 = 0x2000_0000;
        const KEY_EXCHANGE = 0x4000_0000;
        const KEY_56 = 0x8000_0000;
    }
}

/// Which of the three messages ([MS-NLMP] 2.2.1.1 to 2.2.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum MessageType {
    Negotiate = 1,
    Challenge = 2,
    Authenticate = 3,
}

/// The version both sides put into their messages ([MS-NLMP] 2.2.2.10). It is for debugging only;
/// the last byte, the revision of the message format, is the one that means something.
pub(crate) const VERSION: [u8; 8] = [10, 0, 0, 0, 0, 0, 0, 0x0F];

/// Which message the bytes claim to be, if they are one of NTLM at all.
pub(crate) fn message_type(bytes: &[u8]) -> Result<u32, Malformed> {
    let mut reader = Reader::new(bytes);
    let signature: [u8; 8] = reader.array("the signature NTLMSSP")?;
    if signature != SIGNATURE {
        return Err(Malformed { what: "the signature NTLMSSP", offset: 0 });
    }
    reader.u32_le("the message type")
}

/// Checks the start of a message and gives a reader behind it.
fn header(bytes: &[u8], expected: MessageType) -> Result<Reader<'_>, Malformed> {
    if bytes.len() > LARGEST_TOKEN {
        return Err(Malformed { what: "the token is larger than 64 KiB", offset: LARGEST_TOKEN });
    }
    if message_type(bytes)? != expected as u32 {
        return Err(Malformed { what: "the message type is not the expected one", offset: 8 });
    }
    let mut reader = Reader::new(bytes);
    reader.take(12, "the header")?;
    Ok(reader)
}

/// A field: its length, the length reserved for it, which is ignored, and its offset.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Field {
    pub(crate) length: usize,
    pub(crate) offset: usize,
}

impl Field {
    pub(crate) fn read(reader: &mut Reader<'_>, what: &'static str) -> Result<Self, Malformed> {
        let length = usize::from(reader.u16_le(what)?);
        reader.u16_le(what)?;
        let offset = reader.u32_le(what)? as usize;
        Ok(Self { length, offset })
    }

    /// The bytes of the field. An empty one may name any offset.
    fn bytes<'a>(self, message: &'a [u8], what: &'static str) -> Result<&'a [u8], Malformed> {
        if self.length == 0 {
            return Ok(&[]);
        }
        let malformed = Malformed { what, offset: self.offset };
        let end = self.offset.checked_add(self.length).ok_or(malformed)?;
        message.get(self.offset..end).ok_or(malformed)
    }

    /// Where the field's bytes begin, if it has any.
    fn start(self) -> Option<usize> {
        (self.length > 0).then_some(self.offset)
    }
}

/// Writes a field's description for bytes that will stand at `offset`, and moves the offset on.
fn write_field(out: &mut Vec<u8>, length: usize, offset: &mut usize) {
    let short = u16::try_from(length).unwrap_or(u16::MAX).to_le_bytes();
    out.extend_from_slice(&short);
    out.extend_from_slice(&short);
    out.extend_from_slice(&u32::try_from(*offset).unwrap_or(u32::MAX).to_le_bytes());
    *offset = offset.saturating_add(length);
}

/// A name in the character set the flags say; none where it is not valid in it.
pub(crate) fn decode_name(bytes: &[u8], flags: NegotiateFlags) -> Option<String> {
    if flags.contains(NegotiateFlags::UNICODE) {
        crate::codec::utf16::decode(bytes)
    } else {
        // The OEM character set is not said; what every one of them shares is ASCII.
        bytes.is_ascii().then(|| String::from_utf8_lossy(bytes).into_owned())
    }
}
