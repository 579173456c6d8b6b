//! The Security Support Provider Interface on every platform: enumerate security packages, acquire
//! credentials, run handshakes as client and as server, protect messages, answer queries. No
//! Windows, no system library.
//!
//! # The loop
//!
//! A handshake is an iterator over the tokens to send. [`Handshake::receive`] hands it the peer's
//! token; [`Handshake::next`] does the work and raises the errors; at [`Step::Done`] the context
//! stands.
//!
//! ```
//! use anysspi::{Identity, Step};
//!
//! # fn send(_: &[u8]) {}
//! # fn recv() -> Vec<u8> { Vec::new() }
//! # fn run() -> anysspi::Result<()> {
//! let mut handshake = anysspi::initiate("NTLM")
//!     .target("HTTP/web.example.com")
//!     .credential(Identity::password(r"CORP\alice", "secret"))
//!     .start()?;
//! while let Step::SendToken(token) = handshake.next()? {
//!     send(&token);
//!     if !handshake.done() {
//!         handshake.receive(&recv())?;
//!     }
//! }
//! let sealed = handshake.context()?.wrap(b"hello")?;
//! # Ok(()) }
//! # assert!(run().is_err());
//! ```
//!
//! The server's side is the same object from [`accept`]: it receives first.
//!
//! # Where to look
//!
//! - [`initiate`], [`accept`], [`Handshake`], [`Context`]: the handshake layer.
//! - [`raw`]: the interface call by call, for people who port code.
//! - [`Registry`]: the packages; an application may add its own ([`Package`]).
//! - [`Identity`], [`accounts`]: who somebody is, and how an acceptor checks it.
//! - [`Error`], [`Status`], [`Family`]: what went wrong and what to do about it.
//! - [`inspect`]: what is in a token, never a secret.
//! - [`kerberos`]: names, keys, keytabs and credential caches, as MIT Kerberos and others have them.

#![forbid(unsafe_code)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
// Sums of lengths are bounded by what a token may be; the parsers check theirs.
#![warn(clippy::pedantic)]
#![allow(
    clippy::cast_possible_truncation,
    clippy::doc_markdown,
    clippy::many_single_char_names,
    clippy::missing_fields_in_debug,
    clippy::missing_errors_doc,
    clippy::module_name_repetitions,
    clippy::must_use_candidate,
    clippy::similar_names,
    clippy::struct_field_names,
    clippy::trivially_copy_pass_by_ref
)]

pub mod accounts;
#[doc(hidden)]
pub mod binding;
mod buffer;
mod codec;
mod context;
mod credentials;
mod crypto;
#[cfg(doctest)]
mod documentation;
mod error;
mod fence;
mod flags;
#[cfg(feature = "testing")]
#[doc(hidden)]
pub mod fuzzing;
mod handshake;
pub mod inspect;
mod kdc;
pub mod kerberos;
mod package;
mod packages;
pub mod raw;
#[cfg(feature = "realm")]
pub mod realm;
mod registry;
mod sid;
mod status;
mod status_table;
mod surroundings;
#[cfg(feature = "testing")]
pub mod testing;
mod time;

pub use context::{
    AccessToken, Attribute, AttributeValue, BindingsChecked, ConnectionInfo, DroppedPackage,
    EarlyUserAuthResult, Facts, Group, KeyInfo, Negotiation, NegotiationState, Peer, Side, Sizes,
    StreamSizes,
};
pub use credentials::{
    Allow, Certificate, ChannelBindingPolicy, ChannelBindings, CredentialCache, CredentialRequest,
    Delegated, DelegationPolicy, Identity, Keytab, PacPolicy, PackageChoice, Secret, SmartCard,
    Usage, UserName,
};
pub use error::{Error, ProtocolCode, Result};
pub use flags::ContextFlags;
pub use handshake::{
    AcceptBuilder, Context, CredentialSource, Handshake, InitiateBuilder, Step, accept, initiate,
};
pub use kdc::{KdcAccess, KdcCarrier, KdcReply, KdcRequest};
pub use package::{
    AcceptRequest, Capabilities, Established, Exchange, InitiateRequest, MessageOptions, Package,
    PackageCredential, PackageInfo, Progress, Quality, StepInput,
};
pub use registry::Registry;
pub use sid::Sid;
pub use status::{Family, Status, StatusRow};
pub use surroundings::{Clock, Entropy, HostNames, Surroundings, SystemClock, SystemEntropy};
pub use time::Time;
