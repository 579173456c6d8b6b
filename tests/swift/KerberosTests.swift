// Kerberos: who logs on and who does not, and what a server learns of its client.
import AnySspi
import Foundation
import XCTest

final class KerberosTests: KerberosStage {
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
      // The KDC signed the ticket and the PAC for itself too, and claims nothing more.
      XCTAssertTrue(peer.hasTicketSignature && peer.hasFullSignature)
      XCTAssertNil(peer.askedForPac)
      XCTAssertEqual([peer.claims, peer.device, peer.deviceClaims], [nil, nil, nil])
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
    func run(_ user: String, _ policy: PacPolicy) throws -> Peer? {
      let handshake = try client(.credentialCache(realm.tickets(user, web)))
      let acceptor = try accept("Kerberos", credential: realm.keytab(web), pacPolicy: policy)
      return try pair(handshake, acceptor).1.peer
    }
    for policy in PacPolicy.allCases {
      let peer = try XCTUnwrap(try run("alice", policy))
      XCTAssertEqual(peer.hasPac, policy != .never)
      XCTAssertEqual(peer.groups.isEmpty, policy == .never)
    }
    // A service is no user, and has no PAC.
    for policy in [PacPolicy.never, .whenPresent] {
      XCTAssertEqual(try run(other, policy)?.hasPac, false)
    }
    try thrown("SEC_E_LOGON_DENIED") { try run(other, .always) }
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
}
