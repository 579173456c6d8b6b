//! The messages of MIT Kerberos' own tests, read and written again, and what is refused.

use super::*;
use crate::kerberos::vectors::{hex, read as vectors};
use crate::kerberos::{NameType, Principal};
use crate::time::Time;
use der::Decode;
use der::asn1::OctetStringRef;

/// What every sample of MIT's tests is made of (krb5/krb5 `src/tests/asn.1/ktest.c`, `utility.h`).
const REALM: Text<'_> = Text("ATHENA.MIT.EDU");
const FLAGS: Flags = Flags(0xFEDC_BA98);
const NONCE: Number = Number(42);
const MICROSECONDS: Microseconds = Microseconds(123_456);
const ADDRESS: &[u8] = &[18, 208, 0, 35];

/// 1994-06-10T06:03:17Z
fn time() -> KerberosTime {
    KerberosTime(Time::from_unix_seconds(771_228_197))
}

fn name() -> PrincipalName<'static> {
    PrincipalName { name_type: 1, parts: vec![Text("hftsai"), Text("extra")] }
}

fn octets(bytes: &[u8]) -> &OctetStringRef {
    OctetStringRef::new(bytes).unwrap()
}

fn key() -> EncryptionKey<'static> {
    EncryptionKey { encryption_type: 1, bytes: octets(b"12345678") }
}

fn encrypted() -> EncryptedData<'static> {
    EncryptedData {
        encryption_type: 0,
        key_version: Some(Number(5)),
        cipher: octets(b"krbASN.1 test message"),
    }
}

fn typed() -> Vec<Typed<'static>> {
    vec![Typed { number: 1, bytes: octets(b"foobar") }; 2]
}

fn addresses() -> Vec<Typed<'static>> {
    vec![Typed { number: 2, bytes: octets(ADDRESS) }; 2]
}

fn pa_data() -> Vec<PaData<'static>> {
    vec![PaData { kind: 13, value: octets(b"pa-data") }; 2]
}

/// A vector's bytes.
fn vector(message: &str, variant: &str) -> Vec<u8> {
    let all = vectors("messages.json");
    let mut found = all.iter().filter(|one| one["message"] == message && one["variant"] == variant);
    hex(&found.next().expect(message)["bytes"])
}

/// Reads the vector and writes it again.
fn again<'a, Message>(bytes: &'a [u8]) -> Message
where
    Message: Decode<'a, Error = der::Error> + der::Encode,
{
    let message: Message = read(bytes, "sample").unwrap();
    assert_eq!(write(&message).unwrap(), bytes);
    message
}

