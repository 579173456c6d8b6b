// The raw layer: handles, buffers and statuses, call by call.
import AnySspi
import XCTest

private typealias Context = Raw.SecurityContext
private typealias Buffer = Raw.Buffer

final class RawTests: XCTestCase {
  private var outbound: Credential!
  private var inbound: Credential!

  override func setUpWithError() throws {
    (outbound, inbound) = try credentials()
  }

  private func credentials(_ store: (any AccountStore)? = nil) throws -> (Credential, Credential) {
    let client = try Raw.acquireCredentialsHandle(
      package: "NTLM", usage: .outbound, credential: .password(user: user, password: password))
    XCTAssertNil(client.expiry)
    let server = try Raw.acquireCredentialsHandle(
      package: "NTLM", usage: .inbound,
      credential: try store.map { try .accounts($0) } ?? .accounts([user: password]))
    return (client.credential, server.credential)
  }

  @discardableResult
  private func initiate(
    _ context: Context, _ token: Data = Data(), with credential: Credential?,
    _ more: [Buffer] = []
  ) throws -> (Raw.Outcome<Raw.IscRet>, Data) {
    let output = Buffer(.token)
    let outcome = try Raw.initializeSecurityContext(
      credential, context, target: target, flags: [.confidentiality, .allocateMemory],
      input: [Buffer(.token, token)] + more, output: [output])
    return (outcome, output.bytes)
  }

  @discardableResult
  private func accept(
    _ context: Context, _ token: Data, with credential: Credential?, flags: Raw.AscReq = [],
    _ more: [Buffer] = []
  ) throws -> (Raw.Outcome<Raw.AscRet>, Data) {
    let output = Buffer(.token)
    let outcome = try Raw.acceptSecurityContext(
      credential, context, flags: flags.union(.allocateMemory),
      input: [Buffer(.token, token)] + more, output: [output])
    return (outcome, output.bytes)
  }

  @discardableResult
  private func run(
    _ client: Context, _ server: Context, flags: Raw.AscReq = [], _ more: () -> [Buffer] = { [] }
  ) throws -> Raw.Status {
    var token = try initiate(client, with: outbound).1
    token = try accept(server, token, with: inbound, flags: flags, more()).1
    token = try initiate(client, token, with: outbound).1
    return try accept(server, token, with: inbound, flags: flags, more()).0.status
  }

  private func pair() throws -> (Context, Context) {
    let (client, server) = (try Context(), try Context())
    try run(client, server)
    return (client, server)
  }

  /// The signature and the message.
  private func sealed(_ context: Context, _ message: Data) throws -> Data {
    let (token, data) = (Buffer(.token, Data(count: 16)), Buffer(.data, message))
    try Raw.encryptMessage(context, message: [token, data])
    return token.bytes + data.bytes
  }

  func testStatusesAndFlagsAreThoseOfTheInterface() throws {
    let (client, server) = (try Context(), try Context())
    var (begun, token) = try initiate(client, with: outbound)
    XCTAssertEqual(begun.status, .SEC_I_CONTINUE_NEEDED)
    XCTAssertFalse(try client.isEstablished)
    var accepted: Raw.Outcome<Raw.AscRet>
    (accepted, token) = try accept(server, token, with: inbound)
    XCTAssertEqual(accepted.status, .SEC_I_CONTINUE_NEEDED)
    (begun, token) = try initiate(client, token, with: outbound)
    XCTAssertEqual(begun.status, .SEC_E_OK)
    XCTAssertTrue(try client.isEstablished)
    XCTAssertEqual(
      begun.flags,
      [
        .integrity, .confidentiality, .replayDetect, .sequenceDetect, .connection,
        .allocatedMemory,
      ])
    XCTAssertNil(begun.expiry)
    (accepted, token) = try accept(server, token, with: inbound)
    XCTAssertEqual(accepted.status, .SEC_E_OK)
    XCTAssertEqual(token, Data())
    XCTAssertTrue(accepted.flags.isSuperset(of: [.integrity, .noAdditionalToken]))
  }

