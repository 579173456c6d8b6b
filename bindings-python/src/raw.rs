//! The interface call by call, over lists of typed buffers.

mod buffers;

use crate::accounts::LookUps;
use crate::context::{on_bytes, value_of};
use crate::credentials::Credential;
use crate::error::{Result, alone, detached, guarded};
use crate::handshake::{pac_policy_of, policy_of};
use crate::hints::{
    Anything, AscReqOf, AscRetOf, AttributeOf, BytesLike, CarrierLike, IscReqOf, IscRetOf, Names,
    PacPolicyWord, PolicyWord, StatusOf, When,
};
use crate::kdc::carrier_of;
use anysspi::KdcAccess;
use anysspi::raw::{self as core, Attribute, AttributeValue, CredentialsHandle, Quality};
pub(crate) use buffers::Buffer;
use buffers::{Buffers, Loan};
use pyo3::prelude::*;
use pyo3::pyclass::{PyTraverseError, PyVisit};
use pyo3::types::PyBytes;
use std::sync::{Mutex, MutexGuard};

/// A context: null at first, then a handshake, then established.
///
/// Without a `binding_policy` the flags decide, as on Windows: a server with bindings refuses a
/// client that has none, unless ALLOW_MISSING_BINDINGS is among its flags. `kdc` carries questions to
/// KDCs within the legs of the handshake, as that of `anysspi.initiate` does; without one nobody is
/// asked.
#[pyclass(frozen, module = "anysspi.raw")]
pub(crate) struct SecurityContext {
    context: Mutex<core::SecurityContext>,
    /// What carries its questions to KDCs, and the look-ups of its credentials.
    look_ups: Mutex<LookUps>,
}

impl SecurityContext {
    /// The context for one call.
    fn alone(&self) -> Result<MutexGuard<'_, core::SecurityContext>> {
        alone(&self.context, "context")
    }

    /// One leg of a handshake on either side, while other threads of Python run. The context keeps the
    /// look-ups of its credentials.
    fn leg<Flags: Send>(
        &self,
        py: Python<'_>,
        credential: Option<&Credential>,
        input: &Buffers<'_>,
        output: &Buffers<'_>,
        call: impl FnOnce(
            &mut core::SecurityContext,
            Option<&CredentialsHandle>,
            &mut [core::Buffer<'_>],
            &mut [core::Buffer<'_>],
        ) -> anysspi::Result<core::Outcome<Flags>>
        + Send,
    ) -> Result<core::Outcome<Flags>> {
        let credentials = credential.map(Credential::handle).transpose()?;
        let mut context = self.alone()?;
        let context = &mut *context;
        if let Some(credential) = credential {
            alone(&self.look_ups, "context")?.keep_all(py, credential.look_ups());
        }
        Loan::of(py, &[input, output])?.lend(|buffers| {
            let (input, output) = buffers.split_at_mut(input.len());
            detached(py, || call(context, credentials.as_ref(), input, output))
        })
    }

    /// A call on a message.
    fn message<T: Send>(
        &self,
        py: Python<'_>,
        message: &Buffers<'_>,
        call: impl FnOnce(&mut core::SecurityContext, &mut [core::Buffer<'_>]) -> anysspi::Result<T>
        + Send,
    ) -> Result<T> {
        let mut context = self.alone()?;
        let context = &mut *context;
        let loan = Loan::of(py, &[message])?;
        let length = loan.length();
        loan.lend(|buffers| on_bytes(py, length, || call(context, buffers)))
    }
}

#[pymethods]
impl SecurityContext {
    #[new]
    #[pyo3(signature = (
        *, binding_policy=None, accepted_targets=None, pac_policy=None, kdc=None
    ))]
    fn new(
        binding_policy: Option<PolicyWord>,
        accepted_targets: Option<Names>,
        pac_policy: Option<PacPolicyWord>,
        kdc: Option<CarrierLike<'_>>,
    ) -> Result<Self> {
        let mut look_ups = LookUps::default();
        let mut context = core::SecurityContext::new();
        if let Some(policy) = binding_policy {
            context = context.with_binding_policy(policy_of(policy)?);
        }
        if let Some(targets) = accepted_targets {
            context = context.with_accepted_targets(targets.0);
        }
        if let Some(policy) = pac_policy {
            context = context.with_pac_policy(pac_policy_of(policy)?);
        }
        if let Some(carrier) = kdc {
            let carrier = carrier_of(&carrier.0, &mut look_ups)?;
            context = context.with_kdc_access(KdcAccess::Carrier(carrier));
        }
        Ok(Self { context: Mutex::new(context), look_ups: Mutex::new(look_ups) })
    }

    /// Whether the context is established.
    #[getter]
    fn is_established(&self) -> Result<bool> {
        Ok(self.alone()?.is_established())
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        // One that is at work is somebody's, and not to be collected.
        self.look_ups.try_lock().map_or(Ok(()), |look_ups| look_ups.traverse(&visit))
    }

    fn __repr__(&self) -> String {
        match self.alone() {
            Ok(context) => format!("<{:?}>", *context),
            Err(_) => "<SecurityContext, busy>".into(),
        }
    }
}

