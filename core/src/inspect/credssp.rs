//! CredSSP's TSRequest ([MS-CSSP] 2.2.1) as it is inside TLS.

use super::token::Token;
use super::value::{Field, Value};
use crate::packages::credssp::messages::TsRequest;
use std::borrow::Cow;

/// Whether this begins as a TSRequest does: a sequence whose first field is a number, `[0]`.
pub(super) fn recognise(token: &[u8]) -> bool {
    let [0x30, rest @ ..] = token else { return false };
    let length = match rest {
        [0..=0x7F, ..] => 1,
        [0x81, ..] => 2,
        [0x82, ..] => 3,
        _ => return false,
    };
    matches!(rest.get(length..), Some([0xA0, 3, 2, 1, ..]))
}

/// Reads a whole TSRequest. Of a damaged one nothing is shown: what a wrong length makes another
/// field of could be a secret.
pub(super) fn read(token: &mut Token<'_>) -> Cow<'static, str> {
    const NAME: &str = "TSRequest";
    let bytes = token.bytes;
    let request = match TsRequest::read(bytes) {
        Ok(request) => request,
        Err(refused) => {
            token.problem(format!("the message is refused: {refused}"));
            return NAME.into();
        }
    };
    let at = |part: &[u8]| part.as_ptr().addr().saturating_sub(bytes.as_ptr().addr());
    let mut fields = Vec::new();
    // The number stands behind the tags and the length that `recognise` has seen.
    let version = bytes.iter().position(|byte| *byte == 0xA0).map_or(0, |field| field + 4);
    let number = Value::Number(u64::from(request.version));
    fields.push(Field::new("version", number, version, 1));
    // Not a TSRequest within a TSRequest, and so on.
    if let Some(inner) = request.nego_token.filter(|inner| !recognise(inner)) {
        let inspection = super::inspect(inner);
        let name = format!("negoTokens ({} {})", inspection.protocol, inspection.message);
        for problem in inspection.problems {
            token.problem(format!("in negoTokens: {problem}"));
        }
        let parts = inspection.fields.into_iter().map(|field| moved(field, at(inner))).collect();
        fields.push(Field::new(name, Value::Parts, at(inner), inner.len()).with_parts(parts));
    }
    let hidden = [
        ("authInfo", request.auth_info, "the delegated credentials, encrypted"),
        ("pubKeyAuth", request.pub_key_auth, "the proof of the server's key, encrypted"),
    ];
    for (name, part, kind) in hidden {
        if let Some(part) = part {
            let value = Value::Hidden { length: part.len(), kind };
            fields.push(Field::new(name, value, at(part), part.len()));
        }
    }
    if let Some(code) = request.error_code {
        let value = Value::Text(format!("NTSTATUS 0x{code:08X}"));
        // Where exactly it stands is not worth a second reader: at the end, before the nonce.
        fields.push(Field::new("errorCode", value, bytes.len(), 0));
    }
    if let Some(nonce) = request.client_nonce {
        let value = Value::Bytes(nonce.to_vec());
        fields.push(Field::new("clientNonce", value, at(nonce), nonce.len()));
    }
    token.fields = fields;
    NAME.into()
}

/// A field of a token inside, by where it stands in the outer one.
fn moved(mut field: Field, by: usize) -> Field {
    field.offset = field.offset.saturating_add(by);
    field.fields = field.fields.into_iter().map(|part| moved(part, by)).collect();
    field
}
