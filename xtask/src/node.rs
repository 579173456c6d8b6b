//! The npm package: laid out from a build for the tests, and packed as it is released.

use crate::run;
use serde_json::{Value, json};
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

/// The name of this platform, as the package calls it.
fn platform() -> Result<String, String> {
    let mut node = Command::new("node");
    node.args(["-p", "require('./bindings-node/platform.js')"]).current_dir(run::root());
    let output = node.output().map_err(|error| run::not_started(&node, &error))?;
    let platform = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if !output.status.success() || platform.is_empty() {
        return Err(format!("`{}` does not say the platform", run::line(&node)));
    }
    Ok(platform)
}

/// The file name of the module on this platform.
fn module_name() -> Result<String, String> {
    Ok(format!("anysspi.{}.node", platform()?))
}

/// Builds the module with the features that tests need, beside `index.js`.
pub(crate) fn lay_out() -> Result<(), String> {
    run::child(&mut run::cargo(&["build", "--quiet", "-p", "anysspi-node", "--all-features"]))?;
    let built = run::target_directory().join("debug").join(run::library_file("anysspi_node"));
    copy(&built, &run::root().join("bindings-node").join(module_name()?))
}

/// Builds the module as it is released; gives its file.
pub(crate) fn build() -> Result<PathBuf, String> {
    run::child(&mut run::cargo(&["build", "--quiet", "--release", "-p", "anysspi-node"]))?;
    Ok(run::target_directory().join("release").join(run::library_file("anysspi_node")))
}

/// Builds the package with the module of this platform in it; gives the tarball.
pub(crate) fn pack() -> Result<PathBuf, String> {
    let stage = directory().join("package");
    lay_out_package(&stage)?;
    copy(&build()?, &stage.join("bindings-node").join(module_name()?))?;
    pack_folder(&stage)
}

/// The package without a module, in a folder.
fn lay_out_package(stage: &Path) -> Result<(), String> {
    let inside = stage.join("bindings-node");
    run::remove_folder(stage)?;
    run::make_folder(&inside)?;
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
    Ok(())
}

/// Packs what is in a folder; gives the tarball, which is there too.
fn pack_folder(stage: &Path) -> Result<PathBuf, String> {
    let mut command = npm("npm");
    command.args(["pack", "--silent", "--loglevel=error"]).current_dir(stage);
    run::child(command.stdout(std::process::Stdio::null()))?;
    let packed = fs::read_dir(stage).map_err(|error| error.to_string())?.flatten();
    let mut packed = packed.map(|entry| entry.path());
    packed
        .find(|path| path.extension().is_some_and(|kind| kind == "tgz"))
        .ok_or_else(|| format!("there is no tarball in {}", stage.display()))
}

/// What is published: a package for each module in the folder `modules`, and the package itself without
/// a module, which has them as optional dependencies. Gives the tarballs, its own last.
pub(crate) fn pack_release(modules: &Path) -> Result<Vec<PathBuf>, String> {
    let release = directory().join("release");
    run::empty_folder(&release)?;
    let stage = release.join("anysspi");
    lay_out_package(&stage)?;
    let mut package = run::read_json(&run::root().join("package.json"))?;
    let mut tarballs = Vec::new();
    let entries =
        fs::read_dir(modules).map_err(|error| format!("{}: {error}", modules.display()))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    for file in files {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let platform = name.strip_prefix("anysspi.").and_then(|rest| rest.strip_suffix(".node"));
        let Some(platform) = platform else { continue };
        let manifest = manifest_of(platform, &package)?;
        package["optionalDependencies"][format!("@anysspi/{platform}")] =
            package["version"].clone();
        let folder = release.join(platform);
        run::empty_folder(&folder)?;
        copy(&file, &folder.join(name))?;
        for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
            copy(&run::root().join(licence), &folder.join(licence))?;
        }
        write_json(&folder.join("package.json"), &manifest)?;
        tarballs.push(pack_folder(&folder)?);
    }
    if tarballs.is_empty() {
        let modules = modules.display();
        return Err(format!("{modules} has no modules: anysspi.linux-x64.node and such"));
    }
    write_json(&stage.join("package.json"), &package)?;
    tarballs.push(pack_folder(&stage)?);
    Ok(tarballs)
}

/// The package.json of the package for a platform, such as `linux-arm64-musl`.
fn manifest_of(platform: &str, package: &Value) -> Result<Value, String> {
    let (system, processor, library) = match *platform.split('-').collect::<Vec<_>>() {
        [system, processor] => (system, processor, (system == "linux").then_some("glibc")),
        [system @ "linux", processor, library @ "musl"] => (system, processor, Some(library)),
        _ => return Err(format!("there is no platform {platform}: linux-x64, win32-arm64, …")),
    };
    let module = format!("anysspi.{platform}.node");
    let mut manifest = json!({
        "name": format!("@anysspi/{platform}"),
        "version": package["version"],
        "description": format!("The module of the package anysspi for {platform}"),
        "license": package["license"],
        "repository": package["repository"],
        "engines": package["engines"],
        "os": [system],
        "cpu": [processor],
        "main": module,
        "files": [module, "LICENSE-MIT", "LICENSE-APACHE"],
    });
    if let Some(library) = library {
        manifest["libc"] = json!([library]);
    }
    Ok(manifest)
}

fn write_json(path: &Path, value: &Value) -> Result<(), String> {
    fs::write(path, format!("{value:#}\n")).map_err(|error| format!("{}: {error}", path.display()))
}

/// A folder with the module of this platform in it, as the machines of a release bring theirs.
pub(crate) fn modules() -> Result<PathBuf, String> {
    let folder = directory().join("modules");
    run::empty_folder(&folder)?;
    copy(&build()?, &folder.join(module_name()?))?;
    Ok(folder)
}

/// Installs tarballs into an empty folder, with no script run and no compiler at hand.
pub(crate) fn install(tarballs: &[PathBuf], folder: &Path) -> Result<(), String> {
    run::empty_folder(folder)?;
    // Without one npm looks for a project in the folders above.
    fs::write(folder.join("package.json"), "{}\n").map_err(|error| error.to_string())?;
    let mut command = npm("npm");
    command.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
    run::child(command.args(tarballs).current_dir(folder))
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    // Removed first: a process that still has the old module open keeps it.
    let _ = fs::remove_file(to);
    fs::copy(from, to)
        .map(|_| ())
        .map_err(|error| format!("cannot copy {} to {}: {error}", from.display(), to.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms_become_packages() {
        let package = json!({ "version": "1.2.3", "license": "MIT" });
        let manifest = manifest_of("linux-arm64-musl", &package).unwrap();
        assert_eq!(manifest["name"], "@anysspi/linux-arm64-musl");
        assert_eq!(manifest["version"], "1.2.3");
        assert_eq!(manifest["libc"], json!(["musl"]));
        assert_eq!(manifest_of("linux-x64", &package).unwrap()["libc"], json!(["glibc"]));
        let manifest = manifest_of("win32-x64", &package).unwrap();
        assert_eq!((&manifest["os"], &manifest["cpu"]), (&json!(["win32"]), &json!(["x64"])));
        assert!(manifest.get("libc").is_none());
        for wrong in ["linux", "darwin-arm64-musl", "linux-x64-gnu", ""] {
            assert!(manifest_of(wrong, &package).is_err(), "{wrong}");
        }
    }
}
