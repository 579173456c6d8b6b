// Written by `cargo xtask generate` from the core: do not edit.

/// What a context is asked for, and what it has.
public struct Flags: NamedOptions {
  public let rawValue: UInt32

  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// `DELEGATE`
  public static let delegate = Flags(rawValue: 0x1)
  /// `MUTUAL_AUTH`
  public static let mutualAuth = Flags(rawValue: 0x2)
  /// `REPLAY_DETECT`
  public static let replayDetect = Flags(rawValue: 0x4)
  /// `SEQUENCE_DETECT`
  public static let sequenceDetect = Flags(rawValue: 0x8)
  /// `CONFIDENTIALITY`
  public static let confidentiality = Flags(rawValue: 0x10)
  /// `USE_SESSION_KEY`
  public static let useSessionKey = Flags(rawValue: 0x20)
  /// `DCE_STYLE`
  public static let dceStyle = Flags(rawValue: 0x40)
  /// `DATAGRAM`
  public static let datagram = Flags(rawValue: 0x80)
  /// `CONNECTION`
  public static let connection = Flags(rawValue: 0x100)
  /// `EXTENDED_ERROR`
  public static let extendedError = Flags(rawValue: 0x200)
  /// `STREAM`
  public static let stream = Flags(rawValue: 0x400)
  /// `INTEGRITY`
  public static let integrity = Flags(rawValue: 0x800)
  /// `IDENTIFY`
  public static let identify = Flags(rawValue: 0x1000)
  /// `NULL_SESSION`
  public static let nullSession = Flags(rawValue: 0x2000)
  /// `MANUAL_CRED_VALIDATION`
  public static let manualCredValidation = Flags(rawValue: 0x4000)
  /// `USE_SUPPLIED_CREDENTIALS`
  public static let useSuppliedCredentials = Flags(rawValue: 0x8000)
  /// `UNVERIFIED_TARGET_NAME`
  public static let unverifiedTargetName = Flags(rawValue: 0x10000)
  /// `ALLOW_MISSING_BINDINGS`
  public static let allowMissingBindings = Flags(rawValue: 0x20000)
  /// `NO_INTEGRITY`
  public static let noIntegrity = Flags(rawValue: 0x40000)
  /// `CONFIDENTIALITY_ONLY`
  public static let confidentialityOnly = Flags(rawValue: 0x80000)
  /// `NO_ADDITIONAL_TOKEN`
  public static let noAdditionalToken = Flags(rawValue: 0x100000)

  public static let named: KeyValuePairs<String, Flags> = [
    "DELEGATE": .delegate,
    "MUTUAL_AUTH": .mutualAuth,
    "REPLAY_DETECT": .replayDetect,
    "SEQUENCE_DETECT": .sequenceDetect,
    "CONFIDENTIALITY": .confidentiality,
    "USE_SESSION_KEY": .useSessionKey,
    "DCE_STYLE": .dceStyle,
    "DATAGRAM": .datagram,
    "CONNECTION": .connection,
    "EXTENDED_ERROR": .extendedError,
    "STREAM": .stream,
    "INTEGRITY": .integrity,
    "IDENTIFY": .identify,
    "NULL_SESSION": .nullSession,
    "MANUAL_CRED_VALIDATION": .manualCredValidation,
    "USE_SUPPLIED_CREDENTIALS": .useSuppliedCredentials,
    "UNVERIFIED_TARGET_NAME": .unverifiedTargetName,
    "ALLOW_MISSING_BINDINGS": .allowMissingBindings,
    "NO_INTEGRITY": .noIntegrity,
    "CONFIDENTIALITY_ONLY": .confidentialityOnly,
    "NO_ADDITIONAL_TOKEN": .noAdditionalToken,
  ]
}

/// What is off unless it is asked for by name.
public struct Allow: NamedOptions {
  public let rawValue: UInt32

  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// `NTLM_V1`
  public static let ntlmV1 = Allow(rawValue: 0x1)
  /// `WEAK_SEALING`
  public static let weakSealing = Allow(rawValue: 0x2)
  /// `ANONYMOUS`
  public static let anonymous = Allow(rawValue: 0x4)
  /// `OLD_CREDSSP`
  public static let oldCredssp = Allow(rawValue: 0x8)
  /// `RC4`
  public static let rc4 = Allow(rawValue: 0x10)

