//! Debian's Swift, in a folder of its own.
//!
//! Debian 13 has the compiler, and whoever tests has something else: its packages are unpacked into a
//! folder of the cache, beside the system and not into it, and run there in a mount namespace.

use crate::{run, toolchain};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The release of Debian whose Swift it is.
const RELEASE: &str = "trixie";

/// What is unpacked, with all it depends on.
const PACKAGES: &[&str] =
    &["swiftlang", "libc6-dev", "libstdc++-14-dev", "bash", "coreutils", "base-files"];

/// What of it nobody needs here: half of the whole.
const LEFT_OUT: &[&str] = &[
    "*/liblldb.so*",
    "*/bin/lldb*",
    "*/bin/clangd",
    "*/bin/docc",
    "*/bin/sourcekit-lsp",
    "*/bin/swift-format",
    "*/libsourcekitdInProc.so",
    "*/lib/swift_static",
    "*/libLTO.so*",
    "./usr/share/doc",
    "./usr/share/man",
    "./usr/share/locale",
];

/// Changes with the recipe, so that nobody uses what an older one made.
const FOLDER: &str = "swift-trixie-1";

const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// A compiler of Swift, in a folder with the system it needs.
pub(crate) struct Toolchain {
    system: PathBuf,
}

/// The compiler, fetched before if need be; fails with what is missing.
pub(crate) fn toolchain() -> Result<Toolchain, String> {
    if !cfg!(target_os = "linux") {
        return Err("the Swift of the tests is Debian's, which runs on Linux".into());
    }
    let user = Command::new("id").arg("-u").output().map_err(|error| format!("id: {error}"))?;
    if user.stdout.trim_ascii() != b"0" {
        return Err("Debian's Swift runs in a mount namespace of its own, which needs root".into());
    }
    if !run::answers(Command::new("unshare").args(["--mount", "chroot", "/", "true"])) {
        return Err("for Debian's Swift, `unshare --mount` and `chroot` have to work here".into());
    }
    let _alone = toolchain::alone("swift")?;
    let system = toolchain::cache()?.join(FOLDER);
    if !system.is_dir() {
        let title = format!("get Swift, 1.6 GB in {}", system.display());
        run::step(&title, || fetch(&system))?;
    }
    Ok(Toolchain { system })
}

/// Downloads and unpacks; in one stroke, so that nobody meets a half of it.
fn fetch(system: &Path) -> Result<(), String> {
    for program in ["apt-get", "dpkg-deb", "tar"] {
        if !run::answers(Command::new(program).arg("--version")) {
            return Err(format!("Swift comes from Debian's packages, and there is no {program}"));
        }
    }
    if !Path::new(KEYRING).is_file() {
        return Err(format!("Debian's packages are checked with {KEYRING}, which is not there"));
    }
    let work = system.with_extension("apt");
    let unpacked = system.with_extension("part");
    for folder in [&work, &unpacked] {
        run::remove_folder(folder)?;
    }
    for folder in ["etc", "lists/partial", "archives/partial"] {
        run::make_folder(&work.join(folder))?;
    }
    write(&work.join("status"), "")?;
    let source = format!(
        "Types: deb\nURIs: {}\nSuites: {RELEASE}\nComponents: main\nSigned-By: {KEYRING}\n",
        mirror()
    );
    write(&work.join("etc/debian.sources"), &source)?;

    eprintln!("── the list of Debian's packages …");
    run::child(apt(&work).args(["--quiet", "--quiet", "update"]))?;
    eprintln!("── 550 MB of them …");
    let mut download = apt(&work);
    download.args(["--quiet", "--quiet", "install", "--yes", "--no-install-recommends"]);
    download.arg("--download-only").args(PACKAGES).stdout(Stdio::null());
    run::child(&mut download)?;
    eprintln!("── unpacking …");
    run::make_folder(&unpacked)?;
    let archives = fs::read_dir(work.join("archives")).map_err(|error| error.to_string())?;
    let mut archives: Vec<PathBuf> = archives.flatten().map(|entry| entry.path()).collect();
    archives.retain(|path| path.extension().is_some_and(|kind| kind == "deb"));
    // This one has the links from /bin to /usr/bin, which have to be there before anything else.
    archives.sort_by_key(|path| !file_name(path).starts_with("base-files_"));
    for archive in archives {
        unpack(&archive, &unpacked)?;
        fs::remove_file(&archive).map_err(|error| error.to_string())?;
    }
    run::remove_folder(&work)?;
    fs::rename(&unpacked, system).map_err(|error| error.to_string())
}

