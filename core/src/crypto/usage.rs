//! What a key derived of another is for: a usage number and one byte (RFC 3961 5.3, RFC 8009 5).

/// Checksums (Kc).
pub(super) const CHECKSUM: u8 = 0x99;
/// The cipher (Ke).
pub(super) const ENCRYPTION: u8 = 0xAA;
/// The checksum within a ciphertext (Ki).
pub(super) const INTEGRITY: u8 = 0x55;

pub(super) fn constant(usage: u32, purpose: u8) -> [u8; 5] {
    let [a, b, c, d] = usage.to_be_bytes();
    [a, b, c, d, purpose]
}
