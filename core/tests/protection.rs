//! Message protection: what opens, what must not, and what stays as it was.

mod support;

use anysspi::raw::{
    self, AscReq, Buffer, BufferAttributes, BufferKind, IscReq, Quality, SecurityContext,
};
use anysspi::testing::FixedClock;
use anysspi::{
    Allow, Attribute, AttributeValue, Context, ContextFlags, Identity, Registry, Status,
    Surroundings, Time, Usage,
};
use support::{client, establish, run_with, server};

fn pair() -> (Context, Context) {
    establish(client(), server()).unwrap()
}

/// Two contexts of the raw layer, with these flags cleared from the first two messages.
fn raw_pair(flags: IscReq, allow: Allow, cleared: u32) -> (SecurityContext, SecurityContext) {
    let of = |usage, identity| {
        raw::CredentialsRequest::new("NTLM", usage)
            .with_identity(identity)
            .allowing(allow)
            .acquire(Registry::global())
            .unwrap()
    };
    let outbound = of(Usage::OUTBOUND, Identity::password(support::USER, support::PASSWORD));
    let inbound = of(Usage::INBOUND, Identity::accounts(support::accounts()));
    let (mut client, mut server) = (SecurityContext::new(), SecurityContext::new());
    let accept = AscReq::from_bits_truncate((flags & IscReq::DATAGRAM).bits());
    let mut token = Vec::new();
    for leg in 0.. {
        let is_client = (leg % 2 == 0) != flags.contains(IscReq::DATAGRAM);
        let mut output = [Buffer::empty(BufferKind::TOKEN)];
        let input = &mut [Buffer::token(&token)];
        if is_client {
            let flags = flags | IscReq::ALLOCATE_MEMORY;
            raw::initialize_security_context(
                Some(&outbound),
                &mut client,
                None,
                flags,
                input,
                &mut output,
            )
            .unwrap();
        } else {
            let flags = accept | AscReq::ALLOCATE_MEMORY;
            raw::accept_security_context(Some(&inbound), &mut server, flags, input, &mut output)
                .unwrap();
        }
        let [produced] = output;
        token = produced.into_bytes();
        if server.is_established() && client.is_established() {
            break;
        }
        let at = match token.get(8) {
            Some(1) => 12,
            Some(2) => 20,
            _ => continue,
        };
        let bits = u32::from_le_bytes(token[at..at + 4].try_into().unwrap()) & !cleared;
        token[at..at + 4].copy_from_slice(&bits.to_le_bytes());
    }
    (client, server)
}

fn seal(context: &mut SecurityContext, message: &[u8], sequence: u32) -> Vec<u8> {
    let mut space = [&[0; 16], message].concat();
    let (token, data) = space.split_at_mut(16);
    let mut buffers = [Buffer::exclusive(BufferKind::TOKEN, token), Buffer::data(data)];
    raw::encrypt_message(context, Quality::DEFAULT, &mut buffers, sequence).unwrap();
    space
}

fn open(context: &mut SecurityContext, sealed: &[u8], sequence: u32) -> anysspi::Result<Vec<u8>> {
    let mut space = sealed.to_vec();
    let mut buffers =
        [Buffer::exclusive(BufferKind::STREAM, &mut space), Buffer::empty(BufferKind::DATA)];
    raw::decrypt_message(context, &mut buffers, sequence)?;
    Ok(buffers[1].bytes().to_vec())
}

#[test]
fn messages_of_every_size_open_on_the_other_side() {
    let (mut client, mut server) = pair();
    for size in (0..300).chain([1024, 4095, 4096, 4097, 65_536, 1_000_003]) {
        let message: Vec<u8> = (0..size).map(|at| (at % 251) as u8).collect();
        let wrapped = client.wrap(&message).unwrap();
        assert_eq!(wrapped.len(), size + 16);
        if size > 8 {
            assert_ne!(wrapped[16..], message[..], "{size}");
        }
        assert_eq!(server.unwrap(&wrapped).unwrap(), message, "{size}");
        let wrapped = server.wrap(&message).unwrap();
        assert_eq!(client.unwrap(&wrapped).unwrap(), message, "{size}");
    }
}

