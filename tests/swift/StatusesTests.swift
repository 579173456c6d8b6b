// Statuses: cases and numbers are those of tests/cases/statuses.json.
import AnySspi
import XCTest

private struct Statuses: Decodable {
  struct Row: Decodable {
    let name: String
    let symbol: String
    let number: String
    let family: String
    let sentence: String
  }

  let statuses: [Row]
}

final class StatusesTests: XCTestCase {
  private func rows() throws -> [Statuses.Row] {
    try readShared("statuses.json", as: Statuses.self).statuses
  }

  func testEveryErrorHasACaseOfItsNameAndFamily() throws {
    let errors = try rows().filter { $0.symbol.hasPrefix("SEC_E_") && $0.symbol != "SEC_E_OK" }
    XCTAssertGreaterThan(errors.count, 70)
    for row in errors {
      let number = try XCTUnwrap(UInt32(row.number.dropFirst(2), radix: 16))
      let error = SspiError(status: number, details: .init(context: "why"))
      let name = row.name.prefix(1).lowercased() + row.name.dropFirst()
      XCTAssertEqual(Mirror(reflecting: error).children.first?.label, name)
      XCTAssertEqual([error.symbol, error.family.rawValue], [row.symbol, row.family])
      XCTAssertEqual(error.status, number)
      XCTAssertEqual("\(error)", "\(row.symbol): why")
      XCTAssertEqual(error.localizedDescription, "\(row.symbol): why")
    }
    XCTAssertEqual(Set(errors.map(\.family)), Set(SspiError.Family.allCases.map(\.rawValue)))
  }

  func testTheRawLayerKnowsEveryStatus() throws {
    let all = try rows()
    XCTAssertEqual(Raw.Status.named.map(\.key), all.map(\.symbol))
    for row in all {
      let number = try XCTUnwrap(UInt32(row.number.dropFirst(2), radix: 16))
      XCTAssertEqual("\(Raw.Status(rawValue: number))", row.symbol)
    }
    XCTAssertEqual("\(Raw.Status(rawValue: 0x8009_0FFF))", "0x80090FFF")
  }

  func testANumberThatNobodyKnowsKeepsIt() {
    let error = SspiError(status: 0x8009_0FFF, details: .init(context: "why"))
    XCTAssertEqual(error.status, 0x8009_0FFF)
    XCTAssertEqual("\(error)", "0x80090FFF: why")
  }

  func testTheTextHasTheCodeOfTheProtocol() {
    let nt = SspiError.logonDenied(.init(context: "no", ntStatus: 0xC000_0072))
    XCTAssertEqual("\(nt)", "SEC_E_LOGON_DENIED: no (NTSTATUS 0xC0000072)")
    let kerberos = SspiError.timeSkew(.init(context: "no", kerberosCode: 37))
    XCTAssertEqual("\(kerberos)", "SEC_E_TIME_SKEW: no (Kerberos error 37)")
  }

  func testErrorsAreCaughtByCaseAndByFamily() throws {
    let wrong = Settings(credential: try .password(user: user, password: "wrong"))
    do {
      _ = try pair(client: wrong)
      XCTFail("nothing was thrown")
    } catch SspiError.logonDenied(let details) {
      XCTAssertFalse(details.context.isEmpty)
    }
    do {
      _ = try pair(client: wrong)
      XCTFail("nothing was thrown")
    } catch let error as SspiError where error.family == .credential {
      XCTAssertEqual(error.status, 0x8009_030C)
    }
  }

  func testAnErrorOfAHandshakeHasEverything() throws {
    let locked = try Credential.accounts([Account(name: user, password: password, state: .locked)])
    let error = try thrown("SEC_E_LOGON_DENIED") { try pair(server: Settings(credential: locked)) }
    XCTAssertEqual(error.ntStatus, 0xC000_0234)
    XCTAssertNil(error.kerberosCode)
    XCTAssertNil(error.token)
    XCTAssertNil(error.cause)
  }

  func testATokenForThePeerComesWithTheError() throws {
    let wrong = Settings(credential: try .password(user: user, password: "wrong"))
    let (client, server) = try ends("Negotiate", client: wrong)
    let exchange = Exchange(client, server)
    let error = try thrown("SEC_E_LOGON_DENIED") { try exchange.run() }
    let token = try XCTUnwrap(error.token)
    XCTAssertTrue(inspect(token).flat.contains { $0.name == "negState" && $0.value == "reject" })
    assertContains(try thrown { try client.step(token) }.context, "rejected")
  }

  func testErrorsAreTheSameInCallsAndTasks() async throws {
    let now = try { try thrown { try ends().1.step(bytes("nonsense")) } }()
    let later = try await thrownLater { try await ends().1.step(bytes("nonsense")) }
    XCTAssertEqual("\(later)", "\(now)")
    XCTAssertEqual(later.status, now.status)
  }
}
