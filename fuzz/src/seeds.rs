//! Where the seeds come from: the published messages of `tests/vectors`, and exchanges of our own.
//! `cargo run -p anysspi-fuzz --example seeds` writes them.

use crate::credssp_legs;
use crate::kerberos_legs;
use crate::parties::{self, Way};
use crate::spnego_legs::Negotiation;
use crate::wire::{self, Authenticate};
use crate::{
    TARGETS, corpus, credential_cache, kerberos_kdc, kerberos_messages, keytab, pac, unwrap,
};
use anysspi::{ChannelBindings, Delegated, Secret, SmartCard, UserName, fuzzing};
use std::path::PathBuf;

/// A seed: the name of its file, and the input.
pub type Seed = (String, Vec<u8>);

const VECTORS: [(&str, &str); 8] = [
    ("davenport", include_str!("../../tests/vectors/ntlm/davenport.json")),
    (
        "exchange_channel_bindings",
        include_str!("../../tests/vectors/ntlm/exchange_channel_bindings.json"),
    ),
    ("exchange_chromium", include_str!("../../tests/vectors/ntlm/exchange_chromium.json")),
    ("exchange_key_exchange", include_str!("../../tests/vectors/ntlm/exchange_key_exchange.json")),
    ("exchange_winpr", include_str!("../../tests/vectors/ntlm/exchange_winpr.json")),
    ("ntlm_v1", include_str!("../../tests/vectors/ntlm/ntlm_v1.json")),
    (
        "ntlm_v1_client_challenge",
        include_str!("../../tests/vectors/ntlm/ntlm_v1_client_challenge.json"),
    ),
    ("ntlm_v2", include_str!("../../tests/vectors/ntlm/ntlm_v2.json")),
];

/// The published values of this name, by the file they are in.
pub(crate) fn published(name: &str) -> Vec<Seed> {
    let value = |text: &str| -> Option<Vec<u8>> {
        let values: serde_json::Value = serde_json::from_str(text).expect("the vectors are JSON");
        hex(values.get(name)?.as_str()?)
    };
    VECTORS.iter().filter_map(|(file, text)| Some(((*file).to_owned(), value(text)?))).collect()
}

/// The values of a file of vectors.
pub(crate) fn vectors(text: &str) -> Vec<serde_json::Value> {
    serde_json::from_str(text).expect("the vectors are JSON")
}

pub(crate) fn hex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let digit = |digit: u8| char::from(digit).to_digit(16).map(|digit| digit as u8);
    let bytes = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?));
    bytes.collect::<Option<_>>().filter(|_| rest.is_empty())
}

/// One message of every exchange of our own that is not the same as another's.
fn own(message: impl Fn(Way) -> Vec<u8>) -> Vec<Seed> {
    let mut seeds: Vec<Seed> = Vec::new();
    for way in Way::ALL {
        let bytes = message(way);
        if !bytes.is_empty() && seeds.iter().all(|(_, other)| *other != bytes) {
            seeds.push((format!("own_{}", way.name()), bytes));
        }
    }
    seeds
}

fn own_negotiate() -> Vec<Seed> {
    own(|way| way.exchange().negotiate.clone())
}

fn own_challenge() -> Vec<Seed> {
    own(|way| way.exchange().challenge.clone())
}

fn own_authenticate() -> Vec<Seed> {
    own(|way| way.exchange().authenticate.clone())
}

fn and(mut seeds: Vec<Seed>, more: impl IntoIterator<Item = Seed>) -> Vec<Seed> {
    seeds.extend(more);
    seeds
}

fn named(seeds: &[(&str, &[u8])]) -> Vec<Seed> {
    let seeds = seeds.iter();
    seeds.map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect()
}

