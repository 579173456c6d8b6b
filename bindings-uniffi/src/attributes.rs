//! Answers to questions about a context (`QueryContextAttributes`).

use crate::context::SizeFacts;
use crate::credentials::NativeIdentity;
use crate::delegation::identity_of;
use crate::package::{PackageFacts, number, when};
use anysspi::raw::AttributeValue;
use anysspi::{Error, Status};
use std::sync::Arc;
use std::time::SystemTime;

/// The answer to a question.
#[derive(Clone, Debug, uniffi::Enum)]
pub enum AttributeAnswer {
    /// SIZES
    Sizes {
        /// The sizes for message protection.
        sizes: SizeFacts,
    },
    /// STREAM_SIZES
    Streaming {
        /// The sizes for stream protection.
        sizes: StreamSizeFacts,
    },
    /// KEY_INFO
    Key {
        /// Algorithms and strength.
        key: KeyFacts,
    },
    /// PACKAGE_INFO
    Package {
        /// The package.
        facts: PackageFacts,
    },
    /// NEGOTIATION_INFO
    Negotiated {
        /// The package that was negotiated.
        facts: PackageFacts,
        /// How far the negotiation is, in a word: `complete`, `optimistic`, `in_progress`.
        progress: String,
    },
    /// NAMES, TARGET, CLIENT_SPECIFIED_TARGET
    Name {
        /// The name.
        name: String,
    },
    /// NATIVE_NAMES
    Names {
        /// The client.
        client: String,
        /// The server; empty where it is not known.
        server: String,
    },
    /// LIFESPAN
    Lifespan {
        /// When the context was established.
        start: Option<SystemTime>,
        /// When it ends; none for never.
        expiry: Option<SystemTime>,
    },
    /// FLAGS
    Flags {
        /// What the context has.
        flags: u32,
    },
    /// SESSION_KEY, TARGET_INFORMATION, UNIQUE_BINDINGS, ENDPOINT_BINDINGS
    Bytes {
        /// In the package's own form.
        bytes: Vec<u8>,
    },
    /// ACCESS_TOKEN
    Access {
        /// Who the client is.
        token: AccessFacts,
    },
    /// REMOTE_CERT_CONTEXT, LOCAL_CERT_CONTEXT
    Certificates {
        /// The chain in DER, the side's own first.
        chain: Vec<Vec<u8>>,
    },
    /// ISSUER_LIST_EX
    Issuers {
        /// The names of authorities in DER, those that the server trusts first of all.
        names: Vec<Vec<u8>>,
    },
    /// CONNECTION_INFO
    Connection {
        /// The protocol and ciphers.
        connection: ConnectionFacts,
    },
    /// CREDS
    Handed {
        /// What the client delegated; none where it is nothing.
        delegated: Option<Arc<NativeIdentity>>,
    },
}

/// Sizes for stream protection.
#[derive(Clone, Copy, Debug, uniffi::Record)]
pub struct StreamSizeFacts {
    /// The size of what comes before a message.
    pub header: u32,
    /// The size of what comes behind it.
    pub trailer: u32,
    /// The largest message.
    pub maximum_message: u32,
    /// How many buffers a message needs.
    pub buffers: u32,
    /// The size messages are padded to a multiple of.
    pub block_size: u32,
}

/// Algorithms and strength.
#[derive(Clone, Debug, uniffi::Record)]
pub struct KeyFacts {
    /// The algorithm of signatures.
    pub signature_algorithm_name: String,
    /// The algorithm of encryption.
    pub encryption_algorithm_name: String,
    /// The bits of the key.
    pub key_size: u32,
    /// The number of the signature algorithm.
    pub signature_algorithm: u32,
    /// The number of the encryption algorithm.
    pub encryption_algorithm: u32,
}

