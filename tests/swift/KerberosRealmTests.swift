// The realm in a box itself: whom it trusts, and whom it answers.
import AnySspi
import Foundation
import XCTest

final class KerberosRealmTests: KerberosStage {
  func testRealmsThatTrustEachOtherLetEachOthersUsersIn() throws {
    let (here, there) = (try Realm(example), try Realm("OTHER.TEST"))
    try here.addUser("alice", password: password, encryptionTypes: [aes256])
    try there.addService("HTTP/web.other.test")
    try here.trust(there)
    let handshake = try client(login(), target: "HTTP/web.other.test") { realm, message in
      try (realm == example ? here : there).carry(realm: realm, message: message)
    }
    let (_, context) = try pair(handshake, server(there.keytab("HTTP/web.other.test")))
    let peer = try XCTUnwrap(try context.peer)
    XCTAssertEqual([peer.user, peer.realm], ["alice", example])
    // She is in the groups of her own realm, and in none of the other.
    XCTAssertTrue(peer.isMember(of: "\(try here.domainSid)-513"))
    XCTAssertFalse(peer.isMember(of: "\(try there.domainSid)-513") || peer.isMember(of: ""))
    try thrown("SEC_E_INVALID_PARAMETER") { try here.trust(Realm(example)) }
  }

  func testARealmThatServesIsAskedOverASocket() throws {
    let serving = try realm.serve()
    let port = serving.port
    assertContains(serving.krb5Conf, ":\(port)")
    assertContains(serving.krb5Conf, example)
    let kdc: KdcCarrier = { _, message in try ask(port, message) }
    XCTAssertEqual(try pair(client(login(), kdc: kdc), server()).1.clientUser, "alice")
    serving.stop()
    let late = try client(login(), kdc: kdc)
    try thrown("SEC_E_NO_AUTHENTICATING_AUTHORITY", by: { try late.next() })
  }
}
