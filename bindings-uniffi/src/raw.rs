//! The interface call by call, over lists of typed buffers. Buffers are copied in, and what a call wrote
//! is copied out: also where it fails, since a buffer that is too small says what is needed.

mod buffers;

use crate::attributes::{AccessFacts, AttributeAnswer};
use crate::credentials::NativeCredential;
use crate::error::{Answer, Fault, alone, answer};
use crate::kdc::{Carrier, ForeignCarrier};
use crate::package::when;
use anysspi::KdcAccess;
use anysspi::binding::{pac_policy_of, policy_of};
use anysspi::raw::{
    self as core, AscReq, AscRet, Attribute, AttributeValue, Buffer, CredentialsHandle, IscReq,
    IscRet, Outcome, Quality, SecurityContext,
};
use buffers::{BufferAfter, Memory, RawBuffer};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::SystemTime;

/// A context: null at first, then a handshake, then established.
#[derive(uniffi::Object)]
pub struct NativeSecurityContext(Mutex<SecurityContext>);

/// What a call with buffers answers.
#[derive(uniffi::Record)]
pub struct RawAnswer {
    /// Why it failed, if it did.
    pub fault: Option<Fault>,
    /// SEC_E_OK or a status of the SEC_I_ family.
    pub status: u32,
    /// What the context has, in the numbering of its side.
    pub flags: u64,
    /// When it ends; none for never.
    pub expiry: Option<SystemTime>,
    /// The quality of the protection.
    pub quality: u32,
    /// What became of the buffers, in the order of the lists.
    pub buffers: Vec<BufferAfter>,
}

impl RawAnswer {
    fn of(result: anysspi::Result<Said>, buffers: Vec<BufferAfter>) -> Self {
        let (said, fault) = match result {
            Ok(said) => (said, None),
            Err(error) => (Said::default(), Some(Fault::from(&error))),
        };
        let Said { status, flags, expiry, quality } = said;
        Self { fault, status, flags, expiry, quality, buffers }
    }
}

/// What a call says besides the buffers.
#[derive(Default)]
struct Said {
    status: u32,
    flags: u64,
    expiry: Option<SystemTime>,
    quality: u32,
}

impl Said {
    fn leg<Flags>(outcome: Outcome<Flags>, bits: impl FnOnce(Flags) -> u64) -> Self {
        let (status, expiry) = (outcome.status.0, when(outcome.expiry));
        Self { status, flags: bits(outcome.flags), expiry, quality: 0 }
    }
}

/// Which call on a message.
#[derive(Clone, Copy, uniffi::Enum)]
pub enum MessageCall {
    /// `MakeSignature`
    Sign,
    /// `VerifySignature`
    Verify,
    /// `EncryptMessage`
    Encrypt,
    /// `DecryptMessage`
    Decrypt,
}

