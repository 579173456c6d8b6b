//! PKU2U: both ends in one process, with certificates made here, and who is let in.
#![cfg(feature = "pku2u")]

#[path = "support/certificates.rs"]
mod certificates;
#[path = "support/pku2u.rs"]
mod pku2u;
mod support;

use anysspi::raw::{Attribute, AttributeValue};
use anysspi::{
    BindingsChecked, Certificate, ChannelBindingPolicy, ChannelBindings, Context, ContextFlags,
    Error, Handshake, Identity, Registry, Secret, Side, Status, Step, accept, initiate,
};
use certificates::{alice, key, recipe, server as server_certificate};
use pku2u::{TARGET, client, client_with, pair, server, server_with, trusting};
use rcgen::{ExtendedKeyUsagePurpose, KeyUsagePurpose};
use support::{establish, refused, registry, run};

#[test]
fn both_sides_know_each_other() {
    let (client, server) = pair();
    for context in [&client, &server] {
        assert_eq!(context.client().to_string(), r"alice\alice");
        assert_eq!(context.server(), Some(r"The server\The server"));
        assert_eq!(context.target(), Some(TARGET));
        assert_eq!(context.flags(), ContextFlags::default());
        assert_eq!(context.package().name, "PKU2U");
        assert_eq!(context.bindings_checked(), BindingsChecked::No);
        let sizes = context.sizes();
        assert_eq!((sizes.max_signature, sizes.security_trailer, sizes.block_size), (28, 76, 1));
        let AttributeValue::PackageInfo(info) = context.query(Attribute::PACKAGE_INFO).unwrap()
        else {
            panic!("another answer");
        };
        assert_eq!((&*info.name, info.rpc_id, info.max_token), ("PKU2U", 31, 48 * 1024));
        assert!(context.expiry() < anysspi::Time::FOREVER);
        let error = context.query(Attribute::STREAM_SIZES).unwrap_err();
        assert_eq!(error.status(), Status::UNSUPPORTED_FUNCTION);
    }
    assert_eq!(client.session_key().expose(), server.session_key().expose());
    assert_eq!(client.session_key().expose().len(), 32);
    let certificates =
        |certificate: &Certificate| AttributeValue::Certificates(certificate.chain.clone());
    let (own, peers) = (Attribute::LOCAL_CERT_CONTEXT, Attribute::REMOTE_CERT_CONTEXT);
    assert_eq!(client.query(own).unwrap(), certificates(alice()));
    assert_eq!(client.query(peers).unwrap(), certificates(server_certificate()));
    assert_eq!(server.query(own).unwrap(), certificates(server_certificate()));
    assert_eq!(server.query(peers).unwrap(), certificates(alice()));
    let (other, _) = pair();
    assert_ne!(client.session_key().expose(), other.session_key().expose());
}

#[test]
fn a_client_that_is_not_trusted_is_not_let_in() {
    // Its names are alice's, and nothing else is.
    let mallory = recipe("alice", 1).make();
    let failure = refused(client_with(&mallory, server_certificate()), server());
    assert_eq!((failure.side, failure.error.status()), (Side::Acceptor, Status::UNTRUSTED_ROOT));
    // The same key in another certificate is another certificate.
    let again = recipe("alice", 0).years(2021, 2090).make();
    let failure = refused(client_with(&again, server_certificate()), server());
    assert_eq!((failure.side, failure.error.status()), (Side::Acceptor, Status::UNTRUSTED_ROOT));
    // The server's own certificate lets nobody in.
    let failure = refused(client_with(server_certificate(), server_certificate()), server());
    assert_eq!(failure.error.status(), Status::UNTRUSTED_ROOT);
    // A client whose issuer the server does not name does not even try.
    let failure = refused(client_with(&recipe("bob", 0).make(), server_certificate()), server());
    assert_eq!((failure.side, failure.error.status()), (Side::Initiator, Status::UNTRUSTED_ROOT));
}

