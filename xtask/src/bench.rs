//! `cargo xtask bench`.

use crate::bridge::Purpose;
use crate::problem::Problem;
use crate::{kotlin, node, python, run, setup, swift};
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) const HELP: &str = "\
Usage: cargo xtask bench [NAME] [--json]
       cargo xtask bench --criterion [NAME]

Measures, and compares with others in the same run, because times alone tell more about the machine.

  NAME         only the measurements whose name begins with it: `ntlm`, `python.ntlm.protect`
  --json       one JSON object per line and nothing else on standard output
  --criterion  the measurements of core/benches/ntlm.rs, with their statistics
";

pub(crate) fn run(arguments: &[String]) -> Result<(), Problem> {
    let mut name = None;
    let mut json = false;
    let mut criterion = false;
    for argument in arguments {
        match argument.as_str() {
            "--json" => json = true,
            "--criterion" => criterion = true,
            option if option.starts_with('-') => {
                return Err(Problem::usage(format!("no option `{option}`\n\n{HELP}")));
            }
            other if name.is_none() => name = Some(other),
            other => return Err(Problem::usage(format!("one name only, not `{other}` too"))),
        }
    }
    if json && criterion {
        return Err(Problem::usage("--json and --criterion do not go together"));
    }

    if criterion {
        return Ok(cargo_bench("ntlm", name, json)?);
    }
    let begins =
        |prefix: &str| name.is_none_or(|name| name.starts_with(prefix) || prefix.starts_with(name));
    let is_rust = |name: &str| {
        !["python", "node", "kotlin", "swift"].iter().any(|other| name.starts_with(other))
    };
    if name.is_none_or(is_rust) {
        cargo_bench("ratios", name, json)?;
    }
    if begins("python") {
        python_bench(name, json)?;
    }
    if begins("node") {
        node_bench(name, json)?;
    }
    if begins("kotlin") {
        match kotlin::toolchain() {
            Ok(toolchain) => kotlin_bench(&toolchain, name, json)?,
            Err(missing) if name.is_none() => {
                eprintln!("── NOT MEASURED: kotlin: {missing}\n");
            }
            Err(missing) => return Err(Problem::Failed(missing)),
        }
    }
    if begins("swift") {
        match swift::toolchain() {
            Ok(toolchain) => swift_bench(&toolchain, name, json)?,
            Err(missing) if name.is_none() => {
                eprintln!("── NOT MEASURED: swift: {missing}\n");
            }
            Err(missing) => return Err(Problem::Failed(missing)),
        }
    }
    Ok(())
}

fn cargo_bench(bench: &str, name: Option<&str>, json: bool) -> Result<(), String> {
    // Standard output is the child's alone: whoever reads its JSON must not meet our lines.
    let mut command = run::cargo(&["bench", "-p", "anysspi", "--bench", bench]);
    if name.is_some() || json {
        command.arg("--").args(name).args(json.then_some("--json"));
    }
    run::step(&run::line(&command), || run::child(&mut command))
}

/// What the names of the measurements next to MIT Kerberos begin with.
const NEXT_TO_MIT: &str = "python.kerberos";

/// The benches in Python: the wheel as it is released, next to pyspnego, to MIT Kerberos and to Rust.
fn python_bench(name: Option<&str>, json: bool) -> Result<(), String> {
    let peers = setup::bring_up(&["pyspnego"]);
    let python = peers.exports.first().ok_or("there is no Python, see above")?;
    let python = PathBuf::from(&python.value);
    let wheel = run::step("build the wheel", || python::build_wheel(&python))?;
    let package = python::unpack(&python, &wheel, "bench")?;
    let ratios = |python: &Path, script: &str, more: &[&str]| {
        let mut command = Command::new(python);
        command.arg(script).args(name).args(json.then_some("--json")).args(more);
        command.env("PYTHONPATH", &package).env("PYTHONDONTWRITEBYTECODE", "1");
        command.current_dir(run::root());
        run::step(&run::line(&command), || run::child(&mut command))
    };
    if name.is_none_or(|name| !name.starts_with(NEXT_TO_MIT)) {
        let rust = rust_figure("ntlm.protect.1m")?;
        ratios(&python, "bindings-python/benches/ratios.py", &["--rust", &rust])?;
    }
    if name.is_none_or(|name| name.starts_with(NEXT_TO_MIT) || NEXT_TO_MIT.starts_with(name)) {
        // The module gssapi is there for the system's Python.
        let peers = setup::bring_up(&["mit-kdc"]);
        match peers.exports.iter().find(|export| export.name == "ANYSSPI_MIT_PYTHON") {
            Some(python) => {
                ratios(Path::new(&python.value), "bindings-python/benches/mit.py", &[])?;
            }
            None if name.is_none() => eprintln!("── NOT MEASURED: {NEXT_TO_MIT}, see above\n"),
            None => return Err("there is no MIT Kerberos, see above".into()),
        }
    }
    Ok(())
}

