//! What deny.toml says about dependencies.
//!
//! The file is cargo-deny's. It is read here too, so that its main rules hold where cargo-deny is
//! not installed.

mod reader;

use crate::run;
use serde_json::Value;

/// The rules that are checked without cargo-deny.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Policy {
    /// Licences that any dependency may have, as SPDX identifiers.
    pub(crate) licences: Vec<String>,
    /// Licences that one dependency may have besides.
    pub(crate) exceptions: Vec<Exception>,
    /// Dependencies that nobody may have.
    pub(crate) bans: Vec<Ban>,
    /// Where dependencies may come from.
    pub(crate) registries: Vec<String>,
}

/// Licences that one dependency may have besides.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Exception {
    pub(crate) package: String,
    pub(crate) licences: Vec<String>,
}

/// A dependency that nobody may have, or only some.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Ban {
    pub(crate) package: String,
    /// Who may depend on it all the same.
    pub(crate) wrappers: Vec<String>,
    pub(crate) reason: String,
}

impl Policy {
    pub(crate) fn load() -> Result<Self, String> {
        let text = std::fs::read_to_string(run::root().join("deny.toml"))
            .map_err(|error| format!("cannot read deny.toml: {error}"))?;
        Self::parse(&text).map_err(|reason| format!("deny.toml: {reason}"))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let file = reader::parse(text)?;
        let exceptions = tables(&file["licenses"]["exceptions"], |table| {
            Ok(Exception { package: package(table)?, licences: strings(&table["allow"])? })
        });
        let bans = tables(&file["bans"]["deny"], |table| {
            Ok(Ban {
                package: package(table)?,
                wrappers: strings(&table["wrappers"])?,
                reason: table["reason"].as_str().unwrap_or("banned").to_owned(),
            })
        });
        Ok(Self {
            licences: strings(&file["licenses"]["allow"])?,
            exceptions: exceptions?,
            bans: bans?,
            registries: strings(&file["sources"]["allow-registry"])?,
        })
    }
}

fn package(table: &Value) -> Result<String, String> {
    match table["crate"].as_str() {
        Some(name) => Ok(name.to_owned()),
        None => Err(format!("no `crate = \"…\"` in {table}")),
    }
}

/// The items of an array; a missing one has none.
fn items(value: &Value) -> Result<&[Value], String> {
    match value {
        Value::Null => Ok(&[]),
        Value::Array(items) => Ok(items),
        other => Err(format!("not an array: {other}")),
    }
}

fn strings(value: &Value) -> Result<Vec<String>, String> {
    items(value)?
        .iter()
        .map(|item| item.as_str().map(str::to_owned).ok_or(format!("not a string: {item}")))
        .collect()
}

fn tables<T>(value: &Value, make: impl Fn(&Value) -> Result<T, String>) -> Result<Vec<T>, String> {
    items(value)?.iter().map(make).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_are_found() {
        let policy = Policy::parse(
            r#"
            [licenses]
            allow = ["MIT", "ISC"] # and no more
            exceptions = [{ crate = "a", allow = ["NCSA"] }]
            [bans]
            deny = [
                { crate = "b", wrappers = ["c"], reason = "because" },
                { crate = "d" },
            ]
            [sources]
            allow-registry = ["https://example.com"]
            "#,
        );
        let ban = |package: &str, wrappers: &[&str], reason: &str| Ban {
            package: package.into(),
            wrappers: wrappers.iter().map(|name| (*name).into()).collect(),
            reason: reason.into(),
        };
        let expected = Policy {
            licences: vec!["MIT".into(), "ISC".into()],
            exceptions: vec![Exception { package: "a".into(), licences: vec!["NCSA".into()] }],
            bans: vec![ban("b", &["c"], "because"), ban("d", &[], "banned")],
            registries: vec!["https://example.com".into()],
        };
        assert_eq!(policy, Ok(expected));
    }

    #[test]
    fn wrong_kinds_are_told() {
        for text in [
            "[licenses]\nallow = \"MIT\"",
            "[licenses]\nallow = [1]",
            "[licenses]\nexceptions = [{ allow = [\"MIT\"] }]",
            "[bans]\ndeny = [{ name = \"old\" }]",
        ] {
            assert!(Policy::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_file_of_the_repository_is_read() {
        let policy = Policy::load().unwrap();
        assert!(policy.licences.contains(&"MIT".to_owned()));
        assert!(!policy.registries.is_empty());
    }
}