#[test]
fn a_server_that_is_not_trusted_is_not_believed() {
    let host = ["server.example.com"];
    let mallory = recipe("The server", 0).hosts(&host).make();
    let failure = refused(client(), server_with(&mallory, alice()));
    assert_eq!((failure.side, failure.error.status()), (Side::Initiator, Status::UNTRUSTED_ROOT));
    // A trusted one that is for another host does not speak for this one.
    let other = recipe("Another", 1).hosts(&["other.example.com"]).make();
    let client = || client().credential(trusting(alice(), &[server_certificate(), &other]));
    let failure = refused(client(), server_with(&other, alice()));
    assert_eq!((failure.side, failure.error.status()), (Side::Initiator, Status::UNTRUSTED_ROOT));
    establish(client().target("HTTP/OTHER.example.com:80"), server_with(&other, alice())).unwrap();
    establish(client(), server()).unwrap();
    let error = client().target("HTTP/third.example.com").start().unwrap().next().unwrap_err();
    assert_eq!(error.status(), Status::WRONG_PRINCIPAL);
    for target in ["", "HTTP/h\u{f6}st", "HTTP/a\nb", &"x".repeat(2000)] {
        let error = client().target(target).start().unwrap().next().unwrap_err();
        assert_eq!(error.status(), Status::TARGET_UNKNOWN, "{target:?}");
    }
    let error = initiate("PKU2U").credential(trusting(alice(), &[alice()])).start();
    assert_eq!(error.unwrap().next().unwrap_err().status(), Status::TARGET_UNKNOWN);
    // Without DNS names the common name is the host's.
    let plain = recipe("server.example.com", 1).make();
    establish(client_with(alice(), &plain), server_with(&plain, alice())).unwrap();
}

#[test]
fn a_certificate_is_good_only_in_its_time() {
    // The tests' clock stands in 2023.
    for (years, when) in [((2015, 2020), "expired"), ((2024, 2090), "not valid before")] {
        let mine = recipe("alice", 0).years(years.0, years.1).make();
        let error = client_with(&mine, server_certificate()).start().unwrap_err();
        assert_eq!(error.status(), Status::CERT_EXPIRED);
        assert!(error.context().contains(when), "{error}");
    }
    // The peer's, by the machine's clock, and by the caller's.
    let ended = recipe("alice", 0).years(2020, 2024).make();
    let failure = refused(
        client_with(&ended, server_certificate()),
        server_with(server_certificate(), &ended),
    );
    assert_eq!((failure.side, failure.error.status()), (Side::Acceptor, Status::CERT_EXPIRED));
    let later = recipe("alice", 0).years(2025, 2090).make();
    let client =
        client_with(&later, server_certificate()).registry(&Registry::with_default_packages());
    let failure = refused(client, server_with(server_certificate(), &later));
    assert_eq!((failure.side, failure.error.status()), (Side::Acceptor, Status::CERT_EXPIRED));
    let later = recipe("The server", 1).hosts(&["server.example.com"]).years(2025, 2090).make();
    let server = server_with(&later, alice()).registry(&Registry::with_default_packages());
    let failure = refused(client_with(alice(), &later), server);
    assert_eq!((failure.side, failure.error.status()), (Side::Initiator, Status::CERT_EXPIRED));
}

