//! DES as NTLM's first response uses it ([MS-NLMP] 6, DESL).

use des::Des;
use des::cipher::{BlockCipherEncrypt, KeyInit};

/// DESL(K, D): the 16-byte key, filled with zeros to 21 bytes, makes three DES keys, and each
/// encrypts the same 8 bytes.
pub(crate) fn desl(key: &[u8; 16], data: [u8; 8]) -> [u8; 24] {
    let mut padded = [0; 21];
    let (start, _) = padded.split_at_mut(16);
    start.copy_from_slice(key);
    let mut response = [0; 24];
    for (part, out) in padded.as_chunks::<7>().0.iter().zip(response.as_chunks_mut::<8>().0) {
        let mut block = data.into();
        Des::new(&spread(*part).into()).encrypt_block(&mut block);
        *out = block.into();
    }
    zeroize::Zeroize::zeroize(&mut padded);
    response
}

/// 56 bits of key spread over eight bytes, seven to each; the parity bits stay zero.
fn spread(key: [u8; 7]) -> [u8; 8] {
    let bits = key.iter().fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
    let mut shift = 56_u32;
    [0; 8].map(|_: u8| {
        shift = shift.saturating_sub(7);
        ((bits >> shift) as u8 & 0x7F) << 1
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_response_is_reproduced() {
        // [MS-NLMP] 4.2.2.1.2 and 4.2.2.2.1
        let nt_hash = 0xA4F4_9C40_6510_BDCA_B682_4EE7_C30F_D852_u128.to_be_bytes();
        let response = desl(&nt_hash, [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF]);
        let expected = [
            0x67, 0xC4, 0x30, 0x11, 0xF3, 0x02, 0x98, 0xA2, 0xAD, 0x35, 0xEC, 0xE6, 0x4F, 0x16,
            0x33, 0x1C, 0x44, 0xBD, 0xBE, 0xD9, 0x27, 0x84, 0x1F, 0x94,
        ];
        assert_eq!(response, expected);
    }
}
