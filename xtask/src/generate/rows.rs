//! The rows of the status table that errors are made of, for every language.

use anysspi::{Family, Status, StatusRow};

/// The families that errors have, in the order of the table of families, and what to do about each.
pub(super) const FAMILIES: &[(Family, &str)] = &[
    (Family::Credential, "Use another credential, or have the account or the policy changed."),
    (Family::Handshake, "The peer or the negotiation is at fault: close the connection."),
    (
        Family::Protection,
        "A message could not be protected or opened: close the connection, or get the rest of it.",
    ),
    (Family::Usage, "The call itself is wrong: correct the program."),
    (Family::Unsupported, "The package or the platform has no such feature: do without it."),
    (
        Family::Network,
        "An authority could not be reached: look at the network, or try again later.",
    ),
    (Family::Internal, "The library or the system failed; neither caller nor peer is to blame."),
];

/// The rows that are errors.
pub(super) fn errors() -> impl Iterator<Item = &'static StatusRow> {
    Status::all().iter().filter(|row| row.status.is_error())
}

/// The class of a family. One status is called as the family Internal would be.
pub(super) fn class_of(family: Family) -> String {
    match family {
        Family::Internal => "InternalFamilyError".to_owned(),
        other => format!("{other}Error"),
    }
}
