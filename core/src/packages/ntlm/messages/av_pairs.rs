//! AV pairs ([MS-NLMP] 2.2.2.1): what a server tells about itself, and what a client adds.

use crate::codec::reader::{Malformed, Reader};
use bitflags::bitflags;

/// What a pair holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AvId(pub(crate) u16);

impl AvId {
    pub(crate) const END: Self = Self(0);
    pub(crate) const NETBIOS_COMPUTER: Self = Self(1);
    pub(crate) const NETBIOS_DOMAIN: Self = Self(2);
    pub(crate) const DNS_COMPUTER: Self = Self(3);
    pub(crate) const DNS_DOMAIN: Self = Self(4);
    pub(crate) const DNS_TREE: Self = Self(5);
    pub(crate) const FLAGS: Self = Self(6);
    pub(crate) const TIMESTAMP: Self = Self(7);
    pub(crate) const SINGLE_HOST: Self = Self(8);
    pub(crate) const TARGET_NAME: Self = Self(9);
    pub(crate) const CHANNEL_BINDINGS: Self = Self(10);

    /// The name in the specification.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::END => "MsvAvEOL",
            Self::NETBIOS_COMPUTER => "MsvAvNbComputerName",
            Self::NETBIOS_DOMAIN => "MsvAvNbDomainName",
            Self::DNS_COMPUTER => "MsvAvDnsComputerName",
            Self::DNS_DOMAIN => "MsvAvDnsDomainName",
            Self::DNS_TREE => "MsvAvDnsTreeName",
            Self::FLAGS => "MsvAvFlags",
            Self::TIMESTAMP => "MsvAvTimestamp",
            Self::SINGLE_HOST => "MsvAvSingleHost",
            Self::TARGET_NAME => "MsvAvTargetName",
            Self::CHANNEL_BINDINGS => "MsvAvChannelBindings",
            _ => "an unknown pair",
        }
    }
}

bitflags! {
    /// The bits of MsvAvFlags.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub(crate) struct AvFlags: u32 {
        /// The client's authentication is constrained.
        const CONSTRAINED = 0x1;
        /// The AUTHENTICATE_MESSAGE has a MIC.
        const MIC = 0x2;
        /// The target's name comes from an untrusted source.
        const UNTRUSTED_TARGET_NAME = 0x4;
    }
}

/// A list of pairs, checked once: every pair lies within the bytes and MsvAvEOL ends the list. What
/// stands behind the end is left alone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AvPairs<'a> {
    bytes: &'a [u8],
}

impl<'a> AvPairs<'a> {
    /// Checks the list. No bytes at all are an empty list: servers without target information.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        let mut seen = 0_u16;
        while !bytes.is_empty() {
            let at = reader.position();
            let (id, _) = read_av_pair(&mut reader)?;
            if id == AvId::END {
                let bytes = bytes.get(..at).unwrap_or_default();
                return Ok(Self { bytes });
            }
            // The same pair twice would let two readers of the list see two different things.
            if let Some(bit) = 1_u16.checked_shl(u32::from(id.0)).filter(|_| id.0 < 16) {
                if seen & bit != 0 {
                    return Err(Malformed { what: "an AV pair that comes twice", offset: at });
                }
                seen |= bit;
            }
        }
        Ok(Self { bytes })
    }

    /// The pairs before the end, as they stand in the message.
    pub(crate) fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = (AvId, &'a [u8])> {
        let mut reader = Reader::new(self.bytes);
        std::iter::from_fn(
            move || {
                if reader.is_empty() { None } else { read_av_pair(&mut reader).ok() }
            },
        )
    }

    pub(crate) fn get(self, wanted: AvId) -> Option<&'a [u8]> {
        self.iter().find(|(id, _)| *id == wanted).map(|(_, value)| value)
    }

    /// MsvAvFlags; no pair, or one of a wrong size, is no flags.
    pub(crate) fn flags(self) -> Result<AvFlags, Malformed> {
        match self.get(AvId::FLAGS) {
            None => Ok(AvFlags::empty()),
            Some(value) => {
                let malformed = Malformed { what: "the value of MsvAvFlags", offset: 0 };
                let bits = value.try_into().map(u32::from_le_bytes).map_err(|_| malformed)?;
                Ok(AvFlags::from_bits_retain(bits))
            }
        }
    }

    /// MsvAvTimestamp.
    pub(crate) fn timestamp(self) -> Result<Option<u64>, Malformed> {
        let malformed = Malformed { what: "the value of MsvAvTimestamp", offset: 0 };
        self.get(AvId::TIMESTAMP)
            .map(|value| value.try_into().map(u64::from_le_bytes).map_err(|_| malformed))
            .transpose()
    }
}

/// Reads one pair.
pub(crate) fn read_av_pair<'a>(reader: &mut Reader<'a>) -> Result<(AvId, &'a [u8]), Malformed> {
    let id = AvId(reader.u16_le("the id of an AV pair")?);
    let length = reader.u16_le("the length of an AV pair")?;
    Ok((id, reader.take(usize::from(length), "the value of an AV pair")?))
}

/// Appends a pair. Values are names and hashes of bounded length.
pub(crate) fn write_av_pair(out: &mut Vec<u8>, id: AvId, value: &[u8]) {
    out.extend_from_slice(&id.0.to_le_bytes());
    out.extend_from_slice(&u16::try_from(value.len()).unwrap_or(u16::MAX).to_le_bytes());
    out.extend_from_slice(value);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(pairs: &[(AvId, &[u8])]) -> Vec<u8> {
        let mut out = Vec::new();
        for (id, value) in pairs {
            write_av_pair(&mut out, *id, value);
        }
        out
    }

    #[test]
    fn a_list_is_read_to_its_end() {
        let bytes = list(&[
            (AvId::NETBIOS_DOMAIN, b"D\0"),
            (AvId::TIMESTAMP, &[1; 8]),
            (AvId::FLAGS, &[2, 0, 0, 0]),
            (AvId::END, b""),
            (AvId::NETBIOS_DOMAIN, b"behind the end"),
        ]);
        let pairs = AvPairs::parse(&bytes).unwrap();
        assert_eq!(pairs.iter().count(), 3);
        assert_eq!(pairs.get(AvId::NETBIOS_DOMAIN), Some(&b"D\0"[..]));
        assert_eq!(pairs.flags(), Ok(AvFlags::MIC));
        assert_eq!(pairs.timestamp(), Ok(Some(0x0101_0101_0101_0101)));
    }

    #[test]
    fn a_list_without_its_end_or_with_a_pair_twice_is_refused() {
        let endless = list(&[(AvId::FLAGS, &[0; 4])]);
        assert!(AvPairs::parse(&endless).is_err());
        let twice = list(&[(AvId::FLAGS, &[0; 4]), (AvId::FLAGS, &[2; 4]), (AvId::END, b"")]);
        assert_eq!(AvPairs::parse(&twice).unwrap_err().what, "an AV pair that comes twice");
        assert_eq!(AvPairs::parse(b"").unwrap().iter().count(), 0);
    }

    #[test]
    fn values_of_a_wrong_size_are_refused() {
        let bytes = list(&[(AvId::FLAGS, &[2]), (AvId::TIMESTAMP, &[1; 7]), (AvId::END, b"")]);
        let pairs = AvPairs::parse(&bytes).unwrap();
        assert!(pairs.flags().is_err() && pairs.timestamp().is_err());
    }
}
