//! The tokens of SPNEGO (RFC 4178 4.2, [MS-SPNG] 2.2.1), read from a peer's bytes and written.
//!
//! The encoding is DER and nothing else: lengths that are not the shortest, indefinite ones, wrong
//! tags and bytes behind the end are errors. The shapes are few, so that reading and writing them is
//! spelt out, which is several times as fast as what a library derives; the tests hold every byte of
//! it against that. Long lengths and bit strings are the library's.

use crate::error::{Error, Result};
use crate::status::Status;
use der::asn1::BitStringRef;
use der::{Decode, Length};

/// The tags of DER that occur, but for those of numbered fields.
mod tag {
    pub(super) const OCTET_STRING: u8 = 0x04;
    pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
    pub(super) const ENUMERATED: u8 = 0x0A;
    pub(super) const GENERAL_STRING: u8 = 0x1B;
    pub(super) const SEQUENCE: u8 = 0x30;
    /// The frame of GSS-API (RFC 2743 3.1).
    pub(super) const FRAME: u8 = 0x60;
    pub(super) const NEG_TOKEN_INIT: u8 = 0xA0;
    pub(super) const NEG_TOKEN_RESP: u8 = 0xA1;
}

/// 1.3.6.1.5.5.2
const SPNEGO: &Mechanism = &[0x2B, 0x06, 0x01, 0x05, 0x05, 0x02];

/// The largest token that is read at all.
pub(crate) const LARGEST_TOKEN: usize = 64 * 1024;

/// The most mechanisms that a list may name.
pub(crate) const MOST_MECHANISMS: usize = 64;

/// What a server that speaks first puts into its hints ([MS-SPNG] 3.2.5.2).
const HINT: &[u8] = b"not_defined_in_RFC4178@please_ignore";

/// A mechanism: the content of its object identifier.
pub(crate) type Mechanism = [u8];

/// How a negotiation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(der::Enumerated), asn1(type = "ENUMERATED"))]
#[repr(u8)]
pub(crate) enum NegState {
    AcceptCompleted = 0,
    AcceptIncomplete = 1,
    Reject = 2,
    RequestMic = 3,
}

/// A negotiation's first token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NegTokenInit<'a> {
    /// The list, whose encoding the mechListMIC is over.
    pub(crate) list: MechanismList<'a>,
    pub(crate) mech_token: Option<&'a [u8]>,
}

/// Every later token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct NegTokenResp<'a> {
    pub(crate) state: Option<NegState>,
    pub(crate) mechanism: Option<&'a Mechanism>,
    pub(crate) token: Option<&'a [u8]>,
    pub(crate) mic: Option<&'a [u8]>,
}

/// A token of either kind.
#[derive(Clone, Copy, Debug)]
pub(crate) enum NegotiationToken<'a> {
    Init(NegTokenInit<'a>),
    Resp(NegTokenResp<'a>),
}

/// A MechTypeList.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MechanismList<'a> {
    encoding: &'a [u8],
    content: &'a [u8],
}

fn malformed(cause: der::Error) -> Error {
    refused(&cause.to_string()).with_source(cause)
}

fn refused(what: &str) -> Error {
    Error::new(Status::INVALID_TOKEN, format!("the peer's SPNEGO token is malformed: {what}"))
}

/// Values that stand one after the other.
struct Values<'a>(&'a [u8]);

impl<'a> Values<'a> {
    /// The content of the next value, if that has this tag.
    #[inline]
    fn next(&mut self, tag: u8) -> Result<Option<&'a [u8]>> {
        let Some((_, rest)) = self.0.split_first().filter(|(first, _)| **first == tag) else {
            return Ok(None);
        };
        let (content, rest) = content(rest)?;
        self.0 = rest;
        Ok(Some(content))
    }

    /// What stands in the field of this number, if that is the next: one value with this tag.
    #[inline]
    fn field(&mut self, number: u8, tag: u8) -> Result<Option<&'a [u8]>> {
        let field = self.next(tag::NEG_TOKEN_INIT | number)?;
        field.map(|field| only(field, tag)).transpose()
    }

    fn finish(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(refused("a value is out of place")) }
    }
}

/// The content before whose length the bytes begin, and what follows it.
fn content(bytes: &[u8]) -> Result<(&[u8], &[u8])> {
    // The short form stands for itself; the long one is the library's.
    let (length, rest) = if let Some((length @ 0..0x80, rest)) = bytes.split_first() {
        (usize::from(*length), rest)
    } else {
        let (length, rest) = Length::from_der_partial(bytes).map_err(malformed)?;
        (usize::try_from(length).map_err(malformed)?, rest)
    };
    rest.split_at_checked(length).ok_or_else(|| refused("a value goes on beyond the end"))
}

