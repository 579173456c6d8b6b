//! The files of Kerberos with MIT's programs: keytabs and credential caches that one side wrote are
//! read and used by the other.

#[path = "support/peer.rs"]
mod peer;

use anysspi::kerberos::{
    CacheDirectory, EncryptionType, Key, KeyTable, Principal, TicketCache, Tickets,
};
use anysspi::{CredentialCache, Keytab, Secret};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

const REALM: &str = "EXAMPLE.TEST";
const PASSWORD: &str = "Passw0rd!";
const SERVICE: &str = "HTTP/server.example.test@EXAMPLE.TEST";

const TYPES: [EncryptionType; 5] = [
    EncryptionType::AES256_SHA1,
    EncryptionType::AES128_SHA1,
    EncryptionType::AES256_SHA2,
    EncryptionType::AES128_SHA2,
    EncryptionType::RC4,
];

/// MIT's programs with the configuration of the realm, and a folder for the files of a test.
struct Mit {
    config: String,
    keytab: String,
    folder: PathBuf,
}

impl Mit {
    fn find(test: &str) -> Option<Self> {
        let config = peer::variable("ANYSSPI_MIT_KRB5_CONFIG")?;
        let keytab = peer::variable("ANYSSPI_MIT_KEYTAB")?;
        let folder =
            std::env::temp_dir().join(format!("anysspi-mit-{test}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Some(Self { config, keytab, folder })
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).env("KRB5_CONFIG", &self.config).env("LC_ALL", "C");
        command.env_remove("KRB5CCNAME").env_remove("KRB5_KTNAME");
        command
    }

    /// What a program says, which is given lines, one after the other: each that reads them has a
    /// buffer of its own.
    fn told(&self, command: &mut Command, lines: &[&str]) -> String {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        for (at, line) in lines.iter().enumerate() {
            if at > 0 {
                std::thread::sleep(Duration::from_millis(300));
            }
            writeln!(input, "{line}").unwrap();
        }
        drop(input);
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success(), "{command:?}: {said}");
        said
    }

    fn run(&self, program: &str, arguments: &[&str]) -> String {
        self.told(&mut self.command(program, arguments), &[])
    }

    fn kinit(&self, cache: &str) {
        self.told(&mut self.command("kinit", &["-c", cache, "alice"]), &[PASSWORD]);
    }
}

