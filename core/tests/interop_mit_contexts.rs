//! Kerberos with MIT's GSS-API, in both roles: every encryption type, with and without mutual
//! authentication, delegation, channel bindings, DCE style, and Negotiate over it.

#[path = "support/contexts.rs"]
mod contexts;
#[path = "support/mit.rs"]
mod mit;
#[path = "support/peer.rs"]
mod peer;
#[path = "support/transport.rs"]
mod transport;

use anysspi::kerberos::EncryptionType;
use anysspi::realm::{Realm, Service, User};
use anysspi::{
    AcceptBuilder, Allow, BindingsChecked, ChannelBindingPolicy, ChannelBindings, ContextFlags,
    CredentialCache, Delegated, Identity, InitiateBuilder, KdcAccess, Result, Status, Step, accept,
    initiate,
};
use contexts::{
    PASSWORD, TYPES, USER, accept_from, check_alterations, check_dce_messages_from,
    check_dce_messages_to, check_facts, check_protection, flags_with, initiate_to, service,
};
use mit::Mit;
use peer::to_base64;
use serde_json::{Value, json};

const BINDINGS: &[u8] = b"tls-server-end-point:0123456789abcdef";

fn client(mit: &Mit, target: &str) -> InitiateBuilder {
    initiate("Kerberos")
        .kdc(mit.kdc())
        .target(target)
        .credential(mit.client_identity())
        .allow(Allow::RC4)
}

fn server(mit: &Mit) -> AcceptBuilder {
    accept("Kerberos").kdc(KdcAccess::Caller).credential(mit.service_identity()).allow(Allow::RC4)
}

fn acceptor(mit: &Mit, bindings: Option<&[u8]>) -> Value {
    json!({ "do": "server", "keytab": mit.services, "bindings": bindings.map(to_base64) })
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

#[test]
fn our_initiator_with_their_acceptor_of_every_type() {
    let Some(mit) = Mit::find("initiator") else { return };
    let mut theirs = mit.peer();
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
            let mut ours = initiate_to(&mut theirs, client, &acceptor(&mit, None)).unwrap();
            check_facts(&ours, &mut theirs, &target);
            check_protection(&mut ours, &mut theirs);
            assert_eq!(ours.flags().contains(ContextFlags::MUTUAL_AUTH), mutual);
            assert_eq!(ours.expiry(), ticket.ends.unwrap());
            check_alterations(&mut ours, &mut theirs);
        }
    }
}

#[test]
fn their_initiator_with_our_acceptor_of_every_type() {
    let Some(mit) = Mit::find("acceptor") else { return };
    let mut theirs = mit.peer();
    for encryption_type in TYPES {
        let target = service(encryption_type);
        for mutual in [true, false] {
            let (server, flags) = if mutual {
                (server(&mit), flags_with(&["mutual_authentication"]))
            } else {
                (server(&mit).relax(ContextFlags::MUTUAL_AUTH), flags_with(&[]))
            };
            let request = request(&mit, &target, &flags, "kerberos");
            let mut ours = accept_from(&mut theirs, server, &request).unwrap();
            check_facts(&ours, &mut theirs, &target);
            check_protection(&mut ours, &mut theirs);
            assert_eq!(ours.flags().contains(ContextFlags::MUTUAL_AUTH), mutual);
        }
    }
}

#[test]
fn rc4_is_off_unless_it_is_allowed() {
    let Some(mit) = Mit::find("rc4") else { return };
    let mut theirs = mit.peer();
    let target = service("arcfour-hmac");
    let request = request(&mit, &target, &["mutual_authentication"], "kerberos");
    let plain = accept("Kerberos").kdc(KdcAccess::Caller).credential(mit.service_identity());
    let error = accept_from(&mut theirs, plain, &request).unwrap_err().ours();
    assert_eq!(error.status(), Status::NO_KERB_KEY);
    assert!(error.token().is_some());
    mit.fetch(&target);
    let plain =
        initiate("Kerberos").kdc(mit.kdc()).target(&target).credential(mit.client_identity());
    let error = initiate_to(&mut theirs, plain, &acceptor(&mit, None)).unwrap_err().ours();
    assert_eq!(error.status(), Status::KDC_UNKNOWN_ETYPE, "{error}");
}

