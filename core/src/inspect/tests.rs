//! The messages of the vectors, whole and damaged.

use super::*;
use std::collections::HashSet;

/// Every message of the vectors, by the name of its file.
fn messages() -> Vec<(&'static str, Vector)> {
    [
        ("davenport", include_str!("../../../tests/vectors/ntlm/davenport.json")),
        (
            "channel_bindings",
            include_str!("../../../tests/vectors/ntlm/exchange_channel_bindings.json"),
        ),
        ("chromium", include_str!("../../../tests/vectors/ntlm/exchange_chromium.json")),
        ("key_exchange", include_str!("../../../tests/vectors/ntlm/exchange_key_exchange.json")),
        ("winpr", include_str!("../../../tests/vectors/ntlm/exchange_winpr.json")),
        ("v1", include_str!("../../../tests/vectors/ntlm/ntlm_v1.json")),
        (
            "v1_client_challenge",
            include_str!("../../../tests/vectors/ntlm/ntlm_v1_client_challenge.json"),
        ),
        ("v2", include_str!("../../../tests/vectors/ntlm/ntlm_v2.json")),
    ]
    .into_iter()
    .map(|(name, text)| (name, Vector(serde_json::from_str(text).unwrap())))
    .collect()
}

struct Vector(serde_json::Value);

impl Vector {
    fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        let digits = self.0.get(name)?.as_str()?;
        let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
        Some((0..digits.len()).step_by(2).map(byte).collect())
    }

    fn messages(&self) -> Vec<Vec<u8>> {
        ["negotiate_message", "challenge_message", "authenticate_message"]
            .into_iter()
            .filter_map(|name| self.bytes(name))
            .collect()
    }

    /// The parts of the AUTHENTICATE_MESSAGE that must not be seen. Zeros are no secret.
    fn secrets(&self) -> Vec<Vec<u8>> {
        let responses = [
            "nt_proof_str",
            "nt_challenge_response",
            "lm_challenge_response",
            "ntlm_response",
            "lm_response",
            "encrypted_random_session_key",
            "mic",
        ];
        responses
            .into_iter()
            .filter_map(|name| self.bytes(name))
            .map(|secret| {
                // Behind the proof of NTLMv2 and LMv2 stand what the client tells in public.
                let public =
                    matches!(secret.len(), 44.. | 24) && self.bytes("nt_proof_str").is_some();
                if public { secret[..16].to_vec() } else { secret }
            })
            .filter(|secret| secret.iter().any(|byte| *byte != 0))
            .collect()
    }
}

fn field<'a>(fields: &'a [Field], dotted: &str) -> &'a Field {
    let (name, rest) = dotted.split_once('.').unwrap_or((dotted, ""));
    let found = fields.iter().find(|field| field.name == name);
    let found = found.expect(name);
    if rest.is_empty() { found } else { field(&found.fields, rest) }
}

#[test]
fn no_message_of_the_vectors_has_a_problem() {
    for (name, vector) in messages() {
        for message in vector.messages() {
            let inspection = inspect(&message);
            assert_eq!(inspection.problems, [""; 0], "{name}: {inspection}");
            // All bytes belong to a field: nothing was overlooked.
            let named = |at: &usize| {
                let is_at =
                    |field: &Field| (field.offset..field.offset + field.length).contains(at);
                inspection.fields.iter().any(is_at)
            };
            let header = [60, 48, 32][usize::from(message[8]).abs_diff(3)];
            let missed: Vec<usize> = (header..message.len()).filter(|at| !named(at)).collect();
            assert!(missed.is_empty() || name == "chromium", "{name}: {missed:?}");
        }
    }
}

#[test]
fn no_secret_is_in_any_text() {
    for (name, vector) in messages() {
        let secrets = vector.secrets();
        let Some(message) = vector.bytes("authenticate_message") else {
            continue;
        };
        assert!(secrets.len() >= 2 || name == "winpr", "{name}");
        let inspection = inspect(&message);
        let text = format!("{inspection}\n{inspection:?}\n{inspection:#?}");
        let flat = text.replace([' ', '\n'], "").to_lowercase();
        for secret in secrets {
            let hex = Value::Bytes(secret.clone()).to_string();
            let decimal = format!("{secret:?}").replace(['[', ']', ' '], "");
            assert!(!flat.contains(&hex), "{name}: {hex}");
            assert!(!flat.contains(&decimal), "{name}: {decimal}");
        }
    }
}

