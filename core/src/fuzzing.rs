//! The parsers of messages for the fuzz targets: bytes in, fields out, and back. Behind the feature
//! `testing`, and no part of the interface.

#[cfg(feature = "credssp")]
use crate::credentials::Delegated;
use crate::kerberos::Key;
#[cfg(feature = "credssp")]
use crate::packages::credssp::messages::{self as credssp, TsRequest};
use crate::packages::kerberos::messages as kerberos;
use crate::packages::kerberos::pac;
use crate::packages::negotiate::messages::{
    NegState, NegTokenResp, NegotiationToken, write_init, write_list,
};
use crate::packages::ntlm::messages::{
    Authenticate, AuthenticateWriter, AvId, AvPairs, Challenge, ChallengeWriter, Negotiate,
    NegotiateFlags, Ntlm2Response, write_av_pair, write_negotiate,
};

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields<'a> {
    /// The NEGOTIATE flags.
    pub flags: u32,
    /// The fields in the order in which the header describes them.
    pub parts: Vec<&'a [u8]>,
    /// The version.
    pub version: Option<[u8; 8]>,
    /// A CHALLENGE_MESSAGE's challenge.
    pub server_challenge: [u8; 8],
    /// Where an AUTHENTICATE_MESSAGE has room for a MIC.
    pub mic_at: Option<usize>,
}

/// The pairs of a list, in their order.
pub type Pairs<'a> = Vec<(u16, &'a [u8])>;

/// Reads a NEGOTIATE_MESSAGE: domain, workstation.
pub fn negotiate(bytes: &[u8]) -> Option<Fields<'_>> {
    let message = Negotiate::parse(bytes).ok()?;
    Some(Fields {
        flags: message.flags.bits(),
        parts: vec![message.domain, message.workstation],
        version: message.version,
        server_challenge: [0; 8],
        mic_at: None,
    })
}

/// Reads a CHALLENGE_MESSAGE: target name, target information.
pub fn challenge(bytes: &[u8]) -> Option<Fields<'_>> {
    let message = Challenge::parse(bytes).ok()?;
    Some(Fields {
        flags: message.flags.bits(),
        parts: vec![message.target_name, message.target_info],
        version: message.version,
        server_challenge: message.server_challenge,
        mic_at: None,
    })
}

/// Reads an AUTHENTICATE_MESSAGE: LM response, NT response, domain, user, workstation, session key.
pub fn authenticate(bytes: &[u8]) -> Option<Fields<'_>> {
    let message = Authenticate::parse(bytes).ok()?;
    Some(Fields {
        flags: message.flags.bits(),
        parts: vec![
            message.lm_response,
            message.nt_response,
            message.domain,
            message.user,
            message.workstation,
            message.encrypted_session_key,
        ],
        version: message.version,
        server_challenge: [0; 8],
        mic_at: message.mic_at,
    })
}

/// Reads a list of AV pairs.
pub fn av_pairs(bytes: &[u8]) -> Option<Pairs<'_>> {
    let pairs = AvPairs::parse(bytes).ok()?;
    Some(pairs.iter().map(|(id, value)| (id.0, value)).collect())
}

/// Reads an NTLMv2_RESPONSE: the proof, what the proof is over, and the pairs within that.
pub fn ntlm2_response(bytes: &[u8]) -> Option<([u8; 16], &[u8], Pairs<'_>)> {
    let response = Ntlm2Response::parse(bytes).ok()?;
    let pairs = response.pairs.iter().map(|(id, value)| (id.0, value));
    Some((response.proof, response.blob, pairs.collect()))
}

/// Writes a NEGOTIATE_MESSAGE with the flags.
pub fn write_negotiate_message(fields: &Fields<'_>) -> Vec<u8> {
    write_negotiate(NegotiateFlags::from_bits_retain(fields.flags))
}

/// Writes a CHALLENGE_MESSAGE with the fields.
pub fn write_challenge_message(fields: &Fields<'_>) -> Vec<u8> {
    let [target_name, target_info] = *fields.parts else {
        return Vec::new();
    };
    ChallengeWriter {
        flags: NegotiateFlags::from_bits_retain(fields.flags),
        server_challenge: fields.server_challenge,
        target_name,
        target_info: [target_info, &[]],
    }
    .write()
}

