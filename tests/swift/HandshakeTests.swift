// Handshakes: the shared cases, every way to run the loop, and calls out of turn.
import AnySspi
import AnySspiBridge
import XCTest

final class HandshakeTests: XCTestCase {
  /// Everything as far as the end.
  private func finished(_ packageName: String = "NTLM") throws -> (Handshake, Handshake) {
    let (client, server) = try ends(packageName)
    _ = try Exchange(client, server).run()
    return (client, server)
  }

  func testTheSharedCasesPass() throws {
    let cases = try readCases("handshake.json", of: HandshakeCase.self)
    XCTAssertGreaterThan(cases.count, 80)
    for shared in cases {
      let (tokens, result) = try shared.run()
      XCTAssertEqual(result, shared.result, shared.name)
      XCTAssertEqual(tokens, shared.tokens, shared.name)
    }
  }

  func testTheSharedCasesPassWithAwait() async throws {
    for shared in try readCases("handshake.json", of: HandshakeCase.self) {
      let (tokens, result) = try await shared.run()
      XCTAssertEqual(result, shared.result, shared.name)
      XCTAssertEqual(tokens, shared.tokens, shared.name)
    }
  }

  func testWhileLetGivesTheTokensToSend() throws {
    for packageName in both {
      let (client, server) = try ends(packageName)
      while let token = try client.next() {
        let answer = try server.step(token)
        if !client.done { try client.receive(XCTUnwrap(answer)) }
      }
      XCTAssertTrue(client.done && server.done)
      XCTAssertEqual([client.side, server.side], [.initiator, .acceptor])
      let context = try server.context
      XCTAssertEqual([context.client, context.target], [user, target])
      XCTAssertTrue(try server.context === context)
      XCTAssertEqual(try client.context.sessionKey, try context.sessionKey)
    }
  }

  func testForAwaitGivesTheTokensToSend() async throws {
    for packageName in both {
      let (client, server) = try ends(packageName)
      for try await token in client {
        let answer = try await server.step(token)
        if !client.done { try client.receive(XCTUnwrap(answer)) }
      }
      XCTAssertTrue(client.done && server.done)
      XCTAssertEqual(try client.context.sessionKey, try server.context.sessionKey)
    }
  }

  func testAServerMaySpeakFirst() throws {
    let datagrams = Settings(request: .datagram)
    let (client, server) = try ends(client: datagrams, server: datagrams)
    XCTAssertEqual(try client.next(), Data())
    let proof = try client.step(try server.speakFirst())
    XCTAssertNil(try server.step(proof))
    XCTAssertTrue(try server.context.flags.contains(.datagram))
    let sealed = try client.context.wrap(bytes("one of many"), number: 7)
    XCTAssertEqual(try server.context.unwrap(sealed, number: 7), bytes("one of many"))
  }

  func testALoopThatWasLeftGoesOnWhereItWas() throws {
    let (client, server) = try ends()
    while let token = try client.next() {
      try server.receive(token)
      break
    }
    try client.receive(XCTUnwrap(try server.next()))
    var answers: [Data?] = []
    while let token = try client.next() { answers.append(try server.step(token)) }
    XCTAssertEqual(answers, [nil])
  }

  func testACallOutOfTurnSaysSo() throws {
    let calls: [(String, (Handshake, Handshake) throws -> Void)] = [
      ("the server goes first", { _, server in _ = try server.next() }),
      ("the server steps without a token", { _, server in _ = try server.step(nil) }),
      ("the client gets a token first", { client, _ in try client.receive(bytes("x")) }),
      ("a token is awaited", { client, _ in _ = (try client.next(), try client.next()) }),
      ("the context before the end", { client, _ in _ = try client.context }),
      (
        "a second token before the work is done",
        { client, server in
          try server.receive(XCTUnwrap(try client.step()))
          try server.receive(bytes("x"))
        }
      ),
    ]
    for (name, call) in calls {
      let (client, server) = try ends()
      let error = try thrown("SEC_E_OUT_OF_SEQUENCE") { try call(client, server) }
      XCTAssertTrue(error.context.contains("out of turn"), "\(name): \(error)")
    }
  }

  func testACallOutOfTurnDoesNoHarm() throws {
    let (client, server) = try ends()
    try thrown("SEC_E_OUT_OF_SEQUENCE") { try server.next() }
    try server.receive(XCTUnwrap(try client.step()))
    try thrown("SEC_E_OUT_OF_SEQUENCE") { try client.next() }
    XCTAssertNil(try server.step(try client.step(try server.step())))
    XCTAssertTrue(server.done)
  }

