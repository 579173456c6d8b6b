//! The interface call by call, over lists of typed buffers.

mod buffers;

use crate::certificates::for_javascript;
use crate::context::{Sizes, milliseconds, names, number};
use crate::delegation::{Handed, handed};
use crate::error::{Answer, Fault, answer};
use crate::kdc::JavaScriptCarrier;
use crate::kept::{self, Thing, keep};
use crate::package::PackageInfo;
use anysspi::binding::{guarded, pac_policy_of, policy_of, unknown_kind};
use anysspi::raw::{
    self as core, AscReq, AscRet, Attribute, AttributeValue, CredentialsHandle, IscReq, IscRet,
    Outcome, Quality,
};
use anysspi::{Error, KdcAccess, Result, Status};
use buffers::{Became, LentBuffer, in_place, on_copies};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;
use std::sync::{Arc, Mutex};

/// A context. One call at a time runs on it: a look-up of JavaScript's may come back to it.
pub(crate) struct RawContext(Mutex<core::SecurityContext>);

impl RawContext {
    fn with<T>(&self, call: impl FnOnce(&mut core::SecurityContext) -> Result<T>) -> Result<T> {
        let mut context = self.0.try_lock().map_err(|_| {
            Error::new(Status::OUT_OF_SEQUENCE, "another call on this context is under way")
        })?;
        call(&mut context)
    }
}

/// A call on the context with this number.
fn on<T>(context: i64, call: impl FnOnce(&mut core::SecurityContext) -> Result<T>) -> Result<T> {
    guarded(|| kept::raw_context(context)?.with(call))
}

/// What a call came to, and what became of its buffers, also where it failed: one that is too small says
/// what is needed.
#[napi(object, object_from_js = false)]
pub struct Called {
    pub outcome: Option<Leg>,
    /// The quality of the protection.
    pub quality: Option<u32>,
    pub failed: Option<Fault>,
    pub became: Vec<Became>,
}

/// What a leg answers besides the token.
#[napi(object, object_from_js = false)]
pub struct Leg {
    pub status: u32,
    /// The symbol of the status.
    pub code: String,
    pub flags: Vec<String>,
    pub expiry: Option<f64>,
}

fn called<T>(
    (result, became): (Result<T>, Vec<Became>),
    fill: impl FnOnce(&mut Called, T),
) -> Called {
    let mut called = Called { outcome: None, quality: None, failed: None, became };
    match result {
        Ok(value) => fill(&mut called, value),
        Err(error) => called.failed = Some(Fault::from(&error)),
    }
    called
}

/// A null context, which the first leg makes one of a side. The function that carries its questions to
/// KDCs is known by its number.
#[napi]
pub fn null_context(
    binding_policy: Option<String>,
    accepted_targets: Option<Vec<String>>,
    pac_policy: Option<String>,
    kdc: Option<u32>,
) -> Answer<i64> {
    answer(|| {
        let mut context = core::SecurityContext::new();
        if let Some(number) = kdc {
            context = context.with_kdc_access(KdcAccess::through(JavaScriptCarrier(number)));
        }
        if let Some(policy) = binding_policy {
            context = context.with_binding_policy(policy_of(&policy)?);
        }
        if let Some(targets) = accepted_targets {
            context = context.with_accepted_targets(targets);
        }
        if let Some(policy) = pac_policy {
            context = context.with_pac_policy(pac_policy_of(&policy)?);
        }
        Ok(keep(Thing::RawContext(Arc::new(RawContext(Mutex::new(context))))))
    })
}

#[napi]
pub fn is_established(context: i64) -> Answer<bool> {
    answer(|| on(context, |context| Ok(context.is_established())))
}

/// What the context is, in a word or two.
#[napi]
pub fn describe_context(context: i64) -> Answer<String> {
    answer(|| on(context, |context| Ok(format!("{context:?}"))))
}

