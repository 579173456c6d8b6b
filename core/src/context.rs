//! What is known about an established context and what can be asked of it.

mod attributes;
mod authorization;
mod facts;

pub use attributes::{
    AccessToken, Attribute, AttributeValue, ConnectionInfo, KeyInfo, NegotiationState, Sizes,
    StreamSizes,
};
pub use authorization::EarlyUserAuthResult;
pub use facts::{BindingsChecked, DroppedPackage, Facts, Negotiation, Side};
