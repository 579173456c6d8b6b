//! NTLM ([MS-NLMP] 2.2.1): the three messages.

use super::token::{Encoding, Stretch, Token, flags};
use super::value::{Field, Value};
use super::{LARGEST_TOKEN, ntlm_response};
use crate::codec::reader::{Malformed, Reader};
use crate::packages::ntlm::messages::{
    Authenticate, Challenge, Field as Stated, Negotiate, NegotiateFlags, SIGNATURE,
};
use std::borrow::Cow;
use std::ops::Range;

pub(super) fn recognise(token: &[u8]) -> bool {
    token.starts_with(&SIGNATURE)
}

/// Reads the fields and gives the name of the message.
pub(super) fn read(token: &mut Token<'_>) -> Cow<'static, str> {
    let mut reader = Reader::new(token.bytes);
    if reader.take(SIGNATURE.len(), "Signature").is_ok() {
        token.push(&reader, 0, "Signature", Value::Text("NTLMSSP".to_owned()));
    }
    let Some(message_type) = token.next(&mut reader, "MessageType", Reader::u32_le) else {
        return super::UNKNOWN.into();
    };
    let number = Value::Number(u64::from(message_type));
    token.push(&reader, SIGNATURE.len(), "MessageType", number);
    let (name, read, refusal): (_, ReadMessage, Refusal) = match message_type {
        1 => ("NEGOTIATE_MESSAGE", negotiate, |token| Negotiate::parse(token).err()),
        2 => ("CHALLENGE_MESSAGE", challenge, |token| Challenge::parse(token).err()),
        3 => ("AUTHENTICATE_MESSAGE", authenticate, |token| Authenticate::parse(token).err()),
        _ => {
            token.problem("MessageType is none of the three");
            return super::UNKNOWN.into();
        }
    };
    if token.bytes.len() > LARGEST_TOKEN {
        token.problem("the token is larger than 64 KiB: only its header is shown");
    } else if message_type != 3 && is_like_authenticate(token.bytes) {
        token.problem("behind MessageType stands an AUTHENTICATE_MESSAGE: it is not shown");
    } else {
        // Where the token ends early, the fields read until then are there.
        let _ = read(token, &mut reader);
    }
    if !token.has_problems()
        && let Some(malformed) = refusal(token.bytes)
    {
        token.problem(format!("the message is refused: {}", malformed.what));
    }
    name.into()
}

type ReadMessage = for<'a> fn(&mut Token<'a>, &mut Reader<'a>) -> Option<()>;

/// What the parser of the package, which does not tolerate damage, says of a message.
type Refusal = fn(&[u8]) -> Option<Malformed>;

/// NEGOTIATE_MESSAGE ([MS-NLMP] 2.2.1.1). Its names are in the OEM character set.
fn negotiate<'a>(token: &mut Token<'a>, reader: &mut Reader<'a>) -> Option<()> {
    let flags = negotiate_flags(token, reader)?;
    // Old peers end here.
    if reader.is_empty() {
        return Some(());
    }
    let mut stretches = [Stretch::default(); 2];
    for (stretch, (name, flag)) in stretches.iter_mut().zip([
        ("DomainName", NegotiateFlags::OEM_DOMAIN_SUPPLIED),
        ("Workstation", NegotiateFlags::OEM_WORKSTATION_SUPPLIED),
    ]) {
        let stated = supplied(token.next(reader, name, Stated::read)?, flags.contains(flag));
        *stretch = token.stretch(name, range(stated));
        let field = token.text(name, *stretch, Encoding::Oem);
        token.fields.push(field);
    }
    version(token, reader, flags, &stretches)
}

/// CHALLENGE_MESSAGE ([MS-NLMP] 2.2.1.2).
fn challenge<'a>(token: &mut Token<'a>, reader: &mut Reader<'a>) -> Option<()> {
    let target_name = token.next(reader, "TargetName", Stated::read)?;
    let target_name = token.stretch("TargetName", range(target_name));
    let mut after_name = *reader;
    let flags = after_name.u32_le("NegotiateFlags").map(NegotiateFlags::from_bits_retain);
    let encoding = encoding(flags.unwrap_or(NegotiateFlags::UNICODE));
    let field = token.text("TargetName", target_name, encoding);
    token.fields.push(field);
    let flags = negotiate_flags(token, reader)?;
    let at = reader.position();
    let challenge: [u8; 8] = token.next(reader, "ServerChallenge", Reader::array)?;
    let challenge = Value::Bytes(challenge.to_vec());
    token.push(reader, at, "ServerChallenge", challenge);
    // The oldest servers end here.
    if reader.is_empty() {
        return Some(());
    }
    let at = reader.position();
    let reserved: [u8; 8] = token.next(reader, "Reserved", Reader::array)?;
    token.push(reader, at, "Reserved", Value::Bytes(reserved.to_vec()));
    let stated = token.next(reader, "TargetInfo", Stated::read)?;
    let stated = supplied(stated, flags.contains(NegotiateFlags::TARGET_INFO));
    let target_info = token.stretch("TargetInfo", range(stated));
    let field = ntlm_response::pairs(token, "TargetInfo", target_info);
    token.fields.push(field);
    version(token, reader, flags, &[target_name, target_info])
}

