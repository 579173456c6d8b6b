//! The initiator's responses to a challenge ([MS-NLMP] 3.3), and what follows from them.

use super::keys::{self, Key};
use super::messages::{Challenge, NegotiateFlags};
use crate::context::BindingsChecked;
use crate::crypto::hmac_md5::{HmacMd5, HmacMd5Key};
use zeroize::Zeroizing;

/// The two responses of an AUTHENTICATE_MESSAGE.
pub(super) struct Responses {
    pub(super) nt: Vec<u8>,
    lm: [u8; 24],
    lm_length: usize,
    pub(super) key_exchange_key: Key,
    /// A MIC over the first two messages, where there will be one.
    pub(super) mic: Option<HmacMd5>,
    pub(super) bindings: BindingsChecked,
}

/// A response of NTLMv2 on its way: room for the proof, and the blob behind it.
pub(super) struct Blob {
    pub(super) bytes: Vec<u8>,
    pub(super) client_challenge: [u8; 8],
    pub(super) has_timestamp: bool,
    pub(super) has_bindings: bool,
}

impl Responses {
    pub(super) fn lm(&self) -> &[u8] {
        self.lm.get(..self.lm_length).unwrap_or(&self.lm)
    }

    /// NTLMv2 ([MS-NLMP] 3.3.2). `exchanged` is the session key that will be exchanged, if one will;
    /// `messages` are the two before this one.
    pub(super) fn v2(
        response_key: &HmacMd5Key,
        challenge: &Challenge<'_>,
        blob: Blob,
        exchanged: Option<&Key>,
        messages: [&[u8]; 2],
    ) -> Self {
        let Blob { bytes: mut nt, client_challenge, has_timestamp, has_bindings } = blob;
        let server_challenge = &challenge.server_challenge;
        let (place, rest) = nt.split_at_mut(16);
        // A key that is exchanged is known before the proof, and the MIC takes the proof's time.
        let mut mic = exchanged.filter(|_| has_timestamp).map(|key| keys::start_mic(key));
        let proof = match &mut mic {
            Some(mic) => {
                keys::proof_beside_mic(response_key, server_challenge, rest, mic, &messages)
            }
            None => keys::proof(response_key, server_challenge, rest),
        };
        place.copy_from_slice(&proof);
        let key_exchange_key = keys::session_base_key(response_key, &proof);
        if has_timestamp && mic.is_none() {
            let mic = mic.insert(keys::start_mic(&key_exchange_key));
            messages.into_iter().for_each(|message| mic.update(message));
        }
        // A server that sends the time wants no LMv2 response ([MS-NLMP] 3.1.5.1.2).
        let lm = if has_timestamp {
            [0; 24]
        } else {
            keys::lm_v2_response(response_key, server_challenge, &client_challenge)
        };
        let bindings = if has_bindings { BindingsChecked::Sent } else { BindingsChecked::No };
        Self { nt, lm, lm_length: lm.len(), key_exchange_key, mic, bindings }
    }

    /// The first responses. No LM response is ever sent: its place holds the NT response, or the
    /// client challenge ([MS-NLMP] 3.3.1).
    pub(super) fn v1(
        nt_hash: &Key,
        challenge: &Challenge<'_>,
        client_challenge: [u8; 8],
        flags: NegotiateFlags,
    ) -> Self {
        let extended = flags.contains(NegotiateFlags::EXTENDED_SESSION_SECURITY);
        let client_challenge = extended.then_some(&client_challenge);
        let server_challenge = &challenge.server_challenge;
        let nt = keys::nt_v1_response(nt_hash, server_challenge, client_challenge);
        let mut lm = nt;
        if let Some(client_challenge) = client_challenge {
            let (start, rest) = lm.split_at_mut(client_challenge.len());
            start.copy_from_slice(client_challenge);
            rest.fill(0);
        }
        Self {
            nt: nt.to_vec(),
            lm,
            lm_length: lm.len(),
            key_exchange_key: keys::v1_key_exchange_key(
                nt_hash,
                server_challenge,
                client_challenge,
            ),
            mic: None,
            bindings: BindingsChecked::No,
        }
    }

    /// No user, no response, and a key that everybody knows ([MS-NLMP] 3.3.2).
    pub(super) fn anonymous() -> Self {
        Self {
            nt: Vec::new(),
            lm: [0; 24],
            lm_length: 1,
            key_exchange_key: Zeroizing::new([0; 16]),
            mic: None,
            bindings: BindingsChecked::No,
        }
    }
}
