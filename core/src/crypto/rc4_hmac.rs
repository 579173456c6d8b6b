//! rc4-hmac: RC4 under a key that is made anew for every message, and HMAC-MD5 (RFC 4757).

use super::hmac_md5::{HmacMd5Key, md5};
use super::hmac_sha::HmacShaKey;
use super::rc4::Rc4;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

/// What a text begins with: bytes that nobody can predict (RFC 4757 5).
pub(crate) const CONFOUNDER: usize = 8;

/// How long a checksum is.
pub(crate) const CODE: usize = 16;

/// A key for a usage.
pub(crate) struct Rc4Hmac(HmacMd5Key);

impl Rc4Hmac {
    pub(crate) fn new(key: &[u8; 16], usage: u32) -> Self {
        let number = message_type(usage).to_le_bytes();
        Self(HmacMd5Key::new(&Zeroizing::new(HmacMd5Key::new(key).code(&[&number]))))
    }

    /// Encrypts in place, from a confounder on, and gives the checksum.
    pub(crate) fn seal(&self, text: &mut [u8]) -> [u8; CODE] {
        let code = self.0.code(&[text]);
        self.stream(&code).apply(text);
        code
    }

    /// Decrypts in place, and says whether the checksum is right. What does not hold is wiped.
    #[must_use]
    pub(crate) fn open(&self, text: &mut [u8], code: &[u8; CODE]) -> bool {
        self.stream(code).apply(text);
        if text.len() >= CONFOUNDER && bool::from(self.0.code(&[text]).ct_eq(code)) {
            return true;
        }
        text.zeroize();
        false
    }

    fn stream(&self, code: &[u8; CODE]) -> Rc4 {
        Rc4::new(&Zeroizing::new(self.0.code(&[code])))
    }
}

/// A checksum (RFC 4757 4), whose key is made for every usage alike.
pub(crate) struct Rc4Checksum {
    key: HmacMd5Key,
    number: [u8; 4],
}

impl Rc4Checksum {
    pub(crate) fn new(key: &[u8; 16], usage: u32) -> Self {
        let signing = Zeroizing::new(HmacMd5Key::new(key).code(&[b"signaturekey\0"]));
        Self { key: HmacMd5Key::new(&signing), number: message_type(usage).to_le_bytes() }
    }

    /// The checksum of a text in pieces.
    pub(crate) fn code(&self, parts: &[&[u8]]) -> [u8; CODE] {
        let pieces: Vec<&[u8]> =
            std::iter::once(&self.number[..]).chain(parts.iter().copied()).collect();
        self.key.code(&[&md5(&pieces)])
    }
}

/// PRF: HMAC with SHA-1, as MIT Kerberos and Windows have it.
pub(crate) fn pseudo_random(key: &[u8; 16], input: &[u8], output: &mut [u8; 20]) {
    let mut code = HmacShaKey::sha1(key).start();
    code.update(input);
    code.finish(output);
}

/// Some usages have another number here (RFC 4757 3). A TGS-REP in a subkey keeps its 9, whatever that
/// table says: so do Windows, MIT and Heimdal.
fn message_type(usage: u32) -> u32 {
    match usage {
        3 => 8,
        23 => 13,
        other => other,
    }
}
