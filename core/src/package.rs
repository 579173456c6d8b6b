//! What a security package must supply. The registry, the raw layer and the handshake layer are
//! written against these traits and name no package.

use crate::buffer::{Buffer, BufferKind};
use crate::context::{Attribute, AttributeValue, Facts};
use crate::credentials::{ChannelBindingPolicy, ChannelBindings, CredentialRequest, PacPolicy};
use crate::error::{Error, Result};
use crate::flags::ContextFlags;
use crate::kdc::{KdcReply, KdcRequest};
use crate::status::Status;
use crate::time::Time;
use bitflags::bitflags;
use std::any::Any;
use std::borrow::Cow;
use std::sync::Arc;
use zeroize::Zeroizing;

bitflags! {
    /// What a package can do (`SECPKG_FLAG_*`).
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Capabilities: u32 {
        /// Messages can be signed.
        const INTEGRITY = 0x0000_0001;
        /// Messages can be encrypted.
        const PRIVACY = 0x0000_0002;
        /// Only TOKEN buffers are needed for a handshake.
        const TOKEN_ONLY = 0x0000_0004;
        /// Connectionless transports are supported.
        const DATAGRAM = 0x0000_0008;
        /// Connection-oriented transports are supported.
        const CONNECTION = 0x0000_0010;
        /// Several legs are needed.
        const MULTI_REQUIRED = 0x0000_0020;
        /// The package only initiates.
        const CLIENT_ONLY = 0x0000_0040;
        /// Errors can be told to the peer.
        const EXTENDED_ERROR = 0x0000_0080;
        /// The server can act as the client.
        const IMPERSONATION = 0x0000_0100;
        /// `DOMAIN\user` names are understood.
        const ACCEPT_WIN32_NAME = 0x0000_0200;
        /// Streams of bytes are supported.
        const STREAM = 0x0000_0400;
        /// Negotiate may offer it.
        const NEGOTIABLE = 0x0000_0800;
        /// Its tokens are those of GSS-API.
        const GSS_COMPATIBLE = 0x0000_1000;
        /// `LsaLogonUser` is supported.
        const LOGON = 0x0000_2000;
        /// Buffers hold ASCII.
        const ASCII_BUFFERS = 0x0000_4000;
        /// Large tokens are split.
        const FRAGMENT = 0x0000_8000;
        /// The server is authenticated too.
        const MUTUAL_AUTH = 0x0001_0000;
        /// The user's credentials can be delegated.
        const DELEGATION = 0x0002_0000;
        /// READONLY_WITH_CHECKSUM buffers are signed and not encrypted.
        const READONLY_WITH_CHECKSUM = 0x0004_0000;
        /// Restricted tokens are supported.
        const RESTRICTED_TOKENS = 0x0008_0000;
        /// The package extends Negotiate.
        const NEGO_EXTENDER = 0x0010_0000;
        /// Negotiate picks it by itself.
        const NEGOTIABLE2 = 0x0020_0000;
        /// App containers may pass through it.
        const APPCONTAINER_PASSTHROUGH = 0x0040_0000;
        /// App containers are checked.
        const APPCONTAINER_CHECKS = 0x0080_0000;
    }
}

/// What the registry tells about a package (`SecPkgInfo`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageInfo {
    /// The name it is asked for by.
    pub name: Cow<'static, str>,
    /// What it is, in a sentence.
    pub comment: Cow<'static, str>,
    /// What this implementation can do.
    pub capabilities: Capabilities,
    /// The version of the package's protocol.
    pub version: u16,
    /// The number DCE RPC knows it by (`RPC_C_AUTHN_*`); 0xFFFF for none.
    pub rpc_id: u16,
    /// The largest token it makes.
    pub max_token: usize,
}

/// A security package: makes credentials. An application may register its own.
pub trait Package: Send + Sync {
    /// What the registry tells about it.
    fn info(&self) -> &PackageInfo;

    /// The mechanisms that Negotiate offers it as: the contents of their object identifiers, the
    /// preferred one first. None for a package that is not negotiated.
    fn mechanisms(&self) -> &[&'static [u8]] {
        &[]
    }

    /// Whether Negotiate offers it only where the caller lists it by name.
    fn is_on_request(&self) -> bool {
        false
    }

    /// Whether this is the first token of the package itself, without anything around it.
    fn recognises(&self, _token: &[u8]) -> bool {
        false
    }

