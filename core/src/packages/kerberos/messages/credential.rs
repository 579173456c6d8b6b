//! KRB-CRED: tickets that are handed on (RFC 4120 5.8).

use super::{
    Application, EncryptedData, EncryptionKey, Flags, KerberosTime, Microseconds, Number,
    PrincipalName, Text, Typed, octets,
};
use crate::error::Result;
use crate::kerberos::Ticket;
use crate::time::Time;
use der::Sequence;
use der::asn1::AnyRef;

/// KRB-CRED.
pub(crate) type CredentialMessage<'a> = Application<22, CredentialFields<'a>>;

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct CredentialFields<'a> {
    #[asn1(context_specific = "0")]
    pub(crate) version: u32,
    #[asn1(context_specific = "1")]
    pub(crate) kind: u32,
    #[asn1(context_specific = "2")]
    pub(crate) tickets: Vec<AnyRef<'a>>,
    #[asn1(context_specific = "3")]
    pub(crate) encrypted: EncryptedData<'a>,
}

/// EncKrbCredPart.
pub(crate) type EncryptedCredentialPart<'a> = Application<29, CredentialPart<'a>>;

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct CredentialPart<'a> {
    #[asn1(context_specific = "0")]
    pub(crate) tickets: Vec<CredentialInfo<'a>>,
    #[asn1(context_specific = "1", optional = "true")]
    pub(crate) nonce: Option<Number>,
    #[asn1(context_specific = "2", optional = "true")]
    pub(crate) time: Option<KerberosTime>,
    #[asn1(context_specific = "3", optional = "true")]
    pub(crate) microseconds: Option<Microseconds>,
    #[asn1(context_specific = "4", optional = "true")]
    pub(crate) sender: Option<Typed<'a>>,
    #[asn1(context_specific = "5", optional = "true")]
    pub(crate) recipient: Option<Typed<'a>>,
}

/// KrbCredInfo: what is known about one of the tickets.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct CredentialInfo<'a> {
    #[asn1(context_specific = "0")]
    pub(crate) key: EncryptionKey<'a>,
    #[asn1(context_specific = "1", optional = "true")]
    pub(crate) client_realm: Option<Text<'a>>,
    #[asn1(context_specific = "2", optional = "true")]
    pub(crate) client: Option<PrincipalName<'a>>,
    #[asn1(context_specific = "3", optional = "true")]
    pub(crate) flags: Option<Flags>,
    #[asn1(context_specific = "4", optional = "true")]
    pub(crate) authenticated: Option<KerberosTime>,
    #[asn1(context_specific = "5", optional = "true")]
    pub(crate) starts: Option<KerberosTime>,
    #[asn1(context_specific = "6", optional = "true")]
    pub(crate) ends: Option<KerberosTime>,
    #[asn1(context_specific = "7", optional = "true")]
    pub(crate) renewable_until: Option<KerberosTime>,
    #[asn1(context_specific = "8", optional = "true")]
    pub(crate) server_realm: Option<Text<'a>>,
    #[asn1(context_specific = "9", optional = "true")]
    pub(crate) server: Option<PrincipalName<'a>>,
    #[asn1(context_specific = "10", optional = "true")]
    pub(crate) addresses: Option<Vec<Typed<'a>>>,
}

impl<'a> CredentialInfo<'a> {
    /// What is known about a ticket.
    pub(crate) fn of(ticket: &'a Ticket) -> Result<Self> {
        let written = |time: Option<Time>| time.map(KerberosTime);
        let addresses = ticket
            .addresses
            .iter()
            .map(|address| Ok(Typed { number: address.number, bytes: octets(&address.bytes)? }));
        let addresses = addresses.collect::<Result<Vec<_>>>()?;
        Ok(Self {
            key: EncryptionKey::of(&ticket.key)?,
            client_realm: Some(Text(ticket.client.realm())),
            client: Some(PrincipalName::of(&ticket.client)),
            flags: Some(Flags(ticket.flags)),
            authenticated: written(ticket.authenticated),
            starts: written(ticket.starts),
            ends: written(ticket.ends),
            renewable_until: written(ticket.renewable_until),
            server_realm: Some(Text(ticket.server.realm())),
            server: Some(PrincipalName::of(&ticket.server)),
            addresses: Some(addresses).filter(|addresses| !addresses.is_empty()),
        })
    }
}
