//! CredSSP: both ends in one process, who logs in, and what is delegated.
#![cfg(feature = "credssp")]

#[path = "support/between.rs"]
mod between;
#[path = "support/credssp.rs"]
mod credssp;
#[path = "support/der.rs"]
mod der;
mod support;

use anysspi::raw::{Attribute, AttributeValue};
use anysspi::{
    ChannelBindings, ContextFlags, Delegated, DelegationPolicy, Error, Identity, InitiateBuilder,
    ProtocolCode, Secret, Side, SmartCard, Status, Step, UserName, accept, initiate,
};
use between::{
    AUTH_INFO, ERROR_CODE, Fate, Fields, NEGO_TOKENS, NONCE, PUB_KEY_AUTH, Tls, VERSION, between,
};
use credssp::{
    TARGET, certificate, client, client_with, contexts, key_of, password, run_in_pieces, server,
    sha256,
};
use der::element;
use rustls::version::TLS13;
use support::{PASSWORD, USER, accounts, registry};

#[test]
fn the_password_arrives_once_and_the_contexts_say_what_they_have() {
    let (mut client, mut server) = contexts(client(), server());
    assert_eq!(server.client().to_string(), USER);
    assert_eq!(client.package().name, "CREDSSP");
    assert_eq!(server.delegated().unwrap(), password());
    assert_eq!(server.delegated().unwrap_err().status(), Status::NO_CREDENTIALS);
    assert_eq!(client.delegated().unwrap_err().status(), Status::NO_CREDENTIALS);
    let both = ContextFlags::default()
        | ContextFlags::STREAM
        | ContextFlags::CONNECTION
        | ContextFlags::DELEGATE;
    assert!(client.flags().contains(both | ContextFlags::MANUAL_CRED_VALIDATION));
    assert!(server.flags().contains(both));
    let own = AttributeValue::Certificates(certificate().chain.clone());
    assert_eq!(client.query(Attribute::REMOTE_CERT_CONTEXT).unwrap(), own);
    assert_eq!(server.query(Attribute::LOCAL_CERT_CONTEXT).unwrap(), own);
    for (context, attribute) in
        [(&client, Attribute::LOCAL_CERT_CONTEXT), (&server, Attribute::REMOTE_CERT_CONTEXT)]
    {
        assert_eq!(context.query(attribute).unwrap_err().status(), Status::NO_CREDENTIALS);
    }
    for context in [&client, &server] {
        let AttributeValue::ConnectionInfo(info) =
            context.query(Attribute::CONNECTION_INFO).unwrap()
        else {
            panic!("another answer");
        };
        assert_eq!((info.version, info.version_name), (0x0304, "TLS 1.3"));
        assert!(!info.is_resumed && info.cipher_suite_name.starts_with("TLS13_"));
        let AttributeValue::NegotiationInfo { package, .. } =
            context.query(Attribute::NEGOTIATION_INFO).unwrap()
        else {
            panic!("another answer");
        };
        assert_eq!(package.name, "NTLM");
        assert!(matches!(
            context.query(Attribute::ENDPOINT_BINDINGS).unwrap(),
            AttributeValue::Bytes(bindings) if bindings.ends_with(&end_point())
        ));
        let bindings = context.query(Attribute::UNIQUE_BINDINGS).unwrap();
        assert_eq!(bindings, server.query(Attribute::UNIQUE_BINDINGS).unwrap());
        let AttributeValue::Bytes(bindings) = bindings else { panic!("another answer") };
        let bindings = ChannelBindings::from_structure(&bindings).unwrap();
        let exported = bindings.application_data().strip_prefix(b"tls-exporter:").unwrap();
        assert!(exported.len() == 32 && exported != [0; 32]);
        let error = context.query(Attribute::ISSUER_LIST_EX).unwrap_err();
        assert_eq!(error.status(), Status::UNSUPPORTED_FUNCTION);
        let AttributeValue::StreamSizes(sizes) = context.query(Attribute::STREAM_SIZES).unwrap()
        else {
            panic!("another answer");
        };
        assert_eq!((sizes.header, sizes.trailer, sizes.maximum_message), (5, 17, 16_384));
        let AttributeValue::Names(name) = context.query(Attribute::NAMES).unwrap() else {
            panic!("another answer");
        };
        assert_eq!(name, USER);
    }
}

