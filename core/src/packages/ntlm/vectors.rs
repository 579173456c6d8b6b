//! The published vectors (tests/vectors/ntlm, each with its source): every hash, key, response and
//! signature, and whole recorded exchanges judged by the acceptor.

use super::accept::Judge;
use super::credential::NtlmCredential;
use super::messages::{Authenticate, Challenge, NegotiateFlags, Ntlm2Response};
use super::protection::{NtlmContext, SIZES};
use super::{INFO, keys};
use crate::accounts::{Account, MemoryAccounts};
use crate::buffer::{Buffer, BufferKind};
use crate::codec::utf16;
use crate::context::{BindingsChecked, Facts, Side};
use crate::credentials::{
    Allow, ChannelBindingPolicy, ChannelBindings, CredentialRequest, DelegationPolicy, Identity,
    PackageChoice, Secret, Usage, UserName,
};
use crate::crypto::hmac_md5::HmacMd5Key;
use crate::error::{Error, Result};
use crate::flags::ContextFlags;
use crate::package::{AcceptRequest, Established, Exchange, MessageOptions, Progress, StepInput};
use crate::registry::Registry;
use crate::status::Status;
use crate::time::Time;
use serde_json::Value;

/// One file of vectors.
struct Vectors(Value);

macro_rules! vectors {
    ($name:literal) => {
        Vectors::parse(include_str!(concat!("../../../../tests/vectors/ntlm/", $name, ".json")))
    };
}

impl Vectors {
    fn parse(text: &str) -> Self {
        Self(serde_json::from_str(text).unwrap())
    }

    fn text(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap_or_else(|| panic!("no {name}"))
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        unhex(self.text(name))
    }

    fn array<const N: usize>(&self, name: &str) -> [u8; N] {
        self.bytes(name).try_into().unwrap_or_else(|_| panic!("{name} has another length"))
    }

    fn flags(&self, name: &str) -> NegotiateFlags {
        NegotiateFlags::from_bits_retain(u32::from_le_bytes(self.array(name)))
    }

