//! The raw layer: handles, buffers and statuses, call by call.

mod support;

use anysspi::raw::{
    self, AscReq, AscRet, Attribute, AttributeValue, Buffer, BufferKind, CredentialsHandle,
    CredentialsRequest, IscReq, IscRet, Outcome, Quality, SecurityContext,
};
use anysspi::{
    AcceptRequest, Capabilities, ChannelBindings, ContextFlags, CredentialRequest, Error,
    Established, Exchange, Facts, Identity, InitiateRequest, KdcAccess, KdcReply, KdcRequest,
    Package, PackageCredential, PackageInfo, Progress, Registry, Result, Side, Status, Step,
    StepInput, Time, Usage,
};
use std::borrow::Cow;
use std::sync::Arc;

fn credentials() -> (CredentialsHandle, CredentialsHandle) {
    let of = |usage, identity| {
        CredentialsRequest::new("NTLM", usage)
            .with_identity(identity)
            .acquire(Registry::global())
            .unwrap()
    };
    (
        of(Usage::OUTBOUND, Identity::password(support::USER, support::PASSWORD)),
        of(Usage::INBOUND, Identity::accounts(support::accounts())),
    )
}

const CLIENT: IscReq = IscReq::CONFIDENTIALITY.union(IscReq::ALLOCATE_MEMORY);

fn initiate(
    credentials: &CredentialsHandle,
    context: &mut SecurityContext,
    token: &[u8],
) -> Result<(Outcome<IscRet>, Vec<u8>)> {
    let mut output = [Buffer::empty(BufferKind::TOKEN)];
    let input = &mut [Buffer::token(token)];
    let outcome = raw::initialize_security_context(
        Some(credentials),
        context,
        None,
        CLIENT,
        input,
        &mut output,
    )?;
    let [token] = output;
    Ok((outcome, token.into_bytes()))
}

fn accept(
    credentials: &CredentialsHandle,
    context: &mut SecurityContext,
    token: &[u8],
) -> Result<(Outcome<AscRet>, Vec<u8>)> {
    let mut output = [Buffer::empty(BufferKind::TOKEN)];
    let input = &mut [Buffer::token(token)];
    let outcome = raw::accept_security_context(
        Some(credentials),
        context,
        AscReq::ALLOCATE_MEMORY,
        input,
        &mut output,
    )?;
    let [token] = output;
    Ok((outcome, token.into_bytes()))
}

fn pair() -> (SecurityContext, SecurityContext) {
    let (outbound, inbound) = credentials();
    let (mut client, mut server) = (SecurityContext::new(), SecurityContext::new());
    let (_, token) = initiate(&outbound, &mut client, &[]).unwrap();
    let (_, token) = accept(&inbound, &mut server, &token).unwrap();
    let (_, token) = initiate(&outbound, &mut client, &token).unwrap();
    accept(&inbound, &mut server, &token).unwrap();
    (client, server)
}

#[test]
fn statuses_and_flags_are_those_of_the_interface() {
    let (outbound, inbound) = credentials();
    let (mut client, mut server) = (SecurityContext::new(), SecurityContext::new());
    let (outcome, token) = initiate(&outbound, &mut client, &[]).unwrap();
    assert_eq!(outcome.status, Status::CONTINUE_NEEDED);
    let (outcome, token) = accept(&inbound, &mut server, &token).unwrap();
    assert_eq!(outcome.status, Status::CONTINUE_NEEDED);
    let (outcome, token) = initiate(&outbound, &mut client, &token).unwrap();
    assert_eq!((outcome.status, token.is_empty()), (Status::OK, false));
    let protection = IscRet::INTEGRITY
        | IscRet::CONFIDENTIALITY
        | IscRet::REPLAY_DETECT
        | IscRet::SEQUENCE_DETECT;
    assert_eq!(outcome.flags, protection | IscRet::CONNECTION | IscRet::ALLOCATED_MEMORY);
    let (outcome, token) = accept(&inbound, &mut server, &token).unwrap();
    assert_eq!((outcome.status, token.is_empty()), (Status::OK, true));
    assert!(outcome.flags.contains(AscRet::INTEGRITY | AscRet::NO_ADDITIONAL_TOKEN));
}

