//! Hostile messages on an established context: none is taken for the peer's, none is handed out
//! decrypted, and none costs the context its place in the stream.
//!
//! The first byte of an input says which context, the second which call; the rest is the message.

use crate::parties::{self, Way};
use crate::unwrap_kerberos;
use anysspi::binding::{signature_length, unwrap_into};
use anysspi::raw::{self, AscReq, Buffer, BufferAttributes, BufferKind, SecurityContext};
use anysspi::{ChannelBindingPolicy, Context, ContextFlags, Error, Result, Status};

/// The contexts of NTLM: an input's first byte counts them, and behind them those of Kerberos.
pub(crate) const WAYS: [Way; 5] =
    [Way::Sealed, Way::Signed, Way::Datagram, Way::WithoutKeyExchange, Way::Original];

/// The calls: an input's second byte counts them.
const CALLS: [fn(Way, &[u8]); 4] = [unwrap_in_place, unwrap, verify, decrypt_buffers];

/// What the peer says first and then.
pub(crate) const FIRST: &[u8] = b"the first message";
pub(crate) const SECOND: &[u8] = b"and the second one";

/// The bytes of a signature.
const SIGNATURE: usize = 16;

pub(crate) fn run(input: &[u8]) {
    let [way, call, message @ ..] = input else {
        return;
    };
    let way = usize::from(*way) % (WAYS.len() + unwrap_kerberos::WAYS.len());
    match WAYS.get(way) {
        Some(way) => CALLS[usize::from(*call) % CALLS.len()](*way, message),
        None => unwrap_kerberos::run(unwrap_kerberos::WAYS[way - WAYS.len()], *call, message),
    }
}

/// The number of [`FIRST`] in its stream, and that of [`SECOND`].
const NUMBERS: [u32; 2] = [0, 1];

/// One end of a context. Only a connectionless one is told the numbers of the messages.
struct End {
    way: Way,
    context: Context,
}

impl End {
    fn client(way: Way) -> Self {
        Self { way, context: way.client() }
    }

    fn server(way: Way) -> Self {
        Self { way, context: way.server() }
    }

    fn is_sealed(&self) -> bool {
        self.context.flags().contains(ContextFlags::CONFIDENTIALITY)
    }

    fn wrap(&mut self, number: u32, message: &[u8]) -> Vec<u8> {
        let wrapped = match self.way {
            Way::Datagram => self.context.wrap_datagram(number, message),
            _ => self.context.wrap(message),
        };
        wrapped.expect("a wrapped message")
    }

    fn unwrap(&mut self, number: u32, wrapped: &[u8]) -> Result<Vec<u8>> {
        match self.way {
            Way::Datagram => self.context.unwrap_datagram(number, wrapped),
            _ => self.context.unwrap(wrapped),
        }
    }

    fn sign(&mut self, number: u32, message: &[u8]) -> Vec<u8> {
        let signature = match self.way {
            Way::Datagram => self.context.sign_datagram(number, message),
            _ => self.context.sign(message),
        };
        signature.expect("a signature")
    }

    fn verify(&mut self, number: u32, message: &[u8], signature: &[u8]) -> Result<()> {
        match self.way {
            Way::Datagram => self.context.verify_datagram(number, message, signature),
            _ => self.context.verify(message, signature),
        }
    }
}

/// Whether the signature has the form that is looked at before anything is decrypted: the version,
/// and where the number stands in the clear the first one.
fn is_in_turn(way: Way, message: &[u8]) -> bool {
    message.len() >= SIGNATURE
        && message.starts_with(&[1, 0, 0, 0])
        && (way == Way::Original || message[12..16] == [0; 4])
}

fn assert_refused(error: &Error) {
    assert!(
        matches!(error.status(), Status::MESSAGE_ALTERED | Status::OUT_OF_SEQUENCE),
        "refused with {error}"
    );
}

/// Of the original signature four bytes mean nothing ([MS-NLMP] 3.4.4.1). The others are a checksum
/// under a stream cipher, which anybody can keep true who changes the message on purpose; by chance
/// it is one change in four thousand million.
fn is_same(way: Way, message: &[u8], genuine: &[u8]) -> bool {
    let mut message = message.to_vec();
    if way == Way::Original && message.len() >= SIGNATURE {
        message[4..8].copy_from_slice(&genuine[4..8]);
    }
    message == genuine
}

