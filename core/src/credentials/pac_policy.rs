//! What an acceptor does about the PAC in a client's ticket.

/// What an acceptor of Kerberos does about the PAC ([MS-PAC]) in a client's ticket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PacPolicy {
    /// It is not looked at: the client has a name and no groups. For a KDC that signs PACs in another
    /// way than for the service.
    Never,
    /// One that is there must be the right one; a client without one is let in.
    #[default]
    WhenPresent,
    /// A client without one is refused.
    Always,
}

impl PacPolicy {
    /// The policy with this name: `never`, `when_present` or `always`.
    ///
    /// ```
    /// use anysspi::PacPolicy;
    ///
    /// assert_eq!(PacPolicy::from_name("when_present"), Some(PacPolicy::default()));
    /// assert_eq!(PacPolicy::from_name("sometimes"), None);
    /// ```
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "never" => Some(Self::Never),
            "when_present" => Some(Self::WhenPresent),
            "always" => Some(Self::Always),
            _ => None,
        }
    }
}
