//! What is known about an established context and what can be asked of it.

mod attributes;
mod authorization;
mod facts;
mod peer;

pub use attributes::{
    AccessToken, Attribute, AttributeValue, ConnectionInfo, KeyInfo, NegotiationState, Sizes,
    StreamSizes,
};
pub use authorization::EarlyUserAuthResult;
pub use facts::{BindingsChecked, DroppedPackage, Facts, Negotiation, Side};
pub use peer::{Group, Peer};
