//! `cargo xtask setup`: the real peers that tests talk to.
//!
//! What it takes to have a peer is in `tests/interop/<peer>/up.sh`, where it can be read and run
//! without this program.

use crate::problem::Problem;
use crate::run;
use std::path::PathBuf;
use std::process::{Command, Stdio};

pub(crate) const HELP: &str = "\
Usage: cargo xtask setup [peer…]           gets the peers of the tests, all of them by default
       cargo xtask setup --down [peer…]    stops them and removes their files

A peer that is there already costs nothing. As root on Debian and Ubuntu, missing packages are
installed, without starting their services; elsewhere it says what to run and goes on. In CI (the
environment variable CI is set) a peer that cannot be had is a failure.

Prints the environment variables by which the tests find the peers. `cargo xtask test` sets them
itself; before a plain `cargo test`, run
  eval \"$(cargo xtask setup)\"
or its tests with peers are skipped, loudly.
";

/// A program of somebody else that tests talk to; its folder in tests/interop has this name.
pub(crate) const PEERS: &[&str] = &[
    "ntlm-auth",
    "pyspnego",
    "curl",
    "openssl",
    "freerdp",
    "mit-kdc",
    "java",
    "heimdal",
    "samba-ad",
];

/// An environment variable by which tests find a peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Export {
    pub(crate) name: String,
    pub(crate) value: String,
    /// The line for the shell that says the same.
    line: String,
}

/// Peers that are ready, and those that cannot be had.
#[derive(Default)]
pub(crate) struct Peers {
    pub(crate) exports: Vec<Export>,
    pub(crate) missing: Vec<&'static str>,
}

pub(crate) fn run(arguments: &[String]) -> Result<(), Problem> {
    let down = arguments.iter().any(|argument| argument == "--down");
    let mut chosen = Vec::new();
    for name in arguments.iter().filter(|argument| *argument != "--down") {
        let peer = PEERS.iter().find(|peer| *peer == name).ok_or_else(|| {
            Problem::usage(format!("no peer `{name}`; there are: {}", PEERS.join(", ")))
        })?;
        chosen.push(*peer);
    }
    if chosen.is_empty() {
        chosen.extend(PEERS);
    }

    if down {
        for peer in chosen {
            run::child(&mut script(peer, "down.sh"))?;
        }
        return Ok(());
    }
    let peers = bring_up(&chosen);
    peers.exports.iter().for_each(|export| println!("{}", export.line));
    require(&peers)?;
    Ok(())
}

/// Makes the peers ready, and goes on where one cannot be had.
pub(crate) fn bring_up(names: &[&'static str]) -> Peers {
    let mut peers = Peers::default();
    for name in names {
        match up(name) {
            Ok(exports) => peers.exports.extend(exports),
            Err(reason) => {
                eprintln!("── MISSING PEER {name}: {reason}\n");
                peers.missing.push(name);
            }
        }
    }
    peers
}

/// Fails in CI when a peer is missing: there, a test that does not run is a failure.
pub(crate) fn require(peers: &Peers) -> Result<(), String> {
    if in_ci() && !peers.missing.is_empty() {
        return Err(format!("missing in CI: {}", peers.missing.join(", ")));
    }
    Ok(())
}

pub(crate) fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty())
}

fn up(peer: &str) -> Result<Vec<Export>, String> {
    let mut command = script(peer, "up.sh");
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| run::not_started(&command, &error))?;
    if !output.status.success() {
        return Err(format!("tests/interop/{peer}/up.sh ended with {}", output.status));
    }
    let text = String::from_utf8(output.stdout).map_err(|error| error.to_string())?;
    text.lines().map(parse_export).collect()
}

fn script(peer: &str, name: &str) -> Command {
    // Relative to the top, since a shell on Windows has its own idea of absolute paths.
    let script = ["tests/interop", peer, name].iter().collect::<PathBuf>();
    let mut command = Command::new("bash");
    command.arg(script).arg(run::target_directory().join("interop").join(peer));
    command.current_dir(run::root());
    command
}

/// Reads a line `export NAME='value'` as lib.sh writes it.
fn parse_export(line: &str) -> Result<Export, String> {
    let parse = || {
        let (name, quoted) = line.strip_prefix("export ")?.split_once('=')?;
        let value = quoted.strip_prefix('\'')?.strip_suffix('\'')?;
        Some(Export {
            name: name.to_owned(),
            value: value.replace(r"'\''", "'"),
            line: line.to_owned(),
        })
    };
    parse().ok_or_else(|| format!("not a line `export NAME='value'`: {line}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_peer_has_its_scripts() {
        for peer in PEERS {
            for file in ["up.sh", "down.sh", "README.md"] {
                let path = run::root().join("tests/interop").join(peer).join(file);
                assert!(path.is_file(), "{}", path.display());
            }
        }
    }

    #[test]
    fn exports_are_read_as_the_shell_reads_them() {
        let export = parse_export(r"export ANYSSPI_X='/it'\''s here/a=b'").unwrap();
        assert_eq!(export.name, "ANYSSPI_X");
        assert_eq!(export.value, "/it's here/a=b");
        for line in ["", "ANYSSPI_X='1'", "export ANYSSPI_X", "export ANYSSPI_X=1"] {
            assert!(parse_export(line).is_err(), "{line}");
        }
    }
}