/// The seeds of a target.
///
/// # Panics
///
/// If there is no such target.
pub fn of(target: &str) -> Vec<Seed> {
    match target {
        "account_file" => account_file(),
        "authenticate" => {
            // A reader has no use for the same form twice.
            let one = own_authenticate().into_iter().take(1);
            and(published("authenticate_message"), one)
        }
        "av_pairs" => av_pairs(),
        "challenge" => {
            let one = own_challenge().into_iter().take(1);
            and(published("challenge_message"), one)
        }
        "channel_bindings" => channel_bindings(),
        "credential_cache" => credential_cache::seeds(),
        "inspect" => inspect(),
        "kerberos_acceptor" => kerberos_requests(),
        "kerberos_initiator" => kerberos_replies(),
        "kerberos_kdc" => kerberos_kdc::seeds(),
        "kerberos_messages" => kerberos_messages::seeds(),
        "keytab" => keytab::seeds(),
        "pac" => pac::seeds(),
        "names" => named(&[
            ("bare", b"alice"),
            ("domain", br"CORP\alice"),
            ("dot", br".\AzureAD\alice@example.com"),
            ("empty_domain", br"\alice"),
            ("principal", "älice@corp@example.com".as_bytes()),
        ]),
        "negotiate" => {
            let one = own_negotiate().into_iter().take(1);
            and(published("negotiate_message"), one)
        }
        "certificates" => certificates(),
        "credssp_acceptor" => credssp_scripts(0),
        "credssp_initiator" => credssp_scripts(1),
        "credssp_stream" => streams(),
        "ntlm_acceptor" => {
            // The others are answers to other challenges.
            let published = published("authenticate_message").into_iter();
            let answers = published.filter(|(name, _)| name.starts_with("ntlm_v"));
            and(own_authenticate(), answers)
        }
        "ntlm_acceptor_negotiate" => {
            let published = published("negotiate_message").into_iter().take(3);
            and(own_negotiate(), published)
        }
        "ntlm_initiator" => {
            let echo = ("own_echo".to_owned(), echo());
            and(and(published("challenge_message"), own_challenge()), [echo])
        }
        "pku2u_acceptor" => pku2u_scripts(),
        "spnego_acceptor" => scripts(0),
        "spnego_initiator" => scripts(1),
        "spnego_token" => spnego_tokens(),
        "ts_request" => ts_requests(),
        "unwrap" => unwrap::genuine_inputs(),
        other => panic!("there is no fuzz target {other}"),
    }
}

/// A challenge that tells the client what only clients tell: their flags, target and bindings.
fn echo() -> Vec<u8> {
    let exchange = Way::Sealed.exchange();
    let mut fields = fuzzing::challenge(&exchange.challenge).expect("our own message is read");
    let message = Authenticate::read(&exchange.authenticate).expect("a whole message");
    fields.parts[1] = &message.nt_response[44..];
    fuzzing::write_challenge_message(&fields)
}

/// A leg of a script.
fn leg(operation: u8, operands: &[u8]) -> Vec<u8> {
    let length = u16::try_from(operands.len()).expect("a short leg").to_le_bytes();
    [&[operation], &length[..], operands].concat()
}

