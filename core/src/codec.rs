//! Reading and writing the bytes of protocols: parse, don't validate.

pub(crate) mod reader;
pub(crate) mod utf16;