/// The bytes that can be had back from what is shown.
fn shown_bytes(fields: &[Field], out: &mut Vec<Vec<u8>>) {
    for field in fields {
        match &field.value {
            Value::Text(text) => {
                out.push(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
                out.push(text.as_bytes().to_vec());
            }
            Value::Bytes(bytes) => out.push(bytes.clone()),
            Value::Time(time) => out.push(time.filetime().to_le_bytes().to_vec()),
            Value::Number(number) => out.push(number.to_le_bytes().to_vec()),
            _ => {}
        }
        shown_bytes(&field.fields, out);
    }
}

/// Every eight bytes of the secrets that do not stand elsewhere by chance, as mostly zeros would.
fn windows(secrets: &[Vec<u8>]) -> HashSet<&[u8]> {
    let windows = secrets.iter().flat_map(|secret| secret.windows(8));
    windows.filter(|window| window.iter().filter(|byte| **byte != 0).count() > 3).collect()
}

/// A damaged token neither panics nor grows, and shows no eight bytes of a secret.
fn check_damaged(token: &[u8], windows: &HashSet<&[u8]>) {
    let inspection = inspect(token);
    assert_eq!(inspection.length, token.len());
    assert!(inspection.problems.len() <= 33 && inspection.flatten().len() < 256);
    let mut shown = Vec::new();
    shown_bytes(&inspection.fields, &mut shown);
    for bytes in shown {
        let leak = bytes.windows(8).find(|window| windows.contains(window));
        assert_eq!(leak, None, "{inspection}");
    }
}

#[test]
fn damage_neither_panics_nor_lets_a_secret_out() {
    for (_, vector) in messages() {
        let secrets = vector.secrets();
        let windows = windows(&secrets);
        for message in vector.messages() {
            for length in 0..message.len() {
                check_damaged(&message[..length], &windows);
            }
            for at in 0..message.len() {
                let mut damaged = message.clone();
                for mask in [1, 2, 4, 8, 16, 32, 64, 128, 255] {
                    damaged[at] = message[at] ^ mask;
                    check_damaged(&damaged, &windows);
                }
                let _ = format!("{} {:?}", inspect(&damaged), inspect(&damaged));
            }
        }
    }
}

#[test]
fn two_wrong_offsets_at_once_let_no_secret_out_of_a_whole_message() {
    let vectors = messages();
    let (_, vector) = vectors.iter().find(|(name, _)| *name == "key_exchange").unwrap();
    let secrets = vector.secrets();
    let windows = windows(&secrets);
    let message = vector.bytes("authenticate_message").unwrap();
    // Domain and user name may stand anywhere and have any of a few lengths.
    for offset in 0..message.len() {
        for length in [8, 16, 24, 200] {
            let mut damaged = message.clone();
            for at in [28, 36] {
                damaged[at..at + 2].copy_from_slice(&u16::to_le_bytes(length));
                let offset = u32::try_from(offset).unwrap();
                damaged[at + 4..at + 8].copy_from_slice(&offset.to_le_bytes());
            }
            check_damaged(&damaged, &windows);
        }
    }
}

#[test]
fn an_authenticate_message_under_another_type_is_not_shown() {
    let vectors = messages();
    for (_, vector) in vectors {
        let mut message = vector.bytes("authenticate_message").unwrap();
        for other in [1, 2, 7] {
            message[8] = other;
            let inspection = inspect(&message);
            assert_eq!(inspection.fields.len(), 2, "{inspection}");
            assert_eq!(inspection.problems.len(), 1, "{inspection}");
        }
    }
}

#[test]
fn a_response_whose_reserved_bytes_are_in_use_may_be_a_moved_proof() {
    let vectors = messages();
    let (_, vector) = vectors.iter().find(|(name, _)| *name == "winpr").unwrap();
    let response = 0x9A;
    for reserved in (18..24).chain(40..44) {
        let mut message = vector.bytes("authenticate_message").unwrap();
        message[response + reserved] = 1;
        let inspection = inspect(&message);
        let field = field(&inspection.fields, "NtChallengeResponse");
        assert_eq!(field.value.to_string(), "264 bytes, NTLMv2 response");
        assert!(field.fields.is_empty());
        assert_eq!(
            inspection.problems,
            ["reserved bytes of the NTLMv2 response are in use: it is not shown"]
        );
    }
}

#[test]
fn tokens_of_any_size_have_bounded_output() {
    let mut token = b"NTLMSSP\0\x02\0\0\0".to_vec();
    token.resize(LARGEST_TOKEN, 0);
    // A name and a list of pairs that both are the whole token, with every flag.
    for at in [12, 40] {
        token[at..at + 2].copy_from_slice(&[0xFF; 2]);
    }
    token[20..24].copy_from_slice(&[0xFF; 4]);
    for filling in [0x00, 0x01, 0x1B, 0xD8, 0xFF] {
        token[60..].fill(filling);
        let inspection = inspect(&token);
        let text = inspection.to_string();
        assert!(text.len() < 512 * 1024, "{filling} {}", text.len());
        assert!(!inspection.problems.is_empty());
    }
    // Empty pairs of an unknown kind: as many as fit.
    token[44..48].copy_from_slice(&[64, 0, 0, 0]);
    token[64..].chunks_mut(4).for_each(|pair| pair.copy_from_slice(&[99, 0, 0, 0]));
    let inspection = inspect(&token);
    assert_eq!(field(&inspection.fields, "TargetInfo").fields.len(), 64);
    assert_eq!(inspection.problems.len(), 33);
    token.push(0);
    let inspection = inspect(&token);
    assert_eq!(inspection.fields.len(), 2);
    assert_eq!(inspection.problems, ["the token is larger than 64 KiB: only its header is shown"]);
}

#[test]
fn fields_say_where_they_stand() {
    let vectors = messages();
    let (_, vector) = vectors.iter().find(|(name, _)| *name == "winpr").unwrap();
    let message = vector.bytes("authenticate_message").unwrap();
    let inspection = inspect(&message);
    let place = |name| {
        let field = field(&inspection.fields, name);
        &message[field.offset..field.offset + field.length]
    };
    assert_eq!(place("UserName"), b"U\0s\0e\0r\0n\0a\0m\0e\0");
    assert_eq!(place("MIC"), vector.bytes("mic").unwrap());
    assert_eq!(place("NtChallengeResponse.NTLMv2_CLIENT_CHALLENGE"), vector.bytes("temp").unwrap());
    assert_eq!(
        place("NtChallengeResponse.NTLMv2_CLIENT_CHALLENGE.AvPairs.MsvAvTimestamp"),
        vector.bytes("time").unwrap()
    );
}

#[test]
fn the_tree_is_for_people() {
    let vectors = messages();
    let (_, vector) = vectors.iter().find(|(name, _)| *name == "v2").unwrap();
    let mut message = vector.bytes("authenticate_message").unwrap();
    // The user name stands far away, and the workstation's begins with half a character.
    message[42] = 1;
    message[93] = 0xD8;
    let text = inspect(&message).to_string();
    let wanted = "\
NTLM AUTHENTICATE_MESSAGE, 232 bytes
  0x0000..0x0008    Signature                  NTLMSSP
  0x0008..0x000c    MessageType                3
  0x006c..0x0084    LmChallengeResponse        24 bytes, LMv2 response
  0x0084..0x00d8    NtChallengeResponse        84 bytes, NTLMv2 response
  0x0084..0x0094      Response                 16 bytes, NTProofStr
  0x0094..0x00d8      NTLMv2_CLIENT_CHALLENGE
  0x0094..0x0095        RespType               1
  0x0095..0x0096        HiRespType             1
  0x009c..0x00a4        TimeStamp              1601-01-01T00:00:00Z
  0x00a4..0x00ac        ChallengeFromClient    aaaaaaaaaaaaaaaa
  0x00b0..0x00d8        AvPairs
  0x00b4..0x00c0          MsvAvNbDomainName    Domain
  0x00c4..0x00d0          MsvAvNbComputerName  Server
  0x00d0..0x00d0          MsvAvEOL             empty
  0x0048..0x0054    DomainName                 Domain
  0x10054..0x1005c  UserName                   missing
  0x005c..0x006c    Workstation                \u{FFFD}OMPUTER
  0x00d8..0x00e8    EncryptedRandomSessionKey  16 bytes, encrypted session key
  0x003c..0x0040    NegotiateFlags             NTLMSSP_NEGOTIATE_UNICODE, ";
    assert!(text.starts_with(wanted), "{text}");
    let wanted = "
  0x0040..0x0048    Version                    5.1.2600 revision 15
  ! UserName lies beyond the end of the token
  ! Workstation is not valid UTF-16";
    assert!(text.ends_with(wanted), "{text}");
}

/// Every token of SPNEGO's vectors.
fn spnego_tokens() -> Vec<(String, Vec<u8>)> {
    let text = include_str!("../../../tests/vectors/spnego/tokens.json");
    let values: serde_json::Value = serde_json::from_str(text).unwrap();
    let tokens = values["tokens"].as_array().unwrap().iter();
    let token = |token: &serde_json::Value| {
        let name = token["name"].as_str().unwrap().to_owned();
        (name, Vector(token.clone()).bytes("token").unwrap())
    };
    tokens.map(token).collect()
}

#[test]
fn damage_to_a_token_of_spnego_lets_no_secret_of_the_token_within_out() {
    for (name, token) in spnego_tokens() {
        // Kerberos' tokens are opaque; their first bytes are enough.
        let checked = token.len().min(600);
        let found = token.windows(12).position(|window| window == b"NTLMSSP\0\x03\0\0\0");
        let mut secrets = Vec::new();
        if let Some(at) = found {
            let message = &token[at..];
            let inspection = inspect(&token);
            for field in ["NtChallengeResponse", "EncryptedRandomSessionKey", "MIC"] {
                let inner = self::field(&inspection.fields, "responseToken");
                let found = self::field(&inner.fields, field);
                let length = found.length.min(16);
                secrets.push(token[found.offset..found.offset + length].to_vec());
            }
            assert!(message.len() > 64);
            let mic = inspection.fields.iter().find(|field| field.name == "mechListMIC");
            secrets.extend(mic.map(|mic| token[mic.offset..mic.offset + mic.length].to_vec()));
        }
        let windows = windows(&secrets);
        assert!(found.is_none() || !windows.is_empty(), "{name}");
        for length in 0..checked {
            check_damaged(&token[..length], &windows);
        }
        for at in 0..checked {
            let mut damaged = token.clone();
            for mask in [1, 2, 4, 8, 16, 32, 64, 128, 255] {
                damaged[at] = token[at] ^ mask;
                check_damaged(&damaged, &windows);
            }
        }
    }
}

#[test]
fn tokens_within_tokens_are_looked_into_once() {
    let wrap = |tag: u8, content: &[u8]| {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[tag, 0x82], &length[..], content].concat()
    };
    let mut token = b"NTLMSSP\0\x01\0\0\0\x01\0\0\0".to_vec();
    for _ in 0..1000 {
        token = wrap(0xA1, &wrap(0x30, &wrap(0xA2, &wrap(0x04, &token))));
    }
    let inspection = inspect(&token);
    assert_eq!(inspection.message, "NegTokenResp");
    assert_eq!(inspection.flatten().len(), 1, "{inspection}");
}

