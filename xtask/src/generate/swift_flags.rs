//! Flags and numbers of the core as option sets and types of Swift: Flags.swift for everybody, and
//! RawNumbers.swift for the raw layer.

use super::numbers::{attributes, bits, buffer_kinds};
use anysspi::raw::{AscReq, AscRet, BufferAttributes, IscReq, IscRet};
use anysspi::{Allow, Capabilities, ContextFlags, Status, Usage};
use std::fmt::Write as _;

const HEAD: &str = "// Written by `cargo xtask generate` from the core: do not edit.\n";

/// `MUTUAL_AUTH` as Swift writes names of members.
fn member_of(name: &str) -> String {
    let mut words = name.split('_').map(str::to_lowercase);
    let mut member = words.next().unwrap_or_default();
    for word in words {
        let mut letters = word.chars();
        member.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        member.extend(letters);
    }
    member
}

/// An option set, whose members know their names.
fn options(name: &str, sentence: &str, raw: &str, members: &[(String, u64)]) -> String {
    let mut text = format!(
        "\n/// {sentence}\npublic struct {name}: NamedOptions {{\n  public let rawValue: {raw}\n\n  \
         public init(rawValue: {raw}) {{\n    self.rawValue = rawValue\n  }}\n\n"
    );
    for (flag, number) in members {
        let member = member_of(flag);
        let _ = writeln!(
            text,
            "  /// `{flag}`\n  public static let {member} = {name}(rawValue: {number:#X})"
        );
    }
    let _ = writeln!(text, "\n  public static let named: KeyValuePairs<String, {name}> = [");
    for (flag, _) in members {
        let _ = writeln!(text, "    \"{flag}\": .{},", member_of(flag));
    }
    text + "  ]\n}\n"
}

/// A number of which some are known by name.
fn numbers(name: &str, sentence: &str, members: &[(String, u64)]) -> String {
    let mut text = format!(
        "\n/// {sentence}\npublic struct {name}: NamedNumber {{\n  public let rawValue: UInt32\n\n  \
         public init(rawValue: UInt32) {{\n    self.rawValue = rawValue\n  }}\n\n"
    );
    for (symbol, number) in members {
        let _ = writeln!(
            text,
            "  /// `{symbol}`\n  public static let {} = {name}(rawValue: {number:#X})",
            swift_name(symbol)
        );
    }
    let _ = writeln!(text, "\n  public static let named: KeyValuePairs<String, {name}> = [");
    for (symbol, _) in members {
        let _ = writeln!(text, "    \"{symbol}\": .{},", swift_name(symbol));
    }
    text + "  ]\n}\n"
}

/// The statuses keep the symbols by which they are looked for; everything else is a member.
fn swift_name(symbol: &str) -> String {
    if symbol.starts_with("SEC_") { symbol.to_owned() } else { member_of(symbol) }
}

pub(super) fn flags() -> String {
    HEAD.to_owned()
        + &options(
            "Flags",
            "What a context is asked for, and what it has.",
            "UInt32",
            &bits!(ContextFlags).collect::<Vec<_>>(),
        )
        + &options(
            "Allow",
            "What is off unless it is asked for by name.",
            "UInt32",
            &bits!(Allow).collect::<Vec<_>>(),
        )
        + &options(
            "Capabilities",
            "What a package can do (`SECPKG_FLAG_*`).",
            "UInt32",
            &bits!(Capabilities).collect::<Vec<_>>(),
        )
}

pub(super) fn raw() -> String {
    let kinds: Vec<_> = buffer_kinds().collect();
    let attributes: Vec<_> = attributes().collect();
    let statuses: Vec<_> =
        Status::all().iter().map(|row| (row.symbol.to_owned(), row.status.0.into())).collect();
    let long = "UInt64";
    let inside = options(
        "Usage",
        "What credentials are for (`SECPKG_CRED_*`).",
        "UInt32",
        &bits!(Usage).collect::<Vec<_>>(),
    ) + &options(
        "IscReq",
        "What a client asks for (`ISC_REQ_*`).",
        long,
        &bits!(IscReq).collect::<Vec<_>>(),
    ) + &options(
        "IscRet",
        "What a client's context has (`ISC_RET_*`).",
        long,
        &bits!(IscRet).collect::<Vec<_>>(),
    ) + &options(
        "AscReq",
        "What a server asks for (`ASC_REQ_*`).",
        long,
        &bits!(AscReq).collect::<Vec<_>>(),
    ) + &options(
        "AscRet",
        "What a server's context has (`ASC_RET_*`).",
        long,
        &bits!(AscRet).collect::<Vec<_>>(),
    ) + &options(
        "BufferAttributes",
        "How a buffer may be used (`SECBUFFER_READONLY*`).",
        "UInt32",
        &bits!(BufferAttributes).collect::<Vec<_>>(),
    ) + &numbers("BufferKind", "What a buffer is for (`SECBUFFER_*`).", &kinds)
        + &numbers("Attribute", "A question to a context (`SECPKG_ATTR_*`).", &attributes)
        + &numbers("Status", "A status of the interface, under its symbol.", &statuses);
    let mut text = format!("{HEAD}\nextension Raw {{");
    for line in inside.lines() {
        let indent = if line.is_empty() { "" } else { "  " };
        let _ = writeln!(text, "{indent}{line}");
    }
    text + "}\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_have_their_members() {
        let (flags, raw) = (flags(), raw());
        for (text, line) in [
            (&flags, "  public static let mutualAuth = Flags(rawValue: 0x2)"),
            (&flags, "    \"NTLM_V1\": .ntlmV1,"),
            (&raw, "    public static let sessionKey = Attribute(rawValue: 0x9)"),
            (&raw, "    public static let channelBindings = BufferKind(rawValue: 0xE)"),
            (&raw, "    public static let SEC_E_LOGON_DENIED = Status(rawValue: 0x8009030C)"),
        ] {
            assert!(text.lines().any(|have| have == line), "{line}");
        }
        assert_eq!(flags.matches("public struct ").count(), 3);
        assert_eq!(raw.matches("public struct ").count(), 9);
    }
}
