//! NTLM: handshake pairs, and seal plus unseal, against the `sspi` crate and the bare primitives.

use crate::pairs::{credentials, establish};
use crate::sspi_peer::SspiPeer;
use crate::{Row, Turn};
use hmac::{Hmac, KeyInit as _, Mac as _};
use md5::Md5;
use rc4::{Rc4, StreamCipher as _};
use std::hint::black_box;

const KIB_64: usize = 64 * 1024;
const MIB: usize = 1024 * 1024;

pub(crate) fn rows() -> Vec<Row> {
    vec![
        Row {
            name: "ntlm.handshake",
            unit: "pair/s",
            peer: "sspi crate 0.23.1",
            units: 1.0,
            make: || (our_handshake(), their_handshake()),
        },
        Row {
            name: "ntlm.protect.64k",
            unit: "MB/s",
            peer: "sspi crate 0.23.1",
            units: KIB_64 as f64 / 1e6,
            make: || (our_protection(), their_protection()),
        },
        Row {
            name: "ntlm.protect.64k",
            unit: "MB/s",
            peer: "RC4 and HMAC-MD5 in turn",
            units: KIB_64 as f64 / 1e6,
            make: || (our_protection(), primitives(KIB_64)),
        },
        Row {
            name: "ntlm.protect.1m",
            unit: "MB/s",
            peer: "RC4 and HMAC-MD5 in turn",
            units: MIB as f64 / 1e6,
            make: || (our_wrapping(), primitives(MIB)),
        },
    ]
}

fn our_handshake() -> Turn {
    handshake_of("NTLM")
}

/// Handshake pairs of a package, with the credentials acquired before.
pub(crate) fn handshake_of(package: &str) -> Turn {
    let (client, server) = credentials(package);
    Box::new(move || {
        black_box(establish(&client, &server).expect("a handshake"));
    })
}

fn their_handshake() -> Turn {
    let mut peer = SspiPeer::new();
    Box::new(move || {
        black_box(peer.handshake());
    })
}

fn our_protection() -> Turn {
    let (client, server) = credentials("NTLM");
    let (mut client, mut server) = establish(&client, &server).expect("a handshake");
    let mut space = vec![0x5A; 16 + KIB_64];
    Box::new(move || {
        let (signature, message) = space.split_at_mut(16);
        client.wrap_in_place(message, signature).expect("a sealed message");
        server.unwrap_in_place(&mut space).expect("an opened message");
    })
}

/// The same with messages that are made anew, as bindings for other languages make them.
fn our_wrapping() -> Turn {
    let (client, server) = credentials("NTLM");
    let (mut client, mut server) = establish(&client, &server).expect("a handshake");
    let message = vec![0x5A; MIB];
    Box::new(move || {
        let sealed = client.wrap(&message).expect("a sealed message");
        black_box(server.unwrap(&sealed).expect("an opened message"));
    })
}

fn their_protection() -> Turn {
    let mut peer = SspiPeer::new();
    let (mut client, mut server) = peer.handshake();
    let mut message = vec![0x5A; KIB_64];
    let mut token = [0; 16];
    Box::new(move || {
        SspiPeer::seal(&mut client, &mut message, &mut token);
        SspiPeer::unseal(&mut server, &mut message, &mut token);
    })
}

/// The limit: over the same bytes, RC4 and then HMAC-MD5 to seal, RC4 and then HMAC-MD5 to unseal,
/// by the published crates, one whole pass after the other.
fn primitives(length: usize) -> Turn {
    let [mut sealing, mut unsealing] =
        [(); 2].map(|()| Rc4::new_from_slice(&[7; 16]).expect("a key"));
    let key = Hmac::<Md5>::new_from_slice(&[9; 16]).expect("a key");
    let mut message = vec![0x5A; length];
    Box::new(move || {
        for cipher in [&mut sealing, &mut unsealing] {
            cipher.apply_keystream(&mut message);
            let mut code = key.clone();
            code.update(&message);
            black_box(code.finalize());
        }
    })
}
