//! CredSSP call by call: buffers, flags and statuses as Windows documents them.
#![cfg(feature = "credssp")]

mod support;

use anysspi::raw::{
    self, AscReq, AscRet, Attribute, AttributeValue, Buffer, BufferKind, CredentialsHandle,
    CredentialsRequest, IscReq, IscRet, Outcome, Quality, SecurityContext,
};
use anysspi::{Certificate, Delegated, Error, Identity, Secret, Status, Usage};
use std::sync::OnceLock;
use support::{PASSWORD, USER, accounts, registry};

const TARGET: &str = "TERMSRV/server.example.com";
const CLIENT: IscReq = IscReq::STREAM
    .union(IscReq::ALLOCATE_MEMORY)
    .union(IscReq::DELEGATE)
    .union(IscReq::MUTUAL_AUTH)
    .union(IscReq::SEQUENCE_DETECT)
    .union(IscReq::CONNECTION)
    .union(IscReq::MANUAL_CRED_VALIDATION)
    .union(IscReq::EXTENDED_ERROR);
const SERVER: AscReq = AscReq::STREAM.union(AscReq::ALLOCATE_MEMORY);

fn handles() -> &'static (CredentialsHandle, CredentialsHandle) {
    static HANDLES: OnceLock<(CredentialsHandle, CredentialsHandle)> = OnceLock::new();
    HANDLES.get_or_init(|| {
        let outbound = CredentialsRequest::new("CREDSSP", Usage::OUTBOUND)
            .with_identity(Identity::password(USER, PASSWORD))
            .acquire(&registry(1, "client.example.com"))
            .unwrap();
        let certificate = Certificate::self_signed("server.example.com").unwrap();
        let inbound = CredentialsRequest::new("CREDSSP", Usage::INBOUND)
            .with_identities([Identity::accounts(accounts()), Identity::Certificate(certificate)])
            .acquire(&registry(0x80, "server.example.com"))
            .unwrap();
        (outbound, inbound)
    })
}

/// One leg: the outcome, the token, and what became of the EMPTY buffer.
type Leg<Flags> =
    Result<(Outcome<Flags>, Vec<u8>, (BufferKind, usize)), (Error, (BufferKind, usize))>;

fn initiate(context: &mut SecurityContext, flags: IscReq, token: Option<&[u8]>) -> Leg<IscRet> {
    let mut output = [Buffer::empty(BufferKind::TOKEN)];
    let mut input = match token {
        Some(token) => vec![Buffer::token(token), Buffer::empty(BufferKind::EMPTY)],
        // The first call has none.
        None => Vec::new(),
    };
    let credentials = Some(&handles().0);
    let outcome = raw::initialize_security_context(
        credentials,
        context,
        Some(TARGET),
        flags,
        &mut input,
        &mut output,
    );
    let empty = input.get(1).map_or((BufferKind::EMPTY, 0), |empty| (empty.kind(), empty.len()));
    let [output] = output;
    outcome.map(|outcome| (outcome, output.into_bytes(), empty)).map_err(|error| (error, empty))
}

fn accept(context: &mut SecurityContext, token: &[u8]) -> Leg<AscRet> {
    let mut output = [Buffer::empty(BufferKind::TOKEN)];
    let mut input = [Buffer::token(token), Buffer::empty(BufferKind::EMPTY)];
    let credentials = Some(&handles().1);
    let outcome =
        raw::accept_security_context(credentials, context, SERVER, &mut input, &mut output);
    let empty = (input[1].kind(), input[1].len());
    let [output] = output;
    outcome.map(|outcome| (outcome, output.into_bytes(), empty)).map_err(|error| (error, empty))
}

fn pair() -> (SecurityContext, SecurityContext) {
    let (mut client, mut server) = (SecurityContext::new(), SecurityContext::new());
    let (_, mut token, _) = initiate(&mut client, CLIENT, None).unwrap();
    loop {
        let (outcome, answer, _) = accept(&mut server, &token).unwrap();
        if outcome.status == Status::OK {
            return (client, server);
        }
        (_, token, _) = initiate(&mut client, CLIENT, Some(&answer)).unwrap();
    }
}