impl NativeSecurityContext {
    fn alone(&self) -> anysspi::Result<MutexGuard<'_, SecurityContext>> {
        alone(&self.0, "context")
    }

    /// A leg on either side.
    fn leg<Flags>(
        &self,
        credential: Option<Arc<NativeCredential>>,
        input: Vec<RawBuffer>,
        output: Vec<RawBuffer>,
        bits: impl FnOnce(Flags) -> u64,
        call: impl FnOnce(
            Option<&CredentialsHandle>,
            &mut SecurityContext,
            &mut [Buffer<'_>],
            &mut [Buffer<'_>],
        ) -> anysspi::Result<Outcome<Flags>>,
    ) -> Answer<RawAnswer> {
        answer(|| {
            let credentials = credential.map(|credential| credential.handle()).transpose()?;
            let mut context = self.alone()?;
            let mut memory = Memory::of(input, false)?;
            let inputs = memory.len();
            memory.add(output, true)?;
            let (result, buffers) = memory.lend(|buffers| {
                let (input, output) = buffers.split_at_mut(inputs);
                let outcome = call(credentials.as_ref(), &mut context, input, output)?;
                Ok(Said::leg(outcome, bits))
            });
            Ok(RawAnswer::of(result, buffers))
        })
    }
}

#[uniffi::export]
impl NativeSecurityContext {
    /// A null context, with somebody to carry its questions to KDCs, if anybody.
    #[uniffi::constructor]
    pub fn null(
        binding_policy: Option<String>,
        accepted_targets: Vec<String>,
        pac_policy: Option<String>,
        carrier: Option<Arc<dyn Carrier>>,
    ) -> Answer<Arc<Self>> {
        answer(|| {
            let mut context = SecurityContext::new().with_accepted_targets(accepted_targets);
            if let Some(carrier) = carrier {
                context = context.with_kdc_access(KdcAccess::through(ForeignCarrier(carrier)));
            }
            if let Some(policy) = binding_policy {
                context = context.with_binding_policy(policy_of(&policy)?);
            }
            if let Some(policy) = pac_policy {
                context = context.with_pac_policy(pac_policy_of(&policy)?);
            }
            Ok(Arc::new(Self(Mutex::new(context))))
        })
    }

    /// Whether it is established.
    pub fn is_established(&self) -> Answer<bool> {
        answer(|| Ok(self.alone()?.is_established()))
    }

    /// `InitializeSecurityContext`
    pub fn initialize_leg(
        &self,
        credential: Option<Arc<NativeCredential>>,
        target: Option<String>,
        flags: u64,
        input: Vec<RawBuffer>,
        output: Vec<RawBuffer>,
    ) -> Answer<RawAnswer> {
        let (flags, bits) = (IscReq::from_bits_retain(flags), |flags: IscRet| flags.bits());
        self.leg(credential, input, output, bits, |credentials, context, input, output| {
            let target = target.as_deref();
            core::initialize_security_context(credentials, context, target, flags, input, output)
        })
    }

    /// `AcceptSecurityContext`
    pub fn accept_leg(
        &self,
        credential: Option<Arc<NativeCredential>>,
        flags: u64,
        input: Vec<RawBuffer>,
        output: Vec<RawBuffer>,
    ) -> Answer<RawAnswer> {
        let (flags, bits) = (AscReq::from_bits_retain(flags), |flags: AscRet| flags.bits());
        self.leg(credential, input, output, bits, |credentials, context, input, output| {
            core::accept_security_context(credentials, context, flags, input, output)
        })
    }

    /// `CompleteAuthToken`
    pub fn complete(&self, token: Vec<RawBuffer>) -> Answer<RawAnswer> {
        answer(|| {
            let mut context = self.alone()?;
            let (result, buffers) = Memory::of(token, true)?.lend(|buffers| {
                core::complete_auth_token(&mut context, buffers).map(|()| Said::default())
            });
            Ok(RawAnswer::of(result, buffers))
        })
    }

    /// `MakeSignature`, `VerifySignature`, `EncryptMessage` or `DecryptMessage`
    pub fn protect(
        &self,
        call: MessageCall,
        quality: u32,
        sequence: u32,
        buffers: Vec<RawBuffer>,
    ) -> Answer<RawAnswer> {
        answer(|| {
            let mut context = self.alone()?;
            let (context, given) = (&mut *context, Quality(quality));
            let (result, buffers) = Memory::of(buffers, true)?.lend(|buffers| {
                let quality = match call {
                    MessageCall::Sign => {
                        core::make_signature(context, given, buffers, sequence).map(|()| given)
                    }
                    MessageCall::Verify => core::verify_signature(context, buffers, sequence),
                    MessageCall::Encrypt => {
                        core::encrypt_message(context, given, buffers, sequence).map(|()| given)
                    }
                    MessageCall::Decrypt => core::decrypt_message(context, buffers, sequence),
                };
                Ok(Said { quality: quality?.0, ..Said::default() })
            });
            Ok(RawAnswer::of(result, buffers))
        })
    }

    /// `ApplyControlToken` with `SCHANNEL_SHUTDOWN`, and the call after it
    pub fn shut_down_stream(&self) -> Answer<Vec<u8>> {
        answer(|| core::shut_down_stream(&mut *self.alone()?))
    }

    /// `DeleteSecurityContext`
    pub fn delete_context(&self) -> Answer<()> {
        answer(|| core::delete_security_context(&mut *self.alone()?))
    }

    /// `QueryContextAttributes`
    pub fn query(&self, attribute: u32) -> Answer<AttributeAnswer> {
        answer(|| {
            let value = core::query_context_attributes(&*self.alone()?, Attribute(attribute))?;
            AttributeAnswer::try_from(value)
        })
    }

    /// `SetContextAttributes`, with a `SEC_CHANNEL_BINDINGS` structure
    pub fn set_attribute(&self, attribute: u32, bytes: &[u8]) -> Answer<()> {
        answer(|| {
            let value = AttributeValue::Bytes(bytes.to_vec());
            core::set_context_attributes(&mut *self.alone()?, Attribute(attribute), value)
        })
    }

    /// `QuerySecurityContextToken`
    pub fn access_token(&self) -> Answer<AccessFacts> {
        answer(|| Ok(core::query_security_context_token(&*self.alone()?)?.into()))
    }
}
