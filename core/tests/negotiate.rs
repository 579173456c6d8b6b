//! Negotiate: any mechanism of the registry, and everything that somebody in between may try.

mod support;

use anysspi::raw::{Attribute, AttributeValue, Buffer, BufferKind, Quality};
use anysspi::testing::fixed_surroundings;
use anysspi::{
    AcceptBuilder, AcceptRequest, Capabilities, ChannelBindings, Context, ContextFlags,
    CredentialRequest, Error, Established, Exchange, Facts, Handshake, Identity, InitiateBuilder,
    InitiateRequest, KdcAccess, KdcReply, KdcRequest, MessageOptions, Package, PackageCredential,
    PackageInfo, Progress, Registry, Result, Side, Status, Step, StepInput, Time, accept, initiate,
};
use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use support::{run, run_with};

fn client() -> InitiateBuilder {
    initiate("Negotiate")
        .target("HTTP/server.example.com")
        .credential(Identity::password(support::USER, support::PASSWORD))
}

fn server() -> AcceptBuilder {
    accept("Negotiate").credential(Identity::accounts(support::accounts()))
}

fn establish(client: InitiateBuilder, server: AcceptBuilder) -> (Context, Context, Vec<Vec<u8>>) {
    let (mut client, mut server) = (client.start().unwrap(), server.start().unwrap());
    let tokens = run(&mut client, &mut server).unwrap();
    (client.into_context().unwrap(), server.into_context().unwrap(), tokens)
}

/// A package of an application's own with three legs, which may ask a KDC before the first. Its
/// signature is the length of what is signed, and so nobody's to use: what is tested is Negotiate.
struct Triple {
    info: PackageInfo,
    mechanisms: [&'static [u8]; 1],
    asks: bool,
    acquired: Arc<AtomicUsize>,
}

impl Triple {
    fn new(name: &'static str, mechanism: &'static [u8], asks: bool) -> Self {
        let info = PackageInfo {
            name: Cow::Borrowed(name),
            comment: Cow::Borrowed("three legs"),
            capabilities: Capabilities::MUTUAL_AUTH | Capabilities::INTEGRITY,
            version: 1,
            rpc_id: 0xFFFF,
            max_token: 16,
        };
        Self { info, mechanisms: [mechanism], asks, acquired: Arc::default() }
    }
}

const FIRST: &[u8] = &[0x2A, 0x03, 0x04];
const SECOND: &[u8] = &[0x2A, 0x03, 0x05];

impl Package for Triple {
    fn info(&self) -> &PackageInfo {
        &self.info
    }

    fn mechanisms(&self) -> &[&'static [u8]] {
        &self.mechanisms
    }

    fn acquire(&self, _request: CredentialRequest) -> Result<Arc<dyn PackageCredential>> {
        self.acquired.fetch_add(1, Ordering::SeqCst);
        Ok(Arc::new(TripleCredential { info: self.info.clone(), asks: self.asks }))
    }
}

struct TripleCredential {
    info: PackageInfo,
    asks: bool,
}

impl PackageCredential for TripleCredential {
    fn name(&self) -> Result<String> {
        Ok("somebody".into())
    }

    fn initiate(&self, request: InitiateRequest<'_>) -> Result<Box<dyn Exchange>> {
        if request.target.is_none_or(|target| target.ends_with("unknown")) {
            return Err(Error::new(Status::TARGET_UNKNOWN, "nobody has that name"));
        }
        let (info, leg) = (self.info.clone(), 0);
        Ok(Box::new(TripleExchange { info, side: Side::Initiator, leg, asks: self.asks }))
    }

