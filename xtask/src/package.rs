//! `cargo xtask package`.

use crate::problem::Problem;
use crate::{node, run};
use std::path::{Path, PathBuf};

pub(crate) const HELP: &str = "\
Usage: cargo xtask package node [FOLDER]

Makes what is published.

  node         the npm package, with the module of this platform in it
  node FOLDER  the npm package without a module, and beside it a package for each module in FOLDER,
               as the machines of a release have built them: anysspi.linux-x64.node, …. npm installs
               the one of the platform, as an optional dependency. Publish the package itself last.
";

pub(crate) fn run(arguments: &[String]) -> Result<(), Problem> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let tarballs: Vec<PathBuf> = match words[..] {
        ["node"] => vec![run::step("npm pack", node::pack)?],
        ["node", folder] => run::step("npm pack", || node::pack_release(Path::new(folder)))?,
        _ => return Err(Problem::usage(HELP)),
    };
    for tarball in tarballs {
        println!("{}", tarball.display());
    }
    Ok(())
}
