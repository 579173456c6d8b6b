// CredSSP: what is delegated, certificates, policies, and streams cut anywhere.
import AnySspi
import Foundation
import XCTest

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

private let host = "server.example.com"
private let desk = "TERMSRV/server.example.com"

/// A case of credssp.json.
private struct CredsspCase: Decodable {
  struct Client: Decodable {
    let password: String
    let target: String?
    let delegate: Bool?
    let policy: Policy?
    let smartCard: Card?
    let packages: [String]?
    let roots: String?
  }

  struct Policy: Decodable {
    let allow: [String]?
    let ntlmOnly: [String]?
  }

  /// A smart card, or whatever else was delegated.
  struct Card: Decodable, Equatable {
    var kind: String?
    var user: String?
    var password: String?
    var pin: String?
    var keySpec: UInt32?
    var card: String?
    var reader: String?
    var container: String?
    var provider: String?
    var userHint: String?
    var domainHint: String?
  }

  struct Result: Decodable, Equatable {
    var status: String
    var side: String?
    var delegated: Card?
  }

  let name: String
  let client: Client
  let result: Result
}

final class CredsspTests: XCTestCase {
  private static let own = Swift.Result { try Certificate.selfSigned(hostName: host) }

  private var certificate: Certificate {
    get throws { try Self.own.get() }
  }

  private func client(_ more: [Credential] = []) throws -> Handshake {
    let password = try Credential.password(user: user, password: password)
    return try client(with: .several([password] + more))
  }

  private func client(with credential: Credential) throws -> Handshake {
    try initiate("CREDSSP", target: desk, credential: credential, require: .delegate)
  }

  private func server(_ other: Certificate? = nil) throws -> Handshake {
    let certificate = try other ?? certificate
    return try accept(
      "CREDSSP",
      credential: .several([.accounts([user: password]), .certificate(certificate)]))
  }

  private func contexts() throws -> (Context, Context) {
    try Exchange(client(), server()).run()
  }

  private func client(_ end: CredsspCase.Client) throws -> Handshake {
    var credentials = [try Credential.password(user: user, password: end.password)]
    if let card = end.smartCard {
      credentials.append(
        .smartCard(
          try SmartCard(
            pin: XCTUnwrap(card.pin), keySpec: XCTUnwrap(card.keySpec), card: card.card,
            reader: card.reader, container: card.container, provider: card.provider,
            userHint: card.userHint, domainHint: card.domainHint)))
    }
    switch end.roots {
    case "server": credentials.append(try .trustedRoots(certificate.chain))
    case "other":
      let other = try Certificate.selfSigned(hostName: "other.example.com")
      credentials.append(try .trustedRoots(other.chain))
    default: break
    }
    let policy = end.policy.map { DelegationPolicy(allow: $0.allow ?? [], ntlmOnly: $0.ntlmOnly ?? []) }
    return try initiate(
      "CREDSSP", target: end.target, credential: .several(credentials),
      require: end.delegate == true ? .delegate : [], packages: end.packages, delegation: policy)
  }

  /// What was delegated, as the cases say it.
  private func told(_ delegated: Delegated?) throws -> CredsspCase.Card {
    switch delegated {
    case nil: .init(kind: "nothing")
    case .password(let login):
      .init(kind: "password", user: login.name, password: try login.password)
    case .smartCard(let card):
      .init(
        kind: "smart_card", pin: try card.pin, keySpec: card.keySpec, card: card.card,
        reader: card.reader, container: card.container, provider: card.provider,
        userHint: card.userHint, domainHint: card.domainHint)
    case .credentialCache: .init(kind: "credential_cache")
    }
  }

  private func run(_ end: CredsspCase.Client) throws -> CredsspCase.Result {
    var side = "initiator"
    do {
      let (client, server) = (try client(end), try server())
      while let token = try client.next() {
        side = "acceptor"
        let answer = try server.step(token)
        side = "initiator"
        if !client.done { try client.receive(XCTUnwrap(answer)) }
      }
      let delegated = try told(server.context.delegated())
      for context in [try client.context, try server.context] {
        XCTAssertEqual(context.flags.contains(.delegate), delegated.kind != "nothing")
        XCTAssertEqual(context.client, user)
      }
      return .init(status: "SEC_E_OK", delegated: delegated)
    } catch let error as SspiError {
      return .init(status: try XCTUnwrap(error.symbol), side: side)
    }
  }