#[cfg(feature = "credssp")]
mod credssp {
    use super::*;
    use crate::packages::credssp::messages::TsRequest;
    use crate::{Identity, Step};

    fn request() -> Vec<u8> {
        let request = TsRequest {
            version: 6,
            nego_token: Some(b"NTLMSSP\0\x01\0\0\0\x07\x82\x08\xA2"),
            auth_info: Some(&[0xEE; 20]),
            pub_key_auth: Some(&[0xDD; 48]),
            error_code: Some(0xC000_006D),
            client_nonce: Some(&[0x5A; 32]),
        };
        request.write().unwrap()
    }

    #[test]
    fn a_request_is_shown_with_the_token_inside_and_without_what_is_encrypted() {
        let bytes = request();
        let inspection = inspect(&bytes);
        assert_eq!((inspection.protocol, &*inspection.message), ("CredSSP", "TSRequest"));
        assert!(inspection.problems.is_empty(), "{inspection}");
        let flat = inspection.flatten();
        let value = |name: &str| {
            let found = flat.iter().find(|(other, _)| other.ends_with(name));
            found.map_or_else(|| panic!("{name} in {flat:?}"), |(_, value)| value.as_str())
        };
        assert_eq!((value("version"), value("MessageType")), ("6", "1"));
        assert_eq!(value("errorCode"), "NTSTATUS 0xC000006D");
        let text = inspection.to_string();
        assert!(!text.to_lowercase().contains("eeee") && !text.to_lowercase().contains("dddd"));
        // What is said to stand somewhere stands there.
        for field in &inspection.fields {
            let there = &bytes[field.offset..field.offset + field.length];
            match &*field.name {
                "version" => assert_eq!(there, [6]),
                "authInfo" => assert_eq!(there, [0xEE; 20]),
                "clientNonce" => assert_eq!(there, [0x5A; 32]),
                _ => {}
            }
        }
        let signature = &inspection.fields[1].fields[0];
        assert_eq!(&bytes[signature.offset..][..8], b"NTLMSSP\0");
    }

