//! The tokens of messages (RFC 4121 4.2), as SSPI lays them out: what is not the message itself stands
//! before it, in the TOKEN buffer, and the message is encrypted in place ([MS-KILE] 3.4.5.4.1).

use super::pieces::{self, Layout};
use crate::buffer::{Buffer, check_writable, signature_of};
use crate::context::{Side, Sizes};
use crate::crypto::aes_hmac::{AesHmac, MAX_CODE};
use crate::error::{Error, Result};
use crate::kerberos::Key;
use crate::kerberos::encryption::{Checksums, Cipher, Encryption};
use crate::kerberos::key_usage::KeyUsage;
use crate::package::Quality;
use crate::status::Status;
use crate::surroundings::Surroundings;

/// TOK_ID and all that follows it, up to the number.
const HEADER: usize = 16;

/// TOK_ID of a signature, and of a message with its protection.
const SIGNATURE: [u8; 2] = [0x04, 0x04];
const WRAPPED: [u8; 2] = [0x05, 0x04];

/// The flags of a header (RFC 4121 4.2.2).
const SENT_BY_ACCEPTOR: u8 = 0x01;
const SEALED: u8 = 0x02;
const ACCEPTOR_SUBKEY: u8 = 0x04;

const FILLER: u8 = 0xFF;

const CONFOUNDER: usize = AesHmac::CONFOUNDER;

/// What DCE RPC has behind the message, because Windows takes no message there without it.
const EXTRA_OF_DCE: u16 = 16;

/// The header of a token.
#[derive(Clone, Copy)]
struct Header {
    identifier: [u8; 2],
    flags: u8,
    /// EC: how much filler there is behind the message, or how long the checksum is.
    extra: u16,
    /// RRC: by how much what follows is turned to the right.
    rotation: u16,
    number: u64,
}

impl Header {
    fn bytes(&self) -> [u8; HEADER] {
        let [a, b] = self.identifier;
        let [c, d] = self.extra.to_be_bytes();
        let [e, f] = self.rotation.to_be_bytes();
        let [g, h, i, j, k, l, m, n] = self.number.to_be_bytes();
        [a, b, self.flags, FILLER, c, d, e, f, g, h, i, j, k, l, m, n]
    }

    fn read(token: &[u8]) -> Result<Self> {
        let Some([a, b, flags, FILLER, c, d, e, f, g, h, i, j, k, l, m, n]) =
            token.first_chunk::<HEADER>().copied()
        else {
            return Err(altered("it does not begin as a token of Kerberos does"));
        };
        Ok(Self {
            identifier: [a, b],
            flags,
            extra: u16::from_be_bytes([c, d]),
            rotation: u16::from_be_bytes([e, f]),
            number: u64::from_be_bytes([g, h, i, j, k, l, m, n]),
        })
    }

    fn is_sealed(&self) -> bool {
        self.flags & SEALED != 0
    }

    /// As it is signed and encrypted: the rotation is nobody's secret, and comes later
    /// (RFC 4121 4.2.4).
    fn unrotated(&self) -> Self {
        Self { rotation: 0, ..*self }
    }
}

/// Protects messages with a key.
pub(super) struct Tokens {
    key: Key,
    own: Direction,
    peer: Direction,
    is_dce_style: bool,
    code_length: usize,
}

/// One direction: what is derived of the key, each when it is first needed.
struct Direction {
    flags: u8,
    sealing: KeyUsage,
    signing: KeyUsage,
    encryption: Option<Box<AesHmac>>,
    /// The checksums of messages that are wrapped and not encrypted.
    wrapped: Option<Checksums>,
    signatures: Option<Checksums>,
}

impl Direction {
    fn of(side: Side, is_acceptor_subkey: bool) -> Self {
        let subkey = if is_acceptor_subkey { ACCEPTOR_SUBKEY } else { 0 };
        let (flags, sealing, signing) = match side {
            Side::Initiator => (subkey, KeyUsage::INITIATOR_SEAL, KeyUsage::INITIATOR_SIGN),
            Side::Acceptor => {
                (subkey | SENT_BY_ACCEPTOR, KeyUsage::ACCEPTOR_SEAL, KeyUsage::ACCEPTOR_SIGN)
            }
        };
        Self { flags, sealing, signing, encryption: None, wrapped: None, signatures: None }
    }