#[test]
fn a_ticket_says_what_mit_put_in_it() {
    let bytes = vector("ticket", "");
    let expected = Application(TicketFields {
        version: 5,
        realm: REALM,
        server: name(),
        encrypted: encrypted(),
    });
    assert_eq!(again::<Ticket<'_>>(&bytes), expected);

    let bytes = vector("enc_tkt_part", "");
    let expected = TicketPart {
        flags: FLAGS,
        key: key(),
        client_realm: REALM,
        client: name(),
        transited: TransitedEncoding {
            kind: 1,
            contents: octets(b"EDU,MIT.,ATHENA.,WASHINGTON.EDU,CS."),
        },
        authenticated: time(),
        starts: Some(time()),
        ends: time(),
        renewable_until: Some(time()),
        addresses: Some(addresses()),
        authorization_data: Some(typed()),
    };
    assert_eq!(again::<EncryptedTicketPart<'_>>(&bytes).0, expected);

    let bytes = vector("enc_tkt_part", "optionals NULL");
    let shorter = TicketPart {
        starts: None,
        renewable_until: None,
        addresses: None,
        authorization_data: None,
        ..expected
    };
    assert_eq!(again::<EncryptedTicketPart<'_>>(&bytes).0, shorter);
}

#[test]
fn the_messages_of_authentication_say_what_mit_put_in_them() {
    let (ticket, bytes) = (vector("ticket", ""), vector("ap_req", ""));
    let request = again::<ApRequest<'_>>(&bytes).0;
    assert_eq!((request.version, request.kind), (VERSION, kind::AP_REQUEST));
    assert_eq!((request.options, request.authenticator), (FLAGS, encrypted()));
    assert_eq!(der::Encode::to_der(&request.ticket).unwrap(), ticket);

    let bytes = vector("authenticator", "");
    let expected = AuthenticatorFields {
        version: 5,
        client_realm: REALM,
        client: name(),
        checksum: Some(Checksum { kind: 1, bytes: octets(b"1234") }),
        microseconds: MICROSECONDS,
        time: time(),
        subkey: Some(key()),
        sequence: Some(Number(17)),
        authorization_data: Some(typed()),
    };
    assert_eq!(again::<Authenticator<'_>>(&bytes).0, expected);
    for variant in ["optionals empty", "optionals NULL"] {
        let bytes = vector("authenticator", variant);
        let read = again::<Authenticator<'_>>(&bytes).0;
        let shorter = AuthenticatorFields {
            checksum: None,
            subkey: None,
            sequence: None,
            authorization_data: None,
            ..expected.clone()
        };
        assert_eq!(read, shorter, "{variant}");
    }

    let bytes = vector("ap_rep", "");
    let expected = ApReplyFields { version: 5, kind: kind::AP_REPLY, encrypted: encrypted() };
    assert_eq!(again::<ApReply<'_>>(&bytes).0, expected);
    let bytes = vector("ap_rep_enc_part", "");
    let expected = ApReplyPart {
        time: time(),
        microseconds: MICROSECONDS,
        subkey: Some(key()),
        sequence: Some(Number(17)),
    };
    assert_eq!(again::<EncryptedApReplyPart<'_>>(&bytes).0, expected);
    let bytes = vector("ap_rep_enc_part", "optionals NULL");
    let shorter = ApReplyPart { subkey: None, sequence: None, ..expected };
    assert_eq!(again::<EncryptedApReplyPart<'_>>(&bytes).0, shorter);
}

#[test]
fn requests_to_a_kdc_say_what_mit_put_in_them() {
    let ticket = vector("ticket", "");
    let ticket = der::asn1::AnyRef::from_der(&ticket).unwrap();
    let body = vector("kdc_req_body", "");
    let expected = KdcRequestBody {
        options: Flags(0xFEDC_BA90),
        client: Some(name()),
        realm: REALM,
        server: Some(name()),
        starts: Some(time()),
        ends: time(),
        renewable_until: Some(time()),
        nonce: NONCE,
        encryption_types: vec![0, 1],
        addresses: Some(addresses()),
        authorization_data: Some(encrypted()),
        additional_tickets: Some(vec![ticket; 2]),
    };
    assert_eq!(again::<KdcRequestBody<'_>>(&body), expected);
    for variant in ["optionals NULL except second_ticket", "optionals NULL except server"] {
        let bytes = vector("kdc_req_body", variant);
        let read = again::<KdcRequestBody<'_>>(&bytes);
        assert_eq!((read.client, read.starts, read.ends), (None, None, time()), "{variant}");
        assert_eq!(read.server.is_some(), variant.ends_with("server"));
        assert_eq!(read.additional_tickets.is_some(), variant.ends_with("ticket"));
    }
    let check = |request: KdcRequestFields<'_>, number| {
        assert_eq!((request.version, request.kind), (VERSION, number));
        assert_eq!(request.pa_data, Some(pa_data()));
        assert_eq!(der::Encode::to_der(&request.body).unwrap(), body);
    };
    check(again::<AsRequest<'_>>(&vector("as_req", "")).0, kind::AS_REQUEST);
    check(again::<TgsRequest<'_>>(&vector("tgs_req", "")).0, kind::TGS_REQUEST);

    let bytes = vector("pa_enc_ts", "");
    let expected = TimestampToEncrypt { time: time(), microseconds: Some(MICROSECONDS) };
    assert_eq!(again::<TimestampToEncrypt>(&bytes), expected);
    let bytes = vector("pa_enc_ts", "no usec");
    assert_eq!(again::<TimestampToEncrypt>(&bytes).microseconds, None);
}

#[test]
fn replies_of_a_kdc_say_what_mit_put_in_them() {
    let ticket = vector("ticket", "");
    let check = |reply: KdcReplyFields<'_>, number, pa_data| {
        let expected = KdcReplyFields {
            version: 5,
            kind: number,
            pa_data,
            client_realm: REALM,
            client: name(),
            ticket: der::asn1::AnyRef::from_der(&ticket).unwrap(),
            encrypted: encrypted(),
        };
        assert_eq!(reply, expected);
    };
    for (variant, pa_data) in [("", Some(pa_data())), ("optionals NULL", None)] {
        let reply = vector("as_rep", variant);
        check(again::<AsReply<'_>>(&reply).0, kind::AS_REPLY, pa_data.clone());
        let reply = vector("tgs_rep", variant);
        check(again::<TgsReply<'_>>(&reply).0, kind::TGS_REPLY, pa_data);
    }

    let bytes = vector("enc_kdc_rep_part", "");
    let expected = EncryptedReplyPart {
        key: key(),
        last_request: vec![LastRequest { kind: -5, time: time() }; 2],
        nonce: NONCE,
        key_expires: Some(time()),
        flags: FLAGS,
        authenticated: time(),
        starts: Some(time()),
        ends: time(),
        renewable_until: Some(time()),
        server_realm: REALM,
        server: name(),
        addresses: Some(addresses()),
        pa_data: None,
    };
    // Of a TGS-REP: [APPLICATION 26].
    assert_eq!(again::<EncryptedTgsReplyPart<'_>>(&bytes).0, expected);
    assert!(read::<EncryptedAsReplyPart<'_>>(&bytes, "EncASRepPart").is_err());

    let bytes = vector("etype_info2", "");
    let entries = again::<Vec<EtypeInfo2Entry<'_>>>(&bytes);
    let expected = EtypeInfo2Entry {
        encryption_type: 0,
        salt: Some(Text("Morton's #0")),
        parameters: Some(octets(b"s2k: 0")),
    };
    assert_eq!(entries[0], expected);
    assert_eq!((entries.len(), entries[1].salt), (3, None));
}

#[test]
fn an_error_says_what_mit_put_in_it() {
    let bytes = vector("error", "");
    let expected = ErrorFields {
        version: 5,
        kind: kind::ERROR,
        client_time: Some(time()),
        client_microseconds: Some(MICROSECONDS),
        time: time(),
        microseconds: MICROSECONDS,
        code: 60,
        client_realm: Some(REALM),
        client: Some(name()),
        realm: REALM,
        server: name(),
        text: Some(Note(b"krb5data")),
        data: Some(octets(b"krb5data")),
    };
    assert_eq!(again::<ErrorMessage<'_>>(&bytes).0, expected);
    let bytes = vector("error", "optionals NULL");
    let shorter = ErrorFields {
        client_time: None,
        client_realm: None,
        client: None,
        text: None,
        data: None,
        ..expected
    };
    assert_eq!(again::<ErrorMessage<'_>>(&bytes).0, shorter);
}

#[test]
fn a_credential_message_says_what_mit_put_in_it() {
    let bytes = vector("cred", "");
    let message = again::<CredentialMessage<'_>>(&bytes).0;
    assert_eq!((message.version, message.kind), (VERSION, kind::CREDENTIAL));
    assert_eq!((message.tickets.len(), message.encrypted), (2, encrypted()));

    let bytes = vector("enc_cred_part", "");
    let part = again::<EncryptedCredentialPart<'_>>(&bytes).0;
    let expected = CredentialInfo {
        key: key(),
        client_realm: Some(REALM),
        client: Some(name()),
        flags: Some(FLAGS),
        authenticated: Some(time()),
        starts: Some(time()),
        ends: Some(time()),
        renewable_until: Some(time()),
        server_realm: Some(REALM),
        server: Some(name()),
        addresses: Some(addresses()),
    };
    assert_eq!(part.tickets, [expected.clone(), expected.clone()]);
    assert_eq!(
        (part.nonce, part.time, part.microseconds),
        (Some(NONCE), Some(time()), Some(MICROSECONDS))
    );
    assert_eq!(part.sender, Some(addresses()[0]));
    assert_eq!(part.recipient, Some(addresses()[0]));
    let bytes = vector("enc_cred_part", "optionals NULL");
    let part = again::<EncryptedCredentialPart<'_>>(&bytes).0;
    assert_eq!((part.tickets[0].client.as_ref(), &part.tickets[1]), (None, &expected));
}

#[test]
fn key_versions_are_read_with_either_sign() {
    let version = |variant| {
        let bytes = vector("enc_data", variant);
        read::<EncryptedData<'_>>(&bytes, "EncryptedData").unwrap().key_version
    };
    assert_eq!(version(""), Some(Number(5)));
    assert_eq!(version("MSB-set kvno"), Some(Number(0xFF00_0000)));
    assert_eq!(version("kvno=-1"), Some(Number(u32::MAX)));
}

#[test]
fn every_sample_that_is_cut_or_goes_on_is_refused() {
    for message in ["ticket", "ap_req", "as_rep", "error", "cred"] {
        let bytes = vector(message, "");
        let is_read = |bytes: &[u8]| match message {
            "ticket" => read::<Ticket<'_>>(bytes, message).is_ok(),
            "ap_req" => read::<ApRequest<'_>>(bytes, message).is_ok(),
            "as_rep" => read::<AsReply<'_>>(bytes, message).is_ok(),
            "error" => read::<ErrorMessage<'_>>(bytes, message).is_ok(),
            _ => read::<CredentialMessage<'_>>(bytes, message).is_ok(),
        };
        assert!(is_read(&bytes));
        assert!((0..bytes.len()).all(|end| !is_read(&bytes[..end])), "{message}");
        assert!(!is_read(&[&bytes[..], &[0]].concat()), "{message}");
        assert!(!is_read(&vec![0x6E; LARGEST_MESSAGE + 1]));
        // Another message's number.
        assert!(!is_read(&[&[bytes[0] ^ 1], &bytes[1..]].concat()), "{message}");
    }
}

#[test]
fn times_are_whole_seconds_of_greenwich() {
    let read = |text: &[u8]| {
        let bytes = [&[0x18, u8::try_from(text.len()).unwrap()], text].concat();
        KerberosTime::from_der(&bytes)
    };
    for (text, shown, is_written_so) in [
        ("19700101000000Z", "1970-01-01T00:00:00Z", true),
        ("20370913024805Z", "2037-09-13T02:48:05Z", true),
        ("99991231235959Z", "9999-12-31T23:59:59Z", true),
        ("20000229120000Z", "2000-02-29T12:00:00Z", true),
        ("16010101000001Z", "1601-01-01T00:00:01Z", false),
        ("19691231235959Z", "1969-12-31T23:59:59Z", false),
        ("00010101000000Z", "1601-01-01T00:00:00Z", false),
    ] {
        let time = read(text.as_bytes()).unwrap();
        assert_eq!(time.0.to_string(), shown);
        let written = der::Encode::to_der(&time).unwrap();
        // What was before 1970 stands for no time when it is written.
        let expected = if is_written_so { text } else { "19700101000000Z" };
        assert_eq!(&written[2..], expected.as_bytes());
    }
    for wrong in [
        "19700101000000",
        "19700101000000z",
        "19700101000000+",
        "197001010000Z",
        "19700101000000.5Z",
        "19700101000000Z0",
        "20010229000000Z",
        "20011301000000Z",
        "20010100000000Z",
        "20010101240000Z",
        "20010101006000Z",
        "20010101000060Z",
        "2001010100000 Z",
        "+0010101000000Z",
        "",
    ] {
        assert!(read(wrong.as_bytes()).is_err(), "{wrong}");
    }
    let given = |seconds| KerberosTime(Time::from_unix_seconds(seconds)).given();
    assert_eq!((given(0), given(1)), (None, Some(Time::from_unix_seconds(1))));
    let forever = der::Encode::to_der(&KerberosTime(Time::FOREVER)).unwrap();
    assert_eq!(&forever[2..], b"99991231235959Z");
}

#[test]
fn flags_are_read_from_any_number_of_bits() {
    for (bits, flags) in [
        (&[0x03, 0x01, 0x00][..], 0),
        (&[0x03, 0x02, 0x05, 0x40], 0x4000_0000),
        (&[0x03, 0x02, 0x06, 0xFF], 0xC000_0000),
        (&[0x03, 0x05, 0x00, 0xFE, 0xDC, 0xBA, 0x98], 0xFEDC_BA98),
        (&[0x03, 0x06, 0x07, 1, 2, 3, 4, 0x80], 0x0102_0304),
        (&[0x03, 0x0A, 0x00, 1, 2, 3, 4, 5, 6, 7, 8, 9], 0x0102_0304),
    ] {
        assert_eq!(Flags::from_der(bits), Ok(Flags(flags)), "{bits:?}");
    }
    for wrong in
        [&[0x03, 0x00][..], &[0x03, 0x01, 0x01], &[0x03, 0x02, 0x08, 0], &[0x03, 0x05, 0, 1]]
    {
        assert!(Flags::from_der(wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn numbers_have_32_bits_with_a_sign_or_without() {
    for (bytes, number) in [
        (&[0x02, 0x01, 0x00][..], 0),
        (&[0x02, 0x01, 0xFF], u32::MAX),
        (&[0x02, 0x05, 0x00, 0xFF, 0xFF, 0xFF, 0xFF], u32::MAX),
        (&[0x02, 0x04, 0x80, 0, 0, 0], 0x8000_0000),
    ] {
        assert_eq!(Number::from_der(bytes), Ok(Number(number)), "{bytes:?}");
    }
    for wrong in [
        &[0x02, 0x00][..],
        &[0x02, 0x05, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF],
        &[0x02, 0x05, 0x01, 0, 0, 0, 0],
        &[0x02, 0x09, 0, 1, 2, 3, 4, 5, 6, 7, 8],
    ] {
        assert!(Number::from_der(wrong).is_err(), "{wrong:?}");
    }
    assert_eq!(Microseconds::from_der(&[0x02, 0x03, 0x0F, 0x42, 0x3F]), Ok(Microseconds(999_999)));
    assert!(Microseconds::from_der(&[0x02, 0x03, 0x0F, 0x42, 0x40]).is_err());
    assert!(Microseconds::from_der(&[0x02, 0x01, 0xFF]).is_err());
}

#[test]
fn names_may_be_empty_and_are_utf_8() {
    let none = PrincipalName { name_type: 0, parts: vec![] };
    let bytes = write(&none).unwrap();
    let principal = read::<PrincipalName<'_>>(&bytes, "name").unwrap().in_realm(REALM);
    assert_eq!(principal, Principal::new(NameType::UNKNOWN, [""; 0], REALM.0));
    assert_eq!(PrincipalName::of(&principal), none);
    assert!(Text::from_der(&[0x1B, 0x02, 0xC3, 0xA4]).is_ok());
    assert!(Text::from_der(&[0x1B, 0x01, 0xE4]).is_err());
    assert!(Text::from_der(&[0x0C, 0x01, 0x61]).is_err());
}

#[test]
fn what_a_peer_says_in_words_is_one_short_line() {
    let long = [b'x'; 1000];
    for (note, shown) in [
        (&b"client\nnot \xE4found\0"[..], "client\\nnot \u{FFFD}found".to_owned()),
        (b"\x1B[2J\xE2\x80\xAE", "\\u{1b}[2J\\u{202e}".to_owned()),
        (&long, "x".repeat(200)),
    ] {
        assert_eq!(Note(note).to_string(), shown);
    }
}

#[test]
fn numbers_may_have_zeros_in_front() {
    let microseconds = |bytes: &[u8]| Microseconds::from_der(bytes).ok().map(|read| read.0);
    assert_eq!(microseconds(&[2, 4, 0, 0x0C, 0x35, 0]), Some(800_000));
    assert_eq!(microseconds(&[2, 1, 5]), Some(5));
    for refused in [
        &[2, 0][..],
        &[2, 1, 0xFF],
        &[2, 4, 0, 0x0F, 0x42, 0x40],
        &[2, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    ] {
        assert_eq!(microseconds(refused), None, "{refused:?}");
    }
    let number = |bytes: &[u8]| Number::from_der(bytes).ok().map(|read| read.0);
    assert_eq!(number(&[2, 4, 0, 0, 0, 7]), Some(7));
    assert_eq!(number(&[2, 4, 0xFF, 0xFF, 0xFF, 0xFF]), Some(u32::MAX));
    assert_eq!(number(&[2, 5, 0, 0xFF, 0xFF, 0xFF, 0xFF]), Some(u32::MAX));
    assert_eq!(number(&[2, 5, 1, 0, 0, 0, 0]), None);
}
