//! The handshake: an iterator over the tokens to send, written on the raw layer.

mod accept;
mod context;
mod credential;
mod initiate;
mod requirements;
mod settings;
mod step;

pub use accept::{AcceptBuilder, accept};
pub use context::Context;
pub use credential::CredentialSource;
pub use initiate::{InitiateBuilder, initiate};
pub use step::{Handshake, Step};
