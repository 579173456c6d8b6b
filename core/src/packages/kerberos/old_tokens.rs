//! The tokens of messages under rc4-hmac (RFC 1964 1.2, RFC 4757 7).

use super::framing::KERBEROS;
use super::pieces::{self, Space};
use super::tokens::altered;
use crate::buffer::{Buffer, BufferKind, check_writable, first_mut, is_sealed, signature_of};
use crate::context::{Side, Sizes};
use crate::crypto::hmac_md5::HmacMd5Key;
use crate::crypto::parts::Part;
use crate::crypto::rc4::Rc4;
use crate::crypto::rc4_hmac::{CONFOUNDER, Rc4Checksum};
use crate::error::{Error, Result};
use crate::package::Quality;
use crate::status::Status;
use crate::surroundings::Surroundings;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// TOK_ID of a signature, and of a message with its protection.
const SIGNATURE: [u8; 2] = [0x01, 0x01];
const WRAPPED: [u8; 2] = [0x02, 0x01];

/// SGN_ALG and SEAL_ALG (RFC 4757 7.3).
const HMAC_MD5: [u8; 2] = [0x11, 0x00];
const RC4: [u8; 2] = [0x10, 0x00];
const NONE: [u8; 2] = [0xFF; 2];

/// What the keys of the checksums are for (RFC 4757 7.2, 7.3): 13 and 15, here by the number that the
/// first one has everywhere else.
const SEAL_USAGE: u32 = 13;
const SIGN_USAGE: u32 = 15;

/// What every bit of the sealing key is turned over by (RFC 4757 7.3).
const TURNED: u8 = 0xF0;

/// TOK_ID, the algorithms, the number, and half of the checksum.
const HEADER: usize = 24;

/// The tags and the lengths around a mechanism of nine bytes (RFC 2743 3.1): the outer length has one
/// byte where it is short, and five at most.
const SHORT_FRAME: usize = 1 + 1 + MECHANISM;
const LONG_FRAME: usize = 1 + 5 + MECHANISM;
const MECHANISM: usize = 2 + KERBEROS.len();

/// What stands behind every message: one byte that says so.
const PADDING: u8 = 1;

/// Protects messages with a key.
pub(super) struct OldTokens {
    own: u8,
    is_dce_style: bool,
    sealing_checksum: Rc4Checksum,
    signing_checksum: Rc4Checksum,
    numbers: HmacMd5Key,
    sealing: HmacMd5Key,
}

/// A token, read.
struct Token<'a> {
    /// TOK_ID and the algorithms, which are signed.
    start: [u8; 8],
    number: [u8; 8],
    code: [u8; 8],
    /// What follows of the token, and how much its frame says does.
    rest: &'a [u8],
    length: usize,
}

impl<'a> Token<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self> {
        Self::parse(bytes).ok_or_else(|| altered("it does not begin as a token of Kerberos does"))
    }

    fn parse(bytes: &'a [u8]) -> Option<Self> {
        let Some((&[0x60, first], mut rest)) = bytes.split_first_chunk() else { return None };
        let mut length = usize::from(first);
        if first >= 0x80 {
            let (digits, behind) = rest.split_at_checked(usize::from(first & 0x7F))?;
            // Four digits at most, and as few as it takes.
            if digits.len() > 4 || digits.first().is_none_or(|digit| *digit == 0) {
                return None;
            }
            length = digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit));
            if length < 0x80 {
                return None;
            }
            rest = behind;
        }
        let Some((&[0x06, size], rest)) = rest.split_first_chunk() else { return None };
        let (mechanism, rest) = rest.split_at_checked(usize::from(size))?;
        if mechanism != KERBEROS {
            return None;
        }
        let (start, rest) = rest.split_first_chunk()?;
        let (number, rest) = rest.split_first_chunk()?;
        let (code, rest) = rest.split_first_chunk()?;
        let length = length.checked_sub(MECHANISM + HEADER)?;
        Some(Self { start: *start, number: *number, code: *code, rest, length })
    }
}

