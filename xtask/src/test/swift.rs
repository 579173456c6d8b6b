//! The tests of the Swift package.

use super::{Counts, REQUIRE_PEERS, is_greeting};
use crate::bridge::Purpose;
use crate::setup::{self, Peers};
use crate::{node, run, swift};
use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// Fetches the compiler.
pub(super) fn ready() -> Result<(), String> {
    swift::toolchain().map(|_| ())
}

pub(super) fn run(_peers: &Peers, arguments: &[String]) -> Result<Counts, String> {
    let toolchain = swift::toolchain()?;
    let package = run::step("lay out the package", || {
        swift::lay_out(Purpose::Tests, "tests/swift", examples()?)
    })?;
    run::step("swift build", || {
        let words = ["build", "--quiet", "--build-tests", "-Xswiftc", "-warnings-as-errors"];
        swift::child("swift build", &mut package.swift(&toolchain, &words, &[]))
    })?;
    let acceptor = run::step("start the acceptor in Node", Acceptor::start);
    let mut environment: Vec<(&str, OsString)> =
        vec![("ANYSSPI_TESTS", run::root().join("tests").into())];
    match &acceptor {
        Ok(acceptor) => environment.push(("ANYSSPI_NODE_ACCEPTOR", acceptor.port.clone().into())),
        Err(reason) if setup::in_ci() => return Err(format!("missing in CI: Node: {reason}")),
        Err(reason) => eprintln!("── MISSING PEER node: {reason}\n"),
    }
    if setup::in_ci() || acceptor.is_ok() {
        environment.push((REQUIRE_PEERS, "1".into()));
    }
    let mut counts = Counts::default();
    let result = run::step("swift test", || {
        let words = ["test", "--skip-build", "--disable-swift-testing"];
        let mut command = package.swift(&toolchain, &words, &environment);
        read(command.args(arguments), &mut counts)
    });
    let result = result.and_then(|()| {
        EXAMPLES.iter().filter(|_| arguments.is_empty()).try_for_each(|(name, ..)| {
            let program = package.built(&toolchain, &format!("debug/{name}"));
            run::step(&format!("the example {name}"), || try_out(program))
        })
    });
    match result {
        Ok(()) if counts.passed == 0 => Err(format!("{counts}; no test has run")),
        Ok(()) => Ok(counts),
        Err(reason) => Err(format!("{counts}; {reason}")),
    }
}

/// The documents whose examples in Swift are compiled as they stand, and run; which example of each.
const EXAMPLES: [(&str, &str, usize); 5] = [
    ("ReadmeExample", "README.md", 1),
    ("PackageExample", "bindings-uniffi/swift/README.md", 1),
    ("CredsspExample", "bindings-uniffi/swift/README.md", 2),
    ("KerberosExample", "bindings-uniffi/swift/README.md", 3),
    ("DelegationExample", "bindings-uniffi/swift/README.md", 4),
];

/// The examples as programs.
fn examples() -> Result<Vec<(String, String)>, String> {
    let program = |(name, document, number): (&str, &str, usize)| {
        let text = std::fs::read_to_string(run::root().join(document))
            .map_err(|error| format!("cannot read {document}: {error}"))?;
        let text = text.replace("\r\n", "\n");
        let example = text
            .split("\n```swift\n")
            .nth(number)
            .and_then(|rest| rest.split_once("```"))
            .ok_or_else(|| format!("{document} has no example {number} in Swift"))?;
        Ok((format!("Examples/{name}/main.swift"), example.0.to_owned()))
    };
    EXAMPLES.into_iter().map(program).collect()
}

/// Runs an example, which has to say what it says.
fn try_out(mut program: Command) -> Result<(), String> {
    program.stderr(Stdio::inherit());
    let output = program.output().map_err(|error| run::not_started(&program, &error))?;
    let said = String::from_utf8_lossy(&output.stdout);
    if output.status.success() && is_greeting(&said) {
        return Ok(());
    }
    Err(format!("it ended with {} and said {said:?}", output.status))
}

/// Runs the tests, and shows what is not the start or the success of one.
fn read(command: &mut Command, counts: &mut Counts) -> Result<(), String> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| run::not_started(command, &error))?;
    for line in child.stdout.take().into_iter().flat_map(|output| BufReader::new(output).lines()) {
        let line = line.map_err(|error| error.to_string())?;
        let is_progress = counts.add_xctest_line(&line);
        if !is_progress {
            println!("{line}");
        }
    }
    let status = child.wait().map_err(|error| error.to_string())?;
    if status.success() { Ok(()) } else { Err(format!("`swift test` ended with {status}")) }
}

impl Counts {
    /// Adds what a line of XCTest says; tells whether it says only that all goes well.
    fn add_xctest_line(&mut self, line: &str) -> bool {
        let line = line.trim();
        if line.starts_with("Test Case '") {
            let counts = [
                ("' passed (", &mut self.passed),
                ("' failed (", &mut self.failed),
                ("' skipped (", &mut self.ignored),
            ];
            for (word, count) in counts {
                *count += u64::from(line.contains(word));
            }
            return !line.contains("' failed (") && !line.contains("' skipped (");
        }
        line.starts_with("Test Suite '") || line.starts_with("Executed ")
    }
}

/// A server in Node, for as long as it is kept: it ends when its standard input does.
struct Acceptor {
    child: Child,
    port: String,
}

impl Acceptor {
    fn start() -> Result<Self, String> {
        node::lay_out()?;
        let mut command = Command::new("node");
        command.arg("tests/swift/acceptor.js").current_dir(run::root());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| run::not_started(&command, &error))?;
        let mut port = String::new();
        if let Some(output) = child.stdout.take() {
            // Without a port it has ended, and said why on standard error.
            BufReader::new(output).read_line(&mut port).map_err(|error| error.to_string())?;
        }
        let port = port.trim().to_owned();
        if port.is_empty() { Err("it does not start".into()) } else { Ok(Self { child, port }) }
    }
}

impl Drop for Acceptor {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_xctest_are_counted() {
        let mut counts = Counts::default();
        for (line, is_progress) in [
            ("Test Suite 'All tests' started at 2026-11-20 15:53:59.482", true),
            ("Test Case 'T.testOne' started at 2026-11-20 15:53:59.485", true),
            ("Test Case 'T.testOne' passed (0.001 seconds)", true),
            ("/a/b.swift:6: T.testTwo : Test skipped - no", false),
            ("Test Case 'T.testTwo' skipped (0.0 seconds)", false),
            ("/a/b.swift:9: error: T.testThree : XCTAssertTrue failed -", false),
            ("Test Case 'T.testThree' failed (0.0 seconds)", false),
            ("\t Executed 3 tests, with 1 test skipped and 1 failure (0 unexpected)", true),
        ] {
            assert_eq!(counts.add_xctest_line(line), is_progress, "{line}");
        }
        assert_eq!(counts, Counts { passed: 1, failed: 1, ignored: 1 });
    }
}
