// Written by `cargo xtask generate` from the core: do not edit.

extension Raw {
  /// What credentials are for (`SECPKG_CRED_*`).
  public struct Usage: NamedOptions {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
      self.rawValue = rawValue
    }

    /// `INBOUND`
    public static let inbound = Usage(rawValue: 0x1)
    /// `OUTBOUND`
    public static let outbound = Usage(rawValue: 0x2)

    public static let named: KeyValuePairs<String, Usage> = [
      "INBOUND": .inbound,
      "OUTBOUND": .outbound,
    ]
  }

  /// What a client asks for (`ISC_REQ_*`).
  public struct IscReq: NamedOptions {
    public let rawValue: UInt64

    public init(rawValue: UInt64) {
      self.rawValue = rawValue
    }

    /// `DELEGATE`
    public static let delegate = IscReq(rawValue: 0x1)
    /// `MUTUAL_AUTH`
    public static let mutualAuth = IscReq(rawValue: 0x2)
    /// `REPLAY_DETECT`
    public static let replayDetect = IscReq(rawValue: 0x4)
    /// `SEQUENCE_DETECT`
    public static let sequenceDetect = IscReq(rawValue: 0x8)
    /// `CONFIDENTIALITY`
    public static let confidentiality = IscReq(rawValue: 0x10)
    /// `USE_SESSION_KEY`
    public static let useSessionKey = IscReq(rawValue: 0x20)
    /// `PROMPT_FOR_CREDS`
    public static let promptForCreds = IscReq(rawValue: 0x40)
    /// `USE_SUPPLIED_CREDS`
    public static let useSuppliedCreds = IscReq(rawValue: 0x80)
    /// `ALLOCATE_MEMORY`
    public static let allocateMemory = IscReq(rawValue: 0x100)
    /// `USE_DCE_STYLE`
    public static let useDceStyle = IscReq(rawValue: 0x200)
    /// `DATAGRAM`
    public static let datagram = IscReq(rawValue: 0x400)
    /// `CONNECTION`
    public static let connection = IscReq(rawValue: 0x800)
    /// `CALL_LEVEL`
    public static let callLevel = IscReq(rawValue: 0x1000)
    /// `FRAGMENT_SUPPLIED`
    public static let fragmentSupplied = IscReq(rawValue: 0x2000)
    /// `EXTENDED_ERROR`
    public static let extendedError = IscReq(rawValue: 0x4000)
    /// `STREAM`
    public static let stream = IscReq(rawValue: 0x8000)
    /// `INTEGRITY`
    public static let integrity = IscReq(rawValue: 0x10000)
    /// `IDENTIFY`
    public static let identify = IscReq(rawValue: 0x20000)
    /// `NULL_SESSION`
    public static let nullSession = IscReq(rawValue: 0x40000)
    /// `MANUAL_CRED_VALIDATION`
    public static let manualCredValidation = IscReq(rawValue: 0x80000)
    /// `RESERVED1`
    public static let reserved1 = IscReq(rawValue: 0x100000)
    /// `FRAGMENT_TO_FIT`
    public static let fragmentToFit = IscReq(rawValue: 0x200000)
    /// `FORWARD_CREDENTIALS`
    public static let forwardCredentials = IscReq(rawValue: 0x400000)
    /// `NO_INTEGRITY`
    public static let noIntegrity = IscReq(rawValue: 0x800000)
    /// `USE_HTTP_STYLE`
    public static let useHttpStyle = IscReq(rawValue: 0x1000000)
    /// `UNVERIFIED_TARGET_NAME`
    public static let unverifiedTargetName = IscReq(rawValue: 0x20000000)
    /// `CONFIDENTIALITY_ONLY`
    public static let confidentialityOnly = IscReq(rawValue: 0x40000000)
    /// `MESSAGES`
    public static let messages = IscReq(rawValue: 0x100000000)
    /// `DEFERRED_CRED_VALIDATION`
    public static let deferredCredValidation = IscReq(rawValue: 0x200000000)

    public static let named: KeyValuePairs<String, IscReq> = [
      "DELEGATE": .delegate,
      "MUTUAL_AUTH": .mutualAuth,
      "REPLAY_DETECT": .replayDetect,
      "SEQUENCE_DETECT": .sequenceDetect,
      "CONFIDENTIALITY": .confidentiality,
      "USE_SESSION_KEY": .useSessionKey,
      "PROMPT_FOR_CREDS": .promptForCreds,
      "USE_SUPPLIED_CREDS": .useSuppliedCreds,
      "ALLOCATE_MEMORY": .allocateMemory,
      "USE_DCE_STYLE": .useDceStyle,
      "DATAGRAM": .datagram,
      "CONNECTION": .connection,
      "CALL_LEVEL": .callLevel,
      "FRAGMENT_SUPPLIED": .fragmentSupplied,
      "EXTENDED_ERROR": .extendedError,
      "STREAM": .stream,
      "INTEGRITY": .integrity,
      "IDENTIFY": .identify,
      "NULL_SESSION": .nullSession,
      "MANUAL_CRED_VALIDATION": .manualCredValidation,
      "RESERVED1": .reserved1,
      "FRAGMENT_TO_FIT": .fragmentToFit,
      "FORWARD_CREDENTIALS": .forwardCredentials,
      "NO_INTEGRITY": .noIntegrity,
      "USE_HTTP_STYLE": .useHttpStyle,
      "UNVERIFIED_TARGET_NAME": .unverifiedTargetName,
      "CONFIDENTIALITY_ONLY": .confidentialityOnly,
      "MESSAGES": .messages,
      "DEFERRED_CRED_VALIDATION": .deferredCredValidation,
    ]
  }

  /// What a client's context has (`ISC_RET_*`).
  public struct IscRet: NamedOptions {
    public let rawValue: UInt64

    public init(rawValue: UInt64) {
      self.rawValue = rawValue
    }

    /// `DELEGATE`
    public static let delegate = IscRet(rawValue: 0x1)
    /// `MUTUAL_AUTH`
    public static let mutualAuth = IscRet(rawValue: 0x2)
    /// `REPLAY_DETECT`
    public static let replayDetect = IscRet(rawValue: 0x4)
    /// `SEQUENCE_DETECT`
    public static let sequenceDetect = IscRet(rawValue: 0x8)
    /// `CONFIDENTIALITY`
    public static let confidentiality = IscRet(rawValue: 0x10)
    /// `USE_SESSION_KEY`
    public static let useSessionKey = IscRet(rawValue: 0x20)
    /// `USED_COLLECTED_CREDS`
    public static let usedCollectedCreds = IscRet(rawValue: 0x40)
    /// `USED_SUPPLIED_CREDS`
    public static let usedSuppliedCreds = IscRet(rawValue: 0x80)
    /// `ALLOCATED_MEMORY`
    public static let allocatedMemory = IscRet(rawValue: 0x100)
    /// `USED_DCE_STYLE`
    public static let usedDceStyle = IscRet(rawValue: 0x200)
    /// `DATAGRAM`
    public static let datagram = IscRet(rawValue: 0x400)
    /// `CONNECTION`
    public static let connection = IscRet(rawValue: 0x800)
    /// `INTERMEDIATE_RETURN`
    public static let intermediateReturn = IscRet(rawValue: 0x1000)
    /// `CALL_LEVEL`
    public static let callLevel = IscRet(rawValue: 0x2000)
    /// `EXTENDED_ERROR`
    public static let extendedError = IscRet(rawValue: 0x4000)
    /// `STREAM`
    public static let stream = IscRet(rawValue: 0x8000)
    /// `INTEGRITY`
    public static let integrity = IscRet(rawValue: 0x10000)
    /// `IDENTIFY`
    public static let identify = IscRet(rawValue: 0x20000)
    /// `NULL_SESSION`
    public static let nullSession = IscRet(rawValue: 0x40000)
    /// `MANUAL_CRED_VALIDATION`
    public static let manualCredValidation = IscRet(rawValue: 0x80000)
    /// `RESERVED1`
    public static let reserved1 = IscRet(rawValue: 0x100000)
    /// `FRAGMENT_ONLY`
    public static let fragmentOnly = IscRet(rawValue: 0x200000)
    /// `FORWARD_CREDENTIALS`
    public static let forwardCredentials = IscRet(rawValue: 0x400000)
    /// `USED_HTTP_STYLE`
    public static let usedHttpStyle = IscRet(rawValue: 0x1000000)
    /// `NO_ADDITIONAL_TOKEN`
    public static let noAdditionalToken = IscRet(rawValue: 0x2000000)
    /// `REAUTHENTICATION`
    public static let reauthentication = IscRet(rawValue: 0x8000000)
    /// `CONFIDENTIALITY_ONLY`
    public static let confidentialityOnly = IscRet(rawValue: 0x40000000)
    /// `MESSAGES`
    public static let messages = IscRet(rawValue: 0x100000000)
    /// `DEFERRED_CRED_VALIDATION`
    public static let deferredCredValidation = IscRet(rawValue: 0x200000000)

    public static let named: KeyValuePairs<String, IscRet> = [
      "DELEGATE": .delegate,
      "MUTUAL_AUTH": .mutualAuth,
      "REPLAY_DETECT": .replayDetect,
      "SEQUENCE_DETECT": .sequenceDetect,
      "CONFIDENTIALITY": .confidentiality,
      "USE_SESSION_KEY": .useSessionKey,
      "USED_COLLECTED_CREDS": .usedCollectedCreds,
      "USED_SUPPLIED_CREDS": .usedSuppliedCreds,
      "ALLOCATED_MEMORY": .allocatedMemory,
      "USED_DCE_STYLE": .usedDceStyle,
      "DATAGRAM": .datagram,
      "CONNECTION": .connection,
      "INTERMEDIATE_RETURN": .intermediateReturn,
      "CALL_LEVEL": .callLevel,
      "EXTENDED_ERROR": .extendedError,
      "STREAM": .stream,
      "INTEGRITY": .integrity,
      "IDENTIFY": .identify,
      "NULL_SESSION": .nullSession,
      "MANUAL_CRED_VALIDATION": .manualCredValidation,
      "RESERVED1": .reserved1,
      "FRAGMENT_ONLY": .fragmentOnly,
      "FORWARD_CREDENTIALS": .forwardCredentials,
      "USED_HTTP_STYLE": .usedHttpStyle,
      "NO_ADDITIONAL_TOKEN": .noAdditionalToken,
      "REAUTHENTICATION": .reauthentication,
      "CONFIDENTIALITY_ONLY": .confidentialityOnly,
      "MESSAGES": .messages,
      "DEFERRED_CRED_VALIDATION": .deferredCredValidation,
    ]
  }

  /// What a server asks for (`ASC_REQ_*`).
  public struct AscReq: NamedOptions {
    public let rawValue: UInt64

    public init(rawValue: UInt64) {
      self.rawValue = rawValue
    }

    /// `DELEGATE`
    public static let delegate = AscReq(rawValue: 0x1)
    /// `MUTUAL_AUTH`
    public static let mutualAuth = AscReq(rawValue: 0x2)
    /// `REPLAY_DETECT`
    public static let replayDetect = AscReq(rawValue: 0x4)
    /// `SEQUENCE_DETECT`
    public static let sequenceDetect = AscReq(rawValue: 0x8)
    /// `CONFIDENTIALITY`
    public static let confidentiality = AscReq(rawValue: 0x10)
    /// `USE_SESSION_KEY`
    public static let useSessionKey = AscReq(rawValue: 0x20)
    /// `SESSION_TICKET`
    public static let sessionTicket = AscReq(rawValue: 0x40)
    /// `ALLOCATE_MEMORY`
    public static let allocateMemory = AscReq(rawValue: 0x100)
    /// `USE_DCE_STYLE`
    public static let useDceStyle = AscReq(rawValue: 0x200)
    /// `DATAGRAM`
    public static let datagram = AscReq(rawValue: 0x400)
    /// `CONNECTION`
    public static let connection = AscReq(rawValue: 0x800)
    /// `CALL_LEVEL`
    public static let callLevel = AscReq(rawValue: 0x1000)
    /// `FRAGMENT_SUPPLIED`
    public static let fragmentSupplied = AscReq(rawValue: 0x2000)
    /// `EXTENDED_ERROR`
    public static let extendedError = AscReq(rawValue: 0x8000)
    /// `STREAM`
    public static let stream = AscReq(rawValue: 0x10000)
    /// `INTEGRITY`
    public static let integrity = AscReq(rawValue: 0x20000)
    /// `LICENSING`
    public static let licensing = AscReq(rawValue: 0x40000)
    /// `IDENTIFY`
    public static let identify = AscReq(rawValue: 0x80000)
    /// `ALLOW_NULL_SESSION`
    public static let allowNullSession = AscReq(rawValue: 0x100000)
    /// `ALLOW_NON_USER_LOGONS`
    public static let allowNonUserLogons = AscReq(rawValue: 0x200000)
    /// `ALLOW_CONTEXT_REPLAY`
    public static let allowContextReplay = AscReq(rawValue: 0x400000)
    /// `FRAGMENT_TO_FIT`
    public static let fragmentToFit = AscReq(rawValue: 0x800000)
    /// `NO_TOKEN`
    public static let noToken = AscReq(rawValue: 0x1000000)
    /// `PROXY_BINDINGS`
    public static let proxyBindings = AscReq(rawValue: 0x4000000)
    /// `ALLOW_MISSING_BINDINGS`
    public static let allowMissingBindings = AscReq(rawValue: 0x10000000)
    /// `MESSAGES`
    public static let messages = AscReq(rawValue: 0x100000000)

    public static let named: KeyValuePairs<String, AscReq> = [
      "DELEGATE": .delegate,
      "MUTUAL_AUTH": .mutualAuth,
      "REPLAY_DETECT": .replayDetect,
      "SEQUENCE_DETECT": .sequenceDetect,
      "CONFIDENTIALITY": .confidentiality,
      "USE_SESSION_KEY": .useSessionKey,
      "SESSION_TICKET": .sessionTicket,
      "ALLOCATE_MEMORY": .allocateMemory,
      "USE_DCE_STYLE": .useDceStyle,
      "DATAGRAM": .datagram,
      "CONNECTION": .connection,
      "CALL_LEVEL": .callLevel,
      "FRAGMENT_SUPPLIED": .fragmentSupplied,
      "EXTENDED_ERROR": .extendedError,
      "STREAM": .stream,
      "INTEGRITY": .integrity,
      "LICENSING": .licensing,
      "IDENTIFY": .identify,
      "ALLOW_NULL_SESSION": .allowNullSession,
      "ALLOW_NON_USER_LOGONS": .allowNonUserLogons,
      "ALLOW_CONTEXT_REPLAY": .allowContextReplay,
      "FRAGMENT_TO_FIT": .fragmentToFit,
      "NO_TOKEN": .noToken,
      "PROXY_BINDINGS": .proxyBindings,
      "ALLOW_MISSING_BINDINGS": .allowMissingBindings,
      "MESSAGES": .messages,
    ]
  }

  /// What a server's context has (`ASC_RET_*`).
  public struct AscRet: NamedOptions {
    public let rawValue: UInt64

    public init(rawValue: UInt64) {
      self.rawValue = rawValue
    }

    /// `DELEGATE`
    public static let delegate = AscRet(rawValue: 0x1)
    /// `MUTUAL_AUTH`
    public static let mutualAuth = AscRet(rawValue: 0x2)
    /// `REPLAY_DETECT`
    public static let replayDetect = AscRet(rawValue: 0x4)
    /// `SEQUENCE_DETECT`
    public static let sequenceDetect = AscRet(rawValue: 0x8)
    /// `CONFIDENTIALITY`
    public static let confidentiality = AscRet(rawValue: 0x10)
    /// `USE_SESSION_KEY`
    public static let useSessionKey = AscRet(rawValue: 0x20)
    /// `SESSION_TICKET`
    public static let sessionTicket = AscRet(rawValue: 0x40)
    /// `ALLOCATED_MEMORY`
    public static let allocatedMemory = AscRet(rawValue: 0x100)
    /// `USED_DCE_STYLE`
    public static let usedDceStyle = AscRet(rawValue: 0x200)
    /// `DATAGRAM`
    public static let datagram = AscRet(rawValue: 0x400)
    /// `CONNECTION`
    public static let connection = AscRet(rawValue: 0x800)
    /// `CALL_LEVEL`
    public static let callLevel = AscRet(rawValue: 0x2000)
    /// `THIRD_LEG_FAILED`
    public static let thirdLegFailed = AscRet(rawValue: 0x4000)
    /// `EXTENDED_ERROR`
    public static let extendedError = AscRet(rawValue: 0x8000)
    /// `STREAM`
    public static let stream = AscRet(rawValue: 0x10000)
    /// `INTEGRITY`
    public static let integrity = AscRet(rawValue: 0x20000)
    /// `LICENSING`
    public static let licensing = AscRet(rawValue: 0x40000)
    /// `IDENTIFY`
    public static let identify = AscRet(rawValue: 0x80000)
    /// `NULL_SESSION`
    public static let nullSession = AscRet(rawValue: 0x100000)
    /// `ALLOW_NON_USER_LOGONS`
    public static let allowNonUserLogons = AscRet(rawValue: 0x200000)
    /// `ALLOW_CONTEXT_REPLAY`
    public static let allowContextReplay = AscRet(rawValue: 0x400000)
    /// `FRAGMENT_ONLY`
    public static let fragmentOnly = AscRet(rawValue: 0x800000)
    /// `NO_TOKEN`
    public static let noToken = AscRet(rawValue: 0x1000000)
    /// `NO_ADDITIONAL_TOKEN`
    public static let noAdditionalToken = AscRet(rawValue: 0x2000000)
    /// `MESSAGES`
    public static let messages = AscRet(rawValue: 0x100000000)

    public static let named: KeyValuePairs<String, AscRet> = [
      "DELEGATE": .delegate,
      "MUTUAL_AUTH": .mutualAuth,
      "REPLAY_DETECT": .replayDetect,
      "SEQUENCE_DETECT": .sequenceDetect,
      "CONFIDENTIALITY": .confidentiality,
      "USE_SESSION_KEY": .useSessionKey,
      "SESSION_TICKET": .sessionTicket,
      "ALLOCATED_MEMORY": .allocatedMemory,
      "USED_DCE_STYLE": .usedDceStyle,
      "DATAGRAM": .datagram,
      "CONNECTION": .connection,
      "CALL_LEVEL": .callLevel,
      "THIRD_LEG_FAILED": .thirdLegFailed,
      "EXTENDED_ERROR": .extendedError,
      "STREAM": .stream,
      "INTEGRITY": .integrity,
      "LICENSING": .licensing,
      "IDENTIFY": .identify,
      "NULL_SESSION": .nullSession,
      "ALLOW_NON_USER_LOGONS": .allowNonUserLogons,
      "ALLOW_CONTEXT_REPLAY": .allowContextReplay,
      "FRAGMENT_ONLY": .fragmentOnly,
      "NO_TOKEN": .noToken,
      "NO_ADDITIONAL_TOKEN": .noAdditionalToken,
      "MESSAGES": .messages,
    ]
  }

  /// How a buffer may be used (`SECBUFFER_READONLY*`).
  public struct BufferAttributes: NamedOptions {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
      self.rawValue = rawValue
    }

    /// `READONLY`
    public static let readonly = BufferAttributes(rawValue: 0x80000000)
    /// `READONLY_WITH_CHECKSUM`
    public static let readonlyWithChecksum = BufferAttributes(rawValue: 0x10000000)

    public static let named: KeyValuePairs<String, BufferAttributes> = [
      "READONLY": .readonly,
      "READONLY_WITH_CHECKSUM": .readonlyWithChecksum,
    ]
  }

  /// What a buffer is for (`SECBUFFER_*`).
  public struct BufferKind: NamedNumber {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
      self.rawValue = rawValue
    }

    /// `EMPTY`
    public static let empty = BufferKind(rawValue: 0x0)
    /// `DATA`
    public static let data = BufferKind(rawValue: 0x1)
    /// `TOKEN`
    public static let token = BufferKind(rawValue: 0x2)
    /// `PKG_PARAMS`
    public static let pkgParams = BufferKind(rawValue: 0x3)
    /// `MISSING`
    public static let missing = BufferKind(rawValue: 0x4)
    /// `EXTRA`
    public static let extra = BufferKind(rawValue: 0x5)
    /// `STREAM_TRAILER`
    public static let streamTrailer = BufferKind(rawValue: 0x6)
    /// `STREAM_HEADER`
    public static let streamHeader = BufferKind(rawValue: 0x7)
    /// `NEGOTIATION_INFO`
    public static let negotiationInfo = BufferKind(rawValue: 0x8)
    /// `PADDING`
    public static let padding = BufferKind(rawValue: 0x9)
    /// `STREAM`
    public static let stream = BufferKind(rawValue: 0xA)
    /// `MECHLIST`
    public static let mechlist = BufferKind(rawValue: 0xB)
    /// `MECHLIST_SIGNATURE`
    public static let mechlistSignature = BufferKind(rawValue: 0xC)
    /// `TARGET`
    public static let target = BufferKind(rawValue: 0xD)
    /// `CHANNEL_BINDINGS`
    public static let channelBindings = BufferKind(rawValue: 0xE)
    /// `CHANGE_PASS_RESPONSE`
    public static let changePassResponse = BufferKind(rawValue: 0xF)
    /// `TARGET_HOST`
    public static let targetHost = BufferKind(rawValue: 0x10)
    /// `ALERT`
    public static let alert = BufferKind(rawValue: 0x11)
    /// `APPLICATION_PROTOCOLS`
    public static let applicationProtocols = BufferKind(rawValue: 0x12)

    public static let named: KeyValuePairs<String, BufferKind> = [
      "EMPTY": .empty,
      "DATA": .data,
      "TOKEN": .token,
      "PKG_PARAMS": .pkgParams,
      "MISSING": .missing,
      "EXTRA": .extra,
      "STREAM_TRAILER": .streamTrailer,
      "STREAM_HEADER": .streamHeader,
      "NEGOTIATION_INFO": .negotiationInfo,
      "PADDING": .padding,
      "STREAM": .stream,
      "MECHLIST": .mechlist,
      "MECHLIST_SIGNATURE": .mechlistSignature,
      "TARGET": .target,
      "CHANNEL_BINDINGS": .channelBindings,
      "CHANGE_PASS_RESPONSE": .changePassResponse,
      "TARGET_HOST": .targetHost,
      "ALERT": .alert,
      "APPLICATION_PROTOCOLS": .applicationProtocols,
    ]
  }

  /// A question to a context (`SECPKG_ATTR_*`).
  public struct Attribute: NamedNumber {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
      self.rawValue = rawValue
    }

    /// `SIZES`
    public static let sizes = Attribute(rawValue: 0x0)
    /// `NAMES`
    public static let names = Attribute(rawValue: 0x1)
    /// `LIFESPAN`
    public static let lifespan = Attribute(rawValue: 0x2)
    /// `DCE_INFO`
    public static let dceInfo = Attribute(rawValue: 0x3)
    /// `STREAM_SIZES`
    public static let streamSizes = Attribute(rawValue: 0x4)
    /// `KEY_INFO`
    public static let keyInfo = Attribute(rawValue: 0x5)
    /// `AUTHORITY`
    public static let authority = Attribute(rawValue: 0x6)
    /// `PASSWORD_EXPIRY`
    public static let passwordExpiry = Attribute(rawValue: 0x8)
    /// `SESSION_KEY`
    public static let sessionKey = Attribute(rawValue: 0x9)
    /// `PACKAGE_INFO`
    public static let packageInfo = Attribute(rawValue: 0xA)
    /// `NEGOTIATION_INFO`
    public static let negotiationInfo = Attribute(rawValue: 0xC)
    /// `NATIVE_NAMES`
    public static let nativeNames = Attribute(rawValue: 0xD)
    /// `FLAGS`
    public static let flags = Attribute(rawValue: 0xE)
    /// `TARGET_INFORMATION`
    public static let targetInformation = Attribute(rawValue: 0x11)
    /// `ACCESS_TOKEN`
    public static let accessToken = Attribute(rawValue: 0x12)
    /// `TARGET`
    public static let target = Attribute(rawValue: 0x13)
    /// `UNIQUE_BINDINGS`
    public static let uniqueBindings = Attribute(rawValue: 0x19)
    /// `ENDPOINT_BINDINGS`
    public static let endpointBindings = Attribute(rawValue: 0x1A)
    /// `CLIENT_SPECIFIED_TARGET`
    public static let clientSpecifiedTarget = Attribute(rawValue: 0x1B)
    /// `REMOTE_CERT_CONTEXT`
    public static let remoteCertContext = Attribute(rawValue: 0x53)
    /// `LOCAL_CERT_CONTEXT`
    public static let localCertContext = Attribute(rawValue: 0x54)
    /// `ISSUER_LIST_EX`
    public static let issuerListEx = Attribute(rawValue: 0x59)
    /// `CONNECTION_INFO`
    public static let connectionInfo = Attribute(rawValue: 0x5A)
    /// `CREDS`
    public static let creds = Attribute(rawValue: 0x80000080)

    public static let named: KeyValuePairs<String, Attribute> = [
      "SIZES": .sizes,
      "NAMES": .names,
      "LIFESPAN": .lifespan,
      "DCE_INFO": .dceInfo,
      "STREAM_SIZES": .streamSizes,
      "KEY_INFO": .keyInfo,
      "AUTHORITY": .authority,
      "PASSWORD_EXPIRY": .passwordExpiry,
      "SESSION_KEY": .sessionKey,
      "PACKAGE_INFO": .packageInfo,
      "NEGOTIATION_INFO": .negotiationInfo,
      "NATIVE_NAMES": .nativeNames,
      "FLAGS": .flags,
      "TARGET_INFORMATION": .targetInformation,
      "ACCESS_TOKEN": .accessToken,
      "TARGET": .target,
      "UNIQUE_BINDINGS": .uniqueBindings,
      "ENDPOINT_BINDINGS": .endpointBindings,
      "CLIENT_SPECIFIED_TARGET": .clientSpecifiedTarget,
      "REMOTE_CERT_CONTEXT": .remoteCertContext,
      "LOCAL_CERT_CONTEXT": .localCertContext,
      "ISSUER_LIST_EX": .issuerListEx,
      "CONNECTION_INFO": .connectionInfo,
      "CREDS": .creds,
    ]
  }

  /// A status of the interface, under its symbol.
  public struct Status: NamedNumber {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
      self.rawValue = rawValue
    }

    /// `SEC_E_OK`
    public static let SEC_E_OK = Status(rawValue: 0x0)
    /// `SEC_I_CONTINUE_NEEDED`
    public static let SEC_I_CONTINUE_NEEDED = Status(rawValue: 0x90312)
    /// `SEC_I_COMPLETE_NEEDED`
    public static let SEC_I_COMPLETE_NEEDED = Status(rawValue: 0x90313)
    /// `SEC_I_COMPLETE_AND_CONTINUE`
    public static let SEC_I_COMPLETE_AND_CONTINUE = Status(rawValue: 0x90314)
    /// `SEC_I_LOCAL_LOGON`
    public static let SEC_I_LOCAL_LOGON = Status(rawValue: 0x90315)
    /// `SEC_I_GENERIC_EXTENSION_RECEIVED`
    public static let SEC_I_GENERIC_EXTENSION_RECEIVED = Status(rawValue: 0x90316)
    /// `SEC_I_CONTEXT_EXPIRED`
    public static let SEC_I_CONTEXT_EXPIRED = Status(rawValue: 0x90317)
    /// `SEC_I_INCOMPLETE_CREDENTIALS`
    public static let SEC_I_INCOMPLETE_CREDENTIALS = Status(rawValue: 0x90320)
    /// `SEC_I_RENEGOTIATE`
    public static let SEC_I_RENEGOTIATE = Status(rawValue: 0x90321)
    /// `SEC_I_NO_LSA_CONTEXT`
    public static let SEC_I_NO_LSA_CONTEXT = Status(rawValue: 0x90323)
    /// `SEC_I_SIGNATURE_NEEDED`
    public static let SEC_I_SIGNATURE_NEEDED = Status(rawValue: 0x9035C)
    /// `SEC_I_NO_RENEGOTIATION`
    public static let SEC_I_NO_RENEGOTIATION = Status(rawValue: 0x90360)
    /// `SEC_I_MESSAGE_FRAGMENT`
    public static let SEC_I_MESSAGE_FRAGMENT = Status(rawValue: 0x90364)
    /// `SEC_I_CONTINUE_NEEDED_MESSAGE_OK`
    public static let SEC_I_CONTINUE_NEEDED_MESSAGE_OK = Status(rawValue: 0x90366)
    /// `SEC_I_ASYNC_CALL_PENDING`
    public static let SEC_I_ASYNC_CALL_PENDING = Status(rawValue: 0x90368)
    /// `SEC_E_INSUFFICIENT_MEMORY`
    public static let SEC_E_INSUFFICIENT_MEMORY = Status(rawValue: 0x80090300)
    /// `SEC_E_INVALID_HANDLE`
    public static let SEC_E_INVALID_HANDLE = Status(rawValue: 0x80090301)
    /// `SEC_E_UNSUPPORTED_FUNCTION`
    public static let SEC_E_UNSUPPORTED_FUNCTION = Status(rawValue: 0x80090302)
    /// `SEC_E_TARGET_UNKNOWN`
    public static let SEC_E_TARGET_UNKNOWN = Status(rawValue: 0x80090303)
    /// `SEC_E_INTERNAL_ERROR`
    public static let SEC_E_INTERNAL_ERROR = Status(rawValue: 0x80090304)
    /// `SEC_E_SECPKG_NOT_FOUND`
    public static let SEC_E_SECPKG_NOT_FOUND = Status(rawValue: 0x80090305)
    /// `SEC_E_NOT_OWNER`
    public static let SEC_E_NOT_OWNER = Status(rawValue: 0x80090306)
    /// `SEC_E_CANNOT_INSTALL`
    public static let SEC_E_CANNOT_INSTALL = Status(rawValue: 0x80090307)
    /// `SEC_E_INVALID_TOKEN`
    public static let SEC_E_INVALID_TOKEN = Status(rawValue: 0x80090308)
    /// `SEC_E_CANNOT_PACK`
    public static let SEC_E_CANNOT_PACK = Status(rawValue: 0x80090309)
    /// `SEC_E_QOP_NOT_SUPPORTED`
    public static let SEC_E_QOP_NOT_SUPPORTED = Status(rawValue: 0x8009030A)
    /// `SEC_E_NO_IMPERSONATION`
    public static let SEC_E_NO_IMPERSONATION = Status(rawValue: 0x8009030B)
    /// `SEC_E_LOGON_DENIED`
    public static let SEC_E_LOGON_DENIED = Status(rawValue: 0x8009030C)
    /// `SEC_E_UNKNOWN_CREDENTIALS`
    public static let SEC_E_UNKNOWN_CREDENTIALS = Status(rawValue: 0x8009030D)
    /// `SEC_E_NO_CREDENTIALS`
    public static let SEC_E_NO_CREDENTIALS = Status(rawValue: 0x8009030E)
    /// `SEC_E_MESSAGE_ALTERED`
    public static let SEC_E_MESSAGE_ALTERED = Status(rawValue: 0x8009030F)
    /// `SEC_E_OUT_OF_SEQUENCE`
    public static let SEC_E_OUT_OF_SEQUENCE = Status(rawValue: 0x80090310)
    /// `SEC_E_NO_AUTHENTICATING_AUTHORITY`
    public static let SEC_E_NO_AUTHENTICATING_AUTHORITY = Status(rawValue: 0x80090311)
    /// `SEC_E_BAD_PKGID`
    public static let SEC_E_BAD_PKGID = Status(rawValue: 0x80090316)
    /// `SEC_E_CONTEXT_EXPIRED`
    public static let SEC_E_CONTEXT_EXPIRED = Status(rawValue: 0x80090317)
    /// `SEC_E_INCOMPLETE_MESSAGE`
    public static let SEC_E_INCOMPLETE_MESSAGE = Status(rawValue: 0x80090318)
    /// `SEC_E_INCOMPLETE_CREDENTIALS`
    public static let SEC_E_INCOMPLETE_CREDENTIALS = Status(rawValue: 0x80090320)
    /// `SEC_E_BUFFER_TOO_SMALL`
    public static let SEC_E_BUFFER_TOO_SMALL = Status(rawValue: 0x80090321)
    /// `SEC_E_WRONG_PRINCIPAL`
    public static let SEC_E_WRONG_PRINCIPAL = Status(rawValue: 0x80090322)
    /// `SEC_E_TIME_SKEW`
    public static let SEC_E_TIME_SKEW = Status(rawValue: 0x80090324)
    /// `SEC_E_UNTRUSTED_ROOT`
    public static let SEC_E_UNTRUSTED_ROOT = Status(rawValue: 0x80090325)
    /// `SEC_E_ILLEGAL_MESSAGE`
    public static let SEC_E_ILLEGAL_MESSAGE = Status(rawValue: 0x80090326)
    /// `SEC_E_CERT_UNKNOWN`
    public static let SEC_E_CERT_UNKNOWN = Status(rawValue: 0x80090327)
    /// `SEC_E_CERT_EXPIRED`
    public static let SEC_E_CERT_EXPIRED = Status(rawValue: 0x80090328)
    /// `SEC_E_ENCRYPT_FAILURE`
    public static let SEC_E_ENCRYPT_FAILURE = Status(rawValue: 0x80090329)
    /// `SEC_E_DECRYPT_FAILURE`
    public static let SEC_E_DECRYPT_FAILURE = Status(rawValue: 0x80090330)
    /// `SEC_E_ALGORITHM_MISMATCH`
    public static let SEC_E_ALGORITHM_MISMATCH = Status(rawValue: 0x80090331)
    /// `SEC_E_SECURITY_QOS_FAILED`
    public static let SEC_E_SECURITY_QOS_FAILED = Status(rawValue: 0x80090332)
    /// `SEC_E_UNFINISHED_CONTEXT_DELETED`
    public static let SEC_E_UNFINISHED_CONTEXT_DELETED = Status(rawValue: 0x80090333)
    /// `SEC_E_NO_TGT_REPLY`
    public static let SEC_E_NO_TGT_REPLY = Status(rawValue: 0x80090334)
    /// `SEC_E_NO_IP_ADDRESSES`
    public static let SEC_E_NO_IP_ADDRESSES = Status(rawValue: 0x80090335)
    /// `SEC_E_WRONG_CREDENTIAL_HANDLE`
    public static let SEC_E_WRONG_CREDENTIAL_HANDLE = Status(rawValue: 0x80090336)
    /// `SEC_E_CRYPTO_SYSTEM_INVALID`
    public static let SEC_E_CRYPTO_SYSTEM_INVALID = Status(rawValue: 0x80090337)
    /// `SEC_E_MAX_REFERRALS_EXCEEDED`
    public static let SEC_E_MAX_REFERRALS_EXCEEDED = Status(rawValue: 0x80090338)
    /// `SEC_E_MUST_BE_KDC`
    public static let SEC_E_MUST_BE_KDC = Status(rawValue: 0x80090339)
    /// `SEC_E_STRONG_CRYPTO_NOT_SUPPORTED`
    public static let SEC_E_STRONG_CRYPTO_NOT_SUPPORTED = Status(rawValue: 0x8009033A)
    /// `SEC_E_TOO_MANY_PRINCIPALS`
    public static let SEC_E_TOO_MANY_PRINCIPALS = Status(rawValue: 0x8009033B)
    /// `SEC_E_NO_PA_DATA`
    public static let SEC_E_NO_PA_DATA = Status(rawValue: 0x8009033C)
    /// `SEC_E_PKINIT_NAME_MISMATCH`
    public static let SEC_E_PKINIT_NAME_MISMATCH = Status(rawValue: 0x8009033D)
    /// `SEC_E_SMARTCARD_LOGON_REQUIRED`
    public static let SEC_E_SMARTCARD_LOGON_REQUIRED = Status(rawValue: 0x8009033E)
    /// `SEC_E_SHUTDOWN_IN_PROGRESS`
    public static let SEC_E_SHUTDOWN_IN_PROGRESS = Status(rawValue: 0x8009033F)
    /// `SEC_E_KDC_INVALID_REQUEST`
    public static let SEC_E_KDC_INVALID_REQUEST = Status(rawValue: 0x80090340)
    /// `SEC_E_KDC_UNABLE_TO_REFER`
    public static let SEC_E_KDC_UNABLE_TO_REFER = Status(rawValue: 0x80090341)
    /// `SEC_E_KDC_UNKNOWN_ETYPE`
    public static let SEC_E_KDC_UNKNOWN_ETYPE = Status(rawValue: 0x80090342)
    /// `SEC_E_UNSUPPORTED_PREAUTH`
    public static let SEC_E_UNSUPPORTED_PREAUTH = Status(rawValue: 0x80090343)
    /// `SEC_E_DELEGATION_REQUIRED`
    public static let SEC_E_DELEGATION_REQUIRED = Status(rawValue: 0x80090345)
    /// `SEC_E_BAD_BINDINGS`
    public static let SEC_E_BAD_BINDINGS = Status(rawValue: 0x80090346)
    /// `SEC_E_MULTIPLE_ACCOUNTS`
    public static let SEC_E_MULTIPLE_ACCOUNTS = Status(rawValue: 0x80090347)
    /// `SEC_E_NO_KERB_KEY`
    public static let SEC_E_NO_KERB_KEY = Status(rawValue: 0x80090348)
    /// `SEC_E_CERT_WRONG_USAGE`
    public static let SEC_E_CERT_WRONG_USAGE = Status(rawValue: 0x80090349)
    /// `SEC_E_DOWNGRADE_DETECTED`
    public static let SEC_E_DOWNGRADE_DETECTED = Status(rawValue: 0x80090350)
    /// `SEC_E_SMARTCARD_CERT_REVOKED`
    public static let SEC_E_SMARTCARD_CERT_REVOKED = Status(rawValue: 0x80090351)
    /// `SEC_E_ISSUING_CA_UNTRUSTED`
    public static let SEC_E_ISSUING_CA_UNTRUSTED = Status(rawValue: 0x80090352)
    /// `SEC_E_REVOCATION_OFFLINE_C`
    public static let SEC_E_REVOCATION_OFFLINE_C = Status(rawValue: 0x80090353)
    /// `SEC_E_PKINIT_CLIENT_FAILURE`
    public static let SEC_E_PKINIT_CLIENT_FAILURE = Status(rawValue: 0x80090354)
    /// `SEC_E_SMARTCARD_CERT_EXPIRED`
    public static let SEC_E_SMARTCARD_CERT_EXPIRED = Status(rawValue: 0x80090355)
    /// `SEC_E_NO_S4U_PROT_SUPPORT`
    public static let SEC_E_NO_S4U_PROT_SUPPORT = Status(rawValue: 0x80090356)
    /// `SEC_E_CROSSREALM_DELEGATION_FAILURE`
    public static let SEC_E_CROSSREALM_DELEGATION_FAILURE = Status(rawValue: 0x80090357)
    /// `SEC_E_REVOCATION_OFFLINE_KDC`
    public static let SEC_E_REVOCATION_OFFLINE_KDC = Status(rawValue: 0x80090358)
    /// `SEC_E_ISSUING_CA_UNTRUSTED_KDC`
    public static let SEC_E_ISSUING_CA_UNTRUSTED_KDC = Status(rawValue: 0x80090359)
    /// `SEC_E_KDC_CERT_EXPIRED`
    public static let SEC_E_KDC_CERT_EXPIRED = Status(rawValue: 0x8009035A)
    /// `SEC_E_KDC_CERT_REVOKED`
    public static let SEC_E_KDC_CERT_REVOKED = Status(rawValue: 0x8009035B)
    /// `SEC_E_INVALID_PARAMETER`
    public static let SEC_E_INVALID_PARAMETER = Status(rawValue: 0x8009035D)
    /// `SEC_E_DELEGATION_POLICY`
    public static let SEC_E_DELEGATION_POLICY = Status(rawValue: 0x8009035E)
    /// `SEC_E_POLICY_NLTM_ONLY`
    public static let SEC_E_POLICY_NLTM_ONLY = Status(rawValue: 0x8009035F)
    /// `SEC_E_NO_CONTEXT`
    public static let SEC_E_NO_CONTEXT = Status(rawValue: 0x80090361)
    /// `SEC_E_PKU2U_CERT_FAILURE`
    public static let SEC_E_PKU2U_CERT_FAILURE = Status(rawValue: 0x80090362)
    /// `SEC_E_MUTUAL_AUTH_FAILED`
    public static let SEC_E_MUTUAL_AUTH_FAILED = Status(rawValue: 0x80090363)
    /// `SEC_E_ONLY_HTTPS_ALLOWED`
    public static let SEC_E_ONLY_HTTPS_ALLOWED = Status(rawValue: 0x80090365)
    /// `SEC_E_APPLICATION_PROTOCOL_MISMATCH`
    public static let SEC_E_APPLICATION_PROTOCOL_MISMATCH = Status(rawValue: 0x80090367)
    /// `SEC_E_INVALID_UPN_NAME`
    public static let SEC_E_INVALID_UPN_NAME = Status(rawValue: 0x80090369)
    /// `SEC_E_EXT_BUFFER_TOO_SMALL`
    public static let SEC_E_EXT_BUFFER_TOO_SMALL = Status(rawValue: 0x8009036A)
    /// `SEC_E_INSUFFICIENT_BUFFERS`
    public static let SEC_E_INSUFFICIENT_BUFFERS = Status(rawValue: 0x8009036B)

    public static let named: KeyValuePairs<String, Status> = [
      "SEC_E_OK": .SEC_E_OK,
      "SEC_I_CONTINUE_NEEDED": .SEC_I_CONTINUE_NEEDED,
      "SEC_I_COMPLETE_NEEDED": .SEC_I_COMPLETE_NEEDED,
      "SEC_I_COMPLETE_AND_CONTINUE": .SEC_I_COMPLETE_AND_CONTINUE,
      "SEC_I_LOCAL_LOGON": .SEC_I_LOCAL_LOGON,
      "SEC_I_GENERIC_EXTENSION_RECEIVED": .SEC_I_GENERIC_EXTENSION_RECEIVED,
      "SEC_I_CONTEXT_EXPIRED": .SEC_I_CONTEXT_EXPIRED,
      "SEC_I_INCOMPLETE_CREDENTIALS": .SEC_I_INCOMPLETE_CREDENTIALS,
      "SEC_I_RENEGOTIATE": .SEC_I_RENEGOTIATE,
      "SEC_I_NO_LSA_CONTEXT": .SEC_I_NO_LSA_CONTEXT,
      "SEC_I_SIGNATURE_NEEDED": .SEC_I_SIGNATURE_NEEDED,
      "SEC_I_NO_RENEGOTIATION": .SEC_I_NO_RENEGOTIATION,
      "SEC_I_MESSAGE_FRAGMENT": .SEC_I_MESSAGE_FRAGMENT,
      "SEC_I_CONTINUE_NEEDED_MESSAGE_OK": .SEC_I_CONTINUE_NEEDED_MESSAGE_OK,
      "SEC_I_ASYNC_CALL_PENDING": .SEC_I_ASYNC_CALL_PENDING,
      "SEC_E_INSUFFICIENT_MEMORY": .SEC_E_INSUFFICIENT_MEMORY,
      "SEC_E_INVALID_HANDLE": .SEC_E_INVALID_HANDLE,
      "SEC_E_UNSUPPORTED_FUNCTION": .SEC_E_UNSUPPORTED_FUNCTION,
      "SEC_E_TARGET_UNKNOWN": .SEC_E_TARGET_UNKNOWN,
      "SEC_E_INTERNAL_ERROR": .SEC_E_INTERNAL_ERROR,
      "SEC_E_SECPKG_NOT_FOUND": .SEC_E_SECPKG_NOT_FOUND,
      "SEC_E_NOT_OWNER": .SEC_E_NOT_OWNER,
      "SEC_E_CANNOT_INSTALL": .SEC_E_CANNOT_INSTALL,
      "SEC_E_INVALID_TOKEN": .SEC_E_INVALID_TOKEN,
      "SEC_E_CANNOT_PACK": .SEC_E_CANNOT_PACK,
      "SEC_E_QOP_NOT_SUPPORTED": .SEC_E_QOP_NOT_SUPPORTED,
      "SEC_E_NO_IMPERSONATION": .SEC_E_NO_IMPERSONATION,
      "SEC_E_LOGON_DENIED": .SEC_E_LOGON_DENIED,
      "SEC_E_UNKNOWN_CREDENTIALS": .SEC_E_UNKNOWN_CREDENTIALS,
      "SEC_E_NO_CREDENTIALS": .SEC_E_NO_CREDENTIALS,
      "SEC_E_MESSAGE_ALTERED": .SEC_E_MESSAGE_ALTERED,
      "SEC_E_OUT_OF_SEQUENCE": .SEC_E_OUT_OF_SEQUENCE,
      "SEC_E_NO_AUTHENTICATING_AUTHORITY": .SEC_E_NO_AUTHENTICATING_AUTHORITY,
      "SEC_E_BAD_PKGID": .SEC_E_BAD_PKGID,
      "SEC_E_CONTEXT_EXPIRED": .SEC_E_CONTEXT_EXPIRED,
      "SEC_E_INCOMPLETE_MESSAGE": .SEC_E_INCOMPLETE_MESSAGE,
      "SEC_E_INCOMPLETE_CREDENTIALS": .SEC_E_INCOMPLETE_CREDENTIALS,
      "SEC_E_BUFFER_TOO_SMALL": .SEC_E_BUFFER_TOO_SMALL,
      "SEC_E_WRONG_PRINCIPAL": .SEC_E_WRONG_PRINCIPAL,
      "SEC_E_TIME_SKEW": .SEC_E_TIME_SKEW,
      "SEC_E_UNTRUSTED_ROOT": .SEC_E_UNTRUSTED_ROOT,
      "SEC_E_ILLEGAL_MESSAGE": .SEC_E_ILLEGAL_MESSAGE,
      "SEC_E_CERT_UNKNOWN": .SEC_E_CERT_UNKNOWN,
      "SEC_E_CERT_EXPIRED": .SEC_E_CERT_EXPIRED,
      "SEC_E_ENCRYPT_FAILURE": .SEC_E_ENCRYPT_FAILURE,
      "SEC_E_DECRYPT_FAILURE": .SEC_E_DECRYPT_FAILURE,
      "SEC_E_ALGORITHM_MISMATCH": .SEC_E_ALGORITHM_MISMATCH,
      "SEC_E_SECURITY_QOS_FAILED": .SEC_E_SECURITY_QOS_FAILED,
      "SEC_E_UNFINISHED_CONTEXT_DELETED": .SEC_E_UNFINISHED_CONTEXT_DELETED,
      "SEC_E_NO_TGT_REPLY": .SEC_E_NO_TGT_REPLY,
      "SEC_E_NO_IP_ADDRESSES": .SEC_E_NO_IP_ADDRESSES,
      "SEC_E_WRONG_CREDENTIAL_HANDLE": .SEC_E_WRONG_CREDENTIAL_HANDLE,
      "SEC_E_CRYPTO_SYSTEM_INVALID": .SEC_E_CRYPTO_SYSTEM_INVALID,
      "SEC_E_MAX_REFERRALS_EXCEEDED": .SEC_E_MAX_REFERRALS_EXCEEDED,
      "SEC_E_MUST_BE_KDC": .SEC_E_MUST_BE_KDC,
      "SEC_E_STRONG_CRYPTO_NOT_SUPPORTED": .SEC_E_STRONG_CRYPTO_NOT_SUPPORTED,
      "SEC_E_TOO_MANY_PRINCIPALS": .SEC_E_TOO_MANY_PRINCIPALS,
      "SEC_E_NO_PA_DATA": .SEC_E_NO_PA_DATA,
      "SEC_E_PKINIT_NAME_MISMATCH": .SEC_E_PKINIT_NAME_MISMATCH,
      "SEC_E_SMARTCARD_LOGON_REQUIRED": .SEC_E_SMARTCARD_LOGON_REQUIRED,
      "SEC_E_SHUTDOWN_IN_PROGRESS": .SEC_E_SHUTDOWN_IN_PROGRESS,
      "SEC_E_KDC_INVALID_REQUEST": .SEC_E_KDC_INVALID_REQUEST,
      "SEC_E_KDC_UNABLE_TO_REFER": .SEC_E_KDC_UNABLE_TO_REFER,
      "SEC_E_KDC_UNKNOWN_ETYPE": .SEC_E_KDC_UNKNOWN_ETYPE,
      "SEC_E_UNSUPPORTED_PREAUTH": .SEC_E_UNSUPPORTED_PREAUTH,
      "SEC_E_DELEGATION_REQUIRED": .SEC_E_DELEGATION_REQUIRED,
      "SEC_E_BAD_BINDINGS": .SEC_E_BAD_BINDINGS,
      "SEC_E_MULTIPLE_ACCOUNTS": .SEC_E_MULTIPLE_ACCOUNTS,
      "SEC_E_NO_KERB_KEY": .SEC_E_NO_KERB_KEY,
      "SEC_E_CERT_WRONG_USAGE": .SEC_E_CERT_WRONG_USAGE,
      "SEC_E_DOWNGRADE_DETECTED": .SEC_E_DOWNGRADE_DETECTED,
      "SEC_E_SMARTCARD_CERT_REVOKED": .SEC_E_SMARTCARD_CERT_REVOKED,
      "SEC_E_ISSUING_CA_UNTRUSTED": .SEC_E_ISSUING_CA_UNTRUSTED,
      "SEC_E_REVOCATION_OFFLINE_C": .SEC_E_REVOCATION_OFFLINE_C,
      "SEC_E_PKINIT_CLIENT_FAILURE": .SEC_E_PKINIT_CLIENT_FAILURE,
      "SEC_E_SMARTCARD_CERT_EXPIRED": .SEC_E_SMARTCARD_CERT_EXPIRED,
      "SEC_E_NO_S4U_PROT_SUPPORT": .SEC_E_NO_S4U_PROT_SUPPORT,
      "SEC_E_CROSSREALM_DELEGATION_FAILURE": .SEC_E_CROSSREALM_DELEGATION_FAILURE,
      "SEC_E_REVOCATION_OFFLINE_KDC": .SEC_E_REVOCATION_OFFLINE_KDC,
      "SEC_E_ISSUING_CA_UNTRUSTED_KDC": .SEC_E_ISSUING_CA_UNTRUSTED_KDC,
      "SEC_E_KDC_CERT_EXPIRED": .SEC_E_KDC_CERT_EXPIRED,
      "SEC_E_KDC_CERT_REVOKED": .SEC_E_KDC_CERT_REVOKED,
      "SEC_E_INVALID_PARAMETER": .SEC_E_INVALID_PARAMETER,
      "SEC_E_DELEGATION_POLICY": .SEC_E_DELEGATION_POLICY,
      "SEC_E_POLICY_NLTM_ONLY": .SEC_E_POLICY_NLTM_ONLY,
      "SEC_E_NO_CONTEXT": .SEC_E_NO_CONTEXT,
      "SEC_E_PKU2U_CERT_FAILURE": .SEC_E_PKU2U_CERT_FAILURE,
      "SEC_E_MUTUAL_AUTH_FAILED": .SEC_E_MUTUAL_AUTH_FAILED,
      "SEC_E_ONLY_HTTPS_ALLOWED": .SEC_E_ONLY_HTTPS_ALLOWED,
      "SEC_E_APPLICATION_PROTOCOL_MISMATCH": .SEC_E_APPLICATION_PROTOCOL_MISMATCH,
      "SEC_E_INVALID_UPN_NAME": .SEC_E_INVALID_UPN_NAME,
      "SEC_E_EXT_BUFFER_TOO_SMALL": .SEC_E_EXT_BUFFER_TOO_SMALL,
      "SEC_E_INSUFFICIENT_BUFFERS": .SEC_E_INSUFFICIENT_BUFFERS,
    ]
  }
}
