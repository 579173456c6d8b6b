//! The native half of the npm package `anysspi`: whole results over few calls. What is idiomatic
//! JavaScript (names, iterators, errors, promises of the application's own) is in the JavaScript half.
//!
//! No call throws for a reason of the library's: it answers with a [`error::Fault`], because napi's own
//! errors have no room for statuses, codes and tokens, and `faults.js` makes the error of it.

#![deny(unsafe_code)]
#![warn(clippy::pedantic)]
#![allow(
    clippy::doc_markdown,
    clippy::missing_errors_doc,
    clippy::must_use_candidate,
    clippy::needless_pass_by_value,
    clippy::struct_field_names,
    missing_docs,
    unreachable_pub,
    reason = "the macros of napi ask for owned arguments and public items, and the docs are those of \
              index.d.ts"
)]
// The macros of napi export nothing where there is no Node.
#![cfg_attr(test, allow(dead_code))]

mod accounts;
mod authorization;
mod bindings;
mod certificates;
mod context;
mod credentials;
mod delegation;
mod error;
mod events;
mod handshake;
mod inspect;
mod kdc;
mod kept;
mod kerberos;
mod look_up;
mod package;
mod peer;
mod raw;
mod realm;
#[cfg(feature = "testing")]
mod testing;
mod workers;