  func testAHandshakeAtItsEndHasNothingMoreToSay() async throws {
    let (client, server) = try finished()
    let once = try await client.next()
    XCTAssertNil(once)
    for call in [
      { try client.receive(bytes("x")) }, { _ = try client.step(bytes("x")) },
      { _ = try client.step(Data()) },
    ] as [() throws -> Void] {
      assertContains(try thrown("SEC_E_OUT_OF_SEQUENCE") { try call() }.context, "at its end")
    }
    let wrapped: Data = try { try client.context.wrap(bytes("still standing")) }()
    XCTAssertEqual(wrapped.count, 30)
    XCTAssertEqual([client.extra, server.extra], [Data(), Data()])
    XCTAssertEqual(try ends().0.extra, Data())
  }

  func testAFailedHandshakeStaysFailedWithTheSameError() async throws {
    let (_, server) = try ends()
    var errors = try [
      thrown { try server.step(bytes("nonsense")) },
      thrown { try server.next() },
      thrown { try server.receive(bytes("more")) },
      thrown { try server.context },
    ]
    errors.append(try await thrownLater { try await server.next() })
    XCTAssertEqual(Set(errors.map(\.symbol)), ["SEC_E_INVALID_TOKEN"])
    XCTAssertEqual(Set(errors.map { "\($0)" }).count, 1)
    XCTAssertFalse(server.done)
  }

  func testAWrongPasswordAndAnUnknownUserLookTheSame() throws {
    func refused(_ user: String, _ secret: String) throws -> SspiError {
      let settings = Settings(credential: try .password(user: user, password: secret))
      return try thrown("SEC_E_LOGON_DENIED") { try pair(client: settings) }
    }
    XCTAssertEqual(
      "\(try refused(user, "wrong"))", "\(try refused("CORP\\mallory", password))")
  }

  func testAClosedHandshakeIsInvalid() async throws {
    for server in [try finished().1, try ends().1] {
      server.close()
      server.close()
      XCTAssertFalse(server.done)
      for call in [
        { _ = try server.context }, { _ = try server.step(bytes("x")) }, { _ = try server.next() },
        { try server.receive(bytes("x")) },
      ] as [() throws -> Void] {
        assertContains(try thrown("SEC_E_INVALID_HANDLE") { try call() }.context, "closed")
      }
      try await thrownLater("SEC_E_INVALID_HANDLE") { try await server.next() }
    }
  }

  func testAContextThatWasTakenOutlivesItsHandshake() throws {
    let (client, server) = try finished()
    let context = try server.context
    server.close()
    XCTAssertEqual(try context.unwrap(try client.context.wrap(bytes("on"))), bytes("on"))
    try thrown("SEC_E_INVALID_HANDLE") { try server.context }
  }

  func testTheHandshakeOfAClosedContextGivesNoOther() throws {
    let (client, _) = try finished()
    try client.context.close()
    try thrown("SEC_E_INVALID_HANDLE") { try client.context.wrap(bytes("x")) }
  }

  func testTokensMayBeSlices() throws {
    let (client, server) = try ends()
    func sliced(_ token: Data?) throws -> Data {
      let token = try XCTUnwrap(token)
      return (Data(count: 5) + token + Data(count: 5)).dropFirst(5).dropLast(5)
    }
    let challenge = try server.step(try sliced(try client.step()))
    XCTAssertNil(try server.step(try sliced(try client.step(try sliced(challenge)))))
  }

  func testTokensOfNoBytesAndOfVeryManyAreRefused() throws {
    for packageName in both {
      for token in [Data(), Data([0]), Data(count: 16 << 20), Data(repeating: 0x60, count: 16 << 20)] {
        let (_, server) = try ends(packageName)
        if packageName == "Negotiate", token.isEmpty {
          // A server of SPNEGO may go first, when a client says nothing.
          XCTAssertNotNil(try server.step(token))
        } else {
          try thrown("SEC_E_INVALID_TOKEN") { try server.step(token) }
        }
        let (client, _) = try ends(packageName)
        _ = try client.step()
        try thrown { try client.step(token) }
      }
    }
    XCTAssertEqual(try pair().1.client, user)
  }

  func testMoreBytesThanACallTakesAreRefused() throws {
    // Pages of zeros that nobody touches.
    let huge = Data(count: (1 << 30) + 1)
    let (_, server) = try ends()
    for call in [
      { try server.receive(huge) }, { _ = try server.step(huge) },
      { _ = try ChannelBindings.tlsServerEndPoint(certificate: huge) },
    ] as [() throws -> Void] {
      assertContains(try thrown("SEC_E_INVALID_PARAMETER") { try call() }.context, "1073741824")
    }
    XCTAssertFalse(inspect(huge).problems.isEmpty)
    let (client, _) = try pair()
    try thrown("SEC_E_INVALID_PARAMETER") { try client.wrap(huge) }
    try thrown("SEC_E_INVALID_PARAMETER") { try client.verify(Data(), signature: huge) }
  }

