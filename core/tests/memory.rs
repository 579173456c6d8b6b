//! What is allocated, and what a context keeps. In a process of its own, because it counts every
//! allocation.

#[path = "support/kerberos.rs"]
mod kerberos;
mod support;

use anysspi::{Context, Facts, Identity, Registry, Usage, raw};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// Counts, per thread, the bytes that are held and the allocations that were made.
struct Counting;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static MADE: Cell<usize> = const { Cell::new(0) };
}

fn count(held: isize, made: usize) {
    // The counters of a thread that is ending are gone; what it frees then is of no interest.
    let _ = HELD.try_with(|count| count.set(count.get() + held));
    let _ = MADE.try_with(|count| count.set(count.get() + made));
}

// SAFETY: every call goes to the system's allocator unchanged; the counters are plain cells whose
// initial values are constants, so that counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize, 1);
        // SAFETY: the caller's layout, as it was given.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-(layout.size() as isize), 0);
        // SAFETY: the caller's pointer and layout, as they were given.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size as isize - layout.size() as isize, 1);
        // SAFETY: the caller's arguments, as they were given.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The bytes that what the function returns holds on the heap.
fn held_by<T>(make: impl FnOnce() -> T) -> (isize, T) {
    let before = HELD.get();
    let made = make();
    (HELD.get() - before, made)
}

fn allocations(run: impl FnOnce()) -> usize {
    let before = MADE.get();
    run();
    MADE.get() - before
}

fn credentials() -> (raw::CredentialsHandle, raw::CredentialsHandle) {
    let of = |usage, identity| {
        raw::CredentialsRequest::new("NTLM", usage)
            .with_identity(identity)
            .acquire(Registry::global())
            .unwrap()
    };
    (
        of(Usage::OUTBOUND, Identity::password(support::USER, support::PASSWORD)),
        of(Usage::INBOUND, Identity::accounts(support::accounts())),
    )
}

/// Two contexts that have protected messages in both directions.
fn used_pair(
    client: &raw::CredentialsHandle,
    server: &raw::CredentialsHandle,
) -> (Context, Context) {
    let (mut client, mut server) = support::establish(
        anysspi::initiate("NTLM").target("HTTP/server.example.com").credential(client),
        anysspi::accept("NTLM").credential(server),
    )
    .unwrap();
    let wrapped = client.wrap(b"there").unwrap();
    server.unwrap(&wrapped).unwrap();
    let wrapped = server.wrap(b"and back").unwrap();
    client.unwrap(&wrapped).unwrap();
    (client, server)
}

#[test]
fn a_context_keeps_less_than_a_kibibyte_beyond_its_facts() {
    let (client, server) = credentials();
    used_pair(&client, &server);
    const PAIRS: usize = 100;
    let (contexts, held) = {
        let (held, pairs) =
            held_by(|| (0..PAIRS).map(|_| used_pair(&client, &server)).collect::<Vec<_>>());
        (pairs, held)
    };
    let (facts, _copies) = held_by(|| {
        let facts = contexts.iter().flat_map(|(client, server)| [client.facts(), server.facts()]);
        facts.cloned().collect::<Vec<Facts>>()
    });
    let beyond = (held - facts) / (2 * PAIRS as isize);
    assert!(beyond < 1024, "{beyond} bytes beyond the facts");
}

#[test]
fn messages_in_place_allocate_nothing() {
    let (client, server) = credentials();
    let (mut client, mut server) = used_pair(&client, &server);
    let mut space = vec![7; 16 + 4096];
    let made = allocations(|| {
        for _ in 0..100 {
            let (signature, message) = space.split_at_mut(16);
            client.wrap_in_place(message, signature).unwrap();
            server.unwrap_in_place(&mut space).unwrap();
        }
    });
    assert_eq!(made, 0);
}

#[test]
fn handshakes_leave_nothing_behind() {
    let (client, server) = credentials();
    let wrong = raw::CredentialsRequest::new("NTLM", Usage::OUTBOUND)
        .with_identity(Identity::password(support::USER, "wrong"))
        .acquire(Registry::global())
        .unwrap();
    used_pair(&client, &server);
    let (held, ()) = held_by(|| {
        for _ in 0..200 {
            used_pair(&client, &server);
            let failed = support::establish(
                anysspi::initiate("NTLM").credential(&wrong),
                anysspi::accept("NTLM").credential(&server),
            );
            assert!(failed.is_err());
        }
    });
    assert_eq!(held, 0);
}

#[test]
fn a_handshake_makes_few_allocations() {
    let (client, server) = credentials();
    let establish = || {
        support::establish(
            anysspi::initiate("NTLM").target("HTTP/server.example.com").credential(&client),
            anysspi::accept("NTLM").credential(&server),
        )
        .unwrap()
    };
    establish();
    let made = allocations(|| drop(establish()));
    assert!(made <= 50, "{made} allocations");
}

#[test]
fn a_context_of_kerberos_keeps_less_than_4_kibibytes() {
    let stage = kerberos::Stage::new();
    let acquire = |usage, identity, registry: &Registry| {
        let request = raw::CredentialsRequest::new("Kerberos", usage).with_identity(identity);
        request.acquire(registry).unwrap()
    };
    let (web, cache) = (stage.keytab(&[kerberos::WEB]), stage.cache(&[kerberos::WEB]));
    let client = acquire(Usage::OUTBOUND, cache, &stage.client_registry);
    let server = acquire(Usage::INBOUND, web, &stage.server_registry);
    let pair = || {
        let (mut client, mut server) = stage.establish(
            anysspi::initiate("Kerberos").target(kerberos::WEB).credential(&client),
            anysspi::accept("Kerberos").credential(&server),
        );
        let wrapped = client.wrap(b"there").unwrap();
        server.unwrap(&wrapped).unwrap();
        let wrapped = server.wrap(b"and back").unwrap();
        client.unwrap(&wrapped).unwrap();
        (client, server)
    };
    pair();
    const PAIRS: isize = 100;
    let (held, contexts) = held_by(|| (0..PAIRS).map(|_| pair()).collect::<Vec<_>>());
    // With what the server remembers of each request, and the contexts' own places.
    let each = held / (2 * PAIRS);
    assert!(each < 4096, "{each} bytes for each of {} contexts", 2 * contexts.len());
}