  func testPackagesHaveTheNamesOfTheInterface() throws {
    XCTAssertEqual(try Raw.enumerateSecurityPackages(), try packages())
    XCTAssertEqual(try Raw.querySecurityPackageInfo("ntlm"), try packageInfo("NTLM"))
  }

  func testCredentialsSayWhoseTheyAre() throws {
    XCTAssertEqual(try Raw.queryCredentialsAttributes(outbound), user)
    let several = try Credential.several([
      .password(user: "bob", password: "pw"), .password(user: user, password: password),
    ])
    let named = try Raw.acquireCredentialsHandle(
      principal: user, package: "Negotiate", usage: .outbound, credential: several)
    XCTAssertEqual(try Raw.queryCredentialsAttributes(named.credential), user)
  }

  func testOutputIsAllocatedWhereThatIsAskedFor() throws {
    let output = Buffer(.token)
    try Raw.initializeSecurityContext(
      outbound, Context(), flags: [.confidentiality, .allocateMemory], output: [output])
    XCTAssertEqual([output.length, output.bytes.count, output.memory?.count], [40, 40, 40])
  }

  func testABufferThatIsTooSmallSaysWhatIsNeededAndLosesNothing() throws {
    for size in [0, 39] {
      let (client, server) = (try Context(), try Context())
      let short = Buffer(.token, Data(count: size))
      try thrown("SEC_E_BUFFER_TOO_SMALL") {
        try Raw.initializeSecurityContext(
          outbound, client, target: target, flags: .confidentiality, output: [short])
      }
      XCTAssertEqual(short.length, 40)
      let output = Buffer(.token, Data(count: 64))
      let outcome = try Raw.initializeSecurityContext(
        outbound, client, target: target, flags: .confidentiality, output: [output])
      XCTAssertEqual(outcome.status, .SEC_I_CONTINUE_NEEDED)
      XCTAssertEqual([output.length, output.memory?.count], [40, 64])
      let challenge = try accept(server, output.bytes, with: inbound).1
      let proof = try initiate(client, challenge, with: outbound).1
      XCTAssertEqual(try accept(server, proof, with: inbound).0.status, .SEC_E_OK)
    }
  }

  func testHandlesThatAreNullOrOfTheOtherSideAreInvalid() throws {
    let context = try Context()
    XCTAssertEqual("\(context)", "SecurityContext(not established)")
    let data = Buffer(.data, Data(count: 4))
    for call in [
      { _ = try Raw.queryContextAttributes(context, .sizes) },
      { _ = try Raw.querySecurityContextToken(context) },
      { try Raw.completeAuthToken(context, token: []) },
      { try Raw.makeSignature(context, message: [data]) },
      { _ = try Raw.verifySignature(context, message: [data]) },
      { try Raw.encryptMessage(context, message: [data]) },
      { _ = try Raw.decryptMessage(context, message: [data]) },
      { try self.initiate(context, with: nil) },
      { try Raw.deleteSecurityContext(context) },
    ] as [() throws -> Void] {
      try thrown("SEC_E_INVALID_HANDLE") { try call() }
    }
    let token = try initiate(context, with: outbound).1
    try thrown("SEC_E_INVALID_HANDLE") { try accept(context, token, with: inbound) }
    try thrown("SEC_E_OUT_OF_SEQUENCE") { try Raw.queryContextAttributes(context, .sizes) }
  }

  func testADeletedContextIsInvalid() throws {
    let (client, server) = try pair()
    try Raw.deleteSecurityContext(client)
    XCTAssertFalse(try client.isEstablished)
    for call in [
      { try self.initiate(client, with: self.outbound) },
      { _ = try Raw.queryContextAttributes(client, .sizes) },
      { try Raw.encryptMessage(client, message: []) },
      { try Raw.deleteSecurityContext(client) },
    ] as [() throws -> Void] {
      try thrown("SEC_E_INVALID_HANDLE") { try call() }
    }
    guard case .name(user) = try Raw.queryContextAttributes(server, .names) else {
      return XCTFail("no name")
    }
  }

