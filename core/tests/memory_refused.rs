//! What happens when memory for a peer's bytes cannot be had: INSUFFICIENT_MEMORY, and the process lives.
//! In a process of its own, because its allocator refuses.
#![cfg(feature = "credssp")]

#[path = "support/between.rs"]
mod between;
#[path = "support/credssp.rs"]
mod credssp;
#[path = "support/der.rs"]
mod der;
mod support;

use anysspi::{Handshake, Status, Step};
use between::Tls;
use credssp::{client, contexts, server};
use rustls::version::TLS13;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// Refuses what is larger than this thread may have.
struct Refusing;

thread_local! {
    static LARGEST: Cell<usize> = const { Cell::new(usize::MAX) };
}

fn is_refused(size: usize) -> bool {
    LARGEST.try_with(|largest| size > largest.get()).unwrap_or(false)
}

// SAFETY: every call goes to the system's allocator unchanged or is refused by a null pointer, as the
// trait has it; the limit is a plain cell whose initial value is a constant.
unsafe impl GlobalAlloc for Refusing {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if is_refused(layout.size()) {
            return std::ptr::null_mut();
        }
        // SAFETY: the caller's layout, as it was given.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's pointer and layout, as they were given.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if is_refused(size) {
            return std::ptr::null_mut();
        }
        // SAFETY: the caller's arguments, as they were given.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Refusing = Refusing;

/// Runs with no allocation larger than this.
fn with_at_most<T>(largest: usize, run: impl FnOnce() -> T) -> T {
    LARGEST.set(largest);
    let outcome = run();
    LARGEST.set(usize::MAX);
    outcome
}

/// Some records of a stranger are held by TLS itself, and they are bounded by 64 KiB.
const FEW: usize = 40_000;

/// An acceptor, and a connection of TLS to it.
fn connected() -> (Handshake, Tls) {
    let mut server = server().start().unwrap();
    let mut tls = Tls::client(&TLS13);
    while !tls.is_up() {
        let Step::SendToken(answer) = server.step(Some(&tls.output())).unwrap() else { panic!() };
        tls.feed(&answer).unwrap();
    }
    (server, tls)
}

#[test]
fn a_large_request_is_insufficient_memory() {
    // A TSRequest of 60 KB, of which the end does not come.
    let request = [&[0x30, 0x82, 0xEA, 0x60][..], &[0; 50_000]].concat();
    let (mut server, mut tls) = connected();
    tls.write(&request);
    let bytes = tls.output();
    let error = with_at_most(FEW, || server.step(Some(&bytes))).unwrap_err();
    assert_eq!(error.status(), Status::INSUFFICIENT_MEMORY, "{error}");
    // The client is told, and the handshake stays failed.
    assert!(error.token().is_some_and(|token| !token.is_empty()));
    assert_eq!(server.next().unwrap_err().status(), Status::INSUFFICIENT_MEMORY);
    // With memory it is only waited for.
    let (mut server, mut tls) = connected();
    tls.write(&request);
    server.step(Some(&tls.output())).unwrap();
    assert!(server.failure().is_none() && !server.done());
}

#[test]
fn bytes_that_are_kept_until_more_come_are_insufficient_memory() {
    let (mut server, mut tls) = connected();
    tls.write(&[0x30; 60_000]);
    let mut bytes = tls.output();
    bytes.pop();
    let error = with_at_most(FEW, || server.receive(&bytes)).unwrap_err();
    assert_eq!(error.status(), Status::INSUFFICIENT_MEMORY, "{error}");
    // Nothing was taken, and nothing is lost.
    assert!(server.failure().is_none());
    let error = with_at_most(FEW, || server.step(Some(&bytes))).unwrap_err();
    assert_eq!(error.status(), Status::INSUFFICIENT_MEMORY, "{error}");
}

#[test]
fn what_comes_behind_the_handshake_is_insufficient_memory() {
    let (mut client, mut server) = (client().start().unwrap(), server().start().unwrap());
    let Step::SendToken(mut token) = client.next().unwrap() else { panic!() };
    while !client.done() {
        let Step::SendToken(answer) = server.step(Some(&token)).unwrap() else { panic!() };
        let Step::SendToken(next) = client.step(Some(&answer)).unwrap() else { panic!() };
        token = next;
    }
    token.extend(client.context().unwrap().wrap(&[7; 60_000]).unwrap());
    let error = with_at_most(FEW, || server.step(Some(&token))).unwrap_err();
    assert_eq!(error.status(), Status::INSUFFICIENT_MEMORY, "{error}");
}

#[test]
fn a_stream_goes_on_when_there_is_memory_again() {
    let (mut client, mut server) = contexts(client(), server());
    let message = vec![7; 60_000];
    let sealed = client.wrap(&message).unwrap();
    let error = with_at_most(FEW, || server.unwrap(&sealed)).unwrap_err();
    assert_eq!(error.status(), Status::INSUFFICIENT_MEMORY, "{error}");
    assert_eq!(server.unwrap(&sealed).unwrap(), message);
}
