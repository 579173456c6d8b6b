//! Scripts of legs: what the targets of whole handshakes read their inputs as.
//!
//! A script is a sequence of legs, each an operation, the length of its operands in two bytes, and the
//! operands. What an operation does is the target's; most change a leg that was recorded, or make one
//! of parts of those.

use crate::parties;

/// The legs of a script, no more than so many, each made of its operation and its operands.
pub(crate) fn read(
    mut script: &[u8],
    most: usize,
    mut leg: impl FnMut(u8, &[u8]) -> Vec<u8>,
) -> Vec<Vec<u8>> {
    let mut legs = Vec::new();
    while let [operation, low, high, after @ ..] = script
        && legs.len() < most
    {
        let length = usize::from(u16::from_le_bytes([*low, *high])).min(after.len());
        let (operands, rest) = after.split_at(length);
        legs.push(leg(*operation, operands));
        script = rest;
    }
    legs
}

/// The legs of a handshake in which nobody interferes, and what others may be made of.
pub(crate) struct Tape {
    pub(crate) legs: Vec<Vec<u8>>,
    pub(crate) parts: Vec<Vec<u8>>,
}

impl Tape {
    pub(crate) fn leg(&self, which: u8) -> &[u8] {
        &self.legs[usize::from(which) % self.legs.len()]
    }

    /// A recorded leg with some of its bytes changed, missing or new.
    pub(crate) fn changed(&self, operands: &[u8]) -> Vec<u8> {
        let (which, changes) = operands.split_first().unwrap_or((&0, &[]));
        let mut leg = self.leg(*which).to_vec();
        parties::change(&mut leg, changes);
        leg
    }

    /// A part of the recorded legs, the bytes that are given, or nothing.
    pub(crate) fn part<'a>(&'a self, which: u8, given: &'a [u8]) -> Option<&'a [u8]> {
        match which {
            0xFF => None,
            0xFE => Some(given),
            _ => Some(&self.parts[usize::from(which) % self.parts.len()]),
        }
    }
}