/// What a call answers besides the token. Flags and expiry are final only with SEC_E_OK.
#[pyclass(frozen, module = "anysspi.raw")]
pub(crate) struct Outcome {
    status: u32,
    flags: Flags,
    expiry: anysspi::Time,
}

#[derive(Clone, Copy, IntoPyObject)]
enum Flags {
    Initiator(IscRetOf),
    Acceptor(AscRetOf),
}

#[pymethods]
impl Outcome {
    /// SEC_E_OK or a status of the SEC_I_ family.
    #[getter]
    fn status(&self) -> StatusOf {
        StatusOf(self.status)
    }

    /// What the context has.
    #[getter]
    fn flags(&self) -> Flags {
        self.flags
    }

    /// When it ends; None for never.
    #[getter]
    fn expiry(&self) -> When {
        When(self.expiry)
    }

    fn __repr__(&self) -> String {
        format!("<Outcome {}>", anysspi::Status(self.status))
    }
}

/// Frees a credential; contexts that were made from it go on.
#[pyfunction]
pub(crate) fn free_credentials_handle(credential: &Credential) -> Result<()> {
    credential.free()
}

/// Whose credentials they are.
#[pyfunction]
pub(crate) fn query_credentials_attributes(credential: &Credential) -> Result<String> {
    Ok(core::query_credentials_attributes(&credential.handle()?)?)
}

/// One leg as the client.
///
/// The first call takes credentials and a null context; later calls may leave the credentials out.
/// Input: TOKEN with the peer's token, EMPTY for MISSING or EXTRA, CHANNEL_BINDINGS. Output: TOKEN.
/// With ALLOCATE_MEMORY the output is allocated; without, a buffer that is too small raises
/// BufferTooSmall, its length says what is needed, and the same call may be made again.
#[pyfunction]
pub(crate) fn initialize_security_context(
    py: Python<'_>,
    credential: Option<&Credential>,
    context: &SecurityContext,
    target: Option<&str>,
    flags: IscReqOf,
    input: Buffers<'_>,
    output: Buffers<'_>,
) -> Result<Outcome> {
    let outcome =
        context.leg(py, credential, &input, &output, |context, credentials, input, output| {
            core::initialize_security_context(credentials, context, target, flags.0, input, output)
        })?;
    let flags = Flags::Initiator(IscRetOf(outcome.flags));
    Ok(Outcome { status: outcome.status.0, flags, expiry: outcome.expiry })
}

/// One leg as the server. The buffers are those of `initialize_security_context`.
#[pyfunction]
pub(crate) fn accept_security_context(
    py: Python<'_>,
    credential: Option<&Credential>,
    context: &SecurityContext,
    flags: AscReqOf,
    input: Buffers<'_>,
    output: Buffers<'_>,
) -> Result<Outcome> {
    let outcome =
        context.leg(py, credential, &input, &output, |context, credentials, input, output| {
            core::accept_security_context(credentials, context, flags.0, input, output)
        })?;
    let flags = Flags::Acceptor(AscRetOf(outcome.flags));
    Ok(Outcome { status: outcome.status.0, flags, expiry: outcome.expiry })
}

/// Completes a token after SEC_I_COMPLETE_NEEDED or SEC_I_COMPLETE_AND_CONTINUE.
#[pyfunction]
pub(crate) fn complete_auth_token(
    py: Python<'_>,
    context: &SecurityContext,
    token: Buffers<'_>,
) -> Result<()> {
    let mut context = context.alone()?;
    let context = &mut *context;
    let loan = Loan::of(py, &[&token])?;
    loan.lend(|buffers| detached(py, || core::complete_auth_token(context, buffers)))
}

/// Deletes a context and wipes its secrets. Every later call on it raises InvalidHandle.
#[pyfunction]
pub(crate) fn delete_security_context(context: &SecurityContext) -> Result<()> {
    Ok(core::delete_security_context(&mut *context.alone()?)?)
}

