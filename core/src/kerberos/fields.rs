//! The fields of keytabs and credential caches: integers in the order of the file, and bytes behind
//! their length.

use super::{EncryptionType, Key};
use crate::codec::reader::{Malformed, Reader};
use crate::credentials::Secret;
use crate::time::Time;
use zeroize::Zeroizing;

/// The order of the bytes of an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// That of the machine that wrote the file, which must be one like this: old versions.
    Native,
    /// The highest first.
    Network,
}

/// A cursor over the fields of a file, or of a part of it.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    reader: Reader<'a>,
    order: Order,
    /// Where in the file the part begins.
    start: usize,
}

impl<'a> Fields<'a> {
    pub(super) fn new(bytes: &'a [u8], order: Order) -> Self {
        Self { reader: Reader::new(bytes), order, start: 0 }
    }

    pub(super) fn in_order(mut self, order: Order) -> Self {
        self.order = order;
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.reader.is_empty()
    }

    /// What is wrong at this place of the file.
    pub(super) fn malformed(&self, what: &'static str) -> Malformed {
        self.placed(self.reader.malformed(what))
    }

    fn placed(&self, malformed: Malformed) -> Malformed {
        Malformed { offset: malformed.offset.saturating_add(self.start), ..malformed }
    }

    pub(super) fn take(
        &mut self,
        length: usize,
        what: &'static str,
    ) -> Result<&'a [u8], Malformed> {
        let (reader, start) = (&mut self.reader, self.start);
        reader.take(length, what).map_err(|malformed| Malformed {
            offset: malformed.offset.saturating_add(start),
            ..malformed
        })
    }

    /// The next bytes as fields of their own.
    pub(super) fn part(&mut self, length: usize, what: &'static str) -> Result<Self, Malformed> {
        let start = self.start.saturating_add(self.reader.position());
        let bytes = self.take(length, what)?;
        Ok(Self { reader: Reader::new(bytes), order: self.order, start })
    }

    fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], Malformed> {
        let malformed = self.malformed(what);
        self.take(N, what)?.try_into().map_err(|_| malformed)
    }

    pub(super) fn u8(&mut self, what: &'static str) -> Result<u8, Malformed> {
        self.array(what).map(u8::from_ne_bytes)
    }

    pub(super) fn u16(&mut self, what: &'static str) -> Result<u16, Malformed> {
        let bytes = self.array(what)?;
        Ok(match self.order {
            Order::Native => u16::from_ne_bytes(bytes),
            Order::Network => u16::from_be_bytes(bytes),
        })
    }

    pub(super) fn u32(&mut self, what: &'static str) -> Result<u32, Malformed> {
        let bytes = self.array(what)?;
        Ok(match self.order {
            Order::Native => u32::from_ne_bytes(bytes),
            Order::Network => u32::from_be_bytes(bytes),
        })
    }

    pub(super) fn i16(&mut self, what: &'static str) -> Result<i16, Malformed> {
        self.u16(what).map(u16::cast_signed)
    }

    pub(super) fn i32(&mut self, what: &'static str) -> Result<i32, Malformed> {
        self.u32(what).map(u32::cast_signed)
    }

    /// A moment in seconds since 1970; zero is none.
    pub(super) fn time(&mut self, what: &'static str) -> Result<Option<Time>, Malformed> {
        let seconds = self.u32(what)?;
        Ok((seconds > 0).then(|| Time::from_unix_seconds(seconds.into())))
    }

    /// Bytes behind a length of 16 bits.
    pub(super) fn bytes16(&mut self, what: &'static str) -> Result<&'a [u8], Malformed> {
        let length = self.u16(what)?;
        self.take(length.into(), what)
    }

    /// Bytes behind a length of 32 bits.
    pub(super) fn bytes32(&mut self, what: &'static str) -> Result<&'a [u8], Malformed> {
        let length = self.u32(what)?;
        let length = usize::try_from(length).map_err(|_| self.malformed(what))?;
        self.take(length, what)
    }

    /// The text of such bytes, which `read` has just read.
    pub(super) fn text(
        &mut self,
        read: fn(&mut Self, &'static str) -> Result<&'a [u8], Malformed>,
        what: &'static str,
    ) -> Result<String, Malformed> {
        let malformed = self.malformed(what);
        let bytes = read(self, what)?;
        std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| malformed)
    }

    /// The key of a type from such bytes.
    pub(super) fn key(
        &mut self,
        encryption_type: i16,
        read: fn(&mut Self, &'static str) -> Result<&'a [u8], Malformed>,
    ) -> Result<Key, Malformed> {
        let malformed = self.malformed("a key whose length is not that of its type");
        let bytes = read(self, "a key")?;
        Key::new(EncryptionType(encryption_type.into()), bytes).map_err(|_| malformed)
    }
}

/// What was asked to be written and does not fit into its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLarge(pub(super) &'static str);

/// Fields as they are written. The bytes hold keys: they are wiped, those that were outgrown too.
pub(super) struct Writer {
    bytes: Zeroizing<Vec<u8>>,
    order: Order,
}

impl Writer {
    pub(super) fn new(order: Order) -> Self {
        Self { bytes: Zeroizing::new(Vec::with_capacity(1024)), order }
    }

    pub(super) fn finish(self) -> Secret {
        Secret::new(&self.bytes)
    }

    pub(super) fn put(&mut self, bytes: &[u8]) {
        let needed = self.bytes.len().saturating_add(bytes.len());
        if needed > self.bytes.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(needed.saturating_mul(2)));
            larger.extend_from_slice(&self.bytes);
            self.bytes = larger;
        }
        self.bytes.extend_from_slice(bytes);
    }

    pub(super) fn u16(&mut self, number: u16) {
        self.put(&match self.order {
            Order::Native => number.to_ne_bytes(),
            Order::Network => number.to_be_bytes(),
        });
    }

    pub(super) fn u32(&mut self, number: u32) {
        self.put(&match self.order {
            Order::Native => number.to_ne_bytes(),
            Order::Network => number.to_be_bytes(),
        });
    }

    pub(super) fn time(&mut self, time: Option<Time>) -> Result<(), TooLarge> {
        let seconds = time.map_or(0, Time::unix_seconds);
        self.u32(u32::try_from(seconds).map_err(|_| TooLarge("a moment after 2106"))?);
        Ok(())
    }

    /// Bytes behind a length of 16 bits, of which libkrb5 takes the highest for a sign.
    pub(super) fn bytes16(&mut self, bytes: &[u8], what: &'static str) -> Result<(), TooLarge> {
        let length = i16::try_from(bytes.len()).map_err(|_| TooLarge(what))?;
        self.u16(length.cast_unsigned());
        self.put(bytes);
        Ok(())
    }

    pub(super) fn bytes32(&mut self, bytes: &[u8], what: &'static str) -> Result<(), TooLarge> {
        let length = i32::try_from(bytes.len()).map_err(|_| TooLarge(what))?;
        self.u32(length.cast_unsigned());
        self.put(bytes);
        Ok(())
    }

    /// The number of things that follow.
    pub(super) fn count(&mut self, count: usize, what: &'static str) -> Result<(), TooLarge> {
        let count = i32::try_from(count).map_err(|_| TooLarge(what))?;
        self.u32(count.cast_unsigned());
        Ok(())
    }

    /// The number of a key's type; both kinds of file have 16 bits for it.
    pub(super) fn encryption_type(&mut self, key: &Key) -> Result<(), TooLarge> {
        let number = i16::try_from(key.encryption_type().0)
            .map_err(|_| TooLarge("the number of an encryption type"))?;
        self.u16(number.cast_unsigned());
        Ok(())
    }
}
