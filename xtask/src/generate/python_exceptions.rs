//! bindings-python/python/anysspi/exceptions.py: a class for every status and every family.

use super::rows::{FAMILIES, class_of, errors};

const HEAD: &str = r#"# Written by `cargo xtask generate` from core/src/status_table.rs: do not edit.
"""Every exception: a class for each status, under a class for each family, under `SspiError`.

    except anysspi.LogonDenied: ...       # one status
    except anysspi.CredentialError: ...   # everything that another credential may cure
    except anysspi.SspiError: ...         # whatever the library raises by itself
"""

from anysspi._error import SspiError
"#;

pub(super) fn make() -> String {
    let mut text = HEAD.to_owned();
    let mut names = vec!["SspiError".to_owned()];
    for (family, sentence) in FAMILIES {
        let name = class_of(*family);
        text += &format!(
            "\n\nclass {name}(SspiError):\n    \"\"\"{sentence}\"\"\"\n\n    family = \"{family}\"\n"
        );
        names.push(name);
    }
    for row in errors() {
        let name = row.name;
        let (family, sentence) = (class_of(row.family), row.sentence);
        text += &format!("\n\nclass {name}({family}):\n");
        text += &docstring(&format!("{sentence} (`{}`)", row.symbol));
        let (number, symbol) = (row.status.0, row.symbol);
        text += &format!("\n    status = 0x{number:08X}\n    symbol = \"{symbol}\"\n");
        names.push(name.to_owned());
    }
    text += "\n\nBY_STATUS: dict[int, type[SspiError]] = {\n";
    for row in errors() {
        text += &format!("    0x{:08X}: {},\n", row.status.0, row.name);
    }
    text += "}\n\"\"\"The class of each status.\"\"\"\n\n__all__ = [\n";
    names.sort();
    for name in names {
        text += &format!("    \"{name}\",\n");
    }
    text + "]\n"
}

/// The longest line.
const WIDTH: usize = 100;

fn docstring(text: &str) -> String {
    let line = format!("    \"\"\"{text}\"\"\"\n");
    if line.chars().count() <= WIDTH + 1 {
        return line;
    }
    let lines = wrapped(text, WIDTH - 7);
    format!("    \"\"\"{}\n    \"\"\"\n", lines.join("\n    "))
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut();
        match line {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use anysspi::Status;

    #[test]
    fn every_error_has_a_class_and_no_class_has_a_familys_name() {
        let text = make();
        for row in Status::all() {
            let class = format!("class {}({}):\n", row.name, class_of(row.family));
            assert_eq!(text.contains(&class), row.status.is_error(), "{}", row.name);
            assert!(FAMILIES.iter().all(|(family, _)| class_of(*family) != row.name));
        }
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH));
    }
}
