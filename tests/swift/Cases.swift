// The cases of tests/cases, which every language runs.
@testable import AnySspi
import AnySspiBridge
import Foundation
import XCTest

func readShared<T: Decodable>(_ name: String, as type: T.Type) throws -> T {
  let decoder = JSONDecoder()
  decoder.keyDecodingStrategy = .convertFromSnakeCase
  return try decoder.decode(
    type, from: Data(contentsOf: tests.appendingPathComponent("cases/\(name)")))
}

struct Cases<Case: Decodable>: Decodable {
  let cases: [Case]
}

func readCases<Case: Decodable>(_ name: String, of type: Case.Type) throws -> [Case] {
  let cases = try readShared(name, as: Cases<Case>.self).cases
  XCTAssertFalse(cases.isEmpty)
  return cases
}

/// A case of handshake.json.
struct HandshakeCase: Decodable {
  struct End: Decodable {
    let entropy: UInt8
    let host: String
    let user: String?
    let domain: String?
    let password: String?
    let ntHash: String?
    let target: String?
    /// The own clock, where it is not the case's.
    let now: UInt64?
    /// A credential cache file.
    let cache: String?
    /// A keytab file.
    let keytab: String?
    let accounts: [AccountOfCase]?
    let allow: [String]?
    let require: [String]?
    let request: [String]?
    let relax: [String]?
    let without: [String]?
    let bindings: String?
    let bindingPolicy: String?
    let acceptedTargets: [String]?
    let packages: [String]?
    let withoutPackages: [String]?
  }

  struct AccountOfCase: Decodable {
    let name: String
    let password: String?
    let ntHash: String?
    let state: String?
  }

  struct Change: Decodable {
    let leg: Int
    let at: Int?
    let xor: String?
    let truncate: Int?
    let token: String?
    let ofLeg: Int?
  }

  struct Result: Decodable, Equatable {
    var status: String
    var side: String?
    var code: String?
    var sessionKey: String?
    var client: String?
    var flags: [String]?
  }

  let name: String
  let package: String
  let now: UInt64
  let client: End
  let server: End
  let change: [Change]?
  /// The leg whose token comes again, in another handshake of the server's credentials.
  let `repeat`: Int?
  let tokens: [String]
  let result: Result

  /// The two ends, and what makes another server with the same credentials.
  struct Opened {
    let exchange: Exchange
    let serve: () throws -> Handshake
  }

  /// Opens both ends, in surroundings where everything is known.
  func open() throws -> Opened {
    let there = try surroundings(server)
    let credential = try there.acquire(
      options: CredentialOptions(
        packageName: package, usage: 0, principal: nil,
        identities: try server.serverCredential.identities, allow: server.allowed,
        packages: server.packages, withoutPackages: server.withoutPackages ?? [], delegation: nil))
    let serve = {
      try Handshake(options(server, credential: credential), start: there.start(options:))
    }
    let acceptor = try serve()
    let identities = try client.clientCredential.identities
    let initiator = try Handshake(
      options(client, identities: identities), start: surroundings(client).start(options:))
    return Opened(exchange: Exchange(initiator, acceptor, change: changed), serve: serve)
  }

  private func surroundings(_ end: End) throws -> NativeSurroundings {
    try .fixed(now: end.now ?? now, entropy: end.entropy, host: end.host, failing: 0x8009_0304)
  }

  /// What an end is started with: the server, whose credential was acquired with the rest, or the client.
  private func options(
    _ end: End, credential: NativeCredential? = nil, identities: [NativeIdentity] = []
  ) -> HandshakeOptions {
    let isAcceptor = credential != nil
    return HandshakeOptions(
      packageName: package, isAcceptor: isAcceptor, credential: credential, identities: identities,
      target: end.target, acceptedTargets: end.acceptedTargets ?? [], require: bits(end.require),
      request: bits(end.request), relax: bits(end.relax), without: bits(end.without),
      channelBindings: end.bindings.map(unhex), bindingPolicy: end.bindingPolicy,
      delegation: nil, allow: isAcceptor ? 0 : end.allowed,
      packages: isAcceptor ? nil : end.packages,
      withoutPackages: isAcceptor ? [] : end.withoutPackages ?? [])
  }

