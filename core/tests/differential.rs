//! The `sspi` crate as a differential peer: its NTLM against ours, in both roles, over generated
//! names, passwords, flags, channel bindings and messages.
//!
//! `PROPTEST_CASES` raises the number of cases of each property.
//!
//! Not compared:
//! - user names with characters whose upper case is not one unit for one unit, because that crate
//!   maps whole strings (`ß` to `SS`, and letters outside the basic plane), where Windows maps units;
//! - an empty user name, because that crate takes it for no credential at all;
//! - channel bindings that only one side has, because the two judge their absence differently;
//! - messages wrapped where only integrity was negotiated, because that crate encrypts them;
//!   signatures are compared instead;
//! - sealed and signed messages in one context, because that crate counts only the sealed ones;
//! - initiators that send no MIC, the first responses and weaker keys, because its acceptor has no
//!   rule for them.

#[path = "../benches/sspi_peer.rs"]
mod sspi_peer;

use anysspi::accounts::{Account, AccountQuery, AccountStore};
use anysspi::{
    AcceptBuilder, BindingsChecked, ChannelBindingPolicy, ChannelBindings, Context, ContextFlags,
    Identity, InitiateBuilder, Status, Step, UserName, accept, initiate,
};
use proptest::prelude::*;
use sspi::ClientRequestFlags;
use sspi_peer::{SIGNATURE, SspiAcceptor, SspiInitiator, credential, credential_with_hash};
use std::fmt::Debug;

/// Who logs on.
#[derive(Clone, Debug)]
struct User {
    name: String,
    domain: String,
    password: String,
}

impl User {
    fn theirs(&self) -> sspi::AuthIdentityBuffers {
        credential(&self.name, &self.domain, &self.password)
    }

    fn identity(&self) -> Identity {
        Identity::password_in(&self.name, &self.domain, &*self.password)
    }

    fn client(&self) -> InitiateBuilder {
        initiate("NTLM").target("HTTP/server.example.com").credential(self.identity())
    }

    fn server(&self) -> AcceptBuilder {
        accept("NTLM").credential(Identity::accounts(self.clone()))
    }

    fn with_password(&self, password: &str) -> Self {
        Self { password: password.into(), ..self.clone() }
    }
}

