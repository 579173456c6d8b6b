//! Ratios against other implementations, measured in the same run: `cargo xtask bench`.
//!
//! Each row names ours and one peer. The two take turns in short rounds, so that whatever else the
//! machine does falls on both, and of each the best round counts. Both are made several times, because
//! where their memory happens to be makes up to a factor of two. A ratio above 1 says that we are better.
//!
//! `ratios [NAME] [--json]`: NAME picks the rows whose name begins with it; `--json` prints one
//! object a line.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a bench is there to be read")]

#[cfg(feature = "credssp")]
mod credssp;
mod kerberos;
mod negotiate;
mod ntlm;
#[path = "../pairs.rs"]
mod pairs;
#[path = "../sspi_kerberos_peer.rs"]
mod sspi_kerberos_peer;
#[path = "../sspi_peer.rs"]
mod sspi_peer;

use std::time::{Duration, Instant};

/// One comparison.
pub(crate) struct Row {
    /// area.what[.size]
    pub(crate) name: &'static str,
    /// What is counted: per second, and more is better.
    pub(crate) unit: &'static str,
    pub(crate) peer: &'static str,
    /// How many units one call of either is.
    pub(crate) units: f64,
    /// Makes ours and the peer's; each call of what they make is one turn.
    pub(crate) make: fn() -> (Turn, Turn),
}

pub(crate) type Turn = Box<dyn FnMut()>;

/// How often both are made anew, and how many rounds those take.
const MAKINGS: usize = 5;
const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_millis(60);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let json = arguments.iter().any(|argument| argument == "--json");
    // `cargo bench` adds `--bench`.
    let name = arguments.iter().find(|argument| !argument.starts_with("--"));
    let rows: Vec<Row> =
        all().filter(|row| name.is_none_or(|name| row.name.starts_with(name.as_str()))).collect();
    if rows.is_empty() {
        let known: Vec<&str> = all().map(|row| row.name).collect();
        eprintln!("no bench is named {}; there are: {}", name.map_or("", |n| n), known.join(", "));
        std::process::exit(2);
    }
    if !json {
        println!(
            "{:26} {:>12} {:>12}  {:8} {:>6}  peer",
            "name", "ours", "peer's", "unit", "ratio"
        );
    }
    for row in rows {
        let (ours, peer) = measure(&row);
        let Row { name, unit, peer: peer_name, .. } = row;
        let ratio = ours / peer;
        if json {
            println!(
                "{{\"name\":\"{name}\",\"ours\":{ours:.1},\"unit\":\"{unit}\",\"peer\":\"{peer_name}\",\
                 \"peer_value\":{peer:.1},\"ratio\":{ratio:.2}}}"
            );
        } else {
            println!("{name:26} {ours:>12.1} {peer:>12.1}  {unit:8} {ratio:>6.2}  {peer_name}");
        }
    }
}

fn all() -> impl Iterator<Item = Row> {
    let rows = ntlm::rows().into_iter().chain(negotiate::rows()).chain(kerberos::rows());
    #[cfg(feature = "credssp")]
    let rows = rows.chain(credssp::rows());
    rows
}

/// Units per second of both, from the best round of each.
fn measure(row: &Row) -> (f64, f64) {
    let (mut our_best, mut peer_best) = (f64::MAX, f64::MAX);
    // They stay, so that the next ones are elsewhere.
    let mut made = Vec::new();
    for _ in 0..MAKINGS {
        let (mut ours, mut peer) = (row.make)();
        let (our_calls, peer_calls) = (calls_per_round(&mut ours), calls_per_round(&mut peer));
        for _ in 0..ROUNDS {
            our_best = our_best.min(seconds_per_call(&mut ours, our_calls));
            peer_best = peer_best.min(seconds_per_call(&mut peer, peer_calls));
        }
        made.push((ours, peer));
    }
    (row.units / our_best, row.units / peer_best)
}

/// How many calls fill a round; this also warms up.
fn calls_per_round(turn: &mut Turn) -> u32 {
    let mut calls = 1;
    loop {
        let seconds = seconds_per_call(turn, calls) * f64::from(calls);
        if seconds > ROUND.as_secs_f64() / 4.0 || calls > 1 << 24 {
            let wanted = ROUND.as_secs_f64() / (seconds / f64::from(calls));
            return (wanted as u32).max(1);
        }
        calls *= 2;
    }
}

#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn seconds_per_call(turn: &mut Turn, calls: u32) -> f64 {
    let start = Instant::now();
    for _ in 0..calls {
        turn();
    }
    start.elapsed().as_secs_f64() / f64::from(calls)
}
