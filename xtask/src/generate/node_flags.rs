//! bindings-node/flags.js and flags.d.ts: the numbers of the core by name, and the names as types.

use super::numbers::{attributes, bits, buffer_kinds};
use anysspi::raw::{AscReq, AscRet, BufferAttributes, IscReq, IscRet};
use anysspi::{Allow, ContextFlags, Usage};
use std::fmt::Write as _;

const HEAD: &str = "// Written by `cargo xtask generate` from the core: do not edit.\n";

/// A table of names and numbers; without a name in JavaScript it is a type only.
struct Table {
    javascript: Option<&'static str>,
    of_type: &'static str,
    sentence: &'static str,
    members: Vec<(String, u64)>,
}

fn tables() -> Vec<Table> {
    let table = |javascript, of_type, sentence, members| Table {
        javascript: Some(javascript),
        of_type,
        sentence,
        members,
    };
    let answers =
        |of_type, sentence, members| Table { javascript: None, of_type, sentence, members };
    vec![
        table(
            "flags",
            "FlagName",
            "What a context is asked for, and what it has.",
            bits!(ContextFlags).collect(),
        ),
        table(
            "allow",
            "AllowName",
            "What is off unless it is asked for by name.",
            bits!(Allow).collect(),
        ),
        table(
            "usages",
            "UsageName",
            "What credentials are for (`SECPKG_CRED_*`).",
            // A name for both at once is no flag of its own.
            bits!(Usage).chain([("BOTH".to_owned(), Usage::BOTH.bits().into())]).collect(),
        ),
        table(
            "iscReq",
            "IscReqName",
            "What a client asks for (`ISC_REQ_*`).",
            bits!(IscReq).collect(),
        ),
        answers(
            "IscRetName",
            "What a client\'s context has (`ISC_RET_*`).",
            bits!(IscRet).collect(),
        ),
        table(
            "ascReq",
            "AscReqName",
            "What a server asks for (`ASC_REQ_*`).",
            bits!(AscReq).collect(),
        ),
        answers(
            "AscRetName",
            "What a server\'s context has (`ASC_RET_*`).",
            bits!(AscRet).collect(),
        ),
        table(
            "bufferAttributes",
            "BufferAttributeName",
            "How a buffer may be used (`SECBUFFER_READONLY*`).",
            bits!(BufferAttributes).collect(),
        ),
        table(
            "bufferKinds",
            "BufferKindName",
            "What a buffer is for (`SECBUFFER_*`).",
            buffer_kinds().collect(),
        ),
        table(
            "attributes",
            "AttributeName",
            "A question to a context (`SECPKG_ATTR_*`).",
            attributes().collect(),
        ),
    ]
}

pub(super) fn javascript() -> String {
    let mut text = format!("{HEAD}'use strict'\n");
    for Table { javascript, members, .. } in tables() {
        let Some(name) = javascript else { continue };
        let _ = write!(text, "\nexports.{name} = {{\n");
        for (name, number) in members {
            let _ = writeln!(text, "  {name}: {number:#x},");
        }
        text += "}\n";
    }
    text
}

pub(super) fn types() -> String {
    let mut text = HEAD.to_owned();
    for Table { of_type, sentence, members, .. } in tables() {
        let _ = write!(text, "\n/** {sentence} */\nexport type {of_type} =");
        let names: Vec<String> = members.iter().map(|(name, _)| format!("'{name}'")).collect();
        let line = format!(" {}", names.join(" | "));
        // As biome would break it.
        if format!("export type {of_type} ={line}").len() <= 100 {
            text += &line;
        } else {
            for name in names {
                let _ = write!(text, "\n  | {name}");
            }
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_have_their_members() {
        let (javascript, types) = (javascript(), types());
        for line in ["  CONFIDENTIALITY: 0x10,", "  DEFERRED_CRED_VALIDATION: 0x200000000,"] {
            assert!(javascript.lines().any(|have| have == line), "{line}");
        }
        for line in ["  | 'CHANNEL_BINDINGS'", "  | 'SESSION_KEY'", "  | 'ALLOCATED_MEMORY'"] {
            assert!(types.lines().any(|have| have == line), "{line}");
        }
    }
}
