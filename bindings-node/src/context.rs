//! An established context: what is known about it, and the protection of messages.

use crate::delegation::{Handed, handed};
use crate::error::{Answer, Fault, answer};
use crate::events::{self, Made};
use crate::kept;
use crate::package::PackageInfo;
use crate::raw::{Value, value_of};
use anysspi::binding::{
    guarded, is_stream, negotiated_package, signature_length, unwrap_in_room, unwrap_into,
    wrap_in_room, wrap_into,
};
use anysspi::raw::Attribute;
use anysspi::{Context, Result, Time};
use napi::bindgen_prelude::{Buffer, BufferSlice};
use napi_derive::napi;

/// By how many bytes a wrapped message may be longer than the message, and by how many less than it
/// there is room for when it is unwrapped.
#[napi(object, object_from_js = false)]
pub struct Room {
    pub to_wrap: u32,
    pub to_unwrap: u32,
    /// Messages are a stream, whose bytes say themselves how long they are.
    pub is_stream: bool,
}

/// Never changes.
#[napi]
pub fn room(end: i64) -> Answer<Room> {
    answer(|| {
        kept::end(end)?.with(|context| {
            let to_wrap = context.sizes().security_trailer;
            let to_unwrap = signature_length(context, &[]);
            let is_stream = is_stream(context);
            Ok(Room { to_wrap: number(to_wrap), to_unwrap: number(to_unwrap), is_stream })
        })
    })
}

/// Wraps a message into `space`, or unwraps it: how many bytes that are.
#[napi]
pub fn protect(
    end: i64,
    is_wrapping: bool,
    message: &[u8],
    mut space: BufferSlice<'_>,
) -> Answer<u32> {
    answer(|| {
        kept::end(end)?.with(|context| {
            let used = if is_wrapping {
                wrap_into(context, message, &mut space)?
            } else {
                unwrap_into(context, message, &mut space)?.0
            };
            Ok(number(used))
        })
    })
}

/// What `protect` is to messages, to a stream: the bytes to send, or what is in those that came.
#[napi]
pub fn protect_stream(end: i64, is_wrapping: bool, given: &[u8]) -> Answer<Buffer> {
    answer(|| kept::end(end)?.with(|context| Ok(streamed(context, is_wrapping, given)?.into())))
}

fn streamed(context: &mut Context, is_wrapping: bool, given: &[u8]) -> Result<Vec<u8>> {
    if is_wrapping { context.wrap(given) } else { context.unwrap(given) }
}

/// A message, and how it was protected.
#[napi(object, object_from_js = false)]
pub struct Opened {
    pub message: Buffer,
    pub quality: u32,
}

/// Unwraps a message, or what came of a stream.
#[napi]
pub fn unwrap_with_quality(end: i64, wrapped: &[u8]) -> Answer<Opened> {
    answer(|| {
        kept::end(end)?.with(|context| {
            let (message, quality) = context.unwrap_with_quality(wrapped)?;
            Ok(Opened { message: message.into(), quality: quality.0 })
        })
    })
}

/// The last bytes of a stream.
#[napi]
pub fn shut_down(end: i64) -> Answer<Buffer> {
    answer(|| kept::end(end)?.with(|context| Ok(context.shut_down()?.into())))
}

/// What the client delegated, once.
#[napi]
pub fn delegated(end: i64) -> Answer<Handed> {
    answer(|| kept::end(end)?.with(|context| handed(context.delegated()?)))
}

/// `protect` off the main thread, as the call with this number.
#[napi]
pub fn protect_async(call: u32, end: i64, is_wrapping: bool, message: &[u8]) -> Option<Fault> {
    // Copied, to where it is protected: JavaScript may write to its memory meanwhile, or give it away.
    let made = guarded(|| {
        let end = kept::end(end)?;
        let before =
            if is_wrapping { end.with(|context| Ok(context.sizes().security_trailer))? } else { 0 };
        let mut space = Vec::with_capacity(before.saturating_add(message.len()));
        space.resize(before, 0);
        space.extend_from_slice(message);
        Ok((end, space, before))
    });
    let (end, space, before) = match made {
        Ok(made) => made,
        Err(error) => return Some(Fault::from(&error)),
    };
    events::call(call, move || {
        guarded(|| {
            end.with(|context| {
                if is_wrapping { wrapped(context, space, before) } else { opened(context, space) }
            })
        })
    })
}

/// Wraps the message that stands in `space` from there on.
fn wrapped(context: &mut Context, mut space: Vec<u8>, before: usize) -> Result<Made> {
    if is_stream(context) {
        let sent = context.wrap(space.get(before..).unwrap_or_default())?;
        let all = 0..sent.len();
        return Ok(Made::Message(sent, all, None));
    }
    let used = wrap_in_room(context, &mut space)?;
    Ok(Made::Message(space, 0..used, None))
}

fn opened(context: &mut Context, mut space: Vec<u8>) -> Result<Made> {
    if is_stream(context) {
        let (message, quality) = context.unwrap_with_quality(&space)?;
        let all = 0..message.len();
        return Ok(Made::Message(message, all, Some(quality)));
    }
    let (part, quality) = unwrap_in_room(context, &mut space)?;
    Ok(Made::Message(space, part, Some(quality)))
}

/// The signature of a message.
#[napi]
pub fn sign(end: i64, message: &[u8]) -> Answer<Buffer> {
    answer(|| kept::end(end)?.with(|context| context.sign(message).map(Buffer::from)))
}

