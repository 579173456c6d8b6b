// Message protection: what opens, what must not, and what stays as it was.
import AnySspi
import XCTest

private struct ProtectionCase: Decodable {
  struct Message: Decodable {
    let from: String
    let call: String
    let message: String
    let forged: String?
    let protected: String
    let status: String
  }

  let name: String
  let handshake: String
  let messages: [Message]
}

final class ProtectionTests: XCTestCase {
  func testTheSharedCasesPass() throws {
    for shared in try readCases("protection.json", of: ProtectionCase.self) {
      let (client, server) = try standing(shared.handshake)
      for step in shared.messages {
        let (here, there) = step.from == "client" ? (client, server) : (server, client)
        let message = unhex(step.message)
        let wraps = step.call == "wrap"
        let sealed =
          try step.forged.map(unhex) ?? (wraps ? try here.wrap(message) : try here.sign(message))
        XCTAssertEqual(hex(sealed), step.protected, shared.name)
        var status = "SEC_E_OK"
        do {
          if wraps {
            let opened = try there.unwrap(sealed)
            XCTAssertEqual(opened, message)
          } else {
            try there.verify(message, signature: sealed)
          }
        } catch let error as SspiError { status = error.symbol }
        XCTAssertEqual(status, step.status, shared.name)
      }
    }
  }

  func testTheSharedCasesPassWithAwait() async throws {
    for shared in try readCases("protection.json", of: ProtectionCase.self) {
      let (client, server) = try { try standing(shared.handshake) }()
      for step in shared.messages {
        let (here, there) = step.from == "client" ? (client, server) : (server, client)
        let message = unhex(step.message)
        guard step.call == "wrap" else {
          // Signatures count too.
          let signature = try step.forged.map(unhex) ?? here.sign(message)
          _ = try? there.verify(message, signature: signature)
          continue
        }
        var sealed = unhex(step.protected)
        if step.forged == nil { sealed = try await here.wrap(message) }
        XCTAssertEqual(hex(sealed), step.protected, shared.name)
        var status = "SEC_E_OK"
        do {
          let opened = try await there.unwrap(sealed)
          XCTAssertEqual(opened, message)
        } catch let error as SspiError { status = error.symbol }
        XCTAssertEqual(status, step.status, shared.name)
      }
    }
  }

  func testMessagesOfEverySizeOpen() throws {
    for packageName in both {
      let (client, server) = try pair(packageName)
      for size in Array(0..<70) + [1024, 4079, 4080, 4081, 4096, 65_536, 1_000_003, 16 << 20] {
        let message = Data((0..<min(size, 251)).map { UInt8($0) }) + Data(count: max(0, size - 251))
        for (here, there) in [(client, server), (server, client)] {
          let wrapped = try here.wrap(message)
          XCTAssertEqual(wrapped.count, size + 16)
          if size >= 8 { XCTAssertNotEqual(wrapped.dropFirst(16), message) }
          XCTAssertEqual(try there.unwrap(wrapped), message)
          let opened = try there.unwrapWithQuality(try here.wrap(message))
          XCTAssertEqual(opened.message, message)
          XCTAssertEqual(opened.quality, 0)
          try there.verify(message, signature: try here.sign(message))
        }
      }
    }
  }

  func testMessagesMayBeSlices() throws {
    let (client, server) = try pair()
    let message = (Data(count: 9) + bytes("some words") + Data(count: 9)).dropFirst(9).dropLast(9)
    let wrapped = Data(count: 3) + (try client.wrap(message))
    XCTAssertEqual(try server.unwrap(wrapped.dropFirst(3)), bytes("some words"))
    try server.verify(message, signature: try client.sign(bytes("some words")))
  }

  func testEveryAlteredByteIsNoticedAndCostsNothing() throws {
    let (client, server) = try pair()
    let wrapped = try client.wrap(bytes("a message of some length"))
    for at in 0..<wrapped.count {
      var altered = wrapped
      altered[at] ^= 0x80
      let symbol = 12..<16 ~= at ? "SEC_E_OUT_OF_SEQUENCE" : "SEC_E_MESSAGE_ALTERED"
      try thrown(symbol) { try server.unwrap(altered) }
      try thrown(symbol) { try server.unwrapWithQuality(altered) }
    }
    XCTAssertEqual(try server.unwrap(wrapped), bytes("a message of some length"))
  }

