//! Kotlin: its compiler, JNA and JUnit where they are not there, and the package compiled with them.
//!
//! Applications use Gradle, whose repositories are out of reach for many who test. The compiler is called
//! directly: it comes from npm, and what Debian has comes from Debian.

use crate::bridge::{self, Purpose};
use crate::{node, run, toolchain};
use std::collections::hash_map::DefaultHasher;
use std::ffi::OsString;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

const VERSION: &str = "2.4.20";

/// What npm has to give for it.
const INTEGRITY: &str = "sha512-IF5IVM7LpPhA/ntHQQpaVt1yxpaaQovtEVYLyqWMuaLr0XelLPPm7/sM6HLhtcRjjjoSsK7I7lP2kzYJkMy73w==";

/// Where Debian puts libraries of Java.
const DEBIAN: &str = "/usr/share/java";

/// Those that are needed, and the package that has each.
const JARS: &[(&str, &str)] = &[
    ("jna.jar", "libjna-java"),
    ("junit-jupiter-api.jar", "junit5"),
    ("junit-jupiter-params.jar", "junit5"),
    ("junit-platform-commons.jar", "junit5"),
    ("junit-platform-console-standalone.jar", "junit5"),
    ("opentest4j.jar", "libopentest4j-java"),
    ("apiguardian-api.jar", "libapiguardian-java"),
];

/// The package's own sources.
const SOURCES: &str = "bindings-uniffi/kotlin/src/main/kotlin";

/// A compiler of Kotlin.
pub(crate) struct Toolchain {
    compiler: PathBuf,
}

/// The compiler and the libraries, fetched before if need be; fails with what is missing.
pub(crate) fn toolchain() -> Result<Toolchain, String> {
    let _alone = toolchain::alone("kotlin")?;
    install()?;
    let compiler = toolchain::cache()?.join(format!("kotlin-{VERSION}"));
    if !compiler.is_dir() {
        run::step("get Kotlin", || fetch(&compiler))?;
    }
    Ok(Toolchain { compiler })
}

fn has_java() -> bool {
    run::answers(Command::new("java").arg("-version"))
}

/// Debian's packages, where they are missing and may be installed.
fn install() -> Result<(), String> {
    let missing = || {
        let jars = JARS.iter().filter(|(jar, _)| !Path::new(DEBIAN).join(jar).is_file());
        let mut packages: Vec<&str> = jars.map(|(_, package)| *package).collect();
        packages.extend((!has_java()).then_some("default-jre-headless"));
        packages.dedup();
        packages
    };
    let packages = missing();
    if packages.is_empty() {
        return Ok(());
    }
    let script = format!(". tests/interop/lib.sh && install_packages {}", packages.join(" "));
    let mut bash = Command::new("bash");
    bash.args(["-c", &script]).current_dir(run::root());
    let title = "install what Kotlin needs";
    if run::step(title, || run::child(&mut bash)).is_err() || !missing().is_empty() {
        let missing = missing().join(", ");
        return Err(format!("the tests of Kotlin need Debian's packages {missing}"));
    }
    Ok(())
}

/// Downloads and unpacks the compiler; in one stroke, so that nobody meets a half of it.
fn fetch(compiler: &Path) -> Result<(), String> {
    let part = compiler.with_extension("part");
    run::empty_folder(&part)?;
    eprintln!("── download of 90 MB …");
    let mut pack = node::npm("npm");
    pack.args(["pack", "--json", "--loglevel=error", &format!("kotlin-compiler@{VERSION}")]);
    let output = pack.current_dir(&part).output().map_err(|error| {
        format!("Kotlin's compiler comes from npm: {}", run::not_started(&pack, &error))
    })?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`{}` ended with {}: {}", run::line(&pack), output.status, why.trim()));
    }
    let packed: serde_json::Value =
        serde_json::from_slice(&output.stdout).map_err(|error| format!("npm pack: {error}"))?;
    // npm has compared the file with it.
    if packed[0]["integrity"] != INTEGRITY {
        return Err(format!(
            "kotlin-compiler {VERSION} is not what it was: {}",
            packed[0]["integrity"]
        ));
    }
    let tarball = packed[0]["filename"].as_str().unwrap_or_default();
    eprintln!("── unpacking …");
    let mut tar = Command::new("tar");
    tar.args(["--extract", "--gzip", "--strip-components=1", "--exclude=*.klib"]);
    tar.args(["--exclude=*-sources.jar", "--file", tarball]).current_dir(&part);
    run::child(&mut tar)?;
    fs::remove_file(part.join(tarball)).map_err(|error| error.to_string())?;
    fs::rename(&part, compiler).map_err(|error| error.to_string())
}

/// Where everything about Kotlin is put.
pub(crate) fn directory(purpose: Purpose) -> PathBuf {
    run::target_directory().join("kotlin").join(purpose.folder())
}

/// The package, compiled.
pub(crate) struct Package {
    /// The folder with the native library.
    library: PathBuf,
    jars: Vec<PathBuf>,
}

impl Toolchain {
    fn jar(&self, name: &str) -> PathBuf {
        self.compiler.join("lib").join(name)
    }

    /// What the package needs when it runs.
    fn runtime(&self) -> Vec<PathBuf> {
        vec![
            Path::new(DEBIAN).join("jna.jar"),
            self.jar("kotlin-stdlib.jar"),
            self.jar("kotlinx-coroutines-core-jvm.jar"),
        ]
    }

    /// What tests need beside it.
    fn testing(&self) -> Vec<PathBuf> {
        let debian = JARS.iter().skip(1).map(|(jar, _)| Path::new(DEBIAN).join(jar));
        let mut jars = vec![self.jar("kotlin-test.jar"), self.jar("kotlin-test-junit5.jar")];
        jars.extend(debian);
        jars
    }

