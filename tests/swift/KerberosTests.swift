// Kerberos in a realm in a box: who logs on and who does not, and what a server learns of its client.
import AnySspi
import Foundation
import XCTest

private let example = "EXAMPLE.TEST"
private let web = "HTTP/web.example.test"
private let other = "HTTP/other.example.test"
private let alice = "alice@EXAMPLE.TEST"
private let aes256 = "aes256-cts-hmac-sha1-96"
private let types = [
  aes256, "aes128-cts-hmac-sha1-96", "aes256-cts-hmac-sha384-192", "aes128-cts-hmac-sha256-128", "rc4-hmac",
]

/// The realm of all tests here.
private let made = Swift.Result {
  let realm = try Realm(example)
  for user in ["alice", "bob"] {
    try realm.addUser(user, password: password, encryptionTypes: [aes256])
  }
  for service in [web, other] { try realm.addService(service, trustedForDelegation: true) }
  return realm
}

final class KerberosTests: XCTestCase {
  private var realm: Realm {
    get throws { try made.get() }
  }

  /// What somebody has who logged on, and what somebody has who used a service too.
  private func tickets() throws -> Credential { .credentialCache(try realm.tickets("alice")) }

  private func tickets(_ service: String) throws -> Credential {
    .credentialCache(try realm.tickets("alice", service))
  }

  private func login(_ password: String = password) throws -> Credential {
    try .password(user: alice, password: password)
  }

  private func client(
    _ credential: Credential? = nil, _ packageName: String = "Kerberos", target: String = web,
    require: Flags = [], kdc: KdcCarrier? = nil
  ) throws -> Handshake {
    try initiate(
      packageName, target: target, credential: credential ?? tickets(web), require: require, kdc: kdc)
  }

  private func server(_ credential: Credential? = nil, _ packageName: String = "Kerberos") throws
    -> Handshake
  {
    try accept(packageName, credential: credential ?? realm.keytab(web))
  }

  private func pair(_ client: Handshake, _ server: Handshake) throws -> (Context, Context) {
    try Exchange(client, server).run()
  }

  /// Every kind of credential that a user has, and who is asked for it.
  private func logins() throws -> [(String, Credential, KdcCarrier?)] {
    let realm = try realm
    let answering: KdcCarrier = { _, message in try realm.answer(message) }
    return [
      ("a ticket", try tickets(web), nil),
      (
        "the bytes of a cache",
        .credentialCache(try CredentialCache(bytes: realm.tickets("alice", web).toBytes())), nil
      ),
      ("a ticket-granting ticket", try tickets(), realm.carry),
      ("a keytab", try realm.keytab("alice"), realm.carry),
      ("a password", try login(), realm.carry),
      (
        "a password and a domain",
        try .password(user: "alice", password: password, domain: "example.test"), realm.carry
      ),
      ("a function that carries", try login(), answering),
    ]
  }

  private func checkLogin(_ held: String, _ client: Handshake, _ server: Handshake) throws {
    let (here, there) = (try client.context, try server.context)
    XCTAssertEqual(there.client, "EXAMPLE.TEST\\alice", held)
    XCTAssertEqual([here.side, there.side], [.initiator, .acceptor])
    XCTAssertEqual(try here.sessionKey, try there.sessionKey)
    XCTAssertEqual(here.flags, there.flags)
    XCTAssertTrue(here.flags.isSuperset(of: [.mutualAuth, .confidentiality]))
    XCTAssertEqual([here.server, there.target], ["\(web)@\(example)", web])
    XCTAssertNotNil(there.expiry)
    XCTAssertEqual(try there.unwrap(here.wrap(bytes("hello"))), bytes("hello"))
  }

  func testAUserLogsOnInEveryFormOfTheLoop() throws {
    for (held, credential, kdc) in try logins() {
      let (looping, first) = (try client(credential, kdc: kdc), try server())
      while let token = try looping.next() {
        let answer = try first.step(token)
        if !looping.done { try looping.receive(XCTUnwrap(answer)) }
      }
      try checkLogin(held, looping, first)

      let (receiving, second) = (try client(credential, kdc: kdc), try server())
      while let token = try receiving.next() {
        try second.receive(token)
        if let answer = try second.next() { try receiving.receive(answer) }
      }
      try checkLogin(held, receiving, second)

      let (stepping, third) = (try client(credential, kdc: kdc), try server())
      _ = try pair(stepping, third)
      try checkLogin(held, stepping, third)
    }
  }