/// A leg on either side. The first `inputs` of the buffers are its input.
fn leg<Flags>(
    credential: Option<i64>,
    context: i64,
    lent: &[LentBuffer<'_>],
    inputs: u32,
    names: impl FnOnce(Flags) -> Vec<String>,
    call: impl FnOnce(
        Option<&CredentialsHandle>,
        &mut core::SecurityContext,
        &mut [core::Buffer<'_>],
        &mut [core::Buffer<'_>],
    ) -> Result<Outcome<Flags>>,
) -> Called {
    let inputs = (inputs as usize).min(lent.len());
    let result = on_copies(lent, inputs, |buffers| {
        let credential = credential.map(kept::credential).transpose()?;
        let (input, output) = buffers.split_at_mut(inputs);
        on(context, |context| call(credential.as_ref(), context, input, output))
    });
    called(result, |called, Outcome { status, expiry, flags, .. }| {
        called.outcome = Some(Leg {
            status: status.0,
            code: status.to_string(),
            flags: names(flags),
            expiry: milliseconds(expiry),
        });
    })
}

/// A leg as the client.
#[napi]
pub fn initialize_security_context(
    credential: Option<i64>,
    context: i64,
    target: Option<String>,
    flags: i64,
    lent: Vec<LentBuffer<'_>>,
    inputs: u32,
) -> Called {
    let flags = IscReq::from_bits_retain(flags.unsigned_abs());
    let of = |flags: IscRet| names(flags.iter_names());
    leg(credential, context, &lent, inputs, of, |credential, context, input, output| {
        let target = target.as_deref();
        core::initialize_security_context(credential, context, target, flags, input, output)
    })
}

/// A leg as the server.
#[napi]
pub fn accept_security_context(
    credential: Option<i64>,
    context: i64,
    flags: i64,
    lent: Vec<LentBuffer<'_>>,
    inputs: u32,
) -> Called {
    let flags = AscReq::from_bits_retain(flags.unsigned_abs());
    let of = |flags: AscRet| names(flags.iter_names());
    leg(credential, context, &lent, inputs, of, |credential, context, input, output| {
        core::accept_security_context(credential, context, flags, input, output)
    })
}

/// A call on a message, in place. What it gives is the quality of the protection, if anything.
fn on_message(
    context: i64,
    lent: Vec<LentBuffer<'_>>,
    call: impl FnOnce(&mut core::SecurityContext, &mut [core::Buffer<'_>]) -> Result<Option<Quality>>,
) -> Called {
    let result = in_place(lent, |buffers| on(context, |context| call(context, buffers)));
    called(result, |called, quality| called.quality = quality.map(|Quality(quality)| quality))
}

/// Completes a token, in place.
#[napi]
pub fn complete_auth_token(context: i64, lent: Vec<LentBuffer<'_>>) -> Called {
    on_message(context, lent, |context, buffers| {
        core::complete_auth_token(context, buffers).map(|()| None)
    })
}

/// Deletes a context. Its number stays: later calls on it are invalid.
#[napi]
pub fn delete_security_context(context: i64) -> Option<Fault> {
    on(context, core::delete_security_context).err().as_ref().map(Fault::from)
}

#[napi]
pub fn make_signature(
    context: i64,
    quality: u32,
    lent: Vec<LentBuffer<'_>>,
    sequence: u32,
) -> Called {
    on_message(context, lent, |context, buffers| {
        core::make_signature(context, Quality(quality), buffers, sequence).map(|()| None)
    })
}

#[napi]
pub fn verify_signature(context: i64, lent: Vec<LentBuffer<'_>>, sequence: u32) -> Called {
    on_message(context, lent, |context, buffers| {
        core::verify_signature(context, buffers, sequence).map(Some)
    })
}

#[napi]
pub fn encrypt_message(
    context: i64,
    quality: u32,
    lent: Vec<LentBuffer<'_>>,
    sequence: u32,
) -> Called {
    on_message(context, lent, |context, buffers| {
        core::encrypt_message(context, Quality(quality), buffers, sequence).map(|()| None)
    })
}

#[napi]
pub fn decrypt_message(context: i64, lent: Vec<LentBuffer<'_>>, sequence: u32) -> Called {
    on_message(context, lent, |context, buffers| {
        core::decrypt_message(context, buffers, sequence).map(Some)
    })
}

/// The last bytes of a stream.
#[napi]
pub fn shut_down_stream(context: i64) -> Answer<Buffer> {
    answer(|| on(context, |context| Ok(core::shut_down_stream(context)?.into())))
}

/// The answer to a question: one of these.
#[napi(object, object_from_js = false)]
#[derive(Default)]
pub struct Value {
    pub sizes: Option<Sizes>,
    pub stream_sizes: Option<StreamSizes>,
    pub key_info: Option<KeyInfo>,
    pub package: Option<PackageInfo>,
    pub negotiation: Option<NegotiationInfo>,
    pub text: Option<String>,
    pub bytes: Option<Buffer>,
    pub lifespan: Option<Lifespan>,
    pub names: Option<NativeNames>,
    pub flags: Option<Vec<String>>,
    pub token: Option<AccessToken>,
    pub byte_strings: Option<Vec<Buffer>>,
    pub connection: Option<ConnectionInfo>,
    pub delegated: Option<Handed>,
}

/// Sizes for stream protection.
#[napi(object, object_from_js = false)]
pub struct StreamSizes {
    pub header: u32,
    pub trailer: u32,
    pub maximum_message: u32,
    pub buffers: u32,
    pub block_size: u32,
}

/// Algorithms and strength.
#[napi(object, object_from_js = false)]
pub struct KeyInfo {
    pub signature_algorithm_name: &'static str,
    pub encryption_algorithm_name: &'static str,
    pub key_size: u32,
    pub signature_algorithm: u32,
    pub encryption_algorithm: u32,
}

/// The protocol and ciphers of a connection.
#[napi(object, object_from_js = false)]
pub struct ConnectionInfo {
    pub version: u32,
    pub version_name: &'static str,
    pub cipher_suite: u32,
    pub cipher_suite_name: &'static str,
    pub key_exchange: Option<&'static str>,
    pub is_resumed: bool,
}

impl From<core::ConnectionInfo> for ConnectionInfo {
    fn from(info: core::ConnectionInfo) -> Self {
        Self {
            version: info.version.into(),
            version_name: info.version_name,
            cipher_suite: info.cipher_suite.into(),
            cipher_suite_name: info.cipher_suite_name,
            key_exchange: info.key_exchange,
            is_resumed: info.is_resumed,
        }
    }
}

/// The package that was negotiated, and how far.
#[napi(object, object_from_js = false)]
pub struct NegotiationInfo {
    pub package: PackageInfo,
    pub state: &'static str,
}

/// In milliseconds since 1970.
#[napi(object, object_from_js = false)]
pub struct Lifespan {
    pub start: Option<f64>,
    pub expiry: Option<f64>,
}

#[napi(object, object_from_js = false)]
pub struct NativeNames {
    pub client: String,
    pub server: String,
}

/// Who the client is, as a token to judge access by.
#[napi(object, object_from_js = false)]
pub struct AccessToken {
    pub user: String,
    pub is_anonymous: bool,
    pub is_identify_only: bool,
    pub expiry: Option<f64>,
}

impl From<core::AccessToken> for AccessToken {
    fn from(token: core::AccessToken) -> Self {
        Self {
            user: token.user.to_string(),
            is_anonymous: token.anonymous,
            is_identify_only: token.identify_only,
            expiry: milliseconds(token.expiry),
        }
    }
}

#[napi]
pub fn query_context_attributes(context: i64, attribute: u32) -> Answer<Value> {
    answer(|| {
        on(context, |context| {
            value_of(core::query_context_attributes(context, Attribute(attribute))?)
        })
    })
}

pub(crate) fn value_of(value: AttributeValue) -> Result<Value> {
    let mut answer = Value::default();
    match value {
        AttributeValue::Sizes(sizes) => answer.sizes = Some(sizes.into()),
        AttributeValue::StreamSizes(sizes) => {
            answer.stream_sizes = Some(StreamSizes {
                header: number(sizes.header),
                trailer: number(sizes.trailer),
                maximum_message: number(sizes.maximum_message),
                buffers: number(sizes.buffers),
                block_size: number(sizes.block_size),
            });
        }
        AttributeValue::KeyInfo(info) => {
            answer.key_info = Some(KeyInfo {
                signature_algorithm_name: info.signature_algorithm_name,
                encryption_algorithm_name: info.encryption_algorithm_name,
                key_size: info.key_size,
                signature_algorithm: info.signature_algorithm,
                encryption_algorithm: info.encryption_algorithm,
            });
        }
        AttributeValue::PackageInfo(info) => answer.package = Some((&info).into()),
        AttributeValue::Names(name) | AttributeValue::Name(name) => answer.text = Some(name),
        AttributeValue::Lifespan { start, expiry } => {
            let (start, expiry) = (milliseconds(start), milliseconds(expiry));
            answer.lifespan = Some(Lifespan { start, expiry });
        }
        AttributeValue::SessionKey(key) => answer.bytes = Some(key.expose().into()),
        AttributeValue::NegotiationInfo { package, state } => {
            let state = state.name();
            answer.negotiation = Some(NegotiationInfo { package: (&package).into(), state });
        }
        AttributeValue::NativeNames { client, server } => {
            answer.names = Some(NativeNames { client, server });
        }
        AttributeValue::Flags(flags) => {
            answer.flags = Some(names(flags.iter_names()));
        }
        AttributeValue::Bytes(bytes) => answer.bytes = Some(bytes.into()),
        AttributeValue::AccessToken(token) => answer.token = Some(token.into()),
        AttributeValue::Certificates(all) | AttributeValue::Issuers(all) => {
            answer.byte_strings = Some(for_javascript(all));
        }
        AttributeValue::ConnectionInfo(info) => answer.connection = Some(info.into()),
        AttributeValue::Delegated(delegated) => answer.delegated = Some(handed(delegated)?),
        _ => return Err(unknown_kind()),
    }
    Ok(answer)
}

/// Sets UNIQUE_BINDINGS or ENDPOINT_BINDINGS.
#[napi]
pub fn set_context_attributes(context: i64, attribute: u32, value: &[u8]) -> Option<Fault> {
    let result = on(context, |context| {
        let value = AttributeValue::Bytes(value.to_vec());
        core::set_context_attributes(context, Attribute(attribute), value)
    });
    result.err().as_ref().map(Fault::from)
}

#[napi]
pub fn query_security_context_token(context: i64) -> Answer<AccessToken> {
    answer(|| on(context, |context| Ok(core::query_security_context_token(context)?.into())))
}
