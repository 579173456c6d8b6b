//! The registry: packages by name, added and removed at run time.

mod support;

use anysspi::testing::fail_with;
use anysspi::{Capabilities, Identity, Registry, Status, Usage, raw};

#[test]
fn the_default_packages_say_what_is_true_of_them() {
    let packages = raw::enumerate_security_packages(Registry::global());
    let names: Vec<&str> = packages.iter().map(|package| &*package.name).collect();
    assert_eq!(names, ["Negotiate", "NTLM", "Kerberos", "CREDSSP", "PKU2U"]);
    let [negotiate, ntlm, kerberos, credssp, pku2u] = &*packages else { panic!() };
    assert_eq!((negotiate.version, negotiate.rpc_id, negotiate.max_token), (1, 9, 53_248));
    let has = Capabilities::INTEGRITY
        | Capabilities::PRIVACY
        | Capabilities::TOKEN_ONLY
        | Capabilities::CONNECTION
        | Capabilities::MULTI_REQUIRED
        | Capabilities::ACCEPT_WIN32_NAME
        | Capabilities::GSS_COMPATIBLE
        | Capabilities::READONLY_WITH_CHECKSUM;
    assert_eq!(negotiate.capabilities, has);
    assert_eq!((ntlm.version, ntlm.rpc_id, ntlm.max_token), (1, 10, 16_384));
    let has = Capabilities::INTEGRITY
        | Capabilities::PRIVACY
        | Capabilities::TOKEN_ONLY
        | Capabilities::DATAGRAM
        | Capabilities::CONNECTION
        | Capabilities::MULTI_REQUIRED
        | Capabilities::ACCEPT_WIN32_NAME
        | Capabilities::NEGOTIABLE
        | Capabilities::READONLY_WITH_CHECKSUM;
    assert_eq!(ntlm.capabilities, has);
    assert_eq!((kerberos.version, kerberos.rpc_id, kerberos.max_token), (1, 16, 49_152));
    let has = Capabilities::INTEGRITY
        | Capabilities::PRIVACY
        | Capabilities::TOKEN_ONLY
        | Capabilities::CONNECTION
        | Capabilities::MULTI_REQUIRED
        | Capabilities::EXTENDED_ERROR
        | Capabilities::ACCEPT_WIN32_NAME
        | Capabilities::NEGOTIABLE
        | Capabilities::GSS_COMPATIBLE
        | Capabilities::MUTUAL_AUTH
        | Capabilities::DELEGATION
        | Capabilities::READONLY_WITH_CHECKSUM;
    assert_eq!(kerberos.capabilities, has);
    assert_eq!((credssp.version, credssp.rpc_id, credssp.max_token), (1, 0xFFFF, 98_304));
    let has = Capabilities::INTEGRITY
        | Capabilities::PRIVACY
        | Capabilities::CONNECTION
        | Capabilities::MULTI_REQUIRED
        | Capabilities::EXTENDED_ERROR
        | Capabilities::ACCEPT_WIN32_NAME
        | Capabilities::STREAM
        | Capabilities::MUTUAL_AUTH
        | Capabilities::DELEGATION;
    assert_eq!(credssp.capabilities, has);
    assert_eq!((pku2u.version, pku2u.rpc_id, pku2u.max_token), (1, 31, 49_152));
    let has = Capabilities::INTEGRITY
        | Capabilities::PRIVACY
        | Capabilities::TOKEN_ONLY
        | Capabilities::CONNECTION
        | Capabilities::MULTI_REQUIRED
        | Capabilities::ACCEPT_WIN32_NAME
        | Capabilities::NEGOTIABLE
        | Capabilities::GSS_COMPATIBLE
        | Capabilities::MUTUAL_AUTH
        | Capabilities::READONLY_WITH_CHECKSUM;
    assert_eq!(pku2u.capabilities, has);
}

#[test]
fn names_are_looked_up_without_regard_to_case() {
    let registry = Registry::with_default_packages();
    for name in ["NTLM", "ntlm", "nTlM"] {
        assert_eq!(raw::query_security_package_info(&registry, name).unwrap().name, "NTLM");
    }
    let error = registry.query("Kerberos5").unwrap_err();
    assert_eq!(error.status(), Status::SECPKG_NOT_FOUND);
    assert!(error.context().contains("Kerberos5") && error.context().contains("NTLM"), "{error}");
    let error = Registry::empty().query("NTLM").unwrap_err();
    assert!(error.context().contains("none"), "{error}");
}

#[test]
fn an_application_registers_its_own() {
    let registry = Registry::with_default_packages();
    registry.add(fail_with(Status::TIME_SKEW)).unwrap();
    assert_eq!(registry.enumerate().len(), 6);
    let error = anysspi::accept("failing").registry(&registry).start().unwrap().step(Some(b"x"));
    assert_eq!(error.unwrap_err().status(), Status::TIME_SKEW);
    let error = registry.add(fail_with(Status::OK)).unwrap_err();
    assert_eq!(error.status(), Status::INVALID_PARAMETER);
    assert!(error.context().contains("registered already"), "{error}");
    registry.remove("FAILING").unwrap();
    assert_eq!(registry.remove("Failing").unwrap_err().status(), Status::SECPKG_NOT_FOUND);
    assert_eq!(Registry::global().enumerate().len(), 5, "the global registry is another one");
}

#[test]
fn a_package_in_use_is_not_removed() {
    let registry = Registry::with_default_packages();
    let credentials = raw::CredentialsRequest::new("NTLM", Usage::OUTBOUND)
        .with_identity(Identity::password("alice", "secret"))
        .acquire(&registry)
        .unwrap();
    let error = registry.remove("NTLM").unwrap_err();
    assert_eq!(error.status(), Status::INVALID_PARAMETER);
    assert!(error.context().contains("in use"), "{error}");
    raw::free_credentials_handle(credentials);
    registry.remove("NTLM").unwrap();
}

#[test]
fn a_registry_is_shared_between_threads() {
    let registry = Registry::with_default_packages();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..100 {
                    assert!(registry.query("NTLM").is_ok());
                    if registry.add(fail_with(Status::OK)).is_ok() {
                        let _ = registry.remove("Failing");
                    }
                }
            });
        }
    });
    assert!(registry.enumerate().len() <= 5);
}