  func testAUserLogsOnInEveryFormOfTheLoopWithAwait() async throws {
    for (held, credential, kdc) in try { try logins() }() {
      let (iterating, first) = (try client(credential, kdc: kdc), try server())
      for try await token in iterating {
        let answer = try await first.step(token)
        if !iterating.done { try iterating.receive(XCTUnwrap(answer)) }
      }
      try checkLogin(held, iterating, first)

      let (stepping, second) = (try client(credential, kdc: kdc), try server())
      _ = try await Exchange(stepping, second).run()
      try checkLogin(held, stepping, second)
    }
  }

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

  func testACarrierThatThrowsEndsKerberosWithItsWords() async throws {
    let kdc: KdcCarrier = { _, _ in throw NetworkIsDown() }
    let handshake = try client(login(), kdc: kdc)
    for _ in 0..<2 {
      let error = try thrown("SEC_E_NO_AUTHENTICATING_AUTHORITY", by: { try handshake.next() })
      assertContains(error.context, "NetworkIsDown")
    }
    let later = try client(login(), kdc: kdc)
    let error = try await thrownLater("SEC_E_NO_AUTHENTICATING_AUTHORITY") { try await later.next() }
    assertContains(error.context, "NetworkIsDown")
  }

  func testACarrierThatThrowsHasNegotiateGoOnWithNtlm() throws {
    let asked = Counter()
    let handshake = try client(login(), "Negotiate") { realm, _ in
      asked.add(realm)
      throw NetworkIsDown()
    }
    let accounts = try Credential.accounts([alice: password])
    let (here, there) = try pair(
      handshake, server(.several([realm.keytab(web), accounts]), "Negotiate"))
    XCTAssertEqual(asked.all, [example])
    XCTAssertEqual([here, there].map { $0.negotiation?.chosen }, ["NTLM", "NTLM"])
    XCTAssertNil(try there.peer)
  }

  func testATaskThatIsCancelledWaitsForNoCarrier() async throws {
    let (entered, leave) = (Semaphore(), Semaphore())
    let handshake = try client(login()) { _, _ in
      entered.signal()
      leave.wait()
      return Data()
    }
    let step = Task { try await handshake.next() }
    await entered.wasSignalled()
    step.cancel()
    do {
      _ = try await step.value
      XCTFail("nothing was thrown")
    } catch is CancellationError {}
    leave.signal()
    try thrown("SEC_E_INVALID_HANDLE") { try handshake.context }
  }

  func testACarrierMayRunOtherHandshakes() throws {
    let (realm, other) = (try realm, try pair(client(), server()))
    let handshake = try client(login()) { name, message in
      XCTAssertEqual(try other.1.unwrap(other.0.wrap(bytes("inner"))), bytes("inner"))
      return try realm.carry(realm: name, message: message)
    }
    XCTAssertEqual(try pair(handshake, server()).1.clientUser, "alice")
  }

  func testWhatACarrierBringsIsJudgedAndItIsToldWhomToAsk() throws {
    let (asked, realm) = (Counter(), try realm)
    let handshake = try client(login()) { name, message in
      asked.add(name)
      return message.isEmpty ? Data() : try realm.answer(message)
    }
    _ = try pair(handshake, server())
    XCTAssertEqual(asked.all, [example, example, example])
    for nonsense in [Data(), bytes("what is this?"), Data(count: 1000)] {
      try thrown("SEC_E_INVALID_TOKEN") { try client(login()) { _, _ in nonsense }.next() as Data? }
    }
    let far = try client(.password(user: "alice@FAR.TEST", password: password), kdc: realm.carry)
    let error = try thrown("SEC_E_NO_AUTHENTICATING_AUTHORITY", by: { try far.next() })
    assertContains(error.context, "FAR.TEST")
  }

  func testCredentialsThatAreSharedAskForATicketOnce() throws {
    let (asked, realm) = (Counter(), try realm)
    let credential = try login().acquired(for: "Kerberos")
    for _ in 0..<3 {
      let handshake = try client(credential) { name, message in
        asked.add(name)
        return try realm.carry(realm: name, message: message)
      }
      XCTAssertEqual(try pair(handshake, server()).1.clientUser, "alice")
    }
    XCTAssertEqual(asked.all.count, 3)
    XCTAssertEqual(try credential.name, alice)
  }

