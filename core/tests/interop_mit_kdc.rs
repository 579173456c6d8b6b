//! Tickets from MIT's KDC: what a handshake would ask, carried over TCP; and the tickets in the hands of
//! MIT's programs.

#[path = "support/peer.rs"]
mod peer;
#[path = "support/transport.rs"]
mod transport;

use anysspi::kerberos::{EncryptionType, KeyTable, Principal, Ticket, TicketCache, Tickets};
use anysspi::testing::{FixedClock, TicketClient};
use anysspi::{CredentialCache, Error, KdcReply, KdcRequest, Keytab, Status, Surroundings};
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

const PASSWORD: &str = "Passw0rd!";
const REALM: &str = "EXAMPLE.TEST";
const SERVICE: &str = "HTTP/server.example.test";

/// The types by the names that MIT's programs write.
const TYPES: [(EncryptionType, &str); 5] = [
    (EncryptionType::AES256_SHA1, "aes256-cts-hmac-sha1-96"),
    (EncryptionType::AES128_SHA1, "aes128-cts-hmac-sha1-96"),
    (EncryptionType::AES256_SHA2, "aes256-cts-hmac-sha384-192"),
    (EncryptionType::AES128_SHA2, "aes128-cts-hmac-sha256-128"),
    (EncryptionType::RC4, "arcfour-hmac"),
];

struct Mit {
    config: String,
    kdc: String,
    services: String,
    users: String,
    folder: PathBuf,
}

