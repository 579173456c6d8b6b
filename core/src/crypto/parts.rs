//! A message in several pieces, of which some are encrypted and all are signed.

/// One piece of a message.
pub(crate) enum Part<'a> {
    /// It is encrypted, in place, and signed.
    Sealed(&'a mut [u8]),
    /// It is only signed.
    Signed(&'a [u8]),
}

impl Part<'_> {
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Sealed(bytes) => bytes,
            Self::Signed(bytes) => bytes,
        }
    }

    fn sealed(&self) -> Option<&[u8]> {
        match self {
            Self::Sealed(bytes) => Some(bytes),
            Self::Signed(_) => None,
        }
    }
}

/// How many bytes of the message are encrypted.
pub(crate) fn sealed_length(parts: &[Part<'_>]) -> usize {
    parts.iter().filter_map(Part::sealed).fold(0, |sum, bytes| sum.saturating_add(bytes.len()))
}

/// A place in a message, where everything before it is done.
#[derive(Clone, Copy, Default)]
pub(super) struct Cursor {
    /// So many pieces are done.
    pub(super) part: usize,
    /// So many bytes of the next one are.
    pub(super) offset: usize,
}

impl Cursor {
    /// Copies what is encrypted from here on.
    pub(super) fn gather(self, parts: &[Part<'_>], into: &mut [u8]) {
        let mut offset = self.offset;
        let mut into = into.iter_mut();
        for part in parts.iter().skip(self.part) {
            let sealed = part.sealed().unwrap_or_default();
            let bytes = sealed.get(offset..).unwrap_or_default();
            offset = 0;
            bytes.iter().zip(into.by_ref()).for_each(|(byte, place)| *place = *byte);
        }
    }

    /// Copies it back, and says where it ends.
    pub(super) fn scatter(self, parts: &mut [Part<'_>], mut from: &[u8]) -> Self {
        let mut offset = self.offset;
        for (index, part) in parts.iter_mut().enumerate().skip(self.part) {
            let Part::Sealed(sealed) = part else { continue };
            let bytes = sealed.get_mut(offset..).unwrap_or_default();
            let length = bytes.len().min(from.len());
            let (here, later) = from.split_at(length);
            bytes.iter_mut().zip(here).for_each(|(place, byte)| *place = *byte);
            from = later;
            if from.is_empty() {
                return Self { part: index, offset: offset.saturating_add(length) };
            }
            offset = 0;
        }
        Self { part: parts.len(), offset: 0 }
    }

    /// Everything that is signed from here on.
    pub(super) fn rest<'p>(self, parts: &'p [Part<'_>]) -> impl Iterator<Item = &'p [u8]> {
        let mut offset = self.offset;
        parts
            .iter()
            .skip(self.part)
            .map(move |part| part.bytes().get(std::mem::take(&mut offset)..).unwrap_or_default())
    }
}
