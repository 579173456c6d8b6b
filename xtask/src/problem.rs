//! Why a command did not succeed.

/// Why a command did not succeed.
#[derive(Debug)]
pub(crate) enum Problem {
    /// It was called in a way it does not know.
    Usage(String),
    /// It did its work, and something is wrong.
    Failed(String),
}

impl Problem {
    pub(crate) fn usage(reason: impl Into<String>) -> Self {
        Self::Usage(reason.into())
    }
}

/// Work that fails says why in a line or more; only the reading of arguments makes usage problems.
impl From<String> for Problem {
    fn from(reason: String) -> Self {
        Self::Failed(reason)
    }
}
