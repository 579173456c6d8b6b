//! Kerberos with Heimdal, in a realm in a box that its programs and its GSS-API ask for tickets: contexts in
//! both roles, keytabs and credential caches of one in the hands of the other.

#[path = "support/contexts.rs"]
mod contexts;
#[path = "support/peer.rs"]
mod peer;
#[path = "support/served.rs"]
mod served;
mod support;
#[path = "support/trials.rs"]
mod trials;

use anysspi::kerberos::{EncryptionType, Key, KeyTable, Principal, TicketCache};
use anysspi::testing::FixedClock;
use anysspi::{
    ChannelBindings, ContextFlags, CredentialCache, Identity, KdcAccess, Keytab, ProtocolCode,
    Registry, Status, Surroundings,
};
use contexts::{
    PASSWORD, REALM, Refusal, TYPES, Theirs, USER, accept_from, check_dce_messages_from,
    check_dce_messages_to, check_facts, flags_with, initiate_to, service,
};
use peer::Peer;
use serde_json::{Value, json};
use served::{ServedRealm, name_of};
use std::process::Command;
use std::time::Duration;
use support::establish;

const BINDINGS: &[u8] = b"tls-server-end-point:0123456789abcdef";

/// A realm for Heimdal.
struct Heimdal {
    served: ServedRealm,
    programs: String,
    library: String,
    python: String,
}

impl Heimdal {
    fn find(test: &str) -> Option<Self> {
        let programs = peer::variable("ANYSSPI_HEIMDAL")?;
        let library = peer::variable("ANYSSPI_HEIMDAL_LIBRARY")?;
        let python = peer::variable("ANYSSPI_HEIMDAL_PYTHON")?;
        let served = ServedRealm::new(&format!("heimdal-{test}"), "");
        Some(Self { served, programs, library, python })
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("KRB5_CONFIG", self.served.config()).env("LD_LIBRARY_PATH", &self.library);
        command.env_remove("KRB5CCNAME").env_remove("KRB5_KTNAME");
        command
    }

    /// What a program says, and whether it went well.
    fn try_run(&self, program: &str, arguments: &[&str], line: &str) -> (bool, String) {
        let mut command = self.command(&format!("{}/{program}", self.programs));
        peer::outcome(command.args(arguments), line)
    }

    fn run(&self, program: &str, arguments: &[&str], line: &str) -> String {
        let (is_good, said) = self.try_run(program, arguments, line);
        assert!(is_good, "{program} {arguments:?}: {said}");
        said
    }

    fn refused(&self, program: &str, arguments: &[&str], line: &str) -> String {
        let (is_good, said) = self.try_run(program, arguments, line);
        assert!(!is_good, "{program} {arguments:?}: {said}");
        said
    }

    /// A process with one of its contexts at a time.
    fn peer(&self) -> Theirs {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/interop/heimdal/peer.py");
        Theirs::new(Peer::start(self.command(&self.python).arg(script)))
    }
}

#[test]
fn our_initiator_with_their_acceptor_of_every_type() {
    let Some(heimdal) = Heimdal::find("initiator") else { return };
    trials::initiate_of_every_type(&heimdal.served, &mut heimdal.peer());
}

#[test]
fn their_initiator_with_our_acceptor_of_every_type() {
    let Some(heimdal) = Heimdal::find("acceptor") else { return };
    trials::accept_of_every_type(&heimdal.served, &mut heimdal.peer(), |ours, theirs| {
        if ours.flags().contains(ContextFlags::MUTUAL_AUTH) {
            return;
        }
        // Without mutual authentication acceptors begin to count where the client does, its own among
        // them; but its initiator awaits a zero, and learns it from the first message.
        let refusal = theirs.unwrap(&ours.wrap(b"message").unwrap()).unwrap_err();
        assert_eq!(refusal.message, "early", "{refusal:?}");
    });
}

#[test]
fn rc4_is_off_unless_it_is_allowed() {
    let Some(heimdal) = Heimdal::find("rc4") else { return };
    trials::refuse_rc4(&heimdal.served, &mut heimdal.peer());
}

#[test]
fn tickets_are_delegated_both_ways() {
    let Some(heimdal) = Heimdal::find("delegation") else { return };
    trials::delegate(&heimdal.served, &mut heimdal.peer());
}

