//! PAC_ATTRIBUTES_INFO ([MS-PAC] 2.14): why there is a PAC.

use crate::codec::reader::{Malformed, Reader};
use bitflags::bitflags;

bitflags! {
    /// Why a ticket-granting ticket has a PAC, which all of them have: without any of these the client
    /// wanted none, and tickets for services are to have none.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub(crate) struct PacAttributes: u32 {
        const WAS_REQUESTED = 1;
        /// The client did not say whether it wants one.
        const WAS_GIVEN = 2;
    }
}

/// How many bits of them there are.
#[cfg(any(feature = "realm", test))]
const COUNT: u32 = 2;

impl PacAttributes {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        let malformed = reader.malformed("FlagsLength");
        // So many bits, and at least one number of 32 of them.
        let count = reader.u32_le("FlagsLength")?;
        let flags = reader.u32_le("Flags")?;
        if count == 0 {
            return Err(malformed);
        }
        Ok(Self::from_bits_truncate(flags))
    }

    #[cfg(any(feature = "realm", test))]
    pub(super) fn write(self) -> Vec<u8> {
        [COUNT.to_le_bytes(), self.bits().to_le_bytes()].concat()
    }
}