    #[test]
    fn of_a_damaged_request_nothing_is_shown() {
        let bytes = request();
        for length in 8..bytes.len() {
            let inspection = inspect(&bytes[..length]);
            assert!(inspection.fields.is_empty() && !inspection.problems.is_empty());
        }
    }

    #[test]
    fn a_request_within_a_request_is_not_gone_into() {
        let mut bytes = request();
        for _ in 0..2000 {
            let outer = TsRequest { version: 6, nego_token: Some(&bytes), ..TsRequest::default() };
            bytes = outer.write().unwrap();
        }
        assert_eq!(inspect(&bytes).protocol, "CredSSP");
    }

    #[test]
    fn records_are_shown_with_the_name_that_the_client_asks_for() {
        let mut client = crate::initiate("CREDSSP")
            .target("TERMSRV/desk7.corp.example")
            .credential(Identity::password("alice", "secret"))
            .start()
            .unwrap();
        let Step::SendToken(mut hello) = client.next().unwrap() else { panic!("no token") };
        hello.extend([20, 3, 3, 0, 1, 1, 23, 3, 3, 0, 2, 0xAB, 0xCD]);
        let inspection = inspect(&hello);
        assert_eq!((inspection.protocol, &*inspection.message), ("TLS", "records"));
        assert!(inspection.problems.is_empty(), "{inspection}");
        let names: Vec<&str> = inspection.fields.iter().map(|field| &*field.name).collect();
        assert_eq!(names, ["handshake", "change_cipher_spec", "application_data"]);
        let name = ("handshake.ClientHello.server_name", "desk7.corp.example");
        assert!(inspection.flatten().iter().any(|(a, b)| (a.as_str(), b.as_str()) == name));
        for length in 5..hello.len() {
            let _ = inspect(&hello[..length]).to_string();
        }
    }
}