/// A store that knows one user, by the very name and domain.
impl AccountStore for User {
    fn look_up(&self, query: &AccountQuery<'_>) -> anysspi::Result<Option<Account>> {
        let known = query.user == self.name && query.domain == self.domain;
        let name = UserName::new(&self.name, Some(&self.domain));
        Ok(known.then(|| Account::with_password("", &*self.password).named(name)))
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Protection {
    Nothing,
    Integrity,
    Confidentiality,
}

impl Protection {
    fn theirs(self) -> ClientRequestFlags {
        match self {
            Self::Nothing => ClientRequestFlags::empty(),
            Self::Integrity => ClientRequestFlags::INTEGRITY,
            Self::Confidentiality => ClientRequestFlags::CONFIDENTIALITY,
        }
    }

    fn left_out(self) -> ContextFlags {
        match self {
            Self::Nothing => ContextFlags::PROTECTION,
            Self::Integrity => ContextFlags::CONFIDENTIALITY,
            Self::Confidentiality => ContextFlags::empty(),
        }
    }

    fn expected(self) -> ContextFlags {
        (ContextFlags::PROTECTION - self.left_out()) | ContextFlags::CONNECTION
    }
}

/// What both ends have, with the same session key.
struct Pair {
    ours: Context,
    theirs: sspi::Ntlm,
}

/// What had to go well, as a failure of the case and not as a panic: that keeps the search for the
/// smallest case quiet.
fn had_to<T, E: Debug>(result: Result<T, E>, what: &str) -> Result<T, TestCaseError> {
    result.map_err(|error| TestCaseError::fail(format!("it had to: {what}: {error:?}")))
}

/// What had to be refused.
fn refusal<T, E>(result: Result<T, E>, what: &str) -> Result<E, TestCaseError> {
    match result {
        Ok(_) => Err(TestCaseError::fail(format!("it was not refused: {what}"))),
        Err(error) => Ok(error),
    }
}

/// Our initiator against its acceptor. The error is that of its acceptor, which judges last.
fn our_initiator(client: InitiateBuilder, mut server: SspiAcceptor) -> Result<Pair, sspi::Error> {
    let mut client = client.start().expect("our initiator starts");
    let Step::SendToken(negotiate) = client.next().expect("our first token") else {
        panic!("no first token")
    };
    let challenge = server.challenge(&negotiate).expect("its challenge");
    let Step::SendToken(authenticate) = client.step(Some(&challenge)).expect("our answer") else {
        panic!("no last token")
    };
    server.judge(&authenticate)?;
    let ours = client.into_context().expect("our context");
    Ok(Pair::of(ours, server.context))
}

/// Its initiator against our acceptor. The error is that of our acceptor, which judges last.
fn our_acceptor(mut client: SspiInitiator, server: AcceptBuilder) -> Result<Pair, anysspi::Error> {
    let mut server = server.start().expect("our acceptor starts");
    let negotiate = client.open().expect("its first token");
    let Step::SendToken(challenge) = server.step(Some(&negotiate))? else { panic!("no challenge") };
    let authenticate = client.answer(&challenge).expect("its answer");
    assert_eq!(server.step(Some(&authenticate))?, Step::Done);
    let ours = server.into_context().expect("our context");
    Ok(Pair::of(ours, client.context))
}

impl Pair {
    fn of(ours: Context, theirs: sspi::Ntlm) -> Self {
        let key = sspi_peer::session_key(&theirs).expect("its session key");
        assert_eq!(ours.session_key().expose(), key);
        Self { ours, theirs }
    }

    /// Seals each message on one side and opens it on the other, in turn.
    fn exchange_sealed(&mut self, messages: &[Message]) {
        for Message { is_ours, bytes } in messages {
            let mut token = [0; SIGNATURE];
            if *is_ours {
                let mut sealed = self.ours.wrap(bytes).expect("we seal");
                let (signature, data) = sealed.split_at_mut(SIGNATURE);
                let opened = sspi_peer::try_unseal(&mut self.theirs, data, signature);
                opened.expect("it opens what we sealed");
                assert_eq!(data, *bytes);
            } else {
                let mut data = bytes.clone();
                sspi_peer::try_seal(&mut self.theirs, &mut data, &mut token).expect("it seals");
                let sealed = [&token[..], &data].concat();
                assert_eq!(self.ours.unwrap(&sealed).expect("we open what it sealed"), *bytes);
            }
        }
    }

    /// Signs each message on one side and checks it on the other, in turn.
    fn exchange_signed(&mut self, messages: &[Message]) {
        // It leaves the count of signed messages to its caller.
        let (mut to_them, mut from_them) = (0, 0);
        for Message { is_ours, bytes } in messages {
            let mut data = bytes.clone();
            if *is_ours {
                let mut signature = self.ours.sign(bytes).expect("we sign");
                let checked =
                    sspi_peer::try_verify(&mut self.theirs, &mut data, &mut signature, to_them);
                checked.expect("it knows our signature");
                to_them += 1;
            } else {
                let mut signature = [0; SIGNATURE];
                let signed =
                    sspi_peer::try_sign(&mut self.theirs, &mut data, &mut signature, from_them);
                signed.expect("it signs");
                self.ours.verify(bytes, &signature).expect("we know its signature");
                from_them += 1;
            }
        }
    }

    fn exchange(&mut self, protection: Protection, messages: &[Message], sealed: bool) {
        match protection {
            Protection::Confidentiality if sealed => self.exchange_sealed(messages),
            Protection::Nothing => {}
            _ => self.exchange_signed(messages),
        }
    }
}

/// A message one way or the other.
#[derive(Clone, Debug)]
struct Message {
    is_ours: bool,
    bytes: Vec<u8>,
}

/// Characters of many alphabets.
fn character() -> impl Strategy<Value = char> {
    use proptest::char::range;
    prop_oneof![
        4 => range(' ', '~'),
        2 => range('À', 'ſ'),
        2 => range('Ͱ', 'Ͽ'),
        2 => range('Ѐ', 'ӿ'),
        1 => range('א', 'ת'),
        1 => range('ぁ', 'ヿ'),
        1 => range('一', '鿿'),
        1 => range('\u{10400}', '\u{1044F}'),
        1 => range('\u{1F300}', '\u{1FAFF}'),
        1 => range('\u{20000}', '\u{2A6DF}'),
    ]
}

fn text(length: impl Into<proptest::collection::SizeRange>) -> impl Strategy<Value = String> {
    proptest::collection::vec(character(), length).prop_map(|text| text.into_iter().collect())
}

/// Whether that crate's upper case of a character is that of Windows: one unit for one unit, and
/// none for the three letters whose capitals lie in another alphabet or in ASCII.
fn has_one_upper_case(character: char) -> bool {
    let in_basic_plane = |character: char| u32::from(character) < 0x1_0000;
    let mut upper = character.to_uppercase();
    let (first, rest) = (upper.next(), upper.next());
    let is_unit = in_basic_plane(character) && first.is_some_and(in_basic_plane);
    rest.is_none() && (first == Some(character) || is_unit) && !['µ', 'ı', 'ſ'].contains(&character)
}

fn user_name() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        character().prop_filter("upper case", |c| has_one_upper_case(*c)),
        1..24,
    )
    .prop_map(|text| text.into_iter().collect())
}

