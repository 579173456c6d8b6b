//! tests/cases/statuses.json: every status with its number, for the tests of every language.

use anysspi::Status;
use serde_json::Value;

const DESCRIPTION: &str = "Every status has the name, symbol, number, family and sentence of the \
    table in core/src/status_table.rs. Written by `cargo xtask generate`.";

/// One status per line, so that a change of one is a change of one line.
pub(super) fn make() -> String {
    let statuses = Status::all().iter().map(|row| {
        object(&[
            ("name", row.name),
            ("symbol", row.symbol),
            ("number", &format!("0x{:08X}", row.status.0)),
            ("family", row.family.name()),
            ("sentence", row.sentence),
        ])
    });
    let aliases = Status::aliases()
        .iter()
        .map(|(alias, status)| object(&[("symbol", alias), ("of", &status.to_string())]));
    format!(
        "{{\n  \"description\": {},\n  \"statuses\": [{}\n  ],\n  \"aliases\": [{}\n  ]\n}}\n",
        string(DESCRIPTION),
        lines(statuses),
        lines(aliases),
    )
}

fn lines(objects: impl Iterator<Item = String>) -> String {
    objects.map(|object| format!("\n    {object}")).collect::<Vec<_>>().join(",")
}

fn object(members: &[(&str, &str)]) -> String {
    let members: Vec<String> = members
        .iter()
        .map(|(name, value)| format!("{}: {}", string(name), string(value)))
        .collect();
    format!("{{{}}}", members.join(", "))
}

fn string(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_json_with_every_status() {
        let value: Value = serde_json::from_str(&make()).unwrap();
        let statuses = value["statuses"].as_array().unwrap();
        assert_eq!(statuses.len(), Status::all().len());
        let denied = statuses.iter().find(|status| status["name"] == "LogonDenied").unwrap();
        assert_eq!(denied["symbol"], "SEC_E_LOGON_DENIED");
        assert_eq!(denied["number"], "0x8009030C");
        assert_eq!(denied["family"], "Credential");
        assert_eq!(value["aliases"][0]["symbol"], "SEC_E_NO_SPM");
        assert_eq!(value["aliases"][0]["of"], "SEC_E_INTERNAL_ERROR");
    }
}