/// The content of the one value that the bytes are, and which has this tag.
#[inline]
fn only(bytes: &[u8], tag: u8) -> Result<&[u8]> {
    let mut values = Values(bytes);
    let content = values.next(tag)?.ok_or_else(|| refused("a value is missing, or is another"))?;
    values.finish()?;
    Ok(content)
}

impl<'a> NegotiationToken<'a> {
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self> {
        Self::parse_framed(bytes, gss_token(bytes))
    }

    /// The same where the framing of GSS-API has been read, if there is one.
    pub(crate) fn parse_framed(bytes: &'a [u8], frame: Option<GssToken<'a>>) -> Result<Self> {
        if bytes.len() > LARGEST_TOKEN {
            return Err(refused("it is larger than 64 KiB"));
        }
        let token = match frame {
            Some((SPNEGO, body)) => body,
            Some(_) => return Err(refused("it is a token of another mechanism")),
            None => bytes,
        };
        match token.first() {
            Some(&tag::NEG_TOKEN_INIT) => {
                let body = only(only(token, tag::NEG_TOKEN_INIT)?, tag::SEQUENCE)?;
                NegTokenInit::read(body).map(Self::Init)
            }
            Some(&tag::NEG_TOKEN_RESP) => {
                let body = only(only(token, tag::NEG_TOKEN_RESP)?, tag::SEQUENCE)?;
                NegTokenResp::read(body).map(Self::Resp)
            }
            Some(&tag::FRAME) => Err(refused("the GSS-API framing is damaged")),
            _ => Err(refused("it begins like no token of SPNEGO")),
        }
    }
}

/// The mechanism of a token of GSS-API (RFC 2743 3.1), and what follows it.
pub(crate) type GssToken<'a> = (&'a Mechanism, &'a [u8]);

/// The token of GSS-API that this is, if it is one.
pub(crate) fn gss_token(bytes: &[u8]) -> Option<GssToken<'_>> {
    if bytes.first() != Some(&tag::FRAME) {
        return None;
    }
    let mut framed = Values(only(bytes, tag::FRAME).ok()?);
    let mechanism = framed.next(tag::OBJECT_IDENTIFIER).ok()??;
    Some((mechanism, framed.0))
}

impl<'a> NegTokenInit<'a> {
    fn read(body: &'a [u8]) -> Result<Self> {
        let mut fields = Values(body);
        let list = fields.next(tag::NEG_TOKEN_INIT)?;
        let list = MechanismList::read(list.ok_or_else(|| refused("it offers no mechanisms"))?)?;
        if let Some(flags) = fields.next(tag::NEG_TOKEN_INIT | 1)? {
            BitStringRef::from_der(flags).map_err(malformed)?;
        }
        let mech_token = fields.field(2, tag::OCTET_STRING)?;
        // A mechListMIC, or in Windows' form of the token hints and then a mechListMIC
        // ([MS-SPNG] 2.2.1). So early they are nothing to go by; their form must be right all the same.
        match fields.next(tag::NEG_TOKEN_INIT | 3)? {
            Some(mic) if mic.first() == Some(&tag::OCTET_STRING) => {
                only(mic, tag::OCTET_STRING)?;
            }
            hints => {
                hints.map(|hints| only(hints, tag::SEQUENCE)).transpose()?;
                fields.field(4, tag::OCTET_STRING)?;
            }
        }
        fields.finish()?;
        Ok(Self { list, mech_token })
    }
}

impl<'a> NegTokenResp<'a> {
    fn read(body: &'a [u8]) -> Result<Self> {
        let mut fields = Values(body);
        let state = fields.field(0, tag::ENUMERATED)?.map(NegState::read).transpose()?;
        let mechanism = fields.field(1, tag::OBJECT_IDENTIFIER)?;
        let token = fields.field(2, tag::OCTET_STRING)?;
        let mic = fields.field(3, tag::OCTET_STRING)?;
        fields.finish()?;
        // Some peers put their token there a second time.
        let mic = mic.filter(|mic| !mic.is_empty() && Some(*mic) != token);
        Ok(Self { state, mechanism, token, mic })
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        let state = self.state.map(|state| [state as u8]);
        let state =
            [Element { tag: tag::ENUMERATED, content: state.as_ref().map(<[u8; 1]>::as_slice) }];
        let mechanism = [Element { tag: tag::OBJECT_IDENTIFIER, content: self.mechanism }];
        let token = [Element { tag: tag::OCTET_STRING, content: self.token }];
        let mic = [Element { tag: tag::OCTET_STRING, content: self.mic }];
        let fields = [(0xA0, &state), (0xA1, &mechanism), (0xA2, &token), (0xA3, &mic)];
        let present = || fields.iter().filter(|(_, [element])| element.content.is_some());
        let length = present().map(|(_, [element])| framed(element.length())).sum();
        let mut out = Vec::with_capacity(framed(framed(length)));
        put_header(&mut out, tag::NEG_TOKEN_RESP, framed(length));
        put_header(&mut out, tag::SEQUENCE, length);
        for (tag, [element]) in present() {
            put_header(&mut out, *tag, element.length());
            element.put(&mut out);
        }
        out
    }
}

