//! Flags.kt and RawNumbers.kt of the Kotlin package: the flags and numbers of the core.

use super::numbers::{attributes, bits, buffer_kinds};
use anysspi::raw::{AscReq, AscRet, BufferAttributes, IscReq, IscRet};
use anysspi::{Allow, Capabilities, ContextFlags, Status};
use std::fmt::Write as _;

const HEAD: &str =
    "// Written by `cargo xtask generate` from the core: do not edit.\npackage anysspi\n";

/// An enumeration, of which there are sets.
fn enumeration(
    name: &str,
    sentence: &str,
    members: &[(String, u64)],
    symbol: fn(&str) -> String,
) -> String {
    let mut text =
        format!("\n/** {sentence} */\npublic enum class {name}(internal val bits: UInt) {{\n");
    for (member, number) in members {
        let _ = writeln!(text, "    /** {} */\n    {member}({number:#X}u),\n", symbol(member));
    }
    let _ = writeln!(
        text,
        "}}\n\n@JvmName(\"bitsOf{name}\")\ninternal fun Collection<{name}>.bits(): UInt = \
         fold(0u) {{ bits, one -> bits or one.bits }}"
    );
    text
}

/// What the flag is called in the interface, on both sides.
fn symbols_of_flag(member: &str) -> String {
    let has = |members: Vec<(String, u64)>| members.iter().any(|(name, _)| name == member);
    let sides =
        [("ISC_REQ", has(bits!(IscReq).collect())), ("ASC_REQ", has(bits!(AscReq).collect()))];
    let sides = sides.iter().filter(|(_, has)| *has);
    let symbols: Vec<String> = sides.map(|(prefix, _)| format!("`{prefix}_{member}`")).collect();
    if symbols.is_empty() { format!("`{member}`") } else { symbols.join(", ") }
}

/// Flags as the interface has them: a number whose bits have names.
fn flags(name: &str, sentence: &str, prefix: &str, raw: &str, members: &[(String, u64)]) -> String {
    let (suffix, long) = if raw == "ULong" { ("uL", "bits") } else { ("u", "bits.toULong()") };
    let mut text = format!(
        "\n/** {sentence} */\n@JvmInline\npublic value class {name}(\n    /** The number. */\n    \
         public val bits: {raw},\n) {{\n    \
         /** The flags of both. */\n    \
         public infix fun or(other: {name}): {name} = {name}(bits or other.bits)\n\n    \
         /** Whether all of these flags are among them. */\n    \
         public operator fun contains(other: {name}): Boolean = bits and other.bits == other.bits\n\n    \
         override fun toString(): String = namesOf({long}, symbols)\n\n    \
         public companion object {{\n"
    );
    for (member, number) in members {
        let _ = writeln!(
            text,
            "        /** `{prefix}{member}` */\n        \
             public val {member}: {name} = {name}({number:#X}{suffix})\n"
        );
    }
    text += "        private val symbols = mapOf(\n";
    for (member, number) in members {
        let _ = writeln!(text, "            {number:#X}uL to \"{member}\",");
    }
    text + "        )\n    }\n}\n"
}

/// A number of which some have names.
fn numbers(
    name: &str,
    sentence: &str,
    members: &[(String, u64)],
    about: impl Fn(&str) -> String,
) -> String {
    let mut text = format!(
        "\n/** {sentence} */\n@JvmInline\npublic value class {name}(\n    /** The number. */\n    \
         public val number: UInt,\n) {{\n    \
         override fun toString(): String = symbols[number] ?: \"0x%08X\".format(number.toLong())\n\n    \
         public companion object {{\n"
    );
    for (member, number) in members {
        let _ = writeln!(
            text,
            "        /** {} */\n        public val {member}: {name} = {name}({number:#X}u)\n",
            about(member)
        );
    }
    text += "        private val symbols = mapOf(\n";
    for (member, number) in members {
        let _ = writeln!(text, "            {number:#X}u to \"{member}\",");
    }
    text + "        )\n    }\n}\n"
}

