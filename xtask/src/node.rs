//! The npm package: laid out from a build for the tests, and packed as it is released.

use crate::run;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where everything about Node is put.
pub(crate) fn directory() -> PathBuf {
    run::target_directory().join("node")
}

/// A program of npm's. On Windows they are scripts.
pub(crate) fn npm(program: &str) -> Command {
    let mut command = if cfg!(windows) {
        let mut command = Command::new("cmd");
        command.args(["/C", program]);
        command
    } else {
        Command::new(program)
    };
    command.current_dir(run::root());
    command
}

/// The tools of package.json, as package-lock.json pins them.
pub(crate) fn install_tools() -> Result<(), String> {
    let (lock, installed) = ("package-lock.json", "node_modules/.package-lock.json");
    let changed =
        |file: &str| fs::metadata(run::root().join(file)).and_then(|data| data.modified());
    if let (Ok(lock), Ok(installed)) = (changed(lock), changed(installed))
        && installed >= lock
    {
        return Ok(());
    }
    // Not `npm ci`, which refuses a lock file without the tools' packages for other platforms.
    let arguments = ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"];
    run::child(npm("npm").args(arguments))
}

/// The file name of the module on this platform.
fn module_name() -> Result<String, String> {
    let mut node = Command::new("node");
    node.args(["-p", "require('./bindings-node/platform.js')"]).current_dir(run::root());
    let output = node.output().map_err(|error| run::not_started(&node, &error))?;
    let platform = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if !output.status.success() || platform.is_empty() {
        return Err(format!("`{}` does not say the platform", run::line(&node)));
    }
    Ok(format!("anysspi.{platform}.node"))
}

/// Builds the module with the features that tests need, beside `index.js`.
pub(crate) fn lay_out() -> Result<(), String> {
    run::child(&mut run::cargo(&["build", "--quiet", "-p", "anysspi-node", "--all-features"]))?;
    let built = run::target_directory().join("debug").join(run::library_file("anysspi_node"));
    copy(&built, &run::root().join("bindings-node").join(module_name()?))
}

/// Builds the package with the module of this platform in it; gives the tarball.
pub(crate) fn pack() -> Result<PathBuf, String> {
    run::child(&mut run::cargo(&["build", "--quiet", "--release", "-p", "anysspi-node"]))?;
    let stage = directory().join("package");
    if stage.exists() {
        fs::remove_dir_all(&stage).map_err(|error| error.to_string())?;
    }
    let inside = stage.join("bindings-node");
    fs::create_dir_all(&inside).map_err(|error| error.to_string())?;
    for name in ["package.json", "LICENSE-MIT", "LICENSE-APACHE"] {
        copy(&run::root().join(name), &stage.join(name))?;
    }
    // What npm shows is the page for Node.
    copy(&run::root().join("bindings-node/README.md"), &stage.join("README.md"))?;
    let sources = fs::read_dir(run::root().join("bindings-node"));
    for entry in sources.map_err(|error| error.to_string())?.flatten() {
        let path = entry.path();
        let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
        if matches!(kind, "js" | "mjs" | "ts") {
            copy(&path, &inside.join(entry.file_name()))?;
        }
    }
    let built = run::target_directory().join("release").join(run::library_file("anysspi_node"));
    copy(&built, &inside.join(module_name()?))?;
    let mut command = npm("npm");
    command.args(["pack", "--silent", "--loglevel=error"]).current_dir(&stage);
    run::child(command.stdout(std::process::Stdio::null()))?;
    let packed = fs::read_dir(&stage).map_err(|error| error.to_string())?.flatten();
    let mut packed = packed.map(|entry| entry.path());
    packed
        .find(|path| path.extension().is_some_and(|kind| kind == "tgz"))
        .ok_or_else(|| format!("there is no tarball in {}", stage.display()))
}

/// Installs a tarball into an empty folder, with no script run and no compiler at hand.
pub(crate) fn install(tarball: &Path, folder: &Path) -> Result<(), String> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| error.to_string())?;
    }
    fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    // Without one npm looks for a project in the folders above.
    fs::write(folder.join("package.json"), "{}\n").map_err(|error| error.to_string())?;
    let mut command = npm("npm");
    command.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
    run::child(command.arg(tarball).current_dir(folder))
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    // Removed first: a process that still has the old module open keeps it.
    let _ = fs::remove_file(to);
    fs::copy(from, to)
        .map(|_| ())
        .map_err(|error| format!("cannot copy {} to {}: {error}", from.display(), to.display()))
}
