//! What a key is used for: a number that everything derived from the key depends on.

/// A key usage number (RFC 3961 4, RFC 4120 7.5.1, RFC 4121 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct KeyUsage(pub(crate) u32);

impl KeyUsage {
    /// PA-ENC-TIMESTAMP, in the client's key.
    pub(crate) const ENCRYPTED_TIMESTAMP: Self = Self(1);
    /// The part of a ticket that its service reads.
    pub(crate) const TICKET: Self = Self(2);
    /// The part of an AS-REP that its client reads.
    pub(crate) const AS_REPLY: Self = Self(3);
    /// The checksum of a TGS-REQ in its authenticator.
    pub(crate) const TGS_REQUEST_CHECKSUM: Self = Self(6);
    /// The authenticator of a TGS-REQ.
    pub(crate) const TGS_REQUEST_AUTHENTICATOR: Self = Self(7);
    /// The part of a TGS-REP that its client reads, in the session key.
    #[cfg(any(feature = "realm", test))]
    pub(crate) const TGS_REPLY: Self = Self(8);
    /// The same in the subkey of the authenticator.
    pub(crate) const TGS_REPLY_SUBKEY: Self = Self(9);
    /// The authenticator of an AP-REQ.
    pub(crate) const AP_REQUEST_AUTHENTICATOR: Self = Self(11);
    /// The encrypted part of an AP-REP.
    pub(crate) const AP_REPLY: Self = Self(12);
    /// The encrypted part of a KRB-CRED.
    pub(crate) const CREDENTIAL: Self = Self(14);
    /// The signatures of a PAC ([MS-PAC] 2.8).
    pub(crate) const PAC_SIGNATURE: Self = Self(17);
    /// Messages that an acceptor seals (RFC 4121 2).
    pub(crate) const ACCEPTOR_SEAL: Self = Self(22);
    /// Messages that an acceptor signs.
    pub(crate) const ACCEPTOR_SIGN: Self = Self(23);
    /// Messages that an initiator seals.
    pub(crate) const INITIATOR_SEAL: Self = Self(24);
    /// Messages that an initiator signs.
    pub(crate) const INITIATOR_SIGN: Self = Self(25);
}
