//! What the messages are made of: text, names, times, numbers, flags (RFC 4120 5.2).

use crate::kerberos::{NameType, Principal};
use crate::time::Time;
use der::asn1::{BitStringRef, GeneralizedTime, OctetStringRef};
use der::{
    DateTime, Decode, DecodeValue, Encode, EncodeValue, ErrorKind, FixedTag, Header, Length,
    Reader, Sequence, Tag, TagNumber, Writer,
};
use std::fmt::{self, Write as _};
use std::time::Duration;

/// A message in its `[APPLICATION number]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Application<const NUMBER: u32, Message>(pub(crate) Message);

impl<const NUMBER: u32, Message> FixedTag for Application<NUMBER, Message> {
    const TAG: Tag = Tag::Application { constructed: true, number: TagNumber(NUMBER) };
}

impl<'a, const NUMBER: u32, Message> DecodeValue<'a> for Application<NUMBER, Message>
where
    Message: Decode<'a, Error = der::Error>,
{
    type Error = der::Error;

    fn decode_value<R: Reader<'a>>(reader: &mut R, _header: Header) -> der::Result<Self> {
        Message::decode(reader).map(Self)
    }
}

impl<const NUMBER: u32, Message: Encode> EncodeValue for Application<NUMBER, Message> {
    fn value_len(&self) -> der::Result<Length> {
        self.0.encoded_len()
    }

    fn encode_value(&self, writer: &mut impl Writer) -> der::Result<()> {
        self.0.encode(writer)
    }
}

/// KerberosString and Realm (RFC 4120 5.2.1): a GeneralString, in UTF-8 as everybody writes it.
///
/// Other bytes are refused and not replaced: two names must not become the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Text<'a>(pub(crate) &'a str);

impl FixedTag for Text<'_> {
    const TAG: Tag = Tag::GeneralString;
}

impl<'a> DecodeValue<'a> for Text<'a> {
    type Error = der::Error;

    fn decode_value<R: Reader<'a>>(reader: &mut R, header: Header) -> der::Result<Self> {
        let bytes = reader.read_slice(header.length())?;
        let text = std::str::from_utf8(bytes);
        text.map(Self).map_err(|_| reader.error(ErrorKind::Value { tag: Tag::GeneralString }))
    }
}

impl EncodeValue for Text<'_> {
    fn value_len(&self) -> der::Result<Length> {
        self.0.len().try_into()
    }

    fn encode_value(&self, writer: &mut impl Writer) -> der::Result<()> {
        writer.write(self.0.as_bytes())
    }
}

/// Text for people (e-text of a KRB-ERROR), in whatever character set the peer's machine has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Note<'a>(pub(crate) &'a [u8]);

impl FixedTag for Note<'_> {
    const TAG: Tag = Tag::GeneralString;
}

impl<'a> DecodeValue<'a> for Note<'a> {
    type Error = der::Error;

    fn decode_value<R: Reader<'a>>(reader: &mut R, header: Header) -> der::Result<Self> {
        reader.read_slice(header.length()).map(Self)
    }
}

impl EncodeValue for Note<'_> {
    fn value_len(&self) -> der::Result<Length> {
        self.0.len().try_into()
    }

    fn encode_value(&self, writer: &mut impl Writer) -> der::Result<()> {
        writer.write(self.0)
    }
}

/// In one line, and no longer than a line of a log may be.
impl fmt::Display for Note<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = String::from_utf8_lossy(self.0);
        let text = text.trim_end_matches('\0').chars().take(200).flat_map(char::escape_debug);
        text.into_iter().try_for_each(|character| formatter.write_char(character))
    }
}

/// PrincipalName (RFC 4120 5.2.2).
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct PrincipalName<'a> {
    #[asn1(context_specific = "0")]
    pub(crate) name_type: i32,
    #[asn1(context_specific = "1")]
    pub(crate) parts: Vec<Text<'a>>,
}

impl<'a> PrincipalName<'a> {
    /// The name of a principal, without its realm.
    pub(crate) fn of(principal: &'a Principal) -> Self {
        Self {
            name_type: principal.name_type().0,
            parts: principal.parts().iter().map(|part| Text(part)).collect(),
        }
    }

