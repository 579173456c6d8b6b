// Messages of Kerberos, with keys of every type.
import AnySspi
import Foundation
import XCTest

private let types = [
  aes256, "aes128-cts-hmac-sha1-96", "aes256-cts-hmac-sha384-192", "aes128-cts-hmac-sha256-128", "rc4-hmac",
]

final class KerberosMessagesTests: KerberosStage {
  func testMessagesAreProtectedWithKeysOfEveryType() async throws {
    for type in types {
      let (realm, service) = (try Realm("TYPED.TEST"), "HTTP/typed.example.test")
      try realm.addUser("typed", password: password, encryptionTypes: [type])
      try realm.addService(service, encryptionTypes: [type])
      let allow: Allow = type == "rc4-hmac" ? .rc4 : []
      func contexts(without: Flags = []) throws -> (Context, Context) {
        try pair(
          initiate(
            "Kerberos", target: service,
            credential: .password(user: "typed@TYPED.TEST", password: password), without: without,
            allow: allow, kdc: realm.carry),
          accept("Kerberos", credential: realm.keytab(service), relax: without, allow: allow))
      }
      let (one, another) = try contexts()
      for size in [0, 1, 7, 8, 15, 16, 17, 63, 64, 65, 1000, 65_536, 100_003] {
        try checkProtection(Data((0..<size).map { UInt8($0 % 251) }), one, another, type)
        try checkProtection(Data((0..<size).map { UInt8($0 % 251) }), another, one, type)
      }
      let sealed = try await one.wrap(bytes("later"))
      let opened = try await another.unwrap(sealed)
      XCTAssertEqual(opened, bytes("later"))
      let (plain, reader) = try contexts(without: .confidentiality)
      let readable = try { try plain.wrap(bytes("readable")) }()
      XCTAssertNotNil(readable.range(of: bytes("readable")), type)
      let read = try { try reader.unwrap(readable) }()
      XCTAssertEqual(read, bytes("readable"))
    }
  }

  private func checkProtection(_ message: Data, _ here: Context, _ there: Context, _ type: String) throws {
    let wrapped = try here.wrap(message)
    if message.count >= 8 { XCTAssertNil(wrapped.range(of: message.prefix(8)), type) }
    XCTAssertEqual(try there.unwrap(wrapped), message, type)
    let signature = try here.sign(message)
    try there.verify(message, signature: signature)
    try thrown { try there.verify(message, signature: signature) }
    let another = try here.sign(message)
    try thrown { try there.verify(message + [1], signature: another) }
    try there.verify(message, signature: another)
  }

  /// A message of a context of the raw layer, which says how it is protected.
  private func rawWrap(_ context: Raw.SecurityContext, _ message: Data, _ quality: UInt32) throws -> Data {
    guard case .sizes(let sizes) = try Raw.queryContextAttributes(context, .sizes) else {
      throw NothingThrown()
    }
    let buffers = [
      Raw.Buffer(.token, Data(count: sizes.securityTrailer)), Raw.Buffer(.data, message),
      Raw.Buffer(.padding, Data(count: sizes.blockSize)),
    ]
    try Raw.encryptMessage(context, quality: quality, message: buffers)
    return buffers.reduce(Data()) { $0 + $1.bytes }
  }

  /// A client that chooses how its messages are protected, and a server.
  private func choosing(_ type: String) throws -> (Raw.SecurityContext, Context) {
    let realm = try Realm(example)
    try realm.addUser("alice", password: password)
    try realm.addService(web, encryptionTypes: [type])
    let allow: Allow = type == "rc4-hmac" ? .rc4 : []
    let outbound = try Raw.acquireCredentialsHandle(
      package: "Kerberos", usage: .outbound, credential: .credentialCache(realm.tickets("alice", web)),
      allow: allow
    ).credential
    let one = try Raw.SecurityContext()
    let server = try accept("Kerberos", credential: realm.keytab(web), allow: allow)
    try rawLeg(outbound, one, XCTUnwrap(try server.step(try rawLeg(outbound, one).token)))
    return (one, try server.context)
  }