impl OldTokens {
    pub(super) fn new(key: &[u8; 16], side: Side, is_dce_style: bool) -> Self {
        let turned = Zeroizing::new(key.map(|byte| byte ^ TURNED));
        Self {
            own: direction(side),
            is_dce_style,
            sealing_checksum: Rc4Checksum::new(key, SEAL_USAGE),
            signing_checksum: Rc4Checksum::new(key, SIGN_USAGE),
            numbers: for_usage_0(key),
            sealing: for_usage_0(&turned),
        }
    }

    pub(super) fn sizes(&self, max_token: usize) -> Sizes {
        // With the byte that goes behind the message: whoever has room for a signature and the message
        // has room for all of it.
        let frame = if self.is_dce_style { SHORT_FRAME } else { LONG_FRAME + 1 };
        Sizes {
            max_token,
            max_signature: SHORT_FRAME + HEADER,
            block_size: 1,
            security_trailer: frame.saturating_add(HEADER + CONFOUNDER),
        }
    }

    /// Signs a message (RFC 4757 7.2).
    pub(super) fn sign(&self, number: u32, message: &mut [Buffer<'_>]) -> Result<()> {
        let start = start(SIGNATURE, NONE);
        let code = with_data(message, |parts| code(&self.signing_checksum, &start, parts));
        let number = self.sealed_number(number, &code);
        write(signature_of(message)?, 0, &[&start, &number, &code])
    }

    /// The number of the message that a token belongs to. It is known before it is proven.
    pub(super) fn number(&self, message: &mut [Buffer<'_>]) -> Result<u64> {
        let token = Token::read(signature_of(message)?.bytes())?;
        let number = stream(&self.numbers, &token.code).applied(token.number);
        let [a, b, c, d, direction @ ..] = number;
        if direction == [self.own; 4] {
            return Err(altered("it was sent by this side, and reflected"));
        }
        if direction != [!self.own; 4] {
            return Err(altered("it does not say who sent it"));
        }
        Ok(u32::from_be_bytes([a, b, c, d]).into())
    }

    /// Checks a signature.
    pub(super) fn verify(&self, message: &mut [Buffer<'_>]) -> Result<Quality> {
        let token = Token::read(signature_of(message)?.bytes())?;
        if token.start != start(SIGNATURE, NONE) || !token.rest.is_empty() || token.length != 0 {
            return Err(altered("it is a token of another kind"));
        }
        let (start, received) = (token.start, token.code);
        let code = with_data(message, |parts| code(&self.signing_checksum, &start, parts));
        if bool::from(code.ct_eq(&received)) {
            return Ok(Quality::NO_ENCRYPT);
        }
        Err(altered("the signature does not match"))
    }

    /// Wraps a message, encrypted or not (RFC 4757 7.3).
    pub(super) fn wrap(
        &self,
        number: u32,
        is_encrypted: bool,
        surroundings: &Surroundings,
        message: &mut [Buffer<'_>],
    ) -> Result<()> {
        let mut padding = [PADDING];
        // DCE RPC pads by itself, and its tokens do not count the message ([MS-KILE] 3.4.5.4.1).
        let (padding, length): (&mut [u8], _) = if self.is_dce_style {
            (&mut [], CONFOUNDER)
        } else {
            (&mut padding, sealed_length(message).saturating_add(CONFOUNDER + 1))
        };
        // The room for all of it, before anything is encrypted.
        signature_of(message)?.reserve(frame_length(length).saturating_add(HEADER + CONFOUNDER))?;
        if !self.is_dce_style {
            padding_of(message)?.reserve(1)?;
        } else if let Some(buffer) = first_mut(message, BufferKind::PADDING) {
            buffer.set_length(0);
        }
        let mut confounder = [0; CONFOUNDER];
        surroundings.fill(&mut confounder)?;
        let start = start(WRAPPED, if is_encrypted { RC4 } else { NONE });
        let code = pieces::with_sealed(&mut confounder, message, padding, |parts| {
            let code = code(&self.sealing_checksum, &start, parts);
            if is_encrypted {
                apply(stream(&self.sealing, &number.to_be_bytes()), parts);
            }
            code
        });
        if !self.is_dce_style {
            padding_of(message)?.fill(padding)?;
        }
        let number = self.sealed_number(number, &code);
        write(signature_of(message)?, length, &[&start, &number, &code, &confounder])
    }

    /// How much of a STREAM is its TOKEN.
    pub(super) fn divide(stream: &mut Buffer<'_>) -> Result<usize> {
        let bytes = stream.bytes();
        let token = Token::read(bytes)?;
        // A frame counts the whole message, or, as DCE RPC has it, nothing of it.
        if token.length != token.rest.len() && token.length != CONFOUNDER {
            return Err(altered("it is not as long as its frame says"));
        }
        if token.rest.len() < CONFOUNDER {
            return Err(altered("it is shorter than its protection"));
        }
        let message = token.rest.len().saturating_sub(CONFOUNDER);
        let length = bytes.len().saturating_sub(message);
        if stream.bytes_mut().is_none() {
            return Err(Error::new(
                Status::INVALID_PARAMETER,
                "the STREAM buffer is opened in place and its memory is only readable",
            ));
        }
        Ok(length)
    }

    /// Opens a message, and says how it was protected.
    pub(super) fn open(&self, number: u64, message: &mut [Buffer<'_>]) -> Result<Quality> {
        let token = Token::read(signature_of(message)?.bytes())?;
        let is_encrypted = match token.start {
            found if found == start(WRAPPED, RC4) => true,
            found if found == start(WRAPPED, NONE) => false,
            _ => return Err(altered("it is a token of another kind")),
        };
        let (start, received, length) = (token.start, token.code, token.length);
        let confounder = token.rest.try_into();
        let Ok::<[u8; CONFOUNDER], _>(mut confounder) = confounder else {
            return Err(altered("it is not as long as its frame says"));
        };
        if is_encrypted {
            check_writable(message)?;
        }
        // The padding, where it has a buffer of its own and does not stand behind the message.
        let padding = first_mut(message, BufferKind::PADDING);
        let mut padding = Space::copied(padding.map_or(&[][..], |buffer| buffer.bytes()));
        let padding = padding.bytes();
        let whole = sealed_length(message).saturating_add(padding.len());
        let is_padded = length != CONFOUNDER;
        if is_padded && length != whole.saturating_add(CONFOUNDER) {
            return Err(altered("it is not as long as its frame says"));
        }
        let number = (number as u32).to_be_bytes();
        let expected = pieces::with_sealed(&mut confounder, message, padding, |parts| {
            if is_encrypted {
                apply(stream(&self.sealing, &number), parts);
            }
            code(&self.sealing_checksum, &start, parts)
        });
        let mut is_right = bool::from(expected.ct_eq(&received));
        if is_right && is_padded && padding.is_empty() {
            is_right = remove_padding(message);
        }
        if is_right {
            return Ok(if is_encrypted { Quality::DEFAULT } else { Quality::NO_ENCRYPT });
        }
        if is_encrypted {
            pieces::wipe(message);
        }
        Err(altered("the message does not match its protection"))
    }

    /// SND_SEQ: the number and who sends it, encrypted (RFC 4757 7.2).
    fn sealed_number(&self, number: u32, code: &[u8; 8]) -> [u8; 8] {
        let [a, b, c, d] = number.to_be_bytes();
        stream(&self.numbers, code).applied([a, b, c, d, self.own, self.own, self.own, self.own])
    }
}

/// What says who sent a message (RFC 1964 1.2.1.2).
fn direction(side: Side) -> u8 {
    match side {
        Side::Initiator => 0x00,
        Side::Acceptor => 0xFF,
    }
}

fn start([a, b]: [u8; 2], [c, d]: [u8; 2]) -> [u8; 8] {
    let [e, f] = HMAC_MD5;
    [a, b, e, f, c, d, 0xFF, 0xFF]
}

fn for_usage_0(key: &[u8; 16]) -> HmacMd5Key {
    HmacMd5Key::new(&Zeroizing::new(HmacMd5Key::new(key).code(&[&[0; 4]])))
}

fn stream(key: &HmacMd5Key, of: &[u8]) -> Rc4 {
    Rc4::new(&Zeroizing::new(key.code(&[of])))
}

fn apply(mut cipher: Rc4, parts: &mut [Part<'_>]) {
    for part in parts {
        if let Part::Sealed(bytes) = part {
            cipher.apply(bytes);
        }
    }
}

/// The half of a checksum that is sent.
fn code(checksum: &Rc4Checksum, start: &[u8; 8], parts: &[Part<'_>]) -> [u8; 8] {
    let pieces: Vec<&[u8]> =
        std::iter::once(&start[..]).chain(parts.iter().map(Part::bytes)).collect();
    let [a, b, c, d, e, f, g, h, ..] = checksum.code(&pieces);
    [a, b, c, d, e, f, g, h]
}

fn with_data<T>(message: &mut [Buffer<'_>], work: impl FnOnce(&mut [Part<'_>]) -> T) -> T {
    pieces::with_sealed(&mut [], message, &mut [], work)
}

fn sealed_length(message: &[Buffer<'_>]) -> usize {
    let sealed = message.iter().filter(|buffer| is_sealed(buffer));
    sealed.fold(0, |sum, buffer| sum.saturating_add(buffer.len()))
}

/// Takes the padding off the message, whose last byte says how much there is.
fn remove_padding(message: &mut [Buffer<'_>]) -> bool {
    let mut sealed = message.iter_mut().rev().filter(|buffer| is_sealed(buffer));
    let Some(last) = sealed.find(|buffer| !buffer.is_empty()) else { return false };
    let padding = last.bytes().last().copied().unwrap_or(0);
    let left = last.len().checked_sub(padding.into());
    match left.filter(|_| (1..=8).contains(&padding)) {
        Some(left) => {
            last.set_length(left);
            true
        }
        None => false,
    }
}

fn padding_of<'b, 'a>(message: &'b mut [Buffer<'a>]) -> Result<&'b mut Buffer<'a>> {
    first_mut(message, BufferKind::PADDING).ok_or_else(|| {
        Error::new(
            Status::INVALID_PARAMETER,
            "with rc4-hmac a message needs a PADDING buffer of one byte behind it",
        )
    })
}

/// How long what stands before a token is, when so much stands behind its header.
fn frame_length(length: usize) -> usize {
    match length.saturating_add(MECHANISM + HEADER) {
        0..0x80 => SHORT_FRAME,
        0x80..0x100 => SHORT_FRAME + 1,
        0x100..0x1_0000 => SHORT_FRAME + 2,
        0x1_0000..0x100_0000 => SHORT_FRAME + 3,
        _ => LONG_FRAME,
    }
}

/// Writes a token into its frame, which counts so much more than the header.
fn write(token: &mut Buffer<'_>, length: usize, parts: &[&[u8]]) -> Result<()> {
    let inner = length.saturating_add(MECHANISM + HEADER);
    let digits = u32::try_from(inner)
        .map_err(|_| Error::new(Status::INVALID_PARAMETER, "the message has over four gigabytes"))?
        .to_be_bytes();
    let frame = frame_length(length);
    let count = frame.saturating_sub(SHORT_FRAME);
    let whole = parts.iter().fold(frame, |sum, part| sum.saturating_add(part.len()));
    let first = if count == 0 { inner as u8 } else { 0x80 | count as u8 };
    let length = digits.into_iter().skip(digits.len().saturating_sub(count));
    let mechanism = [0x06, KERBEROS.len() as u8].into_iter().chain(KERBEROS.iter().copied());
    let parts = parts.iter().copied().flatten().copied();
    let bytes = [0x60, first].into_iter().chain(length).chain(mechanism).chain(parts);
    token.reserve(whole)?.iter_mut().zip(bytes).for_each(|(place, byte)| *place = byte);
    Ok(())
}
