// A client in this process, and a server in another one, in Node: acceptor.js.
import AnySspi
import Foundation
import XCTest

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

final class InteropTests: XCTestCase {
  /// Connects to the server of the tests; without one the test is skipped, or fails.
  private func connect() throws -> Connection {
    let environment = ProcessInfo.processInfo.environment
    guard let port = environment["ANYSSPI_NODE_ACCEPTOR"].flatMap({ UInt16($0) }) else {
      if environment["ANYSSPI_REQUIRE_PEERS"] != nil {
        XCTFail("ANYSSPI_NODE_ACCEPTOR is not set, and no peer may be missing")
      }
      throw XCTSkip("ANYSSPI_NODE_ACCEPTOR is not set: run `cargo xtask test swift`")
    }
    return try Connection(port: port)
  }

  /// The loop, over a connection.
  private func login(_ packageName: String, _ secret: String = password) throws -> (
    Connection, Handshake
  ) {
    let connection = try connect()
    try connection.send(bytes(packageName))
    let handshake = try initiate(
      packageName, target: target, credential: .password(user: user, password: secret))
    while let token = try handshake.next() {
      try connection.send(token)
      if !handshake.done { try handshake.receive(XCTUnwrap(try connection.receive())) }
    }
    return (connection, handshake)
  }

  func testAClientTalksToAServerInNode() throws {
    for packageName in both + ["CREDSSP"] {
      let (connection, handshake) = try login(packageName)
      let context = try handshake.context
      XCTAssertEqual(context.package.name, packageName)
      XCTAssertEqual(context.negotiatedPackage.name, "NTLM")
      XCTAssertTrue(context.flags.isSuperset(of: [.integrity, .confidentiality]))
      let greeting = try context.unwrap(try XCTUnwrap(try connection.receive()))
      XCTAssertEqual(greeting, bytes("you are CORP\\alice"))
      for message in [bytes("hello"), Data(), Data(repeating: 0x5A, count: 1 << 20)] {
        try connection.send(try context.wrap(message))
        let echoed = try XCTUnwrap(try connection.receive())
        XCTAssertEqual(try context.unwrap(echoed), message)
        // A stream has no signatures.
        guard packageName != "CREDSSP" else { continue }
        XCTAssertEqual(echoed.count, message.count + 16)
        try context.verify(message, signature: try XCTUnwrap(try connection.receive()))
      }
    }
  }

  func testAServerInNodeRefusesAWrongPassword() throws {
    // NTLM says nothing more to a client whose proof is wrong.
    let (connection, _) = try login("NTLM", "wrong")
    XCTAssertNil(try connection.receive())
    assertContains(
      try thrown { try login("Negotiate", "wrong") }.context, "rejected")
    XCTAssertTrue(try login("Negotiate").1.done)
  }

  func testAServerInNodeNoticesAMessageThatWasChanged() throws {
    let (connection, handshake) = try login("NTLM")
    _ = try connection.receive()
    var sealed = try handshake.context.wrap(bytes("hello"))
    sealed[sealed.count - 1] ^= 1
    try connection.send(sealed)
    XCTAssertNil(try connection.receive())
  }
}

/// Frames over a socket on loopback.
private final class Connection {
  private struct Broken: Error {}
  private let socket: Int32

  init(port: UInt16) throws {
    #if canImport(Glibc)
      socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      socket = Darwin.socket(AF_INET, SOCK_STREAM, 0)
    #endif
    var patience = timeval(tv_sec: 20, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { throw Broken() }
  }

  deinit { close(socket) }

  func send(_ bytes: Data) throws {
    var length = UInt32(bytes.count).bigEndian
    var rest = Data(bytes: &length, count: 4) + bytes
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes { write(socket, $0.baseAddress, $0.count) }
      guard sent > 0 else { throw Broken() }
      rest = rest.dropFirst(sent)
    }
  }

  /// A frame; `nil` where the peer has ended the connection instead.
  func receive() throws -> Data? {
    guard let head = try read(count: 4) else { return nil }
    let length = head.reduce(0) { $0 << 8 | Int($1) }
    guard let frame = try read(count: length) else { throw Broken() }
    return frame
  }

  private func read(count: Int) throws -> Data? {
    var (bytes, got) = (Data(count: count), 0)
    while got < count {
      let more = bytes.withUnsafeMutableBytes { recv(socket, $0.baseAddress! + got, count - got, 0) }
      guard more >= 0 else { throw Broken() }
      if more == 0 {
        if got == 0 { return nil }
        throw Broken()
      }
      got += more
    }
    return bytes
  }
}