    /// Makes credentials from the identities it knows, or says which kinds it looked for.
    fn acquire(&self, request: CredentialRequest) -> Result<Arc<dyn PackageCredential>>;
}

/// Credentials of a package: start handshakes.
pub trait PackageCredential: Any + Send + Sync {
    /// Whose credentials they are (`SECPKG_CRED_ATTR_NAMES`).
    fn name(&self) -> Result<String>;

    /// When they expire.
    fn expiry(&self) -> Time {
        Time::FOREVER
    }

    /// Starts a handshake as the initiator.
    fn initiate(&self, request: InitiateRequest<'_>) -> Result<Box<dyn Exchange>>;

    /// Starts a handshake as the acceptor.
    fn accept(&self, request: AcceptRequest<'_>) -> Result<Box<dyn Exchange>>;
}

/// What an initiator wants of the context.
#[derive(Clone, Copy, Debug)]
pub struct InitiateRequest<'a> {
    /// The target's name, such as `HTTP/web.example.com`.
    pub target: Option<&'a str>,
    /// What is asked for. The package gives what it can; the caller judges.
    pub flags: ContextFlags,
    /// What of it the caller will not go on without: a package that finds out that it cannot be had may
    /// fail with the reason.
    pub required: ContextFlags,
    /// What to do about channel bindings.
    pub binding_policy: ChannelBindingPolicy,
    /// Whether there is anybody to carry questions to a KDC. Without, [`Progress::AskKdc`] fails.
    pub can_ask_kdc: bool,
}

/// What an acceptor wants of the context.
#[derive(Clone, Copy, Debug)]
pub struct AcceptRequest<'a> {
    /// What is asked for.
    pub flags: ContextFlags,
    /// What to do about channel bindings.
    pub binding_policy: ChannelBindingPolicy,
    /// What to do about the PAC in a ticket of Kerberos.
    pub pac_policy: PacPolicy,
    /// The target names the client may have meant; empty accepts any.
    pub accepted_targets: &'a [String],
}

/// What comes into one step of a handshake.
#[derive(Debug, Default)]
pub struct StepInput<'a> {
    /// The peer's token; empty where there is none, as in an initiator's first step.
    pub token: &'a [u8],
    /// The channel bindings, where there are any.
    pub bindings: Option<&'a ChannelBindings>,
    /// The answer to the [`Progress::AskKdc`] before.
    pub kdc_reply: Option<KdcReply>,
    /// The PKG_PARAMS buffer, where there is one.
    pub parameters: Option<&'a [u8]>,
}

impl<'a> StepInput<'a> {
    /// A step with the peer's token.
    pub fn token(token: &'a [u8]) -> Self {
        Self { token, ..Self::default() }
    }
}

