// What the tests of Kerberos share: a realm in a box, a client and a server in it.
import AnySspi
import Foundation
import XCTest

let example = "EXAMPLE.TEST"
let web = "HTTP/web.example.test"
let other = "HTTP/other.example.test"
let alice = "alice@EXAMPLE.TEST"
let aes256 = "aes256-cts-hmac-sha1-96"

/// What a handshake asks for by itself.
let usualFlags: Raw.IscReq = [.mutualAuth, .confidentiality, .integrity, .replayDetect, .sequenceDetect]

/// The realm of all tests here.
private let made = Swift.Result {
  let realm = try Realm(example)
  for user in ["alice", "bob"] {
    try realm.addUser(user, password: password, encryptionTypes: [aes256])
  }
  for service in [web, other] { try realm.addService(service, trustedForDelegation: true) }
  return realm
}

class KerberosStage: XCTestCase {
  var realm: Realm {
    get throws { try made.get() }
  }

  /// What somebody has who logged on, and what somebody has who used a service too.
  func tickets() throws -> Credential { .credentialCache(try realm.tickets("alice")) }

  func tickets(_ service: String) throws -> Credential {
    .credentialCache(try realm.tickets("alice", service))
  }

  func login(_ password: String = password) throws -> Credential {
    try .password(user: alice, password: password)
  }

  func client(
    _ credential: Credential? = nil, _ packageName: String = "Kerberos", target: String = web,
    require: Flags = [], kdc: KdcCarrier? = nil
  ) throws -> Handshake {
    try initiate(
      packageName, target: target, credential: credential ?? tickets(web), require: require, kdc: kdc)
  }

  func server(_ credential: Credential? = nil, _ packageName: String = "Kerberos") throws
    -> Handshake
  {
    try accept(packageName, credential: credential ?? realm.keytab(web))
  }

  func pair(_ client: Handshake, _ server: Handshake) throws -> (Context, Context) {
    try Exchange(client, server).run()
  }

  /// A leg of a client, call by call: what it comes to, and the token to send.
  @discardableResult
  func rawLeg(
    _ credential: Credential?, _ context: Raw.SecurityContext, _ received: Data = Data(),
    target: String = web, more: Raw.IscReq = []
  ) throws -> (status: Raw.Status, token: Data) {
    let output = Raw.Buffer(.token)
    let outcome = try Raw.initializeSecurityContext(
      credential, context, target: target, flags: usualFlags.union(.allocateMemory).union(more),
      input: [Raw.Buffer(.token, received)], output: [output])
    return (outcome.status, output.bytes)
  }
}
