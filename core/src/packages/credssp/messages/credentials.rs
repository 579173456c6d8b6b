//! TSCredentials and what is in it ([MS-CSSP] 2.2.1.2).

use crate::codec::utf16;
use crate::credentials::{Delegated, Secret, SmartCard, UserName};
use crate::error::{Error, Result};
use crate::status::Status;
use der::asn1::OctetStringRef;
use der::{Decode, Encode, Sequence};
use zeroize::Zeroizing;

/// The largest TSCredentials that is read.
pub(crate) const LARGEST_CREDENTIALS: usize = 16 * 1024;

/// The kinds of credentials ([MS-CSSP] 2.2.1.2, credType).
mod kind {
    pub(super) const PASSWORD: u32 = 1;
    pub(super) const SMART_CARD: u32 = 2;
}

#[derive(Sequence)]
struct TsCredentials<'a> {
    #[asn1(context_specific = "0")]
    kind: u32,
    #[asn1(context_specific = "1")]
    credentials: &'a OctetStringRef,
}

/// [MS-CSSP] 2.2.1.2.1
#[derive(Sequence)]
struct TsPasswordCreds<'a> {
    #[asn1(context_specific = "0")]
    domain: &'a OctetStringRef,
    #[asn1(context_specific = "1")]
    user: &'a OctetStringRef,
    #[asn1(context_specific = "2")]
    password: &'a OctetStringRef,
}

/// [MS-CSSP] 2.2.1.2.2
#[derive(Sequence)]
struct TsSmartCardCreds<'a> {
    #[asn1(context_specific = "0")]
    pin: &'a OctetStringRef,
    #[asn1(context_specific = "1")]
    csp_data: TsCspDataDetail<'a>,
    #[asn1(context_specific = "2", optional = "true")]
    user_hint: Option<&'a OctetStringRef>,
    #[asn1(context_specific = "3", optional = "true")]
    domain_hint: Option<&'a OctetStringRef>,
}

/// [MS-CSSP] 2.2.1.2.2.1
#[derive(Sequence)]
struct TsCspDataDetail<'a> {
    #[asn1(context_specific = "0")]
    key_spec: u32,
    #[asn1(context_specific = "1", optional = "true")]
    card_name: Option<&'a OctetStringRef>,
    #[asn1(context_specific = "2", optional = "true")]
    reader_name: Option<&'a OctetStringRef>,
    #[asn1(context_specific = "3", optional = "true")]
    container_name: Option<&'a OctetStringRef>,
    #[asn1(context_specific = "4", optional = "true")]
    csp_name: Option<&'a OctetStringRef>,
}

/// Reads what a client delegates, once it is decrypted.
pub(crate) fn read_credentials(bytes: &[u8]) -> Result<Delegated> {
    if bytes.len() > LARGEST_CREDENTIALS {
        return Err(malformed("they are larger than 16 KiB"));
    }
    let outer = TsCredentials::from_der(bytes).map_err(misread)?;
    let inner = outer.credentials.as_bytes();
    match outer.kind {
        kind::PASSWORD => {
            let read = TsPasswordCreds::from_der(inner).map_err(misread)?;
            let domain = text(read.domain)?;
            let user = text(read.user)?;
            let password = secret(read.password)?;
            if domain.is_empty() && user.is_empty() && password.is_empty() {
                return Ok(Delegated::Nothing);
            }
            let domain = (!domain.is_empty()).then_some(domain.as_str());
            Ok(Delegated::Password { name: UserName::new(&user, domain), password })
        }
        kind::SMART_CARD => {
            let read = TsSmartCardCreds::from_der(inner).map_err(misread)?;
            let optional = |field: Option<&OctetStringRef>| field.map(text).transpose();
            Ok(Delegated::SmartCard(SmartCard {
                pin: secret(read.pin)?,
                key_spec: read.csp_data.key_spec,
                card: optional(read.csp_data.card_name)?,
                reader: optional(read.csp_data.reader_name)?,
                container: optional(read.csp_data.container_name)?,
                provider: optional(read.csp_data.csp_name)?,
                user_hint: optional(read.user_hint)?,
                domain_hint: optional(read.domain_hint)?,
            }))
        }
        // TSRemoteGuardCreds among them: what they hold only a Windows logon can use.
        other => Err(Error::new(
            Status::UNSUPPORTED_FUNCTION,
            format!("the client delegates credentials of type {other}, which cannot be used here"),
        )),
    }
}

/// Writes what is delegated. The bytes are wiped when they are dropped.
pub(crate) fn write_credentials(delegated: &Delegated) -> Result<Zeroizing<Vec<u8>>> {
    let written = match delegated {
        Delegated::Nothing => write_password("", "", &Secret::new(&[])),
        Delegated::Password { name, password } => {
            write_password(name.domain().unwrap_or_default(), name.user(), password)
        }
        Delegated::SmartCard(card) => write_smart_card(card),
        Delegated::Tickets(_) => {
            return Err(Error::new(
                Status::UNSUPPORTED_FUNCTION,
                "CredSSP delegates passwords and smart cards, and no tickets",
            ));
        }
    }?;
    if written.len() > LARGEST_CREDENTIALS {
        return Err(Error::new(
            Status::INVALID_PARAMETER,
            "the credentials to delegate are larger than 16 KiB",
        ));
    }
    Ok(written)
}