#[test]
fn credentials_say_what_is_missing_or_wrong() {
    let roots = Identity::trusted_roots(server_certificate().chain.clone());
    let error = |identities: Vec<Identity>| {
        let builder = initiate("PKU2U").target(TARGET).credential(identities.clone());
        let error = builder.start().unwrap_err();
        let accepting = accept("PKU2U").credential(identities).start().unwrap_err();
        assert_eq!(accepting.status(), error.status());
        error
    };
    let missing = error(vec![roots.clone()]);
    assert_eq!(missing.status(), Status::NO_CREDENTIALS);
    assert!(missing.context().contains("Identity::Certificate"), "{missing}");
    for identities in [
        vec![Identity::Certificate(alice().clone())],
        vec![Identity::Certificate(alice().clone()), Identity::trusted_roots(Vec::new())],
    ] {
        let missing = error(identities);
        assert_eq!(missing.status(), Status::NO_CREDENTIALS);
        assert!(missing.context().contains("Identity::TrustedRoots"), "{missing}");
    }
    let with =
        |certificate: Certificate| error(vec![Identity::Certificate(certificate), roots.clone()]);
    let elliptic = with(Certificate::self_signed("host").unwrap());
    assert_eq!(elliptic.status(), Status::UNSUPPORTED_FUNCTION);
    assert!(elliptic.context().contains("RSA"), "{elliptic}");
    let mut other_key = alice().clone();
    other_key.private_key = Secret::new(key(1));
    let mut no_key = alice().clone();
    no_key.private_key = Secret::new(b"secret rubbish");
    let mut other_kind = alice().clone();
    other_kind.private_key = Certificate::self_signed("host").unwrap().private_key;
    let empty = Certificate { chain: vec![], private_key: Secret::new(key(0)) };
    let mut pem = alice().clone();
    pem.chain[0] = b"-----BEGIN CERTIFICATE-----".to_vec();
    let mut huge = alice().clone();
    huge.chain[0].resize(20_000, 0);
    for (certificate, words) in [
        (other_key, "another certificate"),
        (no_key.clone(), "private key cannot be read"),
        (empty, "none in the chain"),
        (pem, "DER"),
        (huge, "16 KiB"),
        (recipe("a/b", 0).make(), "slash"),
        (recipe("\u{f6}", 0).make(), "ASCII"),
    ] {
        let error = with(certificate);
        assert_eq!(error.status(), Status::CERT_UNKNOWN, "{words}");
        assert!(error.context().contains(words), "{words}: {error}");
    }
    assert!(!with(no_key).to_string().contains("rubbish"));
    assert_eq!(with(other_kind).status(), Status::UNSUPPORTED_FUNCTION);
    let mut nameless = recipe("", 0);
    nameless.common_name = None;
    assert_eq!(with(nameless.make()).status(), Status::CERT_UNKNOWN);
    let mut signs_not = recipe("alice", 0);
    signs_not.usages = vec![KeyUsagePurpose::KeyEncipherment];
    let mut serves = recipe("alice", 0);
    serves.purposes = vec![ExtendedKeyUsagePurpose::ServerAuth];
    for recipe in [signs_not, serves] {
        assert_eq!(with(recipe.make()).status(), Status::CERT_WRONG_USAGE);
    }
    // What is trusted has to be readable too.
    let rubbish = Identity::trusted_roots([b"rubbish".to_vec()]);
    let error = error(vec![Identity::Certificate(alice().clone()), rubbish]);
    assert_eq!(error.status(), Status::CERT_UNKNOWN);
    let many = Identity::trusted_roots(vec![alice().chain[0].clone(); 257]);
    let identities = vec![Identity::Certificate(alice().clone()), many];
    let error = accept("PKU2U").credential(identities).start().unwrap_err();
    assert_eq!(error.status(), Status::INVALID_PARAMETER);
    // The key may be in PKCS#1.
    let pkcs1 = picky::key::PrivateKey::from_pkcs8(key(0)).unwrap().to_pkcs1().unwrap();
    let mut certificate = alice().clone();
    certificate.private_key = Secret::new(&pkcs1);
    establish(client_with(&certificate, server_certificate()), server()).unwrap();
}

#[test]
fn flags_are_what_the_context_has() {
    for flags in [ContextFlags::DATAGRAM, ContextFlags::STREAM, ContextFlags::DCE_STYLE] {
        let error = client().require(flags).start().unwrap().next().unwrap_err();
        assert_eq!(error.status(), Status::UNSUPPORTED_FUNCTION, "{flags:?}");
        let error = server().require(flags).start().unwrap().step(Some(b"x")).unwrap_err();
        assert_eq!(error.status(), Status::UNSUPPORTED_FUNCTION, "{flags:?}");
    }
    for flags in [ContextFlags::DELEGATE, ContextFlags::IDENTIFY] {
        let failure = refused(client().require(flags), server());
        assert_eq!(failure.error.status(), Status::SECURITY_QOS_FAILED, "{flags:?}");
        let (client, _) = establish(client().request(flags), server()).unwrap();
        assert!(!client.flags().contains(flags));
    }
}

