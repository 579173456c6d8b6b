//! What the targets of CredSSP share: its two sides, with TLS and without, a handshake as it is when
//! nobody interferes, and scripts of legs in which somebody behind TLS does.

use crate::parties;
use crate::scripts::{self, Tape};
use anysspi::fuzzing::{self, TsRequestFields};
use anysspi::raw::{CredentialsHandle, CredentialsRequest};
use anysspi::{
    Certificate, Context, ContextFlags, Delegated, Handshake, Identity, Registry, Secret, Step,
    Usage, UserName,
};
use std::sync::OnceLock;

/// More legs than any handshake has.
const MOST_LEGS: usize = 10;

/// The longest content of a record.
const LONGEST: usize = 1 << 14;

const DATA: u8 = 23;

/// A certificate with a key of ECDSA, made for these targets: nothing else is protected by it.
pub(crate) const PEM: &[u8] = include_bytes!("certificate.pem");

pub(crate) fn certificate() -> &'static Certificate {
    static CERTIFICATE: OnceLock<Certificate> = OnceLock::new();
    CERTIFICATE.get_or_init(|| Certificate::from_pem(PEM).expect("a certificate of our own"))
}

/// What the client delegates.
pub(crate) fn password() -> Delegated {
    Delegated::Password {
        name: UserName::parse(parties::ACCOUNT),
        password: Secret::from(parties::PASSWORD),
    }
}

/// The two sides: the client's credentials and the server's.
pub(crate) struct Sides(CredentialsHandle, CredentialsHandle);

impl Sides {
    fn new(prepare: impl Fn(&Registry)) -> Self {
        let acquire = |registry: &Registry, usage, identities: Vec<Identity>| {
            prepare(registry);
            CredentialsRequest::new("CREDSSP", usage)
                .with_identities(identities)
                .acquire(registry)
                .expect("credentials are acquired")
        };
        let (clients, servers) = parties::registries();
        let client = vec![Identity::password(parties::ACCOUNT, parties::PASSWORD)];
        let server = vec![parties::accounts(), Identity::Certificate(certificate().clone())];
        Self(acquire(&clients, Usage::OUTBOUND, client), acquire(&servers, Usage::INBOUND, server))
    }

    pub(crate) fn with_tls() -> &'static Self {
        static SIDES: OnceLock<Sides> = OnceLock::new();
        SIDES.get_or_init(|| Self::new(|_| {}))
    }

    pub(crate) fn without_tls() -> &'static Self {
        static SIDES: OnceLock<Sides> = OnceLock::new();
        SIDES.get_or_init(|| {
            Self::new(|registry| {
                registry.remove("CREDSSP").expect("the package with TLS");
                let own = certificate().chain[0].clone();
                registry.add(fuzzing::credssp_without_tls(own)).expect("the package without");
            })
        })
    }

    pub(crate) fn initiator(&self) -> Handshake {
        anysspi::initiate("CREDSSP")
            .credential(&self.0)
            .target(parties::TARGET)
            .require(ContextFlags::DELEGATE)
            .start()
            .expect("an initiator starts")
    }

    pub(crate) fn acceptor(&self) -> Handshake {
        anysspi::accept("CREDSSP").credential(&self.1).start().expect("an acceptor starts")
    }
}

/// A record of data.
fn record(content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).expect("a short record").to_be_bytes();
    [&[DATA, 3, 3], &length[..], content].concat()
}

/// What an initiator without TLS goes on with.
pub(crate) fn begin() -> Vec<u8> {
    record(&[])
}

/// The contents of the records of data, up to the first that is none.
pub(crate) fn contents(mut records: &[u8]) -> Vec<u8> {
    let mut contents = Vec::new();
    while let [DATA, 3, _, high, low, rest @ ..] = records {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let Some((content, behind)) = rest.split_at_checked(length) else { break };
        contents.extend_from_slice(content);
        records = behind;
    }
    contents
}