#[test]
fn in_place_and_copied_are_the_same_bytes() {
    let (mut one, mut other) = (pair(), pair());
    let wrapped = one.0.wrap(b"the same").unwrap();
    let (mut message, mut signature) = (*b"the same", [0; 16]);
    assert_eq!(other.0.wrap_in_place(&mut message, &mut signature).unwrap(), 16);
    assert_eq!([&signature[..], &message].concat(), wrapped);
    let mut forged = message;
    forged[0] ^= 1;
    let error = other.1.open_in_place(&mut forged, &signature).unwrap_err();
    assert_eq!((error.status(), forged), (Status::MESSAGE_ALTERED, [0; 8]));
    other.1.open_in_place(&mut message, &signature).unwrap();
    assert_eq!(&message, b"the same");
    let mut wrapped = wrapped;
    assert_eq!(one.1.unwrap_in_place(&mut wrapped).unwrap(), b"the same");
}

#[test]
fn every_changed_byte_is_noticed_and_costs_nothing() {
    let (mut client, mut server) = pair();
    for _ in 0..2 {
        let wrapped = client.wrap(b"a message of some length").unwrap();
        for at in 0..wrapped.len() {
            for bit in [0x01, 0x80] {
                let mut changed = wrapped.clone();
                changed[at] ^= bit;
                let error = server.unwrap_in_place(&mut changed).unwrap_err();
                let expected = if !(12..16).contains(&at) {
                    Status::MESSAGE_ALTERED
                } else {
                    Status::OUT_OF_SEQUENCE
                };
                assert_eq!(error.status(), expected, "byte {at}");
                if expected == Status::MESSAGE_ALTERED && at >= 4 {
                    assert!(changed[16..].iter().all(|byte| *byte == 0), "byte {at} is wiped");
                }
            }
        }
        for length in 0..wrapped.len() {
            let error = server.unwrap(&wrapped[..length]).unwrap_err();
            assert_eq!(error.status(), Status::MESSAGE_ALTERED, "{length} bytes");
        }
        assert_eq!(server.unwrap(&wrapped).unwrap(), b"a message of some length");
    }
}

#[test]
fn replayed_reordered_and_reflected_messages_are_refused() {
    let (mut client, mut server) = pair();
    let [first, second] = [b"first!", b"second"].map(|message| client.wrap(message).unwrap());
    let status = |result: anysspi::Result<Vec<u8>>| result.unwrap_err().status();
    assert_eq!(status(server.unwrap(&second)), Status::OUT_OF_SEQUENCE);
    server.unwrap(&first).unwrap();
    assert_eq!(status(server.unwrap(&first)), Status::OUT_OF_SEQUENCE);
    server.unwrap(&second).unwrap();
    assert_eq!(status(server.unwrap(&second)), Status::OUT_OF_SEQUENCE);
    // A message of one's own does not open.
    let own = server.wrap(b"mine").unwrap();
    assert_eq!(status(server.unwrap(&own)), Status::OUT_OF_SEQUENCE);
    let (_, mut fresh) = pair();
    let own = fresh.wrap(b"mine").unwrap();
    assert_eq!(status(fresh.unwrap(&own)), Status::MESSAGE_ALTERED);
    // Nor does one of another context.
    let (mut other, _) = establish(client_with(7), support::server()).unwrap();
    let foreign = other.wrap(b"foreign").unwrap();
    let (_, mut server) = pair();
    assert_eq!(status(server.unwrap(&foreign)), Status::MESSAGE_ALTERED);
}

fn client_with(first_byte: u8) -> anysspi::InitiateBuilder {
    client().registry(&support::registry(first_byte, "client.example.com"))
}

#[test]
fn signatures_cover_the_message_and_keep_count() {
    let (mut client, mut server) = pair();
    let first = client.sign(b"one").unwrap();
    let second = client.sign(b"two").unwrap();
    assert_eq!(server.verify(b"two", &second).unwrap_err().status(), Status::OUT_OF_SEQUENCE);
    assert_eq!(server.verify(b"0ne", &first).unwrap_err().status(), Status::MESSAGE_ALTERED);
    assert_eq!(server.verify(b"one", &first[..15]).unwrap_err().status(), Status::MESSAGE_ALTERED);
    server.verify(b"one", &first).unwrap();
    server.verify(b"two", &second).unwrap();
    // Signed and sealed messages share one count and one stream.
    let wrapped = client.wrap(b"three").unwrap();
    assert_eq!(server.unwrap(&wrapped).unwrap(), b"three");
}