pub(super) fn make() -> String {
    HEAD.to_owned()
        + &enumeration(
            "Flag",
            "What a context is asked for, and what it has.",
            &bits!(ContextFlags).collect::<Vec<_>>(),
            symbols_of_flag,
        )
        + &enumeration(
            "Allow",
            "What is off unless it is asked for by name.",
            &bits!(Allow).collect::<Vec<_>>(),
            |name| format!("`{name}`"),
        )
        + &enumeration(
            "Capability",
            "What a package can do (`SECPKG_FLAG_*`).",
            &bits!(Capabilities).collect::<Vec<_>>(),
            |name| format!("`SECPKG_FLAG_{name}`"),
        )
}

pub(super) fn raw() -> String {
    let kinds: Vec<_> = buffer_kinds().collect();
    let attributes: Vec<_> = attributes().collect();
    let statuses: Vec<_> =
        Status::all().iter().map(|row| (row.symbol.to_owned(), row.status.0.into())).collect();
    let long = "ULong";
    HEAD.to_owned()
        + &flags(
            "IscReq",
            "What a client asks for (`ISC_REQ_*`).",
            "ISC_REQ_",
            long,
            &bits!(IscReq).collect::<Vec<_>>(),
        )
        + &flags(
            "IscRet",
            "What a client's context has (`ISC_RET_*`).",
            "ISC_RET_",
            long,
            &bits!(IscRet).collect::<Vec<_>>(),
        )
        + &flags(
            "AscReq",
            "What a server asks for (`ASC_REQ_*`).",
            "ASC_REQ_",
            long,
            &bits!(AscReq).collect::<Vec<_>>(),
        )
        + &flags(
            "AscRet",
            "What a server's context has (`ASC_RET_*`).",
            "ASC_RET_",
            long,
            &bits!(AscRet).collect::<Vec<_>>(),
        )
        + &flags(
            "BufferAttributes",
            "How a buffer may be used (`SECBUFFER_READONLY*`).",
            "SECBUFFER_",
            "UInt",
            &bits!(BufferAttributes).collect::<Vec<_>>(),
        )
        + &numbers("BufferKind", "What a buffer is for (`SECBUFFER_*`).", &kinds, |name| {
            format!("`SECBUFFER_{name}`")
        })
        + &numbers("Attribute", "A question to a context (`SECPKG_ATTR_*`).", &attributes, |name| {
            format!("`SECPKG_ATTR_{name}`")
        })
        + &numbers("Status", "A status of the interface, under its symbol.", &statuses, |symbol| {
            let status = Status::from_symbol(symbol);
            status.and_then(Status::sentence).unwrap_or(symbol).to_owned()
        })
        + "\nprivate fun namesOf(bits: ULong, names: Map<ULong, String>): String {\n    \
           val known = names.filterKeys { bits and it == it }\n    \
           val rest = bits and known.keys.fold(0uL) { sum, bit -> sum or bit }.inv()\n    \
           val more = if (rest == 0uL) emptyList() else listOf(\"0x%X\".format(rest.toLong()))\n    \
           return (known.values + more).joinToString(\" | \").ifEmpty { \"0\" }\n}\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_have_their_members() {
        let (flags, raw) = (make(), raw());
        for (text, line) in [
            (&flags, "    MUTUAL_AUTH(0x2u),"),
            (&flags, "    NTLM_V1(0x1u),"),
            (&raw, "        public val SESSION_KEY: Attribute = Attribute(0x9u)"),
            (&raw, "        public val SEC_E_LOGON_DENIED: Status = Status(0x8009030Cu)"),
            (&raw, "            0x200000000uL to \"DEFERRED_CRED_VALIDATION\","),
        ] {
            assert!(text.lines().any(|have| have == line), "{line}");
        }
        assert_eq!(flags.matches("public enum class ").count(), 3);
        assert_eq!(raw.matches("public value class ").count(), 8);
    }
}