#[test]
fn too_few_bytes_are_missing_and_too_many_extra_at_every_leg() {
    let (mut client, mut server) = (SecurityContext::new(), SecurityContext::new());
    let (outcome, mut token, _) = initiate(&mut client, CLIENT, None).unwrap();
    assert_eq!(outcome.status, Status::CONTINUE_NEEDED);
    loop {
        let last = token.len() - 1;
        let (error, empty) = accept(&mut server, &token[..last]).unwrap_err();
        assert_eq!(error.status(), Status::INCOMPLETE_MESSAGE);
        assert_eq!(empty, (BufferKind::MISSING, 1));
        let (error, empty) = accept(&mut server, &token[..3]).unwrap_err();
        assert_eq!((error.status(), empty), (Status::INCOMPLETE_MESSAGE, (BufferKind::MISSING, 2)));
        let is_last = client.is_established();
        let more: &[u8] = if is_last { b"\x17\x03\x03\x00\x0cwhat follows" } else { b"" };
        let (outcome, answer, empty) = accept(&mut server, &[&token[..], more].concat()).unwrap();
        if is_last {
            assert_eq!((outcome.status, empty), (Status::OK, (BufferKind::EXTRA, more.len())));
            let ret = AscRet::STREAM | AscRet::CONFIDENTIALITY | AscRet::MUTUAL_AUTH;
            assert!(outcome.flags.contains(ret | AscRet::DELEGATE | AscRet::ALLOCATED_MEMORY));
            break;
        }
        assert_eq!(outcome.status, Status::CONTINUE_NEEDED);
        let (error, empty) =
            initiate(&mut client, CLIENT, Some(&answer[..last.min(7)])).unwrap_err();
        assert_eq!((error.status(), empty.0), (Status::INCOMPLETE_MESSAGE, BufferKind::MISSING));
        let (outcome, next, _) = initiate(&mut client, CLIENT, Some(&answer)).unwrap();
        if client.is_established() {
            assert_eq!(outcome.status, Status::OK);
            let ret = IscRet::STREAM | IscRet::DELEGATE | IscRet::MANUAL_CRED_VALIDATION;
            assert!(outcome.flags.contains(ret | IscRet::MUTUAL_AUTH | IscRet::SEQUENCE_DETECT));
        }
        token = next;
    }
    let AttributeValue::Delegated(delegated) =
        raw::query_context_attributes(&server, Attribute::CREDS).unwrap()
    else {
        panic!("another answer");
    };
    assert!(
        matches!(delegated, Delegated::Password { password, .. } if password == Secret::from(PASSWORD))
    );
    let error = raw::query_context_attributes(&server, Attribute::CREDS).unwrap_err();
    assert_eq!(error.status(), Status::NO_CREDENTIALS);
}

#[test]
fn flags_and_handles_that_are_wrong_are_refused_at_the_first_call() {
    let mut context = SecurityContext::new();
    for (flags, expected) in [
        (IscReq::ALLOCATE_MEMORY, Status::UNSUPPORTED_FUNCTION),
        (CLIENT | IscReq::DATAGRAM, Status::UNSUPPORTED_FUNCTION),
        (CLIENT | IscReq::NULL_SESSION, Status::UNSUPPORTED_FUNCTION),
        (CLIENT | IscReq::USE_SUPPLIED_CREDS, Status::NO_CREDENTIALS),
    ] {
        let (error, _) = initiate(&mut SecurityContext::new(), flags, None).unwrap_err();
        assert_eq!(error.status(), expected, "{flags:?}");
    }
    let without = raw::initialize_security_context(
        None,
        &mut context,
        Some(TARGET),
        CLIENT,
        &mut [],
        &mut [],
    );
    assert_eq!(without.unwrap_err().status(), Status::INVALID_HANDLE);
    let deleted = &mut SecurityContext::new();
    initiate(deleted, CLIENT, None).unwrap();
    raw::delete_security_context(deleted).unwrap();
    let (error, _) = initiate(deleted, CLIENT, None).unwrap_err();
    assert_eq!(error.status(), Status::INVALID_HANDLE);
    // TLS and nothing else, from the first byte on.
    let (error, _) = accept(&mut SecurityContext::new(), b"NTLMSSP\0\x01\0\0\0").unwrap_err();
    assert_eq!(error.status(), Status::INVALID_TOKEN);
}