  private func bits(_ names: [String]?) -> UInt32 {
    (names ?? []).reduce(0) { $0 | Flags(name: $1)!.rawValue }
  }

  private func changed(_ earlier: [Data], _ arriving: Data) -> Data {
    var token = arriving
    for what in change ?? [] where what.leg == earlier.count {
      if let other = what.token { token = unhex(other) }
      if let leg = what.ofLeg { token = earlier[leg] }
      if let length = what.truncate { token = token.prefix(length) }
      if let xor = what.xor, let at = what.at {
        for (index, mask) in unhex(xor).enumerated() { token[at + index] ^= mask }
      }
    }
    return token
  }

  /// Runs it: the tokens as they came in, and the result.
  func run() throws -> ([String], Result) {
    try told { try $0.run() }
  }

  func run() async throws -> ([String], Result) {
    var exchange: Exchange?
    do {
      let opened = try open()
      exchange = opened.exchange
      let contexts = try await opened.exchange.run()
      return (opened.exchange.tokens.map(hex), try result(contexts, opened))
    } catch let error as SspiError {
      return (exchange?.tokens.map(hex) ?? [], Self.failure(exchange?.side ?? "client", error))
    }
  }

  private func told(_ run: (Exchange) throws -> (Context, Context)) throws -> ([String], Result) {
    var exchange: Exchange?
    do {
      let opened = try open()
      exchange = opened.exchange
      let contexts = try run(opened.exchange)
      return (opened.exchange.tokens.map(hex), try result(contexts, opened))
    } catch let error as SspiError {
      return (exchange?.tokens.map(hex) ?? [], Self.failure(exchange?.side ?? "client", error))
    }
  }

  /// What came of it: of a token that comes again, what becomes of that.
  private func result(_ contexts: (Context, Context), _ opened: Opened) throws -> Result {
    let stood = try Self.result(contexts)
    guard let leg = `repeat` else { return stood }
    let token = opened.exchange.tokens[leg]
    return Self.failure("server", try thrown { try opened.serve().step(token) })
  }

  private static func result(_ contexts: (client: Context, server: Context)) throws -> Result {
    let (client, server) = contexts
    XCTAssertEqual(try client.sessionKey, try server.sessionKey)
    XCTAssertEqual(client.flags, server.flags)
    return Result(
      status: "SEC_E_OK", sessionKey: hex(try server.sessionKey), client: server.client,
      flags: server.flags.names)
  }

  private static func failure(_ side: String, _ error: SspiError) -> Result {
    Result(
      status: error.symbol, side: side,
      code: error.ntStatus.map { String(format: "0x%08X", $0) }
        ?? error.kerberosCode.map { "Kerberos error \($0)" })
  }
}

extension HandshakeCase.End {
  var allowed: UInt32 {
    (allow ?? []).reduce(0) { $0 | Allow(name: $1.uppercased())!.rawValue }
  }

  /// What a server has to check its clients with; no accounts where nothing is said.
  var serverCredential: Credential {
    get throws {
      var all: [Credential] = []
      if let keytab { all.append(try .keytab(bytes: unhex(keytab))) }
      if accounts != nil || all.isEmpty { all.append(try .accounts((accounts ?? []).map(\.account))) }
      return try .several(all)
    }
  }

  /// Who a client is; nobody where nothing is said.
  var clientCredential: Credential {
    get throws {
      var all: [Credential] = []
      if let cache { all.append(.credentialCache(try CredentialCache(bytes: unhex(cache)))) }
      if let user {
        all.append(
          try ntHash.map { try .ntHash(user: user, hash: unhex($0), domain: domain) }
            ?? .password(user: user, password: XCTUnwrap(password), domain: domain))
      }
      return all.isEmpty ? try .anonymous() : try .several(all)
    }
  }
}

extension HandshakeCase.AccountOfCase {
  var account: Account {
    let state = state.flatMap(AccountState.init(rawValue:)) ?? .active
    if let ntHash { return Account(name: name, ntHash: unhex(ntHash), state: state) }
    return Account(name: name, password: password!, state: state)
  }
}

/// The contexts of a case of handshake.json.
func standing(_ name: String) throws -> (Context, Context) {
  let cases = try readCases("handshake.json", of: HandshakeCase.self)
  return try XCTUnwrap(cases.first { $0.name == name }).open().exchange.run()
}
