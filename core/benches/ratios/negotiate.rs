//! Negotiate: what the negotiation, with its mechListMIC both ways, adds to NTLM alone.

use crate::Row;
use crate::ntlm::handshake_of;

pub(crate) fn rows() -> Vec<Row> {
    vec![Row {
        name: "negotiate.handshake",
        unit: "pair/s",
        peer: "ntlm.handshake",
        units: 1.0,
        make: || (handshake_of("Negotiate"), handshake_of("NTLM")),
    }]
}
