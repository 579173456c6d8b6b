//! Reads the part of TOML that deny.toml is written in: comments, `[section]`, `key = value`, and
//! values that are strings, booleans, whole numbers, arrays or inline tables. Anything else is an
//! error, so a rule is never overlooked.

use serde_json::{Map, Value};

/// The sections by name, each a table.
pub(super) fn parse(text: &str) -> Result<Value, String> {
    let mut reader = Reader { rest: text };
    let mut sections = Map::new();
    let mut section = None;
    loop {
        reader.skip_blank();
        if reader.rest.is_empty() {
            return Ok(Value::Object(sections));
        }
        if reader.take('[') {
            let name = reader.name()?;
            reader.expect(']')?;
            if sections.insert(name.clone(), Value::Object(Map::new())).is_some() {
                return Err(format!("the section [{name}] occurs twice"));
            }
            section = Some(name);
        } else {
            let (key, value) = reader.pair()?;
            let name = section.as_ref().ok_or(format!("`{key}` stands before any section"))?;
            if let Some(Value::Object(table)) = sections.get_mut(name) {
                insert(table, key, value)?;
            }
        }
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    /// Skips white space, the ends of lines and comments.
    fn skip_blank(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            if !self.rest.starts_with('#') {
                return;
            }
            self.rest = self.rest.split_once('\n').map_or("", |(_, after)| after);
        }
    }

    fn take(&mut self, wanted: char) -> bool {
        self.skip_blank();
        match self.rest.strip_prefix(wanted) {
            Some(after) => self.rest = after,
            None => return false,
        }
        true
    }

    fn expect(&mut self, wanted: char) -> Result<(), String> {
        if self.take(wanted) { Ok(()) } else { Err(self.problem(&format!("`{wanted}`"))) }
    }

    fn problem(&self, wanted: &str) -> String {
        let line = self.rest.lines().next().unwrap_or("the end of the file");
        format!("expected {wanted} at: {line}")
    }

    fn name(&mut self) -> Result<String, String> {
        self.skip_blank();
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        let after = self.rest.trim_start_matches(is_name);
        let name = &self.rest[..self.rest.len() - after.len()];
        if name.is_empty() {
            return Err(self.problem("a name"));
        }
        self.rest = after;
        Ok(name.to_owned())
    }

    fn pair(&mut self) -> Result<(String, Value), String> {
        let key = self.name()?;
        self.expect('=')?;
        Ok((key, self.value()?))
    }

    fn value(&mut self) -> Result<Value, String> {
        if self.take('[') {
            return self.array();
        }
        if self.take('{') {
            return self.table();
        }
        if self.take('"') {
            return self.string();
        }
        let problem = self.problem("a value");
        match self.name()?.as_str() {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            word => word.parse::<u32>().map(Value::from).map_err(|_| problem),
        }
    }

    fn array(&mut self) -> Result<Value, String> {
        let mut items = Vec::new();
        while !self.take(']') {
            items.push(self.value()?);
            if !self.take(',') {
                self.expect(']')?;
                break;
            }
        }
        Ok(Value::Array(items))
    }

    fn table(&mut self) -> Result<Value, String> {
        let mut table = Map::new();
        while !self.take('}') {
            let (key, value) = self.pair()?;
            insert(&mut table, key, value)?;
            if !self.take(',') {
                self.expect('}')?;
                break;
            }
        }
        Ok(Value::Object(table))
    }

    /// A string up to its closing quotation mark. Escapes are not needed, hence not known.
    fn string(&mut self) -> Result<Value, String> {
        match self.rest.split_once('"') {
            Some((text, after)) if !text.contains(['\\', '\n']) => {
                self.rest = after;
                Ok(Value::from(text))
            }
            _ => Err(self.problem("a string on one line and without `\\`")),
        }
    }
}

fn insert(table: &mut Map<String, Value>, key: String, value: Value) -> Result<(), String> {
    if table.contains_key(&key) {
        return Err(format!("`{key}` occurs twice"));
    }
    table.insert(key, value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_deny_toml_uses_is_read() {
        let text = r#"
            # A comment. [not-a-section]
            [one]
            text = "a # b" # another
            truth = true
            number = 2
            list = [
                "x", # with a comment
                { key = "y", list = [] },
            ]
            [two]
        "#;
        let expected = json!({
            "one": {
                "text": "a # b",
                "truth": true,
                "number": 2,
                "list": ["x", { "key": "y", "list": [] }],
            },
            "two": {},
        });
        assert_eq!(parse(text), Ok(expected));
    }

    #[test]
    fn anything_else_is_an_error() {
        for text in [
            "key = 1",
            "[a]\n[a]",
            "[a]\nkey = 1\nkey = 2",
            "[a]\nkey",
            "[a]\nkey =",
            "[a]\nkey = 'x'",
            "[a]\nkey = \"x",
            "[a]\nkey = \"\\u0041\"",
            "[a]\nkey = [1",
            "[a]\nkey = [1 2]",
            "[a]\nkey = { b 1 }",
            "[a]\nkey = 1.5",
            "[[a]]",
            "[a",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
