//! What is in the responses of an AUTHENTICATE_MESSAGE, and the AV pairs ([MS-NLMP] 2.2.2).

use super::token::{Encoding, Stretch, Token, flags};
use super::value::{Field, Value};
use crate::codec::reader::Reader;
use crate::packages::ntlm::messages::{AvFlags, AvId, Ntlm2Response, read_av_pair};
use crate::time::Time;
use std::borrow::Cow;
use std::ops::Range;

/// Lists of more pairs than this are made to annoy: the specification knows ten.
const MOST_PAIRS: usize = 64;

/// The length of the responses before NTLMv2, and of LMv2.
const OLD_RESPONSE: usize = 24;

/// What an LmChallengeResponse is, next to this NtChallengeResponse.
pub(super) fn lm_kind(lm: Stretch<'_>, nt: Stretch<'_>) -> &'static str {
    match lm.bytes {
        [0] => "a single zero (anonymous)",
        _ if lm.is_all_zero() => "all zero (no LMv2 response)",
        [_, _, _, _, _, _, _, _, zeros @ ..]
            if lm.length == OLD_RESPONSE && zeros == [0; OLD_RESPONSE - 8] =>
        {
            "client challenge of an NTLM2 session response"
        }
        _ if lm.length != OLD_RESPONSE => "response of an unknown kind",
        _ if nt.length > OLD_RESPONSE => "LMv2 response",
        _ => "LM response",
    }
}

/// An NtChallengeResponse.
pub(super) struct Response<'a> {
    stretch: Stretch<'a>,
    kind: &'static str,
    /// The part of a fixed size, where it is an NTLMv2_RESPONSE.
    fixed: Option<Ntlm2Response<'a>>,
}

/// Where the parts of an NTLMv2_RESPONSE stand ([MS-NLMP] 2.2.2.8, 2.2.2.7).
const PROOF: Range<usize> = 0..16;
const RESERVED_1_AND_2: Range<usize> = 18..24;
const TIME: Range<usize> = 24..32;
const CLIENT_CHALLENGE: Range<usize> = 32..40;
const RESERVED_3: Range<usize> = 40..44;
const PAIRS_AT: usize = Ntlm2Response::SHORTEST;

impl<'a> Response<'a> {
    pub(super) fn new(token: &mut Token<'_>, stretch: Stretch<'a>) -> Self {
        let fixed = stretch
            .bytes
            .get(..PAIRS_AT)
            .filter(|_| stretch.length != OLD_RESPONSE)
            .and_then(|fixed| Ntlm2Response::parse(fixed).ok());
        let kind = match fixed {
            Some(_) => "NTLMv2 response",
            None if stretch.length == OLD_RESPONSE => "NTLMv1 response or NTLM2 session response",
            None if stretch.bytes.len() < stretch.length.min(PAIRS_AT) => "response, cut short",
            None => "response of an unknown kind",
        };
        // The bytes that are always zero are what tells the public part from a proof that wrong
        // offsets moved into its place.
        let fixed = fixed.filter(|_| {
            let is_zero = [RESERVED_1_AND_2, RESERVED_3].into_iter().all(|reserved| {
                let reserved = stretch.bytes.get(reserved).unwrap_or_default();
                reserved.iter().all(|byte| *byte == 0)
            });
            if !is_zero {
                token.problem("reserved bytes of the NTLMv2 response are in use: it is not shown");
            }
            is_zero
        });
        Self { stretch, kind, fixed }
    }

    /// The bytes that are not shown: of an NTLMv2 response the proof, of any other everything.
    pub(super) fn secret(&self) -> Range<usize> {
        if self.fixed.is_some() {
            within(self.stretch, PROOF).range()
        } else {
            self.stretch.range()
        }
    }

    /// Whether MsvAvFlags says that the message has a MIC.
    pub(super) fn declares_mic(&self) -> bool {
        let mut reader = Reader::new(self.pair_bytes().bytes);
        std::iter::from_fn(|| read_av_pair(&mut reader).ok())
            .take_while(|(id, _)| *id != AvId::END)
            .filter(|(id, _)| *id == AvId::FLAGS)
            .filter_map(|(_, value)| value.try_into().map(u32::from_le_bytes).ok())
            .any(|bits| AvFlags::from_bits_retain(bits).contains(AvFlags::MIC))
    }

    /// The pairs, and the zeros behind them.
    fn pair_bytes(&self) -> Stretch<'a> {
        match self.fixed {
            Some(_) => within(self.stretch, PAIRS_AT..self.stretch.length),
            None => Stretch::default(),
        }
    }

    pub(super) fn field(&self, token: &mut Token<'a>, name: &'static str) -> Field {
        let field = self.stretch.hidden(name, self.kind);
        let Some(fixed) = self.fixed else {
            return field;
        };
        let proof = within(self.stretch, PROOF).hidden("Response", "NTProofStr");
        let client_challenge = within(self.stretch, PROOF.end..self.stretch.length);
        let byte = |at| within(self.stretch, at..at + 1);
        let parts = vec![
            // The parser takes nothing but 1 for both.
            token.shown("RespType", byte(PROOF.end), |_| Value::Number(1)),
            token.shown("HiRespType", byte(PROOF.end + 1), |_| Value::Number(1)),
            token.shown("TimeStamp", within(self.stretch, TIME), |_| {
                Value::Time(Time::from_filetime(fixed.time))
            }),
            token.shown("ChallengeFromClient", within(self.stretch, CLIENT_CHALLENGE), |_| {
                Value::Bytes(fixed.client_challenge.to_vec())
            }),
            pairs(token, "AvPairs", self.pair_bytes()),
        ];
        let client_challenge =
            client_challenge.field("NTLMv2_CLIENT_CHALLENGE", Value::Parts).with_parts(parts);
        field.with_parts(vec![proof, client_challenge])
    }
}