#[test]
fn channel_bindings_are_compared() {
    use BindingsChecked::{No, Sent, Verified};
    use ChannelBindingPolicy::{Always, Never, WhenSupported};
    let bindings = |text: &str| ChannelBindings::new(text.as_bytes());
    for (clients, servers, policy, expected) in [
        (Some("x"), Some("x"), WhenSupported, Some((Sent, Verified))),
        (Some("x"), Some("x"), Always, Some((Sent, Verified))),
        (Some("x"), Some("y"), WhenSupported, None),
        (Some("x"), Some("y"), Always, None),
        (None, Some("y"), WhenSupported, Some((No, No))),
        (None, Some("y"), Always, None),
        (None, Some("y"), Never, Some((No, No))),
        (None, None, WhenSupported, Some((No, No))),
        // What the client sent cannot be seen, and so not be passed over either.
        (Some("x"), None, WhenSupported, None),
        (Some("x"), Some("x"), Never, None),
    ] {
        let case = format!("{clients:?} {servers:?} {policy:?}");
        let (mut client, mut server) = (client(), server().binding_policy(policy));
        if let Some(text) = clients {
            client = client.channel_bindings(bindings(text));
        }
        if let Some(text) = servers {
            server = server.channel_bindings(bindings(text));
        }
        let (mut client, mut server) = (client.start().unwrap(), server.start().unwrap());
        match (run(&mut client, &mut server), expected) {
            (Ok(_), Some((sent, checked))) => {
                let (mut client, mut server) =
                    (client.into_context().unwrap(), server.into_context().unwrap());
                assert_eq!(
                    (client.bindings_checked(), server.bindings_checked()),
                    (sent, checked),
                    "{case}"
                );
                let sealed = client.wrap(b"x").unwrap();
                assert_eq!(server.unwrap(&sealed).unwrap(), b"x", "{case}");
            }
            (Err(failure), None) => {
                let found = (failure.side, failure.error.status());
                assert_eq!(found, (Side::Acceptor, Status::BAD_BINDINGS), "{case}");
            }
            (other, _) => panic!("{case}: {other:?}"),
        }
    }
    let never = client().channel_bindings(bindings("x")).binding_policy(Never);
    let (client, _) = establish(never, server()).unwrap();
    assert_eq!(client.bindings_checked(), No);
    let error = self::client().binding_policy(Always).start().unwrap().next().unwrap_err();
    assert_eq!(error.status(), Status::BAD_BINDINGS);
    let error = server().binding_policy(Always).start().unwrap().step(Some(b"x")).unwrap_err();
    assert_eq!(error.status(), Status::BAD_BINDINGS);
}

#[test]
fn a_server_lets_in_only_who_meant_it() {
    let (_, context) =
        establish(client(), server().accepted_targets(["http/SERVER.example.com"])).unwrap();
    assert_eq!(context.target(), Some(TARGET));
    let failure = refused(client(), server().accepted_targets(["HTTP/other.example.com"]));
    assert_eq!((failure.side, failure.error.status()), (Side::Acceptor, Status::WRONG_PRINCIPAL));
}