  func testAKdcThatRefusesIsHeard() throws {
    let kdc: KdcCarrier = try realm.carry
    let wrong = try client(login("n0t-right"), kdc: kdc)
    XCTAssertEqual(try thrown("SEC_E_LOGON_DENIED", by: { try wrong.next() }).kerberosCode, 24)
    let unknown = try client(.password(user: "nobody@\(example)", password: password), kdc: kdc)
    XCTAssertEqual(try thrown("SEC_E_LOGON_DENIED", by: { try unknown.next() }).kerberosCode, 6)
    let nowhere = try client(tickets(), target: "HTTP/nowhere.example.test", kdc: kdc)
    XCTAssertEqual(try thrown("SEC_E_TARGET_UNKNOWN", by: { try nowhere.next() }).kerberosCode, 7)
    let alone = try client(tickets())
    try thrown("SEC_E_NO_AUTHENTICATING_AUTHORITY", by: { try alone.next() })
    try thrown("SEC_E_NO_CREDENTIALS") {
      try client(.password(user: "alice", password: password), kdc: kdc)
    }
  }

  func testNegotiatePicksKerberosAndFallsBackWhereItCannot() throws {
    let accounts = try Credential.accounts([alice: password])
    func chosen(_ handshake: Handshake) throws -> Context {
      let server = try server(.several([realm.keytab(web), accounts]), "Negotiate")
      let (here, there) = try pair(handshake, server)
      XCTAssertEqual(here.negotiation?.chosen, there.negotiation?.chosen)
      XCTAssertEqual(there.package.name, "Negotiate")
      return here
    }
    let both = try Credential.several([tickets(web), login()])
    for credential in [try tickets(web), both] {
      let context = try chosen(client(credential, "Negotiate"))
      XCTAssertEqual(context.negotiatedPackage.name, "Kerberos")
      XCTAssertTrue(context.flags.contains(.mutualAuth))
    }
    let carried = try chosen(client(login(), "Negotiate", kdc: realm.carry))
    XCTAssertEqual(carried.negotiatedPackage.name, "Kerberos")
    let granting = try Credential.several([tickets(), login()])
    for handshake in [
      try client(login(), "Negotiate"), try client(granting, "Negotiate"),
      try client(granting, "Negotiate", target: "HTTP/nowhere.example.test", kdc: realm.carry),
      try initiate("Negotiate", target: web, credential: both, withoutPackages: ["Kerberos"]),
    ] {
      XCTAssertEqual(try chosen(handshake).negotiatedPackage.name, "NTLM")
    }
    // A wrong password is not tried again with NTLM: the account may be locked.
    let wrong = try client(login("n0t-right"), "Negotiate", kdc: realm.carry)
    try thrown("SEC_E_LOGON_DENIED") { try chosen(wrong) }
    let only = try initiate("Negotiate", target: web, credential: granting, packages: ["Kerberos"])
    try thrown("SEC_E_NO_AUTHENTICATING_AUTHORITY", by: { try only.next() })
  }

  func testAServerKnowsWhoItsClientIs() throws {
    for packageName in ["Kerberos", "Negotiate"] {
      let (here, there) = try pair(client(nil, packageName), server(nil, packageName))
      XCTAssertNil(try here.peer)
      let peer = try XCTUnwrap(try there.peer)
      XCTAssertEqual([peer.user, peer.realm, peer.account], ["alice", example, "alice"])
      XCTAssertTrue(peer.hasPac)
      let sid = try XCTUnwrap(peer.sid)
      let domain = sid.split(separator: "-").dropLast().joined(separator: "-")
      XCTAssertTrue(domain.hasPrefix("S-1-5-21-"), sid)
      XCTAssertEqual(peer.primaryGroup, "\(domain)-513")
      XCTAssertEqual(peer.groups.map(\.sid), ["\(domain)-513"])
      XCTAssertTrue(peer.groups.allSatisfy { $0.isEnabled && $0.attributes != 0 })
      for one in [sid, sid.lowercased(), "\(domain)-513"] { XCTAssertTrue(peer.isMember(of: one), one) }
      for one in ["\(domain)-512", domain, "", "S-1-5-32-544"] {
        XCTAssertFalse(peer.isMember(of: one), one)
      }
      XCTAssertEqual("\(peer)", "Peer(alice@\(example), \(sid))")
      there.close()
      try thrown("SEC_E_INVALID_HANDLE") { try there.peer }
    }
  }

  func testAServerKnowsTheGroupsOfItsClient() throws {
    try realm.addUser("carol", password: password, encryptionTypes: [aes256], groups: [512, 1105])
    let carol = Credential.credentialCache(try realm.tickets("carol", web))
    let peer = try XCTUnwrap(try pair(client(carol), server()).1.peer)
    let domain = try realm.domainSid
    XCTAssertEqual(Set(peer.groups.map(\.sid)), Set([513, 512, 1105].map { "\(domain)-\($0)" }))
    for group in [512, 513, 1105] { XCTAssertTrue(peer.isMember(of: "\(domain)-\(group)")) }
    for group in [511, 11, 51] { XCTAssertFalse(peer.isMember(of: "\(domain)-\(group)")) }
    XCTAssertFalse(peer.isMember(of: "\(try Realm(example).domainSid)-512"))
  }