#[test]
fn without_confidentiality_a_wrapped_message_is_only_signed() {
    let seal = ContextFlags::CONFIDENTIALITY;
    let (mut client, mut server) =
        establish(client().without(seal), server().without(seal)).unwrap();
    let wrapped = client.wrap(b"readable").unwrap();
    assert_eq!(&wrapped[16..], b"readable");
    assert_eq!(server.unwrap(&wrapped).unwrap(), b"readable");
    let mut changed = client.wrap(b"readable").unwrap();
    changed[20] ^= 1;
    assert_eq!(server.unwrap(&changed).unwrap_err().status(), Status::MESSAGE_ALTERED);
    let none = ContextFlags::PROTECTION;
    let (mut client, _) =
        establish(support::client().without(none), support::server().without(none)).unwrap();
    assert_eq!(client.wrap(b"x").unwrap_err().status(), Status::UNSUPPORTED_FUNCTION);
    assert_eq!(client.sign(b"x").unwrap_err().status(), Status::UNSUPPORTED_FUNCTION);
}

/// A message of five parts, two of which only travel along.
struct Parts {
    header: [u8; 6],
    first: [u8; 5],
    second: [u8; 6],
    trailer: [u8; 7],
    token: [u8; 16],
}

impl Parts {
    fn buffers(&mut self) -> [Buffer<'_>; 5] {
        [
            Buffer::data(&mut self.header)
                .with_attributes(BufferAttributes::READONLY_WITH_CHECKSUM),
            Buffer::data(&mut self.first),
            Buffer::data(&mut self.second),
            Buffer::data(&mut self.trailer).with_attributes(BufferAttributes::READONLY),
            Buffer::exclusive(BufferKind::TOKEN, &mut self.token),
        ]
    }
}

#[test]
fn read_only_buffers_are_not_encrypted_and_signed_as_the_scheme_says() {
    let allow = Allow::NTLM_V1 | Allow::WEAK_SEALING;
    for (cleared, signs_read_only) in [(0, true), (EXTENDED, false)] {
        let (mut client, mut server) = raw_pair(IscReq::CONFIDENTIALITY, allow, cleared);
        let mut parts = Parts {
            header: *b"header",
            first: *b"first",
            second: *b"second",
            trailer: *b"trailer",
            token: [0; 16],
        };
        raw::encrypt_message(&mut client, Quality::DEFAULT, &mut parts.buffers(), 0).unwrap();
        assert_eq!((&parts.header, &parts.trailer), (b"header", b"trailer"));
        assert_ne!((&parts.first, &parts.second), (b"first", b"second"));
        let sealed = (parts.first, parts.second);
        let mut open = |parts: &mut Parts| {
            (parts.first, parts.second) = sealed;
            raw::decrypt_message(&mut server, &mut parts.buffers(), 0).map_err(|e| e.status())
        };
        parts.header[0] = b'H';
        assert_eq!(open(&mut parts), Err(Status::MESSAGE_ALTERED), "{cleared:08x}");
        parts.header[0] = b'h';
        if signs_read_only {
            parts.trailer[0] = b'T';
            assert_eq!(open(&mut parts), Err(Status::MESSAGE_ALTERED), "{cleared:08x}");
            parts.trailer[0] = b't';
        } else {
            parts.trailer[0] = b'T';
        }
        open(&mut parts).unwrap();
        assert_eq!((&parts.first, &parts.second), (b"first", b"second"));
    }
}