  func testTruncatedAndProlongedMessagesAreAltered() throws {
    let (client, server) = try pair()
    let wrapped = try client.wrap(bytes("message"))
    for length in 0..<wrapped.count {
      try thrown("SEC_E_MESSAGE_ALTERED") { try server.unwrap(wrapped.prefix(length)) }
      try thrown("SEC_E_MESSAGE_ALTERED") { try server.unwrapWithQuality(wrapped.prefix(length)) }
    }
    try thrown("SEC_E_MESSAGE_ALTERED") { try server.unwrap(wrapped + Data([0])) }
    XCTAssertEqual(try server.unwrap(wrapped), bytes("message"))
  }

  func testReplayedAndReorderedMessagesAreOutOfSequence() throws {
    let (client, server) = try pair()
    let (first, second) = (try client.wrap(bytes("first!")), try client.wrap(bytes("second")))
    try thrown("SEC_E_OUT_OF_SEQUENCE") { try server.unwrap(second) }
    XCTAssertEqual(try server.unwrap(first), bytes("first!"))
    try thrown("SEC_E_OUT_OF_SEQUENCE") { try server.unwrap(first) }
    XCTAssertEqual(try server.unwrap(second), bytes("second"))
  }

  func testAMessageOfOnesOwnOrOfAnotherContextDoesNotOpen() throws {
    let (client, server) = try pair()
    let own = try server.wrap(bytes("mine"))
    try thrown("SEC_E_MESSAGE_ALTERED") { try server.unwrap(own) }
    let foreign = try pair().0.wrap(bytes("foreign"))
    try thrown("SEC_E_MESSAGE_ALTERED") { try server.unwrap(foreign) }
    XCTAssertEqual(try client.unwrap(own), bytes("mine"))
  }

  func testSignaturesCoverTheMessageAndKeepCount() throws {
    let (client, server) = try pair()
    let (first, second) = (try client.sign(bytes("one")), try client.sign(bytes("two")))
    try thrown("SEC_E_OUT_OF_SEQUENCE") { try server.verify(bytes("two"), signature: second) }
    for (message, signature) in [("0ne", first), ("one", first.prefix(15)), ("one", Data())] {
      try thrown("SEC_E_MESSAGE_ALTERED") {
        try server.verify(bytes(message), signature: signature)
      }
    }
    try server.verify(bytes("one"), signature: first)
    try server.verify(bytes("two"), signature: second)
    XCTAssertEqual(try server.unwrap(try client.wrap(bytes("three"))), bytes("three"))
  }

  func testWithoutConfidentialityAWrappedMessageIsOnlySigned() throws {
    let plain = Settings(without: .confidentiality)
    let (client, server) = try pair(client: plain, server: plain)
    let wrapped = try client.wrap(bytes("readable"))
    XCTAssertEqual(wrapped.dropFirst(16), bytes("readable"))
    XCTAssertEqual(try server.unwrap(wrapped), bytes("readable"))
    let another = try client.wrap(bytes("readable"))
    XCTAssertEqual(try server.unwrapWithQuality(another).quality, noEncrypt)
    var altered = try client.wrap(bytes("readable"))
    altered[20] ^= 1
    try thrown("SEC_E_MESSAGE_ALTERED") { try server.unwrap(altered) }
  }

  func testWithoutIntegrityThereIsNoProtection() async throws {
    let none = Settings(without: [.integrity, .confidentiality, .replayDetect, .sequenceDetect])
    let client = try { try pair(client: none, server: none).0 }()
    try thrown("SEC_E_UNSUPPORTED_FUNCTION") { try client.wrap(bytes("x")) }
    try thrown("SEC_E_UNSUPPORTED_FUNCTION") { try client.sign(bytes("x")) }
    try await thrownLater("SEC_E_UNSUPPORTED_FUNCTION") { try await client.wrap(bytes("x")) }
  }

