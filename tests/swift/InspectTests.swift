// Tokens and what is seen in them.
import AnySspi
import XCTest

private struct InspectCase: Decodable {
  let name: String
  let token: String
  let `protocol`: String
  let message: String
  let problems: [String]
  let fields: [String: String]
}

final class InspectTests: XCTestCase {
  private func tokens() throws -> [Data] {
    let (client, server) = try ends()
    let exchange = Exchange(client, server)
    _ = try exchange.run()
    return exchange.tokens
  }

  func testTheSharedCasesPass() throws {
    // Names of fields are keys here, which are not to be converted.
    let data = try Data(contentsOf: tests.appendingPathComponent("cases/inspect.json"))
    let cases = try JSONDecoder().decode(Cases<InspectCase>.self, from: data).cases
    XCTAssertGreaterThan(cases.count, 20)
    for shared in cases {
      let seen = inspect(unhex(shared.token))
      XCTAssertEqual([seen.protocol, seen.message], [shared.protocol, shared.message], shared.name)
      XCTAssertEqual(seen.problems, shared.problems, shared.name)
      let flat = Dictionary(seen.flat.map { ($0.name, $0.value) }) { _, _ in "twice" }
      XCTAssertEqual(flat, shared.fields, shared.name)
      XCTAssertEqual(seen.flat.count, shared.fields.count, shared.name)
      XCTAssertEqual(seen.length, shared.token.count / 2, shared.name)
    }
  }

  func testAFieldSaysWhereItIs() throws {
    let kind = try XCTUnwrap(inspect(tokens()[1]).fields.first { $0.name == "MessageType" })
    XCTAssertEqual([kind.offset, kind.length], [8, 4])
    XCTAssertEqual(kind.value, "2")
    XCTAssertTrue(kind.fields.isEmpty)
    XCTAssertFalse(kind.isHidden)
  }

  func testWhatCouldBeCrackedIsNotShown() throws {
    let proof = try tokens()[2]
    let seen = inspect(proof)
    let response = try XCTUnwrap(
      seen.fields.first { $0.name == "NtChallengeResponse" }?.fields.first { $0.name == "Response" })
    let key = try XCTUnwrap(seen.fields.first { $0.name == "EncryptedRandomSessionKey" })
    for field in [response, key] {
      XCTAssertTrue(field.isHidden)
      XCTAssertEqual(field.length, 16)
      let secret = hex(proof[field.offset..<field.offset + 16])
      XCTAssertFalse(shown(seen).contains(secret))
    }
    XCTAssertGreaterThan("\(seen)".split(separator: "\n").count, 3)
  }

  func testNoTokenMakesItFail() {
    for text in ["", "\0", "NTLMSSP\0", String(repeating: "`", count: 70_000)] {
      let seen = inspect(bytes(text))
      XCTAssertEqual(seen.length, text.count)
      XCTAssertFalse(seen.problems.isEmpty)
    }
    let huge = inspect(Data(count: 16 << 20))
    XCTAssertEqual(huge.length, 16 << 20)
    XCTAssertFalse(huge.problems.isEmpty)
  }

  func testEveryCutOfATokenCanBeInspected() throws {
    for token in try tokens() {
      XCTAssertEqual(inspect(token).problems, [])
      for length in 0..<token.count {
        let seen = inspect(token.prefix(length))
        // The oldest clients end their first token after the flags.
        XCTAssertTrue(!seen.problems.isEmpty || seen.message == "NEGOTIATE_MESSAGE")
      }
    }
  }

  func testASliceIsReadFromItsOwnStart() throws {
    let token = try tokens()[1]
    let slice = (Data(count: 7) + token + Data(count: 7))[7..<7 + token.count]
    XCTAssertEqual("\(inspect(slice))", "\(inspect(token))")
  }
}
