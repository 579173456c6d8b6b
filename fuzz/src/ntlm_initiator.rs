//! A hostile CHALLENGE_MESSAGE: the answer to it is whole, agrees to nothing that was not offered,
//! proves only what a response may prove, and is no good for a server that sent another challenge.

use crate::parties::{self, Parties, SERVER_CHALLENGE, Way};
use crate::wire::{self, Authenticate, av, flag};
use anysspi::{
    BindingsChecked, ChannelBindingPolicy, Context, ContextFlags, InitiateBuilder, Status, Step,
    fuzzing,
};

/// The largest token that the package says it makes.
const MAX_TOKEN: usize = 16 * 1024;

pub(crate) fn run(input: &[u8]) {
    if let Some((token, context)) = answer(strict(), input) {
        check_strict(input, &token, &context);
        check_protection(input, context);
        check_other_side(input, &token);
    }
    for parties in [parties::lenient(), parties::anonymous()] {
        let initiator = parties.initiate().relax(ContextFlags::PROTECTION);
        if let Some((token, context)) = answer(initiator, input) {
            let message = Authenticate::read(&token).expect("a whole message");
            assert_eq!(context.is_anonymous(), message.user.is_empty());
            assert!(message.nt_response.len() == if context.is_anonymous() { 0 } else { 24 });
            check_protection(input, context);
        }
    }
}

/// An initiator that takes nothing weak and insists on channel bindings.
fn strict() -> InitiateBuilder {
    let builder: &Parties = parties::strict();
    builder
        .initiate()
        .channel_bindings(parties::bindings())
        .binding_policy(ChannelBindingPolicy::Always)
}

/// The answer and the context, if there is an answer; otherwise the handshake has failed.
fn answer(initiator: InitiateBuilder, input: &[u8]) -> Option<(Vec<u8>, Context)> {
    let mut initiator = initiator.start().expect("an initiator starts");
    let Ok(Step::SendToken(negotiate)) = initiator.next() else {
        panic!("an initiator speaks first");
    };
    let offered = wire::u32_at(&negotiate, 12).expect("flags");
    let token = match initiator.step(Some(input)) {
        Ok(Step::SendToken(token)) => token,
        Ok(step) => panic!("{step:?} without an answer"),
        Err(error) => {
            assert!(
                matches!(
                    error.status(),
                    Status::INVALID_TOKEN
                        | Status::ALGORITHM_MISMATCH
                        | Status::SECURITY_QOS_FAILED
                        | Status::BAD_BINDINGS
                ),
                "refused with {error}"
            );
            let good = &Way::Sealed.exchange().challenge;
            let again = initiator.step(Some(good)).expect_err("a failed handshake");
            assert_eq!(again.status(), error.status());
            assert!(initiator.into_context().is_err());
            return None;
        }
    };
    assert!(token.len() <= MAX_TOKEN);
    parties::assert_no_secret(&token, input);
    let fields = fuzzing::authenticate(&token).expect("our own message is read");
    let asked = wire::u32_at(input, 20).expect("a challenge has flags");
    let own = fields.flags & !offered;
    // TARGET_INFO is the server's to say; ANONYMOUS is said of oneself.
    assert_eq!(own & !(flag::TARGET_INFO | flag::ANONYMOUS), 0);
    assert_eq!(fields.flags & !asked & !flag::ANONYMOUS, 0);
    Some((token, initiator.into_context().expect("the context")))
}

