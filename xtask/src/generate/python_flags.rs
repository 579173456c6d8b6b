//! bindings-python/python/anysspi/flags.py: the flags and numbers of the core as Python's enums.

use super::numbers::{attributes, bits, buffer_kinds};
use anysspi::raw::{AscReq, AscRet, BufferAttributes, IscReq, IscRet};
use anysspi::{Allow, Capabilities, ContextFlags, Status, Usage};
use std::fmt::Write as _;

const HEAD: &str = r#"# Written by `cargo xtask generate` from the core: do not edit.
"""Flags and numbers, as enums."""

import enum
"#;

pub(super) fn make() -> String {
    let mut text = HEAD.to_owned();
    let flags = "IntFlag";
    let mut class = |name, base, sentence, members: Vec<(String, u64)>| {
        let _ = write!(text, "\n\nclass {name}(enum.{base}):\n    \"\"\"{sentence}\"\"\"\n\n");
        for (name, number) in members {
            let _ = writeln!(text, "    {name} = {number:#X}");
        }
    };
    class(
        "Flag",
        flags,
        "What a context is asked for, and what it has.",
        bits!(ContextFlags).collect(),
    );
    class(
        "Capabilities",
        flags,
        "What a package can do (`SECPKG_FLAG_*`).",
        bits!(Capabilities).collect(),
    );
    class("Allow", flags, "What is off unless it is asked for by name.", bits!(Allow).collect());
    class("Usage", flags, "What credentials are for (`SECPKG_CRED_*`).", bits!(Usage).collect());
    class("IscReq", flags, "What a client asks for (`ISC_REQ_*`).", bits!(IscReq).collect());
    class("IscRet", flags, "What a client's context has (`ISC_RET_*`).", bits!(IscRet).collect());
    class("AscReq", flags, "What a server asks for (`ASC_REQ_*`).", bits!(AscReq).collect());
    class("AscRet", flags, "What a server's context has (`ASC_RET_*`).", bits!(AscRet).collect());
    class(
        "BufferAttributes",
        flags,
        "How a buffer may be used (`SECBUFFER_READONLY*`).",
        bits!(BufferAttributes).collect(),
    );
    class(
        "BufferKind",
        "IntEnum",
        "What a buffer is for (`SECBUFFER_*`).",
        buffer_kinds().collect(),
    );
    class(
        "Attribute",
        "IntEnum",
        "A question to a context (`SECPKG_ATTR_*`).",
        attributes().collect(),
    );
    class(
        "Status",
        "IntEnum",
        "The statuses of the interface, under their symbols.",
        Status::all().iter().map(|row| (row.symbol.to_owned(), row.status.0.into())).collect(),
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_have_their_members() {
        let text = make();
        for line in [
            "class Flag(enum.IntFlag):",
            "    CONFIDENTIALITY = 0x10",
            "    DEFERRED_CRED_VALIDATION = 0x200000000",
            "    SESSION_KEY = 0x9",
            "    CHANNEL_BINDINGS = 0xE",
            "    SEC_E_LOGON_DENIED = 0x8009030C",
        ] {
            assert!(text.lines().any(|have| have == line), "{line}");
        }
        assert_eq!(text.matches("\nclass ").count(), 12);
    }
}
