import AnySspiBridge

/// What is told about a security package.
public struct PackageInfo: Hashable, Sendable {
  /// The name it is asked for by.
  public let name: String
  /// What it is, in a sentence.
  public let comment: String
  /// What it can do.
  public let capabilities: Capabilities
  /// The version of its protocol.
  public let version: Int
  /// The number DCE RPC knows it by.
  public let rpcId: Int
  /// The largest token it makes.
  public let maxToken: Int

  init(_ facts: PackageFacts) {
    name = facts.name
    comment = facts.comment
    capabilities = Capabilities(rawValue: facts.capabilities)
    version = Int(facts.version)
    rpcId = Int(facts.rpcId)
    maxToken = Int(facts.maxToken)
  }
}

/// What is told about every package.
public func packages() throws -> [PackageInfo] {
  try calling { try listPackages().map(PackageInfo.init) }
}

/// What is told about the package with this name, in any case.
public func packageInfo(_ name: String) throws -> PackageInfo {
  try calling { PackageInfo(try findPackage(name: name)) }
}

/// The version of the library.
public func version() throws -> String {
  try calling { try libraryVersion() }
}
