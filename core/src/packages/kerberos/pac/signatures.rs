//! PAC_SIGNATURE_DATA ([MS-PAC] 2.8): what the KDC signs, for the service and for itself.

use super::{BufferKind, Pac};
use crate::codec::reader::Reader;
use crate::error::{Error, ProtocolCode, Result};
use crate::kerberos::Key;
use crate::kerberos::key_usage::KeyUsage;
use crate::packages::kerberos::messages::ErrorCode;
use crate::status::Status;

/// The types of checksums that a PAC is signed with ([MS-PAC] 2.8, [MS-KILE] 3.1.5.4), and how many
/// bytes each has. What stands behind them is the number of a read-only domain controller.
pub(super) const LENGTHS: [(i32, usize); 5] = [
    // HMAC-MD5 (RFC 4757), with a key of rc4-hmac.
    (-138, 16),
    // HMAC-SHA1-96 with AES (RFC 3962).
    (15, 12),
    (16, 12),
    // HMAC-SHA2 with AES (RFC 8009).
    (19, 16),
    (20, 24),
];

/// The length of a signature's type.
pub(super) const TYPE_LENGTH: usize = 4;

/// A signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Signature<'a> {
    pub(super) kind: i32,
    pub(super) checksum: &'a [u8],
}

impl<'a> Signature<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self> {
        let mut reader = Reader::new(bytes);
        let kind = reader.u32_le("the type of a signature")?.cast_signed();
        let Some((_, length)) = LENGTHS.iter().find(|(known, _)| *known == kind) else {
            return Err(refused(format!("it is signed with checksums of the unknown type {kind}")));
        };
        let checksum = reader.take(*length, "a signature")?;
        Ok(Self { kind, checksum })
    }

    /// Checks it. One that is not of the type of the key is refused like a wrong one: a weaker type
    /// must not do for a stronger key.
    pub(super) fn verify(&self, key: &Key, signed: &[u8]) -> Result<()> {
        key.verify_checksum(KeyUsage::PAC_SIGNATURE, self.kind, &[signed], self.checksum).map_err(
            |cause| {
                refused("the KDC did not sign it for this key, or it was altered")
                    .with_source(cause)
            },
        )
    }
}

impl Pac<'_> {
    /// Checks the signature that the KDC made for the service, with the key of the service that the
    /// ticket was opened with ([MS-PAC] 2.8.1).
    pub(crate) fn verify_server(&self, key: &Key) -> Result<()> {
        let signature = self.signature(BufferKind::SERVER_SIGNATURE)?;
        // Somebody else's to verify, but it must be there.
        self.signature(BufferKind::KDC_SIGNATURE)?;
        let signed = [BufferKind::SERVER_SIGNATURE, BufferKind::KDC_SIGNATURE];
        signature.verify(key, &self.without(&signed))
    }

    /// Whether there is such a signature; one that is none is refused.
    pub(super) fn has_signature(&self, kind: BufferKind) -> Result<bool> {
        self.buffer(kind).map(Signature::read).transpose().map(|signature| signature.is_some())
    }

    pub(super) fn signature(&self, kind: BufferKind) -> Result<Signature<'_>> {
        match self.buffer(kind) {
            Some(bytes) => Signature::read(bytes),
            None => Err(refused(format!("it has no signature of type {}", kind.0))),
        }
    }

    /// The whole of it with zeros in the place of these signatures, and of all that stands behind
    /// their types, as MIT, Heimdal and Samba do it.
    pub(super) fn without(&self, kinds: &[BufferKind]) -> Vec<u8> {
        let mut bytes = self.bytes.to_vec();
        for buffer in self.buffers.iter().filter(|buffer| kinds.contains(&buffer.kind)) {
            let start = buffer.offset.saturating_add(TYPE_LENGTH);
            let end = buffer.offset.saturating_add(buffer.bytes.len());
            if let Some(place) = bytes.get_mut(start..end) {
                place.fill(0);
            }
        }
        bytes
    }
}

/// A PAC that is not the one that the KDC made for this ticket and this service.
pub(super) fn refused(problem: impl AsRef<str>) -> Error {
    Error::new(
        Status::MESSAGE_ALTERED,
        format!("the PAC of the client's ticket is refused: {}", problem.as_ref()),
    )
    .with_code(ProtocolCode::Kerberos(ErrorCode::MODIFIED.0))
}