/// Writes an AUTHENTICATE_MESSAGE with the fields.
pub fn write_authenticate_message(fields: &Fields<'_>) -> Vec<u8> {
    let [lm_response, nt_response, domain, user, workstation, encrypted_session_key] =
        *fields.parts
    else {
        return Vec::new();
    };
    AuthenticateWriter {
        flags: NegotiateFlags::from_bits_retain(fields.flags),
        lm_response,
        nt_response,
        domain,
        user,
        workstation,
        encrypted_session_key,
    }
    .write()
}

/// Writes a list of AV pairs with its end.
pub fn write_av_pairs(pairs: &[(u16, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (id, value) in pairs {
        write_av_pair(&mut out, AvId(*id), value);
    }
    write_av_pair(&mut out, AvId::END, &[]);
    out
}

/// A token of SPNEGO.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spnego<'a> {
    /// A NegTokenInit.
    Init {
        /// The contents of the object identifiers, in their order.
        mechanisms: Vec<&'a [u8]>,
        /// The encoding of the list, which the mechListMIC is over.
        list: Vec<u8>,
        /// The mechToken.
        token: Option<&'a [u8]>,
    },
    /// A NegTokenResp.
    Resp {
        /// The negState.
        state: Option<u8>,
        /// The supportedMech.
        mechanism: Option<&'a [u8]>,
        /// The responseToken.
        token: Option<&'a [u8]>,
        /// The mechListMIC.
        mic: Option<&'a [u8]>,
    },
}

/// Reads a token of SPNEGO, with the frame of GSS-API or without.
pub fn spnego(bytes: &[u8]) -> Option<Spnego<'_>> {
    Some(match NegotiationToken::parse(bytes).ok()? {
        NegotiationToken::Init(init) => Spnego::Init {
            mechanisms: init.list.iter().collect(),
            list: init.list.encoding().to_vec(),
            token: init.mech_token,
        },
        NegotiationToken::Resp(resp) => Spnego::Resp {
            state: resp.state.map(|state| state as u8),
            mechanism: resp.mechanism,
            token: resp.token,
            mic: resp.mic,
        },
    })
}

/// The encoding of a list of mechanisms.
pub fn write_mechanisms(mechanisms: &[&[u8]]) -> Vec<u8> {
    write_list(mechanisms.iter().copied())
}

/// Writes the token: a NegTokenInit in the frame of GSS-API, a NegTokenResp without one. A list that
/// is no list gives nothing.
pub fn write_spnego(token: &Spnego<'_>) -> Vec<u8> {
    let states = [
        NegState::AcceptCompleted,
        NegState::AcceptIncomplete,
        NegState::Reject,
        NegState::RequestMic,
    ];
    match token {
        Spnego::Init { list, token, .. } => write_init(list, *token, false),
        Spnego::Resp { state, mechanism, token, mic } => {
            let state = state.and_then(|state| states.get(usize::from(state)).copied());
            NegTokenResp { state, mechanism: *mechanism, token: *token, mic: *mic }.write()
        }
    }
}

/// What a TSRequest says: its version; its token, its encrypted credentials, its proof and its nonce;
/// its errorCode.
#[cfg(feature = "credssp")]
pub type TsRequestFields<'a> = (u32, [Option<&'a [u8]>; 4], Option<u32>);

/// Reads a TSRequest.
#[cfg(feature = "credssp")]
pub fn ts_request(bytes: &[u8]) -> Option<TsRequestFields<'_>> {
    let read = TsRequest::read(bytes).ok()?;
    let nonce = read.client_nonce.map(<[u8; 32]>::as_slice);
    let parts = [read.nego_token, read.auth_info, read.pub_key_auth, nonce];
    Some((read.version, parts, read.error_code))
}

/// How many bytes the TSRequest has that begins here: an error, not known yet, or known.
#[cfg(feature = "credssp")]
pub fn ts_request_length(bytes: &[u8]) -> crate::Result<Option<usize>> {
    TsRequest::length(bytes)
}

/// Writes a TSRequest.
#[cfg(feature = "credssp")]
pub fn write_ts_request(fields: &TsRequestFields<'_>) -> Option<Vec<u8>> {
    let (version, [nego_token, auth_info, pub_key_auth, nonce], error_code) = *fields;
    let client_nonce = match nonce {
        Some(nonce) => Some(nonce.try_into().ok()?),
        None => None,
    };
    let request =
        TsRequest { version, nego_token, auth_info, pub_key_auth, error_code, client_nonce };
    request.write().ok()
}

/// Reads TSCredentials.
#[cfg(feature = "credssp")]
pub fn ts_credentials(bytes: &[u8]) -> Option<Delegated> {
    credssp::read_credentials(bytes).ok()
}

