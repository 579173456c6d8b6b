//! Channel bindings: what ties a logon to the TLS connection it runs in.

use crate::bytes::Token;
use crate::error::Result;
use crate::hints::BytesLike;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// The bindings of a channel (Extended Protection).
///
/// `ChannelBindings(application_data)` takes the data as they are, such as
/// `b"tls-unique:" + socket.get_channel_binding()`.
#[pyclass(frozen, eq, hash, module = "anysspi")]
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct ChannelBindings(pub(crate) anysspi::ChannelBindings);

/// The type and the bytes of an address, or nothing.
type Address<'py> = Option<(u32, BytesLike<'py>)>;

#[pymethods]
impl ChannelBindings {
    #[new]
    #[pyo3(signature = (application_data, *, initiator_address=None, acceptor_address=None))]
    fn new<'py>(
        application_data: BytesLike<'py>,
        initiator_address: Address<'py>,
        acceptor_address: Address<'py>,
    ) -> Result<Self> {
        let data = Token::of(&application_data.0, "application_data")?;
        let bindings = anysspi::ChannelBindings::new(data.as_slice());
        let address = |address: Address<'py>, what| -> Result<(u32, Vec<u8>)> {
            let Some((kind, bytes)) = address else { return Ok((0, Vec::new())) };
            Ok((kind, Token::of(&bytes.0, what)?.as_slice().to_vec()))
        };
        Ok(Self(bindings.with_addresses(
            address(initiator_address, "initiator_address")?,
            address(acceptor_address, "acceptor_address")?,
        )))
    }

    /// The bindings of a server's certificate, in DER: what `socket.getpeercert(True)` gives a
    /// client.
    #[staticmethod]
    fn tls_server_end_point(certificate: BytesLike<'_>) -> Result<Self> {
        let certificate = Token::of(&certificate.0, "certificate")?;
        Ok(Self(anysspi::ChannelBindings::of_certificate(certificate.as_slice())?))
    }

    /// The application data.
    #[getter]
    fn application_data<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.application_data())
    }

    /// The SEC_CHANNEL_BINDINGS structure, for CHANNEL_BINDINGS buffers of `anysspi.raw`.
    fn to_structure<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.to_structure())
    }

    fn __repr__(&self) -> String {
        let data = self.0.application_data();
        let name = data.split(|byte| *byte == b':').next().unwrap_or_default();
        format!("ChannelBindings({:?}, {} bytes)", String::from_utf8_lossy(name), data.len())
    }
}
