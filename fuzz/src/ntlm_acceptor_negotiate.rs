//! A hostile NEGOTIATE_MESSAGE: the challenge to it offers nothing that was not asked for and tells
//! the same about the server to everybody, and a client whose NEGOTIATE_MESSAGE it was not is
//! refused for its MIC.

use crate::parties::{self, NOW, Parties, SERVER_CHALLENGE, Way};
use crate::wire::{self, av, flag};
use anysspi::{ContextFlags, Status, Step, fuzzing};

pub(crate) fn run(input: &[u8]) {
    if let Some(challenge) = answer(parties::lenient(), input) {
        check(input, &challenge);
    }
    let Some(challenge) = answer(parties::strict(), input) else {
        return;
    };
    check(input, &challenge);
    let flags = wire::u32_at(&challenge, 20).expect("flags");
    if flags & (flag::SIGN | flag::SEAL) != 0 {
        let strong = flag::EXTENDED_SESSION_SECURITY | flag::KEY_128;
        assert_eq!(flags & strong, strong, "what is weak is off");
    }

    // A client that meant something else finds out only by its MIC, or not at all; the server does.
    let mut server = start(parties::strict());
    server.step(Some(input)).expect("the same answer");
    let mut client = parties::strict().initiate().relax(ContextFlags::PROTECTION);
    if wire::u32_at(input, 12).is_some_and(|flags| flags & flag::SEAL == 0) {
        client = client.without(ContextFlags::CONFIDENTIALITY);
    }
    let mut client = client.start().expect("an initiator starts");
    let Step::SendToken(negotiate) = client.next().expect("a NEGOTIATE_MESSAGE") else {
        panic!("an initiator speaks first");
    };
    let Ok(Step::SendToken(authenticate)) = client.step(Some(&challenge)) else {
        return;
    };
    match server.step(Some(&authenticate)) {
        Ok(_) => assert_eq!(input, negotiate, "the MIC is over the NEGOTIATE_MESSAGE"),
        Err(error) => {
            assert_ne!(input, negotiate, "{error}");
            assert_eq!(error.status(), Status::MESSAGE_ALTERED, "{error}");
        }
    }
}

fn start(parties: &Parties) -> anysspi::Handshake {
    let builder = parties.accept().relax(ContextFlags::PROTECTION);
    builder.start().expect("an acceptor starts")
}

/// The challenge, if there is one; otherwise the handshake has failed and stays so.
fn answer(parties: &Parties, input: &[u8]) -> Option<Vec<u8>> {
    let mut acceptor = start(parties);
    match acceptor.step(Some(input)) {
        Ok(Step::SendToken(challenge)) => {
            assert!(!acceptor.done());
            assert!(acceptor.context().is_err());
            Some(challenge)
        }
        Ok(step) => panic!("{step:?} before the client has proven anything"),
        Err(error) => {
            assert!(
                matches!(error.status(), Status::INVALID_TOKEN | Status::ALGORITHM_MISMATCH),
                "refused with {error}"
            );
            let good = &Way::Sealed.exchange().negotiate;
            let again = acceptor.step(Some(good)).expect_err("a failed handshake");
            assert_eq!(again.status(), error.status());
            None
        }
    }
}

fn check(input: &[u8], challenge: &[u8]) {
    let asked = fuzzing::negotiate(input).expect("what was answered was read");
    let given = fuzzing::challenge(challenge).expect("our own challenge is read");
    let target_type = flag::TARGET_TYPE_DOMAIN | flag::TARGET_TYPE_SERVER;
    let servers_own = flag::NTLM | flag::TARGET_INFO | target_type;
    assert_eq!(given.flags & !asked.flags & !servers_own, 0);
    assert_eq!(given.flags & flag::DATAGRAM, 0);
    assert_eq!((given.flags & target_type).count_ones(), 1);
    assert_eq!(given.server_challenge, SERVER_CHALLENGE);

    let [target_name, target_info] = *given.parts else {
        panic!("two fields");
    };
    let name = match given.flags & flag::UNICODE {
        0 => b"SERVER".to_vec(),
        _ => parties::utf16("SERVER"),
    };
    assert_eq!(target_name, name);
    let pairs = wire::pairs(target_info).expect("our own pairs are read");
    let time = wire::pair(&pairs, av::TIMESTAMP);
    assert_eq!(time, Some(&NOW.filetime().to_le_bytes()[..]));
    // The size of the answer is not the client's to choose.
    assert!(challenge.len() < 300);
    parties::assert_no_secret(challenge, &[]);
}