    /// Compiles the sources in folders into a jar, unless that was made of them before.
    fn compile(
        &self,
        folders: &[PathBuf],
        with: &[PathBuf],
        options: &[&str],
        jar: &Path,
    ) -> Result<(), String> {
        let sources = sources_in(folders)?;
        let mut hasher = DefaultHasher::new();
        (VERSION, options).hash(&mut hasher);
        for path in
            sources.iter().chain(with.iter().filter(|jar| jar.starts_with(run::target_directory())))
        {
            path.hash(&mut hasher);
            let bytes = fs::read(path)
                .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
            bytes.hash(&mut hasher);
        }
        let (made_of, mark) = (format!("{:016x}", hasher.finish()), jar.with_extension("hash"));
        if jar.is_file() && fs::read_to_string(&mark).is_ok_and(|mark| mark == made_of) {
            return Ok(());
        }
        let lib = [
            "kotlin-compiler",
            "kotlin-stdlib",
            "kotlin-script-runtime",
            "kotlin-reflect",
            "kotlinx-coroutines-core-jvm",
            "annotations-13.0",
        ];
        let lib: Vec<PathBuf> = lib.iter().map(|name| self.jar(&format!("{name}.jar"))).collect();
        let mut arguments = vec!["-kotlin-home".to_owned(), self.compiler.display().to_string()];
        arguments.extend(["-no-stdlib", "-no-reflect", "-jvm-target", "17"].map(str::to_owned));
        arguments.extend(options.iter().map(ToString::to_string));
        arguments.extend(["-cp".into(), path_of(with)?.display().to_string()]);
        arguments.extend(sources.iter().map(|source| source.display().to_string()));
        arguments.extend(["-d".into(), jar.display().to_string()]);
        // In a file, and the classes in the environment: nobody wants to read them with every error.
        let quoted: String =
            arguments.iter().map(|word| format!("\"{}\"\n", word.replace('\\', "/"))).collect();
        let list = jar.with_extension("arguments");
        fs::write(&list, quoted).map_err(|error| error.to_string())?;
        let mut kotlinc = Command::new("java");
        kotlinc.args(["-Xmx2g", "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler"]);
        kotlinc.arg(format!("@{}", list.display())).env("CLASSPATH", path_of(&lib)?);
        run::child(&mut kotlinc)?;
        fs::write(&mark, made_of).map_err(|error| error.to_string())
    }

    /// Builds the native half, and compiles the package with what UniFFI writes.
    pub(crate) fn lay_out(&self, purpose: Purpose) -> Result<Package, String> {
        let library = run::step("build the native half", || bridge::build(purpose))?;
        let top = directory(purpose);
        let generated = top.join("generated");
        run::step("describe it in Kotlin", || bridge::generate(purpose, "kotlin", &generated))?;
        let (bridge, layer) = (top.join("bridge.jar"), top.join("anysspi.jar"));
        run::step("kotlinc: the package", || {
            let mut with = self.runtime();
            self.compile(&[generated], &with, &["-nowarn"], &bridge)?;
            with.push(bridge.clone());
            let options = ["-Werror", "-Xexplicit-api=strict", "-module-name", "anysspi"];
            self.compile(&[run::root().join(SOURCES)], &with, &options, &layer)
        })?;
        let mut jars = self.runtime();
        jars.extend([bridge, layer]);
        Ok(Package { library, jars })
    }

    /// Compiles programs that use the package into a jar of this name.
    pub(crate) fn compile_user(
        &self,
        package: &Package,
        purpose: Purpose,
        folders: &[PathBuf],
        name: &str,
    ) -> Result<PathBuf, String> {
        let mut with = package.jars.clone();
        with.extend(self.testing());
        let jar = directory(purpose).join(format!("{name}.jar"));
        // The tests see what is internal to the package, as Gradle lets them.
        let mut friends = OsString::from("-Xfriend-paths=");
        friends.push(directory(purpose).join("anysspi.jar"));
        let friends = friends.to_str().ok_or("the path of the package is not UTF-8")?;
        self.compile(folders, &with, &["-Werror", friends], &jar)?;
        Ok(jar)
    }

    /// A program of Java with the package, and the jar of whoever uses it.
    pub(crate) fn java(&self, package: &Package, user: &Path) -> Result<Command, String> {
        let mut jars = package.jars.clone();
        jars.extend(self.testing());
        jars.push(user.to_owned());
        let mut java = Command::new("java");
        let mut native = OsString::from("-Djna.library.path=");
        native.push(&package.library);
        java.arg(native).env("CLASSPATH", path_of(&jars)?).current_dir(run::root());
        Ok(java)
    }
}

fn path_of(jars: &[PathBuf]) -> Result<OsString, String> {
    std::env::join_paths(jars).map_err(|error| error.to_string())
}

/// Every file of Kotlin in the folders and below, in order.
fn sources_in(folders: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut sources = Vec::new();
    let mut folders = folders.to_vec();
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder)
            .map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "kt") {
                sources.push(path);
            }
        }
    }
    sources.sort();
    Ok(sources)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nobody runs Gradle here, so this is what can go stale.
    #[test]
    fn gradle_has_the_versions_that_are_tested() {
        let path = run::root().join("bindings-uniffi/kotlin/build.gradle.kts");
        let text = fs::read_to_string(path).unwrap();
        for line in [
            format!("    kotlin(\"jvm\") version \"{VERSION}\""),
            format!("version = \"{}\"", env!("CARGO_PKG_VERSION")),
            "    jvmToolchain(17)".to_owned(),
        ] {
            assert!(text.lines().any(|have| have == line), "{line}");
        }
        assert!(run::root().join("bindings-uniffi/kotlin").join("src/main/kotlin").is_dir());
    }
}
