//! What the bindings for other languages share, and nobody else needs.

use crate::accounts::{Account, AccountState};
use crate::context::{Attribute, AttributeValue};
use crate::credentials::{ChannelBindingPolicy, UserName};
use crate::error::{Error, Result};
use crate::handshake::{Context, Step};
use crate::package::PackageInfo;
use crate::status::Status;
use crate::time::Time;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Calls the library. A panic is a defect of ours, becomes INTERNAL_ERROR and goes no further.
pub fn guarded<T>(call: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|_| {
        Err(Error::new(
            Status::INTERNAL_ERROR,
            "the library failed in a way that is a defect of its own: please report it",
        ))
    })
}

/// The token to send; none at the end.
pub fn token_of(step: Step) -> Result<Option<Vec<u8>>> {
    match step {
        Step::SendToken(token) => Ok(Some(token)),
        Step::Done => Ok(None),
        Step::AskKdc(_) => Err(Error::new(
            Status::NO_AUTHENTICATING_AUTHORITY,
            "the package asks for a KDC, and this version has nobody to carry the question",
        )),
    }
}

/// What a language says about an account.
pub struct AccountParts<'a> {
    /// In one of the forms that name a user.
    pub name: &'a str,
    /// The password, or
    pub password: Option<&'a str>,
    /// the NT hash.
    pub nt_hash: Option<&'a [u8]>,
    /// Whether it may log on, in a word.
    pub state: Option<&'a str>,
    /// When it ends.
    pub expiry: Option<Time>,
}

impl AccountParts<'_> {
    /// The account.
    pub fn account(self) -> Result<Account> {
        let Self { name, password, nt_hash, state, expiry } = self;
        let account = match (password, nt_hash) {
            (Some(password), None) => Account::with_password(name, password),
            (None, Some(hash)) => Account::with_nt_hash(name, nt_hash_of(hash)?),
            _ => return Err(wrong(format!("the account {name} needs a password or an NT hash"))),
        };
        let account = match state {
            None => account,
            Some(word) => account.in_state(AccountState::from_name(word).ok_or_else(|| {
                let names: Vec<&str> = AccountState::ALL.iter().map(|state| state.name()).collect();
                wrong(format!("the state must be one of {}, not {word:?}", names.join(", ")))
            })?),
        };
        Ok(match expiry {
            None => account,
            Some(time) => account.until(time),
        })
    }
}

/// The 16 bytes of an NT hash.
pub fn nt_hash_of(hash: &[u8]) -> Result<[u8; 16]> {
    hash.try_into()
        .map_err(|_| wrong(format!("the NT hash must have 16 bytes, not {}", hash.len())))
}

/// A user's name, in a domain that is given beside it or in one of the forms that name it.
pub fn name_of(user: &str, domain: Option<&str>) -> UserName {
    match domain {
        Some(_) => UserName::new(user, domain),
        None => UserName::parse(user),
    }
}

/// The policy with this name.
pub fn policy_of(name: &str) -> Result<ChannelBindingPolicy> {
    ChannelBindingPolicy::from_name(name)
        .ok_or_else(|| wrong(format!("there is no binding policy {name:?}")))
}

fn wrong(text: String) -> Error {
    Error::new(Status::INVALID_PARAMETER, text)
}

/// The package that was negotiated; the package itself where nothing was.
pub fn negotiated_package(context: &Context) -> Result<PackageInfo> {
    Ok(match context.query(Attribute::NEGOTIATION_INFO)? {
        AttributeValue::NegotiationInfo { package, .. } => package,
        _ => context.package().clone(),
    })
}

/// How many bytes [`unwrap_into`] wants for a message that came in so many: its own number, where every
/// signature has the same size and nothing is padded.
pub fn room_to_unwrap(context: &Context, length: usize) -> usize {
    let sizes = context.sizes();
    let is_plain = sizes.max_signature == sizes.security_trailer && sizes.block_size == 1;
    length.checked_sub(sizes.security_trailer).filter(|_| is_plain).unwrap_or(length)
}

/// [`Context::wrap`] into memory of the caller's language, which has room for the largest signature and
/// the message; gives how many bytes of it are used.
pub fn wrap_into(context: &mut Context, message: &[u8], space: &mut [u8]) -> Result<usize> {
    let (_, data) =
        space.split_at_mut_checked(context.sizes().security_trailer).ok_or_else(wrong_room)?;
    if data.len() != message.len() {
        return Err(wrong_room());
    }
    data.copy_from_slice(message);
    wrap_in_room(context, space)
}

/// Wraps the message that stands in `space` behind the room for the largest signature; gives how many
/// bytes of it are used.
pub fn wrap_in_room(context: &mut Context, space: &mut [u8]) -> Result<usize> {
    let trailer = context.sizes().security_trailer;
    let (signature, data) = space.split_at_mut_checked(trailer).ok_or_else(wrong_room)?;
    let length = data.len();
    let used = context.wrap_in_place(data, signature)?;
    // A signature shorter than the largest leaves a gap.
    if used < trailer {
        space.copy_within(trailer.., used);
    }
    Ok(used.saturating_add(length))
}

/// [`Context::unwrap`] into memory of the caller's language, with the room that [`room_to_unwrap`] says;
/// gives how many bytes of it are the message.
pub fn unwrap_into(context: &mut Context, wrapped: &[u8], space: &mut [u8]) -> Result<usize> {
    if space.len() == wrapped.len() {
        space.copy_from_slice(wrapped);
        let length = context.unwrap_in_place(space)?.len();
        // The message stands at the end, behind its signature.
        let start = space.len().saturating_sub(length);
        space.copy_within(start.., 0);
        return Ok(length);
    }
    let trailer = context.sizes().security_trailer;
    let (signature, data) = wrapped.split_at_checked(trailer).ok_or_else(wrong_room)?;
    if data.len() != space.len() {
        return Err(wrong_room());
    }
    space.copy_from_slice(data);
    context.open_in_place(space, signature)?;
    Ok(space.len())
}

fn wrong_room() -> Error {
    Error::new(Status::INTERNAL_ERROR, "a binding lends memory of the wrong size")
}
