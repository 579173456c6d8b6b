// What an established context answers.
import AnySspi
import XCTest

final class AttributesTests: XCTestCase {
  func testBothContextsKnowWhoIsWho() throws {
    let (client, server) = try standing("password")
    for context in [client, server] {
      XCTAssertEqual(context.client, user)
      XCTAssertFalse(context.isAnonymous)
      XCTAssertEqual([context.server, context.target], ["server.example.com", target])
    }
    XCTAssertEqual([client.clientUser, client.clientDomain], ["alice", "CORP"])
    XCTAssertEqual(server.workstation, "CLIENT")
    XCTAssertEqual([client.side, server.side], [.initiator, .acceptor])
    XCTAssertEqual("\(client)", "Context(NTLM, initiator, client CORP\\alice)")
  }

  func testBothContextsKnowWhatTheyHave() throws {
    let (client, server) = try standing("password")
    for context in [client, server] {
      XCTAssertEqual(
        context.flags,
        [.replayDetect, .sequenceDetect, .confidentiality, .connection, .integrity])
      XCTAssertEqual(
        "\(context.flags)",
        "[REPLAY_DETECT, SEQUENCE_DETECT, CONFIDENTIALITY, CONNECTION, INTEGRITY]")
      XCTAssertNil(context.expiry)
      XCTAssertEqual(context.bindingsChecked, .no)
      let sizes = context.sizes
      XCTAssertEqual(
        [sizes.maxToken, sizes.maxSignature, sizes.blockSize, sizes.securityTrailer],
        [16_384, 16, 1, 16])
      XCTAssertEqual(try context.sessionKey.count, 16)
    }
  }

  func testAContextIsOfItsOwnPackageWhereNothingWasNegotiated() throws {
    let (client, server) = try standing("password")
    for context in [client, server] {
      XCTAssertEqual(context.package, try packageInfo("NTLM"))
      XCTAssertEqual(context.negotiatedPackage, context.package)
      XCTAssertNil(context.negotiation)
    }
  }

  func testANegotiationSaysHowItWent() throws {
    let (client, server) = try pair("Negotiate")
    for context in [client, server] {
      XCTAssertEqual([context.package.name, context.negotiatedPackage.name], ["Negotiate", "NTLM"])
      let negotiation = try XCTUnwrap(context.negotiation)
      XCTAssertEqual(negotiation.offered, ["NTLM"])
      XCTAssertEqual(negotiation.chosen, "NTLM")
      // A client without a realm, and a server without a keytab.
      let why = context.side == .initiator ? "SEC_E_NO_CREDENTIALS" : "SEC_E_NO_KERB_KEY"
      XCTAssertEqual(negotiation.dropped.map(\.package), ["Kerberos"])
      XCTAssertEqual(negotiation.dropped.map(\.error.symbol), [why])
      XCTAssertTrue(negotiation.listWasSigned)
    }
  }

  func testWhatIsKnownOutlivesTheContext() throws {
    let (client, _) = try pair()
    client.close()
    XCTAssertEqual(client.client, user)
    try thrown("SEC_E_INVALID_HANDLE") { try client.sessionKey }
  }

  func testAContextAnswersQuestions() throws {
    let (client, server) = try standing("password")
    let info = try packageInfo("NTLM")
    for context in [client, server] {
      XCTAssertEqual(try context.query(.names), .name(user))
      XCTAssertEqual(try context.query(.flags), .flags(context.flags))
      XCTAssertEqual(try context.query(.sizes), .sizes(context.sizes))
      XCTAssertEqual(try context.query(.packageInfo), .packageInfo(info))
      XCTAssertEqual(try context.query(.negotiationInfo), .negotiationInfo(info, state: "complete"))
      XCTAssertEqual(try context.query(.sessionKey), .bytes(try context.sessionKey))
      XCTAssertEqual("\(try context.query(.sessionKey))", "16 bytes")
      for attribute: Raw.Attribute in [
        .streamSizes, .dceInfo, .authority, .passwordExpiry, .uniqueBindings, .endpointBindings,
        .remoteCertContext, .localCertContext, .issuerListEx, .connectionInfo,
        Raw.Attribute(rawValue: 4711),
      ] {
        let error = try thrown { try context.query(attribute) }
        XCTAssertEqual(error.family, .unsupported, "\(attribute): \(error)")
      }
    }
    // MsvAvNbDomainName, six characters
    guard case .bytes(let information) = try client.query(.targetInformation) else {
      return XCTFail("no bytes")
    }
    XCTAssertEqual(information.prefix(4), Data([2, 0, 12, 0]))
    try thrown("SEC_E_UNSUPPORTED_FUNCTION") { try server.query(.targetInformation) }
    guard case .accessToken(let token) = try server.query(.accessToken) else {
      return XCTFail("no token")
    }
    XCTAssertEqual(token.user, user)
    try thrown("SEC_E_UNSUPPORTED_FUNCTION") { try client.query(.accessToken) }
  }

  func testBindingsAreToldApartByTheirKind() throws {
    let rows: [(String, Raw.Attribute, Raw.Attribute)] = [
      ("tls-unique:x", .uniqueBindings, .endpointBindings),
      ("tls-server-end-point:x", .endpointBindings, .uniqueBindings),
    ]
    for (data, has, hasNot) in rows {
      let bindings = ChannelBindings(applicationData: bytes(data))
      let (client, _) = try pair(client: Settings(channelBindings: bindings))
      XCTAssertEqual(try client.query(has), .bytes(try bindings.structure()))
      try thrown("SEC_E_UNSUPPORTED_FUNCTION") { try client.query(hasNot) }
    }
  }
}
