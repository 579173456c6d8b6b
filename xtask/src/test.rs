//! `cargo xtask test`: the test suites, one per language.

mod kotlin;
mod node;
mod python;
mod swift;

use crate::problem::Problem;
use crate::run;
use crate::setup::{self, Peers};
use std::fmt;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Instant;

pub(crate) const HELP: &str = "\
Usage: cargo xtask test [suite…] [-- arguments of the suite's own command]

Gets the peers of the suites (see `cargo xtask setup --help`), then runs the suites, all of them by
default.

Suites:
  rust    cargo test --workspace --all-features
  python  ruff, mypy and pytest; then the wheel, with every Python from 3.10 to 3.14 that is here
  node    biome, tsc and jest; then the tarball of npm, installed into an empty folder
  kotlin  kotlinc and JUnit, with the compiler in the user's cache; as root on Debian
  swift   swift build and swift test, with Debian's Swift in the user's cache; as root on Debian

  cargo xtask test rust -- wrong_password    only the tests whose name contains that
  cargo xtask test rust -- --test interop    only that file
  cargo xtask test python -- -k password     only pytest, and of it only such tests
  cargo xtask test node -- -t password       only jest, and of it only such tests
  cargo xtask test swift -- --filter Raw     only XCTest, and of it only such tests

Tests whose peer is missing are skipped, loudly; in CI, and where every peer is ready, they fail. So
is a suite whose toolchain cannot be had: in CI that is a failure.
";

/// The tests of one language.
struct Suite {
    name: &'static str,
    /// The peers it talks to.
    peers: &'static [&'static str],
    /// Gets what it takes to run it at all; fails where that cannot be had, saying what is missing.
    ready: fn() -> Result<(), String>,
    run: fn(&Peers, &[String]) -> Result<Counts, String>,
}

/// All of them. Another one is a function and a line here and in the help.
const SUITES: &[Suite] = &[
    Suite { name: "rust", peers: setup::PEERS, ready, run: run_rust },
    Suite { name: "python", peers: &["pyspnego"], ready, run: python::run },
    Suite { name: "node", peers: &["curl", "pyspnego"], ready, run: node::run },
    Suite { name: "kotlin", peers: &["pyspnego"], ready: kotlin::ready, run: kotlin::run },
    Suite { name: "swift", peers: &[], ready: swift::ready, run: swift::run },
];

/// For a suite whose toolchain is not ours to get.
fn ready() -> Result<(), String> {
    Ok(())
}

/// With this in the environment, a test whose peer is missing fails.
const REQUIRE_PEERS: &str = "ANYSSPI_REQUIRE_PEERS";

/// What became of the tests of a suite.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    passed: u64,
    failed: u64,
    ignored: u64,
}

impl fmt::Display for Counts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { passed, failed, ignored } = self;
        write!(formatter, "{passed} passed, {failed} failed, {ignored} ignored")
    }
}

pub(crate) fn run(arguments: &[String]) -> Result<(), Problem> {
    let mut parts = arguments.splitn(2, |argument| argument == "--");
    let names = parts.next().unwrap_or_default();
    let for_suite = parts.next().unwrap_or_default();
    let mut chosen = Vec::new();
    for name in names {
        let suite = SUITES.iter().find(|suite| suite.name == name).ok_or_else(|| {
            let list: Vec<&str> = SUITES.iter().map(|suite| suite.name).collect();
            Problem::usage(format!("no test suite `{name}`; there are: {}", list.join(", ")))
        })?;
        chosen.push(suite);
    }
    if chosen.is_empty() {
        chosen.extend(SUITES);
    }

    let mut summary = Vec::new();
    let mut failed = false;
    for suite in chosen {
        let start = Instant::now();
        if let Err(missing) = (suite.ready)() {
            eprintln!("── MISSING TOOLCHAIN of {}: {missing}\n", suite.name);
            failed |= setup::in_ci();
            summary.push(format!("── {}: NOT RUN: {missing}", suite.name));
            continue;
        }
        let peers = setup::bring_up(suite.peers);
        let result = (suite.run)(&peers, for_suite);
        let result = result.and_then(|counts| setup::require(&peers).map(|()| counts));
        failed |= result.is_err();
        let outcome = match result {
            Ok(counts) => counts.to_string(),
            Err(reason) => format!("FAILED: {reason}"),
        };
        let time = run::seconds(start.elapsed());
        summary.push(format!("── {}: {outcome} ({time})", suite.name));
        if !peers.missing.is_empty() {
            let missing = peers.missing.join(", ");
            summary.push(format!("── {}: NOT TESTED against {missing}, see above", suite.name));
        }
    }
    eprintln!("\n{}", summary.join("\n"));
    if failed {
        return Err(Problem::Failed("not all tests passed".into()));
    }
    Ok(())
}