  func testTheSharedCasesPass() throws {
    for shared in try readCases("credssp.json", of: CredsspCase.self) {
      XCTAssertEqual(try run(shared.client), shared.result, shared.name)
    }
  }

  func testWhatWasDelegatedIsHandedOutOnceAndToTheServerAlone() throws {
    let (client, server) = try contexts()
    try thrown("SEC_E_NO_CREDENTIALS") { try client.delegated() }
    guard case .password(let login)? = try server.delegated() else { return XCTFail("no password") }
    XCTAssertEqual(try login.password, password)
    try thrown("SEC_E_NO_CREDENTIALS") { try server.delegated() }
    try thrown("SEC_E_NO_CREDENTIALS") { try server.query(.creds) }
    try thrown("SEC_E_UNSUPPORTED_FUNCTION") { try pair().1.delegated() }
    server.close()
    try thrown("SEC_E_INVALID_HANDLE") { try server.delegated() }
    XCTAssertEqual(try login.password, password)
  }

  func testWhatWasDelegatedLogsOnAndIsDelegatedFurtherAndIsNotShown() throws {
    let card = try SmartCard(pin: "1234-pin", reader: "reader")
    let (_, first) = try Exchange(client([.smartCard(card)]), server()).run()
    let passedOn = try XCTUnwrap(try first.delegated())
    let (_, second) = try Exchange(client([passedOn.credential]), server()).run()
    guard case .smartCard(let last)? = try second.delegated() else { return XCTFail("no card") }
    XCTAssertEqual([try last.pin, last.reader], ["1234-pin", "reader"])

    let login = try XCTUnwrap(try contexts().1.delegated())
    let again = Settings(credential: login.credential)
    XCTAssertEqual(try pair(client: again).1.client, user)
    let answer = try contexts().1.query(.creds)
    let all: [Any] = [card, passedOn, last, login, answer, login.credential, passedOn.credential]
    for thing in all {
      for secret in ["1234-pin", password] { XCTAssertFalse(shown(thing).contains(secret), shown(thing)) }
    }
    XCTAssertEqual("\(answer)", "Password(\(user))")
  }

  func testACertificateIsWrittenInPemAndReadAgain() throws {
    let pem = try certificate.toPem()
    let read = try Certificate(pem: pem)
    XCTAssertEqual(try read.chain, try certificate.chain)
    XCTAssertEqual(try read.toPem(), pem)
    let text = String(decoding: pem, as: UTF8.self)
    let block = text.components(separatedBy: "KEY-----")[1].components(separatedBy: "-----END")[0]
    let base64 = block.filter { !$0.isWhitespace }
    let key = try XCTUnwrap(Data(base64Encoded: base64))
    let again = try Certificate(chain: read.chain, privateKey: key)
    XCTAssertEqual(try again.toPem(), pem)
    for thing in [again, Credential.certificate(again)] as [Any] {
      for form in [String(base64.prefix(8)), hex(key), "\(Array(key.prefix(4)))"] {
        XCTAssertFalse(shown(thing).contains(form), shown(thing))
      }
    }
    XCTAssertEqual("\(again) \(Credential.certificate(again))", "Certificate(1) Credential(certificate)")
    let trusting = try client([.trustedRoots(pem: pem)])
    XCTAssertEqual(try Exchange(trusting, server(again)).run().1.client, user)
  }

  func testACertificateThatIsNoneIsRefused() throws {
    let pem = String(decoding: try certificate.toPem(), as: UTF8.self)
    let keyless = pem.components(separatedBy: "-----BEGIN PRIVATE")[0]
    let damaged = pem.replacingOccurrences(of: "MII", with: "!!!")
    for wrong in ["", "garbage", keyless, String(pem.dropFirst(keyless.count)), damaged] {
      try thrown("SEC_E_CERT_UNKNOWN") { try Certificate(pem: bytes(wrong)) }
    }
    for wrong in ["", "garbage"] {
      try thrown("SEC_E_CERT_UNKNOWN") { try Credential.trustedRoots(pem: bytes(wrong)) }
    }
    for wrong in [
      try Certificate(chain: certificate.chain, privateKey: bytes("no key")),
      try Certificate(chain: [], privateKey: Data()),
    ] {
      try thrown("SEC_E_CERT_UNKNOWN") { try wrong.toPem() }
      try thrown("SEC_E_CERT_UNKNOWN") { try server(wrong) }
    }
    let other = String(
      decoding: try Certificate.selfSigned(hostName: "other.example.com").toPem(), as: UTF8.self)
    let key = "-----BEGIN PRIVATE" + other.components(separatedBy: "-----BEGIN PRIVATE")[1]
    try thrown("SEC_E_CERT_UNKNOWN") { try server(Certificate(pem: bytes(keyless + key))) }
  }