/// apt-get with a state of its own, in which nothing is installed.
fn apt(work: &Path) -> Command {
    let mut apt = Command::new("apt-get");
    let at = |name: &str, path: &str| format!("{name}={}", work.join(path).display());
    for option in [
        "Dir::Etc::SourceList=/dev/null".to_owned(),
        at("Dir::Etc::SourceParts", "etc"),
        at("Dir::State::Lists", "lists"),
        at("Dir::State::Status", "status"),
        at("Dir::Cache", ""),
        "APT::Sandbox::User=root".to_owned(),
        "Acquire::Languages=none".to_owned(),
        "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false".to_owned(),
    ] {
        apt.args(["--option", &option]);
    }
    apt
}

/// The mirror that this machine already uses.
fn mirror() -> String {
    let sources = fs::read_to_string("/etc/apt/sources.list.d/debian.sources").unwrap_or_default();
    let uri = sources.lines().find_map(|line| line.strip_prefix("URIs:"));
    let first = uri.and_then(|uris| uris.split_whitespace().next());
    first.unwrap_or("http://deb.debian.org/debian").to_owned()
}

fn unpack(archive: &Path, into: &Path) -> Result<(), String> {
    let mut open = Command::new("dpkg-deb");
    open.arg("--fsys-tarfile").arg(archive).stdout(Stdio::piped());
    let mut opened = open.spawn().map_err(|error| run::not_started(&open, &error))?;
    let mut tar = Command::new("tar");
    tar.arg("--extract").arg("--directory").arg(into);
    tar.args(LEFT_OUT.iter().map(|pattern| format!("--exclude={pattern}")));
    if let Some(output) = opened.stdout.take() {
        tar.stdin(output);
    }
    run::child(&mut tar)?;
    let status = opened.wait().map_err(|error| error.to_string())?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{}` ended with {status}", run::line(&open)))
    }
}

/// Mounts what the compiler needs to see, and runs a program among it. The compiler finds its own
/// files through /proc.
const ENTER: &str = r#"
set -e
system=$1 folder=$2
shift 2
mount -t proc proc "$system/proc"
mount --rbind /dev "$system/dev"
while [ "$1" != -- ]; do
  mkdir -p "$system$1"
  mount --bind "$1" "$system$1"
  shift
done
shift
exec chroot "$system" /usr/bin/env --ignore-environment --chdir="$folder" \
  HOME=/tmp LANG=C.UTF-8 PATH=/usr/libexec/swift/bin:/usr/bin:/bin "$@"
"#;

impl Toolchain {
    /// A program of the toolchain, in a folder of ours, with nothing else in its environment. What is
    /// in the repository and where builds go has the same paths as outside.
    pub(crate) fn command<V: AsRef<OsStr>>(
        &self,
        folder: &Path,
        environment: &[(&str, V)],
        program: &str,
    ) -> Command {
        let mut command = Command::new("unshare");
        command.args(["--mount", "--propagation", "private", "bash", "-c", ENTER, "swift"]);
        command.arg(&self.system).arg(folder);
        command.arg(run::root()).arg(run::target_directory()).arg("--");
        for (name, value) in environment {
            let mut pair = std::ffi::OsString::from(name);
            pair.push("=");
            pair.push(value);
            command.arg(pair);
        }
        command.arg(program);
        command
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))
}