  public static let named: KeyValuePairs<String, Allow> = [
    "NTLM_V1": .ntlmV1,
    "WEAK_SEALING": .weakSealing,
    "ANONYMOUS": .anonymous,
    "OLD_CREDSSP": .oldCredssp,
    "RC4": .rc4,
  ]
}

/// What a package can do (`SECPKG_FLAG_*`).
public struct Capabilities: NamedOptions {
  public let rawValue: UInt32

  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// `INTEGRITY`
  public static let integrity = Capabilities(rawValue: 0x1)
  /// `PRIVACY`
  public static let privacy = Capabilities(rawValue: 0x2)
  /// `TOKEN_ONLY`
  public static let tokenOnly = Capabilities(rawValue: 0x4)
  /// `DATAGRAM`
  public static let datagram = Capabilities(rawValue: 0x8)
  /// `CONNECTION`
  public static let connection = Capabilities(rawValue: 0x10)
  /// `MULTI_REQUIRED`
  public static let multiRequired = Capabilities(rawValue: 0x20)
  /// `CLIENT_ONLY`
  public static let clientOnly = Capabilities(rawValue: 0x40)
  /// `EXTENDED_ERROR`
  public static let extendedError = Capabilities(rawValue: 0x80)
  /// `IMPERSONATION`
  public static let impersonation = Capabilities(rawValue: 0x100)
  /// `ACCEPT_WIN32_NAME`
  public static let acceptWin32Name = Capabilities(rawValue: 0x200)
  /// `STREAM`
  public static let stream = Capabilities(rawValue: 0x400)
  /// `NEGOTIABLE`
  public static let negotiable = Capabilities(rawValue: 0x800)
  /// `GSS_COMPATIBLE`
  public static let gssCompatible = Capabilities(rawValue: 0x1000)
  /// `LOGON`
  public static let logon = Capabilities(rawValue: 0x2000)
  /// `ASCII_BUFFERS`
  public static let asciiBuffers = Capabilities(rawValue: 0x4000)
  /// `FRAGMENT`
  public static let fragment = Capabilities(rawValue: 0x8000)
  /// `MUTUAL_AUTH`
  public static let mutualAuth = Capabilities(rawValue: 0x10000)
  /// `DELEGATION`
  public static let delegation = Capabilities(rawValue: 0x20000)
  /// `READONLY_WITH_CHECKSUM`
  public static let readonlyWithChecksum = Capabilities(rawValue: 0x40000)
  /// `RESTRICTED_TOKENS`
  public static let restrictedTokens = Capabilities(rawValue: 0x80000)
  /// `NEGO_EXTENDER`
  public static let negoExtender = Capabilities(rawValue: 0x100000)
  /// `NEGOTIABLE2`
  public static let negotiable2 = Capabilities(rawValue: 0x200000)
  /// `APPCONTAINER_PASSTHROUGH`
  public static let appcontainerPassthrough = Capabilities(rawValue: 0x400000)
  /// `APPCONTAINER_CHECKS`
  public static let appcontainerChecks = Capabilities(rawValue: 0x800000)

  public static let named: KeyValuePairs<String, Capabilities> = [
    "INTEGRITY": .integrity,
    "PRIVACY": .privacy,
    "TOKEN_ONLY": .tokenOnly,
    "DATAGRAM": .datagram,
    "CONNECTION": .connection,
    "MULTI_REQUIRED": .multiRequired,
    "CLIENT_ONLY": .clientOnly,
    "EXTENDED_ERROR": .extendedError,
    "IMPERSONATION": .impersonation,
    "ACCEPT_WIN32_NAME": .acceptWin32Name,
    "STREAM": .stream,
    "NEGOTIABLE": .negotiable,
    "GSS_COMPATIBLE": .gssCompatible,
    "LOGON": .logon,
    "ASCII_BUFFERS": .asciiBuffers,
    "FRAGMENT": .fragment,
    "MUTUAL_AUTH": .mutualAuth,
    "DELEGATION": .delegation,
    "READONLY_WITH_CHECKSUM": .readonlyWithChecksum,
    "RESTRICTED_TOKENS": .restrictedTokens,
    "NEGO_EXTENDER": .negoExtender,
    "NEGOTIABLE2": .negotiable2,
    "APPCONTAINER_PASSTHROUGH": .appcontainerPassthrough,
    "APPCONTAINER_CHECKS": .appcontainerChecks,
  ]
}
