// Account stores: files, dictionaries, lists, and code of the application.
import AnySspi
import XCTest

private struct AccountsCase: Decodable {
  struct LookUp: Decodable {
    let user: String
    let domain: String
    let found: String?
    let ntHash: String?
    let state: String?
  }

  let name: String
  let file: [String]
  let lookUps: [LookUp]?
  let refused: String?
}

private let codes: [AccountState: UInt32] = [
  .disabled: 0xC000_0072, .expired: 0xC000_0193, .locked: 0xC000_0234,
  .passwordExpired: 0xC000_0071, .mustChangePassword: 0xC000_0224,
  .outsideLogonHours: 0xC000_006F, .workstationNotAllowed: 0xC000_0070,
]

/// What a store of the application throws.
private enum Problem: Error, Equatable {
  case noDatabase(password: String)
}

final class AccountsTests: XCTestCase {
  private let file = FileManager.default.temporaryDirectory
    .appendingPathComponent("anysspi-\(UUID().uuidString)")

  override func tearDown() {
    try? FileManager.default.removeItem(at: file)
  }

  private func serving(_ credential: Credential) -> Settings { Settings(credential: credential) }

  private func fileOf(_ lines: [String]) throws -> Credential {
    try bytes(lines.joined(separator: "\n")).write(to: file)
    return try .accountsFile(file.path)
  }

  /// The accounts that the lines of a file stand for, with what proves to be them.
  private func accounts(of shared: AccountsCase) -> [(Account, (String, String?) throws -> Credential)]
  {
    shared.file.flatMap { line -> [(Account, (String, String?) throws -> Credential)] in
      let parts = line.components(separatedBy: ":")
      guard parts.count > 1, !line.hasPrefix("#") else { return [] }
      if parts.count > 4 {
        let states: [String: AccountState] = ["[U": .active, "[UD": .disabled, "[UL": .locked]
        guard let state = states[parts[4].components(separatedBy: " ")[0]] else { return [] }
        let hash = unhex(parts[3])
        return [
          (
            Account(name: parts[0], ntHash: hash, state: state),
            { try .ntHash(user: $0, hash: hash, domain: $1) }
          )
        ]
      }
      let name = parts[0].isEmpty ? parts[1] : "\(parts[0])\\\(parts[1])"
      let secret = parts[2...].joined(separator: ":")
      return [
        (
          Account(name: name, password: secret),
          { try .password(user: $0, password: secret, domain: $1) }
        )
      ]
    }
  }

  func testTheSharedCasesPassWithFilesAndLists() throws {
    let stores: [(AccountsCase) throws -> Credential] = [
      { try self.fileOf($0.file) },
      { try .accounts(self.accounts(of: $0).map(\.0)) },
    ]
    for shared in try readCases("accounts.json", of: AccountsCase.self) where shared.refused == nil {
      for store in stores {
        let server = serving(try store(shared))
        let all = accounts(of: shared)
        for lookUp in try XCTUnwrap(shared.lookUps) {
          let domain = lookUp.domain.isEmpty ? nil : lookUp.domain
          // Of a user that nobody knows, no key of the others is the right one.
          var tried = all.filter { lookUp.found == nil || $0.0.name == lookUp.found }.map(\.1)
          if lookUp.found == nil {
            tried.append { try .password(user: $0, password: password, domain: $1) }
          }
          if let hash = lookUp.ntHash {
            tried.append { try .ntHash(user: $0, hash: unhex(hash), domain: $1) }
          }
          XCTAssertFalse(tried.isEmpty)
          for credential in tried {
            let client = Settings(credential: try credential(lookUp.user, domain))
            if let found = lookUp.found, lookUp.state == nil {
              XCTAssertEqual(try pair(client: client, server: server).1.client, found, shared.name)
              continue
            }
            let error = try thrown("SEC_E_LOGON_DENIED") { try pair(client: client, server: server) }
            let state = lookUp.state.flatMap(AccountState.init(rawValue:))
            XCTAssertEqual(error.ntStatus, state.flatMap { codes[$0] }, shared.name)
          }
        }
      }
    }
  }