    fn encryption(&mut self, key: &Key) -> Result<&AesHmac> {
        if self.encryption.is_none() {
            match Cipher::new(key, self.sealing)?.into_encryption() {
                Encryption::Aes(made) => self.encryption = Some(made),
                Encryption::Rc4(_) => {}
            }
        }
        self.encryption.as_deref().ok_or_else(|| Status::INTERNAL_ERROR.into())
    }

    fn wrapped(&mut self, key: &Key) -> Result<&Checksums> {
        kept(&mut self.wrapped, key, self.sealing)
    }

    fn signatures(&mut self, key: &Key) -> Result<&Checksums> {
        kept(&mut self.signatures, key, self.signing)
    }
}

fn kept<'k>(place: &'k mut Option<Checksums>, key: &Key, usage: KeyUsage) -> Result<&'k Checksums> {
    if place.is_none() {
        *place = Some(Checksums::new(key, usage)?);
    }
    place.as_ref().ok_or_else(|| Status::INTERNAL_ERROR.into())
}

impl Tokens {
    /// `is_acceptor_subkey` tells whose key it is, as every token does.
    pub(super) fn new(
        key: Key,
        side: Side,
        is_acceptor_subkey: bool,
        is_dce_style: bool,
    ) -> Result<Self> {
        let code_length = key.checksum_length()?;
        let direction = |side| Direction::of(side, is_acceptor_subkey);
        let (own, peer) = match side {
            Side::Initiator => (direction(Side::Initiator), direction(Side::Acceptor)),
            Side::Acceptor => (direction(Side::Acceptor), direction(Side::Initiator)),
        };
        Ok(Self { key, own, peer, is_dce_style, code_length })
    }

    pub(super) fn sizes(&self, max_token: usize) -> Sizes {
        let (max_signature, security_trailer) = (self.room(false), self.room(true));
        Sizes { max_token, max_signature, block_size: 1, security_trailer }
    }

    /// How long a TOKEN is: a signature is as long as what a message has that is not encrypted.
    pub(super) fn room(&self, is_encrypted: bool) -> usize {
        if is_encrypted {
            let behind = self.behind(self.own_extra());
            return HEADER.saturating_add(behind).saturating_add(CONFOUNDER);
        }
        HEADER.saturating_add(self.code_length)
    }

    fn own_extra(&self) -> u16 {
        if self.is_dce_style { EXTRA_OF_DCE } else { 0 }
    }

    /// How much there is behind a message that is encrypted: filler, the header again, the checksum.
    fn behind(&self, extra: u16) -> usize {
        usize::from(extra).saturating_add(HEADER).saturating_add(self.code_length)
    }

