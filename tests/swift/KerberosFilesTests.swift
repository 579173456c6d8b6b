// Keytabs and credential caches: files, and their bytes.
import AnySspi
import Foundation
import XCTest

private struct KrbCredCase: Decodable {
  struct Key: Decodable {
    let encryptionType: String
    let bytes: String
  }

  let name: String
  let krbCred: String
  let key: Key?
  let client: String?
  let plain: String?
  let status: String?
}

final class KerberosFilesTests: KerberosStage {
  func testFilesHaveTheSameKeysAndTickets() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (cache, table) = (folder.appendingPathComponent("krb5cc"), folder.appendingPathComponent("web.keytab"))
    try realm.tickets("alice", web).toBytes().write(to: cache)
    try realm.keytabFile(web).write(to: table)
    for named in ["FILE:\(cache.path)", cache.path] {
      let held = try CredentialCache(named: named)
      XCTAssertEqual(try held.client, alice)
      let (_, there) = try pair(client(.credentialCache(held)), server(.keytab(table.path)))
      XCTAssertEqual(there.client, "EXAMPLE.TEST\\alice")
    }
    let (missing, nowhere) = (try CredentialCache(named: "FILE:\(folder.path)/none"), "\(folder.path)/none")
    let calls: [() throws -> Any] = [
      { try missing.client }, { try missing.toBytes() }, { try self.client(.credentialCache(missing)) },
      { try self.server(.keytab(nowhere)) },
    ]
    for call in calls {
      let error = try thrown(by: call)
      XCTAssertEqual(error.family, .credential)
      assertContains("\(error)", nowhere)
    }
    for damaged in [Data(), bytes("garbage"), Data([5, 4, 0, 12])] {
      try damaged.write(to: cache)
      let error = try thrown { try client(.credentialCache(CredentialCache(named: "FILE:\(cache.path)"))) }
      assertContains("\(error)", cache.path)
      try thrown { try client(.credentialCache(CredentialCache(bytes: damaged))) }
      try thrown { try server(.keytab(bytes: damaged)) }
    }
  }

  func testKeytabsOfUsersAreCredentialsOfClients() throws {
    XCTAssertEqual(
      try pair(client(realm.keytab("alice"), kdc: realm.carry), server()).1.clientUser, "alice")
    try thrown { try realm.keytab("nobody") }
    try thrown { try realm.tickets("nobody") }
    try thrown { try realm.tickets("alice", "HTTP/nowhere") }
  }

  func testNothingShowsASecret() throws {
    let cache = try realm.tickets("alice", web)
    let (_, delegating) = try pair(client(require: .delegate, kdc: realm.carry), server())
    let delegated = try XCTUnwrap(try delegating.delegated())
    let all: [Any] = [
      cache, Credential.credentialCache(cache), delegated, delegated.credential, try realm.keytab(web),
      try Credential.keytab("/etc/krb5.keytab"), try realm, try tickets(web).acquired(for: "Kerberos"),
      try client(login(), kdc: realm.carry), try XCTUnwrap(try pair(client(), server()).1.peer),
    ]
    let raw = hex(try cache.toBytes())
    for thing in all {
      XCTAssertFalse(shown(thing).contains(password), shown(thing))
      XCTAssertFalse(shown(thing).contains(raw.prefix(40)), shown(thing))
      XCTAssertFalse(shown(thing).contains("Native"), shown(thing))
    }
    XCTAssertEqual(
      "\(cache) \(Credential.credentialCache(cache)) \(try realm.keytab(web))",
      "CredentialCache(in memory) Credential(credential cache) Credential(keytab)")
    XCTAssertEqual("\(delegated)", "CredentialCache(in memory)")
    XCTAssertEqual("\(try CredentialCache(bytes: cache.toBytes()))", "CredentialCache(in memory)")
    XCTAssertEqual("\(try CredentialCache(named: "FILE:/tmp/x"))", "CredentialCache(FILE:/tmp/x)")
  }

  func testTheSharedCasesOfKrbCredPass() throws {
    for shared in try readCases("krb_cred.json", of: KrbCredCase.self) {
      let key = shared.key.map { (encryptionType: $0.encryptionType, bytes: unhex($0.bytes)) }
      do {
        let cache = try CredentialCache(krbCred: unhex(shared.krbCred), key: key)
        XCTAssertEqual(try cache.client, shared.client, shared.name)
        XCTAssertEqual(hex(try cache.toKrbCred()), shared.plain, shared.name)
        // What it holds is a cache like any other.
        let again = try CredentialCache(bytes: cache.toBytes())
        XCTAssertEqual(hex(try again.toKrbCred()), shared.plain, shared.name)
      } catch let error as SspiError {
        XCTAssertEqual(error.symbol, shared.status, shared.name)
      }
    }
  }

  func testTicketsInAKrbCredAreTickets() throws {
    let data = try realm.tickets("alice", web).toKrbCred()
    let cache = try CredentialCache(krbCred: (Data(count: 3) + data).dropFirst(3))
    XCTAssertEqual(try cache.client, alice)
    XCTAssertEqual(try cache.toKrbCred(), data)
    XCTAssertEqual("\(cache)", "CredentialCache(in memory)")
    XCTAssertEqual(try pair(client(.credentialCache(cache)), server()).1.clientUser, "alice")
    for length in 0..<data.count {
      try thrown("SEC_E_INVALID_TOKEN") { try CredentialCache(krbCred: data.prefix(length)) }
    }
    let missing = try thrown("SEC_E_NO_CREDENTIALS") {
      try CredentialCache(named: "FILE:/nowhere/krb5cc").toKrbCred()
    }
    assertContains("\(missing)", "/nowhere/krb5cc")
    try thrown("SEC_E_INVALID_PARAMETER") { try CredentialCache(bytes: bytes("garbage")).toKrbCred() }
    let error = try thrown("SEC_E_INVALID_TOKEN") {
      try CredentialCache(krbCred: data, key: (aes256, Data(repeating: 0x5A, count: 32)))
    }
    XCTAssertFalse(shown(error).lowercased().contains("5a5a"), shown(error))
  }

  func testDelegatedTicketsAreWrittenOutAndAct() throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: file) }
    for packageName in ["Kerberos", "Negotiate"] {
      let delegating = try client(nil, packageName, require: .delegate, kdc: realm.carry)
      let (_, first) = try pair(delegating, server(nil, packageName))
      guard case .credentialCache(let delegated)? = try first.delegated() else {
        return XCTFail("no tickets were delegated")
      }
      try delegated.toBytes().write(to: file)
      for tickets in [
        delegated, try CredentialCache(named: "FILE:\(file.path)"),
        try CredentialCache(bytes: delegated.toBytes()),
        try CredentialCache(krbCred: delegated.toKrbCred()),
      ] {
        XCTAssertEqual(try tickets.client, alice)
        let onwards = try client(
          .credentialCache(tickets), packageName, target: other, kdc: realm.carry)
        let (_, second) = try pair(onwards, server(realm.keytab(other), packageName))
        XCTAssertEqual(second.client, "EXAMPLE.TEST\\alice")
      }
    }
  }
}