    fn accept(&self, _request: AcceptRequest<'_>) -> Result<Box<dyn Exchange>> {
        let info = self.info.clone();
        Ok(Box::new(TripleExchange { info, side: Side::Acceptor, leg: 0, asks: false }))
    }
}

struct TripleExchange {
    info: PackageInfo,
    side: Side,
    leg: u8,
    asks: bool,
}

impl TripleExchange {
    fn token(&self, number: u8) -> Vec<u8> {
        format!("{} {number}", self.info.name).into_bytes()
    }
}

impl Exchange for TripleExchange {
    fn step(mut self: Box<Self>, input: StepInput<'_>) -> Result<Progress> {
        if self.asks {
            match input.kdc_reply {
                None => {
                    let request = KdcRequest::new("EXAMPLE.TEST", b"?".to_vec());
                    return Ok(Progress::AskKdc { request, next: self });
                }
                Some(KdcReply::Unreachable(error)) => return Err(error),
                Some(KdcReply::Answer(_)) => self.asks = false,
            }
        }
        let number = self.leg * 2 + u8::from(self.side == Side::Acceptor);
        if number > 0 && input.token != self.token(number - 1) {
            return Err(Error::new(Status::INVALID_TOKEN, "that is not what was due"));
        }
        self.leg += 1;
        let token = self.token(number);
        // Initiator: 0, 2, and 4 is the acceptor's last token. Acceptor: 1, 3.
        if number < 2 {
            return Ok(Progress::Continue { token, next: self });
        }
        let mut facts = Facts::new(self.info.clone(), self.side, Time::from_unix_seconds(0));
        facts.flags = ContextFlags::default();
        facts.sizes.max_signature = 8;
        let context = Box::new(Counts(facts));
        let token = if number == 2 { Some(token) } else { None };
        Ok(Progress::Done { token, extra: 0, context })
    }
}

/// Signs with the sum of the bytes.
struct Counts(Facts);

impl Counts {
    fn sum(message: &[Buffer<'_>]) -> [u8; 8] {
        let data = message.iter().filter(|buffer| buffer.kind() == BufferKind::DATA);
        let sum =
            data.flat_map(|b| b.bytes().to_vec()).fold(7_u64, |a, b| a * 31 + u64::from(b) % 9973);
        sum.to_le_bytes()
    }
}

impl Established for Counts {
    fn facts(&self) -> &Facts {
        &self.0
    }

    fn facts_mut(&mut self) -> &mut Facts {
        &mut self.0
    }

