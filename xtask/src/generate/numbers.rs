//! The names and numbers of the core, for the files that list them.

use anysspi::raw::{Attribute, BufferKind};

/// The largest number of an attribute or of a kind of buffer that is looked for.
const LARGEST: u32 = 0xFFFF;

/// The bit of attributes that the SDK numbers apart, as `SECPKG_ATTR_CREDS`.
const APART: u32 = 0x8000_0000;

/// The flags of a kind.
macro_rules! bits {
    ($kind:ty) => {
        <$kind>::all().iter_names().map(|(name, flag)| (name.to_owned(), u64::from(flag.bits())))
    };
}
pub(super) use bits;

pub(super) fn buffer_kinds() -> impl Iterator<Item = (String, u64)> {
    (0..LARGEST).filter_map(|number| Some((BufferKind(number).name()?.to_owned(), number.into())))
}

pub(super) fn attributes() -> impl Iterator<Item = (String, u64)> {
    (0..LARGEST).chain(APART..APART | LARGEST).filter_map(|number| {
        let symbol = Attribute(number).symbol();
        Some((symbol.strip_prefix("SECPKG_ATTR_")?.to_owned(), number.into()))
    })
}