/// One value to be written, if there is one.
#[derive(Clone, Copy)]
struct Element<'a> {
    tag: u8,
    content: Option<&'a [u8]>,
}

impl Element<'_> {
    fn length(&self) -> usize {
        self.content.map_or(0, |content| framed(content.len()))
    }

    fn put(&self, out: &mut Vec<u8>) {
        if let Some(content) = self.content {
            put_header(out, self.tag, content.len());
            out.extend_from_slice(content);
        }
    }
}

/// The length of a value with the tag and the length before it.
fn framed(length: usize) -> usize {
    let octets = match length {
        0..=0x7F => 0,
        0x80..=0xFF => 1,
        0x100..=0xFFFF => 2,
        _ => 4,
    };
    length.saturating_add(2).saturating_add(octets)
}

/// A tag and the shortest form of a length. Tokens are far below the four octets of the longest.
fn put_header(out: &mut Vec<u8>, tag: u8, length: usize) {
    let [_, _, _, _, a, b, c, d] = (length as u64).to_be_bytes();
    match length {
        0..=0x7F => out.extend_from_slice(&[tag, d]),
        0x80..=0xFF => out.extend_from_slice(&[tag, 0x81, d]),
        0x100..=0xFFFF => out.extend_from_slice(&[tag, 0x82, c, d]),
        _ => out.extend_from_slice(&[tag, 0x84, a, b, c, d]),
    }
}

impl NegState {
    fn read(content: &[u8]) -> Result<Self> {
        match content {
            [0] => Ok(Self::AcceptCompleted),
            [1] => Ok(Self::AcceptIncomplete),
            [2] => Ok(Self::Reject),
            [3] => Ok(Self::RequestMic),
            _ => Err(refused("it says a state that there is not")),
        }
    }
}

impl<'a> MechanismList<'a> {
    fn read(encoding: &'a [u8]) -> Result<Self> {
        let content = only(encoding, tag::SEQUENCE)?;
        let mut mechanisms = Values(content);
        let mut count = 0_usize;
        while mechanisms.next(tag::OBJECT_IDENTIFIER)?.is_some() {
            count = count.saturating_add(1);
        }
        mechanisms.finish()?;
        if count == 0 || count > MOST_MECHANISMS {
            return Err(refused("the list of mechanisms is empty or too long"));
        }
        Ok(Self { encoding, content })
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = &'a Mechanism> {
        let mut mechanisms = Values(self.content);
        std::iter::from_fn(move || mechanisms.next(tag::OBJECT_IDENTIFIER).ok()?)
    }

    /// What the mechListMIC is over: the list as it was received.
    pub(crate) fn encoding(self) -> &'a [u8] {
        self.encoding
    }
}

/// The encoding of a MechTypeList.
pub(crate) fn write_list<'a>(mechanisms: impl Iterator<Item = &'a Mechanism> + Clone) -> Vec<u8> {
    let length = mechanisms.clone().map(|mechanism| framed(mechanism.len())).sum();
    let mut out = Vec::with_capacity(framed(length));
    put_header(&mut out, tag::SEQUENCE, length);
    for mechanism in mechanisms {
        Element { tag: tag::OBJECT_IDENTIFIER, content: Some(mechanism) }.put(&mut out);
    }
    out
}