/// The benches in Node: the package as it is released, next to Rust.
fn node_bench(name: Option<&str>, json: bool) -> Result<(), String> {
    run::step("npm pack", node::pack)?;
    let mut command = Command::new("node");
    command.arg("bindings-node/benches/ratios.js").arg(node::directory().join("package"));
    command.args(name).args(json.then_some("--json")).current_dir(run::root());
    next_to_rust(&mut command, &["ntlm.handshake", "ntlm.protect.64k"])?;
    run::step(&run::line(&command), || run::child(&mut command))
}

/// The benches in Kotlin: the package as it is released, next to Rust.
fn kotlin_bench(
    toolchain: &kotlin::Toolchain,
    name: Option<&str>,
    json: bool,
) -> Result<(), String> {
    let purpose = Purpose::Benches;
    let package = toolchain.lay_out(purpose)?;
    let ratios = run::step("kotlinc: the benches", || {
        let folders = [run::root().join("bindings-uniffi/benches/kotlin")];
        toolchain.compile_user(&package, purpose, &folders, "ratios")
    })?;
    let mut command = toolchain.java(&package, &ratios)?;
    command.arg("anysspi.benches.RatiosKt").args(name).args(json.then_some("--json"));
    next_to_rust(&mut command, &["ntlm.handshake", "ntlm.protect.64k", "ntlm.protect.1m"])?;
    run::step("the benches in Kotlin", || run::child(&mut command))
}

/// The benches in Swift: the package as it is released, optimised, next to Rust.
fn swift_bench(toolchain: &swift::Toolchain, name: Option<&str>, json: bool) -> Result<(), String> {
    let package = run::step("lay out the package", || {
        swift::lay_out(Purpose::Benches, "bindings-uniffi/benches/swift", vec![])
    })?;
    run::step("swift build", || {
        // What it says goes to where our own lines go.
        let words = ["build", "--quiet", "--configuration", "release"];
        let mut build = package.swift(toolchain, &words, &[]);
        swift::child("swift build", build.stdout(std::io::stderr()))
    })?;
    let mut command = package.built(toolchain, "release/Ratios");
    command.args(name).args(json.then_some("--json"));
    next_to_rust(&mut command, &["ntlm.handshake", "ntlm.protect.64k", "ntlm.protect.1m"])?;
    run::step("the benches in Swift", || swift::child("the benches", &mut command))
}

/// Tells a bench in another language what Rust does now.
fn next_to_rust(command: &mut Command, names: &[&str]) -> Result<(), String> {
    for name in names {
        command.arg(format!("{name}={}", rust_figure(name)?));
    }
    Ok(())
}

/// What Rust does now, on the machine as it is now.
fn rust_figure(name: &str) -> Result<String, String> {
    let mut command = run::cargo(&["bench", "--quiet", "-p", "anysspi", "--bench", "ratios"]);
    let output = command
        .args(["--", name, "--json"])
        .output()
        .map_err(|error| run::not_started(&command, &error))?;
    // One of several rows is as good as another: ours is in each.
    let row = output.stdout.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let row: serde_json::Value = serde_json::from_slice(row)
        .map_err(|error| format!("`{}` printed no row: {error}", run::line(&command)))?;
    Ok(row["ours"].to_string())
}