#[test]
fn a_buffer_that_is_too_small_says_how_much_is_needed_and_loses_nothing() {
    let (outbound, inbound) = credentials();
    let (mut client, mut server) = (SecurityContext::new(), SecurityContext::new());
    let mut space = [0; 39];
    let mut output = [Buffer::exclusive(BufferKind::TOKEN, &mut space)];
    let flags = IscReq::CONFIDENTIALITY;
    let call = |context: &mut SecurityContext, output: &mut [Buffer<'_>]| {
        raw::initialize_security_context(Some(&outbound), context, None, flags, &mut [], output)
    };
    let error = call(&mut client, &mut output).unwrap_err();
    assert_eq!((error.status(), output[0].len()), (Status::BUFFER_TOO_SMALL, 40));
    let mut space = [0; 64];
    let mut output = [Buffer::exclusive(BufferKind::TOKEN, &mut space)];
    let outcome = call(&mut client, &mut output).unwrap();
    assert_eq!((outcome.status, output[0].len()), (Status::CONTINUE_NEEDED, 40));
    assert_eq!(output[0].capacity(), 64);
    // And the handshake goes on from there.
    let token = output[0].bytes().to_vec();
    let (_, token) = accept(&inbound, &mut server, &token).unwrap();
    let error = raw::initialize_security_context(
        None,
        &mut client,
        None,
        flags,
        &mut [Buffer::token(&token)],
        &mut [],
    );
    assert_eq!(
        error.unwrap_err().status(),
        Status::INVALID_PARAMETER,
        "no TOKEN among the outputs"
    );
    let (outcome, token) = initiate(&outbound, &mut client, &[]).unwrap();
    assert_eq!(outcome.status, Status::OK);
    assert_eq!(accept(&inbound, &mut server, &token).unwrap().0.status, Status::OK);
}

#[test]
fn handles_that_are_null_deleted_or_of_the_other_side_are_invalid() {
    let (outbound, inbound) = credentials();
    let mut context = SecurityContext::new();
    let invalid = |error: Error| assert_eq!(error.status(), Status::INVALID_HANDLE, "{error}");
    invalid(raw::query_context_attributes(&context, Attribute::SIZES).unwrap_err());
    invalid(raw::delete_security_context(&mut context).unwrap_err());
    invalid(raw::make_signature(&mut context, Quality::DEFAULT, &mut [], 0).unwrap_err());
    let error = raw::initialize_security_context(
        None,
        &mut context,
        None,
        CLIENT,
        &mut [],
        &mut [Buffer::empty(BufferKind::TOKEN)],
    );
    invalid(error.unwrap_err());
    initiate(&outbound, &mut context, &[]).unwrap();
    invalid(accept(&inbound, &mut context, b"x").unwrap_err());
    let error = raw::query_context_attributes(&context, Attribute::SIZES).unwrap_err();
    assert_eq!(error.status(), Status::OUT_OF_SEQUENCE);
    raw::delete_security_context(&mut context).unwrap();
    invalid(initiate(&outbound, &mut context, &[]).unwrap_err());
    invalid(raw::delete_security_context(&mut context).unwrap_err());
}

#[test]
fn credentials_may_be_freed_while_a_context_goes_on() {
    let (outbound, inbound) = credentials();
    let (mut client, mut server) = (SecurityContext::new(), SecurityContext::new());
    let (_, token) = initiate(&outbound, &mut client, &[]).unwrap();
    let (_, token) = accept(&inbound, &mut server, &token).unwrap();
    raw::free_credentials_handle(outbound);
    let mut output = [Buffer::empty(BufferKind::TOKEN)];
    let input = &mut [Buffer::token(&token)];
    raw::initialize_security_context(None, &mut client, None, CLIENT, input, &mut output).unwrap();
    assert_eq!(accept(&inbound, &mut server, output[0].bytes()).unwrap().0.status, Status::OK);
}

#[test]
fn a_call_after_success_authenticates_anew() {
    let (outbound, inbound) = credentials();
    let (mut client, mut server) = pair();
    let key = |context: &SecurityContext| {
        raw::query_context_attributes(context, Attribute::SESSION_KEY).unwrap()
    };
    let before = key(&client);
    let (outcome, token) = initiate(&outbound, &mut client, &[]).unwrap();
    assert_eq!(outcome.status, Status::CONTINUE_NEEDED);
    assert!(!client.is_established(), "in between there is no context");
    let (_, token) = accept(&inbound, &mut server, &token).unwrap();
    let (_, token) = initiate(&outbound, &mut client, &token).unwrap();
    accept(&inbound, &mut server, &token).unwrap();
    assert_ne!(key(&client), before);
    assert_eq!(key(&client), key(&server));
}

