//! What GSS-API puts around the tokens of a handshake: a tag and a length, the mechanism, and which
//! message it is (RFC 2743 3.1, RFC 4121 4.1).

use super::messages;
use crate::error::{Error, Result};
use crate::status::Status;

/// Kerberos, 1.2.840.113554.1.2.2.
pub(super) const KERBEROS: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 0x01, 0x02, 0x02];
/// The same with a bit that Windows 2000 lost, 1.2.840.48018.1.2.2 ([MS-SPNG] 1.9).
pub(super) const KERBEROS_OF_WINDOWS: &[u8] =
    &[0x2A, 0x86, 0x48, 0x82, 0xF7, 0x12, 0x01, 0x02, 0x02];
/// User-to-user authentication, 1.2.840.113554.1.2.2.3 ([MS-KILE] 3.1.5.2).
pub(super) const USER_TO_USER: &[u8] =
    &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 0x01, 0x02, 0x02, 0x03];

/// The largest token that is read: the largest one that Windows can be set to make, with as much again
/// for a ticket that is delegated.
pub(super) const LARGEST_TOKEN: usize = 128 * 1024;

const FRAME: u8 = 0x60;
const OBJECT_IDENTIFIER: u8 = 0x06;

/// Which message a token holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    ApRequest,
    ApReply,
    Error,
    TgtRequest,
    TgtReply,
}

impl Kind {
    /// TOK_ID (RFC 4121 4.1, draft-swift-win2k-krb-user2user-03 6).
    fn identifier(self) -> [u8; 2] {
        match self {
            Self::ApRequest => [0x01, 0x00],
            Self::ApReply => [0x02, 0x00],
            Self::Error => [0x03, 0x00],
            Self::TgtRequest => [0x04, 0x00],
            Self::TgtReply => [0x04, 0x01],
        }
    }

    fn from_identifier(identifier: [u8; 2]) -> Option<Self> {
        let all = [Self::ApRequest, Self::ApReply, Self::Error, Self::TgtRequest, Self::TgtReply];
        all.into_iter().find(|kind| kind.identifier() == identifier)
    }

    /// The kind of a message by its `[APPLICATION …]`, for those that may come without framing.
    fn from_tag(tag: u8) -> Option<Self> {
        // Constructed, of the class APPLICATION.
        match u32::from(tag.checked_sub(0x60)?) {
            messages::kind::AP_REQUEST => Some(Self::ApRequest),
            messages::kind::AP_REPLY => Some(Self::ApReply),
            messages::kind::ERROR => Some(Self::Error),
            _ => None,
        }
    }
}

/// How the tokens of a handshake are framed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// Under the name of a mechanism.
    Of(&'static [u8]),
    /// Not at all, as DCE RPC has it ([MS-KILE] 3.4.5.1).
    Bare,
}

/// A token, read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) framing: Framing,
    pub(super) message: &'a [u8],
}

impl<'a> Token<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self> {
        if bytes.len() > LARGEST_TOKEN {
            return Err(refused("it is larger than 128 KiB"));
        }
        let (tag, rest) = bytes.split_first().ok_or_else(|| refused("it is empty"))?;
        if *tag != FRAME {
            let kind = Kind::from_tag(*tag).ok_or_else(|| refused("it begins like none"))?;
            return Ok(Self { kind, framing: Framing::Bare, message: bytes });
        }
        let (length, rest) = read_length(rest).ok_or_else(|| refused("its length is damaged"))?;
        if length != rest.len() {
            return Err(refused("its length is not that of what follows"));
        }
        let mechanism = rest.strip_prefix(&[OBJECT_IDENTIFIER]).and_then(read_length);
        let (mechanism, rest) = mechanism
            .and_then(|(length, rest)| rest.split_at_checked(length))
            .ok_or_else(|| refused("it names no mechanism"))?;
        let framing = [KERBEROS, KERBEROS_OF_WINDOWS, USER_TO_USER]
            .into_iter()
            .find(|known| *known == mechanism)
            .map(Framing::Of)
            .ok_or_else(|| refused("it is another mechanism's"))?;
        let (identifier, message) =
            rest.split_first_chunk().ok_or_else(|| refused("it does not say what it is"))?;
        let kind = Kind::from_identifier(*identifier)
            .ok_or_else(|| refused("what it says it is belongs into no handshake"))?;
        Ok(Self { kind, framing, message })
    }
}

