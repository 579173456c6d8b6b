//! A credential cache: read as a second reader reads it, or refused by both; written again it reads
//! the same.

use crate::kerberos_fields::{Fields, check_error};
use crate::seeds::Seed;
use anysspi::Time;
use anysspi::kerberos::{EncryptionType, Key, Ticket, Tickets, TimeOffset, Typed};

const SETTING_REALM: &str = "X-CACHECONF:";

pub(crate) fn run(input: &[u8]) {
    let tickets = match (Tickets::from_bytes(input), plain(input)) {
        (Ok(tickets), Some(plain)) => {
            plain.check(&tickets);
            tickets
        }
        (Err(error), None) => return check_error(&error, input),
        (Ok(_), None) => panic!("damage was taken"),
        (Err(error), Some(_)) => panic!("refused without a reason: {error}"),
    };
    let written = tickets.to_bytes().expect("what was read can be written");
    let again = Tickets::from_bytes(written.expose());
    assert_eq!(again.expect("what was written is read"), tickets, "written again");
    let is_hidden =
        tickets.tickets().next().is_none() || format!("{tickets:?}").contains("Secret(…)");
    assert!(is_hidden, "a key is shown");
}

type Name<'a> = (&'a str, Vec<&'a str>);

/// A ticket, read as plainly as can be.
struct Plain<'a> {
    client: Name<'a>,
    server: Name<'a>,
    key: (i32, &'a [u8]),
    times: [u32; 4],
    is_for_session_key: bool,
    flags: u32,
    addresses: Vec<(i32, &'a [u8])>,
    data: Vec<(i32, &'a [u8])>,
    ticket: &'a [u8],
    second: &'a [u8],
}

impl Plain<'_> {
    fn check(&self, ticket: &Ticket) {
        let names = [(&ticket.client, &self.client), (&ticket.server, &self.server)];
        for (name, (realm, parts)) in names {
            assert_eq!(name.realm(), *realm);
            assert_eq!(name.parts(), *parts);
        }
        let key = (ticket.key.encryption_type().0, ticket.key.bytes().expose());
        assert_eq!(key, self.key);
        let times = [ticket.authenticated, ticket.starts, ticket.ends, ticket.renewable_until];
        let times = times.map(|time| time.map_or(0, Time::unix_seconds));
        assert_eq!(times, self.times.map(u64::from));
        assert_eq!(ticket.is_for_session_key, self.is_for_session_key);
        assert_eq!(ticket.flags, self.flags);
        check_typed(&ticket.addresses, &self.addresses);
        check_typed(&ticket.authorization_data, &self.data);
        assert_eq!((&ticket.ticket[..], &ticket.second_ticket[..]), (self.ticket, self.second));
    }
}

fn check_typed(all: &[Typed], plain: &[(i32, &[u8])]) {
    let all: Vec<_> = all.iter().map(|typed| (typed.number, &typed.bytes[..])).collect();
    assert_eq!(all, plain);
}

struct PlainCache<'a> {
    client: Name<'a>,
    offset: Option<TimeOffset>,
    tickets: Vec<Plain<'a>>,
}

impl PlainCache<'_> {
    fn check(&self, tickets: &Tickets) {
        assert_eq!(tickets.client().realm(), self.client.0);
        assert_eq!(tickets.client().parts(), self.client.1);
        assert_eq!(tickets.time_offset(), self.offset);
        // Those that were removed, and settings.
        let expected: Vec<&Plain<'_>> = self
            .tickets
            .iter()
            .filter(|plain| !(plain.times[2] == 0 && plain.times[0] != 0))
            .filter(|plain| plain.server.0 != SETTING_REALM)
            .collect();
        assert_eq!(tickets.tickets().count(), expected.len());
        tickets.tickets().zip(expected).for_each(|(ticket, plain)| plain.check(ticket));
    }
}

fn plain(input: &[u8]) -> Option<PlainCache<'_>> {
    let [5, version @ 1..=4, rest @ ..] = input else { return None };
    let version = *version;
    let mut fields = Fields { rest, is_native: version < 3 };
    let mut offset = None;
    if version == 4 {
        let mut header = Fields { rest: fields.bytes(2)?, is_native: false };
        while !header.rest.is_empty() {
            let tag = header.number(2)?;
            let bytes = header.bytes(2)?;
            if tag == 1 {
                let mut field = Fields { rest: bytes, is_native: false };
                let seconds = field.number(4)?.cast_signed();
                let microseconds = field.number(4)?.cast_signed();
                if !field.rest.is_empty() {
                    return None;
                }
                offset = Some(TimeOffset { seconds, microseconds });
            }
        }
    }
    let client = name(&mut fields, version)?;
    let mut tickets = Vec::new();
    while !fields.rest.is_empty() {
        tickets.push(ticket(&mut fields, version)?);
    }
    Some(PlainCache { client, offset, tickets })
}