fn check_strict(input: &[u8], token: &[u8], context: &Context) {
    let message = Authenticate::read(token).expect("a whole message");
    // What is sealed is signed too, whether SIGN is said or not.
    let strong = flag::EXTENDED_SESSION_SECURITY | flag::KEY_128 | flag::SEAL;
    assert_eq!(message.flags & strong, strong);
    assert!(context.flags().contains(ContextFlags::PROTECTION));
    assert_eq!(context.bindings_checked(), BindingsChecked::Sent);
    let key = match message.flags & flag::KEY_EXCHANGE {
        0 => 0,
        _ => 16,
    };
    assert_eq!(message.session_key.len(), key);
    let (domain, user) = match message.flags & flag::UNICODE {
        0 => (b"Domain".to_vec(), b"User".to_vec()),
        _ => (parties::utf16("Domain"), parties::utf16("User")),
    };
    assert_eq!((message.domain, message.user), (&*domain, &*user));

    // Whatever the server said of the client's own pairs, the client says it itself.
    let pairs = message.pairs().expect("our own pairs are read");
    let target = wire::pair(&pairs, av::TARGET_NAME).expect("the target's name");
    assert_eq!(target, parties::utf16(parties::TARGET));
    let good = &Way::Sealed.exchange().authenticate;
    let good = Authenticate::read(good).expect("a whole message");
    let good = good.pairs().expect("our own pairs are read");
    assert_eq!(wire::pair(&pairs, av::CHANNEL_BINDINGS), wire::pair(&good, av::CHANNEL_BINDINGS));
    let has_time = wire::pair(&pairs, av::TIMESTAMP).is_some();
    assert_eq!(wire::announces_mic(&pairs), has_time);
    // With a time there is a MIC and no LMv2 response ([MS-NLMP] 3.1.5.1.2).
    assert_eq!(message.lm_response == [0; 24], has_time);
    assert_eq!(token[72..88] != [0; 16], has_time);

    // Everything else that the server told is told back to it.
    let challenge = fuzzing::challenge(input).expect("what was answered was read");
    let told = wire::pairs(challenge.parts[1]).expect("what was answered was read");
    let clients_own = [av::FLAGS, av::SINGLE_HOST, av::TARGET_NAME, av::CHANNEL_BINDINGS];
    let theirs = |pairs: &[(u16, &[u8])]| -> Vec<(u16, Vec<u8>)> {
        let theirs = pairs.iter().filter(|(id, _)| !clients_own.contains(id));
        theirs.map(|(id, value)| (*id, value.to_vec())).collect()
    };
    assert_eq!(theirs(&pairs), theirs(&told));
}

/// The context protects, and takes for the peer's neither noise nor its own messages.
fn check_protection(input: &[u8], mut context: Context) {
    if context.is_anonymous() {
        // Everybody knows the key: whatever it does with a message, it claims nothing.
        assert!(!context.flags().intersects(ContextFlags::PROTECTION));
    } else if !context.flags().contains(ContextFlags::INTEGRITY) {
        assert!(context.wrap(b"message").is_err());
    }
    if !context.flags().contains(ContextFlags::INTEGRITY) {
        return;
    }
    let wrapped = context.wrap(b"message").expect("a wrapped message");
    assert_eq!(wrapped.len(), b"message".len() + 16);
    let is_sealed = context.flags().contains(ContextFlags::CONFIDENTIALITY);
    assert_eq!(wrapped.ends_with(b"message"), !is_sealed);
    assert!(context.unwrap(input).is_err());
    assert!(context.unwrap(&wrapped).is_err(), "a message sent back");
    assert!(context.sign(input).is_ok());
}

/// The server whose challenge was changed on the way refuses the answer: for its MIC, or for what the
/// client told back. Only an answer to a challenge that tells nothing of what the server told has
/// neither.
fn check_other_side(input: &[u8], token: &[u8]) {
    let mut server = Way::Sealed.acceptor();
    let genuine = &Way::Sealed.exchange().challenge;
    match server.step(Some(token)) {
        Ok(_) if input == genuine => {}
        Ok(_) => {
            assert_eq!(input[24..32], SERVER_CHALLENGE);
            let message = Authenticate::read(token).expect("a whole message");
            let pairs = message.pairs().expect("our own pairs are read");
            assert!(!wire::announces_mic(&pairs), "the MIC is over the challenge");
            let told = wire::field(genuine, 40).and_then(wire::pairs);
            for pair in told.expect("our own pairs are read") {
                assert!(!pairs.contains(&pair), "one pair is the server's and others are not");
            }
        }
        Err(error) => assert_ne!(input, genuine, "{error}"),
    }
}
