//! What can be asked of a context (`QueryContextAttributes`), under the names and numbers of the
//! interface.

use crate::credentials::{Delegated, Secret, UserName};
use crate::flags::ContextFlags;
use crate::package::PackageInfo;
use crate::time::Time;
use std::fmt;

/// A question to a context (`SECPKG_ATTR_*`).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Attribute(pub u32);

macro_rules! attributes {
    ($($(#[$doc:meta])* $name:ident = $number:literal;)*) => {
        impl Attribute {
            $($(#[$doc])* pub const $name: Self = Self($number);)*

            fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($number => Some(stringify!($name)),)*
                    _ => None,
                }
            }
        }
    };
}

attributes! {
    /// Sizes for message protection.
    SIZES = 0;
    /// The name of the client.
    NAMES = 1;
    /// When the context began and ends.
    LIFESPAN = 2;
    /// What DCE RPC asks for.
    DCE_INFO = 3;
    /// Sizes for stream protection.
    STREAM_SIZES = 4;
    /// The algorithms and the strength of the keys.
    KEY_INFO = 5;
    /// The authority that authenticated.
    AUTHORITY = 6;
    /// When the client's password expires.
    PASSWORD_EXPIRY = 8;
    /// The session key.
    SESSION_KEY = 9;
    /// The package.
    PACKAGE_INFO = 10;
    /// The package that was negotiated, and how far.
    NEGOTIATION_INFO = 12;
    /// The names of client and server.
    NATIVE_NAMES = 13;
    /// The flags of the context.
    FLAGS = 14;
    /// What the server told about itself.
    TARGET_INFORMATION = 17;
    /// Who the client is, as a token to judge access by.
    ACCESS_TOKEN = 18;
    /// The target's name.
    TARGET = 19;
    /// The bindings of the connection itself.
    UNIQUE_BINDINGS = 25;
    /// The bindings of the server's certificate.
    ENDPOINT_BINDINGS = 26;
    /// The target's name as the client gave it.
    CLIENT_SPECIFIED_TARGET = 27;
    /// The peer's certificate.
    REMOTE_CERT_CONTEXT = 0x53;
    /// This side's certificate.
    LOCAL_CERT_CONTEXT = 0x54;
    /// The authorities a server accepts.
    ISSUER_LIST_EX = 0x59;
    /// The protocol and ciphers of a connection.
    CONNECTION_INFO = 0x5A;
    /// What the client delegated, which is read once.
    CREDS = 0x8000_0080;
}

impl Attribute {
    /// The symbol of the interface, or the number where there is none.
    pub fn symbol(self) -> String {
        match self.name() {
            Some(name) => format!("SECPKG_ATTR_{name}"),
            None => format!("attribute {}", self.0),
        }
    }
}

impl fmt::Debug for Attribute {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.symbol())
    }
}

/// The answer to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttributeValue {
    /// SIZES
    Sizes(Sizes),
    /// NAMES: the client, as `DOMAIN\user`.
    Names(String),
    /// LIFESPAN
    Lifespan {
        /// When the context was established.
        start: Time,
        /// When it ends.
        expiry: Time,
    },
    /// STREAM_SIZES
    StreamSizes(StreamSizes),
    /// KEY_INFO
    KeyInfo(KeyInfo),
    /// SESSION_KEY
    SessionKey(Secret),
    /// PACKAGE_INFO
    PackageInfo(PackageInfo),
    /// NEGOTIATION_INFO
    NegotiationInfo {
        /// The package that was negotiated.
        package: PackageInfo,
        /// How far the negotiation is.
        state: NegotiationState,
    },
    /// NATIVE_NAMES
    NativeNames {
        /// The client.
        client: String,
        /// The server; empty where it is not known.
        server: String,
    },
    /// FLAGS
    Flags(ContextFlags),
    /// TARGET_INFORMATION, UNIQUE_BINDINGS, ENDPOINT_BINDINGS: bytes in the package's own form.
    Bytes(Vec<u8>),
    /// CLIENT_SPECIFIED_TARGET, TARGET
    Name(String),
    /// ACCESS_TOKEN
    AccessToken(AccessToken),
    /// REMOTE_CERT_CONTEXT, LOCAL_CERT_CONTEXT: the chain in DER, the side's own first.
    Certificates(Vec<Vec<u8>>),
    /// ISSUER_LIST_EX: the names of authorities in DER, those that the server trusts first of all.
    Issuers(Vec<Vec<u8>>),
    /// CONNECTION_INFO
    ConnectionInfo(ConnectionInfo),
    /// CREDS
    Delegated(Delegated),
}

