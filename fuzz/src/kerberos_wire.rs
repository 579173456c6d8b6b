//! A second reader of what counts in the tokens of Kerberos: what is encrypted in them. It walks over
//! tags and lengths and looks at nothing else.

/// What is encrypted in an AP-REQ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Request<'a> {
    /// The whole ticket, with what stands on it in the clear.
    pub(crate) ticket: &'a [u8],
    pub(crate) sealed_ticket: &'a [u8],
    pub(crate) authenticator: &'a [u8],
}

/// One element: its tag, its content, and what follows.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..0x80 => (usize::from(*first), rest),
        _ => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7F))?;
            let digits = digits.iter().try_fold(0_usize, |length, digit| {
                Some(length.checked_mul(0x100)? | usize::from(*digit))
            });
            (digits?, rest)
        }
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

/// The content of the first element with this tag, and the element itself.
fn find(mut bytes: &[u8], wanted: u8) -> Option<(&[u8], &[u8])> {
    loop {
        let (tag, content, rest) = element(bytes)?;
        if tag == wanted {
            return Some((content, &bytes[..bytes.len() - rest.len()]));
        }
        bytes = rest;
    }
}

fn within<'a>(bytes: &'a [u8], path: &[u8]) -> Option<&'a [u8]> {
    path.iter().try_fold(bytes, |bytes, tag| Some(find(bytes, *tag)?.0))
}

/// The message in a token, with the frame of GSS-API around it or without.
fn message(token: &[u8]) -> Option<&[u8]> {
    match element(token)? {
        (0x60, content, _) => {
            let (0x06, _, rest) = element(content)? else { return None };
            rest.get(2..)
        }
        _ => Some(token),
    }
}

pub(crate) fn request(token: &[u8]) -> Option<Request<'_>> {
    let fields = within(message(token)?, &[0x6E, 0x30])?;
    let ticket = within(fields, &[0xA3])?;
    Some(Request {
        ticket,
        sealed_ticket: within(ticket, &[0x61, 0x30, 0xA3, 0x30, 0xA2, 0x04])?,
        authenticator: within(fields, &[0xA4, 0x30, 0xA2, 0x04])?,
    })
}

/// What is encrypted in an AP-REP.
pub(crate) fn reply(token: &[u8]) -> Option<&[u8]> {
    within(message(token)?, &[0x6F, 0x30, 0xA2, 0x30, 0xA2, 0x04])
}

fn framed(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    match length {
        0..0x80 => [&[tag, length as u8], content].concat(),
        0x80..0x100 => [&[tag, 0x81, length as u8], content].concat(),
        _ => [&[tag, 0x82, (length >> 8) as u8, length as u8], content].concat(),
    }
}

/// An AP-REQ made of a ticket and what is encrypted for its authenticator, by a key of this type.
pub(crate) fn write_request(
    options: u8,
    ticket: &[u8],
    encryption_type: u8,
    authenticator: &[u8],
) -> Vec<u8> {
    let number = |number: u8| framed(2, &[number]);
    let authenticator =
        [framed(0xA0, &number(encryption_type)), framed(0xA2, &framed(4, authenticator))];
    let fields = [
        framed(0xA0, &number(5)),
        framed(0xA1, &number(14)),
        framed(0xA2, &framed(3, &[0, options, 0, 0, 0])),
        framed(0xA3, ticket),
        framed(0xA4, &framed(0x30, &authenticator.concat())),
    ];
    framed(0x6E, &framed(0x30, &fields.concat()))
}
