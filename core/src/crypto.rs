//! One file per primitive or construction. The primitives are RustCrypto's but for RC4 and the
//! rounds of MD5 beside something else, whose files say why.

mod aes_cbc;
mod aes_cts;
pub(crate) mod aes_hmac;
pub(crate) mod aes_sha1;
pub(crate) mod aes_sha2;
pub(crate) mod crc32;
mod derive_key;
pub(crate) mod des;
pub(crate) mod hmac_md5;
pub(crate) mod hmac_sha;
pub(crate) mod md4;
mod md5_rounds;
mod n_fold;
pub(crate) mod parts;
pub(crate) mod rc4;
pub(crate) mod rc4_hmac;
pub(crate) mod rc4_md5;
mod usage;