fn end_point() -> Vec<u8> {
    let bindings = anysspi::ChannelBindings::of_certificate(&certificate().chain[0]).unwrap();
    bindings.application_data().to_vec()
}

#[test]
fn nothing_is_delegated_unless_it_is_asked_for() {
    let (client, mut server) = contexts(client().without(ContextFlags::DELEGATE), server());
    assert_eq!(server.delegated().unwrap(), Delegated::Nothing);
    assert!(!client.flags().contains(ContextFlags::DELEGATE));
    assert!(!server.flags().contains(ContextFlags::DELEGATE));
    // A server that requires it says so.
    let failing = server_requires_delegation();
    assert_eq!(failing.status(), Status::SECURITY_QOS_FAILED);
}

fn server_requires_delegation() -> Error {
    let mut client = client().without(ContextFlags::DELEGATE).start().unwrap();
    let mut server = server().require(ContextFlags::DELEGATE).start().unwrap();
    run_in_pieces(&mut client, &mut server, usize::MAX).unwrap_err().1
}

#[test]
fn a_smart_card_is_passed_through() {
    let card = SmartCard {
        pin: Secret::from("1234"),
        key_spec: 1,
        card: Some("card".to_owned()),
        reader: Some("reader".to_owned()),
        container: None,
        provider: Some("provider".to_owned()),
        user_hint: None,
        domain_hint: None,
    };
    let identities = vec![Identity::password(USER, PASSWORD), Identity::SmartCard(card.clone())];
    let (_, mut server) = contexts(client().credential(identities), server());
    assert_eq!(server.delegated().unwrap(), Delegated::SmartCard(card));
}

#[test]
fn the_policy_decides_after_the_proof_and_before_anything_is_sent() {
    for (policy, status) in [
        (DelegationPolicy::nowhere(), Status::DELEGATION_POLICY),
        (DelegationPolicy::nowhere().allowing(["WSMAN/*"]), Status::DELEGATION_POLICY),
        (DelegationPolicy::nowhere().allowing(["TERMSRV/*"]), Status::POLICY_NLTM_ONLY),
        (
            DelegationPolicy::nowhere().allowing(["*"]).allowing_ntlm_only(["TERMSRV/other*"]),
            Status::POLICY_NLTM_ONLY,
        ),
    ] {
        let mut client = client().delegation(policy).start().unwrap();
        let mut server = server().start().unwrap();
        let (side, error) = run_in_pieces(&mut client, &mut server, usize::MAX).unwrap_err();
        assert_eq!((side, error.status()), (Side::Initiator, status), "{error}");
        // The server is told that nothing more comes.
        let error = server.step(error.token()).unwrap_err();
        assert_eq!(error.status(), Status::CONTEXT_EXPIRED);
    }
    let policy = DelegationPolicy::nowhere().allowing_ntlm_only(["termsrv/*.example.com"]);
    let (_, mut server) = contexts(client().delegation(policy), server());
    assert_eq!(server.delegated().unwrap(), password());
}

#[test]
fn a_hash_authenticates_and_cannot_be_delegated() {
    // MD4 of the password in UTF-16LE.
    let hash = support::unhex("fc525c9683e8fe067095ba2ddc971889");
    let identity = Identity::nt_hash(USER, hash.try_into().unwrap());
    let mut client = client().credential(identity.clone()).start().unwrap();
    let mut acceptor = server().start().unwrap();
    let (side, error) = run_in_pieces(&mut client, &mut acceptor, usize::MAX).unwrap_err();
    assert_eq!((side, error.status()), (Side::Initiator, Status::NO_CREDENTIALS), "{error}");
    let without = client_with("").credential(identity).without(ContextFlags::DELEGATE);
    let (_, mut server) = contexts(without, server());
    assert_eq!(server.delegated().unwrap(), Delegated::Nothing);
}