impl Drop for Mit {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn principal(text: &str) -> Principal {
    text.parse().unwrap()
}

#[test]
fn a_keytab_of_kadmin_has_the_keys_of_the_passwords() {
    let Some(mit) = Mit::find("kadmin") else { return };
    let table = KeyTable::open(&Keytab::file(&mit.keytab)).unwrap();
    let listed = mit.run("klist", &["-kte", &mit.keytab]);
    assert_eq!(table.entries().len(), listed.matches("@EXAMPLE.TEST (").count(), "{listed}");
    // As klist shows them, escapes among them, and nobody who was deleted.
    for entry in table.entries() {
        assert!(listed.contains(&format!("{} {} (", "", entry.principal)), "{listed}");
        assert!(entry.written.is_some());
    }
    assert!(!listed.contains("deleted"));

    let odd = r"odd\/na\@me/in\\stance@EXAMPLE.TEST";
    assert_eq!(principal(odd).parts(), ["odd/na@me", r"in\stance"]);
    for (name, version, password, salt) in [
        ("alice@EXAMPLE.TEST", 1, PASSWORD, None),
        ("bob@EXAMPLE.TEST", 1, "first", None),
        ("bob@EXAMPLE.TEST", 2, "second", None),
        (SERVICE, 300, PASSWORD, None),
        (odd, 1, PASSWORD, None),
        // Who was renamed keeps the salt.
        ("newname@EXAMPLE.TEST", 1, PASSWORD, Some("EXAMPLE.TESToldname")),
    ] {
        let name = principal(name);
        let salt = salt.map_or_else(|| name.default_salt(), str::to_owned);
        for encryption_type in TYPES {
            let found = table.find(&name, Some(version), Some(encryption_type)).unwrap();
            let password = Secret::from(password);
            let salt = salt.as_bytes();
            let key = Key::from_salted_password(encryption_type, &password, salt, None).unwrap();
            assert_eq!(found.key, key, "{name} {version} {encryption_type}");
            assert_eq!(found.principal.name_type(), name.name_type());
        }
    }
    let newest = table.find(&principal("bob@EXAMPLE.TEST"), None, None).unwrap();
    assert_eq!(newest.version, 2);
}

#[test]
fn a_keytab_of_ktutil_is_read() {
    let Some(mit) = Mit::find("ktutil") else { return };
    let path = mit.path("keytab");
    let lines = [
        "addent -password -p alice@EXAMPLE.TEST -k 70000 -e aes256-cts-hmac-sha384-192",
        PASSWORD,
        &format!("write_kt {path}"),
        "quit",
    ];
    // On a busy machine it may take the password for a command of its own.
    for _ in 0..5 {
        mit.told(&mut mit.command("ktutil", &[]), &lines);
        if KeyTable::open(&Keytab::file(&path)).is_ok() {
            break;
        }
    }
    let table = KeyTable::open(&Keytab::file(&path)).unwrap();
    let alice = principal("alice@EXAMPLE.TEST");
    let password = Secret::from(PASSWORD);
    let key = Key::from_password(EncryptionType::AES256_SHA2, &password, &alice).unwrap();
    let [entry] = table.entries() else { panic!("{table:?}") };
    assert_eq!((&entry.principal, entry.version, &entry.key), (&alice, 70_000, &key));
}

#[test]
fn klist_lists_our_keytab_and_kinit_logs_in_with_it() {
    let Some(mit) = Mit::find("keytab") else { return };
    let alice = principal("alice@EXAMPLE.TEST");
    for encryption_type in TYPES {
        let (path, cache) = (mit.path("keytab"), mit.path("cache"));
        let _ = fs::remove_file(&path);
        KeyTable::change(&path, |table| {
            table.add_password(&alice, 1, encryption_type, &Secret::from(PASSWORD))?;
            let odd = principal(r"odd\/na\@me/in\\stance@EXAMPLE.TEST");
            table.add_password(&odd, 300, encryption_type, &Secret::from(PASSWORD))
        })
        .unwrap();
        let listed = mit.run("klist", &["-kteK", &path]);
        let name = match encryption_type {
            EncryptionType::RC4 => "DEPRECATED:arcfour-hmac",
            other => other.name().unwrap(),
        };
        assert!(listed.contains(&format!("alice@EXAMPLE.TEST ({name})")), "{listed}");
        assert!(listed.contains(r"300 "), "{listed}");
        assert!(listed.contains(r"odd\/na\@me/in\\stance@EXAMPLE.TEST ("), "{listed}");
        mit.run("kinit", &["-c", &cache, "-kt", &path, "alice"]);
        let tickets = Tickets::open(&CredentialCache::named(&cache)).unwrap();
        assert_eq!(tickets.client(), &alice);
        // MIT's ktutil takes it for its own.
        let lines = format!("read_kt {path}\ndelete_entry 1\nwrite_kt {path}2");
        mit.told(&mut mit.command("ktutil", &[]), &[&lines]);
        assert_eq!(KeyTable::open(&Keytab::file(format!("{path}2"))).unwrap().entries().len(), 1);
        let _ = fs::remove_file(format!("{path}2"));
    }
    let wrong = mit.path("wrong");
    let mut table = KeyTable::new();
    table.add_password(&alice, 1, EncryptionType::AES256_SHA1, &Secret::from("other")).unwrap();
    table.save(&wrong).unwrap();
    let cache = mit.path("nothing");
    let output = mit.command("kinit", &["-c", &cache, "-kt", &wrong, "alice"]).output().unwrap();
    assert!(!output.status.success());
}

/// The name of the service of each ticket, as `klist` shows them.
fn services(listed: &str) -> Vec<String> {
    let lines = listed.lines().filter(|line| line.contains('@') && line.contains("  "));
    let lines = lines.filter(|line| line.starts_with(|first: char| first.is_ascii_digit()));
    lines.map(|line| line.split_whitespace().last().unwrap().to_owned()).collect()
}

fn check_tickets(tickets: &Tickets) {
    assert_eq!(tickets.client().to_string(), "alice@EXAMPLE.TEST");
    let [first, ..] = &tickets.tickets().collect::<Vec<_>>()[..] else { panic!("no ticket") };
    assert_eq!(first.server.to_string(), "krbtgt/EXAMPLE.TEST@EXAMPLE.TEST");
    assert_eq!(first.client, *tickets.client());
    assert_eq!(first.key.encryption_type(), EncryptionType::AES256_SHA1);
    let (from, to) = (first.authenticated.unwrap(), first.ends.unwrap());
    assert_eq!(to.unix_seconds() - first.starts.unwrap_or(from).unix_seconds(), 10 * 3600);
    // APPLICATION 1, and INITIAL among the flags (RFC 4120 5.3).
    assert_eq!(first.ticket[0], 0x61);
    assert_ne!(first.flags & 0x0040_0000, 0);
    assert!(!format!("{tickets:?}").contains(&format!("{:?}", first.key.bytes().expose())));
}

#[test]
fn caches_of_every_version_go_both_ways() {
    let Some(mut mit) = Mit::find("versions") else { return };
    let config = mit.config.clone();
    for version in 1..=4_u8 {
        let extra = mit.path("krb5.conf");
        fs::write(&extra, format!("[libdefaults]\n ccache_type = {version}\n")).unwrap();
        mit.config = format!("{extra}:{config}");
        let theirs = mit.path("theirs");
        mit.kinit(&theirs);
        mit.run("kvno", &["-c", &theirs, SERVICE]);
        assert_eq!(fs::read(&theirs).unwrap()[..2], [5, version]);
        let cache = TicketCache::named(&theirs).unwrap();
        let tickets = cache.read().unwrap();
        check_tickets(&tickets);
        assert_eq!(tickets.tickets().count(), 2);
        let about = Some("krbtgt/EXAMPLE.TEST@EXAMPLE.TEST");
        assert_eq!(tickets.setting("pa_type", about), Some(&b"2"[..]), "{tickets:?}");

        // The same tickets, written by us: klist lists them and kvno gets others with them.
        let ours = mit.path("ours");
        let written = TicketCache::named(&format!("FILE:{ours}")).unwrap();
        written.replace(&tickets).unwrap();
        assert_eq!(fs::read(&ours).unwrap()[..2], [5, 4]);
        assert_eq!(written.read().unwrap(), tickets);
        let [theirs_listed, ours_listed] =
            [&theirs, &ours].map(|path| mit.run("klist", &["-cefC", path]));
        let body = |listed: &str| listed.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(body(&theirs_listed), body(&ours_listed));
        assert_eq!(services(&ours_listed), ["krbtgt/EXAMPLE.TEST@EXAMPLE.TEST", SERVICE]);
        let said = mit.run("kvno", &["-c", &ours, SERVICE, "bob@EXAMPLE.TEST"]);
        assert!(said.contains("kvno = 300") && said.contains("kvno = 2"), "{said}");
        mit.run("kvno", &["-c", &ours, "--u2u", &ours, "alice@EXAMPLE.TEST"]);

        // A ticket that kvno got with it, added by us to their file in its version.
        let got = written.read().unwrap();
        let added = got.tickets().find(|ticket| ticket.is_for_session_key).unwrap();
        assert!(!added.second_ticket.is_empty());
        cache.store(added).unwrap();
        assert_eq!(fs::read(&theirs).unwrap()[..2], [5, version]);
        assert_eq!(services(&mit.run("klist", &["-c", &theirs])).len(), 3);
        assert_eq!(cache.read().unwrap().tickets().last(), Some(added));
        cache.destroy().unwrap();
    }
}

#[test]
fn directories_of_caches_go_both_ways() {
    let Some(mit) = Mit::find("directories") else { return };
    let path = mit.folder.join("caches");
    fs::create_dir(&path).unwrap();
    let name = format!("DIR:{}", path.display());
    mit.kinit(&name);
    let primary = TicketCache::named(&name).unwrap();
    let tickets = primary.read().unwrap();
    check_tickets(&tickets);

    let directory = CacheDirectory::at(&path);
    let ours = directory.new_cache().unwrap();
    ours.replace(&tickets).unwrap();
    directory.set_primary(&ours).unwrap();
    let listed = mit.run("klist", &["-l", "-c", &name]);
    let file_name = Path::new(&ours.name().to_string()[5..]).display().to_string();
    assert_eq!(listed.matches("alice@EXAMPLE.TEST").count(), 2, "{listed}");
    assert!(mit.run("klist", &["-c", &name]).contains(&file_name));
    mit.run("kvno", &["-c", &name, SERVICE]);
    assert_eq!(directory.primary().unwrap().read().unwrap().tickets().count(), 2);
    assert_eq!(directory.caches().unwrap().len(), 2);

    // A directory that we made.
    let made = mit.folder.join("made");
    let name = format!("DIR:{}", made.display());
    TicketCache::named(&name).unwrap().replace(&tickets).unwrap();
    assert_eq!(services(&mit.run("klist", &["-c", &name])).len(), 1);
}

#[test]
fn the_offset_of_the_clock_is_kept() {
    let Some(mit) = Mit::find("offset") else { return };
    let path = mit.path("cache");
    mit.kinit(&path);
    let cache = TicketCache::named(&path).unwrap();
    let mut tickets = cache.read().unwrap();
    assert!(tickets.time_offset().is_some(), "kinit notes it");
    tickets.set_time_offset(None);
    let settings = |tickets: &Tickets| tickets.setting("note", None).map(<[u8]>::to_vec);
    tickets.set_setting("note", None, Some(b"of-ours")).unwrap();
    cache.replace(&tickets).unwrap();
    let listed = mit.run("klist", &["-C", "-c", &path]);
    assert!(listed.contains("config: note = of-ours"), "{listed}");
    assert_eq!(settings(&cache.read().unwrap()).as_deref(), Some(&b"of-ours"[..]));
    assert_eq!(cache.read().unwrap().time_offset(), None);
}

#[test]
#[cfg(target_os = "linux")]
fn a_program_of_mit_waits_for_our_lock() {
    let Some(mit) = Mit::find("locks") else { return };
    let path = mit.path("keytab");
    let alice = principal("alice@EXAMPLE.TEST");
    let password = Secret::from(PASSWORD);
    let add = |table: &mut KeyTable, version| {
        table.add_password(&alice, version, EncryptionType::AES256_SHA1, &password)
    };
    KeyTable::change(&path, |table| add(table, 1)).unwrap();
    let mut waiting = None;
    KeyTable::change(&path, |table| {
        let mut klist = mit.command("klist", &["-k", &path]);
        let mut child = klist.stdout(Stdio::piped()).spawn().unwrap();
        std::thread::sleep(Duration::from_secs(1));
        assert!(child.try_wait().unwrap().is_none(), "klist did not wait");
        waiting = Some(child);
        add(table, 2)
    })
    .unwrap();
    let output = waiting.unwrap().wait_with_output().unwrap();
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).contains(REALM));
    assert!(mit.run("klist", &["-k", &path]).contains("   2 alice"));
}

