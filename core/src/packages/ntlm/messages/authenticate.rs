//! AUTHENTICATE_MESSAGE ([MS-NLMP] 2.2.1.3): the initiator's proof.

use super::{AvPairs, Field, MessageType, NegotiateFlags, SIGNATURE, VERSION, header, write_field};
use crate::codec::reader::{Malformed, Reader};

/// What an AUTHENTICATE_MESSAGE says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Authenticate<'a> {
    pub(crate) flags: NegotiateFlags,
    pub(crate) lm_response: &'a [u8],
    pub(crate) nt_response: &'a [u8],
    pub(crate) domain: &'a [u8],
    pub(crate) user: &'a [u8],
    pub(crate) workstation: &'a [u8],
    pub(crate) encrypted_session_key: &'a [u8],
    #[allow(dead_code, reason = "read by the fuzz targets only")]
    pub(crate) version: Option<[u8; 8]>,
    /// Where the MIC stands, if there is room for one before the payload. Whether those bytes are
    /// one is said by MsvAvFlags in the response.
    pub(crate) mic_at: Option<usize>,
}

/// The bytes of a MIC.
pub(crate) const MIC: usize = 16;

/// Where the fields end and the version begins.
const FIELDS_END: usize = 64;

impl<'a> Authenticate<'a> {
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let mut reader = header(bytes, MessageType::Authenticate)?;
        let lm_response = Field::read(&mut reader, "the LM response field")?;
        let nt_response = Field::read(&mut reader, "the NT response field")?;
        let domain = Field::read(&mut reader, "the domain field")?;
        let user = Field::read(&mut reader, "the user field")?;
        let workstation = Field::read(&mut reader, "the workstation field")?;
        let session_key = Field::read(&mut reader, "the session key field")?;
        let flags = NegotiateFlags::from_bits_retain(reader.u32_le("the flags")?);
        let fields = [lm_response, nt_response, domain, user, workstation, session_key];
        let payload_at = fields.into_iter().filter_map(Field::start).min().unwrap_or(bytes.len());
        if payload_at < FIELDS_END {
            return Err(Malformed {
                what: "a field that lies over the header",
                offset: payload_at,
            });
        }
        let has_version = flags.contains(NegotiateFlags::VERSION);
        // The version is there whether the flag says so or not, and the MIC behind it; only some
        // peers without the flag leave the version out.
        let mic_at = [FIELDS_END + VERSION.len(), FIELDS_END]
            .into_iter()
            .take(if has_version { 1 } else { 2 })
            .find(|at| at.saturating_add(MIC) <= payload_at.min(bytes.len()));
        Ok(Self {
            flags,
            lm_response: lm_response.bytes(bytes, "the LM response")?,
            nt_response: nt_response.bytes(bytes, "the NT response")?,
            domain: domain.bytes(bytes, "the domain name")?,
            user: user.bytes(bytes, "the user name")?,
            workstation: workstation.bytes(bytes, "the workstation name")?,
            encrypted_session_key: session_key.bytes(bytes, "the session key")?,
            version: if has_version { reader.array("the version").ok() } else { None },
            mic_at,
        })
    }

    /// Whether the message is an anonymous one: no user, no NT response, and an LM response that is
    /// empty or a single zero ([MS-NLMP] 3.2.5.1.2).
    pub(crate) fn is_anonymous(&self) -> bool {
        self.user.is_empty() && self.nt_response.is_empty() && matches!(self.lm_response, [] | [0])
    }
}

/// An NTLMv2_RESPONSE ([MS-NLMP] 2.2.2.8) with its NTLMv2_CLIENT_CHALLENGE (2.2.2.7).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ntlm2Response<'a> {
    /// NTProofStr.
    pub(crate) proof: [u8; 16],
    /// Everything behind it, exactly as received: the bytes the proof is over.
    pub(crate) blob: &'a [u8],
    pub(crate) time: u64,
    pub(crate) client_challenge: [u8; 8],
    pub(crate) pairs: AvPairs<'a>,
}

impl<'a> Ntlm2Response<'a> {
    /// The smallest: a proof, a fixed part and an empty list of pairs.
    pub(crate) const SHORTEST: usize = 16 + 28;

    pub(crate) fn parse(response: &'a [u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(response);
        let proof = reader.array("the proof of the NTLMv2 response")?;
        let blob = response.get(16..).unwrap_or_default();
        let version = reader.u16_le("the version of the NTLMv2 response")?;
        // RespType and HiRespType, both 1
        if version != 0x0101 {
            return Err(Malformed { what: "the version of the NTLMv2 response", offset: 16 });
        }
        reader.take(6, "the reserved bytes of the NTLMv2 response")?;
        let time = reader.u64_le("the time of the NTLMv2 response")?;
        let client_challenge = reader.array("the client challenge")?;
        reader.take(4, "the reserved bytes of the NTLMv2 response")?;
        let pairs = response.get(reader.position()..).unwrap_or_default();
        Ok(Self { proof, blob, time, client_challenge, pairs: AvPairs::parse(pairs)? })
    }
}

