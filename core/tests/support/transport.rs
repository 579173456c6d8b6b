//! How a question gets to a KDC, and who carries it there.
#![allow(dead_code, unreachable_pub, reason = "each test file uses the part it needs")]

use anysspi::{KdcAccess, KdcReply, KdcRequest};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Carries a question over TCP, behind its length (RFC 4120 7.2.2).
#[expect(clippy::disallowed_methods, reason = "whoever drives a handshake asks the KDC")]
pub fn carry(address: &str, request: &KdcRequest) -> KdcReply {
    let mut stream = TcpStream::connect(address).expect("a KDC that listens");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("patience");
    let length = u32::try_from(request.message().len()).expect("a length");
    stream.write_all(&[&length.to_be_bytes(), request.message()].concat()).expect("a reader");
    let mut length = [0; 4];
    stream.read_exact(&mut length).expect("a length");
    let mut answer = vec![0; u32::from_be_bytes(length) as usize];
    stream.read_exact(&mut answer).expect("an answer");
    KdcReply::Answer(answer)
}

/// The KDC at an address.
pub fn kdc_at(address: String) -> KdcAccess {
    KdcAccess::through(move |request: &KdcRequest| carry(&address, request))
}
