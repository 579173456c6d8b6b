//! What the two targets of SPNEGO's handshakes share: two negotiations as they are when nobody
//! interferes, and scripts of legs in which somebody does.
//!
//! An input's first byte chooses the negotiation; the rest is a script.

use crate::parties::{self, Parties};
use crate::scripts::{self, Tape};
use anysspi::fuzzing::{self, Spnego};
use anysspi::{
    AcceptRequest, Allow, Capabilities, CredentialRequest, Error, Exchange, Handshake, Identity,
    InitiateRequest, Package, PackageCredential, PackageInfo, Progress, Registry, Result, Secret,
    Status, Step, StepInput,
};
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

/// More legs than any handshake has.
const MOST_LEGS: usize = 8;

const NTLM: &[u8] = &[0x2B, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 0x0A];
const HELLO: &[u8] = &[0x2A, 3, 4];
const MECHANISMS: [&[u8]; 4] =
    [NTLM, HELLO, &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 1, 2, 2], &[0x2B]];

/// A negotiation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Negotiation {
    /// Both sides have nothing but NTLM.
    Only,
    /// The client would rather have something else, and the server has nothing but NTLM.
    FallsBack,
}

/// The tokens of a negotiation, the initiator's first.
pub(crate) struct Recorded {
    /// A leg may be made of NTLM's messages and both MICs.
    pub(crate) tape: Tape,
    /// NTLM's last message.
    pub(crate) authenticate: Vec<u8>,
    /// The MICs over the list, the initiator's first.
    pub(crate) mics: [Vec<u8>; 2],
    /// The list as the initiator sent it.
    pub(crate) list: Vec<u8>,
    pub(crate) session_key: Secret,
}

impl Negotiation {
    pub(crate) const ALL: [Self; 2] = [Self::Only, Self::FallsBack];

    fn parties(self) -> &'static Parties {
        static PARTIES: [OnceLock<Parties>; 2] = [const { OnceLock::new() }; 2];
        PARTIES[self as usize].get_or_init(|| {
            let more = |registry: &Registry| {
                if self == Self::FallsBack {
                    registry.add(Hello).expect("a package of another name");
                }
            };
            let identity = Identity::password(parties::ACCOUNT, parties::PASSWORD);
            Parties::of("Negotiate", more, identity, Allow::empty())
        })
    }

    pub(crate) fn initiator(self) -> Handshake {
        self.parties().initiate().start().expect("an initiator starts")
    }

    pub(crate) fn acceptor(self) -> Handshake {
        self.parties().accept().start().expect("an acceptor starts")
    }

    pub(crate) fn recorded(self) -> &'static Recorded {
        static RECORDED: [OnceLock<Recorded>; 2] = [const { OnceLock::new() }; 2];
        RECORDED[self as usize].get_or_init(|| self.record())
    }

    fn record(self) -> Recorded {
        let (mut client, mut server) = (self.initiator(), self.acceptor());
        let mut legs = vec![parties::token(client.next())];
        while !(client.done() && server.done()) {
            let answers = if legs.len() % 2 == 1 { &mut server } else { &mut client };
            match answers.step(legs.last().map(Vec::as_slice)).expect("nobody interferes") {
                Step::SendToken(token) => legs.push(token),
                Step::Done => break,
                other => panic!("{other:?} in a negotiation of our own"),
            }
        }
        let context = client.context().expect("the client's context");
        let session_key = context.session_key().clone();
        let mut parts = Vec::new();
        let mut mics = Vec::new();
        let mut list = Vec::new();
        for leg in &legs {
            match fuzzing::spnego(leg).expect("our own token is read") {
                Spnego::Init { list: ours, token, .. } => {
                    list = ours;
                    parts.extend(token.map(<[u8]>::to_vec));
                }
                Spnego::Resp { token, mic, .. } => {
                    parts.extend(token.map(<[u8]>::to_vec));
                    mics.extend(mic.map(<[u8]>::to_vec));
                }
            }
        }
        let message = |number: u8| {
            let is_it = |part: &&Vec<u8>| part.starts_with(b"NTLMSSP\0") && part[8] == number;
            parts.iter().find(is_it).expect("a message of NTLM").clone()
        };
        let authenticate = message(3);
        parts.extend(mics.clone());
        let mics = mics.try_into().expect("both sides sign the list");
        Recorded { tape: Tape { legs, parts }, authenticate, mics, list, session_key }
    }

    /// The negotiation and the legs of a script.
    pub(crate) fn script(input: &[u8]) -> (Self, Vec<Vec<u8>>) {
        let (first, rest) = input.split_first().unwrap_or((&0, &[]));
        let negotiation = Self::ALL[usize::from(first % 2)];
        let recorded = negotiation.recorded();
        let legs =
            scripts::read(rest, MOST_LEGS, |operation, operands| recorded.leg(operation, operands));
        (negotiation, legs)
    }
}

impl Recorded {
    fn leg(&self, operation: u8, operands: &[u8]) -> Vec<u8> {
        match operation % 4 {
            0 => self.tape.changed(operands),
            1 => operands.to_vec(),
            2 => {
                let (which, rest) = operands.split_first().unwrap_or((&0, &[]));
                let (count, rest) = rest.split_first().unwrap_or((&0, &[]));
                let (chosen, rest) = rest.split_at(usize::from(*count).min(rest.len()));
                let chosen = chosen.iter().map(|one| MECHANISMS[usize::from(one % 4)]);
                let mechanisms: Vec<&[u8]> = chosen.collect();
                let list = fuzzing::write_mechanisms(&mechanisms);
                let token = self.tape.part(*which, rest);
                fuzzing::write_spnego(&Spnego::Init { mechanisms, list, token })
            }
            _ => {
                let [state, mechanism, token, mic, rest @ ..] = operands else {
                    return Vec::new();
                };
                fuzzing::write_spnego(&Spnego::Resp {
                    state: Some(*state).filter(|state| *state < 4),
                    mechanism: MECHANISMS.get(usize::from(*mechanism)).copied(),
                    token: self.tape.part(*token, rest),
                    mic: self.tape.part(*mic, rest),
                })
            }
        }
    }
}

/// A package that says hello and takes no answer.
struct Hello;

static HELLO_INFO: PackageInfo = PackageInfo {
    name: Cow::Borrowed("Hello"),
    comment: Cow::Borrowed("says hello"),
    capabilities: Capabilities::MUTUAL_AUTH,
    version: 1,
    rpc_id: 0xFFFF,
    max_token: 16,
};

impl Package for Hello {
    fn info(&self) -> &PackageInfo {
        &HELLO_INFO
    }

    fn mechanisms(&self) -> &[&'static [u8]] {
        &[HELLO]
    }

    fn acquire(&self, _: CredentialRequest) -> Result<Arc<dyn PackageCredential>> {
        Ok(Arc::new(Self))
    }
}

impl PackageCredential for Hello {
    fn name(&self) -> Result<String> {
        Ok("somebody".into())
    }

    fn initiate(&self, _: InitiateRequest<'_>) -> Result<Box<dyn Exchange>> {
        Ok(Box::new(Self))
    }

    fn accept(&self, _: AcceptRequest<'_>) -> Result<Box<dyn Exchange>> {
        Err(Status::UNSUPPORTED_FUNCTION.into())
    }
}

impl Exchange for Hello {
    fn step(self: Box<Self>, input: StepInput<'_>) -> Result<Progress> {
        if input.token.is_empty() {
            return Ok(Progress::Continue { token: b"hello".to_vec(), next: self });
        }
        Err(Error::new(Status::INVALID_TOKEN, "nobody answers a hello"))
    }
}
