//! The Python package: laid out from a build for the tests, and built as a wheel.

use crate::run;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const SOURCES: &str = "bindings-python/python/anysspi";

/// The file name of the module in the package, for every Python from 3.10 on.
const MODULE: &str = if cfg!(windows) { "_native.pyd" } else { "_native.abi3.so" };

/// Where everything about Python is put.
pub(crate) fn directory() -> PathBuf {
    run::target_directory().join("python")
}

/// Builds the module with the features that tests need and lays the package out beside it; gives the
/// directory for PYTHONPATH.
pub(crate) fn lay_out() -> Result<PathBuf, String> {
    run::child(&mut run::cargo(&["build", "--quiet", "-p", "anysspi-python", "--all-features"]))?;
    let top = directory().join("package");
    let package = top.join("anysspi");
    run::empty_folder(&package)?;
    let copied = || -> std::io::Result<()> {
        for entry in fs::read_dir(run::root().join(SOURCES))? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                fs::copy(entry.path(), package.join(entry.file_name()))?;
            }
        }
        let built = run::target_directory().join("debug").join(run::library_file("_native"));
        fs::copy(built, package.join(MODULE))?;
        Ok(())
    };
    copied().map_err(|error| format!("cannot lay out {}: {error}", package.display()))?;
    Ok(top)
}

/// Builds the wheel as it is released; gives its file.
pub(crate) fn build_wheel(python: &Path) -> Result<PathBuf, String> {
    let wheels = directory().join("dist");
    run::remove_folder(&wheels)?;
    let mut maturin = Command::new(python);
    maturin.args(["-m", "maturin", "build", "--quiet", "--release", "--locked", "--interpreter"]);
    maturin.arg(python).arg("--out").arg(&wheels).current_dir(run::root());
    run::child(&mut maturin)?;
    let mut files = fs::read_dir(&wheels).map_err(|error| error.to_string())?;
    match files.next() {
        Some(Ok(file)) => Ok(file.path()),
        _ => Err(format!("there is no wheel in {}", wheels.display())),
    }
}

/// Unpacks a wheel; gives the directory for PYTHONPATH.
pub(crate) fn unpack(python: &Path, wheel: &Path, name: &str) -> Result<PathBuf, String> {
    let package = directory().join(name);
    let mut pip = Command::new(python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index"]);
    run::child(pip.args(["--upgrade", "--target"]).arg(&package).arg(wheel))?;
    Ok(package)
}

/// A fresh environment, with one package in it or none; gives its Python. Nothing is on the PATH while
/// the package is installed, so that nothing can be compiled.
pub(crate) fn fresh_environment(
    python: &Path,
    name: &str,
    package: Option<&Path>,
) -> Result<PathBuf, String> {
    let environment = directory().join(name);
    let mut venv = Command::new(python);
    venv.args(["-m", "venv", "--clear"]).arg(&environment);
    run::child(&mut venv)?;
    let programs = environment.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let inside = programs.join(if cfg!(windows) { "python.exe" } else { "python" });
    if let Some(package) = package {
        let mut pip = Command::new(&inside);
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index"]);
        run::child(pip.arg(package).env("PATH", &programs))?;
    }
    Ok(inside)
}

/// The versions of Python that the wheel is for.
const VERSIONS: &[&str] = &["3.10", "3.11", "3.12", "3.13", "3.14"];

/// One Python of each version that is on this machine.
pub(crate) fn interpreters() -> Vec<(&'static str, PathBuf)> {
    VERSIONS.iter().filter_map(|version| Some((*version, interpreter(version)?))).collect()
}

fn interpreter(version: &str) -> Option<PathBuf> {
    let mut candidates = vec![PathBuf::from(format!("python{version}"))];
    // pyenv keeps all of its versions, and shows one of them.
    if let Some(home) = std::env::home_dir()
        && let Ok(entries) = fs::read_dir(home.join(".pyenv/versions"))
    {
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path().join("bin/python")));
        candidates.extend(paths);
    }
    let code =
        format!("import ensurepip, sys; assert '{version}' == '%d.%d' % sys.version_info[:2]");
    candidates
        .into_iter()
        .find(|candidate| run::answers(Command::new(candidate).args(["-c", &code])))
}
