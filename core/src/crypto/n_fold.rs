//! n-fold: the constant of a key derivation, stretched to the size of a block (RFC 3961 5.1).

/// The input repeated until its length is a multiple of `N`, each copy turned right by 13 bits more
/// than the one before, and the blocks of `N` bytes added up in ones' complement.
pub(crate) fn n_fold<const N: usize>(input: &[u8]) -> [u8; N] {
    let mut sum = [0_u8; N];
    if input.is_empty() || N == 0 {
        return sum;
    }
    let copies = N / greatest_common_divisor(N, input.len());
    let mut turned: Vec<u8> = Vec::with_capacity(copies.saturating_mul(input.len()));
    for copy in 0..copies {
        turned.extend(turned_right(input, copy.saturating_mul(13)));
    }
    let (blocks, _) = turned.as_chunks::<N>();
    for block in blocks {
        add(&mut sum, block);
    }
    sum
}

fn greatest_common_divisor(one: usize, other: usize) -> usize {
    if other == 0 { one } else { greatest_common_divisor(other, one % other) }
}

/// The bytes as one long number, turned right by so many bits.
fn turned_right(bytes: &[u8], bits: usize) -> impl Iterator<Item = u8> {
    let length = bytes.len();
    let (whole, part) = (bits / 8 % length, bits % 8);
    // From the byte before the one that comes first, since each takes bits from its neighbour.
    let from = length.saturating_mul(2).saturating_sub(whole).saturating_sub(1);
    let neighbours = bytes.iter().cycle().skip(from);
    neighbours.clone().zip(neighbours.skip(1)).take(length).map(move |(before, byte)| {
        let pair = u16::from_be_bytes([*before, *byte]);
        (pair >> part) as u8
    })
}

/// Adds in ones' complement: what is carried out at the top comes in again at the bottom.
fn add<const N: usize>(sum: &mut [u8; N], block: &[u8; N]) {
    let mut carry = 0_u16;
    for (place, byte) in sum.iter_mut().zip(block).rev() {
        let total = u16::from(*place) + u16::from(*byte) + carry;
        *place = total as u8;
        carry = total >> 8;
    }
    for place in sum.iter_mut().rev() {
        let total = u16::from(*place) + carry;
        *place = total as u8;
        carry = total >> 8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kerberos::vectors;

    #[test]
    fn published_folds_are_reproduced() {
        let published = vectors::read("n_fold.json");
        assert!(published.len() >= 10);
        for vector in published {
            let input = vector["input"].as_str().unwrap().as_bytes();
            let made = match vector["bits"].as_u64().unwrap() {
                56 => n_fold::<7>(input).to_vec(),
                64 => n_fold::<8>(input).to_vec(),
                128 => n_fold::<16>(input).to_vec(),
                168 => n_fold::<21>(input).to_vec(),
                192 => n_fold::<24>(input).to_vec(),
                256 => n_fold::<32>(input).to_vec(),
                other => panic!("{other} bits"),
            };
            assert_eq!(made, vectors::hex(&vector["output"]), "{vector}");
        }
    }

    #[test]
    fn nothing_folds_to_nothing() {
        assert_eq!(n_fold::<16>(&[]), [0; 16]);
    }
}
