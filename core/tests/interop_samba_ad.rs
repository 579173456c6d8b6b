//! Kerberos in an Active Directory, with Samba's domain controller: tickets from its KDC, the PAC that it signs
//! in the hands of our acceptor, and its LDAP server, whose messages are sealed and signed.

#[path = "support/contexts.rs"]
mod contexts;
#[path = "support/der.rs"]
mod der;
#[path = "support/ldap.rs"]
mod ldap;
#[path = "support/peer.rs"]
mod peer;
mod support;
#[path = "support/transport.rs"]
mod transport;

use anysspi::kerberos::{EncryptionType, Key, KeyTable, KeyTableEntry, Principal, Tickets};
use anysspi::raw::Quality;
use anysspi::testing::{TicketClient, altered_ticket};
use anysspi::{
    AcceptBuilder, Allow, Context, ContextFlags, CredentialCache, Delegated, Identity,
    InitiateBuilder, Keytab, PacPolicy, Sid, Status, Step, Surroundings, accept, initiate,
};
use contexts::{Theirs, accept_from, initiate_to};
use ldap::{Bound, Connection, IN_PROGRESS};
use peer::{Peer, from_base64};
use serde_json::json;
use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::process::{Command, Stdio};
use support::establish;
use transport::{carry, kdc_at};

const PASSWORD: &str = "Passw0rd!";
const WEB: &str = "HTTP/server.ad.test";
const OLD: &str = "test/rc4.ad.test";
const DIRECTORY: &str = "ldap/dc1.ad.test";

struct Samba {
    kdc: String,
    directory: String,
    services: String,
    users: String,
}

impl Samba {
    fn find() -> Option<Self> {
        let address = peer::variable("ANYSSPI_SAMBA_AD")?;
        Some(Self {
            kdc: format!("{address}:88"),
            directory: format!("{address}:389"),
            services: peer::variable("ANYSSPI_SAMBA_AD_SERVICES")?,
            users: peer::variable("ANYSSPI_SAMBA_AD_USERS")?,
        })
    }

    fn client(&self, identity: Identity) -> InitiateBuilder {
        self.initiate("Kerberos", WEB).credential(identity)
    }

    fn initiate(&self, package: &str, target: &str) -> InitiateBuilder {
        initiate(package).kdc(kdc_at(self.kdc.clone())).target(target)
    }

    /// The services, with their keys as `samba-tool` wrote them.
    fn server(&self) -> AcceptBuilder {
        accept("Kerberos").credential(Identity::Keytab(Keytab::file(&self.services)))
    }
}

fn alice() -> Identity {
    Identity::password("alice@AD.TEST", PASSWORD)
}

fn nt_hash(password: &str) -> [u8; 16] {
    let key = Key::from_salted_password(EncryptionType::RC4, &password.into(), b"", None).unwrap();
    key.bytes().expose().try_into().unwrap()
}

#[test]
fn passwords_hashes_and_keytabs_of_every_name_get_tickets() {
    let Some(samba) = Samba::find() else { return };
    let keytab = Identity::Keytab(Keytab::file(&samba.users));
    for (identity, user) in [
        (alice(), "alice"),
        (Identity::password("alice@ad.test", PASSWORD), "alice"),
        (Identity::password(r"AD.TEST\alice", PASSWORD), "alice"),
        // As it was written; Samba leaves it so.
        (Identity::password("ALICE@AD.TEST", PASSWORD), "ALICE"),
        // The user principal name, with a suffix that is no realm.
        (Identity::password(r"AD.TEST\alice.smith@example.org", PASSWORD), "alice"),
        (Identity::password("umlaut@AD.TEST", "Pässwörd☃"), "umlaut"),
        (Identity::nt_hash("alice@AD.TEST", nt_hash(PASSWORD)), "alice"),
        (keytab, "alice"),
    ] {
        let client = samba.client(identity).allow(Allow::RC4);
        let (client, server) = establish(client, samba.server()).unwrap();
        assert_eq!((server.client().user(), server.client().domain()), (user, Some("AD.TEST")));
        assert_eq!(client.client(), server.client());
        assert_eq!(client.session_key(), server.session_key());
        let account = server.peer().unwrap().account.as_deref();
        assert_eq!(account, Some(user.to_lowercase().as_str()));
    }
    // Without rc4-hmac a hash is good for nothing.
    let hash = Identity::nt_hash("alice@AD.TEST", nt_hash(PASSWORD));
    let error = samba.client(hash).start().unwrap_err();
    assert_eq!(error.status(), Status::CRYPTO_SYSTEM_INVALID);
}