/// Takes libkrb5's lock on a file, says so, and gives it up when a line comes.
const LOCKER: &str = r#"
import ctypes, sys
krb5 = ctypes.CDLL("libkrb5.so.3")
context = ctypes.c_void_p()
assert krb5.krb5_init_context(ctypes.byref(context)) == 0
file = open(sys.argv[1], "r+b")
mode = {"shared": 1, "exclusive": 2}[sys.argv[2]]
assert krb5.krb5_lock_file(context, file.fileno(), mode) == 0
print("locked", flush=True)
sys.stdin.readline()
assert krb5.krb5_unlock_file(context, file.fileno()) == 0
"#;

/// A process of MIT's library that has a file locked.
#[cfg(target_os = "linux")]
struct Locker(std::process::Child);

#[cfg(target_os = "linux")]
impl Locker {
    fn start(mit: &Mit, path: &str, mode: &str) -> Self {
        let python = peer::variable("ANYSSPI_MIT_PYTHON").expect("MIT's Python");
        let mut command = mit.command(&python, &["-c", LOCKER, path, mode]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut said = [0; 7];
        std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut said).unwrap();
        assert_eq!(&said, b"locked\n");
        Self(child)
    }

    fn release(mut self) {
        drop(self.0.stdin.take());
        assert!(self.0.wait().unwrap().success());
    }
}

