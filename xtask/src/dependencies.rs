//! The dependencies, all of them and for every platform: where they come from, and which are banned.

use crate::policy::Policy;
use crate::run;
use serde_json::Value;

/// A package that somebody in the workspace depends on, or a member of the workspace.
#[derive(Debug, Default)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    /// Its SPDX expression.
    pub(crate) licence: Option<String>,
    /// Where it comes from; a member of the workspace comes from nowhere.
    source: Option<String>,
    /// What it asks for.
    requirements: Vec<Requirement>,
}

#[derive(Debug, Default)]
struct Requirement {
    name: String,
    version: String,
    /// Whether it is asked for as a folder and not from a registry.
    is_path: bool,
}

/// Asks Cargo for all packages.
pub(crate) fn load() -> Result<Vec<Package>, String> {
    let mut command = run::cargo(&["metadata", "--format-version", "1", "--all-features"]);
    let output = command.output().map_err(|error| run::not_started(&command, &error))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("`cargo metadata` is not JSON: {error}"))?;
    let packages = list(&metadata["packages"]).map(|package| Package {
        name: text(&package["name"]),
        version: text(&package["version"]),
        licence: package["license"].as_str().map(str::to_owned),
        source: package["source"].as_str().map(str::to_owned),
        requirements: list(&package["dependencies"])
            .map(|dependency| Requirement {
                name: text(&dependency["name"]),
                version: text(&dependency["req"]),
                is_path: dependency["path"].is_string(),
            })
            .collect(),
    });
    let packages: Vec<Package> = packages.collect();
    if packages.is_empty() {
        return Err("`cargo metadata` lists no packages".into());
    }
    Ok(packages)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Fails when a dependency is banned, comes from elsewhere or has no version asked for.
pub(crate) fn check() -> Result<(), String> {
    let packages = load()?;
    let problems = problems(&packages, &Policy::load()?);
    if problems.is_empty() {
        eprintln!("{} packages follow deny.toml", packages.len());
        return Ok(());
    }
    Err(problems.join("; "))
}

fn problems(packages: &[Package], policy: &Policy) -> Vec<String> {
    let mut problems = Vec::new();
    for package in packages {
        problems.extend(source_problem(package, policy));
        problems.extend(ban_problem(package, packages, policy));
        if package.source.is_none() {
            problems.extend(wildcard_problem(package));
        }
    }
    problems
}

fn source_problem(package: &Package, policy: &Policy) -> Option<String> {
    let source = package.source.as_ref()?;
    let registry = source.strip_prefix("registry+");
    if registry.is_some_and(|url| policy.registries.iter().any(|allowed| allowed == url)) {
        return None;
    }
    Some(format!("{} comes from {source}", package.name))
}

fn ban_problem(package: &Package, packages: &[Package], policy: &Policy) -> Option<String> {
    let ban = policy.bans.iter().find(|ban| ban.package == package.name)?;
    let asks = |other: &&Package| other.requirements.iter().any(|asked| asked.name == ban.package);
    let offenders: Vec<&str> = packages
        .iter()
        .filter(asks)
        .map(|other| other.name.as_str())
        .filter(|name| !ban.wrappers.iter().any(|wrapper| wrapper == name))
        .collect();
    if offenders.is_empty() && !ban.wrappers.is_empty() {
        return None;
    }
    Some(format!("{} asked for by {}: {}", ban.package, offenders.join(", "), ban.reason))
}

/// Any version would do, says a `*`, and the next one may not.
fn wildcard_problem(package: &Package) -> Option<String> {
    let asked = package.requirements.iter().find(|asked| asked.version == "*" && !asked.is_path)?;
    Some(format!("{} asks for any version of {}", package.name, asked.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Ban;

    const REGISTRY: &str = "https://example.com/index";

    fn requirement(name: &str, version: &str, is_path: bool) -> Requirement {
        Requirement { name: name.into(), version: version.into(), is_path }
    }

    fn policy() -> Policy {
        let ban = |package: &str, wrappers: Vec<String>| Ban {
            package: package.into(),
            wrappers,
            reason: "because".into(),
        };
        Policy {
            bans: vec![ban("never", vec![]), ban("seldom", vec!["ours".into()])],
            registries: vec![REGISTRY.into()],
            ..Policy::default()
        }
    }

    fn ours(requirements: Vec<Requirement>) -> Package {
        Package { name: "ours".into(), requirements, ..Package::default() }
    }

    fn theirs(name: &str, requirements: Vec<Requirement>) -> Package {
        let source = Some(format!("registry+{REGISTRY}"));
        Package { name: name.into(), source, requirements, ..Package::default() }
    }

    #[test]
    fn honest_dependencies_pass() {
        let packages = [
            ours(vec![requirement("seldom", "^1", false), requirement("member", "*", true)]),
            theirs("seldom", vec![requirement("whatever", "*", false)]),
        ];
        assert_eq!(problems(&packages, &policy()), Vec::<String>::new());
    }

    #[test]
    fn every_rule_is_enforced() {
        let mut foreign = theirs("foreign", vec![]);
        foreign.source = Some("git+https://example.com/index".into());
        let packages = [
            ours(vec![requirement("loose", "*", false), requirement("never", "^1", false)]),
            theirs("never", vec![]),
            theirs("seldom", vec![]),
            theirs("other", vec![requirement("seldom", "^1", false)]),
            foreign,
        ];
        let expected = [
            "ours asks for any version of loose",
            "never asked for by ours: because",
            "seldom asked for by other: because",
            "foreign comes from git+https://example.com/index",
        ];
        assert_eq!(problems(&packages, &policy()), expected);
    }
}
