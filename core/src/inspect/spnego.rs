//! SPNEGO (RFC 4178 4.2, [MS-SPNG] 2.2.1), and the frame of GSS-API (RFC 2743 3.1) around the first
//! token of any mechanism.

use super::token::{Encoding, Stretch, Token};
use super::value::{Field, Value};
use super::{LARGEST_TOKEN, kerberos, ntlm};
use crate::packages::negotiate::messages::{MOST_MECHANISMS, NegotiationToken};
use std::borrow::Cow;
use std::fmt::Write as _;

/// The tags of DER that occur.
mod tag {
    pub(super) const BIT_STRING: u8 = 0x03;
    pub(super) const OCTET_STRING: u8 = 0x04;
    pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
    pub(super) const ENUMERATED: u8 = 0x0A;
    pub(super) const GENERAL_STRING: u8 = 0x1B;
    pub(super) const SEQUENCE: u8 = 0x30;
    /// The frame of GSS-API.
    pub(super) const FRAME: u8 = 0x60;
    /// `[0]`, and the first of the numbered fields; those are within sixteen of it.
    pub(super) const FIRST_FIELD: u8 = 0xA0;
    pub(super) const NEG_TOKEN_RESP: u8 = 0xA1;
}

/// The mechanisms that have a name, by the content of their object identifiers.
const MECHANISMS: [(&[u8], &str); 7] = [
    (SPNEGO, "SPNEGO"),
    (&[0x2B, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 0x0A], "NTLMSSP"),
    (&[0x2A, 0x86, 0x48, 0x82, 0xF7, 0x12, 1, 2, 2], "MS-KRB5"),
    (&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 1, 2, 2], "KRB5"),
    (&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 1, 2, 2, 3], "KRB5-U2U"),
    (&[0x2B, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 0x1E], "NEGOEX"),
    (&[0x2B, 6, 1, 5, 2, 5], "IAKERB"),
];

/// 1.3.6.1.5.5.2
const SPNEGO: &[u8] = &[0x2B, 6, 1, 5, 5, 2];

/// ContextFlags (RFC 4178 4.2.1), the first bit first.
const REQ_FLAGS: [&str; 7] =
    ["delegFlag", "mutualFlag", "replayFlag", "sequenceFlag", "anonFlag", "confFlag", "integFlag"];

/// NegState (RFC 4178 4.2.2), by its number.
const NEG_STATES: [&str; 4] = ["accept-completed", "accept-incomplete", "reject", "request-mic"];

/// The longest object identifier that is shown: no mechanism has a longer one.
const LONGEST_IDENTIFIER: usize = 40;

/// How an AUTHENTICATE_MESSAGE of NTLM begins.
const AUTHENTICATE: &[u8] = b"NTLMSSP\0\x03\0\0\0";

/// Whether this is a token of SPNEGO, with the frame of GSS-API or without.
pub(super) fn recognise(token: &[u8]) -> bool {
    match token.first() {
        Some(&tag::FRAME) => framed_mechanism(token) == Some(SPNEGO),
        Some(&(tag::FIRST_FIELD | tag::NEG_TOKEN_RESP)) => {
            let inner = header(token).and_then(|(content, _)| token.get(content));
            inner.is_none_or(|first| *first == tag::SEQUENCE)
        }
        _ => false,
    }
}

/// Whether this is a token of GSS-API, whatever the mechanism.
pub(super) fn recognise_frame(token: &[u8]) -> bool {
    token.first() == Some(&tag::FRAME)
        && header(token).is_none_or(|(content, _)| {
            token.get(content).is_none_or(|first| *first == tag::OBJECT_IDENTIFIER)
        })
}

/// The mechanism in the frame, if the token goes on that far.
fn framed_mechanism(token: &[u8]) -> Option<&[u8]> {
    let (content, _) = header(token)?;
    let mechanism = token.get(content..)?;
    let (start, length) = header(mechanism)?;
    let is_identifier = mechanism.first() == Some(&tag::OBJECT_IDENTIFIER);
    mechanism.get(start..start.checked_add(length?)?).filter(|_| is_identifier)
}

