//! Kerberos with MIT's GSS-API, in both roles: every encryption type, with and without mutual
//! authentication, delegation, channel bindings, DCE style, and Negotiate over it.

#[path = "support/mit.rs"]
mod mit;
#[path = "support/peer.rs"]
mod peer;

use anysspi::kerberos::EncryptionType;
use anysspi::raw::Quality;
use anysspi::realm::{Realm, Service, User};
use anysspi::{
    AcceptBuilder, Allow, BindingsChecked, ChannelBindingPolicy, ChannelBindings, Context,
    ContextFlags, Delegated, InitiateBuilder, KdcAccess, Result, Status, accept, initiate,
};
use mit::{Mit, MitPeer, Refusal, TYPES, USER, service};
use peer::{from_base64, to_base64};
use serde_json::{Value, json};

const BINDINGS: &[u8] = b"tls-server-end-point:0123456789abcdef";

fn client(mit: &Mit, target: &str) -> InitiateBuilder {
    initiate("Kerberos")
        .kdc(KdcAccess::Caller)
        .target(target)
        .credential(mit.client_identity())
        .allow(Allow::RC4)
}

fn server(mit: &Mit) -> AcceptBuilder {
    accept("Kerberos").kdc(KdcAccess::Caller).credential(mit.service_identity()).allow(Allow::RC4)
}

/// What came of two ends that do not agree.
#[derive(Debug)]
enum Failure {
    Ours(anysspi::Error),
    Theirs(Refusal),
}

/// Our initiator with their acceptor.
fn initiate_to(
    mit: &Mit,
    client: InitiateBuilder,
    bindings: Option<&[u8]>,
) -> std::result::Result<(Context, MitPeer), Failure> {
    let mut ours = client.start().map_err(Failure::Ours)?;
    let mut theirs = mit.peer();
    let bindings = bindings.map(to_base64);
    theirs
        .call(&json!({ "do": "server", "keytab": mit.services, "bindings": bindings }))
        .map_err(Failure::Theirs)?;
    let mut answer: Option<Vec<u8>> = None;
    while let Some(token) = mit.step(&mut ours, answer.as_deref()).map_err(Failure::Ours)? {
        let (token, is_complete) = theirs.step(Some(&token)).map_err(Failure::Theirs)?;
        if ours.done() {
            assert!(is_complete && token.is_none(), "they want more than there is");
            break;
        }
        answer = Some(token.expect("an answer"));
    }
    Ok((ours.into_context().map_err(Failure::Ours)?, theirs))
}

/// Their initiator with our acceptor.
fn accept_from(
    mit: &Mit,
    server: AcceptBuilder,
    request: &Value,
) -> std::result::Result<(Context, MitPeer), Failure> {
    let mut ours = server.start().map_err(Failure::Ours)?;
    let mut theirs = mit.peer();
    theirs.call(request).map_err(Failure::Theirs)?;
    let mut answer: Option<Vec<u8>> = None;
    loop {
        let (token, is_complete) = theirs.step(answer.as_deref()).map_err(Failure::Theirs)?;
        let Some(token) = token else { break };
        answer = mit.step(&mut ours, Some(&token)).map_err(Failure::Ours)?;
        if answer.is_none() {
            assert!(is_complete && ours.done(), "they want more than there is");
            break;
        }
    }
    Ok((ours.into_context().map_err(Failure::Ours)?, theirs))
}

fn request(mit: &Mit, target: &str, flags: &[&str], mechanism: &str) -> Value {
    json!({
        "do": "client",
        "cache": mit.cache(),
        "target": target,
        "flags": flags,
        "mechanism": mechanism,
    })
}

/// Flags in MIT's words.
const PROTECTION: [&str; 4] =
    ["integrity", "confidentiality", "replay_detection", "out_of_sequence_detection"];