fn password() -> impl Strategy<Value = String> {
    prop_oneof![1 => Just(String::new()), 4 => text(1..24), 1 => text(256)]
}

prop_compose! {
    fn user()(name in user_name(), domain in text(0..16), password in password()) -> User {
        User { name, domain, password }
    }
}

fn protection() -> impl Strategy<Value = Protection> {
    prop_oneof![
        1 => Just(Protection::Nothing),
        2 => Just(Protection::Integrity),
        4 => Just(Protection::Confidentiality),
    ]
}

fn messages() -> impl Strategy<Value = Vec<Message>> {
    let length = prop_oneof![1 => Just(0), 6 => 1..200_usize, 1 => 1_000..5_000_usize];
    let bytes = length.prop_flat_map(|length| proptest::collection::vec(any::<u8>(), length));
    let message = (any::<bool>(), bytes).prop_map(|(is_ours, bytes)| Message { is_ours, bytes });
    proptest::collection::vec(message, 0..8)
}

fn channel() -> impl Strategy<Value = Option<ChannelBindings>> {
    let data = proptest::collection::vec(any::<u8>(), 0..64).prop_map(ChannelBindings::new);
    proptest::option::of(data)
}

fn with_bindings(client: InitiateBuilder, bindings: Option<&ChannelBindings>) -> InitiateBuilder {
    match bindings {
        Some(bindings) => client.channel_bindings(bindings.clone()),
        None => client,
    }
}

fn structure(bindings: Option<&ChannelBindings>) -> Option<Vec<u8>> {
    bindings.map(ChannelBindings::to_structure)
}

