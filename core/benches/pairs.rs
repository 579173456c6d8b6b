//! Handshakes of a package with itself, for every bench that measures them.

use anysspi::accounts::{Account, MemoryAccounts};
use anysspi::raw::{CredentialsHandle, CredentialsRequest};
use anysspi::{Context, Identity, Registry, Step, Usage, accept, initiate};

const USER: &str = r"CORP\alice";
const PASSWORD: &str = "Passw0rd!";

/// Credentials of both sides, acquired once: what a handshake costs is measured without them.
pub(crate) fn credentials(package: &str) -> (CredentialsHandle, CredentialsHandle) {
    let of = |usage, identity| {
        CredentialsRequest::new(package, usage)
            .with_identity(identity)
            .acquire(Registry::global())
            .expect("credentials")
    };
    let accounts = MemoryAccounts::new([Account::with_password(USER, PASSWORD)]);
    (
        of(Usage::OUTBOUND, Identity::password(USER, PASSWORD)),
        of(Usage::INBOUND, Identity::accounts(accounts)),
    )
}

pub(crate) fn establish(
    client: &CredentialsHandle,
    server: &CredentialsHandle,
) -> anysspi::Result<(Context, Context)> {
    let mut client = initiate(&client.package().name).credential(client).start()?;
    let mut server = accept(&server.package().name).credential(server).start()?;
    while let Step::SendToken(token) = client.next()? {
        if let Step::SendToken(answer) = server.step(Some(&token))? {
            client.receive(&answer)?;
        }
    }
    Ok((client.into_context()?, server.into_context()?))
}
