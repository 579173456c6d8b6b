import AnySspiBridge
import Foundation

/// Starts a handshake as the client of a package: `Negotiate`, `Kerberos`, `NTLM`, `CREDSSP`.
///
/// ```swift
/// let handshake = try initiate(
///   "Negotiate", target: "HTTP/web.example.com",
///   credential: .password(user: "CORP\\alice", password: "secret"))
/// while let token = try handshake.next() {
///   send(token)
///   if !handshake.done { try handshake.receive(receive()) }
/// }
/// let sealed = try handshake.context.wrap(Data("hello".utf8))
/// ```
///
/// - Parameters:
///   - target: The server's name, such as `HTTP/web.example.com`.
///   - credential: Who the client is.
///   - require: What must be had beside the default.
///   - request: What is asked for and not insisted on.
///   - relax: What of the default is not insisted on.
///   - without: What is not even asked for.
///   - channelBindings: The bindings of the TLS connection.
///   - bindingPolicy: What to do about channel bindings.
///   - allow: What is allowed although it is weak or surprising.
///   - packages: The packages that Negotiate may use, in order of preference.
///   - withoutPackages: The packages that Negotiate may not use.
///   - delegation: To which targets credentials may be delegated, if `require` or `request` has `delegate`;
///     the default is the target.
///   - kdc: Carries questions to KDCs; without one nobody is asked.
public func initiate(
  _ packageName: String, target: String? = nil, credential: Credential? = nil,
  require: Flags = [], request: Flags = [], relax: Flags = [], without: Flags = [],
  channelBindings: ChannelBindings? = nil, bindingPolicy: BindingPolicy? = nil,
  allow: Allow = [], packages: [String]? = nil, withoutPackages: [String] = [],
  delegation: DelegationPolicy? = nil, kdc: KdcCarrier? = nil
) throws -> Handshake {
  try Handshake(
    options(
      packageName, isAcceptor: false, credential, target: target, acceptedTargets: [], require, request,
      relax, without, channelBindings, bindingPolicy, allow, packages, withoutPackages, delegation, kdc))
}

/// Starts a handshake as the server of a package. It receives first.
///
/// - Parameters:
///   - credential: The accounts that clients are checked against.
///   - acceptedTargets: The names by which clients may have called the server; without any, every name
///     will do.
///   - require: What must be had beside the default.
///   - request: What is asked for and not insisted on.
///   - relax: What of the default is not insisted on.
///   - without: What is not even asked for.
///   - channelBindings: The bindings of the TLS connection.
///   - bindingPolicy: What to do about channel bindings.
///   - allow: What is allowed although it is weak or surprising.
///   - packages: The packages that Negotiate may use, in order of preference.
///   - withoutPackages: The packages that Negotiate may not use.
///   - kdc: Carries questions to KDCs; without one nobody is asked.
///   - pacPolicy: What becomes of clients of Kerberos by the PAC in their ticket.
public func accept(
  _ packageName: String, credential: Credential? = nil, acceptedTargets: [String] = [],
  require: Flags = [], request: Flags = [], relax: Flags = [], without: Flags = [],
  channelBindings: ChannelBindings? = nil, bindingPolicy: BindingPolicy? = nil,
  allow: Allow = [], packages: [String]? = nil, withoutPackages: [String] = [], kdc: KdcCarrier? = nil,
  pacPolicy: PacPolicy? = nil
) throws -> Handshake {
  try Handshake(
    options(
      packageName, isAcceptor: true, credential, target: nil, acceptedTargets: acceptedTargets, require,
      request, relax, without, channelBindings, bindingPolicy, allow, packages, withoutPackages, nil, kdc,
      pacPolicy))
}

/// What the native half is told about a handshake of either side.
private func options(
  _ packageName: String, isAcceptor: Bool, _ credential: Credential?, target: String?,
  acceptedTargets: [String], _ require: Flags, _ request: Flags, _ relax: Flags, _ without: Flags,
  _ channelBindings: ChannelBindings?, _ bindingPolicy: BindingPolicy?, _ allow: Allow,
  _ packages: [String]?, _ withoutPackages: [String], _ delegation: DelegationPolicy?, _ kdc: KdcCarrier?,
  _ pacPolicy: PacPolicy? = nil
) -> HandshakeOptions {
  HandshakeOptions(
    packageName: packageName, isAcceptor: isAcceptor, credential: credential?.acquired,
    identities: credential?.unacquired ?? [], target: target, acceptedTargets: acceptedTargets,
    require: require.rawValue, request: request.rawValue, relax: relax.rawValue,
    without: without.rawValue, channelBindings: channelBindings?.applicationData,
    bindingPolicy: bindingPolicy?.rawValue, delegation: delegation?.lists, allow: allow.rawValue,
    packages: packages, withoutPackages: withoutPackages, carrier: kdc.map { GuardedCarrier($0) },
    pacPolicy: pacPolicy?.rawValue)
}

extension Credential {
  fileprivate var acquired: NativeCredential? {
    guard case .acquired(let credential) = source else { return nil }
    return credential
  }

  fileprivate var unacquired: [NativeIdentity] {
    guard case .identities(let identities) = source else { return [] }
    return identities
  }
}

/// Which end of a handshake.
public enum Side: String, Sendable {
  case initiator
  case acceptor
}