/// AUTHENTICATE_MESSAGE ([MS-NLMP] 2.2.1.3): the one with secrets. What is secret is found first.
fn authenticate<'a>(token: &mut Token<'a>, reader: &mut Reader<'a>) -> Option<()> {
    const NAMES: [&str; 6] = [
        "LmChallengeResponse",
        "NtChallengeResponse",
        "DomainName",
        "UserName",
        "Workstation",
        "EncryptedRandomSessionKey",
    ];
    let mut stretches = [Stretch::default(); NAMES.len()];
    let mut stated = 0;
    for (stretch, name) in stretches.iter_mut().zip(NAMES) {
        let Some(field) = token.next(reader, name, Stated::read) else {
            break;
        };
        *stretch = token.stretch(name, range(field));
        stated += 1;
    }
    let [lm, nt, domain, user, workstation, session_key] = stretches;
    let flags_at = reader.position();
    let flags = (stated == NAMES.len())
        .then(|| token.next(reader, "NegotiateFlags", Reader::u32_le))
        .flatten()
        .map(NegotiateFlags::from_bits_retain);

    let response = ntlm_response::Response::new(token, nt);
    token.hide(lm.range());
    token.hide(response.secret());
    token.hide(session_key.range());
    let mic = flags.and_then(|flags| find_mic(token, flags, &stretches, response.declares_mic()));

    let encoding = encoding(flags.unwrap_or(NegotiateFlags::UNICODE));
    let mut fields = vec![
        lm.hidden(NAMES[0], ntlm_response::lm_kind(lm, nt)),
        response.field(token, NAMES[1]),
        token.text(NAMES[2], domain, encoding),
        token.text(NAMES[3], user, encoding),
        token.text(NAMES[4], workstation, encoding),
        session_key.hidden(NAMES[5], "encrypted session key"),
    ];
    fields.truncate(stated);
    token.fields.append(&mut fields);
    let flags = flags?;
    let value = flags_value(flags);
    token.push(reader, flags_at, "NegotiateFlags", value);
    version(token, reader, flags, &stretches)?;
    token.fields.extend(mic);
    Some(())
}

/// The end of the fields of an AUTHENTICATE_MESSAGE, where the version begins.
const VERSION_AT: usize = 64;
/// Where the MIC stands behind a version, and where it ends.
const MIC: Range<usize> = 72..88;

/// The MIC, if there is one. Nothing says so for certain: MsvAvFlags may be damaged, and so may the
/// offsets, which leave room for it before the payload. Either is enough to hide its bytes.
fn find_mic(
    token: &mut Token<'_>,
    flags: NegotiateFlags,
    stretches: &[Stretch<'_>],
    declared: bool,
) -> Option<Field> {
    const WITHOUT_VERSION: Range<usize> = VERSION_AT..VERSION_AT + 16;
    let payload_at = payload_at(token, stretches, VERSION_AT);
    let range = if payload_at >= MIC.end {
        MIC
    } else if payload_at >= WITHOUT_VERSION.end && !flags.contains(NegotiateFlags::VERSION) {
        // Some peers leave the version out.
        WITHOUT_VERSION
    } else if declared {
        token.hide(VERSION_AT..MIC.end);
        token.problem("MsvAvFlags declares a MIC for which there is no room");
        return None;
    } else {
        return None;
    };
    token.hide(range.clone());
    let stretch = token.stretch("MIC", range);
    let kind = if stretch.is_all_zero() {
        "all zero"
    } else if declared {
        "message integrity code"
    } else {
        "message integrity code, not declared by MsvAvFlags"
    };
    Some(stretch.hidden("MIC", kind))
}

/// Where the payload begins behind a header of at least this length.
fn payload_at(token: &Token<'_>, stretches: &[Stretch<'_>], header: usize) -> usize {
    stretches
        .iter()
        .filter(|stretch| stretch.length > 0 && stretch.offset >= header)
        .map(|stretch| stretch.offset)
        .min()
        .unwrap_or(token.bytes.len())
}

/// Whether the bytes behind the type are those of an AUTHENTICATE_MESSAGE. With a damaged type it
/// would be shown as another message, its responses as names.
fn is_like_authenticate(token: &[u8]) -> bool {
    let mut reader = Reader::new(token);
    let mut fields = 0;
    reader.take(12, "the header").is_ok()
        && (0..6).all(|_| {
            Stated::read(&mut reader, "a field").is_ok_and(|field| {
                fields += field.length;
                field.length == 0 || (VERSION_AT..LARGEST_TOKEN).contains(&field.offset)
            })
        })
        && fields > 0
}

fn range(stated: Stated) -> Range<usize> {
    stated.offset..stated.offset.saturating_add(stated.length)
}

/// A field that is not looked into unless a flag says that it is supplied.
fn supplied(stated: Stated, supplied: bool) -> Stated {
    Stated { length: if supplied { stated.length } else { 0 }, ..stated }
}