#[test]
fn supplied_credentials_are_delegated_in_place_of_the_handles() {
    // TSCredentials with a password, as [MS-CSSP] 2.2.1.2 has it: domain D, user u, password p.
    let supplied: &[u8] = &[
        0x30, 0x1D, 0xA0, 3, 2, 1, 1, 0xA1, 0x16, 4, 0x14, 0x30, 0x12, 0xA0, 4, 4, 2, b'D', 0,
        0xA1, 4, 4, 2, b'u', 0, 0xA2, 4, 4, 2, b'p', 0,
    ];
    let flags = CLIENT | IscReq::USE_SUPPLIED_CREDS;
    let first = |parameters: &[u8]| {
        let mut context = SecurityContext::new();
        let mut output = [Buffer::empty(BufferKind::TOKEN)];
        let mut input = [Buffer::shared(BufferKind::PKG_PARAMS, parameters)];
        raw::initialize_security_context(
            Some(&handles().0),
            &mut context,
            Some(TARGET),
            flags,
            &mut input,
            &mut output,
        )?;
        let [output] = output;
        Ok::<_, Error>((context, output.into_bytes()))
    };
    assert_eq!(first(b"no DER").unwrap_err().status(), Status::INVALID_TOKEN);
    let (mut client, mut token) = first(supplied).unwrap();
    let mut server = SecurityContext::new();
    loop {
        let (outcome, answer, _) = accept(&mut server, &token).unwrap();
        if outcome.status == Status::OK {
            break;
        }
        let (outcome, next, _) = initiate(&mut client, flags, Some(&answer)).unwrap();
        if outcome.status == Status::OK {
            assert!(outcome.flags.contains(IscRet::USED_SUPPLIED_CREDS));
        }
        token = next;
    }
    let value = raw::query_context_attributes(&server, Attribute::CREDS).unwrap();
    let AttributeValue::Delegated(Delegated::Password { name, password }) = value else {
        panic!("another answer");
    };
    assert_eq!((name.to_string().as_str(), password), (r"D\u", Secret::from("p")));
}

/// A record of a message, in one piece.
fn encrypt(context: &mut SecurityContext, message: &[u8]) -> Vec<u8> {
    let AttributeValue::StreamSizes(sizes) =
        raw::query_context_attributes(context, Attribute::STREAM_SIZES).unwrap()
    else {
        panic!("another answer");
    };
    let mut data = message.to_vec();
    let (mut header, mut trailer) = (vec![0; sizes.header], vec![0; sizes.trailer]);
    let mut buffers = [
        Buffer::exclusive(BufferKind::STREAM_HEADER, &mut header),
        Buffer::data(&mut data),
        Buffer::exclusive(BufferKind::STREAM_TRAILER, &mut trailer),
        Buffer::empty(BufferKind::EMPTY),
    ];
    raw::encrypt_message(context, Quality::DEFAULT, &mut buffers, 0).unwrap();
    assert_eq!(buffers[3].kind(), BufferKind::EMPTY);
    [header, data, trailer].concat()
}

fn four(input: &mut [u8]) -> [Buffer<'_>; 4] {
    let empty = || Buffer::empty(BufferKind::EMPTY);
    [Buffer::data(input), empty(), empty(), empty()]
}