  func testAPolicyAnswersWhatItAllows() throws {
    let anywhere = DelegationPolicy()
    XCTAssertTrue(try anywhere.allows(desk) && anywhere.allowsNtlmOnly("HTTP/anything"))
    for nowhere in [DelegationPolicy(allow: []), DelegationPolicy(ntlmOnly: [])] {
      XCTAssertFalse(try nowhere.allows(desk) || nowhere.allowsNtlmOnly(desk))
    }
    let policy = DelegationPolicy(
      allow: ["TERMSRV/*", "WSMAN/*.corp.example"], ntlmOnly: ["TERMSRV/lab-*"])
    XCTAssertTrue(try policy.allows("termsrv/desk7.corp.example"))
    XCTAssertTrue(try policy.allows("WSMAN/a.corp.example"))
    XCTAssertFalse(try policy.allows("WSMAN/a.elsewhere.example") || policy.allows(""))
    XCTAssertTrue(try policy.allowsNtlmOnly("TERMSRV/LAB-3"))
    XCTAssertFalse(try policy.allowsNtlmOnly("TERMSRV/desk7.corp.example"))
    XCTAssertNotEqual(policy, anywhere)
  }

  func testAcquiredCredentialsHaveThePolicyTheyWereAcquiredWith() throws {
    let forbidden = DelegationPolicy(allow: [])
    let login = try Credential.password(user: user, password: password)
    let strict = try Raw.acquireCredentialsHandle(
      package: "CREDSSP", usage: .outbound, credential: login, delegation: forbidden)
    for credential in [try login.acquired(for: "CREDSSP", delegation: forbidden), strict.credential] {
      let error = try thrown { try Exchange(client(with: credential), server()).run() }
      guard case .delegationForbidden = error else { return XCTFail("\(error)") }
    }
    let free = try login.acquired(for: "CREDSSP")
    XCTAssertNotNil(try Exchange(client(with: free), server()).run().1.delegated())
    for policy in [forbidden, DelegationPolicy()] {
      try thrown("SEC_E_INVALID_PARAMETER") {
        try initiate("CREDSSP", target: desk, credential: free, delegation: policy)
      }
    }
  }

  func testAStreamIsOpenedInAnyPiecesAndHasNoEmptyMessages() async throws {
    let (client, server) = try contexts()
    XCTAssertEqual(try wrapped(client, Data()), Data())
    XCTAssertEqual(try opened(server, Data()), Data())
    let message = Data((0..<100_000).map { UInt8(truncatingIfNeeded: $0) })
    for most in [1, 5, 1000, 1 << 20] {
      var rest = try wrapped(client, message)
      var got = Data()
      while !rest.isEmpty {
        // A slice, whose indices do not begin at 0.
        got += try opened(server, rest.prefix(most))
        rest = rest.dropFirst(most)
      }
      XCTAssertEqual(got, message)
    }
    let two = try wrapped(server, bytes("one")) + wrapped(server, bytes("two"))
    XCTAssertEqual(try opened(client, two), bytes("onetwo"))
    let sealed = try await server.wrap(message)
    let plain = try await client.unwrap(sealed)
    XCTAssertEqual(plain, message)
    let another = try await server.wrap(message)
    let (same, quality) = try await client.unwrapWithQuality(another)
    XCTAssertEqual(same, message)
    XCTAssertEqual(quality, 0)
    try thrown("SEC_E_UNSUPPORTED_FUNCTION") { try client.sign(message) }
    try thrown("SEC_E_UNSUPPORTED_FUNCTION") { try client.verify(message, signature: Data(count: 16)) }
  }

  /// In the calling thread, also where a task runs.
  private func wrapped(_ context: Context, _ message: Data) throws -> Data { try context.wrap(message) }

  private func opened(_ context: Context, _ sealed: Data) throws -> Data { try context.unwrap(sealed) }

