//! Channel bindings: what ties a logon to the TLS connection it runs in.

use crate::error::{Answer, answer};
use anysspi::ChannelBindings;

/// The `tls-server-end-point` bindings of a certificate in DER, as application data.
#[uniffi::export]
pub fn end_point_bindings(certificate: &[u8]) -> Answer<Vec<u8>> {
    answer(|| Ok(ChannelBindings::of_certificate(certificate)?.application_data().to_vec()))
}

/// The `SEC_CHANNEL_BINDINGS` structure of application data, for the buffers of the raw layer.
#[uniffi::export]
pub fn bindings_structure(application_data: &[u8]) -> Answer<Vec<u8>> {
    answer(|| Ok(ChannelBindings::new(application_data).to_structure()))
}