/// The TSRequests in the contents; none where something else is there too.
pub(crate) fn requests(mut contents: &[u8]) -> Option<Vec<TsRequestFields<'_>>> {
    let mut requests = Vec::new();
    while !contents.is_empty() {
        let length = fuzzing::ts_request_length(contents).ok()??;
        let (request, rest) = contents.split_at_checked(length)?;
        requests.push(fuzzing::ts_request(request)?);
        contents = rest;
    }
    Some(requests)
}

/// The TSRequests of a handshake, the initiator's first.
pub(crate) struct Recorded {
    /// A TSRequest may be made of everything that is in those.
    pub(crate) tape: Tape,
    /// Of each side the proof of the server's key, the initiator's first.
    pub(crate) proofs: [Vec<u8>; 2],
    /// The encrypted credentials.
    pub(crate) credentials: Vec<u8>,
}

/// The handshake without TLS in which nobody interferes.
pub(crate) fn recorded() -> &'static Recorded {
    static RECORDED: OnceLock<Recorded> = OnceLock::new();
    RECORDED.get_or_init(|| {
        let (mut client, mut server) =
            (Sides::without_tls().initiator(), Sides::without_tls().acceptor());
        assert!(parties::token(client.next()).is_empty());
        let mut token = parties::token(client.step(Some(&begin())));
        let mut legs = vec![contents(&token)];
        loop {
            let answers = if legs.len() % 2 == 1 { &mut server } else { &mut client };
            match answers.step(Some(&token)).expect("nobody interferes") {
                Step::SendToken(answer) => token = answer,
                Step::Done => break,
                other => panic!("{other:?} in a handshake of our own"),
            }
            legs.push(contents(&token));
        }
        let delegated = server.context().and_then(Context::delegated);
        assert_eq!(delegated.expect("credentials"), password());
        let mut parts = Vec::new();
        let (mut proofs, mut credentials) = (Vec::new(), Vec::new());
        for leg in &legs {
            for (_, fields, _) in requests(leg).expect("our own requests are read") {
                parts.extend(fields.iter().flatten().map(|part| part.to_vec()));
                let [_, auth_info, proof, _] = fields;
                proofs.extend(proof.map(<[u8]>::to_vec));
                credentials.extend(auth_info.map(<[u8]>::to_vec));
            }
        }
        let proofs = proofs.try_into().expect("both sides prove the key");
        let [credentials] = credentials.try_into().expect("the client delegates once");
        Recorded { tape: Tape { legs, parts }, proofs, credentials }
    })
}

/// The legs of a script, in records.
pub(crate) fn script(input: &[u8]) -> Vec<Vec<u8>> {
    scripts::read(input, MOST_LEGS, |operation, operands| recorded().leg(operation, operands))
}

impl Recorded {
    fn leg(&self, operation: u8, operands: &[u8]) -> Vec<u8> {
        let in_records =
            |request: &[u8]| -> Vec<u8> { request.chunks(LONGEST).flat_map(record).collect() };
        match operation % 5 {
            0 => in_records(&self.tape.changed(operands)),
            1 => in_records(operands),
            // As they are, be they records or not.
            2 => operands.to_vec(),
            // Two legs, whose records begin and end elsewhere.
            3 => {
                let [first, second, at, ..] = operands else { return Vec::new() };
                let both = [self.tape.leg(*first), self.tape.leg(*second)].concat();
                let (before, behind) = both.split_at(usize::from(*at).min(both.len()));
                [record(before), record(behind)].concat()
            }
            _ => {
                let [version, token, credentials, proof, nonce, code, rest @ ..] = operands else {
                    return Vec::new();
                };
                let part = |which: u8| self.tape.part(which, rest);
                let nonce = part(*nonce).filter(|nonce| nonce.len() == 32);
                let fields = [part(*token), part(*credentials), part(*proof), nonce];
                let code = (*code != 0xFF).then(|| 0xC000_0000 | u32::from(*code));
                let request = fuzzing::write_ts_request(&((*version).into(), fields, code));
                in_records(&request.unwrap_or_default())
            }
        }
    }
}
