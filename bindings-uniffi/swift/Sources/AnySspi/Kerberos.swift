import AnySspiBridge
import Foundation

/// A credential cache: Kerberos tickets that somebody already has. It is read when it is used.
public struct CredentialCache: Hashable, Sendable {
  let held: Held

  init(_ held: Held) {
    self.held = held
  }

  /// A cache by its name, such as `FILE:/tmp/krb5cc_1000`, or by its path.
  public init(named name: String) throws {
    held = Held(try calling(nil) { try .credentialCache(name: name) })
  }

  /// The bytes of a cache file.
  public init(bytes: Data) throws {
    try check(bytes, "bytes")
    held = Held(try calling(nil) { try .credentialCacheFromBytes(bytes: bytes) })
  }

  /// The tickets of a KRB-CRED (RFC 4120 5.8), as Windows programs keep them in `.kirbi` files: one that is not
  /// encrypted, or with a key one that is encrypted with it. The encryption type has a name such as
  /// `aes256-cts-hmac-sha1-96`.
  public init(krbCred: Data, key: (encryptionType: String, bytes: Data)? = nil) throws {
    try check(krbCred, "krbCred")
    let secret = key?.bytes ?? Data()
    try check(secret, "key")
    held = Held(
      try calling(nil) {
        try .credentialCacheFromKrbCred(bytes: krbCred, encryptionType: key?.encryptionType, key: secret)
      })
  }

  /// Whose tickets they are, such as `alice@EXAMPLE.COM`. The cache is read for it.
  public var client: String {
    get throws { try calling { try held.native.cacheClient() } }
  }

  /// The bytes of a file with these tickets: for a file that nobody else may read. The cache is read for it.
  public func toBytes() throws -> Data {
    try calling { try held.native.cacheBytes() }
  }

  /// The tickets as a KRB-CRED that is not encrypted: for a file that nobody else may read, since whoever reads it
  /// has the tickets. The cache is read for it.
  public func toKrbCred() throws -> Data {
    try calling { try held.native.cacheKrbCred() }
  }
}

extension CredentialCache: CustomStringConvertible, CustomReflectable {
  public var description: String { "CredentialCache(\(held.native.place()))" }

  public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Credential {
  /// Kerberos tickets that somebody already has.
  public static func credentialCache(_ cache: CredentialCache) -> Self {
    Self(identities: [cache.held.native])
  }

  /// A keytab file: the keys of Kerberos services, for a server, or of a user. It is opened when the credential is
  /// acquired.
  public static func keytab(_ path: String) throws -> Self {
    try Self { try .keytab(path: path) }
  }

  /// The bytes of a keytab file.
  public static func keytab(bytes: Data) throws -> Self {
    try check(bytes, "bytes")
    return try Self { try .keytabFromBytes(bytes: bytes) }
  }
}
