//! What is in a token: its bytes as labelled fields, never a secret.
//!
//! [`inspect`] is for people who look at a handshake that fails, and for logs. It does not judge
//! and it does not fail: of a damaged token it shows what can be read and says what is wrong.
//!
//! ```
//! let token = b"NTLMSSP\0\x01\0\0\0\x07\x82\x08\xA2";
//! let inspection = anysspi::inspect::inspect(token);
//!
//! assert_eq!(inspection.protocol, "NTLM");
//! assert_eq!(inspection.message, "NEGOTIATE_MESSAGE");
//! assert!(inspection.problems.is_empty());
//! assert_eq!(
//!     inspection.to_string().lines().take(3).collect::<Vec<_>>(),
//!     [
//!         "NTLM NEGOTIATE_MESSAGE, 16 bytes",
//!         "  0x0000..0x0008  Signature       NTLMSSP",
//!         "  0x0008..0x000c  MessageType     1",
//!     ]
//! );
//! ```
//!
//! # What is not shown
//!
//! Whoever reads a log must not be able to guess a password from it or to join a session. The
//! responses to a challenge, the encrypted session key and the message integrity codes are therefore
//! [`Value::Hidden`]: their length and their kind, no byte of them. This holds for damaged tokens
//! too: what a wrong offset places over a hidden field is hidden with it. Of CredSSP's messages, what is
//! encrypted is not shown either, and of a damaged one nothing is. The same holds for Kerberos: a ticket, an
//! authenticator or a delegated ticket is a length, because passwords can be guessed from it.

mod certificate;
#[cfg(feature = "credssp")]
mod credssp;
mod kerberos;
mod kerberos_layout;
mod negoex;
mod ntlm;
mod ntlm_response;
mod spnego;
mod tls;
mod token;
mod value;

pub use value::{Field, Value};

use std::borrow::Cow;
use std::fmt;
use token::Token;

/// The largest token that is looked into. Of a larger one only the header is read.
pub const LARGEST_TOKEN: usize = 64 * 1024;

/// A protocol whose tokens are known.
struct Protocol {
    name: &'static str,
    /// Whether a token that begins like this is one of the protocol's.
    recognise: fn(&[u8]) -> bool,
    /// Reads the fields and gives the name of the message.
    read: fn(&mut Token<'_>) -> Cow<'static, str>,
}

/// The protocols, in the order in which they are tried.
const PROTOCOLS: &[Protocol] = &[
    Protocol { name: "NTLM", recognise: ntlm::recognise, read: ntlm::read },
    Protocol { name: "SPNEGO", recognise: spnego::recognise, read: spnego::read },
    Protocol { name: "GSS-API", recognise: spnego::recognise_frame, read: spnego::read_frame },
    #[cfg(feature = "credssp")]
    Protocol { name: "CredSSP", recognise: credssp::recognise, read: credssp::read },
    Protocol { name: "Kerberos", recognise: kerberos::recognise, read: kerberos::read },
    Protocol { name: "NEGOEX", recognise: negoex::recognise, read: negoex::read },
    Protocol { name: "TLS", recognise: tls::recognise, read: tls::read },
];

/// The protocol of a token that is none of those known.
const UNKNOWN: &str = "unknown";

/// Looks into a token.
///
/// Never fails and never panics; the result is bounded whatever the bytes are.
pub fn inspect(token: &[u8]) -> Inspection {
    let mut reading = Token::new(token);
    let known = PROTOCOLS.iter().find(|protocol| (protocol.recognise)(token));
    let (protocol, message) = if let Some(protocol) = known {
        (protocol.name, (protocol.read)(&mut reading))
    } else {
        reading.problem(if token.is_empty() {
            "the token is empty"
        } else {
            "the token begins like that of no known protocol"
        });
        (UNKNOWN, Cow::Borrowed(UNKNOWN))
    };
    let (fields, problems) = reading.finish();
    Inspection { protocol, message, length: token.len(), fields, problems }
}

/// What [`inspect`] found in a token. Its [`Display`](fmt::Display) is a tree for people to read.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Inspection {
    /// The protocol's name, or `"unknown"`.
    pub protocol: &'static str,
    /// The message's name in the specification of the protocol, or `"unknown"`.
    pub message: Cow<'static, str>,
    /// The number of bytes in the token.
    pub length: usize,
    /// The fields, in the order in which the message describes them.
    pub fields: Vec<Field>,
    /// What is wrong with the token, as sentences. None for a token in which nothing is.
    pub problems: Vec<String>,
}

impl Inspection {
    /// The fields as pairs of a dotted name and the value as it is displayed, parents before their
    /// parts. Fields that are nothing but their parts ([`Value::Parts`]) are left out.
    ///
    /// ```
    /// let token = b"NTLMSSP\0\x01\0\0\0\x01\0\0\0";
    /// let fields = anysspi::inspect::inspect(token).flatten();
    /// assert_eq!(
    ///     fields.last(),
    ///     Some(&("NegotiateFlags".into(), "NTLMSSP_NEGOTIATE_UNICODE".into()))
    /// );
    /// ```
    pub fn flatten(&self) -> Vec<(String, String)> {
        let mut flat = Vec::new();
        for field in &self.fields {
            flatten_into(&mut flat, "", field);
        }
        flat
    }
}

fn flatten_into(flat: &mut Vec<(String, String)>, parents: &str, field: &Field) {
    let name = if parents.is_empty() {
        field.name.to_string()
    } else {
        format!("{parents}.{}", field.name)
    };
    if field.value != Value::Parts {
        flat.push((name.clone(), field.value.to_string()));
    }
    for part in &field.fields {
        flatten_into(flat, &name, part);
    }
}

impl fmt::Display for Inspection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.protocol == UNKNOWN {
            write!(formatter, "unknown token")?;
        } else {
            write!(formatter, "{} {}", self.protocol, self.message)?;
        }
        let plural = if self.length == 1 { "" } else { "s" };
        write!(formatter, ", {} byte{plural}", self.length)?;
        let mut columns = Columns::default();
        columns.widen(&self.fields, 0);
        columns.write(formatter, &self.fields, 0)?;
        for problem in &self.problems {
            write!(formatter, "\n  ! {problem}")?;
        }
        Ok(())
    }
}

/// How far a part is moved to the right of its parent.
const INDENT: usize = 2;

/// The widths of the columns in which fields are shown: where they stand, and their names.
#[derive(Default)]
struct Columns {
    range: usize,
    name: usize,
}

impl Columns {
    fn range(field: &Field) -> String {
        let end = field.offset.saturating_add(field.length);
        format!("{:#06x}..{end:#06x}", field.offset)
    }

    fn widen(&mut self, fields: &[Field], indent: usize) {
        for field in fields {
            self.range = self.range.max(Self::range(field).len());
            self.name = self.name.max(indent + field.name.len());
            self.widen(&field.fields, indent + INDENT);
        }
    }

    fn write(
        &self,
        formatter: &mut fmt::Formatter<'_>,
        fields: &[Field],
        indent: usize,
    ) -> fmt::Result {
        for field in fields {
            let line = format!(
                "  {:range_width$}  {:indent$}{:name_width$}  {}",
                Self::range(field),
                "",
                field.name,
                field.value,
                range_width = self.range,
                name_width = self.name.saturating_sub(indent),
            );
            write!(formatter, "\n{}", line.trim_end())?;
            self.write(formatter, &field.fields, indent + INDENT)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
