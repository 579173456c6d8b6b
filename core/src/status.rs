//! Status codes with the numbers of the Windows SDK.

use std::fmt;

use crate::for_each_status;

/// The bit which marks a status as an error.
const SEVERITY_BIT: u32 = 0x8000_0000;

/// The result of a call, with the number it has in the Windows SDK (`SECURITY_STATUS`).
///
/// The numbers are the same on every platform. A `Status` can hold any number, because a system
/// library may return one which is not in the table; such a number is kept and prints as
/// hexadecimal.
///
/// # Examples
///
/// ```
/// use anysspi::{Family, Status};
///
/// let status = Status::from(0x8009_030C);
/// assert_eq!(status, Status::LOGON_DENIED);
/// assert!(status.is_error());
/// assert_eq!(status.family(), Family::Credential);
/// assert_eq!(status.to_string(), "SEC_E_LOGON_DENIED");
///
/// assert_eq!(Status(0x8009_ABCD).to_string(), "0x8009ABCD");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Status(pub u32);

/// One row of the status table, see [`Status::all`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct StatusRow {
    /// The status which the row describes.
    pub status: Status,
    /// The name in CamelCase, such as `LogonDenied`.
    pub name: &'static str,
    /// The name in the Windows SDK, such as `SEC_E_LOGON_DENIED`.
    pub symbol: &'static str,
    /// What the caller should do about it.
    pub family: Family,
    /// One sentence for people: what happened and, where that helps, what to do.
    pub sentence: &'static str,
}

/// What a caller should do about a status.
///
/// A program seldom cares for a single status; it cares whether to ask for another password, to
/// close the connection or to try again later.
///
/// # Examples
///
/// ```
/// use anysspi::{Family, Status};
///
/// fn advice(status: Status) -> &'static str {
///     match status.family() {
///         Family::Success => "carry on",
///         Family::Credential => "ask the user again",
///         Family::Network => "try again later",
///         _ => "give up",
///     }
/// }
/// assert_eq!(advice(Status::LOGON_DENIED), "ask the user again");
/// assert_eq!(advice(Status::NO_AUTHENTICATING_AUTHORITY), "try again later");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Family {
    /// The call did its work; the status may name the next step.
    Success,
    /// The credential, the account behind it or a policy about it stands in the way: use another
    /// credential, or have the account or the policy changed.
    Credential,
    /// The peer or the negotiation is at fault: close the connection, then check the target name,
    /// the clocks, the certificates and the settings of both sides.
    Handshake,
    /// A message could not be protected or unprotected after the handshake. Close the connection,
    /// except after [`Status::INCOMPLETE_MESSAGE`], which only needs more data.
    Protection,
    /// The call itself is wrong: correct the program.
    Usage,
    /// The package, the platform or the domain has no such feature: do without it or choose another
    /// package.
    Unsupported,
    /// An authority (KDC, domain controller, revocation server) could not be reached or found:
    /// check the network and the realm's configuration, or try again later.
    Network,
    /// The library or the system failed, and neither the caller nor the peer is to blame.
    Internal,
}

impl Family {
    /// The name of the variant, such as `"Credential"`.
    pub const fn name(self) -> &'static str {
        match self {
            Family::Success => "Success",
            Family::Credential => "Credential",
            Family::Handshake => "Handshake",
            Family::Protection => "Protection",
            Family::Usage => "Usage",
            Family::Unsupported => "Unsupported",
            Family::Network => "Network",
            Family::Internal => "Internal",
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

macro_rules! define_statuses {
    ($((
        $name:ident, $constant:ident, $number:literal, $symbol:ident, $family:ident,
        $sentence:literal
    ))*) => {
        /// The statuses of the table.
        impl Status {
            $(
                #[doc = concat!(
                    $sentence, "\n\n`", stringify!($symbol), "`, `", stringify!($number), "`."
                )]
                pub const $constant: Status = Status($number);
            )*
        }

        /// The table, sorted by number because [`Status::row`] searches it by bisection.
        static ROWS: &[StatusRow] = &[
            $(
                StatusRow {
                    status: Status($number),
                    name: stringify!($name),
                    symbol: stringify!($symbol),
                    family: Family::$family,
                    sentence: $sentence,
                },
            )*
        ];
    };
}

for_each_status!(define_statuses);