#[napi]
pub fn verify(end: i64, message: &[u8], signature: &[u8]) -> Option<Fault> {
    let result = guarded(|| kept::end(end)?.with(|context| context.verify(message, signature)));
    result.err().as_ref().map(Fault::from)
}

/// A message of a connectionless context, whose messages the caller numbers.
#[napi]
pub fn wrap_datagram(end: i64, number: u32, message: &[u8]) -> Answer<Buffer> {
    answer(|| kept::end(end)?.with(|context| Ok(context.wrap_datagram(number, message)?.into())))
}

#[napi]
pub fn unwrap_datagram(end: i64, number: u32, wrapped: &[u8]) -> Answer<Buffer> {
    answer(|| kept::end(end)?.with(|context| Ok(context.unwrap_datagram(number, wrapped)?.into())))
}

#[napi]
pub fn sign_datagram(end: i64, number: u32, message: &[u8]) -> Answer<Buffer> {
    answer(|| kept::end(end)?.with(|context| Ok(context.sign_datagram(number, message)?.into())))
}

#[napi]
pub fn verify_datagram(end: i64, number: u32, message: &[u8], signature: &[u8]) -> Option<Fault> {
    let verify = |context: &mut Context| context.verify_datagram(number, message, signature);
    let result = guarded(|| kept::end(end)?.with(verify));
    result.err().as_ref().map(Fault::from)
}

/// The answer to a question.
#[napi]
pub fn query(end: i64, attribute: u32) -> Answer<Value> {
    answer(|| kept::end(end)?.with(|context| value_of(context.query(Attribute(attribute))?)))
}

#[napi]
pub fn facts(end: i64) -> Answer<Facts> {
    answer(|| kept::end(end)?.with(|context| facts_of(context)))
}

/// What is known about a context.
#[napi(object, object_from_js = false)]
pub struct Facts {
    pub package: PackageInfo,
    pub negotiated_package: PackageInfo,
    pub negotiation: Option<Negotiation>,
    pub side: &'static str,
    pub flags: Vec<String>,
    /// In milliseconds since 1970; none for never.
    pub expiry: Option<f64>,
    pub client: String,
    pub client_user: String,
    pub client_domain: Option<String>,
    pub is_anonymous: bool,
    pub server: Option<String>,
    pub workstation: Option<String>,
    pub target: Option<String>,
    pub bindings_checked: &'static str,
    pub session_key: Buffer,
    pub sizes: Sizes,
}

#[napi(object, object_from_js = false)]
pub struct Sizes {
    pub max_token: u32,
    pub max_signature: u32,
    pub block_size: u32,
    pub security_trailer: u32,
}

#[napi(object, object_from_js = false)]
pub struct Negotiation {
    pub offered: Vec<String>,
    pub chosen: Option<String>,
    pub dropped: Vec<Dropped>,
    pub list_was_signed: bool,
}

#[napi(object, object_from_js = false)]
pub struct Dropped {
    pub package: String,
    pub reason: String,
}

/// The names of flags.
pub(crate) fn names<Flag>(flags: impl Iterator<Item = (&'static str, Flag)>) -> Vec<String> {
    flags.map(|(name, _)| name.to_owned()).collect()
}

/// In milliseconds since 1970; none for never.
#[expect(clippy::cast_precision_loss, reason = "a date of JavaScript is no finer")]
pub(crate) fn milliseconds(time: Time) -> Option<f64> {
    (time < Time::FOREVER).then(|| time.unix_seconds() as f64 * 1e3)
}

impl From<anysspi::Sizes> for Sizes {
    fn from(sizes: anysspi::Sizes) -> Self {
        Self {
            max_token: number(sizes.max_token),
            max_signature: number(sizes.max_signature),
            block_size: number(sizes.block_size),
            security_trailer: number(sizes.security_trailer),
        }
    }
}

pub(crate) fn number(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}

fn facts_of(context: &Context) -> Result<Facts> {
    let (facts, sizes) = (context.facts(), context.sizes());
    Ok(Facts {
        package: PackageInfo::from(&facts.package),
        negotiated_package: PackageInfo::from(&negotiated_package(context)?),
        negotiation: facts.negotiation.as_deref().map(|negotiation| Negotiation {
            offered: negotiation.offered.iter().map(ToString::to_string).collect(),
            chosen: negotiation.chosen.as_ref().map(ToString::to_string),
            dropped: negotiation.dropped.iter().map(Dropped::from).collect(),
            list_was_signed: negotiation.list_was_signed,
        }),
        side: facts.side.name(),
        flags: names(facts.flags.iter_names()),
        expiry: milliseconds(facts.expiry),
        client: facts.client.to_string(),
        client_user: facts.client.user().to_owned(),
        client_domain: facts.client.domain().map(str::to_owned),
        is_anonymous: context.is_anonymous(),
        server: facts.server.as_deref().map(str::to_owned),
        workstation: facts.workstation.as_deref().map(str::to_owned),
        target: facts.target.as_deref().map(str::to_owned),
        bindings_checked: facts.bindings_checked.name(),
        session_key: facts.session_key.expose().into(),
        sizes: sizes.into(),
    })
}

impl From<&anysspi::DroppedPackage> for Dropped {
    fn from(dropped: &anysspi::DroppedPackage) -> Self {
        Self { package: dropped.package.to_string(), reason: dropped.error.to_string() }
    }
}
