// Keytabs and credential caches: files, and their bytes.
import AnySspi
import Foundation
import XCTest

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
}
