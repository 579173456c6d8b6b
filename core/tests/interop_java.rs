//! Kerberos with Java's GSS-API, in both roles, in a realm in a box that Java asks for tickets itself.

#[path = "support/contexts.rs"]
mod contexts;
#[path = "support/peer.rs"]
mod peer;
#[path = "support/served.rs"]
mod served;
#[path = "support/trials.rs"]
mod trials;

use anysspi::ChannelBindings;
use anysspi::realm::User;
use contexts::{
    PASSWORD, REALM, Refusal, TYPES, Theirs, accept_from, check_facts, flags_with, service,
};
use peer::Peer;
use serde_json::{Value, json};
use served::ServedRealm;
use std::process::Command;

const BINDINGS: &[u8] = b"tls-server-end-point:0123456789abcdef";

/// A realm for Java.
struct Java {
    served: ServedRealm,
    program: String,
    classes: String,
}

impl Java {
    fn find(test: &str) -> Option<Self> {
        let program = peer::variable("ANYSSPI_JAVA")?;
        let classes = peer::variable("ANYSSPI_JAVA_PEER")?;
        let served = ServedRealm::new(&format!("java-{test}"), "  allow_weak_crypto = true\n");
        Some(Self { served, program, classes })
    }

    /// A process with one of Java's contexts at a time. `settings` are system properties.
    fn peer(&self, settings: &[&str]) -> Theirs {
        let mut command = Command::new(&self.program);
        let config = self.served.config();
        // The better compiler takes more time than it saves here.
        command.arg("-XX:TieredStopAtLevel=1");
        command.arg(format!("-Djava.security.krb5.conf={}", config.display()));
        command.args(settings.iter().map(|setting| format!("-D{setting}")));
        command.arg("--add-exports=java.security.jgss/sun.security.jgss.krb5.internal=ALL-UNNAMED");
        command.args(["-classpath", &self.classes, "Peer"]);
        command.env_remove("KRB5CCNAME").env_remove("KRB5_KTNAME");
        Theirs::new(Peer::start(&mut command))
    }
}

/// Java's acceptor has a subkey of its own.
const WITH_SUBKEY: &str = "sun.security.krb5.acceptor.subkey=true";

/// Java ties the choice of a mechanism to the context, as RFC 4178 wants it.
const WITH_LIST_MIC: &str = "sun.security.spnego.msinterop=false";

#[test]
fn our_initiator_with_their_acceptor_of_every_type() {
    let Some(java) = Java::find("initiator") else { return };
    trials::initiate_of_every_type(&java.served, &mut java.peer(&[]));
    trials::initiate_of_every_type(&java.served, &mut java.peer(&[WITH_SUBKEY]));
}

#[test]
fn their_initiator_with_our_acceptor_of_every_type() {
    let Some(java) = Java::find("acceptor") else { return };
    trials::accept_of_every_type(&java.served, &mut java.peer(&[]), |_, _| {});
}

#[test]
fn rc4_is_off_unless_it_is_allowed() {
    let Some(java) = Java::find("rc4") else { return };
    trials::refuse_rc4(&java.served, &mut java.peer(&[]));
}

#[test]
fn tickets_are_delegated_both_ways() {
    let Some(java) = Java::find("delegation") else { return };
    trials::delegate(&java.served, &mut java.peer(&[]));
}

#[test]
fn channel_bindings_are_compared_both_ways() {
    let Some(java) = Java::find("bindings") else { return };
    let mut theirs = java.peer(&[]);
    let bindings = ChannelBindings::new(BINDINGS);
    trials::bind(&java.served, &mut theirs, &bindings, &json!({ "tls": true }));
    // Where it is not told that it is TLS, Java says that there are addresses, of no type (RFC 2744 3.11).
    let nothing: &[u8] = &[];
    let bindings = bindings.with_addresses((255, nothing), (255, nothing));
    trials::bind(&java.served, &mut theirs, &bindings, &json!({ "tls": false }));
}

#[test]
fn negotiate_takes_kerberos_with_java() {
    let Some(java) = Java::find("negotiate") else { return };
    trials::negotiate(&java.served, &mut java.peer(&[]));
    trials::negotiate(&java.served, &mut java.peer(&[WITH_LIST_MIC]));
}

#[test]
fn requests_are_taken_once() {
    let Some(java) = Java::find("replay") else { return };
    let mut theirs = java.peer(&[]);
    trials::replay_to_theirs(&java.served, &mut theirs);
    trials::replay_to_ours(&java.served, &mut theirs);
}

#[test]
fn messages_out_of_order_are_found_out() {
    let Some(java) = Java::find("order") else { return };
    let order =
        |answer: Result<Value, Refusal>| answer.unwrap()["order"].as_str().map(str::to_owned);
    trials::disorder(&java.served, &mut java.peer(&[]), order);
}

#[test]
fn what_our_acceptor_refuses_is_told() {
    let Some(java) = Java::find("refusals") else { return };
    trials::be_refused(&java.served, &mut java.peer(&[]), |refusal, _| {
        // It knows of no KRB-ERROR in a context, but that it is no AP-REP.
        assert!(refusal.message.contains("AP_REP token id does not match"), "{refusal:?}");
    });
}

#[test]
fn java_logs_on_to_the_realm_over_both_transports() {
    let Some(java) = Java::find("logon") else { return };
    let target = service(TYPES[0]);
    let mut theirs = java.peer(&[]);
    let mut request = json!({
        "do": "client",
        "user": "alice",
        "target": format!("{target}@{REALM}"),
        "flags": flags_with(&["mutual_authentication"]),
    });
    let keytab = java.served.user_keytab();
    for (name, proof) in [("password", PASSWORD.into()), ("keytab", json!(keytab))] {
        let mut request = request.clone();
        request[name] = proof;
        let ours = accept_from(&mut theirs, java.served.server("Kerberos"), &request).unwrap();
        check_facts(&ours, &mut theirs, &target);
    }
    // A reply that is too long for UDP is asked for again over TCP.
    let groups: Vec<u32> = (2000..2400).collect();
    java.served.realm.add_user(User::new("many", PASSWORD).groups(&groups)).unwrap();
    request["user"] = "many".into();
    request["password"] = PASSWORD.into();
    let ours = accept_from(&mut theirs, java.served.server("Kerberos"), &request).unwrap();
    assert_eq!(ours.peer().unwrap().groups.len(), 401);

    for (user, password, code) in [("alice", "wrong", 24), ("nobody", PASSWORD, 6)] {
        request["user"] = user.into();
        request["password"] = password.into();
        let refusal = theirs.call(&request).unwrap_err();
        assert_eq!(refusal.class, "LoginException");
        assert!(refusal.message.contains(&format!("({code})")), "{refusal:?}");
    }
}
