//! `cargo xtask check`: everything that can be said about the code without running its tests.

use crate::problem::Problem;
use crate::{dependencies, generate, licences, run};
use std::time::Instant;

pub(crate) const HELP: &str = "\
Usage: cargo xtask check

Goes through all of these, and fails at the end when one of them did:
  format         cargo fmt --all --check
  clippy         cargo clippy, all targets and features, warnings are errors
  generated      cargo xtask generate --check
  documentation  cargo doc, warnings are errors
  licences       every dependency has a licence that deny.toml allows
  dependencies   no banned crate, no wildcard version, crates.io only, by deny.toml
  cargo deny     where it is installed: the same and more, and known vulnerabilities
";

/// A step of the check.
struct Step {
    name: &'static str,
    /// Says something for the end if it could not do all of its work.
    work: fn() -> Result<Option<String>, String>,
}

const STEPS: &[Step] = &[
    Step {
        name: "format",
        work: || done(run::child(&mut run::cargo(&["fmt", "--all", "--check"]))),
    },
    Step { name: "clippy", work: || done(clippy()) },
    Step { name: "generated", work: || done(generate::check()) },
    Step { name: "documentation", work: || done(documentation()) },
    Step { name: "licences", work: || done(licences::check()) },
    Step { name: "dependencies", work: || done(dependencies::check()) },
    Step { name: "cargo deny", work: cargo_deny },
];

pub(crate) fn run(arguments: &[String]) -> Result<(), Problem> {
    if let Some(other) = arguments.first() {
        return Err(Problem::usage(format!("no argument `{other}`\n\n{HELP}")));
    }
    let start = Instant::now();
    let mut notes = Vec::new();
    let mut failures = Vec::new();
    for step in STEPS {
        match run::step(step.name, step.work) {
            Ok(note) => notes.extend(note.map(|note| format!("{}: {note}", step.name))),
            Err(reason) => failures.push(format!("{}: {reason}", step.name)),
        }
    }
    for note in notes {
        eprintln!("── note: {note}");
    }
    let time = run::seconds(start.elapsed());
    if failures.is_empty() {
        eprintln!("── check: all {} steps passed ({time})", STEPS.len());
        return Ok(());
    }
    let count = format!("{} of {} steps failed ({time})", failures.len(), STEPS.len());
    Err(Problem::Failed(format!("{count}\n  {}", failures.join("\n  "))))
}

fn done(result: Result<(), String>) -> Result<Option<String>, String> {
    result.map(|()| None)
}

fn clippy() -> Result<(), String> {
    let mut command = run::cargo(&["clippy", "--workspace", "--all-targets", "--all-features"]);
    command.args(["--", "-D", "warnings"]);
    run::child(&mut command)
}

fn documentation() -> Result<(), String> {
    let mut command = run::cargo(&["doc", "--workspace", "--no-deps", "--all-features"]);
    command.env("RUSTDOCFLAGS", "-D warnings");
    run::child(&mut command)
}

/// Our own two steps before know no vulnerabilities, and cargo-deny knows them from a database on
/// the network, which may be out of reach.
fn cargo_deny() -> Result<Option<String>, String> {
    if !run::answers(&mut run::cargo(&["deny", "--version"])) {
        return Ok(Some(
            "NOT RUN, so known vulnerabilities were not looked up: cargo install --locked cargo-deny"
                .into(),
        ));
    }
    // A duplicate is a warning, and the tree of all that lead to it is longer than all the rest.
    let mut command = run::cargo(&["deny", "check", "--hide-inclusion-graph"]);
    if run::answers(&mut run::cargo(&["deny", "fetch", "db"])) {
        return done(run::child(&mut command));
    }
    run::child(command.args(["bans", "licenses", "sources"]))?;
    Ok(Some("the database of vulnerabilities cannot be reached, so they were not looked up".into()))
}
