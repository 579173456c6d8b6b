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
    let asked = Counter()
    let credential = try login().acquired(for: "Kerberos")
    for _ in 0..<3 {
      XCTAssertEqual(try pair(client(credential, kdc: counting(asked)), server()).1.clientUser, "alice")
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

  // Call by call.

  private func outbound(_ credential: Credential? = nil, _ packageName: String = "Kerberos") throws
    -> Credential
  {
    try Raw.acquireCredentialsHandle(
      package: packageName, usage: .outbound, credential: credential ?? login()
    ).credential
  }

  private func inbound(_ packageName: String = "Kerberos") throws -> Credential {
    try Raw.acquireCredentialsHandle(
      package: packageName, usage: .inbound, credential: realm.keytab(web)
    ).credential
  }

  private func rawAccept(_ credential: Credential?, _ context: Raw.SecurityContext, _ received: Data)
    throws -> (status: Raw.Status, token: Data)
  {
    let output = Raw.Buffer(.token)
    let outcome = try Raw.acceptSecurityContext(
      credential, context, flags: .allocateMemory, input: [Raw.Buffer(.token, received)],
      output: [output])
    return (outcome.status, output.bytes)
  }

  /// Carries questions to the realm, and says to whom.
  private func counting(_ asked: Counter) throws -> KdcCarrier {
    let realm = try realm
    return { name, message in
      asked.add(name)
      return try realm.carry(realm: name, message: message)
    }
  }

  func testAPasswordLogsOnCallByCall() throws {
    for packageName in ["Kerberos", "Negotiate"] {
      let asked = Counter()
      let kdc = try counting(asked)
      let (ours, theirs) = (try outbound(nil, packageName), try inbound(packageName))
      for _ in 0..<2 {
        let (one, other) = (try Raw.SecurityContext(kdc: kdc), try Raw.SecurityContext())
        let first = try rawLeg(ours, one)
        XCTAssertEqual(first.status, .SEC_I_CONTINUE_NEEDED)
        // The tickets stay with the credential: the second logon asks nobody.
        XCTAssertEqual(asked.all, [example, example, example])
        let answer = try rawAccept(theirs, other, first.token)
        XCTAssertEqual(answer.status, .SEC_E_OK)
        XCTAssertEqual(try rawLeg(nil, one, answer.token).status, .SEC_E_OK)
        XCTAssertEqual(
          try Raw.queryContextAttributes(other, .names), .name("EXAMPLE.TEST\\alice"))
        XCTAssertTrue(try one.isEstablished && other.isEstablished)
      }
    }
  }

  func testABufferThatIsTooSmallAsksNobodyTwice() throws {
    let asked = Counter()
    let (ours, one) = (try outbound(), try Raw.SecurityContext(kdc: counting(asked)))
    func call(_ output: Raw.Buffer) throws {
      try Raw.initializeSecurityContext(ours, one, target: web, flags: usualFlags, output: [output])
    }
    let short = Raw.Buffer(.token, Data(count: 8))
    try thrown("SEC_E_BUFFER_TOO_SMALL") { try call(short) }
    let enough = Raw.Buffer(.token, Data(count: short.length))
    try call(enough)
    XCTAssertEqual(asked.all.count, 3)
    XCTAssertNotNil(try server().step(enough.bytes))
  }

  func testACarrierThatThrowsEndsTheContext() throws {
    let one = try Raw.SecurityContext { _, _ in throw NetworkIsDown() }
    for _ in 0..<2 {
      let error = try thrown("SEC_E_NO_AUTHENTICATING_AUTHORITY") { try rawLeg(outbound(), one) }
      assertContains(error.context, "NetworkIsDown")
    }
    XCTAssertFalse(try one.isEstablished)
    try thrown("SEC_E_NO_AUTHENTICATING_AUTHORITY") { try Raw.queryContextAttributes(one, .sizes) }
    // Negotiate goes on without Kerberos.
    let other = try Raw.SecurityContext { _, _ in throw NetworkIsDown() }
    let token = try rawLeg(outbound(nil, "Negotiate"), other).token
    XCTAssertNotNil(token.range(of: bytes("NTLMSSP")))
  }

  func testNobodyIsAskedCallByCallWithoutACarrier() throws {
    for context in [try Raw.SecurityContext(), try Raw.SecurityContext(kdc: nil)] {
      let error = try thrown("SEC_E_NO_AUTHENTICATING_AUTHORITY") { try rawLeg(outbound(), context) }
      assertContains(error.context, "nobody to carry")
    }
    let held = try outbound(tickets(web))
    XCTAssertEqual(try rawLeg(held, Raw.SecurityContext()).status, .SEC_I_CONTINUE_NEEDED)
  }

  func testWhatAKdcSaysIsHeardCallByCall() throws {
    let wrong = try outbound(login("n0t-right"))
    let error = try thrown("SEC_E_LOGON_DENIED") {
      try rawLeg(wrong, Raw.SecurityContext(kdc: realm.carry))
    }
    XCTAssertEqual(error.kerberosCode, 24)
    for nonsense in [Data(), bytes("what is this?"), Data(count: 1000)] {
      try thrown("SEC_E_INVALID_TOKEN") {
        try rawLeg(outbound(), Raw.SecurityContext { _, _ in nonsense })
      }
    }
  }

  func testACarrierMayUseOtherContextsAndNotItsOwn() throws {
    final class Own: @unchecked Sendable {
      var context: Raw.SecurityContext?
      var symbols: [String] = []
    }
    let (own, realm, ours) = (Own(), try realm, try outbound())
    let another = try outbound()
    let one = try Raw.SecurityContext { [self] name, message in
      if let context = own.context {
        own.symbols.append(try thrown { try rawLeg(nil, context) }.symbol)
        own.symbols.append(try thrown { try Raw.deleteSecurityContext(context) }.symbol)
      }
      let nested = try rawLeg(another, Raw.SecurityContext(kdc: realm.carry))
      XCTAssertEqual(nested.status, .SEC_I_CONTINUE_NEEDED)
      return try realm.carry(realm: name, message: message)
    }
    own.context = one
    XCTAssertEqual(try rawLeg(ours, one).status, .SEC_I_CONTINUE_NEEDED)
    XCTAssertEqual(own.symbols, Array(repeating: "SEC_E_OUT_OF_SEQUENCE", count: 6))
    own.context = nil
  }

  func testTicketsAreDelegatedCallByCall() throws {
    let (one, other) = (try Raw.SecurityContext(kdc: realm.carry), try Raw.SecurityContext())
    let token = try rawLeg(outbound(tickets(web)), one, more: .delegate).token
    _ = try rawAccept(inbound(), other, token)
    guard
      case .delegated(.credentialCache(let delegated)) = try Raw.queryContextAttributes(other, .creds)
    else { return XCTFail("no tickets were delegated") }
    XCTAssertEqual(try CredentialCache(krbCred: delegated.toKrbCred()).client, alice)
    let onwards = try outbound(.credentialCache(delegated))
    let next = try rawLeg(onwards, Raw.SecurityContext(kdc: realm.carry), target: AnySspiTests.other)
    XCTAssertNotNil(try server(realm.keytab(AnySspiTests.other)).step(next.token))
    try thrown("SEC_E_NO_CREDENTIALS") { try Raw.queryContextAttributes(other, .creds) }
  }
}