    /// Signs a message (RFC 4121 4.2.6.1).
    pub(super) fn sign(&mut self, number: u64, message: &mut [Buffer<'_>]) -> Result<()> {
        let (extra, rotation) = (u16::MAX, u16::MAX);
        let flags = self.own.flags;
        let header = Header { identifier: SIGNATURE, flags, extra, rotation, number }.bytes();
        let mut code = [0; MAX_CODE];
        let code = code.get_mut(..self.code_length).unwrap_or_default();
        self.own.signatures(&self.key)?.write(pieces::signed(message, &header), code);
        write(signature_of(message)?, &[&header, code])
    }

    /// The number of the message that a token of the peer's belongs to. It is known before it is
    /// proven.
    pub(super) fn number(&self, message: &mut [Buffer<'_>]) -> Result<u64> {
        let header = Header::read(signature_of(message)?.bytes())?;
        if (header.flags ^ self.peer.flags) & SENT_BY_ACCEPTOR != 0 {
            return Err(altered("it was sent by this side, and reflected"));
        }
        Ok(header.number)
    }

    /// Checks a signature.
    pub(super) fn verify(&mut self, message: &mut [Buffer<'_>]) -> Result<Quality> {
        let token = signature_of(message)?.bytes();
        let header = Header::read(token)?;
        self.is_agreed_on(&header, SIGNATURE)?;
        if header.is_sealed() || (header.extra, header.rotation) != (u16::MAX, u16::MAX) {
            return Err(altered("a signature has a header that no signature has"));
        }
        let mut code = [0; MAX_CODE];
        let code = copied(token.get(HEADER..), &mut code, self.code_length)?;
        let header = header.bytes();
        let checksums = self.peer.signatures(&self.key)?;
        if checksums.are(pieces::signed(message, &header), code) {
            return Ok(Quality::NO_ENCRYPT);
        }
        Err(altered("the signature does not match"))
    }

    /// Wraps a message without encrypting it (RFC 4121 4.2.6.2).
    pub(super) fn wrap(&mut self, number: u64, message: &mut [Buffer<'_>]) -> Result<()> {
        let mut header =
            Header { identifier: WRAPPED, flags: self.own.flags, extra: 0, rotation: 0, number };
        let mut code = [0; MAX_CODE];
        let code = code.get_mut(..self.code_length).unwrap_or_default();
        let signed = header.bytes();
        self.own.wrapped(&self.key)?.write(pieces::signed(message, &signed), code);
        (header.extra, header.rotation) = (self.code_length as u16, self.code_length as u16);
        write(signature_of(message)?, &[&header.bytes(), code])
    }

    /// Encrypts a message.
    pub(super) fn seal(
        &mut self,
        number: u64,
        surroundings: &Surroundings,
        message: &mut [Buffer<'_>],
    ) -> Result<()> {
        let extra = self.own_extra();
        let flags = self.own.flags | SEALED;
        let mut header = Header { identifier: WRAPPED, flags, extra, rotation: 0, number };
        let mut confounder = [0; CONFOUNDER];
        surroundings.fill(&mut confounder)?;
        let mut trailer = [FILLER; EXTRA_OF_DCE as usize + HEADER];
        let start = (EXTRA_OF_DCE as usize).saturating_sub(extra.into());
        let trailer = trailer.get_mut(start..).unwrap_or_default();
        if let Some(place) = trailer.last_chunk_mut::<HEADER>() {
            *place = header.bytes();
        }
        let mut code = [0; MAX_CODE];
        let code = code.get_mut(..self.code_length).unwrap_or_default();
        let encryption = self.own.encryption(&self.key)?;
        pieces::with_sealed(&mut confounder, message, trailer, |parts| {
            encryption.seal(parts, code);
        });
        // Turned by the filler too, which is none but with DCE RPC ([MS-KILE] 3.4.5.4.1).
        header.rotation = HEADER.saturating_add(self.code_length) as u16;
        write(signature_of(message)?, &[&header.bytes(), trailer, code, &confounder])
    }

    /// Divides a STREAM into its TOKEN and its DATA, turned as SSPI has it.
    pub(super) fn divide(&self, stream: &mut Buffer<'_>) -> Result<usize> {
        let header = Header::read(stream.bytes())?;
        let layout = self.layout(&header);
        let body = stream.bytes_mut().and_then(|bytes| bytes.get_mut(HEADER..));
        let Some(body) = body else {
            return Err(Error::new(
                Status::INVALID_PARAMETER,
                "the STREAM buffer is opened in place and its memory is only readable",
            ));
        };
        layout.turn(body)?;
        Ok(HEADER.saturating_add(layout.token))
    }

    /// How much of a whole token is its TOKEN, where the peer has turned it as SSPI does.
    pub(super) fn signature_length(&self, whole: &[u8]) -> Option<usize> {
        let layout = self.layout(&Header::read(whole).ok()?);
        let body = whole.len().checked_sub(HEADER)?;
        layout.is_turned(body).then(|| HEADER.saturating_add(layout.token))
    }

    /// Brings a TOKEN with its DATA into the order that SSPI has them in, where a peer has turned
    /// them otherwise.
    pub(super) fn arrange(&self, message: &mut [Buffer<'_>]) -> Result<()> {
        let header = Header::read(signature_of(message)?.bytes())?;
        let layout = self.layout(&header);
        pieces::arrange(message, HEADER, &layout)
    }

    /// What a header says about what follows it.
    fn layout(&self, header: &Header) -> Layout {
        let rotation = usize::from(header.rotation);
        if !header.is_sealed() {
            return Layout { token: self.code_length, behind: self.code_length, rotation };
        }
        let extra = if self.is_dce_style { header.extra } else { 0 };
        let behind = self.behind(header.extra);
        let token = behind.saturating_add(CONFOUNDER);
        Layout { token, behind, rotation: rotation.saturating_add(extra.into()) }
    }

    /// Opens a message whose TOKEN and DATA are in order, and says how it was protected.
    pub(super) fn open(&mut self, message: &mut [Buffer<'_>]) -> Result<Quality> {
        let header = Header::read(signature_of(message)?.bytes())?;
        self.is_agreed_on(&header, WRAPPED)?;
        if header.is_sealed() {
            check_writable(message)?;
        }
        let token = signature_of(message)?.bytes();
        let rest = token.get(HEADER..).unwrap_or_default();
        if header.is_sealed() {
            let mut rest = pieces::Space::copied(rest);
            self.unseal(&header, rest.bytes(), message)?;
            return Ok(Quality::DEFAULT);
        }
        if usize::from(header.extra) != self.code_length {
            return Err(altered("the checksum has a length that it cannot have"));
        }
        let mut code = [0; MAX_CODE];
        let code = copied(Some(rest), &mut code, self.code_length)?;
        let signed = Header { extra: 0, ..header.unrotated() }.bytes();
        if self.peer.wrapped(&self.key)?.are(pieces::signed(message, &signed), code) {
            return Ok(Quality::NO_ENCRYPT);
        }
        Err(altered("the checksum does not match"))
    }

    /// Decrypts a message in place, of which `rest` is what its TOKEN has behind the header.
    fn unseal(
        &mut self,
        header: &Header,
        rest: &mut [u8],
        message: &mut [Buffer<'_>],
    ) -> Result<()> {
        let filled = usize::from(header.extra).saturating_add(HEADER);
        let code_length = self.code_length;
        let length = filled.saturating_add(code_length).saturating_add(CONFOUNDER);
        if rest.len() != length {
            return Err(altered("it is not as long as its header says"));
        }
        let (trailer, rest) = rest.split_at_mut(filled);
        let (code, confounder) = rest.split_at_mut(code_length);
        let encryption = self.peer.encryption(&self.key)?;
        let is_right =
            pieces::with_sealed(confounder, message, trailer, |parts| encryption.open(parts, code));
        // The header comes again where nobody can change it.
        let again = trailer.last_chunk::<HEADER>().map(|bytes| Header::read(bytes));
        if is_right
            && let Some(Ok(again)) = again
            && again.unrotated().bytes() == header.unrotated().bytes()
        {
            return Ok(());
        }
        pieces::wipe(message);
        Err(altered("the message does not match its protection"))
    }

    /// Refuses what is no token of this kind, or is of another key.
    fn is_agreed_on(&self, header: &Header, identifier: [u8; 2]) -> Result<()> {
        if header.identifier != identifier {
            return Err(altered("it is a token of another kind"));
        }
        if (header.flags ^ self.peer.flags) & ACCEPTOR_SUBKEY != 0 {
            return Err(altered("it is protected with another key than was agreed on"));
        }
        Ok(())
    }
}

fn write(token: &mut Buffer<'_>, parts: &[&[u8]]) -> Result<()> {
    let length = parts.iter().fold(0_usize, |sum, part| sum.saturating_add(part.len()));
    let places = token.reserve(length)?.iter_mut();
    places.zip(parts.iter().copied().flatten()).for_each(|(place, byte)| *place = *byte);
    Ok(())
}

/// Exactly so many bytes of a token, out of the way of what borrows it.
fn copied<'c>(bytes: Option<&[u8]>, code: &'c mut [u8], length: usize) -> Result<&'c [u8]> {
    let code = code.get_mut(..length).unwrap_or_default();
    match bytes.filter(|bytes| bytes.len() == length) {
        Some(bytes) => {
            code.copy_from_slice(bytes);
            Ok(code)
        }
        None => Err(altered("its checksum is not as long as the key's checksums are")),
    }
}

pub(super) fn altered(what: &str) -> Error {
    Error::new(
        Status::MESSAGE_ALTERED,
        format!("the peer's message was changed, or it is not of this context: {what}"),
    )
}
