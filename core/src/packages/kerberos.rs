//! Kerberos (RFC 4120, RFC 4121, [MS-KILE]).

mod ask_initial;
mod ask_service;
mod framing;
mod kdc_reply;
pub(crate) mod messages;
mod old_tokens;
mod pieces;
pub(crate) mod protection;
pub(crate) mod refusal;
mod sequence;
mod ticket_store;
pub(crate) mod tickets;
mod tokens;
