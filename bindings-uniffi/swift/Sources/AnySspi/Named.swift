/// A set of flags, some of which have names.
public protocol NamedOptions: OptionSet, Hashable, Sendable, CustomStringConvertible
where RawValue: FixedWidthInteger & Sendable {
  /// The flags with their names in the interface, such as `MUTUAL_AUTH`.
  static var named: KeyValuePairs<String, Self> { get }
}

extension NamedOptions {
  /// The names of the flags that are set.
  public var names: [String] {
    Self.named.filter { isSuperset(of: $0.value) }.map(\.key)
  }

  /// The flag of a name; `nil` where none has it.
  public init?(name: String) {
    guard let found = Self.named.first(where: { $0.key == name }) else { return nil }
    self = found.value
  }

  public var description: String {
    "[\(names.joined(separator: ", "))]"
  }
}

/// A number of the interface, which may have a name.
public protocol NamedNumber: RawRepresentable, Hashable, Sendable, CustomStringConvertible
where RawValue == UInt32 {
  /// The numbers with their names in the interface.
  static var named: KeyValuePairs<String, Self> { get }
}

extension NamedNumber {
  public var description: String {
    Self.named.first { $0.value == self }?.key ?? hexadecimal(rawValue)
  }
}

func hexadecimal(_ number: UInt32) -> String {
  let digits = String(number, radix: 16, uppercase: true)
  return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
}
