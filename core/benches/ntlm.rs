//! criterion benches of NTLM, for work on its speed: `cargo xtask bench --criterion`.
#![allow(missing_docs, reason = "what the macros make is no interface")]

mod pairs;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pairs::{credentials, establish};

fn handshake(criterion: &mut Criterion) {
    let (client, server) = credentials("NTLM");
    criterion.bench_function("ntlm.handshake", |bencher| {
        bencher.iter(|| establish(&client, &server).expect("a handshake"));
    });
}

fn protect(criterion: &mut Criterion) {
    let (client, server) = credentials("NTLM");
    let mut group = criterion.benchmark_group("ntlm.protect");
    for (name, size) in [("64", 64), ("1k", 1024), ("64k", 65_536)] {
        let (mut client, mut server) = establish(&client, &server).expect("a handshake");
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
