//! A second reader of NTLM's messages, as plain as can be, to compare the library's with. It does
//! not bound anything and it does not say what is wrong.

/// NEGOTIATE flags ([MS-NLMP] 2.2.2.5).
pub(crate) mod flag {
    pub(crate) const UNICODE: u32 = 0x0000_0001;
    pub(crate) const SIGN: u32 = 0x0000_0010;
    pub(crate) const SEAL: u32 = 0x0000_0020;
    pub(crate) const DATAGRAM: u32 = 0x0000_0040;
    pub(crate) const NTLM: u32 = 0x0000_0200;
    pub(crate) const ANONYMOUS: u32 = 0x0000_0800;
    pub(crate) const OEM_DOMAIN_SUPPLIED: u32 = 0x0000_1000;
    pub(crate) const OEM_WORKSTATION_SUPPLIED: u32 = 0x0000_2000;
    pub(crate) const TARGET_TYPE_DOMAIN: u32 = 0x0001_0000;
    pub(crate) const TARGET_TYPE_SERVER: u32 = 0x0002_0000;
    pub(crate) const EXTENDED_SESSION_SECURITY: u32 = 0x0008_0000;
    pub(crate) const TARGET_INFO: u32 = 0x0080_0000;
    pub(crate) const VERSION: u32 = 0x0200_0000;
    pub(crate) const KEY_128: u32 = 0x2000_0000;
    pub(crate) const KEY_EXCHANGE: u32 = 0x4000_0000;
}

/// AV pairs ([MS-NLMP] 2.2.2.1).
pub(crate) mod av {
    pub(crate) const END: u16 = 0;
    pub(crate) const FLAGS: u16 = 6;
    pub(crate) const TIMESTAMP: u16 = 7;
    pub(crate) const SINGLE_HOST: u16 = 8;
    pub(crate) const TARGET_NAME: u16 = 9;
    pub(crate) const CHANNEL_BINDINGS: u16 = 10;
}

/// The bit of MsvAvFlags that announces a MIC.
pub(crate) const HAS_MIC: u32 = 2;

/// The largest token that is read.
pub(crate) const LARGEST_TOKEN: usize = 64 * 1024;

pub(crate) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let number = bytes.get(at..)?.first_chunk()?;
    Some(u16::from_le_bytes(*number))
}

pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let number = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_le_bytes(*number))
}

/// Whether the bytes are a message of the type that is not too large to be read.
pub(crate) fn is_message(bytes: &[u8], message_type: u32) -> bool {
    bytes.starts_with(b"NTLMSSP\0")
        && u32_at(bytes, 8) == Some(message_type)
        && bytes.len() <= LARGEST_TOKEN
}

/// The bytes of the field that is described at this place of the header.
pub(crate) fn field(message: &[u8], at: usize) -> Option<&[u8]> {
    let length = usize::from(u16_at(message, at)?);
    let offset = u32_at(message, at + 4)? as usize;
    match length {
        0 => Some(&[]),
        _ => message.get(offset..offset + length),
    }
}

/// Where the bytes of the field begin; none if it has none.
pub(crate) fn start(message: &[u8], at: usize) -> Option<usize> {
    (u16_at(message, at)? > 0).then_some(u32_at(message, at + 4)? as usize)
}

/// The pairs of a list that has an end and no pair of the specification twice.
pub(crate) fn pairs(bytes: &[u8]) -> Option<Vec<(u16, &[u8])>> {
    let mut pairs: Vec<(u16, &[u8])> = Vec::new();
    let mut at = 0;
    while !bytes.is_empty() {
        let (id, length) = (u16_at(bytes, at)?, usize::from(u16_at(bytes, at + 2)?));
        let value = bytes.get(at + 4..at + 4 + length)?;
        if id == av::END {
            break;
        }
        if id < 16 && pairs.iter().any(|(other, _)| *other == id) {
            return None;
        }
        pairs.push((id, value));
        at += 4 + length;
    }
    Some(pairs)
}

/// The pair in a list.
pub(crate) fn pair<'a>(pairs: &[(u16, &'a [u8])], wanted: u16) -> Option<&'a [u8]> {
    let found = pairs.iter().find(|(id, _)| *id == wanted);
    found.map(|(_, value)| *value)
}

/// Whether the pairs announce a MIC.
pub(crate) fn announces_mic(pairs: &[(u16, &[u8])]) -> bool {
    pair(pairs, av::FLAGS)
        .and_then(|value| u32_at(value, 0))
        .is_some_and(|flags| flags & HAS_MIC != 0)
}

/// The parts of a CHALLENGE_MESSAGE or an AUTHENTICATE_MESSAGE of our own, which is whole.
pub(crate) struct Authenticate<'a> {
    pub(crate) lm_response: &'a [u8],
    pub(crate) nt_response: &'a [u8],
    pub(crate) domain: &'a [u8],
    pub(crate) user: &'a [u8],
    pub(crate) session_key: &'a [u8],
    pub(crate) flags: u32,
}

impl<'a> Authenticate<'a> {
    pub(crate) fn read(message: &'a [u8]) -> Option<Self> {
        Some(Self {
            lm_response: field(message, 12)?,
            nt_response: field(message, 20)?,
            domain: field(message, 28)?,
            user: field(message, 36)?,
            session_key: field(message, 52)?,
            flags: u32_at(message, 60)?,
        })
    }

    /// The pairs of an NTLMv2 response.
    pub(crate) fn pairs(&self) -> Option<Vec<(u16, &'a [u8])>> {
        pairs(self.nt_response.get(44..)?)
    }
}

/// Whether the part lies within the whole: the same memory, not a copy.
pub(crate) fn is_within(part: &[u8], whole: &[u8]) -> bool {
    let (part, whole) = (part.as_ptr_range(), whole.as_ptr_range());
    part.is_empty() || (whole.start <= part.start && part.end <= whole.end)
}

/// Whether the whole holds the part.
pub(crate) fn holds(whole: &[u8], part: &[u8]) -> bool {
    whole.windows(part.len()).any(|window| window == part)
}