fn name<'a>(fields: &mut Fields<'a>, version: u8) -> Option<Name<'a>> {
    if version > 1 {
        fields.number(4)?;
    }
    let count = fields.number(4)?.checked_sub(u32::from(version == 1))?;
    let realm = fields.text(4)?;
    let mut parts = Vec::new();
    for _ in 0..count {
        parts.push(fields.text(4)?);
    }
    Some((realm, parts))
}

fn ticket<'a>(fields: &mut Fields<'a>, version: u8) -> Option<Plain<'a>> {
    let client = name(fields, version)?;
    let server = name(fields, version)?;
    let kind = fields.number(2)? as u16;
    if version == 3 {
        fields.number(2)?;
    }
    let key = fields.key(kind.cast_signed(), 4)?;
    let mut times = [0; 4];
    for time in &mut times {
        *time = fields.number(4)?;
    }
    let is_for_session_key = fields.number(1)? != 0;
    let flags = fields.number(4)?;
    let mut lists = [Vec::new(), Vec::new()];
    for (at, list) in lists.iter_mut().enumerate() {
        for _ in 0..fields.number(4)? {
            let number = fields.number(2)? as u16;
            let number = if at == 0 { number.into() } else { number.cast_signed().into() };
            list.push((number, fields.bytes(4)?));
        }
    }
    let [addresses, data] = lists;
    let (ticket, second) = (fields.bytes(4)?, fields.bytes(4)?);
    let plain = Plain {
        client,
        server,
        key,
        times,
        is_for_session_key,
        flags,
        addresses,
        data,
        ticket,
        second,
    };
    Some(plain)
}

pub(crate) fn seeds() -> Vec<Seed> {
    let time = |seconds| Some(Time::from_unix_seconds(seconds));
    let mut tickets = Tickets::new("alice@EXAMPLE.COM".parse().expect("a name"));
    tickets.set_time_offset(Some(TimeOffset { seconds: -1, microseconds: 5 }));
    let about = "krbtgt/EXAMPLE.COM@EXAMPLE.COM";
    tickets.set_setting("pa_type", Some(about), Some(b"2")).expect("a setting");
    tickets.add(Ticket {
        client: tickets.client().clone(),
        server: about.parse().expect("a name"),
        key: Key::new(EncryptionType::AES256_SHA1, &[0xA5; 32][..]).expect("a key"),
        authenticated: time(1_700_000_000),
        starts: time(1_700_000_000),
        ends: time(1_700_036_000),
        renewable_until: None,
        is_for_session_key: false,
        flags: 0x4061_0000,
        addresses: vec![Typed { number: 2, bytes: vec![127, 0, 0, 1] }],
        authorization_data: vec![Typed { number: -1, bytes: vec![1, 2] }],
        ticket: vec![0x61; 40],
        second_ticket: vec![],
    });
    let fourth = tickets.to_bytes().expect("a cache").expose().to_vec();
    let mut seeds = vec![("fourth".to_owned(), fourth)];
    // By hand: nobody writes the others any more. In the order of most machines where that counts.
    for (label, version) in [("first", 1_u8), ("second", 2), ("third", 3)] {
        let short = |number: u16| match version {
            3 => number.to_be_bytes(),
            _ => number.to_le_bytes(),
        };
        let long = |number: u32| match version {
            3 => number.to_be_bytes(),
            _ => number.to_le_bytes(),
        };
        let name = |text: &str| {
            let kind = if version == 1 { vec![] } else { long(1).to_vec() };
            let count = long(1 + u32::from(version == 1));
            [&kind, &count[..], &long(1), b"A", &long(text.len() as u32), text.as_bytes()].concat()
        };
        let kind = if version == 3 { [short(17), short(17)].concat() } else { short(17).to_vec() };
        let bytes = [
            &[5, version],
            &name("al")[..],
            &name("al"),
            &name("web"),
            &kind,
            &long(16),
            &[7; 16],
            &[long(9), long(9), long(99), long(0)].concat(),
            &[1],
            &long(0x4000_0000),
            &[&long(1)[..], &short(2), &long(2), &[1, 2]].concat(),
            &long(0),
            &long(2),
            b"ti",
            &long(0),
        ];
        seeds.push((label.to_owned(), bytes.concat()));
    }
    seeds
}

#[test]
fn the_seeds_are_caches() {
    for (name, bytes) in seeds() {
        // On other machines the old ones are damaged.
        if name == "fourth" || name == "third" || cfg!(target_endian = "little") {
            let tickets = Tickets::from_bytes(&bytes).expect("a cache");
            assert_eq!(tickets.tickets().count(), 1, "{name}");
        }
    }
}