#[test]
#[cfg(target_os = "linux")]
#[expect(clippy::disallowed_methods, reason = "how long a lock is waited for")]
fn mits_lock_is_waited_for_and_not_for_ever() {
    let Some(mit) = Mit::find("waiting") else { return };
    let path = mit.path("cache");
    mit.kinit(&path);
    let cache = TicketCache::named(&path).unwrap();
    let tickets = cache.read().unwrap();
    let ticket = tickets.tickets().next().unwrap();

    // Whoever only reads lets others read.
    let reading = Locker::start(&mit, &path, "shared");
    assert_eq!(cache.read().unwrap(), tickets);
    reading.release();

    let writing = Locker::start(&mit, &path, "exclusive");
    let start = std::time::Instant::now();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| cache.store(ticket));
        std::thread::sleep(Duration::from_secs(1));
        assert!(!waiting.is_finished(), "the lock was passed over");
        writing.release();
        waiting.join().unwrap().unwrap();
    });
    assert!(start.elapsed() >= Duration::from_secs(1));

    let writing = Locker::start(&mit, &path, "exclusive");
    let start = std::time::Instant::now();
    let error = cache.read().unwrap_err();
    assert!((9..15).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
    assert!(error.context().contains(&format!("{path} is locked")), "{error}");
    writing.release();
    assert_eq!(cache.read().unwrap().client(), tickets.client());
}
