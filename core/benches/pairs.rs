//! Handshakes of a package with itself, for every bench that measures them.

use anysspi::accounts::{Account, MemoryAccounts};
use anysspi::raw::{CredentialsHandle, CredentialsRequest};
use anysspi::{
    AcceptBuilder, Context, Identity, InitiateBuilder, Registry, Step, Usage, accept, initiate,
};

const USER: &str = r"CORP\alice";
const PASSWORD: &str = "Passw0rd!";

/// Credentials of both sides, acquired once: what a handshake costs is measured without them.
pub(crate) fn credentials(package: &str) -> (CredentialsHandle, CredentialsHandle) {
    credentials_with(package, None)
}

/// The same with one more identity of the server's, such as a certificate.
pub(crate) fn credentials_with(
    package: &str,
    more: Option<Identity>,
) -> (CredentialsHandle, CredentialsHandle) {
    let of = |usage, identities: Vec<Identity>| {
        CredentialsRequest::new(package, usage)
            .with_identities(identities)
            .acquire(Registry::global())
            .expect("credentials")
    };
    let accounts = MemoryAccounts::new([Account::with_password(USER, PASSWORD)]);
    let server = [Identity::accounts(accounts)].into_iter().chain(more).collect();
    (of(Usage::OUTBOUND, vec![Identity::password(USER, PASSWORD)]), of(Usage::INBOUND, server))
}

pub(crate) fn establish(
    client: &CredentialsHandle,
    server: &CredentialsHandle,
) -> anysspi::Result<(Context, Context)> {
    run(
        initiate(&client.package().name).credential(client),
        accept(&server.package().name).credential(server),
    )
}

/// A handshake between two ends.
pub(crate) fn run(
    client: InitiateBuilder,
    server: AcceptBuilder,
) -> anysspi::Result<(Context, Context)> {
    let (mut client, mut server) = (client.start()?, server.start()?);
    while let Step::SendToken(token) = client.next()? {
        if let Step::SendToken(answer) = server.step(Some(&token))?
            && !client.done()
        {
            client.receive(&answer)?;
        }
    }
    Ok((client.into_context()?, server.into_context()?))
}
