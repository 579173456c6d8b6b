import AnySspiBridge
import Foundation

/// An identity of the native half, which keeps its secrets and wipes them. It is the same as itself alone.
struct Held: Hashable, Sendable {
  let native: NativeIdentity

  init(_ native: NativeIdentity) {
    self.native = native
  }

  static func == (one: Self, other: Self) -> Bool { one.native === other.native }

  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(native)) }
}

/// A certificate chain and the private key of its first certificate: what a server of `CREDSSP` shows, beside
/// its accounts (`Credential.certificate`), and who one is to `PKU2U`, beside `trustedRoots`. The key is never shown.
public struct Certificate: Sendable {
  let held: Held

  private init(_ make: () throws -> NativeIdentity) throws {
    held = Held(try calling(nil, make))
  }

  /// A chain and a private key in DER, the own certificate first.
  public init(chain: [Data], privateKey: Data) throws {
    try check(chain, "chain")
    try check(privateKey, "privateKey")
    try self.init { try .certificate(chain: chain, privateKey: privateKey) }
  }

  /// Reads a chain and its private key from PEM, which may be one file or two put together. The key is
  /// PKCS#8, PKCS#1 or SEC1, and not encrypted. `certUnknown` says what is wrong with them.
  public init(pem: Data) throws {
    try check(pem, "pem")
    try self.init { try .certificateFromPem(pem: pem) }
  }

  /// A certificate that signs itself, with a new key: what a server uses that is given none. To use one for
  /// long, keep it: clients may remember a server by its key.
  public static func selfSigned(hostName: String) throws -> Self {
    try Self { try .selfSignedCertificate(hostName: hostName) }
  }

  /// The chain in DER, the own certificate first.
  public var chain: [Data] {
    get throws { try calling { try held.native.chain() } }
  }

  /// The chain and the private key in PEM, as `init(pem:)` reads them: for a file that nobody else may read.
  public func toPem() throws -> Data {
    try calling { try held.native.toPem() }
  }
}

extension Certificate: CustomStringConvertible, CustomReflectable {
  public var description: String { "Certificate(\((try? chain.count) ?? 0))" }

  public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Credential {
  /// A certificate and its key: for a server, beside its accounts.
  public static func certificate(_ certificate: Certificate) -> Self {
    Self(identities: [certificate.held.native])
  }

  /// The roots, in DER, by which a client judges a server's certificate and the name in it. Without any, the
  /// server is judged by the proof of its key alone. To `PKU2U` they are the certificates of the peers that are
  /// trusted, on both sides.
  public static func trustedRoots(_ roots: [Data]) throws -> Self {
    try check(roots, "roots")
    return try Self { try .trustedRoots(roots: roots) }
  }

  /// The roots in PEM, any number of them in a file.
  public static func trustedRoots(pem: Data) throws -> Self {
    try check(pem, "pem")
    return try Self { try .trustedRootsFromPem(pem: pem) }
  }
}