fn run_rust(peers: &Peers, arguments: &[String]) -> Result<Counts, String> {
    // All the failures of a run are worth more than the first one.
    let mut command = run::cargo(&["test", "--workspace", "--all-features", "--no-fail-fast"]);
    command.args(arguments);
    announce(peers, &mut command);
    eprintln!("── {} …", run::line(&command));
    let mut counts = Counts::default();
    let result = read_lines(&mut command, |line| counts.add_line(line));
    match result {
        Ok(()) => Ok(counts),
        Err(reason) => Err(format!("{counts}; {reason}")),
    }
}

/// Tells the tests where the peers are, and whether one may be missing.
fn announce(peers: &Peers, command: &mut Command) {
    for export in &peers.exports {
        command.env(&export.name, &export.value);
    }
    if setup::in_ci() || peers.missing.is_empty() {
        command.env(REQUIRE_PEERS, "1");
    }
}

/// Runs a child, and shows each line of its standard output after looking at it.
fn read_lines(command: &mut Command, mut look: impl FnMut(&str)) -> Result<(), String> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| run::not_started(command, &error))?;
    if let Some(output) = child.stdout.take() {
        let mut output = BufReader::new(output);
        let mut line = Vec::new();
        while output.read_until(b'\n', &mut line).map_err(|error| error.to_string())? > 0 {
            look(&String::from_utf8_lossy(&line));
            // A closed standard output must not stop the tests; their result still counts.
            let _ = std::io::stdout().write_all(&line);
            line.clear();
        }
    }
    let status = child.wait().map_err(|error| error.to_string())?;
    if status.success() {
        return Ok(());
    }
    Err(format!("`{}` ended with {status}", run::line(command)))
}

/// Whether this is what every example in a document says, those of Kerberos of their realm.
fn is_greeting(said: &str) -> bool {
    matches!(said.trim_end(), r"CORP\alice says hello" | r"CORP.EXAMPLE\alice says hello")
}

impl Counts {
    /// Adds what a line of pytest says, if it is its last one: `12 passed, 1 skipped in 3.45s`, with
    /// `=` around it.
    fn add_pytest_line(&mut self, line: &str) {
        let line = line.trim().trim_matches('=').trim();
        if !line.ends_with('s') || !line.contains(" in ") {
            return;
        }
        let mut words = line.split([' ', ',']).filter(|word| !word.is_empty());
        let mut before = words.next().unwrap_or_default();
        for word in words {
            match word {
                "passed" => self.passed += before.parse().unwrap_or(0),
                "failed" | "error" | "errors" => self.failed += before.parse().unwrap_or(0),
                "skipped" => self.ignored += before.parse().unwrap_or(0),
                _ => {}
            }
            before = word;
        }
    }

    /// Adds what a line of JUnit's summary says: `[        12 tests successful      ]`
    fn add_junit_line(&mut self, line: &str) {
        let Some(inside) = line.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']'))
        else {
            return;
        };
        let words: Vec<&str> = inside.split_whitespace().collect();
        let &[number, "tests", became] = words.as_slice() else { return };
        let number = number.parse().unwrap_or(0);
        match became {
            "successful" => self.passed += number,
            "failed" => self.failed += number,
            "skipped" | "aborted" => self.ignored += number,
            _ => {}
        }
    }

    /// Adds what a line of Rust's test harness says, if it is its last one:
    /// `test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; …`
    fn add_line(&mut self, line: &str) {
        let Some(result) = line.strip_prefix("test result: ") else {
            return;
        };
        let mut words = result.split([' ', ';']).filter(|word| !word.is_empty());
        let mut before = words.next().unwrap_or_default();
        for word in words {
            let count = match word {
                "passed" => &mut self.passed,
                "failed" => &mut self.failed,
                "ignored" => &mut self.ignored,
                _ => {
                    before = word;
                    continue;
                }
            };
            *count += before.parse().unwrap_or(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_add_up() {
        let mut counts = Counts::default();
        counts.add_line("running 13 tests\n");
        counts.add_line(
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 5 filtered out",
        );
        counts.add_line("test says passed 7 passed\n");
        counts.add_line("test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured\n");
        assert_eq!(counts, Counts { passed: 15, failed: 2, ignored: 1 });
        assert_eq!(counts.to_string(), "15 passed, 2 failed, 1 ignored");
        counts.add_pytest_line("==== 1 failed, 20 passed, 3 skipped in 4.56s ====\n");
        counts.add_pytest_line("FAILED tests/python/test_x.py::test_that_5 passed\n");
        assert_eq!(counts, Counts { passed: 35, failed: 3, ignored: 4 });
        counts.add_junit_line("[       400 tests successful      ]\n");
        counts.add_junit_line("[        20 containers successful ]\n");
        counts.add_junit_line("[         1 tests failed          ]\n");
        assert_eq!(counts, Counts { passed: 435, failed: 4, ignored: 4 });
    }

    #[test]
    fn every_suite_is_in_the_help() {
        for suite in SUITES {
            assert!(HELP.contains(&format!("\n  {} ", suite.name)), "{}", suite.name);
        }
    }
}