#[test]
fn channel_bindings_are_compared_both_ways() {
    let Some(heimdal) = Heimdal::find("bindings") else { return };
    let bindings = ChannelBindings::new(BINDINGS);
    trials::bind(&heimdal.served, &mut heimdal.peer(), &bindings, &json!({}));
}

#[test]
fn negotiate_takes_kerberos_with_heimdal() {
    let Some(heimdal) = Heimdal::find("negotiate") else { return };
    trials::negotiate(&heimdal.served, &mut heimdal.peer());
}

#[test]
fn a_request_of_theirs_is_taken_once() {
    let Some(heimdal) = Heimdal::find("replay") else { return };
    // Its own acceptor keeps no memory of requests.
    trials::replay_to_ours(&heimdal.served, &mut heimdal.peer());
}

#[test]
fn messages_out_of_order_are_found_out() {
    let Some(heimdal) = Heimdal::find("order") else { return };
    let order = |answer: Result<Value, Refusal>| answer.err().map(|refusal| refusal.message);
    trials::disorder(&heimdal.served, &mut heimdal.peer(), order);
}

#[test]
fn what_our_acceptor_refuses_is_told() {
    let Some(heimdal) = Heimdal::find("refusals") else { return };
    trials::be_refused(&heimdal.served, &mut heimdal.peer(), |refusal, code| {
        // ERROR_TABLE_BASE_krb5, which the codes of a KRB-ERROR follow.
        let minor = 2_529_638_912 + u32::try_from(code).unwrap();
        assert!(refusal.message.contains(&format!("({minor})")), "{refusal:?}");
    });
}

#[test]
fn dce_style_has_three_legs() {
    let Some(heimdal) = Heimdal::find("dce") else { return };
    let mut theirs = heimdal.peer();
    for target in TYPES.map(service) {
        let client = heimdal.served.client("Kerberos", &target);
        let client = client.require(ContextFlags::DCE_STYLE);
        let mut ours = initiate_to(&mut theirs, client, &heimdal.served.their_server()).unwrap();
        check_facts(&ours, &mut theirs, &target);
        // Of rc4-hmac it opens none of DCE RPC, not its own either: it has their frames count the message.
        let opens = target != service("arcfour-hmac");
        if opens {
            check_dce_messages_to(&mut theirs, &mut ours);
        }
        check_dce_messages_from(&mut theirs, &mut ours);

        let flags = flags_with(&["mutual_authentication", "dce_style"]);
        let request = heimdal.served.their_client(&target, &flags);
        let server = heimdal.served.server("Kerberos");
        let mut ours = accept_from(&mut theirs, server, &request).unwrap();
        check_facts(&ours, &mut theirs, &target);
        if opens {
            check_dce_messages_to(&mut theirs, &mut ours);
        }
        check_dce_messages_from(&mut theirs, &mut ours);
    }
}

#[test]
fn a_clock_that_is_wrong_is_told() {
    let Some(heimdal) = Heimdal::find("clock") else { return };
    let target = service(TYPES[0]);
    let tickets = heimdal.served.realm.tickets_for("alice", &[&target]).unwrap();
    let cache = Identity::CredentialCache(CredentialCache::Bytes(tickets.to_bytes().unwrap()));
    let surroundings = Surroundings::system();
    let ahead = FixedClock::at(surroundings.now().after(Duration::from_secs(600)));
    let registry =
        Registry::with_default_packages().with_surroundings(surroundings.with_clock(ahead));
    let client = heimdal.served.client_with("Kerberos", &target, cache).registry(&registry);
    let mut theirs = heimdal.peer();
    let failure = initiate_to(&mut theirs, client, &heimdal.served.their_server()).unwrap_err();
    let error = failure.ours();
    assert_eq!(error.status(), Status::TIME_SKEW, "{error}");
    assert_eq!(error.code(), Some(ProtocolCode::Kerberos(37)));
}

