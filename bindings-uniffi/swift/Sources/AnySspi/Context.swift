import AnySspiBridge
import Foundation

/// How a package was agreed on.
public struct Negotiation: Sendable {
  /// A package that was passed over before anything was offered.
  public struct Dropped: Sendable {
    /// The package.
    public let package: String
    /// Why it could not take part.
    public let error: SspiError
  }

  /// The packages this side was ready for, in its order.
  public let offered: [String]
  /// The package that was agreed on.
  public let chosen: String?
  /// The packages that were passed over before anything was offered, and why.
  public let dropped: [Dropped]
  /// Whether the peer signed the list of mechanisms.
  public let listWasSigned: Bool

  init(_ facts: NegotiationFacts) {
    offered = facts.offered
    chosen = facts.chosen
    dropped = facts.dropped.map { Dropped(package: $0.packageName, error: SspiError($0.fault)) }
    listWasSigned = facts.listWasSigned
  }
}

/// What became of the channel bindings.
public enum BindingsChecked: String, Sendable {
  /// Nothing was checked.
  case no
  /// The client has sent them.
  case sent
  /// The server has found them right.
  case verified
}

/// The sizes for message protection.
public struct Sizes: Hashable, Sendable {
  /// The largest token of the handshake.
  public let maxToken: Int
  /// The largest signature of a signed message.
  public let maxSignature: Int
  /// The size messages are padded to a multiple of.
  public let blockSize: Int
  /// What protection adds to a message.
  public let securityTrailer: Int

  init(_ facts: SizeFacts) {
    maxToken = Int(facts.maxToken)
    maxSignature = Int(facts.maxSignature)
    blockSize = Int(facts.blockSize)
    securityTrailer = Int(facts.securityTrailer)
  }
}

/// An established context.
///
/// It may go from thread to thread, one call at a time: a second one meanwhile is `outOfSequence`. What is
/// known about it stays known when it is closed; its keys do not.
public final class Context: @unchecked Sendable {
  /// The package: `Negotiate` where it was negotiated.
  public let package: PackageInfo
  /// The package that was negotiated; the package itself where nothing was.
  public let negotiatedPackage: PackageInfo
  /// How the package was agreed on, where it was.
  public let negotiation: Negotiation?
  /// Which end this is.
  public let side: Side
  /// What the context has.
  public let flags: Flags
  /// When it ends; `nil` for never.
  public let expiry: Date?
  /// The client, as `DOMAIN\user`: on a server the user that was authenticated.
  public let client: String
  /// The client without the domain.
  public let clientUser: String
  /// The client's domain.
  public let clientDomain: String?
  /// Whether the client is anonymous.
  public let isAnonymous: Bool
  /// The server, as it announced itself.
  public let server: String?
  /// The workstation the client says it is on.
  public let workstation: String?
  /// The target's name as the client gave it.
  public let target: String?
  /// What became of the channel bindings.
  public let bindingsChecked: BindingsChecked
  /// The sizes for message protection.
  public let sizes: Sizes

  private let native: NativeEnd

  init(_ native: NativeEnd, _ facts: ContextFacts) {
    self.native = native
    package = PackageInfo(facts.package)
    negotiatedPackage = PackageInfo(facts.negotiatedPackage)
    negotiation = facts.negotiation.map(Negotiation.init)
    side = facts.isAcceptor ? .acceptor : .initiator
    flags = Flags(rawValue: facts.flags)
    expiry = facts.expiry
    client = facts.client
    clientUser = facts.clientUser
    clientDomain = facts.clientDomain
    isAnonymous = facts.isAnonymous
    server = facts.server
    workstation = facts.workstation
    target = facts.target
    bindingsChecked = BindingsChecked(rawValue: facts.bindingsChecked) ?? .no
    sizes = Sizes(facts.sizes)
  }

  /// Protects a message: its signature and the message, encrypted where it has confidentiality. A
  /// connectionless context wants the message's number, which must never come twice. Of a stream it gives the
  /// bytes to send, for messages of any length.
  public func wrap(_ message: Data, number: UInt32? = nil) throws -> Data {
    try check(message, "message")
    return try calling {
      guard let number else { return try native.wrap(payload: message) }
      return try native.wrapDatagram(number: number, payload: message)
    }
  }