fn unwrap_in_place(way: Way, message: &[u8]) {
    let (mut sender, mut receiver) = (End::client(way), End::server(way));
    let genuine = sender.wrap(NUMBERS[0], FIRST);
    let mut bytes = message.to_vec();
    let is_genuine = is_same(way, message, &genuine);
    match receiver.context.unwrap_in_place(&mut bytes) {
        Ok(opened) => {
            assert!(is_genuine, "a message that the peer did not send");
            assert_eq!(opened, FIRST);
            assert!(receiver.unwrap(NUMBERS[0], &genuine).is_err(), "a message that comes twice");
        }
        Err(error) if way == Way::Datagram => {
            assert_eq!(error.status(), Status::UNSUPPORTED_FUNCTION, "it has no number");
            assert_eq!(bytes, message);
            assert_eq!(receiver.unwrap(NUMBERS[0], &genuine).expect("the first"), FIRST);
        }
        Err(error) => {
            assert!(!is_genuine, "{error}");
            assert_refused(&error);
            if message.len() < SIGNATURE {
                assert_eq!(bytes, message);
            } else {
                let (signature, data) = bytes.split_at(SIGNATURE);
                assert_eq!(signature, &message[..SIGNATURE]);
                if receiver.is_sealed() && is_in_turn(way, message) {
                    assert!(data.iter().all(|byte| *byte == 0), "it was not wiped");
                } else {
                    assert_eq!(data, &message[SIGNATURE..], "it was decrypted");
                }
            }
            assert_eq!(receiver.unwrap(NUMBERS[0], &genuine).expect("the first"), FIRST);
        }
    }
    goes_on(&mut sender, &mut receiver);
}

fn unwrap(way: Way, message: &[u8]) {
    let (mut sender, mut receiver) = (End::server(way), End::client(way));
    let genuine = sender.wrap(NUMBERS[0], FIRST);
    let is_genuine = is_same(way, message, &genuine);
    let result = receiver.unwrap(NUMBERS[0], message);
    if way != Way::Datagram {
        is_the_same_beside(&result, &mut End::client(way).context, message);
    }
    match result {
        Ok(opened) => {
            assert!(is_genuine, "a message that the peer did not send");
            assert_eq!(opened, FIRST);
        }
        Err(error) => {
            assert!(!is_genuine, "{error}");
            assert_refused(&error);
            // Often enough to be sure that no state is left behind.
            let again = receiver.unwrap(NUMBERS[0], message).expect_err("the same message");
            assert_eq!(again.status(), error.status());
            assert_eq!(receiver.unwrap(NUMBERS[0], &genuine).expect("the first"), FIRST);
        }
    }
    goes_on(&mut sender, &mut receiver);
}

/// Languages open a message in memory of theirs, with its signature beside it where it says how long that
/// is: with the same result.
pub(crate) fn is_the_same_beside(result: &Result<Vec<u8>>, receiver: &mut Context, message: &[u8]) {
    let length = signature_length(receiver, message);
    let mut space = vec![0; message.len().checked_sub(length).unwrap_or(message.len())];
    match (unwrap_into(receiver, message, &mut space), result) {
        (Ok((used, _)), Ok(opened)) => assert_eq!(&space[..used], opened),
        (Err(error), Err(expected)) => assert_eq!(error.status(), expected.status()),
        (other, _) => panic!("beside it is {other:?}, and in one piece {result:?}"),
    }
}

/// The input is a signature and the message it is said to be of.
fn verify(way: Way, message: &[u8]) {
    let (mut sender, mut receiver) = (End::client(way), End::server(way));
    let genuine = sender.sign(NUMBERS[0], FIRST);
    let (signature, text) = message.split_at(message.len().min(SIGNATURE));
    let is_genuine = is_same(way, signature, &genuine) && text == FIRST;
    match receiver.verify(NUMBERS[0], text, signature) {
        Ok(()) => assert!(is_genuine, "a signature that the peer did not make"),
        Err(error) => {
            assert!(!is_genuine, "{error}");
            assert_refused(&error);
            receiver.verify(NUMBERS[0], FIRST, &genuine).expect("the first");
        }
    }
    goes_on(&mut sender, &mut receiver);
}