#[test]
fn authenticating_anew_asks_for_the_same_target_and_bindings() {
    let (outbound, inbound) = credentials();
    let bindings = ChannelBindings::new(*b"tls-unique:first").to_structure();
    let run = |server: &mut SecurityContext, target: &str, of_client: Option<&[u8]>| {
        let mut client = SecurityContext::new();
        let mut token = Vec::new();
        for _ in 0..2 {
            let mut output = [Buffer::empty(BufferKind::TOKEN)];
            let mut input = vec![Buffer::token(&token)];
            input.extend(
                of_client.map(|structure| Buffer::shared(BufferKind::CHANNEL_BINDINGS, structure)),
            );
            raw::initialize_security_context(
                Some(&outbound),
                &mut client,
                Some(target),
                CLIENT,
                &mut input,
                &mut output,
            )?;
            let [produced] = output;
            (_, token) = accept(&inbound, server, &produced.into_bytes())?;
        }
        Ok::<_, Error>(())
    };
    let server = || {
        let mut server = SecurityContext::new().with_accepted_targets(["HTTP/here"]);
        let value = AttributeValue::Bytes(bindings.clone());
        raw::set_context_attributes(&mut server, Attribute::UNIQUE_BINDINGS, value).unwrap();
        run(&mut server, "HTTP/here", Some(&bindings)).unwrap();
        server
    };
    run(&mut server(), "HTTP/here", Some(&bindings)).unwrap();
    let error = run(&mut server(), "HTTP/there", Some(&bindings)).unwrap_err();
    assert_eq!(error.status(), Status::WRONG_PRINCIPAL);
    let error = run(&mut server(), "HTTP/here", None).unwrap_err();
    assert_eq!(error.status(), Status::BAD_BINDINGS);
}

#[test]
fn a_failed_context_stays_failed() {
    let (_, inbound) = credentials();
    let mut server = SecurityContext::new();
    let first = accept(&inbound, &mut server, b"nonsense").unwrap_err();
    assert_eq!(first.status(), Status::INVALID_TOKEN);
    let again = accept(&inbound, &mut server, b"NTLMSSP\0\x01\0\0\0\0\0\0\0").unwrap_err();
    assert_eq!(again.to_string(), first.to_string());
    raw::delete_security_context(&mut server).unwrap();
}

#[test]
fn channel_bindings_come_in_a_buffer_or_are_set() {
    let bindings = ChannelBindings::tls_server_end_point(&[0xAB; 32]);
    let structure = bindings.to_structure();
    let run =
        |of_client: Option<&[u8]>, of_server: Option<&[u8]>, flags: AscReq| -> Result<AscRet> {
            let (outbound, inbound) = credentials();
            let (mut client, mut server) = (SecurityContext::new(), SecurityContext::new());
            if let Some(structure) = of_client {
                let value = AttributeValue::Bytes(structure.to_vec());
                raw::set_context_attributes(&mut client, Attribute::ENDPOINT_BINDINGS, value)?;
            }
            let flags = flags | AscReq::ALLOCATE_MEMORY;
            let mut serve = |token: &[u8]| -> Result<(AscRet, Vec<u8>)> {
                let mut output = [Buffer::empty(BufferKind::TOKEN)];
                let mut input = vec![Buffer::token(token)];
                input.extend(
                    of_server
                        .map(|structure| Buffer::shared(BufferKind::CHANNEL_BINDINGS, structure)),
                );
                let outcome = raw::accept_security_context(
                    Some(&inbound),
                    &mut server,
                    flags,
                    &mut input,
                    &mut output,
                )?;
                let [token] = output;
                Ok((outcome.flags, token.into_bytes()))
            };
            let (_, token) = initiate(&outbound, &mut client, &[])?;
            let (_, token) = serve(&token)?;
            let (_, token) = initiate(&outbound, &mut client, &token)?;
            let value = raw::query_context_attributes(&client, Attribute::ENDPOINT_BINDINGS);
            assert_eq!(value.is_ok(), of_client.is_some());
            serve(&token).map(|(flags, _)| flags)
        };
    let (none, allow_missing) = (AscReq::empty(), AscReq::ALLOW_MISSING_BINDINGS);
    let other = ChannelBindings::new(*b"other").to_structure();
    assert!(run(Some(&structure), Some(&structure), none).is_ok());
    assert!(run(None, Some(&structure), allow_missing).is_ok());
    assert!(run(None, None, none).is_ok());
    for (of_client, flags) in [(Some(&other), none), (Some(&other), allow_missing), (None, none)] {
        let error = run(of_client.map(Vec::as_slice), Some(&structure), flags).unwrap_err();
        assert_eq!(error.status(), Status::BAD_BINDINGS);
    }
    let error = run(None, Some(&structure[..31]), none).unwrap_err();
    assert_eq!(error.status(), Status::INVALID_PARAMETER);
}