/// Symbols which are second names of a status in the table.
static ALIASES: &[(&str, Status)] = &[
    ("SEC_E_NO_SPM", Status::NO_SPM),
    ("SEC_E_NOT_SUPPORTED", Status::NOT_SUPPORTED),
    ("SEC_E_POLICY_NTLM_ONLY", Status::POLICY_NTLM_ONLY),
];

/// Second names of statuses.
impl Status {
    /// The SDK's second name for [`Status::INTERNAL_ERROR`]: `SEC_E_NO_SPM`.
    pub const NO_SPM: Status = Status::INTERNAL_ERROR;

    /// The SDK's second name for [`Status::UNSUPPORTED_FUNCTION`]: `SEC_E_NOT_SUPPORTED`.
    pub const NOT_SUPPORTED: Status = Status::UNSUPPORTED_FUNCTION;

    /// [`Status::POLICY_NLTM_ONLY`] in the right spelling, as the SDK has its letters swapped.
    pub const POLICY_NTLM_ONLY: Status = Status::POLICY_NLTM_ONLY;
}

impl Status {
    /// All statuses of the table, sorted by number and thus beginning with [`Status::OK`].
    ///
    /// # Examples
    ///
    /// ```
    /// use anysspi::{Family, Status};
    ///
    /// for row in Status::all().iter().filter(|row| row.family == Family::Network) {
    ///     println!("{}: {}", row.symbol, row.sentence);
    /// }
    /// ```
    pub fn all() -> &'static [StatusRow] {
        ROWS
    }

    fn row(self) -> Option<&'static StatusRow> {
        let index = ROWS.binary_search_by_key(&self, |row| row.status).ok()?;
        ROWS.get(index)
    }

    /// The name in CamelCase, such as `"LogonDenied"`, or `None` for a number outside the table.
    pub fn name(self) -> Option<&'static str> {
        self.row().map(|row| row.name)
    }

    /// The name in the Windows SDK, such as `"SEC_E_LOGON_DENIED"`, or `None` for a number outside
    /// the table.
    pub fn symbol(self) -> Option<&'static str> {
        self.row().map(|row| row.symbol)
    }

    /// One sentence for people about the status, or `None` for a number outside the table.
    pub fn sentence(self) -> Option<&'static str> {
        self.row().map(|row| row.sentence)
    }

    /// What the caller should do about the status.
    ///
    /// A number outside the table is [`Family::Internal`] if it is an error, since nothing is known
    /// about its cause, and [`Family::Success`] otherwise.
    pub fn family(self) -> Family {
        match self.row() {
            Some(row) => row.family,
            None if self.is_error() => Family::Internal,
            None => Family::Success,
        }
    }

    /// Whether the status is an error, which its top bit tells.
    ///
    /// # Examples
    ///
    /// ```
    /// use anysspi::Status;
    ///
    /// assert!(Status::CONTEXT_EXPIRED.is_error());
    /// assert!(!Status::CONTINUE_NEEDED.is_error());
    /// ```
    pub const fn is_error(self) -> bool {
        self.0 & SEVERITY_BIT != 0
    }

    /// The second names of statuses, which are no rows of the table, each with what it stands for.
    pub fn aliases() -> &'static [(&'static str, Status)] {
        ALIASES
    }

    /// Looks up a status by its name in the Windows SDK.
    ///
    /// The second names `SEC_E_NO_SPM` and `SEC_E_NOT_SUPPORTED` are known too, and so is
    /// `SEC_E_POLICY_NTLM_ONLY`, the right spelling of the SDK's `SEC_E_POLICY_NLTM_ONLY`.
    ///
    /// # Examples
    ///
    /// ```
    /// use anysspi::Status;
    ///
    /// assert_eq!(Status::from_symbol("SEC_E_TIME_SKEW"), Some(Status::TIME_SKEW));
    /// assert_eq!(Status::from_symbol("SEC_E_NO_SPM"), Some(Status::INTERNAL_ERROR));
    /// assert_eq!(Status::from_symbol("TIME_SKEW"), None);
    /// ```
    pub fn from_symbol(symbol: &str) -> Option<Status> {
        let row = ROWS.iter().find(|row| row.symbol == symbol);
        row.map(|row| row.status).or_else(|| {
            let alias = ALIASES.iter().find(|(name, _)| *name == symbol);
            alias.map(|(_, status)| *status)
        })
    }
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.symbol() {
            Some(symbol) => formatter.pad(symbol),
            None => formatter.pad(&format!("0x{:08X}", self.0)),
        }
    }
}

