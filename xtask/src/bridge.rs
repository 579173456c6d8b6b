//! The native half of the packages for Kotlin and Swift: built, and described in their language.

use crate::run;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the library is built for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// With fixed surroundings, and whatever else only tests need.
    Tests,
    /// As it is released.
    Benches,
}

impl Purpose {
    /// The folder for what belongs to it.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Self::Tests => "tests",
            Self::Benches => "benches",
        }
    }
}

/// Builds the library; gives the folder it is in, which has nothing else.
pub(crate) fn build(purpose: Purpose) -> Result<PathBuf, String> {
    let profile = match purpose {
        Purpose::Tests => {
            build_for_tests()?;
            "debug"
        }
        Purpose::Benches => {
            let arguments = ["build", "--quiet", "--release", "-p", "anysspi-uniffi"];
            run::child(&mut run::cargo(&arguments))?;
            "release"
        }
    };
    // Apart from where Cargo puts it: the next build may be for the other purpose.
    let name = run::library_file("anysspi_uniffi");
    let built = run::target_directory().join(profile).join(&name);
    let folder = run::target_directory().join("uniffi").join(purpose.folder());
    let copy = folder.join(&name);
    if same(&built, &copy) {
        return Ok(folder);
    }
    let part = copy.with_extension("part");
    let copied = fs::create_dir_all(&folder)
        .and_then(|()| fs::copy(&built, &part))
        // In one stroke: a process that has the old library open keeps it.
        .and_then(|_| fs::rename(&part, &copy));
    copied.map(|()| folder).map_err(|error| format!("cannot copy {}: {error}", built.display()))
}

fn same(one: &Path, other: &Path) -> bool {
    matches!((fs::read(one), fs::read(other)), (Ok(one), Ok(other)) if one == other)
}

/// Builds the library with what tests need, and UniFFI's generator: at once, and as the tests of Rust build
/// them, so that what they share is built once.
fn build_for_tests() -> Result<(), String> {
    let mut cargo =
        run::cargo(&["build", "--quiet", "-p", "anysspi-uniffi", "-p", "uniffi-bindgen"]);
    run::child(cargo.args(["--features", "anysspi-uniffi/testing"]))
}

/// Writes the calls of the library in a language into a folder.
pub(crate) fn generate(purpose: Purpose, language: &str, folder: &Path) -> Result<(), String> {
    build_for_tests()?;
    let program = format!("uniffi-bindgen{}", std::env::consts::EXE_SUFFIX);
    let library = run::target_directory().join("uniffi").join(purpose.folder());
    let mut generator = Command::new(run::target_directory().join("debug").join(program));
    generator.args(["generate", "--no-format"]);
    generator.arg(library.join(run::library_file("anysspi_uniffi")));
    generator.args(["--language", language]).arg("--out-dir").arg(folder);
    // It asks Cargo where the settings of the library are.
    run::child(generator.current_dir(run::root()))
}