  func testASecondCallWhileALookUpIsUnderWayIsRefused() async throws {
    let store = SlowStore()
    let (server, proof) = try pendingServer(store)
    async let login = server.step(proof)
    await store.wasEntered()
    for call in [
      { _ = try server.next() }, { _ = try server.context }, { try server.receive(bytes("x")) },
    ] as [() throws -> Void] {
      assertContains(try thrown("SEC_E_OUT_OF_SEQUENCE") { try call() }.context, "another call")
    }
    try await thrownLater("SEC_E_OUT_OF_SEQUENCE") { try await server.next() }
    XCTAssertFalse(server.done)
    store.leave.signal()
    let last = try await login
    XCTAssertNil(last)
    XCTAssertEqual(try server.context.client, user)
  }

  func testOtherHandshakesGoOnMeanwhile() async throws {
    let store = SlowStore()
    let (server, proof) = try pendingServer(store)
    async let login = server.step(proof)
    await store.wasEntered()
    for _ in 0..<20 {
      let (client, other) = try ends()
      let (_, context) = try await Exchange(client, other).run()
      XCTAssertEqual(context.client, user)
    }
    store.leave.signal()
    _ = try await login
    XCTAssertTrue(server.done)
  }

  func testClosingEndsTheCallThatIsUnderWay() async throws {
    let store = SlowStore()
    let (server, proof) = try pendingServer(store)
    async let login = server.step(proof)
    await store.wasEntered()
    server.close()
    store.leave.signal()
    do {
      let token = try await login
      XCTFail("\(String(describing: token))")
    } catch let error as SspiError {
      XCTAssertEqual(error.symbol, "SEC_E_INVALID_HANDLE")
    }
    try thrown("SEC_E_INVALID_HANDLE") { try server.context }
  }

  func testManyHandshakesMayWaitAtOnce() async throws {
    let waiting = try (0..<24).map { _ in
      let store = SlowStore()
      return (store, try pendingServer(store))
    }
    try await withThrowingTaskGroup(of: Data?.self) { group in
      for (_, (server, proof)) in waiting { group.addTask { try await server.step(proof) } }
      for (store, _) in waiting { await store.wasEntered() }
      for (store, _) in waiting { store.leave.signal() }
      for try await token in group { XCTAssertNil(token) }
    }
    for (_, (server, _)) in waiting { XCTAssertEqual(try server.context.client, user) }
  }