/// Scripts of legs for PKU2U: the handshake as it is, legs that are changed, missing, repeated, of another
/// conversation, and made by hand.
fn pku2u_scripts() -> Vec<Seed> {
    let own = leg(0, &[]);
    let offer = [
        &b"NEGOEXTS\0\0\0\0\0\0\0\0\x60\0\0\0\x70\0\0\0"[..],
        &[7; 16],
        &[9; 32],
        &[0; 8],
        &[0x60, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        b"\x5C\x33\x53\x0D\xEA\xF9\x0D\x4D\xB2\xEC\x4A\xE3\x78\x6E\xC3\x08",
    ]
    .concat();
    let scripts = [
        ("own", [&own[..], &own, &own].concat()),
        ("changed_offer", leg(0, &[30, 0, 0, 1])),
        ("changed_request", [&own[..], &leg(0, &[0, 2, 0, 1])].concat()),
        ("cut_request", [&own[..], &leg(0, &[0, 2, 1, 0])].concat()),
        ("changed_proof", [&own[..], &own, &leg(0, &[0, 1, 0, 1])].concat()),
        ("longer_proof", [&own[..], &own, &leg(0, &[0, 1, 2, 1])].concat()),
        ("replayed", [leg(2, &[0]), leg(2, &[1]), leg(2, &[2])].concat()),
        ("repeated", [leg(2, &[0]), leg(2, &[0])].concat()),
        ("skipped", [leg(2, &[0]), leg(2, &[2])].concat()),
        ("by_hand", leg(1, &offer)),
    ];
    scripts.into_iter().map(|(name, script)| (name.to_owned(), script)).collect()
}

/// Scripts of tokens for an acceptor of Kerberos: each client's own, some twice, and such as are put
/// together of two.
fn kerberos_requests() -> Vec<Seed> {
    let mut seeds = Vec::new();
    let mut number = 0;
    for way in kerberos_legs::Way::ALL {
        let legs = (0..way.recorded().said.len()).map(|_| {
            number += 1;
            leg(0, &[number - 1])
        });
        let side = u8::from(way == kerberos_legs::Way::UserToUser);
        let script: Vec<u8> = legs.flatten().collect();
        seeds.push((format!("{way:?}").to_lowercase(), [&[side][..], &script].concat()));
    }
    let refused: Vec<u8> = (number..number + 4).flat_map(|number| leg(0, &[number])).collect();
    let own = leg(2, &[0x20, 0, 18, 0]);
    and(
        seeds,
        named(&[
            ("refused", &[&[0][..], &refused].concat()),
            ("twice", &[&[0][..], &leg(0, &[0]), &own].concat()),
            ("another_authenticator", &[&[0][..], &leg(2, &[0, 0, 18, 1])].concat()),
            ("another_ticket", &[&[0][..], &leg(2, &[0, 4, 18, 0])].concat()),
            ("changed", &[&[0][..], &leg(0, &[0, 0, 4, 0, 1])].concat()),
        ]),
    )
}

/// Scripts for an initiator of Kerberos: what it hears as it is, and instead another handshake's.
fn kerberos_replies() -> Vec<Seed> {
    let mut seeds = Vec::new();
    for way in kerberos_legs::Way::ALL {
        let count = way.recorded().heard.len() as u8;
        let script: Vec<u8> = (0..count).flat_map(|number| leg(0, &[number])).collect();
        seeds.push((format!("{way:?}").to_lowercase(), [&[way as u8][..], &script].concat()));
    }
    let error = kerberos_legs::refusal();
    and(
        seeds,
        named(&[
            ("another", &[&[0][..], &leg(2, &[1])].concat()),
            ("refused", &[&[0][..], &leg(1, &error)].concat()),
            ("changed", &[&[6][..], &leg(0, &[0]), &leg(0, &[1, 0, 1, 0, 1])].concat()),
        ]),
    )
}

/// Scripts of legs for one side: the negotiation as it is, legs that are missing, repeated, made of
/// parts of others, and a list that somebody changed.
fn scripts(side: usize) -> Vec<Seed> {
    let mut seeds = Vec::new();
    for negotiation in Negotiation::ALL {
        let recorded = negotiation.recorded();
        let start = [negotiation as u8];
        // Where NTLM's messages begin among the parts: behind what nobody answers.
        let ntlm = negotiation as u8;
        let mut add = |name: &str, legs: &[Vec<u8>]| {
            let name = format!("{negotiation:?}_{name}").to_lowercase();
            seeds.push((name, [&start[..], &legs.concat()].concat()));
        };
        // The other side's legs, as they are.
        let numbers = (0..recorded.tape.legs.len() as u8).filter(|at| usize::from(*at) % 2 == side);
        let genuine: Vec<Vec<u8>> = numbers.map(|number| leg(0, &[number])).collect();
        add("genuine", &genuine);
        let raw: Vec<Vec<u8>> = (side..recorded.tape.legs.len())
            .step_by(2)
            .map(|number| leg(1, &recorded.tape.legs[number]))
            .collect();
        add("raw", &raw);
        let mut twice = genuine.clone();
        twice.insert(1, genuine[0].clone());
        add("twice", &twice);
        let mut backwards = genuine.clone();
        backwards.reverse();
        add("backwards", &backwards);
        if side == 0 {
            // NTLM first, something else behind it, and the MIC that would tell left out.
            let last = leg(3, &[1, 0xFF, ntlm + 2, 0xFF]);
            add("another_list", &[leg(2, &[ntlm, 2, 0, 2]), last.clone()]);
            let signed = leg(3, &[1, 0xFF, ntlm + 2, ntlm + 3]);
            add("another_list_signed", &[leg(2, &[ntlm, 2, 0, 2]), signed]);
            let negotiate = leg(3, &[1, 0xFF, ntlm, 0xFF]);
            add("other_first", &[leg(2, &[ntlm, 2, 2, 0]), negotiate, last]);
        } else {
            let challenge = leg(3, &[1, 0, ntlm + 1, 0xFF]);
            add("without_mic", &[challenge.clone(), leg(3, &[0, 0xFF, 0xFF, 0xFF])]);
            let asks = leg(3, &[3, 0, ntlm + 1, 0xFF]);
            add("asks", &[asks, leg(3, &[0, 0xFF, 0xFF, ntlm + 4])]);
            add("mirrored", &[challenge, leg(3, &[0, 0xFF, 0xFF, ntlm + 3])]);
            add("rejects", &[leg(3, &[2, 0xFF, 0xFF, 0xFF])]);
        }
    }
    seeds
}

/// Scripts of legs for one side of CredSSP: the handshake as it is, legs that are missing, repeated, in
/// other records or made of parts of others, and what is behind them.
fn credssp_scripts(side: usize) -> Vec<Seed> {
    let count = credssp_legs::recorded().tape.legs.len() as u8;
    let numbers: Vec<u8> = (0..count).filter(|at| usize::from(*at) % 2 == side).collect();
    let legs = |legs: &[Vec<u8>]| legs.concat();
    let genuine: Vec<Vec<u8>> = numbers.iter().map(|number| leg(0, &[*number])).collect();
    let last = genuine.len() - 1;
    let without = |at: usize| [&genuine[..at], &genuine[at + 1..]].concat();
    let mut twice = genuine.clone();
    twice.insert(1, genuine[0].clone());
    let mut backwards = genuine.clone();
    backwards.reverse();
    let mut changed = genuine.clone();
    // The last byte of the last leg but one, and the version of the first.
    changed[last] = leg(0, &[numbers[last], 20, 0, 0, 1]);
    let mut downgraded = genuine.clone();
    downgraded[0] = leg(0, &[numbers[0], 6, 0, 0, 4, 7, 0, 0, 4]);
    let mut elsewhere = genuine.clone();
    elsewhere[last] = leg(3, &[numbers[last], numbers[0], 9]);
    let mut closed = genuine.clone();
    closed[1] = leg(2, &[21, 3, 3, 0, 2, 1, 0]);
    let mut refused = genuine.clone();
    refused[1] = leg(4, &[6, 0xFF, 0xFF, 0xFF, 0xFF, 0x6D]);
    let mut made = genuine.clone();
    made[0] = leg(4, &[6, side as u8, 0xFF, 0xFF, 0xFF, 0xFF]);
    let mut bare = genuine.clone();
    bare[0] = leg(
        4,
        &[&[6, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF], &Way::Sealed.exchange().negotiate[..]].concat(),
    );
    named(&[
        ("genuine", &legs(&genuine)),
        ("twice", &legs(&twice)),
        ("backwards", &legs(&backwards)),
        ("without_first", &legs(&without(0))),
        ("without_proof", &legs(&without(last - usize::from(side == 0)))),
        ("changed", &legs(&changed)),
        ("downgraded", &legs(&downgraded)),
        ("elsewhere", &legs(&elsewhere)),
        ("closed", &legs(&closed)),
        ("refused", &legs(&refused)),
        ("made", &legs(&made)),
        ("bare", &legs(&bare)),
    ])
}

fn streams() -> Vec<Seed> {
    named(&[
        ("whole", &[]),
        ("bytes", &[0, 1]),
        ("small", &[0, 3, 200, 7, 0, 64]),
        ("changed", &[1, 0, 0, 2, 0, 1, 0]),
        ("changed_later", &[2, 0, 0, 4, 0, 1, 1, 0x40, 2, 0, 0x80, 100]),
        ("longer", &[1, 1, 200, 0, 2, 23, 230]),
        ("shorter", &[1, 0, 0, 3, 3, 0, 255, 5]),
        ("cut", &[1, 0, 0x90, 0, 1, 0]),
    ])
}

fn certificates() -> Vec<Seed> {
    let own = credssp_legs::certificate();
    let (chain, key) = (&own.chain[0], own.private_key.expose());
    let length = u16::try_from(chain.len()).expect("a short certificate").to_be_bytes();
    named(&[
        ("pem", credssp_legs::PEM),
        ("der", chain),
        ("chain", &[&length[..], chain, key].concat()),
        ("twice", &[&length[..], chain, &length, chain, key].concat()),
        ("key", key),
        ("damaged_pem", b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"),
    ])
}

fn published_spnego(wanted: &[&str]) -> Vec<Seed> {
    let text = include_str!("../../tests/vectors/spnego/tokens.json");
    let values: serde_json::Value = serde_json::from_str(text).expect("the vectors are JSON");
    let tokens = values["tokens"].as_array().expect("a list of tokens").iter();
    let seeds = tokens.filter_map(|token| {
        let name = token["name"].as_str().expect("a name").to_owned();
        let is_wanted = wanted.contains(&&*name);
        is_wanted.then(|| (name, hex(token["token"].as_str().expect("hex")).expect("hex")))
    });
    seeds.collect()
}

fn spnego_tokens() -> Vec<Seed> {
    let own = &Negotiation::FallsBack.recorded().tape.legs;
    let published = published_spnego(&[
        "windows_hints_every_mechanism",
        "init_with_mic_of_rfc4178",
        "request_mic",
        "windows_completed_for_samba",
    ]);
    and(named(&[("own_init", &own[0]), ("own_asks", &own[1])]), published)
}

fn ts_requests() -> Vec<Seed> {
    let request = |fields| fuzzing::write_ts_request(&fields).expect("a request");
    let credentials = |delegated| fuzzing::write_ts_credentials(&delegated).expect("credentials");
    let token = Negotiation::Only.recorded().tape.legs[0].clone();
    let card = SmartCard {
        pin: Secret::from("1234"),
        key_spec: 1,
        card: Some("card".to_owned()),
        reader: Some("reader".to_owned()),
        container: None,
        provider: Some("provider".to_owned()),
        user_hint: None,
        domain_hint: Some("D".to_owned()),
    };
    let name = UserName::parse(parties::ACCOUNT);
    let password = Secret::from(parties::PASSWORD);
    named(&[
        ("token", &request((6, [Some(&token), None, None, None], None))),
        ("proof", &request((6, [None, None, Some(&[7; 48]), Some(&[9; 32])], None))),
        ("last", &request((2, [None, Some(&[7; 90]), None, None], None))),
        ("refusal", &request((3, [None, None, None, None], Some(0xC000_006D)))),
        ("password", &credentials(Delegated::Password { name, password })),
        ("nothing", &credentials(Delegated::Nothing)),
        ("smart_card", &credentials(Delegated::SmartCard(card))),
    ])
}

fn inspect() -> Vec<Seed> {
    let exchange = Way::Sealed.exchange();
    // The description of the session key leads to the user's name, and that of the user's name to
    // the session key.
    let mut crossed = exchange.authenticate.clone();
    crossed[40..44].copy_from_slice(&exchange.authenticate[56..60]);
    crossed[56..60].copy_from_slice(&exchange.authenticate[40..44]);
    let own = named(&[
        ("own_authenticate", &exchange.authenticate),
        ("own_challenge", &exchange.challenge),
        ("own_crossed", &crossed),
        ("own_negotiate", &exchange.negotiate),
    ]);
    let legs = &Negotiation::Only.recorded().tape.legs;
    let spnego = named(&[("spnego_init", &legs[0]), ("spnego_proof", &legs[2])]);
    let spnego = and(spnego, published_spnego(&["windows_hints_every_mechanism", "request_mic"]));
    let plain = kerberos_legs::Way::Plain.recorded();
    let kerberos = named(&[
        ("kerberos_request", plain.request()),
        ("kerberos_reply", &plain.heard[0]),
        ("kerberos_refusal", &kerberos_legs::refusal()),
    ]);
    let ntlm = and(own, published("authenticate_message").into_iter().take(1));
    and(and(ntlm, spnego), kerberos)
}

fn account_file() -> Vec<Seed> {
    let hash = "A4F49C406510BDCAB6824EE7C30FD852";
    let none = "X".repeat(32);
    let smbpasswd = format!(
        "carol:1000:{none}:{hash}:[U          ]:LCT-5F:\n\
         dave:1001:{none}:{hash}:[UD         ]:LCT-5F:\n\
         box$:1002:{none}:{hash}:[W          ]:LCT-5F:\n\
         open:1003:{none}:{none}:[NU         ]:LCT-5F:\n"
    );
    let user_file = "# accounts\n\nCORP:alice:a:b\r\n:bob:pässword\ncorp:ALICE:again\n";
    named(&[
        ("damaged", b"CORP:alice:secret\nnonsense\n"),
        ("empty_user", b"CORP::secret"),
        ("principals", b":bob@corp.example:one\nCORP:bob:two\n.:bob:three\n"),
        ("smbpasswd", smbpasswd.as_bytes()),
        ("user_file", user_file.as_bytes()),
    ])
}

fn av_pairs() -> Vec<Seed> {
    let own = &Way::Sealed.exchange();
    let info = wire::field(&own.challenge, 40).expect("the target information");
    let message = Authenticate::read(&own.authenticate).expect("a whole message");
    let pairs = published("challenge_target_info").into_iter().take(1);
    let response = published("nt_challenge_response")
        .into_iter()
        .filter(|(name, _)| name.starts_with("exchange_"))
        .take(2);
    let seeds = named(&[("own_challenge", info), ("own_response", message.nt_response)]);
    and(and(seeds, pairs.map(|(name, bytes)| (name + "_info", bytes))), response)
}

fn channel_bindings() -> Vec<Seed> {
    let unique = ChannelBindings::tls_unique(&[0x11; 12]);
    let addresses = unique.with_addresses((2, [127, 0, 0, 1]), (2, [127, 0, 0, 2]));
    named(&[
        ("addresses", &addresses.to_structure()),
        ("empty", &ChannelBindings::new([]).to_structure()),
        ("end_point", &parties::bindings().to_structure()),
    ])
}

/// Every seed with the path of its file.
pub fn files() -> Vec<(PathBuf, Vec<u8>)> {
    let files = TARGETS.iter().flat_map(|(target, _)| {
        let seeds = of(target).into_iter();
        seeds.map(|(name, bytes)| (corpus(target).join(name), bytes))
    });
    files.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_messages_are_read() {
        for (name, message) in published("authenticate_message") {
            assert!(fuzzing::authenticate(&message).is_some(), "{name}");
        }
        assert_eq!(published("challenge_message").len(), VECTORS.len());
        assert_eq!(published("negotiate_message").len(), 5);
    }
}