/// An AUTHENTICATE_MESSAGE to write.
#[derive(Default)]
pub(crate) struct AuthenticateWriter<'a> {
    pub(crate) flags: NegotiateFlags,
    pub(crate) lm_response: &'a [u8],
    pub(crate) nt_response: &'a [u8],
    pub(crate) domain: &'a [u8],
    pub(crate) user: &'a [u8],
    pub(crate) workstation: &'a [u8],
    pub(crate) encrypted_session_key: &'a [u8],
}

impl AuthenticateWriter<'_> {
    /// Where the MIC stands in what is written.
    pub(crate) const MIC_AT: usize = FIELDS_END + VERSION.len();

    const HEADER: usize = Self::MIC_AT + MIC;

    /// Where the NT response begins in what is written. The encrypted session key follows it and
    /// ends the message.
    pub(crate) fn nt_response_at(&self) -> usize {
        [self.domain, self.user, self.workstation, self.lm_response]
            .into_iter()
            .fold(Self::HEADER, |sum, part| sum.saturating_add(part.len()))
    }

    /// The message, with zeros where the MIC will stand.
    pub(crate) fn write(&self) -> Vec<u8> {
        // The payload in the order in which Windows writes it.
        let payload = [
            self.domain,
            self.user,
            self.workstation,
            self.lm_response,
            self.nt_response,
            self.encrypted_session_key,
        ];
        let length = payload.iter().fold(Self::HEADER, |sum, part| sum.saturating_add(part.len()));
        let mut out = Vec::with_capacity(length);
        out.extend_from_slice(&SIGNATURE);
        out.extend_from_slice(&(MessageType::Authenticate as u32).to_le_bytes());
        let mut offset = Self::HEADER
            .saturating_add(self.domain.len())
            .saturating_add(self.user.len())
            .saturating_add(self.workstation.len());
        write_field(&mut out, self.lm_response.len(), &mut offset);
        write_field(&mut out, self.nt_response.len(), &mut offset);
        let mut key_offset = offset;
        offset = Self::HEADER;
        write_field(&mut out, self.domain.len(), &mut offset);
        write_field(&mut out, self.user.len(), &mut offset);
        write_field(&mut out, self.workstation.len(), &mut offset);
        write_field(&mut out, self.encrypted_session_key.len(), &mut key_offset);
        out.extend_from_slice(&self.flags.bits().to_le_bytes());
        out.extend_from_slice(&VERSION);
        out.extend_from_slice(&[0; MIC]);
        for part in payload {
            out.extend_from_slice(part);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Vec<u8> {
        AuthenticateWriter {
            flags: NegotiateFlags::UNICODE | NegotiateFlags::VERSION,
            lm_response: &[1; 24],
            nt_response: &[2; 24],
            domain: b"D\0",
            user: b"u\0",
            workstation: b"W\0",
            encrypted_session_key: &[3; 16],
        }
        .write()
    }

    #[test]
    fn a_message_comes_back() {
        let bytes = message();
        let message = Authenticate::parse(&bytes).unwrap();
        assert_eq!(message.lm_response, [1; 24]);
        assert_eq!(message.nt_response, [2; 24]);
        assert_eq!((message.domain, message.user), (&b"D\0"[..], &b"u\0"[..]));
        assert_eq!(message.workstation, b"W\0");
        assert_eq!(message.encrypted_session_key, [3; 16]);
        assert_eq!(message.mic_at, Some(AuthenticateWriter::MIC_AT));
        for length in 0..bytes.len() {
            assert!(Authenticate::parse(&bytes[..length]).is_err(), "{length}");
        }
    }

    #[test]
    fn a_field_over_the_header_is_refused() {
        let mut bytes = message();
        bytes[16] = 60;
        let error = Authenticate::parse(&bytes).unwrap_err();
        assert_eq!(error.what, "a field that lies over the header");
    }

    #[test]
    fn a_message_without_room_for_a_mic_has_none() {
        let whole = message();
        // Move the payload down over the MIC: every offset is 16 less.
        let mut bytes = [&whole[..72], &whole[88..]].concat();
        for at in [16, 24, 32, 40, 48, 56] {
            bytes[at] -= 16;
        }
        assert_eq!(Authenticate::parse(&bytes).unwrap().mic_at, None);
    }
}
