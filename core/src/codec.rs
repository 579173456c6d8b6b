//! Reading and writing the bytes of protocols: parse, don't validate.

pub(crate) mod reader;
pub(crate) mod utf16;

use crate::error::{Error, Result};
use crate::status::Status;

/// Puts a peer's bytes behind others: memory that cannot be had is an error, and not the end of the
/// process.
pub(crate) fn append(to: &mut Vec<u8>, bytes: &[u8]) -> Result<()> {
    reserve(to, bytes.len())?;
    to.extend_from_slice(bytes);
    Ok(())
}

/// Makes room for so many more bytes of a peer's.
pub(crate) fn reserve(memory: &mut Vec<u8>, more: usize) -> Result<()> {
    memory.try_reserve(more).map_err(|cause| {
        Error::new(
            Status::INSUFFICIENT_MEMORY,
            format!("there is no memory for {more} more bytes of the peer's"),
        )
        .with_source(cause)
    })
}
