//! The README and the guides, so that `cargo test` compiles and runs every example in them.

macro_rules! pages {
    ($($page:ident = $path:literal;)*) => {$(
        #[doc = include_str!($path)]
        struct $page;
    )*};
}

pages! {
    Readme = "../../README.md";
    Architecture = "../../ARCHITECTURE.md";
    Changelog = "../../CHANGELOG.md";
    Index = "../../docs/README.md";
    Accounts = "../../docs/accounts.md";
    CredSsp = "../../docs/credssp.md";
    Errors = "../../docs/errors.md";
    Handshake = "../../docs/handshake.md";
    Inspect = "../../docs/inspect.md";
    Negotiate = "../../docs/negotiate.md";
    Kerberos = "../../docs/kerberos.md";
    KerberosClient = "../../docs/kerberos-client.md";
    KerberosPeer = "../../docs/kerberos-peer.md";
    KerberosFiles = "../../docs/kerberos-files.md";
    KerberosServer = "../../docs/kerberos-server.md";
    Ntlm = "../../docs/ntlm.md";
    OwnPackage = "../../docs/own-package.md";
    Pku2u = "../../docs/pku2u.md";
    Raw = "../../docs/raw.md";
    Realm = "../../docs/realm.md";
    Statuses = "../../docs/statuses.md";
}
