//! docs/statuses.md: every status for people, by family.

use anysspi::{Family, Status};

const INTRODUCTION: &str = "\
<!-- Written by `cargo xtask generate` from core/src/status_table.rs: do not edit. -->

# Statuses

Every call ends with a status. The numbers and symbols are those of the Windows SDK, the same on
every platform; a number that is not in these tables is kept and prints as hexadecimal. The family
of a status says what to do about it, so a program seldom has to know a single status.
";

/// The families in the order of the page, with the advice they stand for.
const FAMILIES: &[(Family, &str)] = &[
    (
        Family::Success,
        "The call did its work, and the status may name the next step. \
         The handshake layer handles these itself.",
    ),
    (
        Family::Credential,
        "The credential, its account or a policy about it stands in the way: \
         use another credential, or have the account or the policy changed.",
    ),
    (
        Family::Handshake,
        "The peer or the negotiation is at fault: close the connection, then check the target \
         name, the clocks, the certificates and the settings of both sides.",
    ),
    (
        Family::Protection,
        "A message could not be protected or unprotected: close the connection, \
         except after `SEC_E_INCOMPLETE_MESSAGE`, which only needs more data.",
    ),
    (Family::Usage, "The call itself is wrong: correct the program."),
    (
        Family::Unsupported,
        "The package, the platform or the domain has no such feature: \
         do without it or choose another package.",
    ),
    (
        Family::Network,
        "An authority could not be reached or found: \
         check the network and the realm's configuration, or try again later.",
    ),
    (
        Family::Internal,
        "The library or the system failed, and neither the caller nor the peer is to blame.",
    ),
];

pub(super) fn make() -> String {
    let mut page = String::from(INTRODUCTION);
    for (family, advice) in FAMILIES {
        page += &format!("\n## {family}\n\n{advice}\n\n");
        page += "| symbol | number | name | what it says |\n|---|---|---|---|\n";
        for row in Status::all().iter().filter(|row| row.family == *family) {
            page += &format!(
                "| `{}` | `0x{:08X}` | {} | {} |\n",
                row.symbol, row.status.0, row.name, row.sentence
            );
        }
    }
    page += "\n## Second names\n\nSymbols that stand for a status of the tables above.\n\n";
    page += "| symbol | stands for |\n|---|---|\n";
    for (alias, symbol) in Status::aliases() {
        page += &format!("| `{alias}` | `{symbol}` |\n");
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_status_is_left_out() {
        let page = make();
        for row in Status::all() {
            assert!(page.contains(&format!("| `{}` |", row.symbol)), "{row:?}");
            assert!(!row.sentence.contains('|'), "a bar would end the cell: {row:?}");
        }
    }
}