#[test]
fn a_wrong_password_and_an_unknown_user_are_told_the_same() {
    let unknown = initiate("CREDSSP")
        .target(TARGET)
        .credential(Identity::password(r"CORP\mallory", PASSWORD));
    for client in [client_with("wrong"), unknown] {
        let (mut client, mut server) = (client.start().unwrap(), server().start().unwrap());
        let (side, refused) = run_in_pieces(&mut client, &mut server, usize::MAX).unwrap_err();
        assert_eq!((side, refused.status()), (Side::Acceptor, Status::LOGON_DENIED), "{refused}");
        let error = client.step(refused.token()).unwrap_err();
        assert_eq!(error.status(), Status::LOGON_DENIED);
        assert_eq!(error.code(), Some(ProtocolCode::NtStatus(0xC000_006D)));
        // A failed handshake stays failed.
        assert_eq!(client.next().unwrap_err().status(), Status::LOGON_DENIED);
    }
}

#[test]
fn a_target_is_needed_and_flags_are_judged() {
    let start = |client: InitiateBuilder| {
        let mut client = client.start().unwrap();
        client.next().unwrap_err().status()
    };
    let nameless = || initiate("CREDSSP").credential(Identity::password(USER, PASSWORD));
    assert_eq!(start(nameless()), Status::TARGET_UNKNOWN);
    assert_eq!(start(nameless().target("TERMSRV/two words")), Status::TARGET_UNKNOWN);
    for flag in [
        ContextFlags::DATAGRAM,
        ContextFlags::DCE_STYLE,
        ContextFlags::NULL_SESSION,
        ContextFlags::IDENTIFY,
        ContextFlags::USE_SESSION_KEY,
    ] {
        assert_eq!(start(client().request(flag)), Status::UNSUPPORTED_FUNCTION);
    }
    let error = initiate("CREDSSP").target(TARGET).start().unwrap_err();
    assert_eq!(error.status(), Status::NO_CREDENTIALS);
}

#[test]
fn a_session_is_resumed_for_the_same_credential_and_target_only() {
    let handle = || {
        anysspi::raw::CredentialsRequest::new("CREDSSP", anysspi::Usage::OUTBOUND)
            .with_identity(Identity::password(USER, PASSWORD))
            .acquire(&registry(1, "client.example.com"))
            .unwrap()
    };
    let inbound = anysspi::raw::CredentialsRequest::new("CREDSSP", anysspi::Usage::INBOUND)
        .with_identity(Identity::accounts(accounts()))
        .with_identity(Identity::Certificate(certificate().clone()))
        .acquire(&registry(0x80, "server.example.com"))
        .unwrap();
    let resumed = |outbound: &anysspi::raw::CredentialsHandle, target: &str| {
        let mut client =
            initiate("CREDSSP").registry(&registry(1, "client.example.com")).target(target);
        client = client.credential(outbound).request(ContextFlags::DELEGATE);
        let (mut client, mut server) =
            (client.start().unwrap(), accept("CREDSSP").credential(&inbound).start().unwrap());
        run_in_pieces(&mut client, &mut server, usize::MAX).unwrap();
        let (client, mut server) = (client.into_context().unwrap(), server.into_context().unwrap());
        assert_eq!(server.delegated().unwrap(), password());
        match client.query(Attribute::CONNECTION_INFO).unwrap() {
            AttributeValue::ConnectionInfo(info) => info.is_resumed,
            other => panic!("{other:?}"),
        }
    };
    let first = handle();
    assert!(!resumed(&first, TARGET));
    assert!(resumed(&first, TARGET));
    assert!(!resumed(&first, "TERMSRV/other.example.com"));
    assert!(!resumed(&handle(), TARGET));
}

#[test]
fn nothing_secret_is_printed() {
    let (client, server) = contexts(client(), server());
    let shown = format!("{client:?} {server:?} {:?} {:?}", client.facts(), server.facts());
    assert!(!shown.contains(PASSWORD), "{shown}");
    assert!(!format!("{:?}", certificate()).contains("48, 129"));
}

