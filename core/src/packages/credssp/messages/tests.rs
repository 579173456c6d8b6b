//! The messages byte for byte, and everything that is not one.

use super::*;
use crate::credentials::{Delegated, Secret, SmartCard, UserName};

/// A request of version 6 with a token, as [MS-CSSP] 2.2.1 and X.690 have it, by hand.
const WITH_TOKEN: &[u8] = &[
    0x30, 0x13, // TSRequest
    0xA0, 0x03, 0x02, 0x01, 0x06, // version
    0xA1, 0x0C, 0x30, 0x0A, 0x30, 0x08, // negoTokens
    0xA0, 0x06, 0x04, 0x04, b'N', b'T', b'L', b'M',
];

fn full() -> TsRequest<'static> {
    TsRequest {
        version: 6,
        nego_token: Some(b"token"),
        auth_info: Some(b"info"),
        pub_key_auth: Some(b"proof"),
        error_code: Some(0xC000_006D),
        client_nonce: Some(&[0x5A; NONCE_LENGTH]),
    }
}

fn assert_refused(bytes: &[u8]) {
    assert_eq!(TsRequest::read(bytes).unwrap_err().status(), Status::INVALID_TOKEN, "{bytes:x?}");
}

#[test]
fn a_request_is_read_and_written_as_specified() {
    let request = TsRequest { version: 6, nego_token: Some(b"NTLM"), ..TsRequest::default() };
    assert_eq!(request.write().unwrap(), WITH_TOKEN);
    assert_eq!(TsRequest::read(WITH_TOKEN).unwrap(), request);
    let whole = full().write().unwrap();
    assert_eq!(TsRequest::read(&whole).unwrap(), full());
}

#[test]
fn a_request_that_is_cut_longer_or_of_another_kind_is_refused() {
    let whole = full().write().unwrap();
    for length in 0..whole.len() {
        assert_refused(&whole[..length]);
    }
    assert_refused(&[&whole[..], &[0]].concat());
    assert_refused(b"NTLMSSP\0\x01\0\0\0");
    // The version is missing, twice, negative, too large for its field; fields are out of order.
    assert_refused(&[0x30, 0]);
    assert_refused(&[0x30, 10, 0xA0, 3, 2, 1, 6, 0xA0, 3, 2, 1, 6]);
    assert_refused(&[0x30, 5, 0xA0, 3, 2, 1, 0xFF]);
    assert_refused(&[0x30, 10, 0xA0, 8, 2, 6, 1, 0, 0, 0, 0, 0]);
    assert_refused(&[0x30, 11, 0xA2, 4, 4, 2, 1, 2, 0xA0, 3, 2, 1, 6]);
    // A field of a number that there is not.
    assert_refused(&[0x30, 10, 0xA0, 3, 2, 1, 6, 0xA9, 3, 2, 1, 6]);
    // BER that is not DER: a length in its long form, an indefinite one.
    assert_refused(&[0x30, 0x81, 5, 0xA0, 3, 2, 1, 6]);
    assert_refused(&[0x30, 0x80, 0xA0, 3, 2, 1, 6, 0, 0]);
}

#[test]
fn two_tokens_and_no_token_in_their_list_are_refused() {
    let none = [0x30, 9, 0xA0, 3, 2, 1, 6, 0xA1, 2, 0x30, 0];
    assert_refused(&none);
    let one = [0x30, 4, 0xA0, 2, 4, 0];
    let two = [&[0x30, 21, 0xA0, 3, 2, 1, 6, 0xA1, 14, 0x30, 12][..], &one, &one].concat();
    assert_refused(&two);
}

#[test]
fn a_nonce_has_32_bytes() {
    for length in [0, 1, 31, 33, 64] {
        let mut request = vec![0x30, 9 + length, 0xA0, 3, 2, 1, 6, 0xA5, 2 + length, 4, length];
        request.extend(vec![7; usize::from(length)]);
        assert_refused(&request);
    }
}

#[test]
fn an_error_code_is_read_in_both_of_its_forms() {
    let negative = [0x30, 13, 0xA0, 3, 2, 1, 6, 0xA4, 6, 2, 4, 0xC0, 0, 0, 0x6D];
    let positive = [0x30, 14, 0xA0, 3, 2, 1, 6, 0xA4, 7, 2, 5, 0, 0xC0, 0, 0, 0x6D];
    for form in [&negative[..], &positive] {
        assert_eq!(TsRequest::read(form).unwrap().error_code, Some(0xC000_006D));
    }
    let small = [0x30, 10, 0xA0, 3, 2, 1, 6, 0xA4, 3, 2, 1, 5];
    assert_eq!(TsRequest::read(&small).unwrap().error_code, Some(5));
    let minus_one = [0x30, 10, 0xA0, 3, 2, 1, 6, 0xA4, 3, 2, 1, 0xFF];
    assert_eq!(TsRequest::read(&minus_one).unwrap().error_code, Some(0xFFFF_FFFF));
    // Wider than an NTSTATUS, and not the shortest form.
    assert_refused(&[0x30, 14, 0xA0, 3, 2, 1, 6, 0xA4, 7, 2, 5, 1, 0xC0, 0, 0, 0x6D]);
    assert_refused(&[0x30, 11, 0xA0, 3, 2, 1, 6, 0xA4, 4, 2, 2, 0, 5]);
    for code in [0, 5, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF] {
        let request = TsRequest { version: 6, error_code: Some(code), ..TsRequest::default() };
        assert_eq!(TsRequest::read(&request.write().unwrap()).unwrap(), request);
    }
}

