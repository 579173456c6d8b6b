//! CRC-32, the checksum of NTLM messages without extended session security ([MS-NLMP] 3.4.4.1).

/// A CRC-32 over bytes that come in pieces.
#[derive(Default)]
pub(crate) struct Crc32(crc32fast::Hasher);

impl Crc32 {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub(crate) fn finish(self) -> [u8; 4] {
        self.0.finalize().to_le_bytes()
    }
}
