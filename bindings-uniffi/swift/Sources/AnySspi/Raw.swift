import AnySspiBridge
import Foundation

/// The interface call by call, under its own names and with its own statuses, over lists of typed
/// buffers: for who ports code or reads the Windows documentation.
///
/// ```swift
/// let context = try Raw.SecurityContext()
/// let output = Raw.Buffer(.token)
/// let outcome = try Raw.initializeSecurityContext(
///   credential, context, target: "HTTP/web.example.com", flags: [.confidentiality, .allocateMemory],
///   output: [output])
/// send(output.bytes)
/// ```
public enum Raw {
  /// What is told about every package (`EnumerateSecurityPackages`).
  public static func enumerateSecurityPackages() throws -> [PackageInfo] {
    try packages()
  }

  /// What is told about one (`QuerySecurityPackageInfo`).
  public static func querySecurityPackageInfo(_ packageName: String) throws -> PackageInfo {
    try packageInfo(packageName)
  }

  /// Acquires credentials; gives when they end too, `nil` for never.
  ///
  /// - Parameters:
  ///   - principal: Among several identities, the one with this name.
  ///   - usage: Whether they are a client's, a server's or both.
  ///   - credential: The identities.
  public static func acquireCredentialsHandle(
    principal: String? = nil, package packageName: String, usage: Usage, credential: Credential,
    allow: Allow = [], packages: [String]? = nil, withoutPackages: [String] = [],
    delegation: DelegationPolicy? = nil
  ) throws -> (credential: Credential, expiry: Date?) {
    let acquired = try credential.acquired(
      CredentialOptions(
        packageName: packageName, usage: usage.rawValue, principal: principal,
        identities: try credential.identities, allow: allow.rawValue, packages: packages,
        withoutPackages: withoutPackages, delegation: delegation?.lists))
    return (acquired, try calling { try acquired.native.expiry() })
  }

  /// Frees credentials; contexts that were made from them go on.
  public static func freeCredentialsHandle(_ credential: Credential) throws {
    try calling { try credential.native.release() }
  }

  /// Whose credentials they are.
  public static func queryCredentialsAttributes(_ credential: Credential) throws -> String {
    try credential.name
  }

  /// What a call answers besides the token. Flags and expiry are final only with `SEC_E_OK`.
  public struct Outcome<Flags: NamedOptions>: Sendable where Flags.RawValue == UInt64 {
    /// `SEC_E_OK` or a status of the `SEC_I_` family.
    public let status: Status
    /// What the context has.
    public let flags: Flags
    /// When it ends; `nil` for never.
    public let expiry: Date?

    init(_ answer: RawAnswer) {
      status = Status(rawValue: answer.status)
      flags = Flags(rawValue: answer.flags)
      expiry = answer.expiry
    }
  }

  /// A context: null at first, then a handshake, then established.
  ///
  /// Without a binding policy the flags decide, as on Windows: a server with bindings refuses a client
  /// that has none, unless `allowMissingBindings` is among its flags.
  public final class SecurityContext: Sendable, CustomStringConvertible {
    let native: NativeSecurityContext
    let causes = Causes()

    /// A null context.
    ///
    /// - Parameters:
    ///   - bindingPolicy: What to do about channel bindings.
    ///   - acceptedTargets: The names by which clients may have called the server.
    ///   - pacPolicy: What becomes of clients of Kerberos by the PAC in their ticket.
    ///   - kdc: Carries questions to KDCs within the legs of the handshake; without one nobody is asked.
    public init(
      bindingPolicy: BindingPolicy? = nil, acceptedTargets: [String] = [],
      pacPolicy: PacPolicy? = nil, kdc: KdcCarrier? = nil
    ) throws {
      native = try calling {
        try .null(
          bindingPolicy: bindingPolicy?.rawValue, acceptedTargets: acceptedTargets,
          pacPolicy: pacPolicy?.rawValue, carrier: kdc.map(GuardedCarrier.init))
      }
    }

    /// Whether it is established.
    public var isEstablished: Bool {
      get throws { try calling { try native.isEstablished() } }
    }

    public var description: String {
      switch try? isEstablished {
      case true?: "SecurityContext(established)"
      case false?: "SecurityContext(not established)"
      case nil: "SecurityContext(busy)"
      }
    }

    /// Makes a call over lists of buffers, and puts into them what it wrote, also where it failed.
    func call(
      _ buffers: [Buffer], _ input: [Buffer] = [],
      _ call: (_ input: [RawBuffer], _ buffers: [RawBuffer]) throws -> RawAnswer
    ) throws -> RawAnswer {
      let all = input + buffers
      guard Set(all.map(ObjectIdentifier.init)).count == all.count else {
        throw SspiError.invalidParameter(.init(context: "a buffer is in the lists twice"))
      }
      for buffer in all { try check(buffer.memory ?? Data(), "a buffer") }
      let answer = try calling(causes) {
        try call(input.map(\.record), buffers.map(\.record))
      }
      for (buffer, after) in zip(all, answer.buffers) { buffer.take(after) }
      for (buffer, after) in zip(all, answer.buffers) { buffer.takePart(after, of: all) }
      if let fault = answer.fault { throw SspiError(fault, causes) }
      return answer
    }
  }

