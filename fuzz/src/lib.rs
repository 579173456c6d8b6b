//! Fuzz targets: what a stranger can send us, and what must hold whatever it is.
//!
//! Every target is an ordinary function over bytes that panics when something does not hold. The
//! programs in `fuzz_targets/` give them to libFuzzer; `tests/corpora.rs` runs the seeds and a
//! bounded number of mutations of them on the stable toolchain. README.md says how.

mod account_file;
mod authenticate;
mod av_pairs;
mod certificates;
mod challenge;
mod channel_bindings;
mod credential_cache;
mod credssp_acceptor;
mod credssp_initiator;
mod credssp_legs;
mod credssp_stream;
mod inspect;
mod kerberos_acceptor;
mod kerberos_fields;
mod kerberos_initiator;
mod kerberos_kdc;
mod kerberos_legs;
mod kerberos_messages;
mod kerberos_wire;
mod keytab;
mod names;
mod negotiate;
mod ntlm_acceptor;
mod ntlm_acceptor_negotiate;
mod ntlm_initiator;
mod pac;
mod parties;
mod pku2u_acceptor;
mod scripts;
pub mod seeds;
mod spnego_acceptor;
mod spnego_initiator;
mod spnego_legs;
mod spnego_token;
mod ts_request;
mod unwrap;
mod unwrap_kerberos;
mod wire;

use std::path::{Path, PathBuf};

/// A target: its name, and what it does with an input.
pub type Target = (&'static str, fn(&[u8]));

/// Every target, in the order of the alphabet.
pub const TARGETS: &[Target] = &[
    ("account_file", account_file::run),
    ("authenticate", authenticate::run),
    ("av_pairs", av_pairs::run),
    ("certificates", certificates::run),
    ("challenge", challenge::run),
    ("channel_bindings", channel_bindings::run),
    ("credential_cache", credential_cache::run),
    ("credssp_acceptor", credssp_acceptor::run),
    ("credssp_initiator", credssp_initiator::run),
    ("credssp_stream", credssp_stream::run),
    ("inspect", inspect::run),
    ("kerberos_acceptor", kerberos_acceptor::run),
    ("kerberos_initiator", kerberos_initiator::run),
    ("kerberos_kdc", kerberos_kdc::run),
    ("kerberos_messages", kerberos_messages::run),
    ("keytab", keytab::run),
    ("names", names::run),
    ("negotiate", negotiate::run),
    ("ntlm_acceptor", ntlm_acceptor::run),
    ("ntlm_acceptor_negotiate", ntlm_acceptor_negotiate::run),
    ("ntlm_initiator", ntlm_initiator::run),
    ("pac", pac::run),
    ("pku2u_acceptor", pku2u_acceptor::run),
    ("spnego_acceptor", spnego_acceptor::run),
    ("spnego_initiator", spnego_initiator::run),
    ("spnego_token", spnego_token::run),
    ("ts_request", ts_request::run),
    ("unwrap", unwrap::run),
];

/// Runs a target on an input.
///
/// # Panics
///
/// If there is no such target, or if something does not hold.
pub fn run(target: &str, input: &[u8]) {
    let (_, body) = TARGETS
        .iter()
        .find(|(name, _)| *name == target)
        .unwrap_or_else(|| panic!("there is no fuzz target {target}"));
    body(input);
}

/// Where the seeds of a target are.
pub fn corpus(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpora").join(target)
}

/// Runs a target on the files named on the command line: what a fuzz program does in an ordinary
/// build, so that a crash can be looked at with the stable toolchain and a debugger.
///
/// # Panics
///
/// If a file cannot be read, or if something does not hold.
pub fn replay(target: &str) {
    for path in std::env::args_os().skip(1) {
        let input = std::fs::read(&path)
            .unwrap_or_else(|cause| panic!("{} cannot be read: {cause}", path.display()));
        run(target, &input);
    }
}

/// The program of a target: libFuzzer's under cargo-fuzz, [`replay`] otherwise.
#[macro_export]
macro_rules! program {
    ($target:ident) => {
        #[cfg(fuzzing)]
        libfuzzer_sys::fuzz_target!(|input: &[u8]| $crate::run(stringify!($target), input));

        #[cfg(not(fuzzing))]
        fn main() {
            $crate::replay(stringify!($target));
        }
    };
}