  func testAFreedCredentialIsInvalidAndItsContextsGoOn() throws {
    let own = try credentials().0
    let (client, server) = (try Context(), try Context())
    let token = try initiate(client, with: own).1
    try Raw.freeCredentialsHandle(own)
    XCTAssertEqual("\(own)", "Credential(freed)")
    for call in [
      { try Raw.freeCredentialsHandle(own) },
      { _ = try Raw.queryCredentialsAttributes(own) },
      { try self.initiate(try Context(), with: own) },
      { _ = try AnySspi.initiate("NTLM", credential: own) },
    ] as [() throws -> Void] {
      assertContains(try thrown("SEC_E_INVALID_HANDLE") { try call() }.context, "freed")
    }
    let challenge = try accept(server, token, with: inbound).1
    let proof = try initiate(client, challenge, with: nil).1
    XCTAssertEqual(try accept(server, proof, with: inbound).0.status, .SEC_E_OK)
  }

  private func key(_ context: Context) throws -> Data? {
    guard case .bytes(let key) = try Raw.queryContextAttributes(context, .sessionKey) else {
      return nil
    }
    return key
  }

  func testACallAfterSuccessAuthenticatesAnew() throws {
    let (client, server) = try pair()
    let before = try XCTUnwrap(try key(client))
    XCTAssertEqual(try run(client, server), .SEC_E_OK)
    let after = try key(client)
    XCTAssertEqual(after, try key(server))
    XCTAssertNotEqual(after, before)
  }

  func testAFailedContextStaysFailed() throws {
    let server = try Context()
    let good = try initiate(try Context(), with: outbound).1
    let errors = try [bytes("nonsense"), good].map { token in
      try thrown("SEC_E_INVALID_TOKEN") { try accept(server, token, with: inbound) }
    }
    XCTAssertEqual("\(errors[0])", "\(errors[1])")
    try Raw.deleteSecurityContext(server)
  }

  func testChannelBindingsComeInABufferOrAreSet() throws {
    let rows: [(String?, Raw.AscReq, BindingPolicy?, Bool)] = [
      ("right", [], nil, true),
      (nil, .allowMissingBindings, nil, true),
      ("wrong", [], nil, false),
      ("wrong", .allowMissingBindings, nil, false),
      (nil, [], nil, false),
      (nil, [], .whenSupported, true),
      ("wrong", [], .never, true),
    ]
    func structure(_ text: String) throws -> Data {
      try ChannelBindings(applicationData: bytes("tls-server-end-point:\(text)")).structure()
    }
    let right = try structure("right")
    for (ofClient, flags, policy, stands) in rows {
      let (client, server) = (try Context(), try Context(bindingPolicy: policy))
      if let ofClient {
        try Raw.setContextAttributes(client, .endpointBindings, structure(ofClient))
      }
      func login() throws -> Raw.Status {
        try run(client, server, flags: flags) { [Buffer(.channelBindings, right)] }
      }
      if stands {
        XCTAssertEqual(try login(), .SEC_E_OK)
      } else {
        try thrown("SEC_E_BAD_BINDINGS") { try login() }
      }
    }
    try thrown("SEC_E_INVALID_PARAMETER") {
      try run(try Context(), try Context()) { [Buffer(.channelBindings, right.prefix(31))] }
    }
  }

  func testTargetNamesAreCheckedWhereSomeAreGiven() throws {
    try run(try Context(), try Context(acceptedTargets: [target]))
    try thrown("SEC_E_WRONG_PRINCIPAL") {
      try run(try Context(), try Context(acceptedTargets: ["CIFS/x"]))
    }
  }

