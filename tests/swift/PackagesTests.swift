// What there is: packages, and what becomes of a failure inside the library.
@testable import AnySspi
import AnySspiBridge
import XCTest

final class PackagesTests: XCTestCase {
  func testThePackagesSayWhatIsTrueOfThem() throws {
    let all = try packages()
    XCTAssertEqual(all.map(\.name), ["Negotiate", "NTLM", "Kerberos", "CREDSSP", "PKU2U"])
    XCTAssertEqual([all[0].version, all[0].rpcId, all[0].maxToken], [1, 9, 53_248])
    XCTAssertEqual([all[1].version, all[1].rpcId, all[1].maxToken], [1, 10, 16_384])
    assertContains(all[1].comment, "NTLM")
    XCTAssertTrue(all[1].capabilities.contains(.negotiable))
    XCTAssertFalse(all[0].capabilities.contains(.negotiable))
  }

  func testAPackageIsFoundInAnyCase() throws {
    for name in ["NTLM", "ntlm", "nTlM"] {
      XCTAssertEqual(try packageInfo(name), try packages()[1])
    }
  }

  func testAnUnknownPackageNamesThoseThereAre() throws {
    for call in [
      { _ = try packageInfo($0) },
      { _ = try initiate($0, credential: .password(user: user, password: password)) },
      { _ = try accept($0, credential: .accounts([user: password])) },
    ] as [(String) throws -> Void] {
      let error = try thrown("SEC_E_SECPKG_NOT_FOUND") { try call("Kerberos5") }
      assertContains(error.context, "Kerberos5")
      assertContains(error.context, "Negotiate, NTLM")
    }
  }

  func testAPackageThatFailsSaysItsOwnStatus() throws {
    for status: UInt32 in [0x8009_0324, 0x8009_0FFF] {
      let surroundings = try NativeSurroundings.fixed(
        now: 0, entropy: 0, host: "host", failing: status)
      let options = HandshakeOptions(
        packageName: "Failing", isAcceptor: true, credential: nil, identities: [], target: nil,
        acceptedTargets: [], require: 0, request: 0, relax: 0, without: 0, channelBindings: nil,
        bindingPolicy: nil, delegation: nil, allow: 0, packages: nil, withoutPackages: [])
      let server = try Handshake(options) { try surroundings.start(options: $0) }
      let error = try thrown { try server.step(bytes("x")) }
      XCTAssertEqual(error.status, status)
      switch error {
      case .timeSkew: XCTAssertEqual([error.symbol, "\(error.family)"], ["SEC_E_TIME_SKEW", "handshake"])
      case .other: XCTAssertEqual([error.symbol, "\(error.family)"], ["0x80090FFF", "internal"])
      default: XCTFail("\(error)")
      }
    }
  }

  func testAPanicBecomesAnInternalErrorAndTheProcessLivesOn() throws {
    let error = try thrown("SEC_E_INTERNAL_ERROR") { try calling { try panicInTheLibrary() } }
    assertContains(error.context, "please report it")
    XCTAssertEqual(try packages().count, 5)
  }

  func testTheVersionIsThatOfTheLibrary() throws {
    XCTAssertEqual(try version().split(separator: ".").count, 3)
  }
}
