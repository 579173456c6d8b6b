//! `cargo xtask demo`: the main job on an embedded default.

mod login;

use crate::problem::Problem;
use anysspi::Registry;
use login::{Authority, PASSWORD, log_in};

pub(crate) const HELP: &str = "\
Usage: cargo xtask demo

Lists the packages; then a client and a server authenticate over a loopback TCP socket against
accounts in memory and exchange sealed messages, and every leg is printed: what the token is, how
long it is, and its flags. With CREDSSP the server also gets the user's password; with Kerberos a
realm in a box issues the tickets. Needs nothing installed, and opens no socket but on 127.0.0.1.
";

pub(crate) fn run(_arguments: &[String]) -> Result<(), Problem> {
    list_packages();
    show().map_err(|error| Problem::from(error.to_string()))
}

fn show() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let realm = Authority::realm()?;
    for (package, authority, place) in [
        ("NTLM", &Authority::Accounts, ""),
        ("Negotiate", &Authority::Accounts, ""),
        ("CREDSSP", &Authority::Accounts, ""),
        ("Kerberos", &realm, " in a realm in a box"),
        ("Negotiate", &realm, " in a realm in a box"),
    ] {
        println!("\nA login with {package}{place} over TCP, and sealed messages");
        log_in(package, authority, PASSWORD)?;
        println!("\nThe same with a wrong password");
        log_in(package, authority, "wrong")?;
    }
    Ok(())
}

fn list_packages() {
    println!("Packages");
    for package in Registry::global().enumerate() {
        println!("  {:10} {}", package.name, package.comment);
        let capabilities: Vec<&str> =
            package.capabilities.iter_names().map(|(name, _)| name).collect();
        println!("  {:10} {}", "", capabilities.join(", "));
    }
}