/// Where the content of the element begins that the bytes begin with, and the length that it states:
/// none for an indefinite one. Tags of more than one byte and lengths of more than four are not read.
pub(super) fn header(bytes: &[u8]) -> Option<(usize, Option<usize>)> {
    let [tag, first, rest @ ..] = bytes else { return None };
    if tag & 0x1F == 0x1F {
        return None;
    }
    match first {
        0..0x80 => Some((2, Some(usize::from(*first)))),
        0x80 => Some((2, None)),
        0x81..=0x84 => {
            let count = usize::from(first & 0x7F);
            let digits = rest.get(..count)?.iter();
            let length = digits.fold(0_usize, |length, digit| (length << 8) | usize::from(*digit));
            Some((2 + count, Some(length)))
        }
        _ => None,
    }
}

/// What holds elements, while they are read one after the other.
#[derive(Clone, Copy)]
struct Holder {
    name: &'static str,
    at: usize,
    /// Where it ends, as far as it is there.
    end: usize,
    /// Where it says that it ends.
    stated_end: usize,
}

/// An element of DER, as far as it is there.
#[derive(Clone, Copy)]
struct Element {
    name: &'static str,
    tag: u8,
    content: usize,
    end: usize,
    stated_end: usize,
}

impl Element {
    fn holder(self) -> Holder {
        let Self { name, content, end, stated_end, .. } = self;
        Holder { name, at: content, end, stated_end }
    }

    fn stretch<'a>(&self, token: &Token<'a>) -> Stretch<'a> {
        Stretch {
            offset: self.content,
            length: self.stated_end.saturating_sub(self.content),
            bytes: token.bytes.get(self.content..self.end).unwrap_or_default(),
        }
    }

    fn is_whole(&self) -> bool {
        self.end == self.stated_end
    }
}

impl Holder {
    fn whole(token: &Token<'_>) -> Self {
        let end = token.bytes.len();
        Self { name: "the token", at: 0, end, stated_end: end }
    }

    fn is_at_end(&self) -> bool {
        self.at >= self.end
    }

    /// The next element. Where it cannot be told where that ends, nothing behind it is read.
    fn next(&mut self, token: &mut Token<'_>, name: &'static str) -> Option<Element> {
        let bytes = token.bytes.get(self.at..self.end).unwrap_or_default();
        let Some((start, length)) = header(bytes) else {
            token.problem(format!("{name} has no tag and length that can be read"));
            self.at = self.end;
            return None;
        };
        let content = self.at.saturating_add(start);
        let stated_end = if let Some(length) = length {
            content.saturating_add(length)
        } else {
            token.problem(format!("{name} has an indefinite length"));
            self.stated_end
        };
        // Where the holder itself is cut, that has been said.
        if stated_end > self.stated_end {
            let holder = if self.name == name { "its numbered field" } else { self.name };
            token.problem(format!("{name} goes on beyond the end of {holder}"));
        }
        let end = stated_end.min(self.end);
        self.at = end;
        Some(Element { name, tag: *bytes.first()?, content, end, stated_end })
    }

    /// The next element, which must have this tag.
    fn tagged(&mut self, token: &mut Token<'_>, name: &'static str, tag: u8) -> Option<Element> {
        let element = self.next(token, name)?;
        if element.tag != tag {
            token.problem(format!("{name} has another tag than is its own"));
            return None;
        }
        Some(element)
    }

    /// The one element that this holds.
    fn only(mut self, token: &mut Token<'_>, name: &'static str, tag: u8) -> Option<Element> {
        let element = self.tagged(token, name, tag);
        self.finish(token);
        element
    }

    fn finish(&self, token: &mut Token<'_>) {
        if !self.is_at_end() {
            token.problem(format!("there is more in {} than belongs there", self.name));
        }
    }
}

