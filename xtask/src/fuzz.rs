//! `cargo xtask fuzz`.

use crate::problem::Problem;
use crate::run;
use std::process::Command;

pub(crate) const HELP: &str = "\
Usage: cargo xtask fuzz                       lists the targets
       cargo xtask fuzz <target> [seconds]    runs one, for 60 seconds unless told otherwise
       cargo xtask fuzz all [seconds]         runs each of them for that long

Needs the nightly compiler and cargo-fuzz:
  rustup toolchain install nightly
  cargo install cargo-fuzz
Starts from the seeds in fuzz/corpora and keeps what it finds in fuzz/corpus. An input that fails is
kept in fuzz/artifacts, and the output says how to run it again.
";

const DEFAULT_SECONDS: u32 = 60;

/// Enough for any honest input, so that a length taken from a token without a bound shows up.
const MEMORY_LIMIT_MEGABYTES: u32 = 2048;

pub(crate) fn run(arguments: &[String]) -> Result<(), Problem> {
    let targets = targets()?;
    let (name, seconds) = match arguments {
        [] => {
            targets.iter().for_each(|target| println!("{target}"));
            return Ok(());
        }
        [name] => (name, DEFAULT_SECONDS),
        [name, seconds] => (name, parse_seconds(seconds)?),
        _ => return Err(Problem::usage(HELP)),
    };
    let chosen: Vec<&String> =
        targets.iter().filter(|target| name == "all" || *target == name).collect();
    if chosen.is_empty() {
        let list = targets.join(", ");
        return Err(Problem::usage(format!("no fuzz target `{name}`; there are: {list}")));
    }

    require_tools()?;
    let mut failed = Vec::new();
    for target in chosen {
        let mut command = fuzz_command(target, seconds)?;
        let title = format!("fuzz {target} for {seconds} s");
        if run::step(&title, || run::child(&mut command)).is_err() {
            failed.push(target.as_str());
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    Err(Problem::Failed(format!("fuzzing failed: {}", failed.join(", "))))
}

fn fuzz_command(target: &str, seconds: u32) -> Result<Command, String> {
    // libFuzzer keeps what it finds in the first folder and only reads the second, so the seeds
    // stay as they were committed.
    let found = format!("fuzz/corpus/{target}");
    let seeds = format!("fuzz/corpora/{target}");
    std::fs::create_dir_all(run::root().join(&found))
        .map_err(|error| format!("cannot make {found}: {error}"))?;

    // `+nightly` is understood by rustup's cargo, which may not be the one that runs us.
    let mut command = Command::new("cargo");
    command.current_dir(run::root());
    command.args(["+nightly", "fuzz", "run", "--fuzz-dir", "fuzz", target, &found]);
    command.args(run::root().join(&seeds).is_dir().then_some(&seeds));
    command.arg("--");
    command.arg(format!("-max_total_time={seconds}"));
    command.arg(format!("-rss_limit_mb={MEMORY_LIMIT_MEGABYTES}"));
    Ok(command)
}

fn parse_seconds(text: &str) -> Result<u32, Problem> {
    match text.parse() {
        // Zero would mean "for ever" to libFuzzer.
        Ok(seconds) if seconds > 0 => Ok(seconds),
        _ => Err(Problem::usage(format!("`{text}` is not a number of seconds"))),
    }
}

/// The names of `fuzz/fuzz_targets/*.rs`.
fn targets() -> Result<Vec<String>, String> {
    let directory = run::root().join("fuzz/fuzz_targets");
    let entries = std::fs::read_dir(&directory)
        .map_err(|error| format!("cannot list {}: {error}", directory.display()))?;
    let mut targets = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| error.to_string())?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            targets.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        }
    }
    targets.sort();
    Ok(targets)
}

fn require_tools() -> Result<(), String> {
    if !run::answers(Command::new("cargo").args(["+nightly", "--version"])) {
        return Err("fuzzing needs the nightly compiler: rustup toolchain install nightly".into());
    }
    if !run::answers(Command::new("cargo").args(["fuzz", "--version"])) {
        return Err("fuzzing needs cargo-fuzz: cargo install cargo-fuzz".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_a_positive_number() {
        assert!(matches!(parse_seconds("5"), Ok(5)));
        for text in ["0", "-1", "1.5", "soon", ""] {
            assert!(parse_seconds(text).is_err(), "{text}");
        }
    }
}