#[test]
fn caches_go_both_ways() {
    let Some(heimdal) = Heimdal::find("caches") else { return };
    let theirs = name_of(&heimdal.served.path("theirs"));
    let arguments = ["-c", &theirs, "-f", "--password-file=STDIN", "alice"];
    heimdal.run("kinit.heimdal", &arguments, PASSWORD);
    for target in TYPES.map(service) {
        heimdal.run("kgetcred", &["-c", &theirs, &target], "");
    }
    let tickets = TicketCache::named(&theirs).unwrap().read().unwrap();
    assert_eq!(tickets.client().to_string(), USER);
    let of_service = |kind: &str| {
        let name = format!("{}@{REALM}", service(kind));
        tickets.tickets().find(|ticket| ticket.server.to_string() == name).cloned().unwrap()
    };
    for name in TYPES {
        let kind = EncryptionType::from_name(name).unwrap();
        assert_eq!(of_service(name).key.encryption_type(), kind);
        // Nobody has to be asked for what Heimdal got.
        let cache = Identity::CredentialCache(CredentialCache::named(&theirs));
        let client = heimdal.served.client_with("Kerberos", &service(name), cache);
        let client = client.kdc(KdcAccess::Nobody);
        establish(client, heimdal.served.server("Kerberos")).unwrap();
    }

    // Ours, and a ticket that Heimdal gets with it.
    let ours = name_of(&heimdal.served.cache());
    let listed = heimdal.run("heimtools", &["klist", "-v", "-c", &ours], "");
    assert!(listed.contains("Principal: alice@EXAMPLE.TEST"), "{listed}");
    assert!(listed.contains("Server: krbtgt/EXAMPLE.TEST@EXAMPLE.TEST"), "{listed}");
    assert!(
        listed.contains("Ticket flags: pre-authent, initial, renewable, forwardable"),
        "{listed}"
    );
    heimdal.run("kgetcred", &["-c", &ours, &service(TYPES[2])], "");
    heimdal.run("kinit.heimdal", &["-R", "-c", &ours], "");
}

#[test]
fn keytabs_go_both_ways() {
    let Some(heimdal) = Heimdal::find("keytabs") else { return };
    let cache = name_of(&heimdal.served.path("theirs"));
    let alice: Principal = USER.parse().unwrap();
    let listed = {
        let ours = heimdal.served.user_keytab().display().to_string();
        heimdal.run("ktutil.heimdal", &["-k", &ours, "list"], "")
    };
    for name in TYPES {
        let kind = EncryptionType::from_name(name).unwrap();
        let their_name = if kind == EncryptionType::RC4 { "arcfour-hmac-md5" } else { name };
        let is_listed =
            |line: &str| line.split_whitespace().collect::<Vec<_>>() == ["1", their_name, USER];
        assert!(listed.lines().any(is_listed), "{their_name}: {listed}");

        let theirs = heimdal.served.path(&format!("{name}.keytab")).display().to_string();
        let key = ["-p", USER, "-V", "300", "-e", their_name, "-w", PASSWORD];
        heimdal.run("ktutil.heimdal", &[&["-k", &theirs, "add"][..], &key].concat(), "");
        let table = KeyTable::open(&Keytab::file(&theirs)).unwrap();
        let [entry] = table.entries() else { panic!("{table:?}") };
        let expected = Key::from_password(kind, &PASSWORD.into(), &alice).unwrap();
        assert_eq!((&entry.principal, entry.version, &entry.key), (&alice, 300, &expected));

        // Ours with this type alone.
        let ours = heimdal.served.path(&format!("ours-{name}.keytab")).display().to_string();
        let mut table = KeyTable::new();
        table.add_password(&alice, 1, kind, &PASSWORD.into()).unwrap();
        table.save(&ours).unwrap();
        heimdal.run("kinit.heimdal", &["-c", &cache, "-k", "-t", &ours, "alice"], "");
        table = KeyTable::new();
        table.add_password(&alice, 1, kind, &"another".into()).unwrap();
        table.save(&ours).unwrap();
        let said =
            heimdal.refused("kinit.heimdal", &["-c", &cache, "-k", "-t", &ours, "alice"], "");
        assert!(said.contains("Password incorrect"), "{said}");
    }
}

#[test]
fn who_is_not_let_in_hears_why() {
    let Some(heimdal) = Heimdal::find("refused") else { return };
    let cache = name_of(&heimdal.served.path("theirs"));
    let kinit = |name: &str, password: &str| {
        let arguments = ["-c", &cache, "--password-file=STDIN", name];
        heimdal.try_run("kinit.heimdal", &arguments, password)
    };
    let (is_good, said) = kinit("alice", "wrong");
    assert!(!is_good && said.contains("Password incorrect"), "{said}");
    let (is_good, said) = kinit("nobody", PASSWORD);
    assert!(!is_good && said.contains("no such client"), "{said}");
    assert!(kinit("alice", PASSWORD).0);
    let said = heimdal.refused("kgetcred", &["-c", &cache, "HTTP/nowhere.example.test"], "");
    assert!(said.contains("no such service"), "{said}");
}
