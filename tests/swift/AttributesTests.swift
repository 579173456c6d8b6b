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
      XCTAssertTrue(negotiation.dropped.isEmpty)
      XCTAssertTrue(negotiation.listWasSigned)
    }
  }

  func testWhatIsKnownOutlivesTheContext() throws {
    let (client, _) = try pair()
    client.close()
    XCTAssertEqual(client.client, user)
    try thrown("SEC_E_INVALID_HANDLE") { try client.sessionKey }
  }
}
