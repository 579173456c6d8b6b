//! What an implementation of GSS-API that somebody else wrote is put through, with our end opposite it,
//! in a realm in a box.
#![allow(dead_code, unreachable_pub, reason = "each test file uses the part it needs")]

use crate::contexts::{
    PASSWORD, Refusal, TYPES, Theirs, USER, accept_from, check_alterations, check_facts,
    check_protection, flags_with, initiate_to, service,
};
use crate::peer::to_base64;
use crate::served::ServedRealm;
use anysspi::kerberos::EncryptionType;
use anysspi::raw::CredentialsRequest;
use anysspi::realm::Service;
use anysspi::{
    BindingsChecked, ChannelBindingPolicy, ChannelBindings, Context, ContextFlags, CredentialCache,
    Delegated, Identity, KdcAccess, Keytab, ProtocolCode, Registry, Status, Step, Usage, accept,
    initiate,
};
use serde_json::Value;

/// Our initiator with their acceptor: every type of keys, with mutual authentication and without, and
/// with messages that are only signed.
pub fn initiate_of_every_type(served: &ServedRealm, theirs: &mut Theirs) {
    for target in TYPES.map(service) {
        for without in
            [ContextFlags::empty(), ContextFlags::MUTUAL_AUTH, ContextFlags::CONFIDENTIALITY]
        {
            let client = served.client("Kerberos", &target).without(without);
            let mut ours = initiate_to(theirs, client, &served.their_server()).unwrap();
            assert!(!ours.flags().intersects(without));
            check_facts(&ours, theirs, &target);
            check_protection(&mut ours, theirs);
            check_alterations(&mut ours, theirs);
        }
    }
}

/// The same with their initiator and our acceptor. `begin` is what happens before other messages.
pub fn accept_of_every_type(
    served: &ServedRealm,
    theirs: &mut Theirs,
    begin: impl Fn(&mut Context, &mut Theirs),
) {
    for target in TYPES.map(service) {
        for (without, name) in [
            (ContextFlags::empty(), ""),
            (ContextFlags::MUTUAL_AUTH, "mutual_authentication"),
            (ContextFlags::CONFIDENTIALITY, "confidentiality"),
        ] {
            let mut flags = flags_with(&["mutual_authentication"]);
            flags.retain(|flag| *flag != name);
            let request = served.their_client(&target, &flags);
            let server = served.server("Kerberos").relax(without);
            let mut ours = accept_from(theirs, server, &request).unwrap();
            check_facts(&ours, theirs, &target);
            begin(&mut ours, theirs);
            check_protection(&mut ours, theirs);
            check_alterations(&mut ours, theirs);
            // Who alice is to Windows, out of the PAC that they passed through.
            let peer = ours.peer().unwrap();
            assert!(peer.has_pac && peer.sid.is_some());
        }
    }
}

/// rc4-hmac is refused by our end where it is not allowed by name.
pub fn refuse_rc4(served: &ServedRealm, theirs: &mut Theirs) {
    let target = service("arcfour-hmac");
    let keytab = Identity::Keytab(Keytab::file(served.keytab()));
    let request = served.their_client(&target, &flags_with(&["mutual_authentication"]));
    let server = accept("Kerberos").credential(keytab);
    let error = accept_from(theirs, server, &request).unwrap_err().ours();
    assert_eq!(error.status(), Status::NO_KERB_KEY, "{error}");

    let client = initiate("Kerberos")
        .kdc(KdcAccess::through(served.realm.clone()))
        .target(target)
        .credential(Identity::password(USER, PASSWORD));
    let error = client.start().unwrap().next().unwrap_err();
    assert_eq!(error.status(), Status::KDC_UNKNOWN_ETYPE, "{error}");
}

