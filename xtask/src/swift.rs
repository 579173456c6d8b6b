//! The Swift package: laid out from a build, with what uses it beside it.

mod toolchain;

use crate::bridge::{self, Purpose};
use crate::run;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
pub(crate) use toolchain::{Toolchain, toolchain};

/// The package, with its sources by hand.
const PACKAGE: &str = "bindings-uniffi/swift";

/// Where everything about Swift is put.
fn directory(purpose: Purpose) -> PathBuf {
    run::target_directory().join("swift").join(purpose.folder())
}

/// A package that uses the library, laid out beside it.
pub(crate) struct Package {
    /// Where it is.
    folder: PathBuf,
    /// Where its builds go.
    scratch: PathBuf,
    /// Where the native library is.
    library: PathBuf,
}

/// Files by their paths in a folder.
type Files = BTreeMap<PathBuf, Vec<u8>>;

/// Builds the native half, and lays the package out in full: `AnySspi` with what UniFFI writes, and beside
/// it one that uses it, from a folder of the repository and files that are made for it.
pub(crate) fn lay_out(
    purpose: Purpose,
    user: &str,
    made: Vec<(String, String)>,
) -> Result<Package, String> {
    let library = bridge::build(purpose)?;
    let top = directory(purpose);
    let generated = top.join("generated");
    bridge::generate(purpose, "swift", &generated)?;
    let package = top.join("AnySspi");
    let mut files = Files::new();
    collect(&run::root().join(PACKAGE), Path::new(""), &mut files)?;
    for (from, to) in [
        ("AnySspiBridge.swift", "Sources/AnySspiBridge/AnySspiBridge.swift"),
        ("AnySspiBridgeFFI.h", "Sources/AnySspiBridgeFFI/AnySspiBridgeFFI.h"),
        ("AnySspiBridgeFFI.modulemap", "Sources/AnySspiBridgeFFI/module.modulemap"),
    ] {
        files.insert(PathBuf::from(to), read(&generated.join(from))?);
    }
    mirror(&files, &package)?;
    let folder = top.join(user.replace('/', "-"));
    let mut files = Files::new();
    collect(&run::root().join(user), Path::new(""), &mut files)?;
    files.extend(made.into_iter().map(|(name, text)| (name.into(), text.into_bytes())));
    mirror(&files, &folder)?;
    Ok(Package { folder, scratch: top.join("build"), library })
}

impl Package {
    /// `swift` with a command of its package manager and its arguments.
    pub(crate) fn swift(
        &self,
        toolchain: &Toolchain,
        words: &[&str],
        environment: &[(&str, OsString)],
    ) -> Command {
        let mut command = toolchain.command(&self.folder, environment, "swift");
        command.args(words);
        // Its own sandbox is for macOS.
        command.arg("--disable-sandbox").arg("--scratch-path").arg(&self.scratch);
        for option in ["-L".into(), self.library.clone(), "-rpath".into(), self.library.clone()] {
            command.arg("-Xlinker").arg(option);
        }
        command
    }

    /// A program that was built of it.
    pub(crate) fn built(&self, toolchain: &Toolchain, program: &str) -> Command {
        let program = self.scratch.join(program);
        toolchain.command::<OsString>(&self.folder, &[], &program.to_string_lossy())
    }
}

/// Runs a command of the toolchain. Its line, with the way into the toolchain, helps nobody.
pub(crate) fn child(name: &str, command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| format!("`{name}` does not start: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{name}` ended with {status}")) }
}

/// Adds the files of a folder.
fn collect(folder: &Path, inside: &Path, files: &mut Files) -> Result<(), String> {
    let entries = fs::read_dir(folder.join(inside))
        .map_err(|error| format!("cannot read {}: {error}", folder.join(inside).display()))?;
    for entry in entries.flatten() {
        let path = inside.join(entry.file_name());
        // Hidden ones are builds and settings of somebody.
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if entry.path().is_dir() {
            collect(folder, &path, files)?;
        } else {
            files.insert(path, read(&entry.path())?);
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

/// Makes a folder hold these files and no others. What is as it should be is not touched, so that
/// nothing is compiled for nothing.
fn mirror(files: &Files, folder: &Path) -> Result<(), String> {
    let mut present = Files::new();
    if folder.is_dir() {
        collect(folder, Path::new(""), &mut present)?;
    }
    let change = || -> std::io::Result<()> {
        fs::create_dir_all(folder)?;
        for (name, bytes) in files.iter().filter(|(name, bytes)| present.get(*name) != Some(bytes))
        {
            let path = folder.join(name);
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            fs::write(path, bytes)?;
        }
        for name in present.keys().filter(|name| !files.contains_key(*name)) {
            // What the package manager writes beside a manifest.
            if !name.ends_with("Package.resolved") {
                fs::remove_file(folder.join(name))?;
            }
        }
        Ok(())
    };
    change().map_err(|error| format!("cannot lay out {}: {error}", folder.display()))
}