  func testFilesAreRefusedWithoutTheirSecrets() throws {
    let refused = try readCases("accounts.json", of: AccountsCase.self).filter { $0.refused != nil }
    XCTAssertFalse(refused.isEmpty)
    for shared in refused {
      let error = try thrown { try fileOf(shared.file) }
      assertContains(error.context, try XCTUnwrap(shared.refused))
      XCTAssertFalse(error.context.contains("Password"))
    }
    assertContains(try thrown { try Credential.accountsFile("/nowhere/at/all") }.context, "/nowhere")
  }

  func testAFileIsReadAnewWhenItChanges() throws {
    let server = serving(try fileOf(["CORP:alice:before"]))
    func login(_ secret: String) throws -> String {
      let client = Settings(credential: try .password(user: user, password: secret))
      return try pair(client: client, server: server).1.client
    }
    XCTAssertEqual(try login("before"), user)
    try bytes("CORP:alice:after!").write(to: file)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 2_000_000_000)], ofItemAtPath: file.path)
    XCTAssertEqual(try login("after!"), user)
    try thrown("SEC_E_LOGON_DENIED") { try login("before") }
  }

  func testAStateIsToldOnlyToWhoKnowsThePassword() throws {
    XCTAssertEqual(codes.count, AccountState.allCases.count - 1)
    for (state, code) in codes {
      let account = Account(name: user, password: password, state: state)
      for store in [try Credential.accounts([account]), try .accounts { _, _, _ in account }] {
        let right = try thrown("SEC_E_LOGON_DENIED") { try pair(server: serving(store)) }
        XCTAssertEqual(right.ntStatus, code)
        let stranger = Settings(credential: try .password(user: user, password: "wrong"))
        let wrong = try thrown("SEC_E_LOGON_DENIED") {
          try pair(client: stranger, server: serving(store))
        }
        XCTAssertNil(wrong.ntStatus)
      }
    }
  }

  func testAnAccountEndsAtItsTime() throws {
    func expiring(_ seconds: TimeInterval) throws -> Settings {
      let expiry = Date().addingTimeInterval(seconds)
      return serving(try .accounts([Account(name: user, password: password, expiry: expiry)]))
    }
    let error = try thrown("SEC_E_LOGON_DENIED") { try pair(server: try expiring(-3600)) }
    XCTAssertEqual(error.ntStatus, codes[.expired])
    XCTAssertEqual(try pair(server: try expiring(3600)).1.client, user)
    XCTAssertEqual(try pair(server: try expiring(1e15)).1.client, user)
  }

  func testDatesThatNothingCanHoldDoNoHarm() throws {
    for seconds in [-1e15, 1e18, .infinity, -.infinity, .nan] as [Double] {
      let account = Account(
        name: user, password: password, expiry: Date(timeIntervalSince1970: seconds))
      for store in [try Credential.accounts([account]), try .accounts { _, _, _ in account }] {
        if seconds > 0 {
          XCTAssertEqual(try pair(server: serving(store)).1.client, user)
        } else {
          try thrown("SEC_E_LOGON_DENIED") { try pair(server: serving(store)) }
        }
      }
    }
  }

  func testAShortHashIsRefused() throws {
    let account = Account(name: user, ntHash: Data(count: 15))
    assertContains(
      try thrown("SEC_E_INVALID_PARAMETER") { try Credential.accounts([account]) }.context,
      "16 bytes, not 15")
    let (server, proof) = try pendingServer(Store { _, _, _ in account })
    try thrown("SEC_E_INVALID_PARAMETER") { try server.step(proof) }
  }

  func testAStoreIsAskedForTheNamesAsTheyWereSent() async throws {
    for packageName in both {
      let store = Store { _, _, _ in Account(name: "", password: password) }
      let client = Settings(credential: try .password(user: "Corp\\ALICE", password: password))
      let (initiator, acceptor) = try ends(
        packageName, client: client, server: serving(try .accounts(store)))
      let (_, context) = try await Exchange(initiator, acceptor).run()
      XCTAssertEqual(store.asked, [["ALICE", "Corp", "NTLM"]])
      XCTAssertEqual(context.client, "Corp\\ALICE")
    }
  }

  func testAStoreThatKnowsNobodyRefuses() async throws {
    let (server, proof) = try pendingServer(Store { _, _, _ in nil })
    try thrown("SEC_E_LOGON_DENIED") { try server.step(proof) }
    let (other, same) = try pendingServer(Store { _, _, _ in nil })
    try await thrownLater("SEC_E_LOGON_DENIED") { try await other.step(same) }
  }

  func testWhatAStoreThrowsIsTheCause() async throws {
    for packageName in both {
      let store = Store { _, _, _ in throw Problem.noDatabase(password: "s3cret") }
      let (server, proof) = try pendingServer(store, packageName)
      // The same error again, cause and all.
      for call in [{ try server.step(proof) }, { try server.next() }] as [() throws -> Data?] {
        let error = try thrown("SEC_E_INTERNAL_ERROR") { _ = try call() }
        XCTAssertEqual(error.cause as? Problem, .noDatabase(password: "s3cret"))
        assertContains(error.context, "Problem")
        XCTAssertFalse("\(error)".contains("s3cret"))
      }
      let (other, same) = try pendingServer(store, packageName)
      let error = try await thrownLater("SEC_E_INTERNAL_ERROR") { try await other.step(same) }
      XCTAssertNotNil(error.cause as? Problem)
    }
  }

  func testAnErrorOfTheLibraryIsACauseToo() throws {
    let store = Store { _, _, _ in throw SspiError.logonDenied(.init(context: "no")) }
    let (server, proof) = try pendingServer(store)
    let error = try thrown("SEC_E_INTERNAL_ERROR") { try server.step(proof) }
    XCTAssertEqual((error.cause as? SspiError)?.symbol, "SEC_E_LOGON_DENIED")
  }

  func testAStoreThatEntersItsOwnHandshakeIsRefused() throws {
    let store = Store { _, _, _ in nil }
    let (server, proof) = try pendingServer(store)
    store.answer = { _, _, _ in
      _ = try server.next()
      return nil
    }
    let error = try thrown("SEC_E_INTERNAL_ERROR") { try server.step(proof) }
    XCTAssertEqual((error.cause as? SspiError)?.symbol, "SEC_E_OUT_OF_SEQUENCE")
    store.answer = { _, _, _ in nil }
  }

  func testAStoreMayRunAnotherHandshake() throws {
    let store = Store { _, _, _ in
      XCTAssertEqual(try pair("Negotiate").1.client, user)
      return Account(name: user, password: password)
    }
    let (server, proof) = try pendingServer(store)
    XCTAssertNil(try server.step(proof))
  }

  func testAHandshakeThatItsStoreClosesHasNoContext() throws {
    let store = Store { _, _, _ in nil }
    let (server, proof) = try pendingServer(store)
    store.answer = { _, _, _ in
      server.close()
      return Account(name: user, password: password)
    }
    try thrown("SEC_E_INVALID_HANDLE") { try server.step(proof) }
    try thrown("SEC_E_INVALID_HANDLE") { try server.context }
  }

  func testLookUpsOfManyHandshakesDoNotGetMixedUp() async throws {
    let credential = try Credential.accounts { user, _, _ in
      Account(name: user, password: "password of \(user)")
    }.acquired(for: "NTLM")
    try await withThrowingTaskGroup(of: (String, String).self) { group in
      for number in 0..<30 {
        let name = "user\(number)"
        let client = Settings(
          credential: try .password(user: name, password: "password of \(name)"))
        let (one, other) = try ends(client: client, server: serving(credential))
        group.addTask { (name, try await Exchange(one, other).run().1.client) }
      }
      for try await (name, client) in group { XCTAssertEqual(client, name) }
    }
  }

  func testStoresAreLetGo() throws {
    weak var kept: Store?
    do {
      let store = Store { _, _, _ in Account(name: user, password: password) }
      kept = store
      let (server, proof) = try pendingServer(store)
      XCTAssertNil(try server.step(proof))
      try server.context.close()
    }
    XCTAssertNil(kept)
  }
}

/// A store whose answer is a function, and which remembers what it was asked.
private final class Store: AccountStore, @unchecked Sendable {
  var answer: (String, String, String) throws -> Account?
  private let lock = NSLock()
  private(set) var asked: [[String]] = []

  init(_ answer: @escaping (String, String, String) throws -> Account?) {
    self.answer = answer
  }

  func account(user: String, domain: String, package: String) throws -> Account? {
    lock.withLock { asked.append([user, domain, package]) }
    return try answer(user, domain, package)
  }
}
