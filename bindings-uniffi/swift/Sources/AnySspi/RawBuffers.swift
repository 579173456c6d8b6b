import AnySspiBridge
import Foundation

extension Raw {
  /// A typed buffer (`SecBuffer`): a kind, attributes, memory, and how much of it counts. Calls write to
  /// it. It belongs to one call at a time.
  public final class Buffer: CustomStringConvertible, CustomReflectable {
    /// What it is for.
    public private(set) var kind: BufferKind
    /// How it may be used.
    public let attributes: BufferAttributes
    /// All of its memory; `nil` where the call is to allocate it.
    public private(set) var memory: Data?
    /// How many bytes of it count. After `bufferTooSmall`, how many are needed; of `missing` and `extra`
    /// buffers, a count.
    public private(set) var length: Int

    /// A buffer over bytes, all of which count.
    public init(_ kind: BufferKind, _ bytes: Data, attributes: BufferAttributes = []) {
      (self.kind, self.attributes, memory, length) = (kind, attributes, bytes, bytes.count)
    }

    /// A buffer without memory.
    public init(_ kind: BufferKind, attributes: BufferAttributes = []) {
      (self.kind, self.attributes, memory, length) = (kind, attributes, nil, 0)
    }

    /// The bytes that count.
    public var bytes: Data {
      Data((memory ?? Data()).prefix(length))
    }

    public var description: String { "Buffer(\(kind), \(length) bytes)" }

    public var customMirror: Mirror { Mirror(self, children: []) }

    var record: RawBuffer {
      let size = memory?.count ?? 0
      return RawBuffer(
        kind: kind.rawValue, attributes: attributes.rawValue, memory: memory,
        length: UInt32(min(length, size)))
    }

    /// Takes what became of it.
    func take(_ after: BufferAfter) {
      kind = BufferKind(rawValue: after.kind)
      length = Int(after.length)
      switch after.place {
      case .nowhere, .unchanged, .within:
        break
      case .written(let bytes):
        memory = bytes + (memory ?? Data()).dropFirst(bytes.count)
      case .allocated(let bytes):
        memory = bytes
      }
    }

    /// Takes its part of another buffer, into whose memory it was written.
    func takePart(_ after: BufferAfter, of all: [Buffer]) {
      guard case .within(let buffer, let offset, let bytes) = after.place else { return }
      let (other, start) = (all[Int(buffer)], Int(offset))
      memory = bytes
      other.memory = other.memory.map {
        Data($0.prefix(start)) + bytes + $0.dropFirst(start + bytes.count)
      }
    }
  }

  /// Who the client of a server's context is.
  public struct AccessToken: Hashable, Sendable {
    /// The client; empty for an anonymous one.
    public let user: String
    /// Whether the client is anonymous.
    public let isAnonymous: Bool
    /// Whether the client lets the server only identify it.
    public let identifyOnly: Bool
    /// When it ends; `nil` for never.
    public let expiry: Date?

    init(_ facts: AccessFacts) {
      user = facts.user
      isAnonymous = facts.isAnonymous
      identifyOnly = facts.identifyOnly
      expiry = facts.expiry
    }
  }

  /// Sizes for stream protection.
  public struct StreamSizes: Hashable, Sendable {
    /// The size of what comes before a message.
    public let header: Int
    /// The size of what comes behind it.
    public let trailer: Int
    /// The largest message.
    public let maximumMessage: Int
    /// How many buffers a message needs.
    public let buffers: Int
    /// The size messages are padded to a multiple of.
    public let blockSize: Int
  }

  /// Algorithms and strength.
  public struct KeyInfo: Hashable, Sendable {
    /// The algorithm of signatures.
    public let signatureAlgorithmName: String
    /// The algorithm of encryption.
    public let encryptionAlgorithmName: String
    /// The bits of the key.
    public let keySize: Int
    /// The number of the signature algorithm.
    public let signatureAlgorithm: UInt32
    /// The number of the encryption algorithm.
    public let encryptionAlgorithm: UInt32
  }

  /// The protocol and ciphers of a connection, by the numbers and names that TLS gives them.
  public struct ConnectionInfo: Hashable, Sendable {
    /// The version's number: 0x0303 for TLS 1.2, 0x0304 for TLS 1.3.
    public let version: UInt16
    /// The version's name.
    public let versionName: String
    /// The number of the cipher suite.
    public let cipherSuite: UInt16
    /// The name of the cipher suite.
    public let cipherSuiteName: String
    /// The group of the key exchange, where one took place.
    public let keyExchange: String?
    /// Whether an earlier session was resumed.
    public let isResumed: Bool
  }