#[test]
fn the_length_is_known_from_the_beginning_or_refused_at_once() {
    let whole = full().write().unwrap();
    assert_eq!(TsRequest::length(&whole).unwrap(), Some(whole.len()));
    assert_eq!(TsRequest::length(&[]).unwrap(), None);
    for length in 1..whole.len() {
        let said = TsRequest::length(&whole[..length]).unwrap();
        assert!(said.is_none_or(|said| said == whole.len()), "{length}");
    }
    let bytes = vec![0; 60_000];
    let long = TsRequest { version: 6, auth_info: Some(&bytes), ..TsRequest::default() };
    let long = long.write().unwrap();
    assert_eq!(TsRequest::length(&long[..4]).unwrap(), Some(long.len()));
    for lie in [
        &[0x04][..],
        &[0x16, 3, 3, 0, 5],
        &[0x30, 0x82, 0xFF, 0xFF, 0],
        &[0x30, 0x83, 1, 0, 0],
        &[0x30, 0x84, 0xFF, 0xFF, 0xFF],
        &[0x30, 0x80, 0, 0, 0],
    ] {
        let error = TsRequest::length(lie).unwrap_err();
        assert_eq!(error.status(), Status::INVALID_TOKEN, "{lie:x?}");
    }
    let bytes = vec![0; 65_536];
    let too_long = TsRequest { version: 6, auth_info: Some(&bytes), ..TsRequest::default() };
    assert!(too_long.write().is_err());
}

fn card() -> SmartCard {
    SmartCard {
        pin: Secret::from("1234-π"),
        key_spec: 1,
        card: Some("card".to_owned()),
        reader: Some("reader".to_owned()),
        container: Some("le-\u{1F512}".to_owned()),
        provider: Some("Microsoft Base Smart Card Crypto Provider".to_owned()),
        user_hint: None,
        domain_hint: Some("CORP".to_owned()),
    }
}

fn password(user: &str, domain: Option<&str>, password: &str) -> Delegated {
    Delegated::Password { name: UserName::new(user, domain), password: Secret::from(password) }
}

#[test]
fn credentials_come_back_as_they_were() {
    for delegated in [
        Delegated::Nothing,
        password("alice", Some("CORP"), "Passw0rd!"),
        password("alice@corp.example", None, ""),
        password("Жук", Some("ÉX"), "密码-\u{1F511}"),
        Delegated::SmartCard(card()),
    ] {
        let written = write_credentials(&delegated).unwrap();
        assert_eq!(read_credentials(&written).unwrap(), delegated);
        for length in 0..written.len() {
            let error = read_credentials(&written[..length]).unwrap_err();
            assert_eq!(error.status(), Status::INVALID_TOKEN);
        }
        let longer = [&written[..], &[0]].concat();
        assert!(read_credentials(&longer).is_err());
    }
}

#[test]
fn a_password_is_written_as_specified() {
    let written = write_credentials(&password("u", Some("D"), "p")).unwrap();
    let expected: &[u8] = &[
        0x30, 0x1D, // TSCredentials
        0xA0, 3, 2, 1, 1, // credType
        0xA1, 0x16, 4, 0x14, // credentials: TSPasswordCreds
        0x30, 0x12, 0xA0, 4, 4, 2, b'D', 0, 0xA1, 4, 4, 2, b'u', 0, 0xA2, 4, 4, 2, b'p', 0,
    ];
    assert_eq!(*written, expected);
}

#[test]
fn credentials_of_another_kind_or_form_are_refused() {
    // TSRemoteGuardCreds and a kind that there is not.
    for kind in [0, 3, 6, 0x7F] {
        let bytes = [0x30, 9, 0xA0, 3, 2, 1, kind, 0xA1, 2, 4, 0];
        let error = read_credentials(&bytes).unwrap_err();
        assert_eq!(error.status(), Status::UNSUPPORTED_FUNCTION);
    }
    // Half a character in a name, and in the password.
    for field in 0..3 {
        let mut fields = [&[b'a', 0][..]; 3];
        fields[field] = b"a";
        let mut inner = Vec::new();
        for (number, field) in fields.iter().enumerate() {
            let length = field.len() as u8;
            inner.extend([0xA0 + number as u8, length + 2, 4, length]);
            inner.extend_from_slice(field);
        }
        let length = inner.len() as u8;
        let mut bytes = vec![
            0x30,
            length + 11,
            0xA0,
            3,
            2,
            1,
            1,
            0xA1,
            length + 4,
            4,
            length + 2,
            0x30,
            length,
        ];
        bytes.extend(inner);
        assert_eq!(read_credentials(&bytes).unwrap_err().status(), Status::INVALID_TOKEN);
    }
    let long = "x".repeat(LARGEST_CREDENTIALS);
    let error = write_credentials(&password("alice", None, &long)).unwrap_err();
    assert_eq!(error.status(), Status::INVALID_PARAMETER);
    let error = read_credentials(&vec![0x30; LARGEST_CREDENTIALS + 1]).unwrap_err();
    assert_eq!(error.status(), Status::INVALID_TOKEN);
}

#[test]
fn an_error_repeats_nothing_of_what_was_read() {
    let mut written = write_credentials(&password("alice", None, "Passw0rd!")).unwrap().to_vec();
    written.push(0);
    let error = read_credentials(&written).unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("alice") && !shown.contains("Passw0rd"), "{shown}");
}