#[test]
fn who_is_not_let_in_hears_why() {
    let Some(samba) = Samba::find() else { return };
    let wrong = nt_hash("wrong");
    for (identity, target, status, expected) in [
        (Identity::password("alice@AD.TEST", "wrong"), WEB, Status::LOGON_DENIED, 24),
        (Identity::nt_hash("alice@AD.TEST", wrong), WEB, Status::LOGON_DENIED, 24),
        (Identity::password("nobody@AD.TEST", PASSWORD), WEB, Status::LOGON_DENIED, 6),
        (Identity::password("alice@OTHER.TEST", PASSWORD), WEB, Status::LOGON_DENIED, 6),
        (Identity::password("disabled@AD.TEST", PASSWORD), WEB, Status::LOGON_DENIED, 18),
        (Identity::password("expired@AD.TEST", PASSWORD), WEB, Status::LOGON_DENIED, 23),
        (alice(), "HTTP/nowhere.ad.test", Status::TARGET_UNKNOWN, 7),
    ] {
        let client = samba.initiate("Kerberos", target).credential(identity).allow(Allow::RC4);
        let error = client.start().unwrap().next().unwrap_err();
        assert_eq!((error.status(), error.kerberos_code()), (status, Some(expected)), "{error}");
    }
}

#[test]
fn the_pac_says_who_the_client_is() {
    let Some(samba) = Samba::find() else { return };
    let server = samba.server().pac_policy(PacPolicy::Always);
    let (_, context) = establish(samba.client(alice()), server).unwrap();
    let peer = context.peer().unwrap();
    assert_eq!((peer.user.as_str(), peer.realm.as_str()), ("alice", "AD.TEST"));
    for (said, expected) in [
        (&peer.account, "alice"),
        (&peer.domain, "ADTEST"),
        (&peer.dns_domain, "AD.TEST"),
        (&peer.upn, "alice.smith@example.org"),
        (&peer.full_name, "Alice Smith"),
        (&peer.logon_server, "DC1"),
    ] {
        assert_eq!(said.as_deref(), Some(expected), "{peer:?}");
    }

    // As the directory has it: Domain Users, engineers, and what they are members of, everybody of them
    // one of the domain's.
    let (user, mut groups) = samba.directory_of_alice();
    assert_eq!(peer.sid.as_ref(), Some(&user));
    assert!(groups.remove("S-1-5-32-545"), "Users of the machine itself, which are in no PAC");
    assert_eq!(groups.len(), 5);
    let said = peer.groups.iter().chain(&peer.resource_groups);
    assert_eq!(said.map(|group| group.sid.to_string()).collect::<BTreeSet<_>>(), groups);
    assert!(peer.primary_group.as_ref().unwrap().to_string().ends_with("-513"));
    for group in groups {
        assert!(peer.is_member_of(&group.parse().unwrap()), "{group}");
    }
    // The authority has checked the password (S-1-18-1), which is no group of the directory.
    assert!(peer.is_member_of(&"S-1-18-1".parse().unwrap()), "{peer:?}");
}

