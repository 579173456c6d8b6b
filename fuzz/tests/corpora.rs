//! Every target on the stable toolchain: every seed, and then a bounded number of mutations of the
//! seeds, the same ones in every run.
//!
//! `ANYSSPI_FUZZ_ITERATIONS` sets another number of mutations per target.

use anysspi_fuzz::{TARGETS, corpus, run, seeds};
use std::fmt::Write;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

/// How many mutations each target gets: a few seconds' worth.
const ITERATIONS: u64 = 40_000;

/// Targets that take longer than others, because they run TLS, make its settings or handshakes with
/// certificates: the part of the mutations that they get.
const SLOW: [(&str, u64); 3] =
    [("certificates", 10), ("credssp_stream", 40), ("pku2u_acceptor", 20)];

/// Mutations do not make an input longer than this; the largest token is 64 KiB.
const LONGEST: usize = 4096;

/// The files of a target's corpus, in the order of their names.
fn corpus_of(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let directory = corpus(target);
    let entries =
        fs::read_dir(&directory).unwrap_or_else(|cause| panic!("{}: {cause}", directory.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let files = paths.into_iter();
    files.map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

#[expect(clippy::disallowed_methods, reason = "how long to search is said on the command line")]
fn iterations(target: &str) -> u64 {
    let part = SLOW.iter().find_map(|(slow, part)| (*slow == target).then_some(*part));
    match std::env::var("ANYSSPI_FUZZ_ITERATIONS") {
        Ok(number) => number.parse().expect("ANYSSPI_FUZZ_ITERATIONS is a number of mutations"),
        Err(_) => ITERATIONS / part.unwrap_or(1),
    }
}

fn check(target: &str) {
    let corpus = corpus_of(target);
    assert!(!corpus.is_empty(), "the target {target} has no seeds");
    for (path, input) in &corpus {
        try_input(target, input, || path.display().to_string());
    }
    let inputs: Vec<Vec<u8>> = corpus.into_iter().map(|(_, input)| input).collect();
    let mut chance = Chance::of(target);
    for iteration in 0..iterations(target) {
        let input = chance.mutation(&inputs);
        try_input(target, &input, || format!("iteration {iteration}"));
    }
}

fn try_input(target: &str, input: &[u8], what: impl Fn() -> String) {
    if let Err(cause) = catch_unwind(AssertUnwindSafe(|| run(target, input))) {
        let message = cause
            .downcast_ref::<String>()
            .map(String::as_str)
            .or(cause.downcast_ref::<&str>().copied())
            .unwrap_or_default();
        let mut hex = String::new();
        for byte in input {
            write!(hex, "{byte:02x}").unwrap();
        }
        panic!("the target {target} fails at {}: {message}\ninput: {hex}", what());
    }
}

/// Randomness that is the same in every run: xorshift64* of Marsaglia and Vigna.
struct Chance(u64);

impl Chance {
    /// Every target has a sequence of its own, so that a new target changes no other's.
    fn of(target: &str) -> Self {
        let seed = target.bytes().fold(0x9E37_79B9_7F4A_7C15, |seed: u64, byte| {
            (seed ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
        });
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below the bound; zero where there is none.
    fn below(&mut self, bound: usize) -> usize {
        ((self.next() >> 32) as usize) % bound.max(1)
    }

    fn one_of<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }

    fn mutation(&mut self, inputs: &[Vec<u8>]) -> Vec<u8> {
        let mut input = self.one_of(inputs).clone();
        for _ in 0..=self.below(4) {
            self.mutate(&mut input, inputs);
        }
        input.truncate(LONGEST);
        input
    }

    fn mutate(&mut self, input: &mut Vec<u8>, inputs: &[Vec<u8>]) {
        let at = self.below(input.len());
        match self.below(10) {
            // Something is behind it, or something is missing.
            0 => input.truncate(at),
            1 => {
                let count = self.below(32);
                input.extend((0..count).map(|_| self.next() as u8));
            }
            // The start of one and the end of another.
            2 => {
                let other = self.one_of(inputs);
                let from = self.below(other.len());
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
            // A chunk twice, or in another place.
            3 => {
                let end = at + self.below(64.min(input.len() - at + 1));
                let chunk = input[at..end].to_vec();
                let to = self.below(input.len());
                input.splice(to..to, chunk);
            }
            4 => {
                let end = at + self.below(32.min(input.len() - at + 1));
                input.drain(at..end);
            }
            // A length or an offset that is nearly right, or as wrong as can be.
            5 => {
                if let Some(place) = input.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
                    let number = u16::from_le_bytes(*place);
                    *place = (self.tweaked(number.into(), 0xFFFF) as u16).to_le_bytes();
                }
            }
            6 => {
                if let Some(place) = input.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
                    let number = u32::from_le_bytes(*place);
                    *place = (self.tweaked(number.into(), 0xFFFF_FFFF) as u32).to_le_bytes();
                }
            }
            7 => {
                let byte = *self.one_of(&[0, 1, 0x7F, 0x80, 0xFF]);
                if let Some(place) = input.get_mut(at) {
                    *place = byte;
                }
            }
            8 => {
                let byte = self.next() as u8;
                if let Some(place) = input.get_mut(at) {
                    *place = byte;
                }
            }
            _ => {
                let bit = self.below(8);
                if let Some(place) = input.get_mut(at) {
                    *place ^= 1 << bit;
                }
            }
        }
    }

    fn tweaked(&mut self, number: u64, largest: u64) -> u64 {
        let small = self.below(40) as u64;
        *self.one_of(&[
            number.wrapping_add(small),
            number.wrapping_sub(small),
            number.wrapping_mul(2),
            number / 2,
            small,
            largest,
            largest - small,
            largest / 2,
        ])
    }
}

/// A test per target, and one that none is missing.
macro_rules! targets {
    ($($target:ident)*) => {
        $(
            #[test]
            fn $target() {
                check(stringify!($target));
            }
        )*

        #[test]
        fn every_target_is_here() {
            let names: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
            assert_eq!(names, [$(stringify!($target)),*]);
        }
    };
}

targets! {
    account_file
    authenticate
    av_pairs
    certificates
    challenge
    channel_bindings
    credential_cache
    credssp_acceptor
    credssp_initiator
    credssp_stream
    inspect
    kerberos_acceptor
    kerberos_initiator
    kerberos_kdc
    kerberos_messages
    keytab
    names
    negotiate
    ntlm_acceptor
    ntlm_acceptor_negotiate
    ntlm_initiator
    pac
    pku2u_acceptor
    spnego_acceptor
    spnego_initiator
    spnego_token
    ts_request
    unwrap
}

#[test]
fn every_target_has_its_program() {
    let manifest = include_str!("../Cargo.toml");
    for (target, _) in TARGETS {
        let path = format!("path = \"fuzz_targets/{target}.rs\"");
        assert!(manifest.contains(&path), "no program for {target}");
    }
    assert_eq!(manifest.matches("[[bin]]").count(), TARGETS.len());
}

#[test]
fn the_seeds_are_fresh_and_few() {
    for (path, bytes) in seeds::files() {
        assert!(
            fs::read(&path).is_ok_and(|held| held == bytes),
            "{} is stale: cargo run -p anysspi-fuzz --example seeds",
            path.display()
        );
    }
    let sizes: Vec<usize> = TARGETS
        .iter()
        .flat_map(|(target, _)| corpus_of(target))
        .map(|(_, input)| input.len())
        .collect();
    assert!(sizes.len() < 280, "{} seeds", sizes.len());
    assert!(sizes.iter().sum::<usize>() < 48 * 1024);
}