fn check_facts(ours: &Context, theirs: &mut MitPeer, target: &str) {
    let facts = theirs.facts();
    assert_eq!(facts["client"], USER);
    assert_eq!(facts["target"], format!("{target}@EXAMPLE.TEST"));
    assert_eq!(ours.session_key().expose(), from_base64(facts["key"].as_str().unwrap()));
    assert_eq!((ours.client().user(), ours.client().domain()), ("alice", Some("EXAMPLE.TEST")));
    assert_eq!(ours.target(), Some(target));
    let flags: Vec<&str> =
        facts["flags"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    for (flag, name) in [
        (ContextFlags::MUTUAL_AUTH, "mutual_authentication"),
        (ContextFlags::REPLAY_DETECT, "replay_detection"),
        (ContextFlags::SEQUENCE_DETECT, "out_of_sequence_detection"),
        (ContextFlags::DELEGATE, "delegate_to_peer"),
        (ContextFlags::DCE_STYLE, "dce_style"),
    ] {
        assert_eq!(ours.flags().contains(flag), flags.contains(&name), "{name}: {flags:?}");
    }
}

/// Messages both ways, sealed and only signed, and signatures by themselves.
fn check_protection(ours: &mut Context, theirs: &mut MitPeer) {
    for length in [0, 1, 15, 16, 17, 1000, 70_000] {
        let message: Vec<u8> = (0..length).map(|at: usize| at as u8).collect();
        let data = to_base64(&message);
        let sealed = ours.wrap(&message).unwrap();
        let opened = theirs.call(&json!({ "do": "unwrap", "data": to_base64(&sealed) })).unwrap();
        assert_eq!(opened, json!({ "data": data, "sealed": true }));
        for is_sealed in [true, false] {
            let request = json!({ "do": "wrap", "data": data, "sealed": is_sealed });
            let wrapped = theirs.call(&request).unwrap();
            let wrapped = from_base64(wrapped.as_str().unwrap());
            let (opened, quality) = ours.unwrap_with_quality(&wrapped).unwrap();
            assert_eq!(opened, message);
            assert_eq!(quality == Quality::NO_ENCRYPT, !is_sealed);
        }
        let mic = to_base64(&ours.sign(&message).unwrap());
        theirs.call(&json!({ "do": "verify", "data": data, "mic": mic })).unwrap();
        let mic = theirs.call(&json!({ "do": "sign", "data": data })).unwrap();
        ours.verify(&message, &from_base64(mic.as_str().unwrap())).unwrap();
    }
    let mut sealed = ours.wrap(b"message").unwrap();
    *sealed.last_mut().unwrap() ^= 1;
    theirs.call(&json!({ "do": "unwrap", "data": to_base64(&sealed) })).unwrap_err();
}

#[test]
fn our_initiator_with_their_acceptor_of_every_type() {
    let Some(mit) = Mit::find("initiator") else { return };
    for encryption_type in TYPES {
        let target = service(encryption_type);
        mit.fetch(&target);
        let number = EncryptionType::from_name(encryption_type).unwrap();
        let ticket = mit.tickets().tickets().last().cloned().unwrap();
        assert_eq!(ticket.key.encryption_type(), number);
        for mutual in [true, false] {
            let mut client = client(&mit, &target);
            if !mutual {
                client = client.without(ContextFlags::MUTUAL_AUTH);
            }
            let (mut ours, mut theirs) = initiate_to(&mit, client, None).unwrap();
            check_facts(&ours, &mut theirs, &target);
            check_protection(&mut ours, &mut theirs);
            assert_eq!(ours.flags().contains(ContextFlags::MUTUAL_AUTH), mutual);
            assert_eq!(ours.expiry(), ticket.ends.unwrap());
        }
    }
}

#[test]
fn their_initiator_with_our_acceptor_of_every_type() {
    let Some(mit) = Mit::find("acceptor") else { return };
    for encryption_type in TYPES {
        let target = service(encryption_type);
        for mutual in [true, false] {
            let mut flags = PROTECTION.to_vec();
            let mut server = server(&mit);
            if mutual {
                flags.push("mutual_authentication");
            } else {
                server = server.relax(ContextFlags::MUTUAL_AUTH);
            }
            let request = request(&mit, &target, &flags, "kerberos");
            let (mut ours, mut theirs) = accept_from(&mit, server, &request).unwrap();
            check_facts(&ours, &mut theirs, &target);
            check_protection(&mut ours, &mut theirs);
            assert_eq!(ours.flags().contains(ContextFlags::MUTUAL_AUTH), mutual);
        }
    }
}

#[test]
fn rc4_is_off_unless_it_is_allowed() {
    let Some(mit) = Mit::find("rc4") else { return };
    let target = service("arcfour-hmac");
    let request = request(&mit, &target, &["mutual_authentication"], "kerberos");
    let plain = accept("Kerberos").kdc(KdcAccess::Caller).credential(mit.service_identity());
    let Err(Failure::Ours(error)) = accept_from(&mit, plain, &request) else { panic!() };
    assert_eq!(error.status(), Status::NO_KERB_KEY);
    assert!(error.token().is_some());
    mit.fetch(&target);
    let plain = initiate("Kerberos")
        .kdc(KdcAccess::Caller)
        .target(&target)
        .credential(mit.client_identity());
    let Err(Failure::Ours(error)) = initiate_to(&mit, plain, None) else { panic!() };
    assert_eq!(error.status(), Status::KDC_UNKNOWN_ETYPE, "{error}");
}

/// Messages of DCE RPC both ways: in place, with their signature before them.
fn check_dce_messages(ours: &mut Context, theirs: &mut MitPeer) {
    for message in [&b"sixteen bytes..."[..], &[7; 4096]] {
        let (mut sealed, mut signature) =
            (message.to_vec(), vec![0; ours.sizes().security_trailer]);
        let length = ours.wrap_in_place(&mut sealed, &mut signature).unwrap();
        let opened = theirs
            .call(&json!({
                "do": "unwrap_iov",
                "token": to_base64(&signature[..length]),
                "data": to_base64(&sealed),
                "associated": "",
            }))
            .unwrap();
        assert_eq!(opened, json!({ "data": to_base64(message), "sealed": true }));

        let request = json!({ "do": "wrap_iov", "data": to_base64(message), "associated": "", "sealed": true });
        let wrapped = theirs.call(&request).unwrap();
        let part = |name: &str| from_base64(wrapped[name].as_str().unwrap());
        let mut sealed = part("data");
        ours.open_in_place(&mut sealed, &part("token")).unwrap();
        assert_eq!(sealed, message);
    }
}

#[test]
fn dce_style_has_three_legs() {
    let Some(mit) = Mit::find("dce") else { return };
    for encryption_type in TYPES {
        let target = service(encryption_type);
        mit.fetch(&target);
        let client = client(&mit, &target).require(ContextFlags::DCE_STYLE);
        let (mut ours, mut theirs) = initiate_to(&mit, client, None).unwrap();
        check_facts(&ours, &mut theirs, &target);
        check_dce_messages(&mut ours, &mut theirs);

        let flags = [&PROTECTION[..], &["mutual_authentication", "dce_style"]].concat();
        let request = request(&mit, &target, &flags, "kerberos");
        let (mut ours, mut theirs) = accept_from(&mit, server(&mit), &request).unwrap();
        check_facts(&ours, &mut theirs, &target);
        check_dce_messages(&mut ours, &mut theirs);
        assert!(ours.flags().contains(ContextFlags::DCE_STYLE));
    }
}

#[test]
fn channel_bindings_are_compared_both_ways() {
    let Some(mit) = Mit::find("bindings") else { return };
    let target = service(TYPES[0]);
    mit.fetch(&target);
    let ours = |data: &[u8]| client(&mit, &target).channel_bindings(ChannelBindings::new(data));
    let (context, _) = initiate_to(&mit, ours(BINDINGS), Some(BINDINGS)).unwrap();
    assert_eq!(context.bindings_checked(), BindingsChecked::Sent);
    let Err(Failure::Theirs(refusal)) = initiate_to(&mit, ours(b"other"), Some(BINDINGS)) else {
        panic!()
    };
    assert_eq!(refusal.class, "BadChannelBindingsError");

    let flags = [&PROTECTION[..], &["mutual_authentication"]].concat();
    let theirs = |bindings: Option<&[u8]>| {
        let mut request = request(&mit, &target, &flags, "kerberos");
        request["bindings"] = json!(bindings.map(to_base64));
        request
    };
    let server = || server(&mit).channel_bindings(ChannelBindings::new(BINDINGS));
    let (context, _) = accept_from(&mit, server(), &theirs(Some(BINDINGS))).unwrap();
    assert_eq!(context.bindings_checked(), BindingsChecked::Verified);
    let (context, _) = accept_from(&mit, server(), &theirs(None)).unwrap();
    assert_eq!(context.bindings_checked(), BindingsChecked::No);
    let always = || server().binding_policy(ChannelBindingPolicy::Always);
    assert!(accept_from(&mit, always(), &theirs(Some(BINDINGS))).is_ok());
    for (server, bindings) in [(always(), None), (server(), Some(&b"other"[..]))] {
        let Err(Failure::Ours(error)) = accept_from(&mit, server, &theirs(bindings)) else {
            panic!()
        };
        assert_eq!(error.status(), Status::BAD_BINDINGS);
    }
}

#[test]
fn tickets_are_delegated_both_ways() {
    let Some(mit) = Mit::find("delegation") else { return };
    for encryption_type in TYPES {
        let target = service(encryption_type);
        mit.fetch(&target);
        let client = client(&mit, &target).require(ContextFlags::DELEGATE);
        let (ours, mut theirs) = initiate_to(&mit, client, None).unwrap();
        check_facts(&ours, &mut theirs, &target);
        assert_eq!(theirs.facts()["delegated"], USER);

        let flags = [&PROTECTION[..], &["mutual_authentication", "delegate_to_peer"]].concat();
        let request = request(&mit, &target, &flags, "kerberos");
        let (mut ours, mut theirs) = accept_from(&mit, server(&mit), &request).unwrap();
        check_facts(&ours, &mut theirs, &target);
        let Delegated::Tickets(tickets) = ours.delegated().unwrap() else { panic!() };
        assert_eq!(tickets.client().to_string(), USER);
        assert_eq!(ours.delegated().unwrap_err().status(), Status::NO_CREDENTIALS);

        // It is good for more than being looked at: a ticket for another service.
        let other = service(TYPES[1]);
        let cache = anysspi::CredentialCache::Bytes(tickets.to_bytes().unwrap());
        let client = initiate("Kerberos")
            .kdc(KdcAccess::Caller)
            .target(&other)
            .credential(anysspi::Identity::CredentialCache(cache))
            .allow(Allow::RC4);
        let (ours, mut theirs) = initiate_to(&mit, client, None)
            .unwrap_or_else(|failure| panic!("{encryption_type}: {tickets:?}: {failure:?}"));
        check_facts(&ours, &mut theirs, &other);
    }
}

#[test]
fn negotiate_takes_kerberos_with_mit() {
    let Some(mit) = Mit::find("negotiate") else { return };
    let target = service(TYPES[0]);
    let client = initiate("Negotiate")
        .kdc(KdcAccess::Caller)
        .target(&target)
        .credential(mit.client_identity());
    let (mut ours, mut theirs) = initiate_to(&mit, client, None).unwrap();
    check_facts(&ours, &mut theirs, &target);
    check_protection(&mut ours, &mut theirs);
    assert_eq!(ours.negotiation().unwrap().chosen.as_deref(), Some("Kerberos"));

    let flags = [&PROTECTION[..], &["mutual_authentication"]].concat();
    for mechanism in ["spnego", "kerberos"] {
        let request = request(&mit, &target, &flags, mechanism);
        let server = accept("Negotiate").kdc(KdcAccess::Caller).credential(mit.service_identity());
        let (ours, mut theirs) = accept_from(&mit, server, &request).unwrap();
        check_facts(&ours, &mut theirs, &target);
        assert_eq!(ours.negotiation().unwrap().chosen.as_deref(), Some("Kerberos"));
    }
}

#[test]
fn what_their_acceptor_refuses_is_told() -> Result<()> {
    let Some(mit) = Mit::find("refusals") else { return Ok(()) };
    // A keytab that has another key by the same name.
    let target = service(TYPES[0]);
    mit.fetch(&target);
    let mut ours = client(&mit, &target).start()?;
    let token = mit.step(&mut ours, None)?.expect("a token");
    let mut changed = token.clone();
    *changed.last_mut().expect("a byte") ^= 1;
    let mut theirs = mit.peer();
    theirs.call(&json!({ "do": "server", "keytab": mit.services })).expect("a server");
    let refusal = theirs.step(Some(&changed)).expect_err("it was altered");
    let error = mit.step(&mut ours, refusal.token.as_deref()).expect_err("a refusal");
    assert_eq!(error.status(), Status::WRONG_PRINCIPAL, "{refusal:?}");
    Ok(())
}

#[test]
fn mits_gss_api_works_in_a_realm_in_a_box() {
    let realm = Realm::new("EXAMPLE.TEST").unwrap();
    realm.add_user(User::new("alice", mit::PASSWORD)).unwrap();
    let [rest @ .., _rc4] = TYPES;
    let services = rest.map(service);
    for (encryption_type, service) in rest.iter().zip(&services) {
        let types = [EncryptionType::from_name(encryption_type).unwrap()];
        realm.add_service(Service::new(service).encryption_types(&types)).unwrap();
    }
    let serving = realm.serve().unwrap();
    let keys = realm.keytab(&services.each_ref().map(String::as_str)).unwrap();
    let Some(mit) = Mit::in_realm("box", &serving.krb5_conf(), &keys) else { return };
    for target in &services {
        let (mut ours, mut theirs) = initiate_to(&mit, client(&mit, target), None).unwrap();
        check_facts(&ours, &mut theirs, target);
        check_protection(&mut ours, &mut theirs);
        let flags = [&PROTECTION[..], &["mutual_authentication"]].concat();
        let request = request(&mit, target, &flags, "kerberos");
        let (mut ours, mut theirs) = accept_from(&mit, server(&mit), &request).unwrap();
        check_facts(&ours, &mut theirs, target);
        check_protection(&mut ours, &mut theirs);
        // The PAC, which MIT passed through.
        let peer = ours.peer().unwrap();
        assert!(peer.has_pac && peer.sid.is_some());
    }
}