/// Writes TSCredentials.
#[cfg(feature = "credssp")]
pub fn write_ts_credentials(delegated: &Delegated) -> Option<Vec<u8>> {
    credssp::write_credentials(delegated).ok().map(|written| written.to_vec())
}

/// CredSSP without TLS around it, for a registry that has no other: what is behind TLS is reached
/// without a handshake of it. Its initiators see this certificate, in DER.
///
/// Bytes go in the records of TLS with nothing encrypted. An initiator begins with no bytes, and goes on
/// with the first record, be it empty.
#[cfg(feature = "credssp")]
pub fn credssp_without_tls(certificate: Vec<u8>) -> impl crate::Package {
    crate::packages::credssp::without_tls::WithoutTls(certificate)
}

/// The public key of a certificate in DER, as CredSSP binds to it.
#[cfg(feature = "credssp")]
pub fn public_key(certificate: &[u8]) -> crate::Result<&[u8]> {
    crate::packages::credssp::public_key(certificate)
}

/// Reads a message of Kerberos, a part of one that is encrypted, or what else of it has an encoding:
/// the names of those that it can be, and what is written of each.
pub fn kerberos_messages(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    macro_rules! readers {
        ($($message:ty),* $(,)?) => {
            [$((stringify!($message), again::<$message>(bytes))),*]
        };
    }
    let all = readers![
        kerberos::ApReply<'_>,
        kerberos::ApRequest<'_>,
        kerberos::AsReply<'_>,
        kerberos::AsRequest<'_>,
        kerberos::Authenticator<'_>,
        kerberos::CredentialMessage<'_>,
        kerberos::EncryptedApReplyPart<'_>,
        kerberos::EncryptedAsReplyPart<'_>,
        kerberos::EncryptedCredentialPart<'_>,
        kerberos::EncryptedTgsReplyPart<'_>,
        kerberos::EncryptedTicketPart<'_>,
        kerberos::ErrorMessage<'_>,
        kerberos::KdcRequestBody<'_>,
        kerberos::TgsReply<'_>,
        kerberos::TgsRequest<'_>,
        kerberos::Ticket<'_>,
        kerberos::TimestampToEncrypt,
        Vec<kerberos::EtypeInfo2Entry<'_>>,
        Vec<kerberos::EtypeInfoEntry<'_>>,
        Vec<kerberos::PaData<'_>>,
        Vec<kerberos::Typed<'_>>,
    ];
    all.into_iter().filter_map(|(name, written)| Some((name, written?))).collect()
}

fn again<'a, Message>(bytes: &'a [u8]) -> Option<Vec<u8>>
where
    Message: der::Decode<'a, Error = der::Error> + der::Encode,
{
    let message: Message = kerberos::read(bytes, "message").ok()?;
    kerberos::write(&message).ok()
}

/// The buffers of a PAC ([MS-PAC] 2.3), by their types.
pub fn pac_buffers(bytes: &[u8]) -> Option<Vec<(u32, &[u8])>> {
    Some(pac::Pac::read(bytes).ok()?.buffers().collect())
}

/// Whether a PAC is signed for the service that has this key.
pub fn pac_is_signed(bytes: &[u8], key: &Key) -> bool {
    pac::Pac::read(bytes).is_ok_and(|pac| pac.verify_server(key).is_ok())
}

/// What a PAC tells of a client, whoever signed it.
pub fn pac_peer(bytes: &[u8]) -> Option<crate::Peer> {
    pac::Pac::read(bytes).ok()?.peer().ok()
}

/// Reads a KERB_VALIDATION_INFO: how many groups it names, and what is written of it.
pub fn logon_information(bytes: &[u8]) -> Option<(usize, Vec<u8>)> {
    let logon = pac::LogonInformation::read(bytes).ok()?;
    let groups = [logon.groups.len(), logon.extra.len(), logon.resource_groups.len()];
    Some((groups.iter().sum(), logon.write()))
}

/// Reads a UPN_DNS_INFO: what is written of it.
pub fn upn_dns_information(bytes: &[u8]) -> Option<Vec<u8>> {
    Some(pac::UpnDnsInformation::read(bytes).ok()?.write())
}

/// The PAC in the authorization data of a ticket.
pub fn pac_of(authorization_data: &[u8]) -> Option<&[u8]> {
    let data: Vec<kerberos::Typed<'_>> = kerberos::read(authorization_data, "data").ok()?;
    pac::find(&data).ok()?
}