  func testAnEstablishedContextAnswers() throws {
    let (client, server) = try pair()
    guard case .sizes(let sizes) = try Raw.queryContextAttributes(client, .sizes) else {
      return XCTFail("no sizes")
    }
    XCTAssertEqual(sizes.securityTrailer, 16)
    let token = try Raw.querySecurityContextToken(server)
    XCTAssertEqual(token.user, user)
    XCTAssertFalse(token.isAnonymous || token.identifyOnly)
    XCTAssertNil(token.expiry)
    try thrown("SEC_E_UNSUPPORTED_FUNCTION") { try Raw.querySecurityContextToken(client) }
    try thrown("SEC_E_UNSUPPORTED_FUNCTION") {
      try Raw.queryContextAttributes(client, Raw.Attribute(rawValue: 4711))
    }
    try thrown { try Raw.setContextAttributes(client, .sessionKey, Data(count: 16)) }
    // Whatever it answers, none of it is the key as text.
    for (name, attribute) in Raw.Attribute.named {
      guard let value = try? Raw.queryContextAttributes(server, attribute) else { continue }
      XCTAssertFalse(shown(value).contains(hex(try XCTUnwrap(try key(server)))), name)
    }
  }

  func testNothingIsToBeCompletedInNtlm() throws {
    let error = try thrown {
      try Raw.completeAuthToken(try pair().0, token: [Buffer(.token, bytes("x"))])
    }
    XCTAssertNotEqual(error.family, .internal)
  }

  func testALookUpMayNotTouchWhatIsInUse() throws {
    final class Touching: AccountStore, @unchecked Sendable {
      var server: Raw.SecurityContext?
      var symbols: [String] = []

      func account(user: String, domain: String, package: String) throws -> Account? {
        do {
          try Raw.deleteSecurityContext(server!)
        } catch let error as SspiError { symbols.append(error.symbol) }
        return Account(name: user, password: password)
      }
    }
    let store = Touching()
    let own = try credentials(store).1
    let (client, server) = (try Context(), try Context())
    store.server = server
    let challenge = try accept(server, try initiate(client, with: outbound).1, with: own).1
    let proof = try initiate(client, challenge, with: outbound).1
    XCTAssertEqual(try accept(server, proof, with: nil).0.status, .SEC_E_OK)
    XCTAssertEqual(store.symbols, ["SEC_E_OUT_OF_SEQUENCE"])
  }

  func testWhatALookUpThrowsIsTheCauseHereToo() throws {
    struct Broken: Error {}
    struct Store: AccountStore {
      func account(user: String, domain: String, package: String) throws -> Account? {
        throw Broken()
      }
    }
    let own = try credentials(Store()).1
    let (client, server) = (try Context(), try Context())
    let challenge = try accept(server, try initiate(client, with: outbound).1, with: own).1
    let proof = try initiate(client, challenge, with: outbound).1
    for _ in 0..<2 {
      let error = try thrown("SEC_E_INTERNAL_ERROR") { try accept(server, proof, with: own) }
      XCTAssertTrue(error.cause is Broken)
    }
  }

  func testAMessageIsEncryptedAndDecrypted() throws {
    let (client, server) = try pair()
    let (token, data) = (Buffer(.token, Data(count: 16)), Buffer(.data, bytes("a message")))
    try Raw.encryptMessage(client, message: [token, data])
    XCTAssertNotEqual(data.bytes, bytes("a message"))
    XCTAssertNotEqual(token.bytes, Data(count: 16))
    XCTAssertEqual(try Raw.decryptMessage(server, message: [token, data]), 0)
    XCTAssertEqual(data.bytes, bytes("a message"))
  }

  func testAMessageIsSignedAndVerified() throws {
    let (client, server) = try pair()
    let (token, data) = (Buffer(.token, Data(count: 16)), Buffer(.data, bytes("a message")))
    try Raw.makeSignature(client, message: [token, data])
    XCTAssertEqual(data.bytes, bytes("a message"))
    try thrown("SEC_E_MESSAGE_ALTERED") {
      try Raw.verifySignature(server, message: [token, Buffer(.data, bytes("A message"))])
    }
    // SECQOP_WRAP_NO_ENCRYPT
    XCTAssertEqual(try Raw.verifySignature(server, message: [token, data]), noEncrypt)
  }