/// The protocol and ciphers of a connection.
#[derive(Clone, Debug, uniffi::Record)]
pub struct ConnectionFacts {
    /// The version's number.
    pub version: u16,
    /// The version's name.
    pub version_name: String,
    /// The number of the cipher suite.
    pub cipher_suite: u16,
    /// The name of the cipher suite.
    pub cipher_suite_name: String,
    /// The group of the key exchange, where one took place.
    pub key_exchange: Option<String>,
    /// Whether an earlier session was resumed.
    pub is_resumed: bool,
}

/// Who the client of a server's context is.
#[derive(Clone, Debug, uniffi::Record)]
pub struct AccessFacts {
    /// The client; empty for an anonymous one.
    pub user: String,
    /// Whether the client is anonymous.
    pub is_anonymous: bool,
    /// Whether the client lets the server only identify it.
    pub identify_only: bool,
    /// When the token ends; none for never.
    pub expiry: Option<SystemTime>,
}

impl From<anysspi::AccessToken> for AccessFacts {
    fn from(token: anysspi::AccessToken) -> Self {
        Self {
            user: token.user.to_string(),
            is_anonymous: token.anonymous,
            identify_only: token.identify_only,
            expiry: when(token.expiry),
        }
    }
}

impl TryFrom<AttributeValue> for AttributeAnswer {
    type Error = Error;

    fn try_from(value: AttributeValue) -> anysspi::Result<Self> {
        Ok(match value {
            AttributeValue::Sizes(sizes) => Self::Sizes { sizes: sizes.into() },
            AttributeValue::StreamSizes(sizes) => Self::Streaming {
                sizes: StreamSizeFacts {
                    header: number(sizes.header),
                    trailer: number(sizes.trailer),
                    maximum_message: number(sizes.maximum_message),
                    buffers: number(sizes.buffers),
                    block_size: number(sizes.block_size),
                },
            },
            AttributeValue::KeyInfo(info) => Self::Key {
                key: KeyFacts {
                    signature_algorithm_name: info.signature_algorithm_name.to_owned(),
                    encryption_algorithm_name: info.encryption_algorithm_name.to_owned(),
                    key_size: info.key_size,
                    signature_algorithm: info.signature_algorithm,
                    encryption_algorithm: info.encryption_algorithm,
                },
            },
            AttributeValue::PackageInfo(info) => Self::Package { facts: PackageFacts::from(&info) },
            AttributeValue::NegotiationInfo { package, state } => Self::Negotiated {
                facts: PackageFacts::from(&package),
                progress: state.name().to_owned(),
            },
            AttributeValue::Names(name) | AttributeValue::Name(name) => Self::Name { name },
            AttributeValue::NativeNames { client, server } => Self::Names { client, server },
            AttributeValue::Lifespan { start, expiry } => {
                Self::Lifespan { start: when(start), expiry: when(expiry) }
            }
            AttributeValue::Flags(flags) => Self::Flags { flags: flags.bits() },
            AttributeValue::SessionKey(key) => Self::Bytes { bytes: key.expose().to_vec() },
            AttributeValue::Bytes(bytes) => Self::Bytes { bytes },
            AttributeValue::AccessToken(token) => Self::Access { token: token.into() },
            AttributeValue::Certificates(chain) => Self::Certificates { chain },
            AttributeValue::Issuers(names) => Self::Issuers { names },
            AttributeValue::ConnectionInfo(info) => Self::Connection {
                connection: ConnectionFacts {
                    version: info.version,
                    version_name: info.version_name.to_owned(),
                    cipher_suite: info.cipher_suite,
                    cipher_suite_name: info.cipher_suite_name.to_owned(),
                    key_exchange: info.key_exchange.map(str::to_owned),
                    is_resumed: info.is_resumed,
                },
            },
            AttributeValue::Delegated(delegated) => {
                Self::Handed { delegated: identity_of(delegated)? }
            }
            // The core may have more one day.
            _ => {
                return Err(Error::new(
                    Status::UNSUPPORTED_FUNCTION,
                    "the answer is of a kind that this version cannot show",
                ));
            }
        })
    }
}
