import AnySspiBridge
import Foundation

/// Who somebody is, or how that is checked: what a handshake is started with. Shown, it hides its
/// secrets, which are kept in the native half and wiped there.
///
/// ```swift
/// let client = try Credential.password(user: "CORP\\alice", password: "secret")
/// let server = try Credential.accounts(["CORP\\alice": "secret"])
/// ```
public struct Credential: Sendable {
  enum Source: Sendable {
    case identities([NativeIdentity])
    case acquired(NativeCredential)
  }

  let source: Source

  init(_ identity: () throws -> NativeIdentity) throws {
    source = .identities([try calling(nil, identity)])
  }

  init(acquired credential: NativeCredential) {
    source = .acquired(credential)
  }

  init(identities: [NativeIdentity]) {
    source = .identities(identities)
  }

  /// A user and a password. The user is `DOMAIN\user`, `user@realm` or `user`, unless the domain is
  /// given beside it.
  public static func password(user: String, password: String, domain: String? = nil) throws -> Self {
    try Self { try .password(user: user, password: password, domain: domain) }
  }

  /// A user and the NT hash of the password, 16 bytes, which is as good as the password to NTLM.
  public static func ntHash(user: String, hash: Data, domain: String? = nil) throws -> Self {
    try Self { try .ntHash(user: user, hash: hash, domain: domain) }
  }

  /// Nobody in particular. Needs `allow: .anonymous`.
  public static func anonymous() throws -> Self {
    try Self { try .anonymous() }
  }

  /// The accounts a server checks clients against: passwords by name.
  public static func accounts(_ passwords: [String: String]) throws -> Self {
    try accounts(passwords.map { Account(name: $0.key, password: $0.value) })
  }

  /// The accounts a server checks clients against.
  public static func accounts(_ accounts: [Account]) throws -> Self {
    try Self { try .accounts(accounts: accounts.map(\.record)) }
  }

  /// A store in which a server looks clients up.
  public static func accounts(_ store: any AccountStore) throws -> Self {
    try Self { try .lookUp(store: StoreLookUp(store)) }
  }

  /// A function by which a server looks clients up: it gets the user, the domain and the package.
  public static func accounts(
    _ lookUp: @escaping @Sendable (_ user: String, _ domain: String, _ package: String) throws ->
      Account?
  ) throws -> Self {
    try accounts(LookUpStore(lookUp: lookUp))
  }

  /// The accounts in a file of lines `DOMAIN:user:password`, or in Samba's smbpasswd, which is read
  /// anew when it changes.
  public static func accountsFile(_ path: String) throws -> Self {
    try Self { try .accountsFile(path: path) }
  }

  /// Several, in order of preference. What was acquired before cannot be one of them.
  public static func several(_ credentials: [Credential]) throws -> Self {
    try Self(
      identities: credentials.flatMap { one in
        guard case .identities(let identities) = one.source else { throw acquiredBefore }
        return identities
      })
  }

  private static var acquiredBefore: SspiError {
    .invalidParameter(.init(context: "the credential was acquired before, and cannot be again"))
  }

  /// Acquires it for a package, once for any number of handshakes: keys are derived once.
  ///
  /// - Parameters:
  ///   - allow: What is allowed although it is weak or surprising.
  ///   - packages: The packages that Negotiate may use, in order of preference.
  ///   - withoutPackages: The packages that Negotiate may not use.
  ///   - delegation: To which targets it may be delegated.
  public func acquired(
    for packageName: String, allow: Allow = [], packages: [String]? = nil,
    withoutPackages: [String] = [], delegation: DelegationPolicy? = nil
  ) throws -> Credential {
    try acquired(
      CredentialOptions(
        packageName: packageName, usage: 0, principal: nil, identities: try identities,
        allow: allow.rawValue, packages: packages, withoutPackages: withoutPackages,
        delegation: delegation?.lists))
  }

  func acquired(_ options: CredentialOptions) throws -> Credential {
    Credential(acquired: try calling { try NativeCredential.acquire(options: options) })
  }

  /// The identities to acquire it from.
  var identities: [NativeIdentity] {
    get throws {
      guard case .identities(let identities) = source else { throw Self.acquiredBefore }
      return identities
    }
  }

  /// The native credential; only what was acquired has one.
  var native: NativeCredential {
    get throws {
      guard case .acquired(let credential) = source else {
        throw SspiError.invalidParameter(
          .init(context: "the credential has to be acquired first: acquired(for:)"))
      }
      return credential
    }
  }

  /// Whose it is; of an acquired one.
  public var name: String {
    get throws { try calling { try native.name() } }
  }

  /// The package it was acquired for.
  public var package: PackageInfo {
    get throws { try calling { PackageInfo(try native.packageFacts()) } }
  }
}

extension Credential: CustomStringConvertible, CustomReflectable {
  /// What kind it is and whose, without secrets.
  public var description: String {
    switch source {
    case .identities(let identities):
      let kinds = identities.map { (try? $0.describe()) ?? "unknown" }
      return "Credential(\(kinds.joined(separator: ", ")))"
    case .acquired(let credential):
      guard let name = try? credential.name() else { return "Credential(freed)" }
      return "Credential(acquired, \(name))"
    }
  }

  public var customMirror: Mirror { Mirror(self, children: []) }
}
