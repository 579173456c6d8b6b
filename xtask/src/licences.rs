//! The licences of the dependencies.

mod expression;

use crate::dependencies::{self, Package};
use crate::policy::Policy;

/// Fails when a dependency cannot be had under licences that deny.toml allows.
pub(crate) fn check() -> Result<(), String> {
    let packages = dependencies::load()?;
    let policy = Policy::load()?;
    let problems: Vec<String> =
        packages.iter().filter_map(|package| problem(package, &policy)).collect();
    if problems.is_empty() {
        eprintln!("{} packages have an allowed licence", packages.len());
        return Ok(());
    }
    Err(problems.join("; "))
}

fn problem(package: &Package, policy: &Policy) -> Option<String> {
    let Package { name, version, licence, .. } = package;
    let Some(licence) = licence else {
        return Some(format!("{name} {version} names no licence"));
    };
    let allowed = |identifier: &str| {
        let exceptions = policy.exceptions.iter().filter(|exception| exception.package == *name);
        let extra = exceptions.flat_map(|exception| &exception.licences);
        policy.licences.iter().chain(extra).any(|allowed| allowed == identifier)
    };
    match expression::holds(licence, &allowed) {
        Ok(true) => None,
        Ok(false) => Some(format!("{name} {version} has the licence {licence}")),
        Err(reason) => Some(format!("{name} {version} has the licence {licence}: {reason}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Exception;

    #[test]
    fn an_exception_is_for_one_package() {
        let policy = Policy {
            licences: vec!["MIT".into()],
            exceptions: vec![Exception { package: "a".into(), licences: vec!["NCSA".into()] }],
            ..Policy::default()
        };
        let package = |name: &str, licence: Option<&str>| {
            let mut package = Package::default();
            package.name = name.into();
            package.licence = licence.map(str::to_owned);
            package
        };
        assert_eq!(problem(&package("a", Some("MIT AND NCSA")), &policy), None);
        assert!(problem(&package("b", Some("MIT AND NCSA")), &policy).is_some());
        assert!(problem(&package("b", Some("MIT OR")), &policy).is_some());
        assert!(problem(&package("b", None), &policy).is_some());
    }
}
