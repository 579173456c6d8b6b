//! The established context: names, flags, questions, and the protection of messages.

use crate::bytes::Bytes;
use crate::certificates::byte_strings;
use crate::delegation::delegated_of;
use crate::error::{Result, alone, exception, guarded};
use crate::handshake::side_name;
use crate::hints::{
    AnException, Anything, AttributeOf, BytesLike, CheckedWord, DelegatedThing, FlagOf, SideWord,
    When,
};
use crate::package::PackageInfo;
use crate::peer::Peer;
use anysspi::Facts;
use anysspi::binding::{
    is_stream, open_beside, signature_length, unknown_kind, unwrap_in_room, wrap_in_room,
};
use anysspi::raw::{Attribute, AttributeValue, Quality};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};
use std::sync::Mutex;

/// From this size on, other threads of Python run while a message is protected.
const WORTH_DETACHING: usize = 4096;

/// An established context.
#[pyclass(frozen, module = "anysspi")]
pub(crate) struct Context(Mutex<anysspi::Context>);

impl Context {
    pub(crate) fn new(context: anysspi::Context) -> Self {
        Self(Mutex::new(context))
    }

    fn with<T>(&self, look: impl FnOnce(&anysspi::Context) -> T) -> Result<T> {
        Ok(look(&*alone(&self.0, "context")?))
    }

    fn with_facts<T>(&self, look: impl FnOnce(&Facts) -> T) -> Result<T> {
        self.with(|context| look(context.facts()))
    }
}

/// Calls the library on so many bytes.
pub(crate) fn on_bytes<T: Send>(
    py: Python<'_>,
    length: usize,
    call: impl FnOnce() -> anysspi::Result<T> + Send,
) -> Result<T> {
    if length >= WORTH_DETACHING { py.detach(|| guarded(call)) } else { guarded(call) }
}

/// The message in what the peer wrapped, and how it was protected.
fn opened<'py>(
    py: Python<'py>,
    context: &mut anysspi::Context,
    wrapped: &[u8],
) -> Result<(Bound<'py, PyBytes>, Quality)> {
    if is_stream(context) {
        let (message, quality) =
            on_bytes(py, wrapped.len(), || context.unwrap_with_quality(wrapped))?;
        return Ok((handed_out(py, message), quality));
    }
    let length = signature_length(context, wrapped);
    let (signature, rest) = wrapped.split_at_checked(length).unwrap_or((&[], wrapped));
    let room = rest.len();
    // Copied before other threads run, which may write to it.
    if signature.is_empty() {
        // Only what is open shows how long the message is.
        let mut space = rest.to_vec();
        let (part, quality) = on_bytes(py, room, || unwrap_in_room(context, &mut space))?;
        let message = PyBytes::new(py, space.get(part).unwrap_or_default());
        space.fill(0);
        return Ok((message, quality));
    }
    let mut quality = Quality::DEFAULT;
    let message = made_in_place(py, room, |space| {
        space.copy_from_slice(rest);
        quality = on_bytes(py, room, || open_beside(context, space, signature))?;
        Ok(room)
    })?;
    Ok((message, quality))
}

/// What the library made, as an object of Python.
fn handed_out(py: Python<'_>, mut message: Vec<u8>) -> Bound<'_, PyBytes> {
    let bytes = PyBytes::new(py, &message);
    message.fill(0);
    bytes
}

/// New bytes, which are made in their place.
fn made_in_place(
    py: Python<'_>,
    length: usize,
    make: impl FnOnce(&mut [u8]) -> Result<usize>,
) -> Result<Bound<'_, PyBytes>> {
    let mut used = length;
    let bytes = PyBytes::new_with(py, length, |space| {
        used = make(space).map_err(PyErr::from)?;
        Ok(())
    })?;
    Ok(match bytes.as_bytes().get(..used) {
        // A signature shorter than the largest.
        Some(bytes) if used < length => PyBytes::new(py, bytes),
        _ => bytes,
    })
}