/// As many cases as `PROPTEST_CASES` says, and few enough for every run where it says nothing.
#[expect(clippy::disallowed_methods, reason = "the variable is proptest's own")]
fn configuration() -> ProptestConfig {
    let said = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: said.unwrap_or(64),
        // What fails is printed; it belongs into a test of its own.
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(configuration())]

    #[test]
    fn our_initiator_agrees_with_its_acceptor(
        user in user(),
        protection in protection(),
        bindings in channel(),
        messages in messages(),
        sealed: bool,
    ) {
        let client = user.client().without(protection.left_out());
        let client = with_bindings(client, bindings.as_ref());
        let server = SspiAcceptor::new(user.theirs()).with_bindings(structure(bindings.as_ref()));
        let mut pair = had_to(our_initiator(client, server), "its acceptor lets us in")?;
        prop_assert_eq!(pair.ours.flags(), protection.expected());
        pair.exchange(protection, &messages, sealed);
    }

    #[test]
    fn its_initiator_agrees_with_our_acceptor(
        user in user(),
        protection in protection(),
        bindings in channel(),
        messages in messages(),
        sealed: bool,
    ) {
        let client = SspiInitiator::new(user.theirs(), protection.theirs())
            .with_bindings(structure(bindings.as_ref()));
        let mut server = user.server().without(protection.left_out());
        if let Some(bindings) = &bindings {
            server = server
                .channel_bindings(bindings.clone())
                .binding_policy(ChannelBindingPolicy::Always);
        }
        let mut pair = had_to(our_acceptor(client, server), "we let it in")?;
        prop_assert_eq!(pair.ours.flags(), protection.expected());
        let name = pair.ours.client();
        prop_assert_eq!((name.user(), name.domain()), (&*user.name, Some(&*user.domain)));
        let checked =
            if bindings.is_some() { BindingsChecked::Verified } else { BindingsChecked::No };
        prop_assert_eq!(pair.ours.bindings_checked(), checked);
        pair.exchange(protection, &messages, sealed);
    }

    #[test]
    fn a_wrong_password_is_refused(
        user in user(),
        wrong in password(),
        protection in protection(),
    ) {
        prop_assume!(wrong != user.password);
        let stranger = user.with_password(&wrong);
        let client = SspiInitiator::new(stranger.theirs(), protection.theirs());
        let server = user.server().without(protection.left_out());
        let error = refusal(our_acceptor(client, server), "a wrong password")?;
        prop_assert_eq!(error.status(), Status::LOGON_DENIED);
        // Of the other role it can prove that our MIC is made with another key.
        let client = stranger.client().without(protection.left_out());
        let result = our_initiator(client, SspiAcceptor::new(user.theirs()));
        let error = refusal(result, "a MIC of another key")?;
        prop_assert_eq!(error.error_type, sspi::ErrorKind::LogonDenied);
    }

    #[test]
    fn another_name_is_refused(user in user(), other in user_name(), domain in text(0..16)) {
        for stranger in [
            User { name: other, ..user.clone() },
            User { domain, ..user.clone() },
        ] {
            prop_assume!((&stranger.name, &stranger.domain) != (&user.name, &user.domain));
            let flags = Protection::Confidentiality.theirs();
            let client = SspiInitiator::new(stranger.theirs(), flags);
            let error = refusal(our_acceptor(client, user.server()), "another name")?;
            prop_assert_eq!(error.status(), Status::LOGON_DENIED);
        }
    }

    #[test]
    fn another_channel_is_refused(user in user(), data: [u8; 32], other: [u8; 32]) {
        prop_assume!(data != other);
        let [data, other] = [data, other].map(ChannelBindings::new);
        let flags = Protection::Confidentiality.theirs();
        let client =
            SspiInitiator::new(user.theirs(), flags).with_bindings(structure(Some(&other)));
        let result = our_acceptor(client, user.server().channel_bindings(data.clone()));
        prop_assert_eq!(refusal(result, "another channel")?.status(), Status::BAD_BINDINGS);
        let client = with_bindings(user.client(), Some(&other));
        let server = SspiAcceptor::new(user.theirs()).with_bindings(structure(Some(&data)));
        let error = refusal(our_initiator(client, server), "another channel")?;
        prop_assert_eq!(error.error_type, sspi::ErrorKind::BadBindings);
    }

    #[test]
    fn a_changed_message_is_refused(
        bytes in proptest::collection::vec(any::<u8>(), 1..200),
        at in any::<prop::sample::Index>(),
        bit in 0..8_u8,
    ) {
        let user = alice();
        let flags = Protection::Confidentiality.theirs();
        let client = SspiInitiator::new(user.theirs(), flags);
        let mut pair = had_to(our_acceptor(client, user.server()), "we let it in")?;
        let (mut data, mut token) = (bytes.clone(), [0; SIGNATURE]);
        sspi_peer::try_seal(&mut pair.theirs, &mut data, &mut token).expect("it seals");
        let sealed = [&token[..], &data].concat();
        let mut changed = sealed.clone();
        changed[at.index(sealed.len())] ^= 1 << bit;
        let error = refusal(pair.ours.unwrap(&changed), "a changed message")?;
        let expected = [Status::MESSAGE_ALTERED, Status::OUT_OF_SEQUENCE];
        prop_assert!(expected.contains(&error.status()), "{}", error);
        prop_assert_eq!(had_to(pair.ours.unwrap(&sealed), "the message as it was")?, bytes);
        // And ours by it.
        let mut sealed = pair.ours.wrap(&sealed).expect("we seal");
        let at = at.index(sealed.len());
        sealed[at] ^= 1 << bit;
        let (signature, data) = sealed.split_at_mut(SIGNATURE);
        let result = sspi_peer::try_unseal(&mut pair.theirs, data, signature);
        let error = refusal(result, "a changed message")?;
        prop_assert_eq!(error.error_type, sspi::ErrorKind::MessageAltered);
    }
}

fn alice() -> User {
    User { name: "alice".into(), domain: "CORP".into(), password: "Passw0rd!".into() }
}

#[test]
fn an_nt_hash_is_as_good_as_the_password() {
    // MD4 of "Password" in UTF-16LE: [MS-NLMP] 4.2.2.1.2
    let hash = 0xA4F4_9C40_6510_BDCA_B682_4EE7_C30F_D852_u128;
    let user = alice().with_password("Password");
    let ours = Identity::nt_hash(r"CORP\alice", hash.to_be_bytes());
    our_initiator(user.client().credential(ours), SspiAcceptor::new(user.theirs()))
        .expect("its acceptor lets us in");
    let theirs = credential_with_hash("alice", "CORP", &format!("{hash:032x}"));
    let client = SspiInitiator::new(theirs, Protection::Confidentiality.theirs());
    our_acceptor(client, user.server()).expect("we let it in");
}

#[test]
fn large_messages_go_both_ways_in_sequence() {
    let user = alice();
    let messages: Vec<Message> = (0..12)
        .map(|at| Message { is_ours: at % 3 == 0, bytes: vec![at as u8; 64 * 1024 + at] })
        .collect();
    let flags = Protection::Confidentiality.theirs();
    let client = SspiInitiator::new(user.theirs(), flags);
    our_acceptor(client, user.server()).expect("we let it in").exchange_sealed(&messages);
    let server = SspiAcceptor::new(user.theirs());
    let mut pair = our_initiator(user.client(), server).expect("its acceptor lets us in");
    pair.exchange_sealed(&messages);
}
