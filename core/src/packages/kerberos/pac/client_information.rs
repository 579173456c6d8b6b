//! PAC_CLIENT_INFO ([MS-PAC] 2.7): which ticket the PAC belongs to.

use crate::codec::reader::{Malformed, Reader};
use crate::codec::utf16;
use crate::time::Time;

/// PAC_CLIENT_INFO.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ClientInformation {
    /// When the client proved who it is, as its ticket says.
    pub(super) authenticated: Time,
    /// The client's name, as its ticket says, its parts between slashes.
    pub(super) name: String,
}

impl ClientInformation {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        const NAME: &str = "the name in PAC_CLIENT_INFO";
        let mut reader = Reader::new(bytes);
        let authenticated = reader.u64_le("ClientId").map(Time::from_filetime)?;
        let length = reader.u16_le("NameLength")?;
        let malformed = reader.malformed(NAME);
        let name = utf16::decode(reader.take(length.into(), NAME)?).ok_or(malformed)?;
        Ok(Self { authenticated, name })
    }
}