#[test]
fn buffers_that_do_not_fit_are_refused_before_the_cipher_moves() {
    let (mut client, mut server) = raw_pair(IscReq::CONFIDENTIALITY, Allow::empty(), 0);
    let mut attempt = |buffers: &mut [Buffer<'_>], quality| {
        raw::encrypt_message(&mut client, quality, buffers, 0).unwrap_err()
    };
    let mut message = *b"message";
    let mut short = [0; 15];
    let mut buffers =
        [Buffer::exclusive(BufferKind::TOKEN, &mut short), Buffer::data(&mut message)];
    assert_eq!(attempt(&mut buffers, Quality::DEFAULT).status(), Status::BUFFER_TOO_SMALL);
    assert_eq!(buffers[0].len(), 16);
    let mut buffers = [Buffer::data(&mut message)];
    assert_eq!(attempt(&mut buffers, Quality::DEFAULT).status(), Status::INVALID_PARAMETER);
    let mut buffers = [Buffer::empty(BufferKind::TOKEN), Buffer::shared(BufferKind::DATA, b"x")];
    assert_eq!(attempt(&mut buffers, Quality::DEFAULT).status(), Status::INVALID_PARAMETER);
    let mut buffers = [Buffer::empty(BufferKind::TOKEN), Buffer::data(&mut message)];
    assert_eq!(attempt(&mut buffers, Quality(7)).status(), Status::QOP_NOT_SUPPORTED);
    let sealed = seal(&mut client, b"still the first", 0);
    assert_eq!(open(&mut server, &sealed, 0).unwrap(), b"still the first");
    let mut lone = [Buffer::shared(BufferKind::STREAM, &sealed)];
    let error = raw::decrypt_message(&mut server, &mut lone, 0).unwrap_err();
    assert_eq!(error.status(), Status::INVALID_PARAMETER);
}

#[test]
fn no_encrypt_signs_in_the_format_of_a_sealed_message() {
    let (mut client, mut server) = raw_pair(IscReq::CONFIDENTIALITY, Allow::empty(), 0);
    let mut message = *b"plain";
    let mut token = [0; 16];
    let mut buffers =
        [Buffer::exclusive(BufferKind::TOKEN, &mut token), Buffer::data(&mut message)];
    raw::encrypt_message(&mut client, Quality::NO_ENCRYPT, &mut buffers, 0).unwrap();
    assert_eq!(&message, b"plain");
    let mut buffers = [Buffer::token(&token), Buffer::shared(BufferKind::DATA, &message)];
    assert_eq!(raw::verify_signature(&mut server, &mut buffers, 0).unwrap(), Quality::NO_ENCRYPT);
}

/// [MS-NLMP] 2.2.2.5
const KEY_128: u32 = 0x2000_0000;
const KEY_56: u32 = 0x8000_0000;
const KEY_EXCHANGE: u32 = 0x4000_0000;
const EXTENDED: u32 = 0x0008_0000;

#[test]
fn every_scheme_and_strength_protects_both_ways() {
    // NTLMv1 has no MIC, so that the flags can be changed on the way.
    let allow = Allow::NTLM_V1 | Allow::WEAK_SEALING;
    for cleared in [
        0,
        KEY_128,
        KEY_128 | KEY_56,
        KEY_EXCHANGE,
        EXTENDED,
        EXTENDED | KEY_EXCHANGE,
        EXTENDED | KEY_128 | KEY_56,
    ] {
        let (mut client, mut server) = raw_pair(IscReq::CONFIDENTIALITY, allow, cleared);
        let AttributeValue::KeyInfo(info) =
            raw::query_context_attributes(&client, Attribute::KEY_INFO).unwrap()
        else {
            panic!()
        };
        let bits = if cleared & KEY_128 == 0 {
            128
        } else if cleared & KEY_56 == 0 {
            56
        } else {
            40
        };
        assert_eq!(info.key_size, bits);
        for round in 0..3 {
            let sealed = seal(&mut client, b"there", 0);
            let mut changed = sealed.clone();
            changed[18] ^= 4;
            let error = open(&mut server, &changed, 0).unwrap_err();
            assert_eq!(error.status(), Status::MESSAGE_ALTERED, "{cleared:08x} {round}");
            assert_eq!(open(&mut server, &sealed, 0).unwrap(), b"there", "{cleared:08x} {round}");
            let sealed = seal(&mut server, b"and back", 0);
            assert_eq!(open(&mut client, &sealed, 0).unwrap(), b"and back", "{cleared:08x}");
            assert!(open(&mut client, &sealed, 0).is_err(), "{cleared:08x}: again");
        }
    }
}