/// A handshake: `next` gives the tokens to send, and `nil` at the end.
///
/// One call at a time: a second one meanwhile is `outOfSequence`, and so is iterating while the peer's
/// token is awaited. A failed handshake stays failed, and gives the same error again. It may go from
/// thread to thread.
public final class Handshake: @unchecked Sendable {
  /// Which end this is.
  public let side: Side

  private let native: NativeEnd
  private let packageName: String
  private let causes = Causes()
  private let lock = NSLock()
  /// What follows is read and written under the lock.
  private var facts: ContextFacts?
  private var rest = Data()
  private var handedOut: Context?
  private var isClosed = false
  /// Whether it is the peer's turn; then its token waits here for the step, which takes it along.
  private var isAwaiting: Bool
  private var received: Data?

  convenience init(_ options: HandshakeOptions) throws {
    try self.init(options) { try NativeEnd.start(options: $0) }
  }

  init(_ options: HandshakeOptions, start: (HandshakeOptions) throws -> NativeEnd) throws {
    native = try calling { try start(options) }
    side = options.isAcceptor ? .acceptor : .initiator
    packageName = options.packageName
    isAwaiting = options.isAcceptor
  }

  /// Hands over the peer's token. The next step does the work.
  public func receive(_ token: Data) throws {
    try checkOpen()
    try check(token, "token")
    let isKept = lock.withLock {
      guard isAwaiting else { return false }
      (isAwaiting, received) = (false, token)
      return true
    }
    if isKept { return }
    // Out of turn, and the native half says in which way.
    try passOn(takeReceived())
    try calling(causes) { try native.receive(token: token) }
  }

  /// The next token to send; `nil` at the end. An empty token has nothing in it for the peer, and does
  /// no harm: more of the peer's bytes are wanted. A package that speaks in a stream, as `CREDSSP` does, takes
  /// them cut anywhere.
  public func next() throws -> Data? {
    try step(nil)
  }

  /// `receive` and the next step in one call: the token to send, or `nil` at the end.
  public func step(_ token: Data? = nil) throws -> Data? {
    try checkOpen()
    if let token { try check(token, "token") }
    if token == nil, done { return nil }
    var given = takeReceived()
    if let token {
      try passOn(given)
      given = token
    }
    let stepped = try calling(causes) {
      if let given { return try native.step(token: given) }
      return try native.advance()
    }
    lock.withLock {
      if let made = stepped.facts { facts = made }
      if !stepped.extra.isEmpty { rest = stepped.extra }
      isAwaiting = facts == nil
    }
    // Somebody may have closed it meanwhile.
    try checkOpen()
    return stepped.token
  }

  /// Takes what `receive` has kept. Nothing is awaited until the step that follows is over.
  private func takeReceived() -> Data? {
    lock.withLock {
      defer { (isAwaiting, received) = (false, nil) }
      return received
    }
  }

  /// Has the native half know of a token that another one comes after.
  private func passOn(_ token: Data?) throws {
    if let token { try calling(causes) { try native.receive(token: token) } }
  }

  /// Has a server speak first, where a protocol wants that: the token to send.
  public func speakFirst() throws -> Data {
    try checkOpen()
    return try calling(causes) { try native.speakFirst() }
  }

  /// Whether the context stands. A last token may still have to be sent.
  public var done: Bool {
    lock.withLock { facts != nil && !isClosed }
  }

  /// The context; `outOfSequence` before `done`.
  public var context: Context {
    get throws {
      try checkOpen()
      let context: Context? = lock.withLock {
        if handedOut == nil, let facts { handedOut = Context(native, facts) }
        return handedOut
      }
      if let context { return context }
      // Says why there is none: the error that it failed with, or that the call is out of turn.
      return Context(native, try calling(causes) { try native.facts() })
    }
  }

  /// The peer's bytes beyond the end of the handshake: of a stream the first for `Context.unwrap`.
  public var extra: Data {
    lock.withLock { rest }
  }

  /// Ends the handshake and wipes its secrets. A context that was taken goes on.
  public func close() {
    let isTaken = lock.withLock {
      isClosed = true
      return handedOut != nil
    }
    if !isTaken { try? native.shut() }
  }

  private func checkOpen() throws {
    if lock.withLock({ isClosed }) { throw closed("handshake") }
  }
}

extension Handshake: CustomStringConvertible, CustomReflectable {
  public var description: String {
    let state = lock.withLock { isClosed ? "closed" : facts == nil ? "running" : "done" }
    return "Handshake(\(packageName), \(side), \(state))"
  }

  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Off the calling thread, for stores that take their time, and for actors that must not. In a task that was
/// cancelled no step is made, and a task that is cancelled during a step closes the handshake and waits for
/// no store any more: both throw `CancellationError`.
extension Handshake: AsyncSequence, AsyncIteratorProtocol {
  public typealias Element = Data

  /// `for try await token in handshake` gives the tokens to send.
  public func makeAsyncIterator() -> Handshake { self }

  /// The next token to send; `nil` at the end.
  public func next() async throws -> Data? {
    try await waiting(giveUp: { self.close() }) { try self.step(nil) }
  }

  /// `receive` and the next step in one call: the token to send, or `nil` at the end.
  public func step(_ token: Data? = nil) async throws -> Data? {
    try await waiting(giveUp: { self.close() }) { try self.step(token) }
  }
}