#[test]
fn an_altered_pac_is_refused() {
    let Some(samba) = Samba::find() else { return };
    let name: Principal = "alice@AD.TEST".parse().unwrap();
    let client = TicketClient::with_password(name.clone(), PASSWORD, Surroundings::system());
    let ticket = client.ticket(WEB, |request| carry(&samba.kdc, request)).unwrap();
    let table = KeyTable::open(&Keytab::file(&samba.services)).unwrap();
    let service = table.entries()[0].principal.clone();
    let key = table.find(&service, None, Some(EncryptionType::AES256_SHA1)).unwrap();
    // The text of the ticket has its length first, and so is as long as before.
    let try_with = |alter: &dyn Fn(&mut Vec<u8>)| {
        let altered = altered_ticket(&ticket, &key.key, |text| alter(text)).unwrap();
        let mut tickets = Tickets::new(name.clone());
        tickets.add(altered);
        let cache = CredentialCache::Bytes(tickets.to_bytes().unwrap());
        establish(samba.client(Identity::CredentialCache(cache)), samba.server())
    };
    assert!(try_with(&|_| {}).is_ok());
    for text in ["alice", "ADTEST", "AD.TEST", "Alice Smith", "alice.smith@example.org", "DC1"] {
        let text: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let error = try_with(&|bytes| {
            let found = bytes.windows(text.len()).position(|bytes| bytes == text);
            bytes[found.unwrap()] ^= 1;
        });
        let error = error.unwrap_err();
        assert_eq!(error.status(), Status::MESSAGE_ALTERED, "{error}");
        assert!(error.context().contains("PAC"), "{error}");
    }
    // With the keys of another service by its name.
    let mut wrong = KeyTable::new();
    for entry in table.entries().iter().filter(|entry| entry.principal == service) {
        let bytes = vec![7; entry.key.bytes().len()];
        let key = Key::new(entry.key.encryption_type(), bytes.as_slice()).unwrap();
        wrong.add(KeyTableEntry { key, ..entry.clone() });
    }
    let server = Identity::Keytab(Keytab::Bytes(wrong.to_bytes().unwrap()));
    let server = accept("Kerberos").credential(server);
    let error = establish(samba.client(alice()), server).unwrap_err();
    assert_eq!(
        (error.status(), error.kerberos_code()),
        (Status::MESSAGE_ALTERED, Some(31)),
        "{error}"
    );
}

#[test]
fn a_service_of_rc4_is_served_where_that_is_allowed() {
    let Some(samba) = Samba::find() else { return };
    let client = || samba.initiate("Kerberos", OLD).credential(alice());
    // The session key is of AES all the same: the client need not allow anything.
    let (client_end, server_end) = establish(client(), samba.server().allow(Allow::RC4)).unwrap();
    assert_eq!(client_end.session_key(), server_end.session_key());
    assert_eq!(client_end.session_key().len(), 32);
    assert!(server_end.peer().unwrap().has_pac);
    let error = establish(client(), samba.server()).unwrap_err();
    assert_eq!((error.status(), error.kerberos_code()), (Status::NO_KERB_KEY, Some(45)), "{error}");
}

#[test]
fn delegated_tickets_get_others_from_its_kdc() {
    let Some(samba) = Samba::find() else { return };
    let client = samba.client(alice()).require(ContextFlags::DELEGATE);
    let (_, mut context) = establish(client, samba.server()).unwrap();
    let Delegated::Tickets(tickets) = context.delegated().unwrap() else { panic!() };
    let cache = CredentialCache::Bytes(tickets.to_bytes().unwrap());
    let client = samba.client(Identity::CredentialCache(cache));
    let (_, context) = establish(client, samba.server()).unwrap();
    assert!(context.peer().unwrap().has_pac);
}

#[test]
fn users_talk_to_users_with_tickets_of_its_kdc() {
    let Some(samba) = Samba::find() else { return };
    let web: Principal = "web@AD.TEST".parse().unwrap();
    let web = TicketClient::with_password(web, PASSWORD, Surroundings::system());
    web.ticket("krbtgt/AD.TEST", |request| carry(&samba.kdc, request)).unwrap();
    let cache =
        Identity::CredentialCache(CredentialCache::Bytes(web.tickets().to_bytes().unwrap()));
    // By its own name, and by that of its service: Samba knows whose it is.
    for target in ["web", WEB] {
        let server = accept("Kerberos").credential(cache.clone());
        let client = samba.initiate("Kerberos", target).credential(alice());
        let client = client.require(ContextFlags::USE_SESSION_KEY);
        let (client, server) = establish(client, server).unwrap();
        assert_eq!(client.session_key(), server.session_key());
        assert_eq!((server.client().user(), server.target()), ("alice", Some(target)));
        assert!(server.peer().unwrap().has_pac);
    }
}

