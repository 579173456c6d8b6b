//! The initiator's responses to a challenge ([MS-NLMP] 3.3), and what follows from them.

use super::keys::{self, Key};
use super::messages::{AuthenticateWriter, Challenge, NegotiateFlags};
use crate::context::BindingsChecked;
use crate::crypto::hmac_md5::HmacMd5Key;
use zeroize::Zeroizing;

/// The two responses of an AUTHENTICATE_MESSAGE.
pub(super) struct Responses<'a> {
    pub(super) nt: Vec<u8>,
    lm: [u8; 24],
    lm_length: usize,
    proof: Proof<'a>,
    pub(super) bindings: BindingsChecked,
}

/// What is still to be proven when the message is written.
enum Proof<'a> {
    /// NTLMv2: the NT response begins with zeros in the place of the proof.
    Due { response_key: &'a HmacMd5Key, server_challenge: [u8; 8], has_mic: bool },
    /// Nothing: the key exchange key is known.
    Done { key_exchange_key: Key },
}

/// A response of NTLMv2 on its way: zeros in the place of the proof, and the blob behind them.
pub(super) struct Blob {
    pub(super) bytes: Vec<u8>,
    pub(super) client_challenge: [u8; 8],
    pub(super) has_timestamp: bool,
    pub(super) has_bindings: bool,
}

impl<'a> Responses<'a> {
    /// NTLMv2 ([MS-NLMP] 3.3.2).
    pub(super) fn v2(response_key: &'a HmacMd5Key, challenge: &Challenge<'_>, blob: Blob) -> Self {
        let Blob { bytes: nt, client_challenge, has_timestamp, has_bindings } = blob;
        let server_challenge = challenge.server_challenge;
        // A server that sends the time wants no LMv2 response, and a MIC ([MS-NLMP] 3.1.5.1.2).
        let lm = if has_timestamp {
            [0; 24]
        } else {
            keys::lm_v2_response(response_key, &server_challenge, &client_challenge)
        };
        let proof = Proof::Due { response_key, server_challenge, has_mic: has_timestamp };
        let bindings = if has_bindings { BindingsChecked::Sent } else { BindingsChecked::No };
        Self { nt, lm, lm_length: lm.len(), proof, bindings }
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
        let key_exchange_key =
            keys::v1_key_exchange_key(nt_hash, server_challenge, client_challenge);
        Self {
            nt: nt.to_vec(),
            lm,
            lm_length: lm.len(),
            proof: Proof::Done { key_exchange_key },
            bindings: BindingsChecked::No,
        }
    }

    /// No user, no response, and a key that everybody knows ([MS-NLMP] 3.3.2).
    pub(super) fn anonymous() -> Self {
        Self {
            nt: Vec::new(),
            lm: [0; 24],
            lm_length: 1,
            proof: Proof::Done { key_exchange_key: Zeroizing::new([0; 16]) },
            bindings: BindingsChecked::No,
        }
    }

    pub(super) fn lm(&self) -> &[u8] {
        self.lm.get(..self.lm_length).unwrap_or(&self.lm)
    }

    pub(super) fn has_mic(&self) -> bool {
        matches!(self.proof, Proof::Due { has_mic: true, .. })
    }

    /// Completes a message that was written with these responses, and gives the session key: puts
    /// in the proof, the session key that is exchanged, encrypted, and the MIC over it and the two
    /// messages before.
    ///
    /// The key that is exchanged is known before the proof, so the MIC takes the time of the proof
    /// and of the session base key.
    pub(super) fn complete(
        &self,
        token: &mut [u8],
        nt_response_at: usize,
        exchanged: Option<Key>,
        messages: [&[u8]; 2],
    ) -> Key {
        let (head, rest) = token.split_at_mut(nt_response_at.min(token.len()));
        let (response, encrypted) = rest.split_at_mut(self.nt.len().min(rest.len()));
        let [negotiate, challenge] = messages;
        let mut mic = None;
        let mut has_mic = false;
        let key_exchange_key = match &self.proof {
            Proof::Done { key_exchange_key } => key_exchange_key.clone(),
            Proof::Due { response_key, server_challenge, has_mic: wanted } => {
                has_mic = *wanted;
                mic = exchanged.as_ref().filter(|_| has_mic).map(|key| keys::start_mic(key));
                let blob = response.get(16..).unwrap_or_default();
                let proof = match &mut mic {
                    None => keys::proof(response_key, server_challenge, blob),
                    Some(mic) => {
                        let messages = [negotiate, challenge, head];
                        keys::proof_beside_mic(response_key, server_challenge, blob, mic, &messages)
                    }
                };
                if let Some(place) = response.first_chunk_mut() {
                    *place = proof;
                }
                match &mut mic {
                    None => keys::session_base_key(response_key, &proof),
                    Some(mic) => {
                        keys::session_base_key_beside_mic(response_key, &proof, mic, &[response])
                    }
                }
            }
        };
        let session_key = match exchanged {
            None => key_exchange_key,
            Some(session_key) => {
                let key = keys::exchange_session_key(&key_exchange_key, &session_key);
                if let Some(place) = encrypted.first_chunk_mut() {
                    *place = *key;
                }
                session_key
            }
        };
        if has_mic {
            let mic = if let Some(mut mic) = mic {
                mic.update(encrypted);
                mic
            } else {
                let mut mic = keys::start_mic(&session_key);
                for message in [negotiate, challenge, token] {
                    mic.update(message);
                }
                mic
            };
            let place = token.get_mut(AuthenticateWriter::MIC_AT..);
            if let Some(place) = place.and_then(<[u8]>::first_chunk_mut) {
                *place = mic.finish();
            }
        }
        session_key
    }
}
