//! The published vectors of `tests/vectors/kerberos`.

use serde_json::Value;

pub(crate) fn read(name: &str) -> Vec<Value> {
    let text = match name {
        "checksum.json" => include_str!("../../../tests/vectors/kerberos/checksum.json"),
        "ciphertext_stealing.json" => {
            include_str!("../../../tests/vectors/kerberos/ciphertext_stealing.json")
        }
        "derivation.json" => include_str!("../../../tests/vectors/kerberos/derivation.json"),
        "encryption.json" => include_str!("../../../tests/vectors/kerberos/encryption.json"),
        "n_fold.json" => include_str!("../../../tests/vectors/kerberos/n_fold.json"),
        "pseudo_random.json" => include_str!("../../../tests/vectors/kerberos/pseudo_random.json"),
        "string_to_key.json" => include_str!("../../../tests/vectors/kerberos/string_to_key.json"),
        "messages.json" => include_str!("../../../tests/vectors/kerberos/messages.json"),
        "pac.json" => include_str!("../../../tests/vectors/kerberos/pac.json"),
        other => panic!("no vectors {other}"),
    };
    serde_json::from_str(text).unwrap()
}

pub(crate) fn hex(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap();
    let digits = (0..text.len()).step_by(2);
    digits.map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}