#[test]
fn a_token_goes_into_the_log_only_as_its_size() {
    let (outbound, _) = credentials();
    let mut client = SecurityContext::new();
    assert_eq!(format!("{client:?}"), r#"SecurityContext("null")"#);
    initiate(&outbound, &mut client, &[]).unwrap();
    assert_eq!(format!("{client:?}"), r#"SecurityContext("initiating")"#);
    assert_eq!(format!("{:?}", Step::SendToken(vec![1, 2])), "SendToken(2 bytes)");
}

/// A package of an application's own that uses what NTLM does not: tokens that come in parts, bytes
/// beyond the end, a KDC, and tokens to complete.
struct Plodding {
    info: PackageInfo,
}

impl Plodding {
    fn registry() -> Registry {
        let registry = Registry::with_default_packages();
        let info = PackageInfo {
            name: Cow::Borrowed("Plodding"),
            comment: Cow::Borrowed("asks for everything"),
            capabilities: Capabilities::MUTUAL_AUTH,
            version: 1,
            rpc_id: 0xFFFF,
            max_token: 64,
        };
        registry.add(Self { info }).unwrap();
        registry
    }
}

impl Package for Plodding {
    fn info(&self) -> &PackageInfo {
        &self.info
    }

    fn acquire(&self, _request: CredentialRequest) -> Result<Arc<dyn PackageCredential>> {
        Ok(Arc::new(PloddingCredential { info: self.info.clone() }))
    }
}

struct PloddingCredential {
    info: PackageInfo,
}

impl PackageCredential for PloddingCredential {
    fn name(&self) -> Result<String> {
        Ok("plodder".into())
    }

    fn initiate(&self, _request: InitiateRequest<'_>) -> Result<Box<dyn Exchange>> {
        Ok(Box::new(AsksKdc))
    }

    fn accept(&self, _request: AcceptRequest<'_>) -> Result<Box<dyn Exchange>> {
        Ok(Box::new(Wants { bytes: 8, info: self.info.clone() }))
    }
}

struct AsksKdc;

impl Exchange for AsksKdc {
    fn step(self: Box<Self>, input: StepInput<'_>) -> Result<Progress> {
        match input.kdc_reply {
            None => Ok(Progress::AskKdc {
                request: KdcRequest::new("EXAMPLE.TEST", b"question".to_vec()),
                next: self,
            }),
            Some(KdcReply::Answer(reply)) => {
                Ok(Progress::Continue { token: reply, next: Box::new(Completes) })
            }
            Some(KdcReply::Unreachable(error)) => Err(error),
        }
    }
}

struct Completes;

impl Exchange for Completes {
    fn step(self: Box<Self>, _input: StepInput<'_>) -> Result<Progress> {
        Err(Error::new(Status::UNSUPPORTED_FUNCTION, "the end of the plod"))
    }

    fn needs_completion(&self) -> bool {
        true
    }

    fn complete(&mut self, token: &mut [Buffer<'_>]) -> Result<()> {
        let bytes = token[0].bytes_mut().expect("the token's own memory");
        bytes.make_ascii_uppercase();
        Ok(())
    }
}

/// Wants so many bytes; what comes beyond them is extra.
struct Wants {
    bytes: usize,
    info: PackageInfo,
}

impl Exchange for Wants {
    fn step(self: Box<Self>, input: StepInput<'_>) -> Result<Progress> {
        match input.token.len().checked_sub(self.bytes) {
            None => {
                Ok(Progress::Incomplete { missing: self.bytes - input.token.len(), next: self })
            }
            Some(extra) => {
                let mut facts = Facts::new(self.info, Side::Acceptor, Time::from_unix_seconds(0));
                facts.flags = ContextFlags::default();
                Ok(Progress::Done { token: None, extra, context: Box::new(Stands(facts)) })
            }
        }
    }
}

struct Stands(Facts);

impl Established for Stands {
    fn facts(&self) -> &Facts {
        &self.0
    }

    fn facts_mut(&mut self) -> &mut Facts {
        &mut self.0
    }

    fn sign(&mut self, _: anysspi::MessageOptions, _: &mut [Buffer<'_>]) -> Result<()> {
        Err(Status::UNSUPPORTED_FUNCTION.into())
    }

    fn verify(&mut self, _: anysspi::MessageOptions, _: &mut [Buffer<'_>]) -> Result<Quality> {
        Err(Status::UNSUPPORTED_FUNCTION.into())
    }

    fn encrypt(&mut self, _: anysspi::MessageOptions, _: &mut [Buffer<'_>]) -> Result<()> {
        Err(Status::UNSUPPORTED_FUNCTION.into())
    }

    fn decrypt(&mut self, _: anysspi::MessageOptions, _: &mut [Buffer<'_>]) -> Result<Quality> {
        Err(Status::UNSUPPORTED_FUNCTION.into())
    }

    fn complete(&mut self, _: &mut [Buffer<'_>]) -> Result<()> {
        Ok(())
    }

    fn needs_completion(&self) -> bool {
        true
    }
}

#[test]
fn incomplete_tokens_and_extra_bytes_are_counted() {
    let registry = Plodding::registry();
    let inbound = CredentialsRequest::new("Plodding", Usage::INBOUND).acquire(&registry).unwrap();
    let mut server = SecurityContext::new();
    let mut call = |bytes: &[u8]| {
        let mut input = [Buffer::token(bytes), Buffer::empty(BufferKind::EMPTY)];
        let mut output = [Buffer::empty(BufferKind::TOKEN)];
        let flags = AscReq::ALLOCATE_MEMORY;
        let result = raw::accept_security_context(
            Some(&inbound),
            &mut server,
            flags,
            &mut input,
            &mut output,
        );
        let [_, count] = input;
        (result.map(|outcome| outcome.status), count.kind(), count.len())
    };
    let (result, kind, missing) = call(b"five5");
    assert_eq!(result.unwrap_err().status(), Status::INCOMPLETE_MESSAGE);
    assert_eq!((kind, missing), (BufferKind::MISSING, 3));
    let (result, kind, extra) = call(b"five5and-more");
    assert_eq!(result.unwrap(), Status::COMPLETE_NEEDED);
    assert_eq!((kind, extra), (BufferKind::EXTRA, 5));
    raw::complete_auth_token(&mut server, &mut []).unwrap();
}

#[test]
fn a_handshake_does_that_bookkeeping() {
    let registry = Plodding::registry();
    let mut server = anysspi::accept("Plodding").registry(&registry).start().unwrap();
    assert_eq!(server.step(Some(b"fi")).unwrap(), Step::SendToken(Vec::new()));
    server.receive(b"ve5").unwrap();
    assert_eq!(server.next().unwrap(), Step::SendToken(Vec::new()));
    assert_eq!(server.step(Some(b"678and more")).unwrap(), Step::Done);
    assert_eq!(server.extra(), b"and more");
    assert!(server.context().is_ok());
}

#[test]
fn a_token_that_was_used_does_not_come_again() {
    // A package that takes a token and has nothing to say to it.
    struct Quiet(usize);
    impl Exchange for Quiet {
        fn step(self: Box<Self>, input: StepInput<'_>) -> Result<Progress> {
            assert_eq!(input.token, if self.0 == 0 { &b"first"[..] } else { b"second" });
            if self.0 == 1 {
                return Err(Error::new(Status::UNSUPPORTED_FUNCTION, "both came alone"));
            }
            Ok(Progress::Continue { token: Vec::new(), next: Box::new(Quiet(self.0 + 1)) })
        }
    }
    struct QuietPackage(PackageInfo);
    impl Package for QuietPackage {
        fn info(&self) -> &PackageInfo {
            &self.0
        }
        fn acquire(&self, _request: CredentialRequest) -> Result<Arc<dyn PackageCredential>> {
            Ok(Arc::new(QuietCredential))
        }
    }
    struct QuietCredential;
    impl PackageCredential for QuietCredential {
        fn name(&self) -> Result<String> {
            Ok(String::new())
        }
        fn initiate(&self, _request: InitiateRequest<'_>) -> Result<Box<dyn Exchange>> {
            Err(Status::UNSUPPORTED_FUNCTION.into())
        }
        fn accept(&self, _request: AcceptRequest<'_>) -> Result<Box<dyn Exchange>> {
            Ok(Box::new(Quiet(0)))
        }
    }
    let registry = Plodding::registry();
    let mut info = registry.query("Plodding").unwrap();
    info.name = Cow::Borrowed("Quiet");
    registry.add(QuietPackage(info)).unwrap();
    for by_step in [true, false] {
        let mut server = anysspi::accept("Quiet").registry(&registry).start().unwrap();
        let mut give = |token: &[u8]| {
            if by_step {
                return server.step(Some(token));
            }
            server.receive(token)?;
            server.next()
        };
        assert_eq!(give(b"first").unwrap(), Step::SendToken(Vec::new()));
        assert_eq!(give(b"second").unwrap_err().context(), "both came alone");
    }
}

#[test]
fn a_kdc_is_asked_through_the_caller() {
    let registry = Plodding::registry();
    let builder = || anysspi::initiate("Plodding").registry(&registry);
    let start = || builder().kdc(KdcAccess::Caller).start().unwrap();
    let mut client = start();
    let Step::AskKdc(request) = client.next().unwrap() else { panic!() };
    assert_eq!((request.realm(), request.message()), ("EXAMPLE.TEST", &b"question"[..]));
    assert_eq!(client.next().unwrap_err().status(), Status::OUT_OF_SEQUENCE);
    client.receive_kdc_reply(KdcReply::Answer(b"answer".to_vec())).unwrap();
    // COMPLETE_AND_CONTINUE: the token is completed before it is handed out.
    assert_eq!(client.next().unwrap(), Step::SendToken(b"ANSWER".to_vec()));
    assert_eq!(client.step(Some(b"x")).unwrap_err().status(), Status::UNSUPPORTED_FUNCTION);
    let mut client = start();
    client.next().unwrap();
    let unreachable = Error::new(Status::NO_AUTHENTICATING_AUTHORITY, "nobody answers");
    client.receive_kdc_reply(KdcReply::Unreachable(unreachable)).unwrap();
    let error = client.next().unwrap_err();
    assert_eq!(error.status(), Status::NO_AUTHENTICATING_AUTHORITY);

    let carried = |request: &KdcRequest| match request.realm() {
        "EXAMPLE.TEST" => KdcReply::Answer(b"answer".to_vec()),
        other => panic!("{other}"),
    };
    let mut client = builder().kdc(KdcAccess::through(carried)).start().unwrap();
    assert_eq!(client.next().unwrap(), Step::SendToken(b"ANSWER".to_vec()));
    let mut client = builder().start().unwrap();
    let error = client.next().unwrap_err();
    assert_eq!(error.status(), Status::NO_AUTHENTICATING_AUTHORITY);
    assert!(error.context().contains("EXAMPLE.TEST"), "{error}");
}

#[test]
fn a_kdc_is_asked_on_the_raw_layer_too() {
    let registry = Plodding::registry();
    let outbound = CredentialsRequest::new("Plodding", Usage::OUTBOUND).acquire(&registry).unwrap();
    let mut client = SecurityContext::new().with_kdc_access(KdcAccess::Caller);
    let (outcome, token) = initiate(&outbound, &mut client, &[]).unwrap();
    assert_eq!((outcome.status, token.len()), (Status::CONTINUE_NEEDED, 0));
    assert_eq!(outcome.kdc_request.unwrap().realm(), "EXAMPLE.TEST");
    client.provide_kdc_reply(KdcReply::Answer(b"answer".to_vec()));
    let (outcome, mut token) = initiate(&outbound, &mut client, &[]).unwrap();
    assert_eq!(outcome.status, Status::COMPLETE_AND_CONTINUE);
    let mut buffers = [Buffer::exclusive(BufferKind::TOKEN, &mut token)];
    raw::complete_auth_token(&mut client, &mut buffers).unwrap();
    assert_eq!(token, b"ANSWER");
}
