//! criterion benches of NTLM, for work on its speed: `cargo xtask bench --criterion`.
#![allow(missing_docs, reason = "what the macros make is no interface")]

use anysspi::accounts::{Account, MemoryAccounts};
use anysspi::raw::{CredentialsHandle, CredentialsRequest};
use anysspi::{Context, Identity, Registry, Step, Usage, accept, initiate};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const USER: &str = r"CORP\alice";
const PASSWORD: &str = "Passw0rd!";

fn credentials() -> (CredentialsHandle, CredentialsHandle) {
    let of = |usage, identity| {
        CredentialsRequest::new("NTLM", usage)
            .with_identity(identity)
            .acquire(Registry::global())
            .expect("credentials")
    };
    let accounts = MemoryAccounts::new([Account::with_password(USER, PASSWORD)]);
    (
        of(Usage::OUTBOUND, Identity::password(USER, PASSWORD)),
        of(Usage::INBOUND, Identity::accounts(accounts)),
    )
}

fn establish(client: &CredentialsHandle, server: &CredentialsHandle) -> (Context, Context) {
    let mut client = initiate("NTLM").credential(client).start().expect("a start");
    let mut server = accept("NTLM").credential(server).start().expect("a start");
    while let Step::SendToken(token) = client.next().expect("a token") {
        if let Step::SendToken(answer) = server.step(Some(&token)).expect("a token") {
            client.receive(&answer).expect("a turn");
        }
    }
    (client.into_context().expect("a context"), server.into_context().expect("a context"))
}

fn handshake(criterion: &mut Criterion) {
    let (client, server) = credentials();
    criterion.bench_function("ntlm.handshake", |bencher| {
        bencher.iter(|| establish(&client, &server));
    });
}

fn protect(criterion: &mut Criterion) {
    let (client, server) = credentials();
    let mut group = criterion.benchmark_group("ntlm.protect");
    for (name, size) in [("64", 64), ("1k", 1024), ("64k", 65_536)] {
        let (mut client, mut server) = establish(&client, &server);
        let mut space = vec![0x5A; 16 + size];
        group.throughput(Throughput::Bytes(size as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let (signature, message) = space.split_at_mut(16);
                client.wrap_in_place(message, signature).expect("a sealed message");
                server.unwrap_in_place(&mut space).expect("an opened message");
            });
        });
    }
    group.finish();
}

criterion_group!(benches, handshake, protect);
criterion_main!(benches);
