//! A KDC that says what no KDC of ours would.

use super::*;
use crate::error::ProtocolCode;
use crate::kdc::KdcReply;
use crate::packages::kerberos::messages::{
    Application, EncryptedTicketPart, EncryptionKey, ErrorMessage, LastRequest, Microseconds,
    TicketFields,
};
use crate::packages::kerberos::tickets::{
    Asked, Asking, TicketStore, Wanted, permitted_types, ticket_granting,
};
use crate::surroundings::Surroundings;
use crate::testing::FixedClock;

const REALM: &str = "EXAMPLE.TEST";
const NOW: Time = Time::from_unix_seconds(1_700_000_000);

fn client() -> Arc<Client> {
    Arc::new(Client {
        principal: "alice@EXAMPLE.TEST".parse().unwrap(),
        proof: Proof::Password(Secret::from("Passw0rd!")),
        store: TicketStore::default(),
        encryption_types: permitted_types(false),
        surroundings: Surroundings::system().with_clock(FixedClock::at(NOW)),
    })
}

fn krb_error(code: ErrorCode, data: &[u8]) -> Vec<u8> {
    let realm = ticket_granting(REALM, REALM);
    let message: ErrorMessage<'_> = Application(ErrorFields {
        version: VERSION,
        kind: kind::ERROR,
        client_time: None,
        client_microseconds: None,
        time: KerberosTime(NOW),
        microseconds: Microseconds(0),
        code: code.0,
        client_realm: None,
        client: None,
        realm: Text(REALM),
        server: PrincipalName::of(&realm),
        text: None,
        data: Some(messages::octets(data).unwrap()),
    });
    messages::write(&message).unwrap()
}

/// METHOD-DATA that asks for an encrypted timestamp with these keys.
fn methods(entries: &[EtypeInfo2Entry<'_>]) -> Vec<u8> {
    let info = messages::write(&entries.to_vec()).unwrap();
    messages::write(&vec![
        PaData { kind: pa_data::ETYPE_INFO2, value: messages::octets(&info).unwrap() },
        PaData { kind: pa_data::ENCRYPTED_TIMESTAMP, value: messages::octets(&[]).unwrap() },
    ])
    .unwrap()
}

fn start() -> (Box<Asking>, KdcRequest) {
    let wanted = Wanted::Service(Principal::service("HTTP/web").unwrap());
    let Asked::AskKdc { request, next } = Asking::start(&client(), wanted).unwrap() else {
        panic!("nobody was asked")
    };
    (next, request)
}

fn refused(bytes: Vec<u8>) -> Error {
    let (asking, _) = start();
    let Err(error) = asking.reply(KdcReply::Answer(bytes)) else { panic!("it was taken") };
    error
}

#[test]
fn keys_that_could_be_guessed_or_would_take_for_ever_are_not_made() {
    for (parameters, status) in [
        (&[0, 0, 0, 1][..], Status::DOWNGRADE_DETECTED),
        (&[0, 0, 0x0F, 0xFF], Status::DOWNGRADE_DETECTED),
        (&[0, 0, 0, 0], Status::DOWNGRADE_DETECTED),
        (&[0xFF; 4], Status::INVALID_PARAMETER),
        (&[1], Status::INVALID_PARAMETER),
    ] {
        let entry = EtypeInfo2Entry {
            encryption_type: 18,
            salt: None,
            parameters: Some(messages::octets(parameters).unwrap()),
        };
        let required = ErrorCode::PRE_AUTHENTICATION_REQUIRED;
        let error = refused(krb_error(required, &methods(&[entry])));
        assert_eq!(error.status(), status, "{parameters:?}: {error}");
    }
}

#[test]
fn a_key_that_is_not_allowed_is_not_used_and_nothing_is_asked_for_ever() {
    let required = ErrorCode::PRE_AUTHENTICATION_REQUIRED;
    let entry = |number| EtypeInfo2Entry { encryption_type: number, salt: None, parameters: None };
    let error = refused(krb_error(required, &methods(&[entry(23), entry(3)])));
    assert_eq!(error.status(), Status::KDC_UNKNOWN_ETYPE);
    // No encrypted timestamp, but something else.
    let info = messages::write(&vec![entry(18)]).unwrap();
    let other = messages::write(&vec![
        PaData { kind: pa_data::ETYPE_INFO2, value: messages::octets(&info).unwrap() },
        PaData { kind: 16, value: messages::octets(&[]).unwrap() },
    ]);
    let error = refused(krb_error(required, &other.unwrap()));
    assert_eq!(error.status(), Status::UNSUPPORTED_PREAUTH);
    // Once more, although it was answered.
    let (asking, _) = start();
    let again = krb_error(required, &methods(&[entry(18)]));
    let Asked::AskKdc { next, .. } = asking.reply(KdcReply::Answer(again.clone())).unwrap() else {
        panic!("a ticket")
    };
    let Err(error) = next.reply(KdcReply::Answer(again)) else { panic!("asked again") };
    assert_eq!(error.code(), Some(ProtocolCode::Kerberos(25)));
    // A realm is only for those who ask for it.
    let error = refused(krb_error(ErrorCode::WRONG_REALM, &[]));
    assert_eq!(error.status(), Status::KDC_UNABLE_TO_REFER);
}

/// What a KDC that knows the password writes into its reply, and may get wrong.
struct Written {
    nonce: u32,
    key_type: i32,
    starts: Time,
    ends: Time,
    server: Principal,
    is_tagged_otherwise: bool,
}

/// An AS-REP to the request, with what the change makes of what belongs there.
fn reply(request: &KdcRequest, change: impl FnOnce(&mut Written)) -> Vec<u8> {
    let asked: AsRequest<'_> = messages::read(request.message(), "AS-REQ").unwrap();
    let body: KdcRequestBody<'_> = asked.0.body.decode_as().unwrap();
    let mut written = Written {
        nonce: body.nonce.0,
        key_type: 18,
        starts: NOW,
        ends: NOW.after(Duration::from_secs(3600)),
        server: ticket_granting(REALM, REALM),
        is_tagged_otherwise: false,
    };
    change(&mut written);
    let bytes = messages::octets(&[7; 16][..]).unwrap();
    let long = messages::octets(&[7; 32][..]).unwrap();
    let part = EncryptedReplyPart {
        key: EncryptionKey {
            encryption_type: written.key_type,
            bytes: if written.key_type == 18 { long } else { bytes },
        },
        last_request: vec![LastRequest { kind: 0, time: KerberosTime(NOW) }],
        nonce: Number(written.nonce),
        key_expires: None,
        flags: Flags(0),
        authenticated: KerberosTime(NOW),
        starts: Some(KerberosTime(written.starts)),
        ends: KerberosTime(written.ends),
        renewable_until: None,
        server_realm: Text(written.server.realm()),
        server: PrincipalName::of(&written.server),
        addresses: None,
        pa_data: None,
    };
    let part = if written.is_tagged_otherwise {
        let part: EncryptedTgsReplyPart<'_> = Application(part);
        messages::write(&part).unwrap()
    } else {
        let part: EncryptedAsReplyPart<'_> = Application(part);
        messages::write(&part).unwrap()
    };
    let client = client();
    let Proof::Password(password) = &client.proof else { panic!() };
    let key = Key::from_password(EncryptionType::AES256_SHA1, password, &client.principal).unwrap();
    let cipher = key.encrypt(KeyUsage::AS_REPLY, &client.surroundings, &part).unwrap();
    let ticket: Application<1, TicketFields<'_>> = Application(TicketFields {
        version: VERSION,
        realm: Text(written.server.realm()),
        server: PrincipalName::of(&written.server),
        encrypted: EncryptedData {
            encryption_type: 18,
            key_version: None,
            cipher: messages::octets(b"for the KDC alone").unwrap(),
        },
    });
    let ticket = messages::write(&ticket).unwrap();
    let reply: AsReply<'_> = Application(KdcReplyFields {
        version: VERSION,
        kind: kind::AS_REPLY,
        pa_data: None,
        client_realm: Text(REALM),
        client: PrincipalName::of(&client.principal),
        ticket: messages::any(&ticket).unwrap(),
        encrypted: EncryptedData {
            encryption_type: 18,
            key_version: None,
            cipher: messages::octets(&cipher).unwrap(),
        },
    });
    messages::write(&reply).unwrap()
}

