//! Exceptions.kt of the Kotlin package: a class for every status and every family, and the way from what the
//! native half gives to one of them.

use super::rows::{FAMILIES, errors};
use anysspi::StatusRow;
use std::fmt::Write as _;

const HEAD: &str = "// Written by `cargo xtask generate` from core/src/status_table.rs: do not edit.\n\
    package anysspi\n\nimport anysspi.bridge.Fault\n";

/// UniFFI calls errors exceptions in Kotlin.
fn fault_of(name: &str) -> String {
    match name.strip_suffix("Error") {
        Some(stem) => format!("{stem}Exception"),
        None => name.to_owned(),
    }
}

pub(super) fn make() -> String {
    let mut text = HEAD.to_owned();
    for (family, _) in FAMILIES {
        let constant = family.name().to_uppercase();
        let _ = write!(
            text,
            "\n/** An error of the family [Family.{constant}]. */\n\
             public sealed class {family}Exception(\n    status: UInt,\n    symbol: String,\n    \
             context: String,\n    details: ErrorDetails,\n\
             ) : SspiException(status, symbol, Family.{constant}, context, details)\n"
        );
    }
    for StatusRow { status, name, symbol, family, sentence, .. } in errors() {
        let _ = write!(
            text,
            "\n/** {sentence} (`{symbol}`) */\n\
             public class {name}(context: String = \"\", details: ErrorDetails = ErrorDetails()) :\n    \
             {family}Exception(0x{:08X}u, \"{symbol}\", context, details)\n",
            status.0
        );
    }
    text += "\n/** The exception of a fault. The compiler sees to it that no status is forgotten. */\n\
             internal fun exceptionOf(fault: Fault, thrown: Thrown?): SspiException =\n    \
             when (fault) {\n";
    for row in errors() {
        let (name, fault) = (row.name, fault_of(row.name));
        let _ = writeln!(
            text,
            "        is Fault.{fault} -> {name}(fault.detail.explanation, fault.detail.details(thrown))"
        );
    }
    text += "        is Fault.Unlisted -> unlisted(fault.detail, thrown)\n    }\n";
    text += "\n/** The classes of the statuses, by their numbers. */\n\
             internal val classes: Map<UInt, Class<out SspiException>> = mapOf(\n";
    for row in errors() {
        let _ = writeln!(text, "    0x{:08X}u to {}::class.java,", row.status.0, row.name);
    }
    text + ")\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use anysspi::Status;

    #[test]
    fn every_error_has_a_class_and_a_fault() {
        let text = make();
        for row in Status::all() {
            let class = text.contains(&format!("public class {}(context", row.name));
            let fault = text.contains(&format!(" -> {}(fault.detail", row.name));
            assert_eq!((class, fault), (row.status.is_error(), row.status.is_error()));
        }
        assert!(text.contains("is Fault.InternalException -> InternalError("));
    }
}
