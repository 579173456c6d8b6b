import AnySspiBridge
import Foundation

/// What is in a token.
public struct Inspection: Sendable {
  /// A field of a token.
  public struct Field: Sendable {
    /// The name in the specification of the protocol.
    public let name: String
    /// The value as it is displayed.
    public let value: String
    /// Whether its bytes are not shown.
    public let isHidden: Bool
    /// Where the value begins, as the token states it.
    public let offset: Int
    /// How many bytes the value has, as the token states it.
    public let length: Int
    /// The fields this one is made of.
    public let fields: [Field]

    init(_ field: TokenField) {
      name = field.name
      value = field.value
      isHidden = field.isHidden
      offset = Int(field.offset)
      length = Int(field.length)
      fields = field.fields.map(Field.init)
    }
  }

  /// The protocol's name, or `unknown`.
  public let `protocol`: String
  /// The message's name in the specification of the protocol, or `unknown`.
  public let message: String
  /// The number of bytes in the token.
  public let length: Int
  /// The fields, in the order in which the message describes them.
  public let fields: [Field]
  /// The fields as pairs of a dotted name and the value as it is displayed.
  public let flat: [(name: String, value: String)]
  /// What is wrong with the token, as sentences.
  public let problems: [String]

  private let text: String
}

extension Inspection: CustomStringConvertible {
  /// A tree for people to read.
  public var description: String { text }
}

/// Looks into a token. Never fails, and never shows a secret.
public func inspect(_ token: Data) -> Inspection {
  Inspection(token)
}

extension Inspection {
  fileprivate init(_ token: Data) {
    do {
      try check(token, "token")
      let facts = try calling { try inspectToken(token: token) }
      self.init(
        protocol: facts.protocol, message: facts.messageName, length: Int(facts.length),
        fields: facts.fields.map(Field.init), flat: facts.flat.map { ($0.name, $0.value) },
        problems: facts.problems, text: facts.text)
    } catch {
      // A defect of the library, which nobody who only wants to look has to catch.
      self.init(
        protocol: "unknown", message: "unknown", length: token.count, fields: [], flat: [],
        problems: ["\(error)"], text: "\(error)")
    }
  }
}
