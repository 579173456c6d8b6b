//! CredSSP with TLS around it, as bytes on their way: cut anywhere, a handshake and messages arrive as
//! they were sent. Changed anywhere, nothing arrives that was not sent.
//!
//! The input is: how many changes there are, each a direction, a place in two bytes, what to do and a
//! value; and the sizes of the pieces, in turns.

use crate::credssp_legs::{Sides, password};
use crate::parties;
use anysspi::{Context, Handshake, Status, Step};

/// The most changes that are made.
const MOST_CHANGES: usize = 3;

/// What is sent once the contexts stand.
const LENGTHS: [usize; 3] = [1, 300, 20_000];

pub(crate) fn run(input: &[u8]) {
    let (count, rest) = input.split_first().unwrap_or((&0, &[]));
    let wanted = (usize::from(*count) % (MOST_CHANGES + 1)) * 5;
    let (changes, sizes) = rest.split_at(wanted.min(rest.len()));
    let mut to_server = Way::new(changes, 0, sizes);
    let mut to_client = Way::new(changes, 1, sizes);
    let is_changed = !to_server.changes.is_empty() || !to_client.changes.is_empty();
    let sides = Sides::with_tls();
    let (mut client, mut server) = (sides.initiator(), sides.acceptor());
    let mut token = parties::token(client.next());
    for _ in 0..8 {
        let pieces = to_server.pieces(token);
        let Some(answer) = feed(&mut server, &pieces, is_changed) else { return };
        if server.done() {
            break;
        }
        let pieces = to_client.pieces(answer);
        let Some(next) = feed(&mut client, &pieces, is_changed) else { return };
        token = next;
    }
    if !(client.done() && server.done()) {
        assert!(is_changed, "no end: {client:?} {server:?}");
        return;
    }
    let extra = server.extra().to_vec();
    let context = |handshake: Handshake| handshake.into_context().expect("the context");
    let (mut client, mut server) = (context(client), context(server));
    assert_eq!(server.client().to_string(), parties::ACCOUNT);
    assert_eq!(server.delegated().expect("credentials"), password());
    assert!(extra.is_empty() || is_changed);
    if server.unwrap(&extra).is_err() {
        assert!(is_changed);
        return;
    }
    if send(&mut client, &mut server, &mut to_server, is_changed)
        && send(&mut server, &mut client, &mut to_client, is_changed)
    {
        // The first that ends its side hears nothing that is changed: there rustls has an assertion of
        // its own that fails, which the library catches and libFuzzer does not.
        end(&mut client, &mut server, &mut to_server, is_changed);
        if !is_changed {
            end(&mut server, &mut client, &mut to_client, false);
        }
    }
}

/// Gives a handshake the pieces: what it answers, or nothing where it fails.
fn feed(handshake: &mut Handshake, pieces: &[Vec<u8>], is_changed: bool) -> Option<Vec<u8>> {
    let mut answer = Vec::new();
    for piece in pieces {
        if handshake.done() {
            assert!(is_changed, "something follows the end");
            break;
        }
        match handshake.step(Some(piece)) {
            Ok(Step::SendToken(token)) => answer.extend(token),
            Ok(_) => assert!(handshake.done()),
            Err(error) => {
                assert!(is_changed, "{error}");
                assert!(error.status() != Status::INTERNAL_ERROR, "{error}");
                assert!(handshake.context().is_err());
                return None;
            }
        }
    }
    Some(answer)
}

/// Ends one side's stream.
fn end(from: &mut Context, to: &mut Context, way: &mut Way<'_>, is_changed: bool) {
    let mut last = Ok(Vec::new());
    for piece in way.pieces(from.shut_down().expect("the end")) {
        last = to.unwrap(&piece);
    }
    match last {
        Ok(message) => assert!(is_changed && message.is_empty(), "the end did not come"),
        Err(error) => {
            assert!(is_changed || error.status() == Status::CONTEXT_EXPIRED, "{error}");
            assert!(to.unwrap(&[]).is_err(), "the stream has ended");
        }
    }
    assert!(from.wrap(b"more").is_err(), "something follows the end");
}

/// Sends messages: whether all of them came.
fn send(from: &mut Context, to: &mut Context, way: &mut Way<'_>, is_changed: bool) -> bool {
    let mut sent = Vec::new();
    let mut wrapped = Vec::new();
    for length in LENGTHS {
        let message: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
        wrapped.extend(from.wrap(&message).expect("a wrapped message"));
        sent.extend(message);
    }
    let mut came = Vec::new();
    for piece in way.pieces(wrapped) {
        match to.unwrap(&piece) {
            Ok(message) => came.extend(message),
            Err(error) => {
                assert!(is_changed, "{error}");
                assert!(error.status() != Status::INTERNAL_ERROR, "{error}");
                assert!(to.unwrap(&[]).is_err(), "the stream has ended");
                break;
            }
        }
    }
    assert!(sent.starts_with(&came), "something else came");
    assert!(is_changed || came == sent, "not all of it came");
    came == sent
}

/// What becomes of the bytes in one direction.
struct Way<'a> {
    /// A place among all the bytes, what to do, and a value.
    changes: Vec<[u8; 4]>,
    passed: usize,
    sizes: std::iter::Cycle<std::slice::Iter<'a, u8>>,
}

impl<'a> Way<'a> {
    fn new(changes: &[u8], direction: u8, sizes: &'a [u8]) -> Self {
        let changes = changes.as_chunks::<5>().0.iter();
        let changes =
            changes.filter_map(|[way, change @ ..]| (way % 2 == direction).then_some(*change));
        // Without sizes everything goes in one piece.
        let sizes = if sizes.is_empty() { &[0] } else { sizes };
        Self { changes: changes.collect(), passed: 0, sizes: sizes.iter().cycle() }
    }

    fn pieces(&mut self, mut bytes: Vec<u8>) -> Vec<Vec<u8>> {
        let start = self.passed;
        self.passed += bytes.len();
        for [low, high, what, value] in &self.changes {
            let place = usize::from(u16::from_le_bytes([*low, *high]));
            let Some(at) = place.checked_sub(start).filter(|at| *at < bytes.len()) else {
                continue;
            };
            let at = (at as u16).to_le_bytes();
            parties::change(&mut bytes, &[at[0], at[1], *what, *value]);
        }
        let mut pieces = Vec::new();
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let size = match self.sizes.next() {
                None | Some(0) => rest.len(),
                // Small ones are most of what is interesting.
                Some(size @ 1..=200) => usize::from(*size),
                Some(size) => usize::from(*size - 200) * 100,
            };
            let (piece, behind) = rest.split_at(size.min(rest.len()));
            pieces.push(piece.to_vec());
            rest = behind;
        }
        pieces
    }
}
