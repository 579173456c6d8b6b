//! The native half of the packages for Kotlin and Swift: few calls with whole results, described to
//! UniFFI. What is idiomatic in each language is written there, in `kotlin/` and `swift/`.
//!
//! Every call that does anything gives a `Result`, even one that cannot fail: a panic is caught and
//! becomes a `Fault`, where UniFFI would end a Swift process.

#![deny(unsafe_code)]
#![warn(clippy::pedantic)]
#![allow(
    clippy::doc_markdown,
    clippy::missing_errors_doc,
    clippy::must_use_candidate,
    clippy::needless_pass_by_value,
    clippy::result_large_err,
    clippy::struct_excessive_bools,
    unreachable_pub,
    reason = "UniFFI asks for owned arguments, public items and an error by value, and the docs are \
              those of the languages"
)]
// The statuses are sorted out row by row.
#![recursion_limit = "512"]

mod accounts;
mod attributes;
mod authorization;
mod bindings;
mod certificates;
mod context;
mod credentials;
mod delegation;
mod error;
mod handshake;
mod inspect;
mod kdc;
mod kerberos;
mod package;
mod peer;
mod raw;
mod realm;
#[cfg(feature = "testing")]
mod testing;

uniffi::setup_scaffolding!();