type Change = fn(&mut Written, Time, Duration);

#[test]
fn what_is_wrong_with_a_reply_is_found_though_its_key_is_right() {
    let hours = |hours: u64| Duration::from_secs(hours * 3600);
    let before = Time::from_unix_seconds(NOW.unix_seconds() - 7200);
    let changes: [(&str, Change, Option<Status>); 9] = [
        ("nothing", |_, _, _| {}, None),
        ("tag", |written, _, _| written.is_tagged_otherwise = true, None),
        ("nonce", |written, _, _| written.nonce ^= 1, Some(Status::MESSAGE_ALTERED)),
        ("type", |written, _, _| written.key_type = 23, Some(Status::KDC_UNKNOWN_ETYPE)),
        ("length", |written, _, _| written.key_type = 20, Some(Status::INVALID_PARAMETER)),
        (
            "server",
            |written, _, _| written.server = ticket_granting("OTHER.TEST", REALM),
            Some(Status::WRONG_PRINCIPAL),
        ),
        ("over", |written, before, _| written.ends = before, Some(Status::MESSAGE_ALTERED)),
        (
            "for ever",
            |written, _, hours| written.ends = NOW.after(hours * 30),
            Some(Status::MESSAGE_ALTERED),
        ),
        (
            "later",
            |written, _, hours| {
                written.starts = NOW.after(hours / 2);
                written.ends = NOW.after(hours);
            },
            Some(Status::TIME_SKEW),
        ),
    ];
    for (name, change, expected) in changes {
        let (asking, request) = start();
        let bytes = reply(&request, |written| change(written, before, hours(1)));
        let got = asking.reply(KdcReply::Answer(bytes));
        match (got, expected) {
            // With the ticket-granting ticket it goes on to the service.
            (Ok(Asked::AskKdc { request, .. }), None) => {
                assert_eq!(request.message().first(), Some(&0x6C), "{name}");
            }
            (Err(error), Some(status)) => assert_eq!(error.status(), status, "{name}: {error}"),
            (Ok(_), _) => panic!("{name} was taken"),
            (Err(error), None) => panic!("{name}: {error}"),
        }
    }
}

#[test]
fn a_ticket_part_is_no_reply_part() {
    assert!(read_part(&[0x63, 0x00]).is_err());
    assert!(messages::read::<EncryptedTicketPart<'_>>(&[0x7A, 0x00], "part").is_err());
}