  func testAStreamThatWasChangedDoesNotOpen() throws {
    let (client, server) = try contexts()
    var sealed = try client.wrap(bytes("message"))
    sealed[sealed.count - 1] ^= 1
    for _ in 0..<2 { try thrown { try server.unwrap(sealed) } }
  }

  func testAStreamEndsWhereItWasShutDown() throws {
    let (client, server) = try contexts()
    let last = try client.wrap(bytes("last")) + client.shutDown()
    XCTAssertEqual(try server.unwrap(last), bytes("last"))
    for _ in 0..<2 { try thrown("SEC_E_CONTEXT_EXPIRED") { try server.unwrap(Data()) } }
    try thrown("SEC_E_CONTEXT_EXPIRED") { try server.unwrapWithQuality(Data()) }
    XCTAssertEqual(try client.unwrap(server.wrap(bytes("answer"))), bytes("answer"))
    let end = try server.shutDown()
    try thrown("SEC_E_CONTEXT_EXPIRED") { try client.unwrap(end) }
    try thrown("SEC_E_UNSUPPORTED_FUNCTION") { try pair().0.shutDown() }
    client.close()
    try thrown("SEC_E_INVALID_HANDLE") { try client.shutDown() }
  }

  func testAStreamsContextAnswersWhatItIsAsked() throws {
    let (client, server) = try contexts()
    let chain = try certificate.chain
    XCTAssertEqual(try client.query(.remoteCertContext), .certificates(chain))
    XCTAssertEqual(try server.query(.localCertContext), .certificates(chain))
    XCTAssertEqual("\(try server.query(.localCertContext))", "1 certificates")
    let hashed = try ChannelBindings.tlsServerEndPoint(certificate: chain[0]).applicationData
    for context in [client, server] {
      guard case .connectionInfo(let info) = try context.query(.connectionInfo),
        case .streamSizes(let sizes) = try context.query(.streamSizes),
        case .bytes(let bindings) = try context.query(.endpointBindings)
      else { return XCTFail("other answers") }
      XCTAssertEqual([info.version, info.cipherSuite & 0xFF00], [0x0304, 0x1300])
      assertContains(info.cipherSuiteName, "TLS13_")
      XCTAssertNotNil(info.keyExchange)
      XCTAssertFalse(info.isResumed)
      XCTAssertEqual(
        [sizes.header, sizes.maximumMessage, sizes.buffers, sizes.blockSize], [5, 16_384, 4, 1])
      assertContains(hex(bindings), hex(hashed))
      XCTAssertEqual(context.package.name, "CREDSSP")
    }
    guard case .delegated(.password(let login)?) = try server.query(.creds) else {
      return XCTFail("no password")
    }
    XCTAssertEqual(login.name, user)
  }

  func testTheEarlyAnswerIsFourBytes() throws {
    let sent = try EarlyUserAuthResult.accessDenied.toBytes()
    XCTAssertEqual(sent, Data([5, 0, 0, 0]))
    try thrown("SEC_E_LOGON_DENIED") { try EarlyUserAuthResult(bytes: sent).check() }
    try EarlyUserAuthResult(bytes: EarlyUserAuthResult.success.toBytes()).check()
    for wrong in [Data(), Data(count: 3), Data(count: 5), Data([1, 0, 0, 0])] {
      try thrown("SEC_E_INVALID_TOKEN") { try EarlyUserAuthResult(bytes: wrong) }
    }
  }

  /// Logs a client in and sends back what it says, until it has no more to say.
  private func serve(_ wire: Wire) throws -> Delegated? {
    let handshake = try server()
    while !handshake.done {
      if let token = try handshake.step(wire.read()) { try wire.send(token) }
    }
    let context = try handshake.context
    var received = handshake.extra
    while true {
      do {
        try wire.send(context.wrap(context.unwrap(received)))
      } catch SspiError.contextExpired {
        break
      }
      received = try wire.read()
    }
    try wire.send(context.shutDown())
    return try context.delegated()
  }

  private func talk(_ wire: Wire, _ handshake: Handshake) throws {
    let context = try handshake.context
    let message = Data((0..<50_000).map { UInt8(truncatingIfNeeded: $0) })
    try wire.send(context.wrap(message))
    var answer = try context.unwrap(handshake.extra)
    while answer.count < message.count { answer += try context.unwrap(wire.read()) }
    XCTAssertEqual(answer, message)
    try wire.send(context.shutDown())
    try thrown("SEC_E_CONTEXT_EXPIRED") {
      while true {
        let more = try context.unwrap(wire.read())
        XCTAssertEqual(more, Data())
      }
    }
  }