#[pymethods]
impl Context {
    /// Protects a message: its signature and the message, encrypted where the context has
    /// confidentiality. A connectionless context wants the message's number, which must never come
    /// twice. A stream takes messages of any length, and gives the bytes to send.
    #[pyo3(signature = (message, *, number=None))]
    fn wrap<'py>(
        &self,
        py: Python<'py>,
        message: BytesLike<'py>,
        number: Option<u32>,
    ) -> Result<Bound<'py, PyBytes>> {
        let message = Bytes::of(&message.0, "message")?;
        let mut context = alone(&self.0, "context")?;
        let context = &mut *context;
        if let Some(number) = number {
            let message = message.as_slice();
            let wrapped = on_bytes(py, message.len(), || context.wrap_datagram(number, message))?;
            return Ok(PyBytes::new(py, &wrapped));
        }
        if is_stream(context) {
            let message = message.as_slice();
            let wrapped = on_bytes(py, message.len(), || context.wrap(message))?;
            return Ok(PyBytes::new(py, &wrapped));
        }
        let trailer = context.sizes().security_trailer;
        made_in_place(py, trailer.saturating_add(message.len()), |space| {
            // Copied before other threads run, which may write to it.
            space.split_at_mut(trailer).1.copy_from_slice(message.as_slice());
            on_bytes(py, space.len(), || wrap_in_room(context, space))
        })
    }

    /// Opens a message that the peer protected. MessageAltered or OutOfSequence says that it is not
    /// the message that is due; that one still opens afterwards.
    ///
    /// Of a stream it takes the bytes as they come, cut anywhere, and gives what is in them, which may
    /// be nothing yet: begin with `Handshake.extra`. At the stream's end it raises ContextExpired.
    #[pyo3(signature = (wrapped, *, number=None))]
    fn unwrap<'py>(
        &self,
        py: Python<'py>,
        wrapped: BytesLike<'py>,
        number: Option<u32>,
    ) -> Result<Bound<'py, PyBytes>> {
        let wrapped = Bytes::of(&wrapped.0, "wrapped")?;
        let mut context = alone(&self.0, "context")?;
        let (context, wrapped) = (&mut *context, wrapped.as_slice());
        let Some(number) = number else { return Ok(opened(py, context, wrapped)?.0) };
        let message = on_bytes(py, wrapped.len(), || context.unwrap_datagram(number, wrapped))?;
        Ok(handed_out(py, message))
    }

    /// `unwrap`, which also gives the quality of the protection: 0 where the message was encrypted,
    /// 0x80000001 (`SECQOP_WRAP_NO_ENCRYPT`) where the peer only signed it. Kerberos and PKU2U open both;
    /// everything in a stream is encrypted.
    fn unwrap_with_quality<'py>(
        &self,
        py: Python<'py>,
        wrapped: BytesLike<'py>,
    ) -> Result<(Bound<'py, PyBytes>, u32)> {
        let wrapped = Bytes::of(&wrapped.0, "wrapped")?;
        let mut context = alone(&self.0, "context")?;
        let (message, quality) = opened(py, &mut context, wrapped.as_slice())?;
        Ok((message, quality.0))
    }

    /// Ends a stream: the bytes to send as its last. What the peer still sends can be opened.
    fn shut_down<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyBytes>> {
        let mut context = alone(&self.0, "context")?;
        Ok(PyBytes::new(py, &guarded(|| context.shut_down())?))
    }

    /// What the client delegated, on a server: a `Password`, a `SmartCard`, a `CredentialCache`, or None
    /// for nothing. It is handed out once; asked again, on a client, or of a package that cannot delegate,
    /// it raises an error.
    fn delegated<'py>(&self, py: Python<'py>) -> Result<DelegatedThing<'py>> {
        let mut context = alone(&self.0, "context")?;
        delegated_of(py, guarded(|| context.delegated())?)
    }

    /// Who the client is beyond its name, on a server: its realm, SIDs and groups, where the package
    /// learns them. Kerberos does.
    #[getter]
    fn peer(&self) -> Result<Option<Peer>> {
        Ok(alone(&self.0, "context")?.peer().cloned().map(Peer))
    }

    /// Signs a message that goes out in the clear.
    #[pyo3(signature = (message, *, number=None))]
    fn sign<'py>(
        &self,
        py: Python<'py>,
        message: BytesLike<'py>,
        number: Option<u32>,
    ) -> Result<Bound<'py, PyBytes>> {
        let message = Bytes::of(&message.0, "message")?;
        let mut context = alone(&self.0, "context")?;
        let (context, message) = (&mut *context, message.as_slice());
        let signature = on_bytes(py, message.len(), || match number {
            Some(number) => context.sign_datagram(number, message),
            None => context.sign(message),
        })?;
        Ok(PyBytes::new(py, &signature))
    }

    /// Checks the signature of a message in the clear; MessageAltered says that it is wrong.
    #[pyo3(signature = (message, signature, *, number=None))]
    fn verify(
        &self,
        py: Python<'_>,
        message: BytesLike<'_>,
        signature: BytesLike<'_>,
        number: Option<u32>,
    ) -> Result<()> {
        let message = Bytes::of(&message.0, "message")?;
        let signature = Bytes::of(&signature.0, "signature")?;
        let mut context = alone(&self.0, "context")?;
        let context = &mut *context;
        let (message, signature) = (message.as_slice(), signature.as_slice());
        on_bytes(py, message.len(), || match number {
            Some(number) => context.verify_datagram(number, message, signature),
            None => context.verify(message, signature),
        })
    }

    /// The package of the context: "Negotiate" where it was negotiated.
    #[getter]
    fn package(&self) -> Result<PackageInfo> {
        self.with_facts(|facts| facts.package.clone().into())
    }

    /// The package that was negotiated; the package itself where nothing was.
    #[getter]
    fn negotiated_package(&self) -> Result<PackageInfo> {
        match self.with(|context| context.query(Attribute::NEGOTIATION_INFO))?? {
            AttributeValue::NegotiationInfo { package, .. } => Ok(package.into()),
            _ => self.package(),
        }
    }

    /// How the package was agreed on, where it was.
    #[getter]
    fn negotiation(&self) -> Result<Option<Negotiation>> {
        self.with_facts(|facts| facts.negotiation.as_deref().cloned().map(Negotiation))
    }

    /// Which end this is: "initiator" or "acceptor".
    #[getter]
    fn side(&self) -> Result<SideWord> {
        self.with_facts(|facts| side_name(facts.side))
    }

    /// What the context has. Every flag is true of it.
    #[getter]
    fn flags(&self) -> Result<FlagOf> {
        self.with_facts(|facts| FlagOf(facts.flags))
    }

    /// When it ends; None for never.
    #[getter]
    fn expiry(&self) -> Result<When> {
        self.with_facts(|facts| When(facts.expiry))
    }

    /// The client, as `DOMAIN\user`: on a server the user that was authenticated.
    #[getter]
    fn client(&self) -> Result<String> {
        self.with_facts(|facts| facts.client.to_string())
    }

    /// The client without the domain.
    #[getter]
    fn client_user(&self) -> Result<String> {
        self.with_facts(|facts| facts.client.user().to_owned())
    }

    /// The client's domain.
    #[getter]
    fn client_domain(&self) -> Result<Option<String>> {
        self.with_facts(|facts| facts.client.domain().map(str::to_owned))
    }

    /// Whether the client is anonymous.
    #[getter]
    fn is_anonymous(&self) -> Result<bool> {
        self.with(anysspi::Context::is_anonymous)
    }

    /// The server, as it announced itself.
    #[getter]
    fn server(&self) -> Result<Option<String>> {
        self.with_facts(|facts| facts.server.as_deref().map(str::to_owned))
    }

    /// The workstation the client says it is on. Nobody vouches for it.
    #[getter]
    fn workstation(&self) -> Result<Option<String>> {
        self.with_facts(|facts| facts.workstation.as_deref().map(str::to_owned))
    }

    /// The target's name as the client gave it.
    #[getter]
    fn target(&self) -> Result<Option<String>> {
        self.with_facts(|facts| facts.target.as_deref().map(str::to_owned))
    }

    /// What became of the channel bindings: "no", "sent" or "verified".
    #[getter]
    fn bindings_checked(&self) -> Result<CheckedWord> {
        self.with_facts(|facts| CheckedWord(facts.bindings_checked.name()))
    }

    /// The session key.
    #[getter]
    fn session_key<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyBytes>> {
        self.with_facts(|facts| PyBytes::new(py, facts.session_key.expose()))
    }

    /// The sizes for message protection.
    #[getter]
    fn sizes(&self) -> Result<Sizes> {
        self.with(|context| Sizes::from(context.sizes()))
    }

    /// Asks anything else.
    fn query<'py>(&self, py: Python<'py>, attribute: AttributeOf) -> Result<Anything<'py>> {
        let value = self.with(|context| context.query(Attribute(attribute.0)))??;
        Ok(Anything(value_of(py, value)?))
    }

    fn __repr__(&self) -> String {
        match self.with(|context| {
            let (package, side) = (&context.package().name, side_name(context.side()).0);
            format!("<Context {package}, {side}, client {:?}>", context.client().to_string())
        }) {
            Ok(text) => text,
            Err(_) => "<Context, busy>".into(),
        }
    }
}