#[test]
fn negotiate_offers_it_only_where_it_is_listed() {
    let both = |own: &Certificate, peer: &Certificate, ntlm: Identity| {
        let mut identities = trusting(own, &[peer]);
        identities.push(ntlm);
        identities
    };
    let negotiate =
        || {
            let password = Identity::password(support::USER, support::PASSWORD);
            let accounts = Identity::accounts(support::accounts());
            (
                initiate("Negotiate")
                    .registry(&registry(1, "client.example.com"))
                    .target(TARGET)
                    .credential(both(alice(), server_certificate(), password)),
                accept("Negotiate")
                    .registry(&registry(0x80, "server.example.com"))
                    .credential(both(server_certificate(), alice(), accounts)),
            )
        };
    let chosen = |context: &Context| context.negotiation().unwrap().chosen.clone().unwrap();
    let offered = |context: &Context| context.negotiation().unwrap().offered.join(" ");
    let (client, server) = negotiate();
    let (client, server) = establish(client, server).unwrap();
    assert_eq!((&*chosen(&client), &*chosen(&server)), ("NTLM", "NTLM"));
    assert_eq!((&*offered(&client), &*offered(&server)), ("NTLM", "NTLM"));
    // Where only one side lists it, or the server likes another better, they go on without.
    for servers in [&["NTLM"][..], &["NTLM", "PKU2U"]] {
        let (client, server) = negotiate();
        let server = server.packages(servers.iter().copied());
        let (client, _) = establish(client.packages(["PKU2U", "NTLM"]), server).unwrap();
        assert_eq!((&*offered(&client), &*chosen(&client)), ("PKU2U NTLM", "NTLM"));
    }
    for (clients, servers) in [
        (&["PKU2U"][..], &["PKU2U"][..]),
        (&["PKU2U", "NTLM"], &["PKU2U", "NTLM"]),
        (&["NTLM", "PKU2U"], &["PKU2U"]),
    ] {
        let (client, server) = negotiate();
        let (client, server) =
            (client.packages(clients.iter().copied()), server.packages(servers.iter().copied()));
        let (mut client, mut server) = establish(client, server).unwrap();
        assert_eq!((&*chosen(&client), &*chosen(&server)), ("PKU2U", "PKU2U"), "{clients:?}");
        assert_eq!(server.client().to_string(), r"alice\alice");
        // Signatures were made of the list, in the last case; the numbers go on from there.
        assert_eq!(client.negotiation().unwrap().list_was_signed, clients[0] == "NTLM");
        for _ in 0..2 {
            let sealed = client.wrap(b"hello").unwrap();
            assert_eq!(server.unwrap(&sealed).unwrap(), b"hello");
            let signature = server.sign(b"hello").unwrap();
            client.verify(b"hello", &signature).unwrap();
        }
    }
    // CredSSP has no certificates for what is inside it.
    let error = initiate("CREDSSP")
        .target(TARGET)
        .credential(trusting(alice(), &[server_certificate()]))
        .packages(["PKU2U"])
        .start()
        .unwrap_err();
    assert_eq!(error.status(), Status::NO_CREDENTIALS, "{error}");
}

/// The `sspi` crate's own client, which can be told to lie.
struct Stranger {
    context: sspi::Pku2u,
}

impl Stranger {
    fn new(certificate: &Certificate, key: &[u8]) -> Self {
        let certificate = picky_asn1_der::from_bytes(&certificate.chain[0]).unwrap();
        let key = picky::key::PrivateKey::from_pkcs8(key).unwrap();
        let config = sspi::Pku2uConfig::new(certificate, key, "stranger".to_owned());
        Self { context: sspi::Pku2u::new_client_from_config(config).unwrap() }
    }

    fn step(&mut self, token: Vec<u8>) -> (sspi::SecurityStatus, Vec<u8>) {
        use sspi::{BufferType, ClientRequestFlags, SecurityBuffer, Sspi, SspiImpl};
        let mut credentials = None;
        let mut input = [SecurityBuffer::new(token, BufferType::Token)];
        let mut output = [SecurityBuffer::new(Vec::new(), BufferType::Token)];
        let mut builder = self
            .context
            .initialize_security_context()
            .with_credentials_handle(&mut credentials)
            .with_context_requirements(ClientRequestFlags::MUTUAL_AUTH)
            .with_target_data_representation(sspi::DataRepresentation::Native)
            .with_target_name(TARGET)
            .with_input(&mut input)
            .with_output(&mut output);
        let status = self
            .context
            .initialize_security_context_impl(&mut builder)
            .unwrap()
            .resolve_to_result()
            .unwrap()
            .status;
        (status, output[0].buffer.clone())
    }