  private func withNext(_ handshake: Handshake, _ wire: Wire) throws {
    while let token = try handshake.next() {
      try wire.send(token)
      if !handshake.done { try handshake.receive(wire.read()) }
    }
  }

  private func withStep(_ handshake: Handshake, _ wire: Wire) throws {
    try wire.send(XCTUnwrap(try handshake.step()))
    while !handshake.done {
      if let token = try handshake.step(wire.read()) { try wire.send(token) }
    }
  }

  private func withForAwait(_ handshake: Handshake, _ wire: Wire) async throws {
    for try await token in handshake {
      try wire.send(token)
      if !handshake.done { try handshake.receive(wire.read()) }
    }
  }

  private func withStepAwait(_ handshake: Handshake, _ wire: Wire) async throws {
    try wire.send(try await handshake.step() ?? Data())
    while !handshake.done {
      if let token = try await handshake.step(wire.read()) { try wire.send(token) }
    }
  }

  func testALoginOverASocketWithEachLoopInReadsCutAnywhere() async throws {
    let loops: [(Handshake, Wire) async throws -> Void] = [
      { try self.withNext($0, $1) }, { try self.withStep($0, $1) },
      { try await self.withForAwait($0, $1) }, { try await self.withStepAwait($0, $1) },
    ]
    for (number, loop) in loops.enumerated() {
      for seed: UInt64 in 1...5 {
        let (here, there) = try Wire.pair(seed: seed)
        let served = Served()
        Thread.detachNewThread { served.give(Swift.Result { try self.serve(there) }) }
        let handshake = try client()
        try await loop(handshake, here)
        try talk(here, handshake)
        guard case .password(let login)? = try served.get() else { return XCTFail("loop \(number)") }
        XCTAssertEqual([login.name, try login.password], [user, password])
      }
    }
  }
}

/// Call by call, with buffers.
extension CredsspTests {
  private typealias Buffer = Raw.Buffer

  private static let wanted: Raw.IscReq = [
    .stream, .allocateMemory, .delegate, .mutualAuth, .sequenceDetect, .connection,
    .manualCredValidation, .extendedError,
  ]

  private func four(_ stream: Data) -> [Buffer] {
    [Buffer(.data, stream)] + (0..<3).map { _ in Buffer(.empty) }
  }

  private func encrypted(_ context: Raw.SecurityContext, _ message: Data) throws -> Data {
    guard case .streamSizes(let sizes) = try Raw.queryContextAttributes(context, .streamSizes) else {
      throw NothingThrown()
    }
    let buffers = [
      Buffer(.streamHeader, Data(count: sizes.header)), Buffer(.data, message),
      Buffer(.streamTrailer, Data(count: sizes.trailer)), Buffer(.empty),
    ]
    try Raw.encryptMessage(context, message: buffers)
    return buffers.reduce(Data()) { $0 + $1.bytes }
  }

