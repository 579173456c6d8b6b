//! The tests of the npm package.

use super::{Counts, announce, read_lines};
use crate::setup::Peers;
use crate::{node, run};
use std::path::PathBuf;
use std::process::{Command, Stdio};

pub(super) fn run(peers: &Peers, arguments: &[String]) -> Result<Counts, String> {
    run::step("npm install", node::install_tools)?;
    run::step("build the module", node::lay_out)?;
    let mut problems = Vec::new();
    if arguments.is_empty() {
        let tools: [(&str, &[&str]); 2] = [
            ("biome", &["biome", "ci", "--colors=off"]),
            ("tsc", &["tsc", "--project", "tests/node/tsconfig.json"]),
        ];
        for (name, words) in tools {
            let work = || run::child(node::npm("npx").arg("--no-install").args(words));
            problems.extend(run::step(name, work).err());
        }
    }
    // jest makes the file and not its folder.
    run::make_folder(&node::directory())?;
    let mut jest = node::npm("npx");
    // What it says goes to standard error, the summary with the counts too.
    jest.args(["--no-install", "jest", "--colors=false"]).args(arguments);
    jest.args(["--json", "--outputFile"]).arg(node::directory().join("jest.json"));
    announce(peers, &mut jest);
    let result = run::step("jest", || read_lines(jest.stdout(Stdio::piped()), |_| {}));
    problems.extend(result.err());
    let counts = counts()?;
    if arguments.is_empty() {
        problems.extend(tarballs().err());
    }
    if problems.is_empty() { Ok(counts) } else { Err(format!("{counts}; {}", problems.join("; "))) }
}

fn counts() -> Result<Counts, String> {
    let result = run::read_json(&node::directory().join("jest.json"))?;
    let count = |name: &str| result[name].as_u64().unwrap_or(0);
    Ok(Counts {
        passed: count("numPassedTests"),
        failed: count("numFailedTests") + count("numRuntimeErrorTestSuites"),
        ignored: count("numPendingTests"),
    })
}

/// Packs the package in both of its forms, and tries each as somebody would who has just heard of it.
fn tarballs() -> Result<(), String> {
    let whole = run::step("npm pack", node::pack)?;
    run::step("npm install of the tarball", || try_out("installed", &[whole]))?;
    let released = run::step("pack a release", || node::pack_release(&node::modules()?))?;
    run::step("npm install of a release", || try_out("released", &released))
}

fn try_out(folder: &str, tarballs: &[PathBuf]) -> Result<(), String> {
    let folder = node::directory().join(folder);
    node::install(tarballs, &folder)?;
    let mut new_user = Command::new("node");
    new_user.arg(run::root().join("tests/node/new_user.mjs")).arg(&folder);
    run::child(&mut new_user)
}
