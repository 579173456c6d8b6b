//! Keytabs and credential caches as an application has them: identities that name them, files that
//! cannot be read or are damaged, secrets that are not shown, and several at once.

mod support;

use anysspi::binding::{read_cache, read_krb_cred, write_krb_cred};
use anysspi::kerberos::{EncryptionType, KeyTable, MemoryCaches, Principal, TicketCache, Tickets};
use anysspi::{CredentialCache, Keytab, Secret, Status};
use serde::Deserialize;
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use support::{cases, hex, unhex};

static COUNT: AtomicU32 = AtomicU32::new(0);

struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("anysspi-kerberos-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn alice() -> Principal {
    "alice@EXAMPLE.COM".parse().unwrap()
}

/// Always the same, with the time at which it was made.
static TABLE: LazyLock<KeyTable> = LazyLock::new(|| {
    let mut table = KeyTable::new();
    let password = Secret::from("secret");
    table.add_password(&alice(), 1, EncryptionType::AES128_SHA1, &password).unwrap();
    table
});

fn table() -> KeyTable {
    TABLE.clone()
}

#[test]
fn identities_lead_to_what_they_name() {
    let bytes = table().to_bytes().unwrap();
    assert_eq!(KeyTable::open(&Keytab::bytes(bytes.expose())).unwrap(), table());
    let bytes = Tickets::new(alice()).to_bytes().unwrap();
    let tickets = Tickets::open(&CredentialCache::bytes(bytes.expose())).unwrap();
    assert_eq!(tickets.client(), &alice());
    let error = Tickets::open(&CredentialCache::named("MEMORY:x")).unwrap_err();
    assert_eq!(error.status(), Status::NO_CREDENTIALS);
    let error = Tickets::open(&CredentialCache::named("KCM:0")).unwrap_err();
    assert_eq!(error.status(), Status::UNSUPPORTED_FUNCTION);
}

#[test]
fn a_damaged_file_is_named_with_the_place() {
    let folder = Folder::new();
    let path = folder.0.join("it");
    let bytes = table().to_bytes().unwrap();
    let bytes = bytes.expose();
    fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
    let error = KeyTable::open(&Keytab::file(&path)).unwrap_err();
    assert_eq!(error.status(), Status::INVALID_PARAMETER);
    let place = format!("{} is damaged", path.display());
    assert!(error.context().contains(&place) && error.context().contains("at byte 6"), "{error}");
    // The one that is there stays as it is.
    assert_eq!(KeyTable::change(&path, |_| Ok(())).unwrap_err().status(), error.status());
    assert_eq!(fs::read(&path).unwrap().len(), bytes.len() - 1);

    let cache = TicketCache::named(&path.display().to_string()).unwrap();
    let error = cache.read().unwrap_err();
    assert!(error.context().contains(&place), "{error}");
    fs::write(&path, b"\x05\x09").unwrap();
    let entry = a_ticket();
    assert!(cache.store(&entry).unwrap_err().context().contains("at byte 0"));
    fs::write(&path, b"").unwrap();
    assert!(cache.store(&entry).is_err());
    // Bytes have no path.
    let error = KeyTable::from_bytes(&[5]).unwrap_err();
    assert!(error.context().starts_with("the keytab is damaged"), "{error}");
}

#[test]
fn a_failed_change_changes_nothing() {
    let folder = Folder::new();
    let path = folder.0.join("keytab");
    table().save(&path).unwrap();
    let failed = KeyTable::change(&path, |table| {
        table.remove(&alice(), None);
        Err(Status::LOGON_DENIED.into())
    });
    assert_eq!(failed.unwrap_err().status(), Status::LOGON_DENIED);
    assert_eq!(KeyTable::open(&Keytab::file(&path)).unwrap(), table());
}

#[test]
fn a_file_that_cannot_be_had_is_named() {
    let folder = Folder::new();
    fs::write(folder.0.join("file"), "x").unwrap();
    for name in ["nothing", "file/below", "."] {
        let path = folder.0.join(name);
        let error = KeyTable::open(&Keytab::file(&path)).unwrap_err();
        assert_eq!(error.status(), Status::NO_CREDENTIALS, "{name}");
        assert!(error.context().contains(&path.display().to_string()), "{error}");
        let cache = TicketCache::named(&path.display().to_string()).unwrap();
        assert_eq!(cache.read().unwrap_err().status(), Status::NO_CREDENTIALS, "{name}");
        assert!(cache.store(&a_ticket()).is_err() && cache.destroy().is_err(), "{name}");
    }
    let error = table().save(folder.0.join("no/keytab")).unwrap_err();
    assert_eq!(error.status(), Status::INTERNAL_ERROR);
    assert!(error.context().contains("no/keytab"), "{error}");
}