  /// The answer to a question about a context.
  public enum AttributeValue: Hashable, Sendable {
    /// The sizes for message protection.
    case sizes(Sizes)
    /// The sizes for stream protection.
    case streamSizes(StreamSizes)
    /// Algorithms and strength.
    case keyInfo(KeyInfo)
    /// The package.
    case packageInfo(PackageInfo)
    /// The package that was negotiated, and how far it is: `complete`, `optimistic`, `in_progress`.
    case negotiationInfo(PackageInfo, state: String)
    /// The client, or the target.
    case name(String)
    /// The client and the server.
    case nativeNames(client: String, server: String)
    /// When the context was established, and when it ends.
    case lifespan(start: Date?, expiry: Date?)
    /// What the context has.
    case flags(Flags)
    /// A key or anything else in the package's own form.
    case bytes(Data)
    /// Who the client is.
    case accessToken(AccessToken)
    /// The chain of certificates in DER, the side's own first.
    case certificates([Data])
    /// The names of authorities in DER, those that the server trusts first of all.
    case issuers([Data])
    /// The protocol and ciphers of a connection.
    case connectionInfo(ConnectionInfo)
    /// What the client delegated; `nil` where it is nothing.
    case delegated(Delegated?)

    init(_ answer: AttributeAnswer) throws {
      switch answer {
      case .sizes(let sizes): self = .sizes(Sizes(sizes))
      case .streaming(let sizes):
        self = .streamSizes(
          StreamSizes(
            header: Int(sizes.header), trailer: Int(sizes.trailer),
            maximumMessage: Int(sizes.maximumMessage), buffers: Int(sizes.buffers),
            blockSize: Int(sizes.blockSize)))
      case .key(let key):
        self = .keyInfo(
          KeyInfo(
            signatureAlgorithmName: key.signatureAlgorithmName,
            encryptionAlgorithmName: key.encryptionAlgorithmName, keySize: Int(key.keySize),
            signatureAlgorithm: key.signatureAlgorithm,
            encryptionAlgorithm: key.encryptionAlgorithm))
      case .package(let facts): self = .packageInfo(PackageInfo(facts))
      case .negotiated(let facts, let progress):
        self = .negotiationInfo(PackageInfo(facts), state: progress)
      case .name(let name): self = .name(name)
      case .names(let client, let server): self = .nativeNames(client: client, server: server)
      case .lifespan(let start, let expiry): self = .lifespan(start: start, expiry: expiry)
      case .flags(let flags): self = .flags(Flags(rawValue: flags))
      case .bytes(let bytes): self = .bytes(bytes)
      case .access(let token): self = .accessToken(AccessToken(token))
      case .certificates(let chain): self = .certificates(chain)
      case .issuers(let names): self = .issuers(names)
      case .connection(let connection):
        self = .connectionInfo(
          ConnectionInfo(
            version: connection.version, versionName: connection.versionName,
            cipherSuite: connection.cipherSuite, cipherSuiteName: connection.cipherSuiteName,
            keyExchange: connection.keyExchange, isResumed: connection.isResumed))
      case .handed(let delegated): self = .delegated(try delegated.map(Delegated.init))
      }
    }
  }
}

extension Raw.AttributeValue: CustomStringConvertible, CustomReflectable {
  /// The value, unless it is bytes: those may be a key.
  public var description: String {
    switch self {
    case .sizes(let sizes): "\(sizes)"
    case .streamSizes(let sizes): "\(sizes)"
    case .keyInfo(let info): "\(info)"
    case .packageInfo(let info): info.name
    case .negotiationInfo(let info, let state): "\(info.name), \(state)"
    case .name(let name): name
    case .nativeNames(let client, let server): "\(client), \(server)"
    case .lifespan(let start, let expiry): "\(String(describing: start))..<\(String(describing: expiry))"
    case .flags(let flags): "\(flags)"
    case .bytes(let bytes): "\(bytes.count) bytes"
    case .accessToken(let token): token.user
    case .certificates(let chain): "\(chain.count) certificates"
    case .issuers(let names): "\(names.count) issuers"
    case .connectionInfo(let info): "\(info.versionName), \(info.cipherSuiteName)"
    case .delegated(let delegated): delegated.map { "\($0)" } ?? "nothing"
    }
  }

  public var customMirror: Mirror { Mirror(self, children: []) }
}