  func testMessagesSayWhetherTheyWereEncrypted() async throws {
    for type in types {
      let (one, other) = try choosing(type)
      for size in [0, 1, 16, 100, 5000, 70_000] {
        let message = Data((0..<size).map { UInt8($0 % 251) })
        for quality in [0, noEncrypt, noEncrypt, 0] {
          let wrapped = try rawWrap(one, message, quality)
          if size >= 16 { XCTAssertEqual(wrapped.range(of: message) != nil, quality == noEncrypt, type) }
          let opened = try { try other.unwrapWithQuality(wrapped) }()
          XCTAssertEqual(opened.message, message, type)
          XCTAssertEqual(opened.quality, quality, type)
          let later = try await other.unwrapWithQuality(try rawWrap(one, message, quality))
          XCTAssertEqual(later.message, message, type)
          XCTAssertEqual(later.quality, quality, type)
        }
      }
      let signed = try rawWrap(one, bytes("signed"), noEncrypt)
      let read = try { try other.unwrap(signed) }()
      XCTAssertEqual(read, bytes("signed"))
    }
  }

  func testNoQualityIsToldOfAMessageThatIsNotThePeers() throws {
    for type in types {
      let (one, other) = try choosing(type)
      for quality in [0, noEncrypt] {
        let wrapped = try rawWrap(one, bytes("a message"), quality)
        for at in 0..<wrapped.count {
          var altered = wrapped
          altered[at] ^= 0x10
          XCTAssertEqual(try thrown { try other.unwrapWithQuality(altered) }.family, .protection)
          let cut = wrapped.prefix(at)
          XCTAssertEqual(try thrown { try other.unwrapWithQuality(cut) }.family, .protection)
        }
        XCTAssertEqual(try other.unwrapWithQuality(wrapped).quality, quality)
        try thrown("SEC_E_OUT_OF_SEQUENCE") { try other.unwrapWithQuality(wrapped) }
      }
    }
  }

  func testRc4IsOffUnlessItIsAllowed() throws {
    let (realm, service) = (try Realm(example), "HTTP/old.example.test")
    try realm.addUser("old", password: password, encryptionTypes: ["rc4-hmac"])
    try realm.addService(service, encryptionTypes: ["rc4-hmac"])
    let old = try client(
      .password(user: "old@\(example)", password: password), target: service, kdc: realm.carry)
    try thrown(by: { try old.next() })
    let credential = Credential.credentialCache(try realm.tickets("old", service))
    let allowed = try initiate("Kerberos", target: service, credential: credential, allow: .rc4)
    let token = try XCTUnwrap(try allowed.next())
    try thrown { try server(realm.keytab(service)).step(token) }
    try thrown("SEC_E_INVALID_PARAMETER") {
      try realm.addUser("x", password: password, encryptionTypes: ["des-cbc-md5"])
    }
    try thrown("SEC_E_INVALID_PARAMETER") { try realm.addService("x", encryptionTypes: ["rot13"]) }
  }

  func testAlteredAndRepeatedMessagesDoNotOpen() throws {
    let (here, there) = try pair(client(), server())
    let wrapped = try here.wrap(bytes("a message"))
    for at in [0, 2, wrapped.count / 2, wrapped.count - 1] {
      var altered = wrapped
      altered[at] ^= 1
      try thrown { try there.unwrap(altered) }
    }
    for length in 0..<wrapped.count {
      try thrown("SEC_E_MESSAGE_ALTERED") { try there.unwrap(wrapped.prefix(length)) }
    }
    XCTAssertEqual(try there.unwrap(wrapped), bytes("a message"))
    try thrown("SEC_E_OUT_OF_SEQUENCE") { try there.unwrap(wrapped) }
    let own = try here.wrap(bytes("my own"))
    try thrown { try here.unwrap(own) }
  }
}