    /// The principal of this name in a realm.
    pub(crate) fn in_realm(&self, realm: Text<'_>) -> Principal {
        let parts = self.parts.iter().map(|part| part.0);
        Principal::new(NameType(self.name_type), parts, realm.0)
    }
}

/// KerberosTime (RFC 4120 5.2.3), in whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct KerberosTime(pub(crate) Time);

/// The calendar repeats itself after so many years, and so many seconds.
const CYCLE_YEARS: u16 = 400;
const CYCLE_SECONDS: u64 = 146_097 * 86_400;

/// 9999-12-31T23:59:59Z, the last moment there is a text for, in seconds since 1970.
const LAST_SECOND: u64 = 253_402_300_799;

impl KerberosTime {
    /// The time, unless it is the first second of 1970: that stands for none wherever a time must be
    /// written and there is none to write, as `till` and `rtime` of MIT and Windows.
    pub(crate) fn given(self) -> Option<Time> {
        Some(self.0).filter(|time| *time != Time::from_unix_seconds(0))
    }

    /// The time as DER writes it, where DER knows the year. What comes after the last year is that.
    fn general(self) -> der::Result<GeneralizedTime> {
        let seconds = self.0.unix_seconds().min(LAST_SECOND);
        GeneralizedTime::from_unix_duration(Duration::from_secs(seconds))
    }
}

impl FixedTag for KerberosTime {
    const TAG: Tag = Tag::GeneralizedTime;
}

/// `YYYYMMDDHHMMSSZ` and nothing else: no fractions, no other zone. Years before 1970 are read too,
/// which nobody means and some write; the earliest that is told apart is 1601.
impl<'a> DecodeValue<'a> for KerberosTime {
    type Error = der::Error;

    fn decode_value<R: Reader<'a>>(reader: &mut R, header: Header) -> der::Result<Self> {
        let text = reader.read_slice(header.length())?;
        let time = read_time(text);
        time.map(Self).ok_or_else(|| reader.error(ErrorKind::Value { tag: Tag::GeneralizedTime }))
    }
}

fn read_time(text: &[u8]) -> Option<Time> {
    let (digits, b"Z") = text.split_at_checked(14)? else { return None };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0_u16, |number, digit| {
            let digit = digit.is_ascii_digit().then(|| digit - b'0')?;
            number.checked_mul(10)?.checked_add(digit.into())
        })
    };
    let (year, rest) = digits.split_at_checked(4)?;
    let mut pairs = rest.chunks_exact(2).map(|pair| u8::try_from(number(pair)?).ok());
    let mut pair = || pairs.next().flatten();
    let (month, day, hour, minute, second) = (pair()?, pair()?, pair()?, pair()?, pair()?);
    let year = number(year)?;
    // The library knows no year before 1970; the calendar of a whole cycle later is the same.
    let cycles = u64::from(1970_u16.saturating_sub(year).div_ceil(CYCLE_YEARS));
    let later = u16::try_from(cycles).ok()?.checked_mul(CYCLE_YEARS)?.checked_add(year)?;
    let date = DateTime::new(later, month, day, hour, minute, second).ok()?;
    let seconds = date.unix_duration().as_secs();
    let from_1601 = Time::from_unix_seconds(seconds).filetime() / 10_000_000;
    let seconds = from_1601.saturating_sub(cycles.checked_mul(CYCLE_SECONDS)?);
    Some(Time::from_filetime(seconds.checked_mul(10_000_000)?))
}

impl EncodeValue for KerberosTime {
    fn value_len(&self) -> der::Result<Length> {
        self.general()?.value_len()
    }

    fn encode_value(&self, writer: &mut impl Writer) -> der::Result<()> {
        self.general()?.encode_value(writer)
    }
}

/// The number in an INTEGER. Some write all four bytes of theirs, with zeros in front, which DER has not.
fn integer<'a, R: Reader<'a>>(reader: &mut R, header: Header) -> der::Result<i64> {
    let bytes = reader.read_slice(header.length())?;
    match bytes {
        [first, ..] if bytes.len() <= size_of::<i64>() => {
            let sign = if *first < 0x80 { 0 } else { -1 };
            Ok(bytes.iter().fold(sign, |number, byte| number << 8 | i64::from(*byte)))
        }
        _ => Err(reader.error(ErrorKind::Value { tag: Tag::Integer })),
    }
}