#[test]
#[cfg(unix)]
fn only_the_owner_may_read_what_is_written() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let folder = Folder::new();
    let path = folder.0.join("it");
    fs::write(&path, table().to_bytes().unwrap().expose()).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    table().save(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    // Whoever is root may all the same.
    if let Err(cause) = fs::read(&path) {
        let error = KeyTable::open(&Keytab::file(&path)).unwrap_err();
        assert!(error.context().contains(&cause.to_string()), "{error}");
        assert!(KeyTable::change(&path, |_| Ok(())).is_err());
    }
}

fn a_ticket() -> anysspi::kerberos::Ticket {
    anysspi::kerberos::Ticket {
        client: alice(),
        server: "HTTP/web@EXAMPLE.COM".parse().unwrap(),
        key: table().entries()[0].key.clone(),
        authenticated: None,
        starts: None,
        ends: None,
        renewable_until: None,
        is_for_session_key: false,
        flags: 0,
        addresses: vec![],
        authorization_data: vec![],
        ticket: b"a ticket".to_vec(),
        second_ticket: vec![],
    }
}

#[test]
fn secrets_are_not_shown() {
    let mut tickets = Tickets::new(alice());
    tickets.add(a_ticket());
    let key = format!("{:?}", table().entries()[0].key.bytes().expose());
    let key = key.trim_matches(['[', ']']);
    let cache = MemoryCaches::new().named("MEMORY:x").unwrap();
    cache.replace(&tickets).unwrap();
    for shown in [format!("{tickets:?}"), format!("{:?}", table()), format!("{cache:?}")] {
        assert!(!shown.contains(key) && !shown.contains("secret"), "{shown}");
    }
}

#[test]
fn several_at_once_lose_nothing() {
    let folder = Folder::new();
    let (keytab, cache) = (folder.0.join("keytab"), folder.0.join("cache"));
    let name = cache.display().to_string();
    TicketCache::named(&name).unwrap().replace(&Tickets::new(alice())).unwrap();
    table().save(&keytab).unwrap();
    std::thread::scope(|scope| {
        for number in 0..8_u32 {
            let (keytab, name) = (&keytab, &name);
            scope.spawn(move || {
                KeyTable::change(keytab, |table| {
                    let mut entry = table.entries()[0].clone();
                    entry.version = number + 100;
                    table.add(entry);
                    Ok(())
                })
                .unwrap();
                let cache = TicketCache::named(name).unwrap();
                for _ in 0..10 {
                    cache.store(&a_ticket()).unwrap();
                    cache.read().unwrap();
                }
            });
        }
    });
    let table = KeyTable::open(&Keytab::file(&keytab)).unwrap();
    let tickets = Tickets::open(&CredentialCache::named(&name)).unwrap();
    // Where locks are those of the process, threads do not exclude each other.
    if cfg!(any(target_os = "linux", target_os = "android")) {
        assert_eq!(table.entries().len(), 9);
        assert_eq!(tickets.tickets().count(), 80);
    }
}

#[test]
fn a_cache_in_memory_is_there_once_it_is_filled() {
    let caches = MemoryCaches::new();
    let cache = caches.named("MEMORY:x").unwrap();
    assert_eq!(cache.store(&a_ticket()).unwrap_err().status(), Status::NO_CREDENTIALS);
    assert!(cache.read().is_err() && cache.destroy().is_err());
    cache.replace(&Tickets::new(alice())).unwrap();
    cache.store(&a_ticket()).unwrap();
    let again = caches.named("MEMORY:x").unwrap();
    assert_eq!(again.read().unwrap().tickets().count(), 1);
    again.destroy().unwrap();
    assert!(cache.read().unwrap_err().context().contains("MEMORY:x"));
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KrbCredCase {
    name: String,
    krb_cred: String,
    key: Option<KeyOfCase>,
    client: Option<String>,
    plain: Option<String>,
    status: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyOfCase {
    encryption_type: String,
    bytes: String,
}

#[test]
fn the_shared_cases_of_krb_cred_pass() {
    for case in cases::read::<KrbCredCase>("krb_cred.json").cases {
        let name = case.name;
        let key = case.key.map(|key| (key.encryption_type, unhex(&key.bytes)));
        let key = key.as_ref().map(|(name, bytes)| (&**name, &**bytes));
        match read_krb_cred(&unhex(&case.krb_cred), key) {
            Ok(cache) => {
                let (client, _) = read_cache(&cache).unwrap();
                assert_eq!((Some(client), None), (case.client, case.status), "{name}");
                let plain = hex(write_krb_cred(&cache).unwrap().expose());
                assert_eq!(Some(plain), case.plain, "{name}");
            }
            Err(error) => {
                assert_eq!(Some(error.status().to_string()), case.status, "{name}: {error}")
            }
        }
    }
}
