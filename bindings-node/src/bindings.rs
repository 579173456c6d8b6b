//! Channel bindings: what ties a logon to the TLS connection it runs in.

use crate::error::{Answer, answer};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;

/// The `tls-server-end-point` bindings of a certificate in DER, as application data.
#[napi]
pub fn tls_server_end_point(certificate: &[u8]) -> Answer<Buffer> {
    answer(|| {
        let bindings = anysspi::ChannelBindings::of_certificate(certificate)?;
        Ok(bindings.application_data().into())
    })
}

/// Bindings of application data as a SEC_CHANNEL_BINDINGS structure.
#[napi]
pub fn bindings_structure(application_data: &[u8]) -> Buffer {
    anysspi::ChannelBindings::new(application_data.to_vec()).to_structure().into()
}
