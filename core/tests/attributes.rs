//! Queries: what an established context answers, and what it does not.

mod support;

use anysspi::raw::{AccessToken, Sizes};
use anysspi::{
    Attribute, AttributeValue, ChannelBindings, Context, ContextFlags, NegotiationState, Status,
    Time,
};
use support::{client, establish, server};

fn pair() -> (Context, Context) {
    establish(client(), server()).unwrap()
}

#[test]
fn both_sides_answer_what_they_know() {
    let (client, server) = pair();
    for context in [&client, &server] {
        let query = |attribute| context.query(attribute).unwrap();
        let sizes =
            Sizes { max_token: 16_384, max_signature: 16, block_size: 1, security_trailer: 16 };
        assert_eq!(query(Attribute::SIZES), AttributeValue::Sizes(sizes));
        assert_eq!(query(Attribute::NAMES), AttributeValue::Names(support::USER.into()));
        let native = AttributeValue::NativeNames {
            client: support::USER.into(),
            server: "server.example.com".into(),
        };
        assert_eq!(query(Attribute::NATIVE_NAMES), native);
        let start = Time::from_unix_seconds(1_700_000_000);
        let lifespan = AttributeValue::Lifespan { start, expiry: Time::FOREVER };
        assert_eq!(query(Attribute::LIFESPAN), lifespan);
        let AttributeValue::PackageInfo(package) = query(Attribute::PACKAGE_INFO) else { panic!() };
        assert_eq!(package.name, "NTLM");
        let negotiated = query(Attribute::NEGOTIATION_INFO);
        let state = NegotiationState::Complete;
        assert_eq!(negotiated, AttributeValue::NegotiationInfo { package, state });
        let AttributeValue::KeyInfo(key) = query(Attribute::KEY_INFO) else { panic!() };
        assert_eq!(
            (key.signature_algorithm_name, key.encryption_algorithm_name),
            ("HMAC-MD5", "RC4")
        );
        assert_eq!((key.key_size, key.encryption_algorithm), (128, 0x6801));
        let AttributeValue::SessionKey(key) = query(Attribute::SESSION_KEY) else { panic!() };
        assert_eq!(key.len(), 16);
        let flags = ContextFlags::PROTECTION | ContextFlags::CONNECTION;
        assert_eq!(query(Attribute::FLAGS), AttributeValue::Flags(flags));
        let target = AttributeValue::Name("HTTP/server.example.com".into());
        assert_eq!(query(Attribute::CLIENT_SPECIFIED_TARGET), target);
    }
}

#[test]
fn only_the_client_has_the_servers_information_and_only_the_server_an_access_token() {
    let (client, server) = pair();
    let AttributeValue::Bytes(info) = client.query(Attribute::TARGET_INFORMATION).unwrap() else {
        panic!()
    };
    assert_eq!(&info[..4], [2, 0, 12, 0], "MsvAvNbDomainName, six characters");
    let AttributeValue::AccessToken(token) = server.query(Attribute::ACCESS_TOKEN).unwrap() else {
        panic!()
    };
    let AccessToken { user, anonymous, identify_only, expiry, .. } = token;
    assert_eq!(user.to_string(), support::USER);
    assert_eq!((anonymous, identify_only, expiry), (false, false, Time::FOREVER));
    for error in [
        client.query(Attribute::ACCESS_TOKEN).unwrap_err(),
        server.query(Attribute::TARGET_INFORMATION).unwrap_err(),
    ] {
        assert_eq!(error.status(), Status::UNSUPPORTED_FUNCTION);
    }
}

#[test]
fn bindings_are_told_apart_by_their_kind() {
    for (bindings, has, has_not) in [
        (
            ChannelBindings::tls_unique(b"finished"),
            Attribute::UNIQUE_BINDINGS,
            Attribute::ENDPOINT_BINDINGS,
        ),
        (
            ChannelBindings::tls_server_end_point(&[1; 32]),
            Attribute::ENDPOINT_BINDINGS,
            Attribute::UNIQUE_BINDINGS,
        ),
    ] {
        let (client, _) = establish(client().channel_bindings(bindings.clone()), server()).unwrap();
        let structure = AttributeValue::Bytes(bindings.to_structure());
        assert_eq!(client.query(has).unwrap(), structure);
        assert_eq!(client.query(has_not).unwrap_err().status(), Status::UNSUPPORTED_FUNCTION);
    }
}

#[test]
fn what_the_package_does_not_know_is_unsupported() {
    let (client, _) = pair();
    for attribute in [
        Attribute::STREAM_SIZES,
        Attribute::DCE_INFO,
        Attribute::AUTHORITY,
        Attribute::PASSWORD_EXPIRY,
        Attribute::UNIQUE_BINDINGS,
        Attribute::ENDPOINT_BINDINGS,
        Attribute::REMOTE_CERT_CONTEXT,
        Attribute::LOCAL_CERT_CONTEXT,
        Attribute::ISSUER_LIST_EX,
        Attribute::CONNECTION_INFO,
        Attribute(4_711),
    ] {
        let error = client.query(attribute).unwrap_err();
        assert_eq!(error.status(), Status::UNSUPPORTED_FUNCTION, "{attribute:?}");
        assert!(error.context().contains(&attribute.symbol()), "{error}");
    }
}