/// The answer to a question as an object of Python.
pub(crate) fn value_of(py: Python<'_>, value: AttributeValue) -> Result<Bound<'_, PyAny>> {
    Ok(match value {
        AttributeValue::Sizes(sizes) => Bound::new(py, Sizes::from(sizes))?.into_any(),
        AttributeValue::StreamSizes(sizes) => Bound::new(py, StreamSizes::from(sizes))?.into_any(),
        AttributeValue::KeyInfo(info) => Bound::new(py, KeyInfo(info))?.into_any(),
        AttributeValue::PackageInfo(info) => Bound::new(py, PackageInfo::from(info))?.into_any(),
        AttributeValue::Names(name) | AttributeValue::Name(name) => {
            name.into_pyobject(py).map_err(PyErr::from)?.into_any()
        }
        AttributeValue::Lifespan { start, expiry } => {
            (When(start), When(expiry)).into_pyobject(py)?.into_any()
        }
        AttributeValue::SessionKey(key) => PyBytes::new(py, key.expose()).into_any(),
        AttributeValue::NegotiationInfo { package, state } => {
            (PackageInfo::from(package), state.name()).into_pyobject(py)?.into_any()
        }
        AttributeValue::NativeNames { client, server } => {
            (client, server).into_pyobject(py)?.into_any()
        }
        AttributeValue::Flags(flags) => FlagOf(flags).into_pyobject(py)?,
        AttributeValue::Bytes(bytes) => PyBytes::new(py, &bytes).into_any(),
        AttributeValue::AccessToken(token) => {
            (token.user.to_string(), token.anonymous, token.identify_only, When(token.expiry))
                .into_pyobject(py)?
                .into_any()
        }
        AttributeValue::Certificates(all) | AttributeValue::Issuers(all) => {
            PyList::new(py, byte_strings(py, &all))?.into_any()
        }
        AttributeValue::ConnectionInfo(info) => Bound::new(py, ConnectionInfo(info))?.into_any(),
        AttributeValue::Delegated(delegated) => delegated_of(py, delegated)?.0,
        _ => return Err(unknown_kind().into()),
    })
}

/// Sizes for message protection.
#[pyclass(frozen, eq, get_all, module = "anysspi")]
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sizes {
    /// The largest token of the handshake.
    max_token: usize,
    /// The largest signature of a signed message.
    max_signature: usize,
    /// The size messages are padded to a multiple of.
    block_size: usize,
    /// The size of the TOKEN buffer of an encrypted message.
    security_trailer: usize,
}

impl From<anysspi::Sizes> for Sizes {
    fn from(sizes: anysspi::Sizes) -> Self {
        let anysspi::Sizes { max_token, max_signature, block_size, security_trailer } = sizes;
        Self { max_token, max_signature, block_size, security_trailer }
    }
}

#[pymethods]
impl Sizes {
    fn __repr__(&self) -> String {
        format!(
            "Sizes(max_token={}, max_signature={}, block_size={}, security_trailer={})",
            self.max_token, self.max_signature, self.block_size, self.security_trailer
        )
    }
}

/// Sizes for stream protection.
#[pyclass(frozen, eq, get_all, module = "anysspi")]
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct StreamSizes {
    /// The size of what comes before a message.
    header: usize,
    /// The size of what comes behind it.
    trailer: usize,
    /// The largest message.
    maximum_message: usize,
    /// How many buffers a message needs.
    buffers: usize,
    /// The size messages are padded to a multiple of.
    block_size: usize,
}

impl From<anysspi::StreamSizes> for StreamSizes {
    fn from(sizes: anysspi::StreamSizes) -> Self {
        let anysspi::StreamSizes { header, trailer, maximum_message, buffers, block_size } = sizes;
        Self { header, trailer, maximum_message, buffers, block_size }
    }
}

/// Algorithms and strength.
#[pyclass(frozen, eq, module = "anysspi")]
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct KeyInfo(anysspi::KeyInfo);

#[pymethods]
impl KeyInfo {
    /// The algorithm of signatures.
    #[getter]
    fn signature_algorithm_name(&self) -> &str {
        self.0.signature_algorithm_name
    }

    /// The algorithm of encryption.
    #[getter]
    fn encryption_algorithm_name(&self) -> &str {
        self.0.encryption_algorithm_name
    }

    /// The bits of the key.
    #[getter]
    fn key_size(&self) -> u32 {
        self.0.key_size
    }

    /// The number of the signature algorithm.
    #[getter]
    fn signature_algorithm(&self) -> u32 {
        self.0.signature_algorithm
    }

    /// The number of the encryption algorithm.
    #[getter]
    fn encryption_algorithm(&self) -> u32 {
        self.0.encryption_algorithm
    }

    fn __repr__(&self) -> String {
        let (signature, encryption) =
            (self.0.signature_algorithm_name, self.0.encryption_algorithm_name);
        format!("KeyInfo({signature:?}, {encryption:?}, {} bits)", self.0.key_size)
    }
}

/// The protocol and ciphers of a connection, by the numbers and names that TLS gives them.
#[pyclass(frozen, eq, module = "anysspi")]
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ConnectionInfo(anysspi::raw::ConnectionInfo);

#[pymethods]
impl ConnectionInfo {
    /// The version's number: 0x0303 for TLS 1.2, 0x0304 for TLS 1.3.
    #[getter]
    fn version(&self) -> u16 {
        self.0.version
    }

    /// The version's name.
    #[getter]
    fn version_name(&self) -> &str {
        self.0.version_name
    }

    /// The number of the cipher suite.
    #[getter]
    fn cipher_suite(&self) -> u16 {
        self.0.cipher_suite
    }

    /// The name of the cipher suite.
    #[getter]
    fn cipher_suite_name(&self) -> &str {
        self.0.cipher_suite_name
    }

    /// The group of the key exchange, where one took place.
    #[getter]
    fn key_exchange(&self) -> Option<&str> {
        self.0.key_exchange
    }

    /// Whether an earlier session was resumed.
    #[getter]
    fn is_resumed(&self) -> bool {
        self.0.is_resumed
    }

    fn __repr__(&self) -> String {
        format!("ConnectionInfo({:?}, {:?})", self.0.version_name, self.0.cipher_suite_name)
    }
}

/// How a package was agreed on.
#[pyclass(frozen, module = "anysspi")]
pub(crate) struct Negotiation(anysspi::Negotiation);

#[pymethods]
impl Negotiation {
    /// The packages this side was ready for, in its order.
    #[getter]
    fn offered(&self) -> Vec<&str> {
        self.0.offered.iter().map(|name| &**name).collect()
    }

    /// The package that was agreed on.
    #[getter]
    fn chosen(&self) -> Option<&str> {
        self.0.chosen.as_deref()
    }

    /// The packages that were passed over before anything was offered, and why.
    #[getter]
    fn dropped(&self) -> Vec<DroppedPackage> {
        self.0.dropped.iter().cloned().map(DroppedPackage).collect()
    }

    /// Whether the peer signed the list of mechanisms.
    #[getter]
    fn list_was_signed(&self) -> bool {
        self.0.list_was_signed
    }

    fn __repr__(&self) -> String {
        let chosen = self.0.chosen.as_deref().unwrap_or("nothing");
        format!("<Negotiation of {}, chosen {chosen}>", self.0.offered.join(", "))
    }
}

/// A package that could not take part in a negotiation.
#[pyclass(frozen, module = "anysspi")]
pub(crate) struct DroppedPackage(anysspi::DroppedPackage);

#[pymethods]
impl DroppedPackage {
    /// The package.
    #[getter]
    fn package(&self) -> &str {
        &self.0.package
    }

    /// Why not.
    #[getter]
    fn error<'py>(&self, py: Python<'py>) -> AnException<'py> {
        AnException(exception(py, &self.0.error).into_value(py).into_bound(py).into_any())
    }

    fn __repr__(&self) -> String {
        format!("<DroppedPackage {}: {}>", self.0.package, self.0.error)
    }
}