impl Mit {
    fn find(test: &str) -> Option<Self> {
        let config = peer::variable("ANYSSPI_MIT_KRB5_CONFIG")?;
        let services = peer::variable("ANYSSPI_MIT_SERVICES")?;
        let users = peer::variable("ANYSSPI_MIT_USERS")?;
        let text = fs::read_to_string(&config).unwrap();
        let kdc = text.lines().find_map(|line| line.trim().strip_prefix("kdc = "));
        let kdc = kdc.unwrap().to_owned();
        let folder =
            std::env::temp_dir().join(format!("anysspi-mit-kdc-{test}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Some(Self { config, kdc, services, users, folder })
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    fn run(&self, program: &str, arguments: &[&str]) -> String {
        let mut command = Command::new(program);
        command.args(arguments).env("KRB5_CONFIG", &self.config).env("LC_ALL", "C");
        command.env_remove("KRB5CCNAME").env_remove("KRB5_KTNAME");
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success(), "{command:?}: {said}");
        said
    }

    fn carry(&self, request: &KdcRequest) -> KdcReply {
        assert_eq!(request.realm(), REALM);
        transport::carry(&self.kdc, request)
    }

    fn client(&self, name: &str, password: &str) -> TicketClient {
        let name = Principal::or_in_realm(name.parse().unwrap(), REALM);
        TicketClient::with_password(name, password, Surroundings::system())
    }

    fn get(&self, client: &TicketClient, service: &str) -> Result<Ticket, Error> {
        client.ticket(service, |request| self.carry(request))
    }
}

impl Drop for Mit {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn a_password_gets_tickets_that_klist_and_kvno_take_for_theirs() {
    let Some(mit) = Mit::find("password") else { return };
    let client = mit.client("alice", PASSWORD);
    let ticket = mit.get(&client, SERVICE).unwrap();
    assert_eq!(ticket.server.to_string(), "HTTP/server.example.test@EXAMPLE.TEST");
    let nobody = |_: &KdcRequest| -> KdcReply { panic!("asked") };
    assert_eq!(client.ticket(SERVICE, nobody).unwrap(), ticket);

    let cache = mit.path("cache");
    TicketCache::named(&cache).unwrap().replace(&client.tickets()).unwrap();
    let listed = mit.run("klist", &["-fec", &cache]);
    assert!(listed.contains("Default principal: alice@EXAMPLE.TEST"), "{listed}");
    assert!(listed.contains("HTTP/server.example.test@EXAMPLE.TEST"), "{listed}");
    // Forwardable, initial, pre-authenticated.
    assert!(listed.contains("Flags: FIA"), "{listed}");
    let said = mit.run("kvno", &["-c", &cache, "test/aes256-cts-hmac-sha1-96.example.test"]);
    assert!(said.contains("kvno = 1"), "{said}");
    // What kvno added is ours again, without asking anybody.
    let again = Tickets::open(&CredentialCache::named(&cache)).unwrap();
    let again = TicketClient::with_tickets(&again, Surroundings::system());
    again.ticket("test/aes256-cts-hmac-sha1-96.example.test", nobody).unwrap();
    assert_eq!(again.ticket(SERVICE, nobody).unwrap(), ticket);
}

#[test]
fn passwords_and_keytabs_of_every_type_get_tickets_of_every_type() {
    let Some(mit) = Mit::find("types") else { return };
    let table = KeyTable::open(&Keytab::file(&mit.users)).unwrap();
    for (kind, name) in TYPES {
        let user = format!("user-{name}");
        let principal: Principal = format!("{user}@{REALM}").parse().unwrap();
        let with_keys = TicketClient::with_keys(principal.clone(), &table, Surroundings::system());
        for client in [mit.client(&user, PASSWORD), with_keys] {
            let client = client.taking(&[kind]);
            let service = format!("test/{name}.example.test");
            let ticket =
                mit.get(&client, &service).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(ticket.key.encryption_type(), kind);
            assert_eq!(ticket.client, principal);
            // The service can read it.
            let cache = mit.path(&format!("cache-{name}"));
            TicketCache::named(&cache).unwrap().replace(&client.tickets()).unwrap();
            let said = mit.run("kvno", &["-c", &cache, "-k", &mit.services, &service]);
            assert!(said.contains("keytab entry valid"), "{said}");
        }
    }
    // Where rc4-hmac is not allowed it is not asked for.
    let error = mit.get(&mit.client("user-arcfour-hmac", PASSWORD), SERVICE).unwrap_err();
    assert_eq!(error.status(), Status::KDC_UNKNOWN_ETYPE, "{error}");
}

#[test]
fn who_needs_no_pre_authentication_who_was_renamed_and_odd_names_get_tickets() {
    let Some(mit) = Mit::find("salts") else { return };
    // The services here want who was pre-authenticated, but for the ticket-granting one.
    let granting = "krbtgt/EXAMPLE.TEST";
    for (name, questions) in [("open", 1), ("newname", 2), (r"odd\/na\@me/in\\stance", 2)] {
        let client = mit.client(name, PASSWORD);
        let mut asked = 0;
        let ticket = client.ticket(granting, |request| {
            asked += 1;
            mit.carry(request)
        });
        assert_eq!(ticket.unwrap().client.to_string(), format!("{name}@{REALM}"));
        assert_eq!(asked, questions, "{name}");
    }
}

#[test]
fn who_is_not_let_in_hears_why() {
    let Some(mit) = Mit::find("refused") else { return };
    for (name, password, status, expected) in [
        ("alice", "wrong", Status::LOGON_DENIED, Some(24)),
        ("open", "wrong", Status::LOGON_DENIED, None),
        ("nobody", PASSWORD, Status::LOGON_DENIED, Some(6)),
        ("locked", PASSWORD, Status::LOGON_DENIED, Some(18)),
        ("expired", PASSWORD, Status::LOGON_DENIED, Some(23)),
    ] {
        let error = mit.get(&mit.client(name, password), SERVICE).unwrap_err();
        assert_eq!((error.status(), error.kerberos_code()), (status, expected), "{name}: {error}");
    }
    let alice = mit.client("alice", PASSWORD);
    let error = mit.get(&alice, "HTTP/nowhere.example.test").unwrap_err();
    assert_eq!(
        (error.status(), error.kerberos_code()),
        (Status::TARGET_UNKNOWN, Some(7)),
        "{error}"
    );
    let error = mit.get(&alice, "HTTP/web@FAR.TEST").unwrap_err();
    assert_eq!(
        (error.status(), error.kerberos_code()),
        (Status::TARGET_UNKNOWN, Some(7)),
        "{error}"
    );
}

#[test]
fn a_clock_that_is_wrong_is_found_out() {
    let Some(mit) = Mit::find("skew") else { return };
    let now = Surroundings::system().now();
    let late = anysspi::Time::from_filetime(now.filetime() - 36_000_000_000);
    for wrong in [now.after(Duration::from_secs(3600)), late] {
        let surroundings = Surroundings::system().with_clock(FixedClock::at(wrong));
        let alice: Principal = "alice@EXAMPLE.TEST".parse().unwrap();
        let client = TicketClient::with_password(alice, PASSWORD, surroundings);
        let mut asked = 0;
        client
            .ticket(SERVICE, |request| {
                asked += 1;
                mit.carry(request)
            })
            .unwrap();
        assert_eq!(asked, 4);
    }
}

#[test]
fn tickets_are_forwarded_and_are_for_users() {
    let Some(mit) = Mit::find("forwarded") else { return };
    let client = mit.client("alice", PASSWORD);
    let forwarded = client.forwarded(SERVICE, |request| mit.carry(request)).unwrap();
    let mut handed = Tickets::new("alice@EXAMPLE.TEST".parse().unwrap());
    handed.add(forwarded);
    let cache = mit.path("cache");
    TicketCache::named(&cache).unwrap().replace(&handed).unwrap();
    let listed = mit.run("klist", &["-fc", &cache]);
    // Forwardable, forwarded.
    assert!(listed.contains("Flags: Ff"), "{listed}");
    mit.run("kvno", &["-c", &cache, SERVICE]);

    let stays = mit.client("stays", PASSWORD);
    let error = stays.forwarded(SERVICE, |request| mit.carry(request)).unwrap_err();
    assert_eq!(error.status(), Status::DELEGATION_POLICY, "{error}");

    let bob = mit.client("bob", "second");
    let theirs = mit.get(&bob, "krbtgt/EXAMPLE.TEST").unwrap();
    let name: Principal = "bob@EXAMPLE.TEST".parse().unwrap();
    let got = client.user_to_user(name.clone(), &theirs, |request| mit.carry(request)).unwrap();
    assert_eq!((&got.server, got.is_for_session_key), (&name, true));
    let own = mit.get(&client, "krbtgt/EXAMPLE.TEST").unwrap();
    let error = client.user_to_user(name, &own, |request| mit.carry(request)).unwrap_err();
    assert!(error.kerberos_code().is_some(), "{error}");
}