  /// Opens a message that the peer protected. `messageAltered` or `outOfSequence` says that it is not the
  /// message that is due; that one still opens afterwards.
  ///
  /// Of a stream it takes the bytes as they come, cut anywhere, and gives what is in them, which may be nothing
  /// yet; `Handshake.extra` are the first. At the stream's end it is `contextExpired`.
  public func unwrap(_ wrapped: Data, number: UInt32? = nil) throws -> Data {
    try check(wrapped, "wrapped")
    return try calling {
      guard let number else { return try native.unwrap(wrapped: wrapped) }
      return try native.unwrapDatagram(number: number, wrapped: wrapped)
    }
  }

  /// `unwrap`, which also gives the quality of the protection: 0 where the message was encrypted, 0x80000001
  /// (`SECQOP_WRAP_NO_ENCRYPT`) where the peer only signed it. Kerberos and PKU2U open both; everything in a
  /// stream is encrypted.
  ///
  /// ```swift
  /// let (message, quality) = try context.unwrapWithQuality(wrapped)
  /// guard quality == 0 else { throw NotEncrypted() }
  /// ```
  public func unwrapWithQuality(_ wrapped: Data) throws -> (message: Data, quality: UInt32) {
    try check(wrapped, "wrapped")
    let opened = try calling { try native.unwrapWithQuality(wrapped: wrapped) }
    return (opened.message, opened.quality)
  }

  /// Ends a stream: the bytes to send as its last. What the peer still sends can be opened.
  public func shutDown() throws -> Data {
    try calling { try native.shutDown() }
  }

  /// What the client delegated, on a server: credentials to act with, and `nil` where it is nothing. They are
  /// handed out once; asked again, or on a client, it is `noCredentials`.
  public func delegated() throws -> Delegated? {
    try calling { try native.delegated().map(Delegated.init) }
  }

  /// Who the client is beyond its name, on a server: its realm, SIDs and groups, where the package learns them.
  /// Kerberos does.
  public var peer: Peer? {
    get throws { try calling { try native.peer().map(Peer.init) } }
  }

  /// Signs a message that goes out in the clear.
  public func sign(_ message: Data, number: UInt32? = nil) throws -> Data {
    try check(message, "message")
    return try calling {
      guard let number else { return try native.sign(payload: message) }
      return try native.signDatagram(number: number, payload: message)
    }
  }

  /// Checks the signature of a message in the clear; `messageAltered` says that it is wrong.
  public func verify(_ message: Data, signature: Data, number: UInt32? = nil) throws {
    try check(message, "message")
    try check(signature, "signature")
    try calling {
      guard let number else {
        return try native.verify(payload: message, signature: signature)
      }
      try native.verifyDatagram(number: number, payload: message, signature: signature)
    }
  }

  /// Asks anything else (`SECPKG_ATTR_*`).
  public func query(_ attribute: Raw.Attribute) throws -> Raw.AttributeValue {
    try Raw.AttributeValue(try calling { try native.query(attribute: attribute.rawValue) })
  }

  /// The session key.
  public var sessionKey: Data {
    get throws { try calling { try native.sessionKey() } }
  }

  /// Frees the context and wipes its secrets. Every later call is `invalidHandle`.
  public func close() {
    try? native.shut()
  }
}

/// Off the calling thread: worth it for large messages.
extension Context {
  /// Protects a message: its signature and the message, encrypted where it has confidentiality.
  public func wrap(_ message: Data) async throws -> Data {
    try await computing { try self.wrap(message) }
  }

  /// Opens a message that the peer protected.
  public func unwrap(_ wrapped: Data) async throws -> Data {
    try await computing { try self.unwrap(wrapped) }
  }

  /// Opens a message, and says how it was protected.
  public func unwrapWithQuality(_ wrapped: Data) async throws -> (message: Data, quality: UInt32) {
    try await computing { try self.unwrapWithQuality(wrapped) }
  }
}

extension Context: CustomStringConvertible, CustomReflectable {
  public var description: String { "Context(\(package.name), \(side), client \(client))" }

  public var customMirror: Mirror { Mirror(self, children: []) }
}