/// A handshake on its way. Each step consumes the state and gives the next, so that a step out of
/// order cannot be written.
pub trait Exchange: Send {
    /// Takes the peer's token and says how it goes on. An error ends the handshake.
    fn step(self: Box<Self>, input: StepInput<'_>) -> Result<Progress>;

    /// Takes other credentials after [`Progress::NeedCredentials`]. What is refused changes nothing.
    fn renew(&mut self, _credential: &dyn PackageCredential) -> Result<()> {
        Err(Error::new(
            Status::UNSUPPORTED_FUNCTION,
            "the package takes no other credentials in the middle of a handshake",
        ))
    }

    /// Answers a query before the context stands; none where there is no answer yet.
    fn attribute(&self, _attribute: Attribute) -> Option<AttributeValue> {
        None
    }

    /// Whether the token of the last step must be completed before it is sent: the call then
    /// answers COMPLETE_AND_CONTINUE.
    fn needs_completion(&self) -> bool {
        false
    }

    /// Completes that token (`CompleteAuthToken`).
    fn complete(&mut self, _token: &mut [Buffer<'_>]) -> Result<()> {
        Err(nothing_to_complete())
    }
}

/// How a handshake goes on after a step.
pub enum Progress {
    /// Send the token, which may be empty, and come back with the peer's.
    Continue {
        /// The token to send.
        token: Vec<u8>,
        /// The handshake from here on.
        next: Box<dyn Exchange>,
    },
    /// The peer's token is not whole: come back with it and what follows it.
    Incomplete {
        /// How many bytes are missing, at least.
        missing: usize,
        /// The handshake from here on.
        next: Box<dyn Exchange>,
    },
    /// The peer asks for credentials that are not there: come back with others ([`Exchange::renew`]),
    /// or with none to go on without.
    NeedCredentials {
        /// The handshake from here on.
        next: Box<dyn Exchange>,
    },
    /// Ask a KDC and come back with its reply.
    AskKdc {
        /// The question.
        request: KdcRequest,
        /// The handshake from here on.
        next: Box<dyn Exchange>,
    },
    /// The context stands.
    Done {
        /// The last token to send, where there is one.
        token: Option<Vec<u8>>,
        /// How many bytes at the end of the input belong to what comes after the handshake.
        extra: usize,
        /// The context.
        context: Box<dyn Established>,
    },
}

/// An established context: protects messages and answers queries.
///
/// The buffer lists are those of the interface: one TOKEN for the signature, any number of DATA,
/// and the attributes READONLY and READONLY_WITH_CHECKSUM.
pub trait Established: Send {
    /// What was learnt during the handshake.
    fn facts(&self) -> &Facts;

    /// The same, for a package that negotiated this one and adds what it learnt itself. Nobody
    /// changes them once the context stands.
    fn facts_mut(&mut self) -> &mut Facts;

    /// Answers a query that the facts do not. What the package does not know is
    /// UNSUPPORTED_FUNCTION.
    fn attribute(&self, attribute: Attribute) -> Result<AttributeValue> {
        Err(unsupported_attribute(self.facts(), attribute))
    }

    /// Signs the message into the TOKEN buffer.
    fn sign(&mut self, options: MessageOptions, message: &mut [Buffer<'_>]) -> Result<()>;

    /// Checks the signature in the TOKEN buffer.
    fn verify(&mut self, options: MessageOptions, message: &mut [Buffer<'_>]) -> Result<Quality>;

    /// Encrypts the message in place and signs it into the TOKEN buffer.
    fn encrypt(&mut self, options: MessageOptions, message: &mut [Buffer<'_>]) -> Result<()>;

    /// Decrypts the message in place and checks its signature. What was decrypted and does not hold
    /// is wiped.
    fn decrypt(&mut self, options: MessageOptions, message: &mut [Buffer<'_>]) -> Result<Quality>;

    /// How much of a message that a peer wrapped is its TOKEN, where the rest is the DATA beside it and
    /// takes no more turning. The message says so itself, and nobody has proven it yet. The same for every
    /// message where all signatures have one size and nothing is padded, even for none.
    fn signature_length(&self, _wrapped: &[u8]) -> Option<usize> {
        let sizes = self.facts().sizes;
        let is_fixed = sizes.max_signature == sizes.security_trailer && sizes.block_size == 1;
        is_fixed.then_some(sizes.security_trailer)
    }

    /// Completes a token after it was put together (`CompleteAuthToken`), for packages that answer
    /// COMPLETE_NEEDED.
    fn complete(&mut self, _token: &mut [Buffer<'_>]) -> Result<()> {
        Err(nothing_to_complete())
    }

    /// Whether the token of the last step must be completed before it is sent: the call then
    /// answers COMPLETE_NEEDED.
    fn needs_completion(&self) -> bool {
        false
    }

    /// Protects a message of a stream, of any length: the bytes to send. Every package whose facts
    /// have stream sizes has this and [`Established::decrypt_stream`], for bytes that are cut anywhere;
    /// whoever uses them does without [`Established::encrypt`] and [`Established::decrypt`].
    fn encrypt_stream(&mut self, _message: &[u8]) -> Result<Vec<u8>> {
        Err(no_stream())
    }

    /// Takes a peer's bytes of a stream as they come, and puts behind `message` what is in them. Part of
    /// a message may come with an error, such as CONTEXT_EXPIRED for the end: the next call has the
    /// same error.
    fn decrypt_stream(&mut self, _received: &[u8], _message: &mut Vec<u8>) -> Result<()> {
        Err(no_stream())
    }

    /// Ends a stream: the bytes to send as its last. The peer's side of it may go on.
    fn shut_down(&mut self) -> Result<Vec<u8>> {
        Err(no_stream())
    }

    /// Whether a negotiation signs its list of mechanisms with this context, and asks the peer to,
    /// even where the choice was the first of both.
    fn wants_list_mic(&self) -> bool {
        false
    }

    /// Both MICs of a negotiation's list of mechanisms: the own one, and what the peer's must be. A
    /// package can supply them together where that costs less than [`Established::sign`] and
    /// [`Established::verify`]; the messages they stand for are then counted.
    fn list_mics(&mut self, _list: &[u8]) -> Result<Option<ListMics>> {
        Ok(None)
    }

    /// Puts the ciphers back to where the handshake left them, as SPNEGO asks for after its
    /// mechListMIC ([MS-SPNG] 3.3.5.1). Sequence numbers go on.
    fn restart_protection(&mut self) -> Result<()> {
        Ok(())
    }
}

/// Both MICs of a negotiation's list of mechanisms.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ListMics {
    /// What this side sends.
    pub own: [u8; 16],
    /// What the peer must send.
    pub peer: [u8; 16],
}

/// How a message is protected (`fQOP`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Quality(pub u32);

impl Quality {
    /// Encrypted and signed.
    pub const DEFAULT: Self = Self(0);
    /// `SECQOP_WRAP_NO_ENCRYPT`: signed in the format of an encrypted message.
    pub const NO_ENCRYPT: Self = Self(0x8000_0001);
    /// `SECQOP_WRAP_OOB_DATA`: an alert of the protocol.
    pub const OUT_OF_BAND: Self = Self(0x4000_0000);
}

/// How one message is protected, and its number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MessageOptions {
    /// How it is protected.
    pub quality: Quality,
    /// Its sequence number where the caller keeps count (connectionless contexts).
    pub sequence: u32,
}

/// A whole message, encrypted: the signature, the message behind it, and its padding.
pub(crate) fn wrap(
    context: &mut (dyn Established + 'static),
    options: MessageOptions,
    message: &[u8],
) -> Result<Vec<u8>> {
    let trailer = context.facts().sizes.security_trailer;
    let most_padding = context.facts().sizes.block_size;
    let behind = trailer.saturating_add(message.len());
    // Wiped where it is not encrypted after all.
    let mut wrapped = Zeroizing::new(Vec::with_capacity(behind.saturating_add(most_padding)));
    wrapped.resize(trailer, 0);
    wrapped.extend_from_slice(message);
    wrapped.resize(behind.saturating_add(most_padding), 0);
    let (signature, rest) = wrapped.split_at_mut(trailer);
    let (data, padding) = rest.split_at_mut(message.len().min(rest.len()));
    let mut buffers = [
        Buffer::exclusive(BufferKind::TOKEN, signature),
        Buffer::data(data),
        // No package has to use it.
        Buffer::exclusive(BufferKind::PADDING, padding).with_length(0),
    ];
    context.encrypt(options, &mut buffers)?;
    let [token, _, padding] = &buffers;
    let (used, padding) = (token.len(), padding.len());
    wrapped.truncate(behind.saturating_add(padding));
    // A signature shorter than the largest leaves a gap.
    if used < trailer {
        wrapped.drain(used..trailer);
    }
    Ok(std::mem::take(&mut *wrapped))
}

/// The message in what the peer wrapped, and how it was protected.
pub(crate) fn unwrap(
    context: &mut (dyn Established + 'static),
    options: MessageOptions,
    wrapped: &[u8],
) -> Result<(Zeroizing<Vec<u8>>, Quality)> {
    let mut bytes = Zeroizing::new(wrapped.to_vec());
    let mut buffers =
        [Buffer::exclusive(BufferKind::STREAM, &mut bytes), Buffer::empty(BufferKind::DATA)];
    let quality = context.decrypt(options, &mut buffers)?;
    let [signature, data] = &buffers;
    let (before, length) = (signature.len(), data.len());
    drop(buffers);
    // The message stands behind its signature, and before padding where there is some. What is moved
    // up leaves its copy within the memory that is wiped.
    let start = before.min(bytes.len().saturating_sub(length));
    bytes.truncate(start.saturating_add(length));
    bytes.drain(..start);
    Ok((bytes, quality))
}

/// The error for a package inside another that asks for other credentials: nobody can bring them there.
pub(crate) fn no_others() -> Error {
    Error::new(Status::NO_CREDENTIALS, "the peer asks for credentials that are not there")
}

fn no_stream() -> Error {
    Error::new(Status::UNSUPPORTED_FUNCTION, "this context protects no stream")
}

fn nothing_to_complete() -> Error {
    Error::new(Status::UNSUPPORTED_FUNCTION, "this package has no token to complete")
}

/// The error for an attribute that a package cannot answer.
pub(crate) fn unsupported_attribute(facts: &Facts, attribute: Attribute) -> Error {
    Error::new(
        Status::UNSUPPORTED_FUNCTION,
        format!("{} cannot answer {}", facts.package.name, attribute.symbol()),
    )
}
