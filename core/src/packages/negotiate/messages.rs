//! The tokens of SPNEGO (RFC 4178 4.2, [MS-SPNG] 2.2.1), read from a peer's bytes and written.
//!
//! The encoding is DER and nothing else: lengths that are not the shortest, indefinite ones, wrong
//! tags and bytes behind the end are errors. Reading is the library's; the few shapes that are
//! written go into one buffer of the right size, and the tests hold them against the library.

use crate::error::{Error, Result};
use crate::status::Status;
use der::asn1::{AnyRef, BitStringRef, ContextSpecific, OctetStringRef};
use der::{Decode, Enumerated, Reader, Sequence, SliceReader, Tag, TagNumber, Tagged};

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumerated)]
#[asn1(type = "ENUMERATED")]
#[repr(u32)]
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
#[derive(Clone, Copy, Debug, Default)]
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
pub(crate) struct MechanismList<'a>(AnyRef<'a>);

#[derive(Clone, Copy, Sequence)]
struct InitBody<'a> {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    mech_types: AnyRef<'a>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    flags: Option<BitStringRef<'a>>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    mech_token: Option<&'a OctetStringRef>,
    /// The mechListMIC, or in Windows' form of the token its hints ([MS-SPNG] 2.2.1).
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

fn malformed(what: &str, cause: der::Error) -> Error {
    Error::new(
        Status::INVALID_TOKEN,
        format!("the peer's SPNEGO token is malformed: {what}: {cause}"),
    )
    .with_source(cause)
}

fn refused(what: &str) -> Error {
    Error::new(Status::INVALID_TOKEN, format!("the peer's SPNEGO token is malformed: {what}"))
}

impl<'a> NegotiationToken<'a> {
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self> {
        if bytes.len() > LARGEST_TOKEN {
            return Err(refused("it is larger than 64 KiB"));
        }
        match bytes.first() {
            Some(0x60) => {
                let body = gss_body(bytes)?;
                Self::choice(body)
            }
            _ => Self::choice(bytes),
        }
    }

    fn choice(bytes: &'a [u8]) -> Result<Self> {
        let wrapped = |what| move |cause| malformed(what, cause);
        match bytes.first() {
            Some(0xA0) => {
                let token = ContextSpecific::<InitBody<'_>>::from_der(bytes);
                NegTokenInit::new(token.map_err(wrapped("NegTokenInit"))?.value).map(Self::Init)
            }
            Some(0xA1) => {
                let token = ContextSpecific::<RespBody<'_>>::from_der(bytes);
                NegTokenResp::new(token.map_err(wrapped("NegTokenResp"))?.value).map(Self::Resp)
            }
            _ => Err(refused("it begins like no token of SPNEGO")),
        }
    }
}

/// What follows the mechanism in a token of GSS-API (RFC 2743 3.1), which must be SPNEGO's.
fn gss_body(bytes: &[u8]) -> Result<&[u8]> {
    let (mechanism, body) =
        gss_token(bytes).ok_or_else(|| refused("the GSS-API framing is damaged"))?;
    if mechanism != SPNEGO {
        return Err(refused("it is a token of another mechanism"));
    }
    Ok(body)
}

/// The mechanism of a token of GSS-API, and what follows it.
pub(crate) fn gss_token(bytes: &[u8]) -> Option<(&Mechanism, &[u8])> {
    let framed = AnyRef::from_der(bytes).ok()?;
    if framed.tag() != (Tag::Application { constructed: true, number: TagNumber(0) }) {
        return None;
    }
    let mut reader = SliceReader::new(framed.value()).ok()?;
    let mechanism = AnyRef::decode(&mut reader).ok()?;
    if mechanism.tag() != Tag::ObjectIdentifier {
        return None;
    }
    let rest = reader.remaining_len();
    let body = reader.read_slice(rest).ok()?;
    Some((mechanism.value(), body))
}

impl<'a> NegTokenInit<'a> {
    fn new(body: InitBody<'a>) -> Result<Self> {
        let list = MechanismList::new(body.mech_types)?;
        // Hints and an early mechListMIC are nothing to go by; their form must be right all the same.
        match (body.mic_or_hints.map(|third| third.tag()), body.mic) {
            (None | Some(Tag::Sequence), _) | (Some(Tag::OctetString), None) => {}
            _ => return Err(refused("a mechListMIC in two places, or in none of them")),
        }
        Ok(Self { list, mech_token: body.mech_token.map(OctetStringRef::as_bytes) })
    }
}