impl Samba {
    /// alice, as the directory knows her: her identifier and those of all her groups.
    fn directory_of_alice(&self) -> (Sid, BTreeSet<String>) {
        let mut directory = Connection::open(&self.directory);
        let client = self.initiate("Negotiate", DIRECTORY).credential(alice());
        let (context, bound) = bind(&mut directory, "GSS-SPNEGO", client);
        assert_eq!(bound.code, 0, "{bound:?}");
        directory.protect(context);
        let entry = directory.entry(ALICE, &["objectSid", "tokenGroups"]).unwrap();
        let values = |name: &str| {
            let found = entry.iter().find(|(found, _)| found == name);
            found.unwrap_or_else(|| panic!("{entry:?}")).1.iter().map(|bytes| sid(bytes))
        };
        let user = values("objectSid").next().unwrap();
        (user, values("tokenGroups").map(|sid| sid.to_string()).collect())
    }
}

const ALICE: &str = "CN=alice,CN=Users,DC=ad,DC=test";

/// SID in bytes ([MS-DTYP] 2.4.2.2), read without the code that the test is for.
fn sid(bytes: &[u8]) -> Sid {
    let authority = bytes[2..8].iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    let parts = bytes[8..].chunks(4).map(|part| u32::from_le_bytes(part.try_into().unwrap()));
    let parts: String = parts.map(|part| format!("-{part}")).collect();
    format!("S-1-{authority}{parts}").parse().unwrap()
}

/// The handshake of a bind, and what the server says to its last token.
fn bind(directory: &mut Connection, mechanism: &str, client: InitiateBuilder) -> (Context, Bound) {
    let mut client = client.start().unwrap();
    let mut last = None;
    while let Step::SendToken(token) = client.next().unwrap() {
        let bound = directory.bind(mechanism, &token);
        assert!([0, IN_PROGRESS].contains(&bound.code), "{bound:?}");
        if let Some(token) = &bound.token {
            client.receive(token).unwrap();
        }
        last = Some(bound);
    }
    (client.into_context().unwrap(), last.unwrap())
}

#[test]
fn ldap_is_sealed_and_signed_by_negotiate() {
    let Some(samba) = Samba::find() else { return };
    for without in [ContextFlags::empty(), ContextFlags::CONFIDENTIALITY] {
        let mut directory = Connection::open(&samba.directory);
        let client = samba.initiate("Negotiate", DIRECTORY).credential(alice()).without(without);
        let (context, bound) = bind(&mut directory, "GSS-SPNEGO", client);
        assert_eq!(bound.code, 0, "{bound:?}");
        assert_eq!(context.negotiation().unwrap().chosen.as_deref(), Some("Kerberos"));
        assert!(!context.flags().intersects(without));
        check_protected(directory, context);
    }
}

#[test]
fn ldap_is_signed_and_sealed_by_kerberos_in_sasl() {
    let Some(samba) = Samba::find() else { return };
    // What is agreed on after the handshake (RFC 4752 3.3).
    for (without, layer) in [(ContextFlags::CONFIDENTIALITY, 2), (ContextFlags::empty(), 4)] {
        let mut directory = Connection::open(&samba.directory);
        let client = samba.initiate("Kerberos", DIRECTORY).credential(alice()).without(without);
        let (mut context, bound) = bind(&mut directory, "GSSAPI", client);
        assert_eq!(bound.code, IN_PROGRESS, "{bound:?}");
        let bound = directory.bind("GSSAPI", b"");
        let (offered, quality) = context.unwrap_with_quality(&bound.token.unwrap()).unwrap();
        assert_eq!(quality, Quality::NO_ENCRYPT);
        assert_ne!(offered[0] & layer, 0, "{offered:?}");
        let chosen = context.wrap(&[layer, 0, 0xFF, 0xFF]).unwrap();
        let bound = directory.bind("GSSAPI", &chosen);
        assert_eq!(bound.code, 0, "{bound:?}");
        check_protected(directory, context);
    }
}