#[test]
fn connectionless_messages_carry_the_callers_numbers() {
    let flags = IscReq::CONFIDENTIALITY | IscReq::DATAGRAM;
    let (mut client, mut server) = raw_pair(flags, Allow::empty(), 0);
    let sealed = [7, 3, 9].map(|number| (number, seal(&mut client, b"datagram", number)));
    assert_ne!(sealed[0].1[16..], sealed[1].1[16..], "every number has its own stream");
    for (number, sealed) in sealed.iter().rev() {
        let error = open(&mut server, sealed, number + 1).unwrap_err();
        assert_eq!(error.status(), Status::OUT_OF_SEQUENCE);
        assert_eq!(open(&mut server, sealed, *number).unwrap(), b"datagram");
    }
}

#[test]
fn a_handshakes_connectionless_context_takes_numbers_and_nothing_else() {
    let flags = ContextFlags::DATAGRAM;
    let mut initiator = client().request(flags).start().unwrap();
    let mut acceptor = server().request(flags).start().unwrap();
    initiator.next().unwrap();
    let anysspi::Step::SendToken(token) = acceptor.speak_first().unwrap() else { panic!() };
    let anysspi::Step::SendToken(token) = initiator.step(Some(&token)).unwrap() else { panic!() };
    acceptor.step(Some(&token)).unwrap();
    let mut client = initiator.into_context().unwrap();
    let mut server = acceptor.into_context().unwrap();
    let [one, two] = [1, 2].map(|number| client.wrap_datagram(number, b"the same").unwrap());
    assert_ne!(one[16..], two[16..]);
    assert_eq!(server.unwrap_datagram(2, &two).unwrap(), b"the same");
    assert_eq!(server.unwrap_datagram(1, &one).unwrap(), b"the same");
    let error = server.unwrap_datagram(3, &one).unwrap_err();
    assert_eq!(error.status(), Status::OUT_OF_SEQUENCE);
    let signature = client.sign_datagram(3, b"signed").unwrap();
    server.verify_datagram(3, b"signed", &signature).unwrap();
    for error in [
        client.wrap(b"x").unwrap_err(),
        client.sign(b"x").unwrap_err(),
        client.wrap_in_place(&mut [0], &mut [0; 16]).unwrap_err(),
        server.unwrap(&one).unwrap_err(),
        server.verify(b"signed", &signature).unwrap_err(),
        pair().0.wrap_datagram(1, b"x").unwrap_err(),
    ] {
        assert_eq!(error.status(), Status::UNSUPPORTED_FUNCTION);
    }
}

#[test]
fn an_expired_context_protects_nothing() {
    let clock = FixedClock::at(Time::from_unix_seconds(1_000));
    let surroundings = Surroundings::system().with_clock(clock.clone());
    let registry = Registry::with_default_packages().with_surroundings(surroundings);
    let account = anysspi::accounts::Account::with_password(support::USER, support::PASSWORD)
        .until(Time::from_unix_seconds(2_000));
    let accounts = anysspi::accounts::MemoryAccounts::new([account]);
    let server = server().registry(&registry).credential(Identity::accounts(accounts));
    let (mut client, mut server) = establish(client(), server).unwrap();
    assert_eq!(server.expiry(), Time::from_unix_seconds(2_000));
    let wrapped = client.wrap(b"in time").unwrap();
    assert_eq!(server.unwrap(&wrapped).unwrap(), b"in time");
    clock.set(Time::from_unix_seconds(2_000));
    let wrapped = client.wrap(b"too late").unwrap();
    assert_eq!(server.unwrap(&wrapped).unwrap_err().status(), Status::CONTEXT_EXPIRED);
    assert_eq!(server.sign(b"x").unwrap_err().status(), Status::CONTEXT_EXPIRED);
}

#[test]
fn contexts_are_sent_between_threads() {
    let (mut client, mut server) = pair();
    let wrapped =
        std::thread::spawn(move || client.wrap(b"from a thread").unwrap()).join().unwrap();
    let opened = std::thread::spawn(move || server.unwrap(&wrapped).unwrap()).join().unwrap();
    assert_eq!(opened, b"from a thread");
}

