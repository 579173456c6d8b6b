// Credentials and channel bindings: what they are made from, and what they never show.
import AnySspi
import XCTest

private let secret = "correct-horse-battery"
private let hash = unhex("a4f49c406510bdcab6824ee7c30fd852")

final class CredentialsTests: XCTestCase {
  func testSecretsAreNotShown() throws {
    let store = try Credential.accounts { _, _, _ in Account(name: user, password: secret) }
    let things: [Any] = [
      try Credential.password(user: user, password: secret),
      try Credential.ntHash(user: user, hash: hash),
      try Credential.accounts([user: secret]),
      try Credential.accounts([Account(name: user, ntHash: hash)]),
      store,
      try Credential.password(user: user, password: secret).acquired(for: "NTLM"),
      try Credential.accounts([user: secret]).acquired(for: "Negotiate"),
      Account(name: user, password: secret),
      Account(name: user, ntHash: hash),
      ChannelBindings(applicationData: bytes(secret)),
      Raw.Buffer(.data, bytes(secret)),
      Raw.AttributeValue.bytes(bytes(secret)),
    ]
    for thing in things {
      for form in [secret, hex(bytes(secret)), hex(hash), "\(Array(bytes(secret)))", "164, 244"] {
        XCTAssertFalse(shown(thing).contains(form), shown(thing))
      }
    }
    let (client, server) = try ends()
    let (context, _) = try Exchange(client, server).run()
    let key = hex(try context.sessionKey)
    for thing in [client, server, context] as [Any] {
      XCTAssertFalse(shown(thing).contains(password))
      XCTAssertFalse(shown(thing).contains(key))
    }
    XCTAssertEqual("\(things[0])", "Credential(password of CORP\\alice)")
  }

  func testAnNtHashIsAsGoodAsThePassword() throws {
    let server = Settings(credential: try .accounts([user: "Password"]))
    for hash in [hash, (Data([0]) + hash).dropFirst()] {
      let client = Settings(credential: try .ntHash(user: "alice", hash: hash, domain: "CORP"))
      XCTAssertEqual(try pair(client: client, server: server).1.client, user)
    }
    for length in [0, 15, 17] {
      let error = try thrown("SEC_E_INVALID_PARAMETER") {
        try Credential.ntHash(user: "alice", hash: Data(count: length))
      }
      assertContains(error.context, "16 bytes, not \(length)")
    }
  }

  func testAcquiredCredentialsAreSharedByHandshakes() async throws {
    for packageName in both {
      let client = Settings(
        credential: try .password(user: user, password: password).acquired(for: packageName))
      let server = Settings(credential: try .accounts([user: password]).acquired(for: packageName))
      let keys = try await withThrowingTaskGroup(of: Data.self) { group in
        for _ in 0..<20 {
          let (one, other) = try ends(packageName, client: client, server: server)
          group.addTask { try await Exchange(one, other).run().1.sessionKey }
        }
        return try await group.reduce(into: Set<Data>()) { $0.insert($1) }
      }
      XCTAssertEqual(keys.count, 20)
      XCTAssertEqual(try client.credential?.name, user)
      XCTAssertEqual(try client.credential?.package.name, packageName)
    }
  }

  func testWhatOnlyMattersWhileAcquiringIsNotPassedOver() throws {
    let credential = try Credential.password(user: user, password: password).acquired(for: "NTLM")
    let allowing = Settings(credential: credential, allow: .ntlmV1)
    assertContains(
      try thrown("SEC_E_INVALID_PARAMETER") { try ends(client: allowing) }.context, "acquired before")
    try thrown("SEC_E_INVALID_PARAMETER") {
      try ends("Negotiate", client: Settings(credential: credential))
    }
    try thrown("SEC_E_INVALID_PARAMETER") { try credential.acquired(for: "NTLM") }
    try thrown("SEC_E_INVALID_PARAMETER") { try Credential.several([credential]) }
    try thrown("SEC_E_INVALID_PARAMETER") {
      try Credential.password(user: user, password: password).name
    }
  }

  func testOfSeveralTheFirstThatServesIsUsed() throws {
    let several = try Credential.several([
      .password(user: user, password: password), .password(user: "bob", password: "other"),
    ])
    XCTAssertEqual(try pair(client: Settings(credential: several)).1.client, user)
  }

