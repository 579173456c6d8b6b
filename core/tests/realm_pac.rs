//! PACs in the realm in a box: where they come from, and what becomes of them on their way.

#[path = "support/kerberos.rs"]
mod support;

use anysspi::kerberos::{EncryptionType, Ticket, Tickets};
use anysspi::realm::{Realm, Service, User};
use anysspi::testing::{TicketClient, fixed_surroundings};
use anysspi::{Error, KdcReply, KdcRequest, Peer, ProtocolCode, Surroundings};
use support::{PASSWORD, REALM, Stage, WEB, at, cache_of, keytab_of};

const OTHER: &str = "OTHER.TEST";
const FAR: &str = "HTTP/web.other.test";

fn named(name: &str, surroundings: &Surroundings) -> Realm {
    let realm = Realm::with_surroundings(name, surroundings.clone()).unwrap();
    let types = [EncryptionType::AES256_SHA1];
    realm
        .add_user(User::new("bob", PASSWORD).encryption_types(&types).groups(&[512, 1105]))
        .unwrap();
    let service = if name == OTHER { FAR } else { WEB };
    realm.add_service(Service::new(service).encryption_types(&types)).unwrap();
    realm
}

/// Carries a question to the one of two realms that it is for.
fn carried<'a>(one: &'a Realm, other: &'a Realm) -> impl FnMut(&KdcRequest) -> KdcReply + 'a {
    move |request| match request.realm() {
        REALM => one.carry(request),
        _ => other.carry(request),
    }
}

/// A ticket for the service of the other realm.
fn far_ticket(realm: &Realm, other: &Realm, surroundings: &Surroundings) -> Result<Ticket, Error> {
    let bob = "bob@EXAMPLE.TEST".parse().unwrap();
    let client = TicketClient::with_password(bob, PASSWORD, surroundings.clone());
    client.ticket(FAR, carried(realm, other))
}

/// What a service learns of the client of a ticket.
fn peer(stage: &Stage, ticket: &Ticket, service: &Realm) -> Peer {
    let mut tickets = Tickets::new(ticket.client.clone());
    tickets.add(ticket.clone());
    let name = ticket.server.to_string();
    let client = stage.client_with(cache_of(&tickets)).target(&name);
    let server = stage.server_with(keytab_of(&service.keytab(&[&name]).unwrap()));
    let (_, server) = stage.establish(client, server);
    server.peer().unwrap().clone()
}

#[test]
fn a_user_has_the_same_groups_in_every_ticket() {
    let stage = Stage::new();
    let surroundings = Surroundings::system().with_clock(stage.client_clock.clone());
    let realm = named(REALM, &surroundings);
    let known = realm.tickets_for("bob", &[WEB]).unwrap();
    let bob = "bob@EXAMPLE.TEST".parse().unwrap();
    let client = TicketClient::with_password(bob, PASSWORD, surroundings);
    let asked = client.ticket(WEB, |request| realm.carry(request)).unwrap();
    for ticket in [known.tickets().nth(1).unwrap(), &asked] {
        let peer = peer(&stage, ticket, &realm);
        let groups: Vec<Option<u32>> =
            peer.groups.iter().map(|group| group.sid.relative_id()).collect();
        assert_eq!(groups, [Some(513), Some(512), Some(1105)]);
        let sid = peer.sid.unwrap();
        assert_eq!(sid.domain().as_ref(), Some(realm.domain_sid()));
        assert_eq!(peer.upn.as_deref(), Some("bob@example.test"));
        assert!(peer.has_ticket_signature && peer.has_full_signature);
        assert_eq!(peer.asked_for_pac, None);
    }
}

#[test]
fn a_client_of_another_realm_brings_its_own_groups() {
    let stage = Stage::new();
    let surroundings = Surroundings::system().with_clock(stage.client_clock.clone());
    let (realm, other) = (named(REALM, &surroundings), named(OTHER, &surroundings));
    realm.trust(&other).unwrap();
    let ticket = far_ticket(&realm, &other, &surroundings).unwrap();
    let peer = peer(&stage, &ticket, &other);
    assert_eq!((peer.user.as_str(), peer.realm.as_str()), ("bob", REALM));
    let admins = realm.domain_sid().with(512).unwrap();
    assert!(peer.is_member_of(&admins), "{peer:?}");
    // The other realm has groups with the same numbers, and this is not one of its users.
    assert!(!peer.is_member_of(&other.domain_sid().with(512).unwrap()));
    assert_eq!(peer.dns_domain.as_deref(), Some(REALM));
}

#[test]
fn no_realm_speaks_for_the_domain_of_another() {
    // The same randomness makes the same domain.
    let surroundings = || fixed_surroundings(at(0), 1, "kdc.example.test");
    let (realm, other) = (named(REALM, &surroundings()), named(OTHER, &surroundings()));
    assert_eq!(realm.domain_sid(), other.domain_sid());
    realm.trust(&other).unwrap();
    let error = far_ticket(&realm, &other, &surroundings()).unwrap_err();
    // KDC_ERR_POLICY
    assert_eq!(error.code(), Some(ProtocolCode::Kerberos(12)), "{error}");
}
