//! `tests/cases/inspect.json`: tokens and what is seen in them.

use anysspi::inspect::inspect;
use serde_json::Value;

fn bytes(hex: &str) -> Vec<u8> {
    let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex digits");
    (0..hex.len()).step_by(2).map(byte).collect()
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

#[test]
fn tokens_show_what_the_cases_say() {
    let cases: Value = serde_json::from_str(include_str!("../../tests/cases/inspect.json"))
        .expect("the cases are JSON");
    let cases = cases["cases"].as_array().expect("a list of cases");
    assert!(!cases.is_empty());
    for case in cases {
        let name = text(&case["name"]);
        let inspection = inspect(&bytes(&text(&case["token"])));
        assert_eq!(inspection.protocol, text(&case["protocol"]), "{name}");
        assert_eq!(inspection.message, text(&case["message"]), "{name}");
        let problems = case["problems"].as_array().expect("a list of problems");
        let problems: Vec<String> = problems.iter().map(text).collect();
        assert_eq!(inspection.problems, problems, "{name}");

        let flat = inspection.flatten();
        let expected = case["fields"].as_object().expect("fields by name");
        assert_eq!(flat.len(), expected.len(), "{name}: {inspection}");
        for (field, value) in flat {
            assert_eq!(expected.get(&field), Some(&Value::String(value)), "{name}: {field}");
        }
    }
}