#[test]
fn every_changed_or_cut_token_of_a_handshake_is_refused() {
    let lengths: Vec<usize> = {
        let (mut client, mut server) = (client().start().unwrap(), server().start().unwrap());
        run_with(&mut client, &mut server, |_, token| token).unwrap().iter().map(Vec::len).collect()
    };
    for (leg, length) in lengths.into_iter().enumerate() {
        for at in 0..length {
            for mask in [0x01, 0x20, 0x80, 0xFF] {
                check(leg, &format!("byte {at} of leg {leg} ^ {mask:02x}"), |token| {
                    token[at] ^= mask
                });
            }
            check(leg, &format!("{at} bytes of leg {leg}"), |token| token.truncate(at));
        }
    }
}

/// Changes a token on its way: nobody may panic, and the server may not accept, but for the one
/// change that the protocol cannot see.
fn check(leg: usize, what: &str, change: impl Fn(&mut Vec<u8>)) {
    let (mut client, mut server) = (client().start().unwrap(), server().start().unwrap());
    let result = run_with(&mut client, &mut server, |at, mut token| {
        if at == leg {
            change(&mut token);
        }
        token
    });
    let without_target_info = leg == 1 && what.contains("byte 22 of");
    match result {
        Ok(_) => {
            // The bit that says that there is target information: a client that sees none makes no
            // MIC, like the oldest clients, and the two ends still agree on flags and key.
            assert!(without_target_info, "{what} was accepted");
            let (client, server) = (client.into_context().unwrap(), server.into_context().unwrap());
            assert_eq!(client.flags(), server.flags(), "{what}");
            assert_eq!(client.session_key(), server.session_key(), "{what}");
        }
        Err(failure) => {
            use anysspi::Family::{Credential, Handshake, Protection};
            let family = failure.error.family();
            assert!(
                matches!(family, Credential | Handshake | Protection),
                "{what}: {}",
                failure.error
            );
        }
    }
}

/// A case of protection.json: messages over the contexts of a case of handshake.json.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct ProtectionCase {
    name: String,
    handshake: String,
    messages: Vec<Message>,
}

/// A message that one end protects and the other opens, or one that somebody made up.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    /// Who protects it: `client` or `server`.
    from: String,
    /// `wrap` or `sign`.
    call: String,
    message: String,
    /// A made-up message, which the other end is to refuse; then `from` protects nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    forged: Option<String>,
    #[serde(default)]
    protected: String,
    #[serde(default)]
    status: String,
}

impl Message {
    fn run(&mut self, client: &mut Context, server: &mut Context) {
        let message = support::unhex(&self.message);
        let (from, to) = match self.from.as_str() {
            "client" => (client, server),
            "server" => (server, client),
            other => panic!("no end {other}"),
        };
        let is_wrapped = match self.call.as_str() {
            "wrap" => true,
            "sign" => false,
            other => panic!("no call {other}"),
        };
        let protected = match &self.forged {
            Some(forged) => support::unhex(forged),
            None if is_wrapped => from.wrap(&message).unwrap(),
            None => from.sign(&message).unwrap(),
        };
        let opened = if is_wrapped {
            to.unwrap(&protected)
        } else {
            to.verify(&message, &protected).map(|()| message.clone())
        };
        self.protected = support::hex(&protected);
        self.status = match opened {
            Ok(opened) => {
                assert_eq!(opened, message);
                "SEC_E_OK".into()
            }
            Err(error) => error.status().to_string(),
        };
    }
}

#[test]
fn the_shared_cases_pass() {
    use support::cases::{HandshakeCase, read, write_where_asked};
    let handshakes = read::<HandshakeCase>("handshake.json").cases;
    let mut file = read::<ProtectionCase>("protection.json");
    assert!(file.cases.len() >= 3, "{} cases", file.cases.len());
    for case in &mut file.cases {
        let handshake = handshakes.iter().find(|handshake| handshake.name == case.handshake);
        let (_, _, contexts) = handshake.expect("a case of handshake.json").run();
        let (mut client, mut server) = contexts.expect("contexts that stand");
        for message in &mut case.messages {
            message.run(&mut client, &mut server);
        }
    }
    if write_where_asked("protection.json", &file) {
        return;
    }
    for (case, expected) in file.cases.iter().zip(&read::<ProtectionCase>("protection.json").cases)
    {
        for (message, expected) in case.messages.iter().zip(&expected.messages) {
            let name = &case.name;
            assert_eq!(message.protected, expected.protected, "{name}: {}", message.message);
            assert_eq!(message.status, expected.status, "{name}: {}", message.message);
        }
    }
}
