//! UPN_DNS_INFO ([MS-PAC] 2.10): the client's user principal name and the DNS name of its domain.

use crate::codec::reader::{Malformed, Reader};
use crate::codec::utf16;
use crate::sid::Sid;

/// The flag of an account that has no user principal name of its own: it was made of its name.
pub(super) const WAS_MADE: u32 = 1;
/// The flag behind which the account's name and identifier are there too.
pub(super) const IS_EXTENDED: u32 = 2;

/// UPN_DNS_INFO.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UpnDnsInformation {
    pub(crate) upn: String,
    pub(crate) dns_domain: String,
    /// The account has no such name of its own.
    pub(crate) was_made: bool,
    /// The account's name and identifier, from Windows 2016 on.
    pub(crate) account: Option<(String, Sid)>,
}

impl UpnDnsInformation {
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        let upn = text(bytes, &mut reader, "Upn")?;
        let dns_domain = text(bytes, &mut reader, "DnsDomainName")?;
        let flags = reader.u32_le("Flags")?;
        let mut account = None;
        if flags & IS_EXTENDED != 0 {
            let name = text(bytes, &mut reader, "SamName")?;
            let malformed = reader.malformed("Sid");
            let sid = place(bytes, &mut reader, "Sid")?;
            let mut sid_reader = Reader::new(sid);
            let sid = Sid::read(&mut sid_reader).map_err(|_| malformed)?;
            account = Some((name, sid));
        }
        Ok(Self { upn, dns_domain, was_made: flags & WAS_MADE != 0, account })
    }
}

/// The bytes whose length and offset come next.
fn place<'a>(
    bytes: &'a [u8],
    reader: &mut Reader<'_>,
    what: &'static str,
) -> Result<&'a [u8], Malformed> {
    let malformed = reader.malformed(what);
    let length = usize::from(reader.u16_le(what)?);
    let offset = usize::from(reader.u16_le(what)?);
    let end = offset.checked_add(length).ok_or(malformed)?;
    bytes.get(offset..end).ok_or(malformed)
}

fn text(bytes: &[u8], reader: &mut Reader<'_>, what: &'static str) -> Result<String, Malformed> {
    let malformed = reader.malformed(what);
    utf16::decode(place(bytes, reader, what)?).ok_or(malformed)
}