impl fmt::Debug for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Status({self})")
    }
}

impl From<u32> for Status {
    fn from(number: u32) -> Status {
        Status(number)
    }
}

impl From<Status> for u32 {
    fn from(status: Status) -> u32 {
        status.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    macro_rules! constant_columns {
        ($((
            $name:ident, $constant:ident, $number:literal, $symbol:ident, $family:ident,
            $sentence:literal
        ))*) => {
            [$((stringify!($constant), Status::$constant)),*]
        };
    }

    /// The names of the associated constants, which the rows themselves do not hold.
    fn constants() -> Vec<(&'static str, Status)> {
        for_each_status!(constant_columns).to_vec()
    }

    fn assert_unique<'a>(column: &str, values: impl Iterator<Item = &'a str>) {
        let mut seen = HashSet::new();
        for value in values {
            assert!(seen.insert(value), "{column} {value} occurs twice");
        }
    }

    #[test]
    fn every_row_is_unique() {
        let numbers: HashSet<u32> = ROWS.iter().map(|row| row.status.0).collect();
        assert_eq!(numbers.len(), ROWS.len());
        assert_unique("name", ROWS.iter().map(|row| row.name));
        assert_unique("symbol", ROWS.iter().map(|row| row.symbol));
        assert_unique("sentence", ROWS.iter().map(|row| row.sentence));
        assert_unique("constant", constants().iter().map(|(constant, _)| *constant));
        // Bindings in languages which ignore case must not see a clash either.
        let folded: Vec<String> = ROWS.iter().map(|row| row.name.to_lowercase()).collect();
        assert_unique("folded name", folded.iter().map(String::as_str));
    }

    #[test]
    fn rows_are_sorted_by_number() {
        assert_eq!(ROWS[0].status, Status::OK);
        for pair in ROWS.windows(2) {
            assert!(pair[0].status < pair[1].status, "{:?} is misplaced", pair[1]);
        }
    }

    #[test]
    fn rows_have_the_expected_count() {
        // A row which gets lost in an edit would otherwise go unnoticed.
        assert_eq!(ROWS.len(), 93);
        assert_eq!(ROWS.iter().filter(|row| row.symbol.starts_with("SEC_I_")).count(), 14);
    }

    #[test]
    fn severity_matches_the_symbol() {
        for row in ROWS {
            let number = row.status.0;
            if row.status == Status::OK {
                assert_eq!(row.symbol, "SEC_E_OK");
                assert_eq!(row.family, Family::Success);
            } else if row.symbol.starts_with("SEC_I_") {
                assert!(!row.status.is_error(), "{row:?}");
                assert_eq!(row.family, Family::Success, "{row:?}");
                assert_eq!(number & 0xFFFF_FF00, 0x0009_0300, "{row:?}");
            } else {
                assert!(row.symbol.starts_with("SEC_E_"), "{row:?}");
                assert!(row.status.is_error(), "{row:?}");
                assert_ne!(row.family, Family::Success, "{row:?}");
                assert_eq!(number & 0xFFFF_FF00, 0x8009_0300, "{row:?}");
            }
        }
    }

    #[test]
    fn names_follow_the_symbol() {
        for (row, (constant, status)) in ROWS.iter().zip(constants()) {
            assert_eq!(row.status, status);
            let plain = match row.symbol {
                "SEC_I_CONTEXT_EXPIRED" => "CONTEXT_EXPIRED_NOTICE",
                "SEC_I_INCOMPLETE_CREDENTIALS" => "CREDENTIALS_WANTED",
                symbol => &symbol["SEC_E_".len()..],
            };
            assert_eq!(constant, plain);
            let camel: String = plain
                .split('_')
                .map(|word| word[..1].to_string() + &word[1..].to_lowercase())
                .collect();
            // The policy itself has that name.
            let deviates = camel == "DelegationPolicy";
            assert_eq!(row.name, if deviates { "DelegationForbidden" } else { &camel });
        }
    }

    #[test]
    fn sentences_are_one_sentence() {
        for row in ROWS {
            assert!(row.sentence.ends_with('.'), "{row:?}");
            assert!(!row.sentence.contains(". "), "{row:?}");
            assert!(row.sentence.starts_with(|first: char| first.is_uppercase()), "{row:?}");
            assert_eq!(row.sentence.trim(), row.sentence);
        }
    }