#[test]
fn messages_of_negoex_are_told_apart_and_their_contents_not_shown() {
    let message = |kind: u8, length: u8, content: &[u8]| {
        let header = [&b"NEGOEXTS"[..], &[kind, 0, 0, 0, 7, 0, 0, 0, 40, 0, 0, 0, length, 0, 0, 0]];
        [header.concat(), (0..16).collect(), content.to_vec()].concat()
    };
    let scheme = [
        0x5C, 0x33, 0x53, 0x0D, 0xEA, 0xF9, 0x0D, 0x4D, 0xB2, 0xEC, 0x4A, 0xE3, 0x78, 0x6E, 0xC3,
        0x08,
    ];
    let token =
        [message(0, 43, b"abc"), message(5, 62, &[&scheme[..], b"secret"].concat())].concat();
    let inspection = inspect(&token);
    assert_eq!((inspection.protocol, &*inspection.message), ("NEGOEX", "messages"));
    assert!(inspection.problems.is_empty(), "{inspection}");
    let flat = inspection.flatten();
    let found = |name: &str| flat.iter().find(|(found, _)| found == name).unwrap().1.clone();
    assert_eq!(found("INITIATOR_NEGO.content"), "3 bytes, not shown");
    assert_eq!(found("AP_REQUEST.SequenceNum"), "7");
    assert_eq!(found("AP_REQUEST.ConversationId"), "03020100-0504-0706-0809-0a0b0c0d0e0f");
    assert_eq!(found("AP_REQUEST.AuthScheme"), "0d53335c-f9ea-4d0d-b2ec-4ae3786ec308");
    assert_eq!(found("AP_REQUEST.content"), "6 bytes, not shown");
    assert!(!inspection.to_string().contains("secret"));
    for cut in 9..token.len() {
        let inspection = inspect(&token[..cut]);
        assert_eq!(inspection.problems.is_empty(), cut == 43, "{cut}: {inspection}");
    }
    let many = message(9, 40, &[]).repeat(100);
    let inspection = inspect(&many);
    assert_eq!((inspection.fields.len(), inspection.problems.len()), (16, 1));
    assert_eq!(inspect(&message(9, 0, &[])).problems.len(), 1);
}

