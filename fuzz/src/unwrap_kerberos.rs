//! Hostile messages on a context of Kerberos: none opens but to what the peer protected, however it is
//! turned, and none costs the context its place in the stream.

use crate::kerberos_legs::Way;
use crate::parties;
use crate::unwrap::{FIRST, Layout, SECOND, is_the_same_beside};
use anysspi::raw::{self, AscReq, Buffer, BufferKind, SecurityContext};
use anysspi::{ChannelBindingPolicy, Context, Error, Status};

/// The contexts: one of each family of types, and the layout of DCE RPC.
pub(crate) const WAYS: [Way; 4] = [Way::Plain, Way::Sha2, Way::Rc4, Way::DceStyle];

/// The calls: an input's second byte counts them.
const CALLS: [fn(Way, &[u8]); 4] = [unwrap_in_place, unwrap, verify, decrypt_buffers];

pub(crate) fn run(way: Way, call: u8, message: &[u8]) {
    CALLS[usize::from(call) % CALLS.len()](way, message);
}

fn check_refused(error: &Error) {
    assert!(
        matches!(error.status(), Status::MESSAGE_ALTERED | Status::OUT_OF_SEQUENCE),
        "refused with {error}"
    );
}

/// The sender's next message.
fn wrapped(sender: &mut Context, message: &[u8]) -> Vec<u8> {
    sender.wrap(message).expect("a wrapped message")
}

fn unwrap_in_place(way: Way, message: &[u8]) {
    let (mut sender, mut receiver) = way.contexts();
    let genuine = wrapped(&mut sender, FIRST);
    let mut bytes = message.to_vec();
    match receiver.unwrap_in_place(&mut bytes) {
        // By how much it is turned is said in the clear, and is nobody's secret.
        Ok(opened) => {
            assert_eq!(opened, FIRST, "a message that the peer did not send");
            assert!(receiver.unwrap(&genuine).is_err(), "a message that comes twice");
        }
        Err(error) => {
            assert_ne!(message, genuine, "{error}");
            check_refused(&error);
            assert!(!crate::wire::holds(&bytes, FIRST) || crate::wire::holds(message, FIRST));
            assert_eq!(receiver.unwrap(&genuine).expect("the first"), FIRST);
        }
    }
    goes_on(&mut sender, &mut receiver);
}

fn unwrap(way: Way, message: &[u8]) {
    let (mut receiver, mut sender) = way.contexts();
    let genuine = wrapped(&mut sender, FIRST);
    let result = receiver.unwrap(message);
    is_the_same_beside(&result, &mut way.contexts().0, message);
    match result {
        Ok(opened) => assert_eq!(opened, FIRST, "a message that the peer did not send"),
        Err(error) => {
            assert_ne!(message, genuine, "{error}");
            check_refused(&error);
            let again = receiver.unwrap(message).expect_err("the same message");
            assert_eq!(again.status(), error.status());
            assert_eq!(receiver.unwrap(&genuine).expect("the first"), FIRST);
        }
    }
    goes_on(&mut sender, &mut receiver);
}

/// The input is a signature and the message it is said to be of.
fn verify(way: Way, message: &[u8]) {
    let (mut sender, mut receiver) = way.contexts();
    let genuine = sender.sign(FIRST).expect("a signature");
    let (signature, text) = message.split_at(message.len().min(genuine.len()));
    let is_genuine = signature == genuine && text == FIRST;
    match receiver.verify(text, signature) {
        // The frame around a signature of rc4-hmac may be longer than it has to be.
        Ok(()) => assert!(text == FIRST && (is_genuine || way == Way::Rc4)),
        Err(error) => {
            assert!(!is_genuine, "{error}");
            check_refused(&error);
            receiver.verify(FIRST, &genuine).expect("the first");
        }
    }
    goes_on(&mut sender, &mut receiver);
}

