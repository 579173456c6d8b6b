//! `cargo xtask bench`.

use crate::problem::Problem;
use crate::run;

pub(crate) const HELP: &str = "\
Usage: cargo xtask bench [NAME] [--json]
       cargo xtask bench --criterion [NAME]

Measures, and compares with others in the same run, because times alone tell more about the machine.

  NAME         only the measurements whose name contains it
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

    let bench = if criterion { "ntlm" } else { "ratios" };
    // Standard output is the child's alone: whoever reads its JSON must not meet our lines.
    let mut command = run::cargo(&["bench", "-p", "anysspi", "--bench", bench]);
    if name.is_some() || json {
        command.arg("--").args(name).args(json.then_some("--json"));
    }
    Ok(run::step(&run::line(&command), || run::child(&mut command))?)
}
