//! The tests of the Kotlin package.

use super::{Counts, announce, is_greeting, read_lines};
use crate::bridge::Purpose;
use crate::kotlin::{self, Package, Toolchain};
use crate::setup::Peers;
use crate::{python, run};
use std::fs;
use std::process::Stdio;

const LAUNCHER: &str = "org.junit.platform.console.ConsoleLauncher";

pub(super) fn ready() -> Result<(), String> {
    if python::interpreters().is_empty() {
        return Err("the server that Kotlin talks to needs a Python from 3.10 on".into());
    }
    kotlin::toolchain().map(|_| ())
}

pub(super) fn run(peers: &Peers, arguments: &[String]) -> Result<Counts, String> {
    let toolchain = kotlin::toolchain()?;
    let purpose = Purpose::Tests;
    let package = toolchain.lay_out(purpose)?;
    let tests = run::step("kotlinc: the tests", || {
        let folders = [run::root().join("tests/kotlin")];
        toolchain.compile_user(&package, purpose, &folders, "tests")
    })?;
    let interpreters = python::interpreters();
    let (_, python) = interpreters.first().ok_or("there is no Python")?;
    let server = run::step("build the Python server", python::lay_out)?;
    let mut junit = toolchain.java(&package, &tests)?;
    // An error in a look-up is a test of ours, and not a reason to stop.
    junit.arg(LAUNCHER).arg("--scan-class-path").arg(&tests);
    junit.args(["--fail-if-no-tests", "--disable-banner", "--disable-ansi-colors"]);
    junit
        .args(["--details=summary", "--reports-dir"])
        .arg(kotlin::directory(purpose).join("reports"));
    junit.args(arguments);
    junit.env("ANYSSPI_PYTHON", python).env("PYTHONPATH", server);
    junit.env("PYTHONDONTWRITEBYTECODE", "1");
    announce(peers, &mut junit);
    let mut counts = Counts::default();
    let result = run::step("JUnit", || {
        read_lines(junit.stdout(Stdio::piped()), |line| counts.add_junit_line(line))
    });
    let mut problems: Vec<String> = result.err().into_iter().collect();
    if arguments.is_empty() {
        problems.extend(examples(&toolchain, &package).err());
    }
    if problems.is_empty() { Ok(counts) } else { Err(format!("{counts}; {}", problems.join("; "))) }
}

/// The examples of the README and of the guide, each by itself, as somebody would copy it.
fn examples(toolchain: &Toolchain, package: &Package) -> Result<(), String> {
    let folder = kotlin::directory(Purpose::Tests).join("examples");
    for page in ["README.md", "bindings-uniffi/kotlin/README.md"] {
        let text = fs::read_to_string(run::root().join(page)).map_err(|error| error.to_string())?;
        let found: Vec<&str> = text
            .split("\n```kotlin\n")
            .skip(1)
            .filter_map(|rest| rest.split_once("\n```").map(|(example, _)| example))
            .collect();
        if found.is_empty() {
            return Err(format!("{page} has no example in Kotlin"));
        }
        for (number, example) in found.iter().enumerate() {
            run::step(&format!("example {number} of {page}"), || {
                run::empty_folder(&folder)?;
                fs::write(folder.join("Example.kt"), format!("{example}\n"))
                    .map_err(|error| error.to_string())?;
                let folders = [folder.clone()];
                let name = page.replace(['/', '.'], "-");
                let name = format!("example-{name}-{number}");
                let jar = toolchain.compile_user(package, Purpose::Tests, &folders, &name)?;
                let mut java = toolchain.java(package, &jar)?;
                let output = java.arg("ExampleKt").stderr(Stdio::inherit()).output();
                let output = output.map_err(|error| run::not_started(&java, &error))?;
                let said = String::from_utf8_lossy(&output.stdout);
                if !is_greeting(&said) {
                    return Err(format!("it said {said:?} and ended with {}", output.status));
                }
                Ok(())
            })?;
        }
    }
    Ok(())
}
