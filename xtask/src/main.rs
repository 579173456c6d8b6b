//! `cargo xtask`: the one list of commands for people and for CI.
//!
//! Each command is one file. What a command says about its own work goes to standard error, so that
//! standard output holds only what its child prints or what somebody may want to pipe.

#![forbid(unsafe_code)]
#![deny(clippy::unwrap_used, clippy::expect_used)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command talks to the terminal")]
#![allow(
    clippy::disallowed_methods,
    reason = "clocks and environment variables are banned for the core's sake; a command needs them"
)]

mod bench;
mod bridge;
mod check;
mod demo;
mod dependencies;
mod fuzz;
mod generate;
mod kotlin;
mod licences;
mod node;
mod package;
mod policy;
mod problem;
mod python;
mod run;
mod setup;
mod swift;
mod test;
mod toolchain;

use crate::problem::Problem;
use std::process::ExitCode;

/// One command of the list.
struct Command {
    name: &'static str,
    summary: &'static str,
    help: &'static str,
    run: fn(&[String]) -> Result<(), Problem>,
}

/// The list. A new command is a file and a line here.
const COMMANDS: &[Command] = &[
    Command {
        name: "demo",
        summary: "a handshake and protected messages, both ends in one process",
        help: demo::HELP,
        run: demo::run,
    },
    Command {
        name: "test",
        summary: "all tests, real peers included",
        help: test::HELP,
        run: test::run,
    },
    Command {
        name: "check",
        summary: "format, lints, generated files, documentation, dependencies",
        help: check::HELP,
        run: check::run,
    },
    Command {
        name: "generate",
        summary: "write the files that are made from the status table",
        help: generate::HELP,
        run: generate::run,
    },
    Command {
        name: "setup",
        summary: "get the peers the tests talk to",
        help: setup::HELP,
        run: setup::run,
    },
    Command {
        name: "bench",
        summary: "how fast it is, next to others in the same run",
        help: bench::HELP,
        run: bench::run,
    },
    Command {
        name: "package",
        summary: "make what is published",
        help: package::HELP,
        run: package::run,
    },
    Command {
        name: "fuzz",
        summary: "feed the parsers and the acceptors with anything",
        help: fuzz::HELP,
        run: fuzz::run,
    },
];

/// What a wrong use of the commands exits with; a failure exits with 1.
const USAGE_EXIT: u8 = 2;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Problem::Failed(reason)) => {
            eprintln!("error: {reason}");
            ExitCode::FAILURE
        }
        Err(Problem::Usage(reason)) => {
            eprintln!("error: {reason}");
            ExitCode::from(USAGE_EXIT)
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<(), Problem> {
    let Some((name, rest)) = arguments.split_first() else {
        return Err(Problem::usage(format!("no command given\n\n{}", overview())));
    };
    if is_help(name) || name == "help" {
        match rest.first() {
            None => print!("{}", overview()),
            Some(name) => print!("{}", find(name)?.help),
        }
        return Ok(());
    }
    let command = find(name)?;
    // What comes after `--` belongs to the child, its `--help` included.
    let own = rest.iter().take_while(|argument| *argument != "--");
    if own.into_iter().any(|argument| is_help(argument)) {
        print!("{}", command.help);
        return Ok(());
    }
    (command.run)(rest)
}

fn is_help(argument: &str) -> bool {
    matches!(argument, "--help" | "-h")
}

fn find(name: &str) -> Result<&'static Command, Problem> {
    COMMANDS
        .iter()
        .find(|command| command.name == name)
        .ok_or_else(|| Problem::usage(format!("no command `{name}`\n\n{}", overview())))
}

fn overview() -> String {
    let mut text = String::from("Usage: cargo xtask <command> [arguments]\n\nCommands:\n");
    for command in COMMANDS {
        text += &format!("  {:<10}{}\n", command.name, command.summary);
    }
    text += "\n`cargo xtask <command> --help` says more about one of them.\n";
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dispatch_words(line: &str) -> Result<(), Problem> {
        let words: Vec<String> = line.split_whitespace().map(String::from).collect();
        dispatch(&words)
    }

    #[test]
    fn every_command_is_in_the_overview_and_has_help() {
        for command in COMMANDS {
            assert!(overview().contains(command.summary));
            let usage = format!("Usage: cargo xtask {}", command.name);
            assert!(command.help.starts_with(&usage), "{}", command.name);
            assert!(command.help.ends_with('\n'), "{}", command.name);
            assert!(dispatch_words(&format!("{} --help", command.name)).is_ok());
            assert!(dispatch_words(&format!("help {}", command.name)).is_ok());
        }
        assert!(dispatch_words("--help").is_ok());
    }

    #[test]
    fn wrong_uses_are_usage_problems() {
        let lines = [
            "",
            "unknown",
            "help unknown",
            "check now",
            "generate --chekc",
            "setup nobody",
            "test cobol",
            "test --fast",
            "bench a b",
            "bench --xml",
            "fuzz no_such_target",
        ];
        for line in lines {
            let result = dispatch_words(line);
            assert!(matches!(result, Err(Problem::Usage(_))), "{line}: {result:?}");
        }
    }
}