    /// Encrypts or decrypts a message in place.
    fn pass(&mut self, token: &mut [u8], data: &mut [u8], encrypts: bool) {
        use sspi::{EncryptionFlags, SecurityBufferRef, Sspi};
        let message = &mut [SecurityBufferRef::token_buf(token), SecurityBufferRef::data_buf(data)];
        if encrypts {
            self.context.encrypt_message(EncryptionFlags::empty(), message).unwrap();
        } else {
            self.context.decrypt_message(message).unwrap();
        }
    }

    /// Runs against a server, until it is let in or the server has had enough.
    fn run(&mut self, server: &mut Handshake) -> Result<(), Error> {
        let mut token = Vec::new();
        for _ in 0..4 {
            let (status, sent) = self.step(token);
            if status == sspi::SecurityStatus::Ok {
                return Ok(());
            }
            let Step::SendToken(answer) = server.step(Some(&sent))? else { panic!("no answer") };
            token = answer;
        }
        panic!("no end");
    }
}

#[test]
fn the_crate_itself_is_a_client_of_negotiate_and_has_to_have_the_key() {
    let server = || {
        accept("Negotiate")
            .packages(["PKU2U"])
            .registry(&registry(0x80, "server.example.com"))
            .credential(trusting(server_certificate(), &[alice()]))
            .start()
            .unwrap()
    };
    let (mut honest, mut stranger) = (server(), Stranger::new(alice(), key(0)));
    stranger.run(&mut honest).unwrap();
    let mut context = honest.into_context().unwrap();
    assert_eq!(context.client().to_string(), r"alice\alice");
    let (mut token, mut data) = ([0; 76], *b"from the crate");
    stranger.pass(&mut token, &mut data, true);
    assert_ne!(&data, b"from the crate");
    assert_eq!(context.unwrap(&[&token[..], &data].concat()).unwrap(), b"from the crate");
    let sealed = context.wrap(b"to the crate").unwrap();
    let (mut token, mut data) = (sealed[..76].to_vec(), sealed[76..].to_vec());
    stranger.pass(&mut token, &mut data, false);
    assert_eq!(data, b"to the crate");
    // Alice's certificate is no secret.
    let mut fooled = server();
    let error = Stranger::new(alice(), key(1)).run(&mut fooled).unwrap_err();
    assert_eq!(error.status(), Status::INVALID_TOKEN, "{error}");
    assert!(error.context().contains("signature"), "{error}");
    assert!(!fooled.done());
}

thread_local! {
    /// How much was said on this thread.
    static HEARD: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Listens to everything that is said anywhere.
struct Listener;

impl tracing::Subscriber for Listener {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        HEARD.set(HEARD.get() + 1);
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, _: &tracing::Event<'_>) {
        HEARD.set(HEARD.get() + 1);
    }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

#[test]
fn no_log_hears_of_it() {
    tracing::subscriber::set_global_default(Listener).unwrap();
    // The crate by itself does talk.
    Stranger::new(alice(), key(0)).step(Vec::new());
    let before = HEARD.get();
    assert!(before > 0);
    let (mut client, mut server) = pair();
    let sealed = client.wrap(b"hello").unwrap();
    server.unwrap(&sealed).unwrap();
    refused(client_with(&recipe("alice", 1).make(), server_certificate()), self::server());
    assert_eq!(HEARD.get(), before, "keys and messages would be in the log");
    tracing::info!("the application's own");
    assert_eq!(HEARD.get(), before + 1);
}

#[test]
fn handshakes_move_between_threads() {
    let threads = (0..4).map(|_| std::thread::spawn(|| drop(pair())));
    threads.for_each(|thread| thread.join().unwrap());
}
