//! One file per primitive or construction. The primitives are RustCrypto's, RC4 excepted, whose
//! file says why.

pub(crate) mod crc32;
pub(crate) mod des;
pub(crate) mod hmac_md5;
pub(crate) mod md4;
pub(crate) mod rc4;
