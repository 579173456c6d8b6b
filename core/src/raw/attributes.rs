//! Queries, call by call.

use super::{SecurityContext, Standing};
use crate::context::{AccessToken, Attribute, AttributeValue, Facts, Side};
use crate::credentials::ChannelBindings;
use crate::error::{Error, Result};
use crate::package::unsupported_attribute;
use crate::status::Status;

/// Answers a question about an established context (`QueryContextAttributes`). What its package
/// cannot answer is UNSUPPORTED_FUNCTION. Before the context stands only ISSUER_LIST_EX has an answer,
/// after INCOMPLETE_CREDENTIALS.
pub fn query_context_attributes(
    context: &SecurityContext,
    attribute: Attribute,
) -> Result<AttributeValue> {
    context.attribute(attribute)
}

pub(crate) fn attribute_of(standing: &Standing, attribute: Attribute) -> Result<AttributeValue> {
    match of_facts(standing.facts(), attribute) {
        Some(value) => Ok(value),
        None => standing.context().attribute(attribute),
    }
}

/// What every package answers the same way, from what the handshake learnt.
fn of_facts(facts: &Facts, attribute: Attribute) -> Option<AttributeValue> {
    let value = match attribute {
        Attribute::SIZES => AttributeValue::Sizes(facts.sizes),
        Attribute::NAMES => AttributeValue::Names(facts.client.to_string()),
        Attribute::NATIVE_NAMES => AttributeValue::NativeNames {
            client: facts.client.to_string(),
            server: facts.server.as_deref().unwrap_or_default().to_owned(),
        },
        Attribute::LIFESPAN => {
            AttributeValue::Lifespan { start: facts.start, expiry: facts.expiry }
        }
        Attribute::PACKAGE_INFO => AttributeValue::PackageInfo(facts.package.clone()),
        Attribute::SESSION_KEY => AttributeValue::SessionKey(facts.session_key.clone()),
        Attribute::FLAGS => AttributeValue::Flags(facts.flags),
        Attribute::TARGET_INFORMATION if !facts.target_information.is_empty() => {
            AttributeValue::Bytes(facts.target_information.clone())
        }
        Attribute::CLIENT_SPECIFIED_TARGET | Attribute::TARGET => {
            AttributeValue::Name(facts.target.as_deref()?.to_owned())
        }
        Attribute::UNIQUE_BINDINGS | Attribute::ENDPOINT_BINDINGS => {
            let bindings = facts.bindings.as_ref()?;
            // RFC 5929 3, RFC 9266.
            let is_unique = [&b"tls-unique:"[..], b"tls-exporter:"]
                .iter()
                .any(|prefix| bindings.application_data().starts_with(prefix));
            if is_unique != (attribute == Attribute::UNIQUE_BINDINGS) {
                return None;
            }
            AttributeValue::Bytes(bindings.to_structure())
        }
        Attribute::ACCESS_TOKEN if facts.side == Side::Acceptor => {
            AttributeValue::AccessToken(AccessToken::of(facts))
        }
        _ => return None,
    };
    Some(value)
}

/// Sets an attribute of a context (`SetContextAttributes`): UNIQUE_BINDINGS or ENDPOINT_BINDINGS,
/// as a `SEC_CHANNEL_BINDINGS` structure, before the context is established. Anything else is
/// UNSUPPORTED_FUNCTION.
pub fn set_context_attributes(
    context: &mut SecurityContext,
    attribute: Attribute,
    value: AttributeValue,
) -> Result<()> {
    match (attribute, value) {
        (
            Attribute::UNIQUE_BINDINGS | Attribute::ENDPOINT_BINDINGS,
            AttributeValue::Bytes(bytes),
        ) => context.set_bindings(ChannelBindings::from_structure(&bytes)?),
        (attribute, _) => Err(Error::new(
            Status::UNSUPPORTED_FUNCTION,
            format!("{} cannot be set", attribute.symbol()),
        )),
    }
}

/// Who the client of an acceptor's context is (`QuerySecurityContextToken`).
pub fn query_security_context_token(context: &SecurityContext) -> Result<AccessToken> {
    let facts = context.standing()?.facts();
    match facts.side {
        Side::Acceptor => Ok(AccessToken::of(facts)),
        Side::Initiator => Err(unsupported_attribute(facts, Attribute::ACCESS_TOKEN)),
    }
}
