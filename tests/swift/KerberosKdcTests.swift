// Who carries questions to KDCs, and what becomes of what a KDC says.
import AnySspi
import Foundation
import XCTest

final class KerberosKdcTests: KerberosStage {
  func testACarrierThatThrowsEndsKerberosWithItsWords() async throws {
    let kdc: KdcCarrier = { _, _ in throw NetworkIsDown() }
    let handshake = try client(login(), kdc: kdc)
    for _ in 0..<2 {
      let error = try thrown("SEC_E_NO_AUTHENTICATING_AUTHORITY", by: { try handshake.next() })
      assertContains(error.context, "NetworkIsDown")
    }
    let later = try client(login(), kdc: kdc)
    let error = try await thrownLater("SEC_E_NO_AUTHENTICATING_AUTHORITY") { try await later.next() }
    assertContains(error.context, "NetworkIsDown")
  }

  func testACarrierThatThrowsHasNegotiateGoOnWithNtlm() throws {
    let asked = Counter()
    let handshake = try client(login(), "Negotiate") { realm, _ in
      asked.add(realm)
      throw NetworkIsDown()
    }
    let accounts = try Credential.accounts([alice: password])
    let (here, there) = try pair(
      handshake, server(.several([realm.keytab(web), accounts]), "Negotiate"))
    XCTAssertEqual(asked.all, [example])
    XCTAssertEqual([here, there].map { $0.negotiation?.chosen }, ["NTLM", "NTLM"])
    XCTAssertNil(try there.peer)
  }

  func testATaskThatIsCancelledWaitsForNoCarrier() async throws {
    let (entered, leave) = (Semaphore(), Semaphore())
    let handshake = try client(login()) { _, _ in
      entered.signal()
      leave.wait()
      return Data()
    }
    let step = Task { try await handshake.next() }
    await entered.wasSignalled()
    step.cancel()
    do {
      _ = try await step.value
      XCTFail("nothing was thrown")
    } catch is CancellationError {}
    leave.signal()
    try thrown("SEC_E_INVALID_HANDLE") { try handshake.context }
  }

  func testACarrierMayRunOtherHandshakes() throws {
    let (realm, other) = (try realm, try pair(client(), server()))
    let handshake = try client(login()) { name, message in
      XCTAssertEqual(try other.1.unwrap(other.0.wrap(bytes("inner"))), bytes("inner"))
      return try realm.carry(realm: name, message: message)
    }
    XCTAssertEqual(try pair(handshake, server()).1.clientUser, "alice")
  }

  func testWhatACarrierBringsIsJudgedAndItIsToldWhomToAsk() throws {
    let (asked, realm) = (Counter(), try realm)
    let handshake = try client(login()) { name, message in
      asked.add(name)
      return message.isEmpty ? Data() : try realm.answer(message)
    }
    _ = try pair(handshake, server())
    XCTAssertEqual(asked.all, [example, example, example])
    for nonsense in [Data(), bytes("what is this?"), Data(count: 1000)] {
      try thrown("SEC_E_INVALID_TOKEN") { try client(login()) { _, _ in nonsense }.next() as Data? }
    }
    let far = try client(.password(user: "alice@FAR.TEST", password: password), kdc: realm.carry)
    let error = try thrown("SEC_E_NO_AUTHENTICATING_AUTHORITY", by: { try far.next() })
    assertContains(error.context, "FAR.TEST")
  }

  func testCredentialsThatAreSharedAskForATicketOnce() throws {
    let (asked, realm) = (Counter(), try realm)
    let credential = try login().acquired(for: "Kerberos")
    for _ in 0..<3 {
      let handshake = try client(credential) { name, message in
        asked.add(name)
        return try realm.carry(realm: name, message: message)
      }
      XCTAssertEqual(try pair(handshake, server()).1.clientUser, "alice")
    }
    XCTAssertEqual(asked.all.count, 3)
    XCTAssertEqual(try credential.name, alice)
  }

  func testAKdcThatRefusesIsHeard() throws {
    let kdc: KdcCarrier = try realm.carry
    let wrong = try client(login("n0t-right"), kdc: kdc)
    XCTAssertEqual(try thrown("SEC_E_LOGON_DENIED", by: { try wrong.next() }).kerberosCode, 24)
    let unknown = try client(.password(user: "nobody@\(example)", password: password), kdc: kdc)
    XCTAssertEqual(try thrown("SEC_E_LOGON_DENIED", by: { try unknown.next() }).kerberosCode, 6)
    let nowhere = try client(tickets(), target: "HTTP/nowhere.example.test", kdc: kdc)
    XCTAssertEqual(try thrown("SEC_E_TARGET_UNKNOWN", by: { try nowhere.next() }).kerberosCode, 7)
    let alone = try client(tickets())
    try thrown("SEC_E_NO_AUTHENTICATING_AUTHORITY", by: { try alone.next() })
    try thrown("SEC_E_NO_CREDENTIALS") {
      try client(.password(user: "alice", password: password), kdc: kdc)
    }
  }
}