    fn sign(&mut self, _: MessageOptions, message: &mut [Buffer<'_>]) -> Result<()> {
        let sum = Self::sum(message);
        let token = message.iter_mut().find(|buffer| buffer.kind() == BufferKind::TOKEN);
        token.expect("a TOKEN buffer").fill(&sum)
    }

    fn verify(&mut self, _: MessageOptions, message: &mut [Buffer<'_>]) -> Result<Quality> {
        let sum = Self::sum(message);
        let token = message.iter().find(|buffer| buffer.kind() == BufferKind::TOKEN);
        if token.is_some_and(|token| token.bytes() == sum) {
            return Ok(Quality::NO_ENCRYPT);
        }
        Err(Status::MESSAGE_ALTERED.into())
    }

    fn encrypt(&mut self, _: MessageOptions, _: &mut [Buffer<'_>]) -> Result<()> {
        Err(Status::UNSUPPORTED_FUNCTION.into())
    }

    fn decrypt(&mut self, _: MessageOptions, _: &mut [Buffer<'_>]) -> Result<Quality> {
        Err(Status::UNSUPPORTED_FUNCTION.into())
    }
}

/// Every package of the library and these.
fn with(packages: impl IntoIterator<Item = Triple>) -> Registry {
    let registry = Registry::with_default_packages();
    for package in packages {
        registry.add(package).unwrap();
    }
    registry
}

fn chosen(context: &Context) -> String {
    let negotiation = context.negotiation().expect("it was negotiated");
    negotiation.chosen.clone().expect("a package was chosen").into_owned()
}

#[test]
fn ntlm_is_negotiated_with_both_lists_signed() {
    let (mut client, mut server, tokens) = establish(client(), server());
    assert_eq!(tokens.len(), 4, "the last token is sent although its status is OK");
    for context in [&client, &server] {
        assert_eq!(context.package().name, "Negotiate");
        assert_eq!(chosen(context), "NTLM");
        assert!(context.negotiation().unwrap().list_was_signed);
        let info = context.query(Attribute::NEGOTIATION_INFO).unwrap();
        let AttributeValue::NegotiationInfo { package, .. } = info else { panic!() };
        assert_eq!(package.name, "NTLM");
        assert_eq!(context.sizes().security_trailer, 16);
    }
    assert_eq!(server.client().to_string(), support::USER);
    assert_eq!(client.session_key(), server.session_key());
    for message in [&b"first"[..], b"second"] {
        let wrapped = client.wrap(message).unwrap();
        assert_eq!(server.unwrap(&wrapped).unwrap(), message);
        let wrapped = server.wrap(message).unwrap();
        assert_eq!(client.unwrap(&wrapped).unwrap(), message);
    }
}

#[test]
fn a_wrong_password_comes_with_a_reject_for_the_client() {
    let mut client =
        client().credential(Identity::password(support::USER, "wrong")).start().unwrap();
    let mut server = server().start().unwrap();
    let failure = run(&mut client, &mut server).unwrap_err();
    assert_eq!((failure.side, failure.error.status()), (Side::Acceptor, Status::LOGON_DENIED));
    let reject = failure.error.token().expect("a token for the client");
    let error = client.step(Some(reject)).unwrap_err();
    assert_eq!(error.status(), Status::LOGON_DENIED);
}

#[test]
fn any_package_of_the_registry_takes_part() {
    let registry = with([Triple::new("Triple", FIRST, false)]);
    let (client, server, tokens) = establish(
        client().registry(&registry).relax(ContextFlags::CONFIDENTIALITY),
        server().registry(&registry),
    );
    assert_eq!((chosen(&client), chosen(&server)), ("Triple".into(), "Triple".into()));
    assert_eq!(client.negotiation().unwrap().offered[..], ["Triple", "NTLM"]);
    assert!(!client.negotiation().unwrap().list_was_signed, "it was the first of both");
    assert_eq!(tokens.len(), 4);
}

#[test]
fn a_kdc_is_asked_through_the_caller_and_one_that_is_not_there_is_passed_over() {
    let registry = with([Triple::new("Asking", FIRST, true)]);
    let start = || client().registry(&registry).kdc(KdcAccess::Caller).start().unwrap();
    let mut asks = start();
    let Step::AskKdc(request) = asks.next().unwrap() else { panic!() };
    assert_eq!(request.realm(), "EXAMPLE.TEST");
    asks.receive_kdc_reply(KdcReply::Answer(Vec::new())).unwrap();
    let mut server_ = server().registry(&registry).start().unwrap();
    run(&mut asks, &mut server_).unwrap();
    assert_eq!(chosen(asks.context().unwrap()), "Asking");

    let mut falls_back = start();
    falls_back.next().unwrap();
    let nobody = Error::new(Status::NO_AUTHENTICATING_AUTHORITY, "nobody answers");
    falls_back.receive_kdc_reply(KdcReply::Unreachable(nobody)).unwrap();
    let mut server_ = server().registry(&registry).start().unwrap();
    run(&mut falls_back, &mut server_).unwrap();
    let context = falls_back.context().unwrap();
    assert_eq!(chosen(context), "NTLM");
    let dropped = &context.negotiation().unwrap().dropped;
    // Kerberos has no credentials.
    let names: Vec<_> = dropped.iter().map(|dropped| &*dropped.package).collect();
    assert_eq!(names, ["Kerberos", "Asking"]);
    assert_eq!(dropped[1].error.status(), Status::NO_AUTHENTICATING_AUTHORITY);

    // The same where nobody carries the question.
    let mut falls_back = client().registry(&registry).start().unwrap();
    let mut server_ = server().registry(&registry).start().unwrap();
    run(&mut falls_back, &mut server_).unwrap();
    assert_eq!(chosen(falls_back.context().unwrap()), "NTLM");
}

#[test]
fn a_package_that_cannot_start_is_passed_over_unless_it_is_the_only_one() {
    let registry = with([Triple::new("Triple", FIRST, false)]);
    let unknown = || client().registry(&registry).target("HTTP/unknown");
    let (client, server, _) = establish(unknown(), server().registry(&registry));
    assert_eq!((chosen(&client), chosen(&server)), ("NTLM".into(), "NTLM".into()));
    // The server has a package it prefers: the list is signed.
    assert!(client.negotiation().unwrap().list_was_signed);
    let error = unknown().packages(["Triple"]).start().unwrap().next().unwrap_err();
    assert_eq!(error.status(), Status::TARGET_UNKNOWN);
}

#[test]
fn the_server_chooses_by_its_own_order_and_the_choice_is_signed() {
    let both = || [Triple::new("One", FIRST, false), Triple::new("Two", SECOND, false)];
    let registry = with(both());
    let client = client().registry(&registry).packages(["One", "Two"]);
    let server = server().registry(&registry).packages(["Two", "One"]);
    let (client, server, _) = establish(
        client.relax(ContextFlags::CONFIDENTIALITY),
        server.relax(ContextFlags::CONFIDENTIALITY),
    );
    for context in [&client, &server] {
        assert_eq!(chosen(context), "Two");
        assert!(context.negotiation().unwrap().list_was_signed);
    }
}

#[test]
fn a_package_that_is_left_out_is_asked_for_nothing() {
    let package = Triple::new("Triple", FIRST, false);
    let acquired = Arc::clone(&package.acquired);
    let registry = with([package]);
    for client in [
        client().registry(&registry).without_packages(["triple"]),
        client().registry(&registry).packages(["NTLM"]),
    ] {
        let mut client = client.start().unwrap();
        client.next().unwrap();
    }
    assert_eq!(acquired.load(Ordering::SeqCst), 0);
}

#[test]
fn impossible_lists_are_errors_at_once() {
    for (client, status) in [
        (client().packages(["Nothing"]), Status::SECPKG_NOT_FOUND),
        (client().without_packages(["Nothing"]), Status::SECPKG_NOT_FOUND),
        (client().packages(["Negotiate"]), Status::INVALID_PARAMETER),
        (client().without_packages(["NTLM"]), Status::NO_CREDENTIALS),
        (client().without_packages(["NTLM", "Kerberos"]), Status::INVALID_PARAMETER),
        (client().packages(Vec::<String>::new()), Status::INVALID_PARAMETER),
        (client().credential(Vec::new()), Status::NO_CREDENTIALS),
    ] {
        assert_eq!(client.start().unwrap_err().status(), status);
    }
}

#[test]
fn a_server_may_speak_first_and_takes_bare_tokens() {
    let mut server_ = server().start().unwrap();
    let Step::SendToken(hints) = server_.speak_first().unwrap() else { panic!() };
    assert!(hints.windows(14).any(|window| window == b"not_defined_in"));
    let mut client_ = client().start().unwrap();
    run(&mut client_, &mut server_).unwrap();
    // NTLM by itself, to a server that negotiates.
    let mut bare = support::client().start().unwrap();
    let mut server_ = server().start().unwrap();
    run(&mut bare, &mut server_).unwrap();
    assert_eq!(chosen(server_.context().unwrap()), "NTLM");
    let mut bare = support::client().start().unwrap();
    let registry = with([Triple::new("Triple", FIRST, false)]);
    let mut server_ = server().registry(&registry).packages(["Triple"]).start().unwrap();
    let failure = run(&mut bare, &mut server_).unwrap_err();
    assert_eq!(failure.error.status(), Status::INVALID_TOKEN, "NTLM is left out");
}

#[test]
fn bindings_pass_through() {
    let bindings = || ChannelBindings::new(*b"tls-unique:here");
    let always = anysspi::ChannelBindingPolicy::Always;
    let server = || server().channel_bindings(bindings()).binding_policy(always);
    establish(client().channel_bindings(bindings()), server());
    let mut client = client().start().unwrap();
    let failure = run(&mut client, &mut server().start().unwrap()).unwrap_err();
    assert_eq!(failure.error.status(), Status::BAD_BINDINGS);
}

fn fixed() -> (Handshake, Handshake) {
    let registry = |first, host| {
        let now = Time::from_unix_seconds(1_700_000_000);
        Registry::with_default_packages().with_surroundings(fixed_surroundings(now, first, host))
    };
    (
        client().registry(&registry(1, "client.example.com")).start().unwrap(),
        server().registry(&registry(0x80, "server.example.com")).start().unwrap(),
    )
}

#[test]
fn every_changed_or_cut_token_is_refused() {
    let lengths: Vec<usize> = {
        let (mut client, mut server) = fixed();
        run(&mut client, &mut server).unwrap().iter().map(Vec::len).collect()
    };
    for (leg, length) in lengths.into_iter().enumerate() {
        for at in 0..length {
            for mask in [0, 0x01, 0x80, 0xFF] {
                let (mut client, mut server) = fixed();
                let result = run_with(&mut client, &mut server, |now, mut token| {
                    match mask {
                        _ if now != leg => {}
                        0 => token.truncate(at),
                        mask => token[at] ^= mask,
                    }
                    token
                });
                let what = format!("byte {at} of leg {leg} ^ {mask:02x}");
                // The server stands before its last token arrives; what the client makes of a
                // changed one is its own.
                match result {
                    Err(_) => {}
                    Ok(_) => assert!(
                        client.context().unwrap().session_key()
                            == server.context().unwrap().session_key(),
                        "{what}"
                    ),
                }
                if leg < 3 && server.done() {
                    assert!(client.done(), "{what} was accepted by the server alone");
                }
            }
        }
    }
}
