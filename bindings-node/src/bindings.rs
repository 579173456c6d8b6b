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