/// Sizes for message protection (`SecPkgContext_Sizes`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sizes {
    /// The largest token of the handshake.
    pub max_token: usize,
    /// The largest signature of a signed message.
    pub max_signature: usize,
    /// The size messages are padded to a multiple of.
    pub block_size: usize,
    /// The size of the TOKEN buffer of an encrypted message.
    pub security_trailer: usize,
}

/// Sizes for stream protection (`SecPkgContext_StreamSizes`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct StreamSizes {
    /// The size of what comes before a message.
    pub header: usize,
    /// The size of what comes behind it.
    pub trailer: usize,
    /// The largest message.
    pub maximum_message: usize,
    /// How many buffers a message needs.
    pub buffers: usize,
    /// The size messages are padded to a multiple of.
    pub block_size: usize,
}

/// The protocol and ciphers of a connection (`SecPkgContext_ConnectionInfo`), by the numbers and names
/// that TLS gives them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ConnectionInfo {
    /// The version's number: 0x0303 for TLS 1.2, 0x0304 for TLS 1.3.
    pub version: u16,
    /// The version's name.
    pub version_name: &'static str,
    /// The number of the cipher suite.
    pub cipher_suite: u16,
    /// The name of the cipher suite.
    pub cipher_suite_name: &'static str,
    /// The group of the key exchange, where one took place.
    pub key_exchange: Option<&'static str>,
    /// Whether an earlier session was resumed.
    pub is_resumed: bool,
}

/// Algorithms and strength (`SecPkgContext_KeyInfo`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyInfo {
    /// The algorithm of signatures.
    pub signature_algorithm_name: &'static str,
    /// The algorithm of encryption.
    pub encryption_algorithm_name: &'static str,
    /// The bits of the key.
    pub key_size: u32,
    /// The number of the signature algorithm.
    pub signature_algorithm: u32,
    /// The number of the encryption algorithm.
    pub encryption_algorithm: u32,
}

/// How far a negotiation is (`SECPKG_NEGOTIATION_*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NegotiationState {
    /// `SECPKG_NEGOTIATION_COMPLETE`
    Complete = 0,
    /// `SECPKG_NEGOTIATION_OPTIMISTIC`
    Optimistic = 1,
    /// `SECPKG_NEGOTIATION_IN_PROGRESS`
    InProgress = 2,
}

impl NegotiationState {
    /// The name, the same in every language.
    pub fn name(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Optimistic => "optimistic",
            Self::InProgress => "in_progress",
        }
    }
}

/// Who the client of an acceptor's context is: what an application judges access by.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccessToken {
    /// The client; empty for an anonymous one.
    pub user: UserName,
    /// Whether the client is anonymous.
    pub anonymous: bool,
    /// Whether the client lets the server only identify it.
    pub identify_only: bool,
    /// When the token ends.
    pub expiry: Time,
}

impl AccessToken {
    /// What an acceptor's facts say about its client.
    pub(crate) fn of(facts: &super::Facts) -> Self {
        Self {
            user: facts.client.clone(),
            anonymous: facts.flags.contains(ContextFlags::NULL_SESSION),
            identify_only: facts.flags.contains(ContextFlags::IDENTIFY),
            expiry: facts.expiry,
        }
    }
}