  func testClientsWithoutAPacAreLetInAsThePolicySays() throws {
    let (here, there) = (try Realm(example), try Realm("OTHER.TEST"))
    try here.addUser("alice", password: password, encryptionTypes: [aes256])
    try here.addService(web)
    try there.addService("HTTP/web.other.test")
    try here.trust(there)
    func run(_ target: String, _ from: Realm, _ policy: PacPolicy) throws -> Peer? {
      let handshake = try client(login(), target: target) { realm, message in
        try (realm == example ? here : there).carry(realm: realm, message: message)
      }
      let acceptor = try accept("Kerberos", credential: from.keytab(target), pacPolicy: policy)
      return try pair(handshake, acceptor).1.peer
    }
    for policy in PacPolicy.allCases {
      let peer = try XCTUnwrap(try run(web, here, policy))
      XCTAssertEqual(peer.hasPac, policy != .never)
      XCTAssertEqual(peer.groups.isEmpty, policy == .never)
    }
    for policy in [PacPolicy.never, .whenPresent] {
      XCTAssertEqual(try run("HTTP/web.other.test", there, policy)?.hasPac, false)
    }
    try thrown("SEC_E_LOGON_DENIED") { try run("HTTP/web.other.test", there, .always) }
  }

  func testTicketsAreDelegatedWhereThatIsRequiredToActWith() throws {
    let kdc: KdcCarrier = try realm.carry
    let (_, first) = try pair(client(require: .delegate, kdc: kdc), server())
    XCTAssertTrue(first.flags.contains(.delegate))
    let delegated = try XCTUnwrap(try first.delegated())
    guard case .credentialCache(let cache) = delegated else { return XCTFail("\(delegated)") }
    XCTAssertEqual(try cache.client, alice)
    try thrown("SEC_E_NO_CREDENTIALS") { try first.delegated() }
    // The server goes on to another one with it, and that one to a third.
    let again = try client(delegated.credential, target: other, require: .delegate, kdc: kdc)
    let (_, second) = try pair(again, server(realm.keytab(other)))
    XCTAssertEqual(second.client, "EXAMPLE.TEST\\alice")
    XCTAssertNotNil(try second.delegated())

    let (asking, bare) = try pair(client(), server())
    XCTAssertNil(try bare.delegated())
    try thrown("SEC_E_NO_CREDENTIALS") { try asking.delegated() }
    let nowhere = try initiate(
      "Kerberos", target: web, credential: tickets(web), require: .delegate,
      delegation: DelegationPolicy(allow: []), kdc: kdc)
    let error = try thrown(by: { try nowhere.next() })
    guard case .delegationForbidden = error else { return XCTFail("\(error)") }
  }

  func testChannelBindingsAreChecked() throws {
    let right = ChannelBindings(applicationData: bytes("tls-unique:right"))
    let wrong = ChannelBindings(applicationData: bytes("tls-unique:wrong"))
    func run(_ theirs: ChannelBindings?, _ policy: BindingPolicy? = nil) throws -> (Context, Context) {
      try pair(
        initiate("Kerberos", target: web, credential: tickets(web), channelBindings: theirs),
        accept("Kerberos", credential: realm.keytab(web), channelBindings: right, bindingPolicy: policy))
    }
    let (here, there) = try run(right, .always)
    XCTAssertEqual([here.bindingsChecked, there.bindingsChecked], [.sent, .verified])
    XCTAssertEqual(try run(nil).1.bindingsChecked, .no)
    XCTAssertEqual(try run(wrong, .never).1.bindingsChecked, .no)
    try thrown("SEC_E_BAD_BINDINGS") { try run(wrong) }
    try thrown("SEC_E_BAD_BINDINGS") { try run(nil, .always) }
  }

  func testDceStyleHasThreeLegs() throws {
    for packageName in ["Kerberos", "Negotiate"] {
      let exchange = try Exchange(client(nil, packageName, require: .dceStyle), server(nil, packageName))
      let (here, there) = try exchange.run()
      if packageName == "Kerberos" { XCTAssertEqual(exchange.tokens.count, 3) }
      XCTAssertTrue(here.flags.contains(.dceStyle) && there.flags.contains(.dceStyle))
      XCTAssertEqual(try here.sessionKey, try there.sessionKey)
      XCTAssertEqual(try there.unwrap(here.wrap(bytes("hello"))), bytes("hello"))
    }
  }