#[test]
fn a_stream_is_decrypted_in_place_with_what_follows() {
    let (mut client, mut server) = pair();
    let first = encrypt(&mut client, b"first message");
    let second = encrypt(&mut client, b"second");
    let mut bytes = [&first[..], &second, &first[..2]].concat();
    for length in 1..first.len() {
        let mut part = bytes[..length].to_vec();
        let mut buffers = four(&mut part);
        let error = raw::decrypt_message(&mut server, &mut buffers, 0).unwrap_err();
        assert_eq!(error.status(), Status::INCOMPLETE_MESSAGE);
        let missing = if length < 5 { 5 - length } else { first.len() - length };
        assert_eq!((buffers[1].kind(), buffers[1].len()), (BufferKind::MISSING, missing));
    }
    let mut buffers = four(&mut bytes);
    raw::decrypt_message(&mut server, &mut buffers, 0).unwrap();
    let kinds = buffers.each_ref().map(Buffer::kind);
    let expected = [
        BufferKind::STREAM_HEADER,
        BufferKind::DATA,
        BufferKind::STREAM_TRAILER,
        BufferKind::EXTRA,
    ];
    assert_eq!(kinds, expected);
    assert_eq!(buffers[1].bytes(), b"first message");
    let mut rest = buffers[3].bytes().to_vec();
    assert_eq!(rest.len(), second.len() + 2);
    let mut buffers = four(&mut rest);
    raw::decrypt_message(&mut server, &mut buffers, 0).unwrap();
    assert_eq!((buffers[1].bytes(), buffers[3].bytes()), (&b"second"[..], &first[..2]));
    // The end.
    let mut end = raw::shut_down_stream(&mut client).unwrap();
    let mut buffers = four(&mut end);
    let error = raw::decrypt_message(&mut server, &mut buffers, 0).unwrap_err();
    assert_eq!(error.status(), Status::CONTEXT_EXPIRED);
}

#[test]
fn wrong_buffers_cost_the_stream_nothing() {
    let (mut client, mut server) = pair();
    let short = |sizes: [usize; 2], message: &mut [u8], client: &mut SecurityContext| {
        let (mut header, mut trailer) = (vec![0; sizes[0]], vec![0; sizes[1]]);
        let mut buffers = [
            Buffer::exclusive(BufferKind::STREAM_HEADER, &mut header),
            Buffer::data(message),
            Buffer::exclusive(BufferKind::STREAM_TRAILER, &mut trailer),
            Buffer::empty(BufferKind::EMPTY),
        ];
        raw::encrypt_message(client, Quality::DEFAULT, &mut buffers, 0).unwrap_err().status()
    };
    assert_eq!(short([4, 17], &mut [1], &mut client), Status::BUFFER_TOO_SMALL);
    assert_eq!(short([5, 16], &mut [1], &mut client), Status::BUFFER_TOO_SMALL);
    assert_eq!(short([5, 17], &mut [], &mut client), Status::INVALID_PARAMETER);
    assert_eq!(short([5, 17], &mut [0; 16_385], &mut client), Status::INVALID_PARAMETER);
    let alone = &mut [Buffer::shared(BufferKind::DATA, b"x")];
    let error = raw::encrypt_message(&mut client, Quality::DEFAULT, alone, 0).unwrap_err();
    assert_eq!(error.status(), Status::INVALID_TOKEN);
    let error = raw::make_signature(&mut client, Quality::DEFAULT, alone, 0).unwrap_err();
    assert_eq!(error.status(), Status::UNSUPPORTED_FUNCTION);

    let record = encrypt(&mut client, b"message");
    let mut copy = record.clone();
    let mut few = [Buffer::data(&mut copy), Buffer::empty(BufferKind::EMPTY)];
    let error = raw::decrypt_message(&mut server, &mut few, 0).unwrap_err();
    assert_eq!(error.status(), Status::INVALID_TOKEN);
    let empty = || Buffer::empty(BufferKind::EMPTY);
    let mut shared = [Buffer::shared(BufferKind::DATA, &record), empty(), empty(), empty()];
    let error = raw::decrypt_message(&mut server, &mut shared, 0).unwrap_err();
    assert_eq!(error.status(), Status::INVALID_PARAMETER);
    let mut copy = record;
    let mut good = four(&mut copy);
    raw::decrypt_message(&mut server, &mut good, 0).unwrap();
    assert_eq!(good[1].bytes(), b"message");
}