    #[test]
    fn look_ups_find_every_row() {
        for row in Status::all() {
            assert_eq!(row.status.name(), Some(row.name));
            assert_eq!(row.status.symbol(), Some(row.symbol));
            assert_eq!(row.status.sentence(), Some(row.sentence));
            assert_eq!(row.status.family(), row.family);
            assert_eq!(Status::from_symbol(row.symbol), Some(row.status));
            assert_eq!(row.status.to_string(), row.symbol);
            assert_eq!(u32::from(Status::from(row.status.0)), row.status.0);
        }
    }

    #[test]
    fn unknown_numbers_survive() {
        let unknown = Status(0x8009_ABCD);
        assert_eq!(unknown.0, 0x8009_ABCD);
        assert_eq!(unknown.name(), None);
        assert_eq!(unknown.symbol(), None);
        assert_eq!(unknown.sentence(), None);
        assert_eq!(unknown.family(), Family::Internal);
        assert!(unknown.is_error());
        assert_eq!(unknown.to_string(), "0x8009ABCD");
        assert_eq!(format!("{unknown:?}"), "Status(0x8009ABCD)");

        let harmless = Status(0x0000_002A);
        assert_eq!(harmless.family(), Family::Success);
        assert!(!harmless.is_error());
        assert_eq!(harmless.to_string(), "0x0000002A");

        assert_eq!(Status(u32::MAX).to_string(), "0xFFFFFFFF");
        assert_eq!(Status::from_symbol("SEC_E_NO_SUCH_THING"), None);
        assert_eq!(Status::from_symbol(""), None);
    }

    #[test]
    fn formats_honour_width() {
        assert_eq!(format!("{:>10}", Status::OK), "  SEC_E_OK");
        assert_eq!(format!("{:<9}|", Family::Usage), "Usage    |");
        assert_eq!(format!("{:?}", Status::LOGON_DENIED), "Status(SEC_E_LOGON_DENIED)");
    }

    #[test]
    fn aliases_lead_to_the_same_status() {
        assert_eq!(Status::NO_SPM, Status::INTERNAL_ERROR);
        assert_eq!(Status::NOT_SUPPORTED, Status::UNSUPPORTED_FUNCTION);
        assert_eq!(Status::POLICY_NTLM_ONLY, Status(0x8009_035F));
        assert_eq!(Status::POLICY_NTLM_ONLY.symbol(), Some("SEC_E_POLICY_NLTM_ONLY"));
        for (symbol, status) in ALIASES {
            assert_eq!(Status::from_symbol(symbol), Some(*status));
            assert!(ROWS.iter().all(|row| row.symbol != *symbol), "{symbol} is a row too");
        }
    }

    #[test]
    fn literal_numbers() {
        assert_eq!(Status::OK.0, 0);
        assert_eq!(Status::CONTINUE_NEEDED.0, 0x0009_0312);
        assert_eq!(Status::COMPLETE_AND_CONTINUE.0, 0x0009_0314);
        assert_eq!(Status::CONTEXT_EXPIRED_NOTICE.0, 0x0009_0317);
        assert_eq!(Status::CREDENTIALS_WANTED.0, 0x0009_0320);
        assert_eq!(Status::INSUFFICIENT_MEMORY.0, 0x8009_0300);
        assert_eq!(Status::INVALID_TOKEN.0, 0x8009_0308);
        assert_eq!(Status::LOGON_DENIED.0, 0x8009_030C);
        assert_eq!(Status::CONTEXT_EXPIRED.0, 0x8009_0317);
        assert_eq!(Status::INCOMPLETE_CREDENTIALS.0, 0x8009_0320);
        assert_eq!(Status::BAD_BINDINGS.0, 0x8009_0346);
        assert_eq!(Status::MUTUAL_AUTH_FAILED.0, 0x8009_0363);
        assert_eq!(Status::INSUFFICIENT_BUFFERS.0, 0x8009_036B);
    }

    #[test]
    fn families_have_their_own_names() {
        let families: HashSet<Family> = ROWS.iter().map(|row| row.family).collect();
        let names: HashSet<&str> = families.iter().map(|family| family.name()).collect();
        assert_eq!(families.len(), 8);
        assert_eq!(names.len(), 8);
        for family in families {
            assert_eq!(family.to_string(), format!("{family:?}"));
        }
    }
}