  /// One leg as the client.
  ///
  /// The first call takes credentials and a null context; later calls may leave the credentials out.
  /// With `allocateMemory` the output is allocated; without, a buffer that is too small is
  /// `bufferTooSmall`, its length says what is needed, and the same call may be made again.
  ///
  /// - Parameters:
  ///   - input: `token` with the peer's token, `empty` for missing or extra bytes, `channelBindings`.
  ///   - output: `token`.
  @discardableResult
  public static func initializeSecurityContext(
    _ credential: Credential?, _ context: SecurityContext, target: String? = nil, flags: IscReq,
    input: [Buffer] = [], output: [Buffer]
  ) throws -> Outcome<IscRet> {
    let native = try credential?.native
    return Outcome(
      try context.call(output, input) {
        try context.native.initializeLeg(
          credential: native, target: target, flags: flags.rawValue, input: $0, output: $1)
      })
  }

  /// One leg as the server. The buffers are those of `initializeSecurityContext`.
  @discardableResult
  public static func acceptSecurityContext(
    _ credential: Credential?, _ context: SecurityContext, flags: AscReq, input: [Buffer],
    output: [Buffer]
  ) throws -> Outcome<AscRet> {
    let native = try credential?.native
    return Outcome(
      try context.call(output, input) {
        try context.native.acceptLeg(
          credential: native, flags: flags.rawValue, input: $0, output: $1)
      })
  }

  /// Completes a token after `SEC_I_COMPLETE_NEEDED` or `SEC_I_COMPLETE_AND_CONTINUE`.
  public static func completeAuthToken(_ context: SecurityContext, token: [Buffer]) throws {
    _ = try context.call(token) { try context.native.complete(token: $1) }
  }

  /// Deletes a context and wipes its secrets. Every later call on it is `invalidHandle`.
  public static func deleteSecurityContext(_ context: SecurityContext) throws {
    try calling { try context.native.deleteContext() }
  }

  /// Signs the `data` buffers into the `token` buffer. The sequence number counts only in
  /// connectionless contexts.
  public static func makeSignature(
    _ context: SecurityContext, quality: UInt32 = 0, message: [Buffer], sequence: UInt32 = 0
  ) throws {
    _ = try protect(.sign, context, quality, message, sequence)
  }

  /// Checks the signature in the `token` buffer; gives the quality of the protection.
  @discardableResult
  public static func verifySignature(
    _ context: SecurityContext, message: [Buffer], sequence: UInt32 = 0
  ) throws -> UInt32 {
    try protect(.verify, context, 0, message, sequence)
  }

  /// Encrypts the `data` buffers in place and signs them into the `token` buffer. In a stream the signature is in
  /// `streamHeader` and `streamTrailer` buffers, of the sizes that `streamSizes` says.
  public static func encryptMessage(
    _ context: SecurityContext, quality: UInt32 = 0, message: [Buffer], sequence: UInt32 = 0
  ) throws {
    _ = try protect(.encrypt, context, quality, message, sequence)
  }

  /// Decrypts the `data` buffers in place and checks the signature, which is in the `token` buffer or at
  /// the start of a `stream` buffer; an empty `data` buffer then receives the message. Gives the quality
  /// of the protection.
  ///
  /// A stream comes as it was received, in one `data` buffer with three `empty` ones behind it. They become
  /// `streamHeader`, `data` with the message, `streamTrailer`, and `extra` with what follows. Too few bytes are
  /// `incompleteMessage`, and an `empty` buffer becomes `missing`; the end of the stream is `contextExpired`.
  @discardableResult
  public static func decryptMessage(
    _ context: SecurityContext, message: [Buffer], sequence: UInt32 = 0
  ) throws -> UInt32 {
    try protect(.decrypt, context, 0, message, sequence)
  }

  /// Ends a stream: the bytes to send as its last (`ApplyControlToken` with `SCHANNEL_SHUTDOWN`).
  public static func shutDownStream(_ context: SecurityContext) throws -> Data {
    try calling(context.causes) { try context.native.shutDownStream() }
  }

  private static func protect(
    _ call: MessageCall, _ context: SecurityContext, _ quality: UInt32, _ message: [Buffer],
    _ sequence: UInt32
  ) throws -> UInt32 {
    try context.call(message) {
      try context.native.protect(call: call, quality: quality, sequence: sequence, buffers: $1)
    }.quality
  }

  /// Answers a question about an established context.
  public static func queryContextAttributes(_ context: SecurityContext, _ attribute: Attribute)
    throws -> AttributeValue
  {
    try AttributeValue(
      try calling(context.causes) { try context.native.query(attribute: attribute.rawValue) })
  }

  /// Sets `uniqueBindings` or `endpointBindings`, as a `SEC_CHANNEL_BINDINGS` structure
  /// (`ChannelBindings.structure`), before the context is established.
  public static func setContextAttributes(
    _ context: SecurityContext, _ attribute: Attribute, _ value: Data
  ) throws {
    try check(value, "value")
    try calling(context.causes) {
      try context.native.setAttribute(attribute: attribute.rawValue, bytes: value)
    }
  }

  /// Who the client of a server's context is.
  public static func querySecurityContextToken(_ context: SecurityContext) throws -> AccessToken {
    AccessToken(try calling(context.causes) { try context.native.accessToken() })
  }
}