/// A NegTokenInit over an encoded list; with hints where a server speaks first.
pub(crate) fn write_init(list: &[u8], token: Option<&[u8]>, with_hints: bool) -> Vec<u8> {
    let token = Element { tag: tag::OCTET_STRING, content: token };
    // negHints ::= SEQUENCE { hintName [0] GeneralString } ([MS-SPNG] 2.2.1)
    let hint = Element { tag: tag::GENERAL_STRING, content: with_hints.then_some(HINT) };
    let hints = framed(framed(framed(hint.length())));
    let mut body = framed(list.len());
    body = body.saturating_add(token.content.map_or(0, |_| framed(token.length())));
    body = body.saturating_add(if with_hints { hints } else { 0 });
    let mechanism = Element { tag: tag::OBJECT_IDENTIFIER, content: Some(SPNEGO) };
    let content = mechanism.length().saturating_add(framed(framed(body)));
    let mut out = Vec::with_capacity(framed(content));
    put_header(&mut out, tag::FRAME, content);
    mechanism.put(&mut out);
    put_header(&mut out, 0xA0, framed(body));
    put_header(&mut out, tag::SEQUENCE, body);
    put_header(&mut out, 0xA0, list.len());
    out.extend_from_slice(list);
    if token.content.is_some() {
        put_header(&mut out, 0xA2, token.length());
        token.put(&mut out);
    }
    if with_hints {
        put_header(&mut out, 0xA3, framed(framed(hint.length())));
        put_header(&mut out, tag::SEQUENCE, framed(hint.length()));
        put_header(&mut out, 0xA0, hint.length());
        hint.put(&mut out);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use der::asn1::{AnyRef, ContextSpecific, OctetStringRef};
    use der::{Encode, Reader, Sequence, SliceReader, Tag, TagNumber, Tagged};

    const NTLM: &[u8] = &[0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0A];

    #[derive(Clone, Copy, Sequence)]
    struct InitBody<'a> {
        #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
        mech_types: AnyRef<'a>,
        #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
        flags: Option<BitStringRef<'a>>,
        #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
        mech_token: Option<&'a OctetStringRef>,
        #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
        mic_or_hints: Option<AnyRef<'a>>,
        #[asn1(context_specific = "4", tag_mode = "EXPLICIT", optional = "true")]
        mic: Option<&'a OctetStringRef>,
    }

    #[derive(Clone, Copy, Sequence)]
    struct RespBody<'a> {
        #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
        state: Option<NegState>,
        #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
        mechanism: Option<AnyRef<'a>>,
        #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
        token: Option<&'a OctetStringRef>,
        #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
        mic: Option<&'a OctetStringRef>,
    }

    /// The mechanisms, and the other fields.
    type Said<'a> = (Vec<&'a [u8]>, NegTokenResp<'a>);

    fn read(bytes: &[u8]) -> Option<Said<'_>> {
        match NegotiationToken::parse(bytes).ok()? {
            NegotiationToken::Init(NegTokenInit { list, mech_token: token }) => {
                Some((list.iter().collect(), NegTokenResp { token, ..NegTokenResp::default() }))
            }
            NegotiationToken::Resp(answer) => Some((Vec::new(), answer)),
        }
    }

    /// The same by the library alone.
    fn read_by_library(bytes: &[u8]) -> Option<Said<'_>> {
        let mut token = bytes;
        if bytes.first() == Some(&0x60) {
            let framed = AnyRef::from_der(bytes).ok()?;
            let frame = Tag::Application { constructed: true, number: TagNumber(0) };
            let mut reader =
                SliceReader::new(framed.value()).ok().filter(|_| framed.tag() == frame)?;
            let mechanism = AnyRef::decode(&mut reader).ok()?;
            if (mechanism.tag(), mechanism.value()) != (Tag::ObjectIdentifier, SPNEGO) {
                return None;
            }
            token = reader.read_slice(reader.remaining_len()).ok()?;
        }
        match token.first()? {
            0xA0 => {
                let body = ContextSpecific::<InitBody<'_>>::from_der(token).ok()?.value;
                let mechanisms =
                    Vec::<AnyRef<'_>>::from_der(&body.mech_types.to_der().ok()?).ok()?.len();
                let mut list = SliceReader::new(body.mech_types.value()).ok()?;
                let list: Vec<_> =
                    (0..mechanisms).map(|_| AnyRef::decode(&mut list).unwrap()).collect();
                let are_identifiers = list.iter().all(|one| one.tag() == Tag::ObjectIdentifier);
                let third = body.mic_or_hints.map(|third| third.tag());
                let one_mic = matches!(
                    (third, body.mic),
                    (None | Some(Tag::Sequence), _) | (Some(Tag::OctetString), None)
                );
                let is_right = are_identifiers && one_mic && (1..=64).contains(&list.len());
                let token = body.mech_token.map(OctetStringRef::as_bytes);
                let said = NegTokenResp { token, ..NegTokenResp::default() };
                is_right.then(|| (list.into_iter().map(AnyRef::value).collect(), said))
            }
            0xA1 => {
                let body = ContextSpecific::<RespBody<'_>>::from_der(token).ok()?.value;
                if body.mechanism.is_some_and(|one| one.tag() != Tag::ObjectIdentifier) {
                    return None;
                }
                let mechanism = body.mechanism.map(AnyRef::value);
                let token = body.token.map(OctetStringRef::as_bytes);
                let mic = body.mic.map(OctetStringRef::as_bytes);
                let mic = mic.filter(|mic| !mic.is_empty() && Some(*mic) != token);
                Some((Vec::new(), NegTokenResp { state: body.state, mechanism, token, mic }))
            }
            _ => None,
        }
    }

    #[test]
    fn whatever_is_changed_is_read_as_the_library_reads_it() {
        let list = write_list([NTLM, SPNEGO].into_iter());
        let body = InitBody {
            mech_types: AnyRef::from_der(&list).unwrap(),
            flags: Some(BitStringRef::new(1, &[0x80]).unwrap()),
            mech_token: Some(OctetStringRef::new(b"token").unwrap()),
            mic_or_hints: Some(AnyRef::new(Tag::OctetString, b"code").unwrap()),
            mic: None,
        };
        let hints = AnyRef::new(Tag::Sequence, &[0xA0, 3, 0x1B, 1, b'?']).unwrap();
        let with_hints = InitBody { mic_or_hints: Some(hints), mic: body.mech_token, ..body };
        let init = |value| {
            let (tag_number, tag_mode) = (TagNumber(0), der::TagMode::Explicit);
            ContextSpecific { tag_number, tag_mode, value }.to_der().unwrap()
        };
        let answer = NegTokenResp {
            state: Some(NegState::AcceptIncomplete),
            mechanism: Some(NTLM),
            token: Some(b"token"),
            mic: Some(b"code"),
        };
        let twice = NegTokenResp { mic: answer.token, ..answer };
        let long = [0x5A; 300];
        let mut accepted = 0;
        for token in [
            init(body),
            init(with_hints),
            write_init(&list, Some(b"token"), false),
            write_init(&list, None, true),
            answer.write(),
            twice.write(),
            NegTokenResp { token: Some(&long[..150]), ..answer }.write(),
            NegTokenResp { token: Some(&long), mechanism: None, ..answer }.write(),
        ] {
            let mut changed: Vec<Vec<u8>> =
                (0..token.len()).map(|at| token[..at].to_vec()).collect();
            changed.push([&token[..], &[0]].concat());
            for at in 0..token.len() {
                let (before, from) = token.split_at(at);
                changed.push([before, &from[1..]].concat());
                for byte in 0..=255 {
                    changed.push([before, &[byte], &from[1..]].concat());
                    changed.push([before, &[byte], from].concat());
                }
            }
            for changed in changed {
                let read = read(&changed);
                assert_eq!(read, read_by_library(&changed), "{changed:02X?}");
                accepted += usize::from(read.is_some());
            }
        }
        assert!(accepted > 20_000, "{accepted}");
    }

    #[test]
    fn what_is_written_is_what_the_library_would_write() {
        for length in [0, 1, 100, 117, 118, 120, 127, 128, 240, 255, 256, 1000, 65_000] {
            let token = vec![0x5A; length];
            for (mechanism, mic) in [(None, None), (Some(NTLM), Some(&[1; 16][..]))] {
                let resp = NegTokenResp {
                    state: Some(NegState::RequestMic),
                    mechanism,
                    token: Some(&token),
                    mic,
                };
                let written = resp.write();
                let body = ContextSpecific::<RespBody<'_>>::from_der(&written).unwrap();
                assert_eq!(body.to_der().unwrap(), written, "{length}");
                assert_eq!(read(&written), read_by_library(&written));
                let list = write_list([NTLM, NTLM].into_iter());
                for with_hints in [false, true] {
                    let written = write_init(&list, Some(&token), with_hints);
                    let (mechanism, inner) = gss_token(&written).unwrap();
                    assert_eq!(mechanism, SPNEGO);
                    let body = ContextSpecific::<InitBody<'_>>::from_der(inner).unwrap();
                    assert_eq!(body.to_der().unwrap(), inner, "{length}");
                    let NegotiationToken::Init(init) = NegotiationToken::parse(&written).unwrap()
                    else {
                        panic!("an offer")
                    };
                    assert_eq!(init.mech_token, Some(&*token));
                    assert_eq!(init.list.encoding(), list);
                }
            }
        }
        assert!(NegTokenResp::default().write().starts_with(&[0xA1, 2, 0x30, 0]));
    }
}
