//! What is off unless the caller asks for it by name.

use bitflags::bitflags;

bitflags! {
    /// Weak or surprising things a credential may be allowed to do. Nothing is allowed by default.
    ///
    /// ```
    /// use anysspi::Allow;
    ///
    /// assert_eq!(Allow::default(), Allow::empty());
    /// assert_eq!(Allow::from_name_ignoring_case("ntlm_v1"), Some(Allow::NTLM_V1));
    /// ```
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Allow: u32 {
        /// NTLM's first responses, the "NTLM2 session response" among them, and the signatures
        /// without extended session security that go with them. They are broken by a day's work.
        const NTLM_V1 = 1 << 0;
        /// NTLM message protection with 56-bit or 40-bit keys.
        const WEAK_SEALING = 1 << 1;
        /// Anonymous logons: on the initiator's side to ask for one, on the acceptor's to let
        /// nobody in particular in.
        const ANONYMOUS = 1 << 2;
        /// CredSSP's versions 2 to 4, whose proof of the server's key is broken (CVE-2018-0886).
        const OLD_CREDSSP = 1 << 3;
        /// Kerberos with rc4-hmac: keys, tickets and session keys. Its keys are NT hashes without a
        /// salt, and it signs with MD5.
        const RC4 = 1 << 4;
    }
}

impl Allow {
    /// The allowance with this name, in any case: `NTLM_V1`, `WEAK_SEALING`, `ANONYMOUS`,
    /// `OLD_CREDSSP`, `RC4`.
    pub fn from_name_ignoring_case(name: &str) -> Option<Self> {
        Self::from_name(&name.to_ascii_uppercase())
    }
}
