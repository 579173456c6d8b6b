//! What a server says first inside CredSSP's stream, where the connection was negotiated so.

use crate::bytes::Token;
use crate::error::Result;
use crate::hints::BytesLike;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// Whether an RDP server lets the user in whom it has authenticated ([MS-RDPBCGR] 2.2.10.2): the
/// first four bytes of the stream with `PROTOCOL_HYBRID_EX`. They are the application's to send and
/// to read, because nothing in CredSSP says whether they come.
#[pyclass(frozen, eq, hash, module = "anysspi", rename_all = "SCREAMING_SNAKE_CASE")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) enum EarlyUserAuthResult {
    /// `AUTHZ_SUCCESS`: the user may go on.
    Success = 0,
    /// `AUTHZ_ACCESS_DENIED`: the user may not.
    AccessDenied = 5,
}

impl EarlyUserAuthResult {
    fn answer(&self) -> anysspi::EarlyUserAuthResult {
        match self {
            Self::Success => anysspi::EarlyUserAuthResult::Success,
            Self::AccessDenied => anysspi::EarlyUserAuthResult::AccessDenied,
        }
    }
}

#[pymethods]
impl EarlyUserAuthResult {
    /// What was received: four bytes, and nothing else than the two answers.
    #[staticmethod]
    fn from_bytes(data: BytesLike<'_>) -> Result<Self> {
        let data = Token::of(&data.0, "data")?;
        Ok(match anysspi::EarlyUserAuthResult::from_bytes(data.as_slice())? {
            anysspi::EarlyUserAuthResult::Success => Self::Success,
            anysspi::EarlyUserAuthResult::AccessDenied => Self::AccessDenied,
        })
    }

    /// What is sent.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.answer().to_bytes())
    }

    /// Raises LogonDenied where the user is not let in.
    fn check(&self) -> Result<()> {
        Ok(self.answer().check()?)
    }
}
