//! The realm in a box with MIT's programs: they log on to it, get tickets, renew and list them.

#[path = "support/peer.rs"]
mod peer;

use anysspi::kerberos::{EncryptionType, TicketCache, Tickets};
use anysspi::realm::{Realm, Service, Serving, User};
use anysspi::{CredentialCache, Identity, Keytab, PacPolicy, Status, Step};
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

const PASSWORD: &str = "Passw0rd!";
const WEB: &str = "HTTP/web.example.test";

const TYPES: [EncryptionType; 5] = [
    EncryptionType::AES256_SHA1,
    EncryptionType::AES128_SHA1,
    EncryptionType::AES256_SHA2,
    EncryptionType::AES128_SHA2,
    EncryptionType::RC4,
];

/// A realm that is served, and a folder for the files of a test.
struct Stage {
    realm: Realm,
    serving: Serving,
    config: String,
    folder: PathBuf,
}

impl Stage {
    /// None where MIT's programs are not there.
    fn new(test: &str) -> Option<Self> {
        peer::variable("ANYSSPI_MIT_KRB5_CONFIG")?;
        let folder =
            std::env::temp_dir().join(format!("anysspi-realm-{test}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let realm = Realm::new("EXAMPLE.TEST").unwrap();
        realm.add_user(User::new("alice", PASSWORD)).unwrap();
        realm.add_service(Service::new(WEB).version(3)).unwrap();
        let serving = realm.serve().unwrap();
        let mut stage = Self { realm, serving, config: String::new(), folder };
        stage.config = stage.write("krb5.conf", &stage.serving.krb5_conf());
        Some(stage)
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    /// What a program says, and whether it went well.
    fn try_run(&self, program: &str, arguments: &[&str], line: &str) -> (bool, String) {
        let mut command = Command::new(program);
        command.args(arguments).env("KRB5_CONFIG", &self.config).env("LC_ALL", "C");
        command.env_remove("KRB5CCNAME").env_remove("KRB5_KTNAME");
        command.env("KRB5_TRACE", self.path("trace"));
        peer::outcome(&mut command, line)
    }

    fn run(&self, program: &str, arguments: &[&str], line: &str) -> String {
        let (is_good, said) = self.try_run(program, arguments, line);
        let trace = fs::read_to_string(self.path("trace")).unwrap_or_default();
        assert!(is_good, "{program} {arguments:?}: {said}\n{trace}");
        said
    }

    fn refused(&self, program: &str, arguments: &[&str], line: &str) -> String {
        let (is_good, said) = self.try_run(program, arguments, line);
        assert!(!is_good, "{program} {arguments:?}: {said}");
        said
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn read(cache: &str) -> Tickets {
    Tickets::open(&CredentialCache::named(cache)).unwrap()
}

#[test]
fn kinit_logs_on_with_a_password_and_kvno_gets_a_ticket() {
    let Some(stage) = Stage::new("password") else { return };
    let cache = stage.path("cache");
    stage.run("kinit", &["-c", &cache, "-f", "-r", "2d", "alice"], PASSWORD);
    let said = stage.run("kvno", &["-c", &cache, WEB], "");
    assert!(said.contains("HTTP/web.example.test@EXAMPLE.TEST: kvno = 3"), "{said}");
    let listed = stage.run("klist", &["-fec", &cache], "");
    assert!(listed.contains("Default principal: alice@EXAMPLE.TEST"), "{listed}");
    assert!(listed.contains("krbtgt/EXAMPLE.TEST@EXAMPLE.TEST"), "{listed}");
    assert!(listed.contains("Flags: FRIA"), "{listed}");
    assert!(listed.contains("aes256-cts-hmac-sha1-96, aes256-cts-hmac-sha1-96"), "{listed}");

    let tickets = read(&cache);
    let granting = tickets.tickets().next().unwrap();
    let seconds = |time: Option<anysspi::Time>| time.unwrap().unix_seconds();
    let renewable = seconds(granting.renewable_until) - seconds(granting.authenticated);
    assert_eq!(renewable, 2 * 24 * 3600);
    // With the keytab of the realm kvno reads the ticket.
    let keytab = stage.path("keytab");
    stage.realm.keytab(&[WEB]).unwrap().save(&keytab).unwrap();
    let said = stage.run("kvno", &["-c", &cache, "-k", &keytab, WEB], "");
    assert!(said.contains("keytab entry valid"), "{said}");
}

#[test]
fn kinit_logs_on_with_a_keytab_of_every_type() {
    let Some(stage) = Stage::new("keytab") else { return };
    // MIT takes rc4-hmac where it is told to.
    let allow = "[libdefaults]\n allow_weak_crypto = true\n allow_rc4 = true\n permitted_enctypes = \
                 aes256-cts aes128-cts aes256-sha2 aes128-sha2 arcfour-hmac\n";
    let first = stage.write("types.conf", allow);
    let mut stage = stage;
    stage.config = format!("{first}:{}", stage.config);
    for kind in TYPES {
        let (user, service) = (format!("user{}", kind.0), format!("HTTP/{}.example.test", kind.0));
        stage.realm.add_user(User::new(&user, PASSWORD).encryption_types(&[kind])).unwrap();
        stage.realm.add_service(Service::new(&service).encryption_types(&[kind])).unwrap();
        let (keytab, cache) = (stage.path("keytab"), stage.path("cache"));
        stage.realm.keytab(&[&user, &service]).unwrap().save(&keytab).unwrap();
        stage.run("kinit", &["-c", &cache, "-kt", &keytab, &user], "");
        let said = stage.run("kvno", &["-c", &cache, "-k", &keytab, &service], "");
        assert!(said.contains("keytab entry valid"), "{said}");
        let ticket = read(&cache);
        let ticket = ticket.tickets().last().unwrap();
        assert_eq!(ticket.key.encryption_type(), kind);
        stage.run("kinit", &["-c", &cache, &user], PASSWORD);
    }
}

#[test]
fn who_needs_no_pre_authentication_and_who_was_renamed_log_on() {
    let Some(stage) = Stage::new("salts") else { return };
    let cache = stage.path("cache");
    let open = User::new("open", PASSWORD).without_pre_authentication();
    stage.realm.add_user(open).unwrap();
    stage.realm.add_user(User::new("renamed", PASSWORD).salt("EXAMPLE.TESTformer")).unwrap();
    for name in ["open", "renamed"] {
        stage.run("kinit", &["-c", &cache, name], PASSWORD);
        let listed = stage.run("klist", &["-fc", &cache], "");
        let (_, flags) = listed.split_once("Flags: ").unwrap();
        let flags = flags.lines().next().unwrap();
        // Pre-authenticated, or not.
        assert_eq!(flags.contains('A'), name == "renamed", "{flags}");
    }
}

#[test]
fn kinit_renews_and_kvno_asks_for_a_user() {
    let Some(stage) = Stage::new("renew") else { return };
    let cache = stage.path("cache");
    stage.run("kinit", &["-c", &cache, "-l", "1h", "-r", "1d", "alice"], PASSWORD);
    let before = read(&cache);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    stage.run("kinit", &["-R", "-c", &cache], "");
    let after = read(&cache);
    let [before, after] = [&before, &after].map(|tickets| tickets.tickets().next().unwrap());
    assert!(after.ends > before.ends && after.key != before.key);
    assert_eq!(after.renewable_until, before.renewable_until);
    let said = stage.run("kvno", &["-c", &cache, "--u2u", &cache, "alice@EXAMPLE.TEST"], "");
    assert!(said.contains("alice@EXAMPLE.TEST"), "{said}");
    let without = stage.refused("kvno", &["-c", &cache, "alice@EXAMPLE.TEST"], "");
    assert!(without.contains("valid for user2user only"), "{without}");
    // A ticket that was not to be renewed.
    stage.run("kinit", &["-c", &cache, "-l", "1h", "alice"], PASSWORD);
    stage.refused("kinit", &["-R", "-c", &cache], "");
}

#[test]
fn kinit_says_whether_it_wants_to_be_known_to_windows() {
    let Some(stage) = Stage::new("pac") else { return };
    let cache = stage.path("cache");
    let keytab = stage.realm.keytab(&[WEB]).unwrap().to_bytes().unwrap();
    for (wish, has_pac) in [("--request-pac", true), ("--no-request-pac", false)] {
        stage.run("kinit", &["-c", &cache, wish, "alice"], PASSWORD);
        stage.run("kvno", &["-c", &cache, WEB], "");
        let identity = Identity::CredentialCache(CredentialCache::named(&cache));
        let client = anysspi::initiate("Kerberos").target(WEB).credential(identity);
        let Step::SendToken(token) = client.start().unwrap().next().unwrap() else { panic!() };
        let accept = |policy| {
            let identity = Identity::Keytab(Keytab::bytes(keytab.expose()));
            let server = anysspi::accept("Kerberos").credential(identity).pac_policy(policy);
            let mut server = server.start().unwrap();
            server.step(Some(&token)).map(|_| server.into_context().unwrap())
        };
        let context = accept(PacPolicy::WhenPresent).unwrap();
        assert_eq!(context.peer().unwrap().has_pac, has_pac);
        match accept(PacPolicy::Always) {
            Ok(_) => assert!(has_pac),
            Err(error) => assert_eq!((error.status(), has_pac), (Status::LOGON_DENIED, false)),
        }
    }
}

#[test]
fn tickets_and_keytabs_without_any_exchange_are_theirs_too() {
    let Some(stage) = Stage::new("files") else { return };
    let (cache, keytab) = (stage.path("cache"), stage.path("keytab"));
    let tickets = stage.realm.tickets_for("alice", &[WEB]).unwrap();
    TicketCache::named(&cache).unwrap().replace(&tickets).unwrap();
    stage.realm.keytab(&[WEB]).unwrap().save(&keytab).unwrap();
    let listed = stage.run("klist", &["-c", &cache], "");
    assert!(listed.contains("HTTP/web.example.test@EXAMPLE.TEST"), "{listed}");
    let said = stage.run("kvno", &["-c", &cache, "-k", &keytab, WEB], "");
    assert!(said.contains("keytab entry valid"), "{said}");
    // With the ticket-granting ticket they get others.
    stage.realm.add_service(Service::new("ldap/dc.example.test")).unwrap();
    stage.run("kvno", &["-c", &cache, "ldap/dc.example.test"], "");
    stage.run("kinit", &["-R", "-c", &cache], "");
}

#[test]
fn who_is_not_let_in_hears_why_from_mit_too() {
    let Some(stage) = Stage::new("refused") else { return };
    let cache = stage.path("cache");
    let said = stage.refused("kinit", &["-c", &cache, "alice"], "wrong");
    assert!(said.contains("Password incorrect") || said.contains("reauthentication"), "{said}");
    let said = stage.refused("kinit", &["-c", &cache, "nobody"], PASSWORD);
    assert!(said.contains("not found in Kerberos database"), "{said}");
    stage.run("kinit", &["-c", &cache, "alice"], PASSWORD);
    let said = stage.refused("kvno", &["-c", &cache, "HTTP/nowhere.example.test"], "");
    assert!(said.contains("not found in Kerberos database"), "{said}");
    // New keys make the old tickets worthless for the service, as kvno finds out.
    let keytab = stage.path("keytab");
    stage.run("kvno", &["-c", &cache, WEB], "");
    stage.realm.add_service(Service::new(WEB).version(3)).unwrap();
    stage.realm.keytab(&[WEB]).unwrap().save(&keytab).unwrap();
    stage.refused("kvno", &["-c", &cache, "-k", &keytab, WEB], "");
}

#[test]
fn both_transports_are_used() {
    let Some(stage) = Stage::new("transports") else { return };
    for (limit, expected, groups) in
        [(1, "stream", 0_u32), (1465, "dgram", 0), (1465, "stream", 400)]
    {
        let first =
            stage.write("limit.conf", &format!("[libdefaults]\n udp_preference_limit = {limit}\n"));
        let both = format!("{first}:{}", stage.config);
        let _ = fs::remove_file(stage.path("trace"));
        let groups: Vec<u32> = (2000..2000 + groups).collect();
        stage.realm.add_user(User::new("many", PASSWORD).groups(&groups)).unwrap();
        let cache = stage.path("cache");
        let mut command = Command::new("kinit");
        command.args(["-c", &cache, "many"]).env("KRB5_CONFIG", &both).env("LC_ALL", "C");
        command.env("KRB5_TRACE", stage.path("trace")).stdin(Stdio::piped()).stdout(Stdio::null());
        let mut child = command.spawn().unwrap();
        writeln!(child.stdin.take().unwrap(), "{PASSWORD}").unwrap();
        assert!(child.wait().unwrap().success());
        let trace = fs::read_to_string(stage.path("trace")).unwrap();
        let last = trace.lines().rfind(|line| line.contains("Received answer")).unwrap();
        assert!(last.contains(expected), "{last}");
    }
}