/// The messages of Kerberos' vectors that are tokens, and others within SPNEGO and GSS-API.
fn kerberos_messages() -> Vec<(String, Vec<u8>)> {
    let text = include_str!("../../../tests/cases/inspect.json");
    let values: serde_json::Value = serde_json::from_str(text).unwrap();
    let cases = values["cases"].as_array().unwrap().iter();
    let cases = cases.map(|case| {
        let name = case["name"].as_str().unwrap().to_owned();
        (name, Vector(case.clone()).bytes("token").unwrap())
    });
    let cipher = |token: &[u8]| token.windows(CIPHER.len()).any(|window| window == CIPHER);
    cases.filter(|(_, token)| cipher(token)).collect()
}

/// What is encrypted in all of them.
const CIPHER: &[u8] = b"krbASN.1 test message";

#[test]
fn damage_to_a_message_of_kerberos_lets_nothing_out_that_is_encrypted() {
    let secrets = [CIPHER.to_vec()];
    let windows = windows(&secrets);
    let tokens = kerberos_messages();
    assert!(tokens.len() >= 7);
    for (_, token) in tokens {
        for length in 0..token.len() {
            check_damaged(&token[..length], &windows);
        }
        for at in 0..token.len() {
            let mut damaged = token.clone();
            // Other tags and other lengths, and what is encrypted as a text.
            for byte in [0x04, 0x1B, 0x30, 0x80, token[at] ^ 1, token[at] ^ 0x10] {
                damaged[at] = byte;
                check_damaged(&damaged, &windows);
            }
        }
    }
}

#[test]
fn a_message_of_kerberos_has_bounded_output() {
    let ticket = kerberos_messages().into_iter().find(|(name, _)| name.starts_with("KRB-CRED"));
    let (_, message) = ticket.unwrap();
    // A thousand tickets.
    let ticket = &message[0x18 - 2..0x74];
    let ticket = [&[0x61, 0x5C], &ticket[2..]].concat();
    let framed = |tag: u8, content: &[u8]| {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[tag, 0x82], &length[..], content].concat()
    };
    let list = framed(0xA2, &framed(0x30, &ticket.repeat(600)));
    let start = &message[6..0x10];
    let end = &message[0xD2..];
    let token = framed(0x76, &framed(0x30, &[start, &list, end].concat()));
    let inspection = inspect(&token);
    assert_eq!(inspection.problems, ["there are more in tickets than are shown"], "{inspection}");
    assert!(inspection.flatten().len() < 256);
}