/// Reads a token of SPNEGO and gives the name of the message.
pub(super) fn read(token: &mut Token<'_>) -> Cow<'static, str> {
    hide_authenticate(token);
    let name = read_token(token).unwrap_or(super::UNKNOWN);
    if !token.has_problems()
        && let Err(refused) = NegotiationToken::parse(token.bytes)
    {
        token.problem(format!("the message is refused: {refused}"));
    }
    name.into()
}

/// Reads a token of another mechanism in the frame of GSS-API.
pub(super) fn read_frame(token: &mut Token<'_>) -> Cow<'static, str> {
    const NAME: &str = "InitialContextToken";
    hide_authenticate(token);
    if let Some(inner) = frame(token, NAME) {
        let element = Element {
            name: "innerContextToken",
            tag: tag::OCTET_STRING,
            content: inner.at,
            end: inner.end,
            stated_end: inner.stated_end,
        };
        let is_kerberos = framed_mechanism(token.bytes).is_some_and(is_kerberos);
        if !(is_kerberos && kerberos_token(token, &element, element.content)) {
            mechanism_token(token, &element);
        }
    }
    NAME.into()
}

/// A wrong length in front of an AUTHENTICATE_MESSAGE must not make another field of its secrets.
/// Behind it nothing stands that may be shown.
fn hide_authenticate(token: &mut Token<'_>) {
    let mut windows = token.bytes.windows(AUTHENTICATE.len());
    if let Some(at) = windows.position(|window| window == AUTHENTICATE) {
        token.hide(at..token.bytes.len());
    }
}

/// The frame of GSS-API; what is left is the mechanism's own. None too if that is not to be read.
fn frame(token: &mut Token<'_>, name: &'static str) -> Option<Holder> {
    let mut whole = Holder::whole(token);
    let frame = whole.tagged(token, name, tag::FRAME);
    whole.finish(token);
    let mut inside = frame?.holder();
    let mechanism = inside.tagged(token, "thisMech", tag::OBJECT_IDENTIFIER)?;
    let field = identifier(token, "thisMech".into(), &mechanism);
    token.fields.push(field);
    may_look(token).then_some(inside)
}

fn may_look(token: &mut Token<'_>) -> bool {
    let is_large = token.bytes.len() > LARGEST_TOKEN;
    if is_large {
        token.problem("the token is larger than 64 KiB: only its header is shown");
    }
    !is_large
}

fn read_token(token: &mut Token<'_>) -> Option<&'static str> {
    let choice = if token.bytes.first() == Some(&tag::FRAME) {
        frame(token, "InitialContextToken")?
    } else if may_look(token) {
        Holder::whole(token)
    } else {
        return None;
    };
    match token.bytes.get(choice.at) {
        Some(&tag::FIRST_FIELD) => Some(neg_token_init(token, choice)),
        Some(&tag::NEG_TOKEN_RESP) => {
            neg_token_resp(token, choice);
            Some("NegTokenResp")
        }
        _ => {
            token.problem("behind the frame stands neither of the tokens of SPNEGO");
            None
        }
    }
}

/// The numbered fields of a message, each once and in their order.
fn numbered<'a>(
    token: &mut Token<'a>,
    choice: Holder,
    message: &'static str,
    names: &[&'static str],
    mut read: impl FnMut(&mut Token<'a>, usize, Holder),
) {
    let message_tag = token.bytes.get(choice.at).copied().unwrap_or_default();
    let Some(outer) = choice.only(token, message, message_tag) else { return };
    let Some(sequence) = outer.holder().only(token, message, tag::SEQUENCE) else { return };
    let mut inside = sequence.holder();
    let mut at_least = 0;
    while !inside.is_at_end() {
        let number = token.bytes.get(inside.at).map(|tag| tag.wrapping_sub(tag::FIRST_FIELD));
        let number = number.map(usize::from).filter(|number| *number >= at_least);
        let Some((number, name)) = number.and_then(|number| Some((number, *names.get(number)?)))
        else {
            token.problem(format!("a field of {message} is unknown, repeated or out of order"));
            return;
        };
        at_least = number + 1;
        let Some(field) = inside.next(token, name) else { return };
        read(token, number, field.holder());
    }
}

fn neg_token_init(token: &mut Token<'_>, choice: Holder) -> &'static str {
    const NAMES: [&str; 5] = ["mechTypes", "reqFlags", "mechToken", "negHints", "mechListMIC"];
    let mut message = "NegTokenInit";
    numbered(token, choice, "NegTokenInit", &NAMES, |token, number, holder| match number {
        0 => mech_types(token, holder),
        1 => req_flags(token, holder),
        2 => {
            if let Some(inner) = holder.only(token, NAMES[2], tag::OCTET_STRING) {
                mechanism_token(token, &inner);
            }
        }
        // In the form of RFC 4178 the mechListMIC has the number that Windows' hints have.
        3 if token.bytes.get(holder.at) == Some(&tag::OCTET_STRING) => {
            mech_list_mic(token, Holder { name: NAMES[4], ..holder });
        }
        3 => {
            message = "NegTokenInit2";
            neg_hints(token, holder);
        }
        _ => {
            message = "NegTokenInit2";
            mech_list_mic(token, holder);
        }
    });
    message
}

fn neg_token_resp(token: &mut Token<'_>, choice: Holder) {
    const NAMES: [&str; 4] = ["negState", "supportedMech", "responseToken", "mechListMIC"];
    numbered(token, choice, "NegTokenResp", &NAMES, |token, number, holder| match number {
        0 => neg_state(token, holder),
        1 => {
            if let Some(mechanism) = holder.only(token, NAMES[1], tag::OBJECT_IDENTIFIER) {
                let field = identifier(token, NAMES[1].into(), &mechanism);
                token.fields.push(field);
            }
        }
        2 => {
            if let Some(inner) = holder.only(token, NAMES[2], tag::OCTET_STRING) {
                mechanism_token(token, &inner);
            }
        }
        _ => mech_list_mic(token, holder),
    });
}

fn mech_types(token: &mut Token<'_>, holder: Holder) {
    let Some(list) = holder.only(token, "mechTypes", tag::SEQUENCE) else { return };
    let stretch = list.stretch(token);
    let mut mechanisms = Vec::new();
    let mut inside = list.holder();
    while !inside.is_at_end() {
        if mechanisms.len() == MOST_MECHANISMS {
            token.problem("more mechanisms than are shown stand in mechTypes");
            break;
        }
        let Some(mechanism) = inside.tagged(token, "MechType", tag::OBJECT_IDENTIFIER) else {
            break;
        };
        let name = format!("MechType[{}]", mechanisms.len());
        mechanisms.push(identifier(token, name.into(), &mechanism));
    }
    let value = if mechanisms.is_empty() { Value::Empty } else { Value::Parts };
    token.fields.push(stretch.field("mechTypes", value).with_parts(mechanisms));
}

fn req_flags(token: &mut Token<'_>, holder: Holder) {
    const NAME: &str = "reqFlags";
    let Some(bits) = holder.only(token, NAME, tag::BIT_STRING) else { return };
    let stretch = bits.stretch(token);
    let field = token.shown(NAME, stretch, |token| {
        // The first byte is the number of bits that the last does not use.
        let (first, rest) = match *stretch.bytes {
            [0..8] => (0, false),
            [0..8, first] => (first, false),
            [0..8, first, ..] => (first, true),
            _ => (0, true),
        };
        if rest || first & 1 != 0 {
            token.problem("reqFlags has other bits than are known");
        }
        let set = REQ_FLAGS.iter().enumerate().filter(|(bit, _)| first & (0x80 >> bit) != 0);
        Value::Flags(set.map(|(_, name)| (*name).to_owned()).collect())
    });
    token.fields.push(field);
}

fn neg_state(token: &mut Token<'_>, holder: Holder) {
    const NAME: &str = "negState";
    let Some(state) = holder.only(token, NAME, tag::ENUMERATED) else { return };
    let stretch = state.stretch(token);
    let field = token.shown(NAME, stretch, |token| {
        let number = match stretch.bytes {
            [number] => Some(*number),
            _ => None,
        };
        match (number, number.and_then(|number| NEG_STATES.get(usize::from(number)))) {
            (_, Some(name)) => Value::Text((*name).to_owned()),
            (Some(number), None) => {
                token.problem("negState is none of the four");
                Value::Number(number.into())
            }
            (None, None) => {
                token.problem("negState is no number of one byte");
                Value::Hidden { length: stretch.length, kind: "no negState" }
            }
        }
    });
    token.fields.push(field);
}

fn neg_hints(token: &mut Token<'_>, holder: Holder) {
    const NAMES: [&str; 2] = ["hintName", "hintAddress"];
    let Some(hints) = holder.only(token, "negHints", tag::SEQUENCE) else { return };
    let whole = hints.stretch(token);
    let mut parts = Vec::new();
    let mut inside = hints.holder();
    for (number, name) in (tag::FIRST_FIELD..).zip(NAMES) {
        if inside.is_at_end() || token.bytes.get(inside.at) != Some(&number) {
            continue;
        }
        let Some(hint) = inside.next(token, name) else { break };
        let tag = if number == tag::FIRST_FIELD { tag::GENERAL_STRING } else { tag::OCTET_STRING };
        let Some(hint) = hint.holder().only(token, name, tag) else { continue };
        let stretch = hint.stretch(token);
        parts.push(if number == tag::FIRST_FIELD {
            token.text(name, stretch, Encoding::Oem)
        } else {
            stretch.hidden(name, "not looked into")
        });
    }
    inside.finish(token);
    let value = if parts.is_empty() { Value::Empty } else { Value::Parts };
    token.fields.push(whole.field("negHints", value).with_parts(parts));
}

fn mech_list_mic(token: &mut Token<'_>, holder: Holder) {
    const NAME: &str = "mechListMIC";
    if let Some(mic) = holder.only(token, NAME, tag::OCTET_STRING) {
        let field = mic.stretch(token).hidden(NAME, "message integrity code");
        token.fields.push(field);
    }
}

/// The token of the mechanism within SPNEGO's. NTLM's is looked into, and there is nothing below
/// that; of another's frame the mechanism is told.
fn mechanism_token(token: &mut Token<'_>, element: &Element) {
    let name = element.name;
    let stretch = element.stretch(token);
    let length = stretch.length;
    let plural = if length == 1 { "" } else { "s" };
    if ntlm::recognise(stretch.bytes) {
        let mut inner = Token::new(stretch.bytes);
        let message = ntlm::read(&mut inner);
        within(token, element, element.content, inner, &format!("NTLM {message}"));
        return;
    }
    let is_framed = framed_mechanism(stretch.bytes).is_some_and(is_kerberos);
    if is_framed
        && let Some(at) = behind_mechanism(stretch.bytes)
        && kerberos_token(token, element, element.content.saturating_add(at))
    {
        return;
    }
    if !is_framed && kerberos::recognise(stretch.bytes) {
        let mut inner = Token::new(stretch.bytes);
        let message = kerberos::read(&mut inner);
        within(token, element, element.content, inner, &format!("Kerberos {message}"));
        return;
    }
    let known = if stretch.bytes.starts_with(b"NEGOEXTS") {
        Some("NEGOEX")
    } else {
        let mechanism = framed_mechanism(stretch.bytes);
        mechanism.map(|mechanism| known_name(mechanism).unwrap_or("another mechanism"))
    };
    let field = match known {
        Some(mechanism) if !stretch.bytes.is_empty() => {
            let text = format!("token of {mechanism}, {length} byte{plural}");
            stretch.field(name, Value::Text(text))
        }
        _ => stretch.hidden(name, "token of the mechanism"),
    };
    token.fields.push(field);
}

/// A token of Kerberos behind the mechanism of its frame, if it is one that can be told.
fn kerberos_token(token: &mut Token<'_>, element: &Element, at: usize) -> bool {
    let mut inner = Token::new(token.bytes.get(at..element.end).unwrap_or_default());
    let Some(message) = kerberos::read_framed(&mut inner).filter(|_| element.is_whole()) else {
        return false;
    };
    within(token, element, at, inner, &format!("Kerberos {message}"));
    true
}

/// Where the frame's own content begins, behind its mechanism.
fn behind_mechanism(bytes: &[u8]) -> Option<usize> {
    let (content, _) = header(bytes)?;
    let (start, length) = header(bytes.get(content..)?)?;
    content.checked_add(start)?.checked_add(length?)
}

fn is_kerberos(mechanism: &[u8]) -> bool {
    matches!(known_name(mechanism), Some("MS-KRB5" | "KRB5" | "KRB5-U2U"))
}

/// What was found in a token within this one, which begins at a place of this one.
fn within(token: &mut Token<'_>, element: &Element, at: usize, inner: Token<'_>, what: &str) {
    let (mut fields, problems) = inner.finish();
    for field in &mut fields {
        move_by(field, at);
    }
    for problem in problems {
        token.problem(format!("{}: {problem}", element.name));
    }
    let stretch = element.stretch(token);
    let plural = if stretch.length == 1 { "" } else { "s" };
    let value = Value::Text(format!("{what}, {} byte{plural}", stretch.length));
    token.fields.push(stretch.field(element.name, value).with_parts(fields));
}

/// The fields of a token within another say where they stand in the whole.
fn move_by(field: &mut Field, offset: usize) {
    field.offset = field.offset.saturating_add(offset);
    for part in &mut field.fields {
        move_by(part, offset);
    }
}

fn known_name(mechanism: &[u8]) -> Option<&'static str> {
    let known = MECHANISMS.iter().find(|(content, _)| *content == mechanism);
    known.map(|(_, name)| *name)
}

/// An object identifier in dots, with the mechanism's name where it has one.
fn identifier(token: &mut Token<'_>, name: Cow<'static, str>, element: &Element) -> Field {
    let stretch = element.stretch(token);
    if !element.is_whole() {
        return stretch.field(name, Value::Missing);
    }
    token.shown(name.clone(), stretch, |token| {
        let Some(dotted) = dotted(stretch.bytes) else {
            token.problem(format!("{name} is no object identifier"));
            return Value::Hidden { length: stretch.length, kind: "no object identifier" };
        };
        Value::Text(match known_name(stretch.bytes) {
            Some(known) => format!("{known} ({dotted})"),
            None => dotted,
        })
    })
}

fn dotted(content: &[u8]) -> Option<String> {
    if content.len() > LONGEST_IDENTIFIER || content.last()? & 0x80 != 0 {
        return None;
    }
    let mut text = String::new();
    let mut arc = 0_u128;
    for byte in content {
        arc = arc.checked_mul(0x80)? | u128::from(byte & 0x7F);
        if byte & 0x80 != 0 {
            continue;
        }
        // The first two arcs are one number.
        if text.is_empty() {
            let first = (arc / 40).min(2);
            write!(text, "{first}.{}", arc - first * 40).ok()?;
        } else {
            write!(text, ".{arc}").ok()?;
        }
        arc = 0;
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn object_identifiers_are_shown_in_dots() {
        for (content, text) in [
            (SPNEGO, Some("1.3.6.1.5.5.2")),
            (&[0x2B, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 0x0A], Some("1.3.6.1.4.1.311.2.2.10")),
            (&[0x2A, 0x86, 0x48, 0x82, 0xF7, 0x12, 1, 2, 2], Some("1.2.840.48018.1.2.2")),
            (&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 1, 2, 2], Some("1.2.840.113554.1.2.2")),
            (&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 1, 2, 2, 3], Some("1.2.840.113554.1.2.2.3")),
            (&[0x2B, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 0x1E], Some("1.3.6.1.4.1.311.2.2.30")),
            (&[0x2B, 6, 1, 5, 2, 5], Some("1.3.6.1.5.2.5")),
            (&[0x88, 0x37, 3], Some("2.999.3")),
            (&[0], Some("0.0")),
            (&[], None),
            (&[0x2B, 0x86], None),
            (&[0xFF; 20], None),
            (&[1; 41], None),
        ] {
            assert_eq!(dotted(content).as_deref(), text);
        }
        let longest = [&[0xFF; 30][..], &[0x7F]].concat();
        assert_eq!(dotted(&longest), None, "no number of a mechanism is that large");
    }
}
