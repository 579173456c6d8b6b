//! Keys and responses ([MS-NLMP] 3.3 and 3.4.5).

use super::messages::NegotiateFlags;
use crate::codec::utf16;
use crate::crypto::des::desl;
use crate::crypto::hmac_md5::{FourEndings, HmacMd5, HmacMd5Key, code_beside, digest, md5};
use crate::crypto::md4::md4;
pub(super) use crate::crypto::md4::nt_hash;
use crate::crypto::rc4::Rc4;
use zeroize::{Zeroize, Zeroizing};

/// A key of 16 bytes that is wiped when it is dropped.
pub(super) type Key = Zeroizing<[u8; 16]>;

/// NTOWFv2 as a key: HMAC-MD5 under the NT hash of the user in upper case and the domain as it is
/// sent, both in UTF-16LE ([MS-NLMP] 3.3.2).
pub(super) fn response_key(nt_hash: &HmacMd5Key, user: &[u8], domain: &[u8]) -> HmacMd5Key {
    let mut upper = Vec::new();
    utf16::uppercase_into(user, &mut upper);
    let key = Zeroizing::new(nt_hash.code(&[&upper, domain]));
    HmacMd5Key::new(&key)
}

/// NTProofStr over the blob that is sent, or that was received ([MS-NLMP] 3.3.2).
pub(super) fn proof(key: &HmacMd5Key, server_challenge: &[u8; 8], blob: &[u8]) -> [u8; 16] {
    key.code(&[server_challenge, blob])
}

/// The session base key of NTLMv2, which is its key exchange key too ([MS-NLMP] 3.3.2, 3.4.5.1).
pub(super) fn session_base_key(key: &HmacMd5Key, proof: &[u8; 16]) -> Key {
    Zeroizing::new(key.code(&[proof]))
}

/// The LMv2 response ([MS-NLMP] 3.3.2).
pub(super) fn lm_v2_response(
    key: &HmacMd5Key,
    server_challenge: &[u8; 8],
    client_challenge: &[u8; 8],
) -> [u8; 24] {
    let mut response = [0; 24];
    let (code, challenge) = response.split_at_mut(16);
    code.copy_from_slice(&key.code(&[server_challenge, client_challenge]));
    challenge.copy_from_slice(client_challenge);
    response
}

/// The NT response of NTLMv1, or with a client challenge the "NTLM2 session response"
/// ([MS-NLMP] 3.3.1).
pub(super) fn nt_v1_response(
    nt_hash: &[u8; 16],
    server_challenge: &[u8; 8],
    client_challenge: Option<&[u8; 8]>,
) -> [u8; 24] {
    match client_challenge {
        None => desl(nt_hash, *server_challenge),
        Some(client_challenge) => {
            let hash = md5(&[server_challenge, client_challenge]);
            let (half, _) = hash.split_at(8);
            desl(nt_hash, half.try_into().unwrap_or_default())
        }
    }
}

/// The key exchange key of NTLMv1 ([MS-NLMP] 3.4.5.1). The variants with LM keys are never
/// negotiated.
pub(super) fn v1_key_exchange_key(
    nt_hash: &[u8; 16],
    server_challenge: &[u8; 8],
    client_challenge: Option<&[u8; 8]>,
) -> Key {
    let session_base_key = Zeroizing::new(md4(nt_hash));
    match client_challenge {
        None => session_base_key,
        Some(client_challenge) => Zeroizing::new(
            HmacMd5Key::new(&session_base_key).code(&[server_challenge, client_challenge]),
        ),
    }
}

/// RC4K: the session key encrypted, or decrypted, under the key exchange key ([MS-NLMP] 3.1.5.1.2).
pub(super) fn exchange_session_key(key_exchange_key: &Key, session_key: &[u8; 16]) -> Key {
    Zeroizing::new(Rc4::new(key_exchange_key).applied(*session_key))
}

/// A MIC under the session key, for the three messages, the last with zeros where the MIC stands
/// ([MS-NLMP] 3.1.5.1.2).
pub(super) fn start_mic(session_key: &[u8; 16]) -> HmacMd5 {
    HmacMd5Key::new(session_key).start()
}

/// NTProofStr, and in the time that takes the first messages, or all of them, into a MIC.
pub(super) fn proof_beside_mic(
    key: &HmacMd5Key,
    server_challenge: &[u8; 8],
    blob: &[u8],
    mic: &mut HmacMd5,
    messages: &[&[u8]],
) -> [u8; 16] {
    code_beside(key, &[server_challenge, blob], mic, messages)
}

/// The session base key, and in the time that takes pieces of messages into a MIC.
pub(super) fn session_base_key_beside_mic(
    key: &HmacMd5Key,
    proof: &[u8; 16],
    mic: &mut HmacMd5,
    messages: &[&[u8]],
) -> Key {
    Zeroizing::new(code_beside(key, &[proof], mic, messages))
}

/// The keys of the messages a side sends: to sign, and to seal.
pub(super) type MessageKeys = (HmacMd5Key, Key);

/// What follows the session key in the messages whose digests are the keys of the client's messages
/// and of the server's, to sign ([MS-NLMP] 3.4.5.2) and to seal (3.4.5.3). They end in a zero.
const MAGIC: [&[u8; 59]; 4] = [
    b"session key to client-to-server signing key magic constant\0",
    b"session key to client-to-server sealing key magic constant\0",
    b"session key to server-to-client signing key magic constant\0",
    b"session key to server-to-client sealing key magic constant\0",
];
static MAGIC_ENDINGS: FourEndings = FourEndings::new(MAGIC);

/// The keys of the messages the client sends and of those the server sends, with extended session
/// security.
pub(super) fn message_keys(
    session_key: &[u8; 16],
    flags: NegotiateFlags,
) -> (MessageKeys, MessageKeys) {
    let mut made = MAGIC_ENDINGS.md5(session_key);
    let [client_signing, client_sealing, server_signing, server_sealing] = &made;
    let [client, server] = HmacMd5Key::two([client_signing, server_signing]);
    let sealing = match session_key.get(..key_bits(flags) / 8) {
        Some(material) if material.len() < session_key.len() => {
            let [_, client, _, server] = MAGIC;
            [client, server].map(|magic| Zeroizing::new(md5(&[material, magic])))
        }
        _ => [client_sealing, server_sealing].map(|words| Zeroizing::new(digest(*words))),
    };
    made.zeroize();
    let [client_sealing, server_sealing] = sealing;
    ((client, client_sealing), (server, server_sealing))
}

/// The strength of sealing that the flags negotiate.
pub(super) fn key_bits(flags: NegotiateFlags) -> usize {
    if flags.contains(NegotiateFlags::KEY_128) {
        128
    } else if flags.contains(NegotiateFlags::KEY_56) {
        56
    } else {
        40
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_hashes_as_published() {
        // [MS-NLMP] 4.2.2.1.2
        let expected = 0xA4F4_9C40_6510_BDCA_B682_4EE7_C30F_D852_u128;
        assert_eq!(u128::from_be_bytes(*nt_hash("Password")), expected);
    }

    #[test]
    fn strength_follows_the_flags() {
        assert_eq!(key_bits(NegotiateFlags::KEY_128 | NegotiateFlags::KEY_56), 128);
        assert_eq!(key_bits(NegotiateFlags::KEY_56), 56);
        assert_eq!(key_bits(NegotiateFlags::empty()), 40);
    }
}
