//! `cargo xtask generate`: the files that are made from the core's tables.

mod kotlin_exceptions;
mod kotlin_flags;
mod node_errors;
mod node_flags;
mod numbers;
mod python_exceptions;
mod python_flags;
mod python_stubs;
mod rows;
mod status_cases;
mod status_page;
mod swift_errors;
mod swift_flags;

use crate::problem::Problem;
use crate::run;
use std::fs;
use std::io::ErrorKind;

pub(crate) const HELP: &str = "\
Usage: cargo xtask generate [--check]

Writes the files that are made from code: exceptions, flags and cases from the core's tables, and the
type stubs of the Python module from the module itself. They are committed, so that the tests of
every language, type checkers and the readers of the documentation find them.

  --check  writes nothing, and fails when a file is not what it would write
";

/// A file that nobody writes by hand.
struct GeneratedFile {
    /// Its path from the top of the repository.
    path: &'static str,
    /// Makes its whole text.
    make: fn() -> Result<String, String>,
}

/// All of them. Another one is a module and a line here.
const FILES: &[GeneratedFile] = &[
    GeneratedFile { path: "bindings-node/errors.js", make: || Ok(node_errors::javascript()) },
    GeneratedFile { path: "bindings-node/errors.d.ts", make: || Ok(node_errors::types()) },
    GeneratedFile { path: "bindings-node/index.mjs", make: || Ok(node_errors::module()) },
    GeneratedFile { path: "bindings-node/flags.js", make: || Ok(node_flags::javascript()) },
    GeneratedFile { path: "bindings-node/flags.d.ts", make: || Ok(node_flags::types()) },
    GeneratedFile { path: "bindings-node/raw.mjs", make: || Ok(node_errors::raw_module()) },
    GeneratedFile { path: "bindings-node/realm.mjs", make: || Ok(node_errors::realm_module()) },
    GeneratedFile {
        path: "bindings-uniffi/kotlin/src/main/kotlin/anysspi/Exceptions.kt",
        make: || Ok(kotlin_exceptions::make()),
    },
    GeneratedFile {
        path: "bindings-uniffi/kotlin/src/main/kotlin/anysspi/Flags.kt",
        make: || Ok(kotlin_flags::make()),
    },
    GeneratedFile {
        path: "bindings-uniffi/kotlin/src/main/kotlin/anysspi/RawNumbers.kt",
        make: || Ok(kotlin_flags::raw()),
    },
    GeneratedFile {
        path: "bindings-uniffi/swift/Sources/AnySspi/Flags.swift",
        make: || Ok(swift_flags::flags()),
    },
    GeneratedFile {
        path: "bindings-uniffi/swift/Sources/AnySspi/RawNumbers.swift",
        make: || Ok(swift_flags::raw()),
    },
    GeneratedFile {
        path: "bindings-uniffi/swift/Sources/AnySspi/SspiError.swift",
        make: || Ok(swift_errors::make()),
    },
    GeneratedFile { path: "docs/statuses.md", make: || Ok(status_page::make()) },
    GeneratedFile {
        path: "bindings-python/python/anysspi/exceptions.py",
        make: || Ok(python_exceptions::make()),
    },
    GeneratedFile {
        path: "bindings-python/python/anysspi/flags.py",
        make: || Ok(python_flags::make()),
    },
    GeneratedFile { path: "bindings-python/python/anysspi/_native.pyi", make: python_stubs::make },
    GeneratedFile { path: "tests/cases/statuses.json", make: || Ok(status_cases::make()) },
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
    let stale: Vec<&str> = stale.iter().map(|(path, _)| *path).collect();
    Err(format!("stale: {}; run `cargo xtask generate` and commit", stale.join(", ")))
}

fn write() -> Result<(), String> {
    let stale = stale_files()?;
    for (file, text) in &stale {
        let path = run::root().join(file);
        let made = path.parent().map_or(Ok(()), fs::create_dir_all);
        made.and_then(|()| fs::write(&path, text))
            .map_err(|error| format!("cannot write {file}: {error}"))?;
        eprintln!("written: {file}");
    }
    if stale.is_empty() {
        eprintln!("all {} generated files are as they should be", FILES.len());
    }
    Ok(())
}

/// The files that are not what they should be, with their text.
fn stale_files() -> Result<Vec<(&'static str, String)>, String> {
    let mut stale = Vec::new();
    for file in FILES {
        let present = match fs::read_to_string(run::root().join(file.path)) {
            // A checkout on Windows may have changed the ends of lines.
            Ok(text) => Some(text.replace("\r\n", "\n")),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(format!("cannot read {}: {error}", file.path)),
        };
        let text = (file.make)()?;
        if present.as_deref() != Some(&text) {
            stale.push((file.path, text));
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