/// Microseconds (RFC 4120 5.2.4): less than a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Microseconds(pub(crate) u32);

impl FixedTag for Microseconds {
    const TAG: Tag = Tag::Integer;
}

impl<'a> DecodeValue<'a> for Microseconds {
    type Error = der::Error;

    fn decode_value<R: Reader<'a>>(reader: &mut R, header: Header) -> der::Result<Self> {
        let number = u32::try_from(integer(reader, header)?).ok();
        let number = number.filter(|number| *number <= 999_999).map(Self);
        number.ok_or_else(|| reader.error(ErrorKind::Value { tag: Tag::Integer }))
    }
}

impl EncodeValue for Microseconds {
    fn value_len(&self) -> der::Result<Length> {
        self.0.value_len()
    }

    fn encode_value(&self, writer: &mut impl Writer) -> der::Result<()> {
        self.0.encode_value(writer)
    }
}

/// UInt32, which some write as a negative number (RFC 4120 5.2.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Number(pub(crate) u32);

impl FixedTag for Number {
    const TAG: Tag = Tag::Integer;
}

impl<'a> DecodeValue<'a> for Number {
    type Error = der::Error;

    fn decode_value<R: Reader<'a>>(reader: &mut R, header: Header) -> der::Result<Self> {
        let number = integer(reader, header)?;
        let negative = i32::try_from(number).map(i32::cast_unsigned);
        let number = negative.or_else(|_| u32::try_from(number));
        number.map(Self).map_err(|_| reader.error(ErrorKind::Value { tag: Tag::Integer }))
    }
}

impl EncodeValue for Number {
    fn value_len(&self) -> der::Result<Length> {
        self.0.value_len()
    }

    fn encode_value(&self, writer: &mut impl Writer) -> der::Result<()> {
        self.0.encode_value(writer)
    }
}

/// KerberosFlags (RFC 4120 5.2.8), the first one in the highest bit. Those beyond 32 are passed over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flags(pub(crate) u32);

impl FixedTag for Flags {
    const TAG: Tag = Tag::BitString;
}

impl<'a> DecodeValue<'a> for Flags {
    type Error = der::Error;

    /// Fewer than 32 are read too: those that are not there are not set. RFC 4120 asks for 32 at
    /// least, which Heimdal wrote only when told to.
    fn decode_value<R: Reader<'a>>(reader: &mut R, header: Header) -> der::Result<Self> {
        let flags = read_flags(reader.read_slice(header.length())?);
        flags.map(Self).ok_or_else(|| reader.error(ErrorKind::Value { tag: Tag::BitString }))
    }
}

/// The first 32 bits of the content of a BIT STRING.
fn read_flags(content: &[u8]) -> Option<u32> {
    let (unused, bytes) = content.split_first()?;
    if *unused > 7 || (*unused > 0 && bytes.is_empty()) {
        return None;
    }
    let mut flags = [0; 4];
    flags.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
    // What is unused in the last byte says nothing, whatever it is.
    if let Some(last) = bytes.len().checked_sub(1).and_then(|last| flags.get_mut(last)) {
        *last &= 0xFF << unused;
    }
    Some(u32::from_be_bytes(flags))
}

impl EncodeValue for Flags {
    fn value_len(&self) -> der::Result<Length> {
        BitStringRef::from_bytes(&self.0.to_be_bytes())?.value_len()
    }

    fn encode_value(&self, writer: &mut impl Writer) -> der::Result<()> {
        BitStringRef::from_bytes(&self.0.to_be_bytes())?.encode_value(writer)
    }
}

/// Bytes with a number that says what they are: HostAddress and AuthorizationData (RFC 4120 5.2.5,
/// 5.2.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct Typed<'a> {
    #[asn1(context_specific = "0")]
    pub(crate) number: i32,
    #[asn1(context_specific = "1")]
    pub(crate) bytes: &'a OctetStringRef,
}

impl Typed<'_> {
    /// The same out of its message.
    pub(crate) fn owned(&self) -> crate::kerberos::Typed {
        crate::kerberos::Typed { number: self.number, bytes: self.bytes.as_bytes().to_vec() }
    }
}
