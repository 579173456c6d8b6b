//! bindings-uniffi/swift/Sources/AnySspi/SspiError.swift: a case for every status that is an error.

use super::rows::{FAMILIES, errors};
use anysspi::StatusRow;
use std::fmt::Write as _;

const HEAD: &str = "// Written by `cargo xtask generate` from core/src/status_table.rs: do not edit.\nimport AnySspiBridge\n\n";

/// A name in CamelCase as Swift writes names of cases.
pub(super) fn case_of(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect::<String>())
}

/// A `switch` over the errors, with a text for each. The compiler finds what is missing.
fn switch(text: &mut String, pattern: &str, value: impl Fn(&StatusRow) -> String, other: &str) {
    text.push_str("    switch self {\n");
    for row in errors() {
        let (case, value) = (case_of(row.name), value(row));
        let _ = writeln!(text, "    case .{case}{pattern}: {value}");
    }
    let _ = writeln!(text, "    case .other{pattern}: {other}\n    }}\n  }}");
}

pub(super) fn make() -> String {
    let mut text = HEAD.to_owned();
    text += "/// Why a call failed. The case says which status it is; every case has the same properties, and\n\
             /// `family` says what to do about it.\n\
             ///\n\
             /// ```swift\n\
             /// do {\n\
             ///   token = try handshake.next()\n\
             /// } catch SspiError.logonDenied {\n\
             ///   askAgain()\n\
             /// } catch let error as SspiError where error.family == .network {\n\
             ///   tryLater(error.context)\n\
             /// }\n\
             /// ```\n\
             public enum SspiError: Error {\n  \
             /// What the caller should do about an error.\n  \
             public enum Family: String, CaseIterable, Sendable {\n";
    for (family, advice) in FAMILIES {
        let case = case_of(family.name());
        // In backticks, since one of them is a keyword.
        let _ = writeln!(text, "    /// {advice}\n    case `{case}` = \"{family}\"");
    }
    text += "  }\n\n";
    for row in errors() {
        let (case, sentence, symbol) = (case_of(row.name), row.sentence, row.symbol);
        let _ = writeln!(text, "  /// {sentence} (`{symbol}`)\n  case {case}(Details)");
    }
    text += "  /// A status that this version does not know.\n  case other(Details)\n\n  \
             /// The error of a status.\n  \
             public init(status: UInt32, details: Details) {\n    switch status {\n";
    for row in errors() {
        let (number, case) = (row.status.0, case_of(row.name));
        let _ = writeln!(text, "    case 0x{number:08X}: self = .{case}(details)");
    }
    text += "    default: self = .other(details.with(status: status))\n    }\n  }\n\n  \
             /// The number of the status, such as `0x8009030C`.\n  \
             public var status: UInt32 {\n";
    switch(&mut text, "", |row| format!("0x{:08X}", row.status.0), "details.status");
    text += "\n  /// The name of the status in the Windows SDK, such as `SEC_E_LOGON_DENIED`.\n  \
             public var symbol: String {\n";
    switch(&mut text, "", |row| format!("\"{}\"", row.symbol), "hexadecimal(details.status)");
    text += "\n  /// What the caller should do about it.\n  public var family: Family {\n";
    switch(&mut text, "", |row| format!(".{}", case_of(row.family.name())), ".internal");
    text += "\n  /// What is known beside the status.\n  public var details: Details {\n";
    switch(&mut text, "(let details)", |_| "details".into(), "details");
    text += "}\n\nextension Fault {\n  var detail: FaultDetail {\n    switch self {\n";
    for row in errors() {
        let _ = writeln!(text, "    case .{}(let detail): detail", row.name);
    }
    text += "    case .Unlisted(let detail): detail\n    }\n  }\n}\n";
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use anysspi::Status;

    #[test]
    fn every_error_has_a_case() {
        let text = make();
        for row in Status::all() {
            let case = format!("  case {}(Details)\n", case_of(row.name));
            assert_eq!(text.contains(&case), row.status.is_error(), "{}", row.name);
            if row.status.is_error() {
                assert!(FAMILIES.iter().any(|(family, _)| *family == row.family), "{}", row.name);
            }
        }
    }
}
