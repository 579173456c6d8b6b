//! What is in a token, never a secret.

use anysspi::inspect::Value;
use napi_derive::napi;

/// A field of a token.
#[napi(object, object_from_js = false)]
pub struct Field {
    pub name: String,
    pub value: String,
    pub hidden: bool,
    pub offset: u32,
    pub length: u32,
    pub fields: Vec<Field>,
}

/// What is in a token.
#[napi(object, object_from_js = false)]
pub struct Inspection {
    pub protocol: String,
    pub message: String,
    pub length: u32,
    pub fields: Vec<Field>,
    pub flat: Vec<Vec<String>>,
    pub problems: Vec<String>,
    pub text: String,
}

fn field_of(field: &anysspi::inspect::Field) -> Field {
    Field {
        name: field.name.to_string(),
        value: field.value.to_string(),
        hidden: matches!(field.value, Value::Hidden { .. }),
        offset: u32::try_from(field.offset).unwrap_or(u32::MAX),
        length: u32::try_from(field.length).unwrap_or(u32::MAX),
        fields: field.fields.iter().map(field_of).collect(),
    }
}

#[napi]
pub fn inspect(token: &[u8]) -> Inspection {
    let inspection = anysspi::inspect::inspect(token);
    Inspection {
        protocol: inspection.protocol.to_owned(),
        message: inspection.message.to_string(),
        length: u32::try_from(inspection.length).unwrap_or(u32::MAX),
        fields: inspection.fields.iter().map(field_of).collect(),
        flat: inspection.flatten().into_iter().map(|(name, value)| vec![name, value]).collect(),
        problems: inspection.problems.clone(),
        text: inspection.to_string(),
    }
}