/// A ticket-granting ticket is delegated, and good for a ticket of another service at the other end.
pub fn delegate(served: &ServedRealm, theirs: &mut Theirs) {
    let other = service(TYPES[1]);
    for target in TYPES.map(service) {
        let client = served.client("Kerberos", &target).require(ContextFlags::DELEGATE);
        let ours = initiate_to(theirs, client, &served.their_server()).unwrap();
        check_facts(&ours, theirs, &target);
        assert_eq!(theirs.facts()["delegated"], USER);
        let flags = flags_with(&["mutual_authentication"]);
        let mut request = served.their_client(&other, &flags);
        request["delegated"] = true.into();
        let ours = accept_from(theirs, served.server("Kerberos"), &request).unwrap();
        check_facts(&ours, theirs, &other);

        let flags = flags_with(&["mutual_authentication", "delegate_to_peer"]);
        let request = served.their_client(&target, &flags);
        let mut ours = accept_from(theirs, served.server("Kerberos"), &request).unwrap();
        check_facts(&ours, theirs, &target);
        let Delegated::Tickets(tickets) = ours.delegated().unwrap() else { panic!() };
        assert_eq!(tickets.client().to_string(), USER);
        let cache = CredentialCache::Bytes(tickets.to_bytes().unwrap());
        let identity = Identity::CredentialCache(cache);
        let client = served.client_with("Kerberos", &other, identity);
        let ours = initiate_to(theirs, client, &served.their_server()).unwrap();
        check_facts(&ours, theirs, &other);
    }
    // Nobody delegates who was not asked to.
    let client = served.client("Kerberos", &other);
    initiate_to(theirs, client, &served.their_server()).unwrap();
    assert_eq!(theirs.facts()["delegated"], Value::Null);
}

/// The bindings of a channel are compared, at both ends. `bindings` are those as our end has them of what
/// `asking` asks of theirs.
pub fn bind(served: &ServedRealm, theirs: &mut Theirs, bindings: &ChannelBindings, asking: &Value) {
    let target = service(TYPES[0]);
    let bound = |mut request: Value| {
        let fields = asking.as_object().unwrap().clone();
        request.as_object_mut().unwrap().extend(fields);
        request["bindings"] = to_base64(bindings.application_data()).into();
        request
    };
    let client = || served.client("Kerberos", &target);
    let server = bound(served.their_server());
    let right = client().channel_bindings(bindings.clone());
    let ours = initiate_to(theirs, right, &server).unwrap();
    assert_eq!(ours.bindings_checked(), BindingsChecked::Sent);
    let wrong = client().channel_bindings(ChannelBindings::new(*b"another channel"));
    let refusal = initiate_to(theirs, wrong, &server).unwrap_err().theirs();
    assert!(refusal.message.to_lowercase().contains("binding"), "{refusal:?}");

    let flags = flags_with(&["mutual_authentication"]);
    let without = served.their_client(&target, &flags);
    let with = bound(without.clone());
    let server = || served.server("Kerberos").channel_bindings(bindings.clone());
    let always = || server().binding_policy(ChannelBindingPolicy::Always);
    for server in [server(), always()] {
        let ours = accept_from(theirs, server, &with).unwrap();
        assert_eq!(ours.bindings_checked(), BindingsChecked::Verified);
    }
    let ours = accept_from(theirs, server(), &without).unwrap();
    assert_eq!(ours.bindings_checked(), BindingsChecked::No);
    let error = accept_from(theirs, always(), &without).unwrap_err().ours();
    assert_eq!(error.status(), Status::BAD_BINDINGS);
    let other = server().channel_bindings(ChannelBindings::new(*b"another channel"));
    let error = accept_from(theirs, other, &with).unwrap_err().ours();
    assert_eq!(error.status(), Status::BAD_BINDINGS);
}

/// Kerberos under SPNEGO, and Kerberos by itself where Negotiate is offered.
pub fn negotiate(served: &ServedRealm, theirs: &mut Theirs) {
    for target in [TYPES[0], TYPES[3]].map(service) {
        for others in
            [&["mutual_authentication"][..], &["mutual_authentication", "delegate_to_peer"]]
        {
            let mut client = served.client("Negotiate", &target);
            if others.len() > 1 {
                client = client.require(ContextFlags::DELEGATE);
            }
            let mut ours = initiate_to(theirs, client, &served.their_server()).unwrap();
            check_facts(&ours, theirs, &target);
            check_protection(&mut ours, theirs);
            check_alterations(&mut ours, theirs);
            assert_eq!(ours.negotiation().unwrap().chosen.as_deref(), Some("Kerberos"));

            for mechanism in ["spnego", "kerberos"] {
                let mut request = served.their_client(&target, &flags_with(others));
                request["mechanism"] = mechanism.into();
                let server = served.server("Negotiate");
                let mut ours = accept_from(theirs, server, &request).unwrap();
                check_facts(&ours, theirs, &target);
                check_protection(&mut ours, theirs);
                check_alterations(&mut ours, theirs);
                assert_eq!(ours.negotiation().unwrap().chosen.as_deref(), Some("Kerberos"));
            }
        }
    }
}