  func testTheMessageInAStreamIsAPartOfIt() throws {
    for size in [0, 1, 9, 100_000] {
      let (client, server) = try pair()
      let message = Data(repeating: 0x6D, count: size)
      let stream = Buffer(.stream, try sealed(client, message))
      let data = Buffer(.data)
      XCTAssertEqual(try Raw.decryptMessage(server, message: [stream, data]), 0)
      XCTAssertEqual(data.length, size)
      XCTAssertEqual(data.bytes, message)
      XCTAssertEqual(stream.memory?.dropFirst(16), message)
    }
  }

  func testTheLengthThatATokenNeedsIsTold() throws {
    let (client, server) = try pair()
    let message = Buffer(.data, bytes("a message"))
    for size in [15, 0] {
      let short = Buffer(.token, Data(count: size))
      try thrown("SEC_E_BUFFER_TOO_SMALL") {
        try Raw.encryptMessage(client, message: [short, message])
      }
      XCTAssertEqual(short.length, 16)
    }
    XCTAssertEqual(message.bytes, bytes("a message"))
    let token = Buffer(.token, Data(count: 16))
    try Raw.encryptMessage(client, message: [token, message])
    try Raw.decryptMessage(server, message: [token, message])
    XCTAssertEqual(message.bytes, bytes("a message"))
  }

  func testWhatCountsOfABufferIsWhatTheNextCallReads() throws {
    let (client, server) = (try Context(), try Context())
    let (token, answer) = (Buffer(.token, Data(count: 4096)), Buffer(.token, Data(count: 4096)))
    try Raw.initializeSecurityContext(
      outbound, client, target: target, flags: .confidentiality, output: [token])
    try Raw.acceptSecurityContext(inbound, server, flags: [], input: [token], output: [answer])
    let proof = Buffer(.token, Data(count: 4096))
    try Raw.initializeSecurityContext(
      nil, client, target: target, flags: .confidentiality, input: [answer], output: [proof])
    let outcome = try Raw.acceptSecurityContext(
      nil, server, flags: [], input: [proof], output: [answer])
    XCTAssertEqual(outcome.status, .SEC_E_OK)
  }

  func testABufferIsInTheListsOnce() throws {
    let (client, server) = try pair()
    let (token, twice) = (Buffer(.token, Data(count: 16)), Buffer(.data, bytes("x")))
    try thrown("SEC_E_INVALID_PARAMETER") {
      try Raw.makeSignature(client, message: [token, twice, twice])
    }
    // It has cost nothing.
    let stream = Buffer(.stream, try sealed(client, bytes("still the first")))
    let data = Buffer(.data)
    try Raw.decryptMessage(server, message: [stream, data])
    XCTAssertEqual(data.bytes, bytes("still the first"))
  }

  func testABufferSaysWhatItIs() {
    let buffer = Buffer(.data, bytes("some"), attributes: .readonly)
    XCTAssertEqual(buffer.kind, .data)
    XCTAssertEqual(buffer.attributes, .readonly)
    XCTAssertEqual(buffer.length, 4)
    XCTAssertEqual(buffer.bytes, bytes("some"))
    XCTAssertEqual("\(buffer)", "Buffer(DATA, 4 bytes)")
    let empty = Buffer(.token)
    XCTAssertNil(empty.memory)
    XCTAssertEqual(empty.bytes, Data())
    XCTAssertEqual("\(Buffer(Raw.BufferKind(rawValue: 4711)))", "Buffer(0x00001267, 0 bytes)")
  }

  func testTokensOfNoBytesAndOfVeryManyAreRefused() throws {
    for token in [Data(), Data(count: 16 << 20)] {
      try thrown { try accept(try Context(), token, with: inbound) }
      let client = try Context()
      try initiate(client, with: outbound)
      try thrown { try initiate(client, token, with: outbound) }
    }
    let huge = Data(count: (1 << 30) + 1)
    try thrown("SEC_E_INVALID_PARAMETER") { try accept(try Context(), huge, with: inbound) }
    XCTAssertEqual(try run(try Context(), try Context()), .SEC_E_OK)
  }
}
