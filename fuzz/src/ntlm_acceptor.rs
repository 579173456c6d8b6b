//! A hostile AUTHENTICATE_MESSAGE, behind a good NEGOTIATE_MESSAGE and the challenge to it.
//!
//! The input knows neither the password nor its hash. So a context is established only by a proof
//! that somebody who knows it made for this challenge, which is one of the few listed here; where
//! the proven bytes announce a MIC, by nothing but that very message; and where anonymous clients
//! are let in, also by a client that says that it is one.

use crate::parties::{self, Way};
use crate::seeds;
use crate::wire::{self, Authenticate, av};
use anysspi::{
    BindingsChecked, ChannelBindings, ContextFlags, Handshake, Side, Status, Step, fuzzing,
};
use std::sync::OnceLock;

/// The acceptors: nothing weak is allowed; NTLMv1 is; no connection; anonymous clients are let in.
const ACCEPTORS: [Way; 4] = [Way::Sealed, Way::SessionResponse, Way::Datagram, Way::Anonymous];

pub(crate) fn run(input: &[u8]) {
    for way in ACCEPTORS {
        let mut acceptor = way.acceptor();
        match acceptor.step(Some(input)) {
            Ok(step) => {
                assert_eq!(step, Step::Done, "an NTLM acceptor has no last token");
                check_established(way, input, acceptor);
            }
            Err(error) => {
                assert_ne!(input, way.exchange().authenticate, "{error}");
                check_refused(&error, acceptor);
            }
        }
    }
    // The same server in another channel: whoever says which channel it means is refused.
    let mut acceptor = Way::Sealed.acceptor_in(ChannelBindings::tls_unique(b"another"));
    match acceptor.step(Some(input)) {
        Ok(_) => {
            let message = Authenticate::read(input).expect("a whole message");
            let pairs = message.pairs().expect("the pairs of an NTLMv2 response");
            assert_eq!(wire::pair(&pairs, av::CHANNEL_BINDINGS), None);
        }
        Err(error) => check_refused(&error, acceptor),
    }
}

/// A handshake that failed stays failed, for a reason that is the peer's.
fn check_refused(error: &anysspi::Error, mut acceptor: Handshake) {
    assert!(
        matches!(
            error.status(),
            Status::INVALID_TOKEN
                | Status::LOGON_DENIED
                | Status::MESSAGE_ALTERED
                | Status::BAD_BINDINGS
                | Status::ALGORITHM_MISMATCH
                | Status::SECURITY_QOS_FAILED
        ),
        "refused with {error}"
    );
    assert!(!acceptor.done());
    assert!(acceptor.context().is_err());
    // Even a message that is good comes too late.
    let good = &Way::Sealed.exchange().authenticate;
    let again = acceptor.step(Some(good)).expect_err("a failed handshake");
    assert_eq!(again.status(), error.status());
    assert!(acceptor.into_context().is_err());
}

fn check_established(way: Way, input: &[u8], acceptor: Handshake) {
    let message = Authenticate::read(input).expect("an established context has a whole message");
    let context = acceptor.into_context().expect("the context");
    assert_eq!(context.side(), Side::Acceptor);
    if way == Way::Sealed {
        assert!(context.flags().contains(ContextFlags::PROTECTION), "it is required");
    }

    if message.nt_response.is_empty() {
        assert_eq!(way, Way::Anonymous, "nobody was let in");
        assert!(message.user.is_empty() && matches!(message.lm_response, [] | [0]));
        assert!(context.is_anonymous());
        assert!(!context.flags().intersects(ContextFlags::PROTECTION));
        assert_eq!(context.client().to_string(), "");
        return;
    }
    assert!(!context.is_anonymous());
    assert_eq!(context.client().to_string(), parties::ACCOUNT);

    let proof = proofs()
        .iter()
        .find(|proof| proof.nt_response == message.nt_response)
        .expect("a proof that nobody who knows the password made");
    if proof.is_version_1() {
        assert_eq!(way, Way::SessionResponse, "NTLMv1 is off");
        if let Some(client_challenge) = proof.client_challenge {
            // The client challenge is proven with the rest.
            assert!(message.lm_response.starts_with(&client_challenge));
        }
        assert_eq!(context.bindings_checked(), BindingsChecked::No);
        return;
    }
    // The names are proven too: the domain as it was sent, the user in upper case.
    assert_eq!(message.domain, parties::utf16("Domain"));
    let user = String::from_utf8(message.user.iter().copied().step_by(2).collect());
    assert!(user.expect("ASCII").eq_ignore_ascii_case("User"));

    let (_, _, pairs) = fuzzing::ntlm2_response(message.nt_response).expect("an NTLMv2 response");
    let sends_bindings = wire::pair(&pairs, av::CHANNEL_BINDINGS).is_some();
    let expected = match sends_bindings {
        true => BindingsChecked::Verified,
        false => BindingsChecked::No,
    };
    assert_eq!(context.bindings_checked(), expected);
    if wire::announces_mic(&pairs) {
        let only = match way {
            Way::Datagram => Way::Datagram,
            _ => Way::Sealed,
        };
        let message = &only.exchange().authenticate;
        assert_eq!(input, message, "the MIC is over every byte of the message");
    }
}

/// A response to the server's challenge, made with the password.
struct Proof {
    nt_response: Vec<u8>,
    /// Of NTLMv1 with extended session security: the client challenge beside the response.
    client_challenge: Option<[u8; 8]>,
}

/// Every such response that the seeds hold: our own, and the published ones.
fn proofs() -> &'static [Proof] {
    static PROOFS: OnceLock<Vec<Proof>> = OnceLock::new();
    PROOFS.get_or_init(|| {
        let own = Way::ALL.into_iter().filter(|way| *way != Way::Anonymous);
        let own = own.map(|way| way.exchange().authenticate.clone());
        let published = seeds::published("authenticate_message").into_iter();
        own.chain(published.map(|(_, message)| message))
            .map(|message| Proof::of(&message))
            .collect()
    })
}

impl Proof {
    fn is_version_1(&self) -> bool {
        self.nt_response.len() == 24
    }

    fn of(message: &[u8]) -> Self {
        let fields = Authenticate::read(message).expect("a whole message");
        // [MS-NLMP] 3.3.1: with extended session security the LM response is the client challenge
        // and sixteen zeros.
        let challenge = fields.lm_response.strip_suffix(&[0; 16]);
        let client_challenge = challenge.filter(|_| fields.nt_response.len() == 24);
        Self {
            nt_response: fields.nt_response.to_vec(),
            client_challenge: client_challenge.and_then(|challenge| challenge.try_into().ok()),
        }
    }
}