/// Answers a question about an established context.
#[pyfunction]
pub(crate) fn query_context_attributes<'py>(
    py: Python<'py>,
    context: &SecurityContext,
    attribute: AttributeOf,
) -> Result<Anything<'py>> {
    let context = context.alone()?;
    let value = core::query_context_attributes(&context, Attribute(attribute.0))?;
    Ok(Anything(value_of(py, value)?))
}

/// Sets UNIQUE_BINDINGS or ENDPOINT_BINDINGS, as a SEC_CHANNEL_BINDINGS structure
/// (`ChannelBindings.to_structure`), before the context is established.
#[pyfunction]
pub(crate) fn set_context_attributes(
    context: &SecurityContext,
    attribute: AttributeOf,
    value: BytesLike<'_>,
) -> Result<()> {
    let value = crate::bytes::Token::of(&value.0, "value")?;
    let value = AttributeValue::Bytes(value.as_slice().to_vec());
    let mut context = context.alone()?;
    Ok(core::set_context_attributes(&mut context, Attribute(attribute.0), value)?)
}

/// Who the client of a server's context is: the name, whether it is anonymous, whether it lets the
/// server only identify it, and when that ends.
#[pyfunction]
pub(crate) fn query_security_context_token(
    context: &SecurityContext,
) -> Result<(String, bool, bool, When)> {
    let token = core::query_security_context_token(&*context.alone()?)?;
    Ok((token.user.to_string(), token.anonymous, token.identify_only, When(token.expiry)))
}

/// Signs the DATA buffers into the TOKEN buffer. The sequence number counts only in connectionless
/// contexts.
#[pyfunction]
#[pyo3(signature = (context, quality, message, sequence=0))]
pub(crate) fn make_signature(
    py: Python<'_>,
    context: &SecurityContext,
    quality: u32,
    message: Buffers<'_>,
    sequence: u32,
) -> Result<()> {
    context.message(py, &message, |context, buffers| {
        core::make_signature(context, Quality(quality), buffers, sequence)
    })
}

/// Checks the signature in the TOKEN buffer; gives the quality of the protection.
#[pyfunction]
#[pyo3(signature = (context, message, sequence=0))]
pub(crate) fn verify_signature(
    py: Python<'_>,
    context: &SecurityContext,
    message: Buffers<'_>,
    sequence: u32,
) -> Result<u32> {
    let quality = context.message(py, &message, |context, buffers| {
        core::verify_signature(context, buffers, sequence)
    })?;
    Ok(quality.0)
}

/// Encrypts the DATA buffers in place and signs them into the TOKEN buffer. A context of a stream wants
/// STREAM_HEADER and STREAM_TRAILER beside a DATA buffer, and EMPTY for what goes out before them.
#[pyfunction]
#[pyo3(signature = (context, quality, message, sequence=0))]
pub(crate) fn encrypt_message(
    py: Python<'_>,
    context: &SecurityContext,
    quality: u32,
    message: Buffers<'_>,
    sequence: u32,
) -> Result<()> {
    context.message(py, &message, |context, buffers| {
        core::encrypt_message(context, Quality(quality), buffers, sequence)
    })
}

/// Decrypts the DATA buffers in place and checks the signature, which is in the TOKEN buffer or at
/// the start of a STREAM buffer; an empty DATA buffer then receives the message, as a view of the
/// stream. A context of a stream takes the bytes that came in a DATA buffer, with EMPTY ones beside it
/// for the message, MISSING and EXTRA. Gives the quality of the protection.
#[pyfunction]
#[pyo3(signature = (context, message, sequence=0))]
pub(crate) fn decrypt_message(
    py: Python<'_>,
    context: &SecurityContext,
    message: Buffers<'_>,
    sequence: u32,
) -> Result<u32> {
    let quality = context.message(py, &message, |context, buffers| {
        core::decrypt_message(context, buffers, sequence)
    })?;
    Ok(quality.0)
}

/// Ends a stream: gives the bytes to send as its last (`ApplyControlToken` with SCHANNEL_SHUTDOWN, and
/// the call after it).
#[pyfunction]
pub(crate) fn shut_down_stream<'py>(
    py: Python<'py>,
    context: &SecurityContext,
) -> Result<Bound<'py, PyBytes>> {
    let mut context = context.alone()?;
    let last = guarded(|| core::shut_down_stream(&mut context))?;
    Ok(PyBytes::new(py, &last))
}