  func testWithoutACredentialTheErrorSaysWhatIsNeeded() throws {
    assertContains(
      try thrown("SEC_E_NO_CREDENTIALS") { try initiate("NTLM") }.context, "password or an NT hash")
    assertContains(
      try thrown("SEC_E_NO_CREDENTIALS") { try accept("NTLM") }.context, "account store")
    let anonymous = Settings(credential: try .anonymous())
    assertContains(
      try thrown("SEC_E_NO_CREDENTIALS") { try ends(client: anonymous) }.context, "ANONYMOUS")
  }

  func testAnAnonymousClientNeedsEveryConsent() throws {
    let relaxed: Flags = [.integrity, .confidentiality, .replayDetect, .sequenceDetect]
    let client = Settings(credential: try .anonymous(), relax: relaxed, allow: .anonymous)
    try thrown("SEC_E_LOGON_DENIED") { try pair(client: client) }
    let server = Settings(request: .nullSession, relax: relaxed, allow: .anonymous)
    let (_, context) = try pair(client: client, server: server)
    XCTAssertTrue(context.isAnonymous)
    XCTAssertEqual(context.client, "")
  }

  func testWhatIsRequiredAndCannotBeHadIsAnError() throws {
    try thrown { try pair(client: Settings(require: .delegate)) }
    XCTAssertFalse(try pair(client: Settings(request: .delegate)).0.flags.contains(.delegate))
  }

  func testPackagesCanBeChosenAndForbidden() throws {
    let (client, _) = try pair("Negotiate", client: Settings(packages: ["NTLM"]))
    XCTAssertEqual(client.negotiatedPackage.name, "NTLM")
    try thrown { try pair("Negotiate", client: Settings(withoutPackages: ["NTLM"])) }
  }

  func testChannelBindingsAreCheckedAsThePolicySays() throws {
    let rows: [(String?, String?, BindingPolicy, BindingsChecked?)] = [
      ("right", "right", .whenSupported, .verified),
      ("right", "right", .always, .verified),
      ("wrong", "right", .whenSupported, nil),
      ("wrong", "right", .never, .no),
      (nil, "right", .whenSupported, .no),
      (nil, "right", .always, nil),
      ("right", nil, .whenSupported, .no),
      ("right", nil, .always, nil),
    ]
    for (ofClient, ofServer, policy, checked) in rows {
      func made(_ text: String?) -> ChannelBindings? {
        text.map { ChannelBindings(applicationData: bytes($0)) }
      }
      let client = Settings(channelBindings: made(ofClient))
      let server = Settings(channelBindings: made(ofServer), bindingPolicy: policy)
      if let checked {
        XCTAssertEqual(try pair(client: client, server: server).1.bindingsChecked, checked)
      } else {
        try thrown("SEC_E_BAD_BINDINGS") { try pair(client: client, server: server) }
      }
    }
  }

  func testTheEndPointOfACertificateIsItsHash() throws {
    // A certificate of SHA-256 with RSA, with nothing in it, and its hash.
    let certificate = unhex("30133000300b06092a864886f70d01010b0302005a")
    let hash = unhex("9572170149b900cb6fc62b8096d81936fcbb1a81e47fc7d978a1a4986a6a0913")
    let bindings = try ChannelBindings.tlsServerEndPoint(certificate: certificate)
    XCTAssertEqual(bindings.applicationData, bytes("tls-server-end-point:") + hash)
    XCTAssertEqual("\(bindings)", "ChannelBindings(53 bytes)")
    try thrown("SEC_E_INVALID_PARAMETER") {
      try ChannelBindings.tlsServerEndPoint(certificate: certificate.dropFirst())
    }
    let error = try thrown {
      try ChannelBindings.tlsServerEndPoint(certificate: bytes("-----BEGIN CERTIFICATE-----"))
    }
    assertContains(error.context, "PEM")
  }

  func testAClientThatMeansAnotherServerIsRefused() throws {
    let right = Settings(acceptedTargets: ["X", target.uppercased()])
    XCTAssertEqual(try pair(server: right).1.target, target)
    let wrong = Settings(acceptedTargets: ["X", "CIFS/server.example.com"])
    try thrown("SEC_E_WRONG_PRINCIPAL") { try pair(server: wrong) }
  }
}