    fn wrap(&self) -> Self {
        Self(self.0["wrap"].clone())
    }
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().map(|digit| digit.to_digit(16).unwrap() as u8).collect();
    digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// A context with this session key, as the handshake would have left it.
fn context(side: Side, flags: NegotiateFlags, session_key: &[u8]) -> NtlmContext {
    let facts = Facts {
        package: INFO.clone(),
        side,
        flags: ContextFlags::PROTECTION,
        start: Time::from_unix_seconds(0),
        expiry: Time::FOREVER,
        client: UserName::parse(""),
        peer: None,
        server: None,
        workstation: None,
        target: None,
        target_information: Vec::new(),
        session_key: Secret::new(session_key),
        sizes: SIZES,
        stream_sizes: None,
        bindings: None,
        bindings_checked: BindingsChecked::No,
        negotiation: None,
    };
    NtlmContext::new(facts, flags, false)
}

/// Signature and ciphertext of a message.
fn seal(context: &mut NtlmContext, plaintext: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut bytes = plaintext.to_vec();
    let mut buffers = [Buffer::empty(BufferKind::TOKEN), Buffer::data(&mut bytes)];
    context.encrypt(MessageOptions::default(), &mut buffers).unwrap();
    let [token, _] = buffers;
    let signature = token.into_bytes();
    (signature, bytes)
}

fn open(context: &mut NtlmContext, signature: &[u8], ciphertext: &[u8]) -> Result<Vec<u8>> {
    let mut bytes = ciphertext.to_vec();
    let mut buffers = [Buffer::token(signature), Buffer::data(&mut bytes)];
    context.decrypt(MessageOptions::default(), &mut buffers)?;
    Ok(bytes)
}

/// The wrap example of a section, sealed by the client and opened by the server.
fn check_wrap(vectors: &Vectors, flags: &str) {
    let wrap = vectors.wrap();
    let (key, flags) = (vectors.bytes("exported_session_key"), vectors.flags(flags));
    let (plaintext, ciphertext) = (wrap.bytes("plaintext"), wrap.bytes("ciphertext"));
    let signature = wrap.bytes("signature");
    let sealed = seal(&mut context(Side::Initiator, flags, &key), &plaintext);
    assert_eq!(sealed, (signature.clone(), ciphertext.clone()));
    let opened = open(&mut context(Side::Acceptor, flags, &key), &signature, &ciphertext);
    assert_eq!(opened.unwrap(), plaintext);
}

#[test]
fn section_4_2_2_the_first_version() {
    let vectors = vectors!("ntlm_v1");
    let nt_hash = keys::nt_hash(vectors.text("password"));
    assert_eq!(*nt_hash, vectors.array("ntowf_v1"));
    let challenge = vectors.array("server_challenge");
    let response = keys::nt_v1_response(&nt_hash, &challenge, None);
    assert_eq!(response, vectors.array("nt_challenge_response"));
    let key = keys::v1_key_exchange_key(&nt_hash, &challenge, None);
    assert_eq!(*key, vectors.array("key_exchange_key"));
    let encrypted = keys::exchange_session_key(&key, &vectors.array("random_session_key"));
    assert_eq!(*encrypted, vectors.array("encrypted_random_session_key"));
    check_wrap(&vectors, "challenge_flags");
    // The document prints the pad that is not sent; whoever sends it is understood.
    let wrap = vectors.wrap();
    let mut server = context(
        Side::Acceptor,
        vectors.flags("challenge_flags"),
        &vectors.bytes("exported_session_key"),
    );
    open(&mut server, &wrap.bytes("signature_as_printed"), &wrap.bytes("ciphertext")).unwrap();
}

#[test]
fn section_4_2_3_the_first_version_with_a_client_challenge() {
    let vectors = vectors!("ntlm_v1_client_challenge");
    let nt_hash = keys::nt_hash(vectors.text("password"));
    let (server, client) = (vectors.array("server_challenge"), vectors.array("client_challenge"));
    let response = keys::nt_v1_response(&nt_hash, &server, Some(&client));
    assert_eq!(response, vectors.array("nt_challenge_response"));
    let key = keys::v1_key_exchange_key(&nt_hash, &server, Some(&client));
    assert_eq!(*key, vectors.array("key_exchange_key"));
    check_wrap(&vectors, "challenge_flags");
}

#[test]
fn section_4_2_4_the_second_version() {
    let vectors = vectors!("ntlm_v2");
    let nt_hash = keys::nt_hash(vectors.text("password"));
    let user = utf16::encode(vectors.text("user"));
    let domain = utf16::encode(vectors.text("user_domain"));
    let key = keys::response_key(&HmacMd5Key::new(&nt_hash), &user, &domain);
    let server = vectors.array("server_challenge");
    let proof = keys::proof(&key, &server, &vectors.bytes("temp"));
    assert_eq!(proof, vectors.array("nt_proof_str"));
    let lm = keys::lm_v2_response(&key, &server, &vectors.array("client_challenge"));
    assert_eq!(lm, vectors.array("lm_challenge_response"));
    let base = keys::session_base_key(&key, &proof);
    assert_eq!(*base, vectors.array("session_base_key"));
    let encrypted = keys::exchange_session_key(&base, &vectors.array("random_session_key"));
    assert_eq!(*encrypted, vectors.array("encrypted_random_session_key"));
    check_wrap(&vectors, "challenge_flags");

    let bytes = vectors.bytes("authenticate_message");
    let message = Authenticate::parse(&bytes).unwrap();
    assert_eq!(message.mic_at, None, "the example's payload begins where a MIC would stand");
    assert_eq!((message.user, message.domain), (&*user, &*domain));
    let response = Ntlm2Response::parse(message.nt_response).unwrap();
    assert_eq!(response.blob, vectors.bytes("temp"));
    let challenge = vectors.bytes("challenge_message");
    assert_eq!(Challenge::parse(&challenge).unwrap().server_challenge, server);
}

#[test]
fn section_3_4_5_keys_of_every_strength() {
    let vectors = vectors!("session_security");
    let key = vectors.array("exported_session_key");
    for (bits, flags) in [
        ("128", NegotiateFlags::KEY_128),
        ("56", NegotiateFlags::KEY_56),
        ("40", NegotiateFlags::empty()),
    ] {
        let (client, server) = keys::message_keys(&key, flags);
        for ((_, sealing), name) in [(client, "client"), (server, "server")] {
            assert_eq!(*sealing, vectors.array(&format!("{name}_sealing_key_{bits}")));
        }
    }
    let extended = NegotiateFlags::EXTENDED_SESSION_SECURITY
        | NegotiateFlags::SIGN
        | NegotiateFlags::SEAL
        | NegotiateFlags::KEY_128;
    let plaintext = vectors.bytes("plaintext");
    let sealed = seal(&mut context(Side::Initiator, extended, &key), &plaintext);
    let expected = ("no_key_exchange_signature", "no_key_exchange_ciphertext");
    assert_eq!(sealed, (vectors.bytes(expected.0), vectors.bytes(expected.1)));
    let wrap = vectors.wrap();
    let exchanged = extended | NegotiateFlags::KEY_EXCHANGE;
    let sealed = seal(&mut context(Side::Acceptor, exchanged, &key), &wrap.bytes("plaintext"));
    assert_eq!(sealed, (wrap.bytes("signature"), wrap.bytes("ciphertext")));
}

/// Has the acceptor judge a recorded exchange.
fn judge(
    vectors: &Vectors,
    password: &str,
    allow: Allow,
    bindings: Option<&ChannelBindings>,
    authenticate: &[u8],
) -> Result<Box<dyn Established>> {
    let name = format!(r"{}\{}", vectors.text("user_domain"), vectors.text("user"));
    let accounts = MemoryAccounts::new([Account::with_password(&name, password)]);
    let credential = NtlmCredential::new(&CredentialRequest {
        usage: Usage::INBOUND,
        principal: None,
        identities: vec![Identity::accounts(accounts)],
        allow,
        packages: PackageChoice::default(),
        delegation: DelegationPolicy::default(),
        registry: Registry::empty(),
    })?;
    let request = AcceptRequest {
        flags: ContextFlags::empty(),
        binding_policy: match bindings {
            Some(_) => ChannelBindingPolicy::Always,
            None => ChannelBindingPolicy::WhenSupported,
        },
        pac_policy: crate::PacPolicy::default(),
        accepted_targets: &[],
    };
    let (negotiate, challenge) = (vectors.0["negotiate_message"].as_str(), "challenge_message");
    let negotiate = unhex(negotiate.unwrap_or_default());
    let judge = Judge::after(&credential, request, &negotiate, &vectors.bytes(challenge));
    match Box::new(judge).step(StepInput {
        token: authenticate,
        bindings,
        ..StepInput::default()
    })? {
        Progress::Done { context, .. } => Ok(context),
        _ => panic!("an AUTHENTICATE message is the last"),
    }
}

#[test]
fn recorded_exchanges_log_on_with_the_password_and_no_other() {
    for vectors in [
        vectors!("exchange_channel_bindings"),
        vectors!("exchange_winpr"),
        vectors!("exchange_chromium"),
        vectors!("exchange_key_exchange"),
    ] {
        let what = vectors.text("description");
        let authenticate = vectors.bytes("authenticate_message");
        let bindings = vectors.0["channel_bindings_application_data"]
            .as_str()
            .map(|data| ChannelBindings::new(unhex(data)));
        let (password, none) = (vectors.text("password"), Allow::empty());
        let context = judge(&vectors, password, none, bindings.as_ref(), &authenticate).unwrap();
        let facts = context.facts();
        assert_eq!(facts.session_key.expose(), vectors.bytes("exported_session_key"), "{what}");
        let checked =
            if bindings.is_some() { BindingsChecked::Verified } else { BindingsChecked::No };
        assert_eq!(facts.bindings_checked, checked, "{what}");

        let status = |result: Result<_>| result.map(|_| ()).map_err(|error: Error| error.status());
        let wrong = judge(&vectors, "wrong", none, bindings.as_ref(), &authenticate);
        assert_eq!(status(wrong), Err(Status::LOGON_DENIED), "{what}");
        let other = ChannelBindings::new(*b"tls-unique:other");
        let unbound = judge(&vectors, password, none, Some(&other), &authenticate);
        assert_eq!(status(unbound), Err(Status::BAD_BINDINGS), "{what}");
        // Every byte counts: the proof, the blob it is over, and the MIC over all of it.
        for at in 0..authenticate.len() {
            let mut changed = authenticate.clone();
            changed[at] ^= 1;
            let result = judge(&vectors, password, none, bindings.as_ref(), &changed);
            assert!(result.is_err(), "{what}: byte {at}");
        }
    }
}

#[test]
fn the_second_versions_example_logs_on_without_a_mic() {
    let vectors = vectors!("ntlm_v2");
    let authenticate = vectors.bytes("authenticate_message");
    let context = judge(&vectors, "Password", Allow::empty(), None, &authenticate).unwrap();
    assert_eq!(context.facts().session_key.expose(), [0x55; 16]);
}

#[test]
fn the_first_versions_examples_log_on_only_where_allowed() {
    for (vectors, allow) in [
        (vectors!("ntlm_v1"), Allow::NTLM_V1),
        (vectors!("ntlm_v1_client_challenge"), Allow::NTLM_V1 | Allow::WEAK_SEALING),
    ] {
        let authenticate = vectors.bytes("authenticate_message");
        let context = judge(&vectors, "Password", allow, None, &authenticate).unwrap();
        let expected = vectors.bytes("exported_session_key");
        assert_eq!(context.facts().session_key.expose(), expected);
        for refused in [Allow::empty(), Allow::WEAK_SEALING] {
            assert!(judge(&vectors, "Password", refused, None, &authenticate).is_err());
        }
        assert!(judge(&vectors, "password", allow, None, &authenticate).is_err());
    }
}

#[test]
fn signatures_of_a_recorded_exchange_are_reproduced() {
    let vectors = vectors!("exchange_key_exchange");
    let flags = vectors.flags("authenticate_flags");
    let key = vectors.bytes("exported_session_key");
    check_wrap(&vectors, "authenticate_flags");
    let sign = |context: &mut NtlmContext| {
        let message = vectors.text("sign_message");
        let message = unhex(message);
        let mut buffers =
            [Buffer::empty(BufferKind::TOKEN), Buffer::shared(BufferKind::DATA, &message)];
        context.sign(MessageOptions::default(), &mut buffers).unwrap();
        let [token, _] = buffers;
        token.into_bytes()
    };
    let mut client = context(Side::Initiator, flags, &key);
    seal(&mut client, &vectors.wrap().bytes("plaintext"));
    let first = sign(&mut client);
    let second = sign(&mut client);
    client.restart_protection().unwrap();
    let restarted = sign(&mut client);
    assert_eq!(first, vectors.bytes("sign_seq_1_signature"));
    assert_eq!(second, vectors.bytes("sign_seq_2_signature"));
    assert_eq!(restarted, vectors.bytes("sign_seq_3_signature_after_reset"));
}
