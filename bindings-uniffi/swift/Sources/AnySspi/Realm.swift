import AnySspiBridge
import Foundation

/// A Kerberos realm with its KDC, in memory, for tests and demonstrations. It is not for production: it is forgotten
/// with the object, and has no protection against guessing.
///
/// ```swift
/// let realm = try Realm("EXAMPLE.TEST")
/// try realm.addUser("alice", password: "secret")
/// try realm.addService("HTTP/web.example.test")
/// let keytab = try realm.keytab("HTTP/web.example.test")  // for the server
/// let tickets = try realm.tickets("alice", "HTTP/web.example.test")  // of a user who logged on
/// ```
///
/// A handshake whose `kdc` is `realm.carry` logs a user on with a password.
public struct Realm: Sendable {
  /// Its name.
  public let name: String
  private let native: NativeRealm

  /// A realm with nobody in it.
  public init(_ name: String) throws {
    self.name = name
    native = try calling { try NativeRealm.create(name: name) }
  }

  /// The SID of its domain, which those of its users and groups begin with.
  public var domainSid: String {
    get throws { try calling { try native.domainSid() } }
  }

  /// Adds a user, or puts one in the place of another of the same name.
  ///
  /// - Parameters:
  ///   - encryptionTypes: Names such as `aes256-cts-hmac-sha1-96`, instead of the usual ones.
  ///   - salt: The salt of the password, where it is not the usual one.
  ///   - preAuthentication: Whether whoever asks has to prove who they are.
  ///   - groups: The groups of the realm's domain, besides Domain Users, by their relative identifiers: 512 are
  ///     Domain Admins.
  public func addUser(
    _ name: String, password: String, encryptionTypes: [String]? = nil, salt: String? = nil,
    preAuthentication: Bool = true, groups: [UInt32] = []
  ) throws {
    try calling {
      try native.addUser(
        name: name, password: password, encryptionTypes: encryptionTypes, salt: salt,
        preAuthentication: preAuthentication, groups: groups)
    }
  }

  /// Adds a service, or gives it new keys, of this version.
  public func addService(
    _ name: String, encryptionTypes: [String]? = nil, version: UInt32? = nil,
    trustedForDelegation: Bool = false
  ) throws {
    try calling {
      try native.addService(
        name: name, encryptionTypes: encryptionTypes, version: version,
        trustedForDelegation: trustedForDelegation)
    }
  }

  /// Lets the clients of each of two realms use the services of the other one.
  public func trust(_ other: Realm) throws {
    try calling { try native.trust(other: other.native) }
  }

  /// The keys of services or users.
  public func keytab(_ names: String...) throws -> Credential {
    Credential(identities: [try calling { try native.keytab(names: names) }])
  }

  /// The same as the bytes of a keytab file, for other people's servers.
  public func keytabFile(_ names: String...) throws -> Data {
    try calling { try native.keytab(names: names).keytabBytes() }
  }

  /// The tickets of a user who logged on and used these services. Nobody is asked for a password.
  public func tickets(_ user: String, _ services: String...) throws -> CredentialCache {
    CredentialCache(Held(try calling { try native.tickets(user: user, services: services) }))
  }

  /// What the KDC says to a request.
  public func answer(_ request: Data) throws -> Data {
    try check(request, "request")
    return try calling { try native.reply(request: request) }
  }

  /// Carries a question of a handshake to this KDC (`kdc: realm.carry`).
  @Sendable public func carry(realm: String, message: Data) throws -> Data {
    guard realm == name else {
      throw SspiError.noAuthenticatingAuthority(.init(context: "\(name) is not the realm \(realm)"))
    }
    return try answer(message)
  }

  /// Serves the KDC on a port of this machine, over TCP and UDP, for programs on this machine, until it is stopped.
  public func serve() throws -> Serving {
    try Serving(try calling { try native.serve() })
  }
}

extension Realm: CustomStringConvertible, CustomReflectable {
  public var description: String { "Realm(\(name))" }

  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A realm that answers on a port.
public final class Serving: Sendable {
  private let native: NativeServing
  /// The port, of TCP and UDP, on 127.0.0.1.
  public let port: UInt16
  /// The configuration for clients of MIT Kerberos, Heimdal and Java, which `KRB5_CONFIG` names.
  public let krb5Conf: String

  init(_ native: NativeServing) throws {
    self.native = native
    port = try calling { try native.port() }
    krb5Conf = try calling { try native.krb5Conf() }
  }

  /// Ends it.
  public func stop() {
    try? native.stop()
  }
}

extension Serving: CustomStringConvertible, CustomReflectable {
  public var description: String { "Serving(port \(port))" }

  public var customMirror: Mirror { Mirror(self, children: []) }
}
