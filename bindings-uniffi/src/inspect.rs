//! What is in a token, never a secret.

use crate::error::{Answer, answer};
use crate::package::number;
use anysspi::inspect::Value;

/// A field of a token.
#[derive(Clone, Debug, uniffi::Record)]
pub struct TokenField {
    /// The name in the specification of the protocol.
    pub name: String,
    /// The value as it is displayed.
    pub value: String,
    /// Whether its bytes are not shown.
    pub is_hidden: bool,
    /// Where the value begins, as the token states it.
    pub offset: u32,
    /// How many bytes the value has, as the token states it.
    pub length: u32,
    /// The fields this one is made of.
    pub fields: Vec<TokenField>,
}

/// A dotted name and the value as it is displayed.
#[derive(Clone, Debug, uniffi::Record)]
pub struct FlatField {
    /// The dotted name.
    pub name: String,
    /// The value.
    pub value: String,
}

/// What is in a token.
#[derive(Clone, Debug, uniffi::Record)]
pub struct TokenFacts {
    /// The protocol's name, or `unknown`.
    pub protocol: String,
    /// The message's name in the specification of the protocol, or `unknown`.
    pub message_name: String,
    /// The number of bytes in the token.
    pub length: u32,
    /// The fields, in the order in which the message describes them.
    pub fields: Vec<TokenField>,
    /// The same in pairs.
    pub flat: Vec<FlatField>,
    /// What is wrong with the token, as sentences.
    pub problems: Vec<String>,
    /// A tree for people to read.
    pub text: String,
}

fn field_of(field: &anysspi::inspect::Field) -> TokenField {
    TokenField {
        name: field.name.to_string(),
        value: field.value.to_string(),
        is_hidden: matches!(field.value, Value::Hidden { .. }),
        offset: number(field.offset),
        length: number(field.length),
        fields: field.fields.iter().map(field_of).collect(),
    }
}

/// Looks into a token. Of a damaged one it tells what can be read and what is wrong.
#[uniffi::export]
pub fn inspect_token(token: &[u8]) -> Answer<TokenFacts> {
    answer(|| {
        let inspection = anysspi::inspect::inspect(token);
        let flat = inspection.flatten().into_iter();
        Ok(TokenFacts {
            protocol: inspection.protocol.to_owned(),
            message_name: inspection.message.to_string(),
            length: number(inspection.length),
            fields: inspection.fields.iter().map(field_of).collect(),
            flat: flat.map(|(name, value)| FlatField { name, value }).collect(),
            problems: inspection.problems.clone(),
            text: inspection.to_string(),
        })
    })
}
