//! Kerberos (RFC 4120, RFC 4121, [MS-KILE]).

mod ask_initial;
mod ask_service;
mod credential_file;
mod kdc_reply;
pub(crate) mod messages;
pub(crate) mod pac;
pub(crate) mod refusal;
mod ticket_store;
pub(crate) mod tickets;