fn encoding(flags: NegotiateFlags) -> Encoding {
    if flags.contains(NegotiateFlags::UNICODE) { Encoding::Utf16 } else { Encoding::Oem }
}

/// VERSION ([MS-NLMP] 2.2.2.10). Some peers set the flag and leave the version out.
fn version<'a>(
    token: &mut Token<'a>,
    reader: &mut Reader<'a>,
    flags: NegotiateFlags,
    stretches: &[Stretch<'_>],
) -> Option<()> {
    let at = reader.position();
    let room = payload_at(token, stretches, at).saturating_sub(at);
    if !flags.contains(NegotiateFlags::VERSION) || room == 0 {
        return Some(());
    }
    let [major, minor, low, high, _, _, _, revision] =
        token.next(reader, "Version", Reader::array)?;
    let stretch = token.stretch("Version", at..reader.position());
    if room < stretch.length {
        token.problem("there is no room for Version before the payload");
        return Some(());
    }
    let build = u16::from_le_bytes([low, high]);
    let field = token.shown("Version", stretch, |_| {
        Value::Text(format!("{major}.{minor}.{build} revision {revision}"))
    });
    token.fields.push(field);
    Some(())
}

fn negotiate_flags<'a>(token: &mut Token<'a>, reader: &mut Reader<'a>) -> Option<NegotiateFlags> {
    let at = reader.position();
    let flags = token.next(reader, "NegotiateFlags", Reader::u32_le)?;
    let flags = NegotiateFlags::from_bits_retain(flags);
    token.push(reader, at, "NegotiateFlags", flags_value(flags));
    Some(flags)
}

fn flags_value(set: NegotiateFlags) -> Value {
    let names = FLAG_NAMES.iter().map(|(flag, name)| (flag.bits(), *name));
    flags(set.bits(), names)
}

/// The names of the flags ([MS-NLMP] 2.2.2.5), the lowest bit first.
const FLAG_NAMES: [(NegotiateFlags, &str); 22] = [
    (NegotiateFlags::UNICODE, "NTLMSSP_NEGOTIATE_UNICODE"),
    (NegotiateFlags::OEM, "NTLM_NEGOTIATE_OEM"),
    (NegotiateFlags::REQUEST_TARGET, "NTLMSSP_REQUEST_TARGET"),
    (NegotiateFlags::SIGN, "NTLMSSP_NEGOTIATE_SIGN"),
    (NegotiateFlags::SEAL, "NTLMSSP_NEGOTIATE_SEAL"),
    (NegotiateFlags::DATAGRAM, "NTLMSSP_NEGOTIATE_DATAGRAM"),
    (NegotiateFlags::LM_KEY, "NTLMSSP_NEGOTIATE_LM_KEY"),
    (NegotiateFlags::NTLM, "NTLMSSP_NEGOTIATE_NTLM"),
    // The specification has no name for this one; this is how headers have it.
    (NegotiateFlags::ANONYMOUS, "NTLMSSP_NEGOTIATE_ANONYMOUS"),
    (NegotiateFlags::OEM_DOMAIN_SUPPLIED, "NTLMSSP_NEGOTIATE_OEM_DOMAIN_SUPPLIED"),
    (NegotiateFlags::OEM_WORKSTATION_SUPPLIED, "NTLMSSP_NEGOTIATE_OEM_WORKSTATION_SUPPLIED"),
    (NegotiateFlags::ALWAYS_SIGN, "NTLMSSP_NEGOTIATE_ALWAYS_SIGN"),
    (NegotiateFlags::TARGET_TYPE_DOMAIN, "NTLMSSP_TARGET_TYPE_DOMAIN"),
    (NegotiateFlags::TARGET_TYPE_SERVER, "NTLMSSP_TARGET_TYPE_SERVER"),
    (NegotiateFlags::EXTENDED_SESSION_SECURITY, "NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY"),
    (NegotiateFlags::IDENTIFY, "NTLMSSP_NEGOTIATE_IDENTIFY"),
    (NegotiateFlags::REQUEST_NON_NT_SESSION_KEY, "NTLMSSP_REQUEST_NON_NT_SESSION_KEY"),
    (NegotiateFlags::TARGET_INFO, "NTLMSSP_NEGOTIATE_TARGET_INFO"),
    (NegotiateFlags::VERSION, "NTLMSSP_NEGOTIATE_VERSION"),
    (NegotiateFlags::KEY_128, "NTLMSSP_NEGOTIATE_128"),
    (NegotiateFlags::KEY_EXCHANGE, "NTLMSSP_NEGOTIATE_KEY_EXCH"),
    (NegotiateFlags::KEY_56, "NTLMSSP_NEGOTIATE_56"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flag_has_its_name() {
        let named =
            FLAG_NAMES.iter().fold(NegotiateFlags::empty(), |named, (flag, _)| named | *flag);
        assert_eq!(named, NegotiateFlags::all());
        let value = flags_value(NegotiateFlags::from_bits_retain(0x0000_0109));
        assert_eq!(value.to_string(), "NTLMSSP_NEGOTIATE_UNICODE, 0x00000108");
    }
}