/// Questions are answered, and the server hangs up on one that was altered.
fn check_protected(mut directory: Connection, context: Context) {
    directory.protect(context);
    for _ in 0..3 {
        let entry = directory.entry(ALICE, &["sAMAccountName"]).unwrap();
        assert_eq!(entry, [("sAMAccountName".to_owned(), vec![b"alice".to_vec()])]);
    }
    directory.alter();
    let error = directory.entry(ALICE, &["sAMAccountName"]).unwrap_err();
    let ended = [ErrorKind::UnexpectedEof, ErrorKind::ConnectionReset];
    assert!(ended.contains(&error.kind()), "{error}");
}

/// A process with one of Samba's own contexts.
fn gensec() -> Option<Theirs> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/interop/samba-ad/peer.py");
    let mut command = Command::new(peer::variable("ANYSSPI_SAMBA_AD_PYTHON")?);
    command.arg(script).arg(peer::variable("ANYSSPI_SAMBA_AD_CONFIG")?);
    command.env("KRB5_CONFIG", peer::variable("ANYSSPI_SAMBA_AD_KRB5_CONFIG")?);
    command.env_remove("KRB5CCNAME").env_remove("KRB5_KTNAME");
    // What it says there it answers too.
    command.stderr(Stdio::null());
    Some(Theirs::new(Peer::start(&mut command)))
}

#[test]
fn sambas_own_initiator_and_acceptor_have_contexts_with_ours() {
    let (Some(samba), Some(mut theirs)) = (Samba::find(), gensec()) else { return };
    for (package, mechanism) in [("Kerberos", "kerberos"), ("Negotiate", "spnego")] {
        let request = json!({
            "do": "client",
            "user": "alice",
            "password": PASSWORD,
            "target": WEB,
            "mechanism": mechanism,
        });
        let keytab = Identity::Keytab(Keytab::file(&samba.services));
        let server = accept(package).credential(keytab);
        let mut ours = accept_from(&mut theirs, server, &request).unwrap();
        let facts = theirs.facts();
        assert_eq!(ours.session_key().expose(), from_base64(facts["key"].as_str().unwrap()));
        assert_eq!(ours.peer().unwrap().account.as_deref(), Some("alice"));
        check_messages(&mut ours, &mut theirs);

        // The domain controller itself, and what it reads in the ticket that it issued.
        let request = json!({ "do": "server", "mechanism": mechanism });
        let client = samba.initiate(package, DIRECTORY).credential(alice());
        let mut ours = initiate_to(&mut theirs, client, &request).unwrap();
        let facts = theirs.call(&json!({ "do": "facts", "of_client": true })).unwrap();
        assert_eq!(ours.session_key().expose(), from_base64(facts["key"].as_str().unwrap()));
        assert_eq!(facts["account"], "alice");
        check_messages(&mut ours, &mut theirs);
    }
}

fn check_messages(ours: &mut Context, theirs: &mut Theirs) {
    for length in [0, 1, 16, 1000] {
        let message = vec![0x5A; length];
        let opened = theirs.unwrap(&ours.wrap(&message).unwrap()).unwrap();
        assert_eq!(from_base64(opened["data"].as_str().unwrap()), message);
        let (opened, quality) = ours.unwrap_with_quality(&theirs.wrap(&message, true)).unwrap();
        assert_eq!((opened, quality), (message.clone(), Quality::DEFAULT));
        theirs.verify(&message, &ours.sign(&message).unwrap()).unwrap();
        ours.verify(&message, &theirs.sign(&message)).unwrap();
    }
    let refusal = theirs.verify(b"massage", &ours.sign(b"message").unwrap()).unwrap_err();
    // NT_STATUS_ACCESS_DENIED
    assert!(refusal.message.contains(&0xC000_0022_u32.to_string()), "{refusal:?}");
    let error = ours.verify(b"massage", &theirs.sign(b"message")).unwrap_err();
    assert_eq!(error.status(), Status::MESSAGE_ALTERED, "{error}");
}
