//! Kerberos (RFC 4120, RFC 4121, [MS-KILE]).

pub(crate) mod messages;
pub(crate) mod pac;
pub(crate) mod tickets;