  func testOnlyAConnectionlessContextTakesNumbers() throws {
    let (client, server) = try pair()
    let refused = try thrown("SEC_E_UNSUPPORTED_FUNCTION") {
      try client.wrap(bytes("x"), number: 1)
    }
    assertContains(refused.context, "counts its messages itself")
    XCTAssertEqual(
      try server.unwrap(try client.wrap(bytes("still the first"))), bytes("still the first"))

    let datagrams = Settings(request: .datagram, relax: .sequenceDetect)
    let (one, other) = try pair(client: datagrams, server: datagrams)
    XCTAssertTrue(one.flags.contains(.datagram))
    try thrown("SEC_E_UNSUPPORTED_FUNCTION") { try one.unwrapWithQuality(bytes("x")) }
    // In any order.
    for number: UInt32 in [7, 3, 4_000_000_000] {
      let message = bytes("message \(number)")
      XCTAssertEqual(
        try other.unwrap(try one.wrap(message, number: number), number: number), message)
      let signature = try other.sign(message, number: number)
      try one.verify(message, signature: signature, number: number)
      try thrown("SEC_E_MESSAGE_ALTERED") {
        try one.verify(bytes("another"), signature: signature, number: number)
      }
    }
  }

  func testManyThreadsOnOneContextAreToldAndHarmNothing() throws {
    let (client, server) = try pair()
    let message = Data(count: 1 << 20)
    let lock = NSLock()
    var wrapped: [Data] = []
    var symbols: Set<String> = []
    DispatchQueue.concurrentPerform(iterations: 64) { _ in
      let result = Result { try client.wrap(message) }
      lock.withLock {
        switch result {
        case .success(let made): wrapped.append(made)
        case .failure(let error): symbols.insert((error as? SspiError)?.symbol ?? "\(error)")
        }
      }
    }
    XCTAssertTrue(symbols.isSubset(of: ["SEC_E_OUT_OF_SEQUENCE"]), "\(symbols)")
    XCTAssertGreaterThan(wrapped.count, 0)
    // Each has its number, and they open in the order of their numbers.
    for sealed in wrapped.sorted(by: { number($0) < number($1) }) {
      XCTAssertEqual(try server.unwrap(sealed), message)
    }
    XCTAssertEqual(try server.unwrap(try client.wrap(bytes("on"))), bytes("on"))
  }

  private func number(_ sealed: Data) -> UInt32 {
    sealed[12..<16].reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  func testASecondCallWhileALargeMessageIsWrappedIsRefused() async throws {
    let message = Data(count: 64 << 20)
    // Anew where the thread that wraps it was not at work at that moment.
    for _ in 0..<20 {
      let (client, server) = try { try pair() }()
      let wrapping = Task { try await client.wrap(message) }
      try await Task.sleep(nanoseconds: 20_000_000)
      let second = Result { try client.sign(bytes("x")) }
      guard case .failure(let error) = second, let wrapped = try? await wrapping.value else {
        _ = try? await wrapping.value
        continue
      }
      XCTAssertEqual((error as? SspiError)?.symbol, "SEC_E_OUT_OF_SEQUENCE")
      let opened = try await server.unwrap(wrapped)
      XCTAssertEqual(opened.count, message.count)
      XCTAssertEqual(try { try server.unwrap(try client.wrap(bytes("on"))) }(), bytes("on"))
      return
    }
    XCTFail("no second call was refused")
  }

  func testAClosedContextIsInvalid() async throws {
    let (client, server) = try { try pair() }()
    let key = try client.sessionKey
    client.close()
    client.close()
    for call in [
      { _ = try client.wrap(bytes("x")) }, { _ = try client.unwrap(bytes("x")) },
      { _ = try client.sign(bytes("x")) }, { _ = try client.sessionKey },
      { try client.verify(bytes("x"), signature: bytes("x")) },
      { _ = try client.unwrapWithQuality(bytes("x")) },
    ] as [() throws -> Void] {
      assertContains(try thrown("SEC_E_INVALID_HANDLE") { try call() }.context, "closed")
    }
    try await thrownLater("SEC_E_INVALID_HANDLE") { try await client.wrap(bytes("x")) }
    XCTAssertEqual(key, try server.sessionKey)
  }
}
