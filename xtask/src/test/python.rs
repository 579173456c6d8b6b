//! The tests of the Python package.

use super::{Counts, announce, read_lines};
use crate::setup::Peers;
use crate::{python, run};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The environment variable with the Python of tests/interop/pyspnego.
const PYTHON: &str = "ANYSSPI_PYSPNEGO_PYTHON";

/// The folders with code in Python.
const CODE: [&str; 3] = ["bindings-python", "tests/python", "tests/interop"];

/// What of it has types: the scripts of the other peers are for the interpreters that these have.
const TYPED: [&str; 3] = [CODE[0], CODE[1], "tests/interop/pyspnego"];

pub(super) fn run(peers: &Peers, arguments: &[String]) -> Result<Counts, String> {
    let python = peers.exports.iter().find(|export| export.name == PYTHON);
    let python = PathBuf::from(&python.ok_or("there is no Python, see above")?.value);
    let package = run::step("build the module", python::lay_out)?;
    let tool = |arguments: &[&str]| {
        let mut command = Command::new(&python);
        command.arg("-m").args(arguments).current_dir(run::root()).env("PYTHONPATH", &package);
        // No caches beside the sources, and none of the user's.
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        command
    };
    let mut problems = Vec::new();
    if arguments.is_empty() {
        let cache = python::directory().join("mypy");
        let mut mypy = tool(&["mypy", "--strict", "--cache-dir"]);
        mypy.arg(cache).args(TYPED).env("MYPYPATH", "bindings-python/python:tests/interop");
        for (name, mut command) in [
            ("ruff check", tool(&["ruff", "check", "--no-cache", CODE[0], CODE[1], CODE[2]])),
            (
                "ruff format",
                tool(&["ruff", "format", "--no-cache", "--check", CODE[0], CODE[1], CODE[2]]),
            ),
            ("mypy", mypy),
        ] {
            problems.extend(run::step(name, || run::child(&mut command)).err());
        }
    }
    let mut pytest = tool(&["pytest", "-p", "no:cacheprovider"]);
    pytest.args(arguments);
    announce(peers, &mut pytest);
    let mut counts = Counts::default();
    let result =
        run::step("pytest", || read_lines(&mut pytest, |line| counts.add_pytest_line(line)));
    problems.extend(result.err());
    if arguments.is_empty() {
        problems.extend(wheel(&python).err());
    }
    if problems.is_empty() { Ok(counts) } else { Err(format!("{counts}; {}", problems.join("; "))) }
}

/// Builds the wheel, and tries it as somebody would who has just heard of it.
fn wheel(python: &Path) -> Result<(), String> {
    let wheel = run::step("build the wheel", || python::build_wheel(python))?;
    run::step("the wheel keeps to the stable interface", || {
        keeps_to_stable_interface(python, &wheel)
    })?;
    for (version, interpreter) in python::interpreters() {
        run::step(&format!("the wheel in Python {version}"), || {
            let name = format!("wheel-{version}");
            let inside = python::fresh_environment(&interpreter, &name, Some(&wheel))?;
            run::child(&mut try_out(&inside))
        })?;
    }
    run::step("stubtest of the wheel", || {
        let inside = python::unpack(python, &wheel, "wheel-stubtest")?;
        let mut stubtest = Command::new(python);
        stubtest.args(["-m", "mypy.stubtest", "anysspi"]).env("PYTHONPATH", &inside);
        // Away from the sources, whose settings are for checking them.
        run::child(stubtest.current_dir(python::directory()))
    })?;
    for (version, interpreter) in python::interpreters() {
        run::step(&format!("pip install . in Python {version}"), || {
            let inside = python::fresh_environment(&interpreter, "source", None)?;
            let mut pip = Command::new(&inside);
            pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "."]);
            run::child(pip.current_dir(run::root()))?;
            run::child(&mut try_out(&inside))
        })?;
    }
    Ok(())
}

/// What of the stable interface of 3.11 Python 3.10 has all the same: `bytes.rs` says more.
const SINCE_3_11: [&str; 2] = ["PyObject_GetBuffer", "PyBuffer_Release"];

/// Whether the module asks of Python nothing but what is in every version that it is for. On Linux all
/// other symbols are found too, so that it shows nowhere else.
fn keeps_to_stable_interface(python: &Path, wheel: &Path) -> Result<(), String> {
    let mut audit = Command::new(python);
    audit.args(["-m", "abi3audit", "--report"]).arg(wheel);
    let output = audit.output().map_err(|error| run::not_started(&audit, &error))?;
    let report: Value =
        serde_json::from_slice(&output.stdout).map_err(|error| format!("abi3audit: {error}"))?;
    let audited = report["specs"][&*wheel.to_string_lossy()]["wheel"].as_array();
    let result = match audited.map(Vec::as_slice) {
        Some([module]) => &module["result"],
        _ => return Err(format!("abi3audit did not look at one module: {report}")),
    };
    let (Some(outside), Some(later)) =
        (result["non_abi3_symbols"].as_array(), result["future_abi3_objects"].as_object())
    else {
        return Err(format!("abi3audit says something else: {report}"));
    };
    let later = later.keys().filter(|name| !SINCE_3_11.contains(&name.as_str()));
    let strange: Vec<&str> =
        outside.iter().filter_map(Value::as_str).chain(later.map(String::as_str)).collect();
    if strange.is_empty() {
        return Ok(());
    }
    Err(format!("not every Python has {}", strange.join(", ")))
}

/// The examples of the README and a few more things, with nothing but the package.
fn try_out(python: &Path) -> Command {
    let mut command = Command::new(python);
    command.arg(run::root().join("tests/python/new_user.py"));
    command.current_dir(python::directory()).env_remove("PYTHONPATH");
    if let Some(programs) = python.parent() {
        command.env("PATH", programs);
    }
    command
}