#[test]
fn dce_style_has_three_legs() {
    let Some(mit) = Mit::find("dce") else { return };
    let mut theirs = mit.peer();
    for encryption_type in TYPES {
        let target = service(encryption_type);
        mit.fetch(&target);
        let client = client(&mit, &target).require(ContextFlags::DCE_STYLE);
        let mut ours = initiate_to(&mut theirs, client, &acceptor(&mit, None)).unwrap();
        check_facts(&ours, &mut theirs, &target);
        check_dce_messages_to(&mut theirs, &mut ours);
        check_dce_messages_from(&mut theirs, &mut ours);

        let flags = flags_with(&["mutual_authentication", "dce_style"]);
        let request = request(&mit, &target, &flags, "kerberos");
        let mut ours = accept_from(&mut theirs, server(&mit), &request).unwrap();
        check_facts(&ours, &mut theirs, &target);
        check_dce_messages_to(&mut theirs, &mut ours);
        check_dce_messages_from(&mut theirs, &mut ours);
        assert!(ours.flags().contains(ContextFlags::DCE_STYLE));
    }
}

#[test]
fn channel_bindings_are_compared_both_ways() {
    let Some(mit) = Mit::find("bindings") else { return };
    let mut theirs = mit.peer();
    let target = service(TYPES[0]);
    mit.fetch(&target);
    let ours = |data: &[u8]| client(&mit, &target).channel_bindings(ChannelBindings::new(data));
    let acceptor = acceptor(&mit, Some(BINDINGS));
    let context = initiate_to(&mut theirs, ours(BINDINGS), &acceptor).unwrap();
    assert_eq!(context.bindings_checked(), BindingsChecked::Sent);
    let refusal = initiate_to(&mut theirs, ours(b"other"), &acceptor).unwrap_err().theirs();
    assert_eq!(refusal.class, "BadChannelBindingsError");

    let flags = flags_with(&["mutual_authentication"]);
    let asking = |bindings: Option<&[u8]>| {
        let mut request = request(&mit, &target, &flags, "kerberos");
        request["bindings"] = json!(bindings.map(to_base64));
        request
    };
    let server = || server(&mit).channel_bindings(ChannelBindings::new(BINDINGS));
    let context = accept_from(&mut theirs, server(), &asking(Some(BINDINGS))).unwrap();
    assert_eq!(context.bindings_checked(), BindingsChecked::Verified);
    let context = accept_from(&mut theirs, server(), &asking(None)).unwrap();
    assert_eq!(context.bindings_checked(), BindingsChecked::No);
    let always = || server().binding_policy(ChannelBindingPolicy::Always);
    assert!(accept_from(&mut theirs, always(), &asking(Some(BINDINGS))).is_ok());
    for (server, bindings) in [(always(), None), (server(), Some(&b"other"[..]))] {
        let error = accept_from(&mut theirs, server, &asking(bindings)).unwrap_err().ours();
        assert_eq!(error.status(), Status::BAD_BINDINGS);
    }
}