/// Their acceptor takes a request once.
pub fn replay_to_theirs(served: &ServedRealm, theirs: &mut Theirs) {
    let mut client = served.client("Kerberos", &service(TYPES[0])).start().unwrap();
    let Step::SendToken(token) = client.next().unwrap() else { panic!("a token") };
    theirs.call(&served.their_server()).unwrap();
    theirs.step(Some(&token)).unwrap();
    theirs.call(&served.their_server()).unwrap();
    let refusal = theirs.step(Some(&token)).unwrap_err();
    assert!(refusal.message.to_lowercase().contains("replay"), "{refusal:?}");
}

/// Our acceptor takes a request of theirs once.
pub fn replay_to_ours(served: &ServedRealm, theirs: &mut Theirs) {
    let credentials = CredentialsRequest::new("Kerberos", Usage::INBOUND)
        .with_identity(Identity::Keytab(Keytab::file(served.keytab())))
        .acquire(Registry::global())
        .unwrap();
    let server = || accept("Kerberos").credential(credentials.clone()).start().unwrap();
    let flags = flags_with(&["mutual_authentication"]);
    theirs.call(&served.their_client(&service(TYPES[0]), &flags)).unwrap();
    let (token, _) = theirs.step(None).unwrap();
    assert!(server().step(token.as_deref()).is_ok());
    let error = server().step(token.as_deref()).unwrap_err();
    assert_eq!(error.status(), Status::OUT_OF_SEQUENCE, "{error}");
    assert_eq!(error.code(), Some(ProtocolCode::Kerberos(34)));
}

/// Messages that come twice, late or early. `order` reads out of what they answer how a message came.
pub fn disorder(
    served: &ServedRealm,
    theirs: &mut Theirs,
    order: impl Fn(Result<Value, Refusal>) -> Option<String>,
) {
    for target in [TYPES[0], TYPES[4]].map(service) {
        let client = served.client("Kerberos", &target);
        let mut ours = initiate_to(theirs, client, &served.their_server()).unwrap();
        let messages = [1, 2, 3, 4].map(|number| ours.wrap(&[number]).unwrap());
        for (at, expected) in
            [(0, None), (1, None), (3, Some("early")), (2, Some("late")), (3, Some("duplicate"))]
        {
            assert_eq!(order(theirs.unwrap(&messages[at])).as_deref(), expected, "{target}");
        }

        let [first, second, third] = [1, 2, 3].map(|number| theirs.wrap(&[number], true));
        ours.unwrap(&first).unwrap();
        for message in [&third, &first] {
            let error = ours.unwrap(message).unwrap_err();
            assert_eq!(error.status(), Status::OUT_OF_SEQUENCE, "{error}");
        }
        ours.unwrap(&second).unwrap();
        ours.unwrap(&third).unwrap();

        // Whoever cares about repetitions alone takes them in any order.
        let client = served.client("Kerberos", &target).without(ContextFlags::SEQUENCE_DETECT);
        let mut ours = initiate_to(theirs, client, &served.their_server()).unwrap();
        let [first, second, third] = [1, 2, 3].map(|number| theirs.wrap(&[number], true));
        for message in [&third, &first, &second] {
            ours.unwrap(message).unwrap();
        }
        let error = ours.unwrap(&first).unwrap_err();
        assert_eq!(error.status(), Status::OUT_OF_SEQUENCE, "{error}");
    }
}

/// What our acceptor refuses their initiator is told with a KRB-ERROR. `check` sees what they make of it,
/// and its code.
pub fn be_refused(served: &ServedRealm, theirs: &mut Theirs, check: impl Fn(&Refusal, i32)) {
    let target = service(TYPES[0]);
    let keys_of = |service: &str| served.realm.keytab(&[service]).unwrap().to_bytes().unwrap();
    // As after somebody made new keys for the service without telling it.
    let old = keys_of(&target);
    let types = [EncryptionType::AES256_SHA1];
    served.realm.add_service(Service::new(&target).encryption_types(&types)).unwrap();
    let request = served.their_client(&target, &flags_with(&["mutual_authentication"]));
    for (keytab, status, code) in [
        (old, Status::MESSAGE_ALTERED, 31),
        (keys_of(&service(TYPES[1])), Status::WRONG_PRINCIPAL, 35),
    ] {
        let server = accept("Kerberos").credential(Identity::Keytab(Keytab::Bytes(keytab)));
        let error = accept_from(theirs, server, &request).unwrap_err().ours();
        assert_eq!(error.status(), status, "{error}");
        assert_eq!(error.code(), Some(ProtocolCode::Kerberos(code)));
        check(&theirs.step(error.token()).unwrap_err(), code);
    }
    let new = Identity::Keytab(Keytab::Bytes(keys_of(&target)));
    accept_from(theirs, accept("Kerberos").credential(new), &request).unwrap();
}