  func testUsersAuthenticateToUsers() throws {
    let bob = Credential.credentialCache(try realm.tickets("bob"))
    let (here, there) = try pair(
      client(target: "bob", require: .useSessionKey, kdc: realm.carry), server(bob))
    XCTAssertEqual(there.client, "EXAMPLE.TEST\\alice")
    XCTAssertEqual(try here.sessionKey, try there.sessionKey)
    XCTAssertTrue(there.flags.contains(.useSessionKey))
  }

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

  func testARequestIsTakenOnceByCredentialsThatAreShared() throws {
    let credential = try realm.keytab(web).acquired(for: "Kerberos")
    let token = try XCTUnwrap(try client().step())
    XCTAssertNotNil(try server(credential).step(token))
    let error = try thrown("SEC_E_OUT_OF_SEQUENCE") { try server(credential).step(token) }
    XCTAssertEqual(error.kerberosCode, 34)
    XCTAssertNotNil(error.token)
    let another = try XCTUnwrap(try client().step())
    XCTAssertNotNil(try server(credential).step(another))
  }

  func testAServerWithOtherKeysRefusesAndItsClientIsTold() throws {
    let elsewhere = try Realm(example)
    try elsewhere.addService(web)
    for (keytab, code) in [(try realm.keytab(other), Int32(35)), (try elsewhere.keytab(web), 31)] {
      let handshake = try client()
      let token = try XCTUnwrap(try handshake.step())
      let error = try thrown { try server(keytab).step(token) }
      XCTAssertEqual(error.kerberosCode, code)
      let told = try thrown("SEC_E_WRONG_PRINCIPAL") { try handshake.step(XCTUnwrap(error.token)) }
      XCTAssertEqual(told.kerberosCode, code)
    }
    let both = try realm.keytab(other, web)
    _ = try pair(
      client(), accept("Kerberos", credential: both, acceptedTargets: ["http/WEB.example.test"]))
    let token = try XCTUnwrap(try client().step())
    try thrown("SEC_E_WRONG_PRINCIPAL") {
      try accept("Kerberos", credential: both, acceptedTargets: [other]).step(token)
    }
  }

  func testAReplyOfSomebodyElseIsRefused() throws {
    let handshake = try client()
    var answer = try XCTUnwrap(try server().step(XCTUnwrap(try handshake.step())))
    answer[answer.count - 1] ^= 1
    try thrown { try handshake.step(answer) }
    XCTAssertFalse(handshake.done)
    for nonsense in [Data(), bytes("NTLMSSP"), Data(repeating: 0xFF, count: 100)] {
      try thrown("SEC_E_INVALID_TOKEN") { try server().step(nonsense) }
    }
  }

  func testRealmsThatTrustEachOtherLetEachOthersUsersIn() throws {
    let (here, there) = (try Realm(example), try Realm("OTHER.TEST"))
    try here.addUser("alice", password: password, encryptionTypes: [aes256])
    try there.addService("HTTP/web.other.test")
    try here.trust(there)
    let handshake = try client(login(), target: "HTTP/web.other.test") { realm, message in
      try (realm == example ? here : there).carry(realm: realm, message: message)
    }
    let (_, context) = try pair(handshake, server(there.keytab("HTTP/web.other.test")))
    let peer = try XCTUnwrap(try context.peer)
    XCTAssertEqual([peer.user, peer.realm, peer.sid], ["alice", example, nil])
    XCTAssertFalse(peer.hasPac || !peer.groups.isEmpty || peer.isMember(of: ""))
    try thrown("SEC_E_INVALID_PARAMETER") { try here.trust(Realm(example)) }
  }

  func testARealmThatServesIsAskedOverASocket() throws {
    let serving = try realm.serve()
    let port = serving.port
    assertContains(serving.krb5Conf, ":\(port)")
    assertContains(serving.krb5Conf, example)
    let kdc: KdcCarrier = { _, message in try ask(port, message) }
    XCTAssertEqual(try pair(client(login(), kdc: kdc), server()).1.clientUser, "alice")
    serving.stop()
    let late = try client(login(), kdc: kdc)
    try thrown("SEC_E_NO_AUTHENTICATING_AUTHORITY", by: { try late.next() })
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
      "CredentialCache(\(alice)) Credential(credential cache) Credential(keytab)")
  }
}