/// Both sides are at the same place of both streams.
fn goes_on(sender: &mut End, receiver: &mut End) {
    let wrapped = sender.wrap(NUMBERS[1], SECOND);
    assert_eq!(receiver.unwrap(NUMBERS[1], &wrapped).expect("the second"), SECOND);
    let answer = receiver.wrap(NUMBERS[1], SECOND);
    assert_eq!(sender.unwrap(NUMBERS[1], &answer).expect("the answer"), SECOND);
}

/// The raw call over a list of buffers that the input describes: for each its kind, its attributes,
/// whose memory it is and its length, and then the bytes of all.
fn decrypt_buffers(way: Way, script: &[u8]) {
    let mut sender = End::client(way);
    let mut receiver = raw_acceptor(way);
    let genuine = sender.wrap(NUMBERS[0], FIRST);

    let layout = Layout::read(script);
    let mut memory = layout.memory();
    let is_sealed = sender.is_sealed();
    let result = {
        let mut buffers = layout.buffers(&mut memory);
        let result = raw::decrypt_message(&mut receiver, &mut buffers, NUMBERS[0]);
        // With extended session security the signature covers what is only read too.
        result.map(|_| Layout::signed(&buffers, way != Way::Original))
    };
    match result {
        Ok(signed) => {
            assert_eq!(signed, FIRST, "a message that the peer did not send");
        }
        Err(error) => {
            assert!(
                matches!(
                    error.status(),
                    Status::MESSAGE_ALTERED | Status::OUT_OF_SEQUENCE | Status::INVALID_PARAMETER
                ),
                "refused with {error}"
            );
            // All is as it came, or all that was decrypted is wiped.
            for (part, memory) in layout.parts.iter().zip(&memory) {
                let wiped = match part.kind {
                    // The message in it goes to a DATA buffer, whose attributes count.
                    BufferKind::STREAM => memory.get(SIGNATURE..),
                    BufferKind::DATA if part.attributes.is_empty() => Some(&**memory),
                    _ => None,
                };
                let is_wiped =
                    is_sealed && wiped.is_some_and(|bytes| bytes.iter().all(|byte| *byte == 0));
                assert!(is_wiped || *memory == part.bytes, "it was decrypted");
            }
            let mut bytes = genuine.clone();
            let (token, data) = bytes.split_at_mut(SIGNATURE);
            let mut buffers = [Buffer::token(token), Buffer::data(data)];
            raw::decrypt_message(&mut receiver, &mut buffers, NUMBERS[0]).expect("the first");
            assert_eq!(data, FIRST);
        }
    }
    let mut wrapped = sender.wrap(NUMBERS[1], SECOND);
    let mut buffers =
        [Buffer::exclusive(BufferKind::STREAM, &mut wrapped), Buffer::empty(BufferKind::DATA)];
    raw::decrypt_message(&mut receiver, &mut buffers, NUMBERS[1]).expect("the second");
    assert_eq!(buffers[1].bytes(), SECOND);
}

/// A list of buffers that an input describes.
pub(crate) struct Layout {
    parts: Vec<Part>,
}

struct Part {
    kind: BufferKind,
    attributes: BufferAttributes,
    memory: u8,
    bytes: Vec<u8>,
}

impl Layout {
    pub(crate) fn read(script: &[u8]) -> Self {
        let (count, rest) = script.split_first().unwrap_or((&0, &[]));
        let described = usize::from(*count % 6) * 4;
        let (descriptions, mut rest) = rest.split_at(described.min(rest.len()));
        let mut parts = Vec::new();
        for description in descriptions.as_chunks::<4>().0 {
            let [kind, attributes, memory, length] = *description;
            let (bytes, behind) = rest.split_at(usize::from(length).min(rest.len()));
            rest = behind;
            let attributes = match attributes % 4 {
                1 => BufferAttributes::READONLY,
                2 => BufferAttributes::READONLY_WITH_CHECKSUM,
                3 => BufferAttributes::all(),
                _ => BufferAttributes::empty(),
            };
            parts.push(Part {
                kind: BufferKind(u32::from(kind % 20)),
                attributes,
                memory: memory % 4,
                bytes: bytes.to_vec(),
            });
        }
        Self { parts }
    }