#[test]
fn tickets_are_delegated_both_ways() {
    let Some(mit) = Mit::find("delegation") else { return };
    let mut theirs = mit.peer();
    for encryption_type in TYPES {
        let target = service(encryption_type);
        mit.fetch(&target);
        let client = client(&mit, &target).require(ContextFlags::DELEGATE);
        let ours = initiate_to(&mut theirs, client, &acceptor(&mit, None)).unwrap();
        check_facts(&ours, &mut theirs, &target);
        assert_eq!(theirs.facts()["delegated"], USER);

        let flags = flags_with(&["mutual_authentication", "delegate_to_peer"]);
        let request = request(&mit, &target, &flags, "kerberos");
        let mut ours = accept_from(&mut theirs, server(&mit), &request).unwrap();
        check_facts(&ours, &mut theirs, &target);
        let Delegated::Tickets(tickets) = ours.delegated().unwrap() else { panic!() };
        assert_eq!(tickets.client().to_string(), USER);
        assert_eq!(ours.delegated().unwrap_err().status(), Status::NO_CREDENTIALS);

        // It is good for more than being looked at: a ticket for another service.
        let other = service(TYPES[1]);
        let cache = CredentialCache::Bytes(tickets.to_bytes().unwrap());
        let client = initiate("Kerberos")
            .kdc(mit.kdc())
            .target(&other)
            .credential(Identity::CredentialCache(cache))
            .allow(Allow::RC4);
        let ours = initiate_to(&mut theirs, client, &acceptor(&mit, None))
            .unwrap_or_else(|failure| panic!("{encryption_type}: {tickets:?}: {failure:?}"));
        check_facts(&ours, &mut theirs, &other);
    }
}

#[test]
fn negotiate_takes_kerberos_with_mit() {
    let Some(mit) = Mit::find("negotiate") else { return };
    let mut theirs = mit.peer();
    let target = service(TYPES[0]);
    let client =
        initiate("Negotiate").kdc(mit.kdc()).target(&target).credential(mit.client_identity());
    let mut ours = initiate_to(&mut theirs, client, &acceptor(&mit, None)).unwrap();
    check_facts(&ours, &mut theirs, &target);
    check_protection(&mut ours, &mut theirs);
    assert_eq!(ours.negotiation().unwrap().chosen.as_deref(), Some("Kerberos"));

    let flags = flags_with(&["mutual_authentication"]);
    for mechanism in ["spnego", "kerberos"] {
        let request = request(&mit, &target, &flags, mechanism);
        let server = accept("Negotiate").kdc(KdcAccess::Caller).credential(mit.service_identity());
        let ours = accept_from(&mut theirs, server, &request).unwrap();
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
    let Step::SendToken(mut changed) = ours.next()? else { panic!("a token") };
    *changed.last_mut().expect("a byte") ^= 1;
    let mut theirs = mit.peer();
    theirs.call(&acceptor(&mit, None)).expect("a server");
    let refusal = theirs.step(Some(&changed)).expect_err("it was altered");
    let error = ours.step(refusal.token.as_deref()).expect_err("a refusal");
    assert_eq!(error.status(), Status::WRONG_PRINCIPAL, "{refusal:?}");
    Ok(())
}

#[test]
fn mits_gss_api_works_in_a_realm_in_a_box() {
    let realm = Realm::new("EXAMPLE.TEST").unwrap();
    realm.add_user(User::new("alice", PASSWORD)).unwrap();
    let [rest @ .., _rc4] = TYPES;
    let services = rest.map(service);
    for (encryption_type, service) in rest.iter().zip(&services) {
        let types = [EncryptionType::from_name(encryption_type).unwrap()];
        realm.add_service(Service::new(service).encryption_types(&types)).unwrap();
    }
    let serving = realm.serve().unwrap();
    let keys = realm.keytab(&services.each_ref().map(String::as_str)).unwrap();
    let Some(mit) = Mit::in_realm("box", &serving.krb5_conf(), &keys) else { return };
    let mut theirs = mit.peer();
    for target in &services {
        let acceptor = acceptor(&mit, None);
        let mut ours = initiate_to(&mut theirs, client(&mit, target), &acceptor).unwrap();
        check_facts(&ours, &mut theirs, target);
        check_protection(&mut ours, &mut theirs);
        let flags = flags_with(&["mutual_authentication"]);
        let request = request(&mit, target, &flags, "kerberos");
        let mut ours = accept_from(&mut theirs, server(&mit), &request).unwrap();
        check_facts(&ours, &mut theirs, target);
        check_protection(&mut ours, &mut theirs);
        // The PAC, which MIT passed through.
        let peer = ours.peer().unwrap();
        assert!(peer.has_pac && peer.sid.is_some());
    }
}