impl Framing {
    /// Puts it around a message.
    pub(super) fn write(self, kind: Kind, message: Vec<u8>) -> Vec<u8> {
        let Self::Of(mechanism) = self else { return message };
        let inner = mechanism.len() + 4 + message.len();
        let mut token = Vec::with_capacity(inner + 6);
        token.push(FRAME);
        write_length(&mut token, inner);
        token.push(OBJECT_IDENTIFIER);
        write_length(&mut token, mechanism.len());
        token.extend_from_slice(mechanism);
        token.extend_from_slice(&kind.identifier());
        token.extend_from_slice(&message);
        token
    }
}

/// A length in DER, and what follows it.
fn read_length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    if *first < 0x80 {
        return Some((usize::from(*first), rest));
    }
    let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7F))?;
    // Three bytes are more than the largest token; in front of the shortest form some put zeros.
    if digits.is_empty() || digits.len() > 4 {
        return None;
    }
    let length = digits.iter().fold(0_u32, |length, digit| length << 8 | u32::from(*digit));
    Some((usize::try_from(length).ok()?, rest))
}

fn write_length(token: &mut Vec<u8>, length: usize) {
    let bytes = (length as u32).to_be_bytes();
    let leading = bytes.iter().take_while(|byte| **byte == 0).count();
    let digits = bytes.get(leading..).unwrap_or_default();
    match digits {
        [] => token.push(0),
        [short] if *short < 0x80 => token.push(*short),
        long => {
            token.push(0x80 | long.len() as u8);
            token.extend_from_slice(long);
        }
    }
}

fn refused(problem: &str) -> Error {
    Error::new(Status::INVALID_TOKEN, format!("this is no token of Kerberos: {problem}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_framed_comes_back() {
        for length in [0, 1, 0x60, 0x7F, 0x80, 0xFF, 0x100, 0xFFFF, 0x1_0000] {
            let message = vec![0x6E; length];
            for mechanism in [KERBEROS, KERBEROS_OF_WINDOWS, USER_TO_USER] {
                for kind in [Kind::ApRequest, Kind::ApReply, Kind::Error, Kind::TgtRequest] {
                    let token = Framing::Of(mechanism).write(kind, message.clone());
                    let read = Token::parse(&token).unwrap();
                    assert_eq!((read.kind, read.framing), (kind, Framing::Of(mechanism)));
                    assert_eq!(read.message, message);
                }
            }
        }
        let bare = Framing::Bare.write(Kind::ApReply, vec![0x6F, 0]);
        let read = Token::parse(&bare).unwrap();
        assert_eq!((read.kind, read.framing, read.message), (Kind::ApReply, Framing::Bare, &*bare));
    }

    #[test]
    fn what_is_damaged_is_refused() {
        let whole = Framing::Of(KERBEROS).write(Kind::ApRequest, vec![1; 200]);
        for length in 0..whole.len() {
            assert!(Token::parse(&whole[..length]).is_err(), "{length}");
        }
        let mut longer = whole.clone();
        longer.push(0);
        assert!(Token::parse(&longer).is_err());
        let mut other = whole.clone();
        other[12] ^= 1;
        assert!(Token::parse(&other).is_err());
        for start in
            [&[0x60, 0x84, 0xFF, 0xFF, 0xFF, 0xFF, 6][..], &[0x60, 0x80], &[0x30, 0], &[0x5F]]
        {
            assert!(Token::parse(start).is_err());
        }
        assert!(Token::parse(&vec![0x6E; LARGEST_TOKEN + 1]).is_err());
    }
}
