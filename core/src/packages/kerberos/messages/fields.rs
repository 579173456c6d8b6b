//! What the messages are made of: text, names, times, numbers, flags (RFC 4120 5.2).

use crate::kerberos::{NameType, Principal};
use crate::time::Time;
use der::asn1::{BitStringRef, GeneralizedTime, OctetStringRef};
use der::{
    Decode, DecodeValue, Encode, EncodeValue, ErrorKind, FixedTag, Header, Length, Reader,
    Sequence, Tag, TagNumber, Writer,
};
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

    /// Whether it is the name of this principal, whatever kind of name either says it is.
    pub(crate) fn is_of(&self, principal: &Principal) -> bool {
        self.parts.iter().map(|part| part.0).eq(principal.parts().iter().map(String::as_str))
    }
}

/// KerberosTime (RFC 4120 5.2.3), in whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct KerberosTime(pub(crate) Time);

impl FixedTag for KerberosTime {
    const TAG: Tag = Tag::GeneralizedTime;
}

impl<'a> DecodeValue<'a> for KerberosTime {
    type Error = der::Error;

    fn decode_value<R: Reader<'a>>(reader: &mut R, header: Header) -> der::Result<Self> {
        let time = GeneralizedTime::decode_value(reader, header)?;
        Ok(Self(Time::from_unix_seconds(time.to_unix_duration().as_secs())))
    }
}

impl KerberosTime {
    fn general(self) -> der::Result<GeneralizedTime> {
        GeneralizedTime::from_unix_duration(Duration::from_secs(self.0.unix_seconds()))
    }
}

impl EncodeValue for KerberosTime {
    fn value_len(&self) -> der::Result<Length> {
        self.general()?.value_len()
    }

    fn encode_value(&self, writer: &mut impl Writer) -> der::Result<()> {
        self.general()?.encode_value(writer)
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
        let number = i64::decode_value(reader, header)?;
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

    fn decode_value<R: Reader<'a>>(reader: &mut R, header: Header) -> der::Result<Self> {
        let bits = BitStringRef::decode_value(reader, header)?;
        let mut flags = [0; 4];
        flags.iter_mut().zip(bits.raw_bytes()).for_each(|(place, byte)| *place = *byte);
        Ok(Self(u32::from_be_bytes(flags)))
    }
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
