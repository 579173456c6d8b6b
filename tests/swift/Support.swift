// What the tests share: two ends in one process.
import AnySspi
import Foundation
import XCTest

let user = "CORP\\alice"
let password = "Passw0rd!"
let target = "HTTP/server.example.com"
let both = ["NTLM", "Negotiate"]

/// `SECQOP_WRAP_NO_ENCRYPT`
let noEncrypt: UInt32 = 0x8000_0001

/// The folder `tests` of the repository.
let tests = URL(fileURLWithPath: ProcessInfo.processInfo.environment["ANYSSPI_TESTS"] ?? "..")

func bytes(_ text: String) -> Data { Data(text.utf8) }

func hex(_ bytes: Data) -> String { bytes.map { String(format: "%02x", $0) }.joined() }

func unhex(_ text: String) -> Data {
  var (bytes, at) = (Data(), text.startIndex)
  while at < text.endIndex {
    let next = text.index(at, offsetBy: 2)
    bytes.append(UInt8(text[at..<next], radix: 16)!)
    at = next
  }
  return bytes
}

/// What one end is started with, beside the package.
struct Settings {
  var credential: Credential?
  var target: String? = AnySspiTests.target
  var acceptedTargets: [String] = []
  var require: Flags = []
  var request: Flags = []
  var relax: Flags = []
  var without: Flags = []
  var channelBindings: ChannelBindings?
  var bindingPolicy: BindingPolicy?
  var allow: Allow = []
  var packages: [String]?
  var withoutPackages: [String] = []

  func initiating(_ packageName: String) throws -> Handshake {
    try initiate(
      packageName, target: target, credential: credential ?? .password(user: user, password: password),
      require: require, request: request, relax: relax, without: without,
      channelBindings: channelBindings, bindingPolicy: bindingPolicy, allow: allow,
      packages: packages, withoutPackages: withoutPackages)
  }

  func accepting(_ packageName: String) throws -> Handshake {
    try accept(
      packageName, credential: credential ?? .accounts([user: password]),
      acceptedTargets: acceptedTargets, require: require, request: request, relax: relax,
      without: without, channelBindings: channelBindings, bindingPolicy: bindingPolicy, allow: allow,
      packages: packages, withoutPackages: withoutPackages)
  }
}

/// A client and a server that know each other, unless the settings say otherwise.
func ends(
  _ packageName: String = "NTLM", client: Settings = Settings(), server: Settings = Settings()
) throws -> (Handshake, Handshake) {
  (try client.initiating(packageName), try server.accepting(packageName))
}

/// The contexts of both ends after a handshake.
func pair(
  _ packageName: String = "NTLM", client: Settings = Settings(), server: Settings = Settings()
) throws -> (Context, Context) {
  let (one, other) = try ends(packageName, client: client, server: server)
  return try Exchange(one, other).run()
}

/// A server that looks its client up when it gets the token.
func pendingServer(_ store: any AccountStore, _ packageName: String = "NTLM") throws -> (
  server: Handshake, proof: Data
) {
  let settings = Settings(credential: try .accounts(store))
  let (client, server) = try ends(packageName, server: settings)
  let challenge = try server.step(try client.step())
  return (server, try XCTUnwrap(try client.step(challenge)))
}

/// Tokens between two ends, with somebody on the way who may change them.
final class Exchange {
  typealias Change = (_ earlier: [Data], _ token: Data) -> Data

  private(set) var tokens: [Data] = []
  private let ends: [Handshake]
  private let change: Change

  init(_ client: Handshake, _ server: Handshake, change: @escaping Change = { $1 }) {
    (ends, self.change) = ([client, server], change)
  }

  /// The end whose turn it is: after an error, the one that threw it.
  var turn: Handshake { ends[tokens.count % 2] }
  var side: String { ["client", "server"][tokens.count % 2] }

  /// Whether the token that a step gave was the last.
  private func passed(_ token: Data?) -> Bool {
    if let token { tokens.append(change(tokens, token)) }
    return token == nil || turn.done
  }

  func run() throws -> (Context, Context) {
    while !passed(try turn.step(tokens.last)) {}
    return (try ends[0].context, try ends[1].context)
  }

  func run() async throws -> (Context, Context) {
    while !passed(try await turn.step(tokens.last)) {}
    return (try ends[0].context, try ends[1].context)
  }
}

struct NothingThrown: Error {}

/// What a call throws, which has to be an error of the library.
@discardableResult
func thrown<T>(
  _ symbol: String? = nil, file: StaticString = #filePath, line: UInt = #line,
  by call: () throws -> T
) throws -> SspiError {
  do {
    _ = try call()
  } catch let error as SspiError {
    if let symbol { XCTAssertEqual(error.symbol, symbol, "\(error)", file: file, line: line) }
    return error
  }
  XCTFail("nothing was thrown", file: file, line: line)
  throw NothingThrown()
}

@discardableResult
func thrownLater<T>(
  _ symbol: String? = nil, file: StaticString = #filePath, line: UInt = #line,
  by call: () async throws -> T
) async throws -> SspiError {
  do {
    _ = try await call()
  } catch let error as SspiError {
    if let symbol { XCTAssertEqual(error.symbol, symbol, "\(error)", file: file, line: line) }
    return error
  }
  XCTFail("nothing was thrown", file: file, line: line)
  throw NothingThrown()
}

/// Whether a text has another in it.
func assertContains(
  _ text: String, _ part: String, file: StaticString = #filePath, line: UInt = #line
) {
  XCTAssertTrue(text.contains(part), "no “\(part)” in: \(text)", file: file, line: line)
}

/// All that can be shown of something.
func shown(_ thing: Any) -> String {
  var text = "\(thing) \(String(reflecting: thing)) "
  dump(thing, to: &text)
  return text
}

/// A store that answers when it is told to.
final class SlowStore: AccountStore, @unchecked Sendable {
  let entered = DispatchSemaphore(value: 0)
  let leave = DispatchSemaphore(value: 0)

  func account(user: String, domain: String, package: String) throws -> Account? {
    entered.signal()
    leave.wait()
    return Account(name: AnySspiTests.user, password: AnySspiTests.password)
  }

  /// Waits until it is asked, in another thread than tasks run in.
  func wasEntered() async {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        self.entered.wait()
        continuation.resume()
      }
    }
  }
}