  func testCallByCallTooFewBytesAreMissingAndTooManyAreExtra() throws {
    let outbound = try Credential.password(user: user, password: password).acquired(for: "CREDSSP")
    let inbound = try Credential.several([
      .accounts([user: password]), .certificate(Certificate.selfSigned(hostName: host)),
    ]).acquired(for: "CREDSSP")
    let (client, server) = (try Raw.SecurityContext(), try Raw.SecurityContext())

    func initiated(_ token: Data?) throws -> (Raw.IscRet, Data) {
      let output = Buffer(.token)
      let input = token.map { [Buffer(.token, $0), Buffer(.empty)] } ?? []
      let outcome = try Raw.initializeSecurityContext(
        outbound, client, target: desk, flags: Self.wanted, input: input, output: [output])
      return (outcome.flags, output.bytes)
    }
    func accepted(_ token: Data, _ empty: Buffer) throws -> (Raw.Outcome<Raw.AscRet>, Data) {
      let output = Buffer(.token)
      let outcome = try Raw.acceptSecurityContext(
        inbound, server, flags: [.stream, .allocateMemory], input: [Buffer(.token, token), empty],
        output: [output])
      return (outcome, output.bytes)
    }

    var (_, token) = try initiated(nil)
    while true {
      let missing = Buffer(.empty)
      try thrown("SEC_E_INCOMPLETE_MESSAGE") { try accepted(token.dropLast(), missing) }
      XCTAssertEqual(missing.kind, .missing)
      XCTAssertEqual(missing.length, 1)
      let more = try client.isEstablished ? unhex("170303000c") + bytes("what follows") : Data()
      let extra = Buffer(.empty)
      let (outcome, answer) = try accepted(token + more, extra)
      if outcome.status == .SEC_E_OK {
        XCTAssertEqual(extra.kind, .extra)
        XCTAssertEqual(extra.length, more.count)
        XCTAssertTrue(outcome.flags.isSuperset(of: [.stream, .delegate, .confidentiality]))
        break
      }
      let (flags, next) = try initiated(answer)
      if try client.isEstablished {
        XCTAssertTrue(flags.isSuperset(of: [.stream, .manualCredValidation]))
      }
      token = next
    }
    guard case .delegated(.password(let login)?) = try Raw.queryContextAttributes(server, .creds) else {
      return XCTFail("no password")
    }
    XCTAssertEqual(try login.password, password)
    try thrown("SEC_E_NO_CREDENTIALS") { try Raw.queryContextAttributes(server, .creds) }

    let (first, second) = (
      try encrypted(client, bytes("first message")), try encrypted(client, bytes("second"))
    )
    let cut = four(first.dropLast(3))
    try thrown("SEC_E_INCOMPLETE_MESSAGE") { try Raw.decryptMessage(server, message: cut) }
    XCTAssertEqual(cut[1].kind, .missing)
    XCTAssertEqual(cut[1].length, 3)
    let buffers = four(first + second)
    try Raw.decryptMessage(server, message: buffers)
    XCTAssertEqual(buffers.map(\.kind), [.streamHeader, .data, .streamTrailer, .extra])
    XCTAssertEqual(buffers[1].bytes, bytes("first message"))
    let rest = four(buffers[3].bytes)
    try Raw.decryptMessage(server, message: rest)
    XCTAssertEqual(rest[1].bytes, bytes("second"))
    XCTAssertEqual(rest[3].kind, .empty)
    let end = four(try Raw.shutDownStream(client))
    try thrown("SEC_E_CONTEXT_EXPIRED") { try Raw.decryptMessage(server, message: end) }
    try thrown { try Raw.shutDownStream(Raw.SecurityContext()) }
  }
}

/// One end of a connection, whose reads are cut anywhere.
private final class Wire: @unchecked Sendable {
  private struct Broken: Error {}
  private let socket: Int32
  private var seed: UInt64

  private init(_ socket: Int32, seed: UInt64) {
    (self.socket, self.seed) = (socket, seed)
    var patience = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  static func pair(seed: UInt64) throws -> (Wire, Wire) {
    var sockets: [Int32] = [0, 0]
    #if canImport(Glibc)
      let made = socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &sockets)
    #else
      let made = socketpair(AF_UNIX, SOCK_STREAM, 0, &sockets)
    #endif
    guard made == 0 else { throw Broken() }
    return (Wire(sockets[0], seed: seed), Wire(sockets[1], seed: seed &+ 1000))
  }

  deinit { close(socket) }

  func send(_ bytes: Data) throws {
    var rest = bytes
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes { write(socket, $0.baseAddress, $0.count) }
      guard sent > 0 else { throw Broken() }
      rest = rest.dropFirst(sent)
    }
  }

  func read() throws -> Data {
    seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    let most = (seed >> 40) % 2 == 0 ? (seed >> 41) % 7 : (seed >> 41) % 2000
    var bytes = Data(count: 1 + Int(most))
    let count = bytes.withUnsafeMutableBytes { recv(socket, $0.baseAddress, $0.count, 0) }
    guard count > 0 else { throw Broken() }
    return bytes.prefix(count)
  }
}

/// What a server in another thread came to.
private final class Served: @unchecked Sendable {
  private let isThere = DispatchSemaphore(value: 0)
  private var result: Swift.Result<Delegated?, any Error>?

  func give(_ result: Swift.Result<Delegated?, any Error>) {
    self.result = result
    isThere.signal()
  }

  func get() throws -> Delegated? {
    isThere.wait()
    return try result!.get()
  }
}