/// The raw call over a list of buffers that the input describes.
fn decrypt_buffers(way: Way, script: &[u8]) {
    let (mut sender, mut receiver) = (way.contexts().0, raw_acceptor(way));
    let genuine = wrapped(&mut sender, FIRST);
    let layout = Layout::read(script);
    let mut memory = layout.memory();
    let result = {
        let mut buffers = layout.buffers(&mut memory);
        let result = raw::decrypt_message(&mut receiver, &mut buffers, 0);
        // READONLY is not signed, READONLY_WITH_CHECKSUM is.
        result.map(|_| Layout::signed(&buffers, false))
    };
    match result {
        Ok(signed) => assert_eq!(signed, FIRST, "a message that the peer did not send"),
        Err(error) => {
            assert!(
                matches!(
                    error.status(),
                    Status::MESSAGE_ALTERED | Status::OUT_OF_SEQUENCE | Status::INVALID_PARAMETER
                ),
                "refused with {error}"
            );
            let is_shown = |memory: &[u8]| crate::wire::holds(memory, FIRST);
            let decrypted = memory.iter().any(|memory| is_shown(memory)) && !is_shown(script);
            assert!(!decrypted, "it was decrypted");
            assert_eq!(opened(&mut receiver, genuine), FIRST);
        }
    }
    let second = wrapped(&mut sender, SECOND);
    assert_eq!(opened(&mut receiver, second), SECOND);
}

/// A whole message, opened on the raw layer.
fn opened(receiver: &mut SecurityContext, mut wrapped: Vec<u8>) -> Vec<u8> {
    let mut buffers =
        [Buffer::exclusive(BufferKind::STREAM, &mut wrapped), Buffer::empty(BufferKind::DATA)];
    raw::decrypt_message(receiver, &mut buffers, 0).expect("a good message");
    buffers[1].bytes().to_vec()
}

/// The server's context on the raw layer.
fn raw_acceptor(way: Way) -> SecurityContext {
    let credentials = way.service();
    let mut context =
        SecurityContext::new().with_binding_policy(ChannelBindingPolicy::WhenSupported);
    let structure = parties::bindings().to_structure();
    for token in &way.recorded().said {
        let mut input =
            [Buffer::token(token), Buffer::shared(BufferKind::CHANNEL_BINDINGS, &structure)];
        let mut output = [Buffer::empty(BufferKind::TOKEN)];
        raw::accept_security_context(
            Some(&credentials),
            &mut context,
            AscReq::ALLOCATE_MEMORY | AscReq::CONFIDENTIALITY,
            &mut input,
            &mut output,
        )
        .expect("a step of the raw acceptor");
    }
    assert!(context.is_established());
    context
}

/// Both sides are at the same place of both streams.
fn goes_on(sender: &mut Context, receiver: &mut Context) {
    let second = wrapped(sender, SECOND);
    assert_eq!(receiver.unwrap(&second).expect("the second"), SECOND);
    let answer = wrapped(receiver, SECOND);
    assert_eq!(sender.unwrap(&answer).expect("the answer"), SECOND);
}

/// An input for every context and every call, with what the peer really sends: `number` is that of the
/// first of these contexts.
pub(crate) fn genuine_inputs(number: u8) -> Vec<(String, Vec<u8>)> {
    let mut inputs = Vec::new();
    for (number, way) in (number..).zip(WAYS) {
        let mut add = |call: &str, input: Vec<u8>| {
            inputs.push((format!("kerberos_{way:?}_{call}").to_lowercase(), input));
        };
        let contexts = || way.contexts();
        let message = wrapped(&mut contexts().0, FIRST);
        let answer = wrapped(&mut contexts().1, FIRST);
        let signature = contexts().0.sign(FIRST).expect("a signature");
        add("in_place", [&[number, 0], &*message].concat());
        add("unwrap", [&[number, 1], &*answer].concat());
        add("verify", [&[number, 2], &*signature, FIRST].concat());
        let token = (message.len() - FIRST.len()) as u8;
        let layout = [[2, 0, 0, token], [1, 0, 0, FIRST.len() as u8]];
        add("buffers", [&[number, 3, 2], layout.as_flattened(), &message].concat());
        let layout = [[10, 0, 0, message.len() as u8], [1, 0, 3, 0]];
        add("stream", [&[number, 3, 2], layout.as_flattened(), &message].concat());
    }
    inputs
}