/// A part of a stretch, as far as it is there.
fn within(stretch: Stretch<'_>, part: Range<usize>) -> Stretch<'_> {
    let there = part.end.min(stretch.bytes.len());
    Stretch {
        offset: stretch.offset.saturating_add(part.start),
        length: part.end.saturating_sub(part.start),
        bytes: stretch.bytes.get(part.start..there).unwrap_or_default(),
    }
}

/// A list of AV pairs ([MS-NLMP] 2.2.2.1), as far as it can be read.
pub(super) fn pairs<'a>(token: &mut Token<'a>, name: &'static str, stretch: Stretch<'a>) -> Field {
    let mut reader = Reader::new(stretch.bytes);
    let mut parts = Vec::new();
    let mut seen = Vec::new();
    loop {
        if reader.is_empty() {
            if !stretch.bytes.is_empty() {
                token.problem(format!("{name} has no MsvAvEOL at its end"));
            }
            break;
        }
        if parts.len() == MOST_PAIRS {
            token.problem(format!("only the first {MOST_PAIRS} pairs of {name} are shown"));
            break;
        }
        let at = reader.position();
        let Ok((id, value)) = read_av_pair(&mut reader) else {
            token.problem(format!("{name} ends within a pair"));
            break;
        };
        if seen.contains(&id) {
            token.problem(format!("{} comes twice", label(id)));
        }
        seen.push(id);
        let value_at = reader.position().saturating_sub(value.len());
        // The end has no value to stand anywhere: it is shown where its header is.
        let range = if value.is_empty() { at..at } else { value_at..reader.position() };
        parts.push(pair(token, id, within(stretch, range)));
        if id == AvId::END {
            break;
        }
    }
    let value = if stretch.length == 0 {
        Value::Empty
    } else if stretch.bytes.is_empty() {
        Value::Missing
    } else {
        Value::Parts
    };
    stretch.field(name, value).with_parts(parts)
}

fn label(id: AvId) -> Cow<'static, str> {
    if id.0 <= AvId::CHANNEL_BINDINGS.0 {
        id.name().into()
    } else {
        format!("AvId {:#06x}", id.0).into()
    }
}

fn pair<'a>(token: &mut Token<'a>, id: AvId, stretch: Stretch<'a>) -> Field {
    let name = label(id);
    match id {
        AvId::NETBIOS_COMPUTER
        | AvId::NETBIOS_DOMAIN
        | AvId::DNS_COMPUTER
        | AvId::DNS_DOMAIN
        | AvId::DNS_TREE
        | AvId::TARGET_NAME => token.text(name, stretch, Encoding::Utf16),
        AvId::SINGLE_HOST => single_host(token, id, stretch),
        AvId::FLAGS => sized(token, id, stretch, |bits| {
            let names = AvFlags::all().iter_names();
            let names = names.map(|(name, flag)| (flag.bits(), name));
            flags(u32::from_le_bytes(bits), names)
        }),
        AvId::TIMESTAMP => sized(token, id, stretch, |time| {
            Value::Time(Time::from_filetime(u64::from_le_bytes(time)))
        }),
        AvId::CHANNEL_BINDINGS => sized(token, id, stretch, |hash: [u8; 16]| {
            if hash == [0; 16] {
                Value::Text("none (zeros)".to_owned())
            } else {
                Value::Bytes(hash.to_vec())
            }
        }),
        // What it holds is not known, so it is not known to be public either.
        _ => token.shown(name, stretch, |_| Value::Hidden {
            length: stretch.length,
            kind: "value of an unknown pair",
        }),
    }
}

/// A value that has one size.
fn sized<'a, const N: usize>(
    token: &mut Token<'a>,
    id: AvId,
    stretch: Stretch<'a>,
    value: impl FnOnce([u8; N]) -> Value,
) -> Field {
    token.shown(label(id), stretch, |token| {
        if let Ok(bytes) = stretch.bytes.try_into() {
            return value(bytes);
        }
        token.problem(format!("{} does not have its {N} bytes", label(id)));
        Value::Hidden { length: stretch.length, kind: "value of a wrong size" }
    })
}

/// Single_Host_Data ([MS-NLMP] 2.2.2.2): Size and Z4, CustomData, MachineID.
fn single_host<'a>(token: &mut Token<'a>, id: AvId, stretch: Stretch<'a>) -> Field {
    let mut parts = Vec::new();
    let field = sized(token, id, stretch, |_: [u8; 48]| Value::Parts);
    if field.value == Value::Parts {
        for (name, range) in [("CustomData", 8..16), ("MachineID", 16..48)] {
            let part = within(stretch, range);
            parts.push(token.shown(name, part, |_| Value::Bytes(part.bytes.to_vec())));
        }
    }
    field.with_parts(parts)
}
