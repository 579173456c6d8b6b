//! The interface call by call, under its own names and with its own status codes, for people who
//! port code or read the Windows documentation.
//!
//! | Windows | here |
//! |---|---|
//! | `EnumerateSecurityPackages`, `QuerySecurityPackageInfo` | [`enumerate_security_packages`], [`query_security_package_info`] |
//! | `AcquireCredentialsHandle`, `QueryCredentialsAttributes`, `FreeCredentialsHandle` | [`acquire_credentials_handle`], [`query_credentials_attributes`], [`free_credentials_handle`] |
//! | `InitializeSecurityContext`, `AcceptSecurityContext` | [`initialize_security_context`], [`accept_security_context`] |
//! | `CompleteAuthToken`, `DeleteSecurityContext` | [`complete_auth_token`], [`delete_security_context`] |
//! | `QueryContextAttributes`, `SetContextAttributes` | [`query_context_attributes`], [`set_context_attributes`] |
//! | `MakeSignature`, `VerifySignature` | [`make_signature`], [`verify_signature`] |
//! | `EncryptMessage`, `DecryptMessage` | [`encrypt_message`], [`decrypt_message`] |
//! | `ApplyControlToken` with `SCHANNEL_SHUTDOWN` | [`shut_down_stream`] |
//! | `QuerySecurityContextToken` | [`query_security_context_token`] |
//! | `SecBuffer`, `SECBUFFER_*` | [`Buffer`], [`BufferKind`] |
//! | `ISC_REQ_*`, `ISC_RET_*`, `ASC_REQ_*`, `ASC_RET_*` | [`IscReq`], [`IscRet`], [`AscReq`], [`AscRet`] |
//!
//! A null handle is [`SecurityContext::new`]. Statuses of the `SEC_I_` family come in
//! [`Outcome::status`], those of the `SEC_E_` family as an [`Error`](crate::Error).
//!
//! ```
//! use anysspi::raw::{self, AscReq, Buffer, BufferKind, CredentialsRequest, IscReq, SecurityContext};
//! use anysspi::accounts::{Account, MemoryAccounts};
//! use anysspi::{Identity, Registry, Status, Usage};
//!
//! let registry = Registry::global();
//! let client = CredentialsRequest::new("NTLM", Usage::OUTBOUND)
//!     .with_identity(Identity::password(r"CORP\alice", "secret"));
//! let (client, _) = raw::acquire_credentials_handle(registry, client)?;
//! let accounts = MemoryAccounts::new([Account::with_password(r"CORP\alice", "secret")]);
//! let server = CredentialsRequest::new("NTLM", Usage::INBOUND)
//!     .with_identity(Identity::accounts(accounts));
//! let (server, _) = raw::acquire_credentials_handle(registry, server)?;
//!
//! let (mut initiator, mut acceptor) = (SecurityContext::new(), SecurityContext::new());
//! let mut to_client = Vec::new();
//! loop {
//!     let mut output = [Buffer::empty(BufferKind::TOKEN)];
//!     let flags = IscReq::CONFIDENTIALITY | IscReq::ALLOCATE_MEMORY;
//!     let input = &mut [Buffer::token(&to_client)];
//!     let outcome = raw::initialize_security_context(
//!         Some(&client), &mut initiator, None, flags, input, &mut output)?;
//!     let [token] = output;
//!     let to_server = token.into_bytes();
//!     if !to_server.is_empty() {
//!         let mut output = [Buffer::empty(BufferKind::TOKEN)];
//!         let input = &mut [Buffer::token(&to_server)];
//!         raw::accept_security_context(
//!             Some(&server), &mut acceptor, AscReq::ALLOCATE_MEMORY, input, &mut output)?;
//!         let [token] = output;
//!         to_client = token.into_bytes();
//!     }
//!     if outcome.status == Status::OK {
//!         break;
//!     }
//! }
//! let token = raw::query_security_context_token(&acceptor)?;
//! assert_eq!(token.user.to_string(), r"CORP\alice");
//! # Ok::<(), anysspi::Error>(())
//! ```

mod attributes;
mod context;
mod credentials;
mod messages;

pub use crate::buffer::{Buffer, BufferAttributes, BufferKind};
pub use crate::context::{
    AccessToken, Attribute, AttributeValue, ConnectionInfo, KeyInfo, NegotiationState, Sizes,
    StreamSizes,
};
pub use crate::flags::{AscReq, AscRet, IscReq, IscRet};
pub use crate::package::{MessageOptions, Quality};
pub use attributes::{
    query_context_attributes, query_security_context_token, set_context_attributes,
};
pub use context::{
    Outcome, SecurityContext, accept_security_context, complete_auth_token,
    delete_security_context, initialize_security_context,
};
pub use credentials::{
    CredentialsHandle, CredentialsRequest, acquire_credentials_handle, enumerate_security_packages,
    free_credentials_handle, query_credentials_attributes, query_security_package_info,
};
pub use messages::{
    decrypt_message, encrypt_message, make_signature, shut_down_stream, verify_signature,
};

pub(crate) use attributes::attribute_of;
pub(crate) use context::{Call, Standing};