impl<'a> NegTokenResp<'a> {
    fn new(body: RespBody<'a>) -> Result<Self> {
        let mechanism = match body.mechanism {
            None => None,
            Some(mechanism) if mechanism.tag() == Tag::ObjectIdentifier => Some(mechanism.value()),
            Some(_) => return Err(refused("supportedMech is no object identifier")),
        };
        let token = body.token.map(OctetStringRef::as_bytes);
        let mic = body.mic.map(OctetStringRef::as_bytes);
        // Some peers put their token there a second time.
        let mic = mic.filter(|mic| !mic.is_empty() && Some(*mic) != token);
        Ok(Self { state: body.state, mechanism, token, mic })
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        let state = self.state.map(|state| [state as u8]);
        let state = [Element { tag: 0x0A, content: state.as_ref().map(<[u8; 1]>::as_slice) }];
        let mechanism = [Element { tag: 0x06, content: self.mechanism }];
        let token = [Element { tag: 0x04, content: self.token }];
        let mic = [Element { tag: 0x04, content: self.mic }];
        let fields = [(0xA0, &state), (0xA1, &mechanism), (0xA2, &token), (0xA3, &mic)];
        let present = || fields.iter().filter(|(_, [element])| element.content.is_some());
        let length = present().map(|(_, [element])| framed(element.length())).sum();
        let mut out = Vec::with_capacity(framed(framed(length)));
        put_header(&mut out, 0xA1, framed(length));
        put_header(&mut out, 0x30, length);
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
    out.push(tag);
    let [_, _, _, _, octets @ ..] = (length as u64).to_be_bytes();
    let [a, b, c, d] = octets;
    match length {
        0..=0x7F => out.push(d),
        0x80..=0xFF => out.extend_from_slice(&[0x81, d]),
        0x100..=0xFFFF => out.extend_from_slice(&[0x82, c, d]),
        _ => out.extend_from_slice(&[0x84, a, b, c, d]),
    }
}

impl<'a> MechanismList<'a> {
    fn new(list: AnyRef<'a>) -> Result<Self> {
        if list.tag() != Tag::Sequence {
            return Err(refused("the list of mechanisms is no sequence"));
        }
        let mut reader =
            SliceReader::new(list.value()).map_err(|cause| malformed("the mechanisms", cause))?;
        let mut count = 0_usize;
        while !reader.is_finished() {
            let mechanism = AnyRef::decode(&mut reader)
                .map_err(|cause| malformed("the list of mechanisms", cause))?;
            count = count.saturating_add(1);
            if mechanism.tag() != Tag::ObjectIdentifier || count > MOST_MECHANISMS {
                return Err(refused("the list of mechanisms holds something else, or too many"));
            }
        }
        if count == 0 {
            return Err(refused("the list of mechanisms is empty"));
        }
        Ok(Self(list))
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = &'a Mechanism> {
        let mut reader = SliceReader::new(self.0.value()).ok();
        std::iter::from_fn(move || {
            let reader = reader.as_mut().filter(|reader| !reader.is_finished())?;
            AnyRef::decode(reader).ok().map(AnyRef::value)
        })
    }

    /// The encoding that the mechListMIC is over. DER has one for each list, so this is what was
    /// received.
    pub(crate) fn encoding(self) -> Vec<u8> {
        let content = self.0.value();
        let mut out = Vec::with_capacity(framed(content.len()));
        put_header(&mut out, 0x30, content.len());
        out.extend_from_slice(content);
        out
    }
}

/// The encoding of a MechTypeList.
pub(crate) fn write_list<'a>(mechanisms: impl Iterator<Item = &'a Mechanism> + Clone) -> Vec<u8> {
    let length = mechanisms.clone().map(|mechanism| framed(mechanism.len())).sum();
    let mut out = Vec::with_capacity(framed(length));
    put_header(&mut out, 0x30, length);
    for mechanism in mechanisms {
        Element { tag: 0x06, content: Some(mechanism) }.put(&mut out);
    }
    out
}

/// A NegTokenInit over an encoded list; with hints where a server speaks first.
pub(crate) fn write_init(list: &[u8], token: Option<&[u8]>, with_hints: bool) -> Vec<u8> {
    let token = Element { tag: 0x04, content: token };
    // negHints ::= SEQUENCE { hintName [0] GeneralString } ([MS-SPNG] 2.2.1)
    let hint = Element { tag: 0x1B, content: with_hints.then_some(HINT) };
    let hints = framed(framed(framed(hint.length())));
    let mut body = framed(list.len());
    body = body.saturating_add(token.content.map_or(0, |_| framed(token.length())));
    body = body.saturating_add(if with_hints { hints } else { 0 });
    let mechanism = Element { tag: 0x06, content: Some(SPNEGO) };
    let content = mechanism.length().saturating_add(framed(framed(body)));
    let mut out = Vec::with_capacity(framed(content));
    put_header(&mut out, 0x60, content);
    mechanism.put(&mut out);
    put_header(&mut out, 0xA0, framed(body));
    put_header(&mut out, 0x30, body);
    put_header(&mut out, 0xA0, list.len());
    out.extend_from_slice(list);
    if token.content.is_some() {
        put_header(&mut out, 0xA2, token.length());
        token.put(&mut out);
    }
    if with_hints {
        put_header(&mut out, 0xA3, framed(framed(hint.length())));
        put_header(&mut out, 0x30, framed(hint.length()));
        put_header(&mut out, 0xA0, hint.length());
        hint.put(&mut out);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use der::Encode;

    const NTLM: &[u8] = &[0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0A];

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