fn write_password(domain: &str, user: &str, password: &Secret) -> Result<Zeroizing<Vec<u8>>> {
    let (domain, user) = (utf16::encode(domain), utf16::encode(user));
    let password = secret_utf16(password)?;
    let fields = || -> der::Result<Zeroizing<Vec<u8>>> {
        let inner = TsPasswordCreds {
            domain: OctetStringRef::new(&domain)?,
            user: OctetStringRef::new(&user)?,
            password: OctetStringRef::new(&password)?,
        };
        wrapped(kind::PASSWORD, &inner)
    };
    fields().map_err(unwritable)
}

fn write_smart_card(card: &SmartCard) -> Result<Zeroizing<Vec<u8>>> {
    let pin = secret_utf16(&card.pin)?;
    let encode = |text: &Option<String>| text.as_deref().map(utf16::encode);
    let names = [&card.card, &card.reader, &card.container, &card.provider].map(encode);
    let hints = [&card.user_hint, &card.domain_hint].map(encode);
    let fields = || -> der::Result<Zeroizing<Vec<u8>>> {
        let [card_name, reader_name, container_name, csp_name] =
            names.each_ref().map(|name| octets(name.as_ref()));
        let [user_hint, domain_hint] = hints.each_ref().map(|hint| octets(hint.as_ref()));
        let inner = TsSmartCardCreds {
            pin: OctetStringRef::new(&pin)?,
            csp_data: TsCspDataDetail {
                key_spec: card.key_spec,
                card_name: card_name?,
                reader_name: reader_name?,
                container_name: container_name?,
                csp_name: csp_name?,
            },
            user_hint: user_hint?,
            domain_hint: domain_hint?,
        };
        wrapped(kind::SMART_CARD, &inner)
    };
    fields().map_err(unwritable)
}

fn octets(text: Option<&Vec<u8>>) -> der::Result<Option<&OctetStringRef>> {
    text.map(|text| OctetStringRef::new(text)).transpose()
}

/// Encodes into memory that is reserved beforehand: a vector that grows leaves copies behind.
fn encoded(value: &impl Encode) -> der::Result<Zeroizing<Vec<u8>>> {
    let length = usize::try_from(value.encoded_len()?)?;
    let mut bytes = Zeroizing::new(vec![0; length]);
    let mut writer = der::SliceWriter::new(&mut bytes);
    value.encode(&mut writer)?;
    writer.finish()?;
    Ok(bytes)
}

fn wrapped(kind: u32, inner: &impl Encode) -> der::Result<Zeroizing<Vec<u8>>> {
    let inner = encoded(inner)?;
    encoded(&TsCredentials { kind, credentials: OctetStringRef::new(&inner)? })
}

fn text(field: &OctetStringRef) -> Result<String> {
    utf16::decode(field.as_bytes()).ok_or_else(|| malformed("a name in them is not UTF-16"))
}

fn secret(field: &OctetStringRef) -> Result<Secret> {
    let bytes = field.as_bytes();
    let (units, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(malformed("the secret in them is not UTF-16"));
    }
    // At most three bytes of UTF-8 for two of UTF-16; reserved, so that no copy is left behind.
    let mut utf8 = Zeroizing::new(String::with_capacity(units.len().saturating_mul(3)));
    let units = units.iter().map(|unit| u16::from_le_bytes(*unit));
    for character in char::decode_utf16(units) {
        utf8.push(character.map_err(|_| malformed("the secret in them is not UTF-16"))?);
    }
    Ok(Secret::new(utf8.as_bytes()))
}

fn secret_utf16(secret: &Secret) -> Result<Zeroizing<Vec<u8>>> {
    let text = secret.expose_text().ok_or_else(|| {
        Error::new(Status::INVALID_PARAMETER, "the secret to delegate is not UTF-8")
    })?;
    let mut bytes = Zeroizing::new(Vec::new());
    utf16::encode_into(text, &mut bytes);
    Ok(bytes)
}

// What was misread is not given as the cause: der's errors say positions only, but nothing near a
// password goes into an error.
fn misread(_: der::Error) -> Error {
    malformed("they are not what [MS-CSSP] 2.2.1.2 says")
}

fn malformed(what: &str) -> Error {
    Error::new(Status::INVALID_TOKEN, format!("the delegated credentials cannot be read: {what}"))
}

fn unwritable(_: der::Error) -> Error {
    Error::new(Status::INTERNAL_ERROR, "the credentials to delegate cannot be written")
}