/// A client as some of RDP's are: bare NTLM inside, and its last token together with the proof.
#[test]
fn bare_ntlm_with_the_proof_beside_its_last_token_is_taken() {
    let mut server = server().start().unwrap();
    let mut tls = Tls::client(&TLS13);
    let mut ntlm = initiate("NTLM").credential(Identity::password(USER, PASSWORD)).start().unwrap();
    let token_field =
        |token: &[u8]| element(0x30, &element(0x30, &element(0xA0, &element(4, token))));
    let mut exchange = |tls: &mut Tls, fields: Fields| {
        while !tls.is_up() {
            let Step::SendToken(answer) = server.step(Some(&tls.output())).unwrap() else {
                panic!()
            };
            tls.feed(&answer).unwrap();
        }
        tls.write(&fields.write());
        match server.step(Some(&tls.output())).unwrap() {
            Step::SendToken(answer) => tls.feed(&answer).unwrap(),
            _ => return None,
        }
        Some(Fields::read(&tls.read()))
    };
    let Step::SendToken(negotiate) = ntlm.next().unwrap() else { panic!() };
    assert!(negotiate.starts_with(b"NTLMSSP\0"));
    let version = Fields(vec![(VERSION, vec![2, 1, 6])]);
    let answer =
        exchange(&mut tls, version.clone().with(NEGO_TOKENS, &token_field(&negotiate))).unwrap();
    let inner = answer.get(NEGO_TOKENS);
    let challenge = &inner[inner.windows(8).position(|part| part == b"NTLMSSP\0").unwrap()..];
    let Step::SendToken(authenticate) = ntlm.step(Some(challenge)).unwrap() else { panic!() };
    let mut context = ntlm.into_context().unwrap();
    // By hand, without the code that is tested: SHA-256 over the magic, the nonce and the key.
    let (nonce, key) = ([0x5A; 32], key_of(&certificate().chain[0]));
    let proof = |magic: &[u8]| sha256(&[magic, &nonce, &key]);
    let sealed = context.wrap(&proof(b"CredSSP Client-To-Server Binding Hash\0")).unwrap();
    let fields = version
        .clone()
        .with(NEGO_TOKENS, &token_field(&authenticate))
        .with(PUB_KEY_AUTH, &element(4, &sealed))
        .with(NONCE, &element(4, &nonce));
    let answer = exchange(&mut tls, fields).unwrap();
    assert!(!answer.has(NEGO_TOKENS) && !answer.has(ERROR_CODE));
    let proven = context.unwrap(&answer.get(PUB_KEY_AUTH)[2..]).unwrap();
    assert_eq!(proven, proof(b"CredSSP Server-To-Client Binding Hash\0"));
    // TSCredentials with domain D, user u and password p.
    let password: &[u8] = &[
        0x30, 0x1D, 0xA0, 3, 2, 1, 1, 0xA1, 0x16, 4, 0x14, 0x30, 0x12, 0xA0, 4, 4, 2, b'D', 0,
        0xA1, 4, 4, 2, b'u', 0, 0xA2, 4, 4, 2, b'p', 0,
    ];
    let sealed = context.wrap(password).unwrap();
    assert_eq!(exchange(&mut tls, version.with(AUTH_INFO, &element(4, &sealed))), None);
    let mut context = server.into_context().unwrap();
    assert_eq!(context.client().to_string(), USER);
    let delegated =
        Delegated::Password { name: UserName::parse(r"D\u"), password: Secret::from("p") };
    assert_eq!(context.delegated().unwrap(), delegated);
}

#[test]
fn one_package_alone_goes_without_spnego() {
    let (mut ours, mut theirs) =
        (client().packages(["NTLM"]).start().unwrap(), server().start().unwrap());
    let outcome =
        between(&TLS13, certificate(), &mut ours, &mut theirs, |_, _, request| Fate::Pass(request));
    outcome.client.unwrap();
    outcome.server.unwrap();
    assert_eq!(theirs.into_context().unwrap().delegated().unwrap(), password());
    // The tokens begin as NTLM's own: four fields around them, and nothing else.
    let first = Fields::read(&outcome.requests[0]);
    let token = first.get(NEGO_TOKENS);
    assert_eq!(token.windows(8).position(|part| part == b"NTLMSSP\0"), Some(8));
    // The proof goes with the last of them.
    let last = Fields::read(&outcome.requests[2]);
    assert!(last.has(NEGO_TOKENS) && last.has(PUB_KEY_AUTH));
    for nonsense in ["CREDSSP", "Negotiate"] {
        let error = client().packages([nonsense]).start().unwrap_err();
        assert_eq!(error.status(), Status::INVALID_PARAMETER, "{error}");
    }
}