    /// What is in each of them.
    pub(crate) fn memory(&self) -> Vec<Vec<u8>> {
        self.parts.iter().map(|part| part.bytes.clone()).collect()
    }

    pub(crate) fn buffers<'a>(&self, memory: &'a mut [Vec<u8>]) -> Vec<Buffer<'a>> {
        self.parts.iter().zip(memory).map(|(part, memory)| part.buffer(memory)).collect()
    }

    /// The message in buffers: with what is only read, where that is signed.
    pub(crate) fn signed(buffers: &[Buffer<'_>], with_read_only: bool) -> Vec<u8> {
        let is_message = |buffer: &&Buffer<'_>| {
            let is_read_only = buffer.attributes().contains(BufferAttributes::READONLY);
            buffer.kind() == BufferKind::DATA && (with_read_only || !is_read_only)
        };
        buffers.iter().filter(is_message).flat_map(|buffer| buffer.bytes().to_vec()).collect()
    }
}

impl Part {
    fn buffer<'a>(&self, memory: &'a mut [u8]) -> Buffer<'a> {
        let buffer = match self.memory {
            0 => Buffer::exclusive(self.kind, memory),
            1 => Buffer::shared(self.kind, memory),
            2 => Buffer::owned(self.kind, memory.to_vec()),
            _ => Buffer::empty(self.kind),
        };
        buffer.with_attributes(self.attributes)
    }
}

/// The server's context on the raw layer.
fn raw_acceptor(way: Way) -> SecurityContext {
    let credentials = &way.parties().server;
    let exchange = way.exchange();
    let mut context =
        SecurityContext::new().with_binding_policy(ChannelBindingPolicy::WhenSupported);
    let mut flags = AscReq::ALLOCATE_MEMORY | AscReq::CONFIDENTIALITY;
    if way == Way::Datagram {
        flags |= AscReq::DATAGRAM;
    }
    let structure = parties::bindings().to_structure();
    for token in [&exchange.negotiate, &exchange.authenticate] {
        let mut input =
            [Buffer::token(token), Buffer::shared(BufferKind::CHANNEL_BINDINGS, &structure)];
        let mut output = [Buffer::empty(BufferKind::TOKEN)];
        raw::accept_security_context(
            Some(credentials),
            &mut context,
            flags,
            &mut input,
            &mut output,
        )
        .expect("a step of the raw acceptor");
    }
    assert!(context.is_established());
    context
}

/// An input for every context and every call, with what the peer really sends.
pub(crate) fn genuine_inputs() -> Vec<(String, Vec<u8>)> {
    let mut inputs = Vec::new();
    for (number, way) in (0_u8..).zip(WAYS) {
        let mut add = |call: &str, input: Vec<u8>| {
            inputs.push((format!("{}_{call}", way.name()), input));
        };
        let wrapped = End::client(way).wrap(NUMBERS[0], FIRST);
        let answer = End::server(way).wrap(NUMBERS[0], FIRST);
        let signature = End::client(way).sign(NUMBERS[0], FIRST);
        add("in_place", [&[number, 0], &*wrapped].concat());
        add("unwrap", [&[number, 1], &*answer].concat());
        add("verify", [&[number, 2], &*signature, FIRST].concat());
        // TOKEN, a READONLY buffer of no bytes, and the message in two parts.
        let layout = [[2, 0, 1, 16], [1, 1, 1, 0], [1, 0, 0, 4], [1, 0, 0, 13]];
        let layout = layout.as_flattened();
        add("buffers", [&[number, 3, 4], layout, &wrapped].concat());
        if number == 0 {
            // STREAM and an empty DATA.
            let layout = [[10, 0, 0, wrapped.len() as u8], [1, 0, 3, 0]];
            let layout = layout.as_flattened();
            add("stream", [&[number, 3, 2], layout, &wrapped].concat());
        }
    }
    inputs.extend(unwrap_kerberos::genuine_inputs(WAYS.len() as u8));
    inputs
}
