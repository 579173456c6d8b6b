//! The tokens of SPNEGO (RFC 4178 4.2, [MS-SPNG] 2.2.1), read from a peer's bytes and written.
//!
//! The encoding is DER and nothing else: lengths that are not the shortest, indefinite ones, wrong
//! tags and bytes behind the end are errors.

use crate::error::{Error, Result};
use crate::status::Status;
use der::asn1::{AnyRef, BitStringRef, ContextSpecific, ObjectIdentifier, OctetStringRef};
use der::{
    Decode, Encode, Enumerated, Reader, Sequence, SliceReader, Tag, TagMode, TagNumber, Tagged,
};

/// 1.3.6.1.5.5.2
const SPNEGO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.2");

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
    if mechanism != SPNEGO.as_bytes() {
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

    pub(crate) fn write(&self) -> Result<Vec<u8>> {
        let octets = |bytes: Option<&'a [u8]>| bytes.map(OctetStringRef::new).transpose();
        let body = || -> der::Result<Vec<u8>> {
            let mechanism =
                self.mechanism.map(|content| AnyRef::new(Tag::ObjectIdentifier, content));
            let body = RespBody {
                state: self.state,
                mechanism: mechanism.transpose()?,
                token: octets(self.token)?,
                mic: octets(self.mic)?,
            };
            ContextSpecific { tag_number: TagNumber(1), tag_mode: TagMode::Explicit, value: body }
                .to_der()
        };
        body().map_err(unwritable)
    }
}

fn unwritable(cause: der::Error) -> Error {
    Error::new(Status::INTERNAL_ERROR, "an SPNEGO token cannot be encoded").with_source(cause)
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
            AnyRef::decode(reader).ok().map(|mechanism| mechanism.value())
        })
    }

    /// The encoding that the mechListMIC is over. DER has one for each list, so this is what was
    /// received.
    pub(crate) fn encoding(self) -> Result<Vec<u8>> {
        self.0.to_der().map_err(unwritable)
    }
}

/// The encoding of a MechTypeList.
pub(crate) fn write_list<'a>(mechanisms: impl Iterator<Item = &'a Mechanism>) -> Result<Vec<u8>> {
    let write = || -> der::Result<Vec<u8>> {
        let mut content = Vec::new();
        for mechanism in mechanisms {
            AnyRef::new(Tag::ObjectIdentifier, mechanism)?.encode_to_vec(&mut content)?;
        }
        AnyRef::new(Tag::Sequence, &content)?.to_der()
    };
    write().map_err(unwritable)
}

/// A NegTokenInit over an encoded list; with hints where a server speaks first.
pub(crate) fn write_init(list: &[u8], token: Option<&[u8]>, with_hints: bool) -> Result<Vec<u8>> {
    let write = || -> der::Result<Vec<u8>> {
        // negHints ::= SEQUENCE { hintName [0] GeneralString }
        let hint = AnyRef::new(Tag::GeneralString, HINT)?.to_der()?;
        let hint =
            AnyRef::new(Tag::ContextSpecific { constructed: true, number: TagNumber(0) }, &hint)?
                .to_der()?;
        let body = InitBody {
            mech_types: AnyRef::from_der(list)?,
            flags: None,
            mech_token: token.map(OctetStringRef::new).transpose()?,
            mic_or_hints: if with_hints { Some(AnyRef::new(Tag::Sequence, &hint)?) } else { None },
            mic: None,
        };
        let mut content = SPNEGO.to_der()?;
        ContextSpecific { tag_number: TagNumber(0), tag_mode: TagMode::Explicit, value: body }
            .encode_to_vec(&mut content)?;
        let tag = Tag::Application { constructed: true, number: TagNumber(0) };
        AnyRef::new(tag, &content)?.to_der()
    };
    write().map_err(unwritable)
}
