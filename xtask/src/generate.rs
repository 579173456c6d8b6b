//! `cargo xtask generate`: the files that are made from the core's tables.

mod status_cases;
mod status_page;

use crate::problem::Problem;
use crate::run;
use std::fs;
use std::io::ErrorKind;

pub(crate) const HELP: &str = "\
Usage: cargo xtask generate [--check]

Writes the files that are made from core/src/status_table.rs. They are committed, so that the
tests of every language and the readers of the documentation find them.

  --check  writes nothing, and fails when a file is not what it would write
";

/// A file that nobody writes by hand.
struct GeneratedFile {
    /// Its path from the top of the repository.
    path: &'static str,
    /// Makes its whole text.
    make: fn() -> String,
}

/// All of them. Another one is a module and a line here.
const FILES: &[GeneratedFile] = &[
    GeneratedFile { path: "docs/statuses.md", make: status_page::make },
    GeneratedFile { path: "tests/cases/statuses.json", make: status_cases::make },
];

pub(crate) fn run(arguments: &[String]) -> Result<(), Problem> {
    match arguments {
        [] => Ok(write()?),
        [option] if option == "--check" => Ok(check()?),
        [other, ..] => Err(Problem::usage(format!("no argument `{other}`\n\n{HELP}"))),
    }
}

/// Fails when a committed file is stale, and says which and what to do.
pub(crate) fn check() -> Result<(), String> {
    let stale = stale_files()?;
    if stale.is_empty() {
        return Ok(());
    }
    Err(format!("stale: {}; run `cargo xtask generate` and commit", stale.join(", ")))
}

fn write() -> Result<(), String> {
    let stale = stale_files()?;
    for file in FILES.iter().filter(|file| stale.contains(&file.path)) {
        let path = run::root().join(file.path);
        let write = |text: String| {
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            fs::write(&path, text)
        };
        write((file.make)()).map_err(|error| format!("cannot write {}: {error}", file.path))?;
        eprintln!("written: {}", file.path);
    }
    if stale.is_empty() {
        eprintln!("all {} generated files are as they should be", FILES.len());
    }
    Ok(())
}

fn stale_files() -> Result<Vec<&'static str>, String> {
    let mut stale = Vec::new();
    for file in FILES {
        let present = match fs::read_to_string(run::root().join(file.path)) {
            // A checkout on Windows may have changed the ends of lines.
            Ok(text) => Some(text.replace("\r\n", "\n")),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(format!("cannot read {}: {error}", file.path)),
        };
        if present != Some((file.make)()) {
            stale.push(file.path);
        }
    }
    Ok(stale)
}

#[cfg(test)]
mod tests {
    /// So that a plain `cargo test` notices too.
    #[test]
    fn generated_files_are_fresh() {
        assert_eq!(super::check(), Ok(()));
    }
}