  func testACancelledTaskMakesNoStep() async throws {
    let (client, _) = try ends()
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await client.next()
    }
    do {
      _ = try await task.value
      XCTFail("nothing was thrown")
    } catch is CancellationError {}
    XCTAssertNotNil(try { try client.next() }())
  }

  func testATaskThatIsCancelledWaitsForNoStore() async throws {
    let store = SlowStore()
    let (server, proof) = try pendingServer(store)
    let login = Task { try await server.step(proof) }
    await store.wasEntered()
    login.cancel()
    do {
      _ = try await login.value
      XCTFail("nothing was thrown")
    } catch is CancellationError {}
    // Its answer comes too late.
    store.leave.signal()
    try thrown("SEC_E_INVALID_HANDLE") { try server.context }
    XCTAssertFalse(server.done)
  }

  func testTasksMayBeCancelledAtAnyMoment() async throws {
    for delay in 0..<200 {
      let (client, server) = try ends()
      let token = try { try XCTUnwrap(try client.step()) }()
      let step = Task { try await server.step(token) }
      try await Task.sleep(nanoseconds: UInt64(delay) * 1000)
      step.cancel()
      switch await step.result {
      case .success(let answer):
        XCTAssertNil(try { try server.step(try client.step(answer)) }())
      case .failure(let error):
        XCTAssertTrue(error is CancellationError, "\(error)")
      }
    }
  }

  func testAHandshakeMayGoFromThreadToThread() throws {
    let (client, server) = try ends()
    var token: Data?
    for turn in 0..<3 {
      let end = [client, server][turn % 2]
      let given = token
      let thread = DispatchQueue(label: "\(turn)")
      token = try thread.sync { try end.step(given) }
    }
    XCTAssertNil(try server.step(token))
  }

  func testManyThreadsOnOneHandshakeAreToldAndHarmNothing() throws {
    for _ in 0..<50 {
      let (client, server) = try ends()
      let token = try XCTUnwrap(try client.step())
      let results = Results()
      DispatchQueue.concurrentPerform(iterations: 8) { _ in
        results.add(Result { try server.step(token) })
      }
      let answers = results.all.compactMap { try? $0.get() }
      XCTAssertEqual(answers.count, 1)
      // Meanwhile, or afterwards, where it is no proof.
      let symbols: [String?] = ["SEC_E_OUT_OF_SEQUENCE", "SEC_E_INVALID_TOKEN"]
      for case .failure(let error) in results.all {
        XCTAssertTrue(symbols.contains((error as? SspiError)?.symbol), "\(error)")
      }
    }
  }

  func testASideNeedsFewNativeCalls() throws {
    for packageName in both {
      let server = try Settings().accepting(packageName)
      let before = callsOfThisThread()
      var ofServer: UInt64 = 0
      do {
        let client = try initiate(
          packageName, target: target, credential: .password(user: user, password: password))
        while let token = try client.next() {
          let between = callsOfThisThread()
          let answer = try server.step(token)
          ofServer += callsOfThisThread() - between
          if !client.done { try client.receive(XCTUnwrap(answer)) }
        }
        XCTAssertEqual(try client.context.client, user)
        try client.context.close()
      }
      let calls = callsOfThisThread() - before - ofServer
      XCTAssertLessThanOrEqual(calls, 8, packageName)
      XCTAssertGreaterThan(calls, 3, packageName)
    }
  }

  #if os(Linux)
    func testHandshakesThatAreOverLeaveNothingBehind() throws {
      struct Broken: Error {}
      let right = try Credential.password(user: user, password: password).acquired(for: "NTLM")
      let wrong = try Credential.password(user: user, password: "wrong").acquired(for: "NTLM")
      let known = try Credential.accounts([user: password]).acquired(for: "NTLM")
      let broken = try Credential.accounts { _, _, _ in throw Broken() }.acquired(for: "NTLM")
      func logIn(_ times: Int) throws -> Int {
        for time in 0..<times {
          let client = Settings(credential: time % 3 == 0 ? wrong : right)
          let server = Settings(credential: time % 3 == 1 ? broken : known)
          do {
            _ = try pair(client: client, server: server)
            XCTAssertEqual(time % 3, 2)
          } catch is SspiError where time % 3 < 2 {}
        }
        let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        return Int(pages.split(separator: " ")[1])! * 4096
      }
      let before = try logIn(4000)
      XCTAssertLessThan(try logIn(20_000) - before, 8 << 20)
    }
  #endif

  func testPeersWithCertificatesKnowEachOtherAndNobodyElse() throws {
    func pem(_ name: String) throws -> Data {
      try Data(contentsOf: tests.appendingPathComponent("vectors/pku2u/\(name).pem"))
    }
    func one(_ name: String, trusts other: String) throws -> Credential {
      let certificate = try Certificate(pem: try pem(name))
      return try .several([.certificate(certificate), .trustedRoots(pem: try pem(other))])
    }
    func ends(trusted: String) throws -> Exchange {
      let client = try initiate(
        "PKU2U", target: "HTTP/server", credential: try one("alice", trusts: "server"))
      let server = try accept("PKU2U", credential: try one("server", trusts: trusted))
      return Exchange(client, server)
    }
    let (client, server) = try ends(trusted: "alice").run()
    XCTAssertEqual(server.client, "alice\\alice")
    let sealed = try client.wrap(Data("hello".utf8))
    XCTAssertEqual(try server.unwrap(sealed), Data("hello".utf8))
    XCTAssertThrowsError(try ends(trusted: "server").run()) { error in
      guard case .untrustedRoot? = error as? SspiError else { return XCTFail("\(error)") }
    }
  }

  func testADescriptionSaysWhereItIs() throws {
    let (client, server) = try ends()
    XCTAssertEqual("\(client)", "Handshake(NTLM, initiator, running)")
    _ = try Exchange(client, server).run()
    XCTAssertEqual("\(server)", "Handshake(NTLM, acceptor, done)")
    server.close()
    XCTAssertEqual("\(server)", "Handshake(NTLM, acceptor, closed)")
  }
}

/// What calls in several threads gave.
private final class Results: @unchecked Sendable {
  private let lock = NSLock()
  private(set) var all: [Result<Data?, any Error>] = []

  func add(_ result: Result<Data?, any Error>) {
    lock.withLock { all.append(result) }
  }
}
